"""Formal Indonesian affixes, taken off by PySastrawi: the right one of two packages, and its rules tried in less time.

Two distributions share the import name ``Sastrawi``. The one called Sastrawi (1.0.1, 2016) looks each word up in a
list and needs minutes where PySastrawi needs less than a second; it is refused. Neither is imported before a word
asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any

from qualcode.errors import QualcodeError

__all__ = ["formal_root", "is_root"]


def is_root(word: str) -> bool:
    """Whether `word` is one of PySastrawi's roots; in lower case."""
    return word in _roots()


def formal_root(word: str) -> str:
    """What PySastrawi makes of one word of the letters a to z, in lower case: its root, or the word itself.

    Raises
    ------
    QualcodeError
        When PySastrawi is missing or the old Sastrawi stands in its place.

    Examples
    --------
    >>> formal_root("mempertanyakan"), formal_root("ngelola")
    ('tanya', 'ngelola')
    """
    root: str = _stemmer().stem_singular_word(word)
    return root


@cache
def _roots() -> dict[str, str]:
    roots: dict[str, str] = _stemmer().dictionary.words
    return roots


@cache
def _stemmer() -> Any:
    try:
        from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary  # type: ignore[import-untyped]
        from Sastrawi.Stemmer.Stemmer import Stemmer  # type: ignore[import-untyped]
        from Sastrawi.Stemmer.StemmerFactory import StemmerFactory  # type: ignore[import-untyped]
    except ImportError:
        raise QualcodeError.of("no_sastrawi", "PySastrawi") from None
    dictionary = ArrayDictionary(StemmerFactory().get_words())
    if not isinstance(dictionary.words, dict):
        raise QualcodeError.of("old_sastrawi", "Sastrawi")
    stemmer = Stemmer(dictionary)
    stemmer.visitor_provider = _Visitors(stemmer.visitor_provider, dictionary.words)
    return stemmer


class _Visitors:
    """PySastrawi's own steps in their order, without what costs time and changes nothing.

    A word runs through 41 prefix rules, nearly all of which its first letters rule out, and each affix taken off
    is found with a regular expression made of the word. Here the letters choose the rules, and a plain replacement
    finds the affix.
    """

    def __init__(self, provider: Any, roots: Collection[str]) -> None:
        self._first: list[Any] = provider.get_visitors()
        kinds = zip(provider.get_suffix_visitors(), ("P", "PP", "DS"), strict=True)
        self._suffixes = [_Suffix(visitor, kind) for visitor, kind in kinds]
        self._prefixes = [_Prefixes(provider.get_prefix_visitors(), roots)]

    def get_visitors(self) -> list[Any]:
        return self._first

    def get_suffix_visitors(self) -> list[Any]:
        return self._suffixes

    def get_prefix_visitors(self) -> list[Any]:
        return self._prefixes


class _Removal:
    """An affix that was taken off, as PySastrawi's context asks about it."""

    __slots__ = ("_kind", "_part", "_subject", "result")

    def __init__(self, subject: str, result: str, kind: str) -> None:
        self._subject, self.result, self._kind = subject, result, kind
        self._part = subject.replace(result, "", 1)

    def get_subject(self) -> str:
        return self._subject

    def get_removed_part(self) -> str:
        return self._part

    def get_affix_type(self) -> str:
        return self._kind


class _Suffix:
    """One of PySastrawi's steps that take a suffix off."""

    def __init__(self, visitor: Any, kind: str) -> None:
        self._remove, self._kind = visitor.remove, kind

    def visit(self, context: Any) -> None:
        _take_off(context, self._remove(context.current_word), self._kind)


class _Prefixes:
    """All of PySastrawi's prefix rules as one step: the first that fits is used, as PySastrawi would."""

    def __init__(self, visitors: list[Any], roots: Collection[str]) -> None:
        plain, *rules = visitors
        self._remove_plain, self._roots = plain.remove, roots
        self._order = [(_openings(rule), rule.disambiguators) for rule in rules]
        self._known: dict[str, list[Any]] = {}
        # PySastrawi tries each word up to three times, and once more with each ending given back.
        self._ruled = lru_cache(maxsize=1 << 10)(self._by_rule)

    def visit(self, context: Any) -> None:
        word = context.current_word
        result = self._remove_plain(word)
        if result == word:
            # PySastrawi looks between its steps whether the word is a root by now.
            result = None if word in self._roots else self._ruled(word)
        _take_off(context, result, "DP")

    def _by_rule(self, word: str) -> str | None:
        for disambiguators in self._fitting(word[:_OPENING]):
            result: str | None = None
            for disambiguator in disambiguators:
                result = disambiguator.disambiguate(word)
                if result in self._roots:
                    break
            if result is not None:
                return result
        return None

    def _fitting(self, letters: str) -> list[Any]:
        found = self._known.get(letters)
        if found is None:
            found = [rules for openings, rules in self._order if re.match(openings, letters)]
            self._known[letters] = found
        return found


def _take_off(context: Any, result: str | None, kind: str) -> None:
    if result is not None and (kind == "DP" or result != context.current_word):
        context.add_removal(_Removal(context.current_word, result, kind))
        context.current_word = result


# The first letters of the words that each rule of the literature is about; rules with other numbers fit all.
_OPENINGS = {
    **dict.fromkeys((1, 2, 3), "ber"),
    4: "bela",
    5: "be",
    9: "te",
    **dict.fromkeys((6, 7, 8, 35), "ter"),
    10: "me[lrwy]",
    11: "mem[bfv]",
    12: "memp",
    13: "mem[aiueo]",
    14: "men[cdjstz]",
    15: "men[aiueo]",
    16: "meng",
    17: "meng",
    18: "meny",
    19: "memp",
    20: "pe[wy]",
    25: "pem[bfv]",
    26: "pem[aiueo]",
    **dict.fromkeys((21, 23, 24), "per"),
    27: "pen[cdjstz]",
    28: "pen[aiueo]",
    29: "peng",
    30: "peng",
    31: "peny",
    32: "pel",
    34: "pe",
    36: "pe",
    37: "[a-z]er[aiueo]",
    38: "[a-z]el[aiueo]",
    39: "[a-z]em[aiueo]",
    40: "[a-z]in[aiueo]",
    41: "ku",
    42: "kau",
}
_OPENING = 4
"""So many letters decide which rules are tried."""


def _openings(rule: Any) -> str:
    """The first letters, as a regular expression, without which a rule cannot fit."""
    numbers = (re.search(r"\d+", type(each).__name__) for each in rule.disambiguators)
    return "|".join({_OPENINGS.get(int(number.group()), "") if number else "" for number in numbers})
