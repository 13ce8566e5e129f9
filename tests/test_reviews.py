"""The supervisor's loop: comments come in by three doors, find their words again, are answered, settled and logged."""

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document as WordDocument
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.journal import read_journal, to_line
from qualcode.coding.reviews import (
    DEEPEST,
    Annotation,
    Motivation,
    State,
    Target,
    Unfit,
    annotation_of,
    annotations_in,
    clean_author,
    file_stem,
    loads,
    read_annotation,
    threads,
)
from qualcode.coding.reviews import to_line as written
from qualcode.errors import CodingError, ParameterError, UnknownNameError, UnreadableFileError
from qualcode.intake.remarks import read_remarks
from qualcode.project.reviewing import comment, comments_on

Make = Callable[..., qc.Project]
HOSTILE = "<script>alert(1)</script> =1+1 | [x](http://jahat) \u202eterbalik"
DAY = datetime.fromisoformat("2025-03-11T09:00:00+07:00")


def said(number: int, motivation: str = "commenting", target: Any = None, **rest: Any) -> dict[str, Any]:
    """An annotation as other programs may write it."""
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"urn:uuid:{number:08d}",
        "type": "Annotation",
        "motivation": motivation,
        "created": (DAY + timedelta(hours=number)).isoformat(),
        "creator": {"type": "Person", "name": "Bu Ratna"},
        "body": {"type": "TextualBody", "value": f"Komentar {number}", "format": "text/plain"},
        "target": target or {"source": "urn:qualcode:kasus"},
    } | rest


def passage(project: qc.Project, document: str, quote: str) -> dict[str, Any]:
    """A target as an evidence file writes it."""
    home = project.document("kasus", document)
    start = home.text.index(quote)
    end = start + len(quote)
    return {
        "source": f"urn:qualcode:kasus/{document}",
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": quote,
                "prefix": home.text[max(0, start - 32) : start],
                "suffix": home.text[end : end + 32],
            },
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
        "state": {"type": "TextState", "sha256": home.sha256},
        "coding": "01J",
        "address": "W/I1/11-03-2025/3",
    }


def page(project: qc.Project, *items: Any, name: str = "komentar.json") -> Path:
    path = project.root / name
    content = {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": items}
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return path


# The format


def test_what_is_written_is_a_web_annotation_and_is_read_back() -> None:
    """A line names the W3C's context, maps our own words in it, and gives the annotation back."""
    one = annotation_of(said(1))
    assert isinstance(one.target, Target)
    for status, target in ((None, one.target), (State.DONE, one.id)):
        motivation = Motivation.ASSESSING if status else Motivation.COMMENTING
        before = Annotation("urn:qualcode:01J", motivation, "pembimbing-1", DAY, "Ya.", target, status)
        line = written(before)
        assert read_annotation(line) == before
        content = json.loads(line)
        assert content["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
        assert {"terms", "TextState", "sha256", "claim"} <= set(content["@context"][1])
        assert content["type"] == "Annotation"


@pytest.mark.parametrize(
    "given",
    [
        "teks",
        [],
        {},
        said(1, "liking"),
        said(1, id="bukan iri"),
        said(1, id=7),
        said(1, created="kemarin"),
        said(1, created=None),
        said(1, body={"value": " "}),
        said(1, body={"value": "x" * 20_001}),
        said(1, body={"value": "\ud800"}),
        said(1, target="http://lain/dokumen"),
        said(1, target={"source": "urn:qualcode:../../etc"}),
        said(1, target={"source": "urn:qualcode:kasus/../x"}),
        said(1, target={"source": "urn:qualcode:kasus", "state": {"sha256": "../x"}}),
        said(1, target={"source": "urn:qualcode:kasus", "selector": {"type": "TextQuoteSelector", "exact": 3}}),
        said(1, "assessing", "urn:uuid:1", body={"purpose": "tagging", "value": "mungkin"}),
        said(1, "replying", {"source": 5}),
    ],
)
def test_what_is_no_annotation_is_refused(given: Any) -> None:
    """Whatever cannot be a comment, an answer or a status is refused with a reason, never half believed."""
    with pytest.raises(Unfit) as refused:
        annotation_of(given)
    assert str(refused.value)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(ANY, st.sampled_from(["id", "created", "creator", "body", "target", "motivation"]))
def test_anything_is_an_annotation_or_refused(value: Any, key: str) -> None:
    """No JSON breaks the reader; what it takes, it can write and read again."""
    try:
        found = annotation_of(said(1, **{key: value}))
    except Unfit:
        return
    assert read_annotation(written(found)) == found


def test_json_is_bounded() -> None:
    """Deep nesting, numbers that are none, torn and foreign bytes are refused."""
    for bad in (b"[" * 100_000, b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), b"NaN", b'{"a":', b"\xff\xfe", b""):
        with pytest.raises(Unfit):
            loads(bad)
    assert loads(b'\xef\xbb\xbf{"a": [1]}') == {"a": [1]}


def test_names_become_files_that_stay_in_their_folder() -> None:
    """A short name is kept, any other made one; no name leads out of the folder or opens a device."""
    assert file_stem("pembimbing-1") == "pembimbing-1"
    assert file_stem("../../etc/passwd") == "etc-passwd"
    assert (file_stem("con"), file_stem("Aux.x")) == ("r-con", "r-Aux.x")
    assert file_stem("指導教員") == file_stem("指導教員") != file_stem("先生")
    assert clean_author("Bu\u202e\n Ratna\x1b[2J") == "Bu Ratna [2J"


def test_status_follows_from_what_was_said() -> None:
    """Open, answered by somebody else, open when she asks again, done, open again; answers to answers belong to it."""
    items = [said(1)]

    def status() -> State:
        (found,) = threads(map(annotation_of, items))
        return found.status

    assert status() is State.OPEN
    items.append(said(2, "replying", "urn:uuid:00000001", creator="ana"))
    assert status() is State.ANSWERED
    items.append(said(3, "replying", "urn:uuid:00000002"))
    assert status() is State.OPEN
    items.append(said(4, "assessing", "urn:uuid:00000001", body={"purpose": "tagging", "value": "done"}))
    assert status() is State.DONE
    items.append(said(5, "assessing", "urn:uuid:00000001", body={"purpose": "tagging", "value": "open"}))
    assert status() is State.OPEN
    assert [each.text for each in threads(map(annotation_of, items))[0].answers] == ["Komentar 2", "Komentar 3"]
    circle = [said(8, "replying", "urn:uuid:00000009"), said(9, "replying", "urn:uuid:00000008")]
    assert threads(map(annotation_of, [*items, *circle])) == threads(map(annotation_of, items))


@given(st.permutations(range(5)))
def test_order_of_lines_does_not_matter(order: list[int]) -> None:
    """Annotations make the same threads in whatever order two copies were united."""
    items = [
        said(0),
        said(1),
        said(2, "replying", "urn:uuid:00000000", creator="ana"),
        said(3, "assessing", "urn:uuid:00000001", body={"purpose": "tagging", "value": "done"}),
        said(4, "replying", "urn:uuid:00000002"),
    ]
    every = [annotation_of(each) for each in items]
    assert threads([every[index] for index in order]) == threads(every)


# Finding the words again


def test_comments_follow_their_words(make_project: Make) -> None:
    """In a corrected text a comment is carried along; a changed passage is only near; gone words are gone."""
    project = make_project()
    project.code("kasus/w-i1", "Semua komentar dibalas", "LAY-BAL", coder="ana")  # the old text is kept from then on
    document = project.document("kasus", "w-i1")
    for quote in ("Semua komentar dibalas", "Data kami terbuka", "Apakah komentar"):
        start = document.text.index(quote)
        comment(project.root, document.segment(start, start + len(quote)), "Jelaskan.", author="pembimbing")
    text = document.text.replace("Apakah komentar dibalas?", "Bagaimana?").replace("kami terbuka", "kami sudah terbuka")
    project.replace_text("kasus/w-i1", "Pengantar.\n\n" + text, coder="ana")
    found = {each.quote: each for each in comments_on(project.root, project.document("kasus", "w-i1"))}
    assert found["Semua komentar dibalas"].segment.text == "Semua komentar dibalas"
    changed = found["Data kami terbuka"]
    assert (changed.segment, changed.near.text) == (None, "Data kami sudah terbuka")
    assert (found["Apakah komentar"].segment, found["Apakah komentar"].near) == (None, None)
    table = project.reviews().to_table().to_csv()
    assert "kira-kira w-i1:" in table
    assert "w-i1 (kata-katanya sudah tidak ada)" in table


@settings(max_examples=30)
@given(st.text(alphabet="ab \n😀é", max_size=30), st.text(alphabet="ab \n😀é", max_size=30))
def test_a_comment_never_stands_on_other_words(before: str, after: str) -> None:
    """However the text around it changes, a comment stands on its own words or nowhere for certain."""
    from qualcode.coding.reviews import Comment, located, passage_target
    from qualcode.text.document import Document

    quote = "kata yang dikomentari"
    old = Document(id="d", case="k", text=f"{before}{quote}{after}")
    target = passage_target(old.segment(len(before), len(before) + len(quote)))
    new = Document(id="d", case="k", text=f"{after}{quote}{before}")
    for text in (old.text, None):
        (found,) = located(new, [Comment("1", "a", "b", DAY.isoformat(), target=target)], lambda _, text=text: text)
        assert found.segment is None or found.segment.text == quote


# Coming in from the evidence file


def test_comments_of_an_evidence_file_come_in_once(make_project: Make) -> None:
    """A download is taken in, placed at its words with its address; a second time nothing is new."""
    project = make_project()
    file = page(project, said(1, target=passage(project, "w-i1", "Semua komentar")), said(2))
    taken = project.reviews().take_in(file)
    assert taken.added == 2
    assert project.reviews().take_in(file).added == 0
    first, second = project.reviews()
    assert (first.quote, first.segment.text, first.author) == ("Semua komentar", "Semua komentar", "Bu Ratna")
    assert project.reviews().to_table().rows[0][3] == "kasus/W/I1/11-03-2025/3"
    assert second.target.document == ""
    assert [path.name for path in (project.root / "reviews/kasus").glob("*.jsonl")] == ["bu-ratna.jsonl"]
    assert project.check() == []
    assert [each.id for each in comments_on(project.root, project.document("kasus", "w-i1"))] == [first.id]


def test_a_comment_changed_after_it_came_in(make_project: Make) -> None:
    """A supervisor who changes a comment and sends the file again loses neither wording, and doubles nothing."""
    project = make_project()
    project.reviews().take_in(page(project, said(1)))
    (found,) = project.reviews()
    project.reviews().answer(found.id, "Ya, Bu.", author="ana")
    changed = page(project, said(1, body={"value": "Lebih jelas."}))
    assert [project.reviews().take_in(changed).added for _ in range(2)] == [1, 0]
    (found,) = project.reviews()
    assert (found.text, found.status) == ("Komentar 1", State.OPEN)
    assert [each.text for each in found.answers] == ["Ya, Bu.", "Diubah menjadi: Lebih jelas."]


def test_a_role_takes_the_place_of_a_name(make_project: Make) -> None:
    """Nobody's real name is kept when a role is given for it, and a dry run keeps nothing."""
    project = make_project()
    file = page(project, said(1))
    assert project.reviews().take_in(file, author="pembimbing-1", dry_run=True).added == 1
    assert not (project.root / "reviews").exists()
    project.reviews().take_in(file, author="pembimbing-1")
    assert b"Ratna" not in (project.root / "reviews/kasus/pembimbing-1.jsonl").read_bytes()


def test_hostile_downloads(make_project: Make) -> None:
    """Foreign cases and unfit items are said, used ids renamed; good ones of the file come in; text stays text."""
    project = make_project()
    good = said(1, body={"type": "TextualBody", "value": HOSTILE})
    file = page(project, good, "x", said(2, target={"source": "urn:qualcode:lain"}), said(3, "replying", "urn:uuid:9"))
    taken = project.reviews().take_in(file)
    assert (taken.added, len(taken.rows)) == (1, 4)
    other = page(project, said(1, body={"value": "Lain sama sekali"}, creator="x"), name="lain.json")
    assert project.reviews().take_in(other).added == 1
    assert project.reviews().take_in(other).added == 0
    assert {each.text for each in project.reviews()} == {HOSTILE, "Lain sama sekali"}
    html = project.reviews().to_table().to_html()
    assert "<script>" not in html
    text = project.reviews().log().to_markdown()
    assert "<script" not in text.replace("\\<", "")
    assert "\u202e" not in text
    assert r"\[x\](http" in text
    for bad in (b"bukan json", b"[" * 50_000, b'{"items": 5}'):
        (project.root / "buruk.json").write_bytes(bad)
        with pytest.raises(UnreadableFileError):
            project.reviews().take_in(project.root / "buruk.json")
    with pytest.raises(UnreadableFileError):
        project.reviews().take_in(project.root / "tiada.json")


# Coming in from Word


def word() -> tuple[Any, Callable[..., Any]]:
    """A Word file as a report is written, and a function that writes a paragraph of (words, claim) with bookmarks."""
    document = WordDocument()
    numbers = iter(range(1, 1000))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def paragraph(*runs: tuple[str, str], cell: Any = None) -> list[Any]:
        made = []
        line = (cell or document).add_paragraph()
        for words, claim in runs:
            number = next(numbers)
            if claim:
                line._p.append(parse_xml(f'<w:bookmarkStart {space} w:id="{number}" w:name="{claim}"/>'))
            made.append(line.add_run(words))
            if claim:
                line._p.append(parse_xml(f'<w:bookmarkEnd {space} w:id="{number}"/>'))
        return made

    return document, paragraph


def packed(document: Any, claims: dict[str, list[str]], case: str = "kasus") -> bytes:
    """The file with the part that holds a report's claims, where Word and LibreOffice keep data of others."""
    held = f"<options>{json.dumps({'case': case})}</options><claims>{json.dumps(claims)}</claims>"
    package, kind = (
        document.part.package,
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml",
    )
    content = f'<?xml version="1.0"?><report xmlns="urn:qualcode:report:1">{held}</report>'
    item = Part(PackURI("/customXml/item7.xml"), "application/xml", content.encode(), package)
    space = 'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"'
    name = "{6A6B0E0C-0B1D-5C36-8A51-1D3C3F0E9A11}"
    about = f'<ds:datastoreItem ds:itemID="{name}" {space}><ds:schemaRefs/></ds:datastoreItem>'.encode()
    beside = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    item.relate_to(Part(PackURI("/customXml/itemProps7.xml"), beside, about, package), f"{kind}Props")
    document.part.relate_to(item, kind)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


NUMBER, QUOTED = "qc_n_0123456789ab", "qc_q_"


@pytest.fixture
def returned(make_project: Make) -> tuple[qc.Project, Path, str]:
    """A project, and a report of it that came back from the supervisor with eight comments."""
    project = make_project()
    coding = project.code("kasus/w-i1", "Semua komentar dibalas.", "LAY-BAL", coder="ana")
    document, paragraph = word()
    quotation = f"{QUOTED}{coding.id}"
    runs = paragraph(("Balasan didukung ", ""), ("3", NUMBER), (" kutipan, dan itu banyak.", ""))
    document.add_comment(runs[1], text="Dari mana angka ini?", author="Dr. Siti", initials="S")
    document.add_comment(runs[2], text="Terlalu yakin.", author="Dr. Siti", initials="S")
    (run, _) = paragraph(("Ditemukan ", ""), ("7", "qc_n_aaaaaaaaaaaa"))
    document.add_comment(run, text="Oleh siapa?", author="Dr. Siti", initials="S")
    (_, run) = paragraph(("8", "qc_n_bbbbbbbbbbbb"), (" orang: “Data kami terbuka.”", ""))
    document.add_comment(run, text="Ini kutipan lain.", author="Dr. Siti", initials="S")
    (run,) = paragraph(("Semua komentar dibalas.", quotation))
    document.add_comment(run, text="Cari yang menentang.", author="Dr. Siti", initials="S")
    (run,) = paragraph(("Kata Admin: “Paling sepertiga yang dibalas”", ""))
    document.add_comment(run, text="Tanpa penanda.", author="Dr. Siti", initials="S")
    (run,) = paragraph(("Simpulan sementara ini belum kuat sama sekali.", ""))
    document.add_comment(run, text=HOSTILE.replace("\u202e", ""), author="Dr. Siti", initials="S")
    paragraph(("Tabel 4.1 Hasil", "qc_t_abcdefabcdef"))
    table = document.add_table(1, 1)
    (run,) = paragraph(("isi sel", ""), cell=table.cell(0, 0))
    document.add_comment(run, text="Sel ini kosong?", author="Dr. Siti", initials="S")
    claims = {
        NUMBER: ["number", "3", "kasus|uji|results|LAY-BAL||passages"],
        quotation: ["quotation", "Semua komentar dibalas.", coding.id],
        "qc_t_abcdefabcdef": ["table", "Hasil", "kasus|uji|results|table"],
    }
    path = project.root / "bab4.docx"
    path.write_bytes(packed(document, claims))
    return project, path, coding.id


def expected(project: qc.Project, coding: str, asked: str) -> None:
    """All eight comments belong where they were made."""
    found = {each.text: each for each in project.reviews()}
    assert len(found) == 8
    number = found["Dari mana angka ini?"].target
    assert (number.claim, number.quote) == (NUMBER, "3")
    assert number.asked == asked
    assert found["Terlalu yakin."].target.claim == NUMBER
    assert found["Terlalu yakin."].target.said == "kutipan, dan itu banyak."
    assert found["Oleh siapa?"].target.claim == "qc_n_aaaaaaaaaaaa"
    assert found["Ini kutipan lain."].segment.text == "Data kami terbuka."
    quoted = found["Cari yang menentang."]
    assert (quoted.segment.address, quoted.target.coding) == ("w-i1:3", coding)
    assert found["Tanpa penanda."].segment.text == "Paling sepertiga yang dibalas"
    general = found[HOSTILE.replace("\u202e", "")].target
    assert (general.document, general.claim, general.quote) == (
        "",
        "",
        "Simpulan sementara ini belum kuat sama sekali.",
    )
    assert found["Sel ini kosong?"].target.claim == "qc_t_abcdefabcdef"


def test_word_comments_return_to_their_claims(returned: tuple[qc.Project, Path, str]) -> None:
    """A comment finds its claim, the passage of its quotation, its words in the corpus, or is kept with its words."""
    project, path, coding = returned
    assert project.reviews().take_in(path).added == 8
    expected(project, coding, "kasus|uji|results|LAY-BAL||passages")
    assert project.reviews().take_in(path).added == 0
    assert project.check() == []
    table = project.reviews().to_table().to_csv()
    assert "laporan: uji · LAY-BAL · kutipan" in table
    on_it = comments_on(project.root, project.document("kasus", "w-i1"))
    assert [each.text for each in on_it] == ["Cari yang menentang.", "Ini kutipan lain."]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_word_comments_survive_libreoffice(returned: tuple[qc.Project, Path, str], tmp_path: Path) -> None:
    """After docx -> odt -> docx every comment still returns to its claim, and counts as the comment it was."""
    project, path, coding = returned
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for source, form in ((path, "odt"), (tmp_path / "bab4.odt", "docx")):
        convert = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path), str(source)]
        subprocess.run(convert, check=True, capture_output=True, timeout=240)
    project.reviews().take_in(tmp_path / "bab4.docx", case="kasus")
    expected(project, coding, "")  # OpenDocument has no place for a report's table of claims; their names stay
    assert project.reviews().take_in(path).added == 0


def test_answers_and_resolved_comments_of_word(returned: tuple[qc.Project, Path, str]) -> None:
    """What was answered in Word becomes an answer, what was resolved there is done."""
    project, path, _ = returned
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    space = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    comments = parts["word/comments.xml"].decode()
    for number in range(8):
        comments = comments.replace("<w:p>", f'<w:p {space} w14:paraId="0000000{number}">', 1)
    extended = (
        '<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        '<w15:commentEx w15:paraId="00000001" w15:paraIdParent="00000000" w15:done="0"/>'
        '<w15:commentEx w15:paraId="00000004" w15:done="1"/></w15:commentsEx>'
    )
    parts |= {"word/comments.xml": comments.encode(), "word/commentsExtended.xml": extended.encode()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    project.reviews().take_in(path)
    found = {each.text: each for each in project.reviews()}
    assert len(found) == 7
    assert [each.text for each in found["Dari mana angka ini?"].answers] == ["Terlalu yakin."]
    assert found["Cari yang menentang."].done
    project.reviews().settle(found["Cari yang menentang."].id, author="ana", status="open")
    assert project.reviews().take_in(path).added == 0
    assert not project.reviews().find(found["Cari yang menentang."].id)[1].done


def test_hostile_word_files(make_project: Make) -> None:
    """Entities, bombs, other archives and torn files are refused before anything is believed."""
    project = make_project()
    path = project.root / "x.docx"
    entities = '<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="w"><w:body/></w:document>'
    deep = "<a>" * 400 + "</a>" * 400
    for parts in ({"word/document.xml": entities}, {"word/document.xml": deep}, {"isi.txt": "x"}):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        with pytest.raises(UnreadableFileError):
            project.reviews().take_in(path)
    path.write_bytes(b"PK\x03\x04rusak")
    with pytest.raises(UnreadableFileError):
        project.reviews().take_in(path)


def test_deleted_text_and_old_copies_do_not_count() -> None:
    """Tracked deletions are no words of a comment, and what is written twice for old programs is read once."""
    space = 'xmlns:w="w" xmlns:mc="m"'
    text = (
        f"<w:document {space}><w:body><w:p><w:commentRangeStart w:id='0'/><w:r><w:t>tetap</w:t></w:r>"
        "<w:del><w:r><w:delText> hapus</w:delText></w:r></w:del><w:ins><w:r><w:t> baru</w:t></w:r></w:ins>"
        "<mc:Fallback><w:r><w:t> ulang</w:t></w:r></mc:Fallback>"
        "<w:commentRangeEnd w:id='0'/><w:r><w:commentReference w:id='0'/></w:r></w:p></w:body></w:document>"
    )
    comments = "<w:comments xmlns:w='w'><w:comment w:id='0'><w:p><w:r><w:t>A</w:t></w:r></w:p></w:comment></w:comments>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", text)
        archive.writestr("word/comments.xml", comments)
    (remark,) = read_remarks(file.getvalue(), "x.docx").items
    assert (remark.quote, remark.text, remark.author) == ("tetap baru", "A", "")


# Answering, checking, uniting


def test_a_comment_is_answered_and_settled_by_its_handle(make_project: Make) -> None:
    """A handle of six signs names a comment; unknown and empty ones are refused with the mend."""
    project = make_project()
    reviews = project.reviews()
    reviews.add("kasus/w-i1", "Semua komentar", "Semua?", author="pembimbing")
    reviews.add("kasus", "", "Kapan selesai?", author="pembimbing")
    first, second = sorted(project.reviews(), key=lambda each: not each.quote)
    assert reviews.answer(first.id[-6:].lower(), "Ya.", author="ana").status is State.ANSWERED
    assert reviews.settle(first.id[-6:], author="pembimbing", memo="Cukup.").status is State.DONE
    assert [each.text for each in reviews.find(first.id)[1].answers] == ["Ya.", "Cukup."]
    assert [each.id for each in project.reviews().open] == [second.id]
    with pytest.raises(UnknownNameError):
        reviews.answer("TIADA1", "Ya.", author="ana")
    with pytest.raises(CodingError):
        reviews.answer(second.id, "  ", author="ana")
    with pytest.raises(ParameterError):
        reviews.answer(second.id, "Ya.", author="../x")
    with pytest.raises(CodingError):
        reviews.add("kasus/w-i1", "tidak ada di situ", "Apa?", author="pembimbing")
    with pytest.raises(UnknownNameError):
        reviews.add("kasus/w-i9", "Semua", "Apa?", author="pembimbing")
    with pytest.raises(UnknownNameError):
        reviews.add("kasis", "", "Apa?", author="pembimbing")


def test_check_names_faults_with_line_and_mend(make_project: Make) -> None:
    """Damaged lines, answers to nothing, lost documents, other cases and stray files are named; the rest is used."""
    lines = [
        json.dumps(said(1)),
        "rusak",
        json.dumps(said(2, "replying", "urn:uuid:tiada")),
        json.dumps(said(3, target={"source": "urn:qualcode:kasus/w-i9"})),
        json.dumps(said(4, target={"source": "urn:qualcode:lain"})),
        json.dumps(said(1, body={"value": "lain"})),
    ]
    files = {"reviews/kasus/bu.jsonl": "\n".join(lines), "reviews/kasus/x.json": "{}", "reviews/lain/a.jsonl": ""}
    project = make_project(files=files)
    places = [problem.place for problem in project.check()]
    home = "reviews/kasus/bu.jsonl"
    assert places == [f"{home}:{n}" for n in (2, 3, 4, 5, 6)] + ["reviews/kasus/x.json", "reviews/lain"]
    assert all(problem.mend for problem in project.check())
    assert len(project.reviews("kasus")) == 3


def test_two_copies_are_united_by_ids(make_project: Make, tmp_path: Path) -> None:
    """Merging loses no comment and doubles none; conflict copies are put away; merging again changes nothing."""
    project = make_project()
    project.reviews().add("kasus/w-i1", "Semua komentar", "Satu.", author="pembimbing")
    other = tmp_path / "salinan"
    shutil.copytree(project.root, other)
    beside = qc.open_project(other)
    beside.reviews().add("kasus/w-i2", "sepertiga", "Dua.", author="pembimbing")
    beside.reviews().add("kasus", "", "Tiga.", author="penguji")
    project.reviews().add("kasus", "", "Empat.", author="pembimbing")
    conflict = project.root / "reviews/kasus/pembimbing (1).jsonl"
    conflict.write_text(json.dumps(said(5)) + "\n", "utf-8")
    assert any("bimbingan" in row for row in project.merge(other, dry_run=True).rows)
    project.merge(other)
    assert {each.text for each in project.reviews()} == {"Satu.", "Dua.", "Tiga.", "Empat.", "Komentar 5"}
    assert not conflict.exists()
    before = {path: path.read_bytes() for path in (project.root / "reviews").rglob("*.jsonl")}
    project.merge(other)
    assert before == {path: path.read_bytes() for path in (project.root / "reviews").rglob("*.jsonl")}
    assert project.check() == []
    assert not any(annotations_in(content)[1] for content in before.values())


# Rounds


def back_to(project: qc.Project, moment: datetime, before: int = 0) -> None:
    """Set the times of all events after the first `before` ones of each journal to a moment."""
    for path in (project.root / "corpus/kasus/codings").glob("*.jsonl"):
        events = list(read_journal(path).events)
        late = [event.model_copy(update={"time": moment}) for event in events[before:]]
        path.write_bytes(b"".join(map(to_line, [*events[:before], *late])))


@pytest.fixture
def supervised(make_project: Make) -> qc.Project:
    """Two rounds: between them a coding was added, one revised, and a comment settled."""
    project = make_project()
    first = project.code("kasus/w-i1", "Semua komentar dibalas.", "LAY-BAL-C", coder="ana", valence="mendukung")
    project.code("kasus/w-i1", "Semua komentar dibalas.", "LAY-BAL-C", coder="budi", valence="mendukung")
    back_to(project, DAY - timedelta(days=1))
    one = said(1, target=passage(project, "w-i1", "Semua komentar dibalas."))
    done = said(4, "assessing", "urn:uuid:00000001", body=[{"purpose": "tagging", "value": "done"}], creator="ana")
    project.reviews().take_in(page(project, one, done, said(2), said(48)))
    project.code("kasus/w-i2", "Paling sepertiga yang dibalas.", "LAY-BAL-C", coder="ana", valence="menentang")
    project.revise(first, memo="Diperiksa lagi.")
    project.judge("kasus", "LAY-BAL-C", "source", "partial", coder="ana", memo="Berbeda waktu.")
    path = project.root / "corpus/kasus/codings/uji.ana.jsonl"
    events = [
        event.model_copy(update={"time": DAY - timedelta(days=1) if index == 0 else DAY + timedelta(hours=5)})
        for index, event in enumerate(read_journal(path).events)
    ]
    path.write_bytes(b"".join(map(to_line, events)))
    return qc.open_project(project.root)


def test_the_log_says_what_changed_between_rounds(supervised: qc.Project) -> None:
    """Each date of comments is a round; codings, memos, verdicts, statuses and agreement then and now stand in it."""
    first, second = supervised.reviews().log().rounds
    assert (first.date, first.until, second.until) == ("2025-03-11", "2025-03-13", "")
    assert (len(first.comments), len(second.comments)) == (2, 1)
    assert (first.codings, second.codings) == ((2, 3), (3, 3))
    assert sorted(how for each in first.changes for how in each.differences) == ["added", "memo"]
    assert second.changes == ()
    assert [each.kind for each in first.decisions] == ["selesai", "putusan"]
    (shift,) = [each for each in first.statuses if each.axis == "sumber"]
    assert shift.before != shift.after
    assert [each.framework for each in first.agreement] == ["uji"]
    text = supervised.reviews().log().to_markdown()
    assert "## Putaran 1: 2025\\-03\\-11" in text or "## Putaran 1: 2025-03-11" in text
    assert "Diperiksa lagi" in text
    table = supervised.reviews().log().to_table()
    assert {row[1] for row in table.rows} == {"1", "2"}
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_sheet_holds_what_is_open(supervised: qc.Project) -> None:
    """Settled comments are not on the sheet; the words of those who may not be quoted are not on it either."""
    reviews = supervised.reviews()
    assert [row[5] for row in reviews.sheet().rows] == ["Komentar 2", "Komentar 48"]
    reviews.settle("urn:uuid:00000001", author="ana", status="open")
    assert reviews.sheet().rows[0][4] == "Semua komentar dibalas."
    path = supervised.root / "corpus/kasus/case.yaml"
    text = path.read_text("utf-8").replace("consent: dicatat", "consent: ditarik", 1)
    path.write_text(text, "utf-8")
    silent = qc.open_project(supervised.root).reviews()
    assert silent.sheet().rows[0][4] == "[tanpa persetujuan untuk dikutip]"
    assert "Semua komentar dibalas" not in silent.log().to_markdown()
    assert "Semua komentar dibalas" not in silent.log().to_table().to_csv()


# The terminal


def test_the_verb_review(make_project: Make, tmp_path: Path) -> None:
    """Every subcommand does what it says, and errors come with place and mend."""
    project = make_project()

    def call(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["--project", str(project.root), "review", *words])
        assert done.exit_code == code, done.output
        return done.output

    call("add", "kasus/w-i1", "Semua komentar", "Semua? " + HOSTILE, "--as", "pembimbing-1")
    listed = json.loads(call("list", "--open", "--json"))["rows"]
    assert [row["Status"] for row in listed] == ["terbuka"]
    handle = listed[0]["No."]
    assert "dijawab" in call("answer", handle, "Hanya tiga.", "--as", "ana")
    assert "selesai" in call("done", handle, "--as", "pembimbing-1", "--memo", "Baik.")
    assert "terbuka" in call("done", handle, "--as", "pembimbing-1", "--reopen")
    file = page(project, said(1))
    assert "1 dari 1" in call("import", str(file), "--as", "pembimbing-2")
    assert "\x1b" not in call("list")
    for name in ("log.md", "log.csv", "lembar.md", "lembar.csv"):
        verb = "log" if name.startswith("log") else "sheet"
        call(verb, "--to", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    assert "Hanya tiga." in (tmp_path / "lembar.md").read_text("utf-8")
    assert "Mend" not in call("sheet", "--to", str(tmp_path / "x.pdf"), code=1)
    call("answer", "TIADA1", "x", "--as", "ana", code=1)
    assert (
        CliRunner().invoke(main, ["--project", str(project.root), "--language", "en", "review", "log"]).exit_code == 0
    )
