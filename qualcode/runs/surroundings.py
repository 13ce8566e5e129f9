"""What lies around a project: which paths are inputs of a run, and which stand for themselves."""

# In a kernel, pathlib would ask the disk questions of its own.
# ruff: noqa: PTH111, PTH118, PTH120

from __future__ import annotations

import os
import site
import sys
import sysconfig
import tempfile
from enum import Enum, auto

from qualcode.runs.questions import CACHE, GENERATED

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100
"""This library's own code."""


class Zone(Enum):
    """What a path is to a run."""

    PROJECT = auto()
    """The run's own project."""
    MADE = auto()
    """The folder of the project in which runs put what they make: read only when a run asks for it."""
    OUTSIDE = auto()
    """Anywhere else: a table on the desktop, a setting in the home folder."""
    SCRATCH = auto()
    """Temporary files."""
    NONE = auto()
    """No input: libraries, whose versions count instead; caches, fonts, and the system's view of itself."""


class Surroundings:
    """Tells the zones of paths around a project's folder."""

    def __init__(self, root: str) -> None:
        self._root = folded(root)
        self._zones: dict[str, Zone] = {}
        self._libraries = tuple(map(folded, _library_folders()))
        self._beside = tuple(map(folded, _systems_folders()))
        self._scratch = tuple(map(folded, {tempfile.gettempdir(), os.path.realpath(tempfile.gettempdir())}))

    def zone(self, path: str) -> Zone:
        """The zone of a whole path; libraries first, because a project may hold its virtual environment."""
        known = self._zones.get(path)
        if known is None:
            known = self._zones[path] = self._found(path)
        return known

    def is_top(self, folder: str) -> bool:
        """Whether this is the project's own folder."""
        return folded(folder) == self._root

    def _found(self, path: str) -> Zone:
        if os.pardir in path:  # what stands above a link is above the place it leads to
            path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))  # noqa: PTH119
        whole = folded(path)
        if whole.startswith(self._libraries):
            return Zone.NONE
        if whole.startswith(self._root):
            top = whole[len(self._root) :].split(os.sep, 1)[0]
            return Zone.NONE if top == CACHE else Zone.MADE if top == GENERATED else Zone.PROJECT
        if whole.startswith(self._beside):
            return Zone.NONE
        return Zone.SCRATCH if whole.startswith(self._scratch) else Zone.OUTSIDE


def folded(path: str) -> str:
    """A path to compare with: with an end, so that no folder is taken for one whose name it begins.

    Examples
    --------
    >>> folded("/data/kasus").startswith(folded("/data/kas"))
    False
    """
    return os.path.normcase(os.path.normpath(path)).rstrip(os.sep) + os.sep


def package_folders() -> list[str]:
    """Where libraries are installed."""
    paths = sysconfig.get_paths()
    folders = {paths["purelib"], paths["platlib"], *site.getsitepackages()}
    if site.ENABLE_USER_SITE:
        folders.add(site.getusersitepackages())
    return sorted(folders)


def _library_folders() -> set[str]:
    paths = sysconfig.get_paths()
    folders = {paths["stdlib"], paths["platstdlib"], *package_folders(), PACKAGE}
    packed = os.path.join("lib", f"python{sys.version_info.major}{sys.version_info.minor}.zip")
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        folders |= {os.path.join(prefix, packed), os.path.join(prefix, "DLLs")}
    return folders | {os.path.realpath(folder) for folder in folders}


def _systems_folders() -> list[str]:
    home = os.path.expanduser("~")
    own = os.environ.get
    profile = f"{own('IPYTHONDIR') or f'{home}/.ipython'}/profile_default"
    return [
        *("/proc", "/sys", "/dev", "/run", own("XDG_RUNTIME_DIR") or "/run"),
        *("/System", own("WINDIR") or "/System"),
        *("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts"),
        *(f"{home}/{each}" for each in (".fonts", ".local/share/fonts", "Library/Fonts")),
        *(own("XDG_CACHE_HOME") or f"{home}/.cache", f"{home}/Library/Caches"),
        *(own("JUPYTER_RUNTIME_DIR") or f"{home}/.local/share/jupyter/runtime", f"{home}/Library/Jupyter/runtime"),
        f"{own('APPDATA') or home}/jupyter/runtime",
        *(f"{profile}/{each}" for each in ("db", "log", "pid", "security", "history.sqlite")),
    ]
