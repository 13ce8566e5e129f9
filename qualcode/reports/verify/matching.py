"""Words found again: exactly but for typography, or nearly, with the difference in words."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from rapidfuzz.distance import LCSseq

from qualcode.reports.verify.sought import MOST_CHUNKS, Chunk, Sought, sought
from qualcode.reports.verify.tokens import Tokens, has_words, in_words, is_word, tokens
from qualcode.text.document import Document
from qualcode.wording import say

MOST_SHOWN = 4
"""Differences told of one quotation."""

MOST_COMPARED = 1_000
"""Words of a passage whose differences are looked for; a longer one is compared as far as that."""

LONGEST_CUT = 250
"""So many words a cut leaves out at most in a passage that nothing but its words leads to."""

MOST_PLACES = 2_000
"""Places of its first words at which a quotation is tried in one text."""


def words(text: str) -> list[str]:
    """The words of a quotation as they are compared, insertions in brackets left out."""
    found = sought(text)
    units = [unit for chunk in found.chunks for unit in chunk if not unit.bracket]
    return [key for unit in units for key in found.tokens.keys[unit.begin : unit.end] if is_word(key)]


Block = tuple[int, int, int]
"""A token of the source, a token of the quotation, and how many are alike from there."""


class Text:
    """A document, indexed by its words."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def tokens(self) -> Tokens:
        """Its words and marks."""
        return tokens(self.document.text)

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self.tokens.keys)} "

    @cached_property
    def _starts(self) -> array[int]:
        starts, at = array("q"), 1
        for key in self.tokens.keys:
            starts.append(at)
            at += len(key) + 1
        starts.append(at)
        return starts

    def runs(self, keys: Sequence[str], begin: int, end: int) -> Iterator[int]:
        """The tokens from `begin` up to `end` at which a row of tokens begins."""
        words = f" {' '.join(keys)} "
        end = min(end, len(self.tokens.keys))
        if not keys or begin >= end:
            return
        last = self._starts[end]
        place = self._joined.find(words, self._starts[begin] - 1, last)
        while place >= 0:
            yield bisect_right(self._starts, place + 1) - 1
            place = self._joined.find(words, place + 1, last)

    def is_paragraph_end(self, token: int) -> bool:
        """Whether an empty line stands before a token, or the text begins or ends there."""
        spans = self.tokens.spans
        if not 0 < token < len(spans):
            return True
        return "\n" in "".join(self.document.text[spans[token - 1][1] : spans[token][0]].split("\n", 1)[1:])

    def leaves_out(self, begin: int, end: int) -> bool:
        """Whether a cut from `begin` up to `end` leaves something out: words, or the end of a paragraph."""
        return has_words(self.tokens.keys[begin:end]) or self.is_paragraph_end(begin) or self.is_paragraph_end(end)

    def matches(
        self, wanted: Sought, begin: int = 0, end: int | None = None, reach: int = LONGEST_CUT
    ) -> Iterator[Match]:
        """Where a quotation stands in the tokens from `begin` up to `end`, with what its cuts leave out.

        Between its pieces words are left out wherever it says so, up to `reach` words, and nowhere else. What it has
        in brackets is what the text has in brackets there, or else put in.
        """
        until = len(self.tokens.keys) if end is None else min(end, len(self.tokens.keys))
        if not 0 < len(wanted.chunks) <= MOST_CHUNKS:
            return
        for tried, first in enumerate(self._chunk(wanted, wanted.chunks[0], begin, until)):
            if tried >= MOST_PLACES:
                return
            found = [first]
            for chunk in wanted.chunks[1:]:
                following = self._after(wanted, chunk, found[-1].end, min(until, found[-1].end + reach))
                if following is None:
                    break
                found.append(following)
            else:
                yield Match(self, wanted, tuple(found))

    def _after(self, wanted: Sought, chunk: Chunk, begin: int, end: int) -> Kept | None:
        """The next place of a chunk at which the cut before it leaves something out, or else the next."""
        if all(unit.bracket for unit in chunk):
            return next(self._chunk(wanted, chunk, begin, end), Kept(begin, begin, (), len(chunk)))
        nearest = None
        for kept in self._chunk(wanted, chunk, begin, end):
            if self.leaves_out(begin, kept.begin):
                return kept
            nearest = nearest or kept
        return nearest

    def _chunk(self, wanted: Sought, chunk: Chunk, begin: int, end: int) -> Iterator[Kept]:
        """Every place of a chunk; each of its brackets is one of the text, or put in."""
        keys = self.tokens.keys
        anchor = next((place for place, unit in enumerate(chunk) if not unit.bracket), 0)
        for start in self.runs(wanted.tokens.keys[chunk[anchor].begin : chunk[anchor].end], begin, end):
            first, last, put_in = start, start, 0
            blocks: list[Block] = []
            for unit in reversed(chunk[:anchor]):
                size = unit.end - unit.begin
                if first - size >= begin and keys[first - size : first] == wanted.tokens.keys[unit.begin : unit.end]:
                    first -= size
                    blocks.append((first, unit.begin, size))
                else:
                    put_in += 1
            for unit in chunk[anchor:]:
                size = unit.end - unit.begin
                if keys[last : last + size] == wanted.tokens.keys[unit.begin : unit.end]:
                    blocks.append((last, unit.begin, size))
                    last += size
                elif unit.bracket:
                    put_in += 1
                else:
                    break
            else:
                yield Kept(first, last, tuple(sorted(blocks)), put_in)


@dataclass(frozen=True)
class Kept:
    """A piece of a quotation in its text: from which token up to which, what is alike, how many brackets it added."""

    begin: int
    end: int
    blocks: tuple[Block, ...]
    put_in: int


@dataclass(frozen=True)
class Match:
    """A place at which all pieces of a quotation stand."""

    text: Text
    wanted: Sought
    kept: tuple[Kept, ...]

    @property
    def document(self) -> Document:
        """In which document."""
        return self.text.document

    @property
    def start(self) -> int:
        """Where it begins, in code points of the document."""
        return self.text.tokens.spans[min(self.kept[0].begin, len(self.text.tokens.spans) - 1)][0]

    @property
    def end(self) -> int:
        """Where it ends, in code points of the document."""
        return max(self.start + 1, self.text.tokens.spans[max(self.kept[-1].end - 1, 0)][1])

    @property
    def put_in(self) -> int:
        """How many brackets are not the text's."""
        return sum(each.put_in for each in self.kept)


@dataclass(frozen=True)
class Nearest:
    """The passage most like some words: its document, place, share of equal words, and the difference."""

    document: Document
    start: int
    end: int
    alike: float
    difference: str


class Corpus:
    """The texts of cases, searched.

    Parameters
    ----------
    documents : iterable of Document
        Of several cases; those asked about first come first.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self.texts = [Text(document) for document in documents]
        self._by_id = {(text.document.case, text.document.id): text for text in self.texts}
        self._near: dict[str, Nearest | None] = {}

    def text(self, document: Document) -> Text:
        """A document's text."""
        return self._by_id.get((document.case, document.id)) or Text(document)

    def exact(self, wanted: Sought, most: int = 50) -> Iterator[Match]:
        """Every place where the words of a quotation stand, so many in each text."""
        for text in self.texts:
            for count, match in enumerate(text.matches(wanted)):
                if count >= most:
                    break
                yield match

    @cached_property
    def _places(self) -> dict[str, list[tuple[int, int]]]:
        places: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(self.texts):
            for index, key in enumerate(text.tokens.keys):
                if len(key) > 2:
                    places.setdefault(key, []).append((number, index))
        return places

    def nearest(self, quotation: str) -> Nearest | None:
        """The passage most like a quotation; None when no text shares a word with it."""
        if quotation not in self._near:
            self._near[quotation] = self._nearest(quotation)
        return self._near[quotation]

    def _nearest(self, quotation: str) -> Nearest | None:
        keys = words(quotation)[:MOST_COMPARED]
        votes: Counter[tuple[int, int]] = Counter()
        wide = max(6, len(keys) // 3)
        rare = sorted((key for key in set(keys) if key in self._places), key=lambda key: (len(self._places[key]), key))
        first = {key: keys.index(key) for key in rare[:16]}
        for key in rare[:16]:
            for number, index in self._places[key][:400]:
                for shift in (0, 1):  # windows overlap, so that none cuts a passage in two
                    votes[number, (index - first[key]) // wide + shift] += 1
        best = None
        for (number, window), _ in votes.most_common(8):
            found = self._compared(self.texts[number], window * wide - wide, len(keys) + 3 * wide, quotation)
            if found is not None and (best is None or found.alike > best.alike):
                best = found
        return best

    @staticmethod
    def _compared(text: Text, begin: int, count: int, quotation: str) -> Nearest | None:
        begin, end = max(0, begin), max(0, begin) + count
        found = compared(text.tokens.keys[begin:end], text.tokens.shown[begin:end], quotation)
        if found is None:
            return None
        alike, first, last, difference = found
        spans = text.tokens.spans
        return Nearest(text.document, spans[begin + first][0], spans[begin + last][1], alike, difference)


def compared(
    keys: Sequence[str], shown: Sequence[str], quotation: str, *, whole: bool = False
) -> tuple[float, int, int, str] | None:
    """How a quotation differs from a source.

    Parameters
    ----------
    keys, shown : sequence of str
        The tokens of the source, as compared and as written.
    quotation : str
    whole : bool, optional
        Whether all of the source should stand in the quotation; else the part of it that is most like it.

    Returns
    -------
    tuple of (float, int, int, str) or None
        The share of words alike, the first and the last token of the source it is like, and the difference in words;
        what a cut leaves out and what is put in in brackets is none. None when they share nothing.
    """
    wanted = sought(quotation)
    written, said = wanted.tokens.keys[:MOST_COMPARED], wanted.tokens.shown[:MOST_COMPARED]
    keys = keys[:MOST_COMPARED]
    blocks = [b for b in SequenceMatcher(None, keys, written, autojunk=False).get_matching_blocks() if b.size]
    solid = [b for b in blocks if has_words(keys[b.a : b.a + b.size])]
    if not solid:
        return None
    first, last = 0, len(keys) - 1
    if not whole:
        # What stands before the first common word in the quotation stands for as many words of the source.
        last = min(last, solid[-1].a + solid[-1].size - 1 + len(written) - solid[-1].b - solid[-1].size)
        first = max(0, solid[0].a - solid[0].b)
    source, gaps = keys[first : last + 1], {*wanted.cuts}
    if not whole:
        gaps |= {0, len(written)}
    left_out = 0
    told = []
    for a, b, c, d in _changes(source, written, gaps):
        old, new = shown[first + a : first + b], said[c:d]
        after = in_words(said[max(0, c - 2) : c])
        if c == d and c in gaps:
            left_out += b - a
        elif a == b and new[0] == "[" and new[-1] == "]":
            continue
        elif has_words(old) or has_words(new) or (c > 0 and d < len(written)):
            told.append(difference(old, new, after))
    alike = 2 * LCSseq.similarity(source, written) / max(1, len(source) - left_out + len(written))
    shown_first = told[:MOST_SHOWN] + (
        [say("verify.more", count=len(told) - MOST_SHOWN)] if len(told) > MOST_SHOWN else []
    )
    return alike, first, last, "; ".join(shown_first)


def difference(old: Sequence[str], new: Sequence[str], after: str = "") -> str:
    """A change in words: what became what, what is missing, what was added, and after which words."""
    if old and new:
        told = say("verify.replaced", old=in_words(old), new=in_words(new))
    elif old:
        told = say("verify.removed", words=in_words(old))
    else:
        told = say("verify.added", words=in_words(new))
    return told + " " + (say("verify.after", words=after) if after else say("verify.at_start"))


def _changes(source: Sequence[str], written: Sequence[str], gaps: set[int]) -> Iterator[tuple[int, int, int, int]]:
    """The changes of a source; those with one word between them are told as one, unless that is a cut's place."""
    pending: tuple[int, int, int, int] | None = None
    for kind, a, b, c, d in SequenceMatcher(None, source, written, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        apart = pending is None or c - pending[3] > 1 or bool(gaps & {pending[2], pending[3], c, d})
        if pending is not None and apart:
            yield pending
        pending = (a, b, c, d) if pending is None or apart else (pending[0], b, pending[2], d)
    if pending is not None:
        yield pending
