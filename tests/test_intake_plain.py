"""Text and Markdown in every encoding and with every line end."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw


def read(folder: Path, content: bytes, name: str = "a.txt") -> RawFile:
    (folder / name).write_bytes(content)
    return read_raw(folder / name)


TEXT = "P: “Apakah” dibalas?\nI1: Ya – selalu.\n\nP: Café?\n"


@pytest.mark.parametrize(
    ("encoding", "guessed"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("utf-32", ""),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, guessed: str, end: str) -> None:
    """The same text in any encoding, with any line end, is the same blocks with the same lines."""
    raw = read(tmp_path, TEXT.replace("\n", end).encode(encoding))
    assert raw.blocks == (Block("P: “Apakah” dibalas?\nI1: Ya – selalu.", line=1), Block("P: Café?", line=4))
    said = f"Pengodean huruf tidak tertulis; dibaca sebagai {guessed}."
    assert [each.what for each in raw.guesses] == ([said] if guessed else [])
    assert (raw.format, raw.losses) == ("text", ())


def test_lines_without_blank_lines_are_blocks(tmp_path: Path) -> None:
    """Where nothing keeps paragraphs apart, each line is one."""
    raw = read(tmp_path, b"\nP: Satu\nI: Dua\n\n")
    assert raw.blocks == (Block("P: Satu", line=2), Block("I: Dua", line=3))


def test_a_broken_byte_costs_one_character(tmp_path: Path) -> None:
    """UTF-8 with a broken byte stays UTF-8: the rest of the letters is sound, and the loss is counted."""
    raw = read(tmp_path, ("é" * 300).encode() + b"\x81" + ("“ya”" * 100).encode())
    assert raw.blocks[0].text.count("é") == 300
    assert [each.what for each in raw.losses] == ["1 karakter tidak terbaca."]


def test_control_characters_are_taken_out_and_counted(tmp_path: Path) -> None:
    """Control and direction characters leave; a form feed is a break, a tab stays."""
    raw = read(tmp_path, "P:\tsa\x08tu \u202edua\x0ctiga".encode() + b" " * 1000 + b"x")
    assert raw.blocks[0].text.startswith("P:\tsatu dua\ntiga")
    assert [each.what for each in raw.losses] == [
        "1 tanda arah tulisan yang tak terlihat dibuang.",
        "1 karakter kendali dibuang.",
    ]


def test_markdown(tmp_path: Path) -> None:
    """Headings, lists and tables of Markdown have their kinds and lines; emphasis goes, angle brackets are words."""
    text = (
        "# Judul\n\n**P:** Halo <tidak jelas>\nI: ya\n---\n\n1. satu\n2. dua\n   - dalam\n\n| a | b |\n|---|---|\n"
        "| c |  |\n\n![foto](x.png) dan [akun](https://x.id)\n"
    )
    raw = read(tmp_path, text.encode(), "a.md")
    assert raw.blocks == (
        Block("Judul", BlockKind.HEADING, level=1, line=1),
        Block("P: Halo <tidak jelas>\nI: ya", line=3),
        Block("satu", BlockKind.LIST_ITEM, level=1, marker="1.", line=7),
        Block("dua", BlockKind.LIST_ITEM, level=1, marker="2.", line=8),
        Block("dalam", BlockKind.LIST_ITEM, level=2, marker="-", line=9),
        Block("a | b", BlockKind.TABLE_ROW, cells=("a", "b"), table=1, line=11),
        Block("c | ", BlockKind.TABLE_ROW, cells=("c", ""), table=1, line=13),
        Block("dan akun", line=15),
    )
    assert [each.what for each in raw.losses] == [
        "1 gambar tidak ikut.",
        "1 alamat tautan tidak ikut; kata-katanya tetap ada.",
    ]


def test_markdown_says_nothing_in_silence(tmp_path: Path) -> None:
    """What Markdown itself would hide stays: definitions of links, cells beyond a table's head, code, deep lists."""
    text = "[I1]: Ya\n\n| a |\n|---|\n| b | c |\n\n```P: x\ny\n```\n"
    assert [block.text for block in read(tmp_path, text.encode(), "a.md").blocks] == [
        "[I1]: Ya",
        "a",
        "b | c",
        "P: x y",
    ]
    raw = read(tmp_path, b"\n".join(b"  " * i + b"- butir%d" % i for i in range(60)), "b.md")
    assert "butir59" in raw.blocks[-1].text
    assert [each.what for each in raw.guesses] == ["Markdown terlalu rumit untuk diurai; dibaca sebagai teks biasa."]


@given(st.text("ab1 \n\r#>-*_`|[].:<!~“\t\x07é", max_size=80), st.sampled_from(["txt", "md"]))
def test_no_word_is_lost(text: str, ending: str) -> None:
    """Every letter and digit of a text is in its blocks or their markers, in order, and in no other place."""
    letters = [char for char in text if char.isalnum()]
    if not letters:
        return
    with tempfile.TemporaryDirectory() as folder:
        raw = read(Path(folder), text.encode(), f"a.{ending}")
    assert [char for block in raw.blocks for char in block.marker + block.text if char.isalnum()] == letters


@pytest.mark.parametrize("content", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 100], ids=["all", "control"])
def test_noise_is_refused(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no text are refused with the mend."""
    with pytest.raises(UnreadableFileError, match="bukan teks"):
        read(tmp_path, content)
