"""Comments of supervisors and colleagues as W3C Web Annotations: read, written, threaded, and found again in the text.

A comment, an answer and a status are annotations of their own, so that a file of them is only ever appended to and two
copies are united by ids. A comment is anchored as a coding is: by its quotation and the words around it, with the hash
of the text it was made in. A comment on a claim of a report names the claim and keeps the words it stood at.

Sanderson, R., Ciccarese, P., & Young, B. (2017). Web Annotation Data Model. W3C Recommendation.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from qualcode.coding.anchor import Anchor, anchor, settle
from qualcode.coding.carried import FUZZY, KEPT, MOVED
from qualcode.records import Identifier
from qualcode.text.document import Document, Segment
from qualcode.wording import say

NAME = "urn:qualcode:"
"""What our own annotations, and the texts they are about, begin their names with."""
LONGEST = 20_000
"""Letters of a comment."""
LONGEST_QUOTATION = 200_000
LARGEST_FILE = 20_000_000
"""Bytes of a file of annotations."""
DEEPEST = 24
"""Levels of one annotation; an honest one has six."""
MOST = 20_000
"""Annotations that are taken from one file."""
_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "terms": "urn:qualcode:terms:",
        **{name: f"terms:{name}" for name in ("TextState", "sha256", "claim", "asked", "coding", "address", "said")},
    },
]
_SOURCE = re.compile(r"urn:qualcode:([A-Za-z0-9][A-Za-z0-9._-]{0,79})(?:/([A-Za-z0-9][A-Za-z0-9._-]{0,79}))?")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\s\"<>\\^`{|}\x00-\x20\x7f-\x9f]{1,300}")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_DEVICES = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)")


class Motivation(StrEnum):
    """What an annotation is for, by the words of the W3C: a comment, an answer, or a status."""

    COMMENTING = "commenting"
    REPLYING = "replying"
    ASSESSING = "assessing"


class State(StrEnum):
    """Where a comment stands: nobody answered, somebody else did, or it is settled."""

    OPEN = "open"
    ANSWERED = "answered"
    DONE = "done"


class Unfit(ValueError):
    """What cannot be an annotation; its text says why, in the language in use."""

    def __init__(self, key: str) -> None:
        super().__init__(say(f"review.unfit_{key}"))


@dataclass(frozen=True)
class Target:
    """What a comment is about.

    Attributes
    ----------
    case : str
    document : str
        Empty where the comment is about a report, or the case as a whole.
    words : Anchor or None
        The words it was made on, with those around them; of a report the words it stood at.
    text : str
        The SHA-256 of the document's text, or its first 16 digits; empty where it is not known.
    claim, asked : str
        The claim of a report (``qc_n_…``), and what it answers.
    coding, address : str
        The coding and the address (kode kutipan) of the quotation, where the comment was made on one.
    said : str
        The words of the report that were marked, where they are not those of the document.
    """

    case: str
    document: str = ""
    words: Anchor | None = None
    text: str = ""
    claim: str = ""
    asked: str = ""
    coding: str = ""
    address: str = ""
    said: str = ""

    @property
    def quote(self) -> str:
        """The words it was made on; empty where there are none."""
        return self.words.quote if self.words else ""


@dataclass(frozen=True)
class Annotation:
    """One annotation.

    Attributes
    ----------
    id : str
        An IRI.
    motivation : Motivation
    author : str
        As she calls herself: a role or a short name will do.
    created : datetime
        With its zone.
    words : str
        Of a status the reason, if there is one.
    target : Target or str
        What a comment is about; of an answer or a status the id of what it belongs to.
    status : State or None
        Of a status: OPEN or DONE.
    """

    id: str
    motivation: Motivation
    author: str
    created: datetime
    words: str
    target: Target | str
    status: State | None = None


@dataclass(frozen=True)
class Comment:
    """What a reviewer says, where its words stand now, and what was answered.

    Attributes
    ----------
    id, author, text : str
        `id` without our own beginning.
    time : str
        ISO 8601.
    quote : str
        The words it was made on.
    target : Target or None
        None of an answer.
    segment : Segment or None
        Where the words stand now, for certain; None when they are gone or in no document.
    near : Segment or None
        Where they may stand, when that is not certain.
    status : State
    answers : tuple of Comment
        Oldest first; the reason of a status is among them.
    closing, closer : str
        When it was settled, ISO 8601, and by whom; empty when it is not.
    """

    id: str
    author: str
    text: str
    time: str
    quote: str = ""
    target: Target | None = None
    segment: Segment | None = None
    near: Segment | None = None
    status: State = State.OPEN
    answers: tuple[Comment, ...] = ()
    closing: str = ""
    closer: str = ""

    @property
    def done(self) -> bool:
        """Whether somebody settled it."""
        return self.status is State.DONE

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.time)


def passage_target(segment: Segment, **said: str) -> Target:
    """The target of a comment on a passage; `said` are further attributes of it.

    Examples
    --------
    >>> passage_target(Document(id="w-i1", text="Ya.", case="a").segment(0, 2)).quote
    'Ya'
    """
    document = segment.document
    return Target(document.case, document.id, anchor(segment), document.sha256, **said)


# Writing


def to_line(annotation: Annotation) -> bytes:
    """An annotation as one line of JSON-LD."""
    words = {"type": "TextualBody", "value": annotation.words, "format": "text/plain"}
    body: Any = words
    if annotation.status is not None:
        body = [{"type": "TextualBody", "purpose": "tagging", "value": annotation.status.value}]
        body += [words] if annotation.words else []
    content = {
        "@context": _CONTEXT,
        "id": annotation.id,
        "type": "Annotation",
        "motivation": annotation.motivation.value,
        "created": annotation.created.isoformat(),
        "creator": {"type": "Person", "name": annotation.author},
        "body": body,
        "target": annotation.target if isinstance(annotation.target, str) else _target_written(annotation.target),
    }
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _target_written(target: Target) -> dict[str, Any]:
    source = f"{NAME}{target.case}" + (f"/{target.document}" if target.document else "")
    selectors: list[dict[str, Any]] = []
    if target.claim and not target.document:
        selectors.append({"type": "FragmentSelector", "value": target.claim})
    if target.words:
        words = target.words
        quotation = {"type": "TextQuoteSelector", "exact": words.quote, "prefix": words.prefix, "suffix": words.suffix}
        selectors.append(quotation)
        if target.document:
            selectors.append({"type": "TextPositionSelector", "start": words.start, "end": words.end})
    written: dict[str, Any] = {"source": source}
    if selectors:
        written["selector"] = selectors
    if target.text:
        written["state"] = {"type": "TextState", "sha256": target.text}
    return written | {name: said for name in _SAID if (said := getattr(target, name))}


_SAID = ("claim", "asked", "coding", "address", "said")


# Reading


def read_annotation(line: bytes) -> Annotation | None:
    """The annotation in a line of a file; None when it is damaged."""
    try:
        return annotation_of(loads(line))
    except Unfit:
        return None


def annotations_in(content: bytes) -> tuple[list[tuple[int, Annotation]], list[tuple[int, str]]]:
    """The annotations of a file, each once, with the numbers of their lines; and the lines that hold none, and why."""
    found: dict[str, tuple[int, Annotation]] = {}
    damaged: list[tuple[int, str]] = []
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            annotation = annotation_of(loads(line))
        except Unfit as error:
            damaged.append((number, str(error)))
            continue
        known = found.setdefault(annotation.id, (number, annotation))
        if known[1] != annotation:
            damaged.append((number, say("journal.id_used", id=annotation.id, line=known[0])))
    return list(found.values()), damaged


def loads(content: bytes) -> Any:
    """JSON of which nothing is believed: bounded in size and depth, numbers that are numbers, whole characters.

    Raises
    ------
    Unfit
        When it is no such JSON.
    """
    if len(content) > LARGEST_FILE:
        raise Unfit("size")
    try:
        given = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unfit("json") from None
    level = [given]
    for _ in range(DEEPEST):
        level = [inner for each in level if isinstance(each, (dict, list)) for inner in _inside(each)]
        if not level:
            return given
    raise Unfit("depth")


def _no_number(name: str) -> object:
    raise ValueError(name)


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def items_of(given: Any) -> list[Any]:
    """The annotations of a page, of a collection's first page, of a list, or one that stands alone.

    Raises
    ------
    Unfit
        When there are none in it, or too many.
    """
    if isinstance(given, dict) and isinstance(given.get("first"), dict):
        given = given["first"]
    if isinstance(given, dict):
        given = given.get("items", [given])
    if not isinstance(given, list):
        raise Unfit("form")
    if len(given) > MOST:
        raise Unfit("size")
    return given


def annotation_of(given: Any) -> Annotation:
    """An annotation from JSON; what it says beside what we know is passed over.

    Raises
    ------
    Unfit
        When it is none, or says too much.
    """
    if not isinstance(given, dict):
        raise Unfit("form")
    try:
        motivation = Motivation(_first(given.get("motivation"), "form"))
    except ValueError:
        raise Unfit("motivation") from None
    id = given.get("id")
    if not isinstance(id, str) or not _IRI.fullmatch(id):
        raise Unfit("id")
    author = _author(given.get("creator"))
    created = _created(given.get("created"))
    words, tags = _bodies(given)
    status = None
    if motivation is Motivation.ASSESSING:
        status = next((State(tag) for tag in tags if tag in (State.OPEN, State.DONE)), None)
        if status is None:
            raise Unfit("status")
    elif not words.strip():
        raise Unfit("words")
    about = _first(given.get("target"), "target")
    target = _target(about) if motivation is Motivation.COMMENTING else _name(about)
    return Annotation(id, motivation, author, created, words.strip(), target, status)


def _first(value: Any, key: str) -> Any:
    if isinstance(value, list):
        if not value:
            raise Unfit(key)
        return value[0]
    return value


def _words(value: Any, most: int = LONGEST) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Unfit("words")
    try:
        value.encode()
    except UnicodeEncodeError:  # half a character, which could never be written down
        raise Unfit("words") from None
    return value


def clean_author(name: str) -> str:
    r"""A name as one short line without signs that nobody sees.

    Examples
    --------
    >>> clean_author("  Bu\u202e  Ratna\n")
    'Bu Ratna'
    """
    return " ".join(_INVISIBLE.sub(" ", name).split())[:80].strip()


def _author(creator: Any) -> str:
    creator = _first(creator, "form") if creator else ""
    if isinstance(creator, dict):
        creator = creator.get("name") or creator.get("nickname") or ""
    return clean_author(_words(creator)) or say("review.nobody")


def _created(value: Any) -> datetime:
    try:
        created = datetime.fromisoformat(value)
        created.astimezone()
    except (TypeError, ValueError, OverflowError, OSError):
        raise Unfit("time") from None
    return created if created.tzinfo else created.astimezone()


def _bodies(given: dict[str, Any]) -> tuple[str, list[str]]:
    """The words of an annotation, and its tags."""
    bodies = given.get("body", given.get("bodyValue"))
    words, tags = [], []
    for body in bodies if isinstance(bodies, list) else [bodies]:
        if isinstance(body, dict) and body.get("purpose") == "tagging":
            tags.append(_words(body.get("value")))
        else:
            words.append(_words(body.get("value") if isinstance(body, dict) else body))
    return _words("\n".join(filter(None, words))), tags


def _name(about: Any) -> str:
    name = about.get("id", about.get("source")) if isinstance(about, dict) else about
    if not isinstance(name, str) or not _IRI.fullmatch(name):
        raise Unfit("target")
    return name


def _target(about: Any) -> Target:
    about = {"source": about} if isinstance(about, str) else about
    if not isinstance(about, dict):
        raise Unfit("target")
    source = about.get("source", about.get("id"))
    source = source.get("id") if isinstance(source, dict) else source
    named = _SOURCE.fullmatch(source) if isinstance(source, str) else None
    if named is None:
        raise Unfit("target")
    selectors = about.get("selector", [])
    by_type = {
        each["type"]: each
        for each in (selectors if isinstance(selectors, list) else [selectors])
        if isinstance(each, dict) and isinstance(each.get("type"), str)
    }
    said = {name: _words(about.get(name)) for name in _SAID}
    said["claim"] = said["claim"] or _words(by_type.get("FragmentSelector", {}).get("value"))
    state = about.get("state")
    text = _words(state.get("sha256")) if isinstance(state, dict) else ""
    if not re.fullmatch(r"(?:[0-9a-f]{16}|[0-9a-f]{64})?", text):
        raise Unfit("target")
    return Target(named[1], named[2] or "", _anchor(by_type), text, **said)


def _anchor(by_type: Mapping[str, Mapping[str, Any]]) -> Anchor | None:
    quotation, position = by_type.get("TextQuoteSelector"), by_type.get("TextPositionSelector", {})
    if quotation is None:
        return None
    quote = _words(quotation.get("exact"), LONGEST_QUOTATION)
    start = position.get("start", 0)
    if not quote or not isinstance(start, int) or not 0 <= start < 2**40:
        raise Unfit("target")
    # The words are the anchor: an end that does not fit them is no better than a guess.
    return Anchor(start, start + len(quote), quote, _words(quotation.get("prefix")), _words(quotation.get("suffix")))


# Threads


def threads(annotations: Iterable[Annotation]) -> list[Comment]:
    """The comments with their answers and status, oldest first; each id counts once.

    An answer to an answer belongs to the comment it began with. A comment is *answered* when the last word is not its
    author's, and *done* when somebody said so after the last time it was opened again.
    """
    every = {each.id: each for each in reversed(list(annotations))}
    belonging: dict[str, list[Annotation]] = {}
    for each in every.values():
        root = _root(each, every)
        if root is not None and root != each.id:
            belonging.setdefault(root, []).append(each)
    comments = [each for each in every.values() if isinstance(each.target, Target)]
    found = [_thread(each, belonging.get(each.id, ())) for each in comments]
    return sorted(found, key=lambda comment: (comment.moment, comment.id))


def _root(annotation: Annotation, every: Mapping[str, Annotation]) -> str | None:
    seen: set[str] = set()
    while isinstance(annotation.target, str):
        if annotation.id in seen or annotation.target not in every:
            return None
        seen.add(annotation.id)
        annotation = every[annotation.target]
    return annotation.id


def _thread(comment: Annotation, others: Iterable[Annotation]) -> Comment:
    said: list[Comment] = []
    status, closing = State.OPEN, ("", "")
    for each in sorted(others, key=lambda one: (one.created, one.id)):
        if each.status is not None:
            status = each.status
            closing = (each.created.isoformat(), each.author) if status is State.DONE else ("", "")
        elif status is not State.DONE:
            status = State.OPEN if each.author == comment.author else State.ANSWERED
        if each.words:
            said.append(_said(each))
    assert isinstance(comment.target, Target)
    return replace(
        _said(comment),
        quote=comment.target.quote,
        target=comment.target,
        status=status,
        closing=closing[0],
        closer=closing[1],
        answers=tuple(said),
    )


def _said(each: Annotation) -> Comment:
    return Comment(each.id.removeprefix(NAME), each.author, each.words, each.created.isoformat())


def full_id(id: str) -> str:
    """The IRI of an annotation from the id that a `Comment` has.

    Examples
    --------
    >>> full_id("01J"), full_id("urn:uuid:0")
    ('urn:qualcode:01J', 'urn:uuid:0')
    """
    return id if ":" in id else NAME + id


def handle(id: str) -> str:
    """The last six letters or digits of an id, by which people call a comment."""
    return re.sub(r"[^A-Za-z0-9]", "", id)[-6:].upper()


def file_stem(author: str) -> str:
    """What the file of a reviewer is called: her short name, or one made of her name.

    Examples
    --------
    >>> file_stem("pak-dosen"), file_stem("Dr. Siti Aminah, M.Si.")
    ('pak-dosen', 'dr-siti-aminah-m-si')
    """
    stem = author
    if not re.fullmatch(Identifier, author):
        plain = unicodedata.normalize("NFKD", author).encode("ascii", "ignore").decode().casefold()
        stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
        stem = stem or sha256(author.encode()).hexdigest()[:8]
    return f"r-{stem}" if _DEVICES.fullmatch(stem.partition(".")[0]) else stem


# Where the words are


def located(document: Document, comments: Sequence[Comment], older: Callable[[str], str | None]) -> list[Comment]:
    """Comments on a document with the places of their words as the text is now.

    In the text it was made in a comment stands where it stood. In a changed one it is carried along where the old text
    is kept, and is found by its words and those around them where it is not. What is only likely is `near`.

    Parameters
    ----------
    document : Document
    comments : sequence of Comment
        With targets on this document.
    older : callable
        From the first 16 digits of a text's hash to the text, or None.
    """
    found: dict[str, Comment] = {}
    by_text: dict[str, list[tuple[Comment, Anchor]]] = {}
    for comment in comments:
        target = comment.target
        if target is not None and target.words is not None:
            by_text.setdefault(target.text[:16], []).append((comment, target.words))
    for text_id, held in by_text.items():
        old = older(text_id) if text_id not in ("", document.text_id) else None
        carried = [(comment, words) for comment, words in held if old and old[words.start : words.end] == words.quote]
        placed = _carried(document, old or "", [words for _, words in carried])
        found |= {
            comment.id: replace(comment, segment=segment, near=near)
            for (comment, _), (segment, near) in zip(carried, placed, strict=True)
        }
        for comment, words in held:
            if comment.id not in found:
                segment = settle(document, words)
                found[comment.id] = replace(
                    comment, segment=segment, near=None if segment else nearest(document, words.quote)
                )
    return [found.get(comment.id, comment) for comment in comments]


def _carried(document: Document, old: str, anchors: Sequence[Anchor]) -> list[tuple[Segment | None, Segment | None]]:
    if not anchors:
        return []
    from qualcode.coding.carrying import carry  # opens numpy: only when a text has changed

    places: list[tuple[Segment | None, Segment | None]] = []
    for each in carry(old, document.text, [(words.start, words.end) for words in anchors]):
        segment = document.segment(each.start, each.end) if each.start is not None and each.end is not None else None
        sure = segment if each.status in (KEPT, MOVED) else None
        places.append((sure, segment if each.status is FUZZY and each.similarity >= NEAR else None))
    return places


_ALIKE = str.maketrans({**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’‚`´", "'"), **dict.fromkeys("‐‑–—", "-")})
NEAR = 0.75
"""The least similarity of a changed passage that is shown as the one a comment was made on."""
LIKELY = 85.0
"""The least similarity, of 100, of words that are taken for those of a quotation."""
FEWEST = 20
"""Letters below which likeness is chance."""


def plain(words: str) -> str:
    """Words with typewriter's marks and blanks, letter by letter, so that places in them stay what they are."""
    return re.sub(r"\s", " ", words.translate(_ALIKE))


def nearest(document: Document, words: str, *, at_least: float = LIKELY) -> Segment | None:
    """The passage of a document most like some words; None where nothing is, or where they are too few to tell."""
    from rapidfuzz import fuzz

    wanted = plain(words).strip()
    if len(wanted) < FEWEST or len(document.text) < len(wanted):
        return None
    there = fuzz.partial_ratio_alignment(wanted, plain(document.text), score_cutoff=at_least)
    if there is None or there.dest_start >= there.dest_end:
        return None
    return document.segment(there.dest_start, there.dest_end)


def sought(documents: Iterable[Document], words: str) -> Segment | None:
    """The one passage of some documents that has these words, or else is most like them; None where that is not clear.

    Words that stand in several places belong to none of them.
    """
    every = list(documents)
    for part in re.findall(r'"([^"]+)"', plain(words)):  # a sentence that quotes
        if len(part) >= FEWEST // 2 and (found := sought(every, part)):
            return found
    wanted = plain(words).strip(" \"'")
    if not wanted:
        return None
    exact = [
        document.segment(at, at + len(wanted)) for document in every for at in _places(plain(document.text), wanted)
    ]
    if exact:
        return exact[0] if len(exact) == 1 and len(wanted) >= FEWEST // 2 else None
    likely = [found for document in every if (found := nearest(document, wanted, at_least=90.0)) is not None]
    return likely[0] if len(likely) == 1 else None


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
