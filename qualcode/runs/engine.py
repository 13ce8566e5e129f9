"""The papermill engine ``qualcode``: papermill's own engine, with kernels that start warm and no idle waiting."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from papermill.engines import NBClientEngine
from traitlets import Type

# papermill writes the whole notebook before and after each cell; once in a second is enough to see how far it is.
SECONDS_BETWEEN_SAVES = 1.0

# A socket's path may be no longer than this on any system.
LONGEST_SOCKET = 100


class WarmKernelClient(AsyncKernelClient):
    """jupyter_client's client without its idle waits, for ipykernel, which tells when a request is dealt with."""

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Start the channels except the heartbeat, which nobody asks for: the process itself is watched."""
        # The kernel opens its sockets a few milliseconds after the client looks for them, not a tenth of a second.
        self.context.setsockopt(zmq.RECONNECT_IVL, 5)
        super().start_channels(*args, **{**kwargs, "hb": False})

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its outputs are sure to arrive.

        The subscription to outputs takes effect at some time after the connection. What is published for a request
        ends with the kernel being idle again; once that has arrived everything later will, too, and in order. (The
        original waits until nothing arrived for a fifth of a second.)

        Raises
        ------
        RuntimeError
            When the kernel died or did not answer in time.
        """
        deadline = monotonic() + (float("inf") if timeout is None else timeout)
        asked: set[str] = set()
        patience = 0.005
        while True:
            asked.add(self.kernel_info())
            try:
                reply = await self.shell_channel.get_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply" and await self._idle_after(asked, patience):
                    self._handle_kernel_info_reply(reply)
                    return
            except Empty:
                patience = min(2 * patience, 0.2)
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _idle_after(self, asked: set[str], patience: float) -> bool:
        while True:
            message = await self.iopub_channel.get_msg(timeout=patience)
            if message["parent_header"].get("msg_id") in asked and message["content"].get("execution_state") == "idle":
                return True


class WarmKernelManager(AsyncKernelManager):
    """jupyter_client's manager of one kernel, which has ipykernels started by `qualcode.runs.provisioner`."""

    client_factory = Type(klass=WarmKernelClient)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        place = Path(jupyter_runtime_dir()) / f"kernel-{uuid.uuid4()}.json"
        # Sockets in a folder of this user only; ports are open to all users, and two starts may choose the same.
        if os.name != "nt" and len(str(place)) + len("-ipc-1") <= LONGEST_SOCKET:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.connection_file = str(place)
            self.transport = "ipc"

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernel's specification; one that names a provisioner of its own keeps it."""
        spec = super().kernel_spec
        if spec:
            spec.metadata.setdefault("kernel_provisioner", {"provisioner_name": "qualcode"})
        return spec


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """``papermill --engine qualcode``; a notebook with another kernel than ipykernel goes papermill's own way."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
        """Execute a notebook's cells."""
        spec = AsyncKernelManager(kernel_name=kernel_name).kernel_spec
        if spec and "ipykernel_launcher" in spec.argv:
            kwargs["kernel_manager_class"] = WarmKernelManager
        nb_man.save = _seldom(nb_man.save)
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        finally:
            del nb_man.save  # papermill saves the whole at the end


def _seldom(save: Any) -> Any:
    saved = monotonic()

    def saving(**kwargs: Any) -> None:
        nonlocal saved
        if kwargs or monotonic() - saved >= SECONDS_BETWEEN_SAVES:
            save(**kwargs)
            saved = monotonic()

    return saving
