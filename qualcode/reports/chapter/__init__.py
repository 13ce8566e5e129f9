"""The results chapter (BAB IV): built from a case as a tree of blocks, which Word, PDF and the verifier share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from qualcode.analysis.crosscase import across
from qualcode.analysis.overview import case_limits
from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.errors import CheckError, ParameterError
from qualcode.project import Project
from qualcode.reports.chapter.appendices import appendices
from qualcode.reports.chapter.blocks import (
    Block,
    Chapter,
    Claim,
    FigurePart,
    GridCell,
    Heading,
    Listing,
    Options,
    Prose,
    QuotationPart,
    Quotes,
    Span,
    TablePart,
)
from qualcode.reports.chapter.composing import Composer
from qualcode.reports.chapter.ledger import unmarked
from qualcode.reports.chapter.results import Results, sheet_for
from qualcode.reports.chapter.setting import setting
from qualcode.reports.chapter.strategies import additions, shown_here
from qualcode.reports.chapter.supervision import supervision
from qualcode.wording import language_in_use, say, use_language

__all__ = [
    "Block",
    "Chapter",
    "Claim",
    "FigurePart",
    "GridCell",
    "Heading",
    "Listing",
    "Options",
    "Prose",
    "QuotationPart",
    "Quotes",
    "Span",
    "TablePart",
    "chapter",
]

_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def chapter(project: Project, case: str, options: Options | None = None) -> Chapter:
    """Build the results chapter of a case.

    Parameters
    ----------
    project : Project
    case : str
        The case's id.
    options : Options, optional

    Returns
    -------
    Chapter
        The same for the same project and options, whenever it is built.

    Raises
    ------
    UnknownNameError
        When there is no such case, codebook or coder.
    ParameterError
        When nothing is asked that the case could answer: no framework is named and nothing is coded.

    Examples
    --------
    ::

        built = chapter(project, "bandung", Options(frameworks=("stoc",), quotes=Quotes.INLINE))
        [part.caption for part in built.tables]
    """
    chosen = options or Options(language=language_in_use())
    with _speaking(chosen.language):
        return _build(project, project.case(case), chosen)


def _build(project: Project, case: Case, options: Options) -> Chapter:
    frameworks = options.frameworks or _coded_frameworks(case, options.coder)
    if not frameworks:
        raise ParameterError.of("report_nothing", case.id, case=case.id)
    composer = Composer(case, options, _addresses(case))
    sheets = [sheet_for(case, framework, options.coder) for framework in dict.fromkeys(frameworks)]
    codings = case.coded_by(options.coder).using(*(sheet.codebook for sheet in sheets))
    number = _ROMAN[options.number] if 0 < options.number < len(_ROMAN) else str(options.number)
    composer.title(say("chapter.number", number=number), say("chapter.title"), apart=False)
    setting(composer, codings)
    written = [Results(composer, sheet) for sheet in sheets]
    for results in written:
        _framework(composer, results)
    crossed = _across_cases(composer, project)
    _limits(composer, written)
    _completeness(composer, written, crossed)
    if options.appendix:
        appendices(composer, codings, [sheet.codebook for sheet in sheets], project.log(case=case.id))
    supervision(composer, project.reviews(case.id))
    return Chapter(
        unmarked(case.title),
        case.id,
        version("qualcode"),
        options,
        tuple(composer.blocks),
        composer.ledger.claims,
        max((coding.time.date().isoformat() for coding in case.codings), default=""),
    )


def _framework(composer: Composer, results: Results) -> None:
    """The section of one framework."""
    sheet = results.sheet
    composer.heading(2, str(sheet.codebook.title))
    results.lead()
    additions_only = not any(each.codings for each in sheet.evidence)
    if not additions_only:
        composer.heading(3, say("chapter.summary"))
        results.blueprint()
        results.summary()
        results.dimensions()
        results.beside(shown_here(sheet))
        composer.heading(3, say("chapter.triangulation"))
        results.triangulations()
        composer.heading(3, say("chapter.frequency"))
        results.frequencies()
    else:
        results.beside(shown_here(sheet))
    additions(composer, results)
    results.gaps()


def _across_cases(composer: Composer, project: Project) -> bool:
    """The cases of the project side by side; False when there is only one, or when one cannot be read."""
    if len(project.case_ids) < 2:
        return False
    try:
        table = across(project.cases, coder=composer.options.coder).to_table()
    except (CheckError, LookupError):
        return False
    composer.heading(2, say("chapter.across"))
    composer.prose(say("chapter.across_lead"))
    composer.table(table, say("chapter.from_cases"), "across", statuses=tuple(table.columns[1:]))
    return True


def _limits(composer: Composer, written: list[Results]) -> None:
    """What the case and its sheets cannot show, each point once, and whose words were left out."""
    composer.heading(2, say("chapter.limits"))
    points = list(case_limits(composer.case))
    said_by: dict[str, list[str]] = {}
    for results in written:
        for point in _points(results):
            if point not in points:
                said_by.setdefault(point, []).append(results.name)
    for point, names in said_by.items():
        points.append(point if len(names) == len(written) else f"{', '.join(names)}: {point}")
    composer.prose(*map(unmarked, points), manner="item")
    if composer.unquoted:
        count = composer.number(composer.unquoted, "", "limits", "", "", "unquoted")
        composer.prose(say("chapter.unquoted", count=count))
    else:
        composer.prose(say("chapter.all_quoted"))


def _points(results: Results) -> Iterator[str]:
    """The limits of a framework's sheet, in the words of a chapter."""
    coders = ", ".join(results.sheet.codings.coders) or "–"
    for block in results.sheet.limits().paragraphs:
        for point in (block,) if isinstance(block, str) else map(str, block):
            of_coders = point == say("sheet.coders", coders=coders)
            yield say("chapter.limit_coders", coders=coders) if of_coders else point


def _completeness(composer: Composer, written: list[Results], crossed: bool) -> None:
    """What a results chapter usually holds and this one cannot, with the reason."""
    composer.heading(2, say("chapter.completeness"))
    composer.prose(say("chapter.completeness_lead"))
    missing = [say("chapter.no_discussion"), say("chapter.no_questions"), say("chapter.no_earlier")]
    if not composer.options.appendix:
        missing.append(say("chapter.no_appendix"))
    if not any(results.framework == "david" for results in written):
        missing.append(say("chapter.no_swot"))
    if not composer.case.metrics:
        missing.append(say("case.no_metrics"))
    if not crossed:
        missing.append(say("chapter.no_across"))
    composer.prose(*missing, manner="item")


def _coded_frameworks(case: Case, coder: str) -> tuple[str, ...]:
    """The frameworks the record names, then others, as far as something is coded with them."""
    used = {coding.codebook for coding in case.coded_by(coder)}
    named = [each for each in case.record.frameworks if each in used]
    return (*named, *sorted(used - set(named)))


def _addresses(case: Case) -> Callable[[Coding], str]:
    """What gives a coding its address."""
    return Addresses(case).of


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """The language of a chapter, while it is built."""
    before = language_in_use()
    use_language(language)
    try:
        yield
    finally:
        use_language(before)
