"""YAML records whose every fault is found at once, each with its line.

YAML is read as text only: no tags, no anchors, no dates or numbers guessed. What a value means is decided by the
pydantic model it is read into, so that ``no`` stays a word and ``08.30`` stays a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from qualcode.errors import Problem
from qualcode.wording import catalogue, say

LARGEST_RECORD = 4_000_000
DEEPEST_RECORD = 60

Path = tuple[int | str, ...]

Identifier = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
"""What an id looks like: it may become part of a file's name, so nothing in it can lead out of a folder."""


class Record(BaseModel):
    """Base of everything that is read from YAML or JSON: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


AnyRecord = TypeVar("AnyRecord", bound=BaseModel)


@dataclass
class Tree:
    """Parsed YAML: plain `data` of strings, lists and dicts, and the line at which each part stands."""

    data: Any
    place: str
    lines: dict[Path, int] = field(default_factory=dict)

    def at(self, path: Path) -> str:
        """``file:line`` of the value at `path`, or of the nearest part above it that was written."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return f"{self.place}:{self.lines[path[:length]]}"
        return self.place


def parse(text: str, place: str, *, first_line: int = 1) -> tuple[Tree | None, list[Problem]]:
    """Parse YAML `text` without believing it: no tags, no anchors, no duplicate keys, bounded size and depth.

    Parameters
    ----------
    text : str
        The YAML source.
    place : str
        The file's name, for the problems.
    first_line : int
        The line at which `text` begins in its file.

    Returns
    -------
    tuple of (Tree or None, list of Problem)
        The tree, or None when nothing could be parsed; and all faults found.
    """
    if len(text) > LARGEST_RECORD:
        return None, [Problem.of("record_too_large", place, limit=LARGEST_RECORD)]
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        # What was begun and never ended is at fault where it begins, not where the reading gave up.
        begun = error.context_mark if isinstance(error, yaml.scanner.ScannerError) else None
        mark = begun or error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        return None, [Problem.of("bad_yaml", f"{place}:{line}", detail=error.problem or "")]
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The reader knows the position of a character it refuses; an escape such as "\UFFFFFFFF" comes without.
        line = first_line + text.count("\n", 0, getattr(error, "position", 0))
        return None, [Problem.of("bad_yaml", f"{place}:{line}", detail=str(error).splitlines()[0])]
    tree = Tree(None, place, {(): first_line})
    problems: list[Problem] = []
    if node is not None:
        tree.data = _plain(node, (), tree, first_line, problems)
    return tree, problems


Loader = type[yaml.BaseLoader]
# PyYAML's own C parser is ten times as fast. What it refuses is read again by the other, whose messages are clearer.
_FAST: Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _composed(text: str) -> yaml.Node | None:
    try:
        return _composed_by(_FAST, text)
    except (yaml.YAMLError, ValueError, OverflowError):
        return _composed_by(yaml.BaseLoader, text)


def _composed_by(loader: Loader, text: str) -> yaml.Node | None:
    _refuse_what_may_explode(text, loader)
    return yaml.compose(text, Loader=loader)


def _refuse_what_may_explode(text: str, loader: Loader) -> None:
    """Raise on aliases, tags, deep nesting (a few lines can stand for gigabytes) and halves of characters."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.ScalarEvent):
            event.value.encode()  # an escape such as "\ud800" is no character that could ever be written down
        suspicious = isinstance(event, yaml.NodeEvent) and event.anchor is not None
        tagged = getattr(event, "tag", None) is not None
        if suspicious or tagged or depth > DEEPEST_RECORD:
            raise yaml.MarkedYAMLError(
                problem=say("yaml.refused"),
                problem_mark=event.start_mark,  # type: ignore[arg-type]
            )


def _plain(node: yaml.Node, path: Path, tree: Tree, first_line: int, problems: list[Problem]) -> Any:
    """Turn a node into strings, lists and dicts, noting each part's line and each key written twice."""
    tree.lines[path] = first_line + node.start_mark.line
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), tree, first_line, problems) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            line = first_line + key_node.start_mark.line
            if not isinstance(key_node, yaml.ScalarNode):
                problems.append(Problem.of("bad_yaml", f"{tree.place}:{line}", detail=say("yaml.key")))
                continue
            if key in mapping:
                problems.append(Problem.of("duplicate_key", f"{tree.place}:{line}", key=key))
            mapping[key] = _plain(value_node, (*path, key), tree, first_line, problems)
            tree.lines[*path, key] = line
        return mapping
    # An empty value and the words for nothing mean nothing; whoever wants the word itself quotes it.
    return None if not getattr(node, "style", None) and node.value in ("", "~", "null") else node.value


def read_as(model: type[AnyRecord], tree: Tree) -> tuple[AnyRecord | None, list[Problem]]:
    """Read `tree` into `model`, collecting every fault with its line.

    Returns
    -------
    tuple of (model instance or None, list of Problem)
    """
    try:
        return model.model_validate(_without_blanks(tree.data)), []
    except ValidationError as error:
        return None, list(_problems(error, tree, model))


def _without_blanks(data: Any) -> Any:
    """Leave out the keys that were written without a value: a blank says nothing."""
    if isinstance(data, dict):
        return {key: _without_blanks(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return ["" if item is None else _without_blanks(item) for item in data]
    return data


def _problems(error: ValidationError, tree: Tree, model: type[BaseModel]) -> Iterator[Problem]:
    """Word each of pydantic's complaints in our own catalogue, one per place."""
    seen: set[str] = set()
    for details in error.errors(include_url=False):
        if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
            continue  # pydantic counts sound items only; the others have complaints of their own
        problem = word_complaint(details, tree.at(details["loc"]))
        if str(problem) not in seen:
            seen.add(str(problem))
            yield problem


def word_complaint(details: ErrorDetails, place: str) -> Problem:
    """One of pydantic's complaints as a Problem worded in the catalogue."""
    context = details.get("ctx", {})
    whole = place.rpartition(":")[0] or place
    key = next((part for part in reversed(details["loc"]) if isinstance(part, str)), whole)
    # Its own wording, or that of its family (date_parsing and date_type are both of the family date), or any value's.
    names = (details["type"], details["type"].partition("_")[0], "value")
    kind = next(name for name in names if f"record_{name}" in catalogue()["problem"])
    return Problem.of(
        f"record_{kind}",
        place,
        key=key,
        value=_shown(details["input"]),
        expected=str(context.get("expected", "")).replace("' or '", "', '"),
        detail=str(context.get("error", details["msg"])),
    )


def _shown(value: object) -> str:
    """A value as the problem quotes it: short, on one line."""
    shown = " ".join(str(value).split())
    return shown if len(shown) <= 60 else shown[:57] + "..."
