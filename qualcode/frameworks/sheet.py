"""The sheet: what a framework makes of a case, indicator by indicator, with the evidence and the honest blanks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from qualcode.analysis.arrangement import arrange
from qualcode.analysis.matrix import By, Matrix, cell, column_name, valence_summary
from qualcode.analysis.overview import case_limits
from qualcode.analysis.triangulation import TriangulationMatrix, triangulate
from qualcode.coding.case import UNSTATED, Case
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.valence import CODED, Valence
from qualcode.display import Cell, Passages, Prose, Table
from qualcode.errors import Undefined, UnknownNameError
from qualcode.figures import Figure, heat_map, valence_bars
from qualcode.wording import say


@dataclass(frozen=True)
class Evidence:
    """What the codings say about one indicator.

    Attributes
    ----------
    code : Code
        The indicator.
    codings : Codings
        The chosen coder's codings with exactly this code.
    confirmed : frozenset of str
        Ids of those codings that another coder made, too: same code, same valence, overlapping words.
    blank : Undefined or None
        Why nothing can be said, or only something that belongs to no source; None when there is evidence that
        belongs to somebody.
    """

    code: Code
    codings: Codings
    confirmed: frozenset[str]
    blank: Undefined | None

    @property
    def attributed(self) -> Codings:
        """The codings that belong to somebody: an informant, an observation, a document."""
        return self.codings.where(lambda coding: coding.voice != UNSTATED)

    @property
    def voices(self) -> Mapping[str, Valence]:
        """Each voice (an informant; else the technique) and what it says as a whole, in alphabetical order.

        Passages that belong to nobody are no voice: they can neither confirm nor contradict one. A voice whose
        passages all support supports; all oppose, opposes; nothing but descriptions is descriptive; anything else is
        mixed. A talkative voice counts no more than a brief one.
        """
        said: dict[str, set[Valence]] = {}
        for coding in self.attributed:
            said.setdefault(coding.voice, set()).add(coding.valence)
        return {voice: _stance(valences) for voice, valences in sorted(said.items())}

    def voices_that(self, valence: Valence) -> tuple[str, ...]:
        """The voices with this stance."""
        return tuple(voice for voice, stance in self.voices.items() if stance is valence)

    @property
    def leaning(self) -> Valence | None:
        """The side more voices take: SUPPORTS or OPPOSES; None when they balance or when nobody takes a side."""
        support, oppose = len(self.voices_that(Valence.SUPPORTS)), len(self.voices_that(Valence.OPPOSES))
        if support == oppose:
            return None
        return Valence.SUPPORTS if support > oppose else Valence.OPPOSES

    @property
    def is_contested(self) -> bool:
        """Whether some passages that belong to somebody support and others oppose, or one does both."""
        valences = {coding.valence for coding in self.attributed}
        return Valence.MIXED in valences or {Valence.SUPPORTS, Valence.OPPOSES} <= valences

    def strongest(self, most: int = 3) -> Codings:
        """The strongest passages on the side most voices take; where the voices balance, on either side.

        Stronger is what belongs to somebody; then what another coder found, too; then what is said explicitly; then
        what carries a tag; then what comes first. From each voice the strongest comes before anybody's second.
        """
        sides = {self.leaning} if self.leaning else {Valence.SUPPORTS, Valence.OPPOSES}
        chosen = [coding for coding in self.codings if coding.valence in sides]
        return self._best(chosen or list(self.codings), most)

    def dissenting(self, most: int = 3) -> Codings:
        """The strongest passages that speak against the leaning side, or both ways; empty without a leaning."""
        if self.leaning is None:
            return self._best([c for c in self.codings if c.valence is Valence.MIXED], most)
        against = Valence.OPPOSES if self.leaning is Valence.SUPPORTS else Valence.SUPPORTS
        return self._best([c for c in self.codings if c.valence in (against, Valence.MIXED)], most)

    def _best(self, codings: list[Coding], most: int) -> Codings:
        ranked = sorted(codings, key=self._weakness)
        turn_of_voice: dict[str, int] = {}
        rounds = []
        for coding in ranked:
            turn_of_voice[coding.voice] = turn_of_voice.get(coding.voice, -1) + 1
            rounds.append((turn_of_voice[coding.voice], coding))
        rounds.sort(key=lambda pair: pair[0])
        return Codings([coding for _, coding in rounds[:most]], self.codings.codebooks)

    def _weakness(self, coding: Coding) -> tuple[bool, bool, bool, bool]:
        return (coding.voice == UNSTATED, coding.id not in self.confirmed, not coding.explicit, not coding.tags)


@dataclass(frozen=True)
class Dimension:
    """A top-level code of a framework and the evidence of its indicators.

    `general` is the evidence coded with the dimension's own code, where no indicator fitted; `between` that of the
    codes between the dimension and its indicators, as far as something is coded with them.
    """

    code: Code
    general: Evidence
    indicators: tuple[Evidence, ...]
    between: tuple[Evidence, ...] = ()

    @property
    def rows(self) -> tuple[Evidence, ...]:
        """What a table shows, in the codebook's order: the indicators, and the codes above them that are coded."""
        shown = {each.code.id: each for each in (*self.between, *self.indicators)}
        if self.general.codings:
            shown[self.code.id] = self.general
        return tuple(shown[code.id] for code in self.code.walk() if code.id in shown)


@dataclass(frozen=True)
class Sheet:
    """What a framework makes of a case.

    Attributes
    ----------
    case : Case
    codebook : Codebook
    coder : str
        As asked for: a coder's id, ``"semua"``, or empty for the case's main coder.
    codings : Codings
        The codings the sheet rests on.
    dimensions : tuple of Dimension
    """

    case: Case
    codebook: Codebook
    coder: str
    codings: Codings
    dimensions: tuple[Dimension, ...]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All indicators, in the order of the codebook."""
        return tuple(each for dimension in self.dimensions for each in dimension.indicators)

    @property
    def rows(self) -> tuple[Evidence, ...]:
        """What a table shows: all indicators, and the codes above them that are coded themselves."""
        return tuple(each for dimension in self.dimensions for each in dimension.rows)

    @cached_property
    def beside(self) -> tuple[Evidence, ...]:
        """What is coded with codes of the codebook that no dimension holds: those the researcher added, say."""
        everything = self.case.codings.using(self.codebook)
        codings = self.case.coded_by(self.coder).using(self.codebook)
        held = {code.id for dimension in self.dimensions for code in dimension.code.walk()}
        used = {coding.code for coding in codings} - held
        return tuple(_evidence(code, codings, everything) for code in self.codebook if code.id in used)

    def __getitem__(self, code: str) -> Evidence:
        """The evidence of one indicator, or of a dimension itself.

        Raises
        ------
        UnknownNameError
            When the framework has no such indicator.
        """
        everything = {dimension.code.id: dimension.general for dimension in self.dimensions}
        everything |= {each.code.id: each for dimension in self.dimensions for each in dimension.between}
        everything |= {each.code.id: each for each in self.evidence}  # a dimension without children is an indicator
        if code not in everything:
            raise UnknownNameError.among("code", code, everything, place=self.codebook.id)
        return everything[code]

    @cached_property
    def gaps(self) -> tuple[tuple[Code, str], ...]:
        """The indicators without evidence that belongs to somebody, each with its reason."""
        return tuple((each.code, each.blank.reason) for each in self.evidence if each.blank is not None)

    def matrix(self, by: By | str = By.VOICE) -> Matrix:
        """Codes by groups, arranged as by `arrange`; the designed groups stand in it even when they are silent."""
        rows = [each.code for each in self.rows]
        return arrange(self.case, self.codebook, by, codings=self.codings, rows=rows)

    def summary(self, dimension: int | None = None) -> Table:
        """One row an indicator: who supports, who opposes, how many passages; the cells open to the quotations.

        Parameters
        ----------
        dimension : int, optional
            Only the indicators of this dimension, counted from 0.
        """
        shown = self.rows if dimension is None else self.dimensions[dimension].rows
        largest = max((len(each.codings) for each in self.rows), default=0)
        rows = [self._summary_row(each, largest) for each in shown]
        columns = [
            say("sheet.indicator"),
            say("sheet.passages"),
            *(say(f"sheet.voices_{valence}") for valence in CODED),
            say("sheet.remark"),
        ]
        return Table(say("sheet.summary_caption", framework=self.codebook.title), columns, rows, say("matrix.note"))

    def _summary_row(self, each: Evidence, largest: int) -> list[str | Cell]:
        by_stance = (", ".join(map(column_name, each.voices_that(valence))) or "–" for valence in CODED)
        return [each.code.name, cell(each.codings, largest), *by_stance, _remark(each)]

    def heat_map(self, by: By | str = By.VOICE) -> Figure:
        """How many passages each group has for each indicator, as a figure with a text alternative."""
        table = self.matrix(by)
        return heat_map(
            table.counts(),
            rows=[row.name for row in table.rows],
            columns=[column_name(column) for column in table.columns],
            caption=say("sheet.heat_map_caption", framework=self.codebook.title, by=say(f"by.{table.by}")),
        )

    def valence_chart(self) -> Figure:
        """How many voices support, oppose, do both, or only describe, for each indicator."""
        return valence_bars(
            [[len(each.voices_that(valence)) for valence in CODED] for each in self.rows],
            rows=[each.code.name for each in self.rows],
            series=[say(f"valence.{valence}") for valence in CODED],
            caption=say("sheet.valence_caption", framework=self.codebook.title),
        )

    def triangulation(self, axis: str = "source") -> TriangulationMatrix:
        """What the designed groups of an axis say about each indicator, compared pair by pair."""
        codes = None if axis == "framework" else [each.code for each in self.evidence]
        return triangulate(self.case, self.codebook, axis, coder=self.coder, codes=codes)

    def quotations(self, code: str, most: int = 3) -> tuple[Passages, Passages]:
        """The strongest and the dissenting quotations of one indicator, with their addresses."""
        each = self[code]
        name = each.code.name
        return (
            each.strongest(most).passages(say("sheet.strongest", code=name)),
            each.dissenting(most).passages(say("sheet.dissenting", code=name)),
        )

    def quotation_table(self, most: int = 2) -> Table:
        """Strongest and dissenting quotations of every indicator that has any, unfolded."""
        rows: list[list[str | Cell]] = [
            [each.code.name, _opened(each.strongest(most)), _opened(each.dissenting(most))]
            for each in self.rows
            if each.codings
        ]
        columns = [say("sheet.indicator"), say("sheet.strongest_short"), say("sheet.dissenting_short")]
        return Table(say("sheet.quotations_caption"), columns, rows, say("sheet.quotations_note"))

    def gap_table(self) -> Table:
        """Every blank with its reason, and every cell that the design leaves out."""
        rows: list[list[str]] = [[code.name, reason] for code, reason in self.gaps]
        for exclusion in self.case.record.exclusions:
            if exclusion.code in self.codebook:
                note = f" {exclusion.note}" if exclusion.note else ""
                reason = say(f"sheet.excluded.{exclusion.reason.replace(' ', '_')}", group=exclusion.group)
                rows.append([self.codebook[exclusion.code].name, reason + note])
        columns = [say("sheet.indicator"), say("sheet.reason")]
        return Table(say("sheet.gaps_caption"), columns, rows or [[say("sheet.no_gaps"), ""]])

    def conclusion(self) -> Prose:
        """What the evidence of this case amounts to, assembled from it sentence by sentence."""
        covered = [each for each in self.evidence if each.codings]
        if not covered:
            return Prose((say("sheet.nothing", framework=self.codebook.title, case=self.case.title),))
        opening = say(
            "sheet.opening",
            covered=len(covered),
            indicators=len(self.evidence),
            passages=len(self.codings),
            documents=len(self.codings.documents),
            voices=len({coding.voice for coding in self.codings} - {UNSTATED}),
        )
        blocks: list[str | tuple[str | Cell, ...]] = [opening]
        for dimension in self.dimensions:
            blocks += [f"{dimension.code.label}.", tuple(map(_opening_sentence, dimension.rows))]
        return Prose((*blocks, *self._closing(covered)))

    def _closing(self, covered: list[Evidence]) -> list[str]:
        closing = []
        contested = [each.code.name for each in covered if each.is_contested]
        if contested:
            closing.append(say("sheet.contested", codes="; ".join(contested)))
        silent = [code.name for code, _ in self.gaps if not self[code.id].codings]
        if silent:
            closing.append(say("sheet.silent", codes="; ".join(silent)))
        unattributed = sum(coding.voice == UNSTATED for coding in self.codings)
        if unattributed:
            closing.append(say("sheet.unattributed", count=unattributed, total=len(self.codings)))
        return closing

    def limits(self) -> Prose:
        """What this sheet cannot show, from the case's own record and from the state of the codings."""
        coders = self.codings.coders
        points = list(case_limits(self.case))
        points.append(say("sheet.coders", coders=", ".join(coders) or "–"))
        implicit = sum(not coding.explicit for coding in self.codings)
        if implicit:
            points.append(say("sheet.implicit", count=implicit, total=len(self.codings)))
        points.append(say("sheet.no_verdict"))
        return Prose((tuple(points),))

    def __repr__(self) -> str:
        covered = sum(bool(each.codings) for each in self.evidence)
        return say(
            "sheet_summary",
            framework=self.codebook.id,
            case=self.case.id,
            covered=covered,
            indicators=len(self.evidence),
            codings=repr(self.codings),
        )

    def _repr_html_(self) -> str:
        return self.summary().to_html()


def sheet_of(case: Case, codebook_id: str, dimensions: Iterable[str], coder: str = "") -> Sheet:
    """Make a sheet of a case.

    Parameters
    ----------
    case : Case
    codebook_id : str
        The framework's codebook.
    dimensions : iterable of str
        Codes whose children (or, without children, which themselves) are the indicators.
    coder : str
        As for `Case.coded_by`.

    Raises
    ------
    UnknownNameError
        When the project has no such codebook, or there is no such coder.
    """
    codebook = codebook_of(case, codebook_id)
    everything = case.codings.using(codebook)
    codings = case.coded_by(coder).using(codebook)
    inside = frozenset().union(*(codebook.below(dimension) for dimension in dimensions))
    return Sheet(
        case=case,
        codebook=codebook,
        coder=coder,
        codings=codings.where(lambda coding: coding.code in inside),
        dimensions=tuple(_dimension(codebook[each], codings, everything) for each in dimensions),
    )


def codebook_of(case: Case, codebook_id: str) -> Codebook:
    """The codebook with this id, from those that came with the case's codings.

    Raises
    ------
    UnknownNameError
        When the project has no sound codebook of that id.
    """
    known = case.codings.codebooks
    if codebook_id not in known:
        raise UnknownNameError.among("codebook", codebook_id, known, place="codebooks")
    return known[codebook_id]


def _dimension(code: Code, codings: Codings, everything: Codings) -> Dimension:
    indicators = [each for each in code.walk() if not each.children and not each.heading]
    others = [each for each in code.walk() if (each.children or each.heading) and each is not code]
    return Dimension(
        code,
        _evidence(code, codings if code.children else codings[:0], everything),
        tuple(_evidence(each, codings, everything) for each in indicators),
        tuple(_evidence(each, codings, everything) for each in others if codings.exactly(each)),
    )


def _evidence(code: Code, codings: Codings, everything: Codings) -> Evidence:
    own = codings.exactly(code)
    others = everything.exactly(code)
    confirmed = frozenset(
        coding.id
        for coding in own
        if any(
            other.coder != coding.coder and other.valence is coding.valence and other.segment.overlaps(coding.segment)
            for other in others
        )
    )
    return Evidence(code, own, confirmed, _blank(own, others, codings))


def _blank(own: Codings, others: Codings, codings: Codings) -> Undefined | None:
    if own:
        nobody = all(coding.voice == UNSTATED for coding in own)
        reason = say("sheet.blank_unattributed", count=len(own), valences=valence_summary(own))
        return Undefined(reason) if nobody else None
    if others:
        return Undefined(say("sheet.blank_other_coder", coders=", ".join(others.coders)))
    return Undefined(say("sheet.blank_no_passage") if codings else say("sheet.blank_no_codings"))


def _stance(valences: set[Valence]) -> Valence:
    judged = valences - {Valence.DESCRIPTIVE}
    if not judged:
        return Valence.DESCRIPTIVE
    return judged.pop() if len(judged) == 1 else Valence.MIXED


def _opening_sentence(each: Evidence) -> Cell:
    """The sentence of an indicator, which opens to all its quotations."""
    return Cell(_sentence(each), tuple(coding.quotation() for coding in each.codings))


def _sentence(each: Evidence) -> str:
    """One indicator in one sentence: its direction, and who says what."""
    name = each.code.name
    if each.blank is not None:
        return f"{name}: {each.blank}"
    parts = []
    for valence in CODED:
        voices = each.voices_that(valence)
        if voices:
            parts.append(say(f"sheet.say_{valence}", voices=", ".join(map(column_name, voices))))
    if _remark(each):
        parts.append(_remark(each))
    return say(
        f"sheet.direction_{_direction(each)}",
        code=name,
        voices="; ".join(parts),
        passages=len(each.codings),
        valences=valence_summary(each.codings),
        address=each.strongest(1)[0].address,
        supporting=len(each.voices_that(Valence.SUPPORTS)),
        opposing=len(each.voices_that(Valence.OPPOSES)),
    )


def _remark(each: Evidence) -> str:
    """Why an indicator is blank, or how many of its passages belong to nobody."""
    if each.blank is not None:
        return each.blank.reason
    nobody = each.codings.where(voice=UNSTATED)
    return say("sheet.of_nobody", count=len(nobody), valences=valence_summary(nobody)) if nobody else ""


def _direction(each: Evidence) -> str:
    stances = set(each.voices.values())
    if stances == {Valence.DESCRIPTIVE}:
        return "descriptive"
    if each.leaning is None:
        return "balanced"
    side = "support" if each.leaning is Valence.SUPPORTS else "oppose"
    if each.is_contested:
        return f"contested_{side}"
    return f"agreed_{side}" if len(each.voices) > 1 else f"single_{side}"


def _opened(codings: Codings) -> Cell:
    quotations = tuple(coding.quotation() for coding in codings)
    voices = ", ".join(dict.fromkeys(column_name(coding.voice) for coding in codings))
    return Cell(f"{len(codings)}: {voices}" if codings else "–", quotations, unfolded=True)
