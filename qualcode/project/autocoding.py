"""Coding by explicit rules: a word, a speaker or a question decides, as the coder `auto`, apart from all people.

A rule is told in words in the memo of every coding it makes. All codings of one run share an `action`, so that one
undoing takes the whole run back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from textwrap import shorten

from ulid import ULID

from qualcode.analysis.concordance import EXACT, FAMILY, PREFIX, Concordance, Corpus, Hit, concordance
from qualcode.analysis.wordindex import DICTIONARY, read_dictionary
from qualcode.coding.anchor import anchor, settle
from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Codings
from qualcode.coding.journal import Apply, append_locked, in_force, locked, read_journal
from qualcode.coding.study import AUTO
from qualcode.coding.units import sentences
from qualcode.display import Table
from qualcode.errors import CodingError, ParameterError, UnknownNameError
from qualcode.project.layout import journal_path
from qualcode.project.reading import CaseReading, Shelf, anchor_of, coding_of
from qualcode.text.document import Document, Paragraph, Role, Segment, Turn
from qualcode.text.words.stems import Stemmer, normal, stemmer_for
from qualcode.text.words.tokens import Sort, tokenize
from qualcode.wording import say

Saving = Callable[[Path], AbstractContextManager[None]]
Place = tuple[str, int, int]

BECAUSE = 100
"""A longer question is cut in a table."""

_NO_WORDS = (Sort.MARK, Sort.PAUSE)
_NUMBER = re.compile(r"[\s*_(\[]*(?:(?:pertanyaan|question|no)\b\.?\s*(?:ke-)?\s*)?0*(\d{1,4})\s*[.):\]]+(?=\s)", re.I)
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


class Extent(StrEnum):
    """How much around what a rule finds is coded."""

    TURN = "turn"
    SENTENCE = "sentence"
    WORD = "word"


class Asked(StrEnum):
    """What a rule looks at."""

    WORD = "word"
    SPEAKER = "speaker"
    QUESTION = "question"


@dataclass(frozen=True)
class Rule:
    """An explicit rule; ``str(rule)`` tells it in words.

    Attributes
    ----------
    kind : Asked
    asked : str
        The word or words, the speaker's label, the words of the question or its number.
    match : str
        How words are matched: ``"family"``, ``"exact"`` or ``"prefix"``.
    without : tuple of str
        Forms of the word that do not count.
    extent : Extent
    """

    kind: Asked
    asked: str
    match: str = FAMILY
    without: tuple[str, ...] = ()
    extent: Extent = Extent.TURN

    @property
    def number(self) -> int | None:
        """The number of the question asked for; None when words were given."""
        plain = self.kind is Asked.QUESTION and self.asked.isascii() and self.asked.isdigit()
        return int(self.asked) if plain else None

    def __str__(self) -> str:
        return say("autocode.rule", rule=self._condition(), extent=say(f"autocode.per_{self.extent}"))

    def _condition(self) -> str:
        if self.kind is Asked.SPEAKER:
            return say("autocode.by_speaker", asked=self.asked)
        if self.number is not None:
            return say("autocode.by_number", asked=self.number)
        words = say(f"autocode.match_{self.match}", asked=self.asked)
        if self.without:
            words += say("autocode.without", forms=", ".join(self.without))
        return say("autocode.by_question", words=words) if self.kind is Asked.QUESTION else words


def rule_of(
    *,
    word: str = "",
    speaker: str = "",
    question: str = "",
    match: str | None = None,
    without: Iterable[str] = (),
    unit: str = Extent.TURN,
) -> Rule:
    """The rule a person asks for.

    Raises
    ------
    ParameterError
        When there is not exactly one of word, speaker and question, or something does not go with it.
    """
    asked = {Asked.WORD: word, Asked.SPEAKER: speaker, Asked.QUESTION: question}
    given = [(kind, " ".join(said.split())) for kind, said in asked.items() if said.strip()]
    if len(given) != 1:
        raise ParameterError.of("autocode_one_rule", "autocode")
    kind, said = given[0]
    if unit not in tuple(Extent):
        raise UnknownNameError.among("choice", unit, tuple(Extent), place="unit")
    if unit == Extent.WORD and kind is not Asked.WORD:
        raise ParameterError.of("autocode_word_unit", "unit")
    forms = tuple(without)
    rule = Rule(kind, said, match or FAMILY, forms, Extent(unit))
    if (match and (kind is Asked.SPEAKER or rule.number is not None)) or (forms and kind is not Asked.WORD):
        raise ParameterError.of("autocode_needs_word", "autocode")
    if rule.match not in (FAMILY, EXACT, PREFIX):
        known = ", ".join((FAMILY, EXACT, PREFIX))
        raise ParameterError.of("match_unknown", "match", match=repr(match), known=known)
    return rule


@dataclass(frozen=True)
class Found:
    """A place that a rule finds, and because of what: the forms, the speaker, the question."""

    segment: Segment
    because: str

    @property
    def place(self) -> Place:
        """Document, start and end."""
        return (self.segment.document.id, self.segment.start, self.segment.end)


@dataclass(frozen=True)
class Autocoding:
    """What a rule would code; nothing is stored before `apply`.

    Attributes
    ----------
    rule : Rule
    case, codebook, code : str
        Ids.
    found : tuple of Found
        Every place the rule finds, in the order of documents and text.
    standing, refused : frozenset of places
        Those coded so by a rule already, and those of which such a coding was taken back one by one or given another
        code: a person looked at them, and the rule does not insist.
    note : str
        The forms of the words.
    """

    rule: Rule
    case: str
    codebook: str
    code: str
    found: tuple[Found, ...]
    standing: frozenset[Place]
    refused: frozenset[Place]
    note: str
    _root: Path
    _shelf: Shelf
    _saving: Saving

    @property
    def new(self) -> tuple[Found, ...]:
        """What would be coded now."""
        return tuple(each for each in self.found if each.place not in self.standing | self.refused)

    def apply(self) -> Codings:
        """Store a coding for each new place, all as one action of the coder ``auto``; gives those that were stored.

        What was coded by a rule since the preview is not coded twice.

        Raises
        ------
        CodingError
            When a document was changed since the preview, or something could not be saved.
        """
        if not self.new:
            return self._codings([])
        path = journal_path(self._root, self.case, self.codebook, AUTO)
        with self._saving(path), locked(path):
            reading = CaseReading(self._root, self.case, self._shelf)
            for document in {each.segment.document.id: each.segment.document for each in self.new}.values():
                now = reading.documents.get(document.id)
                if now is None or now.text_id != document.text_id:
                    raise CodingError.of("autocode_stale", document.file or document.id)
            standing, refused = _taken(reading, path, self.code)
            fresh = [each for each in self.new if each.place not in standing | refused]
            action, memo = str(ULID()), str(self.rule)
            events = [(self._event(each.segment, action=action, memo=memo), each.segment) for each in fresh]
            if events:
                for text in {segment.document.text for _, segment in events}:
                    reading.versions.keep(text)
                append_locked(path, [event for event, _ in events])
        return self._codings(events)

    def _event(self, segment: Segment, **said: str) -> Apply:
        where = vars(anchor(segment))
        id, text = segment.document.id, segment.document.text_id
        return Apply.model_validate({"coder": AUTO, "document": id, "code": self.code, "text": text, **where, **said})

    def _codings(self, events: Iterable[tuple[Apply, Segment]]) -> Codings:
        stored = (coding_of(event, segment, self.codebook) for event, segment in events)
        return Codings(stored, self._shelf.usable)

    def to_table(self) -> Table:
        """One row a new place: where, who speaks, the words, and because of what."""
        rows = [
            [
                f"{self.case}/{each.segment.address}",
                _who(each.segment),
                " ".join(each.segment.text.split()),
                shorten(each.because, BECAUSE, placeholder=" …"),
            ]
            for each in self.new
        ]
        columns = [say(f"autocode.{name}") for name in ("address", "who", "words", "because")]
        return Table(repr(self), columns, rows, self.note)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        places = {each.place for each in self.found}
        said = {"new": len(self.new), "standing": len(places & self.standing), "refused": len(places & self.refused)}
        return say("autocode.caption", code=self.code, coder=AUTO, rule=self.rule, **said)


def _who(segment: Segment) -> str:
    return segment.turn.speaker if segment.turn else segment.document.informant or "–"


def propose(
    project: Corpus, case: Case, codebook: Codebook, code: str, rule: Rule, *, shelf: Shelf, saving: Saving
) -> Autocoding:
    """Find what a rule would code in a case; nothing is stored.

    Parameters
    ----------
    project : Project
    case : Case
    codebook : Codebook
        The one that has the code.
    code : str
    rule : Rule
    shelf : Shelf
        The project's codebooks.
    saving : callable
        From a path to a context in which faults of the disk are told plainly.

    Raises
    ------
    UnknownNameError
        When the case has no such speaker, or the family no such form.
    ParameterError
        When there is no word to look for, or no question with that number.
    """
    note = ""
    if rule.kind is Asked.WORD:
        hits = concordance(project, rule.asked, match=rule.match, without=rule.without, case=case.id)
        found, note = _around(hits, rule.extent), _forms_said(hits)
    elif rule.kind is Asked.SPEAKER:
        found = [each for said, because in _turns_of(case, rule) for each in _pieces(said, because, rule.extent)]
    else:
        stemmer = stemmer_for(read_dictionary(project.root / DICTIONARY, DICTIONARY))
        answers = _answers(case.documents, _asking(case, rule, stemmer))
        found = [each for said, because in answers for each in _pieces(said, because, rule.extent)]
    reading = CaseReading(project.root, case.id, shelf)
    standing, refused = _taken(reading, journal_path(project.root, case.id, codebook.id, AUTO), code)
    places = (frozenset(standing), frozenset(refused))
    return Autocoding(rule, case.id, codebook.id, code, tuple(found), *places, note, project.root, shelf, saving)


def _taken(reading: CaseReading, path: Path, code: str) -> tuple[set[Place], set[Place]]:
    """Where rules gave this code: the places at which it stands, and those at which it stands no more."""
    if not path.exists():
        return set(), set()
    placed = {each.event.id: each for each in reading.placed_in(path)[0]}
    standing: set[Place] = set()
    gone: set[Place] = set()
    for event in in_force(read_journal(path).events):
        if not isinstance(event, Apply):
            continue
        now = placed.get(event.id)
        stands = now is not None and now.event.code == code
        document = reading.documents.get(event.document)
        if document is None or not (stands or event.code == code):
            continue
        segment = now.segment if now is not None else settle(document, anchor_of(event))
        if segment is not None:
            (standing if stands else gone).add((event.document, segment.start, segment.end))
    return standing, gone - standing


def _forms_said(hits: Concordance) -> str:
    """Which forms were found how often, and what was searched."""
    counted = [
        say("concordance.forms", word=word, forms=", ".join(f"{form} {count}" for form, count in forms.items()) or "–")
        for word, forms in (
            (word, {f: n for f, n in forms.items() if f not in hits.without}) for word, forms in hits.families
        )
    ]
    return " ".join([*counted, hits.note])


# --- words -------------------------------------------------------------------------------------------------------


def _around(hits: Iterable[Hit], extent: Extent) -> list[Found]:
    """The turn or paragraph, the sentences, or the very words of each hit; each place once, with all its forms."""
    because: dict[Place, list[str]] = {}
    segments: dict[Place, Segment] = {}
    for hit in hits:
        document = hit.document
        evidence = _evidence(document, hit.unit)
        if evidence is None or hit.segment.end > evidence[1]:
            continue
        start, end = _extent(hit.segment, evidence, extent)
        key = (document.id, start, end)
        segments[key] = document.segment(start, end)
        because.setdefault(key, []).append(" ".join(hit.text.split()))
    return [Found(segments[key], ", ".join(dict.fromkeys(because[key]))) for key in sorted(segments)]


def _extent(words: Segment, evidence: tuple[int, int], extent: Extent) -> tuple[int, int]:
    if extent is Extent.WORD:
        return words.start, words.end
    if extent is Extent.TURN:
        return evidence
    whole = [
        each for each in sentences(words.document.text, *evidence) if each[0] < words.end and words.start < each[1]
    ]
    return (whole[0][0], whole[-1][1]) if whole else (words.start, words.end)


def _evidence(document: Document, unit: Turn | Paragraph) -> tuple[int, int] | None:
    """What of a turn or paragraph is evidence: a reflection below the last turn of a transcript is none."""
    start, end = unit.start, unit.end
    thinking = [each for each in document.paragraphs if each.reflection and each.start < end and start < each.end]
    if thinking:
        headings = [each.start() for each in _HEADING.finditer(document.text, start, thinking[0].start)]
        end = min([thinking[0].start, *headings[-1:]])
    end = start + len(document.text[start:end].rstrip())
    return (start, end) if start < end else None


# --- turns -------------------------------------------------------------------------------------------------------


def _pieces(said: tuple[Document, Turn], because: str, extent: Extent) -> Iterator[Found]:
    document, turn = said
    evidence = _evidence(document, turn)
    if evidence is None:
        return
    spans = [evidence] if extent is Extent.TURN else sentences(document.text, *evidence)
    for start, end in spans:
        yield Found(document.segment(start, end), because)


def _turns_of(case: Case, rule: Rule) -> Iterator[tuple[tuple[Document, Turn], str]]:
    """The turns of a speaker, by the label as it stands in the transcripts."""
    known = {turn.speaker for document in case.documents for turn in document.turns}
    if rule.asked not in known:
        raise UnknownNameError.among("speaker", rule.asked, known, place=case.id)
    for document in case.documents:
        for turn in document.turns:
            if turn.speaker == rule.asked:
                yield (document, turn), turn.speaker


def _answers(
    documents: Iterable[Document], is_asked: Callable[[str], bool]
) -> Iterator[tuple[tuple[Document, Turn], str]]:
    """The informants' turns from a question to the interviewer's next turn, with the question.

    Turns of the interviewer with no informant's between them ask together.
    """
    for document in documents:
        asking: list[str] = []
        answered = False
        for turn in document.turns:
            if turn.role is Role.INTERVIEWER:
                asking, answered = [] if answered else asking, False
                asking.append(document.text[turn.start : turn.end])
            elif turn.role is Role.INFORMANT:
                answered = True
                question = next(filter(is_asked, asking), None)
                if question is not None:
                    yield (document, turn), " ".join(question.split())


def _asking(case: Case, rule: Rule, stemmer: Stemmer) -> Callable[[str], bool]:
    """Whether words of the interviewer ask what the rule asks for.

    A question that stands somewhere word for word as asked, as the heading of a column of answers does, means only
    itself; else each question that contains all the words, in any order.
    """
    questions = [
        document.text[turn.start : turn.end]
        for document in case.documents
        for turn in document.turns
        if turn.role is Role.INTERVIEWER
    ]
    if rule.number is not None:
        if not any(_number_of(each) == rule.number for each in questions):
            raise ParameterError.of("autocode_no_number", case.id, number=rule.number)
        return lambda said: _number_of(said) == rule.number
    wanted = _words_of(rule.asked)
    if not wanted:
        raise ParameterError.of("query_blank", "question", query=repr(rule.asked))
    if any(_words_of(each) == wanted for each in questions):
        return lambda said: _words_of(said) == wanted
    return lambda said: _contains(_words_of(said), wanted, rule.match, stemmer)


def _number_of(question: str) -> int | None:
    """The number written before a question."""
    written = _NUMBER.match(question)
    return int(written[1]) if written else None


def _words_of(text: str) -> list[str]:
    return [normal(token.text) for token in tokenize(text) if token.sort not in _NO_WORDS]


def _contains(said: Collection[str], wanted: Iterable[str], match: str, stemmer: Stemmer) -> bool:
    if match == EXACT:
        return set(wanted) <= set(said)
    if match == PREFIX:
        return all(any(each.startswith(word) for each in said) for word in wanted)
    return {stemmer(word) for word in wanted} <= {stemmer(each) for each in said}
