"""Rounds of supervision: what was said when, what was decided, and what changed in the project since then.

A round is a date on which comments came in; it lasts until the next one. What changed is asked of the journals: the
codings as they stood when a round began are folded anew, and statuses of triangulation and agreement are computed from
them as from those of today. Texts, codebooks and the case's record are read as they are now.

A log of decisions and changes is what dependability asks for: Lincoln, Y. S., & Guba, E. G. (1985). Naturalistic
inquiry. Sage, chapter 11.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path

from qualcode.analysis.agreement import krippendorff_alpha
from qualcode.analysis.agreement.distances import masi_passonneau
from qualcode.analysis.reliability import agree
from qualcode.analysis.reliability.wordings import shown
from qualcode.analysis.triangulation import Status, triangulate
from qualcode.analysis.triangulation.matrix import designed_groups, status_words
from qualcode.coding.case import Case
from qualcode.coding.codings import Codings
from qualcode.coding.consent import may_quote
from qualcode.coding.history import Changed, difference
from qualcode.coding.journal import Adjudicate, AnyEvent, Decision, Summary, Verdict, fold, in_force, read_journal
from qualcode.coding.reviews import Comment, State, handle
from qualcode.coding.study import AUTO, Reading
from qualcode.display import Table, terminal_safe
from qualcode.project.chronicle import diff_table, state_at
from qualcode.project.reading import CaseReading, coding_of, read_shelf
from qualcode.project.reviewing import Outward, where_of
from qualcode.wording import say

__all__ = ["Round", "RoundLog", "markdown", "rounds_of"]

AXES = ("source", "technique", "time")
SHOWN = 60
"""Changed codings that the written log shows of a round; the CSV has all."""


@dataclass(frozen=True)
class Decided:
    """An answer, a settling, or what a researcher decided: when, who, what kind, of what, and the words."""

    time: datetime
    who: str
    kind: str
    about: str
    words: str


@dataclass(frozen=True)
class Shift:
    """What was computed when a round began, and when it ended."""

    framework: str
    what: str
    axis: str
    before: str
    after: str


@dataclass(frozen=True)
class Round:
    """A date on which comments came in, and what happened until the next.

    Attributes
    ----------
    case : Case
    number : int
        From 1.
    date : str
        ISO 8601.
    until : str
        The date of the next round; empty for the last, which lasts until now.
    comments : tuple of Comment
    decisions : tuple of Decided
        Answers, settlings, verdicts, summaries and adjudications, oldest first.
    changes : tuple of Changed
        Codings.
    codings : tuple of (int, int)
        How many stood when it began, and when it ended.
    statuses, agreement : tuple of Shift
        Statuses that changed; and alpha of each framework that two coders or more used, whether it changed or not.
    """

    case: Case
    number: int
    date: str
    until: str
    comments: tuple[Comment, ...]
    decisions: tuple[Decided, ...]
    changes: tuple[Changed, ...]
    codings: tuple[int, int]
    statuses: tuple[Shift, ...]
    agreement: tuple[Shift, ...]

    @property
    def title(self) -> str:
        """Number, date and case."""
        return say("review.round", number=self.number, date=self.date, case=self.case.id)

    @property
    def sentence(self) -> str:
        """Who said how much, and what changed, in numbers."""
        return self.said(self.until or say("review.now"))

    def said(self, until: str) -> str:
        """The same sentence with the end of the round as it is to be written."""
        counts = Counter(how for each in self.changes for how in each.differences)
        changed = ", ".join(f"{say(f'diff.{how}')} {count}" for how, count in sorted(counts.items())) or "–"
        return say(
            "review.round_said",
            count=len(self.comments),
            authors=", ".join(dict.fromkeys(each.author for each in self.comments)),
            done=sum(each.done for each in self.comments),
            open=sum(not each.done for each in self.comments),
            until=until,
            before=self.codings[0],
            after=self.codings[1],
            changed=changed,
        )

    def tables(self) -> list[Table]:
        """Comments, decisions, changed codings, statuses and agreement; those that hold nothing are left out."""
        return [table for table in (self._comments(), *self.followed().values()) if table.rows]

    def followed(self) -> dict[str, Table]:
        """What came after the comments: decisions, changed codings, statuses and agreement, as far as there are any."""
        every = {
            "decisions": self._decisions(),
            "changes": self._changes(),
            "statuses": self._statuses(),
            "agreement": self._agreement(),
        }
        return {kind: table for kind, table in every.items() if table.rows}

    @cached_property
    def _outward(self) -> Outward:
        return Outward(self.case)

    def _comments(self) -> Table:
        names = ("id", "author", "place", "words", "comment", "status", "answers")
        rows = [
            [
                handle(each.id),
                each.author,
                where_of(each),
                self._outward.quote(each),
                self._outward.text(each),
                _status(each),
                self._outward.answers(each),
            ]
            for each in self.comments
        ]
        return Table(say("review.log_comments"), [say(f"review.{name}") for name in names], rows)

    def _decisions(self) -> Table:
        names = ("date", "author", "kind", "about", "comment")
        rows = [
            [each.time.strftime("%Y-%m-%d %H:%M"), each.who, each.kind, each.about, each.words]
            for each in self.decisions
        ]
        return Table(say("review.log_decisions"), [say(f"review.{name}") for name in names], rows)

    def _changes(self, most: int | None = SHOWN) -> Table:
        found = diff_table(((self.case.id, each) for each in self.changes[:most]), *self._sides)
        rows = [
            [
                *row[:3],
                row[3] if self._may_show(each) else say("review.unquotable"),
                *(self._outward.words(str(memo)) for memo in row[4:]),
            ]
            for row, each in zip(found.rows, self.changes, strict=False)
        ]
        left = len(self.changes) - len(rows)
        note = say("review.log_more", count=left) if left else ""
        return Table(say("review.log_changes"), found.columns, rows, note)

    def _may_show(self, changed: Changed) -> bool:
        if not self._outward.silent:
            return True
        state = changed.after or changed.before
        home = next((each for each in self.case.documents if state and each.id == state.document), None)
        if state is None or home is None or home.text[state.start : state.end] != state.quote:
            return False  # whose words they were can no longer be told
        return may_quote(home.segment(state.start, state.end), self.case)

    @property
    def _sides(self) -> tuple[str, str]:
        return self.date, self.until or say("review.now")

    def _statuses(self) -> Table:
        columns = [say("kind.codebook").capitalize(), *(say(f"review.{name}") for name in ("indicator", "axis"))]
        rows = [[each.framework, each.what, each.axis, each.before, each.after] for each in self.statuses]
        return Table(say("review.log_statuses"), [*columns, *self._sides], rows)

    def _agreement(self) -> Table:
        rows = [[each.framework, each.what, each.before, each.after] for each in self.agreement]
        columns = [say("kind.codebook").capitalize(), say("review.measure"), *self._sides]
        return Table(say("review.log_agreement"), columns, rows)

    def rows(self) -> Iterator[list[str]]:
        """Everything as rows of one table: what kind of thing, who, where, words, what was said or before, after."""
        for comment in self.comments:
            said = self._outward.quote(comment), self._outward.text(comment)
            yield [say("review.comment"), comment.author, where_of(comment), *said, _status(comment)]
        for each in self.decisions:
            yield [each.kind, each.who, each.about, "", each.words, ""]
        for how, home, code, words, before, after in self._changes(None).rows:
            yield [f"{say('review.coding')}: {how}", "", str(home), f"{code} · {words}", str(before), str(after)]
        for shift in self.statuses:
            yield [say("review.status"), "", f"{shift.framework} · {shift.axis}", shift.what, shift.before, shift.after]
        for shift in self.agreement:
            yield [shift.what, "", shift.framework, "", shift.before, shift.after]


@dataclass(frozen=True)
class RoundLog:
    """All rounds, case by case, oldest first."""

    rounds: tuple[Round, ...]

    def to_table(self) -> Table:
        """One row for each thing that was said, decided or changed."""
        names = ("case", "round_number", "date", "kind", "author", "place", "words", "before", "after")
        rows = [[each.case.id, str(each.number), each.date, *row] for each in self.rounds for row in each.rows()]
        return Table(
            say("review.log", count=len(self.rounds)), [say(f"review.{name}") for name in names], rows, _limits()
        )

    def to_markdown(self) -> str:
        """The appendix: a section for each round with its tables."""
        parts = [f"# {say('review.log', count=len(self.rounds))}", say("review.log_lead"), _limits()]
        if not self.rounds:
            parts.append(say("review.log_none"))
        for each in self.rounds:
            parts += [f"## {_escaped(each.title)}", _escaped(each.sentence), *map(markdown, each.tables())]
        return "\n\n".join(parts) + "\n"

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for each in self.rounds for table in each.tables())

    def __repr__(self) -> str:
        return self.to_table().caption


def _status(comment: Comment) -> str:
    return say(f"review.status_{comment.status}")


def _limits() -> str:
    return say("review.log_limits")


# Computing


def rounds_of(root: Path, case: Case, comments: Iterable[Comment]) -> tuple[Round, ...]:
    """The rounds of a case.

    Parameters
    ----------
    root : Path
        The project.
    case : Case
        As it is now.
    comments : iterable of Comment
        Of this case.
    """
    every = sorted(comments, key=lambda comment: (comment.time[:10], comment.moment))
    groups = [(date, tuple(held)) for date, held in groupby(every, key=lambda comment: comment.time[:10])]
    if not groups:
        return ()
    moments = [min(each.moment for each in held) for _, held in groups]
    past = _Past(root, case)
    found = []
    for index, (date, held) in enumerate(groups):
        begin = moments[index]
        end = moments[index + 1] if index + 1 < len(groups) else None
        before, after = past.at(begin), past.at(end)
        found.append(
            Round(
                case,
                index + 1,
                date,
                groups[index + 1][0] if end else "",
                held,
                tuple(
                    sorted((*past.replies(every, begin, end), *past.decided(begin, end)), key=lambda each: each.time)
                ),
                tuple(past.changes(begin, end)),
                (len(before.codings), len(after.codings)),
                tuple(_statuses(before, after)),
                tuple(_agreement(before, after)),
            )
        )
    return tuple(found)


def _between(moment: datetime, begin: datetime, end: datetime | None) -> bool:
    return begin <= moment and (end is None or moment < end)


class _Past:
    """A case as it was coded at any moment."""

    def __init__(self, root: Path, case: Case) -> None:
        self.now = case
        self.reading = CaseReading(root, case.id, read_shelf(root))
        self.events: dict[Path, tuple[AnyEvent, ...]] = {}
        for path in self.reading.journals():
            if path.stem.partition(".")[0] in self.reading.shelf.usable:
                self.events[path] = read_journal(path).events
        self._known: dict[datetime | None, Case] = {None: case}
        self._outward = Outward(case)

    def at(self, moment: datetime | None) -> Case:
        """The case with the codings and decisions that stood at a moment; None is now."""
        if moment not in self._known:
            assert moment is not None
            self._known[moment] = self._at(moment)
        return self._known[moment]

    def _at(self, moment: datetime) -> Case:
        items = []
        decisions: list[Decision] = []
        for path, events in self.events.items():
            codebook = self.reading.shelf.usable[path.stem.partition(".")[0]]
            placed = self.reading.placed(state_at(events, moment).values(), codebook, path, lambda event: event.id)
            certain = ((each.event, each.segment) for each in placed if each.is_certain)
            items += [coding_of(event, segment, codebook.id) for event, segment in certain if segment]
            earlier = in_force(event for event in events if event.time <= moment)
            decisions += [event for event in earlier if isinstance(event, Decision)]
        decisions.sort(key=lambda event: event.id)
        study = self.now.codings.studies[self.now.id]
        study = replace(
            study,
            readings=frozenset(Reading(each.codebook, each.coder, each.document.id, each.round) for each in items),
            adjudications=tuple(each for each in decisions if isinstance(each, Adjudicate)),
        )
        people = [each for each in items if each.coder != AUTO]
        codings = Codings(people, self.reading.shelf.usable, {self.now.id: study})
        return replace(self.now, codings=codings, decisions=tuple(decisions))

    def changes(self, begin: datetime, end: datetime | None) -> Iterator[Changed]:
        """How codings changed between two moments."""
        for path, events in self.events.items():
            if path.stem.partition(".")[2] != AUTO:
                later = fold(events) if end is None else state_at(events, end)
                yield from difference(state_at(events, begin), later)

    def decided(self, begin: datetime, end: datetime | None) -> Iterator[Decided]:
        """What researchers decided or wrote beside the codings between two moments."""
        for events in self.events.values():
            for event in in_force(events):
                if isinstance(event, Decision) and _between(event.time, begin, end):
                    yield Decided(
                        event.time, event.coder, say(f"event.{event.event}"), _about(event), self._said(event)
                    )

    def _said(self, event: Decision) -> str:
        """What a researcher wrote, but for what sums up somebody who may not be quoted."""
        if not isinstance(event, Summary):
            return self._outward.words(event.memo)
        return say("review.unquotable") if event.voice in self._outward.silent else self._outward.words(event.text)

    def replies(self, comments: Iterable[Comment], begin: datetime, end: datetime | None) -> Iterator[Decided]:
        """The answers and settlings between two moments."""
        for comment in comments:
            about = f"{handle(comment.id)} {where_of(comment)}"
            for each in comment.answers:
                if _between(each.moment, begin, end):
                    said = self._outward.words(each.text, comment)
                    yield Decided(each.moment, each.author, say("review.answer"), about, said)
            if comment.closing and comment.status is State.DONE:
                closed = datetime.fromisoformat(comment.closing)
                if _between(closed, begin, end):
                    yield Decided(closed, comment.closer, say("review.status_done"), about, "")


def _about(event: Decision) -> str:
    if isinstance(event, Verdict):
        return f"{event.code} · {say(f'axis.{event.axis}')} · {status_words(Status(event.status))}"
    return f"{event.code} · {event.voice}" if isinstance(event, Summary) else event.code or say("event.dropped")


def _statuses(before: Case, after: Case) -> Iterator[Shift]:
    """The constructs whose computed status changed."""
    used = {coding.codebook for each in (before, after) for coding in each.codings}
    for id, codebook in after.codings.codebooks.items():
        if id not in used:
            continue
        for axis in AXES:
            if designed_groups(after, axis) is None:
                continue
            then, now = triangulate(before, codebook, axis).cells, triangulate(after, codebook, axis).cells
            for code, cell in now.items():
                if then[code].status is not cell.status:
                    words = status_words(then[code].status), status_words(cell.status)
                    yield Shift(id, codebook[code].name, say(f"axis.{axis}"), *words)


def _agreement(before: Case, after: Case) -> Iterator[Shift]:
    for id in after.codings.codebooks:
        then, now = _alpha(before, id), _alpha(after, id)
        if then or now:
            yield Shift(id, say("review.alpha"), "", then or "–", now or "–")


def _alpha(case: Case, codebook: str) -> str:
    """Alpha of the sets of codes of each turn or paragraph; empty where agreement does not apply."""
    found = agree(case.codings.using(codebook))
    if found.obstacle:
        return ""
    ratings = found.grid.sets((coding.code, coding) for coding in found.panel.codings)
    return str(shown(krippendorff_alpha(ratings, distance=masi_passonneau)))


# Writing


def markdown(table: Table) -> str:
    """A table in Markdown in which every text is text: nothing in it is a link, a picture, an element or a heading."""
    lines = [f"**{_escaped(table.caption)}**", ""]
    lines.append("| " + " | ".join(map(_escaped, table.columns)) + " |")
    lines.append("|" + " --- |" * len(table.columns))
    lines += ["| " + " | ".join(_escaped(str(cell)) for cell in row) + " |" for row in table.rows]
    return "\n".join([*lines, *(["", _escaped(table.note)] if table.note else [])])


def _escaped(text: str) -> str:
    parts = [re.sub(r"([\\`*_\[\]<>#!|~&$])", r"\\\1", part.strip()) for part in terminal_safe(text).splitlines()]
    return "<br>".join(filter(None, parts))
