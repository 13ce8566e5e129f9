"""Following a thread: one construct through all sources, in the order of time.

After O'Cathain, Murphy & Nicholl (2010, BMJ 341:c4587): a question that arises in one set of data is followed through
the others.
"""

from __future__ import annotations

from qualcode.analysis.matrix import column_name
from qualcode.coding.case import UNSTATED, Case
from qualcode.coding.codings import Coding, Codings
from qualcode.display import Cell, Table
from qualcode.text.document import UNDATED
from qualcode.wording import say


def thread(case: Case, code: str, *, coder: str = "") -> Table:
    """Follow a code through a case: one row a source and period, from the earliest period on.

    Periods come in the order the case's design names them, then others by name; within a period by the date of the
    document. What speaks of no stated period comes last.

    Parameters
    ----------
    case : Case
    code : str
        A code's id; codes below it are followed, too.
    coder : str
        As for `Case.coded_by`.

    Returns
    -------
    Table
        Its cells open to the quotations.

    Raises
    ------
    UnknownNameError
        When no codebook has such a code.
    """
    codings = sorted(case.coded_by(coder).of(code), key=lambda coding: _moment(case, coding))
    stretches: dict[tuple[str, str, str, str], list[Coding]] = {}
    for coding in codings:
        key = (coding.period or UNSTATED, coding.voice, coding.technique.value, coding.document.dated)
        stretches.setdefault(key, []).append(coding)
    rows: list[list[str | Cell]] = [
        [
            column_name(period),
            column_name(voice),
            technique,
            say("undated") if dated == UNDATED else dated,
            _cell(Codings(found, case.codings.codebooks)),
        ]
        for (period, voice, technique, dated), found in stretches.items()
    ]
    names = ("period_of", "source", "technique", "date", "coded")
    empty: list[list[str | Cell]] = [[say("no_passages"), "", "", "", ""]]
    return Table(say("thread.caption", code=code), [say(f"case.{name}") for name in names], rows or empty)


def _moment(case: Case, coding: Coding) -> tuple[int, str, str, str, int]:
    order = list(case.groups.time)
    period = coding.period or ""
    place = order.index(period) if period in order else len(order) + (not period)
    return (place, period, coding.document.dated, coding.document.id, coding.segment.start)


def _cell(codings: Codings) -> Cell:
    said = ", ".join(dict.fromkeys(say(f"valence.{coding.valence}") for coding in codings))
    return Cell(f"{len(codings)}: {said}", tuple(c.quotation() for c in codings), unfolded=True, value=len(codings))
