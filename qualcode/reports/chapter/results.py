"""The results of one framework: indicator by indicator with status, counts, quotations and dissent, then matrices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from qualcode.analysis.matrix import By, column_name, valence_summary
from qualcode.analysis.triangulation import TriangulationMatrix
from qualcode.analysis.triangulation.engine import Cell as Agreement
from qualcode.analysis.triangulation.matrix import remarks
from qualcode.coding.case import UNSTATED, Case
from qualcode.coding.codebook import Code
from qualcode.coding.codings import Coding
from qualcode.coding.valence import CODED, Valence
from qualcode.display import Cell, Table
from qualcode.frameworks.david import david
from qualcode.frameworks.literature import CODEBOOK as LITERATURE
from qualcode.frameworks.literature import PRINCIPLES, THEMES, literature
from qualcode.frameworks.paramitha import paramitha
from qualcode.frameworks.programme import programme
from qualcode.frameworks.sheet import Dimension, Evidence, Sheet, codebook_of, sheet_of
from qualcode.frameworks.stoc import stoc
from qualcode.reports.chapter.blocks import GridCell, Row, Span
from qualcode.reports.chapter.composing import Composer
from qualcode.reports.chapter.grid import grouped_heading, heading
from qualcode.reports.chapter.ledger import unmarked
from qualcode.wording import number, say

AXES = ("source", "technique", "time")


def _literature(case: Case, coder: str) -> Sheet:
    """The sheet of works and themes; where no theme is coded, one of the principles alone."""
    sheet = literature(case, coder)
    if sheet.codings.of(*THEMES):
        return sheet
    return sheet_of(case, LITERATURE, (PRINCIPLES,), coder)


SHEETS: Mapping[str, Callable[[Case, str], Sheet]] = {
    "paramitha": paramitha,
    "david": david,
    "stoc": stoc,
    "programme": programme,
    "literature": _literature,
}


def sheet_for(case: Case, framework: str, coder: str) -> Sheet:
    """The sheet of a framework; of a codebook without one of its own, its top-level codes that something is coded with.

    Raises
    ------
    UnknownNameError
        When the project has no such codebook.
    """
    if framework in SHEETS:
        return SHEETS[framework](case, coder)
    codebook = codebook_of(case, framework)
    codings = case.coded_by(coder).using(codebook)
    used = {codebook.root(coding.code).id for coding in codings}
    return sheet_of(case, framework, [root.id for root in codebook.codes if root.id in used], coder)


class Results:
    """Writes the section of one framework.

    Parameters
    ----------
    composer : Composer
    sheet : Sheet
    part : str
        What its claims ask for, besides the framework; the factors of a SWOT analysis are a part of their own.
    """

    def __init__(self, composer: Composer, sheet: Sheet, part: str = "results") -> None:
        self.composer = composer
        self.sheet = sheet
        self.framework = sheet.codebook.id
        self.part = part

    @cached_property
    def matrices(self) -> dict[str, TriangulationMatrix]:
        """Axis -> what its designed groups say; axes without designed groups are left out."""
        found = {axis: self.sheet.triangulation(axis) for axis in AXES}
        return {axis: matrix for axis, matrix in found.items() if matrix.groups}

    @property
    def name(self) -> str:
        """The framework as captions call it: its title without what follows a colon or stands in brackets."""
        return short_title(str(self.sheet.codebook.title))

    @property
    def source(self) -> str:
        """What the source line of a table of codings says."""
        coders = ", ".join(self.sheet.codings.coders) or "–"
        book = self.sheet.codebook
        return say("chapter.from_codings", coders=coders, codebook=book.id, version=book.version)

    # The lead

    def lead(self) -> None:
        """What framework it is, and how much of it the evidence covers."""
        sheet, c = self.sheet, self.composer
        book = sheet.codebook
        c.prose(
            say(
                "chapter.framework",
                framework=unmarked(str(book.title)),
                id=book.id,
                version=book.version,
                citation=unmarked(book.citation.rstrip(". ")),
            )
        )
        covered = [each for each in sheet.evidence if each.codings]
        if not covered:
            c.prose(say("sheet.nothing", framework=unmarked(str(book.title)), case=unmarked(sheet.case.title)))
            return
        counts = {
            "covered": len(covered),
            "indicators": len(sheet.evidence),
            "passages": len(sheet.codings),
            "documents": len(sheet.codings.documents),
            "voices": len({coding.voice for coding in sheet.codings} - {UNSTATED}),
        }
        marked = {name: c.number(value, self.framework, self.part, "", "", name) for name, value in counts.items()}
        c.prose(" ".join((say("sheet.opening", **marked), *self._overall())))

    def _overall(self) -> Iterator[str]:
        """Which indicators are contested, and which nobody speaks to."""
        contested = [each.code.name for each in self.sheet.evidence if each.is_contested]
        if contested:
            yield say("sheet.contested", codes=unmarked("; ".join(contested)))
        silent = [each.code.name for each in self.sheet.evidence if not each.codings]
        if silent:
            yield say("sheet.silent", codes=unmarked("; ".join(silent)))

    # Blueprint and summary

    def blueprint(self) -> None:
        """Kisi-kisi: dimensions, indicators, what is looked at, by which techniques and whom."""
        c = self.composer
        c.prose(say("chapter.summary_lead", blueprint=c.next_table(), results=c.next_table(2)))
        rows = [
            [
                dimension.code.name,
                each.code.name,
                "; ".join(each.code.indicators) or "–",
                ", ".join(dict.fromkeys(coding.technique.value for coding in each.codings)) or "–",
                ", ".join(sorted({coding.informant for coding in each.codings if coding.informant})) or "–",
            ]
            for dimension in self.sheet.dimensions
            for each in dimension.indicators
        ]
        names = ("dimension", "indicator", "looked_at", "technique", "informant")
        columns = [say(f"chapter.{name}_column") for name in names]
        caption = say("chapter.blueprint_caption", framework=self.name)
        table = Table(caption, columns, rows, say("chapter.blueprint_note"))
        self.composer.table(table, self.source, f"{self.part}.blueprint", framework=self.framework, merge=(0,))

    def summary(self) -> None:
        """One row an indicator: counts by valence, and the status on each axis."""
        marks = ("+", "−", "±", "○")
        counted = [say("chapter.all_passages"), *marks]
        names = [say(f"chapter.axis_{axis}") for axis in self.matrices]
        columns = [say("chapter.indicator_column"), *counted, *names]
        rows: list[list[str | Cell]] = []
        body: list[Row] = []
        for dimension in self.sheet.dimensions:
            if dimension.code.children and len(self.sheet.dimensions) > 1:
                rows.append([dimension.code.name, *[""] * (len(columns) - 1)])
                body.append((GridCell((Span(unmarked(dimension.code.name), bold=True),), across=len(columns)),))
            for each in dimension.rows:
                rows.append([row_name(each.code), *map(_count, self._counts(each)), *self._statuses(each)])
                body.append(self._summary_row(each, counted, names))
        groups = [("", 1), (say("chapter.passages_head"), len(counted))]
        head = grouped_heading(columns, [*groups, (say("chapter.status_head"), len(names))] if names else groups)
        table = Table(say("chapter.summary_caption", framework=self.name), columns, rows, say("chapter.signs"))
        self.composer.table(
            table, self.source, f"{self.part}.summary", framework=self.framework, head=head, body=tuple(body)
        )

    @staticmethod
    def _counts(each: Evidence) -> list[int]:
        held = [coding.valence for coding in each.codings]
        return [len(held), *(held.count(valence) for valence in CODED)]

    def _statuses(self, each: Evidence) -> list[str]:
        return [
            matrix.status_shown(each.code.id) if each.code.id in matrix.cells else "–"
            for matrix in self.matrices.values()
        ]

    def _summary_row(self, each: Evidence, counted: Sequence[str], names: Sequence[str]) -> Row:
        ledger, code, part = self.composer.ledger, each.code.id, f"{self.part}.summary"
        numbers = [
            ledger.number(str(value), self.framework, part, code, column, "number")
            for column, value in zip(counted, self._counts(each), strict=True)
        ]
        statuses = [
            ledger.status(unmarked(said), self.framework, part, code, column, "status") if said != "–" else Span(said)
            for column, said in zip(names, self._statuses(each), strict=True)
        ]
        return (
            GridCell((Span(unmarked(row_name(each.code))),)),
            *(GridCell((span,)) for span in (*numbers, *statuses)),
        )

    # Indicators

    def dimensions(self, level: int = 3) -> None:
        """A heading for each dimension, and below it each indicator with its quotations."""
        for dimension in self.sheet.dimensions:
            self._dimension(dimension, level)

    def _dimension(self, dimension: Dimension, level: int) -> None:
        c, code = self.composer, dimension.code
        c.heading(level, str(code.label))
        if not code.heading:
            c.prose(unmarked(f"{code.id}. {code.definition}"))
        if not code.children:
            self._indicator(dimension.rows[0])
            return
        for each in dimension.rows:
            self._under_heading(each, level + 1, defined=each.code.id == code.id and not code.heading)

    def _under_heading(self, each: Evidence, level: int, *, defined: bool = False) -> None:
        c, code = self.composer, each.code
        c.heading(level, say("chapter.general", code=code.label) if code.children else str(code.label))
        if not defined:
            c.prose(unmarked(f"{code.id}. {code.definition}"))
        self._indicator(each)

    def beside(self, elsewhere: Collection[str] = ()) -> None:
        """What is coded with codes that no dimension of the framework holds; those shown elsewhere are left out."""
        found = [each for each in self.sheet.beside if each.code.id not in elsewhere]
        if found:
            self.composer.heading(3, say("chapter.beside"))
            self.composer.prose(say("chapter.beside_lead"))
        for each in found:
            self._under_heading(each, 4)

    def _indicator(self, each: Evidence) -> None:
        c = self.composer
        if not each.codings:
            c.prose(unmarked(str(each.blank)))
            return
        c.prose(" ".join(self._findings(each)))
        for voice, text in self._summaries(each):
            c.prose(say("chapter.summary_of", voice=c.strong(column_name(voice)), text=unmarked(text)), manner="item")
        main, dissent = sides(each, self.composer.options.most)
        shown = c.quotable(main)
        if shown:
            c.prose(say("chapter.main_quotes"), manner="lead")
            c.quote(shown)
        against = c.quotable(dissent)
        if against:
            count = c.number(len(against), self.framework, self.part, each.code.id, "", "dissent")
            c.prose(say("chapter.dissent_quotes", count=count), manner="lead")
            c.quote(against, dissents=True)

    def _findings(self, each: Evidence) -> Iterator[str]:
        c, code = self.composer, each.code.id
        said = [
            say(
                "chapter.status_on",
                axis=say(f"chapter.axis_{axis}").lower(),
                status=c.status(matrix.status_shown(code), self.framework, self.part, code, axis, "status"),
            )
            for axis, matrix in self.matrices.items()
            if code in matrix.cells
        ]
        if said:
            yield say("chapter.statuses", statuses="; ".join(said))
        passages = c.number(len(each.codings), self.framework, self.part, code, "", "passages")
        stances = each.voices
        voices = c.number(len(stances), self.framework, self.part, code, "", "voices")
        valences = c.number(
            valence_summary(each.codings).replace("\N{NO-BREAK SPACE}", " "),
            self.framework,
            self.part,
            code,
            "",
            "valences",
        )
        yield say("chapter.found", passages=passages, voices=voices, valences=valences)
        by_stance = [
            say(
                f"sheet.say_{valence}", voices=", ".join(column_name(v) for v, own in stances.items() if own is valence)
            )
            for valence in CODED
            if valence in stances.values()
        ]
        if by_stance:
            yield say("chapter.stances", stances=unmarked("; ".join(by_stance)))
        if each.blank is not None:
            yield unmarked(str(each.blank))

    def _summaries(self, each: Evidence) -> Iterator[tuple[str, str]]:
        for (code, voice), summary in sorted(self.sheet.case.summaries.items()):
            if code == each.code.id:
                yield voice, summary.text

    # Matrices and figures

    def triangulations(self) -> None:
        """One matrix an axis, the signs explained once, and what must be known beside the statuses."""
        c = self.composer
        if self.matrices:
            axes = (
                say("chapter.triangulation_axis", axis=say(f"chapter.axis_{axis}").lower(), table=c.next_table(place))
                for place, axis in enumerate(self.matrices, 1)
            )
            c.prose(say("chapter.triangulation_lead", axes="; ".join(axes)))
        for place, (axis, matrix) in enumerate(self.matrices.items()):
            table = self._renamed(matrix.to_table())
            table = replace(table, note="") if place else table
            status = say("triangulation.status")
            groups = [("", 3), (say(f"chapter.groups_{axis}"), len(table.columns) - 3)]
            head = grouped_heading(table.columns, groups)
            part = f"{self.part}.triangulation.{axis}"
            c.table(table, self.source, part, framework=self.framework, statuses=(status,), head=head)
        rows = list(self._reasons())
        if rows:
            columns = [say(f"chapter.{name}_column") for name in ("indicator", "axis", "status", "reason")]
            caption = say("chapter.reasons_caption", framework=self.name)
            part = f"{self.part}.reasons"
            c.table(
                Table(caption, columns, rows),
                self.source,
                part,
                framework=self.framework,
                statuses=(columns[2],),
                merge=(0,),
            )

    def _renamed(self, table: Table) -> Table:
        return replace(table, caption=table.caption.replace(str(self.sheet.codebook.title), self.name))

    def _reasons(self) -> Iterator[list[str]]:
        for each in self.sheet.rows:
            for axis, matrix in self.matrices.items():
                found = matrix.cells.get(each.code.id)
                said = " ".join(map(_as_sentence, _remarks(found))) if found else ""
                verdict = matrix.case.verdicts.get((axis, each.code.id))
                if verdict is not None:
                    said = f"{say('chapter.verdict', coder=verdict.coder, memo=verdict.memo)} {said}".strip()
                if said:
                    yield [each.code.name, say(f"chapter.axis_{axis}"), matrix.status_shown(each.code.id), said]

    def frequencies(self) -> None:
        """How often each code was given, by technique, and the sheet's figures."""
        c, sheet = self.composer, self.sheet
        numbers = {"table": c.next_table(), "voices": c.next_figure(), "passages": c.next_figure(2)}
        c.prose(say("chapter.frequency_lead", **numbers))
        table = sheet.matrix(By.TECHNIQUE).to_table()
        totals = {each.code.name: len(each.codings) for each in sheet.rows}
        names = {each.code.name: row_name(each.code) for each in sheet.rows}
        rows = [[names[str(row[0])], *row[1:], _count(totals[str(row[0])])] for row in table.rows]
        columns = [*table.columns, say("chapter.total")]
        caption = say("chapter.frequency_caption", framework=self.name)
        head = grouped_heading(columns, [("", 1), (say("chapter.groups_technique"), len(columns) - 2), ("", 1)])
        full = Table(caption, columns, rows, say("chapter.signs"))
        c.table(
            full,
            self.source,
            f"{self.part}.frequency",
            framework=self.framework,
            head=head if len(columns) > 2 else heading(columns),
        )
        for part, figure in (("valences", sheet.valence_chart()), ("heat", sheet.heat_map())):
            caption = figure.caption.replace(str(sheet.codebook.title), self.name)
            named = replace(figure, caption=caption)
            c.figure(named, self.source, f"{self.part}.{part}", framework=self.framework)

    def gaps(self) -> None:
        """What cannot be said, and why."""
        if self.sheet.gaps or any(each.code in self.sheet.codebook for each in self.sheet.case.record.exclusions):
            self.composer.heading(3, say("chapter.gaps"))
            table = self.sheet.gap_table()
            order = {code.name: place for place, code in enumerate(self.sheet.codebook)}
            table = replace(table, rows=sorted(table.rows, key=lambda row: order.get(str(row[0]), 0)))
            self.composer.table(table, self.source, f"{self.part}.gaps", framework=self.framework, merge=(0,))


def row_name(code: Code) -> str:
    """What a table calls a code: one that has others below it is meant in general."""
    return f"{code.id} {say('chapter.general', code=code.label)}" if code.children else code.name


def _remarks(found: Agreement) -> Iterator[str]:
    """What must be known beside a status; groups that rest on equally little evidence share a sentence."""
    yield from remarks(replace(found, thin={}))
    alike: dict[tuple[str, ...], list[str]] = {}
    for group, flags in found.thin.items():
        if set(flags) - {"paraphrase_only"}:
            alike.setdefault(tuple(flags), []).append(group)
    for flags, groups in alike.items():
        words = ", ".join(say(f"thin.{flag}") for flag in flags)
        yield say("triangulation.thin", group=", ".join(groups), flags=words)


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def short_title(title: str) -> str:
    """A title without what follows a colon or stands in brackets.

    Examples
    --------
    >>> short_title("Paramitha: pengelolaan media sosial (3 dimensi)")
    'Paramitha'
    """
    return title.partition(":")[0].partition("(")[0].strip() or title


def sides(each: Evidence, most: int) -> tuple[list[Coding], list[Coding]]:
    """The quotations that carry a finding, and all that speak against it or both ways.

    The side is that of more voices; where they balance, that of more passages; where these do, too, the supporting.
    Where nobody takes a side, descriptions carry it. No dissenting quotation is ever left out.
    """
    held = [coding.valence for coding in each.codings]
    more = held.count(Valence.OPPOSES) > held.count(Valence.SUPPORTS)
    side = each.leaning or (Valence.OPPOSES if more else Valence.SUPPORTS)
    against = {Valence.OPPOSES, Valence.SUPPORTS, Valence.MIXED} - {side}
    dissent = [coding for coding in each.codings if coding.valence in against]
    rest = [coding for coding in each.codings if coding.valence not in against]
    if most == 0:
        return rest, dissent
    ranked = sorted(rest, key=lambda coding: (coding.valence is not side, *_weakness(coding, each)))
    chosen = {coding.id for coding in _by_turns(ranked)[:most]}
    return [coding for coding in rest if coding.id in chosen], dissent


def _weakness(coding: Coding, each: Evidence) -> tuple[bool, bool, bool, bool]:
    """Strongest first: what belongs to somebody, what another coder found, too, what is explicit, what is tagged."""
    return (coding.voice == UNSTATED, coding.id not in each.confirmed, not coding.explicit, not coding.tags)


def _by_turns(codings: Sequence[Coding]) -> list[Coding]:
    """From each voice one before anybody's second."""
    rounds: dict[str, int] = {}
    turns = []
    for place, coding in enumerate(codings):
        rounds[coding.voice] = rounds.get(coding.voice, 0) + 1
        turns.append((rounds[coding.voice], place, coding))
    return [coding for _, _, coding in sorted(turns, key=lambda turn: turn[:2])]


def _count(value: int) -> Cell:
    return Cell(number(value), value=value)
