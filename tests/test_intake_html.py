"""Web pages: what a reader sees, and nothing of what a program reads."""

from pathlib import Path

import pytest

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw


def read_html(folder: Path, page: str | bytes, name: str = "a.html") -> RawFile:
    (folder / name).write_bytes(page.encode() if isinstance(page, str) else page)
    return read_raw(folder / name)


def test_headings_paragraphs_lists_and_tables(tmp_path: Path) -> None:
    """Headings, breaks, lists with their markers, and tables with merged cells come out in order."""
    page = (
        "<!doctype html><html><head><title> Judul\nhalaman </title><style>p {}</style></head><body>"
        "<h2>Bagian</h2><p>Satu <b>dua</b>\n tiga<br>empat &amp; lima</p><div>Lepas<p>Dalam</p>Ekor</div>"
        "<ol type=a start=3><li>c<ul><li>titik</ul><li value=9>i</ol>"
        "<table><tr><th colspan=2>Tema<th>Kutipan</tr><tr><td rowspan=2>A<td>B<td><p>C</p><p>D</p></tr>"
        "<tr><td>E<td></tr></table><!-- tak tampak --><script>alert('x')</script>"
        "<pre>a\n  b</pre></body></html>"
    )
    raw = read_html(tmp_path, page)
    row = BlockKind.TABLE_ROW
    assert raw.blocks == (
        Block("Bagian", BlockKind.HEADING, level=2),
        Block("Satu dua tiga\nempat & lima"),
        Block("Lepas"),
        Block("Dalam"),
        Block("Ekor"),
        Block("c", BlockKind.LIST_ITEM, level=1, marker="c."),
        Block("titik", BlockKind.LIST_ITEM, level=2, marker="•"),
        Block("i", BlockKind.LIST_ITEM, level=1, marker="i."),
        Block("Tema |  | Kutipan", row, cells=("Tema", "", "Kutipan"), table=1),
        Block("A | B | C\nD", row, cells=("A", "B", "C\nD"), table=1),
        Block(" | E | ", row, cells=("", "E", ""), table=1),
        Block("a\n  b"),
    )
    assert [each.what for each in raw.losses] == ["2 skrip atau gaya halaman web tidak dibaca."]
    assert (raw.format, raw.properties) == ("html", {"title": "Judul halaman"})


def test_losses_are_counted(tmp_path: Path) -> None:
    """Pictures, links, forms, films and hidden parts are counted."""
    page = (
        "<p>Isi <img src=x><img src=y> <a href='https://x.id'>akun</a> <a href='https://y.id/'>https://y.id</a></p>"
        "<p hidden>rahasia</p><iframe src=x></iframe><textarea>isian</textarea>"
    )
    raw = read_html(tmp_path, page)
    assert [block.text for block in raw.blocks] == ["Isi akun https://y.id"]
    assert sorted(each.what for each in raw.losses) == [
        "1 alamat tautan tidak ikut; kata-katanya tetap ada.",
        "1 bagian tersembunyi tidak ikut.",
        "1 isian formulir tidak ikut.",
        "1 objek tertanam (bagan, rumus, berkas lain) tidak ikut.",
        "2 gambar tidak ikut.",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<meta charset=iso-8859-1><p>“Komentar” é</p>".encode("cp1252"),
        "<html><p>“Komentar” é</p>".encode("utf-16"),
        "\ufeff<p>“Komentar” é</p>".encode(),
    ],
    ids=["declared", "utf-16", "mark"],
)
def test_encodings(tmp_path: Path, page: bytes) -> None:
    """A page is read in the encoding it declares or is marked with."""
    assert [block.text for block in read_html(tmp_path, page).blocks] == ["“Komentar” é"]


def test_depth_and_size_do_no_harm(tmp_path: Path) -> None:
    """A thousand levels are read; a million elements are refused."""
    deep = "<div>" * 1000 + "<p>dalam</p>" + "</div>" * 1000
    assert [block.text for block in read_html(tmp_path, deep).blocks] == ["dalam"]
    with pytest.raises(UnreadableFileError, match="mekar"):
        read_html(tmp_path, "<p>" * 1_000_001)
