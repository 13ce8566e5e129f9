"""The command that unites two copies of a project, or the conflict copies inside one."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options


@click.command()
@click.argument("other", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Hanya menunjukkan apa yang akan disatukan.")
@table_options
@click.pass_context
@guarded
def merge(context: click.Context, other: Path | None, dry_run: bool, form: str) -> None:
    """Menyatukan salinan proyek di OTHER dengan proyek ini; tanpa OTHER, salinan konflik di dalam proyek ini.

    Tidak ada yang hilang: semua peristiwa koding digabung; teks, buku kode, dan catatan yang berbeda disimpan
    berdampingan untuk diputuskan. OTHER hanya dibaca.
    """
    merged = project_of(context).merge(other, dry_run=dry_run)
    print_table(merged.to_table(), form)
    if merged.sides and form == "table":
        print_table(merged.sides_table(), form)
