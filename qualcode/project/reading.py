"""One reading of a case's folder: what could be read, what could not, and what is doubtful but used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qualcode.coding.anchor import Anchor, settle
from qualcode.coding.case import CaseRecord, read_case_record
from qualcode.coding.codebook import Codebook, read_codebook, written_codes
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.journal import Apply, Journal, Remove, Revise, Summary, Verdict, fold, in_force, read_journal
from qualcode.errors import CodingError, Problem, UnknownNameError
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, files, place, read_tree
from qualcode.records import Tree
from qualcode.text.document import Document, Segment
from qualcode.text.readers import read_document

CASE_FILE = "case.yaml"


@dataclass(frozen=True)
class Shelf:
    """The codebooks of a project: those that can be used, by id, the files that cannot, and all faults."""

    usable: Mapping[str, Codebook]
    broken: frozenset[str]
    problems: tuple[Problem, ...]


def read_shelf(root: Path) -> Shelf:
    """Read every codebook of a project, each by itself and beside the others."""
    usable: dict[str, Codebook] = {}
    broken: set[str] = set()
    problems: list[Problem] = []
    homes: dict[str, str] = {}
    for path in files(root / CODEBOOKS, "*.yaml"):
        tree, faults = read_tree(root, path)
        codebook, more = read_codebook(tree, path.stem) if tree else (None, [])
        problems += faults + more
        if tree is None or codebook is None or codebook.id != path.stem:
            broken.add(path.stem)
            continue
        usable[codebook.id] = codebook
        for code, where in written_codes(tree):
            home = homes.setdefault(code, codebook.id)
            if home != codebook.id:
                problems.append(Problem.of("code_in_two_codebooks", where, code=code, other=home))
    return Shelf(usable, frozenset(broken), tuple(problems))


class CaseReading:
    """A case's folder as it is now.

    Attributes
    ----------
    record : CaseRecord or None
    documents : dict of str to Document
        By id.
    unreadable, doubts : list of Problem
        What keeps the case from being used, and what does not.
    analyses : dict of str to Tree
        Every other YAML file beside ``case.yaml``, by its name without the ending.
    analysis_faults : list of Problem
        Those files that could not be read.
    """

    def __init__(self, root: Path, id: str, shelf: Shelf) -> None:
        self.root = root
        self.shelf = shelf
        self.folder = root / CORPUS / id
        self.unreadable: list[Problem] = []
        self.doubts: list[Problem] = []
        self.unread: set[str] = set()
        self.tree: Tree | None = None
        self.decisions: list[Verdict | Summary] = []
        self.record = self._record(id)
        self.documents = self._documents(id)
        self.analysis_faults: list[Problem] = []
        self.analyses = self._analyses()

    def _record(self, id: str) -> CaseRecord | None:
        path = self.folder / CASE_FILE
        if not path.is_file():
            self.unreadable.append(Problem.of("no_case_file", place(self.root, path)))
            return None
        self.tree, problems = read_tree(self.root, path)
        record, faults = read_case_record(self.tree, id) if self.tree else (None, [])
        (self.unreadable if record is None else self.doubts).extend(problems + faults)
        return record

    def _documents(self, id: str) -> dict[str, Document]:
        informants = {each.id for each in self.record.informants} if self.record else None
        documents: dict[str, Document] = {}
        for path in files(self.folder, "*.md"):
            name = place(self.root, path)
            document, problems = read_document(path, name, case=id, informants=informants)
            if document is None:
                self.unreadable += problems
                self.unread.add(path.stem)
            elif document.id in documents:
                other = documents[document.id].file
                self.unreadable.append(Problem.of("document_defined_twice", name, id=document.id, other=other))
            else:
                self.doubts += problems
                documents[document.id] = document
        return documents

    def _analyses(self) -> dict[str, Tree]:
        analyses: dict[str, Tree] = {}
        for path in files(self.folder, "*.yaml"):
            if path.name != CASE_FILE:
                tree, problems = read_tree(self.root, path)
                self.analysis_faults += problems
                if tree is not None:
                    analyses[path.stem] = tree
        return analyses

    def codings(self) -> tuple[Codings, list[Problem]]:
        """All codings that can be placed, and a problem for each thing that cannot."""
        items: list[Coding] = []
        problems: list[Problem] = []
        for path in self._journals():
            found, faults = self._codings_in(path)
            items += found
            problems += faults
        return Codings(items, self.shelf.usable), problems

    def _journals(self) -> list[Path]:
        return files(self.folder / CODINGS, "*.jsonl")

    def _codings_in(self, path: Path) -> tuple[list[Coding], list[Problem]]:
        name = place(self.root, path)
        book_id, _, coder = path.stem.partition(".")
        codebook = self.shelf.usable.get(book_id)
        if codebook is None or not coder:
            known = ", ".join(self.shelf.usable)
            return [], [Problem.of("journal_without_codebook", name, codebook=book_id, known=known)]
        try:
            journal = read_journal(path)
        except OSError as error:
            return [], [Problem.of("unreadable_file", name, detail=error.strerror or type(error).__name__)]
        problems = journal.problems(name)
        self.decisions += [event for event in in_force(journal.events) if isinstance(event, (Verdict, Summary))]
        items = []
        for event in fold(journal.events).values():
            here = f"{name}:{journal.lines[event.id]}"
            segment, fault = self._settled(event, codebook, coder, here)
            if segment:
                items.append(coding_of(event, segment, codebook.id))
            if fault:
                (self.doubts if segment else problems).append(fault)
        return items, problems + _orphans(journal, name)

    def _settled(
        self, event: Apply, codebook: Codebook, coder: str, here: str
    ) -> tuple[Segment | None, Problem | None]:
        """The segment of an event, or why it has none; a moved coding has both."""
        document = self.documents.get(event.document)
        if event.coder != coder:
            return None, Problem.of("coder_is_not_file_name", here, coder=event.coder, stem=coder)
        try:
            codebook.require(event.code)
        except (UnknownNameError, CodingError) as error:
            return None, Problem(here, error.problem.what, error.problem.mend)
        if document is None:
            missing = event.document not in self.unread  # why a document is unreadable is said once, at the document
            return None, Problem.of("document_missing", here, document=event.document) if missing else None
        segment = settle(document, anchor_of(event))
        quote = " ".join(event.quote.split())[:80]
        if segment is None:
            return None, Problem.of("quotation_lost", here, document=document.id, quotation=quote)
        if segment.start != event.start:
            return segment, Problem.of("quotation_moved", here, line=segment.line, quotation=quote)
        return segment, None

    def all_problems(self) -> list[Problem]:
        """Every fault of the case, without those that only follow from the faults of a codebook's file."""
        problems = list(self.unreadable)
        for path in self._journals():
            if path.stem.partition(".")[0] not in self.shelf.broken:
                problems += self._codings_in(path)[1]
        if self.record is not None and self.tree is not None:
            problems += self._unknown_codes_and_codebooks(self.record, self.tree)
        return problems + self.analysis_faults + self.doubts

    def _unknown_codes_and_codebooks(self, record: CaseRecord, tree: Tree) -> Iterator[Problem]:
        usable, broken = self.shelf.usable, self.shelf.broken
        codes = {code.id for codebook in usable.values() for code in codebook}
        for index, exclusion in enumerate(record.exclusions):
            if exclusion.code not in codes and not broken:
                where = tree.at(("exclusions", index, "code"))
                yield UnknownNameError.among("code", exclusion.code, codes, place=where).problem
        for index, framework in enumerate(record.frameworks):
            if framework not in usable and framework not in broken:
                where = tree.at(("frameworks", index))
                yield UnknownNameError.among("codebook", framework, usable, place=where).problem


def anchor_of(event: Apply) -> Anchor:
    """The anchor an event carries."""
    return Anchor(event.start, event.end, event.quote, event.prefix, event.suffix)


def coding_of(event: Apply, segment: Segment, codebook: str) -> Coding:
    """The coding an event makes of a segment."""
    return Coding(
        id=event.id,
        segment=segment,
        codebook=codebook,
        code=event.code,
        coder=event.coder,
        valence=event.valence,
        tags=event.tags,
        period=event.period or segment.document.period,
        explicit=event.explicit,
        memo=event.memo,
        round=event.round,
        time=event.time,
    )


def _orphans(journal: Journal, place: str) -> list[Problem]:
    """Revisions and removals of codings that the journal has never seen."""
    applied = {event.id for event in journal.events if isinstance(event, Apply)}
    return [
        Problem.of("orphan_event", f"{place}:{journal.lines[event.id]}", coding=event.coding)
        for event in journal.events
        if isinstance(event, (Revise, Remove)) and event.coding not in applied
    ]
