"""Subtitles: who speaks and when, as each meeting program writes it."""

import re
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw

CUE = BlockKind.CUE


def read(folder: Path, text: str, name: str = "a.vtt") -> RawFile:
    (folder / name).write_bytes(text.encode())
    return read_raw(folder / name)


def spoken(raw: RawFile) -> list[tuple[str, str, str]]:
    return [(block.time, block.speaker, block.text) for block in raw.blocks]


def test_zoom(tmp_path: Path) -> None:
    """Zoom writes the name before the words; cues of one speaker are joined, the first time is kept."""
    text = (
        "WEBVTT\r\n\r\n1\r\n00:00:03.120 --> 00:00:06.000\r\nRina Putri: Selamat pagi, Pak.\r\n\r\n"
        "2\r\n00:00:06.500 --> 00:00:09.000\r\nRina Putri: Bisa kita mulai?\r\n\r\n"
        "3\r\n00:01:12.000 --> 00:01:15.000\r\nDr. Asep, M.Si.: Silakan. Catatan: singkat saja.\r\n\r\n"
        "4\r\n00:01:15.000 --> 00:01:16.000\r\ndan itu saja.\r\n\r\n"
        "5\r\n00:01:17.000 --> 00:01:18.000\r\n\r\n"
    )
    raw = read(tmp_path, text)
    assert raw.blocks == (
        Block("Selamat pagi, Pak. Bisa kita mulai?", CUE, speaker="Rina Putri", time="00:00:03", line=4),
        Block(
            "Silakan. Catatan: singkat saja. dan itu saja.", CUE, speaker="Dr. Asep, M.Si.", time="00:01:12", line=12
        ),
    )
    assert [each.what for each in raw.losses] == ["1 takarir tanpa kata dilewati."]
    assert [each.what for each in raw.guesses] == [
        "“Nama: kata” dibaca sebagai pembicara: Rina Putri, Dr. Asep, M.Si..",
        "1 takarir tanpa nama diberikan kepada pembicara sebelumnya.",
    ]


def test_teams(tmp_path: Path) -> None:
    """Teams marks voices with tags; names of cues, notes and styles are no words; unknown brackets are."""
    text = (
        "\ufeffWEBVTT\n\nNOTE Confidence: 0.9\n\nSTYLE\n::cue {color: red}\n\n"
        "0af1-22/12-0\n00:00:01.000 --> 00:00:02.500 align:start position:0%\n"
        "<v Budi Santoso>Iya &amp; betul <i>sekali</i> <tidak jelas></v>\n\n"
        "00:00:02.500 --> 00:00:04.000\n<v Budi Santoso>memang</v> <v.keras Siti>Oh\nbegitu</v>\n"
    )
    raw = read(tmp_path, text)
    assert spoken(raw) == [
        ("00:00:01", "Budi Santoso", "Iya & betul sekali <tidak jelas> memang"),
        ("00:00:02", "Siti", "Oh begitu"),
    ]
    assert [each.what for each in raw.losses] == [
        "1 catatan (NOTE) di berkas takarir tidak ikut.",
        "1 gaya atau wilayah tampilan takarir tidak dibaca.",
    ]
    assert raw.guesses == ()


def test_whisper(tmp_path: Path) -> None:
    """Whisper names nobody: its cues stay apart, for nobody knows whose they are, and "kata dia: ..." is no name."""
    text = (
        "1\n00:00:00,000 --> 00:00:04,000\nSelamat pagi, bisa diceritakan?\n\n"
        "2\n00:00:04,000 --> 00:00:06,000\nKata dia: kami cuma berdua.\n\n"
        "3\n01:02:03,500 --> 01:02:09,000\n{\\an8}<font color=red>Ya.</font>\n"
    )
    raw = read(tmp_path, text, "a.srt")
    assert (raw.format, spoken(raw)) == (
        "srt",
        [
            ("00:00:00", "", "Selamat pagi, bisa diceritakan?"),
            ("00:00:04", "", "Kata dia: kami cuma berdua."),
            ("01:02:03", "", "Ya."),
        ],
    )
    assert (raw.losses, raw.guesses) == ((), ())


def test_whisper_with_speakers_and_short_times(tmp_path: Path) -> None:
    """Diarised Whisper writes [SPEAKER_00]; hours may be missing; a blank line between cues, too."""
    text = (
        "WEBVTT\n00:00.000 --> 00:04.000\n[SPEAKER_00]: Halo.\n\n00:04.000 --> 00:06.000\n[SPEAKER_01]: Ya.\n"
        "00:06.000 --> 00:08.000\n[SPEAKER_01]: Halo juga.\n"
    )
    assert spoken(read(tmp_path, text)) == [
        ("00:00:00", "SPEAKER_00", "Halo."),
        ("00:00:04", "SPEAKER_01", "Ya. Halo juga."),
    ]


def test_rolling_captions_are_told_once(tmp_path: Path) -> None:
    """Captions that repeat the line before are told once, as a guess."""
    lines = ["selamat pagi semua", "hari ini kita bahas", "akun resmi dinas", "dan komentar warga", "terima kasih ya"]
    cues = [
        f"00:00:0{i}.000 --> 00:00:0{i + 1}.000\n{lines[i - 1] + chr(10) if i else ''}{line}"
        for i, line in enumerate(lines)
    ]
    raw = read(tmp_path, "WEBVTT\nKind: captions\nLanguage: id\n\n" + "\n\n".join(cues))
    assert [block.text for block in raw.blocks] == lines
    assert [each.what for each in raw.guesses] == ["4 takarir bergulir mengulang baris sebelumnya; ulangannya dibuang."]


def test_words_outside_cues_are_kept(tmp_path: Path) -> None:
    """A broken line of times leaves words without a time: kept where they stand, and reported."""
    text = "1\n00:00:01,000 --> 00:00:02,000\nSatu.\n\n2\n00:00:0x --> rusak\nDua.\n"
    raw = read(tmp_path, text, "a.srt")
    assert [(block.kind, block.line) for block in raw.blocks] == [(CUE, 2), (BlockKind.PARAGRAPH, 5)]
    assert "Dua." in raw.blocks[1].text
    assert [each.what for each in raw.guesses] == ["Teks di luar takarir (baris 5) tetap disimpan."]


LINES = st.sampled_from(
    [
        "",
        "7",
        "00:00:01,000 --> 00:00:02,000",
        "00:03.0 --> 00:04.0 align:start",
        "0:0x --> rusak",
        "NOTE",
        "a --> b",
        "WEBVTT",
        "  ",
        "<v Ani>",
        "STYLE",
        "00:00:61.000 --> 00:99:00.000",
    ]
)


@given(st.lists(LINES, max_size=30))
def test_no_word_of_a_broken_file_is_lost(lines: list[str]) -> None:
    """However times, numbers and blank lines are mixed up, each word below a time or on its own is kept, in order."""
    written = ["1", "00:00:00,000 --> 00:00:01,000", "kata0", ""]
    for number, line in enumerate(lines, 1):
        # A single word right above a time is its cue's name, one below NOTE a note; so two words, and apart.
        written += [line] if line in ("NOTE", "STYLE") else [line, f"kata{number} dua"]
        written += ["", "" if line else "7"]
    with tempfile.TemporaryDirectory() as folder:
        raw = read(Path(folder), "\n".join(written), "a.srt")
    expected = [0, *(number for number, line in enumerate(lines, 1) if line not in ("NOTE", "STYLE"))]
    found = [int(each) for block in raw.blocks for each in re.findall(r"kata(\d+)", block.text)]
    assert found == expected
    assert [block.line for block in raw.blocks] == sorted(block.line for block in raw.blocks)


def test_times_one_below_another(tmp_path: Path) -> None:
    """A time without words does not take those of the next; seconds beyond the minute are carried."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n00:03.000 --> 00:04.000\nSatu.\n2\n00:75.000 --> 00:80.000\nDua.\n"
    raw = read(tmp_path, text)
    assert spoken(raw) == [("00:00:03", "", "Satu."), ("00:01:15", "", "Dua.")]
    assert [block.line for block in raw.blocks] == [4, 7]
    assert [each.what for each in raw.losses] == ["1 takarir tanpa kata dilewati."]
