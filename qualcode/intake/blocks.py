"""What every format comes down to: blocks of text in their order, and a word about everything that was left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qualcode.errors import Problem


class BlockKind(StrEnum):
    """What a block was in the file it comes from."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list item"
    TABLE_ROW = "table row"
    CUE = "cue"
    MESSAGE = "message"
    FOOTNOTE = "footnote"


@dataclass(frozen=True)
class Block:
    r"""A paragraph, a row, a cue or a message.

    Attributes
    ----------
    text : str
        Plain text in Unicode, ``\n`` for a line break inside; of a list item without its marker; of a row its cells
        joined by ``" | "``.
    kind : BlockKind
    level : int
        Depth of a heading or list item, from 1; else 0.
    marker : str
        What stands before a list item as a reader sees it: ``a.``, ``1)``, ``-``.
    cells : tuple of str
        Of a row, each cell's text; a cell merged over several columns or rows stands once, the others are empty.
    table : int
        The number of the table in the file, from 1; else 0.
    speaker : str
        Who speaks, where the format itself says so: the voice of a cue, the sender of a message.
    time : str
        When: of a cue ``00:12:31`` from the start of the recording, of a message as written there.
    date : str
        Of a message, the date as written there.
    page : int
        The page it begins on, from 1; 0 where the format has none.
    line : int
        The line of a text file it begins on, or the row of a sheet, from 1; 0 where the format has none.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    marker: str = ""
    cells: tuple[str, ...] = ()
    table: int = 0
    speaker: str = ""
    time: str = ""
    date: str = ""
    page: int = 0
    line: int = 0


@dataclass(frozen=True)
class RawFile:
    """A file as it was read, before anybody decides what it is.

    Attributes
    ----------
    name : str
        The file's name without its folder.
    sha256 : str
        Of the file's bytes, in hexadecimal.
    format : str
        ``docx``, ``odt``, ``rtf``, ``html``, ``pdf``, ``vtt``, ``srt``, ``whatsapp``, ``sheet``, ``text``.
    blocks : tuple of Block
        In reading order.
    losses : tuple of Problem
        What the file holds and the blocks do not: pictures, comments, deleted text, cues without words.
    guesses : tuple of Problem
        What was not certain: the encoding, for one.
    properties : mapping of str to str
        What the file says of itself: ``title``, ``created`` (ISO date), where it does.
    """

    name: str
    sha256: str
    format: str
    blocks: tuple[Block, ...]
    losses: tuple[Problem, ...] = ()
    guesses: tuple[Problem, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
