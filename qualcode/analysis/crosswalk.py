"""The crosswalk: which codes of the frameworks speak of the same construct.

It only lays passages side by side; no coding is ever copied from one framework to another.
"""

from __future__ import annotations

from collections.abc import Mapping

from qualcode.coding.codebook import Codebook

CROSSWALK: Mapping[str, tuple[str, ...]] = {
    "planning": ("PAR-1", "DAV-F", *(f"PRP-0{step}" for step in range(1, 8)), "KHN-STR"),
    "production": ("PAR-2", "DAV-I.4", "PRP-08", "KHN-SHA"),
    "evaluation": ("PAR-3", "DAV-E.1", "DAV-E.2", "PRP-09", "KHN-MEA"),
    "timeliness": ("PAR-2.2", "UUP-11"),
    "obstacles": ("DAV-E.4", "PRP-10", "SWT-W"),
    "remedies": ("DAV-E.3", "PRP-11"),
    "openness": ("KHN-OPE", "UUP-08"),
    "participation": ("KHN-PAR", "UUP-06"),
    "resources": ("DAV-I.2",),
}
"""Construct -> codes; a code stands for the codes below it, too."""


def counterparts(code: str, codebooks: Mapping[str, Codebook]) -> dict[str, tuple[str, ...]]:
    """The codes of each other framework that speak of the same construct as `code`: codebook id -> codes.

    Examples
    --------
    >>> import qualcode as qc
    >>> counterparts("KHN-OPE", qc.open_project().codebooks)
    {'literature': ('UUP-08',)}
    """
    home = next((id for id, book in codebooks.items() if code in book), None)
    same = dict.fromkeys(each for codes in CROSSWALK.values() if code in codes for each in codes)
    found = {id: tuple(each for each in same if each in book) for id, book in codebooks.items() if id != home}
    return {id: codes for id, codes in found.items() if codes}
