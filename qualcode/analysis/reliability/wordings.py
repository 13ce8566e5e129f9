"""Numbers and names as the tables of reliability show them."""

from __future__ import annotations

from qualcode.analysis.agreement import Coefficient, Interval
from qualcode.coding.codebook import Codebook
from qualcode.coding.comparison import Panel, Raters
from qualcode.coding.units import Unit
from qualcode.display import Cell
from qualcode.errors import Undefined
from qualcode.wording import number, say


def decimals(value: float) -> str:
    """A coefficient with two decimals, as the language in use writes it.

    Examples
    --------
    >>> decimals(0.7), decimals(-0.001)
    ('0,70', '0,00')
    """
    return f"{round(value, 2) + 0.0:.2f}".replace(".", number(0.5)[1])


def per_cent(share: float) -> str:
    """A share in whole per cent."""
    return f"{number(round(100 * share))}%"


def shown(coefficient: Coefficient) -> Cell:
    """A coefficient as a cell: its value, or the reason why there is none."""
    value = coefficient.value
    if isinstance(value, Undefined):
        return Cell(value.reason)
    percent = coefficient.name == "percent_agreement"
    return Cell(f"{number(round(100 * value, 1))}%" if percent else decimals(value), value=round(value, 6))


def interval_shown(interval: Interval | Undefined) -> str:
    """An interval, or the reason why there is none."""
    if isinstance(interval, Undefined):
        return interval.reason
    return say("reliability.interval", low=decimals(interval.low), high=decimals(interval.high))


def rater_name(panel: Panel, rater: str) -> str:
    """A coder's id, or which round it is."""
    return rater if panel.by is Raters.CODER else say("reliability.round", round=rater)


def code_name(codebook: Codebook, code: str) -> str:
    """Id and label; the id alone where the codebook does not know the code."""
    return codebook[code].name if code in codebook else code


def unit_name(unit: Unit) -> str:
    """What one unit is, in words."""
    return say(f"reliability.unit_{unit}")
