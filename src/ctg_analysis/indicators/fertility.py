"""Births beside the women who may have them: those that their ages would give, and what a change is made of."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.core.declared_values import Positive
from ctg_analysis.core.settings import settings
from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.indicators.decomposition import effects
from ctg_analysis.indicators.uncertainty import Z

FILE = "fecondite.yml"  # of data/reference
# The ages of these rates, with the five-year ages of the census that make them up. The women of 50, who have almost no
# child, are in the last rate alone.
AGES = {
    "15_24": ("15_19", "20_24"),
    "25_29": ("25_29",),
    "30_34": ("30_34",),
    "35_39": ("35_39",),
    "40_50": ("40_44", "45_49"),
}
PER = 100  # women
WIDTHS = {"15_24": 10, "25_29": 5, "30_34": 5, "35_39": 5, "40_50": 11}  # years of age


class Fertility(BaseModel):
    """The births for 100 women of each age in France, by year, with where they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    texte: str
    source: str
    a_verifier: str
    provisoires: tuple[str, ...]
    taux: dict[str, dict[str, Positive]]


class BirthsChange(NamedTuple):
    """A change in births a year, and the births that it owes to the number of women, to their ages, to their fertility.

    low, high: the interval at 95 % of the part of fertility, which births alone, by chance, leave open.
    """

    change: float
    women: float
    ages: float
    fertility: float
    low: float
    high: float


@cache
def fertility() -> Fertility:
    """The rates of data/reference/fecondite.yml, read once.

    Raises:
        InputError: what is wrong with the file.
    """
    return load_yaml(settings().reference / FILE, Fertility).value


def fertility_rates(year: str) -> pd.Series | None:
    """The births a year of one woman of each age in France; None of a year that the file does not have.

    >>> fertility_rates("2022").round(3).to_dict()
    {'15_24': 0.02, '25_29': 0.099, '30_34': 0.123, '35_39': 0.071, '40_50': 0.01}
    >>> fertility_rates("1900") is None
    True
    """
    rates = fertility().taux.get(year)
    return None if rates is None else pd.Series(rates)[list(AGES)] / PER


@cache
def total_fertility() -> pd.Series:
    """The children of one woman in France who would have at each age the births of a year, by year.

    >>> total_fertility().loc[[2014, 2022, 2025]].round(2).tolist()
    [2.0, 1.78, 1.55]
    """
    rates = pd.DataFrame(fertility().taux).T.rename(index=int).sort_index()
    return (rates * pd.Series(WIDTHS)).sum(axis=1) / PER


def women_by_age(women: pd.Series) -> pd.Series:
    """The women of the ages of the rates, from those of five-year ages (15_19 to 45_49).

    >>> five_years = [f"{age}_{age + 4}" for age in range(15, 50, 5)]
    >>> women_by_age(pd.Series(dict.fromkeys(five_years, 10.0))).to_dict()
    {'15_24': 20.0, '25_29': 10.0, '30_34': 10.0, '35_39': 10.0, '40_50': 20.0}
    """
    return pd.Series({age: women[list(bands)].sum(skipna=False) for age, bands in AGES.items()})


def births_change(
    women: tuple[pd.Series, pd.Series], births: tuple[float, float], years: int, rates: pd.Series
) -> BirthsChange:
    """What a change in births owes to how many women there are, to their ages, and to their fertility.

    Births are the women, times their shares by age, times the rates of each age, which are those of France raised or
    lowered alike: where the ages of mothers are not known, this ratio is the fertility of the place.

    Parameters:
        women: by age, before and after (see `women_by_age`).
        births: a year, before and after, each a mean of `years`.
        rates: births of one woman of each age, in France.

    Two women in three are left, of the same ages: 60 births would become 40, there are 44. The part of fertility is
    known to 1.96 x 37.5 x √(60 / 2 / 45² + 44 / 2 / 30²) = 14.56.

    >>> rates = pd.Series({"20_29": 0.05, "30_39": 0.1})
    >>> before, after = (pd.Series({"20_29": each, "30_39": each}) for each in (300.0, 200.0))
    >>> found = births_change((before, after), (60.0, 44.0), 2, rates)
    >>> [round(one, 2) for one in found]
    [-16.0, -21.0, 0.0, 5.0, -9.56, 19.56]
    """
    factors = [
        (float(each.sum()), (each / each.sum()).to_numpy(), (rates * born / (each * rates).sum()).to_numpy())
        for each, born in zip(women, births, strict=True)
    ]
    number, ages, fertility = effects(*factors)
    expected = [(each * rates).sum() for each in women]
    # The part of fertility is so many times the change of births over expected ones: births vary as those of Poisson.
    weight = effects(factors[0], (*factors[1][:2], factors[0][2] * 2))[2] * expected[0] / births[0]
    variances = [born / years / of**2 for born, of in zip(births, expected, strict=True)]
    half = float(Z * abs(weight) * np.sqrt(sum(variances)))
    return BirthsChange(births[1] - births[0], number, ages, fertility, fertility - half, fertility + half)
