"""Which codes meet: on overlapping words, in one turn or paragraph, in one document; counts open to the codings."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from qualcode.analysis.matrix import cell
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.display import Cell, Table
from qualcode.errors import ParameterError, Undefined, UnknownNameError
from qualcode.figures import Figure, heat_map, network, no_figure
from qualcode.wording import number, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cooccurrence", "Meeting", "cooccurrence"]

DRAWN = 36
"""Where a network is drawn of its own accord, it has at most so many lines: their numbers can still be read."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


class Meeting(StrEnum):
    """Where two codes must stand to meet."""

    OVERLAP = "overlap"
    TURN = "turn"
    PARAGRAPH = "paragraph"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Cooccurrence:
    """Codes by codes; ``found["A", "B"]`` gives the codings with which the two meet.

    Attributes
    ----------
    codings : Codings
        All that were looked at.
    rows : tuple of Code
        Rows, and columns, too.
    by : Meeting
    codebook : Codebook
    """

    codings: Codings
    rows: tuple[Code, ...]
    by: Meeting
    codebook: Codebook

    def __getitem__(self, pair: tuple[str | Code, str | Code]) -> Codings:
        """The codings of both codes that meet, of a code with itself all its own.

        Raises
        ------
        UnknownNameError
            When there is no such row.
        """
        one, other = self._ids(pair)
        if one == other:
            return self.codings.where(code=one)
        held = {each.id for meeting in self._meetings.get(_pair(one, other), {}).values() for each in meeting}
        return self.codings.where(lambda coding: coding.id in held)

    def count(self, one: str | Code, other: str | Code) -> int:
        """How often two codes meet: pairs of overlapping codings, or turns, paragraphs or documents with both.

        Counted coder by coder: codings of two coders never meet, for they are two readings of one text. Of a code with
        itself: how many codings, turns, paragraphs or documents have it.
        """
        first, second = self._ids((one, other))
        if first == second:
            return len(self._places.get(first, ()))
        return len(self._meetings.get(_pair(first, second), {}))

    def coefficient(self, one: str | Code, other: str | Code) -> float | Undefined:
        """The share of the turns, paragraphs or documents with either code that have both, from 0 to 1 (Jaccard 1901).

        ``n12 / (n1 + n2 - n12)``; Undefined by overlap, where a coding may meet several and the share pass 1, and
        where neither code occurs.
        """
        if self.by is Meeting.OVERLAP:
            return Undefined(say("cooccurrence.no_share"), "no_share")
        both = self.count(one, other)
        total = self.count(one, one) + self.count(other, other) - both
        if not total:
            return Undefined(say("cooccurrence.in_neither"), "in_neither")
        return both / total

    def counts(self) -> list[list[int]]:
        """How often each code meets each other: one list a row."""
        return [[self.count(row, column) for column in self.rows] for row in self.rows]

    def pairs(self) -> list[tuple[Code, Code, int]]:
        """The pairs that meet, most often first."""
        found = [(one, other, self.count(one, other)) for one, other in combinations(self.rows, 2)]
        return sorted((each for each in found if each[2]), key=lambda each: (-each[2], each[0].id, each[1].id))

    def to_frame(self) -> pd.DataFrame:
        """The counts as a data frame, index and columns code ids."""
        import pandas as pd

        ids = [row.id for row in self.rows]
        return pd.DataFrame(self.counts(), index=ids, columns=ids)

    def to_table(self) -> Table:
        """Codes by codes; cells open to the quotations of both, the diagonal says how often a code occurs at all."""
        counts = self.counts()
        largest = max((count for at, row in enumerate(counts) for n, count in enumerate(row) if n != at), default=0)
        rows: list[list[str | Cell]] = [
            [
                row.name,
                *(self._cell(row, column, count, largest) for column, count in zip(self.rows, line, strict=True)),
            ]
            for row, line in zip(self.rows, counts, strict=True)
        ]
        caption = say("cooccurrence.caption", by=say(f"meeting.{self.by}"), coders=self._coders)
        columns = [say("kind.code").capitalize(), *(row.id for row in self.rows)]
        note = f"{say('cooccurrence.diagonal')} {say('cooccurrence.note')}"
        return Table(caption, columns, rows, note=note)

    def pairs_table(self, most: int = 20) -> Table:
        """The pairs that meet most often, with their share where there is one; counts open to the quotations."""
        everything = self.pairs()
        found = everything[:most]
        largest = max((count for *_, count in found), default=0)
        rows: list[list[str | Cell]] = []
        for one, other, count in found:
            share = self.coefficient(one, other)
            said = [] if isinstance(share, Undefined) else [number(round(share, 2))]
            rows.append([one.name, other.name, self._cell(one, other, count, largest), *said])
        # By overlap every share would be the same reason: it is said once, below.
        shares = self.by is not Meeting.OVERLAP
        columns = [say(f"cooccurrence.{name}") for name in ("one", "other", "count", *(["share"] if shares else []))]
        notes = [] if found else [say("cooccurrence.none", by=say(f"meeting.{self.by}"))]
        cut = {"shown": len(found), "count": len(everything)}
        notes += [say("cooccurrence.cut", **cut)] if len(found) < len(everything) else []
        notes += [say("cooccurrence.note"), *([] if shares else [say("cooccurrence.no_share")])]
        caption = say("cooccurrence.pairs", by=say(f"meeting.{self.by}"), coders=self._coders)
        return Table(caption, columns, rows, note=" ".join(notes))

    def figure(self) -> Figure:
        """The counts as tinted cells, without the diagonal, of the codes that meet any."""
        counts = self.counts()
        kept = [at for at, row in enumerate(counts) if any(count for n, count in enumerate(row) if n != at)]
        return heat_map(
            [[counts[row][column] if row != column else 0 for column in kept] for row in kept],
            rows=[self.rows[at].name for at in kept],
            columns=[self.rows[at].id for at in kept],
            caption=say("cooccurrence.figure", by=say(f"meeting.{self.by}")),
        )

    def plot(self, least: int | None = None) -> Figure:
        """The codes that meet as a network: a circle of codes, and lines that say how often two of them meet.

        Parameters
        ----------
        least : int, optional
            How often two codes must meet to get a line. Default: once, or, where that were more than `DRAWN` lines,
            the smallest number that leaves no more. The caption says it, and how many pairs are left out.

        Returns
        -------
        Figure
            Where no codes meet, a sentence that says so.

        Raises
        ------
        ParameterError
            When `least` is below 1.
        """
        if least is not None and least < 1:
            raise ParameterError.of("cooccurrence_least", "least", least=least)
        pairs = self.pairs()
        bound = _bound([count for *_, count in pairs]) if least is None else least
        drawn = [each for each in pairs if each[2] >= bound]
        used = [row for row in self.rows if self.count(row, row)]
        caption = say("cooccurrence.network", by=say(f"meeting.{self.by}"), coders=self._coders)
        if not drawn:
            return no_figure(caption, self._why_empty(used, pairs, bound))
        linked = {each.id for one, other, _ in drawn for each in (one, other)}
        nodes = [row for row in self.rows if row.id in linked]
        places = {row.id: place for place, row in enumerate(nodes)}
        roots = [self.codebook.root(row.id) for row in nodes]
        groups = list({root.id: root for root in roots}.values())
        said = [say("cooccurrence.at_least", least=bound, left_out=len(pairs) - len(drawn))]
        alone = ", ".join(row.name for row in used if row.id not in linked)
        said += [say("cooccurrence.alone", codes=alone)] if alone else []
        unused = ", ".join(row.name for row in self.rows if row not in used)
        said += [say("cooccurrence.unused", codes=unused)] if unused else []
        return network(
            [row.name for row in nodes],
            [(places[one.id], places[other.id], count) for one, other, count in drawn],
            groups=[groups.index(root) for root in roots],
            group_names=[root.name for root in groups],
            caption=" ".join([caption, *said]),
        )

    def _why_empty(self, used: list[Code], pairs: list[tuple[Code, Code, int]], bound: int) -> str:
        by = say(f"meeting.{self.by}")
        if not used:
            return say("cooccurrence.no_codings", codebook=self.codebook.id, coders=self._coders)
        if pairs:
            return say("cooccurrence.too_few", least=bound, most=pairs[0][2])
        return say("cooccurrence.none", by=by)

    @property
    def _coders(self) -> str:
        return ", ".join(self.codings.coders) or "–"

    def _cell(self, one: Code, other: Code, count: int, largest: int) -> Cell:
        opened = cell(self[one, other], 0)
        shade = count / largest if largest and one.id != other.id else 0.0
        return Cell(number(count) if count else "·", opened.quotations, shade=shade, value=count)

    def _ids(self, pair: tuple[str | Code, str | Code]) -> tuple[str, str]:
        one, other = (each if isinstance(each, str) else each.id for each in pair)
        known = [row.id for row in self.rows]
        for each in (one, other):
            if each not in known:
                raise UnknownNameError.among("code", each, known, place=repr(self))
        return one, other

    @cached_property
    def _places(self) -> dict[str, set[Hashable]]:
        """Code -> the codings, turns, paragraphs or documents that have it, coder by coder."""
        found: dict[str, set[Hashable]] = {}
        for coding in self.codings:
            found.setdefault(coding.code, set()).update(_PLACES[self.by](coding))
        return found

    @cached_property
    def _meetings(self) -> dict[tuple[str, str], dict[Hashable, list[Coding]]]:
        """Pair of codes -> where they meet -> the codings."""
        return _overlaps(self.codings) if self.by is Meeting.OVERLAP else _shared(self.codings, _PLACES[self.by])

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return f"Cooccurrence {len(self.rows)} x {len(self.rows)} ({self.by})"


def cooccurrence(
    codings: Codings,
    codebook: Codebook,
    by: Meeting | str = Meeting.OVERLAP,
    *,
    rows: Iterable[Code] | None = None,
) -> Cooccurrence:
    """Ask which codes of a codebook meet.

    Parameters
    ----------
    codings : Codings
        Of one coder or of several, who are counted apart.
    codebook : Codebook
    by : Meeting or str
        ``"overlap"``: on words they share; ``"turn"``: in one turn of a transcript, one paragraph of anything else;
        ``"paragraph"``: between two blank lines, in a transcript within one turn; ``"document"``.
    rows : iterable of Code, optional
        The codes to show. Default: every code that may be applied.

    Returns
    -------
    Cooccurrence

    Raises
    ------
    UnknownNameError
        When there is no such way to meet.
    """
    try:
        chosen = Meeting(by)
    except ValueError:
        raise UnknownNameError.among(
            "choice", str(by), [each.value for each in Meeting], place="cooccurrence"
        ) from None
    shown = tuple(code for code in codebook if not code.heading) if rows is None else tuple(rows)
    ids = {code.id for code in shown}
    return Cooccurrence(codings.using(codebook).where(lambda coding: coding.code in ids), shown, chosen, codebook)


def _bound(counts: list[int]) -> int:
    """The smallest least count that leaves at most `DRAWN` pairs; where that leaves none, the largest count."""
    if len(counts) <= DRAWN:
        return 1
    return min(counts[DRAWN] + 1, counts[0])


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _reading(coding: Coding) -> tuple[str, str, str]:
    """Who read what: within it codings meet."""
    return coding.coder, coding.case, coding.document.id


def _itself(coding: Coding) -> Iterable[Hashable]:
    return [coding.id]


def _turns(coding: Coding) -> Iterable[Hashable]:
    """Each turn or paragraph some of whose words are coded."""
    return [(*_reading(coding), start) for start, _ in _touched(coding)]


def _paragraphs(coding: Coding) -> Iterable[Hashable]:
    """Each stretch between blank lines, within a turn or paragraph, some of whose words are coded."""
    segment, text = coding.segment, coding.document.text
    found = []
    for start, end in _touched(coding):
        bounds = [start, *(match.end() for match in _BLANK_LINE.finditer(text, start, end)), end]
        found += [
            (*_reading(coding), first)
            for first, last in pairwise(bounds)
            if text[max(first, segment.start) : min(last, segment.end)].strip()
        ]
    return found


def _touched(coding: Coding) -> list[tuple[int, int]]:
    segment, units = coding.segment, coding.document.units
    return [(unit.start, unit.end) for unit in units if unit.start < segment.end and segment.start < unit.end]


def _documents(coding: Coding) -> Iterable[Hashable]:
    return [_reading(coding)]


_PLACES: dict[Meeting, Callable[[Coding], Iterable[Hashable]]] = {
    Meeting.OVERLAP: _itself,
    Meeting.TURN: _turns,
    Meeting.PARAGRAPH: _paragraphs,
    Meeting.DOCUMENT: _documents,
}


def _overlaps(codings: Codings) -> dict[tuple[str, str], dict[Hashable, list[Coding]]]:
    readings: dict[tuple[str, str, str], list[Coding]] = {}
    for coding in codings:
        readings.setdefault(_reading(coding), []).append(coding)
    found: dict[tuple[str, str], dict[Hashable, list[Coding]]] = {}
    for held in readings.values():
        for at, one in enumerate(held):
            for other in held[at + 1 :]:
                # In the order of their beginnings: what begins after the end meets no more.
                if other.segment.start >= one.segment.end:
                    break
                if one.code != other.code:
                    found.setdefault(_pair(one.code, other.code), {})[one.id, other.id] = [one, other]
    return found


def _shared(
    codings: Codings, places: Callable[[Coding], Iterable[Hashable]]
) -> dict[tuple[str, str], dict[Hashable, list[Coding]]]:
    held: dict[Hashable, dict[str, list[Coding]]] = {}
    for coding in codings:
        for place in places(coding):
            held.setdefault(place, {}).setdefault(coding.code, []).append(coding)
    found: dict[tuple[str, str], dict[Hashable, list[Coding]]] = {}
    for place, codes in held.items():
        for one, other in combinations(sorted(codes), 2):
            found.setdefault((one, other), {})[place] = [*codes[one], *codes[other]]
    return found
