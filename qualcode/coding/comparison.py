"""What several coders, or one coder in several rounds, made of the same passages, and what was decided of it.

Missing is not absent: whoever never read a passage has said nothing about it, whoever read it and coded nothing has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from qualcode.coding.codings import Coding, Codings
from qualcode.coding.journal import Adjudicate
from qualcode.coding.sampling import Span
from qualcode.coding.study import Reading
from qualcode.coding.valence import Valence
from qualcode.errors import ParameterError
from qualcode.text.document import Segment

Place = tuple[str, str]
"""Case and document."""


class Raters(StrEnum):
    """Who is compared: coders with each other, or the rounds of one coder."""

    CODER = "coder"
    ROUND = "round"


@dataclass(frozen=True)
class Panel:
    """Who is compared, the codings that count, and what each has read.

    Attributes
    ----------
    by : Raters
    raters : tuple of str
        Coders' ids, or the numbers of rounds.
    codings : Codings
    later : tuple of Coding
        Left out: a coder is compared with others by one round of a document.
    sampled : tuple of str
        Raters for whom a sample was drawn: only its units count.
    read : mapping
        (rater, case, document) -> the spans that count, None for the whole document; what is not here was not read.
    """

    by: Raters
    raters: tuple[str, ...]
    codings: Codings
    later: tuple[Coding, ...]
    sampled: tuple[str, ...]
    read: Mapping[tuple[str, str, str], tuple[Span, ...] | None]

    def rater(self, coding: Coding) -> str:
        """Whose coding it is."""
        return _rater(coding, self.by)

    def has_read(self, rater: str, place: Place, start: int, end: int) -> bool:
        """Whether any of ``text[start:end]`` was read by the rater."""
        spans = self.read.get((rater, *place), ())
        return spans is None or any(begin < end and start < stop for begin, stop in spans)

    def readers(self, segment: Segment) -> tuple[str, ...]:
        """Who has read some of a segment."""
        place = (segment.document.case, segment.document.id)
        return tuple(each for each in self.raters if self.has_read(each, place, segment.start, segment.end))


def panel_of(codings: Codings, by: Raters | str = Raters.CODER, *, newest: bool = False) -> Panel:
    """Find who can be compared in codings of one codebook, and what each has read.

    A coder has read the documents in which she coded anything with the codebook; where a sample was drawn for her, its
    units and nothing else. Only documents in which the selection holds a coding take part. A document that a coder
    coded in several rounds counts with the first of them, or, for `newest`, with the last that was no sample.

    Raises
    ------
    ParameterError
        When the codings are of several codebooks, as decided rather than as made, or for rounds of several coders.
    """
    chosen = Raters(by)
    if len({each.codebook for each in codings}) > 1:
        raise ParameterError.of("agree_one_codebook", "codings")
    if any(codings.studies[each.case].decided for each in codings if each.case in codings.studies):
        raise ParameterError.of("agree_decided", "codings")
    if chosen is Raters.ROUND and len(codings.coders) > 1:
        raise ParameterError.of("agree_one_coder", "raters", coders=", ".join(codings.coders))
    read: dict[tuple[str, str, str], tuple[Span, ...] | None] = {}
    rounds: dict[tuple[str, str, str], int] = {}
    for (case, reading), spans in _readings(codings).items():
        rater = reading.coder if chosen is Raters.CODER else str(reading.round)
        key = (rater, case, reading.document)
        if key not in rounds or _counts_more((reading.round, spans), (rounds[key], read[key]), newest):
            rounds[key], read[key] = reading.round, spans
    counted = codings.where(lambda each: rounds.get((_rater(each, chosen), *_place(each))) == each.round)
    raters = sorted({_rater(each, chosen) for each in codings}, key=lambda rater: (len(rater), rater))
    return Panel(
        chosen,
        tuple(raters) if chosen is Raters.ROUND else codings.coders,
        counted,
        tuple(each for each in codings if rounds.get((_rater(each, chosen), *_place(each)), each.round) != each.round),
        tuple(dict.fromkeys(key[0] for key, spans in sorted(read.items(), key=str) if spans is not None)),
        read,
    )


def _readings(codings: Codings) -> dict[tuple[str, Reading], tuple[Span, ...] | None]:
    """Which documents of the selection were read by whom in which round, and which spans of them; None for all."""
    places = {_place(each) for each in codings}
    books, rounds = {each.codebook for each in codings}, {each.round for each in codings}
    found: dict[tuple[str, Reading], tuple[Span, ...] | None] = {}
    for each in codings:
        found[each.case, Reading(each.codebook, each.coder, each.document.id, each.round)] = None
    for case, study in codings.studies.items():
        wanted = (each for each in study.readings if each.codebook in books and each.coder in codings.coders)
        found |= {(case, each): None for each in wanted if (case, each.document) in places and each.round in rounds}
        for sample in study.samples:
            if sample.codebook not in books or sample.coder not in codings.coders or sample.round not in rounds:
                continue
            own = [key for key in found if key[0] == case and _is_for(key[1], sample.coder, sample.round)]
            for key in own:
                found.pop(key)
            for document, drawn in sample.documents.items():
                if (case, document) in places:
                    reading = Reading(sample.codebook, sample.coder, document, sample.round)
                    found[case, reading] = tuple(drawn.units)
    return found


def _is_for(reading: Reading, coder: str, round: int) -> bool:
    return (reading.coder, reading.round) == (coder, round)


def _counts_more(
    one: tuple[int, tuple[Span, ...] | None], other: tuple[int, tuple[Span, ...] | None], newest: bool
) -> bool:
    """Whether the first round of a document counts in place of the second."""
    if not newest:
        return one[0] < other[0]
    return (one[1] is None, one[0]) > (other[1] is None, other[0])


def _rater(coding: Coding, by: Raters) -> str:
    return coding.coder if by is Raters.CODER else str(coding.round)


def _place(coding: Coding) -> Place:
    return (coding.case, coding.document.id)


class Kind(StrEnum):
    """How raters differ on a passage; what weighs more comes first."""

    CODE = "code"
    VALENCE = "valence"
    SILENT = "silent"
    BOUNDARY = "boundary"


@dataclass(frozen=True)
class Passage:
    """Codings that belong together: the same code on overlapping words, or another code in its place.

    Attributes
    ----------
    kind : Kind or None
        None where all who read the passage agree.
    sides : mapping of str to tuple of Coding
        Rater -> hers; empty for one who read the passage and is silent. Who did not read it is not there.
    """

    kind: Kind | None
    sides: Mapping[str, tuple[Coding, ...]]

    @property
    def codings(self) -> tuple[Coding, ...]:
        """All of them, rater by rater."""
        return tuple(each for side in self.sides.values() for each in side)

    @property
    def segment(self) -> Segment:
        """The words from where the first begins to where the last ends."""
        segments = [each.segment for each in self.codings]
        return segments[0].document.segment(min(each.start for each in segments), max(each.end for each in segments))


def passages(panel: Panel) -> list[Passage]:
    """Sort the codings of a panel into passages, in the order of documents and places."""
    found: list[Passage] = []
    lonely: list[Passage] = []
    for each in _components(panel):
        (lonely if each.kind is Kind.SILENT else found).append(each)
    return sorted([*found, *_with_other_code(lonely)], key=_order)


def _components(panel: Panel) -> Iterator[Passage]:
    """Runs of overlapping codings with the same code."""
    sorted_in: dict[tuple[str, str, str], list[Coding]] = {}
    for coding in panel.codings:
        sorted_in.setdefault((*_place(coding), coding.code), []).append(coding)
    for codings in sorted_in.values():
        run: list[Coding] = []
        end = -1
        for coding in codings:  # in the order of places
            if run and coding.segment.start >= end:
                yield _passage(panel, run)
                run = []
            run.append(coding)
            end = max(end, coding.segment.end) if len(run) > 1 else coding.segment.end
        yield _passage(panel, run)


def _passage(panel: Panel, codings: Sequence[Coding]) -> Passage:
    having = {panel.rater(each) for each in codings}
    reading = {rater for each in codings for rater in panel.readers(each.segment)} | having
    sides = {
        rater: tuple(each for each in codings if panel.rater(each) == rater)
        for rater in panel.raters
        if rater in reading
    }
    return Passage(_kind(sides), sides)


def _kind(sides: Mapping[str, tuple[Coding, ...]]) -> Kind | None:
    if not all(sides.values()):
        return Kind.SILENT
    if len({frozenset(each.valence for each in side) for side in sides.values()}) > 1:
        return Kind.VALENCE
    spans = {tuple((each.segment.start, each.segment.end) for each in side) for side in sides.values()}
    return Kind.BOUNDARY if len(spans) > 1 else None


def _with_other_code(lonely: Sequence[Passage]) -> Iterator[Passage]:
    """Passages that only some coded, each with one to which others gave another code; the widest overlaps first."""
    pairs = []
    for place, one in enumerate(lonely):
        for beside, other in enumerate(lonely[place + 1 :], start=place + 1):
            shared = 0 if _raters_of(one) & _raters_of(other) else _overlap(one, other)
            if shared:
                pairs.append((-shared, place, beside))
    taken: set[int] = set()
    for _, place, beside in sorted(pairs):
        if not {place, beside} & taken:
            taken |= {place, beside}
            one, other = lonely[place], lonely[beside]
            both = {**one.sides, **other.sides}
            sides = {rater: one.sides.get(rater, ()) + other.sides.get(rater, ()) for rater in both}
            yield Passage(Kind.CODE, sides)
    yield from (each for place, each in enumerate(lonely) if place not in taken)


def _raters_of(passage: Passage) -> set[str]:
    return {rater for rater, side in passage.sides.items() if side}


def _overlap(one: Passage, other: Passage) -> int:
    """How many characters the codings of two passages share at most."""
    pairs = ((a.segment, b.segment) for a in one.codings for b in other.codings)
    return max((min(a.end, b.end) - max(a.start, b.start) for a, b in pairs if a.overlaps(b)), default=0)


def _order(passage: Passage) -> tuple[str, str, int, int]:
    segment = passage.segment
    return (segment.document.case, segment.document.id, segment.start, segment.end)


def decision_on(codings: Iterable[Coding], adjudications: Iterable[Adjudicate]) -> Adjudicate | None:
    """The newest adjudication that names any of the codings."""
    ids = {each.id for each in codings}
    return max((each for each in adjudications if ids & set(each.codings)), key=lambda each: each.id, default=None)


def decided(codings: Codings, adjudications: Iterable[Adjudicate], *, first: Sequence[str] = ()) -> Codings:
    """The codings as decided, each code of a passage by itself.

    Parameters
    ----------
    codings : Codings
        Of one case; any codebooks.
    adjudications : iterable of Adjudicate
        An adjudication speaks for every code of a passage that it names a coding of; the newest counts.
    first : sequence of str
        Whose codings stand where coders agree: the first of these who is there, else the first by name.

    Returns
    -------
    Codings
        Unanimous codings once; adjudicated ones with code, valence and memo of the decision, the words of the first
        coding that it names and still stands, its id, and the adjudicator as coder; codings on whose valence alone
        coders differ, as `Valence.UNRESOLVED`. Other undecided differences, and what was dropped, are left out.
    """
    events = list(adjudications)
    standing = {each.id: each for each in codings}
    kept: dict[str, Coding] = {}
    for book in dict.fromkeys(each.codebook for each in codings):
        known = codings.codebooks.get(book)
        for passage in _components(panel_of(codings.using(book), newest=True)):
            decision = decision_on(passage.codings, events)
            if decision is not None and (decision.code is None or known is None or decision.code in known):
                kept |= {each.id: each for each in _as_decided(decision, standing)}
            elif decision is None and passage.kind is not Kind.SILENT:
                kept |= {each.id: each for each in _as_agreed(passage, first)}
    studies = {case: study.after_decisions() for case, study in codings.studies.items()}
    return Codings(kept.values(), codings.codebooks, studies)


def _as_decided(decision: Adjudicate, standing: Mapping[str, Coding]) -> Iterator[Coding]:
    words = next((standing[id] for id in decision.codings if id in standing), None)
    if decision.code is not None and words is not None:
        said = {"code": decision.code, "valence": decision.valence, "memo": decision.memo, "coder": decision.coder}
        yield replace(words, **said)  # type: ignore[arg-type]


def _as_agreed(passage: Passage, first: Sequence[str]) -> Iterator[Coding]:
    side = next((passage.sides[coder] for coder in (*first, *sorted(passage.sides)) if coder in passage.sides), ())
    resolved: Callable[[Coding], Coding] = (
        (lambda each: replace(each, valence=Valence.UNRESOLVED)) if passage.kind is Kind.VALENCE else lambda each: each
    )
    yield from map(resolved, side)
