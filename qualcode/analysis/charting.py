"""The framework matrix: each voice and code summed up in the researcher's words, open to the passages.

After Ritchie & Spencer's framework analysis, where this step is called charting: cells hold written summaries, not
counts, and what nobody spoke about stays visible as an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qualcode.analysis.arrangement import arrange
from qualcode.analysis.matrix import By, Matrix, column_name, valence_summary
from qualcode.coding.case import Case
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Codings
from qualcode.coding.journal import Summary
from qualcode.display import Cell, Table
from qualcode.wording import say


@dataclass(frozen=True)
class Chart:
    """Voices by codes, with the summary and the passages of each cell.

    Attributes
    ----------
    matrix : Matrix
        The passages: codes by voices.
    summaries : mapping of (str, str) to Summary
        Code and voice -> the newest summary.
    """

    matrix: Matrix
    summaries: Mapping[tuple[str, str], Summary]

    def to_table(self) -> Table:
        """One row a voice, one column a code; a cell shows its summary and opens to its passages.

        Where passages are not summed up, the cell says how many there are; where the passages have changed since, what
        has changed.
        """
        codes = self.matrix.rows
        rows: list[list[str | Cell]] = [
            [column_name(voice), *(self._cell(code, voice) for code in codes)] for voice in self.matrix.columns
        ]
        return Table(
            say("chart.caption"), [say("by.voice").capitalize(), *(c.name for c in codes)], rows, say("chart.note")
        )

    def _cell(self, code: Code, voice: str) -> Cell:
        codings = self.matrix[code, voice]
        summary = self.summaries.get((code.id, voice))
        if summary is None:
            unsaid = (
                say("chart.not_summed_up", count=len(codings), valences=valence_summary(codings)) if codings else "·"
            )
            return Cell(unsaid, tuple(coding.quotation() for coding in codings))
        return Cell(
            " ".join([summary.text, *self._changed(summary, codings)]),
            tuple(coding.quotation() for coding in codings),
        )

    @staticmethod
    def _changed(summary: Summary, codings: Codings) -> Iterable[str]:
        then, now = set(summary.codings), {coding.id for coding in codings}
        if then != now:
            yield say("chart.changed", more=len(now - then), fewer=len(then - now))

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().to_markdown()


def chart(case: Case, codebook: Codebook, codes: Iterable[str | Code] | None = None, *, coder: str = "") -> Chart:
    """Lay out the framework matrix of a case.

    Parameters
    ----------
    case : Case
    codebook : Codebook
    codes : iterable of str or Code, optional
        The columns. Default: the codebook's indicators.
    coder : str
        As for `Case.coded_by`.

    Returns
    -------
    Chart

    Raises
    ------
    UnknownNameError
        When the codebook has no such code.

    Examples
    --------
    ::

        project.summarise("bandung", "KHN-OPE", "KADIS-NOW", "Merasa terbuka: permintaan dijawab.", coder="ana")
        qc.chart(project.case("bandung"), project.codebook("stoc"), ["KHN-OPE"])
    """
    rows = codebook.indicators if codes is None else [codebook[c if isinstance(c, str) else c.id] for c in codes]
    return Chart(arrange(case, codebook, By.VOICE, coder=coder, rows=rows), case.summaries)
