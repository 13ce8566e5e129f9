"""Cases are read side by side through the crosswalk, and nothing is copied between frameworks."""

from pathlib import Path

import pytest

import qualcode as qc
from qualcode.analysis.crosscase import CROSSWALK, CrossCase
from qualcode.analysis.triangulation import Status

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> qc.Project:
    return qc.open_project(ROOT)


@pytest.fixture(scope="module")
def found(project: qc.Project) -> CrossCase:
    return qc.across(project.cases)


def test_the_crosswalk_names_codes_that_exist(project: qc.Project) -> None:
    """Every code of the crosswalk is defined in a codebook of the project."""
    known = {code.id for book in project.codebooks.values() for code in book}
    assert {code for codes in CROSSWALK.values() for code in codes} <= known


def test_a_cell_holds_the_passages_of_its_codes(found: CrossCase, project: qc.Project) -> None:
    """A cell holds exactly the main coder's codings with the construct's codes or those below them."""
    case = project.case("bandung")
    assert found.codings["openness", "bandung"] == case.coded_by().of("KHN-OPE", "UUP-08")
    for (_, id), codings in found.codings.items():
        assert {coding.case for coding in codings} <= {id}


def test_statuses_are_those_of_the_case(found: CrossCase) -> None:
    """Bandung's openness is contested; what attributes nothing cannot be assessed, whatever it says."""
    assert found.cells["openness", "bandung"].status is Status.DISSONANCE
    for case in ("balikpapan", "balangan"):
        assert found.cells["planning", case].status is Status.NOT_ASSESSABLE


def test_shortage_of_staff_is_named_and_contradicted(found: CrossCase) -> None:
    """Resources: Balangan names too few staff, North Jakarta capable ones; both stand in one row."""
    valences = {case: found.codings["resources", case].valences() for case in ("balangan", "jakarta-utara")}
    assert valences["balangan"][qc.Valence.OPPOSES]
    assert valences["jakarta-utara"][qc.Valence.SUPPORTS]


def test_an_absent_construct_is_a_dot(found: CrossCase) -> None:
    """A case that does not speak of a construct has a dot there; the table has a column a case."""
    table = found.to_table()
    assert list(table.columns[1:]) == [case.id for case in found.cases]
    openness = next(row for row in table.rows if "KHN-OPE" in str(row[0]))
    assert "·" in {str(cell) for cell in openness}
