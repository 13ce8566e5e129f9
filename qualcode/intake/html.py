"""Web pages, and what other programs save as such."""

from __future__ import annotations

import re
from typing import Any

from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.bounds import MOST_CELLS, MOST_ELEMENTS
from qualcode.intake.encoding import decode
from qualcode.intake.gathering import Gathering
from qualcode.intake.numerals import BULLET, numeral

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SILENT_TAGS = """
script style template svg iframe object embed canvas audio video select textarea datalist noframes xml
"""
_SILENT = frozenset(_SILENT_TAGS.split())
_APART_TAGS = """
p div section article header footer main nav aside address blockquote pre figure figcaption form fieldset
legend dl dt dd ul ol li table caption thead tbody tfoot h1 h2 h3 h4 h5 h6 hr body html details summary center
"""
_APART = frozenset(_APART_TAGS.split())
_COUNTED = {"img": "pictures", "svg": "pictures", "iframe": "objects", "object": "objects"} | {
    "embed": "objects",
    "audio": "objects",
    "video": "objects",
    "script": "scripts",
    "style": "scripts",
    "select": "form_fields",
    "textarea": "form_fields",
}


def looks_like_html(data: bytes) -> bool:
    """Whether the bytes begin as a web page."""
    head = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    while head.startswith((b"<!--", b"<?xml")):
        head = head.partition(b">")[2].lstrip()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def read(data: bytes, gathering: Gathering) -> None:
    """Gather the paragraphs, headings, list items and table rows of a web page; scripts and styles say nothing.

    Raises
    ------
    UnreadableFileError
        When the page has more elements than any text.
    """
    from lxml import etree

    if data.count(b"<") > MOST_ELEMENTS:
        raise gathering.refuse("bomb")
    text = gathering.clean(_text(data, gathering))
    # The depth of the tree is no danger to a walk that does not descend into itself.
    parser = etree.HTMLParser(recover=True, no_network=True, huge_tree=True, encoding="utf-8", remove_comments=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    if root is None:
        raise gathering.refuse("no_words")
    page = _Page(gathering)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if isinstance(element.tag, str):
            page.begin(element) if event == "start" else page.end(element)
        elif event == "end":
            page.say(element.tail)
    page.flush()
    for error in parser.error_log:
        if error.type_name == "ERR_RESOURCE_LIMIT":
            raise gathering.refuse("bomb")


def _text(data: bytes, gathering: Gathering) -> str:
    declared = _DECLARED.search(data[:4096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = declared[1].decode("ascii").lower()
        # A page that calls itself Latin-1 is, by the rules of the web, Windows-1252.
        name = "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            pass
    return decode(data, gathering)


class _Page:
    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self.words: list[str] = []
        self.silent = 0
        self.in_head = 0
        self.kept_spaces = 0
        self.heading = 0
        self.lists: list[tuple[str, int]] = []
        self.marker = ""
        self.items = 0
        self.tables = 0
        self.opened_tables = 0
        self.table = 0
        self.row: list[str] | None = None
        self.in_cell = 0
        self.lines: list[str] = []
        self.spans: dict[int, int] = {}
        self.titled = False
        self.link = ""
        self.linked = 0

    def begin(self, element: Any) -> None:
        tag = element.tag.lower()
        # Styles and scripts stand in the head, which says nothing else.
        if tag in _COUNTED and self.silent <= self.in_head:
            self.gathering.lose(_COUNTED[tag])
        if tag in _SILENT or tag == "head" or element.get("hidden") is not None:
            if tag not in _COUNTED and tag != "head" and not self.silent and "".join(element.itertext()).strip():
                self.gathering.lose("hidden")
            self.silent += 1
        self.in_head += tag == "head"
        if tag == "title" and not self.titled:
            self.titled = True
            self.gathering.properties["title"] = " ".join("".join(element.itertext()).split())
        if self.silent:
            return
        if tag in _APART:
            self.flush()
        step = getattr(self, f"_begin_{'heading' if re.fullmatch('h[1-6]', tag) else tag}", None)
        if step is not None:
            step(element)
        self.say(element.text)

    def end(self, element: Any) -> None:
        tag = element.tag.lower()
        if self.silent:
            if tag in _SILENT or tag == "head" or element.get("hidden") is not None:
                self.silent -= 1
                self.in_head -= tag == "head"
        else:
            if tag in _APART:
                self.flush()
            step = getattr(self, f"_end_{'heading' if re.fullmatch('h[1-6]', tag) else tag}", None)
            if step is not None:
                step(element)
        self.say(element.tail)

    def say(self, text: str | None) -> None:
        if text and not self.silent:
            self.words.append(text if self.kept_spaces else _SPACES.sub(" ", text))

    def flush(self) -> None:
        """End the block that is being gathered."""
        text = "".join(self.words)
        self.words.clear()
        if not self.kept_spaces:
            text = re.sub(r" *\n *", "\n", re.sub(r" +", " ", text))
        text = text.strip()
        if not text:
            return
        marker, self.marker = self.marker, ""
        if self.in_cell:
            self.lines.append(f"{marker} {text}" if marker else text)
        elif self.heading:
            self.gathering.add(Block(text, BlockKind.HEADING, level=self.heading, marker=marker))
        elif self.lists and self.items:
            self.gathering.add(Block(text, BlockKind.LIST_ITEM, level=len(self.lists), marker=marker))
        else:
            self.gathering.add(Block(text))

    # --- elements

    def _begin_br(self, _: Any) -> None:
        self.words.append("\n")

    def _begin_input(self, element: Any) -> None:
        kind = (element.get("type") or "text").lower()
        if kind in ("checkbox", "radio"):
            self.words.append("☒ " if element.get("checked") is not None else "☐ ")
        elif kind != "hidden" and (element.get("value") or "").strip():
            self.gathering.lose("form_fields")

    def _begin_a(self, element: Any) -> None:
        self.link = (element.get("href") or "").strip()
        self.linked = len(self.words)

    def _end_a(self, _: Any) -> None:
        shown = "".join(self.words[self.linked :]).strip().rstrip("/")
        away = self.link and not self.link.startswith(("#", "javascript:"))
        self.gathering.lose("links", bool(away) and shown not in self.link)
        self.link = ""

    def _begin_pre(self, _: Any) -> None:
        self.kept_spaces += 1

    def _end_pre(self, _: Any) -> None:
        self.kept_spaces -= 1

    def _begin_heading(self, element: Any) -> None:
        self.heading = int(element.tag[1])

    def _end_heading(self, _: Any) -> None:
        self.heading = 0

    def _begin_ol(self, element: Any) -> None:
        form = element.get("type") or "1"
        self.lists.append((form if form in "1aAiI" else "1", _number(element.get("start"), 1) - 1))

    def _begin_ul(self, _: Any) -> None:
        self.lists.append((BULLET, 0))

    def _end_ol(self, _: Any) -> None:
        if self.lists:
            self.lists.pop()

    _end_ul = _end_ol

    def _begin_li(self, element: Any) -> None:
        self.items += 1
        if not self.lists:
            self.lists.append((BULLET, 0))
        form, count = self.lists[-1]
        count = _number(element.get("value"), count + 1)
        self.lists[-1] = (form, count)
        self.marker = BULLET if form == BULLET else f"{numeral(count, form)}."

    def _end_li(self, _: Any) -> None:
        self.items -= 1
        self.marker = ""

    def _begin_table(self, _: Any) -> None:
        self.opened_tables += 1
        if self.opened_tables == 1:
            self.tables += 1
            self.spans = {}

    def _end_table(self, _: Any) -> None:
        self._end_row()
        self.opened_tables -= 1

    def _begin_tr(self, _: Any) -> None:
        if self.opened_tables <= 1:
            self._end_row()
            self.row = []
        else:
            self.flush()

    def _begin_td(self, element: Any) -> None:
        if self.opened_tables > 1:
            self.say(" | " if "".join(self.words).strip() else "")
            return
        self.flush()
        self.row = [] if self.row is None else self.row
        self._skip_covered()
        self.in_cell += 1

    _begin_th = _begin_td

    def _end_td(self, element: Any) -> None:
        if self.opened_tables > 1 or self.row is None:
            return
        self.flush()
        self.in_cell -= 1
        across = min(_number(element.get("colspan"), 1), 1000)
        down = min(_number(element.get("rowspan"), 1), 1000)
        for i in range(across):
            if down > 1:
                self.spans[len(self.row) + i] = down - 1
        self.row += ["\n".join(self.lines)] + [""] * (across - 1)
        self.lines.clear()
        if len(self.row) > MOST_CELLS:
            raise self.gathering.refuse("too_many_cells", limit=MOST_CELLS)

    _end_th = _end_td

    def _end_tr(self, _: Any) -> None:
        if self.opened_tables <= 1:
            self._end_row()
        else:
            self.flush()

    def _skip_covered(self) -> None:
        """Leave empty what a cell of a row above reaches down to."""
        assert self.row is not None
        while self.spans.get(len(self.row), 0) > 0:
            self.spans[len(self.row)] -= 1
            self.row.append("")

    def _end_row(self) -> None:
        if self.row is None or self.opened_tables > 1:
            return
        self.flush()
        self._skip_covered()
        cells, self.row = tuple(self.row), None
        if any(cells):
            block = Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=cells, table=self.tables)
            self.gathering.add(block)


def _number(written: str | None, default: int) -> int:
    try:
        return min(max(int(written or ""), 1), 100_000)
    except ValueError:
        return default
