/** The picker: choose codes for the selected words by typing, with what else is said of them. */

import { button, h, swatch } from "./dom.js";

/** More than fits the eye; typing narrows. */
const SHOWN = 50;

/**
 * @typedef {Object} Choice
 * @property {string[]} codes @property {string} valence @property {string[]} tags @property {?string} period
 * @property {string} memo @property {boolean} explicit
 */

export class Picker {
  /**
   * @param {HTMLElement} root @param {import("./store.js").Store} store @param {Function} say
   * @param {{recent: () => string[], valences: () => {id: string, label: string}[], apply: (choice: Choice) => void,
   *   create: (wish: Object) => Promise<?string>, closed: () => void, told: (text: string) => void}} hooks
   */
  constructor(root, store, say, hooks) {
    Object.assign(this, { root, store, say, hooks });
    this.isOpen = false;
    this.id = `qc-${Math.random().toString(36).slice(2, 8)}`;
  }

  /**
   * Open at a place of the window.
   * @param {DOMRect} rect where the selection ends
   * @param {{replace?: (code: string) => void, form?: boolean, label?: string, quote?: Object}} [mode]
   */
  open(rect, mode = {}) {
    this.close(false);
    this.mode = mode;
    this.chosen = [];
    const { say } = this;
    this.input = h("input", {
      class: "qc-input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "true",
      "aria-controls": `${this.id}-list`,
      "aria-autocomplete": "list",
      "aria-label": say("pick_label"),
      placeholder: say("pick_placeholder"),
      oninput: () => this.#list(),
      onkeydown: (event) => this.#key(event),
    });
    this.basket = h("div", { class: "qc-basket" });
    this.list = h("ul", { class: "qc-list", id: `${this.id}-list`, role: "listbox", "aria-label": say("codes") });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.more = mode.replace ? null : this.#details();
    this.element = h(
      "div",
      {
        class: "qc-picker",
        role: "dialog",
        "aria-label": say("pick_label"),
        onkeydown: (event) => event.key === "Escape" && this.#escape(event),
      },
      this.basket,
      this.input,
      this.list,
      this.more,
      h("p", { class: "qc-hint" }, mode.replace ? say("pick_hint_replace") : say("pick_hint")),
    );
    this.root.append(this.element);
    this.isOpen = true;
    this.#list();
    this.#settle(rect);
    if (mode.form) this.#form(mode.label ?? "");
    else this.input.focus({ preventScroll: true });
  }

  /** Stand below the selected words or above them, whichever has room, but never on them. */
  #settle(rect) {
    this.rect = rect;
    const { style } = this.element;
    style.maxHeight = "";
    const frame = this.root.getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    const below = frame.bottom - rect.bottom - 14;
    const above = rect.top - frame.top - 14;
    const down = own.height <= below || below >= above;
    // A passage as long as the pane leaves no room beside it: then the picker has to cover some of it.
    const height = Math.max(Math.min(own.height, down ? below : above), Math.min(own.height, 260, frame.height - 8));
    const top = down
      ? Math.min(rect.bottom + 8, frame.bottom - height - 4)
      : Math.max(rect.top - height - 8, frame.top + 4);
    style.maxHeight = `${height}px`;
    style.left = `${Math.max(8, Math.min(rect.left - frame.left, frame.width - own.width - 8))}px`;
    style.top = `${top - frame.top}px`;
  }

  close(tell = true) {
    if (!this.isOpen) return;
    this.isOpen = false;
    // The focus moves on before its field goes: JupyterLab takes a focus that is lost, and its letters with it.
    if (tell) this.hooks.closed();
    this.element.remove();
  }

  #escape(event) {
    event.stopPropagation();
    event.preventDefault();
    this.close();
  }

  /** Codes that fit what was typed: a name that begins with it first, then one that holds it, then by id and path. */
  #matches(typed) {
    const usable = this.store.codes.filter((code) => !code.heading && !this.chosen.includes(code.id));
    if (!typed) {
      const recent = this.hooks
        .recent()
        .filter((id) => usable.some((code) => code.id === id))
        .slice(0, 9);
      this.recentShown = recent.length;
      return [...recent.map((id) => this.store.code(id)), ...usable.filter((code) => !recent.includes(code.id))];
    }
    this.recentShown = 0;
    const parts = typed.toLowerCase().split(/\s+/u).filter(Boolean);
    const score = (code) => {
      const label = code.label.toLowerCase();
      const whole = `${label} ${code.id.toLowerCase()} ${this.store.path(code.id).toLowerCase()}`;
      if (!parts.every((part) => whole.includes(part))) return 0;
      if (label.startsWith(parts[0]) || code.id.toLowerCase() === parts[0]) return 4;
      if (label.includes(` ${parts[0]}`)) return 3;
      return label.includes(parts[0]) ? 2 : 1;
    };
    return usable
      .map((code, at) => [score(code), at, code])
      .filter(([points]) => points)
      .sort((a, b) => b[0] - a[0] || a[1] - b[1])
      .map(([, , code]) => code);
  }

  #list() {
    const typed = this.input.value.trim();
    const found = this.#matches(typed).slice(0, SHOWN);
    const options = found.map((code, at) => this.#option(code, at));
    if (!this.mode.replace) {
      const words = typed ? this.say("new_code_named", { label: typed }) : this.say("new_code");
      options.push(
        h(
          "li",
          { class: "qc-option qc-new", role: "option", id: `${this.id}-${options.length}`, "aria-selected": "false" },
          `+ ${words}`,
        ),
      );
    }
    this.options = options;
    this.found = found;
    this.list.replaceChildren(...options);
    this.#point(0, false);
  }

  #option(code, at) {
    const number = at < this.recentShown ? h("kbd", {}, String(at + 1)) : h("span", {});
    return h(
      "li",
      { class: "qc-option", role: "option", id: `${this.id}-${at}`, "aria-selected": "false", title: code.definition },
      swatch(code.colour),
      h("span", { class: "qc-name" }, code.label),
      h("small", {}, this.store.path(code.id) || code.id),
      number,
    );
  }

  #point(at, scroll = true) {
    this.options[this.at]?.setAttribute("aria-selected", "false");
    this.at = Math.max(0, Math.min(at, this.options.length - 1));
    const option = this.options[this.at];
    option?.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option?.id ?? "");
    if (scroll) option?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.#point(this.at + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Enter" && event.shiftKey) this.#add();
    else if (key === "Enter") this.#finish();
    else if (key === "Backspace" && !this.input.value && this.chosen.length) this.#unpick(this.chosen.at(-1));
    else if (
      /^[1-9]$/.test(key) &&
      !this.input.value &&
      Number(key) <= this.recentShown &&
      !event.ctrlKey &&
      !event.metaKey
    ) {
      this.at = Number(key) - 1;
      this.#finish();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #clicked(event) {
    const option = event.target.closest("li");
    if (!option) return;
    this.#point(this.options.indexOf(option), false);
    if (event.shiftKey) this.#add();
    else this.#finish();
  }

  /** Put the pointed code into the basket: several codes on one selection. */
  #add() {
    const code = this.found[this.at];
    if (!code || this.mode.replace) return;
    this.chosen.push(code.id);
    this.#basket();
    this.input.value = "";
    this.#list();
    this.hooks.told(this.say("told_added", { code: code.label, n: this.chosen.length }));
  }

  #unpick(id) {
    this.chosen = this.chosen.filter((each) => each !== id);
    this.#basket();
    this.#list();
    this.input.focus();
  }

  #basket() {
    const chips = this.chosen.map((id) => {
      const code = this.store.code(id);
      const name = this.say("take_off", { code: code.label });
      return button(
        { class: `qc-token a${code.colour}`, "aria-label": name, title: name, onclick: () => this.#unpick(id) },
        `${code.label} ×`,
      );
    });
    this.basket.replaceChildren(...chips);
  }

  #finish() {
    if (this.at === this.found.length && !this.mode.replace) {
      this.#form(this.input.value.trim());
      return;
    }
    const code = this.found[this.at];
    // With codes in the basket and nothing typed, Enter means these and no more.
    const only = this.chosen.length && !this.input.value.trim();
    if (!code && !only) return;
    if (this.mode.replace) {
      this.close();
      this.mode.replace(code.id);
      return;
    }
    const codes = only ? this.chosen : [...this.chosen, code.id];
    const choice = { codes, ...this.#said() };
    this.close();
    this.hooks.apply(choice);
  }

  #details() {
    const { say } = this;
    const first = this.hooks.valences();
    this.fields = {
      valence: h(
        "select",
        { class: "qc-input" },
        first.map(({ id, label }) => h("option", { value: id }, label)),
      ),
      tags: h("input", { class: "qc-input", placeholder: say("tags_placeholder") }),
      period: h("input", { class: "qc-input" }),
      implicit: h("input", { type: "checkbox" }),
      memo: h("textarea", { class: "qc-input", rows: "2" }),
    };
    const done = (event) => {
      if (event.key !== "Enter" || (event.target.tagName === "TEXTAREA" && !event.ctrlKey)) return;
      event.preventDefault();
      this.#finish();
    };
    return h(
      "details",
      { class: "qc-more-said", onkeydown: done, ontoggle: () => this.#settle(this.rect) },
      h("summary", {}, say("details")),
      h("label", {}, say("valence"), this.fields.valence),
      h("label", {}, say("tags"), this.fields.tags),
      h("label", {}, say("period"), this.fields.period),
      h("label", { class: "qc-check" }, this.fields.implicit, say("implicit")),
      h("label", { class: "qc-wide" }, say("memo"), this.fields.memo),
    );
  }

  #said() {
    const { valence, tags, period, implicit, memo } = this.fields;
    return {
      valence: valence.value,
      tags: tags.value
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
      period: period.value.trim() || null,
      explicit: !implicit.checked,
      memo: memo.value.trim(),
    };
  }

  /** A new code under a parent; with words selected it is applied to them at once. */
  #form(label) {
    const { say } = this;
    const name = h("input", { class: "qc-input", value: label, required: true });
    const parents = this.store.codes.map((code) => {
      const indent = "\u2003".repeat(code.depth ?? 0);
      return h("option", { value: code.id }, `${indent}${code.label}`);
    });
    const parent = h("select", { class: "qc-input" }, h("option", { value: "" }, say("top_level")), parents);
    const definition = h("textarea", { class: "qc-input", rows: "3", required: true });
    const note = h("p", { class: "qc-hint", role: "alert" });
    const submit = async (event) => {
      event.preventDefault();
      const error = await this.hooks.create({
        label: name.value.trim(),
        parent: parent.value || null,
        definition: definition.value.trim(),
      });
      if (error) note.textContent = error;
      else this.close();
    };
    const form = h(
      "form",
      { class: "qc-form", onsubmit: submit },
      h("strong", {}, say("new_code")),
      h("label", {}, say("label"), name),
      h("label", {}, say("parent"), parent),
      h("label", {}, say("definition"), definition),
      note,
      h(
        "div",
        { class: "qc-row-of-buttons" },
        button({ class: "qc-button", onclick: () => this.close() }, say("cancel")),
        h("button", { class: "qc-button qc-main-button" }, say("create")),
      ),
    );
    this.element.replaceChildren(form);
    this.#settle(this.rect);
    name.focus();
  }
}
