"""The STOC sheet knows where its voices stand: insiders and outsiders, then and now, people and things."""

from pathlib import Path

import pytest

import qualcode as qc
from qualcode.analysis.triangulation import Stance, Status
from qualcode.display import Prose
from qualcode.frameworks.stoc import StocSheet

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def bandung() -> StocSheet:
    return qc.stoc(qc.open_project(ROOT).case("bandung"))


def test_openness_has_four_voices(bandung: StocSheet) -> None:
    """Bandung's openness: four informants, their place and period; the inside expert then against, now in favour."""
    rows = {str(row[0]).partition(",")[0]: [str(cell) for cell in row[1:4]] for row in bandung.voices().rows}
    assert rows["KADIS-NOW"] == ["orang dalam", "·", "mendukung"]
    assert rows["AHLI-EXT"] == ["orang luar yang ditunjuk", "·", "menentang"]
    assert rows["AHLI-HUMAS"] == ["orang dalam", "menentang (tersirat)", "mendukung (tersirat)"]
    assert rows["KADIS-2014-2019"] == ["mantan pejabat", "menentang (tersirat)", "·"]


def test_insiders_and_outsiders_are_compared(bandung: StocSheet) -> None:
    """On openness insiders are mixed, outsiders against it; where one side is silent, that is silence."""
    openness, sharing = bandung.standpoints("KHN-OPE"), bandung.standpoints("KHN-SHA")
    assert openness.stances == (Stance.MIXED, Stance.OPPOSES)
    assert openness.pair.status is Status.PARTIAL
    assert sharing.stances == (Stance.SILENT, Stance.SUPPORTS)
    assert sharing.pair.status is Status.SILENCE


def test_neither_side_holds_what_nobody_said(bandung: StocSheet) -> None:
    """Observations, documents and unattributed passages are on neither side, and nobody is on both."""
    for each in bandung.evidence:
        found = bandung.standpoints(each.code.id)
        people = {coding.informant for coding in found.inside} | {coding.informant for coding in found.outside}
        assert None not in people
        assert not {c.informant for c in found.inside} & {c.informant for c in found.outside}


def test_the_lens_names_people_and_things(bandung: StocSheet) -> None:
    """The Actor-Network lens lists human and non-human actors by their tags and opens to the passages."""
    table = bandung.actor_network()
    assert not isinstance(table, Prose)
    actors = {str(row[1]) for row in table.rows}
    assert {"peran pimpinan", "algoritma platform", "ketergantungan antaraktor"} <= actors
    assert all(row[2].quotations for row in table.rows)


def test_without_codings_the_lens_says_why() -> None:
    """A case that was never coded with the lens's codebook gets the reason, not an empty table."""
    assert "belum dikode" in repr(qc.stoc(qc.open_project(ROOT).case("balikpapan")).actor_network())
