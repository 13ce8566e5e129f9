"""Texts cut into words and marks, so that typography makes no difference and everything else does."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

PAUSE = "…"

_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_LETTER = rf"[\w\u0300-\u036f{_UNSEEN}]"
_TOKEN = re.compile(rf"{_LETTER}+(?:[-'’ʼ‘.,:/\u2010\u2011]{_LETTER}+)*|\.{{2,}}|[^\w\s]")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_DROPPED = frozenset(('"', "'", "\ufffd", ""))
_TIGHT = re.compile(r" (?=[,.;:!?\])…])|(?<=[\[(]) ")


def plain(text: str) -> str:
    """A text without differences of typography: quotation marks, dashes, ligatures, invisible marks, white space.

    Examples
    --------
    >>> plain("“Sudah\u00a0lama…” – katanya")
    '"Sudah lama..." - katanya'
    """
    marked = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_TYPOGRAPHY))
    return " ".join(marked.split())


def same(one: str, other: str) -> bool:
    """Whether two short texts say the same but for typography."""
    return plain(one) == plain(other)


@lru_cache(maxsize=50_000)
def _key(token: str) -> str:
    key = token if token.isascii() else plain(token).replace(" ", "")
    if len(key) > 1 and not key.strip("."):
        return PAUSE
    return "" if key in _DROPPED else key.casefold()


@dataclass(frozen=True)
class Tokens:
    """The words and marks of a text: as compared, as written, and where each begins and ends."""

    keys: tuple[str, ...]
    shown: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def at(self, offset: int) -> int:
        """The first token that ends behind a place of the text."""
        return bisect_right(self._ends, offset)

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, end in self.spans]


def tokens(text: str) -> Tokens:
    """Cut a text into words and marks; quotation marks are none, and every pause is the same.

    Examples
    --------
    >>> tokens("“Komentar... dibalas”").keys
    ('komentar', '…', 'dibalas')
    """
    found = [(_key(match.group()), match) for match in _TOKEN.finditer(text)]
    kept = [(key, match) for key, match in found if key]
    return Tokens(
        tuple(key for key, _ in kept),
        tuple(match.group() for _, match in kept),
        tuple(match.span() for _, match in kept),
    )


def is_word(key: str) -> bool:
    """Whether a token is a word, and no mark."""
    return any(character.isalnum() for character in key)


def has_words(keys: Iterable[str]) -> bool:
    """Whether there is a word among tokens."""
    return any(map(is_word, keys))


def in_words(shown: Sequence[str], most: int = 14) -> str:
    """Tokens as a text again; of very many the first and the last.

    Examples
    --------
    >>> in_words(["dibalas", ",", "[", "tertawa", "]", "ya"])
    'dibalas, [tertawa] ya'
    """
    half = most // 2
    kept = shown if len(shown) <= most else [*shown[:half], PAUSE, *shown[-half:]]
    return _TIGHT.sub("", " ".join(kept))
