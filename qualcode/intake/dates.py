"""Dates as students write them: read where they can mean only one day, otherwise every day they could mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "pebruari", "feb", "peb"),
    ("maret", "march", "mar", "mrt"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agust", "agu", "agt", "ags", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_WEEKDAYS = (
    ("senin", "monday"),
    ("selasa", "tuesday"),
    ("rabu", "wednesday"),
    ("kamis", "thursday"),
    ("jumat", "jum'at", "jum’at", "friday"),
    ("sabtu", "saturday"),
    ("minggu", "ahad", "sunday"),
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}

_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_DAYS = "|".join(re.escape(name) for name in sorted(_WEEKDAY, key=len, reverse=True))
_DATE = re.compile(
    rf"(?:\b(?P<weekday>{_DAYS})\b[\s,/]*)?(?:tanggal\s+|tgl\.?\s+)?"
    r"(?:"
    r"(?<!\d)(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)"
    rf"|(?<!\d)(?P<d2>\d{{1,2}})[\s.-]*(?P<m2>{_NAMES})\b[\s.,-]*(?P<y2>\d{{4}}|\d{{2}}(?![\d.:]))"
    rf"|\b(?P<m3>{_NAMES})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})"
    r"|(?<!\d)(?P<a>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<y4>\d{4}|\d{2})(?!\d)"
    r")",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenDate:
    """A date as it stands in a text.

    Attributes
    ----------
    text : str
        As written, with its weekday where there is one.
    readings : tuple of date
        Every day it can mean: one when it is certain, two when day and month cannot be told apart, none when there is
        no such day.
    by_weekday : bool
        Whether it was the weekday beside it that told day and month apart.
    other_weekday : bool
        Whether the weekday beside it is not that of any day it can mean.
    century : bool
        Whether the year was written with two digits and is read as 20...
    start, end : int
        Where it stands.
    """

    text: str
    readings: tuple[date, ...]
    by_weekday: bool = False
    other_weekday: bool = False
    century: bool = False
    start: int = 0
    end: int = 0


def find_date(text: str) -> WrittenDate | None:
    """Find the first date in `text`, or None.

    A date of figures whose first two numbers could both be a month has two readings, unless a weekday stands beside
    it and is that of only one of them. Nothing prefers the day first: exported forms write the month first.

    Examples
    --------
    >>> find_date("Selasa, 12 Maret 2024").readings
    (datetime.date(2024, 3, 12),)
    >>> [day.isoformat() for day in find_date("5/12/2021").readings]
    ['2021-12-05', '2021-05-12']
    >>> [day.isoformat() for day in find_date("Rabu, 5/12/2021").readings]
    ['2021-05-12']
    """
    found = _DATE.search(text)
    if not found:
        return None
    year = found["y1"] or found["y2"] or found["y3"] or found["y4"]
    century = len(year) == 2
    number = int(year) + (2000 if century else 0)
    if found["a"]:
        first, second = int(found["a"]), int(found["b"])
        wanted = [(second, first), (first, second)]
    else:
        month = found["m1"] or _MONTH[(found["m2"] or found["m3"]).lower()]
        wanted = [(int(month), int(found["d1"] or found["d2"] or found["d3"]))]
    readings = tuple(dict.fromkeys(day for month, day_ in wanted if (day := _day(number, int(month), day_))))
    weekday = _WEEKDAY[found["weekday"].lower()] if found["weekday"] else None
    fitting = tuple(day for day in readings if weekday is None or day.weekday() == weekday)
    return WrittenDate(
        found.group().strip(),
        fitting or readings,
        by_weekday=len(fitting) == 1 < len(readings),
        other_weekday=bool(readings) and not fitting,
        century=century,
        start=found.start(),
        end=found.end(),
    )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def agree(dates: Iterable[str]) -> WrittenDate | None:
    """Read the first of several dates written in one order, as in a chat: any of them may tell day and month apart.

    Examples
    --------
    >>> agree(["05/12/24", "13/12/24"]).readings
    (datetime.date(2024, 12, 5),)
    """
    written = [found for text in dates if (found := find_date(text))]
    if not written:
        return None
    first = written[0]
    if len(first.readings) < 2:
        return first
    # Order 0 is the day first, 1 the month first; an order that gives no day anywhere is not the one in use.
    orders = [order for order in (0, 1) if all(_possible(each.text, order) for each in written)]
    readings = tuple(first.readings[order] for order in orders) if orders else first.readings
    return WrittenDate(first.text, readings, century=first.century, start=first.start, end=first.end)


def _possible(text: str, order: int) -> bool:
    found = _DATE.search(text)
    if not found or not found["a"]:
        return True
    figures = (int(found["a"]), int(found["b"]))
    return figures[1 - order] <= 12
