"""How long the intervals of 40 codes take, 1,000 resamples of 200 documents, beside a loop; run it by hand.

python tests/benchmarks/agreement.py
"""

import time
import warnings

import krippendorff
import numpy as np

from qualcode.analysis.agreement import (
    Interval,
    bootstrap,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    positive_agreement,
)

DOCUMENTS, TURNS, CODES, RESAMPLES = 200, 25, 40, 1000
LOOPED_CODES, LOOPED_RESAMPLES = 4, 50


def ratings() -> tuple[list[np.ndarray], np.ndarray]:
    """Present and absent by unit and coder, one array a code; the document of each unit."""
    chance = np.random.default_rng(2011)
    units = DOCUMENTS * TURNS
    found = []
    for _ in range(CODES):
        truth = chance.random(units) < chance.uniform(0.02, 0.3)
        slips = chance.random((units, 2)) < 0.05
        found.append((truth[:, None] ^ slips).astype(int))
    return found, np.repeat(np.arange(DOCUMENTS), TURNS)


def looped(rated: np.ndarray, documents: np.ndarray, resamples: int) -> list[float]:
    """The package krippendorff on every resample, the rows gathered as one would first write it."""
    chance = np.random.default_rng(1)
    members = [np.flatnonzero(documents == each) for each in np.unique(documents)]
    found = []
    for _ in range(resamples):
        drawn = np.concatenate([members[each] for each in chance.integers(len(members), size=len(members))])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.append(krippendorff.alpha(rated[drawn].T, level_of_measurement="nominal"))
    return found


def main() -> None:
    by_code, documents = ratings()
    names = documents.tolist()
    print(f"{RESAMPLES:,} resamples of {DOCUMENTS} documents x {TURNS} turns x 2 coders x {CODES} codes, CPU seconds:")
    total = 0.0
    for coefficient in (krippendorff_alpha, cohen_kappa, gwet_ac1, positive_agreement):
        begun = time.process_time()
        found = [bootstrap(each, coefficient, names, resamples=RESAMPLES) for each in by_code]
        seconds = time.process_time() - begun
        assert all(isinstance(each, Interval) for each in found)
        total += seconds
        print(f"  qualcode, {coefficient.__name__:<22}{seconds:8.2f}")
    print(f"  qualcode, all four{'':<14}{total:8.2f}")
    as_lists = [each.tolist() for each in by_code]
    begun = time.process_time()
    for each in as_lists:
        bootstrap(each, krippendorff_alpha, names, resamples=RESAMPLES)
    print(f"  qualcode, alpha, from plain lists{time.process_time() - begun:7.2f}")

    ours = bootstrap(by_code[0], krippendorff_alpha, names, resamples=RESAMPLES)
    begun = time.process_time()
    whole = looped(by_code[0], documents, RESAMPLES)
    full = time.process_time() - begun
    assert isinstance(ours, Interval)
    theirs = np.quantile(whole, [0.025, 0.975])
    assert np.allclose([ours.low, ours.high], theirs, atol=1e-9), (ours, theirs)
    begun = time.process_time()
    for each in by_code[:LOOPED_CODES]:
        looped(each, documents, LOOPED_RESAMPLES)
    part = time.process_time() - begun
    scaled = part * (CODES / LOOPED_CODES) * (RESAMPLES / LOOPED_RESAMPLES)
    print(f"  loop over krippendorff.alpha, one code in full (same interval to 1e-9) {full:8.2f}")
    print(f"  the same, extrapolated to {CODES} codes from that code             {full * CODES:14.1f}")
    print(f"  and from {LOOPED_CODES} codes x {LOOPED_RESAMPLES} resamples ({part:.2f} s)      {scaled:22.1f}")


if __name__ == "__main__":
    main()
