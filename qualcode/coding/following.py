"""A journal that grows while it is open: read whole once, then only what was added."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import RLock

from qualcode.coding.journal import AnyEvent, Apply, Change, Undo, events_in, fold


class FollowedJournal:
    """The codings that stand in a journal, kept up with the file.

    A file that only became longer is read from where reading ended; a file that became another is read whole again.
    Threads may ask at the same time.

    Parameters
    ----------
    path : Path
        It need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._forget()

    def standing(self, document: str, code: str) -> tuple[Apply, ...]:
        """The codings with this code on this document that stand now.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        with self._lock:
            self._catch_up()
            return tuple(self._shelves.get((document, code), ()))

    def on(self, document: str) -> tuple[Apply, ...]:
        """The codings on this document that stand now, whatever their code.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        with self._lock:
            self._catch_up()
            return tuple(each for place, shelf in self._shelves.items() if place[0] == document for each in shelf)

    def events(self) -> tuple[AnyEvent, ...]:
        """Every event so far, in the order of the file.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        with self._lock:
            self._catch_up()
            return tuple(self._events)

    def of_action(self, action: str) -> tuple[AnyEvent, ...]:
        """The events that belong to an action.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        with self._lock:
            self._catch_up()
            return tuple(self._actions.get(action, ()))

    def _forget(self) -> None:
        self._read = 0
        self._last = b""
        self._events: list[AnyEvent] = []
        self._ids: set[str] = set()
        self._named: set[str] = set()
        self._shelves: dict[tuple[str, str], list[Apply]] = {}
        self._actions: dict[str, list[AnyEvent]] = {}

    def _catch_up(self) -> None:
        if not self._path.exists():
            self._forget()
            return
        with self._path.open("rb") as file:
            file.seek(self._read - len(self._last))
            if file.read(len(self._last)) != self._last:
                self._forget()
                file.seek(0)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        if added != whole and events_in(added[len(whole) :]):
            whole = added  # the last line lacks only its end, as some editors leave it
        self._read += len(whole)
        if whole:
            self._last = whole[whole.rfind(b"\n", 0, -1) + 1 :]  # its id tells whether the file is still the one it was
        self._take(events_in(whole))

    def _take(self, events: list[AnyEvent]) -> None:
        events = [event for event in events if event.id not in self._ids]  # uniting two copies may leave lines twice
        self._ids.update(event.id for event in events)
        self._events += events
        for event in events:
            if event.action:
                self._actions.setdefault(event.action, []).append(event)
        self._named |= {event.coding for event in events if isinstance(event, Change)}
        self._named |= {event.undone for event in events if isinstance(event, Undo)}
        fresh = [event for event in events if isinstance(event, Apply)]
        if len(fresh) == len(events) and not any({event.id, event.action} & self._named for event in fresh):
            self._put(fresh)
        else:
            self._shelves = {}
            self._put(fold(self._events).values())

    def _put(self, codings: Iterable[Apply]) -> None:
        for event in codings:
            self._shelves.setdefault((event.document, event.code), []).append(event)
