"""How often tokens, sentences and stems are right, and how fast they are; run it by hand.

python tests/benchmarks/words.py [--forms 20000]

The gold set is that of tests/test_words_gold.py, written before the rules were tuned, by the author of the rules: on
texts of others expect less. Times are CPU seconds; those compared are taken in turns in one process.
"""

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nltk.tokenize import ToktokTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

sys.path.insert(0, str(Path(__file__).parents[1]))
import test_words_gold as gold

from qualcode.text.words import Stemmer, stem, tokenize
from qualcode.text.words.abbreviations import ALWAYS, BEFORE_NAMES, BEFORE_NUMBERS
from qualcode.text.words.formal import formal_root

CORPUS = Path(__file__).parents[2] / "corpus"
ROUNDS = 3
PREFIXES = ("me", "mem", "men", "meng", "ber", "ter", "pe", "pem", "pen", "peng", "per", "di", "ke", "se", "nge", "")
SUFFIXES = ("", "", "kan", "an", "i", "nya", "in", "annya")


def toktok(text: str) -> set[tuple[int, int]]:
    """Spans of NLTK's best tokenizer for Indonesian, found again in the text."""
    spans, at = set(), 0
    for word in ToktokTokenizer().tokenize(text):
        at = text.find(word, at)
        if at < 0:
            break
        spans.add((at, at + len(word)))
        at += len(word)
    return spans


def punkt() -> Callable[[str], set[int]]:
    """Sentence ends of NLTK's Punkt, with our abbreviations."""
    parameters = PunktParameters()
    parameters.abbrev_types = {word.lower() for word in ALWAYS | BEFORE_NAMES | BEFORE_NUMBERS}
    tokenizer = PunktSentenceTokenizer(parameters)
    return lambda text: {end for _, end in tokenizer.span_tokenize(text)}


def quality() -> None:
    items = [gold.marked(line) for line in gold.TEXTS]
    ends = punkt()
    theirs = gold.f1([toktok(text) for text, _, _ in items], [spans for _, spans, _ in items])
    print(f"tokens, F1 of spans:     qualcode {gold.token_score():.3f}, NLTK Toktok {theirs:.3f}")
    theirs = gold.f1([ends(text) for text, _, _ in items], [wanted for _, _, wanted in items])
    print(f"sentences, F1 of ends:   qualcode {gold.sentence_score():.3f}, NLTK Punkt with our list {theirs:.3f}")
    plain = StemmerFactory().create_stemmer().stem
    for kind in gold.GOLD:
        (ours, count), (alone, _) = gold.stem_score(stem, kind), gold.stem_score(plain, kind)
        print(f"acceptable roots, {kind + ':':<10}qualcode {ours} of {count}, PySastrawi alone {alone}")


def forms(count: int) -> list[str]:
    """Types of the corpus, and by chance affixed ones: right, wrong and unknown words."""
    chance = random.Random(2006)
    texts = [path.read_text("utf-8") for path in sorted(CORPUS.rglob("*.md"))]
    types = sorted({word for text in texts for word in re.findall(r"[a-z]+", text.lower())})
    made = {chance.choice(PREFIXES) + chance.choice(types) + chance.choice(SUFFIXES) for _ in range(2 * count)}
    return types + sorted(made - set(types))[: max(0, count - len(types))]


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def speed(count: int) -> None:
    words = forms(count)
    taken: dict[str, list[float]] = {"PySastrawi alone": [], "the same, our steps": [], "with the layer": []}
    for _ in range(ROUNDS):
        plain, ours = StemmerFactory().create_stemmer(), Stemmer()
        taken["PySastrawi alone"].append(seconds(lambda plain=plain: [plain.stem(word) for word in words]))
        taken["the same, our steps"].append(seconds(lambda: [formal_root(word) for word in words]))
        taken["with the layer"].append(seconds(lambda ours=ours: [ours(word) for word in words]))
    alone = statistics.median(taken["PySastrawi alone"])
    for name, each in taken.items():
        median = statistics.median(each)
        print(f"{len(words)} types cold, {name + ':':<20} {len(words) / median:7.0f} types/s, {alone / median:.1f}x")
    text = "\n\n".join(path.read_text("utf-8") for path in sorted(CORPUS.rglob("*.md")))
    found = tokenize(text)
    print(f"tokens: {len(found) / min(seconds(lambda: tokenize(text)) for _ in range(ROUNDS)):.0f} a second")
    print(
        f"keys of known tokens: {len(found) / min(seconds(lambda: [*map(stem, found)]) for _ in range(3)):.0f} a second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=20_000)
    quality()
    speed(parser.parse_args().forms)


if __name__ == "__main__":
    main()
