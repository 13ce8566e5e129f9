"""From a file to a Document: UTF-8 Markdown with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from qualcode.errors import Problem
from qualcode.records import Identifier, Record, Tree, parse, read_as
from qualcode.text.document import UNDATED, Document, Kind, Technique
from qualcode.text.transcript import INTERVIEWER, OTHER, several_informants, unlisted_labels

LARGEST_DOCUMENT = 50_000_000

_FENCED = re.compile(r"---[ \t]*\n(?P<front>.*?)^---[ \t]*(?:\n\n?|\Z)", re.DOTALL | re.MULTILINE)
_DESCRIPTION = re.compile(r"^ {0,3}#{1,6} +(?:deskripsi|description)\b", re.IGNORECASE | re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _written_day(value: Any) -> Any:
    """Nothing for "tanpa tanggal"; otherwise year-month-day, for pydantic also takes 2025 for seconds since 1970."""
    if value == UNDATED:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise PydanticKnownError("date_type")
    return value


class FrontMatter(Record):
    """What stands between the two ``---`` lines of a document."""

    id: str = Field(pattern=Identifier)
    title: str
    kind: Kind
    technique: Technique
    date: Annotated[date | None, BeforeValidator(_written_day)]
    informant: str | None = None
    period: str | None = None
    place: str | None = None
    time: str | None = None
    section: str | None = None
    author: str | None = None
    provenance: str
    fictional: bool = False
    raw: str | None = None  # the file it was imported from, kept beside it: sumber/<name>
    raw_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    legend: dict[str, str] = Field(default_factory=dict)


def read_text(path: Path, place: str) -> tuple[str | None, list[Problem]]:
    r"""Read a UTF-8 text file with ``\n`` line ends, or say where it is none.

    A byte order mark and Windows line ends are taken off; nothing else is changed.
    """
    try:
        if path.stat().st_size > LARGEST_DOCUMENT:
            return None, [Problem.of("file_too_large", place, limit=LARGEST_DOCUMENT // 1_000_000)]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Problem.of("unreadable_file", place, detail=error.strerror or type(error).__name__)]
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        # The error's own bytes: its offsets do not count a byte order mark.
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, [Problem.of("not_utf8", f"{place}:{line}", byte=f"0x{error.object[error.start]:02x}")]
    fault = text_fault(text, place)
    return (None, [fault]) if fault else (text, [])


def text_fault(text: str, place: str) -> Problem | None:
    """The first character that no stored text may hold; None when there is none."""
    control = _CONTROL.search(text)
    if not control:
        return None
    line = text.count("\n", 0, control.start()) + 1
    return Problem.of("control_character", f"{place}:{line}", code=f"U+{ord(control.group()):04X}")


def read_document(
    path: Path, place: str, *, case: str, informants: Collection[str] | None = None
) -> tuple[Document | None, list[Problem]]:
    """Read one document of a case.

    Parameters
    ----------
    path : Path
        The ``.md`` file.
    place : str
        How messages name it.
    case : str
        The id of the case it belongs to.
    informants : collection of str, optional
        The informants the case knows; others that the document names are reported.

    Returns
    -------
    tuple of (Document or None, list of Problem)
        None when the file cannot be used; the problems name file, line and mend.
    """
    text, problems = read_text(path, place)
    if text is None:
        return None, problems
    fenced = _FENCED.match(text)
    if not fenced:
        return None, [Problem.of("no_front_matter", f"{place}:1")]
    tree, problems = parse(fenced["front"], place, first_line=2)
    front = None
    if tree is not None:
        front, faults = read_as(FrontMatter, tree)
        problems += faults
    if tree is None or front is None:
        return None, problems
    document = _document(front, text[fenced.end() :], case, place, text.count("\n", 0, fenced.end()) + 1)
    if document.id != path.stem:
        problems.append(Problem.of("id_is_not_file_name", tree.at(("id",)), id=document.id, stem=path.stem))
    if informants is not None:
        problems += _strangers(front, tree, informants)
    return document, problems + _doubts(document)


def with_body(file: str, body: str) -> str:
    """A document's file with another text after the same front matter.

    Raises
    ------
    ValueError
        When the file has no front matter.
    """
    fenced = _FENCED.match(file)
    if not fenced:
        raise ValueError("no front matter")
    # Always a blank line between them: one at the body's own beginning would otherwise be taken for it.
    return file[: fenced.end()].rstrip("\n") + "\n\n" + body


def _strangers(front: FrontMatter, tree: Tree, informants: Collection[str]) -> list[Problem]:
    """The informants that a document names and the case does not know, each with the line that names it."""
    named: dict[str, tuple[str, ...]] = {who: ("legend", label) for label, who in front.legend.items()}
    for key, who in (("informant", front.informant), ("author", front.author)):
        if who:
            named[who] = (key,)
    known = ", ".join(sorted(informants)) or "–"
    return [
        Problem.of("unknown_informant", tree.at(named[who]), informant=who, known=known)
        for who in sorted(named.keys() - set(informants) - {INTERVIEWER, OTHER})
    ]


def _document(front: FrontMatter, body: str, case: str, place: str, first_line: int) -> Document:
    extra = {name: getattr(front, name) for name in ("place", "time", "section", "author", "raw", "raw_sha256")}
    return Document(
        id=front.id,
        text=body,
        case=case,
        title=front.title,
        kind=front.kind,
        technique=front.technique,
        date=front.date,
        informant=front.informant,
        period=front.period,
        provenance=front.provenance,
        legend=front.legend,
        extra={key: value for key, value in extra.items() if value},
        fictional=front.fictional,
        file=place,
        first_line=first_line,
    )


def _doubts(document: Document) -> list[Problem]:
    """What makes a readable document doubtful as evidence."""
    place = f"{document.file}:{document.first_line}"
    problems = []
    if not document.text.strip():
        problems.append(Problem.of("empty_document", place))
    elif document.kind is Kind.TRANSCRIPT:
        if not document.turns:
            problems.append(Problem.of("no_turns", place))
        for label, offset in unlisted_labels(document.text, document.legend):
            problems.append(Problem.of("label_not_in_legend", document.place(offset), label=label))
        several = several_informants(document.text, document.legend)
        if several:
            problems.append(Problem.of("several_informants", place, labels=", ".join(several)))
    elif document.kind is Kind.FIELD_NOTES and not _DESCRIPTION.search(document.text):
        problems.append(Problem.of("no_description", place))
    return problems
