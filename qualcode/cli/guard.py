"""What every command shares: the project it works on, and errors shown in two lines instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from qualcode.cli.show import print_problems
from qualcode.errors import CheckError, QualcodeError
from qualcode.project import Project, open_project

P = ParamSpec("P")


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Show an error of ours as its place, what and mend, and end with 1."""

    @wraps(command)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except CheckError as error:
            print_problems(error.problems)
            sys.exit(1)
        except QualcodeError as error:
            print_problems([error.problem])
            sys.exit(1)

    return shown


def project_of(context: click.Context) -> Project:
    """The project named by ``--project``, or the one around the working folder."""
    return open_project(context.find_root().obj)
