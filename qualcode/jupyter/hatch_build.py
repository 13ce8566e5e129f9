"""Tells hatchling to build the page of the coding pane before a wheel, an sdist or an editable installation is made.

An sdist carries the built page, so that installing from it needs neither Node nor npm nor a network.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# By its path: nothing of qualcode can be imported while it is being built.
BUNDLING = runpy.run_path(str(Path(__file__).with_name("bundling.py")))


class PaneHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the page where it is missing or older than its sources."""

    def dependencies(self) -> list[str]:
        """Node, and only where the page is still to be built."""
        return [] if BUNDLING["is_built"]() else [BUNDLING["NODE"]]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page; an editable installation goes on without it, because `qc.code_with` says that it is missing.

        Raises
        ------
        RuntimeError
            When a wheel or an sdist would lack the page for good.
        """
        try:
            BUNDLING["bundle"]()
        except BUNDLING["CannotBundle"] as error:
            explanation = BUNDLING["explanation"](error)
            if version != "editable":
                raise RuntimeError(explanation) from None
            self.app.display_warning(explanation)
