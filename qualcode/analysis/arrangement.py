"""Ways to arrange a matrix for a case: by informant, technique or period, and ordered by role or by time.

The role-ordered and the time-ordered matrix are named by Miles, Huberman & Saldaña (Qualitative Data Analysis).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from qualcode.analysis.matrix import By, Matrix, axis_of, matrix
from qualcode.coding.case import Case, Informant
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Codings
from qualcode.wording import say

ROLE, TIME = "role", "time"


def arrange(
    case: Case,
    codebook: Codebook,
    by: By | str = By.INFORMANT,
    *,
    coder: str = "",
    codings: Codings | None = None,
    rows: Iterable[Code] | None = None,
) -> Matrix:
    """Sort a case's codings into codes by groups; the groups that the design names stay even when they are silent.

    Parameters
    ----------
    case : Case
    codebook : Codebook
    by : By or str
        As for `matrix`; or ``"role"``: the sources, insiders first, those with the same relation to the institution
        side by side; or ``"time"``: the documents in the order of their dates, undated ones last.
    coder : str
        As for `Case.coded_by`.
    codings : Codings, optional
        These instead of the coder's.
    rows : iterable of Code, optional
        As for `matrix`.

    Returns
    -------
    Matrix

    Raises
    ------
    UnknownNameError
        When there is no such arrangement.
    """
    chosen = case.coded_by(coder) if codings is None else codings
    if by == ROLE:
        people = sorted(case.informants, key=_rank)
        headings = {each.id: f"{each.relation}: {each.id}" for each in people}
        found = matrix(chosen, codebook, By.VOICE, groups=list(headings), rows=rows)
        return replace(found, headings=headings, name=say("arrange.role"))
    if by == TIME:
        dated = sorted(case.documents, key=lambda each: (each.date is None, each.dated, each.id))
        headings = {each.id: f"{each.dated} {each.id}" for each in dated}
        found = matrix(chosen, codebook, By.DOCUMENT, groups=list(headings), rows=rows)
        return replace(found, headings=headings, name=say("arrange.time"))
    axis = axis_of(by)
    return matrix(chosen, codebook, axis, groups=_designed(case, axis), rows=rows)


def _designed(case: Case, axis: By) -> tuple[str, ...]:
    if axis in (By.VOICE, By.INFORMANT):
        return case.groups.source or tuple(informant.id for informant in case.informants)
    if axis is By.TECHNIQUE:
        return tuple(technique.value for technique in case.groups.technique)
    return case.groups.time if axis is By.PERIOD else ()


_RELATIONS = get_args(Informant.model_fields["relation"].annotation)


def _rank(informant: Informant) -> tuple[int, str]:
    return (_RELATIONS.index(informant.relation), informant.id)
