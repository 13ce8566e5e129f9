"""A kernel follows its own reading: which questions about files and folders it asks, told as it asks them.

Python tells an audit hook of every file that is opened and every folder that is listed, also of those that are not
there. Of questions like ``Path.exists`` it tells nothing; the functions of `os` that answer them are therefore wrapped.
Beside that, the names in the folder of every file of the project that is opened count as asked for.

What stands for itself is not followed: see `Zone`; nor is what the run itself has made. Programs that a run starts,
machines it talks to and libraries that open files by themselves cannot be followed; the trace says so, and such a run
is never up to date.

Kernels load this module as an IPython extension. It imports nothing outside the standard library.
"""

# In a kernel, pathlib would ask the disk questions of its own.
# ruff: noqa: PTH117, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, ModuleType
from typing import Any
from urllib.parse import unquote

from qualcode.runs.inputs import MODULE, NETWORK, PROCESS, line
from qualcode.runs.questions import COMPILED, Aspect, Disk, Question, sign
from qualcode.runs.surroundings import PACKAGE, Surroundings, Zone, package_folders

LIBRARY = sign(Question(Aspect.TREE, PACKAGE))
"""The sign of this library's code when it was imported; a warm process keeps that code for all its kernels."""

# fmt: off
OWN_EYES = frozenset((
    "MySQLdb", "apsw", "cv2", "duckdb", "fastexcel", "fiona", "fitz", "h5py", "igraph", "lmdb", "netCDF4", "oracledb",
    "osgeo", "polars", "psycopg", "psycopg2", "pycurl", "pymupdf", "pyodbc", "pyogrio", "pypdfium2", "pyreadstat",
    "python_calamine", "rasterio", "rdata", "rpy2", "safetensors", "sentencepiece", "soundfile", "tables", "tokenizers",
    "pyarrow.csv", "pyarrow.dataset", "pyarrow.feather", "pyarrow.fs", "pyarrow.json", "pyarrow.orc", "pyarrow.parquet",
    "_dbm", "_gdbm",
))
"""Modules that open files or connections without telling Python."""

_PROCESSES = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.startfile/2",
    "pty.spawn", "_winapi.CreateProcess",
)
# fmt: on
_CONNECTIONS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname")

_WRITING = os.O_WRONLY | os.O_RDWR
_BINARY = getattr(os, "O_BINARY", 0)
_LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
_cwd, _readlink, _lexists = os.getcwd, os.readlink, os.path.lexists


class Tracer:
    """Follows this process from `start` on, and the processes it forks.

    Parameters
    ----------
    file : str
        A trace that was begun.
    """

    def __init__(self, file: str) -> None:
        self._path = file
        self._here = threading.local()
        with open(file, "rb") as begun:
            self._around = Surroundings(json.loads(begun.readline())[2])
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | _BINARY)
        self._known = self._identity()
        self._asked: set[Question] = set()
        self._made: set[str] = set()
        self._made_folders: tuple[str, ...] = ()
        self._doubts: set[tuple[str, str]] = set()
        self._disk = Disk()
        self._rules: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "os.listdir": lambda path=None, *_: self._listed(Aspect.NAMES, path),
            "os.scandir": lambda path=None, *_: self._listed(Aspect.SIZES, path),
            "os.mkdir": self._folder_made,
            "os.rename": self._renamed,
            "os.remove": self._removed,
            "os.truncate": lambda path, *_: self._read(path),
            "os.link": lambda source, _, fd=-1, *__: self._read(source, fd),
            "shutil.copyfile": self._copied,
            "sqlite3.connect": self._database,
            "urllib.Request": self._requested,
            **{event: lambda what=None, *_: self._doubt(PROCESS, _word(what)) for event in _PROCESSES},
            **dict.fromkeys(_CONNECTIONS, self._connected),
            **{event: lambda host=None, *_: self._looked_up(host) for event in _LOOKUPS},
        }

    def start(self) -> None:
        """Follow from now on; what was imported before from outside the libraries counts as read."""
        with _Busy(self._here):
            self._tell("begun")
            self._tell("library", LIBRARY)
            for question in (Question(Aspect.PYTHON, ""), *(Question(Aspect.PACKAGES, f) for f in package_folders())):
                self._ask(question)
            for name, module in list(sys.modules.items()):
                self.imports(name)
                file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
                if isinstance(file, str):
                    self._read(file)
            for path, finder in list(sys.path_importer_cache.items()):
                # What a finder remembers of a folder was asked before anybody listened.
                if finder is not None and self._counts(_absolute(path)):
                    getattr(finder, "invalidate_caches", bool)()

    def hears(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take in an event of `sys.audit`; whatever goes wrong here must not disturb the run."""
        rule = self._rules.get(event)
        if rule is not None and not getattr(self._here, "busy", False):
            with _Busy(self._here):
                self._surely(lambda: rule(*arguments))

    def looks(self, aspect: Aspect, path: Any, fd: int | None = None) -> None:
        """Take in a question that raises no event."""
        if isinstance(path, (str, bytes, os.PathLike)) and not getattr(self._here, "busy", False):
            with _Busy(self._here):
                self._surely(lambda: self._look(aspect, self._full(path, -1 if fd is None else fd)))

    def relative_to(self, fd: int) -> _Relative:
        """The events until the end of this context speak of paths in the folder with this number."""
        return _Relative(self._here, fd)

    def counts(self, files: Iterable[str]) -> None:
        """Count files as read that were read before anybody listened."""
        with _Busy(self._here):
            self._surely(lambda: list(map(self._read, files)))

    def _surely(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:
            self._give_up()
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        """Leave a trace that nobody can take for a whole one."""
        for emptied in (self._file, self._path):
            try:
                if emptied != self._file or self._identity() == self._known:
                    os.truncate(emptied, 0)
            except (OSError, ValueError):
                continue

    def _identity(self) -> tuple[int, int]:
        status = os.fstat(self._file)
        return status.st_dev, status.st_ino

    def _tell(self, *said: str) -> None:
        if self._identity() != self._known:  # the run closed it, and its number may stand for another file now
            raise OSError(self._path)
        told = line(said)
        if os.write(self._file, told) != len(told):
            raise OSError(self._path)

    def _full(self, path: Any, fd: int = -1) -> str:
        text = os.fsdecode(path)
        folder = fd if fd != -1 else getattr(self._here, "folder", -1)
        if folder != -1 and not os.path.isabs(text):
            return os.path.join(_path_of(folder), text)
        return _absolute(text)

    def _counts(self, path: str) -> bool:
        """Whether questions about a path matter; of scratch files only what stands in them does."""
        return self._around.zone(path) not in (Zone.NONE, Zone.SCRATCH)

    def _is_own(self, path: str) -> bool:
        return path in self._made or f"{path}{os.sep}".startswith(self._made_folders)

    def _ask(self, question: Question) -> None:
        if question in self._asked:
            return
        mark = sign(question)
        self._tell("asked", *question, self._disk.answer(question), mark)
        self._asked.add(question)

    def _look(self, aspect: Aspect, path: str) -> None:
        question = Question(aspect, path)
        if question not in self._asked and not self._is_own(path) and self._counts(path):
            self._ask(question)

    def _read(self, path: Any, fd: int = -1) -> None:
        full = self._full(path, fd)
        if _is_compiled(full):
            try:
                full = importlib.util.source_from_cache(full)
            except ValueError:
                return  # what a library has made of the sources it reads
        question = Question(Aspect.CONTENT, full)
        if question in self._asked or self._is_own(full):
            return
        zone = self._around.zone(full)
        if zone is not Zone.NONE:
            self._ask(question)
        if zone is Zone.PROJECT:
            self._ask(self._names(Aspect.NAMES, os.path.dirname(full)))

    def _names(self, aspect: Aspect, folder: str) -> Question:
        return Question(Aspect.TOP if self._around.is_top(folder) else aspect, folder)

    def _listed(self, aspect: Aspect, path: Any) -> None:
        full = _path_of(path) if isinstance(path, int) else self._full(os.curdir if path is None else path)
        if not self._is_own(full) and self._counts(full):
            self._ask(self._names(aspect, full))

    def _wrote(self, path: Any, fd: int = -1) -> None:
        full = self._full(path, fd)
        if full in self._made or _is_compiled(full):
            return
        if self._counts(full):
            self._tell("made", full)
        self._made.add(full)

    def _opened(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int):
            return
        if flags & _WRITING and flags & os.O_TRUNC:
            self._wrote(path)
        elif flags & os.O_CREAT and flags & os.O_EXCL:
            self._created(path)
        elif not flags & _WRITING or flags & os.O_APPEND or _lexists(self._full(path)):
            self._read(path)
        else:
            self._created(path)

    def _created(self, path: Any) -> None:
        """Whether the file is there is a question; the run's own it is only when it was not."""
        full = self._full(path)
        self._look(Aspect.LOOK, full)
        if not _lexists(full):
            self._wrote(full)

    def _folder_made(self, path: Any, mode: int = 0, fd: int = -1) -> None:
        full = self._full(path, fd)
        self._look(Aspect.LOOK, full)
        if not _lexists(full):
            self._made_folders += (os.path.join(full, ""),)

    def _renamed(self, source: Any, target: Any, source_fd: int = -1, target_fd: int = -1) -> None:
        before, after = self._full(source, source_fd), self._full(target, target_fd)
        folder = os.path.join(before, "")
        if folder in self._made_folders:
            self._made_folders += (os.path.join(after, ""),)
        elif not _is_compiled(before):
            self._read(before)
        self._wrote(after)

    def _removed(self, path: Any, fd: int = -1) -> None:
        self._read(path, fd)
        self._wrote(path, fd)

    def _copied(self, source: Any, target: Any) -> None:
        self._read(source)
        self._wrote(target)

    def _database(self, database: Any, *_: Any) -> None:
        name = os.fsdecode(database)
        if name.startswith("file:"):
            name = unquote(name.removeprefix("file:").partition("?")[0])
            name = f"/{name.lstrip('/')}" if name.startswith("///") else name
        if name and ":memory:" not in name:
            for ending in ("", "-wal", "-journal"):
                self._read(name + ending)

    def imports(self, module: str) -> None:
        """Take in that a module is imported."""
        if module in OWN_EYES:
            self._surely(lambda: self._doubt(MODULE, module))
        elif module == "lxml.etree" and module in sys.modules:
            self.wrap_lxml(sys.modules[module])

    def wrap_lxml(self, etree: Any) -> None:
        """Follow what lxml opens by itself; Excel workbooks and web pages come to it as bytes."""
        for name in ("parse", "iterparse"):
            setattr(etree, name, self._telling(getattr(etree, name)))

    def _telling(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def told(source: Any, *arguments: Any, **named: Any) -> Any:
            if isinstance(source, (str, bytes, os.PathLike)):
                with _Busy(self._here):
                    self._surely(lambda: self._parsed(os.fsdecode(source)))
            return function(source, *arguments, **named)

        return told

    def _parsed(self, source: str) -> None:
        if "://" in source:
            self._doubt(NETWORK, source)
        else:
            self._read(source)

    def _requested(self, address: Any, *_: Any) -> None:
        if not str(address).startswith(("file:", "data:")):
            self._doubt(NETWORK, str(address))

    def _connected(self, _: Any, address: Any, *__: Any) -> None:
        host = address[0] if isinstance(address, tuple) else _word(address or "")
        is_own = os.name == "nt" and host in ("127.0.0.1", "::1")  # how Windows makes a pair of sockets
        if host and not is_own:
            self._doubt(NETWORK, str(host))

    def _looked_up(self, host: Any) -> None:
        if host and _word(host) not in _LOCAL:
            self._doubt(NETWORK, _word(host))

    def _doubt(self, kind: str, what: str) -> None:
        if (kind, what) not in self._doubts and len(self._doubts) < 20:
            self._tell("doubt", kind, what)
            self._doubts.add((kind, what))


class _Busy:
    """What the tracer itself reads is no input."""

    def __init__(self, here: Any) -> None:
        self._here = here

    def __enter__(self) -> None:
        self._here.busy = True

    def __exit__(self, *_: object) -> None:
        self._here.busy = False


class _Relative:
    def __init__(self, here: Any, fd: int) -> None:
        self._here, self._fd = here, fd

    def __enter__(self) -> None:
        self._here.folder = self._fd

    def __exit__(self, *_: object) -> None:
        self._here.folder = -1


class _Imports:
    """Sees every import of a module that is not there yet, whichever way it is asked for; finds nothing itself.

    The event ``import`` does not tell of all.
    """

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        self._tracer.imports(name)
        if name != "lxml.etree":
            return None
        others = (each for each in sys.meta_path if each is not self)
        spec: Any = next(filter(None, (each.find_spec(name, path, target) for each in others)), None)
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = self._then_wrapped(spec.loader.exec_module)
        return spec

    def _then_wrapped(self, execute: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
        def executed(module: ModuleType) -> None:
            execute(module)
            self._tracer.wrap_lxml(module)

        return executed


_active: Tracer | None = None
_is_installed = False
_replaced: list[tuple[ModuleType, str, Any]] = []


def start(tracer: Tracer) -> None:
    """Let a tracer follow this process from now on."""
    global _active, _is_installed
    stop()
    if not _is_installed:
        sys.addaudithook(_hook)
        _is_installed = True
    _wrap_questions()
    tracer.start()
    sys.meta_path.insert(0, _Imports(tracer))
    _active = tracer


def stop() -> None:
    """Let nobody follow; the hook itself cannot be taken away again, and asks who listens."""
    global _active
    _active = None
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, _Imports)]
    while _replaced:
        owner, name, original = _replaced.pop()
        setattr(owner, name, original)


_NAMES = globals()


def _hook(event: str, arguments: tuple[Any, ...], names: dict[str, Any] = _NAMES) -> None:
    # Asked of the dictionary: an interpreter that ends takes the names of a module away, and the hook stays.
    tracer = names.get("_active")
    if tracer is not None:
        tracer.hears(event, arguments)


def _wrap_questions() -> None:
    _asking(os, "stat", Aspect.LOOK)
    _asking(os, "lstat", Aspect.LINK)
    _asking(os, "access", Aspect.LOOK)
    _asking(os, "readlink", Aspect.LINK)
    for name, aspect in (("exists", Aspect.LOOK), ("isfile", Aspect.LOOK), ("isdir", Aspect.LOOK)):
        _asking_itself(name, aspect)
    for name in ("lexists", "islink", "isjunction"):
        _asking_itself(name, Aspect.LINK)
    _wrap_open()
    _wrap_fork_exec()


def _asking_itself(name: str, aspect: Aspect) -> None:
    """On Windows, since Python 3.12, these do not go through `os.stat`."""
    if isinstance(getattr(os.path, name, None), BuiltinFunctionType):
        _asking(os.path, name, aspect)


def _asking(owner: ModuleType, name: str, aspect: Aspect) -> None:
    original = getattr(owner, name)

    names = _NAMES

    def asked(path: Any, *arguments: Any, **named: Any) -> Any:
        tracer = names.get("_active")
        if tracer is not None:
            tracer.looks(Aspect.LINK if named.get("follow_symlinks") is False else aspect, path, named.get("dir_fd"))
        return original(path, *arguments, **named)

    _put(owner, name, original, asked)


def _wrap_open() -> None:
    """The event of `os.open` does not tell in which folder a file is opened."""
    original, names = os.open, _NAMES

    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        tracer = names.get("_active")
        if tracer is None or dir_fd is None:
            return original(path, flags, mode, dir_fd=dir_fd)
        with tracer.relative_to(dir_fd):
            return original(path, flags, mode, dir_fd=dir_fd)

    _put(os, "open", original, opened)


def _wrap_fork_exec() -> None:
    """How multiprocessing starts programs; no event tells of it."""
    try:
        import _posixsubprocess
    except ImportError:
        return
    original = _posixsubprocess.fork_exec

    def forked(arguments: Any, *others: Any) -> int:
        sys.audit("subprocess.Popen", arguments[0], arguments, None, None)
        return original(arguments, *others)

    _put(_posixsubprocess, "fork_exec", original, forked)


def _put(owner: ModuleType, name: str, original: Any, own: Callable[..., Any]) -> None:
    """Put a function in the place of another, wherever `os` says what that one can do."""
    own.__name__, own.__qualname__, own.__doc__, own.__module__ = name, name, original.__doc__, owner.__name__
    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if original in able:
            able.add(own)
    _replaced.append((owner, name, original))
    setattr(owner, name, own)


def load_ipython_extension(shell: Any) -> None:
    """Follow this kernel into the trace that its command names; IPython calls this before any cell or startup file."""
    tracer = Tracer(str(shell.config.Tracing.file))
    start(tracer)
    app = getattr(shell, "parent", None)
    names = {"ipython_config", str(getattr(app, "config_file_name", "ipython_config.py")).rpartition(".")[0]}
    folders: Iterable[str] = getattr(app, "config_file_paths", ())
    tracer.counts(
        os.path.join(folder, name + ending)
        for folder in folders
        for name in sorted(names)
        for ending in (".py", ".json")
    )


def _is_compiled(path: str) -> bool:
    return os.path.basename(os.path.dirname(path)) == COMPILED


def _absolute(path: str) -> str:
    return path if os.path.isabs(path) else os.path.join(_cwd(), path)


def _path_of(fd: int) -> str:
    """The folder an open file stands for.

    Raises
    ------
    OSError
        Where the system does not tell.
    """
    if sys.platform == "darwin":
        import fcntl

        return os.fsdecode(fcntl.fcntl(fd, 50, bytes(1024)).rstrip(b"\0"))  # F_GETPATH
    return _readlink(f"/proc/self/fd/{fd}")


def _word(what: Any) -> str:
    return os.fsdecode(what) if isinstance(what, (str, bytes, os.PathLike)) else str(what)
