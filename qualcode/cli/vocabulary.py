"""The command that counts words, shows their company, and what sets them apart."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options


@click.command()
@click.option("--case", required=True, help="Kasusnya.")
@click.option("--code", default="", help="Hanya kata-kata di bawah kode ini atau kode di bawahnya.")
@click.option("--informant", "informants", multiple=True, help="Hanya informan ini; boleh berulang.")
@click.option("--coder", default="", help="Pengode yang kodingnya dipakai; bawaan: pengode utama.")
@click.option(
    "--who",
    type=click.Choice(["informants", "evidence", "all"]),
    default="informants",
    show_default=True,
    help="Giliran bicara informan; juga dokumen lain; atau semua teks.",
)
@click.option("--key", is_flag=True, help="Kata yang membedakan pilihan ini dari sisa kasusnya.")
@click.option("--beside", "node", default="", help="Kata-kata di sekitar kata ini, dalam segala bentuknya.")
@click.option("--most", type=click.IntRange(min=1), default=40, show_default=True, help="Banyaknya baris.")
@click.option("--every-word", is_flag=True, help="Tampilkan juga kata fungsi, partikel, dan ungkapan baku.")
@table_options
@click.pass_context
@guarded
def words(
    context: click.Context,
    case: str,
    code: str,
    informants: tuple[str, ...],
    coder: str,
    who: str,
    key: bool,
    node: str,
    most: int,
    every_word: bool,
    form: str,
) -> None:
    """Menghitung kata menurut kata dasarnya, hanya dari giliran bicara informan kecuali diminta lain."""
    from qualcode.analysis.vocabulary import keyness
    from qualcode.analysis.vocabulary import words as choose
    from qualcode.text.words.stop import ALL

    found = project_of(context).case(case)
    layers = () if every_word else ALL
    chosen = choose(found, informant=informants, code=code, coder=coder, who=who)
    if node:
        table = chosen.collocates(node, layers=layers).to_table(most)
    elif key:
        table = keyness(chosen, choose(found, who=who).without(chosen), layers=layers).to_table(most)
    else:
        table = chosen.frequencies(layers=layers).to_table(most)
    print_table(table, form)
