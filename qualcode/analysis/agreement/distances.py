"""How far two values lie apart: sets of codes, ordered categories, numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Distance = Callable[[Any, Any], float]


class Level(StrEnum):
    """What the values of `krippendorff_alpha` mean: names, ranks, numbers, or amounts counted from zero."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Weights(StrEnum):
    """How a near miss counts in a weighted kappa: by its distance, or by its square."""

    LINEAR = "linear"
    QUADRATIC = "quadratic"


def jaccard(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """Jaccard distance of two sets: 1 - |A and B| / |A or B|; 0 for two empty sets.

    Source: Jaccard, P. (1912), The distribution of the flora in the alpine zone, *New Phytologist* 11(2), 37-50.

    Examples
    --------
    >>> jaccard({"KHN-OPE", "STC-T"}, {"KHN-OPE"})
    0.5
    """
    together = len(one | other)
    return 1 - len(one & other) / together if together else 0.0


def masi_passonneau(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """MASI distance as 1 - J * M: J the Jaccard similarity, M the monotonicity.

    M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they share something and each has something of its
    own, and 0 where they share nothing. Two empty sets are equal. NLTK computes the same with 0.67 and 0.33 for the
    thirds.

    Source: Passonneau, R. (2006), Measuring agreement on set-valued items (MASI) for semantic and pragmatic
    annotation, *LREC 2006*, 831-836.

    Examples
    --------
    >>> round(masi_passonneau({"KHN-OPE", "STC-T"}, {"KHN-OPE"}), 4)
    0.6667
    """
    return 1 - (1 - jaccard(one, other)) * (1 - _discord(one, other))


def masi_dkpro(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """MASI distance as (1 - J) * (1 - M), the product of both distances; J and M as in `masi_passonneau`.

    It is smaller than `masi_passonneau` for all sets that overlap in part, so that alpha differs on the same data: say
    which was used. The empty set is held by every set, so that it is 1/3 away from any other.

    Source: the distance for sets of DKPro Statistics (Meyer, C. M. et al. (2014), DKPro Agreement, *COLING 2014
    System Demonstrations*, 105-109), which cites Passonneau (2004, 2006).

    Examples
    --------
    >>> round(masi_dkpro({"KHN-OPE", "STC-T"}, {"KHN-OPE"}), 4)
    0.1667
    """
    return jaccard(one, other) * _discord(one, other)


def _discord(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """1 - monotonicity: 0 for equal sets, 1/3 where one holds the other, 2/3 for a part in common, else 1."""
    if one == other:
        return 0.0
    if one <= other or other <= one:
        return 1 / 3
    return 2 / 3 if one & other else 1.0


def apart(values: Sequence[Any], level: Level, distance: Distance | None) -> Floats:
    """Distances between all pairs of `values`, as an array of shape (q, q).

    Those of `level` are squared differences (Krippendorff 2019, chapter 12); ordinal ones depend on how often each
    value was given and are not of this kind. `distance`, when given, takes the place of the level.

    Raises
    ------
    ValueError
        When `distance` answers anything but a finite number from 0 on, or does not answer 0 for a value and itself.
    """
    if distance is not None:
        return _asked(values, distance)
    if level is Level.NOMINAL:
        return 1 - np.eye(len(values))
    given = np.array(values, dtype=float)
    difference = given[:, None] - given[None, :]
    if level is Level.INTERVAL:
        return np.asarray(difference**2, dtype=float)
    total = given[:, None] + given[None, :]
    return np.asarray(np.divide(difference, total, out=np.zeros_like(total), where=total != 0) ** 2, dtype=float)


def _asked(values: Sequence[Any], distance: Distance) -> Floats:
    found = np.array([[distance(one, other) for other in values] for one in values], dtype=float)
    found = found.reshape(len(values), len(values))
    if not np.isfinite(found).all() or (found < 0).any() or found.diagonal().any():
        raise ValueError("distance: needs finite numbers >= 0, and 0 between a value and itself")
    return found


def missed(values: Sequence[Any], weights: Weights | None) -> Floats:
    """How much each pair of values counts as disagreement, 0 to 1, as an array of shape (q, q).

    Without `weights` every miss counts fully. With them it counts by the distance of the two numbers, or by its
    square, as a share of the widest there is (Cohen 1968; Gwet 2014, chapter 3).
    """
    if weights is None or len(values) < 2:
        return 1 - np.eye(len(values))
    given = np.array(values, dtype=float)
    share = np.abs(given[:, None] - given[None, :]) / (given.max() - given.min())
    return np.asarray(share if weights is Weights.LINEAR else share**2, dtype=float)
