"""How long it takes to learn anew after a coding, and how good suggestions are beside two baselines; run it by hand.

python tests/benchmarks/suggestion.py

Each codebook and coder of the practice case; whole informants are left out. CPU seconds, of the whole question: units,
cue words, one model for each group left out, one of everything, and a suggestion for every unit without a code.
"""

import time
from pathlib import Path

import qualcode as qc
from qualcode.analysis.suggestion import Evaluation, Measured, Suggestions

CASE = "latihan-kota-samudra"
BOOKS = ("paramitha", "stoc", "david", "literature")


def shares(measured: Measured) -> str:
    figures = (measured.first, measured.three, measured.coded, measured.macro_f1, measured.quarter, measured.half)
    return "  ".join("   –" if isinstance(each, qc.Undefined) else f"{each:.2f}" for each in figures)


def timed(case: qc.Case, book: qc.Codebook, coder: str) -> tuple[float, Suggestions]:
    begun = time.process_time()
    found = qc.suggest(case, book, coder)
    return time.process_time() - begun, found


def main() -> None:
    project = qc.open_project(Path(__file__).parents[2])
    case = project.case(CASE)
    timed(case, project.codebook(BOOKS[0]), "ana")  # libraries are loaded and stems found
    print("codebook    coder  CPU s  method      first three coded  F1   25%   50%")
    for book in BOOKS:
        for coder in ("ana", "budi"):
            seconds, found = timed(case, project.codebook(book), coder)
            if isinstance(found.evaluation, Evaluation):
                for measured in found.evaluation.measured:
                    print(f"{book:11} {coder:5} {seconds:6.2f}  {measured.method:10}  {shares(measured)}")


if __name__ == "__main__":
    main()
