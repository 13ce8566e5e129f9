"""The desk opens and makes projects, stores codings or says why not, and loses nothing."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.coding import journal
from qualcode.coding.journal import locked, read_journal

Make = Callable[..., qc.Project]
JOURNAL = "corpus/kasus/codings/uji.ana.jsonl"


@pytest.fixture
def project(make_project: Make) -> qc.Project:
    return make_project()


def code(project: qc.Project, words: str = "Semua komentar dibalas", **said: object) -> qc.Coding:
    """Code words of the first interview, as ana with LAY-BAL unless said otherwise."""
    document = said.pop("document", "kasus/w-i1")
    return project.code(document, words, said.pop("code", "LAY-BAL"), **{"coder": "ana", **said})  # type: ignore[arg-type]


def files_in(project: qc.Project) -> set[str]:
    """Every file of the project, and of the folders beside it."""
    return {path.relative_to(project.root.parent).as_posix() for path in project.root.parent.rglob("*")}


def rewrite(project: qc.Project, name: str, old: str, new: str) -> None:
    path = project.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8", newline="\n")


# Opening and making


@pytest.mark.parametrize("inside", [".", "corpus", "corpus/kasus", "codebooks", "corpus/kasus/w-i1.md"])
def test_open_from_inside(project: qc.Project, inside: str) -> None:
    """A project opens from any folder or file in it."""
    assert qc.open_project(project.root / inside) == project
    assert qc.open_project(str(project.root / inside)) == project


def test_open_from_the_working_folder(project: qc.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder the project around the working folder opens, as in a notebook."""
    (project.root / "notebooks").mkdir()
    monkeypatch.chdir(project.root / "notebooks")
    assert qc.open_project() == project


def test_the_nearest_project_opens(project: qc.Project) -> None:
    """Of two projects, one inside the other, the inner one opens."""
    inner = project.root / "notebooks" / "lain"
    for folder in ("corpus", "codebooks"):
        (inner / folder).mkdir(parents=True)
    assert qc.open_project(inner / "corpus").root == inner


def test_no_project(tmp_path: Path) -> None:
    """Where there is no project the folder is named, and the mend says how to make one."""
    (tmp_path / "corpus").mkdir()
    with pytest.raises(qc.ProjectNotFoundError) as refused:
        qc.open_project(tmp_path / "corpus")
    assert refused.value.problem.place == str((tmp_path / "corpus").resolve())
    assert "qualcode init" in refused.value.problem.mend
    assert isinstance(refused.value, FileNotFoundError)


def test_a_misspelt_folder(project: qc.Project) -> None:
    """A folder that does not exist is refused, not taken for the project around it."""
    with pytest.raises(qc.ProjectNotFoundError):
        qc.open_project(project.root / "skripsi")


def test_a_new_project_is_sound(tmp_path: Path) -> None:
    """A new project checks clean and holds all that a first coding needs."""
    project = qc.init_project(tmp_path / "skripsi")
    assert project.check() == []
    assert project.case_ids == ("kasus-saya",)
    assert {"david", "paramitha", "stoc"} <= set(project.codebooks)
    assert list((project.root / "notebooks").glob("*.ipynb"))
    assert "*.lock" in (project.root / ".gitignore").read_text("utf-8")
    assert "merge=union" in (project.root / ".gitattributes").read_text("utf-8")
    project.code("kasus-saya/w-i1", "Tulis jawaban informan", "KHN-OPE", coder="ana")
    assert qc.open_project(project.root).check() == []


@pytest.mark.parametrize("present", ["corpus", "codebooks", "notebooks"])
def test_init_where_a_project_is(tmp_path: Path, present: str) -> None:
    """A folder that holds anything of a project is refused and left as it is."""
    (tmp_path / present).mkdir()
    with pytest.raises(qc.ParameterError, match=present):
        qc.init_project(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == [present]


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    """Files that are already in the folder stay as they are."""
    (tmp_path / ".gitignore").write_text("rahasia\n", "utf-8")
    (tmp_path / "README.md").write_text("# Skripsi\n", "utf-8")
    qc.init_project(tmp_path)
    assert (tmp_path / ".gitignore").read_text("utf-8") == "rahasia\n"
    assert (tmp_path / "README.md").read_text("utf-8") == "# Skripsi\n"


# What there is


TRICKS = ["..", ".", "", "../kasus", "kasus/", "kasus/..", "/etc", "~", "kasus\x00", "KASUS ", "*", "C:\\", "\ud800"]


@pytest.mark.parametrize("name", TRICKS)
def test_names_are_no_paths(project: qc.Project, name: str) -> None:
    """A case or codebook is asked for by its name; no path leads anywhere else."""
    (project.root / "codebooks.yaml").write_text("id: x", "utf-8")
    with pytest.raises(qc.UnknownNameError):
        project.case(name)
    with pytest.raises(qc.UnknownNameError):
        project.codebook(name)


def test_nearest_names(project: qc.Project) -> None:
    """An unknown case or codebook is refused with the nearest one."""
    with pytest.raises(qc.UnknownNameError, match=r"corpus: Tidak ada kasus “kasus1”\. .*Maksud Anda kasus\?"):
        project.case("kasus1")
    with pytest.raises(qc.UnknownNameError, match=r"codebooks: Tidak ada buku kode “ujian”\. .*Maksud Anda uji\?"):
        project.codebook("ujian")


def test_what_systems_leave_behind(project: qc.Project) -> None:
    """Hidden files and folders of editors and systems are no cases, documents, codebooks or journals."""
    code(project)
    for name in (
        "corpus/.DS_Store",
        "corpus/kasus/._w-i1.md",
        "codebooks/._uji.yaml",
        "corpus/kasus/codings/._x.jsonl",
    ):
        (project.root / name).write_bytes(b"\x00\x05\x16\x07\xff")
    (project.root / "corpus/.ipynb_checkpoints").mkdir()
    assert project.case_ids == ("kasus",)
    assert project.check() == []
    assert len(project.case("kasus").codings) == 1


def test_files_are_read_anew(project: qc.Project) -> None:
    """A case asked for again shows the files as they are then; the one in hand stays as it was."""
    before = project.case("kasus")
    code(project)
    assert (len(before.codings), len(project.case("kasus").codings)) == (0, 1)


def test_an_unreadable_case_names_every_fault(project: qc.Project) -> None:
    """A case whose files cannot be read is refused, all faults named with their lines."""
    rewrite(project, "corpus/kasus/case.yaml", "kind: empiris", "kind: nyata")
    rewrite(project, "corpus/kasus/w-i1.md", "date: 2025-03-11", "date: kemarin")
    with pytest.raises(qc.CheckError) as refused:
        project.case("kasus")
    places = [problem.place for problem in refused.value.problems]
    assert places == ["corpus/kasus/case.yaml:3", "corpus/kasus/w-i1.md:6"]


def test_a_faulty_codebook_is_refused(project: qc.Project) -> None:
    """A codebook with a fault is refused when asked for by name, with file and line."""
    rewrite(project, "codebooks/uji.yaml", "heading: true", "judul: true")
    with pytest.raises(qc.CheckError, match=r"codebooks/uji\.yaml:8: .*“judul”"):
        qc.open_project(project.root).codebook("uji")


def test_a_copied_codebook_does_not_replace_the_first(project: qc.Project) -> None:
    """A copy that kept its id is reported, and the file that has the right name is the one in use."""
    copy = (project.root / "codebooks/uji.yaml").read_text("utf-8").replace("Data dibuka.", "Lain.")
    for name in ("a-uji", "uji2"):
        (project.root / f"codebooks/{name}.yaml").write_text(copy, "utf-8")
    project = qc.open_project(project.root)
    assert [problem.place for problem in project.check()] == ["codebooks/a-uji.yaml:1", "codebooks/uji2.yaml:1"]
    assert list(project.codebooks) == ["uji"]
    assert str(project.codebooks["uji"]["LAY-DAT"].definition) == "Data dibuka."


def test_tables(project: qc.Project) -> None:
    """A project shows its cases and codebooks as tables."""
    code(project)
    (row,) = project.to_table().rows
    assert list(row) == ["kasus", 2, 4, 1, "ana", "empiris", "Akun sebuah dinas"]
    (row,) = project.codebooks_table().rows
    assert list(row) == ["uji", "Buku kode uji", 3, "1.0", "Rekaan (2025)"]
    assert "Akun sebuah dinas" in project._repr_html_()
    assert repr(project).endswith("1 kasus, 1 buku kode")


# Coding


def test_a_coding_is_stored(project: qc.Project) -> None:
    """What is coded is on the disk at once, as it was returned, and the project stays sound."""
    coding = code(
        project,
        "Semua  komentar\ndibalas",
        valence="mendukung",
        tags=["rencana"],
        period="kini",
        explicit=False,
        memo="😀",
        round=2,
    )
    assert coding.quote == "Semua komentar dibalas"
    assert coding.address == "w-i1:3"
    assert list(qc.open_project(project.root).case("kasus").codings) == [coding]
    assert project.check() == []


def test_the_journal_holds_the_anchor(project: qc.Project) -> None:
    """A line of the journal holds the words, their place and their neighbours, found without offsets."""
    coding = code(project)
    line = json.loads((project.root / JOURNAL).read_text("utf-8"))
    assert (line["event"], line["id"], line["document"], line["coder"]) == ("apply", coding.id, "w-i1", "ana")
    assert (line["start"], line["end"], line["quote"]) == (33, 55, "Semua komentar dibalas")
    assert line["prefix"].endswith("I1: ")
    assert line["suffix"].startswith(".\n\nI1: Data")


def test_ways_to_name_a_document(project: qc.Project) -> None:
    """A document is named by itself, by case and id, or by its id beside the case."""
    document = project.case("kasus").document("w-i1")
    for way in ({"document": document}, {"document": "kasus/w-i1"}, {"document": "w-i1", "case": "kasus"}):
        coding = code(project, **way)
        project.remove(coding)
        assert coding.address == "w-i1:3"


def test_a_document_in_hand_may_be_old(project: qc.Project) -> None:
    """Words are looked for in the file as it is now, not as it was when the document was read."""
    old = project.case("kasus").document("w-i1")
    rewrite(project, "corpus/kasus/w-i1.md", "Semua komentar", "Hampir semua komentar")
    with pytest.raises(qc.CodingError, match="tidak ada"):
        code(project, document=old)
    assert code(project, "Hampir semua komentar", document=old).segment.start == 33
    assert project.check() == []


@pytest.mark.parametrize(
    ("said", "place", "words"),
    [
        ({"words": "Semua komentar dijawab"}, "w-i1.md", "tidak ada"),
        ({"words": "dibalas"}, "w-i1.md", "2 kali, pada baris 1, 3"),
        ({"words": "dibalas", "line": 2}, "w-i1.md", "tetapi pada baris 1, 3"),
        ({"words": "  "}, "w-i1.md", "kosong"),
        ({"code": "LAY"}, "uji", "judul"),
        ({"document": "kasus/o-1", "words": "Saya ragu"}, "o-1.md:16", "refleksi"),
        ({"document": "kasus/o-1", "words": "tiga komentar.\n\n## Refleksi\n\nSaya"}, "o-1.md:12", "refleksi"),
        ({"valence": "positif"}, "w-i1.md:14", "“positif”"),
        ({"round": 0}, "w-i1.md:14", "“round”"),
        ({"tags": 3}, "w-i1.md:14", "“tags”"),
        ({"memo": 3}, "w-i1.md:14", "“memo”"),
    ],
)
def test_refused_codings(project: qc.Project, said: dict[str, object], place: str, words: str) -> None:
    """A coding that cannot be is refused with its place, and nothing is written."""
    before = files_in(project)
    with pytest.raises(qc.CodingError) as refused:
        code(project, **said)
    assert refused.value.problem.place.endswith(place)
    assert words in refused.value.problem.what
    assert refused.value.problem.mend
    assert files_in(project) == before


@pytest.mark.parametrize("coder", ["", "Ana Maria", ".ana", "ana/", "a\\b", "ana\n", "ana:", "á", "../ana", "x" * 81])
def test_bad_names_of_coders(project: qc.Project, coder: str) -> None:
    """A coder's name that cannot be a file's name, or leads elsewhere, is refused, and nothing is written."""
    before = files_in(project)
    with pytest.raises(qc.CodingError) as refused:
        code(project, coder=coder)
    assert "“coder”" in refused.value.problem.what
    assert files_in(project) == before


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("w-i1", "kasus"),
        ("w-i1.md", "kasus"),
        ("kasus/w-i1.md", "dokumen"),
        ("kasus/", "dokumen"),
        ("kasus/../kasus/w-i1", "kasus"),
        ("../corpus/kasus/w-i1", "kasus"),
        ("/etc/passwd", "kasus"),
        ("kasus\\w-i1", "kasus"),
        (qc.Document(id="w-i1", text="Semua komentar dibalas"), "kasus"),
        (qc.Document(id="w-i1", text="Semua komentar dibalas", case="../.."), "kasus"),
        (qc.Document(id="x", text="Semua komentar dibalas", case="kasus"), "dokumen"),
    ],
    ids=str,
)
def test_unknown_documents(project: qc.Project, document: qc.Document | str, kind: str) -> None:
    """A document that is none of the project's is refused, whatever path its name looks like."""
    before = files_in(project)
    with pytest.raises(qc.UnknownNameError, match=f"Tidak ada {kind} "):
        code(project, document=document)
    assert files_in(project) == before


def test_unknown_code(project: qc.Project) -> None:
    """A code that no codebook has is refused, with the nearest one."""
    with pytest.raises(qc.UnknownNameError, match=r"Tidak ada kode “LAYBAL”.*Maksud Anda LAY-BAL\?"):
        code(project, code="LAYBAL")


def test_already_coded(project: qc.Project) -> None:
    """The same words with the same code by the same coder are refused, naming the coding that is there."""
    coding = code(project)
    before = (project.root / JOURNAL).read_bytes()
    with pytest.raises(qc.CodingError) as refused:
        code(project, "Semua\nkomentar dibalas", valence="menentang")
    assert coding.id in refused.value.problem.what
    assert refused.value.problem.place == "corpus/kasus/w-i1.md:14"
    assert (project.root / JOURNAL).read_bytes() == before


def test_already_coded_in_a_text_that_changed(project: qc.Project) -> None:
    """The same words are known as coded also after they moved."""
    code(project)
    rewrite(project, "corpus/kasus/w-i1.md", "P: Apakah", "P: Pagi. Apakah")
    with pytest.raises(qc.CodingError, match="sudah dikode"):
        code(project)


def test_not_already_coded(project: qc.Project) -> None:
    """Another coder, another code or other words are another coding; so are words whose coding was removed."""
    project.remove(code(project))
    code(project)
    code(project, coder="budi")
    code(project, code="SDM")
    code(project, "Semua komentar")
    assert len(project.case("kasus").codings) == 4
    assert project.check() == []


def test_one_tag(project: qc.Project) -> None:
    """A tag given as a plain word is one tag, not its letters."""
    coding = code(project, tags="anjuran")
    assert coding.tags == ("anjuran",)
    project.revise(coding, tags="rencana")
    assert project.case("kasus").codings[0].tags == ("rencana",)


def test_revise(project: qc.Project) -> None:
    """A revision changes what it names; the rest, and the history, stays."""
    coding = code(project, memo="awal", tags=["rencana"])
    project.revise(coding, valence="menentang", code="LAY-DAT")
    project.revise(coding, memo="")
    (revised,) = project.case("kasus").codings
    assert (revised.id, revised.code, revised.valence, revised.memo) == (coding.id, "LAY-DAT", "menentang", "")
    assert (revised.tags, revised.segment, revised.time) == (coding.tags, coding.segment, coding.time)
    assert [event.event for event in read_journal(project.root / JOURNAL).events] == ["apply", "revise", "revise"]
    assert project.check() == []


def test_remove(project: qc.Project) -> None:
    """A coding taken back is gone from the case and stays in the journal."""
    coding, other = code(project), code(project, "Data kami terbuka")
    before = (project.root / JOURNAL).read_bytes()
    project.remove(coding, memo="salah baca")
    assert list(project.case("kasus").codings) == [other]
    assert (project.root / JOURNAL).read_bytes().startswith(before)
    assert "salah baca" in (project.root / JOURNAL).read_text("utf-8")
    assert project.check() == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"code": "LAY"}, qc.CodingError),
        ({"code": "LAY-BALL"}, qc.UnknownNameError),
        ({"valence": "positif"}, qc.CodingError),
        ({"quote": "lain"}, qc.CodingError),
        ({"start": 0}, qc.CodingError),
        ({"round": 0}, qc.CodingError),
    ],
)
def test_refused_revisions(project: qc.Project, change: dict[str, object], kind: type[qc.QualcodeError]) -> None:
    """A revision to what cannot be, or of the words themselves, is refused, and nothing is written."""
    coding = code(project)
    before = (project.root / JOURNAL).read_bytes()
    with pytest.raises(kind):
        project.revise(coding, **change)
    assert (project.root / JOURNAL).read_bytes() == before


# When the disk does not do its part


def test_a_failing_disk(project: qc.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the coding is reported as not saved, and nothing stored before is lost."""

    def refuse(_: int) -> None:
        raise OSError(30, "Read-only file system")

    first = code(project)
    before = (project.root / JOURNAL).read_bytes()
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", refuse)
        for attempt in (
            lambda: code(project, "Data kami terbuka"),
            lambda: project.revise(first, memo="x"),
            lambda: project.remove(first),
        ):
            with pytest.raises(qc.CodingError) as refused:
                attempt()
            assert refused.value.problem.place == JOURNAL
            assert "Belum tersimpan" in refused.value.problem.what
            assert "Read-only file system" in refused.value.problem.what
    assert (project.root / JOURNAL).read_bytes().startswith(before)
    code(project, "Semua komentar", code="SDM")
    assert len(project.case("kasus").codings.of("SDM")) == 1
    assert project.check() == []


def test_a_folder_that_cannot_be_written(project: qc.Project) -> None:
    """Where the folder of the journals cannot be made, the coding is reported as not saved."""
    (project.root / "corpus/kasus/codings").write_text("bukan folder", "utf-8")
    with pytest.raises(qc.CodingError, match=f"{JOURNAL}: Belum tersimpan"):
        code(project)


def test_a_locked_journal(project: qc.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the journal, the coding is reported as not saved; later it is."""
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0)
    first = code(project)
    with locked(project.root / JOURNAL), pytest.raises(qc.CodingError, match="Belum tersimpan"):
        code(project, "Data kami terbuka")
    assert list(project.case("kasus").codings) == [first]
    code(project, "Data kami terbuka")
    assert len(project.case("kasus").codings) == 2


def test_half_a_character(project: qc.Project) -> None:
    """A memo that cannot be written as UTF-8 is reported as not saved, and nothing is written."""
    before = files_in(project)
    with pytest.raises(qc.CodingError, match="Belum tersimpan"):
        code(project, memo="\udcff")
    assert not [name for name in files_in(project) - before if name.endswith(".jsonl")]


# When the text changed


def test_moved_words_are_used(project: qc.Project) -> None:
    """A coding whose words moved is used at its new place and does not count as unusable."""
    code(project)
    rewrite(project, "corpus/kasus/w-i1.md", "P: Apakah", "P: Pagi, Pak.\n\nP: Apakah")
    case = project.case("kasus")
    assert [(coding.quote, coding.address) for coding in case.codings] == [("Semua komentar dibalas", "w-i1:5")]
    assert case.problems == ()
    assert [problem.place for problem in project.check()] == [f"{JOURNAL}:1"]


def test_lost_words_are_named_and_kept(project: qc.Project) -> None:
    """A coding whose words are gone is left out and named; it comes back with the words."""
    coding = code(project)
    code(project, "Data kami terbuka")
    rewrite(project, "corpus/kasus/w-i1.md", "Semua komentar", "Sebagian komentar")
    case = project.case("kasus")
    assert [coding.quote for coding in case.codings] == ["Data kami terbuka"]
    (problem,) = case.problems
    assert problem.place == f"{JOURNAL}:1"
    rewrite(project, "corpus/kasus/w-i1.md", "Sebagian komentar", "Semua komentar")
    assert coding in project.case("kasus").codings
    assert project.case("kasus").problems == ()


def test_the_same_words_coded_at_once(project: qc.Project) -> None:
    """Two threads that code the same words with the same code at once store them once; the other is told so."""
    told: list[str] = []

    def try_it() -> None:
        try:
            code(project)
        except qc.CodingError as error:
            told.append(str(error))

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(project.case("kasus").codings) == 1
    assert len(told) == 3
    assert all("sudah dikode" in words for words in told)


def test_a_revision_of_nothing(project: qc.Project) -> None:
    """A revision that changes nothing is refused, and nothing is written."""
    coding = code(project)
    before = (project.root / JOURNAL).read_bytes()
    with pytest.raises(qc.CodingError, match="Tidak ada yang diubah"):
        project.revise(coding, valence=None)
    assert (project.root / JOURNAL).read_bytes() == before


def test_init_on_a_file(tmp_path: Path) -> None:
    """A project cannot be made where a file stands; the file stays as it is."""
    path = tmp_path / "skripsi"
    path.write_text("naskah", encoding="utf-8")
    with pytest.raises(qc.ParameterError, match="skripsi"):
        qc.init_project(path)
    assert path.read_text("utf-8") == "naskah"


def test_an_exclusion_of_nobody(project: qc.Project) -> None:
    """An exclusion of a group that its axis does not have is a fault with its line: it would exclude nothing."""
    path = project.root / "corpus/kasus/case.yaml"
    lines = path.read_text("utf-8").splitlines()
    lines += ["exclusions:", "  - {code: SDM, axis: source, group: I9, reason: tidak ditanyakan}"]
    path.write_text("\n".join(lines), "utf-8")
    (problem,) = project.check()
    assert problem.place == f"corpus/kasus/case.yaml:{len(lines)}"
    assert "I9" in problem.what
    assert "I1, I2" in problem.mend
