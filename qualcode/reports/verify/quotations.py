"""Quotations and their addresses, held against the corpus as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.coding.consent import is_theirs, silent_spans, unquotable
from qualcode.coding.study import AUTO
from qualcode.reports.chapter.quoting import regional
from qualcode.reports.verify.finding import Kind
from qualcode.reports.verify.matching import Corpus, Match, Nearest, Text, compared, difference
from qualcode.reports.verify.quoted import COVERED, FEW, Quoted, covered
from qualcode.reports.verify.sought import Sought, sought
from qualcode.reports.verify.tokens import is_word, plain, tokens
from qualcode.reports.verify.verbatim import REACH, Range, changed, leaves_out_negation, misleading
from qualcode.text.document import Document
from qualcode.wording import texts

ALIKE = 0.55
"""The share of equal words from which a passage is taken for a changed one, not an invented one."""

NEARLY = 0.85
"""The share of equal words from which words without quotation marks are somebody's words that were altered."""

MOST_EFFORT = 10_000_000
"""So much is spent on looking for the nearest passages: about 2,000 quotations of a line or two, or 5 of 1,500 words.

Of quotations beyond only that they stand nowhere is told.
"""

_LINES = re.compile(r"^\W{0,3}\(([^()]{1,300}?): ?(\d{1,7})(?:[-–]\d{1,7})?\)")
_BESIDE = re.compile(r"^\W{0,3}\(([^()]*)\)")

LOOSE_ADDRESS = re.compile(r"(?<![\w/.:])[WODKX]/[^\s/()]+/[^\s()“”\"]*[^\s()“”\".,;:]")
"""What somebody meant for an address of the usual pattern."""

Fault = tuple[Kind, dict[str, str]]
"""What is wrong, and what its wording says."""


@dataclass
class Held:
    """What came of holding one quotation against the corpus.

    Attributes
    ----------
    faults : list of (Kind, dict)
    put_in : int
        Words in brackets which are the researcher's, and which nothing can show to be right.
    far_negation : bool
        Whether a cut leaves out a negation that may or may not have to do with what is kept.
    open_term : bool
        Whether it is a few words that stand nowhere and name no source: a term perhaps, perhaps somebody's words.
    """

    faults: list[Fault] = field(default_factory=list)
    put_in: int = 0
    far_negation: bool = False
    open_term: bool = False


class Evidence:
    """What quotations are held against.

    Parameters
    ----------
    case : Case
        The report's own.
    others : iterable of Case
        The project's other cases, whose words may be quoted, too.
    own : str
        What the report and the project themselves say (definitions, memos, the record), which is nobody's words.
    """

    def __init__(self, case: Case, others: Iterable[Case], own: str) -> None:
        self.case = case
        self.cases = {case.id: case, **{each.id: each for each in others}}
        self.addresses = Addresses(case)
        self.corpus = Corpus(document for each in self.cases.values() for document in each.documents)
        self.codings: Mapping[str, Coding] = {
            coding.id: coding
            for each in reversed(self.cases.values())
            for coding in [*each.codings, *each.codings.by(AUTO)]
        }
        self.own = own
        self.informants = {each.id for each in case.informants}
        self._effort = 0

    @cached_property
    def _silent(self) -> Mapping[str, frozenset[str]]:
        return {id: unquotable(case) for id, case in self.cases.items()}

    def may_quote(self, document: Document, start: int, end: int) -> bool:
        """Whether no word of a passage belongs to somebody who may not be quoted."""
        silent = self._silent.get(document.case, frozenset())
        if not silent:
            return True
        return not is_theirs(document, silent) and not any(
            first < end and start < last for first, last in silent_spans(document, silent)
        )

    def coding(self, claim: str) -> Coding | None:
        """The coding of a quotation's bookmark, be it the first of this name or a further one."""
        id = claim.removeprefix("qc_q_")
        return self.codings.get(id) or self.codings.get(re.sub(r"_\d+$", "", id))

    def where(self, document: Document, start: int) -> str:
        """A place in a document, as people find it."""
        place = f"{document.id}:{document.line(start)}"
        return place if document.case == self.case.id else f"{document.case}/{place}"

    # Quotations

    def hold(self, quotation: Quoted) -> Held:
        """Hold a quotation against the words of its coding, of its address, or of everybody."""
        held = Held()
        coding = self.coding(quotation.claim) if quotation.claim else None
        if coding is not None:
            self._of_coding(quotation, coding, held)
        elif quotation.claim:
            held.faults.append((Kind.REMOVED, {"words": _short(quotation.text)}))
        else:
            self._of_anybody(quotation, held)
        return held

    def _of_coding(self, quotation: Quoted, coding: Coding, held: Held) -> None:
        segment = coding.segment
        if not self.may_quote(coding.document, segment.start, segment.end):
            held.faults.append((Kind.WITHDRAWN, {"informant": coding.informant or coding.document.id}))
            return
        wanted = sought(quotation.text, _glosses(coding.memo))
        match = self._best(self._in_coding(coding, wanted), self._own(coding))
        if match is not None:
            self._judge(quotation, match, self._own(coding), coding, held)
            held.faults.extend(self._placed(quotation, [match], coding))
            return
        held.faults.append(self._unlike(quotation, coding, wanted))

    def _unlike(self, quotation: Quoted, coding: Coding, wanted: Sought) -> Fault:
        """What became of words that are no longer those of their coding."""
        alike, told = self._difference(quotation.text, coding, whole=True)
        address = self._address(coding)
        changed_so = Kind.CHANGED, {"place": self._source(coding), "difference": told, "address": address}
        if alike >= ALIKE or wanted.count <= FEW:
            return changed_so
        elsewhere = next(self.corpus.exact(wanted, most=1), None)
        if elsewhere is not None:
            return Kind.ELSEWHERE, {"place": self.where(elsewhere.document, elsewhere.start), "address": address}
        near = self._nearly(quotation)
        return changed_so if near[0] is Kind.CHANGED and alike else near

    def _difference(self, said: str, coding: Coding, *, whole: bool = False) -> tuple[float, str]:
        """How much a quotation is like the words of a coding, all of them or a part, and the difference."""
        text, (first, last) = self.corpus.text(coding.document), self._own(coding)
        keys, shown = text.tokens.keys[first:last], text.tokens.shown[first:last]
        found = compared(keys, shown, said, whole=whole)
        if found is not None and found[3]:
            return found[0], found[3]
        return 0.0, difference(shown, tokens(said).shown)

    def _own(self, coding: Coding) -> Range:
        """The tokens of a coding's own speaker, from the first to the last."""
        text, segment = self.corpus.text(coding.document), coding.segment
        spoken = [
            (max(turn.start, segment.start), min(turn.end, segment.end))
            for turn in coding.document.turns
            if turn.start < segment.end and segment.start < turn.end and turn.informant == coding.informant
        ] or [(segment.start, segment.end)]
        first = text.tokens.at(spoken[0][0])
        return first, max(first + 1, text.tokens.at(spoken[-1][1] - 1) + _ends_inside(text, spoken[-1][1]))

    def _in_coding(self, coding: Coding, wanted: Sought) -> Iterator[Match]:
        """Where a quotation stands in the words of a coding, be it with some of those before or behind."""
        text, (first, last) = self.corpus.text(coding.document), self._own(coding)
        more = len(wanted.tokens.keys)
        for match in text.matches(wanted, max(0, first - more), last + more, reach=last - first + more):
            if first < match.kept[0].end and match.kept[-1].begin < last:
                yield match

    @staticmethod
    def _best(matches: Iterable[Match], own: Range | None) -> Match | None:
        """The place with the least to say against it."""
        best: tuple[int, Match] | None = None
        for match in matches:
            count = len(changed(match, own)) + len(misleading(match, own))
            if best is None or count < best[0]:
                best = count, match
            if not count:
                break
        return best[1] if best else None

    def _judge(self, quotation: Quoted, match: Match, own: Range | None, coding: Coding | None, held: Held) -> None:
        """What is wrong with verbatim words."""
        place = self._source(coding) if coding else self.where(match.document, match.start)
        address = self._address(coding) if coding else place
        if differences := changed(match, own):
            values = {"place": place, "difference": "; ".join(differences[:4]), "address": address}
            held.faults.append((Kind.CHANGED, values))
        # What a coding leaves out at its edges, a coder left out.
        edges = own or self._open_edges(quotation, match)
        hidden = misleading(match, edges)
        if hidden:
            held.faults.append((Kind.MISLEADING, {"place": place, "difference": "; ".join(hidden[:4])}))
        held.far_negation = not hidden and leaves_out_negation(match)
        held.put_in += match.put_in
        speaker = coding.informant if coding else None
        if speaker and (other := _other_speaker(match, speaker)):
            held.faults.append((Kind.MISPLACED, {"address": speaker, "place": other}))

    def _open_edges(self, quotation: Quoted, match: Match) -> Range:
        """From where to where words may have been left out: all of the text, but nothing beyond a coding's edge.

        Nor what stands beside the quotation in the report as in the text: a transcript's line with speech within it.
        """
        begins, ends = self._edges.get((match.document.case, match.document.id), (frozenset(), frozenset()))
        first, last, keys = match.kept[0].begin, match.kept[-1].end, match.text.tokens.keys
        opens_there = first in begins or _same_words(_beside(keys[:first][::-1]), tokens(quotation.before).keys[::-1])
        ends_there = last in ends or _same_words(_beside(keys[last:]), tokens(quotation.after).keys)
        return first if opens_there else 0, last if ends_there else len(keys)

    @cached_property
    def _edges(self) -> Mapping[tuple[str, str], tuple[frozenset[int], frozenset[int]]]:
        """Of each document the tokens at which codings begin and end."""
        found: dict[tuple[str, str], set[Range]] = {}
        for coding in self.codings.values():
            found.setdefault(_of(coding.document), set()).add(self._own(coding))
        return {key: (frozenset(a for a, _ in each), frozenset(b for _, b in each)) for key, each in found.items()}

    def _of_anybody(self, quotation: Quoted, held: Held) -> None:
        wanted = sought(quotation.text)
        named = self._named(quotation)
        if wanted.count <= FEW and not named:
            held.open_term = not self.is_own(quotation.text) and next(self.corpus.exact(wanted, 1), None) is None
            return
        for coding in named:
            match = self._best(self._in_coding(coding, wanted), None)
            if match is not None and self.may_quote(match.document, match.start, match.end):
                self._judge(quotation, match, None, None, held)
                held.faults.extend(self._placed(quotation, [match], coding))
                return
        matches = list(self.corpus.exact(wanted))
        open_to_all = [match for match in matches if self.may_quote(match.document, match.start, match.end)]
        best = self._best(open_to_all, None)
        if best is not None:
            self._judge(quotation, best, None, None, held)
            held.faults.extend(self._placed(quotation, open_to_all, None))
        elif self.is_own(quotation.text):
            return
        elif matches:
            document = matches[0].document
            turn = document.segment(matches[0].start, matches[0].end)
            held.faults.append((Kind.WITHDRAWN, {"informant": turn.informant or document.informant or document.id}))
        elif not self.left_alone(quotation):
            held.faults.append(self._altered(quotation, named, wanted))

    def _altered(self, quotation: Quoted, named: Sequence[Coding], wanted: Sought) -> Fault:
        """What words without a bookmark were before, as far as their source is named or they are like any."""
        likest = max(
            ((self._difference(quotation.text, each), each) for each in named), default=None, key=lambda e: e[0][0]
        )
        if likest is not None and (likest[0][0] >= ALIKE or wanted.count <= FEW):
            (_, told), coding = likest
            if not self.may_quote(coding.document, coding.segment.start, coding.segment.end):
                return Kind.WITHDRAWN, {"informant": coding.informant or coding.document.id}
            return Kind.CHANGED, {"place": self._source(coding), "difference": told, "address": self._address(coding)}
        return self._nearly(quotation)

    def _named(self, quotation: Quoted) -> list[Coding]:
        """The codings of the address, or of the lines, named directly behind a quotation or in its note."""
        beside = _BESIDE.match(quotation.after)
        said = (beside.group(1) if beside else "") + " " + quotation.notes
        found = [coding for _, _, each in self.addresses.find_in(said) for coding in self.addresses.codings(each)]
        lines = _LINES.match(quotation.after)
        if not found and lines is not None:
            found = [*self._by_line.get((plain(lines.group(1)), int(lines.group(2))), ())]
        return found

    @cached_property
    def _by_line(self) -> Mapping[tuple[str, int], list[Coding]]:
        """Informant, or document, and line -> the codings that begin there."""
        found: dict[tuple[str, int], list[Coding]] = {}
        for coding in self.case.codings:
            for name in _names(coding):
                found.setdefault((name, coding.segment.line), []).append(coding)
        return found

    def without_marks(self, text: str) -> Iterator[Fault | None]:
        """Each stretch of words before an address and without quotation marks: what of it is somebody's words, altered.

        None for what is like no words of the address: a paraphrase, which nobody can hold against them.
        """
        behind = 0
        for start, end, address in self.addresses.find_in(text):
            opened = text.rfind("(", behind, start)
            said = text[behind : opened if opened >= 0 else start].strip(" .,;)")
            behind = end
            held = [each for each in self.addresses.codings(address) if self.may_quote(*_span(each))]
            if held and covered(said) < COVERED and len(tokens(said).keys) > FEW:
                yield from self._altered_in(said, held, address)

    def _altered_in(self, said: str, held: Sequence[Coding], address: str) -> Iterator[Fault | None]:
        for part in dict.fromkeys((said, said.partition(": ")[2], said.rpartition(": ")[2])):
            wanted = sought(part)
            if wanted.count <= FEW:
                continue
            if any(next(self._in_coding(coding, wanted), None) is not None for coding in held):
                return
            alike, told = max(self._difference(part, coding) for coding in held)
            if alike >= NEARLY:
                yield Kind.CHANGED, {"place": self._source(held[0]), "difference": told, "address": address}
                return
        yield None

    def left_alone(self, quotation: Quoted) -> bool:
        """Whether a quotation is cited from the literature, and not from an informant."""
        if not quotation.cited:
            return False
        named = self.informants & set(re.findall(r"[\w.-]+", quotation.after))
        lines = _LINES.match(quotation.after)
        ours = lines is not None and plain(lines.group(1)) in self._sources
        return not named and not ours and not any(self.addresses.find_in(quotation.after))

    @cached_property
    def _sources(self) -> frozenset[str]:
        """What a quotation may name as its source instead of an informant."""
        return frozenset(name for coding in self.case.codings for name in _names(coding))

    def is_own(self, text: str) -> bool:
        """Whether these are words of the report or the project themselves, such as a definition."""
        return plain(text).casefold().strip(" \"'.,;:") in self.own

    def _nearly(self, quotation: Quoted) -> Fault:
        self._effort += 5_000 + min(len(quotation.text), 10_000) ** 2 // 50
        near: Nearest | None = self.corpus.nearest(quotation.text) if self._effort <= MOST_EFFORT else None
        if near is None or near.alike < ALIKE:
            return Kind.INVENTED, {"words": _short(quotation.text)}
        if not self.may_quote(near.document, near.start, near.end):
            informant = near.document.segment(near.start, near.end).informant or near.document.informant
            return Kind.WITHDRAWN, {"informant": informant or near.document.id}
        place = self.where(near.document, near.start)
        return Kind.CHANGED, {"place": place, "difference": near.difference, "address": place}

    # Who is named as the source

    def _placed(self, quotation: Quoted, matches: Sequence[Match], coding: Coding | None) -> Iterator[Fault]:
        """Whether address, informant, date and lines beside verbatim words are those of the words."""
        match = matches[0]
        named = next(self._misnamed(quotation, matches, coding), "")
        if named:
            document = match.document
            who = coding.informant if coding else document.segment(match.start, match.end).informant
            place = self.where(document, match.start) + (f" ({who})" if who else "")
            yield Kind.MISPLACED, {"address": named, "place": place}

    def _misnamed(self, quotation: Quoted, matches: Sequence[Match], coding: Coding | None) -> Iterator[str]:
        for _, _, address in [*self.addresses.find_in(quotation.after), *self.addresses.find_in(quotation.notes)][:1]:
            held = self.addresses.codings(address)
            if held and not any(_covers(each, match) for each in held for match in matches):
                yield address
        informants = {coding.informant} if coding else {_speaker(match) for match in matches}
        beside = _BESIDE.match(quotation.after)
        lead = quotation.before if quotation.before.rstrip("“„«\"'‘ ").endswith(":") else ""
        for said in (beside.group(1) if beside else "", quotation.notes, re.split(r"[.!?]\s", lead)[-1]):
            named = self.informants & set(re.findall(r"[\w-]+(?:\.[\w-]+)*", _without(self.addresses, said)))
            if named and not named & informants and None not in informants:
                yield ", ".join(sorted(named))
        days = {match.document.date for match in matches}
        for said in (beside.group(1) if beside else "", quotation.notes):
            found = _DAY.search(said)
            if (
                found
                and None not in days
                and not any(_is_day(found, day.day, day.month, day.year) for day in days if day)
            ):
                yield found.group()
        lines = _LINES.match(quotation.after)
        if lines is not None and (coding is None or plain(lines.group(1)) in _names(coding)):
            wanted = int(lines.group(2))
            spans = [(each.document, each.start, each.end) for each in matches]
            spans += [(coding.document, coding.segment.start, coding.segment.end)] if coding else []
            if not any(document.line(start) <= wanted <= document.line(end - 1) for document, start, end in spans):
                yield f"{lines.group(1)}: {lines.group(2)}"

    def _source(self, coding: Coding) -> str:
        return self.where(coding.document, coding.segment.start)

    def _address(self, coding: Coding) -> str:
        return self.addresses.of(coding) if coding.case == self.case.id else coding.address

    # Addresses

    def addresses_in(self, text: str) -> Iterator[tuple[str, bool]]:
        """Every address in a text, and whether it leads anywhere."""
        found = list(self.addresses.find_in(text))
        for _, _, address in found:
            yield address, address in self.addresses
        if self.addresses.pattern.startswith("{teknik}/"):
            for match in LOOSE_ADDRESS.finditer(text):
                if not any(start < match.end() and match.start() < end for start, end, _ in found):
                    yield match.group(), False


_MONTHS = {
    month.casefold(): number % 12 + 1
    for language in texts("chapter.months").values()
    for number, month in enumerate(language.split())
}
_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b", re.IGNORECASE)


def _is_day(found: re.Match[str], day: int, month: int, year: int) -> bool:
    return (int(found[1]), _MONTHS[found[2].casefold()], int(found[3])) == (day, month, year)


def _without(addresses: Addresses, text: str) -> str:
    """A text without its addresses, in which informants are named, too."""
    for start, end, _ in reversed(list(addresses.find_in(text))):
        text = text[:start] + text[end:]
    return text


def _names(coding: Coding) -> set[str]:
    """What a citation by lines may call the source of a coding."""
    return {plain(each) for each in (coding.informant, coding.document.id, coding.document.title) if each}


def _span(coding: Coding) -> tuple[Document, int, int]:
    return coding.document, coding.segment.start, coding.segment.end


def _covers(coding: Coding, match: Match) -> bool:
    """Whether the words of a coding and those of a match have some in common."""
    segment = coding.segment
    return _of(coding.document) == _of(match.document) and segment.start < match.end and match.start < segment.end


def _speaker(match: Match) -> str | None:
    return match.document.segment(match.start, match.end).informant


def _other_speaker(match: Match, speaker: str) -> str:
    """Where words of somebody else stand among those quoted; nothing when there are none."""
    turns = match.document.turns
    spans = match.text.tokens.spans
    for kept in match.kept if turns else ():
        for turn in turns:
            if turn.informant == speaker or kept.begin >= kept.end:
                continue
            if turn.start < spans[kept.end - 1][1] and spans[kept.begin][0] < turn.end:
                return f"{match.document.id}:{match.document.line(turn.start)} ({turn.speaker})"
    return ""


def _ends_inside(text: Text, offset: int) -> int:
    """1 where a token begins before a place and ends at or behind it, so that it belongs to what ends there; else 0."""
    token = text.tokens.at(offset - 1)
    return int(token < len(text.tokens.spans) and text.tokens.spans[token][0] < offset)


def _glosses(memo: str) -> frozenset[tuple[str, ...]]:
    """What a coder gave as translations, whole and word by word."""
    about = regional(memo)
    parts = [about.translation, *(each.partition(":")[2] for each in about.translation.split(";"))]
    found = (tuple(key for key in tokens(part).keys) for part in parts)
    return frozenset(keys for each in found if (keys := _bare(each)))


def _beside(keys: Sequence[str]) -> list[str]:
    """The first words, as many as a negation may stand away from what it denies."""
    return list(islice(filter(is_word, keys), REACH + 1))


def _same_words(words: Sequence[str], others: Sequence[str]) -> bool:
    return bool(words) and list(words) == _beside(others)


def _bare(keys: tuple[str, ...]) -> tuple[str, ...]:
    while keys and not is_word(keys[-1]):
        keys = keys[:-1]
    return keys


def _of(document: Document) -> tuple[str, str]:
    return document.case, document.id


def _short(text: str, most: int = 14) -> str:
    every = text.split()
    return " ".join(every[:most]) + (" …" if len(every) > most else "")
