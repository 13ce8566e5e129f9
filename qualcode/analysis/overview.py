"""What a case consists of: who was asked, which documents there are, which figures, and how far it is coded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualcode.analysis.matrix import By, matrix
from qualcode.coding.case import UNSTATED, Case, Exhibit, Metric
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Codings
from qualcode.coding.study import AUTO
from qualcode.display import Cell, Prose, Stack, Table
from qualcode.figures import Figure, heat_map
from qualcode.text.document import UNDATED, Document
from qualcode.wording import number, say


@dataclass(frozen=True)
class Overview:
    """The tables by which a reader gets to know a case; `overview(case)` makes it."""

    case: Case

    def profile(self) -> Table:
        """Institution, place, question, approach: what the record says, blanks left out."""
        record = self.case.record
        said = {
            "institution": record.institution,
            "unit": record.unit,
            "aliases": "; ".join(record.aliases),
            "place": record.place,
            "period": record.period,
            "question": record.question,
            "approach": record.approach,
            "frameworks": ", ".join(record.frameworks),
            "citation": record.citation,
            "description": record.description,
        }
        rows = [(say(f"case.{key}"), text) for key, text in said.items() if text]
        return Table(record.title, ("", ""), rows)

    def informants(self) -> Table:
        """Who was asked, by code and role; below it what the source says of their number."""
        record = self.case.record
        rows = [
            [each.id, each.role, each.kind or "–", each.relation, each.period or "–", each.consent]
            for each in record.informants
        ]
        columns = [
            say("kind.informant").capitalize(),
            *(say(f"case.{key}") for key in ("role", "kind", "relation", "period_of", "consent")),
        ]
        note = record.informants_note or ""
        if record.informants_total is not None:
            note = say("case.informants_note", total=record.informants_total, note=note).strip()
        empty = [[say("case.no_informants"), *[""] * 5]]
        return Table(say("case.informants_caption"), columns, rows or empty, note)

    def documents(self) -> Table:
        """Every document: technique, date, informant, size, and its codings, which open to their quotations."""
        rows = [self._document(document) for document in self.case.documents]
        keys = ("title", "technique", "date", "role_of", "period_of", "units", "words", "coded")
        columns = [say("kind.document").capitalize(), *(say(f"case.{key}") for key in keys)]
        return Table(say("case.documents_caption"), columns, rows, say("case.documents_note"))

    def _document(self, document: Document) -> list[str | int | Cell]:
        return [
            document.id,
            f"{document.title}\n{document.provenance}",
            document.technique.value,
            say("undated") if document.dated == UNDATED else document.dated,
            document.informant or "–",
            document.period or "–",
            len(document.units),
            len(document.text.split()),
            _opening(self.case.codings.on(document)),
        ]

    def metrics(self) -> Table:
        """Figures with unit and as-of date; where the source gives no number the cell says so."""
        rows = [
            [_metric_name(each), _value(each), each.as_of, each.source, each.note or ""] for each in self.case.metrics
        ]
        columns = [say(f"case.{key}") for key in ("metric", "value", "as_of", "source", "note")]
        return Table(say("case.metrics_caption"), columns, rows or [[say("case.no_metrics"), "", "", "", ""]])

    def money(self) -> Table:
        """Amounts with period, purpose and source; an amount nobody gave is said to be missing."""
        rows = [
            [
                each.purpose,
                _amount(each.amount, each.currency, each.exact),
                each.period,
                each.source,
                each.note or "",
            ]
            for each in self.case.record.money
        ]
        columns = [say(f"case.{key}") for key in ("purpose", "amount", "money_period", "source", "note")]
        return Table(say("case.money_caption"), columns, rows or [[say("case.no_money"), "", "", "", ""]])

    def exhibits(self) -> Stack:
        """The source's own tables, each with its rows, and its figures, each with its source line."""
        record = self.case.record
        tables = [Table(_exhibit_name(each), each.columns, each.rows, each.source) for each in record.tables]
        if record.figures:
            rows = [[each.number, each.caption, each.source] for each in record.figures]
            columns = [say(f"case.{key}") for key in ("number", "title", "source")]
            tables.append(Table(say("case.figures_caption"), columns, rows))
        return Stack(tuple(tables), say("case.no_exhibits"))

    def legal(self) -> Table:
        """Regulations as the source cites them; conflicting numbers stand side by side."""
        rows = [
            [each.type, each.number, each.year, each.article or "–", each.note or ""] for each in self.case.record.legal
        ]
        columns = [say(f"case.{key}") for key in ("regulation", "number", "year", "article", "note")]
        return Table(say("case.legal_caption"), columns, rows or [[say("case.no_legal"), "", "", "", ""]])

    def recommendations(self) -> Prose:
        """What the authors recommend: kept apart, for a recommendation is no finding."""
        return Prose((self.case.record.recommendations or (say("case.no_recommendations"),),))

    def codings(self) -> Table:
        """How many codings each coder made with each codebook."""
        coders = self.case.codings.coders
        books = {coding.codebook: None for coding in self.case.codings}
        rows = [
            [str(self.case.codings.codebooks[book].title)]
            + [len(self.case.codings.using(book).by(coder)) for coder in coders]
            for book in sorted(books)
        ]
        empty: list[list[str | int]] = [[say("case.no_codings"), *[""] * len(coders)]]
        by_rules = len(self.case.coded_by(AUTO))
        note = say("autocode.aside", count=by_rules, coder=AUTO) if by_rules else ""
        return Table(say("case.codings_caption"), [say("kind.codebook").capitalize(), *coders], rows or empty, note)

    def coverage(self, codebook: Codebook) -> Figure:
        """Which documents speak to which codes of a codebook, all coders together, as a figure."""
        table = matrix(self.case.codings, codebook, By.DOCUMENT, groups=[each.id for each in self.case.documents])
        return heat_map(
            table.counts(),
            rows=[row.name for row in table.rows],
            columns=table.columns,
            caption=say("case.coverage_caption", framework=codebook.title),
        )

    def limits(self) -> Prose:
        """What the case's own record says it cannot show, and what of its codings could not be used."""
        return Prose((case_limits(self.case),))

    def __repr__(self) -> str:
        return repr(self.case)

    def _repr_html_(self) -> str:
        return self.profile().to_html()


def overview(case: Case) -> Overview:
    """Make the tables by which a reader gets to know a case.

    Examples
    --------
    ::

        qc.overview(project.case("bandung")).documents()
    """
    return Overview(case)


def case_limits(case: Case) -> tuple[str, ...]:
    """The limits of a case, sentence by sentence: from its record, its text checks, and the state of its codings."""
    limits = [say("case.fictional")] if case.record.fictional else []
    limits += case.record.limits
    for check in case.record.text_checks:
        limits.append(f"{check.statement} ({'; '.join(check.places)})" if check.places else check.statement)
    if case.problems:
        limits.append(say("case.unplaced", count=len(case.problems)))
    return tuple(limits) or (say("case.no_limits"),)


def _opening(codings: Codings) -> Cell:
    """The number of codings, which opens to them."""
    return Cell(
        str(len(codings)), tuple(replace(c.quotation(), note=f"{c.code} · {c.quotation().note}") for c in codings)
    )


def _exhibit_name(exhibit: Exhibit) -> str:
    """Number and caption as under a table in print; the caption alone where the source's number is not known."""
    if exhibit.number == UNSTATED:
        return exhibit.caption
    return say("case.table", number=exhibit.number, caption=exhibit.caption)


def _metric_name(metric: Metric) -> str:
    return f"{metric.name} ({metric.account})" if metric.account else metric.name


def _value(metric: Metric) -> str:
    return _amount(metric.value, metric.unit or "", metric.exact)


def _amount(value: float | None, unit: str, exact: bool) -> str:
    """A figure with its unit, "about" where it is one; the words for none are not zero."""
    if value is None:
        return say("case.no_value")
    about = "" if exact else say("approximate") + " "
    return f"{about}{number(value)} {unit}".strip()
