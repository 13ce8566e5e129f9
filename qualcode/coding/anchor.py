"""Finds a quotation in a text, and finds it again: the offset is a hint, the quotation is the anchor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from qualcode.errors import CodingError
from qualcode.text.document import Document, Segment

__all__ = ["CONTEXT", "Anchor", "anchor", "find", "settle"]

CONTEXT = 32
"""How many code points before and after a quotation are kept beside it."""


@dataclass(frozen=True)
class Anchor:
    """Where a quotation stood, its words, and the words around it.

    `start` and `end` are code points; `prefix` and `suffix` hold up to `CONTEXT` of them.
    """

    start: int
    end: int
    quote: str
    prefix: str
    suffix: str


def anchor(segment: Segment) -> Anchor:
    """The anchor of a segment."""
    text, start, end = segment.document.text, segment.start, segment.end
    return Anchor(start, end, segment.text, text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def settle(document: Document, wanted: Anchor) -> Segment | None:
    """Find an anchor again in a document, or say that it is lost.

    Surest is the old place with the same words around it; then the only place with the same words around it; then the
    old place; then the only place there is. In doubt the anchor is lost: nothing ever points silently at other words.

    Returns
    -------
    Segment or None
    """
    if not wanted.quote:
        return None
    end = wanted.start + len(wanted.quote)
    unmoved = document.text[wanted.start : end] == wanted.quote
    if unmoved and _stands_among_same_words(document.text, wanted.start, wanted):
        return document.segment(wanted.start, end)  # what is surest needs no search
    everywhere = set(_occurrences(document.text, wanted.quote))
    familiar = {start for start in everywhere if _stands_among_same_words(document.text, start, wanted)}
    for starts in (familiar & {wanted.start}, familiar, everywhere & {wanted.start}, everywhere):
        if len(starts) == 1:
            start = starts.pop()
            return document.segment(start, start + len(wanted.quote))
    return None


def _occurrences(text: str, quote: str) -> Iterator[int]:
    """Where the quote begins in the text; occurrences may overlap."""
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _stands_among_same_words(text: str, start: int, wanted: Anchor) -> bool:
    end = start + len(wanted.quote)
    before = text[max(0, start - len(wanted.prefix)) : start]
    return before == wanted.prefix and text[end : end + len(wanted.suffix)] == wanted.suffix


def find(document: Document, quotation: str, *, line: int | None = None) -> Segment:
    r"""Find the one place in a document where the quotation stands.

    Runs of white space and the shape of quotation marks and dashes do not matter; every other character does.

    Parameters
    ----------
    document : Document
    quotation : str
        The words, copied or typed from the text.
    line : int, optional
        The line of the text (from 1) in which the quotation begins, where it stands more than once.

    Raises
    ------
    CodingError
        When the quotation is empty, stands nowhere (the mend shows the nearest passage) or stands more than once
        (the mend lists the lines).

    Examples
    --------
    >>> find(Document(id="w-i1", text="Ya, semua\nkomentar dibalas."), "semua komentar").address
    'w-i1:1-2'
    """
    if not quotation.strip():
        raise CodingError.of("empty_quotation", document.file or document.id)
    everywhere = [document.segment(*span) for span in _matches(quotation, document.text)]
    found = [segment for segment in everywhere if line in (None, segment.line)]
    if len(found) == 1:
        return found[0]
    key = "quotation_not_found" if not everywhere else "quotation_found_twice" if found else "quotation_on_other_line"
    raise CodingError.of(
        key,
        document.file or document.id,
        quotation=_short(quotation),
        nearest="" if everywhere else _nearest(document, quotation),
        count=len(found),
        line=line,
        lines=", ".join(str(segment.line) for segment in found or everywhere),
    )


_LOOK_ALIKES = ('"“”„«»', "'‘’‚`´", "-‐‑–—")
_ALIKE = {mark: f"[{re.escape(marks)}]" for marks in _LOOK_ALIKES for mark in marks}


def _matches(quotation: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the quotation stands, forgiving white space and the shape of marks; occurrences may overlap."""
    words = quotation.split()
    alike = ("".join(_ALIKE.get(character, re.escape(character)) for character in word) for word in words)
    pattern = re.compile(r"\s+".join(alike))
    # Plain letters at the beginning are looked for first: that is what makes a long text quick to search.
    plain = "".join(takewhile(lambda character: character not in _ALIKE, words[0]))
    for start in _occurrences(text, plain) if plain else range(len(text)):
        match = pattern.match(text, start)
        if match:
            yield match.span()


def _nearest(document: Document, quotation: str) -> str:
    """The unit of the document that shares the longest run of words with the quotation."""
    words = " ".join(quotation.split())[:400]

    def shared(text: str) -> int:
        return SequenceMatcher(None, words, text, autojunk=False).find_longest_match().size

    texts = [" ".join(document.text[unit.start : unit.end].split())[:2000] for unit in document.units]
    best = max(texts, key=shared, default="")
    if not best or shared(best) < 8:
        return "–"
    at = SequenceMatcher(None, words, best, autojunk=False).find_longest_match().b
    return _short(best[max(0, at - 20) : at + 80])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= 90 else text[:87] + '...'}”"
