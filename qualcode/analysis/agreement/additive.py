"""A coefficient as sums over units: what each unit adds, and what follows from the sums; resampling adds anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qualcode.analysis.agreement.distances import Floats, Level
from qualcode.analysis.agreement.ratings import MISSING, Rated


class Parts(NamedTuple):
    """What follows from the sums: arrays of one number per resample; `value` is NaN where it is undefined."""

    value: Floats
    observed: Floats | None = None
    expected: Floats | None = None
    d_o: Floats | None = None
    d_e: Floats | None = None


@dataclass(frozen=True)
class Additive:
    """A coefficient of certain ratings.

    Attributes
    ----------
    rated : Rated
    rows : array of float, shape (units, F)
        What each unit adds to each of F sums.
    parts : callable
        From sums of shape (B, F) to the `Parts` of B resamples.
    blank : str
        The reason when the value of all units is NaN.
    variant : str
        The option chosen: a level, weights, or the name of a distance.
    """

    rated: Rated
    rows: Floats
    parts: Callable[[Floats], Parts]
    blank: str = "no_variation"
    variant: str = ""


def ratio(above: Floats, below: Floats) -> Floats:
    """`above` / `below`, NaN where `below` is not above 0."""
    return np.asarray(np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0))


def share(rated: Rated, alike: Floats | None = None) -> Floats:
    """Of the ordered pairs of coders who rated a unit, the share that agree; 0 for units not rated twice.

    `alike`, shape (q, q), says how much each pair of values counts as agreement; without it equal values count 1.
    """
    near = rated.counts if alike is None else rated.counts @ alike
    pairs = rated.given * (rated.given - 1)
    agreeing = (rated.counts * (near - 1)).sum(axis=1)
    return np.asarray(np.divide(agreeing, pairs, out=np.zeros(len(pairs)), where=pairs > 0))


def mean_share(rated: Rated) -> Additive:
    """Percent agreement."""
    rows = np.column_stack([share(rated), rated.pairable])

    def parts(sums: Floats) -> Parts:
        value = ratio(sums[:, 0], sums[:, 1])
        return Parts(value, observed=value)

    return Additive(rated, rows, parts, "no_pairable_values")


def holsti_sums(rated: Rated) -> Additive:
    """Twice the agreements of each pair of coders, and the decisions of both."""
    agreements = (rated.counts**2).sum(axis=1) - rated.given
    rows = np.column_stack([agreements, rated.given * (rated.coders - 1)])

    def parts(sums: Floats) -> Parts:
        value = ratio(sums[:, 0], sums[:, 1])
        return Parts(value, observed=value)

    return Additive(rated, rows, parts, "no_pairable_values")


def positive(rated: Rated, chosen: Floats) -> Additive:
    """Pairs of ratings that both hold the code, of those where the first does; `chosen`: values that hold it, (q,)."""
    holding = rated.counts @ chosen
    rows = np.column_stack([holding * (holding - 1), holding * (rated.given - 1)])

    def parts(sums: Floats) -> Parts:
        value = ratio(sums[:, 0], sums[:, 1])
        return Parts(value, observed=value)

    return Additive(rated, rows, parts, "code_not_used")


def two_coders(rated: Rated, missing: Floats, *, pooled: bool = False, variant: str = "") -> Additive:
    """Cohen's kappa, or, with the margins `pooled`, Scott's pi, over units that both coders rated.

    `missing`, shape (q, q): how much each pair of values counts as disagreement.
    """
    q = len(rated.values)
    both = rated.pairable
    one, other = (rated.by_coder(coder) * both[:, None] for coder in (0, 1))
    disagreement = np.where(both, missing[rated.codes[:, 0], rated.codes[:, 1]], 0.0)
    rows = np.column_stack([disagreement, both, one, other])

    def parts(sums: Floats) -> Parts:
        first, second = sums[:, 2 : 2 + q], sums[:, 2 + q :]
        if pooled:
            first = second = (first + second) / 2
        d_o = ratio(sums[:, 0], sums[:, 1])
        d_e = ratio(((first @ missing) * second).sum(axis=1), sums[:, 1] ** 2)
        return Parts(1 - ratio(d_o, d_e), 1 - d_o, 1 - d_e, d_o, d_e)

    return Additive(rated, rows, parts, variant=variant)


def corrected(observed: Floats, expected: Floats, pairable: Floats) -> Parts:
    """(observed - expected) / (1 - expected), NaN where the `pairable` ratings, shape (B, q), are all of one value."""
    varied = (pairable > 0).sum(axis=1) > 1
    value = np.where(varied, ratio(observed - expected, 1 - expected), np.nan)
    return Parts(value, observed, expected)


def by_prevalence(rated: Rated, missing: Floats, chance: Callable[[Floats], Floats], *, variant: str = "") -> Additive:
    """Fleiss, Brennan-Prediger, AC1 and AC2: observed share against a chance computed from the prevalences.

    `missing`, shape (q, q): how much each pair of values counts as disagreement. `chance`: from the mean share of each
    value over the rated units, shape (B, q), to the expected agreement, shape (B,).
    """
    q = len(rated.values)
    shares = np.divide(
        rated.counts, rated.given[:, None], out=np.zeros(rated.counts.shape), where=rated.given[:, None] > 0
    )
    rows = np.column_stack(
        [share(rated, 1 - missing), rated.pairable, rated.given > 0, shares, rated.counts * rated.pairable[:, None]]
    )

    def parts(sums: Floats) -> Parts:
        prevalence = ratio(sums[:, 3 : 3 + q], np.broadcast_to(sums[:, 2:3], (len(sums), q)))
        return corrected(ratio(sums[:, 0], sums[:, 1]), chance(prevalence), sums[:, 3 + q :])

    return Additive(rated, rows, parts, variant=variant)


def by_coders(rated: Rated) -> Additive:
    """Conger's kappa: chance is the mean over pairs of coders, each with the margins of his own."""
    q, coders = len(rated.values), rated.coders
    own = [rated.by_coder(coder) for coder in range(coders)]
    rows = np.column_stack([share(rated), rated.pairable, rated.counts * rated.pairable[:, None], *own])

    def parts(sums: Floats) -> Parts:
        margins = sums[:, 2 + q :].reshape(len(sums), coders, q)
        totals = margins.sum(axis=2, keepdims=True)
        present = (totals[:, :, 0] > 0).sum(axis=1).astype(float)
        shares = np.divide(margins, totals, out=np.zeros(margins.shape), where=totals > 0)
        together = (shares.sum(axis=1) ** 2).sum(axis=1) - (shares**2).sum(axis=(1, 2))
        expected = ratio(together, present * (present - 1))
        return corrected(ratio(sums[:, 0], sums[:, 1]), expected, sums[:, 2 : 2 + q])

    return Additive(rated, rows, parts)


def alpha(rated: Rated, distances: Floats, *, nominal: bool, variant: str) -> Additive:
    """Krippendorff's alpha with distances that do not depend on how often a value was given, shape (q, q)."""
    rows = np.column_stack([_pairs_of(rated, distances), rated.counts * rated.pairable[:, None]])

    def parts(sums: Floats) -> Parts:
        margins = sums[:, 1:]
        n = margins.sum(axis=1)
        d_o = ratio(sums[:, 0], n)
        d_e = ratio(((margins @ distances) * margins).sum(axis=1), n * (n - 1))
        value = 1 - ratio(d_o, d_e)
        return Parts(value, 1 - d_o, 1 - d_e, d_o, d_e) if nominal else Parts(value, d_o=d_o, d_e=d_e)

    return Additive(rated, rows, parts, variant=variant)


def _pairs_of(rated: Rated, distances: Floats) -> Floats:
    """Sum of the distances over the ordered pairs of ratings of each unit, by the number of ratings less one."""
    total = np.zeros(len(rated.codes))
    for one in range(rated.coders):
        for other in range(one + 1, rated.coders):
            first, second = rated.codes[:, one], rated.codes[:, other]
            both = (first != MISSING) & (second != MISSING)
            total += np.where(both, distances[first, second] + distances[second, first], 0.0)
    return np.divide(total, rated.given - 1, out=np.zeros(len(total)), where=rated.pairable)


def ordinal_alpha(rated: Rated) -> Additive:
    """Krippendorff's alpha of ranks; the distance of two values is the number of ratings that lie between them.

    That number comes from the sums themselves. The observed coincidences are therefore kept for each pair of values
    that any unit holds.
    """
    pairs, coincidences = _coincidences(rated)
    low, high = pairs.T
    rows = np.column_stack([coincidences, rated.counts * rated.pairable[:, None]])

    def parts(sums: Floats) -> Parts:
        margins = sums[:, len(pairs) :]
        n = margins.sum(axis=1)
        # The middle of each value's ranks, counted from the middle of all, so that the mean is exactly 0.
        ranks = np.cumsum(margins, axis=1) - margins / 2 - n[:, None] / 2
        squared = (ranks[:, low] - ranks[:, high]) ** 2
        d_o = ratio(2 * (sums[:, : len(pairs)] * squared).sum(axis=1), n)
        d_e = ratio(2 * (margins * ranks**2).sum(axis=1), n - 1)
        return Parts(1 - ratio(d_o, d_e), d_o=d_o, d_e=d_e)

    return Additive(rated, rows, parts, variant=Level.ORDINAL)


def _coincidences(rated: Rated) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.intp]], Floats]:
    """Pairs of different values that some unit holds, shape (P, 2), and how often by unit, shape (units, P)."""
    held = np.unique(rated.codes[rated.pairable], axis=0)
    found = {
        (int(low), int(high))
        for row in (set(each[each != MISSING].tolist()) for each in held)
        for low in row
        for high in row
        if low < high
    }
    pairs = np.array(sorted(found), dtype=np.intp).reshape(len(found), 2)
    together = rated.counts[:, pairs[:, 0]] * rated.counts[:, pairs[:, 1]]
    below = (rated.given - 1)[:, None]
    return pairs, np.divide(together, below, out=np.zeros(together.shape), where=below > 0)
