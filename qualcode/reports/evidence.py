"""The evidence file: one HTML file that opens anywhere, in which every number leads to the very words in their context.

Nothing in it needs a network or, but for search and comments, JavaScript: links are anchors, and what they lead to is
marked by ``:target``. Ids: ``q-<coding>``, ``d-<document>-<unit>``, ``c-<code>``, ``m-<codebook>-<code>-<column>``.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files as resources
from itertools import pairwise
from os.path import relpath
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader

from qualcode.analysis.arrangement import arrange
from qualcode.analysis.matrix import By, Matrix, cell_text, column_name
from qualcode.analysis.triangulation import triangulate
from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.consent import is_theirs, may_quote, silent_spans, unquotable
from qualcode.coding.history import Entry, entries
from qualcode.coding.journal import Adjudicate, Apply, Summary, Verdict, read_journal
from qualcode.coding.reviews import Comment, full_id, handle
from qualcode.display import terminal_safe
from qualcode.errors import CodingError
from qualcode.project import Project
from qualcode.project.layout import CODINGS, CORPUS, files
from qualcode.project.reviewing import Outward, comments_in, where_of
from qualcode.project.versions import HISTORY, Versions
from qualcode.reports.excerpts import Passage, Piece, passages
from qualcode.reports.index import title_of
from qualcode.reports.look import STYLE
from qualcode.storage import write_atomically
from qualcode.text.document import UNDATED, Document
from qualcode.wording import language_in_use, number, say

AXES = ("source", "technique", "time")
ARRANGED = (By.VOICE, By.TECHNIQUE, By.PERIOD)
COLOURS = 8


class _Cell(NamedTuple):
    """A cell of a matrix; `refs` are the ids and addresses of the quotations behind it."""

    anchor: str
    text: str
    held: int
    shade: int
    refs: list[tuple[str, str]]
    left: str


class _Chip(NamedTuple):
    """A coding in the list below its passage."""

    n: int
    id: str
    span: str
    address: str
    code: str
    name: str
    colour: int
    note: str
    memo: str


class _Note(NamedTuple):
    """A supervisor's or colleague's comment; `place` is where it stands in words, `link` where in the file."""

    anchor: str
    id: str
    name: str
    status: str
    said: str
    author: str
    day: str
    place: str
    link: str
    quote: str
    text: str
    answers: list[tuple[str, str, str]]


class _Part(NamedTuple):
    """A piece of a passage, cut once more where comments begin and end; `ends` are those that end with it."""

    piece: Piece
    text: str
    is_first: bool
    noted: bool
    ends: list[str]


class _Row(NamedTuple):
    """A line of the journal."""

    when: str
    who: str
    what: str
    where: str
    coding: str
    address: str
    words: str


def write_evidence(project: Project, case: str, path: str | Path, *, coder: str = "", full: bool = False) -> Path:
    """Write the evidence file of a case; executed notebooks that stand beside it are linked.

    Parameters
    ----------
    project : Project
    case : str
        Its id.
    path : path
        Where to; folders are made where they are missing.
    coder, full
        As for `evidence`.

    Returns
    -------
    Path

    Raises
    ------
    UnknownNameError, CheckError
        When there is no such case or coder, or the case cannot be read.
    CodingError
        When it cannot be written.
    """
    target = Path(path)
    page = evidence(project, project.case(case), coder=coder, full=full, notebooks=_beside(target, case))
    try:
        write_atomically(target, page.encode("utf-8", "replace"))
    except OSError as error:
        raise CodingError.of("not_saved", str(target), detail=str(error)) from error
    return target


def evidence(
    project: Project, case: Case, *, coder: str = "", full: bool = False, notebooks: Sequence[tuple[str, str]] = ()
) -> str:
    """The evidence file of a case.

    Parameters
    ----------
    project : Project
        Where the journals and the texts of before stand.
    case : Case
    coder : str
        Whose codings: as for `Case.coded_by`.
    full : bool
        Whole transcripts with titles and roles; without it coded passages with a little context, and people by their
        codes only. Whoever withdrew, or gave no consent to be quoted, is left out of both and counted.
    notebooks : sequence of (str, str)
        Names and relative addresses of executed notebooks.

    Returns
    -------
    str
        Complete HTML, the same to the byte for the same project.

    Raises
    ------
    UnknownNameError
        When there is no such coder.
    """
    return _page(_Evidence(project, case, coder, full), notebooks)


@dataclass(frozen=True)
class _Evidence:
    """What the file is made from."""

    project: Project
    case: Case
    coder: str
    full: bool

    @cached_property
    def all(self) -> Codings:
        return self.case.coded_by(self.coder)

    @cached_property
    def silent(self) -> frozenset[str]:
        return unquotable(self.case)

    @cached_property
    def shown(self) -> list[Coding]:
        """The codings whose words are shown, in the order of documents and places."""
        return [each for each in self.all if may_quote(each, self.case)]

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {each.id: index for index, each in enumerate(self.shown)}

    @cached_property
    def addresses(self) -> dict[str, str]:
        known = Addresses(self.case)
        return {each.id: known.of(each) for each in self.all}

    @cached_property
    def codebooks(self) -> list[Codebook]:
        """Those that were used: the case's frameworks first, in their order."""
        used = {each.codebook for each in self.all}
        ordered = [*self.case.record.frameworks, *sorted(used)]
        return [self.all.codebooks[each] for each in dict.fromkeys(ordered) if each in used]

    @cached_property
    def colours(self) -> dict[str, int]:
        """Code -> the colour of the top-level code above it."""
        roots = [(root, book) for book in self.codebooks for root in book.codes]
        places = {book.id: book.codes for book in self.codebooks}
        return {code.id: places[book.id].index(root) % COLOURS for root, book in roots for code in root.walk()}

    @cached_property
    def codes(self) -> dict[str, Code]:
        return {code.id: code for book in self.codebooks for code in book}

    @cached_property
    def comments(self) -> list[Comment]:
        return comments_in(self.project.root, self.case.id)

    @cached_property
    def outward(self) -> Outward:
        return Outward(self.case)

    @cached_property
    def coded(self) -> dict[str, list[Coding]]:
        """Document -> the codings whose words are shown."""
        found: dict[str, list[Coding]] = {document.id: [] for document in self.case.documents}
        for coding in self.shown:
            found[coding.document.id].append(coding)
        return found

    @cached_property
    def cut(self) -> dict[str, list[Passage]]:
        """Document -> what is shown of it."""
        return {
            document.id: []
            if is_theirs(document, self.silent)
            else passages(document, self.coded[document.id], full=self.full, silent=self.silent)
            for document in self.case.documents
        }

    def stands(self, comment: Comment) -> tuple[str, int, int] | None:
        """The document and the span of a comment's words, where all of them are shown."""
        where = comment.segment or comment.near
        if where is None or where.document.id not in self.cut or self.outward.hides(comment):
            return None
        shown = any(each.start <= where.start and where.end <= each.end for each in self.cut[where.document.id])
        return (where.document.id, where.start, where.end) if shown else None

    @cached_property
    def notes(self) -> list[_Note]:
        """The comments as they are shown, what is open first."""
        return [_note(self, each) for each in sorted(self.comments, key=lambda each: each.done)]

    @cached_property
    def placed(self) -> dict[str, list[tuple[int, int, _Note]]]:
        """Document -> the comments on words that are shown, in the order of the text."""
        named = {each.anchor: each for each in self.notes}
        found: dict[str, list[tuple[int, int, _Note]]] = {}
        for comment in self.comments:
            if where := self.stands(comment):
                found.setdefault(where[0], []).append((where[1], where[2], named[_anchor(comment)]))
        return {document: sorted(held) for document, held in found.items()}

    def note(self, coding: Coding) -> str:
        """What a coder made of a passage, beside the code."""
        said = [say(f"valence.{coding.valence}"), coding.coder, *coding.tags, *filter(None, [coding.period])]
        if not coding.explicit:
            said.append(say("evidence.implicit"))
        if coding.round > 1:
            said.append(say("evidence.round", round=coding.round))
        return _safe(" · ".join(said))


def _page(it: _Evidence, notebooks: Sequence[tuple[str, str]]) -> str:
    environment = Environment(
        loader=PackageLoader("qualcode.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    record, documents = it.case.record, list(_documents(it))
    books = [_book(it, book) for book in it.codebooks]
    journal = list(_journal(it))
    variant = "full" if it.full else "coded"
    style, script = STYLE + _source("evidence.css") + _targets(it), _source("evidence.js")
    return environment.get_template("evidence/index.html.j2").render(
        w=_words(),
        language=language_in_use(),
        policy=_policy(style, script),
        style=style,
        script=script,
        version=version("qualcode"),
        case=it.case.id,
        title=record.title,
        fictional=record.fictional,
        question=record.question,
        full=it.full,
        banner=say(f"evidence.banner_{variant}"),
        variant=say(f"evidence.variant_{variant}"),
        whose=_whose(it),
        left_out=list(_left_out(it)),
        figures=_figures(it),
        informants=_informants(it),
        informant_columns=_informant_columns(it),
        books=books,
        documents=documents,
        document_count=say("evidence.document_count", count=number(len(documents))),
        notes=it.notes,
        notes_count=_notes_count(it),
        journal=journal,
        journal_count=say("evidence.journal_count", count=number(len(journal))),
        journal_columns=[
            say(f"evidence.journal_{name}") for name in ("when", "who", "what", "where", "place", "words")
        ],
        notebooks=notebooks,
        made_with=say("evidence.made_with", version=version("qualcode")),
    )


def _words() -> dict[str, str]:
    """The texts of the frame that hold no figures of the case."""
    return {
        "title": say("evidence.title"),
        "skip": say("evidence.skip"),
        "contents": say("page.contents"),
        "search": say("evidence.search"),
        "found_none": say("evidence.found_none"),
        "found_some": say("evidence.found_some", count="{count}"),
        "found_many": say("evidence.found_many", count="{count}", most="{most}"),
        "codebooks": say("evidence.codebooks"),
        "documents": say("evidence.documents"),
        "journal": say("evidence.journal"),
        "journal_note": say("evidence.journal_note"),
        "notebooks": say("evidence.notebooks"),
        "notebooks_note": say("evidence.notebooks_note"),
        "fictional": say("index.fictional"),
        "variant": say("evidence.variant"),
        "question": say("evidence.question"),
        "how_to": say("evidence.how_to"),
        "no_script": say("evidence.no_script"),
        "informants": say("case.informants_caption"),
        "triangulation": say("evidence.triangulation"),
        "statuses_caption": say("evidence.statuses_caption"),
        "code": say("kind.code").capitalize(),
        "matrices": say("evidence.matrices"),
        "matrix_note": say("evidence.matrix_note"),
        "no_quotes": say("evidence.no_quotes"),
        "memo": say("evidence.memo"),
        "reviews": say("evidence.reviews"),
        "reviews_note": say("evidence.reviews_note"),
        "note_at": say("evidence.note_at"),
        "comments": say("evidence.comments"),
        "comments_note": say("evidence.comments_note"),
        "comments_some": say("evidence.comments_some", count="{count}"),
        "not_kept": say("evidence.not_kept"),
        "kept_here": say("evidence.kept_here"),
        "comment_title": say("evidence.comment_title"),
        "comment_label": say("evidence.comment_label"),
        "comment_button": say("evidence.comment_button"),
        "which": say("evidence.which"),
        "name_label": say("evidence.name_label"),
        "download": say("evidence.download"),
        "cancel": say("evidence.cancel"),
        "save": say("evidence.save"),
        "edit": say("evidence.edit"),
        "delete": say("evidence.delete"),
        "to_top": say("page.to_top"),
    }


def _source(name: str) -> str:
    return resources("qualcode.reports").joinpath("templates", "evidence", name).read_text("utf-8")


def _targets(it: _Evidence) -> str:
    """What makes a link mark exactly its words, and the coding in the list below them, without JavaScript."""
    selectors = [f"#q-{id}:target~.a{index},#q-{id}:target~ul .a{index}" for id, index in it.numbers.items()]
    if not selectors:
        return ""
    return ",\n".join(selectors) + "{background:#ffe48a;color:#1c1c1c;box-shadow:0 0 0 3px #ffe48a}\n"


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that lets nothing run or load but what stands in the file."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    allowed = [f"style-src 'sha256-{hashes[0]}'", f"script-src 'sha256-{hashes[1]}'"]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


# The head


def _whose(it: _Evidence) -> str:
    coders = ", ".join(it.all.coders) or "–"
    return say("evidence.whose", coders=coders)


def _left_out(it: _Evidence) -> Iterator[str]:
    """Who is left out for want of consent, and how much that is."""
    if it.silent:
        people = ", ".join(sorted(it.silent))
        yield say("evidence.left_out", people=people, count=len(it.silent), codings=number(len(it.all) - len(it.shown)))
    if it.case.problems:
        yield say("case.unplaced", count=len(it.case.problems))


def _figures(it: _Evidence) -> list[tuple[str, str]]:
    counted = {
        "informants": len(it.case.informants),
        "documents": len(it.case.documents),
        "codings": len(it.all),
        "passages": len(it.all.segments),
        "codes": len({each.code for each in it.all}),
        "coders": len(it.all.coders),
        "withheld": len(it.all) - len(it.shown),
    }
    return [(say(f"evidence.count_{name}"), number(count)) for name, count in counted.items()]


def _informant_columns(it: _Evidence) -> list[str]:
    keys = (*(["role"] if it.full else []), "kind", "relation", "period_of")
    return [
        say("kind.informant").capitalize(),
        *(say(f"case.{key}") for key in keys),
        say("evidence.may_quote"),
        say("evidence.count_codings").capitalize(),
    ]


def _informants(it: _Evidence) -> list[list[str]]:
    """People by their codes; their offices, by which they could be known, only where the whole text is shown."""
    said = {each.id: 0 for each in it.case.informants}
    for coding in it.all:
        if coding.informant in said:
            said[coding.informant] += 1
    return [
        [
            each.id,
            *([each.role] if it.full else []),
            each.kind or "–",
            each.relation,
            each.period or "–",
            say("log.no" if each.id in it.silent else "log.yes"),
            number(said[each.id]),
        ]
        for each in it.case.informants
    ]


# Frameworks


def _book(it: _Evidence, book: Codebook) -> dict[str, Any]:
    codings = it.all.using(book)
    used = {each.code for each in codings}
    rows = [code for code in book if not code.heading and (code.id in used or not code.children)]
    axes = [axis for axis in AXES if getattr(it.case.groups, axis)]
    return {
        "id": book.id,
        "title": str(book.title),
        "citation": book.citation,
        "version": say("evidence.version", version=book.version),
        "axes": [say(f"axis.{axis}").capitalize() for axis in axes],
        "statuses": _statuses(it, book, rows, axes) if axes else [],
        "matrices": [
            _matrix(it, book, arrange(it.case, book, by, codings=codings, rows=rows))
            for by in ARRANGED
            if by is not By.PERIOD or it.case.groups.time
        ],
        "codes": _codes(it, book, codings),
    }


def _statuses(it: _Evidence, book: Codebook, rows: Sequence[Code], axes: Sequence[str]) -> list[dict[str, Any]]:
    """One row a code: what each axis came to, and why."""
    found = {axis: triangulate(it.case, book, axis, coder=it.coder, codes=rows) for axis in axes}
    why = {axis: {name: words for name, _, words in matrix.reasons_table().rows} for axis, matrix in found.items()}
    return [
        {
            "code": code.id,
            "name": code.name,
            "anchor": f"t-{book.id}-{code.id}",
            "statuses": [(found[axis].status_shown(code.id), str(why[axis].get(code.name, ""))) for axis in axes],
        }
        for code in rows
    ]


def _matrix(it: _Evidence, book: Codebook, matrix: Matrix) -> dict[str, Any]:
    largest = max((count for row in matrix.counts() for count in row), default=0)
    # The columns of the first matrix are the voices; a technique may be one of them, too.
    axis = "" if matrix.by is By.VOICE else f"{matrix.by}."
    return {
        "caption": say("matrix.caption", by=say(f"by.{matrix.by}")),
        "columns": [column_name(each) for each in matrix.columns],
        "rows": [
            {
                "code": row.id,
                "name": row.name,
                "cells": [
                    _cell(it, matrix[row, column], largest, f"m-{book.id}-{row.id}-{axis}{_slug(column)}")
                    for column in matrix.columns
                ],
            }
            for row in matrix.rows
        ],
    }


def _cell(it: _Evidence, codings: Codings, largest: int, anchor: str) -> _Cell:
    shown = [each for each in codings if each.id in it.numbers]
    left = len(codings) - len(shown)
    return _Cell(
        anchor,
        cell_text(codings),
        len(codings),
        1 + 4 * len(codings) // largest if codings else 0,
        [(each.id, it.addresses[each.id]) for each in shown],
        say("evidence.left", count=left) if left else "",
    )


def _slug(name: str) -> str:
    """A column's name as a part of an id: letters, digits, dots, hyphens."""
    return re.sub(r"[^\w.-]+", "_", name) or "_"


def _codes(it: _Evidence, book: Codebook, codings: Codings) -> list[dict[str, Any]]:
    sorted_in: dict[str, list[Coding]] = {}
    for coding in codings:
        sorted_in.setdefault(coding.code, []).append(coding)
    return [_code(it, book, code, sorted_in.get(code.id, [])) for code in book]


def _code(it: _Evidence, book: Codebook, code: Code, codings: Sequence[Coding]) -> dict[str, Any]:
    rules = {
        "codebook.use_when": code.use_when,
        "codebook.do_not_use_when": code.do_not_use_when,
        "codebook.indicators": "; ".join(code.indicators),
    }
    parent = book.parent(code.id)
    shown = [each for each in codings if each.id in it.numbers]
    left = len(codings) - len(shown)
    return {
        "id": code.id,
        "name": _safe(code.name),
        "path": f"{parent.label} › " if parent else "",
        "colour": it.colours[code.id],
        "heading": code.heading,
        "definition": _safe(str(code.definition)),
        "rules": [(say(key), _safe(str(text))) for key, text in rules.items() if text],
        "count": say("evidence.quotes", count=number(len(codings))),
        "left": say("evidence.left", count=left) if left else "",
        "quotes": [(each.id, " ".join(each.quote.split()), it.addresses[each.id], it.note(each)) for each in shown],
    }


# Documents


def _documents(it: _Evidence) -> Iterator[dict[str, Any]]:
    for document in it.case.documents:
        yield _document(it, document, it.coded[document.id])


def _document(it: _Evidence, document: Document, codings: Sequence[Coding]) -> dict[str, Any]:
    theirs = is_theirs(document, it.silent)
    cut, placed = it.cut[document.id], it.placed.get(document.id, [])
    numbers = [it.numbers[each.id] for each in codings]
    meta = [
        document.kind.value,
        document.technique.value,
        say("undated") if document.dated == UNDATED else document.dated,
        *filter(None, [document.informant, document.period]),
        say("evidence.of_document", codings=number(len(codings)), lines=number(document.line(len(document.text)))),
    ]
    return {
        "id": document.id,
        "sha256": document.sha256,
        "heading": f"{document.id} {document.title}" if it.full else document.id,
        "meta": " · ".join(meta),
        "note": _document_note(it, document, theirs, bool(cut)),
        "passages": [
            {
                "start": passage.start,
                "cut_before": passage.cut_before,
                "cut_after": passage.cut_after,
                "pieces": [
                    (
                        [(number, part.piece.line) for number in part.piece.units if part.is_first],
                        [codings[n].id for n in part.piece.opening if part.is_first],
                        _marked(it, codings, numbers, part),
                        part.piece.is_label,
                        part.text,
                        part.ends,
                    )
                    for part in _parts(passage, placed)
                ],
                "chips": [_chip(it, codings[n]) for n in passage.opening],
                "notes": [note for start, _, note in placed if passage.start <= start < passage.end],
            }
            for passage in cut
        ],
    }


def _marked(it: _Evidence, codings: Sequence[Coding], numbers: Sequence[int], part: _Part) -> str:
    """The classes of words that are coded or commented on; empty where they are neither."""
    covering = part.piece.covering
    coded = [_colour(it, codings, covering), *(f"a{numbers[n]}" for n in covering)] if covering else []
    return " ".join([*coded, *(["noted"] if part.noted else [])])


def _parts(passage: Passage, placed: Sequence[tuple[int, int, _Note]]) -> Iterator[_Part]:
    """The pieces of a passage, cut where comments begin and end."""
    here = [(start, end, note.anchor) for start, end, note in placed if passage.start <= start < passage.end]
    if not here:
        yield from (_Part(piece, piece.text, True, False, []) for piece in passage.pieces)
        return
    edges = {edge for start, end, _ in here for edge in (start, end)}
    at = passage.start
    for piece in passage.pieces:
        last = at + len(piece.text)
        cuts = sorted({at, last, *(edge for edge in edges if at < edge < last)})
        for start, end in pairwise(cuts):
            yield _Part(
                piece,
                piece.text[start - at : end - at],
                start == at,
                any(first <= start and end <= until for first, until, _ in here),
                [anchor for _, until, anchor in here if until == end],
            )
        at = last


def _document_note(it: _Evidence, document: Document, theirs: bool, shows: bool) -> str:
    if theirs:
        return say("evidence.document_withheld")
    if silent_spans(document, it.silent):
        return say("evidence.turns_withheld")
    return "" if shows else say("evidence.document_uncoded")


def _colour(it: _Evidence, codings: Sequence[Coding], covering: Sequence[int]) -> str:
    """The class of words by their codes: one colour where all are of one category, else that of several."""
    colours = {(codings[n].codebook, it.colours[codings[n].code]) for n in covering}
    return f"k{colours.pop()[1]}" if len(colours) == 1 else "kk"


def _chip(it: _Evidence, coding: Coding) -> _Chip:
    return _Chip(
        it.numbers[coding.id],
        coding.id,
        f"{coding.segment.start} {coding.segment.end}",
        it.addresses[coding.id],
        coding.code,
        _safe(it.codes[coding.code].name),
        it.colours[coding.code],
        it.note(coding),
        _safe(coding.memo),
    )


# Comments


def _notes_count(it: _Evidence) -> str:
    count = [number(len(it.notes)), number(sum(not each.done for each in it.comments))]
    return say("evidence.reviews_count", count=count[0], open=count[1]) if it.notes else ""


def _anchor(comment: Comment) -> str:
    """What a comment is called in the file: its id may hold anything."""
    return f"k-{sha256(comment.id.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _note(it: _Evidence, comment: Comment) -> _Note:
    shown = it.stands(comment)
    about = comment.target
    elsewhere = about is not None and bool(about.document) and not shown and not it.outward.hides(comment)
    return _Note(
        _anchor(comment),
        _safe(full_id(comment.id)),
        handle(comment.id),
        comment.status.value,
        say(f"review.status_{comment.status}"),
        _safe(comment.author),
        comment.time[:10],
        _safe(where_of(comment)),
        f"#{_anchor(comment)}" if shown else _asked(it, comment),
        # Words that this variant does not show are not shown for being commented on.
        say("evidence.note_unshown") if elsewhere else _safe(it.outward.quote(comment)),
        _safe(it.outward.text(comment)),
        [(_safe(one.author), one.time[:10], _safe(it.outward.words(one.text, comment))) for one in comment.answers],
    )


def _asked(it: _Evidence, comment: Comment) -> str:
    """Where in the file that stands which a comment on a claim of the report is about; empty where that is nowhere."""
    about = comment.target
    if about is None:
        return ""
    if about.coding in it.numbers:
        return f"#q-{about.coding}"
    named = about.asked.split("|")
    code = next((each for each in named[3:4] if each in it.codes), "")
    if code:
        return f"#c-{code}"
    return next((f"#b-{book.id}" for book in it.codebooks if book.id in named[1:2]), "")


# The journal


def _journal(it: _Evidence) -> Iterator[_Row]:
    """Every change, oldest first. Words are not repeated here: what stands is linked, what was removed stays unsaid."""
    folder = it.project.root / CORPUS / it.case.id
    rows = [
        (entry.event.id, _entry(it, entry, path.stem.partition(".")[0]))
        for path in files(folder / CODINGS, "*.jsonl")
        for entry in entries(read_journal(path).events)
    ]
    for change in Versions(folder / HISTORY).changes():
        rows.append(
            (
                change.id,
                _Row(
                    change.time.strftime("%Y-%m-%d %H:%M"),
                    change.coder or "–",
                    say(f"evidence.text_{change.how.replace(' ', '_')}"),
                    change.document,
                    "",
                    "",
                    _safe(change.memo),
                ),
            )
        )
    rows.sort(key=lambda row: row[0])
    for _, row in rows:
        yield row


def _entry(it: _Evidence, entry: Entry, codebook: str) -> _Row:
    event, state = entry.event, entry.after or entry.before
    standing = entry.coding in it.numbers
    decided = event.code if isinstance(event, Verdict | Summary | Adjudicate) else None
    return _Row(
        event.time.strftime("%Y-%m-%d %H:%M"),
        event.coder,
        say(f"event.{event.event}"),
        " ".join(filter(None, [codebook, state.code if state else decided])),
        entry.coding if standing else "",
        it.addresses[entry.coding] if standing else (state.document if state else ""),
        _safe(_said(it, entry)),
    )


def _said(it: _Evidence, entry: Entry) -> str:
    """What an event changed, or what was decided."""
    event = entry.event
    if isinstance(event, Verdict):
        return f"{say(f'axis.{event.axis}')}: {say(f'status.{event.status}')}; {event.memo}"
    if isinstance(event, Summary):
        return "" if event.voice in it.silent else f"{event.voice}: {event.text}"
    if isinstance(event, Adjudicate):
        return f"{event.code or say('event.dropped')}; {event.memo}" if not it.silent else event.code or ""
    return "; ".join(_changes(entry.before, entry.after))


def _changes(before: Apply | None, after: Apply | None) -> Iterator[str]:
    if before is None or after is None:
        if after is not None:
            yield say(f"valence.{after.valence}")
        return
    if before.code != after.code:
        yield f"{before.code} → {after.code}"
    if before.valence != after.valence:
        yield f"{say(f'valence.{before.valence}')} → {say(f'valence.{after.valence}')}"
    for name in ("tags", "period", "explicit", "memo"):
        if getattr(before, name) != getattr(after, name):
            yield say("evidence.changed", field=say(f"log.field_{name}"))


# What stands beside the file


def _beside(target: Path, case: str) -> list[tuple[str, str]]:
    """The executed notebooks of a case beside the file or in the case's folder there: name and relative address."""
    found = []
    folder = target.parent
    for page in [*sorted(folder.glob("*.html")), *sorted((folder / case).glob("*.html"))]:
        notebook = page.with_suffix(".ipynb")
        try:
            told: Mapping[str, Any] = json.loads(notebook.read_bytes())
            parameters = told["metadata"]["qualcode"]["parameters"]
            name = title_of(told)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if parameters.get("case") == case:
            found.append((f"{page.stem[:2]} {name}", quote(Path(relpath(page, folder)).as_posix())))
    return found


def _safe(text: str) -> str:
    """A text of somebody else's without what could turn a line around, fit to be encoded."""
    return terminal_safe(text.encode("utf-8", "replace").decode())
