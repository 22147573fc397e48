"""Standard of living and poverty: INSEE's Filosofi, in the three forms it has taken.

Up to 2019 a blank is secrecy and a commune of fewer than 50 households has no row; in 2021 the letter s is
secrecy; since 2023 ("Filosofi 2", not comparable with what was before) it is CONF_STATUS C.
"""

import re

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.official.melodi import observations_schema, read_melodi
from ctg_analysis.cleaning.reading import COMMUNE_CODE, DEPARTEMENT_CODE, SIREN, count, one_of, read, text
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts, melt
from ctg_analysis.core.model import MISSING, SECRET
from ctg_analysis.sources.certificates import RawFolder

LEVELS = {
    "COM": ("commune", COMMUNE_CODE),
    "EPCI": ("epci", SIREN),
    "DEP": ("departement", DEPARTEMENT_CODE),
    "METROPOLE": ("france", "1"),
}
METROPOLITAN_FRANCE = "FM"
DECILES = (1, 2, 3, 4, 6, 7, 8, 9)  # the fifth is the median
WORDS = {"": SECRET, "s": SECRET, "nd": MISSING}


def clean_disposable_income(folder: RawFolder) -> pd.DataFrame:
    """Return the figures of the years up to 2019, by commune, EPCI, département, métropole.

    Medians, deciles and their ratio, and the share of benefits in the disposable income (%).
    """

    def read_file(name: str) -> pd.DataFrame:
        year, suffix = re.match(r"FILO(\d{4})_DISP_([A-Z]+)", name).groups()
        measures = {
            f"NBMEN{year[2:]}": "tax_households",
            f"Q2{year[2:]}": "living_standard_median",
            **{f"D{decile}{year[2:]}": f"living_standard_d{decile}" for decile in DECILES},
            "RD": "living_standard_decile_ratio",
            f"PPSOC{year[2:]}": "social_benefits_income_rate",
        }
        return _wide(folder, name, measures, year, suffix)

    return pd.concat(each(read_file, folder.some("FILO*_DISP_*.csv")), ignore_index=True)


def clean_income_2021(folder: RawFolder) -> pd.DataFrame:
    """Return median, poverty rate and decile ratio of 2021, by commune."""
    measures = {
        "NBMENFISC21": "tax_households",
        "MED21": "living_standard_median",
        "TP6021": "poverty_rate",
        "RD21": "living_standard_decile_ratio",
    }
    tables = each(lambda name: _wide(folder, name, measures, "2021", "COM"), folder.some("cc_filosofi_2021_COM*.csv"))
    return pd.concat(tables, ignore_index=True)


def clean_income_2023(folder: RawFolder) -> pd.DataFrame:
    """Return median and poverty rate of 2023, as published at each level."""
    measures = {"MED_SL": "living_standard_median", "PR_MD60": "poverty_rate"}
    schema = observations_schema({"FILOSOFI_MEASURE": one_of(set(measures))})
    codes = {"FILOSOFI_MEASURE": set(measures)} if folder.full else None
    table = pd.concat(each(lambda name: read_melodi(folder, name, schema, codes), folder.some("DS_FILOSOFI_CC*.csv")))
    return facts(table, folder.certificate.id, measure=table["FILOSOFI_MEASURE"].map(measures))


def _wide(folder: RawFolder, name: str, measures: dict[str, str], year: str, suffix: str) -> pd.DataFrame:
    level, codes = LEVELS[suffix]
    schema = pa.DataFrameSchema(
        {
            "CODGEO": text(codes, f"the code of a place ({level})"),
            **{column: count(words=WORDS) for column in measures},
        },
        unique=["CODGEO"],
    )
    table = read(folder, name, schema)
    if level == "france":
        table["CODGEO"] = METROPOLITAN_FRANCE
    return melt(table, measures, folder.certificate.id, code="CODGEO", level=level, period=year)
