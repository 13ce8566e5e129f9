"""The verb ``code``: one quotation, one code, one coder."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.wording import say


@click.command()
@click.argument("document")
@click.argument("quotation")
@click.argument("code")
@click.option("--coder", required=True, help="Nama singkat pengode.")
@click.option("--valence", default="deskriptif", show_default=True, help="mendukung|menentang|campuran|deskriptif")
@click.option("--tag", "tags", multiple=True, help="Tanda; boleh berulang.")
@click.option("--period", help="Periode yang dibicarakan, bila berbeda dari dokumennya.")
@click.option("--implicit", is_flag=True, help="Pandangan ini tersirat.")
@click.option("--memo", default="", help="Catatan pengode.")
@click.option("--line", type=int, help="Baris kutipan, bila kata-katanya ada lebih dari sekali.")
@click.option("--suggested", is_flag=True, help="Kode ini diterima dari saran (qualcode suggest).")
@click.pass_context
@guarded
def code(
    context: click.Context,
    document: str,
    quotation: str,
    code: str,
    coder: str,
    valence: str,
    tags: tuple[str, ...],
    period: str | None,
    implicit: bool,
    memo: str,
    line: int | None,
    suggested: bool,
) -> None:
    """Mengode kutipan: DOCUMENT (kasus/dokumen), QUOTATION (kata-katanya), CODE (id kode)."""
    stored = project_of(context).code(
        document,
        quotation,
        code,
        coder=coder,
        valence=valence,
        tags=tags,
        period=period,
        explicit=not implicit,
        memo=memo,
        line=line,
        suggested=suggested,
    )
    click.echo(say("cli.coded", code=stored.code, address=stored.address, id=stored.id))
