"""Files of any kind: told by what they hold, refused where they mean harm, never an error of another kind."""

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import RawFile
from qualcode.intake.bounds import LARGEST_FILE, MOST_PARTS
from qualcode.intake.files import EXTENSIONS, read_raw
from qualcode.wording import use_language


def word_file() -> bytes:
    made = docx.Document()
    made.add_paragraph("P: Halo")
    made.add_table(1, 2).cell(0, 0).text = "x"
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def pdf_file() -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content)
    canvas.drawString(72, 700, "P: Apakah komentar dibalas?")
    canvas.save()
    return content.getvalue()


SAMPLES = {
    "docx": word_file(),
    "sheet": workbook(),
    "pdf": pdf_file(),
    "rtf": b"{\\rtf1\\ansi Halo {\\b semua}\\par \\trowd\\intbl a\\cell\\row}",
    "html": b"<html><body><p>Halo</p><table><tr><td>a</table></body></html>",
    "vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ani>Halo</v>\n",
    "srt": b"1\n00:00:01,000 --> 00:00:02,000\nHalo\n",
    "whatsapp": b"12/03/24 14.05 - Ani: Halo\n",
    "text": b"P: Halo\nI: Ya\n",
}


@pytest.mark.parametrize("name", ["a", "a.txt", "a.docx", "a.pdf", "a.doc"])
@pytest.mark.parametrize("format", SAMPLES)
def test_content_decides_not_the_name(tmp_path: Path, format: str, name: str) -> None:
    """A file under a wrong name is what it holds; its bytes are named by their hash."""
    (tmp_path / name).write_bytes(SAMPLES[format])
    raw = read_raw(tmp_path / name)
    assert (raw.format, raw.name) == (format, name)
    assert raw.sha256 == hashlib.sha256(SAMPLES[format]).hexdigest()
    assert raw.blocks


def in_one_zip(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "what", "mend"),
    [
        (b"", "tidak memuat kata", "Buka berkas"),
        (b" \r\n\x00\x00", "tidak memuat kata", "Buka berkas"),
        (OLE + b"\x00" * 500 + "WordDocument".encode("utf-16-le"), "Office lama", "simpan sebagai .docx"),
        (OLE + "Workbook".encode("utf-16-le"), "Excel lama", ".xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "kata sandi", "hapus kata sandi"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "gambar atau rekaman", "Transkripkan"),
        (b"\x00\x00\x00\x20ftypM4A " + b"\x00" * 50, "gambar atau rekaman", "Transkripkan"),
        (b"%PDF-1.7 sampah", "rusak", "simpan ulang"),
        (b"PK\x03\x04" + b"sampah" * 50, "rusak", "simpan ulang"),
        (in_one_zip("../../etc/passwd", "a/b.txt"), "tidak dikenal", "docx"),
        (in_one_zip("ppt/presentation.xml"), "tidak dikenal", "docx"),
        (b"<?xml version='1.0'?><w:wordDocument/>", "tidak dikenal", "docx"),
        (bytes(range(256)) * 100, "bukan teks", ".docx"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_mend(tmp_path: Path, content: bytes, what: str, mend: str) -> None:
    """Old, locked, damaged, foreign and empty files each say what they are and what to do."""
    (tmp_path / "berkas.docx").write_bytes(content)
    with pytest.raises(UnreadableFileError) as refused:
        read_raw(tmp_path / "berkas.docx")
    problem = refused.value.problem
    assert problem.place == "berkas.docx"
    assert what in problem.what
    assert mend in problem.mend


def test_refusals_in_english(tmp_path: Path) -> None:
    """Every refusal is worded in the language in use."""
    use_language("en")
    (tmp_path / "a.doc").write_bytes(OLE)
    with pytest.raises(UnreadableFileError, match=r"save it as \.docx"):
        read_raw(tmp_path / "a.doc")


@pytest.mark.parametrize("name", ["tidak-ada.docx", "."])
def test_a_file_that_is_none(tmp_path: Path, name: str) -> None:
    """A missing file and a folder are refused."""
    with pytest.raises(UnreadableFileError, match="tidak dapat dibuka"):
        read_raw(tmp_path / name)


def bomb(*, size: int, name: str = "word/document.xml") -> bytes:
    """A packed part of `size` equal bytes."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        for _ in range(size // 1_000_000):
            part.write(b" " * 1_000_000)
    return content.getvalue()


def with_lying_size(content: bytes, size: int) -> bytes:
    """The same archive, saying that its part unpacks to ten bytes."""
    return content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")).replace(
        size.to_bytes(8, "little"), (10).to_bytes(8, "little")
    )


def test_zip_bombs_are_refused(tmp_path: Path) -> None:
    """Steep, lying and numerous entries are refused."""
    swollen = bomb(size=300_000_000)
    many = in_one_zip(*(f"word/{i}.xml" for i in range(MOST_PARTS + 1)))
    for content in (swollen, with_lying_size(swollen, 300_000_000), many):
        (tmp_path / "a.docx").write_bytes(content)
        with pytest.raises(UnreadableFileError, match=r"mekar|rusak"):
            read_raw(tmp_path / "a.docx")


PEAK = """
import re, resource, sys, pathlib
from qualcode.intake.files import read_raw
from qualcode.errors import UnreadableFileError
import defusedxml.ElementTree, lxml.etree, openpyxl, pypdfium2

def peak():
    # Linux hands the peak of whoever starts a program down to it, except in this file.
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

before = peak()
try:
    read_raw(pathlib.Path(sys.argv[1]))
    print("read")
except UnreadableFileError as error:
    print("refused")
print((peak() - before) // 1_000_000)
"""


def hostile_files(folder: Path) -> dict[str, Path]:
    """Files that are small, or grow without weight on the disk, and want much memory."""
    line = folder / "baris.txt"
    with line.open("wb") as file:
        file.truncate(200_000_000)
    files = {"line": line}
    for name, content in {
        "swollen.docx": bomb(size=1_000_000_000),
        "swollen.xlsx": bomb(size=1_000_000_000, name="xl/worksheets/sheet1.xml"),
        "elements.docx": packed(b"<a>" + b"<b/>" * 6_000_000 + b"</a>"),
        "text.txt": b"kata " * 8_000_000,
        "lines.txt": b"a\n" * 9_000_000,
        "paragraphs.rtf": b"{\\rtf1 " + b"\\par a" * 2_000_000,
        "cells.html": b"<table>" + b"<tr><td colspan=1000>x" * 40_000,
        "line.html": b"<p>" + b"x " * 10_000_000,
        "groups.rtf": b"{\\rtf1 " + b"{" * 5_000_000,
        "quote.csv": b'"' + b"a,b\n" * 5_000_000,
    }.items():
        files[name] = folder / name
        files[name].write_bytes(content)
    return files


def packed(document: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
    return content.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells peak memory otherwise")
def test_hostile_files_are_refused_in_little_memory(tmp_path: Path) -> None:
    """Files that would fill the memory are refused within 600 MB, twelve times the largest file allowed."""
    for name, path in hostile_files(tmp_path).items():
        command = [sys.executable, "-W", "error", "-c", PEAK, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name}: {done.stderr}"
        outcome, peak = done.stdout.split()
        assert outcome == "refused", name
        assert int(peak) < 12 * LARGEST_FILE // 1_000_000, f"{name}: {peak} MB"


def check(content: bytes, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content)
        try:
            raw = read_raw(path)
        except UnreadableFileError as error:
            assert error.problem.mend
            return
    assert isinstance(raw, RawFile)
    assert raw.blocks
    for block in raw.blocks:
        assert block.text == " | ".join(block.cells) if block.cells else block.text.strip()
        assert not any(ord(char) < 32 and char not in "\n\t" for char in block.text)
        block.text.encode()


@given(st.binary(max_size=300), st.sampled_from([*EXTENSIONS, "doc", "xls", "bin"]))
def test_any_bytes_are_read_or_refused(content: bytes, ending: str) -> None:
    """Any bytes under any name give a RawFile or an UnreadableFileError, never anything else."""
    check(content, ending)


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "cp1252"]), st.sampled_from(EXTENSIONS))
def test_any_text_is_read_or_refused(text: str, encoding: str, ending: str) -> None:
    """Any text in any encoding under any name does the same."""
    check(text.encode(encoding, "replace"), ending)


SIGNS = r"""
{ } {\rtf1 \par \cell \row \trowd \intbl \u-3? \'e9 \'zz {\footnote \pict \* \bin9
<p> </p> <table> <td> <tr> <ol> <li> </table> </ol> <script> <td_colspan=3> <td_rowspan=9> <![CDATA[ <!-- &amp; &#0;
<v_Ani> </v> --> 00:01.000 WEBVTT NOTE [12/03/24_14.05.33]_A: 1. # | --- ``` > * - , ; kata
"""
MARKUP = st.lists(st.sampled_from(SIGNS.split()), max_size=60)


@given(MARKUP, st.sampled_from([" ", "\n", ""]), st.sampled_from(["", "{\\rtf1 ", "<html>", "WEBVTT\n\n"]), st.data())
def test_any_mixture_of_markup_is_read_or_refused(words: list[str], gap: str, head: str, data: st.DataObject) -> None:
    """Markup in any order does the same."""
    ending = data.draw(st.sampled_from(EXTENSIONS))
    check((head + gap.join(words).replace("_", " ")).encode(), ending)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), max_size=6))
def test_damaged_files_are_read_or_refused(format: str, damage: list[tuple[float, bytes]]) -> None:
    """Sound files with bytes changed anywhere do the same."""
    content = bytearray(SAMPLES[format])
    for where, patch in damage:
        at = int(where * (len(content) - 1))
        content[at : at + len(patch)] = patch
    check(bytes(content), "bin")


def repacked(content: bytes, part: str, at: float, patch: bytes) -> bytes:
    """The packed file with bytes of one part changed, and sound sums."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            data = bytearray(before.read(name))
            if name == part and data:
                place = int(at * (len(data) - 1))
                data[place : place + len(patch)] = patch
            after.writestr(name, bytes(data))
    return changed.getvalue()


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(
    st.sampled_from(
        [
            ("docx", "word/document.xml"),
            ("docx", "word/numbering.xml"),
            ("docx", "word/_rels/document.xml.rels"),
            ("sheet", "xl/worksheets/sheet1.xml"),
            ("sheet", "xl/workbook.xml"),
            ("sheet", "xl/styles.xml"),
        ]
    ),
    st.floats(0, 1),
    st.sampled_from([b"<", b">", b"9", b"-1", b'"', b"/", b"\xff", b"<a/>", b"99999999999"]),
)
def test_damaged_parts_are_read_or_refused(where: tuple[str, str], at: float, patch: bytes) -> None:
    """Packed files whose parts were changed do the same."""
    format, part = where
    check(repacked(SAMPLES[format], part, at, patch), "bin")


def test_the_library_stays_light() -> None:
    """Reading files loads no reader's library before a file of its kind is read."""
    heavy = {"openpyxl", "lxml", "pypdfium2", "markdown_it", "charset_normalizer", "striprtf", "webvtt"}
    script = f"import sys, qualcode.intake.files; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_plain_text_under_another_name_is_told(tmp_path: Path) -> None:
    """What is named as a Word file and holds plain text is read as text, and the person is told so."""
    path = tmp_path / "wawancara.docx"
    path.write_text("P: Siapa?\n\nI1: Kami berdua.\n", "utf-8")
    raw = read_raw(path)
    assert raw.format == "text"
    assert any(".docx" in guess.what for guess in raw.guesses)
    plain = path.rename(tmp_path / "wawancara.txt")
    assert not any(".txt" in guess.what for guess in read_raw(plain).guesses)
