"""The search key under which all forms of a word are found: PySastrawi behind a layer for speech, loans and names.

PySastrawi knows formal affixes. Its roots come from Kateglo (CC BY-NC-SA 3.0, see `credit`), which is why no list or
table made from them is kept in this package: keys are found on the reader's own machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from qualcode.errors import ParameterError
from qualcode.text.words.formal import formal_root, is_root
from qualcode.text.words.lists import listed
from qualcode.text.words.places import PLACES
from qualcode.text.words.spoken import BORROWED, C_ROOTS, COMPOUNDS, K_ROOTS, WHOLE, spoken_forms
from qualcode.text.words.tokens import Sort, Token
from qualcode.wording import say

__all__ = ["Stemmer", "credit", "stem", "stemmer_for"]

OWN_ROOTS = BORROWED | COMPOUNDS

LONGEST = 40
"""No Indonesian word has more letters; what has is a slip or a leaned-on key and is not taken apart."""

SHORTEST = 3
AFTER_NASAL = 4
BARE = 5

_CLITICS = ("nya", "lah", "kah", "pun", "ku", "mu")
_SUFFIXES = ("in", "an", "kan", "i", "kin")
_HYPHEN_PREFIXES = listed(
    """
    be ber di diper ke ku kau me mem memper men meng menge meny ng nge ny pe pem pen peng penge peny per se ter
    """
)
_HYPHEN_SUFFIXES = listed("an annya i in inlah innya isasi kah kan kannya kin ku lah mu nya pun tah")
_AFTER_TWO = frozenset(("", "an", "annya", "in", *_CLITICS))

_WORD = re.compile(r"[a-z]+(?:[-'][a-z0-9]+)*(?:2[a-z]*)?")
_PLAIN = re.compile(r"[a-z]+")
_DOUBLED = re.compile(r"([a-z]{3,})2([a-z]*)")
_LENGTHENED = re.compile(r"(.)\1{2,}")
_LAST_E = re.compile(r"e([bcdfgjklmnprstwxyz]{1,2})$")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ALIKE = _UNSEEN | dict(zip(map(ord, "’ʼ‘‐‑²"), "'''--2", strict=True))


@lru_cache(maxsize=1 << 16)
def normal(word: str) -> str:
    """A word in lower case, composed, without soft hyphens and joiners, with typewriter apostrophes and hyphens."""
    return unicodedata.normalize("NFC", word.translate(_ALIKE).lower())


class Stemmer:
    """Finds the search keys of words; what a project knows about its own words is given once.

    Parameters
    ----------
    protected : collection of str
        Names and terms that stay whole, such as pseudonyms and codebook terms; every word of each is protected, and
        found again with ``-nya`` and its kin. Indonesia's regencies, cities and provinces are protected anyhow.
    spoken : mapping of str to str
        Spoken or regional form -> the word it stands for; goes before qualcode's own map.
    attested : collection of str
        Words the corpus or codebook is known to hold: what is left when an informal affix is taken off must be one
        of these, a root or a borrowed word.

    Raises
    ------
    ParameterError
        When an entry of `spoken` is blank.

    Examples
    --------
    >>> stem = Stemmer(protected=["Bu Mekarsari"], spoken={"piye": "bagaimana"})
    >>> stem("piye"), stem("Mekarsarinya"), stem("dikelola")
    ('bagaimana', 'mekarsari', 'kelola')
    """

    def __init__(
        self,
        *,
        protected: Collection[str] = (),
        spoken: Mapping[str, str] | None = None,
        attested: Collection[str] = (),
    ) -> None:
        for form, word in (spoken or {}).items():
            if not form.strip() or not word.strip():
                raise ParameterError.of("spoken_blank", "spoken", form=repr(form), word=repr(word))
        own = {normal(form.strip()): normal(word.strip()) for form, word in (spoken or {}).items()}
        self._spoken = {**spoken_forms(), **own}
        self._whole = PLACES | WHOLE | {word for name in protected for word in normal(name).split()}
        self._whole -= own.keys()
        self._attested = OWN_ROOTS | self._spoken.keys() | {normal(word) for word in attested}
        self._keys: dict[str, str] = {}

    def __call__(self, token: str | Token) -> str:
        """The search key of a token or word.

        Only words of the letters a to z are taken apart; anything else is its own key, in lower case. A key is its
        own key.

        Raises
        ------
        QualcodeError
            When PySastrawi is missing or the old Sastrawi 1.0.1 stands in its place.
        """
        if isinstance(token, Token):
            if token.sort not in (Sort.WORD, Sort.ABBREVIATION, Sort.NUMBER):
                return normal(token.text)
            token = token.text
        key = self._keys.get(token)
        if key is None:
            key = self._keys[token] = self._settled(self._key(normal(token)))
        return key

    def _settled(self, key: str) -> str:
        """The key once spoken forms are followed; a circle of forms has one key, the first by the alphabet."""
        seen: list[str] = []
        while key in self._spoken and key not in self._whole:
            if key in seen:
                return min(seen[seen.index(key) :])
            seen.append(key)
            key = self._key(self._spoken[key])
        return key

    def _key(self, word: str) -> str:
        if word in self._whole or word in self._spoken:
            return word
        if word.endswith(".") and word[:-1] in self._spoken:
            return word[:-1]
        if not word.isascii() or len(word) > LONGEST or not _WORD.fullmatch(word):
            return word
        doubled = _DOUBLED.fullmatch(word)
        if doubled:
            return self._key(doubled[1]) if doubled[2] in _AFTER_TWO else word
        if "-" in word:
            return self._hyphenated(word)
        if "'" in word:
            joined = word.replace("'", "")
            return self._key(joined) if self._is_attested(joined) else word
        return self._single(word) if _PLAIN.fullmatch(word) else word

    def _hyphenated(self, word: str) -> str:
        parts = word.split("-")
        first, rest = parts[0], "-".join(parts[1:])
        if first in _HYPHEN_PREFIXES and parts[1].isalpha() and parts[1] != first:
            return self._key(rest)
        if parts[-1] in _HYPHEN_SUFFIXES:
            return self._key("-".join(parts[:-1]))
        if len(parts) == 2:
            one, other = self._settled(self._key(first)), self._settled(self._key(rest))
            if one == other or one == self._settled(self._key("me" + rest)):
                return one
        return word

    def _single(self, word: str) -> str:
        if self._is_attested(word):
            # A word of the corpus may still have affixes; a root or a borrowed word is the end of the way.
            return word if self._is_root(word) else self._taken_apart(word) or word
        clitic = self._without_clitic(word)
        if clitic:
            return clitic
        found = self._taken_apart(word)
        if found:
            return found
        shortened = _LENGTHENED.sub(r"\1", word)
        return self._key(shortened) if shortened != word and self._is_attested(shortened) else word

    def _is_root(self, word: str) -> bool:
        return word in OWN_ROOTS or is_root(word)

    def _is_attested(self, word: str) -> bool:
        return word in self._attested or word in self._whole or is_root(word)

    def _without_clitic(self, word: str) -> str | None:
        """A protected name, a borrowed or a spoken word without -nya and its kin, which only look like its end."""
        for clitic in _CLITICS:
            rest = word.removesuffix(clitic)
            if rest != word and (rest in self._whole or rest in OWN_ROOTS or rest in self._spoken):
                return rest
        return None

    def _taken_apart(self, word: str) -> str | None:
        """What is left without affixes: a root of ours, what PySastrawi finds, or what is attested without speech's."""
        rests = [rest for rest in _rests(word) if rest != word]
        own = next((rest for rest in rests if rest in OWN_ROOTS), None)
        if own:
            return own
        root = formal_root(word)
        return root if root != word else self._informal(word, rests)

    def _informal(self, word: str, rests: list[str]) -> str | None:
        # A protected name takes -nya and hyphens, but no affixes of speech: ngadain is no form of Ngada.
        for rest in rests:
            if rest not in self._whole and self._is_attested(rest):
                return self._key(rest)
        # Without an affix to show that it is Indonesian, a short word is as likely Javanese (``elek``, ``dereng``).
        bare = [word] if len(word) >= BARE and not word.endswith("ng") else []
        for rest in [*bare, *rests]:
            written = _as_written(rest)
            if written and self._is_attested(written):
                return self._key(written)
        return None


def _rests(word: str) -> Iterator[str]:
    """What may be left of a word without affixes, the longest endings first."""
    for cut in _without_suffix(word):
        shortest_with_nasal = AFTER_NASAL if cut == word else SHORTEST
        for rest in _without_prefix(cut, shortest_with_nasal):
            if len(rest) >= SHORTEST:
                yield rest


def _without_suffix(word: str) -> Iterator[str]:
    yield word
    if word.endswith(_SUFFIXES):
        yield from (word.removesuffix(suffix) for suffix in _SUFFIXES if word.endswith(suffix))
    if word.endswith(_CLITICS):
        for clitic in _CLITICS:
            if word.endswith(clitic):
                rest = word.removesuffix(clitic)
                yield rest
                yield from (rest.removesuffix(suffix) for suffix in _SUFFIXES if rest.endswith(suffix))


# By first letter, in the order they are tried: the prefix, and the letter it swallowed where a vowel follows.
_PREFIXES = {
    "d": (("di", ""), ("diper", "")),
    "k": (("ke", ""), ("ku", "")),
    "t": (("ter", ""),),
    "b": (("ber", ""),),
    "s": (("se", ""),),
    "m": (("memper", ""), ("me", ""), ("menge", ""), ("meng", "k"), ("meny", "s"), ("mem", "p"), ("men", "t")),
    "p": (("per", ""), ("pe", ""), ("penge", ""), ("peng", "k"), ("peny", "s"), ("pem", "p"), ("pen", "t")),
}
_VOWELS = frozenset("aiueo")


def _without_prefix(word: str, shortest_with_nasal: int) -> Iterator[str]:
    yield word
    for prefix, swallowed in _PREFIXES.get(word[:1], ()):
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            yield rest
            if swallowed and rest[:1] in _VOWELS:
                yield swallowed + rest
            # dingertiin: a nasal of speech may stand behind.
            if prefix == "di" and rest[:1] in ("n", "m"):
                yield from _without_nasal(rest, SHORTEST)
    if word[:1] in ("n", "m"):
        yield from _without_nasal(word, shortest_with_nasal)


def _without_nasal(word: str, shortest: int) -> Iterator[str]:
    """The rests of ng-, nge-, ny-, n- and m-, the nasals of speech; n- and m- only of words longer than `shortest`."""
    if word.startswith("ng"):
        rest = word[2:]
        if rest[:1] in _VOWELS:
            yield from ("k" + rest, rest) if "k" + rest in K_ROOTS else (rest, "k" + rest)
        if rest.startswith("e"):
            yield rest[1:]
        if rest[:1] in ("l", "r"):
            yield "k" + rest
        yield rest
    if word.startswith("ny"):
        rest = word[2:]
        yield from ("c" + rest, "s" + rest) if "c" + rest in C_ROOTS else ("s" + rest, "c" + rest)
    if len(word) > shortest and word[0] in "nm":
        rest = word[1:]
        if rest[0] in _VOWELS or rest[0] == "r":
            yield ("t" if word[0] == "n" else "p") + rest
        elif rest[0] in ("cdj" if word[0] == "n" else "bp"):
            yield rest


def _as_written(rest: str) -> str | None:
    """How a form with the e of speech in its last syllable is written: ``catet``, ``catat``; None when it has none."""
    written = _LAST_E.sub(r"a\1", rest)
    return written if written != rest and len(rest) > SHORTEST else None


def stemmer_for(spoken: Mapping[str, str]) -> Stemmer:
    """The one stemmer for all questions about a project with these words of its own: it remembers the keys it found.

    Parameters
    ----------
    spoken : mapping of str to str
        As for `Stemmer`.
    """
    return _stemmer(tuple(sorted(spoken.items())))


@lru_cache(maxsize=4)
def _stemmer(own: tuple[tuple[str, str], ...] = ()) -> Stemmer:
    return Stemmer(spoken=dict(own))


def stem(token: str | Token) -> str:
    """The search key of a token or word, for a text of which nothing else is known; see `Stemmer`.

    Examples
    --------
    >>> [stem(form) for form in ("pengelolaan", "ngelola", "di-upload", "nggak", "Pekalongan", "anak2nya")]
    ['kelola', 'kelola', 'upload', 'tidak', 'pekalongan', 'anak']
    """
    return _stemmer()(token)


def credit() -> str:
    """To whom the roots are owed, for reports that show what was found with them.

    Examples
    --------
    >>> credit()
    'Kata dasar dari Kateglo (CC BY-NC-SA 3.0), lewat PySastrawi.'
    """
    return say("words.credit")
