"""The PDF: all words are data, it is tagged, and the same chapter is the same file."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest

import qualcode as qc
from qualcode.reports.chapter import Chapter, Options, Quotes, chapter
from qualcode.reports.typeset import pdf_report


def words_of(file: bytes) -> str:
    document = pypdfium2.PdfDocument(file)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


@pytest.fixture
def hostile(make_project: Callable[..., qc.Project]) -> Chapter:
    words = '#panic("x") $1/0$ *tebal* @rujukan <label> \\ `kode` [isi] "k"'
    project = make_project({"w-i1": f"I1: {words}\n"})
    project.code("kasus/w-i1", words, "LAY-BAL-C", coder="ana", valence="mendukung")
    return chapter(project, "kasus", Options(appendix=True))


def test_markup_is_text(hostile: Chapter) -> None:
    """What typst would read as markup or code is shown as it is."""
    shown = words_of(pdf_report(hostile))
    for piece in ('#panic("x")', "$1/0$", "*tebal*", "@rujukan", "<label>", "`kode`", "[isi]"):
        assert piece in shown


def test_what_a_chapter_shows_stands_in_the_pdf(hostile: Chapter) -> None:
    """Headings, captions with their numbers, source lines and addresses are there; the list of tables counts pages."""
    shown = words_of(pdf_report(hostile))
    for piece in ("BAB IV", "4.1 Gambaran Umum", "Tabel 4.2 Informan penelitian", "Sumber: ", "W/I1/11-03-2025/1"):
        assert piece in shown
    assert "DAFTAR TABEL" in shown


def test_same_bytes_and_tags(hostile: Chapter) -> None:
    """The same chapter gives the same file, with tags for who reads it by ear."""
    file = pdf_report(hostile)
    assert file == pdf_report(hostile)
    assert b"/MarkInfo" in file or b"/StructTreeRoot" in file


@pytest.mark.parametrize("quotes", list(Quotes))
def test_every_style_can_be_set(make_project: Callable[..., qc.Project], quotes: Quotes) -> None:
    """Each style of quotations gives a PDF with the words in it."""
    project = make_project()
    project.code("kasus/w-i1", "Semua komentar dibalas.", "LAY-BAL-C", coder="ana", valence="mendukung")
    built = chapter(project, "kasus", Options(quotes=quotes))
    assert "Semua komentar dibalas." in words_of(pdf_report(built))
