"""Every fault of a project: of its codebooks, records, documents, codings and reviews, and of what was left undone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qualcode.analysis.checklist import CHECKLIST, read_statements
from qualcode.errors import Problem
from qualcode.frameworks.david import CODEBOOK as DAVID
from qualcode.frameworks.david import read_david
from qualcode.project.merging import undecided
from qualcode.project.reading import CaseReading, read_shelf
from qualcode.project.recoding import unfinished
from qualcode.project.reviewing import check_reviews


def faults(root: Path, cases: Iterable[str]) -> list[Problem]:
    """The faults of the project at `root` with these cases, as each reader finds them; everything is read anew.

    Parameters
    ----------
    root : Path
    cases : iterable of str
        Ids.
    """
    shelf = read_shelf(root)
    found = [*shelf.problems, *unfinished(root, shelf), *undecided(root), *check_reviews(root)]
    for case in cases:
        reading = CaseReading(root, case, shelf)
        found += reading.all_problems() + _analysis_faults(reading)
    return found


def _analysis_faults(reading: CaseReading) -> list[Problem]:
    """The faults of what an analyst recorded for a framework or a checklist, as its own reader finds them."""
    stated = reading.analyses.get(CHECKLIST)
    faults = read_statements(stated, reading.record, reading.documents)[1] if stated and reading.record else []
    tree = reading.analyses.get(DAVID)
    # Links to codings that are missing only because their codebook or document is broken are no fault of their own.
    known = not reading.unread and DAVID not in reading.shelf.broken
    return faults + (read_david(tree, reading.codings()[0] if known else None)[1] if tree else [])
