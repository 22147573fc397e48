"""Geography beside the yearly tables: the INSEE's passage table and grid of density, the communes of each massif."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import COMMUNE_CODE, commune_code, one_of, read, text
from ctg_analysis.sources.certificates import RawFolder

PASSAGE_TABLE, DENSITY_GRID = "table_passage_annuelle_20??.xlsx", "grille_densite_7_niveaux_20??*"
MASSIFS_LIST = "massifs*"
OVERSEAS, IN_PART = "97", " (en tout ou en partie)"

# The classes of the grid by their labels, from the densest: second-hand copies number the third and the fourth
# either way, all label them alike.
DENSITY_CLASSES = (
    *("Grands centres urbains", "Centres urbains intermédiaires", "Petites villes", "Ceintures urbaines"),
    *("Bourgs ruraux", "Rural à habitat dispersé", "Rural à habitat très dispersé"),
)

PASSAGE = pa.DataFrameSchema(
    {
        "NIVGEO": one_of({"COM", "ARM"}),
        r"CODGEO_20\d\d": text(rf"(?:{COMMUNE_CODE})?", "un code de commune de 5 caractères, ou rien", regex=True),
    }
)

DENSITY = pa.DataFrameSchema(
    {"CODGEO": commune_code(), "LIBDENS": one_of(set(DENSITY_CLASSES))},
    unique=["CODGEO"],
)

MASSIFS = pa.DataFrameSchema(
    {"insee_com": commune_code(), "lib_massif": text(r"Massif \S.*", "le nom d'un massif")},
    unique=["insee_com"],
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
    """Return the class of each commune in the grid of density of seven levels: columns code, density (its label).

    Source: grille_densite_7_niveaux_AAAA.xlsx, https://www.insee.fr/fr/information/6439600; method: Insee,
    Documents de travail 2022-18.
    """
    table = read(folder, max(folder.some(DENSITY_GRID)), DENSITY)
    return table.rename(columns={"CODGEO": "code", "LIBDENS": "density"})


def clean_massifs(folder: RawFolder) -> pd.DataFrame:
    """Return the communes that a massif holds: columns code, massif (its name). Those that it does not name have none.

    A massif is the area of a comité de massif: wider than the communes classed as mountain (zone de montagne). Overseas
    it holds communes and parts of communes; the list does not say which, so its name does that it may be a part.
    """
    table = read(folder, max(folder.some(MASSIFS_LIST)), MASSIFS)
    names = table["lib_massif"]
    table["lib_massif"] = names.mask(table["insee_com"].str.startswith(OVERSEAS), names + IN_PART)
    return table.rename(columns={"insee_com": "code", "lib_massif": "massif"})


def with_zonings(places: pd.DataFrame, density: pd.DataFrame | None, massifs: pd.DataFrame | None) -> pd.DataFrame:
    """Return the territories with two columns: density, of communes; massif, of communes and EPCIs.

    An EPCI that lies in several massifs has them all, separated by |, as it has its départements. Nothing is known of
    any where a list is not given (None).
    """

    def told(table: pd.DataFrame | None, column: str) -> pd.Series:
        known = pd.Series(dtype=object) if table is None else table.set_index("code")[column]
        return places["code"].map(known).where(places["level"].eq("commune"))

    communes = told(massifs, "massif")
    across = communes.dropna().groupby(places["epci"]).agg(lambda names: "|".join(sorted(set(names))))
    of_epcis = places["code"].map(across).where(places["level"].eq("epci"))
    return places.assign(density=told(density, "density"), massif=communes.fillna(of_epcis))
