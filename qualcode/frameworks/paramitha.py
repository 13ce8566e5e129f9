"""Paramitha (2011): planning, supervision and optimisation of social media, in six indicators."""

from __future__ import annotations

from qualcode.coding.case import Case
from qualcode.frameworks.sheet import Sheet, sheet_of

CODEBOOK = "paramitha"
DIMENSIONS = ("PAR-1", "PAR-2", "PAR-3")


def paramitha(case: Case, coder: str = "") -> Sheet:
    """Read a case through Paramitha's three dimensions.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    Sheet
        With an honest blank, and its reason, for every indicator the case says nothing about.

    Examples
    --------
    ::

        sheet = qc.paramitha(project.case("balikpapan"))
        sheet["PAR-2.2"].codings
    """
    return sheet_of(case, CODEBOOK, DIMENSIONS, coder)
