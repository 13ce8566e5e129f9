"""Questions about where codings stand to each other, as tests for ``codings.where(...)``: near, inside, followed by.

Each asks about other codings, which may be narrowed like any: ``ana.of("A").where(near(ana.of("B"), 1))``. Several
tests in one `where` must all hold; `any_of` and `none_of` join them otherwise. A coding never answers for itself, and
codings of other coders count as long as the others hold them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from enum import StrEnum

from qualcode.coding.codings import Coding, Codings
from qualcode.errors import ParameterError, UnknownNameError
from qualcode.text.document import Document, Segment
from qualcode.wording import say

__all__ = ["Measure", "Test", "any_of", "followed_by", "inside", "near", "none_of", "overlapping"]

Test = Callable[[Coding], bool]


class Measure(StrEnum):
    """In what a distance is counted."""

    TURN = "turn"
    CHARACTER = "character"


def overlapping(others: Codings) -> Test:
    """Codings that share at least one character with one of the others: both codes on one passage.

    Examples
    --------
    ``codings.of("A").where(overlapping(codings.of("B")))``: A and B; ``...where(none_of(overlapping(...)))``: A, not B.
    """
    return _some(others, lambda one, other: one.overlaps(other))


def inside(others: Codings) -> Test:
    """Codings that lie wholly within one of the others, or have the same boundaries."""
    return _some(others, lambda one, other: other.start <= one.start and one.end <= other.end)


def near(others: Codings, distance: int = 1, *, measure: Measure | str = Measure.TURN) -> Test:
    """Codings that have one of the others within a distance, before or after, in the same document.

    Parameters
    ----------
    others : Codings
    distance : int
        The largest; 0 turns is the same turn, 0 characters touching or overlapping.
    measure : Measure or str
        ``"turn"``: turns of a transcript, whoever speaks, and paragraphs of anything else; ``"character"``.

    Raises
    ------
    ParameterError
        When the distance is negative.
    UnknownNameError
        When there is no such measure.
    """
    gap = _gap(distance, measure)
    return _some(others, lambda one, other: min(abs(gap(one, other)), abs(gap(other, one))) <= distance)


def followed_by(others: Codings, distance: int = 1, *, measure: Measure | str = Measure.TURN) -> Test:
    """Codings after whose end one of the others begins within a distance; what overlaps does not follow.

    Parameters
    ----------
    others, distance, measure
        As for `near`.

    Raises
    ------
    ParameterError, UnknownNameError
        As for `near`.
    """
    gap = _gap(distance, measure)
    return _some(others, lambda one, other: one.end <= other.start and gap(one, other) <= distance)


def any_of(*tests: Test) -> Test:
    """Codings that pass at least one of the tests: OR."""
    return lambda coding: any(test(coding) for test in tests)


def none_of(*tests: Test) -> Test:
    """Codings that pass none of the tests: NOT."""
    return lambda coding: not any(test(coding) for test in tests)


def _some(others: Codings, related: Callable[[Segment, Segment], bool]) -> Test:
    """Whether any other coding of the same document is so related to the one that is asked about."""
    held: dict[tuple[str, str], list[Coding]] = {}
    for other in others:
        held.setdefault(_home(other.document), []).append(other)

    def test(coding: Coding) -> bool:
        return any(
            other.id != coding.id and related(coding.segment, other.segment)
            for other in held.get(_home(coding.document), ())
        )

    return test


def _home(document: Document) -> tuple[str, str]:
    return document.case, document.id


def _gap(distance: int, measure: Measure | str) -> Callable[[Segment, Segment], int]:
    """How far it is from the end of one segment to the beginning of another; 0 when they overlap."""
    if distance < 0:
        raise ParameterError.of("negative_distance", f"distance={distance}")
    try:
        chosen = Measure(measure)
    except ValueError:
        known = [each.value for each in Measure]
        raise UnknownNameError.among("measure", str(measure), known, place=say("query.place")) from None
    return _turns_between if chosen is Measure.TURN else _characters_between


def _characters_between(one: Segment, other: Segment) -> int:
    return 0 if one.start < other.end and other.start < one.end else other.start - one.end


def _turns_between(one: Segment, other: Segment) -> int:
    if one.start < other.end and other.start < one.end:
        return 0
    return _unit(one.document, other.start) - _unit(one.document, one.end - 1)


def _unit(document: Document, offset: int) -> int:
    """The number of the turn or paragraph an offset lies in; what stands before a unit belongs to the one before."""
    return bisect_right(document.units, offset, key=lambda unit: unit.start)
