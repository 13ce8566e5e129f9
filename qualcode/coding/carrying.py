"""Carries codings from an old text to a corrected one: for certain, to be confirmed, or lost; never silently.

Certain is only what two-sided evidence shows. A *landmark* is a run of `GRAM` code points that stands exactly once in
the old text and exactly once in the new one; both ends of a text are landmarks, too. A *stretch* is what is equal
around landmarks, as far as it goes. A passage is certain when exactly one stretch holds it, when that stretch has a
landmark reaching into it or standing before it and one behind it, and when nothing nearby could be the passage just as
well: no second stretch that claims the same words, no unexplained passage that resembles it, no remnant of it where
it stood before. Everything else goes to the place the alignment of the changed region gives, to be confirmed.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from qualcode.coding.carried import FUZZY, KEPT, LOST, MOVED, Carried

__all__ = ["carry"]

GRAM = 12
"""Code points of a landmark."""
PIECE = 6
"""Code points of the pieces by which an unexplained passage is told to resemble another."""
ENOUGH = 24
"""Code points a stretch needs, or a few letters in common would be evidence."""
ENOUGH_MOVED = 32
"""The same for a stretch among other neighbours than before."""
REACH = 2000
"""How far from a passage a landmark may stand to speak for it."""
NEAR = 3000
"""How far from a passage a second place that resembles it is doubted."""
FAR_AROUND = 800
"""How many code points around a passage are looked for when copies are."""
AROUND = 100
"""How many code points around a passage are looked for when remnants of it are."""
MUCH = 0.3
"""The share of a passage that, standing elsewhere, makes that place resemble it."""
MUCH_LEFT = 0.4
"""The share of a region that makes it a remnant of a passage."""
LIKELY = 0.6
"""The least similarity of a place that is worth showing."""
CONTEXT = 8
"""Code points on each side of a passage that count towards its similarity."""
COPIED_RUNS = 3
"""How many runs of `GRAM` code points that stand a second time nearby are a copy, and no phrase used twice."""
COINCIDENCE = 3
"""Code points in common that are none: "Oke." becomes "Oke. Ya.", and either dot may be the old one."""
MOST_SEARCHED = 50_000
"""How far from where they should be the same words are looked for first."""
MOST_REGIONS = 200
"""How many unexplained regions near a passage are looked at."""
MOST_COPIES = 8
"""How many copies of one run are looked at."""
MOST_ALIGNED = 16_000_000
"""The largest changed region aligned letter by letter: code points of the old one times those of the new one."""


def carry(old: str, new: str, spans: Sequence[tuple[int, int]]) -> list[Carried]:
    """Carry passages of the old text to the new one, one result for each, in the order given.

    Parameters
    ----------
    old, new : str
    spans : sequence of (start, end)
        Code points of the old text; they may overlap, and an end equal to the text's length is within it.

    Raises
    ------
    ValueError
        When a passage lies outside the old text.

    Notes
    -----
    Landmarks follow the idea of patience diff, where lines that are unique in both texts are matched first (B. Cohen,
    "Patience Diff Advantages"), on runs of letters instead of lines.

    Examples
    --------
    >>> carry("Ya. Semua komentar dibalas.", "Ya, Pak. Semua komentar dibalas.", [(4, 27)])
    [Carried(status=<CarriedStatus.MOVED: 'MOVED'>, start=9, end=32, similarity=1.0)]
    >>> [each.status.value for each in carry("x foo bar", "x foo foo bar", [(2, 5)])]
    ['FUZZY']
    """
    for start, end in spans:
        if not 0 <= start <= end <= len(old):
            raise ValueError(f"span {start}:{end} outside the old text, 0:{len(old)}")
    if old == new:
        return [Carried(KEPT, start, end, 1.0) for start, end in spans]
    texts = _Texts(old, new)
    evidence = _Evidence(texts)
    alignment = _Alignment(texts, evidence.stretches)
    found = {span: _carried(evidence, alignment, *span) for span in set(spans)}
    return [found[span] for span in spans]


def _carried(evidence: _Evidence, alignment: _Alignment, start: int, end: int) -> Carried:
    certain = evidence.place(start + GRAM, end + GRAM)
    if certain is not None:
        begin = certain - GRAM
        return Carried(KEPT if begin == start else MOVED, begin, begin + end - start, 1.0)
    return alignment.likeliest(start, end)


Codes = NDArray[np.int64]
Hashes = NDArray[np.uint64]


class _Texts:
    """Both texts as numbers, with `GRAM` signs that no text has before and after them, so that the ends are evidence.

    All offsets in `_Evidence` and in stretches count these signs.
    """

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self.old_codes, self.new_codes = _codes(old), _codes(new)
        self.old_pieces, self.old_grams = _hashes(self.old_codes)
        self.new_pieces, self.new_grams = _hashes(self.new_codes)


def _codes(text: str) -> Codes:
    read = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    return np.concatenate([np.full(GRAM, -1), read, np.full(GRAM, -2)])


def _hashes(codes: Codes) -> tuple[Hashes, Hashes]:
    """A number for each run of `PIECE` and of `GRAM` code points; equal runs have equal numbers."""
    one = codes.astype(np.uint64)
    two = _joined(one, one, 1)
    four = _joined(two, two, 2)
    eight = _joined(four, four, 4)
    return _joined(four, two, 4), _joined(eight, four, 8)


def _joined(left: Hashes, right: Hashes, apart: int) -> Hashes:
    """Hash each run with the one that begins `apart` places behind it (the finalizer of SplitMix64)."""
    right = right[apart:]
    mixed = left[: len(right)] * np.uint64(0x9E3779B97F4A7C15) + right
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True)
class _Landmarks:
    """Where landmarks begin in the old text (sorted) and in the new one.

    `copied` are the places, in the old text, of runs that stand once there and several times in the new one;
    `copies` holds, for each, at most `MOST_COPIES` of the places there.
    """

    old: NDArray[np.intp]
    new: NDArray[np.intp]
    copied: list[int]
    copies: NDArray[np.intp]


def _landmarks(texts: _Texts) -> _Landmarks:
    old, at_old, often_old = np.unique(texts.old_grams, return_index=True, return_counts=True)
    new, at_new, often_new = np.unique(texts.new_grams, return_index=True, return_counts=True)
    old, at_old = old[often_old == 1], at_old[often_old == 1]
    _, doubled, _ = np.intersect1d(old, new[often_new > 1], assume_unique=True, return_indices=True)
    doubled = doubled[np.argsort(at_old[doubled])]
    by_hash = np.argsort(texts.new_grams, kind="stable")
    first = np.searchsorted(texts.new_grams[by_hash], old[doubled])
    copies = by_hash[np.minimum(first[:, None] + np.arange(MOST_COPIES), len(by_hash) - 1)]
    copies = np.where(texts.new_grams[copies] == old[doubled][:, None], copies, -1)
    new, at_new = new[often_new == 1], at_new[often_new == 1]
    _, in_old, in_new = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    order = np.argsort(at_old[in_old])
    return _Landmarks(at_old[in_old][order], at_new[in_new][order], at_old[doubled].tolist(), copies)


def _equal_ahead(left: Codes, right: Codes) -> int:
    """How many code points two sequences have in common from their beginning."""
    most, done, step = min(len(left), len(right)), 0, 32
    while done < most:
        stop = min(most, done + step)
        differs = left[done:stop] != right[done:stop]
        if differs.any():
            return done + int(differs.argmax())
        done, step = stop, step * 4
    return most


@dataclass(frozen=True)
class _Stretches:
    """What is equal in both texts around landmarks, in the order of the old text and in that of the new one.

    No stretch lies within another one, in neither text: its landmarks would stand twice. So starts and ends rise both.
    """

    starts: list[int]
    ends: list[int]
    shifts: list[int]

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def _order(self) -> list[int]:
        return sorted(range(len(self)), key=lambda each: self.starts[each] + self.shifts[each])

    @cached_property
    def ranks(self) -> list[int]:
        """For each stretch, in the order of the old text, its number in that of the new one."""
        ranks = [0] * len(self)
        for rank, each in enumerate(self._order):
            ranks[each] = rank
        return ranks

    @cached_property
    def new_starts(self) -> list[int]:
        return [self.starts[each] + self.shifts[each] for each in self._order]

    @cached_property
    def new_ends(self) -> list[int]:
        return [self.ends[each] + self.shifts[each] for each in self._order]

    def new_start(self, each: int) -> int:
        return self.starts[each] + self.shifts[each]

    def new_end(self, each: int) -> int:
        return self.ends[each] + self.shifts[each]

    def holding(self, start: int, end: int) -> range:
        """The stretches that hold all of old[start:end]."""
        return range(bisect_left(self.ends, end), bisect_right(self.starts, start))


def _stretches(texts: _Texts, here: NDArray[np.intp], there: NDArray[np.intp]) -> _Stretches:
    """Join landmarks of one shift with equal text between them, and go on to both sides as far as the texts agree."""
    shift = there - here
    breaks = np.flatnonzero((np.diff(here) != 1) | (np.diff(shift) != 0)) + 1
    firsts = np.concatenate([[0], breaks])
    lasts = np.concatenate([breaks, [len(here)]]) - 1
    old, new = texts.old_codes, texts.new_codes
    starts: list[int] = []
    ends: list[int] = []
    shifts: list[int] = []
    for start, last, by in zip(here[firsts].tolist(), here[lasts].tolist(), shift[firsts].tolist(), strict=True):
        end = last + GRAM
        if starts and shifts[-1] == by and ends[-1] >= end:
            continue
        before = _equal_ahead(old[:end][::-1], new[: end + by][::-1])
        if before < end - start:
            # Two different runs with one number, which nobody has ever met: no landmark.
            continue
        starts.append(end - before)
        ends.append(end + _equal_ahead(old[end:], new[end + by :]))
        shifts.append(by)
    return _Stretches(starts, ends, shifts)


class _Evidence:
    """Says where a passage stands for certain, or says nothing."""

    def __init__(self, texts: _Texts) -> None:
        found = _landmarks(texts)
        self._texts = texts
        self._landmarks: list[int] = found.old.tolist()
        self._copied, self._copies = found.copied, found.copies
        self.stretches = _stretches(texts, found.old, found.new)

    def place(self, start: int, end: int) -> int | None:
        """The start of the passage old[start:end] in the new text when it is certain."""
        holding = self.stretches.holding(start, end)
        if len(holding) != 1:
            return None
        each = holding[0]
        place = start + self.stretches.shifts[each]
        sound = (
            self._alone(each, start, end)
            and self._seen_from_both_sides(each, start, end)
            and self._uncut(start, end, place)
            and self._left_its_old_place(each, start, end)
            and not self._resembled(start, end, place)
        )
        return place if sound else None

    def _alone(self, each: int, start: int, end: int) -> bool:
        """Whether no other stretch claims the passage or its place, but for a letter or two at its ends."""
        all_of, by = self.stretches, self.stretches.shifts[each]
        in_old = _claimed(all_of.starts, all_of.ends, each, start, end)
        in_new = _claimed(all_of.new_starts, all_of.new_ends, all_of.ranks[each], start + by, end + by)
        return max(in_old + in_new) <= COINCIDENCE and 2 * max(sum(in_old), sum(in_new)) <= end - start

    def _seen_from_both_sides(self, each: int, start: int, end: int) -> bool:
        """Whether a landmark that begins before the passage's end and one that ends behind its start speak for it."""
        low = max(self.stretches.starts[each], start - REACH)
        high = min(self.stretches.ends[each], end + REACH)
        before = bisect_right(self._landmarks, end - GRAM) - 1
        behind = bisect_left(self._landmarks, start)
        return (
            high - low >= ENOUGH
            and before >= 0
            and self._landmarks[before] >= low
            and behind < len(self._landmarks)
            and self._landmarks[behind] + GRAM <= high
        )

    def _uncut(self, start: int, end: int, place: int) -> bool:
        """Whether nothing was added that changes the first or the last word: no letters, no accent on the last one."""
        old, new, by = self._texts.old, self._texts.new, place - start
        return all(
            (_splits_letter(old, at) or not _splits_letter(new, at + by))
            and (_splits_word(old, at) or not _splits_word(new, at + by))
            for at in (start - GRAM, end - GRAM)
        )

    def _left_its_old_place(self, each: int, start: int, end: int) -> bool:
        """Whether a stretch among new neighbours was moved as a whole: no part of it stands where it stood before."""
        sides = self._sides_with_new_neighbours(each, start, end)
        if not sides:
            return True
        all_of = self.stretches
        low, high = max(all_of.starts[each], start - NEAR), min(all_of.ends[each], end + NEAR)
        if high - low < ENOUGH_MOVED or _any_within(self._copied, low, high - GRAM):
            return False
        for side in sides:
            beside = each + side
            if not self._only_coincides(each, beside):
                return False
            edge = all_of.new_end(beside) if side < 0 else all_of.new_start(beside) - 1
            if self._repeated(low, high, edge - NEAR, edge + NEAR) or self._remnant(low, high, edge, edge + 1):
                return False
        return True

    def _sides_with_new_neighbours(self, each: int, start: int, end: int) -> list[int]:
        """-1 and 1 where the stretch before or behind, in the old text, is no longer beside this one."""
        all_of, sides = self.stretches, []
        for side, away in ((-1, start - all_of.starts[each]), (1, all_of.ends[each] - end)):
            beside = each + side
            if 0 <= beside < len(all_of) and away < NEAR and all_of.ranks[beside] != all_of.ranks[each] + side:
                sides.append(side)
        return sides

    def _only_coincides(self, each: int, beside: int) -> bool:
        """Whether letters a stretch shares with its old neighbour belong to new neighbours, of the one or the other.

        After "Halo. Ya. Oke." lost its "Ya.", the "." before "Oke" may be that of "Ya.", but is surely that of "Halo.".
        Letters that nobody else claims are a remnant.
        """
        all_of = self.stretches
        first, second = min(each, beside), max(each, beside)
        shared = all_of.ends[first] - all_of.starts[second]
        if shared <= 0:
            return True
        behind, before = all_of.ranks[first] + 1, all_of.ranks[second] - 1
        claimed_behind = all_of.new_end(first) - all_of.new_starts[behind] if behind < len(all_of) else 0
        claimed_before = all_of.new_ends[before] - all_of.new_start(second) if before >= 0 else 0
        return max(0, claimed_behind) + max(0, claimed_before) >= shared

    def _resembled(self, start: int, end: int, place: int) -> bool:
        """Whether something near the place might be the passage looked for: a copy, or the original of one."""
        if self._stands_unexplained(start, end, place) or self._copied_nearby(start, end, place):
            return True
        by = place - start
        return any(
            self._repeated(low - AROUND, high + AROUND, low + by - NEAR, high + by + NEAR, (low, high))
            or self._remnant(low - AROUND, high + AROUND, low + by - FAR_AROUND, high + by + FAR_AROUND)
            for low, high in _both_ends(start, end)
        )

    def _copied_nearby(self, start: int, end: int, place: int) -> bool:
        """Whether what stands around the passage stands near its place a second time, explained or not."""
        first = bisect_left(self._copied, start - FAR_AROUND)
        stop = bisect_right(self._copied, end + FAR_AROUND)
        if stop - first < COPIED_RUNS:
            return False
        copies = self._copies[first:stop]
        own = np.array(self._copied[first:stop])[:, None] + (place - start)
        near = (copies >= place - NEAR) & (copies <= place + end - start + NEAR)
        return int(((copies >= 0) & near & (copies != own)).any(axis=1).sum()) >= COPIED_RUNS

    @cached_property
    def _explained(self) -> NDArray[np.bool_]:
        """Which code points of the new text belong to a stretch."""
        return self._covered(len(self._texts.new_codes), 1)

    @cached_property
    def _explained_pieces(self) -> NDArray[np.bool_]:
        """Which pieces of the new text, by where they begin, lie in a stretch as a whole."""
        return self._covered(len(self._texts.new_pieces), PIECE)

    def _covered(self, length: int, piece: int) -> NDArray[np.bool_]:
        covered = np.zeros(length, dtype=np.bool_)
        for start, end in zip(self.stretches.new_starts, self.stretches.new_ends, strict=True):
            covered[start : end - piece + 1] = True
        return covered

    @cached_property
    def _unexplained(self) -> NDArray[np.intp]:
        """Where unexplained pieces of the new text begin."""
        return np.flatnonzero(~self._explained_pieces)

    def _repeated(self, start: int, end: int, low: int, high: int, middle: tuple[int, int] | None = None) -> bool:
        """Whether what is unexplained in new[low:high] repeats a long run of old[start:end] or much of `middle`."""
        first, stop = np.searchsorted(self._unexplained, [low, high])
        if first == stop:
            return False
        start = max(0, start)
        here = self._texts.old_pieces[start : max(start, end - PIECE + 1)]
        known = np.isin(here, self._texts.new_pieces[self._unexplained[first:stop]])
        if not known.any():
            return False
        if middle is None or _longest_run(known) >= GRAM:
            return _longest_run(known) >= GRAM
        letters = np.convolve(known, np.ones(PIECE, dtype=np.intp)) > 0
        low, high = middle[0] - start, middle[1] - start
        close, own = letters[max(0, low - GRAM) : high + GRAM], letters[low:high]
        return bool(close.mean() >= MUCH or (own.size >= GRAM and own.mean() >= MUCH))

    def _remnant(self, start: int, end: int, low: int, high: int) -> bool:
        """Whether an unexplained region that touches new[low:high] holds what may be left of old[start:end].

        It may when telling pieces of that make up a good part of the region, or stand where it begins or ends.
        """
        first = bisect_right(self._region_ends, low)
        regions = [pair for pair in self._regions[first : first + MOST_REGIONS] if pair[0] < high]
        if not regions:
            return False
        pieces = slice(max(0, start), max(0, start, end - PIECE + 1))
        telling = self._texts.old_pieces[pieces][self._single_pieces[pieces]]
        begin, stop = max(0, max(low - NEAR, regions[0][0]) - PIECE + 1), min(high + NEAR, regions[-1][1])
        at = begin + np.flatnonzero(np.isin(self._texts.new_pieces[begin:stop], telling))
        return any(_stands_out(at, *region) for region in regions)

    @cached_property
    def _regions(self) -> list[tuple[int, int]]:
        """Start and end of each unexplained region of the new text."""
        edges = np.flatnonzero(np.diff(np.concatenate([[1], self._explained.astype(np.int8), [1]])))
        return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))

    @cached_property
    def _region_ends(self) -> list[int]:
        return [end for _, end in self._regions]

    @cached_property
    def _single_pieces(self) -> NDArray[np.bool_]:
        """Which pieces of the old text stand there once: no speaker's label, no little word."""
        _, which, often = np.unique(self._texts.old_pieces, return_inverse=True, return_counts=True)
        single: NDArray[np.bool_] = (often == 1)[which]
        return single

    def _stands_unexplained(self, start: int, end: int, place: int) -> bool:
        """Whether a short passage's words stand unexplained nearby; longer ones are told by their pieces."""
        if not 0 < end - start < GRAM:
            return False
        words, new = self._texts.old[start - GRAM : end - GRAM], self._texts.new
        low = max(0, place - GRAM - 3 * AROUND)
        nearby = new[low : place - GRAM + 3 * AROUND]
        return any(
            not self._explained[low + at + GRAM : low + at + GRAM + len(words)].all()
            for at in _occurrences(nearby, words)
        )


def _claimed(starts: list[int], ends: list[int], each: int, start: int, end: int) -> tuple[int, int]:
    """How many code points of a passage of one stretch the stretches before and behind it hold as well."""
    before = ends[each - 1] - start if each else 0
    behind = end - starts[each + 1] if each + 1 < len(starts) else 0
    return max(0, before), max(0, behind)


def _any_within(positions: list[int], low: int, high: int) -> bool:
    at = bisect_left(positions, low)
    return at < len(positions) and positions[at] <= high


def _both_ends(start: int, end: int) -> list[tuple[int, int]]:
    """The passage; of a very long one, its two ends."""
    return [(start, end)] if end - start <= 4 * NEAR else [(start, start + NEAR), (end - NEAR, end)]


def _longest_run(known: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _stands_out(pieces: NDArray[np.intp], low: int, high: int) -> bool:
    """Whether pieces (by where they begin, sorted) make up a good part of a region, or stand at one of its ends."""
    first, stop = np.searchsorted(pieces, [low - PIECE + 1, high])
    pieces = pieces[first:stop]
    if not pieces.size:
        return False
    # Two pieces in a row, or every little word at an end of a sentence would count.
    twice = pieces[:-1][np.diff(pieces) == 1]
    at_ends = np.minimum(np.abs(twice - low), np.abs(twice + PIECE + 1 - high)) <= COINCIDENCE
    letters = np.zeros(high - low, dtype=np.bool_)
    for piece in (pieces - low).tolist():
        letters[max(0, piece) : piece + PIECE] = True
    return bool(at_ends.any() or letters.sum() >= max(PIECE, MUCH_LEFT * (high - low)))


def _occurrences(text: str, words: str, most: int = 1000) -> Iterator[int]:
    """Where words begin in the text; occurrences may overlap."""
    start = text.find(words)
    while start >= 0 and most:
        yield start
        start, most = text.find(words, start + 1), most - 1


def _clings(letter: str) -> bool:
    """Whether a code point belongs to the letter or picture before it: accents, joiners, skin tones."""
    return letter > "\u02ff" and (
        unicodedata.category(letter)[0] == "M" or letter == "\u200d" or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )


def _splits_letter(text: str, at: int) -> bool:
    """Whether a place lies between a letter and what belongs to it."""
    return 0 < at < len(text) and (_clings(text[at]) or text[at - 1] == "\u200d")


def _splits_word(text: str, at: int) -> bool:
    """Whether a place lies within a word."""
    return 0 < at < len(text) and text[at].isalnum() and (text[at - 1].isalnum() or _clings(text[at - 1]))


class _Alignment:
    """Gives the likeliest place of a passage whose place is not certain. Offsets are those of the bare texts."""

    def __init__(self, texts: _Texts, stretches: _Stretches) -> None:
        self._old, self._new = texts.old, texts.new
        self._stretches = stretches
        self._between: dict[int, list[tuple[int, int, int, int, bool]] | None] = {}

    def likeliest(self, start: int, end: int) -> Carried:
        """The likeliest place: the same words as a stretch gives them, what the alignment gives, or what resembles."""
        best = Carried(LOST, None, None, 0.0)
        for places in (self._same_words, self._aligned, self._beside_neighbours, self._elsewhere):
            for begin, stop in places(start, end):
                found = self._measured(start, end, begin, stop)
                best = max(best, found, key=lambda each: each.similarity)
            if best.status is not LOST:
                break
        return best

    def _same_words(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The place of the same words in the stretch that reaches farthest around them."""
        all_of = self._stretches
        holding = all_of.holding(start + GRAM, end + GRAM)
        if holding:
            by = all_of.shifts[max(holding, key=lambda each: all_of.ends[each] - all_of.starts[each])]
            yield start + by, end + by

    def _aligned(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The passage's ends, each as its stretch or the alignment of its changed region gives it."""
        begin, stop = self._start_of(start + GRAM), self._end_of(end + GRAM)
        if begin is not None and stop is not None and 0 <= stop - begin <= 3 * (end - start) + 200:
            yield begin - GRAM, stop - GRAM

    def _start_of(self, at: int) -> int | None:
        all_of = self._stretches
        before = bisect_right(all_of.starts, at) - 1
        if at < all_of.ends[before]:
            return at + all_of.shifts[before]
        return self._in_changed_region(before, at, after_inserted=True)

    def _end_of(self, at: int) -> int | None:
        all_of = self._stretches
        behind = bisect_left(all_of.ends, at)
        if at > all_of.starts[behind]:
            return at + all_of.shifts[behind]
        return self._in_changed_region(behind - 1, at, after_inserted=False)

    def _in_changed_region(self, before: int, at: int, *, after_inserted: bool) -> int | None:
        """Where a place between two stretches went, as the alignment of what stands between them says."""
        if before not in self._between:
            self._between[before] = self._align(before)
        pairs = self._between[before]
        if pairs is None:
            return None
        reached = [pair for pair in pairs if pair[0] <= at <= pair[1]]
        low, high, new_low, new_high, equal = reached[-1 if after_inserted else 0]
        if at == low:
            return new_low
        if at == high:
            return new_high
        return new_low + (at - low if equal else round((at - low) * (new_high - new_low) / (high - low)))

    def _align(self, before: int) -> list[tuple[int, int, int, int, bool]] | None:
        """Pairs (start, end, new start, new end, equal) of the changed region behind a stretch."""
        all_of = self._stretches
        low, high = all_of.ends[before], all_of.starts[before + 1]
        new_low, new_high = all_of.new_end(before), all_of.new_start(before + 1)
        if new_low > new_high or all_of.ranks[before] > all_of.ranks[before + 1]:
            return None
        if (high - low) * (new_high - new_low) > MOST_ALIGNED:
            return None
        codes = Levenshtein.opcodes(self._old[low - GRAM : high - GRAM], self._new[new_low - GRAM : new_high - GRAM])
        found = [
            (
                low + each.src_start,
                low + each.src_end,
                new_low + each.dest_start,
                new_low + each.dest_end,
                each.tag == "equal",
            )
            for each in codes
        ]
        return found or [(low, high, new_low, new_high, False)]

    def _beside_neighbours(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The passages most alike behind the stretch before, before the stretch behind, and around stretches within."""
        words, all_of = self._old[start:end], self._stretches
        if not words.strip():
            return
        first = bisect_right(all_of.starts, start + GRAM) - 1
        last = bisect_left(all_of.ends, end + GRAM)
        room = min(len(words), NEAR) + 4 * AROUND
        within = sorted(range(first + 1, last), key=lambda each: all_of.starts[each] - all_of.ends[each])[:3]
        regions = [
            (all_of.new_end(first) - AROUND, all_of.new_end(first) + room),
            (all_of.new_start(last) - room, all_of.new_start(last) + AROUND),
            *((all_of.new_start(each) - room, all_of.new_end(each) + room) for each in within),
        ]
        for low, high in regions:
            place = self._most_alike(words, max(0, low - GRAM), max(0, min(high, low + 3 * room) - GRAM))
            if place is not None:
                yield place

    def _most_alike(self, words: str, low: int, high: int) -> tuple[int, int] | None:
        """The part of new[low:high] most like the words; of long ones, the parts most like their beginning and end."""
        region = self._new[low:high]
        edge = len(words) if len(words) <= 3 * AROUND else 3 * AROUND // 2
        if len(region) < edge:
            return None
        head = fuzz.partial_ratio_alignment(words[:edge], region, score_cutoff=100 * LIKELY)
        tail = fuzz.partial_ratio_alignment(words[-edge:], region, score_cutoff=100 * LIKELY)
        if head is None or tail is None or head.dest_start >= tail.dest_end:
            return None
        return low + head.dest_start, low + tail.dest_end

    def _elsewhere(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The nearest place of the same words, with their neighbours if need be, that belongs to no stretch."""
        all_of = self._stretches
        expected = start + all_of.shifts[bisect_right(all_of.starts, start + GRAM) - 1]
        for low, high in ((max(0, start - AROUND), min(len(self._old), end + AROUND)), (start, end)):
            words = self._old[low:high]
            if len(words) < GRAM or not words.strip():
                continue
            near = max(0, expected - MOST_SEARCHED)
            region = self._new[near : expected + len(words) + MOST_SEARCHED]
            places = [near + at for at in _occurrences(region, words, most=100)]
            free = [at for at in places or _occurrences(self._new, words, most=100) if self._is_free(at, len(words))]
            if free:
                nearest = min(free, key=lambda at: abs(at - expected)) + start - low
                yield nearest, nearest + end - start

    def _is_free(self, at: int, length: int) -> bool:
        """Whether no stretch holds a passage of the new text."""
        all_of = self._stretches
        return bisect_left(all_of.new_ends, at + GRAM + length) >= bisect_right(all_of.new_starts, at + GRAM)

    def _measured(self, start: int, end: int, begin: int, stop: int) -> Carried:
        """A place, its ends set to whole words, with its similarity; lost where it is not like the passage."""
        begin, stop = self._snapped(start, end, begin, stop)
        if begin >= stop:
            return Carried(LOST, None, None, 0.0)
        similarity = self._similarity(start, end, begin, stop)
        return Carried(FUZZY, begin, stop, similarity) if similarity >= LIKELY else Carried(LOST, None, None, 0.0)

    def _snapped(self, start: int, end: int, begin: int, stop: int) -> tuple[int, int]:
        """Whole words where the passage had whole words, no letter without its accents, no blank ends it had not."""
        old, new = self._old, self._new
        begin, stop = max(0, begin), min(len(new), stop)
        if begin < stop:
            begin = next((at for at in range(begin, max(-1, begin - 40), -1) if _fits(old, start, new, at)), begin)
            stop = next((at for at in range(stop, min(len(new) + 1, stop + 40)) if _fits(old, end, new, at)), stop)
        words, was = new[begin:stop], old[start:end]
        if not was[:1].isspace():
            begin += len(words) - len(words.lstrip())
        if not was[-1:].isspace():
            stop -= len(words) - len(words.rstrip())
        return begin, stop

    def _similarity(self, start: int, end: int, begin: int, stop: int) -> float:
        most = 2 * NEAR
        if max(end - start, stop - begin) > most:
            old = [(start, start + most // 2), (end - most // 2, end)]
            new = [(begin, begin + most // 2), (max(0, stop - most // 2), stop)]
            pairs = list(zip(old, new, strict=True))
        else:
            pairs = [((start, end), (begin, stop))]
        ratios = [fuzz.ratio(_with_context(self._old, *a), _with_context(self._new, *b)) / 100 for a, b in pairs]
        return min(ratios)


def _fits(old: str, at: int, new: str, there: int) -> bool:
    """Whether a passage may begin or end there: not within a word or letter, but where it did so before."""
    return (_splits_word(old, at) or not _splits_word(new, there)) and not _splits_letter(new, there)


def _with_context(text: str, start: int, end: int) -> str:
    return text[max(0, start - CONTEXT) : end + CONTEXT]
