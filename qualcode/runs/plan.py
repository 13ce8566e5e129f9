"""What is to run: notebooks times cases, with parameters checked before any kernel starts."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.coding.case import CaseKind
from qualcode.coding.study import AUTO
from qualcode.errors import CheckError, ParameterError, Problem, UnknownNameError
from qualcode.project import NOTEBOOKS, REPORTS, Project
from qualcode.reports.look import evidence_name
from qualcode.wording import LANGUAGES

_NUMBERED = re.compile(r"(?P<number>\d\d)-(?P<name>.+)")
EVERYBODY = ("", "semua", "all")


@dataclass(frozen=True)
class Job:
    """One notebook on one case.

    Attributes
    ----------
    root : Path
        The project.
    notebook : Path
        The source, which is never changed.
    case : str
    values : tuple of (str, str)
        The parameters, see `parameters`.
    output : Path
        Where the executed notebook goes; its page stands beside it as ``.html``.
    evidence : bool
        Whether the page links to the case's evidence file: it stood above the page's folder when this was planned.
    """

    root: Path
    notebook: Path
    case: str
    values: tuple[tuple[str, str], ...]
    output: Path
    evidence: bool = field(default=False, kw_only=True)

    @property
    def parameters(self) -> dict[str, str]:
        """What the parameter cell is overridden with."""
        return dict(self.values)

    @property
    def page(self) -> Path:
        """The page made of the executed notebook."""
        return self.output.with_suffix(".html")

    def __str__(self) -> str:
        return f"{self.case}/{self.notebook.stem}"


def plan(
    project: Project,
    frameworks: Sequence[str] = (),
    cases: Sequence[str] = (),
    *,
    coder: str = "",
    language: str = "id",
    out: Path | None = None,
    faults: list[Problem] | None = None,
) -> list[Job]:
    """Plan a batch: every notebook on every case.

    Parameters
    ----------
    project : Project
    frameworks : sequence of str
        Names (``stoc``) or full names (``13-stoc``) of notebooks. Default: all framework notebooks, 11 to 19.
    cases : sequence of str
        Default: all cases of the kind each notebook is meant for. A case that is named is always run.
    coder, language : str
        Passed on to every notebook.
    out : Path, optional
        Default: ``reports/`` of the project.
    faults : list of Problem, optional
        Takes up what is wrong with cases that nobody named, which are then left out. Default: they are raised.

    Raises
    ------
    ParameterError, UnknownNameError
        When a name, the coder or the language is wrong.
    CheckError
        When the ``case.yaml`` of a case that is to run cannot be read.
    """
    if language not in LANGUAGES:
        raise ParameterError.of("unknown_language", "language", language=language, known=", ".join(LANGUAGES))
    notebooks = {notebook: kind_for(notebook) for notebook in _chosen_notebooks(project, frameworks)}
    kinds: dict[str, CaseKind] = {}
    for case in list(dict.fromkeys(cases)) or project.case_ids:
        try:
            kinds[case] = project.record(case).kind
        except CheckError as error:
            if cases or faults is None:
                raise
            faults += error.problems
            continue
        known = {*project.coders(case), "semua"}
        if coder not in (*EVERYBODY, AUTO, *known):
            raise UnknownNameError.among("coder", coder, known, place=case)
    folder = out or project.root / REPORTS
    jobs = [
        Job(
            project.root,
            notebook,
            case,
            (("case", case), ("coder", coder), ("language", language)),
            folder / case / notebook.name,
            evidence=(folder / evidence_name(case)).is_file(),
        )
        for case, kind in kinds.items()
        for notebook, wanted in notebooks.items()
        if cases or kind is wanted
    ]
    if not jobs and not faults:
        raise ParameterError.of("no_cases", str(project.root))
    return jobs


def kind_for(notebook: Path) -> CaseKind:
    """The kind of case a notebook is meant for: what its metadata say (``qualcode: {cases: ...}``), else empirical."""
    try:
        metadata = json.loads(notebook.read_bytes())["metadata"]
        return CaseKind(metadata.get("qualcode", {}).get("cases", CaseKind.EMPIRICAL))
    except (ValueError, LookupError, TypeError, AttributeError):
        return CaseKind.EMPIRICAL  # a damaged notebook fails when it is run, and stops no other


def _chosen_notebooks(project: Project, names: Sequence[str]) -> list[Path]:
    everything = sorted((project.root / NOTEBOOKS).glob("*.ipynb"))
    by_name: dict[str, Path] = {}
    for path in everything:
        numbered = _NUMBERED.fullmatch(path.stem)
        by_name[path.stem] = by_name[numbered["name"] if numbered else path.stem] = path
    if not names:
        frameworks = [path for path in everything if "11" <= path.stem[:2] <= "19"]
        if not frameworks:
            raise ParameterError.of("no_notebooks", str(project.root / NOTEBOOKS))
        return frameworks
    for name in names:
        if name not in by_name:
            raise UnknownNameError.among("notebook", name, by_name, place=NOTEBOOKS)
    return sorted({by_name[name] for name in names})
