"""The command that suggests codes, with how often its suggestions are right."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.display import terminal_safe
from qualcode.errors import Undefined


@click.command()
@click.argument("codebook")
@click.option("--case", required=True, help="Kasusnya.")
@click.option("--coder", required=True, help="Pengode yang kodingnya dipelajari dan yang diberi saran.")
@click.option("--document", help="Hanya dokumen ini, menurut urutan teks.")
@click.option("--most", type=click.IntRange(min=1), help="Banyaknya baris; bawaan: 20 yang paling yakin.")
@table_options
@click.pass_context
@guarded
def suggest(
    context: click.Context, codebook: str, case: str, coder: str, document: str | None, most: int | None, form: str
) -> None:
    """Menyarankan kode CODEBOOK untuk unit yang belum dikode pengode ini; tidak ada yang disimpan.

    Tanpa --document: yang paling yakin lebih dahulu. Saran diterima dengan qualcode code ... --suggested.
    """
    from qualcode.analysis.suggestion import SHOWN
    from qualcode.analysis.suggestion import suggest as ask

    project = project_of(context)
    found_case = project.case(case)
    found = ask(found_case, project.codebook(codebook), coder)
    shown = found.on(found_case.document(document)) if document else found.surest()
    if form == "table":
        if isinstance(found.evaluation, Undefined):
            click.echo(terminal_safe(found.evaluation.reason))
        else:
            print_table(found.evaluation.to_table(), form)
    print_table(shown.to_table(most if most or document else SHOWN), form)
