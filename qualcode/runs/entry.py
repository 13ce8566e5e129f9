"""Where papermill finds the engine: it loads what stands here while it is imported itself, so the rest comes later."""

from __future__ import annotations

from typing import Any


class _WhenUsed:
    def __getattr__(self, name: str) -> Any:
        from qualcode.runs.engine import WarmEngine

        return getattr(WarmEngine, name)


engine = _WhenUsed()
