"""The children of a census for 100 births of their years: what arrivals and departures have made of each generation."""

import pandas as pd

from ctg_analysis.core.norms import norm

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
