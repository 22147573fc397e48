"""The period of the rows of a table: in their column, in the layout, or in the name or certificate of the file."""

import re

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import text
from ctg_analysis.core.files import once_each
from ctg_analysis.core.layouts import DECEMBER, MONTH, QUARTER, SHEET, YEAR, Table
from ctg_analysis.sources.certificates import RawFolder

# How a period is written, what a person expects there, and the period that it becomes: the groups, joined by "-".
PERIODS = {
    YEAR: (r"(20\d\d)(?:-\d\d-\d\d.*)?", "une année de quatre chiffres"),
    SHEET: (r"(?:APL )?(20\d\d)", "une année de quatre chiffres, ou une feuille du nom de son année"),
    MONTH: (r"(20\d\d)-?(\d\d)(?:-\d\d.*)?", "un mois, tel que 2024-12 ou 202412"),
    DECEMBER: (r"(20\d\d)", "une année de quatre chiffres"),
    QUARTER: (r"(20\d\d)-?T[1-4]", "un trimestre, tel que 2024-T4"),
}
KEPT = {MONTH: r"20\d\d-?12(?:-\d\d.*)?", QUARTER: r"20\d\d-?T4"}  # of months December, of quarters the last


def period_column(layout: Table) -> dict[str, pa.Column]:
    """Return the schema of the column of the period; nothing when the layout or the file tells it."""
    if not layout.period or _is_year(layout.period):
        return {}
    form, expected = PERIODS[layout.written]
    return {layout.period: text(form, expected)}


def of_the_year(layout: Table, rows: pd.DataFrame) -> pd.Series:
    """Tell the rows that stand for their year: of months December, of quarters the last; all, of other periods."""
    if layout.written not in KEPT or layout.period not in rows:
        return pd.Series(True, index=rows.index)
    form, _ = PERIODS[layout.written]
    return once_each(  # a wrong one is told later
        rows[layout.period].astype(str),
        lambda texts: texts.str.fullmatch(KEPT[layout.written]) | ~texts.str.fullmatch(form),
    )


def periods(layout: Table, rows: pd.DataFrame, year: str) -> pd.Series | str:
    """Return the period of each row: its column's, or the year of the layout, or that of the file."""
    if _is_year(layout.period) or not layout.period:
        return layout.period or year
    form, _ = PERIODS[layout.written]

    def period(texts: pd.Series) -> pd.Series:
        groups = texts.str.extract(f"^{form}$")
        if layout.written == DECEMBER:
            return groups[0] + "-12"
        return groups.iloc[:, 0].str.cat(groups.iloc[:, 1:], sep="-") if groups.shape[1] > 1 else groups.iloc[:, 0]

    return once_each(rows[layout.period], period)


def year_of(folder: RawFolder, name: str) -> str:
    """Return the last year in the name of a file, else in its vintage, else in the date it was had."""
    words = (name, folder.certificate.vintage, str(folder.certificate.date_acces))
    return next(years[-1] for word in words if (years := re.findall(r"20\d\d", word)))


def _is_year(period: str) -> bool:
    return bool(re.fullmatch(r"20\d\d(?:-20\d\d)?", period))
