"""Gamma: agreement on free spans that may overlap, by the best alignment; needs an extra package."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from qualcode.analysis.agreement.coefficients import Coefficient
from qualcode.analysis.agreement.reasons import undefined
from qualcode.analysis.agreement.unitizing import Span


def gamma(spans: Sequence[Iterable[Span] | None], *, samples: int = 30, seed: int = 1) -> Coefficient:
    """Compute gamma, 1 - observed / expected disorder of the best alignment, with the package pygamma-agreement.

    It comes with ``pip install "qualcode[gamma]"`` and takes half a minute for its first answer. The package is under
    the MIT licence; cvxopt, which it needs, is under the GPL, version 3.

    Source: Mathet, Y., Widlöcher, A. & Métivier, J.-P. (2015), The unified and holistic method gamma for
    inter-annotator agreement measure and alignment, *Computational Linguistics* 41(3), 437-479.

    Parameters
    ----------
    spans : sequence, one entry a coder
        (start, end, code) of each span; they may overlap. A coder of None or without a span takes no part.
    samples : int
        How many random continua the expected disorder is estimated from.
    seed : int
        Of numpy's old random numbers, which the package draws from; their state is put back afterwards.

    Returns
    -------
    Coefficient
        `d_o` and `d_e` are the disorders. Undefined with ``one_coder``, ``gamma_not_installed``, or ``no_variation``
        where chance makes no disorder.

    Examples
    --------
    >>> gamma([[(0, 4, "A")]]).value.key
    'one_coder'
    """
    marked = {str(coder): list(each) for coder, each in enumerate(spans) if each is not None}
    marked = {coder: each for coder, each in marked.items() if each}
    units = sum(map(len, marked.values()))
    if len(marked) < 2:
        return Coefficient("gamma", undefined("one_coder"), units, len(marked))
    try:
        with _quiet():
            from pyannote.core import Segment
            from pygamma_agreement import Continuum
    except ImportError:
        return Coefficient("gamma", undefined("gamma_not_installed"), units, len(marked))
    continuum = Continuum()
    for coder, each in marked.items():
        for start, end, code in each:
            continuum.add(coder, Segment(start, end), str(code))
    with _quiet(), _seeded(seed):
        found = continuum.compute_gamma(n_samples=samples)
    d_o, d_e = float(found.observed_disorder), float(found.expected_disorder)
    value = 1 - d_o / d_e if d_e > 0 else undefined("no_variation")
    return Coefficient("gamma", value, units, len(marked), d_o=d_o, d_e=d_e)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warning that the package logs at every call of its solver."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)
