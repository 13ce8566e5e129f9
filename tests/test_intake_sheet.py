"""Tables of answers: workbooks and files of values."""

import datetime
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw

ROW = BlockKind.TABLE_ROW


def read_values(folder: Path, content: bytes, name: str = "a.csv") -> RawFile:
    (folder / name).write_bytes(content)
    return read_raw(folder / name)


def repack(source: Path, target: Path, part: str, old: bytes, new: bytes) -> None:
    """Copy a packed file with one part changed."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            after.writestr(name, content)


def test_a_workbook(tmp_path: Path) -> None:
    """Rows with their numbers, dates as year-month-day, merged cells once, several sheets each under its name."""
    book = Workbook()
    book.properties.title = "Jawaban"
    sheet = book.active
    assert sheet is not None
    sheet.title = "Isian"
    sheet.append(["Pertanyaan", "Jawaban", datetime.datetime(2024, 3, 12)])
    sheet.append(["Berapa?", 1.5, True, 0.1 + 0.2])
    sheet["A4"] = "gabung"
    sheet.merge_cells("A4:C4")
    sheet["A4"].comment = Comment("benar?", "A")
    sheet["A5"] = "=1+1"
    sheet["B5"] = datetime.datetime(2024, 3, 12, 14, 5)
    other = book.create_sheet("Lain")
    other.sheet_state = "hidden"
    other["B2"] = "jauh"
    book.save(tmp_path / "a.xlsx")
    raw = read_raw(tmp_path / "a.xlsx")
    assert raw.blocks == (
        Block("Isian", BlockKind.HEADING, level=1),
        Block("Pertanyaan | Jawaban | 2024-03-12", ROW, cells=("Pertanyaan", "Jawaban", "2024-03-12"), table=1, line=1),
        Block("Berapa? | 1.5 | TRUE | 0.3", ROW, cells=("Berapa?", "1.5", "TRUE", "0.3"), table=1, line=2),
        Block("gabung", ROW, cells=("gabung",), table=1, line=4),
        Block(" | 2024-03-12 14:05:00", ROW, cells=("", "2024-03-12 14:05:00"), table=1, line=5),
        Block("Lain", BlockKind.HEADING, level=1),
        Block(" | jauh", ROW, cells=("", "jauh"), table=2, line=2),
    )
    assert sorted(each.what for each in raw.losses) == [
        "1 komentar tidak ikut.",
        "1 rumus tanpa hasil tersimpan tidak ikut.",
    ]
    assert [each.what for each in raw.guesses] == ["1 lembar tersembunyi ikut dibaca."]
    assert (raw.format, raw.properties["title"]) == ("sheet", "Jawaban")


def test_formulas_by_their_stored_value(tmp_path: Path) -> None:
    """What Excel last computed is what a reader saw."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "=1+1"
    book.save(tmp_path / "b.xlsx")
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        empty = b"<v></v>" if b"<v></v>" in archive.read(part) else b"<v />"
    repack(tmp_path / "b.xlsx", tmp_path / "a.xlsx", part, empty, b"<v>2</v>")
    raw = read_raw(tmp_path / "a.xlsx")
    assert ([block.text for block in raw.blocks], raw.losses) == (["2"], ())


def test_a_sheet_that_declares_all_cells_there_are(tmp_path: Path) -> None:
    """A declared size of seventeen thousand million cells costs nothing where two are filled."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B2"] = "a", "b"
    book.save(tmp_path / "b.xlsx")
    part = "xl/worksheets/sheet1.xml"
    repack(tmp_path / "b.xlsx", tmp_path / "a.xlsx", part, b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert [block.text for block in read_raw(tmp_path / "a.xlsx").blocks] == ["a", " | b"]


def test_cells_at_the_far_corner_are_refused(tmp_path: Path) -> None:
    """Two cells at opposite corners would make a table of seventeen thousand million."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "a", "b"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFileError, match="sel"):
        read_raw(tmp_path / "a.xlsx")


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    """No part of a workbook may declare entities, not even one without cells."""
    Workbook().save(tmp_path / "b.xlsx")
    laugh = b'<!DOCTYPE a [<!ENTITY b "bb">]><'
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        start = archive.read("xl/styles.xml")[:12]
    repack(tmp_path / "b.xlsx", tmp_path / "a.xlsx", "xl/styles.xml", start, laugh + start[1:])
    with pytest.raises(UnreadableFileError, match="entitas"):
        read_raw(tmp_path / "a.xlsx")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_delimiter(tmp_path: Path, sign: str) -> None:
    """What divides the rows evenly is the delimiter; answers of several lines stay in their cell."""
    rows = ["no", "pertanyaan", "jawaban"], ["1", '"Apa, dan; siapa?"', '"Kami\r\nberdua"'], ["2", "Lalu?", ""]
    content = "\r\n".join(sign.join(row) for row in rows).encode("utf-8-sig")
    raw = read_values(tmp_path, content)
    assert [(block.cells, block.line) for block in raw.blocks] == [
        (("no", "pertanyaan", "jawaban"), 1),
        (("1", "Apa, dan; siapa?", "Kami\nberdua"), 2),
        (("2", "Lalu?"), 4),
    ]
    assert [each.what for each in raw.guesses] == [f"Kolom dibaca terpisah oleh “{'Tab' if sign == chr(9) else sign}”."]


def test_a_declared_delimiter_and_windows_letters(tmp_path: Path) -> None:
    """Excel's own first line is believed; Windows-1252 is read, and said."""
    raw = read_values(tmp_path, b"sep=;\r\na,1;\x93b\x94\r\n")
    assert [(block.cells, block.line) for block in raw.blocks] == [(("a,1", "“b”"), 2)]
    assert [each.what for each in raw.guesses] == ["Pengodean huruf tidak tertulis; dibaca sebagai Windows-1252."]
