"""From bytes to text: which encoding they are in, and a word about it where they do not say so themselves."""

from __future__ import annotations

import codecs
import re

from qualcode.intake.bounds import LONGEST_TEXT, MOST_LINES
from qualcode.intake.gathering import Gathering

_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_SAMPLE = 100_000
# Bytes no text holds, in any encoding but those two or four bytes wide.
_NOISE = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, gathering: Gathering) -> str:
    """Read bytes as text: by their mark, as UTF-8, as UTF-16 without a mark, then as Windows wrote it.

    Whatever is not certain is noted among the guesses.

    Raises
    ------
    UnreadableFileError
        When the bytes are no text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _marked(data, mark, name, gathering)
    name = _wide(data)
    if name:
        text = data.decode(name, "replace")
        _refuse_noise(text, gathering)
        gathering.guess("encoding", encoding=name.upper())
        return text
    sample = data[:_SAMPLE]
    if len(_NOISE.findall(sample)) * 100 > max(len(sample), 100):
        raise gathering.refuse("not_text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(data, gathering)


def decode_lines(data: bytes, gathering: Gathering) -> str:
    """As `decode`, for text that will be divided into lines.

    Raises
    ------
    UnreadableFileError
        When the bytes are no text, or hold more of it than anybody codes.
    """
    # Times and names stand beside the words; a character may take four bytes.
    if len(data) > 8 * LONGEST_TEXT:
        raise gathering.refuse("too_long", limit=LONGEST_TEXT // 1_000_000)
    text = decode(data, gathering)
    if len(text) > 2 * LONGEST_TEXT:
        raise gathering.refuse("too_long", limit=LONGEST_TEXT // 1_000_000)
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise gathering.refuse("too_many_blocks", limit=MOST_LINES)
    return text


def _marked(data: bytes, mark: bytes, name: str, gathering: Gathering) -> str:
    try:
        text = data[len(mark) :].decode(name) if name == "utf-8" else data.decode(name)
    except UnicodeDecodeError:
        # Cut off in the middle, or a mark before something else: what can be read is read, the rest is counted.
        body = data[len(mark) :] if name == "utf-8" else data
        text = body.decode(name, "replace")
        gathering.lose("characters", text.count("\ufffd"))
    _refuse_noise(text, gathering)
    return text


def _refuse_noise(text: str, gathering: Gathering) -> None:
    sample = text[:_SAMPLE]
    strange = sum(not char.isprintable() and not char.isspace() and char != "\ufeff" for char in sample)
    if strange * 10 > max(len(sample), 10):
        raise gathering.refuse("not_text")


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: of Latin letters every second byte is zero."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


def _single_byte(data: bytes, gathering: Gathering) -> str:
    try:
        text, name = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, name = _detected(data, gathering)
    gathering.guess("encoding", encoding=name)
    return text


def _detected(data: bytes, gathering: Gathering) -> tuple[str, str]:
    """What is neither UTF-8 nor Windows-1252, read as the letters' frequencies suggest."""
    from charset_normalizer import from_bytes

    # A broken byte in UTF-8 leaves the rest sound; other encodings break at every foreign letter.
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 200 <= len(text):
        gathering.lose("characters", broken)
        return text, "UTF-8"
    found = from_bytes(data[:_SAMPLE]).best()
    if found is None:
        raise gathering.refuse("not_text")
    text = data.decode(found.encoding, "replace")
    gathering.lose("characters", text.count("\ufffd"))
    return text, found.encoding
