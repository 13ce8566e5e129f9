"""Comments of supervisors and colleagues: stored, found again in the texts as they are now, and checked.

They stand in ``reviews/<case>/<reviewer>.jsonl``, one W3C Web Annotation a line, and are only ever appended to: an
answer and a status are annotations of their own, and two copies of a project are united by ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ulid import ULID

from qualcode.coding.case import Case
from qualcode.coding.consent import is_theirs, may_quote, silent_spans, unquotable
from qualcode.coding.reviews import (
    LARGEST_FILE,
    LONGEST,
    NAME,
    Annotation,
    Comment,
    Motivation,
    State,
    Target,
    annotations_in,
    file_stem,
    full_id,
    located,
    passage_target,
    threads,
    to_line,
)
from qualcode.display import terminal_safe
from qualcode.errors import CodingError, ParameterError, Problem, UnknownNameError
from qualcode.project.layout import CORPUS, REVIEWS, files, folders, place
from qualcode.project.versions import HISTORY, Versions
from qualcode.records import Identifier
from qualcode.storage import append_durably, locked
from qualcode.text.document import Document, Segment
from qualcode.text.readers import read_document
from qualcode.wording import say

__all__ = [
    "REVIEWS",
    "Comment",
    "Outward",
    "annotations_on",
    "answer",
    "append_to",
    "check_reviews",
    "comment",
    "comment_on_case",
    "comments_in",
    "comments_on",
    "document_of",
    "settle_comment",
    "signature",
    "where_of",
]


def comment(root: Path, segment: Segment, text: str, *, author: str, id: str | None = None) -> None:
    """Store a comment on a passage; the same `id` twice is stored once.

    Raises
    ------
    ParameterError
        When the author's name cannot be one.
    CodingError
        When nothing is said, or far too much.
    OSError, filelock.Timeout
        When it cannot be written.
    """
    _say(root, segment.document.case, Motivation.COMMENTING, passage_target(segment), text, author, id)


def comment_on_case(root: Path, case: str, text: str, *, author: str, id: str | None = None) -> None:
    """Store a comment on a case as a whole; errors are those of `comment`."""
    _say(root, case, Motivation.COMMENTING, Target(case), text, author, id)


def answer(root: Path, case: str, to: str, text: str, *, author: str, id: str | None = None) -> None:
    """Answer a comment; errors are those of `comment`."""
    _say(root, case, Motivation.REPLYING, full_id(to), text, author, id)


def settle_comment(
    root: Path,
    case: str,
    to: str,
    *,
    author: str,
    id: str | None = None,
    memo: str = "",
    status: State = State.DONE,
) -> None:
    """Say that a comment is dealt with, or open again, and why; errors are those of `comment`."""
    _say(root, case, Motivation.ASSESSING, full_id(to), memo, author, id, status)


def _say(
    root: Path,
    case: str,
    motivation: Motivation,
    target: Target | str,
    text: str,
    author: str,
    id: str | None,
    status: State | None = None,
) -> None:
    if not re.fullmatch(Identifier, author):
        raise ParameterError.of("pane_coder", "reviewer", coder=author)
    path = root / REVIEWS / case / f"{file_stem(author)}.jsonl"
    text = text.strip()
    if len(text) > LONGEST or not (text or status):
        raise CodingError.of("comment_length", place(root, path), most=LONGEST)
    name = full_id(id or str(ULID()))
    now = datetime.now().astimezone()  # to the microsecond: what is said and settled at once keeps its order
    append_to(root, case, [Annotation(name, motivation, author, now, text, target, status)])


def append_to(root: Path, case: str, items: Sequence[Annotation]) -> None:
    """Append annotations of one author that her file does not hold yet.

    Raises
    ------
    OSError, filelock.Timeout, UnicodeEncodeError
        When they cannot be written; none of them is then.
    """
    path = root / REVIEWS / case / f"{file_stem(items[0].author)}.jsonl"
    lines = [to_line(each) for each in items]  # what cannot be written stops here, before anything is
    with locked(path):
        known = {each.id for _, each in _read(path)[0]} if path.exists() else set()
        fresh = [line for each, line in zip(items, lines, strict=True) if each.id not in known]
        if fresh:
            append_durably(path, b"".join(fresh))


def _read(path: Path) -> tuple[list[tuple[int, Annotation]], list[tuple[int, str]]]:
    """The annotations of a file and its damaged lines; of a file too large to be one of ours, nothing."""
    if path.stat().st_size > LARGEST_FILE:
        return [], []
    return annotations_in(path.read_bytes())


def _files(root: Path, case: str) -> list[Path]:
    folder = root / REVIEWS / case
    return files(folder, "*.jsonl") if folder.is_dir() else []


def annotations_on(root: Path, case: str) -> list[Annotation]:
    """Every annotation of a case, reviewer by reviewer."""
    return [each for path in _files(root, case) for _, each in _read(path)[0]]


def comments_on(root: Path, document: Document) -> list[Comment]:
    """The comments on a document in the order of its text, those whose words are gone last; what the pane shows."""
    found = threads(annotations_on(root, document.case))
    on_it = [each for each in found if each.target and each.target.document == document.id]
    versions = Versions(root / CORPUS / document.case / HISTORY)
    return sorted(located(document, on_it, versions.text), key=_in_text)


def _in_text(comment: Comment) -> tuple[bool, int, datetime, str]:
    where = comment.segment or comment.near
    return comment.segment is None, where.start if where else 0, comment.moment, comment.id


def comments_in(root: Path, case: str) -> list[Comment]:
    """Every comment of a case, oldest first, with the places of their words."""
    found = threads(annotations_on(root, case))
    versions = Versions(root / CORPUS / case / HISTORY)
    homes = {each.target.document for each in found if each.target} - {""}
    placed: dict[str, Comment] = {}
    for home in homes:
        document = document_of(root, case, home)
        if document is not None:
            on_it = [each for each in found if each.target and each.target.document == home]
            placed |= {each.id: each for each in located(document, on_it, versions.text)}
    return [placed.get(each.id, each) for each in found]


def document_of(root: Path, case: str, id: str) -> Document | None:
    """A document of a case by its id; None when there is none that can be read."""
    path = root / CORPUS / case / f"{id}.md"
    if not re.fullmatch(Identifier, id) or not path.is_file():
        return None
    document, _ = read_document(path, place(root, path), case=case)
    return document if document is not None and document.id == id else None


def signature(root: Path, case: str) -> tuple[tuple[str, int, int], ...]:
    """What changes whenever a comment of a case is added."""
    stats = ((path, path.stat()) for path in _files(root, case))
    return tuple((path.name, status.st_size, status.st_mtime_ns) for path, status in stats)


# What is wrong


def check_reviews(root: Path) -> list[Problem]:
    """The faults of the comments: damaged lines, answers to nothing, documents that are not there, stray files."""
    home = root / REVIEWS
    if not home.is_dir():
        return []
    cases = folders(root / CORPUS)
    problems = [
        Problem.of("review_stray", place(root, path)) for path in sorted(home.iterdir()) if _is_stray(path, "*/")
    ]
    for case in folders(home):
        if case not in cases:
            known = UnknownNameError.among("case", case, cases, place=f"{REVIEWS}/{case}")
            problems.append(known.problem)
            continue
        problems += _faults(root, case)
    return problems


def _is_stray(path: Path, wanted: str) -> bool:
    if path.name.startswith("."):
        return False
    return not path.is_dir() if wanted == "*/" else path.is_dir() or path.suffix != ".jsonl"


def _faults(root: Path, case: str) -> Iterator[Problem]:
    folder = root / REVIEWS / case
    for path in sorted(folder.iterdir()):
        if _is_stray(path, "*.jsonl"):
            yield Problem.of("review_stray", place(root, path))
    placed: list[tuple[str, Annotation]] = []
    for path in _files(root, case):
        name = place(root, path)
        if path.stat().st_size > LARGEST_FILE:
            yield Problem.of("review_large", name, limit=LARGEST_FILE // 1_000_000)
            continue
        try:
            found, damaged = _read(path)
        except OSError as error:
            yield Problem.of("unreadable_file", name, detail=error.strerror or type(error).__name__)
            continue
        yield from (Problem.of("review_line", f"{name}:{line}", number=line, reason=reason) for line, reason in damaged)
        placed += [(f"{name}:{line}", each) for line, each in found]
    ids = {each.id for _, each in placed}
    documents = {path.stem for path in files(root / CORPUS / case, "*.md")}
    for where, each in placed:
        if isinstance(each.target, str):
            if each.target not in ids:
                yield Problem.of("review_orphan", where, id=each.target.removeprefix(NAME))
        elif each.target.case != case:
            yield Problem.of("review_other_case", where, case=each.target.case, folder=case)
        elif each.target.document and each.target.document not in documents:
            yield UnknownNameError.among("document", each.target.document, documents, place=where).problem


# In words


def where_of(comment: Comment) -> str:
    """Where a comment stands, in words: the address of its passage, the claim of the report, or the whole case."""
    target = comment.target
    if target is None:
        return ""
    if comment.segment is not None:
        return target.address or comment.segment.address
    if comment.near is not None:
        return say("review.near", address=comment.near.address)
    if target.document:
        return say("review.gone", document=target.document) if target.words else target.document
    if target.claim:
        # Case, framework, part, row, column, measure: most names of parts and measures nobody but us would understand.
        named = target.asked.split("|")
        measure = [say(f"review.measured_{each}") for each in named[5:] if each in MEASURES]
        asked = " · ".join(filter(None, (*named[1:2], *named[3:5], *measure)))
        return say("review.claim", asked=asked) if asked else say("review.report")
    return say("review.report") if target.words else say("review.whole")


MEASURES = ("passages", "voices", "dissent")
"""What a report counts under a name that people know, too."""
RUN = 5
"""So many words in a row that somebody said are hers, in whoever's comment they stand."""


class Outward:
    """The comments of a case as they may leave the project: without the words of who may not be quoted.

    A comment may repeat what it was made on, and so may an answer, or what a researcher writes beside the codings.

    Parameters
    ----------
    case : Case
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def silent(self) -> frozenset[str]:
        """The informants who may not be quoted."""
        return unquotable(self.case)

    def quote(self, comment: Comment) -> str:
        """The words a comment was made on, on one line, or that they may not be quoted."""
        return say("review.unquotable") if self.hides(comment) else terminal_safe(" ".join(comment.quote.split()))

    def hides(self, comment: Comment) -> bool:
        """Whether the words a comment was made on may not be quoted."""
        where = comment.segment or comment.near
        if where is not None:
            return not may_quote(where, self.case)
        # The words are gone from the texts, or stood in a report: whose they were can no longer be told for certain.
        about = comment.target
        return about is not None and (bool(about.document and self.silent) or self._repeats(_words(about.quote), ()))

    def text(self, comment: Comment) -> str:
        """What a comment says."""
        return self.words(comment.text, comment)

    def answers(self, comment: Comment) -> str:
        """The answers to a comment, one a line, each with who and when."""
        return "\n".join(self.answer(each, comment) for each in comment.answers)

    def answer(self, answer: Comment, comment: Comment) -> str:
        """One answer to a comment, with who and when."""
        return f"{answer.author} ({answer.time[:10]}): {self.words(answer.text, comment)}"

    def words(self, text: str, about: Comment | None = None) -> str:
        """What somebody wrote, where it repeats nothing that may not be quoted; nothing in it turns a line around."""
        hidden = _words(about.quote) if self.silent and about is not None and self.hides(about) else ()
        return say("review.unquotable") if self._repeats(_words(text), hidden) else terminal_safe(text)

    def _repeats(self, words: tuple[str, ...], hidden: tuple[str, ...]) -> bool:
        if not self.silent:
            return False
        whole = 2 <= len(hidden) < RUN and hidden in _runs(words, len(hidden))
        return whole or not _runs(words, RUN).isdisjoint(self._theirs)

    @cached_property
    def _theirs(self) -> frozenset[tuple[str, ...]]:
        """Every run of words of who may not be quoted."""
        texts = [
            document.text[start:end]
            for document in self.case.documents
            for start, end in (
                [(0, len(document.text))] if is_theirs(document, self.silent) else silent_spans(document, self.silent)
            )
        ]
        return frozenset(run for text in texts for run in _runs(_words(text), RUN))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _runs(words: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    return {words[at : at + length] for at in range(len(words) - length + 1)}
