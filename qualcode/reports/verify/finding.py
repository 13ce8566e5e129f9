"""What the verifier finds, and the sum of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from qualcode.errors import Problem


class Kind(StrEnum):
    """What sort of fault it is."""

    CHANGED = "quotation_changed"
    MISLEADING = "quotation_misleading"
    ELSEWHERE = "quotation_elsewhere"
    INVENTED = "quotation_invented"
    WITHDRAWN = "consent_withdrawn"
    REMOVED = "coding_removed"
    ADDRESS = "address_unknown"
    MISPLACED = "address_of_another"
    NUMBER = "number_differs"
    STATUS = "status_differs"
    RENAMED = "code_renamed"
    UNFOUNDED = "claim_without_evidence"


@dataclass(frozen=True)
class Finding:
    """One fault: its kind, the number of its paragraph, and place, what and mend in words."""

    kind: Kind
    paragraph: int
    problem: Problem

    def __str__(self) -> str:
        return str(self.problem)


@dataclass(frozen=True)
class Verification:
    """What came of verifying a file.

    Attributes
    ----------
    file, case : str
    findings : tuple of Finding
        In the order of the text.
    quotations, numbers, addresses : int
        How many were checked.
    left_alone : int
        Quotations from the literature: with author and year, or in the list of references; these are not searched.
    unchecked : mapping of str to tuple of int
        What nothing in the project can show to be right or wrong, and in which paragraphs it stands: ``put_in``
        explanations in brackets, ``terms`` of a few words in quotation marks without a source, ``cuts`` that leave out
        a negation which may have nothing to do with what is kept, ``paraphrases`` before an address.
    """

    file: str
    case: str
    findings: tuple[Finding, ...]
    quotations: int = 0
    numbers: int = 0
    addresses: int = 0
    left_alone: int = 0
    unchecked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        found = [
            {"kind": each.kind.value, "paragraph": each.paragraph, "place": each.problem.place}
            | {"what": each.problem.what, "mend": each.problem.mend}
            for each in self.findings
        ]
        counts = {name: getattr(self, name) for name in ("quotations", "numbers", "addresses", "left_alone")}
        unchecked = {name: list(paragraphs) for name, paragraphs in self.unchecked.items()}
        return {"file": self.file, "case": self.case, "checked": counts, "unchecked": unchecked, "findings": found}


@dataclass
class Tally:
    """The findings while they are gathered, and how much was looked at."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    open: dict[str, list[int]] = field(default_factory=dict)

    def count(self, name: str, by: int = 1) -> None:
        """Count something that was looked at."""
        self.counts[name] = self.counts.get(name, 0) + by

    def leave(self, name: str, paragraph: int, by: int = 1) -> None:
        """Note what cannot be checked."""
        if by:
            self.open.setdefault(name, []).extend([paragraph] * by)

    def sum(self, file: str, case: str) -> Verification:
        """The whole, its findings each once and in the order of the text."""
        ordered = sorted(dict.fromkeys(self.findings), key=lambda each: each.paragraph)
        counts: Mapping[str, int] = self.counts
        unchecked = {name: tuple(paragraphs) for name, paragraphs in self.open.items()}
        return Verification(file, case, tuple(ordered), unchecked=unchecked, **counts)
