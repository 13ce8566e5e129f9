"""Writing files so that nothing is lost: whole or not there, one writer at a time, on the disk before it is said."""

from __future__ import annotations

import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`; whoever reads meanwhile sees the old file or the new one, never half of it.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written; the old file is still there then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def locked(path: Path, seconds: float = 20) -> AbstractContextManager[object]:
    """A lock on the file at `path`, held by one process at a time; its folder is made where it is missing.

    Raises
    ------
    filelock.Timeout
        On entering, when somebody else keeps the lock for all these seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.with_name(f".{path.name}.lock"), timeout=seconds)


def append_durably(path: Path, lines: bytes) -> None:
    """Append whole lines to a file that the caller has locked, and wait until they are on the disk.

    A last line torn by a crash gets a line end of its own first, so that it stays as it is, to be reported, and does
    not take the new lines with it.

    Raises
    ------
    OSError
        When the disk is full or the folder is read-only; whatever was half-written is one damaged line.
    """
    with path.open("a+b") as file:
        file.write(b"\n" + lines if _ends_torn(file) else lines)
        file.flush()
        os.fsync(file.fileno())


def _ends_torn(file: BinaryIO) -> bool:
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
