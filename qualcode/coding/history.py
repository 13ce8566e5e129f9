"""What happened to codings: the log of every change, and the difference between two states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qualcode.coding.journal import AnyEvent, Apply, Change, Decision, Move, Undo, fold, in_force


@dataclass(frozen=True)
class Entry:
    """One line of the log: an event, and the coding before and after it.

    Attributes
    ----------
    event : any event
    coding : str
        The coding's id; empty for verdicts, summaries and adjudications.
    before, after : Apply or None
        None where the coding did not stand.
    """

    event: AnyEvent
    coding: str
    before: Apply | None
    after: Apply | None


def entries(events: Iterable[AnyEvent]) -> list[Entry]:
    """The log of a journal, oldest first: each event with every coding it changed, before and after.

    An undoing gives an entry for each coding that it brought back or took away.
    """
    log: list[Entry] = []
    own: dict[str, list[AnyEvent]] = {}
    touched: dict[str, list[str]] = {}  # event, action or undoing -> the codings it bears on
    for event in sorted(events, key=lambda event: event.id):
        if isinstance(event, Decision):
            log.append(Entry(event, "", None, None))
            continue
        for coding in _bearing_on(event, touched):
            before = fold(own.get(coding, ())).get(coding)
            own.setdefault(coding, []).append(event)
            log.append(Entry(event, coding, before, fold(own[coding]).get(coding)))
            for key in {event.id, event.action or event.id}:
                touched.setdefault(key, []).append(coding)
    return log


def _bearing_on(event: AnyEvent, touched: Mapping[str, list[str]]) -> list[str]:
    if isinstance(event, Undo):
        return list(dict.fromkeys(touched.get(event.undone, ())))
    if isinstance(event, Change):
        return [event.coding]
    return [event.id]


class Difference(StrEnum):
    """How a coding of one state differs from that of another."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RECODED = "recoded"
    JUDGED = "judged"
    MEMO = "memo"


@dataclass(frozen=True)
class Changed:
    """A coding that differs between two states, and how; None where it does not stand."""

    differences: tuple[Difference, ...]
    before: Apply | None
    after: Apply | None


def difference(before: Mapping[str, Apply], after: Mapping[str, Apply]) -> list[Changed]:
    """Compare two states of the same codings: what was added, removed, moved, coded or judged anew, what memo changed.

    Parameters
    ----------
    before, after : mapping of str to Apply
        Coding id -> coding, as `fold` gives them.

    Returns
    -------
    list of Changed
        In the order of documents and places.
    """
    pairs = ((before.get(id), after.get(id)) for id in {**before, **after})
    found = [Changed(how, one, other) for one, other in pairs if (how := tuple(_differences(one, other)))]
    return sorted(found, key=_place)


def compare_coders(one: Iterable[Apply], other: Iterable[Apply]) -> list[Changed]:
    """Compare the codings of two coders: those with the same code on overlapping words are one and the same.

    What only the first has is "removed", what only the second has is "added"; codings of the same words with another
    code are "recoded".
    """
    left, right = list(one), list(other)
    pairs: list[tuple[Apply | None, Apply | None]] = []
    for alike in (_same_code, _same_words):
        for mine in tuple(left):
            match = next((theirs for theirs in right if alike(mine, theirs)), None)
            if match is not None:
                pairs.append((mine, match))
                left.remove(mine)
                right.remove(match)
    pairs += [(mine, None) for mine in left] + [(None, theirs) for theirs in right]
    found = [Changed(how, mine, theirs) for mine, theirs in pairs if (how := tuple(_differences(mine, theirs)))]
    return sorted(found, key=_place)


def _same_code(one: Apply, other: Apply) -> bool:
    overlap = one.start < other.end and other.start < one.end
    return overlap and (one.document, one.code) == (other.document, other.code)


def _same_words(one: Apply, other: Apply) -> bool:
    return (one.document, one.start, one.end) == (other.document, other.start, other.end)


def _differences(one: Apply | None, other: Apply | None) -> Iterator[Difference]:
    if one is None or other is None:
        yield Difference.ADDED if one is None else Difference.REMOVED
        return
    if (one.document, one.start, one.end, one.quote) != (other.document, other.start, other.end, other.quote):
        yield Difference.MOVED
    if one.code != other.code:
        yield Difference.RECODED
    judgement = [(each.valence, each.tags, each.period, each.explicit) for each in (one, other)]
    if judgement[0] != judgement[1]:
        yield Difference.JUDGED
    if one.memo != other.memo:
        yield Difference.MEMO


def _place(changed: Changed) -> tuple[str, int, int, str, str]:
    coding = changed.after or changed.before
    assert coding is not None
    return (coding.document, coding.start, coding.end, coding.code, coding.id)


def newest_action(events: Iterable[AnyEvent], coder: str) -> AnyEvent | None:
    """The newest event of a coder that is in force and that undoing may take back; None when there is none.

    What carries a coding along with a changed text is nobody's doing and has no action; a coding that a person sets to
    other words has one.
    """
    own = [event for event in in_force(events) if event.coder == coder and not _carries(event)]
    return max(own, key=lambda event: event.id, default=None)


def _carries(event: AnyEvent) -> bool:
    return isinstance(event, Move) and event.action is None


def on_document(events: Iterable[AnyEvent], document: str) -> list[AnyEvent]:
    """The events whose whole action bears on codings of one document and on nothing else."""
    homes: dict[str, str] = {}
    bears: dict[str, set[str]] = {}  # event, action or undoing -> the documents it bears on
    every = sorted(events, key=lambda event: event.id)
    for event in every:
        if isinstance(event, Apply):
            homes[event.id] = event.document
        where = _documents(event, homes, bears)
        for key in {event.id, _deed(event)}:
            bears.setdefault(key, set()).update(where)
    return [event for event in every if bears[_deed(event)] == {document}]


def _deed(event: AnyEvent) -> str:
    """What undoing an event takes back: an undoing by itself, anything else with the rest of its action."""
    return event.id if isinstance(event, Undo) else event.action or event.id


def _documents(event: AnyEvent, homes: Mapping[str, str], bears: Mapping[str, set[str]]) -> set[str]:
    if isinstance(event, Undo):
        return set(bears.get(event.undone, ()))
    if isinstance(event, Decision):
        return {""}
    coding = event.coding if isinstance(event, Change) else event.id
    return {homes[coding]} if coding in homes else {""}


def newest_undoing(events: Iterable[AnyEvent], coder: str) -> Undo | None:
    """The newest undoing of a coder that is in force; None when there is none, or when she has acted since."""
    every = list(events)
    undoings = {event.id: event for event in every if isinstance(event, Undo)}
    gone = {undoing.undone for undoing in undoings.values()}
    own = [each for each in undoings.values() if each.coder == coder and each.id not in gone]
    first = [each for each in own if each.undone not in undoings]
    newest = max(first, key=lambda event: event.id, default=None)
    acted = newest_action(every, coder)
    return None if newest is None or (acted is not None and acted.id > newest.id) else newest
