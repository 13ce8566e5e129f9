"""How fast the word index is built, opened again and asked, beside a plain loop over PySastrawi; run it by hand.

python tests/benchmarks/wordindex.py [--tokens 10000000]

The text is made by chance: words of the corpus as its frequent head, affixed forms of them as its tail, by the law of
Zipf and Mandelbrot (exponent 1.25), in comments of about 50 words, 200 comments a document. Times are CPU seconds; peak
memory is that of a process of its own for each side. Every hit is compared with a reading of all tokens.
"""

import argparse
import itertools
import multiprocessing
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

sys.path.insert(0, str(Path(__file__).parent))
from words import forms

from qualcode.analysis.wordindex import WordIndex
from qualcode.text.document import Document
from qualcode.text.words import Sort, Stemmer, tokenize
from qualcode.text.words.stems import normal

COMMENT, COMMENTS = 50, 200
QUERY, PHRASE, FIRST = "kelola", ("ada", "akun"), 50
_WORD = re.compile(r"\w+")


def documents(tokens: int, types: int) -> Iterator[Document]:
    chance = random.Random(2006)
    words = forms(types)
    weights = list(itertools.accumulate(1 / (rank + 2.7) ** 1.25 for rank in range(len(words))))
    for number in range(max(1, tokens // (COMMENT * COMMENTS))):
        comments = (" ".join(chance.choices(words, cum_weights=weights, k=COMMENT)) for _ in range(COMMENTS))
        yield Document(f"d-{number}", ".\n\n".join(comments) + ".", case="uji")


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def plain(tokens: int, types: int, results: "multiprocessing.Queue[tuple[float, float]]") -> None:
    """The loop one writes first: a row for each token, with its stem and its place."""
    import pandas as pd

    stem = StemmerFactory().create_stemmer().stem
    taken, rows = 0.0, []
    for document in documents(tokens, types):
        begun = time.process_time()
        for found in _WORD.finditer(document.text):
            rows.append((document.id, found.start(), found.end(), found[0], stem(found[0])))
        taken += time.process_time() - begun
    taken += seconds(lambda: pd.DataFrame(rows).groupby(4).indices)
    results.put((taken, peak()))


def ours(tokens: int, types: int, path: Path, results: "multiprocessing.Queue[tuple[float, float]]") -> None:
    index, taken = WordIndex(path, Stemmer()), 0.0
    for document in documents(tokens, types):
        taken += seconds(lambda document=document: index.update([document], within=()))
    index.close()
    results.put((taken, peak()))


def opened(path: Path, results: "multiprocessing.Queue[tuple[float, float]]") -> None:
    """Open a finished index, with its stored stems, and find every place of a family."""

    def work() -> None:
        index = WordIndex(path, Stemmer())
        list(index.matches([index.family(QUERY)]))
        index.close()

    results.put((seconds(work), peak()))


def alone(work: Callable[..., None], *arguments: object) -> tuple[float, float]:
    """CPU seconds and peak megabytes of `work` in a process of its own."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=work, args=(*arguments, results))
    process.start()
    result: tuple[float, float] = results.get()
    process.join()
    return result


def asked(path: Path, tokens: int, types: int) -> None:
    stemmer = Stemmer()
    index: list[WordIndex] = []
    print(f"open again:          {1000 * seconds(lambda: index.append(WordIndex(path, stemmer))):8.1f} ms")
    (base,) = index
    for name, most in (("first 50 of a family", FIRST), ("whole family", None)):
        found: list[object] = []
        taken = seconds(
            lambda most=most, found=found: found.extend(itertools.islice(base.matches([base.family(QUERY)]), most))
        )
        print(f"{name + ':':<20} {1000 * taken:8.1f} ms, {len(found)} hits")
    found = []
    taken = seconds(lambda: found.extend(base.matches([base.family(word) for word in PHRASE])))
    print(f"phrase of families:  {1000 * taken:8.1f} ms, {len(found)} hits")
    new = Document("baru", next(documents(1, types)).text, case="uji")
    taken = seconds(lambda: base.update([new], within=()))
    print(f"a transcript added:  {1000 * taken:8.1f} ms, {COMMENT * COMMENTS} words")
    hits = {(match.document, *match.places[0]) for match in base.matches([base.family(QUERY)])}
    key, read = stemmer(QUERY), set()
    for document in [*documents(tokens, types), new]:
        for unit in document.units:
            for token in tokenize(document.text[unit.start : unit.end]):
                if token.sort not in (Sort.MARK, Sort.PAUSE) and stemmer(normal(token.text)) == key:
                    read.add((document.id, unit.start + token.start, unit.start + token.end))
    print(f"hits equal to a reading of everything: {hits == read} ({len(hits)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--types", type=int, default=60_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kata.sqlite"
        (loop, loop_peak), (built, built_peak) = (
            alone(plain, given.tokens, given.types),
            alone(ours, given.tokens, given.types, path),
        )
        print(f"plain loop:          {loop:8.1f} s, peak {loop_peak:.0f} MB")
        print(f"index built:         {built:8.1f} s, peak {built_peak:.0f} MB, file {path.stat().st_size / 1e6:.0f} MB")
        print(f"                     {loop / built:.1f} times as fast, {built_peak / loop_peak:.2f} of the memory")
        again = Path(folder) / "lagi.sqlite"
        again.write_bytes(path.read_bytes())
        asked(again, given.tokens, given.types)
        again.unlink()
        again.write_bytes(path.read_bytes())
        reopened, _ = alone(opened, again)
        print(f"opened and asked:    {reopened:8.3f} s, {loop / reopened:.0f} times as fast as the loop")


if __name__ == "__main__":
    main()
