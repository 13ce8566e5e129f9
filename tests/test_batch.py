"""The batch under attack: stopped, starved, killed, edited and watched, it neither loses nor doubles a result."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from click.testing import CliRunner

import qualcode as qc
from qualcode.cli import main
from qualcode.runs import batch
from qualcode.runs.order import Limits
from qualcode.runs.plan import plan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
BATCH = [sys.executable, "-c", "from qualcode.cli import main; main()", "run"]

CODEBOOK = """\
id: uji
version: "1.0"
title: Buku kode uji
license: CC-BY-4.0
citation: Rekaan (2025)
codes:
  - {id: LAY, label: Layanan, definition: Komentar dibalas.}
"""

CASE = """\
id: {id}
title: Akun sebuah dinas
kind: empiris
institution: Dinas Uji
period: tidak disebut
question: Bagaimana akun dikelola?
approach: studi kasus
frameworks: [uji]
description: Bahan rekaan untuk pengujian.
informants:
  - {{id: I1, role: Kepala, relation: orang dalam, consent: dicatat}}
groups:
  source: [I1]
"""

DOCUMENT = """\
---
id: w-i1
title: Bahan
kind: transkrip
technique: wawancara
date: 2025-03-11
informant: I1
legend: {P: pewawancara, I1: I1}
provenance: rekaan
---

P: Apakah komentar dibalas?

I1: Semua komentar dibalas.
"""

READS = "import qualcode as qc\nlen(qc.open_project().case(case).codings)"

# A notebook that says it has begun, and goes on when it is allowed to.
WAITS = """\
import os, pathlib, time
print("sebelum", flush=True)
time.sleep(0.5)
tanda = pathlib.Path({tanda!r})
(tanda / "{name}").write_text(str(os.getpid()))
"""
ON = """\
while not (tanda / "terus").exists():
    time.sleep(0.02)
"""


def write_notebook(root: Path, name: str, *sources: str) -> None:
    parameters = nbformat.v4.new_code_cell('case: str = ""\ncoder: str = ""\nlanguage: str = "id"', id="parameter")
    parameters.metadata.tags = ["parameters"]
    cells = [nbformat.v4.new_markdown_cell(f"# {name}", id="judul"), parameters]
    cells += [nbformat.v4.new_code_cell(source, id=f"isi-{number}") for number, source in enumerate(sources)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")


def make_project(root: Path, notebooks: Mapping[str, tuple[str, ...]], *cases: str) -> Path:
    """Make a project with its notebooks (name -> cells) and cases."""
    files = {"codebooks/uji.yaml": CODEBOOK}
    for case in cases or ("kasus",):
        files |= {f"corpus/{case}/case.yaml": CASE.format(id=case), f"corpus/{case}/w-i1.md": DOCUMENT}
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8", newline="\n")
    (root / "notebooks").mkdir()
    for name, sources in notebooks.items():
        write_notebook(root, name, *sources)
    return root


class Batch:
    """A batch in a process of its own, as a terminal would start it."""

    def __init__(self, root: Path, *arguments: str, **environment: str) -> None:
        self.log = root.parent / f"{root.name}.log"
        self._before = len(self.jobs)
        self.process = subprocess.Popen(
            [*BATCH, *arguments, "--log", str(self.log)],
            cwd=root,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    @property
    def jobs(self) -> list[str]:
        """The notebooks that ended in this batch, in order."""
        if not self.log.exists():
            return []
        lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]
        every = [line["job"].rpartition("/")[2] for line in lines if "job" in line]
        return every[getattr(self, "_before", 0) :]

    def family(self) -> list[psutil.Process]:
        """Every process that belongs to it: workers, nursery, kernels."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def workers(self) -> list[psutil.Process]:
        """Those of its processes that run notebooks."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "nursery.py" not in " ".join(child.cmdline())]

    def until(self, true: Callable[[], Any], seconds: float = 120) -> None:
        """Wait until something is true; fail when it is not in time, or when the batch ends before."""
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self, seconds: float = 180) -> "Batch":
        """Wait for its end."""
        self.out, self.errors = self.process.communicate(timeout=seconds)
        self.code = self.process.returncode
        return self


def all_gone(family: list[psutil.Process], seconds: float = 10) -> bool:
    _, alive = psutil.wait_procs(family, timeout=seconds)
    return not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE or each.ppid() != 1]


def made(root: Path) -> dict[str, bytes]:
    """What a batch wrote, without the index."""
    found = (path for path in (root / "reports").glob("*/*") if path.is_file())
    return {path.relative_to(root / "reports").as_posix(): path.read_bytes() for path in found}


def stopped(root: Path, name: str, case: str = "kasus") -> str | None:
    """Why an executed notebook ended early; its page says the same."""
    notebook = nbformat.read(root / "reports" / case / f"{name}.ipynb", as_version=4)
    reason = notebook.metadata.qualcode.get("stopped")
    if reason:
        assert escape(reason, quote=False)[:40] in (root / "reports" / case / f"{name}.html").read_text("utf-8")
    return reason


def texts(root: Path, name: str) -> list[str]:
    """What the cells of an executed notebook said."""
    notebook = nbformat.read(root / "reports" / "kasus" / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.get("text", output.get("ename", "")) for output in outputs]


def waiting_project(folder: Path) -> tuple[Path, Path]:
    """A project whose notebooks 12, 13 and 14 wait for a sign; the project and the folder of signs."""
    signs = folder / "tanda"
    signs.mkdir()
    waits = {
        name: (WAITS.format(tanda=str(signs), name=name), ON, "print('sesudah')")
        for name in ("12-tunggu", "13-tunggu", "14-tunggu")
    }
    return make_project(folder / "proyek", {"11-baik": ("print(case)",)} | waits), signs


@pytest.mark.parametrize("whom", ["main", "group"])
def test_ctrl_c(whom: str, tmp_path: Path) -> None:
    """Ctrl+C ends everything in seconds with 130; what there is is kept and says why; the next run does the rest."""
    root, signs = waiting_project(tmp_path)
    begun = Batch(root, "--workers", "2")
    begun.until(lambda: (signs / "12-tunggu").exists() and (signs / "13-tunggu").exists() and begun.jobs)
    family = begun.family()
    assert len(family) >= 5
    at = time.monotonic()
    if whom == "main":
        begun.process.send_signal(signal.SIGINT)
    else:
        os.killpg(begun.process.pid, signal.SIGINT)
    assert begun.end(30).code == 130
    assert time.monotonic() - at < 15
    assert all_gone(family)
    assert "Dihentikan" in begun.errors
    assert "Traceback" not in begun.errors, begun.errors
    for name in ("12-tunggu", "13-tunggu"):
        assert stopped(root, name) == "Dihentikan sebelum selesai."
        assert texts(root, name)[0] == "sebelum\n"
        assert "sesudah\n" not in texts(root, name)
    assert stopped(root, "11-baik") is None
    assert not (root / "reports" / "kasus" / "14-tunggu.ipynb").exists()

    (signs / "terus").touch()
    rest = Batch(root, "--workers", "2").end()
    assert rest.code == 0
    assert sorted(rest.jobs) == ["12-tunggu", "13-tunggu", "14-tunggu"]
    assert texts(root, "14-tunggu")[-1] == "sesudah\n"


def test_killed(tmp_path: Path) -> None:
    """When the batch itself is killed, its workers, kernels and nursery end, and the next run does what is missing."""
    root, signs = waiting_project(tmp_path)
    begun = Batch(root, "--workers", "2")
    begun.until(lambda: (signs / "12-tunggu").exists() and (signs / "13-tunggu").exists() and begun.jobs)
    family = begun.family()
    begun.process.kill()
    begun.end()
    assert all_gone(family, 20)
    (signs / "terus").touch()
    rest = Batch(root).end()
    assert rest.code == 0
    assert sorted(rest.jobs) == ["12-tunggu", "13-tunggu", "14-tunggu"]


def test_a_killed_worker(tmp_path: Path) -> None:
    """A worker killed in the middle loses and doubles nothing: what it ran is done by another, with the same bytes."""
    root, signs = waiting_project(tmp_path)
    disturbed = Batch(root, "--workers", "2")
    disturbed.until(lambda: (signs / "12-tunggu").exists() and (signs / "13-tunggu").exists())
    disturbed.workers()[0].kill()
    (signs / "terus").touch()
    assert disturbed.end().code == 0, disturbed.errors
    assert sorted(disturbed.jobs) == ["11-baik", "12-tunggu", "13-tunggu", "14-tunggu"]
    found = made(root)
    assert not [name for name in found if name.endswith(".tmp")]
    shutil.rmtree(root / "reports")
    shutil.rmtree(root / ".qualcode")
    assert Batch(root, "--workers", "1").end().code == 0
    assert made(root) == found


HOSTILE = {
    "11-baik": ("print('baik')",),
    "12-lama": ("print('mulai')", "import time\ntime.sleep(100)"),
    "13-rakus": ("isi = bytearray(3 << 30)",),
    "14-mati": ("print('sebelum')", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    "15-keluar": ("import os\nos._exit(0)",),
    "16-keras": ("import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",),
    "17-gagal": ("raise RuntimeError('<b>tidak bisa</b>')",),
    "18-lagi": ("print('lagi')",),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Batch]]:
    """One batch with every bad notebook, a bad case, a limit of time and one of memory."""
    root = make_project(tmp_path_factory.mktemp("batch") / "jahat", HOSTILE, "kasus", "rusak")
    (root / "corpus" / "rusak" / "case.yaml").write_text("id: [", encoding="utf-8")
    limits = ["--memory", "1500"] if sys.platform == "linux" else []
    begun = Batch(root, "--workers", "2", "--timeout", "12", *limits)
    begun.until(lambda: begun.jobs)
    family = begun.family()
    begun.end(150)
    assert all_gone(family)
    yield root, begun


def test_each_ends_as_it_must(hostile: tuple[Path, Batch]) -> None:
    """Too long, too large, dead, gone or wrong: each notebook ends by itself, says why, and the others are whole."""
    root, ended = hostile
    assert ended.code == 1
    assert sorted(ended.jobs) == sorted(HOSTILE)
    for name in ("11-baik", "18-lagi"):
        assert stopped(root, name) is None
    for name in ("12-lama", "16-keras"):
        assert stopped(root, name) == "Melewati batas waktu 12.0 detik."
    assert texts(root, "12-lama")[0] == "mulai\n"
    assert texts(root, "14-mati")[0] == "sebelum\n"
    assert "RuntimeError" in str(stopped(root, "17-gagal"))
    for name in ("14-mati", "15-keluar"):
        assert "Dead" in str(stopped(root, name))
    if sys.platform == "linux":
        assert "MemoryError" in str(stopped(root, "13-rakus"))
    assert "2 dari 8 notebook berhasil, 6 gagal" in ended.out


def test_an_unreadable_case(hostile: tuple[Path, Batch], tmp_path: Path) -> None:
    """An unreadable case is reported at the end, the others having run; one that was named is refused at once."""
    root, ended = hostile
    assert "corpus/rusak/case.yaml" in ended.errors
    result = CliRunner().invoke(main, ["--project", str(root), "run", "--case", "kasus", "--case", "rusak"])
    assert result.exit_code == 1
    assert "corpus/rusak/case.yaml" in result.stderr
    assert not result.stdout
    document = root / "corpus" / "lain" / "w-i1.md"
    shutil.copytree(root / "corpus" / "kasus", document.parent)
    case = document.parent / "case.yaml"
    case.write_text(CASE.format(id="lain"), encoding="utf-8")
    document.write_text("---\nid: [\n---\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["--project", str(root), "run", "baik", "--case", "lain"])
    assert result.exit_code == 1
    assert "corpus/lain/w-i1.md" in result.stderr
    assert not (root / "reports" / "lain").exists()
    shutil.rmtree(document.parent)


def test_a_limit_that_cannot_be_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no kernel could be held to a limit of memory it is refused, and nothing starts."""
    root = make_project(tmp_path / "proyek", {"11-baik": ("print(case)",)})
    monkeypatch.setenv("QUALCODE_ENGINE", "plain")
    result = CliRunner().invoke(main, ["--project", str(root), "run", "--memory", "500"])
    assert result.exit_code == 1
    assert "memori" in result.stderr
    assert not (root / "reports").exists()
    with pytest.raises(qc.ParameterError):
        list(batch.run(plan(qc.open_project(root)), limits=Limits(memory=500)))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three notebooks, one of which fails, after one run."""
    notebooks = {"11-baca": (READS,), "12-diam": ("print('diam')",), "13-gagal": ("1 / 0",)}
    root = make_project(tmp_path_factory.mktemp("batch") / "biasa", notebooks)
    done = Batch(root).end()
    assert done.code == 1
    assert sorted(done.jobs) == sorted(notebooks)
    return root


def test_only_what_is_missing(plain: Path) -> None:
    """A deleted page, an edited notebook and a failed run are made again, to the byte, and nothing else is touched."""
    before = made(plain)
    (plain / "reports" / "kasus" / "12-diam.html").unlink()
    kept = (plain / "reports" / "kasus" / "11-baca.ipynb").stat().st_mtime_ns
    first = Batch(plain).end()
    assert sorted(first.jobs) == ["12-diam", "13-gagal"]
    assert "1 notebook masih mutakhir" in first.out
    edited = plain / "reports" / "kasus" / "12-diam.ipynb"
    edited.write_bytes(edited.read_bytes() + b" ")
    assert sorted(Batch(plain).end().jobs) == ["12-diam", "13-gagal"]
    assert made(plain) == before
    assert (plain / "reports" / "kasus" / "11-baca.ipynb").stat().st_mtime_ns == kept
    edited.write_bytes(b"{")
    assert Batch(plain, "baca").end().code == 0
    index = (plain / "reports" / "index.html").read_text("utf-8")
    assert "gagal" in index
    assert "ZeroDivisionError" in index
    assert sorted(Batch(plain).end().jobs) == ["12-diam", "13-gagal"]


def test_an_unchanged_run_starts_nothing(plain: Path) -> None:
    """When all is up to date no process is started and no file is written, except the index, with the same bytes."""
    names = ("baca", "diam")
    times = {path: path.stat().st_mtime_ns for path in plain.glob("reports/*/*")}
    index = (plain / "reports" / "index.html").read_bytes()
    script = "import subprocess, os\nsubprocess.Popen = os.fork = None\n" + BATCH[2]
    done = subprocess.run([sys.executable, "-c", script, "run", *names], cwd=plain, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "2 notebook masih mutakhir" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in plain.glob("reports/*/*")} == times
    assert (plain / "reports" / "index.html").read_bytes() == index


def test_the_cache_may_be_deleted(plain: Path) -> None:
    """Without its records everything runs again and comes out the same."""
    before = made(plain)
    shutil.rmtree(plain / ".qualcode")
    assert len(Batch(plain).end().jobs) == 3
    assert made(plain) == before


@pytest.mark.parametrize("way", ["spawn", "plain"])
def test_the_same_without_forks(way: str, plain: Path, tmp_path: Path) -> None:
    """Where nothing is forked, and where kernels start as ever, the same bytes come out."""
    root = shutil.copytree(plain, tmp_path / "biasa", ignore=shutil.ignore_patterns("reports", ".qualcode"))
    done = Batch(root, "--workers", "2", QUALCODE_ENGINE=way).end()
    assert len(done.jobs) == 3
    assert made(root) == made(plain)


def test_two_at_once(plain: Path) -> None:
    """Two batches on one project at the same time do no harm: the bytes are the same, and all is up to date."""
    before = made(plain)
    both = [Batch(plain, "--fresh", "baca", "diam") for _ in range(2)]
    assert [each.end().code for each in both] == [0, 0]
    assert made(plain) == before
    assert Batch(plain, "baca", "diam").end().jobs == []


def test_watching(tmp_path: Path) -> None:
    """A new coding runs what reads it, and what failed, again; nothing runs while nothing changes; Ctrl+C ends it."""
    notebooks = {"11-baca": (READS,), "12-diam": ("print('diam')",), "13-gagal": ("1 / 0",)}
    root = make_project(tmp_path / "proyek", notebooks)
    watching = Batch(root, "--watch")
    watching.until(lambda: len(watching.jobs) == 3)
    time.sleep(2.5)
    assert len(watching.jobs) == 3
    project = qc.open_project(root)
    project.code("kasus/w-i1", "Semua komentar dibalas", "LAY", coder="ana", valence="mendukung")
    watching.until(lambda: len(watching.jobs) >= 5)
    time.sleep(2.5)
    assert sorted(watching.jobs[3:]) == ["11-baca", "13-gagal"]
    assert "1" in (root / "reports" / "kasus" / "11-baca.html").read_text("utf-8")
    write_notebook(root, "13-gagal", "print('sudah')")
    watching.until(lambda: len(watching.jobs) >= 6)
    time.sleep(2)
    family = watching.family()
    watching.process.send_signal(signal.SIGINT)
    assert watching.end().code == 0
    assert watching.jobs[5:] == ["13-gagal"]
    assert stopped(root, "13-gagal") is None
    assert all_gone(family)


def test_here(tmp_path: Path) -> None:
    """`qc.run` tells its progress in a notebook by one display, links to pages, failures first; a script is quiet."""
    root = make_project(tmp_path / "proyek", {"11-baik": ("print(case)",), "12-gagal": ("1 / 0",)})
    lines = "import qualcode as qc\nruns = qc.run(qc.open_project(), case='kasus')\nruns"
    write_notebook(root, "21-semua", lines)
    done = Batch(root, "semua").end()
    assert done.code == 0, done.errors
    outputs = nbformat.read(root / "reports" / "kasus" / "21-semua.ipynb", as_version=4).cells[-1].outputs
    assert [output.output_type for output in outputs] == ["display_data", "execute_result"]
    assert outputs[0].data["text/plain"] == "2 dari 2 selesai, 0 berjalan, 1 gagal"
    html = outputs[1].data["text/html"]
    assert html.index("ZeroDivisionError") < html.index("berhasil</td>")
    for name in ("kasus/11-baik", "kasus/12-gagal", "index"):
        assert f'href="reports/{name}.html"' in html
    script = f"{lines}\nassert [str(one.job) for one in runs.failed] == ['kasus/12-gagal']"
    script += "\nassert [str(job) for job in runs.current] == ['kasus/11-baik']"
    quiet = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    with pytest.raises(qc.UnknownNameError):
        qc.run(qc.open_project(root), "bagus")
