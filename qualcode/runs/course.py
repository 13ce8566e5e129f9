"""A whole class: the notebooks of many projects in one batch; a broken project stops no other."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from glob import glob, has_magic
from pathlib import Path
from urllib.parse import quote

from qualcode.errors import CheckError, ParameterError, Problem, ProjectNotFoundError, QualcodeError
from qualcode.project import CODEBOOKS, CORPUS, NOTEBOOKS, REPORTS, Project
from qualcode.project.founding import template
from qualcode.reports.course import PAGE, TABLE, Figures, Row, course_page, course_table
from qualcode.runs import batch
from qualcode.runs.order import NO_LIMITS, Limits, Outcome
from qualcode.runs.plan import Job, plan
from qualcode.runs.pool import spread
from qualcode.storage import write_atomically
from qualcode.wording import language_in_use, say

FOLDER = "reports-kelas"
"""Where the overview of a class goes when nobody says where."""


@dataclass(frozen=True)
class Student:
    """One project of a class.

    Attributes
    ----------
    name : str
        The folder's, made different from all others of the class.
    root : Path
        Where it stands, links followed; there need be no project.
    """

    name: str
    root: Path


@dataclass(frozen=True)
class Request:
    """What is to run in every project; see `plan`. `out` is the class's folder, None means each project's own."""

    frameworks: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    coder: str = ""
    out: Path | None = None
    limits: Limits = NO_LIMITS
    fresh: bool = False

    def folder(self, student: Student) -> Path:
        """Where the pages of a student's project go."""
        return self.out / student.name if self.out else student.root / REPORTS


@dataclass(frozen=True)
class ClassJob(Job):
    """A job that knows whose it is."""

    student: str

    def __str__(self) -> str:
        return f"{self.student}/{super().__str__()}"


def owner(outcome: Outcome) -> str:
    """The name of the student whose job has ended."""
    assert isinstance(outcome.job, ClassJob)
    return outcome.job.student


@dataclass(frozen=True)
class Survey:
    """What was found in a project before its notebooks ran.

    Attributes
    ----------
    student : Student
    figures : Figures or None
        How much there is of it; None when it cannot be read.
    faults : int or None
        How many `Project.check` finds; None when it could not look.
    first : Problem or None
        The first fault: one that keeps something from running, else the first that check finds.
    hindered : bool
        Whether something cannot run.
    due : tuple of ClassJob
        What has to run.
    current : int
        How many jobs are up to date.
    """

    student: Student
    figures: Figures | None = None
    faults: int | None = None
    first: Problem | None = None
    hindered: bool = False
    due: tuple[ClassJob, ...] = ()
    current: int = 0


def divided(arguments: Iterable[str]) -> tuple[list[str], list[str]]:
    """Arguments that name projects, and those that name notebooks: the shell has made many folders of one pattern.

    A path, or anything that is there, is a project, even a broken one; except that a notebook's name is no project
    because something else is called so.
    """
    projects: list[str] = []
    notebooks: list[str] = []
    for each in arguments:
        (projects if _is_place(each) else notebooks).append(each)
    return projects, notebooks


def _is_place(argument: str) -> bool:
    if Path(argument).name != argument or has_magic(argument):
        return True
    if not os.path.lexists(argument):
        return False
    names = {Path(each.name).stem for each in template(NOTEBOOKS).iterdir()}
    return _holds(Path(argument, CORPUS).is_dir) or argument not in names | {name[3:] for name in names}


def students(places: Iterable[str], apart: Path) -> list[Student]:
    """The projects of a class, sorted by name, each once.

    Parameters
    ----------
    places : iterable of str
        Folders, or patterns of them (a Windows shell passes patterns on as they are).
    apart : Path
        The folder of the overview, which a pattern may match, too.

    Raises
    ------
    ParameterError
        When there is none.
    """
    found: dict[Path, Path] = {}
    for place in places:
        literal = os.path.lexists(place) or not has_magic(place)
        for path in [place] if literal else sorted(glob(place)):  # noqa: PTH207 - a pattern may begin anywhere
            given = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps the name under which it is given
            found.setdefault(Path(os.path.realpath(path)), given)
    found.pop(Path(os.path.realpath(apart)), None)
    if not found:
        raise ParameterError.of("class_empty", " ".join(places))
    return sorted(_named(found), key=lambda student: _rank(student.name))


def require_writable(folder: Path) -> None:
    """Make the folder of an overview, before anything runs for it.

    Raises
    ------
    ParameterError
        When nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / ".qualcode", b"")
        (folder / ".qualcode").unlink()
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise ParameterError.of("class_unreadable", str(folder), detail=detail) from error


def _named(found: dict[Path, Path]) -> Iterator[Student]:
    """Students whose names differ, also where letters are not told from capitals: outputs stand under them."""
    times = Counter(given.name.casefold() for given in found.values())
    taken = {PAGE, TABLE}
    for root, given in sorted(found.items()):
        name = given.name or "proyek"
        if times[given.name.casefold()] > 1:
            name = f"{name} ({given.parent.name})"
        unique, number = name, 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{name} ({number})"
        taken.add(unique.casefold())
        yield Student(unique, root)


def _rank(name: str) -> list[str | int]:
    parts = re.split(r"(\d+)", name.casefold())
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]


def survey_all(class_: Sequence[Student], request: Request, workers: int) -> Generator[Survey, None, None]:
    """Survey every project, several at a time; given as they are done."""
    return spread(partial(survey, request), class_, workers, failed=_unread, forked=batch.forks())


def _unread(student: Student, error: Exception | None) -> Survey:
    return Survey(student, first=_problems(error, student)[0], hindered=True)


def survey(request: Request, student: Student) -> Survey:
    """Read a project, check it, and find out which notebooks have to run; whatever is wrong with it is told.

    The project is forgotten afterwards: only figures and jobs remain.
    """
    found = Survey(student)
    faults: list[Problem] = []
    with _noted(faults, student):
        project = _project_at(student)
        unread: set[str] = set()
        found = replace(found, figures=_figures(project, unread, faults))
        with _noted(faults, student):
            jobs = [job for job in _planned(project, request, student, faults) if job.case not in unread]
            due = batch.due(jobs, request.limits, fresh=request.fresh)
            found = replace(found, due=tuple(job for job in jobs if job in due), current=len(jobs) - len(due))
        checked = project.check()
        found = replace(found, faults=len(checked), first=checked[0] if checked else None)
    return replace(found, hindered=bool(faults), first=faults[0] if faults else found.first)


def _project_at(student: Student) -> Project:
    if not student.root.exists():
        raise ProjectNotFoundError.of("class_nothing_there", student.name)
    if not student.root.is_dir():
        raise ProjectNotFoundError.of("class_file", student.name)
    missing = [f"{name}/" for name in (CORPUS, CODEBOOKS) if not (student.root / name).is_dir()]
    if missing:
        raise ProjectNotFoundError.of("class_no_project", student.name, missing=", ".join(missing))
    return Project(student.root)


def _figures(project: Project, unread: set[str], faults: list[Problem]) -> Figures:
    """Count what stands in a project, case by case; those that cannot be read are added to `unread`."""
    counted: Counter[str] = Counter()
    coders: dict[str, None] = {}
    for id in project.case_ids:
        try:
            case = project.case(id)
        except CheckError as error:
            unread.add(id)
            faults += error.problems
            continue
        counted.update(documents=len(case.documents), informants=len(case.informants), codings=len(case.codings))
        coders |= dict.fromkeys(case.codings.coders)
    return Figures(
        len(project.case_ids),
        len(unread),
        counted["documents"],
        counted["informants"],
        counted["codings"],
        tuple(sorted(coders)),
    )


def _planned(project: Project, request: Request, student: Student, faults: list[Problem]) -> list[ClassJob]:
    def planned(names: Sequence[str]) -> list[Job]:
        language, out = language_in_use(), request.folder(student)
        return plan(project, names, request.cases, coder=request.coder, language=language, out=out, faults=faults)

    try:
        jobs = planned(request.frameworks)
    except Exception:
        names = request.frameworks or _frameworks_of(project)
        if not names:
            raise
        jobs = []
        for name in names:  # one that is missing or cannot be read keeps none of the others
            with _noted(faults, student, f"{NOTEBOOKS}/{name}"):
                jobs += planned([name])
    unique = dict.fromkeys(jobs)
    return [ClassJob(**vars(job), student=student.name) for job in unique]


def _frameworks_of(project: Project) -> list[str]:
    return [path.stem for path in (project.root / NOTEBOOKS).glob("1[1-9]*.ipynb")]


@contextmanager
def _noted(faults: list[Problem], student: Student, place: str = "") -> Iterator[None]:
    """Add what goes wrong to the faults; whatever it is, it is one project's own."""
    try:
        yield
    except Exception as error:
        faults += [each for each in _problems(error, student, place) if each not in faults]


def _problems(error: Exception | None, student: Student, place: str = "") -> list[Problem]:
    if isinstance(error, CheckError):
        return list(error.problems)
    if isinstance(error, QualcodeError):
        within = error.problem.place.removeprefix(f"{student.root}{os.sep}").replace(os.sep, "/")
        return [replace(error.problem, place=within)]
    if isinstance(error, OSError):
        place = _within(student.root, error.filename) or place or student.name
        return [Problem.of("class_unreadable", place, detail=error.strerror or type(error).__name__)]
    detail = say("class.died") if error is None else f"{type(error).__name__}: {error}"
    return [Problem.of("class_unread", place or student.name, detail=detail)]


def _within(root: Path, path: object) -> str:
    if not isinstance(path, (str, Path)) or not Path(path).is_relative_to(root):
        return ""
    return Path(path).relative_to(root).as_posix()


@dataclass(frozen=True)
class Ended:
    """A survey, and what became of its jobs."""

    survey: Survey
    outcomes: tuple[Outcome, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether everything that was asked for is there."""
        good = [outcome for outcome in self.outcomes if outcome.error is None]
        return not self.survey.hindered and len(good) == len(self.survey.due)


def conclude_all(ended: Sequence[Ended], request: Request, workers: int) -> Generator[Ended, None, None]:
    """Write the index of every project in which something was to run, as a single run does, several at a time."""
    return spread(partial(conclude, request), ended, workers, failed=_not_concluded, forked=batch.forks())


def _not_concluded(ended: Ended, error: Exception | None) -> Ended:
    first = ended.survey.first if ended.survey.hindered else _problems(error, ended.survey.student)[0]
    return replace(ended, survey=replace(ended.survey, first=first, hindered=True))


def conclude(request: Request, ended: Ended) -> Ended:
    """Write the index of one project; that it cannot be written is a fault like others."""
    survey = ended.survey
    if not survey.due and not survey.current:
        return ended
    try:
        folder = request.folder(survey.student)
        batch.write_index(Project(survey.student.root), ended.outcomes, folder, language=language_in_use())
    except Exception as error:
        return _not_concluded(ended, error)
    return ended


def write_overview(ended: Iterable[Ended], request: Request, folder: Path) -> Path:
    """Write the overview of a class as a page and as a table.

    Returns
    -------
    Path
        The page.
    """
    rows = [_row(each, request, folder) for each in sorted(ended, key=lambda each: _rank(each.survey.student.name))]
    language = language_in_use()
    write_atomically(folder / TABLE, course_table(rows, language=language).to_csv().encode())
    write_atomically(folder / PAGE, course_page(rows, language=language).encode())
    return folder / PAGE


def _row(ended: Ended, request: Request, folder: Path) -> Row:
    survey = ended.survey
    index = request.folder(survey.student) / "index.html"
    return Row(
        name=survey.student.name,
        link=_link(index, folder) if _holds(index.is_file) else "",
        figures=survey.figures,
        faults=survey.faults,
        first=survey.first,
        done=sum(outcome.error is None for outcome in ended.outcomes),
        failed=tuple(
            sorted(
                (f"{outcome.job.case}/{outcome.job.notebook.stem}", outcome.error)
                for outcome in ended.outcomes
                if outcome.error
            )
        ),
        current=survey.current,
        left=len(survey.due) - len(ended.outcomes),
    )


def _link(page: Path, folder: Path) -> str:
    """The address of a page from a folder: relative, so that both may be carried elsewhere together."""
    try:
        relative = os.path.relpath(page, folder)
    except ValueError:  # another drive
        return page.as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")))


def _holds(question: Callable[[], bool]) -> bool:
    """Whether a path is something; one that may not be looked at is nothing."""
    try:
        return question()
    except OSError:
        return False
