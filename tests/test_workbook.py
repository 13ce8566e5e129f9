"""The workbook and the CSV files: cells lead to their quotations, and nothing is ever run."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import qualcode as qc
from qualcode.cli import main
from qualcode.figures import Figure
from qualcode.frameworks.sheet import Sheet
from qualcode.reports.workbook import Sheets, csv_files, sheets, workbook

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


def _matrix(book: openpyxl.Workbook) -> openpyxl.worksheet.worksheet.Worksheet:
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
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_nothing_is_ever_a_formula(held: Sheets) -> None:
    """Texts that begin like a formula stay texts, also when somebody edits the cell; CSV defuses them."""
    content = workbook(held)
    found = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in found} <= {"s", "n"}
    hostile = [cell for cell in found if str(cell.value).startswith(("=", "+"))]
    assert any(cell.value == HOSTILE for cell in hostile)
    assert all(cell.quotePrefix for cell in hostile)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    for text in csv_files(held).values():
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
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
            assert archive.read("kutipan.csv").startswith(b"\xef\xbb\xbfTabel,Baris,Kolom,Kutipan")
        else:
            assert "xl/workbook.xml" in archive.namelist()
