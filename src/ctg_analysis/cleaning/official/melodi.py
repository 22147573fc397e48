"""Files of INSEE's Melodi: one row per place, period and combination of dimensions.

The extracts and the full national files are read alike: of a full file, only the levels that we know, and the
rows where every dimension that nobody asks for is at its total.
"""

from collections.abc import Mapping

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import COMMUNE_CODE, DEPARTEMENT_CODE, SIREN, count, one_of, read, text, year
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import ROWS, TEXT
from ctg_analysis.core.model import MISSING, OK, SECRET
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.certificates import RawFolder

LEVEL_OF = {
    "COM": "commune",
    "ARM": "commune",
    "EPCI": "epci",
    "DEP": "departement",
    "REG": "region",
    "FRANCE": "france",
}
TOTAL = "_T"
SECRET_CODE = "C"  # of CONF_STATUS
MISSING_CODE, ELSEWHERE_CODE = "O", "K"  # of OBS_STATUS; K: its figures are in the commune it was merged into
A_VALUE = "une valeur, sauf si CONF_STATUS est C ou OBS_STATUS est O"

# Columns that are no dimension: what is left must be at its total.
PLAIN = {"GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "FREQ", "EC_MEASURE"}
PLAIN |= {"RP_MEASURE", "OBS_STATUS_FR", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE_LABEL"}
PLAIN |= {"UNIT_MEASURE", "UNIT_MULT", "DECIMALS"}


def observations_schema(dimensions: dict[str, pa.Column]) -> pa.DataFrameSchema:
    """Return the schema of a Melodi file with these dimensions besides place and period."""
    place = f"{COMMUNE_CODE}|{DEPARTEMENT_CODE}|{SIREN}|FM?"
    return pa.DataFrameSchema(
        {
            "GEO": text(place, "le code d'un lieu : commune, département, région, EPCI, F ou FM"),
            "GEO_OBJECT": one_of(set(LEVEL_OF)),
            "TIME_PERIOD": year(),
            "OBS_VALUE": count(nullable=True),
            "OBS_STATUS": pa.Column(TEXT, required=False),
            "CONF_STATUS": pa.Column(TEXT, required=False),
            **dimensions,
        },
        checks=pa.Check(_value_or_reason, error=A_VALUE, ignore_na=False),
        unique=["GEO", "GEO_OBJECT", "TIME_PERIOD", *dimensions],
    )


def _value_or_reason(table: pd.DataFrame) -> pd.Series:
    if "OBS_VALUE" not in table:
        return pd.Series(True, index=table.index)
    return table["OBS_VALUE"].notna() | _is(table, "CONF_STATUS", SECRET_CODE) | _is(table, "OBS_STATUS", MISSING_CODE)


def _is(table: pd.DataFrame, column: str, code: str) -> pd.Series:
    return table[column].eq(code) if column in table else pd.Series(False, index=table.index)


def read_melodi(
    folder: RawFolder, name: str, schema: pa.DataFrameSchema, codes: Mapping[str, set[str]] | None = None
) -> pd.DataFrame:
    """Return a Melodi file with the columns code, level, period, value, status and its dimensions.

    codes: dimension → the codes of the rows to keep; all of them by default.
    """

    without_total: set[str] | None = None

    def keep(rows: pd.DataFrame) -> pd.Series:
        nonlocal without_total
        known = ~_is(rows, "OBS_STATUS", ELSEWHERE_CODE)
        # A full file has other zonings, which are left out; an extract has none, and a wrong code there is an error.
        if folder.full and "GEO_OBJECT" in rows:
            known &= rows["GEO_OBJECT"].isin(LEVEL_OF)
        others = set(rows.columns) - set(schema.columns) - PLAIN - {""}
        without_total = others if without_total is None else without_total
        for dimension in others:
            at_total = rows[dimension].eq(TOTAL)
            known &= at_total
            without_total = without_total - {dimension} if at_total.any() else without_total
        for dimension, wanted in (codes or {}).items():
            if dimension in rows:
                known &= rows[dimension].isin(wanted)
        return known

    names = {"GEO": "code", "TIME_PERIOD": "period", "OBS_VALUE": "value"}
    table = read(folder, name, schema, keep=keep).rename(columns=names)
    if without_total:
        expected = f"le total {TOTAL} d'une dimension que rien ne demande, ou son nom dans PLAIN (cleaning/melodi.py)"
        path = project_path(folder.path / name)
        raise InputError(
            [Finding(path, 1, dimension, f"aucune ligne avec {TOTAL}", expected) for dimension in without_total]
        )
    if table.empty and table.attrs.get(ROWS):
        expected = f"des lignes des niveaux {', '.join(LEVEL_OF)}"
        raise InputError([Finding(project_path(folder.path / name), None, None, "aucune ligne connue", expected)])
    status = pd.Series(OK, index=table.index)
    status[table["value"].isna()] = MISSING
    status[_is(table, "CONF_STATUS", SECRET_CODE)] = SECRET
    return table.assign(level=table["GEO_OBJECT"].map(LEVEL_OF), status=status)
