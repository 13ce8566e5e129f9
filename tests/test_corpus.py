"""The repository is a sound qualcode project: corpus, codebooks and codings keep the rules the project promises."""

import re
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.coding.case import UNSTATED

ROOT = Path(__file__).parents[1]
PRACTICE = "latihan-kota-samudra"
PROJECT = qc.open_project(ROOT)
CASES = {case.id: case for case in PROJECT.cases}
PUBLISHED = sorted(set(CASES) - {PRACTICE})


def test_check_is_silent() -> None:
    """`qualcode check` finds nothing to mend in the repository."""
    assert PROJECT.check() == []


def test_no_coding_was_lost() -> None:
    """Every event of every journal has its place: no case carries a problem."""
    assert {case.id: case.problems for case in CASES.values() if case.problems} == {}


@pytest.mark.parametrize("case", CASES)
def test_two_coders_everywhere(case: str) -> None:
    """Two coders coded every case with the same codebooks, and they do not always agree."""
    codings = CASES[case].codings
    assert codings.coders == ("ana", "budi")
    one, two = ({c.codebook for c in codings.by(coder)} for coder in codings.coders)
    assert one == two
    judged = [{(c.address, c.code): c.valence for c in codings.by(coder)} for coder in codings.coders]
    assert judged[0] != judged[1]


def test_every_framework_of_a_study_is_coded() -> None:
    """The framework a study applies itself was used to code it."""
    for case in CASES.values():
        assert set(case.record.frameworks) <= {c.codebook for c in case.codings}, case.id


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_cases_are_reading_notes(case: str) -> None:
    """What stands for a published study is reading notes with provenance, undated, never called fictional."""
    for document in CASES[case].documents:
        assert document.kind is qc.Kind.READING_NOTES
        assert document.provenance.startswith("Catatan baca")
        assert document.date is None
        assert not document.fictional


def test_blanks_where_the_papers_attribute_nothing() -> None:
    """Balikpapan and Balangan name no informant and no technique for any statement, and so do their notes."""
    for case in ("balikpapan", "balangan"):
        for document in CASES[case].documents:
            assert document.technique.value == UNSTATED
            assert document.informant is None


def test_balikpapan_does_not_invent_a_distribution() -> None:
    """Seven informants in four roles: the total is kept, and no number per role."""
    record = CASES["balikpapan"].record
    assert record.informants_total == 7
    assert len(record.informants) == 4
    assert not any(re.search(r"\d", informant.role) for informant in record.informants)


def test_bandung_keeps_conflicting_numbers_side_by_side() -> None:
    """Both numbers of the regulation stand in the case; none was mended."""
    assert {(law.number, law.year) for law in CASES["bandung"].record.legal} >= {("83", "2012"), ("85", "2012")}


@pytest.mark.parametrize(
    ("case", "values"),
    [
        ("balikpapan", {129000, 5486, 13000}),
        ("jakarta-utara", {781, 773, 1283, 6241, 2111, 1843, 3994, 2137}),
        ("bandung", {28.9, 75.1, 71.4, 33.3, 90.71, 1373656, 1135}),
    ],
)
def test_metrics_are_the_published_ones(case: str, values: set[float]) -> None:
    """The figures of a study are kept as printed, each with an as-of date or the words for none."""
    metrics = CASES[case].metrics
    assert values <= {metric.value for metric in metrics}
    assert all(metric.as_of for metric in metrics)


def test_recommendations_are_never_findings() -> None:
    """No recommendation of an author stands in a document, where it could be coded as a finding."""
    for case in PUBLISHED:
        texts = " ".join(" ".join(document.text.split()) for document in CASES[case].documents)
        assert not [saran for saran in CASES[case].record.recommendations if saran.rstrip(".") in texts]


def test_practice_material_says_so_everywhere() -> None:
    """Every file of the practice case is marked as fictional, in its metadata and at the top of its text."""
    case = CASES[PRACTICE]
    assert case.record.fictional
    for document in case.documents:
        assert document.fictional
        assert "rekaan" in document.provenance
        assert "fiktif" in document.text.splitlines()[0]


def test_practice_case_is_whole() -> None:
    """Seven transcripts of 60 to 120 turns, three observation notes with both parts, three documents."""
    documents = CASES[PRACTICE].documents
    transcripts = [each for each in documents if each.kind is qc.Kind.TRANSCRIPT]
    notes = [each for each in documents if each.kind is qc.Kind.FIELD_NOTES]
    records = [each for each in documents if each.kind is qc.Kind.RECORD]
    assert (len(transcripts), len(notes), len(records)) == (7, 3, 3)
    for transcript in transcripts:
        assert 60 <= len(transcript.turns) <= 120
        times = [turn.time for turn in transcript.turns if turn.time]
        assert times == sorted(times)
    for note in notes:
        assert {paragraph.section for paragraph in note.paragraphs} - {""} == {"Deskripsi", "Refleksi"}


def test_codings_of_transcripts_are_informants_words() -> None:
    """In transcripts only what informants say is coded, and each coding lies inside one turn."""
    for coding in CASES[PRACTICE].codings:
        if coding.document.kind is qc.Kind.TRANSCRIPT:
            turn = coding.segment.turn
            assert turn is not None
            assert turn.informant
            assert coding.segment.end <= turn.end


def test_no_handles_and_no_contacts() -> None:
    """No handle, address, phone number or identity number stands anywhere in the corpus."""
    identifying = re.compile(r"(?<!\w)@\w+|\b08\d{8,}|\+62\d|\b\d{16}\b|[\w.]+@[\w.]+\.\w+")
    for path in (ROOT / "corpus").rglob("*"):
        if path.suffix in (".md", ".yaml", ".jsonl"):
            assert not identifying.search(path.read_text("utf-8")), path


@pytest.mark.parametrize("codebook", PROJECT.codebooks.values(), ids=lambda book: book.id)
def test_codebooks_teach(codebook: qc.Codebook) -> None:
    """A codebook has licence, citation and version, and each code a definition, limits and two examples."""
    assert codebook.license
    assert codebook.version
    assert len(codebook.citation) > 20
    for code in codebook:
        assert code.definition.id
        if not code.heading:
            assert code.use_when
            assert code.do_not_use_when
            assert code.indicators
            assert code.source
            assert len({example.text for example in code.examples}) >= 2


def test_all_ninety_codes_are_there() -> None:
    """The six codebooks hold the 90 codes of the frameworks, headings apart."""
    codes = [code.id for book in PROJECT.codebooks.values() for code in book if not code.heading]
    assert len(PROJECT.codebooks) == 6
    assert len(codes) == len(set(codes)) == 90
