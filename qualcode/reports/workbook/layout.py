"""How the sheets of a workbook are laid out: widths, heights, names of sheets, formats of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from math import ceil

from qualcode.display import Cell, Table
from qualcode.wording import number

__all__ = ["column_letters", "is_section", "lines", "number_format", "sheet_name", "spreadsheet_number", "widths"]

PAGE = 140.0
"""Letters that stand side by side on A4 across, at full size."""

LONGEST_NAME = 31
_WIDEST = 60.0
_NARROWEST = 7.0
_LONGEST_WORD = 22
_LONGEST_LINK = 58
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f\ud800-\udfff]+")


def spreadsheet_number(cell: object) -> int | float | None:
    """The number a spreadsheet gets for a cell; None for a text.

    A nought that the text does not say only marks its cell as counted: it must not stand for what the text says.

    Examples
    --------
    >>> spreadsheet_number(Cell("3 (+2 −1)", value=3)), spreadsheet_number(Cell("tidak ada angka", value=0))
    (3, None)
    """
    value = cell.value if isinstance(cell, Cell) else cell
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e300:
        return None
    return None if value == 0 and re.search("[1-9A-Za-z]", str(cell)) else value


def number_format(text: str, value: float) -> str | None:
    """The format under which a number reads as in the report; empty for the usual one.

    A text that is the number with something before or behind it gives a true format, which holds when the number is
    changed. Any other short text is shown as it is. None where it is too long for a format.

    Examples
    --------
    >>> number_format("0,13", 0.13), number_format("38.400 akun", 38400), number_format("71%", 0.71)
    ('0.00', '#,##0" akun"', '0%')
    >>> number_format("3", 3), number_format("3 (+2 −1)", 3)
    ('', '"3 (+2 −1)"')
    """
    if text == str(value):
        return ""
    found = re.fullmatch(r"([^\d+−-]{0,8})(\d[\d.,]*\d|\d)(\D{0,16})", text)
    for share, sign in ((1, ""), (100, "%")) if found else ():
        before, figures, behind = found.groups() if found else ("", "", "")
        said, decimals, form = _figures(figures)
        if behind.startswith(sign) and abs(round(value * share, decimals) - said) < 1e-9:
            return f"{_literal(before)}{form}{sign}{_literal(behind.removeprefix(sign))}"
    return _literal(text) if len(text) <= _LONGEST_WORD and "\n" not in text else None


def _figures(written: str) -> tuple[float, int, str]:
    """A number as the language in use writes it: its value, how many decimals it has, and a format that shows it so."""
    whole, _, decimals = written.partition(number(0.5)[1])
    value = float(re.sub("[.,]", "", whole) + "." + re.sub("[.,]", "", decimals))
    form = "#,##0" if not whole.isdigit() else "0"
    return value, len(decimals), f"{form}.{'0' * len(decimals)}" if decimals else form


def _literal(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\\", "\\\\") + '"' if text else ""


def widths(table: Table, most: float = PAGE, wished: Mapping[int, float] | None = None) -> list[float]:
    """The width of each column, in letters: as wide as its texts, and together no wider than a page where that goes.

    Parameters
    ----------
    table : Table
    most : float
        What all columns may take together. Words are not broken for it, so that many columns may take more.
    wished : mapping of int to float, optional
        Columns whose width is given.

    Examples
    --------
    >>> widths(Table("", ["A", "B"], [["x", "satu kata " * 40]]))
    [7.0, 60.0]
    """
    columns = max([1, len(table.columns), *map(len, table.rows)])
    least, wide = [], []
    for column in range(columns):
        if wished and column in wished:
            least.append(wished[column])
            wide.append(wished[column])
            continue
        name = str(table.columns[column]) if column < len(table.columns) else ""
        cells = [row[column] for row in table.rows[:2000] if column < len(row)]
        # An arrow of the filter stands beside a heading.
        words = [len(word) + 3 for word in name.split()] + [_unbroken(cell) for cell in cells]
        whole = [len(line) + 2 for cell in cells for line in str(cell).split("\n")]
        least.append(max([_NARROWEST, *words]))
        wide.append(min(_WIDEST, max([least[-1], min(len(name) + 3, 18), *whole])))
    over, cap = sum(wide) - most, _WIDEST
    while over > 0 and cap > _NARROWEST:
        cap -= 1
        over = sum(max(low, min(high, cap)) for low, high in zip(least, wide, strict=True)) - most
    return [float(max(low, min(high, cap))) for low, high in zip(least, wide, strict=True)]


def _unbroken(cell: object) -> int:
    """What of a cell is not broken: a number, which would show as ####, in LibreOffice a link, or the longest word."""
    text = str(cell)
    if spreadsheet_number(cell) is not None and len(text) <= _LONGEST_WORD:
        return len(text) + 3
    if isinstance(cell, Cell) and cell.quotations:
        return min(_LONGEST_LINK, max(map(len, text.split("\n")))) + 2
    return min(_LONGEST_WORD, max(map(len, text.split()), default=0)) + 2


def lines(text: str, width: float) -> int:
    r"""How many lines a text takes in a column, its words unbroken.

    Examples
    --------
    >>> lines("Semua komentar dibalas.", 40), lines("Semua komentar dibalas.", 12), lines("a\n\nb", 40)
    (1, 3, 3)
    """
    return sum(_wrapped(line, max(2.0, width - 1)) for line in text.split("\n"))


def _wrapped(line: str, width: float) -> int:
    if len(line) <= width:
        return 1
    count, used = 1, 0.0
    for word in line.split(" "):
        if used and used + 1 + len(word) > width:
            count, used = count + 1, 0.0
        used += len(word) + bool(used)
        if used > width:
            broken = ceil(used / width) - 1
            count, used = count + broken, used - broken * width
    return count


def is_section(row: Sequence[object]) -> bool:
    """Whether a row only heads the rows below it: nothing stands in it but its name."""
    return len(row) > 1 and bool(str(row[0])) and not any(str(cell) for cell in row[1:])


def sheet_name(wished: str, taken: Set[str] = frozenset()) -> str:
    """A name that Excel takes: at most 31 characters, none of its marks, and no other sheet's.

    Where it is too long the middle goes: its number and its last word tell a sheet from the one beside it.

    Parameters
    ----------
    wished : str
    taken : set of str
        Casefolded names of other sheets.

    Examples
    --------
    >>> sheet_name("4.46 Tema kajian pustaka: triangulasi sumber"), sheet_name("Isi", {"isi"})
    ('4.46 Tema kajian pustaka…sumber', 'Isi 2')
    """
    base = _shortened(" ".join(_FORBIDDEN.sub(" ", wished).split())) or "–"
    name, count = base, 1
    while name.casefold() in taken:
        count += 1
        name = f"{base[: LONGEST_NAME - 1 - len(str(count))]} {count}"
    return name


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    last = name.rsplit(" ", 1)[-1]
    if len(last) > LONGEST_NAME // 2:
        return name[: LONGEST_NAME - 1].rstrip() + "…"
    room = LONGEST_NAME - len(last) - 1
    begun = name[: room + 1].rsplit(" ", 1)[0].rstrip(" ,;(–-") if " " in name[:room] else name[:room]
    return f"{begun[:room]}…{last}"


def column_letters(number: int) -> str:
    """A column's letters, counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
