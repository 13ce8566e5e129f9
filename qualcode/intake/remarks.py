"""The comments in a Word file: who says what, when, on which words, and on which claim of a report of ours.

Read from the XML itself, part by part within the bounds of `Archive`. What was inserted while changes were tracked
counts as text, what was deleted does not. Answers and what was marked as resolved stand in a part of their own
(Word 2013 and later; LibreOffice writes it, too).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

from qualcode.errors import UnreadableFileError
from qualcode.intake.archive import Archive

MOST = 5_000
"""Comments of a file."""
AROUND = 32
"""Letters before and after the words of a comment that are kept."""
_CLAIM = re.compile(r"qc_[a-z]_[0-9A-Za-z_]{1,40}")
_TABLE = "qc_t_"
_BREAKS = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


@dataclass(frozen=True)
class Remark:
    """A comment in a Word file.

    Attributes
    ----------
    author, time, text : str
        As the file has them; the time is ISO 8601, with a zone or without, or empty.
    quote, before, after : str
        The words it is on, and those around them.
    claim, stood : str
        The bookmark of the claim it is about, or empty; and the words of the claim as they stand in the file.
    beside : bool
        Whether the claim is only the nearest: it stands beside the words, not round or within them.
    number : str
        The file's own number for it.
    answers : str
        The number of the comment it answers, or empty.
    done : bool
        Whether it is marked as resolved.
    """

    author: str
    time: str
    text: str
    quote: str
    before: str
    after: str
    claim: str
    stood: str
    beside: bool
    number: str
    answers: str = ""
    done: bool = False


@dataclass(frozen=True)
class Remarks:
    """The comments of a file in the order of its text, and of a report of ours with what it was built and claims.

    Attributes
    ----------
    items : tuple of Remark
    options : mapping
        Empty when the file is no report of ours, or has lost that part.
    claims : mapping of str to str
        Claim -> what it answers (``case|framework|part|row|column|measure``, or a coding's id).
    """

    items: tuple[Remark, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)


def read_remarks(data: bytes, place: str) -> Remarks:
    """Read the comments of a .docx.

    Raises
    ------
    UnreadableFileError
        When it is none, is damaged or locked, or unpacks to more than a document can hold.
    """
    archive = Archive(data, place)
    main = next((name for name in ("word/document.xml", "word/document2.xml") if name in archive.names), None)
    if main is None:
        raise UnreadableFileError.of("raw_unknown_format", place, known="docx")
    story = _Story()
    for event, element in archive.walk(main):
        story.take(event, element)
    answers, done = _threads(archive)
    comments = list(_comments(archive))
    if len(comments) > MOST:
        raise UnreadableFileError.of("raw_bomb", place)
    by_paragraph = {paragraph: number for number, _, paragraphs in comments for paragraph in paragraphs}
    found = []
    for number, said, paragraphs in comments:
        parent = next((answers[each] for each in paragraphs if each in answers), "")
        found.append(
            Remark(
                **said,
                **story.around(number),
                number=number,
                answers=by_paragraph.get(parent, ""),
                done=any(each in done for each in paragraphs),
            )
        )
    options, claims = _report(archive)
    places = {number: at for at, number in enumerate(story.order)}
    found.sort(key=lambda remark: places.get(remark.number, len(places)))
    return Remarks(tuple(found), options, claims)


@dataclass
class _Mark:
    """A bookmark or the range of a comment: where it begins and ends in the text, and in which paragraph and table."""

    start: int
    paragraph: int
    in_table: bool
    end: int | None = None


class _Story:
    """The text of a document as one line, with the places of claims and comments in it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.at = 0
        self.paragraph = 0
        self.tables = 0
        self.fallbacks = 0
        self.claims: dict[str, _Mark] = {}
        self.ranges: dict[str, _Mark] = {}
        self.order: list[str] = []
        self._open: dict[str, str] = {}

    def take(self, event: str, element: Element) -> None:
        """Go on by one start or end of an element."""
        tag = element.tag
        if tag == "Fallback":  # the same once more, for old programs
            self.fallbacks += 1 if event == "start" else -1
        elif self.fallbacks:
            return
        elif tag == "tbl":
            self.tables += 1 if event == "start" else -1
        elif tag == "p":
            self.paragraph += 1
            if event == "end":
                self._write(" ")
        elif event == "end":
            self._end(tag, element)

    def _write(self, words: str) -> None:
        self.pieces.append(words)
        self.at += len(words)

    def _mark(self) -> _Mark:
        return _Mark(self.at, self.paragraph, self.tables > 0)

    def _end(self, tag: str, element: Element) -> None:
        id = element.get("id", "")
        if tag == "t":
            self._write(element.text or "")
        elif tag in _BREAKS:
            self._write(_BREAKS[tag])
        elif tag == "bookmarkStart" and _CLAIM.fullmatch(element.get("name", "")):
            self._open[id] = element.get("name", "")
            self.claims.setdefault(element.get("name", ""), self._mark())
        elif tag == "bookmarkEnd" and id in self._open:
            self.claims[self._open.pop(id)].end = self.at
        elif tag == "commentRangeStart":
            self.ranges.setdefault(id, self._mark())
        elif tag == "commentRangeEnd" and id in self.ranges:
            self.ranges[id].end = self.at
        elif tag == "commentReference":
            self.order.append(id)
            mark = self.ranges.setdefault(id, self._mark())
            mark.end = self.at if mark.end is None else mark.end

    def around(self, number: str) -> dict[str, Any]:
        """The words of a comment, those around them, and the claim it is about."""
        mark = self.ranges.get(number)
        if mark is None:
            return {"quote": "", "before": "", "after": "", "claim": "", "stood": "", "beside": False}
        text, start, end = self._text, mark.start, mark.start if mark.end is None else mark.end
        claim = self._about(start, end) or self._beside(mark, start, end)
        held = self.claims[claim] if claim else None
        return {
            "quote": text[start:end].strip(),
            "before": text[max(0, start - AROUND) : start],
            "after": text[end : end + AROUND],
            "claim": claim,
            "stood": text[held.start : held.end].strip() if held else "",
            "beside": bool(claim) and not self._about(start, end),
        }

    def _about(self, start: int, end: int) -> str:
        """The innermost claim round the words, else the first within them; empty when there is none."""
        spans = self._spans
        round_it = [(stop - begin, name) for begin, stop, name in spans if begin <= start and end <= stop > begin]
        if round_it:
            return min(round_it)[1]
        return next((name for begin, stop, name in spans if begin < end and start < stop), "")

    def _beside(self, mark: _Mark, start: int, end: int) -> str:
        """The nearest claim of the paragraph, first of those before the words; else the table they stand in."""
        here = [each for each in self._spans if self.claims[each[2]].paragraph == mark.paragraph]
        before = [name for _, stop, name in here if stop <= start]
        after = [name for begin, _, name in here if begin >= end]
        tables = [name for begin, _, name in self._spans if begin <= start and name.startswith(_TABLE)]
        return next(iter([*before[-1:], *after[:1], *(tables[-1:] if mark.in_table else [])]), "")

    @cached_property
    def _text(self) -> str:
        return "".join(self.pieces)

    @cached_property
    def _spans(self) -> list[tuple[int, int, str]]:
        """Start, end and name of every claim, in the order of the text."""
        return sorted((each.start, each.start if each.end is None else each.end, n) for n, each in self.claims.items())


def _comments(archive: Archive) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Number, what the comment says and who, and the ids of its paragraphs."""
    root = archive.xml("word/comments.xml")
    for comment in () if root is None else root.iter("comment"):
        paragraphs = list(comment.iter("p"))
        words = ["".join(_words(paragraph)).strip() for paragraph in paragraphs]
        said: dict[str, Any] = {
            "author": comment.get("author", ""),
            "time": comment.get("date", ""),
            "text": "\n".join(filter(None, words)),
        }
        yield comment.get("id", ""), said, [each.get("paraId", "") for each in paragraphs if each.get("paraId")]


def _words(paragraph: Element) -> Iterator[str]:
    for element in paragraph.iter():
        yield (element.text or "") if element.tag == "t" else _BREAKS.get(element.tag, "")


def _threads(archive: Archive) -> tuple[dict[str, str], set[str]]:
    """Paragraph of a comment -> paragraph of the one it answers; and the paragraphs of those that are resolved."""
    root = archive.xml("word/commentsExtended.xml")
    held = [] if root is None else [each for each in root if each.tag == "commentEx"]
    answers = {each.get("paraId", ""): each.get("paraIdParent", "") for each in held if each.get("paraIdParent")}
    return answers, {each.get("paraId", "") for each in held if each.get("done") in ("1", "true", "on")}


def _report(archive: Archive) -> tuple[dict[str, object], dict[str, str]]:
    """With what a report of ours was built and what it claims."""
    for name in archive.names:
        if not re.fullmatch(r"customXml/item\d+\.xml", name):
            continue
        root = archive.xml(name)
        if root is not None and root.tag == "report":
            try:
                options = json.loads(root.findtext("options") or "{}")
                claims = json.loads(root.findtext("claims") or "{}")
            except (ValueError, RecursionError):
                continue
            if isinstance(options, dict) and isinstance(claims, dict):
                return options, {
                    str(id): str(claim[2])
                    for id, claim in claims.items()
                    if isinstance(claim, list) and len(claim) == 3 and _CLAIM.fullmatch(str(id))
                }
    return {}, {}
