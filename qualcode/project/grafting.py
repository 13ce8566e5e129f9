"""Changing a YAML file without disturbing the rest of it: comments, order and quoting stay as they were written.

A file is read as words only, as everywhere in qualcode, so that a code called ``1.10`` stays ``1.10``. What is written
is read again and compared with the same change made on plain data; a file that cannot be changed so is left alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString

from qualcode.errors import CodingError
from qualcode.records import parse

Change = Callable[[Any], None]
"""Changes parsed YAML in place: plain dictionaries and lists as well as those that carry comments."""

Path = tuple[int | str, ...]


class _Words(VersionedResolver):
    """Every plain scalar is a word: no numbers, dates or truth values are guessed."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        return self.DEFAULT_SCALAR_TAG if kind is ScalarNode else super().resolve(kind, value, implicit)


def changed(raw: bytes, place: str, change: Change) -> bytes:
    """The content of a YAML file after a change; byte order mark and line ends stay, too.

    Raises
    ------
    CodingError
        When the file is no sound YAML, or cannot be written again without changing more than was asked for.
    """
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    text = raw.decode("utf-8-sig")
    ends = "\r\n" if "\r\n" in text else "\n"
    new = _changed_text(text.replace("\r\n", "\n"), place, change)
    return mark + new.replace("\n", ends).encode()


def _changed_text(text: str, place: str, change: Change) -> str:
    tree, problems = parse(text, place)
    if tree is None or problems:
        raise CodingError(problems[0])
    bare, above, ending = _without_remarks(text, tree.lines)
    writer = _writer(text)
    data = writer.load(bare)
    remarks = [(_at(data, path), lines) for path, lines in above.items()]
    change(data)
    change(tree.data)
    stream = io.StringIO()
    writer.dump(data, stream)
    new = _with_remarks(stream.getvalue(), place, data, remarks) + ending
    if parse(new, place)[0] is None or _data(new, place) != tree.data:
        raise CodingError.of("yaml_not_kept", place)
    return new


def _data(text: str, place: str) -> Any:
    tree, _ = parse(text, place)
    return tree.data if tree else None


def _writer(text: str) -> YAML:
    writer = YAML()
    writer.Resolver = _Words
    writer.preserve_quotes = True
    writer.width = 100_000  # lines stay where they were broken
    writer.explicit_start = True if any(line.startswith("---") for line in text.splitlines()) else None
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    for node in _blocks(root):
        offset = node.start_mark.column - _column_above(root, node)
        writer.indent(mapping=2, sequence=offset + 2, offset=offset)
        break
    return writer


def _blocks(node: yaml.Node | None) -> Iterator[yaml.SequenceNode]:
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        yield node
    for child in _below(node):
        yield from _blocks(child)


def _column_above(node: yaml.Node | None, wanted: yaml.Node) -> int:
    """The column of the key that a block sequence stands under."""
    for child in _below(node):
        if child is wanted:
            assert node is not None
            return node.start_mark.column
        found = _column_above(child, wanted)
        if found >= 0:
            return found
    return -1


def _below(node: yaml.Node | None) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


# Remarks above a code belong to that code; left to themselves they would stay with the code before it.


def _without_remarks(text: str, lines: dict[Path, int]) -> tuple[str, dict[Path, list[str]], str]:
    """The text without the remarks above list items and at its end; those by path of the item; and the ending."""
    rows = text.splitlines(keepends=True)
    held = _inside_scalars(text)
    last = len(rows)
    while last and _is_remark(rows[last - 1]) and last - 1 not in held:
        last -= 1
    ending = "".join(rows[last:])
    above: dict[Path, list[str]] = {}
    taken: set[int] = set(range(last, len(rows)))
    for path, line in lines.items():
        if path and isinstance(path[-1], int) and rows[line - 1].lstrip().startswith("- "):
            first = line - 1
            while first and _is_remark(rows[first - 1]) and first - 1 not in held:
                first -= 1
            if first < line - 1 and not taken & set(range(first, line - 1)):
                above[path] = rows[first : line - 1]
                taken |= set(range(first, line - 1))
    return "".join(row for index, row in enumerate(rows) if index not in taken), above, ending


def _is_remark(row: str) -> bool:
    return not row.strip() or row.lstrip().startswith("#")


def _inside_scalars(text: str) -> set[int]:
    """The lines, from 0, that belong to a text of several lines: a # in them is no remark."""
    held: set[int] = set()
    pending: list[yaml.Node | None] = [yaml.compose(text, Loader=yaml.BaseLoader)]
    while pending:
        node = pending.pop()
        pending += _below(node)
        if isinstance(node, yaml.ScalarNode):
            held |= set(range(node.start_mark.line, node.end_mark.line))
    return held


def _with_remarks(text: str, place: str, data: Any, remarks: Sequence[tuple[Any, list[str]]]) -> str:
    """Put the remarks back above their items, wherever these stand now; those of items that are gone go with them."""
    tree, _ = parse(text, place)
    rows = text.splitlines(keepends=True)
    where = {id(item): path for path, item in _items(data, ())}
    inserts: dict[int, list[str]] = {}
    for item, lines in remarks:
        if tree is not None and id(item) in where and where[id(item)] in tree.lines:
            line = tree.lines[where[id(item)]] - 1
            indent = rows[line][: len(rows[line]) - len(rows[line].lstrip())]
            inserts[line] = [indent + each.lstrip() if each.strip() else each for each in lines]
    return "".join("".join(inserts.get(index, ())) + row for index, row in enumerate(rows))


def _items(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every item of every list, with its path."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        if isinstance(data, list):
            yield (*path, key), value
        yield from _items(value, (*path, key))


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


# The tree of codes


@dataclass(frozen=True)
class _Spot:
    """Where a code stands: the mapping that holds its list, the key of the list, and the code itself."""

    above: Any
    key: str
    code: Any


def _spots(above: Any, key: str = "codes") -> Iterator[_Spot]:
    for code in above.get(key) or ():
        yield _Spot(above, key, code)
        yield from _spots(code, "children")


def _spot(data: Any, code: str) -> _Spot:
    return next(spot for spot in _spots(data) if spot.code["id"] == code)


def _like(old: Any, new: str) -> str:
    """A new text in the quotes of the old one."""
    return type(old)(new) if isinstance(old, ScalarString) else new


def set_version(data: Any, version: str) -> None:
    """Give a codebook's data another version."""
    data["version"] = _like(data["version"], version)


def rename(data: Any, code: str, new: str, label: str | None, label_en: str | None) -> None:
    """Give a code another id and, where one is named, another label."""
    found = _spot(data, code).code
    found["id"] = _like(found["id"], new)
    if label:
        said = {"id": DoubleQuotedScalarString(label)} | (
            {"en": DoubleQuotedScalarString(label_en)} if label_en else {}
        )
        if label_en is None:
            found["label"] = said["id"]
        else:
            found["label"] = _mapping(data, said)


def merge(data: Any, code: str, into: str, note: str) -> None:
    """Take a code out of the tree: its children move under `into`, where a note keeps what it meant."""
    gone, target = _spot(data, code), _spot(data, into).code
    known = target.get("notes") or []
    notes = _sequence(data)
    notes.extend([known] if isinstance(known, str) else known)
    if note not in notes:
        notes.append(DoubleQuotedScalarString(note))
    _take_out(gone)
    children = list(gone.code.get("children") or ())
    below = target.get("children")
    if "children" in target:
        del target["children"]
    target["notes"] = notes  # before the children, where a reader looks for it
    if below or children:
        target["children"] = below or _sequence(data)
        target["children"].extend(children)
    _open(target)


def split(data: Any, code: str, new: Sequence[tuple[str, str, str]]) -> None:
    """Put new codes, each an id, a label and a definition, below a code."""
    target = _spot(data, code).code
    for id, label, definition in new:
        said = {"label": DoubleQuotedScalarString(label), "definition": DoubleQuotedScalarString(definition)}
        _put_under(data, target, _mapping(data, {"id": id, **said}))


def add(data: Any, code: tuple[str, str, str], under: str | None) -> None:
    """Put a new code, an id, a label and a definition, below another one or at the end of the top."""
    id, label, definition = code
    said = {"label": DoubleQuotedScalarString(label), "definition": DoubleQuotedScalarString(definition)}
    made = _mapping(data, {"id": id, **said})
    if under is None:
        data["codes"].append(made)
    else:
        _put_under(data, _spot(data, under).code, made)


def set_open(data: Any) -> None:
    """Say that coding brings forth new codes of this codebook."""
    if "closed" in data:
        data["closed"] = _like(data["closed"], "false")
    elif isinstance(data, CommentedMap):
        data.insert(list(data).index("codes"), "closed", "false")
    else:
        data["closed"] = "false"


def move(data: Any, code: str, under: str | None) -> None:
    """Put a code, with all below it, under another one or at the top."""
    spot = _spot(data, code)
    _take_out(spot)
    if under is None:
        data["codes"].append(spot.code)
    else:
        _put_under(data, _spot(data, under).code, spot.code)


def _take_out(spot: _Spot) -> None:
    siblings = spot.above[spot.key]
    del siblings[next(index for index, each in enumerate(siblings) if each is spot.code)]
    if not siblings and spot.key == "children":
        del spot.above[spot.key]


def _put_under(data: Any, target: Any, code: Any) -> None:
    if not target.get("children"):
        target["children"] = _sequence(data)
    target["children"].append(code)
    _open(target)


def _open(target: Any) -> None:
    """Write a code that was on one line on several: what it holds now is too much for one."""
    if isinstance(target, CommentedMap):
        target.fa.set_block_style()


def _mapping(data: Any, content: dict[str, Any]) -> Any:
    made = type(data)()
    made.update(content)
    return made


def _sequence(data: Any) -> Any:
    return type(data["codes"])()
