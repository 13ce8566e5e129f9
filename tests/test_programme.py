"""The programme sheet: eleven steps in order, the record beside them, and what cannot be judged."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.errors import Undefined
from qualcode.frameworks.programme import STEPS, ProgrammeSheet

ROOT = Path(__file__).parents[1]
CASE = "jakarta-utara"
FOLLOWERS = """\
  - name: Pengikut
    account: Instagram
    value: 3994
    unit: akun
    as_of: tidak disebut
"""


@pytest.fixture(scope="module")
def sheet() -> ProgrammeSheet:
    return qc.programme(qc.open_project(ROOT).case(CASE))


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., ProgrammeSheet]:
    """The sheet of a copy of the case whose case.yaml had texts replaced."""

    def edit(*replacements: tuple[str, str]) -> ProgrammeSheet:
        for folder in (f"corpus/{CASE}", "codebooks"):
            shutil.copytree(ROOT / folder, tmp_path / folder)
        path = tmp_path / "corpus" / CASE / "case.yaml"
        text = path.read_text("utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8", newline="\n")
        return qc.programme(qc.open_project(tmp_path).case(CASE))

    return edit


def test_eleven_steps_in_order(sheet: ProgrammeSheet) -> None:
    """The steps come in the order of the plan, strategy and tactics in place of their step."""
    assert len(STEPS) == 11
    shown = [row[0].split()[0] for row in sheet.steps().rows]
    assert shown == [*STEPS[:3], "PRP-04.S", "PRP-04.T", *STEPS[4:]]


def test_what_the_record_holds_stands_at_its_step(sheet: ProgrammeSheet) -> None:
    """Account figures are media, money is budget, the tables of SWOT and of criteria belong to their steps."""
    held = sheet.records
    assert {metric.account for metric in held["PRP-05"].metrics} == {"Facebook", "Twitter", "YouTube", "Instagram"}
    assert [int(each.amount) for each in held["PRP-07"].money] == [600_000_000, 160_000_000, 320_000_000]
    assert [table.caption for table in held["PRP-01"].tables] == ["SWOT"]
    assert [table.caption[:17] for table in held["PRP-06"].tables] == ["Kriteria evaluasi"]
    assert sum(len(each.tables) for each in held.values()) == 2
    assert sum(len(each.metrics) for each in held.values()) == 9


def test_tensions_stand_at_the_steps_they_touch(sheet: ProgrammeSheet) -> None:
    """Coordination is claimed and named a constraint: the tension stands at every step whose text it touches."""
    touched = {
        step for step, held in sheet.records.items() for c in held.checks if c.statement.startswith("Koordinasi")
    }
    assert touched == {"PRP-01", "PRP-04.T", "PRP-08", "PRP-10"}
    media = {step for step, held in sheet.records.items() for c in held.checks if c.statement.startswith("Kerja sama")}
    assert media == {"PRP-04.T", "PRP-11"}


def test_more_followers_is_not_assessable(sheet: ProgrammeSheet) -> None:
    """“Pengikut bertambah” has one undated figure an account, so that no account can be judged."""
    found = sheet.indicators()
    assert {each.account for each in found} == {
        "Pengikut Facebook",
        "Pengikut Twitter",
        "Pelanggan YouTube",
        "Pengikut Instagram",
    }
    for each in found:
        assert each.met == Undefined("hanya satu angka, tanpa tanggal")
        assert each.points == ()
        assert each.quotations
    assert any("tidak dapat dinilai" in remark for remark in sheet.remarks("PRP-06"))


@pytest.mark.parametrize(("later", "met"), [("4100", True), ("3994", False), ("3900", False)])
def test_two_dated_figures_judge(edited: Callable[..., ProgrammeSheet], later: str, met: bool) -> None:
    """With two dated figures the indicator is judged for that account, and for no other."""
    first = FOLLOWERS.replace("tidak disebut", '"2019-01"')
    second = FOLLOWERS.replace("tidak disebut", '"2019-12"').replace("3994", later) + "    source: rekaan\n"
    sheet = edited((FOLLOWERS, second + first))
    judged = {each.account: each.met for each in sheet.indicators()}
    assert judged.pop("Pengikut Instagram") is met
    assert all(isinstance(each, Undefined) for each in judged.values())
    assert f"{'tercapai' if met else 'tidak tercapai'} untuk Pengikut Instagram" in repr(sheet.conclusion())


def test_an_indicator_without_any_figure(edited: Callable[..., ProgrammeSheet]) -> None:
    """Where no account figure fits the indicator, it is not assessable and says so."""
    sheet = edited(("name: Pengikut\n", "name: Teman\n"), ("name: Pelanggan\n", "name: Sahabat\n"))
    (found,) = sheet.indicators()
    assert found.account == ""
    assert isinstance(found.met, Undefined)


def test_the_table_of_criteria_stands_in_for_missing_codings(edited: Callable[..., ProgrammeSheet]) -> None:
    """Where nothing coded asks for a change, the indicators come from the table of criteria, without quotations."""
    sheet = edited()
    uncoded = replace(sheet.case, codings=sheet.case.codings.where(lambda coding: coding.code != "PRP-06"))
    found = qc.programme(uncoded).indicators()
    assert {each.text for each in found} == {"Pengikut bertambah"}
    assert not any(each.quotations for each in found)


def test_the_budget_rests_on_one_voice(sheet: ProgrammeSheet) -> None:
    """Only IK-1 speaks to the budget, observation is silent; all amounts are from that interview, one undated."""
    assert sheet.lone_voice("PRP-07") == "IK-1"
    remarks = " ".join(sheet.remarks("PRP-07"))
    assert "satu sumber, IK-1; diam: observasi" in remarks
    assert "3 pos uang berasal dari satu keterangan (Wawancara IK-1)" in remarks
    assert "Masanya tidak disebut: Peralatan (kamera, lensa)." in remarks
    assert "wawancara-ik-1:29" in remarks
    assert "Tidak dijumlahkan" in repr(sheet.record("PRP-07"))


def test_the_verdict_is_mixed_in_every_technique(sheet: ProgrammeSheet) -> None:
    """“Fairly good, not yet at its best”: both voices support and oppose, which is no agreement."""
    assert set(sheet["PRP-09"].voices) == {"IK-1", "observasi"}
    assert set(sheet["PRP-09"].voices.values()) == {qc.Valence.MIXED}
    assert any("bukan kesepakatan" in remark for remark in sheet.remarks("PRP-09"))


def test_steps_that_belong_to_nobody_say_so(sheet: ProgrammeSheet) -> None:
    """Situation, audience and criteria have passages but no source, and are not assessable."""
    assert [code.id for code, _ in sheet.gaps] == ["PRP-01", "PRP-03", "PRP-06"]
    for step in ("PRP-01", "PRP-03", "PRP-06"):
        assert sheet[step].codings
        assert sheet.remarks(step)[0].startswith("Tidak dapat dinilai")
    assert "Belum ada kutipan" not in repr(sheet.conclusion())


@pytest.mark.parametrize("case", ["balangan", "balikpapan", "bandung", "kajian-pustaka", "latihan-kota-samudra"])
def test_other_cases_give_blanks(case: str) -> None:
    """A case that is not coded with the plan gives a reason at every step, and the record's figures all the same."""
    sheet = qc.programme(qc.open_project(ROOT).case(case))
    assert len(sheet.gaps) == len(sheet.evidence) == 12
    assert all(sheet.remarks(each.code.id)[0].startswith("Tidak ada data") for each in sheet.evidence)
    assert sheet.indicators() == ()
    assert "Tidak ada data" in repr(sheet.conclusion())
    for part in (sheet.steps(), sheet.indicator_table(), sheet.record("PRP-05"), sheet.record("PRP-02")):
        assert part.to_html()


def test_the_sheet_names_itself_in_one_line(sheet: ProgrammeSheet) -> None:
    """Printed, the sheet is one line as every sheet's, not all that it holds."""
    assert repr(sheet) == f"Sheet programme, {CASE}: 12 dari 12 indikator, {sheet.codings!r}"


def test_unknown_step(sheet: ProgrammeSheet) -> None:
    """A step that is not in the plan is an error that names the nearest."""
    with pytest.raises(qc.UnknownNameError, match="PRP-11"):
        sheet.record("PRP-12")
