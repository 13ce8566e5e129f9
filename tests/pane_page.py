"""A web page with the coding pane over a mock model: what the pane's tests and its benchmark open in Chromium."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import qualcode as qc
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Coding
from qualcode.jupyter import bundling, state
from qualcode.text.document import Document
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]
FRONTEND = Path(__file__).parent / "frontend"

Traits = dict[str, Any]
Open = Callable[..., Any]

PAGE = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>qualcode</title>
<link rel="stylesheet" href="/pane.css"><style>body{margin:0;padding:10px;background:var(--jp-layout-color0,#fff)}
h1{position:absolute;clip-path:inset(50%);margin:0}.dark{--jp-layout-color0:#111;--jp-layout-color1:#212121;
--jp-border-color2:#424242;--jp-content-font-color0:#fff;--jp-brand-color1:#2196f3;color-scheme:dark}</style></head>
<body><main><h1>Uji</h1><div class="jp-Notebook"><div id="pane"></div></div></main></body></html>"""

START = """async ([told, dark, before]) => {
    if (dark) { document.body.dataset.jpThemeLight = "false"; document.body.className = "dark"; }
    const [{ Model }, pane] = await Promise.all([import("/mock.mjs"), import("/pane.js")]);
    window.pane = pane.default;
    window.model = new Model(told);
    if (before) (0, eval)(before);
    window.openPane = () => window.pane.render({ model: window.model, el: document.getElementById("pane") });
    window.closePane = window.openPane();
}"""


def missing(what: str) -> None:
    """Skip loudly here, fail where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is required in CI")
    pytest.skip(f"NOT TESTED: {what} is missing on this machine")


def traits(document: Document, book: Codebook, codings: Iterable[Coding], coder: str) -> Traits:
    """What Python tells the page, from the library's own nouns."""
    told = [
        {
            "id": coding.id, "code": coding.code, "coder": coding.coder, "mine": coding.coder == coder,
            "start": coding.segment.start, "end": coding.segment.end, "certain": True, "time": coding.time.isoformat(),
            "valence": str(coding.valence), "tags": list(coding.tags), "period": coding.period, "memo": coding.memo,
            "explicit": coding.explicit, "round": coding.round, "suggested": coding.suggested,
        }
        for coding in codings
    ]  # fmt: skip
    pane = {
        "coder": coder, "language": "id", "readonly": False, "reason": "", "blind": False, "compare": [], "revision": 1,
        "recent": [code.id for code in book.indicators][:4], "valences": state.valences(), "words": state.words(),
        "can_undo": False, "can_redo": False,
    }  # fmt: skip
    shown = {"document": state.document_state(document), "codes": state.codes_state(book)}
    return {**shown, "codings": told, "pane": pane, "comments": []}


@cache
def practice() -> Traits:
    """The practice case's first interview with the codings of both coders."""
    use_language("id")
    project = qc.open_project(ROOT)
    case = project.case("latihan-kota-samudra")
    document, book = case.document("w-i1"), project.codebook("stoc")
    return traits(document, book, case.codings.using(book).on(document), "ana")


def with_text(text: str, coder: str = "ana") -> Traits:
    """The practice codebook over a text of its own, nothing coded yet."""
    told = practice()
    document = {**told["document"], "text": text, "text_id": f"sha-{len(text)}", "units": [], "title": "Uji"}
    return {**told, "document": document, "codings": [], "pane": {**told["pane"], "coder": coder}}


def only(told: Traits, coder: str) -> Traits:
    """The same page, with the codings of one coder."""
    return {**told, "codings": [coding for coding in told["codings"] if coding["coder"] == coder]}


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, else the one that `playwright install chromium` brought."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        if found is None and not Path(own).is_file():
            missing("Chromium")
        browser = playwright.chromium.launch(
            executable_path=found or own, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


def _serve(route: Any) -> None:
    name = route.request.url.rsplit("/", 1)[-1]
    if not name:
        route.fulfill(body=PAGE, content_type="text/html")
    elif name == "mock.mjs":
        route.fulfill(path=FRONTEND / name, content_type="text/javascript")
    elif name in bundling.NAMES:
        route.fulfill(path=bundling.BUILT / name, content_type="text/javascript" if name.endswith("js") else "text/css")
    else:
        route.fulfill(status=204)


@contextmanager
def pane_pages(browser: Any, **device: Any) -> Iterator[Open]:
    """A function that opens the built pane over a mock model; an error on any page is one here."""
    if not bundling.is_built():
        bundling.bundle()
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="id-ID", **device)
    errors: list[str] = []

    def opened(
        told: Traits, *, dark: bool = False, width: int = 1440, height: int = 900, before: str = "", **pane: Any
    ) -> Any:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.route("http://pane.test/**", _serve)
        page.goto("http://pane.test/")
        page.evaluate(START, [{**told, "pane": {**told["pane"], **pane}}, dark, before])
        return page

    yield opened
    context.close()
    assert not errors


def ready(page: Any) -> Any:
    """Wait for the handshake."""
    page.wait_for_selector(".qc:not(.qc-locked)")
    return page


def sent(page: Any, name: str) -> list[dict[str, Any]]:
    """The commands of a name the mock has got."""
    commands: list[dict[str, Any]] = page.evaluate("name => model.commands(name)", name)
    return commands


# Where words stand in the window: of the first text node that holds them, or from one piece to another.
PLACE = """([first, last]) => {
    const find = (words) => {
        const nodes = document.createTreeWalker(document.querySelector(".qc-text"), NodeFilter.SHOW_TEXT);
        for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
            const at = node.data.indexOf(words);
            if (at >= 0) return [node, at];
        }
    };
    const [start, from] = find(first);
    const [end, to] = find(last);
    const range = document.createRange();
    range.setStart(start, from);
    range.setEnd(end, to + last.length);
    start.parentElement.closest(".qc-row").scrollIntoView({ block: "center" });
    const rects = [...range.getClientRects()].filter((rect) => rect.width);
    const [a, b] = [rects[0], rects.at(-1)];
    return [a.left, a.top + a.height / 2, b.right, b.top + b.height / 2];
}"""


def drag(page: Any, first: str, last: str = "", *, inset: float = 1, key: str = "") -> None:
    """Drag the mouse over words, `inset` pixels inside their edges."""
    page.evaluate(PLACE, [first, last or first])
    page.wait_for_timeout(80)
    x, y, x2, y2 = page.evaluate(PLACE, [first, last or first])
    if key:
        page.keyboard.down(key)
    page.mouse.move(x + inset, y)
    page.mouse.down()
    page.mouse.move((x + x2) / 2, (y + y2) / 2)
    page.mouse.move(x2 - inset, y2)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def click(page: Any, words: str) -> None:
    """Click in the middle of words."""
    page.evaluate(PLACE, [words, words])
    page.wait_for_timeout(80)
    x, y, x2, _ = page.evaluate(PLACE, [words, words])
    page.mouse.click((x + x2) / 2, y)
