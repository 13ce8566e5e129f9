"""Verifying: whatever is done to a quotation is found unless the rules allow it; hostile files do no harm."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from alterations import FAULTS, FINE, altered
from click.testing import CliRunner
from docx import Document

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.errors import UnreadableFileError
from qualcode.reports.chapter import Chapter, Options, Quotes, chapter
from qualcode.reports.verify import Kind, Verification, verify
from qualcode.reports.verify.reading import LONGEST_PARAGRAPH
from qualcode.reports.word import word_report

ROOT = Path(__file__).parents[1]
CASE = "latihan-kota-samudra"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def practice() -> qc.Project:
    """The project of the practice case."""
    return qc.open_project(ROOT)


def _as_it_is(monkeypatch: pytest.MonkeyPatch, built: Chapter) -> None:
    """The chapter as the codings give it now is the one the file was made of: nobody coded in between."""
    monkeypatch.setattr("qualcode.reports.verify.chapter", lambda *asked: built)


@pytest.mark.parametrize("style", list(Quotes))
def test_every_altered_quotation_is_found_and_no_other(
    practice: qc.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: Quotes
) -> None:
    """Each quotation of the practice report is altered in one of many ways: all faults are found, nothing else is."""
    built = chapter(practice, CASE, Options(quotes=style))
    _as_it_is(monkeypatch, built)
    made = altered(Document(io.BytesIO(word_report(built))), tmp_path / "bab4.docx", seed=len(style.value))
    found = {each.paragraph for each in verify(practice, tmp_path / "bab4.docx").findings}
    assert len({each.how for each in made if each.how in FAULTS}) > 28
    assert {each.how for each in made if each.how in FINE} == set(FINE)
    missed = [
        (each.how, each.before, each.after) for each in made if each.how in FAULTS and each.paragraph not in found
    ]
    alarms = [(each.how, each.before, each.after) for each in made if each.how in FINE and each.paragraph in found]
    assert (missed, alarms) == ([], [])
    assert found <= {each.paragraph for each in made}


TALK = (
    "P: Apakah dibalas?\n\n"
    "I1: Komentar itu tidak pernah kami balas pada hari libur. [tertawa] Kalau kritik, dibalas sih tidak, Mbak.\n\n"
    "P: Semua begitu?\n\nI1: Semua nggih begitu, kecuali ada perintah pimpinan.\n"
)
WORDS = "Komentar itu tidak pernah kami balas pada hari libur. [tertawa] Kalau kritik, dibalas sih tidak, Mbak."


@pytest.fixture
def talk(make_project: Callable[..., qc.Project]) -> qc.Project:
    """A project with one coded answer."""
    made = make_project({"w-i1": TALK})
    document = made.case("kasus").document("w-i1")
    made.code(document, WORDS, "LAY-BAL-C", coder="ana")
    made.code(document, "Semua nggih begitu", "SDM", coder="ana", memo="terjemahan: nggih = iya")
    return made


def _address(case: Case) -> str:
    return next(iter(Addresses(case)))


def _said(project: qc.Project, folder: Path, *texts: str) -> Verification:
    document = Document()
    for text in texts:
        document.add_paragraph(text.replace("@", _address(project.case("kasus"))))
    document.save(str(folder / "lain.docx"))
    return verify(project, folder / "lain.docx")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("“Komentar itu [...] kami balas pada hari libur” (@).", [Kind.MISLEADING]),
        ("“pernah kami balas pada hari libur” (@).", [Kind.MISLEADING]),
        ("“Kalau kritik, dibalas [...]” (@).", [Kind.MISLEADING]),
        ("3 I1: Komentar itu tidak “pernah kami balas pada hari libur”.", []),
        ("Admin tidak bercerita: itu tetap “pernah kami balas pada hari libur”.", [Kind.MISLEADING]),
        ("“Komentar itu tidak pernah [...] pada hari libur” (@).", []),
        ("“tidak pernah kami balas” (@).", []),
        ("“tidak pernah kami hapus” (@).", [Kind.CHANGED]),
        ("“Komentar itu selalu” (@).", [Kind.CHANGED]),
        ("“tidak pernah kami balas pada hari libur. [menangis] Kalau kritik” (@).", [Kind.CHANGED]),
        ("“tidak pernah kami balas pada hari libur. [tertawa] Kalau kritik” (@).", []),
        ("“Komentar [warga] tidak pernah kami balas” (@).", [Kind.CHANGED]),
        ("“Komentar itu [dari warga] tidak pernah kami balas” (@).", []),
        ("“Komentar itu ... kami balas pada hari libur” (@).", [Kind.CHANGED]),
        ("“Komentar itu tidak pernah [...] kami balas” (@).", [Kind.CHANGED]),
        ("“Komentar itu tidak PERNAH kami balas” (@).", [Kind.CHANGED]),
        ("“[k]omentar itu tidak pernah kami balas” (@).", []),
        ("Komentar itu tidak pernah kami hapus pada hari libur (@).", [Kind.CHANGED]),
    ],
)
def test_what_may_be_cut_and_put_in(talk: qc.Project, tmp_path: Path, text: str, kinds: list[Kind]) -> None:
    """Cuts leave something out and hide no negation; brackets add and replace nothing; few words count as many do."""
    assert [each.kind for each in _said(talk, tmp_path, text).findings] == kinds


def test_what_cannot_be_checked_is_said(talk: qc.Project, tmp_path: Path) -> None:
    """Explanations in brackets, terms without a source, far negations and paraphrases are no faults, but are named."""
    found = _said(
        talk,
        tmp_path,
        "“Komentar itu [dari warga] tidak pernah kami balas” (@).",
        "Istilah “pelayanan prima” dipakai di sini.",
        "“pada hari libur. [...] Mbak” (@).",
        "Pada hari libur admin tidak bekerja sehingga pesan warga menumpuk (@).",
    )
    assert not found.findings
    assert found.unchecked == {"put_in": (1,), "terms": (2,), "cuts": (3,), "paraphrases": (4,)}
    assert found.to_dict()["unchecked"]["put_in"] == [1]


def test_the_terminal_names_what_it_cannot_check(talk: qc.Project, tmp_path: Path) -> None:
    """An explanation in brackets is no finding and no silence: how many there are, and where, is printed."""
    assert not _said(talk, tmp_path, "“Komentar itu [dari warga] tidak pernah kami balas” (@).").findings
    call = ["--project", str(talk.root), "verify", str(tmp_path / "lain.docx")]
    done = CliRunner().invoke(main, call)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 penjelasan dalam kurung siku" in done.stderr


def test_words_of_another_speaker(talk: qc.Project, tmp_path: Path) -> None:
    """What the interviewer asked is not what the informant of the address said."""
    (finding,) = _said(talk, tmp_path, "“Semua begitu? Semua nggih begitu, kecuali ada perintah” (@).").findings
    assert finding.kind is Kind.CHANGED


def _word_file(folder: Path, body: str, more: dict[str, bytes] | None = None) -> Path:
    blank = io.BytesIO()
    Document().save(blank)
    with zipfile.ZipFile(blank) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()} | (more or {})
    parts["word/document.xml"] = f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>'.encode()
    with zipfile.ZipFile(folder / "aneh.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return folder / "aneh.docx"


def _paragraph(text: str, style: str = "Normal") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


@pytest.mark.parametrize(
    "text",
    [
        "“" * 50_000 + "satu dua tiga empat lima enam",
        '"' * 50_000,
        '"satu dua tiga empat lima" ' * 3_000,
        "'a " * 20_000,
        "“" + "kota [...] " * 5_000 + "”",
        "“" + "[" * 50_000 + "”",
        "“" + "tidak " * 10_000 + "”",
        "(" * 50_000,
        "(a) " * 15_000,
        "a" + " " * 60_000 + "b",
        "W/" * 30_000,
        "semua informan " * 4_000,
        "1" * 60_000,
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("style", ["Normal", "Quote"])
def test_masses_of_marks_do_not_stop_it(talk: qc.Project, tmp_path: Path, text: str, style: str) -> None:
    """However many marks, brackets or blanks stand in a paragraph, the file is verified to its end."""
    assert verify(talk, _word_file(tmp_path, _paragraph(text, style) + _paragraph("Habis.")), "kasus").file


def test_a_paragraph_no_thesis_holds_is_refused(talk: qc.Project, tmp_path: Path) -> None:
    """One paragraph of more than so many characters is an error that names the file."""
    text = "".join(f"kata{n} " for n in range(LONGEST_PARAGRAPH // 5))
    with pytest.raises(UnreadableFileError, match=r"aneh\.docx"):
        verify(talk, _word_file(tmp_path, _paragraph(text)), "kasus")


def test_bookmarks_over_one_another(talk: qc.Project, tmp_path: Path) -> None:
    """Thousands of bookmarks round everything are none of a report's, and cost no more than others."""
    starts = "".join(f'<w:bookmarkStart w:id="{n}" w:name="qc_q_X_{n}"/>' for n in range(2_000))
    ends = "".join(f'<w:bookmarkEnd w:id="{n}"/>' for n in range(2_000))
    body = starts + _paragraph("Kalimat biasa dalam sebuah bab.") * 500 + ends
    assert verify(talk, _word_file(tmp_path, body), "kasus").quotations == 0


def test_bombs_are_refused(talk: qc.Project, tmp_path: Path) -> None:
    """A part that unpacks to more than any document is an error, and its names lead nowhere."""
    with pytest.raises(UnreadableFileError):
        verify(talk, _word_file(tmp_path, _paragraph("a" * 31_000_000)), "kasus")
    outside = "../../keluar.txt"
    path = _word_file(tmp_path, _paragraph("Biasa."), {outside: b"x", "customXml/../../item9.xml": b"<report/>"})
    assert not verify(talk, path, "kasus").findings
    assert not (tmp_path / outside).exists()
