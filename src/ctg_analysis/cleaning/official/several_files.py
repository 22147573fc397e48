"""Several files of one source: each figure once."""

import pandas as pd

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.certificates import RawFolder

SERIES = ["level", "period", "measure"]


def with_former(current: list[pd.DataFrame], former: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables in one, those of files of former years without the series that a current file holds."""
    if current and former:
        held = pd.MultiIndex.from_frame(pd.concat([table[SERIES] for table in current]).drop_duplicates().astype(str))
        former = [table[~pd.MultiIndex.from_frame(table[SERIES].astype(str)).isin(held)] for table in former]
    return pd.concat([*current, *former], ignore_index=True)


def given_twice(table: pd.DataFrame, folder: RawFolder) -> list[Finding]:
    """Return what is said of figures that two files of a source hold."""
    again = table.loc[table.duplicated(["code", *SERIES]), SERIES].drop_duplicates()
    expected = "each figure in one file: remove the file that is not wanted"
    return [
        Finding(
            project_path(folder.path), None, None, f"{row.measure} of {row.period} ({row.level}) in two files", expected
        )
        for row in again.head(10).itertuples(index=False)
    ]
