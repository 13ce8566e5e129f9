"""Saturation: known answers, exact fractions, reasons instead of numbers, and what a case's sources allow."""

import csv
import io
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from itertools import permutations
from math import factorial
from pathlib import Path
from random import Random

import matplotlib.image
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.analysis.saturation import Orders, Run, as_share, order_sensitivity, richness, saturate
from qualcode.cli import main
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]
MARKS = ("anjuran", "rencana", "komparatif")

SOURCES = st.lists(st.frozensets(st.integers(0, 12), max_size=6), max_size=9)


def sources_with(new: Sequence[int]) -> list[range]:
    """Sources that bring these numbers of new codes."""
    return [range(sum(new[:at]), sum(new[: at + 1])) for at in range(len(new))]


@pytest.fixture(scope="module")
def case() -> qc.Case:
    return qc.open_project(ROOT).case("latihan-kota-samudra")


@pytest.fixture(scope="module")
def stoc() -> qc.Codebook:
    return qc.open_project(ROOT).codebook("stoc")


# The method


def test_the_authors_example() -> None:
    """37 themes in the base, then 7, 4 and 1 new ones: 19%, 11%, 3%, so 6+2 (Guest, Namey & Chen 2020, PLoS ONE)."""
    course = saturate(sources_with([10, 10, 9, 8, 4, 3, 1, 0]))
    assert course.base_codes == 37
    assert [(run.new, run.base, round(100 * run.ratio)) for run in course.runs] == [
        (7, 37, 19),
        (4, 37, 11),
        (1, 37, 3),
    ]
    assert str(course.reached) == "6+2"
    assert isinstance(course.reached, Run)
    assert (course.reached.before, course.reached.first, course.reached.last) == (6, 7, 8)


def test_equality_is_reached() -> None:
    """A ratio of exactly the threshold is reached, whether it is given as a share, in per cent or as a decimal."""
    sources = sources_with([5, 5, 5, 5, 1, 0])
    for threshold in (Fraction(1, 20), "5%", "5 %", "0.05", "0,05", "1/20", 0.05):
        assert str(saturate(sources, threshold=threshold).reached) == "4+2"
    assert isinstance(saturate(sources, threshold="4.99%").reached, qc.Undefined)


@given(st.integers(1, 99))
def test_a_decimal_is_the_fraction_it_is_written_as(percent: int) -> None:
    """A decimal threshold is exact: no share is missed by a binary rounding."""
    assert as_share(percent / 100) == as_share(f"{percent}%") == Fraction(percent, 100)
    course = saturate(sources_with([100, percent]), base=1, run=1, threshold=percent / 100)
    assert str(course.reached) == "1+1"


def test_no_new_information_at_all() -> None:
    """With a threshold of 0 only a run without any new code is saturated."""
    assert str(saturate(sources_with([9, 9, 9, 9, 1, 0, 0]), threshold=0).reached) == "5+2"
    assert isinstance(saturate(sources_with([9, 9, 9, 9, 0, 1, 0]), threshold=0).reached, qc.Undefined)


def test_a_code_counts_once() -> None:
    """The same code twice in a source, or in a later source, is not new again."""
    course = saturate([["a", "a"], ["b"], ["a", "b", "b", "c"]], base=1, run=1)
    assert (course.new, course.cumulative) == ((1, 1, 1), (1, 2, 3))


@given(SOURCES, st.integers(1, 5), st.integers(1, 3), st.fractions(0, Fraction(99, 100)))
def test_saturation_by_its_definition(sources: list[frozenset[int]], base: int, run: int, threshold: Fraction) -> None:
    """Every run says what the definition says, and the first at or below the threshold is the one reached."""
    course = saturate(sources, base=base, run=run, threshold=threshold)
    basis = frozenset().union(*sources[:base])
    ratios = []
    for start in range(base, len(sources) - run + 1):
        before: frozenset[int] = frozenset().union(*sources[:start])
        fresh = frozenset().union(*sources[start : start + run]) - before
        ratios.append(Fraction(len(fresh), len(basis)) if basis else None)
    assert [each.ratio for each in course.runs] == [ratio for ratio in ratios if ratio is not None]
    saturated = [base + at for at, ratio in enumerate(ratios) if ratio is not None and ratio <= threshold]
    if saturated:
        assert str(course.reached) == f"{saturated[0]}+{run}"
    else:
        assert isinstance(course.reached, qc.Undefined)


@given(SOURCES, st.data())
def test_names_of_codes_do_not_matter(sources: list[frozenset[int]], data: st.DataObject) -> None:
    """Relabelling codes, and reordering the sources inside the base, changes nothing that is counted after it."""
    renamed: list[list[Hashable]] = [[f"K{code}" for code in codes] for codes in sources]
    assert saturate(renamed) == saturate(sources)
    base = data.draw(st.permutations(sources[:4]))
    assert saturate([*base, *sources[4:]]).runs == saturate(sources).runs


def test_too_few_sources() -> None:
    """Fewer than base + run sources give a reason with the number that is needed, not a result."""
    reached = saturate(sources_with([3, 2, 1, 1, 0])).reached
    assert isinstance(reached, qc.Undefined)
    assert "5" in reached.reason
    assert "6" in reached.reason
    assert isinstance(saturate([]).reached, qc.Undefined)


def test_an_empty_base() -> None:
    """Where the base holds no code there is no denominator, and so no ratio."""
    course = saturate(sources_with([0, 0, 0, 0, 3, 0, 0]))
    assert course.runs == ()
    assert isinstance(course.reached, qc.Undefined)
    assert "penyebut" in course.reached.reason


def test_never_reached() -> None:
    """Where no run comes down to the threshold, the whole table of ratios stays and the lowest is named."""
    course = saturate(sources_with([4, 4, 4, 4, 4, 4, 2, 4]))
    assert [run.ratio for run in course.runs] == [Fraction(8, 16), Fraction(6, 16), Fraction(6, 16)]
    assert isinstance(course.reached, qc.Undefined)
    assert "6/16" in course.reached.reason


@pytest.mark.parametrize("wrong", [{"base": 0}, {"run": 0}, {"threshold": 5}, {"threshold": "lima"}, {"threshold": -1}])
def test_wrong_parameters_are_refused(wrong: dict[str, int]) -> None:
    """Lengths below 1 and thresholds that are no share are refused with the mend; 5 is not taken for 5%."""
    with pytest.raises(qc.ParameterError, match="Perbaikan"):
        saturate([{1}], **wrong)


# Other orders


def test_few_sources_are_tried_in_every_order() -> None:
    """Where all orders can be tried, they are, once each, and each is counted as `saturate` finds it."""
    sources = [{1, 2}, {1}, {2, 3}, {4}, {1, 4}]
    found = order_sensitivity(sources, base=2, run=1, threshold="50%")
    assert isinstance(found, Orders)
    assert (found.total, found.seed) == (factorial(5), None)
    single = [saturate(order, base=2, run=1, threshold="50%").reached for order in permutations(sources)]
    points = [each.before for each in single if isinstance(each, Run)]
    assert found.points == {point: points.count(point) for point in sorted(points)}
    assert found.share == Fraction(len(points), factorial(5))


def test_the_same_seed_draws_the_same_orders() -> None:
    """A thousand orders are drawn, the same for the same seed and others for another."""
    sources = sources_with([9, 1, 0, 2, 4, 1, 3, 0, 1, 2])
    one, again, other = (order_sensitivity(sources, seed=seed, threshold="20%") for seed in (1, 1, 2))
    assert isinstance(one, Orders)
    assert (one.total, one.seed) == (1000, 1)
    assert one == again
    assert one != other


@given(SOURCES, st.randoms())
def test_order_sensitivity_does_not_depend_on_the_order(sources: list[frozenset[int]], random: Random) -> None:
    """Trying every order gives the same whatever order the sources came in."""
    few = sources[:5]
    shuffled = random.sample(few, len(few))
    assert order_sensitivity(few, base=2, run=1) == order_sensitivity(shuffled, base=2, run=1)


def test_percentiles_count_orders_that_never_end_as_last() -> None:
    """A percentile is the smallest n that so many of all orders do not exceed; unsaturated orders come last."""
    found = Orders(100, 1, {4: 10, 5: 45, 7: 35})
    assert (found.low, found.median, found.reached) == (4, 5, 90)
    assert isinstance(found.high, qc.Undefined)
    assert found.quantile(Fraction(90, 100)) == 7
    assert Orders(100, 1, {4: 5, 6: 95}).low == 4
    assert Orders(30, 1, {4: 1, 6: 29}).low == 6  # one of thirty orders is not yet one in twenty
    assert isinstance(Orders(100, 1, {}).median, qc.Undefined)


def test_no_orders_of_too_few_sources() -> None:
    """Where no order can be saturated for lack of sources, the reason stands instead of a share of 0."""
    assert isinstance(order_sensitivity([{1}, {2}]), qc.Undefined)


def test_orders_with_an_empty_base_are_told_apart() -> None:
    """An order whose base holds no code is neither saturated nor forgotten."""
    found = order_sensitivity([set(), set(), {1}], base=1, run=1)
    assert isinstance(found, Orders)
    assert (found.total, found.empty, found.reached) == (6, 4, 2)


# Richness


def test_chao2_and_coverage() -> None:
    """S + (m-1)/m Q1^2/(2 Q2) (Chao 1987) and 1 - Q1/U (m-1)Q1/((m-1)Q1 + 2 Q2) (Chao & Jost 2012), by hand."""
    counts = richness(["abcd", "abce", "abf", "abg", "a"])  # a 5, b 4, c 2, and d, e, f, g once each
    assert (counts.sources, counts.found, counts.incidences, counts.once, counts.twice) == (5, 7, 15, 4, 1)
    assert counts.chao2 == pytest.approx(7 + 4 / 5 * 16 / 2)
    assert counts.coverage == pytest.approx(1 - 4 / 15 * 16 / 18)


def test_chao2_without_pairs() -> None:
    """Where no code is in exactly two sources the bias-corrected form stands in: Q1 (Q1 - 1) / 2."""
    assert richness(["abc", "ad", "a"]).chao2 == pytest.approx(4 + 2 / 3 * 3 * 2 / 2)


@given(SOURCES)
def test_richness_is_a_bound(sources: list[frozenset[int]]) -> None:
    """Chao2 is never below what was found, coverage lies from 0 to 1; with too little, both give their reason."""
    counts = richness(sources)
    if counts.sources < 2 or not counts.found:
        assert isinstance(counts.chao2, qc.Undefined)
        assert isinstance(counts.coverage, qc.Undefined)
    else:
        assert isinstance(counts.chao2, float | int)
        assert counts.chao2 >= counts.found
        assert isinstance(counts.coverage, float)
        assert 0 <= counts.coverage <= 1


# A case


def test_a_closed_codebook_is_refused(case: qc.Case, stoc: qc.Codebook) -> None:
    """Codes of a theory cannot be new: no ratio, no curve, no orders, but the reason and what to count instead."""
    found = qc.saturation(case, stoc)
    assert isinstance(found.result, qc.Undefined)
    for word in ("tertutup", "code x valence", "tag", "closed: false"):
        assert word in found.result.reason
    assert found.orders() == found.result
    assert found.result.reason in found.curve().alt
    assert "kumulatif 1" not in found.curve().alt
    assert all(str(row[7]) == "–" for row in found.to_table().rows)
    assert found.result.reason in found.sentence()


def test_tags_of_the_practice_case(case: qc.Case, stoc: qc.Codebook) -> None:
    """The interviews come by date, and the result is what `saturate` finds for the sets of tags counted by hand."""
    found = qc.saturation(case, stoc, what="tag", without=MARKS)
    assert list(found.sources) == ["I1", "I2", "I3", "I4", "I5", "I6", "I7"]
    codings = case.coded_by("ana").using(stoc)
    by_hand = [
        {tag for c in codings if c.informant == name and c.technique == "wawancara" for tag in c.tags} - set(MARKS)
        for name in found.sources
    ]
    assert list(found.sets) == by_hand
    assert found.course == saturate(by_hand)
    assert found.result == found.course.reached


def test_every_number_opens(case: qc.Case, stoc: qc.Codebook) -> None:
    """A new code opens to the passage that first brought it; a cell of the incidence table opens to its codings."""
    found = qc.saturation(case, stoc, what="tag", without=MARKS)
    for row, new in zip(found.to_table().rows, found.course.new, strict=True):
        assert len(row[4].quotations) == row[4].value == new
    table = found.incidence_table()
    assert len(table.rows) == found.course.cumulative[-1]
    by_id = {coding.id: coding for coding in case.codings}
    for row in table.rows:
        tag, cells = row[0], row[1:8]
        assert sum(bool(cell.quotations) for cell in cells) == row[8]
        for name, cell in zip(found.sources, cells, strict=True):
            assert cell.value == len(cell.quotations)
            for quotation in cell.quotations:
                assert tag in by_id[quotation.coding].tags
                assert by_id[quotation.coding].informant == name


def test_code_by_valence(case: qc.Case, stoc: qc.Codebook) -> None:
    """With valences, a code that is opposed is another than the code that is supported."""
    found = qc.saturation(case, stoc, what="code x valence")
    pairs = {(c.code, c.valence) for codings in found.sources.values() for c in codings}
    assert len(found.incidence) == len(pairs)
    assert "tertutup" in repr(found.limits())


def test_a_declared_order(case: qc.Case, stoc: qc.Codebook) -> None:
    """A declared order is kept as it is, leaves out whom it does not name, and says so; a stranger is refused."""
    order = ["I7", "I6", "I5", "I4", "I3", "I2"]
    found = qc.saturation(case, stoc, what="tag", order=order)
    assert list(found.sources) == order
    assert "I1" in repr(found.limits())
    assert "dinyatakan peneliti" in found.sentence()
    with pytest.raises(qc.UnknownNameError, match="I1"):
        qc.saturation(case, stoc, what="tag", order=["I1", "I9"])


def test_other_orders_are_asked_of_the_same_sets(case: qc.Case, stoc: qc.Codebook) -> None:
    """The table of other orders shows what `order_sensitivity` finds for the case's sets."""
    found = qc.saturation(case, stoc, what="tag")
    assert found.orders() == order_sensitivity(found.sets)
    assert "1.000" in repr(found.orders_table())


def test_documents_as_sources(case: qc.Case, stoc: qc.Codebook) -> None:
    """With documents as the unit each interview is a source; other techniques come in only when asked for."""
    found = qc.saturation(case, stoc, unit="document", what="tag")
    assert list(found.sources) == [f"w-i{n}" for n in range(1, 8)]
    everything = qc.saturation(case, stoc, unit="document", what="tag", technique="semua")
    assert len(everything.sources) == len(case.documents)
    assert [str(row[1]) for row in everything.to_table().rows] == list(everything.sources)


@pytest.mark.parametrize("wrong", [{"unit": "informan"}, {"what": "codes"}, {"technique": "wawancra"}])
def test_unknown_choices_are_refused(case: qc.Case, stoc: qc.Codebook, wrong: dict[str, str]) -> None:
    """A misspelt unit, kind of code or technique is refused with those there are."""
    with pytest.raises(qc.UnknownNameError, match="Yang ada"):
        qc.saturation(case, stoc, **wrong)


def test_the_report_names_everything(case: qc.Case, stoc: qc.Codebook) -> None:
    """The sentence states notation, base, run, threshold, order, coder and what a code is, in both languages."""
    for language, words in {
        "id": ("5+2", "dasar 4", "rangkaian 2", "5%", "1/29 = 3,4%", "menurut tanggal", "ana", "tanda", "wawancara"),
        "en": ("5+2", "base size 4", "run length 2", "5%", "1/29 = 3.4%", "by date", "ana", "tags"),
    }.items():
        use_language(language)
        sentence = qc.saturation(case, stoc, what="tag", without=MARKS).sentence()
        assert all(word in sentence for word in words), sentence


def test_limits_are_printed_under_the_result(case: qc.Case, stoc: qc.Codebook) -> None:
    """What saturation cannot say stands under it, with how many tags the codebook itself lists."""
    shown = repr(qc.saturation(case, stoc, what="tag", without=MARKS))
    for words in ("kejenuhan makna", "Braun & Clarke", "31 dari 31 tanda", "tidak membawa tanda", *MARKS):
        assert words in shown
    assert "perlu alasan" in repr(qc.saturation(case, stoc, what="tag", base=3).limits())
    assert "perlu alasan" not in shown


def test_the_curve_says_its_numbers_in_words(case: qc.Case, stoc: qc.Codebook) -> None:
    """The text alternative of the curve holds each source, what is new, the sum, the base and the result."""
    found = qc.saturation(case, stoc, what="tag", without=MARKS)
    figure = found.curve()
    for name, new, total in zip(found.sources, found.course.new, found.course.cumulative, strict=True):
        assert f"{name}: baru {new}, kumulatif {total}" in figure.alt
    assert f"dasar: {found.course.base_codes}" in figure.alt
    assert "5+2" in figure.alt
    assert figure.png == found.curve().png


def test_the_curve_is_printed_without_colour(case: qc.Case, stoc: qc.Codebook) -> None:
    """Base, run, bars and line differ by pattern and shape: every dot of the picture is a grey."""
    picture = matplotlib.image.imread(io.BytesIO(qc.saturation(case, stoc, what="tag").curve().png))
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[..., 1] == picture[..., 2]).all()
    assert len({round(float(grey), 2) for grey in picture[..., 0].ravel()[::7]}) > 3


def test_richness_is_off_by_default(case: qc.Case, stoc: qc.Codebook) -> None:
    """Chao2 stands in no result unless it is asked for, and then with the assumption that does not hold."""
    found = qc.saturation(case, stoc, what="tag")
    assert "Chao" not in repr(found)
    assert "sampel bertujuan" in repr(found.richness_table())


OPEN = """\
id: temuan
version: "1.0"
closed: false
title: Kode induktif
license: CC-BY-4.0
citation: Rekaan (2025)
codes:
  - {id: T1, label: Satu, definition: Yang pertama.}
  - {id: T2, label: Dua, definition: Yang kedua.}
"""
CASE = """\
id: kasus
title: Akun sebuah dinas
kind: empiris
period: tidak disebut
question: Bagaimana?
approach: studi kasus
description: Bahan rekaan untuk pengujian.
informants:
"""


@pytest.fixture
def inductive(make_project: Callable[..., qc.Project]) -> Callable[..., qc.Project]:
    """Six interviews on different days, coded with an inductive codebook; `undated` and `uncoded` name exceptions."""

    def make(undated: str = "", uncoded: str = "") -> qc.Project:
        files = {"codebooks/temuan.yaml": OPEN, "corpus/kasus/case.yaml": CASE}
        for n in range(1, 7):
            name = f"I{n}"
            files["corpus/kasus/case.yaml"] += f"  - {{id: {name}, role: Warga, relation: warga, consent: dicatat}}\n"
            date = "tanpa tanggal" if name == undated else f"2025-03-{10 - n:02}"
            files[f"corpus/kasus/w-{n}.md"] = (
                f"---\nid: w-{n}\ntitle: W\nkind: transkrip\ntechnique: wawancara\ndate: {date}\ninformant: {name}\n"
                f"legend: {{P: pewawancara, {name}: {name}}}\nprovenance: rekaan\n---\n\n"
                f"P: Bagaimana?\n\n{name}: Kata {n} begitu.\n\n{name}: Lagi {n} begini.\n"
            )
        project = make_project({}, files)
        for n in range(1, 7):
            if f"I{n}" != uncoded:
                project.code(f"kasus/w-{n}", f"Kata {n} begitu.", "T1", coder="ana")
        project.code("kasus/w-6", "Lagi 6 begini.", "T2", coder="ana")
        return project

    return make


def test_an_inductive_codebook_is_counted(inductive: Callable[..., qc.Project]) -> None:
    """Where the codebook says `closed: false`, its codes count, in the order of the dates and not of the names."""
    project = inductive()
    found = qc.saturation(project.case("kasus"), project.codebook("temuan"))
    assert list(found.sources) == ["I6", "I5", "I4", "I3", "I2", "I1"]
    assert found.course.new == (2, 0, 0, 0, 0, 0)
    assert str(found.result) == "4+2"
    assert "terbuka" in found.sentence()


def test_undated_interviews_have_no_order(inductive: Callable[..., qc.Project]) -> None:
    """One undated interview leaves the order unknown, and only that; a declared order mends it."""
    project = inductive(undated="I3")
    case, book = project.case("kasus"), project.codebook("temuan")
    found = qc.saturation(case, book)
    assert isinstance(found.result, qc.Undefined)
    assert "I3" in found.result.reason
    assert isinstance(found.orders(), Orders)
    assert found.result.reason in found.curve().alt
    assert all(str(row[4]) == "–" for row in found.to_table().rows)
    assert len(found.incidence_table().rows) == 2
    declared = qc.saturation(case, book, order=["I1", "I2", "I3", "I4", "I5", "I6"])
    assert isinstance(declared.result, qc.Undefined)  # I6 brings T2 last: 1 of 1
    assert "1/1" in declared.result.reason


def test_what_is_not_coded_is_not_saturated(inductive: Callable[..., qc.Project]) -> None:
    """An interview nobody coded yet is no sign of saturation; a researcher may declare that it brings nothing."""
    project = inductive(uncoded="I1")
    case, book = project.case("kasus"), project.codebook("temuan")
    found = qc.saturation(case, book)
    assert isinstance(found.result, qc.Undefined)
    assert "I1" in found.result.reason
    declared = qc.saturation(case, book, order=list(found.sources))
    assert str(declared.result) == "4+2"


def test_too_few_interviews_of_a_case() -> None:
    """One informant (Jakarta Utara) gives the number that is missing, and an empty case no traceback."""
    project = qc.open_project(ROOT)
    for name, count in (("jakarta-utara", "1 sumber"), ("balangan", "0 sumber")):
        found = qc.saturation(project.case(name), project.codebook("stoc"), what="tag")
        assert isinstance(found.result, qc.Undefined)
        assert count in found.result.reason
        for shown in (found, found.curve(), found.orders_table(), found.richness_table(), found.incidence_table()):
            assert "<" in shown._repr_html_()


def test_the_table_shows_equality_as_reached(inductive: Callable[..., qc.Project]) -> None:
    """A run of exactly the threshold carries the notation in the table, as in the result."""
    project = inductive()
    order = ["I1", "I2", "I3", "I4", "I5", "I6"]
    found = qc.saturation(
        project.case("kasus"), project.codebook("temuan"), base=4, run=1, threshold=0, order=[*order[5:], *order[:5]]
    )
    assert [str(row[8]) for row in found.to_table().rows[-2:]] == ["4+1", "tercapai"]
    assert str(found.to_table().rows[-1][7]) == "0/2 = 0%"


def test_in_the_terminal() -> None:
    """The verb prints the runs with sentence and limits, other tables when asked for, and refuses with the mend."""
    asked = ["--project", str(ROOT), "saturation", "stoc", "--case", "latihan-kota-samudra", "--what", "tag"]
    runner = CliRunner()
    shown = runner.invoke(main, [*asked, *(word for mark in MARKS for word in ("--without", mark))])
    assert shown.exit_code == 0
    assert "5+2" in shown.output
    assert "Guest, Namey & Chen (2020)" in shown.output
    table = list(csv.reader(io.StringIO(runner.invoke(main, [*asked, "--show", "incidence", "--csv"]).output)))
    assert table[0][1:8] == [f"I{n}" for n in range(1, 8)]
    assert "Median" in runner.invoke(main, [*asked, "--show", "orders"]).output
    assert "Chao2" in runner.invoke(main, [*asked, "--show", "richness"]).output
    refused = runner.invoke(main, [*asked, "--threshold", "5"])
    assert refused.exit_code == 1
    assert "Perbaikan" in refused.stderr
