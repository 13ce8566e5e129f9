"""What went wrong, where, and the mend.

Every error of qualcode says three things: the place, what is wrong there, and how to mend it.

    QualcodeError
    ├── ProjectNotFoundError   (FileNotFoundError)   no corpus/ and codebooks/ here or above
    ├── UnknownNameError       (LookupError)         names the nearest name there is
    ├── UnreadableFileError    (ValueError)          a transcript, codebook or journal; file and line
    ├── CodingError            (ValueError)          quotation not found, found twice, code not in the codebook
    ├── TooLittleDataError     (ValueError)          what is missing and what to do instead
    ├── ParameterError         (ValueError)          found before a kernel starts
    └── CheckError                                   carries every Problem

What cannot be computed while a table must still be drawn is a value, not an error: `Undefined`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Self

from qualcode.wording import say


@dataclass(frozen=True)
class Problem:
    """One fault: where it stands, what is wrong, and the mend. Problems sort by place, line 9 before line 10.

    Examples
    --------
    >>> print(Problem("corpus/a.md:3", "Tanggal tidak dikenal.", "Tulis 2025-03-12."))
    corpus/a.md:3: Tanggal tidak dikenal. Perbaikan: Tulis 2025-03-12.
    """

    place: str
    what: str
    mend: str

    @classmethod
    def of(cls, key: str, place: str, /, **values: object) -> Self:
        """Word the problem `key` of the catalogue, in the language in use."""
        return cls(place, say(f"problem.{key}.what", **values), say(f"problem.{key}.mend", **values))

    def __lt__(self, other: Problem) -> bool:
        return self._rank() < other._rank()

    def _rank(self) -> tuple[list[str | int], str, str]:
        parts = re.split(r"(\d+)", self.place)
        return [int(part) if i % 2 else part for i, part in enumerate(parts)], self.what, self.mend

    def __str__(self) -> str:
        return f"{self.place}: {self.what} {say('mend')}: {self.mend}"


@dataclass(frozen=True)
class Undefined:
    """A result that cannot be computed, with the reason, to be printed where the value would stand.

    `key` names the reason for programs, in no language; "" where nobody needs to tell reasons apart.
    """

    reason: str
    key: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.reason


class QualcodeError(Exception):
    """Base of all errors of qualcode; its `problem` holds place, what and mend."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    @classmethod
    def of(cls, key: str, place: str, /, **values: object) -> Self:
        """Make the error worded under `key` in the catalogue, in the language in use."""
        return cls(Problem.of(key, place, **values))

    def __str__(self) -> str:
        return str(self.problem)

    def _render_traceback_(self) -> list[str]:
        """Two lines instead of a traceback; IPython and Jupyter ask for this method by its name."""
        return [
            f"{self.problem.place}: {self.problem.what}",
            f"{say('mend')}: {self.problem.mend}",
        ]


class ProjectNotFoundError(QualcodeError, FileNotFoundError):
    """No project in this folder or above it."""


class UnknownNameError(QualcodeError, LookupError):
    """A case, code, coder or document that does not exist; the mend names the nearest that does."""

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, place: str) -> Self:
        """Make the error for `name`, which is none of the `known` names.

        Examples
        --------
        >>> print(UnknownNameError.among("code", "KHN-OPN", ["KHN-OPE"], place="stoc").problem.mend)
        Maksud Anda KHN-OPE? Yang ada: KHN-OPE.
        """
        names = sorted(known)
        by_sound = {each.casefold(): each for each in names}
        nearest = get_close_matches(name.casefold(), by_sound, n=1, cutoff=0.5)
        hint = say("did_you_mean", name=by_sound[nearest[0]]) + " " if nearest else ""
        shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        return cls.of("unknown_name", place, kind=say(f"kind.{kind}"), name=name, hint=hint, known=shown or "–")


class UnreadableFileError(QualcodeError, ValueError):
    """A file that cannot be read as what it should be."""


class CodingError(QualcodeError, ValueError):
    """A coding that cannot be stored as asked."""


class TooLittleDataError(QualcodeError, ValueError):
    """The question needs more data than there is."""


class ParameterError(QualcodeError, ValueError):
    """A notebook parameter that is wrong, found before a kernel starts."""


class CheckError(QualcodeError):
    """Several problems at once; `problems` holds them all, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems[0])
        self.args = (self.problems,)  # what pickle and copy call the class with

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))

    def _render_traceback_(self) -> list[str]:
        return [str(problem) for problem in self.problems]
