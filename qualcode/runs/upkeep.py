"""Whether what a run made is still what it would make: the record of each finished run.

A record holds what was asked of the run, every question that the run asked of the disk with its answer, and what it
made. It is true as long as all of them still have the same answer. Records stand in ``.qualcode/runs/`` and may be
deleted at any time; one that cannot be read is none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qualcode.runs.inputs import CHANGED, LOST, MODULE, NETWORK, PROCESS, Trace, environment_of
from qualcode.runs.questions import CACHE, MISSING, Aspect, Disk, Question, sign
from qualcode.storage import write_atomically
from qualcode.wording import say

FORMAT = 1
RUNS = "runs"

Doubt = tuple[str, str]


@dataclass(frozen=True)
class Order:
    """What is asked of a run.

    Attributes
    ----------
    root : Path
        The project.
    notebook : Path
    parameters : mapping of str to object
        Values that JSON can say.
    outputs : tuple of Path
        The files it makes; the first names the record.
    environment : mapping of str to str
        The kernel's; of it counts what `environment_of` chooses.
    """

    root: Path
    notebook: Path
    parameters: Mapping[str, object]
    outputs: tuple[Path, ...]
    environment: Mapping[str, str]

    @property
    def record(self) -> Path:
        """Where the record of this run stands."""
        name = hashlib.sha256(_place(self.root, str(self.outputs[0])).encode("utf-8", "surrogateescape")).hexdigest()
        return self.root / CACHE / RUNS / f"{name[:32]}.json"

    def said(self) -> dict[str, str]:
        """The order in plain words, each under what it is called in messages."""
        said = {
            "format": str(FORMAT),
            "root": str(self.root),
            "notebook": _place(self.root, str(self.notebook)),
            "outputs": json.dumps([_place(self.root, str(each)) for each in self.outputs]),
        }
        said |= {f"parameter {name}": json.dumps(value) for name, value in self.parameters.items()}
        return said | {f"${name}": value for name, value in environment_of(self.environment).items()}


@dataclass(frozen=True)
class Record:
    """What is known of a run that went well.

    Attributes
    ----------
    order : mapping of str to str
        What was asked of it, see `Order.said`.
    answers : tuple of (Question, str)
        What it asked of the disk and was answered; paths inside the project are relative to it.
    made : tuple of (str, str)
        The files it made, with the hash of what stood in each.
    doubts : tuple of (str, str)
        Why it must run again in any case.
    """

    order: Mapping[str, str]
    answers: tuple[tuple[Question, str], ...]
    made: tuple[tuple[str, str], ...]
    doubts: tuple[Doubt, ...] = ()


def reasons_to_run(order: Order, disk: Disk) -> tuple[str, ...]:
    """Why a run has to happen (again), in words; nothing when all it made is up to date.

    Parameters
    ----------
    order : Order
    disk : Disk
        One for a whole batch, so that each file is read once.
    """
    record = load(order.record)
    return (say("upkeep.unknown"),) if record is None else differences(record, order, disk)


def differences(record: Record, order: Order, disk: Disk) -> tuple[str, ...]:
    """What has changed since a run: files by their place in the project, everything else in words.

    Parameters
    ----------
    record : Record
    order : Order
        What is asked now.
    disk : Disk

    Returns
    -------
    tuple of str
        Sorted; empty when the record is still true.
    """
    if record.doubts:
        return tuple(sorted({_worded(*doubt) for doubt in record.doubts}))
    now = order.said()
    changed = {name for name in {*now, *record.order} if now.get(name) != record.order.get(name)}
    for question, answer in record.answers:
        if disk.answer(question._replace(path=_path(order.root, question.path))) != answer:
            changed.add(_named(question))
    for name, answer in record.made:
        if disk.answer(Question(Aspect.CONTENT, _path(order.root, name))) != answer:
            changed.add(name)
    return tuple(sorted(changed))


def conclude(order: Order, trace: Trace, outputs: Mapping[Path, bytes], disk: Disk) -> Record:
    """The record of a run that went well, made right after it.

    Whatever the run read must still be as it was when the run first read it, and must not have been touched since:
    otherwise nobody knows which of the two the run has seen, and the record says so.

    Parameters
    ----------
    order : Order
    trace : Trace
    outputs : mapping of Path to bytes
        What was written to each file of the order.
    disk : Disk
    """
    doubts = [(kind, _place(order.root, what) if kind == CHANGED else what) for kind, what in trace.doubts]
    for question, answer in trace.answers.items():
        touched = question.path not in trace.made and sign(question) != trace.signs[question]
        if touched or disk.answer(question) != answer:
            doubts.append((CHANGED, _named(question._replace(path=_place(order.root, question.path)))))
    made = {
        path: disk.answer(Question(Aspect.CONTENT, path)) for path in trace.made if not _is_hidden(order.root, path)
    }
    made = {path: answer for path, answer in made.items() if answer != MISSING}
    made |= {str(path): hashlib.sha256(content).hexdigest() for path, content in outputs.items()}
    return Record(
        order.said(),
        tuple(
            (question._replace(path=_place(order.root, question.path)), answer)
            for question, answer in sorted(trace.answers.items())
        ),
        tuple((_place(order.root, path), answer) for path, answer in sorted(made.items())),
        tuple(dict.fromkeys(doubts)),
    )


def remember(order: Order, trace: Trace, outputs: Mapping[Path, bytes], disk: Disk) -> Record:
    """`conclude`, and keep the record; where it cannot be kept, the run will happen again."""
    record = conclude(order, trace, outputs, disk)
    try:
        store(order.record, record)
    except OSError:
        forget(order)
    return record


def forget(order: Order) -> None:
    """Take the record of a run away: it failed, or was stopped."""
    try:
        order.record.unlink(missing_ok=True)
    except OSError:
        return  # then its outputs, which are no longer those of the record, tell


def store(file: Path, record: Record) -> None:
    """Write a record, whole or not at all, with a sum that tells whether it was damaged since.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    answers = [[*question, answer] for question, answer in record.answers]
    said = {"order": record.order, "answers": answers, "made": record.made, "doubts": record.doubts}
    content = json.dumps(said).encode()
    write_atomically(file, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def load(file: Path) -> Record | None:
    """A record that was stored; None when there is none, or it is damaged or of another format."""
    try:
        total, _, content = file.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != total:
            return None
        said = json.loads(content)
        return Record(
            said["order"],
            tuple((Question(Aspect(aspect), path), answer) for aspect, path, answer in said["answers"]),
            _pairs(said["made"]),
            _pairs(said["doubts"]),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _pairs(said: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in said)


def _place(root: Path, path: str) -> str:
    """A path as a record holds it: relative to the project, where it stands in it."""
    within = str(root) + os.sep
    if path.rstrip(os.sep) == str(root):
        return "."
    return path.removeprefix(within).replace(os.sep, "/") if path.startswith(within) else path


def _path(root: Path, place: str) -> str:
    return str(root / place) if place else place


def _named(question: Question) -> str:
    """What a message calls that which was asked of."""
    if question.aspect is Aspect.PYTHON:
        return "Python"
    if question.aspect is Aspect.TREE:
        return Path(question.path).name
    if question.aspect is Aspect.PACKAGES:
        return say("upkeep.packages")
    if question.aspect in (Aspect.NAMES, Aspect.SIZES, Aspect.TOP):
        return question.path.rstrip("/") + "/"
    return question.path


def _is_hidden(root: Path, path: str) -> bool:
    return "/." in f"/{_place(root, path)}".replace(os.sep, "/")


def _worded(kind: str, what: str) -> str:
    if kind == PROCESS:
        return say("upkeep.process", what=what)
    if kind == NETWORK:
        return say("upkeep.network", what=what)
    if kind == MODULE:
        return say("upkeep.module", what=what)
    if kind == LOST:
        return say("upkeep.lost")
    return say("upkeep.touched", what=what)
