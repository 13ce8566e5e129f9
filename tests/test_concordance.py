"""The concordance: words in context, with their speaker, line and codes, only where asked."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import qualcode as qc
from qualcode.analysis.concordance import Hit
from qualcode.cli import main

ROOT = Path(__file__).parents[1]
Make = Callable[..., qc.Project]
TEXTS = {
    "w-i1": "P: Siapa pengelola akun?\n\nI1: Saya mengelola akun 👍🏽, pengelola lain juga. Akun dikelola\nbersama.\n",
    "w-i2": "P: Kalau pengelolaan?\n\nI2: Pengelola itu saya. Aku ngelola.\n\nI2: Akunnya?\n",
    "o-1": "## Deskripsi kelola\n\nAdmin mengelola akun.\n\n## Refleksi\n\nSiapa mengelola?\n",
}


def texts(found: qc.Concordance) -> list[str]:
    return [hit.text for hit in found]


def test_every_form_in_its_place(make_project: Make) -> None:
    """Hits come in the order of documents and text, each with its line, speaker and context from one unit."""
    found = qc.concordance(make_project(TEXTS), "kelola")
    assert texts(found) == ["mengelola", "mengelola", "pengelola", "dikelola", "Pengelola", "ngelola"]
    for hit in found:
        assert hit.document.text[hit.segment.start : hit.segment.end] == hit.text
    assert [hit.speaker for hit in found] == ["", "I1", "I1", "I1", "I2", "I2"]
    assert found[3].address == "kasus/w-i1:3"
    assert found[3].before(20) == "lain juga. Akun"
    assert found[3].after() == "bersama."
    assert found[4].before() == ""
    frame = found.to_frame()
    assert list(frame.text) == texts(found)
    assert list(frame.start) == [hit.segment.start for hit in found]


def test_forms_are_counted_and_can_be_left_out(make_project: Make) -> None:
    """The family is shown with counts, and what is left out stays in the list, marked."""
    project = make_project(TEXTS)
    ((word, forms),) = qc.concordance(project, "dikelola").families
    assert (word, list(forms.items())) == (
        "dikelola",
        [("mengelola", 2), ("pengelola", 2), ("dikelola", 1), ("ngelola", 1)],
    )
    found = qc.concordance(project, "kelola", without=["Pengelola"])
    assert texts(found) == ["mengelola", "mengelola", "dikelola", "ngelola"]
    assert ["kelola", "pengelola", 2, "tidak"] in [list(row) for row in found.forms.rows]
    assert "pengelola 2 (tidak dihitung)" in found.to_table().note
    with pytest.raises(qc.UnknownNameError):
        qc.concordance(project, "kelola", without=["akun"])


def test_spread_shows_every_part(make_project: Make) -> None:
    """A page gets so many hits, the first and the last and evenly between; one case needs no name in each address."""
    found = qc.concordance(make_project(TEXTS), "kelola")
    table = found.spread(3)
    assert [row[3] for row in table.rows] == ["mengelola", "pengelola", "ngelola"]
    assert table.rows[0][0] == found[0].segment.address
    assert "3, tersebar" in table.note
    assert [row[3] for row in found.spread(1).rows] == ["mengelola"]
    assert [row[3] for row in found.spread(99).rows] == texts(found)
    assert "tersebar" not in found.spread(99).note
    assert not qc.concordance(make_project(TEXTS), "tiada").spread().rows


def test_ways_of_matching(make_project: Make) -> None:
    """Exact, prefix, phrase and near; a phrase ends with the turn and passes over marks."""
    project = make_project(TEXTS)
    assert texts(qc.concordance(project, "PENGELOLA", match="exact")) == ["pengelola", "Pengelola"]
    assert texts(qc.concordance(project, "akun", match="prefix")) == ["akun", "akun", "Akun", "Akunnya"]
    assert texts(qc.concordance(project, "kelola bersama")) == ["dikelola\nbersama"]
    assert texts(qc.concordance(project, "juga akun")) == ["juga. Akun"]
    assert texts(qc.concordance(project, "ngelola akun", document="w-i2")) == []
    assert texts(qc.concordance(project, "bersama akun", near=2)) == ["Akun dikelola\nbersama"]
    assert texts(qc.concordance(project, "bersama akun", near=1)) == []
    assert texts(qc.concordance(project, "👍🏽")) == ["👍🏽"]
    nearest = qc.concordance(project, "bersama kelola", near=8, without=["dikelola"])
    assert texts(nearest) == ["pengelola lain juga. Akun dikelola\nbersama"]


def test_only_where_asked(make_project: Make) -> None:
    """Document, informant, speaker and everyone choose whose words are searched."""
    project = make_project(TEXTS)
    assert len(qc.concordance(project, "kelola", informant="I2")) == 2
    assert len(qc.concordance(project, "kelola", document="o-1")) == 1
    assert len(qc.concordance(project, "kelola", case="kasus", speaker="P", everyone=True)) == 2
    assert len(qc.concordance(project, "kelola", speaker="P")) == 0
    assert len(qc.concordance(project, "kelola", everyone=True)) == 9


def test_only_under_a_code(make_project: Make) -> None:
    """A code keeps what touches its codings or those below it, and coder and valence choose among them."""
    project = make_project(TEXTS)
    project.code("kasus/w-i1", "mengelola akun", "LAY-DAT", coder="ana", valence="mendukung")
    project.code("kasus/w-i2", "Aku ngelola", "SDM", coder="budi", valence="menentang")
    found = qc.concordance(project, "kelola", code="LAY")
    assert texts(found) == ["mengelola"]
    assert found[0].codes == ("LAY-DAT",)
    assert texts(qc.concordance(project, "kelola", code="SDM", coder="budi")) == ["ngelola"]
    assert texts(qc.concordance(project, "kelola", code="SDM", valence="mendukung")) == []
    assert found.families[0][1] == {"mengelola": 1}


def test_texts_that_change_and_words_of_the_project(make_project: Make) -> None:
    """A changed text is searched as it is now, and kamus.csv decides at once."""
    project = make_project(TEXTS)
    assert len(qc.concordance(project, "kelola")) == 6
    path = project.root / "corpus" / "kasus" / "w-i2.md"
    path.write_text(path.read_text("utf-8").replace("Aku ngelola.", "Aku ngopeni."), "utf-8")
    project = qc.open_project(project.root)
    assert "ngelola" not in texts(qc.concordance(project, "kelola"))
    (project.root / "kamus.csv").write_text("bentuk,kata\nngopeni,kelola\npengelola,pengelola\n", "utf-8")
    assert texts(qc.concordance(project, "kelola")) == ["mengelola", "mengelola", "dikelola", "ngopeni"]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("...", {}),
        ("  ", {"match": "prefix"}),
        ("kelola", {"match": "stem"}),
        ("kelola", {"near": 3}),
        ("kelola akun", {"near": 0}),
        ("kelola", {"coder": "ana"}),
    ],
)
def test_questions_without_sense(make_project: Make, query: str, asked: dict[str, object]) -> None:
    """What cannot be searched is refused, in three parts."""
    with pytest.raises(qc.ParameterError):
        qc.concordance(make_project(TEXTS), query, **asked)


@pytest.mark.parametrize("name", ["case", "document", "informant", "speaker", "code"])
def test_unknown_names(make_project: Make, name: str) -> None:
    """A case, document, informant, speaker or code that does not exist is no empty answer."""
    with pytest.raises(qc.UnknownNameError):
        qc.concordance(make_project(TEXTS), "kelola", **{name: "tiada"})


def call(project: qc.Project, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(project.root), *arguments])


def test_find_words(make_project: Make) -> None:
    """find --word shows what the library finds, with every option."""
    project = make_project(TEXTS)

    def rows(*arguments: str) -> list[str]:
        return [row["Kata"] for row in json.loads(call(project, "find", *arguments, "--json").output)["rows"]]

    assert rows("--word", "kelola") == [" ".join(hit.text.split()) for hit in qc.concordance(project, "kelola")]
    assert rows("--word", "kelola", "--without", "pengelola", "--informant", "I2") == ["ngelola"]
    assert rows("--word", "akun", "--exact", "--document", "o-1") == ["akun"]
    assert rows("--word", "peng", "--prefix", "--everyone", "--speaker", "P") == ["pengelola", "pengelolaan"]
    assert rows("--phrase", "kelola bersama") == ["dikelola bersama"]
    assert rows("--word", "bersama akun", "--near", "2") == ["Akun dikelola bersama"]
    assert rows("SDM", "--word", "kelola") == []
    assert "Bentuk dari “kelola”: mengelola 2" in call(project, "find", "--word", "kelola").output.replace("\n", " ")


@pytest.mark.parametrize(
    "arguments", [[], ["SDM", "--exact"], ["SDM", "--near", "0"], ["--word", "a b", "--near", "0"]]
)
def test_find_needs_something(make_project: Make, arguments: list[str]) -> None:
    """Neither code nor word, options of words without a word, a distance of nothing: said, with the mend."""
    found = call(make_project(TEXTS), "find", *arguments)
    assert found.exit_code == 1
    assert "Perbaikan: " in found.stderr


def test_the_practice_case(tmp_path: Path) -> None:
    """In the case for practice every hit is what stands there, and its address leads to it."""
    for folder in ("corpus/latihan-kota-samudra", "codebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    project = qc.open_project(tmp_path)
    found = qc.concordance(project, "kelola", case="latihan-kota-samudra")
    assert len(found) > 5
    for hit in found:
        assert isinstance(hit, Hit)
        line = hit.document.text.splitlines()[hit.segment.line - 1]
        assert hit.text in line
