"""How fast the Python side of the coding pane answers on a long, densely coded transcript; run it by hand.

python tests/benchmarks/pane.py
"""

import json
import platform
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qualcode as qc
from qualcode.coding.anchor import anchor
from qualcode.coding.journal import Apply, append
from qualcode.jupyter.commands import Sitting

CHARACTERS, CODINGS, ROUNDS = 200_000, 3_000, 60
FRONT = """\
---
id: panjang
title: Transkrip panjang rekaan
kind: transkrip
technique: wawancara
date: tanpa tanggal
informant: I1
provenance: rekaan
fictional: true
---

"""


def project_in(folder: Path) -> qc.Project:
    """A project with one long transcript that two coders have coded densely."""
    project = qc.init_project(folder / "proyek")
    said = "tentang akun dinas yang dibalas setiap hari kerja, diceritakan panjang lebar seperti orang bercerita."
    text = "\n\n".join(f"I1: Kalimat ke-{n} {said}" for n in range(CHARACTERS // 100))[:CHARACTERS] + "\n"
    (project.root / "corpus/kasus-saya/panjang.md").write_text(FRONT + text, "utf-8", newline="\n")
    document = project.document("kasus-saya", "panjang")
    codes = [code.id for code in project.codebook("stoc") if not code.heading]
    chance = random.Random(1)
    for coder, count in (("ana", CODINGS * 2 // 3), ("budi", CODINGS // 3)):
        events = []
        for _ in range(count):
            start = chance.randrange(len(document.text) - 500)
            where = anchor(document.segment(start, start + chance.randrange(20, 460)))
            said_of = {"document": document.id, "code": chance.choice(codes), "text": document.text_id}
            events.append(Apply(coder=coder, **said_of, **vars(where)))
        append(project.root / f"corpus/kasus-saya/codings/stoc.{coder}.jsonl", events)
    return project


def state_of(sitting: Sitting) -> list[Any]:
    """Everything a page is told when it opens."""
    return [sitting.document_now(), sitting.codes(), sitting.codings(), sitting.pane()]


def main() -> None:
    """Print medians in milliseconds."""
    seconds: dict[str, list[float]] = defaultdict(list)

    def timed(name: str, do: Callable[..., Any], *given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        result = do(*given, **named)
        seconds[name].append(time.perf_counter() - begun)
        return result

    with tempfile.TemporaryDirectory() as folder:
        project = project_in(Path(folder))
        chance = random.Random(2)
        for _ in range(5):
            sitting = timed("open", Sitting, project, "kasus-saya", "panjang", "stoc", "citra")
        for _ in range(20):
            state = timed("state", state_of, sitting)
        print(f"state: {len(json.dumps(state)) / 1e6:.1f} MB of JSON")
        text = sitting.document.text
        codes = [each["id"] for each in sitting.codes() if not each["heading"]]
        for number in range(ROUNDS):
            start = chance.randrange(len(text) - 100)
            said = {
                "start": start,
                "end": start + 77,
                "quote": text[start : start + 77],
                "codes": [chance.choice(codes)],
            }
            for name, more in (("apply", said), ("poll", {}), ("undo", {})):
                command = {"id": f"{name}-{number}", "name": name, "text_id": sitting.document.text_id, **more}
                reply = timed(name, sitting.handle, command)
                assert reply["ok"], reply
    print(f"{platform.platform()}, Python {platform.python_version()}, {CHARACTERS:,} characters, {CODINGS:,} codings")
    for name, each in seconds.items():
        print(f"{name:6} median {1000 * statistics.median(each):6.1f} ms, slowest {1000 * max(each):6.1f} ms")


if __name__ == "__main__":
    main()
