"""Our own Word template: A4, Times New Roman 12, spacing 1.5, margins 4 cm left and top, 3 cm right and bottom.

Those are the margins most Indonesian campuses ask for (4-4-3-3). Word's own style names are used wherever there is one
for the purpose, so that a faculty's template, which has the same names, gives its own look to the same text; what it
lacks is added from here.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
LANGUAGES = {"id": "id-ID", "en": "en-US"}
FONT = "Times New Roman"
FIXED = (1980, 1, 1, 0, 0, 0)
"""The time every part of the file bears, so that the same report is the same file."""


class Style(NamedTuple):
    """A style: Word's name for it, the id it gets where we add it, and its definition."""

    name: str
    id: str
    xml: str


def _style(name: str, id: str, inside: str, *, kind: str = "paragraph", marks: str = "") -> Style:
    opening = f'<w:style w:type="{kind}"{marks} w:styleId="{id}" {NAMESPACES}>'
    return Style(name, id, f'{opening}<w:name w:val="{name}"/>{inside}</w:style>')


def _paragraph(name: str, id: str, paragraph: str = "", run: str = "", *, after: str = "") -> Style:
    following = f'<w:next w:val="{after}"/>' if after else ""
    own = f'<w:basedOn w:val="Normal"/>{following}<w:qFormat/>'
    own += f"<w:pPr>{paragraph}</w:pPr>" if paragraph else ""
    return _style(name, id, own + (f"<w:rPr>{run}</w:rPr>" if run else ""))


def _heading(level: int, spacing: str, placing: str = "", run: str = "") -> Style:
    paragraph = f'<w:keepNext/><w:keepLines/>{spacing}{placing}<w:outlineLvl w:val="{level - 1}"/>'
    bold = f'<w:b/><w:bCs/>{run}<w:color w:val="000000"/>'
    return _paragraph(f"heading {level}", f"Heading{level}", paragraph, bold, after="BodyText")


def _spacing(before: int, after: int, line: int = 0) -> str:
    lines = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{lines}/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


_CENTRED, _BOTH, _LEFT = ('<w:jc w:val="center"/>', '<w:jc w:val="both"/>', '<w:jc w:val="left"/>')
_DOTS = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="7937"/></w:tabs>'

STYLES: Mapping[str, Style] = {
    "normal": _style("Normal", "Normal", "<w:qFormat/>", marks=' w:default="1"'),
    "heading1": _heading(1, _spacing(0, 480), _CENTRED),
    "heading2": _heading(2, _spacing(360, 120), _LEFT),
    "heading3": _heading(3, _spacing(280, 80), _LEFT),
    "heading4": _heading(4, _spacing(200, 60), _LEFT),
    "body": _paragraph("Body Text", "BodyText", f'{_spacing(0, 120)}<w:ind w:firstLine="709"/>{_BOTH}'),
    "lead": _paragraph("Pengantar Kutipan", "PengantarKutipan", f"<w:keepNext/>{_spacing(60, 60)}{_LEFT}"),
    "quote": _paragraph("Quote", "Quote", f'{_spacing(0, 140, 240)}<w:ind w:left="709" w:right="284"/>{_LEFT}'),
    "item": _paragraph(
        "Butir",
        "Butir",
        '<w:tabs><w:tab w:val="left" w:pos="425"/></w:tabs>'
        f'{_spacing(0, 80, 300)}<w:ind w:left="425" w:hanging="425"/>{_BOTH}',
    ),
    "caption": _paragraph("caption", "Caption", f"<w:keepLines/>{_spacing(240, 100, 240)}{_CENTRED}", "<w:b/><w:bCs/>"),
    "source": _paragraph("Sumber", "Sumber", f"{_spacing(60, 60, 240)}{_LEFT}", _size(20)),
    "note": _paragraph("Catatan", "Catatan", f"<w:keepLines/>{_spacing(0, 60, 240)}{_BOTH}", _size(20)),
    "notice": _paragraph(
        "Pemberitahuan",
        "Pemberitahuan",
        '<w:pBdr><w:top w:val="single" w:sz="6" w:space="4" w:color="808080"/>'
        '<w:bottom w:val="single" w:sz="6" w:space="4" w:color="808080"/></w:pBdr>'
        f"{_spacing(60, 180, 240)}{_LEFT}",
        "<w:b/><w:bCs/>",
    ),
    "form": _paragraph("Isian", "Isian", f"{_spacing(160, 0, 300)}{_LEFT}"),
    "figure": _paragraph("Gambar", "Gambar", f"<w:keepNext/>{_spacing(240, 60, 240)}{_CENTRED}"),
    "cell": _paragraph("Isi Tabel", "IsiTabel", f"{_spacing(20, 20, 240)}{_LEFT}", _size(19)),
    "head": _paragraph(
        "Kepala Tabel", "KepalaTabel", f"{_spacing(40, 40, 240)}{_CENTRED}", f"<w:b/><w:bCs/>{_size(19)}"
    ),
    "line": _paragraph(
        "Baris Transkrip",
        "BarisTranskrip",
        '<w:tabs><w:tab w:val="left" w:pos="567"/></w:tabs>'
        f'{_spacing(0, 80, 240)}<w:ind w:left="567" w:hanging="567"/>{_LEFT}',
        _size(21),
    ),
    "lists": _paragraph("Judul Daftar", "JudulDaftar", f"<w:keepNext/>{_spacing(0, 240)}{_CENTRED}", "<w:b/><w:bCs/>"),
    "entry": _paragraph("table of figures", "TableofFigures", f"{_DOTS}{_spacing(0, 60, 240)}{_LEFT}"),
    "footnote": _paragraph("footnote text", "FootnoteText", f"{_spacing(0, 0, 240)}{_BOTH}", _size(20)),
    "mark": _style(
        "footnote reference",
        "FootnoteReference",
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>',
        kind="character",
    ),
    "margin": _paragraph("footer", "Footer", f"{_spacing(0, 0, 240)}{_CENTRED}"),
    "table": _style(
        "Tabel Laporan",
        "TabelLaporan",
        "<w:tblPr><w:tblBorders>"
        '<w:top w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
        '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
        '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/>'
        '</w:tblBorders><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr>",
        kind="table",
    ),
}


def own_template(language: str) -> bytes:
    """An empty document with our styles, page and footers, as the bytes of a .docx."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{_SECTION}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"),
            ("settings", "settings.xml"),
            ("fontTable", "fontTable.xml"),
            ("footnotes", "footnotes.xml"),
            ("footer", "footer1.xml"),
            ("header", "header1.xml"),
            ("header", "header2.xml"),
            ("footer", "footer2.xml"),
        ),
        "word/styles.xml": _styles(LANGUAGES.get(language, "id-ID")),
        "word/settings.xml": _SETTINGS,
        "word/fontTable.xml": _FONTS,
        "word/footnotes.xml": FOOTNOTES,
        "word/footer1.xml": _margin("ftr", _PAGE),
        "word/header1.xml": _margin("hdr", _PAGE, "right"),
        "word/header2.xml": _margin("hdr", ""),
        "word/footer2.xml": _margin("ftr", ""),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED), _DECLARATION + content)
    return file.getvalue()


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{_WORD}.fontTable+xml"/>'
    f'<Override PartName="/word/footnotes.xml" ContentType="{_WORD}.footnotes+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_WORD}.footer+xml"/>'
    f'<Override PartName="/word/footer2.xml" ContentType="{_WORD}.footer+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>'
    f'<Override PartName="/word/header2.xml" ContentType="{_WORD}.header+xml"/>'
    "</Types>"
)

# The first page of a chapter has its number below, the others above on the right.
_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId6"/><w:headerReference w:type="first" r:id="rId7"/>'
    '<w:footerReference w:type="default" r:id="rId8"/><w:footerReference w:type="first" r:id="rId5"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2268" w:right="1701" w:bottom="1701" w:left="2268" w:header="1134" w:footer="850" w:gutter="0"/>'
    '<w:pgNumType w:start="1"/><w:cols w:space="708"/><w:titlePg/></w:sectPr>'
)

_SETTINGS = (
    f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:updateFields w:val="true"/>'
    '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/>'
    "</w:compat></w:settings>"
)

_FONTS = (
    f'<w:fonts {NAMESPACES}><w:font w:name="{FONT}"><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/>'
    '<w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>'
)

FOOTNOTES = (
    f"<w:footnotes {NAMESPACES}>"
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    "</w:footnotes>"
)

_PAGE = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def _margin(element: str, inside: str, side: str = "center") -> str:
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="{side}"/></w:pPr>{inside}</w:p>'
    return f"<w:{element} {NAMESPACES}>{paragraph}</w:{element}>"


def _styles(language: str) -> str:
    run = (
        f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>{_size(24)}'
        f'<w:lang w:val="{language}" w:eastAsia="{language}" w:bidi="ar-SA"/>'
    )
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{run}</w:rPr></w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="360" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    return f"<w:styles {NAMESPACES}>{defaults}{''.join(style.xml for style in STYLES.values())}</w:styles>"


def _relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )
