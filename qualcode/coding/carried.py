"""What became of a coded passage when its text was corrected; `carrying` finds it out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FUZZY", "KEPT", "LOST", "MOVED", "Carried", "CarriedStatus"]


class CarriedStatus(StrEnum):
    """What became of a passage when its text changed.

    KEPT: the same words at the same offsets, certain. MOVED: the same words at another offset, certain. FUZZY: the most
    likely place, to be confirmed by a person. LOST: no place is likely.
    """

    KEPT = "KEPT"
    MOVED = "MOVED"
    FUZZY = "FUZZY"
    LOST = "LOST"


KEPT, MOVED, FUZZY, LOST = CarriedStatus


@dataclass(frozen=True)
class Carried:
    """What became of one passage.

    Attributes
    ----------
    status : CarriedStatus
    start, end : int or None
        Code points of the new text; None when the passage is lost.
    similarity : float
        0 when lost, 1 when certain; between them how alike the passages are, some code points around them
        included (Indel ratio).
    """

    status: CarriedStatus
    start: int | None
    end: int | None
    similarity: float
