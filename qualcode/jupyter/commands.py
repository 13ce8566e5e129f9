"""A sitting: one coder at one document. Commands come in, the project stores, replies go out; no widget is known here.

Every command is answered exactly once, errors included. Whatever changes the journal runs under one lock, because
messages arrive in several threads, and is on the disk before it is answered. The id of a command is the `action` of
its events, so that a command sent twice, even to another kernel, is done once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from threading import RLock
from typing import Any

from filelock import Timeout

from qualcode.analysis.suggestion import Option, Suggestions, suggest
from qualcode.coding.codings import Coding
from qualcode.coding.history import Entry
from qualcode.coding.journal import AnyEvent, Apply
from qualcode.coding.study import AUTO
from qualcode.errors import CodingError, ParameterError, Problem, QualcodeError, Undefined, UnknownNameError
from qualcode.jupyter.state import State, codes_state, coding_state, comment_state, document_state, valences, words
from qualcode.memory import all_kept
from qualcode.project import Project
from qualcode.project.chronicle import log_table
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, files, journal_path
from qualcode.project.reading import Placed, coding_of
from qualcode.project.reviewing import REVIEWS, answer, comment, comments_on, settle_comment, signature
from qualcode.records import Identifier
from qualcode.text.document import Segment
from qualcode.wording import language_in_use, say

RECENT = 9
SHOWN_EVENTS = 200
_ULID = r"[0-9A-HJKMNP-TV-Z]{26}"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

CHANGES = frozenset({"apply", "revise", "move", "remove", "undo", "redo", "new_code"})
SLOW = frozenset({"suggest", "memos", "journal"})
"""Commands that may take seconds and change nothing: whoever calls answers them aside, so that coding goes on."""


class Stale(Exception):
    """The text on disk is not the one the command was made for."""


class Sitting:
    """One coder at one document with one codebook.

    Parameters
    ----------
    project : Project
    case, document, codebook : str
        Ids.
    coder : str or None
        None reads only.
    round : int
        The round of coding.
    blind : bool
        Whether the codings of all others stay out of sight.
    compare : tuple of str
        Two coders to show beside each other, and nobody else; empty for all.
    readonly : bool
        Whether nothing may be changed.
    reviewer : str or None
        In whose name comments are made. Default: the coder.

    Raises
    ------
    UnknownNameError
        When there is no such case, document, codebook or coder.
    ParameterError
        When the coder's name cannot be one, rules would code, two coders are not two, or blind and compare go together.
    CheckError
        When the codebook has faults.
    """

    def __init__(
        self,
        project: Project,
        case: str,
        document: str,
        codebook: str,
        coder: str | None,
        *,
        round: int = 1,
        blind: bool = False,
        compare: tuple[str, ...] = (),
        readonly: bool = False,
        reviewer: str | None = None,
    ) -> None:
        _require_names(project, case, coder, blind, compare)
        _require_names(project, case, reviewer, False, ())
        self.root = project.root
        self.case, self.id, self.codebook_id = case, document, codebook
        self.coder = coder or ""
        self.round, self.blind, self.compare = round, blind, compare
        self.readonly = readonly or not coder
        self.author = reviewer or ("" if readonly else self.coder)
        self.lock = RLock()
        # The words of a pane stay in the language in which it was opened.
        self.language, self._words = language_in_use(), words()
        self.revision = int(time.time() * 1000)  # no two sittings count alike: a page knows whether it missed anything
        self._told: dict[str, tuple[Placed, State | None]] = {}
        self._pane: State = {}
        self._suggested: tuple[object, Suggestions] | None = None
        self._undo_known: tuple[object, tuple[bool, bool]] | None = None
        self._journal = journal_path(self.root, case, codebook, self.coder)
        self._open()

    # Reading

    def _open(self) -> None:
        """Read everything anew."""
        # A project of its own: what it remembers is changed by no other thread.
        self._project = Project(self.root)
        with all_kept():
            self.document = self._project.document(self.case, self.id)
            self._read_codebook()
            self.stale = False
            self._look()

    def _read_codebook(self) -> None:
        seen = self._codebook_signature()
        self.codebook = self._project.codebook(self.codebook_id)
        self._codebook_seen = seen
        self._placements = self._project.placed(self.document, self.codebook_id)

    def _codebook_signature(self) -> tuple[int, int]:
        status = (self.root / CODEBOOKS / f"{self.codebook_id}.yaml").stat()
        return status.st_mtime_ns, status.st_size

    def _look(self) -> State:
        """See what changed since the last look; gives the patch that brings a page up to it."""
        patch: State = {}
        before = self._told
        if self._codebook_signature() != self._codebook_seen:
            self._project = Project(self.root)
            self._read_codebook()
            patch = {"codes": self.codes()}
        now = self._placements.now()
        shown = {id: placed for id, placed in now.items() if self._is_shown(placed.event.coder)}
        self._told = {
            id: before[id]
            if id in before and before[id][0] is placed
            else (placed, coding_state(placed, self.document, self.coder))
            for id, placed in shown.items()
        }
        nothing: tuple[None, None] = (None, None)
        put = [told for id, (_, told) in self._told.items() if told and before.get(id, nothing)[1] != told]
        drop = [id for id, (_, told) in before.items() if told and not self._told.get(id, nothing)[1]]
        if put or drop:
            patch["codings"] = {"put": put, "drop": drop}
        if patch:
            self.revision += 1
        pane = self._changing()
        changed = {key: value for key, value in pane.items() if self._pane.get(key) != value}
        self._pane = pane
        return {**patch, "pane": changed} if changed else patch

    def _is_shown(self, coder: str) -> bool:
        if self.blind:
            return coder == self.coder
        return coder in self.compare if self.compare else coder != AUTO

    def _changing(self) -> State:
        """What of the pane changes while it is open."""
        own = [told for _, told in self._told.values() if told and told["mine"]]
        recent = dict.fromkeys(told["code"] for told in sorted(own, key=lambda told: str(told["id"]), reverse=True))
        coders = sorted({told["coder"] for _, told in self._told.values() if told} - {self.coder})
        undo, redo = self._undoable()
        return {
            "revision": self.revision,
            "recent": list(recent)[:RECENT],
            "coders": [*([self.coder] if self.coder else []), *coders],
            "lost": sum(told is None for _, told in self._told.values()),
            "can_undo": undo,
            "can_redo": redo,
        }

    def _undoable(self) -> tuple[bool, bool]:
        if self.readonly:
            return False, False
        key = (self._own_events(), self._codebook_seen)
        if self._undo_known is None or self._undo_known[0] != key:
            found = self._project.can_undo(self.coder, self.case, self.id, self.codebook_id)
            self._undo_known = (key, found)
        return self._undo_known[1]

    def _own_events(self) -> int:
        return len(self._project.followed(self._journal).events())

    def document_now(self) -> State:
        """The trait `document`."""
        return document_state(self.document)

    def codes(self) -> list[State]:
        """The trait `codes`."""
        return codes_state(self.codebook)

    def codings(self) -> list[State]:
        """The trait `codings`, in the order of the text."""
        with self.lock:
            shown = [told for _, told in self._told.values() if told]
        return sorted(shown, key=lambda told: (told["start"], told["end"], told["id"]))

    def comments(self) -> list[State]:
        """The trait `comments`; in blind mode only those of this person, since others tell what others think."""
        found = comments_on(self.root, self.document)
        return [comment_state(each) for each in found if not self.blind or each.author == self.author]

    def comments_seen(self) -> object:
        """What changes whenever somebody comments."""
        return signature(self.root, self.case)

    def placed(self) -> list[Placed]:
        """What is shown, as the project reads it."""
        with self.lock:
            return [placed for placed, told in self._told.values() if told]

    def pane(self) -> State:
        """The trait `pane`."""
        with self.lock:
            changing = dict(self._pane)
        return {
            "coder": self.coder,
            "language": self.language,
            "readonly": self.readonly,
            "reason": say("panel.reading") if self.readonly else "",
            "blind": self.blind,
            "compare": list(self.compare),
            "others": not self.blind,
            "can_comment": bool(self.author),
            "author": self.author,
            "round": self.round,
            "closed": self.codebook.closed,
            "case": self.case,
            "document": self.document.title or self.id,
            "codebook": str(self.codebook.title),
            "valences": valences(),
            "words": self._words,
            **changing,
        }

    # Answering

    def handle(self, command: Mapping[str, Any]) -> State:
        """Do a command and give its reply; whatever goes wrong is said in the reply.

        Parameters
        ----------
        command : mapping
            ``name``, ``id``, ``text_id`` and what the command needs; see the methods named ``do_...``.
        """
        name, id = str(command.get("name", "")), str(command.get("id", ""))
        if name in SLOW:
            return self._answer(name, command, id)
        with self.lock:
            return self._answer(name, command, id)

    def _answer(self, name: str, command: Mapping[str, Any], id: str) -> State:
        reply: State = {"kind": "reply", "id": id, "ok": False}
        try:
            do: Callable[[Mapping[str, Any], str], State | None] | None = getattr(self, f"do_{name}", None)
            if not re.fullmatch(r"[a-z_]+", name) or do is None:
                raise ParameterError.of("pane_command", name or "–")
            if name in CHANGES:
                self._require_writable(command)
            reply |= do(command, action_of(id)) or {}
            reply["ok"] = True
        except Stale:
            self.stale = True
            reply |= {"stale": True, "error": _error(self._changed_text(), "stale")}
        except QualcodeError as error:
            reply["error"] = _error(error.problem, "unknown" if isinstance(error, UnknownNameError) else "refused")
        except Exception as error:  # an error that is not answered would leave the page waiting for ever
            detail = f"{type(error).__name__}: {error}"
            reply["error"] = _error(Problem.of("pane_unexpected", name, detail=detail), "other")
        if name not in SLOW:
            self._finish(reply)
        return reply

    def _finish(self, reply: State) -> None:
        """Add what changed meanwhile, whoever changed it."""
        try:
            patch = {} if self.stale else self._look()
        except (QualcodeError, OSError) as error:
            problem = error.problem if isinstance(error, QualcodeError) else _unreadable(error)
            reply.setdefault("error", _error(problem, "other"))
            return
        if patch:
            reply["patch"] = patch

    def _changed_text(self) -> Problem:
        return Problem.of("text_changed", self.document.file or self.id, document=self.id)

    def _require_writable(self, command: Mapping[str, Any]) -> None:
        if self.readonly:
            raise CodingError.of("pane_readonly", self.id)
        self._require_text()
        if command.get("text_id") != self.document.text_id:
            raise Stale

    def _require_text(self) -> None:
        if self.stale or self._project.document(self.case, self.id).text_id != self.document.text_id:
            raise Stale

    def _done(self, action: str) -> tuple[AnyEvent, ...]:
        """What the journal holds of a command that was done before, perhaps by a kernel that is gone."""
        return self._project.followed(self._journal).of_action(action)

    # Commands, each by the name under which the page sends it

    def do_hello(self, command: Mapping[str, Any], action: str) -> State:
        """The first handshake, and each one after the line was cut."""
        self._require_text()
        seen = (command.get("text_id"), command.get("revision"))
        return {} if seen == (self.document.text_id, self.revision) else {"refresh": True}

    def do_reload(self, command: Mapping[str, Any], action: str) -> State:
        """Read the document as it is now."""
        self._open()
        return {"refresh": True}

    def do_poll(self, command: Mapping[str, Any], action: str) -> None:
        """Whether anything changed."""
        self._require_text()

    def do_apply(self, command: Mapping[str, Any], action: str) -> State:
        """Give codes to words."""
        done = self._done(action)
        if not done:
            codes = [self.codebook.require(str(code)).id for code in command.get("codes") or ()]
            self._project.code_segment(
                self._segment(command),
                *codes,
                coder=self.coder,
                action=action,
                round=self.round,
                suggested=command.get("suggested") is True,
                **_judgement(command),
            )
            done = self._done(action)
        return {"codings": [event.id for event in done if isinstance(event, Apply)]}

    def do_revise(self, command: Mapping[str, Any], action: str) -> None:
        """Change what a coding says."""
        if not self._done(action):
            changes = command.get("changes") or {}
            given = _judgement(changes) | ({"code": str(changes["code"])} if changes.get("code") else {})
            self._project.revise(self._own(command), action=action, **given)

    def do_move(self, command: Mapping[str, Any], action: str) -> None:
        """Set a coding to other words."""
        if not self._done(action):
            self._project.move(self._own(command), self._segment(command), action=action)

    def do_remove(self, command: Mapping[str, Any], action: str) -> None:
        """Take a coding back."""
        if not self._done(action):
            self._project.remove(self._own(command), memo=str(command.get("memo") or ""), action=action)

    def do_undo(self, command: Mapping[str, Any], action: str) -> State:
        """Take back what this coder did last on this document."""
        return self._undone(self._project.undo, action, lambda **said: say("panel.undone", **said))

    def do_redo(self, command: Mapping[str, Any], action: str) -> State:
        """Bring back what was taken back last."""
        return self._undone(self._project.redo, action, lambda **said: say("panel.redone", **said))

    def _undone(self, undo: Callable[..., Entry], action: str, told: Callable[..., str]) -> State:
        if self._done(action):
            return {"told": ""}
        entry = undo(self.coder, case=self.case, document=self.id, codebook=self.codebook_id, action=action)
        state = entry.after or entry.before
        if state is None:
            return {"told": ""}
        return {"told": told(code=state.code, quote=_short(state.quote)), "coding": state.id}

    def do_new_code(self, command: Mapping[str, Any], action: str) -> State:
        """Add a code to the codebook and, in vivo, give it to the words it was made of."""
        vivo = command.get("in_vivo")
        segment = self._segment(vivo) if isinstance(vivo, Mapping) else None
        label = str(command.get("label") or (segment.text if segment else "")).strip()
        if not label:
            raise CodingError.of("pane_no_label", self.codebook_id)
        meant = say("panel.in_vivo", quote=segment.text) if segment else ""
        definition = str(command.get("definition") or "").strip() or meant
        code = self._project.new_code(
            self.codebook_id,
            label,
            coder=self.coder,
            definition=definition or label,
            under=str(command["parent"]) if command.get("parent") else None,
            opens=command.get("open") is True,
        )
        if segment and not self._done(action):
            said = _judgement(command)
            self._project.code_segment(segment, code.id, coder=self.coder, action=action, round=self.round, **said)
        return {"code": code.id}

    def do_suggest(self, command: Mapping[str, Any], action: str) -> State:
        """What could be coded in the units that a selection touches; nothing is stored."""
        if not self.coder:
            raise CodingError.of("pane_readonly", self.id)
        start, end = _whole(command, "start"), _whole(command, "end")
        found = self._suggestions()
        touched = [
            (each, option)
            for each in found.on(self.id)
            if each.segment.start < end and start < each.segment.end
            for option in each.codes
        ]
        reason = found.evaluation if isinstance(found.evaluation, Undefined) else found.evaluation.sentence()
        note = reason if touched else say("panel.nothing_suggested")
        return {"suggestions": [_suggested(each.segment, option) for each, option in touched], "note": str(note)}

    def _suggestions(self) -> Suggestions:
        # Learned again only when this coder did something: it takes seconds.
        key = (self._own_events(), self.document.text_id, self._codebook_seen)
        if self._suggested is None or self._suggested[0] != key:
            project = Project(self.root)
            case = project.case(self.case)
            # Who has coded nothing yet gets what the cue words say.
            coders = (*case.record.coders, self.coder)
            case = replace(case, record=case.record.model_copy(update={"coders": coders}))
            self._suggested = (key, suggest(case, project.codebook(self.codebook_id), self.coder))
        return self._suggested[1]

    def do_comment(self, command: Mapping[str, Any], action: str) -> None:
        """Comment on words."""
        self._require_author(command)
        with self._saving_comment():
            comment(self.root, self._segment(command), str(command.get("text") or ""), author=self.author, id=action)

    def do_answer(self, command: Mapping[str, Any], action: str) -> None:
        """Answer a comment."""
        to, text = self._require_comment(command), str(command.get("text") or "")
        with self._saving_comment():
            answer(self.root, self.case, to, text, author=self.author, id=action)

    def do_done(self, command: Mapping[str, Any], action: str) -> None:
        """Say that a comment is dealt with."""
        to = self._require_comment(command)
        with self._saving_comment():
            settle_comment(self.root, self.case, to, author=self.author, id=action)

    def _require_author(self, command: Mapping[str, Any]) -> None:
        if not self.author:
            raise CodingError.of("pane_readonly", self.id)
        self._require_text()
        if command.get("text_id") != self.document.text_id:
            raise Stale

    def _require_comment(self, command: Mapping[str, Any]) -> str:
        self._require_author(command)
        id = str(command.get("comment", ""))
        if all(each["id"] != id for each in self.comments()):
            raise CodingError.of("pane_no_comment", self.id)
        return id

    @contextmanager
    def _saving_comment(self) -> Iterator[None]:
        try:
            yield
        except (Timeout, OSError, UnicodeEncodeError) as error:
            if isinstance(error, QualcodeError):
                raise
            raise CodingError.of("not_saved", f"{REVIEWS}/{self.case}", detail=str(error)) from error

    def do_memos(self, command: Mapping[str, Any], action: str) -> State:
        """Every memo of the case that this sitting may see, newest first."""
        codings = [each for each in Project(self.root).case(self.case).codings if each.memo]
        mine = [each for each in codings if each.coder == self.coder or not self.coder]
        memos = [
            {
                "id": each.id,
                "coding": each.id,
                "coder": each.coder,
                "code": each.code,
                "codebook": each.codebook,
                "address": each.address,
                "quote": _short(each.quote, 160),
                "memo": each.memo,
                "time": each.time.isoformat(),
                "document": each.document.id,
                "here": each.document.id == self.id,
                "start": each.segment.start,
                "end": each.segment.end,
            }
            for each in sorted(mine, key=lambda each: each.id, reverse=True)
        ]
        return {"memos": memos}

    def do_journal(self, command: Mapping[str, Any], action: str) -> State:
        """The last events in words, newest first."""
        folder = self.root / CORPUS / self.case / CODINGS
        paths = files(folder, f"{self.codebook_id}.{self.coder or '*'}.jsonl")
        names = ("time", "coder", "event", "case", "code", "words", "before", "after", "id")
        rows = [dict(zip(names, map(str, row), strict=True)) for row in log_table(paths).rows[-SHOWN_EVENTS:]]
        return {"journal": rows[::-1]}

    # What a command names

    def _segment(self, command: Mapping[str, Any]) -> Segment:
        """The words a command names by their places and by themselves; both must be the same."""
        start, end, quote = _whole(command, "start"), _whole(command, "end"), command.get("quote")
        text = self.document.text
        if not 0 <= start < end <= len(text) or text[start:end] != quote or not text[start:end].strip():
            here = self.document.place(min(max(start, 0), len(text)))
            found = _short(text[max(start, 0) : max(end, 0)])
            raise CodingError.of("pane_mismatch", here, quote=_short(str(quote or "–")), found=found or "–")
        return self.document.segment(start, end)

    def _own(self, command: Mapping[str, Any]) -> Coding:
        """The coding a command names, if it stands and is this coder's own."""
        id = str(command.get("coding", ""))
        placed = self._placements.now().get(id)
        if placed is None or placed.segment is None:
            raise CodingError.of("pane_no_coding", self.id, id=id or "–")
        if placed.event.coder != self.coder:
            raise CodingError.of("pane_not_own", self.id, coder=placed.event.coder)
        return coding_of(placed.event, placed.segment, placed.codebook)


def action_of(id: str) -> str:
    """The action under which the journal keeps a command: its id, or one made of it.

    Examples
    --------
    >>> action_of("01J9ZZZZZZZZZZZZZZZZZZZZZZ"), len(action_of("5f0c")), action_of("a") == action_of("a")
    ('01J9ZZZZZZZZZZZZZZZZZZZZZZ', 26, True)
    """
    if re.fullmatch(_ULID, id):
        return id
    number = int.from_bytes(sha256(id.encode("utf-8", "replace")).digest()[:16])
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def _require_names(project: Project, case: str, coder: str | None, blind: bool, compare: tuple[str, ...]) -> None:
    known = project.coders(case)
    if coder and not re.fullmatch(Identifier, coder):
        raise ParameterError.of("pane_coder", "coder", coder=coder)
    if coder and coder.casefold() == AUTO:
        raise ParameterError.of("coder_reserved", "coder", coder=coder)
    if compare and (len(set(compare)) != 2 or len(compare) != 2 or blind):
        raise ParameterError.of("pane_compare", "compare")
    for each in compare:
        if each not in known and each != AUTO:
            raise UnknownNameError.among("coder", each, known, place=case)
    if blind and not coder:
        raise ParameterError.of("pane_blind", "blind")


def _judgement(command: Mapping[str, Any]) -> dict[str, Any]:
    """What a command says of a coding, as the project takes it; what it does not name is left out."""
    found: dict[str, Any] = {name: str(command[name]) for name in ("valence", "memo") if command.get(name) is not None}
    if "period" in command:
        found["period"] = str(command["period"] or "")
    if isinstance(command.get("tags"), list):
        found["tags"] = tuple(dict.fromkeys(filter(None, (str(tag).strip() for tag in command["tags"]))))
    if isinstance(command.get("explicit"), bool):
        found["explicit"] = command["explicit"]
    return found


def _whole(command: Mapping[str, Any], name: str) -> int:
    value = command.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _suggested(unit: Segment, option: Option) -> State:
    undefined = isinstance(option.confidence, Undefined)
    return {
        "code": option.code,
        "confidence": None if undefined else option.confidence,
        "words": option.sureness,
        "why": option.why,
        "places": [[cue.segment.start, cue.segment.end] for cue in option.cues],
        "start": unit.start,
        "end": unit.end,
    }


def _error(problem: Problem, key: str) -> State:
    return {"place": problem.place, "what": problem.what, "mend": problem.mend, "key": key}


def _unreadable(error: OSError) -> Problem:
    return Problem.of("unreadable_file", str(error.filename or ""), detail=error.strerror or type(error).__name__)


def _short(words: str, most: int = 80) -> str:
    # Halves of characters, which only a faulty page sends, could not be sent back.
    line = " ".join(words.encode("utf-8", "replace").decode().split())
    return line if len(line) <= most else line[: most - 1] + "…"
