"""The chronicle: who changed which coding when, and how two states of a project differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from qualcode.coding.history import Changed, Entry, compare_coders, difference, entries
from qualcode.coding.journal import Adjudicate, AnyEvent, Apply, Decision, Summary, Verdict, fold, read_journal
from qualcode.display import Table
from qualcode.errors import ParameterError
from qualcode.wording import say

SHOWN = ("code", "valence", "tags", "period", "explicit", "memo", "suggested")
USUAL = {"explicit": True, "suggested": False}
"""What a coding is unless it is said."""


def log_table(journals: Iterable[Path], *, coder: str | None = None, code: str | None = None) -> Table:
    """One row a change, oldest first: when, who, what, of which coding, and what was there before and after."""
    log = [
        (entry, path.parent.parent.name)
        for path in journals
        for entry in entries(read_journal(path).events)
        if (coder is None or entry.event.coder == coder) and (code is None or code in _codes(entry))
    ]
    log.sort(key=lambda row: row[0].event.id)
    rows = [
        [
            entry.event.time.strftime("%Y-%m-%d %H:%M"),
            entry.event.coder,
            say(f"event.{entry.event.event}"),
            case,
            ", ".join(sorted(_codes(entry))),
            _where(entry),
            _what(entry.before, entry.after, entry.event),
            _what(entry.after, entry.before, entry.event),
            entry.event.id,
        ]
        for entry, case in log
    ]
    names = ("time", "coder", "event", "case", "code", "words", "before", "after", "id")
    return Table(say("log.caption", count=len(rows)), [say(f"log.{name}") for name in names], rows)


def _codes(entry: Entry) -> set[str]:
    if isinstance(entry.event, Decision):
        return {entry.event.code} if entry.event.code else set()
    return {state.code for state in (entry.before, entry.after) if state is not None}


def _where(entry: Entry) -> str:
    state = entry.after or entry.before
    if isinstance(entry.event, Summary):
        return f"{entry.event.voice}: {entry.event.text}"
    if isinstance(entry.event, Verdict):
        return f"{entry.event.status}: {entry.event.memo}"
    if isinstance(entry.event, Adjudicate):
        return f"{say('event.dropped')}: {entry.event.memo}" if entry.event.code is None else entry.event.memo
    if state is None:
        return ""
    return f"{state.document}: “{' '.join(state.quote.split())[:80]}”"


def _what(state: Apply | None, other: Apply | None, event: AnyEvent) -> str:
    """What a state holds that the other does not; all of it when the other does not stand."""
    if isinstance(event, Decision):
        return ""
    if state is None:
        return "–"
    held = {name: getattr(state, name) for name in SHOWN}
    if other is None:
        held = {name: each for name, each in held.items() if each not in ("", ()) and each is not USUAL.get(name)}
    else:
        held = {name: value for name, value in held.items() if value != getattr(other, name)}
        if (state.start, state.end) != (other.start, other.end) or state.quote != other.quote:
            held["place"] = f"{state.start}-{state.end}"
    return "; ".join(f"{say(f'log.field_{name}')}: {_plain(value)}" for name, value in held.items()) or "="


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return say("log.yes" if value else "log.no")
    return str(value) or "–"


def state_at(events: Iterable[AnyEvent], moment: datetime) -> dict[str, Apply]:
    """The codings that stood at a moment."""
    return fold(event for event in events if event.time <= moment)


def moment_of(word: str) -> datetime | None:
    """The moment a word names, of a day its end; None when it is no date.

    Examples
    --------
    >>> moment_of("2025-03-11").hour, moment_of("ana")
    (23, None)
    """
    try:
        if len(word) == len("2025-03-11"):
            return datetime.combine(date.fromisoformat(word), time.max).astimezone()
        return datetime.fromisoformat(word).astimezone()
    except ValueError:
        return None


def by_date(journals: Iterable[Path], one: datetime, other: datetime) -> list[tuple[str, Changed]]:
    """How codings changed between two moments: case and change."""
    found = []
    for path in journals:
        events = read_journal(path).events
        changes = difference(state_at(events, one), state_at(events, other))
        found += [(path.parent.parent.name, changed) for changed in changes]
    return found


def by_coder(journals: Iterable[Path], one: str, other: str) -> list[tuple[str, Changed]]:
    """How the codings of two coders with the same codebook on the same case differ.

    Raises
    ------
    ParameterError
        When one of them has coded nothing.
    """
    own: dict[str, dict[tuple[str, str], Path]] = {one: {}, other: {}}
    for path in journals:
        codebook, _, coder = path.stem.partition(".")
        if coder in own:
            own[coder][path.parent.parent.name, codebook] = path
    for coder, found in own.items():
        if not found:
            raise ParameterError.of("diff_nothing", coder, word=coder)
    return [
        (shelf[0], changed)
        for shelf in sorted(own[one].keys() | own[other].keys())
        for changed in compare_coders(_standing(own[one].get(shelf)), _standing(own[other].get(shelf)))
    ]


def by_project(journals: Iterable[Path], others: Iterable[Path]) -> list[tuple[str, Changed]]:
    """How the codings of two projects differ, journal by journal."""
    mine = {(path.parent.parent.name, path.name): path for path in journals}
    theirs = {(path.parent.parent.name, path.name): path for path in others}
    return [
        (key[0], changed)
        for key in sorted(mine.keys() | theirs.keys())
        for changed in difference(*({each.id: each for each in _standing(side.get(key))} for side in (mine, theirs)))
    ]


def _standing(path: Path | None) -> Iterator[Apply]:
    yield from fold(read_journal(path).events).values() if path else ()


def diff_table(changes: Iterable[tuple[str, Changed]], one: str, other: str) -> Table:
    """One row a coding that differs, and how."""
    rows = []
    for case, changed in changes:
        state = changed.after or changed.before
        assert state is not None
        rows.append(
            [
                ", ".join(say(f"diff.{how}") for how in changed.differences),
                f"{case}/{state.document}",
                state.code,
                " ".join(state.quote.split())[:80],
                _what(changed.before, changed.after, state),
                _what(changed.after, changed.before, state),
            ]
        )
    names = ("how", "document", "code", "words")
    columns = [*(say(f"diff.{name}") for name in names), one, other]
    return Table(say("diff.caption", one=one, other=other, count=len(rows)), columns, rows)
