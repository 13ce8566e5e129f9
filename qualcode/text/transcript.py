"""Speakers and turns: who says what, where, in a transcript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who speaks in a turn."""

    INTERVIEWER = "pewawancara"
    INFORMANT = "informan"
    OTHER = "lainnya"


@dataclass(frozen=True)
class Turn:
    """What one speaker says until another speaks.

    Attributes
    ----------
    number : int
        1 for the first turn of the document.
    speaker : str
        The label as it stands in the text, without its colon.
    role : Role
    informant : str or None
        The informant's id, None for the interviewer and for people outside the design.
    time : str or None
        The time stamp as written, ``"00:12:31"``.
    start, end : int
        Place of the spoken words, in code points of the document's text: label and time stamp lie outside.
    """

    number: int
    speaker: str
    role: Role
    informant: str | None
    time: str | None
    start: int
    end: int


_INTERVIEWERS = {"p", "q", "t", "pewawancara", "peneliti", "penanya", "tanya", "interviewer"}
_INFORMANTS = {"i", "n", "a", "j", "informan", "narasumber", "responden", "partisipan", "subjek", "jawab"}
_TITLES = r"(?:Bapak|Ibu|Pak|Bu|Mas|Mbak|Bang|Kak|Dr|Drs|Dra|Prof|Ir|H|Hj|Kiai|Ustaz)\.?"

_GAP = r"[^\S\n]*"  # blanks, tabs, and the blanks without a break that Word puts before a colon
_TIME = r"[\[(](?P<time{n}>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?)[\])]"
_LABEL = re.compile(
    rf"^{_GAP}(?:{_TIME.format(n=1)}{_GAP})?(?P<label>[^\s:\[\]()][^:\n\[\]]{{0,58}}?){_GAP}"
    rf"(?:{_TIME.format(n=2)}{_GAP})?:(?!//){_GAP}(?:{_TIME.format(n=3)}{_GAP})?",
    re.MULTILINE,
)
_NUMBERED = re.compile(r"(?:I|N|P|IK|IU|IP|Informan|Narasumber|Responden|Partisipan)[- ]?\d+", re.IGNORECASE)
_TITLED = re.compile(rf"{_TITLES}(?: [A-Z][\w.'-]*){{1,4}}(?:, ?[A-Z]\w*\.[\w.]*)*")

INTERVIEWER = Role.INTERVIEWER.value
OTHER = Role.OTHER.value


def turns(text: str, legend: Mapping[str, str], informant: str | None) -> Iterator[Turn]:
    r"""Read the turns of a transcript.

    Parameters
    ----------
    text : str
        The stored text of the document.
    legend : mapping of str to str
        Speaker label -> ``"pewawancara"``, ``"lainnya"`` or an informant's id. When it names any label, it decides:
        no other label opens a turn. When empty, the labels of the field are recognised (P:, I1:, Peneliti:,
        Narasumber:, names with titles).
    informant : str or None
        The document's informant, to whom a label such as ``Narasumber:`` points. Where several labels could be an
        informant's and no legend tells them apart, ``I2:`` is I2's, and other labels are nobody's.

    Yields
    ------
    Turn
        In the order of the text; words before the first label belong to no turn.

    Examples
    --------
    >>> [t.speaker for t in turns("P: Pagi, Pak.\n\nI1: [00:00:41] Iya, pagi.", {}, "I1")]
    ['P', 'I1']
    """
    openings = [match for match in _LABEL.finditer(text) if _opens_turn(match["label"], legend)]
    only = None if several_informants(text, legend) else informant
    for number, opening in enumerate(openings, start=1):
        label = opening["label"]
        role, who = _speaker(label, legend, only)
        end = openings[number].start() if number < len(openings) else len(text)
        after_label = text[opening.end() : end]
        words = after_label.strip()
        start = opening.end() + after_label.find(words)
        yield Turn(
            number,
            label,
            role,
            who,
            opening["time1"] or opening["time2"] or opening["time3"],
            start,
            start + len(words),
        )


def several_informants(text: str, legend: Mapping[str, str]) -> list[str]:
    """The labels that could be informants' when there are two or more and no legend tells whose they are."""
    if legend:
        return []
    labels = dict.fromkeys(match["label"] for match in _LABEL.finditer(text) if _opens_turn(match["label"], legend))
    informants = [label for label in labels if label.lower() not in _INTERVIEWERS]
    return informants if len(informants) > 1 else []


def unlisted_labels(text: str, legend: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Labels that look like speakers but are missing from a legend, with their offsets: most likely slips.

    A label of the legend in other letters ("p:" for "P:") is such a slip, too: what follows it would otherwise pass
    for the words of whoever spoke before.
    """
    listed = {label.casefold() for label in legend}
    for match in _LABEL.finditer(text):
        label = match["label"]
        like_a_speaker = label.casefold() in listed or _NUMBERED.fullmatch(label) or _is_known_word(label)
        if legend and label not in legend and like_a_speaker:
            yield label, match.start("label")


def _opens_turn(label: str, legend: Mapping[str, str]) -> bool:
    if legend:
        return label in legend
    return bool(_is_known_word(label) or _NUMBERED.fullmatch(label) or _TITLED.fullmatch(label))


def _is_known_word(label: str) -> bool:
    # One-letter labels are written in capitals; a lower-case "a:" is a list item, not a speaker.
    known = label.lower() in _INTERVIEWERS | _INFORMANTS
    return known and (len(label) > 1 or label.isupper())


def _speaker(label: str, legend: Mapping[str, str], informant: str | None) -> tuple[Role, str | None]:
    meaning = legend.get(label)
    if meaning == INTERVIEWER or (meaning is None and label.lower() in _INTERVIEWERS):
        return Role.INTERVIEWER, None
    if meaning == OTHER:
        return Role.OTHER, None
    if meaning is not None:
        return Role.INFORMANT, meaning
    numbered = _NUMBERED.fullmatch(label)
    return Role.INFORMANT, label if numbered and informant is None else informant
