"""Transcripts: who says what, where; and what only looks like a speaker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.text.transcript import Role, Turn, turns, unlisted_labels

LEGEND = {"P": "pewawancara", "I1": "I1", "Ajudan": "lainnya"}


def read(text: str, legend: dict[str, str] | None = None, informant: str | None = None) -> list[Turn]:
    return list(turns(text, legend or {}, informant))


def spoken(text: str, legend: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Speaker and words of every turn."""
    return [(turn.speaker, text[turn.start : turn.end]) for turn in read(text, legend)]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("P", Role.INTERVIEWER),
        ("Q", Role.INTERVIEWER),
        ("Peneliti", Role.INTERVIEWER),
        ("PEWAWANCARA", Role.INTERVIEWER),
        ("peneliti", Role.INTERVIEWER),
        ("N", Role.INFORMANT),
        ("A", Role.INFORMANT),
        ("I1", Role.INFORMANT),
        ("I-1", Role.INFORMANT),
        ("N12", Role.INFORMANT),
        ("P3", Role.INFORMANT),
        ("IK 2", Role.INFORMANT),
        ("Narasumber", Role.INFORMANT),
        ("Narasumber 2", Role.INFORMANT),
        ("Informan 3", Role.INFORMANT),
        ("responden", Role.INFORMANT),
        ("Bapak Andi", Role.INFORMANT),
        ("Ibu Sri Rahayu", Role.INFORMANT),
        ("Pak Budi", Role.INFORMANT),
        ("Mbak Rina", Role.INFORMANT),
        ("Dr. Wahyu Hidayat", Role.INFORMANT),
        ("Bapak Dr. H. Ahmad", Role.INFORMANT),
        ("Hj. Siti", Role.INFORMANT),
        ("Drs. Andi Wijaya, M.Si.", Role.INFORMANT),
        ("Ibu Rina, S.Sos., M.I.Kom", Role.INFORMANT),
        ("Bapak I Made Wirawan", Role.INFORMANT),
    ],
)
def test_the_labels_of_the_field(label: str, role: Role) -> None:
    """Without a legend, the labels researchers use and names with titles open a turn, in their role."""
    (turn,) = read(f"{label}: Selamat pagi.")
    assert (turn.speaker, turn.role) == (label, role)
    assert turn.informant is None or role is Role.INFORMANT


@pytest.mark.parametrize(
    "line",
    [
        "a: butir pertama",
        "p: butir keenam belas",
        "- P: butir daftar",
        "1. Peneliti: butir bernomor",
        "https://contoh.id/P:1",
        "http://contoh.id",
        "P://contoh.id",
        "Lihat https://contoh.id",
        "Pukul 08:30 rapat dimulai",
        "08:30 rapat dimulai",
        "Catatan: ini bukan pembicara",
        "Kata beliau: kami siap",
        "Pak: belum bernama",
        "pak budi: huruf kecil",
        "Pak Budi, Jakarta: keterangan tempat",
        "[P]: dalam kurung",
        "[00:12:31]",
        "Rasio 3:1",
        ": tanpa label",
        "P - tanpa titik dua",
        "Bapak Kepala Dinas Komunikasi dan Informatika Kota Samudra yang menjabat: terlalu panjang",
    ],
)
def test_what_only_looks_like_a_speaker(line: str) -> None:
    """List items, addresses of the web, times and ordinary colons open no turn; they belong to who is speaking."""
    text = f"I1: Pertama.\n{line}\n\nP: Lalu?"
    assert spoken(text) == [("I1", f"Pertama.\n{line}"), ("P", "Lalu?")]


def test_a_colon_inside_a_line_opens_no_turn() -> None:
    """Only the beginning of a line makes a label."""
    assert spoken("I1: Saya bilang P: jangan, lalu I2: jangan.") == [("I1", "Saya bilang P: jangan, lalu I2: jangan.")]


def test_the_legend_decides() -> None:
    """With a legend, its labels open turns, whatever they look like, and no other does."""
    text = "Kadis: Ya.\nP: Bukan pembicara.\nA (I1): Tentu.\nIbu Sri: juga bukan."
    legend = {"Kadis": "KADIS", "A (I1)": "I1"}
    assert spoken(text, legend) == [("Kadis", "Ya.\nP: Bukan pembicara."), ("A (I1)", "Tentu.\nIbu Sri: juga bukan.")]


def test_the_legend_says_who_speaks() -> None:
    """The legend's meanings: the interviewer, somebody outside the design, an informant's id."""
    found = read("P: a\nI1: b\nAjudan: c\nP: d", LEGEND)
    assert [(turn.number, turn.role, turn.informant) for turn in found] == [
        (1, Role.INTERVIEWER, None),
        (2, Role.INFORMANT, "I1"),
        (3, Role.OTHER, None),
        (4, Role.INTERVIEWER, None),
    ]


def test_the_legend_turns_a_usual_label_round() -> None:
    """A label that usually is the interviewer's is an informant's when the legend says so."""
    (turn,) = read("P: a", {"P": "I7"})
    assert (turn.role, turn.informant) == (Role.INFORMANT, "I7")


@pytest.mark.parametrize(
    ("label", "informant", "who"),
    [
        ("I1", None, "I1"),
        ("Narasumber", "KADIS", "KADIS"),
        ("Narasumber", None, None),
        ("Pak Budi", "KADIS", "KADIS"),
        ("Pak Budi", None, None),
        ("Peneliti", "KADIS", None),
    ],
)
def test_whose_words_they_are_without_a_legend(label: str, informant: str | None, who: str | None) -> None:
    """The document's informant speaks under any informant's label; without one, only a numbered label tells who."""
    (turn,) = read(f"{label}: a", informant=informant)
    assert turn.informant == who


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("I1: [00:12:31] Ya.", "00:12:31"),
        ("[00:12:31] I1: Ya.", "00:12:31"),
        ("  [00:12:31]\tI1:\tYa.", "00:12:31"),
        ("I1:[00:12:31]Ya.", "00:12:31"),
        ("I1: (12:31) Ya.", "12:31"),
        ("(1:02) I1: Ya.", "1:02"),
        ("I1: [00:12:31.250] Ya.", "00:12:31.250"),
        ("I1: [00:12:31,250] Ya.", "00:12:31,250"),
        ("I1 : Ya.", None),
        ("\tI1:Ya.  ", None),
        ("I1\u00a0:\u00a0Ya.", None),
        ("I1:\nYa.", None),
        ("I1:\n\n  Ya.\n\n", None),
    ],
)
def test_time_stamps_and_blanks_are_no_words(line: str, time: str | None) -> None:
    """A time stamp before the label or after the colon is read, and neither it nor blanks belong to the words."""
    (turn,) = read(line)
    assert (turn.speaker, turn.time, line[turn.start : turn.end]) == ("I1", time, "Ya.")


@pytest.mark.parametrize("stamp", ["[tidak jelas]", "[00.12.31]", "[tertawa]", "(pukul 9)", "[12]"])
def test_other_brackets_are_words(stamp: str) -> None:
    """What stands in brackets without being a time is part of what was said."""
    assert spoken(f"I1: {stamp} Ya.") == [("I1", f"{stamp} Ya.")]


def test_a_turn_of_many_lines() -> None:
    """A turn lasts until another speaker begins, over line breaks, blank lines and other times of the day."""
    text = "I1: Satu,\ndua.\n\nTiga; pukul 08:30.\n\n\nP: Lalu?\n"
    assert spoken(text) == [("I1", "Satu,\ndua.\n\nTiga; pukul 08:30."), ("P", "Lalu?")]


def test_the_same_speaker_twice_is_two_turns() -> None:
    """Each label begins a turn of its own, also of whoever spoke before."""
    assert [turn.number for turn in read("I1: a\nI1: b")] == [1, 2]


def test_a_label_without_words_is_an_empty_turn() -> None:
    """Silence is a turn without words, and takes none from the next speaker."""
    assert spoken("P:\n\nI1: Ya.\nP: ") == [("P", ""), ("I1", "Ya."), ("P", "")]


def test_words_before_the_first_speaker_belong_to_nobody() -> None:
    """A heading above the first label is in no turn."""
    text = "Wawancara di kantor\n\nI1: Ya."
    assert spoken(text) == [("I1", "Ya.")]


@pytest.mark.parametrize("text", ["", "\n\n", "Hanya cerita tanpa pembicara.", "Catatan: satu\nhttps://contoh.id"])
@pytest.mark.parametrize("legend", [{}, LEGEND])
def test_a_text_without_speakers_has_no_turns(text: str, legend: dict[str, str]) -> None:
    """Where nobody is named as speaking, there are no turns and there is no error."""
    assert read(text, legend) == []


@pytest.mark.parametrize("slip", ["p", "i1", "I2", "Peneliti", "narasumber", "AJUDAN", "Informan 4"])
def test_likely_slips_are_found(slip: str) -> None:
    """A label that looks like a speaker but is not in the legend is named with its place, so that nobody's words
    pass for another's."""
    text = f"P: a\n  [00:01] {slip}: b\nI1: c"
    assert list(unlisted_labels(text, LEGEND)) == [(slip, text.index(f"{slip}: b"))]


@pytest.mark.parametrize("line", ["Catatan: x", "https://x", "a: x", "Pukul 08:30", "- i1 dan P: x"])
def test_ordinary_colons_are_no_slips(line: str) -> None:
    """What does not look like a speaker raises no doubt."""
    assert list(unlisted_labels(f"P: a\n{line}\nI1: c", LEGEND)) == []


def test_without_a_legend_nothing_is_missing_from_it() -> None:
    """Labels can only be missing from a legend that is there."""
    assert list(unlisted_labels("P: a\nI1: b\nI2: c", {})) == []


PIECES = st.one_of(
    st.sampled_from(["👩🏽‍🌾", "e\u0301", "\u0301", "🇮🇩", "“", " ", "\n", "\t", "\u00a0", "[00.12]", "kata"]),
    st.text(st.characters(exclude_characters=":\r", exclude_categories=["Cs"]), max_size=5),
)
WORDS = st.lists(PIECES, max_size=8).map(lambda pieces: "".join(pieces).strip())
STAMPS = st.sampled_from(["", "[00:12:31] ", "(12:31)"])
GAPS = st.sampled_from(["\n", "\n\n", " \n\t\n"])


@given(st.lists(st.tuples(st.sampled_from(sorted(LEGEND)), STAMPS, STAMPS, WORDS, GAPS)))
def test_every_turn_has_exactly_its_words(parts: list[tuple[str, str, str, str, str]]) -> None:
    """Text of any characters, joined from turns, is taken apart into the same turns at the right places."""
    text = "".join(f"{before}{label}: {after}{words}{gap}" for label, before, after, words, gap in parts)
    found = read(text, LEGEND)
    assert [(turn.speaker, text[turn.start : turn.end]) for turn in found] == [(part[0], part[3]) for part in parts]
    assert [turn.time for turn in found] == [(part[1] or part[2]).strip("[]() ") or None for part in parts]


@given(st.text(alphabet="PI1: \n\t\r[]()0-ab/👍\u0301"), st.sampled_from([{}, LEGEND]))
def test_turns_stand_one_after_another(text: str, legend: dict[str, str]) -> None:
    """In any text, turns are numbered from 1, do not overlap, and begin and end at words."""
    end = 0
    for number, turn in enumerate(read(text, legend), start=1):
        words = text[turn.start : turn.end]
        assert turn.number == number
        assert end <= turn.start <= turn.end <= len(text)
        assert words == words.strip()
        end = turn.end


def test_a_time_may_stand_between_label_and_colon() -> None:
    """A time stamp between the label and its colon is read as the turn's time."""
    (turn,) = turns("I1 [00:01:05]: Semua.", {}, "I1")
    assert (turn.speaker, turn.time, turn.informant) == ("I1", "00:01:05", "I1")


def test_two_informants_without_a_legend_keep_their_words() -> None:
    """Without a legend, I2's words are never given to the document's informant I1."""
    read = list(turns("P: Ya?\nI1: Satu.\nI2: Dua.\nNarasumber: Tiga.", {}, "I1"))
    assert [turn.informant for turn in read] == [None, "I1", "I2", None]
