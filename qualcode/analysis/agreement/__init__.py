"""Agreement: how far coders agree beyond chance, with the reason wherever that cannot be said."""

from qualcode.analysis.agreement.bootstrap import Interval, bootstrap
from qualcode.analysis.agreement.coefficients import (
    Coefficient,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    holsti,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
    scott_pi,
)
from qualcode.analysis.agreement.distances import Level, Weights, jaccard, masi_dkpro, masi_passonneau
from qualcode.analysis.agreement.gamma import gamma
from qualcode.analysis.agreement.unitizing import UnitizingAlpha, unitizing_alpha

__all__ = [
    "Coefficient",
    "Interval",
    "Level",
    "UnitizingAlpha",
    "Weights",
    "bootstrap",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "gamma",
    "gwet_ac1",
    "gwet_ac2",
    "holsti",
    "jaccard",
    "krippendorff_alpha",
    "masi_dkpro",
    "masi_passonneau",
    "percent_agreement",
    "positive_agreement",
    "scott_pi",
    "unitizing_alpha",
]
