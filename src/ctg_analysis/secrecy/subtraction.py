"""Sums of an open and a restricted part, as they are read by who subtracts what is open (R2, R18)."""

from dataclasses import replace

import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import OK, Count, Indicator
from ctg_analysis.secrecy.statements import measures


def subtracted(
    table: pd.DataFrame, indicators: dict[str, Indicator], sources: dict[str, Source]
) -> tuple[pd.DataFrame, dict[str, Indicator]]:
    """The rows and the declarations as they are read by who subtracts from a sum what is open in it.

    The row of a sum then speaks of the part that is not open, and belongs to the source of that part.

    Of 420 households on benefit, the Caf says that 318 are its own; the others are those of the MSA.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> from ctg_analysis.sources import SOURCES
    >>> names = {"households_on_benefit_count": "caf_et_msa", "caf_households_count": "caf_s_ben_epci_f"}
    >>> rows = pd.DataFrame({"indicator": names.keys(), "source": names.values(), "numerator": [420.0, 318.0]})
    >>> rows = rows.assign(territory="200067171", level="epci", period="2023-12", status="ok", denominator=float("nan"))
    >>> subtracted(rows, CATALOGUE, SOURCES)[0][["source", "numerator"]].values.tolist()
    [['msa_familles', 102.0], ['caf_s_ben_epci_f', 318.0]]
    """
    read, declared = table.copy(), dict(indicators)
    for both in (source for source in sources.values() if source.addition):
        parts = {whole: hidden for whole, (_, hidden) in both.addition.sums.items()}
        for indicator in (indicator for indicator in indicators.values() if both.id in indicator.sources):
            rows = read["indicator"].eq(indicator.id) & read["source"].eq(both.id) & read["status"].eq(OK)
            for column, measure in measures(indicator).items():
                if measure in both.addition.sums:
                    read.loc[rows, column] -= _open_counts(
                        read[rows], table, both.addition.sums[measure][0], indicators
                    )
            read.loc[rows, "source"] = both.addition.hides
            value = {name: parts.get(part, part) for name, part in vars(indicator.value).items()}
            declared[indicator.id] = replace(indicator, value=replace(indicator.value, **value))
    return read, declared


def _open_counts(rows: pd.DataFrame, table: pd.DataFrame, measure: str, indicators: dict[str, Indicator]) -> pd.Series:
    """What a table says of a measure in the place and at the period of each row."""
    key = ["territory", "level", "period"]
    names = [indicator.id for indicator in indicators.values() if indicator.value == Count(measure)]
    known = table[table["indicator"].isin(names) & table["status"].eq(OK)].drop_duplicates(key)
    return rows[key].join(known.set_index(key)["numerator"], on=key)["numerator"]
