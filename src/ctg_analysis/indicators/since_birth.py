"""The children of a census for 100 births of their years: what arrivals and departures have made of each generation."""

import pandas as pd

from ctg_analysis.core.norms import norm

ENTRY = 3  # the age at which nursery school begins, and under which childcare is counted
AGES = {"0_4": (0, 4), "5_9": (5, 9), "10_14": (10, 14)}
COLUMNS = ["ages", "first", "last", "births", "children", "per_100"]


def children_per_100_births(births: pd.Series, children: pd.Series, census: int) -> pd.DataFrame:
    """The children of each band of ages at a census, on 1 January, for 100 births of the years that they were born in.

    A band has no row where one of its years is not known, or where its births are too few for a rate.

    Parameters:
        births: by year.
        children: by band of ages.

    Those of 0 to 4 on 1 January 2023 were born from 2018 to 2022: 5 x 60 births, 330 children, 110 for 100.

    >>> births, children = pd.Series(60, range(2018, 2023)), pd.Series({"0_4": 330.0, "5_9": 350.0})
    >>> children_per_100_births(births, children, 2023).round(1).values.tolist()
    [['0_4', 2018, 2022, 300, 330.0, 110.0]]
    """
    rows = []
    for ages, (youngest, oldest) in AGES.items():
        years = range(census - 1 - oldest, census - youngest)
        if ages in children and births.index.isin(years).sum() == len(years):
            total = births[list(years)].sum()
            if total >= norm("few_events"):
                rows.append((ages, years[0], years[-1], total, children[ages], children[ages] / total * 100))
    return pd.DataFrame(rows, columns=COLUMNS)


def children_ahead(births: pd.Series) -> pd.DataFrame:
    """The children under 3 on 1 January and those who enter nursery school in September, as long as births tell them.

    Who is born stays counted, and nobody else: what arrivals and departures make of it is `children_per_100_births`.

    Parameters:
        births: by year.

    Births of 2021 to 2023: under 3 on 1 January 2024, entering from 2024 to 2026.

    >>> found = children_ahead(pd.Series({2021: 52.0, 2022: 60.0, 2023: 50.0}))
    >>> found[found["year"].ge(2024)].values.tolist()
    [[2024.0, 162.0, 52.0], [2025.0, nan, 60.0], [2026.0, nan, 50.0]]
    """
    last = int(births.index.max())
    years = range(last - ENTRY + 2, last + ENTRY + 1)
    under = [births.reindex(range(year - ENTRY, year)).sum(skipna=False) for year in years]
    entering = births.reindex([year - ENTRY for year in years]).to_numpy()
    found = pd.DataFrame({"year": years, "under_3": under, "entering": entering})
    return found.dropna(subset=["under_3", "entering"], how="all")
