"""A batch on a Dask cluster: the same jobs and the same bytes, on as many machines as there are workers.

Dask carries jobs to its workers and tells which workers there are. Which of them gets which job is decided here, since
not every worker is as good as any other: it must have the same libraries as this process, or its results would not be
the same, and a process runs one notebook at a time, because papermill changes its working folder.
"""

from __future__ import annotations

import logging
import os
import platform
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from qualcode.errors import CheckError, ParameterError, Problem, QualcodeError
from qualcode.runs import stopping
from qualcode.runs.addresses import EXTRA, NOWHERE, Places
from qualcode.runs.batch import processors
from qualcode.runs.inputs import environment_of
from qualcode.runs.order import NO_LIMITS, Limits, Outcome, order_of, require_possible
from qualcode.runs.plan import Job
from qualcode.runs.pool import ATTEMPTS
from qualcode.runs.progress import Progress, followed
from qualcode.runs.questions import CACHE, Aspect, Disk, Question
from qualcode.runs.surroundings import PACKAGE
from qualcode.runs.upkeep import forget
from qualcode.wording import language_in_use, say, use_language

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL = "local"
"""In the place of a scheduler's address: a cluster on this machine, for this batch only."""

SECONDS_TO_ANSWER = 5.0
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_STOP = 15.0
SECONDS_WITHOUT_WORKERS = 60.0

# Dask sets these for its workers; how many threads add numbers up decides about their last digits.
THREADS = ("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

# Where things stand on a machine is that machine's affair.
OWN = {"IPYTHONDIR", "MPLCONFIGDIR", "NLTK_DATA", "PYTHONHOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE"}

# JupyterLab is for people; of it runs need the kernel.
NOT_IN_RUNS, INSTEAD = "jupyterlab", "ipykernel"


def run(
    jobs: Sequence[Job],
    *,
    cluster: str,
    workers: int | None = None,
    limits: Limits = NO_LIMITS,
    tell: Sequence[Callable[[Progress], None]] = (),
    places: Places = NOWHERE,
) -> Generator[Outcome, None, None]:
    """Execute jobs on a cluster, giving each outcome as soon as it is there; else as `qualcode.runs.batch.run`.

    The job of a worker that is lost is given to another. When the caller stops asking, or is interrupted, running
    notebooks are stopped and kept with what they have; a cluster that was there before stays.

    Parameters
    ----------
    jobs : sequence of Job
    cluster : str
        The address of a Dask scheduler (``tcp://scheduler:8786``), or `LOCAL`.
    workers : int, optional
        At most so many at a time. Default: all of the cluster; the processors of this machine for `LOCAL`.
    limits : Limits
        Of each notebook.
    tell : sequence of callable
        Told how far the batch is.
    places : Places
        Which folders stand for addresses; all others must be shared by all machines.

    Yields
    ------
    Outcome
        In the order in which they end.

    Raises
    ------
    ParameterError
        When Dask is not installed, or the scheduler does not answer or has no workers.
    CheckError
        When a worker has other versions than this process, or does not see a folder.
    """
    if not jobs:
        return
    most = min(workers or (processors() if cluster == LOCAL else len(jobs)), len(jobs))
    with _joined(cluster, most) as client, _marked(_shared(jobs, places)) as marks:
        crew = _Crew(client, marks, is_own=cluster == LOCAL)
        crew.hire(strictly=True)
        batch = _Batch(crew, deque(jobs), most, limits, places)
        yield from followed(batch.outcomes(), len(jobs), min(most, len(crew.fit)), *tell)


@contextmanager
def _joined(cluster: str, workers: int) -> Iterator[Client]:
    try:
        import distributed
    except ImportError as error:
        raise ParameterError.of("cluster_extra", cluster, module="distributed", command=EXTRA) from error
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # what goes wrong is told by us
    try:
        if cluster == LOCAL:
            with _local(workers) as own, distributed.Client(own, set_as_default=False) as client:
                yield client
            return
        try:
            client = distributed.Client(cluster, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            seconds = round(SECONDS_TO_ANSWER)
            raise ParameterError.of("cluster_unreachable", cluster, seconds=seconds) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
            except TimeoutError as error:
                raise ParameterError.of("cluster_empty", cluster) from error
            yield client
    finally:
        logger.setLevel(level)


def _local(workers: int) -> Any:
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        # Whoever can talk to a scheduler can run anything: nobody else on this machine may.
        security=True,
        # No page to watch it, and no limit: the memory of a notebook is that of its kernel.
        dashboard_address=None,
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    )


def _shared(jobs: Iterable[Job], places: Places) -> set[Path]:
    """The folders that every worker must see."""
    shared: set[Path] = set()
    for job in jobs:
        folder = job.output.parent.parent
        if places.project is None:
            shared.add(job.root)
        if places.out is None and not (folder.is_relative_to(job.root) and job.root in shared):
            shared.add(folder)
    return shared


@contextmanager
def _marked(folders: Iterable[Path]) -> Iterator[dict[str, Path]]:
    """Leave a mark in each folder: a worker that sees it sees that very folder, and not one of the same name."""
    name = f".qualcode-{uuid4().hex}"
    marks = {folder / CACHE / name if (folder / CACHE).is_dir() else folder / name: folder for folder in folders}
    try:
        for mark in marks:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        yield {str(mark): folder for mark, folder in marks.items()}
    finally:
        for mark in marks:
            with suppress(OSError):
                mark.unlink(missing_ok=True)


@dataclass
class _Crew:
    """The workers of a cluster that are fit for our jobs."""

    client: Client
    marks: Mapping[str, Path]
    is_own: bool
    fit: set[str] = field(default_factory=set)
    refused: list[Problem] = field(default_factory=list)
    _examined: set[str] = field(default_factory=set)

    def hire(self, *, strictly: bool = False) -> None:
        """See who is there now, and examine those who are new; who is not fit gets no job, or `strictly`, is refused.

        Raises
        ------
        CheckError
            With what is wrong with each worker.
        """
        there = self._there()
        new = there - self._examined
        found = self.ask(examine, tuple(self.marks), self.is_own, workers=new)
        problems = {worker: _unfit(worker, finding, self.marks) for worker, finding in found.items()}
        refused = [problem for each in problems.values() for problem in each]
        if strictly and refused:
            raise CheckError(refused)
        self.refused = refused or self.refused
        self._examined |= {worker for worker, finding in found.items() if isinstance(finding, Finding)}
        self.fit = (self.fit & there) | {worker for worker, each in problems.items() if not each}

    @property
    def is_lost(self) -> bool:
        """Whether the scheduler is gone for good: Dask has tried for some seconds to find it again."""
        return self.client.status not in ("running", "connecting")

    def ask(self, function: Callable[..., Any], *arguments: object, workers: Iterable[str]) -> dict[str, Any]:
        """What each worker answers, be it an error; nothing while the scheduler cannot be reached."""
        asked = sorted(workers)
        if not asked or self.client.status != "running":
            return {}
        try:
            answers: dict[str, Any] = self.client.run(function, *arguments, workers=asked, on_error="return")
        except (OSError, RuntimeError, AttributeError):  # the last where Dask gives up meanwhile
            return {}
        return answers

    def _there(self) -> set[str]:
        try:
            return set(self.client.scheduler_info(n_workers=-1).get("workers", ()))
        except (OSError, RuntimeError, AttributeError):
            return set()


@dataclass(frozen=True)
class Finding:
    """What an examination of a worker found: its `traits`, and the marks it does not see."""

    traits: Mapping[str, str]
    unseen: tuple[str, ...]


def examine(marks: Sequence[str], is_own: bool) -> Finding:
    """On a worker: what it is like; it also reads the libraries that every job needs."""
    if is_own:
        # A terminal sends Ctrl+C to everybody; who wants the results decides what it means.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        logging.disable(logging.CRITICAL)  # what went wrong stands in the outcome
    import matplotlib.font_manager  # noqa: F401  # looks for fonts, and would say so in the first notebook only

    import qualcode.runs.execute  # noqa: F401

    return Finding(traits(), tuple(mark for mark in marks if not Path(mark).exists()))


@cache
def traits() -> dict[str, str]:
    """What decides about the bytes of a result: Python, the code of qualcode, and all libraries that runs need.

    As they were when this process began to use them: a worker goes on with code that was changed meanwhile.
    """
    code = Disk().answer(Question(Aspect.TREE, PACKAGE))
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        **_libraries(),
        "qualcode": f"{version('qualcode')} ({code[:12]})",
    }


def _libraries() -> dict[str, str]:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    waiting = ["qualcode", INSTEAD]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found or name == NOT_IN_RUNS:
            continue
        with suppress(PackageNotFoundError):
            found[name] = version(name)
            needed = map(Requirement, requires(name) or ())
            waiting += [each.name for each in needed if not each.marker or each.marker.evaluate({"extra": ""})]
    return found


def _unfit(worker: str, finding: Finding | Exception, marks: Mapping[str, Path]) -> list[Problem]:
    if isinstance(finding, Exception):
        reason = f"{type(finding).__name__}: {finding}".splitlines()[0]
        return [Problem.of("cluster_unfit", worker, reason=reason)]
    ours, theirs = traits(), finding.traits
    names = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    differences = "; ".join(
        say("cluster.difference", name=name, there=theirs.get(name, "–"), here=ours.get(name, "–")) for name in names
    )
    problems = [Problem.of("cluster_differs", worker, differences=differences)] if names else []
    return problems + [Problem.of("cluster_unseen", worker, folder=marks[mark]) for mark in finding.unseen]


@dataclass(frozen=True)
class Task:
    """A job, and all that decides about its result beside the files: it is sent to a worker."""

    job: Job
    limits: Limits
    places: Places
    language: str
    environment: Mapping[str, str]
    batch: str


@dataclass(frozen=True)
class _Given:
    """A job that a worker has."""

    job: Job
    worker: str
    future: Future[Any]


@dataclass
class _Batch:
    """Jobs on their way through a crew."""

    crew: _Crew
    waiting: deque[Job]
    most: int
    limits: Limits
    places: Places
    name: str = field(default_factory=lambda: uuid4().hex)
    _given: dict[str, _Given] = field(default_factory=dict)
    _losses: Counter[Job] = field(default_factory=Counter)
    _news: SimpleQueue[str] = field(default_factory=SimpleQueue)

    def outcomes(self) -> Iterator[Outcome]:
        """Give jobs to whoever has none, until all have ended."""
        looked = manned = monotonic()
        try:
            while self.waiting or self._given:
                if monotonic() - looked >= SECONDS_BETWEEN_LOOKS:
                    self.crew.hire()
                    looked = monotonic()
                    yield from self._lost(key for key, each in self._given.items() if each.worker not in self.crew.fit)
                if self.crew.fit:
                    manned = monotonic()
                if self.crew.is_lost or monotonic() - manned > SECONDS_WITHOUT_WORKERS:
                    yield from self._abandoned()
                self._hand_out()
                for key in self._ended(SECONDS_BETWEEN_LOOKS):
                    yield from self._taken_back(key)
        finally:
            if self._given:
                self._stop()

    def _hand_out(self) -> None:
        busy = {each.worker for each in self._given.values()}
        for worker in sorted(self.crew.fit - busy):
            if not self.waiting or len(self._given) >= self.most or self.crew.client.status != "running":
                return
            job = self.waiting.popleft()
            task = Task(job, self.limits, self.places, language_in_use(), lasting(os.environ), self.name)
            key = f"qualcode-{uuid4().hex}"
            future = self.crew.client.submit(
                perform, task, key=key, workers=[worker], allow_other_workers=False, pure=False
            )
            self._given[key] = _Given(job, worker, future)
            future.add_done_callback(lambda ended: self._news.put(ended.key))

    def _ended(self, seconds: float) -> list[str]:
        """The keys of what ended, as soon as anything has."""
        keys = []
        with suppress(Empty):
            keys.append(self._news.get(timeout=seconds))
            while True:
                keys.append(self._news.get_nowait())
        return [key for key in keys if key in self._given]

    def _taken_back(self, key: str) -> Iterator[Outcome]:
        """The outcome of what has ended; none when its worker did, and another is to try."""
        job, future = self._given[key].job, self._given[key].future
        error = future.exception() if future.status == "error" else None
        if future.status not in ("finished", "error") or _killed(error):
            yield from self._lost([key])
            return
        del self._given[key]
        if error is None:
            wrong, seconds = future.result()
            yield Outcome(job, wrong, seconds)
        else:
            yield Outcome(job, f"{type(error).__name__}: {error}".splitlines()[0])

    def _lost(self, keys: Iterable[str]) -> Iterator[Outcome]:
        """Let jobs wait again whose workers are gone; the outcomes of those that were lost too often."""
        for key in list(keys):
            lost = self._given.pop(key)
            self._cancel(lost)
            self._losses[lost.job] += 1
            if self._losses[lost.job] < ATTEMPTS:
                self.waiting.appendleft(lost.job)
            else:
                yield Outcome(lost.job, say("runs.worker_died"))

    def _abandoned(self) -> Iterator[Outcome]:
        jobs = [*(each.job for each in self._given.values()), *self.waiting]
        self._given.clear()
        self.waiting.clear()
        reason = str(self.crew.refused[0]) if self.crew.refused else say("cluster.abandoned")
        yield from (Outcome(job, reason) for job in jobs)

    def _stop(self) -> None:
        """Have running notebooks stopped, wait until they are kept, and take our tasks back."""
        deadline = monotonic() + SECONDS_TO_STOP
        while self._given and monotonic() < deadline and not self.crew.is_lost:
            # Again, since a kernel may just be about to start.
            self.crew.ask(halt, self.name, workers={each.worker for each in self._given.values()})
            for key in self._ended(SECONDS_BETWEEN_LOOKS / 2):
                del self._given[key]
        for each in self._given.values():
            self._cancel(each)

    def _cancel(self, given: _Given) -> None:
        if not self.crew.is_lost:
            with suppress(OSError, RuntimeError):
                given.future.cancel()


def _killed(error: BaseException | None) -> bool:
    from distributed.scheduler import KilledWorker

    return isinstance(error, KilledWorker)


def lasting(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that change what a run gives, wherever it happens."""
    threads = {name: environment[name] for name in THREADS if name in environment}
    return {name: value for name, value in (environment_of(environment) | threads).items() if name not in OWN}


# On a worker, from here on. One notebook at a time runs in a process.
_turn = threading.Lock()
_running = ""
_halted: set[str] = set()


def perform(task: Task) -> tuple[str | None, float]:
    """On a worker: run a job; what stopped it, if anything did, and how many seconds it took."""
    from distributed import get_worker

    global _running
    with _turn, _as_at(task):
        if task.batch in _halted:
            return say("runs.stopped"), 0.0
        _running = task.batch
        try:
            require_possible(task.limits)
            return _performed(task, Path(get_worker().local_directory))
        except QualcodeError as error:
            return str(error), 0.0
        finally:
            _running = ""
            stopping.resume()


def _performed(task: Task, scratch: Path) -> tuple[str | None, float]:
    from qualcode.runs.execute import execute

    with task.places.brought(task.job, scratch) as job:
        outcome = execute(job, task.limits)
        if task.places.out:  # what it made does not stay here, so nothing can be up to date
            forget(order_of(job, task.limits))
    return outcome.error, outcome.seconds


@contextmanager
def _as_at(task: Task) -> Iterator[None]:
    """Language and environment as where the job comes from; a worker serves many."""
    before, language = dict(os.environ), language_in_use()
    for name in lasting(os.environ):
        del os.environ[name]
    os.environ.update(task.environment)
    use_language(task.language)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        use_language(language)


def halt(batch: str) -> None:
    """On a worker: stop what runs of a batch, and begin nothing more of it."""
    _halted.add(batch)
    if _running == batch:
        stopping.stop()
