"""`check` names each fault of a project once, at its place, with a mend; of a sound project it says nothing."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.coding.journal import Remove, Revise, to_line

Spoil = Callable[[Path], None]

CASE = "corpus/kasus/case.yaml"
BOOK = "codebooks/uji.yaml"
OTHER = "codebooks/lain.yaml"
TALK = "corpus/kasus/w-i1.md"
SECOND = "corpus/kasus/w-i2.md"
ANA = "corpus/kasus/codings/uji.ana.jsonl"
BUDI = "corpus/kasus/codings/uji.budi.jsonl"

SECOND_BOOK = """\
id: lain
version: "1.0"
title: Lain
license: CC-BY-4.0
citation: Rekaan
codes:
  - {id: LAIN, label: Lain, definition: Lain.}
"""


@pytest.fixture
def root(make_project: Callable[..., qc.Project]) -> Path:
    """A sound project with two codebooks, two coders and four codings."""
    project = make_project(files={OTHER: SECOND_BOOK})
    for document, words, code, coder in [
        ("w-i1", "Semua komentar dibalas", "LAY-BAL", "ana"),
        ("w-i1", "Data kami terbuka", "LAY-DAT", "ana"),
        ("w-i2", "Paling sepertiga", "LAY-BAL", "budi"),
        ("o-1", "tiga komentar", "LAY-BAL", "budi"),
    ]:
        project.code(f"kasus/{document}", words, code, coder=coder)
    return project.root


def check(root: Path) -> list[qc.Problem]:
    return qc.open_project(root).check()


def swap(name: str, old: str, new: str) -> Spoil:
    """Replace the one place where `old` stands in a file."""

    def spoil(root: Path) -> None:
        content = (root / name).read_bytes()
        assert content.count(old.encode()) == 1, (name, old)
        (root / name).write_bytes(content.replace(old.encode(), new.encode()))

    return spoil


def add(name: str, content: str | bytes) -> Spoil:
    """Append to a file; where there is none, make it."""

    def spoil(root: Path) -> None:
        with (root / name).open("ab") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    return spoil


def move(name: str, new: str) -> Spoil:
    return lambda root: (root / name).rename(root / new) and None


def copy(name: str, new: str) -> Spoil:
    return lambda root: (root / new).write_bytes((root / name).read_bytes()) and None


def delete(name: str) -> Spoil:
    return lambda root: (root / name).unlink()


def recode(name: str, encoding: str, old: str, new: str) -> Spoil:
    """Replace words of a file and save it in another encoding."""

    def spoil(root: Path) -> None:
        text = (root / name).read_bytes().decode()
        assert old in text
        (root / name).write_bytes(text.replace(old, new).encode(encoding))

    return spoil


def tear(name: str) -> Spoil:
    """Cut the last line of a file in half."""
    return lambda root: (root / name).write_bytes((root / name).read_bytes()[:-60]) and None


BOMB = 'a: &a ["x", "x"]\nb: &b [*a, *a]\nc: &c [*b, *b]\n'
STRANGER = "0123456789ABCDEFGHJKMNPQRS"

FAULTS: dict[str, tuple[Spoil, str, list[str]]] = {
    # The project's own words
    "dictionary without its heading": (add("kamus.csv", "piye,bagaimana\n"), "kamus.csv:1", ["bentuk,kata"]),
    "word blank on one side": (add("kamus.csv", "bentuk,kata\npiye,\n"), "kamus.csv:2", ["piye", "kosong"]),
    "form of two words": (
        add("kamus.csv", "bentuk,kata\npiye,bagaimana\npiye,apa\n"),
        "kamus.csv:3",
        ["piye", "bagaimana", "apa"],
    ),
    "dictionary in another encoding": (add("kamus.csv", b"bentuk,kata\npiy\xe9,apa\n"), "kamus.csv:2", ["UTF-8"]),
    # Journals
    "unknown code in a journal": (swap(ANA, "LAY-DAT", "LAY-DATA"), f"{ANA}:2", ["LAY-DATA", "LAY-DAT"]),
    "heading in a journal": (swap(ANA, '"LAY-DAT"', '"LAY"'), f"{ANA}:2", ["“LAY”", "judul"]),
    "quotation not in the text": (
        swap(TALK, "Semua komentar", "Aneka komentar"),
        f"{ANA}:1",
        ["tidak ada lagi", "“w-i1”", "Semua komentar dibalas"],
    ),
    "moved quotation": (
        swap(TALK, "I1: Data kami", "I1: Begini, Mbak.\n\nI1: Data kami"),
        f"{ANA}:2",
        ["baris 7", "Data kami terbuka"],
    ),
    "torn journal": (tear(ANA), f"{ANA}:2", ["Baris 2", "JSON"]),
    "damaged line": (swap(ANA, '"LAY-BAL"', '"LAY-BAL'), f"{ANA}:1", ["Baris 1", "rusak"]),
    "journal of a missing codebook": (
        move(BUDI, "corpus/kasus/codings/ujian.budi.jsonl"),
        "corpus/kasus/codings/ujian.budi.jsonl",
        ["“ujian”", "lain, uji"],
    ),
    "journal without a coder": (
        move(BUDI, "corpus/kasus/codings/uji.jsonl"),
        "corpus/kasus/codings/uji.jsonl",
        ["buku-kode.pengode.jsonl"],
    ),
    "coder not of the file": (
        swap(
            BUDI,
            '"coder": "budi", "round": 1, "event": "apply", "document": "o-1"',
            '"coder": "ana", "round": 1, "event": "apply", "document": "o-1"',
        ),
        f"{BUDI}:2",
        ["“ana”", "“budi”"],
    ),
    "revision of an unknown coding": (
        add(ANA, to_line(Revise(coder="ana", coding=STRANGER, memo="x"))),
        f"{ANA}:3",
        [STRANGER],
    ),
    "removal of an unknown coding": (add(ANA, to_line(Remove(coder="ana", coding=STRANGER))), f"{ANA}:3", [STRANGER]),
    "document of a coding deleted": (delete("corpus/kasus/o-1.md"), f"{BUDI}:2", ["“o-1”", "tidak ada"]),
    "path as a coding's document": (
        swap(BUDI, '"document": "o-1"', '"document": "../kasus/o-1"'),
        f"{BUDI}:2",
        ["o-1"],
    ),
    "folder named as a journal": (
        lambda root: (root / "corpus/kasus/codings/uji.citra.jsonl").mkdir(),
        "corpus/kasus/codings/uji.citra.jsonl",
        ["tidak dapat dibuka"],
    ),
    # Documents
    "two documents with one id": (copy(TALK, "corpus/kasus/w-i3.md"), "corpus/kasus/w-i3.md", ["“w-i1”", TALK]),
    "document under another name": (
        move("corpus/kasus/d-1.md", "corpus/kasus/d-2.md"),
        "corpus/kasus/d-2.md:2",
        ["“d-1”", "“d-2”"],
    ),
    "unknown informant": (swap(SECOND, "informant: I2", "informant: I7"), f"{SECOND}:7", ["“I7”", "I1, I2"]),
    "unknown informant in a legend": (swap(SECOND, ", I2: I2}", ", I2: i2}"), f"{SECOND}:8", ["“i2”", "I1, I2"]),
    "misspelt role in a legend": (swap(SECOND, "P: pewawancara", "P: pewawncara"), f"{SECOND}:8", ["“pewawncara”"]),
    "label not in the legend": (swap(SECOND, "I2: Kami", "I3: Kami"), f"{SECOND}:16", ["“I3:”", "legend"]),
    "bad date": (swap(TALK, "2025-03-11", "11 Maret 2025"), f"{TALK}:6", ["“11 Maret 2025”", "2025-03-12"]),
    "impossible date": (swap(TALK, "2025-03-11", "2025-02-30"), f"{TALK}:6", ["“2025-02-30”", "bukan tanggal"]),
    "unknown technique": (swap(TALK, "technique: wawancara", "technique: survei"), f"{TALK}:5", ["“survei”"]),
    "front matter without an end": (
        add("corpus/kasus/d-3.md", "---\nid: d-3\njudul: x\n"),
        "corpus/kasus/d-3.md:1",
        ["---"],
    ),
    "unknown key in a document": (swap(TALK, "informant:", "informan:"), f"{TALK}:7", ["“informan”"]),
    "bad YAML in a document": (swap(TALK, "title: Bahan", "title: Bahan: "), f"{TALK}:3", ["YAML"]),
    "wrong encoding of a document": (
        recode(TALK, "cp1252", "terbuka", "terbuka – “ya”"),
        f"{TALK}:16",
        ["UTF-8", "0x96"],
    ),
    "UTF-16": (recode(TALK, "utf-16", "", ""), f"{TALK}:1", ["UTF-8", "0xff"]),
    "a picture as a document": (
        add("corpus/kasus/x.md", b"\x89PNG\r\n\x1a\n\x00\x00"),
        "corpus/kasus/x.md:1",
        ["UTF-8", "0x89"],
    ),
    "a control character": (swap(TALK, "terbuka.", "terbuka.\x07"), f"{TALK}:16", ["U+0007"]),
    "empty document": (
        swap("corpus/kasus/d-1.md", "Target balasan 80 persen.\n\nTarget unggahan lima.\n", ""),
        "corpus/kasus/d-1.md:10",
        ["tidak berisi teks"],
    ),
    "folder named as a document": (
        lambda root: (root / "corpus/kasus/x.md").mkdir(),
        "corpus/kasus/x.md",
        ["tidak dapat dibuka"],
    ),
    "YAML bomb in a document": (swap(TALK, "title: Bahan w-i1\n", BOMB), f"{TALK}:3", ["jangkar"]),
    # The case
    "no case.yaml": (delete(CASE), CASE, ["tanpa case.yaml"]),
    "empty case.yaml": (lambda root: (root / CASE).write_bytes(b"") and None, f"{CASE}:1", ["kunci dan nilai"]),
    "bad YAML in case.yaml": (swap(CASE, "approach: studi", "approach:\tstudi: "), f"{CASE}:7", ["YAML"]),
    "YAML bomb in case.yaml": (add(CASE, BOMB), f"{CASE}:16", ["jangkar"]),
    "a tag in case.yaml": (add(CASE, "limits: !!python/object/apply:os.system [ls]\n"), f"{CASE}:16", ["tag"]),
    "deep nest in case.yaml": (add(CASE, "limits: " + "[" * 5000 + "]" * 5000 + "\n"), f"{CASE}:16", ["sarang"]),
    "case in another folder": (swap(CASE, "id: kasus", "id: kasis"), f"{CASE}:1", ["“kasis”", "“kasus”"]),
    "unknown key in case.yaml": (add(CASE, "informan: 7\n"), f"{CASE}:16", ["“informan”", "tidak dikenal"]),
    "missing key in case.yaml": (swap(CASE, "period: tidak disebut\n", ""), f"{CASE}:1", ["“period”"]),
    "informant listed twice": (
        swap(CASE, "groups:", "  - {id: I1, role: Lain, relation: warga, consent: dicatat}\ngroups:"),
        f"{CASE}:13",
        ["“I1”", "dua kali"],
    ),
    "group of nobody": (swap(CASE, "source: [I1, I2]", "source: [I1, I3]"), f"{CASE}:14", ["“I3”", "I1, I2"]),
    "unknown codebook of a case": (
        swap(CASE, "frameworks: [uji]", "frameworks: [ujji]"),
        f"{CASE}:8",
        ["“ujji”", "Maksud Anda uji?"],
    ),
    "unknown code in an exclusion": (
        add(CASE, "exclusions:\n  - {code: SDN, axis: source, group: I1, reason: tidak berlaku}\n"),
        f"{CASE}:17",
        ["“SDN”", "Maksud Anda SDM?"],
    ),
    "thousands with a dot": (
        add(CASE, "metrics:\n  - {name: Pengikut, as_of: '2024', source: akun, value: 129.000}\n"),
        f"{CASE}:17",
        ["“129.000”", "129000"],
    ),
    "wrong encoding of case.yaml": (recode(CASE, "cp1252", "Dinas Uji", "Dinas “Uji”"), f"{CASE}:4", ["UTF-8", "0x93"]),
    # Codebooks
    "code twice in one codebook": (swap(BOOK, "id: SDM", "id: LAY-DAT"), f"{BOOK}:22", ["“LAY-DAT”", f"{BOOK}:19"]),
    "code in two codebooks": (swap(OTHER, "id: LAIN", "id: SDM"), f"{BOOK}:22", ["“SDM”", "lain"]),
    "codebook under another name": (move(OTHER, "codebooks/lama.yaml"), "codebooks/lama.yaml:1", ["“lain”", "“lama”"]),
    "codebook copied": (copy(BOOK, "codebooks/a-uji.yaml"), "codebooks/a-uji.yaml:1", ["“uji”", "“a-uji”"]),
    "unknown key in a codebook": (swap(BOOK, "heading: true", "judul: true"), f"{BOOK}:8", ["“judul”"]),
    "bad YAML in a codebook": (swap(BOOK, "citation: Rekaan", "citation: [Rekaan"), f"{BOOK}:6", ["YAML"]),
    "wrong encoding of a codebook": (recode(BOOK, "cp1252", "Rekaan", "Rekaán"), f"{BOOK}:5", ["UTF-8", "0xe1"]),
    "YAML bomb in a codebook": (add(OTHER, BOMB), f"{OTHER}:8", ["jangkar"]),
}


@pytest.mark.parametrize(("spoil", "place", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_one_fault(root: Path, spoil: Spoil, place: str, words: list[str]) -> None:
    """A fault is reported once, with its file, its line where there is one, and a mend."""
    assert check(root) == []
    spoil(root)
    (problem,) = check(root)
    assert problem.place == place
    for word in words:
        assert word in f"{problem.what} {problem.mend}"
    assert problem.mend


def test_every_fault_at_once(root: Path) -> None:
    """Faults in many files are all reported, sorted by place."""
    for fault in ("torn journal", "bad date", "unknown informant", "group of nobody", "code in two codebooks"):
        FAULTS[fault][0](root)
    assert [problem.place for problem in check(root)] == [
        f"{BOOK}:22",
        f"{CASE}:14",
        f"{ANA}:2",
        f"{TALK}:6",
        f"{SECOND}:7",
    ]


def test_nothing_is_changed(root: Path) -> None:
    """Checking writes nothing, neither into a sound project nor into a spoilt one."""
    for spoil in (None, FAULTS["torn journal"][0], FAULTS["quotation not in the text"][0]):
        if spoil:
            spoil(root)
        before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
        check(root)
        assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_broken_codebook_hides_no_codings_silently(root: Path) -> None:
    """Where a codebook is broken, the case names the journals that are not used for it."""
    FAULTS["bad YAML in a codebook"][0](root)
    case = qc.open_project(root).case("kasus")
    assert len(case.codings) == 0
    assert [problem.place for problem in case.problems] == [ANA, BUDI]


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_windows_files(root: Path, mark: bytes) -> None:
    """A project saved with Windows line ends, with or without byte order marks, is sound, and nothing moves."""
    before = list(qc.open_project(root).case("kasus").codings)
    for path in root.rglob("*"):
        if path.suffix in (".md", ".yaml", ".jsonl"):
            path.write_bytes(mark + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(root) == []
    assert list(qc.open_project(root).case("kasus").codings) == before


def test_in_english(root: Path) -> None:
    """In English the same faults stand at the same places in other words."""
    for fault in ("torn journal", "bad date", "code in two codebooks"):
        FAULTS[fault][0](root)
    indonesian = check(root)
    qc.use_language("en")
    english = check(root)
    assert [problem.place for problem in english] == [problem.place for problem in indonesian]
    assert not {problem.what for problem in english} & {problem.what for problem in indonesian}
