"""Verify a written chapter: quotations, addresses, counts, statuses and codes, held against the project as it is now.

What is checked, and how it is found:

- quotations: by their bookmarks, by quotation marks round more than a few words, by the style of a quotation.
  Their words must stand in the corpus but for typography, cuts ``[...]`` and insertions in brackets; a cut leaves
  something out and hides no negation, a bracket replaces nothing. A few words are held against the source beside them.
- addresses of quotations: everything of their form, in text, tables, notes and boxes.
- counts and statuses: by their bookmarks; where these are lost, by row and column of our tables, and by the words
  around them in our sentences.
- codes: those that are no more, or are called otherwise now.
- claims: sentences that say what informants say, without a quotation or an address beside them.

What nothing can show to be right or wrong is told apart from the findings: explanations in brackets, short terms
without a source, cuts that leave out a farther negation, paraphrases before an address.

Left alone is what stands in the list of references, and quotations beside which author and year, or the number of a
reference, stand: those are the literature's. Comments in the margin are no part of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qualcode.coding.case import Case
from qualcode.coding.study import AUTO
from qualcode.errors import ParameterError, Problem
from qualcode.project import Project
from qualcode.reports.chapter import Chapter, Heading, Listing, Options, Prose, QuotationPart, TablePart, chapter
from qualcode.reports.verify.figures import Figures
from qualcode.reports.verify.finding import Finding, Kind, Tally, Verification
from qualcode.reports.verify.quotations import Evidence
from qualcode.reports.verify.quoted import quoted
from qualcode.reports.verify.reading import Paragraph, Written, read_word
from qualcode.reports.verify.statements import bare_statements
from qualcode.reports.verify.tokens import plain
from qualcode.wording import say

__all__ = ["Finding", "Kind", "Verification", "verify"]

LONGEST_BEGINNING = 300
"""Characters of a paragraph looked at to say where something stands."""

_CAPTION = re.compile(r"^\s*(?:Tabel|Gambar|Table|Figure)\s+[\w.]*\d", re.IGNORECASE)


def verify(project: Project, file: str | Path, case: str = "", coder: str = "") -> Verification:
    """Hold a Word file against the codings and texts of a project.

    Parameters
    ----------
    project : Project
    file : str or Path
        A .docx: a report of qualcode that somebody worked on, or any other.
    case : str, optional
        The case's id. Default: what the file says; else the case whose codings it quotes, or the only one.
    coder : str, optional
        Whose codings the counts are of, where the file does not say; as for `Case.coded_by`.

    Returns
    -------
    Verification

    Raises
    ------
    UnreadableFileError
        When it is no Word file, or more than a document.
    ParameterError
        When nothing says which case it is about.
    UnknownNameError
        When there is no such case or coder.

    Examples
    --------
    ::

        for finding in verify(project, "bab4.docx").findings:
            finding.kind, finding.problem.place, finding.problem.what
    """
    written = read_word(Path(file))
    about = project.case(case or _case_of(project, written))
    return _Verifier(project, about, written, coder).verified()


def _case_of(project: Project, written: Written) -> str:
    """The case a file is about."""
    said = str(written.claims.options.get("case", "")) if written.claims else ""
    if said:
        return said
    ids = {re.sub(r"_\d+$", "", mark.name[5:]) for mark in written.marks if mark.name.startswith("qc_q_")}
    found = [case.id for case in project.cases if ids and any(coding.id in ids for coding in case.codings)]
    if len(found) != 1:
        found = list(project.case_ids)
    if len(found) != 1:
        raise ParameterError.of("verify_no_case", written.name, file=written.name, known=", ".join(project.case_ids))
    return found[0]


class _Verifier:
    def __init__(self, project: Project, case: Case, written: Written, coder: str) -> None:
        self.project = project
        self.case = case
        self.written = written
        self.chapter = self._built(coder)
        self.tally = Tally()
        others = (each for each in project.cases if each.id != case.id)
        self.evidence = Evidence(case, others, _own_words(self.chapter, case, project))
        self.gone = _gone_codes(project, case, written)
        self.rows = self._rows()
        self.headings = self._headings()

    def _built(self, coder: str) -> Chapter:
        """The chapter as the codings give it now, with the options of the file as far as they still hold."""
        held: Mapping[str, Any] = self.written.claims.options if self.written.claims else {}
        try:
            options = (
                Options.from_dict(held) if held else Options(coder=coder, appendix=True, language=self._language())
            )
            frameworks = tuple(each for each in map(str, options.frameworks) if each in self.project.codebooks)
            options = Options.from_dict(options.to_dict() | {"frameworks": frameworks})
            return chapter(self.project, self.case.id, options)
        except (ValueError, TypeError, KeyError) as error:
            if isinstance(error, ParameterError) or not held:
                raise
            return chapter(self.project, self.case.id, Options(coder=coder, appendix=True))

    def _language(self) -> str:
        words = Counter(
            found.group().split()[0] for each in self.written.paragraphs if (found := _CAPTION.match(each.text))
        )
        return "en" if words["Table"] + words["Figure"] > words["Tabel"] + words["Gambar"] else "id"

    def verified(self) -> Verification:
        self._quotations()
        self._addresses()
        self._figures()
        self._codes()
        for paragraph in bare_statements(self.written, self.evidence, self.chapter):
            self._found(Kind.UNFOUNDED, paragraph, words=say("verify.bare"))
        return self.tally.sum(self.written.name, self.case.id)

    # What is checked

    def _quotations(self) -> None:
        quoting: set[int] = set()
        for quotation in quoted(self.written):
            held = self.evidence.hold(quotation)
            number = quotation.paragraph.number
            if held.open_term:
                self.tally.leave("terms", number)
                continue
            self.tally.count("quotations")
            for kind, values in held.faults:
                self._found(kind, quotation.paragraph, **values)
            self.tally.leave("put_in", number, held.put_in)
            self.tally.leave("cuts", number, int(held.far_negation))
            if not held.faults and not quotation.claim and self.evidence.left_alone(quotation):
                self.tally.count("left_alone")
            quoting.add(number if quotation.claim else 0)
        self._without_marks(quoting)

    def _without_marks(self, quoting: set[int]) -> None:
        """What stands before an address without quotation marks: somebody's words with a change, or a paraphrase."""
        for paragraph in self.written.paragraphs:
            if paragraph.cell is None and not paragraph.is_note and paragraph.number not in quoting:
                for fault in self.evidence.without_marks(paragraph.text):
                    if fault is None:
                        self.tally.leave("paraphrases", paragraph.number)
                    else:
                        self._found(fault[0], paragraph, **fault[1])

    def _addresses(self) -> None:
        for paragraph in self.written.paragraphs:
            if "/" not in paragraph.text and self.evidence.addresses.pattern.count("/"):
                continue
            for address, leads in self.evidence.addresses_in(paragraph.text):
                self.tally.count("addresses")
                if not leads:
                    self._found(Kind.ADDRESS, paragraph, address=address)

    def _figures(self) -> None:
        figures = Figures(self.written, self.chapter, self.gone)
        self.tally.count("numbers", len(figures.marks))
        for kind, paragraph, values in figures.faults():
            self._found(kind, paragraph, **values)

    def _codes(self) -> None:
        """Codes that are no more, each once, and labels of the rows of tables that the codebooks have no longer."""
        if self.gone:
            mention = re.compile(
                rf"(?<![\w.-])({'|'.join(map(re.escape, sorted(self.gone, key=len, reverse=True)))})(?!\w|[.-]\w)"
            )
            places: dict[str, list[Paragraph]] = {}
            for paragraph in self.written.paragraphs:
                for code in dict.fromkeys(mention.findall(paragraph.text)):
                    places.setdefault(code, []).append(paragraph)
            for code, found in places.items():
                now = self.gone[code]
                told = say("verify.now_called", name=now) if now else say("verify.no_more")
                self._found(Kind.RENAMED, found[0], name=code, told=told, count=len(found))
        self._labels()

    def _labels(self) -> None:
        codes = {code.id: code for book in self.project.codebooks.values() for code in book}
        ours = {plain(cell.text) for part in self.chapter.tables for row in part.body for cell in row}
        places: dict[str, list[Paragraph]] = {}
        for paragraph in self.written.paragraphs:
            text = plain(paragraph.text)
            id, _, label = text.partition(" ")
            if paragraph.cell is None or paragraph.cell[2] or id not in codes or not label or text in ours:
                continue
            if label not in map(plain, (codes[id].label.id, codes[id].label.en)):
                places.setdefault(text, []).append(paragraph)
        for text, found in places.items():
            told = say("verify.now_called", name=codes[text.partition(" ")[0]].name)
            self._found(Kind.RENAMED, found[0], name=text, told=told, count=len(found))

    # Telling

    def _found(self, kind: Kind, paragraph: Paragraph, **values: object) -> None:
        place = say(
            "verify.place",
            file=self.written.name,
            number=paragraph.number,
            where=self.rows.get(paragraph.number) or self._under(paragraph),
        )
        self.tally.findings.append(Finding(kind, paragraph.number, Problem.of(f"verify_{kind.value}", place, **values)))

    def _under(self, paragraph: Paragraph) -> str:
        """How a paragraph begins, and under which heading it stands."""
        words, heading = _beginning(paragraph.text), self.headings.get(paragraph.number, "")
        return say("verify.under", words=words, heading=heading) if heading else words

    def _headings(self) -> dict[int, str]:
        """Of each paragraph that is no heading: the beginning of that above it."""
        told: dict[int, str] = {}
        heading = ""
        for paragraph in self.written.paragraphs:
            if paragraph.level and paragraph.text.strip():
                heading = _beginning(paragraph.text)
            elif paragraph.text.strip():
                told[paragraph.number] = heading
        return told

    def _rows(self) -> dict[int, str]:
        """Of each paragraph in a table: which table, and which row."""
        told: dict[int, str] = {}
        caption, first, row = "", "", (-1, -1)
        for paragraph in self.written.paragraphs:
            if paragraph.cell is None:
                found = _CAPTION.match(paragraph.text)
                caption = found.group().strip() if found else caption
            elif paragraph.cell[:2] != row:
                row, first = paragraph.cell[:2], _beginning(paragraph.text)
            if paragraph.cell is not None and paragraph.text.strip():
                told[paragraph.number] = f"{caption}, {first}" if caption else first
        return told


def _beginning(text: str, most: int = 7) -> str:
    every = text[:LONGEST_BEGINNING].strip('“”„" \t\n').split()
    return "“" + " ".join(every[:most]) + (" …" if len(every) > most else "") + "”"


def _own_words(built: Chapter, case: Case, project: Project) -> str:
    """Everything the report and the project say themselves, in one text."""
    said = [*_said(built)]
    for book in project.codebooks.values():
        said += _strings(book.model_dump())
    said += _strings(case.record.model_dump())
    said += [coding.memo for coding in [*case.codings, *case.codings.by(AUTO)]]
    said += [str(getattr(each, name, "")) for each in case.decisions for name in ("memo", "text")]
    return plain("\n".join(filter(None, said))).casefold()


def _said(built: Chapter) -> Iterator[str]:
    for block in built.blocks:
        if isinstance(block, Prose | Heading):
            yield block.text
        elif isinstance(block, QuotationPart):
            yield from (block.lead, block.citation, block.footnote, block.translation)
        elif isinstance(block, TablePart):
            yield from (block.caption, block.source)
            for row in (*block.head, *block.body):
                yield from (
                    "".join(span.text for span in cell.spans if not span.claim.startswith("qc_q_")) for cell in row
                )
        elif not isinstance(block, Listing):
            yield from (block.caption, block.source)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def _gone_codes(project: Project, case: Case, written: Written) -> dict[str, str]:
    """Codes that once were in use and are in no codebook now -> what took their place, or nothing."""
    codes = {code.id: code for book in project.codebooks.values() for code in book}
    now = {coding.id: coding.code for coding in case.codings}
    followed: dict[str, Counter[str]] = {}
    for row in project.log(case=case.id).rows:
        code, coding = str(row[4]), str(row[-1])
        if code and code != "–" and code not in codes:
            followed.setdefault(code, Counter()).update([now[coding]] if coding in now else [])
    for _, _, asked in (written.claims.claims if written.claims else {}).values():
        parts = asked.split("|")
        if len(parts) == 6 and parts[2] == "results" and parts[3] and parts[3] not in codes:
            followed.setdefault(parts[3], Counter())
    named = {old: codes[found.most_common(1)[0][0]].name if found else "" for old, found in followed.items()}
    return {old: name for old, name in named.items() if re.fullmatch(r"[\w.-]+", old)}
