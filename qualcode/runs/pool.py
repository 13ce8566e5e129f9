"""Work spread over processes of this machine: one that dies takes nothing along, and all stop together."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Generic, TypeVar

from qualcode.runs.stopping import begin_work
from qualcode.wording import language_in_use

ATTEMPTS = 3
"""How often a worker may die at the same work before that is given up."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Work(Generic[Item, Result]):
    """What is done to each item, and what is given instead where that failed: with its error, None for a death."""

    call: Callable[[Item], Result]
    failed: Callable[[Item, Exception | None], Result]
    forked: bool


def spread(
    call: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int,
    *,
    failed: Callable[[Item, Exception | None], Result],
    forked: bool,
) -> Generator[Result, None, None]:
    """Do the same work to many items, several at a time, giving each result as soon as it is there.

    When a worker dies, what ran then is done again, each by itself, so that none is blamed for what another did. When
    the caller stops asking, or is interrupted, what runs is stopped and the rest is left undone.

    Parameters
    ----------
    call : callable
        Something that can be pickled, of one item.
    items : iterable
    workers : int
        So many at a time.
    failed : callable
        Gives the result of an item whose call raised an error, or (with None) at which workers died again and again.
    forked : bool
        Whether workers are forked from this process, and share what it has imported.

    Yields
    ------
    Result
        In the order in which they end.
    """
    work = _Work(call, failed, forked)
    waiting, suspects = deque(items), list[Item]()
    while waiting:
        left = len(waiting)
        yield from _shift(work, waiting, workers, suspects)
        if len(waiting) == left:  # no worker lived long enough to begin
            suspects.append(waiting.popleft())
    for item in suspects:
        yield from _alone(work, item)


def _alone(work: _Work[Item, Result], item: Item) -> Iterator[Result]:
    for _ in range(ATTEMPTS - 1):
        if results := list(_shift(work, deque([item]), 1, [])):
            yield from results
            return
    yield work.failed(item, None)


def _shift(work: _Work[Item, Result], waiting: deque[Item], workers: int, suspects: list[Item]) -> Iterator[Result]:
    """The results of items, taken off `waiting`, to the end or until a worker dies: what ran then becomes suspect."""
    context = multiprocessing.get_context("fork" if work.forked else "spawn")
    line, end = context.Pipe(duplex=False)
    told = (language_in_use(), line, end if work.forked else None)
    many = min(workers, len(waiting))
    pool = ProcessPoolExecutor(many, mp_context=context, initializer=begin_work, initargs=told)
    running: dict[Future[Result], Item] = {}
    broken = False
    try:
        while running or (waiting and not broken):
            try:
                # One more than run, so that no worker waits; the rest stays here, where no death can touch it.
                while waiting and not broken and len(running) <= workers:
                    running[pool.submit(work.call, waiting[0])] = waiting[0]
                    waiting.popleft()
            except BrokenProcessPool:
                broken = True
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                item, error = running.pop(future), future.exception()
                if isinstance(error, BrokenProcessPool):
                    broken = True
                    suspects.append(item)
                else:
                    yield work.failed(item, error) if isinstance(error, Exception) else future.result()
    finally:
        end.close()  # what still runs now is stopped
        pool.shutdown(wait=True, cancel_futures=True)
        line.close()
