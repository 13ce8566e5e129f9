"""Codebooks: a theory's vocabulary as a tree of codes, each saying when to use it and when not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from qualcode.coding.valence import Valence
from qualcode.display import Table
from qualcode.errors import CodingError, Problem, UnknownNameError
from qualcode.records import Identifier, Record, Tree, read_as
from qualcode.wording import language_in_use, say


class Bilingual(Record):
    """A text in Indonesian and in English; where no English is given, the Indonesian stands for both."""

    id: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _from_one_language(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"id": value, "en": value}
        return {"en": value["id"], **value} if isinstance(value, dict) and "id" in value else value

    def __str__(self) -> str:
        return self.en if language_in_use() == "en" else self.id


class Example(Record):
    """An invented passage that shows what the code is applied to, and with which valence."""

    text: str
    valence: Valence | None = None
    note: str | None = None


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class Code(Record):
    """One code of a codebook.

    A `heading` groups its children and is never applied itself. `notes` keep its history: what the codes meant that
    were merged into it.
    """

    id: str = Field(pattern=Identifier)
    label: Bilingual
    definition: Bilingual
    heading: bool = False
    use_when: Bilingual | None = None
    do_not_use_when: Bilingual | None = None
    indicators: Texts = ()
    cue_words: Texts = ()
    examples: tuple[Example, ...] = ()
    source: str | None = None
    notes: Texts = ()
    colour: str | None = Field(default=None, pattern=r"^#[0-9A-Fa-f]{6}$")
    children: tuple[Code, ...] = ()

    @property
    def name(self) -> str:
        """Id and label, as tables show it: ``KHN-OPE Keterbukaan``."""
        return f"{self.id} {self.label}"

    def walk(self) -> Iterator[Code]:
        """The code itself and all below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def __repr__(self) -> str:
        return f"Code {self.name}: {self.definition}"

    def to_table(self) -> Table:
        """What the code means and when to use it, row by row."""
        rows: list[tuple[str, object]] = [
            (say("codebook.definition"), self.definition),
            (say("codebook.use_when"), self.use_when),
            (say("codebook.do_not_use_when"), self.do_not_use_when),
            (say("codebook.indicators"), "; ".join(self.indicators)),
            (say("codebook.cue_words"), ", ".join(self.cue_words)),
            *((say("codebook.example"), _example(example)) for example in self.examples),
            (say("codebook.source"), self.source),
            *((say("codebook.note"), note) for note in self.notes),
        ]
        return Table(self.name, ("", ""), tuple((name, str(text)) for name, text in rows if text))

    def _repr_html_(self) -> str:
        return self.to_table().to_html()


class Codebook(Record):
    """A codebook: its metadata and its tree of codes.

    ``codebook["KHN-OPE"]`` gives a code; iterating gives all codes, depth first; ``len`` counts them. A `closed` one
    comes from a theory: coding the material brings forth no new codes. Inductive codes stand in one that is not.
    """

    id: str = Field(pattern=Identifier)
    version: str
    title: Bilingual
    description: Bilingual | None = None
    license: str
    citation: str
    closed: bool = True
    codes: tuple[Code, ...] = Field(min_length=1)

    @field_validator("id")
    @classmethod
    def _without_dot(cls, id: str) -> str:
        if "." in id:  # in a journal's name the first dot ends the codebook
            raise ValueError(say("codebook.id_with_dot"))
        return id

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self}

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {child.id: code.id for code in self for child in code.children}

    def __iter__(self) -> Iterator[Code]:  # type: ignore[override]
        for root in self.codes:
            yield from root.walk()

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, code: str) -> bool:
        return code in self._by_id

    def __getitem__(self, code: str) -> Code:
        """The code with this id.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        """
        try:
            return self._by_id[code]
        except KeyError:
            raise UnknownNameError.among("code", code, self._by_id, place=self.id) from None

    def parent(self, code: str) -> Code | None:
        """The code above, or None for a top-level code."""
        above = self._parents.get(code)
        return self._by_id[above] if above else None

    def root(self, code: str) -> Code:
        """The top-level code at or above `code`."""
        above = self.parent(self[code].id)
        return self.root(above.id) if above else self[code]

    def below(self, code: str) -> frozenset[str]:
        """The ids of `code` and of all codes below it."""
        return frozenset(each.id for each in self[code].walk())

    @property
    def indicators(self) -> tuple[Code, ...]:
        """The codes that can be applied and have none below them, in the order of the codebook."""
        return tuple(code for code in self if not code.children and not code.heading)

    def require(self, code: str) -> Code:
        """The code with this id, if it may be applied.

        Raises
        ------
        UnknownNameError, CodingError
            When there is no such code, or when it is a heading.
        """
        found = self[code]
        if found.heading:
            raise CodingError.of(
                "heading_applied", self.id, code=code, children=", ".join(child.id for child in found.children)
            )
        return found

    def __repr__(self) -> str:
        return say("codebook_summary", id=self.id, version=self.version, title=self.title, codes=len(self))

    def to_table(self) -> Table:
        """All codes in order, indented by level, with definition and use."""
        columns = (
            say("kind.code").capitalize(),
            say("codebook.definition"),
            say("codebook.use_when"),
            say("codebook.do_not_use_when"),
        )
        rows = tuple(
            (
                "\u2003" * self.depth(code.id) + code.name,
                "\n".join((str(code.definition), *code.notes)),
                str(code.use_when or ""),
                str(code.do_not_use_when or ""),
            )
            for code in self
        )
        return Table(f"{self.title} ({self.id} {self.version})", columns, rows, note=self.citation)

    def depth(self, code: str) -> int:
        """How many codes stand above `code`."""
        above = self.parent(code)
        return 1 + self.depth(above.id) if above else 0

    def _repr_html_(self) -> str:
        return self.to_table().to_html()


def _example(example: Example) -> str:
    valence = f" ({say(f'valence.{example.valence}')})" if example.valence else ""
    note = f" – {example.note}" if example.note else ""
    return f"“{example.text}”{valence}{note}"


def read_codebook(tree: Tree, stem: str) -> tuple[Codebook | None, list[Problem]]:
    """Read a codebook, collecting every fault: unknown keys, missing labels, codes defined twice.

    Returns
    -------
    tuple of (Codebook or None, list of Problem)
    """
    codebook, problems = read_as(Codebook, tree)
    if codebook is not None and codebook.id != stem:
        problems.append(Problem.of("id_is_not_file_name", tree.at(("id",)), id=codebook.id, stem=stem))
    problems += _defined_twice(tree)
    return codebook, problems


def _defined_twice(tree: Tree) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for code, place in written_codes(tree):
        if code in first:
            problems.append(Problem.of("code_defined_twice", place, code=code, first=first[code]))
        first.setdefault(code, place)
    return problems


def written_codes(tree: Tree) -> Iterator[tuple[str, str]]:
    """Every code id as written, with its place, whether or not the rest of the codebook is sound."""
    return _written_below(tree, tree.data, ())


def _written_below(tree: Tree, data: Any, path: tuple[int | str, ...]) -> Iterator[tuple[str, str]]:
    for key in ("codes", "children"):
        codes = data.get(key) if isinstance(data, dict) else None
        for index, code in enumerate(codes if isinstance(codes, list) else ()):
            here = (*path, key, index)
            if isinstance(code, dict) and isinstance(code.get("id"), str):
                yield code["id"], tree.at((*here, "id"))
            yield from _written_below(tree, code, here)
