"""Labels of speakers as they are typed: what kind of label, and whether two of them are one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from qualcode.text.transcript import Role

_WORDS: dict[str, tuple[Role | None, tuple[str, ...]]] = {
    "pewawancara": (
        Role.INTERVIEWER,
        (
            *("p", "q", "t", "pewawancara", "peneliti", "penanya", "tanya", "pertanyaan"),
            *("interviewer", "researcher", "question", "pertanyaan peneliti"),
        ),
    ),
    "narasumber": (Role.INFORMANT, ("n", "narasumber", "nara sumber", "narsum", "ns")),
    "informan": (Role.INFORMANT, ("i", "informan", "inf", "interviewee", "jawaban informan")),
    "jawaban": (Role.INFORMANT, ("a", "j", "jawab", "jawaban", "answer")),
    "subjek": (Role.INFORMANT, ("s", "subjek", "subyek", "subject")),
    "responden": (Role.INFORMANT, ("r", "responden", "respondent")),
    "partisipan": (Role.INFORMANT, ("partisipan", "participant")),
    "kunci": (Role.INFORMANT, ("ik", "informan kunci", "key informan")),
    "utama": (Role.INFORMANT, ("iu", "informan utama")),
    "pendukung": (Role.INFORMANT, ("ip", "informan pendukung", "informan tambahan")),
    "moderator": (Role.INTERVIEWER, ("moderator", "fasilitator")),  # who leads a discussion asks
    "ajudan": (Role.OTHER, ("ajudan",)),
    "pendamping": (Role.OTHER, ("pendamping",)),
    "penerjemah": (Role.OTHER, ("penerjemah",)),
    "notulen": (Role.OTHER, ("notulen",)),
    "asisten": (Role.OTHER, ("asisten",)),
    "lainnya": (Role.OTHER, ("lainnya", "orang lain")),
    "speaker": (None, ("speaker", "pembicara", "peserta", "unknown speaker")),
}
_CONCEPT = {word: concept for concept, (_, words) in _WORDS.items() for word in words}
_LONG = [word for word in _CONCEPT if len(word) >= 6]
LONGEST_LABEL = 80
WEAK_LETTERS = frozenset("sr")
"""Letters that stand for a speaker only where a legend or their number says so."""

_TITLE = (
    r"bapak|bpk|pak|bp|ibu|bu|ib|mas|mbak|mba|mb|bang|kak|kang|teh|dr|drs|dra|prof|ir|h|hj|kh|kiai|ustaz|ustadz"
    r"|sdr|sdri"
)
_TITLES = re.compile(rf"^(?:(?:{_TITLE})(?:\.\s*|\s+))+", re.IGNORECASE)
_DEGREES = re.compile(r",.*$|\s+(?:S|M|A)\.\s?[A-Z][\w.]*.*$|\s+(?:SH|SE|MM|MSi|SSos|SIP|MAP|ST|MT|SPd|MPd)\b.*$")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?")
_NUMBERED = re.compile(r"(?P<word>[^\W\d_][^\d]*?)\s*[-.#_]?\s*(?P<number>\d{1,3})")
_NAME_WORD = re.compile(r"[A-Z][\w.'’-]*|bin|binti|van|al|de")
_NOBODY_WORDS = (
    "catatan contoh misalnya misal sumber tema kode kategori indikator dimensi aspek kendala hambatan solusi saran "
    "kesimpulan simpulan tujuan manfaat sasaran target lokasi tempat tanggal waktu judul gambar tabel grafik bagan "
    "lampiran keterangan kegiatan hasil tindak lanjut alamat email telepon website instagram facebook youtube tiktok "
    "artinya maksudnya intinya pertama kedua ketiga keempat kelima satu dua tiga empat lima jadi yaitu yakni antara "
    "note ps nb penting perhatian topik bagian sesi poin nomor perihal hal dasar menimbang mengingat memutuskan "
    "menetapkan kepada dari tembusan nama jabatan usia umur pendidikan pekerjaan hari jam pukul durasi deskripsi "
    "refleksi kutipan makna status sebelum sesudah awalnya akhirnya pagi siang sore malam"
)
_NOBODY = frozenset(_NOBODY_WORDS.split())


@dataclass(frozen=True)
class Label:
    """What a label says of its speaker.

    Attributes
    ----------
    spelling : str
        As written, without brackets, points and double blanks.
    key : str
        The same for two labels that are surely one speaker.
    role : Role or None
        None where the label alone does not tell.
    is_name : bool
        Whether it is, or may be, a person's name or office: then it is never stored.
    sure : bool
        Whether it is a speaker wherever it stands; others must be repeated.
    informant : str or None
        The informant's id that it is.
    typo_of : str
        The word it was taken for when it was mistyped.
    """

    spelling: str
    key: str
    role: Role | None
    is_name: bool
    sure: bool
    informant: str | None = None
    typo_of: str = ""


def tidy(label: str) -> str:
    """A label as it is compared: plain blanks, no brackets, no marks around it.

    Examples
    --------
    >>> tidy("**Bpk.\N{NO-BREAK SPACE}Asep (Kadis)** ")
    'Bpk. Asep'
    """
    return " ".join(_BRACKETS.sub("", label).split()).strip(" .,;–-*_\"'“”")


def squeezed(label: str) -> str:
    """Letters and figures only, in small letters: "I-1", "I 1" and "i1" are one."""
    return re.sub(r"[\W_]", "", label.casefold())


def name_of(label: str) -> str:
    """The name in a label, without titles and degrees.

    Examples
    --------
    >>> name_of("Bpk. Drs. H. Asep Sunandar, M.Si")
    'Asep Sunandar'
    """
    bare = _DEGREES.sub("", label)
    return tidy(_TITLES.sub("", bare)) or tidy(bare)


def read_label(label: str, *, informants: Iterable[str] = (), legend: Mapping[str, str] | None = None) -> Label | None:
    """Read a label, or None when it is none that anybody could bear.

    Parameters
    ----------
    label : str
        As written before the colon.
    informants : iterable of str
        The ids the case knows.
    legend : mapping of str to str, optional
        What the file itself says its labels mean: label in small letters -> meaning.

    Examples
    --------
    >>> read_label("Informan 1").key, read_label("I-1").key, read_label("Penliti").typo_of
    ('informan1', 'informan1', 'peneliti')
    >>> read_label("Catatan") is None
    True
    """
    spelling = tidy(label) if len(label) <= LONGEST_LABEL else ""
    small = spelling.casefold()
    if not spelling:
        return None
    ids = {squeezed(each): each for each in informants}
    meaning = (legend or {}).get(small)
    if meaning is not None and meaning.casefold() != small:
        meant = read_label(meaning, informants=informants)
        if meant:
            return Label(spelling, meant.key, meant.role, False, True, meant.informant)
    if small in _CONCEPT:
        concept = _CONCEPT[small]
        sure = small not in WEAK_LETTERS
        return Label(spelling, concept, _WORDS[concept][0], False, sure, ids.get(squeezed(small)))
    numbered = _NUMBERED.fullmatch(small)
    if numbered and numbered["word"].strip(" .-") in _CONCEPT:
        return _numbered(spelling, numbered["word"].strip(" .-"), int(numbered["number"]), ids)
    if squeezed(small) in ids:
        return Label(spelling, squeezed(small), Role.INFORMANT, False, True, ids[squeezed(small)])
    close = get_close_matches(small, _LONG, n=1, cutoff=0.85)
    if close:
        concept = _CONCEPT[close[0]]
        return Label(spelling, concept, _WORDS[concept][0], False, True, typo_of=close[0])
    return _name(spelling)


def _numbered(spelling: str, word: str, number: int, ids: Mapping[str, str]) -> Label:
    concept = _CONCEPT[word]
    role = None if word == "p" else _WORDS[concept][0]  # P1: the first interviewer, question or participant
    known = ids.get(squeezed(spelling))
    if known is None and role is Role.INFORMANT and concept in ("informan", "narasumber", "responden"):
        # "Informan 1" is I1 where the case calls its informants so, whichever of the field's letters it uses.
        known = next((ids[key] for key in (f"{word[0]}{number}", f"i{number}", f"n{number}") if key in ids), None)
    role = Role.INFORMANT if known else role
    return Label(spelling, f"{concept}{number}", role, False, True, known)


def _name(spelling: str) -> Label | None:
    titled = _TITLES.match(spelling)
    name = name_of(spelling)
    words = name.split()
    if not words or len(words) > 5 or not all(_NAME_WORD.fullmatch(word) for word in words):
        # Typed quickly, a title makes a name of small letters, too: "pak asep".
        if not titled or not 1 <= len(words) <= 2 or not name.replace(" ", "").isalpha():
            return None
    elif not titled and words[0].casefold() in _NOBODY:
        return None
    return Label(spelling, name.casefold(), None, True, bool(titled))


def same_name(one: str, other: str) -> bool:
    """Whether two names in small letters may well be one person's: part of it, its initials, or one letter mistyped.

    Examples
    --------
    >>> same_name("asep", "asep sunandar"), same_name("as", "asep sunandar"), same_name("asep", "rina")
    (True, True, False)
    """
    short, long = sorted((one.split(), other.split()), key=len)
    if set(short) <= set(long):
        return True
    if len(short) == 1 and len(long) > 1 and short[0] == "".join(word[0] for word in long):
        return True
    return len(one) >= 5 and bool(get_close_matches(one, [other], n=1, cutoff=0.88))
