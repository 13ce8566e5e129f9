"""A quotation as it is looked for: its words, where it says that something was cut, and what it adds in brackets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from qualcode.reports.verify.tokens import Tokens, has_words, is_word, tokens

MOST_CHUNKS = 60
"""So many pieces a quotation may be cut into; what has more is looked for no further."""

_CUT = re.compile(r"\[\s*(?:…|\.[\s.]*\.)\s*\]|\(\s*(?:…|\.{2,4})\s*\)")
_CUT_AND_WORDS = re.compile(r"(?<=\[)\s*(?:…|\.{2,4})")
_CAPITAL = re.compile(r"\[(\w)\](?=\w)")


@dataclass(frozen=True)
class Unit:
    """Tokens in a row, from `begin` up to `end`: words, or what stands in brackets, these with them."""

    begin: int
    end: int
    bracket: bool = False


Chunk = tuple[Unit, ...]
"""What stands between two cuts."""


@dataclass(frozen=True)
class Sought:
    """A quotation, understood.

    Attributes
    ----------
    tokens : Tokens
        Its words and marks, without the cuts.
    chunks : tuple of tuple of Unit
        What stands between the cuts, without marks at the edges: a quotation ends as its sentence needs it.
    cuts : tuple of int
        Before which token something was cut.
    """

    tokens: Tokens
    chunks: tuple[Chunk, ...]
    cuts: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many words it has, those in brackets left out."""
        return sum(
            sum(map(is_word, self.tokens.keys[unit.begin : unit.end]))
            for chunk in self.chunks
            for unit in chunk
            if not unit.bracket
        )

    @property
    def opens_with_cut(self) -> bool:
        """Whether it says that something before it was cut."""
        return bool(self.cuts) and not has_words(self.tokens.keys[: self.cuts[0]])

    @property
    def ends_with_cut(self) -> bool:
        """Whether it says that something behind it was cut."""
        return bool(self.cuts) and not has_words(self.tokens.keys[self.cuts[-1] :])

    @property
    def final(self) -> str:
        """The marks with which it ends."""
        keys = self.tokens.keys
        last = next((place for place in reversed(range(len(keys))) if is_word(keys[place])), len(keys))
        return "".join(keys[last + 1 :])


def sought(text: str, glosses: frozenset[tuple[str, ...]] = frozenset()) -> Sought:
    """Understand a quotation.

    Parameters
    ----------
    text : str
    glosses : frozenset of tuple of str
        The words of translations, which may stand in round brackets, too.

    Examples
    --------
    >>> found = sought("“Petugas [admin] hanya dua [...] sakit.”")
    >>> [[found.tokens.keys[unit.begin : unit.end] for unit in chunk] for chunk in found.chunks]
    [[('petugas',), ('[', 'admin', ']'), ('hanya', 'dua')], [('sakit',)]]
    """
    text = _CAPITAL.sub("\u2060\\1\u2060", text)
    places = [match.start() for form in (_CUT, _CUT_AND_WORDS) for match in form.finditer(text)]
    for form in (_CUT, _CUT_AND_WORDS):
        text = form.sub(lambda match: " " * len(match.group()), text)
    found = tokens(text)
    starts = [start for start, _ in found.spans]
    # The cut of "[... kota]" stands behind the bracket: what is in it was put in after the cut.
    cuts = sorted({_before_bracket(found.keys, bisect_left(starts, place)) for place in places})
    edges = [0, *cuts, len(starts)]
    units = [tuple(_trimmed(found, list(_units(found.keys, begin, end, glosses)))) for begin, end in pairwise(edges)]
    return Sought(found, tuple(filter(None, units)), tuple(cuts))


def _before_bracket(keys: tuple[str, ...], place: int) -> int:
    return place - 1 if place and keys[place - 1] == "[" else place


def _units(keys: tuple[str, ...], begin: int, end: int, glosses: frozenset[tuple[str, ...]]) -> Iterator[Unit]:
    opened, run = -1, begin
    for place in range(begin, end):
        if keys[place] in "[(":
            opened = place
        elif keys[place] in "])" and opened >= 0:
            is_bracket = keys[opened] + keys[place] == "[]"
            if is_bracket or keys[opened + 1 : place] in glosses:
                if run < opened:
                    yield Unit(run, opened)
                yield Unit(opened, place + 1, bracket=True)
                run = place + 1
            opened = -1
    if run < end:
        yield Unit(run, end)


def _trimmed(found: Tokens, units: list[Unit]) -> list[Unit]:
    """Without the marks at the edges; brackets at an edge stay."""
    if units and not units[0].bracket:
        begin = units[0].begin
        while begin < units[0].end and not is_word(found.keys[begin]):
            begin += 1
        units[0] = Unit(begin, units[0].end)
    if units and not units[-1].bracket:
        end = units[-1].end
        while end > units[-1].begin and not is_word(found.keys[end - 1]):
            end -= 1
        units[-1] = Unit(units[-1].begin, end)
    return [unit for unit in units if unit.begin < unit.end]
