/** The two ends of the chosen coding, to drag with the mouse, a finger, or the arrow keys. */

import { button } from "./dom.js";
import { snap, stepLetter, stepWord, widen } from "./offsets.js";

export class Handles {
  /**
   * @param {import("./render.js").Page} page @param {import("./store.js").Store} store @param {Function} say
   * @param {(id: string, from: number, to: number) => void} moved
   */
  constructor(page, store, say, moved) {
    Object.assign(this, { page, store, moved, coding: null });
    this.ends = ["from", "to"].map((end) => this.#handle(end, say(`handle_${end}`)));
    new ResizeObserver(() => this.#draw()).observe(page.body);
  }

  #handle(end, label) {
    const element = button({ class: `qc-handle qc-handle-${end}`, "aria-label": label, title: label, hidden: true });
    element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      element.setPointerCapture(event.pointerId);
      this.dragged = end;
    });
    element.addEventListener("pointermove", (event) => this.dragged === end && this.#drag(event));
    element.addEventListener("pointerup", () => this.#drop());
    element.addEventListener("pointercancel", () => this.show(this.coding));
    element.addEventListener("keydown", (event) => this.#key(event, end));
    element.addEventListener("blur", () => !this.dragged && this.#drop());
    this.page.body.append(element);
    return element;
  }

  /** Show the ends of a coding; null hides them. */
  show(coding) {
    this.coding = coding;
    this.dragged = null;
    this.place = coding && { from: coding.from, to: coding.to };
    this.#draw();
  }

  #draw() {
    for (const [at, element] of this.ends.entries()) {
      element.hidden = !this.coding;
      if (!this.coding) continue;
      const rects = this.page.range(this.place.from, this.place.to).getClientRects();
      const rect = at ? rects[rects.length - 1] : rects[0];
      if (!rect) continue;
      const view = this.page.body.getBoundingClientRect();
      const x = (at ? rect.right : rect.left) - view.left + this.page.body.scrollLeft;
      element.style.transform = `translate(${x}px,${rect.top - view.top + this.page.body.scrollTop - 4}px)`;
    }
  }

  #drag(event) {
    const at = this.page.offsetAtPoint(event.clientX, event.clientY);
    if (at === null) return;
    const [low, high] =
      this.dragged === "from"
        ? [Math.min(at, this.place.to - 1), this.place.to]
        : [this.place.from, Math.max(at, this.place.from + 1)];
    const [from, to] = (event.altKey ? widen : snap)(this.store.text, low, high);
    this.#set(from, to);
  }

  #set(from, to) {
    if (from >= to) return;
    this.place = { from, to };
    this.page.show("chosen", [[from, to]]);
    this.#draw();
  }

  #drop() {
    this.dragged = null;
    const { coding, place } = this;
    if (coding && (place.from !== coding.from || place.to !== coding.to)) this.moved(coding.id, place.from, place.to);
  }

  #key(event, end) {
    if (event.key === "Enter" || event.key === "Escape") {
      if (event.key === "Escape") this.show(this.coding);
      event.preventDefault();
      this.page.body.focus();
      return;
    }
    if (!/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    const step = event.altKey ? stepLetter : stepWord;
    const at = step(this.store.text, this.place[end], event.key === "ArrowRight");
    if (end === "from") this.#set(Math.min(at, this.place.to - 1), this.place.to);
    else this.#set(this.place.from, Math.max(at, this.place.from + 1));
  }
}
