"""The David sheet: what an analyst recorded becomes matrices, and where nothing is recorded there is a reason."""

import shutil
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.analysis.strategy import Left
from qualcode.display import Prose, Table
from qualcode.errors import Problem
from qualcode.figures import Figure
from qualcode.frameworks.david import DavidRecord, read_david
from qualcode.records import parse

ROOT = Path(__file__).parents[1]
PRACTICE = "latihan-kota-samudra"
FILE = f"corpus/{PRACTICE}/david.yaml"
TABLES = (
    "factor",
    "ife",
    "efe",
    "agreement",
    "ie",
    "tows",
    "strategy",
    "space",
    "grand_strategy",
    "qspm",
    "sensitivity",
)
FIGURES = ("ie", "space", "grand_strategy", "ifas_efas")


@pytest.fixture(scope="module")
def project() -> qc.Project:
    return qc.open_project(ROOT)


@pytest.fixture(scope="module")
def practice(project: qc.Project) -> qc.DavidSheet:
    return qc.david(project.case(PRACTICE))


@pytest.fixture
def copy(tmp_path: Path) -> qc.Project:
    """A copy of the practice case, with David's codings only, that a test may spoil."""
    return copied(tmp_path, PRACTICE)


def copied(folder: Path, case: str) -> qc.Project:
    shutil.copytree(ROOT / "codebooks", folder / "codebooks")
    others = shutil.ignore_patterns("*.jsonl")
    shutil.copytree(ROOT / "corpus" / case, folder / "corpus" / case, ignore=others)
    for journal in (ROOT / "corpus" / case / "codings").glob("david.*.jsonl"):
        shutil.copy(journal, folder / "corpus" / case / "codings")
    return qc.open_project(folder)


def swap(project: qc.Project, old: str, new: str) -> int:
    """Replace the one place where `old` stands in the practice case's david.yaml, and give its line."""
    path = project.root / FILE
    content = path.read_text("utf-8")
    assert content.count(old) == 1, old
    path.write_text(content.replace(old, new), "utf-8", newline="\n")
    return content[: content.index(old)].count("\n") + 1


def table(sheet: qc.DavidSheet, name: str) -> Table:
    found = getattr(sheet, f"{name}_table")()
    assert isinstance(found, Table)
    return found


def figure(sheet: qc.DavidSheet, name: str) -> Figure:
    found = getattr(sheet, f"{name}_figure")()
    assert isinstance(found, Figure)
    return found


def test_only_the_fictional_case_is_judged(project: qc.Project) -> None:
    """No published case gets weights that its study does not have; the practice case's say that they are fictional."""
    judged = [case.id for case in project.cases if "david" in case.analyses]
    assert judged == [PRACTICE]
    assert "rekaan" in repr(qc.david(project.case(PRACTICE)).recording())


@pytest.mark.parametrize("case", ["balangan", "balikpapan", "bandung", "jakarta-utara", "kajian-pustaka"])
def test_without_judgements_there_is_a_reason_everywhere(project: qc.Project, case: str) -> None:
    """Every matrix and figure of an unjudged case says that nothing is recorded, and no number stands in it."""
    sheet = qc.david(project.case(case))
    for name in TABLES:
        found = table(sheet, name)
        assert "david.yaml" in found.to_markdown(), name
        assert found.to_html()
        assert not any(isinstance(cell, (int, float)) for row in found.rows for cell in row)
        assert all(len(row) == len(found.columns) for row in found.rows)
    for name in FIGURES:
        assert "david.yaml" in figure(sheet, name).alt
    assert sheet.unrecorded is not None
    assert repr(sheet.sensitivity_summary()) == sheet.unrecorded.reason
    assert "qualcode check" in repr(sheet.recording())


@pytest.mark.parametrize("case", ["balangan", "jakarta-utara", "kajian-pustaka", PRACTICE])
def test_the_draft_can_be_saved_as_it_is(tmp_path: Path, case: str) -> None:
    """The draft names every factor of the sources, is sound, and computes nothing until it is filled in."""
    copy = copied(tmp_path, case)
    path = copy.root / "corpus" / case / "david.yaml"
    path.unlink(missing_ok=True)
    before = qc.david(copy.case(case))
    path.write_text(before.draft().text, "utf-8", newline="\n")
    assert copy.check() == []
    after = qc.david(copy.case(case))
    assert len(after.factors) == sum(len(codings) for codings in before.swot.values())
    assert all(not factor.weights and not factor.ratings for factor in after.factors)
    assert isinstance(after.ife, qc.Undefined)
    assert isinstance(after.qspm, qc.Undefined)
    for name in TABLES:
        assert table(after, name).to_html()
    for name in FIGURES:
        assert figure(after, name).alt


def test_the_scores_of_the_draft_can_be_filled_in(tmp_path: Path) -> None:
    """The draft's rows of scores, uncommented, are sound while blank and hold one score a judge when filled."""
    copy = copied(tmp_path, PRACTICE)
    path = copy.root / FILE
    path.unlink()
    draft = qc.david(copy.case(PRACTICE)).draft().text
    head, _, tail = draft.partition("strategies: []\n")
    scores = "".join(line.removeprefix("# ") for line in tail.splitlines(keepends=True)[1:])
    strategies = "".join(
        f"  - {{id: {s}1, quadrant: {s}, text: x, factors: [{s[0]}1, {s[1]}1], reason: x}}\n" for s in ("SO", "WO")
    )
    blank = f"{head}strategies:\n{strategies}{scores.replace('set:', 'set: x')}"
    path.write_text(blank, "utf-8", newline="\n")
    assert copy.check() == []
    filled = blank.partition("scores:")[2].splitlines()[0]
    whole = filled.replace("ana: ", "ana: 2").replace("budi: ", "budi: 3")
    path.write_text(blank.replace(f"{filled}\n      reason:", f"{whole}\n      reason: x"), "utf-8", newline="\n")
    assert copy.check() == []
    record = qc.david(copy.case(PRACTICE)).record
    assert record.qspm.rows[0].scores == {id: {"ana": 2, "budi": 3} for id in ("SO1", "WO1")}


def test_the_practice_case_is_computed(practice: qc.DavidSheet) -> None:
    """Totals, cell and sums of the practice case, as computed by hand from david.yaml."""
    assert round(practice.ife.total, 4) == 0.455 + 0.42 + 0.49 + 0.24 + 0.30 + 0.33
    assert round(practice.efe.total, 4) == 0.51 + 0.42 + 0.375 + 0.315 + 0.22 + 0.375
    assert practice.ie.cell == "V"
    assert {id: round(total, 2) for id, total in practice.qspm.totals.items()} == {"WO1": 5.04, "ST1": 4.82}
    assert practice.qspm.chosen == "WO1"
    assert (practice.space.vector.x, practice.space.vector.y) == (2.0, -0.5)
    assert practice.grand_strategy == "II"
    assert not practice.faults


def test_the_practice_choice_hangs_on_one_informant(practice: qc.DavidSheet) -> None:
    """The practice case shows what the sensitivity analysis is for: without I2 the chosen strategy falls."""
    found = practice.sensitivity
    fallen = {trial.name for trial in found.trials
              if trial.kind is Left.INFORMANT and found.keeps_choice(trial) is False}  # fmt: skip
    assert fallen == {"I2"}
    assert "I2" in repr(practice.sensitivity_summary())
    assert all(found.keeps_cell(trial) for trial in found.trials)


def test_the_practice_choice_hangs_on_one_judge(practice: qc.DavidSheet) -> None:
    """Without ana's weights and scores ST1 stands highest, and the summary says so; without budi's WO1 stays."""
    found = practice.sensitivity
    chosen = {trial.name: trial.outcome.chosen for trial in found.trials if trial.kind is Left.JUDGE}
    assert chosen == {"ana": "ST1", "budi": "WO1"}
    assert "penilai ana" in repr(practice.sensitivity_summary())
    assert "penilai budi" not in repr(practice.sensitivity_summary())


def test_agreement_stands_beside_agreement(practice: qc.DavidSheet) -> None:
    """One table holds the ratings and the scores of each judge, how far they lie apart, and both shares."""
    found = practice.agreement_table()
    rows = {str(row[0]).partition(" ")[0]: [str(cell) for cell in row[1:]] for row in found.rows}
    assert rows["T1"] == ["ana 2, budi 1", "1", "WO1: ana 3, budi 1\nST1: ana 4, budi 4", "2"]
    assert rows["S1"] == ["ana 4, budi 3", "1", "WO1: 2 (disepakati)\nST1: 3 (disepakati)", "–"]
    assert rows["W2"] == ["ana 2, budi 2", "0", "WO1: –\nST1: –", "–"]
    assert "5 dari 12 faktor" in found.note
    assert "7 dari 12 sel" in found.note
    assert "selisih terbesar 2" in found.note
    assert "8 sel" in found.note
    assert "2,5" in practice.qspm_table().to_markdown()


def test_every_factor_opens_to_its_quotations(practice: qc.DavidSheet) -> None:
    """Each factor rests on real codings of its own side, and its row opens to them."""
    for name in ("factor", "ife", "efe", "agreement", "qspm"):
        rows = [row[0] for row in table(practice, name).rows if not isinstance(row[0], str)]
        assert rows
        assert all(cell.quotations for cell in rows)
    for factor in practice.factors:
        codes = {coding.code for coding in practice.case.codings if coding.id in factor.codings}
        assert codes == {f"SWT-{factor.side}"}


def test_figures_say_in_words_where_the_point_stands(practice: qc.DavidSheet) -> None:
    """The text alternative of each figure gives the numbers and the name of the field, in both languages."""
    assert "IFE 2,24; EFE 2,22" in figure(practice, "ie").alt
    assert "sel V" in figure(practice, "ie").alt
    assert "kompetitif" in figure(practice, "space").alt
    assert "II: " in figure(practice, "grand_strategy").alt
    assert "agresif" in figure(practice, "ifas_efas").alt
    for name in FIGURES:
        assert figure(practice, name).png == figure(practice, name).png
    qc.use_language("en")
    assert "IFE 2.24; EFE 2.22" in figure(practice, "ie").alt
    assert "competitive" in figure(practice, "space").alt


def test_spreadsheets_get_numbers(practice: qc.DavidSheet) -> None:
    """In CSV weights and totals are numbers with a point, whatever the language on the page."""
    assert "2.235" in practice.ife_table().to_csv()
    assert "5.04" in practice.qspm_table().to_csv()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rating: {ana: 4, budi: 3}\n    reason: Disebut kepala", "rating: {ana: 7, budi: 3}\n    reason: X", "“7”"),
        ("weight: {ana: 0.14, budi: 0.12}", "weight: {ana: 0.24, budi: 0.12}", "1,1"),
        ("weight: {ana: 0.14, budi: 0.12}", "weight: {ana: -0.14, budi: 0.12}", "-0,14"),
        ("rating: {ana: 1, budi: 1}", "rating: {ana: 1, budi: 3}", "david13"),
        ("weight: {ana: 0.14, budi: 0.12}", "weight: {ana: 0.14, budi: 0.12, cici: 0.1}", "cici"),
        ("    reason: Di luar kendali dinas; ditanggapi dengan lebih banyak reels.\n", "", "T2"),
        ("01M80R2KRBN54PFZE7K0HC245D", "01M80R2KRBN54PFZE7K0HC2XXX", "2XXX"),
        ("  - id: S2\n", "  - id: S1\n", "S1"),
        ("factors: [S1, S2, O1, O2]", "factors: [S1, S2, W1, O2]", "W1"),
        ("factors: [S1, S2, O1, O2]", "factors: [S1, S2]", "O"),
        ("factors: [S1, S2, O1, O2]", "factors: [S1, S2, O1, O9]", "O9"),
        ("{WO1: 2, ST1: 3}", '{WO1: "-", ST1: 3}', "S1"),
        ("{WO1: 2, ST1: 3}", "{WO1: 2, ST1: 3, SO1: 1}", "SO1"),
        ("{WO1: 2, ST1: 3}", "{WO1: {ana: 2, cici: 3}, ST1: 3}", "cici"),
        ("strategies: [WO1, ST1]", "strategies: [WO1, ST1, XX]", "XX"),
        ("    - factor: S2\n", "    - factor: S9\n", "S9"),
        ("    - factor: S2\n", "    - factor: S1\n", "S1"),
        ("score: 6", "score: 8", "IP"),
        ("rating_rule: david13", "rating_rule: lain", "lain"),
        ("position: lemah", "position: entah", "entah"),
        ("judges: [ana, budi]", "judges: [ana, budi, ana]", "ana"),
        ("fictional: true", "fiksi: true", "fiksi"),
        ("judges: [ana, budi]", "judges: [ana, budi", ""),
    ],
)
def test_check_names_every_fault_with_its_line(copy: qc.Project, old: str, new: str, said: str) -> None:
    """A fault in david.yaml is reported with file and line and does not keep the sheet from being drawn."""
    content = (copy.root / FILE).read_text("utf-8")
    first = content.index(old)
    path = copy.root / FILE
    path.write_text(content[:first] + new + content[first + len(old) :], "utf-8", newline="\n")
    problems = copy.check()
    assert problems
    assert all(problem.place.startswith(f"{FILE}:") for problem in problems)
    assert any(said in problem.what for problem in problems)
    sheet = qc.david(copy.case(PRACTICE))
    assert sheet.faults
    for name in TABLES:
        assert table(sheet, name).to_html()
    assert figure(sheet, "ie").alt
    assert isinstance(sheet.recording(), Prose)


def test_the_line_is_the_right_one(copy: qc.Project) -> None:
    """The place of a fault is the line where it is written."""
    line = swap(copy, "rating: {ana: 1, budi: 1}", "rating: {ana: 1, budi: 4}")
    assert [problem.place for problem in copy.check()] == [f"{FILE}:{line}"]


SCORED = "      scores: {WO1: {ana: 3, budi: 1}, ST1: {ana: 4, budi: 4}}\n"


def scored(scores: str) -> tuple[DavidRecord | None, list[Problem]]:
    """A david.yaml of two judges and one row, whose scores begin on line 16."""
    factors = "".join(f"  - {{id: {id}1, side: {id}, text: x}}\n" for id in "SWOT")
    strategies = "".join(
        f"  - {{id: {s}1, quadrant: {s}, text: x, factors: [{s[0]}1, {s[1]}1], reason: x}}\n" for s in ("WO", "ST")
    )
    text = (
        f"judges: [ana, budi]\nrating_rule: response\nfactors:\n{factors}strategies:\n{strategies}"
        f"qspm:\n  set: x\n  strategies: [WO1, ST1]\n  rows:\n  - factor: S1\n    scores:\n{scores}    reason: x\n"
    )
    assert text.splitlines()[15] == "    scores:"
    tree, faults = parse(text, "david.yaml")
    assert tree is not None
    assert not faults
    return read_david(tree, None)


@pytest.mark.parametrize(
    ("cell", "line", "said"),
    [
        ("\n        ana: 3\n        budi: 7", 19, "“7”"),
        ("\n        ana: x\n        budi: 3", 18, "“x”"),
        ("\n        ana: 3\n        cici: 3", 19, "cici"),
        ("{ana: {budi: 2}}", 17, "ana"),
        ("[2, 3]", 17, "WO1"),
        ("5", 17, "“5”"),
        ("{ana: –, budi: 3}", 16, "S1"),
        ("{ana: –, budi: –}", 16, "S1"),
        ("–", 16, "S1"),
    ],
)
def test_a_fault_of_a_score_is_found_on_its_line(cell: str, line: int, said: str) -> None:
    """A fault in a cell of the QSPM is one problem, on the line of the judge, the strategy or the row it concerns."""
    (problem,) = scored(f"      WO1: {cell}\n      ST1: {{ana: 2, budi: 2}}\n")[1]
    assert problem.place == f"david.yaml:{line}"
    assert said in problem.what


def test_a_dash_beside_a_score_has_its_mend() -> None:
    """The mend of a row with a dash and a score says that a dash holds for all strategies and all judges."""
    (problem,) = scored("      WO1: {ana: –, budi: 3}\n      ST1: 2\n")[1]
    assert "semua strategi dan semua penilai" in problem.mend


def test_dashes_of_all_judges_are_one_dash(copy: qc.Project) -> None:
    """A dash from every judge is a dash, however it is written; the factor then adds nothing to any sum."""
    swap(copy, SCORED, "      scores: {WO1: {ana: –, budi: —}, ST1: –}\n")
    assert copy.check() == []
    assert qc.david(copy.case(PRACTICE)).qspm.scores["T1"] == {"WO1": None, "ST1": None}


def test_a_missing_score_is_a_blank_and_no_fault(copy: qc.Project) -> None:
    """Where a judge has not scored yet, factor, strategy and judge stand in the place of the sums; check is silent."""
    swap(copy, SCORED, "      scores: {WO1: {ana: 3, budi: }, ST1: {ana: 4, budi: 4}}\n")
    assert copy.check() == []
    sheet = qc.david(copy.case(PRACTICE))
    for found in (sheet.qspm_table(), sheet.sensitivity_table(), sheet.agreement_table()):
        assert "T1 (WO1, budi)" in found.to_markdown()
    assert "WO1: ana 3, budi –" in sheet.agreement_table().to_markdown()
    assert "5 dari 12 faktor" in sheet.agreement_table().note


def test_a_trial_without_a_result_is_named(copy: qc.Project) -> None:
    """Where leaving out a judge ends in a tie, the summary counts no survival and says why."""
    swap(copy, "{WO1: {ana: 2, budi: 1}, ST1: {ana: 4, budi: 4}}", "{WO1: {ana: 2, budi: 2}, ST1: {ana: 4, budi: 4}}")
    summary = repr(qc.david(copy.case(PRACTICE)).sensitivity_summary())
    assert "penilai ana: Tidak ada satu pilihan: ST1, WO1" in summary


def test_a_missing_weight_is_a_blank_and_no_fault(copy: qc.Project) -> None:
    """Who has not weighed a factor yet is told so where the total would stand; check has nothing to say."""
    swap(copy, "weight: {ana: 0.10, budi: 0.14}", "weight: {ana: 0.10, budi: }")
    assert copy.check() == []
    sheet = qc.david(copy.case(PRACTICE))
    assert "S2 (budi)" in sheet.ife_table().to_markdown()
    assert isinstance(sheet.qspm, qc.Undefined)
    assert isinstance(sheet.ie, qc.Undefined)
    assert not isinstance(sheet.efe, qc.Undefined)


def test_a_factor_may_rest_on_an_address(copy: qc.Project) -> None:
    """Instead of a coding's id its address, document:line, leads to the same words."""
    case = copy.case(PRACTICE)
    id = "01M80R2M5YK4N4747E5WZY5QYJ"
    address = next(coding.address for coding in case.codings if coding.id == id)
    swap(copy, f"      - {id}\n", f"      - {address}\n")
    assert copy.check() == []
    factor = next(factor for factor in qc.david(copy.case(PRACTICE)).factors if factor.id == "S3")
    assert id in factor.codings


def test_a_removed_coding_is_reported(copy: qc.Project) -> None:
    """A factor that rests on a coding that was taken back is named by check."""
    coding = next(c for c in copy.case(PRACTICE).codings if c.id == "01M80R2M5YK4N4747E5WZY5QYJ")
    copy.remove(coding)
    assert [problem.place.partition(":")[0] for problem in copy.check()] == [FILE]


def test_a_broken_codebook_is_not_blamed_on_the_analyst(copy: qc.Project) -> None:
    """Where the codings cannot be read because the codebook is broken, david.yaml's links are not reported."""
    (copy.root / "codebooks" / "david.yaml").write_text("id: [", "utf-8")
    assert not [problem for problem in copy.check() if problem.place.startswith(FILE)]


def test_a_misfit_is_shown_and_stays(copy: qc.Project) -> None:
    """A strategy that does not fit its field is still shown there, and the note says what is wrong."""
    swap(copy, "factors: [S1, S2, O1, O2]", "factors: [S1, S2, W1]")
    found = qc.david(copy.case(PRACTICE)).tows_table()
    assert "SO1: faktor W1" in found.note
    assert "SO1 " in found.to_markdown()


@pytest.mark.parametrize("dash", ['"-"', "–", "—"])
def test_every_dash_is_a_dash(dash: str) -> None:
    """A hyphen and the longer dashes mean the same in a row of scores."""
    text = f"judges: [a]\nrating_rule: response\nfactors: []\nqspm:\n  set: x\n  strategies: [A, B]\n  rows:\n" \
           f"    - {{factor: S1, scores: {{A: {dash}, B: {dash}}}, reason: x}}\n"  # fmt: skip
    tree, faults = parse(text, "david.yaml")
    assert tree is not None
    record, problems = read_david(tree, None)
    assert not faults
    assert record is not None
    assert record.qspm is not None
    assert record.qspm.rows[0].scores == {"A": "-", "B": "-"}
    assert len(problems) == 3  # no factor S1, no strategies A and B; the dashes are sound


def test_an_empty_david_yaml_is_named(copy: qc.Project) -> None:
    """An empty file is a file whose keys are missing, not a case without judgements."""
    (copy.root / FILE).write_text("", "utf-8")
    assert copy.check()
    assert "tidak dapat dibaca" in str(qc.david(copy.case(PRACTICE)).unrecorded)
