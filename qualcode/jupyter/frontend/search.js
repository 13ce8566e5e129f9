/** Search in the text: all hits shown in passing, Enter goes from one to the next. */

import { button, h } from "./dom.js";

const MOST = 2000;

export class Search {
  constructor(element, page, store, say, found) {
    Object.assign(this, { page, store, say, found, hits: [], at: -1 });
    this.input = h("input", {
      class: "qc-input",
      type: "search",
      placeholder: say("search"),
      "aria-label": say("search"),
      oninput: () => this.#search(),
      onkeydown: (event) => this.#key(event),
    });
    this.count = h("span", { class: "qc-count", "aria-live": "polite" });
    element.append(
      this.input,
      this.count,
      button({ class: "qc-sr", tabIndex: -1, onclick: () => this.#go(1) }, say("next_hit")),
    );
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  #search() {
    const wanted = this.input.value;
    this.hits = [];
    this.at = -1;
    if (wanted.trim()) {
      // A pattern rather than lower-cased copies: some letters change their length with their case.
      const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&").replace("\\-", "\\x2d"), "giu");
      for (const match of this.store.text.matchAll(pattern)) {
        this.hits.push([match.index, match.index + match[0].length]);
        if (this.hits.length === MOST) break;
      }
    }
    this.page.show("find", this.hits);
    this.#tell();
  }

  #tell() {
    this.count.textContent = this.input.value.trim() ? `${this.at + 1}/${this.hits.length}` : "";
  }

  #key(event) {
    if (event.key === "Escape") {
      this.input.value = "";
      this.#search();
      this.page.body.focus({ preventScroll: true });
    } else if (event.key === "Enter") this.#go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #go(step) {
    if (!this.hits.length) return;
    this.at = this.at < 0 && step < 0 ? this.hits.length - 1 : (this.at + step + this.hits.length) % this.hits.length;
    const [from, to] = this.hits[this.at];
    this.page.reveal(from, "center");
    this.page.show("hover", [[from, to]]);
    this.found(from);
    this.#tell();
  }
}
