"""A coding is carried to the same words for certain, to a likely place to be confirmed, or lost; never in silence."""

import random
import unicodedata

import pytest
from benchmarks.carry import Oracle, Tracked, codings, edited, excerpt, one
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.coding.carried import FUZZY, KEPT, LOST, MOVED, Carried
from qualcode.coding.carrying import carry

A = "P: Apakah komentar dibalas?\n\n"
B = "I1: Semua komentar kami balas, maksimal dua puluh empat jam.\n\n"
C = "P: Siapa yang memutuskan isi unggahan?\n\n"
D = "I1: Kepala bidang yang memutuskan, lalu admin menulis naskahnya.\n\n"
E = "P: Baik, terima kasih.\n\nI1: Sama-sama, hati-hati di jalan.\n"
TEXT = A + B + C + D + E
ALL = "Semua komentar kami balas, maksimal dua puluh empat jam."
NASKAH = "lalu admin menulis naskahnya"

ALPHABET = st.sampled_from([*"ab .\n\r", "e\u0301", "é", "👩🏽‍🌾", "🇮🇩", "ya ", "ha ha ", ALL, B])
TEXTS = st.lists(ALPHABET, max_size=30).map("".join)


def span(text: str, words: str, nth: int = 1) -> tuple[int, int]:
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return start, start + len(words)


def carried(old: str, new: str, words: str, nth: int = 1) -> tuple[str, str | None]:
    """Status and new words of one passage."""
    found = carry(old, new, [span(old, words, nth)])[0]
    return found.status.name, None if found.start is None else new[found.start : found.end]


def test_names() -> None:
    """The four outcomes have the names reports use."""
    assert [each.value for each in (KEPT, MOVED, FUZZY, LOST)] == ["KEPT", "MOVED", "FUZZY", "LOST"]


@pytest.mark.parametrize("text", ["", "a", TEXT, "ha " * 500, "\n" * 3000, "e\u0301👩🏽‍🌾"])
def test_same_text(text: str) -> None:
    """In an unchanged text every passage is kept, repeated words and empty passages, too."""
    spans = [(0, len(text)), (0, 0), (len(text), len(text)), (0, min(2, len(text)))]
    assert carry(text, text, spans) == [Carried(KEPT, start, end, 1.0) for start, end in spans]


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (B, B.replace("maksimal", "paling lama"), "KEPT"),  # in the words beside
        (A, A.replace("Apakah", "apakah"), "MOVED"),  # far before
        (A, "", "MOVED"),
        (D, D.replace("isi", ""), "KEPT"),
        ("komentar kami", "komenter kami", "KEPT"),
    ],
)
def test_a_correction_elsewhere(old: str, new: str, status: str) -> None:
    """A correction elsewhere, and even in the words directly beside it, leaves a coded sentence certain."""
    words = {"KEPT": "P: Apakah komentar dibalas?", "MOVED": NASKAH}[status]
    after = TEXT.replace(old, new if new != A.replace("Apakah", "apakah") else "P: Nah, apakah komentar dibalas?\n\n")
    assert carried(TEXT, after, words) == (status, words)


def test_a_typo_directly_beside() -> None:
    """A typo mended in the words directly before and behind a coded sentence does not make it fuzzy."""
    after = TEXT.replace("I1: Semua", "I-1: Semua").replace("jam.\n\nP: Siapa", "jam.\n\nP: Sapa")
    assert carried(TEXT, after, ALL) == ("MOVED", ALL)


def test_a_sentence_inserted_behind() -> None:
    """A sentence typed behind a coded one leaves it where it is, although either full stop might be the old one."""
    after = TEXT.replace("empat jam.", "empat jam. Itu aturannya.")
    assert carried(TEXT, after, ALL) == ("KEPT", ALL)


def test_replaced_by_other_length() -> None:
    """Words replaced by longer ones shift what stands behind them, and nothing else."""
    after = TEXT.replace("Siapa", "Kalau begitu, siapa gerangan")
    first, second = carry(TEXT, after, [span(TEXT, ALL), span(TEXT, NASKAH)])
    assert (first.status, second.status) == (KEPT, MOVED)
    assert after[second.start : second.end] == NASKAH


def test_a_typo_within() -> None:
    """A passage whose own words were corrected is shown with its new words, whole words only."""
    after = TEXT.replace("kami balas", "kami membalasnya")
    found = carry(TEXT, after, [span(TEXT, ALL)])[0]
    assert found.status is FUZZY
    assert after[found.start : found.end] == ALL.replace("kami balas", "kami membalasnya")
    assert 0.8 < found.similarity < 1


def test_ends_at_whole_words() -> None:
    """A fuzzy passage ends at whole words where it did before."""
    after = TEXT.replace("menulis naskahnya", "menuliskan naskah-naskahnya")
    assert carried(TEXT, after, "admin menulis") == ("FUZZY", "admin menuliskan")


def test_deleted() -> None:
    """A passage that was deleted is lost, and has no place."""
    found = carry(TEXT, TEXT.replace(B, ""), [span(TEXT, ALL)])
    assert found == [Carried(LOST, None, None, 0.0)]
    assert carry(TEXT, "", [(3, 20), (0, len(TEXT))]) == [Carried(LOST, None, None, 0.0)] * 2


def test_whole_text_replaced() -> None:
    """Nothing of a text that became another one is certain."""
    other = "Laporan semester ini memuat jangkauan, pengikut baru, dan jumlah unggahan tiap bulan.\n" * 3
    assert {each.status for each in carry(TEXT, other, [span(TEXT, ALL), span(TEXT, NASKAH), (5, 6)])} == {LOST}


@pytest.mark.parametrize(
    ("old", "new", "words", "nth"),
    [
        ("x foo bar", "x foo foo bar", "foo", 1),  # which foo is new?
        ("x foo foo bar", "x foo bar", "foo", 1),  # which one was deleted?
        ("x foo foo bar", "x foo bar", "foo", 2),
        (f"{A}ya ha ha ha ya{B}", f"{A}ya ha ha ha ha ya{B}", "ha", 2),
        (TEXT, TEXT.replace(B, B + B), ALL, 1),  # a copy directly behind
        (f"{A}I1: Ya.\n\n{C}I1: Ya.\n\n{D}", f"{A}I1: Ya.\n\n{D}", "Ya", 1),  # one of two turns deleted
    ],
)
def test_cannot_be_told(old: str, new: str, words: str, nth: int) -> None:
    """Where it cannot be told which occurrence is the old one, the place is to be confirmed, never certain."""
    status, found = carried(old, new, words, nth)
    assert status in ("FUZZY", "LOST")
    assert found in (words, None)


def test_deleted_but_the_same_words_elsewhere() -> None:
    """Where the words were deleted and the same ones stand elsewhere, their other place is not certain."""
    old = A + B + C + D + B + E
    assert carried(old, A + C + D + B + E, ALL)[0] in ("FUZZY", "LOST")
    assert carried(old, A + B + C + D + E, ALL, 2)[0] in ("FUZZY", "LOST")


def test_deleted_and_inserted_elsewhere() -> None:
    """A copy of a passage whose original was changed does not take its coding."""
    changed = B.replace("maksimal dua puluh", "paling lama dua")
    after = A + changed + C + D * 30 + E + B
    old = A + B + C + D * 30 + E
    assert carried(old, after, ALL) != ("MOVED", ALL)


def test_swallowed_copy() -> None:
    """A copy directly behind, with the original corrected, does not pass for the original."""
    old = A + B + C + D + E
    after = A + B.replace("Semua komentar", "Semuanya") + B + C + D + E
    assert carried(old, after, "maksimal dua puluh empat jam")[0] == "FUZZY"


def test_a_copy_far_away() -> None:
    """A copy far away takes nothing from a passage that still stands among its own neighbours."""
    between = "".join(
        f"P: Pertanyaan ke-{n} tentang hal {n * 7919}?\n\nI1: Jawaban {n * 104729}.\n\n" for n in range(120)
    )
    old = A + B + C + between + D + E
    assert carried(old, old + B, ALL) == ("KEPT", ALL)


def test_moved_paragraph() -> None:
    """A paragraph cut here and pasted there takes its codings along, long ones and short ones."""
    after = A + C + D + B + E
    assert carried(TEXT, after, ALL) == ("MOVED", ALL)
    assert carried(TEXT, after, "dua puluh") == ("MOVED", "dua puluh")
    assert carried(TEXT, after, NASKAH) == ("MOVED", NASKAH)


def test_two_identical_turns_change_places() -> None:
    """Two identical turns that change places leave the text, and so the codings, as they are."""
    old = A + "I1: Ya.\n\n" + C + "I1: Ya.\n\n" + D
    assert carried(old, old, "Ya.", 2) == ("KEPT", "Ya.")


def test_two_nearly_identical_turns_change_places() -> None:
    """Two turns that differ in one letter and change places are certain nowhere."""
    old = A + "I1: Iya, betul sekali.\n\n" + C + "I1: Iya, betul sekali!\n\n" + D
    new = A + "I1: Iya, betul sekali!\n\n" + C + "I1: Iya, betul sekali.\n\n" + D
    assert carried(old, new, "betul sekali", 1)[0] == "FUZZY"


def test_same_letters_at_the_ends_of_other_words() -> None:
    """Other words that begin and end with the letters of those they replace are not taken for them."""
    status, found = carried(TEXT, TEXT.replace("dua puluh empat", "dua belas sampai empat"), "dua puluh empat")
    assert (status, found) == ("FUZZY", "dua belas sampai empat")


def test_the_ends_of_the_text() -> None:
    """Passages at the start and the end of a text are certain when the text's end is still beside them."""
    after = TEXT.replace("Siapa", "Siapa, Pak,")
    assert carried(TEXT, after, "P:") == ("KEPT", "P:")
    assert carried(TEXT, after, "di jalan.\n") == ("MOVED", "di jalan.\n")
    assert carried(TEXT, "Wawancara 1\n\n" + TEXT, "P: Apakah komentar") == ("MOVED", "P: Apakah komentar")


def test_line_ends() -> None:
    """When all line ends change, words within a line move for certain, and longer passages are shown whole."""
    windows = TEXT.replace("\n", "\r\n")
    for old, new in ((TEXT, windows), (windows, TEXT)):
        assert carried(old, new, ALL) == ("MOVED", ALL)
        words = ALL + ("\r\n\r\n" if old is windows else "\n\n") + "P: Siapa"
        status, found = carried(old, new, words)
        assert (status, found.split()) == ("FUZZY", words.split())


def test_forms_of_letters() -> None:
    """Accents written in another form: other passages are certain, and one with accents is shown whole."""
    old = TEXT.replace("komentar kami", "komentar di kafé kami")
    words = ALL.replace("komentar kami", "komentar di kafé kami")
    new = unicodedata.normalize("NFD", old)
    assert carried(old, new, words) == ("FUZZY", unicodedata.normalize("NFD", words))
    assert carried(old, new, "kafé") == ("FUZZY", "kafe\u0301")
    assert carried(old, new, NASKAH) == ("MOVED", NASKAH)


def test_a_mark_added_to_the_last_letter() -> None:
    """A passage whose last letter became another one by a mark behind it is no longer certain."""
    after = TEXT.replace("naskahnya", "naskahnya\u0301")
    assert carried(TEXT, after, NASKAH) == ("FUZZY", NASKAH + "\u0301")


def test_emoji() -> None:
    """Pictures of several code points, before and within, count as what they are."""
    old = TEXT.replace("balas,", "balas 👩🏽‍🌾,")
    words = ALL.replace("balas,", "balas 👩🏽‍🌾,")
    assert carried(old, "👍🏽🇮🇩 " + old, words) == ("MOVED", words)


def test_several_paragraphs() -> None:
    """A passage over several paragraphs is certain when none of them changed, and fuzzy when one did."""
    words = (B + C + D).strip()
    assert carried(TEXT, "[diam]\n\n" + TEXT, words) == ("MOVED", words)
    after = TEXT.replace("Siapa yang", "Siapakah yang")
    assert carried(TEXT, after, words) == ("FUZZY", words.replace("Siapa yang", "Siapakah yang"))


def test_order_overlaps_and_repeats() -> None:
    """Results stand in the order asked for; passages may overlap, nest and repeat."""
    after = "[diam]\n\n" + TEXT
    spans = [span(TEXT, NASKAH), span(TEXT, ALL), span(TEXT, "admin"), span(TEXT, NASKAH), (0, len(TEXT))]
    assert carry(TEXT, after, spans) == [Carried(MOVED, start + 8, end + 8, 1.0) for start, end in spans]
    assert carry(TEXT, after, []) == []


@pytest.mark.parametrize("wrong", [(-1, 3), (3, 2), (0, len(TEXT) + 1)])
def test_outside(wrong: tuple[int, int]) -> None:
    """A passage outside the old text is an error, even when nothing changed."""
    with pytest.raises(ValueError, match="outside the old text"):
        carry(TEXT, TEXT, [(0, 1), wrong])


@pytest.mark.parametrize(
    ("old", "new"),
    [("a" * 10**6, "a" * (10**6 + 3)), ("\n" * 10**6, "\n" * (10**6 - 1)), ("ab" * 10**5, "ba" * 10**5 + "c")],
)
def test_hostile_texts(old: str, new: str) -> None:
    """In a text of one letter nothing is certain, and saying so takes no longer than for any other."""
    spans = [(n * 97, n * 97 + 1 + n) for n in range(1000)]
    assert not {each.status for each in carry(old, new, spans)} & {KEPT, MOVED}


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.data())
def test_certain_is_the_same_words(head: str, middle: str, other: str, tail: str, data: st.DataObject) -> None:
    """Whatever the texts: certain results have the very words, kept ones their offsets; places lie in the text."""
    old, new = head + middle + tail, head + other + tail
    edges = st.integers(0, len(old))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(edges, edges), max_size=8))]
    results = carry(old, new, spans)
    assert len(results) == len(spans)
    for (start, end), found in zip(spans, results, strict=True):
        if found.status is LOST:
            assert (found.start, found.end, found.similarity) == (None, None, 0)
            continue
        assert 0 <= found.start <= found.end <= len(new)
        assert 0 < found.similarity <= 1
        if found.status in (KEPT, MOVED):
            assert new[found.start : found.end] == old[start:end]
            assert found.similarity == 1
            assert (found.status is KEPT) == (found.start == start)


@given(TEXTS, st.data())
def test_one_answer_for_each(old: str, data: st.DataObject) -> None:
    """A passage's result does not depend on which other ones are asked for, nor on their order."""
    new = data.draw(TEXTS)
    edges = st.integers(0, len(old))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(edges, edges), max_size=6))]
    together = carry(old, new, spans)
    assert together == [carry(old, new, [each])[0] for each in spans]
    assert carry(old, new, spans[::-1]) == together[::-1]


@given(st.integers(0, 10**12))
@settings(max_examples=300, derandomize=True)
def test_no_silent_error(seed: int) -> None:
    """In random edit scripts on real text, no certain result stands where the letters did not go."""
    old, new, spans = one(seed)
    oracle = Oracle(old, new)
    for each, found in zip(spans, carry(old, new.text, spans), strict=True):
        assert not oracle.verdict(*each, found).startswith("error"), (seed, each, found)


def test_corrections_leave_long_codings_certain() -> None:
    """A sentence typed anywhere in a text leaves nearly all long codings certain."""
    counted = {KEPT: 0, MOVED: 0, FUZZY: 0, LOST: 0}
    for seed in range(150):
        chance = random.Random(seed)
        old = excerpt(chance)
        new = Tracked(old)
        at = chance.randint(0, len(old))
        new.replace(at, at, " Itu menurut saya pribadi, lho. ")
        oracle = Oracle(old, new)
        survived = [each for each in codings(old, chance) if each[1] - each[0] >= 40 and oracle.survived(*each)]
        for found in carry(old, new.text, survived):
            counted[found.status] += 1
    assert counted[LOST] == 0
    assert counted[FUZZY] < 0.025 * sum(counted.values())


def test_the_oracle_finds_errors() -> None:
    """The oracle itself: it calls the first-found place of repeated words, and shifted words, errors."""
    old = A + "I1: Ya.\n\n" + C + "I1: Ya.\n\n" + D
    new = Tracked(old)
    new.replace(0, 0, "Ya. ")
    start, end = span(old, "Ya.", 2)
    oracle = Oracle(old, new)
    assert oracle.verdict(start, end, Carried(MOVED, start + 4, end + 4, 1.0)) == "right"
    assert oracle.verdict(start, end, Carried(MOVED, 0, 3, 1.0)) == "error: other letters"
    assert oracle.verdict(start, end, Carried(KEPT, start, end, 1.0)) == "error: other words"
    new.replace(start + 4, end + 4, "")
    assert Oracle(old, new).verdict(start, end, Carried(MOVED, 0, 3, 1.0)) == "error: deleted"


def test_the_oracle_follows_letters() -> None:
    """The oracle itself: moved letters stay themselves, copies are new, and the same text again is no edit."""
    new = Tracked("abcdef")
    new.move(0, 2, 4)
    assert (new.text, new.origins) == ("cdabef", [2, 3, 0, 1, 4, 5])
    new.copy(2, 4, 0)
    assert (new.text, new.copies) == ("abcdabef", [1, 1, 0, 0, 0, 0, 0, 0])
    new.replace(0, 2, "ab")
    assert new.origins[:2] == [0, 1]
    assert Oracle("abcdef", new).where == [4, 5, 2, 3, 6, 7]


def test_edit_scripts_repeat() -> None:
    """A script of the benchmark is the same each time, so that an error it prints can be looked at."""
    assert one(7) == one(7)
    assert edited(TEXT, random.Random(1)) == edited(TEXT, random.Random(1))
