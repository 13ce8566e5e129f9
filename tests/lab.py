"""A private JupyterLab in Chromium: what the coding pane's end-to-end tests and their benchmark run in."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
import psutil
from pane_page import chromium

PATIENCE = 45_000
"""Milliseconds until something that must come is given up; nothing waits longer than it has to."""

QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
PLACES = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}


@dataclass(frozen=True)
class Lab:
    """A running server over a folder, and a browser's context that knows nothing of anybody else."""

    root: Path
    address: str
    context: Any
    numbers: Iterator[int]

    def page(self, path: str, **viewport: int) -> Any:
        """A page with JupyterLab in a workspace of its own and a notebook open in it."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": 1600, "height": 1000} | viewport)
        page.goto(f"{self.address}/lab/workspaces/w{next(self.numbers)}/tree/{path}?reset")
        wait_for_notebook(page)
        return page

    def notebook(self, path: str, *cells: str) -> str:
        """Write a notebook of code cells; gives its path."""
        made = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(each, id=f"cell-{number}") for number, each in enumerate(cells)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}},
        )
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(made, self.root / path)
        return path

    def run(self, path: str, *cells: str, **viewport: int) -> Any:
        """Write a notebook, open it and run all of it."""
        page = self.page(self.notebook(path, *cells), **viewport)
        run_all(page)
        return page


def wait_for_notebook(page: Any) -> None:
    """Wait until the notebook of the page is drawn and knows whether it has a kernel."""
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    page.wait_for_selector(".jp-Notebook .jp-Cell")


def run_all(page: Any) -> None:
    """Run every cell, as the menu does, when the kernel answers."""
    page.evaluate("""async () => {
        const { sessionContext } = jupyterapp.shell.currentWidget;
        await sessionContext.session.kernel.info;
        void jupyterapp.commands.execute("notebook:run-all-cells");
    }""")


def kernel_of(page: Any) -> psutil.Process:
    """The process of the notebook's kernel."""
    pid = page.evaluate("""async () => {
        const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
        const future = kernel.requestExecute({ code: "import os; print(os.getpid())", store_history: false });
        let said = "";
        future.onIOPub = (message) => (said += message.content.text ?? "");
        await future.done;
        return Number(said);
    }""")
    return psutil.Process(pid)


def close(page: Any) -> None:
    """Shut the notebook's kernel down and close the page."""
    with suppress(Exception):  # a test may have killed it
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for_server(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")


@contextmanager
def _server(root: Path, own: Path) -> Iterator[str]:
    """JupyterLab over a folder, with its own settings, offline, open to this machine only."""
    settings = own / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET), "utf-8")
    places = {f"JUPYTER_{name}": str(own / folder) for name, folder in PLACES.items()}
    labs = {f"JUPYTERLAB_{name.upper()}_DIR": str(own / name) for name in ("settings", "workspaces")}
    port = _free_port()
    options = [
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--no-browser",
        "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={root}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    log, address = own / "server.log", f"http://127.0.0.1:{port}"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=os.environ | places | labs,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        family = psutil.Process(server.pid)
        try:
            _wait_for_server(address, server, log)
            yield address
        finally:
            # Kernels are the server's children: they go with it, whatever state a test left them in.
            children = family.children(recursive=True) if family.is_running() else []
            for each in children:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@contextmanager
def jupyterlab(folder: Path) -> Iterator[Lab]:
    """A JupyterLab over `folder`/work and a browser on it."""
    root = folder / "work"
    root.mkdir()
    with chromium() as browser, _server(root, folder / "own") as address:
        context = browser.new_context(viewport={"width": 1600, "height": 1000}, locale="id-ID")
        yield Lab(root, address, context, count(1))
        context.close()
