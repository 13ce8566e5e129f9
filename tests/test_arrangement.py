"""A matrix is arranged by role or by time without losing or moving a coding."""

from pathlib import Path

import pytest

import qualcode as qc

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> qc.Project:
    return qc.open_project(ROOT)


@pytest.mark.parametrize("by", ["informant", "voice", "technique", "period", "document", "role", "time"])
def test_every_arrangement_holds_every_coding(project: qc.Project, by: str) -> None:
    """However it is arranged, a matrix holds all codings of its codes, each once."""
    case, stoc = project.case("bandung"), project.codebook("stoc")
    found = qc.arrange(case, stoc, by)
    shown = [coding.id for row in found.rows for column in found.columns for coding in found[row, column]]
    assert sorted(shown) == sorted(coding.id for coding in case.coded_by().using(stoc))


def test_role_order_puts_insiders_first(project: qc.Project) -> None:
    """Insiders stand before appointed outsiders, former office-holders and citizens, and the heading says so."""
    table = qc.arrange(project.case("latihan-kota-samudra"), project.codebook("stoc"), "role").to_table()
    relations = [heading.partition(":")[0] for heading in table.columns[1:8]]
    assert relations == ["orang dalam"] * 4 + ["orang luar yang ditunjuk", "mantan pejabat", "warga"]


def test_time_order_follows_the_dates(project: qc.Project) -> None:
    """Documents come in the order of their dates; what is undated comes last."""
    case = project.case("latihan-kota-samudra")
    found = qc.arrange(case, project.codebook("literature"), "time")
    dated = [case.document(id).dated for id in found.columns]
    assert dated[-1] == "tanpa tanggal"
    assert dated[:-1] == sorted(dated[:-1])


def test_a_silent_group_of_the_design_keeps_its_column(project: qc.Project) -> None:
    """An informant who says nothing about a code has an empty column, not none."""
    found = qc.arrange(project.case("bandung"), project.codebook("paramitha"), "informant")
    assert {"KADIS-NOW", "AHLI-EXT", "AHLI-HUMAS", "KADIS-2014-2019"} <= set(found.columns)


def test_an_unknown_arrangement_is_refused(project: qc.Project) -> None:
    """A misspelt arrangement is refused with the nearest one there is."""
    with pytest.raises(qc.UnknownNameError, match="period"):
        qc.arrange(project.case("bandung"), project.codebook("stoc"), "periode")
