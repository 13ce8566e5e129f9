"""How many altered quotations the verifier finds, how many it misses, and how often it is alarmed for nothing.

python tests/benchmarks/verify.py [--project .] [--case latihan-kota-samudra] [--seeds 4] [--show]

Every quotation of the case's report is altered in one of the ways of ``tests/alterations.py``, in each style.
"""

import argparse
import io
import sys
import tempfile
from collections import Counter
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))
from alterations import FAULTS, FINE, altered
from docx import Document

import qualcode as qc
from qualcode.reports.chapter import Options, Quotes, chapter
from qualcode.reports.verify import verify
from qualcode.reports.word import word_report


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument("--case", default="latihan-kota-samudra")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--show", action="store_true", help="Print what was missed, and alarms for nothing.")
    asked = parser.parse_args()
    project = qc.open_project(asked.project)
    all_of, found_of, alarms = Counter[str](), Counter[str](), Counter[str]()
    for style in Quotes:
        built = chapter(project, asked.case, Options(quotes=style))
        blank = word_report(built)
        for seed in range(asked.seeds):
            with (
                tempfile.TemporaryDirectory() as folder,
                patch("qualcode.reports.verify.chapter", lambda *_, built=built: built),
            ):
                file = Path(folder) / "bab4.docx"
                made = altered(Document(io.BytesIO(blank)), file, seed)
                findings = {each.paragraph: each for each in verify(project, file).findings}
            for each in made:
                all_of[each.how] += 1
                found_of[each.how] += each.paragraph in findings
                if asked.show and (each.paragraph in findings) != (each.how in FAULTS):
                    print(f"{style.value} {each.how}\n  - {each.before}\n  + {each.after}")
                    print(f"  ! {findings.get(each.paragraph, '')}")
            strange = set(findings) - {each.paragraph for each in made}
            alarms[style.value] += len(strange)
            for number in strange:
                print(f"{style.value}: {findings[number]}")
    for how in FAULTS:
        print(f"{how:34} {all_of[how]:5} altered {found_of[how]:5} found {all_of[how] - found_of[how]:4} missed")
    for how in FINE:
        print(f"{how:34} {all_of[how]:5} allowed {found_of[how]:5} alarms")
    faults = sum(all_of[how] for how in FAULTS)
    missed = faults - sum(found_of[how] for how in FAULTS)
    print(
        f"{faults} altered, {missed} missed; {sum(all_of[how] for how in FINE)} allowed, "
        f"{sum(found_of[how] for how in FINE) + alarms.total()} alarms for nothing"
    )


if __name__ == "__main__":
    main()
