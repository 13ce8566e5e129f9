// Search and comments of the evidence file; everything else works without it. Texts are set as text, never as markup.
(() => {
"use strict";
const $ = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const CONTEXT = 32;

// The words of a passage: what stands before its lists of codings and comments. Offsets are counted in code points, as in the text.
function wordsOf(passage) {
  let words = "";
  for (const node of passage.childNodes) if (node.nodeName !== "UL") words += node.textContent;
  return words;
}

// Search: forgiving capitals and accents; hits are listed, and marked where the browser can.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const passages = [...document.querySelectorAll(".passage")];
const MOST = 100;
let shelf = null;

function index() {
  shelf = passages.map((passage) => {
    const home = passage.closest("[data-document]");
    return { passage, home: home.dataset.document, words: wordsOf(passage) };
  });
  for (const each of shelf) each.plain = plain(each.words);
}

function mark(wanted, hits) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete("cari");
  const ranges = [];
  for (const { passage } of hits.slice(0, MOST)) {
    const walker = document.createTreeWalker(passage, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest("ul")) continue;
      const text = node.data.toLowerCase();
      for (let at = text.indexOf(wanted); at >= 0 && text.length === node.data.length; at = text.indexOf(wanted, at + 1)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        ranges.push(range);
      }
    }
  }
  if (ranges.length) CSS.highlights.set("cari", new Highlight(...ranges));
}

function snippet(entry, at, length) {
  const sure = entry.plain.length === entry.words.length;
  const text = sure ? entry.words : entry.plain;
  const cut = text.slice(Math.max(0, at - 30), at + length + 40).replace(/\s+/g, " ");
  return `${entry.home}: …${cut}…`;
}

function seek() {
  const wanted = plain($("cari-kata").value.trim());
  const status = $("cari-jumlah"), list = $("cari-hasil");
  list.replaceChildren();
  list.hidden = true;
  status.textContent = "";
  if ("highlights" in CSS) CSS.highlights.delete("cari");
  if (wanted.length < 2) return;
  if (!shelf) index();
  const hits = shelf.filter((entry) => entry.plain.includes(wanted));
  const said = !hits.length ? status.dataset.none : hits.length > MOST ? status.dataset.many : status.dataset.some;
  status.textContent = fill(said, { count: hits.length, most: MOST });
  for (const entry of hits.slice(0, MOST)) {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = "#" + anchorOf(entry.passage);
    link.textContent = snippet(entry, entry.plain.indexOf(wanted), wanted.length);
    item.append(link);
    list.append(item);
  }
  list.hidden = !hits.length;
  mark(wanted, hits);
}

function anchorOf(passage) {
  if (!passage.id) passage.id = "p-" + passages.indexOf(passage);
  return passage.id;
}

let waiting = 0;
$("cari").hidden = false;
$("cari").addEventListener("submit", (event) => { event.preventDefault(); seek(); });
$("cari-kata").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(seek, 150); });

// Comments: kept in this browser where it lets us, and carried away as W3C Web Annotations.
const CASE = document.body.dataset.case;
const KEY = `qualcode:komentar:${CASE}`;
let comments = [], carried = true, kept = true;

function recall() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "{}");
    comments = (Array.isArray(found.comments) ? found.comments : []).filter((each) => !hasArrived(each));
    carried = found.carried !== false;
    $("komentar-nama").value = typeof found.name === "string" ? found.name : "";
  } catch { kept = false; }
}

// What the author has taken in stands in the file itself by now, unless its words were changed since.
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
function hasArrived(comment) {
  const there = [...document.querySelectorAll("[data-note]")].find((each) => each.dataset.note === comment.id);
  return Boolean(there) && there.dataset.text === comment.body.value.replace(STEERING, "\ufffd");
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify({ comments, carried, name: $("komentar-nama").value }));
    kept = true;
  } catch { kept = false; }
}

function fresh() {
  if (crypto.randomUUID) return "urn:uuid:" + crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return "urn:uuid:" + hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function now() {
  const moment = new Date(), minutes = -moment.getTimezoneOffset(), two = (n) => String(n).padStart(2, "0");
  const local = new Date(moment.getTime() + minutes * 60000).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

function targetOf(chip) {
  const passage = chip.closest(".passage"), home = chip.closest("[data-document]");
  const [start, end] = chip.dataset.span.split(" ").map(Number);
  const points = Array.from(wordsOf(passage)), from = start - Number(passage.dataset.start);
  const link = chip.querySelector("a");
  return {
    source: `urn:qualcode:${CASE}/${home.dataset.document}`,
    selector: [
      {
        type: "TextQuoteSelector",
        exact: points.slice(from, from + end - start).join(""),
        prefix: points.slice(Math.max(0, from - CONTEXT), from).join(""),
        suffix: points.slice(from + end - start, from + end - start + CONTEXT).join(""),
      },
      { type: "TextPositionSelector", start, end },
    ],
    state: { type: "TextState", sha256: home.dataset.sha256 },
    coding: link.hash.slice(3),
    address: link.textContent,
  };
}

let chosen = [], edited = null;

function show(chips, comment = null) {
  chosen = chips;
  edited = comment;
  const pick = $("komentar-pilih");
  pick.replaceChildren(...chips.map((chip, number) => new Option(chip.textContent.slice(0, 120), number)));
  $("komentar-mana").hidden = chips.length < 2;
  $("komentar-isi").value = comment ? comment.body.value : "";
  quote();
  $("komentar").showModal();
  $("komentar-isi").focus();
}

function quote() {
  const chip = chosen[Number($("komentar-pilih").value) || 0];
  const exact = edited ? edited.target.selector[0].exact : targetOf(chip).selector[0].exact;
  $("komentar-kutipan").textContent = exact;
}

function store(event) {
  const text = $("komentar-isi").value.trim(), name = $("komentar-nama").value.trim();
  if (!text || !name) { event.preventDefault(); return; }
  if (edited) {
    edited.body.value = text;
    edited.creator.name = name;
    edited.modified = now();
  } else {
    comments.push({
      id: fresh(),
      type: "Annotation",
      motivation: "commenting",
      created: now(),
      creator: { type: "Person", name },
      body: { type: "TextualBody", value: text, format: "text/plain" },
      target: targetOf(chosen[Number($("komentar-pilih").value) || 0]),
    });
  }
  carried = false;
  keep();
  draw();
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function draw() {
  const list = $("komentar-daftar");
  list.replaceChildren();
  for (const chip of document.querySelectorAll(".has-comment")) chip.classList.remove("has-comment");
  for (const comment of comments) {
    const item = document.createElement("li"), words = document.createElement("blockquote");
    const link = document.createElement("a"), text = document.createElement("p");
    words.textContent = comment.target.selector[0].exact;
    link.href = "#q-" + comment.target.coding;
    link.textContent = comment.target.address;
    text.textContent = `${comment.creator.name}: ${comment.body.value}`;
    item.append(text, words, link, " ",
      button(list.dataset.edit, () => show([], comment)), " ",
      button(list.dataset.delete, () => { comments = comments.filter((each) => each !== comment); carried = !comments.length; keep(); draw(); }));
    list.append(item);
    const anchor = $("q-" + comment.target.coding);
    if (anchor) {
      const chip = [...anchor.closest(".passage").querySelectorAll(".chips li")].find(
        (each) => each.querySelector("a").hash === link.hash);
      if (chip) chip.classList.add("has-comment");
    }
  }
  $("komentar-bagian").hidden = !comments.length;
  $("komentar-tak-tersimpan").hidden = kept;
  $("bilah").hidden = carried || !comments.length;
  $("bilah-jumlah").textContent = fill($("bilah-jumlah").dataset.some, { count: comments.length });
}

function carry() {
  const page = { "@context": "http://www.w3.org/ns/anno.jsonld", id: fresh(), type: "AnnotationPage", items: comments };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(page, null, 1) + "\n"], { type: "application/json" }));
  link.download = `komentar-${CASE}-${now().slice(0, 10)}.json`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  carried = true;
  keep();
  draw();
}

$("komentar").querySelector("form").addEventListener("submit", store);
$("komentar-batal").addEventListener("click", () => $("komentar").close());
$("komentar-pilih").addEventListener("change", quote);
for (const each of document.querySelectorAll(".unduh")) each.addEventListener("click", carry);
addEventListener("beforeunload", (event) => { if (!carried && comments.length) { event.preventDefault(); event.returnValue = ""; } });

// Buttons are made when a passage comes near the window: thousands at once would be slow to open.
const offer = (passage) => {
  for (const chip of passage.querySelectorAll(".chips li")) {
    if (chip.querySelector(".comment-on")) continue;
    const made = $("tombol").content.firstElementChild.cloneNode(true);
    made.setAttribute("aria-label", `${made.textContent}: ${chip.querySelector("a").textContent}`);
    chip.querySelector("a:nth-of-type(2)").after(made);
  }
};
const near = new IntersectionObserver((seen) => {
  for (const each of seen) if (each.isIntersecting) { offer(each.target); near.unobserve(each.target); }
}, { rootMargin: "600px" });
for (const passage of passages) if (passage.querySelector(".chips")) near.observe(passage);

document.addEventListener("click", (event) => {
  const pressed = event.target.closest(".comment-on");
  if (pressed) { show([pressed.closest("li")]); return; }
  const marked = event.target.closest("mark");
  if (!marked || !getSelection().isCollapsed) return;
  const chips = [...marked.closest(".passage").querySelectorAll(".chips li")];
  const here = chips.filter((chip) => marked.classList.contains("a" + chip.dataset.a));
  here.sort((one, other) => length(one) - length(other));
  if (here.length) show(here);
});
const length = (chip) => { const [start, end] = chip.dataset.span.split(" ").map(Number); return end - start; };

recall();
draw();
})();
