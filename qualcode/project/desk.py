"""The desk: finds a project, gives its cases and codebooks, checks everything at once, and stores new codings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from filelock import Timeout
from pydantic import ValidationError

from qualcode.analysis.triangulation import triangulate
from qualcode.coding.anchor import anchor, find, settle
from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Coding
from qualcode.coding.journal import (
    Apply,
    Remove,
    Revise,
    Summary,
    Verdict,
    append,
    append_locked,
    fold,
    locked,
    read_journal,
)
from qualcode.coding.valence import Valence
from qualcode.display import Table
from qualcode.errors import CheckError, CodingError, Problem, ProjectNotFoundError, QualcodeError, UnknownNameError
from qualcode.frameworks.david import CODEBOOK as DAVID
from qualcode.frameworks.david import read_david
from qualcode.project.layout import CODEBOOKS, CORPUS, files, folders, journal_path, place
from qualcode.project.reading import CaseReading, Shelf, anchor_of, coding_of, read_shelf
from qualcode.records import word_complaint
from qualcode.text.document import Document
from qualcode.wording import say


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


@dataclass(frozen=True)
class Project:
    """A folder with cases, codebooks and notebooks.

    Nothing is read before it is asked for, and every reading sees the files as they are then:
    open the project again, or ask for the case again, after they changed.
    """

    root: Path

    @cached_property
    def _shelf(self) -> Shelf:
        return read_shelf(self.root)

    @property
    def codebooks(self) -> Mapping[str, Codebook]:
        """All usable codebooks, by id, which is the file's name; `check` says what is wrong with the others."""
        return self._shelf.usable

    def codebook(self, id: str) -> Codebook:
        """The codebook with this id.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        CheckError
            When its file has faults; all of them are named.
        """
        known = {path.stem: path for path in files(self.root / CODEBOOKS, "*.yaml")}
        if id not in known:
            raise UnknownNameError.among("codebook", id, known, place=CODEBOOKS)
        file = place(self.root, known[id])
        faults = [problem for problem in self._shelf.problems if problem.place.partition(":")[0] == file]
        if faults:
            raise CheckError(faults)
        return self._shelf.usable[id]

    @property
    def case_ids(self) -> tuple[str, ...]:
        """The ids of all cases, in alphabetical order."""
        return tuple(folders(self.root / CORPUS))

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
        reading = CaseReading(self.root, id, self._shelf)
        if reading.unreadable or reading.record is None:
            raise CheckError(reading.unreadable)
        codings, problems = reading.codings()
        problems += reading.analysis_faults
        documents = tuple(reading.documents.values())
        decisions = tuple(sorted(reading.decisions, key=lambda event: event.id))
        return Case(reading.record, documents, codings, tuple(problems), reading.analyses, decisions)

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
        path = journal_path(self.root, where.case, codebook.id, coder)
        with self._saving(path), locked(path):
            for known in fold(read_journal(path).events).values() if path.exists() else ():
                same = (known.document, known.code) == (event.document, event.code)
                if same and settle(where, anchor_of(known)) == segment:
                    raise CodingError.of("already_coded", where.place(segment.start), code=code, id=known.id)
            append_locked(path, [event])
        return coding_of(event, segment, codebook.id)

    def revise(self, coding: Coding, **changes: object) -> None:
        """Change a coding's code, valence, tags, period, explicit or memo; what is not named stays.

        Raises
        ------
        CodingError
            When a change is not allowed, or nothing is changed.
        """
        if all(value is None for value in changes.values()):
            raise CodingError.of("nothing_changed", coding.address)
        if "code" in changes:
            self.codebook(coding.codebook).require(str(changes["code"]))
        event = _checked(Revise, coding.address, coder=coding.coder, coding=coding.id, **changes)
        self._store(coding, event)

    def remove(self, coding: Coding, *, memo: str = "") -> None:
        """Take a coding back; the journal keeps that it was there."""
        event = _checked(Remove, coding.address, coder=coding.coder, coding=coding.id, memo=memo)
        self._store(coding, event)

    def judge(self, case: str, code: str, axis: str, status: str, *, coder: str, memo: str) -> None:
        """Store the researcher's verdict on a construct whose status was computed; both are shown from then on.

        Parameters
        ----------
        case, code : str
            Ids.
        axis : str
            ``source``, ``technique``, ``time``, ``coder`` or ``framework``.
        status : str
            A `Status`, by its value.
        coder : str
            Who decides.
        memo : str
            Why; a verdict without a reason is refused.

        Raises
        ------
        CodingError
            When axis or status do not exist, or the reason is missing.
        UnknownNameError
            When there is no such case or code.
        """
        codebook = self._codebook_of(code)
        said = {"axis": axis, "code": code, "status": status, "coder": coder, "memo": memo.strip()}
        read = self.case(case)
        event = _checked(Verdict, f"{case}/{code}", **said)
        computed = triangulate(read, codebook, event.axis, codes=[codebook[code]])[code].status
        self._append(case, codebook, event.model_copy(update={"computed": str(computed)}))

    def summarise(self, case: str, code: str, voice: str, text: str, *, coder: str) -> None:
        """Store what a voice says about a code, summed up in the researcher's own words, for the framework matrix.

        The summary remembers the codings it sums up; what is coded or taken back later is reported beside it.

        Parameters
        ----------
        case, code : str
            Ids.
        voice : str
            An informant's id, or the technique (``observasi``, ``dokumentasi``) that speaks without one.
        text : str
            The summary.
        coder : str
            Who writes it.

        Raises
        ------
        CodingError
            When the summary is empty, or the voice says nothing about the code.
        UnknownNameError
            When there is no such case or code.
        """
        codebook = self._codebook_of(code)
        codings = self.case(case).coded_by().of(code).where(voice=voice)
        if not codings:
            raise CodingError.of("nothing_to_sum_up", f"{case}/{code}", voice=voice)
        ids = tuple(coding.id for coding in codings)
        said = {"code": code, "voice": voice, "text": text.strip(), "codings": ids, "coder": coder}
        self._append(case, codebook, _checked(Summary, f"{case}/{code}", **said))

    def _append(self, case: str, codebook: Codebook, event: Verdict | Summary) -> None:
        path = journal_path(self.root, case, codebook.id, event.coder)
        with self._saving(path):
            append(path, [event])

    def check(self) -> list[Problem]:
        """Read every file of the project and list every fault, sorted by place."""
        shelf = read_shelf(self.root)
        problems = list(shelf.problems)
        for case in self.case_ids:
            reading = CaseReading(self.root, case, shelf)
            problems += reading.all_problems() + _analysis_problems(reading)
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

    def __repr__(self) -> str:
        return say("project_summary", name=self.root.name, cases=len(self.case_ids), codebooks=len(self.codebooks))

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
        if home not in self.case_ids:
            raise UnknownNameError.among("case", home or "–", self.case_ids, place=CORPUS)
        known = CaseReading(self.root, home, self._shelf).documents
        if name not in known:
            raise UnknownNameError.among("document", name, known, place=home)
        return known[name]

    def _store(self, coding: Coding, event: Revise | Remove) -> None:
        path = journal_path(self.root, coding.case, coding.codebook, coding.coder)
        with self._saving(path):
            append(path, [event])

    @contextmanager
    def _saving(self, path: Path) -> Iterator[None]:
        """Say plainly that nothing was saved when the disk or another program stands in the way."""
        try:
            yield
        except (Timeout, OSError, UnicodeEncodeError) as error:
            if isinstance(error, QualcodeError):
                raise
            raise CodingError.of("not_saved", place(self.root, path), detail=str(error)) from error


def _analysis_problems(reading: CaseReading) -> list[Problem]:
    """The faults of what an analyst recorded for a framework, as that framework's own reader finds them."""
    tree = reading.analyses.get(DAVID)
    # Links to codings that are missing only because their codebook or document is broken are no fault of their own.
    known = not reading.unread and DAVID not in reading.shelf.broken
    return read_david(tree, reading.codings()[0] if known else None)[1] if tree else []


EventKind = TypeVar("EventKind", Apply, Revise, Remove, Verdict, Summary)


def _checked(kind: type[EventKind], place: str, **said: object) -> EventKind:
    """An event from what a person said, or a CodingError that says what cannot be."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise CodingError(word_complaint(error.errors(include_url=False)[0], place)) from None
