"""The tables that verbs print, asked of the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcode.analysis.arrangement import ROLE, TIME, arrange
from qualcode.analysis.concordance import concordance
from qualcode.analysis.matrix import matrix
from qualcode.coding.case import Case
from qualcode.coding.codings import Codings
from qualcode.display import Table
from qualcode.errors import ParameterError, UnknownNameError
from qualcode.project import Project
from qualcode.wording import say


def found_table(
    project: Project, code: str | None, case: str | None, filters: Mapping[str, Any], words: Mapping[str, Any]
) -> Table:
    """What ``find`` shows: the places of the words asked for, or the quotations with a code."""
    given = {name: value for name, value in words.items() if value is not None and value is not False and value != ()}
    if "query" in given:
        return concordance(project, code=code, case=case, **filters, **given).to_table()
    if given:
        options = ", ".join("--exact/--prefix" if name == "match" else f"--{name}" for name in given)
        raise ParameterError.of("find_needs_word", "find", options=options)
    if code is None:
        raise ParameterError.of("find_what", "find")
    return quotations_table(project, code, case, filters)


def quotations_table(project: Project, code: str, case: str | None, filters: Mapping[str, object]) -> Table:
    """One row a coding with this code or one below it, with the whole quotation."""
    if not any(code in codebook for codebook in project.codebooks.values()):
        known = [each.id for codebook in project.codebooks.values() for each in codebook]
        raise UnknownNameError.among("code", code, known, place="codebooks")
    cases = _cases(project, case)
    found = [coding for each in cases for coding in each.codings.of(code).where(**filters)]
    rows = [
        [
            f"{coding.case}/{coding.address}",
            coding.code,
            say(f"valence.{coding.valence}"),
            coding.voice,
            coding.coder,
            " ".join(coding.quote.split()),
            coding.memo,
        ]
        for coding in found
    ]
    names = ("address", "code", "valence", "voice", "coder", "quotation", "memo")
    columns = [say(f"cli.find_{name}") for name in names]
    return Table(say("cli.find_caption", code=code, count=len(rows)), columns, rows)


def matrix_table(project: Project, codebook: str, by: str, case: str | None, coder: str) -> Table:
    """Codes by groups over one case or all."""
    chosen = project.codebook(codebook)
    if case:
        return arrange(project.case(case), chosen, by, coder=coder).to_table()
    if by in (ROLE, TIME):
        raise ParameterError.of("needs_a_case", f"--by {by}", by=by)
    found = (coding for each in project.cases for coding in each.coded_by(coder).using(chosen))
    return matrix(Codings(found, project.codebooks), chosen, by).to_table()


def _cases(project: Project, case: str | None) -> tuple[Case, ...]:
    return (project.case(case),) if case else project.cases
