"""A thread follows one construct through all sources in the order of time."""

from pathlib import Path

import pytest

import qualcode as qc

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def case() -> qc.Case:
    return qc.open_project(ROOT).case("latihan-kota-samudra")


def test_then_comes_before_now(case: qc.Case) -> None:
    """Periods come in the order of the design, and every coding of the code is on the thread."""
    table = qc.thread(case, "KHN-PAR")
    periods = [str(row[0]) for row in table.rows]
    assert periods == sorted(periods, key=["dulu", "kini"].index)
    assert {"dulu", "kini"} <= set(periods)
    shown = [quotation.coding for row in table.rows for quotation in row[-1].quotations]
    assert sorted(shown) == sorted(coding.id for coding in case.coded_by().of("KHN-PAR"))


def test_within_a_period_by_date(case: qc.Case) -> None:
    """Within a period the documents come in the order of their dates."""
    rows = [row for row in qc.thread(case, "KHN-OPE").rows if str(row[0]) == "kini"]
    dates = [str(row[3]) for row in rows]
    assert dates == sorted(dates)


def test_a_thread_of_nothing(case: qc.Case) -> None:
    """A code nobody used gives the words for nothing; a code nobody defined is refused."""
    assert "Tidak ada kutipan" in qc.thread(case, "UUP-04").to_html()
    with pytest.raises(qc.UnknownNameError, match="KHN-PAR"):
        qc.thread(case, "KHN-PAT")
