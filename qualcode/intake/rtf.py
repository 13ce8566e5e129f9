"""Rich text (.rtf), as WordPad, TextEdit and old Word write it.

The words are striprtf's. It keeps deleted and hidden text as if it were there, and drops notes, pictures, comments and
page heads without a word; so the source is sifted first: what is not to be read is taken out and counted, and markers
of lists, headings and line breaks are made to show in the flat text it gives. A row of a table is a line, its cells
set apart by tabs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.gathering import Gathering
from qualcode.intake.numerals import bullet

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?(?P<space> ?)|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<sign>[\s\S])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)"
)
MOST_GROUPS = 1_000
"""Groups within one another; Word reaches about thirty."""

MOST_TOKENS = 10_000_000
"""Words, signs and braces of the source."""

LARGEST_SIFTED = 20_000_000
"""Bytes of words and their forms, without pictures; a thesis has about five million."""

_TITLE = re.compile(rb"\{\\title ?([^{}]{1,2000})\}")
_CREATED = re.compile(rb"\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_MARKER_END, _HEADING, _LINE = "\x1e", "\x1c", "\v"

# Where a group's words go: counted as lost, or to be seen; other destinations say nothing to a reader.
_COUNTED = {"footnote": "footnotes", "annotation": "comments", "pict": "pictures", "object": "objects"} | dict.fromkeys(
    ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"), "margins"
)
_SEEN = frozenset(("shp", "shpgrp", "shpinst", "shptxt", "upr", "result", "shppict"))
_MARKERS = frozenset(("listtext", "pntext"))
_SIGNS = frozenset(
    ("tab", "emdash", "endash", "emspace", "enspace", "bullet", "lquote", "rquote", "ldblquote", "rdblquote")
)
_BREAKS = {"line": b"{}\v", "cell": b"\\tab ", "nestcell": b"\\tab "} | dict.fromkeys(
    ("par", "sect", "page", "row", "nestrow"), b"\\par "
)


@dataclass(frozen=True)
class _State:
    room: str = "text"
    hidden: bool = False
    deleted: bool = False


def read(data: bytes, gathering: Gathering) -> None:
    """Gather the paragraphs and list items of a rich text file.

    Raises
    ------
    UnreadableFileError
        When it holds more groups or more text than anybody writes.
    """
    sifted = _Sieve(gathering).sift(data)
    encoding = "mac_roman" if re.search(rb"\\mac(?![a-z])", data[:1000]) else "cp1252"
    text = _plain(sifted, encoding)
    gathering.lose("characters", text.count("\ufffd"))
    for line in text.split("\n"):
        gathering.add(_block(line))
    title = _TITLE.search(data)
    if title:
        page = re.search(rb"\\ansicpg\d{1,5}", data)
        whole = b"{\\rtf1%s %s}" % (page[0] if page else b"", title[1])
        gathering.properties["title"] = _plain(_Sieve(Gathering("", "")).sift(whole), encoding)
    created = _CREATED.search(data)
    if created and 0 < int(created[2]) <= 12 and 0 < int(created[3]) <= 31:
        year, month, day = map(int, created.groups())
        gathering.properties["created"] = f"{year:04d}-{month:02d}-{day:02d}"


def _plain(sifted: bytes, encoding: str) -> str:
    from striprtf.striprtf import rtf_to_text

    text: str = rtf_to_text(sifted.decode("ascii"), encoding=encoding, errors="replace")  # type: ignore[no-untyped-call]
    # Characters beyond the first plane are written as two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\u2011", "-").replace("\xad", "")


def _block(line: str) -> Block:
    heading = re.search(rf"{_HEADING}(\d)", line)
    line = re.sub(rf"{_HEADING}\d", "", line)
    before, found, after = line.partition(_MARKER_END)
    marker, text = (before.strip(), after.replace(_MARKER_END, "").strip()) if found else ("", line)
    if marker in ("·", "§") or "\ue000" <= marker[:1] <= "\uf8ff":
        marker = bullet(marker)
    if heading:
        return Block(text, BlockKind.HEADING, level=int(heading[1]) + 1, marker=marker)
    return Block(text, BlockKind.LIST_ITEM, level=1, marker=marker) if marker and text else Block(text or marker)


@cache
def _destinations() -> frozenset[str]:
    """Everything whose words striprtf leaves out."""
    from striprtf import striprtf

    return frozenset(striprtf.destinations)


class _Sieve:
    """Goes through the source once: counts what is lost, passes on what striprtf shall read, in plain ASCII."""

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self.state = _State()
        self.stack: list[_State] = []
        self.kept = bytearray()
        self.opened = self.starred = False
        self.losing = ""
        self.margin_told = False

    def sift(self, data: bytes) -> bytes:
        at = tokens = 0
        while at < len(data):
            tokens += 1
            if tokens > MOST_TOKENS:
                raise self.gathering.refuse("bomb")
            match = _TOKEN.match(data, at)
            if match is None:  # a line end between signs, or a backslash at the very end
                at += 1
                continue
            at = match.end()
            if match["brace"] is not None:
                self._open() if match["brace"] == b"{" else self._close()
            elif match["word"] is not None:
                word, number = match["word"].decode("ascii"), match["number"]
                if word == "bin":
                    at += max(int(number or 0), 0)
                else:
                    self._obey(word, None if number is None else int(number))
            elif match["sign"] is not None:
                self._obey_sign(match["sign"])
            else:
                self._say(b"\\'" + match["hex"] if match["hex"] is not None else _escaped(match["text"]))
        # Striprtf looks for the end of a font's name in all that follows.
        self._keep(b";" * (self.state.room == "fonts") + b"}" * len(self.stack))
        return bytes(self.kept)

    def _keep(self, token: bytes) -> None:
        self.kept += token
        if len(self.kept) > LARGEST_SIFTED:
            raise self.gathering.refuse("bomb")

    def _open(self) -> None:
        if len(self.stack) >= MOST_GROUPS:
            raise self.gathering.refuse("bomb")
        self.stack.append(self.state)
        self.opened, self.starred = True, False
        self._keep(b"{")

    def _close(self) -> None:
        self.opened = self.starred = False
        # The outermost group stays open: what stands behind it, in a file patched together, is read as well.
        if len(self.stack) < 2:
            return
        left, self.state = self.state, self.stack.pop()
        if left.room == "fonts" != self.state.room:
            self._keep(b";")
        if left.room == "marker" != self.state.room:
            self._keep(b"{}" + _MARKER_END.encode())
        self._keep(b"}")

    def _say(self, token: bytes) -> None:
        self.opened = self.starred = False
        state = self.state
        if state.room == "fonts":
            self._keep(token[:80])
        elif state.room == "margins" and not self.margin_told and token.strip():
            self.margin_told = True
            self.gathering.lose("margins")
        elif state.room not in ("text", "marker"):
            return
        elif state.hidden or state.deleted:
            kind = "deletions" if state.deleted else "hidden"
            if token.strip():
                self.gathering.lose(kind, kind != self.losing)
                self.losing = kind
        else:
            self.losing = ""
            self._keep(token)

    def _obey_sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign in (b"\r", b"\n"):
            self._say(b"\\par ")
        elif sign in b"{}\\~-_":
            self._say(b"\\" + sign)

    def _obey(self, word: str, number: int | None) -> None:
        first, starred = self.opened, self.starred
        self.opened = self.starred = False
        if (first or word in _COUNTED) and self._enter(word, starred):
            return
        if word == "v":
            self.state = replace(self.state, hidden=number != 0)
        elif word == "deleted":
            self.state = replace(self.state, deleted=number != 0)
        elif word == "plain":
            self.state = replace(self.state, hidden=False, deleted=False)
        elif word in _BREAKS:
            self._break(word)
        elif word == "outlinelevel" and self.state.room == "text" and 0 <= (number or 0) < 9:
            self._keep(b"{}" + f"{_HEADING}{number or 0}".encode())
        elif word == "u":
            self._say(b"\\u%d " % ((number or 0) % 65_536))
        elif word == "uc":
            self._keep(b"\\uc%d " % min(max(number or 0, 0), 100))
        elif word in ("f", "deff", "ansicpg", "fcharset") and number is not None:
            # Each font on a line of its own, for striprtf looks for its name to the end of the line.
            begun = b";\n" if word == "f" and self.state.room == "fonts" else b""
            self._keep(begun + f"\\{word}{min(abs(number), 65_535)} ".encode())
        elif word in _SIGNS:
            self._say(b"\\%s " % word.encode())

    def _break(self, word: str) -> None:
        """The end of a line or paragraph; pieces of a table are set apart by tabs."""
        if self.state.room == "text":
            self._keep(_BREAKS[word])

    def _enter(self, word: str, starred: bool) -> bool:
        """Begin what the group is for; False where its first word is an ordinary one."""
        around = self.state.room
        if word in _COUNTED:
            kind = _COUNTED[word]
            if around == "text" and kind != "margins":
                self.gathering.lose(kind)
            self.margin_told = False
            room = around if word == "object" else kind
        elif word in _MARKERS:
            room = "marker" if around == "text" else around
        elif word in _SEEN:
            if word == "shptxt":
                self._break("par")
            room = around
        elif word == "fonttbl":
            room = "fonts"
            self._keep(b"\\fonttbl ")
        elif starred or word == "nonshppict" or word in _destinations():
            room = "silent"
        else:
            return False
        self.state = replace(self.state, room="silent" if around not in ("text", "fonts") else room)
        if around == "marker":
            self.state = replace(self.state, room="marker")
        return True


def _escaped(text: bytes) -> bytes:
    """Bytes beyond ASCII as rich text itself writes them; our own marks, which no text holds, as noise."""
    noise = text.replace(_MARKER_END.encode(), b"\x01").replace(_HEADING.encode(), b"\x01")
    return re.sub(rb"[\x80-\xff]", lambda found: b"\\'%02x" % found[0][0], noise)
