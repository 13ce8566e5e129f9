"""Triangulation: what groups of evidence say about one construct, pair by pair; it decides nothing by itself."""

from qualcode.analysis.triangulation.engine import (
    Cell,
    Evidence,
    Exclusion,
    Pair,
    Stance,
    Status,
    TimeCheck,
    cell,
    compare,
    stance_of,
)
from qualcode.analysis.triangulation.matrix import TriangulationMatrix, triangulate
from qualcode.coding.valence import Valence

__all__ = [
    "Cell",
    "Evidence",
    "Exclusion",
    "Pair",
    "Stance",
    "Status",
    "TimeCheck",
    "TriangulationMatrix",
    "Valence",
    "cell",
    "compare",
    "stance_of",
    "triangulate",
]
