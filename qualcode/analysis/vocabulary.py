"""The words of a case: how often and by whom, beside which others, and which set two texts apart."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import groupby, repeat
from typing import TYPE_CHECKING, NamedTuple, TypeVar, overload

from qualcode.analysis.wordindex import DICTIONARY
from qualcode.analysis.wordmeasures import association, dispersion, log_likelihood, log_ratio
from qualcode.coding.case import Case
from qualcode.coding.codebook import Code
from qualcode.coding.codings import Codings
from qualcode.display import Cell, Quotation, Table
from qualcode.errors import CheckError, ParameterError, TooLittleDataError, Undefined, UnknownNameError
from qualcode.figures import Figure, bars, no_figure, word_cloud
from qualcode.memory import all_kept
from qualcode.text.document import Document, Role, Turn
from qualcode.text.words import Layer, Sort, Token, shown, stem, stemmer_for, tokenize
from qualcode.text.words.stems import credit
from qualcode.text.words.stop import ALL, described
from qualcode.wording import number, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Collocates", "Frequencies", "Frequency", "Key", "Keyness", "Place", "Speech", "Who", "Words"]
__all__ += ["keyness", "stemmer_of", "words"]

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

    @property
    def address(self) -> tuple[str, str]:
        """The case and the document."""
        return self.document.case, self.document.id


class Place(NamedTuple):
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


class Spots:
    """Every word of some speeches that counts, in order, as numbers and as it is written.

    A thesis has more words than anybody looks at: numbers cost a tenth of what objects do.
    """

    def __init__(self, speeches: Sequence[Speech] = (), layers: Collection[Layer] = ()) -> None:
        self.speeches = speeches
        self.where, self.starts, self.ends = array("I"), array("I"), array("I")
        self.tokens: list[Token] = []
        for which, speech in enumerate(speeches):
            at = speech.offset
            tokens = [token for token in shown(speech.tokens, layers) if token.sort in COUNTED]
            self.where.extend(repeat(which, len(tokens)))
            self.starts.extend([at + token.start for token in tokens])
            self.ends.extend([at + token.end for token in tokens])
            self.tokens += tokens

    def of_each_stem(self, stemmer: Callable[[str | Token], str]) -> dict[str, Places]:
        """Stem -> where its forms stand."""
        written: defaultdict[str, list[int]] = defaultdict(list)
        for spot, token in enumerate(self.tokens):
            written[token.text].append(spot)  # accounts and tags have their mark, and are no words
        found: defaultdict[str, list[int]] = defaultdict(list)
        for numbers in written.values():
            found[stemmer(self.tokens[numbers[0]])] += numbers
        return {key: Places(self, sorted(numbers)) for key, numbers in found.items()}


class Places(Sequence[Place]):
    """Where the forms of one stem stand, in order; a `Place` is made when it is asked for."""

    def __init__(self, spots: Spots, numbers: Iterable[int] = ()) -> None:
        self._spots, self._numbers = spots, array("I", numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Place]: ...
    def __getitem__(self, index: int | slice) -> Place | Sequence[Place]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        spot, spots = self._numbers[index], self._spots
        speech = spots.speeches[spots.where[spot]]
        return Place(speech.document, spots.starts[spot], spots.ends[spot], speech.informant)

    def spots(self) -> Iterator[tuple[int, int]]:
        """The number of the speech and the start of each."""
        where, starts = self._spots.where, self._spots.starts
        return ((where[spot], starts[spot]) for spot in self._numbers)

    def per_part(self) -> dict[str, int]:
        """How many stand in each part: each informant, and each document without one."""
        found: Counter[str] = Counter()
        for where, count in Counter(map(self._spots.where.__getitem__, self._numbers)).items():
            found[self._spots.speeches[where].part] += count
        return found

    def forms(self) -> Counter[str]:
        """How many there are of each form, in lower case."""
        return Counter(self._spots.tokens[spot].text.lower() for spot in self._numbers)


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

    def places(self, layers: Collection[Layer] = ()) -> Mapping[str, Places]:
        """Stem -> where its forms stand, in order, without the words of these stop layers."""
        asked = frozenset(layers)
        if asked not in self._found:
            with all_kept():
                self._found[asked] = Spots(self.speeches, asked).of_each_stem(self.stemmer)
        return self._found[asked]

    @cached_property
    def _found(self) -> dict[frozenset[Layer], dict[str, Places]]:
        return {}

    def without(self, other: Words) -> Words:
        """These words without those of another selection: the rest, to compare with."""
        taken = other._starts
        speeches = [
            Speech(speech.document, speech.offset, speech.informant, run)
            for speech in self.speeches
            for run in _runs(speech, taken.get(speech.address, frozenset()))
        ]
        own = self.scope.split("; ")
        apart = "; ".join(part for part in other.scope.split("; ") if part not in own) or other.scope
        return Words(tuple(speeches), say("vocabulary.rest", scope=self.scope, other=apart), self.stemmer)

    @cached_property
    def _starts(self) -> dict[tuple[str, str], set[int]]:
        """Where the tokens start, by document: the same for the same word in another selection."""
        found: dict[tuple[str, str], set[int]] = {}
        for speech in self.speeches:
            found.setdefault(speech.address, set()).update(speech.offset + token.start for token in speech.tokens)
        return found

    def _shares_with(self, other: Words) -> bool:
        return any(not starts.isdisjoint(other._starts.get(at, ())) for at, starts in self._starts.items())

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

    def distinctive(self, most: int = 6, *, layers: Collection[Layer] = ALL) -> Table:
        """For each part, the words that set it apart from all other parts, the surest first.

        Parameters
        ----------
        most : int
            So many words a part; its cell opens to the first place of each. The note names the parts that have none.
        layers : collection of Layer, optional
            As for `keyness`, which compares; only what a part has more of is shown.
        """
        rows: list[Row] = []
        silent: list[str] = []
        for part, size in self.sizes.items():
            own, others = (
                Words(tuple(each for each in self.speeches if (each.part == part) is its), self.scope, self.stemmer)
                for its in (True, False)
            )
            keys = keyness(own, others, layers=layers).rows if len(others) else ()
            found = [key for key in keys if key.log_ratio > 0][:most]
            if not found:
                silent.append(f"{part} ({number(size)})")
                continue
            said = ", ".join(f"{key.stem} {len(key.places)}/{len(key.other_places)}" for key in found)
            rows.append([part, number(size), Cell(said, tuple(key.places[0].quotation() for key in found))])
        columns = [say(f"vocabulary.{name}") for name in ("part", "size", "distinctive_words")]
        none = [say("vocabulary.distinctive_none", parts=", ".join(silent))] if silent else []
        notes = (*none, say("vocabulary.distinctive_note"), described(layers), credit())
        caption = say("vocabulary.distinctive", scope=self.scope, least=number(LIKELY))
        return Table(caption, columns, rows, " ".join(notes))

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
    stemmer: Callable[[str | Token], str] | None = None,
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
        From a token to its search key. Default: what qualcode knows, after what ``kamus.csv`` of the case's project
        says of its own words.

    Raises
    ------
    UnknownNameError
        When there is no such informant, code, coder or `who`.
    TooLittleDataError
        When no words are left.
    CheckError
        When ``kamus.csv`` has faults.
    """
    chosen_stemmer = stemmer or stemmer_of(case)
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
    with all_kept():
        speeches = [
            speech
            for document in case.documents
            for speech in _speeches(document, kind, None if chosen is None else chosen.on(document))
            if not asked or speech.informant in asked
        ]
    scope = _scope(case, kind, asked, name, chosen)
    found = Words(tuple(speeches), scope, chosen_stemmer)
    if not len(found):
        raise TooLittleDataError.of("no_words", case.id, scope=scope)
    return found


def stemmer_of(case: Case) -> Callable[[str | Token], str]:
    """The search keys of a case's words: what ``kamus.csv`` of its project says goes before what qualcode knows.

    Raises
    ------
    CheckError
        When ``kamus.csv`` has faults.
    """
    faults = [problem for problem in case.problems if problem.place.partition(":")[0] == DICTIONARY]
    if faults:
        raise CheckError(faults)
    return stemmer_for(case.own_words)


def _runs(speech: Speech, taken: Collection[int]) -> Iterator[tuple[Token, ...]]:
    """What is left of a speech, in runs that nothing was taken out of."""
    for kept, tokens in groupby(speech.tokens, lambda token: speech.offset + token.start not in taken):
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
    places : Places
        Every occurrence; their number is the count.
    per_thousand : float
        Of all words of the selection.
    parts : int
        How many parts (informants, and documents without one) have it.
    dispersion : float or Undefined
        DP of Gries (2008) over the parts: 0 is even.
    """

    stem: str
    places: Places
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
        return _ranked(self.places.forms())


def _frequency(key: str, places: Places, sizes: dict[str, int], size: int) -> Frequency:
    counts = places.per_part()
    spread = dispersion([counts.get(part, 0) for part in sizes], list(sizes.values()))
    return Frequency(key, places, 1000 * len(places) / size, len(counts), spread)


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
        caption = say("vocabulary.frequencies", scope=self.words.scope, count=size, stems=number(len(self.rows)))
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

    def cloud(self, most: int = 50) -> Figure:
        """The commonest stems as a cloud, each in its commonest form; in italics what few of those asked say.

        A picture for the eye: `figure` reads more exactly, and the caption says so.

        Parameters
        ----------
        most : int
            How many stems at most; those that would be too small to read are left out.
        """
        rows = self.rows[:most]
        parts = len(self.words.sizes)
        few = [parts > 1 and 2 * row.parts <= parts for row in rows]
        # Where it holds of all, slanting all would show nothing.
        apart = any(few) and not all(few)
        who_says = say("vocabulary.cloud_few") if apart else say("vocabulary.cloud_all_few")
        said = [
            say("vocabulary.cloud", scope=self.words.scope, hidden=described(self.layers)),
            *([who_says] if any(few) else []),
            say("vocabulary.cloud_note"),
        ]
        return word_cloud(
            [next(iter(row.forms)) for row in rows],
            [row.count for row in rows],
            slanted=[apart and each for each in few],
            caption=" ".join(said),
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
        none = [] if self.rows else [say("vocabulary.no_company")]
        notes = [*none, say("vocabulary.collocates_note"), described(self.layers)]
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
    beside = _beside(chosen, everywhere[node], window)
    near = len(beside)
    size = len(chosen) - len(everywhere[node])
    rows = []
    for key, places in visible.items():
        # Counted over what is shown, as everywhere: a form that is hidden adds to neither number.
        together = [places[at] for at, spot in enumerate(places.spots()) if spot in beside]
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


def _beside(chosen: Words, nodes: Places, window: int) -> set[tuple[int, int]]:
    """Speech and start of the words near the nodes, each once however many nodes it is near."""
    near: set[tuple[int, int]] = set()
    for where, own in groupby(nodes.spots(), lambda spot: spot[0]):
        speech, taken = chosen.speeches[where], {start for _, start in own}
        starts = [speech.offset + token.start for token in speech.tokens if token.sort in COUNTED]
        nodes_at = [at for at, start in enumerate(starts) if start in taken]
        around = {n for at in nodes_at for n in range(max(0, at - window), min(len(starts), at + window + 1))}
        near |= {(where, starts[n]) for n in around.difference(nodes_at)}
    return near


# Keyness


@dataclass(frozen=True)
class Key:
    """A stem in two selections.

    Attributes
    ----------
    stem : str
    places, other_places : Places
        Where it stands in the one and in the other.
    log_likelihood : float
        How sure the difference is (Rayson & Garside 2000).
    log_ratio : float
        How large it is, positive where the first has more (Hardie 2014).
    parts, other_parts : int
        How many informants or documents have it.
    """

    stem: str
    places: Places
    other_places: Places
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
                _written(_ranked(row.places.forms() + row.other_places.forms())),
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
        none = [] if self.rows else [say("vocabulary.no_keys", least=number(self.least))]
        notes = [*none, say("vocabulary.keyness_note"), described(self.layers)]
        return Table(caption, [say(f"vocabulary.{name}") for name in names], rows, _note(notes))

    def figure(self, most: int = 20) -> Figure:
        """The surest differences as bars of their size, to the right where the first selection has more."""
        rows = sorted(self.rows[:most], key=lambda row: -row.log_ratio)
        caption = say("vocabulary.keyness_figure", scope=self.words.scope, other=self.other.scope)
        if not rows:
            return no_figure(caption, say("vocabulary.no_keys", least=number(self.least)))
        return bars(
            [round(row.log_ratio, 2) for row in rows],
            rows=[row.stem for row in rows],
            axis=say("vocabulary.log_ratio"),
            caption=caption,
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
    if chosen._shares_with(other):
        raise ParameterError.of("keyness_shared", "keyness", scope=chosen.scope, other=other.scope)
    here, there = chosen.places(layers), other.places(layers)
    sizes = (len(chosen), len(other))
    none = Places(Spots())
    rows = []
    for key in here.keys() | there.keys():
        counts = (len(here.get(key, ())), len(there.get(key, ())))
        likelihood, ratio = log_likelihood(*counts, *sizes), log_ratio(*counts, *sizes)
        if isinstance(likelihood, float) and isinstance(ratio, float) and likelihood >= least:
            places, others = here.get(key, none), there.get(key, none)
            rows.append(Key(key, places, others, likelihood, ratio, len(places.per_part()), len(others.per_part())))
    rows.sort(key=lambda row: (-row.log_likelihood, row.stem))
    return Keyness(chosen, other, tuple(rows), least, tuple(layers))


# What the tables share


def _parts(places: Iterable[Place]) -> int:
    return len({place.informant or place.document.id for place in places})


def _forms(places: Iterable[Place]) -> dict[str, int]:
    return _ranked(Counter(place.form.lower() for place in places))


def _ranked(counts: Counter[str]) -> dict[str, int]:
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
