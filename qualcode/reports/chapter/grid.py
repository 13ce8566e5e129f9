"""Tables as they are set: claims in the cells, merged cells, headings over several columns, widths of columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from qualcode.display import Cell, Table
from qualcode.reports.chapter.blocks import GridCell, Row, Span
from qualcode.reports.chapter.ledger import unmarked

Content = str | int | float | Cell
Claimed = Callable[[str, str, str, str], Span]
"""Makes a span of a cell: measure ("number", "status" or "" for none), its text, its row's key, its column's name."""

_BREAK = re.compile(r"(?<=/)|(?<=-)(?=\D)")

LEAST, WORD = 3, 20
"""How many characters a column has room for at least; longer words are broken."""

NARROW = 10
"""With so many columns a table is set in smaller letters."""

_LINES = {9.5: 80, 8.0: 94, 7.0: 106}
"""How many characters a line across the page holds, by the size of the letters in points."""


def text_of(cell: Content) -> str:
    """What a cell says, on lines that break where they may."""
    # Unbroken counts (+3 −1 ±1) would make every column as wide as the longest of them.
    return unmarked(str(cell)).replace("\N{NO-BREAK SPACE}", " ")


def grid(table: Table, claimed: Claimed, key: Callable[[str], str], statuses: Sequence[str] = ()) -> tuple[Row, ...]:
    """The rows of a table with a claim in every cell that holds a count, a number or a status.

    Parameters
    ----------
    table : Table
    claimed : callable
    key : callable
        What names a row in a claim, from the text of its first cell.
    statuses : sequence of str
        The columns that hold a status.
    """
    rows, seen = [], dict[str, int]()
    for row in table.rows:
        name = key(str(row[0]))
        seen[name] = seen.get(name, 0) + 1
        name = name if seen[name] == 1 else f"{name}#{seen[name]}"
        cells = [GridCell((Span(text_of(row[0])),))]
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            cells.append(GridCell((claimed(_measure(cell, column, statuses), text_of(cell), name, column),)))
        rows.append(tuple(cells))
    return tuple(rows)


def _measure(cell: Content, column: str, statuses: Sequence[str]) -> str:
    if column in statuses:
        return "status"
    counted = isinstance(cell, (int, float)) or (
        isinstance(cell, Cell) and (cell.value is not None or bool(cell.quotations))
    )
    return "number" if counted else ""


def heading(columns: Sequence[str]) -> tuple[Row, ...]:
    """One row of headings."""
    return (tuple(GridCell((Span(text_of(name)),)) for name in columns),)


def grouped_heading(columns: Sequence[str], groups: Sequence[tuple[str, int]]) -> tuple[Row, ...]:
    """Two rows of headings: names over several columns, and the columns' own below; a name "" lets a column reach up.

    Parameters
    ----------
    columns : sequence of str
    groups : sequence of (str, int)
        Name and number of columns, from the left; the numbers sum to that of the columns.
    """
    upper: list[GridCell] = []
    lower: list[GridCell] = []
    rest = list(columns)
    for name, count in groups:
        own, rest = rest[:count], rest[count:]
        if name:
            upper.append(GridCell((Span(text_of(name)),), across=count))
            lower += [GridCell((Span(text_of(column)),)) for column in own]
        else:
            upper += [GridCell((Span(text_of(column)),), down=2) for column in own]
            lower += [GridCell((), down=0) for _ in own]
    return (tuple(upper), tuple(lower))


def merged_down(rows: Sequence[Row], column: int = 0) -> tuple[Row, ...]:
    """The rows with equal neighbours in a column merged into one cell."""
    merged: list[Row] = []
    for _, run in groupby(rows, key=lambda row: row[column].text):
        same = list(run)
        for index, row in enumerate(same):
            cell = replace(row[column], down=len(same)) if index == 0 else GridCell((), down=0)
            merged.append((*row[:column], cell, *row[column + 1 :]))
    return tuple(merged)


def widths(columns: Sequence[str], rows: Sequence[Row]) -> tuple[float, ...]:
    """Each column's share of the width: by how long its cells are, and none narrower than its longest word.

    A cell of n characters in a column of width w is about n / w lines high. The shares make the sum of (n / w) ** 3
    over all cells as small as it can be, so that it is mostly the highest cells that get room: w goes with the fourth
    root of the mean of n ** 3.

    Examples
    --------
    >>> [round(share, 2) for share in widths(["Kode", "Isi"], [(GridCell((Span("A"),)), GridCell((Span("b " * 40),)))])]
    [0.08, 0.92]
    """
    lengths: list[list[int]] = [[len(name) // 2] for name in columns]
    for row in rows:
        for index, cell in _own(row, columns):
            lengths[index].append(max(map(len, cell.text.split("\n")), default=0))
    wished = [max(1.0, (sum(each**3 for each in found) / len(found)) ** 0.25) for found in lengths]
    total = sum(wished)
    line = _LINES[letters(columns, rows)]
    return _with_room([wish / total for wish in wished], _least(columns, rows), line)


def letters(columns: Sequence[str], rows: Sequence[Row]) -> float:
    """How large the letters of a table are, in points: so that its longest words fit into their columns.

    Examples
    --------
    >>> letters(["Keterangan"] * 5, []), letters(["Keterangan"] * 6, []), letters(["Keterangan"] * 7, [])
    (9.5, 8.0, 7.0)
    """
    needed = sum(_least(columns, rows))
    if needed > _LINES[8.0]:
        return 7.0
    return 8.0 if needed > _LINES[9.5] or len(columns) >= NARROW else 9.5


def _least(columns: Sequence[str], rows: Sequence[Row]) -> list[float]:
    """How many characters each column must have room for: its longest word, and its margins."""
    words = [[1.12 * _longest_word(name)] for name in columns]  # headings are bold
    for row in rows:
        for index, cell in _own(row, columns):
            words[index].append(_longest_word(cell.text))
    return [min(max(LEAST, *found) + 1.8, WORD) for found in words]


def _own(row: Row, columns: Sequence[str]) -> Iterator[tuple[int, GridCell]]:
    """The cells of a row that belong to one column, with its place."""
    place = 0
    for cell in row:
        if cell.across == 1 and cell.down and place < len(columns):
            yield place, cell
        place += cell.across


def _with_room(shares: Sequence[float], least: Sequence[float], line: int) -> tuple[float, ...]:
    """The shares, none of them narrower than its longest word on a line of so many characters, where there is room."""
    floor = [small / line for small in least]
    if sum(floor) >= 1:
        return tuple(each / sum(floor) for each in floor)
    short = [max(0.0, low - share) for low, share in zip(floor, shares, strict=True)]
    spare = [max(0.0, share - low) for low, share in zip(floor, shares, strict=True)]
    taken = sum(short) / sum(spare) if sum(spare) else 0.0
    return tuple(share + lack - taken * over for share, lack, over in zip(shares, short, spare, strict=True))


def _longest_word(text: str) -> float:
    """The longest run of characters that stays on one line: words break after a stroke, and a hyphen before letters."""
    return max(map(_length, re.split(r"[ \t\n]", _BREAK.sub(" ", text))))


def _length(word: str) -> float:
    """How many small letters a word is as long as."""
    return len(word) + 0.4 * sum(map(str.isupper, word))
