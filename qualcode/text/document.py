"""Documents, and segments of them: the text is never altered, a segment is a view that knows its document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from itertools import islice

from qualcode.display import Table
from qualcode.text.transcript import Role, Turn, turns
from qualcode.wording import say

__all__ = ["UNDATED", "Document", "Kind", "Paragraph", "Role", "Segment", "Technique", "Turn"]

UNDATED = "tanpa tanggal"


class Technique(StrEnum):
    """How the evidence was collected; `UNSTATED` when a published study names no technique."""

    INTERVIEW = "wawancara"
    OBSERVATION = "observasi"
    DOCUMENTATION = "dokumentasi"
    LITERATURE = "kepustakaan"
    UNSTATED = "tidak disebut"


class Kind(StrEnum):
    """What sort of text a document is, which decides what its units are."""

    TRANSCRIPT = "transkrip"
    FIELD_NOTES = "catatan lapangan"
    RECORD = "dokumen"
    READING_NOTES = "catatan baca"


@dataclass(frozen=True)
class Paragraph:
    """A block of text between blank lines; a list item is a paragraph of its own, a heading is none.

    `start` and `end` are code points of the document's text; `section` is the heading it stands under, `reflection`
    whether that heading or one above it opens the researcher's own thinking.
    """

    number: int
    section: str
    start: int
    end: int
    reflection: bool = False


_BLOCK = re.compile(r"#{1,6} [^\n]*|\S[^\n]*(?:\n(?!\s*\n|[ \t]*#{1,6} |[-*] |\d+[.)] )[^\n]+)*")
_HEADING = re.compile(r"(?P<marks>#{1,6}) +(?P<title>.*)")
REFLECTION = "refleksi"


@dataclass(frozen=True)
class Document:
    r"""A text that is evidence, and what is known of it. Immutable; it does not know its codings.

    Attributes
    ----------
    id : str
        Unique within the case; also the file's name without ``.md``.
    case : str
        The case's id.
    text : str
        The stored text, newline ``\n``. All offsets are code points (Python string indices) into it.
    title, provenance : str
    kind : Kind
    technique : Technique
    date : datetime.date or None
        None is "tanpa tanggal".
    informant : str or None
        The informant's id; None when the source names nobody.
    period : str or None
        The period the text speaks about, in the case's own words ("kini", "dulu", "2014-2019").
    legend : mapping of str to str
        Speaker label -> ``pewawancara``, ``lainnya`` or an informant's id.
    extra : mapping of str to str
        Place, time and section, where given; the author: the informant whose work or words it is; and the raw file it
        was imported from, with its hash.
    fictional : bool
        True for invented practice material.
    file : str
        The file's name for messages; `first_line` is the line of it at which the text begins.
    """

    id: str
    text: str
    case: str = ""
    title: str = ""
    kind: Kind = Kind.RECORD
    technique: Technique = Technique.UNSTATED
    date: date | None = None
    informant: str | None = None
    period: str | None = None
    provenance: str = ""
    legend: Mapping[str, str] = field(default_factory=dict, hash=False)
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    fictional: bool = False
    file: str = ""
    first_line: int = 1

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of a transcript; empty for other kinds."""
        if self.kind is not Kind.TRANSCRIPT:
            return ()
        return tuple(turns(self.text, self.legend, self.informant))

    @cached_property
    def _turn_ends(self) -> list[int]:
        return [turn.end for turn in self.turns]

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs, headings left out."""
        found: list[Paragraph] = []
        headings: list[tuple[int, str]] = []
        for block in _BLOCK.finditer(self.text):
            heading = _HEADING.fullmatch(block.group())
            if heading:
                level = len(heading["marks"])
                headings = [above for above in headings if above[0] < level]
                headings.append((level, heading["title"].strip()))
            else:
                section = headings[-1][1] if headings else ""
                end = block.start() + len(block.group().rstrip())
                reflection = any(title.lower().startswith(REFLECTION) for _, title in headings)
                found.append(Paragraph(len(found) + 1, section, block.start(), end, reflection))
        return tuple(found)

    @property
    def units(self) -> tuple[Turn, ...] | tuple[Paragraph, ...]:
        """The units of coding: turns of a transcript, paragraphs of anything else."""
        return self.turns or self.paragraphs

    @cached_property
    def sha256(self) -> str:
        """Hash of the stored text, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def text_id(self) -> str:
        """The first 16 digits of the hash: which version of the text this is."""
        return self.sha256[:16]

    @property
    def dated(self) -> str:
        """The date in ISO form, or "tanpa tanggal"."""
        return self.date.isoformat() if self.date else UNDATED

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0] + [newline.end() for newline in re.finditer("\n", self.text)]

    def line(self, offset: int) -> int:
        """The line of the text, from 1, in which `offset` lies."""
        return bisect_right(self._line_starts, offset)

    def place(self, offset: int) -> str:
        """``file:line`` of `offset`, as an editor shows it."""
        return f"{self.file or self.id}:{self.first_line + self.line(offset) - 1}"

    def is_reflection(self, start: int, end: int) -> bool:
        """Whether any of ``text[start:end]`` is the researcher's reflection, which is never evidence."""
        return any(
            paragraph.reflection and paragraph.start < end and start < paragraph.end for paragraph in self.paragraphs
        )

    def segment(self, start: int, end: int) -> Segment:
        """The segment ``text[start:end]``."""
        return Segment(self, start, end)

    def to_table(self, most: int | None = None) -> Table:
        """The text as its reader sees it: line, speaker or section, words; the first `most` units, or all."""
        shown = self.units[:most]
        rows = [(str(self.line(unit.start)), _heads(unit), self.text[unit.start : unit.end]) for unit in shown]
        columns = [say(f"document.{name}") for name in ("line", "speaker", "text")]
        note = say("document.cut", shown=len(shown), units=len(self.units)) if len(shown) < len(self.units) else ""
        return Table(f"{self.title} ({self.id}, {self.technique}, {self.dated})", columns, rows, note)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        said = {"kind": self.kind, "technique": self.technique, "date": self.dated}
        return say("document_summary", id=self.id, units=len(self.units), **said)


def _heads(unit: Turn | Paragraph) -> str:
    """What stands before a unit's words: the speaker and time of a turn, the section of a paragraph."""
    if isinstance(unit, Paragraph):
        return unit.section
    return f"{unit.speaker} [{unit.time}]" if unit.time else unit.speaker


@dataclass(frozen=True)
class Segment:
    """A place in a document, also called quotation: a view, never a copy.

    Attributes
    ----------
    document : Document
    start, end : int
        Code points into ``document.text``, ``0 <= start < end <= len(text)``.

    Raises
    ------
    ValueError
        When the range is empty or leaves the text.

    Examples
    --------
    >>> segment = Document(id="w-i1", text="Semua komentar dibalas.").segment(6, 14)
    >>> segment.text, segment.address
    ('komentar', 'w-i1:1')
    """

    document: Document
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.document.text):
            raise ValueError(f"segment {self.start}:{self.end} outside {self.document.id}")

    @property
    def text(self) -> str:
        """The very words."""
        return self.document.text[self.start : self.end]

    @property
    def turn(self) -> Turn | None:
        """The first turn some of whose words lie in the segment; None outside transcripts and before any speaker."""
        for turn in islice(self.document.turns, bisect_right(self.document._turn_ends, self.start), None):
            if turn.start >= self.end:
                break
            if max(turn.start, self.start) < turn.end:
                return turn
        return None

    @property
    def informant(self) -> str | None:
        """Whose words these are: the turn's informant in a transcript, else the document's."""
        if self.document.turns:
            return self.turn.informant if self.turn else None
        return self.document.informant

    @property
    def line(self) -> int:
        """The line of the text, from 1, in which the segment begins."""
        return self.document.line(self.start)

    @property
    def address(self) -> str:
        """``document:line``, or ``document:first-last`` over several lines."""
        last = self.document.line(self.end - 1)
        return f"{self.document.id}:{self.line}" + (f"-{last}" if last > self.line else "")

    def overlaps(self, other: Segment) -> bool:
        """Whether both lie in one document and share at least one character."""
        same = (self.document.case, self.document.id) == (other.document.case, other.document.id)
        return same and self.start < other.end and other.start < self.end

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        words = " ".join(self.text.split())
        return f"Segment {self.address} “{words if len(words) <= 70 else words[:67] + '...'}”"
