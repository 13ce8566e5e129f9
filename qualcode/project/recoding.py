"""Renaming, merging, splitting, moving and adding codes: the codebook changes, and every coding follows by an event.

What is about to be done is written down first, in ``codebooks/history/<id>.jsonl``, and the codebook as it was is kept
beside it. So a crash at any later moment leaves a note of what is unfinished: `unfinished` names it, and the same
command goes on where it stopped, because only codings that still have the old code are touched.

All events of one recoding share an `action`: undoing it takes every coding back; `Restore` puts the codebook back.
"""

from __future__ import annotations

import inspect
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from filelock import Timeout
from pydantic import Field, ValidationError
from ulid import ULID

from qualcode.analysis.crosswalk import CROSSWALK
from qualcode.coding.codebook import Bilingual, Code, Codebook
from qualcode.coding.journal import (
    AnyEvent,
    Apply,
    Decision,
    EventId,
    Remove,
    Revise,
    append_locked,
    fold,
    in_force,
    locked,
    read_journal,
)
from qualcode.display import Table
from qualcode.errors import CheckError, CodingError, Problem, UnknownNameError
from qualcode.frameworks import david, literature, paramitha, programme, stoc
from qualcode.project.grafting import Change, add, changed, merge, move, rename, set_open, set_version, split
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, NOTEBOOKS, files, folders, place, read_tree
from qualcode.project.reading import CASE_FILE, CaseReading, Shelf, read_shelf
from qualcode.project.versions import HISTORY
from qualcode.records import Identifier, Record, read_as, word_complaint
from qualcode.storage import append_durably, write_atomically
from qualcode.wording import say


class Rename(Record):
    """A code gets another id and, where one is named, another label; the codes below it keep theirs."""

    kind: Literal["rename"] = "rename"
    code: str
    new: str
    label: str | None = None
    label_en: str | None = None


class Merge(Record):
    """A code's codings and children go to another code, and its definition is noted there."""

    kind: Literal["merge"] = "merge"
    code: str
    into: str


class NewCode(Record):
    """A code that a split makes."""

    id: str
    label: str
    definition: str


class Split(Record):
    """A code gets new codes below it, and the codings with certain tags go to them."""

    kind: Literal["split"] = "split"
    code: str
    into: tuple[NewCode, ...]
    by: dict[str, str] = Field(default_factory=dict)


class MoveCode(Record):
    """A code goes, with all below it, under another one, or to the top."""

    kind: Literal["move"] = "move"
    code: str
    under: str | None = None


class Add(Record):
    """A new code under another one, or at the top; `opens` says that a codebook closed so far is open from now on."""

    kind: Literal["add"] = "add"
    code: str
    label: str
    definition: str
    under: str | None = None
    opens: bool = False


class Restore(Record):
    """The codebook is put back as it was in a version."""

    kind: Literal["restore"] = "restore"
    version: str


Operation = Rename | Merge | Split | MoveCode | Add | Restore


class Excluded(Record):
    """An exclusion of a case record in which a code was replaced: its case and its number from 0."""

    case: str
    index: int


class Recode(Record):
    """One line of a codebook's history: a recoding was begun, or is done.

    `id` is the `action` of its events; `before` and `after` are versions of the codebook; the one
    before is kept under the name `kept`.
    """

    id: EventId = Field(default_factory=lambda: str(ULID()))
    time: datetime = Field(default_factory=lambda: datetime.now().astimezone().replace(microsecond=0))
    step: Literal["begun", "done"] = "begun"
    coder: str = Field(pattern=Identifier)
    operation: Annotated[Operation, Field(discriminator="kind")]
    before: str
    after: str
    kept: str = ""
    exclusions: tuple[Excluded, ...] = ()


@dataclass(frozen=True)
class Chronicle:
    """What was done to a codebook: its log and the codebooks as they were, in ``codebooks/history``."""

    root: Path
    codebook: str

    @property
    def folder(self) -> Path:
        """Where it stands."""
        return self.root / CODEBOOKS / HISTORY

    @property
    def file(self) -> Path:
        """The codebook as it is now."""
        return self.root / CODEBOOKS / f"{self.codebook}.yaml"

    @property
    def log(self) -> Path:
        """The log of recodings."""
        return self.folder / f"{self.codebook}.jsonl"

    def records(self) -> list[Recode]:
        """All recodings, oldest first, each with how far it came; lines that cannot be read are passed over."""
        found: dict[str, Recode] = {}
        for line in self.log.read_bytes().split(b"\n") if self.log.exists() else ():
            try:
                record = Recode.model_validate_json(line)
            except ValidationError:
                continue
            if record.id not in found or record.step == "done":
                found[record.id] = record
        return [found[id] for id in sorted(found)]

    def pending(self) -> Recode | None:
        """The newest recoding that was begun and is not done."""
        return next((each for each in reversed(self.records()) if each.step == "begun"), None)

    def write(self, record: Recode) -> None:
        """Add a line to the log and wait until it is on the disk."""
        content = record.model_dump(mode="json", exclude_none=True)
        with locked(self.log):
            append_durably(self.log, json.dumps(content, ensure_ascii=False).encode() + b"\n")

    def kept(self) -> dict[str, Path]:
        """The codebooks as they were, by version."""
        begin = len(self.codebook) + 1
        if not self.folder.is_dir():
            return {}
        return {path.stem[begin:]: path for path in files(self.folder, "*.yaml") if self._owns(path)}

    def _owns(self, path: Path) -> bool:
        return path.name.startswith(f"{self.codebook}.") and path.stem != self.codebook

    def keep(self, name: str) -> None:
        """Keep the codebook as it is now under a name that `name_for` gave."""
        path = self.folder / f"{self.codebook}.{name}.yaml"
        if not path.exists():
            write_atomically(path, self.file.read_bytes())

    def name_for(self, version: str) -> str:
        """The name under which the codebook as it is now is kept: its version, or where that is taken one beside it."""
        content = self.file.read_bytes()
        stem = re.sub(r"[^A-Za-z0-9._-]", "-", version)
        name, count, kept = stem, 1, self.kept()
        while name in kept and kept[name].read_bytes() != content:
            count += 1
            name = f"{stem}-{count}"
        return name

    def next_version(self, version: str) -> str:
        """The version after `version` that no codebook had before."""
        used = set(self.kept()) | {each for record in self.records() for each in (record.before, record.after)}
        version = bumped(version)
        while version in used:
            version = bumped(version)
        return version

    def heirs(self) -> dict[str, str]:
        """Code that was renamed or merged -> the code that took its place."""
        heirs: dict[str, str] = {}
        for record in self.records():
            if isinstance(record.operation, (Rename, Merge)) and record.step == "done":
                new = _target(record.operation)
                heirs.pop(new, None)
                heirs[record.operation.code] = new
        return heirs

    def heir(self, code: str, codebook: Codebook) -> str | None:
        """The code that stands for one that was renamed or merged, over several recodings; None for any other."""
        heirs, seen, now = self.heirs(), {code}, code
        while now in heirs and heirs[now] not in seen and (now == code or now not in codebook):
            now = heirs[now]
            seen.add(now)
        return now if now != code else None

    def origins(self, code: str) -> set[str]:
        """The codes that a code was renamed from or split off."""
        return {
            record.operation.code
            for record in self.records()
            if (isinstance(record.operation, Rename) and record.operation.new == code)
            or (isinstance(record.operation, Split) and code in (each.id for each in record.operation.into))
        }


def bumped(version: str) -> str:
    """The next version: the second part of a number counts on, any other word gets a count of its own.

    Examples
    --------
    >>> [bumped(each) for each in ("1.0", "1.9", "2", "1.2.3", "draf", "draf.1", "2025-03-11")]
    ['1.1', '1.10', '2.1', '1.3.0', 'draf.1', 'draf.2', '2025-03-11.1']
    """
    three = re.fullmatch(r"(v?\d+)\.(\d+)\.\d+", version)
    if three:
        return f"{three[1]}.{int(three[2]) + 1}.0"
    counted = re.fullmatch(r"(.+)\.(\d+)", version)
    return f"{counted[1]}.{int(counted[2]) + 1}" if counted else f"{version}.1"


def _target(operation: Rename | Merge) -> str:
    return operation.new if isinstance(operation, Rename) else operation.into


# What a recoding does to the codings of one journal


@dataclass(frozen=True)
class Following:
    """How the codings of one journal follow: those that get a code, those that join another, those left to decide.

    Attributes
    ----------
    path : Path
    recoded : tuple of (Apply, str)
        Coding as it was, and its new code.
    joined : tuple of (Apply, Apply)
        Coding that is taken back, and the one of the same words and coder that stands for both.
    undecided : tuple of Apply
        Codings that stay with a split code.
    decisions : tuple of Decision
        What still names the old code.
    events : tuple of events
        What is to be appended.
    """

    path: Path
    recoded: tuple[tuple[Apply, str], ...]
    joined: tuple[tuple[Apply, Apply], ...]
    undecided: tuple[Apply, ...]
    decisions: tuple[Decision, ...]
    events: tuple[AnyEvent, ...]

    @property
    def case(self) -> str:
        """The case of the journal."""
        return self.path.parent.parent.name

    @property
    def coder(self) -> str:
        """The coder of the journal."""
        return self.path.stem.partition(".")[2]


class _Stamp:
    """Gives the events of a recoding: ids above all those of a journal, so that they take effect after them."""

    def __init__(self, record: Recode, events: Iterable[AnyEvent]) -> None:
        self.said: dict[str, Any] = {"coder": record.coder, "action": record.id}
        self.newest = max((event.id for event in events), default="0" * 26)

    def __call__(self, kind: type[Revise] | type[Remove], **said: object) -> Revise | Remove:
        fresh = str(ULID())
        self.newest = fresh if fresh > self.newest else _successor(self.newest)
        return kind.model_validate({"id": self.newest, **self.said, **said})


_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _successor(id: str) -> str:
    """The next id after one made within the same millisecond, or by a clock that runs ahead."""
    head, last = id.rstrip("Z"), len(id) - len(id.rstrip("Z"))
    return head[:-1] + _DIGITS[_DIGITS.index(head[-1]) + 1] + "0" * last


def _follow(root: Path, codebook: Codebook, record: Recode, path: Path) -> Following:
    events = read_journal(path).events
    standing = fold(events)
    operation = record.operation
    stamp = _Stamp(record, events)
    if isinstance(operation, (MoveCode, Add, Restore)):
        return Following(path, (), (), (), (), ())
    mine = [each for each in standing.values() if each.code == operation.code]
    renamed = () if isinstance(operation, Split) else _decisions(events, operation.code)
    if isinstance(operation, Merge):
        known = [each for each in standing.values() if each.code == operation.into]
        places = _places(root, codebook, operation.code, path) if mine and known else {}
        return _united(Following(path, (), (), (), renamed, ()), operation, record, mine, known, places, stamp)
    chosen = [(each, _chosen(operation, each)) for each in mine]
    recoded = tuple((each, new) for each, new in chosen if new)
    return Following(
        path,
        recoded,
        (),
        tuple(each for each, new in chosen if not new),
        renamed,
        tuple(_revision(stamp, record, each, new) for each, new in recoded),
    )


def _decisions(events: Iterable[AnyEvent], code: str) -> tuple[Decision, ...]:
    return tuple(each for each in in_force(events) if isinstance(each, Decision) and each.code == code)


def _chosen(operation: Rename | Split, coding: Apply) -> str | None:
    """The code a coding goes to; None when its tags name none, or several."""
    if isinstance(operation, Rename):
        return operation.new
    named = {operation.by[tag] for tag in coding.tags if tag in operation.by}
    return named.pop() if len(named) == 1 else None


def _revision(stamp: _Stamp, record: Recode, coding: Apply, new: str) -> AnyEvent:
    # A revision's memo replaces the coding's: what the coder wrote stands before the note.
    memo = "\n".join(each for each in (coding.memo, _note(record, coding.code, new)) if each)
    return stamp(Revise, coding=coding.id, code=new, memo=memo)


def _note(record: Recode, old: str, new: str) -> str:
    return say("recode.memo", old=old, new=new, version=record.after)


def _united(
    begun: Following,
    operation: Merge,
    record: Recode,
    mine: Sequence[Apply],
    known: Sequence[Apply],
    places: Mapping[str, object],
    stamp: _Stamp,
) -> Following:
    """The codings of a merged code: each gets the other code, or joins the coding that has it on the same words.

    What only the joining one has, its tags and memo, goes over to the one that stays. Codings of different rounds stay
    apart: they are compared with each other.
    """
    staying = {(each.round, places.get(each.id, _words(each))): each for each in known}
    recoded: list[tuple[Apply, str]] = []
    joined: list[tuple[Apply, Apply]] = []
    events: list[AnyEvent] = []
    for coding in mine:
        where = (coding.round, places.get(coding.id, _words(coding)))
        if where not in staying:
            recoded.append((coding, operation.into))
            events.append(_revision(stamp, record, coding, operation.into))
            staying[where] = coding.model_copy(update={"memo": events[-1].memo, "code": operation.into})  # type: ignore[union-attr]
            continue
        other = staying[where]
        joined.append((coding, other))
        tags = tuple(dict.fromkeys((*other.tags, *coding.tags)))
        memo = other.memo if coding.memo in other.memo else "\n".join(filter(None, (other.memo, coding.memo)))
        if (tags, memo) != (other.tags, other.memo):
            events.append(stamp(Revise, coding=other.id, tags=tags, memo=memo))
            staying[where] = other.model_copy(update={"tags": tags, "memo": memo})
        note = _note(record, coding.code, operation.into)
        events.append(stamp(Remove, coding=coding.id, memo=note))
    return replace(begun, recoded=tuple(recoded), joined=tuple(joined), events=tuple(events))


def _words(coding: Apply) -> object:
    return ("", coding.document, coding.text, coding.start, coding.end, coding.quote)


def _places(root: Path, codebook: Codebook, code: str, path: Path) -> dict[str, object]:
    """Where the codings of a journal stand in the texts as they are now, where that is certain."""
    extra = () if code in codebook else (Code(id=code, label=_plain(code), definition=_plain(code)),)
    whole = Codebook(
        **{name: getattr(codebook, name) for name in Codebook.model_fields if name != "codes"},
        codes=(*codebook.codes, *extra),
    )
    shelf = Shelf({codebook.id: whole}, frozenset(), ())
    placed, _ = CaseReading(root, path.parent.parent.name, shelf).placed_in(path)
    return {
        each.event.id: (each.event.document, each.segment.start, each.segment.end)
        for each in placed
        if each.segment and each.is_certain
    }


def _plain(word: str) -> Bilingual:
    return Bilingual(id=word, en=word)


# What can be asked for


def _require(codebook: Codebook, operation: Operation, chronicle: Chronicle, shelf: Shelf) -> None:
    """Refuse what cannot be done, with the mend."""
    if isinstance(operation, Restore):
        return
    if isinstance(operation, Add):
        _require_addition(codebook, operation, chronicle, shelf)
        return
    codebook[operation.code]
    if isinstance(operation, Rename):
        _require_new(operation.new, operation.code, chronicle, shelf)
    elif isinstance(operation, Merge):
        _require_merge(codebook, operation)
    elif isinstance(operation, Split):
        _require_split(codebook, operation, chronicle, shelf)
    elif operation.under is not None:
        _require_move(codebook, operation.code, operation.under)
    elif codebook.parent(operation.code) is None:
        raise CodingError.of("recode_there_already", codebook.id, code=operation.code)


def _require_new(id: str, code: str, chronicle: Chronicle, shelf: Shelf) -> None:
    """Refuse an id that cannot be one, that another code has, or under which codings of another code may come back."""
    where = place(chronicle.root, chronicle.file)
    if not re.fullmatch(Identifier, id):
        raise CodingError.of("recode_bad_id", where, id=id)
    home = next((book.id for book in shelf.usable.values() if id in book), None)
    if home is not None:
        raise CodingError.of("recode_id_used", where, id=id, codebook=home)
    if _belongs_to_another(id, code, chronicle, shelf.usable[chronicle.codebook]):
        raise CodingError.of("recode_id_retired", where, id=id)


def _belongs_to_another(id: str, code: str, chronicle: Chronicle, codebook: Codebook) -> bool:
    """Whether codings under an id that no codebook has, now or after an undoing, mean another code than `code`."""
    heir = chronicle.heir(id, codebook)
    if heir is not None:
        return heir != code
    origins = chronicle.origins(id)
    return bool(origins - {code}) or (not origins and any(_standing_with(id, path) for path in _journals(chronicle)))


def _standing_with(code: str, path: Path) -> list[Apply]:
    return [each for each in fold(read_journal(path).events).values() if each.code == code]


def _require_merge(codebook: Codebook, operation: Merge) -> None:
    source, target = codebook[operation.code], codebook[operation.into]
    said = {"code": source.id, "into": target.id}
    if source.id == target.id:
        raise CodingError.of("recode_itself", codebook.id, code=source.id)
    if target.id in codebook.below(source.id):
        raise CodingError.of("recode_into_below", codebook.id, **said)
    if target.heading and not source.heading:
        children = ", ".join(child.id for child in target.children)
        raise CodingError.of("recode_into_heading", codebook.id, **said, children=children or "–")


def _require_split(codebook: Codebook, operation: Split, chronicle: Chronicle, shelf: Shelf) -> None:
    ids = [each.id for each in operation.into]
    for each in operation.into:
        _require_new(each.id, operation.code, chronicle, shelf)
        if chronicle.heir(each.id, codebook) is not None:  # its old codings stand with the split code now
            raise CodingError.of("recode_id_retired", place(chronicle.root, chronicle.file), id=each.id)
        if not each.definition.strip():
            raise CodingError.of("recode_no_definition", codebook.id, id=each.id)
        if ids.count(each.id) > 1:
            raise CodingError.of("recode_id_used", codebook.id, id=each.id, codebook=codebook.id)
    if not ids:
        raise CodingError.of("recode_into_nothing", codebook.id, code=operation.code)
    for id in operation.by.values():
        if id not in ids:
            raise UnknownNameError.among("code", id, ids, place=codebook.id)


def _require_addition(codebook: Codebook, operation: Add, chronicle: Chronicle, shelf: Shelf) -> None:
    if operation.under is not None:
        codebook[operation.under]
    _require_new(operation.code, operation.code, chronicle, shelf)
    if not operation.definition.strip():
        raise CodingError.of("recode_no_definition", codebook.id, id=operation.code)
    if codebook.closed and not operation.opens:
        raise CodingError.of("codebook_closed", place(chronicle.root, chronicle.file), codebook=codebook.id)


def _require_move(codebook: Codebook, code: str, under: str) -> None:
    codebook[under]
    above = codebook.parent(code)
    if under in codebook.below(code):
        raise CodingError.of("recode_under_itself", codebook.id, code=code, under=under)
    if above is not None and above.id == under:
        raise CodingError.of("recode_there_already", codebook.id, code=code)


def likeness(codebook: Codebook, label: str, under: str | None) -> Code | None:
    """The code with this label that stands below another one, or at the top."""
    beside = codebook.codes if under is None else codebook[under].children
    wanted = label.casefold()
    return next((each for each in beside if wanted in (each.label.id.casefold(), each.label.en.casefold())), None)


def fresh_id(label: str, above: str, used: Collection[str]) -> str:
    """An id that nobody has, of the id above and the first letters of a label.

    Examples
    --------
    >>> fresh_id("Takut salah", "KHN", {"KHN-TAK"}), fresh_id("Élan vital", "", set()), fresh_id("!", "SDM", set())
    ('KHN-TAKU', 'ELAN', 'SDM-BAR')
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().upper()
    letters = re.sub(r"[^A-Z0-9]", "", plain) or say("recode.new").upper()
    head, least = (f"{above}-", 3) if above else ("", 4)
    tails = [letters[:length] for length in range(min(least, len(letters)), min(12, len(letters)) + 1)]
    known = {each.casefold() for each in used}
    counted = (f"{tails[0]}{number}" for number in range(2, len(known) + 3))
    return next(head + tail for tail in chain(tails, counted) if (head + tail).casefold() not in known)


# Doing it


def recode(root: Path, codebook_id: str, operation: Operation, *, coder: str, dry_run: bool = False) -> Recoding:
    """Change a codebook and let every coding follow; a recoding that was interrupted is finished.

    Parameters
    ----------
    root : Path
        The project's folder.
    codebook_id : str
    operation : Rename, Merge, Split, MoveCode or Restore
    coder : str
        Who does it.
    dry_run : bool
        Only say what would happen.

    Returns
    -------
    Recoding

    Raises
    ------
    UnknownNameError
        When there is no such codebook, code or version.
    CheckError
        When the codebook or a case record has faults that must be mended first.
    CodingError
        When the change is not possible, or was interrupted by the disk or another program.
    OSError, filelock.Timeout
        When nothing could be written at all.
    """
    codebook = _sound(root, codebook_id, read_shelf(root))
    chronicle = Chronicle(root, codebook_id)
    if dry_run:
        record = _begin(chronicle, codebook, operation, coder)
        return _expected(chronicle, codebook, record)
    with locked(chronicle.file):
        codebook = _sound(root, codebook_id, read_shelf(root))  # as it is now that nobody else changes it
        record = _begin(chronicle, codebook, operation, coder)
        expected = _expected(chronicle, codebook, record)
        if record.id not in {each.id for each in chronicle.records()}:
            chronicle.keep(record.kept)
            chronicle.write(record)
        try:
            _carry_out(chronicle, codebook, record)
        except (Timeout, OSError) as error:
            said = {"command": command(codebook_id, record), "detail": str(error)}
            raise CodingError.of("recode_interrupted", place(root, chronicle.file), **said) from error
    return expected


def _sound(root: Path, id: str, shelf: Shelf) -> Codebook:
    known = [path.stem for path in files(root / CODEBOOKS, "*.yaml")]
    if id not in known:
        raise UnknownNameError.among("codebook", id, known, place=CODEBOOKS)
    faults = [each for each in shelf.problems if each.place.partition(":")[0] == f"{CODEBOOKS}/{id}.yaml"]
    if faults or id not in shelf.usable:
        raise CheckError(faults or shelf.problems)
    return shelf.usable[id]


def _begin(chronicle: Chronicle, codebook: Codebook, operation: Operation, coder: str) -> Recode:
    """What is to be done: the unfinished recoding that is asked for again, codings that came late, or something new."""
    pending = chronicle.pending()
    if pending is not None and _same(pending.operation, operation):
        return pending
    if pending is not None and not isinstance(operation, Restore):
        raise CodingError(_unfinished(chronicle, pending))
    try:
        now, kept = codebook.version, chronicle.name_for(codebook.version)
        record = Recode(coder=coder, operation=operation, before=now, after=now, kept=kept)
    except ValidationError as error:
        raise CodingError(word_complaint(error.errors(include_url=False)[0], chronicle.codebook)) from None
    if isinstance(operation, Restore):
        if operation.version not in chronicle.kept():
            raise UnknownNameError.among("version", operation.version, chronicle.kept(), place=chronicle.codebook)
        return record
    if isinstance(operation, (Rename, Merge)) and _is_late(chronicle, codebook, operation):
        late = Merge(code=operation.code, into=_target(operation))
        return record.model_copy(update={"operation": late, "exclusions": _exclusions(chronicle, late)})
    _require(codebook, operation, chronicle, read_shelf(chronicle.root))
    after = chronicle.next_version(codebook.version)
    return record.model_copy(update={"after": after, "exclusions": _exclusions(chronicle, operation)})


def _same(one: Operation, other: Operation) -> bool:
    """Whether two recodings mean the same codes; labels and definitions need not be said again."""
    return _codes(one) == _codes(other)


def _codes(operation: Operation) -> tuple[object, ...]:
    if isinstance(operation, Split):
        return (operation.kind, operation.code, tuple(each.id for each in operation.into))
    names = ("code", "new", "into", "under", "version")
    return (operation.kind, *(getattr(operation, name, None) for name in names))


def _is_late(chronicle: Chronicle, codebook: Codebook, operation: Rename | Merge) -> bool:
    """Whether a code was renamed or merged so already: then only codings that still have it are to follow."""
    new = _target(operation)
    return operation.code not in codebook and new in codebook and chronicle.heir(operation.code, codebook) == new


def _carry_out(chronicle: Chronicle, codebook: Codebook, record: Recode) -> None:
    """Write everything, in an order in which each step can be done again."""
    if isinstance(record.operation, Restore):
        _put_back(chronicle, record)
        return
    # The new codes of a split are there before codings have them; a code that goes is there until none has it.
    if not isinstance(record.operation, Split):
        _let_follow(chronicle, codebook, record)
    if codebook.version != record.after:
        content = changed(
            chronicle.file.read_bytes(), place(chronicle.root, chronicle.file), _grafted(codebook, record)
        )
        write_atomically(chronicle.file, content)
    _let_follow(chronicle, codebook, record)  # again: somebody may have coded meanwhile
    for case, indices in _by_case(record.exclusions).items():
        assert isinstance(record.operation, (Rename, Merge))
        _exchange(chronicle, case, indices, record.operation.code, _target(record.operation))
    chronicle.write(record.model_copy(update={"step": "done"}))


def _journals(chronicle: Chronicle) -> list[Path]:
    cases = folders(chronicle.root / CORPUS)
    return [
        path
        for case in cases
        for path in files(chronicle.root / CORPUS / case / CODINGS, f"{chronicle.codebook}.*.jsonl")
    ]


def _let_follow(chronicle: Chronicle, codebook: Codebook, record: Recode) -> None:
    if isinstance(record.operation, (MoveCode, Add)):
        return
    for path in _journals(chronicle):
        with locked(path):
            events = _follow(chronicle.root, codebook, record, path).events
            if events:
                append_locked(path, events)


def _grafted(codebook: Codebook, record: Recode) -> Change:
    operation = record.operation

    def change(data: Any) -> None:
        set_version(data, record.after)
        if isinstance(operation, Rename):
            rename(data, operation.code, operation.new, operation.label, operation.label_en)
        elif isinstance(operation, Merge):
            merge(data, operation.code, operation.into, _definition(codebook[operation.code], codebook.version))
        elif isinstance(operation, Split):
            new = [(each.id, each.label, each.definition) for each in operation.into]
            split(data, operation.code, new)
        elif isinstance(operation, MoveCode):
            move(data, operation.code, operation.under)
        elif isinstance(operation, Add):
            add(data, (operation.code, operation.label, operation.definition), operation.under)
            if operation.opens:
                set_open(data)

    return change


def _definition(code: Code, version: str) -> str:
    """What a merged code meant, as it is noted where it went; its whole entry stands in the codebook that was kept."""
    rules = (("codebook.use_when", code.use_when), ("codebook.do_not_use_when", code.do_not_use_when))
    parts = [f"{say(key)}: {text.id}" for key, text in rules if text]
    told = say("recode.merged_from", name=f"{code.id} {code.label.id}", version=version, definition=code.definition.id)
    return " ".join((told, *parts, *code.notes))


def _exclusions(chronicle: Chronicle, operation: Operation) -> tuple[Excluded, ...]:
    """The exclusions of case records that name a code which is renamed or merged."""
    if not isinstance(operation, (Rename, Merge)):
        return ()
    found = []
    for case in folders(chronicle.root / CORPUS):
        path = chronicle.root / CORPUS / case / CASE_FILE
        tree = read_tree(chronicle.root, path)[0] if path.is_file() else None
        for index, code in enumerate(_excluded_codes(tree.data if tree else None)):
            if code == operation.code:
                found.append(Excluded(case=case, index=index))
    return tuple(found)


def _excluded_codes(data: Any) -> Iterator[str | None]:
    listed = data.get("exclusions") if isinstance(data, dict) else None
    for each in listed if isinstance(listed, list) else ():
        yield each.get("code") if isinstance(each, dict) else None


def _by_case(exclusions: Iterable[Excluded]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = {}
    for each in exclusions:
        grouped.setdefault(each.case, []).append(each.index)
    return grouped


def _exchange(chronicle: Chronicle, case: str, indices: Sequence[int], old: str, new: str) -> None:
    """Replace a code in the exclusions of a case record; those that were changed since are left alone."""
    path = chronicle.root / CORPUS / case / CASE_FILE
    after = _exchanged(chronicle, path, indices, old, new)
    if after != path.read_bytes():
        write_atomically(path, after)


def _exchanged(chronicle: Chronicle, path: Path, indices: Sequence[int], old: str, new: str) -> bytes:
    def change(data: Any) -> None:
        for index, code in enumerate(_excluded_codes(data)):
            if index in indices and code == old:
                data["exclusions"][index]["code"] = new

    return changed(path.read_bytes(), place(chronicle.root, path), change)


# Putting a codebook back


def _put_back(chronicle: Chronicle, record: Recode) -> None:
    """Put the codebook and the exclusions back; what was unfinished is given up."""
    assert isinstance(record.operation, Restore)
    for earlier in _since(chronicle, record):
        assert isinstance(earlier.operation, (Rename, Merge))
        for case, indices in _by_case(earlier.exclusions).items():
            _exchange(chronicle, case, indices, _target(earlier.operation), earlier.operation.code)
    write_atomically(chronicle.file, chronicle.kept()[record.operation.version].read_bytes())
    for earlier in chronicle.records():
        if earlier.step == "begun":
            chronicle.write(earlier.model_copy(update={"step": "done"}))


def _since(chronicle: Chronicle, record: Recode) -> list[Recode]:
    """The recodings of exclusions that led from the version that is put back to the one there is, newest first."""
    assert isinstance(record.operation, Restore)
    now, way = record.before, []
    for each in reversed(chronicle.records()):
        if each.after == now != each.before:
            way.append(each)
            now = each.before
            if each.kept == record.operation.version:
                return [each for each in way if each.exclusions]
    return []


# What is told


@dataclass(frozen=True)
class Recoding:
    """What a recoding does, or did: row by row what changes, and what a person must still look at.

    Attributes
    ----------
    codebook : str
    record : Recode
        Who, what, and the versions before and after.
    followings : tuple of Following
        Journal by journal.
    exclusions : tuple of Excluded
        Exclusions of case records in which the code is replaced.
    mentions : tuple of (str, str)
        Place, and what there is still said of the old code or of a coding that joined another.
    strangers : tuple of (str, str, int)
        After putting a codebook back: journal, code it does not know, and how many codings have it.
    """

    codebook: str
    record: Recode
    followings: tuple[Following, ...]
    exclusions: tuple[Excluded, ...]
    mentions: tuple[tuple[str, str], ...]
    strangers: tuple[tuple[str, str, int], ...] = ()

    @property
    def count(self) -> int:
        """How many codings follow."""
        return sum(len(each.recoded) + len(each.joined) for each in self.followings)

    def to_table(self) -> Table:
        """One row a thing that changes or must be looked at: what, where, by which coder, how many, and how."""
        rows = [*self._codebook_rows(), *self._coding_rows(), *self._rows_to_look_at()]
        names = ("what", "place", "coder", "count", "how")
        caption = say("recode.caption", codebook=self.codebook, change=_told(self.record.operation))
        return Table(caption, [say(f"recode.{name}") for name in names], rows, note=self._note())

    def _note(self) -> str:
        said = {"codebook": self.codebook, "version": self.record.kept, "coder": self.record.coder}
        if isinstance(self.record.operation, Restore):
            return say("recode.note_restore", **said)
        return say("recode.note" if self.count else "recode.note_tree", **said)

    def _codebook_rows(self) -> Iterator[list[str | int]]:
        file = f"{CODEBOOKS}/{self.codebook}.yaml"
        operation = self.record.operation
        after = operation.version if isinstance(operation, Restore) else self.record.after
        yield [say("recode.row_version"), file, "", "", f"{self.record.before} → {after}"]
        yield [say("recode.row_tree"), file, "", "", _told(operation)]
        for case, indices in _by_case(self.exclusions).items():
            yield [say("recode.row_exclusion"), f"{CORPUS}/{case}/{CASE_FILE}", "", len(indices), _told(operation)]

    def _coding_rows(self) -> Iterator[list[str | int]]:
        for each in self.followings:
            for new, count in sorted(Counter(new for _, new in each.recoded).items()):
                how = f"{each.recoded[0][0].code} → {new}"
                yield [say("recode.row_recoded"), each.case, each.coder, count, how]
            if each.joined:
                how = f"{each.joined[0][0].code} → {each.joined[0][1].code}"
                yield [say("recode.row_joined"), each.case, each.coder, len(each.joined), how]

    def _rows_to_look_at(self) -> Iterator[list[str | int]]:
        for each in self.followings:
            for coding in each.undecided:
                where = f"{each.case}/{coding.document}"
                yield [say("recode.row_undecided"), where, each.coder, 1, f"“{_short(coding.quote)}” ({coding.id})"]
            for gone, stays in each.joined:
                if gone.valence != stays.valence:
                    how = f"{gone.valence} → {stays.valence}: “{_short(stays.quote)}” ({stays.id})"
                    yield [say("recode.row_valence"), f"{each.case}/{stays.document}", each.coder, 1, how]
            for kind, count in sorted(Counter(decision.event for decision in each.decisions).items()):
                how = say("recode.still_names", code=each.decisions[0].code)
                yield [say(f"event.{kind}"), each.case, each.coder, count, how]
        for where, what in self.mentions:
            yield [say("recode.row_mention"), where, "", "", what]
        for where, code, count in self.strangers:
            yield [say("recode.row_stranger"), where, "", count, code]

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().caption


def _short(words: str) -> str:
    return " ".join(words.split())[:60]


def _told(operation: Operation) -> str:
    """A recoding in a few signs: old and new codes."""
    if isinstance(operation, Restore):
        return say("recode.told_restore", version=operation.version)
    if isinstance(operation, Split):
        return f"{operation.code} → {operation.code} + {', '.join(each.id for each in operation.into)}"
    if isinstance(operation, Add):
        return f"+ {operation.code} {operation.label}"
    if isinstance(operation, MoveCode):
        under = operation.under or say("recode.top")
        return say("recode.told_move", code=operation.code, under=under)
    return f"{operation.code} → {_target(operation)}"


def _expected(chronicle: Chronicle, codebook: Codebook, record: Recode) -> Recoding:
    """What a recoding will do, from the files as they are."""
    followings = tuple(_follow(chronicle.root, codebook, record, path) for path in _journals(chronicle))
    _try_changes(chronicle, codebook, record)
    telling = tuple(each for each in followings if each.recoded or each.joined or each.undecided or each.decisions)
    if isinstance(record.operation, Restore):
        return Recoding(chronicle.codebook, record, (), (), (), tuple(_strangers(chronicle, record.operation.version)))
    mentions = tuple(_mentions(chronicle, record, followings))
    return Recoding(chronicle.codebook, record, telling, record.exclusions, mentions)


def _try_changes(chronicle: Chronicle, codebook: Codebook, record: Recode) -> None:
    """Stop at a file that cannot be changed before anything is written."""
    if not isinstance(record.operation, Restore) and codebook.version != record.after:
        content = chronicle.file.read_bytes()
        changed(content, place(chronicle.root, chronicle.file), _grafted(codebook, record))
    for case in _by_case(record.exclusions):
        _exchanged(chronicle, chronicle.root / CORPUS / case / CASE_FILE, (), "", "")


def _strangers(chronicle: Chronicle, version: str) -> Iterator[tuple[str, str, int]]:
    """Codings with codes that a kept codebook does not know."""
    tree, problems = read_tree(chronicle.root, chronicle.kept()[version])
    codebook, faults = read_as(Codebook, tree) if tree else (None, [])
    if codebook is None:
        raise CheckError([*problems, *faults])
    for path in _journals(chronicle):
        counted = Counter(each.code for each in fold(read_journal(path).events).values() if each.code not in codebook)
        for code, count in sorted(counted.items()):
            yield place(chronicle.root, path), code, count


def _mentions(chronicle: Chronicle, record: Recode, followings: Iterable[Following]) -> Iterator[tuple[str, str]]:
    """Where the old code, or a coding that joined another, is still named by what a recoding does not change."""
    if not isinstance(record.operation, (Rename, Merge)):
        return
    words = [record.operation.code, *(gone.id for each in followings for gone, _ in each.joined)]
    token = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, words))})(?![\w-]|\.\w)")
    root = chronicle.root
    changes = re.compile(r"^[\s-]*(?:\{\s*)?[\"']?(?:id|code)[\"']?\s*:")  # these are changed, or reported elsewhere
    for path in [*files(root / CODEBOOKS, "*.yaml"), *files(root / CORPUS, "*/*.yaml")]:
        lines = path.read_text("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            found = token.search(line)
            if found and not changes.match(line):
                yield f"{place(root, path)}:{number}", found[0]
    for path in files(root / NOTEBOOKS, "*.ipynb") if (root / NOTEBOOKS).is_dir() else ():
        found = token.search(path.read_text("utf-8", errors="replace"))
        if found:
            yield place(root, path), found[0]
    if any(record.operation.code in codes for codes in CROSSWALK.values()):
        yield "qualcode", say("recode.crosswalk", code=record.operation.code)
    for module in (david, literature, paramitha, programme, stoc):
        if token.search(inspect.getsource(module)):
            framework = module.__name__.rpartition(".")[2]
            yield "qualcode", say("recode.framework", code=record.operation.code, framework=framework)


# What a check says


def command(codebook: str, record: Recode) -> str:
    """The command that does a recoding, as a person types it."""
    operation = record.operation
    words = ["qualcode recode", operation.kind, codebook]
    if isinstance(operation, Restore):
        return " ".join([*words, operation.version, "--coder", record.coder])
    words.append(operation.code)
    if isinstance(operation, (Rename, Merge)):
        words.append(_target(operation))
    elif isinstance(operation, Split):
        words += [f"--into {each.id}" for each in operation.into]
    elif isinstance(operation, Add):
        said = {"label": operation.label, "definition": operation.definition}
        words += [f"--{name} {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
        words += [f"--under {operation.under}"] * bool(operation.under) + ["--open"] * operation.opens
    else:
        words.append(f"--under {operation.under}" if operation.under else "--top")
    return " ".join([*words, "--coder", record.coder])


def _unfinished(chronicle: Chronicle, record: Recode) -> Problem:
    said = {"change": _told(record.operation), "command": command(chronicle.codebook, record)}
    where = place(chronicle.root, chronicle.file)
    return Problem.of("recode_unfinished", where, **said, codebook=chronicle.codebook, version=record.kept)


def unfinished(root: Path, shelf: Shelf) -> list[Problem]:
    """Recodings that were interrupted, and codings that still have a code which was renamed or merged."""
    problems = []
    for codebook in shelf.usable.values():
        chronicle = Chronicle(root, codebook.id)
        pending = chronicle.pending() if chronicle.log.exists() else None
        if pending is not None:
            problems.append(_unfinished(chronicle, pending))
        elif chronicle.log.exists():
            problems += _left_behind(chronicle, codebook)
    return problems


def _left_behind(chronicle: Chronicle, codebook: Codebook) -> Iterator[Problem]:
    """Codings that came in, or were taken back, after their code was renamed or merged."""
    for path in _journals(chronicle):
        try:
            standing = fold(read_journal(path).events).values()
        except OSError:
            continue  # said where the journal is read
        for code, count in sorted(Counter(each.code for each in standing).items()):
            heir = chronicle.heir(code, codebook)
            if code not in codebook and heir is not None and heir in codebook:
                said = {"code": code, "new": heir, "count": count, "codebook": codebook.id}
                yield Problem.of("recode_left_behind", place(chronicle.root, path), **said)
