"""Khan: the seven components of social-media-based government, and the culture of STOC."""

from __future__ import annotations

from qualcode.coding.case import Case
from qualcode.frameworks.sheet import Sheet, sheet_of

CODEBOOK = "stoc"
COMPONENTS, CULTURE = "KHN", "STC"


def stoc(case: Case, coder: str = "") -> Sheet:
    """Read a case through Khan's seven components and the culture of sharing, transparency, openness, collaboration.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    Sheet
        Its first dimension holds the seven components, its second the four cultures.

    Examples
    --------
    ::

        sheet = qc.stoc(project.case("bandung"))
        sheet["KHN-OPE"].voices
    """
    return sheet_of(case, CODEBOOK, (COMPONENTS, CULTURE), coder)
