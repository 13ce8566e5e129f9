"""The chapter as a PDF, set by typst: all its words go there as data, so that none of them is ever read as markup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Any

import typst

from qualcode.reports.chapter import (
    Block,
    Chapter,
    FigurePart,
    GridCell,
    Heading,
    Prose,
    QuotationPart,
    Span,
    TablePart,
)
from qualcode.reports.word.writing import NUMBERLIKE, WHOLE_ROW, clean, kept_together, picture_size
from qualcode.wording import texts

_EMU_PER_CM = 360_000
_ROOM = (14.0, 18.2)
"""Centimetres: the width of the text, and what a caption leaves of its height."""


def pdf_report(chapter: Chapter) -> bytes:
    """Set a chapter as a tagged PDF; needs no network and no program besides the typst package.

    Parameters
    ----------
    chapter : Chapter

    Returns
    -------
    bytes
        The same for the same chapter and fonts.
    """
    template = files("qualcode.reports").joinpath("templates", "report.typ").read_bytes()
    stamp = datetime.fromisoformat(chapter.dated or "1980-01-01").replace(tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="qualcode-") as name:
        folder = Path(name)
        folder.joinpath("report.typ").write_bytes(template)
        folder.joinpath("chapter.json").write_text(json.dumps(_content(chapter, folder)), "utf-8")
        made = typst.compile(folder / "report.typ", root=folder, format="pdf", timestamp=int(stamp.timestamp()))
    assert isinstance(made, bytes)
    return made


def _content(chapter: Chapter, folder: Path) -> dict[str, Any]:
    """Everything the template shows, as plain values; pictures go into the folder."""
    language = chapter.options.language
    names = {"table": "table_label", "figure": "figure_label", "tables": "tables_list", "figures": "figures_list"}
    return {
        "title": clean(chapter.title),
        "language": language,
        "words": {name: texts(f"chapter.{key}")[language] for name, key in names.items()},
        "blocks": list(_blocks(chapter.blocks, folder)),
    }


def _blocks(blocks: Sequence[Block], folder: Path) -> Iterator[dict[str, Any]]:
    for index, block in enumerate(blocks):
        if isinstance(block, Heading):
            yield {
                "kind": "heading",
                "level": min(block.level, 4),
                "number": clean(block.number),
                "text": clean(block.text),
                "apart": block.apart,
            }
        elif isinstance(block, Prose):
            if not (block.manner == "note" and _captioned_before(blocks, index)):
                yield {"kind": "prose", "manner": block.manner, "spans": _spans(block.spans)}
        elif isinstance(block, QuotationPart):
            yield _quotation(block)
        elif isinstance(block, TablePart):
            yield _table(block) | {"notes": _notes(blocks, index)}
        elif isinstance(block, FigurePart):
            file = f"{index}.png"
            folder.joinpath(file).write_bytes(block.png)
            yield _captioned(block, "figure") | {
                "file": file,
                "width": _width(block.png),
                "notes": _notes(blocks, index),
            }
        else:
            lines = [[str(number), clean(speaker), clean(words)] for number, speaker, words in block.lines]
            yield {"kind": "listing", "lines": lines}


def _width(png: bytes) -> float:
    """How many centimetres wide a picture is set: as it is, or as large as there is room."""
    wide, high = (side / _EMU_PER_CM for side in picture_size(png))
    return wide * min(1.0, _ROOM[0] / wide, _ROOM[1] / high)


def _notes(blocks: Sequence[Block], index: int) -> list[list[dict[str, Any]]]:
    """The notes below the table or figure at this place: they stay with its source line."""
    behind = takewhile(lambda block: isinstance(block, Prose) and block.manner == "note", blocks[index + 1 :])
    return [_spans(block.spans) for block in behind if isinstance(block, Prose)]


def _captioned_before(blocks: Sequence[Block], index: int) -> bool:
    """Whether the note at this place stands below a table or figure, which shows it."""
    before = (block for block in reversed(blocks[:index]) if not (isinstance(block, Prose) and block.manner == "note"))
    return isinstance(next(before, None), (TablePart, FigurePart))


def _quotation(block: QuotationPart) -> dict[str, Any]:
    said = {name: clean(getattr(block, name)) for name in ("closing", "lead", "citation", "footnote", "translation")}
    return {"kind": "quotation", "style": block.style.value, "words": _spans(block.words), **said}


def _table(part: TablePart) -> dict[str, Any]:
    return _captioned(part, "table") | {
        "letters": part.letters,
        "series": "table" if part.series == "chapter" else "appendix",
        "widths": list(part.widths),
        "head": [_row(row) for row in part.head],
        "body": [_row(row) for row in part.body],
        "groups": _groups(part),
    }


def _groups(part: TablePart) -> list[list[int]]:
    """Rows that stay on one page, as first row and number of rows; the row behind the last is the source line.

    A group that might be higher than a page is none: typst would cut it off.
    """
    heights = [max((len(cell.text) for cell in row), default=0) for row in part.body]
    groups: list[list[int]] = []
    for index, together in enumerate(kept_together(part)):
        if together:
            if groups and sum(groups[-1]) == index + 1:
                groups[-1][1] += 1
            else:
                groups.append([index, 2])
    return [[first, count] for first, count in groups if sum(heights[first : first + count]) < WHOLE_ROW]


def _captioned(part: TablePart | FigurePart, kind: str) -> dict[str, Any]:
    said = {name: clean(getattr(part, name)) for name in ("caption", "source", "alt")}
    return {"kind": kind, "prefix": part.number.rpartition(".")[0] + ".", **said}


def _row(row: Sequence[GridCell]) -> list[dict[str, Any]]:
    whole = max((len(cell.text) for cell in row), default=0) < WHOLE_ROW
    return [
        {
            "spans": _spans(cell.spans),
            "whole": whole and cell.down == 1,
            "across": cell.across,
            "down": cell.down,
            "last": index == len(row) - 1,
            "band": index == 0 and cell.across > 1,
            "centred": index > 0 and NUMBERLIKE.fullmatch(cell.text.replace("\n", " ")) is not None,
        }
        for index, cell in enumerate(row)
        if cell.down  # what a cell above covers is no cell here
    ]


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [
        {"text": clean(span.text)} | ({"italic": True} if span.italic else {}) | ({"bold": True} if span.bold else {})
        for span in spans
    ]
