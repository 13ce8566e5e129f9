"""The passages of a written chapter that pass for somebody's words, with or without a bookmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qualcode.reports.verify.matching import words
from qualcode.reports.verify.reading import Mark, Paragraph, Written

FEW = 4
"""So many words in quotation marks may be a term or a title; only more are searched."""

_QUOTATION = "qc_q_"
_OPENING, _CLOSING = '“„«"', '”»"'
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"\0]+)(?:[”»“\"]|$)")
_QUOTED_SINGLE = re.compile(r"(?<!\w)‘((?:[^‘’\0]|’(?=\w))+)’(?!\w)")
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
_NOT_QUOTED = re.compile(r"(?:\s*(?:\([^()]*\)|\[[^\[\]]*\])[.,;]?)+\s*$")
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
    cited : bool
        Whether it is cited from the literature.
    """

    paragraph: Paragraph
    text: str
    claim: str
    after: str
    cited: bool = False


def quoted(written: Written) -> Iterator[Quoted]:
    """Every passage with a quotation's bookmark, in quotation marks or in a quotation style, in order."""
    marks: dict[int, list[Mark]] = {}
    covered: dict[int, list[tuple[int, int]]] = {}
    for mark in written.marks:
        if mark.name.startswith(_QUOTATION):
            marks.setdefault(mark.start[0], []).append(mark)
            for index in range(mark.start[0], mark.end[0] + 1):
                begin = mark.start[1] if index == mark.start[0] else 0
                end = mark.end[1] if index == mark.end[0] else len(written.paragraphs[index].text)
                covered.setdefault(index, []).append((begin, end))
    in_references = False
    for index, paragraph in enumerate(written.paragraphs):
        if _REFERENCES.match(paragraph.text.strip()):
            in_references = True
        elif paragraph.level and paragraph.text.strip():
            in_references = False
        if not paragraph.text.strip():
            continue
        found = [_marked(written, mark) for mark in sorted(marks.get(index, ()), key=lambda mark: mark.start)]
        taken = covered.get(index, []) + [(begin, end) for begin, end, *_ in found]
        found += _unmarked(paragraph, taken)
        found.sort(key=lambda each: each[0])
        for place, (_, end, text, claim) in enumerate(found):
            following = found[place + 1][0] if place + 1 < len(found) else len(paragraph.text)
            after = paragraph.text[end:following]
            entry = in_references and _ENTRY.search(paragraph.text) and not _FIELD_WORK.search(paragraph.text)
            cited = not claim and (bool(entry) or _is_cited(paragraph.text[: found[place][0]], after))
            yield Quoted(paragraph, text, claim, after, cited)


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
    text = paragraph.text
    for begin, end in taken:
        text = text[:begin] + "\0" * (end - begin) + text[end:]
    spans = [*in_marks(text), *(match.span() for match in _QUOTED_SINGLE.finditer(text))]
    found = [
        (begin, end, text[begin:end], "")
        for begin, end in spans
        if len(words(text[begin:end])) > FEW and "\0" not in text[begin:end]
    ]
    if not found and not taken and _STYLES & set(paragraph.styles[:1]):
        own = _NOT_QUOTED.sub("", text)
        if len(words(own)) >= FEW:
            found.append((0, len(own), own, ""))
    return [each for each in found if not any(o[0] <= each[0] and each[1] <= o[1] and o is not each for o in found)]


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
            if open_marks and text[open_marks[-1]] == '"':
                begin = open_marks.pop()
                if not open_marks:
                    yield begin, place + 1
            else:
                open_marks.append(place)
    if open_marks:
        for match in _QUOTED.finditer(text, open_marks[0]):
            yield match.span()


def _is_cited(before: str, after: str) -> bool:
    """Whether author and year, or a reference's number, stand beside a quotation: it comes from the literature."""
    behind = _CITED_AFTER.match(after)
    if behind is not None:
        inside = behind.group(1)
        return inside is None or not _FIELD_WORK.search(inside)
    ahead = _CITED_BEFORE.search(before[-300:])
    return ahead is not None and not _FIELD_WORK.search(ahead.group())
