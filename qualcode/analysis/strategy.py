"""Strategy: the matrices of Fred R. David (IFE, EFE, IE, TOWS, SPACE, grand strategy, QSPM) on plain numbers.

Weights, ratings and attractiveness scores are an analyst's judgement. What is missing is never assumed: the result is
then ``Undefined(reason)``, and never a sum over equal weights.

Sources: David, F. R. (2011), *Strategic Management: Concepts and Cases*, 13th edition, Pearson (IFE: chapter 4; EFE:
chapter 3; SWOT, SPACE, IE, grand strategy and QSPM: chapter 6). Rangkuti, F., *Analisis SWOT: Teknik Membedah Kasus
Bisnis*, Gramedia, for the IFAS/EFAS quadrant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import fsum
from typing import Any

from qualcode.errors import Undefined
from qualcode.wording import number, say

MIDPOINT = 2.5
"""Between a weak and a strong total: halfway from 1 to 4."""
WEIGHT_TOLERANCE = 0.005
"""How far from 1 a judge's weights may sum: half of the second decimal, to which weights are given."""
_DIGITS = 9  # a total of 2.9999999999 is a 3.0 that was computed


class Side(StrEnum):
    """On which side of a SWOT analysis a factor stands."""

    STRENGTH = "S"
    WEAKNESS = "W"
    OPPORTUNITY = "O"
    THREAT = "T"


INTERNAL = (Side.STRENGTH, Side.WEAKNESS)
EXTERNAL = (Side.OPPORTUNITY, Side.THREAT)


class Rule(StrEnum):
    """What an internal rating may be.

    ``david13``: in the IFE a major weakness is 1, a minor one 2, a minor strength 3, a major strength 4 (David 2011).
    ``response``: any factor from 1 to 4, by how well the organisation responds to it (later editions).
    External factors are rated from 1 to 4 by the response under both.
    """

    DAVID13 = "david13"
    RESPONSE = "response"


class Quadrant(StrEnum):
    """The four fields of a TOWS matrix, each called after the two sides it matches."""

    SO = "SO"
    WO = "WO"
    ST = "ST"
    WT = "WT"

    @property
    def sides(self) -> tuple[Side, Side]:
        """The internal and the external side that a strategy of this field matches."""
        return Side(self.value[0]), Side(self.value[1])


@dataclass(frozen=True)
class Factor:
    """An internal or external factor, as the judges weigh and rate it.

    Attributes
    ----------
    id : str
        ``S1``, ``W2`` and so on.
    side : Side
    text : str
    weights : mapping of str to float
        Judge -> importance from 0 to 1; each judge's weights sum to 1 within the internal and within the external
        factors. A judge who gave none is not in it.
    ratings : mapping of str to int
        Judge -> rating from 1 to 4.
    reason : str
        Why it is weighed and rated so.
    codings : tuple of str
        Ids of the codings the factor rests on.
    """

    id: str
    side: Side
    text: str
    weights: Mapping[str, float] = field(default_factory=dict)
    ratings: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    codings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Strategy:
    """A strategy of the TOWS matrix and the ids of the factors it uses."""

    id: str
    quadrant: Quadrant
    text: str
    factors: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class Row:
    """A factor with its mean weight and mean rating over the judges."""

    factor: Factor
    weight: float
    rating: float

    @property
    def score(self) -> float:
        """The weighted score: weight times rating."""
        return self.weight * self.rating


@dataclass(frozen=True)
class FactorMatrix:
    """An IFE or EFE matrix that could be computed."""

    rows: tuple[Row, ...]

    @property
    def total(self) -> float:
        """The sum of the weighted scores, from 1 to 4."""
        return fsum(row.score for row in self.rows)

    def sum_of(self, side: Side) -> float:
        """The sum of the weighted scores of one side."""
        return fsum(row.score for row in self.rows if row.factor.side is side)


def judges_of(factors: Iterable[Factor]) -> tuple[str, ...]:
    """Everybody who weighed or rated any of the factors, in alphabetical order."""
    return tuple(sorted({judge for factor in factors for judge in (*factor.weights, *factor.ratings)}))


def ife(
    factors: Sequence[Factor], *, rule: Rule | str = Rule.DAVID13, judges: Sequence[str] | None = None
) -> FactorMatrix | Undefined:
    """Evaluate the internal factors: the strengths and weaknesses among `factors`.

    The total is the sum of weight times rating, each the mean over the judges (David 2011, chapter 4).

    Parameters
    ----------
    factors : sequence of Factor
        Opportunities and threats among them are left to `efe`.
    rule : Rule or str
        What a rating may be.
    judges : sequence of str, optional
        Who must have weighed and rated; default: whoever did for any of `factors`.

    Returns
    -------
    FactorMatrix or Undefined
        Undefined where a weight or rating is missing, is not allowed, or a judge's weights do not sum to 1.

    Examples
    --------
    >>> strong = Factor("S1", Side.STRENGTH, "Skilled staff", {"ana": 0.6}, {"ana": 4})
    >>> weak = Factor("W1", Side.WEAKNESS, "One computer", {"ana": 0.4}, {"ana": 1})
    >>> round(ife([strong, weak]).total, 2)
    2.8
    """
    return _evaluated(factors, INTERNAL, judges, Rule(rule))


def efe(factors: Sequence[Factor], *, judges: Sequence[str] | None = None) -> FactorMatrix | Undefined:
    """Evaluate the external factors: the opportunities and threats among `factors` (David 2011, chapter 3).

    Computed as `ife`; a rating from 1 to 4 says how well the organisation responds to the factor.
    """
    return _evaluated(factors, EXTERNAL, judges, Rule.RESPONSE)


def allowed_ratings(side: Side, rule: Rule) -> tuple[int, ...]:
    """The ratings that a factor of this side may get under `rule`."""
    if rule is Rule.DAVID13 and side in INTERNAL:
        return (3, 4) if side is Side.STRENGTH else (1, 2)
    return (1, 2, 3, 4)


def weight_sums(factors: Iterable[Factor], sides: Sequence[Side]) -> dict[str, float]:
    """What the weights of each judge sum to over the factors of `sides`."""
    chosen = _of(factors, sides)
    return {judge: fsum(f.weights.get(judge, 0.0) for f in chosen) for judge in judges_of(chosen)}


def _of(factors: Iterable[Factor], sides: Sequence[Side]) -> list[Factor]:
    return [factor for factor in factors if factor.side in sides]


def _evaluated(
    factors: Sequence[Factor], sides: Sequence[Side], judges: Sequence[str] | None, rule: Rule
) -> FactorMatrix | Undefined:
    asked = judges_of(factors) if judges is None else judges
    chosen = _of(factors, sides)
    weights = mean_weights(factors, sides, judges=asked)
    if isinstance(weights, Undefined):
        return weights
    missing = [f"{f.id} ({judge})" for f in chosen for judge in asked if judge not in f.ratings]
    if missing:
        return Undefined(say("strategy.no_ratings", factors=_listed(missing)))
    wrong = [
        f"{f.id} ({judge}: {f.ratings[judge]})"
        for f in chosen
        for judge in asked
        if f.ratings[judge] not in allowed_ratings(f.side, rule)
    ]
    if wrong:
        return Undefined(say("strategy.bad_ratings", factors=_listed(wrong), rule=rule.value))
    return FactorMatrix(
        tuple(Row(f, weights[f.id], fsum(f.ratings[judge] for judge in asked) / len(asked)) for f in chosen)
    )


def mean_weights(
    factors: Sequence[Factor], sides: Sequence[Side], *, judges: Sequence[str] | None = None
) -> dict[str, float] | Undefined:
    """Mean weight over the judges of each factor of `sides`, by id.

    Returns
    -------
    dict of str to float, or Undefined
        Undefined where there are no such factors or judges, where a weight is missing or outside 0 to 1, where an id
        stands twice, or where a judge's weights do not sum to 1 within `WEIGHT_TOLERANCE`.
    """
    chosen = _of(factors, sides)
    asked = judges_of(factors) if judges is None else judges
    if not chosen:
        return Undefined(say("strategy.no_factors", sides=" / ".join(sides)))
    if not asked or not any(factor.weights for factor in chosen):
        return Undefined(say("strategy.no_weights_at_all", sides=" / ".join(sides)))
    ids = [factor.id for factor in chosen]
    repeated = [id for id in dict.fromkeys(ids) if ids.count(id) > 1]
    if repeated:
        return Undefined(say("strategy.repeated", factors=_listed(repeated)))
    missing = [f"{f.id} ({judge})" for f in chosen for judge in asked if judge not in f.weights]
    if missing:
        return Undefined(say("strategy.no_weights", factors=_listed(missing)))
    outside = [f"{f.id} ({judge})" for f in chosen for judge in asked if not 0 <= round(f.weights[judge], _DIGITS) <= 1]
    if outside:
        return Undefined(say("strategy.bad_weights", factors=_listed(outside)))
    off = [
        f"{judge}: {number(total)}"
        for judge, total in weight_sums(chosen, sides).items()
        if judge in asked and not sums_to_one(total)
    ]
    if off:
        return Undefined(say("strategy.bad_sum", sides=" / ".join(sides), sums=_listed(off)))
    return {f.id: fsum(f.weights[judge] for judge in asked) / len(asked) for f in chosen}


def sums_to_one(total: float) -> bool:
    """Whether a sum of weights is 1 within `WEIGHT_TOLERANCE`."""
    return round(abs(total - 1), _DIGITS) <= WEIGHT_TOLERANCE


def renormalised(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """The factors with each judge's weights divided by their sum, within the internal and the external ones.

    Meant for what remains when a factor was left out; a judge whose weights sum to nothing keeps them.

    Examples
    --------
    >>> half = Factor("S1", Side.STRENGTH, "", {"ana": 0.25}), Factor("S2", Side.STRENGTH, "", {"ana": 0.25})
    >>> [factor.weights["ana"] for factor in renormalised(half)]
    [0.5, 0.5]
    """
    sums = {side: weight_sums(factors, sides) for sides in (INTERNAL, EXTERNAL) for side in sides}
    return tuple(
        replace(f, weights={judge: weight / (sums[f.side][judge] or 1) for judge, weight in f.weights.items()})
        for f in factors
    )


@dataclass(frozen=True)
class RatingAgreement:
    """How far the judges' ratings lie apart.

    Attributes
    ----------
    judges : tuple of str
    ranges : mapping of str to int
        Factor -> highest minus lowest rating; 0 where all judges gave the same.
    """

    judges: tuple[str, ...]
    ranges: Mapping[str, int]

    @property
    def identical(self) -> float:
        """The share of factors that all judges rated the same, from 0 to 1; not corrected for chance."""
        return _share_alike(self.ranges)


def _share_alike(ranges: Mapping[Any, int]) -> float:
    return sum(width == 0 for width in ranges.values()) / len(ranges)


def rating_agreement(factors: Sequence[Factor], *, judges: Sequence[str] | None = None) -> RatingAgreement | Undefined:
    """Compare the judges' ratings, factor by factor; Undefined with one judge or with ratings missing."""
    asked = judges_of(factors) if judges is None else judges
    if len(asked) < 2:
        return Undefined(say("strategy.one_judge"))
    missing = [f"{f.id} ({judge})" for f in factors for judge in asked if judge not in f.ratings]
    if missing or not factors:
        return Undefined(say("strategy.no_ratings", factors=_listed(missing)))
    given = {f.id: [f.ratings[judge] for judge in asked] for f in factors}
    return RatingAgreement(tuple(asked), {id: max(each) - min(each) for id, each in given.items()})


class Region(StrEnum):
    """What the nine cells of the IE matrix advise, in three regions."""

    GROW = "grow"
    HOLD = "hold"
    HARVEST = "harvest"


CELLS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
REGIONS = {
    **dict.fromkeys(("I", "II", "IV"), Region.GROW),
    **dict.fromkeys(("III", "V", "VII"), Region.HOLD),
    **dict.fromkeys(("VI", "VIII", "IX"), Region.HARVEST),
}


@dataclass(frozen=True)
class IEPosition:
    """Where the two totals stand in the internal-external matrix."""

    ife: float
    efe: float
    cell: str

    @property
    def region(self) -> Region:
        """The region of the cell."""
        return REGIONS[self.cell]


def ie(ife_total: float | Undefined, efe_total: float | Undefined) -> IEPosition | Undefined:
    """Place two totals in the nine cells of the IE matrix (David 2011, chapter 6).

    From 3.0 on a total is strong (high), from 2.0 on average (medium), below that weak (low). Cells are counted from
    strong to weak, row by row from high to low: I is strong and high, III weak and high, IX weak and low.

    Parameters
    ----------
    ife_total, efe_total : float or Undefined
        From 1 to 4.

    Returns
    -------
    IEPosition or Undefined
        Undefined when either total is, or is none that ratings from 1 to 4 can give.

    Examples
    --------
    >>> ie(2.5, 2.58).cell, ie(3.0, 1.99).cell
    ('V', 'VII')
    """
    if isinstance(ife_total, Undefined):
        return ife_total
    if isinstance(efe_total, Undefined):
        return efe_total
    for total in (ife_total, efe_total):
        if not 1 <= round(total, _DIGITS) <= 4:
            return Undefined(say("strategy.bad_total", total=number(total)))
    return IEPosition(ife_total, efe_total, CELLS[3 * _third(efe_total) + _third(ife_total)])


def _third(total: float) -> int:
    """0 for a strong total, 1 for an average one, 2 for a weak one."""
    exact = round(total, _DIGITS)
    return 0 if exact >= 3 else 1 if exact >= 2 else 2


@dataclass(frozen=True)
class Misfit:
    """Why a strategy does not fit its field of the TOWS matrix.

    `kind` is ``unknown`` (`detail`: a factor nobody listed), ``wrong_side`` (a factor that stands on neither side of
    the field) or ``missing_side`` (a side of the field from which no factor is used).
    """

    strategy: str
    kind: str
    detail: str


@dataclass(frozen=True)
class Tows:
    """Strategies sorted into the four fields, and those that do not fit theirs."""

    fields: Mapping[Quadrant, tuple[Strategy, ...]]
    misfits: tuple[Misfit, ...]


def tows(strategies: Sequence[Strategy], factors: Sequence[Factor]) -> Tows | Undefined:
    """Sort strategies into the TOWS matrix and see that each uses factors of the two sides it claims to match.

    Parameters
    ----------
    strategies : sequence of Strategy
    factors : sequence of Factor

    Returns
    -------
    Tows or Undefined
        Undefined without strategies. A strategy that does not fit stays in its field and is named in `misfits`.

    Examples
    --------
    >>> staff = Factor("S1", Side.STRENGTH, "Skilled staff")
    >>> tows([Strategy("SO1", Quadrant.SO, "Train volunteers", ("S1",))], [staff]).misfits
    (Misfit(strategy='SO1', kind='missing_side', detail='O'),)
    """
    if not strategies:
        return Undefined(say("strategy.no_strategies"))
    fields = {quadrant: tuple(s for s in strategies if s.quadrant is quadrant) for quadrant in Quadrant}
    sides = {factor.id: factor.side for factor in factors}
    return Tows(fields, tuple(misfit for strategy in strategies for misfit in _misfits(strategy, sides)))


def _misfits(strategy: Strategy, sides: Mapping[str, Side]) -> list[Misfit]:
    unknown = [id for id in strategy.factors if id not in sides]
    wrong = [id for id in strategy.factors if id in sides and sides[id] not in strategy.quadrant.sides]
    used = {sides[id] for id in strategy.factors if id in sides}
    missing = [side.value for side in strategy.quadrant.sides if side not in used]
    kinds = (("unknown", unknown), ("wrong_side", wrong), ("missing_side", missing))
    return [Misfit(strategy.id, kind, detail) for kind, details in kinds for detail in details]


class Posture(StrEnum):
    """What the quadrants of the SPACE matrix and of the IFAS/EFAS diagram advise."""

    AGGRESSIVE = "aggressive"
    CONSERVATIVE = "conservative"
    DEFENSIVE = "defensive"
    COMPETITIVE = "competitive"
    TURNAROUND = "turnaround"
    DIVERSIFICATION = "diversification"


@dataclass(frozen=True)
class Vector:
    """A point in a plane of two axes, and the posture of its quadrant (Undefined on an axis)."""

    x: float
    y: float
    posture: Posture | Undefined


@dataclass(frozen=True)
class Space:
    """A SPACE matrix: the mean of each axis and the directional vector."""

    means: Mapping[str, float]
    vector: Vector


SPACE_AXES = ("FP", "IP", "SP", "CP")


def space(
    *,
    financial: Sequence[float],
    industry: Sequence[float],
    stability: Sequence[float],
    competitive: Sequence[float],
) -> Space | Undefined:
    """Compute the strategic position and action evaluation (David 2011, chapter 6).

    Each axis is the mean of its scores; ``x = CP + IP``, ``y = FP + SP``. The quadrants: aggressive (x and y
    positive), conservative (x negative, y positive), defensive (both negative), competitive (x positive, y negative).

    Parameters
    ----------
    financial, industry : sequence of float
        FP and IP: scores from +1 (worst) to +7 (best).
    stability, competitive : sequence of float
        SP and CP: scores from -1 (best) to -7 (worst).

    Returns
    -------
    Space or Undefined
        Undefined when an axis has no score, or one outside its range.

    Examples
    --------
    >>> space(financial=[5, 3], industry=[4], stability=[-2], competitive=[-1]).vector.posture.value
    'aggressive'
    """
    scores = dict(zip(SPACE_AXES, (financial, industry, stability, competitive), strict=True))
    empty = [axis for axis, given in scores.items() if not given]
    if empty:
        return Undefined(say("strategy.space_empty", axes=", ".join(empty)))
    wrong = [axis for axis, given in scores.items() if not all(in_space_range(axis, score) for score in given)]
    if wrong:
        return Undefined(say("strategy.space_range", axes=", ".join(wrong)))
    means = {axis: fsum(given) / len(given) for axis, given in scores.items()}
    x, y = means["CP"] + means["IP"], means["FP"] + means["SP"]
    named = (Posture.AGGRESSIVE, Posture.CONSERVATIVE, Posture.DEFENSIVE, Posture.COMPETITIVE)
    return Space(means, Vector(x, y, _posture(x, y, named)))


def in_space_range(axis: str, score: float) -> bool:
    """Whether a score may stand on an axis: 1 to 7 on FP and IP, -7 to -1 on SP and CP."""
    return 1 <= score <= 7 if axis in ("FP", "IP") else -7 <= score <= -1


def _posture(x: float, y: float, counter_clockwise: Sequence[Posture]) -> Posture | Undefined:
    """The posture of a point's quadrant, from the upper right one on; on an axis there is none."""
    x, y = round(x, _DIGITS), round(y, _DIGITS)
    if x == 0 or y == 0:
        return Undefined(say("strategy.on_axis", x=number(x), y=number(y)))
    return counter_clockwise[{(True, True): 0, (False, True): 1, (False, False): 2, (True, False): 3}[x > 0, y > 0]]


class Position(StrEnum):
    """The competitive position on the grand strategy matrix."""

    STRONG = "kuat"
    WEAK = "lemah"


class Growth(StrEnum):
    """The growth of the market (for a public service: of the demand) on the grand strategy matrix."""

    RAPID = "cepat"
    SLOW = "lambat"


def grand_strategy(position: Position | str | None, growth: Growth | str | None) -> str | Undefined:
    """The quadrant of the grand strategy matrix (David 2011, chapter 6).

    I: rapid growth, strong position; II: rapid, weak; III: slow, weak; IV: slow, strong.

    Returns
    -------
    str or Undefined
        ``"I"`` to ``"IV"``; Undefined when the analyst did not judge both.

    Examples
    --------
    >>> grand_strategy("lemah", "cepat")
    'II'
    """
    if position is None or growth is None:
        return Undefined(say("strategy.no_grand_strategy"))
    strong = Position(position) is Position.STRONG
    if Growth(growth) is Growth.RAPID:
        return "I" if strong else "II"
    return "IV" if strong else "III"


def ifas_efas(internal: FactorMatrix | Undefined, external: FactorMatrix | Undefined) -> Vector | Undefined:
    """Rangkuti's quadrant from the weighted scores: ``x = S - W``, ``y = O - T``.

    Quadrants: aggressive (x and y positive), turn-around (x negative, y positive), defensive (both negative),
    diversification (x positive, y negative). Where a rating of 1 means a major weakness, a graver weakness takes
    away less from x: a limit of this variant, which whoever shows it should say.

    Returns
    -------
    Vector or Undefined
        Undefined when either matrix is.
    """
    if isinstance(internal, Undefined):
        return internal
    if isinstance(external, Undefined):
        return external
    x = internal.sum_of(Side.STRENGTH) - internal.sum_of(Side.WEAKNESS)
    y = external.sum_of(Side.OPPORTUNITY) - external.sum_of(Side.THREAT)
    named = (Posture.AGGRESSIVE, Posture.TURNAROUND, Posture.DEFENSIVE, Posture.DIVERSIFICATION)
    return Vector(x, y, _posture(x, y, named))


Given = int | Mapping[str, int | None] | None
"""What stands in a cell: one score the judges agreed on, or judge -> score; None for a dash."""
Attractiveness = Mapping[str, Mapping[str, Given]]
"""Factor -> strategy -> attractiveness from 1 to 4; a dash says that the factor does not bear on the choice."""
Means = Mapping[str, Mapping[str, float | None]]
"""Factor -> strategy -> mean attractiveness over the judges, or None for a dash."""


def scorers_of(
    factors: Sequence[Factor], strategies: Sequence[str], attractiveness: Attractiveness | None
) -> tuple[str, ...]:
    """Everybody who weighed or rated any of the factors or scored any of these strategies, in alphabetical order."""
    rows = [(attractiveness or {}).get(factor.id, {}) for factor in factors]
    return tuple(sorted({*judges_of(factors), *_named_in([row[s] for row in rows for s in strategies if s in row])}))


def _named_in(cells: Iterable[Given]) -> set[str]:
    return {judge for given in cells if isinstance(given, Mapping) for judge in given}


@dataclass(frozen=True)
class Qspm:
    """A quantitative strategic planning matrix that could be computed.

    Sums of two matrices must not be compared: attractiveness is relative to the strategies of one set.

    Attributes
    ----------
    strategies : tuple of str
        The set that is compared.
    weights : mapping of str to float
        Factor -> mean weight.
    scores : mapping
        Factor -> strategy -> mean attractiveness over the judges, None for a dash.
    totals : mapping of str to float
        Strategy -> sum of its total attractiveness scores.
    """

    strategies: tuple[str, ...]
    weights: Mapping[str, float]
    scores: Means
    totals: Mapping[str, float]

    @property
    def chosen(self) -> str | Undefined:
        """The strategy with the highest sum; Undefined when two share it."""
        highest = max(round(total, _DIGITS) for total in self.totals.values())
        best = [strategy for strategy, total in self.totals.items() if round(total, _DIGITS) == highest]
        return best[0] if len(best) == 1 else Undefined(say("strategy.tie", strategies=", ".join(sorted(best))))

    def weighted(self, factor: str, strategy: str) -> float | None:
        """The total attractiveness score (TAS) of a factor for a strategy: weight times attractiveness."""
        score = self.scores[factor][strategy]
        return None if score is None else self.weights[factor] * score


def qspm(
    factors: Sequence[Factor],
    strategies: Sequence[str],
    attractiveness: Attractiveness,
    *,
    judges: Sequence[str] | None = None,
) -> Qspm | Undefined:
    """Compare the strategies of one set by their attractiveness, factor by factor (David 2011, chapter 6).

    Parameters
    ----------
    factors : sequence of Factor
        Internal and external, with complete weights.
    strategies : sequence of str
        Ids of at least two strategies.
    attractiveness : mapping
        For each factor and strategy a score from 1 to 4 the judges agreed on, or one from each judge, of which the
        mean is taken; None for a dash. A dash for one strategy and judge must be a dash for all in that row.
    judges : sequence of str, optional
        Whose weights and scores are averaged; an agreed score counts whoever is chosen. Default: whoever weighed,
        rated or scored.

    Returns
    -------
    Qspm or Undefined
        Undefined where a weight or a judge's score is missing, or a row has both dashes and scores.

    Examples
    --------
    >>> factors = [Factor("S1", Side.STRENGTH, "", {"ana": 1}), Factor("O1", Side.OPPORTUNITY, "", {"ana": 1})]
    >>> qspm(factors, ["A", "B"], {"S1": {"A": 4, "B": 2}, "O1": {"A": None, "B": None}}).totals
    {'A': 4.0, 'B': 2.0}
    """
    asked = scorers_of(factors, strategies, attractiveness) if judges is None else judges
    weights: dict[str, float] = {}
    for sides in (INTERNAL, EXTERNAL):
        found = mean_weights(factors, sides, judges=asked)
        if isinstance(found, Undefined):
            return found
        weights |= found
    scores = mean_attractiveness(tuple(weights), strategies, attractiveness, judges=asked)
    if isinstance(scores, Undefined):
        return scores
    return Qspm(tuple(strategies), weights, scores, _sums(weights, strategies, scores))


def attractiveness_totals(
    weights: Mapping[str, float],
    strategies: Sequence[str],
    attractiveness: Attractiveness,
    *,
    judges: Sequence[str] | None = None,
) -> dict[str, float] | Undefined:
    """The sum of weight times attractiveness of each strategy, dashes left out; the weights are taken as they are."""
    scores = mean_attractiveness(tuple(weights), strategies, attractiveness, judges=judges)
    return scores if isinstance(scores, Undefined) else _sums(weights, strategies, scores)


def _sums(weights: Mapping[str, float], strategies: Sequence[str], scores: Means) -> dict[str, float]:
    return {s: fsum(weight * (scores[factor][s] or 0) for factor, weight in weights.items()) for s in strategies}


def mean_attractiveness(
    factors: Sequence[str],
    strategies: Sequence[str],
    attractiveness: Attractiveness,
    *,
    judges: Sequence[str] | None = None,
) -> dict[str, dict[str, float | None]] | Undefined:
    """Mean attractiveness over the judges of each strategy, factor by factor; an agreed score is its own mean.

    Parameters
    ----------
    factors, strategies : sequence of str
        Ids; whatever else `attractiveness` holds is left aside.
    attractiveness : mapping
        As for `qspm`.
    judges : sequence of str, optional
        Who must have scored where no score was agreed on; default: whoever scored any of these cells.

    Returns
    -------
    dict of str to dict of str to float or None, or Undefined
        None for a dash. Undefined with fewer than two strategies, where a judge's score is missing (naming factor,
        strategy and judge) or none from 1 to 4, where a row has both dashes and scores, whoever gave them, or where
        there are only dashes.

    Examples
    --------
    >>> mean_attractiveness(["S1"], ["A", "B"], {"S1": {"A": {"ana": 2, "budi": 3}, "B": 4}})
    {'S1': {'A': 2.5, 'B': 4.0}}
    """
    if len(set(strategies)) < 2:
        return Undefined(say("strategy.one_strategy"))
    rows = {factor: {s: given for s, given in attractiveness.get(factor, {}).items() if s in strategies}
            for factor in factors}  # fmt: skip
    asked = judges
    if asked is None:
        asked = sorted(_named_in(given for row in rows.values() for given in row.values()))
    missing = [each for factor, row in rows.items() for each in _unscored(factor, row, strategies, asked)]
    if missing:
        return Undefined(say("strategy.no_scores", factors=_listed(missing)))
    chosen = {factor: {s: _scores_by(row[s], asked) for s in strategies} for factor, row in rows.items()}
    wrong = [
        factor
        for factor, row in chosen.items()
        if any(score not in (None, 1, 2, 3, 4) for scores in row.values() for score in scores)
    ]
    if wrong:
        return Undefined(say("strategy.bad_scores", factors=_listed(wrong)))
    half = [factor for factor, row in rows.items() if breaks_dash_rule(row.values())]
    if half:
        return Undefined(say("strategy.half_dash", factors=_listed(half)))
    means = {factor: {s: _mean(scores) for s, scores in row.items()} for factor, row in chosen.items()}
    if all(mean is None for row in means.values() for mean in row.values()):
        return Undefined(say("strategy.only_dashes"))
    return means


def _unscored(factor: str, row: Mapping[str, Given], strategies: Sequence[str], judges: Sequence[str]) -> list[str]:
    """What is missing in a row: the strategy alone where nobody scored it, or with each judge who did not."""
    missing: list[str] = []
    for strategy in strategies:
        given = row.get(strategy)
        if strategy not in row or (isinstance(given, Mapping) and not judges):
            missing.append(f"{factor} ({strategy})")
        elif isinstance(given, Mapping):
            missing += [f"{factor} ({strategy}, {judge})" for judge in judges if judge not in given]
    return missing


def _scores_by(given: Given, judges: Sequence[str]) -> list[int | None]:
    return [given[judge] for judge in judges] if isinstance(given, Mapping) else [given]


def _mean(scores: Sequence[int | None]) -> float | None:
    """The mean of a cell's scores; None where they are dashes, which the dash rule allows together only."""
    numbers = [score for score in scores if score is not None]
    return fsum(numbers) / len(numbers) if numbers else None


def breaks_dash_rule(row: Iterable[Given]) -> bool:
    """Whether a row has both a dash and a score, be it for two strategies or by two judges."""
    cells = [list(given.values()) if isinstance(given, Mapping) else [given] for given in row]
    return len({score is None for scores in cells for score in scores}) > 1


@dataclass(frozen=True)
class ScoreAgreement:
    """How far the judges' attractiveness scores lie apart, in the cells that each of them scored.

    Attributes
    ----------
    judges : tuple of str
    ranges : mapping of (str, str) to int
        Factor and strategy -> highest minus lowest score. Agreed scores and dashes are not in it: they cannot differ.
    agreed : int
        How many cells hold one score the judges agreed on.
    """

    judges: tuple[str, ...]
    ranges: Mapping[tuple[str, str], int]
    agreed: int

    @property
    def identical(self) -> float:
        """The share of the cells that all judges scored the same, from 0 to 1; not corrected for chance."""
        return _share_alike(self.ranges)

    @property
    def largest(self) -> int:
        """The largest spread: highest minus lowest score of the cell in which they lie furthest apart."""
        return max(self.ranges.values())


def score_agreement(
    factors: Sequence[Factor],
    strategies: Sequence[str],
    attractiveness: Attractiveness,
    *,
    judges: Sequence[str] | None = None,
) -> ScoreAgreement | Undefined:
    """Compare the judges' attractiveness scores, cell by cell.

    Returns
    -------
    ScoreAgreement or Undefined
        Undefined with one judge, where `mean_attractiveness` is, or where every score was agreed on.

    Examples
    --------
    >>> staff = Factor("S1", Side.STRENGTH, "Skilled staff")
    >>> found = score_agreement([staff], ["A", "B"], {"S1": {"A": {"ana": 2, "budi": 4}, "B": {"ana": 1, "budi": 1}}})
    >>> found.identical, found.largest
    (0.5, 2)
    """
    asked = scorers_of(factors, strategies, attractiveness) if judges is None else judges
    means = mean_attractiveness([factor.id for factor in factors], strategies, attractiveness, judges=asked)
    if isinstance(means, Undefined):
        return means
    cells = {(id, s): attractiveness[id][s] for id, row in means.items() for s in row if row[s] is not None}
    ranges = {cell: _spread(_scores_by(given, asked)) for cell, given in cells.items() if isinstance(given, Mapping)}
    if not ranges:
        return Undefined(say("strategy.all_agreed"))
    if len(asked) < 2:
        return Undefined(say("strategy.one_judge"))
    return ScoreAgreement(tuple(asked), ranges, len(cells) - len(ranges))


def _spread(scores: Sequence[int | None]) -> int:
    numbers = [score for score in scores if score is not None]
    return max(numbers) - min(numbers)


class Left(StrEnum):
    """What a trial of the sensitivity analysis leaves out."""

    JUDGE = "judge"
    FACTOR = "factor"
    INFORMANT = "informant"


@dataclass(frozen=True)
class Outcome:
    """What everything comes to: the place in the IE matrix and the strategy with the highest sum."""

    position: IEPosition | Undefined
    chosen: str | Undefined

    @property
    def cell(self) -> str | Undefined:
        """The cell of the IE matrix."""
        return self.position if isinstance(self.position, Undefined) else self.position.cell


@dataclass(frozen=True)
class Trial:
    """The outcome without one judge, factor or informant; `dropped` names the factors that fell out with it."""

    kind: Left
    name: str
    dropped: tuple[str, ...]
    outcome: Outcome

    @property
    def takes_away(self) -> bool:
        """Whether anything fell out; a source on whose word alone no factor rests puts nothing to the test."""
        return self.kind is Left.JUDGE or bool(self.dropped)


@dataclass(frozen=True)
class Sensitivity:
    """The outcome with everything, and without each part in turn."""

    base: Outcome
    trials: tuple[Trial, ...]

    def keeps_cell(self, trial: Trial) -> bool | Undefined:
        """Whether a trial ends in the same cell of the IE matrix; Undefined when either has none."""
        return _same(self.base.cell, trial.outcome.cell)

    def keeps_choice(self, trial: Trial) -> bool | Undefined:
        """Whether a trial ends with the same strategy; Undefined when either has none."""
        return _same(self.base.chosen, trial.outcome.chosen)


def sensitivity(
    factors: Sequence[Factor],
    strategies: Sequence[str] = (),
    attractiveness: Attractiveness | None = None,
    *,
    rule: Rule | str = Rule.DAVID13,
    judges: Sequence[str] | None = None,
    voices: Mapping[str, str] | None = None,
) -> Sensitivity:
    """See whether the chosen strategy and the IE cell survive leaving out one judge, one factor, or one informant.

    Where a factor is left out, each judge's remaining weights are divided by their sum. Without an informant, those
    factors drop out that rest on that informant's codings alone. Without a judge, that judge's weights, ratings and
    attractiveness scores are left out; a score the judges agreed on cannot be taken apart, and stays.

    Parameters
    ----------
    factors : sequence of Factor
    strategies, attractiveness
        As for `qspm`.
    rule : Rule or str
        As for `ife`.
    judges : sequence of str, optional
        As for `ife` and `qspm`.
    voices : mapping of str to str, optional
        Coding id -> informant (or other source).

    Returns
    -------
    Sensitivity
        Judges first, then factors, then informants, each in the order given or alphabetical.
    """
    scores = attractiveness or {}
    raters = tuple(judges_of(factors) if judges is None else judges)
    scorers = tuple(scorers_of(factors, strategies, scores) if judges is None else judges)

    def outcome(kept: Sequence[Factor], gone: str | None = None) -> Outcome:
        rating, scoring = ([judge for judge in each if judge != gone] for each in (raters, scorers))
        totals = [m if isinstance(m, Undefined) else m.total for m in (ife(kept, rule=rule, judges=rating),
                                                                       efe(kept, judges=rating))]  # fmt: skip
        matrix = qspm(kept, strategies, scores, judges=scoring)
        return Outcome(ie(*totals), matrix if isinstance(matrix, Undefined) else matrix.chosen)

    def without(dropped: Sequence[str]) -> Outcome:
        return outcome(renormalised([f for f in factors if f.id not in dropped]) if dropped else factors)

    trials = [Trial(Left.JUDGE, judge, (), outcome(factors, judge)) for judge in scorers]
    trials += [Trial(Left.FACTOR, f.id, (f.id,), without([f.id])) for f in factors]
    for informant in sorted(set((voices or {}).values())):
        dropped = resting_on(factors, informant, voices or {})
        trials.append(Trial(Left.INFORMANT, informant, dropped, without(dropped)))
    return Sensitivity(outcome(factors), tuple(trials))


def resting_on(factors: Iterable[Factor], informant: str, voices: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the factors whose codings, all of them and at least one, are this informant's."""
    return tuple(f.id for f in factors if f.codings and all(voices.get(coding) == informant for coding in f.codings))


def _same(one: Any, other: Any) -> bool | Undefined:
    for each in (one, other):
        if isinstance(each, Undefined):
            return each
    return bool(one == other)


def _listed(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
