"""Codes are renamed, merged, split and moved; every coding follows by an event, and nothing is lost on the way."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import CASE, CODEBOOK, TEXTS, _front_matter
from hypothesis import given, settings
from hypothesis import strategies as st
from ulid import ULID

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.journal import Apply, Remove, append, fold, read_journal
from qualcode.project import recoding
from qualcode.project.grafting import changed, move
from qualcode.project.recoding import Merge, MoveCode, NewCode, Operation, Rename, Restore, Split

Make = Callable[..., qc.Project]
FILE = "codebooks/uji.yaml"
REMARKS = (
    CODEBOOK.replace("  - id: SDM", "  # --- orang ---\n  - id: SDM  # penting")
    .replace("      - id: LAY-DAT", "      # tentang data\n      - id: LAY-DAT")
    .replace("Orang yang mengelola akun.", "'Orang yang mengelola akun.'")
    + "# akhir\n"
)
EXCLUSIONS = """\
exclusions:
  # belum ditanyakan
  - {code: LAY-DAT, axis: source, group: I2, reason: tidak ditanyakan}
"""


@pytest.fixture
def project(make_project: Make) -> qc.Project:
    """Two coders, five codings: ana has two codes on the same words, budi one of them."""
    made = make_project(files={FILE: REMARKS, "corpus/kasus/case.yaml": CASE + EXCLUSIONS})
    made.code("kasus/w-i1", "Data kami terbuka", "LAY-DAT", coder="ana", valence="mendukung", tags=["arsip"], memo="Ya")
    made.code("kasus/w-i1", "Data kami terbuka", "LAY-BAL", coder="ana", valence="menentang", memo="Lain")
    made.code("kasus/w-i1", "Semua komentar dibalas", "LAY-BAL", coder="ana", tags=["cepat"])
    made.code("kasus/w-i2", "Kami cuma berdua", "SDM", coder="budi")
    made.code("kasus/w-i2", "Paling sepertiga yang dibalas", "LAY-BAL", coder="budi", tags=["cepat", "lambat"])
    return made


def journals(project: qc.Project) -> list[Path]:
    return sorted(project.root.glob("corpus/*/codings/*.jsonl"))


def state(project: qc.Project) -> dict[str, Apply]:
    """Every coding that stands, in whatever journal."""
    return {id: each for path in journals(project) for id, each in fold(read_journal(path).events).items()}


def codes(project: qc.Project) -> list[str]:
    return sorted(each.code for each in state(project).values())


def text(project: qc.Project, name: str = FILE) -> str:
    return (project.root / name).read_text("utf-8")


def files_of(project: qc.Project) -> dict[str, bytes]:
    found = (each for each in project.root.rglob("*") if each.is_file() and not each.name.endswith(".lock"))
    return {each.relative_to(project.root).as_posix(): each.read_bytes() for each in found}


def rows(result: recoding.Recoding, what: str) -> list[tuple[object, ...]]:
    return [tuple(row[1:]) for row in result.to_table().rows if row[0] == what]


def test_rename(project: qc.Project) -> None:
    """Only the id and the version change in the file; every coder's codings follow; children keep their ids."""
    result = project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="ana")
    expected = REMARKS.replace("id: LAY-BAL\n", "id: LAY-JAW\n").replace('"1.0"', '"1.1"')
    assert text(project) == expected
    assert codes(project) == ["LAY-DAT", "LAY-JAW", "LAY-JAW", "LAY-JAW", "SDM"]
    assert result.count == 3
    assert project.codebook("uji").parent("LAY-BAL-C") == project.codebook("uji")["LAY-JAW"]
    assert project.check() == []


def test_rename_with_a_label(project: qc.Project) -> None:
    """A new label replaces the old one in both languages, so that no stale translation stays."""
    project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW", label="Jawaban: semua"), coder="ana")
    assert project.codebook("uji")["LAY-JAW"].label.en == "Jawaban: semua"
    project.recode("uji", Rename(code="LAY-JAW", new="J", label="Jawaban", label_en="Answers"), coder="ana")
    assert project.codebook("uji")["J"].label.en == "Answers"


def test_the_memo_of_a_coding_stays(project: qc.Project) -> None:
    """The event tells what was done, after what the coder had written herself."""
    project.recode("uji", Rename(code="LAY-DAT", new="LAY-BUK"), coder="budi")
    (coding,) = (each for each in state(project).values() if each.code == "LAY-BUK")
    assert coding.memo == "Ya\nrecode: LAY-DAT -> LAY-BUK, codebook 1.1"
    assert coding.coder == "ana"


def test_one_action_and_who_did_it(project: qc.Project) -> None:
    """All events of a recoding, in every journal, have one action and name who did it."""
    project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="cici")
    events = [each for path in journals(project) for each in read_journal(path).events if each.event == "revise"]
    assert len(events) == 3
    assert {each.coder for each in events} == {"cici"}
    assert len({each.action for each in events}) == 1


def test_merge(project: qc.Project) -> None:
    """Codings go over; words that had both codes keep one coding, and the other is removed by an event."""
    result = project.recode("uji", Merge(code="LAY-DAT", into="LAY-BAL"), coder="ana")
    assert codes(project) == ["LAY-BAL", "LAY-BAL", "LAY-BAL", "SDM"]
    removed = [each for path in journals(project) for each in read_journal(path).events if isinstance(each, Remove)]
    assert [each.memo for each in removed] == ["recode: LAY-DAT -> LAY-BAL, codebook 1.1"]
    (kept,) = (each for each in state(project).values() if each.quote == "Data kami terbuka")
    assert (kept.memo, kept.tags, kept.valence) == ("Lain\nYa", ("arsip",), "menentang")
    assert rows(result, "nilai berbeda; tetap yang kedua")
    assert project.check() == []


def test_merge_keeps_the_definition_and_the_children(project: qc.Project) -> None:
    """What a merged code meant is noted where it went, and its children move there."""
    project.recode("uji", Merge(code="LAY-BAL", into="SDM"), coder="ana")
    book = project.codebook("uji")
    assert "LAY-BAL" not in book
    assert [child.id for child in book["SDM"].children] == ["LAY-BAL-C"]
    note = "Digabung dari LAY-BAL Balasan (versi 1.0): Komentar dibalas."
    assert book["SDM"].notes == (note,)
    assert note in book["SDM"].to_table().to_csv()
    project.recode("uji", Merge(code="LAY-DAT", into="SDM"), coder="ana")
    assert len(project.codebook("uji")["SDM"].notes) == 2
    for remark in ("# --- orang ---", "# penting", "# akhir"):
        assert remark in text(project)


def test_merge_of_words_found_in_an_older_text(project: qc.Project) -> None:
    """Two codings of the same words are one also when one was made before the text was corrected."""
    project.replace_text("kasus/w-i1", "P: Oh ya.\n\n" + TEXTS["w-i1"], coder="ana")
    path = project.root / "corpus/kasus/codings/uji.ana.jsonl"
    lines = [line for line in path.read_text("utf-8").splitlines(True) if '"move"' not in line]
    path.write_text("".join(lines), "utf-8")  # as another laptop has it
    project.code("kasus/w-i1", "Semua komentar dibalas", "LAY-DAT", coder="ana")
    result = project.recode("uji", Merge(code="LAY-DAT", into="LAY-BAL"), coder="ana")
    assert sum(len(each.joined) for each in result.followings) == 2


def test_split(project: qc.Project) -> None:
    """New codes stand below the old one; codings go by their tags; those without or with several are listed."""
    new = (NewCode(id="B-1", label="Satu", definition="Satu."), NewCode(id="B-2", label="Dua", definition="Dua."))
    operation = Split(code="LAY-BAL", into=new, by={"cepat": "B-1", "lambat": "B-2"})
    result = project.recode("uji", operation, coder="ana")
    assert [child.id for child in project.codebook("uji")["LAY-BAL"].children] == ["LAY-BAL-C", "B-1", "B-2"]
    assert codes(project) == ["B-1", "LAY-BAL", "LAY-BAL", "LAY-DAT", "SDM"]
    assert len(rows(result, "perlu diputuskan")) == 2
    assert project.check() == []


def test_move(project: qc.Project) -> None:
    """Only the tree changes: no event is written, and remarks go with their code."""
    before = state(project)
    project.recode("uji", MoveCode(code="SDM", under="LAY-BAL-C"), coder="ana")
    assert project.codebook("uji").root("SDM").id == "LAY"
    project.recode("uji", MoveCode(code="LAY-BAL", under=None), coder="ana")
    assert [code.id for code in project.codebook("uji").codes] == ["LAY", "LAY-BAL"]
    lines = text(project).splitlines()
    assert lines[lines.index(next(each for each in lines if "id: SDM" in each)) - 1].strip() == "# --- orang ---"
    assert state(project) == before
    assert project.codebook("uji").version == "1.2"


@pytest.mark.parametrize(
    "operation",
    [
        Rename(code="LAY-DAT", new="LAY-BUK"),
        Merge(code="LAY-DAT", into="LAY-BAL"),
        Split(code="LAY-BAL", into=(NewCode(id="B", label="B", definition="B."),), by={"cepat": "B"}),
    ],
    ids=lambda operation: operation.kind,
)
def test_undo_and_restore(project: qc.Project, operation: Operation) -> None:
    """One undo takes all codings back, restore the codebook and the exclusions, to the last byte; redo works, too."""
    before, kept = state(project), {name: text(project, name) for name in (FILE, "corpus/kasus/case.yaml")}
    project.recode("uji", operation, coder="cici")
    after = state(project)
    project.undo("cici")
    assert state(project) == before
    project.redo("cici")
    assert state(project) == after
    project.undo("cici")
    project.recode("uji", Restore(version="1.0"), coder="cici")
    assert {name: text(project, name) for name in kept} == kept
    assert project.check() == []
    project.recode("uji", operation, coder="cici")
    assert project.codebook("uji").version == "1.2"  # 1.1 is another one, and kept
    assert {each.code: each.quote for each in state(project).values()} == {
        each.code: each.quote for each in after.values()
    }


def test_exclusions_follow(project: qc.Project) -> None:
    """An exclusion of a case record gets the new code; its remarks and form stay."""
    project.recode("uji", Rename(code="LAY-DAT", new="LAY-BUK"), coder="ana")
    assert text(project, "corpus/kasus/case.yaml") == CASE + EXCLUSIONS.replace("LAY-DAT", "LAY-BUK")


def test_what_cannot_follow_is_told(project: qc.Project) -> None:
    """Verdicts, prose of codebooks and analyses that still name the code are listed with their place."""
    project.judge("kasus", "LAY-DAT", "source", "silence", coder="ana", memo="Sudah ditanyakan.")
    gone = next(id for id, each in state(project).items() if each.code == "LAY-DAT")
    (project.root / "corpus/kasus/swot.yaml").write_text(f"codings: [{gone}]\nnote: lihat LAY-DAT.\n", "utf-8")
    (project.root / FILE).write_text(REMARKS.replace("Komentar dibalas.", "Komentar dibalas, bukan LAY-DAT."), "utf-8")
    result = project.recode("uji", Merge(code="LAY-DAT", into="LAY-BAL"), coder="ana")
    assert rows(result, "putusan") == [("kasus", "ana", 1, "masih menyebut LAY-DAT")]
    mentioned = [(row[0], row[3]) for row in rows(result, "masih menyebut")]
    assert ("corpus/kasus/swot.yaml:1", gone) in mentioned
    assert ("corpus/kasus/swot.yaml:2", "LAY-DAT") in mentioned
    assert any(place.startswith(FILE) for place, _ in mentioned)


def test_a_framework_that_names_the_code(make_project: Make) -> None:
    """A code of a framework that the library itself names is reported."""
    project = make_project(files={FILE: CODEBOOK.replace("id: SDM", "id: KHN-OPE")})
    result = project.recode("uji", Rename(code="KHN-OPE", new="BUKA"), coder="ana", dry_run=True)
    told = " ".join(str(row[3]) for row in rows(result, "masih menyebut"))
    assert "silang" in told
    assert "stoc" in told


def test_dry_run_writes_nothing(project: qc.Project) -> None:
    """A dry run tells the same and changes no file."""
    before = files_of(project)
    dry = project.recode("uji", Merge(code="LAY-DAT", into="LAY-BAL"), coder="ana", dry_run=True)
    assert files_of(project) == before
    done = project.recode("uji", Merge(code="LAY-DAT", into="LAY-BAL"), coder="ana")
    assert dry.to_table().rows == done.to_table().rows


REFUSED: list[tuple[Operation, str]] = [
    (Rename(code="LAY-BALL", new="X"), "LAY-BAL?"),
    (Rename(code="SDM", new="LAY-BAL"), "merge"),
    (Rename(code="SDM", new="../x"), "tanpa spasi"),
    (Rename(code="SDM", new="a b"), "tanpa spasi"),
    (Merge(code="SDM", into="LAY"), "LAY-BAL, LAY-DAT"),
    (Merge(code="LAY-BAL", into="LAY-BAL-C"), "sebaliknya"),
    (Merge(code="SDM", into="SDM"), "dua kode"),
    (Merge(code="SDM", into="SDN"), "SDM?"),
    (MoveCode(code="LAY-BAL", under="LAY-BAL-C"), "di luar"),
    (MoveCode(code="LAY-BAL", under="LAY"), "qualcode codes"),
    (MoveCode(code="SDM", under=None), "qualcode codes"),
    (MoveCode(code="SDM", under="LAI"), "LAY?"),
    (Split(code="SDM", into=()), "--into"),
    (Split(code="SDM", into=(NewCode(id="A", label="A", definition=" "),)), "--definition A="),
    (Split(code="SDM", into=(NewCode(id="LAY", label="A", definition="A"),)), "id lain"),
    (Split(code="SDM", into=(NewCode(id="A", label="A", definition="A"),) * 2), "id lain"),
    (Split(code="SDM", into=(NewCode(id="AB", label="A", definition="A"),), by={"t": "AC"}), "AB?"),
    (Restore(version="0.9"), "–"),
]


@pytest.mark.parametrize(("operation", "mend"), REFUSED, ids=lambda each: getattr(each, "kind", None))
def test_refused(project: qc.Project, operation: Operation, mend: str) -> None:
    """What cannot be done is refused with the mend, and nothing is written."""
    before = files_of(project)
    with pytest.raises(qc.QualcodeError) as refused:
        project.recode("uji", operation, coder="ana")
    assert mend in refused.value.problem.mend
    assert files_of(project) == before


def test_an_id_of_another_codebook(make_project: Make) -> None:
    """An id that another codebook has is refused with that codebook's name."""
    other = CODEBOOK.replace("id: uji", "id: lain").replace("LAY", "LIN").replace("SDM", "ORG")
    project = make_project(files={"codebooks/lain.yaml": other})
    with pytest.raises(qc.CodingError, match="lain"):
        project.recode("uji", Rename(code="SDM", new="ORG"), coder="ana")


def test_an_id_that_meant_another_code(project: qc.Project) -> None:
    """An id under which old codings may come back cannot be given to another code; renaming back can."""
    project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="ana")
    with pytest.raises(qc.CodingError, match="pernah"):
        project.recode("uji", Rename(code="SDM", new="LAY-BAL"), coder="ana")
    new = (NewCode(id="LAY-BAL", label="A", definition="A"),)
    with pytest.raises(qc.CodingError, match="pernah"):
        project.recode("uji", Split(code="LAY-JAW", into=new), coder="ana")
    project.recode("uji", Rename(code="LAY-JAW", new="LAY-BAL"), coder="ana")
    assert codes(project).count("LAY-BAL") == 3
    assert project.check() == []


def test_a_faulty_codebook(project: qc.Project) -> None:
    """A codebook with faults is not changed before they are mended."""
    (project.root / FILE).write_text(CODEBOOK.replace("id: SDM", "id: LAY-BAL"), "utf-8")
    with pytest.raises(qc.CheckError):
        qc.open_project(project.root).recode("uji", Rename(code="LAY-DAT", new="X"), coder="ana")


# Interruptions

MEANT: list[Operation] = [
    Rename(code="LAY-DAT", new="LAY-BUK"),
    Merge(code="LAY-DAT", into="LAY-BAL"),
    Merge(code="LAY-BAL", into="LAY-DAT"),
    Split(code="LAY-BAL", into=(NewCode(id="B", label="B", definition="B."),), by={"cepat": "B"}),
    MoveCode(code="SDM", under="LAY"),
]
WRITERS = ("write_atomically", "append_locked", "append_durably")


class Crash(BaseException):
    """The process dies."""


@contextmanager
def crashing_at(step: int, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Iterator[None]:
    """Let the writing number `step` fail."""
    done = [0]

    def guarded(writer: Callable[..., None]) -> Callable[..., None]:
        def write(*arguments: object) -> None:
            done[0] += 1
            if done[0] == step:
                raise error
            writer(*arguments)

        return write

    with monkeypatch.context() as patched:
        for name in WRITERS:
            patched.setattr(recoding, name, guarded(getattr(recoding, name)))
        yield


@pytest.mark.parametrize("operation", MEANT, ids=lambda operation: operation.kind)
def test_a_crash_between_any_two_steps(
    project: qc.Project, operation: Operation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After a crash the check names what is unfinished, and the same command brings about the very same end."""
    shutil.copytree(project.root, tmp_path / "asal")
    project.recode("uji", operation, coder="ana")
    wanted = {each.quote + each.code: (each.memo, each.tags) for each in state(project).values()}
    book, case = text(project), text(project, "corpus/kasus/case.yaml")
    for step in range(1, 30):
        shutil.copytree(tmp_path / "asal", tmp_path / f"{step}")
        copy = qc.open_project(tmp_path / f"{step}")
        try:
            with crashing_at(step, monkeypatch, Crash()):
                copy.recode("uji", operation, coder="ana")
        except Crash:
            pass
        else:
            break
        begun = (copy.root / "codebooks/history/uji.jsonl").exists()
        assert any("belum selesai" in each.what for each in copy.check()) == begun
        if begun:
            with pytest.raises(qc.CodingError, match="belum selesai"):
                copy.recode("uji", Rename(code="SDM", new="LAIN"), coder="budi")
        copy.recode("uji", operation, coder="ana")
        assert {each.quote + each.code: (each.memo, each.tags) for each in state(copy).values()} == wanted
        assert (text(copy), text(copy, "corpus/kasus/case.yaml")) == (book, case)
        assert copy.check() == []
        assert len({each.action for path in journals(copy) for each in read_journal(path).events}) <= 2
    assert step > 3


def test_a_full_disk_half_way(project: qc.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full half-way the message says how to go on."""
    full = OSError(28, "No space left on device")
    with crashing_at(3, monkeypatch, full), pytest.raises(qc.CodingError) as stopped:
        project.recode("uji", MEANT[0], coder="ana")
    assert "qualcode recode rename uji LAY-DAT LAY-BUK --coder ana" in stopped.value.problem.mend


def test_giving_up(project: qc.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stopped half-way can be given up: undo and restore lead back, and the check is silent."""
    before = state(project)
    for step in range(3, 6):
        with crashing_at(step, monkeypatch, Crash()), pytest.raises(Crash):
            project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="cici")
        if state(project) != before:
            project.undo("cici")
        project.recode("uji", Restore(version="1.0"), coder="cici")
        assert state(project) == before
        assert project.check() == []
        assert text(project) == REMARKS


def test_codings_that_come_late(project: qc.Project) -> None:
    """Codings with the old code that come from another copy are named by the check, and the same command takes them."""
    project.code("kasus/d-1", "Target unggahan lima", "LAY-BAL", coder="dedi")
    path = project.root / "corpus/kasus/codings/uji.dedi.jsonl"
    away = path.read_bytes()
    path.unlink()
    project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="ana")
    path.write_bytes(away)
    (told,) = (each for each in project.check() if "sudah menjadi LAY-JAW" in each.what)
    assert "qualcode recode merge uji LAY-BAL LAY-JAW" in told.mend
    assert project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="ana").count == 1
    assert project.check() == []
    assert project.codebook("uji").version == "1.1"


def test_after_a_clock_ran_ahead(project: qc.Project) -> None:
    """A coding revised by a clock that ran ahead follows, too: the new event counts after it."""
    coding = next(id for id, each in state(project).items() if each.code == "SDM")
    later = str(ULID.from_datetime(datetime.now(UTC) + timedelta(days=400)))
    event = recoding.Revise(id=later, coder="budi", coding=coding, code="LAY-DAT")
    append(project.root / "corpus/kasus/codings/uji.budi.jsonl", [event])
    project.recode("uji", Rename(code="LAY-DAT", new="LAY-BUK"), coder="ana")
    assert state(project)[coding].code == "LAY-BUK"


def test_restore_tells_of_codings_it_leaves(project: qc.Project) -> None:
    """Restoring without undoing names the codings whose code that version does not have."""
    project.recode("uji", Rename(code="LAY-BAL", new="LAY-JAW"), coder="ana")
    result = project.recode("uji", Restore(version="1.0"), coder="ana")
    assert [(code, count) for _, code, count in result.strangers] == [("LAY-JAW", 2), ("LAY-JAW", 1)]
    assert "qualcode undo" in result.to_table().note


# The file


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[1].glob("codebooks/*.yaml")), ids=lambda path: path.stem)
def test_our_codebooks_stay_as_they_are(path: Path) -> None:
    """Each codebook of qualcode is written again byte for byte when nothing is changed."""
    assert changed(path.read_bytes(), path.name, lambda data: None) == path.read_bytes()


def test_line_ends_marks_and_odd_words() -> None:
    """Windows line ends, a byte order mark, other indents and words that look like numbers or nothing stay."""
    first = "---\nid: x\nversion: 1.10\ncodes:\n- id: 1.10\n  label: no\n  source:\n"
    written = first + "# dua\n- id: 007\n  label: |\n    a\n    # b\n"
    raw = b"\xef\xbb\xbf" + written.replace("\n", "\r\n").encode()
    assert changed(raw, "x", lambda data: None) == raw
    moved = changed(raw, "x", lambda data: move(data, "007", "1.10")).decode("utf-8-sig").replace("\r\n", "\n")
    below = "  children:\n  # dua\n  - id: 007\n    label: |\n      a\n      # b\n"
    assert moved == first + below


# The terminal


def test_in_the_terminal(project: qc.Project) -> None:
    """The commands change, show and put back; a pair without its sign is refused with the mend."""

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--project", str(project.root), "recode", *words, "--coder", "ana"])
        return done.exit_code, done.output

    code, shown = run("rename", "uji", "LAY-BAL", "LAY-JAW", "--dry-run", "--json")
    assert code == 0
    assert json.loads(shown)
    assert run("rename", "uji", "LAY-BAL", "LAY-JAW")[0] == 0
    into = ("--into", "B", "--definition", "B=Cepat: satu = hari", "--by", "cepat=B")
    assert run("split", "uji", "LAY-JAW", *into)[0] == 0
    assert qc.open_project(project.root).codebook("uji")["B"].definition.id == "Cepat: satu = hari"
    assert run("merge", "uji", "LAY-DAT", "SDM")[0] == 0
    assert run("move", "uji", "SDM", "--under", "LAY")[0] == 0
    assert "salah satu saja" in run("move", "uji", "SDM", "--under", "LAY", "--top")[1]
    assert "KIRI=KANAN" in run("split", "uji", "SDM", "--into", "C", "--definition", "D=x")[1]
    assert run("restore", "uji", "1.0")[0] == 0
    assert text(project) == REMARKS


# Any sequence

IDS = ["LAY", "LAY-BAL", "LAY-BAL-C", "LAY-DAT", "SDM", "X", "Y", "Z"]
ANY = st.one_of(
    st.builds(Rename, code=st.sampled_from(IDS), new=st.sampled_from(IDS)),
    st.builds(Merge, code=st.sampled_from(IDS), into=st.sampled_from(IDS)),
    st.builds(MoveCode, code=st.sampled_from(IDS), under=st.sampled_from([None, *IDS])),
)


@settings(max_examples=40)
@given(st.lists(ANY, max_size=8))
def test_any_sequence(operations: list[Operation]) -> None:
    """After any recodings no coding is lost or doubled, the codebook has no faults, and undoing leads back."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        written = {FILE: REMARKS, "corpus/kasus/case.yaml": CASE}
        written |= {f"corpus/kasus/{id}.md": _front_matter(id) + body for id, body in TEXTS.items()}
        for name, content in written.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, "utf-8")
        project = qc.open_project(root)
        for code in ("LAY-BAL", "LAY-BAL-C", "LAY-DAT", "SDM"):
            project.code("kasus/w-i1", "Semua komentar dibalas", code, coder="ana")
        project.code("kasus/w-i1", "Data kami terbuka", "LAY-DAT", coder="ana")
        project.code("kasus/w-i2", "Kami cuma berdua", "SDM", coder="budi")
        before = [state(project)]
        passages = {(each.coder, each.quote) for each in before[0].values()}
        for operation in operations:
            try:
                result = project.recode("uji", operation, coder="cici")
            except qc.QualcodeError:
                continue
            assert project.check() == []
            if result.count:
                before.append(state(project))
            now = [(each.coder, each.quote, each.code) for each in state(project).values()]
            assert len(now) == len(set(now))
            assert {each[:2] for each in now} == passages
            for remark in ("# penting", "# --- orang ---", "# tentang data"):
                assert text(project).count(remark) <= 1
            assert text(project).endswith("# akhir\n")
        for earlier in reversed(before[:-1]):
            project.undo("cici")
            assert state(project) == earlier
        project.recode("uji", Restore(version="1.0"), coder="cici") if project.codebook(
            "uji"
        ).version != "1.0" else None
        assert text(project) == REMARKS
        assert project.check() == []
