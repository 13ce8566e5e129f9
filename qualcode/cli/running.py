"""The verb ``run``: a progress bar, a line for each failure, a summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from qualcode.cli.guard import guarded, project_of
from qualcode.display import terminal_safe
from qualcode.project import REPORTS, Project
from qualcode.runs import batch
from qualcode.runs.execute import Outcome
from qualcode.runs.plan import plan
from qualcode.wording import language_in_use, say

INTERRUPTED = 130


@click.command()
@click.argument("frameworks", nargs=-1)
@click.option("--case", "cases", multiple=True, help="Kasus; boleh berulang. Bawaan: semua kasus empiris.")
@click.option("--coder", default="", help="Pengode; bawaan: pengode utama; “semua” untuk semua.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder hasil (bawaan: reports/).")
@click.pass_context
@guarded
def run(
    context: click.Context, frameworks: tuple[str, ...], cases: tuple[str, ...], coder: str, out: Path | None
) -> None:
    """Menjalankan notebook FRAMEWORKS (bawaan: semua kerangka) pada setiap kasus dan membuat halamannya."""
    sys.exit(run_and_report(project_of(context), frameworks, cases, coder, out))


def run_and_report(
    project: Project, frameworks: Sequence[str], cases: Sequence[str], coder: str, out: Path | None
) -> int:
    """Run the notebooks, write pages and index, and print how it went.

    Returns
    -------
    int
        0 when all went well, 1 when a notebook failed, 130 when interrupted.
    """
    language = language_in_use()
    folder = (out or project.root / REPORTS).resolve()
    jobs = plan(project, frameworks, cases, coder=coder, language=language, out=folder)
    outcomes: list[Outcome] = []
    interrupted = False
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(str(jobs[0]), total=len(jobs))
        try:
            for outcome in batch.run(project, jobs):
                outcomes.append(outcome)
                upcoming = str(jobs[len(outcomes)]) if len(outcomes) < len(jobs) else say("cli.run_done")
                progress.update(task, advance=1, description=upcoming)
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        click.echo(say("cli.run_interrupted"), err=True)
    index = batch.write_index(project, outcomes, folder, language=language)
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(terminal_safe(say("cli.run_failed", job=outcome.job, error=outcome.error)), err=True)
    click.echo(say("cli.run_summary", good=len(outcomes) - len(failed), failed=len(failed), planned=len(jobs)))
    click.echo(say("cli.run_index", index=index))
    if interrupted:
        return INTERRUPTED
    return 1 if failed else 0
