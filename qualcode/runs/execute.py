"""One job through papermill: the executed notebook and its page, the same bytes for the same input."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Event, Timer
from time import monotonic

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from qualcode.reports.look import evidence_name
from qualcode.reports.page import page
from qualcode.runs import provisioner
from qualcode.runs.inputs import begin, read_trace
from qualcode.runs.order import NO_LIMITS, Limits, Outcome, environment, order_of
from qualcode.runs.plan import Job
from qualcode.runs.questions import Disk
from qualcode.runs.stopping import SECONDS_BETWEEN_TRIES, at_work, stopped
from qualcode.runs.upkeep import forget, remember
from qualcode.storage import write_atomically
from qualcode.wording import say

ENGINE = "qualcode"
WIDGET = "application/vnd.jupyter.widget-view+json"

# The kernel's own remarks about its transport and its end are not for the reader of a batch.
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=CRITICAL"]


def execute(job: Job, limits: Limits = NO_LIMITS) -> Outcome:
    """Run one job, write its executed notebook and its page, and keep a record of what it read.

    A notebook that fails, or is stopped, is kept with its error in it. Both files are complete or not there at all.
    """
    with at_work():
        return Outcome(job, say("runs.stopped")) if stopped() else _execute(job, limits)


def _execute(job: Job, limits: Limits) -> Outcome:
    begun = monotonic()
    os.environ.update(environment(limits))
    job.output.parent.mkdir(parents=True, exist_ok=True)
    order, disk = order_of(job, limits), _disk()
    forget(order)
    with tempfile.TemporaryDirectory(prefix="qualcode-") as scratch:
        raw, traced = Path(scratch) / job.notebook.name, Path(scratch) / "trace"
        arguments = [*KERNEL_ARGUMENTS, *begin(traced, job.root, job.notebook, disk)]
        error = _run(job, raw, arguments, limits)
        if not raw.exists():
            return Outcome(job, error, monotonic() - begun)
        notebook = nbformat.read(raw, as_version=4)  # type: ignore[no-untyped-call]
        trace = read_trace(traced)
    contents = _contents(notebook, job, error)
    for path, content in contents.items():
        write_atomically(path, content)
    if error is None:
        remember(order, trace, contents, disk)
    return Outcome(job, error, monotonic() - begun)


def _contents(notebook: nbformat.NotebookNode, job: Job, error: str | None) -> Mapping[Path, bytes]:
    tidy(notebook, job)
    if error is not None:
        notebook.metadata["qualcode"]["stopped"] = error
    source: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return {
        job.output: source.encode() + b"\n",
        job.page: page(
            notebook,
            language=job.parameters["language"],
            evidence=f"../{evidence_name(job.case)}" if job.evidence else "",
        ).encode(),
    }


@cache
def _disk() -> Disk:
    # One for all jobs of this process: it reads each file once.
    return Disk()


def _run(job: Job, raw: Path, arguments: list[str], limits: Limits) -> str | None:
    with _stopped_after(limits.seconds) as late:
        try:
            papermill.execute_notebook(
                str(job.notebook),
                str(raw),
                parameters=job.parameters,
                engine_name=ENGINE,
                cwd=str(job.root),
                progress_bar=False,
                log_output=False,
                extra_arguments=arguments,
            )
        except PapermillExecutionError as error:
            cause = f"{error.ename}: {error.evalue}"
        except Exception as error:  # a dead kernel or a broken notebook must not stop the others
            cause = f"{type(error).__name__}: {error}"
        else:
            return None
    if stopped():
        return say("runs.stopped")
    if late.is_set():
        return say("runs.too_long", seconds=limits.seconds)
    return (cause.splitlines() or [""])[0]


@contextmanager
def _stopped_after(seconds: float | None) -> Iterator[Event]:
    """Stop the kernel of this process when its time is over; the event tells whether it was."""
    late, ended = Event(), Event()

    def stop() -> None:
        late.set()
        while not ended.wait(SECONDS_BETWEEN_TRIES):
            provisioner.stop()  # again, since the kernel may just be about to start

    if seconds is None:
        yield late
        return
    timer = Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        ended.set()
        timer.cancel()


def tidy(notebook: nbformat.NotebookNode, job: Job) -> None:
    """Take out what differs between two runs on the same input: times, random ids, paths of this machine."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)  # what a pane said when it opened; its snapshot stays
    notebook.metadata["qualcode"] = {"notebook": job.notebook.name, "parameters": job.parameters}
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell["outputs"] = [each for each in cell.outputs if not _only_lives(each)]
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags or any(tag.startswith("papermill-error") for tag in tags):
            cell["id"] = f"inserted-{number}"


def _only_lives(output: nbformat.NotebookNode) -> bool:
    """Whether an output is a widget alone: a random name that means nothing once its kernel has gone."""
    shown = set(output.get("data", {}))
    return WIDGET in shown and shown <= {WIDGET, "text/plain"}
