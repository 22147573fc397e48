"""Births and deaths of communes over some years: what deaths far above births may mean (rule R9)."""

import pandas as pd

from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.communes_apart import apart
from ctg_analysis.indicators.significance import compare_rates


def far_more_deaths(births: pd.Series, deaths: pd.Series, person_years: pd.Series, years: int) -> pd.Series:
    """Which communes have so many deaths for their births and their size that a home for the elderly is likely there.

    The residents of a home come from elsewhere and die in the commune: its natural balance says little of those who
    live there. Deaths reach `deaths_per_birth_with_a_home` times the births, they are more than chance makes of the
    mortality of the other communes (see `communes_apart.apart`), in a commune of `largest_commune_told_by_a_home`
    inhabitants at most: in a town, a home weighs little.

    Parameters:
        births, deaths: of the years, by commune. person_years: inhabitants added up over these years.

    30 deaths of 300 inhabitants in five years, 2 %, against 45 of 900, 1 %, and 12 births: a home is likely.

    >>> births, deaths = pd.Series([12.0, 30, 30]), pd.Series([30.0, 22, 23])
    >>> far_more_deaths(births, deaths, pd.Series([1500.0, 2250, 2250]), 5).tolist()
    [True, False, False]
    >>> far_more_deaths(births + 20, deaths, pd.Series([1500.0, 2250, 2250]), 5).tolist()
    [False, False, False]
    """
    known = person_years.gt(0) & births.notna() & deaths.notna()
    deaths, base = deaths[known].round(), person_years[known]
    more = apart(deaths, base, compare_rates) & (deaths / base).gt(deaths.sum() / base.sum())
    many = deaths.ge(norm("deaths_per_birth_with_a_home") * births[known])
    small = (base / years).le(norm("largest_commune_told_by_a_home"))
    return (more & many & small).reindex(births.index, fill_value=False)
