"""The index page of a batch: every case with its pages, and what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader

from qualcode.reports.look import STYLE
from qualcode.wording import texts


@dataclass(frozen=True)
class Entry:
    """One page of the index; `error` tells why its notebook stopped, or is None."""

    case: str
    title: str
    fictional: bool
    notebook: str
    name: str
    page: str
    error: str | None = None


def title_of(notebook: Mapping[str, Any]) -> str:
    """A notebook's title: its first heading."""
    prose = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    lines = (line for source in prose for line in source.splitlines())
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "qualcode")


def index_page(entries: Sequence[Entry], *, language: str = "id") -> str:
    """Make the index of a folder of pages; everything is escaped, nothing is loaded from elsewhere."""
    environment = Environment(loader=PackageLoader("qualcode.reports"), autoescape=True, trim_blocks=True)
    words = {key: texts(f"index.{key}")[language] for key in ("title", "lead", "fictional", "failed", "nothing")}
    ordered = sorted(entries, key=lambda entry: (entry.case, entry.notebook))
    cases = [list(group) for _, group in groupby(ordered, key=lambda entry: entry.case)]
    template = environment.get_template("index.html.j2")
    return template.render(cases=cases, words=words, language=language, style=STYLE)
