"""A case knows who was asked, what its design foresaw, and whose codings to show."""

from collections.abc import Callable

import pytest

import qualcode as qc
from qualcode.coding.case import CaseRecord, read_case_record
from qualcode.records import parse

HEAD = """\
id: kasus
title: Akun sebuah dinas
kind: empiris
period: tidak disebut
question: Bagaimana?
approach: studi kasus
description: Rekaan.
"""


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    project = make_project()
    project.code("kasus/w-i1", "Semua komentar dibalas", "LAY-BAL", coder="ana")
    project.code("kasus/w-i2", "sepertiga", "LAY-BAL", coder="ana")
    project.code("kasus/w-i2", "sepertiga", "LAY-BAL", coder="budi")
    return project


def read(lines: str, head: str = HEAD) -> tuple[CaseRecord | None, list[qc.Problem]]:
    tree, problems = parse(head + lines, "corpus/kasus/case.yaml")
    assert tree is not None
    record, faults = read_case_record(tree, "kasus")
    return record, problems + faults


def test_what_a_case_knows(project: qc.Project) -> None:
    """A case gives its record's title, informants, groups and metrics, and its documents in order."""
    case = project.case("kasus")
    assert (case.id, case.title) == ("kasus", "Akun sebuah dinas")
    assert [informant.id for informant in case.informants] == ["I1", "I2"]
    assert case.groups.source == ("I1", "I2")
    assert case.metrics == ()
    assert [document.id for document in case.documents] == ["d-1", "o-1", "w-i1", "w-i2"]
    assert repr(case) == "Case kasus: 2 informan, 4 dokumen, 3 koding oleh 2 koder"


def test_by_name(project: qc.Project) -> None:
    """Documents and informants are found by their ids."""
    case = project.case("kasus")
    assert case.document("o-1").id == "o-1"
    assert case.informant("I2").role == "Admin"


@pytest.mark.parametrize(
    ("ask", "name", "kind", "nearest"),
    [
        ("document", "wi1", "dokumen", "w-i1"),
        ("document", "W-I1.md", "dokumen", "w-i1"),
        ("informant", "i1", "informan", "I1"),
        ("coded_by", "anna", "pengode", "ana"),
        ("coded_by", "Budi", "pengode", "budi"),
    ],
)
def test_unknown_names(project: qc.Project, ask: str, name: str, kind: str, nearest: str) -> None:
    """An unknown document, informant or coder is refused with the nearest one."""
    with pytest.raises(qc.UnknownNameError) as refused:
        getattr(project.case("kasus"), ask)(name)
    assert refused.value.problem.place == "kasus"
    assert f"{kind} “{name}”" in refused.value.problem.what
    assert f"Maksud Anda {nearest}?" in refused.value.problem.mend


def test_coded_by_one(project: qc.Project) -> None:
    """A coder's name gives her codings only."""
    assert project.case("kasus").coded_by("budi").coders == ("budi",)


@pytest.mark.parametrize("everybody", ["semua", "all", ""])
def test_coded_by_all(project: qc.Project, everybody: str) -> None:
    """Everybody's codings are given on request, and where the record names no main coder."""
    assert len(project.case("kasus").coded_by(everybody)) == 3


def test_coded_by_the_main_coder(project: qc.Project) -> None:
    """Without a name the first coder of the record counts, also before she coded anything."""
    record = project.root / "corpus/kasus/case.yaml"
    text = record.read_text("utf-8")
    record.write_text(text + "coders: [budi, ana]\n", "utf-8")
    assert project.case("kasus").coded_by().coders == ("budi",)
    record.write_text(text + "coders: [citra, ana]\n", "utf-8")
    assert len(project.case("kasus").coded_by()) == 0
    assert len(project.case("kasus").coded_by("citra")) == 0


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("informants: [{id: I1, role: a, relation: warga}]\n", 8, ["“consent”", "belum diisi"]),
        ("informants: [{id: I1, role: a, relation: teman, consent: a}]\n", 8, ["“teman”", "“relation”"]),
        ("informants: [{id: Bu Siti, role: a, relation: warga, consent: a}]\n", 8, ["“Bu Siti”"]),
        ("groups:\n  source: [I9]\n", 9, ["“I9”"]),
        ("groups:\n  technique: [survei]\n", 9, ["“survei”"]),
        ("exclusions:\n- {code: A, axis: umur, group: I1, reason: tidak berlaku}\n", 9, ["“umur”", "“axis”"]),
        ("tables:\n- {number: 1, caption: a, source: b, columns: [c, d], rows: [[1, 2], [3]]}\n", 9, ["2"]),
        ("fictional: mungkin\n", 8, ["“mungkin”"]),
        ("informants_total: tujuh\n", 8, ["“tujuh”"]),
        ("frameworks: stoc\n", 8, ["“frameworks”", "daftar"]),
        ("judul: a\n", 8, ["“judul”", "tidak dikenal"]),
        ("title: b\n", 8, ["“title”", "dua kali"]),
    ],
)
def test_faults(lines: str, line: int, words: list[str]) -> None:
    """A fault of the record is named with its line."""
    _, (problem,) = read(lines)
    assert problem.place == f"corpus/kasus/case.yaml:{line}"
    for word in words:
        assert word in problem.what


@pytest.mark.parametrize("written", ["129.000", "1.284", "129.000.000", "129,5", "28.9%", "seratus", "nan", ".inf"])
@pytest.mark.parametrize("key", ["value", "amount"])
def test_ambiguous_figures(key: str, written: str) -> None:
    """A figure that reader and computer would read differently is refused, never guessed."""
    kind = "metrics:\n- name: Pengikut\n  as_of: '2024'" if key == "value" else "money:\n- purpose: a\n  period: '2024'"
    _, (problem,) = read(f"{kind}\n  source: b\n  {key}: {written}\n")
    assert problem.place == "corpus/kasus/case.yaml:12"
    assert f"“{written}”" in problem.what


@pytest.mark.parametrize(
    ("written", "value"),
    [("129000", 129000), ("28.9", 28.9), ("90.71", 90.71), ("0.125", 0.125), ("-3", -3), ("0", 0), ("", None)],
)
def test_plain_figures(written: str, value: float | None) -> None:
    """A figure written plainly is read as it stands, and a blank is none, not zero."""
    record, problems = read(f"metrics:\n- {{name: a, as_of: '2024', source: b, value: {written}}}\n")
    assert problems == []
    assert record is not None
    assert record.metrics[0].value == value
