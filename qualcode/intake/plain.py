"""Text files and Markdown: paragraphs with their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.encoding import decode_lines
from qualcode.intake.gathering import Gathering
from qualcode.intake.numerals import bullet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_LINE_END = re.compile(r"\r\n|\r|\n")
# What the parser would pass over in silence, for it nests no deeper.
_NESTED = re.compile(r"[ \t>]{40}|[ \t]*(?:(?:[>*+-]|\d{1,9}[.)])[ \t]*){15}[^\s>*+-]")
_CELL_END = re.compile(r"(?<!\\)\|")
LARGEST_MARKDOWN = 2_000_000
LONGEST_LINE = 100_000


def read(data: bytes, gathering: Gathering) -> None:
    """Gather the paragraphs of a text file."""
    _gather_paragraphs(decode_lines(data, gathering), gathering)


def read_markdown(data: bytes, gathering: Gathering) -> None:
    """Gather the paragraphs, headings, list items and tables of a Markdown file."""
    text = decode_lines(data, gathering)
    lines = _LINE_END.split(text)
    if len(text) > LARGEST_MARKDOWN or any(len(line) > LONGEST_LINE or _NESTED.match(line) for line in lines):
        gathering.guess("plain_markdown")
        _gather_paragraphs(text, gathering)
        return
    from markdown_it import MarkdownIt

    # "[I1]: Ya" is an answer more often than it defines a link, which nobody would see; a line under a paragraph is
    # a separator more often than it makes a heading; angle brackets are words ("<tidak jelas>") rather than HTML.
    parser = (
        MarkdownIt("commonmark", {"html": False}).enable("table").disable(["lheading", "code", "fence", "reference"])
    )
    _Markdown(parser.parse("\n".join(lines)), lines, gathering).gather()


def _gather_paragraphs(text: str, gathering: Gathering) -> None:
    """A paragraph reaches to the next blank line; where there is none at all, each line is one."""
    lines = _LINE_END.split(text)
    while lines and not lines[-1].strip():
        lines.pop()
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    apart = any(not line.strip() for line in lines[first:])
    begun: list[str] = []
    start = 0
    for number, line in enumerate([*lines, ""], 1):
        if begun and (not apart or not line.strip()):
            gathering.add(Block("\n".join(begun), line=start))
            begun = []
        if line.strip():
            start = start if begun else number
            begun.append(line.rstrip())


class _Markdown:
    """Walks the flat list of tokens of a Markdown text."""

    def __init__(self, tokens: Sequence[Token], lines: Sequence[str], gathering: Gathering) -> None:
        self.tokens = tokens
        self.lines = lines
        self.gathering = gathering
        self.loose = any(not line.strip() for line in lines[:-1])
        self.markers: list[str] = []
        self.marker = ""
        self.heading = 0
        self.cells: list[str] | None = None
        self.table = 0
        self.line = self.item = 0

    def gather(self) -> None:
        for token in self.tokens:
            self.line = token.map[0] + 1 if token.map else self.line
            step = getattr(self, f"_{token.type}", None)
            if step is not None:
                step(token)

    def _heading_open(self, token: Token) -> None:
        self.heading = int(token.tag[1])

    def _heading_close(self, _: Token) -> None:
        self.heading = 0

    def _gather_bare_marker(self) -> None:
        """A number without words of its own, before a list within or at the end of an item."""
        if any(map(str.isalnum, self.marker)):
            self.gathering.add(Block(self.marker, line=self.item))
        self.marker = ""

    def _list_item_open(self, token: Token) -> None:
        self._gather_bare_marker()
        self.item = self.line
        self.marker = f"{token.info}{token.markup}" if token.info else bullet(token.markup)
        self.markers.append(self.marker)

    def _list_item_close(self, _: Token) -> None:
        self._gather_bare_marker()
        self.markers.pop()

    def _table_open(self, _: Token) -> None:
        self.table += 1

    def _tr_open(self, _: Token) -> None:
        self._gather_bare_marker()
        self.cells = []

    def _tr_close(self, _: Token) -> None:
        # Cells beyond the head of the table are no cells to the parser; their words are words.
        written = _CELL_END.split(self.lines[self.line - 1].strip().removeprefix("|").removesuffix("|"))
        cells = (*(self.cells or ()), *(cell.strip() for cell in written[len(self.cells or ()) :]))
        self.cells = None
        if any(cells):
            row = Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=cells, table=self.table, line=self.line)
            self.gathering.add(row)

    def _inline(self, token: Token) -> None:
        text = self._words(token.children or [])
        if self.cells is not None:
            self.cells.append(text)
        elif self.heading:
            marker, self.marker = self.marker, ""
            self.gathering.add(Block(text, BlockKind.HEADING, level=self.heading, marker=marker, line=self.line))
        elif self.markers and text.strip():
            level = len(self.markers)
            self.gathering.add(Block(text, BlockKind.LIST_ITEM, level=level, marker=self.marker, line=self.line))
            self.marker = ""
        elif self.loose:
            self.gathering.add(Block(text, line=self.line))
        else:
            for number, line in enumerate(text.split("\n"), self.line):
                self.gathering.add(Block(line, line=number))

    def _words(self, children: Sequence[Token]) -> str:
        words = []
        for child in children:
            if child.type == "image":
                self.gathering.lose("pictures")
            elif child.type in ("softbreak", "hardbreak"):
                words.append("\n")
            elif child.type == "link_open" and child.info != "auto":
                self.gathering.lose("links")
            else:
                words.append(child.content)
        return "".join(words)
