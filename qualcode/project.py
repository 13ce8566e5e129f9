"""The desk: finds the folders, reads everything, checks everything at once, and stores new codings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from filelock import Timeout
from pydantic import ValidationError

from qualcode.coding.anchor import Anchor, anchor, find, settle
from qualcode.coding.case import Case, CaseRecord, read_case_record
from qualcode.coding.codebook import Codebook, read_codebook, written_codes
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.journal import Apply, Journal, Remove, Revise, append, fold, read_journal
from qualcode.coding.valence import Valence
from qualcode.display import Table
from qualcode.errors import CheckError, CodingError, ParameterError, Problem, ProjectNotFoundError, UnknownNameError
from qualcode.records import Tree, parse, word_complaint
from qualcode.text.document import Document, Segment
from qualcode.text.readers import read_document, read_text
from qualcode.text.transcript import INTERVIEWER, OTHER
from qualcode.wording import say

CORPUS, CODEBOOKS, NOTEBOOKS, REPORTS, CODINGS = "corpus", "codebooks", "notebooks", "reports", "codings"
TEMPLATES = (CODEBOOKS, NOTEBOOKS)
FIRST_CASE = "kasus-saya"
# In a new project the notebooks' parameter cells name its first case instead of ours.
_DEFAULT_CASE = re.compile(r'(case: str = \\")[^"\\]*(\\")')


def open_project(folder: str | Path | None = None) -> Project:
    """Open the project in `folder` or the nearest one above it.

    Parameters
    ----------
    folder : path, optional
        Default: the working folder, which in a notebook is the notebook's own.

    Raises
    ------
    ProjectNotFoundError
        When there is no such folder, or neither it nor any above it holds ``corpus/`` and ``codebooks/``.
    """
    start = Path(folder or Path.cwd()).resolve()
    for candidate in (start, *start.parents) if start.exists() else ():
        if (candidate / CORPUS).is_dir() and (candidate / CODEBOOKS).is_dir():
            return Project(candidate)
    raise ProjectNotFoundError.of("project_not_found", str(start))


def init_project(folder: str | Path) -> Project:
    """Make a new project: the codebooks and notebooks as they come with qualcode, and a first case to fill in.

    Nothing that exists is overwritten.

    Raises
    ------
    ParameterError
        When the folder already holds anything of a project.
    """
    root = Path(folder)
    present = [name for name in (CORPUS, *TEMPLATES) if (root / name).exists()]
    if present:
        raise ParameterError.of("folder_in_use", str(root), names=", ".join(present))
    for name in TEMPLATES:
        _copy(template(name), root / name)
    _copy(files("qualcode").joinpath("starter"), root)
    for notebook in (root / NOTEBOOKS).glob("*.ipynb"):
        source = notebook.read_text("utf-8")
        notebook.write_text(_DEFAULT_CASE.sub(rf"\1{FIRST_CASE}\2", source), encoding="utf-8", newline="\n")
    return Project(root.resolve())


def template(name: str) -> Traversable:
    """The folder ``codebooks`` or ``notebooks`` as it comes with qualcode."""
    packed = files("qualcode").joinpath("templates", name)
    # In a wheel the templates travel inside the package; in an editable install they stand beside it.
    return packed if packed.is_dir() else Path(__file__).parents[1] / name


def _copy(source: Traversable, target: Path) -> None:
    """Copy a folder of templates; a name that begins with ``dot-`` gets its dot back."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        name = entry.name.replace("dot-", ".", 1) if entry.name.startswith("dot-") else entry.name
        if entry.is_dir():
            if not entry.name.startswith((".", "__")):
                _copy(entry, target / name)
        elif not (target / name).exists():
            (target / name).write_bytes(entry.read_bytes())


@dataclass(frozen=True)
class Project:
    """A folder with cases, codebooks and notebooks.

    Nothing is read before it is asked for, and every reading sees the files as they are then:
    open the project again, or ask for the case again, after they changed.
    """

    root: Path

    @cached_property
    def codebooks(self) -> Mapping[str, Codebook]:
        """All readable codebooks, by id, which is the file's name."""
        found = {path.stem: self._read_codebook(path)[0] for path in self._codebook_files()}
        return {id: codebook for id, codebook in found.items() if codebook and codebook.id == id}

    @property
    def broken_codebooks(self) -> frozenset[str]:
        """The names of the codebook files that cannot be used; `check` says why."""
        return frozenset(path.stem for path in self._codebook_files()) - self.codebooks.keys()

    def codebook(self, id: str) -> Codebook:
        """The codebook with this id.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        CheckError
            When its file has faults; all of them are named.
        """
        path = self.root / CODEBOOKS / f"{id}.yaml"
        if path not in self._codebook_files():
            known = [each.stem for each in self._codebook_files()]
            raise UnknownNameError.among("codebook", id, known, place=CODEBOOKS)
        codebook, problems = self._read_codebook(path)
        if codebook is None or problems:
            raise CheckError(problems)
        return codebook

    @property
    def case_ids(self) -> tuple[str, ...]:
        """The ids of all cases, in alphabetical order."""
        folders = (self.root / CORPUS).iterdir()
        return tuple(sorted(each.name for each in folders if each.is_dir() and not each.name.startswith(".")))

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases, each read anew."""
        return tuple(map(self.case, self.case_ids))

    def case(self, id: str) -> Case:
        """The case with this id, with its documents and codings.

        Codings that cannot be placed do not stand in the way; they are listed in ``case.problems``.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        CheckError
            When ``case.yaml`` or a document cannot be read; all faults are named.
        """
        if id not in self.case_ids:
            raise UnknownNameError.among("case", id, self.case_ids, place=CORPUS)
        reading = _CaseReading(self, id)
        if reading.unreadable or reading.record is None:
            raise CheckError(reading.unreadable)
        codings, problems = reading.codings()
        return Case(reading.record, reading.documents, codings, tuple(problems))

    def code(
        self,
        document: Document | str,
        quotation: str,
        code: str,
        *,
        coder: str,
        case: str | None = None,
        valence: Valence | str = Valence.DESCRIPTIVE,
        tags: Iterable[str] = (),
        period: str | None = None,
        explicit: bool = True,
        memo: str = "",
        round: int = 1,
        line: int | None = None,
    ) -> Coding:
        """Give a code to a quotation and store it; the words are found, no offsets are asked for.

        Parameters
        ----------
        document : Document or str
            The document, or ``"case/document"``, or its id together with `case`.
        quotation : str
            Words copied from the document. White space and the shape of quotation marks do not matter.
        code : str
            A code's id; its codebook is the one that has it.
        coder : str
            Who codes: a short name without spaces.
        valence : Valence or str
            ``mendukung``, ``menentang``, ``campuran`` or ``deskriptif``.
        tags, period, explicit, memo, round
            What the coder makes of the passage.
        line : int, optional
            The line of the text, where the quotation stands more than once.

        Returns
        -------
        Coding
            As stored; its id is permanent.

        Raises
        ------
        CodingError
            When the quotation is not found, found more than once, is the researcher's own reflection, or is coded
            so already; or when the code is a heading.
        UnknownNameError
            When there is no such case, document or code.
        """
        where = self._document(document, case)
        codebook = self._codebook_of(code)
        segment = find(where, quotation, line=line)
        if where.is_reflection(segment.start, segment.end):
            raise CodingError.of("reflection_coded", where.place(segment.start))
        event = _checked(
            Apply,
            where.place(segment.start),
            document=where.id,
            code=codebook.require(code).id,
            coder=coder,
            valence=valence,
            tags=tags,
            period=period,
            explicit=explicit,
            memo=memo,
            round=round,
            **vars(anchor(segment)),
        )
        path = self._journal_path(where.case, codebook.id, coder)
        if path.exists():
            for known in fold(read_journal(path).events).values():
                same = (known.document, known.code) == (event.document, event.code)
                if same and settle(where, _anchor_of(known)) == segment:
                    raise CodingError.of("already_coded", where.place(segment.start), code=code, id=known.id)
        self._append(path, event)
        return _coding(event, segment, codebook.id)

    def revise(self, coding: Coding, **changes: object) -> None:
        """Change a coding's code, valence, tags, period, explicit or memo; what is not named stays.

        Raises
        ------
        CodingError
            When a change is not allowed.
        """
        if "code" in changes:
            self.codebook(coding.codebook).require(str(changes["code"]))
        event = _checked(Revise, coding.address, coder=coding.coder, coding=coding.id, **changes)
        self._append(self._journal_path(coding.case, coding.codebook, coding.coder), event)

    def remove(self, coding: Coding, *, memo: str = "") -> None:
        """Take a coding back; the journal keeps that it was there."""
        event = _checked(Remove, coding.address, coder=coding.coder, coding=coding.id, memo=memo)
        self._append(self._journal_path(coding.case, coding.codebook, coding.coder), event)

    def check(self) -> list[Problem]:
        """Read every file of the project and list every fault, sorted by place."""
        problems = list(self._codebook_problems())
        for case in self.case_ids:
            problems += _CaseReading(self, case).all_problems()
        return sorted(set(problems))

    def to_table(self) -> Table:
        """One row a case: what it is and how much there is of it."""
        rows: list[list[str | int]] = [
            [
                case.id,
                len(case.informants),
                len(case.documents),
                len(case.codings),
                ", ".join(case.codings.coders) or "–",
                case.record.kind.value,
                case.title,
            ]
            for case in self.cases
        ]
        names = ("id", "informants", "documents", "codings", "coders", "kind", "title")
        return Table(say("project.cases_caption"), [say(f"project.cases_{name}") for name in names], rows)

    def codebooks_table(self) -> Table:
        """One row a codebook: what it is, how many indicators it has, where it comes from."""
        rows: list[list[str | int]] = [
            [book.id, str(book.title), len(book.indicators), book.version, book.citation]
            for book in self.codebooks.values()
        ]
        columns = [
            say("kind.codebook").capitalize(),
            say("project.cases_title"),
            say("project.indicators"),
            say("project.version"),
            say("case.citation"),
        ]
        return Table(say("project.codebooks_caption"), columns, rows)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def place(self, path: Path) -> str:
        """How messages name a file: relative to the project, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def __repr__(self) -> str:
        return f"Project {self.root.name}: {len(self.case_ids)} kasus, {len(self.codebooks)} buku kode"

    def _codebook_files(self) -> list[Path]:
        return _files(self.root / CODEBOOKS, "*.yaml")

    def tree(self, path: Path) -> tuple[Tree | None, list[Problem]]:
        """A YAML file of the project, parsed, and its faults."""
        text, problems = read_text(path, self.place(path))
        return parse(text, self.place(path)) if text is not None else (None, problems)

    def _read_codebook(self, path: Path) -> tuple[Codebook | None, list[Problem]]:
        tree, problems = self.tree(path)
        codebook, faults = read_codebook(tree, path.stem) if tree else (None, [])
        return codebook, problems + faults

    def _codebook_problems(self) -> Iterator[Problem]:
        """The faults of all codebooks, each by itself and beside the others."""
        homes: dict[str, str] = {}
        for path in self._codebook_files():
            tree, problems = self.tree(path)
            codebook, faults = read_codebook(tree, path.stem) if tree else (None, [])
            yield from problems + faults
            if tree is None or codebook is None or codebook.id != path.stem:
                continue
            for code, place in written_codes(tree):
                home = homes.setdefault(code, codebook.id)
                if home != codebook.id:
                    yield Problem.of("code_in_two_codebooks", place, code=code, other=home)

    def _codebook_of(self, code: str) -> Codebook:
        for codebook in self.codebooks.values():
            if code in codebook:
                return codebook
        known = [each.id for codebook in self.codebooks.values() for each in codebook]
        raise UnknownNameError.among("code", code, known, place=CODEBOOKS)

    def _document(self, document: Document | str, case: str | None) -> Document:
        if isinstance(document, Document):  # it is read anew: it may have changed since
            case, document = document.case, document.id
        home, _, name = document.rpartition("/")
        home = home or case or ""
        reading = _CaseReading(self, home) if home in self.case_ids else None
        if reading is None:
            raise UnknownNameError.among("case", home or "–", self.case_ids, place=CORPUS)
        known = {each.id: each for each in reading.documents}
        if name not in known:
            raise UnknownNameError.among("document", name, known, place=home)
        return known[name]

    def _journal_path(self, case: str, codebook: str, coder: str) -> Path:
        return self.root / CORPUS / case / CODINGS / f"{codebook}.{coder}.jsonl"

    def _append(self, path: Path, event: Apply | Revise | Remove) -> None:
        try:
            append(path, [event])
        except (Timeout, OSError, UnicodeEncodeError) as error:
            raise CodingError.of("not_saved", self.place(path), detail=str(error)) from error


EventKind = TypeVar("EventKind", Apply, Revise, Remove)


def _checked(kind: type[EventKind], place: str, **said: object) -> EventKind:
    """An event from what a person said, or a CodingError that says what cannot be."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise CodingError(word_complaint(error.errors(include_url=False)[0], place)) from None


def _files(folder: Path, pattern: str) -> list[Path]:
    """The matching files of a folder, sorted; hidden ones belong to editors and systems."""
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def _anchor_of(event: Apply) -> Anchor:
    return Anchor(event.start, event.end, event.quote, event.prefix, event.suffix)


def _coding(event: Apply, segment: Segment, codebook: str) -> Coding:
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


class _CaseReading:
    """One reading of a case's folder: what could be read, what could not, and what is doubtful but used."""

    def __init__(self, project: Project, id: str) -> None:
        self.project = project
        self.folder = project.root / CORPUS / id
        self.unreadable: list[Problem] = []
        self.doubts: list[Problem] = []
        self.unread: set[str] = set()
        self.tree: Tree | None = None
        self.record = self._record(id)
        self.documents = tuple(self._documents(id))

    def _record(self, id: str) -> CaseRecord | None:
        path = self.folder / "case.yaml"
        place = self.project.place(path)
        if not path.is_file():
            self.unreadable.append(Problem.of("no_case_file", place))
            return None
        self.tree, problems = self.project.tree(path)
        record, faults = read_case_record(self.tree, id) if self.tree else (None, [])
        (self.unreadable if record is None else self.doubts).extend(problems + faults)
        return record

    def _documents(self, id: str) -> Iterator[Document]:
        seen: dict[str, str] = {}
        for path in _files(self.folder, "*.md"):
            document, problems = read_document(path, self.project.place(path), case=id)
            if document is None:
                self.unreadable += problems
                self.unread.add(path.stem)
                continue
            if document.id in seen:
                other = seen[document.id]
                self.unreadable.append(Problem.of("document_defined_twice", document.file, id=document.id, other=other))
                continue
            self.doubts += problems + list(self._strangers(document, path))
            seen[document.id] = document.file
            yield document

    def _strangers(self, document: Document, path: Path) -> Iterator[Problem]:
        """Informants a document names that the case does not know, each with a line that names it."""
        if self.record is None:
            return
        known = {informant.id for informant in self.record.informants}
        named: dict[str, tuple[str, ...]] = {who: ("legend", label) for label, who in document.legend.items()}
        if document.informant:
            named[document.informant] = ("informant",)
        for informant in sorted(named.keys() - known - {INTERVIEWER, OTHER}):
            place = _front_matter(path, document.file).at(named[informant])
            shown = ", ".join(sorted(known)) or "–"
            yield Problem.of("unknown_informant", place, informant=informant, known=shown)

    def codings(self) -> tuple[Codings, list[Problem]]:
        """All codings that can be placed, and a problem for each thing that cannot."""
        items: list[Coding] = []
        problems: list[Problem] = []
        for path in self._journals():
            found, faults = self._codings_in(path)
            items += found
            problems += faults
        return Codings(items, self.project.codebooks), problems

    def _journals(self) -> list[Path]:
        return _files(self.folder / CODINGS, "*.jsonl")

    def _codings_in(self, path: Path) -> tuple[list[Coding], list[Problem]]:
        place = self.project.place(path)
        book_id, _, coder = path.stem.partition(".")
        codebook = self.project.codebooks.get(book_id)
        if codebook is None or not coder:
            known = ", ".join(self.project.codebooks)
            return [], [Problem.of("journal_without_codebook", place, codebook=book_id, known=known)]
        try:
            journal = read_journal(path)
        except OSError as error:
            return [], [Problem.of("unreadable_file", place, detail=error.strerror or type(error).__name__)]
        problems = journal.problems(place)
        items = []
        for event in fold(journal.events).values():
            here = f"{place}:{journal.lines[event.id]}"
            segment, fault = self._settled(event, codebook, coder, here)
            if segment:
                items.append(_coding(event, segment, codebook.id))
            if fault:
                (self.doubts if segment else problems).append(fault)
        return items, problems + _orphans(journal, place)

    def _settled(
        self, event: Apply, codebook: Codebook, coder: str, here: str
    ) -> tuple[Segment | None, Problem | None]:
        """The segment of an event, or why it has none; a moved coding has both."""
        document = next((each for each in self.documents if each.id == event.document), None)
        if event.coder != coder:
            return None, Problem.of("coder_is_not_file_name", here, coder=event.coder, stem=coder)
        try:
            codebook.require(event.code)
        except (UnknownNameError, CodingError) as error:
            return None, Problem(here, error.problem.what, error.problem.mend)
        if document is None:
            missing = event.document not in self.unread  # why a document is unreadable is said once, at the document
            return None, Problem.of("document_missing", here, document=event.document) if missing else None
        segment = settle(document, _anchor_of(event))
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
            if path.stem.partition(".")[0] not in self.project.broken_codebooks:
                problems += self._codings_in(path)[1]
        if self.record is not None and self.tree is not None:
            problems += self._unknown_codes_and_codebooks(self.record, self.tree)
        return problems + self.doubts

    def _unknown_codes_and_codebooks(self, record: CaseRecord, tree: Tree) -> Iterator[Problem]:
        codebooks, broken = self.project.codebooks, self.project.broken_codebooks
        codes = {code.id for codebook in codebooks.values() for code in codebook}
        for index, exclusion in enumerate(record.exclusions):
            if exclusion.code not in codes and not broken:
                place = tree.at(("exclusions", index, "code"))
                yield UnknownNameError.among("code", exclusion.code, codes, place=place).problem
        for index, framework in enumerate(record.frameworks):
            if framework not in codebooks and framework not in broken:
                place = tree.at(("frameworks", index))
                yield UnknownNameError.among("codebook", framework, codebooks, place=place).problem


def _front_matter(path: Path, place: str) -> Tree:
    """The front matter of a document that has been read before, with its lines."""
    text = read_text(path, place)[0] or ""
    tree, _ = parse(text.removeprefix("---\n").partition("\n---")[0], place, first_line=2)
    return tree or Tree(None, place)


def _orphans(journal: Journal, place: str) -> list[Problem]:
    """Revisions and removals of codings that the journal has never seen."""
    applied = {event.id for event in journal.events if isinstance(event, Apply)}
    return [
        Problem.of("orphan_event", f"{place}:{journal.lines[event.id]}", coding=event.coding)
        for event in journal.events
        if not isinstance(event, Apply) and event.coding not in applied
    ]
