"""The PDF: all words are data, it is tagged, and the same chapter is the same file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

import qualcode as qc
from qualcode.reports.chapter import Chapter, GridCell, Options, Quotes, Span, chapter
from qualcode.reports.typeset import _groups, pdf_report
from qualcode.reports.word.writing import WHOLE_ROW

ROOT = Path(__file__).parents[1]


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


def test_source_lines_stay_with_what_they_name() -> None:
    """No page begins with the source line of a table or figure that stands on the page before."""
    document = pypdfium2.PdfDocument(pdf_report(chapter(qc.open_project(ROOT), "bandung", Options())))
    try:
        pages = [page.get_textpage().get_text_range().strip() for page in document]
    finally:
        document.close()
    assert sum("Sumber: " in page for page in pages) > 10
    assert not [page[:80] for page in pages if page.startswith("Sumber: ")]


def test_nothing_runs_into_the_next_column(make_project: Callable[..., qc.Project]) -> None:
    """In a table an address ends its line after a stroke, and a word too long for its column is parted."""
    project = make_project({"w-i1": f"I1: {'x' * 90} habis.\n"})
    project.code("kasus/w-i1", "x" * 90 + " habis.", "LAY-BAL-C", coder="ana", valence="mendukung")
    document = pypdfium2.PdfDocument(pdf_report(chapter(project, "kasus", Options(appendix=True))))
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    (log,) = (page for page in pages if "Kode kutipan" in page and "Tanggapan" not in page)
    lines = log.splitlines()
    assert max(line.count("x") for line in lines) < 45
    assert sum(line.count("x") for line in lines) == 90
    assert not [line for line in lines if "/11-03-2025/1x" in line]


def test_notes_are_shown_once(hostile: Chapter) -> None:
    """The note on a table stands below its source line, and nowhere else."""
    shown = words_of(pdf_report(hostile))
    assert shown.count("Jenis kelamin, usia, dan pendidikan tidak dicatat") == 1


def test_no_group_is_higher_than_a_page(hostile: Chapter) -> None:
    """Rows that cannot be parted are few words: typst would cut off what reaches below the page."""
    part = next(part for part in hostile.tables if len(part.body) > 1)
    assert _groups(part)
    long = GridCell((Span("kata " * WHOLE_ROW),))
    body = tuple((long, *row[1:]) for row in part.body)
    assert _groups(replace(part, body=body)) == []


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
