"""The case: who was asked, what the design foresaw, what was found, and the codings of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Codings
from qualcode.coding.comparison import decided
from qualcode.coding.journal import Adjudicate, Decision, Summary, Verdict
from qualcode.coding.study import AUTO
from qualcode.errors import Problem, UnknownNameError
from qualcode.records import Identifier, Record, Tree, read_as
from qualcode.text.document import Document, Technique
from qualcode.wording import say

UNSTATED = Technique.UNSTATED.value
"""How a record says that its source does not tell: ``tidak disebut``."""


ADDRESS = "{teknik}/{informan}/{tanggal}/{baris}"
"""How the address of a quotation is written unless ``case.yaml`` says otherwise: ``W/I3/12-03-2024/45-52``."""

ADDRESS_PARTS = ("teknik", "informan", "dokumen", "tanggal", "baris", "jawaban")


class CaseKind(StrEnum):
    """An empirical case, or a review of literature."""

    EMPIRICAL = "empiris"
    REVIEW = "kajian pustaka"


class Informant(Record):
    """Somebody who was asked, by code: never by name."""

    id: str = Field(pattern=Identifier)
    role: str
    kind: Literal["kunci", "utama", "pendukung"] | None = None
    relation: Literal["orang dalam", "orang luar yang ditunjuk", "mantan pejabat", "warga", "tidak disebut"]
    period: str | None = None
    consent: str
    note: str | None = None


Count = Annotated[int, Field(ge=1)]


class DesignedSources(Record):
    """How many sources the design foresaw in each group: of interviews, informants; else documents."""

    technique: dict[Technique, Count] = Field(default_factory=dict)
    time: dict[str, Count] = Field(default_factory=dict)


class Groups(Record):
    """The groups the design compares, axis by axis: they come from the design, not from the data."""

    source: tuple[str, ...] = ()
    technique: tuple[Technique, ...] = ()
    time: tuple[str, ...] = ()
    designed_sources: DesignedSources = DesignedSources()


class Exclusion(Record):
    """A cell that cannot be silence: the question was not asked, or cannot apply."""

    code: str
    axis: Literal["source", "technique", "time"]
    group: str
    reason: Literal["tidak ditanyakan", "tidak berlaku"]
    note: str | None = None


def _not_ambiguous(value: object) -> object:
    """Refuse ``129.000``: 129 to a computer, 129 thousand to an Indonesian reader."""
    if isinstance(value, str) and re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", value):
        raise PydanticCustomError("float_ambiguous", "thousands or decimals")
    return value


Amount = Annotated[float, BeforeValidator(_not_ambiguous)]


class Metric(Record):
    """A figure about an account or a place, as of a date; an empty `value` is not zero."""

    name: str
    account: str | None = None
    value: Amount | None = None
    unit: str | None = None
    as_of: str
    exact: bool = True
    source: str
    note: str | None = None


class Money(Record):
    """An amount of money, its period and purpose."""

    purpose: str
    amount: Amount | None = None
    currency: str = "IDR"
    period: str
    exact: bool = True
    source: str
    note: str | None = None


class Exhibit(Record):
    """A table (with columns and rows) or a figure of the source, with its caption and source line."""

    number: str
    caption: str
    source: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class LegalReference(Record):
    """A regulation as the source cites it; conflicting numbers stand side by side as two references."""

    type: str
    number: str
    year: str
    article: str | None = None
    note: str | None = None


class TextCheck(Record):
    """A tension inside the source's own text, shown to the author and never mended silently."""

    statement: str
    places: tuple[str, ...] = ()


class CaseRecord(Record):
    """What stands in ``case.yaml``.

    `address` is the pattern of the addresses of quotations; its parts are those of `ADDRESS_PARTS`.
    `references` is the source's own list of references, one entry a string; unless `references_complete`, an entry
    that is missing from it says nothing. `references_total` is how many entries the source's list has, where known.
    """

    id: str = Field(pattern=Identifier)
    title: str
    kind: CaseKind
    institution: str | None = None
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    place: str | None = None
    period: str
    question: str
    approach: str
    frameworks: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    address: str = ADDRESS
    citation: str | None = None
    fictional: bool = False
    description: str
    informants: tuple[Informant, ...] = ()
    informants_total: int | None = None
    informants_note: str | None = None
    groups: Groups = Groups()
    exclusions: tuple[Exclusion, ...] = ()
    metrics: tuple[Metric, ...] = ()
    money: tuple[Money, ...] = ()
    tables: tuple[Exhibit, ...] = ()
    figures: tuple[Exhibit, ...] = ()
    legal: tuple[LegalReference, ...] = ()
    recommendations: tuple[str, ...] = ()
    text_checks: tuple[TextCheck, ...] = ()
    limits: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    references_complete: bool = False
    references_total: int | None = None


@dataclass(frozen=True)
class Case:
    """A case with its documents and codings.

    Attributes
    ----------
    record : CaseRecord
        What ``case.yaml`` says: institution, informants, designed groups, metrics, limits.
    documents : tuple of Document
        In the order of their ids.
    codings : Codings
        All people, all codebooks; what rules coded stands aside, see `Codings`.
    problems : tuple of Problem
        Codings that could not be placed and journal lines that could not be read; everything else is sound.
    analyses : mapping of str to Tree
        What an analyst recorded for a framework beside the case: ``david`` for ``david.yaml``. The framework reads it.
    decisions : tuple of Verdict, Summary or Adjudicate
        What researchers decided of computed statuses and of codings on which coders differ, with the reason, and what
        they wrote to sum up what a voice says about a code; in the order of time, those that were followed by others
        still among them.
    own_words : mapping of str to str
        What the project's ``kamus.csv`` says of words of its own: form -> the word it stands for.
    """

    record: CaseRecord
    documents: tuple[Document, ...]
    codings: Codings
    problems: tuple[Problem, ...] = ()
    analyses: Mapping[str, Tree] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    own_words: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The case's id, which is its folder's name."""
        return self.record.id

    @property
    def title(self) -> str:
        """The case's title."""
        return self.record.title

    @property
    def informants(self) -> tuple[Informant, ...]:
        """Who was asked, in the order of the record."""
        return self.record.informants

    @property
    def groups(self) -> Groups:
        """The designed groups."""
        return self.record.groups

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Figures with their as-of dates."""
        return self.record.metrics

    @cached_property
    def verdicts(self) -> Mapping[tuple[str, str], Verdict]:
        """Axis and code -> the newest verdict on the construct."""
        return {(each.axis, each.code): each for each in self.decisions if isinstance(each, Verdict)}

    @cached_property
    def summaries(self) -> Mapping[tuple[str, str], Summary]:
        """Code and voice -> the newest summary of what the voice says about the code."""
        return {(each.code, each.voice): each for each in self.decisions if isinstance(each, Summary)}

    @property
    def adjudications(self) -> tuple[Adjudicate, ...]:
        """What was decided of codings on which coders differ, oldest first."""
        return tuple(each for each in self.decisions if isinstance(each, Adjudicate))

    def adjudicated(self, *codebooks: Codebook | str) -> Codings:
        """The codings as decided: what coders agree on once, and what was adjudicated as it was decided.

        Coders agree where all who read a passage gave it the same code and valence on overlapping words; of their
        codings those of the case's first coder stand, with her boundaries. Where only the valence differs and nobody
        decided, it is unresolved; other undecided differences are left out. `agree` refuses these codings: reliability
        is what stood before.

        Parameters
        ----------
        *codebooks : Codebook or str
            Default: all.
        """
        chosen = self.codings.using(*codebooks) if codebooks else self.codings
        return decided(chosen, self.adjudications, first=self.record.coders)

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {document.id: document for document in self.documents}

    def document(self, id: str) -> Document:
        """The document with this id.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        """
        try:
            return self._documents[id]
        except KeyError:
            raise UnknownNameError.among("document", id, self._documents, place=self.id) from None

    def informant(self, id: str) -> Informant:
        """The informant with this id.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        """
        for informant in self.informants:
            if informant.id == id:
                return informant
        raise UnknownNameError.among("informant", id, [i.id for i in self.informants], place=self.id)

    def coded_by(self, coder: str = "") -> Codings:
        """The codings of one coder, of all, of the case's main coder, or as decided.

        Parameters
        ----------
        coder : str
            A coder's id; ``"semua"`` or ``"all"`` for everybody; ``"disepakati"`` or ``"agreed"`` for `adjudicated`;
            empty for the first coder that ``case.yaml`` names (for everybody, when it names none). Rules are nobody:
            only ``"auto"`` gives what they coded.

        Raises
        ------
        UnknownNameError
            When nobody of that name coded here and the case does not name her either.
        """
        chosen = coder or next((each for each in self.record.coders if each.casefold() != AUTO), "all")
        if chosen in ("semua", "all"):
            return self.codings
        if chosen in ("disepakati", "agreed"):
            return self.adjudicated()
        known = {*self.codings.coders, *self.record.coders}
        if chosen not in known and chosen != AUTO:
            raise UnknownNameError.among("coder", chosen, known, place=self.id)
        return self.codings.by(chosen)

    def __repr__(self) -> str:
        return say(
            "case_summary",
            id=self.id,
            informants=len(self.informants),
            documents=len(self.documents),
            codings=len(self.codings),
            coders=len(self.codings.coders),
        )


def read_case_record(tree: Tree, folder: str) -> tuple[CaseRecord | None, list[Problem]]:
    """Read ``case.yaml`` and check it against itself: unique informants, groups that exist, tables with even rows."""
    record, problems = read_as(CaseRecord, tree)
    if record is None:
        return None, problems
    if record.id != folder:
        problems.append(Problem.of("id_is_not_folder_name", tree.at(("id",)), id=record.id, folder=folder))
    faults = [*_strangers(record, tree), *_unknown_groups(record, tree), *_uneven(record, tree), *_rules(record, tree)]
    faults += _address(record, tree)
    return record, [*problems, *faults]


def is_address_pattern(pattern: str) -> bool:
    """Whether a pattern can be an address's: known parts only, no blanks, and exactly one of line and answer.

    Examples
    --------
    >>> is_address_pattern("{informan}:{baris}"), is_address_pattern("{informan}")
    (True, False)
    """
    parts = re.findall(r"\{([^{}]*)\}", pattern)
    rest = re.sub(r"\{[^{}]*\}", "", pattern)
    places = [part for part in parts if part in ("baris", "jawaban")]
    return set(parts) <= {*ADDRESS_PARTS} and len(places) == 1 and not re.search(r"[{}\s]", rest)


def _address(record: CaseRecord, tree: Tree) -> Iterator[Problem]:
    if not is_address_pattern(record.address):
        known = ", ".join(f"{{{part}}}" for part in ADDRESS_PARTS)
        yield Problem.of("address_pattern", tree.at(("address",)), pattern=record.address, known=known)


def _rules(record: CaseRecord, tree: Tree) -> Iterator[Problem]:
    """The name that rules code under, listed among people."""
    for index, coder in enumerate(record.coders):
        if coder.casefold() == AUTO:
            yield Problem.of("coder_reserved", tree.at(("coders", index)), coder=coder)


def _strangers(record: CaseRecord, tree: Tree) -> Iterator[Problem]:
    """Informants listed twice, and designed sources that are no informants."""
    known: set[str] = set()
    for index, informant in enumerate(record.informants):
        if informant.id in known:
            place = tree.at(("informants", index, "id"))
            yield Problem.of("informant_defined_twice", place, informant=informant.id)
        known.add(informant.id)
    for index, group in enumerate(record.groups.source):
        if group not in known:
            place = tree.at(("groups", "source", index))
            yield Problem.of("unknown_informant", place, informant=group, known=", ".join(sorted(known)))


def _unknown_groups(record: CaseRecord, tree: Tree) -> Iterator[Problem]:
    """Exclusions and numbers of sources of a group that its axis does not have, which would silently do nothing."""
    designed: dict[str, set[str]] = {
        "source": {*record.groups.source, *(informant.id for informant in record.informants)},
        "technique": {technique.value for technique in Technique},
        "time": set(record.groups.time),
    }
    named: list[tuple[str, str, tuple[str | int, ...]]] = [
        (exclusion.axis, exclusion.group, ("exclusions", index, "group"))
        for index, exclusion in enumerate(record.exclusions)
    ]
    for axis, counts in record.groups.designed_sources:
        named += [(axis, str(group), ("groups", "designed_sources", axis, str(group))) for group in counts]
    for axis, group, path in named:
        known = designed[axis]
        if group not in known:
            shown = ", ".join(sorted(known)) or "–"
            yield Problem.of("unknown_group", tree.at(path), group=group, axis=axis, known=shown)


def _uneven(record: CaseRecord, tree: Tree) -> Iterator[Problem]:
    for index, table in enumerate(record.tables):
        if any(len(row) != len(table.columns) for row in table.rows):
            yield Problem.of("uneven_rows", tree.at(("tables", index)), columns=len(table.columns))
