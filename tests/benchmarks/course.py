"""What a class of students costs, project by project; run it by hand.

python tests/benchmarks/course.py [--projects 300] [--workers 2] [--kill] [--cluster] [--keep FOLDER]

The students are made up: each has a project of its own with one case (three transcripts of sixty turns, a note of
observation, sixty codings by one coder with the codebook stoc) and three notebooks of this repository. Printed are
notebooks a second for a tenth, a third and all of the projects, their CPU beside the floor (the same cells, one after
another in one warm IPython, without messages or files), the largest process, and what a second run costs that finds
nothing to do. CPU counts everything that was started and waited for, kernels included. With --kill, a worker is killed
in the middle of a run, whose results are compared with those of a run that nobody disturbed; with --cluster, the
results of the local pool with those of a Dask cluster of this machine.
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from floor import Floor, cells

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ("02-membaca-kasus", "04-triangulasi", "13-stoc")
CASE = "skripsi"
TURNS, CODINGS = 60, 60

RECORD = """\
id: skripsi
title: Akun media sosial sebuah dinas (rekaan, mahasiswa {number})
kind: empiris
institution: Dinas Rekaan {number}
place: kota rekaan
period: "2025"
question: Bagaimana dinas mengelola akunnya?
approach: Studi kasus; seluruh bahan ini rekaan dan dibuat secara acak untuk pengukuran.
frameworks: [stoc]
fictional: true
coders: [mahasiswa]
description: Bahan rekaan, dibuat secara acak. Tidak ada orang atau instansi yang sungguh ada.
informants:
  - {{id: I1, role: Kepala dinas, relation: orang dalam, consent: rekaan}}
  - {{id: I2, role: Admin, relation: orang dalam, consent: rekaan}}
  - {{id: I3, role: Warga, relation: warga, consent: rekaan}}
groups:
  source: [I1, I2, I3]
  technique: [wawancara, observasi]
"""
FRONT = """\
---
id: {id}
title: {title}
kind: {kind}
technique: {technique}
date: 2025-03-1{day}
{more}provenance: rekaan, dibuat secara acak
fictional: true
---

"""
WORDS = """
akun konten unggahan warga komentar dibalas cepat lambat setiap hari rapat redaksi anggaran kamera laporan data
terbuka rahasia pimpinan tim berdua keluhan jalan lampu air layanan jadwal puskesmas sekolah pasar banjir video
siaran langsung pertanyaan jawaban menunggu persetujuan atasan pedoman belum ada sudah pernah sering jarang kami
mereka bekerja sendiri bersama media lain grafik jumlah pengikut naik turun percaya ragu
"""


def write_project(root: Path, number: int) -> None:
    """The project of one student."""
    from qualcode.coding.anchor import anchor
    from qualcode.coding.journal import Apply, append
    from qualcode.coding.valence import Valence
    from qualcode.project import Project

    chance = random.Random(number)
    case = root / "corpus" / CASE
    (root / "notebooks").mkdir(parents=True)
    case.mkdir(parents=True)
    for name in NOTEBOOKS:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", root / "notebooks")
    shutil.copytree(ROOT / "codebooks", root / "codebooks", ignore=shutil.ignore_patterns("history"))
    (case / "case.yaml").write_text(RECORD.format(number=number), "utf-8")

    def said(count: int) -> str:
        return " ".join(chance.choices(WORDS.split(), k=count)).capitalize()

    for who in (1, 2, 3):
        more = f"informant: I{who}\nlegend: {{P: pewawancara, I{who}: I{who}}}\n"
        kind = {"kind": "transkrip", "technique": "wawancara", "day": who, "more": more}
        front = FRONT.format(id=f"w-i{who}", title=f"Wawancara I{who} (rekaan)", **kind)
        turns = [f"P: {said(9)}?\n\nI{who}: {said(30)}.\n" for _ in range(TURNS // 2)]
        (case / f"w-i{who}.md").write_text(front + "\n".join(turns), "utf-8")
    kind = {"kind": "catatan lapangan", "technique": "observasi", "day": 5, "more": ""}
    notes = "\n\n".join(f"{said(25)}." for _ in range(8))
    front = FRONT.format(id="o-1", title="Observasi (rekaan)", **kind)
    (case / "o-1.md").write_text(f"{front}## Deskripsi\n\n{notes}\n", "utf-8")

    project = Project(root)
    codes = [code.id for code in project.codebook("stoc").indicators]
    documents = project.case(CASE).documents
    units = ((each, unit) for each in documents for unit in each.units)
    places = [each.segment(unit.start, unit.end) for each, unit in units if unit.end - unit.start > 120]
    events = [
        Apply(
            document=place.document.id,
            code=chance.choice(codes),
            text=place.document.text_id,
            coder="mahasiswa",
            valence=chance.choice([each for each in Valence if each is not Valence.UNRESOLVED]),
            **vars(anchor(place)),
        )
        for place in chance.sample(places, min(CODINGS, len(places)))
    ]
    append(case / "codings" / "stoc.mahasiswa.jsonl", events)


class Cost(NamedTuple):
    """What a command took: seconds of wall time and of CPU, and its largest process in MB."""

    wall: float
    cpu: float
    largest: float


def command(class_: list[Path], out: Path, *options: str) -> list[str]:
    start = [sys.executable, "-c", "from qualcode.cli import main; main()", "run", *NOTEBOOKS]
    return [*start, "--projects", *map(str, class_), "--out", str(out), *options]


def measured(command: list[str]) -> Cost:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(said.decode()[-2000:])
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def floor(roots: list[Path]) -> float:
    """Seconds of CPU that the cells of a notebook take where the libraries have been read before."""
    given = {"case": CASE}
    sources = [cells(roots[0] / "notebooks" / f"{name}.ipynb", given) for name in NOTEBOOKS]
    with Floor() as alone:
        _, *costs = [[alone.cost(root, each).cpu for each in sources] for root in [roots[0], *roots]]
    return statistics.mean(map(statistics.mean, costs))


def show_costs(class_: list[Path], out: Path, options: list[str]) -> None:
    below = floor(class_[:10])
    print(f"floor: CPU {below:.3f} s a notebook\n")
    print("projects notebooks   wall, s  notebooks/s   CPU, s  CPU each  above floor  largest, MB   second run, s")
    costs: dict[int, Cost] = {}
    for many in sorted({max(1, len(class_) // 10), max(1, len(class_) // 3), len(class_)}):
        chosen, folder = class_[:many], out / str(many)
        first = measured(command(chosen, folder, *options))
        second = measured(command(chosen, folder, *options))
        count = many * len(NOTEBOOKS)
        costs[count] = first
        print(
            f"{many:8}{count:10}{first.wall:10.1f}{count / first.wall:13.2f}{first.cpu:9.1f}{first.cpu / count:10.3f}"
            f"{first.cpu / count - below:13.3f}{first.largest:13.0f}{second.wall:16.1f}",
            flush=True,
        )

    print("\nwhat each further notebook costs:")
    for (few, before), (many, after) in pairwise(costs.items()):
        wall, cpu = ((later - earlier) / (many - few) for earlier, later in zip(before[:2], after[:2], strict=True))
        print(f"from {few} to {many}: {wall:.3f} s, CPU {cpu:.3f} s, {cpu - below:.3f} s above the floor")


def worker_of(process: int) -> int | None:
    """A worker of a run: a child that was forked, not started anew (as the nursery is)."""
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        if Path(f"/proc/{child}/cmdline").read_bytes() == Path(f"/proc/{process}/cmdline").read_bytes():
            return int(child)
    return None


def show_kill(class_: list[Path], out: Path, options: list[str]) -> None:
    """Kill a worker when a third is done; then compare everything that was made."""
    measured(command(class_, out / "undisturbed", *options, "--fresh"))
    log, total = out / "log.jsonl", len(class_) * len(NOTEBOOKS)
    log.unlink(missing_ok=True)
    disturbed = command(class_, out / "disturbed", *options, "--fresh", "--log", str(log))
    process = subprocess.Popen(disturbed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not log.exists() or len(log.read_text().splitlines()) <= total // 3:
        time.sleep(0.02)
    killed = worker_of(process.pid)
    assert killed
    os.kill(killed, signal.SIGKILL)
    code = process.wait()
    ended = [json.loads(line)["job"] for line in log.read_text("utf-8").splitlines() if "job" in json.loads(line)]
    print(f"\nworker {killed} killed after {total // 3} of {total} notebooks; exit code {code}")
    print(f"lost: {total - len(set(ended))}, doubled: {len(ended) - len(set(ended))}")
    compare(out, "undisturbed", "disturbed")


def compare(out: Path, *names: str) -> None:
    """Whether everything in two folders is the same, to the byte."""
    one, other = (
        {path.relative_to(out / name): path.read_bytes() for path in (out / name).rglob("*") if path.is_file()}
        for name in names
    )
    print(f"{len(one)} and {len(other)} files; the same bytes: {'yes' if one == other else 'NO'}")


def show_cluster(class_: list[Path], out: Path, options: list[str]) -> None:
    """The same class on the local pool and on a Dask cluster of this machine."""
    count = len(class_) * len(NOTEBOOKS)
    for name, more in (("pool", []), ("cluster", ["--cluster", "local"])):
        cost = measured(command(class_, out / name, *options, *more, "--fresh"))
        print(f"{name:8} {count} notebooks, {cost.wall:.1f} s, {count / cost.wall:.2f} a second, CPU {cost.cpu:.1f} s")
    compare(out, "pool", "cluster")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--cluster", action="store_true", help="compare the local pool with a local Dask cluster")
    parser.add_argument("--keep", type=Path, help="keep the projects and what was made of them here")
    given: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        class_ = [folder / "class" / f"mahasiswa-{number:03}" for number in range(1, given.projects + 1)]
        for number, root in enumerate(class_, 1):
            if not root.exists():
                write_project(root, number)
        options = ["--workers", str(given.workers)]
        if given.kill:
            show_kill(class_, folder, options)
        elif given.cluster:
            show_cluster(class_, folder, options)
        else:
            show_costs(class_, folder / "made", options)


if __name__ == "__main__":
    main()
