"""Units: the pieces of a document that could be coded, fixed before anybody codes, so that coders can be compared.

What an interviewer says and what a researcher reflects on is no evidence, and belongs to no unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from qualcode.text.document import Document, Role, Segment, Turn


class Unit(StrEnum):
    """What one unit of comparison is."""

    TURN = "turn"
    PARAGRAPH = "paragraph"
    SENTENCE = "sentence"
    CHARACTER = "character"


@dataclass(frozen=True)
class Stretch:
    """A piece of a document: ``document.text[start:end]``."""

    document: Document
    start: int
    end: int

    @property
    def segment(self) -> Segment:
        """The piece as a segment."""
        return self.document.segment(self.start, self.end)


def units_of(document: Document, unit: Unit | str = Unit.TURN) -> list[Stretch]:
    r"""The units of a document in the order of its text.

    Parameters
    ----------
    document : Document
    unit : Unit or str
        ``"turn"``: an informant's turn in a transcript, elsewhere a paragraph; ``"paragraph"``: what stands between
        blank lines, in a transcript within an informant's turn; ``"sentence"``: sentences of turns or paragraphs.
        Characters are counted within turns or paragraphs, so that ``"character"`` gives the same as ``"turn"``.

    Examples
    --------
    >>> document = Document("d-1", "Target 80 persen. Tercapai 22.\n\n## Refleksi\n\nSaya ragu.")
    >>> [document.text[each.start:each.end] for each in units_of(document, "sentence")]
    ['Target 80 persen.', 'Tercapai 22.']
    """
    spans: Iterable[tuple[int, int]] = list(_codable(document))
    if unit == Unit.PARAGRAPH:
        spans = [each for start, end in spans for each in _split(document.text, start, end, _BLANK_LINE)]
    elif unit == Unit.SENTENCE:
        spans = [each for start, end in spans for each in sentences(document.text, start, end)]
    return [Stretch(document, start, end) for start, end in spans]


def _codable(document: Document) -> Iterator[tuple[int, int]]:
    for each in document.units:
        evidence = each.role is Role.INFORMANT if isinstance(each, Turn) else not each.reflection
        if evidence and each.start < each.end:
            yield each.start, each.end


_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SHORT = (
    r"(?:Bp|Bpk|Dr|Drs|Dra|Ir|Prof|H|Hj|No|Jl|Jln|Kab|Kec|Rp|hlm|hal|dll|dsb|dst|dkk|tsb|a\.n|u\.p|s\.d|d\.a|Mr|Mrs)"
)
_END = re.compile(r"(?:[.!?…]+[\"'”’)\]]*(?=\s)|\n[^\S\n]*(?=\n))\s*")
_NO_END = re.compile(rf"(?:(?<!\w){_SHORT}|(?<!\w)[A-Z])\.$")


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the sentences of ``text[start:end]`` begin and end; white space between them belongs to none.

    A sentence ends with ``. ! ? …`` before white space and anything but a lower-case letter, or at a blank line; not
    after an abbreviation or an initial.

    Examples
    --------
    >>> text = "Bu Kabid setuju. Rp. 85 juta, tiga jempol... baru naik! Ya?"
    >>> [text[a:b] for a, b in sentences(text, 0, len(text))]
    ['Bu Kabid setuju.', 'Rp. 85 juta, tiga jempol... baru naik!', 'Ya?']
    """
    begun = start
    for match in _END.finditer(text, start, end):
        after = text[match.end() : match.end() + 1]
        stop = match.start() + len(match.group().rstrip())
        broken = "\n\n" in re.sub(r"[^\S\n]", "", match.group()) or match.group().startswith("\n")
        if not broken and (after.islower() or _NO_END.search(text, begun, stop)):
            continue
        yield from _trimmed(text, begun, min(stop, end))
        begun = match.end()
    yield from _trimmed(text, begun, end)


def _split(text: str, start: int, end: int, at: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    begun = start
    for match in at.finditer(text, start, end):
        yield from _trimmed(text, begun, match.start())
        begun = match.end()
    yield from _trimmed(text, begun, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without the white space around it; nothing when there is nothing else."""
    words = text[start:end]
    if words.strip():
        yield start + len(words) - len(words.lstrip()), start + len(words.rstrip())
