/** What the page knows: the text and its lines, the codes, the codings and which of them are shown. */

import { Offsets } from "./offsets.js";

/**
 * @typedef {Object} Coding as Python sends it, with UTF-16 places added
 * @property {string} id @property {string} code @property {string} coder
 * @property {number} start @property {number} end code points
 * @property {number} from @property {number} to UTF-16 units
 * @property {number} lane column of its stripe in the margin
 * @property {string} quote the words that were coded @property {string} now those that stand there now
 * @property {string} valence @property {string[]} tags @property {?string} period
 * @property {boolean} explicit @property {string} memo @property {boolean} suggested accepted from a suggestion
 * @property {boolean} mine @property {boolean} certain
 * @property {boolean} [pending] not yet acknowledged
 * @property {boolean} [proposal] a suggestion nobody has accepted
 */

/** Stripes closer than this many characters do not share a lane: short ones would touch. */
const APART = 30;

export class Store {
  constructor() {
    /** Filters: what is hidden. */
    this.hidden = { codes: new Set(), coders: new Set(), valences: new Set() };
  }

  /** @param {Object} document the trait `document` */
  setDocument(document) {
    this.document = document;
    this.text = document.text;
    this.offsets = new Offsets(this.text);
    const starts = [0];
    // Only "\n" ends a line: other line separators are letters of the text.
    for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.starts = starts;
    this.units = (document.units ?? []).map((unit) => ({
      ...unit,
      from: this.offsets.toUnits(unit.start),
      to: this.offsets.toUnits(unit.end),
    }));
    this.opens = new Map(this.units.map((unit) => [this.lineAt(unit.from), unit]));
  }

  setCodes(codes) {
    this.codes = codes;
    this.byId = new Map(codes.map((code) => [code.id, code]));
  }

  /** @param {Object[]} codings the trait `codings` */
  setCodings(codings) {
    this.codings = new Map();
    this.lines = new Map();
    this.ends = {};
    this.depth = {};
    for (const coding of [...codings].sort((a, b) => a.start - b.start || b.end - a.end)) this.put(coding, true);
    this.ends = null;
  }

  /** The code's record; a coding of a code that is gone still shows under its id. */
  code(id) {
    return this.byId.get(id) ?? { id, label: id, colour: 0, depth: 0, parent: null, examples: [], unknown: true };
  }

  /** "Top category › … › label" without the label itself. */
  path(id) {
    const labels = [];
    for (let each = this.byId.get(id)?.parent; each && this.byId.has(each); each = this.byId.get(each).parent) {
      labels.unshift(this.byId.get(each).label);
    }
    return labels.join(" › ");
  }

  /** The index of the line that holds a place. */
  lineAt(at) {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where a line's letters end. */
  lineEnd(line) {
    return line + 1 < this.starts.length ? this.starts[line + 1] - 1 : this.text.length;
  }

  /** The unit (turn, paragraph) at or before a place, or null. */
  unitAt(at) {
    let found = null;
    for (let low = 0, high = this.units.length - 1; low <= high;) {
      const middle = (low + high) >> 1;
      if (this.units[middle].from <= at) {
        found = this.units[middle];
        low = middle + 1;
      } else high = middle - 1;
    }
    return found;
  }

  /**
   * Add or replace a coding.
   * @param {boolean} [sorted] codings come in order of their start: lanes are found without a search
   * @returns {number[]} the lines to draw again
   */
  put(coding, sorted = false) {
    const touched = this.codings.has(coding.id) ? this.drop(coding.id) : [];
    const own = { ...coding, from: this.offsets.toUnits(coding.start), to: this.offsets.toUnits(coding.end) };
    // Where the words at the place are not those once coded, Python sends the old ones.
    own.now = this.text.slice(own.from, own.to);
    own.quote ??= own.now;
    own.first = this.lineAt(own.from);
    own.last = this.lineAt(Math.max(own.from, own.to - 1));
    own.lane = sorted ? this.#nextLane(own) : this.#freeLane(own);
    this.depth[own.coder] = Math.max(this.depth[own.coder] ?? 0, own.lane + 1);
    this.codings.set(own.id, own);
    for (let line = own.first; line <= own.last; line++) {
      if (!this.lines.has(line)) this.lines.set(line, []);
      this.lines.get(line).push(own);
      touched.push(line);
    }
    return touched;
  }

  /** Take a coding away. @returns {number[]} the lines to draw again */
  drop(id) {
    const own = this.codings.get(id);
    if (!own) return [];
    this.codings.delete(id);
    const touched = [];
    for (let line = own.first; line <= own.last; line++) {
      this.lines.set(
        line,
        this.lines.get(line).filter((each) => each !== own),
      );
      touched.push(line);
    }
    return touched;
  }

  #group(coding) {
    return this.compare?.length === 2 ? coding.coder : "";
  }

  #nextLane(own) {
    const ends = (this.ends[this.#group(own)] ??= []);
    let lane = ends.findIndex((end) => end + APART <= own.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = own.to;
    return lane;
  }

  #freeLane(own) {
    const taken = new Set();
    for (let line = own.first; line <= own.last; line++) {
      for (const each of this.lines.get(line) ?? []) {
        const clear = each.to + APART <= own.from || own.to + APART <= each.from;
        if (!clear && this.#group(each) === this.#group(own)) taken.add(each.lane);
      }
    }
    let lane = 0;
    while (taken.has(lane)) lane++;
    return lane;
  }

  /** The widest run of stripes beside each other. */
  get lanes() {
    return Math.max(0, ...Object.values(this.depth));
  }

  /** Whether the filters let a coding be seen. */
  shows(coding) {
    const { codes, coders, valences } = this.hidden;
    if (this.compare?.length === 2 && !coding.proposal && !this.compare.includes(coding.coder)) return false;
    return !codes.has(coding.code) && !coders.has(coding.coder) && !valences.has(coding.valence);
  }

  /** The shown codings that touch a line, in the order of their lanes' starts. */
  on(line) {
    return (this.lines.get(line) ?? [])
      .filter((each) => this.shows(each))
      .sort((a, b) => a.from - b.from || a.lane - b.lane);
  }

  /** The shown codings around a place, the shortest first: the one most likely meant. */
  at(at) {
    return this.on(this.lineAt(at))
      .filter((each) => each.from <= at && at < each.to)
      .sort((a, b) => a.to - a.from - (b.to - b.from));
  }

  /** Codings in the order of the text. */
  inOrder() {
    return [...this.codings.values()].filter((each) => this.shows(each)).sort((a, b) => a.from - b.from || a.to - b.to);
  }

  /** How often each code was given here. */
  counts() {
    const counts = new Map();
    for (const { code, proposal } of this.codings.values())
      if (!proposal) counts.set(code, (counts.get(code) ?? 0) + 1);
    return counts;
  }

  /** Whether the other coder of a comparison gave the same code to overlapping words. */
  echoed(coding) {
    for (let line = coding.first; line <= coding.last; line++) {
      for (const each of this.lines.get(line) ?? []) {
        const other = each.coder !== coding.coder && this.compare.includes(each.coder);
        if (other && each.code === coding.code && each.from < coding.to && coding.from < each.to) return true;
      }
    }
    return false;
  }

  /** The places of a UTF-16 range as a message carries them: code points and the very words. */
  place(from, to) {
    return { start: this.offsets.toPoints(from), end: this.offsets.toPoints(to), quote: this.text.slice(from, to) };
  }
}
