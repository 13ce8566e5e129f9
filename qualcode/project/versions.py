"""Every text that was ever coded, kept by its hash, so that codings can always be carried from any text to any other.

In ``corpus/<case>/history/`` stand the texts, one file each, named by the first 16 digits of their SHA-256 and never
changed, and ``texts.jsonl``: which document had which text, since when and why.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from ulid import ULID

from qualcode.records import Identifier, Record
from qualcode.storage import append_durably, locked, write_atomically

HISTORY = "history"
LOG = "texts.jsonl"


class TextChange(Record):
    """A document received a text: when it came in, was corrected, or was found changed by another program."""

    id: str = Field(default_factory=lambda: str(ULID()))
    time: datetime = Field(default_factory=lambda: datetime.now().astimezone().replace(microsecond=0))
    document: str
    before: str | None = None
    after: str
    how: Literal["imported", "first seen", "edited", "changed outside", "merged"]
    coder: str | None = Field(default=None, pattern=Identifier)
    memo: str = ""


def text_id(text: str) -> str:
    """The name of a text: the first 16 hexadecimal digits of its SHA-256.

    Examples
    --------
    >>> text_id("Ya.")
    '54a1b0b8e5f6fa32'
    """
    return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Versions:
    """The texts of one case: `folder` is ``corpus/<case>/history``."""

    folder: Path

    def keep(self, text: str) -> str:
        """Keep a text for good, and give its id; a text that is kept already is not written again.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        id = text_id(text)
        path = self.folder / f"{id}.txt"
        if not path.exists():
            write_atomically(path, text.encode())
        return id

    def text(self, id: str) -> str | None:
        """The text with this id; None when it is not here, or is no longer the text it was."""
        try:
            text = (self.folder / f"{id}.txt").read_bytes().decode().replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            return None
        return text if text_id(text) == id else None

    def changes(self) -> list[TextChange]:
        """The log, oldest first; lines that cannot be read are passed over."""
        found: dict[str, TextChange] = {}
        try:
            lines = (self.folder / LOG).read_bytes().split(b"\n")
        except OSError:
            return []
        for line in lines:
            try:
                change = TextChange.model_validate_json(line)
            except ValidationError:
                continue
            found[change.id] = change
        return [found[id] for id in sorted(found)]

    def first(self, document: str) -> str | None:
        """The oldest text the log knows of a document: that of codings older than the log."""
        of_it = [change for change in self.changes() if change.document == document]
        return (of_it[0].before or of_it[0].after) if of_it else None

    def log(self, change: TextChange) -> None:
        """Add a line to the log and wait until it is on the disk.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        path = self.folder / LOG
        content = change.model_dump(mode="json", exclude_none=True)
        with locked(path):
            append_durably(path, json.dumps(content, ensure_ascii=False).encode() + b"\n")
