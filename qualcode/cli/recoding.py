"""Commands that change the codes of a codebook; every coding follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.errors import ParameterError
from qualcode.project.recoding import Add, Merge, MoveCode, NewCode, Operation, Rename, Restore, Split


@click.group()
def recode() -> None:
    """Mengganti nama, menggabung, memisah, dan memindahkan kode; semua koding ikut.

    Kodingnya kembali dengan qualcode undo, buku kodenya dengan qualcode recode restore.
    """


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all of these have."""
    command = click.option("--dry-run", is_flag=True, help="Hanya menunjukkan akibatnya.")(command)
    command = click.option("--coder", required=True, help="Nama singkat yang mengubah.")(command)
    return click.pass_context(guarded(table_options(command)))


def _do(context: click.Context, codebook: str, operation: Operation, coder: str, dry_run: bool, form: str) -> None:
    recoding = project_of(context).recode(codebook, operation, coder=coder, dry_run=dry_run)
    print_table(recoding.to_table(), form)


@recode.command()
@click.argument("codebook")
@click.argument("old")
@click.argument("new")
@click.option("--label", help="Label baru.")
@click.option("--label-en", help="Label baru dalam bahasa Inggris.")
@_shared
def rename(
    context: click.Context,
    codebook: str,
    old: str,
    new: str,
    label: str | None,
    label_en: str | None,
    coder: str,
    dry_run: bool,
    form: str,
) -> None:
    """Mengganti id kode OLD dalam CODEBOOK menjadi NEW; kode di bawahnya tetap."""
    _do(context, codebook, Rename(code=old, new=new, label=label, label_en=label_en), coder, dry_run, form)


@recode.command()
@click.argument("codebook")
@click.argument("code")
@click.option("--label", required=True, help="Label kode baru.")
@click.option("--definition", required=True, help="Definisi kode baru.")
@click.option("--under", metavar="CODE", help="Kode di atasnya; tanpa ini di tingkat teratas.")
@click.option("--open", "opens", is_flag=True, help="Buku kode tertutup menjadi terbuka bagi kode baru.")
@_shared
def add(
    context: click.Context,
    codebook: str,
    code: str,
    label: str,
    definition: str,
    under: str | None,
    opens: bool,
    coder: str,
    dry_run: bool,
    form: str,
) -> None:
    """Menambahkan kode baru CODE ke CODEBOOK."""
    operation = Add(code=code, label=label, definition=definition, under=under, opens=opens)
    _do(context, codebook, operation, coder, dry_run, form)


@recode.command()
@click.argument("codebook")
@click.argument("source")
@click.argument("into")
@_shared
def merge(context: click.Context, codebook: str, source: str, into: str, coder: str, dry_run: bool, form: str) -> None:
    """Menggabung kode SOURCE dalam CODEBOOK ke kode INTO; definisinya dicatat di sana."""
    _do(context, codebook, Merge(code=source, into=into), coder, dry_run, form)


@recode.command()
@click.argument("codebook")
@click.argument("code")
@click.option("--into", multiple=True, metavar="ID", help="Id kode baru; boleh berulang.")
@click.option("--definition", "definitions", multiple=True, metavar="ID=DEFINISI", help="Definisi kode baru.")
@click.option("--label", "labels", multiple=True, metavar="ID=LABEL", help="Label kode baru (bawaan: id-nya).")
@click.option("--by", "rules", multiple=True, metavar="TANDA=ID", help="Koding dengan tanda ini pindah ke kode ini.")
@_shared
def split(
    context: click.Context,
    codebook: str,
    code: str,
    into: tuple[str, ...],
    definitions: tuple[str, ...],
    labels: tuple[str, ...],
    rules: tuple[str, ...],
    coder: str,
    dry_run: bool,
    form: str,
) -> None:
    """Memisah kode CODE dalam CODEBOOK: kode baru di bawahnya, koding pindah menurut tandanya."""
    defined = dict(_pair(each, "--definition", into) for each in definitions)
    named = dict(_pair(each, "--label", into) for each in labels)
    new = tuple(NewCode(id=id, label=named.get(id) or id, definition=defined.get(id, "")) for id in into)
    by = {tag: id for id, tag in (_pair(each, "--by", into, right=True) for each in rules)}
    _do(context, codebook, Split(code=code, into=new, by=by), coder, dry_run, form)


def _pair(word: str, option: str, ids: Iterable[str], *, right: bool = False) -> tuple[str, str]:
    """The id and the other part of ``ID=words``, or of ``words=ID``."""
    first, _, rest = word.rpartition("=") if right else word.partition("=")
    id, other = (rest, first) if right else (first, rest)
    if id not in ids or not other:
        raise ParameterError.of("recode_pair", word, word=word, option=option)
    return id, other


@recode.command()
@click.argument("codebook")
@click.argument("code")
@click.option("--under", metavar="KODE", help="Kode yang akan berada di atasnya.")
@click.option("--top", is_flag=True, help="Ke tingkat teratas.")
@_shared
def move(
    context: click.Context, codebook: str, code: str, under: str | None, top: bool, coder: str, dry_run: bool, form: str
) -> None:
    """Memindahkan kode CODE dalam CODEBOOK, dengan semua kode di bawahnya; koding tidak berubah."""
    if (under is None) != top:
        raise ParameterError.of("recode_where", code)
    _do(context, codebook, MoveCode(code=code, under=under), coder, dry_run, form)


@recode.command()
@click.argument("codebook")
@click.argument("version")
@_shared
def restore(context: click.Context, codebook: str, version: str, coder: str, dry_run: bool, form: str) -> None:
    """Mengembalikan CODEBOOK ke VERSION yang tersimpan; koding dikembalikan dengan qualcode undo."""
    _do(context, codebook, Restore(version=version), coder, dry_run, form)
