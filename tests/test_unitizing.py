"""The unitizing family on free spans: its definition character by character, its identities, its honest blanks."""

import sys
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.analysis.agreement import Coefficient, UnitizingAlpha, gamma, krippendorff_alpha, unitizing_alpha
from qualcode.errors import ParameterError, Undefined

Spans = list[list[tuple[int, int, Hashable]]]


def value(found: Coefficient) -> float:
    assert isinstance(found.value, float), found.value
    return found.value


def key(found: Coefficient | Undefined) -> str:
    reason = found.value if isinstance(found, Coefficient) else found
    assert isinstance(reason, Undefined), reason
    return reason.key


@st.composite
def texts(draw: st.DrawFn, codes: str = "ABC", coders: tuple[int, int] = (2, 4)) -> tuple[Spans, int]:
    """Coders who cut a text at random places and mark some of the pieces."""
    length = draw(st.integers(1, 30))
    spans: Spans = []
    for _ in range(draw(st.integers(*coders))):
        cuts = sorted(draw(st.sets(st.integers(0, length), max_size=7)))
        marks = draw(st.lists(st.sampled_from([None, *codes]), min_size=len(cuts), max_size=len(cuts)))
        pieces = zip(cuts, cuts[1:], marks, strict=False)
        spans.append([(start, end, mark) for start, end, mark in pieces if mark is not None])
    return spans, length


def by_character(spans: Spans, length: int) -> dict[str, float | None]:
    """The definition, character by character: meetings of ordered pairs of coders, then e_ck as the source has it."""
    others = len(spans) - 1
    reads: list[dict[int, tuple[Hashable, int]]] = [
        {at: (code, unit) for unit, (start, end, code) in enumerate(own) for at in range(start, end)} for own in spans
    ]
    pairs = [(i, j) for i in range(len(spans)) for j in range(len(spans)) if i != j]
    met: dict[tuple[Hashable, Hashable], float] = defaultdict(float)
    joint: dict[tuple[int, int, int], int] = defaultdict(int)
    for i, j in pairs:
        for at in range(length):
            one, other = reads[i].get(at), reads[j].get(at)
            met[one and one[0], other and other[0]] += 1 / others
            if one and other:
                joint[i, one[1], j] += 1
    codes = sorted({code for own in spans for *_, code in own}, key=str)
    squares: dict[Hashable, float] = defaultdict(float)
    for own in spans:
        squares[None] += length
        for start, end, code in own:
            squares[code] += (end - start) ** 2
            squares[None] -= end - start
    joint_squares: dict[Hashable, float] = defaultdict(float)
    for (i, unit, _), width in joint.items():
        joint_squares[spans[i][unit][2]] += width**2 / others

    def alphas(values: list[Hashable], own: dict[Hashable, float]) -> dict[str, float | None]:
        margin = {c: sum(met[c, k] for k in values) for c in values}
        whole = sum(margin.values())
        below = whole**2 - sum(own[c] for c in values)
        if below <= 1e-9:
            return {}
        expected = {
            (c, k): whole * (margin[c] * margin[k] - (own[c] if c == k else 0)) / below for c in values for k in values
        }
        d_e = whole - sum(expected[c, c] for c in values)
        if d_e < 1e-9:
            return {}
        found: dict[str, float | None] = {"all": 1 - (whole - sum(met[c, c] for c in values)) / d_e}
        for k in values:
            e_k = sum(expected[c, k] for c in values)
            apart = e_k - expected[k, k]
            sound = margin[k] > 1e-9 and e_k > 1e-9 and apart > 1e-9
            found[str(k)] = 1 - e_k / margin[k] * (margin[k] - met[k, k]) / apart if sound else None
            found[f"binary {k}"] = 1 - (margin[k] - met[k, k]) / apart if apart > 1e-9 else None
        return found

    segmenting = alphas([None, *codes], squares) if length else {}
    coding = alphas(list(codes), joint_squares) if len(codes) > 1 else {}
    return {
        "u": segmenting.get("all"),
        "relevance": segmenting.get("binary None"),
        "cu": coding.get("all"),
        **{f"ku {code}": coding.get(str(code)) for code in codes},
    }


def close(ours: Coefficient, theirs: float | None) -> bool:
    if theirs is None:
        return isinstance(ours.value, Undefined)
    return value(ours) == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=300)
@given(texts())
def test_is_its_definition(text: tuple[Spans, int]) -> None:
    """Every member of the family equals its definition counted character by character, or is undefined with it."""
    spans, length = text
    found, theirs = unitizing_alpha(spans, length), by_character(spans, length)
    assert close(found.u, theirs["u"])
    assert close(found.relevance, theirs["relevance"])
    assert close(found.coding, theirs["cu"])
    for code, each in found.codes.items():
        assert close(each, theirs[f"ku {code}"])


@given(texts())
def test_pieces_of_one_character_make_nominal_alpha(text: tuple[Spans, int]) -> None:
    """Where every unit is one character long, u-alpha is nominal alpha of the characters, gap being a value."""
    spans, length = text
    single = [[(at, at + 1, code) for start, end, code in own for at in range(start, end)] for own in spans]
    marks = [{at: code for at, _, code in own} for own in single]
    ratings = [[own.get(at, "-") for own in marks] for at in range(length)]
    ours, theirs = unitizing_alpha(single, length).u, krippendorff_alpha(ratings)
    if isinstance(theirs.value, Undefined):
        assert isinstance(ours.value, Undefined)
    else:
        assert value(ours) == pytest.approx(theirs.value, abs=1e-9)


def test_by_hand() -> None:
    """Ten characters, two coders: lengths A 12, B 3, gap 5 of 20; meetings A-A 8, gap-gap 4; squares 64."""
    found = unitizing_alpha([[(0, 4, "A"), (6, 9, "B")], [(0, 5, "A"), (6, 9, "A")]], 10)
    below = 20**2 - (16 + 9 + 3 + 25 + 9 + 2)
    assert value(found.u) == pytest.approx(1 - (8 / 20) / ((20**2 - 12**2 - 3**2 - 5**2) / below))
    assert value(found.relevance) == pytest.approx(1 - (1 / 20) / (5 * 15 / below))
    # Jointly marked: 0 to 4 and 6 to 9; A 11, B 3 of 14; parts of units 4, 3, 4, 3.
    joint = 14**2 - (16 + 9 + 16 + 9)
    assert value(found.coding) == pytest.approx(1 - (6 / 14) / ((14**2 - 11**2 - 3**2) / joint))
    assert value(found.codes["A"]) == pytest.approx(1 - (3 / 11) / (11 * 3 / (11 * 14 - 16 - 16 - 9)))
    assert found.coverage == pytest.approx(14 / 20)
    assert found.code_coverage == pytest.approx({"A": 11 / 12, "B": 1})
    assert (found.u.n_units, found.u.n_coders, found.codes["A"].n_units) == (4, 2, 3)


def flat(found: UnitizingAlpha) -> list[Any]:
    every = [found.u, found.relevance, found.coding, *(found.codes[code] for code in sorted(found.codes, key=str))]
    return [round(each.value, 9) if isinstance(each.value, float) else each.value.key for each in every]


@given(texts(), st.data())
def test_order_and_names_do_not_matter(text: tuple[Spans, int], data: st.DataObject) -> None:
    """Permuting coders and spans, and other names for the codes in the same order, change nothing."""
    spans, length = text
    other = [data.draw(st.permutations(own)) for own in data.draw(st.permutations(spans))]
    renamed = [[(start, end, f"KHN-{code}") for start, end, code in own] for own in spans]
    assert flat(unitizing_alpha(spans, length)) == flat(unitizing_alpha(other, length))
    assert flat(unitizing_alpha(spans, length)) == flat(unitizing_alpha(renamed, length))


@given(texts())
def test_agreement_with_oneself_is_one(text: tuple[Spans, int]) -> None:
    """Coders with the same spans reach 1 wherever a member of the family is defined."""
    spans, length = text
    for found in flat(unitizing_alpha([spans[0]] * 3, length)):
        assert isinstance(found, str) or found == 1


def test_more_uncoded_text_does_not_make_agreement() -> None:
    """Coders who share no character stay below zero however long the text; AC1 of its characters would near 1."""
    apart: Spans = [[(0, 300, "A")], [(300, 600, "A")]]
    for length in (1000, 10_000, 100_000):
        assert value(unitizing_alpha(apart, length).u) < 0


def test_overlaps_of_one_code_are_merged_and_named() -> None:
    """A coder who marks the same code twice over the same words is read once, and it is told; touching spans stay."""
    found = unitizing_alpha([[(0, 5, "A"), (3, 9, "A"), (9, 12, "A")], [(0, 9, "A"), (9, 12, "A")]], 20)
    assert found.merged == ((0, 0, 9, "A"),)
    assert value(found.u) == 1
    assert found.u.n_units == 4
    inner = unitizing_alpha([[(0, 9, "A"), (2, 4, "A"), (3, 5, "A")], []], 20)
    assert inner.merged == ((0, 0, 9, "A"),)


def test_touching_spans_are_units_of_their_own() -> None:
    """Two spans that touch are not one long span: squared lengths differ."""
    whole = unitizing_alpha([[(0, 8, "A")], [(2, 10, "A")]], 20)
    parts = unitizing_alpha([[(0, 4, "A"), (4, 8, "A")], [(2, 10, "A")]], 20)
    assert value(whole.u) != value(parts.u)


class TestUndefined:
    """What cannot be said, and why."""

    @pytest.mark.parametrize(
        ("spans", "length", "expected"),
        [
            ([], 10, "one_coder"),
            ([[(0, 5, "A")]], 10, "one_coder"),
            ([[(0, 5, "A")], None], 10, "one_coder"),
            ([[], []], 10, "no_spans"),
            ([[], []], 0, "no_units"),
            ([[(0, 5, "A"), (3, 6, "B")], [(0, 5, "A")]], 10, "overlapping_codes"),
        ],
    )
    def test_nothing_at_all(self, spans: Any, length: int, expected: str) -> None:
        """One coder, nothing marked, no text, or codes that overlap within a coder: the whole family is undefined."""
        found = unitizing_alpha(spans, length)
        assert {key(each) for each in (found.u, found.relevance, found.coding, *found.codes.values())} == {expected}
        assert isinstance(found.coverage, Undefined)

    def test_no_gap(self) -> None:
        """Where everything is marked, relevance is no question."""
        found = unitizing_alpha([[(0, 6, "A"), (6, 10, "B")], [(0, 5, "A"), (5, 10, "B")]], 10)
        assert key(found.relevance) == "no_gap"
        assert isinstance(found.coding.value, float)

    def test_one_code(self) -> None:
        """One code over everything is no variation; one code at all leaves nothing to compare codes with."""
        found = unitizing_alpha([[(0, 10, "A")], [(0, 10, "A")]], 10)
        assert (key(found.u), key(found.coding), key(found.codes["A"])) == ("no_variation", "one_code", "one_code")

    def test_no_joint_spans(self) -> None:
        """Where no character is marked by two, codes cannot be compared; coverage is 0."""
        found = unitizing_alpha([[(0, 4, "A")], [(5, 9, "B")]], 10)
        assert (key(found.coding), key(found.codes["A"])) == ("no_joint_spans", "no_joint_spans")
        assert found.coverage == 0

    def test_one_code_met(self) -> None:
        """A code met by nobody else is undefined, and so are codes where only one of them was met."""
        found = unitizing_alpha([[(0, 4, "A"), (5, 9, "B")], [(0, 4, "A")]], 10)
        assert key(found.codes["B"]) == "no_joint_spans"
        assert (key(found.coding), key(found.codes["A"])) == ("no_variation", "no_variation")

    def test_too_little_is_joint(self) -> None:
        """Three coders, one meeting of two: no expectation; taken as it stands the formula would divide by zero."""
        found = unitizing_alpha([[(0, 4, "A")], [(0, 4, "B")], []], 10)
        assert (key(found.coding), key(found.codes["A"])) == ("few_joint_spans", "few_joint_spans")

    @given(texts(coders=(0, 3)))
    def test_a_number_or_a_reason(self, text: tuple[Spans, int]) -> None:
        """Whatever the spans, each value is a number up to 1 or Undefined with its key."""
        for found in flat(unitizing_alpha(*text)):
            assert found if isinstance(found, str) else found <= 1

    @pytest.mark.parametrize("span", [(3, 3, "A"), (5, 3, "A"), (-1, 3, "A"), (0, 11, "A")])
    def test_impossible_spans(self, span: tuple[int, int, str]) -> None:
        """Empty, reversed and outlying spans are refused, and the coder's place is named."""
        with pytest.raises(ParameterError, match=r"spans\[1\]"):
            unitizing_alpha([[], [span]], 10)

    def test_impossible_length(self) -> None:
        """A text has no negative length."""
        with pytest.raises(ParameterError):
            unitizing_alpha([[], []], -1)


class TestGamma:
    """Gamma needs an extra package."""

    SPANS: Sequence[Any] = [
        [(0, 10, "x"), (20, 30, "y"), (40, 50, "x")],
        [(0, 9, "x"), (21, 30, "y")],
        None,
    ]

    def test_without_the_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without it the answer is a reason with the command that installs it, no traceback."""
        monkeypatch.setitem(sys.modules, "pygamma_agreement", None)
        found = gamma(self.SPANS)
        assert key(found) == "gamma_not_installed"
        assert "qualcode[gamma]" in str(found.value)
        assert (found.n_units, found.n_coders) == (5, 2)

    def test_one_coder(self) -> None:
        """A coder who marked nothing takes no part."""
        assert key(gamma([[(0, 4, "A")], [], None])) == "one_coder"

    def test_with_the_package(self) -> None:
        """With it the same seed gives the same gamma, and other random numbers go on undisturbed."""
        pytest.importorskip("pygamma_agreement")
        np.random.seed(3)
        undisturbed = np.random.random()
        np.random.seed(3)
        one, again = gamma(self.SPANS), gamma(self.SPANS)
        assert one == again
        assert 0 < value(one) < 1
        assert np.random.random() == undisturbed
