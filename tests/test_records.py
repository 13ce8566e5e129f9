"""Records: YAML is read without believing it, and every fault is found at once, each with its line."""

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError, field_validator

from qualcode import records
from qualcode.errors import Problem
from qualcode.records import DEEPEST_RECORD, LARGEST_RECORD, Record, parse, read_as

ROOT = Path(__file__).parents[1]


class Colour(StrEnum):
    RED = "merah"
    BLUE = "biru"


class Fruit(Record):
    name: str
    sour: bool = False


class Basket(Record):
    """A record of every type that the library's own records use."""

    id: str = Field(pattern=r"^[a-z]+$")
    colour: Colour = Colour.RED
    size: Literal["kecil", "besar"] = "kecil"
    day: date | None = None
    count: int = 0
    weight: float = 0.0
    tags: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    fruits: tuple[Fruit, ...] = Field(default=(), min_length=1)
    note: str | None = None

    @field_validator("note")
    @classmethod
    def _polite(cls, note: str | None) -> str | None:
        if note == "kasar":
            raise ValueError("tidak sopan")
        return note


def parsed(text: str) -> Any:
    """What a sound text holds."""
    tree, problems = parse(text, "a.yaml")
    assert tree is not None
    assert problems == []
    return tree.data


def refused(text: str) -> Problem:
    """The one problem of a text that cannot be read at all."""
    tree, problems = parse(text, "a.yaml")
    assert tree is None
    assert len(problems) == 1
    return problems[0]


def faults(text: str) -> list[Problem]:
    """All that is wrong with a basket."""
    tree, problems = parse(text, "a.yaml")
    assert tree is not None
    return problems + read_as(Basket, tree)[1]


def basket(text: str) -> Basket:
    tree, _ = parse(text, "a.yaml")
    assert tree is not None
    found, problems = read_as(Basket, tree)
    assert problems == []
    assert found is not None
    return found


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "True", "08.30", "1:30", "007", "1e3", "0x1F", "2025-03-11", ".inf", "=", "n"]
)
def test_words_stay_words(word: str) -> None:
    """Nothing is guessed: what YAML takes for a number, a date or a truth value stays the word that was written."""
    assert parsed(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# hanya komentar\n", None),
        ("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}),
        ("a: 'null'\nb: \"\"\nc: '~'", {"a": "null", "b": "", "c": "~"}),
        ("- satu\n- [dua, tiga]", ["satu", ["dua", "tiga"]]),
        ("a: >\n  satu\n  dua\n", {"a": "satu dua\n"}),
        ("<<: {a: b}", {"<<": {"a": "b"}}),
        ("judul: “Kutipan” 👩🏽‍🌾 é\n", {"judul": "“Kutipan” 👩🏽‍🌾 é"}),
    ],
)
def test_plain_data(text: str, data: object) -> None:
    """YAML becomes strings, lists and dicts; a blank and the words for nothing become None, unless quoted."""
    assert parsed(text) == data


@pytest.mark.parametrize(
    "text",
    [
        "b: *a",
        "b: &a satu",
        "b: !!python/object/apply:os.system [ls]",
        "b: !rahasia x",
        "b: !!str 1",
        "b:\n  <<: *a",
    ],
)
def test_anchors_and_tags_are_refused_with_their_line(text: str) -> None:
    """Aliases, anchors and tags are refused at the line where they stand."""
    problem = refused(f"a: satu\n{text}\nc: tiga")
    assert problem.place == f"a.yaml:{2 + text.count(chr(10))}"
    assert "jangkar" in problem.what


def test_a_few_lines_that_stand_for_gigabytes_are_refused() -> None:
    """The nine lines of laughs, each a list of the one before, are refused at the first."""
    lines = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert refused("\n".join(lines)).place == "a.yaml:1"


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_nesting_is_bounded(opened: str, closed: str) -> None:
    """As many levels as the limit can be read; one more is refused with its line."""
    deepest = opened * DEEPEST_RECORD + "x" + closed * DEEPEST_RECORD
    assert parsed(deepest)
    problem = refused(f"\n\n{opened}{deepest}{closed}")
    assert problem.place == "a.yaml:3"
    assert "sarang" in problem.what


def test_size_is_bounded() -> None:
    """A text beyond the limit is refused before it is parsed."""
    problem = refused("#" * (LARGEST_RECORD + 1))
    assert problem.place == "a.yaml"
    assert str(LARGEST_RECORD) in problem.what


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c", 1),
        ("a: 1\n\tb: 2", 2),
        ("a: 1\n  b: 2", 2),
        ("a: [1\nb: 2", 2),
        ("a: 1\n@nama: x", 2),
        ("a: 1\nb: 'tak ditutup\nc: 2\nd: 3", 2),
        ("a: 1\nbukan kunci\nc: 2", 2),
        ("a: 1\nb:\n  c: 1\n - d", 4),
        ("a: 1\n---\nb: 2", 2),
        ("a: satu\nb: dua\x80", 2),
        ("a: satu\nb: dua\ud800", 2),
        ('a: "\\ud800"', 1),
        ('a: "\\UFFFFFFFF"', 1),
        ('a: "\\UFFFFFFFF', 1),
        ("%YAML 9.9\n---\na: 1", 1),
    ],
)
def test_broken_yaml_names_its_line(text: str, line: int) -> None:
    """What is no YAML is refused with the line at which reading stopped, a stray character's line included."""
    problem = refused(text)
    assert problem.place == f"a.yaml:{line}"
    assert "YAML" in problem.what


def test_lines_count_from_where_the_text_begins() -> None:
    """Front matter that begins on line 2 of its file has its faults on the file's lines."""
    tree, problems = parse("a: 1\na: 2\n", "d.md", first_line=2)
    assert [problem.place for problem in problems] == ["d.md:3"]
    assert tree is not None
    assert tree.at(("a",)) == "d.md:3"
    assert parse("a: 1\nb: [", "d.md", first_line=2)[1][0].place.startswith("d.md:")
    assert parse("a: 1\nb: \x80", "d.md", first_line=2)[1][0].place == "d.md:3"


def test_every_key_written_twice_is_found() -> None:
    """A key that stands twice is named with the line of its repetition, at every depth."""
    _, problems = parse("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n- ".removesuffix("\n- "), "a.yaml")
    assert [(problem.place, problem.what) for problem in sorted(problems)] == [
        ("a.yaml:4", "Kunci “c” ditulis dua kali."),
        ("a.yaml:5", "Kunci “a” ditulis dua kali."),
    ]


@pytest.mark.parametrize("text", ["? [a, b]\n: c", "{[a, b]: c}", "{{a: b}: c}"])
def test_a_key_that_is_no_word_is_refused(text: str) -> None:
    """A list or a mapping cannot be a key."""
    tree, problems = parse(text, "a.yaml")
    assert tree is not None
    assert tree.data == {}
    assert [problem.place for problem in problems] == ["a.yaml:1"]


@given(st.text(alphabet=st.one_of(st.sampled_from("ab:- \n\t[]{}'\"\\&*!|>#%@`,?~U0F\ud800\x80"), st.characters())))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever the text, there is a tree or a problem on one of its lines, never a crash."""
    tree, problems = parse(text, "a.yaml")
    assert tree is not None or problems
    for problem in problems:
        name, _, line = problem.place.partition(":")
        assert name == "a.yaml"
        assert 1 <= int(line) <= len(text.splitlines()) + 1
        str(problem).encode()


SCALARS = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=8)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3)))
def test_quoted_data_comes_back(data: object) -> None:
    """Strings, lists and mappings written as JSON, which is YAML, are read as they were."""
    tree, problems = parse(json.dumps(data, ensure_ascii=False), "a.yaml")
    assert problems == []
    assert tree is not None
    assert tree.data == data


FAULTY = """\
id: Keranjang Satu
colour: hijau
size: sedang
day: 12 Maret 2025
count: sepuluh
weight: 1,5 kg
tags: satu
labels: [a]
fruits:
  - name: [mangga]
    sour: mungkin
  - pisang
  - sour: true
note: kasar
nota: x
"""

FAULTS = {
    1: ("id", "Keranjang Satu", "tanpa spasi"),
    2: ("colour", "hijau", "'merah', 'biru'"),
    3: ("size", "sedang", "'kecil', 'besar'"),
    4: ("12 Maret 2025", "tanggal"),
    5: ("count", "sepuluh", "bilangan bulat"),
    6: ("weight", "1,5 kg", "bilangan"),
    7: ("tags", "daftar"),
    8: ("labels", "pasangan kunci dan nilai"),
    10: ("name", "teks"),
    11: ("sour", "mungkin", "true"),
    12: ("fruits", "pasangan kunci dan nilai"),
    13: ("name", "belum diisi"),
    14: ("note", "kasar", "tidak sopan"),
    15: ("nota", "tidak dikenal"),
}


def test_every_fault_of_a_record_at_once() -> None:
    """One reading names every fault, and no more: each with its own line, key and value."""
    found = sorted(faults(FAULTY))
    assert [problem.place for problem in found] == [f"a.yaml:{line}" for line in FAULTS]
    for problem, words in zip(found, FAULTS.values(), strict=True):
        assert all(word in str(problem) for word in words), problem


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "a.yaml:1", ("“a.yaml”", "pasangan kunci dan nilai")),
        ("- id: a", "a.yaml:1", ("“a.yaml”", "pasangan kunci dan nilai")),
        ("day: 2025-03-11", "a.yaml:1", ("id", "belum diisi")),
        ("id:\nday: 2025-03-11", "a.yaml:1", ("id", "belum diisi")),
        ("id: a\nfruits: []", "a.yaml:2", ("fruits", "kosong")),
        ("id: a\nweight: nan", "a.yaml:2", ("weight", "bilangan")),
        ("id: a\nweight: inf", "a.yaml:2", ("weight", "bilangan")),
        ("id: a\ncount: 1.5", "a.yaml:2", ("count", "bilangan bulat")),
        ("id: a\nday: 2025-02-30", "a.yaml:2", ("2025-02-30", "tanggal")),
        ("id: a\nnote:\n  - satu\n  - dua", "a.yaml:2", ("note", "teks")),
        ("id: a\ntags:\n  - satu\n  - [dua]", "a.yaml:4", ("tags", "teks")),
        ("id: a\nlabels:\n  P: [x]", "a.yaml:3", ("P", "teks")),
    ],
)
def test_each_fault_is_worded(text: str, place: str, words: tuple[str, ...]) -> None:
    """A fault is told in the reader's language, at its line, with the key it is about."""
    (problem,) = faults(text)
    assert problem.place == place
    assert all(word in str(problem) for word in words), problem


def test_a_long_value_is_quoted_briefly() -> None:
    """A value of many words is quoted in one short line."""
    (problem,) = faults(f"id: |\n  {'kata ' * 50}\n  {'lagi ' * 50}")
    assert len(problem.what) < 150
    assert "\n" not in problem.what
    assert "kata kata" in problem.what


def test_a_sound_record_is_read_and_cannot_be_changed() -> None:
    """A sound record holds what was written, blanks as if they had not been, and stays as it is."""
    found = basket("id:  a \ncolour: biru\nday: 2025-03-11\nweight: 28.9\ntags: [satu, dua]\nnote:\nfruits:\n- name: x")
    assert (found.id, found.colour, found.day) == ("a", Colour.BLUE, date(2025, 3, 11))
    assert (found.weight, found.tags, found.note) == (28.9, ("satu", "dua"), None)
    assert found.fruits == (Fruit(name="x"),)
    with pytest.raises(ValidationError):
        found.id = "b"


def test_a_blank_item_is_an_empty_text() -> None:
    """An item of a list that was left blank keeps its place, as an empty cell of a table does."""
    assert basket("id: a\ntags:\n  - satu\n  -\n  - tiga").tags == ("satu", "", "tiga")


def test_the_place_of_every_part() -> None:
    """A part of a record stands where its key was written; what was never written, where its surroundings were."""
    tree, _ = parse("id: a\nfruits:\n  - name: x\n\n  - name: y\n    sour: true\n", "a.yaml")
    assert tree is not None
    places = {(): 1, ("id",): 1, ("fruits",): 2, ("fruits", 0): 3, ("fruits", 1): 5, ("fruits", 1, "sour"): 6}
    assert {path: tree.at(path) for path in places} == {path: f"a.yaml:{line}" for path, line in places.items()}
    assert tree.at(("fruits", 1, "weight")) == "a.yaml:5"
    assert tree.at(("elsewhere", 7)) == "a.yaml:1"


@pytest.mark.parametrize("path", sorted(ROOT.glob("co*/**/*.yaml")), ids=lambda path: path.stem)
def test_both_readers_of_yaml_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record reads the same, line by line, where PyYAML came without its quick parser."""
    text = path.read_text("utf-8")
    quickly = parse(text, path.name)
    monkeypatch.setattr(records, "_FAST", yaml.BaseLoader)
    assert parse(text, path.name) == quickly
