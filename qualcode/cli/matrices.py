"""The verbs ``matrix`` and ``triangulate``: codes by groups, and what the groups say of each code."""

from __future__ import annotations

import click

from qualcode.analysis.arrangement import ROLE, TIME, arrange
from qualcode.analysis.matrix import matrix as count
from qualcode.analysis.triangulation import triangulate as compare
from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.coding.codings import Codings
from qualcode.display import Table
from qualcode.errors import ParameterError
from qualcode.project import Project


@click.command()
@click.argument("codebook")
@click.option(
    "--by",
    type=click.Choice(["informant", "technique", "document", "period", "role", "time"]),
    default="informant",
    show_default=True,
    help="Isi kolom.",
)
@click.option("--case", help="Hanya kasus ini (bawaan: semua).")
@click.option("--coder", default="", help="Hanya pengode ini; bawaan: pengode utama; “semua” untuk semua.")
@table_options
@click.pass_context
@guarded
def matrix(context: click.Context, codebook: str, by: str, case: str | None, coder: str, form: str) -> None:
    """Menampilkan matriks kode CODEBOOK menurut informan, teknik, dokumen, periode, peran, atau waktu."""
    print_table(_arranged(project_of(context), codebook, by, case, coder), form)


def _arranged(project: Project, codebook: str, by: str, case: str | None, coder: str) -> Table:
    """Codes by groups over one case or all."""
    chosen = project.codebook(codebook)
    if case:
        return arrange(project.case(case), chosen, by, coder=coder).to_table()
    if by in (ROLE, TIME):
        raise ParameterError.of("needs_a_case", f"--by {by}", by=by)
    found = (coding for each in project.cases for coding in each.coded_by(coder).using(chosen))
    return count(Codings(found, project.codebooks), chosen, by).to_table()


@click.command()
@click.argument("codebook")
@click.option("--case", required=True, help="Kasusnya.")
@click.option(
    "--axis",
    type=click.Choice(["source", "technique", "time", "coder", "framework"]),
    default="source",
    show_default=True,
    help="Apa yang dibandingkan.",
)
@click.option("--coder", default="", help="Hanya pengode ini; bawaan: pengode utama; “semua” untuk semua.")
@table_options
@click.pass_context
@guarded
def triangulate(context: click.Context, codebook: str, case: str, axis: str, coder: str, form: str) -> None:
    """Membandingkan apa yang dikatakan sumber, teknik, waktu, pengode, atau teori tentang tiap kode CODEBOOK."""
    project = project_of(context)
    compared = compare(project.case(case), project.codebook(codebook), axis, coder=coder)
    print_table(compared.to_table(), form)
    if form == "table":
        print_table(compared.reasons_table(), form)
