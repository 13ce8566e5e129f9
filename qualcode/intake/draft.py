"""A document to be: what was recognised, what was guessed, what must be asked; and the file it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import yaml

from qualcode.errors import ParameterError, Problem
from qualcode.intake.blocks import RawFile
from qualcode.text.document import UNDATED, Kind, Technique
from qualcode.text.transcript import Role, turns, unlisted_labels
from qualcode.wording import say

RAW_FOLDER = "sumber"
UNKNOWN = "?"
"""What a label means in a draft as long as nobody has said whose it is; never stored."""


class DraftKind(StrEnum):
    """What a file was recognised as."""

    TRANSCRIPT = "transcript"
    NOTES = "notes"
    INSTRUMENT = "instrument"
    RECORD = "record"


class NeededFor(StrEnum):
    """What an open question stands in the way of: storing at all, or only being good evidence."""

    STORING = "storing"
    QUALITY = "quality"


@dataclass(frozen=True)
class Question:
    """What only the person who was there can say.

    Attributes
    ----------
    key : str
        Under which `recognise` takes the answer.
    text : str
        The question, worded.
    choices : tuple of str
        The answers there are to choose from; empty when any text will do.
    needed_for : NeededFor
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()
    needed_for: NeededFor = NeededFor.STORING


@dataclass(frozen=True)
class DraftTurn:
    """What one speaker says, as it will be stored: `speaker` is the stored label, never a person's name."""

    speaker: str
    role: Role
    time: str | None
    text: str


@dataclass(frozen=True)
class Draft:
    r"""One document to be.

    Attributes
    ----------
    kind : DraftKind
    id, title : str
        Proposals; both hold no name of a person that the file names as speaking.
    technique : Technique
    date : datetime.date or None
        None where none is written, or where it could be several days and nobody has said which.
    place, time, period : str
        As written in the file, or as answered; empty when not given.
    informant : str or None
        The informant's id, when there is exactly one and it is known.
    legend : mapping of str to str
        Stored label -> ``pewawancara``, ``lainnya`` or an informant's id (`UNKNOWN` while a question is open).
    turns : tuple of DraftTurn
        Of a transcript; else empty.
    body : str
        The text as it will be stored.
    guesses : tuple of Problem
        What was taken for true without being certain, and from what.
    questions : tuple of Question
    losses : tuple of Problem
        What the file holds and the body does not.
    """

    kind: DraftKind
    id: str
    title: str
    technique: Technique
    body: str
    date: date | None = None
    place: str = ""
    time: str = ""
    period: str = ""
    informant: str | None = None
    legend: Mapping[str, str] = field(default_factory=dict, hash=False)
    turns: tuple[DraftTurn, ...] = ()
    guesses: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()
    losses: tuple[Problem, ...] = ()

    @property
    def storable(self) -> bool:
        """Whether no question stands in the way of storing it."""
        return not any(question.needed_for is NeededFor.STORING for question in self.questions)


_KINDS = {
    DraftKind.TRANSCRIPT: Kind.TRANSCRIPT,
    DraftKind.NOTES: Kind.FIELD_NOTES,
    DraftKind.INSTRUMENT: Kind.RECORD,
    DraftKind.RECORD: Kind.RECORD,
}


class _Plain(yaml.SafeDumper):
    """Writes every value as text: quotes only what would otherwise be read as nothing or as other YAML."""


_Plain.yaml_implicit_resolvers = {
    first: kept
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    if (kept := [each for each in resolvers if each[0] == "tag:yaml.org,2002:null"])
}


def to_markdown(draft: Draft, *, raw: RawFile) -> str:
    """The file to be stored: front matter, then the body; `read_document` reads it back.

    An instrument is filed as a document of unstated technique; it is no evidence, and whoever stores it keeps it
    out of the case's evidence.

    Raises
    ------
    ParameterError
        When a question that is needed for storing is still open.
    """
    if not draft.storable:
        keys = ", ".join(each.key for each in draft.questions if each.needed_for is NeededFor.STORING)
        raise ParameterError.of("intake_open_questions", raw.name, keys=keys)
    provenance = say("intake.provenance", file=raw.name)
    if draft.kind is DraftKind.INSTRUMENT:
        provenance += " " + say("intake.provenance_instrument")
    front = {
        "id": draft.id,
        "title": draft.title,
        "kind": _KINDS[draft.kind].value,
        "technique": draft.technique.value,
        "date": draft.date.isoformat() if draft.date else UNDATED,
        "informant": draft.informant,
        "period": draft.period,
        "place": draft.place,
        "time": draft.time,
        "provenance": provenance,
        "raw": f"{RAW_FOLDER}/{raw.name}",
        "raw_sha256": raw.sha256,
        "legend": dict(draft.legend),
    }
    said = {key: value for key, value in front.items() if value}
    written = yaml.dump(said, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10**9)
    return f"---\n{written}---\n\n{draft.body}"


_STAMP = re.compile(r"[\[(](\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?)[\])]\s*")
_HEADING = re.compile(r"\s{0,3}#{1,6} ")


def compose_turns(
    preamble: Sequence[str], spoken: Sequence[DraftTurn], legend: Mapping[str, str]
) -> tuple[str, tuple[DraftTurn, ...]]:
    r"""The body of a transcript, and its turns exactly as they will be read back from it.

    A line of an answer that would itself open a turn ("P: ...", quoted by somebody) is joined to the line before it:
    only the beginning of a line makes a label, and no word is added or taken away.

    Examples
    --------
    >>> turn = DraftTurn("I1", Role.INFORMANT, None, "Lalu katanya\nP: tidak boleh.")
    >>> compose_turns([], [turn], {"P": "pewawancara", "I1": "I1"})[0]
    'I1: Lalu katanya P: tidak boleh.\n'
    """
    parts = [f"- {line}" if _opens(line, legend) else line for line in preamble]
    stored = []
    for turn in spoken:
        text, time = _joined(turn.text, legend), turn.time
        stamp = _STAMP.match(text)
        if stamp and not time:  # it would be read back as the turn's time, and is one
            text, time = text[stamp.end() :].strip(), stamp[1]
        stored.append(DraftTurn(turn.speaker, turn.role, time, text))
        parts.append(f"{turn.speaker}:" + (f" [{time}]" if time else "") + (f" {text}" if text else ""))
    return "\n\n".join(parts) + "\n", tuple(stored)


def compose_paragraphs(parts: Sequence[tuple[int, str]]) -> str:
    r"""The body of anything else: paragraphs, and headings of the given level (0 for a paragraph).

    A line that would be read as a heading without being one is joined to the line before it, or escaped as Markdown
    does: what stands under "Refleksi" is never evidence, so that a false heading could hide or free words.

    Examples
    --------
    >>> compose_paragraphs([(2, "Deskripsi"), (0, "Rapat\n# 3 dibuka.")])
    '## Deskripsi\n\nRapat # 3 dibuka.\n'
    """
    written = []
    for level, text in parts:
        if level:
            written.append("#" * min(level, 6) + " " + " ".join(text.split()))
        elif text.strip():
            plain = _joined(text, {})
            written.append("\\" + plain if _HEADING.match(plain) else plain)
    return "\n\n".join(written) + "\n"


def _joined(text: str, legend: Mapping[str, str]) -> str:
    """The text without blank lines, its lines joined wherever one would be taken for a label or a heading."""
    lines: list[str] = []
    for line in (each.strip() for each in text.split("\n")):
        if lines and line and _opens(line, legend):
            lines[-1] += " " + line
        elif line:
            lines.append(line)
    return "\n".join(lines)


def _opens(line: str, legend: Mapping[str, str]) -> bool:
    if _HEADING.match(line):
        return True
    if not legend or ":" not in line:
        return False
    return any(True for _ in turns(line, legend, None)) or any(True for _ in unlisted_labels(line, legend))
