"""How long uniting two journals of 20,000 codings each takes, beside a plain json loop; run it by hand.

python tests/benchmarks/merging.py
"""

import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from ulid import ULID

import qualcode as qc
from qualcode.coding.journal import Apply, to_line

CODINGS, SHARED, REPEATS = 20_000, 5_000, 3
WORDS = "Semua komentar dibalas pada hari yang sama, kecuali yang berisi kata kasar. "
JOURNAL = Path("corpus", "kasus-saya", "codings", "stoc.ana.jsonl")


def line(number: int) -> bytes:
    start = number * len(WORDS)
    place = {"start": start, "end": start + len(WORDS) - 1, "quote": WORDS.strip()}
    about = {"document": "w-i1", "code": "KHN-OPE", "coder": "ana", "memo": "catatan pengode", "tags": ("rencana",)}
    return to_line(Apply(id=str(ULID()), text="0" * 16, prefix=WORDS[-32:], suffix=WORDS[:32], **about, **place))


def two_laptops(folder: Path) -> tuple[Path, Path]:
    one = qc.init_project(folder / "satu").root
    two = folder / "dua"
    shutil.copytree(one, two)
    shared = [line(number) for number in range(SHARED)]
    for root, first in ((one, SHARED), (two, CODINGS)):
        (root / JOURNAL).parent.mkdir(parents=True, exist_ok=True)
        own = [line(number) for number in range(first, first + CODINGS - SHARED)]
        (root / JOURNAL).write_bytes(b"".join(shared + own))
    return one, two


def naive(one: Path, two: Path) -> int:
    """Load both with json, unite by id, write: nothing checked, nothing flushed, damaged lines end it."""
    events = {}
    for path in (one / JOURNAL, two / JOURNAL):
        for each in path.read_text("utf-8").splitlines():
            event = json.loads(each)
            events.setdefault(event["id"], event)
    united = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events.values())
    (one / JOURNAL).write_text(united, "utf-8")
    return len(events)


def ours(one: Path, two: Path) -> int:
    qc.open_project(one).merge(two)
    return (one / JOURNAL).read_bytes().count(b"\n")


def main() -> None:
    seconds: dict[str, list[float]] = {"qualcode": [], "json": []}
    for _ in range(REPEATS):
        for name, way in (("qualcode", ours), ("json", naive)):
            with tempfile.TemporaryDirectory() as folder:
                pair = two_laptops(Path(folder))
                begun = time.process_time()
                assert way(*pair) == 2 * CODINGS - SHARED
                seconds[name].append(time.process_time() - begun)
    middle = {name: statistics.median(measured) for name, measured in seconds.items()}
    print(f"two journals of {CODINGS:,} codings, {SHARED:,} of them shared; CPU seconds, median of {REPEATS}:")
    ratio = middle["qualcode"] / middle["json"]
    print(f"qualcode merge {middle['qualcode']:.2f}   json loop {middle['json']:.2f}   ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
