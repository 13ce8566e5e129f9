"""Documents and segments: the text is never altered, and every place in it is the right one."""

import re
from dataclasses import FrozenInstanceError
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.text.document import Document, Kind, Segment, Technique
from qualcode.wording import use_language

NOTES = """Pembuka.

## Deskripsi

Layar menampilkan kalender.
Dua butir ditunda.

- butir satu
- butir dua
  lanjutan
1. nomor satu
2) nomor dua

## Refleksi

Saya merasa rapat itu singkat.

### Perasaan

Lega.

## Lampiran

Daftar hadir.
"""

PIECES = ["👩🏽‍🌾", "e\u0301", "\u0301", "🇮🇩", "ꦱ", "“", " ", "\n", "\n\n", "\t", "\u00a0", "\u2028", "\r"]
MARKS = ["P: ", "I1: ", "[00:01] ", "## ", "## Refleksi\n", "# x\n", "- ", "1. ", "kata", ":"]
TEXTS = st.lists(st.sampled_from(PIECES + MARKS) | st.text(max_size=4), max_size=20).map("".join)


def document(text: str, kind: Kind = Kind.RECORD, **known: object) -> Document:
    return Document(id="d", text=text, kind=kind, **known)


def paragraphs(text: str) -> list[tuple[str, str]]:
    """Section and words of every paragraph."""
    found = document(text)
    return [(each.section, text[each.start : each.end]) for each in found.paragraphs]


def cut(found: Document, words: str) -> Segment:
    """The segment of the first place of some words."""
    start = found.text.index(words)
    return found.segment(start, start + len(words))


@given(TEXTS, st.sampled_from(list(Kind)))
def test_every_unit_is_where_it_says(text: str, kind: Kind) -> None:
    """In any text of any kind, units stand in order without overlap, and begin and end at words."""
    found = document(text, kind)
    end = 0
    for number, unit in enumerate(found.units, start=1):
        words = text[unit.start : unit.end]
        assert unit.number == number
        assert end <= unit.start <= unit.end <= len(text)
        assert words == words.strip()
        end = unit.end


@given(TEXTS, st.sampled_from([Kind.RECORD, Kind.FIELD_NOTES, Kind.READING_NOTES]))
def test_no_words_are_lost_between_paragraphs(text: str, kind: Kind) -> None:
    """What stands in no paragraph is white space or a heading."""
    rest, end = [], 0
    for paragraph in document(text, kind).paragraphs:
        rest.append(text[end : paragraph.start])
        end = paragraph.end
    for line in "".join([*rest, text[end:]]).split("\n"):
        assert not line.strip() or re.match(r"\s*#{1,6} ", line)


@given(TEXTS, st.data())
def test_every_segment_is_its_words(text: str, data: st.DataObject) -> None:
    """A segment's words are the text between its offsets, and its address names the lines they stand on."""
    found = document(text + "x")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start + 1, len(text) + 1))
    segment = found.segment(start, end)
    assert segment.text == str(segment) == found.text[start:end]
    first = found.text[:start].count("\n") + 1
    last = found.text[: end - 1].count("\n") + 1
    assert segment.line == first
    assert segment.address == (f"d:{first}" if first == last else f"d:{first}-{last}")
    assert "\n" not in repr(segment)


@given(TEXTS, st.integers(1, 30))
def test_a_place_is_the_line_an_editor_shows(text: str, first_line: int) -> None:
    """The place of an offset counts the lines of the file, of which the text is the lower part."""
    found = document(text, file="corpus/a/d.md", first_line=first_line)
    lines = text.split("\n")
    offset = 0
    for number, line in enumerate(lines):
        for at in range(offset, offset + len(line) + 1):
            assert found.place(at) == f"corpus/a/d.md:{first_line + number}"
        offset += len(line) + 1


def test_a_place_without_a_file_names_the_document() -> None:
    """A document that came from no file is named by its id."""
    assert document("a\nb").place(2) == "d:2"


def test_paragraphs_by_example() -> None:
    """Blank lines part paragraphs; a list item is a paragraph of its own; a heading names what follows it."""
    assert paragraphs(NOTES) == [
        ("", "Pembuka."),
        ("Deskripsi", "Layar menampilkan kalender.\nDua butir ditunda."),
        ("Deskripsi", "- butir satu"),
        ("Deskripsi", "- butir dua\n  lanjutan"),
        ("Deskripsi", "1. nomor satu"),
        ("Deskripsi", "2) nomor dua"),
        ("Refleksi", "Saya merasa rapat itu singkat."),
        ("Perasaan", "Lega."),
        ("Lampiran", "Daftar hadir."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\n\u00a0\n", []),
        ("## Judul", []),
        ("## Judul\nTeks.", [("Judul", "Teks.")]),
        ("Teks.\n## Judul\nLagi.", [("", "Teks."), ("Judul", "Lagi.")]),
        ("Teks.\n  ## Judul\nLagi.", [("", "Teks."), ("Judul", "Lagi.")]),
        ("  ## Judul  \n\n  Teks.  \n  ", [("Judul", "Teks.")]),
        ("#tagar bukan judul", [("", "#tagar bukan judul")]),
        ("####### tujuh bukan judul", [("", "####### tujuh bukan judul")]),
        ("Satu\n \t\nDua", [("", "Satu"), ("", "Dua")]),
        ("Satu\ndua\n\n\n\nTiga", [("", "Satu\ndua"), ("", "Tiga")]),
        ("Pengantar:\n* satu\n* dua", [("", "Pengantar:"), ("", "* satu"), ("", "* dua")]),
        ("-tanpa spasi\n5-6 orang", [("", "-tanpa spasi\n5-6 orang")]),
    ],
)
def test_paragraphs_at_the_edges(text: str, expected: list[tuple[str, str]]) -> None:
    """Missing blank lines, indentation, trailing blanks and marks that are none are read as a person reads them."""
    assert paragraphs(text) == expected


@pytest.mark.parametrize(
    ("words", "reflection"),
    [
        ("Pembuka.", False),
        ("Dua butir ditunda.", False),
        ("Saya merasa", True),
        ("Lega.", True),
        ("Daftar hadir.", False),
        ("2) nomor dua\n\n## Refleksi\n\nSaya", True),
        ("singkat.\n\n### Perasaan\n\nLega.\n\n## Lampiran\n\nDaftar", True),
    ],
)
def test_reflection_is_never_evidence(words: str, reflection: bool) -> None:
    """Whatever touches the part under Refleksi, its own headings included, is reflection; what stands elsewhere
    is not."""
    found = document(NOTES, Kind.FIELD_NOTES)
    segment = cut(found, words)
    assert found.is_reflection(segment.start, segment.end) is reflection


@pytest.mark.parametrize(
    "heading", ["## Refleksi\n\n", "## Refleksi\n", "# REFLEKSI\n", "##   refleksi peneliti\n", " ## Refleksi \n"]
)
def test_the_heading_of_reflection_in_any_dress(heading: str) -> None:
    """A missing blank line, capitals, blanks or further words do not turn reflection into evidence."""
    found = document(f"## Deskripsi\nLayar.\n{heading}Saya merasa.", Kind.FIELD_NOTES)
    for words, reflection in (("Layar.", False), ("Saya merasa.", True)):
        segment = cut(found, words)
        assert found.is_reflection(segment.start, segment.end) is reflection


def test_the_units_of_each_kind() -> None:
    """Turns are the units of a transcript, paragraphs of everything else, and of a transcript without speakers."""
    text = "P: Satu?\n\nI1: Dua."
    assert [unit.speaker for unit in document(text, Kind.TRANSCRIPT).units] == ["P", "I1"]
    for kind in set(Kind) - {Kind.TRANSCRIPT}:
        assert document(text, kind).turns == ()
        assert len(document(text, kind).units) == 2
    assert document("Tanpa pembicara.", Kind.TRANSCRIPT).units == document("Tanpa pembicara.").paragraphs


TALK = Document(
    id="w-i1",
    text="Wawancara\n\nP: Semua dibalas?\n\nI1: [00:01] Semua.\nSelalu.\n\nP:\n\nAjudan: Nanti.",
    kind=Kind.TRANSCRIPT,
    informant="I1",
    legend={"P": "pewawancara", "I1": "I1", "Ajudan": "lainnya"},
)


@pytest.mark.parametrize(
    ("words", "speaker", "informant"),
    [
        ("Wawancara", None, None),
        ("Semua dibalas?", "P", None),
        ("Semua.", "I1", "I1"),
        ("Selalu.", "I1", "I1"),
        ("I1: [00:01] Semua.", "I1", "I1"),
        ("[00:01] Sem", "I1", "I1"),
        ("\n\nI1: [00:01] Semua.", "I1", "I1"),
        ("dibalas?\n\nI1: [00:01] Semua.", "P", None),
        ("I1:", None, None),
        ("P:\n\nAjudan: Nanti.", "Ajudan", None),
        ("Nanti.", "Ajudan", None),
    ],
)
def test_whose_words_a_segment_holds(words: str, speaker: str | None, informant: str | None) -> None:
    """A segment belongs to the first speaker some of whose words it holds, whether or not the label was copied, too."""
    segment = cut(TALK, words)
    assert (segment.turn.speaker if segment.turn else None) == speaker
    assert segment.informant == informant


def test_outside_transcripts_the_informant_is_the_document_s() -> None:
    """Where there are no turns, a segment's words are those of the document's informant, if it names one."""
    assert document("Halo", informant="I1").segment(0, 4).informant == "I1"
    assert document("Halo").segment(0, 4).informant is None
    assert document("Halo").segment(0, 4).turn is None


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 5), (4, 5), (-3, -1)])
def test_a_segment_stays_inside_its_text(start: int, end: int) -> None:
    """An empty range, or one that leaves the text, is no segment."""
    with pytest.raises(ValueError, match="outside d"):
        document("Halo").segment(start, end)


def test_overlap_needs_a_shared_character_of_one_document() -> None:
    """Neighbours do not overlap, and neither do the same offsets of two documents or two cases."""
    one, other = document("Halo dunia"), Document(id="e", text="Halo dunia")
    assert one.segment(0, 5).overlaps(one.segment(4, 6))
    assert one.segment(4, 6).overlaps(one.segment(0, 5))
    assert not one.segment(0, 5).overlaps(one.segment(5, 6))
    assert not one.segment(5, 6).overlaps(one.segment(0, 5))
    assert not one.segment(0, 5).overlaps(other.segment(0, 5))
    assert not one.segment(0, 5).overlaps(document("Halo dunia", case="bandung").segment(0, 5))


def test_characters_of_several_code_points_keep_later_places_right() -> None:
    """Emoji and combining marks before a passage do not shift it."""
    text = "P: 👩🏽‍🌾 e\u0301 🇮🇩\n\nI1: Semua dibalas."
    (_, answer) = document(text, Kind.TRANSCRIPT).turns
    assert text[answer.start : answer.end] == "Semua dibalas."
    assert cut(document(text), "dibalas").address == "d:3"


def test_the_text_cannot_be_changed() -> None:
    """A document is frozen, and its hash is that of its text in UTF-8."""
    found = document("é")
    with pytest.raises(FrozenInstanceError):
        found.text = "e"  # type: ignore[misc]
    assert found.sha256 == sha256("é".encode()).hexdigest()


def test_a_document_without_a_date_says_so() -> None:
    """A date is shown in ISO form; its absence in the field's words."""
    assert document("a", date=date(2025, 3, 11)).dated == "2025-03-11"
    assert document("a").dated == "tanpa tanggal"


def test_reading_a_document_as_a_table() -> None:
    """The table shows line, speaker with time, or section, and the words; a part of it says that it is a part."""
    table = TALK.to_table()
    assert [tuple(row) for row in table.rows] == [
        ("3", "P", "Semua dibalas?"),
        ("5", "I1 [00:01]", "Semua.\nSelalu."),
        ("8", "P", ""),
        ("10", "Ajudan", "Nanti."),
    ]
    assert table.note == ""
    part = TALK.to_table(most=1)
    assert len(part.rows) == 1
    assert re.search(r"\b1\b.*\b4\b", part.note)
    assert document(NOTES).to_table().rows[-1][1] == "Lampiran"


def test_the_headings_of_the_table_follow_the_language() -> None:
    """In English the same table has English headings."""
    assert TALK.to_table().columns[0] == "Baris"
    use_language("en")
    assert TALK.to_table().columns[0] == "Line"


def test_markup_in_a_document_stays_text() -> None:
    """A document that holds markup shows it letter by letter."""
    html = Document(id="d", title="<i>", text="<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_what_documents_and_segments_call_themselves() -> None:
    """A document names kind, technique, date and size; a segment its address and the beginning of its words."""
    found = Document(id="w-i1", text="Semua komentar\ndibalas.", technique=Technique.INTERVIEW)
    assert repr(found) == "Document w-i1: dokumen, wawancara, tanpa tanggal, 1 satuan"
    assert repr(found.segment(0, 23)) == "Segment w-i1:1-2 “Semua komentar dibalas.”"
    assert repr(document("kata " * 40).segment(0, 200)).endswith("...”")
