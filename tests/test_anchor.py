"""A quotation is found in its text, found again after the text changed, or honestly lost."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qualcode.coding.anchor import CONTEXT, Anchor, anchor, find, settle
from qualcode.errors import CodingError
from qualcode.text.document import Document

WORDS = "ab \n“"


def document(text: str) -> Document:
    return Document(id="w-i1", text=text, file="corpus/kasus/w-i1.md", first_line=12)


@st.composite
def quoted(draw: st.DrawFn, alphabet: str = WORDS) -> tuple[str, int, int]:
    """A text and the place of a quotation in it."""
    text = draw(st.text(alphabet, min_size=1, max_size=40))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def test_found_once() -> None:
    """A quotation that stands once is found at its code points, whatever stands before it."""
    segment = find(document("😀 Ya.\nSemua komentar dibalas."), "Semua komentar")
    assert (segment.start, segment.end, segment.text, segment.line) == (6, 20, "Semua komentar", 2)


def test_found_twice() -> None:
    """A quotation that stands twice is refused, naming the lines."""
    with pytest.raises(CodingError) as refused:
        find(document("Ya, dibalas.\nTidak.\nYa, dibalas."), "Ya, dibalas.")
    assert refused.value.problem.place == "corpus/kasus/w-i1.md"
    assert "2 kali, pada baris 1, 3" in refused.value.problem.what


def test_found_nowhere() -> None:
    """A quotation that stands nowhere is refused, showing what was asked for and the nearest passage."""
    text = "Pagi, Mbak.\n\nSemua komentar kami balas setiap hari.\n"
    with pytest.raises(CodingError) as refused:
        find(document(text), "semua komentar kami jawab setiap hari")
    assert "“semua komentar kami jawab setiap hari” tidak ada" in refused.value.problem.what
    assert "komentar kami balas" in refused.value.problem.mend


@pytest.mark.parametrize("text", ["", "Selamat pagi."])
def test_nothing_near(text: str) -> None:
    """Where nothing is like the quotation no passage is offered."""
    with pytest.raises(CodingError) as refused:
        find(document(text), "zzzz qqqq")
    assert refused.value.problem.mend.endswith(": –")


def test_overlapping_occurrences() -> None:
    """Occurrences that overlap are counted, so that neither is chosen silently."""
    with pytest.raises(CodingError, match=r"2 kali, pada baris 1, 1\."):
        find(document("ya ya ya"), "ya ya")


@pytest.mark.parametrize(
    "typed", ["semua komentar dibalas", "  semua\tkomentar \n dibalas\n", "semua\u00a0komentar dibalas"]
)
@pytest.mark.parametrize(
    "stored", ["semua komentar dibalas", "semua\nkomentar  dibalas", "semua\u00a0komentar\tdibalas"]
)
def test_white_space_does_not_matter(stored: str, typed: str) -> None:
    """Runs of white space match each other, and the segment shows the text as it is stored."""
    assert find(document(f"Ya, {stored}."), typed).text == stored


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("“Ya,” katanya", '"Ya," katanya'),
        ('"Ya," katanya', "“Ya,” katanya"),
        ("«Ya,» katanya", "„Ya,“ katanya"),
        ("Jum'at", "Jum’at"),
        ("Jum‘at", "Jum`at"),
        ("2019–2022", "2019-2022"),
        ("ke‑2", "ke—2"),
    ],
)
def test_shape_of_marks_does_not_matter(stored: str, typed: str) -> None:
    """Quotation marks and dashes match in every shape a word processor gives them."""
    assert find(document(f"Begini: {stored}, begitu."), typed).text == stored


@pytest.mark.parametrize("typed", ["semua komentar", "Semua komentar!", "Semua komèntar", "Semuakomentar", "Semua.*"])
def test_every_other_character_matters(typed: str) -> None:
    """Capitals, marks, accents and word boundaries count, and a pattern is no pattern."""
    with pytest.raises(CodingError):
        find(document("Semua komentar."), typed)


def test_signs_are_taken_literally() -> None:
    """Signs that mean something to a search pattern are plain characters of a quotation."""
    assert find(document("Biaya [a+b]* (Rp 85 juta)?"), "[a+b]* (Rp 85 juta)?").start == 6


@pytest.mark.parametrize("typed", ["", " \n\t"])
def test_empty_quotation(typed: str) -> None:
    """An empty quotation is refused."""
    with pytest.raises(CodingError, match="kosong"):
        find(document("Ya."), typed)


def test_line_chooses() -> None:
    """The line tells apart a quotation that stands more than once."""
    assert find(document("Ya.\nTidak.\nYa."), "Ya.", line=3).start == 11


def test_line_without_the_quotation() -> None:
    """A line on which the quotation does not begin is refused, naming the lines on which it does."""
    with pytest.raises(CodingError, match="tidak ada pada baris 2, tetapi pada baris 1, 3"):
        find(document("Ya.\nTidak.\nYa."), "Ya.", line=2)


def test_line_with_the_quotation_twice() -> None:
    """A line that holds the quotation twice does not choose, and only that line is named."""
    with pytest.raises(CodingError, match=r"2 kali, pada baris 1, 1\."):
        find(document("Ya. Ya.\nYa."), "Ya.", line=1)


@given(quoted())
def test_what_was_copied_is_found(place: tuple[str, int, int]) -> None:
    """Words copied from a text are found in it, or refused because they stand there more than once."""
    text, start, end = place
    copied = text[start:end]
    assume(copied.strip())
    try:
        assert find(document(text), copied).text.split() == copied.split()
    except CodingError as error:
        assert " kali, " in error.problem.what


def test_context_is_kept() -> None:
    """An anchor keeps the quotation and up to 32 code points on either side."""
    text = "x" * 50 + "Ya" + "😀" * 50
    assert CONTEXT == 32
    assert anchor(document(text).segment(50, 52)) == Anchor(50, 52, "Ya", "x" * 32, "😀" * 32)
    assert anchor(document("(Ya)").segment(1, 3)) == Anchor(1, 3, "Ya", "(", ")")


@given(quoted())
def test_unchanged_text(place: tuple[str, int, int]) -> None:
    """In an unchanged text an anchor settles where it was."""
    text, start, end = place
    segment = document(text).segment(start, end)
    assert settle(document(text), anchor(segment)) == segment


@given(quoted(), st.data())
def test_changed_text(place: tuple[str, int, int], data: st.DataObject) -> None:
    """After any edit a settled segment shows exactly the quoted words; else the anchor is lost."""
    text, start, end = place
    before = anchor(document(text).segment(start, end))
    cut = data.draw(st.integers(0, len(text)), "cut from")
    rest = data.draw(st.integers(cut, len(text)), "cut to")
    edited = text[:cut] + data.draw(st.text(WORDS, max_size=10), "written") + text[rest:]
    segment = settle(document(edited), before)
    assert segment is None or segment.text == text[start:end]


@given(quoted(), st.text(WORDS, max_size=50))
def test_other_text(place: tuple[str, int, int], other: str) -> None:
    """Even in another text nothing but the quoted words is ever shown."""
    text, start, end = place
    segment = settle(document(other), anchor(document(text).segment(start, end)))
    assert segment is None or segment.text == text[start:end]


def test_words_written_before() -> None:
    """Words written before a quotation move it, and it is found at its new place."""
    before = anchor(document("Semua dibalas.").segment(6, 13))
    moved = settle(document("Ya, benar. Semua dibalas."), before)
    assert moved is not None
    assert (moved.start, moved.text) == (17, "dibalas")


def test_repeated_words_are_told_apart_by_their_neighbours() -> None:
    """A quotation that stands several times is found by the words around it."""
    text = "P: Cepat? I1: Ya. P: Terbuka? I1: Ya. P: Murah? I1: Ya."
    before = anchor(document(text).segment(34, 37))
    moved = settle(document("Pagi. " + text), before)
    assert moved is not None
    assert moved.start == 40


def test_neighbours_count_more_than_the_old_place() -> None:
    """Where the same words moved into the old place, the quotation is found among its own neighbours."""
    block = "{name}: Apakah komentar di akun ini dibalas? Ya.\n"
    names = ["I1", "I2", "I3"]
    text = "".join(block.format(name=name) for name in names)
    start = text.index("Ya.", text.index("I2"))
    before = anchor(document(text).segment(start, start + 3))
    without_first = text.removeprefix(block.format(name="I1"))
    assert without_first[start : start + 3] == "Ya."
    moved = settle(document(without_first), before)
    assert moved is not None
    assert without_first[: moved.start].count("Ya.") == 0


def test_a_slip_mended_beside_a_quotation() -> None:
    """Words that stand where they stood stay there, though a slip beside them was mended."""
    before = anchor(document("Ya. Trus dibals. Ya.").segment(0, 3))
    kept = settle(document("Ya. Trus dibalas. Ya."), before)
    assert kept is not None
    assert kept.start == 0


@pytest.mark.parametrize("edited", ["", "Tidak.", "ya, dibalas", "Ya,  dibalas", "Ya, dibala"])
def test_lost_words(edited: str) -> None:
    """Words that no longer stand in the text, to the letter, are lost."""
    assert settle(document(edited), Anchor(0, 11, "Ya, dibalas", "", ".")) is None


@pytest.mark.parametrize("edited", ["(Ya) atau (Ya)", "baik, ya ya ya"])
def test_in_doubt_lost(edited: str) -> None:
    """Words that stand more than once with nothing to tell them apart, overlapping or not, are lost."""
    quote = "Ya" if "Ya" in edited else "ya ya"
    assert settle(document(edited), Anchor(50, 52, quote, "x", "y")) is None


@pytest.mark.parametrize(
    "wanted",
    [
        Anchor(0, 2, "", "", ""),
        Anchor(10**30, 10**30 + 2, "Ya", "", ""),
        Anchor(5, 1, "Ya", "", ""),
        Anchor(0, 10**9, "Ya", "x" * 100, "y" * 100),
    ],
)
def test_nonsense_offsets(wanted: Anchor) -> None:
    """Offsets that make no sense are only a hint: the words are found, or the anchor is lost."""
    segment = settle(document("Ya."), wanted)
    assert (segment.text if segment else "") == wanted.quote
