"""Valence: whether a passage speaks for or against the construct it is coded with."""

from enum import StrEnum


class Valence(StrEnum):
    """What a coded passage says about its construct (not about the speaker's mood)."""

    SUPPORTS = "mendukung"
    OPPOSES = "menentang"
    MIXED = "campuran"
    DESCRIPTIVE = "deskriptif"
