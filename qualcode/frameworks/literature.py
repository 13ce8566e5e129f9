"""Literature: which cited work speaks to which theme, the principles of Law 25/2009, and the review checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

from qualcode.analysis.matrix import cell
from qualcode.analysis.textchecks import (
    Comparison,
    Work,
    check_table,
    citations,
    listed_and_cited,
    names_in_brackets,
    names_of,
    near_names,
    precision,
    read_number,
    sentences,
    share,
    share_claims,
    whole_count,
)
from qualcode.coding.case import Case, Metric
from qualcode.coding.codebook import Code
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.valence import Valence
from qualcode.display import Cell, Prose, Quotation, Table
from qualcode.errors import Undefined, UnknownNameError
from qualcode.figures import Figure, heat_map
from qualcode.frameworks.sheet import Sheet, sheet_of
from qualcode.text.document import Document, Kind
from qualcode.wording import number, say, texts

CODEBOOK = "literature"
THEMES = ("LIT-PER", "LIT-MAN", "LIT-TAN", "LIT-STR")
PRINCIPLES = "UUP"
RECORD = "case.yaml"
STAGES = ("identified", "screened", "assessed", "included")


@dataclass(frozen=True)
class CitedWork:
    """A work, and the sentences that cite it; what the case's own record cites has ``case.yaml`` for an address."""

    work: Work
    quotations: tuple[Quotation, ...]

    @property
    def name(self) -> str:
        """Authors and year: ``Wulur & Mulyanti (2022)``."""
        return str(self.work)


@dataclass(frozen=True)
class ReferenceCheck:
    """A cited work or an entry of the list of references, and whether it has its counterpart.

    Attributes
    ----------
    name : str
        The work as cited, or the entry as listed.
    quotations : tuple of Quotation
        Where it is cited.
    listed, cited : bool or Undefined
        Undefined with the reason when what the case record holds of the list, or of the text, is not the whole.
    remarks : tuple of str
        What the case's own record says of this work.
    """

    name: str
    quotations: tuple[Quotation, ...]
    listed: bool | Undefined
    cited: bool | Undefined
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class LiteratureSheet(Sheet):
    """A sheet of themes and principles with the cited works beside them.

    Attributes
    ----------
    works : tuple of CitedWork
        The works that are recognised in the documents and in the record, by author and year.
    cited_by : mapping of str to tuple of Work
        Id of a coding -> the works that its sentence cites.
    """

    works: tuple[CitedWork, ...]
    cited_by: Mapping[str, tuple[Work, ...]]

    @property
    def themes(self) -> tuple[Code, ...]:
        """The codes of the four themes, in the order of the codebook."""
        return tuple(code for theme in THEMES for code in self.codebook[theme].walk())

    def citing(self, work: Work | str, code: Code | str) -> Codings:
        """The codings with exactly this code whose sentence cites the work: a cell of the source matrix.

        Raises
        ------
        UnknownNameError
            When no such work is cited, or the codebook has no such code.
        """
        known = {each.name: each.work for each in self.works}
        if str(work) not in known:
            raise UnknownNameError.among("work", str(work), known, place=self.case.id)
        coded = self.codings.exactly(self.codebook[code if isinstance(code, str) else code.id])
        return coded.where(lambda coding: known[str(work)] in self.cited_by.get(coding.id, ()))

    def uncited(self, code: Code | str) -> Codings:
        """The codings with exactly this code whose sentence cites nothing."""
        coded = self.codings.exactly(self.codebook[code if isinstance(code, str) else code.id])
        return coded.where(lambda coding: not self.cited_by.get(coding.id))

    def source_matrix(self, theme: str = "") -> Table:
        """Cited works by themes; each cell opens to the passages that cite the work.

        Parameters
        ----------
        theme : str
            Only this theme, ``"LIT-MAN"``, and only the works that speak to it; empty for everything.
        """
        codes = tuple(self.codebook[theme].walk()) if theme else self.themes
        grid = [(each.name, [self.citing(each.work, code) for code in codes]) for each in self.works]
        if theme:
            grid = [(name, cells) for name, cells in grid if any(cells)]
        uncited = [self.uncited(code) for code in codes]
        if any(uncited):
            grid.append((say("literature.uncited"), uncited))
        largest = max((len(each) for _, cells in grid for each in cells), default=0)
        rows: list[list[str | Cell]] = [[name, *(cell(each, largest) for each in cells)] for name, cells in grid]
        empty: list[list[str | Cell]] = [[say("literature.no_works"), *["·"] * len(codes)]]
        caption = self.codebook[theme].name if theme else say("literature.all_themes")
        return Table(
            say("literature.matrix_caption", themes=caption),
            [say("literature.work"), *(code.name for code in codes)],
            rows or empty,
            say("literature.matrix_note"),
        )

    def source_map(self) -> Figure:
        """How many passages of each theme, its codes included, cite each work, as a figure with a text alternative."""
        themes = [self.codebook[theme] for theme in THEMES]
        counts = {
            each.name: [sum(len(self.citing(each.work, code)) for code in theme.walk()) for theme in themes]
            for each in self.works
        }
        speaking = {name: row for name, row in counts.items() if any(row)}
        return heat_map(
            list(speaking.values()),
            rows=list(speaking),
            columns=[str(theme.label) for theme in themes],
            caption=say("literature.map_caption"),
        )

    def theme_table(self) -> Table:
        """Each theme with its codes: passages, works, and passages that cite nothing."""
        rows = [row for theme in THEMES for row in self._theme_rows(self.codebook[theme])]
        columns = [say(f"literature.{key}") for key in ("theme", "passages", "works", "names", "without")]
        return Table(say("literature.themes_caption"), columns, rows, say("literature.themes_note"))

    def _theme_rows(self, theme: Code) -> Iterator[list[str | int | Cell]]:
        codings = self.codings.of(theme)
        yield self._theme_row(theme.name, codings)
        for code in theme.children:
            yield self._theme_row("\u2003" + code.name, self.codings.exactly(code))

    def _theme_row(self, name: str, codings: Codings) -> list[str | int | Cell]:
        works = self._works_of(codings)
        without = sum(not self.cited_by.get(coding.id) for coding in codings)
        return [name, cell(codings, 0), len(works), "; ".join(works) or "–", without]

    def _works_of(self, codings: Codings) -> list[str]:
        cited = {work for coding in codings for work in self.cited_by.get(coding.id, ())}
        return [each.name for each in self.works if each.work in cited]

    @cached_property
    def named_principles(self) -> tuple[Code, ...]:
        """The principles of Law 25/2009 that the case names without judging a service by them."""
        return tuple(code for code in self.codebook[PRINCIPLES].children if self._naming(code))

    def _naming(self, code: Code) -> Codings:
        return self.codings.exactly(code).where(valence=Valence.DESCRIPTIVE)

    def _elements(self, code: Code) -> tuple[str, ...]:
        """The indicators of a principle that its naming passages are tagged with; the principle itself without any."""
        tagged = {tag for coding in self._naming(code) for tag in coding.tags}
        return tuple(each for each in code.indicators if each in tagged) or (str(code.label),)

    def principles(self) -> Table:
        """The principles of Law 25/2009: which the case names, and which it judges a service by."""
        principles = self.codebook[PRINCIPLES].children
        rows: list[list[str | Cell]] = []
        for code in principles:
            naming = self._naming(code)
            judging = self.codings.exactly(code).where(lambda coding: coding.valence is not Valence.DESCRIPTIVE)
            elements = "; ".join(self._elements(code)) if naming else "–"
            rows.append([code.name, cell(naming, 0), elements, cell(judging, 0)])
        columns = [say(f"literature.{key}") for key in ("principle", "named", "elements", "judged")]
        return Table(say("literature.principles_caption"), columns, rows, self._principles_sentence())

    def _principles_sentence(self) -> str:
        return say(
            "literature.principles_note",
            named=len(self.named_principles),
            total=len(self.codebook[PRINCIPLES].children),
            elements=sum(len(self._elements(code)) for code in self.named_principles),
        )

    def selection(self) -> Table:
        """How the reviewed works were selected: four counts that a review owes its reader, blank where not reported.

        The stages follow PRISMA: Page, M. J. et al. (2020 statement, 2021). BMJ 372, n71. A stage is filled by the
        metric of ``case.yaml`` that bears its name.
        """
        rows = [[say(f"literature.stage_{stage}"), self._selected(stage)] for stage in STAGES]
        columns = [say(f"literature.{key}") for key in ("stage", "count")]
        names = "; ".join(texts(f"literature.stage_{stage}")["id"] for stage in STAGES)
        return Table(say("literature.selection_caption"), columns, rows, say("literature.selection_note", names=names))

    def _selected(self, stage: str) -> str:
        names = texts(f"literature.stage_{stage}").values()
        named = (metric.value for metric in self.case.metrics if metric.name in names)
        counts = [number(value) for value in named if value is not None]
        return "; ".join(counts) or str(Undefined(say("literature.not_reported")))

    def references(self) -> tuple[ReferenceCheck, ...]:
        """Every cited work against the list of references, then every entry that nothing here cites."""
        record = self.case.record
        entries, uncited = listed_and_cited([each.work for each in self.works], record.references)
        missing = False if record.references_complete else Undefined(self._list_gap())
        works = [
            ReferenceCheck(each.name, each.quotations, bool(entries[each.work]) or missing, True, self._said_of(each))
            for each in self.works
        ]
        notes = any(document.kind is Kind.READING_NOTES for document in self.case.documents)
        unread = Undefined(say("literature.not_the_text")) if notes else False
        return (*works, *(ReferenceCheck(entry, (), True, unread) for entry in uncited))

    def _list_gap(self) -> str:
        record = self.case.record
        if not record.references:
            return say("literature.no_list")
        if record.references_total is None:
            return say("literature.list_incomplete", recorded=len(record.references))
        return say("literature.list_part", recorded=len(record.references), total=record.references_total)

    def _said_of(self, cited: CitedWork) -> tuple[str, ...]:
        checks = self.case.record.text_checks
        return tuple(c.statement for c in checks if cited.work in {each.work for each in citations(c.statement)})

    def reference_table(self) -> Table:
        """Cited but not listed, listed but not cited; where the list is not whole, it says so instead of accusing."""
        checks = self.references()
        rows: list[list[str | Cell]] = [
            [
                each.name,
                Cell(say("literature.places", count=len(each.quotations)), each.quotations) if each.quotations else "–",
                _verdict(each.listed, "listed"),
                _verdict(each.cited, "cited"),
                " ".join(say("literature.record_says", statement=remark) for remark in each.remarks),
            ]
            for each in checks
        ]
        columns = [say(f"literature.{key}") for key in ("work", "where", "listed", "cited", "remark")]
        whole = self.case.record.references_complete
        note = say("literature.list_complete") if whole else self._list_gap()
        return Table(
            say("literature.references_caption"),
            columns,
            rows or [[say("literature.no_works"), *["–"] * 4]],
            f"{say('literature.list')}: {note}. {say('literature.citations_note')}",
        )

    def spellings(self) -> Table:
        """Names that differ by a letter or two: perhaps one person in two spellings. Shown, never mended."""
        places = self._names()
        rows = [
            [
                f"{pair.one} / {pair.other}",
                number(round(pair.similarity, 2)),
                *("; ".join(places[name]) for name in (pair.one, pair.other)),
            ]
            for pair in near_names(places)
        ]
        columns = [say(f"literature.{key}") for key in ("two_names", "similarity", "first_place", "second_place")]
        empty = [[say("literature.no_spellings"), "", "", ""]]
        return Table(say("literature.spellings_caption"), columns, rows or empty, say("literature.spellings_note"))

    def _names(self) -> dict[str, list[str]]:
        """Every author's name -> where it stands: in a citation, in the list of references, in the case's record."""
        places: dict[str, list[str]] = {}
        for each in self.works:
            for name in each.work.authors:
                places.setdefault(name, []).append(each.name)
        for entry in self.case.record.references:
            for name in names_of(entry):
                places.setdefault(name, []).append(say("literature.list"))
        for check in self.case.record.text_checks:
            for name in names_in_brackets(check.statement):
                places.setdefault(name, []).append(say("literature.record_says", statement=check.statement))
        return {name: list(dict.fromkeys(found)) for name, found in places.items()}

    def comparisons(self) -> tuple[tuple[Comparison, tuple[Quotation, ...]], ...]:
        """Every figure that can be computed again from what is recorded, with the sentence it stands in, if any."""
        record = self.case.record
        of_tables = [each for table in record.tables for each in check_table(table.caption, table.columns, table.rows)]
        of_metrics = [each for metric in record.metrics for each in _of_metric(self.case, metric)]
        return (*((each, ()) for each in (*of_tables, *of_metrics)), *_of_texts(self.case.documents))

    def recomputed(self) -> Table:
        """Sums, percentages and growth: as recorded, as recomputed, and whether they agree."""
        rows: list[list[str | Cell]] = [
            [
                Cell(each.what, quotations) if quotations else each.what,
                _figure(each.recorded, each.unit),
                _figure(each.recomputed, each.unit),
                _agreement(each),
            ]
            for each, quotations in self.comparisons()
        ]
        columns = [say(f"literature.{key}") for key in ("figure", "recorded", "recomputed", "agrees")]
        empty: list[list[str | Cell]] = [[say("literature.no_figures"), "", "", ""]]
        return Table(say("literature.recomputed_caption"), columns, rows or empty, say("literature.recomputed_note"))

    def conclusion(self) -> Prose:
        """What the review's works say to each theme, and how far the review holds against itself."""
        if not self.codings:
            return super().conclusion()
        coded = self.codings.of(*THEMES)
        cited = sum(bool(self.cited_by.get(coding.id)) for coding in coded)
        opening = say("literature.opening", works=len(self.works), passages=len(coded), cited=cited)
        blocks: list[str | tuple[str | Cell, ...]] = [opening]
        for theme in THEMES:
            code = self.codebook[theme]
            blocks += [f"{code.label}.", tuple(map(self._theme_sentence, code.walk()))]
        return Prose((*blocks, self._principles_sentence(), *self._checked_sentences()))

    def _theme_sentence(self, code: Code) -> Cell:
        codings = self.codings.exactly(code)
        works = self._works_of(codings)
        key = "theme_cited" if works else ("theme_uncited" if codings else "theme_silent")
        text = say(f"literature.{key}", code=code.name, passages=len(codings), works="; ".join(works))
        return Cell(text, tuple(coding.quotation() for coding in codings))

    def _checked_sentences(self) -> Iterator[str]:
        verdicts = [each.agrees for each, _ in self.comparisons()]
        compared = [each for each in verdicts if not isinstance(each, Undefined)]
        if compared:
            yield say("literature.compared", compared=len(compared), agreeing=sum(compared))
        missing = [each.name for each in self.references() if each.listed is not True]
        if missing:
            yield say("literature.unlisted", works="; ".join(missing), reason=self._missing_reason())

    def _missing_reason(self) -> str:
        return say("literature.list_complete") if self.case.record.references_complete else self._list_gap()


def literature(case: Case, coder: str = "") -> LiteratureSheet:
    """Read a case by the themes of a review of literature, work by work.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    LiteratureSheet
        A work speaks to a theme when a sentence that cites it is coded with it; a coding may be shorter than its
        sentence, which cites for all of it.

    Examples
    --------
    ::

        sheet = qc.literature(project.case("kajian-pustaka"))
        sheet.citing("Wulur & Mulyanti (2022)", "LIT-MAN")
    """
    sheet = sheet_of(case, CODEBOOK, (*THEMES, PRINCIPLES), coder)
    cited: dict[Work, list[Quotation]] = {}
    sentence_works: dict[str, list[tuple[int, int, tuple[Work, ...]]]] = {}
    for document in case.documents:
        sentence_works[document.id] = _works_by_sentence(document)
        for start, end, works in sentence_works[document.id]:
            segment = document.segment(start, end)
            for work in works:
                cited.setdefault(work, []).append(Quotation(segment.text, segment.address))
    for sentence in _record_sentences(case):
        for each in citations(sentence):
            cited.setdefault(each.work, []).append(Quotation(sentence, RECORD))
    in_order = sorted(cited, key=lambda work: (*map(str.casefold, work.authors), work.year))
    shared = {field.name: getattr(sheet, field.name) for field in fields(sheet)}
    return LiteratureSheet(
        **shared,
        works=tuple(CitedWork(work, tuple(cited[work])) for work in in_order),
        cited_by={coding.id: _works_of(coding, sentence_works[coding.document.id]) for coding in sheet.codings},
    )


def _works_by_sentence(document: Document) -> list[tuple[int, int, tuple[Work, ...]]]:
    """The sentences that cite anything: where they begin and end, and the works, each once."""
    found = citations(document.text)
    spans = sentences(document.text) if found else ()
    by_sentence = []
    for start, end in spans:
        works = tuple(dict.fromkeys(each.work for each in found if start <= each.start < end))
        if works:
            by_sentence.append((start, end, works))
    return by_sentence


def _works_of(coding: Coding, by_sentence: Iterable[tuple[int, int, tuple[Work, ...]]]) -> tuple[Work, ...]:
    segment = coding.segment
    touched = (works for start, end, works in by_sentence if start < segment.end and segment.start < end)
    return tuple(dict.fromkeys(work for works in touched for work in works))


def _record_sentences(case: Case) -> tuple[str, ...]:
    """Where ``case.yaml`` itself cites: its account of the method and what it notes of the text."""
    return (case.record.approach, *(check.statement for check in case.record.text_checks))


def _of_metric(case: Case, metric: Metric) -> Iterator[Comparison]:
    """A metric against its own note (“Dari 8.458 laporan (44,6%)”) and against the table that holds it, too."""
    if metric.value is None:
        return
    note = metric.note or ""
    if note.startswith(("Dari ", "Of ")):
        for claim in share_claims(f"{metric.value:g} {note[0].lower()}{note[1:]}"):
            recorded, recomputed = claim.comparison.recorded, claim.comparison.recomputed
            what = say("literature.share_of", metric=metric.name)
            yield Comparison(what, recorded, recomputed, claim.comparison.tolerance, "%")
        whole = re.match(r"\w+ (\d{1,3}(?:\.\d{3})*)\b(?![^.]*%)", note)
        if whole and metric.unit in ("persen", "percent", "%"):
            yield _whole(metric, int(whole[1].replace(".", "")))
    for table in case.record.tables:
        year = re.search(r"\b(?:19|20)\d{2}\b", metric.as_of)
        if year and metric.name.casefold() in table.caption.casefold():
            for row in table.rows:
                if row[0] == year.group() and len(row) > 1:
                    what = say("literature.in_table", metric=metric.name, year=row[0])
                    yield Comparison(what, metric.value, read_number(row[1]))


def _whole(metric: Metric, whole: int) -> Comparison:
    assert metric.value is not None
    tolerance = precision(repr(metric.value))
    count = whole_count(metric.value, whole, tolerance)
    if isinstance(count, Undefined):
        return Comparison(metric.name, metric.value, count, tolerance, "%")
    what = say("literature.whole", metric=metric.name, count=number(count), whole=number(whole))
    return Comparison(what, metric.value, share(count, whole), tolerance, "%")


def _of_texts(documents: Iterable[Document]) -> Iterator[tuple[Comparison, tuple[Quotation, ...]]]:
    for document in documents:
        for claim in share_claims(document.text):
            segment = document.segment(claim.start, claim.end)
            yield claim.comparison, (Quotation(segment.text, segment.address),)


def _figure(figure: float | Undefined, unit: str) -> str:
    return figure.reason if isinstance(figure, Undefined) else f"{number(round(figure, 2))}{unit}"


def _agreement(comparison: Comparison) -> str:
    agrees = comparison.agrees
    if isinstance(agrees, Undefined):
        return say("literature.not_comparable")
    return say("literature.agree") if agrees else say("literature.disagree")


def _verdict(found: bool | Undefined, kind: str) -> str:
    if isinstance(found, Undefined):
        return say("literature.cannot_tell", reason=found.reason)
    return say(f"literature.is_{kind}") if found else say(f"literature.is_not_{kind}")
