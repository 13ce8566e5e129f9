"""A matrix cell is the codings behind it: each coding in exactly one cell, and no cell knows of others."""

from collections.abc import Callable
from pathlib import Path

import pytest

import qualcode as qc
from qualcode.analysis.matrix import By, group_of, valence_summary
from qualcode.coding.case import UNSTATED

Cells = dict[tuple[str, str], tuple[str, ...]]
CODINGS = [
    ("w-i1", "Semua komentar dibalas", "LAY-BAL", "ana", {"valence": "mendukung"}),
    ("w-i1", "Semua komentar dibalas", "LAY-BAL", "budi", {"valence": "mendukung"}),
    ("w-i1", "Data kami terbuka", "LAY-DAT", "ana", {"valence": "mendukung", "period": "kini"}),
    ("w-i1", "Datanya", "LAY-DAT", "budi", {}),
    ("w-i2", "Paling sepertiga yang dibalas", "LAY-BAL", "ana", {"valence": "menentang", "period": "kini"}),
    ("w-i2", "sepertiga", "LAY-BAL-C", "ana", {"valence": "campuran"}),
    ("w-i2", "Kami cuma berdua", "SDM", "budi", {"valence": "menentang", "period": "dulu"}),
    ("o-1", "tiga komentar", "LAY-BAL", "budi", {}),
    ("d-1", "Target balasan", "LAY-BAL", "ana", {"tags": ["rencana"]}),
]


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    project = make_project()
    talk = project.root / "corpus/kasus/w-i1.md"
    talk.write_text(talk.read_text("utf-8") + "\nP: Datanya di mana?\n", "utf-8", newline="\n")
    for document, words, code, coder, said in CODINGS:
        project.code(f"kasus/{document}", words, code, coder=coder, **said)
    return project


def read(root: Path, by: str, **chosen: object) -> qc.Matrix:
    project = qc.open_project(root)
    return qc.matrix(project.case("kasus").codings, project.codebook("uji"), by, **chosen)


def cells(matrix: qc.Matrix) -> Cells:
    """The cells that are not empty: row and column -> ids of the codings."""
    found = {
        (row.id, column): tuple(coding.id for coding in matrix[row, column])
        for row in matrix.rows
        for column in matrix.columns
    }
    return {place: ids for place, ids in found.items() if ids}


@pytest.mark.parametrize(
    ("by", "columns"),
    [
        ("informant", ["I1", "I2", UNSTATED]),
        ("voice", ["I1", "I2", "dokumentasi", "observasi", UNSTATED]),
        ("technique", ["dokumentasi", "observasi", "wawancara"]),
        ("document", ["d-1", "o-1", "w-i1", "w-i2"]),
        ("period", ["dulu", "kini", UNSTATED]),
        ("coder", ["ana", "budi"]),
        ("case", ["kasus"]),
    ],
)
def test_columns(project: qc.Project, by: str, columns: list[str]) -> None:
    """The columns are the groups that the data know, in order, and last what belongs to none."""
    assert list(read(project.root, by).columns) == columns


@pytest.mark.parametrize("by", list(By))
def test_every_coding_in_one_cell(project: qc.Project, by: By) -> None:
    """Every coding stands in exactly one cell, that of its code and group."""
    codings = project.case("kasus").codings
    matrix = read(project.root, by)
    assert sorted(id for ids in cells(matrix).values() for id in ids) == sorted(coding.id for coding in codings)
    for coding in codings:
        assert coding in matrix[coding.code, group_of(coding, by)]


def test_known_counts(project: qc.Project) -> None:
    """Counts are the sizes of the cells, row by row; a parent's row holds its own codings only."""
    matrix = read(project.root, "voice")
    assert [row.id for row in matrix.rows] == ["LAY-BAL", "LAY-BAL-C", "LAY-DAT", "SDM"]
    assert matrix.counts() == [[2, 1, 1, 1, 0], [0, 1, 0, 0, 0], [1, 0, 0, 0, 1], [0, 1, 0, 0, 0]]
    frame = matrix.to_frame()
    assert frame.to_numpy().tolist() == matrix.counts()
    assert (list(frame.index), list(frame.columns)) == ([row.id for row in matrix.rows], list(matrix.columns))


def test_designed_groups(project: qc.Project) -> None:
    """Designed groups come first, in the design's order, each once, and stay when empty."""
    matrix = read(project.root, "informant", groups=["I3", "I2", "I2"])
    assert list(matrix.columns) == ["I3", "I2", "I1", UNSTATED]
    assert len(matrix["SDM", "I3"]) == 0
    assert list(read(project.root, "informant", groups=[UNSTATED]).columns) == [UNSTATED, "I1", "I2"]


def test_chosen_rows(project: qc.Project) -> None:
    """Only codings of the chosen rows are sorted in."""
    matrix = read(project.root, "coder", rows=[project.codebook("uji")["SDM"]])
    assert (len(matrix.codings), list(matrix.columns), matrix.counts()) == (1, ["budi"], [[1]])


def test_nothing_coded(make_project: Callable[..., qc.Project]) -> None:
    """Without codings every row is there and no column, and the tables can still be drawn."""
    matrix = read(make_project().root, "informant")
    assert (len(matrix.rows), matrix.columns, matrix.counts()) == (4, (), [[], [], [], []])
    assert matrix.to_frame().empty
    assert "LAY-BAL" in matrix._repr_html_()


@pytest.mark.parametrize(
    ("cell", "kind", "nearest"),
    [(("LAY-BALL", "I1"), "kode", "LAY-BAL"), (("LAY", "I1"), "kode", "LAY-BAL"), (("SDM", "I1 "), "kelompok", "I1")],
)
def test_no_such_cell(project: qc.Project, cell: tuple[str, str], kind: str, nearest: str) -> None:
    """A row or column that is not there is refused with the nearest one."""
    with pytest.raises(qc.UnknownNameError, match=f"Tidak ada {kind} “{cell[kind == 'kelompok']}”.*{nearest}"):
        read(project.root, "informant")[cell]


def test_no_such_axis(project: qc.Project) -> None:
    """Columns that do not exist are refused by name."""
    with pytest.raises(qc.UnknownNameError, match="umur"):
        read(project.root, "umur")


@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("document", ["w-i1", "w-i2", "o-1", "d-1"])
def test_a_document_deleted(project: qc.Project, document: str, by: By) -> None:
    """Deleting a document takes its codings out of their cells and changes no other cell."""
    before = cells(read(project.root, by))
    its = {coding.id for coding in project.case("kasus").codings.on(document)}
    assert its
    (project.root / f"corpus/kasus/{document}.md").unlink()
    left = {place: tuple(id for id in ids if id not in its) for place, ids in before.items()}
    assert cells(read(project.root, by)) == {place: ids for place, ids in left.items() if ids}


@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("coder", ["ana", "budi"])
def test_a_journal_deleted(project: qc.Project, coder: str, by: By) -> None:
    """Deleting a coder's journal takes her codings out of their cells and changes no other cell."""
    before = cells(read(project.root, by))
    hers = {coding.id for coding in project.case("kasus").codings.by(coder)}
    assert hers
    (project.root / f"corpus/kasus/codings/uji.{coder}.jsonl").unlink()
    left = {place: tuple(id for id in ids if id not in hers) for place, ids in before.items()}
    assert cells(read(project.root, by)) == {place: ids for place, ids in left.items() if ids}


def test_known_losses(project: qc.Project) -> None:
    """Without the second informant's interview exactly her three cells are gone."""
    before = cells(read(project.root, "voice"))
    (project.root / "corpus/kasus/w-i2.md").unlink()
    after = cells(read(project.root, "voice"))
    assert before.keys() - after.keys() == {("LAY-BAL", "I2"), ("LAY-BAL-C", "I2"), ("SDM", "I2")}
    assert all(after[place] == before[place] for place in after)


def test_cells_open(project: qc.Project) -> None:
    """A cell of the table says how many speak for and against, and opens to the very words; an empty one is a dot."""
    table = read(project.root, "technique").to_table()
    said = {str(row[0]).split()[0]: dict(zip(table.columns[1:], row[1:], strict=True)) for row in table.rows}
    replies = said["LAY-BAL"]["wawancara"]
    assert str(replies).replace("\N{NO-BREAK SPACE}", " ") == "3 (+2 −1)"
    assert sorted(each.text for each in replies.quotations) == [
        "Paling sepertiga yang dibalas",
        *["Semua komentar dibalas"] * 2,
    ]
    assert {each.address for each in replies.quotations} == {"w-i1:3", "w-i2:3"}
    assert (str(said["SDM"]["wawancara"]), str(said["SDM"]["observasi"])) == ("−1", "·")
    assert replies.shade == 1.0


def test_what_belongs_to_nobody_has_a_name(project: qc.Project) -> None:
    """The column of what belongs to no group is headed in the language in use."""
    assert read(project.root, "informant").to_table().columns[-1] == "tidak disebut"
    qc.use_language("en")
    assert read(project.root, "informant").to_table().columns[-1] == "not stated"


def test_valence_summary(project: qc.Project) -> None:
    """Valences are counted by sign, in fixed order, and what does not occur is left out."""
    codings = project.case("kasus").codings
    assert valence_summary(codings).split("\N{NO-BREAK SPACE}") == ["+3", "−2", "±1", "○3"]
    assert valence_summary(codings[:0]) == ""
