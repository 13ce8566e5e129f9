"""Copies of a project's files: what another folder holds, and the conflict copies that synchronising leaves behind.

Google Drive, OneDrive, Dropbox, Nextcloud, Syncthing and people give a second copy of a file a name of its own:
"stoc.ana (1).jsonl", "stoc.ana-LAPTOP-AB12.jsonl", "w-i1 - Copy.md". Such a name alone proves nothing: a copy must also
say of itself that it is what its name was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import Problem
from qualcode.project.versions import text_id
from qualcode.records import Identifier, parse
from qualcode.text.readers import read_document, read_text

LARGEST_COPY = 200_000_000
"""Bytes of a file that is taken over; a journal of 100,000 codings has about 50 million."""

_SUFFIX = re.compile(
    r"(?:"
    r" ?\(\d{1,3}\)"  # Google Drive, Windows, browsers: (1)
    r"| \([^()]*(?i:conflict|konflik)[^()]*\)"  # Dropbox, Nextcloud: (conflicted copy 2026-11-20)
    r"| - (?i:copy|salinan|salin)(?: ?\(\d{1,3}\))?"  # Windows: - Copy, - Copy (2)
    r"| \d{1,2}"  # iCloud: 2
    r"|[._]sync-conflict-[0-9A-Z-]++"  # Syncthing
    r"|-[A-Z][A-Z0-9]{2,}(?:-[A-Z0-9]+)*+"  # OneDrive: -LAPTOP-AB12
    r"|-(?:\w+-)?(?i:laptop|desktop|macbook|pc)(?:-\w+)*+"
    r")+"
)
_PREFIX = re.compile(r"(?:Copy of |Salinan dari |Salinan )+")
_SAFE = re.compile(r"[^\x00-\x1f\x7f<>:\"/\\|?*.][^\x00-\x1f\x7f<>:\"/\\|?*]{0,199}(?<![ .])")


@dataclass(frozen=True)
class Copy:
    """A file to be united with one of ours.

    Attributes
    ----------
    path : Path
        Where it stands.
    name : str
        The name of the file here that it belongs to.
    own : bool
        Whether it is a conflict copy inside the project itself.
    """

    path: Path
    name: str
    own: bool


def origin(stem: str, known: Iterable[str]) -> str | None:
    """The known stem from which a conflict copy got its name; None when the name is none of a conflict copy.

    Examples
    --------
    >>> origin("stoc.ana - Copy (2)", ["stoc.ana", "stoc.budi"])
    'stoc.ana'
    >>> origin("stoc.ana-2", ["stoc.ana"]) is None
    True
    """
    prefix = _PREFIX.match(stem)
    rest = stem[prefix.end() :] if prefix else stem
    fitting = [
        each
        for each in known
        if rest.startswith(each)
        and stem != each
        and (rest == each or _SUFFIX.fullmatch(rest, len(each)))  # "Copy of x" needs nothing behind it
    ]
    return max(fitting, key=len, default=None)


def is_id(name: str) -> bool:
    """Whether a name may become part of a file's name here."""
    return re.fullmatch(Identifier, name) is not None


def is_safe(name: str) -> bool:
    """Whether a file of this name stays in its folder on every system."""
    return _SAFE.fullmatch(name) is not None


def plain_files(root: Path, folder: Path, pattern: str) -> tuple[list[Path], list[Problem]]:
    """The plain files of `folder` that lie within `root`, sorted; links and what is too large are reported instead."""
    found: list[Path] = []
    problems: list[Problem] = []
    if folder.is_dir() and not folder.resolve().is_relative_to(root.resolve()):
        return [], [Problem.of("merge_link", str(folder))]
    for path in sorted(each for each in folder.glob(pattern) if not each.name.startswith(".")):
        if path.is_symlink() or path.resolve().parent != folder.resolve() / path.parent.relative_to(folder):
            problems.append(Problem.of("merge_link", str(path)))
        elif path.is_file() and path.stat().st_size > LARGEST_COPY:
            problems.append(Problem.of("file_too_large", str(path), limit=LARGEST_COPY // 1_000_000))
        elif path.is_file():
            found.append(path)
    return found, problems


def gathered(
    ours: Path, theirs: Path | None, root: Path, other: Path | None, suffix: str
) -> tuple[list[Copy], list[Problem]]:
    """The files with this suffix that are to be united with ours: our conflict copies first, then all of theirs.

    Parameters
    ----------
    ours, theirs : Path
        The folders that hold the files.
    root, other : Path
        The projects they belong to.
    suffix : str
        Such as ``".jsonl"``.
    """
    here = [path for path in ours.glob(f"*{suffix}") if not path.name.startswith(".")] if ours.is_dir() else []
    mine, problems = plain_files(root, ours, f"*{suffix}")
    yours, more = plain_files(other, theirs, f"*{suffix}") if theirs and other else ([], [])
    problems += more
    known = {path.stem for path in (*here, *yours)}
    copies = [Copy(path, f"{base}{suffix}", True) for path in mine if (base := _base(path, known))]
    for path in yours:
        base = _base(path, known) or path.stem
        if all(map(is_id, base.split(".", 1) if suffix == ".jsonl" else [base])):
            copies.append(Copy(path, f"{base}{suffix}", False))
        else:
            problems.append(Problem.of("merge_odd_name", str(path)))
    return copies, problems


def _base(path: Path, known: set[str]) -> str | None:
    """The stem of the file that `path` is a conflict copy of; None when it is a file of its own."""
    base = origin(path.stem, known - {path.stem})
    if base is None:
        return None
    said = _said(path, base)
    if said is None:  # what says nothing of itself is a copy only when no file of ours could have such a name
        return None if is_id(path.stem) and not path.stem[len(base) :].isupper() else base
    return base if said == base else None


def _said(path: Path, base: str) -> str | None:
    """Which file a file says it is, by what it holds; None when it does not say."""
    if path.suffix == ".jsonl":
        codebook, _, coder = base.partition(".")
        return f"{codebook}.{_coder(path)}" if coder and _coder(path) else None
    if path.suffix == ".md":
        document = read_document(path, path.name, case="")[0]
        return document.id if document else ""
    text = read_text(path, path.name)[0]
    if path.suffix == ".txt":
        return text_id(text) if text is not None else ""
    tree = parse(text, path.name)[0] if text is not None else None
    said = tree.data.get("id") if tree and isinstance(tree.data, dict) else None
    if base == "case":  # its id is that of its folder
        return base if said in (None, path.parent.name) else str(said)
    return str(said) if said else None


def _coder(path: Path) -> str | None:
    """Whose events a journal holds: the coder of the first line that names one."""
    with path.open("rb") as file:
        for line in file:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and isinstance(event.get("coder"), str):
                return str(event["coder"])
    return None
