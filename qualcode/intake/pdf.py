"""PDF: paragraphs built again from the lines on its pages, without what every page repeats."""

from __future__ import annotations

import re
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from qualcode.intake.blocks import Block
from qualcode.intake.bounds import LONGEST_READING, LONGEST_TEXT, MOST_PAGES, MOST_STREAM_BYTES
from qualcode.intake.gathering import Gathering

_STREAM = re.compile(rb"stream\r?\n")
MOST_STREAMS = 200_000
FEWEST_CHARACTERS = 10
"""Letters on a page, on the average, under which a PDF is taken for a scan."""

_HYPHEN = "\x02"
"""What the library writes for a hyphen at the end of a line."""

_DEEPEST_EDGE = 3
"""Rows at the edge of a page that may be its head or foot."""

_PASSWORD = 4
_SENTENCE_END = re.compile(r"[.?!…:;][\"”’')\]]*$")
_LABEL = re.compile(
    r"[\[(]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?[\])]?(?:\s|$)|[^\W\d_][^:]{0,40}\s?:(?:\s|$)|[•▪◦●○–-]\s"
    r"|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]\s"
)
_FIELD = re.compile(r"\d+")
_NAMELESS = re.compile("[\ufffd\ufffe\uffff\x00-\x01\x03-\x08\ue000-\uf8ff]")


@dataclass(frozen=True)
class _Line:
    """A line on a page; measures in points, from the page's lower left corner."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float


def read(data: bytes, gathering: Gathering) -> None:
    """Gather the paragraphs of a PDF, each with the page it begins on.

    Raises
    ------
    UnreadableFileError
        When it is locked, damaged, scanned without text, or more than a document.
    """
    _refuse_bombs(data, gathering)
    pages = _read_pages(data, gathering)
    kept = _without_running(pages, gathering)
    letters = sum(len(line.text) for page in kept for line in page)
    if not letters:
        raise gathering.refuse("no_words")
    joined = 0
    for paragraph in _paragraphs(kept):
        text, hyphens = _one_text(paragraph)
        joined += hyphens
        gathering.add(Block(text, page=paragraph[0].page))
    gathering.guess("rebuilt")
    if joined:
        gathering.guess("hyphens", count=joined)


def _refuse_bombs(data: bytes, gathering: Gathering) -> None:
    """Unpack each stream as far as is allowed, before a library unpacks them whole."""
    total = 0
    for count, match in enumerate(_STREAM.finditer(data)):
        if count > MOST_STREAMS:
            raise gathering.refuse("bomb")
        packed = data[match.end() : match.end() + 1]
        if packed[:1] not in b"\x08\x18\x28\x38\x48\x58\x68\x78" or not packed:
            continue
        unpacked = _unpacked_size(data, match.end())
        total += unpacked
        if unpacked > MOST_STREAM_BYTES or total > 5 * MOST_STREAM_BYTES:
            raise gathering.refuse("bomb")


def _unpacked_size(data: bytes, start: int, step: int = 262_144) -> int:
    unpacking = zlib.decompressobj()
    size, at = 0, start
    try:
        while not unpacking.eof and size <= MOST_STREAM_BYTES and at < len(data):
            part = data[at : at + 65_536]
            at += len(part)
            while part and size <= MOST_STREAM_BYTES:
                size += len(unpacking.decompress(part, step))
                part = unpacking.unconsumed_tail
    except zlib.error:
        pass
    return size


def _read_pages(data: bytes, gathering: Gathering) -> list[list[_Line]]:
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise gathering.refuse("password") from error
        raise gathering.refuse("damaged", detail=str(error)) from error
    try:
        if len(book) > MOST_PAGES:
            raise gathering.refuse("too_many_pages", limit=MOST_PAGES)
        _read_properties(book, gathering)
        return _lines_of_pages(book, gathering)
    finally:
        book.close()


def _read_properties(book: Any, gathering: Gathering) -> None:
    described = book.get_metadata_dict()
    title = described.get("Title", "")
    gathering.properties["title"] = "" if title.casefold() in ("untitled", "(anonymous)") else title
    created = re.match(r"D:(\d{4})(\d{2})(\d{2})", described.get("CreationDate", ""))
    gathering.properties["created"] = "-".join(created.groups()) if created else ""


def _lines_of_pages(book: Any, gathering: Gathering) -> list[list[_Line]]:
    from pypdfium2 import PdfiumError

    started = time.monotonic()
    pages: list[list[_Line]] = []
    characters = pictures = silent = broken = 0
    for number in range(1, len(book) + 1):
        if time.monotonic() - started > LONGEST_READING:
            raise gathering.refuse("too_slow", page=number)
        try:
            page = book[number - 1]
            text, shown = _text_and_pictures(page, gathering)
        except PdfiumError:
            broken += 1
            continue
        lines = list(_lines(text, number, gathering, characters))
        text.close()
        page.close()
        letters = sum(len(line.text) for line in lines)
        characters += letters
        pictures += shown
        silent += bool(shown and not letters)
        pages.append(lines)
    if characters < FEWEST_CHARACTERS * max(len(pages), 1) and pictures:
        raise gathering.refuse("scan", pages=len(pages))
    gathering.lose("pictures", pictures - silent)
    gathering.lose("scanned_pages", silent)
    gathering.lose("broken_pages", broken)
    return pages


def _text_and_pictures(page: Any, gathering: Gathering) -> tuple[Any, int]:
    """The text of a page, its pictures counted, its comments noted."""
    from pypdfium2 import raw

    objects = min(raw.FPDFPage_CountObjects(page), 100_000)
    kinds = Counter(raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, i)) for i in range(objects))
    for i in range(min(raw.FPDFPage_GetAnnotCount(page), 10_000)):
        annotation = raw.FPDFPage_GetAnnot(page, i)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        gathering.lose("comments", kind in (raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT))
        gathering.lose("form_fields", kind == raw.FPDF_ANNOT_WIDGET)
    # Words may be packed into forms, pictures too: they are looked for where the page itself has no text.
    return page.get_textpage(), kinds[raw.FPDF_PAGEOBJ_IMAGE] or kinds[raw.FPDF_PAGEOBJ_FORM]


def _lines(page: Any, number: int, gathering: Gathering, before: int) -> Iterator[_Line]:
    from pypdfium2 import raw

    count = page.count_chars()
    if before + count > LONGEST_TEXT:
        raise gathering.refuse("too_long", limit=LONGEST_TEXT // 1_000_000)
    begun: list[tuple[str, int]] = []
    for i in range(count + 1):
        char = chr(min(raw.FPDFText_GetUnicode(page, i), 0x10FFFF)) if i < count else "\n"
        if _NAMELESS.match(char):
            gathering.lose("characters")
            continue
        if char in "\r\n" or char == _HYPHEN:
            if char == _HYPHEN:
                begun.append((char, i))
            line = _line(page, begun, number)
            if line is not None:
                yield line
            begun = []
        else:
            begun.append((char, i))


def _line(page: Any, begun: list[tuple[str, int]], number: int) -> _Line | None:
    seen = [i for char, i in begun if not char.isspace()]
    if not seen:
        return None
    text = _whole("".join(char for char, _ in begun)).strip()
    left, bottom, _, top = page.get_charbox(seen[0], loose=True)
    _, last_bottom, right, last_top = page.get_charbox(seen[-1], loose=True)
    return _Line(text, number, left, right, min(bottom, last_bottom), max(top, last_top))


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


# --- what every page repeats


def _without_running(pages: list[list[_Line]], gathering: Gathering) -> list[list[_Line]]:
    """Take away heads, feet and page numbers: the same words, numbers apart, at the same height on several pages."""
    usual = _usual_gap([line for page in pages for line in page])
    edges = [_edges(page) for page in pages]
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, (head, foot) in enumerate(edges):
        for row in head[:_DEEPEST_EDGE] + foot[:_DEEPEST_EDGE]:
            for line in row:
                places[_mark(line)].add(number)
    needed = max(2, (sum(map(bool, pages)) + 2) // 3)
    running = {mark for mark, where in places.items() if len(where) >= needed}
    removed = [line for edge in edges for rows in edge for line in _running_rows(rows, running, usual)]
    if not removed:
        return pages
    samples = {_mark(line)[0]: line.text.replace(_HYPHEN, "-")[:60] for line in reversed(removed)}
    gathering.guess("running", count=len(removed), samples=" / ".join([*reversed(samples.values())][:3]))
    gone = set(map(id, removed))
    return [[line for line in page if id(line) not in gone] for page in pages]


def _edges(page: list[_Line]) -> tuple[list[list[_Line]], list[list[_Line]]]:
    """The rows of a page from above and from below; lines at one height are a row."""
    rows: dict[int, list[_Line]] = defaultdict(list)
    for line in page:
        rows[round(line.bottom)].append(line)
    downwards = [rows[height] for height in sorted(rows, reverse=True)]
    return downwards, downwards[::-1]


def _running_rows(rows: list[list[_Line]], running: set[tuple[str, int]], usual: float) -> list[_Line]:
    """The outermost rows that run through the pages, as far as a gap, or nothing but numbers, sets them apart."""
    found: list[_Line] = []
    sure = 0
    for depth, row in enumerate(rows[:_DEEPEST_EDGE]):
        if not all(_mark(line) in running for line in row):
            break
        found += row
        inner = rows[depth + 1][0] if depth + 1 < len(rows) else None
        apart = inner is None or abs(row[0].bottom - inner.bottom) > 1.3 * usual + 1
        if apart or all(not re.search(r"[^\W\d_]", _mark(line)[0]) for line in found):
            sure = len(found)
    return found[:sure]


def _mark(line: _Line) -> tuple[str, int]:
    text = line.text
    # A page number may be Roman; a few points of height are no other place.
    if re.fullmatch(r"[\W_]*[ivxlc]{1,7}[\W_]*", text, re.IGNORECASE):
        text = "#"
    return _FIELD.sub("#", " ".join(text.split())), round(line.bottom / 6)


# --- paragraphs


def _paragraphs(pages: list[list[_Line]]) -> Iterator[list[_Line]]:
    """Lines in order, divided where a new paragraph begins."""
    lines = [line for page in pages for line in page]
    usual = _usual_gap(lines)
    rights = sorted(line.right for line in lines)
    edge = rights[int(len(rights) * 0.9)] if rights else 0.0
    left = _common([line.left for line in lines])
    begun: list[_Line] = []
    for line in lines:
        if begun and _begins(line, begun, usual, edge, left):
            yield begun
            begun = []
        begun.append(line)
    if begun:
        yield begun


def _usual_gap(lines: list[_Line]) -> float:
    """From one line of a paragraph to the next."""
    gaps = [a.bottom - b.bottom for a, b in pairwise(lines) if a.page == b.page and 1 < a.bottom - b.bottom < 60]
    return min(_common(gaps), median(gaps) * 1.2) if gaps else 0.0


def _common(values: Iterable[float]) -> float:
    counted = Counter(round(value) for value in values)
    return float(counted.most_common(1)[0][0]) if counted else 0.0


def _begins(line: _Line, begun: list[_Line], usual: float, edge: float, left: float) -> bool:
    """Whether `line` begins a new paragraph after those `begun`."""
    before = begun[-1]
    if before.text.endswith(_HYPHEN):
        return False
    short = before.right < edge - 0.12 * max(edge - left, 1)
    ended = bool(_SENTENCE_END.search(before.text))
    gap = before.bottom - line.bottom
    if line.page != before.page or gap < -1:
        # Over the page's edge a sentence goes on, unless it was finished.
        return short or ended or bool(_LABEL.match(line.text))
    if abs(gap) <= 1:
        return True  # beside one another: two cells, two columns
    if usual and gap > 1.3 * usual + 1:
        return True
    if _LABEL.match(line.text) and (short or ended):
        return True
    indented = line.left > begun[0].left + 8 and len(begun) > 1 and line.left > before.left + 8
    outdented = line.left < before.left - 8 and len(begun) > 1
    return short or (ended and (indented or outdented)) or (len(line.text) > 1 and indented and short)


def _one_text(lines: list[_Line]) -> tuple[str, int]:
    """The words of a paragraph on one line, and how many hyphens at line ends were taken for hyphenation."""
    parts: list[str] = []
    joined = 0
    for line in lines:
        before = parts[-1] if parts else ""
        if not before.endswith((_HYPHEN, "-", "\u2010", "\u00ad")) or before.endswith((" -", "--")):
            parts += [" ", line.text] if parts else [line.text]
            continue
        divided = _is_divided(before, line.text)
        joined += divided
        parts[-1] = before[:-1] + ("" if divided else "-")
        parts.append(line.text)
    return "".join(parts).replace(_HYPHEN, "-"), joined


def _is_divided(before: str, after: str) -> bool:
    """Whether the hyphen between two lines only divides a word.

    "anak-anak", "sayur-mayur" and "se-Indonesia" keep theirs: words that are doubled, or go on with a capital.
    """
    last = re.search(r"([^\W\d_]*).$", before[-60:])
    first = re.match(r"[^\W\d_]*", after)
    left, right = last[1].casefold() if last else "", first[0].casefold() if first else ""
    long = len(left) > 2 and len(right) > 2
    doubled = long and (right.startswith(left) or left.endswith(right[:4]) or right[1:4] == left[1:4])
    return bool(left and right) and not after[0].isupper() and not doubled
