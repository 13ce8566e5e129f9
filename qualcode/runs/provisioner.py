"""Starts kernels out of the warm process, through jupyter_client's own provisioner; another kernel starts as ever.

Everything else (ports, signals, interrupts, waiting, killing, restarts) is jupyter_client's. Kernels are forked where
that is safe, else they come out of interpreters that were started ahead of need. ``QUALCODE_ENGINE`` set to ``fork``,
``spawn`` or ``plain`` decides instead.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any, Protocol

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager
from jupyter_client.launcher import launch_kernel
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

NURSERY = Path(__file__).with_name("nursery.py")

# Differ from kernel to kernel (or test to test) and are read by nothing while libraries are imported.
PER_KERNEL = {"JPY_PARENT_PID", "JPY_SESSION_NAME", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT", "PYTEST_CURRENT_TEST"}

# Seconds that an interrupted kernel has to end.
PATIENCE = 5.0

# How many nurseries, each for an environment of its own, may stand at once.
NURSERIES = 2


class Kernel:
    """A kernel forked in a nursery, with the face of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, channel: socket.socket, pid: int) -> None:
        self._channel = channel
        self.pid = pid
        self.returncode: int | None = None
        self.cpu = 0.0

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""
        if self.returncode is None and select.select([self._channel], [], [], 0)[0]:
            return self.wait()
        return self.returncode

    def wait(self) -> int:
        """How it ended, when it has."""
        if self.returncode is None:
            with self._channel, self._channel.makefile("r", encoding="ascii") as lines:
                # A nursery that is gone says nothing; its children end themselves within a second.
                end = json.loads(lines.readline() or json.dumps({"status": -signal.SIGKILL, "cpu": 0}))
            self.returncode, self.cpu = end["status"], end["cpu"]
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal to a kernel that runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Source(Protocol):
    """Where warm kernels of one environment come from."""

    def start(self, command: list[str], environment: dict[str, str], folder: str) -> Any:
        """Start a kernel: its process; OSError when there is none to be had here."""

    def dismiss(self) -> None:
        """Give no kernel any more; those that run go on."""

    def wait(self) -> None:
        """Wait until nothing is left of it."""


class Forked:
    """A nursery: kernels are forked from it. Any thread may ask, and any process forked from this one."""

    def __init__(self, interpreter: list[str], environment: dict[str, str]) -> None:
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*interpreter, str(NURSERY), str(theirs.fileno())],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def start(self, command: list[str], environment: dict[str, str], folder: str) -> Kernel:
        """Have a kernel forked."""
        channel, theirs = socket.socketpair()
        asked, asking = os.pipe()
        with os.fdopen(asking, "wb") as request:
            with theirs, os.fdopen(asked, "rb"):
                socket.send_fds(self._door, [b"k"], [theirs.fileno(), asked, 1, 2])
            request.write(_request(command, environment, folder))
        pid = channel.recv(32)
        if not pid.endswith(b"\n"):
            channel.close()
            raise ConnectionResetError
        return Kernel(channel, int(pid))

    def dismiss(self) -> None:
        """Let the nursery end, which it does when its last kernel has."""
        self._door.close()

    def wait(self) -> None:
        """Wait for the nursery; should a kernel still run, both end when this process does."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)


class Spawned:
    """One interpreter is always kept ahead of need, with its libraries read."""

    def __init__(self, interpreter: list[str], environment: dict[str, str]) -> None:
        self._command = [*interpreter, str(NURSERY), "once"]
        self._environment = environment
        self._lock = threading.Lock()
        self._spare = self._spawn()

    def _spawn(self) -> Any:
        return launch_kernel(list(self._command), stdin=subprocess.PIPE, env=dict(self._environment), cwd=os.sep)

    def start(self, command: list[str], environment: dict[str, str], folder: str) -> Any:
        """Make the spare interpreter the kernel, and start another."""
        with self._lock:
            process, self._spare = self._spare, self._spawn()
        with process.stdin:
            process.stdin.write(_request(command, environment, folder))
        return process

    def dismiss(self) -> None:
        """Send the spare interpreter away."""
        self._spare.stdin.close()
        self._spare.kill()

    def wait(self) -> None:
        """Wait for the spare interpreter."""
        self._spare.wait()


def _request(command: list[str], environment: dict[str, str], folder: str) -> bytes:
    return json.dumps([command, environment, folder]).encode("ascii")


_sources: dict[tuple[object, ...], Source] = {}
_dismissed: list[Source] = []
_lock = threading.RLock()
_started: weakref.WeakSet[WarmProvisioner] = weakref.WeakSet()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_started.clear)  # a forked worker may use the nurseries; kernels are not its own


def way() -> str:
    """How kernels are started here: ``fork``, ``spawn`` or ``plain``."""
    # macOS has fork, but its system libraries do not survive it.
    safe = hasattr(os, "fork") and sys.platform != "darwin"
    return os.environ.get("QUALCODE_ENGINE") or ("fork" if safe else "spawn")


def warm() -> None:
    """Have the nursery for this process's interpreter and environment started ahead of need."""
    if way() != "plain":
        argv = KernelSpecManager().get_kernel_spec(NATIVE_KERNEL_NAME).argv
        _source([sys.executable, *argv[1 : argv.index("-m")]], dict(os.environ))


def stop() -> None:
    """Kill the kernels that this process runs, from any of its threads; papermill then says that they died."""
    for each in list(_started):
        process = each.process
        if process is not None and process.returncode is None:
            with contextlib.suppress(OSError):
                os.killpg(each.pgid, signal.SIGKILL) if each.pgid else process.kill()


def start(interpreter: list[str], command: list[str], environment: dict[str, str], folder: str) -> Any:
    """Start a warm kernel: its process.

    Libraries may read any variable while they are imported: a nursery serves one environment only, to the letter.

    Parameters
    ----------
    interpreter : list of str
        Its path and options; `command` begins with them.
    command : list of str
    environment : dict of str to str
    folder : str
        Where the kernel works.

    Raises
    ------
    OSError
        When no warm kernel is to be had.
    """
    source = _source(interpreter, environment)
    try:
        return source.start(command, environment, folder)
    except OSError:  # the nursery has ended, as one does whose libraries were changed
        _dismiss(source)
        return _source(interpreter, environment).start(command, environment, folder)


def _source(interpreter: list[str], environment: dict[str, str]) -> Source:
    lasting = {name: value for name, value in environment.items() if name not in PER_KERNEL}
    key = (way(), *interpreter, frozenset(lasting.items()))
    with _lock:
        if key not in _sources:
            while len(_sources) >= NURSERIES:
                _dismiss(next(iter(_sources.values())))
            _sources[key] = (Forked if way() == "fork" else Spawned)(interpreter, lasting)
        return _sources[key]


def _dismiss(source: Source) -> None:
    with _lock:
        for key in [key for key, each in _sources.items() if each is source]:
            del _sources[key]
            source.dismiss()
            _dismissed.append(source)


def close() -> None:
    """Close all nurseries; the next kernel starts one again."""
    with _lock:
        for source in list(_sources.values()):
            _dismiss(source)
        while _dismissed:
            _dismissed.pop().wait()


atexit.register(close)


class WarmProvisioner(LocalProvisioner):
    """jupyter_client's provisioner of local kernels, except that one of this very interpreter comes from a nursery."""

    _ending = False

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel: warm, when it is ipykernel on this interpreter and nothing special is asked for."""
        options = LocalProvisioner._scrub_kwargs(kwargs)
        interpreter = cmd[: cmd.index("-m")] if cmd[:1] == [sys.executable] and "-m" in cmd else []
        usual = cmd[len(interpreter) : len(interpreter) + 2] == ["-m", "ipykernel_launcher"]
        self._ending = False
        _started.add(self)
        if way() == "plain" or not usual or options.keys() - {"env", "cwd"}:
            return await super().launch_kernel(cmd, **kwargs)
        folder = str(options.get("cwd") or Path.cwd())
        try:
            self.process = start(interpreter, cmd, options["env"], folder)
        except OSError:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Remember that the kernel was asked to end."""
        self._ending = True

    async def poll(self) -> int | None:
        """How the kernel ended, or None: a kernel that was asked to end is given a moment before the answer is None.

        jupyter_client asks again only after a tenth of a second.
        """
        for _ in range(50 if self._ending else 0):
            if await super().poll() is not None:
                break
            await asyncio.sleep(0.002)
        return await super().poll()
