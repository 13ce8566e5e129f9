"""The commands about coders: how far they agree, and which units a second coder is to code."""

from __future__ import annotations

from dataclasses import replace

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.display import Table, terminal_safe
from qualcode.wording import say


@click.command()
@click.argument("codebook")
@click.option("--case", required=True, help="Kasusnya.")
@click.option(
    "--unit",
    type=click.Choice(["turn", "paragraph", "sentence", "character"]),
    default="turn",
    show_default=True,
    help="Unit yang dibandingkan.",
)
@click.option("--per", type=click.Choice(["code", "dimension"]), default="code", show_default=True, help="Isi baris.")
@click.option("--coder", "coders", multiple=True, help="Hanya pengode ini; boleh berulang. Bawaan: semua.")
@click.option("--rounds", is_flag=True, help="Membandingkan putaran satu pengode (intrapengode).")
@click.option("--round", type=int, help="Hanya koding putaran ini.")
@click.option("--seed", type=int, default=1, show_default=True, help="Benih bootstrap.")
@click.option(
    "--show",
    type=click.Choice(["codes", "summary", "spans", "disagreements", "drift", "sentence"]),
    default="codes",
    show_default=True,
    help="Yang ditampilkan.",
)
@table_options
@click.pass_context
@guarded
def agree(
    context: click.Context,
    codebook: str,
    case: str,
    unit: str,
    per: str,
    coders: tuple[str, ...],
    rounds: bool,
    round: int | None,
    seed: int,
    show: str,
    form: str,
) -> None:
    """Menghitung kesepakatan pengode per kode CODEBOOK, sebelum adjudikasi."""
    from qualcode.analysis.reliability import agree as ask

    project = project_of(context)
    codings = project.case(case).codings.using(project.codebook(codebook))
    codings = codings.by(*coders) if coders else codings
    codings = codings if round is None else codings.where(round=round)
    found = ask(codings, unit, per, raters="round" if rounds else "coder", seed=seed)
    if show == "sentence":
        click.echo(terminal_safe(found.sentence()))
        return
    tables = {
        "codes": found.full_table if form == "csv" else found.to_table,
        "summary": found.summary_table,
        "spans": found.spans_table,
        "disagreements": lambda: found.disagreements().to_table(),
        "drift": found.drift,
    }
    table = tables[show]()
    print_table(_narrow(table) if (form, show) == ("table", "codes") else table, form)
    if form == "table" and show == "codes":
        click.echo(terminal_safe(repr(found.remarks())))


def _narrow(table: Table) -> Table:
    """The table with the ids of its codes alone and without its last column: the terminal has little room."""
    if len(table.columns) == 1:
        return table
    rows = [[str(row[0]).partition(" ")[0], *row[1:-1]] for row in table.rows]
    return replace(table, columns=table.columns[:-1], rows=rows, note=say("reliability.note"))


@click.command()
@click.argument("case")
@click.argument("codebook")
@click.option("--coder", required=True, help="Nama singkat pengode kedua.")
@click.option("--share", default="20%", show_default=True, help="Bagian dari unit setiap dokumen.")
@click.option("--seed", type=int, default=1, show_default=True, help="Benih undian.")
@click.option("--round", type=int, default=1, show_default=True, help="Putaran pengodeannya.")
@table_options
@click.pass_context
@guarded
def sample(
    context: click.Context, case: str, codebook: str, coder: str, share: str, seed: int, round: int, form: str
) -> None:
    """Mengundi unit CASE untuk dikode pengode kedua dengan CODEBOOK; tanpa koding siapa pun."""
    drawn = project_of(context).sample(case, codebook, coder=coder, share=share, seed=seed, round=round)
    print_table(drawn.to_table(), form)
