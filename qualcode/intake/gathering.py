"""The basket in which a reader lays blocks, and counts what it leaves behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from qualcode.errors import Problem, UnreadableFileError
from qualcode.intake.blocks import Block, RawFile
from qualcode.intake.bounds import LONGEST_TEXT, MOST_BLOCKS

# Breaks that some programs write instead of a line end; none of them is a character to be lost.
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]")


class Gathering:
    """What one file gives: its blocks in order, its losses counted by kind, its guesses.

    Parameters
    ----------
    name : str
        The file's name, which is also the place its problems name.
    format : str
        As in `RawFile`.
    """

    def __init__(self, name: str, format: str) -> None:
        self.name = name
        self.format = format
        self.properties: dict[str, str] = {}
        self._blocks: list[Block] = []
        self._losses: Counter[str] = Counter()
        self._guesses: list[Problem] = []
        self._length = 0

    def add(self, block: Block) -> None:
        """Keep `block`, its text freed from what cannot be seen; a block without words is left out.

        Raises
        ------
        UnreadableFileError
            When the file holds more text than anybody codes.
        """
        text = self.clean(block.text).strip()
        cells = tuple(self.clean(cell, counted=False).strip() for cell in block.cells)
        if not text or (cells and not any(cells)):
            return
        text = " | ".join(cells) if cells else text
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise self.refuse("too_long", limit=LONGEST_TEXT // 1_000_000)
        if len(self._blocks) >= MOST_BLOCKS:
            raise self.refuse("too_many_blocks", limit=MOST_BLOCKS)
        marker, speaker = (self.clean(each).strip() for each in (block.marker, block.speaker))
        self._blocks.append(replace(block, text=text, cells=cells, marker=marker, speaker=speaker))

    def clean(self, text: str, *, counted: bool = True) -> str:
        r"""Take out control and direction characters, count them, and write every line break as ``\n``."""
        text = _BREAKS.sub("\n", text)
        text, directions = _DIRECTIONS.subn("", text)
        text, controls = _CONTROLS.subn("", text)
        if counted:
            self.lose("directions", directions)
            self.lose("controls", controls)
        return text

    def lose(self, kind: str, count: int = 1) -> None:
        """Count something the file holds and the blocks do not; `kind` as in the catalogue's ``raw_lost_...``."""
        if count:
            self._losses[kind] += count

    def guess(self, key: str, /, **values: object) -> None:
        """Note what was not certain, as worded under ``raw_guess_...``."""
        self._guesses.append(Problem.of(f"raw_guess_{key}", self.name, **values))

    def refuse(self, key: str, /, **values: object) -> UnreadableFileError:
        """Make the error that the file cannot be read, as worded under ``raw_...``."""
        return UnreadableFileError.of(f"raw_{key}", self.name, **values)

    def whole(self, sha256: str) -> RawFile:
        """Everything gathered.

        Raises
        ------
        UnreadableFileError
            When the file holds no words.
        """
        if not self._blocks:
            raise self.refuse("no_words")
        return RawFile(
            name=self.name,
            sha256=sha256,
            format=self.format,
            blocks=tuple(self._blocks),
            losses=tuple(Problem.of(f"raw_lost_{kind}", self.name, count=n) for kind, n in self._losses.items()),
            guesses=tuple(self._guesses),
            properties=self._kept_properties(),
        )

    def _kept_properties(self) -> Mapping[str, str]:
        cleaned = {key: self.clean(value, counted=False).strip() for key, value in self.properties.items()}
        return {key: value for key, value in cleaned.items() if value}
