"""The overview of a class: one row a project, as a page and as a table; it counts, and it ranks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from qualcode.display import Table, terminal_safe
from qualcode.errors import Problem
from qualcode.reports.look import STYLE
from qualcode.wording import texts

PAGE, TABLE = "index.html", "kelas.csv"
UNKNOWN = "–"

SHOWN = 3
"""How many failed notebooks of a project are named; its own index has all."""

COLUMNS = ("name", "cases", "documents", "informants", "codings", "coders", "faults", "done", "failed", "current")


@dataclass(frozen=True)
class Figures:
    """How much there is of a project; `unread` cases are counted as cases, but nothing in them is."""

    cases: int
    unread: int
    documents: int
    informants: int
    codings: int
    coders: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """What the overview says of a project.

    Attributes
    ----------
    name : str
    link : str
        The address of its index; "" when there is none.
    figures : Figures or None
        None when the project cannot be read.
    faults : int or None
        How many ``qualcode check`` reports; None when it cannot look.
    first : Problem or None
        The first of its faults.
    done, current, left : int
        How many notebooks ran well, were up to date, and did not come to run.
    failed : tuple of (str, str)
        The notebooks that failed, with their errors.
    """

    name: str
    link: str = ""
    figures: Figures | None = None
    faults: int | None = None
    first: Problem | None = None
    done: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    current: int = 0
    left: int = 0


def course_table(rows: Sequence[Row], *, language: str = "id") -> Table:
    """The overview as a table, in the order of the rows."""
    columns = [texts(f"class.{name}")[language] for name in (*COLUMNS, "remarks")]
    lines = [[*_cells(row), " ".join(_remarks(row, language))] for row in rows]
    return Table(texts("class.title")[language], columns, lines, texts("class.note")[language])


def course_page(rows: Sequence[Row], *, language: str = "id") -> str:
    """The overview as a page; everything is escaped, nothing is loaded from elsewhere, links are relative."""
    environment = Environment(loader=PackageLoader("qualcode.reports"), autoescape=True, trim_blocks=True)
    words = {key: texts(f"class.{key}")[language] for key in ("title", "note", "remarks")}
    totals = {
        "projects": len(rows),
        "done": sum(row.done for row in rows),
        "failed": sum(len(row.failed) for row in rows),
        "current": sum(row.current for row in rows),
    }
    return environment.get_template("course.html.j2").render(
        words=words,
        lead=texts("class.lead")[language].format(**totals),
        columns=[texts(f"class.{name}")[language] for name in COLUMNS],
        rows=[(row.link, _cells(row), list(_remarks(row, language))) for row in rows],
        language=language,
        style=STYLE,
    )


def _cells(row: Row) -> list[str | int]:
    known = row.figures
    counted: list[str | int] = [UNKNOWN] * 5
    if known is not None:
        coders = ", ".join(map(_plain, known.coders)) or UNKNOWN
        counted = [known.cases, known.documents, known.informants, known.codings, coders]
        if known.cases and known.unread == known.cases:
            counted[1:] = [UNKNOWN] * 4  # not nought: nobody knows
    faults = UNKNOWN if row.faults is None else row.faults
    return [_plain(row.name), *counted, faults, row.done, len(row.failed), row.current]


def _remarks(row: Row, language: str) -> Iterator[str]:
    """What a supervisor may want to look at, in sentences."""

    def said(name: str, **values: object) -> str:
        return texts(f"class.{name}")[language].format(**values)

    known = row.figures
    if row.first is not None:
        first = row.first
        yield said("first", place=_plain(first.place), what=_plain(first.what), mend=_plain(first.mend))
    elif known is None:
        yield said("unseen")
    if known is not None and known.unread:
        yield said("unread", count=known.unread, total=known.cases)
    for job, error in row.failed[:SHOWN]:
        yield said("stopped", job=_plain(job), error=_plain(error))
    if len(row.failed) > SHOWN:
        yield said("more", count=len(row.failed) - SHOWN)
    if row.left:
        yield said("left", count=row.left)
    if known is not None and not known.unread and not known.codings:
        yield said("uncoded")
    if row.first is None and not row.failed and not row.left and row.done + row.current:
        yield said("well")


def _plain(text: str) -> str:
    """A text of somebody else's without what could steer a terminal or turn a line around, fit to be encoded."""
    return terminal_safe(text.encode("utf-8", "replace").decode())
