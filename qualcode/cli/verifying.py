"""The verb ``verify``: a Word file held against the codings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.display import terminal_safe
from qualcode.wording import say

MOST_PLACES = 12
"""Paragraphs named of what cannot be checked."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--case", default="", help="Kasusnya, bila berkas tidak menyebutnya.")
@click.option("--coder", default="", help="Pengode yang kodingnya dihitung, bila berkas tidak menyebutnya.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
@click.pass_context
@guarded
def verify(context: click.Context, file: Path, case: str, coder: str, as_json: bool) -> None:
    """Memeriksa FILE (.docx): kutipan, kode kutipan, angka, status, dan kode; kode keluar 1 bila ada temuan."""
    from qualcode.reports.verify import verify as hold

    found = hold(project_of(context), file, case, coder)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        for finding in found.findings:
            click.echo(" ".join(terminal_safe(str(finding)).split()))
        counts = {"quotations": found.quotations, "numbers": found.numbers, "addresses": found.addresses}
        told = say(
            "verify.sum", file=found.file, case=found.case, left=found.left_alone, count=len(found.findings), **counts
        )
        click.echo(terminal_safe(told), err=True)
        for name, paragraphs in found.unchecked.items():
            places = dict.fromkeys(map(str, paragraphs))
            listed = ", ".join([*places][:MOST_PLACES]) + (", …" if len(places) > MOST_PLACES else "")
            click.echo(say(f"verify.open_{name}", count=len(paragraphs), places=listed), err=True)
    if found.findings:
        sys.exit(1)
