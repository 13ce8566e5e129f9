"""Tables of answers: Excel workbooks and files of values apart by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import datetime
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from qualcode.intake.archive import Archive
from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.bounds import LONGEST_TEXT, MOST_CELLS
from qualcode.intake.encoding import decode_lines
from qualcode.intake.gathering import Gathering

_DELIMITERS = ",;\t|"
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})$")


def read_workbook(data: bytes, archive: Archive, gathering: Gathering) -> None:
    """Gather the rows of an Excel workbook: stored values, dates as year-month-day, a heading before each sheet.

    Raises
    ------
    UnreadableFileError
        When the workbook is damaged or locked, or holds more cells than a table of answers.
    """
    from openpyxl import load_workbook

    extents = _survey(archive, gathering)
    with warnings.catch_warnings():
        # What it warns of (styles, validation) concerns no words.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                if _part_of(sheet) not in extents:
                    extents[_part_of(sheet)] = _extent(archive, _part_of(sheet), gathering)
            _refuse_wide(extents, gathering)
            sheets = [(sheet, list(_rows(sheet, extents[_part_of(sheet)]))) for sheet in book.worksheets]
            properties = book.properties
        finally:
            book.close()
    filled = [(sheet, rows) for sheet, rows in sheets if rows]
    for number, (sheet, rows) in enumerate(filled, 1):
        if len(filled) > 1:
            gathering.add(Block(sheet.title, BlockKind.HEADING, level=1))
        for line, cells in rows:
            gathering.add(Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=cells, table=number, line=line))
    hidden = sum(sheet.sheet_state != "visible" for sheet, _ in filled)
    if hidden:
        gathering.guess("hidden_sheets", count=hidden)
    gathering.properties["title"] = str(properties.title or "")
    created = properties.created
    gathering.properties["created"] = created.date().isoformat() if isinstance(created, datetime.datetime) else ""


def _survey(archive: Archive, gathering: Gathering) -> dict[str, tuple[int, int]]:
    """Look through every part before a library opens it: each sheet's last row and column in use, and the losses.

    The size that a sheet declares is not believed; formulas that were never computed have no value to read.
    """
    extents = {}
    for name in archive.names:
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            extents[name] = _extent(archive, name, gathering)
        elif name.endswith((".xml", ".rels")):
            notes = sum(event == "end" and element.tag == "comment" for event, element in archive.walk(name))
            gathering.lose("comments", notes if name.startswith("xl/comments") else 0)
        if re.match(r"xl/charts/chart\d*\.xml$", name):
            gathering.lose("objects")
        elif name.startswith("xl/media/"):
            gathering.lose("pictures")
        elif name.casefold().endswith("vbaproject.bin"):
            gathering.lose("macros")
    return extents


def _part_of(sheet: Any) -> str:
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def _refuse_wide(extents: dict[str, tuple[int, int]], gathering: Gathering) -> None:
    """Few cells far apart still make a large table."""
    if sum(rows * columns for rows, columns in extents.values()) > 20 * MOST_CELLS:
        raise gathering.refuse("too_many_cells", limit=MOST_CELLS)


def _extent(archive: Archive, name: str, gathering: Gathering) -> tuple[int, int]:
    """The last row and the last column of a sheet that hold a value."""
    last_row = last_column = total = row = column = 0
    for event, element in archive.walk(name):
        if event == "start":
            if element.tag == "row":
                row, column = int(element.get("r") or row + 1), 0
            continue
        if element.tag == "c":
            address = _ADDRESS.match(element.get("r", ""))
            column = _column(address[1]) if address else column + 1
            filled = bool(element.findtext("v")) or element.find("is") is not None
            gathering.lose("formulas", element.find("f") is not None and not filled)
            if filled:
                total += 1
                last_row = max(last_row, int(address[2]) if address else row)
                last_column = max(last_column, column)
        if element.tag in ("c", "row"):
            element.clear()
    if total > MOST_CELLS:
        raise gathering.refuse("too_many_cells", limit=MOST_CELLS)
    return last_row, last_column


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _rows(sheet: Any, extent: tuple[int, int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    rows, columns = extent
    if not rows or not columns:
        return
    sheet.reset_dimensions()
    for line, values in enumerate(sheet.iter_rows(max_row=rows, max_col=columns, values_only=True), 1):
        cells = [_value(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, tuple(cells)


def _value(value: object) -> str:
    """A cell's value as text, dates in the order year, month, day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).strip()


def read_values(data: bytes, gathering: Gathering) -> None:
    """Gather the rows of a text file of values; what keeps them apart is found out, and reported as a guess.

    Raises
    ------
    UnreadableFileError
        When it holds more cells than a table of answers.
    """
    text = decode_lines(data, gathering)
    declared = re.match(r"sep=(.)\r?\n", text)
    if declared:
        text = text[declared.end() :]
    delimiter = declared[1] if declared else _delimiter(text, gathering)
    # The library's own limit for one field is shorter than a long answer.
    csv.field_size_limit(LONGEST_TEXT)
    total, shift = 0, bool(declared)
    reader = csv.reader(io.StringIO(gathering.clean(text), newline=""), delimiter=delimiter)
    line = 1 + shift
    try:
        for values in reader:
            cells = [value.strip() for value in values]
            while cells and not cells[-1]:
                cells.pop()
            total += len(cells)
            if total > MOST_CELLS:
                raise gathering.refuse("too_many_cells", limit=MOST_CELLS)
            gathering.add(Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=tuple(cells), table=1, line=line))
            line = reader.line_num + 1 + shift
    except csv.Error as error:
        raise gathering.refuse("damaged", detail=str(error)) from error


def _delimiter(text: str, gathering: Gathering) -> str:
    """The sign that divides the most rows into the same number of cells."""
    sample = text[:200_000]
    best, found = (0.0, 0), ""
    for sign in _DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        score = (times / widths.total(), width)
        if width > 1 and score > best:
            best, found = score, sign
    if not found:
        return ","
    gathering.guess("delimiter", sign={"\t": "Tab"}.get(found, found))
    return found
