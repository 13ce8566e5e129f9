"""The main job: every framework notebook on every case, through papermill, to pages a supervisor can read."""

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.case import CaseKind
from qualcode.runs.batch import write_index
from qualcode.runs.plan import kind_for, plan

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
FRAMEWORKS = ("11-paramitha", "12-david", "13-stoc", "14-program-humas")
REVIEW = ("kajian-pustaka", "15-kajian-pustaka")
EMPIRICAL = ("balangan", "balikpapan", "bandung", "jakarta-utara", "latihan-kota-samudra")


def qualcode(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from qualcode.cli import main; main()", *arguments]
    told = {"capture_output": True, "text": True, "encoding": "utf-8", "errors": "replace"}
    return subprocess.run(command, cwd=cwd, env=os.environ | environment, check=False, **told)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What `qualcode run` makes of the repository."""
    folder = tmp_path_factory.mktemp("reports")
    done = qualcode("run", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    assert "21 dari 21 notebook berhasil" in done.stdout
    yield folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one case and two notebooks of a few cells."""
    root = tmp_path_factory.mktemp("small")
    for folder in ("corpus/bandung", "codebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "notebooks").mkdir()
    write_notebook(root, "11-baik", "print(case)")
    write_notebook(root, "12-rusak", "raise RuntimeError('tidak bisa')")
    return root


def write_notebook(root: Path, name: str, source: str) -> None:
    parameters = nbformat.v4.new_code_cell('case: str = ""\ncoder: str = ""\nlanguage: str = "id"', id="parameter")
    parameters.metadata.tags = ["parameters"]
    cells = [nbformat.v4.new_markdown_cell(f"# {name}", id="judul"), parameters]
    cells += [nbformat.v4.new_code_cell(source, id="isi"), nbformat.v4.new_code_cell("print('sampai')", id="akhir")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")


def pages(reports: Path) -> list[Path]:
    return sorted(reports.glob("*/*.html"))


def test_every_framework_on_every_case_of_its_kind(reports: Path) -> None:
    """One command runs four frameworks on five empirical cases and one on the review; the index leads to each page."""
    made = {path.relative_to(reports).as_posix() for path in reports.rglob("*") if path.is_file()}
    planned = [*((case, name) for case in EMPIRICAL for name in FRAMEWORKS), REVIEW]
    wanted = {f"{case}/{name}.{ending}" for case, name in planned for ending in ("ipynb", "html")}
    assert made == wanted | {"index.html"}
    index = BeautifulSoup((reports / "index.html").read_text("utf-8"), "html.parser")
    assert {link["href"] for link in index.find_all("a")} == {name for name in wanted if name.endswith("html")}
    assert "rekaan" in index.get_text()


def test_executed_notebooks_have_run_whole(reports: Path) -> None:
    """Every code cell of every executed notebook was executed, in order, without an error."""
    for path in reports.glob("*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1)), path
        assert not [out for cell in code for out in cell.outputs if out.output_type in ("error", "stream")], path
        assert notebook.metadata.qualcode.parameters.case == path.parent.name


def test_pages_are_self_contained(reports: Path) -> None:
    """A page loads nothing from elsewhere, runs no script, says its language, and every picture has words."""
    for path in [*pages(reports), reports / "index.html"]:
        source = path.read_text("utf-8")
        soup = BeautifulSoup(source, "html.parser")
        assert soup.html["lang"] == "id"
        assert soup.title.get_text()
        assert not soup.find_all(["script", "iframe", "object", "embed"])
        assert not re.search(r"url\(|@import", source)
        loaded = [tag[name] for tag in soup.find_all(True) for name in ("src", "srcset", "data") if tag.has_attr(name)]
        assert all(address.startswith("data:image/png;base64,") for address in loaded)
        assert all(len(image["alt"]) > 20 for image in soup.find_all("img"))
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids))


def test_contents_lead_to_every_part(reports: Path) -> None:
    """The table of contents of a page names every part and each link lands on it; code is folded away."""
    for path in pages(reports):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        links = soup.find("ol", id="daftar-isi").find_all("a")
        assert [link.get_text() for link in links] == [part.get_text().strip() for part in soup.find_all("h2")]
        assert links[-1].get_text() == "Keterbatasan"
        assert all(soup.find(id=link["href"][1:]) for link in links)
        folded = soup.select("details.code")
        assert folded
        assert not [each for each in folded if each.has_attr("open")]


def test_every_number_of_a_matrix_opens(reports: Path) -> None:
    """In every table of codes, a cell with a count holds exactly that many quotations with their addresses."""
    counted = 0
    for path in pages(reports):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for cell in soup.select("td"):
            text = cell.summary.get_text() if cell.summary else cell.get_text()
            signed = re.fullmatch(r"(?:(\d+) \()?((?:[+−±○]\d+\s?)+)\)?", text)
            if signed:
                counted += 1
                quotations = sum(map(int, re.findall(r"\d+", signed[2])))
                assert len(cell.select("blockquote")) == quotations == int(signed[1] or quotations), (path, text)
                assert all(":" in address.get_text() for address in cell.select("footer code"))
    assert counted > 500


ELSEWHERE = {
    "LC_ALL": "C",
    "TZ": "Asia/Jakarta",
    "USER": "orang-lain",
    "LOGNAME": "orang-lain",
    "PYTHONHASHSEED": "7",
    "MPLBACKEND": "svg",
    "COLUMNS": "40",
    "NO_COLOR": "1",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}


def test_the_same_bytes_everywhere(reports: Path, tmp_path: Path) -> None:
    """Another folder, home, locale, time zone, hash seed and number of workers give the same files, to the byte."""
    root, home = tmp_path / "folder lain", tmp_path / "rumah"
    home.mkdir()
    for folder in ("corpus/bandung", "codebooks", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    changed = ELSEWHERE | {"HOME": str(home), "USERPROFILE": str(home)}
    done = qualcode("run", *FRAMEWORKS, "--workers", "1", cwd=root, **changed)
    assert done.returncode == 0, done.stderr
    for name in (f"bandung/{stem}.{ending}" for stem in FRAMEWORKS for ending in ("ipynb", "html")):
        assert (root / "reports" / name).read_bytes() == (reports / name).read_bytes(), name


def traces(executed: Path) -> list[str]:
    """What in the outputs of an executed notebook could differ from machine to machine, or from run to run."""
    notebook = nbformat.read(executed, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    told = json.dumps([*outputs, notebook.metadata], ensure_ascii=False)
    places = {str(ROOT), str(Path.home()), tempfile.gettempdir(), sys.prefix, str(executed.parents[1])} - {"/"}
    found = [place for place in places if f"{place}{os.sep}" in told]
    found += re.findall(r"\b0x[0-9a-f]{6,}|\d\d:\d\d:\d\d\.\d+|ipykernel_\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}", told)
    pictures = [base64.b64decode(each["data"]["image/png"]) for each in outputs if "image/png" in each.get("data", {})]
    found += [mark for mark in (b"tEXt", b"iTXt", b"zTXt", b"tIME") if any(mark in each for each in pictures)]
    return found + [name for name in ("widgets", "papermill") if name in notebook.metadata]


def test_no_trace_of_this_machine(reports: Path) -> None:
    """No output holds a path, an address in memory, a time, a random id, what drew a picture, or a widget's state."""
    for path in reports.glob("*/*.ipynb"):
        assert not traces(path), path


def test_plain_papermill_works(tmp_path: Path) -> None:
    """`papermill notebooks/13-stoc.ipynb out.ipynb -p case bandung` gives the same outputs as `qualcode run`."""
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "notebooks/13-stoc.ipynb", str(out), "-p", "case", "bandung"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert "Keterbukaan" in out.read_text("utf-8")


def test_nbval_accepts_executed_notebooks(reports: Path, tmp_path: Path) -> None:
    """nbval, running executed copies again, finds every output unchanged; and finds a changed number."""
    for folder in ("corpus/bandung", "codebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in FRAMEWORKS:
        shutil.copy(reports / "bandung" / f"{name}.ipynb", tmp_path / f"{name}.ipynb")
    tampered = nbformat.read(tmp_path / "13-stoc.ipynb", as_version=4)
    cell = next(cell for cell in tampered.cells if cell.id == "siapa-tabel")
    html = cell.outputs[0].data["text/html"]
    cell.outputs[0].data["text/html"] = re.sub(r">\+(\d+)<", lambda found: f">+{int(found[1]) + 1}<", html, count=1)
    assert cell.outputs[0].data["text/html"] != html
    nbformat.write(tampered, tmp_path / "diubah.ipynb")

    unchanged = nbval(tmp_path, *FRAMEWORKS)
    assert unchanged.returncode == 0, unchanged.stdout
    changed = nbval(tmp_path, "diubah")
    assert changed.returncode == 1
    assert re.search(r"\b1 failed", changed.stdout), changed.stdout


def nbval(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run notebooks of a folder again and compare every output."""
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    paths = [f"{name}.ipynb" for name in names]
    documented = shlex.split(re.search(r"^pytest (.* --nbval) reports/$", README, re.MULTILINE)[1])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *documented, *paths]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("name", ["01-mulai-di-sini", "02-membaca-kasus", "04-triangulasi", "21-lintas-kasus"])
def test_the_craft_notebooks_run(name: str, tmp_path: Path) -> None:
    """The notebooks of the craft and across cases run on the practice case and become pages, too."""
    done = qualcode("run", name, "--case", "latihan-kota-samudra", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "latihan-kota-samudra" / f"{name}.html").exists()
    assert not traces(tmp_path / "latihan-kota-samudra" / f"{name}.ipynb")


def test_a_failing_notebook_stops_no_other(small: Path, tmp_path: Path) -> None:
    """A failing notebook is kept with its error, the others go on, and the end says so with exit code 1."""
    done = qualcode("run", "--out", str(tmp_path), cwd=small)
    assert done.returncode == 1
    assert "bandung/12-rusak" in done.stderr
    assert "tidak bisa" in done.stderr
    assert "1 dari 2 notebook berhasil, 1 gagal" in done.stdout
    assert "bandung" in (tmp_path / "bandung" / "11-baik.html").read_text("utf-8")
    kept = nbformat.read(tmp_path / "bandung" / "12-rusak.ipynb", as_version=4)
    assert [out.ename for cell in kept.cells for out in cell.get("outputs", []) if out.output_type == "error"] == [
        "RuntimeError"
    ]
    assert "tidak bisa" in (tmp_path / "bandung" / "12-rusak.html").read_text("utf-8")
    assert "gagal" in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["run", "stok"], ["stok", "stoc"]),
        (["run", "--case", "bandun"], ["bandun", "bandung"]),
        (["run", "stoc", "--case", "bandung", "--coder", "anna"], ["anna", "ana"]),
    ],
)
def test_wrong_parameters_start_no_kernel(arguments: list[str], names: list[str], tmp_path: Path) -> None:
    """A notebook, case or coder that does not exist is refused with the nearest name, before anything runs."""
    result = CliRunner().invoke(main, ["--project", str(ROOT), *arguments, "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert all(name in result.stderr for name in names)
    assert not list(tmp_path.iterdir())


def test_no_case_of_the_kind(small: Path) -> None:
    """A notebook meant for reviews, in a project without one, is refused with the mend; a named case is run anyway."""
    project = qc.open_project(small)
    path = small / "notebooks" / "15-kajian.ipynb"
    write_notebook(small, path.stem, "print(case)")
    notebook = json.loads(path.read_text("utf-8"))
    notebook["metadata"]["qualcode"] = {"cases": "kajian pustaka"}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        with pytest.raises(qc.ParameterError, match="--case"):
            plan(project, ["kajian"])
        assert [str(job) for job in plan(project, ["kajian"], ["bandung"])] == ["bandung/15-kajian"]
    finally:
        path.unlink()


def test_a_broken_case_does_not_break_the_index(small: Path, tmp_path: Path) -> None:
    """Pages of a case that has since been damaged stay in the index, under its id; other runs are not disturbed."""
    shutil.copytree(small / "corpus", tmp_path / "corpus")
    shutil.copytree(small / "codebooks", tmp_path / "codebooks")
    (tmp_path / "corpus" / "bandung" / "case.yaml").write_text("id: [", encoding="utf-8")
    pages_of_it = tmp_path / "reports" / "bandung"
    pages_of_it.mkdir(parents=True)
    shutil.copy(small / "notebooks" / "11-baik.ipynb", pages_of_it)
    (pages_of_it / "11-baik.html").write_text("<p>lama</p>", encoding="utf-8")
    index = write_index(qc.open_project(tmp_path), [], tmp_path / "reports", language="id")
    soup = BeautifulSoup(index.read_text("utf-8"), "html.parser")
    assert soup.h2.get_text() == "bandung"
    assert [link["href"] for link in soup.find_all("a")] == ["bandung/11-baik.html"]


def test_a_plan_names_every_job() -> None:
    """A plan is notebooks times cases; the parameters of a job are those of its notebook's parameter cell."""
    jobs = plan(qc.open_project(ROOT), ["stoc", "11-paramitha"], ["bandung"], coder="budi")
    assert [str(job) for job in jobs] == ["bandung/11-paramitha", "bandung/13-stoc"]
    for job in jobs:
        cells = json.loads(job.notebook.read_text("utf-8"))["cells"]
        source = next("".join(cell["source"]) for cell in cells if cell["metadata"].get("tags") == ["parameters"])
        assert re.findall(r"^(\w+):", source, re.MULTILINE) == list(job.parameters)


def test_a_damaged_notebook_stops_no_plan(tmp_path: Path) -> None:
    """A file that is no notebook is planned like any other, so that its own run fails and no other."""
    for content in (b'{"cells": [', b"[]", b'{"metadata": {"qualcode": {"cases": "apa saja"}}}', b"\xff\xfe"):
        (tmp_path / "11-rusak.ipynb").write_bytes(content)
        assert kind_for(tmp_path / "11-rusak.ipynb") is CaseKind.EMPIRICAL
