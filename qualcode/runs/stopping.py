"""How a process that runs notebooks is told to stop: what it runs ends within seconds and is kept, nothing else begins.

It is told by the closing of a line to whoever wants the results, so that it also stops when that process was killed.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection

from qualcode.wording import use_language

SECONDS_BETWEEN_TRIES = 0.2

_stopped = threading.Event()
_at_work = threading.Lock()


def begin_work(language: str, line: Connection, theirs: Connection | None) -> None:
    """Make this process a worker that speaks a language and stops when the other end of a line is closed.

    Parameters
    ----------
    language : str
    line : Connection
    theirs : Connection or None
        The other end, where a fork has copied it.
    """
    use_language(language)
    logging.disable(logging.CRITICAL)  # what went wrong stands in the outcome
    # A terminal sends Ctrl+C to everybody; who wants the results decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if theirs is not None:
        theirs.close()
    threading.Thread(target=_wait_for_end, args=(line,), daemon=True).start()


def stopped() -> bool:
    """Whether this process was told to stop."""
    return _stopped.is_set()


def stop() -> None:
    """Tell this process to stop: what runs is interrupted, and nothing else begins before `resume`."""
    from qualcode.runs import provisioner

    _stopped.set()
    provisioner.stop()


def resume() -> None:
    """Let notebooks begin again, in a process that works for others, too."""
    _stopped.clear()


def at_work() -> threading.Lock:
    """Held while a notebook runs: a worker that nobody waits for any more ends after it."""
    return _at_work


def _wait_for_end(line: Connection) -> None:
    with suppress(EOFError, OSError):
        line.recv_bytes()
    from qualcode.runs import provisioner

    _stopped.set()
    while True:
        provisioner.stop()  # again, since a kernel may just be about to start
        if not _is_wanted() and _at_work.acquire(blocking=False):
            os._exit(1)
        time.sleep(SECONDS_BETWEEN_TRIES)


def _is_wanted() -> bool:
    parent = multiprocessing.parent_process()
    return parent is not None and parent.is_alive()
