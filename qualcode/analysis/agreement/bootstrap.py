"""Intervals by resampling: documents are drawn again with replacement, or units where they are independent."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis.agreement.additive import Additive
from qualcode.analysis.agreement.coefficients import Coefficient, plan_of
from qualcode.analysis.agreement.distances import Floats
from qualcode.analysis.agreement.ratings import Ratings, read_ratings
from qualcode.analysis.agreement.reasons import undefined
from qualcode.errors import ParameterError, Undefined
from qualcode.wording import number

RESAMPLES = 1000
"""How many resamples there are at least, and without being asked for more."""
FEWEST = 5
"""From how many documents (or independent units) on an interval is given."""
TOLERATED = 0.05
"""Up to which share of undefined resamples an interval is given."""
_DRAWN_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A percentile interval and how it was drawn.

    Attributes
    ----------
    low, high : float
    level : float
        0.95 for the middle 95% of the resamples.
    resamples : int
    seed : int
        The same seed on the same ratings gives the same interval.
    unit : str
        What was drawn: ``document`` or ``unit``.
    undefined_share : float
        Share of the resamples on which the coefficient was undefined; they are left out, and are at most 5%.
    """

    low: float
    high: float
    level: float
    resamples: int
    seed: int
    unit: str
    undefined_share: float


def bootstrap(
    ratings: Ratings,
    coefficient: Callable[..., Any],
    documents: Sequence[Hashable] | None = None,
    *,
    independent: bool = False,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 1,
) -> Interval | Undefined:
    """Percentile bootstrap interval of a coefficient of agreement over documents, or over independent units.

    Units of one document resemble each other; documents are therefore drawn whole (cluster bootstrap). Coders are
    never drawn. Nor is a document that no two coders read, where the coefficient uses only what two coders read. For
    Brennan-Prediger and Gwet the categories of all ratings hold in every resample.

    Sources: Efron, B. & Tibshirani, R. J. (1993), *An Introduction to the Bootstrap*, Chapman & Hall, chapter 13; for
    clusters Davison, A. C. & Hinkley, D. V. (1997), *Bootstrap Methods and their Application*, Cambridge University
    Press, section 3.8.

    Parameters
    ----------
    ratings : units x coders
    coefficient : callable
        A function of `qualcode.analysis.agreement`, or a `functools.partial` of one with keywords, e.g.
        ``partial(krippendorff_alpha, level="ordinal")``: resampled all at once. Any other callable from ratings to a
        `Coefficient`, a number or Undefined is called once a resample.
    documents : sequence, optional
        The document of each unit.
    independent : bool
        Whether units are declared independent of each other: they are drawn then, whatever their documents.
    resamples : int
        1,000 or more.
    level : float
        Between 0 and 1.
    seed : int

    Returns
    -------
    Interval or Undefined
        Undefined when the coefficient is, with its reason; ``no_documents`` without documents for units not declared
        independent; ``few_documents`` or ``few_units`` below five; ``unstable`` where more than 5% of the resamples
        are undefined.

    Raises
    ------
    ParameterError
        When `documents` has not one entry a unit, or `resamples` or `level` is out of range.

    Examples
    --------
    >>> from qualcode.analysis.agreement.coefficients import krippendorff_alpha
    >>> turns = [[1, 1], [0, 0], [1, 0], [0, 0]] * 10
    >>> where = [f"w-{n // 4}" for n in range(40)]
    >>> interval = bootstrap(turns, krippendorff_alpha, where)
    >>> interval.unit, interval.resamples, round(interval.low, 2) == round(interval.high, 2)
    ('document', 1000, True)
    """
    _check(ratings, documents, resamples, level)
    if documents is None and not independent:
        return undefined("no_documents")
    groups = _groups(len(ratings), None if independent else documents)
    plan = plan_of(coefficient, ratings)
    if isinstance(plan, Undefined):
        return plan
    held = _held(ratings, groups)
    if held < FEWEST:
        return undefined("few_units" if independent else "few_documents", count=held, fewest=FEWEST)
    random = np.random.default_rng(seed)
    whole = _called(coefficient, ratings) if plan is None else plan.parts(plan.rows.sum(axis=0, keepdims=True)).value[0]
    if np.isnan(whole):
        return _reason(coefficient, ratings)
    values = (
        _one_by_one(coefficient, ratings, groups, resamples, random)
        if plan is None
        else _at_once(plan, groups, resamples, random)
    )
    return _interval(values, level, seed, "unit" if independent else "document")


def _check(ratings: Ratings, documents: Sequence[Hashable] | None, resamples: int, level: float) -> None:
    if documents is not None and len(documents) != len(ratings):
        raise ParameterError.of("documents_length", "documents", given=len(documents), units=len(ratings))
    if resamples < RESAMPLES:
        raise ParameterError.of("few_resamples", "resamples", given=resamples, fewest=RESAMPLES)
    if not 0 < level < 1:
        raise ParameterError.of("bad_interval_level", "level", given=level)


def _groups(units: int, documents: Sequence[Hashable] | None) -> NDArray[np.intp]:
    """The number of each unit's document, in the order in which documents come; without documents its own."""
    if documents is None:
        return np.arange(units, dtype=np.intp)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(document, len(numbers)) for document in documents], dtype=np.intp)


def _held(ratings: Ratings, groups: NDArray[np.intp]) -> int:
    """How many groups hold a unit that two coders rated."""
    return len(np.unique(groups[read_ratings(ratings).pairable]))


def _at_once(plan: Additive, groups: NDArray[np.intp], resamples: int, random: np.random.Generator) -> Floats:
    """The coefficient of every resample: sums of the documents' sums."""
    sums = np.zeros((int(groups.max()) + 1, plan.rows.shape[1]))
    np.add.at(sums, groups, plan.rows)
    # A document that two coders read is drawn even where it adds only zeros, such as one without the code asked for.
    drawn = np.unique(groups[plan.rated.pairable | plan.rows.any(axis=1)])
    # Documents with equal sums are one kind: resamples then differ in how many of each kind they hold.
    kinds, kind = np.unique(sums[drawn], axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    return np.concatenate([plan.parts(times @ kinds).value for times in _drawn(kind, len(kinds), resamples, random)])


def _drawn(kind: NDArray[np.intp], kinds: int, resamples: int, random: np.random.Generator) -> list[Floats]:
    """How often each kind is drawn: arrays of shape (some resamples, kinds)."""
    step = max(1, _DRAWN_AT_ONCE // len(kind))
    found = []
    for begun in range(0, resamples, step):
        rows = min(step, resamples - begun)
        drawn = kind[random.integers(len(kind), size=(rows, len(kind)))] + kinds * np.arange(rows)[:, None]
        times = np.bincount(drawn.reshape(-1), minlength=rows * kinds)
        found.append(times.reshape(rows, kinds).astype(float))
    return found


def _one_by_one(
    coefficient: Callable[..., Any],
    ratings: Ratings,
    groups: NDArray[np.intp],
    resamples: int,
    random: np.random.Generator,
) -> Floats:
    """The coefficient of every resample, called with the rows of the documents drawn."""
    members = np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1])
    rows = list(ratings.to_numpy() if hasattr(ratings, "to_numpy") else ratings)
    draws = random.integers(len(members), size=(resamples, len(members)))
    return np.array([_called(coefficient, [rows[unit] for each in drawn for unit in members[each]]) for drawn in draws])


def _called(coefficient: Callable[..., Any], ratings: Ratings) -> float:
    """What a callable answers, NaN for Undefined."""
    answer = coefficient(ratings)
    value = answer.value if isinstance(answer, Coefficient) else answer
    return np.nan if isinstance(value, Undefined) else float(value)


def _reason(coefficient: Callable[..., Any], ratings: Ratings) -> Undefined:
    answer = coefficient(ratings)
    value = answer.value if isinstance(answer, Coefficient) else answer
    return value if isinstance(value, Undefined) else undefined("no_variation")


def _interval(values: Floats, level: float, seed: int, unit: str) -> Interval | Undefined:
    missing = float(np.isnan(values).mean())
    if missing > TOLERATED:
        return undefined("unstable", share=number(round(100 * missing, 1)), tolerated=number(100 * TOLERATED))
    tail = (1 - level) / 2
    low, high = np.quantile(values[~np.isnan(values)], [tail, 1 - tail])
    return Interval(float(low), float(high), level, len(values), seed, unit, missing)
