"""Fred R. David: strategy formulation, implementation and evaluation, and the factors of a SWOT analysis."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qualcode.coding.case import Case
from qualcode.coding.codings import Codings
from qualcode.display import Cell, Table
from qualcode.frameworks.sheet import Sheet, codebook_of, sheet_of
from qualcode.wording import say

CODEBOOK = "david"
DIMENSIONS = ("DAV-F", "DAV-I", "DAV-E")
FACTORS = ("SWT-S", "SWT-W", "SWT-O", "SWT-T")


@dataclass(frozen=True)
class DavidSheet(Sheet):
    """A sheet with the SWOT factors beside the three stages.

    Attributes
    ----------
    swot : mapping of str to Codings
        ``SWT-S``, ``SWT-W``, ``SWT-O``, ``SWT-T`` -> the codings that name such a factor.
    """

    swot: dict[str, Codings]

    def swot_table(self) -> Table:
        """The four fields of the SWOT analysis; each factor is a passage, numbered within its field.

        Weights and ratings are an analyst's judgement and are never assumed here.
        """
        inner, outer = FACTORS[:2], FACTORS[2:]
        rows: list[list[str | Cell]] = [
            [say(f"swot.{side}"), *(self._field(code) for code in codes)]
            for side, codes in (("internal", inner), ("external", outer))
        ]
        columns = [say("swot.side"), say("swot.helpful"), say("swot.harmful")]
        return Table(say("swot.caption"), columns, rows, say("swot.note"))

    def _field(self, code: str) -> Cell:
        codings = self.swot[code]
        label = self.codebook[code].label
        if not codings:
            return Cell(say("swot.empty", label=label))
        return Cell(say("swot.field", label=label, count=len(codings)), tuple(c.quotation() for c in codings))


def david(case: Case, coder: str = "") -> DavidSheet:
    """Read a case through David's three stages, with the SWOT factors its sources name.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    DavidSheet

    Examples
    --------
    ::

        sheet = qc.david(project.case("balangan"))
        sheet.swot["SWT-W"]
    """
    sheet = sheet_of(case, CODEBOOK, DIMENSIONS, coder)
    chosen = case.coded_by(coder).using(codebook_of(case, CODEBOOK))
    shared = {field.name: getattr(sheet, field.name) for field in fields(sheet)}
    return DavidSheet(**shared, swot={code: chosen.of(code) for code in FACTORS})
