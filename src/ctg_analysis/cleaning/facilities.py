"""Facilities by type: INSEE's base permanente des équipements (BPE)."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.facts import facts
from ctg_analysis.cleaning.melodi import observations_schema, read_melodi
from ctg_analysis.cleaning.reading import one_of, read, text
from ctg_analysis.sources.certificates import RawFolder

TYPES = {"D502": "childcare_centres", "D504": "childminder_hubs"}

SCHEMA = observations_schema(
    {
        "FACILITY_TYPE": text(r"[A-Z]\d{3}|", "a facility type, such as D502"),
        "FACILITY_TYPE_LABEL": pa.Column(str),
        "BPE_MEASURE": one_of({"FACILITIES"}),
    }
)
COVERED_TYPES = pa.DataFrameSchema({"FACILITY_TYPE": text(r"[A-Z]\d{3}|", "a facility type, such as D502")})


def clean_facilities(folder: RawFolder) -> pd.DataFrame:
    """Return the number of facilities of each type that the file covers.

    A type that the file covers and a commune lacks is a true 0; a type that it does not cover is unknown
    and gives no row.
    """
    table = pd.concat([read_melodi(folder, name, SCHEMA) for name in folder.matching("DS_BPE*.csv")], ignore_index=True)
    covered = set(read(folder, "types_couverts.csv", COVERED_TYPES)["FACILITY_TYPE"])
    types = [facility for facility in TYPES if facility in covered]
    grid = pd.MultiIndex.from_product(
        [sorted(table["code"].unique()), sorted(table["period"].unique()), types],
        names=["code", "period", "FACILITY_TYPE"],
    )
    counts = table[table["FACILITY_TYPE"].isin(types)].set_index(list(grid.names))["value"]
    rows = counts.reindex(grid, fill_value=0).reset_index()
    return facts(rows, "insee_bpe_2025", level="commune", measure=rows["FACILITY_TYPE"].map(TYPES))
