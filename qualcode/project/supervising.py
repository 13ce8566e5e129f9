"""The supervisor's loop: comments are listed, answered, settled and taken in; open points and the log go out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from qualcode.coding.anchor import find
from qualcode.coding.case import Case
from qualcode.coding.reviews import Comment, State, handle
from qualcode.display import Cell, Prose, Quotation, Table
from qualcode.errors import CodingError, ParameterError, QualcodeError, UnknownNameError
from qualcode.project.layout import CORPUS, files
from qualcode.project.reviewing import (
    REVIEWS,
    Outward,
    answer,
    comment,
    comment_on_case,
    comments_in,
    document_of,
    settle_comment,
    where_of,
)
from qualcode.wording import say

if TYPE_CHECKING:
    from qualcode.project.receiving import TakenIn
    from qualcode.project.rounds import RoundLog

__all__ = ["Reviews"]


@dataclass(frozen=True)
class Reviews:
    """The comments of some cases of a project; `Project.reviews` gives them.

    Attributes
    ----------
    root : Path
    cases : tuple of str
    read : callable
        From a case's id to the case.
    only_open : bool
        Whether those that are settled are left out.
    """

    root: Path
    cases: tuple[str, ...]
    read: Callable[[str], Case] = field(repr=False)
    only_open: bool = False

    @cached_property
    def _comments(self) -> dict[str, list[Comment]]:
        return {case: comments_in(self.root, case) for case in self.cases}

    @property
    def comments(self) -> list[Comment]:
        """The comments, case by case, oldest first."""
        every = [each for case in self.cases for each in self._comments[case]]
        return [each for each in every if not (self.only_open and each.done)]

    @property
    def open(self) -> Reviews:
        """Those that nobody has settled."""
        return Reviews(self.root, self.cases, self.read, True)

    def __iter__(self) -> Iterator[Comment]:
        return iter(self.comments)

    def __len__(self) -> int:
        return len(self.comments)

    def to_table(self) -> Table:
        """One row a comment: its handle, when, who, where, on which words, what, its status and the answers.

        For the project's own people: everything that was said stands in it. What leaves the project is `notes`.
        """
        names = ("id", "date", "author", "place", "words", "comment", "status", "answers")
        rows = [
            [
                handle(each.id),
                each.time[:10],
                each.author,
                f"{case}/{where_of(each)}",
                " ".join(each.quote.split()),
                each.text,
                say(f"review.status_{each.status}"),
                "\n".join(f"{one.author} ({one.time[:10]}): {one.text}" for one in each.answers),
            ]
            for case in self.cases
            for each in self._comments[case]
            if not (self.only_open and each.done)
        ]
        return Table(self._caption(len(rows)), [say(f"review.{name}") for name in names], rows)

    def notes(self) -> Table | Prose:
        """The comments as the last page of a notebook or report: what is open first, each with its words and answers.

        The words of informants who may not be quoted are left out; without comments a sentence says so.

        Raises
        ------
        CheckError
            When a case that is commented on cannot be read.
        """
        every = [(case, each) for case in self.cases for each in self._comments[case]]
        shown = [each for each in every if not (self.only_open and each[1].done)]
        if not shown:
            return Prose((say("review.none_open" if every else "review.none"),))
        rows = [self._note(case, each) for case, each in sorted(shown, key=lambda held: held[1].done)]
        names = ("id_status", "place", "comment_answers")
        note = say("review.notes_note")
        return Table(self._caption(len(rows)), [say(f"review.{name}") for name in names], rows, note)

    def _note(self, case: str, comment: Comment) -> list[str | Cell]:
        outward = self._outward(case)
        where = where_of(comment) if len(self.cases) == 1 else f"{case}/{where_of(comment)}"
        quote = outward.quote(comment)
        coding = comment.target.coding if comment.target and not outward.hides(comment) else ""
        said = f"{comment.author} ({comment.time[:10]}): {outward.text(comment)}"
        return [
            f"{handle(comment.id)}\n{say(f'review.status_{comment.status}')}",
            Cell(where, (Quotation(quote, where, coding=coding),)) if quote else where,
            "\n→ ".join([said, *(outward.answer(each, comment) for each in comment.answers)]),
        ]

    def _caption(self, count: int) -> str:
        return say("review.caption", count=count, open=sum(not each.done for each in self.comments))

    def _repr_html_(self) -> str:
        return self.notes().to_html()

    def __repr__(self) -> str:
        return self._caption(len(self)) if len(self) else repr(self.notes())

    # Changes; every one of them appends

    def add(self, document: str, quotation: str, text: str, *, author: str, line: int | None = None) -> None:
        """Comment on a quotation; the words are found, no offsets are asked for.

        Parameters
        ----------
        document : str
            ``case/document``; or the case alone, with an empty quotation, for a comment on the whole.
        quotation, text : str
            Words copied from the document, and what is said of them.
        author : str
            A short name or a role, such as ``pembimbing-1``.
        line : int, optional
            The line of the text, where the quotation stands more than once.

        Raises
        ------
        CodingError
            When the quotation is not found, or found more than once; when nothing is said, or it cannot be saved.
        ParameterError
            When the author's name cannot be one.
        UnknownNameError
            When there is no such case or document.
        """
        case, _, id = document.partition("/")
        self._require(case)
        with self._saving(case):
            if not id:
                comment_on_case(self.root, case, text, author=author)
                return self._forget()
            found = document_of(self.root, case, id)
            if found is None:
                known = [path.stem for path in files(self.root / CORPUS / case, "*.md")]
                raise UnknownNameError.among("document", id, known, place=case)
            comment(self.root, find(found, quotation, line=line), text, author=author)
        return self._forget()

    def answer(self, id: str, text: str, *, author: str) -> Comment:
        """Answer a comment; `id` is its handle or its whole id.

        Raises
        ------
        UnknownNameError
            When there is no such comment.
        ParameterError
            When several are meant.
        CodingError
            When nothing is said, or it cannot be saved.
        """
        case, found = self.find(id)
        with self._saving(case):
            answer(self.root, case, found.id, text, author=author)
        return self._again(found)

    def settle(self, id: str, *, author: str, memo: str = "", status: State | str = State.DONE) -> Comment:
        """Say that a comment is done, or with ``status="open"`` that it is open again; errors as for `answer`."""
        case, found = self.find(id)
        if status not in (State.OPEN, State.DONE):
            raise UnknownNameError.among("choice", str(status), (State.OPEN, State.DONE), place="status")
        with self._saving(case):
            settle_comment(self.root, case, found.id, author=author, memo=memo, status=State(status))
        return self._again(found)

    def _again(self, comment: Comment) -> Comment:
        self._forget()
        return self.find(comment.id)[1]

    def _forget(self) -> None:
        self.__dict__.pop("_comments", None)  # the next question reads the files anew

    def find(self, id: str) -> tuple[str, Comment]:
        """The case and the comment with this id or handle.

        Raises
        ------
        UnknownNameError, ParameterError
            When there is none, or several.
        """
        every = [(case, each) for case in self.cases for each in self._comments[case]]
        wanted = re.sub(r"[^A-Za-z0-9]", "", id).upper()
        found = [held for held in every if held[1].id == id]
        found = found or [held for held in every if len(wanted) >= 4 and _letters(held[1].id).endswith(wanted)]
        if not found:
            raise UnknownNameError.among("comment", id, [handle(each.id) for _, each in every], place=REVIEWS)
        if len(found) > 1:
            shown = ", ".join(each.id for _, each in found)
            raise ParameterError.of("review_which", id, ids=shown)
        return found[0]

    def _require(self, case: str) -> None:
        if case not in self.cases:
            raise UnknownNameError.among("case", case, self.cases, place=CORPUS)

    @contextmanager
    def _saving(self, case: str) -> Iterator[None]:
        """Say plainly that nothing was saved when the disk or another program stands in the way."""
        try:
            yield
        except (Timeout, OSError, UnicodeEncodeError) as error:
            if isinstance(error, QualcodeError):
                raise
            raise CodingError.of("not_saved", f"{REVIEWS}/{case}", detail=str(error)) from error

    # What comes in

    def take_in(self, file: str | Path, *, case: str = "", author: str = "", dry_run: bool = False) -> TakenIn:
        """Take in the comments of a file: those of an evidence file (.json), or of a Word file (.docx).

        The same file twice adds nothing, and neither does a file that has been through other programs since.

        Parameters
        ----------
        file : path
        case : str
            Default: the case that the file names, or the only one there is.
        author : str
            In whose name they are kept: a role or a short name. Default: what the file says.
        dry_run : bool
            Only say what would be taken in.

        Raises
        ------
        UnreadableFileError
            When the file holds no comments that can be read.
        ParameterError
            When it is not clear which case they belong to.
        UnknownNameError
            When there is no such case.
        CodingError
            When they cannot be saved.
        """
        from qualcode.project.receiving import receive  # opens Word files: only when one comes in

        if case:
            self._require(case)
        with self._saving(case or "*"):
            taken = receive(self.root, self.cases, self.read, Path(file), case=case, author=author, dry_run=dry_run)
        self._forget()
        return taken

    # What goes out

    def sheet(self) -> Table:
        """What is open, for the next meeting: address, words, comment, the answer so far, and room to decide.

        The words of informants who may not be quoted are left out.
        """
        names = ("number", "date", "author", "place", "words", "comment", "answers", "decision")
        rows = [
            [
                str(number),
                each.time[:10],
                each.author,
                f"{case}/{where_of(each)}",
                self._outward(case).quote(each),
                self._outward(case).text(each),
                self._outward(case).answers(each) or "–",
                "",
            ]
            for number, (case, each) in enumerate(self._open, start=1)
        ]
        note = say("review.sheet_note")
        return Table(say("review.sheet", count=len(rows)), [say(f"review.{name}") for name in names], rows, note)

    @property
    def _open(self) -> list[tuple[str, Comment]]:
        return [(case, each) for case in self.cases for each in self._comments[case] if not each.done]

    def _case(self, case: str) -> Case:
        if case not in self._read:
            self._read[case] = self.read(case)
        return self._read[case]

    @cached_property
    def _read(self) -> dict[str, Case]:
        return {}

    def _outward(self, case: str) -> Outward:
        if case not in self._outwards:
            self._outwards[case] = Outward(self._case(case))
        return self._outwards[case]

    @cached_property
    def _outwards(self) -> dict[str, Outward]:
        return {}

    def log(self) -> RoundLog:
        """Rounds and decisions: what was said when, what was answered and settled, and what changed since then.

        Raises
        ------
        CheckError
            When a case cannot be read.
        """
        from qualcode.project.rounds import RoundLog, rounds_of  # opens the analyses

        found = [
            rounds_of(self.root, self._case(case), self._comments[case]) for case in self.cases if self._comments[case]
        ]
        return RoundLog(tuple(round for rounds in found for round in rounds))


def _letters(id: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", id).upper()
