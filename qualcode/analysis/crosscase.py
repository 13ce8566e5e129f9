"""Cases side by side: constructs that several frameworks share, read across cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.analysis.crosswalk import CROSSWALK
from qualcode.analysis.matrix import valence_summary
from qualcode.analysis.triangulation import Cell, cell
from qualcode.analysis.triangulation.matrix import designed_groups, evidence_of, status_name
from qualcode.coding.case import Case
from qualcode.coding.codings import Codings
from qualcode.display import Cell as Shown
from qualcode.display import Table
from qualcode.wording import say


@dataclass(frozen=True)
class CrossCase:
    """Constructs by cases.

    Attributes
    ----------
    cases : tuple of Case
    codings : mapping of (str, str) to Codings
        Construct and case id -> the passages.
    cells : mapping of (str, str) to Cell
        Construct and case id -> what the case's sources say, compared.
    """

    cases: tuple[Case, ...]
    codings: Mapping[tuple[str, str], Codings]
    cells: Mapping[tuple[str, str], Cell]

    def to_table(self) -> Table:
        """One row a construct, one column a case: status and valences, opening to the quotations."""
        rows: list[list[str | Shown]] = [
            [self._named(construct), *(self._shown(construct, case) for case in self.cases)] for construct in CROSSWALK
        ]
        columns = [say("crosscase.construct"), *(case.id for case in self.cases)]
        return Table(say("crosscase.caption"), columns, rows, say("crosscase.note"))

    def _shown(self, construct: str, case: Case) -> Shown:
        codings = self.codings[construct, case.id]
        if not codings:
            return Shown("·", value=0)
        text = f"{status_name(self.cells[construct, case.id])}: {valence_summary(codings)}"
        return Shown(text, tuple(coding.quotation() for coding in codings), value=len(codings))

    @staticmethod
    def _named(construct: str) -> str:
        return f"{say(f'crosscase.{construct}')} ({', '.join(CROSSWALK[construct])})"

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().to_markdown()


def across(cases: Iterable[Case], axis: str = "source", *, coder: str = "") -> CrossCase:
    """Read several cases side by side through the crosswalk of the frameworks.

    Parameters
    ----------
    cases : iterable of Case
    axis : str
        What is compared within each case: ``"source"``, ``"technique"`` or ``"time"``.
    coder : str
        As for `Case.coded_by`.

    Returns
    -------
    CrossCase

    Examples
    --------
    ::

        qc.across(project.cases)
    """
    chosen = tuple(cases)
    codings = {
        (construct, case.id): _speaking_of(codes, case.coded_by(coder))
        for construct, codes in CROSSWALK.items()
        for case in chosen
    }
    cells = {
        (construct, case.id): cell(evidence_of(codings[construct, case.id]), designed_groups(case, axis), axis=axis)
        for construct in CROSSWALK
        for case in chosen
    }
    return CrossCase(chosen, codings, cells)


def _speaking_of(codes: Sequence[str], codings: Codings) -> Codings:
    known = [code for code in codes if any(code in book for book in codings.codebooks.values())]
    return codings.of(*known) if known else codings[:0]
