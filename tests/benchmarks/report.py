"""What the results chapter of a large case costs as Word and as PDF.

python tests/benchmarks/report.py [--transcripts 12] [--letters 60000] [--codings 8000] [--appendix]

The case is that of ``evidence.py``. Every coding is quoted (``--most 0``). Shown are CPU seconds and wall time of each
step, from the project on the disk to the bytes of the files.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))
from evidence import write_case

import qualcode as qc
from qualcode.reports.chapter import Options, chapter
from qualcode.reports.typeset import pdf_report
from qualcode.reports.word import word_report

Made = TypeVar("Made")


def timed(name: str, make: Callable[[], Made]) -> Made:
    wall, work = time.perf_counter(), time.process_time()
    made = make()
    print(f"{name + ':':<16} {time.process_time() - work:6.2f} CPU s, {time.perf_counter() - wall:6.2f} s")
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--transcripts", type=int, default=12)
    parser.add_argument("--letters", type=int, default=60_000)
    parser.add_argument("--codings", type=int, default=8000)
    parser.add_argument("--appendix", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "proyek"
        write_case(root, asked.transcripts, asked.letters, asked.codings)
        timed("reading alone", lambda: qc.open_project(root).case("uji"))
        options = Options(most=0, appendix=asked.appendix)
        built = timed("chapter", lambda: chapter(qc.open_project(root), "uji", options))
        print(f"{len(built.quotations)} quotations, {len(built.tables)} tables, {len(built.claims)} claims")
        for name, make in (("Word", word_report), ("PDF", pdf_report)):
            file = timed(name, lambda make=make: make(built))  # type: ignore[misc]
            print(f"{len(file) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
