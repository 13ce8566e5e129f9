"""What a run reads: the file in which its kernel tells it, as it happens.

The kernel's side is `qualcode.runs.tracing`; this is the side of whoever starts the run and keeps its record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.runs.questions import Aspect, Disk, Question, sign
from qualcode.runs.surroundings import PACKAGE, package_folders

TRACING = "qualcode.runs.tracing"
"""The IPython extension with which a kernel traces its reading."""

FORMAT = 1

PROCESS, NETWORK, MODULE = "process", "network", "module"
LOST, CHANGED = "lost", "changed"


def begin(file: Path, root: Path, notebook: Path, disk: Disk) -> list[str]:
    """Begin the trace of a run, before its kernel starts.

    Parameters
    ----------
    file : Path
        The trace; a folder of scratch files is the place for it. Whatever stands there is overwritten.
    root : Path
        The project.
    notebook : Path
        The notebook that is to run; it counts as read.
    disk : Disk

    Returns
    -------
    list of str
        What to add to the kernel's command, so that it traces its reading.
    """
    asked = [
        Question(Aspect.CONTENT, str(notebook)),
        Question(Aspect.TREE, PACKAGE),
        Question(Aspect.PYTHON, ""),
        *(Question(Aspect.PACKAGES, folder) for folder in package_folders()),
    ]
    lines: list[tuple[str, ...]] = [("trace", str(FORMAT), str(root))]
    for each in asked:
        mark = sign(each)  # before the answer: a change in between is a change during the run
        lines.append(("asked", *each, disk.answer(each), mark))
    file.write_bytes(b"".join(map(line, lines)))
    return [f"--IPKernelApp.extra_extensions={TRACING}", f"--Tracing.file={file}"]


@dataclass
class Trace:
    """What a run asked of the disk, and what it made there.

    Attributes
    ----------
    answers : dict of Question to str
        The first answer to each.
    signs : dict of Question to str
        The signs of what was asked of, as it was then.
    made : set of str
        Paths that the run wrote whole or took away.
    doubts : list of tuple of (str, str)
        Why the trace does not tell everything: `PROCESS`, `NETWORK`, `MODULE`, `LOST` or `CHANGED`, and what.
    """

    answers: dict[Question, str] = field(default_factory=dict)
    signs: dict[Question, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    doubts: list[tuple[str, str]] = field(default_factory=list)


def read_trace(file: Path) -> Trace:
    """The trace of a run that has ended; one that is not whole has a doubt that says so."""
    trace = Trace()
    try:
        *lines, torn = file.read_bytes().split(b"\n")
        said = [json.loads(each) for each in lines]
        whole = not torn and said[0][:2] == ["trace", str(FORMAT)] and ["begun"] in said
        for kind, *rest in said[1:]:
            _take(trace, kind, rest)
    except (OSError, ValueError, TypeError, IndexError):
        whole = False
    if not whole:
        trace.doubts.append((LOST, ""))
    return trace


def _take(trace: Trace, kind: str, rest: list[str]) -> None:
    if kind == "asked":
        aspect, path, answer, mark = rest
        question = Question(Aspect(aspect), path)
        if (trace.answers.setdefault(question, answer), trace.signs.setdefault(question, mark)) != (answer, mark):
            trace.doubts.append((CHANGED, path))
    elif kind == "made":
        trace.made.add(rest[0])
    elif kind == "doubt":
        trace.doubts.append((rest[0], rest[1]))
    elif kind == "library" and rest[0] != trace.signs.get(Question(Aspect.TREE, PACKAGE)):
        trace.doubts.append((CHANGED, PACKAGE))


def environment_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that change what a run gives: Python's, the figures', language, time zone and qualcode's own.

    Examples
    --------
    >>> environment_of({"PYTHONHASHSEED": "0", "TZ": "Asia/Jakarta", "SHLVL": "1"})
    {'PYTHONHASHSEED': '0', 'TZ': 'Asia/Jakarta'}
    """
    begins = ("PYTHON", "MPL", "LC_", "NLTK_", "QUALCODE_", "IPYTHON")
    chosen = (name for name in environment if name.startswith(begins) or name in ("LANG", "LANGUAGE", "TZ"))
    return {name: environment[name] for name in sorted(chosen)}


def line(said: Iterable[str]) -> bytes:
    """One line of a trace."""
    return json.dumps(list(said)).encode() + b"\n"
