"""Lets nbval take its kernels from the warm process: ``pytest -p qualcode.runs.nbval --nbval reports/``.

Without this plugin nbval gives the same answers, only more slowly. Nothing has to be sanitised: what ``qualcode run``
writes is the same to the byte each time.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from qualcode.runs.order import KERNEL_ENVIRONMENT

# The kernel's own remarks about its transport are not for the reader of a test.
QUIET = ["--IPKernelApp.log_level=CRITICAL"]


def pytest_configure() -> None:
    """Have kernels started warm, in the environment of a batch."""
    os.environ.update(KERNEL_ENVIRONMENT, JUPYTER_DEFAULT_PROVISIONER_NAME="qualcode")
    nbval: Any = import_module("nbval.kernel")
    start = nbval.start_new_kernel

    def start_warm(*args: Any, stderr: Any = None, **kwargs: Any) -> Any:
        if stderr is not None:  # pytest keeps what kernels say; a kernel with files of its own would start cold
            stderr.close()
        return start(*args, extra_arguments=QUIET, **kwargs)

    nbval.start_new_kernel = start_warm
