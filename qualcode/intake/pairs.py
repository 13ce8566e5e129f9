"""Questions with their answers, where no label says who speaks: lists, tables, rows of a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qualcode.errors import Problem
from qualcode.intake.blocks import BlockKind, RawFile
from qualcode.intake.headers import fields_of
from qualcode.intake.lines import Line, place
from qualcode.intake.speakers import read_label
from qualcode.intake.talk import ANSWERING, ASKING, Reader, Said, Talk, clock

_MARKED = re.compile(r"^(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]\s*")
_ASKS = re.compile(
    r"^(?:apa|apakah|bagaimana|bagaimanakah|siapa|siapakah|mengapa|kenapa|kapan|di ?mana|dari mana|ke mana|berapa"
    r"|sejauh ?mana|jelaskan|ceritakan|sebutkan|adakah|menurut|bisakah|dapatkah|mohon|what|how|why|who|when|where)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^[“\"„«‟]")
_CLOSED = re.compile(r"[”\"“»][\s.,;]*(?:\([^)]*\)\.?)?$")
_ANSWER = re.compile(r"^(?:jawab|jawaban|jwb|answer)\s*[:.]\s*(?P<rest>.*)$", re.IGNORECASE)
_GUIDE = re.compile(
    r"\b(?:pedoman|panduan|kisi-kisi|daftar pertanyaan|instrumen|interview guide|guide)\b", re.IGNORECASE
)


def asks(line: Line) -> bool:
    """Whether a line is a question, or a point of a list that begins like one."""
    text = line.text.rstrip("”\"' )")
    if _QUOTED.match(line.text):
        return False
    marked = bool(line.block.marker and line.first) or bool(_MARKED.match(line.text))
    return text.endswith("?") or (marked and bool(_ASKS.match(_MARKED.sub("", line.text))))


def pair(lines: Sequence[Line]) -> Talk | None:
    """Pair questions with the answers below them, or None when this is no such list.

    An answer in quotation marks lasts to its closing mark; where that is missing, to the next question. What stands
    outside marks where answers have them, and every theme above a question, is the researcher's.
    """
    quoted = any(_QUOTED.match(line.text) for line in lines) or any(_ANSWER.match(line.text) for line in lines)
    talk = Talk()
    waiting: list[str] = []
    open_quote = False
    for line in lines:
        answer = _ANSWER.match(line.text)
        starts = bool(answer) or bool(_QUOTED.match(line.text))
        asked = bool(talk.said)
        if asks(line):
            talk.said.append(Said(ASKING, None, [*waiting, line.words], line))
            waiting, open_quote = [], False
        elif asked and not line.is_heading and (starts or (not quoted and not _is_theme(line))):
            text = answer["rest"] if answer else line.words
            _answer(talk, text, line, waiting)
            open_quote = bool(_QUOTED.match(text)) and not (len(text) > 1 and _CLOSED.search(text[1:]))
            open_quote = open_quote or bool(answer and not _QUOTED.match(text))
        elif asked and open_quote and not line.is_heading and not _is_theme(line):
            talk.said[-1].lines.append(line.words)
            open_quote = not _CLOSED.search(line.text) or not _QUOTED.match(talk.said[-1].lines[0])
        elif asked:
            waiting.append(line.words)
            open_quote = False
        else:
            talk.before.append(line.words)
    if waiting and talk.said:
        talk.said.append(Said(ASKING, None, waiting, talk.said[-1].line))
    return talk if _is_pairing(talk, quoted=quoted) else None


def _answer(talk: Talk, text: str, line: Line, waiting: list[str]) -> None:
    if waiting:
        talk.said.append(Said(ASKING, None, [*waiting], line))
        waiting.clear()
    if talk.said[-1].label == ANSWERING:
        talk.said[-1].lines.append(text)
    else:
        talk.said.append(Said(ANSWERING, None, [text], line))


def _is_theme(line: Line) -> bool:
    marked = bool(line.block.marker and line.first) or bool(_MARKED.match(line.text))
    return marked and len(line.text.split()) <= 8 and not line.text.endswith((".", "”", '"'))


def _is_pairing(talk: Talk, *, quoted: bool) -> bool:
    answered = sum(
        1
        for one, next_ in zip(talk.said, talk.said[1:], strict=False)
        if (one.label, next_.label) == (ASKING, ANSWERING)
    )
    marked = sum(1 for each in talk.said if each.label == ASKING and _MARKED.match(each.lines[-1]))
    asked = sum(1 for each in talk.said if each.label == ASKING)
    if quoted:
        return answered > 0 and answered * 4 >= asked
    return marked > 1 and answered > 1 and answered * 2 >= asked


def is_guide(lines: Sequence[Line], title: str) -> bool:
    """Whether these are questions without answers: an instrument, no evidence."""
    asked = sum(1 for line in lines if asks(line))
    told = sum(1 for line in lines if not asks(line) and not line.is_heading and len(line.text.split()) > 12)
    if _GUIDE.search(title) and asked:
        return told * 2 <= asked or asked > 4 * told
    return asked > 2 and told * 4 <= asked


# --- tables ------------------------------------------------------------------------------------------------------

_COLUMNS = {
    "question": re.compile(r"^(?:(?:daftar|butir|item)\s+)?(?:pertanyaan|question)s?(?:\s+(?:wawancara|peneliti))?$"),
    "answer": re.compile(
        r"^(?:(?:isi|uraian|hasil)\s+)?(?:jawaban|jawab|tanggapan|respons?|answer|hasil wawancara|hasil|kutipan"
        r"|pernyataan|transkrip|ujaran|percakapan|ucapan|verbatim|wawancara|teks)"
        r"(?:\s+(?:informan|narasumber|responden|wawancara|subjek|langsung))?$"
    ),
    "speaker": re.compile(
        r"^(?:(?:kode\s+)?(?:informan|narasumber|responden|subjek|partisipan)|pembicara|pelaku|speaker)$"
    ),
    "time": re.compile(r"^(?:waktu|jam|menit|time|timestamp|durasi)$"),
    "number": re.compile(r"^(?:no|nomor|num|#)$"),
}


@dataclass
class Columns:
    """What the columns of a table hold; `answers` maps a column to the label that stands above it."""

    question: int | None = None
    speaker: int | None = None
    time: int | None = None
    answers: dict[int, str] | None = None
    left: dict[int, str] | None = None
    has_head: bool = True


def tables(lines: Sequence[Line], read: Reader, raw: RawFile) -> Talk | None:
    """What is said in tables of questions and answers, or of speakers and words; None when there is no such table."""
    talk = Talk()
    waiting: list[str] = []
    any_table = False
    for number, group in groupby(lines, key=lambda line: line.block.table if line.cells else 0):
        rows = list(group)
        columns = columns_of(rows, read) if number else None
        if columns is None:
            (waiting if talk.said else talk.before).extend(row.words for row in rows)
            continue
        any_table = True
        body = rows[1:] if columns.has_head else rows
        _read_rows(talk, body, columns, waiting)
        _report_left(talk, rows, columns, raw)
    if waiting and talk.said:
        talk.said.append(Said(ASKING, None, waiting, talk.said[-1].line))
    return talk if any_table and talk.said else None


def _read_rows(talk: Talk, rows: Sequence[Line], columns: Columns, waiting: list[str]) -> None:
    speaker = ANSWERING
    for row in rows:
        cells = dict(enumerate(row.cells))
        question = cells.get(columns.question, "") if columns.question is not None else ""
        if question:
            talk.said.append(Said(ASKING, None, [*waiting, question], row))
            waiting.clear()
        elif waiting:
            talk.said.append(Said(ASKING, None, [*waiting], row))
            waiting.clear()
        if columns.speaker is not None and cells.get(columns.speaker):
            speaker = cells[columns.speaker].rstrip(" :")
        time = clock(cells.get(columns.time)) if columns.time is not None else None
        for column, label in (columns.answers or {}).items():
            if cells.get(column):
                who = speaker if columns.speaker is not None else label
                talk.said.append(Said(who, time, [cells[column]], row))


def _report_left(talk: Talk, rows: Sequence[Line], columns: Columns, raw: RawFile) -> None:
    names = []
    for column, name in (columns.left or {}).items():
        body = rows[1:] if columns.has_head else rows
        filled = sum(1 for row in body if column < len(row.cells) and row.cells[column])
        if filled:
            names.append(f"{name or column + 1} ({filled})")
    if names:
        where = place(raw, rows[0].block)
        talk.losses.append(Problem.of("intake_columns_left", where, columns=", ".join(names)))


def columns_of(rows: Sequence[Line], read: Reader) -> Columns | None:
    """What the columns of a table hold, from its first row or from what stands in them; None for other tables."""
    head = rows[0].cells
    kinds = [_kind(cell) for cell in head]
    if "question" in kinds or ("answer" in kinds and "speaker" in kinds):
        return _from_head(head, kinds, read)
    width = max(len(row.cells) for row in rows)
    filled = [[row.cells[at] for row in rows if at < len(row.cells) and row.cells[at]] for at in range(width)]
    used = [at for at in range(width) if filled[at]]
    numbers = [at for at in used if all(re.fullmatch(r"\d{1,3}[.)]?", cell) for cell in filled[at])]
    times = [at for at in used if at not in numbers and all(clock(cell) and len(cell) < 14 for cell in filled[at])]
    rest = [at for at in used if at not in numbers and at not in times]
    if len(rest) != 2 or len(rows) < 2:
        return None
    first, second = rest
    left = dict.fromkeys(numbers, "")
    time = times[0] if times else None
    labels = [read(cell.rstrip(" :")) for cell in filled[first]]
    speaking = [each for each in labels if each and (each.role or each.is_name)]
    borne_out = any(each.sure for each in speaking) or len({each.key for each in speaking}) * 2 <= len(speaking)
    if borne_out and len(speaking) == len(labels) and len(labels) > 1:
        if any(fields_of(cell) and not getattr(read_label(cell), "role", None) for cell in filled[first]):
            return None  # a header laid out as a table
        return Columns(None, first, time, {second: ANSWERING}, left, has_head=False)
    asked = sum(1 for cell in filled[first] if cell.rstrip("”\"' )").endswith("?"))
    if asked * 10 >= len(filled[first]) * 6:
        return Columns(first, None, time, {second: ANSWERING}, left, has_head=False)
    return None


def _kind(cell: str) -> str:
    small = re.sub(r"\s+\d+$", "", " ".join(cell.casefold().split()).strip(" .:"))
    return next((kind for kind, pattern in _COLUMNS.items() if pattern.match(small)), "")


def _from_head(head: Sequence[str], kinds: Sequence[str], read: Reader) -> Columns | None:
    question = kinds.index("question") if "question" in kinds else None
    speakers = [at for at, kind in enumerate(kinds) if kind == "speaker" and not re.search(r"\d", head[at])]
    answers = {at: _whose(head[at]) for at, kind in enumerate(kinds) if kind == "answer"}
    speaker = speakers[0] if speakers and answers else None
    if not answers:
        # Each informant has a column: "Informan 1", "I2", "Bapak Asep"; or one column "Informan" holds the answers.
        answers = {
            at: cell
            for at, cell in enumerate(head)
            if kinds[at] not in ("question", "number", "time")
            and (label := read(cell))
            and (label.role is not None or label.sure)
        }
    if question is not None and not answers:
        return Columns(question, None, None, {}, _left(head, {question}))
    time = kinds.index("time") if "time" in kinds else None
    taken = {at for at in (question, speaker, time, *answers) if at is not None}
    return Columns(question, speaker, time, answers, _left(head, taken))


def _whose(cell: str) -> str:
    """Whose answers stand below a head such as "Jawaban Informan 2"; nobody's in particular below "Jawaban"."""
    found = re.search(r"((?:informan|narasumber|responden|subjek)\s*\d+)", cell, re.IGNORECASE)
    return found[1] if found else ANSWERING


def _left(head: Sequence[str], taken: set[int]) -> dict[int, str]:
    return {at: cell for at, cell in enumerate(head) if at not in taken}


@dataclass(frozen=True)
class Respondent:
    """A row of a questionnaire: what was asked and answered, and what the row says of who answers."""

    row: int
    line: Line
    answers: tuple[tuple[str, str], ...]
    about: tuple[tuple[str, str], ...]
    empty: int


def respondents(lines: Sequence[Line], raw: RawFile) -> Iterator[Respondent]:
    """The respondents of a sheet whose first row asks and whose further rows answer; none for other sheets."""
    rows = [line for line in lines if line.block.kind is BlockKind.TABLE_ROW]
    if raw.format != "sheet" or len(rows) < 2 or len(rows) < len(lines):
        return
    head = rows[0].cells
    questions = [at for at, cell in enumerate(head) if cell.rstrip().endswith("?") or _ASKS.match(cell)]
    if not questions or any(_kind(cell) in ("question", "answer") for cell in head):
        return
    for number, row in enumerate(rows[1:], start=2):
        cells = dict(enumerate(row.cells))
        answers = tuple((head[at], cells[at]) for at in questions if cells.get(at))
        about = tuple(
            (head[at] if at < len(head) else "", cell) for at, cell in cells.items() if at not in questions and cell
        )
        yield Respondent(number, row, answers, about, len(questions) - len(answers))
