"""Births and deaths by commune of residence."""

import pandas as pd

from ctg_analysis.cleaning.official.melodi import observations_schema, read_melodi
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.sources.certificates import RawFolder

SCHEMA = observations_schema({})
PLACE = ["code", "level"]
STOOD_FOR = 3  # ages: the births of so many years stand for the children of 0, 1 and 2


def clean_vital_statistics(folder: RawFolder) -> pd.DataFrame:
    """Return births, deaths, both together, their difference, the natural balance, and the births of three years.

    The births of three years are of the last of them.
    """
    place = [*PLACE, "period"]
    patterns = ("DS_ETAT_CIVIL_NAIS*", "DS_ETAT_CIVIL_DECES*")
    births, deaths = each(lambda pattern: _read(folder, pattern), patterns)
    both = births.merge(deaths, on=place, validate="1:1", suffixes=("_births", "_deaths"))
    balance = both[place].assign(value=both["value_births"] - both["value_deaths"])
    events = both[place].assign(value=both["value_births"] + both["value_deaths"])
    rows = [
        births.assign(measure="births"),
        deaths.assign(measure="deaths"),
        balance.assign(measure="natural_balance"),
        events.assign(measure="vital_events"),
        of_years(births, STOOD_FOR).assign(measure="births_3_years"),
    ]
    return facts(pd.concat(rows, ignore_index=True), "insee_etat_civil")


def of_years(births: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the births of each year and those before it, `years` in all; missing when those of one of them are.

    A place has no row for a year before which one is not in the file.
    """
    year = births["period"].astype(int)
    moved = [births.assign(period=(year + later).astype(str)) for later in range(years)]
    grouped = pd.concat(moved).groupby([*PLACE, "period"])["value"]
    whole = grouped.size().eq(years)
    return grouped.sum(min_count=years)[whole].reset_index()


def _read(folder: RawFolder, pattern: str) -> pd.DataFrame:
    tables = each(lambda name: read_melodi(folder, name, SCHEMA), folder.some(pattern))
    return pd.concat(tables, ignore_index=True)[["code", "level", "period", "value"]]
