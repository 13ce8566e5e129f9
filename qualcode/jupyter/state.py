"""What the page of the coding pane is told: the document, the codes and the codings as plain JSON.

All places are code points of the document's text, as everywhere in qualcode; only the page counts otherwise.
"""

from __future__ import annotations

from typing import Any

from qualcode.coding.codebook import Code, Codebook
from qualcode.coding.valence import CODED
from qualcode.project.reading import Placed
from qualcode.project.reviewing import Comment
from qualcode.text.document import Document, Paragraph, Role, Turn
from qualcode.wording import catalogue, language_in_use, say, texts

State = dict[str, Any]

COLOURS = 8
"""How many colours the palette has; a ninth category takes the first again, and names are always written."""

_ROLES = {Role.INFORMANT: "informan", Role.INTERVIEWER: "pewawancara", Role.OTHER: "lain"}


def document_state(document: Document) -> State:
    """A document: its text, what is known of it, and its turns or paragraphs by number."""
    return {
        "case": document.case,
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "text_id": document.text_id,
        "kind": document.kind.value,
        "technique": document.technique.value,
        "date": document.dated,
        "fictional": document.fictional,
        "units": [_unit(each) for each in document.units],
    }


def _unit(unit: Turn | Paragraph) -> State:
    place = {"number": unit.number, "start": unit.start, "end": unit.end}
    if isinstance(unit, Paragraph):
        return {**place, "speaker": "", "role": "", "informant": None, "time": "", "reflection": unit.reflection}
    said = {"speaker": unit.speaker, "role": _ROLES[unit.role], "informant": unit.informant, "time": unit.time or ""}
    return {**place, **said, "reflection": False}


def codes_state(codebook: Codebook) -> list[State]:
    """Every code in the order of the codebook; its colour is that of the category it belongs to."""
    tops = [code.id for code in codebook.codes]
    return [_code(codebook, code, tops) for code in codebook]


def _code(codebook: Codebook, code: Code, tops: list[str]) -> State:
    above, top = codebook.parent(code.id), codebook.root(code.id).id
    return {
        "id": code.id,
        "label": str(code.label),
        "parent": above.id if above else None,
        "top": top,
        "depth": codebook.depth(code.id),
        "heading": code.heading,
        "colour": tops.index(top) % COLOURS,
        "definition": str(code.definition),
        "use_when": str(code.use_when or ""),
        "do_not_use_when": str(code.do_not_use_when or ""),
        "indicators": list(code.indicators),
        "examples": [
            {"quote": each.text, "valence": str(each.valence or ""), "note": each.note or ""} for each in code.examples
        ],
        "cue_words": list(code.cue_words),
    }


def coding_state(placed: Placed, document: Document, coder: str) -> State | None:
    """A coding where it stands; None when its words are gone.

    Its own words are told only where they differ from those that stand there now: of a coding that is not certain.
    """
    segment, event = placed.segment, placed.event
    if segment is None:
        return None
    told: State = {
        "id": event.id,
        "code": event.code,
        "coder": event.coder,
        "start": segment.start,
        "end": segment.end,
        "valence": str(event.valence),
        "tags": list(event.tags),
        "period": event.period or "",
        "explicit": event.explicit,
        "memo": event.memo,
        "round": event.round,
        "suggested": event.suggested,
        "mine": event.coder == coder,
        "certain": placed.is_certain,
        "time": event.time.isoformat(),
    }
    if document.text[segment.start : segment.end] != event.quote:
        told["quote"] = event.quote
    return told


def comment_state(comment: Comment) -> State:
    """A comment with its answers; without places when its words are gone."""
    where = comment.segment
    return {
        "id": comment.id,
        "start": where.start if where else None,
        "end": where.end if where else None,
        "quote": comment.quote,
        "author": comment.author,
        "text": comment.text,
        "time": comment.time,
        "status": say(f"review.status_{comment.status}"),
        "done": comment.done,
        "replies": [{"author": each.author, "text": each.text, "time": each.time} for each in comment.answers],
    }


def words() -> dict[str, str]:
    """Every text of the page in the language in use; its placeholders are filled there."""
    language = language_in_use()
    return {key: texts(f"pane.{key}")[language] for key in catalogue()["pane"]}


def valences() -> list[State]:
    """The valences a coder may give, with their words."""
    return [{"id": each.value, "label": say(f"valence.{each}")} for each in CODED]
