/** The list of codes beside the text: how often each was given, shown or hidden; and the other filters. */

import { button, h, swatch } from "./dom.js";

export class Codes {
  /**
   * @param {HTMLElement} element @param {import("./store.js").Store} store @param {Function} say
   * @param {{filtered: () => void, pick: (code: string) => void, valences: () => Object[]}} hooks
   */
  constructor(element, store, say, hooks) {
    Object.assign(this, { element, store, say, hooks });
    this.search = h("input", {
      class: "qc-input",
      type: "search",
      placeholder: say("filter_codes"),
      "aria-label": say("filter_codes"),
      oninput: () => this.#narrow(),
    });
    this.list = h("ul", { class: "qc-tree" });
    this.filters = h("div", { class: "qc-filters" });
    element.append(this.search, this.list, this.filters);
    this.list.addEventListener("click", (event) => this.#clicked(event));
  }

  /** Write codes and filters anew. */
  build() {
    this.rows = new Map();
    const rows = this.store.codes.map((code) => {
      const eye = button({ class: "qc-eye", "aria-pressed": "true", "data-do": "eye", "data-code": code.id });
      const count = h("span", { class: "qc-count" });
      const name = button(
        { class: "qc-code", title: code.definition, "data-do": "pick", "data-code": code.id },
        swatch(code.colour),
        h("span", {}, code.label),
      );
      const row = h("li", { class: code.heading || !code.depth ? "qc-group" : "" }, name, count, eye);
      row.style.setProperty("--depth", Math.min(code.depth ?? 0, 4));
      this.rows.set(code.id, { row, count, eye, code });
      return row;
    });
    this.list.replaceChildren(...rows);
    this.#filters();
    this.update();
  }

  /** Bring counts and eyes up to date. */
  update() {
    const counts = this.store.counts();
    for (const [id, { row, count, eye, code }] of this.rows) {
      const off = this.store.hidden.codes.has(id);
      const label = this.say(off ? "show_code" : "hide_code", { code: code.label });
      if (count.textContent !== String(counts.get(id) ?? "")) count.textContent = counts.get(id) ?? "";
      if (eye.title === label) continue;
      row.classList.toggle("qc-off", off);
      eye.setAttribute("aria-pressed", String(!off));
      eye.setAttribute("aria-label", label);
      eye.title = label;
    }
    const coders = [
      ...new Set([...this.store.codings.values()].filter((each) => !each.proposal).map((each) => each.coder)),
    ].sort();
    if (coders.join("\n") !== this.coders?.join("\n")) this.#filters(coders);
  }

  /** All codes below one, itself included: an eye on a category shuts them all. */
  #below(id) {
    const found = [id];
    for (const code of this.store.codes) if (found.includes(code.parent)) found.push(code.id);
    return found;
  }

  #clicked(event) {
    const target = event.target.closest("button");
    if (!target) return;
    const { code } = target.dataset;
    if (target.dataset.do === "pick") return void this.hooks.pick(code);
    const { codes } = this.store.hidden;
    const hide = !codes.has(code);
    for (const each of this.#below(code)) {
      if (hide) codes.add(each);
      else codes.delete(each);
    }
    this.#filtered();
  }

  #filtered() {
    this.update();
    this.#all();
    this.hooks.filtered();
  }

  #narrow() {
    const typed = this.search.value.trim().toLowerCase();
    for (const { row, code } of this.rows.values()) {
      row.hidden =
        Boolean(typed) && !`${code.label} ${code.id} ${this.store.path(code.id)}`.toLowerCase().includes(typed);
    }
  }

  #filters(coders = []) {
    this.coders = coders;
    const { hidden } = this.store;
    const boxes = (set, items) =>
      items.map(({ id, label }) => {
        const box = h("input", { type: "checkbox", checked: !set.has(id) });
        box.addEventListener("change", () => {
          if (box.checked) set.delete(id);
          else set.add(id);
          this.#filtered();
        });
        return h("label", { class: "qc-check" }, box, label);
      });
    const group = (title, items) => h("fieldset", {}, h("legend", {}, title), items);
    this.everything = button({ class: "qc-link", onclick: () => this.#showAll() }, this.say("show_all"));
    this.filters.replaceChildren(
      this.everything,
      h(
        "details",
        { open: this.filters.querySelector("details")?.open ?? false },
        h("summary", {}, this.say("filters")),
        coders.length > 1 &&
          group(
            this.say("coders"),
            boxes(
              hidden.coders,
              coders.map((id) => ({ id, label: id })),
            ),
          ),
        group(this.say("valence"), boxes(hidden.valences, this.hooks.valences())),
      ),
    );
    this.#all();
  }

  #all() {
    const { codes, coders, valences } = this.store.hidden;
    this.everything.hidden = !(codes.size + coders.size + valences.size);
  }

  #showAll() {
    for (const set of Object.values(this.store.hidden)) set.clear();
    for (const { eye } of this.rows.values()) eye.title = "";
    this.#filters(this.coders);
    this.#filtered();
  }
}
