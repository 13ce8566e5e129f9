"""Where raters differ, side by side, each open to the words, with what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from qualcode.analysis.reliability.wordings import code_name, rater_name
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Coding
from qualcode.coding.comparison import Kind, Panel, Passage, decision_on, passages
from qualcode.coding.journal import Adjudicate
from qualcode.display import Cell, Table
from qualcode.errors import ParameterError, UnknownNameError
from qualcode.wording import say


@dataclass(frozen=True)
class Disagreements:
    """The passages on which raters differ: another code, another valence, one silent, other boundaries.

    Attributes
    ----------
    panel : Panel
    codebook : Codebook
    adjudications : tuple of Adjudicate
        Shown beside the passages they decide; they change nothing of them.
    kinds : tuple of Kind
        Those that are listed.
    """

    panel: Panel
    codebook: Codebook
    adjudications: tuple[Adjudicate, ...] = ()
    kinds: tuple[Kind, ...] = tuple(Kind)

    @cached_property
    def _numbered(self) -> dict[int, Passage]:
        differing = (each for each in passages(self.panel) if each.kind is not None)
        return {number: each for number, each in enumerate(differing, start=1) if each.kind in self.kinds}

    def of(self, *kinds: Kind | str) -> Disagreements:
        """Only those of some kinds: ``"code"``, ``"valence"``, ``"silent"``, ``"boundary"``; numbers stay.

        Raises
        ------
        UnknownNameError
            When there is no such kind.
        """
        known = [each.value for each in Kind]
        for kind in kinds:
            if kind not in known:
                raise UnknownNameError.among("choice", str(kind), known, place="disagreements")
        return Disagreements(self.panel, self.codebook, self.adjudications, tuple(map(Kind, kinds)))

    def number(self, number: int) -> Passage:
        """The passage with this number in the table; its `codings` are what `project.adjudicate` is given.

        Raises
        ------
        ParameterError
            When the table has no such number.
        """
        if number not in self._numbered:
            raise ParameterError.of("no_disagreement", f"number({number})", count=len(self._numbered))
        return self._numbered[number]

    def decision(self, passage: Passage) -> Adjudicate | None:
        """What was decided of a passage last; None when nothing was."""
        return decision_on(passage.codings, self.adjudications)

    @property
    def undecided(self) -> tuple[Passage, ...]:
        """Those that nobody decided yet."""
        return tuple(each for each in self if self.decision(each) is None)

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many there are of each kind."""
        found = Counter(each.kind for each in self)
        return {kind: found[kind] for kind in self.kinds}

    def __len__(self) -> int:
        return len(self._numbered)

    def __iter__(self) -> Iterator[Passage]:
        return iter(self._numbered.values())

    def counts_table(self) -> Table:
        """One row a kind: how many there are, and how many of them are decided."""
        rows: list[list[str | int]] = [
            [
                say(f"reliability.kind_{kind}"),
                count,
                sum(each.kind is kind and self.decision(each) is not None for each in self),
            ]
            for kind, count in self.counts.items()
        ]
        columns = [say(f"reliability.{name}") for name in ("kind", "count", "decided_count")]
        return Table(say("reliability.counts_caption"), columns, rows)

    def to_table(self) -> Table:
        """One row a passage: number, kind, place, what each rater made of it, and the decision."""
        raters = self.panel.raters
        rows: list[list[str | int | Cell]] = [
            [
                number,
                say(f"reliability.kind_{each.kind}"),
                each.segment.address,
                *(self._side(each, rater) for rater in raters),
                self._decision(each),
            ]
            for number, each in self._numbered.items()
        ]
        columns = [
            say("sample.number"),
            say("reliability.kind"),
            say("sample.address"),
            *(rater_name(self.panel, rater) for rater in raters),
            say("reliability.decision"),
        ]
        counts = ", ".join(f"{say(f'reliability.kind_{kind}')} {count}" for kind, count in self.counts.items())
        caption = say("reliability.disagreements", count=len(rows), counts=counts)
        return Table(caption, columns, rows, say("reliability.disagreements_note"))

    def _side(self, passage: Passage, rater: str) -> Cell:
        if rater not in passage.sides:
            return Cell(say("reliability.unread"))
        codings = passage.sides[rater]
        if not codings:
            return Cell(say("reliability.silent"))
        return Cell("\n".join(map(_line, codings)), tuple(each.quotation() for each in codings))

    def _decision(self, passage: Passage) -> str:
        decision = self.decision(passage)
        if decision is None:
            return "–"
        said = {"coder": decision.coder, "memo": decision.memo}
        if decision.code is None:
            return say("reliability.dropped", **said)
        valence = say(f"valence.{decision.valence}")
        return say("reliability.decided", code=code_name(self.codebook, decision.code), valence=valence, **said)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().to_markdown()


def _line(coding: Coding) -> str:
    words = " ".join(coding.quote.split())
    short = words if len(words) <= 90 else f"{words[:60]} … {words[-25:]}"
    return f"{coding.code} · {say(f'valence.{coding.valence}')} · {coding.address} “{short}”"
