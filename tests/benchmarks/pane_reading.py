"""How fast the coding pane's page is on a long transcript, in Chromium over a mock model; run it by hand.

python tests/benchmarks/pane_reading.py
"""

import platform
import random
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pane_page import Traits, chromium, pane_pages, practice, ready

RUNS = 5


def long_transcript(letters: int, codings: int) -> Traits:
    """The practice interview again and again up to a length, with overlapping codings of a sentence or two."""
    told, chance = practice(), random.Random(2026)
    text, units = "", []
    while len(text) < letters:
        shift = len(text)
        text += told["document"]["text"] + "\n"
        for unit in told["document"]["units"]:
            place = {"number": len(units) + 1, "start": unit["start"] + shift, "end": unit["end"] + shift}
            units.append({**unit, **place})
    usable = [code["id"] for code in told["codes"] if not code["heading"]]
    made = []
    for number in range(codings):
        start = text.find(" ", chance.randrange(len(text) - 1000)) + 1
        end = text.find(" ", start + chance.randrange(40, 440))
        made.append(
            {
                **told["codings"][0],
                "id": f"c{number}",
                "code": chance.choice(usable),
                "start": start,
                "end": end,
                "mine": True,
            }
        )
    made.sort(key=lambda coding: coding["start"])
    document = {**told["document"], "text": text, "units": units, "text_id": f"long-{letters}"}
    return {**told, "document": document, "codings": made}


# Opens the pane and waits for the second frame: by then the first one has been painted.
OPEN = """() => new Promise((done) => {
    closePane(); document.getElementById("pane").replaceChildren();
    const started = performance.now();
    window.closePane = openPane();
    const made = performance.now() - started;
    requestAnimationFrame(() => requestAnimationFrame(() => done([made, performance.now() - started])));
})"""

# Two points in a line that is in view, and a clock around the pane's own answer to the mouse.
SELECT = """() => {
    const body = document.querySelector(".qc-body").getBoundingClientRect();
    const seen = (each) => each.getBoundingClientRect().top > body.top + 60 && each.textContent.length > 80;
    const paragraph = [...document.querySelectorAll(".qc-row p")].find(seen);
    window.times = [];
    let started;
    addEventListener("pointerup", () => (started = performance.now()), { capture: true, once: true });
    addEventListener("pointerup", () => {
        times.push(document.querySelector(".qc-picker") ? performance.now() - started : NaN);
        requestAnimationFrame(() => requestAnimationFrame(() => times.push(performance.now() - started)));
    }, { once: true });
    const { left, top, width } = paragraph.getBoundingClientRect();
    return [left + 4, top + 12, left + width * 0.6, top + 12];
}"""


def select(page: Any) -> list[float]:
    """Drag over a line: until the picker is there, until it has been painted."""
    x, y, x2, y2 = page.evaluate(SELECT)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x2, y2)
    page.mouse.up()
    page.wait_for_function("times.length === 2")
    times: list[float] = page.evaluate("times")
    return times


APPLY = """() => new Promise((done) => {
    const input = document.querySelector(".qc-picker input");
    const started = performance.now();
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    const handled = performance.now() - started;
    requestAnimationFrame(() => { const channel = new MessageChannel();
        channel.port1.onmessage = () => done([handled, performance.now() - started]); channel.port2.postMessage(0); });
})"""

SCROLL = """() => new Promise((done) => {
    const body = document.querySelector(".qc-body"), frames = [];
    let before = performance.now(), count = 0;
    const step = () => { const now = performance.now(); frames.push(now - before); before = now; body.scrollTop += 90;
        if (++count < 180) requestAnimationFrame(step); else done(frames.slice(1)); };
    requestAnimationFrame(step);
})"""

FILTER = """() => new Promise((done) => {
    const started = performance.now();
    document.querySelector(".qc-group .qc-eye").click();
    requestAnimationFrame(() => { const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now() - started); channel.port2.postMessage(0); });
})"""


def median(values: list[float]) -> str:
    return f"{statistics.median(values):6.1f} ms  (from {min(values):.1f} to {max(values):.1f})"


def measure(opened: Any, letters: int, codings: int) -> None:
    """Print the figures of one length."""
    told = long_transcript(letters, codings)
    page = ready(opened(told))
    print(
        f"\n{len(told['document']['text']):,} characters, {len(told['document']['units']):,} turns, {codings:,} codings"
    )
    first = float(page.locator(".qc").get_attribute("data-ready"))
    opening = [page.evaluate(OPEN) for _ in range(RUNS)]
    ready(page)
    print(f"  first opening (cold), script    {first:6.1f} ms")
    print(f"  opening again, script           {median([each[0] for each in opening])}")
    print(f"  opening again, until painted    {median([each[1] for each in opening])}")
    picked, applied = [], []
    for _ in range(11):
        page.evaluate("document.querySelector('.qc-body').scrollTop += 900")
        page.wait_for_timeout(300)
        picked.append(select(page))
        applied.append(page.evaluate(APPLY))
        page.wait_for_timeout(120)
    print(f"  mouse up until picker is there  {median([each[0] for each in picked])}")
    print(f"  mouse up until picker painted    {median([each[1] for each in picked])}")
    print(f"  apply until shown, script       {median([each[0] for each in applied])}")
    print(f"  apply until next frame painted  {median([each[1] for each in applied])}")
    page.evaluate("document.querySelector('.qc-body').scrollTop = 0")
    frames = sorted(page.evaluate(SCROLL))
    half, most = frames[len(frames) // 2], frames[int(len(frames) * 0.95)]
    print(f"  frames while scrolling          {half:6.1f} ms half, {most:.1f} ms 95 %")
    print(f"  hide a category                 {median([page.evaluate(FILTER) for _ in range(6)])}")
    print(f"  elements on the page            {page.evaluate('document.querySelectorAll(`.qc *`).length'):,}")
    page.close()


def main() -> None:
    with chromium() as browser:
        print(f"{platform.node()}: {platform.machine()}, {platform.platform()}, Chromium {browser.version}")
        with pane_pages(browser) as opened:
            measure(opened, 200_000, 3_000)
            measure(opened, 1_000_000, 3_000)


if __name__ == "__main__":
    main()
