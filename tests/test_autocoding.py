"""Coding by explicit rules: known answers, nothing twice, never the interviewer, never mixed with people."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.errors import TooLittleDataError
from qualcode.frameworks.sheet import sheet_of
from qualcode.project.autocoding import Autocoding, rule_of
from qualcode.project.recoding import Rename
from qualcode.runs.plan import plan
from qualcode.wording import use_language

Make = Callable[..., qc.Project]

TEXTS = {
    "w-i1": (
        "P: 1. Siapa yang mengelola akun?\n\nI1: Saya kelola. Admin ikut mengelola! Begitu.\n\n"
        "P: 2) Apakah komentar dibalas?\n\nP: Kapan?\n\nI1: Semua dibalas.\n\nI1: Tiap sore 🙂 (a.*b).\n"
    ),
    "w-i2": "P: 1. Siapa yang mengelola akun?\n\nI2: Pengelolaan di staf.\n\nP: Nggih.\n\nI2: Begitulah.\n",
    "o-1": "## Deskripsi\n\nAkun dikelola bersama.\n\n## Refleksi\n\nSaya ragu siapa mengelola.\n",
}
JOURNAL = "corpus/kasus/codings/uji.auto.jsonl"


def coded(project: qc.Project) -> list[tuple[str, str, str]]:
    return [(each.document.id, each.quote, each.code) for each in project.case("kasus").coded_by("auto")]


def texts_of(found: Autocoding) -> list[str]:
    return [each.segment.text for each in found.new]


def call(project: qc.Project, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(main, ["--project", str(project.root), *arguments])
    finally:
        use_language("id")


# --- what a rule finds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (
            "turn",
            ["Akun dikelola bersama.", "Saya kelola. Admin ikut mengelola! Begitu.", "Pengelolaan di staf."],
        ),
        ("sentence", ["Akun dikelola bersama.", "Saya kelola.", "Admin ikut mengelola!", "Pengelolaan di staf."]),
        ("word", ["dikelola", "kelola", "mengelola", "Pengelolaan"]),
    ],
)
def test_a_word_family_by_hand(make_project: Make, unit: str, expected: list[str]) -> None:
    """A word codes its informants' turns, sentences or very words: never the interviewer's, never a reflection."""
    found = make_project(TEXTS).autocode("SDM", "kasus", word="kelola", unit=unit)
    assert texts_of(found) == expected


@pytest.mark.parametrize(
    ("match", "without", "expected"),
    [
        ("exact", (), ["kelola"]),
        ("prefix", (), ["kelola"]),
        ("family", ("pengelolaan", "dikelola"), ["kelola", "mengelola"]),
    ],
)
def test_ways_of_matching(make_project: Make, match: str, without: tuple[str, ...], expected: list[str]) -> None:
    """Exact words, beginnings and forms left out count as in a concordance."""
    project = make_project(TEXTS)
    found = project.autocode("SDM", "kasus", word="kelola", match=match, without=without, unit="word")
    assert texts_of(found) == expected
    assert all(form in str(found.rule) for form in without)


def test_a_phrase_takes_the_sentences_it_runs_over(make_project: Make) -> None:
    """Words that follow one another are one place; where they run over two sentences, both are coded as one."""
    project = make_project(TEXTS)
    assert texts_of(project.autocode("SDM", "kasus", word="saya kelola", unit="word")) == ["Saya kelola"]
    over = project.autocode("SDM", "kasus", word="kelola admin", unit="sentence")
    assert texts_of(over) == ["Saya kelola. Admin ikut mengelola!"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("kelola akun", ["Saya kelola. Admin ikut mengelola! Begitu.", "Pengelolaan di staf."]),
        ("akun kelola", ["Saya kelola. Admin ikut mengelola! Begitu.", "Pengelolaan di staf."]),
        ("balas komentar", ["Semua dibalas.", "Tiap sore 🙂 (a.*b)."]),
        ("kapan?", ["Semua dibalas.", "Tiap sore 🙂 (a.*b)."]),
        ("1", ["Saya kelola. Admin ikut mengelola! Begitu.", "Pengelolaan di staf."]),
        ("02", ["Semua dibalas.", "Tiap sore 🙂 (a.*b)."]),
        ("gaji", []),
    ],
)
def test_a_question_by_hand(make_project: Make, question: str, expected: list[str]) -> None:
    """What informants say from a question to the interviewer's next turn answers it; its number is the one written."""
    assert texts_of(make_project(TEXTS).autocode("SDM", "kasus", question=question)) == expected


def test_a_whole_question_means_only_itself(make_project: Make) -> None:
    """A question given word for word, as the heading of a column of answers, is not taken for a longer one."""
    text = "P: Siapa admin?\n\nI1: Saya.\n\nP: Siapa admin dan kepala?\n\nI1: Kami.\n"
    project = make_project({"w-i1": text})
    assert texts_of(project.autocode("SDM", "kasus", question="siapa admin")) == ["Saya."]
    assert texts_of(project.autocode("SDM", "kasus", question="admin siapa")) == ["Saya.", "Kami."]


def test_a_speaker_by_hand(make_project: Make) -> None:
    """A speaker's label codes all of that speaker's turns, also an interviewer's when he is named."""
    project = make_project(TEXTS)
    assert texts_of(project.autocode("SDM", "kasus", speaker="I2")) == ["Pengelolaan di staf.", "Begitulah."]
    assert "P" in {each.because for each in project.autocode("SDM", "kasus", speaker="P").new}
    assert texts_of(project.autocode("SDM", "kasus", speaker="I1", unit="sentence"))[:2] == [
        "Saya kelola.",
        "Admin ikut mengelola!",
    ]
    with pytest.raises(qc.UnknownNameError, match="I1, I2, P"):
        project.autocode("SDM", "kasus", speaker="I9")


def test_a_reflection_below_the_last_turn_is_no_evidence(make_project: Make) -> None:
    """What a researcher thinks below a transcript's last turn is neither coded nor searched."""
    project = make_project({"w-i1": "P: Ya?\n\nI1: Kami kelola.\n\n## Refleksi\n\nMereka mengelola sendiri?\n"})
    assert texts_of(project.autocode("SDM", "kasus", word="kelola")) == ["Kami kelola."]
    assert texts_of(project.autocode("SDM", "kasus", word="sendiri")) == []
    assert texts_of(project.autocode("SDM", "kasus", speaker="I1")) == ["Kami kelola."]


# --- storing -----------------------------------------------------------------------------------------------------


def test_nothing_is_stored_before_apply(make_project: Make) -> None:
    """A preview writes no journal; applying writes one file, in the name of auto, with the rule in each memo."""
    project = make_project(TEXTS)
    found = project.autocode("SDM", "kasus", word="kelola")
    assert not (project.root / JOURNAL).parent.exists()
    stored = found.apply()
    assert [each.quote for each in stored] == texts_of(found)
    lines = [json.loads(line) for line in (project.root / JOURNAL).read_text("utf-8").splitlines()]
    assert [(each["coder"], each["valence"]) for each in lines] == [("auto", "deskriptif")] * 3
    assert {each["memo"] for each in lines} == {"aturan: keluarga kata “kelola”, per giliran"}
    assert len({each["action"] for each in lines}) == 1
    for each in lines:
        assert project.case("kasus").document(each["document"]).text[each["start"] : each["end"]] == each["quote"]
    assert project.check() == []


def test_the_same_rule_twice_adds_nothing(make_project: Make) -> None:
    """Applied again, also from an older preview or through another rule, no place is coded twice."""
    project = make_project(TEXTS)
    older = project.autocode("SDM", "kasus", word="kelola")
    assert len(project.autocode("SDM", "kasus", word="kelola").apply()) == 3
    before = (project.root / JOURNAL).read_bytes()
    again = project.autocode("SDM", "kasus", word="kelola")
    assert (len(again.new), len(again.apply()), len(older.apply())) == (0, 0, 0)
    assert (project.root / JOURNAL).read_bytes() == before
    assert "0 baru, 3 sudah ada" in repr(again)
    assert texts_of(project.autocode("SDM", "kasus", speaker="I2")) == ["Begitulah."]


def test_undo_takes_a_whole_run_back(make_project: Make) -> None:
    """One undo of auto takes back all of the last run and nothing before it; redo brings it back."""
    project = make_project(TEXTS)
    project.autocode("SDM", "kasus", speaker="I2").apply()
    first = coded(project)
    project.autocode("LAY-BAL", "kasus", word="balas").apply()
    both = coded(project)
    assert len(both) == len(first) + 1
    project.undo("auto")
    assert coded(project) == first
    project.redo("auto")
    assert coded(project) == both
    project.undo("auto")
    assert len(project.autocode("LAY-BAL", "kasus", word="balas").new) == 1


def test_what_a_person_took_back_does_not_return(make_project: Make) -> None:
    """A coding by a rule that was removed, or given another code, is not made again by the same rule."""
    project = make_project(TEXTS)
    one, other, _ = project.autocode("SDM", "kasus", word="kelola").apply()
    project.remove(one)
    project.revise(other, code="LAY-DAT")
    again = project.autocode("SDM", "kasus", word="kelola")
    assert (len(again.new), "1 sudah ada, 2 pernah" in repr(again)) == (0, True)
    assert [code for *_, code in coded(project)] == ["LAY-DAT", "SDM"]


def test_a_corrected_text_keeps_what_rules_coded(make_project: Make) -> None:
    """After a correction the codings follow, a rule still adds nothing twice, and an older preview is refused."""
    project = make_project(TEXTS)
    project.autocode("SDM", "kasus", word="kelola").apply()
    older = project.autocode("SDM", "kasus", speaker="I2")
    text = project.case("kasus").document("w-i2").text
    project.replace_text("kasus/w-i2", text.replace("P: 1.", "P: Nah, 1."), coder="ana")
    assert len(project.autocode("SDM", "kasus", word="kelola").new) == 0
    with pytest.raises(qc.CodingError, match="pratinjau"):
        older.apply()


def test_two_copies_of_a_run_count_once(make_project: Make) -> None:
    """A rule applied on two laptops whose journals are united afterwards counts once."""
    project = make_project(TEXTS)
    project.autocode("SDM", "kasus", word="kelola").apply()
    one = (project.root / JOURNAL).read_bytes()
    (project.root / JOURNAL).unlink()
    project.autocode("SDM", "kasus", word="kelola").apply()
    with (project.root / JOURNAL).open("ab") as file:
        file.write(one)
    assert len(coded(project)) == 3


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"word": " "},
        {"word": "kelola", "speaker": "I1"},
        {"speaker": "I1", "unit": "word"},
        {"question": "kelola", "unit": "word"},
        {"speaker": "I1", "match": "exact"},
        {"question": "1", "match": "exact"},
        {"question": "kelola", "without": ("kelola",)},
        {"word": "kelola", "match": "regex"},
    ],
)
def test_rules_that_are_none(asked: dict[str, str]) -> None:
    """A rule is one of word, speaker and question, with what goes with it and nothing else."""
    with pytest.raises(qc.ParameterError):
        rule_of(**asked)


def test_headings_and_unknown_names(make_project: Make) -> None:
    """Headings are refused; an unknown code, case, unit or number of a question is named with the mend."""
    project = make_project(TEXTS)
    with pytest.raises(qc.CodingError, match="LAY-BAL, LAY-DAT"):
        project.autocode("LAY", "kasus", word="kelola")
    with pytest.raises(qc.UnknownNameError, match="Maksud Anda SDM"):
        project.autocode("SDN", "kasus", word="kelola")
    with pytest.raises(qc.UnknownNameError, match="kasus"):
        project.autocode("SDM", "kasu", word="kelola")
    with pytest.raises(qc.UnknownNameError, match="sentence"):
        project.autocode("SDM", "kasus", word="kelola", unit="sentences")
    with pytest.raises(qc.ParameterError, match="nomor 7"):
        project.autocode("SDM", "kasus", question="7")


@pytest.mark.parametrize("word", ["(.*", "[z-", "\\d+", "^$", "...", "\u200b"])
def test_what_is_no_word_is_refused(make_project: Make, word: str) -> None:
    """Signs of regular expressions mean nothing; what holds no word finds nothing or is refused, never everything."""
    project = make_project(TEXTS)
    for asked in ({"word": word}, {"question": word}):
        try:
            assert texts_of(project.autocode("SDM", "kasus", **asked)) == []
        except qc.ParameterError as error:
            assert error.problem.mend


def test_hostile_words_are_taken_by_the_letter(make_project: Make) -> None:
    """Braces, quotation marks and emoji in a word are just that, in the search and in the memo."""
    project = make_project(TEXTS)
    assert texts_of(project.autocode("SDM", "kasus", word="🙂", unit="word")) == ["🙂"]
    found = project.autocode("SDM", "kasus", word='sore {0} {x} "🙂"', unit="word")
    assert found.new == ()
    project.autocode("SDM", "kasus", word="🙂").apply()
    assert "“🙂”" in project.case("kasus").coded_by("auto")[0].memo


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.sampled_from(["kelola", "Dikelola", "🙂", "é", "İ", "ya.", "(.*)", "\n\n"]), min_size=1, max_size=12
    ),
    unit=st.sampled_from(["turn", "sentence", "word"]),
)
def test_quotations_are_the_very_words(make_project: Make, text: list[str], unit: str) -> None:
    """Whatever the text, each place lies in one informant's turn and holds the word."""
    body = " ".join(text)
    project = make_project({"w-i1": f"P: kelola {body}\n\nI1: {body} kelola\n\nP: kelola\n"})
    document = project.case("kasus").document("w-i1")
    (turn,) = [each for each in document.turns if each.role is qc.Role.INFORMANT]
    found = project.autocode("SDM", "kasus", word="kelola", unit=unit).new
    assert found
    for each in found:
        assert turn.start <= each.segment.start < each.segment.end <= turn.end
        assert "kelola" in each.segment.text.lower()


# --- apart from people -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["auto", "Auto", "AUTO"])
def test_nobody_goes_by_the_name_of_rules(make_project: Make, name: str) -> None:
    """No person codes, judges, sums up, corrects, recodes, samples or imports as auto; the refusal says what to do."""
    project = make_project(TEXTS)
    coding = project.code("kasus/w-i1", "Semua dibalas.", "LAY-BAL", coder="ana")
    attempts: list[Callable[[], object]] = [
        lambda: project.code("kasus/w-i1", "Begitu.", "SDM", coder=name),
        lambda: project.judge("kasus", "SDM", "source", "silence", coder=name, memo="x"),
        lambda: project.summarise("kasus", "LAY-BAL", "I1", "x", coder=name),
        lambda: project.adjudicate("kasus", [coding], None, coder=name, memo="x"),
        lambda: project.replace_text("kasus/w-i1", "x", coder=name),
        lambda: project.recode("uji", Rename(code="SDM", new="STAF"), coder=name),
        lambda: project.sample("kasus", "uji", coder=name),
        lambda: project.import_documents([], "kasus", coder=name),
    ]
    for attempt in attempts:
        with pytest.raises(qc.CodingError, match="qualcode autocode"):
            attempt()
    assert not list((project.root / "corpus/kasus/codings").glob("*[aA][uU][tT][oO]*"))
    done = call(project, "code", "kasus/w-i1", "Begitu.", "SDM", "--coder", name)
    assert (done.exit_code, "qualcode autocode" in done.stderr) == (1, True)


def test_check_accepts_auto_and_refuses_it_among_people(make_project: Make) -> None:
    """Check finds no fault in a journal of rules, but one in a case that lists auto among its coders."""
    project = make_project(TEXTS)
    project.autocode("SDM", "kasus", word="kelola").apply()
    record = project.root / "corpus/kasus/case.yaml"
    record.write_text(record.read_text("utf-8") + "coders: [ana]\n", "utf-8")
    assert project.check() == []
    record.write_text(record.read_text("utf-8").replace("[ana]", "[auto, ana]"), "utf-8")
    (problem,) = project.check()
    assert "qualcode autocode" in problem.mend
    assert project.case("kasus").coded_by().coders == ()


@pytest.fixture
def both(make_project: Make) -> qc.Project:
    """Ana and Budi coded one passage each, and rules coded much more."""
    project = make_project(TEXTS)
    for coder in ("ana", "budi"):
        project.code("kasus/w-i1", "Semua dibalas.", "LAY-BAL", coder=coder)
    for code in ("SDM", "LAY-BAL", "LAY-DAT"):
        project.autocode(code, "kasus", word="kelola").apply()
    record = project.root / "corpus/kasus/case.yaml"
    record.write_text(record.read_text("utf-8") + "coders: [ana, budi]\n", "utf-8")
    return project


def test_filters_bring_rules_forth_only_by_name(both: qc.Project) -> None:
    """However filters are chained, what rules coded comes forth where auto is named, and only there."""
    codings = both.case("kasus").codings
    assert (len(codings), codings.coders) == (2, ("ana", "budi"))
    assert codings.of("SDM").coders == codings.using("uji").on("w-i2").coders == ()
    assert codings.where(valence="deskriptif", document=both.case("kasus").document("o-1")).coders == ()
    assert codings.where(coder="ana").by("ana", "budi").coders == ("ana",)
    assert len(codings.of("SDM").by("auto")) == len(codings.by("auto").of("SDM")) == 3
    assert codings.using("uji").by("ana", "auto").coders == ("ana", "auto")
    assert codings.where(coder={"auto", "budi"}).coders == ("auto", "budi")
    assert codings.by("ana").by("auto").coders == codings.by("ana").where(coder="auto").coders == ()
    assert codings[:].by("auto").coders == ()


@pytest.mark.parametrize("coder", ["", "semua", "all", "disepakati", "agreed", "ana"])
def test_no_choice_of_people_takes_rules_in(both: qc.Project, coder: str) -> None:
    """The main coder, everybody and what was agreed are people; auto alone gives what rules coded."""
    case = both.case("kasus")
    assert set(case.coded_by(coder).coders) <= {"ana", "budi"}
    assert case.coded_by("auto").coders == ("auto",)


@pytest.mark.parametrize("coder", ["", "semua"])
def test_every_analysis_leaves_rules_out(both: qc.Project, coder: str) -> None:
    """Matrix, triangulation, sheets, charts, threads and words under a code are what people coded."""
    case, book = both.case("kasus"), both.codebook("uji")
    people = len(case.coded_by(coder))
    assert sum(map(sum, qc.arrange(case, book, coder=coder).counts())) == people
    assert sum(map(sum, qc.arrange(case, book, coder="auto").counts())) > people
    for axis in ("source", "technique", "time", "coder", "framework"):
        held = qc.triangulate(case, book, axis, coder=coder)
        assert not any("auto" in held.codings(code).coders for code in held.cells), axis
    assert len(qc.triangulate(case, book, "source", coder="auto").codings("SDM")) == 3
    assert len(qc.triangulate(case, book, "source", coder=coder).codings("SDM")) == 0
    assert len(qc.thread(case, "SDM", coder=coder).rows) < len(qc.thread(case, "SDM", coder="auto").rows)
    assert len(sheet_of(case, "uji", ["SDM"], coder).codings) == 0
    assert len(sheet_of(case, "uji", ["SDM"], "auto").codings) == 3
    assert "SDM" not in {each.code for each in qc.chart(case, book, coder=coder).matrix.codings}
    with pytest.raises(TooLittleDataError):
        qc.words(case, code="SDM", coder=coder)
    assert "kelola" in repr(qc.words(case, code="SDM", coder="auto").frequencies().to_table().rows)


def test_saturation_leaves_rules_out(both: qc.Project) -> None:
    """What rules found brings no interview anything new, unless auto is asked for."""
    case, book = both.case("kasus"), both.codebook("uji")
    for coder, held in (("ana", {"LAY-BAL"}), ("semua", {"LAY-BAL"}), ("auto", {"SDM", "LAY-BAL", "LAY-DAT"})):
        assert frozenset().union(*qc.saturation(case, book, coder=coder).sets) == held


def test_agreement_leaves_rules_out(both: qc.Project) -> None:
    """Agreement compares people, and says nothing of documents that only rules coded; auto can be named beside one."""
    codings = both.case("kasus").codings.using("uji")
    assert qc.agree(codings).panel.raters == ("ana", "budi")
    assert "w-i2" not in repr(qc.agree(codings).remarks())
    assert qc.agree(codings.by("ana", "auto")).panel.raters == ("ana", "auto")


def test_pages_and_searches_leave_rules_out(both: qc.Project) -> None:
    """Overview, co-occurrence, lists of codings and words in context are of people; the overview counts rules apart."""
    case, book = both.case("kasus"), both.codebook("uji")
    table = qc.overview(case).codings()
    assert "auto" not in table.columns
    assert "9 koding menurut aturan" in table.note
    assert both.to_table().rows[0][3:5] == [2, "ana, budi"]
    assert "2 koding oleh 2 koder" in repr(case)
    assert qc.cooccurrence(case.codings, book).codings.coders == ("ana", "budi")
    assert {code for hit in qc.concordance(both, "kelola") for code in hit.codes} == set()
    assert len(qc.concordance(both, "kelola", code="SDM", coder="auto")) > 0
    assert len(qc.concordance(both, "kelola", code="SDM")) == 0
    assert case.adjudicated(book).coders == ("ana",)


def test_runs_may_name_rules(both: qc.Project) -> None:
    """Notebooks can be run for auto, which is a coder that every case knows."""
    (both.root / "notebooks").mkdir()
    notebook = both.root / "notebooks" / "11-uji.ipynb"
    notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "utf-8")
    assert [job.parameters["coder"] for job in plan(both, coder="auto")] == ["auto"]
    with pytest.raises(qc.UnknownNameError):
        plan(both, coder="otto")


# --- the terminal ------------------------------------------------------------------------------------------------


def test_the_verb_shows_then_stores(make_project: Make) -> None:
    """A dry run prints count and table and writes nothing; then the same is stored; undo takes it back."""
    project = make_project(TEXTS)
    rule = ("autocode", "SDM", "--case", "kasus", "--word", "kelola", "--unit", "sentence")
    shown = call(project, *rule, "--dry-run", "--csv")
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    assert [(row["Alamat"], row["Karena"]) for row in rows] == [
        ("kasus/o-1:3", "dikelola"),
        ("kasus/w-i1:3", "kelola"),
        ("kasus/w-i1:3", "mengelola"),
        ("kasus/w-i2:3", "Pengelolaan"),
    ]
    assert not (project.root / JOURNAL).exists()
    assert "4 koding disimpan" in call(project, *rule).output
    assert "0 koding disimpan" in call(project, *rule).output
    assert call(project, *rule, "--json").stdout.strip().endswith("}")
    assert json.loads(call(project, "find", "SDM", "--json").output)["rows"] == []
    assert len(json.loads(call(project, "find", "SDM", "--coder", "auto", "--json").output)["rows"]) == 4
    assert call(project, "undo", "--coder", "auto").exit_code == 0
    assert coded(project) == []


def test_the_verb_names_mistakes(make_project: Make) -> None:
    """No rule, two rules and a heading end with 1 and the mend; English speaks English."""
    project = make_project(TEXTS)
    for arguments in ((), ("--word", "a", "--speaker", "I1")):
        done = call(project, "autocode", "SDM", "--case", "kasus", *arguments)
        assert (done.exit_code, "--question" in done.stderr) == (1, True)
    assert call(project, "autocode", "LAY", "--case", "kasus", "--word", "a").exit_code == 1
    done = call(
        project, "--language", "en", "autocode", "SDM", "--case", "kasus", "--question", "kelola akun", "--dry-run"
    )
    assert "answers to a question with word family “kelola akun”" in " ".join(done.output.split())


def test_the_case_for_practice() -> None:
    """On the practice case a rule finds informants' turns only, and looking stores nothing."""
    root = Path(__file__).parents[1]
    found = qc.open_project(root).autocode("KHN-OPE", "latihan-kota-samudra", word="kelola")
    assert len(found.new) > 5
    turns = [each.segment.turn for each in found.new if each.segment.document.turns]
    assert all(turn is not None and turn.role is qc.Role.INFORMANT for turn in turns)
    assert not list((root / "corpus/latihan-kota-samudra/codings").glob("*.auto.jsonl"))
