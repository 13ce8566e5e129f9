"""Packed files (Word, OpenDocument, Excel) opened in memory, part by part, each within its bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from qualcode.errors import UnreadableFileError
from qualcode.intake.bounds import (
    DEEPEST_TREE,
    LARGEST_PART,
    LARGEST_UNPACKED,
    MOST_ELEMENTS,
    MOST_PARTS,
    STEEPEST_RATIO,
)

_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """A zip file in memory; nothing of it is ever written to a disk, so no name in it can lead anywhere.

    Parameters
    ----------
    data : bytes
        The whole file.
    place : str
        How messages name it.

    Raises
    ------
    UnreadableFileError
        When it is none, or unpacks to more than a document can hold.
    """

    def __init__(self, data: bytes, place: str) -> None:
        # The list of entries is itself read into memory: it is counted before anything believes its own number.
        if data.count(_ENTRY) > MOST_PARTS:
            raise UnreadableFileError.of("raw_bomb", place)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise UnreadableFileError.of("raw_damaged", place, detail=str(error) or type(error).__name__) from error
        self.place = place
        self._unpacked = 0
        self._parts = {info.filename: info for info in self._zip.infolist()}
        for info in self._parts.values():
            steep = info.file_size > STEEPEST_RATIO * max(info.compress_size, 1)
            if info.file_size > 1_000_000 and steep:
                raise UnreadableFileError.of("raw_bomb", place)

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._parts)

    def read(self, name: str) -> bytes | None:
        """The bytes of a part; None when there is none of that name.

        Raises
        ------
        UnreadableFileError
            When the part is locked, damaged or unpacks to too much.
        """
        info = self._parts.get(name)
        if info is None:
            return None
        if info.flag_bits & 0x1:
            raise UnreadableFileError.of("raw_password", self.place)
        if info.compress_type not in _METHODS:
            raise UnreadableFileError.of("raw_damaged", self.place, detail=f"zip {info.compress_type}")
        try:
            # What is declared is not believed: one byte more than allowed is asked for.
            with self._zip.open(info) as part:
                content = part.read(LARGEST_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableFileError.of("raw_damaged", self.place, detail=f"{name}: {error}") from error
        self._unpacked += len(content)
        if len(content) > LARGEST_PART or self._unpacked > LARGEST_UNPACKED:
            raise UnreadableFileError.of("raw_bomb", self.place)
        return content

    def xml(self, name: str) -> Element | None:
        """The tree of a part, its tags and attributes without their namespaces; None when there is no such part.

        An attribute of the namespace of relationships (``r:id``) is called ``rel_id``, so that it hides no other.

        Raises
        ------
        UnreadableFileError
            As `read`; and when the part is not XML, declares entities, or is too large or deep a tree.
        """
        root = None
        for event, element in self.walk(name):
            if root is None and event == "start":
                root = element
        return root

    def walk(self, name: str) -> Iterator[tuple[str, Element]]:
        """The start and end of each element of a part, in order, bounded as in `xml`; nothing when there is none."""
        content = self.read(name)
        if content is None:
            return
        count = depth = 0
        try:
            for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    count, depth = count + 1, depth + 1
                    if count > MOST_ELEMENTS or depth > DEEPEST_TREE:
                        raise UnreadableFileError.of("raw_bomb", self.place)
                    _forget_namespaces(element)
                else:
                    depth -= 1
                yield event, element
        except DefusedXmlException as error:
            raise UnreadableFileError.of("raw_entities", self.place, part=name) from error
        except (ParseError, ValueError, LookupError) as error:
            if isinstance(error, UnreadableFileError):
                raise
            raise UnreadableFileError.of("raw_damaged", self.place, detail=f"{name}: {error}") from error


def _forget_namespaces(element: Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    if element.attrib:
        named = {_attribute(key): value for key, value in element.attrib.items()}
        element.attrib.clear()
        element.attrib.update(named)


def _attribute(key: str) -> str:
    space, _, name = key.rpartition("}")
    return f"rel_{name}" if space.endswith("/relationships") else name
