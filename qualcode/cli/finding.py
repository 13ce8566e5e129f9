"""The verb ``find``: quotations with a code or at an address, or the places of words in all their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

from qualcode.analysis.concordance import concordance
from qualcode.cli.guard import guarded, project_of
from qualcode.cli.show import print_table, table_options
from qualcode.coding.addresses import Addresses
from qualcode.coding.case import Case
from qualcode.display import Table
from qualcode.errors import ParameterError, UnknownNameError
from qualcode.project import Project
from qualcode.wording import say

Command = TypeVar("Command", bound=Callable[..., Any])


def word_options(command: Command) -> Command:
    """Give a command the options of a search for words, by the names `concordance` knows them under."""
    options = [
        click.option("--word", "--phrase", "query", help="Kata, atau beberapa kata berurutan, dalam semua bentuknya."),
        click.option("--exact", "match", flag_value="exact", help="Hanya bentuk kata seperti ditulis."),
        click.option("--prefix", "match", flag_value="prefix", help="Semua bentuk yang berawal demikian."),
        click.option("--near", type=int, help="Kata-kata itu berjarak paling banyak sekian kata, urutan bebas."),
        click.option("--without", multiple=True, metavar="BENTUK", help="Bentuk yang tidak dihitung; boleh berulang."),
        click.option("--document", help="Hanya dokumen ini."),
        click.option("--speaker", help="Hanya penutur dengan label ini dalam transkrip."),
        click.option("--everyone", is_flag=True, help="Termasuk ucapan pewawancara, orang lain, dan refleksi."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("code", required=False)
@click.option("--case", help="Hanya kasus ini.")
@click.option("--coder", help="Hanya pengode ini.")
@click.option("--informant", help="Hanya informan ini.")
@click.option("--valence", help="Hanya nilai ini (mendukung, menentang, campuran, deskriptif).")
@word_options
@table_options
@click.pass_context
@guarded
def find(
    context: click.Context,
    code: str | None,
    case: str | None,
    coder: str | None,
    informant: str | None,
    valence: str | None,
    form: str,
    query: str | None,
    match: str | None,
    near: int | None,
    without: tuple[str, ...],
    document: str | None,
    speaker: str | None,
    everyone: bool,
) -> None:
    """Menampilkan semua kutipan dengan kode CODE atau kode di bawahnya, atau kutipan beralamat CODE (W/I3/...).

    Dengan --word: setiap tempat kata itu dalam semua bentuknya, di seluruh teks atau hanya dalam koding CODE.
    """
    words = {"query": query, "match": match, "near": near, "without": without}
    words |= {"document": document, "speaker": speaker, "everyone": everyone}
    wanted = {"coder": coder, "informant": informant, "valence": valence}
    filters = {name: value for name, value in wanted.items() if value is not None}
    print_table(_found(project_of(context), code, case, filters, words), form)


def _found(
    project: Project, code: str | None, case: str | None, filters: Mapping[str, Any], words: Mapping[str, Any]
) -> Table:
    """What ``find`` shows: the places of the words asked for, or the quotations with a code."""
    given = {name: value for name, value in words.items() if value is not None and value is not False and value != ()}
    if "query" in given:
        return concordance(project, code=code, case=case, **filters, **given).to_table()
    if given:
        options = ", ".join("--exact/--prefix" if name == "match" else f"--{name}" for name in given)
        raise ParameterError.of("find_needs_word", "find", options=options)
    if code is None:
        raise ParameterError.of("find_what", "find")
    return _quotations(project, code, case, filters)


def _quotations(project: Project, code: str, case: str | None, filters: Mapping[str, object]) -> Table:
    """One row a coding with this code or one below it, or at this address, with the whole quotation."""
    cases = _cases(project, case)
    addresses = {each.id: Addresses(each) for each in cases}
    if any(code in codebook for codebook in project.codebooks.values()):
        found = [coding for each in cases for coding in each.codings.of(code).where(**filters)]
    else:
        if not any(code in each for each in addresses.values()):
            raise _nowhere(project, code, addresses.values())
        found = [coding for each in addresses.values() for coding in each.codings(code).where(**filters)]
    rows = [
        [
            f"{coding.case}/{coding.address}",
            addresses[coding.case].of(coding),
            coding.code,
            say(f"valence.{coding.valence}"),
            coding.voice,
            coding.coder,
            " ".join(coding.quote.split()),
            " · ".join(filter(None, (say("suggestion.accepted") if coding.suggested else "", coding.memo))),
        ]
        for coding in found
    ]
    names = ("address", "citation", "code", "valence", "voice", "coder", "quotation", "memo")
    columns = [say(f"cli.find_{name}") for name in names]
    return Table(say("cli.find_caption", code=code, count=len(rows)), columns, rows)


def _nowhere(project: Project, wanted: str, addresses: Iterable[Addresses]) -> UnknownNameError:
    """What to say of a word that is neither a code nor an address."""
    every = list(addresses)
    if any(each.is_form(wanted) for each in every):
        return UnknownNameError.among("address", wanted, {known for each in every for known in each}, place="find")
    known = [each.id for codebook in project.codebooks.values() for each in codebook]
    return UnknownNameError.among("code", wanted, known, place="codebooks")


def _cases(project: Project, case: str | None) -> tuple[Case, ...]:
    return (project.case(case),) if case else project.cases
