"""How fast the coding pane is in a real JupyterLab on a long, densely coded transcript; run it by hand.

python tests/benchmarks/pane_lab.py
"""

import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import pane as long
from lab import Lab, close, jupyterlab, run_all

ROUNDS = 15

CELL = """\
import qualcode as qc
project = qc.open_project()
"""
OPEN = 'pane = project.pane("kasus-saya", "panjang", "stoc", coder="citra")\npane'

# The clock starts when the cell that shows the pane is sent, and stops when the pane may be written in and was painted.
WATCH = """() => new Promise((done) => {
    let first;
    const watch = new MutationObserver(() => {
        const pane = document.querySelector(".qc");
        if (pane && !first) first = performance.now();
        if (!pane || pane.classList.contains("qc-locked")) return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() =>
            done([first - started, performance.now() - started, Number(pane.dataset.ready)])));
    });
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
    const started = performance.now();
    void jupyterapp.commands.execute("notebook:run-cell");
})"""

# Two points in the first line of a paragraph in view.
LINE = """() => {
    const { top, bottom } = document.querySelector(".qc-body").getBoundingClientRect();
    const seen = ({ top: from, bottom: to }) => from > top + 60 && to < Math.min(bottom, innerHeight) - 60;
    const boxes = [...document.querySelectorAll(".qc-row p")].map((each) => each.getBoundingClientRect());
    const { left, top: line, width } = boxes.find(seen);
    return [left + 4, line + 12, left + width * 0.6];
}"""

# A clock around the pane's own answer to the mouse: until the picker is there, and until it has been painted.
PICKER = """() => {
    window.times = [];
    let started;
    addEventListener("pointerup", () => (started = performance.now()), { capture: true, once: true });
    addEventListener("pointerup", () => {
        times.push(document.querySelector(".qc-picker") ? performance.now() - started : NaN);
        requestAnimationFrame(() => { const channel = new MessageChannel();
            channel.port1.onmessage = () => times.push(performance.now() - started); channel.port2.postMessage(0); });
    }, { once: true });
}"""

APPLY = """() => new Promise((done) => {
    const input = document.querySelector(".qc-picker input"), status = document.querySelector(".qc-status");
    const started = performance.now();
    let frame;
    const saved = new Promise((yes) => new MutationObserver(() => /^✓/.test(status.textContent) &&
        yes(performance.now() - started)).observe(status, { childList: true, characterData: true, subtree: true }));
    requestAnimationFrame(() => { const channel = new MessageChannel();
        channel.port1.onmessage = () => (frame = performance.now() - started); channel.port2.postMessage(0); });
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    saved.then((acknowledged) => setTimeout(() => done([frame, acknowledged]), 50));
})"""

SCROLL = """() => new Promise((done) => {
    const body = document.querySelector(".qc-body"), frames = [];
    let before = performance.now(), count = 0;
    const step = () => { const now = performance.now(); frames.push(now - before); before = now; body.scrollTop += 90;
        if (++count < 180) requestAnimationFrame(step); else done(frames.slice(1)); };
    requestAnimationFrame(step);
})"""


def told(name: str, values: Sequence[float], limit: float) -> None:
    """Print a median and whether it keeps its promise."""
    median = statistics.median(values)
    verdict = "" if median < limit else "   TOO SLOW"
    print(f"  {name:36}{median:7.1f} ms  (from {min(values):.1f} to {max(values):.1f}; below {limit:.0f}){verdict}")


def opened(lab: Lab, name: str) -> Any:
    """A notebook whose second cell opens the pane, and whose third one shows it again."""
    page = lab.page(lab.notebook(f"{name}/notebooks/ukur.ipynb", CELL, OPEN, "pane"))
    run_all(page)
    page.locator(".qc:not(.qc-locked)").nth(1).wait_for()
    return page


def again(page: Any, cell: int) -> list[float]:
    """Run one cell anew, with no pane on the page before."""
    page.evaluate(
        """(cell) => {
        jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
        jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
    }""",
        cell,
    )
    page.wait_for_function("!document.querySelector('.qc')")
    times: list[float] = page.evaluate(WATCH)
    return times


def measure(lab: Lab, name: str, letters: int, limit: float) -> None:
    """Print the figures of one length."""
    long.CHARACTERS = letters
    with tempfile.TemporaryDirectory() as folder:
        root = long.project_in(Path(folder)).root
        shutil.copytree(root, lab.root / name)
    page = opened(lab, name)
    print(f"\n{letters:,} characters, {long.CODINGS:,} codings")
    ready, shown = ([again(page, cell) for _ in range(7)] for cell in (1, 2))
    told("cell opens the document: text there", [each[0] for each in ready], limit)
    told("... may be coded, painted", [each[1] for each in ready], limit)
    told("cell shows an open pane: text there", [each[0] for each in shown], limit)
    told("... may be coded, painted", [each[1] for each in shown], limit)
    told("of which the pane's own script", [each[2] for each in shown], limit)
    picked, applied = [], []
    for _ in range(ROUNDS):
        page.evaluate("document.querySelector('.qc-body').scrollTop += 1100")
        page.wait_for_timeout(400)
        x, y, x2 = page.evaluate(LINE)
        page.evaluate(PICKER)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x2, y)
        page.mouse.up()
        page.wait_for_function("times.length === 2")
        picked.append(page.evaluate("times"))
        applied.append(page.evaluate(APPLY))
    told("mouse up until the picker is there", [each[0] for each in picked], 30)
    told("... until it is painted", [each[1] for each in picked], 80)
    told("apply until the next frame", [each[0] for each in applied], 80)
    told("apply until acknowledged", [each[1] for each in applied], 100)
    page.evaluate("document.querySelector('.qc-body').scrollTop = 0")
    frames = sorted(page.evaluate(SCROLL))
    print(f"  frames while scrolling: {frames[90]:.1f} ms half, {frames[170]:.1f} ms 95 %")
    close(page)


def main() -> None:
    """Print medians in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as lab:
        version = lab.context.browser.version
        print(f"{platform.machine()}, {platform.platform()}, Python {platform.python_version()}, Chromium {version}")
        if hasattr(os, "getloadavg"):
            print(f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} of them busy before this began")
        measure(lab, "panjang", 200_000, 400)
        measure(lab, "terpanjang", 1_000_000, 2_000)


if __name__ == "__main__":
    main()
