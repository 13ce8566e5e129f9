"""Tables and problems on the terminal, or as CSV or JSON for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from qualcode.display import Table, terminal_safe
from qualcode.errors import Problem
from qualcode.wording import say

SHORT = 12

Command = TypeVar("Command", bound=Callable[..., Any])


def table_options(command: Command) -> Command:
    """Give a command ``--csv``, ``--quotations`` and ``--json``; it receives the choice as `form`."""
    opened = "Keluaran CSV dengan semua sel dibuka: satu baris per kutipan."
    command = click.option("--quotations", "form", flag_value="quotations", help=opened)(command)
    command = click.option("--json", "form", flag_value="json", help="Keluaran JSON, dengan kutipannya.")(command)
    command = click.option("--csv", "form", flag_value="csv", help="Keluaran CSV.")(command)
    return click.option("--table", "form", flag_value="table", default="table", hidden=True)(command)


def print_table(table: Table, form: str) -> None:
    """Print a table in the form asked for."""
    if form == "csv":
        click.echo(table.to_csv(), nl=False)
    elif form == "quotations":
        columns = [say(f"cli.opened_{name}") for name in ("row", "column", "cell", "quotation", "address", "note")]
        click.echo(table.opened(columns).to_csv(), nl=False)
    elif form == "json":
        click.echo(table.to_json())
    else:
        _print_for_people(table)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems line by line, to standard error."""
    for problem in problems:
        click.echo(terminal_safe(str(problem)), err=True)


def _print_for_people(table: Table) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    if not table.rows:
        click.echo(terminal_safe(table.caption))
        return
    drawn = Drawn(
        title=Text(terminal_safe(table.caption)),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    console = Console(highlight=False)
    widths = [max(len(name), *(len(str(row[index])) for row in table.rows)) for index, name in enumerate(table.columns)]
    least = sum(min(width, SHORT) + 1 for width in widths) + 2
    for index, name in enumerate(table.columns):
        # Short words and the row's name stay whole where there is room; longer texts share the rest of the line.
        longer = max(0, widths[0] - SHORT) if index == 0 else 0
        whole = console.width >= least + longer and (index == 0 or widths[index] <= SHORT)
        drawn.add_column(Text(terminal_safe(name)), overflow="fold", no_wrap=whole)
    for row in table.rows:
        drawn.add_row(*(Text(terminal_safe(str(cell))) for cell in row))
    console.print(drawn)
    if table.note:
        console.print(Text(terminal_safe(table.note)))
