"""The workbook itself: sheets that can be read on a screen, filtered, followed from cell to quotation, and printed."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from qualcode.display import Cell, Table
from qualcode.reports.workbook.gathering import Sheets
from qualcode.reports.workbook.layout import (
    PAGE,
    column_letters,
    is_section,
    lines,
    number_format,
    sheet_name,
    spreadsheet_number,
    widths,
)
from qualcode.wording import say

__all__ = ["workbook"]

LONGEST_TEXT = 32_000
"""Characters of a cell; Excel takes 32,767."""

PIECE = 2_400
"""Characters of a piece of a longer text: what a row of the greatest height shows and prints."""

TALLEST = 405
"""Points of a row; Excel takes 409."""

MOST_LINKS = 60_000
"""Links of a sheet; Excel takes 65,530."""

FONT, SIZE = "Arial", 10
"""Of this face every machine has one of the same widths, so that rows are as high as their words need."""

LETTERS = 1.16
"""How many letters of running words stand in the width of one figure."""

HEAD = 2
"""Rows above the heading of a table: its title, and the way back to the contents."""

_FORBIDDEN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_A_FORMULA = re.compile(r"^\s*[=+\-@\t\r|]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
_FIXED = (1980, 1, 1, 0, 0, 0)
_INK, _SOFT, _LINK, _LINE, _FILL, _SECTION = "#1F2937", "#5B6472", "#0B57A4", "#C9CED6", "#E3EAF3", "#F2F4F7"
_TABS = ("#0072B2", "#009E73", "#B26A00", "#8A5A9E", "#4B7F9B", "#9A4A4A", "#5F7A2E", "#7A6A4F")
_TITLE = {"bold": True, "font_size": 13, "font_color": _INK, "text_wrap": True, "valign": "vcenter"}
_HEADING = {"bold": True, "bg_color": _FILL, "font_color": _INK, "bottom": 1, "bottom_color": _SOFT, "text_wrap": True}
_BODY = {"text_wrap": True, "valign": "top", "border": 1, "border_color": _LINE}
_NOTE = {"font_size": 9, "font_color": _SOFT, "text_wrap": True, "valign": "top"}
_LINKED = {"font_color": _LINK, "underline": 1}
_OWN = {
    "quotations": ((7, 20, 11, 52, 21, 10, 12, 11, 13, 11, 12, 10, 26, 30), 13),
    "codebook": ((13, 10, 18, 10, 38, 34, 34, 28, 9), 0),
    "journal": ((15, 10, 14, 14, 11, 46, 30, 40, 30), 8),
}
"""Widths of the columns of the sheets at the end, and how many of these are printed: ids are for machines (0: all)."""


@dataclass(frozen=True)
class _Manner:
    """How a table is set.

    `dates`: its columns of days are days to Excel, too. `printed`: only so many columns are printed; 0 for all.
    """

    title: str
    note: str = ""
    wished: Mapping[int, float] = field(default_factory=dict)
    size: int = SIZE
    tab: str = _SOFT
    dates: bool = False
    printed: int = 0


def workbook(held: Sheets) -> bytes:
    """The bytes of an .xlsx; the same for the same sheets."""
    file = io.BytesIO()
    day = datetime.fromisoformat(held.dated) if held.dated else datetime(*_FIXED)
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    look = {"default_format_properties": {"font_name": FONT, "font_size": SIZE}}
    book = Workbook(file, {"in_memory": True, **safe, **look})
    book.set_properties({"title": _clean(held.title)[:255], "created": day})
    _Writer(book, held).write()
    book.close()
    return file.getvalue()


@dataclass
class _Writer:
    book: Workbook
    held: Sheets
    _formats: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _long: list[tuple[str, str, str]] = field(default_factory=list)

    def write(self) -> None:
        contents, quotations, codebook, journal, long = (
            self._name(say(f"workbook.{name}")) for name in ("contents", "quotations", "codebook", "journal", "long")
        )
        self.contents, self.long = contents, long
        own = [self._name(f"{part.number} {part.caption}") for part in self.held.parts]
        first = self.book.add_worksheet(contents)
        begins = self._begins()
        onward = self._onward(quotations, begins)
        colours = dict(zip(dict.fromkeys(self.held.sections), _TABS * len(self.held.sections), strict=False))
        for number, (name, part) in enumerate(zip(own, self.held.parts, strict=True)):
            title = say("workbook.table", number=part.number, caption=part.caption)
            manner = _Manner(title, part.source, tab=colours[self.held.sections[number]])
            self._table(self.book.add_worksheet(name), part.table, onward.get(number, {}), manner)
        ends = {
            "quotations": (quotations, self.held.quotations, self._back(own, begins)),
            "codebook": (codebook, self.held.codebook, {}),
            "journal": (journal, self.held.journal, {}),
        }
        for key, (name, table, links) in ends.items():
            wished, printed = _OWN[key]
            about = say(f"workbook.about_sheet_{key}")
            manner = _Manner(name, about, dict(enumerate(wished)), size=9, dates=key != "codebook", printed=printed)
            self._table(self.book.add_worksheet(name), table, links, manner)
        if self._long:
            self._pieces(self.book.add_worksheet(long))
        self._contents(first, own, {key: each[:2] for key, each in ends.items()})
        first.activate()

    # From cell to quotation and back

    def _begins(self) -> list[int]:
        """The row from 0 at which the quotations of each place begin in their sheet."""
        begins, at = [], HEAD + 1
        for place in self.held.places:
            begins.append(at)
            at += len(place.codings)
        return begins

    def _onward(self, quotations: str, begins: Sequence[int]) -> dict[int, dict[tuple[int, int], str]]:
        """Of each table: from a cell to its quotations; the selection shows all of them."""
        last = column_letters(len(self.held.quotations.columns) - 1)
        links: dict[int, dict[tuple[int, int], str]] = {}
        for place, begin in zip(self.held.places, begins, strict=True):
            target = f"internal:'{quotations}'!A{begin + 1}:{last}{begin + len(place.codings)}"
            links.setdefault(place.part, {})[place.row, place.column] = target
        return links

    def _back(self, own: Sequence[str], begins: Sequence[int]) -> dict[tuple[int, int], str]:
        """From the first column of the quotations to the cells they stand behind."""
        back = {}
        for place, begin in zip(self.held.places, begins, strict=True):
            cell = f"{column_letters(place.column)}{place.row + HEAD + 2}"
            for row in range(begin, begin + len(place.codings)):
                back[row - HEAD - 1, 0] = f"internal:'{own[place.part]}'!{cell}"
        return back

    # Sheets

    def _contents(self, sheet: Worksheet, own: Sequence[str], ends: Mapping[str, tuple[str, Table]]) -> None:
        """What this is, of which variant, as of when and from what; then every sheet, section by section."""
        self._page(sheet, self.contents, _INK)
        for column, width in enumerate((13, 100, 10)):
            sheet.set_column(column, column, width)
        self._merged(sheet, 0, 2, self.held.title, {**_TITLE, "font_size": 15}, 123 * 0.6, 22)
        row = 1
        for label, text in ((say("workbook.about_what"), say("workbook.what")), *self.held.about):
            self._string(sheet, row, 0, label, {"bold": True, "font_color": _SOFT, "valign": "top"})
            self._merged(sheet, row, 2, text, {"text_wrap": True, "valign": "top"}, 108, 13.5, first=1)
            row += 1
        row += 1
        for column, key in enumerate(("column_sheet", "column_holds", "column_rows")):
            shown = {**_HEADING, "align": ("left", "left", "right")[column]}
            self._string(sheet, row, column, say(f"workbook.{key}"), shown)
        sheet.repeat_rows(row)
        section = None
        for name, part, of in zip(own, self.held.parts, self.held.sections, strict=True):
            if of != section:
                section, row = of, row + 1
                for column in range(3):
                    self._string(sheet, row, column, "" if column else of, {"bold": True, "bg_color": _SECTION})
            row += 1
            self._listed(sheet, row, name, part.number, part.caption, len(part.table.rows))
        row += 1
        for column in range(3):
            text = "" if column else say("workbook.behind")
            self._string(sheet, row, column, text, {"bold": True, "bg_color": _SECTION})
        for key, (name, table) in ends.items():
            row += 1
            self._listed(sheet, row, name, name, say(f"workbook.about_sheet_{key}"), len(table.rows))
        if self._long:
            row += 1
            self._listed(sheet, row, self.long, self.long, say("workbook.about_sheet_long"), len(self._long))
        sheet.print_area(0, 0, row, 2)

    def _listed(self, sheet: Worksheet, row: int, name: str, number: str, text: str, rows: int) -> None:
        link = f"internal:'{name}'!A1"
        sheet.write_url(row, 0, link, self._shaped({**_BODY, **_LINKED}), _clean(number)[:255])
        self._string(sheet, row, 1, text, _BODY)
        sheet.set_row(row, 13 * lines(text, 100) + 2.5)
        sheet.write_number(row, 2, rows, self._shaped({**_BODY, "num_format": "#,##0"}))

    def _pieces(self, sheet: Worksheet) -> None:
        """Texts longer than a cell, whole, in pieces."""
        columns = [say(f"workbook.column_{key}") for key in ("sheet", "cell", "piece")]
        manner = _Manner(self.long, say("workbook.about_sheet_long"), {0: 32, 1: 9, 2: 90}, size=9)
        self._table(sheet, Table(self.long, columns, [list(each) for each in self._long]), {}, manner)

    def _table(self, sheet: Worksheet, table: Table, links: Mapping[tuple[int, int], str], manner: _Manner) -> None:
        """A table with its title above, its heading frozen, repeated and filtered, and its notes below."""
        self._page(sheet, manner.title, manner.tab)
        wide = widths(table, PAGE, manner.wished)
        for column, width in enumerate(wide):
            sheet.set_column(column, column, width, self._shaped({"font_size": manner.size}))
        span = self._span(sheet, wide)
        self._merged(sheet, 0, span, manner.title, _TITLE, self._room(wide, span) * 0.72, 18)
        back = self._shaped({**_LINKED, "font_size": 9})
        sheet.write_url(1, 0, f"internal:'{self.contents}'!A1", back, f"← {self.contents}")
        aligned = [_alignment(table, column) for column in range(len(wide))]
        self._heading(sheet, table.columns, wide, aligned)
        at, left = HEAD + 1, MOST_LINKS
        for row, cells in enumerate(table.rows):
            section = {"bold": True, "bg_color": _SECTION} if is_section(cells) else {}
            for column, cell in enumerate(cells):
                shown: dict[str, object] = {**_BODY, **aligned[column], "font_size": manner.size, **section}
                link = links.get((row, column), "") if left > 0 else ""
                left -= bool(link)
                self._cell(sheet, at + row, column, cell, link, shown, dates=manner.dates)
            letters = [width * LETTERS * SIZE / manner.size for width in wide]
            tall = max([1, *(lines(_clean(str(cell)), width) for cell, width in zip(cells, letters, strict=False))])
            sheet.set_row(at + row, min(TALLEST, tall * manner.size * 1.29 + 2.5))
        last = at + len(table.rows) - 1
        if table.rows:
            sheet.autofilter(HEAD, 0, last, len(wide) - 1)
        sheet.freeze_panes(HEAD + 1, 1 if len(wide) > 2 and wide[0] <= 45 else 0)
        sheet.repeat_rows(HEAD)
        notes = [table.note, manner.note, say("workbook.unlinked", most=MOST_LINKS) if left <= 0 else ""]
        foot = last + 1
        for foot, text in enumerate(filter(None, notes), last + 2):
            self._merged(sheet, foot, span, text, _NOTE, self._room(wide, span) * 1.1, 12)
        sheet.print_area(0, 0, foot, manner.printed - 1 if manner.printed else max(span, len(wide) - 1))

    @staticmethod
    def _span(sheet: Worksheet, wide: Sequence[float]) -> int:
        """The last column over which a title and a note may run: no further than a page, nor much less than one."""
        total, last = 0.0, 0
        for last, width in enumerate(wide):
            total += width
            if total >= PAGE:
                return last
        while total < PAGE * 0.55:
            last, total = last + 1, total + 8.43
        return last

    @staticmethod
    def _room(wide: Sequence[float], span: int) -> float:
        return sum(wide[: span + 1]) + 8.43 * max(0, span + 1 - len(wide))

    def _heading(
        self, sheet: Worksheet, columns: Sequence[str], wide: Sequence[float], aligned: Sequence[dict[str, object]]
    ) -> None:
        for column in range(len(wide)):
            shown = {**_HEADING, "valign": "vcenter", **aligned[column]}
            self._string(sheet, HEAD, column, columns[column] if column < len(columns) else "", shown)
        # Room for the arrow of the filter beside the words.
        tall = max([1, *(lines(name, max(4, width * 0.93 - 2.5)) for name, width in zip(columns, wide, strict=False))])
        sheet.set_row(HEAD, 13 * tall + 6)

    def _page(self, sheet: Worksheet, title: str, tab: str) -> None:
        sheet.set_tab_color(tab)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        case, short = (_clean(text).replace("&", "&&")[:90] for text in (self.held.title, title))
        sheet.set_header(f"&L&9{case}&R&9&A")
        sheet.set_footer(f"&L&9{short}&R&9&P / &N")

    # Cells

    def _cell(
        self, sheet: Worksheet, row: int, column: int, cell: object, link: str, shown: dict[str, object], *, dates: bool
    ) -> None:
        text, value = _clean(str(cell)), spreadsheet_number(cell)
        if isinstance(cell, Cell) and cell.shade > 0:
            shown["bg_color"] = _tint(cell.shade)
        if link:
            shown |= _LINKED
            sheet.write_url(row, column, link, self._shaped(shown), text[:255] or "–", say("workbook.tip"))
        form = number_format(text, value) if value is not None else None
        if value is not None and form is not None:
            sheet.write_number(row, column, value, self._shaped({**shown, **({"num_format": form} if form else {})}))
        elif dates and _DAY.fullmatch(text):
            form = "yyyy-mm-dd hh:mm" if ":" in text else "yyyy-mm-dd"
            aligned = {"num_format": form, "align": "left"}
            sheet.write_datetime(row, column, datetime.fromisoformat(text), self._shaped({**shown, **aligned}))
        elif len(text) > LONGEST_TEXT and sheet.get_name() != self.long:
            self._too_long(sheet, row, column, text, shown)
        else:
            self._string(sheet, row, column, text, shown)

    def _too_long(self, sheet: Worksheet, row: int, column: int, text: str, shown: Mapping[str, object]) -> None:
        """What no cell can hold stands whole in a sheet of its own, to which the cell leads."""
        place = f"{column_letters(column)}{row + 1}"
        link = f"internal:'{self.long}'!A{len(self._long) + HEAD + 2}"
        pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        self._long += [(sheet.get_name(), place, piece) for piece in pieces]
        # The sheet's row is as high as it may be already: the word of what follows stands before the text.
        begun = f"{say('workbook.cut', sheet=self.long)} {text[: LONGEST_TEXT // 2]}…"
        sheet.write_url(row, column, link, self._shaped({**shown, **_LINKED}), "–", say("workbook.tip_long"))
        self._string(sheet, row, column, begun, {**shown, **_LINKED})

    def _string(self, sheet: Worksheet, row: int, column: int, text: str, shown: Mapping[str, object]) -> None:
        cleaned = _clean(text)
        # With the prefix it stays a text even when somebody edits the cell.
        safe = {"quote_prefix": True} if _LIKE_A_FORMULA.match(cleaned) else {}
        sheet.write_string(row, column, cleaned, self._shaped({**shown, **safe}))

    def _merged(
        self,
        sheet: Worksheet,
        row: int,
        last: int,
        text: str,
        shown: Mapping[str, object],
        room: float,
        tall: float,
        *,
        first: int = 0,
    ) -> None:
        """A text over several columns; no program finds the height of such a row by itself."""
        if last > first:
            sheet.merge_range(row, first, row, last, "", self._shaped(shown))
        self._string(sheet, row, first, text[:LONGEST_TEXT], shown)
        sheet.set_row(row, min(TALLEST, tall * lines(text, room) + 3))

    def _shaped(self, properties: Mapping[str, object]) -> Format:
        """A format of these properties, made once."""
        key = tuple(sorted(properties.items(), key=lambda item: item[0]))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(properties))
        return self._formats[key]

    def _name(self, wished: str) -> str:
        name = sheet_name(wished, self._taken)
        self._taken.add(name.casefold())
        return name


def _alignment(table: Table, column: int) -> dict[str, object]:
    """Counts in the middle, measures and amounts at the right, where their figures stand below each other."""
    cells = [row[column] for row in table.rows if column < len(row)]
    said = [cell for cell in cells if str(cell) not in ("", "–", "·")]
    if not said or column == 0 or any(spreadsheet_number(cell) is None for cell in said):
        return {"align": "left"}
    measures = any(re.search(r"\d[.,]\d", str(cell)) for cell in said)
    return {"align": "right", "indent": 1} if measures else {"align": "center"}


def _tint(shade: float) -> str:
    """From white to a blue on which words can be read."""
    part = 0.08 + 0.62 * min(shade, 1.0)
    return "#" + "".join(f"{round(255 - (255 - full) * part):02X}" for full in (0x9E, 0xC9, 0xE8))


def _clean(text: str) -> str:
    return _FORBIDDEN_TEXT.sub("\ufffd", text)
