"""The cluster: what a batch gives on Dask is what it gives here, whatever becomes of workers and addresses."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import fsspec
import nbformat
import psutil
import pytest
from click.testing import CliRunner
from distributed import Client

from qualcode.cli import main
from qualcode.errors import CheckError, ParameterError, ProjectNotFoundError
from qualcode.project import open_project
from qualcode.runs import addresses, batch, cluster
from qualcode.runs.addresses import Delivery, Places, is_address
from qualcode.runs.order import Limits
from qualcode.runs.plan import Job, plan
from qualcode.runs.progress import Progress
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]

COUNT = "import qualcode as qc\nqc.open_project().case(case)"
DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 2, len(case)]);"
# Kills the Dask worker: the kernel's parent is the nursery, whose parent is the worker.
KILL = "import psutil\npsutil.Process().parent().parent().kill()"
KILL_ONCE = (
    f"from pathlib import Path\nmark = Path('.mati')\nif not mark.exists():\n    mark.touch()\n    {KILL}".replace(
        "\npsutil", "; psutil"
    )
)
WAIT = "from pathlib import Path\nimport time\nPath('.mulai').touch()\ntime.sleep(60)"


def write_notebook(root: Path, name: str, source: str) -> None:
    parameters = nbformat.v4.new_code_cell('case: str = ""\ncoder: str = ""\nlanguage: str = "id"', id="parameter")
    parameters.metadata.tags = ["parameters"]
    cells = [nbformat.v4.new_markdown_cell(f"# {name}", id="judul"), parameters]
    cells += [nbformat.v4.new_code_cell(source, id="isi"), nbformat.v4.new_code_cell("print('sampai')", id="akhir")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")


def make_project(root: Path, **notebooks: str) -> Path:
    for folder in ("corpus/bandung", "corpus/balangan", "codebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    for name, source in notebooks.items():
        write_notebook(root, name.replace("_", "-"), source)
    return root


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two cases and two notebooks of a few cells."""
    return make_project(tmp_path_factory.mktemp("small"), **{"11_hitung": COUNT, "12_gambar": DRAW})


@pytest.fixture(scope="module")
def here(small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the small project gives on this machine."""
    out = tmp_path_factory.mktemp("here")
    assert [outcome.error for outcome in batch.run(jobs_of(small, out), workers=2)] == [None] * 4
    return made(out)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of two workers, started by the commands that the README names."""
    folder = tmp_path_factory.mktemp("dask")
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    address = f"tcp://127.0.0.1:{free_port()}"
    serving = [*dask, "scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]
    working = [*dask, "worker", address, "--nthreads", "1", "--nworkers", "2", "--no-dashboard"]
    processes = [subprocess.Popen(serving, **quiet), subprocess.Popen(working, **quiet)]  # type: ignore[call-overload]
    wait_for_workers(address, 2)
    yield address
    for process in reversed(processes):
        process.terminate()
    for process in processes:
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_for_workers(address: str, number: int) -> None:
    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(number, timeout=30)


def jobs_of(project: Path, out: Path, *names: str, case: str = "") -> list[Job]:
    return plan(open_project(project), names, [case] if case else [], out=out)


def made(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_same_bytes_as_here(scheduler: str, small: Path, here: dict[str, bytes], tmp_path: Path) -> None:
    """Every notebook gives on a cluster what it gives here, to the byte, and is up to date then; nothing else stays."""
    told: list[Progress] = []
    before = made(small).keys()
    jobs = jobs_of(small, tmp_path)
    outcomes = list(cluster.run(jobs, cluster=scheduler, tell=[told.append]))
    assert {outcome.job for outcome in outcomes} == set(jobs)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert made(tmp_path) == here
    assert [progress.done for progress in told] == [0, 1, 2, 3, 4]
    assert told[0].workers == 2
    assert batch.due(jobs) == {}
    assert {name for name in made(small).keys() - before if not name.startswith(".qualcode/")} == set()


def test_a_killed_worker_loses_and_doubles_nothing(scheduler: str, tmp_path: Path) -> None:
    """What a worker ran when it was killed runs again elsewhere; what kills every worker is given up, and only that."""
    notebooks = {"11_baik": COUNT, "12_sekali": KILL_ONCE, "13_selalu": KILL}
    project = make_project(tmp_path / "proyek", **notebooks)
    jobs = jobs_of(project, tmp_path / "out", case="bandung")
    outcomes = list(cluster.run(jobs, cluster=scheduler))
    assert sorted(str(outcome.job) for outcome in outcomes) == sorted(map(str, jobs))
    errors = {outcome.job.notebook.stem: outcome.error for outcome in outcomes}
    assert (errors["11-baik"], errors["12-sekali"]) == (None, None)
    assert "mati berulang kali" in str(errors["13-selalu"])
    assert sorted(made(tmp_path / "out")) == [
        f"bandung/{name}.{ending}" for name in ("11-baik", "12-sekali") for ending in ("html", "ipynb")
    ]
    wait_for_workers(scheduler, 2)


def test_stopping_keeps_partial_notebooks_and_the_cluster(scheduler: str, tmp_path: Path) -> None:
    """Whoever stops asking stops what runs, which is kept with its reason; the cluster stays, without our tasks."""
    project = make_project(tmp_path / "proyek", **{"11_baik": COUNT, "12_lama": WAIT})
    jobs = jobs_of(project, tmp_path / "out", case="bandung")
    with closing(cluster.run(jobs, cluster=scheduler, workers=2)) as outcomes:
        assert str(next(outcomes).job) == "bandung/11-baik"
        wait_until((project / ".mulai").exists)
    kept = nbformat.read(tmp_path / "out" / "bandung" / "12-lama.ipynb", as_version=4)
    assert kept.metadata.qualcode.stopped
    with Client(scheduler, set_as_default=False) as client:
        assert len(client.scheduler_info(n_workers=-1)["workers"]) == 2
        assert not any(client.processing().values())
    assert set(batch.due(jobs)) == {jobs[1]}
    (again,) = cluster.run(jobs[:1], cluster=scheduler)
    assert again.error is None


def wait_until(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="signals a group of processes")
def test_an_interrupted_local_cluster_ends_whole(tmp_path: Path) -> None:
    """Ctrl+C, which a terminal sends to every process, ends a local cluster with code 130 and nothing left over."""
    project = make_project(tmp_path / "proyek", **{"11_lama": WAIT})
    command = [sys.executable, "-c", "from qualcode.cli import main; main()", "run", "--case", "bandung"]
    running = subprocess.Popen(
        [*command, "--cluster", "local", "--workers", "1"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until((project / ".mulai").exists)
    family = psutil.Process(running.pid).children(recursive=True)
    assert len(family) >= 3
    os.killpg(running.pid, signal.SIGINT)
    output, errors = running.communicate(timeout=40)
    assert running.returncode == 130, errors
    assert "Traceback" not in output + errors
    assert "Dihentikan" in errors
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    kept = nbformat.read(project / "reports" / "bandung" / "11-lama.ipynb", as_version=4)
    assert kept.metadata.qualcode.stopped


def test_projects_and_reports_at_addresses(
    scheduler: str, small: Path, here: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project at an address gives the same bytes at another, with an index of all that stands there, and a log."""
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    arguments = ["--project", small.as_uri(), "run", "--cluster", scheduler, "--out", out.as_uri()]
    done = CliRunner().invoke(main, [*arguments, "hitung", "--log", str(log)])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, [*arguments, "gambar"])
    assert done.exit_code == 0, done.output
    assert f"{out.as_uri()}/index.html" in done.output
    files = made(out)
    index = files.pop("index.html").decode()
    assert files == here
    assert all(name in index for name in here if name.endswith(".html"))
    assert json.loads(log.read_text("utf-8").splitlines()[-1])["done"] == 2


def test_reports_of_a_folder_at_an_address(scheduler: str, small: Path, here: dict[str, bytes], tmp_path: Path) -> None:
    """A project in a shared folder may have its reports at an address; no record says then that they are up to date."""
    records = set((small / ".qualcode").rglob("*.json"))
    jobs = jobs_of(small, tmp_path / "scratch", case="bandung")
    places = Places(out=Delivery(tmp_path / "scratch", (tmp_path / "out").as_uri()))
    assert {outcome.error for outcome in cluster.run(jobs, cluster=scheduler, places=places)} == {None}
    assert made(tmp_path / "out") == {name: file for name, file in here.items() if name.startswith("bandung/")}
    assert set((small / ".qualcode").rglob("*.json")) == records


@pytest.fixture
def memory(small: Path, request: pytest.FixtureRequest) -> str:
    """The address of a copy of the small project in memory, with reports and a hidden folder beside it."""
    address = f"memory://{request.node.name}"
    system = fsspec.filesystem("memory")
    for name, content in made(small).items():
        system.pipe_file(f"/{request.node.name}/{name}", content)
    for name in ("reports/lama.html", ".git/config"):
        system.pipe_file(f"/{request.node.name}/{name}", b"")
    return address


def test_a_project_is_fetched_once(memory: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process fetches a project once for each content; what is made of it and hidden folders stay where they are."""
    snapshot = addresses.fetch(memory, tmp_path / "a")
    inputs = {name: file for name, file in made(small).items() if name.partition("/")[0][0] != "."}
    assert made(tmp_path / "a") == {name: file for name, file in inputs.items() if not name.startswith("reports/")}
    folder = addresses.fetched(snapshot, tmp_path)
    monkeypatch.setattr(addresses, "fetch", None)
    assert addresses.fetched(snapshot, tmp_path) == folder
    assert made(folder) == made(tmp_path / "a")


def test_a_changed_project_is_another(memory: str, tmp_path: Path) -> None:
    """Every change at an address gives another key; a worker that no longer finds what was planned refuses it."""
    snapshot = addresses.fetch(memory, tmp_path / "a")
    assert addresses.fetch(memory, tmp_path / "b") == snapshot
    fsspec.filesystem("memory").pipe_file(f"{memory.removeprefix('memory:/')}/codebooks/baru.yaml", b"")
    assert addresses.fetch(memory, tmp_path / "c").key != snapshot.key
    with pytest.raises(ParameterError, match="diubah selama dijalankan"):
        addresses.fetched(snapshot, tmp_path)


def test_a_file_cannot_leave_its_folder(tmp_path: Path) -> None:
    """Names that lead out of the project are left where they are."""
    assert [addresses._stays_inside(name) for name in ("a/b", "../a", "a/../../b", "/a", "a\\..\\b", "c:/a", "")] == [
        True,
        *[False] * 6,
    ]


def test_addresses_that_lead_nowhere(tmp_path: Path) -> None:
    """An empty address is no project; an unknown one, and one that cannot be written, say so and the mend."""
    with pytest.raises(ProjectNotFoundError, match="memory://kosong"):
        addresses.fetch("memory://kosong", tmp_path / "a")
    with pytest.raises(ParameterError, match="entah"):
        addresses.fetch("entah://ember/skripsi", tmp_path / "a")
    (tmp_path / "berkas").touch()
    with pytest.raises(ParameterError, match="tidak dapat dibaca atau ditulis"):
        addresses.put((tmp_path / "berkas").as_uri(), "a.html", b"")


def test_watching_an_address_is_refused(memory: str) -> None:
    """--watch is for folders."""
    done = CliRunner().invoke(main, ["--project", memory, "run", "--watch"])
    assert done.exit_code == 1
    assert "--watch hanya untuk folder" in done.output


@pytest.mark.parametrize(
    ("address", "is_one"),
    [("s3://b/c", True), ("abfs://b@c/d", True), ("skripsi", False), ("C:\\skripsi", False), (None, False)],
)
def test_what_an_address_is(address: str | None, is_one: bool) -> None:
    """An address begins with its scheme; a drive of Windows is none."""
    assert is_address(address) is is_one


@pytest.mark.parametrize("module", ["distributed", "fsspec"])
def test_the_extra_is_named_where_it_is_missing(
    module: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Dask or fsspec the error names the library and what installs it."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, f"{module}.core", None)
    with pytest.raises(ParameterError, match=f'{module}.*pip install "qualcode\\[cluster\\]"'):
        if module == "distributed":
            list(cluster.run(jobs_of(small, tmp_path), cluster="local"))
        else:
            addresses.fetch("memory://skripsi", tmp_path / "a")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "bukan alamat", "tcp://"])
def test_a_scheduler_that_does_not_answer(
    address: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address where no scheduler answers is told within seconds, with the mend."""
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 1.0)
    done = CliRunner().invoke(
        main, ["--project", str(small), "run", "--fresh", "--out", str(tmp_path), "--cluster", address]
    )
    assert done.exit_code == 1
    assert f"{address}: Penjadwal Dask tidak menjawab" in done.output
    assert "dask scheduler" in done.output


def test_nothing_to_do_needs_no_cluster() -> None:
    """Without jobs no scheduler is asked."""
    assert list(cluster.run([], cluster="tcp://127.0.0.1:1")) == []


def test_a_lost_scheduler_ends_the_batch(small: Path, tmp_path: Path) -> None:
    """When Dask has given the scheduler up, every job that has not ended gets an outcome that says so."""
    jobs = jobs_of(small, tmp_path)
    crew = cluster._Crew(SimpleNamespace(status="closed"), {}, is_own=False)  # type: ignore[arg-type]
    outcomes = list(cluster._Batch(crew, deque(jobs), 2, Limits(), Places()).outcomes())
    assert [outcome.job for outcome in outcomes] == jobs
    assert all("tidak punya pekerja lagi" in str(outcome.error) for outcome in outcomes)


def test_workers_with_other_versions_are_refused(
    scheduler: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything runs, each worker whose versions differ is refused, with all that differs."""
    ours = cluster.traits()
    assert {"Python", "qualcode", "pandas", "matplotlib", "papermill", "ipykernel", "nbclient"} <= set(ours)
    monkeypatch.setattr(cluster, "traits", lambda: {**ours, "pandas": "0.1", "qualcode": "0"})
    with pytest.raises(CheckError) as refused:
        list(cluster.run(jobs_of(small, tmp_path), cluster=scheduler))
    assert len(refused.value.problems) == 2
    for problem in refused.value.problems:
        assert problem.place.startswith("tcp://127.0.0.1:")
        assert f"pandas: {ours['pandas']} di sana, 0.1 di sini; qualcode: {ours['qualcode']} di sana" in problem.what
    assert made(tmp_path) == {}


def test_a_folder_that_a_worker_does_not_see() -> None:
    """A worker that does not see a folder is named together with the folder."""
    marks = {"/tidak/ada/.tanda": Path("/tidak/ada"), str(Path(__file__)): Path(__file__).parent}
    (problem,) = cluster._unfit("tcp://10.0.0.5:4000", cluster.examine(tuple(marks), is_own=False), marks)
    assert str(problem).startswith(f"tcp://10.0.0.5:4000: Folder {Path('/tidak/ada')} tidak terlihat")


def test_a_worker_works_as_where_the_job_comes_from(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changes results (time zone, threads) comes along with a job and goes with it; where things stand stays."""
    for name in ("TZ", "LC_ALL", "OMP_NUM_THREADS", "NLTK_DATA"):
        monkeypatch.setenv(name, "klien")
    (job, *_) = jobs_of(small, tmp_path)
    task = cluster.Task(job, Limits(), Places(), "en", cluster.lasting(os.environ), "x")
    monkeypatch.setenv("TZ", "pekerja")
    monkeypatch.setenv("NLTK_DATA", "/pekerja")
    monkeypatch.setenv("MPLSTYLE", "pekerja")
    monkeypatch.delenv("LC_ALL")
    before = dict(os.environ)
    with cluster._as_at(task):
        seen = {name: os.environ.get(name) for name in ("TZ", "LC_ALL", "OMP_NUM_THREADS", "NLTK_DATA", "MPLSTYLE")}
        os.environ["QUALCODE_MEMORY"] = "100"
    assert seen == {"TZ": "klien", "LC_ALL": "klien", "OMP_NUM_THREADS": "klien", "NLTK_DATA": "/pekerja"} | {
        "MPLSTYLE": None
    }
    assert dict(os.environ) == before
    use_language("id")


def test_jobs_find_their_places_on_other_machines(memory: str, small: Path, tmp_path: Path) -> None:
    """On a worker a job's root, notebook and outputs are those of its machine, whatever they are called elsewhere."""
    (job, *_) = jobs_of(small, tmp_path / "elsewhere")
    snapshot = addresses.fetch(memory, tmp_path / "a")
    places = Places(snapshot, Delivery(tmp_path / "elsewhere", "memory://hasil"))
    with places.brought(job, tmp_path) as brought:
        assert brought.notebook.is_relative_to(brought.root)
        assert brought.notebook.read_bytes() == job.notebook.read_bytes()
        brought.output.parent.mkdir(parents=True)
        brought.output.write_bytes(b"{}")
        brought.page.write_bytes(b"<p>")
    assert not brought.output.exists()
    assert fsspec.filesystem("memory").cat_file(f"/hasil/{job.case}/{job.page.name}") == b"<p>"
