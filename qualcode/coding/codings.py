"""Codings: an immutable collection whose filters chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.study import AUTO, Study
from qualcode.coding.valence import CODED, Valence
from qualcode.display import Passages, Quotation
from qualcode.errors import UnknownNameError
from qualcode.text.document import Document, Segment, Technique
from qualcode.wording import say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Made:
    """Where a person set a coding: the text of its document then, and the place in it, in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Coding:
    """A code given to a segment by a coder, with what she made of it.

    Attributes
    ----------
    id : str
        Permanent; links and addresses in reports use it.
    segment : Segment
    codebook, code, coder : str
        Ids.
    valence : Valence
    tags : tuple of str
    period : str or None
        The period the passage speaks about: the coder's word, else the document's.
    explicit : bool
        False when the view is only implied.
    memo : str
    round : int
        The round of coding, from 1.
    time : datetime.datetime
        When the code was first applied.
    suggested : bool
        Whether the coder accepted it from a suggestion.
    made : tuple of Made
        Where persons set it, oldest first, in the texts of then; empty when that is where it stands now. What follows
        a corrected text is not among them: addresses are counted here.
    """

    id: str
    segment: Segment
    codebook: str
    code: str
    coder: str
    valence: Valence
    tags: tuple[str, ...]
    period: str | None
    explicit: bool
    memo: str
    round: int
    time: datetime
    suggested: bool = False
    made: tuple[Made, ...] = field(default=(), compare=False, repr=False)

    @property
    def document(self) -> Document:
        """The document the segment stands in."""
        return self.segment.document

    @property
    def case(self) -> str:
        """The id of the case."""
        return self.document.case

    @property
    def informant(self) -> str | None:
        """Whose words these are; None when the source names nobody."""
        return self.segment.informant

    @property
    def technique(self) -> Technique:
        """How the evidence was collected."""
        return self.document.technique

    @property
    def voice(self) -> str:
        """Whose evidence it is: the informant; without one the technique (an observation, a document) that speaks.

        ``"tidak disebut"`` when the source names neither, and for words of an interview that are not an informant's.
        """
        speaks_itself = self.technique not in (Technique.INTERVIEW, Technique.UNSTATED)
        return self.informant or (self.technique.value if speaks_itself else Technique.UNSTATED.value)

    @property
    def quote(self) -> str:
        """The very words."""
        return self.segment.text

    @property
    def address(self) -> str:
        """Where the words stand: ``document:line``."""
        return self.segment.address

    def quotation(self) -> Quotation:
        """The coding as reports show it: words, address, and valence, coder, period, memo in one line."""
        said = [
            say(f"valence.{self.valence}"),
            *([] if self.explicit else [say("implicit")]),
            *([self.period] if self.period else []),
            *self.tags,
            say("coded_by", coder=self.coder),
            *([say("suggestion.accepted")] if self.suggested else []),
        ]
        note = " · ".join(said) + (f" — {self.memo}" if self.memo else "")
        return Quotation(self.quote, self.address, note, self.id)

    def __repr__(self) -> str:
        return f"Coding {self.code} {self.valence} by {self.coder}: {self.segment!r}"


class Codings(Sequence[Coding]):
    """An immutable, ordered collection of codings; every filter gives a new one.

    Order: case, document, place in the text, code, coder.

    What rules coded as ``auto`` stands aside: it is not among the codings, is not counted and does not take part in any
    question, until a filter names it, alone or with people: ``codings.by("auto")``, ``codings.by("ana", "auto")``,
    ``codings.where(coder="auto")``.

    Parameters
    ----------
    items : iterable of Coding
    codebooks : mapping of str to Codebook
        The codebooks whose codes occur, by id; `of` asks them what stands below a code.
    studies : mapping of str to Study, optional
        The background of each case, by id: filters keep it.
    aside : iterable of Coding, optional
        What rules coded. Filters are applied to it, too; a slice leaves it out.
    """

    def __init__(
        self,
        items: Iterable[Coding],
        codebooks: Mapping[str, Codebook],
        studies: Mapping[str, Study] | None = None,
        *,
        aside: Iterable[Coding] = (),
    ) -> None:
        self._items = tuple(sorted(items, key=_place))
        self._codebooks = codebooks
        self._studies = studies or {}
        self._aside = tuple(aside)

    def _kept(self, keep: Callable[[Coding], bool], *, named: bool = False) -> Codings:
        aside = tuple(filter(keep, self._aside))
        items = [*filter(keep, self._items), *(aside if named else ())]
        return Codings(items, self._codebooks, self._studies, aside=() if named else aside)

    def of(self, *codes: str | Code) -> Codings:
        """Codings with any of these codes or of the codes below them.

        Raises
        ------
        UnknownNameError
            When no codebook in use has such a code.
        """
        wanted = {below for code in map(_id, codes) for book in self._homes(code) for below in book.below(code)}
        return self._kept(lambda coding: coding.code in wanted)

    def exactly(self, *codes: str | Code) -> Codings:
        """Codings with any of these codes themselves, leaving out the codes below them.

        Raises
        ------
        UnknownNameError
            When no codebook in use has such a code.
        """
        wanted = {code for code in map(_id, codes) if self._homes(code)}
        return self._kept(lambda coding: coding.code in wanted)

    def _homes(self, code: str) -> list[Codebook]:
        homes = [book for book in self._codebooks.values() if code in book]
        if not homes:
            known = [each.id for book in self._codebooks.values() for each in book]
            raise UnknownNameError.among("code", code, known, place=", ".join(self._codebooks) or "codebooks")
        return homes

    def by(self, *coders: str) -> Codings:
        """Codings made by any of these coders; ``"auto"`` for those of rules."""
        return self._kept(lambda coding: coding.coder in coders, named=AUTO in coders)

    def on(self, *places: Document | Segment | str) -> Codings:
        """Codings on any of these documents (or their ids), or overlapping any of these segments."""

        def there(coding: Coding) -> bool:
            for place in places:
                if isinstance(place, Segment):
                    hit = coding.segment.overlaps(place)
                elif isinstance(place, Document):
                    hit = (coding.document.case, coding.document.id) == (place.case, place.id)
                else:
                    hit = coding.document.id == place
                if hit:
                    return True
            return False

        return self._kept(there)

    def using(self, *codebooks: Codebook | str) -> Codings:
        """Codings made with any of these codebooks."""
        wanted = {book if isinstance(book, str) else book.id for book in codebooks}
        return self._kept(lambda coding: coding.codebook in wanted)

    def where(self, *tests: Callable[[Coding], bool], **wanted: object) -> Codings:
        """Codings that pass every test and have every wanted attribute.

        Parameters
        ----------
        *tests : callable
            From a Coding to True or False.
        **wanted
            Attribute of Coding -> value: ``where(valence="menentang", informant="I3")``. A set, list or tuple
            means any of its members. Of an attribute that holds several values (tags), one suffices.

        Raises
        ------
        TypeError
            For an attribute that Coding does not have.
        """
        for name in wanted:
            if not hasattr(Coding, name) and name not in Coding.__dataclass_fields__:
                raise TypeError(f"where(): Coding has no attribute {name!r}")

        def fits(coding: Coding) -> bool:
            return all(test(coding) for test in tests) and all(
                _fits(getattr(coding, name), value) for name, value in wanted.items()
            )

        return self._kept(fits, named="coder" in wanted and _fits(AUTO, wanted["coder"]))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, each once, in order."""
        return tuple(dict.fromkeys(coding.segment for coding in self))

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in alphabetical order."""
        return tuple(sorted({coding.coder for coding in self}))

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that are coded, each once, in order."""
        return tuple({(c.case, c.document.id): c.document for c in self}.values())

    @property
    def codebooks(self) -> Mapping[str, Codebook]:
        """The codebooks in use, by id."""
        return self._codebooks

    @property
    def studies(self) -> Mapping[str, Study]:
        """The background of each case, by id, where it is known."""
        return self._studies

    def valences(self) -> dict[Valence, int]:
        """How many codings have each valence, all four always listed."""
        return {valence: sum(c.valence is valence for c in self) for valence in CODED}

    def to_frame(self) -> pd.DataFrame:
        """One row a coding, in order, with plain values."""
        import pandas as pd

        return pd.DataFrame([_row(coding) for coding in self], columns=list(_COLUMNS))

    def passages(self, heading: str = "") -> Passages:
        """The quotations as notebooks and pages show them."""
        return Passages(heading, tuple(coding.quotation() for coding in self), say("no_passages"))

    @overload
    def __getitem__(self, index: int) -> Coding: ...
    @overload
    def __getitem__(self, index: slice) -> Codings: ...
    def __getitem__(self, index: int | slice) -> Coding | Codings:
        """One coding, or a slice of them as Codings."""
        if isinstance(index, slice):
            return Codings(self._items[index], self._codebooks, self._studies)
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Coding]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Codings) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return say("codings_summary", codings=len(self), documents=len(self.documents), coders=len(self.coders))

    def _repr_html_(self) -> str:
        return self.passages(repr(self)).to_html()


_COLUMNS: dict[str, Callable[[Coding], Any]] = {
    "case": lambda c: c.case,
    "document": lambda c: c.document.id,
    "line": lambda c: c.segment.line,
    "technique": lambda c: str(c.technique),
    "informant": lambda c: c.informant,
    "codebook": lambda c: c.codebook,
    "code": lambda c: c.code,
    "valence": lambda c: str(c.valence),
    "tags": lambda c: "; ".join(c.tags),
    "period": lambda c: c.period,
    "explicit": lambda c: c.explicit,
    "coder": lambda c: c.coder,
    "round": lambda c: c.round,
    "memo": lambda c: c.memo,
    "suggested": lambda c: c.suggested,
    "quote": lambda c: c.quote,
    "start": lambda c: c.segment.start,
    "end": lambda c: c.segment.end,
    "id": lambda c: c.id,
}


def _row(coding: Coding) -> dict[str, Any]:
    return {name: value(coding) for name, value in _COLUMNS.items()}


def _place(coding: Coding) -> tuple[str, str, int, int, str, str, str]:
    segment = coding.segment
    return (coding.case, coding.document.id, segment.start, segment.end, coding.code, coding.coder, coding.id)


def _id(code: str | Code) -> str:
    return code if isinstance(code, str) else code.id


def _fits(value: object, wanted: object) -> bool:
    accepted = wanted if isinstance(wanted, (set, frozenset, list, tuple)) else (wanted,)
    held = value if isinstance(value, tuple) else (value,)
    return any(each in accepted for each in held)
