r"""How often a coding is carried to other words in silence (never), and how often it is kept; run it by hand.

python tests/benchmarks/carry.py [--scripts 100000] [--seed 2006] [--workers 2]

Random edit scripts change excerpts of the practice transcripts. An oracle that knows nothing of `carry` follows each
letter through the script: a moved letter stays itself, a copy is a new letter that remembers its origin, a typed one
has none. A certain result must have the coding's words and stand where its very letters went. What cannot be told
apart by any look at two texts is no error, and is counted on a line of its own:

- *typed again*: letters were deleted and the same ones typed again in their place, or letters came between, equal to
  the ones they parted ("Oke." -> "Oke. Ya.": which dot is new?);
- *right but for up to three letters at its ends*: the letters between went there; those at an end stayed with their
  neighbours, and the same ones stand in their stead (".\n\nYa" moved to behind another sentence's ".\n\n");
- *cut and pasted in two steps*: a passage was copied, then its original deleted, every letter of it (or all but
  fewer than twelve, counted apart: the text is the same as if those had been typed);
- *typed elsewhere word for word*: a passage of at least 32 letters was typed anew, and its original, every letter of
  it, deleted: the same two texts as if it had been cut and pasted;
- *copy in the original's place*: a passage was copied, its original taken elsewhere, and the copy stands between the
  original's own neighbours.

The exit code is 1 when there was an error.
"""

import argparse
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from qualcode.coding.carried import Carried
from qualcode.coding.carrying import carry

CORPUS = Path(__file__).parents[2] / "corpus" / "latihan-kota-samudra"
EMOJI = ["😀", "👩🏽‍🌾", "🇮🇩", "👍🏽", "❤️"]
MARKS = ["\u0301", "\u0323", "\u0308"]
FILLERS = ["ya", "ha ", "ha ha ha", "eee, ", "he-eh", "Iya, Mbak. ", "\n", "\n\n", " ", ".", "[tertawa] "]
TYPED = -1
FEW = 12
LONG = 32
ENDS = 3


@dataclass
class Tracked:
    """A text whose letters are known: the old offset each has or was copied from, and which copying made it."""

    text: str
    origins: list[int] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)
    copyings: int = 0
    plain: bool = True

    def __post_init__(self) -> None:
        self.origins = self.origins or list(range(len(self.text)))
        self.copies = self.copies or [0] * len(self.text)

    def _splice(self, start: int, end: int, text: str, origins: list[int], copies: list[int]) -> None:
        self.text = self.text[:start] + text + self.text[end:]
        self.origins[start:end] = origins
        self.copies[start:end] = copies

    def replace(self, start: int, end: int, typed: str) -> None:
        # Typing what stands there already is no edit.
        if self.text[start:end] != typed:
            self._splice(start, end, typed, [TYPED] * len(typed), [0] * len(typed))

    def copy(self, start: int, end: int, to: int) -> None:
        self.copyings += 1
        origins = self.origins[start:end]
        self._splice(to, to, self.text[start:end], origins, [self.copyings] * len(origins))

    def move(self, start: int, end: int, to: int) -> None:
        """Cut a passage and paste it at an offset outside it."""
        if start <= to <= end:
            return
        before, text, origins, copies = self.text, self.text[start:end], self.origins[start:end], self.copies[start:end]
        kept = list(self.origins), list(self.copies)
        self._splice(start, end, "", [], [])
        to = to if to < start else to - len(text)
        self._splice(to, to, text, origins, copies)
        if self.text == before:
            # Two passages of the same words changed places: nobody can see that.
            self.origins, self.copies = kept


# --- the oracle ---------------------------------------------------------------------------------------------------


class Oracle:
    """Judges a result by where the letters went."""

    def __init__(self, old: str, new: Tracked) -> None:
        self.old, self.new = old, new
        self.where = [-1] * len(old)
        for at, (origin, copying) in enumerate(zip(new.origins, new.copies, strict=True)):
            if origin != TYPED and not copying:
                self.where[origin] = at

    def survived(self, start: int, end: int) -> bool:
        """Whether all letters of a passage are still there, side by side."""
        first = self.where[start]
        return first >= 0 and self.where[start:end] == list(range(first, first + end - start))

    def verdict(self, start: int, end: int, found: Carried) -> str:
        """What a result is: right, one of the cases nobody can tell apart, error, or the status if not certain."""
        if found.start is None or found.end is None:
            return "not certain" if found.status.name == "LOST" else "error: no place"
        if not 0 <= found.start <= found.end <= len(self.new.text):
            return "error: outside"
        if found.status.name == "FUZZY":
            return "not certain"
        place = found.start
        if self.new.text[place : found.end] != self.old[start:end]:
            return "error: other words"
        if (found.status.name == "KEPT") != (place == start):
            return "error: status"
        verdict = self._of_place(start, end, place)
        if verdict.startswith("error") and self._right_but_for_ends(start, end, place):
            return "right but for up to three letters at its ends"
        return verdict

    def _right_but_for_ends(self, start: int, end: int, place: int) -> bool:
        """Whether the passage without a few letters at its ends, and most of it, is where it should be."""
        cuts = [
            (first, last)
            for first in range(ENDS + 1)
            for last in range(ENDS + 1)
            if 0 < 2 * (first + last) < end - start
        ]
        verdicts = (self._of_place(start + first, end - last, place + first) for first, last in cuts)
        return any(not verdict.startswith("error") for verdict in verdicts)

    def _of_place(self, start: int, end: int, place: int) -> str:
        went = self.where[start:end]
        if went == list(range(place, place + end - start)):
            return "right"
        if self._copy_in_place(start, end, place):
            return "copy in the original's place"
        if self.survived(start, end):
            return "error: other letters"
        survivors = [(i, at) for i, at in enumerate(went) if at >= 0]
        if survivors and 2 * sum(at == place + i for i, at in survivors) >= len(survivors):
            return "typed again"
        left = self._left_of_original(start, end, place)
        if left is not None and left < FEW:
            return "cut and pasted in two steps" + (", a few letters left behind" if left else "")
        if survivors:
            return "error: letters stand elsewhere"
        if self._typed_like_a_paste(start, end, place):
            return "typed elsewhere word for word, original deleted"
        return "typed again" if self._in_its_gap(start, end, place) else "error: deleted"

    def _run(self, start: int, end: int, place: int, *, copied: bool) -> tuple[int, int] | None:
        """The old offsets of the letters in a row around a place that follow each other in the old text, too."""
        origins, copies = self.new.origins, self.new.copies
        length = end - start
        if origins[place : place + length] != list(range(start, end)):
            return None
        low, high = place, place + length
        if copied and not all(copies[low:high]):
            return None
        while low > 0 and origins[low - 1] == origins[low] - 1 >= 0 and (copies[low - 1] or not copied):
            low -= 1
        while high < len(origins) and origins[high] == origins[high - 1] + 1 and (copies[high] or not copied):
            high += 1
        return low, high

    def _copy_in_place(self, start: int, end: int, place: int) -> bool:
        run = self._run(start, end, place, copied=False)
        if run is None:
            return False
        copies, (low, high) = self.new.copies, run
        ends_at_text = low == 0 and self.new.origins[low] == 0, high == len(copies) and end == len(self.old)
        before = ends_at_text[0] or not all(copies[low:place])
        behind = ends_at_text[1] or not all(copies[place + end - start : high])
        return before and behind and (not all(ends_at_text) or low < place or high > place)

    def _left_of_original(self, start: int, end: int, place: int) -> int | None:
        """How many letters of a copied passage's original are left, where no second copy of the coding stands."""
        run = self._run(start, end, place, copied=True)
        if run is None:
            return None
        others = [at for at in range(len(self.new.origins)) if self.new.origins[at] == start and at != place]
        if any(self._run(start, end, at, copied=True) for at in others):
            return None
        return sum(self.where[origin] >= 0 for origin in self.new.origins[slice(*run)])

    def _typed_like_a_paste(self, start: int, end: int, place: int) -> bool:
        """Whether a long run of typed letters around a place is a deleted run of the old text, word for word."""
        low, high, by = start, end, place - start

        def typed_alike(at: int) -> bool:
            there = at + by
            inside = 0 <= at < len(self.old) and 0 <= there < len(self.new.text)
            return inside and self.new.origins[there] == TYPED and self.new.text[there] == self.old[at]

        while typed_alike(low - 1):
            low -= 1
        while typed_alike(high):
            high += 1
        letters = range(low, high)
        return high - low >= LONG and all(typed_alike(at) and self.where[at] < 0 for at in letters)

    def _in_its_gap(self, start: int, end: int, place: int) -> bool:
        before = next((self.where[i] for i in range(start - 1, -1, -1) if self.where[i] >= 0), -1)
        behind = next((self.where[i] for i in range(end, len(self.old)) if self.where[i] >= 0), len(self.new.text))
        inside = range(before + 1, behind)
        strangers = all(self.new.origins[at] == TYPED or self.new.copies[at] for at in inside)
        return before < place and place + end - start <= behind and strangers


# --- the edits ----------------------------------------------------------------------------------------------------


@cache
def bodies() -> list[str]:
    """The texts of the practice case, without their front matter."""
    return [path.read_text("utf-8").split("---\n", 2)[2] for path in sorted(CORPUS.glob("[dow]-*.md"))]


@cache
def sentences() -> list[str]:
    """Real sentences, to be typed into other texts."""
    return [each for body in bodies() for each in re.findall(r"[^.?!\n]{8,120}[.?!]", body)]


def excerpt(chance: random.Random) -> str:
    body = chance.choice(bodies())
    size = chance.choice([400, 1200, 2500, 4000])
    start = chance.randrange(max(1, len(body) - size))
    start = body.rfind("\n", 0, start) + 1 if chance.random() < 0.8 else start
    text = body[start : start + size]
    if chance.random() < 0.15:
        filler = "\n\nI1: Ya.\n\nP: Oke.\n\n" if chance.random() < 0.5 else "ha ha ha ha "
        at = chance.randrange(len(text))
        text = text[:at] + filler * chance.randint(1, 4) + text[at:]
    if chance.random() < 0.1:
        text = "".join(chance.choice(EMOJI) + c if c == " " and chance.random() < 0.05 else c for c in text)
    if chance.random() < 0.05:
        text = text.replace("e", "é").replace("a", "à", 20)
    return text


def place(text: str, chance: random.Random, focus: float | None) -> int:
    if focus is None or chance.random() < 0.3:
        return chance.randint(0, len(text))
    return min(len(text), max(0, round(focus * len(text) + chance.gauss(0, 120))))


def stretch(text: str, chance: random.Random, focus: float | None, most: int = 300) -> tuple[int, int]:
    """A random passage: letters, words, sentences or lines."""
    start = place(text, chance, focus)
    end = min(len(text), start + chance.choice([1, 2, 5, 12, 30, 80, most]) * chance.randint(1, 2))
    kind = chance.random()
    if kind < 0.35:
        borders = [m.end() for m in re.finditer(r"\s+|$", text)]
    elif kind < 0.6:
        borders = [m.end() for m in re.finditer(r"[.?!]\s+|\n\n|$", text)]
    elif kind < 0.8:
        borders = [m.end() for m in re.finditer(r"\n\n|$", text)]
    else:
        return start, end
    borders = [0, *borders]
    return max(b for b in borders if b <= start), min(b for b in borders if b >= end)


def typed(text: str, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.3:
        return chance.choice(FILLERS)
    if kind < 0.6:
        return chance.choice(sentences()) + chance.choice(["", " ", "\n\n"])
    if kind < 0.75:
        return "".join(chance.choice("aeiknst ") for _ in range(chance.randint(1, 12)))
    if kind < 0.9:
        return " ".join(chance.sample(text.split() or ["ya"], k=min(len(text.split()) or 1, chance.randint(1, 6))))
    return chance.choice(EMOJI + MARKS)


def insert(new: Tracked, chance: random.Random, focus: float | None) -> None:
    at = place(new.text, chance, focus)
    new.replace(at, at, typed(new.text, chance))


def delete(new: Tracked, chance: random.Random, focus: float | None) -> None:
    new.replace(*stretch(new.text, chance, focus), "")


def replace(new: Tracked, chance: random.Random, focus: float | None) -> None:
    """Other words, now and then with the first and last letters of those they replace."""
    start, end = stretch(new.text, chance, focus, 120)
    was, words = new.text[start:end], typed(new.text, chance)
    if chance.random() < 0.5:
        kept = chance.randint(0, 4)
        words = was[:kept] + words + was[max(0, len(was) - kept) :]
    new.replace(start, end, words)


def typo(new: Tracked, chance: random.Random, focus: float | None) -> None:
    at = place(new.text, chance, focus)
    was = new.text[at : at + 2]
    new.replace(at, at + len(was), chance.choice([was[::-1], was[:1], was[:1] * 2 + was[1:], "x" + was[1:]]))


def duplicate(new: Tracked, chance: random.Random, focus: float | None) -> None:
    """A copy: directly behind, directly before, within, or anywhere."""
    start, end = stretch(new.text, chance, focus)
    anywhere = place(new.text, chance, focus)
    new.copy(start, end, chance.choice([end, end, start, chance.randint(start, end), anywhere, anywhere]))


def move(new: Tracked, chance: random.Random, focus: float | None) -> None:
    start, end = stretch(new.text, chance, focus)
    _, to = stretch(new.text, chance, focus)
    new.move(start, end, to)


def swap(new: Tracked, chance: random.Random, focus: float | None) -> None:
    """Two neighbouring turns change places."""
    borders = [0, *(m.end() for m in re.finditer(r"\n\n", new.text)), len(new.text)]
    if len(borders) > 3:
        at = chance.randrange(len(borders) - 2)
        new.move(borders[at], borders[at + 1], borders[at + 2])


def newlines(new: Tracked, chance: random.Random, focus: float | None) -> None:
    """All line ends of the file change."""
    windows = "\r" in new.text
    for at in reversed([m.start() for m in re.finditer("\r" if windows else "\n", new.text)]):
        new.replace(at, at + windows, "" if windows else "\r")


def normalise(new: Tracked, chance: random.Random, focus: float | None) -> None:
    """All accented letters are written in another form."""
    form = chance.choice(["NFC", "NFD"])
    for found in reversed(list(re.finditer(r"[^\W\d_][\u0300-\u036f]*", new.text))):
        new.replace(*found.span(), unicodedata.normalize(form, found.group()))


def overwrite(new: Tracked, chance: random.Random, focus: float | None) -> None:
    """The whole text is another one."""
    new.replace(0, len(new.text), chance.choice(["", excerpt(chance)]))


Edit = Callable[[Tracked, random.Random, "float | None"], None]
EDITS: dict[Edit, float] = {
    insert: 5, delete: 4, replace: 5, typo: 4, duplicate: 4, move: 3, swap: 1, newlines: 0.4, normalise: 0.3,
    overwrite: 0.03,
}  # fmt: skip


def edited(old: str, chance: random.Random) -> Tracked:
    new = Tracked(old)
    focus = chance.random() if chance.random() < 0.6 else None
    for edit in chance.choices(list(EDITS), list(EDITS.values()), k=chance.choice([1, 1, 2, 3, 4, 6, 9])):
        edit(new, chance, focus)
        new.plain = new.plain and edit in PLAIN
    return new


def codings(text: str, chance: random.Random) -> Iterator[tuple[int, int]]:
    """Overlapping and nested passages of every length, at the text's ends, too."""
    if not text:
        return
    for _ in range(10):
        start, end = stretch(text, chance, None)
        yield start, max(start + 1, end) if start < len(text) else end
    middle = chance.randrange(len(text))
    yield from ((middle, middle + 1), (max(0, middle - 30), min(len(text), middle + 30)))
    yield from ((0, chance.randint(1, len(text))), (chance.randrange(len(text)), len(text)))


PLAIN = {insert, delete, replace, typo}


def one(seed: int) -> tuple[str, Tracked, list[tuple[int, int]]]:
    """The old text, the new one and the codings of one script, all from its seed."""
    chance = random.Random(seed)
    old = excerpt(chance)
    spans = [(start, end) for start, end in codings(old, chance) if start < end]
    return old, edited(old, chance), spans


# --- the count ----------------------------------------------------------------------------------------------------


def length_of(span: tuple[int, int]) -> str:
    length = span[1] - span[0]
    return "1-11" if length < 12 else "12-39" if length < 40 else "40-"


def count(seeds: range) -> tuple[Counter[tuple[str, str]], list[tuple[int, tuple[int, int], str]]]:
    counted: Counter[tuple[str, str]] = Counter()
    errors = []
    for seed in seeds:
        old, new, spans = one(seed)
        oracle = Oracle(old, new)
        results = carry(old, new.text, spans)
        for span, found in zip(spans, results, strict=True):
            verdict = oracle.verdict(*span, found)
            survived = "survived" if oracle.survived(*span) else "changed"
            counted["status", found.status.name] += 1
            counted[f"{survived}, {length_of(span)}", found.status.name] += 1
            if new.plain:
                counted[f"{survived}, {length_of(span)}, plain", found.status.name] += 1
            counted["verdict", verdict] += 1
            if survived == "survived" and found.status.name == "FUZZY":
                counted["shown", "right" if found.start == oracle.where[span[0]] else "wrong"] += 1
            if verdict.startswith("error"):
                errors.append((seed, span, verdict))
    return counted, errors


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--scripts", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=2006)
    asked.add_argument("--workers", type=int, default=2)
    asked = asked.parse_args()
    begun = time.perf_counter()
    first, stop = asked.seed * 10**7, asked.seed * 10**7 + asked.scripts
    parts = [range(at, min(at + 500, stop)) for at in range(first, stop, 500)]
    counted: Counter[tuple[str, str]] = Counter()
    errors = []
    with ProcessPoolExecutor(asked.workers) as pool:
        for part, wrong in pool.map(count, parts):
            counted += part
            errors += wrong
    spans = sum(n for (kind, _), n in counted.items() if kind == "status")
    print(f"{asked.scripts:,} edit scripts, {spans:,} codings, {time.perf_counter() - begun:.0f} seconds")
    print(f"silent errors: {len(errors)}")
    for seed, span, verdict in errors[:20]:
        print(f"  seed {seed}, coding {span}: {verdict}")
    for kind in sorted({kind for kind, _ in counted} - {"verdict", "shown"}, key=lambda kind: (kind != "status", kind)):
        rows = {name: n for (k, name), n in counted.items() if k == kind}
        total = sum(rows.values())
        shares = "   ".join(f"{name} {rows.get(name, 0) / total:6.1%}" for name in ("KEPT", "MOVED", "FUZZY", "LOST"))
        print(f"{'all codings' if kind == 'status' else kind:23} {total:>9,}   {shares}")
    for verdict, n in sorted((verdict, n) for (kind, verdict), n in counted.items() if kind == "verdict"):
        print(f"{verdict:54} {n:>9,}")
    shown = counted["shown", "right"] / max(1, counted["shown", "right"] + counted["shown", "wrong"])
    print(f"of the fuzzy ones whose letters all survived, shown at the right place: {shown:.1%}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
