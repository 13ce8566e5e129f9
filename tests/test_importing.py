"""Files become documents in one command and one look: guesses shown, questions asked, the raw file kept."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document

import qualcode as qc
from qualcode.cli import main

TYPED_QUICKLY = [
    "Wawancara dengan kepala dinas",
    "Tanggal : 17/3/2025",
    "Tempat: Kantor dinas",
    "P : Apakah komentar dibalas, Pak?",
    "I1 : Dibalas semua, biasanya hari itu juga.",
    "p: Oleh siapa?",
    "I1; Oleh admin kami berdua.",
]


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    return make_project()


@pytest.fixture
def word(tmp_path: Path) -> Path:
    file = Document()
    for line in TYPED_QUICKLY:
        file.add_paragraph(line)
    path = tmp_path / "wawancara 1.docx"
    file.save(str(path))
    return path


def bring(project: qc.Project, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["--project", str(project.root), "import", *map(str, arguments), "--case", "kasus"])


def files(project: qc.Project) -> set[Path]:
    return {path for path in project.root.rglob("*") if path.is_file() and not path.name.endswith(".lock")}


def test_a_word_transcript_becomes_a_clean_document(project: qc.Project, word: Path) -> None:
    """Typed quickly with uneven labels, it is one command, and every answer belongs to the informant."""
    result = bring(project, word)
    assert result.exit_code == 0, result.output
    case = project.case("kasus")
    (document,) = [each for each in case.documents if "raw" in each.extra]
    assert [(turn.role.value, document.text[turn.start : turn.end]) for turn in document.turns] == [
        ("pewawancara", "Apakah komentar dibalas, Pak?"),
        ("informan", "Dibalas semua, biasanya hari itu juga."),
        ("pewawancara", "Oleh siapa?"),
        ("informan", "Oleh admin kami berdua."),
    ]
    assert (document.informant, document.dated, document.extra["place"]) == ("I1", "2025-03-17", "Kantor dinas")
    assert not project.check()


def test_the_raw_file_is_kept_with_its_hash(project: qc.Project, word: Path) -> None:
    """The file as it came stands beside the documents, byte for byte, and the document names it and its hash."""
    bring(project, word)
    document = next(each for each in project.case("kasus").documents if "raw" in each.extra)
    kept = project.root / "corpus/kasus" / document.extra["raw"]
    assert kept.read_bytes() == word.read_bytes()
    assert document.extra["raw_sha256"] == sha256(word.read_bytes()).hexdigest()


def test_looking_first_writes_nothing(project: qc.Project, word: Path) -> None:
    """A dry run prints turns and guesses and leaves the project as it was."""
    before = files(project)
    result = bring(project, word, "--dry-run")
    assert "Oleh admin kami berdua." in result.output
    assert "dugaan" in result.output
    assert files(project) == before


def test_json_is_a_list_of_documents(project: qc.Project, word: Path) -> None:
    """For other programs: kind, turns with speaker, role, time and text, guesses, questions, losses."""
    (document,) = json.loads(bring(project, word, "--dry-run", "--json").stdout)
    assert document["kind"] == "transcript"
    assert document["turns"][1] == {
        "speaker": "I1",
        "role": "informan",
        "time": None,
        "text": "Dibalas semua, biasanya hari itu juga.",
    }
    assert {"guesses", "questions", "losses"} <= document.keys()


def test_an_ambiguous_date_is_asked_for(project: qc.Project, tmp_path: Path) -> None:
    """5/12/2021 may be two days: nothing is stored until the person says which."""
    path = tmp_path / "w.txt"
    path.write_text("Tanggal: 5/12/2021\n\nP: Siapa?\n\nI1: Kami berdua saja.\n", "utf-8")
    before = files(project)
    result = bring(project, path)
    assert result.exit_code == 1
    assert "2021-12-05" in result.output
    assert "2021-05-12" in result.output
    assert files(project) == before
    result = bring(project, path, "--answer", "date=2021-05-12")
    assert result.exit_code == 0, result.output
    assert "2021-05-12" in {document.dated for document in project.case("kasus").documents}


def test_an_interview_guide_is_no_evidence(project: qc.Project, tmp_path: Path) -> None:
    """Questions without answers are filed as an instrument, aside, and no document comes of it."""
    path = tmp_path / "pedoman.txt"
    path.write_text(
        "PEDOMAN WAWANCARA\n\n1. Bagaimana akun dikelola?\n\n2. Siapa yang membalas komentar?\n\n"
        "3. Kapan evaluasi dilakukan?\n",
        "utf-8",
    )
    before = {document.id for document in project.case("kasus").documents}
    result = bring(project, path, "--answer", "date=tanpa tanggal")
    assert result.exit_code == 0, result.output
    assert {document.id for document in project.case("kasus").documents} == before
    assert list((project.root / "corpus/kasus/instrumen").glob("*.md"))
    assert not project.check()


def test_a_broken_file_stops_no_other(project: qc.Project, word: Path, tmp_path: Path) -> None:
    """A file that cannot be read is named with its mend; the sound one beside it is stored."""
    broken = tmp_path / "rusak.docx"
    broken.write_bytes(b"PK\x03\x04 ini bukan Word")
    result = bring(project, broken, word)
    assert result.exit_code == 1
    assert "rusak.docx" in result.output
    assert any("raw" in document.extra for document in project.case("kasus").documents)


def test_the_same_file_is_not_imported_twice(project: qc.Project, word: Path, tmp_path: Path) -> None:
    """The same bytes under any name are recognised, and the mend says how a corrected version comes in."""
    bring(project, word)
    again = tmp_path / "nama lain.docx"
    again.write_bytes(word.read_bytes())
    result = bring(project, again)
    assert result.exit_code == 1
    assert "qualcode edit" in result.output


def test_documents_never_overwrite_each_other(project: qc.Project, tmp_path: Path) -> None:
    """Two files of the same name and likely id become two documents with two raw files."""
    for folder, words in (("a", "Kami berdua saja."), ("b", "Kami bertiga sekarang.")):
        path = tmp_path / folder / "w-i1.txt"
        path.parent.mkdir()
        path.write_text(f"P: Berapa orang?\n\nI1: {words}\n", "utf-8")
        result = bring(project, path, "--answer", "date=2025-03-17")
        assert result.exit_code == 0, result.output
    imported = [each for each in project.case("kasus").documents if "raw" in each.extra]
    assert len({each.extra["raw"] for each in imported}) == 2
    assert len({each.id for each in imported} | {"w-i1"}) == 3


def test_the_library_does_what_the_terminal_does(project: qc.Project, word: Path) -> None:
    """`project.import_documents` gives the same documents, and a notebook shows turns, guesses and questions."""
    found = project.import_documents([word], "kasus", dry_run=True)
    assert "Oleh admin kami berdua." in found._repr_html_()
    assert not found.stored
    assert project.import_documents([word], "kasus").stored
