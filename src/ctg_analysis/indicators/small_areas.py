"""Shares of small communes, drawn to what the communes of an EPCI have in common: a beta-binomial model."""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, betaln, expit, logit

from ctg_analysis.indicators.uncertainty import CONFIDENCE

FEWEST = 5  # communes whose share is known: of fewer, what they have in common is not known
ALL_OR_NONE = 1 / 3  # likeness of the persons of a commune beyond which communes have a thing as wholes, or have not
LIKENESS = expit(np.linspace(-11, 4, 61))  # from 0, all communes alike, to 1, each of them all or none
AROUND = np.linspace(-3, 3, 13)  # standard errors of the mean of the communes


def smoothed_shares(successes: pd.Series, trials: pd.Series) -> pd.DataFrame:
    """The shares of communes, each drawn to their mean the more, the fewer it counts: columns value, low, high.

    The share of a commune is drawn from a beta law, its count from a binomial one; the value is the mean of what the
    share may be, low and high bound 95 % of it. The mean of the beta law and the likeness of the persons of a commune
    (ρ, from which its strength is 1 / ρ - 1) may be any number from 0 to 1: the value and the bounds add up all those
    that the counts leave possible, and so hold what few communes say of them; with one estimate of each (Marshall) the
    bounds would be too narrow. The numbers need not be whole: those of a sample weigh as its effective size.

    No row when fewer than five communes have a share, or when it is one of all or none: reached or not, served or not.

    Source: Marshall, Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics 40
    (1991); Morris, Parametric empirical Bayes inference, JASA 78 (1983), for the flat law of the variance; Gelman and
    others, Bayesian data analysis (2013), section 5.3, for the whole.

    Beside communes of 25 and of 50 %, 3 of 6 become 43 % (18 to 70), 300 of 600 stay; of four communes nothing is said.

    >>> counts, bases = pd.Series([3.0, 300, 90, 20, 10, 75]), pd.Series([6.0, 600, 180, 80, 40, 300])
    >>> smoothed_shares(counts, bases).round(3).head(2).to_numpy().tolist()
    [[0.429, 0.183, 0.695], [0.498, 0.458, 0.538]]
    >>> len(smoothed_shares(counts[:4], bases[:4]))
    0
    """
    nothing = pd.DataFrame(columns=["value", "low", "high"], dtype=float)
    known = trials.gt(0) & successes.notna()
    if known.sum() < FEWEST:
        return nothing
    counts, bases = successes[known].to_numpy(dtype=float), trials[known].to_numpy(dtype=float)
    mean, likeness, weight = possible_laws(counts, bases)
    if weight @ likeness > ALL_OR_NONE:
        return nothing
    strength = (1 / likeness - 1)[:, None]
    share = (counts + mean[:, None] * strength) / (bases + strength)
    value = weight @ share
    variance = weight @ (share * (1 - share) / (bases + strength + 1) + share**2) - value**2
    size = value * (1 - value) / variance - 1
    tail = (1 - CONFIDENCE) / 2
    low, high = (betaincinv(value * size, (1 - value) * size, part) for part in (tail, 1 - tail))
    return pd.DataFrame({"value": value, "low": low, "high": high}, index=successes.index[known])


def possible_laws(counts: np.ndarray, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The beta laws that shares may be drawn from: the mean and the likeness of each, and how likely counts make it.

    Every mean and every likeness were as likely before (a flat law of both). A beta law of parameters a and b has the
    mean a / (a + b) and the likeness 1 / (a + b + 1).
    """
    likeness = LIKENESS[:, None]
    worth = bases / (1 + (bases - 1) * likeness)
    total = worth.sum(axis=1, keepdims=True)
    centre = ((worth * counts / bases).sum(axis=1, keepdims=True) + 0.5) / (total + 1)
    spread = 1 / np.sqrt(centre * (1 - centre) * total)
    mean = expit(logit(centre) + AROUND * spread)
    step = mean * (1 - mean) * spread * likeness * (1 - likeness)
    first, second = mean * (1 / likeness - 1), (1 - mean) * (1 / likeness - 1)
    likelihood = sum(
        betaln(first + count, second + base - count) - betaln(first, second)
        for count, base in zip(counts, bases, strict=True)
    )
    weight = np.exp(likelihood - likelihood.max()) * step
    return mean.ravel(), np.broadcast_to(likeness, mean.shape).ravel(), (weight / weight.sum()).ravel()
