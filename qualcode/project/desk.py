"""The desk: finds a project, gives its cases and codebooks, checks everything at once, and stores new codings.

Most who come here only read a case. What imports, recodes, unites or checks is a room of its own, opened by the method
that needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from filelock import Timeout
from pydantic import ValidationError
from ulid import ULID

from qualcode.coding.anchor import anchor, find, settle
from qualcode.coding.case import Case, CaseRecord
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding
from qualcode.coding.following import FollowedJournal
from qualcode.coding.history import Entry, entries, newest_action, newest_undoing, on_document
from qualcode.coding.journal import (
    Adjudicate,
    AnyEvent,
    Apply,
    Decision,
    Move,
    Remove,
    Revise,
    Summary,
    Undo,
    Verdict,
    append,
    append_locked,
    locked,
)
from qualcode.coding.study import AUTO
from qualcode.coding.valence import Valence
from qualcode.display import Table
from qualcode.errors import (
    CheckError,
    CodingError,
    ParameterError,
    Problem,
    ProjectNotFoundError,
    QualcodeError,
    UnknownNameError,
)
from qualcode.project.chronicle import by_coder, by_date, by_project, diff_table, log_table, moment_of
from qualcode.project.editing import Correction, correct, set_down, settle_down, store
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, files, folders, journal_path, place
from qualcode.project.placements import Placements
from qualcode.project.reading import CaseReading, Placed, Shelf, anchor_of, coding_of, read_record, read_shelf
from qualcode.project.versions import HISTORY, TextChange, Versions
from qualcode.records import Identifier, word_complaint
from qualcode.text.document import Document, Segment
from qualcode.text.readers import read_document
from qualcode.wording import say

if TYPE_CHECKING:
    from qualcode import Pane
    from qualcode.analysis.suggestion import Suggestion
    from qualcode.coding.sampling import SamplePassages
    from qualcode.project.autocoding import Autocoding
    from qualcode.project.importing import Imports
    from qualcode.project.merging import Merge
    from qualcode.project.recoding import Operation, Recoding
    from qualcode.project.supervising import Reviews


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

    def record(self, id: str) -> CaseRecord:
        """What ``case.yaml`` says of a case; its documents and codings are not read.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        CheckError
            When ``case.yaml`` cannot be read.
        """
        self._require_case(id)
        _, record, problems = read_record(self.root, id)
        if record is None:
            raise CheckError(problems)
        return record

    def coders(self, id: str) -> tuple[str, ...]:
        """Who codes a case: whom ``case.yaml`` names, and whose journals there are.

        Raises
        ------
        UnknownNameError, CheckError
            As for `record`.
        """
        named = self.record(id).coders
        journals = (path.stem.partition(".")[2] for path in files(self.root / CORPUS / id / CODINGS, "*.jsonl"))
        return tuple(dict.fromkeys([*named, *filter(None, journals)]))

    def _require_case(self, id: str) -> None:
        if id not in self.case_ids:
            raise UnknownNameError.among("case", id, self.case_ids, place=CORPUS)

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
        self._require_case(id)
        reading = CaseReading(self.root, id, self._shelf)
        if reading.unreadable or reading.record is None:
            raise CheckError(reading.unreadable)
        codings, problems = reading.codings()
        problems += reading.analysis_faults
        documents = tuple(reading.documents.values())
        decisions = tuple(sorted(reading.decisions, key=lambda event: event.id))
        own_words, faults = self._own_words()
        problems += faults
        return Case(reading.record, documents, codings, tuple(problems), reading.analyses, decisions, own_words)

    def _own_words(self) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
        """What ``kamus.csv`` says of the project's own words, or what is wrong with it."""
        from qualcode.analysis.wordindex import DICTIONARY, read_dictionary

        try:
            return read_dictionary(self.root / DICTIONARY, DICTIONARY), ()
        except CheckError as error:
            return {}, error.problems

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
        suggested: bool = False,
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
        suggested : bool
            Whether the code was suggested; `accept` says so by itself.

        Returns
        -------
        Coding
            As stored; its id is permanent.

        Raises
        ------
        CodingError
            When the quotation is not found, found more than once, is the researcher's own reflection, or is coded
            so already in this round; or when the code is a heading.
        UnknownNameError
            When there is no such case, document or code.
        """
        segment = find(self._document(document, case), quotation, line=line)
        return self._applied(
            segment,
            code,
            coder=coder,
            valence=valence,
            tags=tags,
            period=period,
            explicit=explicit,
            memo=memo,
            round=round,
            suggested=suggested,
        )

    def accept(
        self,
        suggestion: Suggestion,
        code: str,
        *,
        coder: str,
        quotation: str = "",
        valence: Valence | str = Valence.DESCRIPTIVE,
        tags: Iterable[str] = (),
        period: str | None = None,
        explicit: bool = True,
        memo: str = "",
        round: int = 1,
        line: int | None = None,
    ) -> Coding:
        """Store a code that `qc.suggest` suggested for a unit, as this person's coding, marked as suggested.

        Parameters
        ----------
        suggestion : Suggestion
        code : str
            One of those suggested.
        coder : str
            Who accepts it.
        quotation : str
            The words of the unit that the code is for. Default: the whole unit.
        valence, tags, period, explicit, memo, round, line
            As for `code`.

        Returns
        -------
        Coding
            As stored; its `suggested` is True.

        Raises
        ------
        CodingError
            When the code is not suggested there, the text was changed since, the quotation does not stand in the unit,
            or as for `code`.
        UnknownNameError
            When there is no such case or document any more.
        """
        unit = suggestion.segment
        known = [option.code for option in suggestion.codes]
        if code not in known:
            raise CodingError.of("not_suggested", unit.address, code=code or "–", known=", ".join(known) or "–")
        where = self._document(unit.document, None)
        if where.text_id != unit.document.text_id:
            raise CodingError.of("suggestion_stale", unit.address)
        # The same words may stand elsewhere, too: what comes before the unit is made blank, line by line.
        before = re.sub(r"[^\n]", " ", where.text[: unit.start])
        alone = replace(where, text=before + unit.text)
        place = find(alone, quotation or unit.text, line=line)
        return self._applied(
            where.segment(place.start, place.end),
            code,
            coder=coder,
            valence=valence,
            tags=tags,
            period=period,
            explicit=explicit,
            memo=memo,
            round=round,
            suggested=True,
        )

    def code_segment(
        self,
        segment: Segment,
        *codes: str,
        coder: str,
        action: str | None = None,
        valence: Valence | str = Valence.DESCRIPTIVE,
        tags: Iterable[str] = (),
        period: str | None = None,
        explicit: bool = True,
        memo: str = "",
        round: int = 1,
        suggested: bool = False,
    ) -> tuple[Coding, ...]:
        """Give one or several codes to a segment whose place is known, and store them together.

        Parameters
        ----------
        segment : Segment
            Of the document as it is now.
        *codes : str
            Ids of codes of one codebook; one undoing takes all of them back.
        coder : str
            Who codes.
        action : str, optional
            An id that the journal keeps for them: who asks twice can tell that it is done.
        valence, tags, period, explicit, memo, round, suggested
            As for `code`, the same for all.

        Returns
        -------
        tuple of Coding
            As stored: all of them, or on an error none.

        Raises
        ------
        CodingError
            When the text was changed since, or as for `code`.
        UnknownNameError
            When there is no such document or code.
        """
        if self._document(segment.document, None).text_id != segment.document.text_id:
            raise CodingError.of("text_changed", segment.document.place(segment.start), document=segment.document.id)
        given = dict.fromkeys(codes)
        homes = {self._codebook_of(code).id for code in given}
        if len(homes) != 1:
            raise CodingError.of("codes_apart", segment.address, codebooks=", ".join(sorted(homes)) or "–")
        return self._all_applied(
            segment,
            list(given),
            coder=coder,
            action=action or (str(ULID()) if len(given) > 1 else None),
            valence=valence,
            tags=tags,
            period=period,
            explicit=explicit,
            memo=memo,
            round=round,
            suggested=suggested,
        )

    def _applied(self, segment: Segment, code: str, **said: object) -> Coding:
        """Give a code to a segment and store it."""
        return self._all_applied(segment, [code], **said)[0]

    def _all_applied(self, segment: Segment, codes: Sequence[str], **said: object) -> tuple[Coding, ...]:
        where, codebook = segment.document, self._codebook_of(codes[0])
        if where.is_reflection(segment.start, segment.end):
            raise CodingError.of("reflection_coded", where.place(segment.start))
        events = [
            _checked(
                Apply,
                where.place(segment.start),
                document=where.id,
                code=codebook.require(code).id,
                text=where.text_id,
                **vars(anchor(segment)),
                **said,
            )
            for code in codes
        ]
        path = journal_path(self.root, where.case, codebook.id, events[0].coder)
        with self._saving(path), locked(path):
            Versions(self.root / CORPUS / where.case / HISTORY).keep(where.text)
            for event in events:
                self._refuse_twin(path, segment, event.code, event.round)
            append_locked(path, events)
        return tuple(coding_of(event, segment, codebook.id) for event in events)

    def _refuse_twin(self, path: Path, segment: Segment, code: str, round: int, *, beside: str = "") -> None:
        """Refuse what its coder coded so already in this round, `beside` being the coding that is changed."""
        for known in self.followed(path).standing(segment.document.id, code):
            if known.round == round and known.id != beside and _stands_at(known, segment):
                where = segment.document.place(segment.start)
                raise CodingError.of("already_coded", where, code=code, id=known.id)

    def autocode(
        self,
        code: str,
        case: str,
        *,
        word: str = "",
        speaker: str = "",
        question: str = "",
        match: str | None = None,
        without: Iterable[str] = (),
        unit: str = "turn",
    ) -> Autocoding:
        """Find what an explicit rule would code; its `apply` stores it in the name of the coder ``auto``.

        What rules code is never mixed with what people code: no analysis uses it unless ``auto`` is named. Only what
        informants say, and paragraphs that are no reflection, are coded, unless a speaker is named. `undo` of the
        coder ``auto`` takes the last run back as a whole.

        Parameters
        ----------
        code, case : str
            Ids.
        word : str
            A word, or several that follow one another.
        speaker : str
            A speaker's label as it stands in the transcripts.
        question : str
            Words of the interviewer's question, or the number written before it; what informants say from there to
            the interviewer's next turn is coded.
        match : str, optional
            How words are matched: ``"family"`` (default), ``"exact"``, ``"prefix"``; see `qc.concordance`.
        without : iterable of str
            Forms of the word to leave out.
        unit : str
            ``"turn"`` (in other documents a paragraph), ``"sentence"``, or ``"word"`` for the very words.

        Raises
        ------
        ParameterError
            When there is not exactly one of word, speaker and question, or something does not go with it.
        CodingError
            When the code is a heading.
        UnknownNameError
            When there is no such case, code, speaker or form.
        """
        from qualcode.project.autocoding import propose, rule_of

        codebook = self._codebook_of(code)
        rule = rule_of(word=word, speaker=speaker, question=question, match=match, without=without, unit=unit)
        chosen = codebook.require(code).id
        return propose(self, self.case(case), codebook, chosen, rule, shelf=self._shelf, saving=self._saving)

    def revise(self, coding: Coding, *, action: str | None = None, **changes: object) -> None:
        """Change a coding's code, valence, tags, period, explicit or memo; what is not named stays.

        Parameters
        ----------
        coding : Coding
        action : str, optional
            As for `code_segment`.
        **changes
            By their names.

        Raises
        ------
        CodingError
            When a change is not allowed, nothing is changed, or the words have the new code from this coder already.
        """
        if all(value is None for value in changes.values()):
            raise CodingError.of("nothing_changed", coding.address)
        if "code" in changes:
            self.codebook(coding.codebook).require(str(changes["code"]))
        event = _checked(Revise, coding.address, coder=coding.coder, coding=coding.id, action=action, **changes)
        self._store(coding, event)

    def remove(self, coding: Coding, *, memo: str = "", action: str | None = None) -> None:
        """Take a coding back; the journal keeps that it was there, and `action` where one is named."""
        event = _checked(Remove, coding.address, coder=coding.coder, coding=coding.id, memo=memo, action=action)
        self._store(coding, event)

    def move(self, coding: Coding, segment: Segment, *, action: str | None = None) -> None:
        """Set a coding to other words of its document; its judgement stays. `undo` sets it back.

        Parameters
        ----------
        coding : Coding
        segment : Segment
            Of the document as it is now.
        action : str, optional
            As for `code_segment`.

        Raises
        ------
        CodingError
            When the text was changed since, the words are the researcher's own reflection or another document's, or
            they have this code already.
        """
        where = segment.document
        if (where.case, where.id) != (coding.case, coding.document.id):
            raise CodingError.of("move_apart", coding.address, document=coding.document.id)
        if self._document(where, None).text_id != where.text_id:
            raise CodingError.of("text_changed", where.place(segment.start), document=where.id)
        if where.is_reflection(segment.start, segment.end):
            raise CodingError.of("reflection_coded", where.place(segment.start))
        said = {"coder": coding.coder, "coding": coding.id, "text": where.text_id, "action": action or str(ULID())}
        event = _checked(Move, coding.address, **said, **vars(anchor(segment)))
        path = journal_path(self.root, coding.case, coding.codebook, coding.coder)
        with self._saving(path), locked(path):
            Versions(self.root / CORPUS / where.case / HISTORY).keep(where.text)
            self._refuse_twin(path, segment, coding.code, coding.round, beside=coding.id)
            append_locked(path, [event])

    def import_documents(
        self,
        files: Iterable[str | Path],
        case: str,
        *,
        answers: Mapping[str, str] | None = None,
        coder: str | None = None,
        dry_run: bool = False,
    ) -> Imports:
        """Bring files into a case: Word, PDF, text, subtitles, chats, OpenDocument, rich text, web pages, spreadsheets.

        What is guessed is told; what cannot be known is asked, and nothing is stored of a file until its questions are
        answered. The raw file is kept beside the documents.

        Parameters
        ----------
        files : iterable of path
        case : str
            The case's id.
        answers : mapping of str to str, optional
            Answers to the questions, by their keys; ``"file name:key"`` for one file only. Also ``id``, ``title``,
            ``place``, ``time``, ``period``, ``technique`` and ``label:<label>``.
        coder : str, optional
            Who brings them in.
        dry_run : bool
            Only say what they would become.

        Returns
        -------
        Imports
            Its table shows each document; in notebooks its turns, guesses, questions and losses, too.

        Raises
        ------
        UnknownNameError
            When there is no such case.
        CodingError
            When something could not be saved.
        """
        from qualcode.project.importing import look, store

        _require_person(coder or "")
        found = look(files, self.case(case), answers or {})
        if dry_run:
            return found
        with self._saving(self.root / CORPUS / case):
            return store(self.root, case, found, coder)

    def undo(
        self,
        coder: str,
        *,
        case: str | None = None,
        document: str | None = None,
        codebook: str | None = None,
        action: str | None = None,
    ) -> Entry:
        """Take back a coder's newest action; taking back is an event itself, and nothing is erased.

        Parameters
        ----------
        coder : str
        case : str, optional
            Only what was done in this case. Default: in any.
        document : str, optional
            Only what was done on this document of the case and on nothing else; a recoding is no such thing.
        codebook : str, optional
            Only what was done with this codebook.
        action : str, optional
            As for `code_segment`.

        Returns
        -------
        Entry
            What was taken back, before and after.

        Raises
        ------
        CodingError
            When there is nothing to take back.
        """
        every, journals = self._undoable(coder, case, document, codebook)
        newest = newest_action(every, coder)
        if newest is None:
            raise CodingError.of("nothing_to_undo", coder, coder=coder)
        return self._take_back(newest, coder, journals, action)

    def redo(
        self,
        coder: str,
        *,
        case: str | None = None,
        document: str | None = None,
        codebook: str | None = None,
        action: str | None = None,
    ) -> Entry:
        """Bring back what a coder took back last, unless she has done something else since.

        Parameters, result and errors are those of `undo`.
        """
        every, journals = self._undoable(coder, case, document, codebook)
        undoing = newest_undoing(every, coder)
        if undoing is None:
            raise CodingError.of("nothing_to_redo", coder, coder=coder)
        return self._take_back(undoing, coder, journals, action)

    def can_undo(self, coder: str, case: str, document: str, codebook: str) -> tuple[bool, bool]:
        """Whether `undo` and whether `redo` would find anything to do on a document."""
        every, _ = self._undoable(coder, case, document, codebook)
        return newest_action(every, coder) is not None, newest_undoing(every, coder) is not None

    def _undoable(
        self, coder: str, case: str | None, document: str | None, codebook: str | None
    ) -> tuple[list[AnyEvent], Mapping[Path, tuple[AnyEvent, ...]]]:
        """The events that may be taken back, and the journals that may hold a part of what is."""
        pattern = f"{codebook or '*'}.{'*' if document is None else coder}.jsonl"
        journals = {path: self.followed(path).events() for path in self._journals(case, pattern)}
        every = [event for events in journals.values() for event in events]
        if document is not None:
            from qualcode.project.recoding import Chronicle

            recodings = {record.id for each in self.codebooks for record in Chronicle(self.root, each).records()}
            every = [event for event in on_document(every, document) if event.action not in recodings]
        return every, journals

    def _take_back(
        self, event: AnyEvent, coder: str, journals: Mapping[Path, tuple[AnyEvent, ...]], action: str | None
    ) -> Entry:
        """Write an undoing of an event, or of its whole action, into every journal that holds a part of it."""
        undone = event.id if isinstance(event, Undo) else event.action or event.id
        undoing = Undo(coder=coder, undone=undone, action=action)
        shown: list[Entry] = []
        for path, events in journals.items():
            if any(undone in (each.id, each.action) for each in events):
                with self._saving(path):
                    append(path, [undoing])
                shown += [entry for entry in entries([*events, undoing]) if entry.event.id == undoing.id]
        return shown[0] if shown else Entry(undoing, "", None, None)

    def _journals(self, case: str | None, pattern: str = "*.jsonl") -> list[Path]:
        cases = self.case_ids if case is None else (self._known_case(case),)
        return [path for each in cases for path in files(self.root / CORPUS / each / CODINGS, pattern)]

    def _known_case(self, case: str) -> str:
        if case not in self.case_ids:
            raise UnknownNameError.among("case", case, self.case_ids, place=CORPUS)
        return case

    def replace_text(
        self, document: Document | str, text: str, *, coder: str, memo: str = "", dry_run: bool = False
    ) -> Correction:
        """Give a document a corrected text and carry every coding along.

        A coding whose words are still there for certain is set to its place; one whose words were changed, or of which
        it cannot be told where they went, waits for `confirm` and is not counted until then; one whose words are gone
        stays in the journal with its old words. The old text is kept.

        Parameters
        ----------
        document : Document or str
            The document, or ``"case/document"``.
        text : str
            The whole new text, without the front matter.
        coder : str
            Who corrects.
        memo : str
            Why.
        dry_run : bool
            Only say what would happen.

        Returns
        -------
        Correction

        Raises
        ------
        CodingError
            When the text holds characters that cannot be stored, or something could not be saved.
        UnknownNameError
            When there is no such case or document.
        """
        _require_person(coder)
        before = self._document(document, None)
        reading = CaseReading(self.root, before.case, self._shelf)
        if dry_run or text.replace("\r\n", "\n") == before.text:
            return correct(reading, before, text)
        with self._saving(self.root / before.file), locked(self.root / before.file):
            correction = correct(reading, before, text)
            change = TextChange(
                document=before.id,
                before=before.text_id,
                after=correction.document.text_id,
                how="edited",
                coder=coder,
                memo=memo,
            )
            store(reading, before, correction, change)
        return correction

    def confirm(self, coding: str, *, quotation: str = "", line: int | None = None) -> Segment:
        """Confirm where a coding stands after its text was changed.

        Parameters
        ----------
        coding : str
            The coding's id, as `check` names it.
        quotation : str
            The words it belongs to now. Default: the likely passage that `check` shows.
        line : int, optional
            As for `code`.

        Returns
        -------
        Segment
            Where it stands from now on.

        Raises
        ------
        CodingError
            When there is no such coding, or no likely passage and no quotation is given.
        """
        for case in self.case_ids:
            reading = CaseReading(self.root, case, self._shelf)
            for placed in (each for path in reading.journals() for each in reading.placed_in(path)[0]):
                if placed.event.id == coding:
                    return self._confirmed(reading, placed, quotation, line)
        raise CodingError.of("no_such_coding", coding, id=coding)

    def _confirmed(self, reading: CaseReading, placed: Placed, quotation: str, line: int | None) -> Segment:
        document = reading.documents.get(placed.event.document)
        segment = find(document, quotation, line=line) if quotation and document else placed.segment
        if segment is None:
            raise CodingError.of("no_likely_passage", placed.event.id, id=placed.event.id)
        with self._saving(placed.journal):
            reading.versions.keep(segment.document.text)
            set_down([(placed, segment)])
        return segment

    def fix(self) -> int:
        """Write down what is certain: where codings stand in texts that were changed outside qualcode.

        Texts that were never seen are kept, so that later changes of them can be followed.

        Returns
        -------
        int
            How many codings were set to a new place.
        """
        moved = 0
        for case in self.case_ids:
            reading = CaseReading(self.root, case, self._shelf)
            with self._saving(reading.folder):
                moved += settle_down(reading)
        return moved

    def recode(self, codebook: str, operation: Operation, *, coder: str, dry_run: bool = False) -> Recoding:
        """Rename, merge, split or move a code, or put a codebook back; every coding with it follows by an event.

        One `undo` takes all codings back; the codebook as it was is kept in ``codebooks/history``.

        Parameters
        ----------
        codebook : str
        operation : Rename, Merge, Split, MoveCode or Restore
            From `qualcode.project.recoding`.
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
            When the codebook has faults that must be mended first.
        CodingError
            When the change is not possible, or could not be saved.
        """
        from qualcode.project.recoding import recode

        _require_person(coder)
        with self._saving(self.root / CODEBOOKS / f"{codebook}.yaml"):
            try:
                return recode(self.root, codebook, operation, coder=coder, dry_run=dry_run)
            finally:
                self.__dict__.pop("_shelf", None)  # the codebooks are read anew when they are asked for

    def new_code(
        self,
        codebook: str,
        label: str,
        *,
        coder: str,
        definition: str,
        under: str | None = None,
        opens: bool = False,
    ) -> Code:
        """Add a code to a codebook; its id is made of its label and of the code above it.

        Parameters
        ----------
        codebook, label : str
        coder : str
            Who adds it.
        definition : str
            What it means.
        under : str, optional
            The code above it. Default: none.
        opens : bool
            Whether a codebook that comes from a theory, and is closed, becomes open; without it such a one refuses.

        Returns
        -------
        Code
            The new code, or the one that has this label and this definition there already.

        Raises
        ------
        UnknownNameError
            When there is no such codebook or code.
        CheckError
            When the codebook has faults that must be mended first.
        CodingError
            When the codebook is closed, another code there has this label, or it could not be saved.
        """
        from qualcode.project.recoding import Add, fresh_id, likeness

        book = self.codebook(codebook)
        label, definition = " ".join(label.split()), definition.strip()
        known = likeness(book, label, under)
        if known is not None:
            if definition in (known.definition.id, known.definition.en):
                return known
            raise CodingError.of("label_used", codebook, label=label, code=known.id)
        used = {each.id for other in self.codebooks.values() for each in other}
        id = fresh_id(label, book[under].id if under else "", used)
        addition = Add(code=id, label=label or id, definition=definition, under=under, opens=opens)
        self.recode(codebook, addition, coder=coder)
        return self.codebook(codebook)[id]

    def log(self, *, case: str | None = None, coder: str | None = None, code: str | None = None) -> Table:
        """Every change of codings, oldest first: who, what, when, before and after.

        Parameters
        ----------
        case, coder, code : str, optional
            Only of this case, by this coder, of this code (before or after).
        """
        return log_table(self._journals(case), coder=coder, code=code)

    def reviews(self, case: str | None = None) -> Reviews:
        """The comments of supervisors and colleagues: a table, the sheet of open points, the log of rounds.

        Parameters
        ----------
        case : str, optional
            Only this case. Default: all.

        Raises
        ------
        UnknownNameError
            When there is no such case.
        """
        from qualcode.project.supervising import Reviews

        return Reviews(self.root, self.case_ids if case is None else (self._known_case(case),), self.case)

    def merge(self, other: str | Path | None = None, *, dry_run: bool = False) -> Merge:
        """Unite another copy of this project with this one, and the conflict copies that synchronising left here.

        Codings are united event by event. Where texts, codebooks or records differ, ours stay and theirs are kept
        beside them; `check` names what is to be decided. The other copy is only read, and merging twice changes
        nothing.

        Parameters
        ----------
        other : path, optional
            The folder of the other copy. Default: only the conflict copies inside this project.
        dry_run : bool
            Only say what would be united.

        Raises
        ------
        ParameterError
            When `other` is no project, or this one.
        CodingError
            When something could not be saved; merging again does what is left.
        """
        from qualcode.project.merging import merge

        with self._saving(self.root / CORPUS):
            return merge(self.root, Path(other) if other is not None else None, dry_run=dry_run)

    def diff(self, one: str, other: str, *, case: str | None = None) -> Table:
        """How codings differ between two dates, two coders, or this project and another.

        Parameters
        ----------
        one, other : str
            Two dates (``2025-03-11``, which means its end) or moments; or two coders; or ``"."`` and another
            project's folder.
        case : str, optional
            Only this case.

        Raises
        ------
        ParameterError
            When the two are not of one kind, or a coder has coded nothing.
        """
        journals = self._journals(case)
        moments = moment_of(one), moment_of(other)
        if moments[0] and moments[1]:
            return diff_table(by_date(journals, moments[0], moments[1]), one, other)
        if any(moments):
            raise ParameterError.of("diff_kinds", f"{one} {other}")
        if (self.root / other).is_dir():
            beside = open_project(self.root / other)
            cases = [each for each in beside.case_ids if case in (None, each)]
            others = [path for each in cases for path in files(beside.root / CORPUS / each / CODINGS, "*.jsonl")]
            return diff_table(by_project(journals, others), one, other)
        return diff_table(by_coder(journals, one, other), one, other)

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
        from qualcode.analysis.triangulation import triangulate

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

    def adjudicate(
        self,
        case: str,
        codings: Iterable[Coding | str],
        code: str | None,
        *,
        coder: str,
        memo: str,
        valence: Valence | str | None = None,
    ) -> None:
        """Store what is decided of codings on which coders differ; the codings and their reliability stay as they were.

        Parameters
        ----------
        case : str
            Its id.
        codings : iterable of Coding or str
            Those of all sides, or their ids. The words of the first are those that count.
        code : str or None
            The code decided on; None drops the codings.
        coder : str
            The adjudicator.
        memo : str
            Why; a decision without a reason is refused.
        valence : Valence or str, optional
            Default: the one that the codings share.

        Raises
        ------
        CodingError
            When the case has no such coding, the codings are of several codebooks or documents, their valences differ
            and none is given, or the reason is missing.
        UnknownNameError
            When there is no such case or code.
        """
        standing = {each.id: each for each in self.case(case).codings}
        ids = tuple(each if isinstance(each, str) else each.id for each in codings)
        for id in ids:
            if id not in standing:
                raise CodingError.of("no_such_coding", case, id=id)
        named = [standing[id] for id in ids]
        if len({(each.codebook, each.document.id) for each in named}) != 1:
            raise CodingError.of("adjudicate_apart", case)
        codebook = self.codebook(named[0].codebook)
        valences = {each.valence for each in named}
        if valence is None and code is not None and len(valences) > 1:
            raise CodingError.of("adjudicate_valence", named[0].address, given=", ".join(sorted(valences)))
        said = {
            "codings": ids,
            "code": None if code is None else codebook.require(code).id,
            "valence": valence or named[0].valence,
            "memo": memo.strip(),
            "coder": coder,
        }
        self._append(case, codebook, _checked(Adjudicate, named[0].address, **said))

    def sample(
        self, case: str, codebook: str, *, coder: str, share: str | float = "20%", seed: int = 1, round: int = 1
    ) -> SamplePassages:
        """Draw units for a second coder by chance, some of every document, and keep which they are.

        From then on `agree` compares this coder's work in these units only. What was drawn once stays: the same
        request gives it again.

        Parameters
        ----------
        case, codebook : str
            Ids.
        coder : str
            Who is to code them.
        share : str or float
            Of the turns or paragraphs of each document: ``"20%"``, 0.2.
        seed : int
            The same seed draws the same units.
        round : int
            The round of coding it is for; another than 1 has a sample of its own.

        Returns
        -------
        SamplePassages
            The units without anybody's codes.

        Raises
        ------
        UnknownNameError
            When there is no such case or codebook.
        ParameterError
            When the share is no share above 0 and up to 1, or another sample was drawn for this coder before.
        CodingError
            When it could not be saved.
        """
        from qualcode.project.sampling import draw_sample

        _require_person(coder)
        read = self.case(case)
        with self._saving(self.root / CORPUS / case):
            return draw_sample(
                self.root, read, self.codebook(codebook), coder=coder, share=share, seed=seed, round=round
            )

    def _append(self, case: str, codebook: Codebook, event: Decision) -> None:
        path = journal_path(self.root, case, codebook.id, event.coder)
        with self._saving(path):
            append(path, [event])

    def check(self) -> list[Problem]:
        """Read every file of the project and list every fault, sorted by place."""
        from qualcode.project.checking import faults

        return sorted({*faults(self.root, self.case_ids), *self._own_words()[1]})

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
        unchanged = self._remembered(home, name)
        if unchanged is not None:
            return unchanged
        known = CaseReading(self.root, home, self._shelf).documents
        if name not in known:
            raise UnknownNameError.among("document", name, known, place=home)
        return known[name]

    @cached_property
    def _documents_read(self) -> dict[Path, tuple[tuple[int, int], Document]]:
        return {}

    def pane(self, case: str, document: str, codebook: str, coder: str | None = None, **options: Any) -> Pane:
        """Open a document in the coding pane of the notebook: `qc.code_with`, whose options these are."""
        from qualcode import code_with  # through the front door: the pane stands a floor above

        return code_with(self, case, document, codebook, coder, **options)

    def document(self, case: str, id: str) -> Document:
        """A document as it is now; nothing else of its case is read where that can be avoided.

        Raises
        ------
        UnknownNameError
            With the nearest case or document there is.
        """
        return self._document(id, case)

    def placed(self, document: Document, codebook: str) -> Placements:
        """The codings of a document with a codebook, of all coders, followed while they grow."""
        return Placements(self.root, document, self._shelf, codebook, self.followed)

    def followed(self, path: Path) -> FollowedJournal:
        """The journal at `path`, read whole once and then only as far as it grew."""
        return self._journals_followed.setdefault(path, FollowedJournal(path))

    @cached_property
    def _journals_followed(self) -> dict[Path, FollowedJournal]:
        return {}

    def _remembered(self, case: str, name: str) -> Document | None:
        """A document as it is now, parsed again only when its file has changed; None when it cannot be read alone."""
        path = self.root / CORPUS / case / f"{name}.md"
        if not re.fullmatch(Identifier, name) or not path.is_file():
            return None
        status = path.stat()
        signature = (status.st_mtime_ns, status.st_size)
        known = self._documents_read.get(path)
        if known is None or known[0] != signature:
            document, _ = read_document(path, place(self.root, path), case=case)
            if document is None or document.id != name:
                return None
            known = self._documents_read[path] = (signature, document)
        return known[1]

    def _store(self, coding: Coding, event: Revise | Remove) -> None:
        path = journal_path(self.root, coding.case, coding.codebook, coding.coder)
        code = event.code if isinstance(event, Revise) else None
        with self._saving(path), locked(path):
            if code is not None and code != coding.code:
                self._refuse_twin(path, coding.segment, code, coding.round, beside=coding.id)
            append_locked(path, [event])

    @contextmanager
    def _saving(self, path: Path) -> Iterator[None]:
        """Say plainly that nothing was saved when the disk or another program stands in the way."""
        try:
            yield
        except (Timeout, OSError, UnicodeEncodeError) as error:
            if isinstance(error, QualcodeError):
                raise
            raise CodingError.of("not_saved", place(self.root, path), detail=str(error)) from error


def _require_person(coder: str) -> None:
    """Refuse the name of rules, in capitals, too: some systems take ``Auto`` and ``auto`` for one file."""
    if coder.casefold() == AUTO:
        raise CodingError.of("coder_reserved", coder, coder=coder)


def _stands_at(event: Apply, segment: Segment) -> bool:
    """Whether a coding stands on exactly these words of the document as it is now."""
    if event.text == segment.document.text_id:
        return (event.start, event.end) == (segment.start, segment.end)
    return settle(segment.document, anchor_of(event)) == segment


EventKind = TypeVar("EventKind", Apply, Revise, Remove, Move, Verdict, Summary, Adjudicate)


def _checked(kind: type[EventKind], place: str, **said: object) -> EventKind:
    """An event from what a person said, or a CodingError that says what cannot be."""
    if kind not in (Revise, Remove, Move):  # of a rule's codings those are in its name, in the journal they stand in
        _require_person(str(said["coder"]))
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise CodingError(word_complaint(error.errors(include_url=False)[0], place)) from None
