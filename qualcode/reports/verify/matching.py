"""Words found again: exactly but for typography, or nearly, with the difference in words."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from rapidfuzz.distance import LCSseq

from qualcode.text.document import Document
from qualcode.wording import say

_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_LETTER = rf"[\w\u0300-\u036f{_UNSEEN}]"
_TOKEN = re.compile(rf"{_LETTER}+(?:[-'’ʼ‘.,:/\u2010\u2011]{_LETTER}+)*|\.{{2,}}|[^\w\s]")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_CUT = re.compile(r"\[[^\[\]]*\]|\(\s*(?:…|\.{2,4})\s*\)")
_PAUSE = re.compile(r"…|\.{3,}")
_DROPPED = frozenset(('"', "'", "..", "...", "....", "\ufffd", ""))

MOST_SHOWN = 4
"""Differences told of one quotation."""

MOST_COMPARED = 1_000
"""Words of a passage whose differences are looked for; a longer one is compared as far as that."""


def plain(text: str) -> str:
    """A text without differences of typography: quotation marks, dashes, ligatures, invisible marks, white space.

    Examples
    --------
    >>> plain("“Sudah\u00a0lama…” – katanya")
    '"Sudah lama..." - katanya'
    """
    marked = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_TYPOGRAPHY))
    return " ".join(marked.split())


@lru_cache(maxsize=50_000)
def _key(token: str) -> str:
    key = token if token.isascii() else plain(token).replace(" ", "")
    return "" if key in _DROPPED else key.casefold()


@dataclass(frozen=True)
class Tokens:
    """The words and marks of a text: as compared, as written, and where each begins and ends."""

    keys: tuple[str, ...]
    shown: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def tokens(text: str) -> Tokens:
    """Cut a text into words and marks; quotation marks and pauses are none.

    Examples
    --------
    >>> tokens("“Komentar dibalas…”").keys
    ('komentar', 'dibalas')
    """
    found = [(_key(match.group()), match) for match in _TOKEN.finditer(text)]
    kept = [(key, match) for key, match in found if key]
    return Tokens(
        tuple(key for key, _ in kept),
        tuple(match.group() for _, match in kept),
        tuple(match.span() for _, match in kept),
    )


def _is_word(key: str) -> bool:
    return any(character.isalnum() for character in key)


def _trimmed(keys: Sequence[str]) -> tuple[str, ...]:
    """Without the marks at the edges: a quotation in a sentence ends as the sentence needs it."""
    first, last = 0, len(keys)
    while first < last and not _is_word(keys[first]):
        first += 1
    while first < last and not _is_word(keys[last - 1]):
        last -= 1
    return tuple(keys[first:last])


def words(text: str) -> list[str]:
    """The words of a text as they are compared, insertions in brackets left out."""
    return [key for key in tokens(_CUT.sub(" ", text)).keys if _is_word(key)]


def readings(text: str) -> Iterator[tuple[tuple[str, ...], ...]]:
    """How a quotation may be cut into pieces: not at all, at brackets, and at pauses, too."""
    whole = _trimmed(tokens(text).keys)
    tried: set[tuple[tuple[str, ...], ...]] = {(whole,)}
    yield (whole,)
    for parts in (_CUT.split(text), [part for cut in _CUT.split(text) for part in _PAUSE.split(cut)]):
        pieces = tuple(filter(None, (_trimmed(tokens(part).keys) for part in parts)))
        if pieces and pieces not in tried:
            tried.add(pieces)
            yield pieces


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
        return starts

    def find(self, pieces: Sequence[Sequence[str]]) -> tuple[int, int] | None:
        """Where the pieces stand one after the other, as code points of the text; None when they do not."""
        return next(self.all(pieces, most=1), None)

    def all(self, pieces: Sequence[Sequence[str]], most: int = 50) -> Iterator[tuple[int, int]]:
        """Every place where the pieces stand, up to so many."""
        begin = 0
        for _ in range(most):
            found = self._from(pieces, begin)
            if found is None:
                return
            yield self.tokens.spans[found[0]][0], self.tokens.spans[found[1]][1]
            begin = found[0] + 1

    def _from(self, pieces: Sequence[Sequence[str]], begin: int) -> tuple[int, int] | None:
        """The first and last token of the first place at or after a token."""
        if not pieces or begin >= len(self._starts):
            return None
        place = self._starts[begin] - 1
        first = last = -1
        for piece in pieces:
            sought = f" {' '.join(piece)} "
            place = self._joined.find(sought, place)
            if not piece or place < 0:
                return None
            token = bisect_right(self._starts, place + 1) - 1
            first = token if first < 0 else first
            last = token + len(piece) - 1
            place += len(sought) - 1
        return first, last


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

    def text(self, document: Document) -> Text:
        """A document's text."""
        return self._by_id.get((document.case, document.id)) or Text(document)

    def exact(self, quotation: str) -> Iterator[tuple[Document, int, int]]:
        """Every place where the words of a quotation stand, cuts allowed; of the least cut reading that stands."""
        for pieces in readings(quotation):
            places = [(text.document, *span) for text in self.texts for span in text.all(pieces)]
            if places:
                yield from places
                return

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
        keys = words(quotation)
        votes: Counter[tuple[int, int]] = Counter()
        wide = max(6, len(keys) // 3)
        rare = sorted((key for key in set(keys) if key in self._places), key=lambda key: len(self._places[key]))
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


def compared(keys: Sequence[str], shown: Sequence[str], quotation: str) -> tuple[float, int, int, str] | None:
    """How a quotation differs from a source.

    Returns
    -------
    tuple of (float, int, int, str) or None
        The share of words alike, the first and the last token of the source it is like, and the difference in words;
        what a cut leaves out is none. None when they share nothing.
    """
    written, gaps = _with_gaps(quotation)
    keys = keys[:MOST_COMPARED]
    blocks = [b for b in SequenceMatcher(None, keys, written.keys, autojunk=False).get_matching_blocks() if b.size]
    solid = [b for b in blocks if any(_is_word(key) for key in keys[b.a : b.a + b.size])]
    if not solid:
        return None
    first, last = solid[0].a, solid[-1].a + solid[-1].size - 1
    # What stands before the first common word in the quotation stands for as many words of the source.
    first = max(0, first - solid[0].b)
    last = min(len(keys) - 1, last + len(written.keys) - solid[-1].b - solid[-1].size)
    source = keys[first : last + 1]
    common = LCSseq.similarity(source, written.keys)
    left_out = 0
    told = []
    for kind, a, b, c, d in SequenceMatcher(None, source, written.keys, autojunk=False).get_opcodes():
        old, new = shown[first + a : first + b], written.shown[c:d]
        if kind == "delete" and (c in gaps or c in (0, len(written.keys))):
            left_out += b - a
        elif kind == "replace":
            told.append(say("verify.replaced", old=" ".join(old), new=" ".join(new)))
        elif kind == "delete":
            told.append(say("verify.removed", words=" ".join(old)))
        elif kind == "insert":
            told.append(say("verify.added", words=" ".join(new)))
    alike = 2 * common / max(1, len(source) - left_out + len(written.keys))
    shown_first = told[:MOST_SHOWN] + (
        [say("verify.more", count=len(told) - MOST_SHOWN)] if len(told) > MOST_SHOWN else []
    )
    return alike, first, last, "; ".join(shown_first)


def _with_gaps(quotation: str) -> tuple[Tokens, frozenset[int]]:
    """The words of a quotation without what is in brackets, and before which of them something was cut."""
    keys: list[str] = []
    shown: list[str] = []
    gaps = []
    for part in _CUT.split(quotation):
        found = tokens(part)
        keys += found.keys
        shown += found.shown
        gaps.append(len(keys))
    return Tokens(tuple(keys[:MOST_COMPARED]), tuple(shown[:MOST_COMPARED]), ()), frozenset(gaps)


def same(one: str, other: str) -> bool:
    """Whether two short texts say the same but for typography."""
    return plain(one) == plain(other)
