"""The command that codes by an explicit rule, as the coder auto, apart from all people."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.wording import say


@click.command()
@click.argument("code")
@click.option("--case", required=True, help="Kasusnya.")
@click.option("--word", "--phrase", "word", default="", help="Kata, atau beberapa kata berurutan.")
@click.option("--exact", "match", flag_value="exact", help="Hanya bentuk kata seperti ditulis.")
@click.option("--prefix", "match", flag_value="prefix", help="Semua bentuk yang berawal demikian.")
@click.option("--without", multiple=True, metavar="BENTUK", help="Bentuk yang tidak dihitung; boleh berulang.")
@click.option("--speaker", default="", metavar="LABEL", help="Semua giliran penutur dengan label ini.")
@click.option("--question", default="", help="Jawaban atas pertanyaan yang memuat kata-kata ini, atau bernomor ini.")
@click.option(
    "--unit",
    type=click.Choice(["turn", "sentence", "word"]),
    default="turn",
    show_default=True,
    help="Yang dikode: seluruh giliran (atau paragraf), kalimatnya, atau katanya saja.",
)
@click.option("--dry-run", is_flag=True, help="Hanya menunjukkan apa yang akan dikode.")
@table_options
@click.pass_context
@guarded
def autocode(
    context: click.Context,
    code: str,
    case: str,
    word: str,
    match: str | None,
    without: tuple[str, ...],
    speaker: str,
    question: str,
    unit: str,
    dry_run: bool,
    form: str,
) -> None:
    """Mengode dengan CODE menurut satu aturan, atas nama pengode auto.

    Aturannya satu dari --word, --speaker, --question. Hanya ucapan informan dan paragraf bukan refleksi, kecuali
    seorang penutur disebut. Koding auto tidak ikut dihitung bersama koding orang; pakai --coder auto untuk
    melihatnya, dan qualcode undo --coder auto untuk membatalkan seluruh penerapan terakhir.
    """
    found = project_of(context).autocode(
        code, case, word=word, speaker=speaker, question=question, match=match, without=without, unit=unit
    )
    print_table(found.to_table(), form)
    if not dry_run:
        stored = found.apply()
        click.echo(say("autocode.stored", count=len(stored), code=code), err=form != "table")
