"""Addresses of quotations: they say where words stand, lead back to them, and stay what they are."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.addresses import Addresses, part_of
from qualcode.coding.case import is_address_pattern
from qualcode.coding.consent import is_refused, may_quote, unquotable

Make = Callable[..., qc.Project]
ROOT = Path(__file__).parents[1]


def addressed(project: qc.Project) -> dict[str, str]:
    """Coding id -> address, in the case all small projects have."""
    case = project.case("kasus")
    addresses = Addresses(case)
    return {coding.id: addresses.of(coding) for coding in case.codings}


TALK = "P: Apakah komentar dibalas?\n\nI1: Semua komentar dibalas. Ada aturannya, satu hari! Admin siaga.\n\nI1: Ya.\n"


@pytest.mark.parametrize(
    ("quotation", "place"),
    [
        ("Semua komentar dibalas. Ada aturannya, satu hari! Admin siaga.", "3"),
        ("Semua komentar dibalas.", "3a"),
        ("Semua komentar dibalas", "3a"),
        ("Ada aturannya, satu hari! Admin siaga.", "3b-c"),
        ("aturannya, satu hari", "3b2-b"),
        ("Ada aturannya", "3b-b2"),
        ("Admin siaga.\n\nI1: Ya.", "3c-5a"),
        ("turannya", "3b2.1-b2"),
        ("Apakah komentar dibalas?", "1"),
    ],
)
def test_the_place_says_line_sentence_and_word(make_project: Make, quotation: str, place: str) -> None:
    """Whole lines have their numbers, sentences a letter, and what cuts a sentence the number of the word."""
    project = make_project({"w-i1": TALK})
    coding = project.code("kasus/w-i1", quotation, "SDM", coder="ana")
    assert Addresses(project.case("kasus")).of(coding) == f"W/I1/11-03-2025/{place}"


def test_an_address_names_technique_and_person(make_project: Make) -> None:
    """An interview has its informant, and what nobody in particular says the document."""
    project = make_project()
    project.code("kasus/o-1", "Admin membalas tiga komentar.", "SDM", coder="ana")
    project.code("kasus/d-1", "Target unggahan lima.", "SDM", coder="ana")
    project.code("kasus/w-i2", "Kami cuma berdua.", "SDM", coder="ana")
    assert set(addressed(project).values()) == {"O/o-1/11-03-2025/3", "D/d-1/11-03-2025/3", "W/I2/11-03-2025/5"}


@pytest.mark.parametrize(
    ("pattern", "address"),
    [("{informan}:{baris}", "I1:3b"), ("{dokumen}.{jawaban}", "w-i1.2b"), ("S1.{teknik}.{baris}", "S1.W.3b")],
)
def test_the_pattern_is_the_cases_own(make_project: Make, pattern: str, address: str) -> None:
    """case.yaml decides how addresses are written, and they are found again so."""
    project = make_project({"w-i1": TALK})
    record = project.root / "corpus" / "kasus" / "case.yaml"
    record.write_text(record.read_text("utf-8") + f'address: "{pattern}"\n', "utf-8")
    coding = project.code("kasus/w-i1", "Ada aturannya, satu hari!", "SDM", coder="ana")
    addresses = Addresses(project.case("kasus"))
    assert addresses.of(coding) == address
    assert [each.id for each in addresses.codings(address)] == [coding.id]
    assert next(addresses.find_in(f"Kata dia ({address})."))[2] == address


@pytest.mark.parametrize(
    "pattern", ["{baris}/{umur}", "W/{informan}", "{baris} {informan}", "{baris}{jawaban}", "{baris"]
)
def test_a_pattern_that_cannot_be_one_is_told(make_project: Make, pattern: str) -> None:
    """A pattern with unknown parts, blanks, or no place is a fault of case.yaml, and the usual one is used."""
    project = make_project()
    record = project.root / "corpus" / "kasus" / "case.yaml"
    record.write_text(record.read_text("utf-8") + f'address: "{pattern}"\n', "utf-8")
    project.code("kasus/d-1", "Target unggahan lima.", "SDM", coder="ana")
    assert not is_address_pattern(pattern)
    assert [problem for problem in project.check() if pattern in problem.what]
    assert list(addressed(project).values()) == ["D/d-1/11-03-2025/3"]


def test_every_passage_of_the_practice_case_has_an_address_of_its_own() -> None:
    """Each address leads to one passage, each passage back to its address, and each has the form of one."""
    case = qc.open_project(ROOT).case("latihan-kota-samudra")
    addresses = Addresses(case)
    for address in addresses:
        found = addresses.codings(address)
        assert len({(each.document.id, each.quote.strip(" .,“”\"'")) for each in found}) == 1
        assert {addresses.of(each) for each in found} == {address}
        assert addresses.is_form(address)
    assert {each.id for address in addresses for each in addresses.codings(address)} == {c.id for c in case.codings}


def test_a_corrected_text_changes_no_address(make_project: Make) -> None:
    """Lines put in above, words mended elsewhere and even in the passage itself leave its address as it is."""
    project = make_project({"w-i1": TALK})
    coding = project.code("kasus/w-i1", "Ada aturannya, satu hari!", "SDM", coder="ana")
    other = project.code("kasus/w-i1", "Admin siaga.", "SDM", coder="ana")
    before = addressed(project)
    changed = "P: Selamat pagi.\n\n" + TALK.replace("Admin siaga", "Adminnya siaga")
    project.replace_text("kasus/w-i1", changed, coder="ana")
    project.confirm(other.id, quotation="Adminnya siaga.")
    project.replace_text("kasus/w-i1", "[Rekaman dimulai]\n\n" + changed, coder="ana")
    assert addressed(project) == before
    (found,) = Addresses(project.case("kasus")).codings(before[coding.id])
    assert (found.id, found.segment.line) == (coding.id, 7)


def test_a_new_passage_where_an_older_one_stood_before_has_another_address(make_project: Make) -> None:
    """What a corrected text brings to the same line is told apart, and the older passage keeps its address."""
    project = make_project({"w-i1": TALK})
    old = project.code("kasus/w-i1", "Semua komentar dibalas.", "SDM", coder="ana")
    project.replace_text("kasus/w-i1", "P: Pagi.\n\nI1: Pagi juga, Mbak. Silakan.\n\n" + TALK, coder="ana")
    new = project.code("kasus/w-i1", "Pagi juga, Mbak.", "SDM", coder="ana")
    issued = addressed(project)
    assert issued[old.id] == "W/I1/11-03-2025/3a"
    assert issued[new.id].startswith("W/I1/11-03-2025/3a@")
    assert [each.id for each in Addresses(project.case("kasus")).codings(issued[new.id])] == [new.id]


def test_the_same_words_coded_before_and_after_a_correction_share_their_address(make_project: Make) -> None:
    """A correction further down makes no second address of a passage."""
    project = make_project({"w-i1": TALK})
    project.code("kasus/w-i1", "Semua komentar dibalas.", "SDM", coder="ana")
    project.replace_text("kasus/w-i1", TALK.replace("I1: Ya.", "I1: Ya, betul."), coder="ana")
    project.code("kasus/w-i1", "Semua komentar dibalas.", "SDM", coder="budi")
    assert set(addressed(project).values()) == {"W/I1/11-03-2025/3a"}


def test_a_passage_set_anew_by_its_coder_answers_to_both_addresses(make_project: Make) -> None:
    """Other words have another address; the one that was issued still leads to the coding."""
    project = make_project({"w-i1": TALK})
    coding = project.code("kasus/w-i1", "Semua komentar dibalas.", "SDM", coder="ana")
    document = project.case("kasus").document("w-i1")
    start = document.text.index("Ada aturannya")
    project.move(coding, document.segment(start, start + len("Ada aturannya, satu hari!")))
    addresses = Addresses(project.case("kasus"))
    assert addresses.of(next(iter(project.case("kasus").codings))) == "W/I1/11-03-2025/3b"
    assert {len(addresses.codings(f"W/I1/11-03-2025/3{letter}")) for letter in "ab"} == {1}


def test_uniting_copies_changes_no_address(make_project: Make, tmp_path: Path) -> None:
    """Two laptops code the same lines; after uniting them, in either direction, every address is as it was."""
    project = make_project({"w-i1": TALK})
    other = qc.open_project(shutil.copytree(project.root, tmp_path / "lain"))
    sentences = ["Semua komentar dibalas.", "Ada aturannya, satu hari!", "Admin siaga.", "komentar"]
    for number, sentence in enumerate(sentences):
        where = (project, other)[number % 2]
        where.code("kasus/w-i1", sentence, "SDM", coder="ana", line=3)
    for where in (other, project):
        where.code("kasus/w-i1", "dibalas. Ada", "LAY-DAT", coder="budi")
    before = addressed(project) | addressed(other)
    project.merge(other.root)
    assert addressed(project) == before


TEXTS = st.text("abcé 1.,!?\n“”-’😀", max_size=60)


@given(TEXTS, st.data())
def test_different_words_have_different_places(text: str, data: st.DataObject) -> None:
    """Two passages of a text share a place only when they differ in nothing but marks and blanks at their edges."""
    if not text:
        return
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda span: span[0] < span[1])
    one, other = data.draw(spans), data.draw(spans)
    if part_of(text, *one) == part_of(text, *other):
        inside = [[at for at in range(*span) if text[at].isalnum()] for span in (one, other)]
        assert inside[0] == inside[1]


def test_the_terminal_finds_an_address(make_project: Make) -> None:
    """`qualcode find` shows what stands at an address, prints addresses, and says when there is none."""
    project = make_project({"w-i1": TALK})
    project.code("kasus/w-i1", "Admin siaga.", "SDM", coder="ana")

    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["--project", str(project.root), "find", *words, "--csv"]).output

    assert "kasus/w-i1:3,W/I1/11-03-2025/3c,SDM" in run("W/I1/11-03-2025/3c")
    assert "W/I1/11-03-2025/3c" in run("SDM")
    assert "Maksud Anda W/I1/11-03-2025/3c?" in run("W/I1/11-03-2025/3d")
    assert "Tidak ada kode" in run("LAY-XX")


@pytest.mark.parametrize(
    ("consent", "refused"),
    [
        ("lembar persetujuan 2025-03-11; kutipan dengan kode", False),
        ("persetujuan lisan, terekam 2025-04-08; kutipan tanpa nama dan tanpa letak lapak", False),
        ("tidak berlaku: dari laporan terbit", False),
        ("lembar persetujuan; tidak bersedia direkam; kampus tidak disebut", False),
        ("ditarik 2025-05-02", True),
        ("persetujuan dicabut lewat WhatsApp", True),
        ("lembar persetujuan 2025-03-11; tidak bersedia dikutip", True),
        ("boleh direkam, tetapi tidak untuk dikutip", True),
        ("tidak boleh mengutip", True),
        ("belum ada", True),
        ("belum dicatat", True),
        ("dicatat", False),
        ("tanpa persetujuan", True),
        ("menolak", True),
        ("withdrawn 2025-05-02", True),
        ("lembar persetujuan; boleh mengundurkan diri kapan saja", False),
        ("lembar persetujuan; dapat ditarik sampai ujian", False),
        ("tidak pernah ditarik", False),
        ("boleh mengundurkan diri kapan saja; ditarik 2025-06-01", True),
    ],
)
def test_consent_in_free_words(consent: str, refused: bool) -> None:
    """Withdrawn, refused and missing consent are told from conditions and from what has nothing to do with quoting."""
    assert is_refused(consent) is refused


def test_whose_words_may_be_quoted(make_project: Make) -> None:
    """Of somebody who withdrew nothing is quoted: the own interview, the question in it, a turn in another's talk."""
    project = make_project({"w-i1": TALK, "w-i2": "P: Ya?\n\nI2: Berdua.\n"})
    record = project.root / "corpus" / "kasus" / "case.yaml"
    said = "role: Admin, relation: orang dalam, consent: "
    text = record.read_text("utf-8").replace(said + "dicatat", said + "ditarik")
    record.write_text(text, "utf-8")
    case = project.case("kasus")
    assert unquotable(case) == {"I2"}
    assert may_quote(case.document("w-i1").segment(0, 10), case)
    assert not may_quote(case.document("w-i2").segment(0, 3), case)
