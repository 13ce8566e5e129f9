"""How pages look: one style for the notebook pages and the index, on screen, on a phone and in print."""

from importlib.resources import files

STYLE = files("qualcode.reports").joinpath("templates", "look.css").read_text("utf-8")


def evidence_name(case: str) -> str:
    """How the evidence file of a case is called beside the folders of executed notebooks, so that pages link to it.

    Examples
    --------
    >>> evidence_name("bandung")
    'bukti-bandung.html'
    """
    return f"bukti-{case}.html"
