"""One job through papermill: the executed notebook and its page, the same bytes for the same input."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from qualcode.project import Project
from qualcode.reports.page import page
from qualcode.runs.plan import Job
from qualcode.storage import write_atomically

# Kernels inherit these: one hash seed, figures without a screen, and no remark about frozen modules.
KERNEL_ENVIRONMENT = {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}

# The kernel's own remarks about its transport and its end are not for the reader of a batch.
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=CRITICAL"]


@dataclass(frozen=True)
class Outcome:
    """How a job ended: `error` is None, or one line that says what stopped it."""

    job: Job
    error: str | None = None


def execute(job: Job, project: Project) -> Outcome:
    """Run one job and write its executed notebook and its page.

    A notebook that fails is kept with its error in it. Both files are complete or not there at all.
    """
    job.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qualcode-") as scratch:
        raw = Path(scratch) / job.notebook.name
        error = _run(job, project, raw)
        if not raw.exists():
            return Outcome(job, error)
        notebook = nbformat.read(raw, as_version=4)  # type: ignore[no-untyped-call]
    tidy(notebook, job)
    source = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    write_atomically(job.output, source.encode() + b"\n")
    write_atomically(job.page, page(notebook, language=job.parameters["language"]).encode())
    return Outcome(job, error)


def _run(job: Job, project: Project, raw: Path) -> str | None:
    os.environ.update(KERNEL_ENVIRONMENT)
    try:
        papermill.execute_notebook(
            str(job.notebook),
            str(raw),
            parameters=dict(job.parameters),
            cwd=str(project.root),
            progress_bar=False,
            log_output=False,
            extra_arguments=KERNEL_ARGUMENTS,
        )
    except PapermillExecutionError as error:
        return f"{error.ename}: {error.evalue}".splitlines()[0]
    except KeyboardInterrupt:
        raise
    except Exception as error:  # a dead kernel or a broken notebook must not stop the others
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return None


def tidy(notebook: nbformat.NotebookNode, job: Job) -> None:
    """Take out what differs between two runs on the same input: times, random ids, paths of this machine."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata["qualcode"] = {"notebook": job.notebook.name, "parameters": dict(job.parameters)}
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags or any(tag.startswith("papermill-error") for tag in tags):
            cell["id"] = f"inserted-{number}"
