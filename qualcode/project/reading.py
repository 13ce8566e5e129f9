"""One reading of a case's folder: what could be read, what could not, and what is doubtful but used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from qualcode.coding.anchor import Anchor, settle
from qualcode.coding.carried import FUZZY, KEPT, LOST, MOVED, Carried, CarriedStatus
from qualcode.coding.case import CaseRecord, read_case_record
from qualcode.coding.codebook import Codebook, read_codebook, written_codes
from qualcode.coding.codings import Coding, Codings, Made
from qualcode.coding.journal import (
    Adjudicate,
    AnyEvent,
    Apply,
    Change,
    Decision,
    Journal,
    Move,
    fold,
    in_force,
    read_journal,
)
from qualcode.coding.sampling import Drawn, Sample
from qualcode.coding.study import AUTO, Reading, Study
from qualcode.errors import CodingError, Problem, UnknownNameError
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, SAMPLES, files, place, read_tree
from qualcode.project.versions import HISTORY, Versions
from qualcode.records import Tree, parse, read_as
from qualcode.text.document import Document, Segment
from qualcode.text.readers import read_document, read_text
from qualcode.wording import language_in_use

CASE_FILE = "case.yaml"
LIKELY_UNIT = 0.9
"""How alike a changed unit of a sample must be to stay in it: a mended slip does not take a unit out."""


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
        where = place(root, path)
        text, faults = read_text(path, where)
        codebook, written, more = (None, (), ()) if text is None else _understood(text, where, language_in_use())
        problems += (*faults, *more)
        if codebook is None or codebook.id != path.stem:
            broken.add(path.stem)
            continue
        usable[codebook.id] = codebook
        for code, where in written:
            home = homes.setdefault(code, codebook.id)
            if home != codebook.id:
                problems.append(Problem.of("code_in_two_codebooks", where, code=code, other=home))
    return Shelf(usable, frozenset(broken), tuple(problems))


@lru_cache(maxsize=64)
def _understood(
    text: str, where: str, language: str
) -> tuple[Codebook | None, tuple[tuple[str, str], ...], tuple[Problem, ...]]:
    """The codebook that the text of a file is, where it writes which code, and its faults in a language.

    A notebook asks for the same few codebooks again and again; their files are read each time, and understood once.
    """
    tree, faults = parse(text, where)
    codebook, more = read_codebook(tree, PurePosixPath(where).stem) if tree else (None, [])
    return codebook, tuple(written_codes(tree)) if tree and codebook else (), (*faults, *more)


@dataclass(frozen=True)
class Placed:
    """A coding as it stands, and where its words are in the text as it is now.

    Attributes
    ----------
    event : Apply
        With every revision taken in.
    codebook : str
    journal : Path
        The file it stands in.
    status : CarriedStatus
        KEPT and MOVED are certain; FUZZY waits for a person; LOST stands in the journal only.
    segment : Segment or None
        Its place; of a FUZZY coding the likely place, which no analysis uses; None when lost or not to be used.
    fault : Problem or None
        What a person should know or mend.
    stale : bool
        Whether the journal names another text than the document has now.
    made : tuple of Made
        As for `Coding`.
    """

    event: Apply
    codebook: str
    journal: Path
    status: CarriedStatus
    segment: Segment | None
    fault: Problem | None
    stale: bool = False
    made: tuple[Made, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether analyses use it."""
        return self.segment is not None and self.status in (KEPT, MOVED)


def read_record(root: Path, id: str) -> tuple[Tree | None, CaseRecord | None, list[Problem]]:
    """The ``case.yaml`` of a case, as it was written and as it was understood, with its faults."""
    path = root / CORPUS / id / CASE_FILE
    if not path.is_file():
        return None, None, [Problem.of("no_case_file", place(root, path))]
    tree, problems = read_tree(root, path)
    record, faults = read_case_record(tree, id) if tree else (None, [])
    return tree, record, problems + faults


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
        self.decisions: list[Decision] = []
        self.versions = Versions(self.folder / HISTORY)
        self.record = self._record(id)
        self.documents = self._documents(id)
        self.analysis_faults: list[Problem] = []
        self.analyses = self._analyses()

    def _record(self, id: str) -> CaseRecord | None:
        self.tree, record, problems = read_record(self.root, id)
        (self.unreadable if record is None else self.doubts).extend(problems)
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
        """All codings whose place is certain, and a problem for each thing that cannot be used."""
        items: list[Coding] = []
        problems: list[Problem] = []
        for path in self.journals():
            placed, faults = self.placed_in(path)
            certain = ((each, each.segment) for each in placed if each.is_certain)
            items += [coding_of(each.event, segment, each.codebook, each.made) for each, segment in certain if segment]
            problems += faults + self._faults(placed)
        people = [each for each in items if each.coder != AUTO]
        studies = {self.folder.name: self._study(items)}
        return Codings(people, self.shelf.usable, studies, aside=_each_once(items)), problems

    def _study(self, items: Iterable[Coding]) -> Study:
        return Study(
            self.record.approach if self.record else "",
            self.record.coders if self.record else (),
            frozenset(Reading(each.codebook, each.coder, each.document.id, each.round) for each in items),
            self.samples,
            tuple(sorted((each for each in self.decisions if isinstance(each, Adjudicate)), key=lambda each: each.id)),
        )

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """The samples drawn for double coding, in the texts as they are now; faults go to the analyses' faults."""
        found = []
        for path in files(self.folder / SAMPLES, "*.yaml"):
            tree, problems = read_tree(self.root, path)
            sample, more = read_as(Sample, tree) if tree else (None, [])
            self.analysis_faults += problems + more
            if sample is not None:
                found.append(self._in_texts_now(sample, place(self.root, path)))
        return tuple(found)

    def _in_texts_now(self, sample: Sample, name: str) -> Sample:
        """A sample whose units are carried along with texts that were changed since; what is lost is told."""
        documents = {}
        for id, drawn in sample.documents.items():
            document = self.documents.get(id)
            if document is None:
                self.analysis_faults.append(Problem.of("sample_lost", name, document=id, count=len(drawn.units)))
                continue
            same = document.text_id == drawn.text
            old = document.text if same else self.versions.text(drawn.text)
            sound = [each for each in drawn.units if 0 <= each[0] < each[1] <= len(old or "")]
            carried = [] if old is None or same else _carry(old, document.text, sound)
            likely = [each for each in carried if each.status is not FUZZY or each.similarity >= LIKELY_UNIT]
            spans = sound if same else [(each.start, each.end) for each in likely]
            units = tuple((start, end) for start, end in spans if start is not None and end is not None)
            if len(units) < len(drawn.units):
                lost = len(drawn.units) - len(units)
                self.analysis_faults.append(Problem.of("sample_lost", name, document=id, count=lost))
            documents[id] = Drawn(text=document.text_id, units=units)
        return sample.model_copy(update={"documents": documents})

    def _faults(self, placed: Iterable[Placed]) -> list[Problem]:
        """What stands in the way of codings; what is only doubtful about them goes to the doubts."""
        self.doubts += [each.fault for each in placed if each.fault and each.is_certain]
        return [each.fault for each in placed if each.fault and not each.is_certain]

    def journals(self) -> list[Path]:
        """The journals of the case."""
        return files(self.folder / CODINGS, "*.jsonl")

    def placed_in(self, path: Path) -> tuple[list[Placed], list[Problem]]:
        """Every coding that stands in a journal with its place, and the faults of the journal itself."""
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
        self.decisions += [event for event in in_force(journal.events) if isinstance(event, Decision)]
        standing = fold(journal.events).values()
        placed = self.placed(standing, codebook, path, lambda event: f"{name}:{journal.lines[event.id]}")
        made = self._made(journal.events)
        placed = [replace(each, made=made[each.event.id]) if each.event.id in made else each for each in placed]
        return placed, journal.problems(name) + _orphans(journal, name)

    def _made(self, events: Iterable[AnyEvent]) -> dict[str, tuple[Made, ...]]:
        """Where persons set codings, where that is not simply where they stand in the text as it is now."""
        placings: dict[str, list[Apply | Move]] = {}
        latest: dict[str, str | None] = {}
        for event in sorted(in_force(events), key=lambda event: event.id):
            if isinstance(event, Apply):
                placings[event.id] = [event]
                latest[event.id] = event.text or self._first_versions.get(event.document)
            elif isinstance(event, Move) and event.coding in placings:
                # In another text than before, somebody settled what a correction did: the passage is the same.
                if event.action is not None and event.text == latest[event.coding]:
                    placings[event.coding].append(event)
                latest[event.coding] = event.text
        made: dict[str, tuple[Made, ...]] = {}
        for id, found in placings.items():
            first = found[0]
            document = self.documents.get(first.document) if isinstance(first, Apply) else None
            now = document.text_id if document else None
            texts = [each.text or self._first_versions.get(document.id) or now for each in found] if document else []
            if len(found) > 1 or texts not in ([], [now]):
                known = [(each, self._text(text or "", document)) for each, text in zip(found, texts, strict=False)]
                made[id] = tuple(Made(text, each.start, each.end) for each, text in known if text is not None)
        return made

    def _text(self, id: str, document: Document | None) -> str | None:
        """A text by its id, the one a document has now among them."""
        if document is not None and id == document.text_id:
            return document.text
        if id not in self._texts:
            self._texts[id] = self.versions.text(id)
        return self._texts[id]

    @cached_property
    def _texts(self) -> dict[str, str | None]:
        return {}

    def placed(
        self, standing: Iterable[Apply], codebook: Codebook, path: Path, where: Callable[[Apply], str]
    ) -> list[Placed]:
        """The place of each of some codings that stand in the journal at `path`; `where` says what messages name."""
        coder = path.stem.partition(".")[2]
        standing = list(standing)
        carried = self._carried(standing)
        placed = []
        for event in standing:
            here = where(event)
            fault = self._unusable(event, codebook, coder, here)
            document = self.documents.get(event.document)
            if fault or document is None:
                placed.append(Placed(event, codebook.id, path, LOST, None, fault))
            elif event.id in carried:
                placed.append(_carried_over(event, codebook.id, path, document, carried[event.id], here))
            else:
                placed.append(_settled(event, codebook.id, path, document, here))
        return placed

    def _carried(self, standing: Iterable[Apply]) -> dict[str, Carried]:
        """What became of the codings that were made in another text than their document has now."""
        older: dict[tuple[str, str], list[Apply]] = {}
        for event in standing:
            document = self.documents.get(event.document)
            version = event.text or self._first_versions.get(event.document)
            if document and version and version != document.text_id:
                older.setdefault((event.document, version), []).append(event)
        carried: dict[str, Carried] = {}
        for (id, version), events in older.items():
            old = self.versions.text(version)
            if old is not None:
                sound = [event for event in events if old[event.start : event.end] == event.quote]
                found = _carry(old, self.documents[id].text, [(event.start, event.end) for event in sound])
                carried |= {event.id: each for event, each in zip(sound, found, strict=True)}
        return carried

    @cached_property
    def _first_versions(self) -> Mapping[str, str]:
        """Document -> the oldest text that is known of it, in which codings older than the history were made."""
        return {change.document: change.before or change.after for change in reversed(self.versions.changes())}

    def _unusable(self, event: Apply, codebook: Codebook, coder: str, here: str) -> Problem | None:
        """Why a coding cannot be used whatever the text says; None when it can, or when that is said elsewhere."""
        if event.coder != coder:
            return Problem.of("coder_is_not_file_name", here, coder=event.coder, stem=coder)
        try:
            codebook.require(event.code)
        except (UnknownNameError, CodingError) as error:
            return Problem(here, error.problem.what, error.problem.mend)
        if event.document not in self.documents and event.document not in self.unread:
            return Problem.of("document_missing", here, document=event.document)
        return None  # why a document is unreadable is said once, at the document

    def all_problems(self) -> list[Problem]:
        """Every fault of the case, without those that only follow from the faults of a codebook's file."""
        problems = list(self.unreadable)
        for path in self.journals():
            if path.stem.partition(".")[0] not in self.shelf.broken:
                placed, faults = self.placed_in(path)
                problems += faults + self._faults(placed)
        if self.record is not None and self.tree is not None:
            problems += self._unknown_codes_and_codebooks(self.record, self.tree)
        _ = self.samples  # reads them, so that their faults are known
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


class DocumentReading(CaseReading):
    """As much of a case as placing the codings of one document needs; nothing else of it is read."""

    def __init__(self, root: Path, document: Document, shelf: Shelf) -> None:
        self.root = root
        self.shelf = shelf
        self.folder = root / CORPUS / document.case
        self.versions = Versions(self.folder / HISTORY)
        self.documents = {document.id: document}
        self.unread = set()


def _settled(event: Apply, codebook: str, journal: Path, document: Document, here: str) -> Placed:
    """A coding whose text is the one it was made in, or is not known: found by its words and those around them."""
    segment = settle(document, anchor_of(event))
    stale = event.text is not None and event.text != document.text_id
    if segment is None:
        fault = Problem.of("quotation_lost", here, document=document.id, quotation=_short(event.quote))
        return Placed(event, codebook, journal, LOST, None, fault, stale)
    if segment.start == event.start:
        return Placed(event, codebook, journal, KEPT, segment, None, stale)
    fault = Problem.of("quotation_moved", here, line=segment.line, quotation=_short(event.quote))
    return Placed(event, codebook, journal, MOVED, segment, fault, stale)


def _carried_over(
    event: Apply, codebook: str, journal: Path, document: Document, carried: Carried, here: str
) -> Placed:
    """A coding made in an older text, carried to the text as it is now."""
    if carried.start is None or carried.end is None:
        fault = Problem.of("quotation_lost", here, document=document.id, quotation=_short(event.quote))
        return Placed(event, codebook, journal, LOST, None, fault, True)
    segment = document.segment(carried.start, carried.end)
    words, now = contrast(event.quote, segment.text)
    said = {"document": document.id, "line": segment.line, "quotation": words, "now": now, "id": event.id}
    doubt = None
    if carried.status is MOVED:
        doubt = Problem.of("quotation_moved", here, **said)
    elif carried.status is FUZZY:
        doubt = Problem.of("quotation_fuzzy", here, **said)
    return Placed(event, codebook, journal, carried.status, segment, doubt, True)


def contrast(before: str, after: str, width: int = 90) -> tuple[str, str]:
    """Two wordings of a passage, each shortened to the part in which they differ.

    Examples
    --------
    >>> contrast("Yang kejawab sepertiga.", "Yang terjawab sepertiga.", width=12)
    ('…g kejawab se…', '…g terjawab s…')
    """
    one, other = " ".join(before.split()), " ".join(after.split())
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = max(0, same - width // 5) if max(len(one), len(other)) > width else 0
    return _cut(one, begin, width), _cut(other, begin, width)


def _cut(words: str, begin: int, width: int) -> str:
    part = words[begin : begin + width]
    return ("…" if begin else "") + part + ("…" if begin + width < len(words) else "") if words else "–"


def _short(words: str) -> str:
    return " ".join(words.split())[:80]


def anchor_of(event: Apply) -> Anchor:
    """The anchor an event carries."""
    return Anchor(event.start, event.end, event.quote, event.prefix, event.suffix)


def coding_of(event: Apply, segment: Segment, codebook: str, made: tuple[Made, ...] = ()) -> Coding:
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
        suggested=event.suggested,
        made=made,
    )


def _each_once(items: Iterable[Coding]) -> list[Coding]:
    """What rules coded; a rule that was applied in two copies of a project, since united, counts once."""
    found: dict[tuple[Segment, str, str, int], Coding] = {}
    for each in items:
        if each.coder == AUTO:
            found.setdefault((each.segment, each.codebook, each.code, each.round), each)
    return list(found.values())


def _orphans(journal: Journal, place: str) -> list[Problem]:
    """Changes of codings that the journal has never seen."""
    applied = {event.id for event in journal.events if isinstance(event, Apply)}
    return [
        Problem.of("orphan_event", f"{place}:{journal.lines[event.id]}", coding=event.coding)
        for event in journal.events
        if isinstance(event, Change) and event.coding not in applied
    ]


def _carry(old: str, new: str, spans: Sequence[tuple[int, int]]) -> list[Carried]:
    from qualcode.coding.carrying import carry  # opens numpy: only when a text has changed

    return carry(old, new, spans)
