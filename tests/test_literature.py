"""The literature sheet: works by themes, principles, references, recomputed figures; blanks on other cases."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

import qualcode as qc
from qualcode.errors import Undefined
from qualcode.frameworks.literature import THEMES, LiteratureSheet
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]
REVIEW = "kajian-pustaka"


@pytest.fixture(scope="module")
def sheet() -> LiteratureSheet:
    return qc.literature(qc.open_project(ROOT).case(REVIEW))


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., LiteratureSheet]:
    """The sheet of a copy of the review whose case.yaml had texts replaced."""

    def edit(*replacements: tuple[str, str]) -> LiteratureSheet:
        for folder in (f"corpus/{REVIEW}", "codebooks"):
            shutil.copytree(ROOT / folder, tmp_path / folder)
        path = tmp_path / "corpus" / REVIEW / "case.yaml"
        text = path.read_text("utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8", newline="\n")
        return qc.literature(qc.open_project(tmp_path).case(REVIEW))

    return edit


@pytest.mark.parametrize(
    ("work", "code"),
    [
        ("Indrawan dkk. (2020)", "LIT-PER"),
        ("Waluyo & Syarifuddin (2022)", "LIT-PER"),
        ("Mokobombang dkk. (2023)", "LIT-MAN.1"),
        ("Amirulkamar dkk. (2023)", "LIT-MAN.2"),
        ("Fitriani dkk. (2023)", "LIT-MAN.3"),
        ("Andhika dkk. (2019)", "LIT-MAN.4"),
        ("Salsabela dkk. (2023)", "LIT-MAN.5"),
        ("Wulur & Mulyanti (2022)", "LIT-MAN"),
        ("Lubis & Nasution (2023)", "LIT-TAN.1"),
        ("Hastrida (2021)", "LIT-TAN.1"),
        ("Ansyar & Junianto (2023)", "LIT-STR.1"),
        ("Lenak (2021)", "LIT-STR.2"),
        ("Powa (2021)", "LIT-STR.3"),
        ("Karunianingsih & Utomo (2020)", "LIT-STR.5"),
    ],
)
def test_the_works_speak_to_their_themes(sheet: LiteratureSheet, work: str, code: str) -> None:
    """The source matrix holds what the review says of its works (Supriyanto, Nuryanti & Noegroho 2024)."""
    cited = sheet.citing(work, code)
    assert cited
    assert {coding.code for coding in cited} == {code}


def test_a_clause_is_cited_by_its_sentence(sheet: LiteratureSheet) -> None:
    """A quotation narrowed to a clause still has the work that its sentence cites at the end."""
    (coding,) = sheet.citing("Karunianingsih & Utomo (2020)", "LIT-TAN.4")
    assert "Karunianingsih" not in coding.quote


def test_cells_hold_codings_and_nothing_is_lost(sheet: LiteratureSheet) -> None:
    """Every coding of a theme stands in the row of each work its sentence cites, or in that of no work."""
    for code in sheet.themes:
        found = {coding.id for each in sheet.works for coding in sheet.citing(each.work, code)}
        uncited = {coding.id for coding in sheet.uncited(code)}
        assert not found & uncited
        assert found | uncited == {coding.id for coding in sheet.codings.exactly(code)}


def test_what_the_review_cites_nothing_for(sheet: LiteratureSheet) -> None:
    """Disinformation, controversial content, and evaluation and research rest on no cited work."""
    without = {code.id for code in sheet.themes if sheet.uncited(code)}
    assert without == {"LIT-TAN.2", "LIT-TAN.3", "LIT-STR.6"}


def test_counts_per_theme(sheet: LiteratureSheet) -> None:
    """A theme's row counts each work once, its codes included."""
    rows = {row[0].strip().split()[0]: row for row in sheet.theme_table().rows}
    assert {theme: rows[theme][2] for theme in THEMES} == {"LIT-PER": 5, "LIT-MAN": 7, "LIT-TAN": 3, "LIT-STR": 6}
    assert rows["LIT-TAN"][4] == 2
    assert rows["LIT-MAN.6"][2:] == [0, "–", 0]


def test_five_of_twelve_principles(sheet: LiteratureSheet) -> None:
    """The review names seven principles, which are five of the law's twelve: speed, ease, affordability are one."""
    assert [code.id for code in sheet.named_principles] == ["UUP-06", "UUP-08", "UUP-09", "UUP-11", "UUP-12"]
    assert len(sheet.principles().rows) == 12
    assert "5 dari 12" in sheet.principles().note
    assert "7 unsur" in sheet.principles().note


def test_another_coder_names_the_same_principles() -> None:
    """Both coders find the same five, though they may tag them differently."""
    case = qc.open_project(ROOT).case(REVIEW)
    one, two = (qc.literature(case, coder) for coder in ("ana", "budi"))
    assert one.named_principles == two.named_principles


def test_widada_is_cited_without_an_entry(sheet: LiteratureSheet) -> None:
    """Widada (2018) has no entry; as the recorded list is not whole, only the case's own record can say so."""
    checks = {each.name: each for each in sheet.references()}
    widada = checks["Widada (2018)"]
    assert isinstance(widada.listed, Undefined)
    assert "21 dari 32" in widada.listed.reason
    assert "tidak ada dalam daftar pustaka" in widada.remarks[0]
    unlisted = {name for name, each in checks.items() if each.listed is not True}
    assert unlisted == {"Widada (2018)", "Ombudsman (2023)"}


def test_only_a_complete_list_accuses(edited: Callable[..., LiteratureSheet]) -> None:
    """With the list said to be complete, what is not in it is not listed; nothing else changes."""
    sheet = edited(("references_complete: false", "references_complete: true"))
    listed = {each.name: each.listed for each in sheet.references()}
    assert listed["Widada (2018)"] is False
    assert listed["Wulur & Mulyanti (2022)"] is True


def test_listed_but_not_cited(edited: Callable[..., LiteratureSheet]) -> None:
    """An entry that nothing here cites is shown; as these are reading notes, the text may cite it after all."""
    sheet = edited(("  - Lenak (2021)\n", "  - Lenak (2021)\n  - Zulkifli (2015)\n"))
    extra = sheet.references()[-1]
    assert (extra.name, extra.listed) == ("Zulkifli (2015)", True)
    assert isinstance(extra.cited, Undefined)
    assert "Zulkifli (2015)" in repr(sheet.reference_table())


def test_mubarok_and_mubarak(sheet: LiteratureSheet) -> None:
    """The two spellings stand side by side, as recorded; there is no other pair, and nothing is mended."""
    (row,) = sheet.spellings().rows
    assert row[:2] == ["Mubarak / Mubarok", "0,86"]


def test_a_second_spelling_among_the_references_is_shown(edited: Callable[..., LiteratureSheet]) -> None:
    """A citation and an entry that spell a name differently are a pair, each with its place."""
    sheet = edited(("  - Rohayatin dkk. (2017)\n", "  - Rohayattin dkk. (2017)\n"))
    pairs = {row[0]: row for row in sheet.spellings().rows}
    assert pairs["Rohayatin / Rohayattin"][2:] == ["Rohayatin dkk. (2017)", "Daftar pustaka"]


def test_the_tables_recompute(sheet: LiteratureSheet) -> None:
    """All that is recorded agrees: 415 districts and their shares, 3,772 of 8,458, 8.92% of 415, 213 million."""
    found = {each.what: each for each, _ in sheet.comparisons()}
    verdicts = [each.agrees for each in found.values() if not isinstance(each.agrees, Undefined)]
    assert len(verdicts) == 11
    assert all(verdicts)
    grown = {what: each.recomputed for what, each in found.items() if "2013-2023" in what}
    assert sorted(round(value, 1) for value in grown.values() if isinstance(value, float)) == [3.0, 11.7]
    assert any("37 dari 415" in what for what in found)


def test_a_wrong_count_is_seen(edited: Callable[..., LiteratureSheet]) -> None:
    """A slip in the Ombudsman table shows in the total and in the shares, and is left as it is."""
    sheet = edited(("[A, 129, 31.08]", "[A, 139, 31.08]"))
    slips = [each.what for each, _ in sheet.comparisons() if each.agrees is False]
    assert len(slips) == 6
    assert sheet.case.record.tables[0].rows[0][1] == "139"


def test_the_selection_is_blank_until_it_is_reported(edited: Callable[..., LiteratureSheet]) -> None:
    """No stage of the selection was reported; a metric of that name fills its stage and no other."""
    metric = "metrics:\n  - {name: Kajian ditemukan, value: 240, as_of: tidak disebut, source: rekaan}\n"
    counts = [row[1] for row in edited(("metrics:\n", metric)).selection().rows]
    assert counts[0] == "240"
    assert all("tidak dilaporkan" in count for count in counts[1:])


def test_a_theme_without_children_is_its_own_indicator(sheet: LiteratureSheet) -> None:
    """`sheet["LIT-PER"]` gives the codings of the theme, which has no codes below it."""
    assert len(sheet["LIT-PER"].codings) == 4


@pytest.mark.parametrize("case", ["balangan", "balikpapan", "bandung", "jakarta-utara"])
def test_other_cases_give_blanks(case: str) -> None:
    """On an empirical case the sheet is blank with its reason, and no place or month is taken for a work."""
    sheet = qc.literature(qc.open_project(ROOT).case(case))
    assert not sheet.codings
    assert {each.name for each in sheet.works} <= {"Simangunsong (2017)"}
    assert "Tidak ada data" in repr(sheet.conclusion())
    assert len(sheet.gaps) == len(sheet.evidence)
    for part in (sheet.source_matrix(), sheet.source_map(), sheet.reference_table(), sheet.spellings()):
        assert part._repr_html_()
    assert all(each.listed is not False for each in sheet.references())


def test_every_part_is_worded_in_english(sheet: LiteratureSheet) -> None:
    """The whole sheet can be shown in English; names of works follow the language."""
    use_language("en")
    parts = (sheet.source_matrix("LIT-MAN"), sheet.theme_table(), sheet.principles(), sheet.reference_table())
    assert "et al." in repr(parts[0])
    assert all("tidak" not in part.caption for part in parts)
    assert "recomputation" in repr(sheet.conclusion())


def test_the_sheet_names_itself_in_one_line(sheet: LiteratureSheet) -> None:
    """Printed, the sheet is one line as every sheet's, not all that it holds."""
    assert repr(sheet).startswith("Sheet literature, kajian-pustaka: ")
    assert "\n" not in repr(sheet)


def test_unknown_work(sheet: LiteratureSheet) -> None:
    """A work that nothing cites is an error that names the nearest."""
    with pytest.raises(qc.UnknownNameError, match="Lenak"):
        sheet.citing("Lenak (2012)", "LIT-STR.2")


def test_voices_do_not_stand_for_works(sheet: LiteratureSheet) -> None:
    """All passages of a review are of one technique: what tells its sources apart is the work, not the voice."""
    assert {coding.voice for coding in sheet.codings} == {"kepustakaan"}
    assert len(sheet.works) == 23


def test_the_notebook_is_for_reviews() -> None:
    """The notebook says in its metadata that it is for reviews of literature, and starts on one."""
    notebook = nbformat.read(ROOT / "notebooks" / "15-kajian-pustaka.ipynb", as_version=4)
    assert notebook.metadata.qualcode == {"cases": "kajian pustaka"}
    assert f'case: str = "{REVIEW}"' in notebook.cells[1].source
