"""What ``qualcode run`` costs beside a plain papermill loop and beside the cells alone; run it by hand.

python tests/benchmarks/runs.py [--rounds 3] [--workers 2]

The 15 framework notebooks (11 to 13 on the five empirical cases), in rounds of: a plain papermill loop; ``qualcode run
--fresh``; the same again with nothing changed; and the cells alone in one warm IPython (the floor). Each is a process
of its own, whose CPU counts with everything it started and waited for. ``qualcode run`` makes the pages, too; papermill
makes none. Last, a run that is not timed shows how much memory its processes take.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import papermill
import psutil
from floor import Cost, Floor, cells

from qualcode.project import open_project
from qualcode.runs.plan import Job, plan

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ("11-paramitha", "12-david", "13-stoc")
QUALCODE = [sys.executable, "-c", "from qualcode.cli import main; main()", "run", *NOTEBOOKS]


def jobs(folder: Path) -> list[Job]:
    return plan(open_project(ROOT), NOTEBOOKS, out=folder)


def plain(folder: Path) -> None:
    """Run all in a loop, as papermill's manual shows it."""
    for job in jobs(folder):
        job.output.parent.mkdir(parents=True, exist_ok=True)
        papermill.execute_notebook(job.notebook, job.output, job.parameters, cwd=ROOT, progress_bar=False)


def measured(command: list[str]) -> Cost:
    """The cost of a process and of all it waited for."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime)


def floor(folder: Path) -> Cost:
    """The cost of the cells alone; a first notebook, which reads the libraries, does not count."""
    sources = [cells(job.notebook, job.parameters) for job in jobs(folder)]
    with Floor() as alone:
        costs = [alone.cost(ROOT, each) for each in [sources[0], *sources]]
    return Cost(*map(sum, zip(*costs[1:], strict=True)))


def peaks(command: list[str]) -> dict[str, list[int]]:
    """The most that each process of a run took, by what it is: its own share, where what is shared counts in parts."""
    most: dict[tuple[str, int], int] = defaultdict(int)
    process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        nurseries = set()
        for each in [process, *process.children(recursive=True)]:
            try:
                is_warm = "nursery.py" in " ".join(each.cmdline())
                kind = "main" if each == process else "worker" if not is_warm else "nursery"
                if is_warm and each.ppid() in nurseries:
                    kind = "kernel"
                elif is_warm:
                    nurseries.add(each.pid)
                full = each.memory_full_info()
                most[kind, each.pid] = max(most[kind, each.pid], getattr(full, "pss", full.rss))
            except psutil.Error:
                continue
        time.sleep(0.1)
    found = defaultdict(list)
    for (kind, _), size in most.items():
        found[kind].append(size)
    return found


def main(rounds: int, workers: int) -> None:
    costs: dict[str, list[Cost]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(rounds):
            folder = Path(scratch) / "qualcode"
            run = [*QUALCODE, "--workers", str(workers), "--out", str(folder)]
            costs["papermill"].append(measured([sys.executable, __file__, "--plain", f"{scratch}/papermill"]))
            costs["qualcode"].append(measured([*run, "--fresh"]))
            costs["unchanged"].append(measured(run))
            costs["cells alone"].append(floor(folder))
        taken = peaks([*run, "--fresh"])
    number = len(jobs(Path()))
    print(f"{number} notebooks, {workers} workers, {rounds} rounds; medians     wall, s    CPU, s   CPU each, s")
    middle = {name: Cost(*map(statistics.median, zip(*each, strict=True))) for name, each in costs.items()}
    for name, cost in middle.items():
        print(f"{name:46}{cost.wall:10.2f}{cost.cpu:10.2f}{cost.cpu / number:14.3f}")
    both = list(zip(costs["papermill"], costs["qualcode"], strict=True))
    for what in ("wall", "cpu"):
        gains = [getattr(slow, what) / getattr(fast, what) for slow, fast in both]
        print(f"qualcode to papermill, {what}: {statistics.median(gains):.2f} ({min(gains):.2f} to {max(gains):.2f})")
    ratios = [one.cpu / other.cpu for one, other in zip(costs["qualcode"], costs["cells alone"], strict=True)]
    print(f"qualcode to cells alone, CPU: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    share = middle["unchanged"].wall / middle["qualcode"].wall
    print(f"an unchanged run: {middle['unchanged'].wall:.2f} s, {share:.1%} of a fresh one")
    for kind, sizes in taken.items():
        print(f"memory of a {kind}: {max(sizes) / 2**20:.0f} MB at most ({len(sizes)} of them)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plain", type=Path)
    options: Any = parser.parse_args()
    if options.plain:
        plain(options.plain)
    else:
        main(options.rounds, options.workers)
