"""The chapter as a Word file: our template or a faculty's, hidden bookmarks round every claim, and a table of them."""

from __future__ import annotations

import io
import json
import zipfile
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from qualcode.errors import ParameterError, UnreadableFileError
from qualcode.intake.archive import Archive
from qualcode.reports.chapter import Chapter
from qualcode.reports.word.template import FIXED, FOOTNOTES, NAMESPACES, STYLES, W, own_template
from qualcode.reports.word.writing import Writer, clean

__all__ = ["CLAIMS", "claims_of", "claims_part", "word_report"]

CLAIMS = "urn:qualcode:report:1"
"""The namespace of the part that holds the options and claims of a report."""

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PREFERRED = {"item": ("List Bullet", "Butir"), "table": ("Tabel Laporan",), "body": ("Body Text",)}
"""What a template may call a style by; by default the name it has with us."""


def word_report(chapter: Chapter, template: bytes | None = None) -> bytes:
    """Write a chapter as a .docx.

    Parameters
    ----------
    chapter : Chapter
    template : bytes, optional
        A faculty's own template, a .docx: its page, headers, footers and styles are used, by Word's names of the
        styles; its text is left out. Styles it lacks are added. Default: our own.

    Returns
    -------
    bytes
        The same for the same chapter and template.

    Raises
    ------
    ParameterError
        When the template cannot be read.
    """
    document = _opened(template, chapter.options.language)
    writer = _writer(document, chapter, own=template is None)
    last = document.element.body[-1]
    turned = _break(document) if template is None else parse_xml(_PAGE_BREAK)
    for element in (*_elements(writer.lists(chapter)), turned, *_elements("".join(writer.blocks(chapter.blocks)))):
        last.addprevious(element)
    _store_footnotes(document, writer)
    _store_claims(document, chapter)
    _fill_fields(document)
    _date(document, chapter)
    file = io.BytesIO()
    document.save(file)
    return _repacked(file.getvalue())


def claims_part(chapter: Chapter) -> bytes:
    """The part of the file that holds with what the chapter was built and what it claims."""
    options = {"qualcode": chapter.version, "case": chapter.case, **chapter.options.to_dict()}
    claims = {name: [claim.kind, claim.expected, claim.asked] for name, claim in chapter.claims.items()}
    parts = "".join(
        f"<{name}>{escape(json.dumps(held, separators=(',', ':')))}</{name}>"  # ASCII: nothing XML could not hold
        for name, held in (("options", options), ("claims", claims))
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<report xmlns="{CLAIMS}">{parts}</report>'.encode()


def claims_of(part: bytes) -> tuple[dict[str, Any], dict[str, list[str]]] | None:
    """The options and claims in a part of a file; None when it is another part, or damaged.

    Examples
    --------
    >>> part = b'<report xmlns="urn:qualcode:report:1"><options>{"case":"a"}</options><claims>{}</claims></report>'
    >>> claims_of(part)
    ({'case': 'a'}, {})
    """
    # docx's own parser resolves no entities and opens nothing.
    try:
        root = parse_xml(part)
        options = json.loads(root.findtext(f"{{{CLAIMS}}}options") or "")
        claims = json.loads(root.findtext(f"{{{CLAIMS}}}claims") or "")
    except (ValueError, SyntaxError):
        return None
    return (options, claims) if isinstance(options, dict) and isinstance(claims, dict) else None


# The document at hand


def _opened(template: bytes | None, language: str) -> WordDocument:
    """An empty document: our template, or a faculty's without its text."""
    if template is None:
        return Document(io.BytesIO(own_template(language)))
    try:
        Archive(template, "template")  # within the bounds of what a document can hold
        document = Document(io.BytesIO(template))
        body = document.element.body
    except UnreadableFileError as error:
        raise ParameterError.of(
            "report_template", "--template", file="--template", detail=error.problem.what
        ) from error
    except Exception as error:  # whatever a damaged file makes its reader raise
        raise ParameterError.of("report_template", "--template", file="--template", detail=str(error)) from error
    for element in list(body):
        if not element.tag.endswith("}sectPr"):
            body.remove(element)
    if not len(body):
        document.add_section()
        for element in list(body)[:-1]:
            body.remove(element)
    return document


def _writer(document: WordDocument, chapter: Chapter, *, own: bool) -> Writer:
    section = document.sections[-1]
    margins = (section.left_margin or 0) + (section.right_margin or 0)
    edges = (section.top_margin or 0) + (section.bottom_margin or 0)
    styles = _styles(document)
    definitions = {style.get(f"{{{W}}}styleId"): style for style in document.styles.element}
    numbered = [level for level in range(1, 5) if _numbers(definitions.get(styles[f"heading{level}"]))]
    return Writer(
        styles=styles,
        picture=lambda png: document.part.get_or_add_image(io.BytesIO(png))[0],
        width=((section.page_width or 7560310) - margins) // 635,
        height=((section.page_height or 10692130) - edges) // 635,
        numbered=frozenset(() if own else numbered),
        bulleted=not own and _numbers(definitions.get(styles["item"])),
        first_note=_first_free_note(document),
        language=chapter.options.language,
    )


def _numbers(style: Any) -> bool:
    return style is not None and bool(style.findall(f".//{{{W}}}numPr"))


def _styles(document: WordDocument) -> dict[str, str]:
    """What a style is for -> its id here; a style that is not here is added."""
    root = document.styles.element
    known = {}
    for style in root.findall(f"{{{W}}}style"):
        name = style.find(f"{{{W}}}name")
        if name is not None:
            known[str(name.get(f"{{{W}}}val")).casefold()] = str(style.get(f"{{{W}}}styleId"))
    used = set(known.values())
    chosen = {}
    for role, style in STYLES.items():
        names = [name.casefold() for name in _PREFERRED.get(role, (style.name,))]
        found = next((known[name] for name in names if name in known), None)
        if found is None:
            free = style.id if style.id not in used else f"Qc{style.id}"
            xml = style.xml.replace(f'w:styleId="{style.id}"', f'w:styleId="{free}"')
            xml = xml.replace('w:basedOn w:val="Normal"', f'w:basedOn w:val="{known.get("normal", "Normal")}"')
            root.append(parse_xml(xml.replace(' w:default="1"', "")))
            used.add(free)
            found = free
        chosen[role] = found
    return chosen


_PAGE_BREAK = f'<w:p {NAMESPACES}><w:r><w:br w:type="page"/></w:r></w:p>'


def _elements(content: str) -> list[Any]:
    return list(parse_xml(f"<w:body {NAMESPACES}>{content}</w:body>"))


def _break(document: WordDocument) -> Any:
    """The end of the pages before the chapter, which are numbered i, ii, iii."""
    end = parse_xml(f"<w:p {NAMESPACES}><w:pPr/></w:p>")
    section = deepcopy(document.element.body[-1])
    section.find(f"{{{W}}}pgNumType").set(f"{{{W}}}fmt", "lowerRoman")
    end[0].append(section)
    return end


# Parts beside the text


def _footnotes(document: WordDocument) -> Part | None:
    for relation in document.part.rels.values():
        if relation.reltype == f"{_RELATION}/footnotes":
            part: Part = relation.target_part
            return part
    return None


def _first_free_note(document: WordDocument) -> int:
    part = _footnotes(document)
    if part is None:
        return 1
    ids = [int(note.get(f"{{{W}}}id", "0")) for note in parse_xml(part.blob)]
    return max([0, *ids]) + 1


def _store_footnotes(document: WordDocument, writer: Writer) -> None:
    if not writer.footnotes:
        return
    part = _footnotes(document)
    root = parse_xml(part.blob if part is not None else FOOTNOTES)
    for note in parse_xml(f"<w:footnotes {NAMESPACES}>{''.join(writer.footnotes)}</w:footnotes>"):
        root.append(note)
    blob = serialize_part_xml(root)
    if part is None:
        part = Part(PackURI("/word/footnotes.xml"), f"{_WORD_ML}.footnotes+xml", blob, document.part.package)
        document.part.relate_to(part, f"{_RELATION}/footnotes")
    else:
        part._blob = blob


_AFTER_FIELDS = frozenset(
    {
        *("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "mathPr", "attachedSchema"),
        *("themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats", "doNotAutoCompressPictures"),
        *("forceUpgrade", "captions", "readModeInkLockDown", "smartTagType", "schemaLibrary", "shapeDefaults"),
        *("doNotEmbedSmartTags", "decimalSymbol", "listSeparator"),
    }
)
"""What stands behind `updateFields` in the settings of a Word file (ECMA-376 part 1, CT_Settings)."""


def _fill_fields(document: WordDocument) -> None:
    """Let Word fill the lists of tables and figures as it opens the file."""
    settings = document.settings.element
    if settings.find(f"{{{W}}}updateFields") is not None:
        return
    behind = (each for each in settings if str(each.tag).rpartition("}")[2] in _AFTER_FIELDS)
    wanted = parse_xml(f'<w:updateFields {NAMESPACES} w:val="true"/>')
    following = next(behind, None)
    if following is None:
        settings.append(wanted)
    else:
        following.addprevious(wanted)


def _store_claims(document: WordDocument, chapter: Chapter) -> None:
    """Keep the claims where Word and LibreOffice keep data of others: in an item of custom XML."""
    package = document.part.package
    taken = {str(part.partname) for part in package.iter_parts()}
    number = next(number for number in range(1, len(taken) + 2) if f"/customXml/item{number}.xml" not in taken)
    item = Part(PackURI(f"/customXml/item{number}.xml"), "application/xml", claims_part(chapter), package)
    identity = str(uuid5(NAMESPACE_URL, f"{CLAIMS}/{chapter.case}")).upper()
    office = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    properties = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        f'<ds:datastoreItem ds:itemID="{{{identity}}}" xmlns:ds="{office}">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{CLAIMS}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    beside = Part(PackURI(f"/customXml/itemProps{number}.xml"), kind, properties.encode(), package)
    item.relate_to(beside, f"{_RELATION}/customXmlProps")
    document.part.relate_to(item, f"{_RELATION}/customXml")


def _date(document: WordDocument, chapter: Chapter) -> None:
    """The file bears the day of the newest coding, not of its making."""
    day = datetime.fromisoformat(chapter.dated) if chapter.dated else datetime(*FIXED)
    about = document.core_properties
    about.title = clean(chapter.title)[:255]
    about.author, about.last_modified_by, about.comments = "", "", ""
    about.language = chapter.options.language
    about.created = about.modified = day
    about.revision = 1


def _repacked(file: bytes) -> bytes:
    """The same parts in an order and with a time that never change."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as packed, zipfile.ZipFile(made, "w") as archive:
        names = sorted(packed.namelist(), key=lambda name: (name != "[Content_Types].xml", name != "_rels/.rels", name))
        for name in names:
            info = zipfile.ZipInfo(name, FIXED)
            info.external_attr = 0o600 << 16
            archive.writestr(info, packed.read(name), zipfile.ZIP_DEFLATED, 6)
    return made.getvalue()
