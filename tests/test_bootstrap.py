"""Intervals of agreement: documents are drawn, never coders; the seed decides; too little data is said so."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.analysis.agreement import (
    Coefficient,
    Interval,
    bootstrap,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    holsti,
    jaccard,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
    scott_pi,
)
from qualcode.errors import ParameterError, Undefined

GRADES = range(1, 5)


def rated(documents: int, turns: int, *, seed: int = 7, coders: int = 2) -> tuple[list[list[int]], list[str]]:
    """Grades that coders share three times out of four, and the document of each unit."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, 5, documents * turns)
    own = chance.integers(1, 5, (len(truth), coders))
    ratings = np.where(chance.random(own.shape) < 0.75, truth[:, None], own)
    return ratings.tolist(), [f"w-{n // turns}" for n in range(len(truth))]


def interval(found: Interval | Undefined) -> Interval:
    assert isinstance(found, Interval), found
    return found


def key(found: Interval | Undefined) -> str:
    assert isinstance(found, Undefined)
    return found.key


EVERY: list[Callable[..., Coefficient]] = [
    percent_agreement,
    holsti,
    partial(positive_agreement, code=2),
    cohen_kappa,
    partial(cohen_kappa, weights="quadratic"),
    scott_pi,
    fleiss_kappa,
    conger_kappa,
    partial(brennan_prediger, categories=GRADES),
    partial(gwet_ac1, categories=GRADES),
    partial(gwet_ac2, categories=GRADES),
    krippendorff_alpha,
    partial(krippendorff_alpha, level="ordinal"),
    partial(krippendorff_alpha, level="ratio"),
]


@pytest.mark.parametrize("coefficient", EVERY)
def test_all_at_once_is_one_by_one(coefficient: Callable[..., Coefficient]) -> None:
    """Resampling all at once gives what calling the coefficient on every resample gives."""
    ratings, documents = rated(6, 5)
    fast = interval(bootstrap(ratings, coefficient, documents))
    slow = interval(bootstrap(ratings, lambda drawn: coefficient(drawn), documents))
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), abs=1e-9)
    assert fast.undefined_share == slow.undefined_share


def test_all_at_once_with_missing_values() -> None:
    """The same with three coders who did not see everything."""
    ratings, documents = rated(6, 6, coders=3)
    for unit, row in enumerate(ratings):
        if unit % 3:
            row[unit % 3] = None  # type: ignore[call-overload]
    for coefficient in (krippendorff_alpha, fleiss_kappa, conger_kappa, percent_agreement, holsti):
        fast = interval(bootstrap(ratings, coefficient, documents))
        slow = interval(bootstrap(ratings, lambda drawn, each=coefficient: each(drawn), documents))
        assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), abs=1e-9)


def test_sets() -> None:
    """Set-valued alpha is resampled, too."""
    ratings = [[{"A"}, {"A", "B"}], [{"B"}, {"B"}], [set(), {"A"}], [{"A", "B"}, {"A", "B"}]] * 10
    found = interval(bootstrap(ratings, partial(krippendorff_alpha, distance=jaccard), independent=True))
    whole = krippendorff_alpha(ratings, distance=jaccard).value
    assert isinstance(whole, float)
    assert found.low < whole < found.high
    assert found.unit == "unit"


def test_what_it_tells() -> None:
    """Level, number of resamples, seed and what was drawn stand in the result."""
    ratings, documents = rated(8, 5)
    found = interval(bootstrap(ratings, cohen_kappa, documents, resamples=1200, level=0.9, seed=42))
    assert (found.level, found.resamples, found.seed, found.unit) == (0.9, 1200, 42, "document")
    assert found.undefined_share == 0
    assert found.low < found.high


def test_the_seed_decides() -> None:
    """The same seed gives the same interval, another one another."""
    ratings, documents = rated(8, 5)
    one, again, other = (bootstrap(ratings, krippendorff_alpha, documents, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_known_interval() -> None:
    """Percent agreement of independent units is a mean: its interval is the binomial one, give or take a step."""
    ratings = [[1, 1]] * 300 + [[1, 0]] * 100
    found = interval(bootstrap(ratings, percent_agreement, independent=True, resamples=4000))
    half = 1.96 * (0.75 * 0.25 / 400) ** 0.5
    assert (found.low, found.high) == pytest.approx((0.75 - half, 0.75 + half), abs=0.006)


def test_documents_are_drawn_whole() -> None:
    """Where documents agree throughout or not at all, the interval over documents is much wider than over units."""
    ratings = ([[1, 1]] * 5 + [[0, 0]] * 5) * 6 + ([[1, 0]] * 5 + [[0, 1]] * 5) * 6
    documents = [unit // 10 for unit in range(len(ratings))]
    wide = interval(bootstrap(ratings, krippendorff_alpha, documents))
    narrow = interval(bootstrap(ratings, krippendorff_alpha, documents, independent=True))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_coders_are_never_drawn() -> None:
    """Every resample has the coders in their order and only rows that were there."""
    ratings = [[f"a{unit}", f"b{unit}"] for unit in range(6)]
    seen: list[int] = []

    def spy(drawn: Any) -> float:
        assert all(list(row) in ratings for row in drawn)
        seen.append(len(drawn))
        return 0.5

    found = interval(bootstrap(ratings, spy, independent=True))
    assert (found.low, found.high) == (0.5, 0.5)
    assert set(seen) == {6}
    assert len(seen) == 1001


def test_documents_without_a_second_coder_are_not_drawn() -> None:
    """Documents that only one coder read change nothing for coefficients that use what both read."""
    ratings, documents = rated(6, 5)
    more = [[1, None]] * 50
    alone = bootstrap(ratings, krippendorff_alpha, documents)
    among = bootstrap([*ratings, *more], krippendorff_alpha, [*documents, *("x" * 50)])
    assert alone == among


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from([0, 1, None]), min_size=2, max_size=2), min_size=1, max_size=30), st.data())
def test_an_interval_or_a_reason(ratings: list[list[int | None]], data: st.DataObject) -> None:
    """Whatever the ratings, there is an interval within -1 and 1, or a reason with its key."""
    documents = data.draw(st.lists(st.integers(0, 8), min_size=len(ratings), max_size=len(ratings)))
    for coefficient in (krippendorff_alpha, cohen_kappa, gwet_ac1, positive_agreement):
        found = bootstrap(ratings, coefficient, documents)
        if isinstance(found, Undefined):
            assert found.key
        else:
            assert -1 <= found.low <= found.high <= 1 + 1e-12
            assert found.undefined_share <= 0.05


class TestWithheld:
    """No interval without enough to draw from."""

    def test_documents_or_independence(self) -> None:
        """Units are drawn only when they are declared independent."""
        ratings, _ = rated(8, 5)
        assert key(bootstrap(ratings, cohen_kappa)) == "no_documents"
        assert isinstance(bootstrap(ratings, cohen_kappa, independent=True), Interval)

    @pytest.mark.parametrize("documents", [1, 4])
    def test_few_documents(self, documents: int) -> None:
        """Fewer than five documents give no interval, and the reason has their number."""
        found = bootstrap(*_with(cohen_kappa, rated(documents, 10)))
        assert key(found) == "few_documents"
        assert str(documents) in str(found)
        assert isinstance(bootstrap(*_with(cohen_kappa, rated(5, 10))), Interval)

    def test_few_documents_that_two_read(self) -> None:
        """Documents that one coder read do not count among the five."""
        ratings, documents = rated(4, 10)
        found = bootstrap([*ratings, [1, None], [None, 2]], cohen_kappa, [*documents, "x", "y"])
        assert key(found) == "few_documents"

    def test_few_units(self) -> None:
        """Nor do fewer than five independent units."""
        assert key(bootstrap([[1, 1], [0, 1]], cohen_kappa, independent=True)) == "few_units"

    def test_undefined_resamples(self) -> None:
        """With a code in one of ten documents, more than 5% of the resamples hold none: withheld."""
        ratings = [[0, 0], [0, 0]] * 9 + [[1, 1], [0, 0]]
        documents = [unit // 2 for unit in range(20)]
        found = bootstrap(ratings, krippendorff_alpha, documents)
        assert key(found) == "unstable"
        assert "5%" in str(found)
        # (9/10)^10 of them, that is 35%.
        assert 30 < float(str(found).split("%")[0].split()[-1].replace(",", ".")) < 40

    def test_documents_without_the_code_are_drawn(self) -> None:
        """Documents that two coders read count, though the code asked for is not in them."""
        ratings = [[0, 0], [0, 0]] * 9 + [[1, 1], [0, 0]]
        assert key(bootstrap(ratings, positive_agreement, [unit // 2 for unit in range(20)])) == "unstable"

    def test_few_undefined_resamples(self) -> None:
        """With the code in four of ten documents, about 0.6% do: their share is told."""
        ratings = [[0, 0], [0, 0]] * 6 + [[1, 1], [0, 1]] * 4
        documents = [unit // 2 for unit in range(20)]
        assert 0 < interval(bootstrap(ratings, krippendorff_alpha, documents)).undefined_share < 0.05

    @pytest.mark.parametrize(
        ("ratings", "expected"),
        [
            ([], "no_units"),
            ([[1], [2]], "one_coder"),
            ([[1, None]] * 9, "one_coder"),
            ([[1, None], [None, 1]] * 5, "no_pairable_values"),
            ([[1, 1]] * 9, "no_variation"),
            ([[1, 1, 2]] * 9, "not_two_coders"),
        ],
    )
    def test_an_undefined_coefficient(self, ratings: list[list[int | None]], expected: str) -> None:
        """An undefined coefficient has no interval, for its own reason, all at once and one by one."""
        documents = list(range(len(ratings)))
        assert key(bootstrap(ratings, cohen_kappa, documents)) == expected
        if len(ratings) > 8 and expected in ("no_variation", "not_two_coders"):
            assert key(bootstrap(ratings, lambda drawn: cohen_kappa(drawn), documents)) == expected


def _with(coefficient: Callable[..., Coefficient], data: tuple[list[list[int]], list[str]]) -> tuple[Any, ...]:
    return data[0], coefficient, data[1]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"resamples": 999}, "999"),
        ({"level": 95}, "95"),
        ({"level": 0}, "0"),
        ({"documents": ["a"]}, "40"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], word: str) -> None:
    """Fewer than 1,000 resamples, a level outside 0 to 1, and documents that are not one a unit are refused."""
    ratings, documents = rated(8, 5)
    with pytest.raises(ParameterError, match=word):
        bootstrap(ratings, cohen_kappa, **({"documents": documents} | options))
