"""A batch from a notebook or a script: `qc.run`, with its progress in one line that is brought up to date."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qualcode.display import Table
from qualcode.errors import CheckError, Problem
from qualcode.project import REPORTS, Project
from qualcode.runs import batch
from qualcode.runs.order import Limits, Outcome, require_possible
from qualcode.runs.plan import Job, plan
from qualcode.runs.progress import Progress
from qualcode.wording import language_in_use, say


@dataclass(frozen=True, repr=False)
class Runs:
    """What a batch came to.

    Attributes
    ----------
    outcomes : tuple of Outcome
        Of what ran, what failed first; then by case and notebook.
    current : tuple of Job
        What was up to date and did not run.
    problems : tuple of Problem
        What is wrong with cases that were left out.
    index : Path
        The page that leads to all pages.
    """

    outcomes: tuple[Outcome, ...]
    current: tuple[Job, ...]
    problems: tuple[Problem, ...]
    index: Path

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """What did not end well."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)

    def to_table(self) -> Table:
        """A row for each notebook: its case, how it went, and its page; what failed stands first."""
        ended = [(outcome.job, outcome.error or say("here.good")) for outcome in self.outcomes]
        rows = [(job, said) for job, said in [*ended, *((job, say("here.current")) for job in self.current)]]
        count = say("here.caption", good=len(self.outcomes) - len(self.failed), failed=len(self.failed))
        columns = [say(f"here.{name}") for name in ("notebook", "case", "how", "page")]
        note = " ".join(str(problem) for problem in self.problems)
        return Table(count, columns, [[job.notebook.stem, job.case, said, _near(job.page)] for job, said in rows], note)

    def _repr_html_(self) -> str:
        html = self.to_table().to_html()
        for job in [*(outcome.job for outcome in self.outcomes), *self.current]:
            name = _near(job.page)
            html = html.replace(f">{escape(name)}</td>", f'><a href="{quote(name)}">{escape(name)}</a></td>')
        return f'{html}<p><a href="{quote(_near(self.index))}">{escape(say("here.index"))}</a></p>'

    def __repr__(self) -> str:
        return repr(self.to_table())


def run(
    project: Project,
    *notebooks: str,
    case: str | tuple[str, ...] | list[str] = (),
    coder: str = "",
    out: Path | None = None,
    fresh: bool = False,
    workers: int | None = None,
    timeout: float | None = None,
    memory: int | None = None,
) -> Runs:
    """Run notebooks on cases and make their pages, as ``qualcode run`` does; what is up to date is left alone.

    In a notebook one line tells how far it is; in a script nothing is printed.

    Parameters
    ----------
    project : Project
    *notebooks : str
        Such as ``"stoc"`` or ``"13-stoc"``. Default: all framework notebooks.
    case : str or sequence of str
        Default: all cases of the kind each notebook is meant for.
    coder : str
        Default: the main coder of each case.
    out : Path, optional
        Default: ``reports/`` of the project.
    fresh : bool
        Run also what is up to date.
    workers : int, optional
        So many at a time. Default: the processors of this machine.
    timeout : float, optional
        Seconds that each notebook may take.
    memory : int, optional
        Megabytes that each notebook's kernel may take (Linux).

    Returns
    -------
    Runs

    Raises
    ------
    ParameterError, UnknownNameError
        Before anything runs: a name is wrong, or a limit cannot be held here.
    CheckError
        When a case that was named, or every case, cannot be read.
    """
    limits, folder, faults = Limits(timeout, memory), (out or project.root / REPORTS).resolve(), list[Problem]()
    require_possible(limits)
    cases = [case] if isinstance(case, str) else list(case)
    jobs = plan(project, notebooks, cases, coder=coder, language=language_in_use(), out=folder, faults=faults)
    due = batch.due(jobs, limits, fresh=fresh)
    sound = batch.sound(project, due, faults)
    if cases and faults:
        raise CheckError(faults)
    outcomes: list[Outcome] = []
    try:
        with closing(batch.run(sound, workers=workers, limits=limits, tell=_display())) as ending:
            outcomes += ending
    finally:
        index = batch.write_index(project, outcomes, folder, language=language_in_use())
    ordered = sorted(outcomes, key=lambda outcome: (not outcome.error, str(outcome.job)))
    return Runs(tuple(ordered), tuple(job for job in jobs if job not in due), tuple(faults), index)


def _display() -> list[Callable[[Progress], None]]:
    """Who is told of the progress: in a notebook one display, brought up to date; elsewhere nobody."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if getattr(shell, "kernel", None) is None:
        return []
    from IPython.display import display

    handle: Any = None

    def told(progress: Progress) -> None:
        nonlocal handle
        said = {"text/plain": str(progress)}
        if handle is None:
            handle = display(said, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            handle.update(said, raw=True)

    return [told]


def _near(path: Path) -> str:
    """A path from the working folder, which is a notebook's own."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # on another drive of Windows
        return path.as_posix()
