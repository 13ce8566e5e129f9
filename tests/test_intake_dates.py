"""Dates as students write them: certain where they can be, both days where they cannot."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.intake.dates import agree, find_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Selasa, 12 Maret 2024", "2024-03-12"),
        ("12 Mar 2024", "2024-03-12"),
        ("12 maret 2024 pukul 10.00 WIB", "2024-03-12"),
        ("Jum'at, 15 Nopember 2024", "2024-11-15"),
        ("Kamis/14 Maret 2024", "2024-03-14"),
        ("Hari Senin tanggal 11 Maret 2024", "2024-03-11"),
        ("March 12, 2024", "2024-03-12"),
        ("2024-03-12", "2024-03-12"),
        ("2024/03/12 09:30", "2024-03-12"),
        ("13/03/2024", "2024-03-13"),
        ("03/13/2024", "2024-03-13"),
        ("25-12-2024", "2024-12-25"),
        ("12/12/2024", "2024-12-12"),
        ("Rabu, 5/12/2021", "2021-05-12"),
        ("Minggu, 5/12/2021", "2021-12-05"),
    ],
)
def test_a_date_that_can_be_one_day_only(text: str, day: str) -> None:
    """A month in words, a day above 12, the year first, or a weekday makes a date certain."""
    written = find_date(text)
    assert written
    assert [each.isoformat() for each in written.readings] == [day]


@pytest.mark.parametrize("text", ["5/12/2021", "05-12-2021", "5.12.2021", "Selasa, 5/12/2021"])
def test_a_date_of_two_readings_is_never_guessed(text: str) -> None:
    """Day and month that could change places give both days, also beside a weekday that fits neither."""
    written = find_date(text)
    assert written
    assert {each.isoformat() for each in written.readings} == {"2021-12-05", "2021-05-12"}


@pytest.mark.parametrize("text", ["31/02/2024", "30 Februari 2024"])
def test_a_day_that_never_was_has_no_reading(text: str) -> None:
    """A date the calendar does not know is no date."""
    written = find_date(text)
    assert written
    assert written.readings == ()


@pytest.mark.parametrize("text", ["", "minggu lalu", "pukul 10.00", "12 orang", "3/4 bagian", "12 Maret"])
def test_no_date(text: str) -> None:
    """What only looks like a date is none."""
    assert find_date(text) is None


def test_other_dates_of_one_chat_tell_the_order() -> None:
    """In a chat one date above 12 tells day and month apart for all; without it both days remain."""
    assert [day.isoformat() for day in agree(["05/12/24", "13/12/24"]).readings] == ["2024-12-05"]
    assert [day.isoformat() for day in agree(["05/12/24", "05/13/24"]).readings] == ["2024-05-12"]
    assert len(agree(["05/12/24", "06/12/24"]).readings) == 2


@given(st.dates(min_value=date(1900, 1, 1)), st.sampled_from("/-."))
def test_figures_always_hold_the_day_that_was_meant(day: date, mark: str) -> None:
    """Whatever day is written day-month-year or month-day-year, it is among the readings."""
    for form in (f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y"):
        written = find_date(day.strftime(form))
        assert written
        assert day in written.readings
