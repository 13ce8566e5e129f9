"""The matrix: codes by groups, where a cell is not a count but the codings behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from qualcode.coding.case import UNSTATED
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.display import Cell, Table
from qualcode.errors import UnknownNameError
from qualcode.wording import say

if TYPE_CHECKING:
    import pandas as pd


class By(StrEnum):
    """What the columns of a matrix are."""

    VOICE = "voice"
    INFORMANT = "informant"
    TECHNIQUE = "technique"
    DOCUMENT = "document"
    PERIOD = "period"
    CODER = "coder"
    CASE = "case"


_GROUP_OF: dict[By, Callable[[Coding], str | None]] = {
    By.VOICE: lambda coding: coding.voice,
    By.INFORMANT: lambda coding: coding.informant,
    By.TECHNIQUE: lambda coding: coding.technique.value,
    By.DOCUMENT: lambda coding: coding.document.id,
    By.PERIOD: lambda coding: coding.period,
    By.CODER: lambda coding: coding.coder,
    By.CASE: lambda coding: coding.case,
}


@dataclass(frozen=True)
class Matrix:
    """Codes in rows, groups in columns, codings in the cells.

    ``matrix["KHN-OPE", "I1"]`` gives the Codings of a cell: its length is the count, and it opens to the quotations.

    Attributes
    ----------
    codings : Codings
        All codings that were sorted into the cells.
    rows : tuple of Code
    by : By
    columns : tuple of str
        The designed groups first, in the design's order, then groups that only the data know; last, where
        there is evidence without a group, ``"tidak disebut"``.
    headings : mapping of str to str
        What a table writes above a column instead of the group's own name.
    name : str
        What the columns are, for the caption, where `by` alone does not say it.
    """

    codings: Codings
    rows: tuple[Code, ...]
    by: By
    columns: tuple[str, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def __getitem__(self, cell: tuple[str | Code, str]) -> Codings:
        """The codings of one row and column; a parent's row holds its own codings, not its children's.

        Raises
        ------
        UnknownNameError
            When there is no such row or column.
        """
        code = cell[0] if isinstance(cell[0], str) else cell[0].id
        if code not in {row.id for row in self.rows}:
            raise UnknownNameError.among("code", code, [row.id for row in self.rows], place=repr(self))
        if cell[1] not in self.columns:
            raise UnknownNameError.among("group", cell[1], self.columns, place=repr(self))
        return self._cells.get((code, cell[1])) or self.codings[:0]

    @cached_property
    def _cells(self) -> dict[tuple[str, str], Codings]:
        sorted_in: dict[tuple[str, str], list[Coding]] = {}
        for coding in self.codings:
            sorted_in.setdefault((coding.code, group_of(coding, self.by)), []).append(coding)
        return {key: Codings(found, self.codings.codebooks) for key, found in sorted_in.items()}

    def counts(self) -> list[list[int]]:
        """How many codings each cell holds: one list a row, one number a column."""
        return [[len(self[row, column]) for column in self.columns] for row in self.rows]

    def to_frame(self) -> pd.DataFrame:
        """The counts as a data frame, index code ids, columns groups."""
        import pandas as pd

        return pd.DataFrame(self.counts(), index=[row.id for row in self.rows], columns=list(self.columns))

    def to_table(self) -> Table:
        """The matrix as a table whose cells open to their quotations."""
        largest = max((count for row in self.counts() for count in row), default=0)
        rows: list[list[str | Cell]] = [
            [row.name, *(cell(self[row, column], largest) for column in self.columns)] for row in self.rows
        ]
        return Table(
            say("matrix.caption", by=self.name or say(f"by.{self.by}")),
            [say("kind.code").capitalize(), *(self.headings.get(each, column_name(each)) for each in self.columns)],
            rows,
            note=say("matrix.note"),
        )

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return f"Matrix {len(self.rows)} x {len(self.columns)} ({self.by})"


def matrix(
    codings: Codings,
    codebook: Codebook,
    by: By | str = By.INFORMANT,
    *,
    groups: Sequence[str] = (),
    rows: Iterable[Code] | None = None,
) -> Matrix:
    """Sort the codings of a codebook into codes x groups.

    Parameters
    ----------
    codings : Codings
    codebook : Codebook
    by : By or str
        What the columns are: voice (the informant, else the technique), informant, technique, document, period,
        coder or case.
    groups : sequence of str
        The designed groups; they come first and stay even when empty.
    rows : iterable of Code, optional
        The codes to show. Default: every code that may be applied, whether or not it was.

    Returns
    -------
    Matrix
    """
    axis = axis_of(by)
    shown = tuple(code for code in codebook if not code.heading) if rows is None else tuple(rows)
    ids = {code.id for code in shown}
    chosen = codings.using(codebook).where(lambda coding: coding.code in ids)
    found = {group_of(coding, axis) for coding in chosen}
    columns = dict.fromkeys((*groups, *sorted(found - {UNSTATED}), *(found & {UNSTATED})))
    return Matrix(chosen, shown, axis, tuple(columns))


def axis_of(by: By | str) -> By:
    """What the columns are, by its name.

    Raises
    ------
    UnknownNameError
        With the nearest name there is.
    """
    try:
        return By(by)
    except ValueError:
        raise UnknownNameError.among("axis", str(by), [each.value for each in By], place="matrix") from None


def group_of(coding: Coding, by: By) -> str:
    """The group a coding belongs to on an axis, ``"tidak disebut"`` when nobody said."""
    return _GROUP_OF[by](coding) or UNSTATED


def column_name(group: str) -> str:
    """A group as a heading: its own name, or the words for "not stated"."""
    return say("unstated") if group == UNSTATED else group


def cell(codings: Codings, largest: int) -> Cell:
    """A table cell for codings: ``+2``, or ``3 (+2 −1)`` where valences differ; opens to the quotations; else a dot."""
    if not codings:
        return Cell(cell_text(codings), value=0)
    return Cell(
        cell_text(codings),
        tuple(coding.quotation() for coding in codings),
        shade=len(codings) / largest if largest else 0.0,
        value=len(codings),
    )


def cell_text(codings: Codings) -> str:
    """What a cell of a matrix says: ``+2``, or ``3 (+2 −1)`` where valences differ; without codings a dot."""
    if not codings:
        return "·"
    valences = valence_summary(codings)
    return valences if len({c.valence for c in codings}) == 1 else f"{len(codings)} ({valences})"


def valence_summary(codings: Iterable[Coding]) -> str:
    """How many speak for, against, both or neither, by sign: ``+3 −1 ±1 ○2``; what does not occur is left out.

    ``≠`` counts what coders judged differently and nobody decided.
    """
    marks = {"mendukung": "+", "menentang": "−", "campuran": "±", "deskriptif": "○", "belum diputuskan": "≠"}
    held = [coding.valence.value for coding in codings]
    unbroken = "\N{NO-BREAK SPACE}"
    return unbroken.join(f"{mark}{held.count(valence)}" for valence, mark in marks.items() if valence in held)
