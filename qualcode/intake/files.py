"""From a path to a RawFile: what the file is, by its content first and its name second, and who reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qualcode.errors import Problem, QualcodeError, UnreadableFileError
from qualcode.intake import chat, html, opendocument, pdf, plain, rtf, sheet, subtitles, word
from qualcode.intake.archive import Archive
from qualcode.intake.blocks import RawFile
from qualcode.intake.bounds import LARGEST_FILE
from qualcode.intake.encoding import decode
from qualcode.intake.gathering import Gathering

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES_AND_SOUND = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"ID3",
    b"OggS",
    b"fLaC",
    b"RIFF",
    b"\x1aE\xdf\xa3",
)
_SHEETS = frozenset(("csv", "tsv", "tab"))
_MARKDOWN = frozenset(("md", "markdown", "mkd", "mdown"))
_WEB = frozenset(("html", "htm", "xhtml"))
_NEVER_PLAIN = frozenset(("docx", "docm", "odt", "ods", "rtf", "pdf", "xlsx", "xlsm", "zip"))

EXTENSIONS = tuple(sorted(_NEVER_PLAIN | {"vtt", "srt", "txt"} | _SHEETS | _MARKDOWN | _WEB))
"""The endings of files that can be read; a file is read by what it holds, whatever its name."""


def read_raw(path: str | Path) -> RawFile:
    """Read a file of any known format: its blocks in order, what they leave out, and what was guessed.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    RawFile

    Raises
    ------
    UnreadableFileError
        When the file is missing, too large, locked, damaged, made to do harm, or holds no words; its `problem` names
        the mend.
    """
    path = Path(path)
    data = _bytes_of(path)
    ending = path.suffix.lower().lstrip(".")
    format, reader = _reader(data, ending, path.name)
    gathering = Gathering(path.name, format)
    try:
        reader(gathering)
        raw = gathering.whole(hashlib.sha256(data).hexdigest())
    except QualcodeError:
        raise
    except (Exception, RecursionError) as error:  # whatever a hostile file makes a library raise
        raise gathering.refuse("damaged", detail=type(error).__name__) from error
    if format == "text" and ending in _NEVER_PLAIN:
        raw = replace(raw, guesses=(*raw.guesses, Problem.of("raw_named_otherwise", path.name, ending=ending)))
    return raw


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableFileError.of("unreadable_file", path.name, detail=path.as_posix())
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        detail = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableFileError.of("unreadable_file", path.name, detail=detail) from error
    if len(data) > LARGEST_FILE:
        raise UnreadableFileError.of("file_too_large", path.name, limit=LARGEST_FILE // 1_000_000)
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableFileError.of("raw_no_words", path.name)
    return data


_Reader = Callable[[Gathering], None]


def _reader(data: bytes, ending: str, name: str) -> tuple[str, _Reader]:
    """The format and who reads it."""
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, name)
    if data.startswith(_OLE):
        raise _old_office(data, name)
    if b"%PDF-" in data[:1024]:
        return "pdf", lambda gathering: pdf.read(data, gathering)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return "rtf", lambda gathering: rtf.read(data, gathering)
    if data.startswith(_PICTURES_AND_SOUND) or data[4:8] == b"ftyp":
        raise UnreadableFileError.of("raw_recording", name)
    if html.looks_like_html(data) or ending in _WEB:
        return "html", lambda gathering: html.read(data, gathering)
    return _written(data, ending, name)


def _packed(data: bytes, name: str) -> tuple[str, _Reader]:
    archive = Archive(data, name)
    names = set(archive.names)
    kind = archive.read("mimetype") or b""
    if b"opendocument.spreadsheet" in kind:
        return "sheet", lambda gathering: opendocument.read_sheets(archive, gathering)
    if b"opendocument.text" in kind or (not kind and {"content.xml", "META-INF/manifest.xml"} <= names):
        return "odt", lambda gathering: opendocument.read_text(archive, gathering)
    if any(each.startswith("word/") for each in names):
        return "docx", lambda gathering: word.read(archive, gathering)
    if any(each.startswith("xl/") for each in names):
        return "sheet", lambda gathering: sheet.read_workbook(data, archive, gathering)
    within = chat.chat_in(archive)
    if within:
        messages = archive.read(within) or b""
        return "whatsapp", lambda gathering: chat.read(messages, gathering)
    raise UnreadableFileError.of("raw_unknown_format", name, known=", ".join(EXTENSIONS))


def _old_office(data: bytes, name: str) -> UnreadableFileError:
    """Old binary files of Office, and new ones behind a password, which are wrapped as such."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return UnreadableFileError.of("raw_password", name)
    if holds("Workbook") or holds("Book"):
        return UnreadableFileError.of("raw_old_sheet", name)
    return UnreadableFileError.of("raw_old_word", name)


def _written(data: bytes, ending: str, name: str) -> tuple[str, _Reader]:
    """Formats that are text: told by how they begin."""
    head = decode(data[:40_000], Gathering(name, "text")).lstrip("\ufeff\n\r\t ")
    if head.startswith("WEBVTT") or ending == "vtt":
        return "vtt", lambda gathering: subtitles.read(data, gathering)
    if subtitles.looks_like_srt(head) or ending == "srt":
        return "srt", lambda gathering: subtitles.read(data, gathering)
    if ending in _SHEETS:
        return "sheet", lambda gathering: sheet.read_values(data, gathering)
    if chat.looks_like_chat(head):
        return "whatsapp", lambda gathering: chat.read(data, gathering)
    if re.match(r"<\?xml\s|<!DOCTYPE\s", head):
        raise UnreadableFileError.of("raw_unknown_format", name, known=", ".join(EXTENSIONS))
    if ending in _MARKDOWN:
        return "text", lambda gathering: plain.read_markdown(data, gathering)
    return "text", lambda gathering: plain.read(data, gathering)
