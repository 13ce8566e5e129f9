"""The command that asks whether further interviews still bring anything new."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.display import terminal_safe


@click.command()
@click.argument("codebook")
@click.option("--case", required=True, help="Kasusnya.")
@click.option(
    "--what",
    type=click.Choice(["code", "tag", "code x valence"]),
    default="code",
    show_default=True,
    help="Apa yang dihitung sebagai kode.",
)
@click.option(
    "--unit", type=click.Choice(["informant", "document"]), default="informant", show_default=True, help="Satu sumber."
)
@click.option("--base", type=int, default=4, show_default=True, help="Ukuran dasar.")
@click.option("--run", type=int, default=2, show_default=True, help="Panjang rangkaian.")
@click.option("--threshold", default="5%", show_default=True, help="Ambang informasi baru.")
@click.option("--order", default="", help="Urutan sumber, dipisah koma; bawaan: menurut tanggal.")
@click.option("--technique", default="wawancara", show_default=True, help="Hanya teknik ini; “semua” untuk semua.")
@click.option("--without", multiple=True, help="Tanda atau kode yang tidak dihitung; boleh berulang.")
@click.option("--coder", default="", help="Hanya pengode ini; bawaan: pengode utama; “semua” untuk semua.")
@click.option(
    "--show",
    type=click.Choice(["runs", "incidence", "orders", "richness"]),
    default="runs",
    show_default=True,
    help="Tabel yang ditampilkan.",
)
@table_options
@click.pass_context
@guarded
def saturation(
    context: click.Context,
    codebook: str,
    case: str,
    what: str,
    unit: str,
    base: int,
    run: int,
    threshold: str,
    order: str,
    technique: str,
    without: tuple[str, ...],
    coder: str,
    show: str,
    form: str,
) -> None:
    """Menghitung kapan sumber tidak lagi membawa kode baru dari CODEBOOK (Guest, Namey & Chen 2020)."""
    from qualcode.analysis.saturation import saturation as ask

    project = project_of(context)
    found = ask(
        project.case(case),
        project.codebook(codebook),
        what=what,
        unit=unit,
        base=base,
        run=run,
        threshold=threshold,
        order=[name.strip() for name in order.split(",") if name.strip()],
        technique=technique,
        without=without,
        coder=coder,
    )
    tables = {
        "runs": found.to_table,
        "incidence": found.incidence_table,
        "orders": found.orders_table,
        "richness": found.richness_table,
    }
    print_table(tables[show](), form)
    if form == "table" and show == "runs":
        click.echo(terminal_safe(f"{found.conclusion()!r}\n\n{found.limits()!r}"))
