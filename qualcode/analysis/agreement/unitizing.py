"""Krippendorff's unitizing family: agreement on free spans, on where they begin and end and on their codes.

The family takes segments of one coder to exclude each other. Where codes may overlap, ask code by code (one code
against everything else) or for the codes of one dimension at a time. Several documents are laid end to end: shift the
spans of each by the length of those before it, and give the sum of the lengths.

Source: Krippendorff, K., Mathet, Y., Bouvry, S. & Widlöcher, A. (2016), On the reliability of unitizing textual
continua: further developments, *Quality & Quantity* 50(6), 2347-2364. The formulas follow the implementations that cite
its equations 1 to 13.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from operator import index

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis.agreement.coefficients import Coefficient
from qualcode.analysis.agreement.reasons import undefined
from qualcode.errors import ParameterError, Undefined

Span = tuple[int, int, Hashable]
"""Start, end (not included) and code."""

_GAP = 0


@dataclass(frozen=True)
class UnitizingAlpha:
    """The family on one continuum.

    Attributes
    ----------
    u : Coefficient
        u-alpha: segmenting and coding together.
    relevance : Coefficient
        |u-alpha: what is marked against what is not, whatever the code.
    coding : Coefficient
        cu-alpha: the codes where two coders both marked something.
    codes : mapping of code to Coefficient
        (k)u-alpha of each code, where two coders both marked something.
    coverage : float or Undefined
        The share of the continuum, pair of coders by pair of coders, on which `coding` rests.
    code_coverage : mapping of code to float
        The share of what was marked with the code on which its coefficient rests.
    merged : tuple of (coder, start, end, code)
        Spans that one coder had marked twice with the same code and that were made one; `coder` counts from 0.
    """

    u: Coefficient
    relevance: Coefficient
    coding: Coefficient
    codes: Mapping[Hashable, Coefficient]
    coverage: float | Undefined
    code_coverage: Mapping[Hashable, float]
    merged: tuple[tuple[int, int, int, Hashable], ...] = ()


def unitizing_alpha(spans: Sequence[Iterable[Span] | None], length: int) -> UnitizingAlpha:
    """Compute u-alpha, |u-alpha, cu-alpha with its coverage, and (k)u-alpha of each code.

    With o_ck the lengths of the intersections of segments c and k over ordered pairs of coders, by the number of coders
    less one; l_c their sums; l the sum of these; S_c the squared lengths of the units of code c, where a gap enters
    with its plain length; S their sum:

    - e_ck = l (l_c l_k - [c = k] S_c) / (l^2 - S)
    - u-alpha = 1 - (l - sum o_cc) / (l - sum e_cc)
    - |u-alpha = 1 - (l_gap - o_gap,gap) / (e_gap - e_gap,gap)
    - cu-alpha as u-alpha over marked matter only: margins without the gap, and in place of each unit's length how much
      of it each other coder has marked, squared and by the number of coders less one
    - (k)u-alpha = 1 - (e_k / l_k) (l_k - o_kk) / (e_k - e_kk) with the margins and expectations of cu-alpha

    Parameters
    ----------
    spans : sequence, one entry a coder
        (start, end, code) of each span; an empty list for a coder who marked nothing, None for one who did not read.
        Touching spans stay apart; overlapping spans of one code by one coder are merged and named in the result.
    length : int
        Of the continuum, in characters.

    Returns
    -------
    UnitizingAlpha
        Whose values are Undefined with ``one_coder``, ``no_units`` (length 0), ``no_spans``, ``overlapping_codes``,
        ``no_gap`` (|u), ``one_code`` and ``no_joint_spans`` (cu, ku), ``few_joint_spans`` (cu, ku: what is marked
        jointly is too little for an expectation) or ``no_variation``.

    Raises
    ------
    ParameterError
        When a span is empty, reversed or outside of the continuum.

    Examples
    --------
    >>> found = unitizing_alpha([[(0, 4, "A"), (6, 9, "B")], [(0, 5, "A"), (6, 9, "A")]], 10)
    >>> round(found.u.value, 3), round(found.relevance.value, 3), round(found.coverage, 2)
    (0.395, 0.776, 0.7)
    """
    if length < 0:
        raise ParameterError.of("bad_length", "length", given=length)
    given = [(coder, list(each)) for coder, each in enumerate(spans) if each is not None]
    units, merged = [], []
    for coder, each in given:
        own, twice = _merged(_checked(each, coder, length))
        units.append(own)
        merged += [(coder, *span) for span in twice]
    reason = _obstacle(units, length)
    if reason is not None:
        return _all_undefined(reason, units, tuple(merged))
    return _family(_Continuum(units, length), tuple(merged))


def _checked(spans: Iterable[Span], coder: int, length: int) -> list[Span]:
    found = [(index(start), index(end), code) for start, end, code in spans]
    for start, end, code in found:
        if not 0 <= start < end <= length:
            place = f"spans[{coder}]"
            raise ParameterError.of("bad_span", place, start=start, end=end, code=code, length=length)
    return sorted(found, key=lambda span: span[:2])


def _merged(spans: list[Span]) -> tuple[list[Span], list[Span]]:
    """Spans with overlaps of the same code made one, and those made so."""
    whole: dict[Hashable, list[tuple[int, int]]] = {}
    grown: set[Span] = set()
    for start, end, code in spans:
        before = whole.setdefault(code, [])
        if before and start < before[-1][1]:
            grown.discard((*before[-1], code))
            before[-1] = (before[-1][0], max(end, before[-1][1]))
            grown.add((*before[-1], code))
        else:
            before.append((start, end))
    own = [(start, end, code) for code, each in whole.items() for start, end in each]
    own.sort(key=lambda span: span[:2])
    return own, [span for span in own if span in grown]


def _obstacle(units: list[list[Span]], length: int) -> Undefined | None:
    """Why nothing of the family can be computed."""
    if not length:
        return undefined("no_units")
    if len(units) < 2:
        return undefined("one_coder")
    if any(after[0] < before[1] for own in units for before, after in pairwise(own)):
        return undefined("overlapping_codes")
    return None if any(units) else undefined("no_spans")


def _all_undefined(
    reason: Undefined, units: list[list[Span]], merged: tuple[tuple[int, int, int, Hashable], ...]
) -> UnitizingAlpha:
    marked = sum(map(len, units))
    u, relevance, coding = (
        Coefficient(name, reason, marked, len(units)) for name in ("u_alpha", "relevance_alpha", "cu_alpha")
    )
    each = {code: Coefficient("ku_alpha", reason, count, len(units)) for code, count in _counts(units).items()}
    return UnitizingAlpha(u, relevance, coding, each, reason, {}, merged)


def _counts(units: list[list[Span]]) -> dict[Hashable, int]:
    """How many spans each code has, in the order in which codes come."""
    counts: dict[Hashable, int] = {}
    for own in units:
        for _, _, code in own:
            counts[code] = counts.get(code, 0) + 1
    return counts


class _Continuum:
    """Lengths on which coders meet. Code 0 is the gap; lengths are whole numbers, so that zero is exactly zero."""

    def __init__(self, units: list[list[Span]], length: int) -> None:
        self.length = length
        self.coders = len(units)
        self.counts = _counts(units)
        self.codes = tuple(self.counts)
        number = {code: place for place, code in enumerate(self.codes, start=1)}
        edges = np.array(sorted({0, length} | {edge for own in units for span in own for edge in span[:2]}))
        self._widths = np.diff(edges)
        self._code = np.zeros((self.coders, len(self._widths)), dtype=np.intp)
        self._unit = np.full((self.coders, len(self._widths)), -1, dtype=np.intp)
        for coder, own in enumerate(units):
            for place, (start, end, code) in enumerate(own):
                within = slice(*np.searchsorted(edges, (start, end)))
                self._code[coder, within] = number[code]
                self._unit[coder, within] = place
        self.meeting = self._meeting()
        self.squares = self._squares(units, number)
        self.joint_squares = self._joint_squares(units, number)

    def _meeting(self) -> NDArray[np.int64]:
        """Intersection lengths over ordered pairs of coders, shape (codes, codes): o_ck times coders - 1."""
        kinds = len(self.codes) + 1
        total = np.zeros(kinds * kinds, dtype=np.int64)
        for one, other in permutations(range(self.coders), 2):
            np.add.at(total, self._code[one] * kinds + self._code[other], self._widths)
        return total.reshape(kinds, kinds)

    def _squares(self, units: list[list[Span]], number: Mapping[Hashable, int]) -> list[int]:
        """S_c: squared lengths of units, plain lengths of gaps."""
        found = [0] * (len(self.codes) + 1)
        for own in units:
            for start, end, code in own:
                found[number[code]] += (end - start) ** 2
            found[_GAP] += self.length - sum(end - start for start, end, _ in own)
        return found

    def _joint_squares(self, units: list[list[Span]], number: Mapping[Hashable, int]) -> list[int]:
        """What each other coder marked within each unit, squared, summed by the unit's code."""
        found = [0] * (len(self.codes) + 1)
        for one, other in permutations(range(self.coders), 2):
            both = (self._unit[one] >= 0) & (self._unit[other] >= 0)
            within = np.zeros(len(units[one]), dtype=np.int64)
            np.add.at(within, self._unit[one][both], self._widths[both])
            for (_, _, code), width in zip(units[one], within.tolist(), strict=True):
                found[number[code]] += width**2
        return found


def _family(text: _Continuum, merged: tuple[tuple[int, int, int, Hashable], ...]) -> UnitizingAlpha:
    marked = sum(text.counts.values())
    u, relevance = _segmenting(text, marked)
    coding, codes = _coding(text, marked)
    others = text.coders - 1
    valued = text.meeting[1:, 1:].sum(axis=1)
    return UnitizingAlpha(
        u,
        relevance,
        coding,
        codes,
        float(valued.sum() / (others * text.coders * text.length)),
        {
            code: float(joint / whole)
            for code, joint, whole in zip(text.codes, valued, text.meeting[1:].sum(axis=1), strict=True)
        },
        merged,
    )


def _segmenting(text: _Continuum, marked: int) -> tuple[Coefficient, Coefficient]:
    """u-alpha and |u-alpha."""
    others = text.coders - 1
    lengths = [int(each) // others for each in text.meeting.sum(axis=1)]
    whole = sum(lengths)
    below = whole**2 - sum(text.squares)
    d_o = 1 - float(np.trace(text.meeting)) / others / whole
    d_e = (whole**2 - sum(each**2 for each in lengths)) / below
    u = _coefficient("u_alpha", text, marked, d_o, d_e)
    if not lengths[_GAP]:
        return u, Coefficient("relevance_alpha", undefined("no_gap"), marked, text.coders)
    apart = (lengths[_GAP] - int(text.meeting[_GAP, _GAP]) / others) / whole
    expected = lengths[_GAP] * (whole - lengths[_GAP]) / below
    return u, _coefficient("relevance_alpha", text, marked, apart, expected)


def _coding(text: _Continuum, marked: int) -> tuple[Coefficient, dict[Hashable, Coefficient]]:
    """cu-alpha and (k)u-alpha, from whole numbers: lengths are times coders - 1 throughout."""
    others = text.coders - 1
    met = text.meeting[1:, 1:]
    lengths = [int(each) for each in met.sum(axis=1)]
    whole = sum(lengths)
    below = whole**2 - others * sum(text.joint_squares)
    key = (
        "one_code" if len(text.codes) < 2 else "no_joint_spans" if not whole else "" if below > 0 else "few_joint_spans"
    )
    if key:
        reason = undefined(key)
        coding = Coefficient("cu_alpha", reason, marked, text.coders)
        return coding, {
            code: Coefficient("ku_alpha", reason, count, text.coders) for code, count in text.counts.items()
        }
    expected = (whole**2 - sum(each**2 for each in lengths)) / below
    coding = _coefficient("cu_alpha", text, marked, 1 - int(np.trace(met)) / whole, expected)
    return coding, {
        code: _of_code(text, place, int(met[place, place]), lengths) for place, code in enumerate(text.codes)
    }


def _of_code(text: _Continuum, place: int, together: int, lengths: list[int]) -> Coefficient:
    code, own, whole = text.codes[place], lengths[place], sum(lengths)
    count = text.counts[code]
    if not own:
        return Coefficient("ku_alpha", undefined("no_joint_spans"), count, text.coders)
    # e_k and e_k - e_kk, both times the same number.
    expected = own * whole - (text.coders - 1) * text.joint_squares[place + 1]
    if expected <= 0:
        return Coefficient("ku_alpha", undefined("few_joint_spans"), count, text.coders)
    return _coefficient("ku_alpha", text, count, (own - together) / own, own * (whole - own) / expected)


def _coefficient(name: str, text: _Continuum, units: int, d_o: float, d_e: float) -> Coefficient:
    value = 1 - d_o / d_e if d_e > 0 else undefined("no_variation")
    return Coefficient(name, value, units, text.coders, d_o=d_o, d_e=d_e)
