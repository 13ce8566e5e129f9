"""A Word file as the verifier reads it: paragraphs with their words as accepted, and where its bookmarks stand.

Tracked insertions count, deletions and hidden words do not; notes and boxes follow the paragraph they belong to. What
comments say is no part of the text. Read from the XML itself, as `qualcode.intake.word` does and for its reasons, but
with bookmarks and without losing where a word stands.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from qualcode.errors import UnreadableFileError
from qualcode.intake.archive import Archive
from qualcode.intake.bounds import LARGEST_FILE, LONGEST_TEXT

Offset = tuple[int, int]
"""A place in the text: which paragraph, from 0, and which character of it."""

LONGEST_PARAGRAPH = 150_000
"""Characters of one paragraph; the longest interview set without a break has about half as many."""

MOST_MARKS = 100_000
"""Bookmarks of a file; a report with 8,000 quotations has about 20,000."""

_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_GONE = frozenset(("del", "moveFrom"))
_SILENT = frozenset(("pPr", "rPr", "instrText", "delInstrText", "sdtPr", "sdtEndPr", "rt"))
_MARKS = ("bookmarkStart", "bookmarkEnd")
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes
    ----------
    number : int
        From 1, of those with words, in the order of reading; an empty one has that of the one before.
    text : str
    styles : tuple of str
        The names of its style and of those this is based on, in small letters.
    level : int
        Of a heading, from 1; 0 of other paragraphs.
    cell : tuple of int or None
        In a table: the table, the row and the first column of the grid, each from 0.
    is_note : bool
        Of a footnote or endnote.
    """

    number: int
    text: str
    styles: tuple[str, ...] = ()
    level: int = 0
    cell: tuple[int, int, int] | None = None
    is_note: bool = False


@dataclass(frozen=True)
class Mark:
    """A bookmark: its name and where it begins and ends."""

    name: str
    start: Offset
    end: Offset


@dataclass(frozen=True)
class Claims:
    """What the file says of itself: with what it was built, and what it claimed then."""

    options: Mapping[str, Any]
    claims: Mapping[str, tuple[str, str, str]]


@dataclass(frozen=True)
class Written:
    """A Word file, read.

    Attributes
    ----------
    name : str
    paragraphs : tuple of Paragraph
    marks : tuple of Mark
        Those with words between them.
    claims : Claims or None
        None when no such part came along: programs that know only the text leave it out.
    """

    name: str
    paragraphs: tuple[Paragraph, ...]
    marks: tuple[Mark, ...]
    claims: Claims | None

    def between(self, start: Offset, end: Offset) -> str:
        """The words from one place to another."""
        (first, skipped), (last, taken) = start, end
        if first == last:
            return self.paragraphs[first].text[skipped:taken]
        middle = [each.text for each in self.paragraphs[first + 1 : last]]
        return "\n".join([self.paragraphs[first].text[skipped:], *middle, self.paragraphs[last].text[:taken]])


def read_word(path: Path) -> Written:
    """Read a .docx within the bounds of `qualcode.intake.archive`.

    Raises
    ------
    UnreadableFileError
        When it is no Word file, damaged, locked, or more than a document.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableFileError.of("unreadable_file", path.name, detail=detail) from error
    if len(data) > LARGEST_FILE:
        raise UnreadableFileError.of("file_too_large", path.name, limit=LARGEST_FILE // 1_000_000)
    if not data.startswith(b"PK\x03\x04"):
        raise UnreadableFileError.of("raw_unknown_format", path.name, known=".docx")
    try:
        return _Reader(Archive(data, path.name)).written()
    except RecursionError as error:
        raise UnreadableFileError.of("raw_damaged", path.name, detail=type(error).__name__) from error


@dataclass
class _Open:
    """A paragraph while it is read."""

    index: int
    words: list[str] = field(default_factory=list)
    length: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.words.append(text)
        self.length += len(text)


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.parts = self._relations()
        self.styles = self._read_styles()
        self.paragraphs: list[Paragraph] = []
        self.starts: dict[str, tuple[str, Offset]] = {}
        self.marks: list[Mark] = []
        self.carried: _Open | None = None  # its end was deleted while changes were tracked: it goes on in the next
        self.count = self.tables = self.length = 0
        self.notes = {
            kind: {each.get("id", ""): each for each in _each(self._root(kind))} for kind in ("footnotes", "endnotes")
        }

    # Parts

    def _relations(self) -> dict[str, str]:
        """What a part is -> its name; the text itself is "main"."""
        main = "word/document.xml"
        for each in _each(self.archive.xml("_rels/.rels")):
            if each.get("Type", "").endswith("/officeDocument"):
                main = each.get("Target", main).lstrip("/")
        folder, _, file = main.rpartition("/")
        parts = {"main": main}
        for each in _each(self.archive.xml(f"{folder}/_rels/{file}.rels".lstrip("/"))):
            target = each.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            parts.setdefault(each.get("Type", "").rpartition("/")[2], path)
        return parts

    def _root(self, kind: str) -> Element | None:
        return self.archive.xml(self.parts[kind]) if kind in self.parts else None

    def _read_styles(self) -> dict[str, tuple[str, str, int]]:
        """A style's id -> its name, the id of that it is based on, its level as a heading."""
        styles = {}
        for each in _each(self._root("styles")):
            if each.tag == "style":
                name = _value(each, "name").casefold()
                outline = _value(each.find("pPr"), "outlineLvl") or (name[8:] if name.startswith("heading ") else "")
                level = int(outline) + (not name.startswith("heading ")) if outline.isdecimal() else 0
                styles[each.get("styleId", "")] = (name, _value(each, "basedOn"), level if level < 10 else 0)
        return styles

    # The whole

    def written(self) -> Written:
        root = self._root("main")
        body = root.find("body") if root is not None else None
        if body is None:
            raise UnreadableFileError.of("raw_unknown_format", self.archive.place, known=".docx")
        self._blocks(body)
        return Written(self.archive.place, tuple(self.paragraphs), tuple(self.marks), self._claims())

    def _claims(self) -> Claims | None:
        """The part in which the report keeps its claims; None where it is missing or damaged."""
        for name in self.archive.names:
            if not (name.startswith("customXml/item") and name.endswith(".xml")):
                continue
            root = self.archive.xml(name)
            if root is None or root.tag != "report":
                continue
            try:
                options = json.loads(root.findtext("options") or "")
                claims = json.loads(root.findtext("claims") or "")
                return Claims(dict(options), {str(key): _three(held) for key, held in claims.items()})
            except (ValueError, TypeError, AttributeError, RecursionError):
                continue
        return None

    # Blocks

    def _blocks(self, parent: Element, cell: tuple[int, int, int] | None = None, *, note: bool = False) -> None:
        for each in parent:
            if each.tag == "p":
                self._paragraph(each, cell, note)
            elif each.tag == "tbl":
                self._table(each)
            elif each.tag in _MARKS:
                self._mark(each, self._here)
            elif each.tag in _GONE:
                self._marks_in(each, self._here)
            elif each.tag == "AlternateContent":
                self._blocks(_chosen(each), cell, note=note)
            elif each.tag not in _SILENT:
                self._blocks(each, cell, note=note)

    @property
    def _here(self) -> Offset:
        """Between two blocks: where the next begins."""
        return (self.carried.index, self.carried.length) if self.carried else (len(self.paragraphs), 0)

    def _paragraph(self, element: Element, cell: tuple[int, int, int] | None, note: bool) -> None:
        properties = element.find("pPr")
        opened, self.carried = self.carried, None
        if opened is None:
            opened = _Open(len(self.paragraphs))
            self.paragraphs.append(Paragraph(self.count, ""))
        self._inline(element, opened)
        styles, level = self._style(_value(properties, "pStyle"))
        text = "".join(opened.words)
        self.length += len(text)
        if len(text) > LONGEST_PARAGRAPH or self.length > LONGEST_TEXT or len(self.marks) > MOST_MARKS:
            raise UnreadableFileError.of("raw_bomb", self.archive.place)
        self.count += bool(text.strip()) and not self.paragraphs[opened.index].text.strip()
        self.paragraphs[opened.index] = Paragraph(self.count, text, styles, level, cell, note)
        mark = properties.find("rPr") if properties is not None else None
        if mark is not None and mark.find("del") is not None:
            self.carried = opened
            return
        for kind, id in opened.notes:
            found = self.notes[kind].pop(id, None)
            if found is not None:
                self._blocks(found, note=True)
        for box in opened.boxes:
            self._blocks(box)

    def _style(self, id: str) -> tuple[tuple[str, ...], int]:
        names: list[str] = []
        level = 0
        while id in self.styles and len(names) < 12:
            name, id, own = self.styles[id]
            names.append(name)
            level = level or own
        return tuple(names), level

    def _table(self, table: Element) -> None:
        number = self.tables
        self.tables += 1
        for row, element in enumerate(_below(table, "tr")):
            properties = element.find("trPr")
            if properties is not None and properties.find("del") is not None:
                self._marks_in(element, self._here)
                continue
            column = _number(_value(properties, "gridBefore"), 0)
            for cell in _below(element, "tc"):
                self._blocks(cell, (number, row, column))
                column += max(1, _number(_value(cell.find("tcPr"), "gridSpan"), 1))
            for each in element:
                if each.tag in _MARKS:
                    self._mark(each, self._here)

    # Words

    def _inline(self, element: Element, opened: _Open) -> None:
        for each in element:
            if each.tag == "t":
                opened.add(each.text or "")
            elif each.tag in _BREAKS:
                opened.add(_BREAKS[each.tag])
            elif each.tag in _MARKS:
                self._mark(each, (opened.index, opened.length))
            elif each.tag in _GONE:
                self._marks_in(each, (opened.index, opened.length))
            elif each.tag in _NOTES:
                opened.notes.append((_NOTES[each.tag], each.get("id", "")))
            elif each.tag == "txbxContent":
                opened.boxes.append(each)
            elif each.tag == "AlternateContent":
                self._inline(_chosen(each), opened)
            elif each.tag == "r" and _is_hidden(each):
                continue
            elif each.tag not in _SILENT:
                self._inline(each, opened)

    def _marks_in(self, element: Element, place: Offset) -> None:
        for each in element.iter():
            if each.tag in _MARKS:
                self._mark(each, place)

    def _mark(self, element: Element, place: Offset) -> None:
        id = element.get("id", "")
        if element.tag == "bookmarkStart":
            self.starts[id] = (element.get("name", ""), place)
        elif id in self.starts:
            name, start = self.starts.pop(id)
            if start < place:
                self.marks.append(Mark(name, start, place))


def _each(element: Element | None) -> list[Element]:
    """The children, none of what is missing."""
    return [] if element is None else list(element)


def _three(held: Any) -> tuple[str, str, str]:
    kind, expected, asked = held
    return str(kind), str(expected), str(asked)


def _value(element: Element | None, tag: str) -> str:
    found = element.find(tag) if element is not None else None
    return "" if found is None else found.get("val", "")


def _number(written: str, default: int) -> int:
    return min(int(written), 1000) if written.isdecimal() and len(written) < 6 else default


def _is_hidden(run: Element) -> bool:
    properties = run.find("rPr")
    found = properties.find("vanish") if properties is not None else None
    return found is not None and found.get("val", "1") not in ("0", "false", "off")


def _chosen(alternatives: Element) -> Element:
    """Of a drawing given in two ways the newer, so that its words are not read twice."""
    chosen = alternatives.find("Choice")
    fallback = alternatives.find("Fallback")
    found = chosen if chosen is not None else fallback
    return found if found is not None else Element("none")


def _below(parent: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, also in controls and insertions, but not those of a table inside."""
    for each in parent:
        if each.tag == tag:
            yield each
        elif each.tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _below(each, tag)
