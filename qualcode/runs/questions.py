"""What a run asks of the disk: questions about paths, and the answers that the disk gives now.

A run is up to date as long as every question it asked still has the answer it got. So all that must be right is that
no question goes unnoticed (`qualcode.runs.inputs`) and that a question is always answered by the same rule: here.

The times of files are no answers. They differ from copy to copy; they only tell, within a run, that a file was touched.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple

GENERATED = "reports"
CACHE = ".qualcode"
COMPILED = "__pycache__"

MISSING, FOLDER, OTHER, FILE = "missing", "folder", "other", "file"

RECENT = 2_000_000_000
"""In nanoseconds: a file changed more recently may change again without any sign in its times or size."""

# The kernel puts its own in their place; what the disk answers is never asked through those.
_stat, _lstat, _readlink, _scandir = os.stat, os.lstat, os.readlink, os.scandir


class Aspect(StrEnum):
    """What is asked of a path."""

    CONTENT = "content"
    """What stands in the file."""
    LOOK = "look"
    """Whether it is there, what it is, and how large a file is."""
    LINK = "link"
    """The same of a link itself, and where it leads."""
    NAMES = "names"
    """What a folder holds; hidden names and compiled modules belong to editors and systems."""
    SIZES = "sizes"
    """The same, with the sizes of files."""
    TOP = "top"
    """The names at the top of a project, without the folder of what runs make."""
    TREE = "tree"
    """Every file below a folder with its content: the code of a library that is being worked on."""
    PACKAGES = "packages"
    """What is installed in a library folder, with its versions."""
    PYTHON = "python"
    """Which Python this is; the path does not matter."""


class Question(NamedTuple):
    """One aspect of one path."""

    aspect: Aspect
    path: str


class Disk:
    """Answers questions; it remembers what it has read, for as long as a file shows no sign of change.

    One for a whole batch: a file that many runs read is then read once. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, str]] = {}
        self._rules: dict[Aspect, Callable[[str], str]] = {
            Aspect.CONTENT: self._content,
            Aspect.LOOK: _look,
            Aspect.LINK: _link,
            Aspect.NAMES: lambda path: _names(path),
            Aspect.SIZES: lambda path: _names(path, sizes=True),
            Aspect.TOP: lambda path: _names(path, without=(GENERATED,)),
            Aspect.TREE: self._tree,
            Aspect.PACKAGES: _packages,
            Aspect.PYTHON: lambda _: f"{platform.python_implementation()} {sys.version}",
        }

    def answer(self, question: Question) -> str:
        """What the disk says now; what cannot be read is an answer, too."""
        try:
            return self._rules[question.aspect](question.path)
        except (FileNotFoundError, ValueError):
            return MISSING
        except OSError as error:
            return f"errno {error.errno}"

    def _content(self, path: str) -> str:
        status = _stat(path)
        if not stat.S_ISREG(status.st_mode):
            return _kind(status.st_mode)
        known = self._read.get(path)
        sign = _sign(status)
        if known is not None and known[0] == sign:
            return known[1]
        now = time.time_ns()
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib in a kernel would ask questions of its own
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if max(status.st_mtime_ns, status.st_ctime_ns) + RECENT < now and _sign(_stat(path)) == sign:
            self._read[path] = sign, digest
        return digest

    def _tree(self, path: str) -> str:
        return _digest(f"{name}\0{self._content(full)}" for name, full in _below(path))


def sign(question: Question) -> str:
    """A sign that changes whenever what is asked of was touched; "" where the answer itself says enough.

    That a file holds at the end of a run what it held at its beginning does not prove that it did so in between.
    """
    with suppress(OSError, ValueError):
        if question.aspect is Aspect.CONTENT:
            return _sign(_stat(question.path))
        if question.aspect is Aspect.TREE:
            return _digest(f"{name}\0{_sign(_stat(full))}" for name, full in _below(question.path))
    return ""


def _sign(status: os.stat_result) -> str:
    return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _kind(mode: int) -> str:
    return FILE if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else OTHER


def _look(path: str) -> str:
    status = _stat(path)
    kind = _kind(status.st_mode)
    return f"{kind} {status.st_size}" if kind == FILE else kind


def _link(path: str) -> str:
    if stat.S_ISLNK(_lstat(path).st_mode):
        return f"link {_readlink(path)}"
    return _look(path)


def _names(path: str, *, sizes: bool = False, without: tuple[str, ...] = ()) -> str:
    shown = []
    with _scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == COMPILED or entry.name in without:
                continue
            kind = FOLDER if entry.is_dir() else FILE if entry.is_file() else OTHER
            size = entry.stat().st_size if sizes and kind == FILE else ""
            shown.append(f"{entry.name}\0{kind}\0{size}")
    return _digest(sorted(shown))


def _packages(path: str) -> str:
    """The folders ``name-version.dist-info`` of what is installed."""
    with _scandir(path) as entries:
        return _digest(sorted(each.name for each in entries if each.name.endswith((".dist-info", ".egg-info"))))


def _below(folder: str) -> list[tuple[str, str]]:
    """The files below a folder, by relative and whole path, sorted; without compiled modules and hidden ones."""
    found = []
    folders = [("", folder)]
    while folders:
        inside, at = folders.pop()
        with _scandir(at) as entries:
            for entry in entries:
                name = f"{inside}{entry.name}"
                if entry.name.startswith(".") or entry.name == COMPILED:
                    continue
                if entry.is_dir():
                    folders.append((f"{name}/", entry.path))
                elif entry.is_file():
                    found.append((name, entry.path))
    return sorted(found)


def _digest(parts: Iterator[str] | list[str]) -> str:
    return hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
