"""The warm engine: every notebook comes out as it comes out of papermill's own, and nothing is left behind."""

import ast
import asyncio
import gc
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill import engines

from qualcode.runs import provisioner
from qualcode.runs.engine import WarmKernelManager

HERE = Path(__file__).parent
# jupyter_core leaves an event loop open in each thread.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

SUITE = HERE / "conformance"
NOTEBOOKS = sorted(path.stem for path in SUITE.glob("*.txt"))
WAYS = ("papermill", "fork", "spawn")
OURS = WAYS[1:]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The whole suite through papermill's own engine and through both forms of ours, side by side."""
    folders = {way: tmp_path_factory.mktemp(way) for way in WAYS}
    running = {
        way: subprocess.Popen([sys.executable, str(SUITE), way, str(folder)], stderr=subprocess.PIPE)
        for way, folder in folders.items()
    }
    for way, process in running.items():
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, (way, errors)
    yield folders


def plain(text: str, folder: Path) -> str:
    """A text without what differs between any two runs: folders, addresses, numbers of processes, times."""
    text = text.replace(str(folder), "FOLDER")
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", text)
    text = re.sub(r"ipykernel_\d+", "ipykernel", text)
    text = re.sub(r"[\d.e+]+ [nµμm]?s\b", "n s", text)
    return re.sub(r"/[^\s'\"]+/(tmp\w{8}|kernel-[0-9a-f-]{36})\.json", "CONNECTION", text)


def outputs(cell: Any, folder: Path) -> list[Any]:
    """A cell's outputs; streams that stand beside each other are one, however they were cut."""
    joined: list[Any] = []
    for output in json.loads(plain(json.dumps(cell.get("outputs", []), ensure_ascii=False), folder)):
        same = joined and output["output_type"] == joined[-1]["output_type"] == "stream"
        if same and output["name"] == joined[-1]["name"]:
            joined[-1]["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def told(folder: Path, name: str) -> Iterator[tuple[str, Any]]:
    """Everything a reader of an executed notebook can see, bit by bit."""
    place = folder / name
    yield "raised", plain(json.loads((place / "raised.json").read_text("utf-8")), folder)
    notebook = nbformat.read(place / "hasil.ipynb", as_version=4)
    for number, cell in enumerate(notebook.cells):
        yield f"{number} source", plain(cell.source, folder)
        yield f"{number} count", cell.get("execution_count")
        yield f"{number} tags", cell.metadata.get("tags")
        yield f"{number} status", {k: dict(cell.metadata.get("papermill", {})).get(k) for k in ("exception", "status")}
        yield f"{number} outputs", outputs(cell, folder)
    metadata = dict(notebook.metadata)
    yield "exception", metadata.pop("papermill").exception
    yield "metadata", metadata
    for file in sorted((place / "kerja").rglob("*.txt")):
        yield f"file {file.name}", file.read_text("utf-8")


@pytest.mark.parametrize("way", OURS)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_comes_out_as_of_papermill(name: str, way: str, executed: dict[str, Path]) -> None:
    """Cells, counts, outputs in their order, tracebacks, widgets, what was raised and the files left are the same."""
    wanted = dict(told(executed["papermill"], name))
    found = dict(told(executed[way], name))
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        assert found[key] == value, key


def notebook(*sources: str, kernel: str = "python3") -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata.kernelspec = {"name": kernel, "display_name": kernel, "language": "python"}
    return made


def run(*sources: str, folder: Path, **options: Any) -> list[str]:
    """Run a notebook with the engine: the text of each cell's first output."""
    options = {"engine_name": "qualcode", "progress_bar": False, "cwd": folder} | options
    made = papermill.execute_notebook(notebook(*sources), folder / "hasil.ipynb", **options)
    firsts = [cell.outputs[0] if cell.outputs else {} for cell in made.cells]
    return [first.get("text") or first.get("data", {}).get("text/plain", "") for first in firsts]


def gone(pid: int, seconds: float = 15.0) -> bool:
    """Whether a process ends soon and is not left as a zombie."""
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(params=OURS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("QUALCODE_ENGINE", request.param)
    return str(request.param)


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


@pytest.fixture(scope="module", autouse=True)
def _nothing_left() -> Iterator[None]:
    """After the last test no process of the engine is left."""
    yield
    provisioner.close()
    names = {"nursery.py", "ipykernel_launcher"}
    left = [command_of(child) for child in psutil.Process().children(recursive=True)]
    assert not [line for line in left if any(name in part for part in line for name in names)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # jupyter_core leaves its event loops open
        ensure_event_loop().close()
        gc.collect()


def test_many_in_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny notebooks, one after another, come out whole: no first output is lost, and nothing hangs."""
    monkeypatch.setenv("QUALCODE_ENGINE", "fork")
    for turn in range(30):
        assert run(f"print({turn})", f"{turn}", folder=tmp_path) == [f"{turn}\n", f"{turn}"]


@pytest.mark.parametrize("way", ["fork"], indirect=True)
def test_chance_is_fresh(way: str, tmp_path: Path) -> None:
    """Random numbers, of the library and of NumPy, differ from one notebook to the next."""
    source = "import random, numpy\nprint(random.random(), numpy.random.random(), numpy.random.default_rng().random())"
    numbers = [run(source, folder=tmp_path)[0].split() for _ in range(2)]
    assert all(first != second for first, second in zip(*numbers, strict=True))


@pytest.mark.parametrize("way", ["fork"], indirect=True)
def test_environment_is_the_one_asked_for(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that are read at the start of an interpreter or of a library count, also when they have changed."""
    source = "import sys, matplotlib\nprint(hash('a'), sys.flags.utf8_mode, matplotlib.get_backend(), sys.warnoptions)"
    seen = []
    for seed, backend in (("1", "svg"), ("2", "pdf"), ("1", "svg")):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("MPLBACKEND", backend)
        seen.append(run(source, folder=tmp_path)[0])
        assert f" {backend} " in seen[-1]
    assert seen[0] == seen[2] != seen[1]


@pytest.mark.parametrize("way", ["fork"], indirect=True)
def test_a_changed_library_is_read_again(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a warm process has read in a state that is past is used by no kernel any more."""
    library = tmp_path / "pustaka" / "seaborn.py"
    library.parent.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(library.parent))
    nurseries = []
    for turn in (1, 1, 2, 2, 2):
        library.write_text(f"turn = {turn}\n", "utf-8")
        os.utime(library, ns=(turn, turn))
        found, nursery = run("import os, seaborn\nseaborn.turn", "os.getppid()", folder=tmp_path)
        assert found == str(turn)
        nurseries.append(nursery)
    assert nurseries[0] == nurseries[1] != nurseries[3] == nurseries[4] != str(os.getpid())


def test_an_engine_for_all(tmp_path: Path) -> None:
    """`papermill --engine qualcode in out` works in a terminal, and leaves no process."""
    nbformat.write(notebook("import os\n(os.getpid(), os.getppid())"), tmp_path / "masuk.ipynb")
    command = [sys.executable, "-m", "papermill", "--engine", "qualcode", "masuk.ipynb", "keluar.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    done = nbformat.read(tmp_path / "keluar.ipynb", as_version=4)
    assert all(gone(pid, 2) for pid in ast.literal_eval(done.cells[0].outputs[0].data["text/plain"]))


def test_the_engine_can_be_imported_first() -> None:
    """papermill loads its engines while it is imported itself; either may come first."""
    script = "import qualcode.runs.engine, papermill.engines as e; print(e.papermill_engines.get_engine('qualcode'))"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_another_kernel_starts_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that is not ipykernel on this interpreter comes from its own command, as with papermill."""
    (tmp_path / "kernels" / "lain").mkdir(parents=True)
    command = "import sys; sys.lain = True; from ipykernel.kernelapp import main; main()"
    spec = {"argv": [sys.executable, "-c", command, "-f", "{connection_file}"], "display_name": "lain"}
    (tmp_path / "kernels" / "lain" / "kernel.json").write_text(json.dumps(spec | {"language": "python"}), "utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert run("import sys\nsys.lain", folder=tmp_path, kernel_name="lain", language="python") == ["True"]


def test_restart_and_interrupt(way: str, tmp_path: Path) -> None:
    """A kernel can be interrupted, restarted and killed through jupyter_client like any other."""

    async def steps() -> None:
        manager = WarmKernelManager(kernel_name="python3")
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        first = manager.provisioner.pid
        slow = client.execute("import time\nstate = 1\ntime.sleep(30)")
        await asyncio.sleep(0.5)
        await manager.interrupt_kernel()
        assert (await client._async_recv_reply(slow, timeout=10))["content"]["ename"] == "KeyboardInterrupt"
        await manager.restart_kernel()
        await client.wait_for_ready(timeout=30)
        assert gone(first) and manager.provisioner.pid != first
        again = await client._async_recv_reply(client.execute("state"), timeout=10)
        assert again["content"]["ename"] == "NameError"
        await manager.shutdown_kernel(now=True)
        client.stop_channels()
        assert gone(manager.provisioner.pid)

    asyncio.run(steps())


def test_nothing_outlives_its_owner(way: str, tmp_path: Path) -> None:
    """When the process that runs papermill is killed, its kernels, what they started and the nursery end as well."""
    source = "import os, subprocess, time\nn = subprocess.Popen(['sleep', '100']).pid\n"
    source += "open('pid', 'w').write(f'{os.getpid()} {n if kind else os.getpid()}\\n')\ntime.sleep(60)"
    nbformat.write(notebook(f"kind = {way == 'fork'}", source), tmp_path / "masuk.ipynb")
    command = [sys.executable, "-m", "papermill", "--engine", "qualcode", "masuk.ipynb", "keluar.ipynb"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as owner:
        written = tmp_path / "pid"
        while not (written.exists() and written.read_text().endswith("\n")):
            assert owner.poll() is None
            time.sleep(0.05)
        family = [child.pid for child in psutil.Process(owner.pid).children(recursive=True)]
        owner.kill()
    kernel = [int(each) for each in written.read_text().split()]
    rest = [pid for pid in family if pid not in kernel and psutil.pid_exists(pid) and "sleep" not in name_of(pid)]
    assert all(gone(pid) for pid in [*kernel, *rest])
    if way == "spawn":  # as with papermill: what a killed kernel started goes on
        for pid in family:
            if "sleep" in name_of(pid):
                os.kill(pid, signal.SIGKILL)


def name_of(pid: int) -> str:
    """A process's name; empty when it has ended."""
    try:
        return psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        return ""


def test_a_lost_nursery_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the nursery is killed its kernels end, papermill says that the kernel died, and the next notebook runs."""
    monkeypatch.setenv("QUALCODE_ENGINE", "fork")
    with pytest.raises(DeadKernelError):
        run("import os, time, signal\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(30)", folder=tmp_path)
    assert run("1", folder=tmp_path) == ["1"]
    assert run("2", folder=tmp_path) == ["2"]


def test_one_nursery_for_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and forked processes may ask one nursery at the same time, and each gets its own kernel."""
    monkeypatch.setenv("QUALCODE_ENGINE", "fork")
    parent = run("import os\nos.getppid()", folder=tmp_path)
    folders = [tmp_path / f"{number}" for number in range(4)]
    for folder in folders:
        folder.mkdir()
    source = "import os\n(os.getpid(), os.getppid())"
    for pool in (ThreadPoolExecutor(4), ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))):
        with pool, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks beside threads
            seen = [ast.literal_eval(text) for (text,) in pool.map(_run_in, [source] * 8, folders * 2)]
        assert {str(nursery) for _, nursery in seen} == set(parent)
        assert len({kernel for kernel, _ in seen}) == 8


def _run_in(source: str, folder: Path) -> list[str]:
    return run(source, folder=folder, cwd=None)


def test_saved_now_and_then_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook is not written after every cell, but whole at the end, also when a kernel died."""
    written = []
    monkeypatch.setattr(engines, "write_ipynb", lambda nb, path: written.append(json.dumps(nb)))
    run(*["1"] * 20, folder=tmp_path)
    assert 2 <= len(written) < 10
    assert written[-1].count('"completed"') == 20
    with pytest.raises(DeadKernelError):
        run("'masih'", "import os\nos._exit(1)", folder=tmp_path)
    assert "masih" in written[-1]


@pytest.mark.parametrize("way", ["fork"], indirect=True)
def test_stopped_from_another_thread(way: str, tmp_path: Path) -> None:
    """`stop` ends the kernel that runs, whoever calls it; papermill says that it died, and the next notebook runs."""
    assert run("1", folder=tmp_path) == ["1"]
    timer = threading.Timer(1.5, provisioner.stop)
    timer.start()
    with pytest.raises((DeadKernelError, RuntimeError)):
        run("import time\ntime.sleep(60)", folder=tmp_path)
    timer.join()
    assert run("2", folder=tmp_path) == ["2"]


def test_started_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nursery that was started ahead of need is the one that is used."""
    monkeypatch.setenv("QUALCODE_ENGINE", "fork")
    monkeypatch.setenv("UJI", "lebih dulu")
    before = {child.pid for child in psutil.Process().children()}
    provisioner.warm()
    (nursery,) = {child.pid for child in psutil.Process().children()} - before
    assert run("import os\nos.getppid()", folder=tmp_path) == [str(nursery)]
