"""A codebook is a tree of codes that knows its levels, its headings and its nearest names."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

import qualcode as qc
from qualcode.coding.codebook import Bilingual, Code, Codebook, read_codebook
from qualcode.records import parse

ALL = ["LAY", "LAY-BAL", "LAY-BAL-C", "LAY-DAT", "SDM"]

HEAD = """\
id: uji
version: "1.0"
title: Uji
license: CC-BY-4.0
citation: Rekaan
codes:
"""


@pytest.fixture
def book(make_project: Callable[..., qc.Project]) -> Codebook:
    return make_project().codebook("uji")


def read(codes: str, head: str = HEAD) -> tuple[Codebook | None, list[qc.Problem]]:
    tree, problems = parse(head + codes, "codebooks/uji.yaml")
    assert tree is not None
    codebook, faults = read_codebook(tree, "uji")
    return codebook, problems + faults


def test_all_codes_depth_first(book: Codebook) -> None:
    """Iterating gives every code, each parent before its children, in the order of the file."""
    assert [code.id for code in book] == ALL
    assert len(book) == 5


def test_levels(book: Codebook) -> None:
    """Every code knows what stands above it, at its top and below it."""
    assert [book.depth(id) for id in ALL] == [0, 1, 2, 1, 0]
    assert [above.id if (above := book.parent(id)) else None for id in ALL] == [None, "LAY", "LAY-BAL", "LAY", None]
    assert [book.root(id).id for id in ALL] == ["LAY", "LAY", "LAY", "LAY", "SDM"]
    assert book.below("LAY") == {"LAY", "LAY-BAL", "LAY-BAL-C", "LAY-DAT"}
    assert book.below("SDM") == {"SDM"}


def test_indicators(book: Codebook) -> None:
    """Indicators are the codes that may be applied and have none below them."""
    assert [code.id for code in book.indicators] == ["LAY-BAL-C", "LAY-DAT", "SDM"]


def test_a_code_by_its_id(book: Codebook) -> None:
    """A code is found by its id and says its name and meaning."""
    assert "LAY-DAT" in book
    assert "LAY-DAT Data" not in book
    assert book["LAY-DAT"].name == "LAY-DAT Data"
    assert "Data dibuka" in repr(book["LAY-DAT"])


@pytest.mark.parametrize(("typed", "nearest"), [("LAY-DATA", "LAY-DAT"), ("sdm", "SDM"), ("LAYBAL", "LAY-BAL")])
def test_nearest_code(book: Codebook, typed: str, nearest: str) -> None:
    """An unknown code is refused with the nearest one and the codebook's name."""
    for ask in (book.__getitem__, book.require, book.below, book.root):
        with pytest.raises(qc.UnknownNameError) as refused:
            ask(typed)
        assert refused.value.problem.place == "uji"
        assert f"“{typed}”" in refused.value.problem.what
        assert f"Maksud Anda {nearest}?" in refused.value.problem.mend


def test_nothing_near(book: Codebook) -> None:
    """Where no code is like the one asked for, all are listed and none is suggested."""
    with pytest.raises(qc.UnknownNameError) as refused:
        book["zzzzzz"]
    assert "Maksud Anda" not in refused.value.problem.mend
    assert ", ".join(ALL) in refused.value.problem.mend


def test_require(book: Codebook) -> None:
    """A code with codes below it may be applied; a heading may not, and its codes are named."""
    assert book.require("LAY-BAL") is book["LAY-BAL"]
    with pytest.raises(qc.CodingError) as refused:
        book.require("LAY")
    assert "“LAY” adalah judul" in refused.value.problem.what
    assert "LAY-BAL, LAY-DAT" in refused.value.problem.mend


def test_two_languages(book: Codebook) -> None:
    """Labels follow the language in use; a text in one language stands for both."""
    assert str(book["SDM"].label) == "Staf"
    assert str(book["LAY-BAL-C"].label) == "Cepat"
    qc.use_language("en")
    assert str(book["SDM"].label) == "Staff"
    assert str(book["LAY-BAL-C"].label) == "Cepat"
    assert str(Bilingual.model_validate({"id": "Terbuka"})) == "Terbuka"


def test_frozen(book: Codebook) -> None:
    """Nobody changes a codebook that has been read."""
    with pytest.raises(ValidationError, match="frozen"):
        book["SDM"].heading = True


def test_tables(book: Codebook) -> None:
    """A codebook and a code show themselves as tables, the levels indented."""
    rows = [str(row[0]) for row in book.to_table().rows]
    assert [row.count("\N{EM SPACE}") for row in rows] == [0, 1, 2, 1, 0]
    assert [row.strip().split()[0] for row in rows] == ALL
    assert ("Definisi", "Data dibuka.") in book["LAY-DAT"].to_table().rows


def test_examples_say_their_valence() -> None:
    """An example is shown in quotation marks with its valence and note."""
    code = Code.model_validate(
        {
            "id": "A",
            "label": "A",
            "definition": "A.",
            "cue_words": "balas",
            "examples": [{"text": "Dibalas.", "valence": "mendukung", "note": "tegas"}],
        }
    )
    rows = dict(code.to_table().rows)
    assert rows["Contoh"] == "“Dibalas.” (mendukung) – tegas"
    assert rows["Kata petunjuk"] == "balas"


@pytest.mark.parametrize(
    ("codes", "line", "words"),
    [
        ("  - {id: A, label: A, definition: a}\n  - {id: A, label: B, definition: b}\n", 8, ["“A”", "uji.yaml:7"]),
        ("  - {id: A, definition: a}\n", 7, ["“label”", "belum diisi"]),
        ("  - {id: A, label: A, definition: a, arti: a}\n", 7, ["“arti”", "tidak dikenal"]),
        ("  - {id: A B, label: A, definition: a}\n", 7, ["“A B”"]),
        ("  - {id: ../A, label: A, definition: a}\n", 7, ["“../A”"]),
        ("  - {id: A, label: A, definition: a, colour: merah}\n", 7, ["“merah”"]),
        ("  - {id: A, label: A, definition: a, examples: [{text: b, valence: positif}]}\n", 7, ["“positif”"]),
        ("  - {id: A, label: A, definition: a, children: {id: B}}\n", 7, ["“children”", "daftar"]),
        ("  []\n", 6, ["“codes”", "kosong"]),
    ],
)
def test_faults(codes: str, line: int, words: list[str]) -> None:
    """A fault of a code is named with its line."""
    _, (problem,) = read(codes)
    assert problem.place == f"codebooks/uji.yaml:{line}"
    for word in words:
        assert word in problem.what


def test_every_fault_at_once() -> None:
    """All faults of a codebook are named, also a code defined twice in a codebook with other faults."""
    codebook, problems = read("  - {id: A, label: A}\n  - {id: B}\n  - {id: A, label: A, definition: a}\n")
    assert codebook is None
    places = sorted(problem.place for problem in problems)
    assert places == [f"codebooks/uji.yaml:{line}" for line in (7, 8, 8, 9)]


@pytest.mark.parametrize(
    ("id", "words"), [("lain", "nama berkas"), ("uji.v2", "titik"), ("../uji", "tidak boleh"), ("a b", "tidak boleh")]
)
def test_id_of_a_codebook(id: str, words: str) -> None:
    """A codebook's id is its file's name, without dots, blanks or paths, for journals are named after it."""
    _, (problem,) = read("  - {id: A, label: A, definition: a}\n", HEAD.replace("id: uji", f"id: {id}"))
    assert problem.place == "codebooks/uji.yaml:1"
    assert words in problem.what


@pytest.mark.parametrize("text", ["", "kode", "- A", "# hanya komentar"])
def test_no_codebook(text: str) -> None:
    """A file that holds no codebook is a fault, not a crash."""
    codebook, problems = read("", text)
    assert codebook is None
    assert problems


def test_deep_tree() -> None:
    """Codes may stand many levels deep, and every one is reached."""
    flow = "{id: A15, label: A, definition: a}"
    for level in range(14, -1, -1):
        flow = f"{{id: A{level}, label: A, definition: a, children: [{flow}]}}"
    codebook, problems = read(f"  - {flow}\n")
    assert problems == []
    assert codebook is not None
    assert codebook.depth("A15") == 15
    assert codebook.root("A15").id == "A0"
