"""Lists of words written as running text."""

from __future__ import annotations

__all__ = ["listed"]


def listed(text: str) -> frozenset[str]:
    """The words of a text, parted by blanks and line ends.

    Examples
    --------
    >>> sorted(listed("dll dsb dst"))
    ['dll', 'dsb', 'dst']
    """
    return frozenset(text.split())
