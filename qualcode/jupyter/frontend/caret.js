/** The reader's own caret and selection in the text: by mouse, touch and keys, in whole words unless Alt is held. */

import { sentenceAt, snap, stepLetter, stepWord, trim, widen, wordAt } from "./offsets.js";
import { h } from "./dom.js";

export class Caret {
  /**
   * @param {import("./render.js").Page} page @param {import("./store.js").Store} store
   * @param {{chosen: (at: number) => void, selected: () => void, touched: () => void,
   *   told: (text: string) => void}} hooks
   */
  constructor(page, store, hooks) {
    this.page = page;
    this.store = store;
    this.hooks = hooks;
    this.anchor = this.focus = 0;
    this.element = h("i", { class: "qc-caret", "aria-hidden": "true", hidden: true });
    page.body.append(this.element);
    this.#listen(page.body);
  }

  get from() {
    return Math.min(this.anchor, this.focus);
  }

  get to() {
    return Math.max(this.anchor, this.focus);
  }

  get isEmpty() {
    return this.anchor === this.focus;
  }

  #listen(body) {
    let down = null;
    body.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest("button,.qc-stripe,.qc-handle")) return;
      const at = this.page.offsetAtPoint(event.clientX, event.clientY);
      down = { x: event.clientX, y: event.clientY, type: event.pointerType, at: event.shiftKey ? this.anchor : at };
      if (event.pointerType === "mouse") this.page.frozen = true;
      // The old selection would hide the new one while it is drawn.
      if (!event.shiftKey) this.page.show("selection", []);
    });
    const done = (event) => {
      if (!down) return;
      const { x, y, type, at } = down;
      down = null;
      if (type === "touch") return; // selectionchange tells
      const drawn = event.shiftKey || Math.hypot(event.clientX - x, event.clientY - y) > 3;
      // A drag is what lies between its two points: the browser's own selection may lag behind a fast hand.
      const to = drawn ? this.page.offsetAtPoint(event.clientX, event.clientY) : at;
      const [from, end] = at !== null && to !== null ? [at, to] : (this.#native() ?? [this.focus, this.focus]);
      this.#clearNative();
      this.#settle(from, end, event.altKey);
      this.page.thaw();
    };
    this.off = new AbortController();
    const { signal } = this.off;
    document.addEventListener("pointerup", done, { signal });
    document.addEventListener("pointercancel", () => ((down = null), this.page.thaw()), { signal });
    let waiting = 0;
    document.addEventListener(
      "selectionchange",
      () => {
        if (!matchMedia("(pointer: coarse)").matches) return;
        clearTimeout(waiting);
        waiting = setTimeout(() => this.#fromTouch(), 350);
      },
      { signal },
    );
    // Two clicks take a word, three the paragraph.
    body.addEventListener("click", ({ detail, target }) => {
      if (detail < 2 || detail > 3 || target.closest("button,.qc-stripe")) return;
      this.set(this.focus, this.focus);
      this.select(detail === 2 ? "word" : "paragraph");
      this.#clearNative();
      if (!this.isEmpty) this.hooks.selected();
    });
    body.addEventListener("copy", (event) => {
      if (this.isEmpty || !getSelection().isCollapsed) return;
      event.clipboardData.setData("text/plain", this.store.text.slice(this.from, this.to));
      event.preventDefault();
    });
    body.addEventListener("focus", () => this.draw());
    body.addEventListener("blur", () => (this.element.hidden = true));
  }

  #native() {
    const selection = getSelection();
    if (!selection.rangeCount) return null;
    const anchor = this.page.offsetAt(selection.anchorNode, selection.anchorOffset);
    const focus = this.page.offsetAt(selection.focusNode, selection.focusOffset);
    return anchor === null && focus === null ? null : [anchor ?? this.anchor, focus ?? this.anchor];
  }

  /** What a click or a drag means: a place, or a selection in whole words unless it shall be exact. */
  #settle(anchor, focus, exact) {
    if (anchor === focus) {
      this.set(focus, focus);
      this.hooks.chosen(focus);
      return;
    }
    const [low, high] = anchor < focus ? [anchor, focus] : [focus, anchor];
    const [from, to] = (exact ? widen : snap)(this.store.text, low, high);
    if (from >= to) return;
    this.set(from, to);
    this.hooks.selected();
  }

  #fromTouch() {
    const found = this.#native();
    if (!found || found[0] === found[1]) return;
    const [from, to] = snap(this.store.text, Math.min(...found), Math.max(...found));
    if (from === this.from && to === this.to) return;
    // The fingers' own handles stay: they may still be moved.
    this.anchor = from;
    this.focus = to;
    this.hooks.touched();
  }

  #clearNative() {
    if (typeof Highlight !== "undefined") getSelection().removeAllRanges();
  }

  /** Set caret and selection. */
  set(anchor, focus) {
    this.anchor = anchor;
    this.focus = focus;
    this.page.show("selection", this.isEmpty ? [] : [[this.from, this.to]]);
    this.draw();
  }

  clear() {
    this.set(this.focus, this.focus);
  }

  draw() {
    const shown = document.activeElement === this.page.body;
    this.element.hidden = !shown;
    if (!shown) return;
    const rect = this.page.rectAt(this.focus);
    if (!rect) return;
    const view = this.page.body.getBoundingClientRect();
    this.element.style.transform = `translate(${rect.left - view.left + this.page.body.scrollLeft - 1}px,${
      rect.top - view.top + this.page.body.scrollTop
    }px)`;
    this.element.style.height = `${Math.min(rect.height, 26)}px`;
  }

  /**
   * Move by keys.
   * @param {"letter"|"word"|"line"|"edge"|"text"|"page"} by @param {boolean} forward @param {boolean} extend
   */
  move(by, forward, extend) {
    const at =
      !extend && !this.isEmpty && by === "letter" ? (forward ? this.to : this.from) : this.#target(by, forward);
    const before = this.focus;
    this.set(extend ? this.anchor : at, at);
    this.page.reveal(at);
    this.draw();
    const [low, high] = before < at ? [before, at] : [at, before];
    this.hooks.told(this.store.text.slice(low, Math.min(high, low + 300)));
  }

  #target(by, forward) {
    const { text } = this.store;
    const at = this.focus;
    if (by === "letter") return this.#pastBlank(stepLetter(text, at, forward), forward);
    if (by === "word") return stepWord(text, at, forward);
    if (by === "text") return forward ? text.trimEnd().length : 0;
    if (by === "edge") {
      const line = this.store.lineAt(at);
      return forward
        ? this.store.lineEnd(line)
        : Math.max(this.store.opens.get(line)?.from ?? 0, this.store.starts[line]);
    }
    return this.#vertical(by === "page" ? this.page.body.clientHeight - 60 : 30, forward);
  }

  /** Blank lines have no place on the page: the caret passes over them. */
  #pastBlank(at, forward) {
    const { text } = this.store;
    while (forward && text[at] === "\n" && text[at - 1] === "\n" && at < text.length) at++;
    while (!forward && text[at] === "\n" && text[at - 1] === "\n" && at > 0) at--;
    return at;
  }

  #vertical(distance, forward) {
    this.page.reveal(this.focus);
    const rect = this.page.rectAt(this.focus);
    if (!rect) return this.focus;
    const middle = rect.top + rect.height / 2;
    const view = this.page.body.getBoundingClientRect();
    let y = rect.top + rect.height / 2 + (forward ? distance : -distance);
    // A point outside the window has no letter under it: scroll it in first.
    const over = forward ? y - (view.bottom - 80) : view.top + 80 - y;
    if (over > 0) {
      const before = this.page.body.scrollTop;
      this.page.body.scrollTop += forward ? over : -over;
      y -= this.page.body.scrollTop - before;
    }
    return this.#lineBeyond(rect.left, y, forward) ?? (distance > 30 ? this.#target("text", forward) : this.focus);
  }

  /** The place nearest to a point that stands on another visual line: between paragraphs a point belongs to none. */
  #lineBeyond(x, y, forward) {
    const own = this.page.rectAt(this.focus).top;
    for (let nudge = 0; nudge <= 70; nudge += 10) {
      const found = this.page.offsetAtPoint(x, y + (forward ? nudge : -nudge));
      if (found === null) continue;
      const top = this.page.rectAt(found)?.top ?? own;
      if (forward ? top > own + 8 : top < own - 8) return found;
    }
    return null;
  }

  /** Select the word, sentence or paragraph at the caret; asked again, the next one joins. */
  select(what) {
    const { text } = this.store;
    const [unitFrom, unitTo] = this.#unit(this.focus);
    let range = null;
    if (what === "paragraph") range = [unitFrom, unitTo];
    else if (what === "sentence") range = sentenceAt(text, this.isEmpty ? this.focus : this.from, unitFrom, unitTo);
    else range = wordAt(text, this.isEmpty ? this.focus : this.from) ?? wordAt(text, stepWord(text, this.focus, true));
    if (!range) return;
    const [from, to] = range;
    const grows = !this.isEmpty && this.from <= from && to <= this.to;
    if (grows) this.#grow(what, unitTo);
    else this.set(from, to);
    this.page.reveal(this.to);
    this.hooks.told(text.slice(this.from, this.to));
  }

  #unit(at) {
    const unit = this.store.unitAt(at);
    if (unit && at <= unit.to) return [unit.from, unit.to];
    const line = this.store.lineAt(at);
    return [this.store.starts[line], this.store.lineEnd(line)];
  }

  #grow(what, unitTo) {
    const { text } = this.store;
    const [next] = trim(text, this.to, text.length);
    if (next >= text.length) return;
    let end = stepWord(text, this.to, true);
    const [nextFrom, nextTo] = this.#unit(Math.max(next, this.to));
    if (what === "sentence") [, end] = sentenceAt(text, next, nextFrom, nextTo);
    if (what === "paragraph") {
      const following = this.store.units.find((unit) => unit.from > this.from && unit.to > Math.max(this.to, unitTo));
      end = following ? following.to : this.to;
    }
    this.set(this.from, Math.max(end, this.to));
  }

  destroy() {
    this.off.abort();
  }
}
