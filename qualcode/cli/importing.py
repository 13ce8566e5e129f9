"""The command that brings files into a case: it shows what it guessed, asks what it cannot know, then stores."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_problems, print_table
from qualcode.display import terminal_safe
from qualcode.errors import ParameterError
from qualcode.intake.draft import NeededFor
from qualcode.project import Project
from qualcode.project.importing import Imports
from qualcode.wording import say


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--case", required=True, help="Kasusnya.")
@click.option("--answer", "answers", multiple=True, metavar="KUNCI=JAWABAN", help="Jawaban pertanyaan; boleh berulang.")
@click.option("--coder", help="Nama singkat yang memasukkan.")
@click.option("--dry-run", is_flag=True, help="Hanya menunjukkan akan menjadi apa; tidak menyimpan.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON: daftar dokumen dengan giliran bicaranya.")
@click.pass_context
@guarded
def import_files(
    context: click.Context,
    files: tuple[Path, ...],
    case: str,
    answers: tuple[str, ...],
    coder: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Memasukkan FILES (Word, PDF, teks, subtitle, WhatsApp, ODT, RTF, HTML, Excel) ke dalam sebuah kasus."""
    project = project_of(context)
    said = dict(map(_answer, answers))
    found = project.import_documents(files, case, answers=said, dry_run=True)
    people_watch = sys.stdin.isatty() and not as_json and not dry_run
    if people_watch:
        found = _asked(project, files, case, said, found)
    if not as_json:
        _show(found)
    if not dry_run and not (people_watch and found.items and not click.confirm(say("cli.store"), default=True)):
        found = project.import_documents(files, case, answers=said, coder=coder)
    if as_json:
        click.echo(found.to_json())
    else:
        for place in found.stored:
            click.echo(say("cli.stored", place=place))
    print_problems(found.refused)
    if found.refused or not all(each.draft.storable for each in found.items):
        sys.exit(1)


def _answer(word: str) -> tuple[str, str]:
    key, equals, answer = word.partition("=")
    if not equals:
        raise ParameterError.of("answer_form", "--answer", word=word)
    return key.strip(), answer.strip()


def _asked(project: Project, files: tuple[Path, ...], case: str, said: dict[str, str], found: Imports) -> Imports:
    """Ask what must be answered before storing until nothing is open, or the person gives no answer."""
    for _ in range(10):
        open_questions = [
            (each.raw.name, question)
            for each in found.items
            for question in each.draft.questions
            if question.needed_for is NeededFor.STORING
        ]
        if not open_questions:
            break
        for name, question in open_questions:
            choices = click.Choice(question.choices) if question.choices else None
            text = terminal_safe(f"{name}: {question.text}")
            said[f"{name}:{question.key}"] = click.prompt(text, type=choices, default="" if choices is None else None)
        found = project.import_documents(files, case, answers=said, dry_run=True)
    return found


def _show(found: Imports) -> None:
    for each in found.items:
        if each.draft.turns:
            print_table(each.turns_table(), "table")
        else:
            click.echo(terminal_safe(each.draft.body))
    if found.items:
        print_table(found.to_table(), "table")
        click.echo(terminal_safe(repr(replace(found, refused=()).remarks())))
