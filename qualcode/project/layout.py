"""Where things stand in a project's folder, and how messages name them."""

from __future__ import annotations

from pathlib import Path

from qualcode.errors import Problem
from qualcode.records import Tree, parse
from qualcode.text.readers import read_text

CORPUS, CODEBOOKS, NOTEBOOKS, REPORTS, CODINGS = "corpus", "codebooks", "notebooks", "reports", "codings"
SAMPLES, REVIEWS = "sampel", "reviews"


def place(root: Path, path: Path) -> str:
    """How messages name a file: relative to the project, with forward slashes."""
    return path.relative_to(root).as_posix()


def files(folder: Path, pattern: str) -> list[Path]:
    """The matching files of a folder, sorted; hidden ones belong to editors and systems."""
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def folders(folder: Path) -> list[str]:
    """The names of the folders in a folder, sorted, without hidden ones."""
    return sorted(each.name for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))


def journal_path(root: Path, case: str, codebook: str, coder: str) -> Path:
    """Where the journal of a coder's work with a codebook on a case stands."""
    return root / CORPUS / case / CODINGS / f"{codebook}.{coder}.jsonl"


def read_tree(root: Path, path: Path) -> tuple[Tree | None, list[Problem]]:
    """A YAML file of the project, parsed, and its faults."""
    text, problems = read_text(path, place(root, path))
    return parse(text, place(root, path)) if text is not None else (None, problems)
