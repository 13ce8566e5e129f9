"""Documents cut for reading: the passages that are coded with a little context, or all, with the marks of the codings.

Nothing here knows HTML: a passage is a list of pieces, each with the codings that cover it, and what begins where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from qualcode.coding.codings import Coding
from qualcode.coding.consent import silent_spans
from qualcode.text.document import Document

__all__ = ["CONTEXT", "Passage", "Piece", "passages"]

CONTEXT = 160
"""How many code points are shown before and after a coded passage, to the next blank."""

GATHERED = 2400
"""How long units without codings are gathered to one passage where the whole text is shown."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """Words that the same codings cover.

    Attributes
    ----------
    text : str
    covering : tuple of int
        The numbers of the codings that cover it.
    units : tuple of int
        The numbers of the turns or paragraphs that begin with it.
    opening : tuple of int
        The numbers of the codings that begin with it.
    line : int
        The line of the text, from 1, where a unit begins with it; else 0.
    is_label : bool
        Whether it is a speaker's label.
    """

    text: str
    covering: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    opening: tuple[int, ...] = ()
    line: int = 0
    is_label: bool = False


@dataclass(frozen=True)
class Passage:
    """A stretch of a document; `cut_before` and `cut_after` tell whether there is more that is not shown."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    opening: tuple[int, ...] = field(default=())
    cut_before: bool = False
    cut_after: bool = False


def passages(
    document: Document, codings: Sequence[Coding], *, full: bool, silent: frozenset[str] = frozenset()
) -> list[Passage]:
    """Cut a document.

    Parameters
    ----------
    document : Document
    codings : sequence of Coding
        Of this document, in the order of their places; pieces name them by their index.
    full : bool
        All of the text, or only what is coded, with `CONTEXT`.
    silent : frozenset of str
        The informants whose turns are left out.

    Returns
    -------
    list of Passage
        In the order of the text.
    """
    hidden = _hidden(document, silent)
    spans = [(0, len(document.text))] if full else _windows(document, codings)
    gathered = GATHERED if full else len(document.text)
    blocks = [block for span in spans for block in _blocks(document, codings, span, gathered) if block[0] < block[1]]
    shown = [part for block in blocks for part in _without(block, hidden)]
    return list(_pieced(document, codings, shown))


def _hidden(document: Document, silent: frozenset[str]) -> list[Span]:
    """What is not shown: turns of the silent, with the labels before them."""
    spans = []
    for start, end in silent_spans(document, silent):
        spans.append((document.text.rfind("\n", 0, start) + 1, end))
    return spans


def _windows(document: Document, codings: Sequence[Coding]) -> list[Span]:
    """Coded passages with their context; what touches is one."""
    found: list[Span] = []
    for coding in codings:
        start, end = _widened(document.text, coding.segment.start, coding.segment.end)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if start < end]


def _widened(text: str, start: int, end: int) -> Span:
    before = text[max(0, start - CONTEXT) : start]
    if start > CONTEXT:  # not in the middle of a word
        blank = re.search(r"\s", before)
        before = before[blank.end() :] if blank else before
    after = text[end : end + CONTEXT]
    if end + CONTEXT < len(text):
        blank = re.search(r"\s\S*\Z", after)
        after = after[: blank.start()] if blank else after
    return start - len(before.lstrip("\n")), end + len(after.rstrip())


def _blocks(document: Document, codings: Sequence[Coding], span: Span, gathered: int) -> Iterator[Span]:
    """A span cut where a line begins a unit, no coding runs on, and something is coded or enough is gathered."""
    text = document.text
    places = [each.segment for each in codings if span[0] <= each.segment.start < span[1]]
    cut, at, first, reach = span[0], 0, len(text), 0
    for unit in document.units:
        begin = text.rfind("\n", 0, unit.start) + 1
        if not cut < begin < span[1]:
            continue
        while at < len(places) and places[at].start < begin:
            first, reach, at = min(first, places[at].start), max(reach, places[at].end), at + 1
        if reach <= begin and (first < begin or begin - cut >= gathered):
            yield _stripped(text, cut, begin, first, reach)
            cut, first = begin, len(text)
    for place in places[at:]:
        first, reach = min(first, place.start), max(reach, place.end)
    yield _stripped(text, cut, span[1], first, reach)


def _stripped(text: str, start: int, end: int, first: int, reach: int) -> Span:
    """A block without line breaks at its edges, as far as they are not coded."""
    while start < min(end, first) and text[start] == "\n":
        start += 1
    while end > max(start, reach) and text[end - 1] == "\n":
        end -= 1
    return start, end


def _without(span: Span, hidden: Sequence[Span]) -> Iterator[Span]:
    """A span without what is hidden."""
    start, end = span
    for begin, stop in hidden:
        if stop <= start or begin >= end:
            continue
        if begin > start:
            yield start, begin
        start = max(start, stop)
    if start < end:
        yield start, end


def _pieced(document: Document, codings: Sequence[Coding], spans: Sequence[Span]) -> Iterator[Passage]:
    text = document.text
    units = [(_begin(document, unit.start), unit.start, unit.number) for unit in document.units]
    is_talk = bool(document.turns)
    first = unit = 0
    previous = 0
    for number, (start, end) in enumerate(spans):
        while first < len(codings) and codings[first].segment.end <= start:
            first += 1
        inside = []
        for index in range(first, len(codings)):
            if codings[index].segment.start >= end:
                break
            if codings[index].segment.end > start:
                inside.append(index)
        while unit < len(units) and units[unit][0] < start:
            unit += 1
        begins, edges, labels = {}, {start, end}, set()
        while unit < len(units) and units[unit][0] < end:
            label, words, which = units[unit]
            begins[label] = which
            edges.add(label)
            if is_talk and words <= end:
                edges.add(words)
                labels.add(label)
            unit += 1
        for index in inside:
            edges.update((max(start, codings[index].segment.start), min(end, codings[index].segment.end)))
        pieces = tuple(_pieces(document, codings, inside, sorted(edges), begins, labels))
        opening = tuple(index for index in inside if start <= codings[index].segment.start)
        following = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        yield Passage(
            start, end, pieces, opening, bool(text[previous:start].strip()), bool(text[end:following].strip())
        )
        previous = end


def _begin(document: Document, start: int) -> int:
    """Where a unit begins with its label: at the beginning of its line."""
    return document.text.rfind("\n", 0, start) + 1 if document.turns else start


def _pieces(
    document: Document,
    codings: Sequence[Coding],
    inside: Sequence[int],
    edges: Sequence[int],
    begins: dict[int, int],
    labels: set[int],
) -> Iterator[Piece]:
    for start, end in pairwise(edges):
        places = [(index, codings[index].segment) for index in inside]
        yield Piece(
            document.text[start:end],
            tuple(index for index, place in places if place.start <= start and end <= place.end),
            (begins[start],) if start in begins else (),
            tuple(index for index, place in places if place.start == start),
            document.line(start) if start in begins else 0,
            start in labels,
        )
