"""Word files: everything a reader sees, in order, and a word about everything else."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from docx.shared import Inches
from matplotlib import pyplot

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def relations(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def read_docx(folder: Path, body: str, name: str = "a.docx", **parts: str) -> RawFile:
    """Pack `body` and parts such as footnotes="..." as Word does, and read the file."""
    links = [(kind, f"{kind}.xml") for kind in parts if kind != "links"]
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relations(("officeDocument", "word/document.xml")))
        archive.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/_rels/document.xml.rels", parts.get("links") or relations(*links))
        for kind, content in parts.items():
            if kind != "links":
                archive.writestr(f"word/{kind}.xml", f"<w:{kind} {SPACES}>{content}</w:{kind}>")
    return read_raw(folder / name)


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, number: int, level: int = 0) -> str:
    return p(r(text), properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(depth: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


def losses(raw: RawFile) -> list[str]:
    return [each.what for each in raw.losses]


def texts(raw: RawFile) -> list[str]:
    return [block.text for block in raw.blocks]


def test_a_file_made_by_another_library(tmp_path: Path) -> None:
    """Headings, paragraphs, lists and tables of python-docx come out with their kinds, markers and cells."""
    made = docx.Document()
    made.core_properties.title = "Wawancara 1"
    made.add_heading("Pertanyaan", 2)
    made.add_paragraph("P:\tApakah komentar dibalas?")
    made.add_paragraph("satu", style="List Number")
    made.add_paragraph("dua", style="List Number")
    made.add_paragraph("butir", style="List Bullet")
    table = made.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Tema"
    table.cell(0, 2).text = "Kutipan"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Balasan"
    table.cell(1, 1).text = "a"
    table.cell(2, 2).text = "b\nc"
    made.save(str(tmp_path / "a.docx"))
    raw = read_raw(tmp_path / "a.docx")
    row = BlockKind.TABLE_ROW
    assert raw.blocks == (
        Block("Pertanyaan", BlockKind.HEADING, level=2),
        Block("P:\tApakah komentar dibalas?"),
        Block("satu", BlockKind.LIST_ITEM, level=1, marker="1."),
        Block("dua", BlockKind.LIST_ITEM, level=1, marker="2."),
        Block("butir", BlockKind.LIST_ITEM, level=1, marker="•"),
        Block("Tema |  | Kutipan", row, cells=("Tema", "", "Kutipan"), table=1),
        Block("Balasan | a | ", row, cells=("Balasan", "a", ""), table=1),
        Block(" |  | b\nc", row, cells=("", "", "b\nc"), table=1),
    )
    assert (raw.format, raw.name, raw.properties["title"], raw.losses) == ("docx", "a.docx", "Wawancara 1", ())


def test_lists_are_numbered_as_word_shows_them(tmp_path: Path) -> None:
    """Letters, Roman numbers and numbers of several levels; a list that begins anew; text between does not reset."""
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}'
        f"{level(2, 'decimal', '%1.%2.%3')}</w:abstractNum>"
        f'<w:abstractNum w:abstractNumId="1">{level(0, "upperRoman", "%1.")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = "".join(
        [
            item("satu", 1),
            item("a", 1, 1),
            item("b", 1, 1),
            item("dalam", 1, 2),
            p(r("sela")),
            item("dua", 1),
            item("a lagi", 1, 1),
            item("romawi", 3),
            item("mulai lagi", 2),
            item("tanpa", 0),
        ]
    )
    raw = read_docx(tmp_path, body, numbering=numbering)
    assert [(block.marker, block.text) for block in raw.blocks] == [
        ("1.", "satu"),
        ("a)", "a"),
        ("b)", "b"),
        ("1.b.1", "dalam"),
        ("", "sela"),
        ("2.", "dua"),
        ("a)", "a lagi"),
        ("I.", "romawi"),
        ("1.", "mulai lagi"),
        ("", "tanpa"),
    ]


def test_notes_follow_their_paragraph(tmp_path: Path) -> None:
    """A footnote and an endnote stand directly after the paragraph that calls them, each with its marker."""
    body = (
        p(r("Komentar dibalas"), '<w:r><w:footnoteReference w:id="2"/></w:r>', r(" semua."))
        + p(r("Lagi"), '<w:r><w:footnoteReference w:id="3"/></w:r>', '<w:r><w:endnoteReference w:id="2"/></w:r>')
        + p(r("Akhir"))
    )
    note = '<w:{0} w:id="{1}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>{2}</w:t></w:r></w:p></w:{0}>'
    raw = read_docx(
        tmp_path,
        body,
        footnotes=note.format("footnote", 2, "Menurut admin.") + note.format("footnote", 3, "Juga."),
        endnotes=note.format("endnote", 2, "Di akhir."),
    )
    assert [(b.kind, b.marker, b.text) for b in raw.blocks] == [
        (BlockKind.PARAGRAPH, "", "Komentar dibalas semua."),
        (BlockKind.FOOTNOTE, "1", "Menurut admin."),
        (BlockKind.PARAGRAPH, "", "Lagi"),
        (BlockKind.FOOTNOTE, "2", "Juga."),
        (BlockKind.FOOTNOTE, "i", "Di akhir."),
        (BlockKind.PARAGRAPH, "", "Akhir"),
    ]
    assert raw.losses == ()


def test_tracked_changes(tmp_path: Path) -> None:
    """What was inserted is kept, what was deleted is counted, what was moved stands once, joined lines are joined."""
    body = (
        p(
            r("Kami "),
            f'<w:del w:id="1"><w:r><w:delText>jarang</w:delText></w:r></w:del><w:ins w:id="2">{r("sering")}</w:ins>',
            r(" membalas."),
        )
        + p(r("Awal "), properties='<w:rPr><w:del w:id="3"/></w:rPr>')
        + p(r("lanjutan."))
        + p(f'<w:moveFrom w:id="4">{r("pindah")}</w:moveFrom>', r("tetap"))
        + p(f'<w:moveTo w:id="4">{r("pindah")}</w:moveTo>')
    )
    raw = read_docx(tmp_path, body)
    assert texts(raw) == ["Kami sering membalas.", "Awal lanjutan.", "tetap", "pindah"]
    assert losses(raw) == ["1 bagian yang dihapus dengan lacak perubahan tidak ikut."]


def test_boxes_links_breaks_and_fields(tmp_path: Path) -> None:
    """A text box stands once, after its paragraph; links keep their words; a field shows its result, not its code."""
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>"
        f"{p(r('dalam kotak'))}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{p(r('dalam kotak'))}</w:txbxContent></v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE \\* MERGEFORMAT</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("7")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    body = (
        p(r("sebelum"), box)
        + p(r("baris satu"), "<w:r><w:br/></w:r>", r("dua"), "<w:r><w:tab/></w:r>", r("tiga"))
        + p(f'<w:hyperlink r:id="r0">{r("akun kami")}</w:hyperlink>', r(" halaman "), field)
        + p("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", "<w:r><w:noBreakHyphen/></w:r>", r("y"))
        + f"<w:sdt><w:sdtContent>{p(r('terkendali'))}</w:sdtContent></w:sdt>"
    )
    links = f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r0" Type="{OFFICE}/hyperlink" Target="https://x.id"/>'
    raw = read_docx(tmp_path, body, links=links + "</Relationships>")
    assert texts(raw) == [
        "sebelum",
        "dalam kotak",
        "baris satu\ndua\ttiga",
        "akun kami halaman 7",
        "x=1-y",
        "terkendali",
    ]
    assert losses(raw) == ["1 alamat tautan tidak ikut; kata-katanya tetap ada."]


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """Pictures, comments, page heads and hidden words are counted, each kind once."""
    made = docx.Document()
    made.add_paragraph("Isi")
    picture = io.BytesIO()
    figure = pyplot.figure(figsize=(1, 1))
    figure.savefig(picture, format="png")
    pyplot.close(figure)
    made.add_picture(picture, width=Inches(1))
    made.add_picture(picture, width=Inches(1))
    hidden = made.add_paragraph("tampak ").add_run("rahasia")
    hidden.font.hidden = True
    made.add_comment(runs=hidden, text="Benarkah?", author="A", initials="A")
    made.sections[0].header.paragraphs[0].text = "Kop surat"
    made.save(str(tmp_path / "a.docx"))
    raw = read_raw(tmp_path / "a.docx")
    assert texts(raw) == ["Isi", "tampak"]
    assert sorted(losses(raw)) == [
        "1 bagian tersembunyi tidak ikut.",
        "1 kepala atau kaki halaman tidak ikut.",
        "1 komentar tidak ikut.",
        "2 gambar tidak ikut.",
    ]


def test_a_file_with_macros_gives_its_text(tmp_path: Path) -> None:
    """Macros are never run and reported; the text is read."""
    read_docx(tmp_path, p(r("Isi")), name="a.docm")
    with zipfile.ZipFile(tmp_path / "a.docm", "a") as archive:
        archive.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    raw = read_raw(tmp_path / "a.docm")
    assert texts(raw) == ["Isi"]
    assert losses(raw) == ["Makro di dalam berkas tidak dibaca (1)."]


def test_tables_within_tables_and_lists_in_cells(tmp_path: Path) -> None:
    """A table in a cell becomes lines of the cell, a list keeps its markers, a table of its own gets its number."""
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "lowerLetter", "%1.")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    inner = f"<w:tbl><w:tr><w:tc>{p(r('i'))}</w:tc><w:tc>{p(r('ii'))}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{item('x', 1)}{item('y', 1)}</w:tc><w:tc>{inner}{p()}</w:tc></w:tr></w:tbl>"
    second = f"<w:tbl><w:tr><w:tc>{p(r('z'))}</w:tc></w:tr></w:tbl>"
    raw = read_docx(tmp_path, outer + p(r("antara")) + second, numbering=numbering)
    assert [(b.cells, b.table) for b in raw.blocks] == [(("a. x\nb. y", "i | ii"), 1), ((), 0), (("z",), 2)]


def test_the_strict_form_of_word_is_read(tmp_path: Path) -> None:
    """The same words under the names of ISO 29500 Strict are the same blocks."""
    read_docx(tmp_path, p(r("Isi")), name="b.docx")
    with zipfile.ZipFile(tmp_path / "b.docx") as archive:
        parts: Sequence[tuple[str, bytes]] = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        for name, content in parts:
            strict = content.replace(b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
            archive.writestr(name, strict)
    assert texts(read_raw(tmp_path / "a.docx")) == ["Isi"]


def test_invisible_characters_are_taken_out_and_counted(tmp_path: Path) -> None:
    """Direction marks and other invisible characters leave, with a word about it."""
    raw = read_docx(tmp_path, p(r("ba\u202elik\u202c dan\ufeff biasa")))
    assert texts(raw) == ["balik dan biasa"]
    assert losses(raw) == ["2 tanda arah tulisan yang tak terlihat dibuang.", "1 karakter kendali dibuang."]


def test_styles_that_go_in_circles_end(tmp_path: Path) -> None:
    """A style based on itself over others is followed once around."""
    style = '<w:style w:styleId="{0}"><w:name w:val="{0}"/><w:basedOn w:val="{1}"/></w:style>'
    styles = style.format("A", "B") + style.format("B", "A")
    raw = read_docx(tmp_path, p(r("Isi"), properties='<w:pStyle w:val="A"/>'), styles=styles)
    assert raw.blocks == (Block("Isi"),)


@pytest.mark.parametrize(
    ("attack", "message"),
    [
        ('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>', "entitas XML"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "entitas XML"),
        ("<a>" * 300 + "</a>" * 300, "mekar jauh"),
        ("<a><b></a>", "rusak"),
    ],
    ids=["laughs", "outside", "depth", "broken"],
)
def test_xml_made_to_do_harm_is_refused(tmp_path: Path, attack: str, message: str) -> None:
    """Entities, outside files and endless depth are refused before anything is expanded."""
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", attack)
    with pytest.raises(UnreadableFileError, match=message):
        read_raw(tmp_path / "a.docx")
