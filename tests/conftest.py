"""Shared by all tests: the language they start in, how long a random example may take, a small project."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

import qualcode as qc
from qualcode.wording import use_language

# A slow machine is no fault of the library's.
settings.register_profile("qualcode", deadline=None)
settings.load_profile("qualcode")


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    """Every test starts in Indonesian, whatever language the one before it chose."""
    use_language("id")
    yield
    use_language("id")


CODEBOOK = """\
id: uji
version: "1.0"
title: {id: Buku kode uji, en: Test codebook}
license: CC-BY-4.0
citation: Rekaan (2025)
codes:
  - id: LAY
    heading: true
    label: {id: Layanan, en: Service}
    definition: Judul kelompok.
    children:
      - id: LAY-BAL
        label: {id: Balasan, en: Replies}
        definition: Komentar dibalas.
        children:
          - id: LAY-BAL-C
            label: Cepat
            definition: Dibalas pada hari yang sama.
      - id: LAY-DAT
        label: {id: Data, en: Data}
        definition: Data dibuka.
  - id: SDM
    label: {id: Staf, en: Staff}
    definition: Orang yang mengelola akun.
"""

CASE = """\
id: kasus
title: Akun sebuah dinas
kind: empiris
institution: Dinas Uji
period: tidak disebut
question: Bagaimana akun dikelola?
approach: studi kasus
frameworks: [uji]
description: Bahan rekaan untuk pengujian.
informants:
  - {id: I1, role: Kepala, relation: orang dalam, consent: dicatat}
  - {id: I2, role: Admin, relation: orang dalam, consent: dicatat}
groups:
  source: [I1, I2]
  technique: [wawancara, observasi, dokumentasi]
"""

TEXTS = {
    "w-i1": "P: Apakah komentar dibalas?\n\nI1: Semua komentar dibalas.\n\nI1: Data kami terbuka.\n",
    "w-i2": "P: Apakah komentar dibalas?\n\nI2: Paling sepertiga yang dibalas.\n\nI2: Kami cuma berdua.\n",
    "o-1": "## Deskripsi\n\nAdmin membalas tiga komentar.\n\n## Refleksi\n\nSaya ragu apakah itu biasa.\n",
    "d-1": "Target balasan 80 persen.\n\nTarget unggahan lima.\n",
}


def _front_matter(id: str) -> str:
    """A document's front matter, by the first letter of its id: w interview, o observation, d document."""
    kind, technique = {
        "w": ("transkrip", "wawancara"),
        "o": ("catatan lapangan", "observasi"),
        "d": ("dokumen", "dokumentasi"),
    }[id[0]]
    lines = [f"id: {id}", f"title: Bahan {id}", f"kind: {kind}", f"technique: {technique}", "date: 2025-03-11"]
    if id[0] == "w":
        who = id.partition("-")[2].upper()
        lines += [f"informant: {who}", f"legend: {{P: pewawancara, {who}: {who}}}"]
    return "\n".join(["---", *lines, "provenance: rekaan", "---", "", ""])


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., qc.Project]:
    """Make a small sound project in an empty folder: one case, four documents, one codebook, nothing coded yet.

    `texts` replaces the documents (id -> body), `files` adds or replaces whole files (path in the project -> content).
    """

    def make(texts: Mapping[str, str] = TEXTS, files: Mapping[str, str] | None = None) -> qc.Project:
        written = {"codebooks/uji.yaml": CODEBOOK, "corpus/kasus/case.yaml": CASE}
        written |= {f"corpus/kasus/{id}.md": _front_matter(id) + body for id, body in texts.items()}
        for name, content in (written | dict(files or {})).items():
            path = tmp_path / "proyek" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8", newline="\n")
        return qc.open_project(tmp_path / "proyek")

    return make
