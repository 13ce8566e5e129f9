"""The command that shows which codes meet, and how often."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options


@click.command()
@click.argument("codebook")
@click.option("--case", required=True, help="Kasusnya.")
@click.option(
    "--within",
    type=click.Choice(["overlap", "turn", "paragraph", "document"]),
    default="overlap",
    show_default=True,
    help="Bertemu pada kata-kata yang sama, atau dalam satu giliran bicara, paragraf, atau dokumen.",
)
@click.option("--coder", default="", help="Hanya pengode ini; bawaan: pengode utama; “semua” untuk semua.")
@click.option(
    "--show",
    type=click.Choice(["pairs", "matrix"]),
    default="pairs",
    show_default=True,
    help="Pasangan yang bertemu, yang paling sering dahulu; atau kode kali kode.",
)
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Banyaknya pasangan.")
@table_options
@click.pass_context
@guarded
def cooccurrence(
    context: click.Context, codebook: str, case: str, within: str, coder: str, show: str, most: int, form: str
) -> None:
    """Menghitung kode CODEBOOK yang bertemu, pengode demi pengode."""
    from qualcode.analysis.cooccurrence import cooccurrence as ask

    project = project_of(context)
    found = ask(project.case(case).coded_by(coder), project.codebook(codebook), within)
    print_table(found.to_table() if show == "matrix" else found.pairs_table(most), form)
