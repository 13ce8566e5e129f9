"""Bringing files into a case: look first, then store; the raw file is kept, and the stored text is frozen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from qualcode.coding.case import Case
from qualcode.display import Prose, Stack, Table
from qualcode.errors import CodingError, ParameterError, Problem, QualcodeError
from qualcode.intake.blocks import RawFile
from qualcode.intake.draft import RAW_FOLDER, Draft, DraftKind, to_markdown
from qualcode.intake.files import read_raw
from qualcode.intake.layout import recognise
from qualcode.project.layout import CORPUS
from qualcode.project.versions import HISTORY, TextChange, Versions
from qualcode.storage import write_atomically
from qualcode.text.document import UNDATED
from qualcode.wording import say

INSTRUMENTS = "instrumen"
"""The folder of a case in which interview guides stand: they are no evidence."""


@dataclass(frozen=True)
class Import:
    """One document to be, or as it was stored.

    Attributes
    ----------
    raw : RawFile
    draft : Draft
    content : bytes
        The raw file itself.
    stored : str
        Where it was stored, relative to the project; empty as long as it was not.
    """

    raw: RawFile
    draft: Draft
    content: bytes
    stored: str = ""

    @property
    def questions(self) -> Iterator[str]:
        """What must be answered, each with its key and the answers there are to choose from."""
        for question in self.draft.questions:
            choices = f" ({' | '.join(question.choices)})" if question.choices else ""
            yield f"[{question.key}] {question.text}{choices}"

    def turns_table(self) -> Table:
        """One row a turn, as it will be read back."""
        rows = [[each.speaker, each.role.value, each.time or "", each.text] for each in self.draft.turns]
        columns = [say(f"import.{name}") for name in ("speaker", "role", "time", "text")]
        return Table(say("import.turns_caption", id=self.draft.id, count=len(rows)), columns, rows)

    def to_dict(self) -> dict[str, object]:
        """Everything of it as plain values, for ``--json``."""
        draft = self.draft
        return {
            "file": self.raw.name,
            "format": self.raw.format,
            "kind": draft.kind.value,
            "id": draft.id,
            "title": draft.title,
            "technique": draft.technique.value,
            "date": draft.date.isoformat() if draft.date else None,
            "place": draft.place or None,
            "time": draft.time or None,
            "informant": draft.informant,
            "legend": dict(draft.legend),
            "turns": [
                {"speaker": each.speaker, "role": each.role.value, "time": each.time, "text": each.text}
                for each in draft.turns
            ],
            "text": draft.body,
            "guesses": [each.what for each in draft.guesses],
            "questions": [
                {
                    "key": each.key,
                    "question": each.text,
                    "choices": list(each.choices),
                    "needed_for": each.needed_for.value,
                }
                for each in draft.questions
            ],
            "losses": [each.what for each in draft.losses],
            "stored": self.stored or None,
        }


@dataclass(frozen=True)
class Imports:
    """What files were recognised as.

    Attributes
    ----------
    items : tuple of Import
    refused : tuple of Problem
        Files that could not be read, and what stands in the way of storing.
    """

    items: tuple[Import, ...]
    refused: tuple[Problem, ...] = ()

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """Where documents were stored."""
        return tuple(each.stored for each in self.items if each.stored)

    def to_table(self) -> Table:
        """One row a document: what it was recognised as, how much there is of it, and whether anything is open."""
        rows: list[list[str | int]] = [
            [
                each.raw.name,
                say(f"import.kind_{each.draft.kind.value}"),
                each.draft.id,
                each.draft.date.isoformat() if each.draft.date else UNDATED,
                each.draft.informant or "–",
                len(each.draft.turns) or "–",
                each.stored or say("import.open" if not each.draft.storable else "import.ready"),
            ]
            for each in self.items
        ]
        columns = [say(f"import.{name}") for name in ("file", "kind", "id", "date", "informant", "turns", "state")]
        return Table(say("import.caption", count=len(rows)), columns, rows)

    def remarks(self) -> Prose:
        """Per document: what was guessed, what must be answered, what did not come along."""
        blocks: list[str | tuple[str, ...]] = []
        for each in self.items:
            for name, said in (
                ("questions", tuple(each.questions)),
                ("guesses", tuple(guess.what for guess in each.draft.guesses)),
                ("losses", tuple(loss.what for loss in each.draft.losses)),
            ):
                if said:
                    blocks += [say(f"import.{name}", id=each.draft.id), said]
        blocks += [str(problem) for problem in self.refused]
        return Prose(tuple(blocks) or (say("import.nothing_to_say"),))

    def to_json(self) -> str:
        """A list of documents as plain values."""
        return json.dumps([each.to_dict() for each in self.items], ensure_ascii=False, indent=2)

    def _repr_html_(self) -> str:
        turns = [each.turns_table() for each in self.items if each.draft.turns]
        return Stack((self.to_table(), self.remarks(), *turns)).to_html()

    def __repr__(self) -> str:
        return f"{self.to_table()!r}\n{self.remarks()!r}"


def look(paths: Iterable[str | Path], case: Case, answers: Mapping[str, str]) -> Imports:
    """Read files and say what they would become; nothing is written.

    An answer's key may be preceded by the file's name (``rekaman.vtt:date``), where it is meant for that file only.
    """
    items: list[Import] = []
    refused: list[Problem] = []
    taken = {document.id.casefold() for document in case.documents}
    known = {document.extra["raw_sha256"]: document.id for document in case.documents if "raw_sha256" in document.extra}
    informants = {each.id: each.role for each in case.informants}
    for path in map(Path, paths):
        try:
            raw = read_raw(path)
            content = path.read_bytes()
        except QualcodeError as error:
            refused.append(error.problem)
            continue
        if raw.sha256 in known:
            refused.append(Problem.of("already_imported", path.name, id=known[raw.sha256]))
            continue
        drafts = recognise(raw, informants=informants, answers=_answers_for(raw.name, answers))
        if not drafts:
            refused.append(Problem.of("nothing_to_import", path.name))
        for draft in drafts:
            items.append(Import(raw, replace(draft, id=_free(draft.id, taken)), content))
            taken.add(items[-1].draft.id.casefold())
    return Imports(tuple(items), tuple(refused))


def _answers_for(name: str, answers: Mapping[str, str]) -> dict[str, str]:
    own = {key.removeprefix(f"{name}:"): answer for key, answer in answers.items() if key.startswith(f"{name}:")}
    return {key: answer for key, answer in answers.items() if not key.startswith(f"{name}:")} | own


def _free(id: str, taken: set[str]) -> str:
    """The id, or the first of id-2, id-3 ... that no other document has, on any disk."""
    numbered = (id if number == 1 else f"{id}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each.casefold() not in taken)


def store(root: Path, case: str, found: Imports, coder: str | None) -> Imports:
    """Store what can be stored: the raw file first, then the document; each is whole or not there.

    Raises
    ------
    OSError
        When something cannot be written.
    """
    folder = root / CORPUS / case
    versions = Versions(folder / HISTORY)
    items = []
    for each in found.items:
        if not each.draft.storable:
            items.append(each)
            continue
        raw = replace(each.raw, name=_keep_raw(folder / RAW_FOLDER, each))
        written = to_markdown(each.draft, raw=raw)
        home = folder / INSTRUMENTS if each.draft.kind is DraftKind.INSTRUMENT else folder
        path = home / f"{each.draft.id}.md"
        if path.exists():
            raise CodingError.of("document_exists", path.relative_to(root).as_posix(), id=each.draft.id)
        if each.draft.kind is not DraftKind.INSTRUMENT:
            id = versions.keep(each.draft.body)
            versions.log(TextChange(document=each.draft.id, after=id, how="imported", coder=coder, memo=raw.name))
        write_atomically(path, written.encode())
        items.append(replace(each, stored=path.relative_to(root).as_posix()))
    return replace(found, items=tuple(items))


def _keep_raw(folder: Path, each: Import) -> str:
    """Keep the raw file beside the documents; its name there, which differs where another file has it already."""
    if sha256(each.content).hexdigest() != each.raw.sha256:
        raise ParameterError.of("file_changed", each.raw.name)
    name = each.raw.name
    for candidate in (name, f"{Path(name).stem}-{each.raw.sha256[:8]}{Path(name).suffix}"):
        path = folder / candidate
        if not path.exists():
            write_atomically(path, each.content)
            return candidate
        if path.read_bytes() == each.content:
            return candidate
    raise CodingError.of("document_exists", f"{RAW_FOLDER}/{name}", id=name)
