"""The chapter as a PDF, set by typst: all its words go there as data, so that none of them is ever read as markup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
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
from qualcode.reports.word.writing import NUMBERLIKE, WHOLE_ROW, clean, picture_size
from qualcode.wording import texts

_EMU_PER_CM = 360_000


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
            yield {"kind": "prose", "manner": block.manner, "spans": _spans(block.spans)}
        elif isinstance(block, QuotationPart):
            yield _quotation(block)
        elif isinstance(block, TablePart):
            yield _table(block)
        elif isinstance(block, FigurePart):
            file = f"{index}.png"
            folder.joinpath(file).write_bytes(block.png)
            yield _captioned(block, "figure") | {"file": file, "width": picture_size(block.png)[0] / _EMU_PER_CM}
        else:
            lines = [[str(number), clean(speaker), clean(words)] for number, speaker, words in block.lines]
            yield {"kind": "listing", "lines": lines}


def _quotation(block: QuotationPart) -> dict[str, Any]:
    said = {name: clean(getattr(block, name)) for name in ("closing", "lead", "citation", "footnote", "translation")}
    return {"kind": "quotation", "style": block.style.value, "words": _spans(block.words), **said}


def _table(part: TablePart) -> dict[str, Any]:
    return _captioned(part, "table") | {
        "series": "table" if part.series == "chapter" else "appendix",
        "widths": list(part.widths),
        "head": [_row(row) for row in part.head],
        "body": [_row(row) for row in part.body],
    }


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
