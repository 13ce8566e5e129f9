"""What a case itself can show for the items of a checklist: a finding with its evidence, or nothing at all.

A rule finds; it never judges what only a person can judge. Where the project holds no evidence it gives None, and the
item stays open. Of a published study that was only read, most of what the project holds (coders, codes, transcripts)
tells of the reading and not of the study; such rules are silent then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from importlib.metadata import version
from itertools import islice
from typing import NamedTuple

from qualcode.analysis.saturation import BASE, RUN, Run, What, saturation
from qualcode.analysis.triangulation import Status, TriangulationMatrix, triangulate
from qualcode.coding.case import UNSTATED, Case, Informant
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.consent import may_quote, unquotable
from qualcode.coding.reviews import Comment, State, handle
from qualcode.display import Quotation
from qualcode.text.document import Document, Kind, Role, Technique
from qualcode.wording import number, say

SHOWN = 5
"""So many quotations of many stand behind a finding; the words tell how many there are."""


class Standing(StrEnum):
    """How far an item is met."""

    MET = "terpenuhi"
    PARTLY = "sebagian"
    UNMET = "tidak"
    IRRELEVANT = "tidak relevan"
    OPEN = "perlu diisi"


@dataclass(frozen=True)
class MemberChecked:
    """That an informant was shown something: what was sent, and the answer.

    `commented` when all that shows it is a comment under her code: who wrote it, no file can tell.
    """

    informant: str
    date: str
    sent: str
    response: str
    changes: str = ""
    place: str = ""
    commented: bool = False


@dataclass(frozen=True)
class Finding:
    """What the project shows for an item: how far it is met, why in words, and the evidence that opens."""

    standing: Standing
    words: str
    evidence: tuple[Quotation, ...] = ()


@dataclass(frozen=True)
class Material:
    """A case as rules look at it.

    Attributes
    ----------
    case : Case
    coder : str
        Whose codings: as for `Case.coded_by`.
    member_checks : tuple of MemberChecked
    comments : tuple of Comment
        What was said of the case, and answered.
    """

    case: Case
    coder: str = ""
    member_checks: tuple[MemberChecked, ...] = field(default=())
    comments: tuple[Comment, ...] = field(default=())

    @cached_property
    def is_reading(self) -> bool:
        """Whether these are notes on a study that others published."""
        documents = self.case.documents
        return bool(documents) and all(each.kind is Kind.READING_NOTES for each in documents)

    @cached_property
    def codings(self) -> Codings:
        """The codings asked for."""
        return self.case.coded_by(self.coder)

    @cached_property
    def interviews(self) -> tuple[Document, ...]:
        """The interviews whose words are there."""
        return tuple(
            each
            for each in self.case.documents
            if each.technique is Technique.INTERVIEW and each.kind is not Kind.READING_NOTES
        )

    @cached_property
    def books(self) -> tuple[Codebook, ...]:
        """The codebooks that were used, in order of their ids; of a published study those of its own theories."""
        used = {coding.codebook for coding in self.codings}
        if self.is_reading:  # what else it was coded with is the reader's, not the study's
            used &= set(self.case.record.frameworks)
        return tuple(book for id, book in sorted(self.codings.codebooks.items()) if id in used)

    @cached_property
    def _matrices(self) -> dict[str, list[TriangulationMatrix]]:
        return {}

    def compared(self, axis: str) -> list[TriangulationMatrix]:
        """The triangulation of each codebook in use on an axis."""
        if axis not in self._matrices:
            self._matrices[axis] = [triangulate(self.case, book, axis, coder=self.coder) for book in self.books]
        return self._matrices[axis]

    @cached_property
    def readers(self) -> tuple[Comment, ...]:
        """The comments of others than the case's main coder and its informants, oldest first."""
        coders = self.case.codings.coders
        mine = self.case.record.coders[:1] or (coders if len(coders) == 1 else ())
        theirs = {*mine, *(each.id for each in self.case.informants)}
        return tuple(each for each in self.comments if each.author not in theirs)

    def told(self, comments: Sequence[Comment]) -> tuple[Quotation, ...]:
        """The newest of some comments, each with who made it and when; their words where they may be shown."""
        may = not unquotable(self.case)  # a comment may repeat whose words must not be shown
        return tuple(
            Quotation(
                each.text if may else say("review.unquotable"), place_of(each), f"{each.author}, {each.time[:10]}"
            )
            for each in comments[-SHOWN:]
        )

    def shown(self, codings: Iterable[Coding], most: int = SHOWN) -> tuple[Quotation, ...]:
        """The first quotations that may be shown, each with its code before what was made of it."""
        allowed = islice((coding for coding in codings if may_quote(coding, self.case)), most)
        return tuple(
            Quotation(q.text, q.address, f"{coding.code} · {q.note}", q.coding)
            for coding, q in ((each, each.quotation()) for each in allowed)
        )


class Rule(NamedTuple):
    """How evidence of an item is found: in a researcher's own material, and in notes on a published study."""

    own: Callable[[Material], Finding | None]
    reading: Callable[[Material], Finding | None] | None = None


def find_evidence(rule: str, material: Material) -> Finding | None:
    """What the rule of this name finds; None when the project holds no evidence.

    Raises
    ------
    KeyError
        When there is no such rule.
    """
    chosen = RULES[rule]
    ask = chosen.reading if material.is_reading else chosen.own
    return ask(material) if ask else None


def place_of(comment: Comment) -> str:
    """Where a comment stands in the project: its case's folder and its handle."""
    return f"reviews/{comment.target.case if comment.target else ''} {handle(comment.id)}"


def _counted(comments: Sequence[Comment]) -> dict[str, str]:
    """How many comments, by whom, and from when to when, for a sentence."""
    authors = Counter(each.author for each in comments)
    days = sorted(each.time[:10] for each in comments)
    return {
        "count": number(len(comments)),
        "authors": _listed(f"{author} ({number(count)})" for author, count in authors.items()),
        "dates": days[0] if days[0] == days[-1] else f"{days[0]} – {days[-1]}",
    }


def _stated(text: str | None) -> bool:
    """Whether a field of a record says something; many say that the source does not tell."""
    return bool(text) and not str(text).casefold().startswith(UNSTATED)


def _record(name: str, text: object) -> Quotation:
    return Quotation(str(text), f"case.yaml: {name}")


def _share(have: int, total: int) -> Standing:
    return Standing.MET if have == total else Standing.PARTLY


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts) or "–"


# The team


def _interviewer(material: Material) -> Finding | None:
    asked = {
        document.id: next((turn for turn in document.turns if turn.role is Role.INTERVIEWER), None)
        for document in material.interviews
    }
    labels = sorted({turn.speaker for turn in asked.values() if turn})
    if not labels:
        return None
    evidence = [
        Quotation(document.provenance, document.id, say("checklist.provenance")) for document in material.interviews
    ]
    return Finding(Standing.PARTLY, say("checklist.interviewer", labels=_listed(labels)), tuple(evidence))


# The design


def _theory(material: Material) -> Finding | None:
    record = material.case.record
    named = [_record("approach", record.approach)] if _stated(record.approach) else []
    theories = [_record("frameworks", _theory_of(material, id)) for id in record.frameworks]
    if not named and not theories:
        return None
    words = say(
        "checklist.theory",
        approach=record.approach if named else say("unstated"),
        frameworks=_listed(record.frameworks),
    )
    return Finding(Standing.MET if named and theories else Standing.PARTLY, words, (*named, *theories))


def _theory_of(material: Material, id: str) -> str:
    book = material.case.codings.codebooks.get(id)
    return f"{id}: {book.citation}" if book else id


def _sampling(material: Material) -> Finding | None:
    kinds = [each for each in material.case.informants if each.kind]
    if not kinds:
        return None
    return Finding(
        Standing.PARTLY,
        say("checklist.sampling", count=len(kinds), total=len(material.case.informants)),
        tuple(_person(each) for each in kinds),
    )


def _person(informant: Informant) -> Quotation:
    said = [informant.kind, informant.relation, informant.period]
    told = _record(f"informants {informant.id}", informant.role)
    return replace(told, note="; ".join(each for each in said if each))


def _sample_size(material: Material) -> Finding | None:
    record = material.case.record
    total = record.informants_total or len(record.informants)
    if not total:
        return None
    note = [_record("informants_note", record.informants_note)] if record.informants_note else []
    words = say("checklist.sample_size", total=total, listed=len(record.informants))
    return Finding(Standing.MET, words, (*note, *(_person(each) for each in record.informants)))


def _sample(material: Material) -> Finding | None:
    informants = material.case.informants
    if not informants:
        return None
    whole = [each for each in informants if _stated(each.relation) and each.kind and each.period]
    total = material.case.record.informants_total or len(informants)
    words = say("checklist.sample", whole=len(whole), total=total)
    return Finding(_share(len(whole), total), words, tuple(map(_person, informants)))


def _withdrawn(material: Material) -> Finding | None:
    silent = unquotable(material.case)
    if not silent:
        return None
    told = [each for each in material.case.informants if each.id in silent]
    evidence = tuple(_record(f"informants {each.id}", each.consent) for each in told)
    return Finding(Standing.PARTLY, say("checklist.withdrawn", count=len(told)), evidence)


def _of_interviews(material: Material, told: Sequence[tuple[Document, str]], words: str) -> Finding | None:
    """A finding on something that is known of so many interviews."""
    if not told:
        return None
    evidence = tuple(Quotation(text, document.id, document.title) for document, text in told)
    return Finding(_share(len(told), len(material.interviews)), words, evidence)


def _setting(material: Material) -> Finding | None:
    told = [(each, each.extra["place"]) for each in material.interviews if each.extra.get("place")]
    words = say("checklist.setting", count=len(told), total=len(material.interviews))
    return _of_interviews(material, told, words)


def _repeated(material: Material) -> Finding | None:
    by_person: dict[str, list[Document]] = {}
    for document in material.interviews:
        if document.informant:
            by_person.setdefault(document.informant, []).append(document)
    if not by_person:
        return None
    again = {id: documents for id, documents in by_person.items() if len(documents) > 1}
    evidence = tuple(
        Quotation(document.title, document.id, f"{id}, {document.dated}")
        for id, documents in (again or by_person).items()
        for document in documents
    )
    if not again:
        return Finding(Standing.PARTLY, say("checklist.repeated_none", count=len(by_person)), evidence)
    return Finding(Standing.MET, say("checklist.repeated", people=_listed(sorted(again))), evidence)


_RECORDED = re.compile(r"\b(?:di)?rekam(?:an)?\b|\brecord(?:ed|ing)\b", re.IGNORECASE)
_NOT_RECORDED = re.compile(
    r"\b(?:tidak|tanpa|tak|belum)\s+(?:\w+\s+)?(?:di)?rekam|\bnot\s+(?:\w+\s+)?record|\bwithout\s+record", re.IGNORECASE
)


def _recording(material: Material) -> Finding | None:
    told = [
        (each, each.provenance)
        for each in material.interviews
        if _RECORDED.search(each.provenance) and not _NOT_RECORDED.search(each.provenance)
    ]
    words = say("checklist.recording", count=len(told), total=len(material.interviews))
    return _of_interviews(material, told, words)


def _instruments(material: Material) -> Finding | None:
    found = _recording(material)
    return found and Finding(Standing.PARTLY, found.words, found.evidence)


def _field_notes(material: Material) -> Finding | None:
    notes = [each for each in material.case.documents if each.kind is Kind.FIELD_NOTES]
    if not notes:
        return None
    of_talks = [each for each in notes if each.informant]
    evidence = tuple(Quotation(each.provenance, each.id, f"{each.title}, {each.dated}") for each in notes)
    words = say("checklist.field_notes", count=len(notes), talks=len(of_talks))
    return Finding(Standing.MET if of_talks else Standing.PARTLY, words, evidence)


_SPAN = re.compile(r"\b([01]?\d|2[0-3])[.:]([0-5]\d)\s*(?:-|–|s\.?d\.?|sampai)\s*([01]?\d|2[0-3])[.:]([0-5]\d)\b")


def minutes(time: str) -> int:
    """How many minutes the spans of clock times in a text take together; 0 when it has none.

    Examples
    --------
    >>> minutes("10.25-10.55 WIB; sambungan telepon 2025-03-24, 13.05-13.08 WIB")
    33
    >>> minutes("pagi hari")
    0
    """
    spans = [tuple(map(int, each)) for each in _SPAN.findall(time)]
    return sum((60 * hours + rest - 60 * begun - at) % (24 * 60) for begun, at, hours, rest in spans)


def _duration(material: Material) -> Finding | None:
    told, lengths = [], []
    for document in material.interviews:
        long = minutes(document.extra.get("time", ""))
        stamps = [turn.time for turn in document.turns if turn.time]
        if long:
            lengths.append(long)
            told.append(_timed(document, document.extra["time"], say("checklist.minutes", minutes=long)))
        elif stamps:
            told.append(_timed(document, stamps[-1], say("checklist.last_stamp")))
    span = f"{min(lengths)}–{max(lengths)}" if lengths else "–"
    words = say("checklist.duration", count=len(told), total=len(material.interviews), span=span)
    if not told:
        return None
    return Finding(_share(len(told), len(material.interviews)), words, tuple(told))


def _timed(document: Document, written: str, what: str) -> Quotation:
    return Quotation(written, document.id, f"{document.title}: {what}")


def _saturation(material: Material) -> Finding | None:
    if len(material.interviews) < BASE + RUN or not material.books:
        return None
    found = [
        saturation(material.case, book, what=What.TAG if book.closed else What.CODE, coder=material.coder)
        for book in material.books
    ]
    reached = [each for each in found if isinstance(each.result, Run)]
    words = say("checklist.saturation", reached=len(reached), total=len(found))
    evidence = tuple(Quotation(each.sentence(), f"qc.saturation: {each.codebook.id}") for each in found)
    return Finding(_share(len(reached), len(found)), words, evidence)


def _checks(material: Material, sent: frozenset[str]) -> Finding | None:
    done = [each for each in material.member_checks if each.sent in sent]
    if not done:
        return None
    answered = {each.informant for each in done if each.response != "tidak menjawab"}
    total = len(material.case.informants)
    evidence = tuple(
        Quotation(
            each.changes or each.response, each.place, f"{each.informant}, {each.date}: {each.sent}, {each.response}"
        )
        for each in done
    )
    words = say("checklist.member_check", count=len(answered), total=total)
    commented = {each.informant for each in done if each.commented}
    by_comment = commented - {each.informant for each in done if not each.commented}
    if by_comment:
        words += " " + say("checklist.member_commented", informants=_listed(sorted(by_comment)))
    whole = bool(answered) and not by_comment
    return Finding(_share(len(answered), total) if whole else Standing.PARTLY, words, evidence)


def _transcripts_returned(material: Material) -> Finding | None:
    return _checks(material, frozenset({"transkrip"}))


def _member_check(material: Material) -> Finding | None:
    return _checks(material, frozenset({"kutipan", "ringkasan", "temuan"}))


def _any_member_check(material: Material) -> Finding | None:
    return _checks(material, frozenset({"transkrip", "kutipan", "ringkasan", "temuan"}))


# The analysis


def _coders(material: Material) -> Finding | None:
    every = material.case.codings
    if not every:
        return None
    counted = [f"{coder} {number(len(every.by(coder)))}" for coder in every.coders]
    words = say("checklist.coders", count=len(every.coders), coders=_listed(counted))
    evidence = [each for coder in every.coders for each in material.shown(every.by(coder), 2)]
    return Finding(Standing.MET, words, tuple(evidence))


def _analysis(material: Material) -> Finding | None:
    found = _coders(material)
    return found and Finding(Standing.PARTLY, found.words, found.evidence)


def _coding_tree(material: Material) -> Finding | None:
    if not material.books:
        return None
    counted = [f"{book.title} {book.version} ({number(len(book))})" for book in material.books]
    evidence = tuple(
        Quotation("; ".join(code.name for code in book.codes), f"codebooks/{book.id}.yaml", book.citation)
        for book in material.books
    )
    return Finding(Standing.MET, say("checklist.coding_tree", books=_listed(counted)), evidence)


def _derivation(material: Material) -> Finding | None:
    if not material.books:
        return None
    closed = [book.id for book in material.books if book.closed]
    opened = [book.id for book in material.books if not book.closed]
    evidence = tuple(Quotation(book.citation, f"codebooks/{book.id}.yaml", str(book.title)) for book in material.books)
    words = say("checklist.derivation", closed=_listed(closed), opened=_listed(opened))
    return Finding(Standing.MET, words, evidence)


def _software(material: Material) -> Finding | None:
    if not material.case.codings:
        return None
    words = say("checklist.software", version=version("qualcode"))
    return Finding(Standing.MET, words, material.shown(material.case.codings, 1))


def _attribution(material: Material) -> Finding | None:
    codings = material.codings
    if not codings:
        return None
    nobody = codings.where(voice=Technique.UNSTATED.value)
    undated = codings.where(lambda coding: coding.document.date is None)
    words = say(
        "checklist.attribution", count=number(len(codings)), nobody=number(len(nobody)), undated=number(len(undated))
    )
    evidence = material.shown(nobody or codings.where(lambda coding: coding.informant is not None))
    loose = bool(nobody) or bool(undated)
    return Finding(Standing.PARTLY if loose else Standing.MET, words, evidence)


def _consistency(material: Material) -> Finding | None:
    if not material.books:
        return None
    indicators = [(book.id, code) for book in material.books for code in book.indicators]
    heard = {coding.code for coding in material.codings}
    blank = [(id, code) for id, code in indicators if code.id not in heard]
    lost = len(material.case.problems)
    words = say(
        "checklist.consistency", found=len(indicators) - len(blank), total=len(indicators), blank=len(blank), lost=lost
    )
    evidence = (
        *(Quotation(say("checklist.unusable"), problem.place) for problem in material.case.problems[:SHOWN]),
        *(Quotation(code.name, f"codebooks/{id}.yaml", say("checklist.blank")) for id, code in blank),
        *_one_each(material, [code for _, code in indicators if code.id in heard][:SHOWN]),
    )
    return Finding(Standing.PARTLY if blank or lost else Standing.MET, words, evidence)


def _one_each(material: Material, codes: Iterable[Code]) -> Iterable[Quotation]:
    for code in codes:
        yield from material.shown(material.codings.exactly(code), 1)


def _voices(material: Material) -> list[tuple[Code, int]]:
    """Each indicator with how many voices speak to it, of a reading in how many documents; those with most first."""
    counted = []
    for code in (code for book in material.books for code in book.indicators):
        codings = material.codings.exactly(code)
        voices = {each.voice for each in codings} - {Technique.UNSTATED.value}
        counted.append((code, len(codings.documents) if material.is_reading else len(voices)))
    return sorted(counted, key=lambda each: (-each[1], each[0].id))


def _major_themes(material: Material) -> Finding | None:
    top = [(code, count) for code, count in _voices(material) if count][:SHOWN]
    if not top:
        return None
    words = say("checklist.major_themes", codes=_listed(f"{code.name} ({count})" for code, count in top))
    return Finding(Standing.PARTLY, words, tuple(_one_each(material, [code for code, _ in top])))


def _minor_themes(material: Material) -> Finding | None:
    single = [code for code, count in _voices(material) if count == 1]
    against = _opposing(material)
    if not single and not against:
        return None
    words = say("checklist.minor_themes", single=len(single), against=number(len(against)))
    return Finding(Standing.PARTLY, words, (*_one_each(material, single[:SHOWN]), *material.shown(against)))


def _opposing(material: Material) -> list[Coding]:
    found: dict[str, Coding] = {}
    for matrix in material.compared("source"):
        for code in matrix:
            found |= {coding.id: coding for coding in matrix.negative_cases(code)}
    return list(found.values())


# What else SRQR and trustworthiness ask for

_QUALITATIVE = re.compile(
    r"kualitatif|studi kasus|fenomenologi|etnografi|naratif|grounded|qualitative|case study|ethnograph|narrative",
    re.IGNORECASE,
)


def _title(material: Material) -> Finding | None:
    title = material.case.title
    known = bool(_QUALITATIVE.search(title))
    words = say("checklist.title_met") if known else say("checklist.title_partly")
    return Finding(Standing.MET if known else Standing.PARTLY, words, (_record("title", title),))


def _question(material: Material) -> Finding | None:
    question = material.case.record.question
    if not _stated(question):
        return None
    return Finding(Standing.MET, say("checklist.question"), (_record("question", question),))


def _context(material: Material) -> Finding | None:
    record = material.case.record
    fields = {
        "institution": record.institution,
        "place": record.place,
        "period": record.period,
        "description": record.description,
    }
    told = {name: text for name, text in fields.items() if _stated(text)}
    missing = [name for name in fields if name not in told]
    if not told:
        return None
    words = say(
        "checklist.context",
        count=len(told),
        total=len(fields),
        missing=_listed(say(f"case.{name}") for name in missing),
    )
    return Finding(_share(len(told), len(fields)), words, tuple(_record(name, text) for name, text in told.items()))


def _consent(material: Material) -> Finding | None:
    silent = unquotable(material.case)
    told = [each for each in material.case.informants if _stated(each.consent) and each.id not in silent]
    if not told:
        return None
    words = say("checklist.consent", count=len(told), total=len(material.case.informants))
    evidence = tuple(_record(f"informants {each.id}", each.consent) for each in told)
    return Finding(Standing.PARTLY, words, evidence)


def _collection(material: Material) -> Finding | None:
    documents = material.case.documents
    whole = [each for each in documents if each.date and each.technique is not Technique.UNSTATED]
    if not whole:
        return None
    words = say("checklist.collection", count=len(whole), total=len(documents))
    evidence = tuple(Quotation(each.title, each.id, f"{each.technique}, {each.dated}") for each in whole)
    return Finding(_share(len(whole), len(documents)), words, evidence)


def _named_techniques(material: Material) -> Finding | None:
    named = material.case.groups.technique
    if not named:
        return None
    words = say("checklist.techniques", techniques=_listed(each.value for each in named))
    return Finding(Standing.PARTLY, words, (_record("groups technique", _listed(each.value for each in named)),))


def _processing(material: Material) -> Finding | None:
    documents = material.case.documents
    told = [each for each in documents if each.provenance]
    if not told:
        return None
    words = say("checklist.processing", count=len(told), total=len(documents))
    evidence = tuple(Quotation(each.provenance, each.id, each.title) for each in told)
    return Finding(Standing.PARTLY, words, evidence)


def _limits(material: Material) -> Finding | None:
    limits = material.case.record.limits
    if not limits:
        return None
    words = say("checklist.limits", count=len(limits))
    return Finding(Standing.MET, words, tuple(_record("limits", each) for each in limits))


_OF_THE_STUDY = "disebut studi"


def _limits_of_the_study(material: Material) -> Finding | None:
    """Most limits of a reading are the reader's own; the study's are marked as such."""
    limits = [each for each in material.case.record.limits if _OF_THE_STUDY in each]
    if not limits:
        return None
    words = say("checklist.limits", count=len(limits))
    return Finding(Standing.MET, words, tuple(_record("limits", each) for each in limits))


def _tensions(material: Material) -> Finding | None:
    tensions = material.case.record.text_checks
    if not tensions:
        return None
    evidence = tuple(Quotation(each.statement, "; ".join(each.places) or "case.yaml: text_checks") for each in tensions)
    return Finding(Standing.PARTLY, say("checklist.tensions", count=len(tensions)), evidence)


def _engagement(material: Material) -> Finding | None:
    dated = sorted(
        (each.date, each.id, each)
        for each in material.case.documents
        if each.date and each.technique in (Technique.INTERVIEW, Technique.OBSERVATION)
    )
    if not dated:
        return None
    days = len({date for date, _, _ in dated})
    words = say("checklist.engagement", days=days, first=dated[0][0].isoformat(), last=dated[-1][0].isoformat())
    evidence = tuple(Quotation(each.title, each.id, f"{each.technique}, {each.dated}") for _, _, each in dated)
    return Finding(Standing.PARTLY, words, evidence)


def _persistence(material: Material) -> Finding | None:
    documents = material.case.documents
    read = {coding.document.id for coding in material.codings}
    if not read:
        return None
    rounds = len({coding.round for coding in material.codings})
    words = say("checklist.persistence", count=len(read), total=len(documents), rounds=rounds)
    unread = [Quotation(each.title, each.id, say("checklist.uncoded")) for each in documents if each.id not in read]
    return Finding(Standing.PARTLY, words, (*unread, *material.shown(material.codings)))


_ASSESSED = (Status.AGREEMENT, Status.PARTIAL, Status.DISSONANCE)


def _compared(material: Material, matrix: TriangulationMatrix, code: str) -> Iterable[Quotation]:
    """A passage of each of two groups that were compared, with what the comparison came to, and why."""
    reasons = "; ".join(say(f"reason.{each}") for each in matrix[code].reasons)
    first = (each for group in matrix[code].covered for each in material.shown(matrix.codings(code, group), 1))
    for shown in islice(first, 2):
        told = f"{matrix.codebook[code].name} · {matrix.status_shown(code)}" + (f": {reasons}" if reasons else "")
        yield replace(shown, note=told)


def _triangulated(axis: str) -> Callable[[Material], Finding | None]:
    def rule(material: Material) -> Finding | None:
        matrices = material.compared(axis)
        compared = [(m, code) for m in matrices for code in m if m[code].status in _ASSESSED]
        total = sum(len(m.cells) for m in matrices)
        if not compared:
            return None
        conflicts = [(m, code) for m, code in compared if m[code].status is Status.DISSONANCE]
        words = say(
            "checklist.triangulated",
            axis=say(f"axis.{axis}"),
            count=len(compared),
            total=total,
            conflicts=len(conflicts),
        )
        evidence = tuple(each for matrix, code in compared for each in _compared(material, matrix, code))
        return Finding(_share(len(compared), total), words, evidence)

    return rule


_TRIANGULATION = re.compile(r"[^.;]*triangula[^.;]*", re.IGNORECASE)


def _triangulation_named(material: Material) -> Finding | None:
    said = _TRIANGULATION.search(material.case.record.approach)
    if not said:
        return None
    return Finding(Standing.PARTLY, say("checklist.triangulation_named"), (_record("approach", said.group().strip()),))


def _peers(material: Material) -> Finding | None:
    coders = material.case.codings.coders
    decided = material.case.adjudications
    words: list[str] = []
    shown: list[Quotation] = []
    if len(coders) > 1:
        words.append(say("checklist.peers", count=len(coders), decided=len(decided)))
        shown += [each for coder in coders for each in material.shown(material.case.codings.by(coder), 1)]
        if not unquotable(material.case):  # what was decided may repeat whose words must not be shown
            shown += [Quotation(each.memo, each.time.date().isoformat(), each.coder) for each in decided[:SHOWN]]
    if material.readers:
        words.append(_discussed(material))
        shown += material.told(material.readers)
    elif words:
        words.append(say("checklist.not_discussed"))
    # Whether they are peers, and whether it was a discussion, no file can show.
    return Finding(Standing.PARTLY, " ".join(words), tuple(shown)) if words else None


def _discussed(material: Material) -> str:
    """How many comments others made, and how many of them were answered by somebody else."""
    talked = [each for each in material.readers if any(one.author != each.author for one in each.answers)]
    return say("checklist.discussed", answered=number(len(talked)), **_counted(material.readers))


def _trustworthiness(material: Material) -> Finding | None:
    """Triangulation decides; member checks and what others said stand beside it."""
    compared, checked = _triangulated("source")(material), _any_member_check(material)
    found = [each for each in (compared, checked) if each]
    if material.readers:
        found.append(Finding(Standing.PARTLY, _discussed(material), material.told(material.readers)))
    if not found:
        return None
    words = " ".join(each.words for each in found)
    evidence = tuple(shown for each in found for shown in each.evidence)
    return Finding(compared.standing if compared else Standing.PARTLY, words, evidence)


def _negative_cases(material: Material) -> Finding | None:
    against = _opposing(material)
    if not against:
        return None
    codes = {coding.code for coding in against}
    words = say("checklist.negative_cases", count=number(len(against)), codes=len(codes))
    first = {coding.code: coding for coding in reversed(against)}
    return Finding(Standing.PARTLY, words, material.shown([first[code] for code in sorted(first)], len(first)))


def _raw_material(material: Material) -> Finding | None:
    documents = material.case.documents
    kept = [each for each in documents if each.extra.get("raw_sha256")]
    if not kept:
        return None
    words = say("checklist.raw_material", count=len(kept), total=len(documents))
    evidence = tuple(
        Quotation(each.extra.get("raw", ""), each.id, f"sha256 {each.extra['raw_sha256'][:16]}") for each in kept
    )
    return Finding(_share(len(kept), len(documents)), words, evidence)


def _audit_trail(material: Material) -> Finding | None:
    every = material.case.codings
    if not every:
        return None
    times = sorted(coding.time.date().isoformat() for coding in every)
    words = say(
        "checklist.audit_trail",
        count=number(len(every)),
        coders=_listed(every.coders),
        first=times[0],
        last=times[-1],
        decisions=len(material.case.decisions),
    )
    readers = [each for each in material.readers if each.author not in every.coders]
    if readers:
        done = sum(each.status is State.DONE for each in readers)
        days = len({each.time[:10] for each in readers})
        said = say("checklist.supervised", rounds=number(days), done=number(done), **_counted(readers))
    else:
        said = say("checklist.not_supervised")
    # The trail is kept, and who read along is known; that somebody audited the whole of it, no file can show.
    return Finding(Standing.PARTLY, f"{words} {said}", (*material.shown(every, 1), *material.told(readers)))


RULES: dict[str, Rule] = {
    "interviewer": Rule(_interviewer),
    "theory": Rule(_theory, _theory),
    "sampling": Rule(_sampling, _sampling),
    "sample_size": Rule(_sample_size, _sample_size),
    "sample": Rule(_sample, _sample),
    "withdrawn": Rule(_withdrawn),
    "setting": Rule(_setting),
    "repeated": Rule(_repeated),
    "recording": Rule(_recording),
    "instruments": Rule(_instruments),
    "field_notes": Rule(_field_notes),
    "duration": Rule(_duration),
    "saturation": Rule(_saturation),
    "transcripts_returned": Rule(_transcripts_returned),
    "coders": Rule(_coders),
    "analysis": Rule(_analysis),
    "coding_tree": Rule(_coding_tree),
    "derivation": Rule(_derivation),
    "software": Rule(_software),
    "member_check": Rule(_member_check),
    "any_member_check": Rule(_any_member_check),
    "attribution": Rule(_attribution),
    "consistency": Rule(_consistency, _tensions),
    "major_themes": Rule(_major_themes, _major_themes),
    "minor_themes": Rule(_minor_themes, _minor_themes),
    "title": Rule(_title, _title),
    "question": Rule(_question, _question),
    "context": Rule(_context, _context),
    "consent": Rule(_consent),
    "collection": Rule(_collection, _named_techniques),
    "processing": Rule(_processing),
    "limits": Rule(_limits, _limits_of_the_study),
    "engagement": Rule(_engagement),
    "persistence": Rule(_persistence),
    "source_triangulation": Rule(_triangulated("source"), _triangulation_named),
    "technique_triangulation": Rule(_triangulated("technique"), _triangulation_named),
    "time_triangulation": Rule(_triangulated("time")),
    "trustworthiness": Rule(_trustworthiness, _triangulation_named),
    "peers": Rule(_peers),
    "negative_cases": Rule(_negative_cases),
    "raw_material": Rule(_raw_material),
    "audit_trail": Rule(_audit_trail),
}
"""Every rule that an item of a checklist may name."""
