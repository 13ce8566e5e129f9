"""The tables as CSV files that a double click opens in Excel: separators and decimals as the language writes them."""

from __future__ import annotations

import csv
import io
import re
import zipfile

from qualcode.display import Table
from qualcode.reports.workbook.gathering import Sheets
from qualcode.reports.workbook.layout import spreadsheet_number
from qualcode.wording import language_in_use, number, say

__all__ = ["csv_archive", "csv_files", "csv_text"]

SEPARATORS = {"id": ";", "en": ","}
"""Excel parts columns at the list separator of the machine's language: where the comma stands before decimals, `;`."""

_FIXED = (1980, 1, 1, 0, 0, 0)
_LONGEST_NAME = 72


def csv_files(held: Sheets) -> dict[str, str]:
    """The tables as CSV: name of the file -> content."""
    extra = {"quotations": held.quotations, "codebook": held.codebook, "journal": held.journal}
    files = {f"{_file_name(f'{part.number} {part.caption}')}.csv": csv_text(part.table) for part in held.parts}
    return files | {f"{_file_name(say(f'workbook.{name}'))}.csv": csv_text(table) for name, table in extra.items()}


def csv_archive(held: Sheets) -> bytes:
    """A zip of every table as CSV, with a note that says what they are; the same for the same tables."""
    file = io.BytesIO()
    note = "\r\n".join(
        [
            held.title,
            "",
            *(f"{label}: {text}" for label, text in held.about),
            "",
            say("workbook.csv_note", separator=SEPARATORS[language_in_use()], point=number(0.5)[1]),
            "",
            *(f"{_file_name(f'{part.number} {part.caption}')}.csv: {part.caption}" for part in held.parts),
            "",
        ]
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {f"{_file_name(say('workbook.csv_about'))}.txt": note, **csv_files(held)}.items():
            # With the mark by which Excel knows UTF-8.
            archive.writestr(
                zipfile.ZipInfo(name, _FIXED), content.encode("utf-8-sig", "replace"), zipfile.ZIP_DEFLATED
            )
    return file.getvalue()


def csv_text(table: Table) -> str:
    r"""A table as CSV in the way of the language in use; texts that a spreadsheet would run are defused.

    Examples
    --------
    >>> csv_text(Table("", ["Faktor", "Bobot"], [["S1; S2", 0.5], ["=1+1", 3]]))
    'Faktor;Bobot\r\n"S1; S2";0,5\r\n\'=1+1;3\r\n'
    """
    rows = [[_said(cell) for cell in row] for row in table.rows]
    defused = csv.reader(io.StringIO(Table("", table.columns, rows).to_csv(), newline=""))
    point = number(0.5)[1]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=SEPARATORS[language_in_use()], lineterminator="\r\n")
    for row, texts in zip([table.columns, *rows], defused, strict=True):
        writer.writerow(
            text.replace(".", point) if isinstance(cell, float) else text for cell, text in zip(row, texts, strict=True)
        )
    return file.getvalue()


def _said(cell: object) -> str | int | float:
    """What of a cell goes into the file: its number where it has one, else its text."""
    found = spreadsheet_number(cell)
    if found is None:
        return str(cell)
    return int(found) if found == int(found) else found


def _file_name(text: str) -> str:
    words = re.findall(r"[^\W_]+(?:\.\d+)?", text.casefold())
    while len("-".join(words)) > _LONGEST_NAME and len(words) > 1:
        words.pop()
    return "-".join(words)[:_LONGEST_NAME].rstrip("-.") or "tabel"
