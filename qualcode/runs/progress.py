"""How far a batch is: for the terminal, for a notebook, and as a log that other programs can read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic
from types import TracebackType

from qualcode.runs.order import Outcome
from qualcode.wording import say


@dataclass(frozen=True)
class Progress:
    """How far a batch is.

    Attributes
    ----------
    total : int
        Jobs that have to run; those that are up to date are none.
    workers : int
        How many run at a time.
    done, failed : int
        How many ended, and how many of these not well.
    seconds : float
        Since the batch began.
    last : Outcome or None
        The one that ended last.
    """

    total: int
    workers: int
    done: int = 0
    failed: int = 0
    seconds: float = 0.0
    last: Outcome | None = None

    @property
    def running(self) -> int:
        """How many run now."""
        return min(self.workers, self.total - self.done)

    @property
    def left(self) -> float | None:
        """About how many seconds it will take yet, if the rest is like what is done; None while nothing is."""
        return self.seconds / self.done * (self.total - self.done) if self.done else None

    def after(self, outcome: Outcome, seconds: float) -> Progress:
        """The progress when one more job has ended."""
        failed = self.failed + (outcome.error is not None)
        return replace(self, done=self.done + 1, failed=failed, seconds=seconds, last=outcome)

    def __str__(self) -> str:
        left = "" if not self.left else say("progress.left", time=clock(self.left))
        return say(
            "progress.said", done=self.done, total=self.total, running=self.running, failed=self.failed, left=left
        )


def clock(seconds: float) -> str:
    """A duration as hours (where there are any), minutes and seconds.

    Examples
    --------
    >>> clock(62), clock(3662)
    ('1:02', '1:01:02')
    """
    hours, minutes = divmod(round(seconds) // 60, 60)
    whole = round(seconds) % 60
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def followed(
    outcomes: Iterable[Outcome], total: int, workers: int, *tell: Callable[[Progress], None]
) -> Iterator[Outcome]:
    """Pass outcomes on, and tell everybody how far the batch is: at its beginning and after each."""
    begun = monotonic()
    progress = Progress(total, workers)
    for each in tell:
        each(progress)
    for outcome in outcomes:
        progress = progress.after(outcome, monotonic() - begun)
        for each in tell:
            each(progress)
        yield outcome


class Log:
    """A file with one line of JSON for the beginning of a batch and one for each job that ended, as it happens."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")

    def __call__(self, progress: Progress) -> None:
        """Write where the batch is."""
        now = datetime.now(timezone(timedelta(0)))
        line: dict[str, object] = {"time": now.isoformat(timespec="milliseconds")}
        if progress.last is not None:
            ended = progress.last
            line |= {"job": str(ended.job), "seconds": round(ended.seconds, 3), "error": ended.error}
        line |= {"total": progress.total, "done": progress.done, "running": progress.running}
        left = None if progress.left is None else round(progress.left, 1)
        line |= {"failed": progress.failed, "seconds_left": left}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
