"""The journal: an append-only log of coding events, one JSON object a line, one file per codebook and coder.

What is coded is a fold over the events. Undoing is an event, the audit trail is the file, and uniting two copies is
the union of their lines.

Every event has an id that sorts by time, a coder, a time and a round. Events that belong together (a code merged into
another moves many codings) share an `action` and are undone together.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from ulid import ULID

from qualcode.coding.codebook import Texts
from qualcode.coding.valence import CODED, Valence
from qualcode.errors import Problem
from qualcode.records import Identifier, Record, word_complaint
from qualcode.storage import append_durably
from qualcode.storage import locked as locked_for
from qualcode.wording import say

EventId = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
"""A ULID: unique, and ordered by time. The id of an `apply` event is the id of its coding."""


def _given(valence: Valence) -> Valence:
    if valence not in CODED:
        raise PydanticCustomError("enum", "given by no coder", {"expected": ", ".join(f"'{each}'" for each in CODED)})
    return valence


Coded = Annotated[Valence, AfterValidator(_given)]
"""A valence that a coder may give."""


LOCK_SECONDS = 20

TextId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""The first 16 hexadecimal digits of a text's SHA-256: which version of a document an anchor was made in."""


class _Event(Record):
    id: EventId = Field(default_factory=lambda: str(ULID()))
    time: datetime = Field(default_factory=lambda: datetime.now().astimezone().replace(microsecond=0))
    coder: str = Field(pattern=Identifier)
    round: int = Field(default=1, ge=1)
    action: EventId | None = None

    model_config = ConfigDict(str_strip_whitespace=False)  # a quotation's own blanks belong to it

    @field_validator("time")
    @classmethod
    def _with_zone(cls, time: datetime) -> datetime:
        if time.tzinfo is None:
            raise ValueError("waktu tanpa zona waktu")
        return time


class Apply(_Event):
    """A code is given to a quotation; `suggested` when a person accepted it from a suggestion."""

    event: Literal["apply"] = "apply"
    document: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    quote: str = Field(min_length=1)
    prefix: str = ""
    suffix: str = ""
    text: TextId | None = None
    code: str
    valence: Coded = Valence.DESCRIPTIVE
    tags: Texts = ()
    period: str | None = None
    explicit: bool = True
    memo: str = ""
    suggested: bool = False


class Revise(_Event):
    """Some of a coding's judgement is changed; what is left out stays as it was."""

    event: Literal["revise"] = "revise"
    coding: EventId
    code: str | None = None
    valence: Coded | None = None
    tags: Texts | None = None
    period: str | None = None
    explicit: bool | None = None
    memo: str | None = None


class Remove(_Event):
    """A coding is taken back; its history stays."""

    event: Literal["remove"] = "remove"
    coding: EventId
    memo: str = ""


class Move(_Event):
    """A coding is set to its place in another version of its document's text; its judgement stays."""

    event: Literal["move"] = "move"
    coding: EventId
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    quote: str = Field(min_length=1)
    prefix: str = ""
    suffix: str = ""
    text: TextId


class Undo(_Event):
    """An event, an action or an earlier undoing is taken back; undoing an undoing brings back what it undid."""

    event: Literal["undo"] = "undo"
    undone: EventId


_Status = Literal["agreement", "partial", "silence", "dissonance", "no_data", "not_assessable", "not_triangulated"]


class Verdict(_Event):
    """What the researcher decides of a construct whose status was computed, and why; both stay side by side.

    `computed` is the status as it was when she decided.
    """

    event: Literal["verdict"] = "verdict"
    axis: Literal["source", "technique", "time", "coder", "framework"]
    code: str
    status: _Status
    computed: _Status | None = None
    memo: str = Field(min_length=1)


class Summary(_Event):
    """What a voice says about a code in the researcher's own words, and the codings it sums up."""

    event: Literal["summary"] = "summary"
    code: str
    voice: str = Field(min_length=1)
    text: str = Field(min_length=1)
    codings: tuple[EventId, ...] = ()


class Adjudicate(_Event):
    """What is decided of codings on which coders differ, and why; the codings themselves stay as they were made.

    `codings` names those of all sides; the first of them gives the words. `code` None drops them all. Its coder is the
    adjudicator.
    """

    event: Literal["adjudicate"] = "adjudicate"
    codings: tuple[EventId, ...] = Field(min_length=1)
    code: str | None = None
    valence: Coded = Valence.DESCRIPTIVE
    memo: str = Field(min_length=1)


Decision = Verdict | Summary | Adjudicate
"""What researchers decide or write beside the codings, which it does not change."""

AnyEvent = Apply | Revise | Remove | Move | Undo | Verdict | Summary | Adjudicate
Change = Revise | Remove | Move
"""What changes a coding that stands already."""

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="event")])


@dataclass(frozen=True)
class Damaged:
    """A line that is no event: its number from 1, its bytes, and what is wrong with it."""

    number: int
    line: bytes
    reason: str


@dataclass(frozen=True)
class Journal:
    """The events of one coder with one codebook, and the lines that could not be read.

    Attributes
    ----------
    events : tuple of events
        In the order of the file.
    damaged : tuple of Damaged
        Reported by number and left in the file; never dropped.
    lines : mapping of str to int
        Event id -> line number.
    """

    events: tuple[AnyEvent, ...]
    damaged: tuple[Damaged, ...]
    lines: dict[str, int]

    def problems(self, place: str) -> list[Problem]:
        """One problem for each damaged line."""
        return [
            Problem.of("damaged_line", f"{place}:{line.number}", number=line.number, reason=line.reason)
            for line in self.damaged
        ]


def read_journal(path: Path) -> Journal:
    """Read a journal, setting aside every line that is damaged."""
    return journal_of(path.read_bytes())


def events_in(content: bytes) -> list[AnyEvent]:
    """The events of some lines of a journal, each once; damaged lines are passed over."""
    return list(journal_of(content).events)


def journal_of(content: bytes) -> Journal:
    """The journal that some lines make, setting aside every line that is damaged."""
    events: dict[str, AnyEvent] = {}
    damaged: list[Damaged] = []
    lines: dict[str, int] = {}
    # Only b"\n" ends a line: quotations may hold other line separators, which JSON leaves as they are.
    # Some editors put a mark before the first line.
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            event = _EVENT.validate_json(line)
        except ValidationError as error:
            damaged.append(Damaged(number, line, _reason(error)))
            continue
        if event.id not in lines:
            lines[event.id] = number
            events[event.id] = event
        elif event != events[event.id]:  # the same event twice is what a union of two copies leaves
            damaged.append(Damaged(number, line, say("journal.id_used", id=event.id, line=lines[event.id])))
    return Journal(tuple(events.values()), tuple(damaged), lines)


def append(path: Path, events: Sequence[AnyEvent]) -> None:
    """Lock the journal, append events, and wait until they are on the disk.

    Raises
    ------
    filelock.Timeout
        When somebody else keeps the journal locked.
    OSError
        As `append_locked`.
    """
    with locked(path):
        append_locked(path, events)


def append_locked(path: Path, events: Sequence[AnyEvent]) -> None:
    """Append events to a journal that the caller has locked, as `append_durably` does."""
    append_durably(path, b"".join(to_line(event) for event in events))


def locked(path: Path) -> AbstractContextManager[object]:
    """A lock on the journal at `path`, held by one process at a time."""
    return locked_for(path, LOCK_SECONDS)


def to_line(event: AnyEvent) -> bytes:
    """An event as one line of UTF-8 JSON; what says nothing is left out."""
    content = event.model_dump(mode="json", exclude_none=True)
    if not content.get("suggested"):  # the lines of journals without suggestions stay as they were
        content.pop("suggested", None)
    lasting = {key: value for key, value in content.items() if value not in ("", []) or isinstance(event, Revise)}
    return json.dumps(lasting, ensure_ascii=False).encode() + b"\n"


def fold(events: Iterable[AnyEvent]) -> dict[str, Apply]:
    """The codings that stand after all events: coding id -> its `Apply` with every revision taken in.

    Events take effect in the order of their ids, which is the order of time, wherever they stand in the file; so
    uniting two copies of a journal in any order gives the same state.
    """
    standing: dict[str, Apply] = {}
    later: list[Change] = []
    for event in in_force(events):
        if isinstance(event, Apply):
            standing[event.id] = event
        elif isinstance(event, Change):
            later.append(event)
    for event in sorted(later, key=lambda event: event.id):
        if isinstance(event, Remove):
            standing.pop(event.coding, None)
        elif event.coding in standing:
            standing[event.coding] = standing[event.coding].model_copy(update=_changes(event))
    return dict(sorted(standing.items()))


def in_force(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """The events that no undoing took back, in their order; undoings themselves are left out."""
    every = list(events)
    undoings = sorted((event for event in every if isinstance(event, Undo)), key=lambda event: event.id, reverse=True)
    gone: set[str] = set()
    for undoing in undoings:  # from the newest: only what is in force itself takes anything back
        if undoing.id not in gone:
            gone.add(undoing.undone)
    return [event for event in every if not isinstance(event, Undo) and not {event.id, event.action} & gone]


_JUDGEMENT = ("code", "valence", "tags", "period", "explicit", "memo")
_PLACE = ("start", "end", "quote", "prefix", "suffix", "text")


def _changes(event: Revise | Move) -> dict[str, object]:
    if isinstance(event, Move):
        return {name: getattr(event, name) for name in _PLACE}
    changes = {name: getattr(event, name) for name in _JUDGEMENT}
    return {name: value for name, value in changes.items() if value is not None}


def _reason(error: ValidationError) -> str:
    complaint = error.errors(include_url=False)[0]
    if complaint["type"] == "json_invalid":
        return "JSON"
    return word_complaint(complaint, "").what
