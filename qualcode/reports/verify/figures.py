"""Counts and statuses in text and tables, held against the chapter as the codings give it now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from qualcode.reports.chapter import Chapter, GridCell, Heading, Prose, TablePart
from qualcode.reports.chapter.blocks import Claim
from qualcode.reports.verify.finding import Kind
from qualcode.reports.verify.reading import Mark, Paragraph, Written
from qualcode.reports.verify.tokens import plain, same
from qualcode.wording import say

_NUMBER = "qc_n_"
_NUMBERLIKE = re.compile(r"[\d\s.,%/()+−±○≠·×–-]*\d[\d\s.,%/()+−±○≠·×–-]*")
_BEFORE = re.compile(r"[\w+−±○]*(?:(?<=\d)[.,](?=$))?$")
_BEHIND = re.compile(r"(?:[.,]?\d)*\w*")

LONGEST_SENTENCE = 1_500
"""Characters of a sentence of ours, at most."""

Fault = tuple[Kind, Paragraph, dict[str, str]]

Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Expected:
    """A cell of the chapter's own table: its text, its row's first cell, its table."""

    part: TablePart
    row: str
    column: int
    cell: GridCell


class Figures:
    """The numbers of a written chapter beside those of the codings.

    Parameters
    ----------
    written : Written
    chapter : Chapter
        As it is built now.
    gone : callable
        What a code was called that is no more, from its old id; None when it still is, or never was.
    """

    def __init__(self, written: Written, chapter: Chapter, gone: Mapping[str, str]) -> None:
        self.written = written
        self.chapter = chapter
        self.gone = gone
        self.then: Mapping[str, tuple[str, str, str]] = written.claims.claims if written.claims else {}
        self.marks = [mark for mark in written.marks if mark.name.startswith(_NUMBER)]
        self.present = {mark.name for mark in self.marks}

    @cached_property
    def _cells(self) -> dict[Cell, list[int]]:
        """Each cell of the written tables -> the indices of its paragraphs."""
        cells: dict[Cell, list[int]] = {}
        for index, paragraph in enumerate(self.written.paragraphs):
            if paragraph.cell is not None:
                cells.setdefault(paragraph.cell, []).append(index)
        return cells

    def _text(self, cell: Cell) -> str:
        return "\n".join(self.written.paragraphs[index].text for index in self._cells.get(cell, ()))

    def _row(self, cell: Cell) -> str:
        """What heads the row of a cell; of cells merged downwards the words stand in a row above."""
        for row in range(cell[1], -1, -1):
            head = self._text((cell[0], row, 0)).strip()
            if head:
                return head
        return ""

    @cached_property
    def _expected(self) -> dict[str, Expected]:
        """The claims in cells of the chapter's tables."""
        found = {}
        for part in self.chapter.tables:
            for row in part.body:
                column = 0
                for cell in row:
                    if len(cell.spans) == 1 and cell.spans[0].claim.startswith(_NUMBER):
                        found[cell.spans[0].claim] = Expected(part, row[0].text, column, cell)
                    column += cell.across
        return found

    def faults(self) -> Iterator[Fault]:
        """Numbers and statuses that no longer agree, with a bookmark or without."""
        unasked: dict[tuple[int, str], Paragraph] = {}
        for mark in self.marks:
            paragraph = self.written.paragraphs[mark.start[0]]
            claim = self._now(mark.name)
            if claim is None:
                if not self._is_of_gone_code(mark):
                    unasked.setdefault(
                        (paragraph.number if paragraph.cell is None else -paragraph.cell[0] - 1, ""), paragraph
                    )
                continue
            said = self._said(mark, claim)
            if not same(said, claim.expected):
                yield self._differs(paragraph, mark.name, said, claim)
        for paragraph in unasked.values():
            yield Kind.UNFOUNDED, paragraph, {"words": say("verify.unasked")}
        yield from self._in_tables()
        yield from self._in_prose()

    def _now(self, name: str) -> Claim | None:
        claims = self.chapter.claims
        return claims.get(name) or claims.get("_".join(name.split("_")[:3]))

    def _differs(self, paragraph: Paragraph, name: str, said: str, claim: Claim) -> Fault:
        kind = Kind.STATUS if claim.kind == "status" else Kind.NUMBER
        then = self.then.get(name)
        changed = then is not None and same(said, then[1])
        how = "verify.since" if changed else "verify.edited"
        return kind, paragraph, {"said": " ".join(said.split()) or "–", "now": claim.expected, "how": say(how)}

    def _said(self, mark: Mark, claim: Claim) -> str:
        """What stands there: in a cell of its own the whole cell; in a sentence with what was typed onto it."""
        paragraph = self.written.paragraphs[mark.start[0]]
        if paragraph.cell is not None and mark.name in self._expected:
            return self._text(paragraph.cell)
        said = self.written.between(mark.start, mark.end)
        before = paragraph.text[max(0, mark.start[1] - 40) : mark.start[1]]
        behind = self.written.paragraphs[mark.end[0]].text[mark.end[1] :]
        left, right = _BEFORE.search(before), _BEHIND.match(behind)
        return (left.group() if left else "") + said + (right.group() if right else "")

    # Codes that are no more

    def _is_of_gone_code(self, mark: Mark) -> bool:
        return self.code_of(mark) in self.gone

    def code_of(self, mark: Mark) -> str:
        """The code a claim is about: as it was asked, or else as the row or the definition above says."""
        held = self.then.get(mark.name)
        if held is not None and held[2].count("|") >= 5:
            return held[2].split("|", 3)[3].rsplit("|", 2)[0].partition("#")[0]
        paragraph = self.written.paragraphs[mark.start[0]]
        if paragraph.cell is not None:
            return self._row(paragraph.cell).partition(" ")[0]
        for above in reversed(self.written.paragraphs[max(0, mark.start[0] - 3) : mark.start[0]]):
            code = above.text.partition(". ")[0]
            if code in self.gone:
                return code
        return ""

    # Without bookmarks

    def _in_tables(self) -> Iterator[Fault]:
        """Cells of our tables whose bookmark is lost, and rows that are none of ours."""
        parts = self._parts()
        marked = {self.written.paragraphs[mark.start[0]].cell for mark in self.marks}
        marked_rows = {cell[:2] for cell in marked if cell is not None}
        rows: dict[int, dict[str, list[Cell]]] = {}
        for cell in self._cells:
            if cell[0] in parts and cell[2] == 0:
                rows.setdefault(cell[0], {}).setdefault(plain(self._text(cell)), []).append(cell)
        tables = {part.id: table for table, part in parts.items()}
        for name, expected in self._expected.items():
            table = tables.get(expected.part.id)
            if name in self.present or table is None:
                continue
            found = rows.get(table, {}).get(plain(expected.row), [])
            at = (table, found[0][1], expected.column) if len(found) == 1 else None
            if at is None or at not in self._cells or same(self._text(at), expected.cell.text):
                continue
            paragraph = self.written.paragraphs[self._cells[at][0]]
            yield self._differs(paragraph, name, self._text(at), self.chapter.claims[name])
        yield from self._strange_rows(parts, rows, marked_rows)

    def _strange_rows(
        self, parts: Mapping[int, TablePart], rows: Mapping[int, Mapping[str, list[Cell]]], marked: set[tuple[int, int]]
    ) -> Iterator[Fault]:
        for table, part in parts.items():
            ours = {plain(row[0].text) for row in (*part.head, *part.body)}
            for key, cells in rows.get(table, {}).items():
                if not key or key in ours or key.partition(" ")[0] in self.gone:
                    continue
                for cell in cells:
                    others = [self._text(each).strip() for each in self._cells if each[:2] == cell[:2] and each[2]]
                    if cell[:2] not in marked and any(map(_NUMBERLIKE.fullmatch, others)):
                        paragraph = self.written.paragraphs[self._cells[cell][0]]
                        yield Kind.UNFOUNDED, paragraph, {"words": say("verify.strange_row", row=key)}

    def _parts(self) -> dict[int, TablePart]:
        """Which of our tables a written one is: by the bookmarks in it, else by the caption above it."""
        votes: dict[int, Counter[str]] = {}
        for mark in self.marks:
            cell = self.written.paragraphs[mark.start[0]].cell
            if cell is not None and mark.name in self._expected:
                votes.setdefault(cell[0], Counter())[self._expected[mark.name].part.id] += 1
        by_id = {part.id: part for part in self.chapter.tables}
        parts = {table: by_id[found.most_common(1)[0][0]] for table, found in votes.items()}
        captions = {plain(part.caption): part for part in self.chapter.tables}
        above = ""
        for paragraph in self.written.paragraphs:
            if paragraph.cell is None:
                above = paragraph.text if paragraph.text.strip() else above
            elif paragraph.cell[0] not in parts:
                title = re.sub(r"^\s*\w+\s+[\w.]*\d\S*\s+", "", plain(above))
                if title in captions and captions[title] not in parts.values():
                    parts[paragraph.cell[0]] = captions[title]
        return parts

    def _in_prose(self) -> Iterator[Fault]:
        """Sentences of ours some of whose bookmarks are lost: found by the words around the numbers."""
        previous = ""
        free = None
        for block in self.chapter.blocks:
            above, previous = previous, block.text if isinstance(block, Prose | Heading) else ""
            if not isinstance(block, Prose):
                continue
            names = [span.claim for span in block.spans if span.claim.startswith(_NUMBER)]
            if not names or self.present.issuperset(names):
                continue
            if free is None:
                free = self._free()
            yield from self._in_sentence(block, names, above, free)

    def _free(self) -> list[tuple[Paragraph, str, str]]:
        """Paragraphs outside tables, each with its text and the text above it; those too long for ours left out."""
        found, above = [], ""
        for paragraph in self.written.paragraphs:
            if paragraph.cell is None and paragraph.text.strip():
                text = plain(paragraph.text[: 2 * LONGEST_SENTENCE])
                if len(text) <= LONGEST_SENTENCE:
                    found.append((paragraph, text, above))
                above = text
        return found

    def _in_sentence(
        self, block: Prose, names: list[str], above: str, free: list[tuple[Paragraph, str, str]]
    ) -> Iterator[Fault]:
        form = re.compile(
            "".join(r"\s*(.*?)\s*" if span.claim else r"\s*" + _loosely(span.text) + r"\s*" for span in block.spans)
        )
        fitting = [(found, each, over) for each, text, over in free if (found := form.fullmatch(text))]
        # The same words stand under every indicator: what stands above says which it is.
        own = [each for each in fitting if each[2].endswith(plain(above))] if above else []
        chosen = own or (fitting if len(fitting) == 1 and not above else [])
        if not chosen:
            return
        match, paragraph, _ = chosen[0]
        for name, said in zip([span.claim for span in block.spans if span.claim], match.groups(), strict=True):
            if (
                name not in self.present
                and name in self.chapter.claims
                and not same(said, self.chapter.claims[name].expected)
            ):
                yield self._differs(paragraph, name, said, self.chapter.claims[name])


def _loosely(text: str) -> str:
    return r"\s+".join(map(re.escape, plain(text).split()))
