/** The panel beside the text: the chosen codings, the meaning of a code, all memos, the journal, comments. */

import { Comments } from "./comments.js";
import { button, h, isField, swatch } from "./dom.js";

const TABS = ["quote", "code", "memos", "journal", "comments"];

export class Panel {
  /**
   * @param {HTMLElement} element @param {import("./store.js").Store} store @param {Function} say
   * @param {Object} hooks what the pane does for the panel
   */
  constructor(element, store, say, hooks) {
    Object.assign(this, { element, store, say, hooks });
    this.id = `qc-${Math.random().toString(36).slice(2, 8)}`;
    this.tab = "quote";
    this.chosen = [];
    this.tabs = h("div", {
      class: "qc-tabs",
      role: "tablist",
      "aria-label": say("panel"),
      onkeydown: (event) => this.#arrows(event),
    });
    this.buttons = Object.fromEntries(
      TABS.map((name) => [
        name,
        button(
          {
            role: "tab",
            id: `${this.id}-${name}`,
            "aria-controls": `${this.id}-panel`,
            onclick: () => this.open(name),
          },
          say(`tab_${name}`),
        ),
      ]),
    );
    this.tabs.append(...Object.values(this.buttons));
    this.sheet = h("div", { class: "qc-sheet", role: "tabpanel", id: `${this.id}-panel`, tabIndex: 0 });
    this.talk = new Comments(this.sheet, say, hooks);
    element.append(this.tabs, this.sheet);
    this.open("quote");
  }

  get comments() {
    return this.talk.items;
  }

  set comments(items) {
    this.talk.items = items;
  }

  #arrows(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const shown = TABS.filter((name) => !this.buttons[name].hidden);
    const next = shown[(shown.indexOf(this.tab) + step + shown.length) % shown.length];
    this.open(next);
    this.buttons[next].focus();
    event.preventDefault();
  }

  /** Show a tab. */
  open(name) {
    this.tab = name;
    for (const [each, tab] of Object.entries(this.buttons)) {
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
    }
    this.sheet.setAttribute("aria-labelledby", `${this.id}-${name}`);
    this.draw();
    if (name === "memos" || name === "journal") this.#fetch(name);
  }

  /** Show these codings' cards. */
  choose(ids) {
    this.chosen = ids;
    if (ids.length && this.tab !== "quote") this.open("quote");
    else if (this.tab === "quote") this.draw();
  }

  /** Show what a code means. */
  explain(id) {
    this.explained = id;
    this.open("code");
  }

  /** Draw again after a change, but never under somebody's fingers. */
  refresh() {
    const typing = this.sheet.contains(document.activeElement) && isField(document.activeElement);
    const ids = this.chosen.filter((id) => this.store.codings.has(id));
    const gone = ids.length !== this.chosen.length;
    this.chosen = ids;
    this.buttons.comments.hidden = !(this.comments.length || this.hooks.canComment());
    if (this.tab === "quote" && (!typing || gone)) this.draw();
    if (this.tab === "comments" && !typing) this.draw();
  }

  draw() {
    this.buttons.comments.hidden = !(this.comments.length || this.hooks.canComment());
    const make = {
      quote: () => this.#cards(),
      code: () => this.#meaning(),
      memos: () => this.#waiting(),
      journal: () => this.#waiting(),
      comments: () => this.talk.draw(),
    };
    // A focus that would be lost with its field goes to JupyterLab.
    if (this.sheet.contains(document.activeElement)) this.sheet.focus({ preventScroll: true });
    this.sheet.replaceChildren(...[make[this.tab]()].flat());
  }

  #hint(key) {
    return h("p", { class: "qc-hint" }, this.say(key));
  }

  #waiting() {
    return this.#hint("loading");
  }

  // Codings.

  #cards() {
    const cards = this.chosen.map((id) => this.store.codings.get(id)).filter(Boolean);
    if (!cards.length) return [this.#hint(this.hooks.writable() ? "empty_quote" : "empty_quote_readonly")];
    return cards.map((coding) => (coding.proposal ? this.#proposal(coding) : this.#card(coding)));
  }

  #place(coding) {
    const unit = this.store.unitAt(coding.from);
    return [unit && `¶${unit.number}`, unit?.speaker, coding.coder].filter(Boolean).join(" · ");
  }

  #head(coding) {
    const code = this.store.code(coding.code);
    const path = this.store.path(coding.code);
    return [
      h(
        "div",
        { class: "qc-card-head" },
        swatch(code.colour),
        button({ class: "qc-link qc-strong", onclick: () => this.explain(coding.code) }, code.label),
      ),
      h("p", { class: "qc-hint" }, [path, this.#place(coding)].filter(Boolean).join(" · ")),
      h("blockquote", {}, coding.now),
      coding.quote !== coding.now && h("p", { class: "qc-hint" }, this.say("words_then", { quote: coding.quote })),
    ];
  }

  #card(coding) {
    const own = coding.mine && !coding.pending && this.hooks.writable();
    const code = this.store.code(coding.code);
    const notes = [
      coding.pending && "note_pending",
      coding.certain === false && "note_fuzzy",
      coding.suggested && "note_suggested",
    ].filter(Boolean);
    return h(
      "article",
      { class: `qc-card a${code.colour}`, "data-coding": coding.id },
      this.#head(coding),
      notes.map((key) => h("p", { class: "qc-hint qc-note" }, this.say(key))),
      own ? this.#fields(coding) : this.#said(coding),
    );
  }

  #said(coding) {
    const valence = this.hooks.valences().find(({ id }) => id === coding.valence)?.label ?? coding.valence;
    const said = [valence, !coding.explicit && this.say("implicit"), coding.period, ...(coding.tags ?? [])]
      .filter(Boolean)
      .join(" · ");
    return [h("p", { class: "qc-said" }, said), coding.memo && h("p", { class: "qc-memo" }, coding.memo)];
  }

  #fields(coding) {
    const { say, hooks } = this;
    const revise = (changes) => hooks.revise(coding.id, changes);
    const text = (value, save, props = {}) =>
      h("input", {
        class: "qc-input",
        value: value ?? "",
        ...props,
        onchange: (event) => save(event.target.value.trim()),
      });
    const valence = h(
      "select",
      { class: "qc-input", onchange: (event) => revise({ valence: event.target.value }) },
      hooks.valences().map(({ id, label }) => h("option", { value: id, selected: id === coding.valence }, label)),
    );
    const implicit = h("input", {
      type: "checkbox",
      checked: !coding.explicit,
      onchange: (event) => revise({ explicit: !event.target.checked }),
    });
    const tags = text((coding.tags ?? []).join(", "), (value) =>
      revise({
        tags: value
          .split(",")
          .map((tag) => tag.trim())
          .filter(Boolean),
      }),
    );
    return [
      this.#memo(coding, revise),
      h(
        "div",
        { class: "qc-grid" },
        h("label", {}, say("valence"), valence),
        h(
          "label",
          {},
          say("period"),
          text(coding.period, (value) => revise({ period: value || null })),
        ),
        h("label", { class: "qc-wide" }, say("tags"), tags),
        h("label", { class: "qc-check qc-wide" }, implicit, say("implicit")),
      ),
      h(
        "div",
        { class: "qc-row-of-buttons" },
        button(
          { class: "qc-button", onclick: (event) => hooks.recode(coding.id, event.target.getBoundingClientRect()) },
          say("change_code"),
        ),
        button({ class: "qc-button", onclick: () => hooks.bounds(coding.id) }, say("to_selection")),
        coding.certain === false &&
          button({ class: "qc-button", onclick: () => hooks.settle(coding.id) }, say("settle")),
        button({ class: "qc-button qc-danger", onclick: () => hooks.remove(coding.id) }, say("remove")),
      ),
    ];
  }

  #memo(coding, revise) {
    let saved = coding.memo ?? "";
    let waiting = 0;
    const save = (event) => {
      clearTimeout(waiting);
      const memo = event.target.value.trim();
      if (memo === saved) return;
      saved = memo;
      revise({ memo });
    };
    const field = h("textarea", {
      class: "qc-input",
      rows: "3",
      value: saved,
      placeholder: this.say("memo_placeholder"),
      onblur: save,
      // A pause in typing saves, too: a closed laptop must not cost a thought.
      oninput: (event) => (clearTimeout(waiting), (waiting = setTimeout(() => save(event), 1500))),
      onkeydown: (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && save(event),
    });
    return h("label", { class: "qc-memo-field" }, this.say("memo"), field);
  }

  /** Say something about the suggestions shown, or why there are none. */
  note(text) {
    if (text && this.tab === "quote") this.sheet.prepend(h("p", { class: "qc-hint" }, text));
  }

  /** Put the cursor into the memo of the first chosen coding. */
  focusMemo() {
    this.open("quote");
    this.sheet.querySelector("textarea")?.focus();
  }

  #proposal(coding) {
    const { say, hooks } = this;
    const code = this.store.code(coding.code);
    const sure =
      coding.confidence === undefined || coding.confidence === null
        ? ""
        : say("confidence", { percent: Math.round(coding.confidence * 100) });
    return h(
      "article",
      { class: `qc-card qc-proposal a${code.colour}` },
      h("p", { class: "qc-hint qc-note" }, [say("suggestion"), sure].filter(Boolean).join(" · ")),
      this.#head(coding),
      coding.why && h("p", { class: "qc-said" }, coding.why),
      coding.words?.length ? h("p", { class: "qc-said" }, say("words_used", { words: coding.words.join(", ") })) : null,
      h(
        "div",
        { class: "qc-row-of-buttons" },
        button({ class: "qc-button qc-main-button", onclick: () => hooks.accept(coding) }, say("accept")),
        button({ class: "qc-button", onclick: () => hooks.dismiss(coding.id) }, say("dismiss")),
      ),
    );
  }

  // Codes.

  #meaning() {
    const { say } = this;
    const code = this.explained && this.store.byId.get(this.explained);
    if (!code) return [this.#hint("empty_code")];
    const list = (value) => (Array.isArray(value) ? value.join("; ") : value);
    const row = (key, value) => (value?.length ? [h("dt", {}, say(key)), h("dd", {}, list(value))] : []);
    const examples = (code.examples ?? []).map(({ quote, valence, note }) =>
      h(
        "dd",
        { class: "qc-example" },
        h("q", {}, quote),
        h("span", { class: "qc-hint" }, [valence, note].filter(Boolean).join(" · ")),
      ),
    );
    return [
      h(
        "article",
        { class: `qc-card a${code.colour}` },
        h("div", { class: "qc-card-head" }, swatch(code.colour), h("strong", {}, code.label)),
        h("p", { class: "qc-hint" }, [code.id, this.store.path(code.id)].filter(Boolean).join(" · ")),
        h(
          "dl",
          {},
          row("definition", code.definition),
          row("use_when", code.use_when),
          row("do_not_use_when", code.do_not_use_when),
          row("indicators", code.indicators),
          row("cue_words", code.cue_words),
          examples.length ? [h("dt", {}, say("examples")), examples] : [],
        ),
        !code.heading && this.hooks.writable() && this.hooks.hasSelection()
          ? button(
              { class: "qc-button qc-main-button", onclick: () => this.hooks.applyCode(code.id) },
              say("apply_here"),
            )
          : null,
      ),
    ];
  }

  // Memos and journal: asked for when looked at.

  async #fetch(name) {
    const reply = await this.hooks.ask(name);
    if (this.tab !== name) return;
    if (!reply.ok) return void this.sheet.replaceChildren(this.#hint(this.hooks.asked() ? "not_available" : "offline"));
    const items = reply[name] ?? [];
    if (!items.length) return void this.sheet.replaceChildren(this.#hint(`empty_${name}`));
    this.sheet.replaceChildren(
      ...items.map(name === "memos" ? (each) => this.#memoItem(each) : (each) => this.#event(each)),
    );
  }

  #memoItem({ coding: id, code, memo, quote, address, time }) {
    const known = code && this.store.code(code);
    const here = this.store.codings.has(id);
    return h(
      "article",
      { class: `qc-card a${known?.colour ?? 0}` },
      known && h("div", { class: "qc-card-head" }, swatch(known.colour), h("strong", {}, known.label)),
      h("p", { class: "qc-memo" }, memo),
      quote && h("blockquote", {}, quote),
      h(
        "p",
        { class: "qc-hint" },
        here ? button({ class: "qc-link", onclick: () => this.hooks.goTo(id) }, address ?? id) : address,
        time && ` · ${this.hooks.when(time)}`,
      ),
    );
  }

  #event({ time, coder, event, code, words, before, after }) {
    const what = [event, code && this.store.code(code).label].filter(Boolean).join(": ");
    const line = (text) => text && h("span", { class: "qc-said" }, text);
    return h(
      "div",
      { class: "qc-event" },
      h("p", { class: "qc-hint" }, [this.hooks.when(time), coder].filter(Boolean).join(" · ")),
      h("strong", {}, what),
      line(words),
      line([before, after].filter(Boolean).join(" → ")),
    );
  }
}
