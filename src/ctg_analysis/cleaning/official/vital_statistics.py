"""Births and deaths by commune of residence."""

import pandas as pd

from ctg_analysis.cleaning.official.melodi import observations_schema, read_melodi
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.sources.certificates import RawFolder

SCHEMA = observations_schema({})


def clean_vital_statistics(folder: RawFolder) -> pd.DataFrame:
    """Return births, deaths and their difference, the natural balance, of each commune and year."""
    place = ["code", "level", "period"]
    patterns = ("DS_ETAT_CIVIL_NAIS*.csv", "DS_ETAT_CIVIL_DECES*.csv")
    births, deaths = each(lambda pattern: _read(folder, pattern), patterns)
    both = births.merge(deaths, on=place, validate="1:1", suffixes=("_births", "_deaths"))
    balance = both[place].assign(value=both["value_births"] - both["value_deaths"])
    rows = [
        births.assign(measure="births"),
        deaths.assign(measure="deaths"),
        balance.assign(measure="natural_balance"),
    ]
    return facts(pd.concat(rows, ignore_index=True), "insee_etat_civil")


def _read(folder: RawFolder, pattern: str) -> pd.DataFrame:
    tables = each(lambda name: read_melodi(folder, name, SCHEMA), folder.some(pattern))
    return pd.concat(tables, ignore_index=True)[["code", "level", "period", "value"]]
