"""A file as the lines a reader sees, each with the block it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qualcode.intake.blocks import Block, BlockKind, RawFile

# What no stored text may hold; readers report it, a block made otherwise is made safe here.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


_MARKDOWN = re.compile(r"\s{0,3}(?P<marks>#{1,6}) +(?P<title>\S.*)")


@dataclass(frozen=True)
class Line:
    """A line of a paragraph, or a whole row; `text` has no blanks at its ends, `first` says it begins its block."""

    text: str
    block: Block
    first: bool = True

    @property
    def words(self) -> str:
        """The line with its list marker, as it will be kept."""
        return f"{self.block.marker} {self.text}" if self.first and self.block.marker else self.text

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a row, without blanks at their ends."""
        return tuple(plain(cell).strip() for cell in self.block.cells)

    @property
    def is_heading(self) -> bool:
        """Whether the file itself calls it a heading."""
        return self.block.kind is BlockKind.HEADING


def plain(text: str) -> str:
    r"""The text with ``\n`` line ends and without what cannot be stored."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def lines_of(raw: RawFile) -> Iterator[Line]:
    """The lines of a file that hold words, in their order; a row is one line."""
    for block in raw.blocks:
        if block.kind is BlockKind.TABLE_ROW and block.cells:
            text = " | ".join(cell for each in block.cells if (cell := " ".join(plain(each).split())))
            if text:
                yield Line(text, block)
            continue
        first = True
        for part in plain(block.text).split("\n"):
            heading = _MARKDOWN.match(part) if raw.format == "text" else None
            if heading:
                level = len(heading["marks"])
                yield Line(heading["title"].strip(), replace(block, kind=BlockKind.HEADING, level=level, marker=""))
            elif part.strip():
                yield Line(part.strip(), block, first)
            first = first and not part.strip()


def place(raw: RawFile, block: Block | None = None) -> str:
    """Where a block stands, as messages name it: ``file:line``, or the file where it has no lines."""
    return f"{raw.name}:{block.line}" if block and block.line else raw.name
