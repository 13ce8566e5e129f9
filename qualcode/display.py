"""Rows and captions in, HTML, Markdown and plain text out; knows no other room.

A table's cell may be a `Cell`: a short text that opens to the quotations behind it. In HTML that is a ``<details>``
element, which needs no JavaScript and survives JupyterLab's sanitiser, as do the inline styles.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Quotation:
    """Words, where they stand, what was made of them, and the id of the coding they come from."""

    text: str
    address: str
    note: str = ""
    coding: str = ""


@dataclass(frozen=True)
class Cell:
    """A short text that opens to the quotations behind it.

    `shade` from 0 to 1 tints the cell; the text alone must say everything the tint says. An `unfolded` cell shows its
    quotations at once. `value` is what a spreadsheet gets instead of the text.
    """

    text: str
    quotations: tuple[Quotation, ...] = ()
    shade: float = 0.0
    unfolded: bool = False
    value: int | float | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """A captioned table.

    Parameters
    ----------
    caption : str
    columns : sequence of str
        One heading for each column.
    rows : sequence of sequences of str, int, float or Cell
        Each as long as `columns`; the first column heads its row.
    note : str
        Printed below the table.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float | Cell]]
    note: str = ""

    def to_html(self) -> str:
        """An HTML table with inline styles only; every text is escaped."""
        head = "".join(f'<th scope="col" style="{_TH}">{escape(name)}</th>' for name in self.columns)
        has_head = any(self.columns)
        body = "".join(
            "<tr>"
            + f'<th scope="row" style="{_ROW}">{_html(row[0])}</th>'
            + "".join(f'<td style="{_TD}{_unbroken(cell)}{_shade(cell)}">{_html(cell)}</td>' for cell in row[1:])
            + "</tr>"
            for row in self.rows
        )
        note = f'<p style="{_NOTE}">{escape(self.note)}</p>' if self.note else ""
        return (
            f'<div class="qc-table" style="overflow-x:auto"><table style="{_TABLE}">'
            f'<caption style="{_CAPTION}">{escape(self.caption)}</caption>'
            + (f"<thead><tr>{head}</tr></thead>" if has_head else "")
            + f"<tbody>{body}</tbody></table>{note}</div>"
        )

    _repr_html_ = to_html

    def to_markdown(self) -> str:
        """A pipe table; pipes and line breaks inside cells are escaped."""
        lines = [f"**{_pipe(self.caption)}**", ""]
        lines.append("| " + " | ".join(map(_pipe, self.columns)) + " |")
        lines.append("|" + " --- |" * len(self.columns))
        lines += ["| " + " | ".join(_pipe(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join(lines + (["", self.note] if self.note else [])) + "\n"

    def to_csv(self) -> str:
        """Comma-separated, with text that a spreadsheet would run as a formula defused by a leading apostrophe."""
        sheet = io.StringIO()
        writer = csv.writer(sheet, lineterminator="\n")
        writer.writerow([_defused(name) for name in self.columns])
        writer.writerows([[_defused(cell) for cell in row] for row in self.rows])
        return sheet.getvalue()

    def opened(self, columns: Sequence[str]) -> Table:
        """The same table with every cell opened: one row a quotation.

        Parameters
        ----------
        columns : sequence of six str
            Headings for the row's name, the column's, what the cell says, the words, the address, and the note.
        """
        rows = [
            [str(row[0]), name, cell.text, " ".join(quotation.text.split()), quotation.address, quotation.note]
            for row in self.rows
            for name, cell in zip(self.columns[1:], row[1:], strict=True)
            if isinstance(cell, Cell)
            for quotation in cell.quotations
        ]
        return Table(self.caption, columns, rows)

    def to_json(self) -> str:
        """Caption, note and one object a row, or a list where headings repeat; a cell with quotations is an object."""
        named = len(set(self.columns)) == len(self.columns)
        values = [[_value(cell) for cell in row] for row in self.rows]
        rows = [dict(zip(self.columns, row, strict=True)) for row in values] if named else values
        return json.dumps({"caption": self.caption, "rows": rows, "note": self.note}, ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        return self.to_markdown()


@dataclass(frozen=True)
class Passages:
    """A list of quotations under a heading, shown open."""

    heading: str
    quotations: tuple[Quotation, ...]
    empty: str = "–"

    def to_html(self) -> str:
        """A heading and block quotations, or the words for nothing."""
        body = quotations_html(self.quotations) if self.quotations else f"<p>{escape(self.empty)}</p>"
        return f'<div class="qc-passages"><p style="{_LEAD}">{escape(self.heading)}</p>{body}</div>'

    _repr_html_ = to_html

    def __repr__(self) -> str:
        lines = [f"“{q.text}” ({q.address}) {q.note}".rstrip() for q in self.quotations]
        return "\n".join([self.heading, *(lines or [self.empty])])


@dataclass(frozen=True)
class Prose:
    """Paragraphs and lists assembled from data; a list item may be a Cell that opens to its quotations."""

    paragraphs: tuple[str | tuple[str | Cell, ...], ...]

    def to_html(self) -> str:
        """A paragraph for each text, a list for each tuple of texts."""
        return f'<div class="qc-prose" style="max-width:46em">{"".join(map(self._block, self.paragraphs))}</div>'

    _repr_html_ = to_html

    @staticmethod
    def _block(block: str | tuple[str | Cell, ...]) -> str:
        if isinstance(block, str):
            return f"<p>{escape(block)}</p>"
        return "<ul>" + "".join(f"<li>{_html(item)}</li>" for item in block) + "</ul>"

    def __repr__(self) -> str:
        return "\n".join(
            block if isinstance(block, str) else "\n".join(f"- {item}" for item in block) for block in self.paragraphs
        )


@dataclass(frozen=True)
class Stack:
    """Several tables or texts, one below the other; `empty` stands where there are none."""

    parts: tuple[Table | Prose, ...]
    empty: str = "–"

    def to_html(self) -> str:
        """The parts' HTML in order, or the words for nothing."""
        return "".join(part.to_html() for part in self.parts) or f"<p>{escape(self.empty)}</p>"

    _repr_html_ = to_html

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.parts)) or self.empty


def quotations_html(quotations: Sequence[Quotation]) -> str:
    """Block quotations, each followed by its address and what was made of it."""
    return "".join(
        f'<blockquote style="{_QUOTE}"{_coding(q)}>“{escape(" ".join(q.text.split()))}”'
        f'<footer style="{_FOOT}"><code>{escape(q.address)}</code> {escape(q.note)}</footer></blockquote>'
        for q in quotations
    )


def terminal_safe(text: str) -> str:
    """`text` without control characters: a transcript must not steer the terminal it is printed in."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "\ufffd", text)


_TABLE = "border-collapse:collapse;min-width:min(100%,26em);font-size:0.92em;text-align:left;margin:0.6em 0"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:0.3em 0"
_CELL = "padding:0.35em 0.6em;vertical-align:top;text-align:left;border-bottom:1px solid rgba(128,128,128,0.35);"
_TH = _CELL + "border-bottom-width:2px;font-weight:600;white-space:normal"
_ROW = _CELL + "font-weight:500;max-width:22em"
_TD = _CELL + "max-width:36em;"
_NOTE = "font-size:0.85em;opacity:0.8;margin:0.2em 0 1em;max-width:60em"
_LEAD = "font-weight:600;margin:0.8em 0 0.3em"
_QUOTE = "margin:0.4em 0 0.6em;padding:0.1em 0 0.1em 0.8em;border-left:3px solid #0072B2;max-width:44em"
_FOOT = "font-size:0.85em;opacity:0.8;margin-top:0.15em"


def _html(cell: object) -> str:
    if not isinstance(cell, Cell):
        return _lines(str(cell))
    if not cell.quotations:
        return _lines(cell.text)
    return (
        f'<details{" open" if cell.unfolded else ""}><summary style="cursor:pointer">{_lines(cell.text)}</summary>'
        f"{quotations_html(cell.quotations)}</details>"
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _unbroken(cell: object) -> str:
    """Dates, figures and other short cells stay on one line."""
    return "white-space:nowrap;" if not getattr(cell, "quotations", ()) and len(str(cell)) <= 12 else ""


def _shade(cell: object) -> str:
    if not isinstance(cell, Cell) or cell.shade <= 0:
        return ""
    return f"background-color:rgba(0,114,178,{0.06 + 0.30 * min(cell.shade, 1.0):.2f})"


def _coding(quotation: Quotation) -> str:
    # One coding may be shown in several tables of a page, so that its id cannot be the element's.
    return f' data-coding="{escape(quotation.coding, quote=True)}"' if quotation.coding else ""


def _pipe(cell: object) -> str:
    return " ".join(str(cell).replace("\\", "\\\\").replace("|", "\\|").splitlines()).strip()


def _defused(cell: object) -> str | int | float:
    if isinstance(cell, Cell) and cell.value is not None:
        return cell.value
    if isinstance(cell, (int, float)):
        return cell
    # A bare carriage return would end the row where a spreadsheet reads it, and begin a new one with whatever follows.
    text = str(cell).replace("\r\n", "\n").replace("\r", "\n")
    return "'" + text if text.lstrip().startswith(("=", "+", "-", "@")) else text


def _value(cell: str | int | float | Cell) -> object:
    if not isinstance(cell, Cell):
        return cell
    quotations = [{"text": q.text, "address": q.address, "note": q.note} for q in cell.quotations]
    return {"text": cell.text, "quotations": quotations} if quotations else cell.text
