"""The terminal: every verb is the first user of the library, and the only room that prints."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from qualcode.wording import LANGUAGES, use_language


class Verb(NamedTuple):
    """Where a verb stands, and what the list of verbs says about it."""

    module: str
    name: str
    help: str


# A verb's module, and the rooms it needs, are opened when the verb is called: the list of verbs costs nothing.
VERBS = {
    "agree": Verb("agreement", "agree", "Menghitung kesepakatan pengode."),
    "autocode": Verb("autocoding", "autocode", "Mengode menurut aturan, atas nama pengode auto."),
    "cases": Verb("project", "cases", "Menyebut semua kasus."),
    "check": Verb("project", "check", "Memeriksa semua berkas proyek."),
    "checklist": Verb("checking", "checklist", "Mengisi COREQ, SRQR, atau uji keabsahan dari bukti proyek."),
    "code": Verb("coding", "code", "Mengode sebuah kutipan."),
    "codes": Verb("project", "codes", "Menampilkan kode-kode sebuah buku kode."),
    "confirm": Verb("changing", "confirm", "Memastikan letak koding setelah teks berubah."),
    "cooccurrence": Verb("cooccurrence", "cooccurrence", "Menghitung kode yang bertemu."),
    "diff": Verb("changing", "diff", "Membandingkan koding dua tanggal, pengode, atau salinan."),
    "edit": Verb("changing", "edit", "Memperbaiki teks; semua koding ikut berpindah."),
    "find": Verb("finding", "find", "Mencari kutipan dengan suatu kode, atau kata."),
    "import": Verb("importing", "import_files", "Memasukkan Word, PDF, subtitle, WhatsApp, Excel, ..."),
    "init": Verb("project", "init", "Membuat proyek baru."),
    "log": Verb("changing", "log", "Menampilkan semua perubahan koding."),
    "matrix": Verb("matrices", "matrix", "Menampilkan matriks kode menurut informan, teknik, ..."),
    "merge": Verb("merging", "merge", "Menyatukan salinan proyek dari laptop lain."),
    "recode": Verb("recoding", "recode", "Mengganti nama, menggabung, dan memisah kode."),
    "redo": Verb("changing", "redo", "Mengembalikan tindakan yang dibatalkan."),
    "report": Verb("reporting", "report", "Menulis bab hasil: Word, PDF, atau berkas bukti."),
    "review": Verb("reviewing", "review", "Bimbingan: komentar pembimbing, jawaban, dan catatan putarannya."),
    "run": Verb("running", "run", "Menjalankan notebook dan membuat halamannya."),
    "sample": Verb("agreement", "sample", "Mengundi unit untuk pengode kedua."),
    "saturation": Verb("saturation", "saturation", "Menghitung kapan tidak ada lagi kode baru."),
    "suggest": Verb("suggesting", "suggest", "Menyarankan kode untuk unit yang belum berkode."),
    "triangulate": Verb("matrices", "triangulate", "Membandingkan sumber, teknik, waktu, pengode, teori."),
    "undo": Verb("changing", "undo", "Membatalkan tindakan terakhir seorang pengode."),
    "verify": Verb("verifying", "verify", "Memeriksa bab Word terhadap koding dan data."),
    "words": Verb("vocabulary", "words", "Menghitung kata menurut kata dasarnya."),
}


class Verbs(click.Group):
    """The group of all verbs, each loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs, sorted."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb of this name, or None."""
        if name not in VERBS:
            return None
        verb = VERBS[name]
        command: click.Command = getattr(import_module(f"qualcode.cli.{verb.module}"), verb.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs with their one line of help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name].help) for name in self.list_commands(ctx)])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", "place", help="Folder proyek (bawaan: folder ini); untuk run juga alamat (s3://...).")
@click.option("--language", type=click.Choice(LANGUAGES), default="id", help="Bahasa keluaran.")
@click.version_option(package_name="qualcode")
@click.pass_context
def main(context: click.Context, place: str | None, language: str) -> None:
    """Riset kualitatif dalam teks biasa: memeriksa, mengode, membaca, dan menjalankan notebook."""
    use_language(language)
    context.obj = place
