"""The coding pane as it stays in a saved notebook: HTML without a script, true also where nothing runs.

A supervisor who opens the notebook, a batch run and an offline page show it. Only inline styles: what is not trusted
loses every other. Whatever a text holds is escaped. Colour never says anything alone: names are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from qualcode.coding.codebook import Codebook
from qualcode.jupyter.state import COLOURS
from qualcode.project.reading import Placed
from qualcode.text.document import Document
from qualcode.wording import say

UNITS, CHARACTERS = 80, 60_000
"""How many turns or paragraphs, and how many characters at most: a saved notebook must stay small."""

# Searched for the largest differences under four kinds of colour vision; each at least 3:1 on white.
PALETTE = ("#0072B2", "#B35900", "#009E73", "#CC79A7", "#999933", "#882255", "#332288", "#8C564B")
_MIXED = "110,110,110"

# Where the live pane stands in the same output, or its model is gone, only one of the two is to be seen.
_SWITCH = (
    "<style>.jp-OutputArea:has(.qc) .qc-static{display:none}"
    ".jp-OutputArea:has(.qc-static) .jupyter-widgets:not(:has(*)){display:none}</style>"
)
_FRAME = "border:1px solid rgba(128,128,128,0.45);border-radius:4px;padding:0.8em 1em;max-width:48em"
_TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;font:16px/30px Georgia,'Times New Roman',serif;margin-top:0.6em"
_SMALL = "font:11px/1.4 system-ui,sans-serif"
_LABEL = f"{_SMALL};font-weight:600;white-space:nowrap;opacity:0.9"
_NUMBER = f"{_SMALL};opacity:0.65;user-select:none"


@dataclass(frozen=True)
class Stretch:
    """A piece of text between two places where a coding begins or ends."""

    start: int
    end: int
    codings: tuple[Placed, ...]


def snapshot_html(document: Document, codebook: Codebook, placed: Iterable[Placed]) -> str:
    """The text with its codings as it stands, cut after `UNITS` units, and a caption that says what it is."""
    limit, units = _limit(document)
    codings = [each for each in placed if each.segment is not None]
    shown = [each for each in codings if each.segment and each.segment.start < limit]
    body = "".join(_pieces(document, codebook, shown, limit))
    note = _note(document, units, len(codings) - len(shown))
    return (
        f'{_SWITCH}<div class="qc-static" style="{_FRAME}">'
        f"<div><strong>{escape(document.title or document.id)}</strong> "
        f'<span style="opacity:0.75">({escape(document.case)}/{escape(document.id)})</span></div>'
        f'<div style="{_SMALL};opacity:0.85">{escape(caption(document, codebook, codings))}{escape(note)}</div>'
        f'<div style="{_TEXT}">{body}</div></div>'
    )


def withheld_html(document: Document, codebook: Codebook, placed: Iterable[Placed]) -> str:
    """A sentence in place of the text, for texts that must not stay in a notebook."""
    said = say("snapshot.withheld", count=sum(each.segment is not None for each in placed))
    title = escape(f"{document.case}/{document.id}, {codebook.title}")
    return f'{_SWITCH}<div class="qc-static" style="{_FRAME}">{title}: {escape(said)}</div>'


def caption(document: Document, codebook: Codebook, codings: Sequence[Placed]) -> str:
    """What is shown: how many codings of which coders, until when, and that it is a snapshot."""
    coders = ", ".join(sorted({each.event.coder for each in codings}))
    newest = max((each.event.time for each in codings), default=None)
    return say(
        "snapshot.caption",
        codings=len(codings),
        coders=coders or "–",
        codebook=codebook.title,
        # The newest coding, not the clock: two runs on the same data give the same page.
        until=newest.strftime("%Y-%m-%d %H:%M") if newest else "–",
        units=len(document.units),
    )


def _note(document: Document, units: int, rest: int) -> str:
    if units >= len(document.units):
        return ""
    return " " + say("snapshot.cut", shown=units, units=len(document.units), rest=rest)


def _limit(document: Document) -> tuple[int, int]:
    """Where the snapshot ends, and how many whole units that is."""
    within = [unit for unit in document.units[:UNITS] if unit.end <= CHARACTERS]
    if len(within) == len(document.units) and len(document.text) <= CHARACTERS:
        return len(document.text), len(within)
    return (within[-1].end, len(within)) if within else (min(CHARACTERS, len(document.text)), 0)


def stretches(codings: Sequence[Placed], limit: int, cuts: Iterable[int] = ()) -> Iterator[Stretch]:
    """The text up to `limit`, cut wherever a coding begins or ends, each piece with the codings that lie over it."""
    spans = [(each.segment.start, each.segment.end, each) for each in codings if each.segment]
    places = {0, limit, *(cut for cut in cuts if cut < limit)}
    places |= {min(place, limit) for start, end, _ in spans for place in (start, end)}
    opening: dict[int, list[Placed]] = {}
    for start, _, each in spans:
        opening.setdefault(start, []).append(each)
    over: list[Placed] = []
    ordered = sorted(places)
    for start, end in pairwise(ordered):
        over = [each for each in over if each.segment and each.segment.end > start] + opening.get(start, [])
        yield Stretch(start, end, tuple(over))


def _pieces(document: Document, codebook: Codebook, codings: Sequence[Placed], limit: int) -> Iterator[str]:
    begun = [(document.text.rfind("\n", 0, unit.start) + 1, unit.number) for unit in document.units]
    numbers = dict(reversed(begun))
    several = len({each.event.coder for each in codings}) > 1
    tops = [code.id for code in codebook.codes]
    before: tuple[Placed, ...] = ()
    for piece in stretches(codings, limit, numbers):
        if piece.start in numbers:
            yield f'<span style="{_NUMBER}">{numbers[piece.start]} </span>'
        crowded = len(piece.codings) > 1
        for each in piece.codings:
            # The end alone does not tell where one of several began.
            if crowded and each not in before and each.segment and each.segment.start == piece.start:
                yield f'<span style="{_LABEL}">‹{escape(_name(each, several))} </span>'
        words = escape(document.text[piece.start : piece.end])
        yield _mark(words, piece.codings, codebook, tops, several) if piece.codings else words
        for each in piece.codings:
            if each.segment and min(each.segment.end, limit) == piece.end:
                yield f'<span style="{_LABEL}"> {escape(_name(each, several))}› </span>'
        before = piece.codings


def _name(placed: Placed, several: bool) -> str:
    event = placed.event
    doubt = "" if placed.is_certain else " ?"
    return f"{event.code} {event.coder}{doubt}" if several else f"{event.code}{doubt}"


def _mark(words: str, codings: Sequence[Placed], codebook: Codebook, tops: list[str], several: bool) -> str:
    colours = list(dict.fromkeys(_colour(each, codebook, tops) for each in codings))
    tint = _rgb(colours[0]) if len(codings) == 1 else _MIXED
    strength = 0.20 if len(codings) == 1 else 0.30
    line = "dashed" if all(not each.is_certain for each in codings) else "solid"
    style = f"background:rgba({tint},{strength:.2f});color:inherit;border-bottom:2px {line} {colours[0]}"
    title = escape("; ".join(_told(each, codebook) for each in codings), quote=True)
    return f'<mark style="{style}" title="{title}">{words}</mark>'


def _told(placed: Placed, codebook: Codebook) -> str:
    event = placed.event
    label = codebook[event.code].name if event.code in codebook else event.code
    return " · ".join(filter(None, (label, say(f"valence.{event.valence}"), event.coder, event.memo)))


def _colour(placed: Placed, codebook: Codebook, tops: list[str]) -> str:
    code = placed.event.code
    return PALETTE[tops.index(codebook.root(code).id) % COLOURS] if code in codebook else "#6E6E6E"


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
