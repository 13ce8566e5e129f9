"""What codings cannot say themselves: who read what, which samples were drawn, what was decided, what the design is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from qualcode.coding.journal import Adjudicate
from qualcode.coding.sampling import Sample

REFLEXIVE = ("refleksif", "reflexive")

AUTO = "auto"
"""The coder in whose name explicit rules code; no person goes by it, and what it codes stands aside until named."""


class Reading(NamedTuple):
    """That a coder coded a document with a codebook in a round, whatever codes she used."""

    codebook: str
    coder: str
    document: str
    round: int


@dataclass(frozen=True)
class Study:
    """The background of a case's codings.

    Attributes
    ----------
    approach : str
        As ``case.yaml`` says it.
    coders : tuple of str
        As ``case.yaml`` names them; the first is the main coder.
    readings : frozenset of Reading
        What no filter takes away: a document in which a coder used other codes was read by her, too.
    samples : tuple of Sample
        What was drawn for double coding, in the texts as they are now.
    adjudications : tuple of Adjudicate
        In force, in the order of time.
    decided : bool
        Whether these are codings as decided, on which no reliability can be computed.
    """

    approach: str = ""
    coders: tuple[str, ...] = ()
    readings: frozenset[Reading] = frozenset()
    samples: tuple[Sample, ...] = ()
    adjudications: tuple[Adjudicate, ...] = ()
    decided: bool = False

    @property
    def is_reflexive(self) -> bool:
        """Whether the approach rejects agreement between coders."""
        return any(word in self.approach.casefold() for word in REFLEXIVE)

    def after_decisions(self) -> Study:
        """The same for codings as decided."""
        return replace(self, decided=True)
