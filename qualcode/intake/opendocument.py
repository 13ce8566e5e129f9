"""OpenDocument, as LibreOffice writes it: texts (.odt) and sheets (.ods).

Read from the XML itself, which defusedxml parses. odfpy (1.4.1, last of 2020) was compared: its paragraphs include what
was deleted with tracked changes, run a footnote together with the sentence it stands in and give it a second time, and
lists have no markers. With it, the same tree would have to be walked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from qualcode.intake.archive import Archive
from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.bounds import MOST_CELLS
from qualcode.intake.gathering import Gathering
from qualcode.intake.numerals import bullet, numeral

WIDEST_ROW = 1_000
_SPACES = re.compile(r"[ \t\r\n]+")
_SILENT_TAGS = """
tracked-changes sequence-decls variable-decls user-field-decls forms bookmark bookmark-start bookmark-end
change change-start change-end soft-page-break note-citation reference-mark-start reference-mark-end table-
columns table-column table-header-columns table-of-content-source annotation-end title desc
"""
_SILENT = frozenset(_SILENT_TAGS.split())


def read_text(archive: Archive, gathering: Gathering) -> None:
    """Gather the blocks of an OpenDocument text.

    Raises
    ------
    UnreadableFileError
        When the file is damaged or locked.
    """
    body = _body(archive, gathering, "text")
    writer = _Text(gathering, _list_styles(archive))
    for changed in body.iter("changed-region"):
        gathering.lose("deletions", changed.find("deletion") is not None)
    writer.gather_blocks(body)
    _count_the_rest(archive, gathering)


def read_sheets(archive: Archive, gathering: Gathering) -> None:
    """Gather the rows of an OpenDocument spreadsheet, a heading before each sheet where there are several.

    Raises
    ------
    UnreadableFileError
        When the file is damaged or locked, or holds more cells than a table of answers.
    """
    body = _body(archive, gathering, "spreadsheet")
    sheets = [(each.get("name", ""), list(_sheet_rows(each, gathering))) for each in body if each.tag == "table"]
    filled = [(name, rows) for name, rows in sheets if rows]
    for number, (name, rows) in enumerate(filled, 1):
        if len(filled) > 1:
            gathering.add(Block(name, BlockKind.HEADING, level=1))
        for line, cells in rows:
            block = Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=cells, table=number, line=line)
            gathering.add(block)
    _count_the_rest(archive, gathering)


def _body(archive: Archive, gathering: Gathering, kind: str) -> Element:
    manifest = archive.read("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise gathering.refuse("password")
    root = archive.xml("content.xml")
    body = root.find(f"body/{kind}") if root is not None else None
    if body is None:
        raise gathering.refuse("damaged", detail="content.xml")
    return body


def _count_the_rest(archive: Archive, gathering: Gathering) -> None:
    styles = archive.xml("styles.xml")
    margins = set()
    for tag in ("header", "footer", "header-first", "footer-first", "header-left", "footer-left"):
        for each in styles.iter(tag) if styles is not None else ():
            margins.add("".join(each.itertext()).strip())
    gathering.lose("margins", len(margins - {""}))
    if any(re.match(r"(?:Basic|Scripts)/.*/.*\.(?:xml|py|js|bsh)$", name) for name in archive.names):
        gathering.lose("macros")
    meta = archive.xml("meta.xml")
    described = meta.find("meta") if meta is not None else None
    if described is not None:
        gathering.properties["title"] = described.findtext("title") or ""
        gathering.properties["created"] = (described.findtext("creation-date") or "")[:10]


@dataclass
class _Level:
    is_bullet: bool = False
    form: str = "1"
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    sign: str = ""


def _list_styles(archive: Archive) -> dict[str, dict[int, _Level]]:
    styles = {}
    for part in ("styles.xml", "content.xml"):
        root = archive.xml(part)
        for each in root.iter("list-style") if root is not None else ():
            styles[each.get("name", "")] = {_number(level.get("level"), 1): _level(level) for level in each}
    return styles


def _level(element: Element) -> _Level:
    form = element.get("num-format")
    return _Level(
        is_bullet=element.tag != "list-level-style-number",
        form="" if form is None else form,
        prefix=element.get("num-prefix", "")[:20],
        suffix=element.get("num-suffix", "")[:20],
        start=_number(element.get("start-value"), 1),
        shown=_number(element.get("display-levels"), 1),
        sign=element.get("bullet-char", ""),
    )


def _number(written: str | None, default: int) -> int:
    try:
        return min(max(int(written or ""), 0), 2_000_000)
    except ValueError:
        return default


@dataclass
class _Attached:
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


@dataclass
class _List:
    style: str
    counts: dict[int, int] = field(default_factory=dict)


class _Text:
    def __init__(self, gathering: Gathering, styles: dict[str, dict[int, _Level]]) -> None:
        self.gathering = gathering
        self.styles = styles
        self.tables = 0
        self.counted: dict[str, dict[int, int]] = {}

    def gather_blocks(self, parent: Iterable[Element]) -> None:
        for each in parent:
            if each.tag in ("p", "h"):
                self._gather_paragraph(each)
            elif each.tag == "list":
                self._gather_list(each, None, 1)
            elif each.tag == "table":
                self._gather_table(each)
            elif each.tag in ("frame", "custom-shape", "rect"):
                attached = _Attached()
                self.words(each, attached)
                self._gather_attached(attached)
            elif each.tag not in _SILENT:
                self.gather_blocks(each)

    def _gather_paragraph(self, element: Element, *, level: int = 0, marker: str = "") -> None:
        attached = _Attached()
        text = self.words(element, attached)
        if element.tag == "h":
            depth = _number(element.get("outline-level"), 1) or 1
            self.gathering.add(Block(text, BlockKind.HEADING, level=depth, marker=marker))
        elif level:
            self.gathering.add(Block(text, BlockKind.LIST_ITEM, level=level, marker=marker))
        else:
            self.gathering.add(Block(text))
        self._gather_attached(attached)

    def _gather_attached(self, attached: _Attached) -> None:
        for marker, text in attached.notes:
            self.gathering.add(Block(text, BlockKind.FOOTNOTE, marker=marker))
        for box in attached.boxes:
            self.gather_blocks(box)

    # --- lists

    def _open_list(self, element: Element, around: _List | None) -> _List:
        if around is not None:
            return _List(element.get("style-name") or around.style, around.counts)
        opened = _List(element.get("style-name", ""))
        before = element.get("continue-list") or (opened.style if element.get("continue-numbering") == "true" else "")
        opened.counts = dict(self.counted.get(before, {}))
        self.counted[opened.style] = opened.counts
        if element.get("id"):
            self.counted[element.get("id", "")] = opened.counts
        return opened

    def _gather_list(self, element: Element, around: _List | None, level: int) -> None:
        opened = self._open_list(element, around)
        for item in element:
            if item.tag not in ("list-item", "list-header"):
                continue
            marker = self._marker(opened, item, level) if _starts_with_words(item) else ""
            for each in item:
                if each.tag == "list":
                    self._gather_list(each, opened, level + 1)
                elif each.tag in ("p", "h"):
                    self._gather_paragraph(each, level=level, marker=marker)
                    marker = ""
                else:
                    self.gather_blocks([each])
        for deeper in [each for each in opened.counts if each > level]:
            del opened.counts[deeper]

    def _marker(self, opened: _List, item: Element, level: int) -> str:
        levels = self.styles.get(opened.style, {})
        style = levels.get(level)
        if item.tag == "list-header" or style is None:
            return ""
        if style.is_bullet:
            return bullet(style.sign)
        given = item.get("start-value")
        counts = opened.counts
        counts[level] = _number(given, 1) if given else counts.get(level, style.start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        shown = range(max(level - style.shown + 1, 1), level + 1)
        numbers = [numeral(counts.get(i, 1), levels[i].form) for i in shown if i in levels and levels[i].form]
        return f"{style.prefix}{'.'.join(numbers)}{style.suffix}".strip() if numbers else ""

    # --- tables

    def _gather_table(self, table: Element) -> None:
        self.tables += 1
        number = self.tables
        total = 0
        for row in _rows(table):
            attached = _Attached()
            cells = [self._cell_text(cell, attached) for cell in _repeated_cells(row)]
            total += len(cells)
            if total > MOST_CELLS:
                raise self.gathering.refuse("too_many_cells", limit=MOST_CELLS)
            if any(cells):
                block = Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=tuple(cells), table=number)
                self.gathering.add(block)
            self._gather_attached(attached)

    def _cell_text(self, cell: Element, attached: _Attached) -> str:
        if cell.tag == "covered-table-cell":
            return ""
        return "\n".join(self._cell_lines(cell, attached, None, 1)).strip()

    def _cell_lines(self, parent: Element, attached: _Attached, around: _List | None, level: int) -> Iterator[str]:
        for each in parent:
            if each.tag in ("p", "h"):
                yield self.words(each, attached).strip()
            elif each.tag == "list":
                opened = self._open_list(each, around)
                for item in each:
                    marker = self._marker(opened, item, level) if _starts_with_words(item) else ""
                    for i, line in enumerate(self._cell_lines(item, attached, opened, level + 1)):
                        yield f"{marker} {line}" if marker and not i else line
            elif each.tag == "table":
                for row in _rows(each):
                    texts = [self._cell_text(cell, attached) for cell in _repeated_cells(row)]
                    yield " | ".join(text for text in texts if text)
            elif each.tag not in _SILENT:
                yield from self._cell_lines(each, attached, around, level)

    # --- words

    def words(self, element: Element, attached: _Attached) -> str:
        parts: list[str] = []
        self._read(element, parts, attached)
        return "".join(parts)

    def _read(self, element: Element, parts: list[str], attached: _Attached) -> None:
        parts.append(_SPACES.sub(" ", element.text or ""))
        for each in element:
            self._read_one(each, parts, attached)
            parts.append(_SPACES.sub(" ", each.tail or ""))

    def _read_one(self, each: Element, parts: list[str], attached: _Attached) -> None:
        if each.tag == "s":
            parts.append(" " * min(_number(each.get("c"), 1), 1000))
        elif each.tag in ("tab", "line-break"):
            parts.append("\t" if each.tag == "tab" else "\n")
        elif each.tag == "note":
            citation = each.find("note-citation")
            marker = "".join(citation.itertext()).strip() if citation is not None else ""
            body = each.find("note-body")
            inner = _Attached()
            lines = [] if body is None else list(self._cell_lines(body, inner, None, 1))
            attached.notes += [(marker, "\n".join(lines)), *inner.notes]
        elif each.tag == "annotation":
            self.gathering.lose("comments")
        elif each.tag == "image":
            self.gathering.lose("pictures")
        elif each.tag in ("object", "object-ole"):
            self.gathering.lose("objects")
        elif each.tag == "frame":
            self._read_frame(each, attached)
        elif each.tag == "text-box":
            attached.boxes.append(each)
        elif each.tag in ("hidden-text", "hidden-paragraph"):
            self.gathering.lose("hidden")
        elif each.tag in ("custom-shape", "rect", "ellipse", "text-shape"):
            attached.boxes.append(each)
        elif each.tag == "a":
            before = len(parts)
            self._read(each, parts, attached)
            target, shown = each.get("href", ""), "".join(parts[before:]).strip().rstrip("/")
            self.gathering.lose("links", bool(target) and not target.startswith("#") and shown not in target)
        elif each.tag not in _SILENT:
            self._read(each, parts, attached)

    def _read_frame(self, frame: Element, attached: _Attached) -> None:
        """A frame shows the first of its contents; what follows says the same for other programs."""
        for each in frame:
            if each.tag in ("text-box", "image", "object", "object-ole", "plugin"):
                self._read_one(each, [], attached)
                return


def _starts_with_words(item: Element) -> bool:
    first = next(iter(item), None)
    return first is not None and first.tag != "list"


def _rows(table: Element) -> Iterator[Element]:
    for each in table:
        if each.tag == "table-row":
            yield each
        elif each.tag in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(each)


def _repeated_cells(row: Element) -> Iterator[Element]:
    for cell in row:
        if cell.tag in ("table-cell", "covered-table-cell"):
            for _ in range(min(_number(cell.get("number-columns-repeated"), 1), 63)):
                yield cell


def _sheet_rows(table: Element, gathering: Gathering) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The filled rows of a sheet with their numbers; what is repeated empty to the sheet's edge costs nothing."""
    line = 1
    total = 0
    for row in _rows(table):
        times = max(_number(row.get("number-rows-repeated"), 1), 1)
        cells = _sheet_cells(row, gathering)
        if cells:
            total += len(cells) * times
            if total > MOST_CELLS:
                raise gathering.refuse("too_many_cells", limit=MOST_CELLS)
            for i in range(times):
                yield line + i, cells
        line += times


def _sheet_cells(row: Element, gathering: Gathering) -> tuple[str, ...]:
    cells: list[str] = []
    empty = 0
    for cell in row:
        if cell.tag not in ("table-cell", "covered-table-cell"):
            continue
        times = max(_number(cell.get("number-columns-repeated"), 1), 1)
        text = "" if cell.tag == "covered-table-cell" else _sheet_value(cell, gathering)
        if not text:
            empty += times
            continue
        if len(cells) + empty + times > WIDEST_ROW:
            raise gathering.refuse("too_many_cells", limit=MOST_CELLS)
        cells += [""] * empty + [text] * times
        empty = 0
    return tuple(cells)


def _sheet_value(cell: Element, gathering: Gathering) -> str:
    gathering.lose("comments", len(cell.findall("annotation")))
    kind = cell.get("value-type")
    if kind == "date":
        return cell.get("date-value", "").removesuffix("T00:00:00").replace("T", " ")
    if kind == "time":
        match = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", cell.get("time-value", ""))
        if match:
            return ":".join(match.groups())
    if kind == "float":
        value = cell.get("value", "")
        return value.removesuffix(".0")
    words = _Text(gathering, {})
    return "\n".join(words.words(each, _Attached()) for each in cell if each.tag == "p").strip()
