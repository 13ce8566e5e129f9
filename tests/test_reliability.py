"""Agreement on a project's codings: what counts as read, which numbers come of it, and that decisions change none."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.comparison import Kind, panel_of, passages
from qualcode.coding.sampling import draw
from qualcode.coding.units import Unit, sentences, units_of
from qualcode.display import Cell
from qualcode.errors import CodingError, ParameterError, Undefined, UnknownNameError
from qualcode.figures import dots_with_intervals
from qualcode.wording import language_in_use, say

Make = Callable[..., qc.Project]

PRACTICE = Path(__file__).parents[1]


def paragraphs(count: int, name: str) -> str:
    return "".join(f"Kalimat {name} nomor {number} di sini.\n\n" for number in range(count))


def coded(
    make: Make, table: Mapping[str, Sequence[tuple[str, str]]], *, files: Mapping[str, str] | None = None, size: int = 4
) -> qc.Project:
    """A project of documents d-1 ... with `size` paragraphs each; `table` maps coder -> (document, paragraph and code).

    ``("d-1", "0 LAY-BAL mendukung")``; the valence may be left out.
    """
    names = sorted({document for rows in table.values() for document, _ in rows} | {"d-1"})
    project = make({name: paragraphs(size, name) for name in names}, files)
    for coder, rows in table.items():
        for document, what in rows:
            at, code, *valence = what.split()
            words = f"Kalimat {document} nomor {at} di sini."
            project.code(f"kasus/{document}", words, code, coder=coder, valence=(valence or ["mendukung"])[0])
    return project


def agreed(project: qc.Project, **said: object) -> qc.Reliability:
    return qc.agree(project.case("kasus").codings.using("uji"), **said)  # type: ignore[arg-type]


def two_by_two(make: Make) -> qc.Project:
    """Eight units in two documents: both on two, only ana on one, only budi on one, neither on four."""
    ana = [("d-1", "0 SDM"), ("d-1", "1 SDM"), ("d-2", "0 SDM")]
    budi = [("d-1", "0 SDM"), ("d-2", "0 SDM"), ("d-2", "1 SDM")]
    return coded(make, {"ana": ana, "budi": budi})


def test_a_known_table(make_project: Make) -> None:
    """Of a = 2, b = 1, c = 1, d = 4: percent 6/8, F1 2/3, kappa 7/15, alpha 1 - 2/8 / (2 * 6 * 10 / (16 * 15))."""
    found = agreed(two_by_two(make_project))["SDM"]
    assert found.cells == (2, 1, 1, 4)
    values = {name: each.value for name, each in found.coefficients.items()}
    assert values["percent_agreement"] == pytest.approx(6 / 8)
    assert values["positive_agreement"] == pytest.approx(2 / 3)
    assert values["cohen_kappa"] == pytest.approx(7 / 15)
    assert values["krippendorff_alpha"] == pytest.approx(1 - (2 / 8) / (2 * 6 * 10 / (16 * 15)))
    assert values["brennan_prediger"] == pytest.approx(0.5)
    assert (found.prevalence, found.bias) == ({"ana": 3 / 8, "budi": 3 / 8}, 0.0)
    assert {(each.n_units, each.n_documents, each.n_coders) for each in found.coefficients.values()} == {(8, 2, 2)}


def test_bias_is_the_difference_of_prevalences(make_project: Make) -> None:
    """Of two raters the bias is |b - c| / n."""
    project = coded(make_project, {"ana": [("d-1", "0 SDM"), ("d-1", "1 SDM")], "budi": [("d-1", "0 SDM")]})
    found = agreed(project)["SDM"]
    assert found.cells == (1, 1, 0, 2)
    assert found.bias == pytest.approx(1 / 4)


def test_the_table_shows_unit_and_n_and_opens(make_project: Make) -> None:
    """Unit and n stand with the numbers, prevalence opens to the passages, and why an interval is missing is said."""
    found = agreed(two_by_two(make_project))
    table = found.to_table()
    assert "paragraf" in table.caption
    assert "n = 8 unit dalam 2 dokumen" in table.caption
    prevalence = table.rows[0][1]
    assert isinstance(prevalence, Cell)
    assert [each.address for each in prevalence.quotations] == ["d-1:1", "d-1:3", "d-2:1"]
    assert "hanya 2 dokumen, kurang dari 5" in repr(found.remarks())
    full = found.full_table().to_csv().splitlines()
    assert full[1].startswith("SDM,giliran bicara informan atau paragraf,8,2,3,3,0.0,0.75")
    assert "hanya 2 dokumen" in full[1]


def test_the_two_by_two_table(make_project: Make) -> None:
    """The table behind a code has both, only one, only the other, neither."""
    table = agreed(two_by_two(make_project)).cells_table("SDM")
    assert [list(row[1:]) for row in table.rows] == [[2, 1], [1, 4]]


def test_missing_is_not_absent(make_project: Make) -> None:
    """A document that a coder never coded with the codebook is missing for her; one she coded otherwise was read."""
    ana = [("d-1", "0 SDM"), ("d-2", "0 SDM"), ("d-3", "0 SDM")]
    budi = [("d-1", "0 SDM"), ("d-3", "0 LAY-DAT")]
    found = agreed(coded(make_project, {"ana": ana, "budi": budi}))
    assert (found.n_units, found.n_documents) == (8, 2)
    assert found["SDM"].cells == (1, 1, 0, 6)


def test_filters_do_not_unread(make_project: Make) -> None:
    """Choosing one code does not turn documents that a coder read for others into unread ones; what is left out is."""
    ana = [("d-1", "0 SDM"), ("d-2", "0 SDM"), ("d-3", "0 LAY-DAT")]
    budi = [("d-1", "0 SDM"), ("d-2", "0 LAY-DAT"), ("d-3", "0 LAY-DAT")]
    project = coded(make_project, {"ana": ana, "budi": budi})
    found = qc.agree(project.case("kasus").codings.of("SDM"))
    assert found["SDM"].cells == (1, 1, 0, 6)
    assert "d-3" in repr(found.remarks())


def test_reflections_and_interviewers_are_no_units(make_project: Make) -> None:
    """Units are informants' turns and paragraphs that are no reflection."""
    case = make_project().case("kasus")
    texts = {each.id: [each.text[u.start : u.end] for u in units_of(each)] for each in case.documents}
    assert texts["w-i1"] == ["Semua komentar dibalas.", "Data kami terbuka."]
    assert texts["o-1"] == ["Admin membalas tiga komentar."]


def test_codings_outside_units_are_told(make_project: Make) -> None:
    """A coding of an interviewer's words belongs to no unit; it does not count, and that is said."""
    project = make_project()
    for coder in ("ana", "budi"):
        project.code("kasus/w-i1", "Semua komentar dibalas.", "SDM", coder=coder)
    project.code("kasus/w-i1", "Apakah komentar dibalas?", "SDM", coder="ana")
    found = agreed(project)
    assert found["SDM"].cells == (1, 0, 0, 1)
    assert "1 koding terletak di luar unit" in repr(found.remarks())


def test_units_of_every_kind(make_project: Make) -> None:
    """Sentences and characters are finer units of the same text."""
    project = make_project({"d-1": "Satu kalimat. Dua kalimat.\n\nTiga kalimat.\n"})
    project.code("kasus/d-1", "Satu kalimat.", "SDM", coder="ana")
    project.code("kasus/d-1", "kalimat. Dua", "SDM", coder="budi")
    assert {unit: agreed(project, unit=unit)["SDM"].cells for unit in Unit} == {
        Unit.TURN: (1, 0, 0, 1),
        Unit.PARAGRAPH: (1, 0, 0, 1),
        Unit.SENTENCE: (1, 0, 1, 1),
        Unit.CHARACTER: (8, 5, 4, 22),
    }


def test_characters_come_with_a_warning(make_project: Make) -> None:
    """By characters AC1 stands beside positive agreement, with the warning; little shared may still give a high AC1."""
    project = make_project({"d-1": "Awal. " + "Isi yang tidak dikode siapa pun. " * 40 + "Akhir."})
    project.code("kasus/d-1", "Awal.", "SDM", coder="ana")
    project.code("kasus/d-1", "Akhir.", "SDM", coder="budi")
    found = agreed(project, unit="character")
    assert found["SDM"].coefficients["gwet_ac1"].value > 0.9  # type: ignore[operator]
    assert found["SDM"].coefficients["positive_agreement"].value == 0
    columns = list(found.to_table().columns)
    assert {"F1", "AC1"} <= set(columns)
    assert "jangan melaporkan AC1 per karakter sendirian" in repr(found)
    assert not found.sets
    assert "|u-alpha" in found.sentence()


def test_the_paradox_is_explained(make_project: Make) -> None:
    """High agreement, low alpha: all three figures and the table are said in words."""
    rows = [("d-1", "0 LAY-DAT")]
    project = coded(make_project, {"ana": [*rows, ("d-1", "1 SDM")], "budi": [*rows, ("d-1", "2 SDM")]}, size=33)
    found = agreed(project)["SDM"]
    assert found.is_paradox
    said = repr(agreed(project).remarks())
    assert "Paradoks kappa pada SDM Staf: sepakat 93,9% dan AC1 0,94 tinggi, alpha -0,02 rendah, F1 0,00" in said
    assert "keduanya 0, hanya yang pertama 1, hanya yang kedua 1, tidak satu pun 31" in said


def test_no_paradox_where_agreement_is_low(make_project: Make) -> None:
    """A code with low agreement by any measure is not explained away."""
    assert not agreed(two_by_two(make_project))["SDM"].is_paradox


def test_no_variation_says_so(make_project: Make) -> None:
    """A code that all gave everywhere has no alpha, with the reason in the cell, once in the row."""
    rows = [("d-1", f"{number} SDM") for number in range(4)]
    found = agreed(coded(make_project, {"ana": rows, "budi": rows}))
    assert isinstance(found["SDM"].alpha.value, Undefined)
    assert found["SDM"].alpha.value.key == "no_variation"
    cells = list(map(str, found.to_table().rows[0]))
    assert sum("kebetulan tidak dapat dikoreksi" in cell for cell in cells) == 1
    assert "tidak terdefinisi" in found.figure().alt
    assert "0 dari 1 kode" in found.sentence()


def test_nothing_read_by_two(make_project: Make) -> None:
    """Coders of different documents have nothing to compare, which is said, never computed."""
    found = agreed(coded(make_project, {"ana": [("d-1", "0 SDM")], "budi": [("d-2", "0 SDM")]}))
    assert found.n_units == 0
    assert {each.value.key for each in found["SDM"].coefficients.values()} == {"no_pairable_values"}  # type: ignore[union-attr]
    assert len(found.disagreements()) == 0
    assert repr(found)
    assert found.sentence()


def test_one_coder(make_project: Make) -> None:
    """With one coder agreement does not apply: no number is shown, but what can be done instead."""
    found = agreed(coded(make_project, {"ana": [("d-1", "0 SDM")]}))
    assert found.obstacle is not None
    assert found.obstacle.key == "one_coder"
    assert (found.codes, found.sets, len(found.disagreements())) == ({}, {}, 0)
    for said in (repr(found), found.sentence(), found.figure().alt, repr(found.drift()), repr(found.spans_table())):
        assert said
    assert "Tidak berlaku: hanya ada satu pengode (ana)" in repr(found.to_table())
    for instead in ("putaran 2", "qualcode sample", "debriefing"):
        assert instead in repr(found)


def test_nothing_coded(make_project: Make) -> None:
    """Without codings every table says that there are none."""
    found = agreed(make_project())
    assert found.obstacle is not None
    assert found.obstacle.key == "no_codings"
    assert all(
        map(str, (found.to_table(), found.summary_table(), found.spans_table(), found.drift(), found.sentence()))
    )
    assert len(found.disagreements()) == 0


def test_a_reflexive_case_hides_it(make_project: Make) -> None:
    """Where the approach is reflexive no figure is shown, with the reason and what to report instead."""
    from conftest import CASE

    files = {"corpus/kasus/case.yaml": CASE.replace("studi kasus", "Analisis tematik refleksif")}
    rows = [("d-1", "0 SDM")]
    found = agreed(coded(make_project, {"ana": rows, "budi": rows}, files=files))
    assert found.obstacle is not None
    assert found.obstacle.key == "reflexive"
    assert not found.codes
    assert "Braun & Clarke" in repr(found)


def test_three_coders_have_conger_and_fleiss(make_project: Make) -> None:
    """Cohen's kappa is for two; with three coders Conger's and Fleiss' stand in its place."""
    rows = [("d-1", "0 SDM")]
    found = agreed(coded(make_project, {"ana": rows, "budi": rows, "cici": [("d-1", "1 SDM")]}))
    assert {"conger_kappa", "fleiss_kappa"} <= found["SDM"].coefficients.keys()
    assert "cohen_kappa" not in found["SDM"].coefficients
    with pytest.raises(ParameterError, match="dua"):
        found.cells_table("SDM")
    assert {"Conger", "Fleiss"} <= set(found.to_table().columns)


def test_dimensions(make_project: Make) -> None:
    """By dimension a code counts as its top-level code: two codes of one dimension agree."""
    project = coded(make_project, {"ana": [("d-1", "0 LAY-BAL-C")], "budi": [("d-1", "0 LAY-DAT")]})
    assert list(agreed(project).codes) == ["LAY-BAL-C", "LAY-DAT"]
    assert agreed(project, per="dimension")["LAY"].cells == (1, 0, 0, 3)


def test_all_codes_at_once_name_their_distance(make_project: Make) -> None:
    """Set-valued alpha comes by each named distance; both MASI formulas differ where sets overlap in part."""
    rows = [("d-1", "0 SDM"), ("d-1", "1 LAY-DAT")]
    found = agreed(coded(make_project, {"ana": [*rows, ("d-1", "0 LAY-DAT")], "budi": rows}))
    assert set(found.sets) == {"masi_passonneau", "masi_dkpro", "jaccard"}
    values = [alpha.value for alpha, _ in found.sets.values()]
    assert len(set(values)) == 3
    assert "MASI (Passonneau 2006)" in repr(found.summary_table())


def test_spans(make_project: Make) -> None:
    """Spans of equal words give u-alpha 1; codes that overlap in one coder are judged one by one, with the reason."""
    rows = [("d-1", "0 SDM"), ("d-1", "0 LAY-DAT"), ("d-1", "2 SDM")]
    found = agreed(coded(make_project, {"ana": rows, "budi": rows})).spans
    assert not isinstance(found, Undefined)
    assert {code: each.value for code, each in found.codes.items()} == {"SDM": 1.0, "LAY-DAT": 1.0}
    assert found.marked.value == 1.0
    assert found.all_codes["u-alpha"].value.key == "overlapping_codes"  # type: ignore[union-attr]


def test_intervals_over_five_documents(make_project: Make) -> None:
    """With five documents alpha has an interval that holds it, the same for the same seed, with its method said."""
    ana = [(f"d-{n}", f"{at} SDM") for n in range(1, 7) for at in (0, 1)]
    budi = [(f"d-{n}", f"{at} SDM") for n in range(1, 7) for at in (0, 1 + n % 2)]
    project = coded(make_project, {"ana": ana, "budi": budi})
    found = agreed(project, seed=7)["SDM"]
    assert not isinstance(found.interval, Undefined)
    assert found.interval.low <= found.alpha.value <= found.interval.high  # type: ignore[operator]
    assert (found.interval.seed, found.interval.unit, found.interval.resamples) == (7, "document", 1000)
    assert agreed(project, seed=7)["SDM"].interval == found.interval
    assert "bootstrap persentil atas dokumen, 1.000 sampel ulang, benih 7" in agreed(project, seed=7).sentence()
    by_unit = agreed(project, resample="unit")["SDM"].interval
    assert not isinstance(by_unit, Undefined)
    assert by_unit.unit == "unit"


@pytest.mark.parametrize(
    "said",
    [{"unit": "word"}, {"per": "book"}, {"raters": "team"}, {"resample": "coder"}],
    ids=lambda said: next(iter(said)),
)
def test_unknown_choices(make_project: Make, said: dict[str, str]) -> None:
    """A unit, row, rater or way of resampling that does not exist is refused with those that do."""
    with pytest.raises(UnknownNameError):
        agreed(make_project(), **said)


def test_too_few_resamples(make_project: Make) -> None:
    """Fewer than 1,000 resamples are refused."""
    with pytest.raises(ParameterError, match="100"):
        agreed(make_project(), resamples=100)


def test_one_codebook_only() -> None:
    """Codings of several codebooks cannot be compared at once."""
    codings = qc.open_project(PRACTICE).case("bandung").codings
    with pytest.raises(ParameterError, match="beberapa buku kode"):
        qc.agree(codings)


# Where coders differ


def kinds(project: qc.Project) -> list[Kind | None]:
    return [each.kind for each in passages(panel_of(project.case("kasus").codings))]


def test_kinds_of_disagreement(make_project: Make) -> None:
    """Another code, another valence, one side silent, other boundaries; agreement is none."""
    project = make_project({"d-1": "Satu dua tiga.\n\nEmpat lima.\n\nEnam tujuh.\n\nDelapan.\n\nSembilan.\n"})
    for words, code, valence in (
        ("Satu dua tiga.", "SDM", "mendukung"),
        ("Empat lima.", "SDM", "mendukung"),
        ("Enam tujuh.", "SDM", "mendukung"),
        ("Delapan.", "SDM", "mendukung"),
    ):
        project.code("kasus/d-1", words, code, coder="ana", valence=valence)
    for words, code, valence in (
        ("Satu dua", "SDM", "mendukung"),
        ("Empat lima.", "SDM", "menentang"),
        ("Enam tujuh.", "LAY-DAT", "mendukung"),
        ("Delapan.", "SDM", "mendukung"),
        ("Sembilan.", "SDM", "mendukung"),
    ):
        project.code("kasus/d-1", words, code, coder="budi", valence=valence)
    assert kinds(project) == [Kind.BOUNDARY, Kind.VALENCE, Kind.CODE, None, Kind.SILENT]
    found = agreed(project).disagreements()
    assert found.counts == {Kind.CODE: 1, Kind.VALENCE: 1, Kind.SILENT: 1, Kind.BOUNDARY: 1}
    table = found.to_table()
    assert list(table.rows[0][:3]) == [1, "batas lain", "d-1:1"]
    assert "SDM · mendukung · d-1:5" in str(table.rows[2][3])
    assert "LAY-DAT · mendukung · d-1:5" in str(table.rows[2][4])
    assert str(table.rows[3][3]) == "(tidak mengode)"
    assert "Enam tujuh." in table.to_csv()
    assert [row[0] for row in found.of("valence", "silent").to_table().rows] == [2, 4]
    assert found.number(3).kind is Kind.CODE
    with pytest.raises(ParameterError):
        found.number(9)
    with pytest.raises(UnknownNameError):
        found.of("spelling")


def test_unread_is_no_disagreement(make_project: Make) -> None:
    """What only one coder read is not held against the other."""
    project = coded(make_project, {"ana": [("d-1", "0 SDM"), ("d-2", "0 SDM")], "budi": [("d-1", "0 SDM")]})
    assert len(agreed(project).disagreements()) == 0


# Adjudication


def differing(make: Make) -> qc.Project:
    """One unanimous passage, one of two valences, one of two codes, one that only ana coded."""
    rows = ["0 SDM", "1 SDM mendukung", "2 SDM", "3 LAY-DAT"]
    others = ["0 SDM", "1 SDM menentang", "2 LAY-DAT"]
    return coded(make, {"ana": [("d-1", row) for row in rows], "budi": [("d-1", row) for row in others]})


def test_adjudication_changes_nothing_in_agree(make_project: Make) -> None:
    """Whatever is adjudicated, coefficients, disagreements and codings stay what they were before."""
    project = differing(make_project)
    before = agreed(project)
    frame, count, codings = before.to_frame(), len(before.disagreements()), project.case("kasus").codings
    for number, code in ((1, "SDM"), (2, "LAY-DAT"), (3, None)):
        ids = before.disagreements().number(number).codings
        project.adjudicate("kasus", ids, code, coder="dosen", memo="Menurut definisi.", valence="mendukung")
    after = agreed(project)
    assert after.to_frame().equals(frame)
    assert (len(after.disagreements()), len(after.disagreements().undecided)) == (count, 0)
    assert project.case("kasus").codings == codings
    assert "3 dari 3 perbedaan diputuskan oleh dosen" in after.sentence()
    assert "tidak ada adjudikator" in before.sentence()
    assert [tuple(row[1:]) for row in after.disagreements().counts_table().rows] == [(1, 1), (1, 1), (1, 1), (0, 0)]
    assert "tidak dipakai (dosen: Menurut definisi.)" in after.disagreements().to_table().to_csv()
    assert not project.check()


def test_codings_as_decided(make_project: Make) -> None:
    """Unanimous once, adjudicated as decided, undecided valence unresolved, other undecided differences left out."""
    project = differing(make_project)

    def now() -> list[tuple[int, str, str, str]]:
        found = project.case("kasus").adjudicated("uji")
        return [(each.segment.line, each.code, each.valence.value, each.coder) for each in found]

    assert now() == [(1, "SDM", "mendukung", "ana"), (3, "SDM", "belum diputuskan", "ana")]
    listed = agreed(project).disagreements()
    project.adjudicate("kasus", listed.number(1).codings, "SDM", coder="dosen", memo="a", valence="campuran")
    project.adjudicate("kasus", listed.number(2).codings, "LAY-DAT", coder="dosen", memo="b")
    project.adjudicate("kasus", listed.number(3).codings, None, coder="dosen", memo="c")
    decided = [(3, "SDM", "campuran", "dosen"), (5, "LAY-DAT", "mendukung", "dosen")]
    assert now() == [(1, "SDM", "mendukung", "ana"), *decided]
    project.adjudicate("kasus", listed.number(3).codings, "LAY-DAT", coder="dosen", memo="ternyata ya")
    assert now()[-1] == (7, "LAY-DAT", "mendukung", "dosen")
    project.undo("dosen")
    assert len(now()) == 3
    assert project.case("kasus").coded_by("disepakati") == project.case("kasus").adjudicated()


def test_decided_codings_are_triangulated_and_not_agreed_on(make_project: Make) -> None:
    """Triangulation takes the codings as decided; `agree` refuses them."""
    project = differing(make_project)
    case, book = project.case("kasus"), project.codebook("uji")
    assert [each.id for each in qc.triangulate(case, book, coder="disepakati").codings("SDM")]
    assert "≠1" in repr(qc.arrange(case, book, "technique", codings=case.adjudicated()).to_table())
    with pytest.raises(ParameterError, match="bukan reliabilitas"):
        qc.agree(case.adjudicated("uji"))


def test_adjudicating_needs_reason_and_sense(make_project: Make) -> None:
    """Refused: no reason, unknown codings, codings far apart, unknown codes, two valences without a word on them."""
    project = differing(make_project)
    codings = project.case("kasus").codings
    listed = agreed(project).disagreements()
    one = listed.number(3).codings
    for wrong in ({"memo": " "}, {"memo": "x", "coder": "a b"}):
        with pytest.raises(CodingError):
            project.adjudicate("kasus", one, "SDM", **{"coder": "dosen", **wrong})
    with pytest.raises(CodingError, match="nilai"):
        project.adjudicate("kasus", listed.number(1).codings, "SDM", coder="dosen", memo="x")
    with pytest.raises(CodingError):
        project.adjudicate("kasus", ["01M80R2JRS2416SDEEZ1JFHNV4"], "SDM", coder="dosen", memo="x")
    with pytest.raises(CodingError):
        project.adjudicate("kasus", [], "SDM", coder="dosen", memo="x")
    with pytest.raises(UnknownNameError):
        project.adjudicate("kasus", one, "SDN", coder="dosen", memo="x")
    with pytest.raises(CodingError):
        project.adjudicate("kasus", one, "LAY", coder="dosen", memo="x")
    assert project.case("kasus").codings == codings
    assert not project.case("kasus").adjudications


def test_the_log_shows_adjudications(make_project: Make) -> None:
    """The log says who decided what, and why."""
    project = differing(make_project)
    ids = agreed(project).disagreements().number(3).codings
    project.adjudicate("kasus", ids, None, coder="dosen", memo="Bukan data.")
    row = project.log(coder="dosen").to_csv()
    assert "adjudikasi" in row
    assert "tidak dipakai: Bukan data." in row


# Rounds


def rounds(make: Make) -> qc.Project:
    """Ana codes d-1 in two rounds, differently; budi in the first."""
    project = coded(make, {"ana": [("d-1", "0 SDM"), ("d-1", "1 SDM")], "budi": [("d-1", "0 SDM"), ("d-1", "1 SDM")]})
    for at in (0, 2):
        project.code("kasus/d-1", f"Kalimat d-1 nomor {at} di sini.", "LAY-DAT", coder="ana", round=2)
        project.code("kasus/d-1", f"Kalimat d-1 nomor {at} di sini.", "LAY-BAL", coder="budi", round=2)
    return project


def test_the_first_round_counts(make_project: Make) -> None:
    """Of a document coded in two rounds the first is compared with other coders; the rest is told."""
    found = agreed(rounds(make_project))
    assert list(found.codes) == ["SDM"]
    assert found["SDM"].cells == (2, 0, 0, 2)
    assert "4 koding dari putaran lain" in repr(found.remarks())


def test_drift(make_project: Make) -> None:
    """Each round is compared by itself; with one round there is no drift to see."""
    found = agreed(rounds(make_project))
    assert set(found.rounds) == {1, 2}
    table = found.drift()
    assert list(table.columns[1:]) == ["putaran 1", "putaran 2"]
    shown = {str(row[0]): list(map(str, row[1:])) for row in table.rows}
    assert shown["SDM Staf"] == ["alpha 1,00; F1 1,00", "·"]
    assert shown["LAY-DAT Data"][1].startswith("alpha -0,")
    assert "n = 4 unit" in shown["Yang dibandingkan"][0]


def test_rounds_of_one_coder(make_project: Make) -> None:
    """Intra-coder agreement compares the rounds of one coder, and refuses two; one round has its reason."""
    project = rounds(make_project)
    codings = project.case("kasus").codings.using("uji")
    found = qc.agree(codings.by("ana"), raters="round")
    assert found["SDM"].cells == (0, 2, 0, 2)
    assert found["LAY-DAT"].cells == (0, 0, 2, 2)
    assert "intrapengode" in found.sentence()
    assert list(found.to_table().columns[1:3]) == ["putaran 1", "putaran 2"]
    with pytest.raises(ParameterError, match="satu pengode"):
        qc.agree(codings, raters="round")
    once = qc.agree(codings.by("ana").where(round=1), raters="round")
    assert once.obstacle is not None
    assert once.obstacle.key == "one_round"


# Samples


def test_a_sample_is_drawn_once_and_restricts(make_project: Make) -> None:
    """A sample is stratified by document, blind, stored with its seed; from then on its units alone are compared."""
    every = [(f"d-{n}", f"{at} SDM") for n in (1, 2) for at in range(10)]
    project = coded(make_project, {"ana": every}, size=10)
    drawn = project.sample("kasus", "uji", coder="budi", share="20%", seed=11)
    assert {id: len(each.units) for id, each in drawn.sample.documents.items()} == {"d-1": 2, "d-2": 2}
    table = drawn.to_table()
    assert len(table.rows) == 4
    assert "SDM" not in table.to_csv()
    path = project.root / "corpus/kasus/sampel/uji.budi.yaml"
    stored = path.read_text("utf-8")
    assert "seed: 11" in stored
    assert "share: 1/5" in stored
    assert project.sample("kasus", "uji", coder="budi", share=0.2, seed=11).to_table().to_csv() == table.to_csv()
    with pytest.raises(ParameterError, match="benih 11"):
        project.sample("kasus", "uji", coder="budi", share=0.2, seed=12)
    assert path.read_text("utf-8") == stored
    project.code("kasus/d-1", str(table.rows[0][3]), "SDM", coder="budi", valence="mendukung")
    found = agreed(project)
    assert (found.n_units, found.n_documents) == (4, 2)
    assert found["SDM"].cells == (1, 3, 0, 0)
    assert "sampel acak berstrata dokumen: 4 unit (1/5 tiap dokumen, benih 11)" in found.sentence()
    assert len(found.disagreements()) == 3
    assert not project.check()


def test_a_sample_follows_its_text(make_project: Make) -> None:
    """When a text is corrected, the sample's units go along; a unit that is gone is reported."""
    project = coded(make_project, {"ana": [("d-1", f"{at} SDM") for at in range(4)]})
    words = project.sample("kasus", "uji", coder="budi", share=0.5).to_table().rows[0][3]
    text = project.case("kasus").document("d-1").text
    project.replace_text("kasus/d-1", "Pembuka baru.\n\n" + text, coder="ana")
    again = qc.open_project(project.root).sample("kasus", "uji", coder="budi", share=0.5)
    assert again.to_table().rows[0][3] == words
    project.replace_text("kasus/d-1", "Pembuka baru.\n\n" + text.replace(str(words), "Xyz!"), coder="ana")
    assert any("sampel" in problem.place for problem in project.check())


def test_a_round_has_its_own_sample(make_project: Make) -> None:
    """A sample for a second round stands beside the first and leaves the first round as it was."""
    project = coded(make_project, {"ana": [("d-1", f"{at} SDM") for at in range(4)]})
    project.sample("kasus", "uji", coder="ana", share=0.5, round=2, seed=3)
    words = project.sample("kasus", "uji", coder="ana", share=0.5, round=2, seed=3).to_table().rows
    assert (project.root / "corpus/kasus/sampel/uji.ana.2.yaml").exists()
    project.code("kasus/d-1", str(words[0][3]), "SDM", coder="ana", round=2)
    found = qc.agree(project.case("kasus").codings.by("ana"), raters="round")
    assert found["SDM"].cells == (1, 1, 0, 0)


@pytest.mark.parametrize("share", ["0", "1.5", "-1", "banyak", "120%"])
def test_impossible_shares(make_project: Make, share: str) -> None:
    """A share is above 0 and at most 1."""
    with pytest.raises(ParameterError):
        make_project().sample("kasus", "uji", coder="budi", share=share)


def test_a_damaged_sample_is_reported(make_project: Make) -> None:
    """A sample that cannot be read is a problem with file and line, and the case is read without it."""
    rows = [("d-1", "0 SDM")]
    project = coded(make_project, {"ana": rows, "budi": rows})
    path = project.root / "corpus/kasus/sampel/uji.budi.yaml"
    path.parent.mkdir()
    path.write_text("codebook: uji\ncoder: budi\nseed: tujuh\nshare: 1/5\ndocuments: {}\n", "utf-8")
    assert [problem.place for problem in project.check()] == ["corpus/kasus/sampel/uji.budi.yaml:3"]
    assert agreed(project).n_units == 4


@given(st.integers(1, 40), st.integers(1, 100), st.integers(0, 5))
def test_drawing_takes_the_share_of_every_document(size: int, percent: int, seed: int) -> None:
    """Of each document the share is drawn, at least one unit, in the order of the text, each once, as seeded."""
    documents = [qc.Document(f"d-{n}", paragraphs(size, str(n))) for n in range(2)]
    share = Fraction(percent, 100)
    drawn = draw(documents, share, seed)
    assert drawn == draw(reversed(documents), share, seed)
    for document in documents:
        spans = drawn[document.id].units
        known = [(each.start, each.end) for each in units_of(document)]
        assert list(spans) == sorted(set(spans) & set(known))
        assert len(spans) == max(1, int(share * size + Fraction(1, 2)))


# Sentences


@given(st.text(alphabet="Aa.!? \n“”", max_size=60))
def test_sentences_hold_every_word(text: str) -> None:
    """Sentences lie in order without overlap, begin and end with no white space, and leave nothing else out."""
    found = list(sentences(text, 0, len(text)))
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert "".join("".join(text[start:end].split()) for start, end in found) == "".join(text.split())


# The terminal, the sentence and the figure


def test_the_practice_case_in_both_languages() -> None:
    """The sentence names coefficient, unit, n, coders, interval, seed and adjudicator; the language stays as it was."""
    case = qc.open_project(PRACTICE).case("latihan-kota-samudra")
    found = qc.agree(case.codings.using("paramitha"))
    said = {"id": found.sentence("id"), "en": found.sentence("en")}
    assert language_in_use() == "id"
    for words in (
        "alpha Krippendorff",
        "giliran bicara informan",
        "13 dokumen",
        "ana dan budi",
        "benih 1",
        "adjudikator",
    ):
        assert words in said["id"]
    for words in ("Krippendorff's nominal alpha", "13 documents", "ana and budi", "seed 1", "no adjudicator", "MASI"):
        assert words in said["en"]
    with pytest.raises(ValueError, match="jv"):
        found.sentence("jv")


def test_the_figure_says_its_numbers() -> None:
    """The figure's words name each row's alpha, interval and positive agreement; what is undefined is named so."""
    said = {"rows": ["A", "B"], "series": ("alpha", "F1"), "interval": "selang", "missing": "tidak ada"}
    figure = dots_with_intervals(
        [0.5, None], [(0.25, 0.75), None], [0.6, 0.0], guides=(0.8,), caption="Sepakat.", **said
    )
    assert figure.alt == "Sepakat. A: alpha 0,5, selang 0,25 – 0,75, F1 0,6; B: alpha tidak ada, F1 0."
    assert figure.png.startswith(b"\x89PNG")
    nothing = dots_with_intervals([None], [None], [None], guides=(), caption="x", **{**said, "rows": ["A"]})
    assert nothing.alt == f"x {say('figure.nothing')}"


def test_the_verbs(make_project: Make) -> None:
    """`agree` prints every view, as a table or CSV; `sample` the passages without codes."""
    project = differing(make_project)

    def call(*words: str) -> str:
        done = CliRunner().invoke(main, ["--project", str(project.root), *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "SDM" in call("agree", "uji", "--case", "kasus")
    assert call("agree", "uji", "--case", "kasus", "--csv").startswith("Kode,Unit,n unit")
    for view in ("summary", "spans", "disagreements", "drift", "sentence"):
        assert call("agree", "uji", "--case", "kasus", "--show", view, "--csv")
    assert "satu pengode" in call("agree", "uji", "--case", "kasus", "--coder", "ana")
    assert "Tidak berlaku" in call("agree", "uji", "--case", "kasus", "--coder", "ana", "--rounds", "--round", "1")
    drawn = call("sample", "kasus", "uji", "--share", "0.5", "--seed", "11", "--coder", "cici", "--csv")
    assert drawn.count("Kalimat") == 2
    assert "SDM" not in drawn
