"""What a run asks of the disk is noticed, whichever way it asks; what stands for itself is left out."""

# What pathlib does is one way of asking among others.
# ruff: noqa: PTH116, PTH202, PTH208

import importlib
import multiprocessing
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.project import CODEBOOKS, CORPUS, REPORTS
from qualcode.runs import inputs, tracing
from qualcode.runs.inputs import CHANGED, LOST, MODULE, NETWORK, PROCESS, Trace, begin, environment_of, read_trace
from qualcode.runs.questions import CACHE, GENERATED, MISSING, Aspect, Disk, Question, sign
from qualcode.runs.surroundings import PACKAGE, Surroundings, Zone
from qualcode.runs.tracing import Tracer

PROGRAM = """\
import sys
from qualcode.runs import tracing
tracing.LIBRARY = sys.argv[2]
tracing.start(tracing.Tracer(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def _new_as_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process have opened libraries with eyes of their own; a kernel is new."""
    monkeypatch.setattr(tracing, "OWN_EYES", tracing.OWN_EYES.difference(sys.modules))


@pytest.fixture(scope="module", autouse=True)
def _library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A library in the place of qualcode's own code, which somebody may be working on."""
    folder = str(tmp_path_factory.mktemp("pustaka"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "PACKAGE", folder)
        patch.setattr(tracing, "LIBRARY", sign(Question(Aspect.TREE, folder)))
        yield


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder, outside the system's folder for scratch files, and the working folder."""
    (tmp_path / "sementara").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "sementara"))
    root = tmp_path / "proyek"
    for name, content in (("a.ipynb", "{}"), ("corpus/k/w.md", "teks"), ("corpus/k/v.md", "lain"), ("data/x.csv", "1")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    monkeypatch.chdir(root)
    return root


def traced(root: Path, work: Callable[[], object]) -> Trace:
    """What `work` asked of the disk, beyond what every run asks."""
    file = root.parent / "jejak"
    begin(file, root, root / "a.ipynb", Disk())
    tracer = Tracer(str(file))
    tracing.start(tracer)
    before = set(read_trace(file).answers)
    try:
        work()
    finally:
        tracing.stop()
    trace = read_trace(file)
    for question in before:
        del trace.answers[question]
    return trace


def asked(root: Path, work: Callable[[], object]) -> set[tuple[str, str]]:
    """Aspect and path, relative to the folder above the project, of all questions of `work`."""
    return {(each.aspect.value, os.path.relpath(each.path, root)) for each in traced(root, work).answers}


def program(root: Path, source: str) -> tuple[Trace, subprocess.CompletedProcess[str]]:
    """The trace of a Python process of its own."""
    file = root.parent / "jejak"
    begin(file, root, root / "a.ipynb", Disk())
    command = [sys.executable, "-c", PROGRAM + source, str(file), tracing.LIBRARY]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return read_trace(file), done


def content(root: Path, name: str) -> tuple[str, str]:
    return ("content", name)


@pytest.mark.parametrize(
    "work",
    [
        lambda: Path("corpus/k/w.md").read_text("utf-8"),
        lambda: Path("corpus/k/../k/w.md").read_bytes(),
        lambda: os.close(os.open(b"corpus/k/w.md", os.O_RDONLY)),
        lambda: sqlite3.connect("corpus/k/w.md").close(),
        lambda: sqlite3.connect("file:corpus/k/w.md?mode=ro", uri=True).close(),
        lambda: shutil.copy("corpus/k/w.md", "data/salinan.md"),
        lambda: urllib.request.urlopen(Path("corpus/k/w.md").resolve().as_uri()).close(),
        lambda: importlib.import_module("lxml.etree").parse("corpus/k/w.md", parser()),
        lambda: threaded(Path("corpus/k/w.md").read_bytes),
    ],
)
def test_reading_counts(root: Path, work: Callable[[], object]) -> None:
    """A file that is read, by whatever means, counts with its content and with its neighbours' names."""
    trace = traced(root, work)
    answers = {(each.aspect, os.path.realpath(each.path)): answer for each, answer in trace.answers.items()}
    path = str(root / "corpus" / "k" / "w.md")
    assert answers[Aspect.CONTENT, path] == Disk().answer(Question(Aspect.CONTENT, path))
    assert (Aspect.NAMES, str(root / "corpus" / "k")) in answers
    assert not trace.doubts


def parser() -> object:
    return importlib.import_module("lxml.etree").HTMLParser()


def threaded(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("work", "question"),
    [
        (lambda: Path("data/tiada.csv").exists(), ("look", "data/tiada.csv")),
        (lambda: Path("data/x.csv").is_file(), ("look", "data/x.csv")),
        (lambda: os.path.getsize("data/x.csv"), ("look", "data/x.csv")),
        (lambda: os.access("data/x.csv", os.R_OK), ("look", "data/x.csv")),
        (lambda: Path("data/x.csv").is_symlink(), ("link", "data/x.csv")),
        (lambda: list(Path("data").iterdir()), ("names", "data")),
        (lambda: list(Path("data").glob("*.csv")), ("sizes", "data")),
        (lambda: list(Path().glob("*")), ("top", ".")),
        (lambda: os.listdir(), ("top", ".")),
        (lambda: in_folder("data", lambda fd: os.listdir(fd)), ("names", "data")),
        (lambda: in_folder("data", lambda fd: os.stat("x.csv", dir_fd=fd)), ("look", "data/x.csv")),
        (lambda: in_folder("data", lambda fd: os.close(os.open("x.csv", 0, dir_fd=fd))), ("content", "data/x.csv")),
        (lambda: refused(OSError, Path("data/tiada.csv").read_text), ("content", "data/tiada.csv")),
        (lambda: refused(OSError, lambda: os.listdir("tiada")), ("names", "tiada")),
        (lambda: refused(ImportError, lambda: importlib.import_module("tiada_modul")), ("top", ".")),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_questions_count(
    root: Path, work: Callable[[], object], question: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a file is there, how large it is, what a folder holds: also where the answer is that nothing is there."""
    monkeypatch.syspath_prepend(root)
    assert question in asked(root, work)


def refused(error: type[Exception], work: Callable[[], object]) -> None:
    with pytest.raises(error):
        work()


def in_folder(name: str, work: Callable[[int], object]) -> None:
    fd = os.open(name, os.O_RDONLY)
    try:
        work(fd)
    finally:
        os.close(fd)


def test_modules_of_the_project_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module beside the notebooks counts with its source, also when only its compiled form is opened."""
    monkeypatch.syspath_prepend(root)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (root / "milik_saya.py").write_text("nilai = 1\n", "utf-8")
    for _ in range(2):
        assert content(root, "milik_saya.py") in asked(root, lambda: importlib.import_module("milik_saya"))
        del sys.modules["milik_saya"]
    assert list((root / "__pycache__").iterdir())


def test_what_was_imported_before_counts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the project that was there before the trace began is read, too."""
    monkeypatch.syspath_prepend(root)
    (root / "lebih_dulu.py").write_text("nilai = 1\n", "utf-8")
    importlib.import_module("lebih_dulu")
    file = root.parent / "jejak"
    begin(file, root, root / "a.ipynb", Disk())
    tracing.start(Tracer(str(file)))
    tracing.stop()
    del sys.modules["lebih_dulu"]
    assert Question(Aspect.CONTENT, str(root / "lebih_dulu.py")) in read_trace(file).answers


def test_files_outside_the_project_count(root: Path) -> None:
    """A table on the desktop is an input; what lies beside it is not."""
    desktop = root.parent / "Desktop"
    desktop.mkdir()
    (desktop / "tabel.csv").write_text("1", "utf-8")
    assert asked(root, (desktop / "tabel.csv").read_bytes) == {content(root, "../Desktop/tabel.csv")}


def test_what_stands_for_itself_does_not_count(root: Path) -> None:
    """Libraries, caches, questions about scratch files and the run's own products are no inputs."""
    scratch = root.parent / "sementara"
    (root / CACHE).mkdir()
    (root / CACHE / "kata.sqlite").write_bytes(b"")

    def work() -> None:
        Path(os.__file__).read_bytes()
        Path(PACKAGE, "wording.toml").read_bytes()
        Path(pytest.__file__).is_file()
        sqlite3.connect(root / CACHE / "kata.sqlite").close()
        list(scratch.iterdir())
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "x").write_bytes(b"1")
            (Path(folder) / "x").read_bytes()
        (root / "hasil.csv").write_text("1", "utf-8")
        (root / "hasil.csv").read_bytes()
        assert (root / "hasil.csv").exists()

    trace = traced(root, work)
    assert not trace.answers
    assert not trace.doubts
    assert trace.made == {str(root / "hasil.csv")}


def test_scratch_files_of_others_count(root: Path) -> None:
    """A file that somebody else put among the scratch files is an input like any other."""
    (root.parent / "sementara" / "x.csv").write_bytes(b"1")
    assert asked(root, (root.parent / "sementara" / "x.csv").read_bytes) == {content(root, "../sementara/x.csv")}


def test_what_is_added_to_is_read(root: Path) -> None:
    """A file that is added to, or changed in its place, is an input; only one written whole is not."""

    def work() -> None:
        with Path("data/x.csv").open("a") as file:
            file.write("2")
        with Path("corpus/k/w.md").open("r+") as file:
            file.write("T")

    trace = traced(root, work)
    for name in ("data/x.csv", "corpus/k/w.md"):
        question = Question(Aspect.CONTENT, str(root / name))
        assert trace.answers[question] != Disk().answer(question)


def test_moved_and_removed_files_count(root: Path) -> None:
    """What a run moves or removes it had to find first."""

    def work() -> None:
        Path("corpus/k/w.md").rename("data/w.md")
        Path("data/x.csv").unlink()

    names = asked(root, work)
    assert {content(root, "corpus/k/w.md"), content(root, "data/x.csv")} <= names


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_links_count_as_given(root: Path) -> None:
    """Through a link, what it leads to counts under the link's name: another aim is another content."""
    Path("pintas.md").symlink_to("corpus/k/w.md")
    question = Question(Aspect.CONTENT, str(root / "pintas.md"))
    trace = traced(root, Path("pintas.md").read_bytes)
    Path("pintas.md").unlink()
    Path("pintas.md").symlink_to("corpus/k/v.md")
    assert trace.answers[question] != Disk().answer(question)


@pytest.mark.parametrize("name", ["kajian ß é 語.md", "baris\nbaru.md", pytest.param(b"\xff.md", id="no text")])
@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse some of these names")
def test_any_name(root: Path, name: str | bytes) -> None:
    """Names in any script count, also those that are no text."""
    path = root / os.fsdecode(name)
    path.write_bytes(b"1")
    assert Question(Aspect.CONTENT, str(path)) in traced(root, path.read_bytes).answers


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import subprocess; subprocess.run(['true'])", PROCESS),
        ("import os; os.system('true')", PROCESS),
        ("import os; pid = os.fork(); pid or os.execv('/bin/true', ['true']); os.wait()", PROCESS),
        ("import multiprocessing as m; p = m.get_context('spawn').Process(); p.start(); p.join()", PROCESS),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", NETWORK),
        ("import urllib.request as u\ntry: u.urlopen('http://localhost:9')\nexcept OSError: pass", NETWORK),
        ("import sys, types; sys.path[:0] = ['.']\nfrom pyarrow import parquet", MODULE),
        ("import importlib, sys; sys.path[:0] = ['.']\nimportlib.import_module('duckdb')", MODULE),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="without fork and exec")
def test_what_cannot_be_followed_is_told(root: Path, source: str, kind: str) -> None:
    """Other programs, the network and libraries with eyes of their own make a trace that says it is not all."""
    for name in ("pyarrow/__init__.py", "pyarrow/parquet.py", "duckdb.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("", "utf-8")
    trace, done = program(root, source)
    assert done.returncode == 0, done.stderr
    assert {doubt for doubt, _ in trace.doubts} == {kind}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork")
def test_forked_children_are_followed(root: Path) -> None:
    """What a forked child reads counts like what its parent reads."""
    source = "import os\nfrom pathlib import Path\npid = os.fork()\n"
    source += "if not pid:\n    Path('corpus/k/w.md').read_text(); os._exit(0)\nos.wait()"
    trace, done = program(root, source)
    assert done.returncode == 0, done.stderr
    assert Question(Aspect.CONTENT, str(root / "corpus/k/w.md")) in trace.answers
    assert not trace.doubts


def test_a_killed_run_leaves_its_trace(root: Path) -> None:
    """What a run read before it was killed is in its trace."""
    trace, done = program(
        root, "import os\nfrom pathlib import Path\nPath('data/x.csv').read_text()\nos.kill(os.getpid(), 9)"
    )
    assert done.returncode == -9
    assert Question(Aspect.CONTENT, str(root / "data/x.csv")) in trace.answers


def test_a_pool_of_processes(root: Path) -> None:
    """A pool of forked workers, as notebooks use it, is followed, too."""
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("without fork")
    source = "import multiprocessing as m\nfrom pathlib import Path\n"
    source += "with m.get_context('fork').Pool(2) as pool: pool.map(Path.read_bytes, Path('corpus/k').glob('*.md'))"
    trace, done = program(root, source)
    assert done.returncode == 0, done.stderr
    assert {Question(Aspect.CONTENT, str(root / f"corpus/k/{each}.md")) for each in "vw"} <= set(trace.answers)


@pytest.mark.parametrize("damage", ["closed", "reused", "gone"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="files can be taken away while they are open")
def test_a_trace_that_cannot_be_kept_is_no_trace(root: Path, damage: str) -> None:
    """When the run closes the trace's file, or it disappears, nothing else is written to, and the trace says so."""
    source = "import os, sys\nfrom pathlib import Path\nPath('data/x.csv').read_text()\n"
    source += {
        "closed": "os.closerange(3, 64)\n",
        "reused": "os.closerange(3, 64); files = [os.open('milik.txt', 66 | 512) for _ in range(8)]\n",
        "gone": "os.remove(sys.argv[1])\n",
    }[damage]
    trace, done = program(root, source + "Path('corpus/k/w.md').read_text()")
    assert done.returncode == 0, done.stderr
    assert (LOST, "") in trace.doubts
    assert not Path("milik.txt").exists() or not Path("milik.txt").read_bytes()


@given(st.integers(0, 400), st.sampled_from(["torn", "without the beginning"]))
def test_torn_traces_are_told(tmp_path_factory: pytest.TempPathFactory, at: int, how: str) -> None:
    """A trace that ends in the middle of a line, or lacks its head, is not whole; and never an error."""
    folder = tmp_path_factory.mktemp("jejak")
    whole = (
        b'["trace", "1", "/proyek"]\n["asked", "look", "/proyek/a", "missing", ""]\n["begun"]\n["made", "/proyek/b"]\n'
    )
    cut = at % len(whole)
    kept = whole[:cut] if how == "torn" else whole[cut + 1 :]
    (folder / "t").write_bytes(kept)
    is_whole = how == "torn" and kept.endswith(b"\n") and b"begun" in kept
    assert ((LOST, "") in read_trace(folder / "t").doubts) is not is_whole


def test_two_answers_to_one_question(tmp_path: Path) -> None:
    """A file that answered twice, differently, was changed in between."""
    said = '["trace", "1", "/p"]\n["begun"]\n'
    said += '["asked", "content", "/p/a", "1", ""]\n["asked", "content", "/p/a", "2", ""]\n'
    (tmp_path / "t").write_text(said, "utf-8")
    assert read_trace(tmp_path / "t").doubts == [(CHANGED, "/p/a")]


def test_following_changes_nothing_for_the_run(root: Path) -> None:
    """Errors, results and what `os` says of its functions stay as they were."""

    def work() -> None:
        assert os.stat in os.supports_dir_fd or os.name == "nt"
        assert os.stat("data").st_mode == Path("data").stat().st_mode
        with pytest.raises(FileNotFoundError, match="tiada"):
            os.stat("tiada")
        with pytest.raises(TypeError):
            os.stat(1.5)  # type: ignore[call-overload]
        with pytest.raises(ValueError, match="null"):
            os.lstat("a\0b")
        assert os.stat(0)
        shutil.rmtree("data")

    before = os.stat
    assert not traced(root, work).doubts
    assert os.stat is before


def test_zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is not taken for one whose name begins alike, and a virtual environment in the project is a library."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "simpanan"))
    around = Surroundings(str(tmp_path / "pro"))
    zones = {
        tmp_path / "pro" / "a": Zone.PROJECT,
        tmp_path / "pro": Zone.PROJECT,
        tmp_path / "pro" / CACHE / "x": Zone.NONE,
        tmp_path / "pro" / GENERATED / "x": Zone.MADE,
        tmp_path / "pro" / "reports-lama" / "x": Zone.PROJECT,
        tmp_path / "proyek" / "a": Zone.SCRATCH,
        tmp_path / "simpanan" / "x": Zone.NONE,
        Path(PACKAGE) / "x.py": Zone.NONE,
        Path(pytest.__file__): Zone.NONE,
        Path("/data/x.csv"): Zone.OUTSIDE,
    }
    assert {path: around.zone(str(path)) for path in zones} == zones


def test_names_agree_with_the_project() -> None:
    """The kernel's side imports nothing of the project's, but means the same folders."""
    from qualcode.analysis.wordindex import FOLDER

    assert (GENERATED, CACHE) == (REPORTS, FOLDER)
    assert {CORPUS, CODEBOOKS}.isdisjoint({GENERATED, CACHE})


def test_environment() -> None:
    """Settings of Python, figures and language count; those of the terminal do not."""
    assert environment_of({"LC_ALL": "id_ID", "MPLBACKEND": "agg", "PWD": "/", "JPY_PARENT_PID": "1"}) == {
        "LC_ALL": "id_ID",
        "MPLBACKEND": "agg",
    }


def test_a_disk_reads_what_changed(tmp_path: Path) -> None:
    """What was read before is read anew as soon as the file differs, even within a moment and at the same size."""
    disk = Disk()
    question = Question(Aspect.CONTENT, str(tmp_path / "x"))
    seen = set()
    for number in range(50):
        (tmp_path / "x").write_text(f"{number:02}", "utf-8")
        seen.add(disk.answer(question))
    assert len(seen) == 50
    (tmp_path / "x").unlink()
    assert disk.answer(question) == MISSING


@pytest.fixture(autouse=True)
def _nobody_listens() -> Iterator[None]:
    yield
    tracing.stop()


def test_local_pairs_of_sockets(root: Path) -> None:
    """A pair of sockets inside the process is no network."""

    def work() -> None:
        for each in socket.socketpair():
            each.close()

    assert not traced(root, work).doubts
