"""A new project: the codebooks and notebooks as they come with qualcode, and a first case to fill in."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from qualcode.errors import ParameterError
from qualcode.project.desk import Project
from qualcode.project.layout import CODEBOOKS, CORPUS, NOTEBOOKS

TEMPLATES = (CODEBOOKS, NOTEBOOKS)
FIRST_CASE = "kasus-saya"
# In a new project the notebooks' parameter cells name its first case instead of ours.
_DEFAULT_CASE = re.compile(r'(case: str = \\")[^"\\]*(\\")')


def init_project(folder: str | Path) -> Project:
    """Make a new project: the codebooks and notebooks as they come with qualcode, and a first case to fill in.

    Nothing that exists is overwritten.

    Raises
    ------
    ParameterError
        When the folder already holds anything of a project, or is no folder.
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise ParameterError.of("folder_is_file", str(root))
    present = [name for name in (CORPUS, *TEMPLATES) if (root / name).exists()]
    if present:
        raise ParameterError.of("folder_in_use", str(root), names=", ".join(present))
    for name in TEMPLATES:
        _copy(template(name), root / name)
    _copy(files("qualcode").joinpath("starter"), root)
    for notebook in (root / NOTEBOOKS).glob("*.ipynb"):
        source = notebook.read_text("utf-8")
        notebook.write_text(_DEFAULT_CASE.sub(rf"\1{FIRST_CASE}\2", source), encoding="utf-8", newline="\n")
    return Project(root.resolve())


def template(name: str) -> Traversable:
    """The folder ``codebooks`` or ``notebooks`` as it comes with qualcode."""
    packed = files("qualcode").joinpath("templates", name)
    # In a wheel the templates travel inside the package; in an editable install they stand beside it.
    return packed if packed.is_dir() else Path(__file__).parents[2] / name


def _copy(source: Traversable, target: Path) -> None:
    """Copy a folder of templates; a name that begins with ``dot-`` gets its dot back."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        name = entry.name.replace("dot-", ".", 1) if entry.name.startswith("dot-") else entry.name
        if entry.is_dir():
            if not entry.name.startswith((".", "__")):
                _copy(entry, target / name)
        elif not (target / name).exists():
            (target / name).write_bytes(entry.read_bytes())
