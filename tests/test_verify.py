"""Verifying: each planted fault in an edited chapter is found, and nothing else."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.errors import ParameterError, UnreadableFileError
from qualcode.figures import Figure
from qualcode.frameworks.sheet import Sheet
from qualcode.project.recoding import Rename
from qualcode.reports.chapter import Options, Quotes, chapter
from qualcode.reports.verify import Kind, Verification, verify
from qualcode.reports.verify.matching import Corpus, compared
from qualcode.reports.verify.reading import read_word
from qualcode.reports.verify.sought import sought
from qualcode.reports.verify.tokens import tokens
from qualcode.reports.word import word_report
from qualcode.text.document import Document as Evidence

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEXTS = {
    "w-i1": (
        "P: Apakah komentar dibalas?\n\nI1: Semua komentar warga dibalas pada hari yang sama oleh admin kami.\n\n"
        "I1: Data kami terbuka, siapa saja boleh mengunduh berkasnya dari laman dinas.\n\n"
        "I1: Petugas kami hanya dua orang, jadi kalau sakit semuanya berhenti.\n"
    ),
    "w-i2": (
        "P: Apakah komentar dibalas?\n\nI2: Paling sepertiga komentar yang dibalas, sisanya menumpuk sampai Senin.\n\n"
        "I2: Data anggaran tidak pernah kami unggah karena menunggu izin pimpinan.\n"
    ),
    "w-i3": "P: Dibalas?\n\nI3: Saya sendiri pernah menunggu sebulan lebih tanpa jawaban apa pun dari mereka.\n",
    "o-1": "## Deskripsi\n\nAdmin membalas tiga komentar dalam satu jam pengamatan di kantor dinas.\n",
}
CODED = [
    ("w-i1", "Semua komentar warga dibalas pada hari yang sama oleh admin kami.", "LAY-BAL-C", "mendukung"),
    ("w-i2", "Paling sepertiga komentar yang dibalas, sisanya menumpuk sampai Senin.", "LAY-BAL-C", "menentang"),
    ("w-i3", "Saya sendiri pernah menunggu sebulan lebih tanpa jawaban apa pun dari mereka.", "LAY-BAL-C", "mendukung"),
    ("o-1", "Admin membalas tiga komentar dalam satu jam pengamatan di kantor dinas.", "LAY-BAL-C", "mendukung"),
    ("w-i1", "Data kami terbuka, siapa saja boleh mengunduh berkasnya dari laman dinas.", "LAY-DAT", "mendukung"),
    ("w-i2", "Data anggaran tidak pernah kami unggah karena menunggu izin pimpinan.", "LAY-DAT", "menentang"),
    ("w-i1", "Petugas kami hanya dua orang, jadi kalau sakit semuanya berhenti.", "SDM", "deskriptif"),
]
THIRD = "  - {id: I3, role: Warga, relation: warga, consent: dicatat}\n"


def _case() -> str:
    from conftest import CASE

    return CASE.replace("groups:\n", f"{THIRD}groups:\n").replace("source: [I1, I2]", "source: [I1, I2, I3]")


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _plain_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not what is verified; drawing them is most of the work of a chapter."""
    for name in ("heat_map", "valence_chart"):
        monkeypatch.setattr(Sheet, name, lambda self: Figure(_PIXEL, "Gambar", "Gambar"))


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    """A project with seven codings of three informants and an observation."""
    made = make_project(TEXTS, {"corpus/kasus/case.yaml": _case()})
    for document, words, code, valence in CODED:
        made.code(made.case("kasus").document(document), words, code, coder="ana", valence=valence)
    return made


class Edited:
    """A report in the hands of a student: what she does to it, and what verifying it finds."""

    def __init__(self, project: qc.Project, folder: Path, **options: Any) -> None:
        self.project = project
        self.path = folder / "bab4.docx"
        self.built = chapter(project, "kasus", Options(**options))
        self.document = Document(io.BytesIO(word_report(self.built)))

    def body(self) -> Any:
        return self.document.element.body

    def coding(self, start: str) -> Any:
        return next(each for each in self.project.case("kasus").codings if each.quote.startswith(start))

    def mark(self, name: str) -> Any:
        return self.body().xpath(f'.//w:bookmarkStart[@w:name="{name}"]')[0]

    def quotation(self, start: str) -> Any:
        """The paragraph of the quotation that begins so."""
        return self.mark(f"qc_q_{self.coding(start).id}").getparent()

    def claim(self, *asked: str) -> str:
        """The bookmark of what was asked: framework, part, row, column, measure."""
        return next(name for name, each in self.built.claims.items() if each.asked == "|".join(("kasus", *asked)))

    def rewrite(self, name: str, text: str) -> None:
        """Type over what stands in a bookmark."""
        run = self.mark(name).getnext()
        run.find(qn("w:t")).text = text

    def forget(self, name: str) -> None:
        """Take a bookmark away, as typing over it in Word does."""
        mark = self.mark(name)
        end = self.body().xpath(f'.//w:bookmarkEnd[@w:id="{mark.get(qn("w:id"))}"]')[0]
        for each in (mark, end):
            each.getparent().remove(each)

    def replace(self, paragraph: Any, old: str, new: str) -> None:
        """Change words in a paragraph, in the one run that holds them."""
        text = next(each for each in paragraph.iter(qn("w:t")) if old in (each.text or ""))
        text.text = text.text.replace(old, new)

    def write(self, *texts: str) -> None:
        """Write paragraphs at the end."""
        last = self.body()[-1]
        for text in texts:
            paragraph = OxmlElement("w:p")
            run, words = OxmlElement("w:r"), OxmlElement("w:t")
            words.text = text
            run.append(words)
            paragraph.append(run)
            last.addprevious(paragraph)

    def save(self) -> Path:
        self.document.save(str(self.path))
        return self.path

    def found(self) -> list[Kind]:
        return kinds(verify(qc.open_project(self.project.root), self.save()))


def kinds(found: Verification) -> list[Kind]:
    return sorted(each.kind for each in found.findings)


@pytest.fixture
def edited(project: qc.Project, tmp_path: Path) -> Edited:
    return Edited(project, tmp_path)


@pytest.mark.parametrize("style", list(Quotes))
def test_an_untouched_report_gives_no_finding(project: qc.Project, tmp_path: Path, style: Quotes) -> None:
    """Whatever the style of quotations, a report as it was made agrees with the codings."""
    report = Edited(project, tmp_path, quotes=style, appendix=True)
    found = verify(project, report.save())
    assert not found.findings
    assert found.quotations > 7
    assert found.numbers > 30
    assert found.addresses


def _plant(edited: Edited) -> list[Kind]:
    """Twelve faults of twelve sorts, and beside them what is none."""
    project = edited.project
    edited.replace(edited.quotation("Semua komentar"), "pada hari yang sama", "pada minggu yang sama")
    edited.write("Kepala dinas berkata, “Tahun depan kami membuka kantor cabang baru di setiap kecamatan kota ini.”")
    edited.write("Seperti kata admin: “Data anggaran selalu kami unggah karena menunggu izin pimpinan.”")
    edited.write("Hal serupa tampak di tempat lain (W/I1/11-03-2025/99).")
    edited.rewrite(edited.claim("uji", "results.summary", "LAY-DAT", "+", "number"), "8")
    edited.rewrite(edited.claim("uji", "results", "LAY-DAT", "source", "status"), "Sepakat")
    sentence = edited.claim("uji", "results", "LAY-BAL-C", "", "passages")
    edited.rewrite(sentence, "15")
    edited.forget(sentence)
    edited.write("Semua informan menyatakan puas terhadap pelayanan dinas.", "Bagian ini ditutup di sini.")
    own, other = edited.coding("Paling sepertiga"), edited.coding("Data kami terbuka")
    addresses = {part.coding: part.address for part in edited.built.quotations}
    edited.replace(edited.quotation("Paling sepertiga"), addresses[own.id], addresses[other.id])
    # In the project itself: a coding is given anew, a code is renamed, an informant withdraws.
    gone = edited.coding("Data anggaran")
    project.remove(gone)
    project.code(gone.document, gone.quote, gone.code, coder="ana", valence=gone.valence)
    project.recode("uji", Rename(code="SDM", new="STF", label="Tenaga"), coder="ana")
    record = project.root / "corpus/kasus/case.yaml"
    record.write_text(record.read_text("utf-8").replace(THIRD, THIRD.replace("dicatat", "ditarik 2025-05-01")), "utf-8")
    return sorted(
        [
            *(Kind.CHANGED, Kind.CHANGED, Kind.INVENTED, Kind.ADDRESS, Kind.NUMBER, Kind.NUMBER, Kind.STATUS),
            *(Kind.UNFOUNDED, Kind.MISPLACED, Kind.REMOVED, Kind.RENAMED, Kind.WITHDRAWN),
        ]
    )


def _innocent(edited: Edited) -> None:
    """What students do and may do."""
    edited.write(
        "Menurut teori, “komunikasi publik adalah pertukaran informasi lembaga dan warganya” (Lestari, 2019: 45).",
        "“Data kami terbuka, siapa saja boleh [...] dari laman dinas”, kata kepala dinas.",
        "“Petugas kami [admin akun] hanya dua orang”, tuturnya.",
        "Istilah “pelayanan prima” dipakai dalam arti biasa.",
        "I1 menyatakan hal yang sama: 'Data kami terbuka' (W/I1/11-03-2025/5).",
    )
    edited.write(
        "DAFTAR PUSTAKA",
        "Lestari, A. “Komunikasi publik di daerah kepulauan yang jauh sekali”. Jurnal Rekaan 3(2), 2018.",
    )
    body, moved = edited.body(), edited.quotation("Data kami terbuka")
    body.remove(moved)
    body[-1].addprevious(moved)
    for run in moved.iter(qn("w:r")):
        run.insert(0, parse_xml(f'<w:rPr xmlns:w="{W}"><w:i/></w:rPr>'))
    edited.document.add_comment(moved_run(edited), text="Bukti mana? “Ini kalimat panjang di dalam sebuah komentar”.")


def moved_run(edited: Edited) -> Any:
    return next(paragraph.runs[0] for paragraph in edited.document.paragraphs if paragraph.runs)


def test_twelve_planted_faults_and_no_other(edited: Edited) -> None:
    """Each of twelve faults of every sort is found, once; moved, cut, italic and cited words are none."""
    _innocent(edited)
    planted = _plant(edited)
    assert len(planted) == 12
    assert edited.found() == planted


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_faults_survive_libreoffice(edited: Edited, tmp_path: Path) -> None:
    """After docx -> odt -> docx the same faults are found, though the part with the claims is gone."""
    planted = _plant(edited)
    edited.save()
    for source, ending, folder in (
        (edited.path, "odt", tmp_path),
        (tmp_path / "bab4.odt", "docx", tmp_path / "kembali"),
    ):
        command = ["soffice", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}", "--headless"]
        subprocess.run(
            [*command, "--convert-to", ending, "--outdir", str(folder), str(source)], check=True, capture_output=True
        )
    assert kinds(verify(qc.open_project(edited.project.root), tmp_path / "kembali" / "bab4.docx")) == planted


def test_the_difference_is_shown_in_words(edited: Edited) -> None:
    """A changed quotation is reported with the words as they were and as they are, the place, and a mend."""
    edited.replace(edited.quotation("Semua komentar"), "pada hari yang sama", "pada minggu yang sama")
    (finding,) = verify(edited.project, edited.save()).findings
    assert "“hari” menjadi “minggu”" in finding.problem.what
    assert "w-i1:3" in finding.problem.what
    assert re.search(r"bab4\.docx, paragraf \d+ \(“Semua komentar", finding.problem.place)
    assert finding.problem.mend


@pytest.mark.parametrize(
    ("old", "new", "fine"),
    [
        ("warga dibalas pada", "warga [...] pada", True),
        ("warga dibalas", "warga [kota] dibalas", True),
        ("Semua komentar", "semua\u00a0komentar", True),
        ("admin kami.", "admin kami", True),
        ("warga dibalas", "warga tidak dibalas", False),
        ("dibalas pada", "dibalas, pada", False),
        ("Semua komentar warga", "Komentar semua warga", False),
        ("Semua komentar", "[...] komentar", True),
    ],
)
def test_what_a_quotation_may_leave_out(edited: Edited, old: str, new: str, fine: bool) -> None:
    """Cuts, insertions in brackets, blanks and edges may differ; words, their order and marks between them may not."""
    edited.replace(edited.quotation("Semua komentar"), old, new)
    assert edited.found() == ([] if fine else [Kind.CHANGED])


def test_words_smuggled_in_beside_a_bookmark(edited: Edited) -> None:
    """Words typed inside the quotation marks but outside the bookmark belong to the quotation."""
    closing = edited.quotation("Semua komentar").xpath("./w:bookmarkEnd")[0].getnext().find(qn("w:t"))
    closing.text = " dan kami bangga sekali" + closing.text
    assert edited.found() == [Kind.CHANGED]


def test_digits_typed_onto_a_number(edited: Edited) -> None:
    """A digit before or behind a bookmark makes another number."""
    mark = edited.mark(edited.claim("uji", "results", "LAY-BAL-C", "", "passages"))
    before = mark.getprevious().find(qn("w:t"))
    before.text += "1"
    assert edited.found() == [Kind.NUMBER]


def test_a_lost_bookmark_in_a_table(edited: Edited) -> None:
    """A count typed over in a table is found by its row and column; a right one is none."""
    name = edited.claim("uji", "results.summary", "LAY-DAT", "−", "number")
    edited.forget(name)
    assert edited.found() == []
    again = Edited(edited.project, edited.path.parent)
    again.rewrite(name, "4")
    again.forget(name)
    assert again.found() == [Kind.NUMBER]


def test_codings_that_changed_since(edited: Edited) -> None:
    """Counts are held against the codings of today, and the finding says that these changed."""
    edited.save()
    document = edited.project.case("kasus").document("o-1")
    edited.project.code(document, "satu jam pengamatan", "SDM", coder="ana", valence="deskriptif")
    found = verify(qc.open_project(edited.project.root), edited.path)
    assert set(kinds(found)) <= {Kind.NUMBER, Kind.STATUS}
    assert all("koding berubah sejak laporan dibuat" in each.problem.what for each in found.findings)
    assert found.findings


def test_tracked_changes_count_as_accepted(edited: Edited) -> None:
    """What was inserted counts, what was deleted does not."""
    paragraph = edited.quotation("Petugas kami")
    run = paragraph.xpath('./w:r[w:t[contains(., "Petugas")]]')[0]
    run.find(qn("w:t")).text = "Petugas kami hanya dua orang, jadi "
    rest = parse_xml(
        f'<w:p xmlns:w="{W}"><w:del w:id="901" w:author="a"><w:r><w:delText>bila </w:delText></w:r></w:del>'
        '<w:ins w:id="902" w:author="a"><w:r><w:t>kalau sakit semuanya berhenti.</w:t></w:r></w:ins></w:p>'
    )
    for each in reversed(list(rest)):
        run.addnext(each)
    assert edited.found() == []
    paragraph.xpath("./w:ins/w:r/w:t")[0].text = "kalau libur semuanya berhenti."
    assert edited.found() == [Kind.CHANGED]


def test_boxes_notes_and_cells_are_read(edited: Edited) -> None:
    """An invented quotation is found in a text box, a footnote and a table, each once."""
    words = "“Kalimat ini sama sekali tidak pernah diucapkan oleh siapa pun.”"
    box = (
        f'<w:p xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r>'
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent><w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
        f"</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    edited.body()[-1].addprevious(parse_xml(box))
    edited.document.add_table(1, 1).cell(0, 0).text = words
    assert edited.found() == [Kind.INVENTED] * 2
    again = Edited(edited.project, edited.path.parent, quotes=Quotes.LEAD)
    path = again.save()
    _rewritten(path, "word/footnotes.xml", lambda xml: xml.replace("Wawancara dengan", f"{words} Wawancara dengan", 1))
    assert kinds(verify(edited.project, path)) == [Kind.INVENTED]


def _rewritten(path: Path, part: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_label_changed_in_the_codebook(edited: Edited) -> None:
    """A code whose label is another now is found once, with how many places name it."""
    edited.save()
    book = edited.project.root / "codebooks/uji.yaml"
    book.write_text(book.read_text("utf-8").replace("{id: Data, en: Data}", "{id: Keterbukaan, en: Openness}"), "utf-8")
    (finding,) = verify(qc.open_project(edited.project.root), edited.path).findings
    assert finding.kind is Kind.RENAMED
    assert "LAY-DAT Keterbukaan" in finding.problem.what


def test_a_row_that_no_coding_gave(edited: Edited) -> None:
    """A row of numbers added to one of our tables has no evidence."""
    mark = edited.mark(edited.claim("uji", "results.summary", "LAY-DAT", "+", "number"))
    row = next(mark.iterancestors(qn("w:tr")))
    added = deepcopy(row)
    for each in added.xpath(".//w:bookmarkStart|.//w:bookmarkEnd"):
        each.getparent().remove(each)
    next(added.iter(qn("w:t"))).text = "Kepuasan warga"
    row.addnext(added)
    assert edited.found() == [Kind.UNFOUNDED]


def test_any_word_file_can_be_verified(project: qc.Project, tmp_path: Path) -> None:
    """A chapter that qualcode never made is searched, too; the only case there is is the one meant."""
    document = Document()
    document.add_paragraph("Ia berkata: “Semua komentar warga dibalas pada hari yang sama.”")
    document.add_paragraph("“Semua komentar warga dihapus pada hari yang sama oleh admin kami.”")
    document.save(str(tmp_path / "lain.docx"))
    assert kinds(verify(project, tmp_path / "lain.docx")) == [Kind.CHANGED]


def test_quotations_within_quotations(edited: Edited) -> None:
    """An invented quotation is one, whatever stands in quotation marks inside it or beside it."""
    words = "Kata “beliau” itu selalu saja dipakai “untuk menolak” permintaan kami semua."
    edited.write(f"Ia berkata: “{words}”", 'Lalu "kantor cabang baru dibuka tahun depan" dan "selesai".')
    assert edited.found() == [Kind.INVENTED] * 2


def test_author_and_year_do_not_excuse_an_informant(edited: Edited) -> None:
    """What stands beside a year is left alone only where it is the literature's."""
    words = "“Kalimat ini sama sekali tidak pernah diucapkan oleh siapa pun”"
    edited.write(f"{words} (I1, 2025).", f"{words} (wawancara, 12 Maret 2025).", f"{words} (Sari, 2020).")
    found = verify(edited.project, edited.save())
    assert kinds(found) == [Kind.INVENTED] * 2
    assert found.left_alone == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rusak", b"halo"], ids=["empty", "damaged", "text"])
def test_what_is_no_word_file_is_refused(project: qc.Project, tmp_path: Path, content: bytes) -> None:
    """A file that is none is an error with a place and a mend."""
    (tmp_path / "x.docx").write_bytes(content)
    with pytest.raises(UnreadableFileError):
        verify(project, tmp_path / "x.docx")


def test_entities_and_bombs_are_refused(edited: Edited) -> None:
    """XML that declares entities is not read."""
    path = edited.save()
    declared = '<!DOCTYPE w:document [<!ENTITY a "b">]>'
    _rewritten(path, "word/document.xml", lambda xml: re.sub(r"(<\?xml[^>]*\?>)", rf"\1{declared}", xml, count=1))
    with pytest.raises(UnreadableFileError):
        read_word(path)


@pytest.mark.parametrize("held", ["[]", '{"case": 3}', '{"case": "kasus", "quotes": "besar", "frameworks": [1]}', "{"])
def test_a_damaged_part_of_claims_does_no_harm(edited: Edited, held: str) -> None:
    """Whatever stands where the options should: the file is verified, or the person is asked for the case."""
    path = edited.save()
    name = next(each for each in zipfile.ZipFile(path).namelist() if each.startswith("customXml/item1.xml"))
    _rewritten(path, name, lambda xml: re.sub(r"<options>.*</options>", f"<options>{held}</options>", xml))
    assert not verify(edited.project, path, case="kasus").findings


def test_several_cases_and_none_named(make_project: Callable[..., qc.Project], tmp_path: Path) -> None:
    """Where nothing says which case is meant, the person is asked."""
    other = _case().replace("id: kasus", "id: lain")
    project = make_project(TEXTS, {"corpus/kasus/case.yaml": _case(), "corpus/lain/case.yaml": other})
    Document().save(str(tmp_path / "kosong.docx"))
    with pytest.raises(ParameterError, match="--case"):
        verify(project, tmp_path / "kosong.docx")


def test_in_the_terminal(edited: Edited) -> None:
    """One line a finding, exit code 1 when there is any, 0 when there is none; --json says the same."""
    path = edited.save()
    call = ["--project", str(edited.project.root), "verify", str(path)]
    assert CliRunner().invoke(main, call).exit_code == 0
    edited.write("Lihat W/I1/11-03-2025/99 dan W/I2/11-03-2025/98.")
    edited.save()
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 1
    assert len(done.stdout.strip().splitlines()) == 2
    assert '"address_unknown"' in CliRunner().invoke(main, [*call, "--json"]).stdout


@given(
    st.lists(
        st.sampled_from(["semua", "komentar", "dibalas", "hari", "ini,", "oleh", "admin"]), min_size=3, max_size=30
    )
)
def test_every_passage_of_a_text_is_found_in_it(every: list[str]) -> None:
    """Any run of words of a text is verbatim in it, and differs from it in nothing."""
    text = " ".join(every)
    passage = " ".join(every[1:-1])
    corpus = Corpus([Evidence(id="a", text=text)])
    assert not sought(passage).chunks or list(corpus.exact(sought(passage)))
    held = tokens(text)
    found = compared(held.keys, held.shown, text)
    assert found is not None
    assert found[3] == ""


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_upsets_the_comparison(source: str, quotation: str) -> None:
    """Whatever characters a text holds, it is cut, searched and compared."""
    corpus = Corpus([Evidence(id="a", text=source)])
    list(corpus.exact(sought(quotation)))
    near = corpus.nearest(quotation)
    assert near is None or 0 <= near.alike <= 1
