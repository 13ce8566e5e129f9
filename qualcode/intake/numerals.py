"""The markers of a list as its reader sees them: 1., a), iv."""

from __future__ import annotations

_ROMAN = [
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
]
_LARGEST = 100_000

BULLET = "•"


def numeral(number: int, form: str) -> str:
    """A list's number in the form ``1``, ``01``, ``a``, ``A``, ``i`` or ``I``; an empty form gives nothing.

    Examples
    --------
    >>> [numeral(4, form) for form in ("1", "01", "a", "A", "i", "I", "")]
    ['4', '04', 'd', 'D', 'iv', 'IV', '']
    >>> numeral(28, "a")
    'bb'
    """
    if not form:
        return ""
    if form == "01":
        return f"{number:02d}"
    if not 0 < number < _LARGEST or form not in ("a", "A", "i", "I"):
        return str(number)
    # Word and LibreOffice go on after z with aa, bb, cc.
    letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
    written = letters if form in ("a", "A") else _roman(number)
    return written.upper() if form.isupper() else written


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def bullet(sign: str) -> str:
    """A bullet as it is seen: the private signs of symbol fonts become a plain bullet."""
    sign = sign.strip()
    return BULLET if not sign or sign in ("·", "§") or "\ue000" <= sign[0] <= "\uf8ff" else sign
