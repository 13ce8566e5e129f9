"""The verb ``report``: the results chapter as Word or PDF, its tables, or the evidence file; the ending decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.display import terminal_safe
from qualcode.errors import ParameterError
from qualcode.project import Project
from qualcode.reports.chapter.blocks import Chapter, Options, Quotes
from qualcode.storage import write_atomically
from qualcode.wording import language_in_use, say


@dataclass(frozen=True)
class Request:
    """What was asked for on the terminal.

    Attributes
    ----------
    project : Project
    case : str
    options : Options
    target : Path
        The file to be written.
    template : bytes or None
        A faculty's own Word template.
    tables : Path or None
        A folder for every table of the chapter as CSV.
    full : bool
        Whether an evidence file holds whole transcripts.
    """

    project: Project
    case: str
    options: Options
    target: Path
    template: bytes | None = None
    tables: Path | None = None
    full: bool = False


def _word(request: Request) -> None:
    from qualcode.reports.word import word_report

    built = _chapter(request)
    _written(request, built, word_report(built, request.template))


def _pdf(request: Request) -> None:
    from qualcode.reports.typeset import pdf_report

    built = _chapter(request)
    _written(request, built, pdf_report(built))


def _evidence(request: Request) -> None:
    from qualcode.reports.evidence import write_evidence

    coder = request.options.coder
    written = write_evidence(request.project, request.case, request.target, coder=coder, full=request.full)
    click.echo(say("report.saved", file=terminal_safe(str(written))))


def _workbook(request: Request) -> None:
    from qualcode.reports.workbook import write_workbook

    written = write_workbook(request.project, request.case, request.target, request.options)
    click.echo(say("report.saved", file=terminal_safe(str(written))))


def _csv(request: Request) -> None:
    from qualcode.reports.workbook import write_csv

    written = write_csv(request.project, request.case, request.target, request.options)
    click.echo(say("report.saved", file=terminal_safe(str(written))))


ENDINGS: Mapping[str, Callable[[Request], None]] = {
    ".docx": _word,
    ".pdf": _pdf,
    ".html": _evidence,
    ".xlsx": _workbook,
    ".csv.zip": _csv,
}
"""What writes a file of this ending; each opens its room when it is called."""

BESIDES = {".zip": _csv}
"""Endings that are taken, too, but not named."""


def _writer(target: Path) -> Callable[[Request], None]:
    name = target.name.lower()
    for ending, writer in {**ENDINGS, **BESIDES}.items():
        if name.endswith(ending):
            return writer
    raise ParameterError.of("report_ending", "--to", file=str(target), known=", ".join(ENDINGS))


@click.command()
@click.option("--case", required=True, help="Kasusnya.")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=(
        "Berkas hasil; akhirannya menentukan bentuk. .docx: bab untuk Word. .pdf: bab siap cetak. "
        ".html: berkas bukti. .xlsx: semua tabel, kutipan, buku kode, dan jurnal untuk Excel. "
        ".csv.zip: semua tabel sebagai CSV."
    ),
)
@click.option("--framework", "frameworks", multiple=True, help="Hanya buku kode ini; boleh berulang.")
@click.option("--coder", default="", help="Koding pengode ini; bawaan: pengode utama; “semua” untuk semua.")
@click.option(
    "--quotes",
    type=click.Choice([each.value for each in Quotes]),
    default=Quotes.BLOCK.value,
    show_default=True,
    help="Gaya kutipan: blok, dalam kalimat, kalimat pengantar dengan catatan kaki, atau rujukan baris.",
)
@click.option(
    "--most", type=click.IntRange(min=0), default=3, show_default=True, help="Kutipan per indikator; 0: semua."
)
@click.option("--number", type=click.IntRange(min=1, max=20), default=4, show_default=True, help="Nomor bab.")
@click.option(
    "--template", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Templat Word fakultas (.docx)."
)
@click.option("--appendix", is_flag=True, help="Sertakan lampiran: transkrip, buku kode, log, lembar member check.")
@click.option(
    "--tables", type=click.Path(file_okay=False, path_type=Path), help="Folder: semua tabel juga sebagai CSV."
)
@click.option("--full", is_flag=True, help="Berkas bukti (.html): dengan transkrip lengkap.")
@click.pass_context
@guarded
def report(
    context: click.Context,
    case: str,
    target: Path,
    frameworks: tuple[str, ...],
    coder: str,
    quotes: str,
    most: int,
    number: int,
    template: Path | None,
    appendix: bool,
    tables: Path | None,
    full: bool,
) -> None:
    """Menulis bab hasil dari sebuah kasus; akhiran nama berkas menentukan bentuknya."""
    write = _writer(target)
    options = Options(frameworks, coder, Quotes(quotes), most, appendix, number, language_in_use())
    form = template.read_bytes() if template else None
    request = Request(project_of(context), case, options, target, form, tables, full)
    try:
        write(request)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise ParameterError.of("report_saving", "--to", file=str(error.filename or target), detail=detail) from error


def _chapter(request: Request) -> Chapter:
    from qualcode.reports.chapter import chapter

    return chapter(request.project, request.case, request.options)


def _written(request: Request, built: Chapter, content: bytes) -> None:
    """Save the file, and each table as CSV where that is asked for."""
    write_atomically(request.target, content)
    if request.tables is not None:
        from qualcode.reports.workbook import csv_text

        for part in built.tables:
            write_atomically(request.tables / f"tabel-{part.number}.csv", csv_text(part.table).encode("utf-8-sig"))
    counts = {"tables": len(built.tables), "figures": len(built.figures), "quotations": len(built.quotations)}
    file = terminal_safe(str(request.target))
    click.echo(say("report.done", file=file, claims=len(built.claims), **counts))
