"""The tables of a report as an Excel workbook, or as CSV files in a zip.

Every table of the chapter has a sheet of its own. A cell with evidence is a number that reads as in the report
(``3 (+2 −1)``) and leads to its quotations, which stand together in one sheet; from there a link leads back. Texts are
texts whatever they begin with: nothing in a workbook is ever run as a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.coding.consent import may_quote
from qualcode.coding.study import AUTO
from qualcode.display import Cell, Table
from qualcode.project import Project
from qualcode.reports.chapter import Chapter, Options, TablePart, chapter
from qualcode.storage import write_atomically
from qualcode.wording import say

__all__ = ["Sheets", "csv_files", "sheets", "workbook", "write_csv", "write_workbook"]

LONGEST_TEXT = 32_000
"""Characters of a cell; Excel takes 32,767."""

MOST_LINKS = 60_000
"""Links of a sheet; Excel takes 65,530."""

_FORBIDDEN_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f\ud800-\udfff]+")
_FORBIDDEN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_A_FORMULA = re.compile(r"^\s*[=+\-@\t\r|]")
_FIXED = (1980, 1, 1, 0, 0, 0)
_HEAD: Mapping[str, object] = {"bold": True, "bg_color": "#EDEDED", "bottom": 1}


@dataclass(frozen=True)
class Place:
    """A cell of a table with evidence: its table, its row and column from 0, and the codings behind it."""

    part: int
    row: int
    column: int
    codings: tuple[str, ...]


@dataclass(frozen=True)
class Sheets:
    """What goes into a workbook, and into CSV files.

    Attributes
    ----------
    title : str
    dated : str
        The newest coding's day.
    parts : tuple of TablePart
        The tables of the chapter.
    places : tuple of Place
        The cells that open, in the order in which their quotations stand.
    codings : mapping of str to Coding
        The codings that may be quoted.
    quotations, codebook, journal : Table
    """

    title: str
    dated: str
    parts: tuple[TablePart, ...]
    places: tuple[Place, ...]
    codings: Mapping[str, Coding]
    quotations: Table
    codebook: Table
    journal: Table


def sheets(project: Project, case: str, options: Options | None = None) -> Sheets:
    """Gather the tables of a report, the quotations behind their cells, the codebooks and the journal.

    Raises
    ------
    UnknownNameError, ParameterError
        As `qualcode.reports.chapter.chapter`.
    """
    built, about = chapter(project, case, options), project.case(case)
    every = [*about.codings, *about.codings.by(AUTO)]
    codings = {coding.id: coding for coding in every if may_quote(coding, about)}
    places = tuple(_places(built, codings))
    return Sheets(
        built.title,
        built.dated,
        built.tables,
        places,
        codings,
        _quotations(built, places, codings, Addresses(about)),
        _codebooks(project, about),
        _journal(project, about, {coding.id for coding in every} - set(codings)),
    )


def write_workbook(project: Project, case: str, path: Path, options: Options | None = None) -> Path:
    """Write the workbook of a report."""
    write_atomically(path, workbook(sheets(project, case, options)))
    return path


def write_csv(project: Project, case: str, path: Path, options: Options | None = None) -> Path:
    """Write every table of a report as a CSV file, all of them in one zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in csv_files(sheets(project, case, options)).items():
            # With the mark by which Excel knows UTF-8.
            archive.writestr(
                zipfile.ZipInfo(name, _FIXED), content.encode("utf-8-sig", "replace"), zipfile.ZIP_DEFLATED
            )
    write_atomically(path, file.getvalue())
    return path


def csv_files(held: Sheets) -> dict[str, str]:
    """The tables as CSV: name of the file -> content."""
    extra = {"quotations": held.quotations, "codebook": held.codebook, "journal": held.journal}
    files = {f"{_file_name(f'{part.number} {part.caption}')}.csv": part.table.to_csv() for part in held.parts}
    return files | {f"{_file_name(say(f'workbook.{name}'))}.csv": table.to_csv() for name, table in extra.items()}


def _file_name(text: str) -> str:
    words = re.findall(r"[^\W_]+(?:\.\d+)?", text.casefold())
    return "-".join(words)[:80].rstrip("-.") or "tabel"


# What stands in the sheets


def _places(built: Chapter, codings: Mapping[str, Coding]) -> Iterable[Place]:
    for number, part in enumerate(built.tables):
        for row, cells in enumerate(part.table.rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Cell) and cell.quotations:
                    held = tuple(each.coding for each in cell.quotations if each.coding in codings)
                    if held:
                        yield Place(number, row, column, held)


_QUOTATION_COLUMNS = "table row column quotation address code valence informant technique date document coder memo id"


def _quotations(built: Chapter, places: Sequence[Place], codings: Mapping[str, Coding], addresses: Addresses) -> Table:
    rows = []
    for place in places:
        part = built.tables[place.part]
        names = [part.number, str(part.table.rows[place.row][0]), part.table.columns[place.column]]
        rows += [[*names, *_quotation(codings[id], addresses)] for id in place.codings]
    columns = [say(f"workbook.column_{name}") for name in _QUOTATION_COLUMNS.split()]
    return Table(say("workbook.quotations"), columns, rows)


def _quotation(coding: Coding, addresses: Addresses) -> list[str]:
    return [
        " ".join(coding.quote.split()),
        addresses.of(coding),
        coding.code,
        say(f"valence.{coding.valence}"),
        coding.informant or "–",
        coding.technique.value,
        coding.document.dated,
        coding.document.id,
        coding.coder,
        coding.memo,
        coding.id,
    ]


def _codebooks(project: Project, case: Case) -> Table:
    used = case.codings.coders and {coding.codebook for coding in case.codings}
    rows: list[list[str | int]] = []
    for book in project.codebooks.values():
        if used and book.id not in used:
            continue
        counts: dict[str, int] = {}
        for coding in case.codings.using(book):
            counts[coding.code] = counts.get(coding.code, 0) + 1
        for code in book:
            above = book.parent(code.id)
            rows.append(
                [
                    f"{book.id} {book.version}",
                    code.id,
                    str(code.label),
                    above.id if above else "",
                    str(code.definition),
                    str(code.use_when or ""),
                    str(code.do_not_use_when or ""),
                    "; ".join(code.indicators),
                    counts.get(code.id, 0),
                ]
            )
    names = ("codebook", "code", "label", "parent", "definition", "use_when", "do_not_use_when", "indicators", "count")
    return Table(say("workbook.codebook"), [say(f"workbook.column_{name}") for name in names], rows)


def _journal(project: Project, case: Case, silent: set[str]) -> Table:
    """Every change; the words of who may not be quoted are left out."""
    log = project.log(case=case.id)
    hidden = [coding for coding in [*case.codings, *case.codings.by(AUTO)] if coding.id in silent]
    places = {f"{coding.document.id}: “{' '.join(coding.quote.split())[:80]}”" for coding in hidden}
    rows = [
        [*row[:5], say("chapter.left_out"), *row[6:]] if row[-1] in silent or row[5] in places else row
        for row in log.rows
    ]
    return Table(say("workbook.journal"), log.columns, rows)


# The workbook


def workbook(held: Sheets) -> bytes:
    """The bytes of an .xlsx; the same for the same sheets."""
    file = io.BytesIO()
    day = datetime.fromisoformat(held.dated) if held.dated else datetime(*_FIXED)
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(file, {"in_memory": True, **safe})
    book.set_properties({"title": _text(held.title)[:255], "created": day})
    _Writer(book, held).write()
    book.close()
    return file.getvalue()


@dataclass
class _Writer:
    book: Workbook
    held: Sheets
    _formats: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def write(self) -> None:
        names = ("contents", "quotations", "codebook", "journal")
        contents, quotations, codebook, journal = (self._name(say(f"workbook.{name}")) for name in names)
        own = [self._name(f"{part.number} {part.caption}") for part in self.held.parts]
        first = self.book.add_worksheet(contents)
        tables = [self.book.add_worksheet(name) for name in own]
        # Where the quotations of a cell stand: the selection shows all of them.
        begins, at = [], 1
        for place in self.held.places:
            begins.append(at)
            at += len(place.codings)
        links: dict[tuple[int, int, int], str] = {}
        for place, begin in zip(self.held.places, begins, strict=True):
            target = f"internal:'{quotations}'!A{begin + 1}:N{begin + len(place.codings)}"
            links[place.part, place.row, place.column] = target
        for number, (sheet, part) in enumerate(zip(tables, self.held.parts, strict=True)):
            own_links = {(row, column): link for (of, row, column), link in links.items() if of == number}
            self._table(sheet, part.table, f"{part.number} {part.caption}", own_links, note=part.source)
        back = self._back(own, begins)
        widths = {3: 60, 12: 40}
        for name, table, chosen, wide in (
            (quotations, self.held.quotations, back, widths),
            (codebook, self.held.codebook, {}, {4: 50, 5: 40, 6: 40}),
            (journal, self.held.journal, {}, {5: 50, 6: 40, 7: 50}),
        ):
            self._table(self.book.add_worksheet(name), table, "", chosen, wide=wide)
        listed = [*zip(own, (f"{part.number} {part.caption}" for part in self.held.parts), strict=True)]
        listed += [(name, name) for name in (quotations, codebook, journal)]
        self._contents(first, listed)

    def _back(self, own: Sequence[str], begins: Sequence[int]) -> dict[tuple[int, int], str]:
        """From the first column of the quotations to the cells they stand behind."""
        back = {}
        for place, begin in zip(self.held.places, begins, strict=True):
            head = 2  # caption and an empty row stand above a table
            cell = f"{_column(place.column)}{place.row + head + 2}"
            for row in range(begin - 1, begin - 1 + len(place.codings)):
                back[row, 0] = f"internal:'{own[place.part]}'!{cell}"
        return back

    def _contents(self, sheet: Worksheet, listed: Sequence[tuple[str, str]]) -> None:
        self._page(sheet)
        sheet.set_column(0, 0, 90)
        self._string(sheet, 0, 0, self.held.title, {"bold": True, "font_size": 14})
        for row, (name, title) in enumerate(listed, 2):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._shaped({}, linked=True), _text(title)[:255])

    def _table(
        self,
        sheet: Worksheet,
        table: Table,
        title: str,
        links: Mapping[tuple[int, int], str],
        *,
        note: str = "",
        wide: Mapping[int, int] | None = None,
    ) -> None:
        """A table with its heading frozen and filtered; above it its title, where it has one of its own."""
        self._page(sheet)
        head = 2 if title else 0
        if title:
            self._string(sheet, 0, 0, title, {"bold": True, "font_size": 12}, plain=True)
        columns = max(1, len(table.columns))
        widths = [self._width(table, column, (wide or {}).get(column)) for column in range(columns)]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, name in enumerate(table.columns):
            self._string(sheet, head, column, name, _HEAD)
        sheet.set_row(
            head, 15 * max([1, *(_lines(name, width) for name, width in zip(table.columns, widths, strict=False))])
        )
        linked = 0
        for row, cells in enumerate(table.rows):
            for column, cell in enumerate(cells):
                link = links.get((row, column), "") if linked < MOST_LINKS else ""
                linked += bool(link)
                self._cell(sheet, head + 1 + row, column, cell, link)
            height = max([1, *(_lines(str(cell), width) for cell, width in zip(cells, widths, strict=False))])
            sheet.set_row(head + 1 + row, min(405, 15 * height))
        last = head + len(table.rows)
        if table.rows:
            sheet.autofilter(head, 0, last, columns - 1)
        sheet.freeze_panes(head + 1, 1 if columns > 2 else 0)
        sheet.repeat_rows(head)
        for offset, text in enumerate(filter(None, (table.note, note)), 2):
            self._string(sheet, last + offset, 0, text, {"italic": True}, plain=True)

    @staticmethod
    def _page(sheet: Worksheet) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")

    def _cell(self, sheet: Worksheet, row: int, column: int, cell: object, link: str) -> None:
        text, value = _text(str(cell)), cell.value if isinstance(cell, Cell) else cell
        linked = bool(link)
        shown: dict[str, object] = {}
        if link:
            sheet.write_url(row, column, link, self._shaped(shown, linked=linked), text[:255] or "–")
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
            if text != str(value) and len(text) < 100 and "\n" not in text:
                shown["num_format"] = '"' + text.replace('"', '""').replace("\\", "\\\\") + '"'
            sheet.write_number(row, column, value, self._shaped(shown, linked=linked))
            return
        self._string(sheet, row, column, text, shown, linked=linked)

    def _string(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        text: str,
        shown: Mapping[str, object],
        *,
        linked: bool = False,
        plain: bool = False,
    ) -> None:
        cleaned = _text(text)
        # With the prefix it stays a text even when somebody edits the cell.
        safe = {"quote_prefix": True} if _LIKE_A_FORMULA.match(cleaned) else {}
        sheet.write_string(row, column, cleaned, self._shaped({**shown, **safe}, linked=linked, plain=plain))

    @staticmethod
    def _width(table: Table, column: int, wished: int | None) -> float:
        if wished:
            return wished
        lengths = [len(line) for row in table.rows[:400] if column < len(row) for line in str(row[column]).split("\n")]
        name = len(str(table.columns[column])) if column < len(table.columns) else 0
        usual = sorted(lengths)[int(len(lengths) * 0.9)] if lengths else 0
        return float(min(48 if column else 40, max(9, min(name, 18), usual) + 3))

    def _shaped(self, properties: Mapping[str, object], *, linked: bool = False, plain: bool = False) -> Format:
        """A format of these properties, made once."""
        every = dict(properties)
        if not plain:
            every |= {"text_wrap": True, "valign": "top"}
        if linked:
            every |= {"font_color": "#0B57A4", "underline": 1}
        key = tuple(sorted(every.items(), key=lambda item: item[0]))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(every)
        return self._formats[key]

    def _name(self, wished: str) -> str:
        """A name that Excel takes: at most 31 characters, none of its marks, and no other sheet's."""
        base = " ".join(_FORBIDDEN_NAME.sub(" ", wished).split())[:31].strip() or "–"
        name, count = base, 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{base[: 30 - len(str(count))]} {count}"
        self._taken.add(name.casefold())
        return name


def _text(text: str) -> str:
    cleaned = _FORBIDDEN_TEXT.sub("\ufffd", text)
    return cleaned if len(cleaned) <= LONGEST_TEXT else f"{cleaned[:LONGEST_TEXT]} […]"


def _lines(text: str, width: float) -> int:
    return sum(max(1, ceil(len(line) * 1.1 / width)) for line in str(text).split("\n"))


def _column(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
