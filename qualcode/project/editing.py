"""Correcting a text after coding has begun: every coding is carried along, and what became of each is told.

The order of writing makes a crash harmless: first the old and the new text are kept, then the document changes, then
the journals. Whatever is missing after a crash is found again at the next reading, because the old text is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.coding.anchor import anchor
from qualcode.coding.carried import Carried, CarriedStatus
from qualcode.coding.journal import Move, append
from qualcode.display import Table
from qualcode.errors import CodingError
from qualcode.project.reading import CaseReading, Placed, contrast
from qualcode.project.versions import TextChange
from qualcode.storage import write_atomically
from qualcode.text.document import Document, Segment
from qualcode.text.readers import text_fault, with_body
from qualcode.wording import say


@dataclass(frozen=True)
class CarriedCoding:
    """What became of a coding: where it was, and where it is now or may be (None when lost)."""

    placed: Placed
    status: CarriedStatus
    segment: Segment | None


@dataclass(frozen=True)
class Correction:
    """What a corrected text does to the codings of its document.

    Attributes
    ----------
    document : Document
        With the new text.
    codings : tuple of CarriedCoding
        In the order of the text.
    """

    document: Document
    codings: tuple[CarriedCoding, ...]

    @property
    def counts(self) -> dict[CarriedStatus, int]:
        """How many codings were kept, moved, are to be confirmed, are lost."""
        counted = Counter(each.status for each in self.codings)
        return {status: counted[status] for status in CarriedStatus}

    def to_table(self) -> Table:
        """One row a coding that a person must look at: to be confirmed or lost, with its old words and its new ones."""
        rows = [
            [
                say(f"carried.{each.status.lower()}"),
                f"{each.placed.event.code} ({each.placed.event.coder})",
                *contrast(each.placed.event.quote, each.segment.text if each.segment else ""),
                each.segment.address if each.segment else "–",
                each.placed.event.id,
            ]
            for each in self.codings
            if each.status in (CarriedStatus.FUZZY, CarriedStatus.LOST)
        ]
        names = ("status", "code", "before", "after", "address", "id")
        counts = {status.lower(): count for status, count in self.counts.items()}
        caption = say("carried.caption", document=self.document.id, **counts)
        return Table(caption, [say(f"carried.{name}") for name in names], rows)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().caption


def correct(reading: CaseReading, document: Document, text: str) -> Correction:
    """Carry the codings of a document to a corrected text; nothing is written.

    Raises
    ------
    CodingError
        When the text holds a character that no text may hold.
    """
    text = text.replace("\r\n", "\n")
    fault = text_fault(text, document.file)
    if fault:
        raise CodingError(fault)
    changed = replace(document, text=text)
    standing = sorted(
        (
            (each.segment.start, each.segment.end, each.event.id, each)
            for path in reading.journals()
            for each in reading.placed_in(path)[0]
            if each.segment and each.is_certain and each.event.document == document.id
        ),
        key=lambda row: row[:3],
    )
    from qualcode.coding.carrying import carry  # opens numpy, which nothing else on the desk needs

    carried = carry(document.text, text, [(start, end) for start, end, _, _ in standing])
    return Correction(
        changed,
        tuple(
            CarriedCoding(placed, each.status, _segment(changed, each))
            for (_, _, _, placed), each in zip(standing, carried, strict=True)
        ),
    )


def _segment(document: Document, carried: Carried) -> Segment | None:
    if carried.start is None or carried.end is None:
        return None
    return document.segment(carried.start, carried.end)


def store(reading: CaseReading, before: Document, correction: Correction, change: TextChange) -> None:
    """Write a correction down: the texts, the document, and where each certain coding now stands.

    Raises
    ------
    OSError, filelock.Timeout
        When something cannot be written.
    """
    reading.versions.keep(before.text)
    reading.versions.keep(correction.document.text)
    reading.versions.log(change)
    file = with_body(file_of(reading, before), correction.document.text)
    write_atomically(reading.root / before.file, file.encode())
    certain = (CarriedStatus.KEPT, CarriedStatus.MOVED)
    set_down((each.placed, each.segment) for each in correction.codings if each.segment and each.status in certain)


def set_down(places: Iterable[tuple[Placed, Segment]]) -> int:
    """Write into the journals where codings stand in the text as it is now; gives how many.

    Raises
    ------
    OSError, filelock.Timeout
        When a journal cannot be written.
    """
    moves: dict[Path, list[Move]] = {}
    for placed, segment in places:
        where = vars(anchor(segment))
        move = Move(coder=placed.event.coder, coding=placed.event.id, text=segment.document.text_id, **where)
        moves.setdefault(placed.journal, []).append(move)
    for journal, events in moves.items():
        append(journal, events)
    return sum(map(len, moves.values()))


def settle_down(reading: CaseReading) -> int:
    """Keep the texts as they are now and write down every certain place in them; gives how many codings moved.

    Raises
    ------
    OSError, filelock.Timeout
        When something cannot be written.
    """
    newest = {change.document: change.after for change in reading.versions.changes()}
    for document in reading.documents.values():
        before = newest.get(document.id)
        if before != document.text_id:
            reading.versions.keep(document.text)
            how = "changed outside" if before else "first seen"
            reading.versions.log(TextChange(document=document.id, before=before, after=document.text_id, how=how))
    placed = [each for path in reading.journals() for each in reading.placed_in(path)[0]]
    return set_down((each, each.segment) for each in placed if each.segment and each.is_certain and _elsewhere(each))


def _elsewhere(placed: Placed) -> bool:
    """Whether the journal still names another text or another place than the coding has now."""
    return placed.stale or (placed.segment is not None and placed.segment.start != placed.event.start)


def file_of(reading: CaseReading, document: Document) -> str:
    """The whole file of a document, front matter and text."""
    return (reading.root / document.file).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
