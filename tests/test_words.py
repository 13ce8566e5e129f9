"""Indonesian words: where tokens and sentences stand, which key a form has, what a table leaves out."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from qualcode.errors import ParameterError, QualcodeError
from qualcode.text.words import Layer, Sort, Stemmer, Token, formal, sentences, shown, stem, tokenize
from qualcode.text.words.formal import formal_root
from qualcode.text.words.places import PLACES
from qualcode.text.words.spoken import BORROWED, C_ROOTS, COMPOUNDS, WHOLE, pairs, spoken_forms
from qualcode.text.words.stop import ALWAYS_SHOWN, described, stop_words
from qualcode.text.words.tokens import NO_WORDS, words
from qualcode.wording import use_language

CORPUS = Path(__file__).parents[1] / "corpus"

# Readers refuse surrogates, so no text holds any.
TEXT = st.text(st.characters(exclude_categories=("Cs",)))
PIECES = st.sampled_from(
    [
        *(
            "Pak A.",
            "dll.",
            "S.Sos.",
            "Rp.",
            "1.",
            "...",
            "…",
            "?!",
            "08.30",
            "anak2",
            "di-upload",
            "Jum’at",
            "@a.b",
            "#x",
        ),
        *(
            "www.a.id/b",
            "a@b.co",
            "-",
            '"',
            "(",
            ")",
            " ",
            "\n",
            "\n\n",
            "\u200b",
            "\u00ad",
            "\u0301",
            "e\u0301",
            "\u0130",
        ),
        *("\ufb03", "\U0001f602", "\U0001f469\U0001f3fd\u200d\U0001f33e", "\U0001f1ee\U0001f1e9", "\ufe0f", "²"),
    ]
)
TALK = st.one_of(TEXT, st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join))


@given(TALK)
def test_every_token_stands_where_it_says(text: str) -> None:
    """A token's text is the text between its offsets, in any Unicode text."""
    for token in tokenize(text):
        assert token.text == text[token.start : token.end]
        assert token.text


@given(TALK)
def test_the_words_of_a_text_are_its_tokens_but_marks_and_pauses(text: str) -> None:
    """The quick way to a text's words finds what `tokenize` finds, at the same places."""
    tokens = [token for token in tokenize(text) if token.sort not in NO_WORDS]
    found = words(text)
    assert list(zip(*found, strict=True)) == [(token.text, token.start, token.end) for token in tokens]


@given(TALK)
def test_tokens_cover_the_text_without_overlap(text: str) -> None:
    """Tokens follow each other, never overlap, and leave out only white space and zero-width spaces."""
    tokens = tokenize(text)
    assert all(one.end <= other.start for one, other in pairwise(tokens))
    edges = [0, *(edge for token in tokens for edge in (token.start, token.end)), len(text)]
    gaps = (text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert all(re.fullmatch("[\\s\u200b\ufeff]*", gap) for gap in gaps)


@given(TALK)
def test_every_token_lies_in_one_sentence(text: str) -> None:
    """Sentences stand where they say, never overlap, and hold every token whole."""
    found = sentences(text)
    assert all(each.text == text[each.start : each.end] for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    within = [
        token for each in found for token in tokenize(text) if each.start <= token.start and token.end <= each.end
    ]
    assert within == tokenize(text)


@given(TALK)
def test_any_word_has_a_key_that_is_its_own_key(word: str) -> None:
    """The key of a key is that key, whatever the word."""
    assert stem(stem(word)) == stem(word)


@given(TEXT)
def test_what_has_other_letters_is_not_taken_apart(text: str) -> None:
    """A word with a letter beyond a to z is its own key in lower case."""
    for token in tokenize(text):
        if not token.text.isascii() and not re.search("[\u00ad\u200b-\u200d\u2060\ufeff’ʼ‘‐‑²]", token.text):
            assert stem(token).casefold() == stem(token.text.lower()).casefold()


@pytest.mark.parametrize(
    ("text", "sorts"),
    [
        ("Rp85.000,- dari www.samudra.go.id", [Sort.WORD, Sort.NUMBER, Sort.WORD, Sort.ADDRESS]),
        ("@a.b #c d@e.id", [Sort.HANDLE, Sort.TAG, Sort.ADDRESS]),
        ("Bpk. S.Sos. a.n.", [Sort.ABBREVIATION] * 3),
        ("lho... ?! 😂😂", [Sort.WORD, Sort.PAUSE, Sort.MARK, Sort.EMOJI]),
        ("anak2 1x24 08.30", [Sort.WORD, Sort.NUMBER, Sort.NUMBER]),
    ],
)
def test_sorts(text: str, sorts: list[Sort]) -> None:
    """Each token knows what it is."""
    assert [token.sort for token in tokenize(text)] == sorts


def test_letters_of_two_code_points_stay_in_their_word() -> None:
    """A mark above a letter and a soft hyphen from a PDF file part no word, and keys do without the hyphen."""
    tokens = tokenize("te\u0301h penge\u00adlolaan")
    assert [token.text for token in tokens] == ["te\u0301h", "penge\u00adlolaan"]
    assert [stem(token) for token in tokens] == ["téh", "kelola"]


@pytest.mark.parametrize(
    "piece", ["a", ".", "😂", "-", "a.", "a-", "a+", "1,", "@a.", "www.", "e\u0301", "S.", '"', "? (", "7. "]
)
def test_a_hostile_text_is_cut_like_any_other(piece: str) -> None:
    """A megabyte of one letter, or 300 kB of a pattern made to mislead, is cut in one go, and its words have keys."""
    text = piece * (1_000_000 if len(piece) == 1 else 300_000 // len(piece))
    tokens = tokenize(text)
    assert sum(token.end - token.start for token in tokens) == len(text) - text.count(" ")
    assert sentences(text)[-1].end == len(text.rstrip())
    for token in tokens[:10]:
        stem(token)


def test_families_of_one_root() -> None:
    """Formal, spoken and borrowed forms of a word have one key."""
    for root, forms in {
        "kelola": "mengelola pengelolaan dikelola ngelola pengelola-pengelolanya terkelolanya",
        "upload": "mengupload di-upload ngupload uploadan nge-upload diuploadin",
        "tidak": "nggak ngga gak ndak tdk enggak",
        "cerita": "bercerita nyeritain diceritain cerita-cerita",
    }.items():
        assert {stem(form) for form in forms.split()} == {root}


def test_negation_keeps_its_own_key() -> None:
    """No negation falls together with what it negates or with another negation."""
    negations = ["tidak", "bukan", "belum", "jangan", "tanpa", "tak", "sebelum", "ketidakpuasan"]
    assert [stem(word) for word in negations] == negations


def test_the_map_of_spoken_forms() -> None:
    """150 to 300 forms, each written once, whose words are their own keys' way to the end."""
    written = [form for form, _ in pairs()]
    assert 150 <= len(written) <= 300
    assert len(written) == len(set(written))
    for form, word in spoken_forms().items():
        assert stem(form) == stem(word)


def test_own_roots_stay_whole() -> None:
    """Borrowed words, compounds, names of places and words that only look affixed are their own keys."""
    own = (BORROWED | COMPOUNDS | PLACES | WHOLE) - spoken_forms().keys()
    assert {word for word in own if stem(word) != word} == set()
    assert {word for word in C_ROOTS if stem(word) != word} <= {"capek"}


def test_a_project_knows_more() -> None:
    """Regional forms, pseudonyms and attested words given once change the keys, and only with that stemmer."""
    ours = Stemmer(
        protected=["Bu Mekarsari", "Terbatas"],
        spoken={"piye": "bagaimana", "Unda": "aku"},
        attested=["lapormin"],
    )
    assert [ours(form) for form in ("piye", "unda", "Mekarsari-nya", "terbatas", "dilapormin-in", "ngelaporminin")] == [
        "bagaimana",
        "aku",
        "mekarsari",
        "terbatas",
        "lapormin",
        "lapormin",
    ]
    assert [stem(form) for form in ("piye", "terbatas", "ngelaporminin")] == ["piye", "batas", "ngelaporminin"]


def test_a_projects_map_goes_before_ours_and_may_point_at_any_form() -> None:
    """A form a project maps may stand for an affixed word, another spoken form, or a word of our own lists."""
    ours = Stemmer(spoken={"ngopeni": "pengelolaan", "mboten": "nggak", "kumaha": "gimana", "gimana": "gimana"})
    assert [ours(form) for form in ("ngopeni", "mboten", "kumaha", "gimana")] == ["kelola", "tidak", "gimana", "gimana"]


@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcd")), st.sampled_from("abcd"))
def test_a_circle_in_a_projects_map_ends(spoken: dict[str, str], word: str) -> None:
    """Forms that point at each other in a circle share one key."""
    ours = Stemmer(spoken=spoken)
    assert ours(ours(word)) == ours(word)
    assert ours(word) == ours(spoken.get(word, word))


@pytest.mark.parametrize("entry", [("", "apa"), ("piye", " ")])
def test_a_blank_entry_is_refused(entry: tuple[str, str]) -> None:
    """Both sides of an entry of the map are words."""
    with pytest.raises(ParameterError, match="piye"):
        Stemmer(spoken=dict([entry]))


def affixed() -> Iterator[str]:
    """Forms by rule from roots of the practice case, right and wrong ones."""
    roots = [
        "baca",
        "tulis",
        "sapu",
        "kirim",
        "ajar",
        "unggah",
        "lihat",
        "rasa",
        "buka",
        "pakai",
        "nilai",
        "cari",
        "kerja",
        "percaya",
        "erami",
        "telunjuk",
        "kula",
    ]
    prefixes = [
        "",
        *[
            "me",
            "mem",
            "men",
            "meng",
            "meny",
            "menge",
            "ber",
            "be",
            "ter",
            "te",
            "pe",
            "pem",
            "pen",
            "peng",
            "peny",
            "per",
            "di",
            "ke",
            "se",
            "ku",
            "kau",
            "memper",
            "diper",
        ],
    ]
    suffixes = [
        "",
        *["kan", "an", "i", "nya", "lah", "kah", "pun", "ku", "mu", "kannya", "annya", "isasi", "isme", "is"],
    ]
    for prefix, root, suffix in product(prefixes, roots, suffixes):
        yield prefix + root + suffix
        yield prefix + root[1:] + suffix


def test_formal_affixes_as_pysastrawi_takes_them_off() -> None:
    """What was made quicker gives the very same roots, on every word of the corpus and on thousands of other forms."""
    plain = StemmerFactory().create_stemmer()
    texts = (path.read_text("utf-8") for path in CORPUS.rglob("*.md"))
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.lower())} | set(affixed())
    assert len(words) > 10_000
    assert [word for word in sorted(words) if formal_root(word) != plain.stem(word)] == []


@pytest.fixture
def _fresh() -> Iterator[None]:
    """PySastrawi is looked for anew, in this test and after it."""
    formal._stemmer.cache_clear()
    formal._roots.cache_clear()
    yield
    formal._stemmer.cache_clear()
    formal._roots.cache_clear()


@pytest.mark.usefixtures("_fresh")
def test_the_old_sastrawi_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the old package has overwritten PySastrawi, its list gives it away, and the mend says what to install."""
    monkeypatch.setattr(ArrayDictionary, "__init__", lambda self, words: setattr(self, "words", list(words)))
    with pytest.raises(QualcodeError, match=r"Sastrawi 1\.0\.1.*pip uninstall -y Sastrawi PySastrawi"):
        Stemmer()("dikelola")


@pytest.mark.usefixtures("_fresh")
def test_a_missing_pysastrawi_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PySastrawi the error says what to install."""
    monkeypatch.setitem(sys.modules, "Sastrawi.Stemmer.StemmerFactory", None)
    with pytest.raises(QualcodeError, match=r"pip install \"PySastrawi>=1\.2\.1\""):
        Stemmer()("dikelola")


def test_words_load_nothing_until_a_stem_is_asked_for() -> None:
    """Tokens and sentences need neither PySastrawi nor nltk."""
    script = (
        "import sys; from qualcode.text.words import tokenize, sentences; sentences('Satu. Dua'); "
        "print(sorted({'Sastrawi', 'nltk', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_stem_warns_of_nothing_and_reaches_no_network() -> None:
    """Under -W error, with sockets forbidden, a stem is found."""
    script = "import socket; socket.socket = None; from qualcode.text.words import stem; print(stem('mempertanyakan'))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "tanya"


def test_negation_and_modality_are_always_shown() -> None:
    """No layer holds a word that says whether or how surely something is so, nor a spoken form of one."""
    hidden = stop_words()
    assert not hidden & ALWAYS_SHOWN
    assert not {form for form, word in spoken_forms().items() if word in ALWAYS_SHOWN} & hidden
    assert not hidden & {"tidak", "bukan", "belum", "harus", "kurang", "masalah", "penting", "masyarakat", "kerja"}


def test_each_layer_is_chosen_by_itself() -> None:
    """A table leaves out what its layers name and nothing else; with none it shows everything."""
    tokens = tokenize("Bisa diceritakan Mbak, itu sih belum dibuka keadaannya")
    assert shown(tokens, []) == tokens
    assert _texts(shown(tokens, [Layer.FILLERS])) == "Bisa diceritakan , itu belum dibuka keadaannya"
    assert _texts(shown(tokens, [Layer.INTERVIEWER])) == "Bisa Mbak , itu sih belum dibuka keadaannya"
    assert _texts(shown(tokens)) == "Bisa , belum dibuka keadaannya"


def _texts(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens)


def test_what_is_left_out_is_said() -> None:
    """The line below a table names the layers and how many words they hold, in both languages."""
    layers = "kata fungsi, partikel dan pengisi jeda, ungkapan baku pewawancara"
    count = len(stop_words())
    assert described() == f"Tidak ditampilkan: {layers} ({count} kata); kata ingkar dan modalitas selalu tampil."
    use_language("en")
    assert described([Layer.FILLERS]).startswith("Not shown: particles and fillers (")
