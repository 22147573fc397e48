"""Files of INSEE's Melodi: one row per place, period and combination of dimensions."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import COMMUNE_CODE, DEPARTEMENT_CODE, SIREN, count, one_of, read, text, year
from ctg_analysis.sources.certificates import RawFolder

LEVEL_OF = {"COM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region", "FRANCE": "france"}
TOTAL = "_T"


def observations_schema(dimensions: dict[str, pa.Column]) -> pa.DataFrameSchema:
    """Return the schema of a Melodi file with these dimensions besides place and period."""
    place = f"{COMMUNE_CODE}|{DEPARTEMENT_CODE}|{SIREN}|FM?"
    return pa.DataFrameSchema(
        {
            "GEO": text(place, "a place code: commune, département, région, EPCI, F or FM"),
            "GEO_OBJECT": one_of({"COM", "ARM", "EPCI", "DEP", "REG", "FRANCE"}),
            "TIME_PERIOD": year(),
            "OBS_VALUE": count(),
            **dimensions,
        },
        unique=["GEO", "GEO_OBJECT", "TIME_PERIOD", *dimensions],
    )


def read_melodi(folder: RawFolder, name: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return a Melodi file with the columns code, level, period, value and its dimensions."""
    names = {"GEO": "code", "TIME_PERIOD": "period", "OBS_VALUE": "value"}
    table = read(folder, name, schema).rename(columns=names)
    levels = table["GEO_OBJECT"].replace("ARM", "COM").map(LEVEL_OF)
    return table.assign(level=levels)
