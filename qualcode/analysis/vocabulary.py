"""The words of a case: how often and by whom, beside which others, and which set two texts apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from qualcode.analysis.wordmeasures import association, dispersion, log_likelihood, log_ratio
from qualcode.coding.case import Case
from qualcode.coding.codebook import Code
from qualcode.coding.codings import Codings
from qualcode.display import Cell, Quotation, Table
from qualcode.errors import ParameterError, TooLittleDataError, Undefined, UnknownNameError
from qualcode.figures import Figure, bars
from qualcode.text.document import Document, Role, Turn
from qualcode.text.words import Layer, Sort, Token, shown, stem, tokenize
from qualcode.text.words.stems import credit
from qualcode.text.words.stop import ALL, described
from qualcode.wording import number, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Collocates", "Frequencies", "Frequency", "Key", "Keyness", "Place", "Speech", "Who", "Words"]
__all__ += ["keyness", "words"]

COUNTED = frozenset((Sort.WORD, Sort.ABBREVIATION, Sort.HANDLE, Sort.TAG))
"""The tokens that are words: no numbers, addresses, emoji, pauses and marks."""

OPENED = 20
"""A table's cell opens to so many places; a concordance shows all."""

CONTEXT = 60
Row = list[str | int | float | Cell]
LIKELY = 10.83
"""p < 0.001 by chi-squared. Rayson, Berridge & Francis (2004), Extending the Cochran rule, JADT, ask for 15.13."""


class Who(StrEnum):
    """Whose words count."""

    INFORMANTS = "informants"
    EVIDENCE = "evidence"
    ALL = "all"


@dataclass(frozen=True)
class Speech:
    """Words that stand together in one document: a turn or paragraph, or what a selection leaves of it.

    Attributes
    ----------
    document : Document
    offset : int
        Where the text begins in which the tokens count their places.
    informant : str or None
    tokens : tuple of Token
        Words and marks, one after the other.
    """

    document: Document
    offset: int
    informant: str | None
    tokens: tuple[Token, ...]

    @property
    def part(self) -> str:
        """The informant; without one the document."""
        return self.informant or self.document.id

    def address_of(self, token: Token) -> tuple[str, str, int]:
        """Case, document and place of a token: the same for the same word in another selection."""
        return self.document.case, self.document.id, self.offset + token.start


@dataclass(frozen=True)
class Place:
    """Where a word stands: ``document.text[start:end]`` is the form."""

    document: Document
    start: int
    end: int
    informant: str | None

    @property
    def form(self) -> str:
        """The word as it stands there."""
        return self.document.text[self.start : self.end]

    def quotation(self) -> Quotation:
        """The word amid the words of its line, with address and informant."""
        text = self.document.text
        left = max(text.rfind("\n", 0, self.start) + 1, self.start - CONTEXT)
        end_of_line = text.find("\n", self.end)
        right = min(len(text) if end_of_line < 0 else end_of_line, self.end + CONTEXT)
        address = f"{self.document.id}:{self.document.line(self.start)}"
        return Quotation(
            f"{text[left : self.start]}«{self.form}»{text[self.end : right]}", address, self.informant or ""
        )


@dataclass(frozen=True)
class Words:
    """The words of a selection, each with its place; what is counted is said by `scope`.

    Attributes
    ----------
    speeches : tuple of Speech
    scope : str
        Whose words, of which case and under which code, for captions.
    stemmer : callable
        From a token or form to its search key.
    """

    speeches: tuple[Speech, ...]
    scope: str
    stemmer: Callable[[str | Token], str] = field(default=stem, repr=False)

    def __len__(self) -> int:
        return sum(self.sizes.values())

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many words each part has: each informant, and each document without one."""
        found: Counter[str] = Counter()
        for speech in self.speeches:
            found[speech.part] += sum(token.sort in COUNTED for token in speech.tokens)
        return {part: size for part, size in found.items() if size}

    def places(self, layers: Collection[Layer] = ()) -> dict[str, list[Place]]:
        """Stem -> where its forms stand, in order, without the words of these stop layers."""
        found: dict[str, list[Place]] = {}
        for speech in self.speeches:
            at = speech.offset
            for token in shown(speech.tokens, layers):
                if token.sort in COUNTED:
                    place = Place(speech.document, at + token.start, at + token.end, speech.informant)
                    found.setdefault(self.stemmer(token), []).append(place)
        return found

    def without(self, other: Words) -> Words:
        """These words without those of another selection: the rest, to compare with."""
        taken = other._addresses
        speeches = [
            Speech(speech.document, speech.offset, speech.informant, run)
            for speech in self.speeches
            for run in _runs(speech, taken)
        ]
        own = self.scope.split("; ")
        apart = "; ".join(part for part in other.scope.split("; ") if part not in own) or other.scope
        return Words(tuple(speeches), say("vocabulary.rest", scope=self.scope, other=apart), self.stemmer)

    @cached_property
    def _addresses(self) -> frozenset[tuple[str, str, int]]:
        return frozenset(speech.address_of(token) for speech in self.speeches for token in speech.tokens)

    def frequencies(self, *, layers: Collection[Layer] = ALL) -> Frequencies:
        """How often each stem stands here, with its forms, who says it, and how evenly it is spread.

        Parameters
        ----------
        layers : collection of Layer, optional
            The stop layers that are not shown; shares are of all words nevertheless. None at all shows everything.
        """
        rows = [
            _frequency(key, places, self.sizes, len(self))
            for key, places in sorted(self.places(layers).items(), key=lambda item: (-len(item[1]), item[0]))
        ]
        return Frequencies(self, tuple(rows), tuple(layers))

    def collocates(
        self,
        word: str,
        *,
        window: int = 4,
        least: int = 3,
        by: str = "likelihood_ratio",
        layers: Collection[Layer] = ALL,
    ) -> Collocates:
        """The words that stand near a word, in any of its forms, more often than by chance.

        Parameters
        ----------
        word : str
            Any form.
        window : int
            How many words to either side are near; a turn or paragraph is never left.
        least : int
            How often a word must stand near.
        by : str
            The measure that ranks, one of `COLLOCATION_MEASURES`.
        layers : collection of Layer, optional
            The stop layers that are not shown; their words fill places in the window nevertheless.

        Raises
        ------
        UnknownNameError
            When the word does not occur, with the nearest that does.
        ParameterError
            When the window or the least count is below 1, or there is no such measure.
        """
        if window < 1 or least < 1:
            raise ParameterError.of("below_one", "collocates", window=window, least=least)
        return _collocates(self, word, window, least, by, layers)

    def __repr__(self) -> str:
        return say("vocabulary.words", scope=self.scope, count=number(len(self)), parts=len(self.sizes))


def words(
    case: Case,
    *,
    informant: str | Collection[str] = (),
    code: str | Code = "",
    coder: str = "",
    codings: Codings | None = None,
    who: Who | str = Who.INFORMANTS,
    stemmer: Callable[[str | Token], str] = stem,
) -> Words:
    """Choose the words of a case that are to be counted.

    Parameters
    ----------
    case : Case
    informant : str or collection of str, optional
        Only their words.
    code : str or Code, optional
        Only words under this code or one below it; words that two codings cover count once.
    coder : str
        Whose codings decide, as for `Case.coded_by`.
    codings : Codings, optional
        Only words under these codings, instead of `code` and `coder`.
    who : Who or str
        ``"informants"``: their turns in transcripts; ``"evidence"``: also paragraphs of documents that are no
        transcripts, which may be a note-taker's words, but no reflection; ``"all"``: everybody, interviewers too.
    stemmer : callable, optional
        From a token to its search key.

    Raises
    ------
    UnknownNameError
        When there is no such informant, code, coder or `who`.
    TooLittleDataError
        When no words are left.
    """
    asked = (informant,) if isinstance(informant, str) else tuple(informant)
    asked = tuple(name for name in asked if name)
    for name in asked:
        case.informant(name)
    try:
        kind = Who(who)
    except ValueError:
        raise UnknownNameError.among("who", str(who), [each.value for each in Who], place="words") from None
    name = code if isinstance(code, str) else code.id
    chosen = case.coded_by(coder).of(name) if name and codings is None else codings
    speeches = [
        speech
        for document in case.documents
        for speech in _speeches(document, kind, None if chosen is None else chosen.on(document))
        if not asked or speech.informant in asked
    ]
    scope = _scope(case, kind, asked, name, chosen)
    found = Words(tuple(speeches), scope, stemmer)
    if not len(found):
        raise TooLittleDataError.of("no_words", case.id, scope=scope)
    return found


def _runs(speech: Speech, taken: Collection[tuple[str, str, int]]) -> Iterator[tuple[Token, ...]]:
    """What is left of a speech, in runs that nothing was taken out of."""
    for kept, tokens in groupby(speech.tokens, lambda token: speech.address_of(token) not in taken):
        if kept:
            yield tuple(tokens)


def _scope(case: Case, who: Who, informants: Sequence[str], code: str, codings: Codings | None) -> str:
    parts = [case.id, ", ".join(informants) or say(f"who.{who}")]
    if codings is not None:
        coders = ", ".join(codings.coders) or "–"
        key = "vocabulary.under_code" if code else "vocabulary.under_codings"
        parts.append(say(key, code=code, coders=coders))
    return "; ".join(parts)


def _speeches(document: Document, who: Who, codings: Codings | None) -> Iterator[Speech]:
    spans = None if codings is None else _united((each.segment.start, each.segment.end) for each in codings)
    for unit in document.units:
        if not _counts(document, unit, who):
            continue
        informant = unit.informant if isinstance(unit, Turn) else document.informant
        inside = [(start, end) for start, end in spans or () if start < unit.end and unit.start < end]
        if spans is not None and not inside:
            continue
        tokens = tuple(tokenize(document.text[unit.start : unit.end]))
        if spans is None:
            yield Speech(document, unit.start, informant, tokens)
        for start, end in inside:
            first, last = start - unit.start, end - unit.start
            kept = tuple(token for token in tokens if first <= token.start and token.end <= last)
            yield Speech(document, unit.start, informant, kept)


def _counts(document: Document, unit: object, who: Who) -> bool:
    if who is Who.ALL:
        return True
    if isinstance(unit, Turn):
        return unit.role is Role.INFORMANT
    return who is Who.EVIDENCE and not getattr(unit, "reflection", False)


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch or overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


# Frequencies


@dataclass(frozen=True)
class Frequency:
    """A stem's share of a selection.

    Attributes
    ----------
    stem : str
    places : tuple of Place
        Every occurrence; their number is the count.
    per_thousand : float
        Of all words of the selection.
    parts : int
        How many parts (informants, and documents without one) have it.
    dispersion : float or Undefined
        DP of Gries (2008) over the parts: 0 is even.
    """

    stem: str
    places: tuple[Place, ...]
    per_thousand: float
    parts: int
    dispersion: float | Undefined

    @property
    def count(self) -> int:
        """How often it stands there, in any form."""
        return len(self.places)

    @property
    def forms(self) -> dict[str, int]:
        """Form in lower case -> how often, the commonest first."""
        return _forms(self.places)


def _frequency(key: str, places: Sequence[Place], sizes: dict[str, int], size: int) -> Frequency:
    counts = Counter(place.informant or place.document.id for place in places)
    spread = dispersion([counts[part] for part in sizes], list(sizes.values()))
    return Frequency(key, tuple(places), 1000 * len(places) / size, len(counts), spread)


@dataclass(frozen=True)
class Frequencies:
    """The stems of a selection, the commonest first.

    Attributes
    ----------
    words : Words
    rows : tuple of Frequency
    layers : tuple of Layer
        What is not shown.
    """

    words: Words
    rows: tuple[Frequency, ...]
    layers: tuple[Layer, ...]

    def __getitem__(self, word: str) -> Frequency:
        """The row of a word, given in any form.

        Raises
        ------
        UnknownNameError
            When it does not occur or is not shown.
        """
        return _row_of(word, self.words, {row.stem: row for row in self.rows})

    def to_frame(self) -> pd.DataFrame:
        """One row a stem, index stems; a dispersion that cannot be computed is missing."""
        import pandas as pd

        return pd.DataFrame(
            {
                "count": [row.count for row in self.rows],
                "per_thousand": [row.per_thousand for row in self.rows],
                "parts": [row.parts for row in self.rows],
                "dispersion": [None if isinstance(row.dispersion, Undefined) else row.dispersion for row in self.rows],
                "forms": [_written(row.forms) for row in self.rows],
            },
            index=[row.stem for row in self.rows],
        )

    def to_table(self, most: int = 40) -> Table:
        """The commonest stems; counts open to the first places."""
        rows: list[Row] = [
            [
                row.stem,
                _written(row.forms),
                _opened(row.places, self.rows[0].count),
                _round(row.per_thousand),
                f"{row.parts}/{len(self.words.sizes)}",
                _or_reason(row.dispersion, 2),
            ]
            for row in self.rows[:most]
        ]
        names = ("stem", "forms", "count", "per_thousand", "parts", "dispersion")
        size = number(len(self.words))
        caption = say("vocabulary.frequencies", scope=self.words.scope, count=size, stems=len(self.rows))
        notes = [say("vocabulary.frequencies_note"), *_one_part(self.words), described(self.layers)]
        return Table(caption, [say(f"vocabulary.{name}") for name in names], rows, _note(notes))

    def figure(self, most: int = 20) -> Figure:
        """The commonest stems as bars."""
        rows = self.rows[:most]
        return bars(
            [row.count for row in rows],
            rows=[row.stem for row in rows],
            axis=say("vocabulary.count"),
            caption=say("vocabulary.figure", scope=self.words.scope, hidden=described(self.layers)),
        )

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return repr(self.to_table())


# Collocates


@dataclass(frozen=True)
class Collocate:
    """A stem that stands near the node word.

    Attributes
    ----------
    stem : str
    places : tuple of Place
        Its occurrences near the node.
    count : int
        How often it stands anywhere in the selection.
    expected : float
        How many of them chance would put near the node.
    score, likelihood_ratio, pmi : float
        The measure that ranks, evidence and strength, by nltk.
    parts : int
        How many informants or documents bring the two together.
    """

    stem: str
    places: tuple[Place, ...]
    count: int
    expected: float
    score: float
    likelihood_ratio: float
    pmi: float
    parts: int


@dataclass(frozen=True)
class Collocates:
    """What keeps a word company.

    Attributes
    ----------
    words : Words
    stem : str
    node : tuple of Place
        Where the word stands.
    rows : tuple of Collocate
        Strongest first; only what stands near more often than by chance.
    window : int
    by : str
    layers : tuple of Layer
    """

    words: Words
    stem: str
    node: tuple[Place, ...]
    rows: tuple[Collocate, ...]
    window: int
    by: str
    layers: tuple[Layer, ...]

    def __getitem__(self, word: str) -> Collocate:
        """The row of a word, given in any form.

        Raises
        ------
        UnknownNameError
            When it is none of the rows.
        """
        return _row_of(word, self.words, {row.stem: row for row in self.rows})

    def to_table(self, most: int = 30) -> Table:
        """The strongest; counts open to the first places."""
        largest = max((len(row.places) for row in self.rows), default=0)
        rows: list[Row] = [
            [
                row.stem,
                _written(_forms(row.places)),
                _opened(row.places, largest),
                _round(row.expected),
                row.count,
                _round(row.likelihood_ratio),
                _round(row.pmi),
                f"{row.parts}/{len(self.words.sizes)}",
            ]
            for row in self.rows[:most]
        ]
        names = ("stem", "forms", "together", "expected", "count", "likelihood", "pmi", "parts")
        forms = _written(_forms(self.node))
        caption = say(
            "vocabulary.collocates", stem=self.stem, forms=forms, window=self.window, scope=self.words.scope, by=self.by
        )
        notes = [say("vocabulary.collocates_note"), described(self.layers)]
        return Table(caption, [say(f"vocabulary.{name}") for name in names], rows, _note(notes))

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return repr(self.to_table())


def _collocates(chosen: Words, word: str, window: int, least: int, by: str, layers: Collection[Layer]) -> Collocates:
    everywhere = chosen.places()
    node = chosen.stemmer(word)
    if node not in everywhere:
        raise UnknownNameError.among("word", word, everywhere, place=chosen.scope)
    visible = chosen.places(layers)
    beside, near = _beside(chosen, node, window)
    size = len(chosen) - len(everywhere[node])
    rows = []
    for key, places in visible.items():
        # Counted over what is shown, as everywhere: a form that is hidden adds to neither number.
        together = [place for place in places if (place.document.case, place.document.id, place.start) in beside]
        expected = near * len(places) / size if size else 0.0
        if key != node and len(together) >= least and len(together) > expected:
            rows.append(_collocate(key, together, near, len(places), size, by))
    rows.sort(key=lambda row: (-row.score, row.stem))
    return Collocates(chosen, node, tuple(everywhere[node]), tuple(rows), window, by, tuple(layers))


def _collocate(key: str, together: Sequence[Place], near: int, count: int, size: int, by: str) -> Collocate:
    score, ratio, pmi = (
        association(measure, len(together), near, count, size) for measure in (by, "likelihood_ratio", "pmi")
    )
    parts = len({place.informant or place.document.id for place in together})
    return Collocate(key, tuple(together), count, near * count / size, score, ratio, pmi, parts)


def _beside(chosen: Words, node: str, window: int) -> tuple[set[tuple[str, str, int]], int]:
    """The places near the node, each once however many nodes it is near, and how many they are."""
    near: set[tuple[str, str, int]] = set()
    for speech in chosen.speeches:
        counted = [token for token in speech.tokens if token.sort in COUNTED]
        nodes = [at for at, token in enumerate(counted) if chosen.stemmer(token) == node]
        around = {n for at in nodes for n in range(max(0, at - window), min(len(counted), at + window + 1))}
        near |= {speech.address_of(counted[n]) for n in around.difference(nodes)}
    return near, len(near)


# Keyness


@dataclass(frozen=True)
class Key:
    """A stem in two selections.

    Attributes
    ----------
    stem : str
    places, other_places : tuple of Place
        Where it stands in the one and in the other.
    log_likelihood : float
        How sure the difference is (Rayson & Garside 2000).
    log_ratio : float
        How large it is, positive where the first has more (Hardie 2014).
    parts, other_parts : int
        How many informants or documents have it.
    """

    stem: str
    places: tuple[Place, ...]
    other_places: tuple[Place, ...]
    log_likelihood: float
    log_ratio: float
    parts: int
    other_parts: int


@dataclass(frozen=True)
class Keyness:
    """What sets the words of one selection apart from those of another.

    Attributes
    ----------
    words, other : Words
    rows : tuple of Key
        The surest difference first, in either direction.
    least : float
        The log-likelihood below which a stem is left out.
    layers : tuple of Layer
    """

    words: Words
    other: Words
    rows: tuple[Key, ...]
    least: float
    layers: tuple[Layer, ...]

    def __getitem__(self, word: str) -> Key:
        """The row of a word, given in any form.

        Raises
        ------
        UnknownNameError
            When it is none of the rows.
        """
        return _row_of(word, self.words, {row.stem: row for row in self.rows})

    def to_table(self, most: int = 30) -> Table:
        """The surest differences; counts open to the first places."""
        rows: list[Row] = [
            [
                row.stem,
                _written(_forms((*row.places, *row.other_places))),
                _opened(row.places),
                _opened(row.other_places),
                _round(row.log_likelihood),
                Cell(_signed(row.log_ratio), value=round(row.log_ratio, 2)),
                f"{row.parts}/{len(self.words.sizes)}",
                f"{row.other_parts}/{len(self.other.sizes)}",
            ]
            for row in self.rows[:most]
        ]
        names = ("stem", "forms", "here", "there", "likelihood", "log_ratio", "parts_here", "parts_there")
        sizes = {"count": number(len(self.words)), "other_count": number(len(self.other))}
        caption = say(
            "vocabulary.keyness", scope=self.words.scope, other=self.other.scope, least=number(self.least), **sizes
        )
        notes = [say("vocabulary.keyness_note"), described(self.layers)]
        return Table(caption, [say(f"vocabulary.{name}") for name in names], rows, _note(notes))

    def figure(self, most: int = 20) -> Figure:
        """The surest differences as bars of their size, to the right where the first selection has more."""
        rows = sorted(self.rows[:most], key=lambda row: -row.log_ratio)
        return bars(
            [round(row.log_ratio, 2) for row in rows],
            rows=[row.stem for row in rows],
            axis=say("vocabulary.log_ratio"),
            caption=say("vocabulary.keyness_figure", scope=self.words.scope, other=self.other.scope),
        )

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return repr(self.to_table())


def keyness(chosen: Words, other: Words, *, least: float = LIKELY, layers: Collection[Layer] = ALL) -> Keyness:
    """Compare the words of two selections: informants, cases, or what stands under a code and the rest.

    Parameters
    ----------
    chosen, other : Words
        They may not share words: ``everything.without(chosen)`` gives the rest.
    least : float
        The log-likelihood below which a difference is not shown. The default is p < 0.001, since every word is a test;
        15.13 is p < 0.0001.
    layers : collection of Layer, optional
        The stop layers that are not shown; sizes are of all words nevertheless.

    Returns
    -------
    Keyness

    Raises
    ------
    ParameterError
        When the selections share words.
    TooLittleDataError
        When either has none.
    """
    for each in (chosen, other):
        if not len(each):
            raise TooLittleDataError.of("no_words", "keyness", scope=each.scope)
    if chosen._addresses & other._addresses:
        raise ParameterError.of("keyness_shared", "keyness", scope=chosen.scope, other=other.scope)
    here, there = chosen.places(layers), other.places(layers)
    sizes = (len(chosen), len(other))
    rows = []
    for key in here.keys() | there.keys():
        counts = (len(here.get(key, ())), len(there.get(key, ())))
        likelihood, ratio = log_likelihood(*counts, *sizes), log_ratio(*counts, *sizes)
        if isinstance(likelihood, float) and isinstance(ratio, float) and likelihood >= least:
            places, others = tuple(here.get(key, ())), tuple(there.get(key, ()))
            rows.append(Key(key, places, others, likelihood, ratio, _parts(places), _parts(others)))
    rows.sort(key=lambda row: (-row.log_likelihood, row.stem))
    return Keyness(chosen, other, tuple(rows), least, tuple(layers))


# What the tables share


def _parts(places: Iterable[Place]) -> int:
    return len({place.informant or place.document.id for place in places})


def _forms(places: Iterable[Place]) -> dict[str, int]:
    counts = Counter(place.form.lower() for place in places)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _written(forms: dict[str, int]) -> str:
    return ", ".join(f"{form} {count}" for form, count in forms.items())


def _opened(places: Sequence[Place], largest: int = 0) -> Cell:
    shade = len(places) / largest if largest else 0.0
    quotations = tuple(place.quotation() for place in places[:OPENED])
    return Cell(number(len(places)), quotations, shade=shade, value=len(places))


def _round(value: float, digits: int = 1) -> Cell:
    return Cell(number(round(value, digits)), value=round(value, digits))


def _or_reason(value: float | Undefined, digits: int) -> Cell:
    return Cell("–") if isinstance(value, Undefined) else _round(value, digits)


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(round(value, 2))


def _note(notes: Iterable[str]) -> str:
    return " ".join((*notes, say("vocabulary.opened", most=OPENED), credit()))


def _one_part(chosen: Words) -> list[str]:
    """Why there is no dispersion, where nobody can be compared with anybody."""
    return [say("vocabulary.one_part")] if len(chosen.sizes) < 2 else []


Found = TypeVar("Found")


def _row_of(word: str, chosen: Words, rows: dict[str, Found]) -> Found:
    key = chosen.stemmer(word)
    if key not in rows:
        raise UnknownNameError.among("word", word, rows, place=chosen.scope)
    return rows[key]
