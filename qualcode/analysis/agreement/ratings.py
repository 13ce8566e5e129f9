"""Ratings as they are given, units x coders, and as they are counted: an array of the values' numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis.agreement.distances import Floats
from qualcode.errors import ParameterError

Ratings = Sequence[Sequence[Any]] | NDArray[Any]
"""Rows are units, columns are coders. A value is anything hashable, or a set; None or NaN where a coder did not see
the unit. A pandas DataFrame of the same form is taken as well."""

MISSING = -1


@dataclass(frozen=True)
class Rated:
    """Ratings by number.

    Attributes
    ----------
    codes : array of int, shape (units, coders)
        Which of `values` each coder gave each unit; -1 where none. Coders who rated nothing are left out.
    values : tuple
        The q distinct values, numbers in their order, others as they came.
    """

    codes: NDArray[np.intp]
    values: tuple[Any, ...]

    @cached_property
    def counts(self) -> Floats:
        """How many coders gave each unit each value, shape (units, q)."""
        units, q = len(self.codes), len(self.values)
        unit, coder = np.nonzero(self.codes != MISSING)
        cells = unit * q + self.codes[unit, coder]
        return np.bincount(cells, minlength=units * q).reshape(units, q).astype(float)

    @cached_property
    def given(self) -> Floats:
        """How many coders rated each unit, shape (units,)."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def pairable(self) -> NDArray[np.bool_]:
        """Whether at least two coders rated the unit, shape (units,)."""
        return np.asarray(self.given > 1)

    @property
    def coders(self) -> int:
        """How many coders rated anything."""
        return int(self.codes.shape[1])

    def by_coder(self, coder: int) -> Floats:
        """Which value this coder gave, as 0 and 1, shape (units, q)."""
        return np.asarray(self.codes[:, coder, None] == np.arange(len(self.values)), dtype=float)


def read_ratings(ratings: Ratings, categories: Iterable[Hashable] = ()) -> Rated:
    """Number the values of `ratings`; `categories` are counted among the values though nobody gave them.

    Raises
    ------
    ParameterError
        When the rows differ in length.

    Examples
    --------
    >>> read_ratings([["a", "b"], ["b", None]]).codes.tolist()
    [[0, 1], [1, -1]]
    """
    if hasattr(ratings, "to_numpy"):  # a DataFrame would otherwise be read as its column names
        ratings = ratings.to_numpy()
    rated = _of_numbers(ratings) if _plain_numbers(ratings) else _of_anything(ratings)
    rated = _with_categories(rated, categories)
    seen = (rated.codes != MISSING).any(axis=0)
    return Rated(rated.codes[:, seen], rated.values)


def _plain_numbers(ratings: Ratings) -> bool:
    return isinstance(ratings, np.ndarray) and ratings.ndim == 2 and ratings.dtype.kind in "biuf"


def _of_numbers(ratings: Ratings) -> Rated:
    array = np.asarray(ratings)
    there = ~np.isnan(array) if array.dtype.kind == "f" else np.ones(array.shape, dtype=bool)
    values, numbers = np.unique(array[there], return_inverse=True)
    codes = np.full(array.shape, MISSING, dtype=np.intp)
    codes[there] = numbers
    return Rated(codes, tuple(values.tolist()))


def _of_anything(ratings: Ratings) -> Rated:
    rows = [list(row) for row in ratings]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise ParameterError.of("ragged_ratings", "ratings", widths=", ".join(map(str, sorted(widths))))
    numbers: dict[Hashable, int] = {}
    codes = [[_numbered(value, numbers) for value in row] for row in rows]
    array = np.array(codes, dtype=np.intp).reshape(len(rows), widths.pop() if widths else 0)
    return _in_order(Rated(array, tuple(numbers)))


def _numbered(value: Any, numbers: dict[Hashable, int]) -> int:
    if value is None or type(value).__name__ == "NAType" or value != value:  # pandas' NA has no truth; NaN differs
        return MISSING
    return numbers.setdefault(frozenset(value) if isinstance(value, set) else value, len(numbers))


def _in_order(rated: Rated) -> Rated:
    """The same with its values sorted where all are numbers, which ranks need."""
    if not all_numbers(rated.values):
        return rated
    order = sorted(range(len(rated.values)), key=rated.values.__getitem__)
    place = np.empty(len(order) + 1, dtype=np.intp)
    place[order] = np.arange(len(order))
    place[MISSING] = MISSING
    return Rated(place[rated.codes], tuple(rated.values[number] for number in order))


def _with_categories(rated: Rated, categories: Iterable[Hashable]) -> Rated:
    more = [each for each in dict.fromkeys(categories) if each not in set(rated.values)]
    return _in_order(Rated(rated.codes, (*rated.values, *more))) if more else rated


def all_numbers(values: Iterable[Any]) -> bool:
    """Whether every value is a finite real number.

    Examples
    --------
    >>> all_numbers([1, 2.5, True]), all_numbers(["1"]), all_numbers([float("inf")])
    (True, False, False)
    """
    return all(isinstance(value, Real) and isfinite(value) for value in values)
