"""The warm process that kernels come out of: it imports their libraries once and is forked for each kernel.

Run as a script, by its path (``python nursery.py DOOR``), so that no folder of a notebook is on the import path while
the libraries are read. DOOR is the number of an inherited socket; nothing else can reach the process. With ``once`` in
its place the process waits for one request on its standard input and becomes that kernel itself, without a fork.

A request is a list in JSON: the kernel's command, environment and working folder. What a new interpreter
would do differently with it (a module in the working folder hides a library, a library was changed since) is left to a
new interpreter: the child then executes the command as it stands.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import io
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

# What a kernel imports by itself, before the working folder is on its path.
KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)

# What notebooks import. Never matplotlib_inline.backend_inline: importing it is what joins it to a running kernel.
LIBRARIES = (
    "qualcode.runs.tracing",
    "numpy",
    "pandas",
    "pandas.plotting._matplotlib",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "IPython.core.pylabtools",
    "seaborn",
    "nltk",
    "qualcode",
)

# Set for each process that is started, by whoever starts it.
WATCHED_OVER = ("JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT")

# Where libraries keep the folder they were imported in.
IMPORTED_IN = {"multiprocessing.process": "ORIGINAL_DIR", "rich": "_IMPORT_CWD"}

INLINE = "module://matplotlib_inline.backend_inline"


class Console(io.StringIO):
    """What stands in for a kernel's output while libraries are imported: pandas asks it for its encoding."""

    encoding = "UTF-8"  # what ipykernel's streams say


class Shelf:
    """The libraries as they were imported, and what would make them wrong for a request."""

    def __init__(self) -> None:
        before = dict(os.environ)
        _import(KERNEL)
        #: Variables that importing a kernel sets.
        self.environment = {name: value for name, value in os.environ.items() if before.get(name) != value}
        kernel = set(sys.modules)
        os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does, before matplotlib reads it
        console = Console()
        with (
            warnings.catch_warnings(record=True) as shown,
            contextlib.redirect_stdout(console),
            contextlib.redirect_stderr(console),
            _as_in_a_kernel(),
        ):
            _import(LIBRARIES)
        # What would have stood in the notebook cannot be shown again.
        self._usable = not shown and not console.getvalue()
        self._names = {name.partition(".")[0] for name in set(sys.modules) - kernel}
        self._stamps = {path: _stamp(path) for path in _watched()}

    def changed(self) -> bool:
        """Whether a library was installed or a file of an editable one was changed since."""
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())

    def fits(self, folder: str) -> bool:
        """Whether a kernel in a folder would import these very libraries, with these settings."""
        return self._usable and not any(self._hidden_by(entry) for entry in os.scandir(folder))

    def _hidden_by(self, entry: os.DirEntry[str]) -> bool:
        if entry.name == "matplotlibrc":
            return True
        name = entry.name.partition(".")[0]
        if name not in self._names or not (entry.is_dir() or entry.name.endswith((".py", ".pyc", ".so", ".pyd"))):
            return False
        origin = getattr(sys.modules.get(name), "__file__", None)
        return not (origin and Path(origin).is_relative_to(Path(entry).resolve()))


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let libraries see that they are in a kernel: pandas, when imported, chooses how many columns it shows by it."""
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    yield
    del builtins.get_ipython  # type: ignore[attr-defined]


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        try:
            module = importlib.import_module(name)
            for room in getattr(module, "__all__", ()) if name == "qualcode" else ():
                getattr(module, room)
        except Exception:  # whoever needs it imports it again, and sees why it fails
            continue


def _watched() -> set[str]:
    """The folders libraries are installed in, and the files of those that stand elsewhere."""
    paths = sysconfig.get_paths()
    installed = {paths["purelib"], paths["platlib"]}
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    fixed = (*installed, paths["stdlib"], paths["platstdlib"])
    return installed | {file for file in files if Path(file).is_absolute() and not file.startswith(fixed)}


def _stamp(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


class Nursery:
    """Forks a child for each request at the door, and tells whoever asked how it ended.

    At the door come single bytes, each with four file descriptors: a channel, a pipe with the request, and the child's
    standard output and error; so any number of processes and threads may ask at once. Back over the channel come a line
    when the child is there and a line when it has ended.
    """

    def __init__(self, door: socket.socket, shelf: Shelf) -> None:
        self._door = door
        self._shelf = shelf
        self._channels: dict[int, socket.socket] = {}
        self._ends, self._end_seen = socket.socketpair()
        self._end_seen.setblocking(False)
        signal.set_wakeup_fd(self._end_seen.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector = selectors.DefaultSelector()
        for each in (door, self._ends):
            self._selector.register(each, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Serve until nobody can ask any more and all children have ended: None; and in a child, its request."""
        while self._channels or self._door.fileno() >= 0:
            for key, _ in self._selector.select():
                asked = key.fileobj
                if asked is self._door:
                    request = self._answer()
                    if request is not None:
                        return request
                elif asked is self._ends:
                    self._ends.recv(4096)
                    self._tell_ends()
                else:
                    self._abandon(asked)
        return None

    def _answer(self) -> Request | None:
        byte, files, _, _ = socket.recv_fds(self._door, 1, 4)
        if not byte:
            self._close_door()
            return None
        channel = socket.socket(fileno=files[0])
        changed = self._shelf.changed()
        pid = os.fork()
        if pid == 0:
            return self._born(channel, *files[1:])
        for file in files[1:]:
            os.close(file)
        self._channels[pid] = channel
        self._selector.register(channel, selectors.EVENT_READ)
        if changed:
            self._close_door()  # the next request finds nobody, and another nursery is started
        return None

    def _born(self, channel: socket.socket, asked: int, output: int, errors: int) -> Request:
        """In the child: a session, signals and files of its own, as `subprocess.Popen` would give it."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for each in (self._door, self._ends, self._end_seen, *self._channels.values()):
            each.close()
        nothing, writer = os.pipe()
        os.close(writer)
        for source, target in ((nothing, 0), (output, 1), (errors, 2)):
            os.dup2(source, target)
            os.close(source)
        with channel:
            request = Request.read(asked)
            channel.sendall(b"%d\n" % os.getpid())
        return request

    def _tell_ends(self) -> None:
        while self._channels:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            channel = self._channels.pop(pid)
            if channel in self._selector.get_map():
                self._selector.unregister(channel)
            end = {"status": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime}
            with channel, contextlib.suppress(OSError):  # who asked may be gone
                channel.sendall(json.dumps(end).encode() + b"\n")

    def _abandon(self, channel: object) -> None:
        """End a child whose channel was closed (nothing else is said there): who asked for it is gone."""
        pid = next(pid for pid, each in self._channels.items() if each is channel)
        self._selector.unregister(self._channels[pid])
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:  # it has not come to a session of its own yet
            os.kill(pid, signal.SIGKILL)

    def _close_door(self) -> None:
        self._selector.unregister(self._door)
        self._door.close()


class Request(NamedTuple):
    """What the kernel is to be."""

    command: list[str]
    environment: dict[str, str]
    folder: str

    @classmethod
    def read(cls, file: int) -> Request:
        """Read a request to its end; whoever closes the file without one wants no kernel any more."""
        with open(file, "rb", closefd=file != 0) as whole:
            content = whole.read()
        if not content:
            os._exit(1)
        return cls(*json.loads(content))


def become(request: Request, shelf: Shelf) -> tuple[types.CodeType, dict[str, Any]]:
    """Make this process what a new interpreter is when it comes to its ``-m`` module: that module's code and names."""
    # Who watches over whom is settled already: the values ipykernel was imported with.
    own = {name: value for name, value in os.environ.items() if name in WATCHED_OVER}
    os.environ.clear()
    os.environ.update(request.environment | shelf.environment | own)
    os.chdir(request.folder)
    _limit_memory(request.environment.get("QUALCODE_MEMORY"))
    if shelf.changed() or not shelf.fits(request.folder):
        _replace(request.command)
    gc.enable()
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())  # type: ignore[union-attr]
    for name, attribute in IMPORTED_IN.items():
        if name in sys.modules:
            setattr(sys.modules[name], attribute, request.folder)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    module = request.command.index("-m") + 1
    spec = importlib.util.find_spec(request.command[module])
    assert spec is not None
    code = spec.loader.get_code(spec.name)  # type: ignore[union-attr]
    sys.orig_argv[:] = request.command
    sys.argv[:] = [str(spec.origin), *request.command[module + 1 :]]
    if not sys.flags.safe_path:
        sys.path.insert(0, request.folder)
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    vars(main).update(__file__=spec.origin, __cached__=spec.cached, __loader__=spec.loader, __spec__=spec)
    vars(main).update(__package__="", __builtins__=builtins)
    return code, vars(main)


def _limit_memory(megabytes: str | None) -> None:
    """Bound what this process may take, where the system can: then a cell ends with a MemoryError, and nothing else."""
    if megabytes and sys.platform == "linux":
        import resource

        most = int(megabytes) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _replace(command: list[str]) -> None:
    """Go on as a new interpreter."""
    if os.name == "nt":  # which has no exec that keeps the process
        sys.exit(subprocess.call(command, close_fds=False))
    os.execv(command[0], command)


def main() -> tuple[types.CodeType, dict[str, Any]]:
    """Come back in a kernel only."""
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder of this script
    os.environ.setdefault("JPY_PARENT_PID", str(os.getpid()))
    gc.disable()
    shelf = Shelf()
    global _warm
    _warm = frozenset(sys.modules)
    gc.collect()
    gc.freeze()  # no collection looks at these again, so that they stay shared between all kernels
    request = (
        Request.read(0) if sys.argv[1] == "once" else Nursery(socket.socket(fileno=int(sys.argv[1])), shelf).serve()
    )
    if request is None:
        os._exit(0)  # nothing of its own is left to do, and taking down the libraries takes time
    return become(request, shelf)


def _run(code: types.CodeType, names: dict[str, Any]) -> None:
    """Run the kernel at the very depth of the stack a new interpreter runs it at."""
    exec(code, names)


def _end() -> NoReturn:
    """End as an interpreter does, except that the libraries that were there from the start are not taken down.

    Threads are waited for, what was registered for the end runs, what the notebook holds is given up (so that its
    objects close what they opened), and every open file is written out.
    """
    # ipykernel stops the thread of its outputs while that of its commands may still hand some over: then each waits for
    # the other until it is killed. The latter ends by itself when it has done what it was asked for.
    for thread in threading.enumerate():
        if thread.name == "Control":
            thread.join(timeout=1)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for module in [sys.modules["__main__"], *(sys.modules[name] for name in sys.modules.keys() - _warm)]:
        if isinstance(module, types.ModuleType):
            vars(module).clear()
    gc.collect()
    for each in gc.get_objects():
        if isinstance(each, io.IOBase):
            with contextlib.suppress(Exception):
                each.flush()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).fflush(None)
    os._exit(0)


_warm: frozenset[str] = frozenset()

if __name__ == "__main__":
    _run(*main())
    _end()
