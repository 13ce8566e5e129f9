"""The command that fills a checklist of reporting or trustworthiness from the project's evidence."""

from __future__ import annotations

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.display import terminal_safe


@click.command()
@click.argument("name", metavar="coreq|srqr|keabsahan")
@click.option("--case", "cases", multiple=True, help="Kasusnya; beberapa, atau tanpa opsi ini semua, dibandingkan.")
@click.option("--coder", default="", help="Hanya pengode ini; bawaan: pengode utama; “semua” untuk semua.")
@click.option(
    "--show",
    type=click.Choice(["all", "todo", "summary"]),
    default="all",
    show_default=True,
    help="Semua butir, yang belum selesai, atau jumlahnya.",
)
@table_options
@click.pass_context
@guarded
def checklist(context: click.Context, name: str, cases: tuple[str, ...], coder: str, show: str, form: str) -> None:
    """Mengisi daftar periksa dari bukti yang ada dalam proyek; tidak ada butir yang terpenuhi tanpa bukti."""
    from qualcode.analysis.checklist import checklist as fill
    from qualcode.analysis.checklist import compare_checklists

    project = project_of(context)
    if len(cases) != 1:
        chosen = cases or project.case_ids
        read = [project.case(case) for case in chosen]
        print_table(compare_checklists(read, name, coder=coder, reviews=project.reviews()), form)
        return
    filled = fill(project.case(cases[0]), name, coder=coder, reviews=project.reviews(cases[0]))
    tables = {"all": filled.to_table, "todo": filled.to_do, "summary": filled.summary}
    print_table(tables[show](), form)
    if form == "table":
        click.echo(terminal_safe(repr(filled)))
