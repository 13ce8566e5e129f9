"""The coding pane where it lives: in a real JupyterLab, with real kernels that die, and in what stays in the files."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from lab import Lab, close, jupyterlab, kernel_of, run_all
from nbconvert import HTMLExporter
from pane_page import drag

import qualcode as qc
from qualcode.coding.codings import Coding
from qualcode.jupyter import bundling

# What a drag must give back in code points, whatever stands before it in the text.
STRANGE = {
    "emoji": "👩🏽‍🎓👍🏽",
    "flags": "🇮🇩🇲🇾 kami",
    "marks": "soale\u0301 luwih",
    "arabic": "الحمد لله",
    "javanese": "ꦏꦼꦥꦿꦶꦪꦺ ꦏꦧꦂꦺ",
    "markup": "tebal</b> &amp",
}
TEXT = """\
P: Apa kabar akunnya 😅🇮🇩?

I1: Saya bangga 👩🏽‍🎓👍🏽 waktu itu.

I1: Dari 🇮🇩🇲🇾 kami berangkat, katanya soale\u0301 luwih tentrem.

I1: Lancar; الحمد لله, begitu. Tulisane ꦏꦼꦥꦿꦶꦪꦺ ꦏꦧꦂꦺ kuwi.

I1: Lalu <b>tebal</b> &amp; selesai. Semua komentar dibalas hari itu juga.
"""
DOCUMENT = """\
---
id: w-1
title: Wawancara rekaan
kind: transkrip
technique: wawancara
date: 2025-03-11
informant: I1
legend: {P: pewawancara, I1: I1}
provenance: rekaan
fictional: true
---

"""
PANE = """\
import qualcode as qc
project = qc.open_project()
qc.code_with(project, "kasus-saya", "w-1", "stoc", coder="%s", snapshot="short")"""
SAVED = "/^✓/.test(document.querySelector('.qc-status').textContent)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One server for all tests of this file."""
    if not bundling.is_built():
        bundling.bundle()
    with jupyterlab(tmp_path_factory.mktemp("lab")) as found:
        yield found


def new_project(lab: Lab, name: str) -> Path:
    """A project with one transcript, not coded yet, in a folder of the server."""
    root = qc.init_project(lab.root / name).root
    (root / "corpus" / "kasus-saya" / "w-1.md").write_text(DOCUMENT + TEXT, "utf-8", newline="\n")
    return root


def run_pane(lab: Lab, name: str, coder: str = "ana", notebook: str = "kode", snapshot: str = "short") -> Any:
    """Open a notebook of a project and run it until the pane may be written in."""
    return ready(lab.run(f"{name}/notebooks/{notebook}.ipynb", (PANE % coder).replace("short", snapshot)))


def ready(page: Any) -> Any:
    page.wait_for_selector(".qc:not(.qc-locked)")
    return page


def pick(page: Any, label: str) -> None:
    """Choose a code in the picker by its name."""
    page.locator(".qc-picker").wait_for()
    page.keyboard.type(label)
    page.keyboard.press("Enter")


def code(page: Any, words: str, label: str = "Keterbukaan") -> None:
    """Drag over words and give them a code."""
    drag(page, words)
    pick(page, label)


def saved(page: Any) -> Any:
    page.wait_for_function(SAVED)
    return page


def on_disk(root: Path, coder: str | None = None) -> list[Coding]:
    """What a reader who opens the project now finds, in the order in which it was coded."""
    found = qc.open_project(root).case("kasus-saya").codings
    return sorted(found.by(coder) if coder else found, key=lambda coding: coding.id)


def quotes(root: Path, coder: str | None = None) -> list[str]:
    return [coding.quote for coding in on_disk(root, coder)]


def marked(page: Any, within: str = ".qc") -> list[str]:
    """The words that are marked in the pane, or in a snapshot."""
    found: list[str] = page.locator(f"{within} mark").all_text_contents()
    return found


# Places.


@pytest.fixture(scope="module")
def strange(lab: Lab) -> Iterator[tuple[Any, Path]]:
    root = new_project(lab, "aksara")
    page = run_pane(lab, "aksara")
    yield page, root
    close(page)


@pytest.mark.parametrize("words", STRANGE.values(), ids=STRANGE)
def test_a_drag_gives_exact_code_points(strange: tuple[Any, Path], words: str) -> None:
    """Whatever letters the mouse is dragged over, Python stores the code points of those very words."""
    page, root = strange
    code(page, words)
    saved(page)
    coding = on_disk(root)[-1]
    text = qc.open_project(root).document("kasus-saya", "w-1").text
    start = text.index(words)
    assert (coding.segment.start, coding.segment.end, coding.quote) == (start, start + len(words), words)


# One coder, one notebook.


def test_keys_alone_undo_and_redo(lab: Lab) -> None:
    """With the keyboard only: to the words, select, code, undo, redo; every step is on the disk."""
    root = new_project(lab, "papan-ketik")
    page = run_pane(lab, "papan-ketik")
    page.locator(".qc-body").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    pick(page, "Keterbukaan")
    saved(page)
    assert quotes(root) == ["Semua komentar dibalas hari itu juga."]
    page.keyboard.press("Control+z")
    page.wait_for_function("!document.querySelector('.qc mark')")
    saved(page)
    assert quotes(root) == []
    page.keyboard.press("Control+Shift+z")
    page.locator(".qc mark").wait_for()
    saved(page)
    assert quotes(root) == ["Semua komentar dibalas hari itu juga."]
    assert page.locator(".jp-Cell").count() == 1, "JupyterLab took a letter for a command"
    close(page)


def test_saving_the_notebook_and_loading_the_page_again(lab: Lab) -> None:
    """Ctrl+S in the pane saves the notebook; after a reload the pane shows what was coded, and coding goes on."""
    root = new_project(lab, "muat-ulang")
    page = run_pane(lab, "muat-ulang")
    code(page, "Semua komentar")
    saved(page)
    save(page)
    page.reload()
    ready(page)
    page.locator(".qc mark").wait_for()
    assert marked(page) == ["Semua komentar"]
    code(page, "hari itu")
    saved(page)
    assert quotes(root) == ["Semua komentar", "hari itu"]
    close(page)


def save(page: Any) -> None:
    """Press Ctrl+S in the pane and wait until the notebook is on the disk."""
    page.locator(".qc-body").focus()
    page.keyboard.press("Control+s")
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")


# Kernels die.


def test_a_kernel_that_is_killed_loses_nothing(lab: Lab) -> None:
    """What the kernel had not acknowledged when it died is offered again after the restart, and stored once.

    The text is confidential: its outbox is found although nothing of it is told before the first handshake.
    """
    root = new_project(lab, "mati")
    page = run_pane(lab, "mati", snapshot="none")
    code(page, "Semua komentar")
    saved(page)
    kernel = kernel_of(page)
    kernel.suspend()
    code(page, "hari itu")
    page.wait_for_function("/sibuk.*1 belum tersimpan/.test(document.querySelector('.qc-status').textContent)")
    kernel.kill()
    page.wait_for_function("/terputus.*1 belum tersimpan/.test(document.querySelector('.qc-status').textContent)")
    assert page.locator(".qc-locked").count() == 1
    assert quotes(root) == ["Semua komentar"]
    dismiss_dialogs(page)
    run_all(page)
    page.get_by_role("button", name="Simpan sekarang").click()
    saved(page)
    assert quotes(root) == ["Semua komentar", "hari itu"]
    page.wait_for_function("document.querySelectorAll('.qc mark').length === 2")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('qualcode:'))") == []
    close(page)


def dismiss_dialogs(page: Any) -> None:
    """Close what JupyterLab says about a kernel that died."""
    page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
    for each in page.locator(".jp-Dialog .jp-mod-accept").all():
        each.click()


def test_a_kernel_that_was_shut_down_is_noticed(lab: Lab) -> None:
    """Without a kernel the pane is read-only and says so before anything is coded."""
    new_project(lab, "berhenti")
    page = run_pane(lab, "berhenti")
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.locator(".qc-banner:visible").wait_for()
    assert page.locator(".qc-locked").count() == 1
    close(page)


# Two panes on one document.


def test_two_notebooks_on_one_document_see_each_other(lab: Lab) -> None:
    """What one coder stores appears in the other's notebook, both ways, and nobody's work is lost."""
    root = new_project(lab, "berdua")
    first, second = run_pane(lab, "berdua", "ana", "satu"), run_pane(lab, "berdua", "budi", "dua")
    code(first, "Semua komentar")
    saved(first)
    second.locator(".qc mark").wait_for()
    assert marked(second) == ["Semua komentar"]
    code(second, "hari itu")
    saved(second)
    first.wait_for_function("document.querySelectorAll('.qc mark').length === 2")
    assert (quotes(root, "ana"), quotes(root, "budi")) == (["Semua komentar"], ["hari itu"])
    close(first)
    close(second)


def test_two_cells_with_one_coder(lab: Lab) -> None:
    """Two panes of one coder in one notebook stay equal."""
    root = new_project(lab, "sel")
    page = lab.run("sel/notebooks/kode.ipynb", PANE % "ana", PANE % "ana")
    page.wait_for_function("document.querySelectorAll('.qc:not(.qc-locked)').length === 2")
    code(page, "Semua komentar")
    saved(page)
    other = page.locator(".qc").nth(1)
    other.locator(".qc-row").last.evaluate("(row) => row.scrollIntoView({ block: 'center' })")  # drawn when it is seen
    other.locator("mark").wait_for()
    assert other.locator("mark").all_text_contents() == ["Semua komentar"]
    assert quotes(root) == ["Semua komentar"]
    close(page)


# What stays in the file.


@pytest.fixture(scope="module")
def kept(lab: Lab) -> str:
    """A notebook that was coded in, saved and left; gives its path."""
    new_project(lab, "berkas")
    page = run_pane(lab, "berkas")
    code(page, "Semua komentar")
    saved(page)
    page.wait_for_function("document.querySelectorAll('.qc-static mark').length === 1")  # the snapshot follows
    save(page)
    close(page)
    return "berkas/notebooks/kode.ipynb"


def test_the_snapshot_waits_behind_the_pane(lab: Lab, kept: str) -> None:
    """The saved file holds the snapshot with the newest codings; while the pane lives, only the pane is seen."""
    (cell,) = nbformat.read(lab.root / kept, as_version=4).cells
    snapshot, live = cell.outputs
    assert "<mark" in snapshot.data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in live.data
    page = lab.page(kept)
    run_all(page)
    ready(page)
    assert [each.is_visible() for each in page.locator(".qc-static").all()] == [False]
    close(page)


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
def test_a_notebook_without_a_kernel_shows_its_snapshot(lab: Lab, kept: str, trusted: bool) -> None:
    """Opened on another machine, or the next day: the snapshot with its marks, and no word of a missing model."""
    path = kept
    if not trusted:
        path = kept.replace("kode", "lain")
        notebook = nbformat.read(lab.root / kept, as_version=4)
        notebook.metadata["lain"] = True  # nobody has signed these bytes
        nbformat.write(notebook, lab.root / path)
    page = lab.page(path)
    page.locator(".qc-static mark").wait_for()
    assert marked(page, ".qc-static") == ["Semua komentar"]
    assert "Keterbukaan" in page.locator(".qc-static mark").get_attribute("title")
    assert page.locator(".qc").count() == 0
    assert not page.get_by_text("model not found").is_visible()
    close(page)


def test_papermill_to_an_offline_page(lab: Lab, kept: str) -> None:
    """Run by papermill and made a page by nbconvert, with nothing from qualcode: offline, the codings are seen."""
    source, done, html = (lab.root / "berkas" / name for name in ("in.ipynb", "out.ipynb", "out.html"))
    shutil.copy(lab.root / kept, source)
    papermill.execute_notebook(source, done, cwd=str(source.parent), progress_bar=False, log_output=False)
    body, _ = HTMLExporter().from_filename(str(done))
    html.write_text(body, "utf-8")
    page = lab.context.browser.new_page(offline=True)
    page.goto(html.as_uri(), wait_until="commit")
    page.locator(".qc-static mark").wait_for()
    assert marked(page, ".qc-static") == ["Semua komentar"]
    assert page.locator(".qc-static").is_visible()
    page.close()


def test_the_notebook_on_coding_runs_in_a_batch(lab: Lab, kept: str) -> None:
    """Notebook 08 in a batch: the same bytes each time, the snapshot alone, its marks offline, and nothing is coded."""
    root = (lab.root / kept).parents[1]
    journal = root / "corpus" / "kasus-saya" / "codings" / "stoc.ana.jsonl"
    before = journal.read_bytes()
    runs = []
    for folder in ("satu", "dua"):
        qc.run(qc.open_project(root), "mengode", case="kasus-saya", out=lab.root / folder, fresh=True, workers=1)
        files = (lab.root / folder / "kasus-saya" / f"08-mengode.{ending}" for ending in ("ipynb", "html"))
        runs.append([each.read_text("utf-8") for each in files])
    assert runs[0] == runs[1]
    assert "vnd.jupyter.widget" not in "".join(runs[0])
    assert journal.read_bytes() == before
    page = lab.context.browser.new_page(offline=True)
    page.goto((lab.root / "satu" / "kasus-saya" / "08-mengode.html").as_uri())
    assert marked(page, ".qc-static") == ["Semua komentar"]
    assert page.locator(".qc-static").is_visible()
    page.close()
