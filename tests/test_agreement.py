"""Coefficients of agreement: what the literature prints, what other libraries compute, and every honest blank."""

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score, f1_score
from statsmodels.stats import inter_rater

from qualcode.analysis.agreement import (
    Coefficient,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    holsti,
    jaccard,
    krippendorff_alpha,
    masi_dkpro,
    masi_passonneau,
    percent_agreement,
    positive_agreement,
    scott_pi,
)
from qualcode.errors import ParameterError, Undefined

NONE = None
LEVELS = ("nominal", "ordinal", "interval", "ratio")
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, part C: 4 observers, 12 units; NONE where an observer
# did not see the unit.
CANONICAL = [
    [1, 1, NONE, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [NONE, 5, 5, 5],
    [NONE, NONE, 1, 1],
    [NONE, 3, NONE, NONE],
]
# Gwet's four-rater example is the same but for the last unit, which the third rater saw.
FOUR_RATERS = [*CANONICAL[:-1], [NONE, NONE, 3, NONE]]
# Fleiss (1971), table 1: 30 patients by 6 psychiatrists, 5 diagnoses; one string a patient.
PSYCHIATRISTS = """
    444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
    333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""


def table(cells: Sequence[Sequence[int]]) -> list[list[int]]:
    """Units of two coders from their cross table."""
    return [[i, j] for i, row in enumerate(cells) for j, count in enumerate(row) for _ in range(count)]


def value(found: Coefficient) -> float:
    assert isinstance(found.value, float), found.value
    return found.value


def key(found: Coefficient) -> str:
    assert isinstance(found.value, Undefined)
    return found.value.key


def some(values: st.SearchStrategy[Any], *, coders: tuple[int, int] = (2, 4), missing: bool = True) -> Any:
    """Random ratings: 1 to 12 units by as many coders as are asked for."""
    each = st.one_of(st.none(), values) if missing else values
    return st.integers(*coders).flatmap(
        lambda m: st.lists(st.lists(each, min_size=m, max_size=m), min_size=1, max_size=12)
    )


NUMBERS = st.integers(0, 4)
SETS = st.frozensets(st.sampled_from("ABC"), max_size=3)


class TestLiterature:
    """What the sources print."""

    @pytest.mark.parametrize(
        ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
    )
    def test_krippendorff_canonical(self, level: str, printed: float) -> None:
        """Krippendorff (2011), part C to E, prints .743, .815, .849 and .797; 40 pairable values in 11 units."""
        found = krippendorff_alpha(CANONICAL, level)
        assert round(value(found), 3) == printed
        assert (found.n_units, found.n_coders) == (11, 4)

    def test_krippendorff_two_observers(self) -> None:
        """Krippendorff (2011), parts A and B: binary .095, nominal .692."""
        meg, owen = "0100000010", "1110010000"
        ben, gerry = "aabbdcccedda", "babbbccceddd"
        assert round(value(krippendorff_alpha(list(zip(meg, owen, strict=True)))), 3) == 0.095
        assert round(value(krippendorff_alpha(list(zip(ben, gerry, strict=True)))), 3) == 0.692

    def test_cohen(self) -> None:
        """Cohen (1960): 200 patients, three diagnoses; kappa .492 from p_o .70 and p_e .41."""
        found = cohen_kappa(table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
        assert round(value(found), 3) == 0.492
        assert found.observed == pytest.approx(0.70)
        assert found.expected == pytest.approx(0.41)

    def test_fleiss(self) -> None:
        """Fleiss (1971): kappa .430 with p_o .5556 and p_e .2199."""
        found = fleiss_kappa([list(patient) for patient in PSYCHIATRISTS.split()])
        assert round(value(found), 3) == 0.430
        assert (round(found.observed or 0, 4), round(found.expected or 0, 4)) == (0.5556, 0.2199)

    @pytest.mark.parametrize(
        ("coefficient", "printed"),
        [
            (gwet_ac1, 0.77544),
            (fleiss_kappa, 0.76117),
            (conger_kappa, 0.76282),
            (brennan_prediger, 0.77273),
            (percent_agreement, 0.81818),
            (gwet_ac2, 0.914),
            (partial(gwet_ac2, weights="linear"), 0.85874),
        ],
    )
    def test_gwet_four_raters(self, coefficient: Callable[..., Coefficient], printed: float) -> None:
        """Gwet's four-rater example with missing values, as irrCAC 0.4.4, after his book, computes it."""
        assert round(value(coefficient(FOUR_RATERS)), 5) == printed

    def test_high_agreement_but_low_kappa(self) -> None:
        """Feinstein & Cicchetti (1990): 85% agreement both times, kappa .70 and .32; their positive and negative."""
        even, odd = table([[40, 9], [6, 45]]), table([[80, 10], [5, 5]])
        assert [round(value(cohen_kappa(each)), 2) for each in (even, odd)] == [0.70, 0.32]
        assert [round(value(percent_agreement(each)), 2) for each in (even, odd)] == [0.85, 0.85]
        # The first row and column of their tables is "yes".
        assert [round(value(positive_agreement(each, 0)), 2) for each in (even, odd)] == [0.84, 0.91]
        assert [round(value(positive_agreement(each, 1)), 2) for each in (even, odd)] == [0.86, 0.40]

    def test_paradox_shows_in_all_three(self) -> None:
        """94% agreement, kappa about -0.02, AC1 0.94: nobody agrees on the code itself."""
        ratings = table([[94, 1], [5, 0]])
        assert value(percent_agreement(ratings)) == 0.94
        assert round(value(cohen_kappa(ratings)), 2) == -0.02
        assert round(value(gwet_ac1(ratings)), 2) == 0.94
        assert value(positive_agreement(ratings)) == 0

    @pytest.mark.parametrize(("length", "ac1", "kappa"), [(1000, -0.03, 0.52), (10_000, 0.94, 0.66)])
    def test_uncoded_text_inflates_characters(self, length: int, ac1: float, kappa: float) -> None:
        """Two coders mark 300 characters: AC1 without a shared one, kappa with 200, both grow with the text."""
        apart = np.array(table([[length - 600, 300], [300, 0]]))
        shared = np.array(table([[length - 400, 100], [100, 200]]))
        assert round(value(gwet_ac1(apart)), 2) == ac1
        assert value(positive_agreement(apart)) == 0
        assert round(value(cohen_kappa(shared)), 2) == kappa

    def test_pure_chance_is_about_zero(self) -> None:
        """Two independent coders agree by chance only: the corrected coefficients are exactly 0 on such a table."""
        ratings = table([[49, 21], [21, 9]])
        for coefficient in (cohen_kappa, scott_pi, fleiss_kappa, conger_kappa):
            assert value(coefficient(ratings)) == pytest.approx(0, abs=1e-12)

    def test_two_masi_formulas_differ(self) -> None:
        """Passonneau (2006): subsets have M = 2/3, crossing sets 1/3; DKPro multiplies the two distances instead."""
        one, part, crossing, other = {"A", "B"}, {"A"}, {"B", "C"}, {"C"}
        assert jaccard(one, crossing) == pytest.approx(2 / 3)
        assert [masi_passonneau(one, each) for each in (one, part, crossing, other)] == pytest.approx(
            [0, 1 - 1 / 2 * 2 / 3, 1 - 1 / 3 * 1 / 3, 1]
        )
        assert [masi_dkpro(one, each) for each in (one, part, crossing, other)] == pytest.approx(
            [0, 1 / 2 * 1 / 3, 2 / 3 * 2 / 3, 1]
        )
        ratings = [[one, part], [part, part], [crossing, other], [other, one]]
        assert value(krippendorff_alpha(ratings, distance=masi_dkpro)) != pytest.approx(
            value(krippendorff_alpha(ratings, distance=masi_passonneau)), abs=0.05
        )

    def test_empty_sets(self) -> None:
        """Two empty sets are equal; against others Jaccard and Passonneau say 1, DKPro, for which it is a part, 1/3."""
        for distance in (jaccard, masi_passonneau, masi_dkpro):
            assert distance(set(), set()) == 0
        assert (jaccard(set(), {"A"}), masi_passonneau(set(), {"A"})) == (1, 1)
        assert masi_dkpro(set(), {"A"}) == pytest.approx(1 / 3)


def as_nltk(ratings: Sequence[Sequence[Any]], distance: Callable[[Any, Any], float] | None = None) -> AnnotationTask:
    triples = [
        (coder, unit, each) for unit, row in enumerate(ratings) for coder, each in enumerate(row) if each is not None
    ]
    return AnnotationTask(triples, distance) if distance else AnnotationTask(triples)


def in_pairs(ratings: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    return [row for row in ratings if sum(each is not None for each in row) > 1]


def varied(ratings: Sequence[Sequence[Any]]) -> bool:
    return len({each for row in in_pairs(ratings) for each in row if each is not None}) > 1


class TestOtherLibraries:
    """Independent libraries compute the same on random data."""

    @pytest.mark.parametrize("level", LEVELS)
    @given(data=st.data())
    def test_alpha(self, level: str, data: st.DataObject) -> None:
        """Alpha at every level equals the package krippendorff, with missing values."""
        ratings = data.draw(some(NUMBERS))
        assume(varied(ratings))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = krippendorff.alpha(
                np.array(ratings, dtype=float).T, level_of_measurement=level, value_domain=list(range(5))
            )
        assert value(krippendorff_alpha(ratings, level)) == pytest.approx(theirs, abs=1e-9)

    @pytest.mark.parametrize(
        ("values", "distance", "options"),
        [
            (NUMBERS, None, {}),
            (NUMBERS, lambda a, b: float((a - b) ** 2), {"level": "interval"}),
            (SETS, jaccard, {"distance": jaccard}),
            (SETS, masi_passonneau, {"distance": masi_passonneau}),
            (SETS, masi_dkpro, {"distance": masi_dkpro}),
        ],
        ids=["nominal", "interval", "jaccard", "passonneau", "dkpro"],
    )
    @given(data=st.data())
    def test_alpha_in_nltk(
        self, values: Any, distance: Callable[[Any, Any], float] | None, options: dict[str, Any], data: st.DataObject
    ) -> None:
        """Alpha of names, numbers and sets equals NLTK's, with missing values; units rated once are dropped first."""
        ratings = in_pairs(data.draw(some(values)))
        assume(varied(ratings))
        theirs = as_nltk(ratings, distance).alpha()
        assert value(krippendorff_alpha(ratings, **options)) == pytest.approx(theirs, abs=1e-9)

    @pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
    @given(data=st.data())
    def test_cohen(self, weights: str | None, data: st.DataObject) -> None:
        """Cohen's kappa equals scikit-learn and statsmodels on the units that both rated."""
        ratings = data.draw(some(NUMBERS, coders=(2, 2)))
        assume(varied(ratings))
        both = np.array(in_pairs(ratings), dtype=int)
        ours = value(cohen_kappa(ratings, weights))
        theirs = cohen_kappa_score(both[:, 0], both[:, 1], labels=list(range(5)), weights=weights)
        assert ours == pytest.approx(theirs, abs=1e-9)
        cells = np.zeros((5, 5))
        np.add.at(cells, (both[:, 0], both[:, 1]), 1)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = inter_rater.cohens_kappa(cells, wt=weights, return_results=False)
        assert ours == pytest.approx(other, abs=1e-9)

    @given(some(NUMBERS, coders=(2, 2)))
    def test_scott(self, ratings: list[list[int]]) -> None:
        """Scott's pi equals NLTK's and statsmodels' Fleiss for two, on the units that both rated."""
        assume(varied(ratings))
        both = in_pairs(ratings)
        ours = value(scott_pi(ratings))
        assert ours == pytest.approx(as_nltk(both).pi(), abs=1e-9)
        assert ours == pytest.approx(inter_rater.fleiss_kappa(inter_rater.aggregate_raters(both)[0]), abs=1e-9)

    @given(some(NUMBERS, missing=False))
    def test_many_coders(self, ratings: list[list[int]]) -> None:
        """Fleiss and Brennan-Prediger equal statsmodels; Conger and percent equal NLTK (Davies and Fleiss 1982)."""
        assume(varied(ratings))
        counts = inter_rater.aggregate_raters(ratings)[0]
        assert value(fleiss_kappa(ratings)) == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-9)
        uniform = inter_rater.fleiss_kappa(counts, method="randolph")
        assert value(brennan_prediger(ratings)) == pytest.approx(uniform, abs=1e-9)
        assert value(percent_agreement(ratings)) == pytest.approx(as_nltk(ratings).avg_Ao(), abs=1e-9)
        assert value(conger_kappa(ratings)) == pytest.approx(as_nltk(ratings).multi_kappa(), abs=1e-9)

    @given(some(st.integers(0, 1), coders=(2, 2)))
    def test_positive_agreement(self, ratings: list[list[int]]) -> None:
        """Positive agreement of two coders is scikit-learn's F1 of one against the other."""
        both = np.array(in_pairs(ratings), dtype=int).reshape(-1, 2)
        assume(both.any())
        theirs = f1_score(both[:, 0], both[:, 1])
        assert value(positive_agreement(ratings)) == pytest.approx(theirs, abs=1e-9)

    @given(some(NUMBERS))
    def test_gwet(self, ratings: list[list[int | None]]) -> None:
        """AC1 and AC2 equal their definition (Gwet 2014), added up unit by unit in plain Python, missing values too."""
        assume(varied(ratings))
        rows = [[each for each in row if each is not None] for row in ratings]
        rows = [row for row in rows if row]
        seen = sorted({each for row in rows for each in row})
        q, widest = len(seen), seen[-1] - seen[0]
        prevalence = {k: math.fsum(row.count(k) / len(row) for row in rows) / len(rows) for k in seen}
        spread = math.fsum(p * (1 - p) for p in prevalence.values())
        for power, found in ((0, gwet_ac1(ratings)), (1, gwet_ac2(ratings, "linear")), (2, gwet_ac2(ratings))):

            def alike(a: int, b: int, power: int = power) -> float:
                return float(a == b) if not power else 1 - (abs(a - b) / widest) ** power

            shares = [[alike(a, b) for a, b in combinations(row, 2)] for row in rows if len(row) > 1]
            observed = math.fsum(sum(each) / len(each) for each in shares) / len(shares)
            expected = math.fsum(alike(a, b) for a in seen for b in seen) / (q * (q - 1)) * spread
            assert value(found) == pytest.approx((observed - expected) / (1 - expected), abs=1e-9)
            assert (found.observed, found.expected) == pytest.approx((observed, expected), abs=1e-9)


EVERY: dict[str, Callable[..., Coefficient]] = {
    "percent": percent_agreement,
    "holsti": holsti,
    "positive": partial(positive_agreement, code=1),
    "cohen": cohen_kappa,
    "cohen-linear": partial(cohen_kappa, weights="linear"),
    "cohen-quadratic": partial(cohen_kappa, weights="quadratic"),
    "scott": scott_pi,
    "fleiss": fleiss_kappa,
    "conger": conger_kappa,
    "brennan": brennan_prediger,
    "ac1": gwet_ac1,
    "ac2": gwet_ac2,
    "alpha": krippendorff_alpha,
    "alpha-ordinal": partial(krippendorff_alpha, level="ordinal"),
    "alpha-interval": partial(krippendorff_alpha, level="interval"),
    "alpha-ratio": partial(krippendorff_alpha, level="ratio"),
}
NOMINAL = ("percent", "holsti", "cohen", "scott", "fleiss", "conger", "brennan", "ac1", "alpha")
CORRECTED = tuple(name for name in EVERY if name not in ("percent", "holsti", "positive"))
every = pytest.mark.parametrize("name", EVERY)


def same(one: Coefficient, other: Coefficient) -> bool:
    if isinstance(one.value, Undefined) or isinstance(other.value, Undefined):
        return one.value == other.value
    return one.value == pytest.approx(other.value, abs=1e-9)


class TestIdentities:
    """How the coefficients hang together."""

    @given(some(NUMBERS, coders=(2, 2), missing=False))
    def test_of_two_coders(self, ratings: list[list[int]]) -> None:
        """For two coders Fleiss is Scott, Conger is Cohen, and Holsti is percent agreement."""
        assert same(fleiss_kappa(ratings), scott_pi(ratings))
        assert same(conger_kappa(ratings), cohen_kappa(ratings))
        assert same(holsti(ratings), percent_agreement(ratings))

    @given(some(NUMBERS, missing=False))
    def test_alpha_exceeds_fleiss_by_a_small_sample_term(self, ratings: list[list[int]]) -> None:
        """Alpha = 1 - (1 - kappa) (n - 1) / n over n ratings (Krippendorff 2019, chapter 12; pi for two coders)."""
        assume(varied(ratings))
        n = sum(map(len, ratings))
        kappa = value(fleiss_kappa(ratings))
        assert value(krippendorff_alpha(ratings)) == pytest.approx(1 - (1 - kappa) * (n - 1) / n, abs=1e-9)

    @given(some(st.integers(0, 1)))
    def test_of_two_values(self, ratings: list[list[int]]) -> None:
        """With two values every level, every set distance of 0 and 1, and every weight says the same."""
        nominal = krippendorff_alpha(ratings)
        for level in LEVELS:
            assert same(krippendorff_alpha(ratings, level), nominal)
        as_sets = [[None if each is None else {each} for each in row] for row in ratings]
        assert same(krippendorff_alpha(as_sets, distance=masi_passonneau), nominal)
        assert same(cohen_kappa(ratings, "linear"), cohen_kappa(ratings))
        assert same(gwet_ac2(ratings), gwet_ac1(ratings))

    @given(some(NUMBERS))
    def test_parts(self, ratings: list[list[int]]) -> None:
        """The value follows from its parts, agreements or disagreements."""
        for coefficient in EVERY.values():
            found = coefficient(ratings)
            if isinstance(found.value, Undefined):
                continue
            if found.d_o is not None and found.d_e is not None:
                assert found.value == pytest.approx(1 - found.d_o / found.d_e, abs=1e-9)
            if found.observed is not None and found.expected is not None:
                assert found.value == pytest.approx((found.observed - found.expected) / (1 - found.expected), abs=1e-9)

    @pytest.mark.parametrize("name", NOMINAL)
    @given(data=st.data())
    def test_names_do_not_matter(self, name: str, data: st.DataObject) -> None:
        """Relabelling the codes changes nothing."""
        ratings = data.draw(some(NUMBERS))
        names = data.draw(st.permutations(["SDM", "LAY-BAL", ("a", 1), 7, frozenset("x")]))
        other = [[None if each is None else names[each] for each in row] for row in ratings]
        assert same(EVERY[name](ratings), EVERY[name](other))

    @every
    @given(data=st.data())
    def test_order_does_not_matter(self, name: str, data: st.DataObject) -> None:
        """Permuting coders or units changes nothing."""
        ratings = data.draw(some(NUMBERS))
        columns = data.draw(st.permutations(range(len(ratings[0]))))
        other = [[row[coder] for coder in columns] for row in data.draw(st.permutations(ratings))]
        assert same(EVERY[name](ratings), EVERY[name](other))

    @every
    @given(data=st.data())
    def test_who_saw_nothing_does_not_matter(self, name: str, data: st.DataObject) -> None:
        """A unit nobody saw, and a coder who saw nothing, change nothing and are not counted."""
        ratings = data.draw(some(NUMBERS))
        wider = [[*row, None] for row in [*ratings, [None] * len(ratings[0])]]
        assert same(EVERY[name](ratings), EVERY[name](wider))
        assert EVERY[name](ratings).n_coders == EVERY[name](wider).n_coders

    @every
    @given(data=st.data())
    def test_form_does_not_matter(self, name: str, data: st.DataObject) -> None:
        """Lists with None, arrays with NaN and data frames are the same ratings."""
        ratings = data.draw(some(NUMBERS))
        array = np.array(ratings, dtype=float)
        assert same(EVERY[name](ratings), EVERY[name](array))
        assert same(EVERY[name](ratings), EVERY[name](pd.DataFrame(array)))
        assert same(EVERY[name](ratings), EVERY[name](pd.DataFrame(array).astype("Int64").astype(object)))

    @every
    def test_perfect_agreement_is_one(self, name: str) -> None:
        """Coders who always agree, on more than one value, reach exactly 1."""
        assert value(EVERY[name]([[1, 1], [2, 2], [1, 1], [4, 4]])) == 1

    def test_missing_is_not_absent(self) -> None:
        """A unit a coder did not see is not a unit he left uncoded."""
        assert value(percent_agreement([[1, 1], [1, None]])) == 1
        assert value(percent_agreement([[1, 1], [1, 0]])) == 0.5

    def test_declared_categories_count(self) -> None:
        """Codes that nobody gave still make chance smaller for Brennan-Prediger and Gwet."""
        ratings = table([[3, 1], [1, 3]])
        assert value(brennan_prediger(ratings)) == pytest.approx(0.5)
        assert value(brennan_prediger(ratings, categories=range(4))) == pytest.approx((0.75 - 0.25) / 0.75)
        assert value(gwet_ac1(ratings, categories=range(4))) > value(gwet_ac1(ratings))


class TestUndefined:
    """Every case that cannot be answered says why."""

    @every
    @given(data=st.data())
    def test_a_number_or_a_reason(self, name: str, data: st.DataObject) -> None:
        """Whatever is given, the value is a finite number or Undefined with key and words, never NaN or a traceback."""
        anything = st.one_of(st.none(), st.just(float("nan")), st.integers(-2, 2), st.sampled_from(["a", "b"]), SETS)
        found = EVERY[name](data.draw(st.one_of(some(anything, coders=(0, 3)), some(st.just(3)))))
        if isinstance(found.value, Undefined):
            assert found.value.key
            assert found.value.reason
        else:
            assert math.isfinite(found.value)
            assert found.value <= 1 + 1e-12

    @every
    @pytest.mark.parametrize(
        ("ratings", "expected"),
        [
            ([], "no_units"),
            (np.empty((0, 2)), "no_units"),
            ([[], []], "one_coder"),
            ([[1], [2]], "one_coder"),
            ([[1, None], [2, None]], "one_coder"),
            ([[None, None]], "one_coder"),
            ([[1, None], [None, 1]], "no_pairable_values"),
        ],
    )
    def test_nothing_to_compare(self, name: str, ratings: Any, expected: str) -> None:
        """No units, one coder, or no unit rated twice."""
        found = EVERY[name](ratings)
        assert key(found) == expected
        assert found.n_units == 0

    @pytest.mark.parametrize("name", CORRECTED)
    @pytest.mark.parametrize("ratings", [[[0, 0], [0, 0]], [[3, 3]], [[2, 2], [2, 2], [5, None]]])
    def test_no_variation(self, name: str, ratings: list[list[int | None]]) -> None:
        """Where all that can be compared is of one value, a corrected coefficient is undefined, not 1."""
        found = EVERY[name](ratings)
        assert key(found) == "no_variation"
        assert found.observed in (1, None)
        assert found.n_units == sum(None not in row for row in ratings)

    def test_no_variation_though_more_was_possible(self) -> None:
        """Declared codes that nobody gave are no variation."""
        assert key(gwet_ac1([[0, 0], [0, 0]], categories=[0, 1])) == "no_variation"
        assert key(brennan_prediger([[0, 0], [0, 0]], categories=[0, 1])) == "no_variation"

    def test_uncorrected_ones_need_no_variation(self) -> None:
        """Percent agreement and Holsti answer without variation."""
        assert value(percent_agreement([[0, 0]])) == value(holsti([[0, 0]])) == 1

    def test_positive_agreement_of_an_unused_code(self) -> None:
        """A code that nobody gave has no positive agreement; nor one given only where nobody else looked."""
        assert key(positive_agreement([[0, 0], [0, 0]])) == "code_not_used"
        assert key(positive_agreement([[0, 0], [1, None]])) == "code_not_used"

    def test_two_coders_only(self) -> None:
        """Cohen and Scott refuse three coders, and name their number."""
        for coefficient in (cohen_kappa, scott_pi):
            found = coefficient([[1, 1, 2], [2, 2, 2]])
            assert key(found) == "not_two_coders"
            assert "3" in str(found.value)

    @pytest.mark.parametrize("name", ["cohen-linear", "ac2", "alpha-ordinal", "alpha-interval", "alpha-ratio"])
    @pytest.mark.parametrize("ratings", [[["a", "b"], ["a", "a"]], [[1, 2], [float("inf"), 1]], [[{1}, {2}]]])
    def test_numbers_only(self, name: str, ratings: list[list[Any]]) -> None:
        """Weights and levels refuse what is no finite number."""
        assert key(EVERY[name](ratings)) == "not_numbers"

    def test_ratio_needs_amounts(self) -> None:
        """The ratio level refuses negative numbers; zero against zero is no distance."""
        assert key(krippendorff_alpha([[-1, 1], [1, 1]], "ratio")) == "negative_values"
        assert value(krippendorff_alpha([[0, 0], [1, 1]], "ratio")) == 1

    def test_reasons_are_worded_in_both_languages(self) -> None:
        """The reason is Indonesian by default and changes with the language; the key does not."""
        from qualcode.wording import use_language

        first = gwet_ac1([[0, 0]]).value
        use_language("en")
        second = gwet_ac1([[0, 0]]).value
        assert isinstance(first, Undefined)
        assert isinstance(second, Undefined)
        assert first.key == second.key
        assert first.reason != second.reason

    def test_float_of_an_undefined_coefficient(self) -> None:
        """float() gives the value, or an error with the reason."""
        assert float(percent_agreement([[0, 0]])) == 1
        with pytest.raises(ValueError, match="dua pengode"):
            float(percent_agreement([[0]]))


class TestArguments:
    """What is asked wrongly is refused."""

    def test_unknown_words(self) -> None:
        """A level or weights that do not exist."""
        with pytest.raises(ValueError, match="ordinals"):
            krippendorff_alpha([[1, 2]], "ordinals")
        with pytest.raises(ValueError, match="cubic"):
            cohen_kappa([[1, 2]], "cubic")
        with pytest.raises(ValueError, match="cubic"):
            gwet_ac2([[1, 2]], "cubic")

    def test_ragged_rows(self) -> None:
        """Rows of different lengths are no units by coders."""
        with pytest.raises(ParameterError, match="2, 3"):
            percent_agreement([[1, 2], [1, 2, 3]])

    def test_documents(self) -> None:
        """Documents are counted where a unit can be compared, and there must be one a unit."""
        ratings = [[1, 1], [0, 1], [0, None]]
        assert percent_agreement(ratings, documents=["a", "a", "b"]).n_documents == 1
        assert percent_agreement(ratings).n_documents is None
        with pytest.raises(ParameterError):
            percent_agreement(ratings, documents=["a"])

    @pytest.mark.parametrize("answer", [float("nan"), float("inf"), -1.0])
    def test_no_distance(self, answer: float) -> None:
        """A distance that is none is refused."""
        with pytest.raises(ValueError, match="distance"):
            krippendorff_alpha([["a", "b"]], distance=lambda a, b: answer)
