/** A model as anywidget gives it, with a small Python behind it that obeys, refuses, sleeps or dies as told. */

export class Model {
  constructor(traits) {
    this.traits = traits;
    this.listeners = new Map();
    this.sent = [];
    this.answer = true; // false: a busy kernel
    this.alive = true; // false: a dead one
    this.delay = 1;
    this.refuse = null;
    this.held = [];
    this.undone = [];
    this.history = [];
  }

  get(name) {
    return this.traits[name];
  }

  set(name, value) {
    this.traits[name] = value;
    this.emit(`change:${name}`);
  }

  on(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  off(name, listener) {
    this.listeners.set(
      name,
      (this.listeners.get(name) ?? []).filter((each) => each !== listener),
    );
  }

  emit(name, ...values) {
    for (const listener of this.listeners.get(name) ?? []) listener(...values);
  }

  send(message) {
    if (!this.alive) throw new Error("Cannot send");
    const command = structuredClone(message);
    this.sent.push(command);
    if (!this.answer) return void this.held.push(command);
    setTimeout(() => this.reply(command), this.delay);
  }

  release() {
    this.answer = true;
    for (const command of this.held.splice(0)) this.reply(command);
  }

  reply(command) {
    const said = this.obey(command);
    this.emit("msg:custom", { kind: "reply", id: command.id, ok: true, ...said });
  }

  /** Comments come as a trait, before the reply. */
  review({ name, id, comment, text, start, end, quote }) {
    const author = this.traits.pane.author;
    const time = "2026-11-22T04:26:20Z";
    const now = { author, text, time };
    const of = {
      answer: (each) => ({ ...each, status: "dijawab", replies: [...each.replies, now] }),
      done: (each) => ({ ...each, status: "selesai", done: true }),
    }[name];
    const comments = this.traits.comments.map((each) => (each.id === comment ? of(each) : each));
    if (name === "comment") comments.push({ ...now, id, start, end, quote, status: "terbuka", done: false, replies: [] });
    this.set("comments", comments);
  }

  commands(name) {
    return this.sent.filter((each) => each.name === name);
  }

  obey(command) {
    const { name } = command;
    const { document, pane } = this.traits;
    const error = (what) => ({ ok: false, error: { place: "w-i1", what, mend: "Coba lagi." } });
    if (this.refuse && !["hello", "poll"].includes(name)) return error(this.refuse);
    if (name === "apply" || name === "move") {
      // Python's own count: code points.
      const quote = [...document.text].slice(command.start, command.end).join("");
      if (quote !== command.quote) return error(`mismatch: ${quote}`);
    }
    if (name === "apply") {
      const put = command.codes.map((code, at) => ({
        ...command,
        id: `${command.id}-${at}`,
        code,
        coder: pane.coder,
        mine: true,
        certain: true,
        suggested: Boolean(command.suggested),
        round: 1,
      }));
      this.history.push({ drop: put.map((each) => each.id) });
      return { patch: { codings: { put, drop: [] }, pane: { can_undo: true } } };
    }
    const coding = this.traits.codings.find((each) => each.id === command.coding) ?? { id: command.coding };
    if (name === "remove") return { patch: { codings: { put: [], drop: [command.coding] }, pane: { can_undo: true } } };
    if (name === "move") {
      return { patch: { codings: { put: [{ ...coding, ...command, id: coding.id, certain: true }], drop: [] } } };
    }
    if (name === "revise") return { patch: { codings: { put: [{ ...coding, ...command.changes }], drop: [] } } };
    if (name === "undo")
      return {
        told: "Diurungkan.",
        patch: {
          codings: { put: [], drop: this.history.pop()?.drop ?? [] },
          pane: { can_undo: false, can_redo: true },
        },
      };
    if (name === "new_code") {
      const parent = this.traits.codes.find((each) => each.id === command.parent);
      const code = {
        id: "BARU",
        label: command.label,
        parent: command.parent,
        depth: parent ? parent.depth + 1 : 0,
        heading: false,
        colour: parent?.colour ?? 0,
        definition: command.definition,
        examples: [],
      };
      this.traits.codes = [...this.traits.codes, code];
      const put = command.in_vivo
        ? [
            {
              ...command.in_vivo,
              id: "baru-1",
              code: "BARU",
              coder: pane.coder,
              mine: true,
              certain: true,
              valence: "deskriptif",
              tags: [],
              memo: "",
              explicit: true,
            },
          ]
        : [];
      return { patch: { codes: this.traits.codes, codings: { put, drop: [] } } };
    }
    if (["comment", "answer", "done"].includes(name)) this.review(command);
    if (name === "suggest") {
      const usable = this.traits.codes.filter((each) => !each.heading).slice(0, 2);
      return {
        note: "F1 0,42 pada 31 kutipan.",
        suggestions: usable.map((code, at) => ({
          code: code.id,
          confidence: 0.7 - at * 0.2,
          words: ["komentar", "dibalas"],
          why: "Mirip dengan 12 kutipan yang Anda kode.",
          places: [[command.start, command.end]],
        })),
      };
    }
    if (name === "memos")
      return {
        memos: this.traits.codings
          .filter((each) => each.memo)
          .map((each) => ({ ...each, id: `m-${each.id}`, coding: each.id, address: "w-i1:12", here: true })),
      };
    if (name === "journal")
      return {
        journal: [
          {
            time: "2026-11-22T04:26:20Z",
            coder: pane.coder,
            event: "diterapkan",
            code: this.traits.codes.at(-1).id,
            words: "Semua komentar",
            before: null,
            after: null,
            id: "x",
          },
        ],
      };
    return {};
  }
}
