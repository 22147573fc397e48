"""Several files of one source: each figure once."""

import pandas as pd

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.certificates import RawFolder

SERIES = ["level", "period", "measure"]


def complementary(tables: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the facts of a source, each table without the series that an earlier one holds.

    A later table keeps the years, the levels and the measures that the former ones do not have, and only these. An
    index and the same one weighted by its producer (`_total` and `_inhabitants`) are one measure.
    """
    if len(tables) == 1:
        return tables
    kept, given = [], pd.DataFrame(columns=SERIES, dtype=str)
    for facts in tables:
        numbers = facts.groupby(SERIES, observed=True, sort=False).ngroup()
        series = facts.loc[~numbers.duplicated(), SERIES].astype(str)
        series["measure"] = series["measure"].str.removesuffix("_total").str.removesuffix("_inhabitants")
        fresh = ~pd.MultiIndex.from_frame(series).isin(pd.MultiIndex.from_frame(given))
        kept.append(facts[fresh[numbers]])
        given = pd.concat([given, series])
    return kept


def with_former(current: list[pd.DataFrame], former: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables in one, those of files of former years without the series that a current file holds."""
    several = [pd.concat(tables, ignore_index=True) for tables in (current, former) if tables]
    return pd.concat(complementary(several), ignore_index=True)


def given_twice(tables: list[pd.DataFrame], folder: RawFolder) -> list[Finding]:
    """Return what is said of figures that two tables of a source hold."""
    series = pd.concat([table[SERIES].drop_duplicates().astype(str) for table in tables])
    several = pd.MultiIndex.from_frame(series[series.duplicated()].drop_duplicates())
    if several.empty:
        return []
    rows = pd.concat([table[pd.MultiIndex.from_frame(table[SERIES]).isin(several)] for table in tables])
    again = rows.loc[rows.duplicated(["code", *SERIES]), SERIES].drop_duplicates()
    expected = "chaque chiffre dans un seul fichier : retirer celui dont on ne veut pas"
    return [
        Finding(
            project_path(folder.path),
            None,
            None,
            f"{row.measure} de {row.period} ({row.level}) dans deux fichiers",
            expected,
        )
        for row in again.head(10).itertuples(index=False)
    ]
