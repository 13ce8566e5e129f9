"""The framework sheets: what they say of the cases in corpus/, and where they stay honestly blank."""

import shutil
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.coding.case import UNSTATED
from qualcode.frameworks.sheet import Sheet

ROOT = Path(__file__).parents[1]
FRAMEWORKS = {"paramitha": qc.paramitha, "david": qc.david, "stoc": qc.stoc}
EMPIRICAL = ("balangan", "balikpapan", "bandung", "jakarta-utara", "latihan-kota-samudra")


@pytest.fixture(scope="module")
def project() -> qc.Project:
    return qc.open_project(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> qc.Project:
    """A copy of the project that a test may spoil."""
    for folder in ("corpus", "codebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return qc.open_project(tmp_path)


def cells(sheet: Sheet, by: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """All cells of a sheet's matrix: row and column -> the ids of its codings."""
    table = sheet.matrix(by)
    return {
        (row.id, column): tuple(coding.id for coding in table[row, column])
        for row in table.rows
        for column in table.columns
    }


@pytest.mark.parametrize("case", EMPIRICAL)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_reads_every_case(project: qc.Project, framework: str, case: str) -> None:
    """Every framework makes a sheet of every case, and each indicator has evidence or a reason why not."""
    sheet = FRAMEWORKS[framework](project.case(case))
    for each in sheet.evidence:
        assert each.attributed or each.blank.reason
    for part in (sheet.summary(), sheet.matrix().to_table(), sheet.quotation_table(), sheet.gap_table()):
        assert part.to_html()
    assert sheet.conclusion().paragraphs
    assert sheet.limits().paragraphs


def test_a_review_of_literature_gives_blanks_not_a_crash(project: qc.Project) -> None:
    """A case a framework cannot speak about gets a sheet of reasons."""
    sheet = qc.stoc(project.case("kajian-pustaka"))
    assert len(sheet.gaps) == len(sheet.evidence) == 11
    assert "Tidak ada data" in sheet.conclusion().paragraphs[0]
    assert "Tidak ada data" in sheet.heat_map().alt


def test_balangan_is_not_assessable(project: qc.Project) -> None:
    """The closing chapter of Balangan names no informant and no technique, so that nothing can be assessed."""
    sheet = qc.david(project.case("balangan"))
    assert {coding.voice for coding in sheet.codings} == {UNSTATED}
    for each in sheet.evidence:
        assert not each.voices
        assert each.blank is not None
    assert any("Tidak dapat dinilai" in reason for _, reason in sheet.gaps)


def test_bandungs_four_voices_on_openness(project: qc.Project) -> None:
    """All four voices speak to openness; the head in office supports it and the outside expert opposes it."""
    voices = qc.stoc(project.case("bandung"))["KHN-OPE"].voices
    assert set(voices) == {"KADIS-NOW", "AHLI-EXT", "AHLI-HUMAS", "KADIS-2014-2019"}
    assert voices["KADIS-NOW"] is qc.Valence.SUPPORTS
    assert voices["AHLI-EXT"] is qc.Valence.OPPOSES


def test_conclusions_differ_as_the_cases_do(project: qc.Project) -> None:
    """No two cases get the same conclusion from a framework."""
    for framework in FRAMEWORKS.values():
        conclusions = [repr(framework(project.case(case)).conclusion()) for case in EMPIRICAL]
        assert len(set(conclusions)) == len(conclusions)


def test_strongest_and_dissenting_stand_on_their_sides(project: qc.Project) -> None:
    """Strongest quotations take the leaning side; dissenting ones never do."""
    for framework in FRAMEWORKS.values():
        for each in framework(project.case("latihan-kota-samudra")).evidence:
            if each.leaning is not None:
                assert {coding.valence for coding in each.strongest()} == {each.leaning}
                assert each.leaning not in {coding.valence for coding in each.dissenting()}


def test_one_voice_does_not_fill_the_strongest(project: qc.Project) -> None:
    """Among the strongest quotations every voice comes once before any comes twice."""
    for each in qc.paramitha(project.case("latihan-kota-samudra")).evidence:
        strongest = [coding.voice for coding in each.strongest(4)]
        available = {c.voice for c in each.codings if each.leaning is None or c.valence is each.leaning}
        assert len(set(strongest)) == min(len(strongest), len(available))


def test_another_coder_makes_another_sheet(project: qc.Project) -> None:
    """The second coder's sheet rests on her own codings only, and everybody's on both."""
    case = project.case("latihan-kota-samudra")
    one, two, both = (qc.stoc(case, coder) for coder in ("ana", "budi", "semua"))
    assert {c.coder for c in two.codings} == {"budi"}
    assert len(both.codings) == len(one.codings) + len(two.codings)
    assert qc.stoc(case).codings == one.codings
    with pytest.raises(qc.UnknownNameError, match="budi"):
        qc.stoc(case, "bundi")


def test_swot_shows_the_factors_of_the_sources(project: qc.Project) -> None:
    """The four fields of the SWOT table open to the codings of their factor, without any weight."""
    sheet = qc.david(project.case("jakarta-utara"))
    for code, codings in sheet.swot.items():
        assert {coding.code for coding in codings} <= {code}
    assert sheet.swot["SWT-W"]
    table = sheet.swot_table()
    assert len(table.rows[0][2].quotations) == len(sheet.swot["SWT-W"])
    assert "IFE" in table.note


def test_deleting_a_document_changes_its_cells_and_nothing_else(copy: qc.Project) -> None:
    """Without one informant's interview, only that informant's column loses codings."""
    before = cells(qc.paramitha(copy.case("latihan-kota-samudra")), "voice")
    (copy.root / "corpus" / "latihan-kota-samudra" / "w-i5.md").unlink()
    after = cells(qc.paramitha(copy.case("latihan-kota-samudra")), "voice")
    changed = {cell for cell in before if before[cell] != after[cell]}
    assert changed
    assert {column for _, column in changed} == {"I5"}
    assert all(after[cell] == () for cell in changed)


def test_deleting_a_journal_changes_its_coder_and_nothing_else(copy: qc.Project) -> None:
    """Without one coder's journal of one codebook, her sheet of it is blank and every other sheet stays."""
    case = "latihan-kota-samudra"
    before = {(name, coder): cells(make(copy.case(case), coder), "document")
              for name, make in FRAMEWORKS.items() for coder in ("ana", "budi")}  # fmt: skip
    (copy.root / "corpus" / case / "codings" / "stoc.budi.jsonl").unlink()
    for (name, coder), cells_before in before.items():
        after = cells(FRAMEWORKS[name](copy.case(case), coder), "document")
        if (name, coder) == ("stoc", "budi"):
            assert not any(after.values())
            assert all("ana" in reason or "Tidak ada data" in reason
                       for _, reason in qc.stoc(copy.case(case), "budi").gaps)  # fmt: skip
        else:
            assert {cell: ids for cell, ids in after.items() if ids} == {
                cell: ids for cell, ids in cells_before.items() if ids
            }


def test_sheets_speak_english_when_asked(project: qc.Project) -> None:
    """With the English catalogue, labels and sentences of a sheet are English; quotations stay as they are."""
    qc.use_language("en")
    try:
        sheet = qc.stoc(project.case("bandung"))
        assert "Openness" in sheet.summary().to_markdown()
        assert "indicators have quotations" in sheet.conclusion().paragraphs[0]
    finally:
        qc.use_language("id")


def test_every_coding_of_a_sheet_is_shown(project: qc.Project) -> None:
    """The rows of a sheet hold all its codings, those with a dimension's own code included."""
    for case in EMPIRICAL:
        for framework in FRAMEWORKS.values():
            sheet = framework(project.case(case))
            assert sum(len(each.codings) for each in sheet.rows) == len(sheet.codings)
            assert len(sheet.matrix("document").codings) == len(sheet.codings)


def test_an_unknown_indicator_names_the_nearest(project: qc.Project) -> None:
    """Asking a sheet for a code it has not answers with the nearest one."""
    with pytest.raises(qc.UnknownNameError, match=r"PAR-2\.2"):
        qc.paramitha(project.case("bandung"))["PAR-22"]
