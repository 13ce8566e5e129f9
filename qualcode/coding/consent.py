"""Consent: whose words may be quoted, read from the free words in which a case's record keeps it."""

from __future__ import annotations

import re
from functools import cache

from qualcode.coding.case import Case
from qualcode.coding.codings import Coding
from qualcode.text.document import Document, Segment

_REFUSED = re.compile(
    r"\b(?:ditarik|menarik|penarikan|dicabut|mencabut|pencabutan|dibatalkan|membatalkan|menolak|ditolak|penolakan"
    r"|mengundurkan diri|mundur"
    r"|(?:tanpa|tidak ada|belum ada|(?:tidak|belum) memberi(?:kan)?|belum) (?:lembar |surat )?(?:izin|persetujuan)"
    r"|(?:tidak|belum|tak) (?:setuju|bersedia|mengizinkan|diizinkan|boleh|untuk)(?: untuk)?"
    r"(?: di| me)?(?:kutip|ngutip)?\w*"
    r"|tanpa kutipan|jangan dikutip|(?:belum|tidak) dicatat|belum (?:ada|diminta|ditanyakan|kembali|ditandatangani)"
    r"|withdr[ae]wn?|revoked|refused|declined|no consent|without consent|not? (?:be )?quoted?|no quot\w+)\b",
    re.IGNORECASE,
)
_SOMETHING_ELSE = re.compile(
    r"(?:tidak|belum|tak) (?:setuju|bersedia|mengizinkan|diizinkan|boleh|untuk) (?!untuk dikutip|dikutip|mengutip)\w+",
    re.IGNORECASE,
)
# What a form promises everybody (boleh mengundurkan diri kapan saja), and what did not happen.
_ONLY_A_RIGHT = re.compile(
    r"\b(?:dapat|boleh|bisa|berhak|hak|jika|bila|kalau|tidak|belum|tak|may|can|right|not|never)"
    r"(?: pernah| untuk| to| be)* (?:ditarik|menarik|dicabut|mencabut|dibatalkan|membatalkan|mengundurkan diri|mundur"
    r"|menolak|withdraw|withdrawn|revoke|revoked|refuse|decline)\b",
    re.IGNORECASE,
)


@cache
def is_refused(consent: str) -> bool:
    """Whether the words of a consent say that it was withdrawn, refused or never given.

    What is only a condition ("kutipan tanpa nama") is no refusal, nor is that something else is not allowed, nor the
    right to withdraw that nobody has used.

    Examples
    --------
    >>> is_refused("lembar persetujuan 2025-03-11; kutipan dengan kode"), is_refused("ditarik 2025-05-02")
    (False, True)
    >>> is_refused("lembar persetujuan; tidak bersedia direkam"), is_refused("tidak bersedia dikutip")
    (False, True)
    >>> is_refused("lembar persetujuan; boleh mengundurkan diri kapan saja")
    False
    """
    words = _ONLY_A_RIGHT.sub(" ", _SOMETHING_ELSE.sub(" ", " ".join(consent.split())))
    return bool(_REFUSED.search(words))


def unquotable(case: Case) -> frozenset[str]:
    """The ids of the informants of a case who withdrew, or gave no consent to be quoted."""
    return frozenset(each.id for each in case.informants if is_refused(each.consent))


def may_quote(passage: Coding | Segment, case: Case) -> bool:
    """Whether no word of a passage belongs to somebody who may not be quoted.

    A document that is theirs, by being their interview or their writing, is not quoted at all: the question, too, tells
    what was answered.
    """
    segment = passage.segment if isinstance(passage, Coding) else passage
    silent = unquotable(case)
    if not silent:
        return True
    return not is_theirs(segment.document, silent) and not any(
        start < segment.end and segment.start < end for start, end in silent_spans(segment.document, silent)
    )


def is_theirs(document: Document, silent: frozenset[str]) -> bool:
    """Whether a whole document belongs to somebody who may not be quoted."""
    return bool({document.informant, document.extra.get("author")} & silent)


def silent_spans(document: Document, silent: frozenset[str]) -> list[tuple[int, int]]:
    """The turns of a transcript in which somebody speaks who may not be quoted."""
    return [(turn.start, turn.end) for turn in document.turns if turn.informant in silent]
