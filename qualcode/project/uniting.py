"""Uniting the lines of copies of one file by their ids, and naming the texts of codings that name none."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Generic, Protocol, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from qualcode.coding.journal import AnyEvent, Apply, Move, in_force
from qualcode.project.versions import TextChange

_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="event")])
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Identified)


@dataclass
class United(Generic[Item]):
    """Our lines united with those of other copies.

    Attributes
    ----------
    items : dict of str to Item
        By id; of two with one id the one that came first.
    shared : set of str
        The ids that the other copies hold, too.
    fresh : list of bytes
        The lines that are new here, damaged ones included.
    added, damaged : int
        How many of them can be read, and how many cannot.
    aside : list of (str, bytes)
        Id and line of what has the id of one of ours and says something else.
    """

    items: dict[str, Item] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    fresh: list[bytes] = field(default_factory=list)
    added: int = 0
    damaged: int = 0
    aside: list[tuple[str, bytes]] = field(default_factory=list)


def unite(ours: bytes, others: Iterable[bytes], read: Callable[[bytes], Item | None]) -> United[Item]:
    """Unite the lines of a file with those of other copies of it, by id.

    Parameters
    ----------
    ours : bytes
        Stays as it is, line by line.
    others : iterable of bytes
    read : callable
        What a line holds; None when it is damaged.

    Notes
    -----
    As sets of events and of damaged lines the result is the same in any order and grouping, as long as one id means
    one event; and uniting with what was united before adds nothing.
    """
    union: United[Item] = United()
    seen: dict[bytes, str | None] = {}
    for line in lines_of(ours):
        item = read(line)
        seen.setdefault(line, item.id if item else None)
        if item is not None:
            union.items.setdefault(item.id, item)
    for other in others:
        for line in lines_of(other):
            if line in seen:  # most lines are the same in both: they need no second reading
                union.shared.add(seen[line] or "")
                continue
            item = read(line)
            seen[line] = item.id if item else None
            if item is None:
                union.damaged += 1
            elif item.id not in union.items:
                union.items[item.id] = item
                union.added += 1
            elif item != union.items[item.id]:
                union.aside.append((item.id, line))
                continue
            else:
                union.shared.add(item.id)
                continue
            union.shared.add(item.id if item else "")
            union.fresh.append(line)
    return union


def lines_of(content: bytes) -> Iterator[bytes]:
    """The lines that hold anything, without the blanks, line ends and byte order mark that programs add."""
    for line in content.removeprefix(codecs.BOM_UTF8).split(b"\n"):
        if bare := line.strip():
            yield bare


def read_event(line: bytes) -> AnyEvent | None:
    """The event in a line of a journal; None when it is damaged."""
    try:
        return _EVENT.validate_json(line)
    except ValidationError:
        return None


def read_change(line: bytes) -> TextChange | None:
    """The entry in a line of the log of texts; None when it is damaged."""
    try:
        return TextChange.model_validate_json(line)
    except ValidationError:
        return None


def pins(
    union: United[AnyEvent],
    mine: set[str],
    our_first: Mapping[str, str],
    their_first: Mapping[str, str],
    text: Callable[[str], str | None],
) -> Iterator[Move]:
    """Name the text of codings that name none, where the two copies read them in different ones.

    From then on they are carried like all others, from the text in which they were made. Their ids follow from what
    they say, so that both laptops write the same events.
    """
    events = union.items.values()
    nameless = [
        event
        for event in events
        if isinstance(event, Apply)
        and event.text is None
        and our_first.get(event.document, "") != their_first.get(event.document, "")
        and event.document in our_first
        and event.document in their_first
    ]
    named = {event.coding for event in in_force(events) if isinstance(event, Move)} if nameless else set()
    for event in nameless:
        sides = ((mine, our_first), (union.shared, their_first))
        versions = sorted(first[event.document] for ids, first in sides if event.id in ids)
        fitting = [each for each in versions if (text(each) or "")[event.start : event.end] == event.quote]
        version = (fitting or versions)[0]
        pin = _pin(event, version)
        if event.id not in named and pin.id not in union.items:
            yield pin


def _pin(event: Apply, version: str) -> Move:
    number = int.from_bytes(sha256(f"{event.id} {version}".encode()).digest()[:10])
    digits = "".join(_CROCKFORD[number >> 5 * place & 31] for place in range(14))
    return Move(
        id=f"{event.id[:10]}ZZ{digits}",  # as old as the coding, so that every later move of it counts
        time=event.time,
        coder=event.coder,
        round=event.round,
        coding=event.id,
        start=event.start,
        end=event.end,
        quote=event.quote,
        prefix=event.prefix,
        suffix=event.suffix,
        text=version,
    )
