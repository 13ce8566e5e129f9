"""The general picture: the case, who was asked and when, what was read, and the figures the case holds."""

from __future__ import annotations

import re
from dataclasses import replace

from qualcode.analysis.overview import overview
from qualcode.coding.case import UNSTATED, Case, Exhibit, Informant
from qualcode.coding.codings import Codings
from qualcode.display import Cell, Table
from qualcode.reports.chapter.composing import Composer
from qualcode.reports.chapter.ledger import unmarked
from qualcode.reports.chapter.quoting import in_words
from qualcode.text.document import Document, Technique
from qualcode.wording import say

UNKNOWN = "–"
_SOURCE = re.compile(r"^(?:sumber|source)\s*:\s*", re.IGNORECASE)


def setting(composer: Composer, codings: Codings) -> None:
    """Write the section "gambaran umum".

    Parameters
    ----------
    composer : Composer
    codings : Codings
        Those the chapter rests on.
    """
    case = composer.case
    composer.heading(2, say("chapter.setting"))
    if case.record.fictional:
        composer.prose(say("case.fictional"), manner="notice")
    _the_case(composer)
    _people(composer, case)
    _documents(composer, codings)
    _figures(composer)


def _the_case(composer: Composer) -> None:
    composer.heading(3, say("chapter.the_case"))
    record = composer.case.record
    composer.prose(unmarked(record.description), say("chapter.asked", question=unmarked(record.question)))
    profile = overview(composer.case).profile()
    dropped = {say("case.description"), say("case.question"), say("case.frameworks"), say("case.aliases")}
    rows = [row for row in profile.rows if str(row[0]) not in dropped]
    table = Table(say("chapter.profile_caption"), profile.columns, rows)
    composer.table(table, say("chapter.from_record"), "profile")
    if record.legal:
        composer.table(overview(composer.case).legal(), say("chapter.from_record"), "legal")


def _people(composer: Composer, case: Case) -> None:
    composer.heading(3, say("chapter.people"))
    texts = composer.number(len(case.documents), "", "documents", "", "", "count")
    if case.informants:
        asked = composer.number(len(case.informants), "", "informants", "", "", "count")
        composer.prose(say("chapter.people_lead", informants=asked, documents=texts, table=composer.next_table()))
        composer.table(informant_table(case), say("chapter.from_record"), "informants")
    else:
        composer.prose(say("chapter.people_none", documents=texts))
    if composer.silent:
        composer.prose(say("chapter.silent", informants=", ".join(sorted(composer.silent)), count=len(composer.silent)))


def informant_table(case: Case) -> Table:
    """Who was asked, by code and role, when and where; what the project does not record is said below."""
    rows = [_informant(each, _interviews(case, each)) for each in case.informants]
    columns = [
        say("chapter.code_column"),
        *(say(f"case.{key}") for key in ("role", "kind", "relation")),
        *(say(f"chapter.{key}") for key in ("interviewed", "place", "time")),
    ]
    note = " ".join(filter(None, (case.record.informants_note, say("chapter.informants_missing"))))
    return Table(say("chapter.informants_caption"), columns, rows, note)


def _informant(informant: Informant, talks: list[Document]) -> list[str]:
    return [
        informant.id,
        informant.role,
        informant.kind or UNKNOWN,
        informant.relation,
        "\n".join(in_words(talk.date) for talk in talks) or UNKNOWN,
        "\n".join(talk.extra.get("place", UNKNOWN) for talk in talks) or UNKNOWN,
        "\n".join(talk.extra.get("time", UNKNOWN) for talk in talks) or UNKNOWN,
    ]


def _interviews(case: Case, informant: Informant) -> list[Document]:
    talks = [each for each in case.documents if each.technique is Technique.INTERVIEW]
    own = [each for each in talks if each.informant == informant.id or informant.id in each.legend.values()]
    return sorted(own, key=lambda each: (each.date is None, each.dated, each.id))


def _documents(composer: Composer, codings: Codings) -> None:
    counts = dict.fromkeys((document.id for document in composer.case.documents), 0)
    for coding in codings:
        counts[coding.document.id] = counts.get(coding.document.id, 0) + 1
    rows: list[list[str | Cell]] = [
        [
            each.id,
            each.title,
            each.technique.value,
            in_words(each.date),
            each.informant or UNKNOWN,
            Cell(str(counts[each.id]), value=counts[each.id]),
        ]
        for each in composer.case.documents
    ]
    columns = [
        say("kind.document").capitalize(),
        *(say(f"case.{key}") for key in ("title", "technique", "date", "role_of", "coded")),
    ]
    table = Table(say("chapter.documents_caption"), columns, rows)
    composer.table(table, say("chapter.from_record"), "documents")


def _figures(composer: Composer) -> None:
    record, tables = composer.case.record, overview(composer.case)
    exhibits = [*map(_exhibit, record.tables), *_copied_figures(composer.case)]
    if not record.metrics and not record.money and not exhibits:
        return
    composer.heading(3, say("chapter.figures"))
    for amounts, table, part in (
        ([each.value for each in record.metrics], tables.metrics(), "metrics"),
        ([each.amount for each in record.money], tables.money(), "money"),
    ):
        if amounts:
            # Also where the source gives no number the cell is a claim; it says then what is missing.
            rows = [
                [row[0], Cell(str(row[1]), value=amount or 0), *row[2:]]
                for row, amount in zip(table.rows, amounts, strict=True)
            ]
            composer.table(Table(table.caption, table.columns, rows, table.note), say("chapter.from_each_row"), part)
    for place, table in enumerate(exhibits, 1):
        composer.table(replace(table, note=""), table.note, f"exhibit.{place}")


def _exhibit(exhibit: Exhibit) -> Table:
    """A table of the source under this chapter's number; its note is the source's own source line."""
    source = _SOURCE.sub("", exhibit.source).rstrip(". ")
    if exhibit.number != UNSTATED:
        source = say("chapter.from_exhibit", source=source, number=exhibit.number)
    return Table(exhibit.caption, exhibit.columns, exhibit.rows, source)


def _copied_figures(case: Case) -> list[Table]:
    """What the source's figures are called; they are not copied."""
    if not case.record.figures:
        return []
    *_, last = overview(case).exhibits().parts
    return [replace(last, note=say("chapter.from_record"))] if isinstance(last, Table) else []
