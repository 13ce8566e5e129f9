"""Uniting two copies of a project, and the conflict copies inside one: nothing is lost, nothing decided by itself.

Codings are united event by event. Texts, codebooks and records are decisions: ours stay, theirs are kept beside them,
and the differences are shown. The other copy is only read.

The order of writing makes a crash harmless: first the texts, then documents, then the journals that refer to them,
then the log of texts; conflict copies are moved away last, and a new case's ``case.yaml`` is written after all that
belongs to it. Merging again does what is left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from ulid import ULID

from qualcode.coding.journal import AnyEvent, to_line
from qualcode.coding.reviews import Annotation, read_annotation
from qualcode.display import Table
from qualcode.errors import ParameterError, Problem
from qualcode.project.copies import Copy, gathered, is_id, is_safe, plain_files
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, files, folders, place
from qualcode.project.reading import CASE_FILE
from qualcode.project.reviewing import REVIEWS
from qualcode.project.uniting import United, lines_of, pins, read_change, read_event, unite
from qualcode.project.versions import HISTORY, LOG, TextChange, Versions, text_id
from qualcode.records import parse
from qualcode.storage import append_durably, locked, write_atomically
from qualcode.text.document import Document
from qualcode.text.readers import read_document, with_body
from qualcode.wording import say

CONFLICTS, MERGED, RAW = "konflik", "merged", "sumber"
Side = tuple[str, str, str, str, str]
"""File, code, field, ours, theirs."""
MOST_FILES = 10_000
"""Files of a new case that are copied."""


@dataclass(frozen=True)
class Merge:
    """What merging united, or would unite.

    Attributes
    ----------
    rows : tuple of (str, str, str)
        What kind of thing, where, and what became of it.
    problems : tuple of Problem
        What a person should look at or decide.
    sides : tuple of (str, str, str, str, str)
        File, code or record, field, ours, theirs: definitions that differ.
    dry_run : bool
    """

    rows: tuple[tuple[str, str, str], ...]
    problems: tuple[Problem, ...]
    sides: tuple[Side, ...]
    dry_run: bool

    def to_table(self) -> Table:
        """One row for each thing that was united, and one for each that a person should decide, with the mend."""
        rows = [[*row, ""] for row in self.rows]
        rows += [[say("merge.decide"), each.place, each.what, each.mend] for each in self.problems]
        key = "merge.caption_dry" if self.dry_run else "merge.caption"
        caption = say(key, united=len(self.rows), open=len(self.problems))
        return Table(caption, [say("merge.kind"), say("merge.place"), say("merge.what"), say("mend")], rows)

    def sides_table(self) -> Table:
        """Our definitions and theirs side by side, one row a field that differs."""
        names = ("place", "code", "field", "ours", "theirs")
        columns = [say(f"merge.{name}") for name in names]
        return Table(say("merge.sides", count=len(self.sides)), columns, [list(row) for row in self.sides])

    def _repr_html_(self) -> str:
        return self.to_table().to_html() + (self.sides_table().to_html() if self.sides else "")

    def __repr__(self) -> str:
        return self.to_table().caption


def merge(root: Path, other: Path | None, *, dry_run: bool = False) -> Merge:
    """Unite another copy of a project, and the conflict copies inside this one, with the project at `root`.

    Raises
    ------
    ParameterError
        When `other` is no project, or the same folder.
    OSError, filelock.Timeout
        When something cannot be written; merging again does what is left.
    """
    if other is not None:
        other = other.resolve()
        if not ((other / CORPUS).is_dir() and (other / CODEBOOKS).is_dir()):
            raise ParameterError.of("merge_no_project", str(other))
        if other.samefile(root):
            raise ParameterError.of("merge_same_folder", str(other))
    work = _Work(root, other, dry_run)
    with work.locked(root / CORPUS / "merge"):
        work.codebooks()
        for case in sorted({*folders(root / CORPUS), *(folders(other / CORPUS) if other else ())}):
            if is_id(case) or (root / CORPUS / case).is_dir():
                _CaseWork(work, case).run()
            elif other is not None:
                work.problems.append(Problem.of("merge_odd_name", str(other / CORPUS / case)))
    problems = tuple(sorted(set(work.problems)))
    return Merge(tuple(work.rows), problems, tuple(dict.fromkeys(work.sides)), dry_run)


def undecided(root: Path) -> list[Problem]:
    """A problem for each file that merging set beside one of ours and that nobody has decided on yet."""
    homes = [root / CODEBOOKS, *(root / CORPUS / case for case in folders(root / CORPUS))]
    return [
        Problem.of("merge_undecided", place(root, path), ours=place(root, home / _decided(path)))
        for home in homes
        for path in files(home / CONFLICTS, "*.*")
    ]


def _decided(path: Path) -> str:
    return f"{path.stem.rpartition('.')[0]}{path.suffix}"


@dataclass
class _Work:
    """Writes, or only notes what it would write, and remembers what there is to tell."""

    root: Path
    other: Path | None
    dry_run: bool
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)

    def locked(self, path: Path) -> AbstractContextManager[object]:
        return nullcontext() if self.dry_run else locked(path)

    def write(self, path: Path, content: bytes) -> None:
        if not self.dry_run:
            write_atomically(path, content)

    def append(self, path: Path, lines: Sequence[bytes]) -> None:
        if lines and not self.dry_run:
            path.parent.mkdir(parents=True, exist_ok=True)
            append_durably(path, b"".join(line + b"\n" for line in lines))

    def put_away(self, copy: Copy, folder: Path) -> None:
        """Move a conflict copy, whose content is united, out of the way; a file that is there is not replaced."""
        content = self.read(copy.path)
        target = folder / copy.path.name
        if content is None:
            return
        if target.exists() and target.read_bytes() != content:
            target = folder / f"{copy.path.stem}.{_hash8(content)}{copy.path.suffix}"
        self.tell("copy", copy.path, say("merge.put_away", target=place(self.root, target)))
        if not self.dry_run:
            folder.mkdir(parents=True, exist_ok=True)
            copy.path.replace(target)

    def read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except OSError as error:
            detail = error.strerror or type(error).__name__
            self.problems.append(Problem.of("unreadable_file", self.name(path), detail=detail))
            return None

    def tell(self, kind: str, path: Path, what: str) -> None:
        self.rows.append((say(f"merge.kind_{kind}"), self.name(path), what))

    def name(self, path: Path) -> str:
        """How the report names a file: as one of ours, or by its whole path."""
        return place(self.root, path) if path.is_relative_to(self.root) else str(path)

    def gather(self, ours: Path, theirs: Path | None, suffix: str) -> list[Copy]:
        copies, problems = gathered(ours, theirs, self.root, self.other, suffix)
        self.problems += problems
        return copies

    def codebooks(self) -> None:
        home = self.root / CODEBOOKS
        beside = self.other / CODEBOOKS if self.other else None
        for copy in self.gather(home, beside, ".yaml"):
            older = {_plain(path.read_bytes()) for path in files(home / HISTORY, f"{Path(copy.name).stem}.*.yaml")}
            self.decide(copy, home, "codebook", older)

    def decide(self, copy: Copy, home: Path, kind: str, older: Iterable[str] = ()) -> None:
        """Copy a YAML file we lack; of one that says something else than ours keep theirs beside ours."""
        content = self.read(copy.path)
        if content is None:
            return
        ours = home / copy.name
        if not ours.exists():
            self.write(ours, content)
            self.tell(kind, ours, say("merge.copied"))
        else:
            mine, yours = _plain(ours.read_bytes()), _plain(content)
            if yours != mine and yours not in older:
                sides = _sides(self.name(ours), mine, yours)
                self.set_beside(home, copy, _hash8(yours.encode()), content, sides)
        if copy.own:
            self.put_away(copy, home / HISTORY / MERGED)

    def set_beside(self, home: Path, copy: Copy, hash8: str, content: bytes, sides: list[Side] | None) -> None:
        """Keep their file for good, and to be decided on unless that was done before or it says the same."""
        name = PurePosixPath(copy.name)
        kept = home / HISTORY / MERGED / f"{name.stem}.{hash8}{name.suffix}"
        open_file = home / CONFLICTS / kept.name
        undecided_yet = open_file.exists() or not kept.exists()
        if sides != [] and undecided_yet:
            self.sides += sides or []
            ours = self.name(home / copy.name)
            self.problems.append(Problem.of("merge_undecided", self.name(open_file), ours=ours))
            if not open_file.exists():
                self.write(open_file, content)
        if not kept.exists():
            self.write(kept, content)


def _plain(content: bytes) -> str:
    """A file's text without what programs and systems change by themselves."""
    return content.decode("utf-8-sig", "backslashreplace").replace("\r\n", "\n")


def _hash8(content: bytes) -> str:
    return sha256(content).hexdigest()[:8]


def _sides(file: str, mine: str, yours: str) -> list[Side] | None:
    """What two YAML texts say differently; None when one of them cannot be read."""
    trees = [parse(text, file)[0] for text in (mine, yours)]
    if trees[0] is None or trees[1] is None:
        return None
    ours, theirs = (dict(_facts(tree.data, "")) for tree in trees if tree is not None)
    rows = []
    codes: dict[str, None] = dict.fromkeys(code for code, _ in (*ours, *theirs))
    for code in codes:
        here, there = (
            {name: said for (whose, name), said in facts.items() if whose == code} for facts in (ours, theirs)
        )
        if not here or not there:
            missing = [say("merge.missing") if not each else _short(each.get("label", code)) for each in (here, there)]
            rows.append((file, code, say("merge.whole_code"), missing[0], missing[1]))
            continue
        for name in {**here, **there}:
            if here.get(name) != there.get(name):
                rows.append((file, code or "–", name, _short(here.get(name)), _short(there.get(name))))
    return rows


def _facts(data: Any, parent: str) -> Iterator[tuple[tuple[str, str], Any]]:
    """All that a codebook or record says: (code, field) and value; code is empty for what stands at the top."""
    if not isinstance(data, dict):
        yield ("", "–"), data
        return
    codes = [code for key in ("codes", "children") for code in _list(data.get(key)) if isinstance(code, dict)]
    if not codes and not parent:
        yield from ((("", str(key)), value) for key, value in data.items())
        return
    whose = str(data.get("id", "")) if parent else ""
    for key, value in data.items():
        if key not in ("codes", "children") and (key != "id" or not parent):
            yield (whose, str(key)), value
    if parent:
        yield (whose, say("merge.parent")), parent
    for code in codes:
        yield from _facts(code, whose or "–")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "–" if value is None else " ".join(shown.split())[:300]


class _CaseWork:
    """One case, ours and theirs."""

    def __init__(self, work: _Work, case: str) -> None:
        self.work = work
        self.case = case
        self.ours = work.root / CORPUS / case
        theirs = work.other / CORPUS / case if work.other else None
        self.theirs = theirs if theirs and theirs.is_dir() else None
        self.kept = self.ours / HISTORY / MERGED
        self.versions = Versions(self.ours / HISTORY)
        self.their_versions = Versions(self.theirs / HISTORY) if self.theirs else None
        self.documents = _documents(self.ours, work.root, case)
        self.their_documents: dict[str, Document] = {}
        self.texts = {each.text_id: each.text for each in self.documents.values()}
        self.fronts: dict[str, str] = {}
        self.done: list[Copy] = []
        self.taken: set[Path] = set()

    def run(self) -> None:
        if self.theirs and not self.theirs.resolve().is_relative_to(self.work.other or self.theirs):
            self.work.problems.append(Problem.of("merge_link", str(self.theirs)))
            return
        is_new = self.theirs is not None and not (self.ours / CASE_FILE).exists()
        self.before = _first_texts(self.versions.changes(), self.documents)
        self.history_texts()
        united = self.united_documents()
        self.journals()
        self.reviews()
        self.log(united)
        records = self.work.gather(self.ours, self.theirs, ".yaml")
        self.records([copy for copy in records if copy.name != CASE_FILE])
        if is_new:
            self.rest()
        self.records([copy for copy in records if copy.name == CASE_FILE])
        for copy in self.done:
            self.work.put_away(copy, self.kept)

    def records(self, copies: Iterable[Copy]) -> None:
        for copy in copies:
            self.work.decide(copy, self.ours, "case" if copy.name == CASE_FILE else "record")

    def history_texts(self) -> None:
        count = 0
        beside = self.theirs / HISTORY if self.theirs else None
        for copy in self.work.gather(self.ours / HISTORY, beside, ".txt"):
            id = Path(copy.name).stem
            text = Versions(copy.path.parent).text(copy.path.stem)
            if copy.own:
                self.done.append(copy)
            elif copy.path.name != copy.name:
                continue  # a conflict copy of a text that stands beside it, whole
            elif text is None:
                self.work.problems.append(Problem.of("merge_text_damaged", str(copy.path)))
            elif self.versions.text(id) is None:
                self.texts[id] = text
                count += self.keep(text)
        if count:
            self.work.tell("texts", self.ours / HISTORY, say("merge.texts", count=count))

    def keep(self, text: str) -> bool:
        """Keep a text in our history; tells whether it was new there."""
        id = text_id(text)
        self.texts[id] = text
        if (self.versions.folder / f"{id}.txt").exists():
            return False
        if not self.work.dry_run:
            self.versions.keep(text)
        return True

    def united_documents(self) -> list[tuple[Document, Document]]:
        """Copy the documents only they have; give the pairs of ours and theirs whose texts differ."""
        pairs = []
        copies = self.work.gather(self.ours, self.theirs, ".md")
        for copy in sorted(copies, key=lambda each: (not each.own, each.path.name != each.name)):
            document, problems = read_document(copy.path, str(copy.path), case=self.case)
            if document is None or f"{document.id}.md" != copy.name:
                self.work.problems += problems
                continue
            if not copy.own:
                self.their_documents.setdefault(document.id, document)
            mine = self.documents.get(document.id)
            content = copy.path.read_bytes()
            if mine is not None:
                self.front_matter(copy, mine, content)
            if mine is not None and mine.text_id != document.text_id:
                pairs.append((mine, document))
            elif mine is None and (self.ours / copy.name).exists():
                self.work.set_beside(self.ours, copy, _hash8(content), content, None)  # ours cannot be read
            elif mine is None:
                self.new_document(copy, document, content)
            if copy.own:
                self.done.append(copy)
            else:
                self.raw(document)
        for mine, document in pairs:
            self.keep(mine.text)
            self.keep(document.text)
        return pairs

    def new_document(self, copy: Copy, document: Document, content: bytes) -> None:
        target = self.ours / copy.name
        for each in self.documents.values():
            if each.text_id == document.text_id:
                self.work.problems.append(Problem.of("merge_same_text", self.work.name(target), other=each.id))
        self.work.write(target, content)
        self.work.tell("document", target, say("merge.copied"))
        self.documents[document.id] = document
        self.fronts[document.id] = _front(content)
        self.texts[document.text_id] = document.text

    def front_matter(self, copy: Copy, mine: Document, content: bytes) -> None:
        if mine.id not in self.fronts:
            self.fronts[mine.id] = _front((self.work.root / mine.file).read_bytes())
        ours, theirs = self.fronts[mine.id], _front(content)
        if ours != theirs:
            sides = _sides(self.work.name(self.ours / copy.name), ours, theirs)
            self.work.set_beside(self.ours, copy, _hash8(theirs.encode()), content, sides)

    def raw(self, document: Document) -> None:
        """Copy the raw file a document of theirs was imported from, when its content is what the document says."""
        name = document.extra.get("raw", "").removeprefix(f"{RAW}/")
        if not name or self.theirs is None:
            return
        if not is_safe(name):
            self.work.problems.append(Problem.of("merge_odd_name", f"{document.file}: {name[:80]}"))
            return
        source, target = self.theirs / RAW / name, self.ours / RAW / name
        found, problems = plain_files(self.theirs, self.theirs / RAW, "*")
        self.taken.add(source)
        self.work.problems += [each for each in problems if each.place == str(source)]
        content = self.work.read(source) if source in found else None
        if content is None:
            return
        if document.extra.get("raw_sha256") not in (None, sha256(content).hexdigest()):
            self.work.problems.append(Problem.of("merge_raw_changed", str(source), document=document.id))
        elif not target.exists():
            self.work.write(target, content)
            self.work.tell("raw", target, say("merge.copied"))
        elif target.read_bytes() != content:
            self.work.problems.append(Problem.of("merge_raw_differs", self.work.name(target), other=str(source)))

    def journals(self) -> None:
        after = _first_texts(self.their_versions.changes() if self.their_versions else [], self.their_documents)
        copies = self.work.gather(self.ours / CODINGS, self.theirs / CODINGS if self.theirs else None, ".jsonl")
        for name, group in groupby(sorted(copies, key=lambda copy: (copy.name, not copy.own)), lambda copy: copy.name):
            self.journal(self.ours / CODINGS / name, list(group), after)

    def journal(self, path: Path, copies: Sequence[Copy], their_first: Mapping[str, str]) -> None:
        if not self.work.dry_run:
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.work.locked(path):
            ours = self.lines(path, copies)
            # Our own conflict copies are ours: what they hold was made in our texts.
            mine: United[AnyEvent] = unite(ours, self.contents(copies, own=True), read_event)
            whole = ours.rstrip(b"\n") + b"\n" + b"\n".join(mine.fresh)
            union: United[AnyEvent] = unite(whole, self.contents(copies, own=False), read_event)
            union.fresh[:0] = mine.fresh
            union.aside[:0] = mine.aside
            named = list(pins(union, set(mine.items), self.before, their_first, self.text))
            fresh = [*union.fresh, *(to_line(pin).rstrip(b"\n") for pin in named)]
            self.work.append(path, fresh)
        added, damaged = mine.added + union.added + len(named), mine.damaged + union.damaged
        if fresh:
            self.work.tell("journal", path, _new_lines(added, damaged))
        self.set_aside(path, union.aside)

    def reviews(self) -> None:
        """Unite the comments of each reviewer by their ids."""
        ours = self.work.root / REVIEWS / self.case
        theirs = self.work.other / REVIEWS / self.case if self.work.other else None
        copies = self.work.gather(ours, theirs, ".jsonl")
        for name, group in groupby(sorted(copies, key=lambda copy: (copy.name, not copy.own)), lambda copy: copy.name):
            path, held = ours / name, list(group)
            with self.work.locked(path):
                every = (*self.contents(held, own=True), *self.contents(held, own=False))
                union: United[Annotation] = unite(self.lines(path, held), every, read_annotation)
                self.work.append(path, union.fresh)
            if union.fresh:
                self.work.tell("review", path, _new_comments(union.added, union.damaged))
            self.set_aside(path, union.aside)

    def lines(self, path: Path, copies: Sequence[Copy]) -> bytes:
        self.done += [copy for copy in copies if copy.own]
        return path.read_bytes() if path.exists() else b""

    def contents(self, copies: Iterable[Copy], *, own: bool) -> Iterator[bytes]:
        for copy in copies:
            if copy.own == own:
                yield self.work.read(copy.path) or b""

    def set_aside(self, path: Path, aside: Sequence[tuple[str, bytes]]) -> None:
        """Keep what has the id of one of our lines and says something else, and report it."""
        if not aside:
            return
        target = self.kept / f"{path.stem}.lain{path.suffix}"
        kept = set(lines_of(target.read_bytes())) if target.exists() else set()
        self.work.append(target, [line for _, line in aside if line not in kept])
        for id, _ in aside:
            where = self.work.name(target)
            self.work.problems.append(Problem.of("merge_same_id", self.work.name(path), id=id, other=where))

    def text(self, id: str) -> str | None:
        return self.texts.get(id) or self.versions.text(id)

    def log(self, pairs: Sequence[tuple[Document, Document]]) -> None:
        """Unite the logs of texts, and note which of our texts stayed beside another one of theirs."""
        path = self.versions.folder / LOG
        beside = self.theirs / HISTORY if self.theirs else None
        copies = [each for each in self.work.gather(path.parent, beside, ".jsonl") if each.name == LOG]
        if not copies and not pairs:
            return
        if not self.work.dry_run:
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.work.locked(path):
            ours = self.lines(path, copies)
            every = (*self.contents(copies, own=True), *self.contents(copies, own=False))
            union = unite(ours, every, read_change)
            notes = [note for mine, theirs in pairs for note in _notes(union.items.values(), mine, theirs)]
            lines = [json.dumps(each.model_dump(mode="json", exclude_none=True), ensure_ascii=False) for each in notes]
            self.work.append(path, [*union.fresh, *(line.encode() for line in lines)])
        if union.fresh:
            self.work.tell("texts", path, _new_lines(union.added, union.damaged))
        self.set_aside(path, union.aside)
        for mine, theirs in pairs:
            self.report_text(mine, theirs, list(union.items.values()))

    def report_text(self, mine: Document, theirs: Document, changes: Sequence[TextChange]) -> None:
        if _grew(theirs.text_id, mine.text_id, mine.id, changes):
            self.work.tell("texts", self.ours / f"{mine.id}.md", say("merge.older_text"))
            return
        text = self.work.name(self.versions.folder / f"{theirs.text_id}.txt")
        said = {"text": text, "document": f"{self.case}/{mine.id}"}
        newer = _grew(mine.text_id, theirs.text_id, mine.id, changes)
        where = self.work.name(self.ours / f"{mine.id}.md")
        how = "merge_newer_text" if newer else "merge_other_text"
        self.work.problems.append(Problem.of(how, where, **said))

    def rest(self) -> None:
        """Of a case only they have, copy what no other step has copied."""
        assert self.theirs is not None
        found, problems = plain_files(self.theirs, self.theirs, "**/*")
        self.work.problems += problems
        plain = (
            path for path in found if not any(part.startswith(".") for part in path.relative_to(self.theirs).parts)
        )
        for path in list(plain)[:MOST_FILES]:
            inside = path.relative_to(self.theirs)
            united = path.suffix in (".md", ".yaml") if len(inside.parts) == 1 else inside.parts[0] == CODINGS
            if united or path in self.taken or inside.parts[:-1] == (HISTORY,) or (self.ours / inside).exists():
                continue
            if not all(map(is_safe, inside.parts)):
                self.work.problems.append(Problem.of("merge_odd_name", str(path)))
            elif (content := self.work.read(path)) is not None:
                self.work.write(self.ours / inside, content)
                self.work.tell("file", self.ours / inside, say("merge.copied"))


def _new_lines(added: int, damaged: int) -> str:
    said = [say("merge.events", count=added)] if added else []
    return "; ".join(said + ([say("merge.damaged", count=damaged)] if damaged else []))


def _new_comments(added: int, damaged: int) -> str:
    said = [say("merge.comments", count=added)] if added else []
    return "; ".join(said + ([say("merge.damaged", count=damaged)] if damaged else []))


def _documents(folder: Path, root: Path, case: str) -> dict[str, Document]:
    """The readable documents of a case; of two with one id the one whose file is named after it."""
    found: dict[str, Document] = {}
    for path in files(folder, "*.md") if folder.is_dir() else ():
        document = read_document(path, place(root, path), case=case)[0]
        if document is not None and document.id == path.stem:
            found[document.id] = document
    return found


def _first_texts(changes: Iterable[TextChange], documents: Mapping[str, Document]) -> dict[str, str]:
    """Document -> the text in which codings that name none are read."""
    first = {id: document.text_id for id, document in documents.items()}
    return first | {change.document: change.before or change.after for change in reversed(list(changes))}


def _front(content: bytes) -> str:
    """The front matter of a document's file, without its fences; empty when there is none."""
    try:
        return with_body(_plain(content), "").strip().removeprefix("---").removesuffix("---").strip()
    except ValueError:
        return ""


def _notes(changes: Iterable[TextChange], mine: Document, theirs: Document) -> Iterator[TextChange]:
    """What the log of texts has to say about two texts of which ours stays."""
    of_it = sorted((each for each in changes if each.document == mine.id), key=lambda change: change.id)
    mentioned = {id for change in of_it for id in (change.before, change.after)}
    if of_it and theirs.text_id in mentioned and of_it[-1].after == mine.text_id:
        return
    if not of_it:  # our text is the oldest we know, and must be logged before theirs
        earlier = datetime.now().astimezone() - timedelta(seconds=1)
        yield TextChange(id=str(ULID.from_datetime(earlier)), document=mine.id, after=mine.text_id, how="first seen")
    yield TextChange(document=mine.id, before=theirs.text_id, after=mine.text_id, how="merged")


def _grew(old: str, new: str, document: str, changes: Sequence[TextChange]) -> bool:
    """Whether one text of a document became the other by corrections, so that there is nothing to decide."""
    steps = [(each.before, each.after) for each in changes if each.document == document and each.how != "merged"]
    reached = {old}
    for _ in steps:
        reached |= {after for before, after in steps if before in reached}
    return new in reached
