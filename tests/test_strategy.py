"""David's matrices on plain numbers: the textbook's totals, the thresholds, the dash rule, and honest blanks."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.analysis import strategy
from qualcode.analysis.strategy import (
    CELLS,
    Factor,
    FactorMatrix,
    Left,
    Misfit,
    Posture,
    Qspm,
    Quadrant,
    Region,
    Rule,
    Side,
    Strategy,
    efe,
    grand_strategy,
    ie,
    ife,
    qspm,
    sensitivity,
    tows,
)
from qualcode.errors import Undefined
from qualcode.wording import use_language

S, W, O, T = Side.STRENGTH, Side.WEAKNESS, Side.OPPORTUNITY, Side.THREAT  # noqa: E741

# David (2011), Strategic Management, 13th edition, chapter 4: IFE matrix of a retail computer store.
STORE_STRENGTHS = [(0.05, 3), (0.07, 4), (0.10, 3), (0.05, 3), (0.02, 3), (0.15, 3), (0.05, 4), (0.03, 3), (0.02, 3)]
STORE_WEAKNESSES = [(0.10, 2), (0.15, 2), (0.02, 1), (0.02, 1), (0.04, 1), (0.05, 2), (0.03, 1), (0.05, 1)]
# The same, chapter 3: EFE matrix of a local ten-theatre cinema complex.
CINEMA_OPPORTUNITIES = [(0.05, 3), (0.08, 4), (0.08, 3), (0.07, 2), (0.09, 1), (0.06, 3), (0.03, 2)]
CINEMA_THREATS = [(0.12, 4), (0.06, 2), (0.06, 3), (0.04, 3), (0.08, 2), (0.04, 3), (0.08, 2), (0.06, 1)]
# The same, chapter 6: QSPM of the computer store; a new larger store (A) or a renovation (B). Weight, A, B.
STORE_EXTERNAL = [
    (0.10, 4, 2), (0.10, 2, 4), (0.08, 1, 4), (0.05, None, None), (0.05, None, None), (0.10, None, None),
    (0.06, None, None), (0.06, None, None), (0.15, 4, 3), (0.08, None, None), (0.12, 4, 1), (0.08, 2, 4),
    (0.04, None, None), (0.03, None, None),
]  # fmt: skip
STORE_INTERNAL = [
    (0.05, None, None), (0.07, 2, 4), (0.10, None, None), (0.05, None, None), (0.02, None, None), (0.15, 4, 3),
    (0.05, None, None), (0.03, 4, 2), (0.02, None, None), (0.10, None, None), (0.15, 4, 1), (0.02, 1, 4),
    (0.02, 1, 4), (0.04, 3, 4), (0.05, None, None), (0.03, None, None), (0.05, 2, 4),
]  # fmt: skip


def rated(side: Side, rows: Sequence[tuple[float, int]], judge: str = "david") -> list[Factor]:
    return [
        Factor(f"{side}{n}", side, "", {judge: weight}, {judge: rating}) for n, (weight, rating) in enumerate(rows, 1)
    ]


STORE = rated(S, STORE_STRENGTHS) + rated(W, STORE_WEAKNESSES)
CINEMA = rated(O, CINEMA_OPPORTUNITIES) + rated(T, CINEMA_THREATS)


def small(**changes: object) -> list[Factor]:
    """Four factors of two judges who weigh alike; `changes` replace attributes of S1."""
    factors = [
        Factor("S1", S, "", {"a": 0.5, "b": 0.6}, {"a": 4, "b": 3}, codings=("c1", "c2")),
        Factor("W1", W, "", {"a": 0.5, "b": 0.4}, {"a": 1, "b": 1}, codings=("c3",)),
        Factor("O1", O, "", {"a": 0.7, "b": 0.7}, {"a": 3, "b": 3}, codings=("c3", "c4")),
        Factor("T1", T, "", {"a": 0.3, "b": 0.3}, {"a": 2, "b": 1}),
    ]
    return [replace(factors[0], **changes), *factors[1:]]  # type: ignore[arg-type]


SCORES = {"S1": {"A": 4, "B": 1}, "W1": {"A": 1, "B": 4}, "O1": {"A": 3, "B": 3}, "T1": {"A": None, "B": None}}


def test_the_textbooks_ife() -> None:
    """The computer store's internal factors come to 2.50 (David 2011, chapter 4).

    The total is as printed; the rows are given from memory, and their weights sum to the printed 1.00.
    """
    matrix = ife(STORE)
    assert isinstance(matrix, FactorMatrix)
    assert round(matrix.total, 2) == 2.50
    assert round(sum(row.weight for row in matrix.rows), 9) == 1
    assert round(matrix.sum_of(S), 2) == 1.74


def test_the_textbooks_efe() -> None:
    """The cinema's external factors come to 2.58 (David 2011, chapter 3).

    The total and parts of four rows are confirmed; the other rows are reconstructed, so that their weights sum to 1
    and their scores to the printed total.
    """
    matrix = efe(CINEMA)
    assert isinstance(matrix, FactorMatrix)
    assert round(matrix.total, 2) == 2.58


def test_the_textbooks_qspm() -> None:
    """A new store comes to 3.64 and a renovation to 3.27 (David 2011, chapter 6).

    The rows down to the third threat and the dash rule are confirmed, the rest is reconstructed; the sums are our
    own recomputation, since the printed ones could not be confirmed.
    """
    rows = {f"E{n}": row for n, row in enumerate(STORE_EXTERNAL)} | {f"I{n}": r for n, r in enumerate(STORE_INTERNAL)}
    weights = {id: row[0] for id, row in rows.items()}
    scores = {id: {"A": row[1], "B": row[2]} for id, row in rows.items()}
    totals = strategy.attractiveness_totals(weights, ["A", "B"], scores)
    assert isinstance(totals, dict)
    assert {id: round(total, 2) for id, total in totals.items()} == {"A": 3.64, "B": 3.27}


def test_external_weights_that_sum_to_more_than_one_are_refused() -> None:
    """The external weights of that example, as reconstructed, sum to 1.10: as a matrix they are not computed."""
    external = [Factor(f"O{n}", O, "", {"d": row[0]}, {"d": 2}) for n, row in enumerate(STORE_EXTERNAL)]
    matrix = efe(external)
    assert isinstance(matrix, Undefined)
    assert "1,1" in matrix.reason


@pytest.mark.parametrize(
    ("total", "third"),
    [(4.0, 0), (3.0, 0), (2.9999999999, 0), (2.999, 1), (2.5, 1), (2.0, 1), (1.9999999999, 1), (1.99, 2), (1.0, 2)],
)
def test_thresholds_of_the_ie_matrix(total: float, third: int) -> None:
    """3.0 is strong and 2.0 average, errors of computing aside, on either axis."""
    across, down = ie(total, 4.0), ie(4.0, total)
    assert across.cell == CELLS[third]
    assert down.cell == CELLS[3 * third]


def test_nine_cells_in_three_regions() -> None:
    """I, II, IV grow and build; III, V, VII hold and maintain; VI, VIII, IX harvest or divest (David 2011)."""
    found = [ie(i, e) for e in (3.5, 2.5, 1.5) for i in (3.5, 2.5, 1.5)]
    assert [position.cell for position in found] == list(CELLS)
    g, h, d = Region.GROW, Region.HOLD, Region.HARVEST
    assert [position.region for position in found] == [g, g, h, g, h, d, h, d, d]


def test_totals_that_ratings_cannot_give_have_no_cell() -> None:
    """A total below 1 or above 4, or one that could not be computed, stands nowhere."""
    for totals in ((0.9, 2), (2, 4.1), (float("nan"), 2)):
        assert isinstance(ie(*totals), Undefined)
    assert ie(Undefined("no weights"), 2.5) == Undefined("no weights")
    assert ie(2.5, Undefined("no ratings")) == Undefined("no ratings")


def test_the_rating_rule_is_a_setting() -> None:
    """A strength rated 2 is against the rule of the 13th edition and allowed by the rule of the response."""
    factors = small(ratings={"a": 2, "b": 3})
    refused = ife(factors, rule="david13")
    assert isinstance(refused, Undefined)
    assert "S1 (a: 2)" in refused.reason
    assert isinstance(ife(factors, rule=Rule.RESPONSE), FactorMatrix)
    with pytest.raises(ValueError):
        ife(factors, rule="other")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"weights": {}}, "S1 (a), S1 (b)"),
        ({"weights": {"a": 0.5}}, "S1 (b)"),
        ({"ratings": {"a": 4}}, "S1 (b)"),
        ({"weights": {"a": 0.6, "b": 0.6}}, "a: 1,1"),
        ({"weights": {"a": 1.5, "b": 0.6}}, "S1 (a)"),
        ({"ratings": {"a": 5, "b": 3}}, "S1 (a: 5)"),
        ({"id": "W1"}, "W1"),
    ],
    ids=["no weights", "a judge's weight", "a rating", "sum", "range", "rating range", "twice"],
)
def test_what_is_missing_or_wrong_is_named(changes: dict[str, object], named: str) -> None:
    """Without a complete set of sound weights and ratings there is a reason, and never a total over equal weights."""
    found = ife(small(**changes), rule="response")
    assert isinstance(found, Undefined)
    assert named in found.reason


def test_nothing_recorded_is_said() -> None:
    """No factors, no weights at all, or judges who gave nothing: each has its reason."""
    assert isinstance(ife([]), Undefined)
    assert "tidak diandaikan" in ife([Factor("S1", S, ""), Factor("W1", W, "")]).reason
    assert isinstance(efe(small(), judges=["a", "b", "c"]), Undefined)
    assert isinstance(ife(small(), judges=[]), Undefined)


def test_weights_may_miss_one_by_half_a_hundredth() -> None:
    """A sum of 0.995 or 1.005 is 1 as far as two decimals can say; 0.99 is not."""
    for weight, fits in ((0.495, True), (0.505, True), (0.49, False), (0.506, False)):
        assert isinstance(ife(small(weights={"a": weight, "b": 0.6})), FactorMatrix) is fits


def test_several_judges_are_averaged() -> None:
    """Each factor has the mean weight and the mean rating of the judges."""
    matrix = ife(small())
    assert isinstance(matrix, FactorMatrix)
    assert [(round(row.weight, 3), row.rating) for row in matrix.rows] == [(0.55, 3.5), (0.45, 1.0)]
    assert round(matrix.total, 3) == 2.375  # 0.55 × 3.5 + 0.45 × 1


def test_agreement_is_shown_simply() -> None:
    """The range of each factor's ratings and the share of factors rated the same."""
    found = strategy.rating_agreement(small())
    assert isinstance(found, strategy.RatingAgreement)
    assert (found.ranges, found.identical) == ({"S1": 1, "W1": 0, "O1": 0, "T1": 1}, 0.5)
    assert isinstance(strategy.rating_agreement(small(), judges=["a"]), Undefined)
    assert isinstance(strategy.rating_agreement(small(ratings={"a": 4})), Undefined)


def test_strategies_must_fit_their_field() -> None:
    """Unknown factors, factors of the wrong side and sides that are not used are named; what fits is silent."""
    strategies = [
        Strategy("SO1", Quadrant.SO, "", ("S1", "O1")),
        Strategy("WO1", Quadrant.WO, "", ("S1", "O1")),
        Strategy("ST1", Quadrant.ST, "", ("S1", "T9")),
        Strategy("WT1", Quadrant.WT, "", ()),
    ]
    found = tows(strategies, small())
    assert isinstance(found, strategy.Tows)
    assert found.misfits == (
        Misfit("WO1", "wrong_side", "S1"),
        Misfit("WO1", "missing_side", "W"),
        Misfit("ST1", "unknown", "T9"),
        Misfit("ST1", "missing_side", "T"),
        Misfit("WT1", "missing_side", "W"),
        Misfit("WT1", "missing_side", "T"),
    )
    assert [each.id for each in found.fields[Quadrant.WO]] == ["WO1"]
    assert isinstance(tows([], small()), Undefined)


def test_a_dash_is_a_dash_for_all() -> None:
    """A row with a dash for one strategy and a score for another is refused by its factor's id."""
    found = qspm(small(), ["A", "B"], SCORES | {"T1": {"A": None, "B": 2}})
    assert isinstance(found, Undefined)
    assert "T1" in found.reason


def test_sums_leave_dashes_out() -> None:
    """A row of dashes adds nothing; the sum is weight times score over the other rows."""
    found = qspm(small(), ["A", "B"], SCORES)
    assert isinstance(found, Qspm)
    assert {id: round(total, 4) for id, total in found.totals.items()} == {
        "A": round(0.55 * 4 + 0.45 + 0.7 * 3, 4),
        "B": round(0.55 + 0.45 * 4 + 0.7 * 3, 4),
    }
    assert found.chosen == "A"
    assert found.weighted("T1", "A") is None


@pytest.mark.parametrize(
    ("strategies", "scores", "named"),
    [
        (["A"], SCORES, "dua"),
        (["A", "A"], SCORES, "dua"),
        (["A", "C"], SCORES, "S1 (C)"),
        (["A", "B"], {"S1": {"A": 1, "B": 2}}, "W1 (A)"),
        (["A", "B"], SCORES | {"S1": {"A": 5, "B": 1}}, "S1"),
        (["A", "B"], {factor: {"A": None, "B": None} for factor in SCORES}, "membedakan"),
    ],
)
def test_a_comparison_needs_every_score(strategies: list[str], scores: strategy.Attractiveness, named: str) -> None:
    """Fewer than two strategies, a missing score or row, a score out of range, nothing but dashes: a reason each."""
    found = qspm(small(), strategies, scores)
    assert isinstance(found, Undefined)
    assert named in found.reason


def test_a_comparison_needs_weights() -> None:
    """Scores without weights are not summed."""
    assert isinstance(qspm(small(weights={}), ["A", "B"], SCORES), Undefined)


EACH = SCORES | {
    "S1": {"A": {"a": 4, "b": 2}, "B": {"a": 1, "b": 1}},
    "W1": {"A": 1, "B": {"a": 2, "b": 4}},
}


def test_scores_of_several_judges_are_averaged() -> None:
    """The mean over the judges enters the sum, as weights do; a score they agreed on is its own mean."""
    found = qspm(small(), ["A", "B"], EACH)
    assert isinstance(found, Qspm)
    assert found.scores["S1"] == {"A": 3.0, "B": 1.0}
    assert found.scores["W1"] == {"A": 1.0, "B": 3.0}
    assert found.scores["T1"] == {"A": None, "B": None}
    assert {id: round(total, 4) for id, total in found.totals.items()} == {
        "A": round(0.55 * 3 + 0.45 + 0.7 * 3, 4),
        "B": round(0.55 + 0.45 * 3 + 0.7 * 3, 4),
    }


def test_the_judges_asked_for_are_the_judges_counted() -> None:
    """With one judge chosen, that judge's weights and scores count, and the scores that were agreed on."""
    found = qspm(small(), ["A", "B"], EACH, judges=["b"])
    assert isinstance(found, Qspm)
    assert {id: round(total, 4) for id, total in found.totals.items()} == {
        "A": round(0.6 * 2 + 0.4 + 0.7 * 3, 4),
        "B": round(0.6 + 0.4 * 4 + 0.7 * 3, 4),
    }


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"A": {"a": 4}, "B": 1}, "S1 (A, b)"),
        ({"A": {}, "B": 1}, "S1 (A, a), S1 (A, b)"),
        ({"A": {"a": 4, "b": 3}}, "S1 (B)"),
        ({"A": {"a": 4, "b": 5}, "B": 1}, "S1"),
        ({"A": {"a": 4, "b": 2.5}, "B": 1}, "S1"),
        ({"A": {"a": 4, "b": 3, "c": 1}, "B": 1}, "S1 (c)"),
        ({"A": {"a": None}, "B": {"a": None}}, "S1 (A, b), S1 (B, b)"),
    ],
    ids=["one judge", "every judge", "a strategy", "range", "between", "a judge without weights", "a dash of one"],
)
def test_a_missing_score_names_factor_strategy_and_judge(row: dict[str, strategy.Given], named: str) -> None:
    """A judge who scored only part is named with the cell, and the mean of the others is not taken instead."""
    found = qspm(small(), ["A", "B"], SCORES | {"S1": row})
    assert isinstance(found, Undefined)
    assert named in found.reason


def test_scores_that_nobody_gave_are_missing() -> None:
    """A cell that is ready for the judges' scores and holds none is missing, even where nobody is asked."""
    found = strategy.mean_attractiveness(["S1"], ["A", "B"], {"S1": {"A": {}, "B": 2}})
    assert isinstance(found, Undefined)
    assert "S1 (A)" in found.reason


@pytest.mark.parametrize("judges", [None, ["a"], ["b"]])
def test_a_dash_is_a_dash_for_all_judges(judges: list[str] | None) -> None:
    """Where one judge has a dash and another a score, the row is refused, whoever of them is asked."""
    found = qspm(
        small(), ["A", "B"], SCORES | {"T1": {"A": {"a": None, "b": 2}, "B": {"a": None, "b": 2}}}, judges=judges
    )
    assert isinstance(found, Undefined)
    assert "T1" in found.reason
    alike = dict.fromkeys("ab", None)
    dashes = qspm(small(), ["A", "B"], SCORES | {"T1": {"A": alike, "B": None}}, judges=judges)
    assert dashes == qspm(small(), ["A", "B"], SCORES, judges=judges)


def test_agreement_on_attractiveness_is_shown_simply() -> None:
    """The share of cells with the same score and the largest spread; agreed scores and dashes do not count."""
    found = strategy.score_agreement(small(), ["A", "B"], EACH)
    assert isinstance(found, strategy.ScoreAgreement)
    assert found.ranges == {("S1", "A"): 2, ("S1", "B"): 0, ("W1", "B"): 2}
    assert (found.judges, round(found.identical, 4), found.largest, found.agreed) == (("a", "b"), 0.3333, 2, 3)


def test_without_two_independent_scores_there_is_no_agreement() -> None:
    """One judge, scores all agreed on, a judge's score missing, no comparison: each has its reason."""
    one = strategy.score_agreement(small(), ["A", "B"], EACH, judges=["a"])
    agreed = strategy.score_agreement(small(), ["A", "B"], SCORES)
    missing = strategy.score_agreement(small(), ["A", "B"], EACH | {"O1": {"A": {"a": 1}, "B": 1}})
    alone = strategy.score_agreement(small(), ["A"], EACH)
    for found in (one, agreed, missing, alone):
        assert isinstance(found, Undefined)
    assert len({one, agreed, missing, alone}) == 4
    assert "O1 (A, b)" in missing.reason


def test_a_tie_is_no_choice() -> None:
    """Two strategies with the same sum have no winner."""
    alike = {id: dict.fromkeys("AB", 2) for id in SCORES}
    found = qspm(small(), ["B", "A"], alike)
    assert isinstance(found, Qspm)
    assert isinstance(found.chosen, Undefined)
    assert "A, B" in found.chosen.reason


@pytest.mark.parametrize(
    ("fp", "ip", "sp", "cp", "posture"),
    [
        ([5], [5], [-2], [-2], Posture.AGGRESSIVE),
        ([5], [2], [-2], [-5], Posture.CONSERVATIVE),
        ([2], [2], [-5], [-5], Posture.DEFENSIVE),
        ([2], [5], [-5], [-2], Posture.COMPETITIVE),
    ],
)
def test_the_four_postures_of_space(
    fp: list[float], ip: list[float], sp: list[float], cp: list[float], posture: Posture
) -> None:
    """x is CP plus IP, y is FP plus SP; the signs give the posture (David 2011, chapter 6)."""
    found = strategy.space(financial=fp, industry=ip, stability=sp, competitive=cp)
    assert isinstance(found, strategy.Space)
    assert (found.vector.x, found.vector.y) == (cp[0] + ip[0], fp[0] + sp[0])
    assert found.vector.posture is posture


def test_space_without_scores_or_with_wrong_signs_is_undefined() -> None:
    """An axis without a score, or with one out of its range, is named; a vector on an axis has no posture."""
    assert "SP" in strategy.space(financial=[3], industry=[3], stability=[], competitive=[-3]).reason
    assert "CP" in strategy.space(financial=[3], industry=[3], stability=[-3], competitive=[3]).reason
    level = strategy.space(financial=[3], industry=[3], stability=[-3], competitive=[-1])
    assert isinstance(level, strategy.Space)
    assert isinstance(level.vector.posture, Undefined)


def test_the_grand_strategy_quadrants() -> None:
    """I rapid and strong, II rapid and weak, III slow and weak, IV slow and strong; unjudged stands nowhere."""
    found = [grand_strategy(*judged) for judged in
             (("kuat", "cepat"), ("lemah", "cepat"), ("lemah", "lambat"), ("kuat", "lambat"))]  # fmt: skip
    assert found == ["I", "II", "III", "IV"]
    assert isinstance(grand_strategy(None, "cepat"), Undefined)
    assert isinstance(grand_strategy("kuat", None), Undefined)


def test_rangkutis_quadrant_is_a_difference_of_scores() -> None:
    """x is S minus W and y is O minus T, from the weighted scores; undefined where a matrix is."""
    vector = strategy.ifas_efas(ife(STORE), efe(CINEMA))
    assert isinstance(vector, strategy.Vector)
    assert (round(vector.x, 2), round(vector.y, 2)) == (0.98, -0.22)
    assert vector.posture is Posture.DIVERSIFICATION
    assert strategy.ifas_efas(Undefined("a"), efe(CINEMA)) == Undefined("a")
    assert strategy.ifas_efas(ife(STORE), Undefined("b")) == Undefined("b")


VOICES = {"c1": "I1", "c2": "I1", "c3": "I2", "c4": "I3"}


def test_sensitivity_leaves_out_each_part_once() -> None:
    """One trial a judge, a factor, an informant; only factors that rest on one informant alone fall with it."""
    found = sensitivity(small(), ["A", "B"], SCORES, voices=VOICES)
    assert [(trial.kind, trial.name) for trial in found.trials] == [
        *((Left.JUDGE, judge) for judge in "ab"),
        *((Left.FACTOR, id) for id in ("S1", "W1", "O1", "T1")),
        *((Left.INFORMANT, id) for id in ("I1", "I2", "I3")),
    ]
    assert [trial.dropped for trial in found.trials[6:]] == [("S1",), ("W1",), ()]
    assert [trial.takes_away for trial in found.trials[6:]] == [True, True, False]


def test_sensitivity_shows_a_choice_that_hangs_on_one_person() -> None:
    """Without the only informant behind the one factor that favours it, the chosen strategy changes."""
    found = sensitivity(small(), ["A", "B"], SCORES, voices=VOICES)
    assert found.base.chosen == "A"
    fates = {trial.name: found.keeps_choice(trial) for trial in found.trials}
    assert fates["I1"] is False
    assert fates["S1"] is False
    assert fates["I2"] is True
    assert fates["a"] is True


def test_sensitivity_leaves_out_a_judges_scores() -> None:
    """A choice that only one judge's attractiveness scores favour falls without that judge, though weights agree."""
    factors = [replace(f, weights=dict.fromkeys("ab", 0.5), ratings=dict.fromkeys("ab", 2)) for f in small()]
    scores = {"S1": {"A": {"a": 4, "b": 1}, "B": {"a": 1, "b": 2}}} | {
        id: {"A": 2, "B": 2} for id in ("W1", "O1", "T1")
    }
    found = sensitivity(factors, ["A", "B"], scores, rule="response")
    fates = {trial.name: (trial.outcome.chosen, found.keeps_choice(trial)) for trial in found.trials[:2]}
    assert found.base.chosen == "A"
    assert fates == {"a": ("B", False), "b": ("A", True)}


def test_sensitivity_keeps_what_was_agreed_on() -> None:
    """Without one judge the other's scores count, and those both agreed on: nothing is missing."""
    found = sensitivity(small(), ["A", "B"], EACH)
    for trial, judge in zip(found.trials, "ba", strict=False):
        compared = qspm(small(), ["A", "B"], EACH, judges=[judge])
        assert isinstance(compared, Qspm)
        assert trial.outcome.chosen == compared.chosen


def test_who_only_scored_is_no_judge_of_the_factors() -> None:
    """Somebody who scored without weighing takes the choice away and nothing from the IE cell."""
    scores = SCORES | {"S1": {"A": {"a": 4, "b": 4, "c": 4}, "B": 1}}
    found = sensitivity(small(), ["A", "B"], scores)
    assert not isinstance(found.base.cell, Undefined)
    assert isinstance(found.base.chosen, Undefined)
    assert next(trial for trial in found.trials if trial.name == "c").outcome.chosen == "A"


def test_sensitivity_of_one_judge_ends_in_blanks() -> None:
    """Without the only judge nothing can be computed, which is no survival and no change."""
    found = sensitivity(STORE + CINEMA)
    assert found.base.cell == "V"
    assert isinstance(found.base.chosen, Undefined)
    alone = found.trials[0]
    assert isinstance(alone.outcome.cell, Undefined)
    assert isinstance(found.keeps_cell(alone), Undefined)
    assert isinstance(found.keeps_choice(alone), Undefined)


def test_reasons_speak_english_when_asked() -> None:
    """Reasons come from the catalogue, in the language in use."""
    use_language("en")
    assert "Cannot be computed" in ife([]).reason


@st.composite
def judged_factors(draw: st.DrawFn) -> list[Factor]:
    """A complete set of factors by one to three judges, weights summing to 1 on both sides of the organisation."""
    judges = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True))
    factors: list[Factor] = []
    for one, other in ((S, W), (O, T)):
        sides = draw(st.lists(st.sampled_from((one, other)), min_size=2, max_size=5))
        parts = {judge: [draw(st.integers(1, 9)) for _ in sides] for judge in judges}
        for n, side in enumerate(sides):
            factors.append(
                Factor(
                    f"{side}{n}",
                    side,
                    "",
                    {judge: parts[judge][n] / sum(parts[judge]) for judge in judges},
                    {judge: draw(st.sampled_from(strategy.allowed_ratings(side, Rule.DAVID13))) for judge in judges},
                    codings=(f"c{n % 3}",),
                )
            )
    return factors


def unworded(result: object) -> object:
    """A reason may name what is missing in any order."""
    return Undefined if isinstance(result, Undefined) else result


def results(factors: Sequence[Factor], judges: Sequence[str], scores: strategy.Attractiveness) -> tuple[object, ...]:
    inner, outer = ife(factors, judges=judges), efe(factors, judges=judges)
    assert isinstance(inner, FactorMatrix)
    assert isinstance(outer, FactorMatrix)
    compared = qspm(factors, ["A", "B"], scores, judges=judges)
    assert isinstance(compared, Qspm)
    trials = sensitivity(factors, ["A", "B"], scores, judges=judges, voices={"c0": "I1", "c1": "I1", "c2": "I2"})
    fates = {
        (t.kind, t.name, frozenset(t.dropped), unworded(t.outcome.cell), unworded(t.outcome.chosen))
        for t in trials.trials
    }
    return inner.total, outer.total, compared.totals, fates


@given(judged_factors(), st.randoms(use_true_random=False))
def test_order_means_nothing(factors: list[Factor], random: Random) -> None:
    """Permuting factors or judges changes no total, no choice, and no trial."""
    judges = list(strategy.judges_of(factors))
    scores: strategy.Attractiveness = {
        f.id: {"A": 1 + n % 4, "B": {judge: 1 + (n + len(f.id) + ord(judge)) % 4 for judge in judges}}
        for n, f in enumerate(factors)
    }
    shuffled, other = list(factors), list(judges)
    random.shuffle(shuffled)
    random.shuffle(other)
    assert results(factors, judges, scores) == results(shuffled, other, scores)


@given(judged_factors(), st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_renormalising_undoes_scaling(factors: list[Factor], scale: float) -> None:
    """Weights multiplied by the same number are, renormalised, the weights they were."""
    scaled = [replace(f, weights={judge: scale * weight for judge, weight in f.weights.items()}) for f in factors]
    for before, after in zip(factors, strategy.renormalised(scaled), strict=True):
        assert after.weights == pytest.approx(before.weights)


@given(judged_factors())
def test_one_factor_left_alone_weighs_everything(factors: list[Factor]) -> None:
    """Whatever a factor weighed, alone on its side of the organisation it weighs 1, exactly."""
    for factor in factors:
        (alone,) = strategy.renormalised([factor])
        assert set(alone.weights.values()) == {1.0}


@given(judged_factors())
def test_totals_stay_between_the_ratings(factors: list[Factor]) -> None:
    """With weights that sum to 1, a total lies between the lowest and the highest rating, and so has a cell."""
    inner, outer = ife(factors), efe(factors)
    assert isinstance(inner, FactorMatrix)
    assert isinstance(outer, FactorMatrix)
    for matrix in (inner, outer):
        ratings = [row.rating for row in matrix.rows]
        assert min(ratings) - 1e-9 <= matrix.total <= max(ratings) + 1e-9
    assert ie(inner.total, outer.total).cell in CELLS


@given(judged_factors())
def test_equal_judges_are_one_judge(factors: list[Factor]) -> None:
    """A second judge who says the same changes nothing."""
    judge = strategy.judges_of(factors)[0]
    alone = [replace(f, weights={"x": f.weights[judge]}, ratings={"x": f.ratings[judge]}) for f in factors]
    twice = [
        replace(f, weights=dict.fromkeys("xy", f.weights["x"]), ratings=dict.fromkeys("xy", f.ratings["x"]))
        for f in alone
    ]
    assert ife(alone).total == pytest.approx(ife(twice).total)
    assert efe(alone).total == pytest.approx(efe(twice).total)


@given(judged_factors(), st.data())
def test_judges_who_score_alike_might_have_agreed(factors: list[Factor], data: st.DataObject) -> None:
    """The same score from every judge counts as that score agreed on, and leaves no spread."""
    judges = strategy.judges_of(factors)
    agreed = {f.id: {s: data.draw(st.integers(1, 4)) for s in "AB"} for f in factors}
    each = {id: {s: dict.fromkeys(judges, score) for s, score in row.items()} for id, row in agreed.items()}
    assert qspm(factors, ["A", "B"], each) == qspm(factors, ["A", "B"], agreed)
    spread = strategy.score_agreement(factors, ["A", "B"], each)
    assert isinstance(spread, Undefined) if len(judges) == 1 else (spread.identical, spread.largest) == (1.0, 0)
