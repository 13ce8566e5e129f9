"""A batch of jobs, several at a time; a failing one never stops the others, and what is up to date is left alone."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from qualcode.errors import CheckError, Problem
from qualcode.project import CODEBOOKS, CORPUS, NOTEBOOKS, Project
from qualcode.reports.index import Entry, index_page, title_of
from qualcode.runs.order import NO_LIMITS, Limits, Outcome, environment, order_of, require_possible
from qualcode.runs.plan import Job
from qualcode.runs.pool import spread
from qualcode.runs.progress import Progress, followed
from qualcode.runs.questions import Aspect, Disk, Question, sign
from qualcode.runs.upkeep import reasons_to_run
from qualcode.storage import write_atomically
from qualcode.wording import say


def due(jobs: Iterable[Job], limits: Limits = NO_LIMITS, *, fresh: bool = False) -> dict[Job, tuple[str, ...]]:
    """The jobs that have to run, with the reasons: all of them when `fresh`."""
    disk = Disk()
    found = {job: () if fresh else reasons_to_run(order_of(job, limits), disk) for job in jobs}
    return {job: reasons for job, reasons in found.items() if fresh or reasons}


def state(project: Project) -> str:
    """A sign that changes whenever a file of a project is touched, except those that runs make."""
    folders = (CORPUS, CODEBOOKS, NOTEBOOKS)
    questions = [Question(Aspect.TREE, str(project.root / folder)) for folder in folders]
    questions += [Question(Aspect.CONTENT, str(path)) for path in sorted(project.root.iterdir()) if path.is_file()]
    return " ".join(f"{question.path} {sign(question)}" for question in questions)


def sound(project: Project, jobs: Iterable[Job], faults: list[Problem]) -> list[Job]:
    """The jobs whose cases can be read; what is wrong with the others is added to the faults.

    Raises
    ------
    CheckError
        When no case can be read.
    """
    broken: dict[str, tuple[Problem, ...]] = {}
    wanted = list(jobs)
    for case in dict.fromkeys(job.case for job in wanted):
        try:
            project.case(case)
        except CheckError as error:
            broken[case] = error.problems
    found = [job for job in wanted if job.case not in broken]
    faults += [problem for problems in broken.values() for problem in problems]
    if wanted and not found:
        raise CheckError(faults)
    return found


def run(
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    limits: Limits = NO_LIMITS,
    tell: Sequence[Callable[[Progress], None]] = (),
) -> Generator[Outcome, None, None]:
    """Execute jobs on this machine, giving each outcome as soon as it is there.

    When the caller stops asking, or is interrupted, running notebooks are stopped and kept with what they have.

    Parameters
    ----------
    jobs : sequence of Job
    workers : int, optional
        So many at a time. Default: the processors of this machine.
    limits : Limits
        Of each notebook.
    tell : sequence of callable
        Told how far the batch is.

    Yields
    ------
    Outcome
        In the order in which they end.
    """
    require_possible(limits)
    if jobs:
        many = min(workers or processors(), len(jobs))
        yield from followed(_on_this_machine(jobs, many, limits), len(jobs), many, *tell)


def _on_this_machine(jobs: Sequence[Job], workers: int, limits: Limits) -> Iterator[Outcome]:
    from qualcode.runs import provisioner
    from qualcode.runs.execute import execute

    _build_font_cache()
    forked = forks()
    if forked:
        # What is imported here, and the warm process, are shared by all workers; elsewhere each has its own.
        with _environment(limits):
            provisioner.warm()
    return spread(partial(execute, limits=limits), jobs, workers, failed=_failed, forked=forked)


def _failed(job: Job, error: Exception | None) -> Outcome:
    return Outcome(job, say("runs.worker_died") if error is None else f"{type(error).__name__}: {error}")


def forks() -> bool:
    """Whether workers are forked from this process."""
    from qualcode.runs import provisioner

    # A fork copies no threads, but whatever they hold: in a notebook workers are interpreters of their own.
    return provisioner.way() == "fork" and threading.active_count() == 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _environment(limits: Limits) -> Iterator[None]:
    """Let this process's environment be for a moment what workers make theirs."""
    before = dict(os.environ)
    os.environ.update(environment(limits))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


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
            name=name,
            page=path.relative_to(folder).as_posix(),
            error=failed.get(path) or stopped,
        )
        for id in project.case_ids
        if (folder / id).is_dir()
        for title, fictional in [_described(project, id)]
        for path in sorted((folder / id).glob("*.html"))
        if path.with_suffix(".ipynb").exists()
        for name, stopped in [_told(path.with_suffix(".ipynb"))]
    ]
    target = folder / "index.html"
    write_atomically(target, index_page(entries, language=language).encode())
    return target


def _told(executed: Path) -> tuple[str, str | None]:
    """An executed notebook's title, and why it ended early; one that somebody damaged goes by its file's name."""
    try:
        notebook = json.loads(executed.read_bytes())
        return title_of(notebook), notebook.get("metadata", {}).get("qualcode", {}).get("stopped")
    except (ValueError, LookupError, TypeError, AttributeError):
        return executed.stem, None


def _described(project: Project, id: str) -> tuple[str, bool]:
    """A case's title, and whether it is fictional; a case damaged since its pages were made goes by its id."""
    try:
        record = project.record(id)
    except CheckError:
        return id, False
    return record.title, record.fictional


def _build_font_cache() -> None:
    """Let matplotlib look for fonts now: on a new machine it would say so in the first notebook only."""
    import matplotlib.font_manager  # noqa: F401
