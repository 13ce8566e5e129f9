"""The triangulation matrix of a case: one row a construct, one column a designed group, a status and its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qualcode.analysis.crosswalk import counterparts
from qualcode.analysis.matrix import column_name, valence_summary
from qualcode.analysis.triangulation.engine import Cell, Evidence, Exclusion, Stance, Status, cell
from qualcode.coding.case import UNSTATED, Case
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.journal import Verdict
from qualcode.display import Cell as Shown
from qualcode.display import Prose, Stack, Table
from qualcode.errors import ParameterError, UnknownNameError
from qualcode.text.document import Kind, Technique
from qualcode.wording import number, say

if TYPE_CHECKING:
    import pandas as pd

OUTSIDE = "luar rancangan"
AXES = ("source", "technique", "time", "coder", "framework")
EXCLUDED = {"tidak ditanyakan": Exclusion.NOT_ASKED, "tidak berlaku": Exclusion.NOT_APPLICABLE}


@dataclass(frozen=True)
class TriangulationMatrix:
    """What the groups of one axis say about each construct of a case.

    ``matrix["KHN-OPE"]`` gives the `Cell` of a construct: its status, stances, pairs and reasons; it opens to the
    codings behind it by `codings`.

    Attributes
    ----------
    case : Case
    codebook : Codebook
    axis : str
    groups : tuple of str, or None
        The designed groups; None when the case does not say what it compares.
    cells : mapping of str to Cell
        Code id -> cell, in the order of the codebook.
    """

    case: Case
    codebook: Codebook
    axis: str
    groups: tuple[str, ...] | None
    cells: dict[str, Cell]

    def __getitem__(self, code: str | Code) -> Cell:
        """The cell of a construct.

        Raises
        ------
        UnknownNameError
            With the nearest code there is.
        """
        id = code if isinstance(code, str) else code.id
        if id not in self.cells:
            raise UnknownNameError.among("code", id, self.cells, place=repr(self))
        return self.cells[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def codings(self, code: str, group: str | None = None) -> Codings:
        """The codings behind a cell, or behind one group of it.

        ``"tidak disebut"`` gives what belongs to no group, ``"luar rancangan"`` what belongs to groups that the
        design does not compare on this axis.
        """
        found = self[code]
        outside = tuple(item for items in found.outside.values() for item in items)
        shelves = {**found.evidence, OUTSIDE: outside, UNSTATED: found.unattributed}
        chosen = shelves if group is None else {group: shelves.get(group, ())}
        return _codings((item for items in chosen.values() for item in items), self.case.codings)

    @cached_property
    def statuses(self) -> dict[Status, tuple[str, ...]]:
        """Which constructs came to each status."""
        return {s: tuple(code for code, found in self.cells.items() if found.status is s) for s in Status}

    def to_table(self) -> Table:
        """One row a construct: status, completeness, and each group's valences, opening to its quotations."""
        groups = list(self.groups or ())
        beside = [
            *([OUTSIDE] if any(found.outside for found in self.cells.values()) else []),
            *([UNSTATED] if any(found.unattributed for found in self.cells.values()) else []),
        ]
        columns = [
            say("sheet.indicator"),
            say("triangulation.status"),
            say("triangulation.completeness"),
            *(say("triangulation.outside") if group == OUTSIDE else column_name(group) for group in groups + beside),
        ]
        rows: list[list[str | Shown]] = [
            [
                self.codebook[code].name,
                self.status_shown(code),
                _completeness(found),
                *(self._shown(code, group) for group in groups + beside),
            ]
            for code, found in self.cells.items()
        ]
        caption = say("triangulation.caption", framework=self.codebook.title, axis=say(f"axis.{self.axis}"))
        return Table(caption, columns, rows, say("triangulation.note"))

    def status_shown(self, code: str) -> str:
        """The computed status in letters and words, and beside it the researcher's, where she decided otherwise."""
        verdict = self.case.verdicts.get((self.axis, code))
        computed = status_name(self[code])
        if verdict is None or verdict.status == self[code].status:
            return computed
        return say("triangulation.overridden", computed=computed, decided=status_words(Status(verdict.status)))

    def _verdict(self, code: str) -> Iterator[str]:
        verdict = self.case.verdicts.get((self.axis, code))
        if verdict is not None:
            said = {"decided": status_words(Status(verdict.status)), "coder": verdict.coder, "memo": verdict.memo}
            yield say("triangulation.verdict", computed=status_words(self[code].status), **said)

    def _shown(self, code: str, group: str) -> Shown:
        if group in self[code].excluded:
            return Shown("×")
        codings = self.codings(code, group)
        text = valence_summary(codings) if codings else "·"
        return Shown(text, tuple(coding.quotation() for coding in codings), value=len(codings))

    def reasons_table(self) -> Table:
        """One row a construct that needs a word: why its status is what it is, and what to know beside it."""
        said = {code: " ".join([*self._verdict(code), *remarks(found)]) for code, found in self.cells.items()}
        rows = [[self.codebook[code].name, self.status_shown(code), words] for code, words in said.items() if words]
        columns = [say("sheet.indicator"), say("triangulation.status"), say("sheet.reason")]
        return Table(say("triangulation.reasons_caption"), columns, rows)

    def to_frame(self) -> pd.DataFrame:
        """One row a construct: status, completeness, and each designed group's stance, as plain values."""
        import pandas as pd

        rows = {
            code: {"status": str(found.status), "completeness": found.completeness}
            | {group: str(found.stances.get(group, found.excluded.get(group, ""))) for group in self.groups or ()}
            for code, found in self.cells.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index")

    def follow_ups(self) -> Prose:
        """What to go back to the field for: silent groups to ask, conflicts to take back to those who differ."""
        points = tuple(point for code, found in self.cells.items() for point in self._follow_up(code, found))
        return Prose((points or (say("triangulation.no_follow_up"),),))

    def _follow_up(self, code: str, found: Cell) -> Iterator[str]:
        name = self.codebook[code].name
        if found.covered and found.silent:
            groups = ", ".join(map(column_name, found.silent))
            yield say("triangulation.ask_silent", code=name, groups=groups)
        opposed = [key for key, pair in found.pairs.items() if pair.status is Status.DISSONANCE]
        if opposed:
            pairs = "; ".join(say("triangulation.two", one=one, other=other) for one, other in opposed)
            yield say("triangulation.ask_again", code=name, pairs=pairs)
        if found.status is Status.NOT_ASSESSABLE:
            yield say("triangulation.attribute", code=name, count=len(found.unattributed))

    def negative_cases(self, code: str) -> Codings:
        """The codings that speak against where most groups stand, or both ways: the cases a finding must answer."""
        stances = list(self[code].stances.values())
        supports, opposes = stances.count(Stance.SUPPORTS), stances.count(Stance.OPPOSES)
        against = "menentang" if supports >= opposes else "mendukung"
        return self.codings(code).where(valence={against, "campuran"})

    def audit(self) -> Table:
        """Every verdict on this axis, oldest first: what was computed then and is now, who decided what, and why.

        A verdict that a later one replaced is still there.
        """
        rows = [
            [
                each.time.strftime("%Y-%m-%d %H:%M"),
                each.coder,
                self.codebook[each.code].name,
                status_words(Status(each.computed)) if each.computed else "–",
                status_words(Status(each.status)),
                status_words(self[each.code].status) if each.code in self.cells else "–",
                each.memo,
            ]
            for each in self.case.decisions
            if isinstance(each, Verdict) and each.axis == self.axis and each.code in self.codebook
        ]
        names = ("time", "coder", "code", "computed_then", "decided", "computed_now", "memo")
        columns = [say(f"audit.{name}") for name in names]
        return Table(say("audit.caption"), columns, rows or [[say("audit.none"), *[""] * (len(columns) - 1)]])

    def _repr_html_(self) -> str:
        return Stack((self.to_table(), self.reasons_table())).to_html()

    def __repr__(self) -> str:
        return say(
            "triangulation.summary", case=self.case.id, codebook=self.codebook.id, axis=self.axis, rows=len(self.cells)
        )


def triangulate(
    case: Case,
    codebook: Codebook,
    axis: str = "source",
    *,
    coder: str = "",
    theta: float = 1.0,
    codes: Iterable[Code] | None = None,
) -> TriangulationMatrix:
    """Compare, for every construct of a codebook, what the designed groups of a case say.

    Parameters
    ----------
    case : Case
        Its record names the groups the design compares, and the cells that were not asked or cannot apply.
    codebook : Codebook
    axis : str
        ``"source"``, ``"technique"``, ``"time"``, ``"coder"``, or ``"framework"``: what the codings made with other
        theories say of the same construct, by the crosswalk.
    coder : str
        Whose codings: as for `Case.coded_by`. On the coder axis always everybody's.
    theta : float
        As for `cell`.
    codes : iterable of Code, optional
        The constructs. Default: the codebook's indicators; on the framework axis the codes that the crosswalk names.

    Returns
    -------
    TriangulationMatrix

    Raises
    ------
    ParameterError
        When there is no such axis.
    """
    if axis not in AXES:
        raise ParameterError.of("axis", "axis", axis=axis, known=", ".join(AXES))
    groups = designed_groups(case, axis)
    cells = {}
    if axis == "framework":
        every = case.coded_by(coder)
        for code in _crossing(codebook, every.codebooks) if codes is None else codes:
            others = counterparts(code.id, every.codebooks)
            passages = every.of(code.id, *(other for same in others.values() for other in same))
            unheard = dict.fromkeys(set(groups or ()) - others.keys() - {codebook.id}, Exclusion.NOT_APPLICABLE)
            cells[code.id] = cell(evidence_of(passages), groups, axis=axis, theta=theta, excluded=unheard)
        return TriangulationMatrix(case, codebook, axis, groups, cells)
    codings = (case.codings if axis == "coder" else case.coded_by(coder)).using(codebook)
    designed = {str(group): count for group, count in getattr(case.groups.designed_sources, axis, {}).items()}
    for code in codebook.indicators if codes is None else codes:
        evidence = evidence_of(codings.exactly(code))
        excluded = excluded_groups(case, axis, code.id)
        cells[code.id] = cell(evidence, groups, axis=axis, theta=theta, excluded=excluded, designed_sources=designed)
    return TriangulationMatrix(case, codebook, axis, groups, cells)


def _crossing(codebook: Codebook, codebooks: Mapping[str, Codebook]) -> list[Code]:
    """The codes of a codebook that the crosswalk sets beside codes of others."""
    return [code for code in codebook if counterparts(code.id, codebooks)]


def excluded_groups(case: Case, axis: str, code: str) -> dict[str, Exclusion]:
    """The groups that the case's record leaves out of a construct on an axis, each with the reason."""
    said = (each for each in case.record.exclusions if (each.axis, each.code) == (axis, code))
    return {each.group: EXCLUDED[each.reason] for each in said}


def designed_groups(case: Case, axis: str) -> tuple[str, ...] | None:
    """The groups a case compares on an axis; None when its record names none."""
    named = {
        "source": case.groups.source,
        "technique": tuple(technique.value for technique in case.groups.technique),
        "time": case.groups.time,
        "coder": case.record.coders or case.codings.coders,
        "framework": case.record.frameworks,
    }
    return named[axis] or None


def evidence_of(codings: Codings) -> list[Evidence]:
    """Codings as evidence: passages that overlap are one passage, and reading notes are paraphrase."""
    return [_evidence(coding, passage) for passage, coding in _passages(codings)]


def _passages(codings: Codings) -> Iterator[tuple[tuple[str, str, int], Coding]]:
    """Each coding with its passage: the document and where the run of overlapping segments begins."""
    place: tuple[str, str, int] | None = None
    end = -1
    for coding in codings:  # in the order of documents and places
        segment = coding.segment
        here = (coding.case, coding.document.id)
        if place is None or place[:2] != here or segment.start >= end:
            place, end = (*here, segment.start), segment.end
        end = max(end, segment.end)
        yield place, coding


def _evidence(coding: Coding, passage: tuple[str, str, int]) -> Evidence:
    document = coding.document
    speaks_itself = document.technique not in (Technique.INTERVIEW, Technique.UNSTATED)
    return Evidence(
        segment=passage,
        source=coding.informant or (document.id if speaks_itself else None),
        technique=None if document.technique is Technique.UNSTATED else document.technique.value,
        time=coding.period,
        valence=coding.valence,
        indicators=frozenset(coding.tags),
        implicit=not coding.explicit,
        paraphrase=document.kind is Kind.READING_NOTES,
        coder=coding.coder,
        framework=coding.codebook,
        author=document.extra.get("author"),
        origin=coding,
    )


def _codings(items: Iterable[Evidence], like: Codings) -> Codings:
    found = [origin for item in items for origin in (item.origin if isinstance(item.origin, tuple) else (item.origin,))]
    return Codings((each for each in found if isinstance(each, Coding)), like.codebooks)


def status_name(found: Cell) -> str:
    """Letters and words of a cell's status; an agreement of people who are not independent says so."""
    name = status_words(found.status)
    if found.status is Status.AGREEMENT and not found.is_independent:
        return f"{name} ({say('triangulation.not_independent')})"
    return name


def status_words(status: Status) -> str:
    """A status in letters and words."""
    return f"{say(f'status_letters.{status}')} {say(f'status.{status}')}"


def _completeness(found: Cell) -> str:
    if found.completeness is None:
        return "–"
    share = number(round(100 * found.completeness))
    return f"{len(found.covered)}/{len(found.stances)} ({share}%)"


def remarks(found: Cell) -> Iterator[str]:
    """What a reader must know beside the status: reasons, splits, time, dependence, thinness, what was left out."""
    if found.excluded:
        left_out = (f"{group} ({say(f'exclusion.{reason}')})" for group, reason in found.excluded.items())
        yield say("triangulation.excluded", groups=", ".join(left_out))
    if found.status in (Status.PARTIAL, Status.DISSONANCE):
        differing = (reason for reason in found.reasons if reason != "same_meaning")
        yield say("triangulation.reasons", reasons="; ".join(say(f"reason.{reason}") for reason in differing))
    if found.internal_split:
        yield say("triangulation.split", groups=", ".join(found.internal_split))
    if found.time_check is not None:
        yield from _times(found)
    for (one, other), people in found.dependent.items():
        yield say("triangulation.dependent", one=one, other=other, people=", ".join(people))
    for group, flags in found.thin.items():
        if set(flags) - {"paraphrase_only"}:
            yield say("triangulation.thin", group=group, flags=", ".join(say(f"thin.{flag}") for flag in flags))
    if found.unattributed:
        yield say("triangulation.unattributed", count=len(found.unattributed))
    if "design_unknown" in found.notes:
        yield say("triangulation.design_unknown")


def _times(found: Cell) -> Iterator[str]:
    check = found.time_check
    assert check is not None
    if check.resolved:
        yield say("triangulation.resolved", groups=", ".join(check.resolved))
    if check.explained:
        yield say("triangulation.explained")
    for period, pairs in check.residual.items():
        if pairs:
            shown = "; ".join(f"{one} – {other}" for one, other in pairs)
            yield say("triangulation.residual", period=period, pairs=shown)
