"""What single frameworks add: SWOT and strategies, insiders and outsiders, steps of a programme, works by theme."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from qualcode.display import Prose, Table
from qualcode.errors import Undefined
from qualcode.frameworks.david import FACTORS, DavidSheet
from qualcode.frameworks.literature import THEMES, LiteratureSheet
from qualcode.frameworks.programme import ProgrammeSheet
from qualcode.frameworks.sheet import Sheet, sheet_of
from qualcode.frameworks.stoc import StocSheet
from qualcode.reports.chapter.blocks import Row
from qualcode.reports.chapter.composing import Composer
from qualcode.reports.chapter.grid import grouped_heading, heading
from qualcode.reports.chapter.ledger import unmarked
from qualcode.reports.chapter.results import Results
from qualcode.wording import say


def additions(composer: Composer, results: Results) -> None:
    """Write what this framework alone has."""
    sheet = results.sheet
    if isinstance(sheet, DavidSheet):
        _swot(composer, results, sheet)
        _strategy(composer, results, sheet)
    elif isinstance(sheet, StocSheet) and sheet.codings:
        _standpoints(composer, results, sheet)
    elif isinstance(sheet, LiteratureSheet):
        _works(composer, results, sheet)
    elif isinstance(sheet, ProgrammeSheet) and sheet.codings:
        composer.heading(3, say("chapter.steps"))
        for part, table in (("steps", sheet.steps()), ("indicators", sheet.indicator_table())):
            composer.table(table, results.source, part, framework=results.framework)


def shown_here(sheet: Sheet) -> frozenset[str]:
    """The codes beside the dimensions of a framework that its additions show."""
    if not isinstance(sheet, DavidSheet):
        return frozenset()
    return frozenset().union(*(sheet.codebook.below(code) for code in FACTORS))


def _works(composer: Composer, results: Results, sheet: LiteratureSheet) -> None:
    """How the works were selected, which speaks to which theme, and which principles of the law they name."""
    c, framework = composer, results.framework
    c.heading(3, say("chapter.works"))
    coded = sheet.codings.of(*THEMES)
    counts = {
        "works": len(sheet.works),
        "passages": len(coded),
        "cited": sum(bool(sheet.cited_by.get(coding.id)) for coding in coded),
    }
    marked = {name: c.number(count, framework, "works", "", "", name) for name, count in counts.items()}
    c.prose(say("literature.opening", **marked))
    c.table(sheet.selection(), results.source, "selection", framework=framework)
    c.table(sheet.theme_table(), results.source, "themes", framework=framework)
    for theme in THEMES:
        if sheet.codings.of(theme):
            table = sheet.source_matrix(theme)
            # The table before names the codes; their ids leave room for the works.
            ids = [name.split(" ", 1)[0] for name in table.columns[1:]]
            matrix = replace(table, columns=[table.columns[0], *ids])
            c.table(matrix, results.source, f"works.{theme}", framework=framework)
    c.figure(sheet.source_map(), results.source, "works.map", framework=framework)
    c.table(sheet.principles(), results.source, "principles", framework=framework)


def _standpoints(composer: Composer, results: Results, sheet: StocSheet) -> None:
    composer.heading(3, say("chapter.standpoints"))
    table = sheet.insiders_and_outsiders()
    comparison = table.columns[-1]
    composer.table(table, results.source, "standpoints", framework=results.framework, statuses=(comparison,))
    composer.table(sheet.voices(), results.source, "voices", framework=results.framework)
    lens = sheet.actor_network()
    if isinstance(lens, Table):
        composer.table(lens, results.source, "actors", framework=results.framework, merge=(0,))


def _swot(composer: Composer, results: Results, sheet: DavidSheet) -> None:
    """The four fields with their quotations."""
    composer.heading(3, say("chapter.swot"))
    composer.table(sheet.swot_table(), results.source, "swot", framework=results.framework)
    named = [code for code in FACTORS if sheet.swot[code]]
    if named:
        fields = sheet_of(sheet.case, sheet.codebook.id, named, sheet.coder)
        Results(composer, fields, "swot").dimensions(level=4)


def _strategy(composer: Composer, results: Results, sheet: DavidSheet) -> None:
    """The matrices of an analyst's judgement, or why there are none."""
    c, framework = composer, results.framework
    c.heading(3, say("chapter.strategy"))
    if sheet.record is None:
        c.prose(unmarked(str(sheet.unrecorded)))
        return
    _said(c, sheet.recording())
    source = say("chapter.from_judges", judges=", ".join(sheet.record.judges) or "–")

    def add(table: Table, part: str, head: tuple[Row, ...] | None = None) -> None:
        c.table(table, source, f"strategy.{part}", framework=framework, head=head)

    add(sheet.factor_table(), "factors")
    add(sheet.ife_table(), "ife")
    add(sheet.efe_table(), "efe")
    add(sheet.ie_table(), "ie")
    if not isinstance(sheet.ie, Undefined):
        c.figure(sheet.ie_figure(), source, "strategy.ie_figure", framework=framework)
    add(sheet.tows_table(), "tows")
    add(sheet.strategy_table(), "strategies")
    if sheet.record.space:
        add(sheet.space_table(), "space")
        if not isinstance(sheet.space, Undefined):
            c.figure(sheet.space_figure(), source, "strategy.space_figure", framework=framework)
    add(sheet.grand_strategy_table(), "grand")
    if not isinstance(sheet.grand_strategy, Undefined):
        c.figure(sheet.grand_strategy_figure(), source, "strategy.grand_figure", framework=framework)
    if not isinstance(sheet.ifas_efas, Undefined):
        c.figure(sheet.ifas_efas_figure(), source, "strategy.ifas_figure", framework=framework)
    qspm = sheet.qspm_table()
    reasons = _apart(qspm)
    add(reasons[0], "qspm", _paired_heading(reasons[0]))
    if reasons[1] is not None:
        add(reasons[1], "qspm_reasons")
    add(sheet.agreement_table(), "agreement")
    add(sheet.sensitivity_table(), "sensitivity")
    _said(c, sheet.sensitivity_summary())


def _said(composer: Composer, told: Prose) -> None:
    """Paragraphs and items of a sheet."""
    for block in told.paragraphs:
        if isinstance(block, str):
            composer.prose(unmarked(block))
        else:
            composer.prose(*(unmarked(str(item)) for item in block), manner="item")


def _apart(table: Table) -> tuple[Table, Table | None]:
    """A matrix of strategies, and its column of reasons as a table of its own: a page is too narrow for both."""
    if len(table.columns) < 5:
        return table, None
    numbers = Table(table.caption, table.columns[:-1], [row[:-1] for row in table.rows], table.note)
    rows = [[row[0], row[-1]] for row in table.rows if str(row[-1])]
    caption = say("chapter.reasons_of", caption=table.caption)
    return numbers, Table(caption, [table.columns[0], table.columns[-1]], rows)


def _paired_heading(table: Table) -> tuple[Row, ...]:
    """Headings such as "S1: AS", "S1: TAS" as one name over two columns."""
    if not any(": " in name for name in table.columns):
        return heading(table.columns)
    groups, columns = [], []
    for name, run in groupby(table.columns, key=lambda each: each.partition(": ")[0] if ": " in each else ""):
        same = list(run)
        groups.append((name, len(same)))
        columns += [each.partition(": ")[2] or each for each in same]
    return grouped_heading(columns, groups)
