"""Subtitles and automatic transcripts: WebVTT and SubRip, as Zoom, Teams, Meet and Whisper write them.

Read with webvtt-py, which keeps what stands in a cue as it is written: voices, several of them, and lines. Of the
others, srt reads no WebVTT, and pysubs2 takes the names of cues and the notes between them for words of the cue above.
webvtt-py passes over in silence what it cannot read; so times are first written as it expects them, which makes SubRip
WebVTT, too, and words it has not taken up are found again by their lines.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.encoding import decode_lines
from qualcode.intake.gathering import Gathering

_CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_TIMING = re.compile(rf"^[ \t]*(?P<start>{_CLOCK})[ \t]*--+>[ \t]*(?P<end>{_CLOCK})(?:[ \t].*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]{1,20}(?P<name>[^<>\n]{1,200})>|</v>")
# Only tags of the formats: "<tidak jelas>" is a word of the transcriber's.
_TAG = re.compile(r"</?(?:[cibus]|ruby|rt|lang|font)(?:[.\s][^<>\n]{0,200})?>|<\d[\d:.]{0,20}>", re.IGNORECASE)
_PLACE = re.compile(r"\{\\an?\d\}")
_NAMED = re.compile(r"^(?:>> ?|- ?)?\[?(?P<name>[^\W\d_][^:\[\]<>\n]{0,59})\]?: +(?P<words>\S[\s\S]*)$")
_BLOCK_OF_NOTES = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True)
class _Cue:
    text: str
    time: str
    line: int
    speaker: str = ""


def looks_like_srt(text: str) -> bool:
    """Whether `text` begins as SubRip does: a number, then a line of times."""
    lines = [line for line in text[:2000].splitlines() if line.strip()][:2]
    return any(_TIMING.match(line) for line in lines)


def read(data: bytes, gathering: Gathering) -> None:
    """Gather the cues; what one person says without a break is one block, with the time it begins at."""
    text = gathering.clean(decode_lines(data, gathering))
    cues = list(_voiced(_unrolled(list(_cues(text.split("\n"), gathering)), gathering)))
    if not any(cue.speaker for cue in cues):
        cues = _named(cues, gathering)
    for cue in _joined(cues):
        kind = BlockKind.CUE if cue.time else BlockKind.PARAGRAPH
        gathering.add(Block(cue.text, kind, speaker=cue.speaker, time=cue.time, line=cue.line))


def _cues(lines: Sequence[str], gathering: Gathering) -> Iterator[_Cue]:
    """Each cue as it is written, with its line; and words that belong to no cue, where they stand."""
    import webvtt

    mended = _mended(lines)
    read = webvtt.from_string("\n".join(line for _, line in mended))
    captions = iter(read.captions)
    gathering.properties["title"] = read.header_text.strip(" \t-")
    for number, block in enumerate(_blocks(mended)):
        if number == 0:  # the head
            continue
        timing = next((at for at, line in block if _TIMING.match(line)), 0)
        caption = next(captions, None) if timing else None
        if caption is not None:
            if re.search(r"[^\W\d_]{2} [^\W\d_]", caption.identifier or ""):
                gathering.lose("cue_names")
            if _plain(caption.raw_text):
                yield _Cue(caption.raw_text, _clock(caption.start), timing)
            else:
                gathering.lose("empty_cues")
        elif block[0][1].split(maxsplit=1)[0] in _BLOCK_OF_NOTES:
            gathering.lose("notes" if block[0][1].startswith("NOTE") else "styles")
        elif _plain(words := "\n".join(line for _, line in block)):
            gathering.guess("stray_lines", line=block[0][0])
            yield _Cue(words, "", block[0][0])


def _mended(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The lines with their numbers: with a head, times in full, and a blank line before each cue."""
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    mended = [] if lines[first].startswith("WEBVTT") else [(0, "WEBVTT"), (0, "")]
    for number, line in enumerate(lines[first:], first + 1):
        timing = _TIMING.match(line)
        if not timing:
            # An arrow among words is none between times.
            mended.append((number, line.strip().replace("-->", "--&gt;")))
            continue
        above = mended[-1][1]
        alone = "-->" not in above and not above.startswith("WEBVTT") and not mended[-2][1]
        if above and not alone:
            # No blank line keeps the cue apart from the one above; its number belongs to it.
            names = [mended.pop()] if above.isdigit() else []
            mended += [(number, ""), *names]
        mended.append((number, f"{_clock(timing['start'])}.000 --> {_clock(timing['end'])}.000"))
    return mended


def _blocks(mended: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    for filled, block in groupby(mended, key=lambda numbered: bool(numbered[1])):
        if filled:
            yield list(block)


def _clock(written: str) -> str:
    parts = re.split(r"[.,]", written)[0].split(":")
    hours, minutes, seconds = map(int, ["0", *parts][-3:])
    minutes += seconds // 60
    return f"{hours + minutes // 60:02d}:{minutes % 60:02d}:{seconds % 60:02d}"


def _plain(text: str) -> str:
    """The words of a cue: no tags, no positions, on one line."""
    text = _PLACE.sub("", _TAG.sub("", _VOICE.sub("", text)))
    return " ".join(html.unescape(text).split())


def _voiced(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """Divide each cue among the voices it marks (``<v Name>``)."""
    for cue in cues:
        speaker, start = "", 0
        for match in [*_VOICE.finditer(cue.text), None]:
            end = match.start() if match else len(cue.text)
            words = _plain(cue.text[start:end])
            if words:
                yield replace(cue, text=words, speaker=speaker)
            if match:
                speaker, start = html.unescape(match["name"] or "").strip(), match.end()


def _unrolled(cues: list[_Cue], gathering: Gathering) -> list[_Cue]:
    """Captions that roll repeat the last line of the cue before above their own: each line is told once."""
    lines = [[line for line in map(_plain, cue.text.split("\n")) if line] for cue in cues]
    again = [i for i in range(1, len(cues)) if lines[i][0] == lines[i - 1][-1]]
    rolling = [i for i in again if len(lines[i]) > 1]
    if len(rolling) < 3 or 3 * len(rolling) < len(cues):
        return cues
    gathering.guess("rolling", count=len(again))
    for i in again:
        cues[i] = replace(cues[i], text="\n".join(lines[i][1:]))
    return [cue for cue in cues if cue.text]


def _named(cues: list[_Cue], gathering: Gathering) -> list[_Cue]:
    """Take "Name: words" for who speaks, where at least half the cues are written so."""
    matches = [_NAMED.match(cue.text) if cue.time else None for cue in cues]
    found = sum(match is not None for match in matches)
    if not found or 2 * found < len(cues):
        return cues
    named, speaker, continued = [], "", 0
    for cue, match in zip(cues, matches, strict=True):
        if match:
            speaker = match["name"].strip()
            named.append(replace(cue, text=match["words"], speaker=speaker))
            continue
        continued += bool(speaker)
        named.append(replace(cue, speaker=speaker if cue.time else ""))
    names = ", ".join(dict.fromkeys(cue.speaker for cue in named if cue.speaker))
    gathering.guess("cue_speakers", names=names[:300])
    if continued:
        gathering.guess("cue_continued", count=continued)
    return named


def _joined(cues: list[_Cue]) -> Iterator[_Cue]:
    """Cues of one speaker, one after another, as one; those of nobody known stay as they are."""
    begun: list[_Cue] = []
    for cue in cues:
        if begun and (not cue.speaker or cue.speaker != begun[0].speaker):
            yield replace(begun[0], text=" ".join(each.text for each in begun))
            begun = []
        begun.append(cue)
    if begun:
        yield replace(begun[0], text=" ".join(each.text for each in begun))
