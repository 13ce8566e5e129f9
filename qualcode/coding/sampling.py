"""Samples for double coding: which units a second coder gets, drawn by chance and kept with the seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from random import Random

from pydantic import Field, field_validator

from qualcode.coding.units import Unit, units_of
from qualcode.display import Table
from qualcode.errors import ParameterError
from qualcode.records import Identifier, Record
from qualcode.text.document import Document
from qualcode.wording import number, say

Span = tuple[int, int]


class Drawn(Record):
    """The units drawn of one document, as places in the text they were drawn from."""

    text: str
    units: tuple[Span, ...]


class Sample(Record):
    """Which units a coder is to code: what stands in ``sampel/<codebook>.<coder>.yaml``.

    Attributes
    ----------
    codebook, coder : str
    round : int
        The round of coding it is for.
    seed : int
    share : str
        Of the units of each document, as a fraction: ``1/5``.
    documents : mapping of str to Drawn
    """

    codebook: str = Field(pattern=Identifier)
    coder: str = Field(pattern=Identifier)
    round: int = Field(default=1, ge=1)
    seed: int
    share: str
    documents: Mapping[str, Drawn]

    @field_validator("share")
    @classmethod
    def _a_share(cls, share: str) -> str:
        return str(share_of(share))

    @property
    def count(self) -> int:
        """How many units it holds."""
        return sum(len(each.units) for each in self.documents.values())


def share_of(share: Fraction | str | float) -> Fraction:
    """A share above 0 and up to 1, exactly: 0.2 is taken for one fifth.

    Raises
    ------
    ParameterError
        When it is no such share.

    Examples
    --------
    >>> share_of(0.2), share_of("20%")
    (Fraction(1, 5), Fraction(1, 5))
    """
    written = str(share).strip().replace(",", ".")
    try:
        found = Fraction(written[:-1].strip()) / 100 if written.endswith("%") else Fraction(written)
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if not 0 < found <= 1:
        raise ParameterError.of("sample_share", f"share={share}")
    return found


def draw(documents: Iterable[Document], share: Fraction, seed: int) -> dict[str, Drawn]:
    r"""Draw a share of the turns or paragraphs of each document by chance, at least one of each.

    Parameters
    ----------
    documents : iterable of Document
    share : fractions.Fraction
    seed : int
        The same seed draws the same units from the same texts.

    Examples
    --------
    >>> document = Document("d-1", "Satu.\n\nDua.\n\nTiga.\n\nEmpat.")
    >>> draw([document], Fraction(1, 2), seed=1)["d-1"].units
    ((7, 11), (13, 18))
    """
    random = Random(seed)
    drawn = {}
    for document in sorted(documents, key=lambda each: each.id):
        units = units_of(document, Unit.TURN)
        wanted = max(1, floor(share * len(units) + Fraction(1, 2)))
        chosen = sorted(random.sample(range(len(units)), wanted)) if units else []
        if chosen:
            spans = tuple((units[place].start, units[place].end) for place in chosen)
            drawn[document.id] = Drawn(text=document.text_id, units=spans)
    return drawn


@dataclass(frozen=True)
class SamplePassages:
    """A sample with the texts it was drawn from: what the second coder reads, without anybody's codes."""

    sample: Sample
    documents: Mapping[str, Document]

    def to_table(self) -> Table:
        """One row a unit: number, where it stands, who speaks, the words."""
        segments = [
            self.documents[id].segment(*span)
            for id, drawn in self.sample.documents.items()
            if id in self.documents
            for span in drawn.units
        ]
        rows: list[list[str | int]] = [
            [count, each.address, each.turn.speaker if each.turn else "–", each.text]
            for count, each in enumerate(segments, start=1)
        ]
        said = {"codebook": self.sample.codebook, "coder": self.sample.coder, "seed": self.sample.seed}
        share = f"{number(round(float(100 * share_of(self.sample.share)), 1))}%"
        caption = say("sample.caption", units=len(rows), documents=len(self.sample.documents), share=share, **said)
        return Table(caption, [say(f"sample.{name}") for name in ("number", "address", "speaker", "words")], rows)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().to_markdown()
