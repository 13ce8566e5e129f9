"""Quotations as a thesis sets them: cuts, regional words, and who said it when, in four styles.

What a coder writes into the memo of a coding, each on a line of its own, decides about regional words:

``terjemahan: Sekarang jauh lebih baik.``
    The whole quotation is in a regional language: it is set in italics, its translation follows in square brackets.
``terjemahan: nggih = iya; ndak = tidak``
    Only these words are: they are set in italics, and the glosses follow in square brackets.
``daerah: nggih, ndak``
    These words are set in italics; a translation given besides is that of the whole quotation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.reports.chapter.blocks import QuotationPart, Quotes, Span
from qualcode.reports.chapter.ledger import Ledger, unmarked
from qualcode.text.document import Document, Technique
from qualcode.wording import say

CUT = "[...]"
LONGEST = 120
"""How many words a quotation keeps; a longer one ends at the last sentence within them, with a cut."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_MEMO_LINE = re.compile(r"^\s*(terjemahan|daerah)\s*:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


class Addressed(Protocol):
    """Who knows the address (kode kutipan) of a coding."""

    def __call__(self, coding: Coding, /) -> str:
        """The address of a coding."""


@dataclass(frozen=True)
class Regional:
    """What a memo says of regional words: which they are (`whole`: all of them), and what they mean."""

    words: tuple[str, ...] = ()
    whole: bool = False
    translation: str = ""


def regional(memo: str) -> Regional:
    """What the memo of a coding says of regional words.

    Examples
    --------
    >>> regional("terjemahan: nggih = iya; ndak = tidak")
    Regional(words=('nggih', 'ndak'), whole=False, translation='nggih: iya; ndak: tidak')
    >>> regional("terjemahan: Sekarang jauh lebih baik.").whole
    True
    """
    said = {match[1].casefold(): match[2] for match in _MEMO_LINE.finditer(memo)}
    words = tuple(word.strip() for word in said.get("daerah", "").split(",") if word.strip())
    translation = said.get("terjemahan", "")
    glosses = [piece.partition("=") for piece in translation.split(";") if piece.strip()]
    if glosses and all(between for _, between, _ in glosses):
        pairs = [(word.strip(), meaning.strip()) for word, _, meaning in glosses]
        return Regional(
            (*words, *(word for word, _ in pairs)), False, "; ".join(f"{word}: {meaning}" for word, meaning in pairs)
        )
    return Regional(words, bool(translation) and not words, translation)


def own_words(coding: Coding) -> str:
    r"""The words of whoever is quoted on one line: what others say between, and time stamps, are cut.

    Examples
    --------
    >>> from qualcode.text.document import Kind
    >>> text = "I1: Ya, dibalas.\n\nP: Semua?\n\nI1: Semua."
    >>> talk = Document(id="w", text=text, kind=Kind.TRANSCRIPT, informant="I1")
    >>> _pieces(talk, 4, len(text), "I1")
    ['Ya, dibalas.', 'Semua.']
    """
    segment = coding.segment
    return f" {CUT} ".join(_pieces(coding.document, segment.start, segment.end, coding.informant))


def _pieces(document: Document, start: int, end: int, informant: str | None) -> list[str]:
    spoken = [
        (max(turn.start, start), min(turn.end, end))
        for turn in document.turns
        if turn.start < end and start < turn.end and turn.informant == informant
    ]
    pieces = [" ".join(document.text[first:last].split()) for first, last in spoken or [(start, end)]]
    return [unmarked(piece) for piece in pieces if piece] or [unmarked(" ".join(document.text[start:end].split()))]


def shortened(words: str, longest: int = LONGEST) -> str:
    """At most so many words, ending with the last whole sentence within them where there is one, and a cut.

    Examples
    --------
    >>> shortened("Semua dibalas. Itu aturannya, tanpa kecuali.", 4)
    'Semua dibalas. [...]'
    """
    every = words.split(" ")
    if len(every) <= longest:
        return words
    kept = every[:longest]
    ends = [index for index, word in enumerate(kept) if _SENTENCE_END.search(word) and word != CUT]
    kept = kept[: ends[-1] + 1] if ends else kept
    return " ".join([*kept, CUT] if kept[-1] != CUT else kept)


def in_spans(words: str, about: Regional, claim: str) -> tuple[Span, ...]:
    """The words as spans, the regional ones in italics."""
    if about.whole or not about.words:
        return (Span(words, italic=about.whole, claim=claim),)
    any_of_them = "|".join(re.escape(word) for word in sorted(about.words, key=len, reverse=True))
    parts = re.split(rf"(?<!\w)({any_of_them})(?!\w)", words, flags=re.IGNORECASE)
    return tuple(Span(part, italic=bool(index % 2), claim=claim) for index, part in enumerate(parts) if part)


def closing(words: str) -> str:
    r"""The marks that end whatever change of writing direction the words leave open.

    Examples
    --------
    >>> [f"{ord(mark):04x}" for mark in closing("a\u202eb\u2067c")]
    ['2069', '202c']
    """
    still_open = []
    for character in words:
        if character in "\u202a\u202b\u202d\u202e":
            still_open.append("\u202c")
        elif character in "\u2066\u2067\u2068":
            still_open.append("\u2069")
        elif still_open and character == still_open[-1]:
            still_open.pop()
    return "".join(reversed(still_open))


def in_words(day: date | None) -> str:
    """A date in words, or the words for none.

    Examples
    --------
    >>> in_words(date(2025, 3, 11)), in_words(None)
    ('11 Maret 2025', 'tanpa tanggal')
    """
    if day is None:
        return say("undated")
    return f"{day.day} {say('chapter.months').split()[day.month - 1]} {day.year}"


def technique_words(technique: Technique) -> str:
    """How the evidence was collected, as a citation says it."""
    return say(f"chapter.technique_{technique.value.replace(' ', '_')}")


class Quoter:
    """Sets quotations of a case in one style.

    Parameters
    ----------
    case : Case
    ledger : Ledger
    style : Quotes
    address : Addressed
    """

    def __init__(self, case: Case, ledger: Ledger, style: Quotes, address: Addressed) -> None:
        self.roles: Mapping[str, str] = {each.id: unmarked(each.role) for each in case.informants}
        self.ledger = ledger
        self.style = style
        self.address = address

    def part(self, coding: Coding, *, dissents: bool = False) -> QuotationPart:
        """A coding as a quotation in the style chosen."""
        document, about = coding.document, regional(coding.memo)
        words = shortened(own_words(coding))
        claim = self.ledger.quotation(coding.id, words)
        who, technique, day = self.who(coding), technique_words(document.technique), in_words(document.date)
        address = self.address(coding)
        what = {"who": who, "technique": technique, "date": day, "address": address}
        what |= {"technique_first": technique[:1].upper() + technique[1:], "id": coding.informant or who}
        return QuotationPart(
            coding.id,
            in_spans(words, about, claim),
            closing(words),
            address,
            who,
            technique,
            day,
            lead=self._lead(coding, who),
            citation=self._citation(coding, what),
            footnote=self._footnote(coding, what),
            translation=unmarked(about.translation),
            style=self.style,
            claim=claim,
            dissents=dissents,
        )

    def who(self, coding: Coding) -> str:
        """Code and role of who is quoted; of a note or a document its title."""
        if coding.informant is None:
            return unmarked(coding.document.title or coding.document.id)
        role = self.roles.get(coding.informant)
        return f"{coding.informant}, {role[:1].lower() + role[1:]}" if role else coding.informant

    def _lead(self, coding: Coding, who: str) -> str:
        speaks = "said" if coding.informant else "written"
        if self.style is Quotes.INLINE:
            return say(f"chapter.inline_{speaks}", who=who)
        return say(f"chapter.lead_{speaks}", who=who) if self.style is Quotes.LEAD else ""

    def _citation(self, coding: Coding, what: Mapping[str, str]) -> str:
        if self.style is Quotes.LEAD:
            return ""
        if self.style is Quotes.LINES:
            document, segment = coding.document, coding.segment
            first, last = segment.line, document.line(segment.end - 1)
            lines = f"{first}-{last}" if last > first else str(first)
            return say("chapter.cite_lines", id=what["id"], lines=lines, address=what["address"])
        if self.style is Quotes.INLINE:
            return say("chapter.cite_inline", **what)
        return say("chapter.cite_with" if coding.informant else "chapter.cite_of", **what)

    def _footnote(self, coding: Coding, what: Mapping[str, str]) -> str:
        if self.style is not Quotes.LEAD:
            return ""
        time = coding.document.extra.get("time", "")
        said = {**what, "time": " " + say("chapter.at_time", time=time) if time else ""}
        if coding.document.date is None:
            return say("chapter.note_undated" if coding.informant else "chapter.note_of", **said)
        return say("chapter.note_with" if coding.informant else "chapter.note_of", **said)
