"""What a file is: a transcript in one of its many layouts, field notes, a list of questions, or any other record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from qualcode.errors import Problem
from qualcode.intake.blocks import BlockKind, RawFile
from qualcode.intake.cast import Knowledge, cast
from qualcode.intake.dates import WrittenDate, agree, find_date
from qualcode.intake.draft import (
    Draft,
    DraftKind,
    DraftTurn,
    NeededFor,
    Question,
    compose_paragraphs,
    compose_turns,
    to_markdown,
)
from qualcode.intake.headers import Field, Header, fields_of, read_header, take
from qualcode.intake.lines import Line, lines_of
from qualcode.intake.notes import has_sections, split_notes
from qualcode.intake.pairs import Respondent, is_guide, pair, respondents, tables
from qualcode.intake.speakers import tidy
from qualcode.intake.talk import (
    ANSWERING,
    ASKING,
    NO_LABEL_TIMES,
    Said,
    Talk,
    by_format,
    follow,
    opens_with,
    without_speakers,
)
from qualcode.records import Identifier
from qualcode.text.document import UNDATED, Technique
from qualcode.text.transcript import INTERVIEWER, Role
from qualcode.wording import say

__all__ = ["Draft", "DraftKind", "DraftTurn", "NeededFor", "Question", "recognise", "to_markdown"]

_TECHNIQUES = {
    DraftKind.TRANSCRIPT: Technique.INTERVIEW,
    DraftKind.NOTES: Technique.OBSERVATION,
    DraftKind.INSTRUMENT: Technique.UNSTATED,
    DraftKind.RECORD: Technique.DOCUMENTATION,
}
_LETTERS = {DraftKind.TRANSCRIPT: "w", DraftKind.NOTES: "o", DraftKind.INSTRUMENT: "p", DraftKind.RECORD: "d"}
_NAMED = (BlockKind.CUE, BlockKind.MESSAGE)
_TALKS = re.compile(r"\b(?:transkrip\w*|wawancara|verbatim|interview)\b", re.IGNORECASE)


def recognise(
    raw: RawFile, *, informants: Mapping[str, str] | None = None, answers: Mapping[str, str] | None = None
) -> tuple[Draft, ...]:
    """Recognise what a file is and make the documents it will become.

    Parameters
    ----------
    raw : RawFile
        The file as it was read.
    informants : mapping of str to str, optional
        The informants of the case: id -> role.
    answers : mapping of str to str, optional
        Answers to questions of an earlier call, by their keys. Besides those, ``id``, ``title``, ``place``, ``time``,
        ``period`` and ``technique`` may be given, and ``label:<label>`` for what a label means (``pewawancara``,
        ``lainnya``, an informant's id, or ``bukan pembicara``).

    Returns
    -------
    tuple of Draft
        One, or one for each respondent of a questionnaire; none when the file holds no words.

    Examples
    --------
    >>> from qualcode.intake.blocks import Block
    >>> raw = RawFile("w.txt", "", "text", (Block("P: Pagi, Pak."), Block("Pak Asep: Pagi.")))
    >>> (draft,) = recognise(raw, informants={"I1": "Kepala dinas"})
    >>> [(turn.speaker, turn.text) for turn in draft.turns]
    [('P', 'Pagi, Pak.'), ('I1', 'Pagi.')]
    """
    informants, answers = informants or {}, answers or {}
    lines = list(lines_of(raw))
    if not lines:
        return ()
    kind = answers.get("kind", "")
    rows = list(respondents(lines, raw)) if kind in ("", DraftKind.TRANSCRIPT) else []
    if rows:
        return tuple(_respondent(row, raw, informants, answers) for row in rows)
    # Messages and cues have no header: "Tempat: kantor" there is something somebody wrote.
    header = Header() if any(line.block.kind in _NAMED for line in lines) else read_header(lines)
    known = Knowledge(raw, header, informants, answers)
    if kind not in set(DraftKind):
        kind = ""
    rest = [line for number, line in enumerate(lines) if number not in header.used]
    title = header.title or raw.name
    if kind in ("", DraftKind.NOTES) and (kind or has_sections(rest, title)):
        return (_notes(rest, known),)
    if kind in ("", DraftKind.TRANSCRIPT):
        talk = _talk(rest, known, forced=bool(kind))
        if talk is not None:
            return (_transcript(talk, _footnotes(rest), known),)
    guide = kind == DraftKind.INSTRUMENT or (not kind and is_guide(rest, title))
    return (_record(lines, DraftKind.INSTRUMENT if guide else DraftKind.RECORD, known),)


def _talk(lines: Sequence[Line], known: Knowledge, *, forced: bool) -> Talk | None:
    """What is said, by the first layout that fits; None when nobody is seen to speak."""
    lines = [line for line in lines if line.block.kind is not BlockKind.FOOTNOTE]
    if any(line.block.speaker and line.block.kind in _NAMED for line in lines):
        return by_format(lines)
    in_tables = tables(lines, known.read, known.raw)
    if in_tables is not None:
        answered = any(each.label != ASKING for each in in_tables.said)
        return in_tables if answered or forced else None
    flat = _unrolled(lines, known)
    talk = follow(flat, known.read, known.forced, known.raw)
    labels = {known.read(each.label) for each in talk.said}
    keys = {label.key for label in labels if label}
    talks = len(talk.said) > 1 and (len(keys) > 1 or len(talk.said) > 2) and len(talk.said) * 15 >= len(flat)
    if talks and keys != {"jawaban"}:
        return talk
    paired = pair(flat)
    if paired is not None:
        return paired
    timed = sum(1 for line in flat if NO_LABEL_TIMES.match(line.text))
    if any(line.block.kind in _NAMED for line in flat) or (timed > 1 and timed * 2 >= len(flat)) or forced:
        return without_speakers(flat, known.raw)
    return None


def _unrolled(lines: Sequence[Line], known: Knowledge) -> list[Line]:
    """The lines, with those tables taken apart in whose cells whole turns stand."""
    flat: list[Line] = []
    for line in lines:
        parts = [part.strip() for cell in line.cells for part in cell.split("\n") if part.strip()]
        if any(opens_with(part, known.read) for part in parts):
            block = replace(line.block, kind=BlockKind.PARAGRAPH, cells=())
            flat += [Line(part, block, number == 0) for number, part in enumerate(parts)]
        else:
            flat.append(line)
    return flat


def _footnotes(lines: Iterable[Line]) -> list[str]:
    return [line.words for line in lines if line.block.kind is BlockKind.FOOTNOTE]


# --- the four kinds ----------------------------------------------------------------------------------------------


def _transcript(talk: Talk, footnotes: Sequence[str], known: Knowledge) -> Draft:
    people = cast(talk.said, known)
    legend = people.legend
    spoken = []
    for each in talk.said:
        person = people.of(each.label)
        spoken.append(DraftTurn(person.stored, person.role or Role.OTHER, each.time, each.text))
    guesses = [*talk.guesses, *people.guesses]
    if footnotes:
        asking = next((label for label, meaning in legend.items() if meaning == INTERVIEWER), None)
        if asking is None:
            asking = next(each for each in ("P", "Peneliti", "Pewawancara") if each not in legend)
            legend[asking] = INTERVIEWER
        spoken.append(DraftTurn(asking, Role.INTERVIEWER, None, "\n".join(footnotes)))
        guesses.append(Problem.of("intake_footnotes", known.raw.name, count=len(footnotes)))
    for label, count in talk.unsure.items():
        guesses.append(Problem.of("intake_no_speaker", known.raw.name, label=label, count=count))
    body, turns = compose_turns(talk.before, spoken, legend)
    ids = {person.informant for person in people.informants}
    informant = ids.pop() if len(ids) == 1 else None
    guesses += _names_inside(body, people.names, known)
    questions = [*people.questions, *_label_questions(talk, known)]
    draft = _draft(DraftKind.TRANSCRIPT, body, known, names=people.names, who=informant, talk=talk)
    ends = [Problem.of("intake_ends_left", known.raw.name, count=talk.ends)] if talk.ends else []
    losses = [*talk.losses, *ends, *_header_losses(known, draft)]
    return replace(
        draft,
        legend=legend,
        turns=turns,
        informant=informant,
        guesses=(*draft.guesses, *guesses),
        questions=(*draft.questions, *questions),
        losses=(*draft.losses, *losses),
    )


def _label_questions(talk: Talk, known: Knowledge) -> list[Question]:
    """Whether words that keep standing before a colon are a speaker after all."""
    choices = (*known.informants, "lainnya", INTERVIEWER, "bukan pembicara")
    return [
        Question(f"label:{label}", say("intake.ask_label", label=label, count=count), choices, NeededFor.QUALITY)
        for label, count in talk.unsure.items()
        if count > 1
    ]


def _notes(lines: Sequence[Line], known: Knowledge) -> Draft:
    body = compose_paragraphs(split_notes(lines))
    names = [*known.header.informant_names, *known.header.interviewer_names]
    draft = _draft(DraftKind.NOTES, body, known, names=names)
    guess = Problem.of("intake_notes", known.raw.name)
    losses = (*draft.losses, *_header_losses(known, draft))
    return replace(draft, guesses=(*draft.guesses, guess, *_names_inside(body, names, known)), losses=losses)


def _record(lines: Sequence[Line], kind: DraftKind, known: Knowledge) -> Draft:
    """A record keeps every line, those of its header as well: they are part of what it says.

    Where the file has pages, a line of its own says which one begins, from the second on.
    """
    parts = []
    gathered: list[str] = []
    page = 1
    for line in lines:
        turned = line.block.page > page
        if (line.first or turned) and gathered:
            parts.append((0, "\n".join(gathered)))
            gathered = []
        if turned:
            page = line.block.page
            parts.append((0, say("intake.page", number=page)))
        if line.is_heading and line.first:
            parts.append((min(max(line.block.level, 1) + 1, 6), line.words))
        else:
            gathered.append(line.words)
    if gathered:
        parts.append((0, "\n".join(gathered)))
    body = compose_paragraphs(parts)
    names = [*known.header.informant_names, *known.header.interviewer_names]
    if not known.header.title and len(lines[0].text.split()) <= 12 and not re.search(r"[.:;,?!]$", lines[0].text):
        known.header.title = lines[0].text
    draft = _draft(kind, body, known, names=names)
    guesses = [*draft.guesses, *_names_inside(body, names, known)]
    questions = [*draft.questions]
    asked = sum(1 for line in lines if line.text.endswith("?"))
    unclear = kind is DraftKind.INSTRUMENT or asked > 1 or _TALKS.search(f"{known.header.title} {known.raw.name}")
    if known.answers.get("kind") != kind:
        if kind is DraftKind.INSTRUMENT:
            guesses.append(Problem.of("intake_instrument", known.raw.name))
        else:
            guesses.append(Problem.of("intake_record", known.raw.name))
        if unclear:
            asking = say("intake.ask_kind", file=known.raw.name)
            questions.append(Question("kind", asking, tuple(each.value for each in DraftKind), NeededFor.QUALITY))
    return replace(draft, guesses=tuple(guesses), questions=tuple(questions))


def _respondent(row: Respondent, raw: RawFile, informants: Mapping[str, str], answers: Mapping[str, str]) -> Draft:
    """A row of a questionnaire as a transcript of its own: each question, and this respondent's answer."""
    header = Header()
    left = []
    for key, value in row.about:
        if fields_of(key):
            take(header, key, value)
        elif value:
            left.append(key)
    suffix = f":{row.row}"
    # What holds for the file holds for each row, unless the row has an answer of its own.
    given = {key + suffix: value for key, value in answers.items() if ":" not in key and key in ("period", "technique")}
    known = Knowledge(raw, header, informants, given | dict(answers), suffix)
    talk = Talk()
    for question, answer in row.answers:
        talk.said.append(Said(ASKING, None, [question], row.line))
        talk.said.append(Said(ANSWERING, None, [answer], row.line))
    if left:
        talk.losses.append(Problem.of("intake_columns_left", f"{raw.name}:{row.row}", columns=", ".join(left)))
    if row.empty:
        talk.losses.append(Problem.of("intake_no_answer", f"{raw.name}:{row.row}", count=row.empty))
    return _transcript(talk, [], known)


# --- what all kinds have -----------------------------------------------------------------------------------------


def _draft(
    kind: DraftKind,
    body: str,
    known: Knowledge,
    *,
    names: Sequence[str],
    who: str | None = None,
    talk: Talk | None = None,
) -> Draft:
    """The draft with its title, id, date and place, and what is guessed and asked about them."""
    raw, header = known.raw, known.header
    guesses = list(raw.guesses)
    pages = {block.page for block in raw.blocks if block.page}
    if pages and kind in (DraftKind.TRANSCRIPT, DraftKind.NOTES):
        guesses.append(Problem.of("intake_pages", raw.name, count=len(pages)))
    questions: list[Question] = []
    day = _date(known, talk, guesses, questions)
    technique = _TECHNIQUES[kind]
    answered = known.answer("technique")
    if answered in set(Technique):
        technique = Technique(answered)
    elif raw.format in ("whatsapp", "sheet"):
        asked = say("intake.ask_technique", technique=technique.value)
        questions.append(
            Question("technique" + known.suffix, asked, tuple(each.value for each in Technique), NeededFor.QUALITY)
        )
    tokens = {token.casefold() for name in names for token in re.findall(r"[^\W\d_]{3,}", name)}
    if tokens & set(re.split(r"[\W\d_]+", raw.name.casefold())):
        guesses.append(Problem.of("intake_name_in_file_name", raw.name))
    return Draft(
        kind,
        _id(kind, known, tokens, who),
        _title(kind, known, tokens, who),
        technique,
        body,
        date=day,
        place=known.answer("place") or header.values.get(Field.PLACE, ""),
        time=known.answer("time") or header.time,
        period=known.answer("period") or "",
        guesses=tuple(guesses),
        questions=tuple(questions),
        losses=tuple(raw.losses),
    )


def _id(kind: DraftKind, known: Knowledge, tokens: set[str], who: str | None) -> str:
    answered = known.answer("id")
    if answered and re.match(Identifier, answered):
        return answered
    if kind is DraftKind.TRANSCRIPT and who:
        return f"w-{who.lower()}"
    stem = known.raw.name.rpartition(".")[0] or known.raw.name
    ascii_ = unicodedata.normalize("NFKD", stem.casefold()).encode("ascii", "ignore").decode()
    words = [word for word in re.split(r"[^a-z0-9]+", ascii_) if word and word not in tokens]
    slug = "-".join(words)[:60].strip("-") or "dokumen"
    return f"{_LETTERS[kind]}-{slug}{known.suffix.replace(':', '-')}"


def _title(kind: DraftKind, known: Knowledge, tokens: set[str], who: str | None) -> str:
    raw, header = known.raw, known.header
    answered = known.answer("title")
    if answered:
        return " ".join(answered.split())
    for title in (header.title, raw.properties.get("title")):
        words = set(re.findall(r"[^\W\d_]+", (title or "").casefold()))
        if title and words and not words & tokens:
            return " ".join(title.split())
    if kind is DraftKind.TRANSCRIPT:
        role = known.informants.get(who or "", "")
        return say("intake.title_with", who=role or who) if who else say("intake.title_interview")
    stem = raw.name.rpartition(".")[0] or raw.name
    words_ = [word for word in re.split(r"[\s_]+", stem) if tidy(word).casefold() not in tokens]
    return " ".join(words_) or say("intake.title_document")


def _date(known: Knowledge, talk: Talk | None, guesses: list[Problem], questions: list[Question]) -> date | None:
    """The day as answered or written; a date that could be several days is asked for, never guessed."""
    raw = known.raw
    key = "date" + known.suffix
    answered = known.answer("date") or ""
    day = find_date(answered)
    if day and len(day.readings) == 1:
        return day.readings[0]
    if answered == UNDATED:
        return None
    written = known.header.written_date()
    dates = [each.line.block.date for each in talk.said if each.line.block.date] if talk else []
    if written is None and dates:
        written = agree(dates)
        if len(set(dates)) > 1:
            guesses.append(Problem.of("intake_several_days", raw.name, count=len(set(dates)), first=dates[0]))
    if written is None and not known.suffix:
        written = find_date(raw.name.rpartition(".")[0].replace("_", " "))
        if written and len(written.readings) == 1:
            guesses.append(Problem.of("intake_date_of_name", raw.name, date=written.readings[0].isoformat()))
    unread = " ".join(known.header.values.get(each, "") for each in (Field.WEEKDAY, Field.DATE)).strip()
    if written is None and unread:
        written = WrittenDate(unread, ())
    if written is None:
        created = raw.properties.get("created", "")[:10]
        choices = (*((created,) if find_date(created) else ()), UNDATED)
        questions.append(Question(key, say("intake.ask_missing_date", file=raw.name), choices, NeededFor.QUALITY))
        return None
    return _certain(written, key, guesses, questions, known)


def _certain(
    written: WrittenDate, key: str, guesses: list[Problem], questions: list[Question], known: Knowledge
) -> date | None:
    if len(written.readings) != 1:
        choices = (*(day.isoformat() for day in written.readings), UNDATED)
        questions.append(Question(key, say("intake.ask_date", written=written.text), choices))
        return None
    (day,) = written.readings
    values = {"written": written.text, "date": day.isoformat()}
    if written.by_weekday:
        guesses.append(Problem.of("intake_date_by_weekday", known.raw.name, **values))
    if written.other_weekday:
        guesses.append(Problem.of("intake_other_weekday", known.raw.name, **values))
    if written.century:
        guesses.append(Problem.of("intake_century", known.raw.name, **values))
    rest = known.header.values.get(Field.DATE, "")[written.end :]
    if find_date(rest):
        guesses.append(Problem.of("intake_date_span", known.raw.name, **values))
    return day


def _header_losses(known: Knowledge, draft: Draft) -> list[Problem]:
    """What the header says and no field of a document holds; people's own data are named, never repeated."""
    header = known.header
    losses = []
    told = [*header.told]
    if Field.TIME in header.values:
        told += [header.values[each] for each in (Field.BEGIN, Field.END) if each in header.values]
    if told:
        losses.append(Problem.of("intake_header_left", known.raw.name, fields="; ".join(told)))
    if header.title and draft.title != " ".join(header.title.split()):
        losses.append(Problem.of("intake_title_left", known.raw.name, title=draft.title))
    private = [key for each in (Field.NAME, Field.INTERVIEWER, Field.PRIVATE) for key in header.keys.get(each, ())]
    private += [f"{label} = …" for label in header.named]
    if private:
        losses.append(Problem.of("intake_private_left", known.raw.name, fields=", ".join(private)))
    return losses


def _names_inside(body: str, names: Iterable[str], known: Knowledge) -> list[Problem]:
    """The names of those who speak, wherever they stand in the text: they are kept, for a person to mask."""
    tokens = {token.casefold(): token for name in names for token in re.findall(r"[^\W\d_]{3,}", name)}
    found = []
    for token in tokens:
        pattern = rf"\b(?:{re.escape(token.capitalize())}|{re.escape(token.upper())})\b"
        count = len(re.findall(pattern, body))
        if count:
            found.append(Problem.of("intake_name_in_text", known.raw.name, name=token.capitalize(), count=count))
    return found
