"""Years joined to years: means over several, changes between two dates, what a flow makes of a population."""

import numpy as np
import pandas as pd

from ctg_analysis.core.facts import STATUS
from ctg_analysis.core.model import MISSING, NOT_APPLICABLE, OK, SECRET, STATUSES

PLACE = ["indicator", "code", "level", "period"]


def status_of(*statuses: pd.Series) -> pd.Series:
    """The statuses of a figure made of several: ok where all are ok, secret where one is secret, nd elsewhere.

    >>> status_of(pd.Series([OK, OK, OK]), pd.Series([OK, SECRET, MISSING])).tolist()
    ['ok', 'secret', 'nd']
    """
    secret = np.logical_or.reduce([status.eq(SECRET) for status in statuses])
    known = np.logical_and.reduce([status.eq(OK) for status in statuses])
    codes = np.select([known, secret], [*map(STATUSES.index, (OK, SECRET))], STATUSES.index(MISSING))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=STATUS), index=statuses[0].index)


def over_something(status: pd.Series, denominator: pd.Series) -> pd.Series:
    """The statuses, `so` (sans objet) where there is nothing to divide by: a commune without inhabitants.

    >>> over_something(pd.Series([OK, OK]), pd.Series([12, 0])).tolist()
    ['ok', 'so']
    """
    return status.mask(status.eq(OK) & denominator.eq(0), NOT_APPLICABLE)


def mean_of_years(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    """The means over `years` consecutive years, at the last of them; a missing year makes the mean missing.

    Parameters:
        rows: columns of PLACE, source, value, status; period: a categorical of years.

    Returns:
        One row per place and last year: value; numerator: the sum of the years; denominator: how many they are.

    >>> place = {"indicator": "births", "code": "12001", "level": "commune", "source": "s", "status": OK}
    >>> births = pd.DataFrame({"period": pd.Categorical(["2021", "2022", "2023"]), "value": [8.0, 10.0, 15.0], **place})
    >>> mean_of_years(births, 3)[["period", "numerator", "value"]].to_numpy().tolist()
    [['2023', 33.0, 11.0]]
    """
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
    """Place, period, value and status with each row moved `years` later, where there are facts of that year."""
    moved = rows.assign(period=years_later(rows["period"], years))[[*PLACE, "value", "status"]]
    return moved[moved["period"].notna()]


def years_later(periods: pd.Series, years: int) -> pd.Series:
    """The years so much later, as categories of the periods that there are; missing where there is none.

    >>> years_later(pd.Series(pd.Categorical(["2018", "2023"])), 5).tolist()
    ['2023', nan]
    """
    known = periods.cat.categories
    later = known.get_indexer([f"{int(period[:4]) + years}" for period in known])
    return pd.Series(pd.Categorical.from_codes(later[periods.cat.codes], known), index=periods.index)


def _two_dates(stock: pd.DataFrame, years: int) -> pd.DataFrame:
    """The stock at pairs of dates `years` apart (rule R8): value_before, value, the period "2018-2023"."""
    rows = stock.merge(_earlier(stock, years), on=PLACE, suffixes=("", "_before"), validate="1:1")
    status = status_of(rows["status"], rows["status_before"])
    period = rows["period"].map(lambda period: f"{int(period[:4]) - years}-{period}").astype(str)
    return rows.assign(status=status, end=rows["period"], period=period)


def annual_change(stock: pd.DataFrame, years: int) -> pd.DataFrame:
    """The mean yearly change of a stock over `years` years, in %: (after / before) ^ (1 / years) - 1.

    Parameters:
        stock: columns of PLACE, value, status; period: a categorical of years.

    Returns:
        One row per place and pair of dates: value; numerator: the stock after; denominator: the stock before.

    Multiplied by 1.1 each year, 100 000 inhabitants are 161 051 five years later.

    >>> place = {"indicator": "x", "code": "12", "level": "departement", "status": OK}
    >>> stock = pd.DataFrame({"period": pd.Categorical(["2018", "2023"]), "value": [100_000.0, 161_051.0], **place})
    >>> annual_change(stock, 5)[["period", "value"]].round(9).to_numpy().tolist()
    [['2018-2023', 10.0]]
    """
    rows = _two_dates(stock, years)
    rows["status"] = over_something(rows["status"], rows["value_before"])
    value = ((rows["value"] / rows["value_before"]) ** (1 / years) - 1) * 100
    return rows.assign(
        numerator=rows["value"], denominator=rows["value_before"], value=value.where(rows["status"].eq(OK))
    )


def _until(flow: pd.DataFrame, years: int) -> pd.DataFrame:
    """The flow of the `years` years before each year, by source: the sum of those of each year, or the producer's."""
    spans = flow["period"].map(_span).astype(int)
    by_year, whole = mean_of_years(flow[spans.eq(0)], years), flow[spans.eq(years)]
    by_year = by_year.assign(period=by_year["period"].map(lambda period: str(int(period[:4]) + 1)).astype(str))
    whole = whole.assign(period=whole["period"].map(lambda period: period[5:]).astype(str), numerator=whole["value"])
    return pd.concat([by_year, whole])[[*PLACE, "numerator", "status", "source"]]


def _span(period: str) -> int:
    """The years of a period such as "2018-2023"; 0 for a year."""
    first, _, last = period.partition("-")
    return int(last) - int(first) if len(last) == len(first) else 0


def annual_flow(flow: pd.DataFrame, stock: pd.DataFrame, years: int, *, residual: bool) -> pd.DataFrame:
    """The flow of the `years` years from the first date, or what it leaves of the change, in % a year.

    The denominator is the mean of the stock at both dates, times `years`.

    Parameters:
        flow, stock: columns of PLACE, value, status; period: a categorical of years. flow: source too; a period such as
            "2018-2023" holds what happened from the first to the other.
        residual: whether the numerator is the change of the stock less the flow, in place of the flow.

    From 900 to 1 100 inhabitants: 5 × 1 000 = 5 000 person-years. 10 a year are 50 of the 200 more, 150 are left.

    >>> place = {"indicator": "x", "code": "12", "level": "departement", "source": "s", "status": OK}
    >>> stock = pd.DataFrame({"period": pd.Categorical(["2018", "2023"]), "value": [900.0, 1100.0], **place})
    >>> flow = pd.DataFrame({"period": pd.Categorical([*map(str, range(2018, 2023))]), "value": 10.0, **place})
    >>> [annual_flow(flow, stock, 5, residual=residual)["value"].item() for residual in (False, True)]
    [1.0, 3.0]
    """
    rows = _two_dates(stock, years)
    rows = rows.merge(
        _until(flow, years),
        left_on=["indicator", "code", "level", "end"],
        right_on=PLACE,
        suffixes=("", "_flow"),
        validate="1:m",
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
