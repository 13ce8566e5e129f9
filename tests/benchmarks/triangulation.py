"""How long 200 constructs x 60 groups over 50,000 passages take, beside a plain pandas loop; run it by hand.

python tests/benchmarks/triangulation.py
"""

import random
import time
from collections import defaultdict
from itertools import combinations

import pandas as pd

from qualcode.analysis.triangulation import Evidence, Valence, cell

CODES, GROUPS, PASSAGES, REPEATS = 200, 60, 50_000, 3
GIVEN = (Valence.SUPPORTS, Valence.OPPOSES, Valence.MIXED, Valence.DESCRIPTIVE)


def passages() -> list[tuple[str, Evidence]]:
    chance = random.Random(2006)
    names = [f"I{n}" for n in range(GROUPS)]
    return [
        (
            f"K{chance.randrange(CODES)}",
            Evidence(n, chance.choice(names), "wawancara", chance.choice(["dulu", "kini"]), chance.choice(GIVEN)),
        )
        for n in range(PASSAGES)
    ]


def ours(coded: list[tuple[str, Evidence]]) -> dict[str, str]:
    by_code = defaultdict(list)
    for code, item in coded:
        by_code[code].append(item)
    groups = [f"I{n}" for n in range(GROUPS)]
    return {code: str(cell(items, groups, axis="source").status) for code, items in sorted(by_code.items())}


def naive(coded: list[tuple[str, Evidence]]) -> dict[str, str]:
    """Sort passages with pandas, compare every pair of groups: stances and status only, no time, no flags."""
    frame = pd.DataFrame([(code, i.source, i.valence) for code, i in coded], columns=["code", "group", "valence"])
    found = {}
    for code, rows in frame.groupby("code"):
        stances = {}
        for group, said in rows.groupby("group"):
            judged = said.valence[said.valence != Valence.DESCRIPTIVE]
            stances[group] = judged.iloc[0] if judged.nunique() == 1 else ("-" if judged.empty else Valence.MIXED)
        status = {
            "dissonance"
            if {stances[a], stances[b]} == {Valence.SUPPORTS, Valence.OPPOSES}
            else "agreement"
            if stances[a] == stances[b] and stances[a] in (Valence.SUPPORTS, Valence.OPPOSES)
            else "partial"
            for a, b in combinations(sorted(stances), 2)
        }
        found[code] = next((s for s in ("dissonance", "partial") if s in status), "agreement")
    return found


def main() -> None:
    coded = passages()
    assert ours(coded) == naive(coded)
    seconds: dict[str, list[float]] = {"qualcode": [], "pandas": []}
    for _ in range(REPEATS):
        for name, way in (("qualcode", ours), ("pandas", naive)):
            begun = time.process_time()
            way(coded)
            seconds[name].append(time.process_time() - begun)
    best = {name: min(measured) for name, measured in seconds.items()}
    print(f"{CODES} constructs x {GROUPS} groups, {PASSAGES:,} passages, CPU seconds, best of {REPEATS}:")
    ratio = best["pandas"] / best["qualcode"]
    print(f"qualcode {best['qualcode']:.2f}   pandas loop {best['pandas']:.2f}   ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
