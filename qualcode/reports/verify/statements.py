"""Sentences that say what informants say, with nothing beside them that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualcode.reports.chapter import Chapter, GridCell, Heading, Prose, QuotationPart, TablePart
from qualcode.reports.verify.quotations import Evidence
from qualcode.reports.verify.reading import Paragraph, Written
from qualcode.reports.verify.tokens import plain

_PEOPLE = r"(?:orang )?(?:informan|narasumber|responden|partisipan)"
_MANY = (
    rf"(?:semua|seluruh|sebagian besar|sebagian|mayoritas|kebanyakan|beberapa|hampir semua|para"
    rf"|\d{{1,6}}(?: dari \d{{1,6}})?"
    rf"|(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)(?: dari \w+)?) {_PEOPLE}"
)
_SAYS = (
    r"(?:menyatakan|mengatakan|menyebut\w*|mengaku\w*|menilai|berpendapat|menjelaskan|mengungkapkan|menegaskan"
    r"|menyampaikan|menuturkan|mengeluh\w*|setuju|sepakat|merasa|menganggap|membenarkan|membantah|puas)"
)
_ENGLISH = (
    r"(?:all|most|many|some|several|the majority of|\b\d{1,6} of \d{1,6}) (?:of the )?"
    r"(?:informants|respondents|participants)"
    r"|(?:informants|respondents|participants) (?:said|stated|agreed|felt|reported|explained)"
)


def bare_statements(written: Written, evidence: Evidence, chapter: Chapter) -> Iterator[Paragraph]:
    """The paragraphs, none of ours, that report what informants say without a quotation, an address or a claim of ours.

    What shows it may stand in the paragraph itself or in the next one.
    """
    people = "|".join(map(re.escape, sorted(evidence.informants, key=len, reverse=True)))
    named = rf"|menurut (?:{people})\b|\b(?:{people}) (?:juga |pun )?{_SAYS}" if people else ""
    # Ids are told by their capitals: "i1" is none.
    reports = re.compile(rf"(?i:\b{_MANY}\b[^.]{{0,200}}\b{_SAYS}|\b{_MANY} (?:tidak )?{_SAYS}|{_ENGLISH}){named}")
    ours = _ours(chapter)
    marked = {
        index
        for mark in written.marks
        if mark.name.startswith("qc_")
        for index in range(mark.start[0], mark.end[0] + 1)
    }
    text = [index for index, each in enumerate(written.paragraphs) if each.text.strip() and not each.is_note]
    for place, index in enumerate(text):
        paragraph = written.paragraphs[index]
        if paragraph.cell is not None or paragraph.level or not reports.search(paragraph.text):
            continue
        if plain(paragraph.text.lstrip("•\t ")) in ours:
            continue
        beside = [index, *text[place + 1 : place + 2]]
        if not any(each in marked or _shows(written.paragraphs[each], evidence) for each in beside):
            yield paragraph


def _shows(paragraph: Paragraph, evidence: Evidence) -> bool:
    """Whether a paragraph holds a quotation or an address, true or not: that is found elsewhere."""
    has_quotation = re.search(r"[“„«\"][^”»\"]{12,}[”»\"]", paragraph.text) is not None
    return has_quotation or any(evidence.addresses.find_in(paragraph.text)) or "quote" in paragraph.styles


def _ours(chapter: Chapter) -> set[str]:
    texts = set()
    for block in chapter.blocks:
        if isinstance(block, Prose | Heading):
            texts.add(plain(block.text))
        elif isinstance(block, QuotationPart):
            texts.add(plain(block.lead))
        elif isinstance(block, TablePart):
            cells: list[GridCell] = [cell for row in (*block.head, *block.body) for cell in row]
            texts.update(plain(cell.text) for cell in cells)
            texts.add(plain(block.source))
    return texts
