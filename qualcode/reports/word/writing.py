"""A chapter as the XML of a Word body: written as text, in the order of elements that Word insists on."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from qualcode.reports.chapter import (
    Block,
    Chapter,
    FigurePart,
    GridCell,
    Heading,
    Listing,
    Prose,
    QuotationPart,
    Quotes,
    Span,
    TablePart,
)
from qualcode.wording import texts

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NUMBERLIKE = re.compile(r"[\d\s.,%/()+−±○≠·×–-]{1,16}")
_PIECES = re.compile(r"([\n\t])")
_EMU_PER_TWIP = 635
_USUAL = 9.5
"""The letters of tables, in points, as the styles have them."""
WHOLE_ROW = 700
"""A row with fewer characters is not split over two pages."""


def clean(text: str) -> str:
    """A text as XML may hold it; what it may not hold is shown as the mark for an unknown character."""
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass
class Writer:
    """Writes blocks one after the other.

    Attributes
    ----------
    styles : mapping of str to str
        What a style is for -> its id in the document at hand.
    picture : callable
        Stores a picture in the document and gives the id of its relation.
    width, height : int
        Of the text on a page, in twentieths of a point.
    numbered : frozenset of int
        The levels of headings that the document's own styles number.
    bulleted : bool
        Whether its list style brings its own bullets.
    first_note : int
        The number of the first free footnote.
    language : str
    """

    styles: Mapping[str, str]
    picture: Callable[[bytes], str]
    width: int
    height: int
    numbered: frozenset[int] = frozenset()
    bulleted: bool = False
    first_note: int = 1
    language: str = "id"
    footnotes: list[str] = field(default_factory=list)
    _marks: int = 0
    _drawn: int = 0
    _letters: int = 0

    # The whole

    def lists(self, chapter: Chapter) -> str:
        """The lists of tables and of figures: fields whose entries are written out, without numbers of pages.

        Nobody knows these before the pages are set. Word fills the fields as it opens the file; LibreOffice, which does
        so only when asked to update its indexes, shows until then a list of links that lacks nothing it would promise.
        """
        made: list[str] = []
        series: tuple[tuple[str, Sequence[TablePart | FigurePart]], ...] = (
            ("table", [part for part in chapter.tables if part.series == "chapter"]),
            ("figure", chapter.figures),
        )
        for name, parts in series:
            if parts:
                title = self._say(f"{name}s_list")
                made.append(self._paragraph("lists", self._run(title), "<w:pageBreakBefore/>" if made else ""))
                made += self._entries(name, parts)
        return "".join(made)

    def _say(self, key: str) -> str:
        return texts(f"chapter.{key}")[self.language]

    def _entries(self, name: str, parts: Sequence[TablePart | FigurePart]) -> Iterator[str]:
        label = self._say(f"{name}_label")
        opening = _field_begin(f' TOC \\h \\z \\c "{label}" ', dirty=True)
        for index, part in enumerate(parts):
            text = self._run(f"{label} {part.number} {part.caption}")
            linked = f'<w:hyperlink w:anchor="{part.id}" w:history="1">{text}</w:hyperlink>'
            last = _FIELD_END if index == len(parts) - 1 else ""
            yield self._paragraph("entry", (opening if index == 0 else "") + linked + last)

    def blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        """The blocks, each as one or more elements of a body."""
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            if isinstance(block, Heading):
                yield self._heading(block)
            elif isinstance(block, Prose):
                yield self._prose(block, following)
            elif isinstance(block, QuotationPart):
                yield self._quotation(block)
            elif isinstance(block, TablePart):
                yield self._table_part(block, following)
            elif isinstance(block, FigurePart):
                yield self._figure(block, following)
            else:
                yield from self._listing(block)

    # Text

    def _heading(self, block: Heading) -> str:
        style = f"heading{min(block.level, 4)}"
        number = "" if block.level in self.numbered else block.number
        apart = "<w:pageBreakBefore/>" if block.apart else ""
        between = "\n" if block.level == 1 else " "
        return self._paragraph(style, self._run(between.join(filter(None, (number, block.text)))), apart)

    def _prose(self, block: Prose, following: Block | None) -> str:
        runs = self._spans(block.spans)
        if block.manner == "item" and not self.bulleted:
            runs = self._run("•\t") + runs
        spaced = ""
        if block.manner == "note" and not _is_note(following):
            spaced = '<w:spacing w:after="240"/>'
        return self._paragraph(block.manner, runs, spaced)

    def _quotation(self, block: QuotationPart) -> str:
        words = self._run("“") + self._spans(block.words) + self._run(f"{block.closing}”")
        said = " ".join(filter(None, (block.citation, f"[{block.translation}]" if block.translation else "")))
        if said:
            words += self._run(f" {said}")
        if block.footnote:
            words += self._footnote(block.footnote)
        if block.style is Quotes.INLINE:
            return self._paragraph("body", self._run(f"{block.lead} ") + words)
        lead = self._paragraph("lead", self._run(block.lead)) if block.lead else ""
        return lead + self._paragraph("quote", words)

    def _footnote(self, text: str) -> str:
        number = self.first_note + len(self.footnotes)
        mark = f'<w:r><w:rPr><w:rStyle w:val="{self.styles["mark"]}"/></w:rPr>'
        inside = f"{mark}<w:footnoteRef/></w:r>{self._run(f' {text}')}"
        self.footnotes.append(f'<w:footnote w:id="{number}">{self._paragraph("footnote", inside)}</w:footnote>')
        return f'{mark}<w:footnoteReference w:id="{number}"/></w:r>'

    def _listing(self, block: Listing) -> Iterator[str]:
        for number, speaker, words in block.lines:
            runs = self._run(f"{number}\t", size=16, grey=True)
            if speaker:
                runs += self._run(f"{speaker}: " if words else speaker, bold=True)
            yield self._paragraph("line", runs + self._run(words))

    # Tables and figures

    def _table_part(self, part: TablePart, following: Block | None) -> str:
        return self._caption("table", part, "<w:keepNext/>") + self._table(part) + self._source(part, following)

    def _source(self, part: TablePart | FigurePart, following: Block | None) -> str:
        """The line below a table or a figure, on the same page as the note that may follow."""
        return self._paragraph(
            "source", self._run(part.source), "<w:keepNext/>" if _is_note(following) else '<w:spacing w:after="240"/>'
        )

    def _caption(self, name: str, part: TablePart | FigurePart, keep: str = "") -> str:
        label = self._say(f"{name}_label")
        before, _, number = part.number.rpartition(".")
        series = f"{label}_L" if isinstance(part, TablePart) and part.series == "appendix" else label
        counted = _field_begin(f" SEQ {series} \\* ARABIC ") + self._run(number) + _FIELD_END
        runs = self._run(f"{label} {before}.") + counted + self._run(f" {part.caption}")
        return self._paragraph("caption", self._bookmarked(part.id, runs), keep)

    def _table(self, part: TablePart) -> str:
        columns = _in_twips(part.widths, self.width)
        properties = (
            f'<w:tblPr><w:tblStyle w:val="{self.styles["table"]}"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
            'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
            f"<w:tblCaption w:val={_attribute(part.caption)}/>"
            f"<w:tblDescription w:val={_attribute(part.alt)}/></w:tblPr>"
        )
        grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in columns)
        self._letters = int(2 * part.letters) if part.letters < _USUAL else 0
        rows = [self._row(row, columns, head=True) for row in part.head]
        rows += [
            self._row(row, columns, together=together)
            for row, together in zip(part.body, kept_together(part), strict=True)
        ]
        self._letters = 0
        return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"

    def _row(
        self, row: Sequence[GridCell], columns: Sequence[int], *, head: bool = False, together: bool = False
    ) -> str:
        whole = head or max((len(cell.text) for cell in row), default=0) < WHOLE_ROW
        properties = ("<w:cantSplit/>" if whole else "") + ("<w:tblHeader/>" if head else "")
        cells, place = [], 0
        for cell in row:
            width = sum(columns[place : place + cell.across])
            cells.append(self._cell(cell, width, head=head, first=place == 0, together=together or head))
            place += cell.across
        return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"

    def _cell(self, cell: GridCell, width: int, *, head: bool, first: bool, together: bool) -> str:
        band = head or (first and cell.across > 1)
        inside = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        inside += f'<w:gridSpan w:val="{cell.across}"/>' if cell.across > 1 else ""
        if cell.down == 0:
            inside += "<w:vMerge/>"
        elif cell.down > 1:
            inside += '<w:vMerge w:val="restart"/>'
        inside += '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if band else ""
        inside += '<w:vAlign w:val="center"/>' if head else ""
        centred = not head and not first and NUMBERLIKE.fullmatch(cell.text.replace("\n", " ")) is not None
        direct = ("<w:keepNext/>" if together else "") + ('<w:jc w:val="center"/>' if centred else "")
        content = self._paragraph("head" if head else "cell", self._spans(cell.spans), direct)
        return f"<w:tc><w:tcPr>{inside}</w:tcPr>{content}</w:tc>"

    def _figure(self, part: FigurePart, following: Block | None) -> str:
        wide, high = picture_size(part.png)
        most_wide, most_high = self.width * _EMU_PER_TWIP, int(self.height * 0.8) * _EMU_PER_TWIP
        scale = min(1.0, most_wide / wide, most_high / high)
        size = f'cx="{int(wide * scale)}" cy="{int(high * scale)}"'
        self._drawn += 1
        label = self._say("figure_label")
        name = f'id="{self._drawn}" name={_attribute(f"{label} {part.number}")}'
        drawing = (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f"<wp:docPr {name} descr={_attribute(part.alt)}/>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{self.picture(part.png)}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )
        return (
            self._paragraph("figure", drawing)
            + self._caption("figure", part, '<w:keepNext/><w:spacing w:before="60"/>')
            + self._source(part, following)
        )

    # Runs

    def _paragraph(self, role: str, runs: str, direct: str = "") -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{self.styles[role]}"/>{direct}</w:pPr>{runs}</w:p>'

    def _spans(self, spans: Sequence[Span]) -> str:
        made = []
        for claim, same in groupby(spans, key=lambda span: span.claim):
            runs = "".join(
                self._run(span.text, bold=span.bold, italic=span.italic, size=self._letters) for span in same
            )
            made.append(self._bookmarked(claim, runs) if claim else runs)
        return "".join(made)

    def _bookmarked(self, name: str, runs: str) -> str:
        self._marks += 1
        opening = f'<w:bookmarkStart w:id="{self._marks}" w:name="{name}"/>'
        return f'{opening}{runs}<w:bookmarkEnd w:id="{self._marks}"/>'

    @staticmethod
    def _run(text: str, *, bold: bool = False, italic: bool = False, size: int = 0, grey: bool = False) -> str:
        properties = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
        properties += '<w:color w:val="595959"/>' if grey else ""
        properties += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
        inside = "".join(map(_piece, filter(None, _PIECES.split(clean(text)))))
        return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside}</w:r>"


def kept_together(part: TablePart) -> list[bool]:
    """Which rows of a table stay on one page with what follows them.

    A short table stays whole. In a longer one neither the first row nor the last is left alone on a page, the last
    stays with the source line, and a row that heads others with these.
    """
    count = len(part.body)
    if count <= 8 and sum(len(cell.text) for row in part.body for cell in row) < WHOLE_ROW:
        return [True] * count
    heads = [len(row) == 1 and row[0].across > 1 for row in part.body]
    return [index in (0, count - 2, count - 1) or heads[index] for index in range(count)]


def _is_note(block: Block | None) -> bool:
    return isinstance(block, Prose) and block.manner == "note"


_FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _field_begin(instruction: str, *, dirty: bool = False) -> str:
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def _piece(text: str) -> str:
    if text == "\n":
        return "<w:br/>"
    return "<w:tab/>" if text == "\t" else f'<w:t xml:space="preserve">{escape(text)}</w:t>'


def _attribute(text: str) -> str:
    return quoteattr(clean(text), {"\n": "&#10;", "\t": "&#9;"})


def _in_twips(shares: Sequence[float], width: int) -> list[int]:
    columns = [int(share * width) for share in shares]
    columns[-1] += width - sum(columns)
    return columns


def picture_size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in Word's units, by the resolution it names; 150 dots an inch where it names none."""
    wide, high = struct.unpack(">II", png[16:24])
    at = png.find(b"pHYs")
    per_metre = struct.unpack(">I", png[at + 4 : at + 8])[0] if at > 0 else 5906
    return int(wide / per_metre * 36_000_000), int(high / per_metre * 36_000_000)
