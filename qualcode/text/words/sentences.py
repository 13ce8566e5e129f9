"""Sentences of written and transcribed Indonesian, by rules."""

from __future__ import annotations

import re
from typing import NamedTuple

from qualcode.text.words.abbreviations import MAY_END, OPENERS
from qualcode.text.words.tokens import Sort, Token, tokenize

__all__ = ["Sentence", "sentences"]


class Sentence(NamedTuple):
    """A sentence, ``text == whole[start:end]``, from its first token to its last."""

    text: str
    start: int
    end: int


_CLOSERS = frozenset("\"”’'»)]}")
_OPENERS = frozenset("\"“‘'«([{")
_BULLETS = frozenset("-*•–▪◦")
_NUMBER_OF_ITEM = re.compile(r"\d{1,3}|[A-Za-z]|[IVX]{1,6}")
INDENT = 40
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def sentences(text: str) -> list[Sentence]:
    r"""Cut a text into sentences; the text is never altered.

    A full stop, a run of ``!?`` or a blank line ends a sentence. An abbreviation's dot does not, save after ``dll.``
    and its kin, after a degree, or before a word that opens sentences, when a capital follows. A run of dots ends one
    when a capital or the end of the line follows; before lower case it is a pause. The number of a list item ends
    none. Quotation marks and brackets that close, and emoji, go with the sentence before; a quotation that goes on in
    lower case (``"Kapan?" tanya saya``) does not end it.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Sentence
        In the order of the text; every token lies in exactly one of them.

    Examples
    --------
    >>> [each.text for each in sentences("Kata Pak A. Dia... eee... pergi, dll. Itu saja")]
    ['Kata Pak A.', 'Dia... eee... pergi, dll.', 'Itu saja']
    """
    tokens = tokenize(text)
    found = []
    first = at = 0
    while at < len(tokens):
        last = _last_of_end(text, tokens, at)
        if last is None:
            at += 1
            continue
        start, end = tokens[first].start, tokens[last].end
        found.append(Sentence(text[start:end], start, end))
        first = at = last + 1
    return found


def _last_of_end(text: str, tokens: list[Token], at: int) -> int | None:
    """The last token of the sentence that token `at` ends; None when it ends none."""
    if _line_ends(text, tokens, at):
        return at
    if not _may_end(text, tokens, at):
        return None
    last = _closed(text, tokens, at)
    following = _following(text, tokens, last)
    if following is None:
        return _with_emoji(text, tokens, last)
    if tokens[at].sort is Sort.MARK:
        # A quotation or bracket that closes here may stand inside a longer sentence.
        goes_on = last > at and _is_lower(following)
        return None if goes_on or following.text in ",;" else _with_emoji(text, tokens, last)
    return _with_emoji(text, tokens, last) if _is_capital(following) else None


def _may_end(text: str, tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if token.sort is Sort.PAUSE:
        return True
    if token.sort is Sort.ABBREVIATION:
        return _abbreviation_may_end(token.text, tokens[at + 1] if at + 1 < len(tokens) else None)
    if token.sort is not Sort.MARK:
        return False
    return token.text[0] in "!?" or (token.text == "." and _is_full_stop(text, tokens, at))


def _abbreviation_may_end(abbreviation: str, following: Token | None) -> bool:
    letters = abbreviation.rstrip(".").lower()
    is_degree = "." in letters and abbreviation[0].isupper()
    one_more = following is not None and following.sort is Sort.ABBREVIATION and "." in following.text[:-1]
    opens = following is not None and following.text.lower() in OPENERS
    return abbreviation.endswith(".") and (letters in MAY_END or is_degree or opens) and not one_more


def _is_full_stop(text: str, tokens: list[Token], at: int) -> bool:
    if at == 0:
        return False
    before = tokens[at - 1]
    if _NUMBER_OF_ITEM.fullmatch(before.text) and _opens_line(text, before):
        return at == len(tokens) - 1
    if at + 1 == len(tokens) or tokens[at + 1].start > tokens[at].end:
        return True
    return tokens[at + 1].text in _CLOSERS or tokens[at + 1].text[0].isupper() or _is_emoji(tokens[at + 1])


def _opens_line(text: str, token: Token) -> bool:
    """Whether only blanks and the marks of a list or heading stand before a token in its line."""
    first = max(0, token.start - INDENT)
    _, newline, indent = text[first : token.start].rpartition("\n")
    return (newline != "" or first == 0) and not indent.strip(" \t#*-")


def _closed(text: str, tokens: list[Token], at: int) -> int:
    """The last of the closing marks that touch token `at`, or `at`."""
    while at + 1 < len(tokens) and tokens[at + 1].text in _CLOSERS and tokens[at + 1].start == tokens[at].end:
        at += 1
    return at


def _with_emoji(text: str, tokens: list[Token], last: int) -> int:
    while last + 1 < len(tokens) and _is_emoji(tokens[last + 1]) and not _line_ends(text, tokens, last):
        last += 1
    return last


def _is_emoji(token: Token) -> bool:
    return token.sort is Sort.EMOJI


def _line_ends(text: str, tokens: list[Token], at: int) -> bool:
    """Whether nothing follows token `at`, or a blank line, an item of a list or a heading does."""
    if at + 1 == len(tokens):
        return True
    gap = text[tokens[at].end : tokens[at + 1].start]
    if "\n" not in gap:
        return False
    opens_item = tokens[at + 1].text in _BULLETS or (
        at + 2 < len(tokens) and tokens[at + 1].text.isdigit() and tokens[at + 2].text in ".)"
    )
    return opens_item or tokens[at + 1].text[0] == "#" or _BLANK_LINE.search(gap) is not None


def _following(text: str, tokens: list[Token], at: int) -> Token | None:
    """The next token that is no opening mark and no emoji; None at the end of a line."""
    for n in range(at, len(tokens) - 1):
        if _line_ends(text, tokens, n):
            return None
        following = tokens[n + 1]
        if following.text not in _OPENERS and not _is_emoji(following):
            return following
    return None


def _is_capital(token: Token) -> bool:
    return token.text[0].isupper() or token.sort in (Sort.TAG, Sort.HANDLE)


def _is_lower(token: Token) -> bool:
    return token.text[0].islower()
