"""The verb ``run``: what is up to date is left alone; a progress bar, a line for each failure, a summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Container, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import sleep

import click

from qualcode.cli.guard import guarded
from qualcode.cli.show import print_problems
from qualcode.display import terminal_safe
from qualcode.errors import CheckError, ParameterError, Problem
from qualcode.project import Project, open_project
from qualcode.runs import batch, course
from qualcode.runs.addresses import NOWHERE, Places, is_address, opened
from qualcode.runs.order import Limits, Outcome, require_possible
from qualcode.runs.plan import Job, plan
from qualcode.runs.progress import Log, Progress
from qualcode.wording import language_in_use, say

INTERRUPTED = 130

SECONDS_BETWEEN_LOOKS = 1.0


@click.command()
@click.argument("frameworks", nargs=-1)
@click.option("--case", "cases", multiple=True, help="Kasus; boleh berulang. Bawaan: semua kasus empiris.")
@click.option("--coder", default="", help="Pengode; bawaan: pengode utama; “semua” untuk semua.")
@click.option(
    "--projects",
    multiple=True,
    metavar="FOLDER/*",
    help="Banyak proyek sekaligus, misalnya --projects kelas/*; ikhtisarnya di reports-kelas/ di sini, atau di --out.",
)
@click.option("--out", help="Folder atau alamat hasil (bawaan: reports/ tiap proyek).")
@click.option("--fresh", is_flag=True, help="Jalankan semua, juga yang masih mutakhir.")
@click.option("--watch", is_flag=True, help="Tetap berjaga: jalankan lagi yang tersentuh perubahan (Ctrl+C berhenti).")
@click.option("--workers", type=click.IntRange(min=1), help="Banyaknya notebook sekaligus (bawaan: jumlah prosesor).")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Jalankan di klaster Dask: tcp://penjadwal:8786, atau local untuk klaster di mesin ini.",
)
@click.option("--timeout", type=click.FloatRange(min=1), help="Batas waktu tiap notebook, dalam detik.")
@click.option("--memory", type=click.IntRange(min=100), help="Batas memori tiap notebook, dalam MB (Linux).")
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Berkas catatan kemajuan, JSON per baris.")
@click.pass_context
@guarded
def run(
    context: click.Context,
    frameworks: tuple[str, ...],
    cases: tuple[str, ...],
    coder: str,
    projects: tuple[str, ...],
    out: str | None,
    fresh: bool,
    watch: bool,
    workers: int | None,
    cluster: str | None,
    timeout: float | None,
    memory: int | None,
    log: Path | None,
) -> None:
    """Menjalankan notebook FRAMEWORKS (bawaan: semua kerangka) pada setiap kasus dan membuat halamannya.

    Yang masih mutakhir tidak dijalankan lagi. Dengan --projects semua notebook dari semua proyek berjalan dalam satu
    antrean; proyek yang rusak tidak menghentikan yang lain.
    """
    limits = Limits(timeout, memory)
    require_possible(limits)
    if projects:
        if watch:
            raise ParameterError.of("class_watch", "--watch")
        if is_address(out):
            raise ParameterError.of("class_address", "--out")
        wanted = course.Request(frameworks, cases, coder, Path(out).resolve() if out else None, limits, fresh)
        sys.exit(_run_class(projects, wanted, workers or batch.processors(), _runner(workers, cluster), log))

    with ExitStack() as stack:
        project, folder, places = stack.enter_context(opened(context.find_root().obj, out))
        if watch and places:
            raise ParameterError.of("address_watch", "--watch")
        run = _runner(workers, cluster, places)

        def planned(faults: list[Problem]) -> list[Job]:
            language = language_in_use()
            return plan(project, frameworks, cases, coder=coder, language=language, out=folder, faults=faults)

        tell = [stack.enter_context(Log(log))] if log else []
        try:
            for case in dict.fromkeys(cases):
                project.case(case)  # one that was asked for by name must be sound
            before = batch.state(project)
            code = _run_once(project, planned, folder, run, limits, tell, places=places, fresh=fresh)
            if watch and code != INTERRUPTED:
                code = _keep_watch(project, planned, folder, run, limits, tell, before)
        except KeyboardInterrupt:
            code = INTERRUPTED
    sys.exit(code)


Planned = Callable[[list[Problem]], list[Job]]
Told = Sequence[Callable[[Progress], None]]
Runner = Callable[..., Generator[Outcome, None, None]]


def _runner(workers: int | None, cluster: str | None, places: Places = NOWHERE) -> Runner:
    """What runs a batch: this machine, or a cluster, as whatever has to do with addresses does."""
    if cluster is None and not places:
        return partial(batch.run, workers=workers)
    from qualcode.runs import cluster as dask

    return partial(dask.run, workers=workers, cluster=cluster or dask.LOCAL, places=places)


def _run_once(
    project: Project,
    planned: Planned,
    folder: Path,
    run: Runner,
    limits: Limits,
    tell: Told,
    *,
    places: Places = NOWHERE,
    fresh: bool = False,
    without: Container[Job] = (),
) -> int:
    """Run what is due, write pages and index, and print how it went: 0, 1 when something failed, 130 when stopped."""
    faults: list[Problem] = []
    jobs = planned(faults)
    everything = [job for job in batch.due(jobs, limits, fresh=fresh) if job not in without]
    due = batch.sound(project, everything, faults)
    outcomes: list[Outcome] = []
    interrupted = False
    with _bar(due) as bar:
        try:
            with closing(run(due, limits=limits, tell=(bar, *tell))) as ending:
                outcomes += ending
        except KeyboardInterrupt:
            interrupted = True
    print_problems(faults)
    if interrupted:
        click.echo(say("cli.run_interrupted"), err=True)
    places.gather()
    index = places.send(batch.write_index(project, outcomes, folder, language=language_in_use()))
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(terminal_safe(say("cli.run_failed", job=outcome.job, error=outcome.error)), err=True)
    current = len([job for job in jobs if job not in without]) - len(everything)
    if due or not current:
        click.echo(say("cli.run_summary", good=len(outcomes) - len(failed), failed=len(failed), planned=len(due)))
    if current:
        click.echo(say("cli.run_current", count=current))
    click.echo(say("cli.run_index", index=index))
    return INTERRUPTED if interrupted else int(bool(failed or faults))


def _run_class(places: Sequence[str], wanted: course.Request, workers: int, run: Runner, log: Path | None) -> int:
    """Run the notebooks of many projects, write every index and the overview; the code is that of `_run_once`."""
    more, frameworks = course.divided(wanted.frameworks)
    wanted = replace(wanted, frameworks=tuple(frameworks))
    folder = wanted.out or Path(course.FOLDER).resolve()
    class_ = course.students([*places, *more], folder)
    course.require_writable(folder)
    surveys = {student: course.Survey(student) for student in class_}
    outcomes: dict[str, list[Outcome]] = {student.name: [] for student in class_}
    interrupted = False
    with ExitStack() as stack:
        tell = [stack.enter_context(Log(log))] if log else []
        try:
            click.echo(say("cli.class_begins", count=len(class_)), err=True)
            with closing(course.survey_all(class_, wanted, workers)) as surveying:
                for survey in surveying:
                    surveys[survey.student] = survey
            due = [job for survey in surveys.values() for job in survey.due]
            with _bar(due) as bar, closing(run(due, limits=wanted.limits, tell=(bar, *tell))) as ending:
                for outcome in ending:
                    outcomes[course.owner(outcome)].append(outcome)
        except KeyboardInterrupt:
            interrupted = True
            click.echo(say("cli.run_interrupted"), err=True)
    ended = [course.Ended(surveys[student], tuple(outcomes[student.name])) for student in class_]
    ended = list(course.conclude_all(ended, wanted, workers))
    overview = course.write_overview(ended, wanted, folder)
    _print_class(ended)
    click.echo(say("cli.class_overview", overview=overview))
    return INTERRUPTED if interrupted else int(not all(each.is_well for each in ended))


def _print_class(ended: Sequence[course.Ended]) -> None:
    """Print one line for each thing that did not go well, and how it went on the whole."""
    for each in ended:
        survey = each.survey
        if survey.hindered and survey.first:
            click.echo(terminal_safe(f"{survey.student.name}: {survey.first}"), err=True)
    outcomes = [outcome for each in ended for outcome in each.outcomes]
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(terminal_safe(say("cli.run_failed", job=outcome.job, error=outcome.error)), err=True)
    planned = sum(len(each.survey.due) for each in ended)
    click.echo(say("cli.run_summary", good=len(outcomes) - len(failed), failed=len(failed), planned=planned))
    if current := sum(each.survey.current for each in ended):
        click.echo(say("cli.run_current", count=current))


def _keep_watch(
    project: Project, planned: Planned, folder: Path, run: Runner, limits: Limits, tell: Told, state: str
) -> int:
    """Run again whatever a change touches, until somebody presses Ctrl+C.

    What failed left no record of what it read; it is tried again when anything in the project has changed since
    `state`.
    """
    click.echo(say("cli.run_watching"))
    with suppress(KeyboardInterrupt):  # at whatever moment it comes, it is the way to end a watch
        _watch(project, planned, folder, run, limits, tell, state)
    return 0


def _watch(
    project: Project, planned: Planned, folder: Path, run: Runner, limits: Limits, tell: Told, state: str
) -> None:
    failed: Collection[Job] = _due(planned, limits)
    while True:
        sleep(SECONDS_BETWEEN_LOOKS)
        now = batch.state(project)
        if now != state:
            failed = ()
        again = {job: reasons for job, reasons in _due(planned, limits).items() if job not in failed}
        if not again:
            continue
        for job, reasons in again.items():
            click.echo(terminal_safe(say("cli.run_again", job=job, reasons=", ".join(reasons))))
        state = now
        # Opened again: a codebook may have changed.
        fresh = open_project(project.root)
        try:
            if _run_once(fresh, planned, folder, run, limits, tell, without=failed) == INTERRUPTED:
                return
        except CheckError as error:  # a file that somebody is at work on
            print_problems(error.problems)
        failed = _due(planned, limits)


def _due(planned: Planned, limits: Limits) -> dict[Job, tuple[str, ...]]:
    """What has to run; nothing while a file that says what there is cannot be read."""
    try:
        return batch.due(planned([]), limits)
    except CheckError:
        return {}


@contextmanager
def _bar(due: Sequence[Job]) -> Iterator[Callable[[Progress], None]]:
    """A bar on the terminal that is told how far the batch is; none when there is nothing to do."""
    if not due:
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Bar(*columns, console=Console(stderr=True), auto_refresh=False)
    task = bar.add_task(say("cli.run_begins"), total=len(due))

    def told(progress: Progress) -> None:
        bar.update(task, completed=progress.done, description=str(progress), refresh=True)

    # Started by the first who tells: workers are forked before, and no thread of the bar is.
    with bar:
        yield told
