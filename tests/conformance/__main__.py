"""Execute small notebooks that use what a kernel can do: ``python tests/conformance ENGINE FOLDER [NAME ...]``.

Each stands in a text file, its cells after lines of ``# %%``; a cell that raises is marked so. Beside each executed
notebook stand what was raised and the files it left.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from pathlib import Path

import nbformat
import papermill

from qualcode.runs.nursery import LIBRARIES

HERE = Path(__file__).parent

# Notebooks in the order they run: what the messy one did must not be seen by the one after it.
NAMES = ("messy", "state", *sorted({path.stem for path in HERE.glob("*.txt")} - {"messy", "state"}))

# What papermill is asked for besides.
OPTIONS: dict[str, dict[str, object]] = {
    "interrupted": {"execution_timeout": 1, "interrupt_on_timeout": True},
    "timed-out": {"execution_timeout": 1},
}

# What stands in the folder a notebook runs in.
FILES = {
    "hidden": {"seaborn.py": "mine = 'milik sendiri'\n"},
    "settings": {"matplotlibrc": "figure.dpi: 33\n"},
    "imported": {"libraries": "\n".join(LIBRARIES)},
}


def write(name: str, path: Path) -> None:
    """Write a notebook of the suite."""
    parts = re.split(r"^# %%(| raises)\n", (HERE / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)
    cells = []
    for number, (mark, source) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        cell = nbformat.v4.new_code_cell(source.rstrip("\n"), id=f"sel-{number}")
        cell.metadata.tags = ["raises-exception"] if mark else []
        cells.append(cell)
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def execute(name: str, engine: str | None, folder: Path) -> None:
    """Execute one notebook in a working folder of its own."""
    (folder / "kerja").mkdir(parents=True)
    for file, content in FILES.get(name, {}).items():
        (folder / "kerja" / file).write_text(content, "utf-8")
    write(name, folder / "asal.ipynb")
    raised = ""
    try:
        papermill.execute_notebook(
            folder / "asal.ipynb",
            folder / "hasil.ipynb",
            engine_name=engine,
            cwd=folder / "kerja",
            progress_bar=False,
            **OPTIONS.get(name, {}),
        )
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
    (folder / "raised.json").write_text(json.dumps(raised), "utf-8")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # with it ipykernel does not follow what processes write
    os.environ["PYTHONHASHSEED"] = "0"
    way = os.environ["QUALCODE_ENGINE"] = sys.argv[1]
    for each in sys.argv[3:] or NAMES:
        execute(each, None if way == "papermill" else "qualcode", Path(sys.argv[2]) / each)
