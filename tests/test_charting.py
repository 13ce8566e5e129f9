"""The framework matrix shows what was written, opens to what was said, and says when the two have parted."""

from collections.abc import Callable
from pathlib import Path

import pytest

import qualcode as qc

ROOT = Path(__file__).parents[1]


def cell(project: qc.Project, code: str, voice: str) -> str:
    chart = qc.chart(project.case("kasus"), project.codebook("uji"), [code])
    return next(str(row[1]) for row in chart.to_table().rows if row[0] == voice)


@pytest.fixture
def coded(make_project: Callable[..., qc.Project]) -> tuple[qc.Project, qc.Coding]:
    project = make_project()
    coding = project.code("kasus/w-i1", "Semua komentar dibalas", "LAY-DAT", coder="ana", valence="mendukung")
    return project, coding


def test_a_summary_stands_in_its_cell_and_opens(coded: tuple[qc.Project, qc.Coding]) -> None:
    """What the researcher wrote is the cell; the passages it sums up lie behind it."""
    project, coding = coded
    assert "belum diringkas" in cell(project, coding.code, coding.voice)
    project.summarise("kasus", coding.code, coding.voice, "Membalas bila sempat.", coder="ana")
    assert cell(project, coding.code, coding.voice) == "Membalas bila sempat."
    assert coding.quote in qc.chart(project.case("kasus"), project.codebook("uji")).to_table().to_html()


def test_the_newest_summary_counts(coded: tuple[qc.Project, qc.Coding]) -> None:
    """Writing again replaces what is shown; the earlier words stay in the journal."""
    project, coding = coded
    for text in ("Pertama.", "Kedua."):
        project.summarise("kasus", coding.code, coding.voice, text, coder="ana")
    assert cell(project, coding.code, coding.voice) == "Kedua."
    assert [each.text for each in project.case("kasus").decisions] == ["Pertama.", "Kedua."]


def test_a_summary_says_when_its_passages_changed(coded: tuple[qc.Project, qc.Coding]) -> None:
    """A coding taken back after the summary was written is reported beside it."""
    project, coding = coded
    project.summarise("kasus", coding.code, coding.voice, "Membalas bila sempat.", coder="ana")
    project.remove(coding)
    assert "1 berkurang" in cell(project, coding.code, coding.voice)


@pytest.mark.parametrize(("voice", "text", "words"), [("I9", "Ada.", "I9"), ("I1", "  ", "text")])
def test_nothing_is_summed_up_from_nothing(
    coded: tuple[qc.Project, qc.Coding], voice: str, text: str, words: str
) -> None:
    """A voice that says nothing of the code, and an empty summary, are refused and nothing is stored."""
    project, coding = coded
    with pytest.raises(qc.CodingError, match=words):
        project.summarise("kasus", coding.code, voice, text, coder="ana")
    assert not project.case("kasus").decisions


def test_the_practice_case_shows_a_written_matrix() -> None:
    """Nine voices on participation are summed up in words; one cell on openness is still to be written."""
    project = qc.open_project(ROOT)
    chart = qc.chart(project.case("latihan-kota-samudra"), project.codebook("stoc"), ["KHN-PAR", "KHN-OPE"])
    participation = [str(row[1]) for row in chart.to_table().rows]
    assert len(participation) == 9
    assert not [words for words in participation if "diringkas" in words]
    assert [str(row[0]) for row in chart.to_table().rows if "belum diringkas" in str(row[2])] == ["dokumentasi"]
