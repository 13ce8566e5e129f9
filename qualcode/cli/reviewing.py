"""The verb ``review``: comments come in, are listed, answered and settled; open points and the log go out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.coding.reviews import Comment, handle
from qualcode.display import Table, terminal_safe
from qualcode.errors import ParameterError
from qualcode.storage import write_atomically
from qualcode.wording import say

_BY = click.option("--as", "author", required=True, metavar="NAMA", help="Nama singkat atau peran Anda.")
_CASE = click.option("--case", help="Hanya kasus ini.")


@click.group()
def review() -> None:
    """Bimbingan: komentar pembimbing masuk, dijawab, dinyatakan selesai, dan dicatat per putaran."""


@review.command(name="list")
@_CASE
@click.option("--open", "only_open", is_flag=True, help="Hanya yang belum selesai.")
@table_options
@click.pass_context
@guarded
def list_comments(context: click.Context, case: str | None, only_open: bool, form: str) -> None:
    """Menyebut semua komentar, tempatnya, statusnya, dan jawabannya."""
    reviews = project_of(context).reviews(case)
    table = (reviews.open if only_open else reviews).to_table()
    print_table(_narrow(table) if form == "table" else table, form)


def _narrow(table: Table) -> Table:
    """The table with who, when, comment and answers in one column: the terminal has little room."""
    rows = []
    for id, date, author, place, words, comment, status, answers in table.rows:
        said = "\n".join(filter(None, (f"{author} ({date}): {comment}", str(answers))))
        quotation = f"“{words if len(str(words)) <= 80 else f'{str(words)[:77]}...'}”" if words else ""
        rows.append([id, f"{place} {quotation}".strip(), said, status])
    columns = [table.columns[index] for index in (0, 3, 5, 6)]
    return replace(table, columns=columns, rows=rows)


@review.command()
@click.argument("document")
@click.argument("quotation")
@click.argument("text")
@_BY
@click.option("--line", type=int, help="Baris kutipan, bila kata-katanya ada lebih dari sekali.")
@click.pass_context
@guarded
def add(context: click.Context, document: str, quotation: str, text: str, author: str, line: int | None) -> None:
    """Mengomentari QUOTATION dalam DOCUMENT (kasus/dokumen) dengan TEXT; kasus saja dengan kutipan "" juga boleh."""
    project_of(context).reviews().add(document, quotation, text, author=author, line=line)
    click.echo(say("review.added", document=document))


@review.command()
@click.argument("comment")
@click.argument("text")
@_BY
@click.pass_context
@guarded
def answer(context: click.Context, comment: str, text: str, author: str) -> None:
    """Menjawab COMMENT (nomor dari daftar) dengan TEXT."""
    _told(project_of(context).reviews().answer(comment, text, author=author))


@review.command()
@click.argument("comment")
@_BY
@click.option("--memo", default="", help="Apa yang diputuskan.")
@click.option("--reopen", is_flag=True, help="Membukanya lagi.")
@click.pass_context
@guarded
def done(context: click.Context, comment: str, author: str, memo: str, reopen: bool) -> None:
    """Menyatakan COMMENT (nomor dari daftar) selesai."""
    status = "open" if reopen else "done"
    _told(project_of(context).reviews().settle(comment, author=author, memo=memo, status=status))


def _told(comment: Comment) -> None:
    said = say("review.told", id=handle(comment.id), status=say(f"review.status_{comment.status}"))
    click.echo(terminal_safe(said))


@review.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--case", default="", help="Kasusnya, bila berkas tidak menyebutnya.")
@click.option(
    "--as", "author", default="", metavar="NAMA", help="Disimpan atas nama atau peran ini, bukan nama di berkas."
)
@click.option("--dry-run", is_flag=True, help="Hanya menunjukkan apa yang akan masuk.")
@table_options
@click.pass_context
@guarded
def import_comments(
    context: click.Context, files: tuple[Path, ...], case: str, author: str, dry_run: bool, form: str
) -> None:
    """Memasukkan komentar dari FILES: unduhan berkas bukti (.json) atau Word (.docx) yang dikembalikan pembimbing."""
    reviews = project_of(context).reviews()
    for file in files:
        print_table(reviews.take_in(file, case=case, author=author, dry_run=dry_run).to_table(), form)


@review.command()
@_CASE
@click.option("--to", "target", type=click.Path(path_type=Path), help="Berkas .md atau .csv.")
@click.pass_context
@guarded
def log(context: click.Context, case: str | None, target: Path | None) -> None:
    """Menulis putaran, keputusan, dan yang berubah sejak tiap putaran: lampiran dependabilitas."""
    _require_ending(target)
    found = project_of(context).reviews(case).log()
    if _is_csv(target):
        _written(target, found.to_table().to_csv())
    else:
        _written(target, found.to_markdown())


@review.command()
@_CASE
@click.option("--to", "target", type=click.Path(path_type=Path), help="Berkas .md atau .csv; bawaan: layar.")
@table_options
@click.pass_context
@guarded
def sheet(context: click.Context, case: str | None, target: Path | None, form: str) -> None:
    """Menyusun lembar pokok yang masih terbuka, untuk pertemuan berikutnya."""
    _require_ending(target)
    table = project_of(context).reviews(case).sheet()
    if target is None:
        print_table(table, form)
    else:
        _written(target, table.to_csv() if _is_csv(target) else _markdown(table))


def _markdown(table: Table) -> str:
    from qualcode.project.rounds import markdown

    return markdown(table) + "\n"


def _is_csv(target: Path | None) -> bool:
    return target is not None and target.suffix.casefold() == ".csv"


def _require_ending(target: Path | None) -> None:
    if target is not None and target.suffix.casefold() not in (".csv", ".md"):
        raise ParameterError.of("report_ending", "--to", file=target.name, known=".md, .csv")


def _written(target: Path | None, text: str) -> None:
    if target is None:
        click.echo(terminal_safe(text), nl=False)
        return
    try:
        # A byte order mark tells Excel that a CSV is UTF-8.
        write_atomically(target, text.encode("utf-8-sig" if _is_csv(target) else "utf-8"))
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise ParameterError.of("report_saving", "--to", file=target.name, detail=detail) from error
    click.echo(say("report.saved", file=target))
