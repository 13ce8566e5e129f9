"""How long one more coding takes in a document of 900 kB that is coded already; run it by hand.

python tests/benchmarks/coding.py
"""

import statistics
import tempfile
import time
from pathlib import Path

import qualcode as qc

SENTENCES, FIRST, MEASURED = 12_500, 60, 60
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


def main() -> None:
    sentences = [f"I1: Kalimat ke-{n} tentang akun dinas yang dibalas setiap hari kerja." for n in range(SENTENCES)]
    for length in (SENTENCES, SENTENCES // 100):
        with tempfile.TemporaryDirectory() as folder:
            project = qc.init_project(Path(folder) / "proyek")
            text = "\n\n".join(sentences[:length]) + "\n"
            path = project.root / "corpus" / "kasus-saya" / "panjang.md"
            path.write_text(FRONT + text, "utf-8", newline="\n")
            seconds = []
            for n in range(FIRST + MEASURED):
                begun = time.perf_counter()
                project.code("kasus-saya/panjang", f"Kalimat ke-{n} tentang", "KHN-PAR", coder="ana")
                seconds.append(time.perf_counter() - begun)
            median = 1000 * statistics.median(seconds[FIRST:])
            print(f"{len(text) / 1000:4.0f} kB, {FIRST} codings there: {median:.1f} ms for one more (median)")


if __name__ == "__main__":
    main()
