/** Comments on passages: what was said and answered, the form for an answer, and the word that one is dealt with. */

import { button, h } from "./dom.js";

/** The key of the form for a comment that is not there yet. */
const NEW = "";

export class Comments {
  /** @param {HTMLElement} sheet where the cards stand @param {Function} say @param {Object} hooks see the panel's */
  constructor(sheet, say, hooks) {
    Object.assign(this, { sheet, say, hooks });
    this.shown = [];
    // By comment, so that nothing is lost when the cards are drawn again while somebody writes.
    this.drafts = new Map();
    this.opened = new Set();
    this.sent = new Map();
    this.faults = new Map();
  }

  get items() {
    return this.shown;
  }

  set items(items) {
    this.shown = items;
    // What could not be sent at first may have come by the outbox meanwhile.
    for (const { id, done, replies } of items) {
      const sent = this.sent.get(id);
      if (sent && (sent.answer === undefined ? done : replies?.some((each) => each.text === sent.answer)))
        this.sent.delete(id);
    }
  }

  draw() {
    const cards = this.shown.map((each) => this.#card(each));
    if (this.hooks.canComment()) return [this.#new(), ...cards];
    return cards.length ? cards : [h("p", { class: "qc-hint" }, this.say("empty_comments"))];
  }

  #card(each) {
    const { say, hooks } = this;
    const sent = this.sent.get(each.id);
    const quote = h("span", {}, each.quote);
    return h(
      "article",
      { class: `qc-card qc-comment${each.done ? " qc-settled" : ""}`, "data-comment": each.id },
      h(
        "div",
        { class: "qc-card-head" },
        h("strong", {}, each.author),
        each.status && h("span", { class: "qc-badge" }, each.status),
      ),
      each.time && h("p", { class: "qc-hint" }, hooks.when(each.time)),
      each.quote &&
        h(
          "blockquote",
          {},
          // Words that are gone can only be read.
          each.start === null || each.start === undefined
            ? quote
            : button({ class: "qc-link qc-quote", onclick: () => hooks.goToPlace(each.start, each.end) }, quote),
        ),
      h("p", { class: "qc-memo" }, each.text),
      (each.replies ?? []).map((reply) => this.#reply(reply)),
      sent?.answer && this.#reply({ author: hooks.author(), text: sent.answer }),
      sent && h("p", { class: "qc-hint qc-note" }, say("note_pending")),
      this.#fault(each.id),
      hooks.canComment() && (this.opened.has(each.id) ? this.#form(each) : this.#buttons(each, Boolean(sent))),
    );
  }

  #reply({ author, time, text }) {
    return h(
      "div",
      { class: "qc-reply" },
      h("p", { class: "qc-hint" }, [author, time && this.hooks.when(time)].filter(Boolean).join(" · ")),
      h("p", { class: "qc-memo" }, text),
    );
  }

  #fault(id) {
    const fault = this.faults.get(id);
    return fault && h("p", { class: "qc-fault", role: "alert" }, fault);
  }

  #buttons({ id, author, text, done }, disabled) {
    const about = { author, text: text.length > 60 ? `${text.slice(0, 60)}…` : text };
    return h(
      "div",
      { class: "qc-row-of-buttons" },
      button(
        {
          class: "qc-button",
          "data-answer": "",
          "aria-label": this.say("answer_to", about),
          disabled,
          onclick: () => this.#open(id),
        },
        this.say("answer"),
      ),
      !done &&
        button(
          {
            class: "qc-button",
            "aria-label": this.say("mark_done_of", about),
            disabled,
            onclick: () => this.#send(id, "done"),
          },
          this.say("mark_done"),
        ),
    );
  }

  /** A field that keeps what is written in it, sent by its button or by Ctrl+Enter. */
  #field(id, send, close) {
    return h("textarea", {
      class: "qc-input",
      rows: "3",
      value: this.drafts.get(id) ?? "",
      oninput: (event) => this.drafts.set(id, event.target.value),
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
        else if (event.key === "Escape") close?.();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    });
  }

  #form({ id, author }) {
    const send = () => this.#send(id, "answer");
    const close = () => {
      this.opened.delete(id);
      this.#draw(id);
    };
    return [
      h("label", { class: "qc-memo-field" }, this.say("answer_label", { author }), this.#field(id, send, close)),
      h(
        "div",
        { class: "qc-row-of-buttons" },
        button({ class: "qc-button", onclick: close }, this.say("cancel")),
        button({ class: "qc-button qc-main-button", onclick: send }, this.say("answer_send")),
      ),
    ];
  }

  #open(id) {
    this.opened.add(id);
    this.#draw(id);
  }

  /** Send an answer or a status; it stands as not saved until Python has said that it is. */
  async #send(id, name) {
    const answer = name === "answer" ? (this.drafts.get(id) ?? "").trim() : undefined;
    if (answer === "" || this.sent.has(id)) return;
    this.faults.delete(id);
    this.opened.delete(id);
    this.sent.set(id, { answer });
    this.#draw(id);
    const reply = await this.hooks.review(name, { comment: id, ...(answer && { text: answer }) });
    if (!reply.unsent) this.sent.delete(id);
    if (answer && (reply.ok || reply.unsent)) this.drafts.delete(id);
    if (!reply.ok && !reply.unsent) {
      this.faults.set(id, worded(reply));
      if (answer) this.opened.add(id);
    }
    this.#draw(id);
  }

  /** Draw one card again and leave the others, where somebody may be writing. */
  #draw(id) {
    const card = this.#find(id);
    const item = this.shown.find((each) => each.id === id);
    if (!card || !item) return;
    const focused = document.activeElement;
    const had = card.contains(focused) || focused === this.sheet;
    // A focus that would be lost with its button goes to JupyterLab.
    if (had) this.sheet.focus({ preventScroll: true });
    card.replaceWith(this.#card(item));
    if (had) this.#find(id).querySelector("textarea, [data-answer]:enabled")?.focus();
  }

  #find(id) {
    return this.sheet.querySelector(`[data-comment="${CSS.escape(id)}"]`);
  }

  // A comment of one's own.

  #new() {
    const { say, hooks } = this;
    const asked = () => say(hooks.hasSelection() ? "comment_selection" : "comment_select_first");
    const label = h("span", {}, asked());
    const form = h("div", { class: "qc-new-comment" });
    const send = async () => {
      const text = (this.drafts.get(NEW) ?? "").trim();
      if (!text) return;
      const reply = await hooks.comment(text);
      this.faults.delete(NEW);
      if (reply.ok || reply.unsent) this.drafts.delete(NEW);
      else this.faults.set(NEW, worded(reply));
      const now = this.sheet.querySelector(".qc-new-comment");
      if (!now) return;
      const had = now.contains(document.activeElement) || document.activeElement === this.sheet;
      now.replaceWith(this.#new());
      if (had) this.sheet.querySelector(".qc-new-comment textarea").focus();
    };
    const field = this.#field(NEW, send);
    field.addEventListener("focus", () => (label.textContent = asked()));
    form.append(
      h("label", { class: "qc-memo-field" }, label, field),
      ...[this.#fault(NEW)].filter(Boolean),
      h(
        "div",
        { class: "qc-row-of-buttons" },
        button({ class: "qc-button qc-main-button", onclick: send }, say("send")),
      ),
    );
    return form;
  }
}

const worded = ({ error }) => [error?.what, error?.mend].filter(Boolean).join(" ");
