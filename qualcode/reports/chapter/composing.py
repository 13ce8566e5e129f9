"""The composer: adds block after block, and counts headings, tables and figures as a thesis numbers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.coding.consent import may_quote, unquotable
from qualcode.display import Table
from qualcode.figures import Figure
from qualcode.reports.chapter.blocks import Block, FigurePart, Heading, Options, Prose, Row, Span, TablePart
from qualcode.reports.chapter.grid import grid, heading, letters, merged_down, widths
from qualcode.reports.chapter.ledger import Ledger, unmarked
from qualcode.reports.chapter.quoting import Addressed, Quoter
from qualcode.wording import say

_SENTENCE = re.compile(r"(?<=\w\w\.) (?=[A-Z])")


class Composer:
    """The chapter while it is written.

    Attributes
    ----------
    case : Case
    options : Options
    ledger : Ledger
    quoter : Quoter
    blocks : list of Block
    """

    def __init__(self, case: Case, options: Options, address: Addressed) -> None:
        self.case = case
        self.options = options
        self.ledger = Ledger(case.id)
        self.quoter = Quoter(case, self.ledger, options.quotes, address)
        self.blocks: list[Block] = []
        self._silent = unquotable(case)
        self._unquoted: set[str] = set()
        self._counters: list[int] = []
        self._tables = self._figures = self._appendix_tables = 0
        self._in_appendix = False

    # What may be quoted

    def quotable(self, codings: Iterable[Coding]) -> list[Coding]:
        """The codings whose words may be quoted; the others are counted."""
        shown = []
        for coding in codings:
            if may_quote(coding, self.case):
                shown.append(coding)
            else:
                self._unquoted.add(coding.id)
        return shown

    @property
    def silent(self) -> frozenset[str]:
        """The informants who may not be quoted."""
        return self._silent

    @property
    def unquoted(self) -> int:
        """How many codings were left out because they may not be quoted."""
        return len(self._unquoted)

    # Blocks

    def heading(self, level: int, text: str) -> None:
        """A numbered heading, of level 2 or below: 4.1, 4.1.1."""
        depth = level - 1
        self._counters = [*self._counters[:depth], *[0] * (depth - len(self._counters[:depth]))]
        self._counters[-1] += 1
        number = ".".join(str(each) for each in (self.options.number, *self._counters))
        self.blocks.append(Heading(level, number, unmarked(text)))

    def title(self, number: str, text: str, *, level: int = 1, apart: bool = True) -> None:
        """A heading with a number of its own kind (BAB IV, Lampiran 1), or without."""
        self.blocks.append(Heading(level, number, unmarked(text), apart))

    def appendix(self) -> None:
        """From here on tables are counted as the appendix's."""
        self._in_appendix = True

    def prose(self, *texts: str, manner: str = "body") -> None:
        """Paragraphs of texts in which stand-ins of the ledger may stand."""
        for text in texts:
            spans = self.ledger.spans(text)
            if spans:
                self.blocks.append(Prose(spans, manner))  # type: ignore[arg-type]

    def quote(self, codings: Iterable[Coding], *, dissents: bool = False) -> int:
        """Quotations in the style chosen; how many there are."""
        shown = self.quotable(codings)
        self.blocks += [self.quoter.part(coding, dissents=dissents) for coding in shown]
        return len(shown)

    def table(
        self,
        table: Table,
        source: str,
        part: str,
        *,
        framework: str = "",
        statuses: Sequence[str] = (),
        head: tuple[Row, ...] | None = None,
        body: tuple[Row, ...] | None = None,
        merge: Sequence[int] = (),
    ) -> TablePart:
        """A numbered table.

        Parameters
        ----------
        table : Table
        source : str
            What stands in the line below it, without "Sumber".
        part : str
            What its claims ask for, in a word.
        framework : str, optional
        statuses : sequence of str
            The columns that hold a status.
        head, body : tuple of rows, optional
            As they are set; by default as the table has them.
        merge : sequence of int
            The columns in which equal neighbours become one cell.
        """
        number = self._table_number()
        caption = unmarked(table.caption.rstrip("."))
        if body is None:
            body = grid(table, self._claimed(framework, part), self._key(framework), statuses)
        size = letters(table.columns, body)
        shares = widths(table.columns, body)
        for column in merge:
            body = merged_down(body, column)
        if head is None:
            head = heading(table.columns) if any(table.columns) else ()
        alt = say("chapter.table_alt", caption=caption, rows=len(table.rows), columns=len(table.columns))
        alt += " " + "; ".join(filter(None, map(str, table.columns)))
        made = TablePart(
            number,
            caption,
            table,
            say("chapter.source", source=unmarked(source)),
            self.ledger.part("table", caption, framework, part),
            head,
            body,
            shares,
            unmarked(alt),
            "appendix" if self._in_appendix else "chapter",
            size,
        )
        self.blocks.append(made)
        if table.note:
            self.prose(unmarked(table.note), manner="note")
        return made

    def figure(self, figure: Figure, source: str, part: str, *, framework: str = "") -> FigurePart:
        """A numbered figure."""
        self._figures += 1
        first, *rest = _SENTENCE.split(unmarked(figure.caption), maxsplit=1)
        caption = first.rstrip(".")
        made = FigurePart(
            f"{self.options.number}.{self._figures}",
            caption,
            figure,
            unmarked(figure.alt),
            say("chapter.source", source=unmarked(source)),
            self.ledger.part("figure", caption, framework, part),
        )
        self.blocks.append(made)
        self.prose(*rest, manner="note")
        return made

    def next_table(self, ahead: int = 1) -> str:
        """The number the next table will have, or the one so many ahead."""
        return f"{self.options.number}.{self._tables + ahead}"

    def next_figure(self, ahead: int = 1) -> str:
        """The number the next figure will have, or the one so many ahead."""
        return f"{self.options.number}.{self._figures + ahead}"

    def _table_number(self) -> str:
        if self._in_appendix:
            self._appendix_tables += 1
            return f"L.{self._appendix_tables}"
        self._tables += 1
        return f"{self.options.number}.{self._tables}"

    def _claimed(self, framework: str, part: str) -> Callable[[str, str, str, str], Span]:
        def claimed(measure: str, text: str, row: str, column: str) -> Span:
            if measure == "status":
                return self.ledger.status(text, framework, part, row, column, measure)
            if measure == "number":
                return self.ledger.number(text, framework, part, row, column, measure)
            return Span(text)

        return claimed

    def _key(self, framework: str) -> Callable[[str], str]:
        """What names a row: the code's id where it begins with one, so that a new label is no other row."""
        codebook = self.case.codings.codebooks.get(framework)

        def key(text: str) -> str:
            first = text.strip().split(" ", 1)[0]
            return first if codebook is not None and first in codebook else text

        return key

    def number(self, value: int | str, *asked: str) -> str:
        """A stand-in for a number that opens, to be put into a text."""
        return self.ledger.mark(self.ledger.number(str(value), *asked))

    def strong(self, text: str) -> str:
        """A stand-in for words in bold."""
        return self.ledger.mark(Span(unmarked(text), bold=True))

    def status(self, text: str, *asked: str) -> str:
        """A stand-in for a status that opens, in bold."""
        return self.ledger.mark(replace(self.ledger.status(unmarked(text), *asked), bold=True))
