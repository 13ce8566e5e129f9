"""What the words of a whole thesis cost, from cold: a new process, no index, every question; run it by hand.

python tests/benchmarks/thesis.py [--interviews 20] [--tokens 8000]

The interviews are made by chance as in wordindex.py, a question of ten words before each answer of a hundred, in a
project of their own. CPU seconds of a new interpreter, its start included, and of each question in turn.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from words import forms

from qualcode.project import init_project

QUESTIONS = """
import sys, time
begun = time.process_time()
print(f"{'the interpreter:':<26}{begun:6.2f} s")
def told(name):
    global begun
    now = time.process_time()
    print(f"{name + ':':<26}{now - begun:6.2f} s")
    begun = now
import qualcode as qc
project = qc.open_project(sys.argv[1])
case = project.case("uji")
told("project read")
found = qc.concordance(project, "kelola")
str(found.to_table())
told(f"index, concordance ({len(found)})")
words = qc.words(case)
str(words.frequencies().to_table())
told(f"frequencies ({len(words)})")
first = qc.words(case, informant="I1")
str(qc.keyness(first, words.without(first)).to_table())
told("keyness of one informant")
str(words.collocates("kelola").to_table())
told("collocations")
"""

RECORD = "\n".join(
    ["id: uji", "title: Uji", "kind: empiris", "fictional: true", "frameworks: [stoc]", "coders: [ana]"]
    + [f"{name}: rekaan" for name in ("institution", "unit", "place", "period", "question", "approach", "description")]
)
INTERVIEW = """---
id: w-{number}
title: Uji
kind: transkrip
technique: wawancara
date: 2025-03-18
informant: I{number}
provenance: rekaan
fictional: true
legend: {{P: pewawancara, I{number}: I{number}}}
---

"""


def write_interviews(root: Path, interviews: int, tokens: int) -> None:
    """A project with one case of `interviews` transcripts."""
    init_project(root)
    folder = root / "corpus" / "uji"
    folder.mkdir(parents=True)
    person = "  - {{id: I{}, role: staf, relation: orang dalam, consent: rekaan}}"
    people = [person.format(number + 1) for number in range(interviews)]
    (folder / "case.yaml").write_text("\n".join([RECORD, "informants:", *people, ""]), "utf-8")
    chance, words = random.Random(2006), forms(60_000)
    weights = list(accumulate(1 / (rank + 2.7) ** 1.25 for rank in range(len(words))))

    def said(count: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=count))

    for number in range(interviews):
        turns = [f"P: {said(10)}?\n\nI{number + 1}: {said(100)}.\n" for _ in range(tokens // 110)]
        front = INTERVIEW.format(number=number + 1)
        (folder / f"w-{number + 1}.md").write_text(front + "\n".join(turns), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interviews", type=int, default=20)
    parser.add_argument("--tokens", type=int, default=8000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "skripsi"
        write_interviews(root, given.interviews, given.tokens)
        for name in ("from cold", "with its index"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", QUESTIONS, str(root)], check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{'everything, ' + name + ':':<26}{taken:6.2f} s of CPU\n")


if __name__ == "__main__":
    main()
