"""From lines to what was said: labels in all the ways they are typed, rows of tables, questions with their answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qualcode.errors import Problem
from qualcode.intake.blocks import BlockKind, RawFile
from qualcode.intake.lines import Line, place
from qualcode.intake.notes import is_reflection
from qualcode.intake.speakers import Label, same_name, squeezed, tidy
from qualcode.text.transcript import Role

ASKING = "\1"
ANSWERING = ""
"""The labels of whoever asks and of whoever answers where the file has none."""
NOBODY = "\0"
"""The label of words whose speaker the file does not tell."""

_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,3})?"


def _bracketed(group: int) -> str:
    return rf"[\[(]\s*(?P<time{group}>{_CLOCK})(?:\s*(?:-->|-|–|—)\s*(?P<end{group}>{_CLOCK}))?\s*[\])]"


def _bare(group: int) -> str:
    return rf"(?P<time{group}>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?)"


_NUMBER = r"(?:(?:\d{1,3}[.)]|[-•–*])\s+)?"
_OPENING = re.compile(
    rf"^(?:\d{{1,4}}\s+)?{_NUMBER}\*{{0,2}}(?:(?:{_bracketed(1)}|{_bare(2)})\s*[-–]?\s*)?"
    rf"\*{{0,2}}(?P<label>[^\W\d_][^:：\n\t\[\]?!“”\"]{{0,58}}?)\*{{0,2}}\s*"
    rf"(?:(?:{_bracketed(3)}|{_bare(4)})\s*)?"
    rf"(?P<mark>(?<!\d)[:：]|(?<=\d)[:：](?!\d{{2}}(?!\d))|\t)(?!//)\*{{0,2}}\s*(?:{_bracketed(5)}\s*)?(?P<rest>.*)$",
)
_ALONE = re.compile(
    rf"^\*{{0,2}}(?:(?:{_bracketed(1)}|{_bare(2)})\s*[-–]?\s*)?"
    rf"\*{{0,2}}(?P<label>[^\W\d_][^:\n\t\[\]?!“”\"]{{0,40}}?)\*{{0,2}}"
    rf"(?:\s+(?:{_bracketed(3)}|{_bare(4)}))?$"
)
_TIME_ALONE = re.compile(rf"^(?:{_bracketed(1)}|{_bare(2)})(?:\s*-->\s*(?P<end3>[\d:.,]+))?$")
_TIMED = re.compile(rf"^(?:{_bracketed(1)}|{_bare(2)})\s+(?P<rest>\S.*)$")
NO_LABEL_TIMES = _TIMED
_AT_END = re.compile(r"^(?P<before>.*\S)\s+(?P<label>[A-Z][\w. ]{0,24}?)\s*:$")
_INSIDE = re.compile(r"(?<=[.?!”\"…])\s+(?P<label>[A-Z]\w{0,12}(?: ?\d{1,2})?)\s?:\s+(?=\S)")


@dataclass
class Said:
    """Words of one speaker, under the label as it is written."""

    label: str
    time: str | None
    lines: list[str]
    line: Line

    @property
    def text(self) -> str:
        """The words, one line below another."""
        return "\n".join(each for each in self.lines if each)


@dataclass
class Talk:
    """Everything that is said in a file, in order, and what stands before it.

    `ends` counts the turns of which the file tells when they end, which a turn does not hold.
    """

    before: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    guesses: list[Problem] = field(default_factory=list)
    losses: list[Problem] = field(default_factory=list)
    unsure: Counter[str] = field(default_factory=Counter)
    ends: int = 0


Reader = Callable[[str], Label | None]


def clock(time: str | None) -> str | None:
    """A time as a transcript writes it, with colons, or None.

    Examples
    --------
    >>> clock("00.12.31"), clock("9:05 PM"), clock("pagi")
    ('00:12:31', '21:05', None)
    """
    found = re.match(r"\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?([.,]\d{1,3})?\s*([AP])?\.?M?", time or "", re.IGNORECASE)
    if not found:
        return None
    hour = int(found[1])
    if found[5]:
        hour = hour % 12 + (12 if found[5].upper() == "P" else 0)
    begin = f"{hour:02}" if found[5] else found[1]
    return ":".join(part for part in (begin, found[2], found[3]) if part) + (found[4] or "")


def _time_of(found: re.Match[str]) -> str | None:
    return next((clock(value) for key, value in found.groupdict().items() if key.startswith("time") and value), None)


def _has_end(found: re.Match[str] | None) -> bool:
    return found is not None and any(value for key, value in found.groupdict().items() if key.startswith("end"))


def opens_with(text: str, read: Reader) -> bool:
    """Whether a line begins with a label that is surely a speaker's."""
    found = _OPENING.match(text)
    label = read(found["label"]) if found else None
    return bool(label and label.sure)


def labels_in(lines: Sequence[Line], read: Reader, forced: Mapping[str, str]) -> dict[str, Label]:
    """The labels that are speakers in these lines: those that surely are, and those that keep coming back.

    A label that is only capitalised words ("Kendala:") is a speaker when it must be: when otherwise nobody would
    ask, or nobody would answer. `forced` holds what a person has said of labels.
    """
    counted: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for line in lines:
        if line.cells or line.is_heading:
            continue
        found = _OPENING.match(line.text)
        if found:
            counted[tidy(found["label"])] += 1
        elif not found and (found := _ALONE.match(line.text)):
            alone[tidy(found["label"])] += 1 + bool(_time_of(found))
    known: dict[str, Label] = {}
    weak: dict[str, Label] = {}
    for label in counted:
        each = read(label)
        if each is None or forced.get(each.spelling.casefold()) == "-":
            continue
        if each.sure or forced.get(each.spelling.casefold()):
            known[label] = each
        else:
            weak[label] = each
    known |= _alone(alone, known, read)
    known = {label: each for label, each in known.items() if _not_a_slip(label, each, known, counted)}
    return _with_weak(known, weak, counted)


def _alone(alone: Counter[str], known: Mapping[str, Label], read: Reader) -> dict[str, Label]:
    """The labels that stand on lines of their own, without a colon: words of the field, and names that come back."""
    found = {label: each for label in alone if label not in known and (each := read(label))}
    by_key: Counter[str] = Counter()
    for label, each in found.items():
        by_key[each.key] += alone[label]
    keys = {each.key for each in known.values()}
    several = sum(1 for key in by_key if by_key[key]) > 1
    return {
        label: each
        for label, each in found.items()
        if (each.is_name and by_key[each.key] > 2)
        or (
            not each.is_name
            and each.sure
            and len(squeezed(label)) > 2
            and (each.key in keys or (by_key[each.key] > 1 and several))
        )
    }


def _alike(one: Label, other: Label) -> bool:
    return one.is_name and other.is_name and same_name(one.key, other.key)


def _not_a_slip(label: str, each: Label, known: Mapping[str, Label], counted: Counter[str]) -> bool:
    """A letter that stands only once, or in small letters only, is a point of a list unless others bear it out."""
    if each.is_name or len(squeezed(label)) > 1:
        return True
    others = [other for other, one in known.items() if one.key == each.key and other != label]
    if label.isupper():
        return counted[label] > 1 or len(known) > 1
    return any(other.isupper() or (len(other) > 1 and label not in ("a", "i")) for other in others)


def _with_weak(known: dict[str, Label], weak: Mapping[str, Label], counted: Counter[str]) -> dict[str, Label]:
    asked = any(each.role is Role.INTERVIEWER for each in known.values())
    answered = any(each.role is not Role.INTERVIEWER for each in known.values())
    if asked and answered:
        like = {each.key for each in known.values() if each.is_name}
        return known | {one: each for one, each in weak.items() if any(same_name(each.key, key) for key in like)}
    most = max((counted[label] for label in weak), default=0)
    often = {label: each for label, each in weak.items() if counted[label] * 4 >= most and counted[label] > 1}
    if known:
        return known | often
    return often if len({each.key for each in often.values()}) > 1 else {}


def follow(lines: Sequence[Line], read: Reader, forced: Mapping[str, str], raw: RawFile) -> Talk:
    """Follow the talk in lines with labels: each label in its lines opens what its speaker says."""
    speakers = labels_in(lines, read, forced)
    talk = Talk()
    if not speakers:
        return talk
    by_small = {label.casefold(): label for label in speakers}
    reading = _Reading(talk, speakers, by_small, raw, read)
    for line in lines:
        reading.take(line)
    reading.finish()
    if not any(turn.text for turn in talk.said):
        return Talk()
    for line in lines:
        found = None if line.cells else _OPENING.match(line.text)
        each = read(found["label"]) if found and found["mark"] != "\t" else None
        if each and each.spelling not in speakers and forced.get(each.spelling.casefold()) != "-":
            talk.unsure[each.spelling] += 1
    return talk


class _Reading:
    """Line after line into the talk, with the headings and times that wait for the next speaker."""

    def __init__(
        self, talk: Talk, speakers: dict[str, Label], by_small: Mapping[str, str], raw: RawFile, read: Reader
    ) -> None:
        self.talk, self.speakers, self.by_small, self.raw, self.read = talk, speakers, by_small, raw, read
        self.waiting: list[str] = []
        self.time: str | None = None
        self.time_as_written = ""
        self.ends = False
        self.asking = next((label for label, each in speakers.items() if each.role is Role.INTERVIEWER), None)
        words = sorted((label for label in speakers if not speakers[label].is_name), key=len, reverse=True)
        any_word = "|".join(map(re.escape, words)) or "(?!)"
        self.bare = re.compile(
            rf"^{_NUMBER}(?P<label>{any_word})(?P<mark>\s*[;=>]\s*|\s*[-–]\s+|\.\s+|\s+)"
            r"(?P<rest>[A-Z“\"(\[].*)$"
        )
        any_name = "|".join(re.escape(label) for label in speakers if speakers[label].is_name) or "(?!)"
        self.bare_name = re.compile(rf"^{_NUMBER}(?P<label>{any_name})(?P<mark>\s*[;=>]\s*)(?P<rest>\S.*)$")

    def take(self, line: Line) -> None:
        if line.cells or line.is_heading or is_reflection(line.text):
            self._aside(line)
            return
        found = _OPENING.match(line.text)
        if found and (label := self._known(found["label"])):
            self._open(label, _time_of(found), found["rest"], line)
            self.talk.ends += _has_end(found)
            return
        alone = _ALONE.match(line.text)
        if alone and (label := self._known(alone["label"])) and self._is_own_line(label, line.text):
            self._open(label, _time_of(alone), "", line)
            self.talk.ends += _has_end(alone)
            return
        time_alone = _TIME_ALONE.match(line.text)
        if time_alone:
            self._settle_time()
            self.ends = _has_end(time_alone)
            self.time, self.time_as_written = clock(line.text.strip("[( ")), line.text
            return
        timed = _TIMED.match(line.text)
        text = timed["rest"] if timed else line.text
        bare = self.bare.match(text) or self.bare_name.match(text)
        if bare and self._may_lack_colon(bare):
            self._open(bare["label"], _time_of(timed) if timed else None, bare["rest"], line)
            self.talk.ends += _has_end(timed)
            self.talk.guesses.append(
                Problem.of("intake_no_colon", place(self.raw, line.block), label=bare["label"], words=_short(line.text))
            )
            return
        self._words(line.words, line)

    def finish(self) -> None:
        """Words that still wait belong to whoever asks: they are the researcher's headings."""
        self._settle_time()
        if self.waiting and self.talk.said:
            line = self.talk.said[-1].line
            self.talk.said.append(Said(self.asking or NOBODY, None, self.waiting, line))
        elif self.waiting:
            self.talk.before += self.waiting
        self.waiting = []

    def _known(self, label: str) -> str | None:
        spelling = tidy(label)
        if spelling in self.speakers:
            return spelling
        small = self.by_small.get(spelling.casefold())
        each = self.read(spelling) if small is None else None
        # Another word for somebody who is known to speak: "P" once, in a talk of "Peneliti" and "Asep".
        if each is None or (len(squeezed(spelling)) == 1 and not spelling.isupper()):
            return small
        alike = [one for one in self.speakers.values() if one.key == each.key or _alike(one, each)]
        if alike:
            self.speakers[spelling] = each
            return spelling
        return None

    def _is_own_line(self, label: str, text: str) -> bool:
        # A letter alone on a line is a speaker only in capitals; a name alone may end a sentence begun above.
        return len(squeezed(label)) > 1 or text.strip("* ").isupper()

    def _may_lack_colon(self, bare: re.Match[str]) -> bool:
        label, mark = bare["label"], bare["mark"].strip()
        if not self.talk.said or self._same_as_last(label):
            return False
        if mark == "." and (label.casefold() in ("a", "i") or len(squeezed(label)) > 1):
            return False  # "A." and "I." count the parts of a list
        # "I Made" and "I Wayan" are people; "A Rafiq" may be one.
        return not (not mark and label in ("I", "A"))

    def _same_as_last(self, label: str) -> bool:
        last = self.talk.said[-1].label if self.talk.said else NOBODY
        return last in self.speakers and self.speakers[last].key == self.speakers[label].key

    def _open(self, label: str, time: str | None, rest: str, line: Line) -> None:
        lines = []
        if self.waiting:
            if self.speakers[label].role is Role.INTERVIEWER:
                lines = self.waiting
            else:
                self.talk.said.append(Said(self.asking or NOBODY, None, self.waiting, line))
            self.waiting = []
        if self.time and not time:
            time, self.time_as_written = self.time, ""
            self.talk.ends += self.ends
        self._settle_time()
        self.talk.said.append(Said(label, time, lines, line))
        self._words(rest, line)

    def _settle_time(self) -> None:
        """A time on a line of its own after which nobody else begins stays where it stands, among the words."""
        written, self.time, self.time_as_written = self.time_as_written, None, ""
        if written:
            (self.talk.said[-1].lines if self.talk.said else self.talk.before).append(written)

    def _aside(self, line: Line) -> None:
        """A heading or a table in the middle of the talk is the researcher's."""
        self._settle_time()
        if not self.talk.said:
            self.talk.before.append(line.words)
            return
        self.waiting.append(line.words)
        self.talk.guesses.append(
            Problem.of("intake_heading_in_talk", place(self.raw, line.block), words=_short(line.text))
        )

    def _words(self, text: str, line: Line) -> None:
        if not self.talk.said:
            self._settle_time()
            self.talk.before.append(text)
            return
        if self.waiting:
            self.talk.said.append(Said(self.asking or NOBODY, None, self.waiting, line))
            self.waiting = []
        self._settle_time()
        for inside in _INSIDE.finditer(text):
            label = self._known(inside["label"])
            if label and not self._same_as_last(label):
                self.talk.said[-1].lines.append(text[: inside.start()].strip())
                self._guess_inside(inside["label"], line)
                self.talk.said.append(Said(label, None, [], line))
                self._words(text[inside.end() :].strip(), line)
                return
        ending = _AT_END.match(text) if text.endswith(":") else None
        label = self._known(ending["label"]) if ending else None
        if ending and not label:  # the label may be the last word only
            ending = re.match(r"^(?P<before>.*\S)\s+(?P<label>\S+?)\s*:$", text)
            label = self._known(ending["label"]) if ending else None
        if ending and label and not self._same_as_last(label):
            self.talk.said[-1].lines.append(ending["before"])
            self._guess_inside(label, line)
            self.talk.said.append(Said(label, None, [], line))
            return
        self.talk.said[-1].lines.append(text)

    def _guess_inside(self, label: str, line: Line) -> None:
        self.talk.guesses.append(
            Problem.of("intake_label_inside", place(self.raw, line.block), label=label, words=_short(line.text))
        )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."


def by_format(lines: Iterable[Line]) -> Talk:
    """What is said where the format itself names the speaker: cues with a voice, messages with a sender."""
    talk = Talk()
    last = None
    for line in lines:
        if line.block is last:
            talk.said[-1].lines.append(line.words)
            continue
        last = line.block
        if line.block.kind in (BlockKind.CUE, BlockKind.MESSAGE):
            talk.said.append(Said(line.block.speaker or NOBODY, clock(line.block.time), [line.words], line))
            talk.ends += line.block.kind is BlockKind.CUE and bool(line.block.time)
        elif talk.said:
            talk.said[-1].lines.append(line.words)
        else:
            talk.before.append(line.words)
            last = None
    return talk


LONGEST_CUE = 40  # words after which cues of an unknown speaker are no longer joined


def without_speakers(lines: Iterable[Line], raw: RawFile) -> Talk:
    """Cues of nobody: joined up to the end of a sentence, each with the time at which its first begins."""
    talk = Talk()
    joined = 0
    last = None
    for line in lines:
        text, time = line.words, clock(line.block.time) if line.block is not last else None
        timed = _TIMED.match(text)
        ends = line.block.kind is BlockKind.CUE and time is not None
        if timed and not time:
            text, time, ends = timed["rest"], _time_of(timed), _has_end(timed)
        goes_on = bool(talk.said) and (
            line.block is last
            or not (re.search(r"[.?!…][”\"')]*$", talk.said[-1].text) or len(talk.said[-1].text.split()) >= LONGEST_CUE)
        )
        last = line.block
        if goes_on:
            joined += time is not None
            talk.said[-1].lines[-1] += " " + text
        else:
            talk.said.append(Said(NOBODY, time, [text], line))
            talk.ends += ends
    if joined:
        talk.losses.append(Problem.of("intake_times_joined", raw.name, count=joined))
    return talk
