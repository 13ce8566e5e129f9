"""The concordance: every place of a word in all its forms, with what stands before and after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, overload

from qualcode.analysis.wordindex import DICTIONARY, FILE, FOLDER, Match, WordIndex, ask, read_dictionary
from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Codings
from qualcode.display import Table
from qualcode.errors import ParameterError, UnknownNameError
from qualcode.text.document import Document, Paragraph, Segment, Turn
from qualcode.text.words.stems import Stemmer, credit, normal, stemmer_for
from qualcode.text.words.tokens import NO_WORDS, tokenize
from qualcode.wording import say

if TYPE_CHECKING:
    import pandas as pd

FAMILY, EXACT, PREFIX = "family", "exact", "prefix"
FARTHEST = 50
WIDTH = 50
SHOWN = 200


class Corpus(Protocol):
    """What a concordance asks of a project."""

    @property
    def root(self) -> Path:
        """Its folder."""
        ...

    @property
    def codebooks(self) -> Mapping[str, Codebook]:
        """Its codebooks."""
        ...

    @property
    def cases(self) -> tuple[Case, ...]:
        """All its cases."""
        ...

    def case(self, id: str) -> Case:
        """One of them."""
        ...


@dataclass(frozen=True)
class Hit:
    """One place of a word, or of several words that stand together.

    Attributes
    ----------
    segment : Segment
        From the first of the words to the last: ``document.text[start:end]`` is what is shown.
    unit : Turn or Paragraph
        Where it stands; what comes before and after is never of another speaker.
    forms : tuple of str
        The form of each word asked for, in lower case.
    codes : tuple of str
        The codes of the codings it lies in, or touches.
    """

    segment: Segment
    unit: Turn | Paragraph
    forms: tuple[str, ...]
    codes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The very words."""
        return self.segment.text

    @property
    def document(self) -> Document:
        """Where they stand."""
        return self.segment.document

    @property
    def speaker(self) -> str:
        """The speaker's label in a transcript; of anything else the informant whose words it is, or nobody."""
        return self.unit.speaker if isinstance(self.unit, Turn) else self.document.informant or ""

    @property
    def informant(self) -> str | None:
        """Whose words these are."""
        return self.unit.informant if isinstance(self.unit, Turn) else self.document.informant

    @property
    def address(self) -> str:
        """``case/document:line``."""
        return f"{self.document.case}/{self.segment.address}"

    def before(self, width: int = WIDTH) -> str:
        """At most so many characters of the unit before the words, from the beginning of a word on."""
        start = max(self.unit.start, self.segment.start - width)
        words = self.document.text[start : self.segment.start]
        if start > self.unit.start and not self.document.text[start - 1].isspace():
            _, _, words = words.partition(" ")
        return " ".join(words.split())

    def after(self, width: int = WIDTH) -> str:
        """At most so many characters of the unit after the words, to the end of a word."""
        end = min(self.unit.end, self.segment.end + width)
        words = self.document.text[self.segment.end : end]
        if end < self.unit.end and not self.document.text[end].isspace():
            words, _, _ = words.rpartition(" ")
        return " ".join(words.split())

    def row(self, width: int = WIDTH) -> list[str]:
        """Address, speaker, before, the words, after, codes."""
        words = " ".join(self.text.split())
        return [self.address, self.speaker, self.before(width), words, self.after(width), ", ".join(self.codes)]


@dataclass(frozen=True)
class Concordance(Sequence[Hit]):
    """Every place of a word, in the order of cases, documents and text, and the forms it was found in.

    Attributes
    ----------
    query : str
    hits : tuple of Hit
    families : tuple of (str, mapping of str to int)
        Each word asked for, and how often each of its forms stands in what was searched, most frequent first, those
        left out too. A form counts once for each place that is found with it.
    without : frozenset of str
        The forms left out.
    note : str
        What was searched, and how.
    """

    query: str
    hits: tuple[Hit, ...]
    families: tuple[tuple[str, Mapping[str, int]], ...]
    without: frozenset[str] = frozenset()
    note: str = ""

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        """One hit, or some of them."""
        return self.hits[index]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @property
    def forms(self) -> Table:
        """The forms with their counts, and whether they count: what ``without=[...]`` can leave out."""
        rows: list[list[str | int]] = [
            [word, form, count, say("concordance.no") if form in self.without else say("concordance.yes")]
            for word, forms in self.families
            for form, count in forms.items()
        ]
        columns = [say(f"concordance.{name}") for name in ("word", "form", "count", "counted")]
        return Table(say("concordance.forms_caption", query=self.query), columns, rows)

    def to_table(self, most: int | None = None, width: int = WIDTH) -> Table:
        """One row a hit, the first `most` or all: address, speaker, before, the word, after, codes."""
        rows = [hit.row(width) for hit in self.hits[:most]]
        columns = [say(f"concordance.{name}") for name in ("address", "speaker", "before", "form", "after", "codes")]
        cut = [say("concordance.cut", shown=len(rows))] if len(rows) < len(self) else []
        return Table(repr(self), columns, rows, " ".join([*cut, *self._said(), self.note]))

    def spread(self, most: int = 12, width: int = WIDTH) -> Table:
        """So many hits, evenly from the first to the last, so that every part of a case comes to word: for a page."""
        count = min(most, len(self))
        hits = [self.hits[at * (len(self) - 1) // max(1, count - 1)] for at in range(count)]
        one_case = len({hit.document.case for hit in self.hits}) == 1
        rows = [[hit.segment.address if one_case else hit.address, *hit.row(width)[1:]] for hit in hits]
        columns = [say(f"concordance.{name}") for name in ("address", "speaker", "before", "form", "after", "codes")]
        cut = [say("concordance.spread", shown=count)] if count < len(self) else []
        return Table(repr(self), columns, rows, " ".join([*cut, *self._said(), self.note]))

    def _said(self) -> Iterator[str]:
        for word, forms in self.families:
            shown = [
                say("concordance.left_out", form=form, count=count) if form in self.without else f"{form} {count}"
                for form, count in forms.items()
            ]
            yield say("concordance.forms", word=word, forms=", ".join(shown) or "–")

    def to_frame(self) -> pd.DataFrame:
        """One row a hit, with plain values; `start` and `end` are code points of the document's text."""
        import pandas as pd

        columns = ["case", "document", "line", "speaker", "informant", "before", "text", "after", "codes"]
        rows = []
        for hit in self.hits:
            segment = hit.segment
            place = (hit.document.case, hit.document.id, segment.line, hit.speaker, hit.informant)
            words = (hit.before(), hit.text, hit.after(), "; ".join(hit.codes))
            rows.append((*place, *words, segment.start, segment.end))
        return pd.DataFrame(rows, columns=[*columns, "start", "end"])

    def __repr__(self) -> str:
        documents = {(hit.document.case, hit.document.id) for hit in self.hits}
        return say("concordance.caption", query=self.query, count=len(self), documents=len(documents))

    def _repr_html_(self) -> str:
        return self.to_table(SHOWN).to_html()


def concordance(
    project: Corpus,
    query: str,
    *,
    match: str = FAMILY,
    near: int | None = None,
    without: Collection[str] = (),
    case: str | None = None,
    document: str | None = None,
    informant: str | None = None,
    speaker: str | None = None,
    code: str | None = None,
    coder: str | None = None,
    valence: str | None = None,
    everyone: bool = False,
) -> Concordance:
    """Every place of a word in all its forms, with its context.

    What the project's ``kamus.csv`` says of its own words goes before what qualcode knows. The index is kept in
    ``.qualcode/`` and may be deleted. Headings, and words before the first speaker, are not searched.

    Parameters
    ----------
    project : Project
    query : str
        A word, or several that follow one another, whatever marks stand between them; never over the end of a turn or
        paragraph.
    match : str
        ``"family"``: every form with the same search key; ``"exact"``: only the form as written, in upper or lower
        case; ``"prefix"``: every form that begins so.
    near : int, optional
        The words stand at most so many words from the first, in any order, instead of one after another. There is a
        hit for each place of the first word.
    without : collection of str
        Forms to leave out, such as ``["pengelola"]``.
    case, document, informant, speaker : str, optional
        Only there, only theirs; `speaker` is the label in the transcript.
    code : str, optional
        Only what lies in, or touches, a coding with this code or one below it; `coder` and `valence` choose among
        those codings.
    everyone : bool
        With the turns of interviewers and others, and the researcher's reflections.

    Raises
    ------
    ParameterError
        When the query has no word, or `match` or `near` is of no use, or `coder` or `valence` is given without `code`.
    UnknownNameError
        When there is no such case, document, informant, speaker or code, or no such form in the family.
    CheckError
        When ``kamus.csv`` has faults.

    Examples
    --------
    >>> import qualcode as qc
    >>> found = qc.concordance(qc.open_project(), "kelola", case="latihan-kota-samudra")  # doctest: +SKIP
    >>> found[0].text, found[0].address  # doctest: +SKIP
    ('mengelola', 'latihan-kota-samudra/w-i1:13')
    """
    words = _words_in(query, match)
    _check(query, words, match, near)
    if code is None and (coder is not None or valence is not None):
        raise ParameterError.of("find_needs_code", "concordance")
    if code is not None:
        _require_code(project, code)
    cases = (project.case(case),) if case is not None else project.cases
    _require_places(cases, document, informant, speaker)
    own = read_dictionary(project.root / DICTIONARY, DICTIONARY)
    stemmer = stemmer_for(own)
    dropped = frozenset(map(normal, without))
    _require_forms(words, match, stemmer, without)

    def look(index: WordIndex) -> tuple[list[dict[int, str]], list[Match], list[Match]]:
        index.update(
            (each for home in cases for each in home.documents), within=None if case is None else {cases[0].id}
        )
        ways = {FAMILY: index.family, EXACT: index.exactly, PREFIX: index.beginning}
        forms = [ways[match](word) for word in words]
        find = partial(
            index.matches,
            near=near,
            everyone=everyone,
            cases={each.id for each in cases},
            document=document,
            informant=informant,
            speaker=speaker,
        )
        found = list(find(forms))
        kept = [{id: form for id, form in each.items() if form not in dropped} for each in forms]
        return forms, found, list(find(kept)) if dropped else found

    knows = repr(sorted(own.items()))
    path = project.root / FOLDER / FILE
    forms, found, kept = ask(path, partial(WordIndex, stemmer=stemmer, knows=knows), look)
    names = {id: form for each in forms for id, form in each.items()}
    chosen = {"coder": coder, "valence": valence}
    filters = {name: value for name, value in chosen.items() if value is not None}
    placed = _Placing(cases, names, code, filters)
    everything = placed.hits(found)
    families = tuple((word, dict(_counted(hit.forms[i] for hit in everything))) for i, word in enumerate(words))
    return Concordance(
        query, placed.hits(kept) if dropped else everything, families, dropped, _note(match, everyone, code)
    )


def _counted(forms: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(forms).items(), key=lambda each: (-each[1], each[0]))


def _note(match: str, everyone: bool, code: str | None) -> str:
    said = [say("concordance.everyone") if everyone else say("concordance.informants")]
    if code is not None:
        said.append(say("concordance.only_code", code=code))
    if match == FAMILY:
        said.append(credit())
    return " ".join(said)


def _words_in(query: str, match: str) -> list[str]:
    """The words of a query as the index knows them; what a prefix begins with need not be a whole token."""
    if match == PREFIX:
        return [word for word in map(normal, query.split()) if word]
    return [normal(token.text) for token in tokenize(query) if token.sort not in NO_WORDS]


def _check(query: str, words: Sequence[str], match: str, near: int | None) -> None:
    if match not in (FAMILY, EXACT, PREFIX):
        raise ParameterError.of("match_unknown", "match", match=repr(match), known=", ".join((FAMILY, EXACT, PREFIX)))
    if not words:
        raise ParameterError.of("query_blank", "query", query=repr(query))
    if near is not None and (len(words) < 2 or not 1 <= near <= FARTHEST):
        raise ParameterError.of("near_words", "near", near=near, most=FARTHEST)


def _require_code(project: Corpus, code: str) -> None:
    if not any(code in codebook for codebook in project.codebooks.values()):
        known = [each.id for codebook in project.codebooks.values() for each in codebook]
        raise UnknownNameError.among("code", code, known, place="codebooks")


def _require_places(cases: Iterable[Case], document: str | None, informant: str | None, speaker: str | None) -> None:
    cases = tuple(cases)
    if document is not None:
        known = {each.id for case in cases for each in case.documents}
        if document not in known:
            raise UnknownNameError.among("document", document, known, place="document")
    if informant is not None:
        known = {each.id for case in cases for each in case.informants}
        if informant not in known:
            raise UnknownNameError.among("informant", informant, known, place="informant")
    if speaker is not None:
        known = {turn.speaker for case in cases for each in case.documents for turn in each.turns}
        if speaker not in known:
            raise UnknownNameError.among("speaker", speaker, known, place="speaker")


def _require_forms(words: Sequence[str], match: str, stemmer: Stemmer, without: Iterable[str]) -> None:
    """What is left out must be a form of a word asked for, whether or not it stands in a text just now."""
    keys = {stemmer(word) for word in words}
    for form in map(normal, without):
        belongs = {
            FAMILY: stemmer(form) in keys,
            EXACT: form in words,
            PREFIX: form.startswith(tuple(words)),
        }
        if not belongs[match]:
            raise UnknownNameError.among("word_form", form, words, place="without")


class _Placing:
    """Turns what the index found into hits in the documents as they were read."""

    def __init__(
        self, cases: Iterable[Case], names: Mapping[int, str], code: str | None, filters: Mapping[str, object]
    ) -> None:
        self._documents = {(case.id, each.id): each for case in cases for each in case.documents}
        self._names = names
        self._must = code is not None
        self._codings: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        for case in cases:
            chosen: Codings = case.codings.of(code).where(**filters) if code is not None else case.codings
            for each in chosen:
                spans = self._codings.setdefault((case.id, each.document.id), [])
                spans.append((each.segment.start, each.segment.end, each.code))

    def hits(self, found: Iterable[Match]) -> tuple[Hit, ...]:
        hits = [hit for hit in map(self._hit, found) if hit.codes or not self._must]
        return tuple(
            sorted(hits, key=lambda hit: (hit.document.case, hit.document.id, hit.segment.start, hit.segment.end))
        )

    def _hit(self, match: Match) -> Hit:
        place = match.case, match.document
        document = self._documents[place]
        start, end = min(start for start, _ in match.places), max(end for _, end in match.places)
        codes = {code for begin, stop, code in self._codings.get(place, ()) if begin < end and start < stop}
        forms = tuple(self._names[id] for id in match.forms)
        return Hit(document.segment(start, end), document.units[match.number - 1], forms, tuple(sorted(codes)))
