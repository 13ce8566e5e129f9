"""The workbook and the CSV files: cells lead to their quotations, and nothing is ever run."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

import qualcode as qc
from qualcode.cli import main
from qualcode.display import Cell, Table
from qualcode.figures import Figure
from qualcode.frameworks.sheet import Sheet
from qualcode.reports.workbook import Sheets, csv_files, sheets, workbook
from qualcode.reports.workbook.layout import number_format, sheet_name, widths
from qualcode.reports.workbook.separated import csv_text
from qualcode.wording import language_in_use, use_language

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
HOSTILE = "=HYPERLINK(0) <script>\u202e"


@pytest.fixture(autouse=True)
def _plain_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook holds no pictures; drawing them is most of the work of a chapter."""
    for name in ("heat_map", "valence_chart"):
        monkeypatch.setattr(Sheet, name, lambda self: Figure(PIXEL, "Gambar", "Gambar"))


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    """A small project with codings by one coder; one memo is hostile."""
    made = make_project()
    for document, words, code, valence, memo in [
        ("w-i1", "Semua komentar dibalas.", "LAY-DAT", "mendukung", HOSTILE),
        ("w-i2", "Paling sepertiga yang dibalas.", "LAY-DAT", "menentang", "+1 alasan"),
        ("w-i1", "Data kami terbuka.", "LAY-DAT", "mendukung", ""),
        ("w-i2", "Kami cuma berdua.", "SDM", "deskriptif", ""),
    ]:
        segment = made.case("kasus").document(document)
        made.code(segment, words, code, coder="ana", valence=valence, memo=memo)
    return made


@pytest.fixture
def held(project: qc.Project) -> Sheets:
    return sheets(project, "kasus")


@pytest.fixture
def book(held: Sheets) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(held)))


def _matrix(book: openpyxl.Workbook) -> Worksheet:
    return next(sheet for sheet in book if "triangulasi sumber" in str(sheet["A1"].value))


def test_a_cell_leads_to_its_quotations_and_they_lead_back(book: openpyxl.Workbook) -> None:
    """A count is a number that reads as in the report; its link selects exactly the quotations behind it."""
    sheet = _matrix(book)
    row = next(row for row in sheet.iter_rows(min_row=4) if str(row[0].value).startswith("LAY-DAT"))
    cell = next(cell for cell in row if cell.value == 2 and cell.hyperlink)
    assert cell.number_format == '"+2"'
    name, _, area = cell.hyperlink.location.partition("!")
    quotations = book[name.strip("'")]
    found = [[each.value for each in line] for line in quotations[area]]
    assert [line[3] for line in found] == ["Semua komentar dibalas.", "Data kami terbuka."]
    assert all(line[4].startswith("W/I1/11-03-2025/") for line in found)
    back = quotations[area][0][0].hyperlink.location
    assert back == f"'{sheet.title}'!{cell.coordinate}"


def test_every_sheet_is_ready_to_be_read_and_printed(book: openpyxl.Workbook) -> None:
    """Heading frozen, filtered, repeated; landscape A4, as wide as the page; each sheet listed in the first."""
    first, *others = book.worksheets
    assert [book.sheetnames[0], *book.sheetnames[-3:]] == ["Isi", "Kutipan", "Buku kode", "Jurnal"]
    assert len([row for row in first.iter_rows(min_row=3) if row[0].hyperlink]) == len(others)
    for sheet in others:
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref or sheet.max_row < 4
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.sheet_properties.pageSetUpPr
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$3:$3"
        assert str(sheet.oddHeader.right.text).endswith("&A")
        assert str(sheet.oddFooter.right.text).endswith("&P / &N")
        assert sheet["A2"].hyperlink.location == "'Isi'!A1"


def _area(book: openpyxl.Workbook, link: str) -> tuple[Worksheet, int, int]:
    """The sheet a link leads to, and the first and last row of the cells it selects."""
    found = re.fullmatch(r"'(.+)'![A-Z]+(\d+)(?::[A-Z]+(\d+))?", link)
    assert found, link
    return book[found[1]], int(found[2]), int(found[3] or found[2])


def test_every_link_leads_to_its_row(book: openpyxl.Workbook) -> None:
    """Each quotation leads to a cell of the row, column and table it names, and that cell leads to it."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in filter(lambda each: each.hyperlink, row):
                target, first, last = _area(book, cell.hyperlink.location)
                assert 1 <= first <= last <= target.max_row
    rows = [row for row in book["Kutipan"].iter_rows(min_row=4) if row[0].hyperlink]
    assert len(rows) > 3
    for table, name, column, *_ in rows:
        target, at, _ = _area(book, table.hyperlink.location)
        cell = target[table.hyperlink.location.rpartition("!")[2]]
        assert target.title.startswith(f"{table.value} ")
        assert (target.cell(at, 1).value, target.cell(3, cell.column).value) == (name.value, column.value)
        _, first, last = _area(book, cell.hyperlink.location)
        assert first <= table.row <= last


def test_the_first_sheet_says_what_the_workbook_is(held: Sheets, book: openpyxl.Workbook) -> None:
    """What, which case, which coders and codebooks, as of when, from how much, and what is on which sheet."""
    lines = [tuple(cell.value for cell in row) for row in book["Isi"].iter_rows()]
    said = {line[0]: str(line[1]) for line in lines[1:7]}
    assert list(said) == ["Isi", "Kasus", "Varian", "Keadaan", "Dari", "Persetujuan"]
    assert "Koding: ana." in said["Varian"]
    assert "Buku kode uji 1" in said["Varian"]
    assert "4 dokumen, 2 informan, 4 koding" in said["Dari"]
    listed = {line[0]: line[1:3] for line in lines[8:]}
    for part in held.parts:
        assert listed[part.number] == (part.caption, len(part.table.rows))
    assert listed["Jurnal"][1] == len(held.journal.rows) == 4


def test_a_text_longer_than_a_cell_is_kept_whole(held: Sheets) -> None:
    """Excel takes 32,767 letters a cell: the cell says so and leads to a sheet that holds every letter."""
    words = "".join(f"kata{number} " for number in range(9000))
    rows = [[words, *held.journal.rows[0][1:]], *held.journal.rows[1:]]
    long = replace(held, journal=Table(held.journal.caption, held.journal.columns, rows))
    book = openpyxl.load_workbook(io.BytesIO(workbook(long)))
    cell = book["Jurnal"]["A4"]
    assert str(cell.value).startswith("[Terlalu panjang untuk satu sel; lengkap di lembar Teks panjang] kata0 ")
    target, first, _ = _area(book, cell.hyperlink.location)
    pieces = [row for row in target.iter_rows(min_row=first, values_only=True) if row[0] == "Jurnal"]
    assert "".join(str(piece[2]) for piece in pieces) == words
    assert {piece[1] for piece in pieces} == {"A4"}
    assert [row[0].value for row in book["Isi"].iter_rows() if row[0].hyperlink][-1] == "Teks panjang"
    assert "Teks panjang" not in openpyxl.load_workbook(io.BytesIO(workbook(held))).sheetnames


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("0,13", 0.13, "0.00"),
        ("3,50", 3.5, "0.00"),
        ("38.400 akun", 38400, '#,##0" akun"'),
        ("kira-kira 22 persen", 22, '"kira-kira 22 persen"'),
        ("71%", 0.71, "0%"),
        ("71%", 71, '0"%"'),
        ("5", 5, ""),
        ("·", 0, '"·"'),
        ("3 (+2 −1)", 3, '"3 (+2 −1)"'),
        ("seluruhnya dua puluh dua koding", 22, None),
    ],
)
def test_formats_of_numbers(text: str, value: float, form: str | None) -> None:
    """A measure keeps its decimals and unit when its number is changed; what is too long for a format is a text."""
    assert number_format(text, value) == form


@given(
    st.lists(st.lists(st.text("ab \n", max_size=200), min_size=3, max_size=3), max_size=5),
    st.lists(st.text("xyz ", max_size=30), min_size=3, max_size=3),
)
def test_columns_fit_a_page_and_their_longest_word(rows: list[list[str]], names: list[str]) -> None:
    """No column is narrower than its words (up to 22 letters); together they fit a page where words allow it."""
    found = widths(Table("", names, rows), 60)
    least = 0.0
    for column, width in enumerate(found):
        words = [word for row in rows for word in row[column].split()]
        need = max([7, *(min(len(word), 22) + 2 for word in words), *(len(word) + 3 for word in names[column].split())])
        assert width >= need
        least += need
    assert sum(found) <= max(60, least)


def test_names_of_sheets_keep_number_and_last_word() -> None:
    """Sheets that differ in their last word only can be told apart by their tabs."""
    names = [sheet_name(f"4.{at} Paramitha dan Khan: triangulasi {by}") for at, by in ((8, "sumber"), (9, "teknik"))]
    assert names == ["4.8 Paramitha dan Khan…sumber", "4.9 Paramitha dan Khan…teknik"]


@pytest.mark.parametrize(
    ("language", "line"), [("id", '"S1; kuat";0,5;3;38400;-0,25'), ("en", "S1; kuat,0.5,3,38400,-0.25")]
)
def test_csv_opens_in_excel_of_its_language(language: str, line: str) -> None:
    """Where the comma stands before decimals, columns are parted by semicolons; numbers stay numbers."""
    before = language_in_use()
    use_language(language)
    try:
        text = csv_text(Table("", [*"abcde"], [["S1; kuat", Cell("0,50", value=0.5), 3, 38400.0, -0.25]]))
    finally:
        use_language(before)
    assert text.splitlines()[1] == line


@pytest.mark.parametrize("name", ["bab.odt", "bab", "tabel.csv"])
def test_an_unknown_ending_names_those_there_are(project: qc.Project, tmp_path: Path, name: str) -> None:
    """What cannot be written is refused with every ending that can, and the help names the same."""
    target = tmp_path / name
    done = CliRunner().invoke(main, ["--project", str(project.root), "report", "--case", "kasus", "--to", str(target)])
    assert done.exit_code
    assert not target.exists()
    shown = CliRunner().invoke(main, ["report", "--help"]).output
    for ending in (".docx", ".pdf", ".html", ".xlsx", ".csv.zip"):
        assert ending in done.output
        assert f"{ending}: " in shown


def test_figures_of_the_case_are_numbers(project: qc.Project) -> None:
    """A figure with its unit is a number in the workbook and in CSV; where the source gives none, its words stand."""
    record = project.root / "corpus/kasus/case.yaml"
    metrics = """metrics:
  - {name: Pengikut, value: 38400, unit: akun, as_of: 2024-07, source: laporan}
  - {name: Jangkauan, as_of: 2024-07, source: laporan}
"""
    record.write_text(f"{record.read_text('utf-8').rstrip()}\n{metrics}", "utf-8")
    held = sheets(qc.open_project(project.root), "kasus")
    (part,) = (part for part in held.parts if "Angka" in part.caption)
    text = next(text for name, text in csv_files(held).items() if name.startswith(f"{part.number}-"))
    values = [row[1] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]
    assert values[0] == "38400"
    assert values[1].isascii()
    assert not set(values[1]) & set("0123456789")
    book = openpyxl.load_workbook(io.BytesIO(workbook(held)))
    sheet = next(sheet for sheet in book if sheet.title.startswith(f"{part.number} "))
    assert (sheet["B4"].value, sheet["B4"].number_format) == (38400, '#,##0" akun"')
    assert sheet["B5"].value == values[1]


def test_nothing_is_ever_a_formula(held: Sheets) -> None:
    """Texts that begin like a formula stay texts, also when somebody edits the cell; CSV defuses them."""
    content = workbook(held)
    found = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in found} <= {"s", "n", "d"}
    hostile = [cell for cell in found if str(cell.value).startswith(("=", "+"))]
    assert any(cell.value == HOSTILE for cell in hostile)
    assert all(cell.quotePrefix for cell in hostile)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    for text in csv_files(held).values():
        cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in row]
        assert not any(cell.lstrip().startswith(("=", "+", "@")) for cell in cells)


def test_the_same_codings_give_the_same_bytes(held: Sheets) -> None:
    """A workbook made twice is the same file."""
    assert workbook(held) == workbook(held)


def test_who_withdrew_is_counted_and_not_quoted(project: qc.Project) -> None:
    """Without consent the count stays, and no word is in the quotations or the journal."""
    record = project.root / "corpus/kasus/case.yaml"
    record.write_text(
        record.read_text("utf-8").replace(
            "Admin, relation: orang dalam, consent: dicatat", "Admin, relation: orang dalam, consent: ditarik"
        ),
        "utf-8",
    )
    held = sheets(qc.open_project(project.root), "kasus")
    found = openpyxl.load_workbook(io.BytesIO(workbook(held)))
    texts = [str(cell.value) for sheet in found for row in sheet.iter_rows() for cell in row]
    assert not any("sepertiga" in text or "cuma berdua" in text for text in texts)
    row = next(row for row in _matrix(found).iter_rows(min_row=4) if str(row[0].value).startswith("SDM"))
    assert 1 in [cell.value for cell in row]


def test_long_and_equal_names_of_sheets(project: qc.Project) -> None:
    """Names keep to Excel's rules: at most 31 characters, none of its marks, none twice."""
    book = project.root / "codebooks/uji.yaml"
    title = "{id: 'Buku: [kode] / uji? yang *sangat* panjang sekali namanya', en: Test}"
    book.write_text(book.read_text("utf-8").replace("{id: Buku kode uji, en: Test codebook}", title), "utf-8")
    names = openpyxl.load_workbook(io.BytesIO(workbook(sheets(qc.open_project(project.root), "kasus")))).sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set("[]:*?/\\'") & set(name) for name in names)


@pytest.mark.parametrize("name", ["matriks.xlsx", "tabel.csv.zip"])
def test_in_the_terminal(project: qc.Project, tmp_path: Path, name: str) -> None:
    """The ending decides: a workbook, or every table as CSV in one zip that Excel reads."""
    target = tmp_path / name
    call = ["--project", str(project.root), "report", "--case", "kasus", "--to", str(target)]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(target) as archive:
        if name.endswith(".zip"):
            assert {"kutipan.csv", "buku-kode.csv", "jurnal.csv"} < set(archive.namelist())
            assert archive.read("kutipan.csv").startswith(b"\xef\xbb\xbfTabel;Baris;Kolom;Kutipan")
            assert "Koding: ana" in archive.read("baca-saya.txt").decode("utf-8-sig")
        else:
            assert "xl/workbook.xml" in archive.namelist()
