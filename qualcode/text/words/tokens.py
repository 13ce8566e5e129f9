"""Tokens: words, numbers, addresses and marks, each with its exact place in the untouched text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import accumulate, repeat
from typing import NamedTuple

from qualcode.text.words.abbreviations import (
    ALWAYS,
    BEFORE_NAMES,
    BEFORE_NUMBERS,
    MONTHS,
    OPENERS,
    SLASHED,
    TITLES,
)

__all__ = ["NO_WORDS", "Sort", "Token", "tokenize", "words"]


class Sort(StrEnum):
    """What a token is; only a `WORD` is ever stemmed."""

    WORD = "kata"
    NUMBER = "angka"
    ABBREVIATION = "singkatan"
    ADDRESS = "alamat"
    HANDLE = "akun"
    TAG = "tagar"
    EMOJI = "emoji"
    PAUSE = "jeda"
    MARK = "tanda"


NO_WORDS = (Sort.MARK, Sort.PAUSE)


class Token(NamedTuple):
    """A piece of a text, ``text == whole[start:end]``; `start` and `end` are code points."""

    text: str
    start: int
    end: int
    sort: Sort


# Marks above and below letters, and the joiners and soft hyphens that PDF files leave inside words.
_MARKS = (
    r"\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u1ab0-\u1aff\u1b00-\u1b04"
    r"\u1b34-\u1b44\u1b80-\u1b82\u1ba1-\u1bad\u1dc0-\u1dff\u20d0-\u20df\ua980-\ua983\ua9b3-\ua9c0\ufe20-\ufe2f"
    r"\u00ad\u200c\u200d\u2060"
)
_IN_WORD = rf"[\w{_MARKS}]"
_EMOJI = (
    r"[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f]*"
)
_TAIL = r"[^\s<>\"“”‘’]*[^\s<>\"“”‘’.,;:!?()\[\]{}'…]"
_TOP_LEVEL = "com|net|org|id|info|edu|gov|io"
_DEGREE = r"(?:[SMABD]|Ph|LL|Sp|Lc|Psi)\.(?:[A-Z][A-Za-z]{0,5}\.){0,3}[A-Z][A-Za-z]{0,5}\.?"


@cache
def _pattern() -> re.Pattern[str]:
    # Every part that may fail late is bounded or possessive: a hostile text costs as much time as any other.
    # The first two are only for speed: what they take, the word and the mark at the end would take, too. A run of plain
    # words with single blanks between them is found at once, and is the only find that holds a blank.
    parts: list[tuple[Sort, str]] = [
        (Sort.WORD, r"[A-Za-z]++(?=[ ,\n])(?: [A-Za-z]++(?=[ ,\n]))*+"),
        (Sort.MARK, r"[.,](?=\s)"),
        (Sort.ADDRESS, rf"(?i:https?://|www\.){_TAIL}"),
        (Sort.ADDRESS, r"[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,6}+"),
        (Sort.HANDLE, r"(?<!\w)@\w++(?:\.\w++)*+"),
        (Sort.TAG, r"(?<!\w)#\w++"),
        (Sort.ADDRESS, rf"(?:[A-Za-z0-9-]{{1,63}}+\.){{1,5}}(?<=\.)(?:{_TOP_LEVEL})(?![\w-])(?:/{_TAIL})?"),
        (Sort.NUMBER, rf"(?:\+(?=62))?\d++(?:[.,:/-]\d++)*+(?:,-(?!\w)|-(?:an|nya)\b|{_IN_WORD}*+)"),
        (Sort.ABBREVIATION, r"Rp\.(?=\s?\d)"),
        (Sort.WORD, r"Rp(?=\d)"),
        (Sort.ABBREVIATION, rf"{_DEGREE}(?!\w)|(?:[A-Z]\.){{2,8}}(?!\w)|(?:[a-z]\.){{2,5}}(?!\w)"),
        (Sort.ABBREVIATION, rf"(?=[A-Za-z]{{1,8}}[./])(?:{_abbreviations()})"),
        (Sort.WORD, rf"[A-Z]&[A-Z](?:[-'’]{_IN_WORD}++)*+(?!\w)"),
        (Sort.WORD, rf"{_IN_WORD}++(?:['’ʼ‐‑-]{_IN_WORD}++)*+"),
        (Sort.PAUSE, r"\.[.…]++|…[.…]*+"),
        (Sort.MARK, r"[!?]++"),
        (Sort.EMOJI, r"(?<!\S)[:;=][-']?[()DPp]++(?=[\s.,!?]|\Z)"),
        (Sort.EMOJI, rf"(?:{_EMOJI})+"),
        (Sort.MARK, r"(?P<same>[-–—*=~])(?P=same)*+"),
        (Sort.MARK, r"[^\s\u200b\ufeff]"),
    ]
    return re.compile("|".join(f"(?P<_{i}_{sort.name}>{part})" for i, (sort, part) in enumerate(parts)))


def _abbreviations() -> str:
    titled = "".join(rf"(?<!\b{title} )(?<!\b{title.lower()} )" for title in TITLES)
    opener = "|".join(sorted(OPENERS))
    return "|".join(
        [
            rf"(?i:{_any(ALWAYS)})\.",
            rf"(?i:{_any(BEFORE_NUMBERS)})\.(?=\s?[\d(+])",
            r"No\.(?= (?:surat|urut|telp|hp|rek|kontak|induk|polisi)\b)",
            rf"(?:{_any(MONTHS)})\.(?=\s?\d)|(?<=\d )(?:{_any(MONTHS)})\.",
            rf"(?:{_any(BEFORE_NAMES)})\.(?=\s?[A-Z])(?!\s(?i:{opener})\b)",
            rf"{titled}[A-Z]\.(?= [A-Z])(?! (?i:{opener})\b)",
            rf"(?:{_any(SLASHED)})(?!\w)",
        ]
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


@cache
def _sorts() -> dict[str, Sort]:
    named = ((name, re.fullmatch(r"_\d+_([A-Z]+)", name)) for name in _pattern().groupindex)
    return {name: Sort[match[1]] for name, match in named if match}


def _finds(text: str) -> Iterator[tuple[str, int, Sort]]:
    """Each token, or run of plain words, with where it starts."""
    sorts = _sorts()
    # The whole of a match is the part that matched, so that its last group names the part; a group inside a part
    # closes before the part does.
    for found in _pattern().finditer(text):
        yield found[0], found.start(), sorts[found.lastgroup or ""]


def _parted(run: str, start: int) -> tuple[list[str], list[int], list[int]]:
    """The words of a run, and where each starts and ends."""
    words = run.split(" ")
    edges = list(accumulate([len(word) + 1 for word in words], initial=start))
    return words, edges[:-1], [edge - 1 for edge in edges[1:]]


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens; the text is never altered.

    One token each: an address of a page or of mail, an account (``@samudra.menyapa``), a tag, a number, date or
    clock time with its inner marks, an abbreviation or degree with its dots, a word with its inner hyphens and
    apostrophes, a doubled word written with 2, a run of dots, of ``!?``, of emoji; every other mark by itself.
    Time stamps and speakers' labels are no words: read the turns first.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Token
        In the order of the text. They never overlap; only white space and zero-width spaces lie between them.

    Examples
    --------
    >>> [token.text for token in tokenize("Bpk. Rudi nge-post anak2 jam 08.30, lho...")]
    ['Bpk.', 'Rudi', 'nge-post', 'anak2', 'jam', '08.30', ',', 'lho', '...']
    """
    tokens: list[Token] = []
    for found, start, sort in _finds(text):
        if " " in found:
            tokens.extend(map(Token._make, zip(*_parted(found, start), repeat(sort))))
        else:
            tokens.append(Token(found, start, start + len(found), sort))
    return tokens


def words(text: str) -> tuple[list[str], list[int], list[int]]:
    """The tokens of a text that are neither marks nor pauses, as `tokenize` finds them, without a `Token` for each.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of three lists of one length
        Each token's text, start and end.

    Examples
    --------
    >>> words("Akun itu dikelola, ya...")
    (['Akun', 'itu', 'dikelola', 'ya'], [0, 5, 9, 19], [4, 8, 17, 21])
    """
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found, start, sort in _finds(text):
        if " " in found:
            parts = _parted(found, start)
            texts += parts[0]
            starts += parts[1]
            ends += parts[2]
        elif sort not in NO_WORDS:
            texts.append(found)
            starts.append(start)
            ends.append(start + len(found))
    return texts, starts, ends
