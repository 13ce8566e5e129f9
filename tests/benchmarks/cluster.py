"""What a cluster costs beside the pool of this machine; run it by hand.

python tests/benchmarks/cluster.py [--notebooks 12] [--workers 2] [--rounds 2] [--kill]

The same jobs run in turns on the pool and on a local Dask cluster with as many workers, each into a folder of its own;
all bytes must be equal. What a batch takes before its first and after its last notebook is told apart from what each
notebook costs in between. With --kill, a worker is killed in the middle of every turn of the cluster.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from qualcode.project import open_project
from qualcode.runs import batch, cluster
from qualcode.runs.order import Outcome
from qualcode.runs.plan import Job, plan
from qualcode.runs.progress import Progress

ROOT = Path(__file__).parents[2]


@dataclass
class Turn:
    """Seconds of one batch: until the first began, while notebooks ran, and to the end; and inside notebooks."""

    start: float
    between: float
    end: float
    inside: float

    def each(self, jobs: int, workers: int) -> float:
        """Seconds of a worker that a notebook costs over what it takes itself."""
        return (self.between * workers - self.inside) / jobs


def measure(run: Callable[[Callable[[Progress], None]], Iterator[Outcome]], jobs: list[Job], kill: bool) -> Turn:
    begun, told, inside = time.perf_counter(), [0.0], 0.0
    ended = begun

    def tell(progress: Progress) -> None:
        if not progress.done:
            told[0] = time.perf_counter()

    seen: list[Job] = []
    for outcome in run(tell):
        assert outcome.error is None, outcome
        seen.append(outcome.job)
        inside += outcome.seconds
        ended = time.perf_counter()
        if kill and len(seen) == len(jobs) // 2:
            workers = [each for each in psutil.Process().children(recursive=True) if is_worker(each)]
            workers[0].kill()
    assert sorted(map(str, seen)) == sorted(map(str, jobs)), "lost or doubled"
    return Turn(told[0] - begun, ended - told[0], time.perf_counter() - ended, inside)


def is_worker(process: psutil.Process) -> bool:
    """Whether this is a worker of Dask's: it has a nursery."""
    try:
        return any("nursery.py" in " ".join(child.cmdline()) for child in process.children())
    except psutil.Error:
        return False


def made(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def compare(notebooks: int, workers: int, rounds: int, kill: bool, folder: Path) -> None:
    project = open_project(ROOT)
    turns: dict[str, list[Turn]] = {"pool": [], "cluster": []}
    jobs: list[Job] = []
    for number in range(rounds):
        for name, there in turns.items():
            jobs = plan(project, out=folder / f"{name}-{number}")[:notebooks]

            def run(tell: Callable[[Progress], None], name: str = name, jobs: list[Job] = jobs) -> Iterator[Outcome]:
                if name == "pool":
                    return batch.run(jobs, workers=workers, tell=[tell])
                return cluster.run(jobs, cluster=cluster.LOCAL, workers=workers, tell=[tell])

            there.append(measure(run, jobs, kill and name == "cluster"))
            assert made(folder / f"{name}-{number}") == made(folder / "pool-0"), "not the same bytes"
    print(f"{len(jobs)} notebooks, {workers} workers, {rounds} rounds; all bytes equal, none lost, none doubled")
    print("            before, s   notebooks, s   after, s   notebooks/s   overhead each, s")
    for name, there in turns.items():
        before, between, after = (
            statistics.median(getattr(turn, part) for turn in there) for part in ("start", "between", "end")
        )
        over = statistics.median(turn.each(len(jobs), workers) for turn in there)
        print(f"{name:8}{before:13.2f}{between:15.2f}{after:11.2f}{len(jobs) / between:14.2f}{over:19.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--notebooks", type=int, default=12)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        compare(options.notebooks, options.workers, options.rounds, options.kill, Path(scratch).resolve())
