"""Nothing twice, and nothing stale: a run is up to date exactly as long as it would give the same again."""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import papermill
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import qualcode as qc
from qualcode.project.reviewing import comment_on_case, comments_in
from qualcode.runs import inputs, questions, tracing
from qualcode.runs.inputs import CHANGED, LOST, MODULE, NETWORK, PROCESS, begin, read_trace
from qualcode.runs.questions import Aspect, Disk, Question, sign
from qualcode.runs.surroundings import PACKAGE
from qualcode.runs.tracing import Tracer
from qualcode.runs.upkeep import Order, Record, conclude, differences, forget, load, reasons_to_run, remember, store


@pytest.fixture(scope="module", autouse=True)
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A library in the place of qualcode's own code and of what is installed: somebody may be working on those."""
    folder = tmp_path_factory.mktemp("pustaka")
    (folder / "modul.py").write_text("nilai = 1\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "PACKAGE", str(folder))
        patch.setattr(inputs, "package_folders", lambda: [str(folder)])
        patch.setattr(tracing, "package_folders", lambda: [str(folder)])
        patch.setattr(tracing, "LIBRARY", sign(Question(Aspect.TREE, str(folder))))
        # Other tests of this process have opened some of these; a kernel is new.
        patch.setattr(tracing, "OWN_EYES", tracing.OWN_EYES.difference(sys.modules))
        yield folder


NEVER = ("belum pernah selesai",)
OUTPUT = "reports/k/a.ipynb"


def order_of(root: Path, **parameters: object) -> Order:
    environment = {"PYTHONHASHSEED": "0", "SHLVL": "1"}
    return Order(root, root / "notebooks/a.ipynb", parameters or {"case": "k"}, (root / OUTPUT,), environment)


def run(order: Order, work: Callable[[Path], object]) -> Record:
    """A run without a kernel: `work` is what the notebook does, and its result is what the run makes."""
    file = order.root.parent / f"jejak-{order.root.name}"
    disk = Disk()
    begin(file, order.root, order.notebook, disk)
    tracing.start(Tracer(str(file)))
    try:
        content = repr(work(order.root)).encode()
    finally:
        tracing.stop()
    (output,) = order.outputs
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(content)
    return remember(order, read_trace(file), {output: content}, disk)


def why(order: Order) -> tuple[str, ...]:
    """What a new batch would say."""
    return reasons_to_run(order, Disk())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project."""
    return planted(tmp_path / "proyek", {"corpus/k/w.md": "teks", "corpus/l/w.md": "lain", "data/x.csv": "1"})


def planted(root: Path, files: dict[str, str]) -> Path:
    for name, content in {"notebooks/a.ipynb": "{}", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    return root


def read_case(root: Path) -> str:
    return (root / "corpus/k/w.md").read_text("utf-8")


def test_an_unchanged_run_is_up_to_date(root: Path) -> None:
    """A run that never happened has to; once done it is up to date, for every later process."""
    order = order_of(root)
    assert why(order) == NEVER
    assert not run(order, read_case).doubts
    assert why(order) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda root: (root / "corpus/k/w.md").write_text("teks.", "utf-8"), ["corpus/k/w.md"]),
        (lambda root: (root / "corpus/k/w.md").write_text("tekz", "utf-8"), ["corpus/k/w.md"]),
        (lambda root: (root / "corpus/k/w.md").unlink(), ["corpus/k/", "corpus/k/w.md"]),
        (lambda root: (root / "corpus/k/v.md").write_text("baru", "utf-8"), ["corpus/k/"]),
        (lambda root: (root / "notebooks/a.ipynb").write_text("{ }", "utf-8"), ["notebooks/a.ipynb"]),
        (lambda root: (root / OUTPUT).write_text("disunting", "utf-8"), [OUTPUT]),
        (lambda root: (root / OUTPUT).unlink(), [OUTPUT]),
        (lambda root: shutil.rmtree(root / "reports"), [OUTPUT]),
        (lambda root: shutil.rmtree(root / ".qualcode"), list(NEVER)),
        (lambda root: (root / "corpus/l/w.md").write_text("kasus lain", "utf-8"), []),
        (lambda root: (root / "corpus/m").mkdir(), []),
        (lambda root: (root / "corpus/k/.w.md.swp").write_text("editor", "utf-8"), []),
        (lambda root: (root / "data/x.csv").unlink(), []),
        (lambda root: (root / "reports/k/b.ipynb").write_text("notebook lain", "utf-8"), []),
        (lambda root: os.utime(root / "corpus/k/w.md", (1, 1)), []),
    ],
)
def test_the_right_runs_happen(root: Path, change: Callable[[Path], object], said: list[str]) -> None:
    """What was read, the notebook and what was made count, by content; nothing else does; and the change is named."""
    order = order_of(root)
    run(order, read_case)
    change(root)
    assert list(why(order)) == said


def test_a_comment_makes_a_run_out_of_date(root: Path) -> None:
    """A folder of comments that is not there is asked for, too: the first comment counts, and each that follows."""
    (root / "corpus/k/case.yaml").write_text("id: k", "utf-8")

    def reads_comments(root: Path) -> list[str]:
        return [each.text for each in comments_in(root, "k")]

    order = order_of(root)
    assert not run(order, reads_comments).doubts
    assert why(order) == ()
    comment_on_case(root, "l", "Kasus lain.", author="pembimbing")
    assert why(order) == ()
    for author, told in (
        ("pembimbing", "reviews/k"),
        ("pembimbing", "reviews/k/pembimbing.jsonl"),
        ("ana", "reviews/k/"),
    ):
        comment_on_case(root, "k", "Ya.", author=author)
        assert told in why(order)
        run(order, reads_comments)
        assert why(order) == ()


def test_orders_count(root: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other parameters, settings of Python, or another code of qualcode make another run."""
    order = order_of(root)
    run(order, read_case)
    assert why(order_of(root, case="l")) == ("parameter case",)
    assert why(order_of(root, case="k", coder="ana")) == ("parameter coder",)
    assert why(replace(order, environment={"PYTHONHASHSEED": "1", "SHLVL": "2"})) == ("$PYTHONHASHSEED",)
    assert why(replace(order, outputs=(root / "lain.ipynb",))) == NEVER
    with monkeypatch.context() as patch:
        patch.setattr(questions, "_packages", lambda _: "pandas-9.dist-info")
        assert why(order) == ("pustaka Python yang terpasang",)
    (library / "baru.py").write_text("", "utf-8")
    assert why(order) == (library.name,)
    (library / "baru.py").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version", "4.0")
        assert why(order) == ("Python",)
    assert why(order) == ()


def test_what_a_run_makes_beside_its_outputs(root: Path) -> None:
    """A table that the notebook writes into the project is made again when it is gone or edited."""

    def work(root: Path) -> str:
        (root / "hasil.csv").write_text("1,2", "utf-8")
        return (root / "hasil.csv").read_text("utf-8")

    order = order_of(root)
    for change in (lambda: (root / "hasil.csv").unlink(), lambda: (root / "hasil.csv").write_text("3", "utf-8")):
        run(order, work)
        assert why(order) == ()
        change()
        assert why(order) == ("hasil.csv",)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_text("lain", "utf-8"),
        lambda path: (path.write_text("lain", "utf-8"), path.write_text("teks", "utf-8")),
        lambda path: path.unlink(),
        lambda path: (path.with_name("baru").write_text("teks", "utf-8"), path.with_name("baru").replace(path)),
    ],
)
def test_what_changes_during_a_run_is_not_believed(root: Path, change: Callable[[Path], object]) -> None:
    """When an input was touched after it was read, even back to what it was, nobody knows what the run has seen."""
    path = root / "corpus/k/w.md"
    order = order_of(root)
    file, disk = root.parent / "jejak", Disk()
    begin(file, root, order.notebook, disk)
    tracing.start(Tracer(str(file)))
    read_case(root)
    tracing.stop()
    time.sleep(0.02)  # a tick of the clock that files are dated by
    change(path)
    record = conclude(order, read_trace(file), {}, disk)
    assert (CHANGED, "corpus/k/w.md") in record.doubts
    assert differences(record, order, Disk())[0].startswith("corpus/k/")


def test_an_old_library_in_a_warm_process(root: Path, library: Path) -> None:
    """A process that imported the library before it was changed runs old code: what it makes is not up to date."""
    (library / "modul.py").write_text("nilai = 2\n", "utf-8")
    try:
        order = order_of(root)
        assert (CHANGED, str(library)) in run(order, read_case).doubts
    finally:
        tracing.LIBRARY = sign(Question(Aspect.TREE, str(library)))


def test_a_notebook_edited_before_its_kernel_came_up(root: Path) -> None:
    """The notebook counts as read from the beginning of the run."""
    order = order_of(root)

    def work(root: Path) -> None:
        (root / "notebooks" / "baru").write_text("[]", "utf-8")
        (root / "notebooks" / "baru").replace(root / "notebooks/a.ipynb")

    run(order, work)
    assert why(order) == ("notebooks/a.ipynb diubah selama berjalan",)


def test_doubtful_runs_say_why(root: Path) -> None:
    """A run that could not be followed happens again each time, and the person is told what in it is the reason."""
    order = order_of(root)
    for kind, said in {
        PROCESS: "program lain (X)",
        NETWORK: "jaringan (X)",
        MODULE: "memakai X",
        LOST: "tidak tercatat",
        CHANGED: "X diubah",
    }.items():
        store(order.record, Record(order.said(), (), (), ((kind, "X"),)))
        (reason,) = why(order)
        assert said in reason
    run(order, lambda _: os.system("true"))
    assert "program lain (true)" in why(order)[0]


def test_failed_runs_are_forgotten(root: Path) -> None:
    """What failed is run again; forgetting what is not there is no error."""
    order = order_of(root)
    run(order, read_case)
    for _ in range(2):
        forget(order)
        assert why(order) == NEVER


def test_a_record_that_cannot_be_kept(root: Path) -> None:
    """Where nothing can be written, the run goes well all the same, and happens again."""
    (root / ".qualcode").write_text("", "utf-8")
    order = order_of(root)
    assert not run(order, read_case).doubts
    assert why(order) == NEVER


@given(st.data())
def test_damaged_records_are_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A record cut off, or with any byte changed, is no record; and never an error."""
    file = tmp_path_factory.mktemp("catatan") / "r.json"
    record = Record({"a": "b"}, ((Question(Aspect.LOOK, "é\n"), "missing"),), (("x", "1"),))
    store(file, record)
    assert load(file) == record
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        file.write_bytes(whole[:at])
    else:
        other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
        file.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
    assert load(file) is None


@pytest.mark.parametrize("content", [b"", b"{}", b'{"order": {}, "answers": [["warna", "x", "y"]]}', b"[]", b"\xff"])
def test_records_of_other_formats_are_none(tmp_path: Path, content: bytes) -> None:
    """A record that is whole but says something else is no record."""
    (tmp_path / "r").write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    assert load(tmp_path / "r") is None


# Random runs over random trees ----------------------------------------------------------------------------------------

NAMES = ("a", "é")
FOLDERS = ("", "p", "p/r")
PATHS = [f"{folder}/{name}".lstrip("/") for folder in FOLDERS for name in NAMES]
CONTENTS = ("", "x", "y", "panjang")

Step = tuple[str, str]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("read", "exists", "is_file", "size", "link")), st.sampled_from((*PATHS, *FOLDERS))),
        st.tuples(st.sampled_from(("names", "glob", "walk", "sizes")), st.sampled_from((*FOLDERS, "p/a"))),
    ),
    max_size=6,
)
TREES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(CONTENTS), max_size=8)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(PATHS), st.sampled_from(CONTENTS)),
        st.tuples(st.just("delete"), st.sampled_from((*PATHS, *FOLDERS[1:])), st.just("")),
        st.tuples(st.just("rename"), st.sampled_from((*PATHS, *FOLDERS[1:])), st.sampled_from((*PATHS, *FOLDERS[1:]))),
        st.tuples(st.just("folder"), st.sampled_from((*PATHS, *FOLDERS[1:])), st.just("")),
        st.tuples(st.just("link"), st.sampled_from(PATHS), st.sampled_from(PATHS)),
    ),
    min_size=1,
    max_size=2,
)


def answer(top: Path, step: Step) -> object:
    """What a step of a run finds out, or that it cannot."""
    kind, name = step
    path = top / name
    try:
        if kind == "read":
            return path.read_text("utf-8")
        if kind == "exists":
            return path.exists()
        if kind == "is_file":
            return path.is_file()
        if kind == "size":
            return path.stat().st_size if path.is_file() else None
        if kind == "link":
            return str(path.readlink()) if path.is_symlink() else None
        if kind == "names":
            return sorted(each.name for each in path.iterdir())
        if kind == "glob":
            return sorted(str(each.relative_to(top)) for each in path.glob("*") if each.is_dir())
        if kind == "sizes":
            with os.scandir(path) as entries:
                return sorted((each.name, each.is_file() and each.stat().st_size) for each in entries)
        return sorted((str(Path(at).relative_to(top)), *map(tuple, rest)) for at, *rest in sorted_walk(path))
    except (OSError, UnicodeDecodeError) as error:
        return type(error).__name__


def sorted_walk(path: Path) -> Iterable[tuple[str, list[str], list[str]]]:
    for at, folders, names in os.walk(path):
        folders.sort()
        yield at, list(folders), sorted(names)


def change(top: Path, how: str, name: str, other: str) -> None:
    """One thing that a person does in between; what cannot be done is not done."""
    path = top / name
    try:
        if how == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(other, "utf-8")
        elif how == "delete":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        elif how == "rename":
            path.rename(top / other)
        elif how == "link":
            path.symlink_to(top / other)
        else:
            path.mkdir(parents=True)
    except OSError:
        return


def state(top: Path) -> dict[str, str]:
    """Everything there is: path -> what it is and holds."""
    found = {}
    for path in sorted(top.rglob("*")):
        name = str(path.relative_to(top))
        if path.is_symlink():
            found[name] = f"link {path.readlink()}"
        found[name] = found.get(name, "") + ("folder" if path.is_dir() else f"= {read_or_none(path)}")
    return found


def read_or_none(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except OSError:
        return None


def touches(step: Step, changed: str) -> bool:
    """Whether a step may see a change at a path: its own, one above or below it, or one in the folder it stands in."""
    kind, name = step
    folder = name if kind in ("names", "glob", "walk", "sizes") else os.path.dirname(name)  # noqa: PTH120
    near = (name, folder) if kind in ("read", "names", "glob", "walk", "sizes") else (name,)
    return any(
        not each or changed == each or changed.startswith(f"{each}/") or each.startswith(f"{changed}/") for each in near
    )


@settings(max_examples=300)
@example({"a": "x"}, [("size", "a")], [("write", "a", "panjang")])
@example({"a": "x"}, [("is_file", "a")], [("delete", "a", ""), ("folder", "a", "")])
@example({"p/a": "x"}, [("glob", "p")], [("delete", "p/a", ""), ("folder", "p/a", "")])
@example({"p/a": "x"}, [("sizes", "p")], [("write", "p/a", "panjang")])
@example({}, [("names", "p/a")], [("write", "p/a", "")])
@example({"a": "x", "é": "x"}, [("link", "p")], [("link", "p", "a")])
@given(TREES, STEPS, CHANGES)
def test_never_stale_and_never_in_vain(
    tree: dict[str, str], steps: list[Step], changes: list[tuple[str, str, str]]
) -> None:
    """Whatever changes: if a run would give something else it is not up to date, and if it saw nothing of it, it is."""
    with tempfile.TemporaryDirectory() as folder:
        root = planted(Path(folder).resolve() / "proyek", {})
        top = root / "data"
        top.mkdir()
        for name, content in tree.items():
            change(top, "write", name, content)

        def work(root: Path) -> list[object]:
            return [answer(root / "data", step) for step in steps]

        order = order_of(root)
        assert not run(order, work).doubts
        assert why(order) == ()
        result, before = work(root), state(top)
        for each in changes:
            change(top, *each)
        after = state(top)
        reasons = why(order)
        if work(root) != result:
            assert reasons
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if "link" not in "".join([*before.values(), *after.values()]) and not any(
            touches(step, name) for step in steps for name in changed
        ):
            assert reasons == ()


@settings(max_examples=30)
@given(st.data())
def test_any_byte_of_any_input(data: st.DataObject) -> None:
    """Any byte changed in anything a run has read, and that run happens again, and only that one."""
    with tempfile.TemporaryDirectory() as folder:
        cases = ("k", "l")
        files = {f"corpus/{case}/{name}.md": f"teks {case} {name}" for case in cases for name in ("v", "w")}
        root = planted(Path(folder).resolve() / "proyek", {**files, "kamus.csv": "bentuk,kata\n"})

        def ordered(case: str) -> Order:
            return replace(order_of(root, case=case), outputs=(root / f"reports/{case}/a.ipynb",))

        for case in cases:
            run(
                ordered(case),
                lambda root, case=case: [each.read_text("utf-8") for each in (root / "corpus" / case).glob("*.md")],
            )
        path = data.draw(st.sampled_from(sorted(files)))
        content = bytearray((root / path).read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 127))
        (root / path).write_bytes(content)
        assert [case for case in cases if why(ordered(case))] == [path.split("/")[1]]


# With what the library reads, and a kernel ----------------------------------------------------------------------------


def test_the_word_index_hides_no_input(make_project: Callable[..., qc.Project]) -> None:
    """A question answered from the index of words asks of every text all the same, also when the index was there."""
    root = make_project().root.resolve()
    planted(root, {})
    order = order_of(root)

    def work(root: Path) -> str:
        return repr(qc.concordance(qc.open_project(root), "balas"))

    asked = [{question for question, _ in run(order, work).answers} for _ in range(2)]
    assert (root / ".qualcode" / "kata.sqlite").exists()
    texts = {f"corpus/kasus/{name}.md" for name in ("w-i1", "w-i2", "o-1", "d-1")}
    assert all(texts <= {path for aspect, path in each if aspect == "content"} for each in asked)
    assert why(order) == ()
    (root / ".qualcode" / "kata.sqlite").unlink()
    assert why(order) == ()


def test_a_kernel_traces_its_reading(make_project: Callable[..., qc.Project], monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook run by papermill with the arguments that `begin` gives is up to date until its case changes."""
    monkeypatch.setattr(inputs, "PACKAGE", PACKAGE)
    root = make_project(files={"catatan.txt": "satu"}).root.resolve()
    source = "import qualcode as qc\nfrom pathlib import Path\n"
    source += "qc.open_project().case('kasus'), Path('tiada.txt').exists(), Path('catatan.txt').read_text()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id="isi")])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    planted(root, {"notebooks/a.ipynb": json.dumps(notebook)})
    order, disk, trace = order_of(root), Disk(), root.parent / "jejak"
    more = begin(trace, root, order.notebook, disk)
    order.outputs[0].parent.mkdir(parents=True)
    papermill.execute_notebook(
        order.notebook, order.outputs[0], cwd=root, progress_bar=False, log_output=False, extra_arguments=more
    )
    record = remember(order, read_trace(trace), {order.outputs[0]: order.outputs[0].read_bytes()}, disk)
    assert not record.doubts
    assert why(order) == ()
    read = {path for (aspect, path), _ in record.answers if aspect == "content" and not path.startswith("/")}
    assert {"corpus/kasus/case.yaml", "corpus/kasus/w-i1.md", "codebooks/uji.yaml", "catatan.txt"} <= read
    with (root / "corpus/kasus/w-i1.md").open("a", encoding="utf-8") as file:
        file.write("\nI1: Satu lagi.\n")
    assert "corpus/kasus/w-i1.md" in why(order)
