"""What the evidence file of a large case costs: CPU to build, bytes, and how long a browser takes to open it.

python tests/benchmarks/evidence.py [--transcripts 12] [--letters 60000] [--codings 2400]

The transcripts are made by chance, a question before each answer of three to eight sentences; codings cover one to
three sentences. Building is timed in CPU seconds from the case as it was read to the whole page, both variants, the
median of five; reading the project from the disk is shown beside it. With Playwright and Chromium the page is opened
from a file, offline, five times, until it is drawn; then a link is followed.
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from words import forms

import qualcode as qc
from qualcode.coding.anchor import anchor
from qualcode.coding.journal import Apply, append
from qualcode.project import init_project
from qualcode.reports.evidence import evidence
from qualcode.text.document import Document

RECORD = "\n".join(
    [
        "id: uji",
        "title: Uji",
        "kind: empiris",
        "fictional: true",
        "frameworks: [stoc, paramitha, david]",
        "coders: [ana]",
    ]
    + [f"{name}: rekaan" for name in ("institution", "unit", "place", "period", "question", "approach", "description")]
)
FRONT = """---
id: w-{n}
title: Uji
kind: transkrip
technique: wawancara
date: 2025-03-18
informant: I{n}
period: {period}
provenance: rekaan
fictional: true
legend: {{P: pewawancara, I{n}: I{n}}}
---

"""
TIMES = 5


def sentences(chance: random.Random, words: list[str]) -> Iterator[str]:
    """Sentences of six to twenty words, without end."""
    while True:
        said = " ".join(chance.choices(words[:4000], k=chance.randint(6, 20)))
        yield said.capitalize() + "."


def write_case(root: Path, transcripts: int, letters: int, codings: int) -> None:
    project = init_project(root)
    folder = root / "corpus" / "uji"
    folder.mkdir(parents=True)
    numbers = range(1, transcripts + 1)
    people = [f"  - {{id: I{n}, role: staf, relation: orang dalam, consent: rekaan}}" for n in numbers]
    groups = [
        "groups:",
        f"  source: [{', '.join(f'I{n}' for n in numbers)}]",
        "  technique: [wawancara]",
        "  time: [dulu, kini]",
    ]
    (folder / "case.yaml").write_text("\n".join([RECORD, "informants:", *people, *groups, ""]), "utf-8")
    chance = random.Random(2006)
    said = sentences(chance, forms(60_000))
    for n in numbers:
        turns: list[str] = []
        while sum(map(len, turns)) < letters:
            turns.append("P: " + next(said))
            turns.append(f"I{n}: " + " ".join(next(said) for _ in range(chance.randint(3, 8))))
        text = "\n\n".join(turns)[:letters] + "\n"
        (folder / f"w-{n}.md").write_text(FRONT.format(n=n, period=chance.choice(["dulu", "kini"])) + text, "utf-8")
    case = project.case("uji")
    books = [project.codebook(each) for each in ("stoc", "paramitha", "david")]
    for book in books:
        events = [_coding(chance, chance.choice(case.documents), book) for _ in range(codings // len(books))]
        append(folder / "codings" / f"{book.id}.ana.jsonl", events)


def _coding(chance: random.Random, document: Document, book: qc.Codebook) -> Apply:
    turn = chance.choice([each for each in document.turns if each.informant])
    words = document.text[turn.start : turn.end]
    ends = [at + 1 for at, letter in enumerate(words) if letter == "."] or [len(words)]
    first = chance.randrange(len(ends))
    start = turn.start + (0 if first == 0 else ends[first - 1] + 1)
    end = turn.start + ends[min(len(ends) - 1, first + chance.randrange(3))]
    where = document.segment(start, max(end, start + 1))
    return Apply(
        coder="ana",
        document=document.id,
        code=chance.choice(book.indicators).id,
        text=document.text_id,
        valence=chance.choice(["mendukung", "menentang", "campuran", "deskriptif"]),
        tags=("tanda uji",),
        memo="Catatan.",
        **vars(anchor(where)),
    )


def opened(path: Path) -> None:
    """Open the page as a file, offline, until it is drawn; then follow a link of a matrix."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is not there: not opened")
        return
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    drawn = (
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, size in (("desk", (1200, 900)), ("phone", (390, 844))):
            taken, followed = [], []
            for _ in range(TIMES):
                context = browser.new_context(offline=True, viewport={"width": size[0], "height": size[1]})
                page = context.new_page()
                page.goto(path.as_uri())
                taken.append(page.evaluate(drawn))
                begun = time.perf_counter()
                page.evaluate("document.querySelector('.matrix a[href^=\"#q-\"]').click()")
                page.evaluate(drawn)
                followed.append(time.perf_counter() - begun)
                context.close()
            first, then = statistics.median(taken) / 1000, statistics.median(followed)
            print(f"opened, {name}: {first:.2f} s; a link followed: {then:.2f} s")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--transcripts", type=int, default=12)
    parser.add_argument("--letters", type=int, default=60_000)
    parser.add_argument("--codings", type=int, default=2400)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "proyek"
        write_case(root, asked.transcripts, asked.letters, asked.codings)
        for full in (False, True):
            read, built, page = [], [], ""
            for _ in range(TIMES):
                begun = time.process_time()
                project = qc.open_project(root)
                case = project.case("uji")
                read.append(time.process_time() - begun)
                begun = time.process_time()
                page = evidence(project, case, full=full)
                built.append(time.process_time() - begun)
            print(
                f"{'whole texts' if full else 'coded passages'}: {len(case.codings)} codings, "
                f"{len(page.encode()) / 1e6:.2f} MB, "
                f"built in {statistics.median(built):.2f} CPU s (read in {statistics.median(read):.2f})"
            )
            path = Path(folder) / "bukti.html"
            path.write_text(page, "utf-8")
            opened(path)


if __name__ == "__main__":
    main()
