"""A class of students: many projects in one batch, one overview, and nobody stopped by somebody else's mistake."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import qualcode as qc
from qualcode.cli import main as terminal
from qualcode.errors import Problem
from qualcode.project import init_project
from qualcode.reports.course import Figures, Row, course_page, course_table
from qualcode.runs import course

QUALCODE = [sys.executable, "-c", "from qualcode.cli import main; main()"]
SOUND = ("ani", "budi")
BROKEN = ("tanpa-corpus", "tanpa-buku", "kasus-rusak", "tanpa-notebook", "kode-gagal", "notebook-rusak")
PAGES = tuple(f"{name}.{ending}" for name in ("11-baca", "12-hitung") for ending in ("ipynb", "html"))


def qualcode(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*QUALCODE, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )


def write_notebook(root: Path, name: str, source: str) -> None:
    parameters = nbformat.v4.new_code_cell('case: str = ""\ncoder: str = ""\nlanguage: str = "id"', id="parameter")
    parameters.metadata.tags = ["parameters"]
    cells = [nbformat.v4.new_markdown_cell(f"# {name}", id="judul"), parameters]
    notebook = nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(source, id="isi")])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")


def write_class(folder: Path) -> None:
    """Two sound projects, and one for each way in which a project can be broken."""
    project = init_project(folder / "ani")
    project.code("kasus-saya/w-i1", "Tulis jawaban informan di sini.", "KHN-OPE", coder="ani")
    shutil.rmtree(project.root / "notebooks")
    write_notebook(project.root, "11-baca", "print(open(f'corpus/{case}/w-i1.md', encoding='utf-8').read()[-20:])")
    write_notebook(project.root, "12-hitung", "print(1 + 1)")
    for name in ("budi", *BROKEN):
        shutil.copytree(project.root, folder / name)
    shutil.rmtree(folder / "tanpa-corpus" / "corpus")
    shutil.rmtree(folder / "tanpa-buku" / "codebooks")
    (folder / "kasus-rusak" / "corpus" / "kasus-saya" / "case.yaml").write_text("id: [", "utf-8")
    (folder / "tanpa-notebook" / "notebooks" / "11-baca.ipynb").unlink()
    write_notebook(folder / "kode-gagal", "12-hitung", "1 / 0")
    (folder / "notebook-rusak" / "notebooks" / "12-hitung.ipynb").write_text("{", "utf-8")
    (folder / "foto.jpg").write_bytes(b"\xff\xd8")
    (folder / "kosong").mkdir()
    (folder / "tautan-putus").symlink_to(folder / "tidak-ada")


class Made:
    """A class that was run twice from the folder beside it, the first time with its folders named by a shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kelas = folder / "kelas"
        self.kelas.mkdir()
        write_class(self.kelas)
        named = [f"kelas/{path.name}" for path in sorted(self.kelas.iterdir())]
        self.first = qualcode(folder, "run", "baca", "--projects", *named, "12-hitung", "--log", "log.jsonl")
        self.overview = folder / "reports-kelas" / "index.html"
        self.page = BeautifulSoup(self.overview.read_text("utf-8"), "html.parser")
        with (folder / "reports-kelas" / "kelas.csv").open(encoding="utf-8") as file:
            self.table = {row["Proyek"]: row for row in csv.DictReader(file)}
        self.bytes = made_in(self.kelas)
        self.second = qualcode(folder, "run", "baca", "12-hitung", "--projects", "kelas/*")


def made_in(folder: Path) -> dict[str, bytes]:
    """Everything but overviews, by its place."""
    files = (path for path in folder.glob("*/**/*") if path.is_file() and path.suffix in (".html", ".ipynb"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("course"))


def test_a_broken_project_stops_no_other(made: Made) -> None:
    """Every sound project has its pages and its index, whatever is wrong with the others; the exit code is 1."""
    assert made.first.returncode == 1, made.first.stderr
    for name in SOUND:
        assert {place for place in made.bytes if place.startswith(f"{name}/reports/")} == {
            f"{name}/reports/{place}" for place in ("index.html", *(f"kasus-saya/{each}" for each in PAGES))
        }
        assert made.table[name]["Notebook selesai"] == "2"
        assert made.table[name]["Keterangan"] == "Semua notebook selesai."


@pytest.mark.parametrize(
    ("name", "done", "said"),
    [
        ("tanpa-corpus", "0", "tanpa-corpus: Folder ini bukan proyek qualcode"),
        ("tanpa-buku", "0", "codebooks/ tidak ada"),
        ("kasus-rusak", "0", "corpus/kasus-saya/case.yaml:"),
        ("tanpa-notebook", "1", "baca"),
        ("kode-gagal", "1", "ZeroDivisionError"),
        ("notebook-rusak", "1", "kasus-saya/12-hitung: "),
        ("foto.jpg", "0", "Ini berkas"),
        ("kosong", "0", "corpus/, codebooks/"),
        ("tautan-putus", "0", "Folder ini tidak ada"),
    ],
)
def test_the_overview_says_what_is_wrong(made: Made, name: str, done: str, said: str) -> None:
    """A broken project stands in the overview with its first fault: place, what and mend; what can run, has run."""
    row = made.table[name]
    assert row["Notebook selesai"] == done
    assert said in row["Keterangan"]
    assert name in made.first.stderr
    assert "Perbaikan: " in row["Keterangan"] or row["Notebook gagal"] == "1"


def test_the_overview_counts(made: Made) -> None:
    """A row has the project's figures; what could not be read is a blank, never a zero."""
    row = made.table["ani"]
    figures = [row[name] for name in ("Kasus", "Dokumen", "Informan", "Koding", "Pengode")]
    assert figures == ["1", "1", "1", "1", "ani"]
    assert row["Kesalahan (qualcode check)"] == str(len(qc.open_project(made.kelas / "ani").check()))
    unread = made.table["kasus-rusak"]
    assert int(unread["Kesalahan (qualcode check)"]) >= 1
    assert (unread["Kasus"], unread["Dokumen"], unread["Koding"]) == ("1", "–", "–")
    assert made.table["foto.jpg"]["Kasus"] == made.table["foto.jpg"]["Kesalahan (qualcode check)"] == "–"


def test_the_overview_is_sorted_and_leads_to_every_index(made: Made) -> None:
    """Rows stand in the order of names; links are relative, and each leads to an index that is there."""
    names = [cell.get_text() for cell in made.page.select("tbody th")]
    assert names == sorted([*SOUND, *BROKEN, "foto.jpg", "kosong", "tautan-putus"])
    links = {link.get_text(): unquote(link["href"]) for link in made.page.select("tbody a")}
    assert {*SOUND, "kode-gagal"} <= set(links)
    for name, link in links.items():
        assert (made.overview.parent / link).resolve() == made.kelas / name / "reports" / "index.html"
        assert (made.overview.parent / link).is_file()
    assert not made.page.find_all(["script", "img", "link", "iframe"])


def test_the_log_names_whose_notebook_ended(made: Made) -> None:
    """Every job stands in the log once, with the project it belongs to."""
    lines = [json.loads(line) for line in (made.folder / "log.jsonl").read_text("utf-8").splitlines()]
    jobs = [line["job"] for line in lines if "job" in line]
    assert len(jobs) == len(set(jobs)) == lines[0]["total"]
    assert "ani/kasus-saya/11-baca" in jobs


def test_nothing_twice(made: Made) -> None:
    """A second run, its pattern passed on as Windows does, runs only what failed before and changes no byte."""
    assert made.second.returncode == 1
    assert made_in(made.kelas) == made.bytes
    with (made.folder / "reports-kelas" / "kelas.csv").open(encoding="utf-8") as file:
        table = {row["Proyek"]: row for row in csv.DictReader(file)}
    for name in SOUND:
        assert (table[name]["Notebook selesai"], table[name]["Masih mutakhir"]) == ("0", "2")
    assert "0 dari 2 notebook berhasil, 2 gagal" in made.second.stdout


def test_outputs_in_one_folder(made: Made, tmp_path: Path) -> None:
    """With --out everything goes to DIR/<project>/<case>/, with the same bytes, and nothing into the projects."""
    before = made_in(made.kelas)
    done = qualcode(
        made.folder, "run", "baca", "12-hitung", "--projects", "kelas/ani", "kelas/budi", "--out", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    mine = {place.replace("/reports/", "/"): content for place, content in before.items() if place.startswith(SOUND)}
    assert made_in(tmp_path) == {place: content for place, content in mine.items() if "/notebooks/" not in place}
    assert made_in(made.kelas) == before
    assert {path.name for path in tmp_path.iterdir()} == {"ani", "budi", "index.html", "kelas.csv"}
    links = BeautifulSoup((tmp_path / "index.html").read_text("utf-8"), "html.parser").select("tbody a")
    assert [link["href"] for link in links] == ["ani/index.html", "budi/index.html"]


def copies(made: Made, folder: Path, many: int, source: str) -> list[str]:
    """Sound projects whose notebook 12 has another source."""
    for number in range(many):
        shutil.copytree(
            made.kelas / "budi", folder / f"m-{number}", ignore=shutil.ignore_patterns("reports", ".qualcode")
        )
        write_notebook(folder / f"m-{number}", "12-hitung", source)
    return [str(folder / f"m-{number}") for number in range(many)]


@pytest.mark.skipif(sys.platform != "linux", reason="finds the worker in /proc")
def test_a_killed_worker_loses_nothing(made: Made, tmp_path: Path) -> None:
    """A worker killed in the middle: every job ends once, and the bytes are those of an undisturbed run."""
    class_ = copies(made, tmp_path / "kelas", 4, "import time; time.sleep(0.5); print(case)")
    command = [*QUALCODE, "run", "hitung", "--workers", "2", "--projects", *class_]
    subprocess.run([*command, "--out", "a"], cwd=tmp_path, check=True, capture_output=True)
    log = tmp_path / "log.jsonl"
    process = subprocess.Popen(
        [*command, "--out", "b", "--fresh", "--log", str(log)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: log.exists() and len(log.read_text("utf-8").splitlines()) > 1)
    os.kill(worker_of(process.pid), signal.SIGKILL)
    assert process.wait(120) == 0
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert sorted(line["job"] for line in lines if "job" in line) == [f"m-{n}/kasus-saya/12-hitung" for n in range(4)]
    assert made_in(tmp_path / "a") == made_in(tmp_path / "b")


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl+C cannot be sent from here")
def test_an_interrupt_leaves_the_overview(made: Made, tmp_path: Path) -> None:
    """Ctrl+C stops within seconds with exit code 130; the overview says what did not come to run."""
    class_ = copies(made, tmp_path / "kelas", 3, "import time; time.sleep(60 if open('lambat').read() else 0)")
    for number, root in enumerate(class_):
        (Path(root) / "lambat").write_text("ya" if number else "")
    log = tmp_path / "log.jsonl"
    process = subprocess.Popen(
        [*QUALCODE, "run", "hitung", "--workers", "2", "--projects", *class_, "--log", str(log)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: log.exists() and len(log.read_text("utf-8").splitlines()) > 1)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    with (tmp_path / "reports-kelas" / "kelas.csv").open(encoding="utf-8") as file:
        remarks = {row["Proyek"]: row["Keterangan"] for row in csv.DictReader(file)}
    assert remarks["m-0"] == "Semua notebook selesai."
    assert remarks["m-2"] == "Belum dijalankan: 1 notebook."


def worker_of(process: int) -> int:
    """A worker of a batch: forked from it, or an interpreter of its own that multiprocessing has started."""
    said = {
        int(each): Path(f"/proc/{each}/cmdline").read_bytes()
        for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    }
    own = Path(f"/proc/{process}/cmdline").read_bytes()
    return next(each for each, line in said.items() if line == own or b"spawn_main" in line)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    last = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.02)


HOSTILE = '<script>alert("x")</script>'


def hostile() -> Row:
    """A row in which every text is somebody's attempt."""
    fault = Problem(f"corpus/{HOSTILE}", HOSTILE, "=cmd|' /C calc'!A0")
    figures = Figures(1, 0, 1, 1, 1, (HOSTILE, "=1+1"))
    return Row("=HYPERLINK(\u202e)", "a%22b/index.html", figures, 1, fault, failed=((HOSTILE, HOSTILE),))


def test_the_overview_is_escaped() -> None:
    """Names, faults and errors are text, never markup, and cannot turn a line around."""
    source = course_page([hostile()])
    page = BeautifulSoup(source, "html.parser")
    assert not page.find_all("script")
    assert HOSTILE in page.get_text()
    assert "\u202e" not in source
    assert page.tbody.a["href"] == "a%22b/index.html"
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]


def test_the_table_runs_no_formula() -> None:
    """No cell of the table begins as a formula; what cannot be encoded is replaced."""
    text = course_table([hostile(), Row("\udcff@a"), Row("-b"), Row("@c")]).to_csv()
    cells = [cell for line in csv.reader(text.splitlines()) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert text.encode()


def test_links_survive_odd_names(tmp_path: Path) -> None:
    """A link to a folder with spaces, quotes, marks and another script is an address, and leads there."""
    name = 'ani #1 "50%" ?é漢'
    survey = course.Survey(course.Student(name, tmp_path / name))
    index = tmp_path / name / "reports" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text("")
    overview = course.write_overview([course.Ended(survey)], course.Request(), tmp_path / "reports-kelas")
    link = BeautifulSoup(overview.read_text("utf-8"), "html.parser").tbody.a
    assert link.get_text() == name
    assert not set(link["href"]) & set('#?" ')
    assert (overview.parent / unquote(link["href"])).resolve() == index


def test_folders_that_share_a_name_are_told_apart(tmp_path: Path) -> None:
    """Projects called alike, or as the overview's own files, have names of their own; one named twice is one."""
    for place in ("a/ani", "b/Ani", "b/kelas.csv", "c/m-10", "c/m-2"):
        (tmp_path / place).mkdir(parents=True)
    places = [str(tmp_path / "?" / "*"), str(tmp_path / "a" / "ani"), str(tmp_path / "c" / ".." / "a" / "ani")]
    found = course.students(places, tmp_path / "reports-kelas")
    assert [each.name for each in found] == ["ani (a)", "Ani (b)", "kelas.csv (2)", "m-2", "m-10"]


def test_the_folder_of_the_overview_is_no_project(tmp_path: Path) -> None:
    """A pattern that also matches the folder of the overview does not make a project of it."""
    for name in ("ani", "reports-kelas"):
        (tmp_path / name).mkdir()
    assert [each.name for each in course.students([f"{tmp_path}/*"], tmp_path / "reports-kelas")] == ["ani"]


def test_what_a_shell_expands_is_told_from_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is a project, broken or not; a notebook's name is none because a folder is called so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ani" / "corpus").mkdir(parents=True)
    for name in ("kosong", "stoc"):
        (tmp_path / name).mkdir()
    arguments = ["ani", "stoc", "13-stoc", "kosong", "david", "kelas/budi", "*.zip"]
    assert course.divided(arguments) == (["ani", "kosong", "kelas/budi", "*.zip"], ["stoc", "13-stoc", "david"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--projects", "tidak-ada/*"], "Tidak ada folder yang cocok"), (["--projects", ".", "--watch"], "--watch")],
)
def test_what_cannot_be_asked(arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that matches nothing, and watching a class, are refused before anything is written."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(terminal, ["run", *arguments])
    assert result.exit_code == 1
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_an_index_that_may_not_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose folder may not be entered stands in the overview without a link."""
    survey = course.Survey(course.Student("ani", tmp_path / "ani"))
    refused = PermissionError(13, "Permission denied")
    monkeypatch.setattr(Path, "is_file", lambda self: (_ for _ in ()).throw(refused))
    overview = course.write_overview([course.Ended(survey)], course.Request(), tmp_path / "reports-kelas")
    assert BeautifulSoup(overview.read_text("utf-8"), "html.parser").tbody.th.get_text() == "ani"


def test_the_overview_must_have_a_place(tmp_path: Path) -> None:
    """Where no overview can be written, nothing runs: that is said first."""
    (tmp_path / "ani").mkdir()
    (tmp_path / "berkas").write_text("")
    arguments = ["--projects", str(tmp_path / "ani"), "--out", str(tmp_path / "berkas")]
    result = CliRunner().invoke(terminal, ["run", *arguments])
    assert result.exit_code == 1
    assert f"{tmp_path / 'berkas'}: Tidak dapat dibaca atau ditulis" in result.stderr


def test_what_may_not_be_read_is_a_fault(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that may not be read, and whatever else goes wrong while reading, become the project's first fault."""
    student = course.Student("ani", made.kelas / "ani")
    for error in (PermissionError(13, "Permission denied", str(student.root / "corpus")), RecursionError("dalam")):
        with monkeypatch.context() as patched:
            patched.setattr(qc.Project, "case", lambda self, id, error=error: (_ for _ in ()).throw(error))
            found = course.survey(course.Request(), student)
        assert found.hindered
        assert found.first
        assert (found.first.place, found.due) == ("corpus" if isinstance(error, OSError) else "ani", ())
