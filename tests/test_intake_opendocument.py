"""OpenDocument: texts and sheets of LibreOffice."""

import zipfile
from pathlib import Path

import pytest

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw

NAME = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(
    f'xmlns:{short}="{NAME}{long}:1.0"'
    for short, long in [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
        ("meta", "meta"),
    ]
)


def read_odf(folder: Path, body: str, *, kind: str = "text", styles: str = "", manifest: str = "") -> RawFile:
    path = folder / ("a.odt" if kind == "text" else "a.ods")
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    meta = f"<office:document-meta {SPACES}><office:meta><meta:creation-date>2025-03-12T10:00:00</meta:creation-date>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("meta.xml", f"{meta}</office:meta></office:document-meta>")
    return read_raw(path)


def test_a_text_with_lists_notes_and_tables(tmp_path: Path) -> None:
    """Headings, spaces, tabs, numbered lists of two levels, notes, boxes and merged cells come out in order."""
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"'
        ' style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a"'
        ' style:num-suffix=")"/></text:list-style>'
    )
    body = (
        '<text:h text:outline-level="2">Judul</text:h>'
        '<text:p>P:<text:tab/>Halo<text:s text:c="2"/>semua<text:line-break/>ya<text:note text:note-class="footnote">'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Catatan.</text:p></text:note-body>"
        "</text:note></text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>satu</text:p><text:list><text:list-item>'
        "<text:p>dalam</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>dua</text:p>"
        "</text:list-item></text:list>"
        "<text:p>kotak<draw:frame><draw:text-box><text:p>isi kotak</text:p></draw:text-box></draw:frame>"
        "<draw:frame><draw:image/></draw:frame><office:annotation><text:p>tanya</text:p></office:annotation></text:p>"
        '<table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>A</text:p>'
        "</table:table-cell><table:covered-table-cell/><table:table-cell><text:p>B</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    deleted = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>hapus</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    raw = read_odf(tmp_path, deleted + body, styles=styles)
    assert raw.blocks == (
        Block("Judul", BlockKind.HEADING, level=2),
        Block("P:\tHalo  semua\nya"),
        Block("Catatan.", BlockKind.FOOTNOTE, marker="1"),
        Block("satu", BlockKind.LIST_ITEM, level=1, marker="1."),
        Block("dalam", BlockKind.LIST_ITEM, level=2, marker="a)"),
        Block("dua", BlockKind.LIST_ITEM, level=1, marker="2."),
        Block("kotak"),
        Block("isi kotak"),
        Block("A |  | B", BlockKind.TABLE_ROW, cells=("A", "", "B"), table=1),
    )
    assert sorted(each.what for each in raw.losses) == [
        "1 bagian yang dihapus dengan lacak perubahan tidak ikut.",
        "1 gambar tidak ikut.",
        "1 komentar tidak ikut.",
    ]
    assert (raw.format, raw.properties) == ("odt", {"created": "2025-03-12"})


def test_a_sheet_with_what_is_repeated_to_its_edge(tmp_path: Path) -> None:
    """A sheet gives its filled rows; a million repeated empty cells cost nothing."""
    text = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    body = (
        f'<table:table table:name="S"><table:table-row>{text.format("Tanya")}'
        '<table:table-cell office:value-type="date" office:date-value="2025-03-12"><text:p>12/03/25</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell'
        ' table:number-columns-repeated="16384"/></table:table-row>'
        f"<table:table-row><table:table-cell/>{text.format('akhir')}</table:table-row></table:table>"
    )
    raw = read_odf(tmp_path, body, kind="spreadsheet")
    assert raw.blocks == (
        Block("Tanya | 2025-03-12", BlockKind.TABLE_ROW, cells=("Tanya", "2025-03-12"), table=1, line=1),
        Block(" | akhir", BlockKind.TABLE_ROW, cells=("", "akhir"), table=1, line=1048572),
    )


def test_a_sheet_repeated_a_million_times_is_refused(tmp_path: Path) -> None:
    """One filled row said to stand a million times is no table of answers."""
    row = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>x</text:p>'
    body = f'<table:table table:name="S">{row}</table:table-cell></table:table-row></table:table>'
    with pytest.raises(UnreadableFileError, match="sel"):
        read_odf(tmp_path, body, kind="spreadsheet")


def test_a_locked_text_is_refused(tmp_path: Path) -> None:
    """A text behind a password names the mend."""
    with pytest.raises(UnreadableFileError, match="kata sandi"):
        read_odf(tmp_path, "<text:p>x</text:p>", manifest="<encryption-data/>")
