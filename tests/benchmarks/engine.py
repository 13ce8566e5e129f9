"""How fast the warm engine is beside papermill's own and beside the cells alone; run it by hand.

python tests/benchmarks/engine.py [--notebooks 21] [--rounds 1] [--stress 1000]

Each notebook of the plan runs in turns: plain papermill; the engine, one notebook at a time; and its cells alone in one
warm IPython, without messages or files (the floor). CPU counts this process and everything it started and waited for,
the nursery with all its kernels included. With --stress, tiny notebooks run in a row instead, one after another.
"""

import argparse
import contextlib
import logging
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
from floor import Floor, cells

from qualcode.project import open_project
from qualcode.runs import provisioner
from qualcode.runs.execute import KERNEL_ARGUMENTS
from qualcode.runs.order import KERNEL_ENVIRONMENT
from qualcode.runs.plan import Job, plan

ROOT = Path(__file__).parents[2]


def execute(job: Job, folder: Path, engine: str | None) -> None:
    """Run a job, as `qualcode.runs.execute` does."""
    papermill.execute_notebook(
        job.notebook,
        folder / f"{engine}.ipynb",
        parameters=dict(job.parameters),
        engine_name=engine,
        cwd=ROOT,
        progress_bar=False,
        extra_arguments=list(KERNEL_ARGUMENTS),
    )


def cpu() -> tuple[float, float]:
    """CPU seconds of this process, and of all it has waited for."""
    own, children = (resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime


class Measured:
    """Wall and CPU seconds of one way, notebook by notebook."""

    def __init__(self) -> None:
        self.walls: list[float] = []
        self.cpu = 0.0

    @contextlib.contextmanager
    def measuring(self) -> Iterator[None]:
        start, before = time.perf_counter(), sum(cpu())
        yield
        self.walls.append(time.perf_counter() - start)
        self.cpu += sum(cpu()) - before


def compare(number: int, rounds: int, folder: Path) -> None:
    jobs = plan(open_project(ROOT))[:number] * rounds
    plain, warm, bare = Measured(), Measured(), Measured()
    with Floor() as floor:
        for position, job in enumerate([jobs[0], *jobs]):
            wall, used = floor.cost(ROOT, cells(job.notebook, job.parameters))
            if position:  # the first time it reads its libraries
                bare.walls.append(wall)
                bare.cpu += used
                with plain.measuring():
                    execute(job, folder, None)
                with warm.measuring():
                    execute(job, folder, "qualcode")
    before = cpu()[1]
    provisioner.close()
    warm.cpu += cpu()[1] - before
    print(f"{len(jobs)} notebooks       wall, s   median, s    CPU, s   CPU each, s")
    for name, each in (("papermill", plain), ("engine", warm), ("cells alone", bare)):
        middle = statistics.median(each.walls)
        print(f"{name:14}{sum(each.walls):12.1f}{middle:12.2f}{each.cpu:10.1f}{each.cpu / len(jobs):14.2f}")
    wall, rest = sum(plain.walls) / sum(warm.walls), sum(plain.walls[1:]) / sum(warm.walls[1:])
    print(
        f"engine to papermill: {wall:.2f} times faster ({rest:.2f} without the first), CPU {plain.cpu / warm.cpu:.2f}"
    )
    print(f"engine to cells alone: CPU {warm.cpu / bare.cpu:.2f}")


def stress(number: int, folder: Path) -> None:
    """Tiny notebooks in a row: each must come out whole."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in ("n = 1", "print(n)\nn")]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    walls = []
    for turn in range(number):
        notebook.cells[1].source = f"print({turn})\n{turn}"
        start = time.perf_counter()
        made = papermill.execute_notebook(notebook, folder / "t.ipynb", engine_name="qualcode", progress_bar=False)
        walls.append(time.perf_counter() - start)
        texts = [output.get("text", output.get("data", {}).get("text/plain")) for output in made.cells[1].outputs]
        assert texts == [f"{turn}\n", f"{turn}"], (turn, texts)
        if turn % 100 == 99:
            middle, longest = statistics.median(walls), max(walls[1:])
            print(f"{turn + 1}: median {middle:.3f} s, longest after the first {longest:.3f} s", flush=True)
    provisioner.close()
    left = subprocess.run(["ps", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    print("left behind:", [line for line in left.stdout.splitlines() if " ps " not in line] or "nothing")
    print(f"CPU {sum(cpu()) / number:.3f} s each")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--notebooks", type=int, default=21)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--stress", type=int)
    options: Any = parser.parse_args()
    logging.disable(logging.CRITICAL)
    os.environ.update(KERNEL_ENVIRONMENT)
    with tempfile.TemporaryDirectory() as scratch:
        if options.stress:
            stress(options.stress, Path(scratch))
        else:
            compare(options.notebooks, options.rounds, Path(scratch))
