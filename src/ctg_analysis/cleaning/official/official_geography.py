"""The INSEE's own geography: its passage table, which reaches further back than ours, and its grid of density."""

import re

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import COMMUNE_CODE, commune_code, one_of, read, text
from ctg_analysis.core.facts import facts
from ctg_analysis.sources.certificates import RawFolder

PASSAGE_TABLE, DENSITY_GRID = "table_passage_annuelle_20??.xlsx", "grille_densite_7_niveaux_20??.xlsx"
DENSITY_CLASSES = list(range(1, 8))

PASSAGE = pa.DataFrameSchema(
    {
        "NIVGEO": one_of({"COM", "ARM"}),
        r"CODGEO_20\d\d": text(rf"(?:{COMMUNE_CODE})?", "a commune code of 5 characters, or nothing", regex=True),
    }
)

DENSITY = pa.DataFrameSchema(
    {
        "CODGEO": commune_code(),
        "DENS": pa.Column(float, pa.Check.isin(DENSITY_CLASSES, error="a class from 1 to 7")),
    },
    unique=["CODGEO"],
)


def clean_passage(folder: RawFolder) -> pd.DataFrame:
    """Return the INSEE's yearly passage table: one column per year since 2003, one row per commune followed.

    A cell is the code of the commune that held it on 1 January of the year, missing when there was none;
    territories.ways_between leads from a year to the last one. The other table (`geo2003_geoAAAA`) cannot: it
    lists every code since 2003 together, and does not say which of them existed in a given year, so that a
    merger older than the figures would look like communes without a row.

    Source: table_passage_annuelle_AAAA.xlsx, https://www.insee.fr/fr/information/7671867.
    """

    def keep(rows: pd.DataFrame) -> pd.Series:
        levels = rows["NIVGEO"] if "NIVGEO" in rows else pd.Series("COM", index=rows.index)
        return levels.eq("COM")

    table = read(folder, max(folder.some(PASSAGE_TABLE)), PASSAGE, keep=keep).filter(regex=r"^CODGEO_")
    codes = table.rename(columns=lambda column: int(column.removeprefix("CODGEO_")))
    return codes.replace("", None)


def clean_density(folder: RawFolder) -> pd.DataFrame:
    """Return the class of each commune in the grid of density, as facts; period: the year of the geography.

    Classes: 1 grands centres urbains, 2 centres urbains intermédiaires, 3 ceintures urbaines, 4 petites villes,
    5 bourgs ruraux, 6 rural à habitat dispersé, 7 rural à habitat très dispersé. They do not add up.

    Source: grille_densite_7_niveaux_AAAA.xlsx, https://www.insee.fr/fr/information/6439600; method: Insee,
    Documents de travail 2022-18.
    """
    tables = []
    for name in folder.some(DENSITY_GRID):
        table = read(folder, name, DENSITY).rename(columns={"CODGEO": "code", "DENS": "value"})
        period = re.search(r"20\d\d", name)[0]
        tables.append(facts(table, folder.certificate.id, level="commune", period=period, measure="density_class"))
    return pd.concat(tables, ignore_index=True)
