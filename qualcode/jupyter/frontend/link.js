/**
 * The line to Python: commands and their acknowledgements, and the outbox of what was not yet acknowledged.
 * Nothing counts as saved before Python says so.
 */

/** Commands that change the journal or the codebook: kept in the outbox until answered. */
const CHANGES = new Set(["apply", "revise", "move", "remove", "new_code", "comment", "answer", "done"]);
const PATIENCE = 3000;
const PULSE = 4000;

/**
 * waiting: nobody answered yet · live · busy: the oldest command waits longer than three seconds ·
 * dead: the message could not even be sent · changed: the document on disk is another one.
 * @typedef {"waiting"|"live"|"busy"|"dead"|"changed"} State
 */

export class Link {
  /**
   * @param {Object} model the widget's model
   * @param {{textId: () => string, revision: () => number, coder: () => string}} address
   * @param {{state: () => void, patch: (patch: Object) => void, offer: (commands: Object[]) => void}} hooks
   */
  constructor(model, address, hooks) {
    this.model = model;
    this.address = address;
    this.hooks = hooks;
    /** @type {State} */
    this.state = "waiting";
    this.saved = false;
    this.open = new Map();
    this.earlier = this.#stored();
    this.onMessage = (message) => this.#receive(message);
    model.on("msg:custom", this.onMessage);
    this.timer = setInterval(() => this.#pulse(), 1000);
    this.told = 0;
    this.hello();
  }

  /** Changes not yet acknowledged, of this page and of earlier ones. */
  get unsaved() {
    const own = [...this.open.values()].filter((each) => CHANGES.has(each.command.name)).length;
    return own + this.earlier.length + (this.lost ?? 0);
  }

  get saving() {
    return [...this.open.values()].some((each) => each.command.name !== "poll" && each.command.name !== "hello");
  }

  hello() {
    this.send("hello").then((reply) => {
      if (!reply.ok) return;
      // A confidential text has no name before the first handshake: only now its outbox can be found.
      if (!this.earlier.length && !this.greeted) this.earlier = this.#stored().filter(({ id }) => !this.open.has(id));
      this.greeted = true;
      if (this.earlier.length) this.hooks.offer(this.earlier);
    });
  }

  /**
   * Send a command. The page takes in what the reply brings, unless the caller does, who has shown it already.
   * @param {string} name @param {Object} [body] @param {boolean} [shown]
   * @returns {Promise<Object>} the reply; one that could not be sent answers {ok: false, unsent: true}
   */
  send(name, body = {}, shown = false) {
    const command = {
      kind: "command",
      id: newId(),
      name,
      text_id: this.address.textId(),
      revision: this.address.revision(),
      ...body,
    };
    return this.#post(command, shown);
  }

  #post(command, shown = false) {
    this.told = Date.now();
    if (CHANGES.has(command.name)) this.#keep(command);
    return new Promise((resolve) => {
      this.open.set(command.id, { command, shown, resolve, since: Date.now() });
      try {
        this.model.send(command);
      } catch {
        // The kernel is gone; a change stays in the outbox and is offered again by the next pane on this text.
        this.open.delete(command.id);
        if (CHANGES.has(command.name)) this.lost = (this.lost ?? 0) + 1;
        this.#turn("dead");
        resolve({ ok: false, unsent: true });
      }
      this.hooks.state();
    });
  }

  /** Send what an earlier page could not, in its order; Python knows by the ids what it already has. */
  async resend() {
    const waiting = this.earlier;
    this.earlier = [];
    const refused = [];
    for (const command of waiting) {
      const reply = await this.#post({ ...command, revision: this.address.revision() });
      if (reply.unsent) break;
      if (!reply.ok) refused.push(reply);
    }
    this.hooks.state();
    return { sent: waiting.length - refused.length, refused };
  }

  discard() {
    for (const command of this.earlier) this.#forget(command.id);
    this.earlier = [];
    this.hooks.state();
  }

  #receive(message) {
    if (message?.kind === "patch") this.hooks.patch(message.patch ?? {});
    if (message?.kind === "changed_text") this.#turn("changed");
    if (message?.kind !== "reply") return;
    const waiting = this.open.get(message.id);
    // Also what came with an answer to a poll, to the outbox, or to a second view of the same pane.
    if (message.patch && !waiting?.shown) this.hooks.patch(message.patch);
    if (!waiting) return;
    this.open.delete(message.id);
    this.#forget(message.id);
    const { name } = waiting.command;
    if (message.stale) this.#turn("changed");
    else if (message.ok && (name === "hello" || this.state === "busy" || name === "reload")) this.#turn("live");
    if (message.ok && CHANGES.has(name)) this.saved = true;
    if (this.state === "busy") this.#turn("live");
    waiting.resolve(message);
    this.hooks.state();
  }

  #turn(state) {
    if (this.state === "changed" && state === "busy") return;
    this.state = state;
    this.hooks.state();
  }

  #pulse() {
    const oldest = Math.min(...[...this.open.values()].map((each) => each.since));
    const late = Date.now() - oldest > PATIENCE;
    if (late && this.state === "live") this.#turn("busy");
    if (document.hidden || Date.now() - this.told < PULSE) return;
    // One question at a time: a busy kernel would answer a heap of them at once.
    if (this.state === "live" && !this.open.size) this.send("poll");
    else if (this.state !== "live" && this.state !== "changed") {
      for (const [id, { command }] of this.open)
        if (command.name === "hello" || command.name === "poll") this.open.delete(id);
      this.hello();
    }
  }

  // The outbox. Two panes may share it: each adds and takes only its own commands.

  get #key() {
    return `qualcode:${this.address.textId()}:${this.address.coder()}`;
  }

  #stored() {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? "[]");
    } catch {
      return []; // storage switched off: the outbox then lives as long as the page
    }
  }

  #write(commands) {
    try {
      if (commands.length) localStorage.setItem(this.#key, JSON.stringify(commands));
      else localStorage.removeItem(this.#key);
    } catch {
      /* see #stored */
    }
  }

  #keep(command) {
    this.#write([...this.#stored().filter((each) => each.id !== command.id), command]);
  }

  #forget(id) {
    const stored = this.#stored();
    if (stored.some((each) => each.id === id)) this.#write(stored.filter((each) => each.id !== id));
  }

  destroy() {
    clearInterval(this.timer);
    this.model.off("msg:custom", this.onMessage);
  }
}

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: sorts by time, and the journal keeps it, so that Python knows the command again after a restart. */
function newId() {
  let id = "";
  for (let left = Date.now(), at = 0; at < 10; at++, left = Math.floor(left / 32)) id = LETTERS[left % 32] + id;
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += LETTERS[byte % 32];
  return id;
}
