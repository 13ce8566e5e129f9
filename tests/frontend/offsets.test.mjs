/** Offsets on random texts: what JavaScript counts is what Python counts. Run by tests/test_pane_page.py. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Offsets,
  sentenceAt,
  snap,
  stepLetter,
  stepWord,
  trim,
  widen,
  wordAt,
} from "../../qualcode/jupyter/frontend/offsets.js";

const PIECES = [
  "a",
  "Z",
  " ",
  "\n",
  "-",
  "é",
  "e\u0301",
  "o\u0308\u0323",
  "👍🏽",
  "👩🏽‍🎓",
  "👨‍👩‍👧‍👦",
  "🇮🇩",
  "🇲🇾",
  "😅",
  "الحمد",
  "لله",
  "لِلَّهِ",
  "ꦏꦼꦥꦿꦶꦪꦺ",
  "kadang-kadang",
  "Jum'at",
  "𝒳",
  "\u2028",
  "\u0085",
  "<b>&",
  "\u200d",
  "1.250",
  "zwj\u200d",
  "がぎ",
];

// A small generator with a seed: a failure can be repeated.
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const texts = Array.from({ length: 400 }, (_, seed) => {
  const next = random(seed + 1);
  return Array.from({ length: next(40) }, () => PIECES[next(PIECES.length)]).join("");
});

const letters = new Intl.Segmenter("id", { granularity: "grapheme" });
const borders = (text) => new Set([...letters.segment(text)].map(({ index }) => index).concat(text.length));

test("every place converts there and back, and counts code points as Python does", () => {
  for (const text of texts) {
    const offsets = new Offsets(text);
    const points = [...text];
    assert.equal(offsets.points, points.length);
    let units = 0;
    for (let point = 0; point <= points.length; point++) {
      assert.equal(offsets.toUnits(point), units);
      assert.equal(offsets.toPoints(units), point);
      units += points[point]?.length ?? 0;
    }
  }
});

test("slices by code points hold the same words as slices by UTF-16 units", () => {
  for (const [seed, text] of texts.entries()) {
    const next = random(seed + 999);
    const offsets = new Offsets(text);
    const points = [...text];
    const start = next(points.length + 1);
    const end = start + next(points.length - start + 1);
    assert.equal(text.slice(offsets.toUnits(start), offsets.toUnits(end)), points.slice(start, end).join(""));
  }
});

test("a widened range never cuts a letter and never shrinks", () => {
  for (const [seed, text] of texts.entries()) {
    if (!text) continue;
    const known = borders(text);
    const next = random(seed + 5);
    const start = next(text.length);
    const end = start + next(text.length - start + 1);
    const [from, to] = widen(text, start, end);
    assert.ok(from <= start && to >= end);
    assert.ok(known.has(from) && known.has(to), JSON.stringify([text, start, end, from, to]));
  }
});

test("steps by letter visit exactly the borders of letters", () => {
  for (const text of texts.slice(0, 120)) {
    const known = borders(text);
    let at = 0;
    while (at < text.length) {
      const next = stepLetter(text, at, true);
      assert.ok(next > at && known.has(next), JSON.stringify([text, at, next]));
      assert.equal(stepLetter(text, next, false), at);
      at = next;
    }
  }
});

test("whole words: a drag from the middle of a word takes all of it, joined words included", () => {
  const text = "Kadang-kadang saya, Jum’at 12.30, menunda-nunda 👩🏽‍🎓 terus.";
  const cut = (start, end) => text.slice(...snap(text, start, end));
  assert.equal(cut(3, 16), "Kadang-kadang saya");
  assert.equal(cut(text.indexOf("m’at"), text.indexOf("2.30")), "Jum’at 12.30");
  assert.equal(cut(text.indexOf("nunda"), text.indexOf("nunda") + 2), "menunda-nunda");
  assert.equal(cut(13, 19), "saya,");
  assert.equal(text.slice(...wordAt(text, 8)), "Kadang-kadang");
});

test("word steps and sentences", () => {
  const text = "Pagi, Bu. Saya bangga 🇮🇩 sekali! Begitu.";
  assert.equal(stepWord(text, 0, true), 4);
  assert.equal(stepWord(text, 9, false), 6);
  assert.equal(text.slice(...sentenceAt(text, 12, 0, text.length)), "Saya bangga 🇮🇩 sekali!");
  assert.deepEqual(trim("  a b ", 0, 6), [2, 5]);
});
