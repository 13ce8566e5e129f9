"""The tables of a report as an Excel workbook, or as CSV files in a zip.

Every table of the chapter has a sheet of its own. A cell with evidence is a number that reads as in the report
(``3 (+2 −1)``) and leads to its quotations, which stand together in one sheet; from there a link leads back. Texts are
texts whatever they begin with: nothing in a workbook is ever run as a formula.
"""

from __future__ import annotations

from pathlib import Path

from qualcode.project import Project
from qualcode.reports.chapter import Options
from qualcode.reports.workbook.gathering import Place, Sheets, sheets
from qualcode.reports.workbook.separated import csv_archive, csv_files, csv_text
from qualcode.reports.workbook.writing import workbook
from qualcode.storage import write_atomically

__all__ = [
    "Place",
    "Sheets",
    "csv_archive",
    "csv_files",
    "csv_text",
    "sheets",
    "workbook",
    "write_csv",
    "write_workbook",
]


def write_workbook(project: Project, case: str, path: Path, options: Options | None = None) -> Path:
    """Write the workbook of a report."""
    write_atomically(path, workbook(sheets(project, case, options)))
    return path


def write_csv(project: Project, case: str, path: Path, options: Options | None = None) -> Path:
    """Write every table of a report as a CSV file, all of them in one zip."""
    write_atomically(path, csv_archive(sheets(project, case, options)))
    return path
