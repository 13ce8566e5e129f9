"""Checklists: complete, bilingual, filled only where evidence opens, and honest about published studies."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from click.testing import CliRunner

import qualcode as qc
from qualcode.analysis.checkevidence import RULES, minutes
from qualcode.analysis.checklist import FORMS, Standing, form
from qualcode.cli import main
from qualcode.display import Table
from qualcode.reports.look import evidence_name
from qualcode.reports.page import page
from qualcode.runs.order import order_of
from qualcode.runs.plan import plan

ROOT = Path(__file__).parents[1]
PRACTICE = "latihan-kota-samudra"
STUDIES = ("balangan", "balikpapan", "bandung", "jakarta-utara")
PROJECT = qc.open_project(ROOT)
CASES = {case.id: case for case in PROJECT.cases}
FILE = "corpus/kasus/checklist.yaml"
Make = Callable[..., qc.Project]


@pytest.mark.parametrize(("name", "items"), [("coreq", 32), ("srqr", 21), ("keabsahan", 12)])
def test_the_lists_are_whole(name: str, items: int) -> None:
    """COREQ has its 32 items in the published order and SRQR its 21; every item is worded in both languages."""
    found = form(name)
    assert len(found.items) == items
    assert len({item.id for item in found.items}) == items
    if name != "keabsahan":
        assert [item.id for item in found.items] == [str(number) for number in range(1, items + 1)]
    for item in found.items:
        assert item.label.id != item.label.en or item.label.id == "Abstract"
        assert item.asks.id != item.asks.en
    assert found.citation


def test_every_rule_is_used_and_every_used_rule_exists() -> None:
    """The rules that items name are exactly the rules there are."""
    assert {item.rule for name in FORMS for item in form(name).items if item.rule} == set(RULES)


def test_an_unknown_list_is_refused_with_the_nearest() -> None:
    """A misspelt name of a checklist is met with the right one."""
    with pytest.raises(qc.UnknownNameError, match="coreq"):
        qc.checklist(CASES[PRACTICE], "coreg")


def test_coreq_is_filled_from_the_project() -> None:
    """At least 14 items of COREQ are filled from the practice case itself, before anybody states anything."""
    found = [answer for answer in qc.checklist(CASES[PRACTICE], "coreq") if answer.found]
    assert len(found) >= 14
    asked = {"12", "16", "18", "20", "21", "22", "24", "25", "26", "27", "29", "30", "31", "32"}
    assert asked <= {answer.item.id for answer in found}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_met_without_evidence(case: str, name: str) -> None:
    """Whatever is met, wholly or in part, opens to its evidence; what is open or not met has a reason in words."""
    for answer in qc.checklist(CASES[case], name):
        if answer.standing in (Standing.MET, Standing.PARTLY):
            assert answer.evidence, answer.item.name
            assert all(quotation.text.strip() and quotation.address for quotation in answer.evidence)
        assert answer.words


@pytest.mark.parametrize("case", STUDIES)
def test_published_studies_fail_most_items(case: str) -> None:
    """Interviewer, dates, duration, recording, coders, coding tree, attribution and member checks are not reported."""
    found = qc.checklist(CASES[case], "coreq")
    assert found.is_reading
    assert found.standings()[Standing.UNMET] >= 25
    assert found.standings()[Standing.OPEN] == 0
    for item in ("1", "19", "21", "23", "24", "25", "27", "28", "29"):
        assert found[item].standing is Standing.UNMET
        assert "Tidak disebut dalam studi" in found[item].words


def test_what_the_studies_do_report_is_granted() -> None:
    """Balikpapan names its approach and seven informants, and triangulation without results; Balangan only a theory."""
    balikpapan = qc.checklist(CASES["balikpapan"], "coreq")
    assert balikpapan["9"].standing is Standing.MET
    assert balikpapan["12"].standing is Standing.MET
    assert "7 informan" in balikpapan["12"].words
    named = qc.checklist(CASES["balikpapan"], "keabsahan")["K3"]
    assert (named.standing, named.evidence[0].address) == (Standing.PARTLY, "case.yaml: approach")
    balangan = qc.checklist(CASES["balangan"], "coreq")
    assert balangan["9"].standing is Standing.PARTLY
    assert balangan["12"].standing is Standing.UNMET


def test_limits_of_a_reading_are_not_those_of_the_study() -> None:
    """Only limits that the study itself states count for it."""
    assert len(qc.checklist(CASES["balikpapan"], "srqr")["19"].evidence) == 2
    assert qc.checklist(CASES["bandung"], "srqr")["19"].standing is Standing.UNMET


def test_a_review_of_literature_has_no_interviews_to_report() -> None:
    """COREQ does not apply to a review of literature, and says so."""
    found = qc.checklist(CASES["kajian-pustaka"], "coreq")
    assert found.standings()[Standing.IRRELEVANT] == 32
    assert "kajian pustaka" in found["1"].words


def test_durations_come_from_the_documents() -> None:
    """Interviews last from 30 to 41 minutes; two spans of one interview are added."""
    found = qc.checklist(CASES[PRACTICE], "coreq")["21"]
    assert "30–41" in found.words
    (twice,) = [each for each in found.evidence if each.address == "w-i3"]
    assert "10.25-10.55" in twice.text
    assert "33 menit" in twice.note


@pytest.mark.parametrize(
    ("time", "expected"),
    [("23.50-00.20", 30), ("09:12–09:45 WIB", 33), ("10.00 sampai 11.00", 60), ("2025-03-24", 0), ("", 0)],
)
def test_minutes(time: str, expected: int) -> None:
    """Clock times with dot or colon, over midnight, too; a date is no span."""
    assert minutes(time) == expected


def stated(make_project: Make, text: str) -> qc.Project:
    return make_project(files={FILE: text})


def test_an_empty_project_leaves_items_open(make_project: Make) -> None:
    """Without codings nothing about coding is met, and what only the researcher knows is open, not failed."""
    found = qc.checklist(make_project().case("kasus"), "coreq")
    assert not found.is_reading
    for item in ("2", "13", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"):
        assert found[item].standing is Standing.OPEN, item
    assert found["12"].standing is Standing.MET


def test_a_statement_is_its_own_evidence(make_project: Make) -> None:
    """What the researcher states decides; its words and the place in the file are the evidence, with the page."""
    text = "coreq:\n  '17': {status: terpenuhi, statement: Pedoman diuji coba., where: hlm. 41, documents: [w-i1]}\n"
    answer = qc.checklist(stated(make_project, text).case("kasus"), "coreq")["17"]
    assert answer.standing is Standing.MET
    assert answer.evidence[0].text == "Pedoman diuji coba."
    assert answer.evidence[0].address == f"{FILE}:2, w-i1"
    assert "hlm. 41" in answer.words


def test_the_project_stays_beside_the_statement(make_project: Make) -> None:
    """A statement does not hide what the project shows of the same item."""
    text = "coreq:\n  '12': {status: tidak, statement: Belum ditulis dalam bab III.}\n"
    answer = qc.checklist(stated(make_project, text).case("kasus"), "coreq")["12"]
    assert answer.standing is Standing.UNMET
    assert "Belum ditulis dalam bab III." in answer.words
    assert "Menurut proyek: terpenuhi. 2 informan" in answer.words


def test_member_checks_fill_their_items(make_project: Make) -> None:
    """One of two informants who answered is a part; one who did not answer is none."""
    lines = [
        "member_checks:",
        "  - {informant: I1, date: 2025-05-02, sent: temuan, response: koreksi, changes: Satu kalimat.}",
        "  - {informant: I2, date: 2025-05-02, sent: temuan, response: tidak menjawab}",
    ]
    case = stated(make_project, "\n".join(lines) + "\n").case("kasus")
    found = qc.checklist(case, "coreq")
    assert found["28"].standing is Standing.PARTLY
    assert "1 dari 2" in found["28"].words
    assert found["23"].standing is Standing.OPEN
    assert qc.checklist(case, "keabsahan")["K9"].standing is Standing.PARTLY


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("coreq:\n  '33': {status: tidak, statement: x}\n", 2, "33"),
        ("coreq:\n  '1': {status: terpenuhi}\n", 2, "statement"),
        ("coreq:\n  '1': {status: terpenuhi, statement: ''}\n", 2, "statement"),
        ("coreq:\n  '1': {status: perlu diisi, statement: x}\n", 2, "perlu diisi"),
        ("coreq:\n  '1':\n    status: sebagian\n    statement: x\n    documents: [w-i9]\n", 5, "w-i9"),
        ("member_checks:\n  - {informant: I9, date: x, sent: temuan, response: setuju}\n", 2, "I9"),
        ("corek: {}\n", 1, "corek"),
    ],
)
def test_faults_are_named_with_their_line(make_project: Make, text: str, line: int, words: str) -> None:
    """Whatever is wrong in checklist.yaml `check` names with its line, and the checklist refuses it."""
    project = stated(make_project, text)
    problems = [problem for problem in project.check() if problem.place == f"{FILE}:{line}"]
    assert len(problems) == 1
    assert words in problems[0].what
    with pytest.raises(qc.CheckError):
        qc.checklist(project.case("kasus"), "coreq")


def test_words_of_who_withdrew_are_not_evidence(make_project: Make) -> None:
    """Nothing that an informant said who withdrew consent is shown; that somebody withdrew, is."""
    project = make_project()
    for document, words in (("w-i1", "Semua komentar dibalas."), ("w-i2", "Paling sepertiga yang dibalas.")):
        project.code(f"kasus/{document}", words, "LAY-BAL", coder="ana", valence="mendukung")
    record = project.root / "corpus/kasus/case.yaml"
    content = record.read_text("utf-8").replace("Kepala, relation: orang dalam, consent: dicatat", "K")
    content = content.replace("role: K}", "role: Kepala, relation: orang dalam, consent: ditarik 2025-05-02}")
    record.write_text(content, "utf-8")
    case = qc.open_project(project.root).case("kasus")
    for name in FORMS:
        shown = qc.checklist(case, name)._repr_html_()
        assert "Semua komentar dibalas" not in shown
    assert "Paling sepertiga" in qc.checklist(case, "coreq")._repr_html_()
    assert qc.checklist(case, "coreq")["13"].standing is Standing.PARTLY


def test_hostile_words_arrive_as_text(make_project: Make) -> None:
    """Markup in a statement is shown, never obeyed; formulas are defused in CSV."""
    hostile = "<script>alert(1)</script>"
    text = yaml.safe_dump({"coreq": {"1": {"status": "sebagian", "statement": hostile}}})
    found = qc.checklist(stated(make_project, text).case("kasus"), "coreq")
    assert hostile not in found._repr_html_()
    assert "&lt;script&gt;" in found._repr_html_()


def test_every_item_stands_once_in_every_form() -> None:
    """Table, parts and summary show the same items and counts."""
    found = qc.checklist(CASES[PRACTICE], "coreq")
    assert len(found.to_table().rows) == 32
    assert sum(len(part.rows) for part in found.parts().parts if isinstance(part, Table)) == 32
    assert sum(found.standings().values()) == 32
    rest = sum(found.standings()[each] for each in (Standing.OPEN, Standing.UNMET, Standing.PARTLY))
    assert len(found.to_do().rows) == rest


def test_cases_side_by_side() -> None:
    """One column a case and one row an item, with the counts below."""
    table = qc.compare_checklists(PROJECT.cases, "srqr")
    assert len(table.columns) == 1 + len(CASES)
    assert len(table.rows) == 21 + len(Standing)


def test_in_english() -> None:
    """In English items, standings and words are English."""
    qc.use_language("en")
    found = qc.checklist(CASES[PRACTICE], "coreq")
    assert found["24"].item.name == "24 Number of coders"
    assert str(found["24"].row()[2]) == "● met"
    assert "2 coders" in found["24"].words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["coreq", "--case", PRACTICE, "--csv"], "Pewawancara"),
        (["keabsahan", "--case", PRACTICE, "--show", "todo", "--csv"], "Bahan referensi"),
        (["srqr", "--case", "bandung", "--show", "summary"], "Checklist srqr, bandung"),
        (["coreq", "--csv"], "balikpapan"),
        (["coreq", "--case", PRACTICE, "--quotations"], "w-i3"),
    ],
)
def test_on_the_terminal(arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`qualcode checklist` prints one case, what is to be done, counts, or all cases side by side."""
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, ["checklist", *arguments])
    assert done.exit_code == 0
    assert words in done.output


def test_pages_link_to_the_evidence_that_stands_beside_them(make_project: Make, tmp_path: Path) -> None:
    """A page's foot links to the evidence file when it stood there as the batch was planned; that makes another run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Judul\n\n**Pertanyaan.** Apa?")])
    project = make_project(files={"notebooks/11-uji.ipynb": nbformat.writes(notebook)})
    out = tmp_path / "reports"
    out.mkdir()
    (before,) = plan(project, out=out)
    (out / evidence_name("kasus")).write_text("bukti")
    (after,) = plan(project, out=out)
    assert (before.evidence, after.evidence) == (False, True)
    assert before.parameters == after.parameters
    assert order_of(before).said() != order_of(after).said()
    assert 'href="../bukti-kasus.html"' in page(notebook, evidence=f"../{evidence_name('kasus')}")
    assert "bukti-" not in page(notebook)
