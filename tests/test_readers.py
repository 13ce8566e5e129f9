"""Reading documents: what is sound becomes a Document, what is not is named with file, line and mend."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import Problem
from qualcode.text.document import Document, Kind, Technique
from qualcode.text.readers import LARGEST_DOCUMENT, read_document, read_text

FRONT = """\
id: w-i1
title: Wawancara dengan kepala dinas
kind: transkrip
technique: wawancara
date: 2025-03-11
informant: I1
period: kini
place: Ruang kerja
time: 09.10-10.02 WIB
provenance: "Direkam: verbatim."
fictional: true
legend:
  P: pewawancara
  I1: I1
"""
BODY = "P: Selamat pagi, Pak. 👩🏽‍🌾\n\nI1: [00:00:41] Iya, “pagi”, Mbak. e\u0301\n"
FILE = f"---\n{FRONT}---\n\n{BODY}"
NOTE = "id: w-i1\ntitle: t\nkind: dokumen\ntechnique: dokumentasi\ndate: tanpa tanggal\nprovenance: p\n"


def read(folder: Path, content: str | bytes, name: str = "w-i1.md") -> tuple[Document | None, list[Problem]]:
    """Read a file with this content, to the byte."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path, f"corpus/a/{name}", case="a")


def sound(folder: Path, content: str | bytes) -> Document:
    document, problems = read(folder, content)
    assert problems == []
    assert document is not None
    return document


def refused(folder: Path, content: str | bytes) -> list[Problem]:
    """The problems of a file that cannot be used, sorted by place."""
    document, problems = read(folder, content)
    assert document is None
    assert problems
    return sorted(problems)


def test_a_document_with_everything(tmp_path: Path) -> None:
    """Every line of the front matter arrives, and the text is what stands below it, letter by letter."""
    document = sound(tmp_path, FILE)
    assert (document.id, document.case, document.title) == ("w-i1", "a", "Wawancara dengan kepala dinas")
    assert (document.kind, document.technique) == (Kind.TRANSCRIPT, Technique.INTERVIEW)
    assert (document.date, document.informant, document.period) == (date(2025, 3, 11), "I1", "kini")
    assert (document.provenance, document.fictional) == ("Direkam: verbatim.", True)
    assert document.legend == {"P": "pewawancara", "I1": "I1"}
    assert document.extra == {"place": "Ruang kerja", "time": "09.10-10.02 WIB"}
    assert document.text == BODY
    assert (document.file, document.first_line) == ("corpus/a/w-i1.md", 18)
    assert [turn.speaker for turn in document.turns] == ["P", "I1"]


def test_a_document_with_the_least(tmp_path: Path) -> None:
    """What may be left out is left out: no informant, no period, no date, not fictional."""
    document = sound(tmp_path, f"---\n{NOTE}---\n\nHalo.\n")
    assert (document.date, document.informant, document.period, document.fictional) == (None, None, None, False)
    assert document.dated == "tanpa tanggal"
    assert (document.legend, document.extra) == ({}, {})


@pytest.mark.parametrize(
    "content",
    [
        FILE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + FILE.encode(),
        b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode(),
        FILE.replace("---\n", "---  \n").encode(),
        FILE.replace("---\n\nP", "---\nP").encode(),
    ],
    ids=["CRLF", "BOM", "BOM and CRLF", "blanks after the fences", "no blank line before the text"],
)
def test_what_editors_do_to_a_file(tmp_path: Path, content: bytes) -> None:
    """Windows line ends, a byte order mark and blanks at the fences change neither the text nor its units."""
    document, original = sound(tmp_path, content), sound(tmp_path, FILE)
    assert document.text == original.text
    assert document.units == original.units
    assert document.sha256 == original.sha256


LINES = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=6)
    | st.sampled_from(["", "  ", "---", "P: ya", "I1: 👩🏽‍🌾", "## Refleksi", "e\u0301", "\u2028", "- butir"]),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n"]), mark=st.sampled_from(["", "\ufeff"]))
def test_every_place_in_the_file_is_right(tmp_path: Path, lines: list[str], end: str, mark: str) -> None:
    """Any text keeps its letters, and the place of any of them is the line of the file on which it stands."""
    file = ["---", *NOTE.splitlines(), "---", "", *lines, "akhir"]
    document = sound(tmp_path, mark + end.join(file))
    assert document.text == "\n".join([*lines, "akhir"])
    for unit in document.units:
        segment = document.segment(unit.start, unit.end)
        name, _, line = document.place(segment.start).partition(":")
        assert name == "corpus/a/w-i1.md"
        assert file[int(line) - 1].lstrip().startswith(segment.text.split("\n")[0])


def test_blank_lines_of_the_text_are_kept(tmp_path: Path) -> None:
    """One blank line below the front matter is the fence's; all others are the text's."""
    document = sound(tmp_path, f"---\n{NOTE}---\n\n\n\nHalo.\n\n")
    assert document.text == "\n\nHalo.\n\n"
    assert document.place(document.text.index("Halo")) == "corpus/a/w-i1.md:12"


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        ("---\nid: é\n".encode("cp1252"), 2, "0xe9"),
        (b"\xef\xbb\xbfsatu\ndua\n\xff", 3, "0xff"),
        (b"\xef\xbb\xbf\n\n\x80", 3, "0x80"),
        (b"\xff\xfes\x00", 1, "0xff"),
        ("satu\r\ndua\r\n“tiga”".encode("cp1252"), 3, "0x93"),
        (b"satu\n\xe2\x80", 2, "0xe2"),
        (b"satu\n\xed\xa0\x80", 2, "0xed"),
    ],
)
def test_what_is_not_utf8_is_named_with_line_and_byte(tmp_path: Path, content: bytes, line: int, byte: str) -> None:
    """A file in another encoding, or cut in the middle of a letter, is refused at the line of the first odd byte."""
    (problem,) = refused(tmp_path, content)
    assert problem.place == f"corpus/a/w-i1.md:{line}"
    assert byte in problem.what
    assert "UTF-8" in problem.mend


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        ("\x00", 1, "U+0000"),
        ("satu\ndua\x0c", 2, "U+000C"),
        ("satu\r\n\x1b[31m", 2, "U+001B"),
        ("\n\n\x7f", 3, "U+007F"),
        ("s\x00a\x00", 1, "U+0000"),
    ],
)
def test_control_characters_are_named_with_their_line(tmp_path: Path, content: str, line: int, code: str) -> None:
    """A control character, as in a file that is no text, is refused at its line."""
    (problem,) = refused(tmp_path, content)
    assert problem.place == f"corpus/a/w-i1.md:{line}"
    assert code in problem.what


def test_tabs_and_marks_are_no_control_characters(tmp_path: Path) -> None:
    """Tabs, blanks without a break, joiners and marks of direction are text."""
    path = tmp_path / "a.txt"
    path.write_bytes("a\tb\u00a0c\u200dd\u200ee".encode())
    assert read_text(path, "a.txt") == ("a\tb\u00a0c\u200dd\u200ee", [])


@pytest.mark.parametrize(
    "content", ["", "Halo.\n", "\n---\nid: a\n---\n", "----\nid: a\n----\n", f"---\n{NOTE}", "---"]
)
def test_a_file_without_front_matter(tmp_path: Path, content: str) -> None:
    """Without two fences at the top, the message says what to begin the file with."""
    (problem,) = refused(tmp_path, content)
    assert problem.place == "corpus/a/w-i1.md:1"
    assert "---" in problem.mend


def test_front_matter_that_is_never_closed(tmp_path: Path) -> None:
    """A forgotten second fence is refused, also where the text holds a rule of its own further down."""
    (problem,) = refused(tmp_path, f"---\n{NOTE}\nHalo, dunia.\n\n---\n\nLagi.\n")
    assert problem.place == "corpus/a/w-i1.md:9"


@pytest.mark.parametrize("rest", ["", "\n", "\n\n \n"])
def test_a_document_without_text(tmp_path: Path, rest: str) -> None:
    """Front matter without text, also without a last line end, is read and doubted as empty."""
    document, (problem,) = read(tmp_path, f"---\n{NOTE}---{rest}")
    assert document is not None
    assert document.text.strip() == ""
    assert problem.place.startswith("corpus/a/w-i1.md:")
    assert "tidak berisi" in problem.what


FAULTY = """\
title: [a, b]
kind: transkip
technique: wawancara
date: 11 Maret 2025
informat: I1
legend:
  P:
    x: pewawancara
fictional: mungkin
title: t
"""


def test_every_fault_of_the_front_matter_at_once(tmp_path: Path) -> None:
    """One reading names every fault of the front matter, each with its line in the file."""
    problems = refused(tmp_path, f"---\n{FAULTY}---\n\nHalo.\n")
    said = [(problem.place.removeprefix("corpus/a/w-i1.md:"), str(problem)) for problem in problems]
    expected = [
        ("2", "id", "belum diisi"),
        ("2", "provenance", "belum diisi"),
        ("3", "kind", "transkip", "transkrip"),
        ("5", "11 Maret 2025", "tanggal"),
        ("6", "informat", "tidak dikenal"),
        ("8", "P", "teks"),
        ("10", "fictional", "mungkin"),
        ("11", "title", "dua kali"),
    ]
    assert [line for line, _ in said] == [line for line, *_ in expected]
    for (_, text), (_, *words) in zip(said, expected, strict=True):
        assert all(word in text for word in words), text


@pytest.mark.parametrize(
    "written",
    [
        "title: Wawancara: kepala dinas",
        "title: *tebal*",
        "title: !penting",
        "title: @samudra",
        "title: 'tak ditutup",
        "title wawancara",
        "\ttitle: t",
        "title: t\x80",
    ],
)
def test_front_matter_that_is_no_yaml(tmp_path: Path, written: str) -> None:
    """A colon or sign without quotes, a quote without end, a tab, a stray character: refused where it stands."""
    (problem,) = refused(tmp_path, f"---\nid: w-i1\n{written}\nkind: dokumen\n---\n\nHalo.\n")
    assert problem.place == "corpus/a/w-i1.md:3"
    assert "petik" in problem.mend


@pytest.mark.parametrize(
    "written",
    [
        *("2025", "0", "86400", "20250311", "11-03-2025", "2025-3-1", "2025-02-30", "2025-13-01"),
        *("2025-03-11T00:00", "Maret 2025", "tanpa", "Tanpa Tanggal", "[2025-03-11]"),
    ],
)
def test_only_year_month_day_is_a_date(tmp_path: Path, written: str) -> None:
    """A year alone, another order, a day that does not exist: none is taken for a date, and one message says so."""
    (problem,) = refused(tmp_path, f"---\n{NOTE.replace('tanpa tanggal', written)}---\n\nHalo.\n")
    assert problem.place == "corpus/a/w-i1.md:6"
    assert "tanggal" in problem.what
    assert "2025-03-12" in problem.mend
    assert "tanpa tanggal" in problem.mend


@pytest.mark.parametrize("id", ["w i1", "../w-i1", "-w", "wawancara/1", "é", "w" * 81, "w\\i1"])
def test_ids_are_safe_as_file_names(tmp_path: Path, id: str) -> None:
    """An id with blanks, slashes or letters beyond ASCII is refused at its line."""
    (problem,) = refused(tmp_path, f"---\n{NOTE.replace('w-i1', id)}---\n\nHalo.\n")
    assert problem.place == "corpus/a/w-i1.md:2"
    assert "“id”" in problem.what


def test_an_id_other_than_the_file_s_name(tmp_path: Path) -> None:
    """A document whose id is not its file's name is read, and doubted at the line of its id."""
    front = "".join(reversed(NOTE.splitlines(keepends=True)))
    document, (problem,) = read(tmp_path, f"---\n{front}---\n\nHalo.\n", "w-i2.md")
    assert document is not None
    assert problem.place == "corpus/a/w-i2.md:7"
    assert "w-i1" in problem.what
    assert "w-i2" in problem.what


def test_a_transcript_in_which_nobody_speaks(tmp_path: Path) -> None:
    """A transcript without a single label is read, and doubted at the line where its text begins."""
    document, (problem,) = read(tmp_path, FILE.replace(BODY, "Hanya cerita.\n"))
    assert document is not None
    assert problem.place == "corpus/a/w-i1.md:18"
    assert "giliran" in problem.what


def test_labels_missing_from_the_legend(tmp_path: Path) -> None:
    """Each label that looks like a speaker but is not in the legend is doubted at its line in the file."""
    _, problems = read(tmp_path, FILE + "\nI2: Saya juga.\n\np: Lalu?\n")
    assert [problem.place for problem in problems] == ["corpus/a/w-i1.md:22", "corpus/a/w-i1.md:24"]
    assert ["“I2:”" in problems[0].what, "“p:”" in problems[1].what] == [True, True]


def test_only_transcripts_have_labels(tmp_path: Path) -> None:
    """What looks like a label in a record of another kind raises no doubt."""
    assert sound(tmp_path, f"---\n{NOTE}---\n\nI2: butir.\n").turns == ()


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    """A folder, or a file that is gone, is named as what cannot be opened; it stops nothing else."""
    folder = tmp_path / "w-i1.md"
    folder.mkdir()
    for path in (folder, tmp_path / "hilang.md"):
        document, (problem,) = read_document(path, f"corpus/a/{path.name}", case="a")
        assert document is None
        assert problem.place == f"corpus/a/{path.name}"
        assert "tidak dapat dibuka" in problem.what


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    """A file that is far too large for a text is refused unread."""
    path = tmp_path / "w-i1.md"
    path.touch()
    os.truncate(path, LARGEST_DOCUMENT + 1)
    (problem,) = read_document(path, "corpus/a/w-i1.md", case="a")[1]
    assert problem.place == "corpus/a/w-i1.md"
    assert "50" in problem.what


def test_several_informants_need_a_legend(tmp_path: Path) -> None:
    """A transcript with two labels that could be informants', and no legend, is reported with the labels."""
    front = (
        "id: w\ntitle: W\nkind: transkrip\ntechnique: wawancara\ndate: tanpa tanggal\ninformant: I1\nprovenance: uji\n"
    )
    path = tmp_path / "w.md"
    path.write_text(f"---\n{front}---\n\nP: Ya?\n\nI1: Satu.\n\nI2: Dua.\n", encoding="utf-8")
    _, (problem,) = read_document(path, "w.md", case="k")
    assert "I1, I2" in problem.what


def test_field_notes_need_a_description(tmp_path: Path) -> None:
    """Field notes whose parts cannot be told apart are reported: a mistyped heading would make thoughts evidence."""
    front = "id: o\ntitle: O\nkind: catatan lapangan\ntechnique: observasi\ndate: tanpa tanggal\nprovenance: uji\n"
    path = tmp_path / "o.md"
    path.write_text(f"---\n{front}---\n\n##Deskripsi\nAda rapat.\n\n##Refleksi\nSaya ragu.\n", encoding="utf-8")
    _, (problem,) = read_document(path, "o.md", case="k")
    assert "## Deskripsi" in problem.mend
