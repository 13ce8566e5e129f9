"""Rich text: the words of every program that writes it."""

from pathlib import Path

import pytest

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset238 Arial CE;}{\f2\fcharset2 Symbol;}}"
)


def read_rtf(folder: Path, body: str) -> RawFile:
    (folder / "a.rtf").write_bytes((HEAD + body + "}").encode("latin-1"))
    return read_raw(folder / "a.rtf")


def test_paragraphs_letters_and_signs(tmp_path: Path) -> None:
    """Code pages by font, Unicode with its substitute, emoji in two halves, dashes, quotes and line breaks."""
    body = (
        r"\pard P: caf\'e9 \f1 \'b9\f0  \u8220?ya\u8221? \u-10179?\u-8704?\emdash x\par "
        "I:\\tab satu\\line dua\\~tiga \\{kurung\\}\r\n\\par\\uc0\\u233 \\uc1 akhir\\par"
    )
    raw = read_rtf(tmp_path, body)
    assert [block.text for block in raw.blocks] == [
        "P: café ą “ya” 😀—x",
        "I:\tsatu\ndua\u00a0tiga {kurung}",
        "éakhir",
    ]


def test_lists_headings_and_tables(tmp_path: Path) -> None:
    """Headings and markers come out as such; a row of a table is a line, its cells set apart by tabs."""
    body = (
        r"\pard\outlinelevel0 Judul\par"
        r"\pard{\listtext\f0 a.\tab}\ilvl0 satu\par{\listtext\f0 b.\tab}dua\par"
        r"\pard{\pntext\f2\'b7\tab}butir\par"
        r"\trowd\cellx100\cellx200\pard\intbl Tanya\cell Jawab\line lagi\cell\row"
        r"\trowd\cellx100\cellx200\pard\intbl x\cell\cell\row"
        r"\pard Akhir\par"
    )
    raw = read_rtf(tmp_path, body)
    assert raw.blocks == (
        Block("Judul", BlockKind.HEADING, level=1),
        Block("satu", BlockKind.LIST_ITEM, level=1, marker="a."),
        Block("dua", BlockKind.LIST_ITEM, level=1, marker="b."),
        Block("butir", BlockKind.LIST_ITEM, level=1, marker="•"),
        Block("Tanya\tJawab\nlagi"),
        Block("x"),
        Block("Akhir"),
    )


def test_a_box_keeps_its_words(tmp_path: Path) -> None:
    """The words of a text box and of an embedded object that shows some are read where they stand."""
    body = (
        r"\pard Awal{\shp{\*\shpinst\shpleft9{\sp{\sn a}{\sv b}}{\shptxt \pard kotak\par}}{\shprslt gambar}}\par"
        r"{\object{\*\objdata 0105}{\result \pard hasil\par}}"
    )
    raw = read_rtf(tmp_path, body)
    assert [block.text for block in raw.blocks] == ["Awal", "kotak", "hasil"]
    assert [each.what for each in raw.losses] == ["1 objek tertanam (bagan, rumus, berkas lain) tidak ikut."]


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """Pictures, notes, comments, page heads, hidden and deleted words are counted; a link keeps its words."""
    body = (
        r"{\info{\title Judul}{\creatim\yr2025\mo3\dy12}}{\header Kop\par}{\footer{\field{\*\fldinst PAGE}}\par}"
        r"\pard Isi {\v rahasia}{\deleted hapus}{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict 00}}"
        r'{\field{\*\fldinst{HYPERLINK "https://x.id"}}{\fldrslt akun}}{\*\annotation tanya}'
        r"{\footnote\pard Catatan.}{\*\unknown zzz}\bin4 }}{{\par"
    )
    raw = read_rtf(tmp_path, body)
    assert [block.text for block in raw.blocks] == ["Isi akun"]
    assert sorted(each.what for each in raw.losses) == [
        "1 bagian tersembunyi tidak ikut.",
        "1 bagian yang dihapus dengan lacak perubahan tidak ikut.",
        "1 catatan kaki tidak ikut.",
        "1 gambar tidak ikut.",
        "1 kepala atau kaki halaman tidak ikut.",
        "1 komentar tidak ikut.",
    ]
    assert raw.properties == {"title": "Judul", "created": "2025-03-12"}


def test_words_behind_deleted_ones_stay(tmp_path: Path) -> None:
    """What is switched off is off only until it is switched on again; a brace too many ends nothing."""
    raw = read_rtf(tmp_path, r"\pard a\deleted x\deleted0 b{\v y\v0 c}}\par d\par")
    assert [block.text for block in raw.blocks] == ["abc", "d"]


def test_bytes_are_letters_of_their_code_page(tmp_path: Path) -> None:
    """Bytes beyond ASCII, written plainly, are read in the file's code page; a title, too."""
    (tmp_path / "a.rtf").write_bytes(
        b"{\\rtf1\\ansi\\ansicpg1252{\\info{\\title caf\\'e9}}\\pard caf\xe9 \\uc\\u233\\par}"
    )
    raw = read_raw(tmp_path / "a.rtf")
    assert ([block.text for block in raw.blocks], raw.properties) == (["café é"], {"title": "café"})


@pytest.mark.parametrize(
    "body",
    [
        b"{" * 200_000,
        b"{\\fonttbl" + b"\\f1 " * 100_000,
        b"{\\fonttbl" + b"\\f1\\fcharset0 " * 50_000 + b"A" * 500_000,
        b"{\\fonttbl\\f1" + b"\\fcharset0 " * 100_000,
        b"{\\field{\\*\\fldinst{" * 50_000,
        b"\\u55357?" * 1_000 + b"\\ansicpg99999 \\'ff\\'fe" * 1_000,
        bytes(range(256)) * 100,
    ],
)
def test_hostile_rich_text_is_read_or_refused(tmp_path: Path, body: bytes) -> None:
    """Deep groups, endless font tables and links, and noise end, in words or in a refusal."""
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1 kata " + body)
    try:
        assert read_raw(tmp_path / "a.rtf").blocks[0].text.startswith("kata")
    except UnreadableFileError as refused:
        assert refused.problem.mend


def test_a_file_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    """Words before the cut are kept."""
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1\\pard Satu\\par Du")
    assert [block.text for block in read_raw(tmp_path / "a.rtf").blocks] == ["Satu", "Du"]
