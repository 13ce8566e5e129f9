"""What a file is: every layout students type, clean and typed badly, read into exactly its turns."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import ParameterError
from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw
from qualcode.intake.layout import Draft, DraftKind, NeededFor, recognise, to_markdown
from qualcode.text.document import Document
from qualcode.text.readers import read_document
from qualcode.wording import use_language

ONE = {"I1": "Kepala dinas"}
TWO = {"I1": "Kepala dinas", "I2": "Admin Instagram"}
SHA = "0" * 64


def raw(text: str, name: str = "bahan.docx", format: str = "docx", **more: object) -> RawFile:
    """A file of paragraphs, one a line."""
    blocks = tuple(Block(line, line=n) for n, line in enumerate(text.split("\n"), start=1) if line.strip())
    return RawFile(name, SHA, format, blocks, **more)


def rows(*cells: tuple[str, ...], table: int = 1) -> tuple[Block, ...]:
    return tuple(Block(" | ".join(row), BlockKind.TABLE_ROW, cells=row, table=table) for row in cells)


def file_of(*blocks: Block, format: str = "docx") -> RawFile:
    return RawFile("bahan." + format, SHA, format, blocks)


def only(file: RawFile, informants: dict[str, str] = ONE, **answers: str) -> Draft:
    (draft,) = recognise(file, informants=informants, answers=answers)
    return draft


def spoken(draft: Draft) -> list[tuple[str, str]]:
    """Speaker and words of every turn."""
    return [(turn.speaker, turn.text) for turn in draft.turns]


def keys(draft: Draft, needed: NeededFor = NeededFor.STORING) -> list[str]:
    return [question.key for question in draft.questions if question.needed_for is needed]


def said(problems: object) -> str:
    return "\n".join(problem.what for problem in problems)


def stored(draft: Draft, file: RawFile, informants: dict[str, str] = ONE) -> Document:
    """The draft written down and read back, without any fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{draft.id}.md"
        path.write_text(to_markdown(draft, raw=file), "utf-8", newline="\n")
        document, problems = read_document(path, path.name, case="kasus", informants=informants)
    assert problems == []
    assert document is not None
    assert [(t.speaker, t.role, t.time, document.text[t.start : t.end]) for t in document.turns] == [
        (t.speaker, t.role, t.time, t.text) for t in draft.turns
    ]
    return document


# --- labels ------------------------------------------------------------------------------------------------------

TALK = ["Apakah dibalas?", "Semua dibalas.", "Kapan?", "Hari itu juga."]


@pytest.mark.parametrize(
    ("asks", "answers", "kept"),
    [
        ("P", "N", ("P", "N")),
        ("P", "I", ("P", "I")),
        ("Q", "A", ("Q", "A")),
        ("T", "J", ("T", "J")),
        ("P", "I1", ("P", "I1")),
        ("Peneliti", "Narasumber", ("Peneliti", "Narasumber")),
        ("Pewawancara", "Informan", ("Pewawancara", "Informan")),
        ("Tanya", "Jawab", ("Tanya", "Jawab")),
        ("Peneliti", "Informan 1", ("Peneliti", "Informan 1")),
        ("P", "Bapak Asep", ("P", "I1")),
        ("Peneliti", "Bpk. Drs. H. Asep Sunandar, M.Si", ("Peneliti", "I1")),
        ("Peneliti", "Kadis", ("Peneliti", "I1")),
        ("P", "AS", ("P", "I1")),
        ("Rina Wati", "Asep Sunandar", ("P", "I1")),
        ("P1", "I1", ("P1", "I1")),
        ("**P**", "**N**", ("P", "N")),
        ("P\u00a0", "N\u00a0", ("P", "N")),
    ],
)
@pytest.mark.parametrize("mark", [": ", ":", " : ", "\t", ":\n", " :\u00a0"])
def test_labels_of_the_field(asks: str, answers: str, kept: tuple[str, str], mark: str) -> None:
    """Every pair of labels gives the same turns, however the colon is typed; names are stored as the informant's id."""
    if mark == "\t" and kept[1] == "I1" and answers != "I1" and not answers.startswith(("Bapak", "Bpk")):
        mark = ":\t"  # a name of no title before a tab alone could be anything
    lines = [f"{(asks, answers)[n % 2]}{mark}{words}" for n, words in enumerate(TALK)]
    draft = only(raw("\n".join(lines)))
    assert spoken(draft) == [(kept[n % 2], words) for n, words in enumerate(TALK)]
    assert [turn.role.value for turn in draft.turns] == ["pewawancara", "informan"] * 2
    assert draft.legend == {kept[0]: "pewawancara", kept[1]: "I1"}
    assert keys(draft) == []


def test_a_transcript_typed_in_a_hurry() -> None:
    """Every usual slip in one file still gives the turns that were meant, and each guess is shown."""
    text = """Peneliti: Selamat pagi, Pak.
Bpk. Asep: Pagi. Peneliti: Apakah komentar dibalas?
pak asep : Ya,
semua kami balas.
peneliti:Kapan?
Pak Asep; hari itu juga.
Penliti: Yang sore?
PAK ASEP : Besoknya.
Peneliti Siapa yang membalas?
Asep : Admin, Mbak. P:
Terima kasih.
Pak Asep\u00a0:\u00a0Sama-sama."""
    draft = only(raw(text))
    assert spoken(draft) == [
        ("Peneliti", "Selamat pagi, Pak."),
        ("I1", "Pagi."),
        ("Peneliti", "Apakah komentar dibalas?"),
        ("I1", "Ya,\nsemua kami balas."),
        ("Peneliti", "Kapan?"),
        ("I1", "hari itu juga."),
        ("Peneliti", "Yang sore?"),
        ("I1", "Besoknya."),
        ("Peneliti", "Siapa yang membalas?"),
        ("I1", "Admin, Mbak."),
        ("Peneliti", "Terima kasih."),
        ("I1", "Sama-sama."),
    ]
    assert "Asep" not in draft.body
    guessed = said(draft.guesses)
    for words in (
        "“Bpk. Asep”",
        "“Penliti”",
        "tanpa titik dua",
        "di tengah atau di akhir baris",
        "disimpan sebagai “I1”",
    ):
        assert words in guessed
    stored(draft, raw(text))


@pytest.mark.parametrize(
    "line", ["Catatan: nanti", "Kendala: staf", "Pukul 08:30 rapat", "https://contoh.id", "a: satu", "A. Rafiq ikut"]
)
def test_ordinary_colons_stay_words(line: str) -> None:
    """A line of an answer that only looks like a label belongs to the answer."""
    draft = only(raw(f"P: Apa?\nN: Begini.\n{line}\nP: Lalu?\nN: Sudah."))
    assert spoken(draft)[1] == ("N", f"Begini.\n{line}")


def test_words_that_keep_standing_before_a_colon_are_asked_about() -> None:
    """Capitalised words before several colons stay words, and the person may say they are a speaker."""
    text = "P: Apa?\nN: Begini.\nRina: staf\nP: Lalu?\nN: Sudah.\nRina: dana"
    draft = only(raw(text))
    assert spoken(draft)[1] == ("N", "Begini.\nRina: staf")
    assert "label:Rina" in keys(draft, NeededFor.QUALITY)
    draft = only(raw(text), **{"label:Rina": "lainnya"})
    assert spoken(draft)[2] == ("Lainnya", "staf")
    assert draft.legend["Lainnya"] == "lainnya"
    draft = only(raw(text), **{"label:Rina": "bukan pembicara"})
    assert keys(draft, NeededFor.QUALITY) == ["date"]


def test_numbers_of_questions_are_no_people() -> None:
    """P1, J1, P2, J2 are one who asks and one who answers."""
    draft = only(raw("P1: Apa?\nJ1: Ya.\nP2: Lalu?\nJ2: Oh.\nP3: Kapan?\nJ3: Senin."))
    assert [speaker for speaker, _ in spoken(draft)] == ["P", "J"] * 3


def test_i_may_be_who_asks() -> None:
    """Where no label is the interviewer's, whoever asks questions is guessed, and may be answered otherwise."""
    text = "I: Apa kabar?\nN: Baik.\nI: Lalu bagaimana?\nN: Ya begitu."
    draft = only(raw(text))
    assert draft.legend == {"I": "pewawancara", "N": "I1"}
    assert "interviewer" in keys(draft, NeededFor.QUALITY)
    draft = only(raw(text), interviewer="N")
    assert draft.legend == {"I": "I1", "N": "pewawancara"}
    assert "interviewer" not in keys(draft) + keys(draft, NeededFor.QUALITY)


def test_who_asks_is_asked_for_when_nothing_tells() -> None:
    """Two names and no question mark: the interviewer is asked for before anything is stored."""
    text = "Rina: Pagi.\nAsep: Pagi.\nRina: Ceritakan.\nAsep: Begini."
    draft = only(raw(text))
    assert "interviewer" in keys(draft)
    draft = only(raw(text), interviewer="Rina")
    assert spoken(draft)[:2] == [("P", "Pagi."), ("I1", "Pagi.")]


def test_which_informant_is_asked_for() -> None:
    """In a case of several informants the one who speaks is asked for, and storing waits for the answer."""
    file = raw("P: Apa?\nPak Asep: Ya.\nP: Lalu?\nPak Asep: Oh.")
    draft = only(file, TWO)
    (question,) = [each for each in draft.questions if each.key == "informant"]
    assert question.choices == ("I1", "I2", "lainnya")
    assert draft.informant is None
    assert "Asep" not in draft.body
    with pytest.raises(ParameterError, match="informant"):
        to_markdown(draft, raw=file)
    draft = only(file, TWO, informant="I2")
    assert (draft.informant, draft.id, keys(draft)) == ("I2", "w-i2", [])
    assert stored(draft, file, TWO).legend == {"P": "pewawancara", "I2": "I2"}


def test_several_informants_are_asked_for_one_by_one() -> None:
    """Two names in one talk are two questions; a third person may be outside the design."""
    text = "P: Apa?\nPak Asep: Ya.\nBu Sri: Tidak.\nP: Lalu?\nPak Asep: Oh.\nBu Sri: Hm."
    draft = only(raw(text), TWO)
    assert keys(draft) == ["informant:Pak Asep", "informant:Bu Sri"]
    draft = only(raw(text), TWO, **{"informant:Pak Asep": "I1", "informant:Bu Sri": "lainnya"})
    assert draft.legend == {"P": "pewawancara", "I1": "I1", "Lainnya": "lainnya"}
    assert draft.informant == "I1"


@pytest.mark.parametrize(
    ("name", "header"),
    [("wawancara I2.docx", ""), ("x.docx", "Kode informan: I2\n"), ("x.docx", "Jabatan: Admin Instagram\n")],
)
def test_the_file_may_say_which_informant_it_is(name: str, header: str) -> None:
    """The file's name, a code or the office in the header tell the informant; the guess says from what."""
    draft = only(raw(f"{header}P: Apa?\nN: Ya.\nP: Lalu?\nN: Oh.", name), TWO)
    assert (draft.informant, keys(draft)) == ("I2", [])
    assert "dibaca sebagai I2" in said(draft.guesses)


def test_a_name_in_the_words_is_kept_and_reported() -> None:
    """Only labels are replaced: a name among the words stays, counted for the person to mask."""
    draft = only(raw("P: Dengan siapa?\nPak Asep: Saya Asep.\nP: Pak Asep sendiri?\nPak Asep: Ya."))
    assert spoken(draft)[1:3] == [("I1", "Saya Asep."), ("P", "Pak Asep sendiri?")]
    assert "Nama Asep muncul 2 kali" in said(draft.guesses)


def test_a_discussion_with_a_moderator() -> None:
    """Who leads a group asks; each participant is an informant, with the code the file gives."""
    text = "Moderator: Selamat datang.\nP1: Ya.\nP2: Tidak.\nModerator: Lanjut?\nP1: Ayo."
    draft = only(raw(text), {})
    assert draft.legend == {"P1": "P1", "P2": "P2", "Moderator": "pewawancara"}
    assert draft.informant is None
    assert keys(draft) == []


def test_lines_may_be_numbered() -> None:
    """Numbers of lines or turns before the labels are no words."""
    for form in ("{}. {}", "00{} {}", "{}) {}"):
        lines = [form.format(n, line) for n, line in enumerate(("P: Apa?", "N: Ya.", "P: Lalu?"), start=1)]
        assert spoken(only(raw("\n".join(lines)))) == [("P", "Apa?"), ("N", "Ya."), ("P", "Lalu?")]


def test_a_role_word_as_an_answer_is_no_legend() -> None:
    """ "A: Peneliti" after a question is what somebody says, not what a label means."""
    draft = only(raw("Q: Pekerjaan Bapak?\nA: Peneliti\nQ: Sejak kapan?\nA: 2019."))
    assert spoken(draft)[1] == ("A", "Peneliti")


# --- headers -----------------------------------------------------------------------------------------------------


def test_a_header_block_and_a_legend() -> None:
    """Name, office, day, place, time and legend are read from the top; personal data are not stored, and reported."""
    text = """Asep Sunandar - Informan 1
Jabatan : Kepala dinas
Tanggal : 5/12/2021
Tempat\t: Kantor dinas
Waktu : 09.00-10.00 WIB
Q : Peneliti
A : Subjek
Q : Selamat pagi?
A : Pagi."""
    file = raw(text)
    draft = only(file)
    assert spoken(draft) == [("Q", "Selamat pagi?"), ("A", "Pagi.")]
    assert (draft.place, draft.time, draft.informant, draft.date) == ("Kantor dinas", "09.00-10.00 WIB", "I1", None)
    (question,) = [each for each in draft.questions if each.key == "date"]
    assert question.choices == ("2021-12-05", "2021-05-12", "tanpa tanggal")
    assert question.needed_for is NeededFor.STORING
    assert "Asep" not in to_markdown(only(file, date="2021-05-12"), raw=file)
    assert stored(only(file, date="2021-05-12"), file).dated == "2021-05-12"
    assert "Jabatan: Kepala dinas" in said(draft.losses)


@pytest.mark.parametrize(
    "header",
    [
        "Hari/Tanggal: Selasa, 12 Maret 2024\nTempat: Aula\nWaktu: 09.00 WIB",
        "Hari, tanggal : Selasa, 12 Maret 2024\nLokasi wawancara : Aula\nPukul : 09.00 WIB",
        "Hari: Selasa\nTanggal: 12 Maret 2024\nTempat: Aula\nJam: 09.00 WIB",
        "1. Hari/Tanggal : Selasa, 12 Maret 2024\n2. Tempat : Aula\n3. Waktu : 09.00 WIB",
        "Hari/Tanggal/Waktu: Selasa, 12 Maret 2024, pukul 09.00 WIB\nTempat: Aula",
        "Tanggal: 12 Maret 2024    Tempat: Aula    Waktu: 09.00 WIB",
        "Waktu: Selasa, 12 Maret 2024 pukul 09.00 WIB\nTempat: Aula",
        "HARI/TANGGAL: SELASA, 12 MARET 2024\nTEMPAT: Aula\nWAKTU MULAI: 09.00 WIB",
    ],
)
def test_headers_however_they_are_laid_out(header: str) -> None:
    """Day, place and time are found under all their usual keys, together or apart."""
    draft = only(raw(f"{header}\nP: Apa?\nN: Ya.\nP: Lalu?"))
    assert (draft.date and draft.date.isoformat(), draft.place, draft.time) == ("2024-03-12", "Aula", "09.00 WIB")
    assert spoken(draft)[0] == ("P", "Apa?")
    assert draft.body.startswith("P: Apa?")


def test_a_header_laid_out_as_a_table() -> None:
    """Rows of key and value above the talk are its header."""
    blocks = rows(("Nama", ":", "Asep Sunandar"), ("Tanggal", ":", "12 Maret 2024"), ("Usia", ":", "45 tahun"))
    draft = only(file_of(*blocks, Block("P: Apa?"), Block("N: Ya."), Block("P: Lalu?")))
    assert draft.date and draft.date.isoformat() == "2024-03-12"
    assert draft.body == "P: Apa?\n\nN: Ya.\n\nP: Lalu?\n"
    assert "Usia: 45 tahun" in said(draft.losses)
    assert "Asep" not in said(draft.losses)


def test_a_header_that_names_its_people_under_their_labels() -> None:
    """ "Informan: Bapak Asep" above the talk is the header, "Informan: Baik." in it is a turn."""
    text = "Informan: Bapak Asep\nPewawancara: Rina\nTanggal: 12 Maret 2024\nPewawancara: Apa kabar?\nInforman: Baik."
    draft = only(raw(text))
    assert spoken(draft) == [("Pewawancara", "Apa kabar?"), ("Informan", "Baik.")]


def test_a_birthday_is_no_date_of_the_interview() -> None:
    """ "Tempat, tanggal lahir" is personal data, neither place nor date."""
    draft = only(raw("Tempat, tanggal lahir: Garut, 12 Maret 1980\nUsia: 45\nP: Apa?\nN: Ya.\nP: Lalu?"))
    assert (draft.place, draft.date) == ("", None)
    assert "1980" not in draft.body + said(draft.losses)


RADIO = """[Bahan latihan fiktif: kota dan semua tokohnya rekaan. Sengaja diketik cepat dan tidak seragam, untuk
berlatih memasukkan data.]

WAWANCARA PENYIAR RADIO KOMUNITAS
Tanggal : 5/6/2025
Tempat  : Studio radio komunitas
Waktu   : 16.10 - 16.35 WIB
Pewawancara : peneliti
P = Peneliti
N = Narasumber

P : Mas, radio sini sering ambil bahan dari akun dinas ndak?
N: Sering. Hampir tiap pagi tak baca.
p: dibaca langsung dari instagramnya?
N : Iya, dari HP. Cuma kadang gambarnya tok, jadi ya tak tebak-tebak
    maksudnya apa.
P; Pernah minta bahan langsung ke dinas?
N. Pernah dua kali.
Penliti: Menurut Mas, pendengar radio itu mengikuti akunnya juga?
N :  Sedikit. Tahunya ya dari radio ini. (tertawa)
     Makanya mbok ya kita ini dikirimi."""


def test_a_remark_in_brackets_ends_no_header() -> None:
    """Below a remark and a title the header is read as anywhere; the remark stays above the talk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wawancara penyiar radio.txt"
        path.write_text(RADIO, "utf-8")
        file = read_raw(path)
    draft = only(file, TWO)
    assert [turn.speaker for turn in draft.turns] == ["P", "N"] * 4
    assert (draft.title, draft.place, draft.time) == (
        "WAWANCARA PENYIAR RADIO KOMUNITAS",
        "Studio radio komunitas",
        "16.10 - 16.35 WIB",
    )
    (question,) = [each for each in draft.questions if each.key == "date"]
    assert question.choices == ("2025-06-05", "2025-05-06", "tanpa tanggal")
    above = draft.body[: draft.body.index("P: Mas")]
    assert " ".join(above.split()) == " ".join(RADIO[: RADIO.index("WAWANCARA")].split())


@pytest.mark.parametrize(
    "people",
    [
        "Pewawancara : peneliti\nNarasumber : penyiar radio",
        "Pewawancara: rina\nInforman: 03",
        "Pewawancara: Rina\nNarasumber: N1",
        "Informan: I2\nPewawancara: rina wati",
    ],
)
def test_people_of_the_header_may_be_written_small(people: str) -> None:
    """A short name, office or code under the word for a speaker, among lines of the header, is no turn."""
    talk = "P: Apa?\nN: Ya.\nP: Lalu?"
    for header in (f"Tempat: Aula\n{people}\n", f"Tempat: Aula\n{people}\nDurasi: 20 menit\n"):
        assert spoken(only(raw(header + talk))) == [
            ("P", "Apa?"),
            (only(raw(header + talk)).turns[1].speaker, "Ya."),
            ("P", "Lalu?"),
        ]


def test_a_heading_that_somebody_says_is_no_title() -> None:
    """A heading that begins with a speaker stays in the text, above the talk and behind its first words."""
    for above in ((), (Block("P: Apa?"),)):
        heading = Block("Pak Asep: Tugas humas", BlockKind.HEADING, level=1)
        draft = only(file_of(*above, heading, Block("P: Lalu?"), Block("Pak Asep: Ya."), Block("P: Baik?")))
        assert "Tugas humas" in draft.body


@pytest.mark.parametrize("greeting", ["Selamat pagi", "selamat pagi", "Pagi, Mas", "baik"])
def test_a_greeting_below_the_header_is_a_turn(greeting: str) -> None:
    """The first words of a talk stay a turn, however short, where the labels keep coming back."""
    text = f"Tempat: Aula\nPewawancara: {greeting}\nInforman: {greeting}\nPewawancara: Apa?\nInforman: Ya."
    assert [words for _, words in spoken(only(raw(text)))] == [greeting, greeting, "Apa?", "Ya."]


def test_names_in_a_legend_are_reported_as_left() -> None:
    """Whose a label is does not reach the document: the label is reported, the name never; an office is told."""
    talk = "\nP: Apa?\nN: Ya.\nP: Lalu?"
    for legend in ("P = Peneliti, N = Bapak Asep", "P = Peneliti (Rina)\nN = Narasumber (Bapak Asep)"):
        draft = only(raw(legend + talk))
        assert "Asep" not in draft.body + said(draft.losses)
        assert "N = …" in said(draft.losses)
    assert "N = Narasumber (kepala dinas)" in said(only(raw("N = Narasumber (kepala dinas)" + talk)).losses)


def test_the_end_of_a_time_span_is_reported() -> None:
    """Days, hours and times of turns that reach from ... to ... keep where they begin; the rest is reported."""
    text = (
        "Tanggal: 12-14 Maret 2024\nWaktu: 09.00\nWaktu selesai: 10.00\n"
        "[00:01 - 00:05] P: Apa?\n[00:05 --> 00:09] N: Ya.\nP: Lalu?"
    )
    draft = only(raw(text))
    assert (draft.date and draft.date.isoformat(), draft.time) == ("2024-03-12", "09.00")
    assert "12-14 Maret 2024; 10.00" in said(draft.losses)
    assert "Waktu selesai 2 giliran" in said(draft.losses)
    assert "Waktu selesai 2 giliran" in said(only(cues(("A", "00:01", "Apa?"), ("B", "00:02", "Ya."))).losses)


def test_what_stands_above_the_talk_is_kept() -> None:
    """A line above the first label that is no header stays in the text, before the first turn."""
    file = raw("Perekam menyala sesudah salam.\nP: Apa?\nN: Ya.\nP: Lalu?")
    draft = only(file)
    assert draft.body.startswith("Perekam menyala sesudah salam.\n\nP: Apa?")
    stored(draft, file)


def test_a_date_no_one_can_read_is_asked_for() -> None:
    """A date in words that name no day is asked for, with the words as they stand."""
    draft = only(raw("Tanggal: minggu kedua Maret\nP: Apa?\nN: Ya.\nP: Lalu?"))
    assert "date" in keys(draft)
    assert any("minggu kedua Maret" in question.text for question in draft.questions)


# --- times, cues, chats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "[{time}] {label}: {words}",
        "{label}: [{time}] {words}",
        "{label} ({time}): {words}",
        "{time} {label}: {words}",
        "[{time} - 00:59:59] {label} : {words}",
        "({time})\t{label}: {words}",
        "[{time}]\n{label}: {words}",
        "{label}  {time}\n{words}",
        "{time}\n{label}: {words}",
    ],
)
def test_times_before_and_behind_labels(form: str) -> None:
    """A time is read wherever it stands around a label, and is no word."""
    times = ["00:00:05", "00:12:31", "00:13:02", "01:00:00"]
    label = ["Peneliti", "Narasumber"] * 2
    lines = [form.format(time=t, label=who, words=w) for t, who, w in zip(times, label, TALK, strict=True)]
    draft = only(raw("\n".join(lines)))
    assert [(t.speaker, t.time, t.text) for t in draft.turns] == list(zip(label, times, TALK, strict=True))


def test_short_times_and_times_with_points() -> None:
    """[00:12] is kept as written; [00.12.31] is written with colons."""
    draft = only(raw("[00:12] P: Apa?\n[00.12.31] N: Ya.\nP: Lalu?"))
    assert [turn.time for turn in draft.turns] == ["00:12", "00:12:31", None]


def test_a_time_among_words_stays() -> None:
    """A time of day in an answer is part of it."""
    draft = only(raw("P: Kapan?\nN: Mulai\n08:30 rapat\nP: Lalu?\nN: Pukul 10.15 selesai."))
    assert spoken(draft)[1] == ("N", "Mulai\n08:30 rapat")


def cues(*parts: tuple[str, str, str], kind: BlockKind = BlockKind.CUE, format: str = "vtt") -> RawFile:
    return file_of(*(Block(text, kind, speaker=who, time=time) for who, time, text in parts), format=format)


def test_cues_with_speakers() -> None:
    """Cues that name their speakers are turns with times; a question of the captions' own stays with its speaker."""
    file = cues(
        ("Rina Wati", "00:00:01", "Apa?"), ("Asep S", "00:00:03", "Ya.\nP: tidak"), ("Rina Wati", "00:01", "Oh?")
    )
    draft = only(file)
    assert [(t.speaker, t.time, t.text) for t in draft.turns] == [
        ("P", "00:00:01", "Apa?"),
        ("I1", "00:00:03", "Ya. P: tidak"),
        ("P", "00:01", "Oh?"),
    ]
    stored(draft, file)


def test_cues_of_nobody_are_asked_about() -> None:
    """Cues without speakers are joined into sentences, and nobody's words pass for an informant's before it is said."""
    file = cues(
        ("", "00:00:01", "Komentar itu"), ("", "00:00:03", "semua dibalas."), ("", "00:00:05", "Hari itu juga.")
    )
    draft = only(file)
    assert [(t.role.value, t.time, t.text) for t in draft.turns] == [
        ("lainnya", "00:00:01", "Komentar itu semua dibalas."),
        ("lainnya", "00:00:05", "Hari itu juga."),
    ]
    assert keys(draft) == ["speaker"]
    assert "1 potongan" in said(draft.losses)
    assert only(file, speaker="I1").legend == {"I1": "I1"}
    assert keys(only(file, speaker="campuran")) == []


def test_a_chat() -> None:
    """Messages are turns of their senders; a later date above 12 tells day and month apart."""
    blocks = [
        Block("Apa boleh bertanya?", BlockKind.MESSAGE, speaker="Rina", time="09.12", date="05/12/24"),
        Block("Tempat: kantor", BlockKind.MESSAGE, speaker="+62 812-3456", time="9:13 PM", date="13/12/24"),
        Block("Baik?", BlockKind.MESSAGE, speaker="Rina", time="09.15", date="13/12/24"),
    ]
    draft = only(file_of(*blocks, format="whatsapp"))
    assert [(t.speaker, t.time, t.text) for t in draft.turns] == [
        ("P", "09:12", "Apa boleh bertanya?"),
        ("I1", "21:13", "Tempat: kantor"),
        ("P", "09:15", "Baik?"),
    ]
    assert draft.date and draft.date.isoformat() == "2024-12-05"
    assert "812" not in draft.body
    assert draft.place == ""


# --- questions with answers --------------------------------------------------------------------------------------


def test_lettered_questions_with_quoted_answers() -> None:
    """Questions and the quoted answers below them are paired; a missing closing mark ends at the next question."""
    text = """1. Perencanaan
a. Bagaimana menyusun rencana?
“Kami rapat
setiap Senin.”
b. Siapa yang menyetujui?
“Kepala bidang, lalu
saya yang unggah
2. Pelaksanaan
a) Kapan diunggah?
"Sore." """
    file = raw(text)
    draft = only(file)
    assert spoken(draft) == [
        ("P", "a. Bagaimana menyusun rencana?"),
        ("I1", "“Kami rapat\nsetiap Senin.”"),
        ("P", "b. Siapa yang menyetujui?"),
        ("I1", "“Kepala bidang, lalu\nsaya yang unggah"),
        ("P", "2. Pelaksanaan\na) Kapan diunggah?"),
        ("I1", '"Sore."'),
    ]
    assert draft.body.startswith("1. Perencanaan\n\nP: a. ")
    assert "dipasangkan" in said(draft.guesses)
    stored(draft, file)


def test_word_lists_keep_their_letters() -> None:
    """The marker of a list item is kept before its words."""
    blocks = []
    for letter, words in zip("abc", ("Apa rencananya?", "Siapa pelaksananya?", "Kapan?"), strict=True):
        blocks += [Block(words, BlockKind.LIST_ITEM, level=1, marker=f"{letter}."), Block(f"“Jawaban {letter}.”")]
    draft = only(file_of(*blocks))
    assert spoken(draft)[:2] == [("P", "a. Apa rencananya?"), ("I1", "“Jawaban a.”")]


def test_answers_marked_as_such() -> None:
    """Numbered questions with "Jawab:" below them are pairs; the answer goes on until the next question."""
    draft = only(raw("1. Bagaimana caranya?\nJawab: Begini.\nLalu begitu.\n2. Kenapa?\nJawaban : Karena staf."))
    assert spoken(draft) == [
        ("P", "1. Bagaimana caranya?"),
        ("I1", "Begini.\nLalu begitu."),
        ("P", "2. Kenapa?"),
        ("I1", "Karena staf."),
    ]


def test_a_table_of_questions_and_answers() -> None:
    """Question and answer columns are turns; merged cells go on; the researcher's columns are reported, not stored."""
    blocks = rows(
        ("No", "Pertanyaan", "Jawaban", "Makna"),
        ("1", "Apa rencananya?", "Ada.\nTiap Senin.", "terencana"),
        ("2", "Siapa?", "Admin.", ""),
        ("", "", "Dan saya.", ""),
    )
    draft = only(file_of(*blocks))
    assert spoken(draft) == [
        ("P", "Apa rencananya?"),
        ("I1", "Ada.\nTiap Senin."),
        ("P", "Siapa?"),
        ("I1", "Admin."),
        ("I1", "Dan saya."),
    ]
    assert "Makna (1)" in said(draft.losses)


@pytest.mark.parametrize("numbers", [True, False])
def test_a_table_without_heads(numbers: bool) -> None:
    """Two columns whose first asks are questions and answers, with a column of numbers or without."""
    pairs = [("Apa rencananya?", "Ada."), ("Siapa?", "Admin."), ("Kapan?", "Senin.")]
    cells = [(str(n), *pair) if numbers else pair for n, pair in enumerate(pairs, start=1)]
    draft = only(file_of(*rows(*cells)))
    assert spoken(draft) == [part for q, a in pairs for part in (("P", q), ("I1", a))]


def test_a_table_of_speakers_and_words() -> None:
    """A column of labels beside a column of words is a talk, with the times of a third column."""
    cells = [("00:01", "Peneliti", "Apa?"), ("00:05", "Pak Asep", "Ya."), ("00:09", "Peneliti", "Lalu?")]
    draft = only(file_of(*rows(*cells)))
    assert [(t.speaker, t.time, t.text) for t in draft.turns] == [
        ("Peneliti", "00:01", "Apa?"),
        ("I1", "00:05", "Ya."),
        ("Peneliti", "00:09", "Lalu?"),
    ]


def test_a_table_with_a_column_for_each_informant() -> None:
    """One question, several informants' answers beside it: each is that informant's."""
    blocks = rows(
        ("Pertanyaan", "Informan 1", "Informan 2"), ("Dibalas?", "Semua.", "Sepertiga."), ("Kapan?", "", "Pagi.")
    )
    draft = only(file_of(*blocks), TWO)
    assert [(draft.legend[t.speaker], t.text) for t in draft.turns] == [
        ("pewawancara", "Dibalas?"),
        ("I1", "Semua."),
        ("I2", "Sepertiga."),
        ("pewawancara", "Kapan?"),
        ("I2", "Pagi."),
    ]


def test_turns_inside_the_cells_of_a_table() -> None:
    """A table used as a frame around whole turns is taken apart."""
    draft = only(file_of(*rows(("P: Apa?\nN: Ya.",), ("P: Lalu?\nN: Oh.",))))
    assert spoken(draft) == [("P", "Apa?"), ("N", "Ya."), ("P", "Lalu?"), ("N", "Oh.")]


def test_a_sheet_of_respondents() -> None:
    """Each row of a questionnaire is a document of its own; its questions are asked for row by row."""
    blocks = rows(
        ("Timestamp", "Nama", "Usia", "Bagaimana layanannya?", "Apa saran Anda?"),
        ("2024-03-12 09:00", "Asep", "45", "Baik.", "Cepat."),
        ("2024-03-13 10:00", "Rina", "30", "Lambat.", ""),
    )
    file = file_of(*blocks, format="sheet")
    first, second = recognise(file, informants=TWO, answers={"informant:2": "I1"})
    assert spoken(first) == [
        ("P", "Bagaimana layanannya?"),
        ("I1", "Baik."),
        ("P", "Apa saran Anda?"),
        ("I1", "Cepat."),
    ]
    assert first.date and first.date.isoformat() == "2024-03-12"
    assert keys(first) == []
    assert keys(second) == ["informant:3"]
    assert "1 pertanyaan tanpa jawaban" in said(second.losses)
    assert "Asep" not in to_markdown(first, raw=file)


# --- notes, instruments, records ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Deskripsi\nRapat dibuka.\nRefleksi\nSaya ragu.",
        "DESKRIPSI:\nRapat dibuka.\nREFLEKSI:\nSaya ragu.",
        "A. Catatan Deskriptif\nRapat dibuka.\nB. Catatan Reflektif\nSaya ragu.",
        "CD: Rapat dibuka.\nCR: Saya ragu.",
        "Hasil pengamatan: Rapat dibuka.\nKomentar peneliti: Saya ragu.",
        "Catatan Lapangan\nTanggal: 12 Maret 2024\nRapat dibuka.\nRefleksi: Saya ragu.",
    ],
)
def test_field_notes_keep_reflection_apart(text: str) -> None:
    """Description and reflection are told apart under all their names: reflection is never evidence."""
    file = raw(text)
    draft = only(file)
    assert (draft.kind, draft.turns) == (DraftKind.NOTES, ())
    assert draft.body == "## Deskripsi\n\nRapat dibuka.\n\n## Refleksi\n\nSaya ragu.\n"
    document = stored(draft, file)
    assert [paragraph.reflection for paragraph in document.paragraphs] == [False, True]


def test_notes_in_two_columns() -> None:
    """A table of both parts is read column by column."""
    draft = only(file_of(*rows(("Deskripsi", "Refleksi"), ("Rapat dibuka.", "Aneh."), ("Ditutup.", ""))))
    assert draft.body == "## Deskripsi\n\nRapat dibuka.\n\nDitutup.\n\n## Refleksi\n\nAneh.\n"


def test_reflection_below_a_talk_is_the_researchers() -> None:
    """What the researcher adds below a talk is never put into the informant's mouth."""
    draft = only(raw("P: Apa?\nN: Ya.\nP: Lalu?\nN: Oh.\nRefleksi\nSaya ragu."))
    assert spoken(draft)[-1] == ("P", "Refleksi\nSaya ragu.")


@pytest.mark.parametrize(
    "text",
    [
        "Pedoman Wawancara\n1. Bagaimana perencanaan?\n2. Siapa pelaksana?",
        "A. Kadis\n1. Bagaimana perencanaan?\n2. Siapa pelaksana?\nB. Admin\n1. Kapan diunggah?\n2. Apa kendala?",
        "1. Jelaskan perencanaan.\n2. Bagaimana pelaksanaannya\n3. Apa kendalanya",
    ],
)
def test_questions_without_answers_are_an_instrument(text: str) -> None:
    """A list of questions is filed as an instrument, and no technique makes it evidence."""
    file = raw(text)
    draft = only(file)
    assert (draft.kind, draft.turns, draft.technique.value) == (DraftKind.INSTRUMENT, (), "tidak disebut")
    assert all(line in draft.body for line in text.split("\n"))
    assert "instrumen, bukan bukti" in stored(draft, file).provenance


def test_a_table_whose_answers_are_empty_is_an_instrument() -> None:
    """The empty form of a question table is an instrument."""
    blocks = rows(("No", "Pertanyaan", "Jawaban"), ("1", "Apa?", ""), ("2", "Siapa?", ""), ("3", "Kapan?", ""))
    assert only(file_of(*blocks)).kind == DraftKind.INSTRUMENT


def test_a_record() -> None:
    """Anything else is a record: headings, list items and rows in their order, every line kept."""
    blocks = [
        Block("SOP Media Sosial", BlockKind.HEADING, level=1),
        Block("Nomor: 12/2024. Tujuan layanan ini ialah informasi yang cepat."),
        Block("Langkah", BlockKind.HEADING, level=2),
        Block("Admin menulis naskah.", BlockKind.LIST_ITEM, level=1, marker="1."),
        *rows(("Bulan", "Unggahan"), ("Januari", "20")),
        Block("Lihat Renstra.", BlockKind.FOOTNOTE, marker="1"),
    ]
    file = file_of(*blocks)
    draft = only(file)
    assert (draft.kind, draft.title) == (DraftKind.RECORD, "SOP Media Sosial")
    assert draft.body == (
        "## SOP Media Sosial\n\nNomor: 12/2024. Tujuan layanan ini ialah informasi yang cepat.\n\n### Langkah\n\n"
        "1. Admin menulis naskah.\n\nBulan | Unggahan\n\nJanuari | 20\n\n1 Lihat Renstra.\n"
    )
    stored(draft, file)


def test_the_pages_of_a_record_are_marked() -> None:
    """Before the first paragraph of each page from the second on stands its number; the words are untouched."""
    blocks = [
        Block("Renja 2025", page=1),
        Block("Target dua\nbaris.", page=1),
        Block("Isi.", page=2),
        Block("Lagi.", page=2),
    ]
    file = file_of(*blocks, Block("Penutup.", page=4), format="pdf")
    draft = only(file)
    assert draft.kind is DraftKind.RECORD
    assert draft.body == "Renja 2025\n\nTarget dua\nbaris.\n\n[hlm. 2]\n\nIsi.\n\nLagi.\n\n[hlm. 4]\n\nPenutup.\n"
    stored(draft, file)
    use_language("en")
    assert "[p. 2]" in only(file).body


def test_a_transcript_says_on_how_many_pages_it_stood() -> None:
    """A transcript is not divided by pages; a guess says how many there were."""
    blocks = [Block("P: Apa?", page=1), Block("N: Ya.", page=2), Block("P: Lalu?", page=3)]
    draft = only(file_of(*blocks, format="pdf"))
    assert "hlm" not in draft.body
    assert "3 halaman" in said(draft.guesses)
    assert "halaman" not in said(only(raw("P: Apa?\nN: Ya.\nP: Lalu?")).guesses)


def test_markdown_headings_of_a_text_file() -> None:
    """Marks of headings in plain text are headings."""
    text = "# Catatan rapat\n\n## Deskripsi\nRapat dibuka.\n## Refleksi\nSaya ragu."
    draft = only(raw(text, "o.txt", "text"))
    assert (draft.title, draft.body) == (
        "Catatan rapat",
        "## Deskripsi\n\nRapat dibuka.\n\n## Refleksi\n\nSaya ragu.\n",
    )


def test_the_practice_transcripts_read_as_they_are_stored() -> None:
    """The bodies of the practice case, taken for plain text, give exactly the turns that are stored."""
    folder = Path(__file__).parents[1] / "corpus" / "latihan-kota-samudra"
    for path in sorted(folder.glob("w-*.md")):
        document, _ = read_document(path, path.name, case="latihan-kota-samudra")
        assert document is not None
        informants = {f"I{number}": "" for number in range(1, 8)}
        draft = only(raw(document.text, "x.txt", "text"), informants)
        assert draft.informant == document.informant
        assert [(t.speaker, t.time, t.text) for t in draft.turns] == [
            (t.speaker, t.time, document.text[t.start : t.end]) for t in document.turns
        ]


def test_a_list_of_letters_is_no_talk() -> None:
    """Points counted with letters in a record are no speakers."""
    draft = only(raw("Dasar hukum\nA: undang-undang tentang informasi\nB: peraturan menteri\nC: surat edaran"))
    assert draft.kind == DraftKind.RECORD


def test_a_kind_may_be_answered() -> None:
    """What a person says a file is decides, and the question is gone."""
    file = raw("Wawancara\nBeliau bercerita panjang.\nLalu pulang.")
    assert "kind" in keys(only(file), NeededFor.QUALITY)
    draft = only(file, kind="transcript", speaker="I1")
    assert (draft.kind, draft.legend) == (DraftKind.TRANSCRIPT, {"I1": "I1"})
    assert only(file, kind="notes").body.startswith("## Deskripsi")


def test_headings_and_footnotes_in_a_talk_are_the_researchers() -> None:
    """A theme above a question, and notes below the text, are never the informant's words."""
    blocks = [
        Block("P: Apa?"),
        Block("N: Ya."),
        Block("1", BlockKind.FOOTNOTE, marker="*"),
        Block("Pelaksanaan", BlockKind.HEADING, level=2),
        Block("P: Kapan?"),
        Block("N: Senin."),
    ]
    assert spoken(only(file_of(*blocks))) == [
        ("P", "Apa?"),
        ("N", "Ya."),
        ("P", "Pelaksanaan\nKapan?"),
        ("N", "Senin."),
        ("P", "* 1"),
    ]


def test_a_file_without_words_gives_nothing() -> None:
    """No words, no document."""
    assert recognise(raw(" \n ")) == ()


# --- what is stored ----------------------------------------------------------------------------------------------


def test_the_file_that_is_stored() -> None:
    """Front matter names the raw file and its hash, then the turns follow."""
    file = raw("Tanggal: 12 Maret 2024\nP: Apa?\nN: Ya.\nP: Lalu?", "w 1.docx")
    assert to_markdown(only(file, period="kini"), raw=file) == (
        "---\nid: w-i1\ntitle: Wawancara dengan Kepala dinas\nkind: transkrip\ntechnique: wawancara\n"
        "date: 2024-03-12\ninformant: I1\nperiod: kini\n"
        "provenance: Diimpor dari berkas w 1.docx; berkas asli disimpan.\n"
        f"raw: sumber/w 1.docx\nraw_sha256: {SHA}\n"
        "legend:\n  P: pewawancara\n  N: I1\n---\n\nP: Apa?\n\nN: Ya.\n\nP: Lalu?\n"
    )


@pytest.mark.parametrize(
    "title", ['Judul: "kutip" # pagar', "---", "null", "&jangkar *x !tag", "- satu", "{a: b}", "12:30"]
)
def test_nothing_breaks_the_front_matter(title: str) -> None:
    """Whatever a title or place holds, it is read back as it is."""
    file = raw("P: Apa?\nN: Ya.\nP: Lalu?")
    document = stored(only(file, title=title, place=title), file)
    assert (document.title, document.extra["place"]) == (title, title)


def test_no_line_of_an_answer_opens_a_false_turn() -> None:
    """Lines in cells that look like labels, rules or headings change nothing about who speaks."""
    tricky = "Saya tulis\nP: boleh?\nNarasumber: tidak\n---\n## Refleksi\n[00:01] I1: ya"
    file = file_of(*rows(("Pertanyaan", "Jawaban"), ("Apa?", tricky), ("Lalu?", "Sudah.")))
    draft = only(file)
    document = stored(draft, file)
    assert [turn.speaker for turn in draft.turns] == ["P", "I1", "P", "I1"]
    assert draft.turns[1].text.split() == tricky.split()
    assert not any(paragraph.reflection for paragraph in document.paragraphs)


def test_a_line_that_looks_like_a_heading_frees_no_reflection() -> None:
    """ "# Deskripsi" among the words of a reflection opens no description."""
    file = raw("Deskripsi\nRapat.\nRefleksi\n# Catatan saya\nSaya ragu.")
    draft = only(file)
    assert draft.body.endswith("## Refleksi\n\n\\# Catatan saya\n\nSaya ragu.\n")


def test_everything_is_worded_in_english_as_well() -> None:
    """Guesses and questions speak the language in use; what is stored as a closed word does not change."""
    use_language("en")
    draft = only(raw("P: Apa?\nPak Asep: Ya.\nP: Lalu?"))
    assert "is read as the interviewer" in said(draft.guesses)
    assert draft.legend == {"P": "pewawancara", "I1": "I1"}


# --- nothing is lost ---------------------------------------------------------------------------------------------

WORD = st.from_regex(r"[a-z]{2,8}", fullmatch=True)
SENTENCE = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
ASKS = st.sampled_from(["P: ", "P : ", "P:", "Peneliti: ", "peneliti : ", "[00:01:02] P: ", "P\t", "P:\n"])
ANSWERS = st.sampled_from(["Pak Asep: ", "Bpk. Asep : ", "PAK ASEP:", "Asep: ", "(00:03) Pak Asep: ", "Pak Asep:\n"])
EXCHANGE = st.tuples(ASKS, SENTENCE, ANSWERS, SENTENCE, st.lists(SENTENCE, max_size=2))


@given(st.lists(EXCHANGE, min_size=2, max_size=8))
def test_the_words_of_all_turns_are_the_words_of_the_file(talk: list[tuple[str, str, str, str, list[str]]]) -> None:
    """However labels are typed, each speaker has exactly the words that stand below the label, in order."""
    lines = []
    meant: list[tuple[str, list[str]]] = []
    for asks, question, answers, answer, more in talk:
        lines += [f"{asks}{question}?", f"{answers}{answer}.", *more]
        meant.append(("pewawancara", f"{question}?".split()))
        meant.append(("I1", " ".join([f"{answer}.", *more]).split()))
    draft = only(raw("\n".join(lines)))
    assert [(draft.legend[turn.speaker], turn.text.split()) for turn in draft.turns] == meant


SHAPES = st.sampled_from(
    ["P: {}", "N: {}", "p: {}", "{}", "{} P:", "{}. P: lalu", "Catatan: {}", "[00:12] {}", "a. {}?", "“{}", "{}”",
     "Jawab: {}", "Tanggal: {}", "Tempat: {}", "Refleksi: {}", "Deskripsi", "Pak Asep: {}", "Asep {}", "N {}", "# {}",
     "---", "1. {}", "- {}", "[00:01] P: {}", "00:12:31", "Nama: {}", "P = Peneliti", "JUDUL {}", "P; {}", "Rina: {}"]
)  # fmt: skip
KINDS = st.sampled_from([BlockKind.PARAGRAPH] * 6 + [BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.CUE])


@given(st.lists(st.tuples(SHAPES, KINDS), min_size=1, max_size=14), st.sampled_from(["docx", "text", "vtt"]))
@settings(max_examples=200)
def test_no_word_disappears(shapes: list[tuple[str, BlockKind]], format: str) -> None:
    """Every word of any file stands once, in order, in the text; or in the front matter or the report of losses."""
    blocks = [Block(shape.format(f"kata{n}x"), kind) for n, (shape, kind) in enumerate(shapes)]
    for draft in recognise(file_of(*blocks, format=format), informants=ONE):
        words = re.findall(r"kata\d+x", draft.body)
        assert words == sorted(set(words), key=lambda word: int(word[4:-1]))
        aside = f"{draft.title} {draft.place} {draft.time} {said(draft.losses)}"
        aside += " ".join(question.text for question in draft.questions)
        missing = {f"kata{n}x" for n, (shape, _) in enumerate(shapes) if "{}" in shape} - set(words)
        names = {f"kata{n}x" for n, (shape, _) in enumerate(shapes) if shape == "Nama: {}"}
        assert not [word for word in missing - names if word not in aside.lower()]


PIECE = st.one_of(
    st.sampled_from(
        ["P:", "N:", "I1:", "Pak Asep:", "Narasumber:", "\n", "[00:12:31]", "?", "“", "”", "##", "---", "\t", " : ",
         "Tanggal: 5/12/2021", "Refleksi", "Deskripsi", "\u00a0", "👩🏽‍🌾", "e\u0301", "\r\n", "//", "Jawab:",
         "a.", ";"]
    ),
    st.text(max_size=6),
)  # fmt: skip
TEXTS = st.lists(PIECE, max_size=10).map(" ".join)
ANY_BLOCK = st.builds(
    Block,
    TEXTS,
    st.sampled_from(BlockKind),
    level=st.integers(0, 7),
    marker=st.sampled_from(["", "a.", "1)", "-"]),
    cells=st.lists(TEXTS, max_size=3).map(tuple),
    table=st.integers(0, 2),
    speaker=st.sampled_from(["", "Rina", "P", "I1", "a:b", "[x]"]),
    time=st.sampled_from(["", "00:01", "9:05 PM", "x"]),
    date=st.sampled_from(["", "05/12/24", "x"]),
)


@given(
    st.lists(ANY_BLOCK, max_size=6),
    st.sampled_from(["docx", "vtt", "whatsapp", "sheet"]),
    st.sampled_from([ONE, TWO, {}]),
)
@settings(max_examples=120)
def test_any_file_becomes_what_reads_back(blocks: list[Block], format: str, informants: dict[str, str]) -> None:
    """Whatever blocks come, answering the questions leaves none for storing, and what is stored reads back the same."""
    file = file_of(*blocks, format=format)
    answers: dict[str, str] = {}
    for _ in range(4):
        drafts = recognise(file, informants=informants, answers=answers)
        for draft in drafts:
            for question in draft.questions:
                if question.needed_for is NeededFor.STORING:
                    answers[question.key] = question.choices[0] if question.choices else "I7"
    for draft in drafts:
        assert keys(draft) == []
        known = informants or dict.fromkeys(draft.legend.values(), "")
        stored(draft, file, known)
