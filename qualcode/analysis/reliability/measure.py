"""What is measured of a grid: each code by itself, all codes at once, and free spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from qualcode.analysis.agreement import (
    Coefficient,
    Interval,
    bootstrap,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac1,
    jaccard,
    krippendorff_alpha,
    masi_dkpro,
    masi_passonneau,
    percent_agreement,
    positive_agreement,
    unitizing_alpha,
)
from qualcode.analysis.reliability.grid import Floats, Grid
from qualcode.coding.codings import Coding
from qualcode.errors import Undefined

TENTATIVE = 0.667
"""The lowest alpha for tentative conclusions (Krippendorff)."""
PARADOX_AGREEMENT, PARADOX_GAP = 0.8, 0.3
"""Percent agreement from which on, and AC1 above alpha by how much, a code is explained as a case of the paradox."""

_CATEGORIES = (0.0, 1.0)
_COEFFICIENTS: dict[str, Callable[..., Coefficient]] = {
    "percent_agreement": percent_agreement,
    "positive_agreement": partial(positive_agreement, code=1.0),
    "krippendorff_alpha": krippendorff_alpha,
    "cohen_kappa": cohen_kappa,
    "conger_kappa": conger_kappa,
    "fleiss_kappa": fleiss_kappa,
    "gwet_ac1": partial(gwet_ac1, categories=_CATEGORIES),
    "brennan_prediger": partial(brennan_prediger, categories=_CATEGORIES),
}
_OF_TWO, _OF_MORE = {"cohen_kappa"}, {"conger_kappa", "fleiss_kappa"}


@dataclass(frozen=True)
class Resampling:
    """How intervals are drawn.

    Attributes
    ----------
    unit : str
        ``document``, or ``unit`` where units are declared independent of each other.
    resamples, seed : int
    """

    unit: str
    resamples: int
    seed: int

    def of(
        self, ratings: Any, coefficient: Callable[..., Coefficient], documents: Sequence[str]
    ) -> Interval | Undefined:
        """The interval of a coefficient."""
        return bootstrap(
            ratings,
            coefficient,
            documents,
            independent=self.unit == "unit",
            resamples=self.resamples,
            seed=self.seed,
        )


@dataclass(frozen=True)
class CodeAgreement:
    """How far raters agree on one code, present or absent in each unit.

    Attributes
    ----------
    code : str
    coefficients : mapping of str to Coefficient
        By the name of its function: percent_agreement, positive_agreement, krippendorff_alpha (nominal), cohen_kappa
        (two raters) or conger_kappa and fleiss_kappa (more), gwet_ac1, brennan_prediger.
    interval : Interval or Undefined
        Of alpha.
    held : mapping of str to int
        Rater -> units with the code, of those that two raters or more have read.
    rated : mapping of str to int
        Rater -> units of these that she has read.
    cells : tuple of int or None
        Units with the code by both, only the first, only the second, neither; None unless there are two raters.
    """

    code: str
    coefficients: Mapping[str, Coefficient]
    interval: Interval | Undefined
    held: Mapping[str, int]
    rated: Mapping[str, int]
    cells: tuple[int, int, int, int] | None

    @property
    def alpha(self) -> Coefficient:
        """Krippendorff's alpha."""
        return self.coefficients["krippendorff_alpha"]

    @property
    def prevalence(self) -> Mapping[str, float]:
        """Rater -> the share of the units she read that have the code."""
        return {rater: self.held[rater] / rated for rater, rated in self.rated.items() if rated}

    @property
    def bias(self) -> float:
        """How far the raters' prevalences lie apart; of two raters |b - c| / n (Byrt, Bishop & Carlin 1993)."""
        shares = self.prevalence.values()
        return max(shares, default=0.0) - min(shares, default=0.0)

    @property
    def is_paradox(self) -> bool:
        """Whether alpha is below what conclusions need in spite of high agreement, for nearly all units are alike.

        Percent agreement of 0.8 or more, alpha below 0.667 and AC1 above it by 0.3 or more: our reading of Feinstein,
        A. R. & Cicchetti, D. V. (1990), High agreement but low kappa: I, *Journal of Clinical Epidemiology* 43(6),
        543-549.
        """
        names = ("percent_agreement", "krippendorff_alpha", "gwet_ac1")
        percent, alpha, gwet = (self.coefficients[name].value for name in names)
        if isinstance(percent, Undefined) or isinstance(alpha, Undefined) or isinstance(gwet, Undefined):
            return False
        return percent >= PARADOX_AGREEMENT and alpha < TENTATIVE and gwet - alpha >= PARADOX_GAP


def measure(code: str, grid: Grid, codings: Iterable[Coding], resampling: Resampling) -> CodeAgreement:
    """Compute everything about one code."""
    ratings = grid.ratings(codings)
    both = ratings[grid.pairable]
    raters = grid.panel.raters
    unwanted = _OF_MORE if len(raters) < 3 else _OF_TWO
    found = {
        name: replace(coefficient(ratings), n_documents=grid.n_documents)
        for name, coefficient in _COEFFICIENTS.items()
        if name not in unwanted
    }
    return CodeAgreement(
        code,
        found,
        resampling.of(ratings, krippendorff_alpha, grid.documents),
        {rater: int(np.nansum(both[:, at])) for at, rater in enumerate(raters)},
        {rater: int((~np.isnan(both[:, at])).sum()) for at, rater in enumerate(raters)},
        _cells(both) if len(raters) == 2 else None,
    )


def _cells(both: Floats) -> tuple[int, int, int, int]:
    one, other = both[:, 0] == 1, both[:, 1] == 1
    counts = ((one & other), (one & ~other), (~one & other), (~one & ~other))
    a, b, c, d = (int(each.sum()) for each in counts)
    return a, b, c, d


DISTANCES = (masi_passonneau, masi_dkpro, jaccard)


def measure_sets(
    grid: Grid, codings: Iterable[tuple[str, Coding]], resampling: Resampling
) -> dict[str, tuple[Coefficient, Interval | Undefined]]:
    """Alpha of the sets of codes that raters gave each unit, by the name of the distance, with its interval."""
    ratings = grid.sets(codings)
    found = {}
    for distance in DISTANCES:
        asked = partial(krippendorff_alpha, distance=distance)
        alpha = replace(asked(ratings), n_documents=grid.n_documents)
        found[distance.__name__] = (alpha, resampling.of(ratings, asked, grid.documents))
    return found


@dataclass(frozen=True)
class SpanAgreement:
    """The unitizing family on what every rater has read.

    Attributes
    ----------
    length : int
        Characters.
    marked : Coefficient
        |u-alpha of what has any code against what has none.
    all_codes : mapping of str to Coefficient
        u-alpha and cu-alpha of all codes together; undefined where different codes of one rater overlap.
    coverage : float or Undefined
        The share of the text on which cu-alpha rests.
    codes : mapping of str to Coefficient
        u-alpha of each code against everything else.
    merged : int
        Spans that one rater had marked twice with the same code, and that were made one.
    """

    length: int
    marked: Coefficient
    all_codes: Mapping[str, Coefficient]
    coverage: float | Undefined
    codes: Mapping[str, Coefficient]
    merged: int


def measure_spans(grid: Grid, codings: Sequence[tuple[str, Coding]]) -> SpanAgreement:
    """Compute the unitizing family: all codes at once, marked or not, and each code by itself."""
    codes = list(dict.fromkeys(code for code, _ in codings))
    together = unitizing_alpha(grid.spans(codings), grid.length)
    united = [_united(own) for own in grid.spans([("", coding) for _, coding in codings])]
    single = {
        code: unitizing_alpha(grid.spans([each for each in codings if each[0] == code]), grid.length) for code in codes
    }
    return SpanAgreement(
        grid.length,
        unitizing_alpha(united, grid.length).relevance,
        {"u-alpha": together.u, "cu-alpha": together.coding},
        together.coverage,
        {code: each.u for code, each in single.items()},
        sum(len(each.merged) for each in single.values()),
    )


def _united(spans: list[tuple[int, int, Any]]) -> list[tuple[int, int, Any]]:
    """Spans that overlap made one, so that passages with two codes count as marked once."""
    found: list[tuple[int, int, Any]] = []
    for start, end, code in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]), code)
        else:
            found.append((start, end, code))
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    return found
