"""A batch of jobs, one after another; a failing one never stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from qualcode.errors import CheckError
from qualcode.project import Project
from qualcode.reports.index import Entry, index_page
from qualcode.reports.page import title_of
from qualcode.runs.execute import Outcome, execute
from qualcode.runs.plan import Job
from qualcode.storage import write_atomically


def run(project: Project, jobs: Sequence[Job]) -> Iterator[Outcome]:
    """Execute jobs one by one, giving each outcome as soon as it is there.

    Yields
    ------
    Outcome
        In the order of `jobs`.
    """
    _build_font_cache()
    for job in jobs:
        yield execute(job, project)


def write_index(project: Project, outcomes: Sequence[Outcome], folder: Path, *, language: str) -> Path:
    """Write ``index.html`` of a batch: what ran, and everything else that stands in the folder from before.

    Returns
    -------
    Path
        The index page.
    """
    failed = {outcome.job.page: outcome.error for outcome in outcomes}
    entries = [
        Entry(
            case=id,
            title=title,
            fictional=fictional,
            notebook=path.stem,
            name=title_of(nbformat.read(path.with_suffix(".ipynb"), as_version=4)),  # type: ignore[no-untyped-call]
            page=path.relative_to(folder).as_posix(),
            error=failed.get(path),
        )
        for id in project.case_ids
        if (folder / id).is_dir()
        for title, fictional in [_described(project, id)]
        for path in sorted((folder / id).glob("*.html"))
        if path.with_suffix(".ipynb").exists()
    ]
    target = folder / "index.html"
    write_atomically(target, index_page(entries, language=language).encode())
    return target


def _described(project: Project, id: str) -> tuple[str, bool]:
    """A case's title, and whether it is fictional; a case damaged since its pages were made goes by its id."""
    try:
        case = project.case(id)
    except CheckError:
        return id, False
    return case.title, case.record.fictional


def _build_font_cache() -> None:
    """Let matplotlib look for fonts now: on a new machine it would say so in the first notebook only."""
    import matplotlib.font_manager  # noqa: F401
