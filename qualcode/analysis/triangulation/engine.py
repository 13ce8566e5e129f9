"""The rules by which groups of evidence agree, differ or are silent: pure functions on plain evidence.

After the triangulation protocol of Farmer, Robinson, Elliott & Eyles (2006, Qualitative Health Research 16(3)): groups
are compared in pairs, in meaning and in examples; convergence and completeness are two separate findings. Two choices
are our own and stricter: opposed meaning is always dissonance, and in a group each source has one vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from qualcode.coding.valence import Valence
from qualcode.errors import ParameterError


class Status(StrEnum):
    """What a comparison comes to."""

    AGREEMENT = "agreement"
    PARTIAL = "partial"
    SILENCE = "silence"
    DISSONANCE = "dissonance"
    NO_DATA = "no_data"
    NOT_ASSESSABLE = "not_assessable"
    NOT_TRIANGULATED = "not_triangulated"


class Stance(StrEnum):
    """What a source or a group says as a whole."""

    SUPPORTS = "supports"
    OPPOSES = "opposes"
    MIXED = "mixed"
    DESCRIPTIVE = "descriptive"
    UNRESOLVED = "unresolved"
    SILENT = "silent"


class Exclusion(StrEnum):
    """Why a designed group leaves the design of a cell: its silence would mean nothing."""

    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"


JUDGING = (Stance.SUPPORTS, Stance.OPPOSES, Stance.MIXED)
UNJUDGED = (Stance.DESCRIPTIVE, Stance.UNRESOLVED)
PROMINENCE_NEEDS = 3
"""Designed sources a group must have before its prominence is compared."""
PROMINENCE_GAP = 0.5


@dataclass(frozen=True)
class Evidence:
    """One passage that speaks to the construct.

    Attributes
    ----------
    segment : hashable
        Which passage; the same passage counts once.
    source, technique, time : str or None
        Who says it, how it was collected, of which period it speaks; None when not stated.
    valence : Valence
    indicators : frozenset of str
        Tags that name the examples it gives.
    implicit, paraphrase : bool
        Whether the view is only implied; whether the words are not the source's own.
    coder, framework : str or None
        For the axes of these names.
    author : str or None
        Whose work or words this really is where it is not `source`: who wrote the document, whom the observer quotes.
    origin : object
        What it was made of, to open the cell to; never looked at here.
    """

    segment: Hashable
    source: str | None
    technique: str | None
    time: str | None
    valence: Valence
    indicators: frozenset[str] = frozenset()
    implicit: bool = False
    paraphrase: bool = False
    coder: str | None = None
    framework: str | None = None
    author: str | None = None
    origin: object = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.valence, Valence):
            object.__setattr__(self, "valence", Valence(self.valence))
        if not isinstance(self.indicators, frozenset):
            object.__setattr__(self, "indicators", frozenset(self.indicators))


@dataclass(frozen=True)
class Pair:
    """How two groups compare, and why."""

    status: Status
    reason: str


@dataclass(frozen=True)
class TimeCheck:
    """Whether a conflict is one of times.

    Attributes
    ----------
    residual : mapping of str to tuple of pairs of groups
        Period -> the pairs that still conflict when only what speaks of this period is compared.
    resolved : tuple of str
        Groups that are mixed as a whole but not within any period: they tell of a change.
    """

    residual: Mapping[str, tuple[tuple[str, str], ...]]
    resolved: tuple[str, ...]

    @property
    def explained(self) -> bool:
        """Whether no conflict is left in any period."""
        return not any(self.residual.values())


@dataclass(frozen=True)
class Cell:
    """What the groups say about one construct.

    Attributes
    ----------
    status : Status
    stances : mapping of str to Stance
        Each designed group, excluded ones left out, in the order given.
    evidence : mapping of str to tuple of Evidence
        Each group's evidence after cleaning: one item a passage.
    unattributed : tuple of Evidence
        What belongs to no group on this axis, because the source does not say.
    outside : mapping of str to tuple of Evidence
        Evidence of groups that the design does not name, or that are excluded.
    excluded : mapping of str to Exclusion
    internal_split : tuple of str
        Groups in which one source supports and another opposes: look at the source axis.
    time_check : TimeCheck or None
        Only for a conflict on the source or technique axis with two periods or more.
    dependent : mapping of (str, str) to tuple of str
        Pairs that are not independent -> the people behind both.
    thin : mapping of str to tuple of str
        Groups that rest on little -> `one_segment`, `one_source`, `implicit_only`, `paraphrase_only`.
    designed_sources : mapping of str to int
    design_known : bool
    """

    status: Status
    stances: Mapping[str, Stance]
    evidence: Mapping[str, tuple[Evidence, ...]]
    unattributed: tuple[Evidence, ...]
    outside: Mapping[str, tuple[Evidence, ...]]
    excluded: Mapping[str, Exclusion]
    internal_split: tuple[str, ...]
    time_check: TimeCheck | None
    dependent: Mapping[tuple[str, str], tuple[str, ...]]
    thin: Mapping[str, tuple[str, ...]]
    designed_sources: Mapping[str, int]
    design_known: bool

    @cached_property
    def pairs(self) -> dict[tuple[str, str], Pair]:
        """Each pair of designed groups, in the order given: how they compare, and why."""
        return {key: pair for key, pair, _ in _pairs(self.evidence, self.stances, self.designed_sources)}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What could not be compared: `examples_not_tagged`, `prominence_not_assessable`, `design_unknown`."""
        found = _pairs(self.evidence, self.stances, self.designed_sources)
        unknown = () if self.design_known else ("design_unknown",)
        return tuple(dict.fromkeys([*(note for _, _, notes in found for note in notes), *unknown]))

    @property
    def covered(self) -> tuple[str, ...]:
        """The designed groups that say anything."""
        return tuple(group for group, stance in self.stances.items() if stance is not Stance.SILENT)

    @property
    def silent(self) -> tuple[str, ...]:
        """The designed groups that say nothing."""
        return tuple(group for group, stance in self.stances.items() if stance is Stance.SILENT)

    @property
    def completeness(self) -> float | None:
        """Covered groups / designed groups; None without any. It never enters the status."""
        return len(self.covered) / len(self.stances) if self.stances else None

    @property
    def pair_counts(self) -> dict[Status, int]:
        """How many pairs agree, agree in part, are silent, conflict."""
        counted = Counter(pair.status for pair in self.pairs.values())
        return {s: counted[s] for s in (Status.AGREEMENT, Status.PARTIAL, Status.SILENCE, Status.DISSONANCE)}

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons of the pairs between covered groups, each once, in order."""
        covered = set(self.covered)
        return tuple(dict.fromkeys(pair.reason for key, pair in self.pairs.items() if covered.issuperset(key)))

    @property
    def is_independent(self) -> bool:
        """Whether no two covered groups have somebody behind both."""
        return not self.dependent


def cell(
    evidence: Iterable[Evidence],
    groups: Sequence[str] | None,
    *,
    axis: str,
    theta: float = 1.0,
    excluded: Mapping[str, Exclusion | str] | None = None,
    designed_sources: Mapping[str, int] | None = None,
) -> Cell:
    """Compare groups of evidence about one construct.

    Parameters
    ----------
    evidence : iterable of Evidence
        All that speaks to the construct, in any order.
    groups : sequence of str, or None
        The groups the design compares on this axis, in the order in which pairs are named; None when the design is
        not known. They come from the design, not from the data.
    axis : str
        ``"source"``, ``"technique"``, ``"time"``, ``"coder"`` or ``"framework"``: which attribute of the evidence
        tells its group.
    theta : float
        Share of a source's judging passages that must point one way before the source does, above 0.5 up to 1.
    excluded : mapping of str to Exclusion, optional
        Groups that were not asked, or to which the construct cannot apply.
    designed_sources : mapping of str to int, optional
        How many sources the design foresaw in each group; prominence is compared only from three on.

    Returns
    -------
    Cell

    Raises
    ------
    ParameterError
        When `theta` or `axis` is impossible.

    Examples
    --------
    >>> said = [Evidence(1, "I1", "wawancara", "kini", Valence.SUPPORTS),
    ...         Evidence(2, "I2", "wawancara", "kini", Valence.OPPOSES)]
    >>> cell(said, ["I1", "I2"], axis="source").status
    <Status.DISSONANCE: 'dissonance'>
    """
    if not 0.5 < theta <= 1:
        raise ParameterError.of("theta", "theta", theta=theta)
    if axis not in _GROUP_ON:
        raise ParameterError.of("axis", "axis", axis=axis, known=", ".join(_GROUP_ON))
    reasons = {group: Exclusion(reason) for group, reason in (excluded or {}).items()}
    design = [group for group in dict.fromkeys(groups or ()) if group not in reasons]
    sorted_in = _sorted_in(_cleaned(evidence, axis), _GROUP_ON[axis])
    unattributed = tuple(sorted_in.pop(None, ()))
    inside = {group: tuple(sorted_in.pop(group, ())) for group in design}
    stances, split = _stances(inside, theta)
    designed = dict(designed_sources or {})
    if groups is None:
        status = Status.NOT_ASSESSABLE if unattributed or sorted_in else Status.NO_DATA
    else:
        status = _status(inside, stances, designed, unattributed)
    return Cell(
        status=status,
        stances=stances,
        evidence=inside,
        unattributed=unattributed,
        outside={str(group): tuple(items) for group, items in sorted_in.items()},
        excluded={group: reason for group, reason in reasons.items() if group in (groups or ())},
        internal_split=split,
        time_check=_time_check(inside, stances, theta) if axis in ("source", "technique") else None,
        dependent=_dependent(inside, axis),
        thin={group: flags for group, items in inside.items() if (flags := _thinness(items, axis))},
        designed_sources=designed,
        design_known=groups is not None,
    )


_GROUP_ON: dict[str, Callable[[Evidence], str | None]] = {
    "source": lambda item: item.source,
    "technique": lambda item: item.technique,
    "time": lambda item: item.time,
    "coder": lambda item: item.coder,
    "framework": lambda item: item.framework,
}


def _cleaned(evidence: Iterable[Evidence], axis: str) -> list[Evidence]:
    """One item a passage: where several judged it differently, the valence is unresolved.

    On the coder and framework axes the same passage counts once for each coder or framework: they are what is
    compared.
    """
    apart = _GROUP_ON[axis] if axis in ("coder", "framework") else lambda item: None
    passages: dict[Hashable, list[Evidence]] = {}
    for item in evidence:
        passages.setdefault((item.segment, item.source, item.technique, item.time, apart(item)), []).append(item)
    return [items[0] if len(items) == 1 else _united(items) for items in passages.values()]


def _united(items: list[Evidence]) -> Evidence:
    valences = {item.valence for item in items}
    return replace(
        items[0],
        valence=valences.pop() if len(valences) == 1 else Valence.UNRESOLVED,
        indicators=frozenset().union(*(item.indicators for item in items)),
        implicit=all(item.implicit for item in items),
        paraphrase=all(item.paraphrase for item in items),
        origin=tuple(item.origin for item in items),
    )


def _sorted_in(
    items: Iterable[Evidence], group_of: Callable[[Evidence], str | None]
) -> dict[str | None, list[Evidence]]:
    groups: dict[str | None, list[Evidence]] = {}
    for item in items:
        groups.setdefault(group_of(item), []).append(item)
    return groups


def _stances(inside: Mapping[str, tuple[Evidence, ...]], theta: float) -> tuple[dict[str, Stance], tuple[str, ...]]:
    """Each group's stance, one source one vote; and the groups whose sources contradict each other."""
    stances: dict[str, Stance] = {}
    split = []
    for group, items in inside.items():
        votes = {_source_stance(said, theta) for said in _sorted_in(items, lambda item: item.source).values()}
        stances[group] = _group_stance(votes)
        if {Stance.SUPPORTS, Stance.OPPOSES} <= votes:
            split.append(group)
    return stances, tuple(split)


def stance_of(evidence: Iterable[Evidence], *, theta: float = 1.0) -> Stance:
    """What a group of evidence says as a whole: one item a passage, one vote a source.

    Examples
    --------
    >>> stance_of([Evidence(1, "I1", None, None, Valence.SUPPORTS), Evidence(2, "I2", None, None, Valence.MIXED)])
    <Stance.MIXED: 'mixed'>
    """
    return _stances({"": tuple(_cleaned(evidence, "source"))}, theta)[0][""]


def _source_stance(items: Sequence[Evidence], theta: float) -> Stance:
    said = Counter(item.valence for item in items)
    judging = said[Valence.SUPPORTS] + said[Valence.OPPOSES] + said[Valence.MIXED]
    if not judging:
        return Stance.UNRESOLVED if said[Valence.UNRESOLVED] else Stance.DESCRIPTIVE
    if said[Valence.SUPPORTS] / judging >= theta:
        return Stance.SUPPORTS
    if said[Valence.OPPOSES] / judging >= theta:
        return Stance.OPPOSES
    return Stance.MIXED


def _group_stance(votes: set[Stance]) -> Stance:
    judging = votes.intersection(JUDGING)
    if len(judging) == 1:
        return judging.pop()
    if judging:
        return Stance.MIXED
    return next((stance for stance in reversed(UNJUDGED) if stance in votes), Stance.SILENT)


def _pairs(
    inside: Mapping[str, tuple[Evidence, ...]], stances: Mapping[str, Stance], designed: Mapping[str, int]
) -> Iterator[tuple[tuple[str, str], Pair, tuple[str, ...]]]:
    """Compare each pair of groups: the pair, how it compares, and what could not be compared."""
    tags = {group: frozenset().union(*(item.indicators for item in items)) for group, items in inside.items()}
    for one, other in combinations(inside, 2):
        tagged = bool(tags[one] and tags[other])
        common = not tagged or not tags[one].isdisjoint(tags[other])
        pair = compare(stances[one], stances[other], common_examples=common, tagged=tagged)
        notes: tuple[str, ...] = ()
        if pair.status is Status.AGREEMENT:
            notes = () if tagged else ("examples_not_tagged",)
            if min(designed.get(one, 0), designed.get(other, 0)) < PROMINENCE_NEEDS:
                notes += ("prominence_not_assessable",)
            elif _prominence_gap(inside, designed, one, other) > PROMINENCE_GAP:
                pair = Pair(Status.PARTIAL, "prominence_gap")
        yield (one, other), pair, notes


def _prominence_gap(
    inside: Mapping[str, tuple[Evidence, ...]], designed: Mapping[str, int], one: str, other: str
) -> float:
    """How far apart the shares of designed sources are that speak to the construct at all."""
    shares = [min(1.0, len({item.source for item in inside[group]}) / designed[group]) for group in (one, other)]
    return abs(shares[0] - shares[1])


def compare(one: Stance, other: Stance, *, common_examples: bool, tagged: bool = True) -> Pair:
    """Compare the stances of two groups.

    Parameters
    ----------
    one, other : Stance
    common_examples : bool
        Whether the groups give a common example; taken as given where either has no tags.
    tagged : bool
        Whether both groups have tags.
    """
    stances = {one, other}
    if Stance.SILENT in stances:
        return Pair(Status.NO_DATA, "both_silent") if one is other else Pair(Status.SILENCE, "one_silent")
    if stances.intersection(UNJUDGED):
        return Pair(Status.PARTIAL, "meaning_not_assessed")
    if Stance.MIXED in stances:
        return Pair(Status.PARTIAL, "both_mixed" if one is other else "one_mixed")
    if one is not other:
        same = tagged and common_examples
        return Pair(Status.DISSONANCE, "same_evidence_opposite_reading" if same else "opposite_meaning")
    if common_examples:
        return Pair(Status.AGREEMENT, "same_meaning")
    return Pair(Status.PARTIAL, "different_examples")


def _status(
    inside: Mapping[str, tuple[Evidence, ...]],
    stances: Mapping[str, Stance],
    designed: Mapping[str, int],
    unattributed: Sequence[Evidence],
) -> Status:
    if len(stances) < 2:
        return Status.NOT_TRIANGULATED
    covered = {group: items for group, items in inside.items() if stances[group] is not Stance.SILENT}
    if not covered:
        return Status.NOT_ASSESSABLE if unattributed else Status.NO_DATA
    if len(covered) == 1:
        return Status.SILENCE
    found = {stances[group] for group in covered}
    if {Stance.SUPPORTS, Stance.OPPOSES} <= found:
        return Status.DISSONANCE
    if len(found) > 1 or not found <= {Stance.SUPPORTS, Stance.OPPOSES}:
        return Status.PARTIAL
    agreed = all(pair.status is Status.AGREEMENT for _, pair, _ in _pairs(covered, stances, designed))
    return Status.AGREEMENT if agreed else Status.PARTIAL


def _time_check(
    inside: Mapping[str, tuple[Evidence, ...]], stances: Mapping[str, Stance], theta: float
) -> TimeCheck | None:
    """Compare again inside each period.

    What speaks of no stated period is compared in every period: time explains nothing about it.
    """
    periods = sorted({item.time for items in inside.values() for item in items if item.time})
    if len(periods) < 2 or not _conflicts(stances):
        return None
    within = {}
    for period in periods:
        then = {group: tuple(i for i in items if i.time in (period, None)) for group, items in inside.items()}
        within[period] = _stances(then, theta)[0]
    resolved = tuple(
        group
        for group, stance in stances.items()
        if stance is Stance.MIXED and all(then[group] is not Stance.MIXED for then in within.values())
    )
    return TimeCheck({period: _conflicts(then) for period, then in within.items()}, resolved)


def _conflicts(stances: Mapping[str, Stance]) -> tuple[tuple[str, str], ...]:
    sided = [group for group, stance in stances.items() if stance in (Stance.SUPPORTS, Stance.OPPOSES)]
    return tuple((a, b) for a, b in combinations(sided, 2) if stances[a] is not stances[b])


def _dependent(inside: Mapping[str, tuple[Evidence, ...]], axis: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Pairs of groups with somebody behind both; coders and frameworks look at the same people by design."""
    if axis not in ("source", "technique"):
        return {}
    behind: dict[str, list[str]] = {}
    for group, items in inside.items():
        for who in {who for item in items for who in (item.author, item.source) if who}:
            behind.setdefault(who, []).append(group)
    shared: dict[tuple[str, str], list[str]] = {}
    for who in sorted(who for who, groups in behind.items() if len(groups) > 1):
        for pair in combinations(behind[who], 2):
            shared.setdefault(pair, []).append(who)
    return {pair: tuple(people) for pair, people in shared.items()}


def _thinness(items: Sequence[Evidence], axis: str) -> tuple[str, ...]:
    if not items:
        return ()
    flags = {
        "one_segment": len(items) == 1,
        "one_source": axis != "source" and len({item.source for item in items}) == 1,
        "implicit_only": all(item.implicit for item in items),
        "paraphrase_only": all(item.paraphrase for item in items),
    }
    return tuple(flag for flag, holds in flags.items() if holds)
