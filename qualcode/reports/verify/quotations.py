"""Quotations and their addresses, held against the corpus as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.coding.consent import is_theirs, silent_spans, unquotable
from qualcode.coding.study import AUTO
from qualcode.reports.verify.finding import Kind
from qualcode.reports.verify.matching import Corpus, Nearest, compared, plain, readings
from qualcode.reports.verify.quoted import Quoted
from qualcode.text.document import Document

ALIKE = 0.55
"""The share of equal words from which a passage is taken for a changed one, not an invented one."""

LOOSE_ADDRESS = re.compile(r"(?<![\w/.:])[WODKX]/[^\s/()]+/[^\s()“”\"]*[^\s()“”\".,;:]")
"""What somebody meant for an address of the usual pattern."""

Fault = tuple[Kind, dict[str, str]]
"""What is wrong, and what its wording says."""


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

    def faults(self, quotation: Quoted) -> Iterator[Fault]:
        """What is wrong with a quotation."""
        coding = self.coding(quotation.claim) if quotation.claim else None
        if coding is not None:
            yield from self._of_coding(quotation, coding)
        elif quotation.claim:
            yield Kind.REMOVED, {"words": _short(quotation.text)}
        else:
            yield from self._of_anybody(quotation)

    def _of_coding(self, quotation: Quoted, coding: Coding) -> Iterator[Fault]:
        segment, text = coding.segment, self.corpus.text(coding.document)
        if not self.may_quote(coding.document, segment.start, segment.end):
            yield Kind.WITHDRAWN, {"informant": coding.informant or coding.document.id}
            return
        if any(text.find(pieces) for pieces in readings(quotation.text)):
            yield from self._placed(quotation, [coding.document], coding.informant)
            return
        first = next((n for n, (_, end) in enumerate(text.tokens.spans) if end > segment.start), 0)
        last = next((n for n, (start, _) in enumerate(text.tokens.spans) if start >= segment.end), None)
        found = compared(text.tokens.keys[first:last], text.tokens.shown[first:last], quotation.text)
        if found is not None and found[0] >= ALIKE:
            place = self.where(coding.document, segment.start)
            yield Kind.CHANGED, {"place": place, "difference": found[3], "address": self._address(coding)}
            return
        elsewhere = list(self.corpus.exact(quotation.text))
        if elsewhere:
            document, start, _ = elsewhere[0]
            yield Kind.ELSEWHERE, {"place": self.where(document, start), "address": self._address(coding)}
            return
        yield self._nearly(quotation)

    def _of_anybody(self, quotation: Quoted) -> Iterator[Fault]:
        places = list(self.corpus.exact(quotation.text))
        open_to_all = [place for place in places if self.may_quote(*place)]
        if open_to_all:
            yield from self._placed(quotation, [document for document, _, _ in open_to_all], None)
        elif self.is_own(quotation.text):
            return
        elif places:
            document, start, end = places[0]
            turn = document.segment(start, end)
            yield Kind.WITHDRAWN, {"informant": turn.informant or document.informant or document.id}
        elif not self.left_alone(quotation):
            yield self._nearly(quotation)

    def left_alone(self, quotation: Quoted) -> bool:
        """Whether a quotation is cited from the literature, and not from an informant."""
        named = self.informants & set(re.findall(r"[\w.-]+", quotation.after))
        return quotation.cited and not named and not any(self.addresses.find_in(quotation.after))

    def is_own(self, text: str) -> bool:
        """Whether these are words of the report or the project themselves, such as a definition."""
        return plain(text).casefold() in self.own

    def _nearly(self, quotation: Quoted) -> Fault:
        near: Nearest | None = self.corpus.nearest(quotation.text)
        if near is None or near.alike < ALIKE:
            return Kind.INVENTED, {"words": _short(quotation.text)}
        if not self.may_quote(near.document, near.start, near.end):
            informant = near.document.segment(near.start, near.end).informant or near.document.informant
            return Kind.WITHDRAWN, {"informant": informant or near.document.id}
        place = self.where(near.document, near.start)
        return Kind.CHANGED, {"place": place, "difference": near.difference, "address": place}

    def _placed(self, quotation: Quoted, documents: list[Document], informant: str | None) -> Iterator[Fault]:
        """Whether the address and the informant beside verbatim words are those of the words."""
        for _, _, address in self.addresses.find_in(quotation.after):
            held = self.addresses.codings(address)
            if held and not {_of(coding.document) for coding in held} & set(map(_of, documents)):
                yield Kind.MISPLACED, {"address": address, "place": documents[0].id}
            return
        cited = re.match(r"\W{0,3}\(([^()]*)\)", quotation.after)
        named = self.informants & set(re.findall(r"[\w.-]+", cited.group(1))) if cited else set()
        if informant and named and informant not in named:
            yield Kind.MISPLACED, {"address": ", ".join(sorted(named)), "place": f"{documents[0].id} ({informant})"}

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


def _of(document: Document) -> tuple[str, str]:
    return document.case, document.id


def _short(text: str, most: int = 14) -> str:
    every = text.split()
    return " ".join(every[:most]) + (" …" if len(every) > most else "")
