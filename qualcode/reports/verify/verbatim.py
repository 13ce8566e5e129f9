"""What is wrong with a quotation whose words stand in the text: marks of cuts, cuts that mislead, capitals, edges.

The rule of the thesis: what is cut shows as [...], what is put in stands in [brackets], nothing is corrected silently.
A quotation may begin with a capital or without, and end with the mark its sentence needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.reports.verify.matching import Match, Text, difference
from qualcode.reports.verify.tokens import has_words, in_words, is_word, plain
from qualcode.wording import say

NEGATIONS = frozenset(
    (
        *("tidak", "tak", "bukan", "belum", "jangan", "tanpa", "tiada", "nggak", "ngga", "enggak", "engga", "gak"),
        *("ga", "kagak", "ndak", "ndhak", "nda", "ora", "mboten", "dudu", "durung", "henteu", "teu", "sanes", "moal"),
        *("indak", "kada", "dak", "not", "no", "never", "nor", "neither", "without", "cannot", "don't", "doesn't"),
        *("didn't", "isn't", "aren't", "wasn't", "weren't", "won't", "can't", "couldn't"),
    )
)
"""Words that turn a sentence into its opposite."""

REACH = 2
"""Words between a negation and what it denies, at most."""

_STOPS = frozenset(".?!;:,-()[]…")
_ENDS = frozenset(".?!…")

Range = tuple[int, int]
"""Tokens of a text, from the first up to the last and without it."""


def changed(match: Match, own: Range | None = None) -> list[str]:
    """What differs from the text, each in words.

    Parameters
    ----------
    match : Match
    own : tuple of (int, int), optional
        The tokens of which the quotation is, where that is known: then what is left out at an edge must show, unless
        it is whole sentences without a negation.
    """
    told = [*_capitals(match), *_empty_cuts(match), *_final(match)]
    return told + (_edges(match, own) if own else [])


def misleading(match: Match, own: Range | None = None) -> list[str]:
    """The negations that cuts or edges take from the words beside them, each in words.

    Parameters
    ----------
    match : Match
    own : tuple of (int, int), optional
        As for `changed`: nothing outside was ever part of the quotation.
    """
    text, keys = match.text, match.text.tokens.keys
    begin, end = own or (0, len(keys))
    edges = [(begin, max(begin, match.kept[0].begin)), *_gaps(match), (min(end, match.kept[-1].end), end)]
    told = []
    for number, (first, last) in enumerate(edges):
        before = _denied_behind(text, first, last) if number < len(edges) - 1 else None
        behind = _denied_before(text, first, last) if number else None
        if before is not None:
            shown = text.tokens.shown[last : last + 2]
            told.append(say("verify.negation_before", word=text.tokens.shown[before], words=in_words(shown)))
        if behind is not None:
            shown = text.tokens.shown[max(0, first - 2) : first]
            told.append(say("verify.negation_after", word=text.tokens.shown[behind], words=in_words(shown)))
    return told


def leaves_out_negation(match: Match) -> bool:
    """Whether any cut between the pieces leaves out a negation, whatever it denies."""
    return any(NEGATIONS & set(match.text.tokens.keys[first:last]) for first, last in _gaps(match))


def _gaps(match: Match) -> Iterator[Range]:
    for one, other in zip(match.kept, match.kept[1:], strict=False):
        yield one.end, other.begin


def _denied_behind(text: Text, first: int, last: int) -> int | None:
    """The negation among the last words before `last` that denies what stands there."""
    if text.is_paragraph_end(last):
        return None
    for place in range(last - 1, max(first, last - 1 - REACH) - 1, -1):
        key = text.tokens.keys[place]
        if key in NEGATIONS:
            return place
        if key in _STOPS or text.is_paragraph_end(place):
            return None
    return None


def _denied_before(text: Text, first: int, last: int) -> int | None:
    """The negation that ends the clause whose beginning was kept: "dibalas sih tidak"."""
    keys = text.tokens.keys
    for place in range(first, min(last, first + REACH + 1)):
        if keys[place] in _STOPS or text.is_paragraph_end(place):
            return None
        if keys[place] in NEGATIONS:
            ends = text.is_paragraph_end(place + 1) or keys[place + 1] in _STOPS
            return place if ends else None
    return None


def _capitals(match: Match) -> Iterator[str]:
    """Words in other letters than the text's; the first of a piece may have a capital or none."""
    source, written = match.text.tokens.shown, match.wanted.tokens.shown
    for kept in match.kept:
        for at, place, size in kept.blocks:
            for step in range(size):
                old, new = source[at + step], written[place + step]
                if old == new or plain(old) == plain(new):
                    continue
                is_first = at + step == kept.begin
                if not (is_first and plain(old)[1:] == plain(new)[1:]):
                    yield difference([old], [new], in_words(written[max(0, place + step - 2) : place + step]))


def _empty_cuts(match: Match) -> Iterator[str]:
    for one, other in zip(match.kept, match.kept[1:], strict=False):
        if one.blocks and other.blocks and not match.text.leaves_out(one.end, other.begin):
            yield say("verify.cut_nothing", words=in_words(match.text.tokens.shown[max(0, one.end - 2) : one.end]))


def _final(match: Match) -> Iterator[str]:
    """A question that was made a statement, or the other way round."""
    if match.wanted.ends_with_cut or not match.kept[-1].blocks:
        return
    keys, place = match.text.tokens.keys, match.kept[-1].end
    marks = ""
    while place < len(keys) and not is_word(keys[place]) and keys[place] not in "[(":
        marks += keys[place]
        place += 1
    final = match.wanted.final
    if _ENDS & set(final) and ("?" in final) != ("?" in marks):
        after = match.text.tokens.shown[match.kept[-1].end - 2 : match.kept[-1].end]
        yield difference([marks] if marks else [], [final], in_words(after))


def _edges(match: Match, own: Range) -> list[str]:
    """What is missing at the edges without a sign."""
    text, (begin, end) = match.text, own
    first, last = match.kept[0].begin, match.kept[-1].end
    told = []
    if begin < first and not match.wanted.opens_with_cut and not _may_go(text, begin, first, at=first):
        told.append(say("verify.removed", words=_shown(text, begin, first)) + " " + say("verify.at_start"))
    if last < end and not match.wanted.ends_with_cut and not _may_go(text, last, end, at=last):
        told.append(say("verify.removed", words=_shown(text, last, end)) + " " + say("verify.at_end"))
    return told


def _may_go(text: Text, begin: int, end: int, at: int) -> bool:
    """Whether the words of an edge may be missing: whole sentences, none of which denies anything."""
    keys = text.tokens.keys[begin:end]
    if not has_words(keys):
        return True
    ends_there = text.is_paragraph_end(at) or text.tokens.keys[at - 1] in _ENDS or keys[0] in _ENDS
    return ends_there and not NEGATIONS & set(keys)


def _shown(text: Text, begin: int, end: int) -> str:
    shown: Sequence[str] = text.tokens.shown[begin:end]
    while shown and not is_word(shown[0]):
        shown = shown[1:]
    return in_words(shown)
