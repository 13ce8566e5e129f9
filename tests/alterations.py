"""What students do to the quotations of a report: alterations that must be found, and others that must not.

Each alteration is a function that changes one quotation of a Word file in place and says whether it could. `FAULTS` are
those after which the quotation is no longer what its source says, `FINE` those the rules of a thesis allow.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from qualcode.reports.verify.reading import read_word
from qualcode.reports.verify.verbatim import NEGATIONS

STRANGE = ("kelurahan", "padahal", "sembarangan", "serampangan", "mustahil", "dipindah")
_CUT = re.compile(r"\s*\[[^\[\]]*\]\s*")


@dataclass
class Place:
    """One quotation of a report: its paragraph, its bookmark, and chance."""

    start: Any
    end: Any
    chance: random.Random
    others: list[str]

    @property
    def paragraph(self) -> Any:
        return self.start.getparent()

    @property
    def runs(self) -> list[Any]:
        found, each = [], self.start.getnext()
        while each is not self.end:
            found.append(each)
            each = each.getnext()
        return found

    @property
    def words(self) -> str:
        return "".join(_text(run) for run in self.runs)

    @words.setter
    def words(self, text: str) -> None:
        first, *rest = self.runs
        for run in rest:
            run.getparent().remove(run)
        _write(first, text)

    def forget(self) -> None:
        """Take the bookmark away."""
        for each in (self.start, self.end):
            each.getparent().remove(each)

    def around(self) -> tuple[Any, Any]:
        """The runs that hold the quotation marks."""
        return self.start.getprevious(), self.end.getnext()


def _text(element: Any) -> str:
    return "".join(each.text or "" for each in element.iter(qn("w:t")))


def _write(run: Any, text: str) -> None:
    first, *rest = run.iter(qn("w:t"))
    first.text = text
    first.set(qn("xml:space"), "preserve")
    for each in rest:
        each.text = ""


def places(document: Any, chance: random.Random) -> list[Place]:
    """The quotations of a report, those in tables left out."""
    body = document.element.body
    ends = {each.get(qn("w:id")): each for each in body.iter(qn("w:bookmarkEnd"))}
    found = [
        Place(each, ends[each.get(qn("w:id"))], chance, [])
        for each in body.iter(qn("w:bookmarkStart"))
        if each.get(qn("w:name")).startswith("qc_q_") and not any(each.iterancestors(qn("w:tbl")))
    ]
    said = [place.words for place in found]
    for place in found:
        place.others = said
    return found


def _words(text: str) -> list[str]:
    return text.split(" ")


def _is_word(word: str) -> bool:
    return word.isalpha() and len(word) > 1


def _spot(place: Place, fits: Callable[[str], bool] = _is_word) -> int | None:
    """Somewhere in the quotation, outside brackets."""
    depth, free = 0, []
    for index, word in enumerate(_words(place.words)):
        depth += word.count("[")
        if not depth and fits(word):
            free.append(index)
        depth -= word.count("]")
    return place.chance.choice(free) if free else None


def _instead(place: Place, index: int | None, *new: str, old: int = 1) -> bool:
    if index is None:
        return False
    every = _words(place.words)
    place.words = " ".join([*every[:index], *new, *every[index + old :]])
    return True


# Faults


def word_changed(place: Place) -> bool:
    return _instead(place, _spot(place), place.chance.choice(STRANGE))


def first_word_changed(place: Place) -> bool:
    return _instead(place, 0, place.chance.choice(STRANGE)) if _is_word(_words(place.words)[0]) else False


def last_word_changed(place: Place) -> bool:
    return _instead(place, len(_words(place.words)) - 1, place.chance.choice(STRANGE) + ".")


def negation_dropped(place: Place) -> bool:
    return _instead(place, _spot(place, lambda word: word.casefold() in NEGATIONS))


def negation_added(place: Place) -> bool:
    index = _spot(place)
    return index is not None and _instead(place, index, "tidak", _words(place.words)[index])


def number_changed(place: Place) -> bool:
    index = _spot(place, lambda word: any(map(str.isdecimal, word)))
    if index is None:
        return False
    word = _words(place.words)[index]
    return _instead(place, index, re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), word, count=1))


def word_inserted(place: Place) -> bool:
    index = _spot(place)
    return index is not None and _instead(place, index, _words(place.words)[index], place.chance.choice(STRANGE))


def word_deleted(place: Place) -> bool:
    return len(_words(place.words)) > 1 and _instead(place, _spot(place))


def words_swapped(place: Place) -> bool:
    every = _words(place.words)
    pairs = [
        n
        for n, (one, other) in enumerate(pairwise(every))
        if _is_word(one) and _is_word(other) and one.casefold() != other.casefold()
    ]
    if not pairs:
        return False
    index = place.chance.choice(pairs)
    return _instead(place, index, every[index + 1], every[index], old=2)


def bracket_changed(place: Place) -> bool:
    """What the source itself has in brackets, such as [tertawa]."""
    words = re.sub(r"\[(?!\.\.\.)[^\[\]]+\]", "[menangis]", place.words, count=1)
    return words != place.words and _set(place, words)


def word_put_in_brackets(place: Place) -> bool:
    """A word replaced by another in brackets, as if it were an explanation."""
    return _instead(place, _spot(place), "[selalu]")


def empty_cut(place: Place) -> bool:
    """A cut where nothing was cut."""
    index = _spot(place)
    if index is None or index + 1 == len(_words(place.words)) or not _is_word(_words(place.words)[index + 1]):
        return False
    return _instead(place, index, _words(place.words)[index], "[...]")


def cut_hiding_negation(place: Place) -> bool:
    index = _spot(place, lambda word: word.casefold() in NEGATIONS)
    every = _words(place.words)
    if index is None or index + 1 >= len(every) or not _is_word(every[index + 1]):
        return False
    return _instead(place, index, "[...]")


def cut_by_a_pause(place: Place) -> bool:
    """Words left out with ... which, without brackets, is a pause of the speaker."""
    index = _spot(place)
    return index not in (None, 0, len(_words(place.words)) - 1) and _instead(place, index, "...")


def comma_moved(place: Place) -> bool:
    index = _spot(place)
    if index is None or index + 1 == len(_words(place.words)):
        return False
    return _instead(place, index, _words(place.words)[index] + ",")


def letters_changed(place: Place) -> bool:
    """A word in the middle in capitals."""
    index = _spot(place)
    return bool(index) and _instead(place, index, _words(place.words)[index].swapcase())


def question_made_statement(place: Place) -> bool:
    return place.words.endswith("?") and _set(place, place.words[:-1] + ".")


def sentence_added(place: Place) -> bool:
    return _set(place, place.words + " Itu sebabnya semua warga kota ini puas.")


def another_quotation(place: Place) -> bool:
    others = [each for each in place.others if each[:30] not in place.words and place.words[:30] not in each]
    return bool(others) and _set(place, place.chance.choice(others))


def outside_the_bookmark(place: Place) -> bool:
    """Typed behind the bookmark, inside the quotation marks."""
    run = deepcopy(place.runs[-1])
    _write(run, " padahal sebaliknya")
    place.end.addnext(run)
    return True


def changed_and_split(place: Place) -> bool:
    """A changed word, and the words in several runs as Word leaves them."""
    return word_changed(place) and split_in_runs(place)


def changed_without_bookmark(place: Place) -> bool:
    if len(_words(place.words)) < 8 or not word_changed(place):
        return False
    place.forget()
    return True


def changed_in_straight_marks(place: Place) -> bool:
    return len(_words(place.words)) >= 8 and word_changed(place) and straight_marks(place) and _forgotten(place)


def changed_in_single_marks(place: Place) -> bool:
    if len(_words(place.words)) < 8 or not word_changed(place):
        return False
    for run in place.around():
        _write(run, re.sub("[“”]", "'", _text(run)))
    return _forgotten(place)


def changed_without_marks(place: Place) -> bool:
    return word_changed(place) and no_marks(place)


def changed_without_marks_or_bookmark(place: Place) -> bool:
    return len(_words(place.words)) >= 12 and word_changed(place) and no_marks(place) and _forgotten(place)


def changed_and_retyped(place: Place) -> bool:
    return len(_words(place.words)) >= 8 and word_changed(place) and paragraph_retyped(place)


def shortened_and_changed(place: Place) -> bool:
    """Three words, the middle one changed, in brackets of cuts."""
    every = [word for word in _words(_CUT.sub(" ", place.words)) if word]
    if len(every) < 6:
        return False
    place.words = f"[...] {every[1]} {place.chance.choice(STRANGE)} {every[3]} [...]"
    return True


def one_wrong_word(place: Place) -> bool:
    """Nothing is left but one word that is not there."""
    return _set(place, place.chance.choice(STRANGE))


def word_from_elsewhere(place: Place) -> bool:
    """Nothing is left but two words that stand elsewhere in the data, not in this quotation."""
    others = [" ".join(_words(each)[1:3]) for each in place.others]
    others = [each for each in others if re.fullmatch(r"[a-z]+ [a-z]+", each) and each not in place.words.casefold()]
    return _set(place, place.chance.choice(others))


def short_without_bookmark(place: Place) -> bool:
    """Two wrong words in quotation marks before the address, and no bookmark."""
    return _set(place, "sama sekali mustahil") and _forgotten(place)


def source_swapped(place: Place) -> bool:
    """The informant, the address or the lines of another beside these words."""
    run = place.around()[1].getnext()
    if run is None or not _text(run).strip():
        return False
    changed = re.sub(r"\bI(\d)\b", lambda found: f"I{int(found[1]) % 7 + 1}", _text(run))
    if changed == _text(run):
        return False
    changed = re.sub(r"; [WODKX]/[^)]+", "", changed)
    _write(run, changed)
    return True


def lines_swapped(place: Place) -> bool:
    run = place.around()[1].getnext()
    if run is None:
        return False
    changed = re.sub(r": (\d+)", lambda found: f": {int(found[1]) + 7}", _text(run))
    changed = re.sub(r"(?<=\d)-\d+(?=\))", "", changed)
    if not re.search(r": \d+\)", changed):
        return False
    _write(run, changed)
    return True


def date_changed(place: Place) -> bool:
    run = place.around()[1].getnext()
    if run is None:
        return False
    changed = re.sub(r"\b(\d{1,2}) (?=Maret|April)", lambda found: f"{int(found[1]) % 27 + 1} ", _text(run))
    if changed == _text(run):
        return False
    _write(run, changed)
    return True


# What is allowed


def untouched(place: Place) -> bool:
    return True


def capital_at_the_start(place: Place) -> bool:
    words = place.words
    return words[0].isalpha() and words[1:2].islower() and _set(place, words[0].swapcase() + words[1:])


def capital_in_brackets(place: Place) -> bool:
    words = place.words
    return words[0].isupper() and words[1:2].islower() and _set(place, f"[{words[0].lower()}]{words[1:]}")


def final_mark(place: Place) -> bool:
    return place.words.endswith(".") and _set(place, place.words[:-1] + place.chance.choice(["", ","]))


def honest_cut(place: Place) -> bool:
    """A word cut and marked, which denies nothing."""
    every = _words(place.words)
    index = _spot(place, lambda word: _is_word(word) and word.casefold() not in NEGATIONS)
    if index in (None, 0) or index + 1 == len(every):
        return False
    beside = {re.sub(r"\W", "", word).casefold() for word in every[max(0, index - 4) : index + 5]}
    return not beside & NEGATIONS and _instead(place, index, "[...]")


def explanation(place: Place) -> bool:
    index = _spot(place)
    return index is not None and _instead(place, index, _words(place.words)[index], "[akun resmi dinas]")


def hard_blanks(place: Place) -> bool:
    return _set(place, place.words.replace(" ", "\u00a0", 2).replace("...", "…").replace("-", "\u2011"))


def straight_marks(place: Place) -> bool:
    for run in place.around():
        _write(run, re.sub("[“”]", '"', _text(run)))
    return True


def no_marks(place: Place) -> bool:
    for run in place.around():
        _write(run, re.sub("[“”]", "", _text(run)))
    return True


def italics_lost(place: Place) -> bool:
    for run in place.runs:
        for each in list(run.iter(qn("w:rPr"))):
            run.remove(each)
    return True


def split_in_runs(place: Place) -> bool:
    text, run = place.words, place.runs[0]
    place.words = text[: len(text) // 3]
    rest = deepcopy(run)
    _write(rest, text[len(text) // 3 :])
    run.addnext(rest)
    return True


def moved(place: Place) -> bool:
    """To the end of the text, with its source."""
    body = next(place.paragraph.iterancestors(qn("w:body")))
    body[-1].addprevious(place.paragraph)
    return True


def _forgotten(place: Place) -> bool:
    place.forget()
    return True


def bookmark_deleted(place: Place) -> bool:
    return _forgotten(place)


def paragraph_retyped(place: Place) -> bool:
    """All of it in one run, the bookmark gone; what notes hang on stays."""
    paragraph = place.paragraph
    kept = [
        each
        for each in paragraph
        if each.tag == qn("w:pPr") or next(each.iter(qn("w:footnoteReference")), None) is not None
    ]
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    words.text = _text(paragraph)
    run.append(words)
    for each in list(paragraph):
        if each not in kept:
            paragraph.remove(each)
    first = 1 if kept and kept[0].tag == qn("w:pPr") else 0
    paragraph.insert(first, run)
    return True


def _set(place: Place, text: str) -> bool:
    place.words = text
    return True


FAULTS: Mapping[str, Callable[[Place], bool]] = {
    each.__name__: each
    for each in (
        *(word_changed, first_word_changed, last_word_changed, negation_dropped, negation_added, number_changed),
        *(word_inserted, word_deleted, words_swapped, bracket_changed, word_put_in_brackets, empty_cut),
        *(cut_hiding_negation, cut_by_a_pause, comma_moved, letters_changed, question_made_statement, sentence_added),
        *(another_quotation, outside_the_bookmark, changed_and_split, changed_without_bookmark),
        *(changed_in_straight_marks, changed_in_single_marks, changed_without_marks),
        *(changed_without_marks_or_bookmark, changed_and_retyped, shortened_and_changed, one_wrong_word),
        *(word_from_elsewhere, short_without_bookmark, source_swapped, lines_swapped, date_changed),
    )
}
FINE: Mapping[str, Callable[[Place], bool]] = {
    each.__name__: each
    for each in (
        *(untouched, capital_at_the_start, capital_in_brackets, final_mark, honest_cut, explanation, hard_blanks),
        *(straight_marks, no_marks, italics_lost, split_in_runs, moved, bookmark_deleted, paragraph_retyped),
    )
}


@dataclass(frozen=True)
class Altered:
    """An altered quotation: how, what stood there, what stands there, and its paragraph's number in the file."""

    how: str
    before: str
    after: str
    paragraph: int


def altered(document: Any, file: Path, seed: int) -> list[Altered]:
    """Alter each quotation of a report in one way, each way in its turn, and save it."""
    chance = random.Random(seed)
    every = {**FAULTS, **FINE}
    waiting: list[str] = []
    done: list[tuple[str, str, str, Any]] = []
    for place in places(document, chance):
        if len(waiting) < len(every):
            waiting += chance.sample([*every], len(every))
        paragraph, before = place.paragraph, place.words
        for how in waiting:
            if every[how](place) and (how in FINE or _text(paragraph) or before):
                waiting.remove(how)
                done.append((how, before, _text(paragraph), paragraph))
                break
    document.save(str(file))
    numbers = dict(_numbers(document, file))
    return [Altered(how, before, after, numbers[id(paragraph)]) for how, before, after, paragraph in done]


def _numbers(document: Any, file: Path) -> Iterator[tuple[int, int]]:
    """Each paragraph outside tables -> the number it has for the verifier."""
    read = iter(
        [each for each in read_word(file).paragraphs if each.text.strip() and not each.is_note and not each.cell]
    )
    for paragraph in document.element.body.iterchildren(qn("w:p")):
        if _text(paragraph).strip():
            yield id(paragraph), next(read).number
