"""The Word file: sound XML in Word's order, bookmarks and claims, fields, a faculty's template, the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from docx.shared import Cm

import qualcode as qc
from qualcode.cli import main
from qualcode.reports.chapter import Chapter, Options, Quotes, chapter
from qualcode.reports.word import claims_of, word_report
from qualcode.reports.word.writing import kept_together

ROOT = Path(__file__).parents[1]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# ECMA-376 part 1: the order in which these elements may hold their children.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs vertAlign lang",
    "tblPr": "tblStyle tblW jc tblBorders tblLayout tblCellMar tblLook tblCaption tblDescription",
    "trPr": "cantSplit tblHeader",
    "tcPr": "tcW gridSpan vMerge shd vAlign",
    "sectPr": "headerReference footerReference pgSz pgMar pgNumType cols titlePg",
    "style": "name basedOn next qFormat pPr rPr tblPr",
}


@pytest.fixture(scope="module")
def built() -> Chapter:
    return chapter(qc.open_project(ROOT), "latihan-kota-samudra", Options(("stoc", "david"), appendix=True))


@pytest.fixture(scope="module")
def file(built: Chapter) -> bytes:
    return word_report(built)


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def body(file: bytes) -> Any:
    return Document(io.BytesIO(file)).element.body


def bookmarks(element: Any) -> dict[str, str]:
    """Name -> the text between a bookmark's beginning and end."""
    found, still_open = dict[str, list[str]](), dict[str, str]()
    for each in element.iter():
        if each.tag == f"{W}bookmarkStart":
            still_open[each.get(f"{W}id")] = each.get(f"{W}name")
            found[each.get(f"{W}name")] = []
        elif each.tag == f"{W}bookmarkEnd":
            still_open.pop(each.get(f"{W}id"), None)
        elif each.tag in (f"{W}t", f"{W}br"):
            for name in still_open.values():
                found[name].append(each.text if each.tag == f"{W}t" else "\n")
    return {name: "".join(texts) for name, texts in found.items()}


def test_the_same_bytes(built: Chapter, file: bytes) -> None:
    """The same chapter gives the same file, and nothing in it bears the time of its making."""
    assert word_report(built) == file
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert str(Document(io.BytesIO(file)).core_properties.created).startswith(built.dated)


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml"])
def test_children_stand_in_order(file: bytes, name: str) -> None:
    """Every element that Word wants in an order has its children in it."""
    root = Document(io.BytesIO(file)).element if "document" in name else Document(io.BytesIO(file)).styles.element
    seen = set()
    for each in root.iter():
        kind = each.tag.removeprefix(W)
        if kind in ORDER:
            order = ORDER[kind].split()
            children = [child.tag.removeprefix(W) for child in each]
            if kind == "sectPr":
                children = [child.replace("footer", "header") for child in children]
            assert [order.index(child) for child in children] == sorted(order.index(child) for child in children)
            seen.add(kind)
    assert len(seen) >= 3


def test_every_claim_has_its_bookmark(built: Chapter, file: bytes) -> None:
    """Each claim stands under its name, once, with the text the table of claims expects."""
    marks = bookmarks(body(file))
    assert set(marks) == set(built.claims)
    for name, claim in built.claims.items():
        if claim.kind not in ("table", "figure"):
            assert marks[name] == claim.expected
        else:
            assert claim.expected in marks[name]
    names = re.findall(rb'w:name="(qc_\w+)"/?>', parts(file)["word/document.xml"])
    assert len(names) == len(set(names))


def test_the_claims_can_be_read_back(built: Chapter, file: bytes) -> None:
    """The file itself holds with what it was built and everything it claims."""
    held = parts(file)
    read = claims_of(held["customXml/item1.xml"])
    assert read is not None
    options, claims = read
    assert options["case"] == built.case
    assert Options.from_dict(options) == built.options
    assert claims == {name: [claim.kind, claim.expected, claim.asked] for name, claim in built.claims.items()}
    assert claims_of(b"<other/>") is None
    assert claims_of(b"not xml") is None


def test_tables_are_for_everybody(file: bytes) -> None:
    """Each table repeats its headings, names itself for who cannot see it, and fills its grid in every row."""
    tables = list(body(file).iter(f"{W}tbl"))
    assert len(tables) > 20
    for table in tables:
        assert table.find(f"{W}tblPr/{W}tblDescription").get(f"{W}val")
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        rows = table.findall(f"{W}tr")
        for row in rows:
            spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.findall(f"{W}tc")]
            assert sum(1 if span is None else int(span.get(f"{W}val")) for span in spans) == columns
    headed = [table for table in tables if table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]
    assert len(headed) >= len(tables) - 1  # a profile has no headings
    assert any(True for _ in body(file).iter(f"{W}vMerge"))


def test_captions_and_lists(built: Chapter, file: bytes) -> None:
    """Captions are counted by fields, tables above and figures below; lists of both are fields, too."""
    fields = [each.text.split()[:2] for each in body(file).iter(f"{W}instrText")]
    counted = [name for kind, name in (field for field in fields if len(field) == 2) if kind == "SEQ"]
    assert counted.count("Tabel") == sum(part.series == "chapter" for part in built.tables)
    assert counted.count("Gambar") == len(built.figures)
    assert sum(field[0] == "TOC" for field in fields) == 2
    elements = list(body(file))
    for index, element in enumerate(elements):
        if element.tag == f"{W}tbl":
            style = elements[index - 1].find(f"{W}pPr/{W}pStyle").get(f"{W}val")
            after = "".join(each.text or "" for each in elements[index + 1].iter(f"{W}t"))
            assert (style, after.startswith("Sumber: ")) == ("Caption", True)


def test_lists_promise_nothing_they_lack(built: Chapter, file: bytes) -> None:
    """Each entry of the lists leads to its table or figure and names no page; Word is asked to fill the numbers in."""
    links = list(body(file).iter(f"{W}hyperlink"))
    chapter_parts = [part for part in built.tables if part.series == "chapter"]
    assert [each.get(f"{W}anchor") for each in links] == [part.id for part in (*chapter_parts, *built.figures)]
    for link, part in zip(links, (*chapter_parts, *built.figures), strict=True):
        assert "".join(each.text or "" for each in link.iter(f"{W}t")).endswith(f"{part.number} {part.caption}")
        assert link.find(f".//{W}tab") is None
    settings = Document(io.BytesIO(file)).settings.element
    names = [each.tag.removeprefix(W) for each in settings]
    assert names.count("updateFields") == 1
    assert names.index("characterSpacingControl") < names.index("updateFields") < names.index("compat")


def test_a_faculty_template_is_asked_to_fill_fields(built: Chapter) -> None:
    """Also in a faculty's template the fields are filled on opening, and the settings keep their order."""
    held = io.BytesIO()
    Document().save(held)
    settings = Document(io.BytesIO(word_report(built, held.getvalue()))).settings.element
    names = [each.tag.removeprefix(W) for each in settings]
    assert names.count("updateFields") == 1
    assert names.index("updateFields") < min(names.index(each) for each in ("compat", "rsids") if each in names)


def test_ids_are_used_once_and_pictures_speak(built: Chapter, file: bytes) -> None:
    """Bookmarks have ids and names of their own, each with its end; every picture has words for who cannot see it."""
    root = body(file)
    begins = [each.get(f"{W}id") for each in root.iter(f"{W}bookmarkStart")]
    names = [each.get(f"{W}name") for each in root.iter(f"{W}bookmarkStart")]
    assert len(set(begins)) == len(begins) == len(set(names))
    assert sorted(each.get(f"{W}id") for each in root.iter(f"{W}bookmarkEnd")) == sorted(begins)
    pictures = [each for each in root.iter() if each.tag.endswith("}docPr")]
    assert [each.get("descr") for each in pictures] == [part.alt for part in built.figures]
    assert len({each.get("id") for each in pictures}) == len(pictures)


def test_no_word_of_the_corpus_is_lost(built: Chapter, file: bytes) -> None:
    """Every line of every document stands in the appendix, words and punctuation alike."""
    shown = {"".join("".join(each.text or "" for each in line.iter(f"{W}t")).split()) for line in body(file)}
    for document in qc.open_project(ROOT).case(built.case).documents:
        for number, line in enumerate(document.text.split("\n"), 1):
            words = "".join(line.lstrip("# ").split()) if line.startswith("#") else "".join(line.split())
            assert not words or f"{number}{words}" in shown, f"{document.id} {number}"


def test_control_characters_are_shown_not_dropped(make_project: Callable[..., qc.Project]) -> None:
    """A character XML cannot hold leaves its mark and takes no neighbour with it."""
    project = make_project()
    memo = "kata\x0bsatu \x01dua\x1ftiga"
    project.code("kasus/w-i1", "Semua komentar dibalas.", "LAY-BAL-C", coder="ana", valence="mendukung", memo=memo)
    made = chapter(project, "kasus", Options(appendix=True))
    text = "".join(each.text or "" for each in body(word_report(made)).iter(f"{W}t"))
    assert "kata\ufffdsatu \ufffddua\ufffdtiga" in text


def test_rows_stay_together(built: Chapter) -> None:
    """A short table stays whole; of a long one the first row, the last two and rows that head others never part."""
    for part in built.tables:
        together = kept_together(part)
        assert len(together) == len(part.body)
        if together:
            assert together[0]
            assert together[-2:] == [True] * len(together[-2:])
        for row, kept in zip(part.body, together, strict=True):
            assert kept or not (len(row) == 1 and row[0].across > 1)
    long = max(built.tables, key=lambda part: len(part.body))
    assert not all(kept_together(long))


def test_page_and_letters(file: bytes) -> None:
    """A4 with 4 cm left and above, 3 cm right and below; Times New Roman 12, Indonesian."""
    document = Document(io.BytesIO(file))
    section = document.sections[-1]
    sides = (section.left_margin, section.top_margin, section.right_margin, section.bottom_margin)
    assert [round(side.cm, 1) for side in sides if side] == [4.0, 4.0, 3.0, 3.0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    styles = parts(file)["word/styles.xml"].decode()
    for wanted in ('w:ascii="Times New Roman"', '<w:sz w:val="24"/>', 'w:val="id-ID"', 'w:line="360"'):
        assert wanted in styles


def test_a_faculty_template_keeps_its_look(built: Chapter) -> None:
    """With a faculty's template its page and styles hold, what it lacks is added, and its own text is gone."""
    template = Document()
    template.add_paragraph("Contoh isi templat")
    template.sections[0].left_margin = Cm(5)
    template.styles["Heading 2"].font.name = "Georgia"
    held = io.BytesIO()
    template.save(held)
    made = Document(io.BytesIO(word_report(built, held.getvalue())))
    assert not [each for each in made.paragraphs if "Contoh isi templat" in each.text]
    assert round((made.sections[-1].left_margin or 0).cm, 1) == 5.0
    assert made.styles["Heading 2"].font.name == "Georgia"
    assert "Sumber" in [style.name for style in made.styles]
    assert any(each.style is not None and each.style.name == "Heading 2" for each in made.paragraphs)
    assert set(bookmarks(made.element.body)) >= set(built.claims)


@pytest.mark.parametrize("template", [b"", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_no_template_at_all(built: Chapter, template: bytes) -> None:
    """What is no Word file is refused with its mend."""
    with pytest.raises(qc.ParameterError, match="templat Word"):
        word_report(built, template)


def test_footnotes_after_a_lead() -> None:
    """In the style with footnotes each quotation has one, and the file holds them all."""
    made = chapter(qc.open_project(ROOT), "bandung", Options(("stoc",), quotes=Quotes.LEAD))
    file = word_report(made)
    notes = re.findall(rb'<w:footnote w:id="(\d+)"', parts(file)["word/footnotes.xml"])
    marks = [each.get(f"{W}id").encode() for each in body(file).iter(f"{W}footnoteReference")]
    assert marks == notes
    assert len(marks) == len(made.quotations)


def test_hostile_words_arrive_as_text(make_project: Callable[..., qc.Project]) -> None:
    """Markup, entities, fields and characters XML cannot hold are shown, not obeyed; blanks stay."""
    words = 'a <w:p/> &amp; ]]> {DDEAUTO c:\\x} "k"  b'
    project = make_project({"w-i1": f"I1: {words}\n"})
    project.code("kasus/w-i1", words, "LAY-BAL-C", coder="ana", valence="mendukung", memo="\x01=1+1 <b>")
    made = chapter(project, "kasus", Options(appendix=True))
    marks = bookmarks(body(word_report(made)))
    assert marks[made.quotations[0].claim] == " ".join(words.split())
    assert not [each for each in body(word_report(made)).iter(f"{W}instrText") if "DDEAUTO" in each.text]


def test_the_verb_writes_what_the_ending_says(tmp_path: Path) -> None:
    """`qualcode report` writes by the ending of the name, tables as CSV too, and refuses an unknown ending."""
    asked = ["--project", str(ROOT), "report", "--case", "bandung", "--framework", "stoc"]
    target = tmp_path / "bab4.docx"
    done = CliRunner().invoke(main, [*asked, "--to", str(target), "--tables", str(tmp_path / "tabel")])
    assert done.exit_code == 0, done.output
    assert target.read_bytes().startswith(b"PK")
    assert (tmp_path / "tabel/tabel-4.1.csv").exists()
    refused = CliRunner().invoke(main, [*asked, "--to", str(tmp_path / "bab4.rtf")])
    assert refused.exit_code == 1
    assert ".docx" in refused.output
