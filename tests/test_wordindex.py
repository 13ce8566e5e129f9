"""The word index: equal to reading every text, whatever the text; never a second truth."""

import sqlite3
from collections.abc import Callable, Iterable
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qualcode.analysis.wordindex as wordindex
from qualcode.analysis.wordindex import Match, WordIndex, ask, read_dictionary
from qualcode.errors import CheckError
from qualcode.text.document import Document, Kind, Role, Turn
from qualcode.text.words.stems import Stemmer, normal
from qualcode.text.words.tokens import Sort, tokenize

# Emoji (joined, with a skin, a flag, a key cap), combining marks, a soft hyphen, letters whose lower case is longer or
# shorter in characters or bytes, marks inside and around words, line ends.
PIECES = [
    *("kelola", "Mengelola", "PENGELOLAAN", "dikelola", "ngelola", "kelola2", "di-kelola", "akun", "akunnya", "AKUN"),
    *("İstanbul", "ﬁle", "straße", "STRASSE", "Ⱥrti", "K", "e\u0301lek", "élek", "ke\u00adlola", "Jum'at", "Jum’at"),
    *(
        "👨‍👩‍👧",
        "👍🏽",
        "🇮🇩",
        "1️⃣",
        "🙏🙏",
        "@kelola.id",
        "#kelola",
        "kelola.id",
        "08.30",
        "Rp500",
        "Bpk.",
        "…",
        "?!",
        "ʼ",
    ),
    *(
        " ",
        " ",
        " ",
        " ",
        "\n",
        "\n\n",
        "\n\n- ",
        ", ",
        ". ",
        "\u200b",
        "\x00",
        "\u0301",
        "𝒦elola",
        "ꦏꦺ",
        '"',
        "OR",
        "NEAR(",
    ),
]
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)
QUERY = st.sampled_from([piece for piece in PIECES if piece.strip() and normal(piece)])
STEM = Stemmer()


def words(document: Document, unit: object) -> list[tuple[str, int, int]]:
    """The words of a unit, read from the text itself."""
    start, end = unit.start, unit.end  # type: ignore[attr-defined]
    return [
        (normal(each.text), start + each.start, start + each.end)
        for each in tokenize(document.text[start:end])
        if each.sort not in (Sort.MARK, Sort.PAUSE)
    ]


def is_evidence(unit: object) -> bool:
    return unit.role is Role.INFORMANT if isinstance(unit, Turn) else not unit.reflection  # type: ignore[attr-defined]


def brute_force(
    documents: Iterable[Document], tests: list[Callable[[str], bool]], near: int | None = None, everyone: bool = False
) -> set[tuple[str, tuple[int, int]]]:
    """Document, and the place of the first word asked for, of every match: by reading everything."""
    found = set()
    for document in documents:
        for unit in document.units:
            if not everyone and not is_evidence(unit):
                continue
            given = words(document, unit)
            for at, (_, start, end) in enumerate(given):
                if near is None:
                    row = given[at : at + len(tests)]
                    rows = [row] if len(row) == len(tests) else []
                else:
                    reach = [each for i, each in enumerate(given) if i != at and abs(i - at) <= near]
                    rows = [[given[at], *others] for others in permutations(reach, len(tests) - 1)]
                if any(all(test(word) for test, (word, *_) in zip(tests, row, strict=True)) for row in rows):
                    found.add((document.id, (start, end)))
    return found


def firsts(matches: Iterable[Match]) -> set[tuple[str, tuple[int, int]]]:
    listed = [(each.document, each.places[0]) for each in matches]
    assert len(listed) == len(set(listed))
    return set(listed)


def same_key(word: str) -> Callable[[str], bool]:
    return lambda form: STEM(form) == STEM(normal(word))


@pytest.mark.parametrize("piece", [piece for piece in PIECES if piece.strip()])
def test_every_form_is_found_by_itself(piece: str) -> None:
    """Each word of a text is found in exactly the place it stands, and the text there is the form."""
    document = Document("d-1", f"Awal {piece} dan {piece}, lalu({piece})")
    index = WordIndex(None, STEM)
    index.update([document])
    for form, _, _ in words(document, document.units[0]):
        matches = list(index.matches([index.exactly(form)]))
        assert firsts(matches) == brute_force([document], [lambda other, form=form: other == form])
        assert matches
        for match in matches:
            assert all(normal(document.text[start:end]) == form for start, end in match.places)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=3), QUERY)
def test_families_equal_brute_force(texts: list[str], query: str) -> None:
    """The places of a family are those of all tokens with its key, and of a prefix those of all that begin so."""
    documents = [Document(f"d-{i}", text) for i, text in enumerate(texts)]
    index = WordIndex(None, STEM)
    index.update(documents)
    family = index.family(normal(query))
    matches = list(index.matches([family]))
    assert firsts(matches) == brute_force(documents, [same_key(query)])
    for match in matches:
        ((start, end),) = match.places
        assert normal(documents[int(match.document[2:])].text[start:end]) == family[match.forms[0]]
    start_of = normal(query)[:2]
    found = firsts(index.matches([index.beginning(start_of)]))
    assert found == brute_force(documents, [lambda form: form.startswith(start_of)])


@settings(max_examples=150, deadline=None)
@given(TEXT, st.lists(QUERY, min_size=2, max_size=3), st.none() | st.integers(1, 4))
def test_phrases_and_near_equal_brute_force(text: str, queries: list[str], near: int | None) -> None:
    """Phrases stand word after word in one unit; near words within the distance of the first, none of them twice."""
    document = Document("d-1", text + " kelola akun, AKUN dikelola\n\nakunnya")
    index = WordIndex(None, STEM)
    index.update([document])
    matches = list(index.matches([index.family(normal(query)) for query in queries], near=near))
    assert firsts(matches) == brute_force([document], [same_key(query) for query in queries], near)
    for match in matches:
        assert len(set(match.places)) == len(queries)
        for (start, end), query in zip(match.places, queries, strict=True):
            assert same_key(query)(normal(document.text[start:end]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), TEXT, max_size=3), min_size=1, max_size=4), QUERY)
def test_changed_and_deleted_documents(stages: list[dict[str, str]], query: str) -> None:
    """However documents come, change and go, the index finds what one made from nothing finds."""
    index = WordIndex(None, STEM)
    for stage in stages:
        documents = [Document(name, text, case="k") for name, text in stage.items()]
        index.update(documents)
        assert firsts(index.matches([index.family(normal(query))])) == brute_force(documents, [same_key(query)])
        assert index.update(documents) == 0


TRANSCRIPT = "P: Siapa yang mengelola akun?\n\nI1: Saya kelola.\n\nX: Kami mengelola.\n\nI1: Akun itu. Kelola!"
LEGEND = {"P": "pewawancara", "I1": "I1", "X": "lainnya"}


def test_only_informants_turns_unless_asked() -> None:
    """Interviewers, others and reflections are left out unless everyone is asked for; speakers can be chosen."""
    talk = Document("w-1", TRANSCRIPT, kind=Kind.TRANSCRIPT, legend=LEGEND)
    notes = Document("o-1", "Akun dikelola.\n\n## Refleksi\n\nSaya kelola sendiri?")
    index = WordIndex(None, STEM)
    index.update([talk, notes])
    family = [index.family("kelola")]
    assert firsts(index.matches(family)) == brute_force([talk, notes], [same_key("kelola")])
    everybody = firsts(index.matches(family, everyone=True))
    assert everybody == brute_force([talk, notes], [same_key("kelola")], everyone=True)
    assert len(everybody) == 6
    assert len(list(index.matches(family, informant="I1"))) == 2
    assert len(list(index.matches(family, speaker="X", everyone=True))) == 1
    assert len(list(index.matches(family, document="o-1"))) == 1


def test_who_speaks_is_learned_anew() -> None:
    """A legend that changes changes whose words they are, though the text stays the same."""
    index = WordIndex(None, STEM)
    index.update([Document("w-1", TRANSCRIPT, kind=Kind.TRANSCRIPT, legend=LEGEND)])
    assert index.update([Document("w-1", TRANSCRIPT, kind=Kind.TRANSCRIPT, legend={**LEGEND, "X": "I2"})]) == 1
    assert len(list(index.matches([index.family("kelola")], informant="I2"))) == 1


def test_units_longer_than_two_bytes_count(tmp_path: Path) -> None:
    """A paragraph of more than 65,535 characters keeps its places."""
    document = Document("d-1", "kata " * 14_000 + "dikelola 🙂 akun")
    index = WordIndex(tmp_path / "kata.sqlite", STEM)
    index.update([document])
    ((start, end),) = next(index.matches([index.family("kelola")])).places
    assert document.text[start:end] == "dikelola"


def test_many_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prefix of thousands of forms is found, whether or not FTS5 is asked."""
    document = Document("d-1", " ".join(f"a{i}b" for i in range(4000)))
    index = WordIndex(None, STEM)
    index.update([document])
    assert len(list(index.matches([index.beginning("a")]))) == 4000
    monkeypatch.setattr(wordindex, "MOST_FORMS", 10)
    assert len(list(index.matches([index.beginning("a")]))) == 4000
    assert len(list(index.matches([index.beginning("a"), index.exactly("a7b")]))) == 1


def test_cases_are_kept_apart(tmp_path: Path) -> None:
    """Documents of one case are learned and forgotten without touching another's of the same name."""
    index = WordIndex(tmp_path / "kata.sqlite", STEM)
    one, other = Document("d-1", "kelola", case="satu"), Document("d-1", "dikelola kelola", case="dua")
    assert index.update([one], within={"satu"}) + index.update([other], within={"dua"}) == 2
    assert len(list(index.matches([index.family("kelola")]))) == 3
    assert len(list(index.matches([index.family("kelola")], cases={"satu"}))) == 1
    index.update([], within={"dua"})
    assert len(list(index.matches([index.family("kelola")]))) == 1


def opened(path: Path | None) -> WordIndex:
    return WordIndex(path, STEM)


def count(index: WordIndex) -> int:
    index.update([Document("d-1", "kelola, dikelola")])
    return len(list(index.matches([index.family("kelola")])))


@pytest.mark.parametrize("damage", [b"bukan basis data" * 100, b"", None])
def test_a_damaged_index_is_built_anew(tmp_path: Path, damage: bytes | None) -> None:
    """Damaged in whole or part, emptied, deleted or of another format: the answer is the same."""
    path = tmp_path / "kata.sqlite"
    assert ask(path, opened, count) == 2
    if damage is None:
        with sqlite3.connect(path) as base:
            base.execute("PRAGMA user_version = 99")
        base.close()
    else:
        path.write_bytes(damage)
    assert ask(path, opened, count) == 2
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert ask(path, opened, count) == 2
    path.unlink()
    assert ask(path, opened, count) == 2


def test_two_at_a_time(tmp_path: Path) -> None:
    """Two that have the same file open learn every document once and find what the other learned."""
    one, other = opened(tmp_path / "kata.sqlite"), opened(tmp_path / "kata.sqlite")
    documents = [Document("d-1", "kelola, dikelola")]
    assert (one.update(documents), other.update(documents)) == (1, 0)
    documents.append(Document("d-2", "Ngelola"))
    assert (other.update(documents), one.update(documents)) == (1, 0)
    for index in (one, other):
        assert firsts(index.matches([index.family("kelola")])) == brute_force(documents, [same_key("kelola")])


def test_a_broken_update_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was half learned is taken back, and learned whole the next time."""
    index = WordIndex(None, STEM)
    first, second = Document("d-1", "kelola ini"), Document("d-2", "dikelola ini itu")
    with monkeypatch.context() as patch:
        patch.setattr(wordindex, "_words_of", lambda forms: 1 / 0 if len(forms) == 3 else "1")
        with pytest.raises(ZeroDivisionError):
            index.update([first, second])
    assert not index.family("kelola")
    index.update([second, first])
    assert firsts(index.matches([index.family("kelola")])) == brute_force([first, second], [same_key("kelola")])


def test_without_a_place_to_write(tmp_path: Path) -> None:
    """Where no file can be made the index is kept in memory, for this once."""
    (tmp_path / "berkas").write_text("", "utf-8")
    assert ask(tmp_path / "berkas" / "kata.sqlite", opened, count) == 2


def test_stored_keys_follow_the_dictionary(tmp_path: Path) -> None:
    """A form whose word the project changes has its new key at once, without reading texts again."""
    path = tmp_path / "kata.sqlite"
    first = WordIndex(path, STEM)
    first.update([Document("d-1", "Piye pengelola iku? Bagaimana dikelola?")])
    first.close()
    own = {"piye": "bagaimana", "pengelola": "pengelola"}
    index = WordIndex(path, Stemmer(spoken=own), repr(own))
    assert sorted(index.family("bagaimana").values()) == ["bagaimana", "piye"]
    assert sorted(index.family("kelola").values()) == ["dikelola"]
    assert sorted(index.family("pengelola").values()) == ["pengelola"]


@pytest.mark.parametrize(
    "text", ["bentuk,kata\npiye,bagaimana\n", "\ufeffBentuk;Kata;catatan\r\nPiye ; bagaimana;Jawa\r\n\r\n"]
)
def test_dictionary(tmp_path: Path, text: str) -> None:
    """Commas or semicolons, capitals, notes, a byte order mark: as spreadsheets write it."""
    path = tmp_path / "kamus.csv"
    path.write_text(text, "utf-8", newline="")
    assert read_dictionary(path, "kamus.csv") == {"piye": "bagaimana"}
    assert read_dictionary(tmp_path / "tiada.csv", "tiada.csv") == {}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ["kamus.csv:1"]),
        ("piye,bagaimana\n", ["kamus.csv:1"]),
        ("bentuk,kata\npiye,\n,apa\n", ["kamus.csv:2", "kamus.csv:3"]),
        ("bentuk,kata\npiye,apa\npiye,Apa\nPiye,siapa\n", ["kamus.csv:4"]),
    ],
)
def test_faults_of_the_dictionary(tmp_path: Path, text: str, places: list[str]) -> None:
    """Every fault is named with its line."""
    path = tmp_path / "kamus.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(CheckError) as caught:
        read_dictionary(path, "kamus.csv")
    assert [problem.place for problem in caught.value.problems] == places
