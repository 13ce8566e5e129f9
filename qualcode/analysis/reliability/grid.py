"""The grid: units by raters, code by code; what a rater has not read is missing, what she read and left is absent."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis.agreement.unitizing import Span
from qualcode.coding.codings import Coding
from qualcode.coding.comparison import Panel, Place
from qualcode.coding.units import Stretch, Unit, units_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """The units of a panel's documents.

    Attributes
    ----------
    panel : Panel
    unit : Unit
        For characters the stretches are turns or paragraphs, and each of their code points is a unit.
    stretches : tuple of Stretch
        Case by case, document by document, in the order of the text.
    """

    panel: Panel
    unit: Unit
    stretches: tuple[Stretch, ...]

    @cached_property
    def _sizes(self) -> list[int]:
        return [each.end - each.start if self.unit is Unit.CHARACTER else 1 for each in self.stretches]

    @cached_property
    def _first_rows(self) -> list[int]:
        return [0, *np.cumsum(self._sizes).tolist()]

    @cached_property
    def blank(self) -> Floats:
        """Units x raters: 0 where the rater has read the unit, NaN where not."""
        raters, by_stretch = self.panel.raters, []
        for each in self.stretches:
            place = (each.document.case, each.document.id)
            by_stretch.append([self.panel.has_read(rater, place, each.start, each.end) for rater in raters])
        read = np.array(by_stretch, dtype=bool).reshape(len(self.stretches), len(raters))
        return np.repeat(np.where(read, 0.0, np.nan), self._sizes, axis=0)

    @cached_property
    def documents(self) -> list[str]:
        """The document of each unit."""
        named = (f"{each.document.case}/{each.document.id}" for each in self.stretches)
        return [name for name, size in zip(named, self._sizes, strict=True) for _ in range(size)]

    @cached_property
    def pairable(self) -> NDArray[np.bool_]:
        """Which units two raters or more have read."""
        return np.asarray((~np.isnan(self.blank)).sum(axis=1) > 1)

    @property
    def n_units(self) -> int:
        """How many units can be compared."""
        return int(self.pairable.sum())

    @property
    def n_documents(self) -> int:
        """How many documents hold a unit that can be compared."""
        return len({name for name, pairable in zip(self.documents, self.pairable, strict=True) if pairable})

    @cached_property
    def _runs(self) -> dict[Place, tuple[int, list[int], list[int]]]:
        """Of each document: its first stretch, and where its stretches begin and end."""
        runs: dict[Place, tuple[int, list[int], list[int]]] = {}
        for number, each in enumerate(self.stretches):
            _, starts, ends = runs.setdefault((each.document.case, each.document.id), (number, [], []))
            starts.append(each.start)
            ends.append(each.end)
        return runs

    def touched(self, coding: Coding) -> Iterator[tuple[int, int, int]]:
        """The stretches that a coding overlaps, each with where the overlap begins and ends within it."""
        first, starts, ends = self._runs.get((coding.case, coding.document.id), (0, [], []))
        segment = coding.segment
        for at in range(bisect_right(ends, segment.start), bisect_left(starts, segment.end)):
            begin, stop = max(segment.start, starts[at]), min(segment.end, ends[at])
            yield first + at, begin - starts[at], stop - starts[at]

    def rows(self, coding: Coding) -> Iterator[slice]:
        """The units that a coding overlaps."""
        for number, begin, stop in self.touched(coding):
            row = self._first_rows[number]
            yield slice(row + begin, row + stop) if self.unit is Unit.CHARACTER else slice(row, row + 1)

    def ratings(self, codings: Iterable[Coding]) -> Floats:
        """Units x raters: 1 where a rater has one of the codings, 0 where she read and has none, NaN where unread."""
        found = self.blank.copy()
        column = {rater: place for place, rater in enumerate(self.panel.raters)}
        for coding in codings:
            at = column[self.panel.rater(coding)]
            for rows in self.rows(coding):
                part = found[rows, at]
                part[~np.isnan(part)] = 1.0
        return found

    def sets(self, codings: Iterable[tuple[str, Coding]]) -> list[list[frozenset[str] | None]]:
        """Units x raters: the codes a rater gave the unit; None where she has not read it."""
        held: list[list[set[str] | None]] = [[None if np.isnan(each) else set() for each in row] for row in self.blank]
        column = {rater: place for place, rater in enumerate(self.panel.raters)}
        for code, coding in codings:
            for rows in self.rows(coding):
                for row in held[rows]:
                    codes = row[column[self.panel.rater(coding)]]
                    if codes is not None:
                        codes.add(code)
        return [[None if each is None else frozenset(each) for each in row] for row in held]

    @cached_property
    def _joint(self) -> tuple[dict[int, int], int]:
        """Where each stretch that every rater has read begins, laid end to end; and the length of all."""
        begins, length = {}, 0
        for number, each in enumerate(self.stretches):
            place = (each.document.case, each.document.id)
            if all(self.panel.has_read(rater, place, each.start, each.end) for rater in self.panel.raters):
                begins[number] = length
                length += each.end - each.start
        return begins, length

    @property
    def length(self) -> int:
        """Characters that every rater has read."""
        return self._joint[1]

    def spans(self, codings: Iterable[tuple[str, Coding]]) -> list[list[Span]]:
        """For each rater her spans on all text that every rater has read, laid end to end."""
        begins, _ = self._joint
        column = {rater: place for place, rater in enumerate(self.panel.raters)}
        found: list[list[Span]] = [[] for _ in column]
        for code, coding in codings:
            parts = [
                (begins[number] + begin, begins[number] + stop)
                for number, begin, stop in self.touched(coding)
                if number in begins
            ]
            if parts:  # pieces of one coding over several turns are one span
                found[column[self.panel.rater(coding)]].append((parts[0][0], parts[-1][1], code))
        return found

    def outside(self, codings: Iterable[Coding]) -> int:
        """How many codings overlap no unit that their own rater was to code."""
        count = 0
        for coding in codings:
            at = self.panel.raters.index(self.panel.rater(coding))
            count += all(np.isnan(self.blank[rows, at]).all() for rows in self.rows(coding))
        return count


def grid_of(panel: Panel, unit: Unit | str) -> Grid:
    """The grid of a panel, of the documents in which it holds codings.

    Raises
    ------
    ValueError
        When there is no such unit.
    """
    chosen = Unit(unit)
    documents = panel.codings.documents
    return Grid(panel, chosen, tuple(each for document in documents for each in units_of(document, chosen)))
