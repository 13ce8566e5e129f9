"""The verbs about a project as a whole: a new one, what is wrong with it, its cases, its codebooks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_problems, print_table, table_options
from qualcode.project import init_project
from qualcode.wording import say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@guarded
def init(folder: Path) -> None:
    """Membuat proyek baru di FOLDER: buku kode, notebook, dan kasus pertama."""
    project = init_project(folder)
    click.echo(say("cli.init", folder=project.root))


@click.command()
@click.option("--fix", is_flag=True, help="Mencatat letak koding yang pasti dalam teks yang berubah di luar qualcode.")
@click.pass_context
@guarded
def check(context: click.Context, fix: bool) -> None:
    """Memeriksa semua berkas; menyebut setiap kesalahan dan perbaikannya."""
    project = project_of(context)
    if fix:
        click.echo(say("cli.fixed", count=project.fix()))
    problems = project.check()
    print_problems(problems)
    if problems:
        sys.exit(1)


@click.command()
@table_options
@click.pass_context
@guarded
def cases(context: click.Context, form: str) -> None:
    """Menyebut semua kasus."""
    print_table(project_of(context).to_table(), form)


@click.command()
@click.argument("codebook")
@table_options
@click.pass_context
@guarded
def codes(context: click.Context, codebook: str, form: str) -> None:
    """Menampilkan kode-kode CODEBOOK dengan definisinya."""
    print_table(project_of(context).codebook(codebook).to_table(), form)
