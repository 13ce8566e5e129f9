"""Field notes: what was seen, and what the researcher thought of it, kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qualcode.intake.lines import Line

DESCRIPTION, REFLECTION = "Deskripsi", "Refleksi"

_NUMBER = r"(?:(?:\d{1,2}|[A-Za-z]|[IVX]{1,4})[.)]\s*)?"
_DESCRIBING = (
    r"(?:(?:catatan|bagian|data|refleksi)\s+)?deskripti[fv]e?|deskripsi|description|descriptive notes"
    r"|hasil (?:pengamatan|observasi)"
)
_REFLECTING = (
    r"(?:(?:catatan|bagian|data)\s+)?reflekti[fv]e?|refleksi|reflection|reflective notes|tafsiran"
    r"|(?:komentar|catatan|tanggapan|tafsiran|interpretasi|refleksi) (?:peneliti|pengamat)"
)
_ABOUT = r"(?:\s+(?:peneliti|pengamat|kegiatan|lapangan|observasi|hasil observasi|situasi|peristiwa))?"
_SECTION = re.compile(
    rf"^\*{{0,2}}{_NUMBER}(?:(?P<description>{_DESCRIBING})|(?P<reflection>{_REFLECTING})){_ABOUT}"
    r"(?:\s*\([^)]{0,40}\))?\*{0,2}\s*(?:[:：]\*{0,2}\s*(?P<rest>.*)|$)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"^(?:(?P<description>CD)|(?P<reflection>CR|OC))(?:[ .-]?\d{1,2})?\s*(?:[:.]\s*(?P<rest>.*)|$)")


def section_of(text: str) -> tuple[str, str] | None:
    """The section a line opens and the words after its colon, or None.

    Examples
    --------
    >>> section_of("B. Catatan Reflektif (CR): Saya ragu."), section_of("CD"), section_of("Deskripsi singkat saja.")
    (('Refleksi', 'Saya ragu.'), ('Deskripsi', ''), None)
    """
    found = _SECTION.match(text) or _LETTERS.match(text)
    if not found:
        return None
    return (DESCRIPTION if found["description"] else REFLECTION, found["rest"] or "")


def is_reflection(text: str) -> bool:
    """Whether the line is nothing but the heading of a reflection."""
    section = section_of(text)
    return section is not None and section == (REFLECTION, "")


def has_sections(lines: Sequence[Line], title: str) -> bool:
    """Whether these are field notes: both parts are there, or one and a title that says so."""
    rows = {section for line in lines for cell in line.cells if (found := section_of(cell)) and (section := found[0])}
    parts = {found[0] for line in lines if not line.cells and (found := section_of(line.text))} | rows
    called = re.search(r"\b(?:catatan (?:lapangan|observasi|pengamatan)|field ?notes?)\b", title, re.IGNORECASE)
    return len(parts) == 2 or bool(parts and called)


def split_notes(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """The notes as paragraphs (level 0) and headings, in their order; a table of both parts column by column."""
    parts: list[tuple[int, str]] = []
    section = ""
    columns: dict[int, str] = {}
    table = 0
    gathered: dict[str, list[str]] = {}
    for line in lines:
        if line.cells and line.block.table != table:
            _pour(parts, gathered)
            found = {number: each for number, cell in enumerate(line.cells) if (each := section_of(cell))}
            table, columns = line.block.table, {number: each[0] for number, each in found.items()}
            if columns:
                continue
        if line.cells and columns:
            for number, cell in enumerate(line.cells):
                if cell:
                    last = [key for key in columns if key <= number]
                    gathered.setdefault(columns[last[-1]] if last else DESCRIPTION, []).append(cell)
            continue
        _pour(parts, gathered)
        opened = None if line.cells else section_of(line.text)
        if opened:
            if opened[0] != section:
                section = opened[0]
                parts.append((2, section))
            if opened[1]:
                parts.append((0, opened[1]))
        elif line.is_heading:
            parts.append((3 if section else 0, line.words))
        else:
            parts.append((0, line.words))
    _pour(parts, gathered)
    if not any(part == (2, DESCRIPTION) for part in parts):
        # What stands before the reflection is what was seen: it is not evidence unless it is called so.
        first = next((at for at, part in enumerate(parts) if part == (2, REFLECTION)), len(parts))
        if first:
            parts.insert(0, (2, DESCRIPTION))
    return parts


def _pour(parts: list[tuple[int, str]], gathered: dict[str, list[str]]) -> None:
    for section in (DESCRIPTION, REFLECTION):
        if gathered.get(section):
            parts.append((2, section))
            parts.extend((0, cell) for cell in gathered[section])
    gathered.clear()
