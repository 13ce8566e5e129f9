"""Measures of words, on plain counts: how much a word sets two texts apart, and how evenly a text spreads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import log, log2

from qualcode.errors import ParameterError, Undefined
from qualcode.wording import say

__all__ = ["COLLOCATION_MEASURES", "association", "dispersion", "log_likelihood", "log_ratio"]


def log_likelihood(count: int, other: int, size: int, other_size: int) -> float | Undefined:
    """How surely a word's share differs between two texts: the log-likelihood G2 of keyness.

    ``2 * (a * ln(a / E1) + b * ln(b / E2))`` with ``E1 = c * (a + b) / (c + d)`` and ``E2 = d * (a + b) / (c + d)``;
    a count of zero adds nothing. It grows with the size of the texts as well as with the difference, says nothing of
    which text has more, and takes every word for drawn by itself, which words of one speaker are not: it ranks.

    Parameters
    ----------
    count, other : int
        How often the word stands in either text (a, b).
    size, other_size : int
        How many words either text has (c, d).

    Returns
    -------
    float or Undefined
        From 0; Undefined when a text is empty or neither has the word.

    References
    ----------
    Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational Linguistics
    19(1), 61-74. Rayson, P. & Garside, R. (2000). Comparing corpora using frequency profiling. Proceedings of the
    Workshop on Comparing Corpora, 1-6.

    Examples
    --------
    >>> round(log_likelihood(52, 57, 50_000, 75_000), 2)
    2.65
    """
    if not size or not other_size:
        return Undefined(say("vocabulary.empty_text"), "empty_text")
    if not count and not other:
        return Undefined(say("vocabulary.in_neither"), "in_neither")
    share = (count + other) / (size + other_size)
    found = 2 * sum(seen * log(seen / (of * share)) for seen, of in ((count, size), (other, other_size)) if seen)
    return max(0.0, found)


def log_ratio(count: int, other: int, size: int, other_size: int) -> float | Undefined:
    """How large the difference of a word's shares in two texts is: 1 is twice as often, 2 four times, -1 half.

    ``log2((a / c) / (b / d))``; a zero is taken for 0.5, so that the ratio stays finite. It says nothing of how sure
    the difference is, and is largest for words that are rare.

    Parameters
    ----------
    count, other, size, other_size : int
        As for `log_likelihood`.

    Returns
    -------
    float or Undefined
        Undefined when a text is empty or neither has the word.

    References
    ----------
    Hardie, A. (2014). Log Ratio: an informal introduction. ESRC Centre for Corpus Approaches to Social Science.

    Examples
    --------
    >>> log_ratio(40, 10, 1000, 1000)
    2.0
    """
    if not size or not other_size:
        return Undefined(say("vocabulary.empty_text"), "empty_text")
    if not count and not other:
        return Undefined(say("vocabulary.in_neither"), "in_neither")
    return log2(((count or 0.5) / size) / ((other or 0.5) / other_size))


def dispersion(counts: Sequence[int], sizes: Sequence[int]) -> float | Undefined:
    """How unevenly a word is spread over the parts of a text: DP, the deviation of proportions.

    Half the sum of the differences between each part's share of the text and its share of the word's occurrences:
    0 where every part has its due, near 1 where one small part has them all. A word that occurs less often than there
    are parts cannot be even.

    Parameters
    ----------
    counts : sequence of int
        How often the word stands in each part.
    sizes : sequence of int
        How many words each part has; of the same length.

    Returns
    -------
    float or Undefined
        Undefined when fewer than two parts have words, or the word does not occur.

    References
    ----------
    Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus Linguistics
    13(4), 403-437.

    Examples
    --------
    >>> round(dispersion([1, 2, 3, 4, 5], [9, 10, 10, 10, 11]), 2)
    0.18
    """
    parts = [(count, size) for count, size in zip(counts, sizes, strict=True) if size]
    if len(parts) < 2:
        return Undefined(say("vocabulary.one_part"), "one_part")
    occurrences, words = sum(count for count, _ in parts), sum(size for _, size in parts)
    if not occurrences:
        return Undefined(say("vocabulary.not_there"), "not_there")
    return sum(abs(count / occurrences - size / words) for count, size in parts) / 2


COLLOCATION_MEASURES = ("likelihood_ratio", "pmi", "student_t", "dice")
"""The measures of ``nltk.metrics.BigramAssocMeasures`` that need no downloaded data and rank upwards."""


def association(measure: str, together: int, near: int, count: int, size: int) -> float:
    """How strongly a word keeps a node word's company, by one of nltk's measures.

    Parameters
    ----------
    measure : str
        One of `COLLOCATION_MEASURES`: ``likelihood_ratio`` (Dunning 1993, over all four cells) ranks by evidence;
        ``pmi`` (Church & Hanks 1990) by strength, and exaggerates rare words.
    together : int
        How many of the word's occurrences stand near the node; at least 1.
    near : int
        How many words stand near the node.
    count : int
        How often the word occurs.
    size : int
        How many words there are, the node's own occurrences left out.

    Raises
    ------
    ParameterError
        When there is no such measure.

    References
    ----------
    The table of counts follows "surface cooccurrence" in Evert, S. (2008). Corpora and collocations. In: Corpus
    Linguistics: An International Handbook.

    Examples
    --------
    >>> round(association("likelihood_ratio", 110, 2552, 221, 31777), 2)
    270.72
    """
    if measure not in COLLOCATION_MEASURES:
        raise ParameterError.of("collocation_measure", measure, known=", ".join(COLLOCATION_MEASURES))
    own = _OWN.get(measure)
    return own(together, near, count, size) if own else float(_measure(measure)(together, (near, count), size))


def _likelihood_ratio(together: int, near: int, count: int, size: int) -> float:
    cells = (
        (together, near, count),
        (near - together, near, size - count),
        (count - together, size - near, count),
        (size - near - count + together, size - near, size - count),
    )
    return 2 * sum(seen * log(seen * size / (row * column)) for seen, row, column in cells if seen)


def _pmi(together: int, near: int, count: int, size: int) -> float:
    return log2(together * size / (near * count))


# The two that every table shows are computed here, since nltk takes longer to load than all words of a thesis to count.
_OWN: dict[str, Callable[[int, int, int, int], float]] = {"likelihood_ratio": _likelihood_ratio, "pmi": _pmi}


@cache
def _measure(name: str) -> Callable[..., float]:
    from nltk.metrics.association import BigramAssocMeasures  # type: ignore[import-untyped]

    found: Callable[..., float] = getattr(BigramAssocMeasures, name)
    return found
