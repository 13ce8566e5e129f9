"""What stands above the talk: who, when, where, and the legend that says what the labels mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qualcode.intake.dates import WrittenDate, find_date
from qualcode.intake.lines import Line
from qualcode.intake.notes import section_of
from qualcode.intake.speakers import name_of, read_label, squeezed, tidy
from qualcode.text.transcript import Role

LONGEST_HEADER = 40
_LONGEST_VALUE = 8
_LONGEST_NAME = 4  # words of a name or office that is not written as one
_LONGEST_LINE = 400  # a longer line is prose, whatever it begins with


class Field(StrEnum):
    """What a line of a header tells."""

    DATE = "date"
    WEEKDAY = "weekday"
    PLACE = "place"
    TIME = "time"
    BEGIN = "begin"
    END = "end"
    TITLE = "title"
    NAME = "name"
    CODE = "code"
    ROLE = "role"
    TRAIT = "trait"
    PRIVATE = "private"
    INTERVIEWER = "interviewer"


_KEYS = {
    Field.DATE: "tanggal|tgl|date|hari tanggal|timestamp|cap waktu",
    Field.WEEKDAY: "hari|day",
    Field.PLACE: "tempat|lokasi|place|location",
    Field.TIME: "waktu|jam|pukul|time",
    Field.BEGIN: "waktu mulai|jam mulai|mulai",
    Field.END: "waktu selesai|jam selesai|selesai|waktu berakhir",
    Field.TITLE: "judul|title",
    Field.NAME: "nama|name|inisial|informan|narasumber|responden|subjek|partisipan|identitas informan|interviewee",
    Field.CODE: "kode|kode informan|kode narasumber|kode responden|nomor informan|no informan|informan ke",
    Field.ROLE: "jabatan|pekerjaan|posisi|profesi",
    Field.TRAIT: "usia|umur|jenis kelamin|pendidikan|pendidikan terakhir|agama|lama bekerja|masa kerja|status|durasi"
    "|lama wawancara|instansi|unit kerja|gender",
    Field.PRIVATE: "nip|nik|npm|nim|no hp|nomor hp|telepon|no telepon|email|alamat|tanggal lahir|tgl lahir|ttl",
    Field.INTERVIEWER: "pewawancara|peneliti|interviewer|observer|pengamat|nama peneliti|nama pewawancara",
}
_FIELDS = {key: kind for kind, keys in _KEYS.items() for key in keys.split("|")}
_ABOUT = re.compile(
    r" (?:wawancara|observasi|pengamatan|pelaksanaan|penelitian|informan|narasumber|responden|lengkap)$"
)
_NUMBER = re.compile(r"^(?:\d{1,2}|[a-z])[.)]\s+")
_PAIR = re.compile(r"^(?P<key>[^:\t=]{2,40}?)\s*[:\t]+\s*(?P<value>.*)$", re.DOTALL)
_LEGEND = re.compile(r"^\(?(?P<label>[A-Za-z][\w .-]{0,18}?)\s*(?P<mark>[:=])\s*(?P<meaning>[^:=?]{2,60}?)\)?$")
_LEGEND_WORD = re.compile(r"^(?:keterangan|legenda|ket)\.?\s*:?\s*", re.IGNORECASE)
_TITLE_WORDS = re.compile(
    r"^(?:lampiran|transkrip|transkripsi|verbatim|hasil wawancara|catatan (?:lapangan|observasi)|wawancara|pedoman"
    r"|panduan|field ?notes?|daftar pertanyaan|instrumen|kisi-kisi|laporan|notulen)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\[[^\[\]]{1,2000}\]")  # what somebody says about the file, above everything else
_DAYS = re.compile(r"(?<!\d)(\d{1,2})\s*(?:-|–|—|s/d|s\.d\.|sampai|dan|&)\s*$", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:(?:pukul|jam|pkl)\.?\s*)?\d{1,2}[.:]\d{2}(?:\s*(?:-|–|—|s/d|s\.d\.|sampai)\s*(?:\d{1,2}[.:]\d{2}|selesai))?"
    r"(?:\s*(?:WIB|WITA|WIT))?",
    re.IGNORECASE,
)


@dataclass
class Header:
    """What the header tells: values by field, the legend, the title, and the lines that were taken up by it.

    `used` are the numbers of lines that say nothing beyond the header; `told` is what no field of a document holds,
    `named` the labels of which the legend says whose they are.
    """

    values: dict[Field, str] = field(default_factory=dict)
    keys: dict[Field, list[str]] = field(default_factory=dict)
    legend: dict[str, str] = field(default_factory=dict)
    title: str = ""
    told: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    informant_names: list[str] = field(default_factory=list)
    interviewer_names: list[str] = field(default_factory=list)

    def written_date(self) -> WrittenDate | None:
        """The date, with the weekday that may stand on a line of its own; None where no date is written."""
        day, weekday = self.values.get(Field.DATE, ""), self.values.get(Field.WEEKDAY, "")
        return find_date(f"{weekday}, {day}" if weekday else day)

    @property
    def time(self) -> str:
        """The time, or beginning and end of it."""
        span = "–".join(self.values[each] for each in (Field.BEGIN, Field.END) if each in self.values)
        return self.values.get(Field.TIME, "") or span


def fields_of(key: str) -> list[Field]:
    """What a header's key announces; "Hari/Tanggal" announces two things, an unknown key none.

    Examples
    --------
    >>> [str(each) for each in fields_of("1. Hari / Tgl. wawancara")]
    ['weekday', 'date']
    """
    small = _NUMBER.sub("", " ".join(key.casefold().replace(".", " ").split())).strip(" :-*_")
    small = re.sub(r"^(?:\d{1,2}|[a-z]) ", "", small)
    if "lahir" in small:
        return [Field.PRIVATE]
    found = []
    for part in re.split(r"\s*(?:/|,|&| dan )\s*", small):
        part = part.strip()
        kind = _FIELDS.get(part) or _FIELDS.get(_ABOUT.sub("", part))
        if kind is None:
            return []
        found.append(kind)
    return found


def read_header(lines: Sequence[Line]) -> Header:
    """Read the header of a file: the lines above the first words anybody says, and a legend wherever it stands."""
    header = Header()
    zone = _zone(lines, header)
    for number in range(zone):
        line = lines[number]
        if number in header.used:
            continue
        pairs = _pairs(line)
        if pairs and all(_is_field(key, value, number, lines) for key, value in pairs):
            for key, value in pairs:
                take(header, key, value)
            header.used.add(number)
        else:
            _take_title(header, line, number)
    announced = False
    for number in range(zone, len(lines)):
        line = lines[number]
        announced = announced and _take_legend(header, line, any_mark=True)
        if announced or _take_legend(header, line, any_mark=False):
            header.used.add(number)
        elif number + 1 < len(lines) and _LEGEND_WORD.fullmatch(line.text):
            # "Keterangan:" on a line of its own is taken up together with the legend below it, or not at all.
            announced = _take_legend(header, lines[number + 1], any_mark=True)
            header.used |= {number} if announced else set()
    return header


def _zone(lines: Sequence[Line], header: Header) -> int:
    """How many lines may belong to the header: up to the first that is spoken, or is ordinary prose."""
    for number, line in enumerate(lines[:LONGEST_HEADER]):
        pairs = _pairs(line)
        if _take_legend(header, line, any_mark=True):
            header.used.add(number)
            continue
        if pairs and all(_is_field(k, v, number, lines) for k, v in pairs):
            continue
        if section_of(line.text):
            return number
        if _REMARK.fullmatch(line.text) or _REMARK.fullmatch(line.block.text):
            continue
        label = read_label(pairs[0][0] if pairs else line.text.partition(":")[0].rstrip(" :\t"))
        speaks = bool(label and (label.sure or label.role)) and not line.is_heading
        if speaks or len(line.text.split()) > 18 or line.text.endswith("?"):
            return number
    return min(len(lines), LONGEST_HEADER)


def _pairs(line: Line) -> list[tuple[str, str]]:
    """The keys and values of a line: of a row's cells, or of a line that may hold several, apart by wide gaps."""
    if line.cells and len(line.text) <= _LONGEST_LINE:
        cells = [cell for cell in line.cells if cell.strip(" :")]
        return [(cells[0].rstrip(" :"), cells[1].lstrip(" :"))] if len(cells) == 2 else []
    if len(line.text) > _LONGEST_LINE:
        return []
    parts = re.split(r"(?:\s{2,}|\t|;\s*|\s\|\s)(?=[A-Z][^:\t]{2,30}?\s*:)", line.text)
    pairs = [(found["key"], found["value"].lstrip(" :")) for part in parts if (found := _PAIR.match(part))]
    return pairs if len(pairs) == len(parts) else []


def _is_field(key: str, value: str, number: int, lines: Sequence[Line]) -> bool:
    kinds = fields_of(key)
    if not kinds:
        return False
    label = read_label(key)
    if label is None or label.role is None or len(tidy(key)) == 1:
        return True
    # "Informan: Bapak Asep" may be a line of the header, or the first thing the informant says.
    if not value or len(value.split()) > _LONGEST_VALUE or value.endswith(("?", "!", "…", "...")):
        return False
    said_again = sum(1 for line in lines if squeezed(line.text).startswith(squeezed(key)) and ":" in line.text) > 1
    meant = read_label(value)
    names_somebody = bool(meant and (meant.sure or (meant.is_name and not value.endswith("."))))
    if not names_somebody and len(value.split()) <= _LONGEST_NAME and not value.endswith((".", ",")):
        # A number, or a name or office in small letters: it names somebody where lines of the header stand around
        # it, or where whoever plays that part speaks under another label.
        below = _header_goes_on(number, lines) or _another_speaks(key, lines[number + 1 :])
        return below and _in_header(number, lines)
    return names_somebody and (not said_again or (meant is not None and meant.sure) or _in_header(number, lines))


def _in_header(number: int, lines: Sequence[Line]) -> bool:
    """Whether lines of a header stand right above or below, counting those that may be of it as well."""
    for step in (-1, 1):
        for each in range(number + step, number + 4 * step, step):
            pairs = _pairs(lines[each]) if 0 <= each < len(lines) else []
            if not pairs or not all(fields_of(key) and len(value.split()) <= _LONGEST_VALUE for key, value in pairs):
                break
            if _surely_header(lines[each]):
                return True
    return False


def _header_goes_on(number: int, lines: Sequence[Line]) -> bool:
    """Whether a line of the header, or of a legend, stands below, with nothing but such lines between."""
    for line in lines[number + 1 : number + 4]:
        if _surely_header(line) or _take_legend(Header(), line, any_mark=False):
            return True
        pairs = _pairs(line)
        if not pairs or not all(fields_of(key) and len(value.split()) <= _LONGEST_NAME for key, value in pairs):
            return False
    return False


def _another_speaks(key: str, lines: Iterable[Line]) -> bool:
    """Whether a label other than `key` opens a line for somebody of the same part."""
    role = getattr(read_label(key), "role", None)
    openings = {tidy(line.text.partition(":")[0]) for line in lines if ":" in line.text[:40]}
    others = {each for each in openings if squeezed(each) != squeezed(key)}
    return any(getattr(read_label(each), "role", None) is role for each in others)


def _surely_header(line: Line) -> bool:
    pairs = _pairs(line)
    return bool(pairs) and all(fields_of(key) and not getattr(read_label(key), "role", None) for key, _ in pairs)


def _take_legend(header: Header, line: Line, *, any_mark: bool) -> bool:
    """Take up "P = Peneliti, N = Narasumber"; and "P: Peneliti", which could be said, only with `any_mark`."""
    if len(line.text) > _LONGEST_LINE:
        return False
    text = _LEGEND_WORD.sub("", line.text)
    announced = text != line.text
    if line.cells and len(line.cells) == 2:
        text = f"{line.cells[0].rstrip(' :')}: {line.cells[1].lstrip(' :')}"
    parts = [part.strip(" ().") for part in re.split(r"[,;]\s*|\s{3,}|\t", text) if part.strip(" ().")]
    found = [_LEGEND.match(part) for part in parts] or [None]
    learnt = Header()
    for each in found:
        if each is None or (not any_mark and not announced and each["mark"] == ":"):
            return False
        bare = re.sub(r"\s*[(\[/,].*$", "", each["meaning"])
        meaning, more = bare.strip(" ."), each["meaning"][len(bare) :].strip(" ()[]/,.")
        meant = read_label(meaning)
        label = read_label(each["label"])
        short = len(squeezed(each["label"])) <= 4 or (label is not None and label.role is not None)
        named = meant is not None and meant.is_name and meant.sure and each["mark"] == "="
        if not short or meant is None or not (meant.role or named) or len(squeezed(meaning)) < 4:
            return False
        if fields_of(each["label"]) and len(tidy(each["label"])) > 1 and (meant.role is None):
            return False
        if named:
            learnt.named.append(tidy(each["label"]))
            learnt.informant_names.append(name_of(meaning))
        else:
            learnt.legend[tidy(each["label"]).casefold()] = meaning
        if more:
            _take_more(learnt, f"{tidy(each['label'])} = ", meaning, more)
    header.legend.update(learnt.legend)
    header.named += learnt.named
    header.told += learnt.told
    header.informant_names += learnt.informant_names
    header.interviewer_names += learnt.interviewer_names
    return True


def _take_more(header: Header, label: str, meaning: str, more: str) -> None:
    """What a legend says behind the meaning: "N = Narasumber (Bapak Asep)" names a person, who is not stored."""
    meant, role = read_label(more), getattr(read_label(meaning), "role", None)
    if meant is None or not meant.is_name:
        header.told.append(f"{label}{meaning} ({more})")
        return
    header.named.append(label.removesuffix(" = "))
    (header.interviewer_names if role is Role.INTERVIEWER else header.informant_names).append(name_of(more))


def take(header: Header, key: str, value: str) -> None:
    """Take up one key and its value; the key must be one that `fields_of` knows."""
    kinds = fields_of(key)
    value = " ".join(value.split())
    for kind in kinds:
        header.keys.setdefault(kind, []).append(key.strip())
    if kinds[0] is Field.NAME:
        _take_person(header, value)
    elif kinds[0] is Field.INTERVIEWER:
        header.interviewer_names.append(name_of(value))
    elif set(kinds) & {Field.DATE, Field.WEEKDAY, Field.TIME, Field.PLACE}:
        _take_when_and_where(header, kinds, value)
    elif kinds[0] in (Field.BEGIN, Field.END):
        _put(header, kinds[0], value)
    else:
        header.values.setdefault(kinds[0], value)
        if kinds[0] is Field.TITLE and not header.title:
            header.title = value
        elif kinds[0] is not Field.PRIVATE and value:
            header.told.append(f"{key.strip()}: {value}")


def _take_person(header: Header, value: str) -> None:
    coded = re.search(r"\b((?:informan|narasumber|responden)\s*\d+|[INPR][KUP]?-?\d{1,3})\b", value, re.IGNORECASE)
    if coded:
        header.values.setdefault(Field.CODE, coded[1])
        value = value.replace(coded[1], "").strip(" -–—()/,:")
    role = re.search(
        r"[(,–-]\s*((?:kepala|kabid|kadis|staf|admin|sekretaris|warga|ketua|pegawai)\b[^()]*)", value, re.I
    )
    if role:
        header.values.setdefault(Field.ROLE, role[1].strip(" )."))
    name = name_of(re.sub(r"\s+[-–—]\s+.*$", "", value))
    meant = read_label(name) if name else None
    if meant and meant.is_name:
        header.informant_names.append(name)
    elif meant is None and name:
        header.values.setdefault(Field.ROLE, name)


def _take_when_and_where(header: Header, kinds: list[Field], value: str) -> None:
    rest = value
    if {Field.DATE, Field.WEEKDAY, Field.TIME} & set(kinds):
        written = find_date(value)
        if written:
            day = value[written.start : written.end].strip()
            _put(header, Field.DATE, day)
            rest = value[: written.start] + value[written.end :]
            span = _DAYS.search(value[: written.start])
            if span and day[:1].isdigit():
                # "12-14 Maret 2024": the first day is kept, as of two dates written in full.
                header.values[Field.DATE] = re.sub(r"^\d{1,2}", span[1], day)
                header.told.append(value)
                rest = value[written.end :]
            another = find_date(rest)
            if another and header.values[Field.DATE] == day:
                header.values[Field.DATE] = f"{header.values[Field.DATE]} {value[written.end :].strip()}".strip()
                rest = ""
        elif kinds == [Field.WEEKDAY]:
            _put(header, Field.WEEKDAY, value)
            return
        elif Field.DATE in kinds and Field.TIME not in kinds and Field.PLACE not in kinds:
            _put(header, Field.DATE, value)
            return
    clock = _CLOCK.search(rest)
    if clock and (Field.TIME in kinds or Field.DATE in kinds):
        _put(header, Field.TIME, re.sub(r"^(?:pukul|jam|pkl)\.?\s*", "", clock[0], flags=re.I))
        rest = rest[: clock.start()] + rest[clock.end() :]
    rest = re.sub(r"^\s*(?:pukul|jam|pkl)\b\.?", "", rest, flags=re.IGNORECASE).strip(" ,/;|-–.")
    if rest:
        kind = Field.PLACE if Field.PLACE in kinds else Field.TIME
        header.values[kind] = f"{header.values[kind]} {rest}" if kind in header.values else rest


def _put(header: Header, kind: Field, value: str) -> None:
    """Keep the first value of a field; another one is told in the report."""
    if header.values.setdefault(kind, value) != value:
        header.told.append(value)


def _take_title(header: Header, line: Line, number: int) -> None:
    person = re.match(r"^(?P<name>[A-Z][^:?]{2,50}?)\s+[-–—]\s+(?P<code>(?:Informan|Narasumber)\s*\d+)$", line.text)
    if person:
        _take_person(header, f"{person['name']} - {person['code']}")
        header.used.add(number)
        return
    label = read_label(line.text.partition(":")[0].rstrip(" :\t"))
    if label and (label.role or (label.sure and ":" in line.text)):
        return
    like_a_title = line.is_heading or bool(_TITLE_WORDS.match(line.text)) or line.text.isupper()
    if like_a_title and not header.title and len(line.text.split()) <= 20 and not line.cells:
        header.title = line.text
        header.used.add(number)
