"""The overview tells what a case consists of, blanks and doubts included."""

from collections.abc import Callable

import pytest

import qualcode as qc
from qualcode.analysis.overview import case_limits

Make = Callable[..., qc.Project]
METRICS = """\
metrics:
  - {name: Pengikut, account: Instagram, value: 129000, unit: akun, as_of: 2024-07, exact: false, source: akun}
  - {name: Balasan, value: 28.9, unit: "%", as_of: tidak disebut, source: laporan}
  - {name: Jangkauan, as_of: tidak disebut, source: laporan, note: hanya grafik}
"""
LIMITS = """\
limits: [Satu kota saja.]
fictional: true
text_checks:
  - {statement: Angka beda., places: [hlm. 3, hlm. 9]}
  - {statement: Nama beda.}
"""


@pytest.fixture
def project(make_project: Make) -> qc.Project:
    project = make_project()
    for document, words, code, coder in [
        ("w-i1", "Semua komentar dibalas", "LAY-BAL", "ana"),
        ("w-i1", "Data kami terbuka", "LAY-DAT", "ana"),
        ("w-i2", "sepertiga", "LAY-BAL", "budi"),
    ]:
        project.code(f"kasus/{document}", words, code, coder=coder)
    return project


def overview(project: qc.Project, lines: str = "") -> qc.Overview:
    """The overview of the case, whose record gets these lines besides."""
    record = project.root / "corpus/kasus/case.yaml"
    record.write_text(record.read_text("utf-8") + lines, "utf-8")
    return qc.overview(project.case("kasus"))


def test_profile(project: qc.Project) -> None:
    """The profile shows what the record says and leaves out what it does not."""
    table = overview(project).profile()
    rows = dict(table.rows)
    assert table.caption == "Akun sebuah dinas"
    assert (rows["Instansi"], rows["Periode yang diteliti"]) == ("Dinas Uji", "tidak disebut")
    assert not {"Unit pengelola", "Tempat", "Rujukan"} & rows.keys()
    assert all(rows.values())


def test_informants(project: qc.Project) -> None:
    """Informants stand by code and role; what is not said of them is a dash."""
    table = overview(project).informants()
    assert [list(row) for row in table.rows] == [
        ["I1", "Kepala", "–", "orang dalam", "–", "dicatat"],
        ["I2", "Admin", "–", "orang dalam", "–", "dicatat"],
    ]
    assert table.note == ""


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("informants_total: 7\n", ["7"]),
        ("informants_note: Peran tidak dirinci.\n", ["Peran tidak dirinci."]),
        ("informants_total: 0\ninformants_note: Tidak ada.\n", ["0", "Tidak ada."]),
    ],
)
def test_number_of_informants(project: qc.Project, lines: str, words: list[str]) -> None:
    """What the source says of the number of informants stands below them, total or not."""
    note = overview(project, lines).informants().note
    for word in words:
        assert word in note


def test_no_informants(make_project: Make) -> None:
    """A case without informants says so."""
    record = "id: kasus\ntitle: a\nkind: kajian pustaka\nperiod: b\nquestion: c\napproach: d\ndescription: e\n"
    tables = qc.overview(make_project({}, {"corpus/kasus/case.yaml": record}).case("kasus"))
    assert "tidak menyebut informan" in str(tables.informants().rows[0][0])
    assert tables.documents().rows == []
    for table in (tables.informants(), tables.metrics(), tables.codings(), tables.documents()):
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_documents(project: qc.Project) -> None:
    """Every document has a row with its provenance and size, and its number of codings opens to them."""
    rows = {str(row[0]): row for row in overview(project).documents().rows}
    assert list(rows) == ["d-1", "o-1", "w-i1", "w-i2"]
    assert list(map(str, rows["w-i1"])) == [
        *("w-i1", "Bahan w-i1\nrekaan", "wawancara", "2025-03-11", "I1", "–"),
        *("3", "12", "2"),
    ]
    assert [each.text for each in rows["w-i1"][-1].quotations] == ["Semua komentar dibalas", "Data kami terbuka"]
    assert rows["w-i1"][-1].quotations[0].note.startswith("LAY-BAL · ")
    assert (str(rows["d-1"][4]), str(rows["d-1"][-1]), rows["d-1"][-1].quotations) == ("–", "0", ())


def test_undated(project: qc.Project) -> None:
    """A document without a date says so."""
    path = project.root / "corpus/kasus/d-1.md"
    path.write_text(path.read_text("utf-8").replace("2025-03-11", "tanpa tanggal"), "utf-8")
    assert overview(project).documents().rows[0][3] == "tanpa tanggal"


def test_metrics(project: qc.Project) -> None:
    """Figures stand with unit and date as Indonesian writes them; where there is none the cell says so, not zero."""
    rows = [list(row[:3]) for row in overview(project, METRICS).metrics().rows]
    assert rows == [
        ["Pengikut (Instagram)", "kira-kira 129.000 akun", "2024-07"],
        ["Balasan", "28,9 %", "tidak disebut"],
        ["Jangkauan", "tidak ada angka", "tidak disebut"],
    ]


def test_metrics_in_english(project: qc.Project) -> None:
    """In English the same figures are written the English way."""
    qc.use_language("en")
    assert [row[1] for row in overview(project, METRICS).metrics().rows] == [
        "about 129,000 akun",
        "28.9 %",
        "no figure",
    ]


def test_codings(project: qc.Project) -> None:
    """Codings are counted by codebook and coder."""
    table = overview(project).codings()
    assert list(table.columns[1:]) == ["ana", "budi"]
    assert [list(row) for row in table.rows] == [["Buku kode uji", 2, 1]]


def test_coverage(project: qc.Project) -> None:
    """The coverage figure says in words which document speaks to which code."""
    alt = overview(project).coverage(project.codebook("uji")).alt
    assert "LAY-BAL Balasan: w-i1 1, w-i2 1" in alt
    assert "LAY-DAT Data: w-i1 1" in alt
    assert "SDM" not in alt


def test_coverage_of_nothing(make_project: Make) -> None:
    """Without codings the figure says that there is nothing to draw."""
    project = make_project()
    assert "Tidak ada data" in qc.overview(project.case("kasus")).coverage(project.codebook("uji")).alt


def test_limits(project: qc.Project) -> None:
    """The limits are those of the record, its text checks, and the practice material's warning first."""
    limits = case_limits(overview(project, LIMITS).case)
    assert "rekaan" in limits[0]
    assert limits[1:] == ("Satu kota saja.", "Angka beda. (hlm. 3; hlm. 9)", "Nama beda.")


def test_no_limits(project: qc.Project) -> None:
    """A case that names no limits says just that."""
    (limit,) = case_limits(project.case("kasus"))
    assert "tidak menyebut keterbatasannya" in limit


def test_what_could_not_be_used_is_a_limit(project: qc.Project) -> None:
    """Codings that lost their words and journal lines that cannot be read are counted; moved words are not."""
    talk = project.root / "corpus/kasus/w-i1.md"
    changed = talk.read_text("utf-8").replace("Semua komentar", "Sebagian komentar")
    talk.write_text(changed, "utf-8", newline="\n")
    with (project.root / "corpus/kasus/codings/uji.budi.jsonl").open("ab") as journal:
        journal.write(b"{\n")
    (limit,) = case_limits(project.case("kasus"))
    assert limit.startswith("2 koding atau baris jurnal tidak dapat dipakai")


def test_shows_itself(project: qc.Project) -> None:
    """In a notebook an overview shows its profile."""
    shown = overview(project)
    assert "Dinas Uji" in shown._repr_html_()
    assert repr(shown).startswith("Case kasus: 2 informan, 4 dokumen, 3 koding")


EXHIBITS = """
money:
  - {purpose: Alat, amount: "85000000", period: per tahun, exact: "false", source: I1}
tables:
  - {number: "2", caption: Balasan, source: "Sumber: laporan", columns: [Bulan, Balasan], rows: [[Januari, "22"]]}
  - {number: tidak disebut, caption: Tanpa nomor, source: tidak disebut, columns: [A], rows: [["1"]]}
figures:
  - {number: "1", caption: Tampilan akun, source: tidak disebut}
legal:
  - {type: Permen, number: "83", year: "2012"}
  - {type: Permen, number: "85", year: "2012"}
recommendations: [Perbanyak pelatihan.]
"""


def test_money_tables_and_laws(project: qc.Project) -> None:
    """Money, tables with their source lines, figures, both numbers of a law and the author's advice are all shown."""
    about = overview(project, EXHIBITS)
    assert list(map(str, about.money().rows[0][:3])) == ["Alat", "kira-kira 85.000.000 IDR", "per tahun"]
    shown = repr(about.exhibits())
    assert "Tabel 2. Balasan" in shown
    assert "Sumber: laporan" in shown
    assert "Tabel tidak disebut" not in shown
    assert "Tampilan akun" in shown
    assert [row[1] for row in about.legal().rows] == ["83", "85"]
    assert "Perbanyak pelatihan." in about.recommendations().to_html()


def test_a_case_without_exhibits(project: qc.Project) -> None:
    """Where the record names no money, table, law or advice, the words for none stand there."""
    about = overview(project)
    for part in (about.money(), about.exhibits(), about.legal(), about.recommendations()):
        assert "idak" in part.to_html()
