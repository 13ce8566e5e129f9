"""The parts of a chapter: headings, prose, tables, figures, quotations and listings; knows no Word and no PDF.

Everything that is claimed (a number, a status, a quotation, a table, a figure) carries an id, under which the chapter
keeps what it says and what was asked of the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal, Self

from qualcode.display import Table
from qualcode.figures import Figure

ClaimKind = Literal["quotation", "number", "status", "table", "figure"]


class Quotes(StrEnum):
    """How quotations are set: as a block, in the sentence, after a sentence with a footnote, or with their lines."""

    BLOCK = "block"
    INLINE = "inline"
    LEAD = "lead"
    LINES = "lines"


@dataclass(frozen=True)
class Options:
    """With what a chapter is built; the same options on the same project give the same chapter.

    Attributes
    ----------
    frameworks : tuple of str
        Ids of codebooks; empty for those that the case's record names and that something is coded with.
    coder : str
        As for `Case.coded_by`.
    quotes : Quotes
    most : int
        How many quotations carry each finding; 0 for all. Dissenting ones are always all there.
    appendix : bool
        Whether transcripts, codebooks, the log of codings and the sheets for member checking follow.
    number : int
        The chapter's number, 4 for BAB IV.
    language : str
        ``"id"`` or ``"en"``.
    """

    frameworks: tuple[str, ...] = ()
    coder: str = ""
    quotes: Quotes = Quotes.BLOCK
    most: int = 3
    appendix: bool = False
    number: int = 4
    language: str = "id"

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return asdict(self) | {"frameworks": list(self.frameworks), "quotes": self.quotes.value}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The options that `to_dict` gave; what it does not name is as by default."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        known |= {"frameworks": tuple(known.get("frameworks", ())), "quotes": Quotes(known.get("quotes", "block"))}
        return cls(**known)


@dataclass(frozen=True)
class Claim:
    """What a report says in one place, and what was asked for it.

    `asked` of a number or status is ``case|framework|part|row|column|measure``; of a quotation the coding's id.
    """

    kind: ClaimKind
    expected: str
    asked: str


@dataclass(frozen=True)
class Span:
    """A run of text; `claim` is the id of what it claims, or empty."""

    text: str
    italic: bool = False
    bold: bool = False
    claim: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading; `number` is "4.1.2", or "BAB IV" at level 1. `apart` begins a new page."""

    level: int
    number: str
    text: str
    apart: bool = False


@dataclass(frozen=True)
class Prose:
    """A paragraph, a lead before quotations, a list item, a note, or a line of a form to be signed."""

    spans: tuple[Span, ...]
    manner: Literal["body", "lead", "item", "note", "notice", "form"] = "body"

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class GridCell:
    """A cell of a table as it is set.

    Attributes
    ----------
    spans : tuple of Span
        A line end in a span's text begins a new line.
    across, down : int
        How many columns and rows it covers; `down` 0 is covered by the cell above.
    """

    spans: tuple[Span, ...]
    across: int = 1
    down: int = 1

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


Row = tuple[GridCell, ...]


@dataclass(frozen=True)
class TablePart:
    """A table with its number ("4.1"), caption above and source line below.

    Attributes
    ----------
    table : Table
        The same as rows of plain cells, for CSV.
    head, body : tuple of rows
        As it is set: merged cells, claims.
    widths : tuple of float
        Each column's share of the width; they sum to 1.
    alt : str
        What the table holds, for who cannot see it.
    series : str
        What it is counted in: tables of the chapter or of the appendix.
    letters : float
        How large its letters are, in points: small where its columns have no room for their longest words otherwise.
    """

    number: str
    caption: str
    table: Table
    source: str
    id: str
    head: tuple[Row, ...]
    body: tuple[Row, ...]
    widths: tuple[float, ...]
    alt: str
    series: Literal["chapter", "appendix"] = "chapter"
    letters: float = 9.5


@dataclass(frozen=True)
class FigurePart:
    """A picture with its number, the caption and source line below, and its text alternative."""

    number: str
    caption: str
    figure: Figure
    alt: str
    source: str
    id: str

    @property
    def png(self) -> bytes:
        """The picture, drawn when it is first asked for."""
        return self.figure.png


@dataclass(frozen=True)
class QuotationPart:
    """A quotation as one of the styles sets it.

    Attributes
    ----------
    coding : str
        The coding's id.
    words : tuple of Span
        Verbatim but for white space and cuts ``[...]``; regional words in italics.
    closing : str
        Invisible marks that end a change of writing direction which the words leave open.
    address : str
        The kode kutipan.
    who, technique, date : str
        In words: code and role, how, and when ("tanpa tanggal").
    lead, citation, footnote : str
        What stands before and after the words, and in the footnote, in this style.
    translation : str
        The coder's, or her glosses; stands after the citation in square brackets.
    style : Quotes
    claim : str
    dissents : bool
    """

    coding: str
    words: tuple[Span, ...]
    closing: str
    address: str
    who: str
    technique: str
    date: str
    lead: str
    citation: str
    footnote: str
    translation: str
    style: Quotes
    claim: str
    dissents: bool = False

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.words)


@dataclass(frozen=True)
class Listing:
    """A text line by line, each with its number, as addresses count them: ``(number, speaker, words)``.

    A heading of the text stands in the place of a speaker, without words.
    """

    lines: tuple[tuple[int, str, str], ...]


Block = Heading | Prose | TablePart | FigurePart | QuotationPart | Listing


@dataclass(frozen=True)
class Chapter:
    """A results chapter as a tree of blocks, with everything it claims.

    Attributes
    ----------
    title : str
    case : str
    version : str
        Of qualcode.
    options : Options
    blocks : tuple of Block
    claims : mapping of str to Claim
    dated : str
        The newest coding's day, which dates the file; empty without codings.
    """

    title: str
    case: str
    version: str
    options: Options
    blocks: tuple[Block, ...]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    dated: str = ""

    @property
    def tables(self) -> tuple[TablePart, ...]:
        """All tables, in their order."""
        return tuple(block for block in self.blocks if isinstance(block, TablePart))

    @property
    def figures(self) -> tuple[FigurePart, ...]:
        """All figures, in their order."""
        return tuple(block for block in self.blocks if isinstance(block, FigurePart))

    @property
    def quotations(self) -> tuple[QuotationPart, ...]:
        """All quotations in the text, in their order."""
        return tuple(block for block in self.blocks if isinstance(block, QuotationPart))
