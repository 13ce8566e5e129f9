"""Addresses of quotations (kode kutipan): what a thesis prints after a quotation, and the way back from it.

An address says how and from whom the words come, when, and where they stand: ``W/I3/12-03-2024/45-52``. Lines are those
of the text in which a person coded the passage; a text corrected later changes no address. Whole lines have their
numbers only. A part of a line has a letter for its sentence, ``45c`` the third sentence of line 45, ``45c-e``,
``45c-52b``; where a sentence is cut, the number of the word: ``45c4-c9``. So an address follows from the words alone:
it stays what it is whatever else is coded, and whatever copies are united.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from qualcode.coding.case import ADDRESS, Case, is_address_pattern
from qualcode.coding.codings import Coding, Codings, Made
from qualcode.coding.study import AUTO
from qualcode.text.document import Document, Technique

__all__ = ["Addresses", "part_of"]

LETTERS = {
    Technique.INTERVIEW: "W",
    Technique.OBSERVATION: "O",
    Technique.DOCUMENTATION: "D",
    Technique.LITERATURE: "K",
    Technique.UNSTATED: "X",
}
NO_DATE = "tanpa-tanggal"

# These three decide what addresses look like: to change them would change addresses that stand in print.
_WORD = re.compile(r"\w+(?:[-'’.,:/]\w+)*")
_SENTENCE = re.compile(r"[.?!…]+[\"”’')\]]*\s+")
_EDGE = re.compile(r"\w")

_ID = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_PLACE = r"[a-z]+(?:\d+(?:\.\d+)?)?"
_TAIL = rf"\d+(?:~\d+-\d+|(?:{_PLACE})?(?:-(?:\d+(?:{_PLACE})?|{_PLACE}))?)(?:@[0-9a-f]{{4,16}})?"
_FORMS = {
    "teknik": f"[{''.join(LETTERS.values())}]",
    "informan": _ID,
    "dokumen": _ID,
    "tanggal": rf"(?:\d\d-\d\d-\d{{4}}|{NO_DATE})",
    "baris": _TAIL,
    "jawaban": _TAIL,
}


_begins = itemgetter(0)


@dataclass(frozen=True)
class _Line:
    """A stretch that has a number: its words, and the sentences they stand in."""

    words: tuple[tuple[int, int], ...]
    sentences: tuple[int, ...]

    def sentence(self, word: int) -> tuple[int, int, bool]:
        """The sentence of a word, the word's number in it, both from 1, and whether it is the last."""
        at = bisect_right(self.sentences, word)
        begins = self.sentences[at - 1]
        ends = self.sentences[at] if at < len(self.sentences) else len(self.words)
        return at, word - begins + 1, word + 1 == ends


class _Text:
    """One text of a document, cut into numbered stretches: its lines, or its turns and paragraphs."""

    def __init__(self, document: Document, by_unit: bool) -> None:
        self.document = document
        self.text = document.text
        if by_unit:
            self.starts = [unit.start for unit in document.units] or [0]
            self.ends = [*self.starts[1:], len(self.text)]
        else:
            self.starts = [0, *(newline.end() for newline in re.finditer("\n", self.text))]
            self.ends = [*self.starts[1:], len(self.text)]
        self._bodies = {bisect_right(self.starts, turn.start): turn.start for turn in document.turns}
        self._lines: dict[int, _Line] = {}

    def line(self, number: int) -> _Line:
        """The words of a stretch and where its sentences begin; a speaker's label is none of them."""
        if number not in self._lines:
            begin, end = self.starts[number - 1], self.ends[number - 1]
            words = tuple(word.span() for word in _WORD.finditer(self.text, begin, end))
            body = self._bodies.get(number, begin)
            label = bisect_left(words, body, key=_begins)
            marks = [mark.end() for mark in _SENTENCE.finditer(self.text, max(begin, body), end)]
            sentences = {bisect_left(words, mark, key=_begins) for mark in marks}
            self._lines[number] = _Line(
                words[label:], (0, *sorted(at - label for at in sentences if label < at < len(words)))
            )
        return self._lines[number]

    def tail(self, start: int, end: int) -> str:
        """The end of an address: where the words from `start` to `end` stand."""
        edges = _trimmed(self.text, start, end)
        if edges is None:
            number = max(1, bisect_right(self.starts, start))
            return f"{number}~{start - self.starts[number - 1]}-{end - self.starts[number - 1]}"
        first, last = edges
        begins, ends = (max(1, bisect_right(self.starts, at)) for at in (first, last - 1))
        one, other = self.line(begins), self.line(ends)
        here = bisect_right(one.words, first, key=_begins) - 1
        there = bisect_right(other.words, last - 1, key=_begins) - 1
        skipped = first - one.words[here][0] if here >= 0 else 0
        taken = last - other.words[there][0] if there >= 0 else 0
        if here < 0 or there < 0 or first >= one.words[here][1]:  # it begins or ends in a speaker's label
            return f"{begins}~{first - self.starts[begins - 1]}-{last - self.starts[begins - 1]}"
        whole_start, whole_end = not skipped, last >= other.words[there][1]
        if whole_start and whole_end and here == 0 and there + 1 == len(other.words):
            return f"{begins}" if begins == ends else f"{begins}-{ends}"
        sentence, word, _ = one.sentence(here)
        opening = f"{begins}{_letter(sentence)}"
        if word > 1 or skipped:
            opening += f"{word}.{skipped}" if skipped else f"{word}"
        until, number, is_last = other.sentence(there)
        closing = ("" if begins == ends else f"{ends}") + _letter(until)
        if not (is_last and whole_end):
            closing += f"{number}" if whole_end else f"{number}.{taken}"
        alone = begins == ends and sentence == until and closing == _letter(until) and word == 1 and not skipped
        return opening if alone else f"{opening}-{closing}"


def part_of(text: str, start: int, end: int) -> str:
    r"""Where the words from `start` to `end` stand in a text: line, sentence, and word where a sentence is cut.

    Examples
    --------
    >>> text = "Semua dibalas. Ada aturannya, satu hari. Admin siaga.\nBenar."
    >>> [part_of(text, *span) for span in [(0, 53), (15, 40), (15, 53), (0, 60), (19, 28)]]
    ['1', '1b', '1b-c', '1-2', '1b2-b2']
    """
    return _Text(Document(id="", text=text), by_unit=False).tail(start, end)


def _letter(number: int) -> str:
    """1 is a, 26 is z, 27 is aa."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A passage without the marks at its edges; None when it holds no letter or digit."""
    first = _EDGE.search(text, start, end)
    if first is None:
        return None
    last = end
    while not _EDGE.match(text[last - 1]):
        last -= 1
    return first.start(), last


class Addresses:
    """The addresses of a case's quotations, and the codings each of them leads to.

    Codings of the same words share an address; marks at the edges of a passage do not count. Where a passage of another
    document, or of another version of the text, would have the same, what was coded later gets ``@`` and the beginning
    of its text's hash.

    Parameters
    ----------
    case : Case
    pattern : str, optional
        Default: that of ``case.yaml``. Its parts are ``{teknik}``, ``{informan}``, ``{dokumen}``, ``{tanggal}`` and
        ``{baris}`` or ``{jawaban}`` (the number of the turn or paragraph instead of the line's).
    """

    def __init__(self, case: Case, pattern: str = "") -> None:
        wanted = pattern or case.record.address
        self.case = case
        self.pattern = wanted if is_address_pattern(wanted) else ADDRESS
        self._by_unit = "{jawaban}" in self.pattern
        self._texts: dict[tuple[str, str], _Text] = {}
        self._all = sorted([*case.codings, *case.codings.by(AUTO)], key=lambda coding: coding.id)

    def of(self, coding: Coding) -> str:
        """The address of a coding."""
        known = self._printed.get(coding.id)
        if known is not None:
            return known
        return self._based(coding, *self._places(coding)[-1])

    def codings(self, address: str) -> Codings:
        """The codings an address leads to: those it is printed for now, and those that once had it; or none."""
        found = self._index.get(address.strip(), {})
        return Codings(found.values(), self.case.codings.codebooks, self.case.codings.studies)

    def find_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Everything in a text that has the form of an address, whether or not it leads anywhere."""
        for match in self._form.finditer(text):
            yield match.start(), match.end(), match.group()

    def is_form(self, text: str) -> bool:
        """Whether a text has the form of an address."""
        return self._form.fullmatch(text.strip()) is not None

    def __contains__(self, address: str) -> bool:
        return address.strip() in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._printed.values()))

    def __len__(self) -> int:
        return len(set(self._printed.values()))

    @cached_property
    def _form(self) -> re.Pattern[str]:
        parts = re.split(r"(\{\w+\})", self.pattern)
        form = "".join(_FORMS[part[1:-1]] if part.startswith("{") else re.escape(part) for part in parts)
        return re.compile(rf"(?<![\w/]){form}(?![\w/@~]|-\w)")

    @cached_property
    def _printed(self) -> dict[str, str]:
        return self._issued[0]

    @cached_property
    def _index(self) -> dict[str, dict[str, Coding]]:
        return self._issued[1]

    @cached_property
    def _issued(self) -> tuple[dict[str, str], dict[str, dict[str, Coding]]]:
        """Coding id -> what is printed; address, with its mark and without -> the codings."""
        marks: dict[str, dict[tuple[str, int, int], str]] = {}
        printed: dict[str, str] = {}
        index: dict[str, dict[str, Coding]] = {}
        for coding in self._all:
            for number, (document, made) in enumerate(places := self._places(coding)):
                base = self._based(coding, document, made)
                is_now = number + 1 == len(places)
                # What followed a corrected text is the same passage as what is coded there now.
                span = (coding.segment.start, coding.segment.end) if is_now else (made.start, made.end)
                text = coding.document.text if is_now else made.text
                owners = marks.setdefault(base, {})
                where = (f"{document.id}{'' if is_now else ':' + document.text_id}", *(_trimmed(text, *span) or span))
                if where not in owners:
                    owners[where] = f"@{document.text_id[:4]}" if owners else ""
                    if list(owners.values()).count(owners[where]) > 1:
                        owners[where] = f"@{document.text_id[:8]}{len(owners):04x}"
                address = base + owners[where]
                printed[coding.id] = address
                for each in (base, address):
                    index.setdefault(each, {})[coding.id] = coding
        return printed, index

    def _places(self, coding: Coding) -> list[tuple[Document, Made]]:
        """Where a coding was set, oldest first, each with its document as it was then."""
        segment = coding.segment
        made = coding.made or (Made(segment.document.text, segment.start, segment.end),)
        return [(self._text(coding.document, each.text).document, each) for each in made]

    def _text(self, document: Document, text: str) -> _Text:
        key = (document.id, text)
        if key not in self._texts:
            then = document if text == document.text else replace(document, text=text)
            self._texts[key] = _Text(then, self._by_unit)
        return self._texts[key]

    def _based(self, coding: Coding, document: Document, made: Made) -> str:
        """The address by the pattern alone."""
        tail = self._text(document, made.text).tail(made.start, made.end)
        parts = {
            "teknik": LETTERS[document.technique],
            "informan": coding.informant or document.informant or document.id,
            "dokumen": document.id,
            "tanggal": document.date.strftime("%d-%m-%Y") if document.date else NO_DATE,
            "baris": tail,
            "jawaban": tail,
        }
        return re.sub(r"\{(\w+)\}", lambda part: parts[part[1]], self.pattern)
