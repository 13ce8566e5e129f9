"""The passages of a written chapter that pass for somebody's words, with or without a bookmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qualcode.reports.verify.matching import words
from qualcode.reports.verify.reading import Mark, Paragraph, Written

FEW = 4
"""So many words in quotation marks may be a term or a title; they are searched where a source stands beside them."""

COVERED = 0.5
"""The share of a text in quotation marks from which these hold the quotation, and are no quotation within it."""

MOST_SOURCES = 4
"""Brackets that end a quotation's paragraph, at most: a source, a translation."""

MOST_ACROSS = 40
"""Paragraphs over which a quotation goes on, at most; a bookmark round more is none of ours."""

_QUOTATION = "qc_q_"
_OPENING, _CLOSING = '“„«"', '”»"'
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"\0]+)(?:[”»“\"]|$)")
_QUOTED_SINGLE = re.compile(r"(?<!\w)‘((?:[^‘’\0]|’(?=\w))+)’(?!\w)")
_QUOTED_STRAIGHT = re.compile(r"(?<!\w)'((?:[^'\0]|'(?=\w)(?<=\w'))+)'(?!\w)")
_STYLES = frozenset(
    (
        "quote",
        "intense quote",
        "quotations",
        "quotation",
        "block text",
        "block quotation",
        "kutipan",
        "kutipan langsung",
    )
)
_REFERENCES = re.compile(
    r"^(?:[\dIVX.]*\s*)(?:daftar (?:pustaka|rujukan|referensi)|referensi|kepustakaan|references|bibliography)\W*$",
    re.IGNORECASE,
)
_YEAR = r"(?:1[89]|20)\d\d[a-z]?"
_ENTRY = re.compile(rf"\b{_YEAR}\b|\b(?:t\.\s?t|n\.\s?d)\.")
_CITED_AFTER = re.compile(rf"^\W{{0,3}}\(([^()]*\b{_YEAR}\b[^()]*)\)|^\W{{0,3}}\[\d[\d,;: –-]*\]")
_CITED_BEFORE = re.compile(rf"[^\W\d_][\w.&’' -]*\(({_YEAR}\b[^()]*)\)[^.“”\"]{{0,90}}$")
_FIELD_WORK = re.compile(
    r"wawancara|observasi|dokumentasi|informan|narasumber|responden|partisipan|pengamatan|catatan lapangan|transkrip"
    r"|interview|observation|informant|respondent|participant|field note|transcript",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quoted:
    """A passage that passes for somebody's words.

    Attributes
    ----------
    paragraph : Paragraph
        In which it begins.
    text : str
    claim : str
        Its bookmark's name; empty without one.
    after : str
        What follows it in the paragraph, up to the next quotation.
    before : str
        What stands before it in the paragraph, after the quotation before; of a whole paragraph the one above.
    notes : str
        The footnote or endnote behind it.
    cited : bool
        Whether it is cited from the literature.
    """

    paragraph: Paragraph
    text: str
    claim: str
    after: str
    before: str = ""
    notes: str = ""
    cited: bool = False


def quoted(written: Written) -> Iterator[Quoted]:
    """Every passage with a quotation's bookmark, in quotation marks or in a quotation style, in order."""
    marks, covered = _bookmarks(written)
    in_references = False
    above = ""
    for index, paragraph in enumerate(written.paragraphs):
        if _REFERENCES.match(paragraph.text.strip()):
            in_references = True
        elif paragraph.level and paragraph.text.strip():
            in_references = False
        if not paragraph.text.strip():
            continue
        found = [_marked(written, mark) for mark in sorted(marks.get(index, ()), key=lambda mark: mark.start)]
        taken = covered.get(index, []) + [(begin, end) for begin, end, *_ in found]
        found = _outermost(found + _unmarked(paragraph, taken))
        notes = _notes(written, index)
        entry = in_references and _ENTRY.search(paragraph.text) and not _FIELD_WORK.search(paragraph.text)
        behind = 0
        for place, (begin, end, text, claim) in enumerate(found):
            following = found[place + 1][0] if place + 1 < len(found) else len(paragraph.text)
            after, before = paragraph.text[end:following], paragraph.text[behind:begin]
            cited = not claim and (bool(entry) or _is_cited(paragraph.text[max(0, begin - 400) : begin], after))
            own = notes[place] if len(notes) == len(found) else " ".join(notes) if len(found) == 1 else ""
            if claim or before.strip() or after.strip() or own or len(words(text[:400])) > FEW:
                lead = before if before.strip("“„«\"'‘ ") or place else above
                yield Quoted(paragraph, text, claim, after, lead, own, cited)
            behind = end
        above = paragraph.text if not paragraph.is_note and paragraph.cell is None else above


def _bookmarks(written: Written) -> tuple[dict[int, list[Mark]], dict[int, list[tuple[int, int]]]]:
    """The quotations' bookmarks by the paragraph they begin in, and what of each paragraph they cover."""
    marks: dict[int, list[Mark]] = {}
    covered: dict[int, list[tuple[int, int]]] = {}
    for mark in written.marks:
        if not mark.name.startswith(_QUOTATION) or mark.end[0] - mark.start[0] > MOST_ACROSS:
            continue
        marks.setdefault(mark.start[0], []).append(mark)
        for index in range(mark.start[0], mark.end[0] + 1):
            begin = mark.start[1] if index == mark.start[0] else 0
            end = mark.end[1] if index == mark.end[0] else len(written.paragraphs[index].text)
            covered.setdefault(index, []).append((begin, end))
    return marks, covered


def _notes(written: Written, index: int) -> list[str]:
    """The notes of a paragraph, which follow it."""
    found = []
    for paragraph in written.paragraphs[index + 1 :]:
        if not paragraph.is_note:
            break
        if paragraph.text.strip():
            found.append(paragraph.text)
    return found


_Found = tuple[int, int, str, str]
"""Where a passage begins and ends in its paragraph, its words, its bookmark."""


def _marked(written: Written, mark: Mark) -> _Found:
    """A bookmarked quotation, with what was written before or behind it inside its quotation marks."""
    index, begin = mark.start
    last, end = mark.end
    before, behind = written.paragraphs[index].text[:begin], written.paragraphs[last].text[end:]
    text = written.between(mark.start, mark.end)
    own_end = end if last == index else len(written.paragraphs[index].text)
    opened = max((before.rfind(each) for each in _OPENING), default=-1)
    if opened < 0 and _STYLES & set(written.paragraphs[index].styles[:1]) and index == last and "(" not in before:
        # Without its quotation marks the whole paragraph is the quotation, up to its source.
        added = behind[: behind.find("(")].rstrip() if "(" in behind else _unsourced(behind)
        return 0, own_end + len(added), before + text + added, mark.name
    if (
        opened < 0
        or any(each in before[opened + 1 :] for each in "”»")
        or before.count('"') % 2 != (before[opened] == '"')
    ):
        return begin, own_end, text, mark.name
    closed = min((place for each in _CLOSING if (place := behind.find(each)) >= 0), default=-1)
    reopened = min((place for each in "“„«" if (place := behind.find(each)) >= 0), default=len(behind))
    added = behind[:closed] if 0 <= closed <= reopened else ""
    text = before[opened + 1 :] + text + added
    return opened, own_end + (len(added) + 1 if last == index else 0), text, mark.name


def _unmarked(paragraph: Paragraph, taken: list[tuple[int, int]]) -> list[_Found]:
    text, pieces, behind = paragraph.text, [], 0
    for begin, end in sorted(taken):
        if end > behind:
            pieces += [text[behind : max(begin, behind)], "\0" * (end - max(begin, behind))]
            behind = end
    text = "".join([*pieces, text[behind:]])
    spans = [*in_marks(text)]
    spans += [match.span() for form in (_QUOTED_SINGLE, _QUOTED_STRAIGHT) for match in form.finditer(text)]
    found = [(begin, end, text[begin:end], "") for begin, end in spans if "\0" not in text[begin:end]]
    if not taken and _STYLES & set(paragraph.styles[:1]):
        own = _unsourced(text)
        if covered(own) < COVERED:
            return [(0, len(own), own, "")]
    return found


def _unsourced(text: str) -> str:
    """A text without the sources and translations in brackets that end it.

    Examples
    --------
    >>> _unsourced("Sudah dibalas. (I1: 45) [iya].")
    'Sudah dibalas.'
    """
    for _ in range(MOST_SOURCES):
        whole = text.rstrip(" \t\n\u00a0.,;")
        opened = max(whole.rfind("(" if whole[-1:] == ")" else "["), -1) if whole[-1:] in (")", "]") else -1
        if opened < 0:
            break
        text = text[:opened].rstrip()
    return text


def covered(text: str) -> float:
    """How much of a text stands in quotation marks, from 0 to 1."""
    return sum(end - begin for begin, end in in_marks(text)) / max(1, len(text))


def _outermost(found: list[_Found]) -> list[_Found]:
    """In order, without those that stand inside another."""
    kept: list[_Found] = []
    for each in sorted(found, key=lambda each: (each[0], -each[1])):
        if each[3] or not kept or each[1] > kept[-1][1]:
            kept.append(each)
    return kept


def in_marks(text: str) -> Iterator[tuple[int, int]]:
    """Where quotation marks open and close, marks inside others left to them; what is never closed ends at the next.

    Examples
    --------
    >>> text = '“Kata “beliau” itu” dan "ini"'
    >>> [text[begin:end] for begin, end in in_marks(text)]
    ['“Kata “beliau” itu”', '"ini"']
    """
    open_marks: list[int] = []
    for place, mark in enumerate(text):
        if mark == "\0":
            open_marks = []
        elif open_marks and (mark in "”»" or (mark == "“" and text[open_marks[-1]] == "„")):
            begin = open_marks.pop()
            if not open_marks:
                yield begin, place + 1
        elif mark in "“„«":
            open_marks.append(place)
        elif mark == '"':
            inside = bool(open_marks) and text[open_marks[-1]] == '"'
            if inside and not (len(open_marks) < 3 and _opens(text, place)):
                begin = open_marks.pop()
                if not open_marks:
                    yield begin, place + 1
            else:
                open_marks.append(place)
    if open_marks:
        for match in _QUOTED.finditer(text, open_marks[0]):
            yield match.span()


def _opens(text: str, place: int) -> bool:
    """Whether a straight mark can only open: with a blank, or one that opened, before it and none behind."""
    before, behind = text[place - 1 : place], text[place + 1 : place + 2]
    if before == '"':
        return behind.isalnum()
    return (before.isspace() or before in ("(", "[")) and bool(behind) and not behind.isspace()


def _is_cited(before: str, after: str) -> bool:
    """Whether author and year, or a reference's number, stand beside a quotation: it comes from the literature."""
    behind = _CITED_AFTER.match(after)
    if behind is not None:
        inside = behind.group(1)
        return inside is None or not _FIELD_WORK.search(inside)
    ahead = _CITED_BEFORE.search(before[-300:])
    return ahead is not None and not _FIELD_WORK.search(ahead.group())
