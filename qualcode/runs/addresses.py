"""Projects and reports that stand at an address (``s3://bucket/skripsi``) instead of in a folder, through fsspec.

qualcode reads folders. So a project at an address is fetched into a folder of scratch files, once for each content that
it has, and what a run makes is sent to its address file by file. Object stores show a file only when it is whole.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from qualcode.errors import ParameterError, ProjectNotFoundError
from qualcode.project import CODEBOOKS, CORPUS, REPORTS, Project, open_project
from qualcode.runs.plan import Job
from qualcode.storage import write_atomically

EXTRA = 'pip install "qualcode[cluster]"'
"""What installs Dask and fsspec."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_address(place: str | Path | None) -> bool:
    """Whether a place is an address, and no folder.

    Examples
    --------
    >>> is_address("s3://bucket/skripsi"), is_address("skripsi"), is_address("C:/skripsi")
    (True, False, False)
    """
    return isinstance(place, str) and bool(_ADDRESS.match(place))


@dataclass(frozen=True)
class Snapshot:
    """What a project at an address held when it was looked at; `key` is another for every other content."""

    address: str
    key: str


@dataclass(frozen=True)
class Delivery:
    """Where files go that a run makes in `folder`: to the same names below `address`."""

    folder: Path
    address: str

    def send(self, file: Path) -> str:
        """Send a file that stands in the folder; its address.

        Raises
        ------
        ParameterError
            When it cannot be written there.
        """
        name = file.relative_to(self.folder).as_posix()
        put(self.address, name, file.read_bytes())
        return f"{self.address.rstrip('/')}/{name}"

    def gather(self) -> None:
        """Bring what an index is made of: the executed notebooks at the address, with an empty page beside each.

        Raises
        ------
        ParameterError
            When the address cannot be read.
        """
        names = _listed(self.address).names
        pages = {name.removesuffix(".html") for name in names if name.endswith(".html")}
        wanted = {
            name: path
            for name, path in names.items()
            if name.count("/") == 1 and name.endswith(".ipynb") and name.removesuffix(".ipynb") in pages
        }
        _get(self.address, wanted, self.folder)
        for name in wanted:
            (self.folder / name).with_suffix(".html").touch()


@dataclass(frozen=True)
class Places:
    """Which folders of the machine that planned a batch stand for addresses; by default none does."""

    project: Snapshot | None = None
    out: Delivery | None = None

    def __bool__(self) -> bool:
        return bool(self.project or self.out)

    def gather(self) -> None:
        """Bring what the index is made of, where it does not stand in a folder.

        Raises
        ------
        ParameterError
            When the address cannot be read.
        """
        if self.out:
            self.out.gather()

    def send(self, file: Path) -> str:
        """Send a file to where it belongs: its address, or the file where that is a folder.

        Raises
        ------
        ParameterError
            When it cannot be written there.
        """
        return self.out.send(file) if self.out else str(file)

    @contextmanager
    def brought(self, job: Job, scratch: Path) -> Iterator[Job]:
        """A job as it runs on this machine: its project fetched into `scratch`; what it makes is sent at the end.

        Raises
        ------
        ParameterError
            When an address cannot be read or written, or the project there has changed since the batch was planned.
        """
        root = fetched(self.project, scratch) if self.project else job.root
        here = replace(job, root=root, notebook=root / job.notebook.relative_to(job.root))
        if self.out is None:
            yield here
            return
        with tempfile.TemporaryDirectory(prefix="qualcode-", dir=scratch) as made:
            here = replace(here, output=Path(made) / job.output.relative_to(self.out.folder))
            yield here
            for file in filter(Path.exists, (here.output, here.page)):
                Delivery(Path(made), self.out.address).send(file)


NOWHERE = Places()
"""No folder stands for an address."""


@contextmanager
def opened(project: str | Path | None, out: str | Path | None) -> Iterator[tuple[Project, Path, Places]]:
    """Open a project, in a folder or at an address.

    Parameters
    ----------
    project : str or Path, optional
        Its folder or address. Default: the working folder.
    out : str or Path, optional
        Folder or address of what runs make. Default: ``reports`` in the project.

    Yields
    ------
    project : Project
    folder : Path
        Where a batch is planned to write.
    places : Places
        Which of the two stand for addresses.

    Raises
    ------
    ProjectNotFoundError
        When there is none.
    ParameterError
        When an address cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="qualcode-") as scratch:
        snapshot = None
        if is_address(project):
            root = Path(scratch).resolve() / "project"
            snapshot = fetch(str(project), root)
            out = out or f"{str(project).rstrip('/')}/{REPORTS}"
            found = Project(root)
        else:
            found = open_project(project)
        if not is_address(out):
            yield found, Path(out or found.root / REPORTS).resolve(), Places(snapshot)
            return
        folder = Path(scratch).resolve() / "out"
        folder.mkdir()
        _system(str(out))
        yield found, folder, Places(snapshot, Delivery(folder, str(out)))


def fetch(address: str, folder: Path) -> Snapshot:
    """Fetch a project into a new folder; what runs made (``reports``) and hidden folders stay where they are.

    Raises
    ------
    ProjectNotFoundError
        When no project stands there.
    ParameterError
        When the address cannot be read, or what stands there was changed meanwhile.
    """
    listing = _listed(address)
    inputs = listing.inputs
    if not {CORPUS, CODEBOOKS} <= {name.partition("/")[0] for name in inputs}:
        raise ProjectNotFoundError.of("project_not_found", address)
    _get(address, inputs, folder)
    if _listed(address).key != listing.key:
        raise ParameterError.of("address_changed", address)
    return Snapshot(address, listing.key)


_fetched: dict[Snapshot, Path] = {}


def fetched(snapshot: Snapshot, scratch: Path) -> Path:
    """The folder with a project as a snapshot saw it; it is fetched once by each process.

    Raises
    ------
    ProjectNotFoundError, ParameterError
        As for `fetch`, and when something else stands at the address now.
    """
    if snapshot not in _fetched:
        folder = Path(tempfile.mkdtemp(prefix="qualcode-", dir=scratch)).resolve()
        if fetch(snapshot.address, folder) != snapshot:
            raise ParameterError.of("address_changed", snapshot.address)
        _fetched[snapshot] = folder
    return _fetched[snapshot]


def put(address: str, name: str, content: bytes) -> None:
    """Write a file below an address, whole or not at all.

    Raises
    ------
    ParameterError
        When it cannot be written.
    """
    system, path = _system(address)
    target = f"{path}/{name}"
    try:
        if _is_local(system):  # shows files while they grow
            write_atomically(Path(target), content)
        else:
            system.pipe_file(target, content)
    except Exception as error:  # every store has errors of its own
        raise ParameterError.of("address_failed", f"{address}/{name}", reason=_reason(error)) from error


@dataclass(frozen=True)
class _Listing:
    names: Mapping[str, str]  # relative name -> the file system's own path
    signs: Mapping[str, str]

    @property
    def inputs(self) -> dict[str, str]:
        tops = {name: name.partition("/")[0] for name in self.names}
        return {name: self.names[name] for name, top in tops.items() if top != REPORTS and not top.startswith(".")}

    @property
    def key(self) -> str:
        said = "\0\0".join(f"{name}\0{self.signs[name]}" for name in sorted(self.inputs))
        return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()


def _listed(address: str) -> _Listing:
    system, path = _system(address)
    try:
        system.invalidate_cache()
        found = system.find(path, detail=True)
    except Exception as error:  # every store has errors of its own
        raise ParameterError.of("address_failed", address, reason=_reason(error)) from error
    within = f"{path}/"
    names = {full.removeprefix(within): full for full in found if full.startswith(within)}
    names = {name: full for name, full in names.items() if _stays_inside(name)}
    return _Listing(names, {name: _sign(found[full]) for name, full in names.items()})


def _sign(information: Mapping[str, Any]) -> str:
    """All that a store says of a file in plain values: size, times, and its ETag or checksum where there is one."""
    plain = (str, int, float, bytes, datetime)
    return repr(sorted((name, value) for name, value in information.items() if isinstance(value, plain)))


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def _get(address: str, names: Mapping[str, str], folder: Path) -> None:
    system, _ = _system(address)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    if not names:
        return
    try:
        system.get(list(names.values()), [str(folder / name) for name in names])
    except Exception as error:  # every store has errors of its own
        raise ParameterError.of("address_failed", address, reason=_reason(error)) from error


def _system(address: str) -> tuple[Any, str]:
    """The file system of an address, and its path there, without a slash at the end."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ParameterError.of("cluster_extra", address, module="fsspec", command=EXTRA) from error
    try:
        system, path = url_to_fs(address)
    except (ImportError, ValueError) as error:  # fsspec says what to install
        raise ParameterError.of("address_unknown", address, reason=_reason(error)) from error
    except Exception as error:  # every store has errors of its own
        raise ParameterError.of("address_failed", address, reason=_reason(error)) from error
    return system, path.rstrip("/")


def _is_local(system: Any) -> bool:
    from fsspec.implementations.local import LocalFileSystem

    return isinstance(system, LocalFileSystem)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
