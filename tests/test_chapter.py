"""The results chapter: what it says, what each claim opens to, whose words stay out, and how quotations are set."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode import figures
from qualcode.cli import main
from qualcode.coding.addresses import Addresses
from qualcode.reports.chapter import (
    Chapter,
    Heading,
    Listing,
    Options,
    Prose,
    QuotationPart,
    Quotes,
    TablePart,
    chapter,
)
from qualcode.reports.chapter.grid import GridCell, Span, letters, merged_down, widths
from qualcode.reports.chapter.quoting import CUT, closing, regional, shortened

ROOT = Path(__file__).parents[1]
PRACTICE = "latihan-kota-samudra"


@pytest.fixture(scope="module")
def practice() -> Chapter:
    return chapter(qc.open_project(ROOT), PRACTICE, Options(appendix=True))


@pytest.fixture
def coded(make_project: Callable[..., qc.Project]) -> qc.Project:
    """The small project with four codings: two that support, one that opposes, one in a regional language."""
    project = make_project()
    for document, words, valence, memo in (
        ("kasus/w-i1", "Semua komentar dibalas.", "mendukung", ""),
        ("kasus/w-i2", "Paling sepertiga yang dibalas.", "menentang", "terjemahan: Paling = hanya"),
        ("kasus/o-1", "Admin membalas tiga komentar.", "mendukung", "terjemahan: The admin answers."),
    ):
        project.code(document, words, "LAY-BAL-C", coder="ana", valence=valence, memo=memo)
    project.code("kasus/w-i1", "Data kami terbuka.", "LAY-DAT", coder="ana", valence="mendukung")
    return project


def said(built: Chapter) -> str:
    """Everything a chapter says, in one text."""
    parts = []
    for block in built.blocks:
        if isinstance(block, (Prose, Heading, QuotationPart)):
            parts.append(block.text)
        elif isinstance(block, TablePart):
            parts += [cell.text for row in (*block.head, *block.body) for cell in row]
        elif isinstance(block, Listing):
            parts += [f"{number} {speaker} {words}" for number, speaker, words in block.lines]
    return "\n".join(parts)


def without_consent(project: qc.Project) -> qc.Project:
    """The same project after I2 has withdrawn consent."""
    path = project.root / "corpus/kasus/case.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("relation: orang dalam, consent: dicatat}\ngroups", "X"), "utf-8")
    text = text.replace(
        "role: Admin, relation: orang dalam, consent: dicatat",
        "role: Admin, relation: orang dalam, consent: persetujuan ditarik",
    )
    path.write_text(text, "utf-8")
    return qc.open_project(project.root)


def coded_codes(project: qc.Project, case: str) -> set[tuple[str, str]]:
    """Framework and code of everything the main coder coded."""
    return {(coding.codebook, coding.code) for coding in project.case(case).coded_by("")}


def codes_reported(built: Chapter) -> set[tuple[str, str]]:
    """Framework and code of everything for which a chapter gives the number of passages."""
    asked = (claim.asked.split("|") for claim in built.claims.values() if claim.kind == "number")
    return {(each[1], each[3]) for each in asked if each[-1] == "passages" and each[3]}


@pytest.mark.parametrize("case", ["bandung", "jakarta-utara", "kajian-pustaka", PRACTICE])
def test_every_coded_code_is_reported(practice: Chapter, case: str) -> None:
    """No code that something is coded with is missing from the results of any case."""
    project = qc.open_project(ROOT)
    coded = coded_codes(project, case)
    options = Options(tuple({framework for framework, _ in coded}))
    assert coded - codes_reported(chapter(project, case, options)) == set()


def test_a_code_between_heading_and_leaves_is_reported(coded: qc.Project) -> None:
    """A code that has others below it and codings of its own has a row in the tables, its count and its quotations."""
    coded.code("kasus/w-i2", "Kami cuma berdua.", "LAY-BAL", coder="ana", valence="menentang")
    built = chapter(qc.open_project(coded.root), "kasus")
    assert ("uji", "LAY-BAL") in codes_reported(built)
    assert "Kami cuma berdua." in {part.text for part in built.quotations}
    for part in ("summary", "frequency"):
        (table,) = (each for each in built.tables if built.claims[each.id].asked.split("|")[2] == f"results.{part}")
        names = [str(row[0]).split()[0] for row in table.table.rows]
        assert names.index("LAY-BAL") < names.index("LAY-BAL-C")


def test_a_code_beside_the_framework_is_reported(make_project: Callable[..., qc.Project]) -> None:
    """A code the researcher adds to a codebook of ours is reported, too, under a heading of its own."""
    book = (ROOT / "codebooks/paramitha.yaml").read_text("utf-8")
    book += "  - id: BARU\n    label: {id: Temuan baru, en: New finding}\n    definition: Yang tak terduga.\n"
    project = make_project(files={"codebooks/paramitha.yaml": book})
    project.code("kasus/w-i1", "Semua komentar dibalas.", "PAR-1.1", coder="ana", valence="mendukung")
    project.code("kasus/w-i2", "Kami cuma berdua.", "BARU", coder="ana", valence="menentang")
    built = chapter(qc.open_project(project.root), "kasus")
    assert codes_reported(built) >= {("paramitha", "PAR-1.1"), ("paramitha", "BARU")}
    headings = [block.text for block in built.blocks if isinstance(block, Heading)]
    assert headings.index("Temuan baru") == headings.index("Kode di Luar Kerangka") + 1


def test_figures_are_drawn_by_who_shows_them(
    coded: qc.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verifying, the workbook and tables as CSV draw no figure; the Word file draws each."""
    word, asked = tmp_path / "bab4.docx", ["--project", str(coded.root), "report", "--case", "kasus", "--to"]
    assert CliRunner().invoke(main, [*asked, str(word)]).exit_code == 0

    def no_drawing(drawing: object) -> bytes:
        raise AssertionError("drawn")

    monkeypatch.setattr(figures, "_png", no_drawing)
    for ending in ("xlsx", "csv.zip"):
        done = CliRunner().invoke(main, [*asked, str(tmp_path / f"tabel.{ending}")])
        assert done.exit_code == 0, done.output
    verified = CliRunner().invoke(main, ["--project", str(coded.root), "verify", str(word)])
    assert verified.exit_code == 0, verified.output
    assert isinstance(CliRunner().invoke(main, [*asked, str(word)]).exception, AssertionError)


@pytest.mark.parametrize(
    ("case", "framework", "parts"),
    [
        (PRACTICE, "david", {"swot", "strategy.factors", "strategy.ife", "strategy.efe", "strategy.tows"}),
        (PRACTICE, "david", {"strategy.qspm", "strategy.space", "strategy.sensitivity", "strategy.agreement"}),
        ("bandung", "stoc", {"standpoints", "voices"}),
        ("jakarta-utara", "programme", {"steps", "indicators"}),
        ("kajian-pustaka", "literature", {"selection", "themes", "works.LIT-MAN", "works.map", "principles"}),
    ],
)
def test_what_a_framework_alone_has(case: str, framework: str, parts: set[str]) -> None:
    """The tables and figures that only one framework's sheet has, and that carry results, stand in the chapter."""
    built = chapter(qc.open_project(ROOT), case, Options((framework,)))
    asked = [claim.asked.split("|") for claim in built.claims.values() if claim.kind in ("table", "figure")]
    assert parts <= {each[2] for each in asked if each[1] == framework}


def test_the_sources_own_tables(practice: Chapter) -> None:
    """A table of the source stands under this chapter's number and names its own, with one "Sumber"."""
    (part,) = (each for each in practice.tables if practice.claims[each.id].asked.split("|")[2].startswith("exhibit."))
    assert part.caption == "Capaian akun Instagram Samudra Menyapa, Juli-Desember 2024"
    assert part.source.startswith("Sumber: Laporan Pengelolaan Media Sosial Semester II Tahun 2024")
    assert part.source.endswith("(di sana Tabel 1).")


def test_nothing_is_said_twice(practice: Chapter) -> None:
    """No note repeats the source line above it, and no limit stands there twice."""
    for block, following in pairwise(practice.blocks):
        if isinstance(block, TablePart) and isinstance(following, Prose) and following.manner == "note":
            assert following.text.rstrip(".") not in block.source
    items = [block.text for block in practice.blocks if isinstance(block, Prose) and block.manner == "item"]
    assert len([each for each in items if "Kesepakatan antarpengode" in each]) == 1


def test_the_same_chapter_every_time(practice: Chapter) -> None:
    """The same project and options give the same chapter, block for block and claim for claim."""
    again = chapter(qc.open_project(ROOT), PRACTICE, Options(appendix=True))
    assert again.blocks == practice.blocks
    assert again.claims == practice.claims


def test_every_dissenting_quotation_is_there(practice: Chapter) -> None:
    """However few quotations carry a finding, none that opposes it or goes both ways is left out."""
    case = qc.open_project(ROOT).case(PRACTICE)
    for framework in ("stoc", "paramitha"):
        sheet = getattr(qc, framework)(case)
        shown = {part.coding for part in practice.quotations}
        for each in sheet.rows:
            valences = {coding.valence.value for coding in each.codings}
            if each.leaning is not None:
                against = {"mendukung", "menentang", "campuran"} - {each.leaning.value}
                assert {coding.id for coding in each.codings if coding.valence.value in against} <= shown
            elif {"mendukung", "menentang"} <= valences:
                assert any(coding.id in shown for coding in each.codings if coding.valence.value == "menentang")


def test_claims_carry_what_is_printed(practice: Chapter) -> None:
    """Each claim's expected text is what stands in the chapter under its id, and ids fit a Word bookmark."""
    printed: dict[str, str] = {}

    def note(spans: tuple[Span, ...]) -> None:
        for span in spans:
            if span.claim:
                printed[span.claim] = printed.get(span.claim, "") + span.text

    for block in practice.blocks:
        if isinstance(block, Prose):
            note(block.spans)
        elif isinstance(block, QuotationPart):
            note(block.words)
        elif isinstance(block, TablePart):
            for row in (*block.head, *block.body):
                for cell in row:
                    note(cell.spans)
    for name, claim in practice.claims.items():
        assert len(name) <= 40
        assert name.replace("_", "").isalnum()
        if claim.kind in ("quotation", "number", "status"):
            assert printed[name] == claim.expected, name
    assert set(printed) <= set(practice.claims)


def test_quotations_are_verbatim(practice: Chapter) -> None:
    """The words of every quotation stand in its coding, but for white space and cuts, and its address leads there."""
    case = qc.open_project(ROOT).case(PRACTICE)
    codings = {coding.id: coding for coding in case.codings}
    addresses = Addresses(case)
    for part in practice.quotations:
        source = " ".join(codings[part.coding].quote.split())
        for piece in part.text.split(CUT):
            assert piece.strip() in source
        assert part.coding in {coding.id for coding in addresses.codings(part.address)}


def test_numbers_run_through(practice: Chapter) -> None:
    """Tables and figures are numbered one after the other, those of the appendix by themselves, with source and alt."""
    chapter_tables = [part.number for part in practice.tables if part.series == "chapter"]
    assert chapter_tables == [f"4.{number}" for number in range(1, len(chapter_tables) + 1)]
    assert [part.number for part in practice.figures] == [f"4.{n}" for n in range(1, len(practice.figures) + 1)]
    for part in (*practice.tables, *practice.figures):
        assert part.source.startswith("Sumber: ")
        assert part.alt
    for table in practice.tables:
        assert sum(table.widths) == pytest.approx(1)
        rows = list(csv.reader(io.StringIO(table.table.to_csv())))
        assert len(rows) == len(table.table.rows) + 1


def test_merged_cells_fill_the_grid(practice: Chapter) -> None:
    """Whatever is merged, each row of a table covers every column once."""
    for part in practice.tables:
        for row in (*part.head, *part.body):
            assert sum(cell.across for cell in row) == len(part.widths), part.caption


def test_a_count_that_changes_changes_its_claim_only(coded: qc.Project) -> None:
    """After one more coding the same id expects another number; ids of what did not change are the same."""
    before = chapter(coded, "kasus").claims
    coded.code("kasus/w-i2", "Kami cuma berdua.", "LAY-BAL-C", coder="ana", valence="menentang")
    after = chapter(qc.open_project(coded.root), "kasus").claims
    asked = {claim.asked: name for name, claim in before.items() if claim.kind == "number"}
    passages = asked["kasus|uji|results|LAY-BAL-C||passages"]
    assert (before[passages].expected, after[passages].expected) == ("3", "4")
    other = asked["kasus|uji|results|LAY-DAT||passages"]
    assert before[other] == after[other]


def test_a_new_label_is_no_other_row(coded: qc.Project) -> None:
    """A code's new label leaves the ids of its cells as they are, so that the old report can still be checked."""
    before = set(chapter(coded, "kasus").claims)
    book = coded.root / "codebooks/uji.yaml"
    book.write_text(book.read_text("utf-8").replace("label: Cepat", "label: Segera"), "utf-8")
    assert set(chapter(qc.open_project(coded.root), "kasus").claims) == before


def test_words_without_consent_stay_out(coded: qc.Project) -> None:
    """Who withdrew consent is quoted nowhere, not in the appendix either; the chapter says how many are left out."""
    built = chapter(without_consent(coded), "kasus", Options(appendix=True))
    text = said(built)
    assert "Paling sepertiga" not in text
    assert "Kami cuma berdua" not in text
    assert "Semua komentar dibalas" in text
    assert "1 kutipan tidak disajikan" in text


def test_a_sheet_for_member_checking_holds_only_own_words(practice: Chapter) -> None:
    """An informant's sheet shows the segments of that informant, and of nobody else."""
    case = qc.open_project(ROOT).case(PRACTICE)
    own = {coding.id: coding.informant for coding in case.codings}
    sheets = [part for part in practice.tables if practice.claims[part.id].asked.split("|")[2].startswith("member.")]
    assert len(sheets) == 7
    for part in sheets:
        informant = practice.claims[part.id].asked.rpartition(".")[2]
        shown = {span.claim for row in part.body for cell in row for span in cell.spans if span.claim}
        assert {own[practice.claims[name].asked] for name in shown} == {informant}


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        (Quotes.BLOCK, "(Wawancara dengan I1, kepala, 11 Maret 2025; W/I1/11-03-2025/3)"),
        (Quotes.INLINE, "(I1, wawancara, 11 Maret 2025; W/I1/11-03-2025/3)"),
        (Quotes.LINES, "(I1: 3)"),
        (Quotes.LEAD, ""),
    ],
)
def test_styles_of_quotations(coded: qc.Project, quotes: Quotes, expected: str) -> None:
    """Each style cites as its custom is; after a lead the date stands in a footnote."""
    built = chapter(coded, "kasus", Options(quotes=quotes))
    part = next(part for part in built.quotations if part.text.startswith("Semua"))
    assert part.citation == expected
    assert bool(part.lead) == (quotes in (Quotes.LEAD, Quotes.INLINE))
    assert part.footnote == (
        "Wawancara dengan I1, pada tanggal 11 Maret 2025 (W/I1/11-03-2025/3)." if quotes is Quotes.LEAD else ""
    )


def test_an_observation_is_cited_as_one(coded: qc.Project) -> None:
    """What nobody said is cited by technique and title."""
    part = next(part for part in chapter(coded, "kasus").quotations if part.text.startswith("Admin"))
    assert part.citation.startswith("(Observasi, Bahan o-1, 11 Maret 2025; ")


def test_no_date_says_so(coded: qc.Project) -> None:
    """A document without a date is cited "tanpa tanggal"."""
    path = coded.root / "corpus/kasus/w-i1.md"
    path.write_text(path.read_text("utf-8").replace("date: 2025-03-11", "date: tanpa tanggal"), "utf-8")
    built = chapter(qc.open_project(coded.root), "kasus")
    assert any("tanpa tanggal" in part.citation for part in built.quotations)


def test_regional_words(coded: qc.Project) -> None:
    """Words the coder glossed are in italics with the gloss behind; a whole translation sets the whole in italics."""
    parts = {part.text: part for part in chapter(coded, "kasus").quotations}
    glossed = parts["Paling sepertiga yang dibalas."]
    assert [(span.text, span.italic) for span in glossed.words] == [
        ("Paling", True),
        (" sepertiga yang dibalas.", False),
    ]
    assert glossed.translation == "Paling: hanya"
    whole = parts["Admin membalas tiga komentar."]
    assert [span.italic for span in whole.words] == [True]
    assert whole.translation == "The admin answers."


def test_what_another_says_between_is_cut(make_project: Callable[..., qc.Project]) -> None:
    """A quotation over several turns shows the informant's words only, with a cut where somebody else speaks."""
    talk = "P: Dibalas?\n\nI1: Semua dibalas.\n\nP: Betul?\n\nI1: [00:00:09] Betul sekali.\n"
    project = make_project({"w-i1": talk})
    words = talk[talk.index("Semua") :].strip()
    project.code("kasus/w-i1", words, "LAY-BAL-C", coder="ana", valence="mendukung")
    (part,) = chapter(project, "kasus").quotations
    assert part.text == "Semua dibalas. [...] Betul sekali."


def test_what_is_missing_is_said(coded: qc.Project) -> None:
    """The chapter names what it cannot show; nothing is invented for it."""
    text = said(chapter(coded, "kasus"))
    for words in ("Jenis kelamin, usia, dan pendidikan tidak dicatat", "penelitian terdahulu", "pedoman wawancara"):
        assert words in text


def test_nothing_coded(make_project: Callable[..., qc.Project]) -> None:
    """Without any coding there is no chapter, and the mend says what to do."""
    with pytest.raises(qc.ParameterError, match="belum dikode"):
        chapter(make_project(), "kasus")


def test_hostile_words_arrive_as_they_are(make_project: Callable[..., qc.Project]) -> None:
    """Markup, formulas and marks of direction in a transcript are words; an opened direction is closed behind them."""
    words = '<script>alert("x")</script> =1+1 {{7*7}} #include \u202ebalik'
    project = make_project({"w-i1": f"I1: {words}\n"})
    project.code("kasus/w-i1", words, "LAY-BAL-C", coder="ana", valence="mendukung")
    (part,) = chapter(project, "kasus").quotations
    assert (part.text, part.closing) == (words, "\u202c")


def test_english(coded: qc.Project) -> None:
    """In English the chapter speaks English, and the language in use afterwards is what it was."""
    built = chapter(coded, "kasus", Options(language="en"))
    assert isinstance(built.blocks[0], Heading)
    assert built.blocks[0].text == "RESULTS AND DISCUSSION"
    assert chapter(coded, "kasus").blocks[0] != built.blocks[0]


def test_options_survive_a_file(practice: Chapter) -> None:
    """Options read back from plain values are the same."""
    for options in (practice.options, Options(("stoc",), "semua", Quotes.LEAD, 0, False, 5, "en")):
        assert Options.from_dict(options.to_dict()) == options


@given(st.text(alphabet="a\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", max_size=20))
def test_no_direction_leaks(words: str) -> None:
    """After the words and the marks behind them every change of direction is closed."""
    assert closing(words + closing(words)) == ""


@given(st.lists(st.sampled_from(["satu", "dua.", "tiga,", "empat?"]), min_size=1, max_size=60), st.integers(1, 30))
def test_cuts_keep_the_beginning(words: list[str], longest: int) -> None:
    """A shortened quotation is the beginning of the whole, within the limit, and shows that it is cut."""
    text = " ".join(words)
    short = shortened(text, longest)
    assert text.startswith(short.removesuffix(CUT).strip())
    assert (short == text) == (len(words) <= longest)
    assert len(short.removesuffix(CUT).split()) <= longest or short == text


@given(st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), max_size=8))
def test_widths_fill_the_line(cells: list[list[str]]) -> None:
    """Shares of width are positive and sum to one, whatever the cells hold."""
    shares = widths(["a", "bb", "ccc"], [tuple(GridCell((Span(text),)) for text in row) for row in cells])
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0


def test_crowded_tables_get_smaller_letters() -> None:
    """Smaller letters come with many columns, with long words, and with words in capitals, which are wider."""
    assert letters(["a"] * 9, []) == 9.5
    assert letters(["a"] * 10, []) == 8
    assert letters(["Pengamatanku"] * 5, []) == 9.5
    assert letters(["Pengamatanku"] * 5, [tuple(GridCell((Span("PENGAMATANKU"),)) for _ in range(5))]) == 8
    assert letters(["Pengamatanku"] * 7, []) == 7


def test_merging_down() -> None:
    """Equal neighbours become one cell over all their rows; equal cells apart stay apart."""
    rows = [(GridCell((Span(text),)), GridCell((Span("x"),))) for text in ("a", "a", "b", "a")]
    assert [row[0].down for row in merged_down(rows)] == [2, 0, 1, 1]


def test_a_memo_without_regional_lines() -> None:
    """A memo that speaks of other things marks nothing."""
    assert regional("Lihat w-i2: berbeda.").translation == ""
    assert regional("daerah: ndak, nggih").words == ("ndak", "nggih")
