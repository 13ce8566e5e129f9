"""Coefficients of agreement for given units: who gave which unit which code, and how far beyond chance they agree.

Every function takes ratings of the form units x coders (see `qualcode.analysis.agreement.ratings.Ratings`) and answers
with a `Coefficient`. A unit counts where at least two coders rated it. Missing is not absent: None or NaN says that a
coder did not see the unit. Where a coefficient does not apply, its value is Undefined with a `key`:

``no_units``            there are no units
``one_coder``           fewer than two coders rated anything
``no_pairable_values``  no unit was rated by two coders
``no_variation``        all ratings that can be compared are of one value: nothing is left to correct for chance
``not_two_coders``      Cohen's kappa and Scott's pi are for exactly two
``not_numbers``         weights and levels above nominal need numbers
``negative_values``     the ratio level needs amounts from zero on
``code_not_used``       nobody gave the code whose positive agreement is asked for

With missing values the coefficients of two coders use the units that both rated; alpha uses every pairable value;
Fleiss, Conger, Brennan-Prediger and Gwet's follow Gwet (2014, chapter 2): agreement over the units rated at least
twice, prevalences over all that were rated.

Sources: Krippendorff, K. (2019), *Content Analysis*, 4th edition, Sage, chapter 12. Gwet, K. L. (2014), *Handbook of
Inter-Rater Reliability*, 4th edition, Advanced Analytics. Others stand at their functions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from qualcode.analysis.agreement.additive import (
    Additive,
    alpha,
    by_coders,
    by_prevalence,
    holsti_sums,
    mean_share,
    ordinal_alpha,
    positive,
    two_coders,
)
from qualcode.analysis.agreement.distances import Distance, Floats, Level, Weights, apart, missed
from qualcode.analysis.agreement.ratings import Rated, Ratings, all_numbers, read_ratings
from qualcode.analysis.agreement.reasons import undefined
from qualcode.errors import ParameterError, Undefined


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with what it was computed from.

    Attributes
    ----------
    name : str
        The function it comes from.
    value : float or Undefined
        Undefined carries a `key` and the reason in words.
    n_units : int
        Units that can be compared: rated by two coders or more.
    n_coders : int
        Coders who rated anything.
    n_documents : int or None
        Documents with such units, when `documents` were given.
    observed, expected : float or None
        Observed agreement, and the agreement expected by chance, where the coefficient has these parts.
    d_o, d_e : float or None
        Observed and expected disagreement, for alphas, kappas of two coders and the unitizing family.
    variant : str
        The option chosen: a level, weights, or the name of a distance.
    """

    name: str
    value: float | Undefined
    n_units: int
    n_coders: int
    n_documents: int | None = None
    observed: float | None = None
    expected: float | None = None
    d_o: float | None = None
    d_e: float | None = None
    variant: str = ""

    def __float__(self) -> float:
        """The value; ValueError with the reason where it is undefined."""
        if isinstance(self.value, Undefined):
            raise ValueError(self.value.reason)
        return self.value


Documents = Sequence[Hashable] | None
Plan = Additive | Undefined


def percent_agreement(ratings: Ratings, *, documents: Documents = None) -> Coefficient:
    """Share of agreeing pairs of coders, averaged over the units; not corrected for chance.

    p_o = mean over units of sum_k r_k (r_k - 1) / (r (r - 1)), where r coders rated the unit and r_k gave it value k
    (Fleiss 1971; with missing values Gwet 2014, chapter 2). For two coders: the share of units with equal codes.

    Parameters
    ----------
    ratings : units x coders
        Any hashable values or sets; None or NaN where a coder did not see the unit.
    documents : sequence, optional
        The document of each unit, to say how many took part.

    Examples
    --------
    >>> percent_agreement([["a", "a"], ["a", "b"], ["b", None]]).value
    0.5
    """
    return _answer("percent_agreement", _percent(ratings), ratings, documents)


def holsti(ratings: Ratings, *, documents: Documents = None) -> Coefficient:
    """Holsti's coefficient 2M / (N1 + N2): agreements over the decisions of both coders.

    A unit that only one coder rated counts against it. For more coders agreements and decisions are added up over all
    pairs of coders (our reading; Holsti gives the formula for two). Not corrected for chance.

    Source: Holsti, O. R. (1969), *Content Analysis for the Social Sciences and Humanities*, Addison-Wesley, p. 140.

    Examples
    --------
    >>> holsti([["a", "a"], ["a", "b"], ["b", None]]).value
    0.4
    """
    return _answer("holsti", _holsti(ratings), ratings, documents)


def positive_agreement(ratings: Ratings, code: Hashable = True, *, documents: Documents = None) -> Coefficient:
    """How often a second coder gives the code where a first one did: for two coders 2a / (2a + b + c), the F1 score.

    Pairs of ratings of one unit that both hold the code, of the pairs whose first rating holds it; a, b and c are the
    cells both, only the first and only the second of the table of two coders.

    Sources: Cicchetti, D. V. & Feinstein, A. R. (1990), High agreement but low kappa: II, *Journal of Clinical
    Epidemiology* 43(6), 551-558. For more coders: Fleiss, J. L., Levin, B. & Paik, M. C. (2003), *Statistical
    Methods for Rates and Proportions*, 3rd edition, Wiley, chapter 18.

    Parameters
    ----------
    ratings : units x coders
        One value a rating, or a set of codes.
    code : hashable
        The value, or the member of the sets, that is asked for; True (or 1) for ratings of present and absent.

    Examples
    --------
    >>> positive_agreement([[1, 1], [1, 0], [0, 0], [0, 0]]).value
    0.6666666666666666
    >>> positive_agreement([[{"A", "B"}, {"A"}], [set(), {"B"}]], "A").value
    1.0
    """
    return _answer("positive_agreement", _positive(ratings, code), ratings, documents)


def cohen_kappa(ratings: Ratings, weights: Weights | str | None = None, *, documents: Documents = None) -> Coefficient:
    """Cohen's kappa of two coders: 1 - (sum of w_ck o_ck) / (sum of w_ck p_c p'_k), over the units that both rated.

    w is 1 for different codes; with ``linear`` or ``quadratic`` weights it is the distance of the two numbers, or its
    square. Each coder's own margins p and p' make the chance.

    Sources: Cohen, J. (1960), A coefficient of agreement for nominal scales, *Educational and Psychological
    Measurement* 20(1), 37-46; Cohen, J. (1968), Weighted kappa, *Psychological Bulletin* 70(4), 213-220.

    Raises
    ------
    ValueError
        When `weights` are none of these.

    Examples
    --------
    >>> round(cohen_kappa([["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]).value, 4)
    0.5
    """
    return _answer("cohen_kappa", _cohen(ratings, weights), ratings, documents)


def scott_pi(ratings: Ratings, *, documents: Documents = None) -> Coefficient:
    """Scott's pi of two coders: as Cohen's kappa, with the margins of both coders pooled.

    Source: Scott, W. A. (1955), Reliability of content analysis: the case of nominal scale coding, *Public Opinion
    Quarterly* 19(3), 321-325.

    Examples
    --------
    >>> round(scott_pi([["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]).value, 4)
    0.4667
    """
    return _answer("scott_pi", _scott(ratings), ratings, documents)


def fleiss_kappa(ratings: Ratings, *, documents: Documents = None) -> Coefficient:
    """Fleiss' kappa of any number of coders: (p_o - p_e) / (1 - p_e) with p_e = sum of squared prevalences.

    For two coders without missing values it is Scott's pi, not Cohen's kappa.

    Source: Fleiss, J. L. (1971), Measuring nominal scale agreement among many raters, *Psychological Bulletin* 76(5),
    378-382; with missing values Gwet (2014), chapter 2.

    Examples
    --------
    >>> round(fleiss_kappa([["a", "a", "a"], ["a", "b", "b"], ["b", "b", "b"]]).value, 4)
    0.55
    """
    return _answer("fleiss_kappa", _fleiss(ratings), ratings, documents)


def conger_kappa(ratings: Ratings, *, documents: Documents = None) -> Coefficient:
    """Conger's kappa of any number of coders: chance is the mean over pairs of coders of sum_k p_gk p_hk.

    For two coders without missing values it is Cohen's kappa.

    Source: Conger, A. J. (1980), Integration and generalization of kappas for multiple raters, *Psychological
    Bulletin* 88(2), 322-328; with missing values Gwet (2014), chapter 2.

    Examples
    --------
    >>> round(conger_kappa([["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]).value, 4)
    0.5
    """
    return _answer("conger_kappa", _conger(ratings), ratings, documents)


def brennan_prediger(
    ratings: Ratings, *, categories: Iterable[Hashable] = (), documents: Documents = None
) -> Coefficient:
    """Brennan and Prediger's kappa: chance is 1 / q, whatever the prevalences.

    Source: Brennan, R. L. & Prediger, D. J. (1981), Coefficient kappa: some uses, misuses, and alternatives,
    *Educational and Psychological Measurement* 41(3), 687-699.

    Parameters
    ----------
    ratings : units x coders
    categories : iterable, optional
        The q values that could have been given; those that were given count in any case.

    Examples
    --------
    >>> brennan_prediger([["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]).value
    0.5
    """
    return _answer("brennan_prediger", _brennan(ratings, categories), ratings, documents)


def gwet_ac1(ratings: Ratings, *, categories: Iterable[Hashable] = (), documents: Documents = None) -> Coefficient:
    """Gwet's AC1: p_e = sum_k pi_k (1 - pi_k) / (q - 1), small where one value prevails.

    Read it beside positive agreement only: where nearly all is left uncoded, it is high without any agreement on what
    is coded.

    Source: Gwet, K. L. (2008), Computing inter-rater reliability and its variance in the presence of high agreement,
    *British Journal of Mathematical and Statistical Psychology* 61(1), 29-48.

    Parameters
    ----------
    ratings : units x coders
    categories : iterable, optional
        The q values that could have been given; those that were given count in any case.

    Examples
    --------
    >>> round(gwet_ac1([["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]).value, 4)
    0.5294
    """
    return _answer("gwet_ac1", _gwet(ratings, None, categories), ratings, documents)


def gwet_ac2(
    ratings: Ratings,
    weights: Weights | str = Weights.QUADRATIC,
    *,
    categories: Iterable[float] = (),
    documents: Documents = None,
) -> Coefficient:
    """Gwet's AC2: AC1 in which near misses of numbers count in part.

    With agreement weights w = 1 - distance / widest distance (or the squares): p_e = (sum of all w) / (q (q - 1)) *
    sum_k pi_k (1 - pi_k).

    Source: Gwet (2014), chapter 3.

    Parameters
    ----------
    ratings : units x coders
        Numbers.
    weights : ``linear`` or ``quadratic``
    categories : iterable, optional
        The q numbers that could have been given; those that were given count in any case.

    Examples
    --------
    >>> round(gwet_ac2([[1, 1], [1, 2], [3, 3], [2, 3]], "linear").value, 4)
    0.4483
    """
    return _answer("gwet_ac2", _gwet(ratings, Weights(weights), categories), ratings, documents)


def krippendorff_alpha(
    ratings: Ratings,
    level: Level | str = Level.NOMINAL,
    distance: Distance | None = None,
    *,
    documents: Documents = None,
) -> Coefficient:
    """Krippendorff's alpha: 1 - D_o / D_e, for any number of coders, missing values and levels of measurement.

    D_o = 1/n sum_u sum over ordered pairs of ratings of u of delta / (m_u - 1), D_e = 1/(n (n - 1)) sum_ck n_c n_k
    delta_ck, over the n pairable values; m_u is how many coders rated unit u. delta is 0 or 1 (nominal), the squared
    number of ratings between two ranks (ordinal), (c - k)^2 (interval), ((c - k) / (c + k))^2 (ratio).

    Source: Krippendorff (2019), chapter 12; Hayes, A. F. & Krippendorff, K. (2007), Answering the call for a standard
    reliability measure for coding data, *Communication Methods and Measures* 1(1), 77-89.

    Parameters
    ----------
    ratings : units x coders
    level : ``nominal``, ``ordinal``, ``interval`` or ``ratio``
    distance : callable, optional
        From two values to a number from 0 on, in place of the level: `jaccard`, `masi_passonneau` or `masi_dkpro` for
        ratings that are sets of codes.

    Raises
    ------
    ValueError
        When the level is none of these, or `distance` answers what no distance is.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 1], [1, 2], [2, 2], [2, None]]).value, 4)
    0.4444
    >>> from qualcode.analysis.agreement.distances import jaccard
    >>> round(krippendorff_alpha([[{"A"}, {"A"}], [{"A", "B"}, {"B"}]], distance=jaccard).value, 4)
    0.5714
    """
    return _answer("krippendorff_alpha", _alpha(ratings, level, distance), ratings, documents)


def _rated(ratings: Ratings, categories: Iterable[Hashable] = ()) -> Rated | Undefined:
    """The ratings by number, or why no coefficient can be computed from them."""
    rated = read_ratings(ratings, categories)
    if not len(rated.codes):
        return undefined("no_units")
    if rated.coders < 2:
        return undefined("one_coder")
    return rated if rated.pairable.any() else undefined("no_pairable_values")


def _percent(ratings: Ratings) -> Plan:
    rated = _rated(ratings)
    return rated if isinstance(rated, Undefined) else mean_share(rated)


def _holsti(ratings: Ratings) -> Plan:
    rated = _rated(ratings)
    return rated if isinstance(rated, Undefined) else holsti_sums(rated)


def _positive(ratings: Ratings, code: Hashable = True) -> Plan:
    rated = _rated(ratings)
    if isinstance(rated, Undefined):
        return rated
    holds = [code in each if isinstance(each, AbstractSet) else bool(each == code) for each in rated.values]
    return positive(rated, np.array(holds, dtype=float))


def _cohen(ratings: Ratings, weights: Weights | str | None = None) -> Plan:
    chosen = None if weights is None else Weights(weights)
    rated = _of_two(ratings)
    if isinstance(rated, Undefined):
        return rated
    if chosen and not all_numbers(rated.values):
        return undefined("not_numbers")
    return two_coders(rated, missed(rated.values, chosen), variant=chosen or "")


def _scott(ratings: Ratings) -> Plan:
    rated = _of_two(ratings)
    if isinstance(rated, Undefined):
        return rated
    return two_coders(rated, missed(rated.values, None), pooled=True)


def _of_two(ratings: Ratings) -> Rated | Undefined:
    rated = _rated(ratings)
    if isinstance(rated, Undefined) or rated.coders == 2:
        return rated
    return undefined("not_two_coders", coders=rated.coders)


def _fleiss(ratings: Ratings) -> Plan:
    rated = _rated(ratings)
    if isinstance(rated, Undefined):
        return rated
    return by_prevalence(rated, missed(rated.values, None), lambda pi: np.asarray((pi**2).sum(axis=1)))


def _conger(ratings: Ratings) -> Plan:
    rated = _rated(ratings)
    return rated if isinstance(rated, Undefined) else by_coders(rated)


def _brennan(ratings: Ratings, categories: Iterable[Hashable] = ()) -> Plan:
    rated = _rated(ratings, categories)
    if isinstance(rated, Undefined):
        return rated
    q = len(rated.values)
    return by_prevalence(rated, missed(rated.values, None), lambda pi: np.full(len(pi), 1 / q))


def _ac2(ratings: Ratings, weights: Weights | str = Weights.QUADRATIC, categories: Iterable[Hashable] = ()) -> Plan:
    return _gwet(ratings, Weights(weights), categories)


def _gwet(ratings: Ratings, weights: Weights | None = None, categories: Iterable[Hashable] = ()) -> Plan:
    rated = _rated(ratings, categories)
    if isinstance(rated, Undefined):
        return rated
    if weights and not all_numbers(rated.values):
        return undefined("not_numbers")
    missing = missed(rated.values, weights)
    q = len(rated.values)
    # With one value there is no variation, whatever the chance.
    scale = (1 - missing).sum() / (q * (q - 1)) if q > 1 else 0.0

    def chance(pi: Floats) -> Floats:
        return np.asarray(scale * (pi * (1 - pi)).sum(axis=1))

    return by_prevalence(rated, missing, chance, variant=weights or "")


def _alpha(ratings: Ratings, level: Level | str = Level.NOMINAL, distance: Distance | None = None) -> Plan:
    chosen = Level(level)
    rated = _rated(ratings)
    if isinstance(rated, Undefined):
        return rated
    if distance is not None:
        named = getattr(distance, "__name__", "distance")
        return alpha(rated, apart(rated.values, chosen, distance), nominal=False, variant=named)
    if chosen is not Level.NOMINAL and not all_numbers(rated.values):
        return undefined("not_numbers")
    if chosen is Level.RATIO and min(rated.values) < 0:
        return undefined("negative_values")
    if chosen is Level.ORDINAL:
        return ordinal_alpha(rated)
    distances = apart(rated.values, chosen, None)
    return alpha(rated, distances, nominal=chosen is Level.NOMINAL, variant=chosen)


_PLANS: dict[Hashable, Callable[..., Plan]] = {
    percent_agreement: _percent,
    holsti: _holsti,
    positive_agreement: _positive,
    cohen_kappa: _cohen,
    scott_pi: _scott,
    fleiss_kappa: _fleiss,
    conger_kappa: _conger,
    brennan_prediger: _brennan,
    gwet_ac1: partial(_gwet, weights=None),
    gwet_ac2: _ac2,
    krippendorff_alpha: _alpha,
}


def plan_of(coefficient: Callable[..., Any], ratings: Ratings) -> Plan | None:
    """How to resample `coefficient`, one of this module's functions or a `functools.partial` of one; else None.

    Positional arguments in a partial would be ratings, and are not taken.
    """
    asked: Any = coefficient
    options: dict[str, Any] = {}
    if isinstance(asked, partial) and not asked.args:
        asked, options = asked.func, {name: each for name, each in asked.keywords.items() if name != "documents"}
    plan = _PLANS.get(asked) if isinstance(asked, Hashable) else None
    return None if plan is None else plan(ratings, **options)


def _answer(name: str, plan: Plan, ratings: Ratings, documents: Documents) -> Coefficient:
    """The coefficient of all units."""
    if isinstance(plan, Undefined):
        rated = read_ratings(ratings)
        return Coefficient(name, plan, int(rated.pairable.sum()), rated.coders, _documents(rated, documents))
    parts = plan.parts(plan.rows.sum(axis=0, keepdims=True))
    value = _only(parts.value)
    rated = plan.rated
    return Coefficient(
        name,
        undefined(plan.blank) if value is None else value,
        int(rated.pairable.sum()),
        rated.coders,
        _documents(rated, documents),
        observed=_only(parts.observed),
        expected=_only(parts.expected),
        d_o=_only(parts.d_o),
        d_e=_only(parts.d_e),
        variant=plan.variant,
    )


def _only(part: Floats | None) -> float | None:
    return None if part is None or np.isnan(part[0]) else float(part[0])


def _documents(rated: Rated, documents: Documents) -> int | None:
    """How many documents hold a unit that can be compared."""
    if documents is None:
        return None
    if len(documents) != len(rated.codes):
        raise ParameterError.of("documents_length", "documents", given=len(documents), units=len(rated.codes))
    return len({document for document, counts in zip(documents, rated.pairable, strict=True) if counts})
