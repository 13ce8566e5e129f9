"""A text is corrected after coding has begun, and no coding ever points silently to other words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import qualcode as qc
from qualcode.cli import main
from qualcode.project.versions import text_id

TALK = (
    "P: Apakah komentar dibalas?\n\nI1: Semua komentar dibalas pada hari yang sama oleh admin kami.\n\n"
    "P: Bagaimana dengan data?\n\nI1: Data kami terbuka untuk siapa pun yang memintanya lewat PPID.\n\n"
    "P: Ada lagi?\n\nI1: Tidak ada, terima kasih banyak atas waktunya.\n"
)
REPLIES = "Semua komentar dibalas pada hari yang sama"
OPEN = "Data kami terbuka untuk siapa pun"


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    project = make_project({"w-i1": TALK})
    project.code("kasus/w-i1", REPLIES, "LAY-BAL", coder="ana", valence="mendukung")
    project.code("kasus/w-i1", OPEN, "LAY-DAT", coder="budi", valence="mendukung", memo="kuat")
    return project


def text_of(project: qc.Project) -> str:
    return project.case("kasus").document("w-i1").text


def write_outside(project: qc.Project, text: str) -> None:
    """As another program would: the file is simply other than before."""
    path = project.root / "corpus/kasus/w-i1.md"
    front = path.read_text("utf-8").removesuffix(TALK)
    path.write_text(front + text, "utf-8", newline="\n")


def quotes(project: qc.Project) -> dict[str, str]:
    return {coding.coder: coding.quote for coding in project.case("kasus").codings}


def test_a_typo_elsewhere_moves_no_words(project: qc.Project) -> None:
    """A correction before a coded passage moves the coding with its words, and what stands after it is told as kept."""
    found = project.replace_text("kasus/w-i1", TALK.replace("Apakah", "Apa benar"), coder="ana")
    assert found.counts == {"KEPT": 0, "MOVED": 2, "FUZZY": 0, "LOST": 0}
    assert quotes(project) == {"ana": REPLIES, "budi": OPEN}
    assert not project.check()


def test_a_changed_passage_waits_for_a_person(project: qc.Project) -> None:
    """Words that changed inside a coding are shown, old and new; until confirmed the coding is not counted."""
    found = project.replace_text("kasus/w-i1", TALK.replace("hari yang sama", "hari kerja berikutnya"), coder="ana")
    assert found.counts["FUZZY"] == 1
    assert quotes(project) == {"budi": OPEN}
    (problem,) = project.check()
    assert "hari yang sama" in problem.what
    assert "hari kerja berikutnya" in problem.what
    waiting = next(each for each in found.codings if each.status == "FUZZY")
    project.confirm(waiting.placed.event.id)
    assert "hari kerja berikutnya" in quotes(project)["ana"]
    assert not project.check()


def test_a_deleted_passage_is_lost_but_not_forgotten(project: qc.Project) -> None:
    """A coding whose words are gone is listed with them, stays in the journal, and can be given another place."""
    text = TALK.replace("I1: Semua komentar dibalas pada hari yang sama oleh admin kami.", "I1: Begitulah kira-kira.")
    found = project.replace_text("kasus/w-i1", text, coder="ana")
    lost = next(each for each in found.codings if each.status == "LOST")
    assert REPLIES in repr(found.to_table().rows)
    assert "ana" not in quotes(project)
    with pytest.raises(qc.CodingError, match="hilang"):
        project.confirm(lost.placed.event.id)
    project.confirm(lost.placed.event.id, quotation="Begitulah kira-kira.")
    assert quotes(project)["ana"] == "Begitulah kira-kira."


def test_putting_the_text_back_brings_every_coding_back(project: qc.Project) -> None:
    """After any edit, restoring the old text brings back every coding that is still in the journal, certain again."""
    before = quotes(project)
    project.replace_text("kasus/w-i1", "P: Ada?\n\nI1: Tidak.\n", coder="ana")
    assert not quotes(project)
    project.replace_text("kasus/w-i1", TALK, coder="ana")
    assert quotes(project) == before
    assert not project.check()


def test_a_dry_run_writes_nothing(project: qc.Project) -> None:
    """Looking first changes no file."""
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    project.replace_text("kasus/w-i1", "Kosong.", coder="ana", dry_run=True)
    assert {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()} == before


def test_both_texts_are_kept(project: qc.Project) -> None:
    """The old and the new text stand in the history under the hash of their contents; the log says who and why."""
    project.replace_text("kasus/w-i1", TALK + "\nSelesai.\n", coder="ana", memo="lupa diketik")
    history = project.root / "corpus/kasus/history"
    for text in (TALK, TALK + "\nSelesai.\n"):
        assert (history / f"{text_id(text)}.txt").read_text("utf-8") == text
    assert "lupa diketik" in (history / "texts.jsonl").read_text("utf-8")


def test_a_change_outside_is_noticed(project: qc.Project) -> None:
    """When another program changed the file, codings are followed and told; `check --fix` writes certain places."""
    write_outside(project, TALK.replace("Apakah", "Apa benar"))
    assert quotes(project) == {"ana": REPLIES, "budi": OPEN}
    assert len(project.check()) == 2
    result = CliRunner().invoke(main, ["--project", str(project.root), "check", "--fix"])
    assert result.exit_code == 0, result.output
    assert quotes(project) == {"ana": REPLIES, "budi": OPEN}
    assert not project.check()


def test_a_repeated_passage_is_never_guessed(make_project: Callable[..., qc.Project]) -> None:
    """Of two equal passages, when one is deleted and it cannot be told which, the coding waits; it is never moved."""
    project = make_project({"w-i1": "P: Ya?\n\nI1: Ya.\n\nI1: Ya.\n\nP: Betul?\n"})
    project.code("kasus/w-i1", "Ya.", "LAY-BAL", coder="ana", line=3)
    path = project.root / "corpus/kasus/w-i1.md"
    path.write_text(path.read_text("utf-8").replace("I1: Ya.\n\nI1: Ya.", "I1: Ya."), "utf-8", newline="\n")
    assert not quotes(project)
    assert len(project.check()) == 1


def test_the_front_matter_stays(project: qc.Project) -> None:
    """Correcting the text leaves everything above it byte for byte, also when the text begins with a blank line."""
    path = project.root / "corpus/kasus/w-i1.md"
    front = path.read_text("utf-8").removesuffix(TALK)
    for text in ("\n\nBaru.\n", "Baru.\n", ""):
        project.replace_text("kasus/w-i1", text, coder="ana")
        assert path.read_text("utf-8") == front + text
        assert text_of(project) == text


def test_what_cannot_be_stored_is_refused(project: qc.Project) -> None:
    """A text with control characters is refused with its place, and nothing changes."""
    with pytest.raises(qc.CodingError, match=r"U\+0000"):
        project.replace_text("kasus/w-i1", "Nol \x00 di sini.", coder="ana")
    assert text_of(project) == TALK


def test_undo_and_redo_over_journals(project: qc.Project) -> None:
    """The newest action of a coder is taken back and brought back, and `qualcode log` tells the whole story."""
    run = CliRunner()
    coding = project.case("kasus").codings.by("budi")[0]
    project.revise(coding, memo="ragu")
    for verb, memo in (("undo", "kuat"), ("redo", "ragu"), ("undo", "kuat")):
        result = run.invoke(main, ["--project", str(project.root), verb, "--coder", "budi"])
        assert result.exit_code == 0, result.output
        assert project.case("kasus").codings.by("budi")[0].memo == memo
    log = project.log(coder="budi")
    assert [str(row[2]) for row in log.rows] == ["kode diberikan", "diubah", "dibatalkan", "dibatalkan", "dibatalkan"]
    with pytest.raises(qc.CodingError, match="citra"):
        project.undo("citra")


def test_diff_between_days_coders_and_projects(project: qc.Project, tmp_path: Path) -> None:
    """Two days, two coders, or two copies of a project are told apart, each coding with what differs."""
    import shutil

    copy = tmp_path / "salinan"
    shutil.copytree(project.root, copy)
    coding = project.case("kasus").codings.by("ana")[0]
    project.revise(coding, memo="lagi")
    assert [str(row[0]) for row in project.diff("2000-01-01", "2999-01-01").rows] == ["ditambahkan", "ditambahkan"]
    assert {str(row[0]) for row in project.diff("ana", "budi").rows} == {"ditambahkan", "tidak ada lagi"}
    assert [str(row[0]) for row in project.diff(".", str(copy)).rows] == ["memo lain"]
    for one, other in (("2000-01-01", "ana"), ("ana", "tidak-ada")):
        with pytest.raises(qc.ParameterError):
            project.diff(one, other)


def test_the_terminal_edits(project: qc.Project) -> None:
    """`qualcode edit --replace` corrects words in place and prints what became of the codings."""
    arguments = ["edit", "kasus/w-i1", "--replace", "Apakah komentar", "Apa benar komentar", "--coder", "ana"]
    result = CliRunner().invoke(main, ["--project", str(project.root), *arguments])
    assert result.exit_code == 0, result.output
    assert "2 pindah tempat" in result.output
    assert text_of(project).startswith("P: Apa benar komentar dibalas?")
