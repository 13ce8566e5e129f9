"""The README is true: its Python, its terminal lines and its two commands are what the project does."""

import doctest
import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from qualcode.cli import VERBS, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_python_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's Python gives the very output that stands below each line."""
    monkeypatch.chdir(ROOT)
    lines = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    test = doctest.DocTestParser().get_doctest(lines, {}, "README.md", "README.md", 0)
    assert len(test.examples) >= 8
    assert doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(test).failed == 0


def test_terminal_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's terminal lines print the very output that stands below each."""
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    shown = [
        part for block in blocks for part in re.findall(r"^\$ qualcode (.+)\n((?:[^$].*\n)+)", block, re.MULTILINE)
    ]
    assert shown
    for command, output in shown:
        assert CliRunner().invoke(main, shlex.split(command)).output == output


def test_main_command_comes_early() -> None:
    """Within the first 30 lines stand the two commands, each with its own set-up, and their like for uv."""
    top = "\n".join(README.splitlines()[:30])
    assert "python -m venv .venv && . .venv/bin/activate && pip install -e . && qualcode run\n" in top
    assert 'python -m venv .venv && . .venv/bin/activate && pip install -e ".[test]" && pytest\n' in top
    assert "uv run qualcode run\n" in top
    assert "uv run --extra test pytest\n" in top


def test_ci_runs_the_readme_command() -> None:
    """.ci/run calls the README's own test command in a fresh virtual environment."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert 'pip install -e ".[test]" && pytest' in script
    assert "python3 -m venv" in script
    if os.name == "posix":
        assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_verb_is_explained() -> None:
    """The README's table names every verb of the terminal and no other."""
    named = set(re.findall(r"`qualcode (\w+)", README))
    assert named == set(VERBS)


def test_the_map_is_right() -> None:
    """Each folder of the map exists and every top-level folder stands on it."""
    block = re.search(r"## The map\n\n```\n(.*?)```", README, re.DOTALL)[1]
    mapped = set(re.findall(r"^(\w+)/ ", block, re.MULTILINE))
    assert mapped == {"qualcode", "notebooks", "corpus", "codebooks", "tests"}
    assert all((ROOT / name).is_dir() for name in mapped)
