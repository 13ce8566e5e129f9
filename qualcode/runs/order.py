"""What is asked of a run, and how it ended; light, since most runs find that there is nothing to do."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from qualcode.errors import ParameterError
from qualcode.runs.plan import Job
from qualcode.runs.upkeep import Order

# Kernels inherit these: one hash seed, figures without a screen, and no remark about frozen modules.
KERNEL_ENVIRONMENT = {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}

MEMORY = "QUALCODE_MEMORY"
"""The kernel's limit of memory in MB."""


@dataclass(frozen=True)
class Limits:
    """What a notebook may take: `seconds` of wall time, and `memory` of its kernel in MB; None is no limit."""

    seconds: float | None = None
    memory: int | None = None


NO_LIMITS = Limits()


def require_possible(limits: Limits) -> None:
    """Refuse a limit of memory where no kernel could be held to it.

    Raises
    ------
    ParameterError
    """
    if limits.memory and (sys.platform != "linux" or os.environ.get("QUALCODE_ENGINE") == "plain"):
        raise ParameterError.of("no_memory_limit", "memory")


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes
    ----------
    job : Job
    error : str or None
        One line that says what stopped it; None when it went well.
    seconds : float
        How long it took.
    """

    job: Job
    error: str | None = None
    seconds: float = 0.0


def environment(limits: Limits) -> dict[str, str]:
    """What kernels find in their environment beside what is there already."""
    return KERNEL_ENVIRONMENT | ({MEMORY: str(limits.memory)} if limits.memory else {})


def order_of(job: Job, limits: Limits = NO_LIMITS) -> Order:
    """What a job asks, as records of runs keep it."""
    lasting = {name: value for name, value in os.environ.items() if name != MEMORY}
    # No parameter of the notebook, but it makes another page.
    asked = job.parameters | ({"bukti": "1"} if job.evidence else {})
    return Order(job.root, job.notebook, asked, (job.output, job.page), lasting | environment(limits))
