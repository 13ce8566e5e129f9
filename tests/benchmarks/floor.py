"""The floor under every way of running notebooks: what their cells cost alone, in one IPython that is warm.

Nothing is sent, written or drawn into pages; the first cells read the libraries and should not be counted. The other
benchmarks use `Floor`; run as a program this is the process behind it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import papermill

from qualcode.runs.order import KERNEL_ENVIRONMENT


class Cost(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


def cells(notebook: Path, parameters: Mapping[str, Any]) -> list[str]:
    """The sources of a notebook's cells, with its parameters set."""
    made = papermill.execute_notebook(
        notebook, None, parameters=dict(parameters), prepare_only=True, progress_bar=False
    )
    return [cell.source for cell in made.cells if cell.cell_type == "code"]


class Floor:
    """A process that runs cells, notebook by notebook."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | KERNEL_ENVIRONMENT,
        )
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.communicate()

    def cost(self, root: Path, sources: list[str]) -> Cost:
        """What the cells cost that are run in the folder `root`."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([str(root), sources]), file=self._process.stdin, flush=True)
        return Cost(*json.loads(self._process.stdout.readline()))


def main() -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    for line in sys.stdin:
        root, sources = json.loads(line)
        os.chdir(root)
        begun, before = time.perf_counter(), time.process_time()
        with capture_output():
            for source in sources:
                shell.run_cell(source).raise_error()
        shell.reset(new_session=False)
        print(json.dumps([time.perf_counter() - begun, time.process_time() - before]), flush=True)


if __name__ == "__main__":
    main()
