"""Valence: whether a passage speaks for or against the construct it is coded with."""

from enum import StrEnum


class Valence(StrEnum):
    """What a coded passage says about its construct (not about the speaker's mood).

    `UNRESOLVED` is never given by a coder: it is what a passage has that coders judged differently.
    """

    SUPPORTS = "mendukung"
    OPPOSES = "menentang"
    MIXED = "campuran"
    DESCRIPTIVE = "deskriptif"
    UNRESOLVED = "belum diputuskan"


CODED = (Valence.SUPPORTS, Valence.OPPOSES, Valence.MIXED, Valence.DESCRIPTIVE)
"""The valences a coder may give."""
