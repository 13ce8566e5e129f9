"""What goes into a workbook: the tables of a report, the quotations behind their cells, codebooks and journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.coding.consent import may_quote
from qualcode.coding.study import AUTO
from qualcode.display import Cell, Table
from qualcode.project import Project
from qualcode.reports.chapter import Chapter, Heading, Options, TablePart, chapter
from qualcode.reports.chapter.quoting import in_words
from qualcode.wording import number, say

__all__ = ["Place", "Sheets", "sheets"]


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
    about : tuple of (str, str)
        What the tables are, of which variant, as of when and from what: a label and a sentence each.
    parts : tuple of TablePart
        The tables of the chapter.
    sections : tuple of str
        The section of the chapter in which each of them stands.
    places : tuple of Place
        The cells that open, in the order in which their quotations stand.
    codings : mapping of str to Coding
        The codings that may be quoted.
    quotations, codebook, journal : Table
    """

    title: str
    dated: str
    about: tuple[tuple[str, str], ...]
    parts: tuple[TablePart, ...]
    sections: tuple[str, ...]
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
        _about(project, about, built, len(every) - len(codings)),
        built.tables,
        _sections(built),
        places,
        codings,
        _quotations(built, places, codings, Addresses(about)),
        _codebooks(project, about),
        _journal(project, about, {coding.id for coding in every} - set(codings)),
    )


def _about(project: Project, case: Case, built: Chapter, unquoted: int) -> tuple[tuple[str, str], ...]:
    coded = case.coded_by(built.options.coder)
    books = [book for book in project.codebooks.values() if coded.using(book)]
    chosen = [book for book in books if book.id in built.options.frameworks] or books
    newest = max((coding.time.date() for coding in case.codings), default=None)
    consent = say("workbook.unquoted", count=unquoted) if unquoted else say("workbook.all_quoted")
    said = {
        "case": f"{built.title} ({case.id})",
        "variant": say(
            "workbook.variant",
            coders=", ".join(sorted(coded.coders)) or "–",
            frameworks="; ".join(f"{book.title} {book.version}" for book in chosen) or "–",
        ),
        "state": say("workbook.state", day=in_words(newest), version=built.version),
        "from": say(
            "workbook.from",
            documents=len(case.documents),
            informants=len(case.informants),
            codings=number(len(coded)),
        ),
        "consent": consent,
    }
    return tuple((say(f"workbook.about_{name}"), text) for name, text in said.items())


def _sections(built: Chapter) -> tuple[str, ...]:
    """The section of the second level in which each table stands."""
    found, section = [], built.title
    for block in built.blocks:
        if isinstance(block, Heading) and block.level <= 2:
            section = block.text
        elif isinstance(block, TablePart):
            found.append(section)
    return tuple(found)


def _places(built: Chapter, codings: Mapping[str, Coding]) -> Iterable[Place]:
    for at, part in enumerate(built.tables):
        for row, cells in enumerate(part.table.rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Cell) and cell.quotations:
                    held = tuple(each.coding for each in cell.quotations if each.coding in codings)
                    if held:
                        yield Place(at, row, column, held)


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
