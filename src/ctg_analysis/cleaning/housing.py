"""Dwellings by category: the census."""

import pandas as pd

from ctg_analysis.cleaning.facts import facts
from ctg_analysis.cleaning.melodi import TOTAL, observations_schema, read_melodi
from ctg_analysis.cleaning.reading import one_of, text
from ctg_analysis.sources.certificates import RawFolder

MEASURES = {TOTAL: "dwellings", "DW_SEC_DW_OCC": "secondary_dwellings"}

SCHEMA = observations_schema(
    {
        "OCS": one_of({TOTAL, "DW_MAIN", "DW_SEC_DW_OCC", "DW_VAC"}),
        "TSH": text(r"_T|\d{3}(?:_\d{3})?", "a tenure code, such as 100 or _T"),
        "RP_MEASURE": one_of({"DWELLINGS"}),
    }
)


def clean_dwellings(folder: RawFolder) -> pd.DataFrame:
    """Return all dwellings and the secondary ones, whatever the tenure."""
    table = pd.concat([read_melodi(folder, name, SCHEMA) for name in folder.matching("*.csv")], ignore_index=True)
    table = table[table["OCS"].isin(MEASURES) & table["TSH"].eq(TOTAL)]
    return facts(table, "insee_rp_logement", measure=table["OCS"].map(MEASURES))
