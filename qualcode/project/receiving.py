"""Comments from outside: what an evidence file's download or a Word file brings, and where in a project it belongs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from qualcode.coding.addresses import Addresses
from qualcode.coding.anchor import Anchor
from qualcode.coding.case import Case
from qualcode.coding.reviews import (
    LONGEST,
    NAME,
    Annotation,
    Motivation,
    State,
    Target,
    Unfit,
    annotation_of,
    clean_author,
    items_of,
    loads,
    passage_target,
    plain,
    sought,
)
from qualcode.display import Table
from qualcode.errors import ParameterError, UnreadableFileError
from qualcode.intake.bounds import LARGEST_FILE
from qualcode.intake.remarks import Remark, Remarks, read_remarks
from qualcode.project.reviewing import annotations_on, append_to
from qualcode.text.document import Segment
from qualcode.wording import say

__all__ = ["TakenIn", "receive"]


@dataclass(frozen=True)
class TakenIn:
    """What became of the comments of a file: one row each, and how many are new."""

    file: str
    rows: tuple[tuple[str, ...], ...]
    added: int
    dry_run: bool = False

    def to_table(self) -> Table:
        """Who says what, where it belongs, and whether it is new."""
        columns = [say(f"review.{name}") for name in ("author", "place", "words", "comment", "outcome")]
        key = "review.taken_in_dry" if self.dry_run else "review.taken_in"
        return Table(say(key, file=self.file, added=self.added, count=len(self.rows)), columns, self.rows)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.to_table().caption


@dataclass(frozen=True)
class _Arrival:
    """What comes in: an annotation and its case, or the reason why something cannot be taken in."""

    case: str
    annotation: Annotation | None
    reason: str = ""


def receive(
    root: Path,
    cases: tuple[str, ...],
    read: Callable[[str], Case],
    file: Path,
    *,
    case: str = "",
    author: str = "",
    dry_run: bool = False,
) -> TakenIn:
    """Take in the comments of a file; `Reviews.take_in` says how.

    Raises
    ------
    UnreadableFileError, ParameterError
        As there.
    OSError, filelock.Timeout
        When they cannot be written; taking the file in again does what is left.
    """
    author = clean_author(author)
    data = _bytes_of(file)
    if data.startswith(b"PK"):
        held = read_remarks(data, file.name)
        arrivals = _from_word(held, read(case or _case_of(held, cases, file.name)), author)
    else:
        arrivals = _from_page(data, root, cases, file.name, author, case)
    known = {home: {each.id: each for each in annotations_on(root, home)} for home in cases}
    rows: list[tuple[str, ...]] = []
    fresh: dict[tuple[str, str], list[Annotation]] = {}
    for arrival in arrivals:
        found = arrival.annotation
        if found is None:
            rows.append(("–", arrival.case or "–", "", "", say("review.came_unfit", reason=arrival.reason)))
            continue
        found = _under_its_own_name(found, known[arrival.case])
        new = found.id not in known[arrival.case]
        if new:
            known[arrival.case][found.id] = found
            fresh.setdefault((arrival.case, found.author), []).append(found)
        rows.append(_row(arrival.case, found, _kind(found) if new else "known"))
    for (home, _), annotations_of_hers in () if dry_run else fresh.items():
        append_to(root, home, annotations_of_hers)
    return TakenIn(file.name, tuple(rows), sum(map(len, fresh.values())), dry_run)


def _under_its_own_name(found: Annotation, known: dict[str, Annotation]) -> Annotation:
    """What comes in under a name that stands for other words here: nothing is replaced, and neither is lost.

    A comment that its author changed since becomes her answer to it; anything else gets a name of its own.
    """
    other = known.get(found.id)
    if other is None or (other.words, other.motivation, other.status) == (found.words, found.motivation, found.status):
        return found
    name = _minted(found.id, found.words, found.motivation)
    if isinstance(found.target, Target) and (other.author, other.target) == (found.author, found.target):
        words = say("review.changed_to", words=found.words)
        return Annotation(name, Motivation.REPLYING, found.author, _now(), words, found.id)
    return replace(found, id=name)


def _case_of(held: Remarks, cases: tuple[str, ...], name: str) -> str:
    said = held.options.get("case")
    if isinstance(said, str) and said in cases:
        return said
    if len(cases) == 1:
        return cases[0]
    raise ParameterError.of("review_case", name, known=", ".join(cases) or "–")


def _from_page(data: bytes, root: Path, cases: tuple[str, ...], name: str, author: str, case: str) -> list[_Arrival]:
    """The annotations of an evidence file's download, or why one of them cannot be taken in."""
    try:
        items = items_of(loads(data))
    except Unfit as error:
        raise UnreadableFileError.of("review_file", name, detail=str(error)) from None
    sound: list[Annotation] = []
    arrivals: list[_Arrival] = []
    for item in items:
        try:
            sound.append(annotation_of(_completed(item)))
        except Unfit as error:
            arrivals.append(_Arrival(case, None, str(error)))
    homes = {each.id: home for home in cases for each in annotations_on(root, home)}
    homes |= {each.id: each.target.case for each in sound if isinstance(each.target, Target)}
    waiting = [each for each in sound if not isinstance(each.target, Target)]
    while placed := [each for each in waiting if str(each.target) in homes]:
        homes |= {each.id: homes[str(each.target)] for each in placed}
        waiting = [each for each in waiting if each not in placed]
    for each in sound:
        home = homes.get(each.id, "")
        if home not in cases or (case and home != case):
            arrivals.append(_Arrival(home, None, say("review.no_home", name=home or "–")))
        else:
            arrivals.append(_Arrival(home, replace(each, author=author) if author else each))
    return arrivals


def _from_word(held: Remarks, case: Case, author: str) -> list[_Arrival]:
    """The comments of a Word file, each at its claim, at its words in the corpus, or at the case as a whole."""
    where = _Where(case, held)
    names: dict[str, str] = {}
    seen: dict[tuple[str, ...], int] = {}
    for remark in held.items:
        # Programs drop the zone of a time, and people move words: what stays is who, when and what.
        key = (case.id, remark.author, remark.time[:19], remark.text.strip())
        seen[key] = seen.get(key, 0) + 1
        if key[3] and len(key[3]) <= LONGEST:
            names[remark.number] = _minted(*key, str(seen[key]))
    arrivals: list[_Arrival] = []
    for remark in held.items:
        if remark.number not in names:
            arrivals.append(_Arrival(case.id, None, say("review.unfit_words")))
            continue
        name, text = names[remark.number], remark.text.strip()
        who = author or clean_author(remark.author) or say("review.nobody")
        above = names.get(remark.answers)
        motivation = Motivation.REPLYING if above else Motivation.COMMENTING
        said = Annotation(name, motivation, who, _moment(remark.time), text, above or where.target(remark))
        arrivals.append(_Arrival(case.id, said))
        if remark.done and not above:
            parts = (_minted(name, "done"), Motivation.ASSESSING, who, _now(), say("review.resolved_in_word"), name)
            arrivals.append(_Arrival(case.id, Annotation(*parts, State.DONE)))
    return arrivals


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFileError.of("file_too_large", path.name, limit=LARGEST_FILE // 1_000_000)
        return path.read_bytes()
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UnreadableFileError.of("unreadable_file", str(path), detail=detail) from error


def _minted(*parts: str) -> str:
    """A name that follows from what it is for, so that taking in the same thing twice gives one."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([NAME, *parts]))}"


def _now() -> datetime:
    return datetime.now().astimezone()


def _moment(time: str) -> datetime:
    """When a comment in Word was made; the time it came in where the file does not say.

    Word writes what the clock on the wall says, and calls it UTC all the same.
    """
    try:
        return datetime.fromisoformat(time[:19]).astimezone()
    except (ValueError, OverflowError, OSError):
        return _now()


def _completed(item: Any) -> Any:
    """An annotation of somebody's with what it may lack: a name of its own, and when it was made."""
    if not isinstance(item, dict):
        return item
    given = {name: value for name, value in item.items() if name not in ("id", "created")}
    minted = _minted(json.dumps(given, sort_keys=True))
    return {**item, "id": item.get("id") or minted, "created": item.get("created") or _now().isoformat()}


def _kind(annotation: Annotation) -> str:
    if not isinstance(annotation.target, Target):
        return "status" if annotation.status else "answer"
    if annotation.target.document:
        return "passage"
    return "claim" if annotation.target.claim else "general"


def _row(case: str, each: Annotation, outcome: str) -> tuple[str, ...]:
    where, quote = case, ""
    if isinstance(each.target, Target):
        about = each.target
        where = f"{case}/{about.document}" if about.document else f"{case} {about.asked or about.claim}".strip()
        quote = " ".join(about.quote.split())
    return (each.author, where, quote, each.words, say(f"review.came_{outcome}"))


class _Where:
    """Where the comments of a Word file belong in the project."""

    def __init__(self, case: Case, held: Remarks) -> None:
        self.case, self.held = case, held
        self.codings = {coding.id: coding for coding in case.codings}
        self._found: dict[str, Segment | None] = {}

    @cached_property
    def _addresses(self) -> Addresses:
        return Addresses(self.case)

    def target(self, remark: Remark) -> Target:
        """The passage of a quotation, else the claim, else the words in the corpus, else the case with the words."""
        coding = self.codings.get(remark.claim[5:31]) if remark.claim.startswith("qc_q_") else None
        if coding is not None and not (remark.beside and self._sought(remark)):
            segment = _within(coding.segment, remark.quote)
            said = "" if plain(remark.quote) == plain(segment.text) else remark.quote
            address = self._addresses.of(coding)
            return passage_target(segment, claim=remark.claim, coding=coding.id, address=address, said=said[:LONGEST])
        if remark.claim and not (remark.beside and self._sought(remark)):
            asked = self.held.claims.get(remark.claim, "")
            said = remark.quote if remark.quote != remark.stood else ""
            words = _anchor(remark.stood or remark.quote, remark)
            return Target(self.case.id, words=words, claim=remark.claim, asked=asked[:LONGEST], said=said[:LONGEST])
        found = self._sought(remark)
        if found is not None:
            said = "" if plain(remark.quote) == plain(found.text) else remark.quote
            return passage_target(found, said=said[:LONGEST])
        return Target(self.case.id, words=_anchor(remark.quote, remark))

    def _sought(self, remark: Remark) -> Segment | None:
        """The passage of the corpus that the marked words quote."""
        if remark.number not in self._found:
            self._found[remark.number] = sought(self.case.documents, remark.quote)
        return self._found[remark.number]


def _within(segment: Segment, words: str) -> Segment:
    """The words within a passage, where they stand in it once; else the whole passage."""
    inside, wanted = plain(segment.text), plain(words).strip(" \"'")
    if not wanted or inside.count(wanted) != 1:
        return segment
    start = segment.start + inside.index(wanted)
    return segment.document.segment(start, start + len(wanted))


def _anchor(words: str, remark: Remark) -> Anchor | None:
    words = words[:LONGEST]
    return Anchor(0, len(words), words, remark.before, remark.after) if words else None
