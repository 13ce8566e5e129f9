"""Triangulation keeps its rules: one source one vote, opposed meaning is dissonance, silence is not agreement."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.analysis.triangulation import Cell, Evidence, Exclusion, Pair, Stance, Status, Valence, cell
from qualcode.analysis.triangulation.engine import compare

ROOT = Path(__file__).parents[1]
SUPPORTS, OPPOSES, MIXED, DESCRIPTIVE, UNRESOLVED = Valence
ids = itertools.count()


def says(source: str | None, valence: Valence, *tags: str, time: str | None = None, **said: object) -> Evidence:
    """A passage of its own, by interview unless said otherwise."""
    segment = said.pop("segment", next(ids))
    technique = said.pop("technique", "wawancara")
    return Evidence(segment, source, technique, time, valence, frozenset(tags), **said)  # type: ignore[arg-type]


def sources(*items: Evidence, groups: tuple[str, ...] = ("A", "B"), **said: object) -> Cell:
    return cell(items, groups, axis="source", **said)  # type: ignore[arg-type]


# The table of pairs, entry by entry


S, A, M, D, U, N = Stance.SUPPORTS, Stance.OPPOSES, Stance.MIXED, Stance.DESCRIPTIVE, Stance.UNRESOLVED, Stance.SILENT


@pytest.mark.parametrize(
    ("one", "other", "status", "reason"),
    [
        (S, S, Status.AGREEMENT, "same_meaning"),
        (A, A, Status.AGREEMENT, "same_meaning"),
        (S, A, Status.DISSONANCE, "same_evidence_opposite_reading"),
        (S, M, Status.PARTIAL, "one_mixed"),
        (A, M, Status.PARTIAL, "one_mixed"),
        (M, M, Status.PARTIAL, "both_mixed"),
        (S, D, Status.PARTIAL, "meaning_not_assessed"),
        (A, U, Status.PARTIAL, "meaning_not_assessed"),
        (M, D, Status.PARTIAL, "meaning_not_assessed"),
        (D, U, Status.PARTIAL, "meaning_not_assessed"),
        (S, N, Status.SILENCE, "one_silent"),
        (M, N, Status.SILENCE, "one_silent"),
        (D, N, Status.SILENCE, "one_silent"),
        (N, N, Status.NO_DATA, "both_silent"),
    ],
)
def test_pairs(one: Stance, other: Stance, status: Status, reason: str) -> None:
    """Two stances compare as the table says, whichever comes first."""
    assert compare(one, other, common_examples=True) == Pair(status, reason)
    assert compare(other, one, common_examples=True) == Pair(status, reason)


def test_different_examples_lower_agreement() -> None:
    """The same meaning without a common example is partial; opposed meaning stays dissonance either way."""
    assert compare(S, S, common_examples=False) == Pair(Status.PARTIAL, "different_examples")
    assert compare(S, A, common_examples=False) == Pair(Status.DISSONANCE, "opposite_meaning")


# The status of a cell


def test_agreement_and_dissonance() -> None:
    """All covered pairs agree: agreement. Any conflict among them: dissonance, however many agree."""
    assert sources(says("A", SUPPORTS), says("B", SUPPORTS)).status is Status.AGREEMENT
    three = ("A", "B", "C")
    found = sources(says("A", SUPPORTS), says("B", SUPPORTS), says("C", OPPOSES), groups=three)
    assert found.status is Status.DISSONANCE
    assert list(found.pairs) == [("A", "B"), ("A", "C"), ("B", "C")]
    assert found.pair_counts[Status.DISSONANCE] == 2


def test_one_covered_group_is_silence() -> None:
    """Where only one designed group speaks nothing is confirmed, and completeness says how much is missing."""
    found = sources(says("A", SUPPORTS), says("A", SUPPORTS), groups=("A", "B", "C"))
    assert found.status is Status.SILENCE
    assert found.silent == ("B", "C")
    assert found.completeness == pytest.approx(1 / 3)


def test_completeness_never_enters_the_status() -> None:
    """Two of nine groups that agree are an agreement, two ninths complete."""
    found = sources(says("A", SUPPORTS), says("B", SUPPORTS), groups=tuple("ABCDEFGHI"))
    assert (found.status, found.completeness) == (Status.AGREEMENT, pytest.approx(2 / 9))


def test_no_data_and_not_assessable() -> None:
    """Nothing at all is no data; evidence that belongs to nobody cannot be assessed."""
    assert sources().status is Status.NO_DATA
    found = sources(says(None, SUPPORTS))
    assert found.status is Status.NOT_ASSESSABLE
    assert len(found.unattributed) == 1


def test_fewer_than_two_groups_is_no_triangulation() -> None:
    """A design with one group on an axis does not triangulate there; an unknown design cannot be assessed."""
    assert sources(says("A", SUPPORTS), groups=("A",)).status is Status.NOT_TRIANGULATED
    assert cell([says(None, SUPPORTS)], None, axis="source").status is Status.NOT_ASSESSABLE
    assert cell([says("A", SUPPORTS)], None, axis="source").status is Status.NOT_ASSESSABLE
    assert cell([], None, axis="source").status is Status.NO_DATA


def test_not_asked_is_not_silence() -> None:
    """A group that was not asked leaves the design: it makes nothing incomplete, and may leave too little."""
    found = sources(says("A", SUPPORTS), says("B", SUPPORTS), groups=("A", "B", "C"), excluded={"C": "not_asked"})
    assert (found.status, found.completeness, found.silent) == (Status.AGREEMENT, 1.0, ())
    assert found.excluded == {"C": Exclusion.NOT_ASKED}
    alone = sources(says("A", SUPPORTS), excluded={"B": Exclusion.NOT_APPLICABLE})
    assert alone.status is Status.NOT_TRIANGULATED


def test_what_the_design_does_not_name_stays_outside() -> None:
    """Evidence of a group outside the design changes no status, and is kept beside."""
    found = sources(says("A", SUPPORTS), says("B", SUPPORTS), says("Z", OPPOSES))
    assert found.status is Status.AGREEMENT
    assert list(found.outside) == ["Z"]


# Sources and passages


def test_one_source_one_vote() -> None:
    """A talkative informant does not outvote a brief one: the group is mixed, and split inside."""
    talk = [says("I1", SUPPORTS, technique="wawancara") for _ in range(9)]
    found = cell(
        [*talk, says("I2", OPPOSES), says("o-1", SUPPORTS, technique="observasi")],
        ["wawancara", "observasi"],
        axis="technique",
    )
    assert found.stances["wawancara"] is Stance.MIXED
    assert found.internal_split == ("wawancara",)
    assert found.status is Status.PARTIAL


def test_theta() -> None:
    """A source takes a side when the share of its judging passages reaches theta; descriptions do not count."""
    items = [says("A", SUPPORTS), says("A", SUPPORTS), says("A", OPPOSES), says("A", DESCRIPTIVE), says("B", SUPPORTS)]
    assert sources(*items).stances["A"] is Stance.MIXED
    assert sources(*items, theta=0.6).stances["A"] is Stance.SUPPORTS
    for wrong in (0.5, 0.0, 1.1):
        with pytest.raises(qc.ParameterError):
            sources(theta=wrong)


def test_coders_who_differ_leave_it_unresolved() -> None:
    """A passage that coders judged differently is unresolved and counts once."""
    found = sources(
        says("A", SUPPORTS, segment=1, coder="ana"),
        says("A", OPPOSES, segment=1, coder="budi"),
        says("B", SUPPORTS),
    )
    assert found.stances["A"] is Stance.UNRESOLVED
    assert len(found.evidence["A"]) == 1
    assert found.pairs["A", "B"].reason == "meaning_not_assessed"


def test_the_coder_axis_compares_coders() -> None:
    """On the coder axis the same passage counts for each coder."""
    items = [says("A", SUPPORTS, segment=1, coder="ana"), says("A", OPPOSES, segment=1, coder="budi")]
    assert cell(items, ["ana", "budi"], axis="coder").status is Status.DISSONANCE


def test_examples_are_tags() -> None:
    """Groups agree on a common tag; without tags they are taken to, and the note says so."""
    assert sources(says("A", SUPPORTS, "x", "y"), says("B", SUPPORTS, "y")).status is Status.AGREEMENT
    differ = sources(says("A", SUPPORTS, "x"), says("B", SUPPORTS, "y"))
    assert (differ.status, differ.reasons) == (Status.PARTIAL, ("different_examples",))
    untagged = sources(says("A", SUPPORTS, "x"), says("B", SUPPORTS))
    assert untagged.status is Status.AGREEMENT
    assert "examples_not_tagged" in untagged.notes


def test_prominence_needs_three_sources() -> None:
    """Where one group speaks far more widely, agreement is partial; with few designed sources it is not judged."""
    wide = [says(f"I{n}", SUPPORTS) for n in range(5)]
    seen = [says("o-1", SUPPORTS, technique="observasi")]
    groups = ["wawancara", "observasi"]
    few = cell([*wide, *seen], groups, axis="technique")
    assert (few.status, "prominence_not_assessable" in few.notes) == (Status.AGREEMENT, True)
    many = cell([*wide, *seen], groups, axis="technique", designed_sources={"wawancara": 5, "observasi": 4})
    assert (many.status, many.reasons) == (Status.PARTIAL, ("prominence_gap",))


# Time, independence, thinness


def test_time_explains_a_change() -> None:
    """A conflict of then against now is explained by time; the status stays, the explanation stands beside it."""
    found = sources(says("A", SUPPORTS, time="kini"), says("B", OPPOSES, time="dulu"))
    assert found.status is Status.DISSONANCE
    assert found.time_check is not None
    assert found.time_check.explained


def test_time_does_not_explain_what_is_undated() -> None:
    """A passage of no stated period conflicts in every period: time explains nothing about it."""
    found = sources(says("A", SUPPORTS, time="kini"), says("A", SUPPORTS, time="dulu"), says("B", OPPOSES))
    assert found.time_check is not None
    assert found.time_check.residual == {"dulu": (("A", "B"),), "kini": (("A", "B"),)}


def test_one_period_gives_no_time_check() -> None:
    """Without a second period, or without a conflict, there is nothing for time to explain."""
    assert sources(says("A", SUPPORTS, time="kini"), says("B", OPPOSES, time="kini")).time_check is None
    assert sources(says("A", SUPPORTS, time="kini"), says("B", SUPPORTS, time="dulu")).time_check is None


def test_dependent_sources_are_named() -> None:
    """A document written by the informant does not confirm her independently."""
    found = cell(
        [says("I2", SUPPORTS), says("d-1", SUPPORTS, technique="dokumentasi", author="I2")],
        ["wawancara", "dokumentasi"],
        axis="technique",
    )
    assert found.status is Status.AGREEMENT
    assert found.dependent == {("wawancara", "dokumentasi"): ("I2",)}


def test_thin_groups_are_named() -> None:
    """A group that rests on one implicit, paraphrased passage says so."""
    found = sources(says("A", SUPPORTS, implicit=True, paraphrase=True), says("B", SUPPORTS), says("B", SUPPORTS))
    assert found.thin == {"A": ("one_segment", "implicit_only", "paraphrase_only")}


def test_an_unknown_axis_is_refused() -> None:
    """An axis that does not exist is refused with those that do."""
    with pytest.raises(qc.ParameterError, match="technique"):
        cell([], ["A", "B"], axis="teknik")


# Properties

valences = st.sampled_from(Valence)
evidence = st.builds(
    Evidence,
    segment=st.integers(0, 30),
    source=st.sampled_from(["A", "B", "C", None]),
    technique=st.sampled_from(["w", "o", None]),
    time=st.sampled_from(["dulu", "kini", None]),
    valence=valences,
    indicators=st.frozensets(st.sampled_from("xyz"), max_size=2),
)


@given(st.lists(evidence, max_size=12), st.randoms())
def test_the_order_of_evidence_does_not_matter(items: list[Evidence], random: object) -> None:
    """Shuffling the evidence changes nothing that is found."""
    before = sources(*items, groups=("A", "B", "C"))
    random.shuffle(items)  # type: ignore[attr-defined]
    after = sources(*items, groups=("A", "B", "C"))
    assert (after.status, after.stances, after.pairs) == (before.status, before.stances, before.pairs)


@given(st.lists(evidence, min_size=1, max_size=12), st.integers(1, 4), st.data())
def test_saying_it_twice_does_not_matter(items: list[Evidence], times: int, data: st.DataObject) -> None:
    """The same passage entered again, with the same judgement, changes no status on any axis."""
    again = data.draw(st.sampled_from(items))
    for axis, groups in (("source", ["A", "B", "C"]), ("technique", ["w", "o"]), ("time", ["dulu", "kini"])):
        before = cell(items, groups, axis=axis)
        assert cell([*items, *[again] * times], groups, axis=axis) == before


@given(st.lists(evidence, max_size=12))
def test_names_of_groups_do_not_matter(items: list[Evidence]) -> None:
    """Renaming the sources changes the names and nothing else."""
    names = {"A": "Z-1", "B": "Q", "C": "A", None: None}
    renamed = [Evidence(i.segment, names[i.source], i.technique, i.time, i.valence, i.indicators) for i in items]
    before = sources(*items, groups=("A", "B", "C"))
    after = sources(*renamed, groups=("Z-1", "Q", "A"))
    assert after.status is before.status
    assert list(after.stances.values()) == list(before.stances.values())
    assert list(after.pairs.values()) == list(before.pairs.values())


@given(st.lists(evidence, max_size=12), valences)
def test_a_voice_for_the_silent_lowers_no_completeness(items: list[Evidence], valence: Valence) -> None:
    """Evidence for a silent group never lowers completeness."""
    before = sources(*items, groups=("A", "B", "C"))
    for group in before.silent:
        after = sources(*items, says(group, valence), groups=("A", "B", "C"))
        assert after.completeness is not None
        assert before.completeness is not None
        assert after.completeness > before.completeness


# The cases


@pytest.fixture(scope="module")
def project() -> qc.Project:
    return qc.open_project(ROOT)


def test_bandungs_openness_is_contested(project: qc.Project) -> None:
    """Openness in Bandung: time explains the in-house expert, not the outside expert against insiders."""
    found = qc.triangulate(project.case("bandung"), project.codebook("stoc"), axis="source")["KHN-OPE"]
    assert found.status is Status.DISSONANCE
    assert found.stances["KADIS-NOW"] is Stance.SUPPORTS
    assert found.stances["AHLI-EXT"] is Stance.OPPOSES
    assert found.stances["AHLI-HUMAS"] is Stance.MIXED
    assert found.time_check is not None
    assert found.time_check.resolved == ("AHLI-HUMAS",)
    assert set(found.time_check.residual["kini"]) == {("KADIS-NOW", "AHLI-EXT"), ("AHLI-EXT", "AHLI-HUMAS")}
    assert not found.time_check.explained


def test_jakarta_utaras_budget_rests_on_one_voice(project: qc.Project) -> None:
    """Only the interview speaks of the budget: silence on the technique axis."""
    found = qc.triangulate(project.case("jakarta-utara"), project.codebook("programme"), axis="technique")["PRP-07"]
    assert found.status is Status.SILENCE
    assert found.covered == ("wawancara",)


@pytest.mark.parametrize(
    ("case", "codebook", "axis"),
    [("balikpapan", "paramitha", "technique"), ("balikpapan", "paramitha", "source"), ("balangan", "david", "source")],
)
def test_blanks_where_nothing_is_attributed(project: qc.Project, case: str, codebook: str, axis: str) -> None:
    """Balikpapan and Balangan attribute nothing: no construct is assessable, and each says why."""
    matrix = qc.triangulate(project.case(case), project.codebook(codebook), axis=axis)
    assert {found.status for found in matrix.cells.values()} <= {Status.NOT_ASSESSABLE, Status.NO_DATA}
    assert matrix.statuses[Status.NOT_ASSESSABLE]


def test_a_cell_opens_to_its_codings(project: qc.Project) -> None:
    """Every stance of the matrix opens to exactly the codings of its group, and all of a construct's are there."""
    case = project.case("latihan-kota-samudra")
    matrix = qc.triangulate(case, project.codebook("paramitha"), axis="technique")
    for code in matrix:
        assert matrix.codings(code) == case.coded_by().exactly(code)
        for group in matrix.groups or ():
            assert {coding.technique.value for coding in matrix.codings(code, group)} <= {group}
    html = matrix.to_table().to_html()
    assert "<blockquote" in html
    assert "Bertentangan" in html or "Sepakat" in html


def test_follow_ups_name_whom_to_ask(project: qc.Project) -> None:
    """The follow-ups name the silent groups of a construct and the two sides of each conflict."""
    matrix = qc.triangulate(project.case("bandung"), project.codebook("stoc"), axis="source")
    words = repr(matrix.follow_ups())
    assert "KHN-OPE Keterbukaan: tanyakan kembali kepada KADIS-NOW dan AHLI-EXT" in words


def test_negative_cases_speak_against_the_finding(project: qc.Project) -> None:
    """Negative cases are the codings against the side most groups take, and the mixed ones."""
    matrix = qc.triangulate(project.case("latihan-kota-samudra"), project.codebook("paramitha"), axis="source")
    for code in matrix:
        found = matrix.negative_cases(code).valences()
        assert found[Valence.DESCRIPTIVE] == 0
        assert not (found[Valence.SUPPORTS] and found[Valence.OPPOSES])


def test_the_researcher_decides_and_both_stand(make_project: Callable[..., qc.Project]) -> None:
    """A verdict with its reason is kept in the journal, and shown beside the computed status, which stays."""
    project = make_project()
    project.code("kasus/w-i1", "Semua komentar dibalas", "LAY-DAT", coder="ana", valence="mendukung")
    project.code("kasus/w-i2", "Paling sepertiga yang dibalas", "LAY-DAT", coder="ana", valence="menentang")
    project.judge("kasus", "LAY-DAT", "source", "partial", coder="ana", memo="Ukurannya berbeda.")
    case = project.case("kasus")
    matrix = qc.triangulate(case, project.codebook("uji"), "source")
    assert matrix["LAY-DAT"].status is Status.DISSONANCE
    assert matrix.status_shown("LAY-DAT") == "B Bertentangan → peneliti: SS Sepakat sebagian"
    assert "Ukurannya berbeda." in matrix.to_table().to_html() + matrix.reasons_table().to_html()
    assert len(case.codings) == 2
    assert project.check() == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"status": "setuju"}, "setuju"),
        ({"axis": "sumber"}, "sumber"),
        ({"memo": "  "}, "memo"),
        ({"code": "LAY-DTA"}, "LAY-DAT"),
        ({"case": "kasur"}, "kasus"),
    ],
)
def test_a_verdict_needs_its_reason(make_project: Callable[..., qc.Project], said: dict[str, str], words: str) -> None:
    """A verdict without a reason, or on what does not exist, is refused and nothing is written."""
    project = make_project()
    asked = {"case": "kasus", "code": "LAY-DAT", "axis": "source", "status": "partial", "coder": "ana", "memo": "x"}
    with pytest.raises((qc.CodingError, qc.UnknownNameError), match=words):
        project.judge(**{**asked, **said})
    assert not list(project.root.rglob("*.jsonl"))


def test_the_practice_case_shows_every_status(project: qc.Project) -> None:
    """Over its axes and frameworks the practice case comes to each of the seven statuses at least once."""
    case = project.case("latihan-kota-samudra")
    found = {
        cell.status
        for codebook in case.record.frameworks
        for axis in ("source", "technique", "time", "framework")
        for cell in qc.triangulate(case, project.codebook(codebook), axis).cells.values()
    }
    assert found == set(Status)


def test_theories_are_compared_through_the_crosswalk(project: qc.Project) -> None:
    """On the framework axis openness compares Khan with the law's principle; other theories do not apply."""
    case = project.case("latihan-kota-samudra")
    found = qc.triangulate(case, project.codebook("stoc"), "framework")
    openness = found["KHN-OPE"]
    assert tuple(openness.stances) == ("stoc", "literature")
    assert set(openness.excluded.values()) == {Exclusion.NOT_APPLICABLE}
    assert {coding.code for coding in found.codings("KHN-OPE", "literature")} == {"UUP-08"}
    assert "KHN-RIS" not in found.cells, "no other theory speaks of risk"


def test_a_construct_of_one_technique_by_design_is_not_triangulated(project: qc.Project) -> None:
    """Where the design asks one technique only, there is nothing to triangulate, whatever it says."""
    matrix = qc.triangulate(project.case("latihan-kota-samudra"), project.codebook("david"), "technique")
    assert matrix["DAV-F.6"].status is Status.NOT_TRIANGULATED
    assert matrix.codings("DAV-F.6", "wawancara")


def test_evidence_without_origin_cannot_be_assessed(project: qc.Project) -> None:
    """A sheet of paper whose origin nobody knows speaks to equal rights, and cannot be assessed on any axis."""
    for axis in ("source", "technique", "time"):
        matrix = qc.triangulate(
            project.case("latihan-kota-samudra"),
            project.codebook("literature"),
            axis,
            codes=[project.codebook("literature")["UUP-03"]],
        )
        assert matrix["UUP-03"].status is Status.NOT_ASSESSABLE


def test_the_design_tells_how_many_sources_there_were(project: qc.Project) -> None:
    """Techniques with three designed sources or more are compared in prominence, and a gap above one half counts."""
    matrix = qc.triangulate(project.case("latihan-kota-samudra"), project.codebook("david"), "technique")
    assert all("prominence_not_assessable" not in cell.notes for cell in matrix.cells.values())
    gaps = [code for code, cell in matrix.cells.items() if "prominence_gap" in cell.reasons]
    for code in gaps:
        assert matrix[code].status is not Status.AGREEMENT
    assert gaps


def test_the_audit_trail_keeps_every_verdict(make_project: Callable[..., qc.Project]) -> None:
    """A verdict that was replaced stays in the trail, with what was computed when each was given."""
    project = make_project()
    computed = qc.triangulate(project.case("kasus"), project.codebook("uji"))["LAY-BAL-C"].status
    for status, memo in (("partial", "Ukurannya berbeda."), ("dissonance", "Setelah wawancara ulang.")):
        project.judge("kasus", "LAY-BAL-C", "source", status, coder="ana", memo=memo)
    trail = qc.triangulate(project.case("kasus"), project.codebook("uji")).audit()
    assert [str(row[-1]) for row in trail.rows] == ["Ukurannya berbeda.", "Setelah wawancara ulang."]
    assert {each.computed for each in project.case("kasus").decisions} == {str(computed)}
