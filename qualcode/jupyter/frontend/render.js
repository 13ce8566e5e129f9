/**
 * Puts the text on the page. The whole text stands there at once, so that the browser's own search, printing and
 * reading aloud work; what costs time (marks, stripes, names) is drawn only for chunks near the viewport.
 */

import { h } from "./dom.js";

const LINES_A_CHUNK = 40;
/** Height of a visual line and of a name in the margin, as pane.css sets them. */
const LINE = 30;
const CHIP = 22;

/** CSS highlights show what passes by (selection, hover, search hits) without touching the text. */
const canHighlight = typeof Highlight !== "undefined" && Boolean(CSS.highlights);

export class Page {
  /**
   * @param {HTMLElement} body the scrolling element @param {import("./store.js").Store} store
   * @param {(key: string, values?: Object) => string} say
   */
  constructor(body, store, say) {
    this.body = body;
    this.store = store;
    this.say = say;
    /** Shown in passing: name -> ranges of UTF-16 places. */
    this.passing = new Map();
    this.own = new Map();
    this.near = new Set();
    /** While a drag goes on nothing is drawn again: it would take the ground from under the selection. */
    this.frozen = false;
    this.watcher = new IntersectionObserver((entries) => this.#seen(entries), { root: body, rootMargin: "500px 0px" });
    this.sizes = new ResizeObserver(() => this.#measure());
  }

  /** Write the whole text, plain. */
  build() {
    this.watcher.disconnect();
    this.near.clear();
    this.letterWidth = 0;
    const { store } = this;
    this.rows = new Array(store.starts.length);
    this.chunks = [];
    this.textElement = h("div", { class: "qc-text" });
    const model = document.createElement("div");
    model.className = "qc-row";
    model.append(document.createElement("p"));
    let chunk = null;
    let height = 0;
    let inChunk = 0;
    const close = () => chunk && chunk.style.setProperty("--height", `${height}px`);
    for (let line = 0; line < store.starts.length; line++) {
      const [start, end] = [store.starts[line], store.lineEnd(line)];
      if (start === end) continue; // a blank line is the space between paragraphs
      if (!chunk || inChunk === LINES_A_CHUNK) {
        close();
        chunk = h("div", { class: "qc-chunk" });
        this.chunks.push({ element: chunk, lines: [], drawn: new Set() });
        chunk.chunk = this.chunks.at(-1);
        this.textElement.append(chunk);
        height = inChunk = 0;
      }
      const row = model.cloneNode(true);
      const unit = store.opens.get(line);
      const heading = !unit && /^#{1,6} /.test(store.text.slice(start, start + 7));
      if (unit) {
        row.dataset.n = unit.number;
        if (unit.role) row.dataset.role = unit.role;
      }
      if (heading) row.className += " qc-heading";
      row.line = line;
      row.chunk = this.chunks.at(-1);
      this.#plain(row, start, end, unit);
      this.rows[line] = row;
      this.chunks.at(-1).lines.push(line);
      chunk.append(row);
      height += Math.ceil((end - start) / 68) * LINE + 12;
      inChunk++;
    }
    close();
    this.body.append(this.textElement);
    this.#measure();
    for (const { element } of this.chunks) this.watcher.observe(element);
    this.sizes.observe(this.body);
  }

  destroy() {
    this.watcher.disconnect();
    this.sizes.disconnect();
    for (const name of [...this.passing.keys()]) this.show(name, []);
  }

  /** Where the spoken words of a line begin: its label and time stand in the column of the speakers. */
  #wordsFrom(line) {
    const unit = this.store.opens.get(line);
    return unit ? Math.max(unit.from, this.store.starts[line]) : this.store.starts[line];
  }

  #plain(row, start, end, unit) {
    const paragraph = row.firstChild;
    const from = unit ? unit.from : start;
    if (from > start) {
      const label = document.createElement("span");
      label.className = "qc-who";
      const words = this.store.text.slice(start, from);
      const time = unit.time ? words.search(/[[(]?\d{1,2}:\d\d/) : -1;
      if (time < 0) label.append(words);
      else {
        // The time stands smaller below the name; both are the document's own letters.
        label.append(words.slice(0, time), h("small", {}, words.slice(time)));
        row.dataset.time = "";
      }
      paragraph.append(label);
    }
    paragraph.append(this.store.text.slice(from, end));
  }

  #measure() {
    const width = this.textElement?.querySelector("p")?.clientWidth;
    if (width) this.letters = Math.max(15, width / (this.#letterWidth() * 1.03));
    this.#lanes();
  }

  /** The mean width of this text's own letters. */
  #letterWidth() {
    if (this.letterWidth) return this.letterWidth;
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = getComputedStyle(this.textElement.querySelector("p")).font;
    const sample = this.store.text.slice(0, 2000).replace(/\s+/gu, " ");
    return (this.letterWidth = pen.measureText(sample).width / sample.length || 8);
  }

  #lanes() {
    const lanes = Math.min(12, Math.max(2, this.store.lanes));
    this.body.style.setProperty("--lanes", lanes);
    this.body.classList.toggle("qc-compare", this.store.compare?.length === 2);
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.near.add(target.chunk);
      else this.near.delete(target.chunk);
    }
    this.#draw();
  }

  /** Forget what was drawn (all of it, or these lines) and draw what is near. */
  refresh(lines = null) {
    if (lines) for (const line of lines) this.rows[line]?.chunk.drawn.delete(line);
    else for (const chunk of this.chunks) chunk.drawn.clear();
    this.#lanes();
    this.#draw();
  }

  #draw() {
    if (this.frozen) return;
    let changed = false;
    for (const chunk of this.near) {
      if (chunk.drawn.size === chunk.lines.length) continue;
      for (const line of chunk.lines) {
        if (chunk.drawn.has(line)) continue;
        chunk.drawn.add(line);
        changed = this.#decorate(line) || changed;
      }
    }
    if (changed) this.#rehighlight();
  }

  thaw() {
    this.frozen = false;
    this.#draw();
  }

  /** Draw one line with its codings; whether anything changed. */
  #decorate(line) {
    const row = this.rows[line];
    const codings = this.store.on(line);
    if (!codings.length && !row.decorated) return false;
    row.decorated = codings.length > 0;
    const end = this.store.lineEnd(line);
    const from = this.#wordsFrom(line);
    const paragraph = row.firstChild;
    const label = paragraph.firstElementChild?.className === "qc-who" ? paragraph.firstElementChild : null;
    paragraph.replaceChildren(...(label ? [label] : []), ...this.#segments(codings, from, end));
    row.lastChild !== paragraph && row.lastChild.remove();
    if (codings.length) row.append(this.#margin(codings, line, from, end));
    return true;
  }

  /** The line in flat pieces: one `<mark>` wherever the set of codings is the same, so tints never add up. */
  #segments(codings, from, end) {
    const cuts = new Set([from, end]);
    for (const { from: start, to } of codings) {
      if (start > from && start < end) cuts.add(start);
      if (to > from && to < end) cuts.add(to);
    }
    const places = [...cuts].sort((a, b) => a - b);
    const pieces = [];
    for (let i = 0; i + 1 < places.length; i++) {
      const words = this.store.text.slice(places[i], places[i + 1]);
      const over = codings.filter((each) => each.from <= places[i] && each.to >= places[i + 1]);
      if (!over.length) {
        pieces.push(words);
        continue;
      }
      const mark = document.createElement("mark");
      mark.className = classOf(over, (id) => this.store.code(id).colour);
      mark.textContent = words;
      pieces.push(mark);
    }
    return pieces;
  }

  /** Stripes and names beside a line. */
  #margin(codings, line, from, end) {
    const margin = h("div", { class: "qc-margin" });
    const length = Math.max(1, end - from);
    const compare = this.store.compare?.length === 2 ? this.store.compare : null;
    for (const [side, coder] of (compare ?? [null]).entries()) {
      const group = compare ? codings.filter((each) => each.coder === coder || (side === 0 && each.proposal)) : codings;
      const half = h("div", { class: "qc-half" });
      const opening = [];
      for (const each of group) {
        const top = Math.max(0, each.from - from) / length;
        const last = Math.min(length - 1, each.to - 1 - from) / length;
        const shape = (each.first < line ? " qc-goes-up" : "") + (each.last > line ? " qc-goes-down" : "");
        const stripe = h("i", { class: `qc-stripe a${this.store.code(each.code).colour}${shape}${kindOf(each)}` });
        stripe.style.cssText = `--lane:${Math.min(each.lane, 11)};--top:${top.toFixed(3)};--end:${last.toFixed(3)}`;
        stripe.coding = each.id;
        half.append(stripe);
        if (each.first === line) opening.push([each, top]);
      }
      this.#names(half, opening, Math.max(1, Math.ceil(length / (this.letters ?? 70))), compare);
      margin.append(half);
    }
    return margin;
  }

  /** Names of the codings that begin on a line, each near its first words, as many as there is room for. */
  #names(half, opening, visualLines, compare) {
    const room = Math.max(2, Math.floor((visualLines * LINE + 8) / CHIP));
    const shown = opening.length > room ? opening.slice(0, room - 1) : opening;
    const tops = [];
    for (const [, share] of shown) {
      const wanted = Math.floor(share * Math.max(1, visualLines - 0.5)) * LINE;
      tops.push(Math.max(wanted, tops.length ? tops.at(-1) + CHIP : 0));
    }
    const extra = opening.length - shown.length;
    let lowest = room * CHIP - CHIP * (extra ? 2 : 1);
    for (let i = tops.length - 1; i >= 0; i--, lowest -= CHIP) tops[i] = Math.min(tops[i], lowest);
    shown.forEach(([each], i) => {
      const code = this.store.code(each.code);
      // Whose it is stands above the columns of a comparison; elsewhere only other people's say so.
      const label = compare || each.mine || !each.coder ? code.label : `${each.coder} · ${code.label}`;
      const name = each.proposal ? this.say("suggested_name", { code: code.label }) : label;
      const echo = compare && !each.proposal && (this.store.echoed(each) ? "qc-same" : "qc-alone");
      const chip = h(
        "button",
        { type: "button", tabIndex: -1, class: `qc-chip a${code.colour}${kindOf(each)} ${echo || ""}` },
        name,
      );
      chip.style.top = `${tops[i]}px`;
      chip.coding = each.id;
      half.append(chip);
    });
    const lowestEdge = (tops.at(-1) ?? 0) + CHIP * (extra ? 2 : 1);
    if (shown.length) half.style.minHeight = `${lowestEdge + 6}px`;
    if (!extra) return;
    const rest = opening.slice(shown.length).map(([each]) => each);
    const more = h(
      "button",
      { type: "button", tabIndex: -1, class: "qc-chip qc-more" },
      this.say("more", { n: extra }),
    );
    more.style.top = `${(tops.at(-1) ?? -CHIP) + CHIP}px`;
    more.codings = rest.map((each) => each.id);
    half.append(more);
  }

  // Places on the page and places in the text.

  /** The place in the text of a position on the page, or null outside it. */
  offsetAt(node, offset) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (!this.textElement.contains(element)) return null;
    const row = element.closest(".qc-row");
    if (!row) {
      const before = element.childNodes[offset];
      const first = before?.matches?.(".qc-row") ? before : before?.querySelector?.(".qc-row");
      return first ? this.store.starts[first.line] : this.store.text.length;
    }
    const start = this.store.starts[row.line];
    const paragraph = row.firstChild;
    if (!paragraph.contains(node)) return node === row && offset === 0 ? start : this.store.lineEnd(row.line);
    const range = document.createRange();
    range.setStart(paragraph, 0);
    range.setEnd(node, offset);
    return start + range.toString().length;
  }

  /** The place under a point of the window, or null. */
  offsetAtPoint(x, y) {
    if (document.caretPositionFromPoint) {
      const found = document.caretPositionFromPoint(x, y);
      return found ? this.offsetAt(found.offsetNode, found.offset) : null;
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.offsetAt(range.startContainer, range.startOffset) : null;
  }

  /** The node and offset on the page of a place in the text. */
  position(at, forward = false) {
    const line = this.store.lineAt(at);
    const row = this.rows[line];
    if (!row) {
      // A blank line has no element: the nearest written line stands for it.
      for (let near = 1; near < this.rows.length; near++) {
        if (this.rows[line - near]) return this.position(this.store.lineEnd(line - near));
        if (this.rows[line + near]) return this.position(this.store.starts[line + near]);
      }
      return { node: this.textElement, offset: 0 };
    }
    let left = at - this.store.starts[line];
    const walker = document.createTreeWalker(row.firstChild, NodeFilter.SHOW_TEXT);
    let last = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      last = node;
      if (left < node.length || (left === node.length && !forward)) return { node, offset: left };
      left -= node.length;
    }
    return last ? { node: last, offset: last.length } : { node: row.firstChild, offset: 0 };
  }

  /** @returns {Range} */
  range(from, to) {
    const range = document.createRange();
    const [start, end] = [this.position(from, from < to), this.position(to)];
    range.setStart(start.node, start.offset);
    range.setEnd(end.node, end.offset);
    return range;
  }

  /** Where a place stands in the window: the rectangle of the letter that begins there. */
  rectAt(at) {
    const rects = this.range(at, at).getClientRects();
    return rects.length ? rects[rects.length - 1] : (this.rows[this.store.lineAt(at)]?.getBoundingClientRect() ?? null);
  }

  /** Scroll until a place can be seen. */
  reveal(at, block = "nearest") {
    const rect = this.rectAt(at);
    const view = this.body.getBoundingClientRect();
    if (!rect || (rect.top > view.top + 50 && rect.bottom < view.bottom - 20)) return;
    const row = this.rows[this.store.lineAt(at)];
    if (block === "center" && row) row.scrollIntoView({ block: "nearest" });
    const now = this.rectAt(at) ?? rect;
    const target =
      block === "center" ? view.top + view.height / 3 : now.top < view.top + 50 ? view.top + 60 : view.bottom - 60;
    this.body.scrollTop += now.top - target;
  }

  // What is shown in passing.

  /** Show ranges of the text under a name that pane.css styles; an empty list takes them away. */
  show(name, ranges) {
    if (ranges.length) this.passing.set(name, ranges);
    else this.passing.delete(name);
    this.#rehighlight(name);
  }

  #rehighlight(only = null) {
    if (!canHighlight) return;
    for (const name of only ? [only] : this.passing.keys()) {
      // The register is the browser page's: two panes share a name and each takes back only its own ranges.
      const shared = CSS.highlights.get(`qc-${name}`) ?? new Highlight();
      for (const range of this.own.get(name) ?? []) shared.delete(range);
      const ranges = (this.passing.get(name) ?? []).filter(([from, to]) => to > from && this.#isNear(from, to));
      const own = ranges.map(([from, to]) => this.range(from, to));
      for (const range of own) shared.add(range);
      this.own.set(name, own);
      shared.priority = ["find", "hover", "chosen", "selection"].indexOf(name);
      CSS.highlights.set(`qc-${name}`, shared);
    }
  }

  #isNear(from, to) {
    const [first, last] = [this.store.lineAt(from), this.store.lineAt(to)];
    for (let line = first; line <= last; line++)
      if (this.rows[line] && this.near.has(this.rows[line].chunk)) return true;
    return false;
  }
}

const kindOf = (coding) =>
  coding.proposal ? " qc-proposal" : coding.pending ? " qc-pending" : coding.certain === false ? " qc-fuzzy" : "";

/** The classes of a mark: its colours (one to three underlines) and how sure the place is. */
function classOf(over, colour) {
  const solid = over.filter((each) => !each.proposal);
  const names = (solid.length ? solid : over).slice(0, 3).map((each, i) => `${"abd"[i]}${colour(each.code)}`);
  const count = Math.min(3, solid.length);
  if (solid.length) names.push(`n${count}`);
  else names.push("qc-proposal");
  if (solid.length && solid.length < over.length) names.push("qc-proposed");
  if (solid.length && solid.every((each) => each.certain === false)) names.push("qc-fuzzy");
  if (solid.some((each) => each.pending)) names.push("qc-pending");
  return names.join(" ");
}
