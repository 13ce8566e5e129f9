/**
 * Places in a text: code points as Python counts them, UTF-16 units as JavaScript does; letters, words, sentences.
 * The only module that knows both units: everything else in the page counts UTF-16 units, every message code points.
 */

/** Converts between the two units; costs memory only for characters that need two units. */
export class Offsets {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** UTF-16 position of each character that takes two units. */
    const wide = [];
    for (let i = 0; i < text.length - 1; i++) {
      if (isHigh(text.charCodeAt(i)) && isLow(text.charCodeAt(i + 1))) wide.push(i++);
    }
    this.wide = Int32Array.from(wide);
  }

  /** Code points of the whole text. */
  get points() {
    return this.text.length - this.wide.length;
  }

  /** @param {number} units @returns {number} code points before this UTF-16 position */
  toPoints(units) {
    return units - firstNotBelow(this.wide, units, 0);
  }

  /** @param {number} points @returns {number} the UTF-16 position of this code point */
  toUnits(points) {
    // The k-th wide character starts at code point wide[k] - k; all that start earlier push the place one further.
    return points + firstNotBelow(this.wide, points, 1);
  }
}

const isHigh = (unit) => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit) => unit >= 0xdc00 && unit < 0xe000;

function firstNotBelow(sorted, value, slope) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] - slope * middle < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const segmenters = {};
const segmenter = (granularity) => (segmenters[granularity] ??= new Intl.Segmenter("id", { granularity }));

/** A stretch of the text around a place that begins and ends between letters: blanks are always such a border. */
function around(text, at, reach = 400) {
  let from = at;
  const lowest = Math.max(0, at - 4 * reach);
  while (from > lowest && !(at - from > reach && text[from] === " ") && text[from - 1] !== "\n") from--;
  let to = at;
  const highest = Math.min(text.length, at + 4 * reach);
  while (to < highest && !(to - at > reach && text[to] === " ") && text[to] !== "\n") to++;
  return [from, to];
}

/** The borders of the letter (grapheme cluster) at a place; both are the place itself when it lies between letters. */
function letterAround(text, at) {
  if (at <= 0 || at >= text.length || text[at] === "\n" || text[at - 1] === "\n") return [at, at];
  const [from, to] = around(text, at);
  if (at === from || at === to) return [at, at];
  const { index, segment } = segmenter("grapheme")
    .segment(text.slice(from, to))
    .containing(at - from);
  return index + from === at ? [at, at] : [index + from, index + from + segment.length];
}

/**
 * Widen a place range so that no letter (emoji, flag, combined mark) is cut.
 * @param {string} text @param {number} start @param {number} end UTF-16
 * @returns {[number, number]}
 */
export const widen = (text, start, end) => [letterAround(text, start)[0], letterAround(text, end)[1]];

/** The next letter border from a place, forwards or backwards. */
export function stepLetter(text, at, forward) {
  if (forward) return at >= text.length ? at : Math.max(at + 1, letterAround(text, at + 1)[1]);
  return at <= 0 ? 0 : Math.min(at - 1, letterAround(text, at - 1)[0]);
}

// A word: letters with their marks and figures, joined by what joins words in Indonesian (kadang-kadang, Jum'at, 24/7).
const WORD = /[\p{L}\p{M}\p{N}\u200c\u200d]+(?:[-\u2010\u2011'’ʼ.,/:][\p{L}\p{N}][\p{L}\p{M}\p{N}\u200c\u200d]*)*/gu;

/** The words within [from, to) as pairs of places. */
export function* wordsIn(text, from, to) {
  for (const match of text.slice(from, to).matchAll(WORD))
    yield [from + match.index, from + match.index + match[0].length];
}

/** The word a place lies in or touches, or null. A place strictly inside wins over one at a border. */
export function wordAt(text, at) {
  const [from, to] = around(text, at);
  let touched = null;
  for (const [start, end] of wordsIn(text, from, to)) {
    if (start <= at && at < end) return [start, end];
    if (end === at) touched = [start, end];
  }
  return touched;
}

/**
 * Grow a range to whole words, then take off blanks at its ends; never cuts a letter.
 * @returns {[number, number]}
 */
export function snap(text, start, end) {
  let [from, to] = trim(text, start, end);
  const first = wordAt(text, from);
  if (first && first[0] < from && from < first[1]) from = first[0];
  const last = wordAt(text, to);
  if (last && last[0] < to && to < last[1]) to = last[1];
  return widen(text, from, to);
}

/** Take blanks off both ends of a range. */
export function trim(text, start, end) {
  while (start < end && /\s/u.test(text[start])) start++;
  while (end > start && /\s/u.test(text[end - 1])) end--;
  return [start, end];
}

/** The start of the next word, or of the one before. */
export function stepWord(text, at, forward) {
  const low = forward ? at : Math.max(0, at - 2000);
  const high = forward ? Math.min(text.length, at + 2000) : at;
  let found = forward ? high : low;
  for (const [start, end] of wordsIn(text, low, high)) {
    if (forward && end > at) return end;
    if (!forward && start < at) found = start;
  }
  return found;
}

/** The sentence at a place within [from, to). */
export function sentenceAt(text, at, from, to) {
  const inside = Math.min(Math.max(at, from), Math.max(from, to - 1)) - from;
  const found = segmenter("sentence").segment(text.slice(from, to)).containing(inside);
  if (!found) return [from, to];
  return trim(text, from + found.index, from + found.index + found.segment.length);
}
