"""The ledger: every claim of a chapter gets an id that stays the same as long as the same thing is asked."""

from __future__ import annotations

import re
from hashlib import sha256

from qualcode.reports.chapter.blocks import Claim, ClaimKind, Span

_MARK = re.compile("\ue000([0-9]+)\ue001")
_PREFIX: dict[ClaimKind, str] = {"quotation": "q", "number": "n", "status": "n", "table": "t", "figure": "f"}


class Ledger:
    """Gives out ids and keeps what was claimed under them.

    Parameters
    ----------
    case : str
        The case's id, with which everything asked begins.

    Examples
    --------
    >>> ledger = Ledger("bandung")
    >>> span = ledger.number("3", "stoc", "results", "KHN-OPE", "", "passages")
    >>> span.claim, ledger.claims[span.claim].asked
    ('qc_n_91c183d325b7', 'bandung|stoc|results|KHN-OPE||passages')
    """

    def __init__(self, case: str) -> None:
        self.case = case
        self.claims: dict[str, Claim] = {}
        self._marked: list[Span] = []

    def number(self, text: str, *asked: str) -> Span:
        """A number that opens: `asked` are framework, part, row, column and measure."""
        return Span(text, claim=self._enter("number", text, asked))

    def status(self, text: str, *asked: str) -> Span:
        """A status that opens, as `number`."""
        return Span(text, claim=self._enter("status", text, asked))

    def part(self, kind: ClaimKind, caption: str, *asked: str) -> str:
        """The id of a table or figure."""
        return self._enter(kind, caption, asked)

    def quotation(self, coding: str, words: str) -> str:
        """The id of a quotation: that of its coding."""
        return self._free(f"qc_q_{coding}", Claim("quotation", words, coding))

    def _enter(self, kind: ClaimKind, expected: str, asked: tuple[str, ...]) -> str:
        question = "|".join((self.case, *asked))
        digest = sha256(question.encode("utf-8", "replace")).hexdigest()[:12]
        return self._free(f"qc_{_PREFIX[kind]}_{digest}", Claim(kind, expected, question))

    def _free(self, name: str, claim: Claim) -> str:
        """The name, or with the next free number: a bookmark may stand in one place only."""
        free, count = name, 1
        while free in self.claims:
            count += 1
            free = f"{name}_{count}"
        self.claims[free] = claim
        return free

    def mark(self, span: Span) -> str:
        """A stand-in for a span, to be put into a text of the catalogue; `spans` finds it there again."""
        self._marked.append(span)
        return f"\ue000{len(self._marked) - 1}\ue001"

    def spans(self, text: str) -> tuple[Span, ...]:
        """A text with stand-ins as spans."""
        parts = _MARK.split(text)
        found = [
            (self._marked[int(part)] if int(part) < len(self._marked) else Span("")) if index % 2 else Span(part)
            for index, part in enumerate(parts)
        ]
        return tuple(span for span in found if span.text)


def unmarked(text: str) -> str:
    """A text of somebody else's, which must not pass for a stand-in."""
    return text.replace("\ue000", "\ufffd").replace("\ue001", "\ufffd")
