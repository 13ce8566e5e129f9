"""The terminal: every verb is the first user of the library, and the only room that prints."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qualcode.cli.agreement import agree, sample
from qualcode.cli.changing import confirm, diff, edit, log, redo, undo
from qualcode.cli.guard import guarded, project_of
from qualcode.cli.importing import import_files
from qualcode.cli.merging import merge
from qualcode.cli.recoding import recode
from qualcode.cli.saturation import saturation
from qualcode.cli.show import print_problems, print_table, table_options, word_options
from qualcode.cli.vocabulary import words
from qualcode.project import init_project
from qualcode.wording import LANGUAGES, say, use_language


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", "folder", type=click.Path(path_type=Path), help="Folder proyek (bawaan: folder ini).")
@click.option("--language", type=click.Choice(LANGUAGES), default="id", help="Bahasa keluaran.")
@click.version_option(package_name="qualcode")
@click.pass_context
def main(context: click.Context, folder: Path | None, language: str) -> None:
    """Riset kualitatif dalam teks biasa: memeriksa, mengode, membaca, dan menjalankan notebook."""
    use_language(language)
    context.obj = folder


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@guarded
def init(folder: Path) -> None:
    """Membuat proyek baru di FOLDER: buku kode, notebook, dan kasus pertama."""
    project = init_project(folder)
    click.echo(say("cli.init", folder=project.root))


@main.command()
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


@main.command()
@table_options
@click.pass_context
@guarded
def cases(context: click.Context, form: str) -> None:
    """Menyebut semua kasus."""
    print_table(project_of(context).to_table(), form)


@main.command()
@click.argument("codebook")
@table_options
@click.pass_context
@guarded
def codes(context: click.Context, codebook: str, form: str) -> None:
    """Menampilkan kode-kode CODEBOOK dengan definisinya."""
    print_table(project_of(context).codebook(codebook).to_table(), form)


@main.command()
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
    """Menampilkan semua kutipan dengan kode CODE atau kode di bawahnya.

    Dengan --word: setiap tempat kata itu dalam semua bentuknya, di seluruh teks atau hanya dalam koding CODE.
    """
    from qualcode.cli.tables import found_table

    words = {"query": query, "match": match, "near": near, "without": without}
    words |= {"document": document, "speaker": speaker, "everyone": everyone}
    wanted = {"coder": coder, "informant": informant, "valence": valence}
    filters = {name: value for name, value in wanted.items() if value is not None}
    print_table(found_table(project_of(context), code, case, filters, words), form)


@main.command()
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
    from qualcode.cli.tables import matrix_table

    print_table(matrix_table(project_of(context), codebook, by, case, coder), form)


@main.command()
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
    from qualcode.analysis.triangulation import triangulate as compare

    project = project_of(context)
    matrix = compare(project.case(case), project.codebook(codebook), axis, coder=coder)
    print_table(matrix.to_table(), form)
    if form == "table":
        print_table(matrix.reasons_table(), form)


@main.command()
@click.argument("document")
@click.argument("quotation")
@click.argument("code")
@click.option("--coder", required=True, help="Nama singkat pengode.")
@click.option("--valence", default="deskriptif", show_default=True, help="mendukung|menentang|campuran|deskriptif")
@click.option("--tag", "tags", multiple=True, help="Tanda; boleh berulang.")
@click.option("--period", help="Periode yang dibicarakan, bila berbeda dari dokumennya.")
@click.option("--implicit", is_flag=True, help="Pandangan ini tersirat.")
@click.option("--memo", default="", help="Catatan pengode.")
@click.option("--line", type=int, help="Baris kutipan, bila kata-katanya ada lebih dari sekali.")
@click.pass_context
@guarded
def code(
    context: click.Context,
    document: str,
    quotation: str,
    code: str,
    coder: str,
    valence: str,
    tags: tuple[str, ...],
    period: str | None,
    implicit: bool,
    memo: str,
    line: int | None,
) -> None:
    """Mengode kutipan: DOCUMENT (kasus/dokumen), QUOTATION (kata-katanya), CODE (id kode)."""
    stored = project_of(context).code(
        document,
        quotation,
        code,
        coder=coder,
        valence=valence,
        tags=tags,
        period=period,
        explicit=not implicit,
        memo=memo,
        line=line,
    )
    click.echo(say("cli.coded", code=stored.code, address=stored.address, id=stored.id))


@main.command()
@click.argument("frameworks", nargs=-1)
@click.option("--case", "cases", multiple=True, help="Kasus; boleh berulang. Bawaan: semua kasus empiris.")
@click.option("--coder", default="", help="Pengode; bawaan: pengode utama; “semua” untuk semua.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder hasil (bawaan: reports/).")
@click.pass_context
@guarded
def run(
    context: click.Context, frameworks: tuple[str, ...], cases: tuple[str, ...], coder: str, out: Path | None
) -> None:
    """Menjalankan notebook FRAMEWORKS (bawaan: semua kerangka) pada setiap kasus dan membuat halamannya."""
    from qualcode.cli.running import run_and_report

    sys.exit(run_and_report(project_of(context), frameworks, cases, coder, out))


for verb in (import_files, edit, confirm, log, diff, undo, redo, recode, merge, agree, sample, saturation, words):
    main.add_command(verb)
