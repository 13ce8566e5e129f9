"""Commands that change a text or a coding after the fact, and those that tell what was changed."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.coding.anchor import find
from qualcode.errors import ParameterError
from qualcode.text.document import Document
from qualcode.text.readers import read_text
from qualcode.wording import say


@click.command()
@click.argument("document")
@click.option("--replace", nargs=2, multiple=True, metavar="LAMA BARU", help="Ganti kata-kata; boleh berulang.")
@click.option("--line", type=int, help="Baris kata-kata lama, bila ada lebih dari sekali.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="Berkas teks yang memuat seluruh teks baru.")
@click.option("--coder", required=True, help="Nama singkat yang memperbaiki.")
@click.option("--memo", default="", help="Alasannya.")
@click.option("--dry-run", is_flag=True, help="Hanya menunjukkan akibatnya bagi koding.")
@table_options
@click.pass_context
@guarded
def edit(
    context: click.Context,
    document: str,
    replace: tuple[tuple[str, str], ...],
    line: int | None,
    source: Path | None,
    coder: str,
    memo: str,
    dry_run: bool,
    form: str,
) -> None:
    """Memperbaiki teks DOCUMENT (kasus/dokumen); semua koding ikut terbawa dan keadaannya dilaporkan.

    Tanpa --replace dan --from, teks dibuka dalam penyunting.
    """
    project = project_of(context)
    home, _, name = document.partition("/")
    text = project.case(home).document(name).text
    if source is not None:
        text = _text_of(source)
    elif not replace:
        text = click.edit(text, extension=".md", require_save=True) or text
    for old, new in replace:
        segment = find(Document(document, text), old, line=line)
        text = text[: segment.start] + new + text[segment.end :]
    correction = project.replace_text(document, text, coder=coder, memo=memo, dry_run=dry_run)
    print_table(correction.to_table(), form)


def _text_of(source: Path) -> str:
    text, problems = read_text(source, str(source))
    if text is None:
        raise ParameterError(problems[0])
    return text


@click.command()
@click.argument("codings", nargs=-1, required=True)
@click.option("--quotation", default="", help="Kata-kata yang kini dimaksud; bawaan: bagian yang ditunjukkan check.")
@click.option("--line", type=int, help="Baris kutipan, bila kata-katanya ada lebih dari sekali.")
@click.pass_context
@guarded
def confirm(context: click.Context, codings: tuple[str, ...], quotation: str, line: int | None) -> None:
    """Memastikan letak CODINGS (id dari qualcode check) setelah teksnya berubah."""
    if quotation and len(codings) > 1:
        raise ParameterError.of("one_at_a_time", "--quotation")
    project = project_of(context)
    for coding in codings:
        segment = project.confirm(coding, quotation=quotation, line=line)
        click.echo(say("cli.confirmed", id=coding, address=segment.address))


@click.command()
@click.option("--case", help="Hanya kasus ini.")
@click.option("--coder", help="Hanya pengode ini.")
@click.option("--code", help="Hanya kode ini.")
@table_options
@click.pass_context
@guarded
def log(context: click.Context, case: str | None, coder: str | None, code: str | None, form: str) -> None:
    """Menampilkan semua perubahan koding: siapa, apa, kapan, sebelum dan sesudah."""
    print_table(project_of(context).log(case=case, coder=coder, code=code), form)


@click.command()
@click.argument("one")
@click.argument("other")
@click.option("--case", help="Hanya kasus ini.")
@table_options
@click.pass_context
@guarded
def diff(context: click.Context, one: str, other: str, case: str | None, form: str) -> None:
    """Membandingkan koding pada dua tanggal, oleh dua pengode, atau di sini (.) dan di proyek lain."""
    print_table(project_of(context).diff(one, other, case=case), form)


@click.command()
@click.option("--coder", required=True, help="Pengode yang tindakannya dibatalkan.")
@click.option("--case", help="Hanya tindakan dalam kasus ini.")
@click.pass_context
@guarded
def undo(context: click.Context, coder: str, case: str | None) -> None:
    """Membatalkan tindakan terakhir seorang pengode; riwayatnya tetap tersimpan."""
    entry = project_of(context).undo(coder, case=case)
    state = entry.before or entry.after
    click.echo(say("cli.undone", code=state.code if state else "–", id=entry.coding or "–"))


@click.command()
@click.option("--coder", required=True, help="Pengode yang pembatalannya dikembalikan.")
@click.option("--case", help="Hanya tindakan dalam kasus ini.")
@click.pass_context
@guarded
def redo(context: click.Context, coder: str, case: str | None) -> None:
    """Mengembalikan tindakan yang terakhir dibatalkan, bila sejak itu tidak ada tindakan baru."""
    entry = project_of(context).redo(coder, case=case)
    state = entry.after or entry.before
    click.echo(say("cli.redone", code=state.code if state else "–", id=entry.coding or "–"))
