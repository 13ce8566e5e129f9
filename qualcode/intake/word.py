"""Word files (.docx, .docm): paragraphs, lists, tables, notes and boxes in the order a reader meets them.

Read from the XML itself, which defusedxml parses. python-docx (1.2) was compared: it gives paragraphs and tables, but
leaves out, without a word, what was inserted while changes were tracked, content controls, footnotes, text boxes and
the numbers of lists, and refuses files with macros or in the strict form. With it, each of these would still have to
be found in the XML.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from qualcode.intake.archive import Archive
from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.gathering import Gathering
from qualcode.intake.numerals import bullet, numeral

_FORMS = {
    "decimal": "1",
    "decimalZero": "01",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
    "none": "",
}
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# What stands beside the text and says nothing itself.
_SILENT_TAGS = """
pPr rPr tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr instrText delInstrText bookmarkStart bookmarkEnd
proofErr commentRangeStart commentRangeEnd commentReference annotationRef footnoteRef endnoteRef separator
continuationSeparator softHyphen lastRenderedPageBreak rPrChange pPrChange sectPrChange permStart permEnd
oMathParaPr ctrlPr rt posOffset pctWidth pctHeight textpath
"""
_SILENT = frozenset(_SILENT_TAGS.split())


def read(archive: Archive, gathering: Gathering) -> None:
    """Gather the blocks of a Word file.

    Raises
    ------
    UnreadableFileError
        When the file is damaged, locked, or more than a document.
    """
    _Word(archive, gathering).gather()


@dataclass
class _Level:
    start: int = 1
    form: str = "1"
    text: str = ""
    is_bullet: bool = False


@dataclass
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    numbering: tuple[str, int | None] | None = None


@dataclass
class _Paragraph:
    """What a paragraph holds besides its words."""

    words: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


def _child(element: Element | None, *path: str) -> Element | None:
    for tag in path:
        element = element.find(tag) if element is not None else None
    return element


def _value(element: Element | None, *path: str) -> str | None:
    found = _child(element, *path)
    return None if found is None else found.get("val", "")


def _number(written: str | None, default: int) -> int:
    try:
        return min(max(int(written or ""), -1), 100_000)
    except ValueError:
        return default


def _switched_on(element: Element | None, tag: str) -> bool:
    value = _value(element, tag)
    return value is not None and value not in ("0", "false", "off")


class _Word:
    def __init__(self, archive: Archive, gathering: Gathering) -> None:
        self.archive = archive
        self.gathering = gathering
        self.main = self._main_part()
        self.parts, self.links = self._relations(self.main)
        self.styles = self._read_styles()
        self.numbering = _Numbering(self._part("numbering"))
        self.notes = {
            kind: {note.get("id", ""): note for note in self._children(f"{kind}s", kind)} for kind in _NOTE_KINDS
        }
        self.noted = dict.fromkeys(_NOTE_KINDS, 0)
        self.note_forms = dict(_NOTE_KINDS)
        self.tables = 0
        # The beginning of a paragraph whose end was deleted while changes were tracked: it belongs to the next.
        self.carried: _Paragraph | None = None

    # --- parts

    def _main_part(self) -> str:
        for kind, target, _ in self._targets("_rels/.rels"):
            if kind == "officeDocument":
                return target.lstrip("/")
        return "word/document.xml"

    def _targets(self, name: str) -> list[tuple[str, str, str]]:
        root = self.archive.xml(name)
        found = []
        for each in root if root is not None else ():
            kind = each.get("Type", "").rpartition("/")[2]
            found.append((kind, each.get("Target", ""), each.get("Id", "")))
        return found

    def _relations(self, main: str) -> tuple[dict[str, list[str]], dict[str, str]]:
        folder, _, file = main.rpartition("/")
        parts: dict[str, list[str]] = {}
        links = {}
        for kind, target, id in self._targets(f"{folder}/_rels/{file}.rels".lstrip("/")):
            if kind == "hyperlink":
                links[id] = target
            else:
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                parts.setdefault(kind, []).append(posixpath.normpath(path))
        return parts, links

    def _part(self, kind: str) -> Element | None:
        names = self.parts.get(kind)
        return self.archive.xml(names[0]) if names else None

    def _children(self, kind: str, tag: str) -> list[Element]:
        root = self._part(kind)
        return [] if root is None else [each for each in root if each.tag == tag]

    def _read_styles(self) -> dict[str, _Style]:
        styles = {}
        for each in self._children("styles", "style"):
            properties = each.find("pPr")
            outline = _value(properties, "outlineLvl")
            styles[each.get("styleId", "")] = _Style(
                name=(_value(each, "name") or "").casefold(),
                based_on=_value(each, "basedOn") or "",
                outline=None if outline is None else _number(outline, 9),
                numbering=_numbering_of(properties),
            )
        return styles

    def _lineage(self, style: str) -> Iterator[_Style]:
        """The style and those it is based on; a circle of styles ends where it closes."""
        seen = set()
        while style in self.styles and style not in seen:
            seen.add(style)
            yield self.styles[style]
            style = self.styles[style].based_on

    # --- the whole

    def gather(self) -> None:
        root = self.archive.xml(self.main)
        body = _child(root, "body")
        if body is None:
            raise self.gathering.refuse("damaged", detail=self.main)
        self._read_note_forms(body)
        self._gather_blocks(body)
        self._flush_carried()
        self._count_the_rest()
        self._read_properties()

    def _read_note_forms(self, body: Element) -> None:
        for root in (self._part("settings"), body.find("sectPr")):
            for kind in _NOTE_KINDS:
                form = _value(root, f"{kind}Pr", "numFmt")
                if form:
                    self.note_forms[kind] = _FORMS.get(form, "1")

    def _count_the_rest(self) -> None:
        self.gathering.lose("comments", len(self._children("comments", "comment")))
        for kind in ("header", "footer"):
            texts = set()
            for name in self.parts.get(kind, ()):
                root = self.archive.xml(name)
                texts.add("".join(each.text or "" for each in root.iter("t")).strip() if root is not None else "")
            self.gathering.lose("margins", len(texts - {""}))
        if any(name.casefold().endswith("vbaproject.bin") for name in self.archive.names):
            self.gathering.lose("macros")

    def _read_properties(self) -> None:
        core = self.archive.xml("docProps/core.xml")
        if core is not None:
            self.gathering.properties["title"] = core.findtext("title") or ""
            self.gathering.properties["created"] = (core.findtext("created") or "")[:10]

    # --- blocks

    def _gather_blocks(self, parent: Element) -> None:
        for each in parent:
            if each.tag == "p":
                self._gather_paragraph(each)
            elif each.tag == "tbl":
                self._flush_carried()
                self._gather_table(each)
            elif each.tag in ("del", "moveFrom"):
                self.gathering.lose("deletions", each.tag == "del" and _has_words(each))
            elif each.tag == "AlternateContent":
                self._gather_blocks(_alternative(each))
            elif each.tag in ("altChunk", "subDoc"):
                self.gathering.lose("objects")
            elif each.tag not in _SILENT:
                self._gather_blocks(each)

    def _gather_paragraph(self, element: Element) -> None:
        properties = element.find("pPr")
        paragraph = self.carried or _Paragraph()
        self.carried = None
        self._read_inline(element, paragraph)
        mark = _child(properties, "rPr")
        if mark is not None and mark.find("del") is not None:
            self.carried = paragraph
            return
        text = "".join(paragraph.words)
        kind, level, marker = self._kind_of(properties, bool(text.strip()))
        self.gathering.add(Block(text, kind, level=level, marker=marker))
        self._gather_attached(paragraph)

    def _flush_carried(self) -> None:
        if self.carried is not None:
            paragraph, self.carried = self.carried, None
            self.gathering.add(Block("".join(paragraph.words)))
            self._gather_attached(paragraph)

    def _gather_attached(self, paragraph: _Paragraph) -> None:
        """The notes of a paragraph, then its boxes."""
        for marker, text in paragraph.notes:
            self.gathering.add(Block(text, BlockKind.FOOTNOTE, marker=marker))
        for box in paragraph.boxes:
            self._gather_blocks(box)
            self._flush_carried()

    def _kind_of(self, properties: Element | None, has_words: bool) -> tuple[BlockKind, int, str]:
        lineage = list(self._lineage(_value(properties, "pStyle") or ""))
        numbering = _numbering_of(properties) or next((s.numbering for s in lineage if s.numbering), None)
        marker, depth = "", 0
        # Word numbers empty paragraphs, too.
        if numbering and numbering[0] != "0":
            given = _value(properties, "numPr", "ilvl")
            depth = _number(given, 0) if given is not None else (numbering[1] or 0)
            marker = self.numbering.next(numbering[0], depth)
        outline = _value(properties, "outlineLvl")
        heading = _number(outline, 9) if outline is not None else _heading_level(lineage)
        if heading is not None and 0 <= heading < 9:
            return BlockKind.HEADING, heading + 1, marker if has_words else ""
        if numbering and self.numbering.knows(numbering[0]):
            return BlockKind.LIST_ITEM, depth + 1, marker
        return BlockKind.PARAGRAPH, 0, ""

    def _gather_table(self, table: Element) -> None:
        self.tables += 1
        number = self.tables
        for row in _rows(table):
            if row.find("trPr/del") is not None:
                self.gathering.lose("deletions", _has_words(row))
                continue
            attached = _Paragraph()
            cells = self._cells(row, attached)
            if any(cell.strip() for cell in cells):
                block = Block(" | ".join(cells), BlockKind.TABLE_ROW, cells=tuple(cells), table=number)
                self.gathering.add(block)
            self._gather_attached(attached)

    def _cells(self, row: Element, attached: _Paragraph) -> list[str]:
        cells = [""] * min(_number(_value(row, "trPr", "gridBefore"), 0), 62)
        for cell in _found(row, "tc"):
            properties = cell.find("tcPr")
            # Of cells merged downwards only the first has words of its own; Word shows no others.
            merge = _value(properties, "vMerge")
            covered = (merge is not None and merge != "restart") or _value(properties, "hMerge") in ("", "continue")
            text = self._cell_text(cell, attached)
            cells.append("" if covered else text)
            if covered and text.strip():
                self.gathering.lose("hidden")
            cells += [""] * min(_number(_value(properties, "gridSpan"), 1) - 1, 62)
        return cells

    def _cell_text(self, cell: Element, attached: _Paragraph) -> str:
        lines = []
        for each in _found(cell, "p", "tbl"):
            if each.tag == "tbl":
                for row in _rows(each):
                    lines.append(" | ".join(text for text in self._cells(row, attached) if text.strip()))
                continue
            paragraph = _Paragraph(notes=attached.notes, boxes=attached.boxes)
            self._read_inline(each, paragraph)
            text = "".join(paragraph.words).strip()
            _, _, marker = self._kind_of(each.find("pPr"), bool(text))
            lines.append(f"{marker} {text}" if marker and text else text)
        return "\n".join(lines).strip()

    # --- words

    def _read_inline(self, element: Element, paragraph: _Paragraph) -> None:
        for each in element:
            step = getattr(self, f"_read_{each.tag}", None)
            if each.tag in _BREAKS:
                paragraph.words.append(_BREAKS[each.tag])
            elif each.tag == "t":
                paragraph.words.append(each.text or "")
            elif step is not None and each.tag in _STEPS:
                step(each, paragraph)
            elif each.tag not in _SILENT:
                self._read_inline(each, paragraph)

    def _read_r(self, run: Element, paragraph: _Paragraph) -> None:
        properties = run.find("rPr")
        if _switched_on(properties, "vanish") and _has_words(run):
            self.gathering.lose("hidden")
        else:
            self._read_inline(run, paragraph)

    def _read_del(self, deleted: Element, _: _Paragraph) -> None:
        self.gathering.lose("deletions", _has_words(deleted))

    def _read_moveFrom(self, moved: Element, paragraph: _Paragraph) -> None:
        """What was moved away stands, with the same words, where it was moved to."""

    def _read_hyperlink(self, link: Element, paragraph: _Paragraph) -> None:
        before = len(paragraph.words)
        self._read_inline(link, paragraph)
        target = self.links.get(link.get("rel_id", ""), "")
        shown = "".join(paragraph.words[before:]).strip().rstrip("/")
        if target and shown not in target:
            self.gathering.lose("links")

    def _read_footnoteReference(self, reference: Element, paragraph: _Paragraph) -> None:
        self._read_note("footnote", reference, paragraph)

    def _read_endnoteReference(self, reference: Element, paragraph: _Paragraph) -> None:
        self._read_note("endnote", reference, paragraph)

    def _read_note(self, kind: str, reference: Element, paragraph: _Paragraph) -> None:
        note = self.notes[kind].pop(reference.get("id", ""), None)
        if note is None:
            return
        marker = ""
        if reference.get("customMarkFollows") not in ("1", "true", "on"):
            self.noted[kind] += 1
            marker = numeral(self.noted[kind], self.note_forms[kind])
        inner = _Paragraph()
        texts = []
        for each in note.iter("p"):
            line = _Paragraph(notes=inner.notes, boxes=inner.boxes)
            self._read_inline(each, line)
            texts.append("".join(line.words).strip())
        paragraph.notes.append((marker, "\n".join(texts)))
        paragraph.notes += inner.notes

    def _read_sym(self, sign: Element, paragraph: _Paragraph) -> None:
        code = int(sign.get("char", "") or "0", 16) if sign.get("char", "").isalnum() else 0
        if not code or 0xE000 <= code <= 0xF8FF or code > 0xFFFF:
            self.gathering.lose("symbols")
        else:
            paragraph.words.append(chr(code))

    def _read_fldChar(self, mark: Element, paragraph: _Paragraph) -> None:
        """Tick boxes and choices of an old form, whose answer is no text."""
        box, choice = _child(mark, "ffData", "checkBox"), _child(mark, "ffData", "ddList")
        if box is not None:
            ticked = _switched_on(box, "checked") or (box.find("checked") is None and _switched_on(box, "default"))
            paragraph.words.append("☒" if ticked else "☐")
        if choice is not None:
            entries = [each.get("val", "") for each in choice.iter("listEntry")]
            chosen = _number(_value(choice, "result"), 0)
            paragraph.words += entries[chosen : chosen + 1]

    def _read_AlternateContent(self, choices: Element, paragraph: _Paragraph) -> None:
        self._read_inline(_alternative(choices), paragraph)

    def _read_drawing(self, drawing: Element, paragraph: _Paragraph) -> None:
        boxes = _outermost(drawing, "txbxContent")
        paragraph.boxes += boxes
        tags = set(_tags_outside(drawing, "txbxContent"))
        if {"chart", "relIds"} & tags:
            self.gathering.lose("objects")
        elif {"blip", "imagedata"} & tags:
            self.gathering.lose("pictures")

    _read_pict = _read_drawing

    def _read_object(self, _: Element, __: _Paragraph) -> None:
        self.gathering.lose("objects")


_NOTE_KINDS = {"footnote": "1", "endnote": "i"}
_STEP_TAGS = """
r del moveFrom hyperlink footnoteReference endnoteReference sym fldChar AlternateContent drawing pict object
"""
_STEPS = frozenset(_STEP_TAGS.split())


def _numbering_of(properties: Element | None) -> tuple[str, int | None] | None:
    id = _value(properties, "numPr", "numId")
    if id is None:
        return None
    level = _value(properties, "numPr", "ilvl")
    return id, None if level is None else _number(level, 0)


def _heading_level(lineage: list[_Style]) -> int | None:
    for style in lineage:
        if style.outline is not None:
            return style.outline
        if style.name == "title":
            return 0
        word, _, digit = style.name.partition(" ")
        if word == "heading" and digit.isdigit():
            return _number(digit, 10) - 1
    return None


def _has_words(element: Element) -> bool:
    return any((each.text or "").strip() for each in element.iter() if each.tag in ("t", "delText"))


def _alternative(choices: Element) -> Element:
    """The first of the alternatives; the others say the same for older programs."""
    for tag in ("Choice", "Fallback"):
        found = choices.find(tag)
        if found is not None:
            return found
    return Element("nothing")


def _found(parent: Element, *tags: str) -> Iterator[Element]:
    """The nearest elements of these tags below `parent`, also inside controls and insertions."""
    for each in parent:
        if each.tag in tags:
            yield each
        elif each.tag == "AlternateContent":
            yield from _found(_alternative(each), *tags)
        elif each.tag not in _SILENT and each.tag not in ("del", "moveFrom"):
            yield from _found(each, *tags)


def _rows(table: Element) -> Iterator[Element]:
    return _found(table, "tr")


def _tags_outside(element: Element, box: str) -> Iterator[str]:
    """The tags in `element` that stand in no box of the kind `box`."""
    for each in [_alternative(element)] if element.tag == "AlternateContent" else element:
        if each.tag != box:
            yield each.tag
            yield from _tags_outside(each, box)


def _outermost(element: Element, tag: str) -> list[Element]:
    if element.tag == tag:
        return [element]
    parts = [_alternative(element)] if element.tag == "AlternateContent" else list(element)
    return [found for each in parts for found in _outermost(each, tag)]


class _Numbering:
    """Counts the items of each list as Word does."""

    def __init__(self, root: Element | None) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.abstract: dict[str, str] = {}
        self.overridden: dict[str, dict[int, int]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        for each in root if root is not None else ():
            id = each.get("abstractNumId", "")
            if each.tag == "abstractNum":
                self.levels[id] = {_number(lvl.get("ilvl"), 0): _level(lvl) for lvl in each.iter("lvl")}
            elif each.tag == "num":
                number = each.get("numId", "")
                self.abstract[number] = _value(each, "abstractNumId") or ""
                self._read_overrides(number, each)

    def _read_overrides(self, number: str, element: Element) -> None:
        starts = {}
        for each in element.iter("lvlOverride"):
            start = _value(each, "startOverride")
            if start is not None:
                starts[_number(each.get("ilvl"), 0)] = _number(start, 1)
        if starts:
            self.overridden[number] = starts

    def knows(self, number: str) -> bool:
        return self.abstract.get(number) in self.levels

    def next(self, number: str, depth: int) -> str:
        """Count one more item of list `number` at `depth`, and return its marker."""
        abstract = self.abstract.get(number, "")
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts.setdefault(abstract, {})
        starts = self.overridden.get(number, {})
        if depth in starts:
            # The list begins anew the first time this number of it is met.
            counts[depth] = starts.pop(depth) - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        if level.is_bullet:
            return bullet(level.text)
        marker = level.text
        for i, upper in sorted(levels.items()):
            shown = numeral(counts.get(i, upper.start), upper.form)
            marker = marker.replace(f"%{i + 1}", shown)
        return marker.strip()


def _level(element: Element) -> _Level:
    form = _value(element, "numFmt") or "decimal"
    return _Level(
        start=_number(_value(element, "start"), 1),
        form=_FORMS.get(form, "1"),
        text=(_value(element, "lvlText") or "")[:50],
        is_bullet=form == "bullet",
    )
