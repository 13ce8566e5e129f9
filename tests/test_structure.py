"""The house keeps its shape: floors, the front door, the notebooks' form, the reasons for dependencies."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
import zipfile
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "qualcode"
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

FLOORS = {
    **dict.fromkeys(("wording", "errors", "memory", "records", "storage", "display", "figures"), 0),
    "text": 1,
    "intake": 2,
    "coding": 2,
    "analysis": 3,
    "frameworks": 4,
    "project": 5,
    **dict.fromkeys(("exchange", "reports", "runs", "jupyter", "cli"), 6),
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_layers(path: Path) -> None:
    """A room imports only rooms on lower floors or beside it."""
    own = room(name_of(path))
    for imported in imports(path):
        if own and imported.startswith("qualcode."):
            assert FLOORS[room(imported)] <= FLOORS[own], f"{name_of(path)} imports {imported}"


def test_no_circles() -> None:
    """No module of the library imports, over any way, itself."""
    graph = {name_of(path): {each for each in imports(path) if each.startswith("qualcode.")} for path in MODULES}
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("papermill", {"runs"}),
        ("nbconvert", {"reports"}),
        ("bs4", {"reports"}),
        ("click", {"cli"}),
        ("rich", {"cli"}),
        ("matplotlib", {"figures", "runs"}),
        ("seaborn", {"figures"}),
        ("defusedxml", {"intake"}),
        ("openpyxl", {"intake"}),
        ("ruamel", {"project"}),
        ("xlsxwriter", {"reports"}),
        ("lxml", {"intake"}),
        ("markdown_it", {"intake"}),
        ("pypdfium2", {"intake"}),
        ("charset_normalizer", {"intake"}),
        ("striprtf", {"intake"}),
        ("webvtt", {"intake"}),
        ("anywidget", {"jupyter"}),
    ],
)
def test_each_library_has_its_rooms(package: str, rooms: set[str]) -> None:
    """Only `runs` knows papermill, only `reports` nbconvert, only `cli` the terminal, only `figures` plotting."""
    users = {room(name_of(path)) for path in MODULES for each in imports(path) if each.split(".")[0] == package}
    assert users
    assert users <= rooms


def test_frameworks_do_not_import_each_other() -> None:
    """A framework stands on the sheet and on lower floors, never on another framework."""
    for path in (PACKAGE / "frameworks").glob("*.py"):
        others = {each for each in imports(path) if each.startswith("qualcode.frameworks.")}
        assert others <= {"qualcode.frameworks.sheet"}, path.name


def test_only_the_terminal_prints() -> None:
    """No module outside `cli` calls print."""
    for path in MODULES:
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        prints = any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)
        assert not prints, path


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_captions(path: Path) -> None:
    """Every module opens with a caption, and none is called after nothing in particular."""
    caption = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert caption
    assert re.search(r"[.;:]$", caption.splitlines()[0]), caption.splitlines()[0]
    assert not {"utils", "helpers", "core", "base", "common"} & set(name_of(path).split("."))


def test_front_door() -> None:
    """The front door is sorted, and every name in it opens and explains itself."""
    stub = (PACKAGE / "__init__.pyi").read_text("utf-8").splitlines()
    lines = [line for line in stub if line.startswith("from")]
    assert lines == sorted(lines)
    door = importlib.import_module("qualcode")
    names = [line.rsplit(" ", 1)[1] for line in lines]
    assert set(door.__all__) == set(names)
    for name in names:
        assert getattr(door, name).__doc__, name


def test_import_stays_light() -> None:
    """`import qualcode` loads none of the heavy libraries."""
    heavy = {"pandas", "matplotlib", "seaborn", "papermill", "nbconvert", "pydantic"}
    script = f"import sys, qualcode; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_dependency_has_its_reason() -> None:
    """pyproject.toml says beside each dependency why it is there."""
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    dependencies = [line for line in lines if re.match(r'\s+"[A-Za-z][\w.-]*(>=[\d.]+)?",', line)]
    declared = tomllib.loads("\n".join(lines))["project"]
    extras = [each for extra in declared["optional-dependencies"].values() for each in extra]
    for requirement in declared["dependencies"] + extras:
        line = next(line for line in dependencies if f'"{requirement}"' in line)
        assert re.search(r"# \w.{5,}", line), line


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_form(path: Path) -> None:
    """A notebook has one title with its question, annotated parameters, one import cell, prose before code, limits."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = notebook.cells
    assert re.fullmatch(r"\d\d-[a-z0-9-]+", path.stem)
    assert cells[0].source.startswith("# ")
    assert "**Pertanyaan.**" in cells[0].source
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    headings = re.findall(r"^## (.+)$", prose, re.MULTILINE)
    assert headings[-1] == "Keterbatasan"
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.metadata.get("tags") for cell in code].count(["parameters"]) == 1
    assert code[0].metadata.tags == ["parameters"]
    for line in code[0].source.splitlines():
        assert re.fullmatch(r"[a-z]+: (str = \"[^\"]*\"|bool = (True|False))  # .+", line), line
    assert sum("import " in cell.source for cell in code) == 1
    for cell in code:
        assert cell.outputs == []
        assert cell.execution_count is None
        assert not re.search(r"^\s*(def |class |!|%)|\.\./|[A-Za-z]:\\", cell.source, re.MULTILINE)
    for cell in cells:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id)
    for before, cell in pairwise(cells[2:]):
        follows_code_of_same_part = before.cell_type == "code" and before.id.split("-")[0] == cell.id.split("-")[0]
        if cell.cell_type == "code":
            assert before.cell_type == "markdown" or follows_code_of_same_part, cell.id


def test_style_and_types() -> None:
    """ruff finds nothing to mend and mypy, strict, nothing to doubt."""
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_wheel_carries_what_runs_need(tmp_path: Path) -> None:
    """The wheel holds the notebooks, codebooks and starter case as templates, the catalogue, types and page styles."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    for folder in ("notebooks", "codebooks"):
        sources = {path.name for path in (ROOT / folder).iterdir() if path.suffix in (".ipynb", ".yaml")}
        assert {f"qualcode/templates/{folder}/{name}" for name in sources} <= names
    assert {
        "qualcode/py.typed",
        "qualcode/__init__.pyi",
        "qualcode/wording.toml",
        "qualcode/checklists/coreq.yaml",
        "qualcode/starter/corpus/kasus-saya/case.yaml",
        "qualcode/starter/dot-gitattributes",
        "qualcode/reports/templates/page/index.html.j2",
        "qualcode/reports/templates/index.html.j2",
        "qualcode/reports/templates/look.css",
    } <= names
    assert not [name for name in names if "corpus/bandung" in name or name.startswith("tests/")]
