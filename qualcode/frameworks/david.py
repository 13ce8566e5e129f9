"""Fred R. David: formulation, implementation and evaluation of strategy, and the matrices an analyst's judgement fills.

What the sources say is coded. Weights, ratings and attractiveness scores are nobody's words but an analyst's
judgement: they stand in ``david.yaml`` beside the case, each with its reason, and are never assumed.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from html import escape
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, TypeAdapter

from qualcode.analysis import strategy
from qualcode.analysis.strategy import Factor, Quadrant, Rule, Side
from qualcode.coding.case import UNSTATED, Case
from qualcode.coding.codings import Codings
from qualcode.display import Cell, Prose, Table
from qualcode.errors import Problem, Undefined
from qualcode.figures import Figure, nine_cells, no_figure, quadrants
from qualcode.frameworks.sheet import Sheet, codebook_of, sheet_of
from qualcode.records import Identifier, Record, Tree, read_as
from qualcode.wording import number, say

CODEBOOK = "david"
DIMENSIONS = ("DAV-F", "DAV-I", "DAV-E")
FACTORS = ("SWT-S", "SWT-W", "SWT-O", "SWT-T")


def _digit(value: object) -> object:
    """``"3"`` as 3, and the dashes people write as one; everything else as it is, to be refused by name."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else {"–": "-", "—": "-"}.get(value, value)
    return value


Rating = Annotated[Literal[1, 2, 3, 4], BeforeValidator(_digit)]
Score = Annotated[Literal[1, 2, 3, 4, "-"], BeforeValidator(_digit)]
_AGREED: TypeAdapter[Score] = TypeAdapter(Score)
_EACH: TypeAdapter[dict[str, Score]] = TypeAdapter(dict[str, Score])


def _one_or_each(value: object) -> Score | dict[str, Score]:
    """Read a cell by its shape: a union would complain twice, and of places that nobody wrote."""
    return _EACH.validate_python(value) if isinstance(value, dict) else _AGREED.validate_python(value)


Scores = Annotated[Score | dict[str, Score], PlainValidator(_one_or_each)]


class FactorRecord(Record):
    """A factor as ``david.yaml`` gives it; `codings` are ids of codings or addresses ``document:line``."""

    id: str = Field(pattern=Identifier)
    side: Side
    text: str
    weight: dict[str, float] = Field(default_factory=dict)
    rating: dict[str, Rating] = Field(default_factory=dict)
    reason: str | None = None
    codings: tuple[str, ...] = ()


class StrategyRecord(Record):
    """A strategy, the field of the TOWS matrix it stands in, and the factors it uses."""

    id: str = Field(pattern=Identifier)
    quadrant: Quadrant
    text: str
    factors: tuple[str, ...]
    reason: str


class ScoreRecord(Record):
    """The attractiveness of each strategy with regard to one factor.

    From 1 to 4, one score the judges agreed on or one from each judge; ``"-"`` for all strategies and judges.
    """

    factor: str
    scores: dict[str, Scores]
    reason: str | None = None


class QspmRecord(Record):
    """One set of strategies and their scores; only the strategies of the set are compared."""

    set: str
    strategies: tuple[str, ...]
    rows: tuple[ScoreRecord, ...] = ()


class SpaceRecord(Record):
    """A score on an axis of the SPACE matrix."""

    axis: Literal["FP", "IP", "SP", "CP"]
    text: str
    score: float
    reason: str


class GrandStrategyRecord(Record):
    """The analyst's judgement of position and growth."""

    position: strategy.Position
    growth: strategy.Growth
    reason: str


class DavidRecord(Record):
    """What stands in ``david.yaml``."""

    judges: tuple[str, ...]
    rating_rule: Rule
    note: str | None = None
    fictional: bool = False
    factors: tuple[FactorRecord, ...]
    strategies: tuple[StrategyRecord, ...] = ()
    qspm: QspmRecord | None = None
    space: tuple[SpaceRecord, ...] = ()
    grand_strategy: GrandStrategyRecord | None = None


def read_david(tree: Tree, codings: Codings | None) -> tuple[DavidRecord | None, list[Problem]]:
    """Read ``david.yaml`` and check it against itself and against the codings of its case.

    Parameters
    ----------
    tree : Tree
        The file, parsed.
    codings : Codings or None
        All codings of the case; None when they cannot be known, so that links are not checked.

    Returns
    -------
    tuple of (DavidRecord or None, list of Problem)
        What is missing (a weight, a rating) is no fault: the sheet says so where the number would stand.
    """
    record, problems = read_as(DavidRecord, tree)
    if record is None:
        return None, problems
    checks = (_repeated, _unknown_judges, _unreasoned, _uneven_weights, _bad_ratings, _tows_faults, _qspm_faults)
    problems += [problem for check in checks for problem in check(record, tree)]
    problems += [*_space_faults(record, tree), *(_lost_codings(record, tree, codings) if codings is not None else ())]
    return record, problems


def _repeated(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    """Factors, strategies and judges that stand twice."""
    lists: tuple[tuple[str, Sequence[str]], ...] = (
        ("judges", record.judges),
        ("factors", [each.id for each in record.factors]),
        ("strategies", [each.id for each in record.strategies]),
    )
    for name, ids in lists:
        for index, id in enumerate(ids):
            if id in ids[:index]:
                yield Problem.of("david_repeated", tree.at((name, index)), id=id)


def _unknown_judges(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    given: list[tuple[tuple[str | int, ...], Iterable[str]]] = []
    for index, factor in enumerate(record.factors):
        given += [(("factors", index, "weight"), factor.weight), (("factors", index, "rating"), factor.rating)]
    for index, row in enumerate(record.qspm.rows if record.qspm else ()):
        given += [(("qspm", "rows", index, "scores", s), by) for s, by in row.scores.items() if isinstance(by, dict)]
    for path, judges in given:
        for judge in judges:
            if judge not in record.judges:
                known = ", ".join(record.judges) or "–"
                yield Problem.of("david_judge", tree.at((*path, judge)), judge=judge, known=known)


def _unreasoned(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    """Judgements without a reason."""
    for index, factor in enumerate(record.factors):
        if (factor.weight or factor.rating) and not factor.reason:
            yield Problem.of("david_reason", tree.at(("factors", index)), id=factor.id)
    for index, row in enumerate(record.qspm.rows if record.qspm else ()):
        if any(given != {} for given in row.scores.values()) and not row.reason:
            yield Problem.of("david_reason", tree.at(("qspm", "rows", index)), id=row.factor)


def _uneven_weights(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    """Judges whose weights, given for every factor of a matrix, do not sum to 1; and weights outside 0 to 1."""
    for index, factor in enumerate(record.factors):
        for judge, weight in factor.weight.items():
            if not 0 <= weight <= 1:
                yield Problem.of("david_weight", tree.at(("factors", index, "weight", judge)), weight=number(weight))
    for sides in (strategy.INTERNAL, strategy.EXTERNAL):
        chosen = [factor for factor in _factors(record) if factor.side in sides]
        for judge, total in strategy.weight_sums(chosen, sides).items():
            complete = all(judge in factor.weights for factor in chosen)
            if complete and not strategy.sums_to_one(total):
                where = tree.at(("factors", next(i for i, f in enumerate(record.factors) if f.side in sides)))
                yield Problem.of("david_sum", where, judge=judge, sides=" / ".join(sides), total=number(total))


def _bad_ratings(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    for index, factor in enumerate(record.factors):
        allowed = strategy.allowed_ratings(factor.side, record.rating_rule)
        for judge, rating in factor.rating.items():
            if rating not in allowed:
                yield Problem.of(
                    "david_rating",
                    tree.at(("factors", index, "rating", judge)),
                    id=factor.id,
                    rating=rating,
                    rule=record.rating_rule.value,
                    allowed=", ".join(map(str, allowed)),
                )


def _tows_faults(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    sorted_out = strategy.tows(_strategies(record), _factors(record))
    for misfit in () if isinstance(sorted_out, Undefined) else sorted_out.misfits:
        index = next(i for i, each in enumerate(record.strategies) if each.id == misfit.strategy)
        quadrant = record.strategies[index].quadrant.value
        values = {"strategy": misfit.strategy, "detail": misfit.detail, "quadrant": quadrant}
        yield Problem.of(f"tows_{misfit.kind}", tree.at(("strategies", index, "factors")), **values)


def _qspm_faults(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    if record.qspm is None:
        return
    strategies, factors = {each.id for each in record.strategies}, {each.id for each in record.factors}
    for index, id in enumerate(record.qspm.strategies):
        if id not in strategies:
            yield Problem.of("david_strategy", tree.at(("qspm", "strategies", index)), id=id)
    seen: set[str] = set()
    for index, row in enumerate(record.qspm.rows):
        here = ("qspm", "rows", index)
        if row.factor not in factors:
            yield Problem.of("david_factor", tree.at((*here, "factor")), id=row.factor)
        if row.factor in seen:
            yield Problem.of("david_repeated", tree.at((*here, "factor")), id=row.factor)
        seen.add(row.factor)
        for id in row.scores:
            if id not in record.qspm.strategies:
                yield Problem.of("david_not_in_set", tree.at((*here, "scores", id)), id=id)
        if strategy.breaks_dash_rule(_plain(row).values()):
            yield Problem.of("david_dash", tree.at((*here, "scores")), id=row.factor)


def _space_faults(record: DavidRecord, tree: Tree) -> Iterator[Problem]:
    for index, each in enumerate(record.space):
        if not strategy.in_space_range(each.axis, each.score):
            place = tree.at(("space", index, "score"))
            yield Problem.of("david_space", place, axis=each.axis, score=number(each.score))


def _lost_codings(record: DavidRecord, tree: Tree, codings: Codings) -> Iterator[Problem]:
    for index, factor in enumerate(record.factors):
        for place, reference in enumerate(factor.codings):
            if not _behind([reference], codings):
                yield Problem.of("david_coding", tree.at(("factors", index, "codings", place)), coding=reference)


def _behind(references: Iterable[str], codings: Codings) -> Codings:
    """The codings that ids or addresses point to, of David's codebook."""
    wanted = set(references)
    return codings.using(CODEBOOK).where(lambda coding: coding.id in wanted or coding.address in wanted)


def _factors(record: DavidRecord, linked: Mapping[str, Codings] | None = None) -> tuple[Factor, ...]:
    """The factors as plain numbers; a reference that leads to no coding stays as it is written."""
    return tuple(
        Factor(
            each.id,
            each.side,
            each.text,
            dict(each.weight),
            dict(each.rating),
            each.reason or "",
            tuple(coding.id for coding in linked[each.id]) if linked and linked[each.id] else each.codings,
        )
        for each in record.factors
    )


def _plain(row: ScoreRecord) -> dict[str, strategy.Given]:
    """The scores of a row as plain numbers, with None for a dash."""
    return {
        s: {judge: _number(score) for judge, score in given.items()} if isinstance(given, dict) else _number(given)
        for s, given in row.scores.items()
    }


def _number(score: Score) -> int | None:
    return None if score == "-" else score


def _strategies(record: DavidRecord) -> tuple[strategy.Strategy, ...]:
    return tuple(strategy.Strategy(s.id, s.quadrant, s.text, s.factors, s.reason) for s in record.strategies)


def _blanks(judges: Iterable[str]) -> str:
    return f"{{{', '.join(f'{judge}: ' for judge in judges)}}}"


def _blank_scores(judges: Sequence[str], factor: str) -> list[str]:
    """A QSPM as comments: its rows need strategies, which no source names."""
    lines = [
        "qspm:",
        "  set:",
        "  strategies: [SO1, WO1]",
        "  rows:",
        f"    - factor: {factor}",
        f"      scores: {{SO1: {_blanks(judges)}, WO1: {_blanks(judges)}}}",
        "      reason:",
    ]
    return [f"# {line}" for line in (say("david.draft_scores"), *lines)]


@dataclass(frozen=True)
class Draft:
    """A ``david.yaml`` to copy and fill in: the factors the sources name, with blanks for every judgement."""

    text: str
    heading: str

    def to_html(self) -> str:
        """The file behind its heading, folded."""
        if not self.text:
            return f"<p>{escape(self.heading)}</p>"
        return (
            f'<details><summary style="cursor:pointer">{escape(self.heading)}</summary>'
            f'<pre style="overflow-x:auto;font-size:0.85em">{escape(self.text)}</pre></details>'
        )

    _repr_html_ = to_html

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.text}".rstrip()


@dataclass(frozen=True, repr=False)
class DavidSheet(Sheet):
    """A sheet with the SWOT factors beside the three stages, and the matrices of an analyst's judgement.

    Attributes
    ----------
    swot : mapping of str to Codings
        ``SWT-S``, ``SWT-W``, ``SWT-O``, ``SWT-T`` -> the codings that name such a factor.
    record : DavidRecord or None
        The analyst's judgements; None when there are none, or none that can be read.
    faults : tuple of Problem
        What is wrong with them.
    """

    swot: dict[str, Codings]
    record: DavidRecord | None = None
    faults: tuple[Problem, ...] = ()

    @property
    def unrecorded(self) -> Undefined | None:
        """Why there are no judgements to compute with; None when there are."""
        if self.record is not None:
            return None
        return Undefined(say("david.unreadable") if self.faults else say("david.not_recorded"))

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors the analyst recorded, resting on codings by their ids; empty without a record."""
        return _factors(self.record, self._behind) if self.record else ()

    @cached_property
    def _behind(self) -> dict[str, Codings]:
        recorded = self.record.factors if self.record else ()
        return {each.id: _behind(each.codings, self.case.codings) for each in recorded}

    @property
    def _judges(self) -> tuple[str, ...]:
        return self.record.judges if self.record else ()

    @cached_property
    def ife(self) -> strategy.FactorMatrix | Undefined:
        """The internal factor evaluation."""
        if self.record is None:
            return self.unrecorded or Undefined("")
        return strategy.ife(self.factors, rule=self.record.rating_rule, judges=self._judges)

    @cached_property
    def efe(self) -> strategy.FactorMatrix | Undefined:
        """The external factor evaluation."""
        return self.unrecorded or strategy.efe(self.factors, judges=self._judges)

    @cached_property
    def ie(self) -> strategy.IEPosition | Undefined:
        """The place in the internal-external matrix."""
        return strategy.ie(_total(self.ife), _total(self.efe))

    @cached_property
    def tows(self) -> strategy.Tows | Undefined:
        """The strategies by field."""
        if self.record is None:
            return self.unrecorded or Undefined("")
        return strategy.tows(_strategies(self.record), self.factors)

    @cached_property
    def space(self) -> strategy.Space | Undefined:
        """The strategic position and action evaluation."""
        if self.record is None:
            return self.unrecorded or Undefined("")
        by_axis = {axis: [s.score for s in self.record.space if s.axis == axis] for axis in strategy.SPACE_AXES}
        financial, industry, stability, competitive = by_axis.values()
        return strategy.space(financial=financial, industry=industry, stability=stability, competitive=competitive)

    @cached_property
    def grand_strategy(self) -> str | Undefined:
        """The quadrant of the grand strategy matrix."""
        judged = self.record.grand_strategy if self.record else None
        position, growth = (judged.position, judged.growth) if judged else (None, None)
        return self.unrecorded or strategy.grand_strategy(position, growth)

    @cached_property
    def ifas_efas(self) -> strategy.Vector | Undefined:
        """Rangkuti's quadrant, from the same weighted scores."""
        return strategy.ifas_efas(self.ife, self.efe)

    @cached_property
    def qspm(self) -> strategy.Qspm | Undefined:
        """The quantitative strategic planning matrix of the recorded set."""
        if self.record is None:
            return self.unrecorded or Undefined("")
        if self.record.qspm is None:
            return Undefined(say("strategy.one_strategy"))
        return strategy.qspm(self.factors, self._compared, self._attractiveness, judges=self._judges)

    @property
    def _compared(self) -> tuple[str, ...]:
        return self.record.qspm.strategies if self.record and self.record.qspm else ()

    @cached_property
    def _attractiveness(self) -> dict[str, dict[str, strategy.Given]]:
        return {row.factor: _plain(row) for row in (self.record.qspm.rows if self.record and self.record.qspm else ())}

    @cached_property
    def sensitivity(self) -> strategy.Sensitivity | Undefined:
        """What leaving out one judge, one factor or one source would change."""
        if self.record is None:
            return self.unrecorded or Undefined("")
        voices = {c.id: c.voice for codings in self._behind.values() for c in codings if c.voice != UNSTATED}
        return strategy.sensitivity(
            self.factors,
            self._compared,
            self._attractiveness,
            rule=self.record.rating_rule,
            judges=self._judges,
            voices=voices,
        )

    def recording(self) -> Prose:
        """What the analyst recorded and what is wrong with it; or how to record it."""
        if self.record is None:
            steps = ("copy", "weigh", "rate", "link", "strategies", "check")
            reason = str(self.unrecorded)
            faults = (tuple(map(str, self.faults)),) if self.faults else ()
            return Prose((reason, *faults, say("david.how"), tuple(say(f"david.how_{step}") for step in steps)))
        said = say(
            "david.recorded",
            factors=len(self.record.factors),
            strategies=len(self.record.strategies),
            judges=", ".join(self.record.judges) or "–",
            rule=say(f"david.rule_{self.record.rating_rule.value}"),
        )
        notes = [say("david.fictional")] if self.record.fictional else []
        notes += [self.record.note] if self.record.note else []
        if not self.faults:
            return Prose((said, *notes))
        return Prose((said, *notes, say("david.faults"), tuple(map(str, self.faults))))

    def draft(self) -> Draft:
        """A ``david.yaml`` for this case with the factors its sources name and every judgement left blank."""
        if self.record is not None:
            return Draft("", say("david.draft_needless"))
        asked = [self.coder] if self.coder not in ("", "semua", "all") else list(self.case.record.coders)
        judges = asked or ["saya"]
        lines = [f"judges: {json.dumps(judges)}", f"rating_rule: {Rule.DAVID13.value}", "factors:"]
        blanks = _blanks(judges)
        for code, codings in self.swot.items():
            for count, coding in enumerate(codings, 1):
                text = textwrap.shorten(coding.quote, 160, placeholder=" …")
                lines += [
                    f"  - id: {code[-1]}{count}",
                    f"    side: {code[-1]}",
                    f"    text: {json.dumps(text, ensure_ascii=False)}",
                    f"    weight: {blanks}",
                    f"    rating: {blanks}",
                    "    reason:",
                    f"    codings: [{coding.id}]",
                ]
        if not any(self.swot.values()):
            lines[-1] = "factors: []"
        first = next((code[-1] for code, codings in self.swot.items() if codings), "S") + "1"
        lines += ["strategies: []", *_blank_scores(judges, first), ""]
        return Draft("\n".join(lines), say("david.draft"))

    def swot_table(self) -> Table:
        """The four fields of the SWOT analysis as the sources name them; each opens to its passages.

        Weights and ratings are an analyst's judgement and are never assumed here.
        """
        inner, outer = FACTORS[:2], FACTORS[2:]
        rows: list[list[str | Cell]] = [
            [say(f"swot.{side}"), *(self._field(code) for code in codes)]
            for side, codes in (("internal", inner), ("external", outer))
        ]
        columns = [say("swot.side"), say("swot.helpful"), say("swot.harmful")]
        return Table(say("swot.caption"), columns, rows, say("swot.note"))

    def _field(self, code: str) -> Cell:
        codings = self.swot[code]
        label = self.codebook[code].label
        if not codings:
            return Cell(say("swot.empty", label=label))
        return Cell(say("swot.field", label=label, count=len(codings)), tuple(c.quotation() for c in codings))

    def factor_table(self) -> Table:
        """One row a factor the analyst recorded: its id and text, the sources it rests on, and the reason."""
        rows: list[list[str | Cell]] = []
        for factor in self.factors:
            behind = self._behind[factor.id]
            voices = ", ".join(dict.fromkeys(c.voice for c in behind)) or say("david.no_codings")
            rows.append([self._name(factor), self._label(factor.side), str(len(behind)), voices, factor.reason or "–"])
        columns = [say("david.factor"), say("david.side"), say("sheet.passages"), say("david.sources"), _reason_head()]
        blank = [[str(self.unrecorded or Undefined(say("david.no_factors"))), "–", "–", "–", "–"]]
        return Table(say("david.factors_caption"), columns, rows or blank)

    def _name(self, factor: Factor) -> Cell:
        return Cell(f"{factor.id} {factor.text}", tuple(coding.quotation() for coding in self._behind[factor.id]))

    def ife_table(self) -> Table:
        """Weights, ratings and weighted scores of the internal factors, and their total."""
        rule = say(f"david.rule_{self.record.rating_rule.value}") if self.record else ""
        return self._evaluation(say("david.ife_caption"), strategy.INTERNAL, self.ife, rule)

    def efe_table(self) -> Table:
        """Weights, ratings and weighted scores of the external factors, and their total."""
        return self._evaluation(say("david.efe_caption"), strategy.EXTERNAL, self.efe, say("david.rule_response"))

    def _evaluation(
        self, caption: str, sides: Sequence[Side], matrix: strategy.FactorMatrix | Undefined, rule: str
    ) -> Table:
        computed = {} if isinstance(matrix, Undefined) else {row.factor.id: row for row in matrix.rows}
        rows: list[list[str | Cell]] = []
        for factor in self.factors:
            if factor.side in sides:
                row = computed.get(factor.id)
                numbers = [_figure(value) for value in (row.weight, row.rating, row.score)] if row else ["–"] * 3
                rows.append([self._name(factor), *numbers, self._judged(factor), factor.reason or "–"])
        if isinstance(matrix, Undefined):
            rows.append([say("david.total"), "–", "–", matrix.reason, "", ""])
        else:
            weight = _figure(sum(row.weight for row in matrix.rows))
            rows.append([say("david.total"), weight, "", _figure(matrix.total), "", _against_midpoint(matrix.total)])
        columns = [say(f"david.{name}") for name in ("factor", "weight", "rating", "score", "by_judge")]
        return Table(caption, [*columns, _reason_head()], rows, " ".join(filter(None, (say("david.mean_note"), rule))))

    def _judged(self, factor: Factor) -> str:
        """What each judge gave: weight and rating, a dash for what is missing."""
        return "\n".join(
            f"{judge}: {_decimal(factor.weights.get(judge))} × {factor.ratings.get(judge, '–')}"
            for judge in self._judges
        )

    @cached_property
    def score_agreement(self) -> strategy.ScoreAgreement | Undefined:
        """How far the judges' attractiveness scores lie apart."""
        return self.unrecorded or strategy.score_agreement(
            self.factors, self._compared, self._attractiveness, judges=self._judges
        )

    def agreement_table(self) -> Table:
        """How far the judges' ratings and their attractiveness scores lie apart, factor by factor."""
        rated = self.unrecorded or strategy.rating_agreement(self.factors, judges=self._judges)
        scored = self.score_agreement
        columns = [say(f"david.{name}") for name in ("factor", "ratings", "range", "scores_by_judge", "score_range")]
        caption = say("david.agreement_caption")
        if isinstance(rated, Undefined) and isinstance(scored, Undefined):
            return Table(caption, columns, [[say("david.agreement"), "–", rated.reason, "–", scored.reason]])
        rows = [
            [
                self._name(f),
                ", ".join(f"{judge} {f.ratings.get(judge, '–')}" for judge in self._judges),
                _range("–" if isinstance(rated, Undefined) else rated.ranges[f.id]),
                self._scored(f),
                _range(_widest(scored, f.id)),
            ]
            for f in self.factors
        ]
        return Table(caption, columns, rows, f"{_ratings_note(rated)} {_scores_note(scored)}")

    def _scored(self, factor: Factor) -> str:
        """What stands in a row of the QSPM, strategy by strategy; a dash for what is missing."""
        row = self._attractiveness.get(factor.id, {})
        return "\n".join(f"{s}: {_given(row[s], self._judges) if s in row else '–'}" for s in self._compared) or "–"

    def ie_table(self) -> Table:
        """The two totals, the cell of the IE matrix and its region."""
        columns = [say("david.ife_total"), say("david.efe_total"), say("david.cell"), say("david.region")]
        caption, note = say("david.ie_caption"), say("david.ie_note")
        if isinstance(self.ie, Undefined):
            totals = [Cell("–") if isinstance(m, Undefined) else _figure(m.total) for m in (self.ife, self.efe)]
            blank: list[str | Cell] = [*totals, self.ie.reason, "–"]
            return Table(caption, columns, [blank], note)
        found = self.ie
        row: list[str | Cell] = [
            _figure(found.ife),
            _figure(found.efe),
            found.cell,
            say(f"david.region_{found.region}"),
        ]
        return Table(caption, columns, [row], note)

    def ie_figure(self) -> Figure:
        """The nine cells of the IE matrix with the place of the two totals."""
        caption, found = say("david.ie_caption"), self.ie
        if isinstance(found, Undefined):
            return no_figure(caption, found.reason)
        regions = list(strategy.Region)
        return nine_cells(
            found.ife,
            found.efe,
            cells=strategy.CELLS,
            regions=[regions.index(strategy.REGIONS[cell]) for cell in strategy.CELLS],
            region_names=[say(f"david.region_{region}") for region in regions],
            columns=[say(f"david.{level}") for level in ("strong", "average", "weak")],
            rows=[say(f"david.{level}") for level in ("high", "medium", "low")],
            axes=(say("david.ife_total"), say("david.efe_total")),
            label=f"IFE {_decimal(found.ife)}; EFE {_decimal(found.efe)}",
            caption=caption,
        )

    def tows_table(self) -> Table:
        """The TOWS matrix: factors at its edges, in each field the strategies with the factor ids they use."""
        caption, found = say("david.tows_caption"), self.tows
        columns = ["", *(self._label(side) for side in strategy.INTERNAL)]
        if isinstance(found, Undefined):
            return Table(caption, columns, [[found.reason, "–", "–"]])
        rows = [["", *(self._edge(side) for side in strategy.INTERNAL)]]
        rows += [
            [
                f"{self._label(side)}\n{self._edge(side)}",
                *(_strategy_lines(found.fields[quadrant]) for quadrant in quadrants),
            ]
            for side, quadrants in (
                (Side.OPPORTUNITY, (Quadrant.SO, Quadrant.WO)),
                (Side.THREAT, (Quadrant.ST, Quadrant.WT)),
            )
        ]
        misfits = " ".join(map(_misfit_sentence, found.misfits)) or say("david.tows_fits")
        return Table(caption, columns, rows, misfits)

    def _edge(self, side: Side) -> str:
        return "\n".join(f"{factor.id} {factor.text}" for factor in self.factors if factor.side is side) or "–"

    def _label(self, side: Side) -> str:
        return str(self.codebook[f"SWT-{side}"].label)

    def strategy_table(self) -> Table:
        """One row a strategy: its text, the factors it uses and why."""
        columns = [say("david.strategy"), say("david.factors_used"), _reason_head()]
        recorded = self.record.strategies if self.record else ()
        rows = [[f"{each.id} {each.text}", ", ".join(each.factors), each.reason] for each in recorded]
        blank = [[str(self.tows), "–", "–"]]
        return Table(say("david.strategies_caption"), columns, rows or blank)

    def space_table(self) -> Table:
        """The scores on the four axes of the SPACE matrix, their means, and the vector."""
        columns = [say("david.axis"), say("david.score_plain"), _reason_head()]
        rows: list[list[str | Cell]] = []
        for each in self.record.space if self.record else ():
            rows.append([f"{each.axis} {each.text}", Cell(number(each.score), value=each.score), each.reason])
        found = self.space
        if isinstance(found, Undefined):
            rows.append([say("david.vector"), "–", found.reason])
        else:
            rows += [[say(f"david.axis_{axis}"), _figure(mean), ""] for axis, mean in found.means.items()]
            rows.append([say("david.vector"), _point(found.vector), _posture_words(found.vector)])
        return Table(say("david.space_caption"), columns, rows, say("david.space_note"))

    def space_figure(self) -> Figure:
        """The directional vector of the SPACE matrix."""
        postures = ("aggressive", "conservative", "defensive", "competitive")
        ends = [say(f"david.axis_{axis}") for axis in ("IP", "FP", "CP", "SP")]
        found = self.space if isinstance(self.space, Undefined) else self.space.vector
        return _quadrant_figure(found, say("david.space_caption"), postures, ends, scales=(6,))

    def grand_strategy_table(self) -> Table:
        """The quadrant of the grand strategy matrix and, as a variant, Rangkuti's from the weighted scores."""
        judged = self.record.grand_strategy if self.record else None
        quadrant, vector = self.grand_strategy, self.ifas_efas
        columns = [say("david.variant"), say("david.place"), say("david.quadrant"), _reason_head()]
        if isinstance(quadrant, Undefined) or judged is None:
            first = [say("david.grand_strategy"), "–", str(quadrant), "–"]
        else:
            place = say("david.grand_place", position=_word(judged.position), growth=_word(judged.growth))
            first = [say("david.grand_strategy"), place, say(f"david.grand_{quadrant}"), judged.reason]
        if isinstance(vector, Undefined):
            second = [say("david.ifas_efas"), "–", vector.reason, "–"]
        else:
            second = [say("david.ifas_efas"), _point(vector), _posture_words(vector), say("david.ifas_reason")]
        return Table(say("david.grand_caption"), columns, [first, second], say("david.ifas_note"))

    def grand_strategy_figure(self) -> Figure:
        """The quadrant of the grand strategy matrix; it has no scale, so that the mark stands in its middle."""
        caption, found = say("david.grand_strategy"), self.grand_strategy
        if isinstance(found, Undefined):
            return no_figure(caption, found.reason)
        corners = {"I": (1, 1), "II": (-1, 1), "III": (-1, -1), "IV": (1, -1)}
        return quadrants(
            0.5 * corners[found][0],
            0.5 * corners[found][1],
            names=[say(f"david.grand_{each}") for each in corners],
            ends=[say(f"david.end_{end}") for end in ("strong", "rapid", "weak", "slow")],
            reach=None,
            label=say("david.quadrant_of", quadrant=found),
            caption=caption,
        )

    def ifas_efas_figure(self) -> Figure:
        """Rangkuti's quadrant from the weighted scores."""
        postures = ("aggressive", "turnaround", "defensive", "diversification")
        ends = [self._label(side) for side in (Side.STRENGTH, Side.OPPORTUNITY, Side.WEAKNESS, Side.THREAT)]
        return _quadrant_figure(self.ifas_efas, say("david.ifas_efas"), postures, ends, scales=(0.5, 1, 2, 4))

    def qspm_table(self) -> Table:
        """Attractiveness and total attractiveness of each strategy, factor by factor, and the sums."""
        found, recorded = self.qspm, self.record.qspm if self.record else None
        caption = say("david.qspm_caption", set=recorded.set if recorded else "–")
        if isinstance(found, Undefined):
            columns = [say("david.strategy"), say("david.qspm_sum")]
            names = recorded.strategies if recorded else ()
            return Table(caption, columns, [[name, found.reason] for name in names] or [["–", found.reason]])
        reasons = {row.factor: row.reason or "–" for row in recorded.rows} if recorded else {}
        rows: list[list[str | Cell]] = []
        for factor in self.factors:
            row: list[str | Cell] = [self._name(factor), _figure(found.weights[factor.id])]
            for id in found.strategies:
                score, weighted = found.scores[factor.id][id], found.weighted(factor.id, id)
                row += ["–", "–"] if score is None or weighted is None else [_mean(score), _figure(weighted)]
            rows.append([*row, reasons.get(factor.id, "–")])
        sums = [cell for id in found.strategies for cell in ("", _figure(found.totals[id]))]
        chosen = found.chosen
        result = chosen.reason if isinstance(chosen, Undefined) else say("david.qspm_chosen", strategy=chosen)
        rows.append([say("david.qspm_sum"), "", *sums, result])
        heads = [head for id in found.strategies for head in (f"{id}: AS", f"{id}: TAS")]
        return Table(
            caption, [say("david.factor"), say("david.weight"), *heads, _reason_head()], rows, say("david.qspm_note")
        )

    def sensitivity_table(self) -> Table:
        """Whether the IE cell and the chosen strategy survive leaving out one judge, one factor, or one source."""
        columns = [say(f"david.{name}") for name in ("left_out", "dropped", "cell", "choice", "change")]
        caption, found = say("david.sensitivity_caption"), self.sensitivity
        if isinstance(found, Undefined):
            return Table(caption, columns, [["–", "–", found.reason, "–", "–"]])
        rows = [[say("david.nothing_left_out"), "–", str(found.base.cell), str(found.base.chosen), "–"]]
        rows += [
            [
                say(f"david.without_{trial.kind}", name=trial.name),
                ", ".join(trial.dropped) or "–",
                str(trial.outcome.cell),
                str(trial.outcome.chosen),
                _change(found, trial),
            ]
            for trial in found.trials
        ]
        return Table(caption, columns, rows, say("david.sensitivity_note"))

    def sensitivity_summary(self) -> Prose:
        """In sentences: how many trials that take anything away keep the cell and the choice, and which do not.

        A trial that ends without a result (two strategies equally high, a number missing) is named with its reason.
        """
        found = self.sensitivity
        if isinstance(found, Undefined):
            return Prose((found.reason,))
        tried = [trial for trial in found.trials if trial.takes_away]
        blocks: list[str | tuple[str | Cell, ...]] = []
        for name, base, keeps in (
            ("cell", found.base.cell, found.keeps_cell),
            ("choice", found.base.chosen, found.keeps_choice),
        ):
            if isinstance(base, Undefined):
                blocks.append(base.reason)
                continue
            fates = [(say(f"david.without_{trial.kind}", name=trial.name), keeps(trial)) for trial in tried]
            kept = sum(fate is True for _, fate in fates)
            said = say(f"david.survives_{name}", result=base, kept=kept, trials=len(fates))
            fallen = [without for without, fate in fates if fate is False]
            unknown = [f"{without}: {fate.reason}" for without, fate in fates if isinstance(fate, Undefined)]
            blocks += [f"{said} {say('david.falls')}", tuple(fallen)] if fallen else [said]
            blocks += [say("david.unknown_without"), tuple(unknown)] if unknown else []
        return Prose(tuple(blocks))


def david(case: Case, coder: str = "") -> DavidSheet:
    """Read a case through David's three stages, with the SWOT factors its sources name.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    DavidSheet
        With the matrices of ``david.yaml``, or the reason why there are none.

    Examples
    --------
    ::

        sheet = qc.david(project.case("latihan-kota-samudra"))
        sheet.swot["SWT-W"]
        sheet.ife_table()
    """
    sheet = sheet_of(case, CODEBOOK, DIMENSIONS, coder)
    chosen = case.coded_by(coder).using(codebook_of(case, CODEBOOK))
    shared = {field.name: getattr(sheet, field.name) for field in fields(sheet)}
    tree = case.analyses.get(CODEBOOK)
    record, faults = read_david(tree, case.codings) if tree else (None, [])
    file = f"/{CODEBOOK}.yaml"
    unread = [each for each in case.problems if each.place.partition(":")[0].endswith(file)]
    swot = {code: chosen.of(code) for code in FACTORS}
    return DavidSheet(**shared, swot=swot, record=record, faults=(*unread, *faults))


def _total(matrix: strategy.FactorMatrix | Undefined) -> float | Undefined:
    return matrix if isinstance(matrix, Undefined) else matrix.total


def _decimal(value: float | None) -> str:
    """A number with two decimals, as the language in use writes it; a dash for none."""
    return "–" if value is None else f"{value:.2f}".replace(".", number(0.5)[1])


def _figure(value: float) -> Cell:
    return Cell(_decimal(value), value=round(value, 4))


def _mean(score: float) -> Cell:
    """A mean attractiveness: a whole number where the judges agree."""
    return Cell(number(round(score, 2)), value=round(score, 4))


def _range(width: int | str) -> str | Cell:
    return width if isinstance(width, str) else Cell(str(width), value=width)


def _given(given: strategy.Given, judges: Sequence[str]) -> str:
    """A cell of the QSPM in words: the score of each judge, the one they agreed on, or a dash."""
    if isinstance(given, Mapping):
        return ", ".join(f"{judge} {'–' if (score := given.get(judge)) is None else score}" for judge in judges)
    return "–" if given is None else say("david.agreed", score=given)


def _widest(found: strategy.ScoreAgreement | Undefined, factor: str) -> int | str:
    """The largest spread in a factor's row; a dash where no cell was scored judge by judge."""
    ranges = {} if isinstance(found, Undefined) else found.ranges
    return max((width for (id, _), width in ranges.items() if id == factor), default="–")


def _ratings_note(found: strategy.RatingAgreement | Undefined) -> str:
    if isinstance(found, Undefined):
        return say("david.no_agreement", what=say("david.rating"), reason=found.reason)
    same, share = sum(width == 0 for width in found.ranges.values()), number(round(100 * found.identical))
    return say("david.agreement_note", same=same, total=len(found.ranges), share=share)


def _scores_note(found: strategy.ScoreAgreement | Undefined) -> str:
    if isinstance(found, Undefined):
        return say("david.no_agreement", what=say("david.attractiveness"), reason=found.reason)
    return say(
        "david.score_agreement_note",
        same=sum(width == 0 for width in found.ranges.values()),
        total=len(found.ranges),
        share=number(round(100 * found.identical)),
        largest=found.largest,
        agreed=found.agreed,
    )


def _point(vector: strategy.Vector) -> str:
    return f"({_decimal(vector.x)}; {_decimal(vector.y)})"


def _posture_words(vector: strategy.Vector) -> str:
    return str(vector.posture) if isinstance(vector.posture, Undefined) else say(f"david.posture_{vector.posture}")


def _word(judged: strategy.Position | strategy.Growth) -> str:
    return say(f"david.judged_{judged}")


def _reason_head() -> str:
    return say("sheet.reason")


def _against_midpoint(total: float) -> str:
    exact = round(total, 9)
    side = "above" if exact > strategy.MIDPOINT else "below" if exact < strategy.MIDPOINT else "at"
    return say(f"david.midpoint_{side}")


def _strategy_lines(strategies: Iterable[strategy.Strategy]) -> str:
    return "\n".join(f"{s.id} {s.text} ({', '.join(s.factors) or '–'})" for s in strategies) or "–"


def _misfit_sentence(misfit: strategy.Misfit) -> str:
    return say(f"david.misfit_{misfit.kind}", strategy=misfit.strategy, detail=misfit.detail)


def _change(found: strategy.Sensitivity, trial: strategy.Trial) -> str:
    """What a trial changes, in words."""
    if not trial.takes_away:
        return say("david.takes_nothing")
    cell, choice = found.keeps_cell(trial), found.keeps_choice(trial)
    changed = [say(f"david.{name}") for name, kept in (("cell", cell), ("choice", choice)) if kept is False]
    if changed:
        return say("david.changed", what=", ".join(changed))
    unknown = any(isinstance(kept, Undefined) for kept in (cell, choice))
    return say("david.not_comparable") if unknown else say("david.unchanged")


def _quadrant_figure(
    found: strategy.Vector | Undefined,
    caption: str,
    postures: Sequence[str],
    ends: Sequence[str],
    *,
    scales: Sequence[float],
) -> Figure:
    """The quadrant of a vector, on the first of the scales that it does not fill."""
    if isinstance(found, Undefined):
        return no_figure(caption, found.reason)
    furthest = max(abs(found.x), abs(found.y))
    reach = next((scale for scale in scales if furthest < 0.8 * scale), scales[-1])
    names = [say(f"david.posture_{posture}") for posture in postures]
    return quadrants(found.x, found.y, names=names, ends=ends, reach=reach, label=_point(found), caption=caption)
