"""Years joined to years: means over several, changes between two dates, what a flow makes of a population."""

import numpy as np
import pandas as pd

from ctg_analysis.core.model import MISSING, NOT_APPLICABLE, OK, SECRET

PLACE = ["indicator", "code", "level", "period"]


def status_of(*statuses: pd.Series) -> pd.Series:
    """Return ok where all are ok, secret where one is secret, nd elsewhere."""
    secret = np.logical_or.reduce([status.eq(SECRET) for status in statuses])
    known = np.logical_and.reduce([status.eq(OK) for status in statuses])
    return pd.Series(np.select([known, secret], [OK, SECRET], MISSING), index=statuses[0].index)


def over_something(status: pd.Series, denominator: pd.Series) -> pd.Series:
    """Return the statuses, `so` (sans objet) where there is nothing to divide by: a commune without inhabitants."""
    return status.mask(status.eq(OK) & denominator.eq(0), NOT_APPLICABLE)


def mean_of_years(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return means over `years` consecutive years; a missing year makes the mean missing."""
    shifted = [_earlier(rows, years_ago) for years_ago in range(years)]
    table = rows[[*PLACE, "source"]]
    for number, part in enumerate(shifted):
        part = part.rename(columns={"value": f"value_{number}", "status": f"status_{number}"})
        table = table.merge(part, on=PLACE, how="inner", validate="1:1")
    values = table[[f"value_{number}" for number in range(years)]]
    status = status_of(*(table[f"status_{number}"] for number in range(years)))
    total = values.sum(axis=1).where(status.eq(OK))
    return table.assign(numerator=total, denominator=float(years), value=total / years, status=status)


def _earlier(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return place, period, value and status with each row moved `years` later, where there are facts of that year."""
    moved = rows.assign(period=years_later(rows["period"], years))[[*PLACE, "value", "status"]]
    return moved[moved["period"].notna()]


def years_later(periods: pd.Series, years: int) -> pd.Series:
    """Return the years so much later as categories of the periods that there are; missing where there is none."""
    known = periods.cat.categories
    later = known.get_indexer([f"{int(period[:4]) + years}" for period in known])
    return pd.Series(pd.Categorical.from_codes(later[periods.cat.codes], known), index=periods.index)


def _year(rows: pd.DataFrame) -> pd.Series:
    return rows["period"].astype(str).astype(int)


def _two_dates(stock: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the stock at pairs of dates `years` apart (rule R8): value_before, value, the period "2018-2023"."""
    rows = stock.merge(_earlier(stock, years), on=PLACE, suffixes=("", "_before"), validate="1:1")
    status = status_of(rows["status"], rows["status_before"])
    start = (_year(rows) - years).astype(str)
    return rows.assign(status=status, end=rows["period"], period=start + "-" + rows["period"].astype(str))


def completed(rows: pd.DataFrame, in_epcis: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with those of the communes in EPCIs in the place of the ones that are missing.

    The older populations are those of EPCIs: a place that holds an island without EPCI has no change without this.
    """
    known = in_epcis[in_epcis["status"].eq(OK)]
    if known.empty:
        return rows
    both = pd.concat([rows, known], ignore_index=True)
    ranked = both.assign(_missing=both["status"].eq(MISSING)).sort_values("_missing", kind="stable")
    return ranked.drop_duplicates(PLACE).drop(columns="_missing")


def annual_change(stock: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the mean yearly change of a stock over `years` years, in %."""
    rows = _two_dates(stock, years)
    rows["status"] = over_something(rows["status"], rows["value_before"])
    value = ((rows["value"] / rows["value_before"]) ** (1 / years) - 1) * 100
    return rows.assign(
        numerator=rows["value"], denominator=rows["value_before"], value=value.where(rows["status"].eq(OK))
    )


def annual_flow(flow: pd.DataFrame, stock: pd.DataFrame, years: int, *, residual: bool) -> pd.DataFrame:
    """Return the flow of the `years` years from the first date, or what it leaves of the change, in % a year."""
    summed = mean_of_years(flow, years)
    summed = summed.assign(period=(_year(summed) + 1).astype(str))
    rows = _two_dates(stock, years)
    rows = rows.merge(
        summed[[*PLACE, "numerator", "status", "source"]],
        left_on=["indicator", "code", "level", "end"],
        right_on=PLACE,
        suffixes=("", "_flow"),
        validate="1:1",
    )
    status = status_of(rows["status"], rows["status_flow"])
    change = rows["value"] - rows["value_before"]
    numerator = change - rows["numerator"] if residual else rows["numerator"]
    person_years = (rows["value"] + rows["value_before"]) / 2 * years
    status = over_something(status, person_years)
    value = (numerator / person_years * 100).where(status.eq(OK))
    return rows.assign(
        numerator=numerator, denominator=person_years, value=value, status=status, source=rows["source_flow"]
    )
