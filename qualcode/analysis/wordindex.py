"""The word index: in which units of which documents each form of a word stands, found without reading all texts again.

The index holds no text and nothing that is not in the documents: units, the forms of their words with the places, and
each form's search key. It knows which version of a document it has seen, learns anew what was changed, and may be
deleted at any time. What a project knows better about its words stands in a file of its own, see `read_dictionary`.

SQLite's FTS5 finds the units; its words are the numbers of our forms, so that its idea of a word never differs from
that of `tokenize`, and what is found equals what reading every text would find.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple, TypeVar

from qualcode.errors import CheckError, Problem
from qualcode.text.document import Document, Role, Turn
from qualcode.text.readers import read_text
from qualcode.text.words.stems import Stemmer, normal
from qualcode.text.words.tokens import words as words_of

Result = TypeVar("Result")

DICTIONARY = "kamus.csv"
"""A project's own words, at its top: ``bentuk,kata``, one form a line with the word it stands for."""

FOLDER, FILE = ".qualcode", "kata.sqlite"

FORMAT = 1
"""Raised whenever the tables, or what counts as a word, change: an index of another format is built anew."""

MOST_FORMS = 5000
"""A longer list of forms is not asked of FTS5: nearly every unit holds one of them, and all are looked at."""

_SHORT, _LONG = "H", "I"
_LAST = chr(sys.maxunicode)

_TABLES = """
    CREATE TABLE known (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE document (id INTEGER PRIMARY KEY, home TEXT NOT NULL, name TEXT NOT NULL, seen TEXT NOT NULL,
        UNIQUE (home, name));
    CREATE TABLE unit (id INTEGER PRIMARY KEY, document INTEGER NOT NULL, number INTEGER NOT NULL,
        start INTEGER NOT NULL, speaker TEXT, informant TEXT, evidence INTEGER NOT NULL,
        forms BLOB NOT NULL, places BLOB NOT NULL);
    CREATE INDEX unit_document ON unit (document);
    CREATE TABLE form (id INTEGER PRIMARY KEY, form TEXT NOT NULL UNIQUE, key TEXT NOT NULL);
    CREATE INDEX form_key ON form (key);
    CREATE VIRTUAL TABLE words USING fts5(forms, content='', detail=none, columnsize=0, tokenize='ascii');
"""

_TOLD = "SELECT value FROM known WHERE name = 'stemmer'"


class Match(NamedTuple):
    """Where the words of a query stand: in `document` of `case`, in its unit `number`.

    `places` and `forms` have one entry a word asked for, in the order asked: its start and end in the document's
    text, in code points, and the number of its form.
    """

    case: str
    document: str
    number: int
    places: tuple[tuple[int, int], ...]
    forms: tuple[int, ...]


class WordIndex:
    """The index of a project's words in a file, or in memory only.

    Parameters
    ----------
    path : Path or None
        The file, made where it is missing; None keeps the index in memory.
    stemmer : Stemmer
        Gives each form its search key.
    knows : str
        What the stemmer was told, in any words that change with it: all keys are found anew when it differs.

    Raises
    ------
    sqlite3.Error
        When the file is damaged, or cannot be written; see `ask`.
    """

    def __init__(self, path: Path | None, stemmer: Stemmer, knows: str = "") -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._stemmer = stemmer
        self._numbers: dict[str, int] = {}  # of each way of writing a form that was met
        self._base = sqlite3.connect(path or ":memory:", timeout=20, isolation_level=None)
        try:
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._prepare(f"{_versions()} {sha256(knows.encode()).hexdigest()}")
        except BaseException:
            self._base.close()
            raise

    def close(self) -> None:
        """Let the file go."""
        self._base.close()

    def _is_ready(self, knows: str) -> bool:
        return self._has_tables() and self._base.execute(_TOLD).fetchone() == (knows,)

    def _has_tables(self) -> bool:
        (found,) = self._base.execute("PRAGMA user_version").fetchone()
        (tables,) = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and found != FORMAT:
            raise sqlite3.DatabaseError(f"index of format {found}")
        return bool(tables)

    def _prepare(self, knows: str) -> None:
        if self._is_ready(knows):
            return  # asks for no lock, so that many may read at a time
        with _transaction(self._base):
            if not self._has_tables():
                for statement in _TABLES.split(";"):
                    self._base.execute(statement)
                self._base.execute(f"PRAGMA user_version = {FORMAT}")
            if not self._is_ready(knows):
                keys = [(self._stemmer(form), id) for id, form in self._base.execute("SELECT id, form FROM form")]
                self._base.executemany("UPDATE form SET key = ? WHERE id = ?", keys)
                self._base.execute("INSERT OR REPLACE INTO known VALUES ('stemmer', ?)", (knows,))

    def update(self, documents: Iterable[Document], *, within: Collection[str] | None = None) -> int:
        """Learn the documents that are new or changed, forget those that are gone; returns how many were touched.

        Parameters
        ----------
        documents : iterable of Document
        within : collection of str, optional
            The cases these are all documents of: those of other cases stay known. Default: there are no others.
        """
        given = {(each.case, each.id): each for each in documents}
        if not self._differing(given, within):
            return 0
        try:
            with _transaction(self._base):
                differing = self._differing(given, within)
                for place in differing:
                    self._forget(*place)
                    if place in given:
                        self._learn(given[place])
        except BaseException:
            self._numbers.clear()  # some may be of forms that were taken back
            raise
        return len(differing)

    def _differing(
        self, given: Mapping[tuple[str, str], Document], within: Collection[str] | None
    ) -> list[tuple[str, str]]:
        rows = self._base.execute("SELECT home, name, seen FROM document").fetchall()
        known = {(home, name): seen for home, name, seen in rows if within is None or home in within}
        changed = [place for place, document in given.items() if known.get(place) != _version_of(document)]
        return changed + [place for place in known if place not in given]

    def _forget(self, case: str, name: str) -> None:
        row = self._base.execute("SELECT id FROM document WHERE home = ? AND name = ?", (case, name)).fetchone()
        if row is None:
            return
        units = self._base.execute("SELECT id, forms FROM unit WHERE document = ?", row).fetchall()
        gone = [(id, _words_of(_unpacked(_LONG, forms))) for id, forms in units]
        self._base.executemany("INSERT INTO words (words, rowid, forms) VALUES ('delete', ?, ?)", gone)
        self._base.execute("DELETE FROM unit WHERE document = ?", row)
        self._base.execute("DELETE FROM document WHERE id = ?", row)

    def _learn(self, document: Document) -> None:
        made = self._base.execute(
            "INSERT INTO document (home, name, seen) VALUES (?, ?, ?)",
            (document.case, document.id, _version_of(document)),
        ).lastrowid
        read = [(unit, words_of(document.text[unit.start : unit.end])) for unit in document.units]
        self._meet(set().union(*(written for _, (written, _, _) in read)))
        last = self._last("unit")
        units, words = [], []
        for unit, (written, starts, ends) in read:
            speaker, informant, evidence = None, document.informant, True
            if isinstance(unit, Turn):
                speaker, informant, evidence = unit.speaker, unit.informant, unit.role is Role.INFORMANT
            elif unit.reflection:
                evidence = False
            if written:
                last += 1
                forms = array(_LONG, map(self._numbers.__getitem__, written))
                places = array(_SHORT if unit.end - unit.start < 1 << 16 else _LONG, starts + ends)
                who = (speaker, informant, evidence)
                units.append((last, made, unit.number, unit.start, *who, forms.tobytes(), places.tobytes()))
                words.append((last, _words_of(forms)))
        self._base.executemany("INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", units)
        self._base.executemany("INSERT INTO words (rowid, forms) VALUES (?, ?)", words)

    def _meet(self, written: set[str]) -> None:
        """Give a number to each form that has none yet; each way of writing a form is looked up once."""
        forms = {each: normal(each) for each in written.difference(self._numbers)}
        asked = json.dumps(list(forms.values()))
        listed = "SELECT form, id FROM form WHERE form IN (SELECT value FROM json_each(?))"
        known = dict(self._base.execute(listed, (asked,)))
        fresh = sorted(set(forms.values()) - known.keys())
        known |= {form: number for number, form in enumerate(fresh, start=self._last("form") + 1)}
        made = [(known[form], form, self._stemmer(form)) for form in fresh]
        self._base.executemany("INSERT INTO form (id, form, key) VALUES (?, ?, ?)", made)
        self._numbers |= {each: known[form] for each, form in forms.items()}

    def _last(self, table: str) -> int:
        (last,) = self._base.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
        return int(last)

    def family(self, word: str) -> dict[int, str]:
        """The forms whose search key is that of `word`, by number; forms that no text holds any more may be among them.

        Examples
        --------
        >>> index = WordIndex(None, Stemmer())
        >>> index.update([Document("d-1", "Dikelola sendiri. Pengelolaan akun itu.")])
        1
        >>> sorted(index.family("mengelola").values())
        ['dikelola', 'pengelolaan']
        """
        return self._forms("key = ?", self._stemmer(word))

    def exactly(self, word: str) -> dict[int, str]:
        """The form `word` itself, in whatever case it is written."""
        return self._forms("form = ?", normal(word))

    def beginning(self, letters: str) -> dict[int, str]:
        """The forms that begin with these letters."""
        start = normal(letters)
        return self._forms("form >= ? AND form < ?", start, start + _LAST)

    def _forms(self, condition: str, *values: str) -> dict[int, str]:
        return dict(self._base.execute(f"SELECT id, form FROM form WHERE {condition}", values))

    def matches(
        self,
        words: Sequence[Collection[int]],
        *,
        near: int | None = None,
        everyone: bool = False,
        cases: Collection[str] | None = None,
        document: str | None = None,
        informant: str | None = None,
        speaker: str | None = None,
    ) -> Iterator[Match]:
        """Every place at which the words stand in one unit; one after another, unless `near` is given.

        Parameters
        ----------
        words : sequence of collections of int
            For each word asked for, the numbers of the forms that count as it.
        near : int, optional
            So many words at most from the first: each of the others, on either side, in any order. One match for each
            place of the first word, with the nearest of the others.
        everyone : bool
            Whether interviewers, people outside the design and the researcher's reflections count, too.
        cases, document, informant, speaker
            Only there, only theirs; `speaker` is the label in the transcript.
        """
        wanted = [frozenset(each) for each in words]
        if not wanted or not all(wanted):
            return
        asked = [" OR ".join(map(str, sorted(each))) for each in wanted if len(each) <= MOST_FORMS]
        tests: list[tuple[str, object]] = []
        if asked:
            match = " AND ".join(f"({each})" for each in asked)
            tests.append(("unit.id IN (SELECT rowid FROM words WHERE words MATCH ?)", match))
        if not everyone:
            tests.append(("unit.evidence = ?", 1))
        if document is not None:
            tests.append(("document.name = ?", document))
        if informant is not None:
            tests.append(("unit.informant = ?", informant))
        if speaker is not None:
            tests.append(("unit.speaker = ?", speaker))
        rows = self._base.execute(
            "SELECT home, name, number, start, forms, places FROM unit JOIN document ON document.id = unit.document"
            + "".join(f" {'AND' if i else 'WHERE'} {test}" for i, (test, _) in enumerate(tests)),
            [value for _, value in tests],
        )
        for case, name, number, start, forms, places in rows:
            if cases is None or case in cases:
                yield from _in_unit(case, name, number, start, forms, places, wanted, near)


def _in_unit(
    case: str,
    name: str,
    number: int,
    start: int,
    packed_forms: bytes,
    packed_places: bytes,
    wanted: Sequence[frozenset[int]],
    near: int | None,
) -> Iterator[Match]:
    forms = _unpacked(_LONG, packed_forms)
    found = list(_found(forms, wanted, near))
    if not found:
        return
    short = len(packed_places) == 2 * len(forms) * array(_SHORT).itemsize
    places = _unpacked(_SHORT if short else _LONG, packed_places)
    for at in found:
        spans = tuple((start + places[i], start + places[len(forms) + i]) for i in at)
        yield Match(case, name, number, spans, tuple(forms[i] for i in at))


def _found(forms: Sequence[int], wanted: Sequence[frozenset[int]], near: int | None) -> Iterator[tuple[int, ...]]:
    """The positions of the wanted words among the forms of a unit."""
    first, others = wanted[0], wanted[1:]
    for at, form in enumerate(forms):
        if form not in first:
            continue
        if near is not None:
            reach = sorted(
                (i for i in range(max(0, at - near), min(len(forms), at + near + 1)) if i != at),
                key=lambda i: (abs(i - at), i),
            )
            companions = _companions(forms, others, reach)
            if companions is not None:
                yield (at, *companions)
        elif at + len(others) < len(forms) and all(forms[at + i] in each for i, each in enumerate(others, start=1)):
            yield tuple(range(at, at + len(wanted)))


def _companions(forms: Sequence[int], others: Sequence[frozenset[int]], reach: Sequence[int]) -> tuple[int, ...] | None:
    """One position of `reach` for each of the other words, the first that fit, none used twice."""
    if not others:
        return ()
    for at in reach:
        if forms[at] in others[0]:
            rest = _companions(forms, others[1:], [i for i in reach if i != at])
            if rest is not None:
                return (at, *rest)
    return None


def _words_of(forms: Iterable[int]) -> str:
    """A unit as FTS5 reads it: the numbers of its forms, each once."""
    return " ".join(map(str, sorted(set(forms))))


def _unpacked(sort: str, packed: bytes) -> array[int]:
    numbers: array[int] = array(sort)
    numbers.frombytes(packed)
    return numbers


def _version_of(document: Document) -> str:
    """What of a document the index depends on: its text, and who speaks."""
    speaks = repr((str(document.kind), document.informant, sorted(document.legend.items())))
    return sha256(f"{document.sha256} {speaks}".encode()).hexdigest()


def _versions() -> str:
    """What else keys and places depend on."""
    found = []
    for package in ("qualcode", "PySastrawi"):
        try:
            found.append(version(package))
        except PackageNotFoundError:
            found.append("–")
    return " ".join([*found, sys.byteorder])


class _transaction:
    """All or nothing, with the file held against other writers."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def __enter__(self) -> None:
        self._base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._base.in_transaction:
            self._base.execute("ROLLBACK" if kind else "COMMIT")


def ask(path: Path | None, make: Callable[[Path | None], WordIndex], work: Callable[[WordIndex], Result]) -> Result:
    """What `work` finds in the index at `path`; never fails because of the file.

    A damaged file, or one of another format, is deleted and built anew. Where it cannot be written, or another program
    keeps it for long, the index is built in memory for this once.

    Parameters
    ----------
    path : Path or None
    make : callable
        Opens the index at a path, or in memory for None.
    work : callable
        Asks the index; it must know how to fill an empty one, and give no result that still reads from it.
    """
    for place in (path, path) if path is not None else ():
        try:
            return _asked(place, make, work)
        except sqlite3.OperationalError:
            break
        except (sqlite3.DatabaseError, OSError):
            try:
                place.unlink(missing_ok=True)
            except OSError:
                break
    return _asked(None, make, work)


def _asked(place: Path | None, make: Callable[[Path | None], WordIndex], work: Callable[[WordIndex], Result]) -> Result:
    with closing(make(place)) as index:
        return work(index)


def read_dictionary(path: Path, place: str) -> dict[str, str]:
    """A project's own words: form -> the word it stands for, under whose search key it is then found.

    A CSV file with the columns ``bentuk`` and ``kata`` (other columns are notes); semicolons, too, part its columns.
    ``piye,bagaimana`` finds a regional word with the standard one; ``pengelola,pengelola`` takes a form out of its
    family and keeps it whole. Without the file there are none.

    Parameters
    ----------
    path : Path
    place : str
        How messages name the file.

    Raises
    ------
    CheckError
        For a heading that lacks a column, a line with only one side, a form that stands for two words.
    """
    if not path.is_file():
        return {}
    text, problems = read_text(path, place)
    if text is None:
        raise CheckError(problems)
    lines = text.removeprefix("\ufeff").splitlines()
    heading = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=";" if ";" in heading else ",")
    columns = [name.strip().lower() for name in next(reader, [])]
    if "bentuk" not in columns or "kata" not in columns:
        raise CheckError([Problem.of("dictionary_heading", f"{place}:1")])
    own: dict[str, str] = {}
    faults = []
    for row in reader:
        cells = dict(zip(columns, map(str.strip, row), strict=False))
        form, word = cells.get("bentuk", ""), cells.get("kata", "")
        here = f"{place}:{reader.line_num}"
        if not form and not word:
            continue
        if not form or not word:
            faults.append(Problem.of("dictionary_blank", here, form=form or "–", word=word or "–"))
        elif normal(own.setdefault(normal(form), word)) != normal(word):
            faults.append(Problem.of("dictionary_twice", here, form=form, word=word, other=own[normal(form)]))
    if faults:
        raise CheckError(faults)
    return own
