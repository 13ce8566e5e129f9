/** The coding pane: puts text, codes, picker and panel together and answers to what the coder does. */

import { Caret } from "./caret.js";
import { Codes } from "./codes.js";
import { button, h, isField, speaker } from "./dom.js";
import { Handles } from "./handles.js";
import { HELP, actionOf, globalActionOf, saveNotebook } from "./keys.js";
import { Link } from "./link.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { Page } from "./render.js";
import { Search } from "./search.js";
import { Store } from "./store.js";

const TRAITS = ["document", "codes", "codings", "pane", "comments"];

class Pane {
  /** @param {Object} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.say = (key, values) => speaker(this.pane.words ?? {})(key, values);
    this.store = new Store();
    this.chosen = [];
    this.#frame(el);
    this.load();
    this.link = new Link(
      model,
      {
        textId: () => this.store.document.text_id,
        revision: () => this.pane.revision ?? 0,
        coder: () => this.pane.coder ?? "",
      },
      {
        state: () => this.#later("status"),
        patch: (patch) => this.patch(patch),
        offer: (commands) => this.#offer(commands),
      },
    );
    this.#listen();
    this.#status();
  }

  get pane() {
    return this.patched ?? this.model.get("pane") ?? {};
  }

  /** Whether codings may be made now. */
  get writable() {
    return !this.pane.readonly && this.link?.state === "live";
  }

  // The frame, built once.

  #frame(el) {
    const { say } = this;
    const title = h("h2", { class: "qc-title" });
    this.status = h("span", { class: "qc-status", role: "status" });
    this.live = h("div", { class: "qc-live", "aria-live": "polite" });
    this.banner = h("div", { class: "qc-banner", role: "alert", hidden: true });
    this.body = h("div", { class: "qc-body", tabIndex: 0, role: "document" });
    const codes = h("section", { class: "qc-codes", "aria-label": say("codes") });
    const side = h("section", { class: "qc-side", "aria-label": say("panel") });
    const tool = (name, sign, run, extra = "") =>
      button(
        { class: `qc-button ${extra}`, title: say(name), "aria-label": say(name), onclick: run },
        h("span", { "aria-hidden": "true" }, sign),
        h("span", { class: "qc-word" }, say(name)),
      );
    this.undo = tool("undo", "↶", () => this.history("undo"));
    this.redo = tool("redo", "↷", () => this.history("redo"));
    this.search = h("span", { class: "qc-search" });
    const header = h(
      "div",
      { class: "qc-head" },
      tool("codes", "☰", () => this.root.classList.toggle("qc-show-codes"), "qc-narrow-only"),
      title,
      (this.marks = h("span", { class: "qc-marks" })),
      this.status,
      h("span", { class: "qc-gap" }),
      this.search,
      h(
        "span",
        { class: "qc-tools" },
        this.undo,
        this.redo,
        (this.advice = tool("suggest", "✧", () => this.suggest())),
        tool("panel", "◨", () => this.root.classList.toggle("qc-show-side"), "qc-middle-only"),
        tool("help", "?", () => this.help(), "qc-sign-only"),
      ),
    );
    this.title = title;
    // Under a finger the picker waits for this button: the selection's handles may still be moved.
    this.tap = button(
      { class: "qc-tap qc-button qc-main-button", hidden: true, onclick: () => this.pick() },
      say("pick_label"),
    );
    this.tap.addEventListener("pointerdown", (event) => event.preventDefault());
    this.root = h(
      "div",
      { class: "qc", "data-lm-suppress-shortcuts": "true", lang: this.pane.language ?? "id" },
      header,
      this.banner,
      h("div", { class: "qc-main" }, codes, this.body, side),
      this.tap,
      this.live,
    );
    el.append(this.root);

    this.page = new Page(this.body, this.store, say);
    this.caret = new Caret(this.page, this.store, {
      chosen: (at) => this.#clickedText(at),
      selected: () => this.#selected(),
      touched: () => (this.tap.hidden = !this.writable),
      told: (text) => this.tell(text),
    });
    const valences = () => this.pane.valences ?? [];
    this.picker = new Picker(this.root, this.store, say, {
      recent: () => this.recent,
      valences,
      told: (text) => this.tell(text),
      apply: (choice) => this.apply(choice),
      create: (wish) => this.create(wish),
      closed: () => this.body.focus({ preventScroll: true }),
    });
    this.codes = new Codes(codes, this.store, say, {
      valences,
      filtered: () => this.page.refresh(),
      pick: (code) => this.#pickedInList(code),
    });
    this.panel = new Panel(side, this.store, say, {
      valences,
      writable: () => this.writable,
      asked: () => this.link?.state === "live",
      canComment: () => Boolean(this.pane.can_comment),
      hasSelection: () => !this.caret.isEmpty,
      revise: (id, changes) => this.change("revise", { coding: id, changes }),
      recode: (id, rect) =>
        this.picker.open(rect, { replace: (code) => this.change("revise", { coding: id, changes: { code } }) }),
      bounds: (id) => this.boundsToSelection(id),
      settle: (id) => this.settle(id),
      remove: (id) => this.remove(id),
      accept: (coding) => this.accept(coding),
      dismiss: (id) => this.#take(this.store.drop(id)),
      applyCode: (code) => this.apply({ codes: [code] }),
      ask: (name) => this.link.send(name),
      goTo: (id) => this.choose([id], true),
      goToPlace: (start, end) => this.#goTo(this.store.offsets.toUnits(start), this.store.offsets.toUnits(end)),
      author: () => this.pane.author ?? this.pane.coder,
      comment: (text) => this.comment(text),
      review: (name, body) => this.#review(name, body),
      when: (time) =>
        new Date(time).toLocaleString(this.pane.language ?? "id", { dateStyle: "medium", timeStyle: "short" }),
    });
    this.handles = new Handles(this.page, this.store, say, (id, from, to) => this.move(id, from, to));
    this.finder = new Search(this.search, this.page, this.store, say, (at) => this.caret.set(at, at));
  }

  /**
   * Read traits and draw what depends on them.
   * @param {string[]} names the traits that changed
   */
  load(names = TRAITS) {
    const { model, store } = this;
    const has = (name) => names.includes(name);
    if (has("pane")) this.patched = null;
    const document = model.get("document") ?? { text: "", units: [] };
    const newText = store.document?.text_id !== document.text_id || store.text !== document.text;
    const compare = this.pane.compare ?? [];
    const lanes = compare.join() !== store.compare?.join();
    store.compare = compare;
    if (newText) store.setDocument(document);
    if (has("codes")) store.setCodes(model.get("codes") ?? []);
    if (has("codings") || newText || lanes) this.#setCodings(newText);
    if (has("comments")) this.panel.comments = model.get("comments") ?? [];
    if (has("pane")) this.recent = [...(this.pane.recent ?? [])];
    this.title.textContent = document.title || document.id || "";
    this.title.title = [this.pane.case, this.pane.codebook, this.pane.coder].filter(Boolean).join(" · ");
    this.body.setAttribute("aria-label", this.say("text_of", { title: this.title.textContent }));
    this.#marks();
    if (newText) {
      this.body.querySelector(".qc-text")?.remove();
      this.#coders();
      this.page.build();
    } else this.page.refresh();
    if (has("codes")) this.codes.build();
    else this.codes.update();
    this.#chosen();
  }

  /** Take the codings of the trait; what is not yet acknowledged stays beside them. */
  #setCodings(newText) {
    const { store } = this;
    const pending = newText ? [] : [...(store.codings?.values() ?? [])].filter((each) => each.pending || each.proposal);
    store.setCodings(this.model.get("codings") ?? []);
    for (const each of pending) store.put(each);
  }

  /** Keep the model as new as the page: a second view starts from it, and only differences to it are told. */
  #keepModel() {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => {
      this.quiet = true;
      const codings = [...this.store.codings.values()].filter((each) => !each.pending && !each.proposal);
      this.model.set(
        "codings",
        codings.sort((a, b) => a.start - b.start),
      );
      this.model.set("codes", this.store.codes);
      this.model.set("pane", this.pane);
      this.quiet = false;
    }, 300);
  }

  #marks() {
    const { blind, lost } = this.pane;
    const marks = [blind && "blind", this.store.document.fictional && "fictional"]
      .filter(Boolean)
      .map((key) => h("span", { class: "qc-badge" }, this.say(key)));
    if (lost) marks.push(h("span", { class: "qc-badge qc-bad" }, this.say("lost", { n: lost })));
    this.marks.replaceChildren(...marks);
  }

  /** The names of the two coders above their columns. */
  #coders() {
    this.body.querySelector(".qc-coders")?.remove();
    if (this.store.compare.length !== 2) return;
    this.body.append(
      h(
        "div",
        { class: "qc-coders", "aria-hidden": "true" },
        this.store.compare.map((coder) => h("span", {}, coder)),
      ),
    );
  }

  // What comes from outside.

  #listen() {
    const { root, body, model } = this;
    this.off = new AbortController();
    root.addEventListener("keydown", (event) => this.#globalKey(event));
    body.addEventListener("keydown", (event) => this.#textKey(event));
    body.addEventListener("click", (event) => this.#clickedMargin(event));
    body.addEventListener("pointerover", (event) => this.#hover(event));
    document.addEventListener("pointerdown", (event) => this.#outside(event), { signal: this.off.signal });
    // The traits change together: one drawing is enough.
    this.onTrait = TRAITS.map((name) => () => this.quiet || this.#later(name));
    TRAITS.forEach((name, at) => model.on(`change:${name}`, this.onTrait[at]));
  }

  #later(what) {
    this.waiting ??= new Set();
    if (!this.waiting.size) {
      queueMicrotask(() => {
        const waiting = this.waiting;
        this.waiting = new Set();
        const names = TRAITS.filter((name) => waiting.has(name));
        if (names.length) this.load(names);
        this.#status();
      });
    }
    this.waiting.add(what);
  }

  /** Take in a change from Python. */
  patch({ codings, codes, pane }) {
    if (pane) this.patched = { ...this.pane, ...pane };
    if (pane?.recent) this.recent = [...pane.recent];
    if (codes) {
      this.store.setCodes(codes);
      this.codes.build();
    }
    const lines = [];
    for (const id of codings?.drop ?? []) lines.push(...this.store.drop(id));
    for (const coding of codings?.put ?? []) lines.push(...this.store.put(coding));
    if (pane) this.#marks();
    if (codings || codes || pane) this.#keepModel();
    this.#take(codes ? null : lines);
    this.#status();
  }

  /** Draw lines again (all without a list) and what depends on the codings. */
  #take(lines) {
    this.page.refresh(lines);
    this.codes.update();
    this.#chosen();
  }

  #status() {
    const { link, pane } = this;
    if (!link) return;
    const { unsaved: n, state } = link;
    const left = n ? ` · ${this.say("unsaved", { n })}` : "";
    let [kind, text] = ["wait", this.say("connecting") + left];
    if (state === "dead") [kind, text] = ["bad", this.say("disconnected") + left];
    else if (state === "changed") [kind, text] = ["bad", this.say("changed") + left];
    else if (state === "busy") [kind, text] = ["bad", this.say("busy") + left];
    else if (state === "live") {
      const saving = pane.readonly ? n && link.saving : link.saving;
      if (saving || n) [kind, text] = ["wait", saving ? this.say("saving") : this.say("unsaved", { n })];
      else if (link.saved) [kind, text] = ["good", `✓ ${this.say("saved")}`];
      else [kind, text] = ["calm", this.say(pane.readonly ? "reading" : "ready")];
      // Who only reads may still comment, and wants to know that it is saved.
      if (pane.readonly && (n || link.saved)) text = `${this.say("reading")} · ${text}`;
    }
    this.status.className = `qc-status qc-${kind}`;
    this.status.title = pane.reason ?? "";
    this.advice.disabled = !this.writable;
    if (this.status.textContent !== text) this.status.textContent = text;
    this.root.classList.toggle("qc-locked", !this.writable);
    this.undo.disabled = !this.writable || !pane.can_undo;
    this.redo.disabled = !this.writable || !pane.can_redo;
    if (state !== this.before) this.#turned(state);
  }

  #turned(state) {
    this.before = state;
    this.panel.refresh();
    if (state === "changed") {
      this.#show(this.say("changed_long"), [[this.say("reload"), () => this.#reload()]]);
    } else if (state === "dead") this.#show(this.say("disconnected_long"), []);
    else if (state === "live" && this.bannerFor !== "offer") this.banner.hidden = true;
    this.bannerFor = this.banner.hidden ? null : state;
  }

  #show(text, choices) {
    const buttons = choices.map(([label, run]) => button({ class: "qc-button", onclick: run }, label));
    this.banner.replaceChildren(h("span", {}, text), ...buttons);
    this.banner.hidden = false;
  }

  async #reload() {
    const reply = await this.link.send("reload");
    if (!reply.ok) return this.#failed(reply);
    this.banner.hidden = true;
    this.store.document = null;
    this.load();
  }

  #offer(commands) {
    const hide = () => {
      this.banner.hidden = true;
      this.bannerFor = null;
    };
    const send = async () => {
      hide();
      const { sent, refused } = await this.link.resend();
      this.tell(this.say("resent", { n: sent }));
      if (refused.length) this.#failed(refused[0]);
    };
    this.#show(this.say("offer", { n: commands.length }), [
      [this.say("offer_send"), send],
      [this.say("offer_discard"), () => (this.link.discard(), hide())],
    ]);
    this.bannerFor = "offer";
  }

  /** Say something to those who do not see the page. */
  tell(text) {
    this.live.textContent = text;
  }

  #failed(reply) {
    if (reply.unsent || !reply.error) return;
    const { place, what, mend } = reply.error;
    const hide = [this.say("close"), () => (this.banner.hidden = true)];
    this.#show([place, what, mend].filter(Boolean).join(" · "), [hide]);
    this.bannerFor = "error";
  }

  // Mouse.

  #clickedText(at) {
    this.tap.hidden = true;
    this.body.focus({ preventScroll: true });
    this.choose(this.store.at(at).map((each) => each.id));
  }

  #clickedMargin(event) {
    const { coding, codings } = event.target;
    if (!coding && !codings) return;
    this.choose(codings ?? [coding], true);
  }

  #hover(event) {
    const target = event.target.closest?.("mark,.qc-stripe,.qc-chip");
    if (target === this.hovered) return;
    this.hovered = target;
    const one = target && this.store.codings.get(target.coding);
    this.page.show("hover", one && !this.chosen.includes(one.id) ? [[one.from, one.to]] : []);
    if (!target || target.title) return;
    let over = (target.codings ?? [target.coding]).map((id) => this.store.codings.get(id)).filter(Boolean);
    if (target.tagName === "MARK") over = this.store.at(this.page.offsetAt(target.firstChild, 0));
    target.title = over
      .map((each) => `${this.store.code(each.code).label} (${each.proposal ? this.say("suggestion") : each.coder})`)
      .join("\n");
  }

  #outside(event) {
    if (!this.picker.isOpen || this.picker.element.contains(event.target)) return;
    if (this.root.contains(event.target) && event.target.closest(".qc-codes")) return;
    this.picker.close(false);
  }

  #selected() {
    this.body.focus({ preventScroll: true });
    if (this.writable) this.pick();
    else this.#refuse();
  }

  #refuse() {
    const why = this.pane.readonly ? this.pane.reason || this.say("readonly") : this.status.textContent;
    this.tell(why);
    if (this.panel.tab === "comments") this.panel.draw();
  }

  #pickedInList(code) {
    const heading = this.store.code(code).heading;
    if (!heading && !this.caret.isEmpty && this.writable) {
      this.picker.close(false);
      this.apply({ codes: [code] });
    } else {
      this.panel.explain(code);
      this.root.classList.add("qc-show-side");
    }
  }

  // Keys.

  #globalKey(event) {
    const action = globalActionOf(event, isField(event.target));
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (action === "save") saveNotebook(this.root);
    else this.history(action);
  }

  #textKey(event) {
    if (event.target !== this.body) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    this.exact = event.altKey;
    this[`do${action.name[0].toUpperCase()}${action.name.slice(1)}`](...action.args);
  }

  doMove(by, forward, extend) {
    this.caret.move(by, forward, extend);
    if (!extend) this.#underCaret();
  }

  /** Show the cards of what the caret stands in, without taking it anywhere. */
  #underCaret() {
    const ids = this.store.at(this.caret.focus).map((each) => each.id);
    if (ids.join() === this.chosen.join()) return;
    this.chosen = ids;
    this.#chosen();
    if (ids.length) this.tell(ids.map((id) => this.store.code(this.store.codings.get(id).code).label).join(", "));
  }

  doWord() {
    this.caret.select("word");
  }
  doSentence() {
    this.caret.select("sentence");
  }
  doParagraph() {
    this.caret.select("paragraph");
  }
  doNext() {
    this.#neighbour(1);
  }
  doPrevious() {
    this.#neighbour(-1);
  }
  doSearch() {
    this.finder.focus();
  }
  doHelp() {
    this.help();
  }
  doSuggest() {
    this.suggest();
  }

  doPick() {
    if (!this.writable) return this.#refuse();
    if (!this.caret.isEmpty) return this.pick();
    const ids = this.store.at(this.caret.focus).map((each) => each.id);
    if (!ids.length) return this.caret.select("word");
    this.choose(ids);
    this.root.classList.add("qc-show-side");
    this.panel.sheet.querySelector("button,textarea")?.focus();
  }

  doRecent(at) {
    if (this.recent[at] && !this.caret.isEmpty) this.apply({ codes: [this.recent[at]] });
  }

  doInVivo() {
    if (!this.writable) return this.#refuse();
    if (this.caret.isEmpty) return;
    const words = this.store.text.slice(this.caret.from, this.caret.to).replace(/\s+/gu, " ");
    this.inVivo = true;
    this.picker.open(this.#selectionRect(), { form: true, label: words.slice(0, 80) });
  }

  doMemo() {
    const own = this.chosen.find((id) => this.store.codings.get(id)?.mine);
    if (!own) return;
    this.choose([own]);
    this.root.classList.add("qc-show-side");
    this.panel.focusMemo();
  }

  doBounds() {
    const own = this.chosen.find((id) => this.store.codings.get(id)?.mine);
    if (own) this.boundsToSelection(own);
  }

  doRemove() {
    const own = this.chosen.find((id) => this.store.codings.get(id)?.mine);
    if (own) this.remove(own);
  }

  doEscape() {
    this.caret.clear();
    this.choose([]);
    this.root.classList.remove("qc-show-side", "qc-show-codes");
    this.#take(
      [...this.store.codings.values()].filter((each) => each.proposal).flatMap((each) => this.store.drop(each.id)),
    );
  }

  #neighbour(step) {
    const all = this.store.inOrder();
    if (!all.length) return;
    const now = all.findIndex((each) => each.id === this.chosen[0]);
    const at = this.caret.focus;
    let next = now + step;
    if (now < 0)
      next = step > 0 ? all.findIndex((each) => each.from >= at) : all.findLastIndex((each) => each.from < at);
    this.choose([all[(next + all.length) % all.length].id], true);
  }

  // Choosing.

  /** Choose codings; `go` also goes there and selects the words of the first. */
  choose(ids, go = false) {
    this.chosen = ids.filter((id) => this.store.codings.has(id));
    const first = this.store.codings.get(this.chosen[0]);
    this.page.show("hover", []);
    if (go && first) {
      this.page.reveal(first.from, "center");
      this.caret.set(first.from, first.from);
      this.body.focus({ preventScroll: true });
      this.root.classList.add("qc-show-side");
      this.tell(`${this.store.code(first.code).label}: ${first.quote.slice(0, 200)}`);
    }
    this.panel.choose(this.chosen);
    this.#chosen();
  }

  #goTo(from, to) {
    this.page.reveal(from, "center");
    this.caret.set(from, from);
    this.page.show("hover", [[from, to]]);
    this.body.focus({ preventScroll: true });
  }

  #chosen() {
    this.chosen = this.chosen.filter((id) => this.store.codings.has(id));
    const codings = this.chosen.map((id) => this.store.codings.get(id));
    this.page.show(
      "chosen",
      codings.slice(0, 1).map((each) => [each.from, each.to]),
    );
    const first = codings[0];
    this.handles.show(first?.mine && !first.pending && this.writable && codings.length ? first : null);
    if (this.panel.chosen.join() !== this.chosen.join() && this.panel.tab === "quote") this.panel.choose(this.chosen);
    else this.panel.refresh();
  }

  // Coding.

  #selectionRect() {
    const rect = this.page.range(this.caret.from, this.caret.to).getBoundingClientRect();
    const view = this.body.getBoundingClientRect();
    // Of a passage longer than the window only what is seen counts.
    const top = Math.max(rect.top, view.top);
    return new DOMRect(rect.left, top, rect.width, Math.max(0, Math.min(rect.bottom, view.bottom) - top));
  }

  pick() {
    this.tap.hidden = true;
    this.page.show("selection", [[this.caret.from, this.caret.to]]);
    this.page.reveal(this.caret.to);
    this.inVivo = false;
    this.picker.open(this.#selectionRect());
  }

  /** Apply codes to the selected words; shown at once as not yet saved. */
  apply({ codes, ...said }) {
    if (!this.writable) return this.#refuse();
    const place = this.store.place(this.caret.from, this.caret.to);
    if (!place.quote.trim()) return undefined;
    const valence = said.valence ?? this.pane.valences?.[0]?.id;
    const body = {
      ...place,
      codes,
      valence,
      tags: said.tags ?? [],
      period: said.period ?? null,
      memo: said.memo ?? "",
      explicit: said.explicit ?? true,
    };
    if (said.suggested) body.suggested = true;
    this.recent = [...codes, ...this.recent.filter((id) => !codes.includes(id))].slice(0, 9);
    const names = codes.map((id) => this.store.code(id).label).join(", ");
    this.caret.clear();
    return this.#optimistic("apply", body, {
      put: codes.map((code, at) => ({
        ...body,
        id: `pending-${this.#count()}-${at}`,
        code,
        coder: this.pane.coder,
        mine: true,
        certain: true,
        pending: true,
      })),
      told: this.say("told_applied", { codes: names }),
    });
  }

  #count() {
    return (this.counter = (this.counter ?? 0) + 1);
  }

  remove(id) {
    const coding = this.store.codings.get(id);
    if (!this.writable || !coding?.mine) return this.#refuse();
    return this.#optimistic(
      "remove",
      { coding: id },
      { drop: [coding], told: this.say("told_removed", { code: this.store.code(coding.code).label }) },
    );
  }

  move(id, from, to) {
    const coding = this.store.codings.get(id);
    if (!this.writable || !coding?.mine || from >= to) return this.#refuse();
    const place = this.store.place(from, to);
    if (place.start === coding.start && place.end === coding.end) return undefined;
    return this.#optimistic(
      "move",
      { coding: id, ...place },
      {
        drop: [coding],
        put: [{ ...coding, ...place, pending: true }],
        told: this.say("told_moved", { quote: place.quote }),
      },
    );
  }

  /** Confirm the place of a coding whose words were found again only nearly. */
  settle(id) {
    const { from, to } = this.store.codings.get(id);
    return this.change("move", { coding: id, ...this.store.place(from, to) });
  }

  boundsToSelection(id) {
    if (this.caret.isEmpty) return this.tell(this.say("select_first"));
    return this.move(id, this.caret.from, this.caret.to);
  }

  /**
   * Show a change before it is acknowledged; take it back when it is refused. When it could not be sent it stays,
   * marked as not saved, and in the outbox.
   */
  async #optimistic(name, body, { drop = [], put = [], told }) {
    this.#take([...drop.flatMap((each) => this.store.drop(each.id)), ...put.flatMap((each) => this.store.put(each))]);
    const reply = await this.link.send(name, body, true);
    if (reply.unsent) return reply;
    const lines = [
      ...put.flatMap((each) => this.store.drop(each.id)),
      ...(reply.ok ? [] : drop.flatMap((each) => this.store.put(each))),
    ];
    if (reply.ok) {
      // A reply without its codings would leave a hole: what is acknowledged stays as it was shown.
      const gone = new Set(reply.patch?.codings?.drop ?? []);
      const sent = new Set((reply.patch?.codings?.put ?? []).map((each) => each.id));
      for (const each of drop)
        if (name !== "remove" && !gone.has(each.id) && !sent.has(each.id)) lines.push(...this.store.put(each));
    }
    this.page.refresh(lines);
    this.patch(reply.patch ?? {});
    return this.#answered(reply, told);
  }

  async change(name, body) {
    if (!this.writable) return this.#refuse();
    return this.#answered(await this.link.send(name, body));
  }

  #answered(reply, told) {
    if (reply.ok) this.tell(reply.told ?? told ?? this.status.textContent);
    else this.#failed(reply);
    return reply;
  }

  async history(name) {
    if (!this.writable) return this.#refuse();
    return this.#answered(await this.link.send(name), this.say(`told_${name}`));
  }

  /** Make a new code; with words selected it is applied to them. @returns {Promise<?string>} what went wrong */
  async create({ label, parent, definition }) {
    if (!this.writable) return this.status.textContent;
    const in_vivo = this.caret.isEmpty ? null : this.store.place(this.caret.from, this.caret.to);
    // A theory's codebook is closed until its coder says otherwise.
    const open = this.pane.closed ? { open: confirm(this.say("open_codebook")) } : {};
    if (open.open === false) return this.say("codebook_closed");
    const reply = await this.link.send("new_code", { label, parent, definition, in_vivo, ...open });
    if (!reply.ok)
      return reply.error ? [reply.error.what, reply.error.mend].filter(Boolean).join(" ") : this.status.textContent;
    this.caret.clear();
    this.#answered(reply, this.say("told_new_code", { label }));
    return null;
  }

  // Suggestions.

  async suggest() {
    if (!this.writable) return this.#refuse();
    const unit = this.store.unitAt(this.caret.focus) ?? this.store.units[0] ?? { from: 0, to: this.store.text.length };
    const [from, to] = this.caret.isEmpty ? [unit.from, unit.to] : [this.caret.from, this.caret.to];
    const { start, end } = this.store.place(from, to);
    const reply = await this.link.send("suggest", { start, end });
    if (!reply.ok) return this.#failed(reply);
    const shown = [];
    const lines = [];
    for (const each of reply.suggestions ?? []) {
      const id = `saran-${this.#count()}`;
      const places = each.places?.length ? each.places : [[start, end]];
      const [first, last] = [
        Math.min(...places.map((place) => place[0])),
        Math.max(...places.map((place) => place[1])),
      ];
      const [low, high] = [this.store.offsets.toUnits(first), this.store.offsets.toUnits(last)];
      const proposal = {
        ...each,
        id,
        start: first,
        end: last,
        quote: this.store.text.slice(low, high),
        proposal: true,
        mine: false,
        coder: "",
      };
      lines.push(...this.store.put(proposal));
      shown.push(id);
    }
    this.#take(lines);
    this.choose(shown);
    this.root.classList.add("qc-show-side");
    this.panel.note(reply.note);
    return this.tell([this.say("told_suggestions", { n: shown.length }), reply.note].filter(Boolean).join(" "));
  }

  accept(proposal) {
    this.#take(this.store.drop(proposal.id));
    this.caret.set(proposal.from, proposal.to);
    return this.apply({ codes: [proposal.code], suggested: true });
  }

  /** Comment on the selected words. */
  comment(text) {
    if (this.caret.isEmpty) return { ok: false, error: { what: this.say("select_first") } };
    return this.#review("comment", { ...this.store.place(this.caret.from, this.caret.to), text });
  }

  /** What a reader may do, too: a pane in which nothing can be coded takes comments, answers and that one is done. */
  async #review(name, body) {
    if (this.link.state !== "live") return { ok: false, error: { what: this.status.textContent } };
    const reply = await this.link.send(name, body);
    if (reply.ok) this.tell(this.say(`told_${name}`));
    return reply;
  }

  help() {
    const close = () => {
      this.body.focus({ preventScroll: true });
      dialog.remove();
    };
    const rows = HELP.map(([keys, word]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, this.say(word))));
    const done = button({ class: "qc-button qc-main-button", onclick: close }, this.say("close"));
    const dialog = h(
      "div",
      {
        class: "qc-help",
        role: "dialog",
        "aria-modal": "true",
        "aria-label": this.say("help"),
        onkeydown: (event) => event.key === "Escape" && close(),
      },
      h("h3", {}, this.say("help")),
      h("dl", { tabIndex: 0 }, rows),
      h("p", { class: "qc-hint" }, this.say("help_tab")),
      done,
    );
    this.root.append(dialog);
    done.focus();
  }

  destroy() {
    this.off.abort();
    this.link.destroy();
    this.caret.destroy();
    this.page.destroy();
    clearTimeout(this.keeping);
    TRAITS.forEach((name, at) => this.model.off(`change:${name}`, this.onTrait[at]));
  }
}

export default {
  initialize() {},
  /** @param {{model: Object, el: HTMLElement}} context */
  render({ model, el }) {
    const started = performance.now();
    const pane = new Pane(model, el);
    // How long it took, for the benchmark and for whoever wonders.
    pane.root.dataset.ready = (performance.now() - started).toFixed(1);
    return () => pane.destroy();
  },
};
