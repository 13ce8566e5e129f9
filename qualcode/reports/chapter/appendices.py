"""The appendix: transcripts with line numbers, codebooks, the log of codings, sheets for member checking."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qualcode.coding.case import Case, Informant
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.consent import is_theirs, silent_spans
from qualcode.display import Table
from qualcode.reports.chapter.blocks import GridCell, Listing, Row, Span
from qualcode.reports.chapter.composing import Composer
from qualcode.reports.chapter.ledger import unmarked
from qualcode.reports.chapter.quoting import in_words, own_words, shortened, technique_words
from qualcode.reports.chapter.results import short_title
from qualcode.text.document import Document
from qualcode.wording import say

_HEADING = re.compile(r"#{1,6} +(.+)")
_LABEL = re.compile(r"([^:]+?)\s*:\s*(.*)", re.DOTALL)


def appendices(composer: Composer, codings: Codings, codebooks: Sequence[Codebook], log: Table) -> None:
    """Write the appendix.

    Parameters
    ----------
    composer : Composer
    codings : Codings
        Those the chapter rests on.
    codebooks : sequence of Codebook
    log : Table
        Every change of codings of the case.
    """
    composer.appendix()
    composer.title("", say("chapter.appendix"))
    _titled(composer, 1, "transcripts", apart=False)
    _transcripts(composer)
    _titled(composer, 2, "codebooks")
    for codebook in codebooks:
        table = replace(codebook.to_table(), note="")  # its note is the citation, which the source line gives
        composer.table(table, codebook.citation.rstrip(". "), "codebook", framework=codebook.id)
    _titled(composer, 3, "log")
    _coding_log(composer, codings, codebooks)
    _activity(composer, log)
    _titled(composer, 4, "member_check")
    _member_checks(composer, codings)


def _titled(composer: Composer, number: int, key: str, *, apart: bool = True) -> None:
    name = say("chapter.appendix_number", number=number)
    composer.title(name, say(f"chapter.appendix_{key}"), level=2, apart=apart)


def _transcripts(composer: Composer) -> None:
    composer.prose(say("chapter.transcripts_lead"))
    for document in composer.case.documents:
        composer.title("", f"{document.title or document.id} ({document.id})", level=3, apart=False)
        if is_theirs(document, composer.silent):
            composer.prose(say("chapter.transcript_silent"))
            continue
        said = [technique_words(document.technique), in_words(document.date), *_where(document)]
        composer.prose(unmarked("; ".join(said) + "."), manner="note")
        if document.provenance:
            composer.prose(unmarked(document.provenance), manner="note")
        composer.blocks.append(Listing(tuple(_lines(document, composer.silent))))


def _where(document: Document) -> list[str]:
    held = [document.extra.get(name, "") for name in ("place", "time")]
    return [each for each in held if each]


def _lines(document: Document, silent: frozenset[str]) -> list[tuple[int, str, str]]:
    """The lines of a text with something on them; words of who may not be quoted are left out."""
    heads = {document.line(turn.start): turn for turn in document.turns}
    hidden = silent_spans(document, silent)
    lines, offset = [], 0
    for number, line in enumerate(document.text.split("\n"), 1):
        start, offset = offset, offset + len(line) + 1
        if not line.strip():
            continue
        turn = heads.get(number)
        words, speaker = line.strip(), ""
        labelled = _LABEL.fullmatch(words)
        if turn is not None and labelled is not None and labelled[1] == turn.speaker:
            speaker, words = labelled.groups()  # with the time stamp that may stand before the words
        if any(first < offset and start < last for first, last in hidden):
            words = say("chapter.left_out")
        title = _HEADING.fullmatch(words)
        if title is not None and turn is None:
            words, speaker = "", title[1]
        lines.append((number, unmarked(speaker), unmarked(words)))
    return lines


def _coding_log(composer: Composer, codings: Codings, codebooks: Sequence[Codebook]) -> None:
    """Reduction of the data: each quotation with address, code, indicator, valence, coder and interpretation."""
    names = ("address", "quotation", "coding", "interpretation")
    columns = [say(f"chapter.{name}_column") for name in names]
    for codebook in codebooks:
        own = composer.quotable(codings.using(codebook))
        rows, body = [], list[Row]()
        for coding in own:
            words = shortened(own_words(coding))
            valence = say(f"valence.{coding.valence}") + ("" if coding.explicit else f" ({say('implicit')})")
            said = [
                composer.quoter.address(coding),
                words,
                f"{coding.code}\n{valence}\n{coding.coder}",
                "\n".join(filter(None, ("; ".join(coding.tags), coding.memo))) or "–",
            ]
            rows.append(said)
            claim = composer.ledger.quotation(coding.id, words)
            cells = [GridCell((Span(unmarked(text)),)) for text in said]
            cells[1] = GridCell((Span(words, claim=claim),))
            body.append(tuple(cells))
        source = say("chapter.from_journal", codebook=codebook.id, version=codebook.version)
        table = Table(say("chapter.log_caption", framework=short_title(str(codebook.title))), columns, rows)
        if rows:
            composer.table(table, source, "log", framework=codebook.id, body=tuple(body))


def _activity(composer: Composer, log: Table) -> None:
    """Who changed how many codings on which day, from the journals."""
    counts = Counter((str(row[0])[:10], str(row[1]), str(row[2])) for row in log.rows)
    rows: list[list[str | int]] = [[day, coder, event, count] for (day, coder, event), count in sorted(counts.items())]
    columns = [*log.columns[:3], say("chapter.total")]
    if rows:
        table = Table(say("chapter.activity_caption"), columns, rows)
        composer.table(table, say("chapter.from_journals"), "activity", merge=(0,))


def _member_checks(composer: Composer, codings: Codings) -> None:
    """One sheet an informant, with only her own words; who may not be quoted has none in print."""
    case = composer.case
    composer.prose(say("chapter.member_lead"))
    if composer.silent:
        composer.prose(say("chapter.member_silent", informants=", ".join(sorted(composer.silent))))
    first = True
    for informant in case.informants:
        said = [coding for coding in codings if coding.informant == informant.id]
        own = composer.quotable(said)
        if not own:
            continue
        name = say("chapter.member_title", informant=informant.id)
        composer.title("", name, level=3, apart=not first)
        first = False
        _sheet(composer, case, informant, own)


def _sheet(composer: Composer, case: Case, informant: Informant, own: Sequence[Coding]) -> None:
    """A sheet: whose it is, what was heard of her, and where she says whether it is right."""
    composer.prose(unmarked(say("chapter.member_intro", informant=informant.id, role=informant.role, case=case.title)))
    names = ("number", "address", "your_words", "understood", "answer")
    columns = [say(f"chapter.{name}_column") for name in names]
    passages: dict[tuple[str, int, int], list[Coding]] = {}
    for coding in own:
        passages.setdefault((coding.document.id, coding.segment.start, coding.segment.end), []).append(coding)
    books = case.codings.codebooks
    rows, body = [], list[Row]()
    for count, same in enumerate(passages.values(), 1):
        coding = same[0]
        words = shortened(own_words(coding))
        labels = dict.fromkeys(
            f"{books[each.codebook][each.code].label} ({say(f'valence.{each.valence}')})" for each in same
        )
        said = [str(count), composer.quoter.address(coding), words, "\n".join(labels), say("chapter.answers")]
        rows.append(said)
        cells = [GridCell((Span(unmarked(text)),)) for text in said]
        cells[2] = GridCell((Span(words, claim=composer.ledger.quotation(coding.id, words)),))
        body.append(tuple(cells))
    table = Table(say("chapter.member_caption", informant=informant.id), columns, rows)
    composer.table(table, say("chapter.from_interview"), f"member.{informant.id}", body=tuple(body))
    composer.prose(say("chapter.member_correction"), say("chapter.member_signed"), manner="form")
