"""The geography that every source is brought to: communes and EPCIs by year, what became of them, all territories."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pandera.pandas as pa
import pyarrow.parquet as parquet

from ctg_analysis.clean.perimeter import Perimeter, perimeter_from
from ctg_analysis.model.errors import Finding, InputError, each
from ctg_analysis.model.facts import facts
from ctg_analysis.model.norms import norm, read_geography, read_names
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.territories import ARRONDISSEMENT, COMMUNE, MAYOTTE, joined_again, territories
from ctg_analysis.raw.certificates import RawFolder
from ctg_analysis.raw.files import TEXT, load
from ctg_analysis.raw.tables import (
    COMMUNE_CODE,
    DEPARTEMENT_CODE,
    SIREN,
    commune_code,
    count,
    one_of,
    read,
    text,
    validate,
)

PASSAGE_TABLE, DENSITY_GRID = "table_passage_annuelle_20??.xlsx", "grille_densite_7_niveaux_20??*"
MASSIFS_LIST = "massifs*"
OVERSEAS, IN_PART = "97", " (en tout ou en partie)"

# The classes of the grid by their labels, from the densest: second-hand copies number the third and the fourth
# either way, all label them alike.
DENSITY_CLASSES = (
    *("Grands centres urbains", "Centres urbains intermédiaires", "Petites villes", "Ceintures urbaines"),
    *("Bourgs ruraux", "Rural à habitat dispersé", "Rural à habitat très dispersé"),
)

PASSAGE_SCHEMA = pa.DataFrameSchema(
    {
        "NIVGEO": one_of({"COM", "ARM"}),
        r"CODGEO_20\d\d": text(rf"(?:{COMMUNE_CODE})?", "un code de commune de 5 caractères, ou rien", regex=True),
    }
)

DENSITY_SCHEMA = pa.DataFrameSchema(
    {"CODGEO": commune_code(), "LIBDENS": one_of(set(DENSITY_CLASSES))}, unique=["CODGEO"]
)

MASSIFS_SCHEMA = pa.DataFrameSchema(
    {"insee_com": commune_code(), "lib_massif": text(r"Massif \S.*", "le nom d'un massif")}, unique=["insee_com"]
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

    table = read(folder, max(folder.some(PASSAGE_TABLE)), PASSAGE_SCHEMA, keep=keep).filter(regex=r"^CODGEO_")
    codes = table.rename(columns=lambda column: int(column.removeprefix("CODGEO_")))
    return codes.replace("", None)


def clean_density(folder: RawFolder) -> pd.DataFrame:
    """Return the class of each commune in the grid of density of seven levels: columns code, density (its label).

    Source: grille_densite_7_niveaux_AAAA.xlsx, https://www.insee.fr/fr/information/6439600; method: Insee,
    Documents de travail 2022-18.
    """
    table = read(folder, max(folder.some(DENSITY_GRID)), DENSITY_SCHEMA)
    return table.rename(columns={"CODGEO": "code", "LIBDENS": "density"})


def clean_massifs(folder: RawFolder) -> pd.DataFrame:
    """Return the communes that a massif holds: columns code, massif (its name). Those that it does not name have none.

    A massif is the area of a comité de massif: wider than the communes classed as mountain (zone de montagne). Overseas
    it holds communes and parts of communes; the list does not say which, so its name does that it may be a part.
    """
    table = read(folder, max(folder.some(MASSIFS_LIST)), MASSIFS_SCHEMA)
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


COMMUNES_SCHEMA = pa.DataFrameSchema(
    {
        "code": commune_code(),
        "nom": pa.Column(TEXT),
        "type": one_of({COMMUNE, ARRONDISSEMENT}),
        "departement": text(DEPARTEMENT_CODE, "un code de département, tel que 01, 2A ou 974"),
        "region": text(r"\d{2}|9\d\d", "un code de région de 2 chiffres"),
        "zone": one_of({"metro", "drom", "com"}),
        "epci": text(SIREN, "un SIREN de 9 chiffres", nullable=True),
        "commune_parente": text(COMMUNE_CODE, "un code de commune", nullable=True),
        "population_municipale": count(nullable=True),
        "population_municipale_epci": count(nullable=True),
        "population_totale_epci": count(nullable=True, required=False),
        "anciens_codes": text(
            rf"{COMMUNE_CODE}(?:\|{COMMUNE_CODE})*", "des codes de communes séparés par |", nullable=True
        ),
    },
    unique=["code"],
)

EPCIS_SCHEMA = pa.DataFrameSchema(
    {
        "code": text(SIREN, "un SIREN de 9 chiffres"),
        "nom": pa.Column(TEXT),
        "type": one_of({"CC", "CA", "CU", "METRO", "MET69"}),
        "nb_communes": count(),
    },
    unique=["code"],
)


def clean_communes(folder: RawFolder) -> dict[int, pd.DataFrame]:
    """Return the communes and municipal arrondissements of each year.

    Columns: code, name, kind, departement, region, zone, epci, parent, former_codes, population,
    population_dgcl (the older population of the DGCL's file of EPCIs), total_population (of the same file: with those
    who are counted apart; empty where the file has none), total_census (the census that it is of).
    """
    names = {"nom": "name", "type": "kind", "commune_parente": "parent", "anciens_codes": "former_codes"}
    names |= {"population_municipale": "population", "population_municipale_epci": "population_dgcl"}
    names |= {"population_totale_epci": "total_population"}
    columns = ["code", "departement", "region", "zone", "epci", *names.values()]

    def clean(name: str) -> pd.DataFrame:
        table = read(folder, name, COMMUNES_SCHEMA).rename(columns=names).reindex(columns=columns)
        census = pd.Series(_census(folder, name, "population_epci"), index=table.index)
        census = census.mask(table["departement"].eq(MAYOTTE), _census_of_mayotte())
        return table.assign(total_census=census.where(table["total_population"].notna(), None))

    files = folder.matching("communes_*.parquet")
    return dict(zip(map(_year, files), each(clean, files), strict=True))


def clean_epcis(folder: RawFolder) -> dict[int, pd.DataFrame]:
    """Return the EPCIs of each year. Columns: code, name, kind."""
    names = {"nom": "name", "type": "kind"}
    files = folder.matching("epci_*.parquet")
    tables = each(lambda name: read(folder, name, EPCIS_SCHEMA).rename(columns=names)[["code", "name", "kind"]], files)
    return dict(zip(map(_year, files), tables, strict=True))


def _census(folder: RawFolder, name: str, key: str) -> str:
    return re.search(r"\d{4}", folder.entry(name).model_extra[key])[0]


def _census_of_mayotte() -> str:
    return f"{norm('census_of_mayotte'):.0f}"


def _year(name: str) -> int:
    return int(re.search(r"\d{4}", name)[0])


def clean_populations(folder: RawFolder, communes: dict[int, pd.DataFrame]) -> dict[int, pd.DataFrame]:
    """Return the reference populations, as facts by year of geography.

    Each file holds two vintages, which its certificate names: that of the communes and that of the EPCIs.
    A vintage found in several files is taken from the first that gives it (the file of 2023 repeats that of 2020
    with eight merged communes at their former size), and from its communes rather than its EPCIs, which leave
    out the four islands without EPCI. Mayotte has one population in all the files.
    """
    tables: dict[int, list[pd.DataFrame]] = {}
    for period, (year, column) in sorted(_vintages(folder, communes).items()):
        table = communes[year]
        tables.setdefault(year, []).append(_population(table[table["departement"].ne(MAYOTTE)], column, period))
    latest = max(communes)
    mayotte = communes[latest][communes[latest]["departement"].eq(MAYOTTE)]
    tables.setdefault(latest, []).append(_population(mayotte, "population", _census_of_mayotte()))
    return {year: pd.concat(rows, ignore_index=True) for year, rows in tables.items()}


def _vintages(folder: RawFolder, years: Iterable[int]) -> dict[str, tuple[int, str]]:
    """Return, for each vintage of population, the year of the file and the column to take it from."""
    vintages = {}
    for key, column in {"population_epci": "population_dgcl", "population_municipale": "population"}.items():
        for year in sorted(years, reverse=True):
            vintages[_census(folder, f"communes_{year}.parquet", key)] = (year, column)
    return vintages


def _population(table: pd.DataFrame, column: str, period: str) -> pd.DataFrame:
    rows = table[table[column].notna()]
    rows = rows[["code"]].assign(value=rows[column])
    return facts(rows, "etalab_decoupage", level="commune", period=period, measure="population")


def with_secteurs(root: DataRoot, places: pd.DataFrame) -> pd.DataFrame:
    """Return the territories with the secteurs that the user defines: column `secteur`, and a row for each.

    A secteur groups communes of one EPCI, to read what is too small by commune: data/reference/secteurs/<siren>.csv,
    columns commune and secteur (its name).

    Raises:
        InputError: a commune that is not of the EPCI, or comes twice.
    """
    tables = []
    for path in sorted((root.reference / "secteurs").glob("*.csv")):
        epci = path.stem
        members = set(places.loc[places["level"].eq("commune") & places["epci"].eq(epci), "code"])
        schema = pa.DataFrameSchema(
            {
                "commune": pa.Column(TEXT, pa.Check.isin(members, error=f"une commune de l'EPCI {epci}")),
                "secteur": text(r"\S.*", "un nom"),
            },
            unique=["commune"],
        )
        table = validate(load(path, lambda header: list(header)), schema, path)
        numbers = {name: f"{epci}-{rank}" for rank, name in enumerate(sorted(table["secteur"].unique()), start=1)}
        tables.append(table.assign(epci=epci, code=table["secteur"].map(numbers)))
    if not tables:
        return places.assign(secteur=None)
    table = pd.concat(tables, ignore_index=True)
    rows = table.drop_duplicates("code")[["code", "secteur", "epci"]].rename(columns={"secteur": "name"})
    secteur = places["code"].map(table.set_index("commune")["code"]).where(places["level"].eq("commune"))
    return pd.concat([places.assign(secteur=secteur), rows.assign(level="secteur")], ignore_index=True)


GEOGRAPHY, CONTOURS, PASSAGE = "etalab_decoupage", "contours", "insee_passage"
DENSITY, MASSIFS = "insee_densite", "anct_massifs"
GEOGRAPHIES = (GEOGRAPHY, PASSAGE, DENSITY, MASSIFS)  # what a frame is read from
FRAME = (GEOGRAPHY, CONTOURS)  # without them no commune is known
NONE_JOINED = MappingProxyType({})
COMMUNES, EPCIS, PLACES = "communes", "epcis", "territories"  # files of a frame that is kept


@dataclass(frozen=True, eq=False)
class Frame:
    """The reference geography and those that lead to it.

    year: the reference year. communes, epcis: by year. places: every territory of the reference year, and the secteurs.
    passage: what communes became, if known.
    """

    year: int
    communes: dict[int, pd.DataFrame]
    epcis: dict[int, pd.DataFrame]
    places: pd.DataFrame
    passage: pd.DataFrame | None = None
    _perimeters: dict[tuple[int, tuple[str, ...]], Perimeter] = field(default_factory=dict)

    @cached_property
    def now(self) -> pd.DataFrame:
        """Return the communes of the reference year, with the secteur of those that have one."""
        now = self.communes[self.year]
        return now.assign(secteur=now["code"].map(self.places.set_index("code")["secteur"].dropna()))

    def perimeter(self, year: int, joined: Mapping[int, tuple[str, ...]] = NONE_JOINED) -> Perimeter:
        """Return how the communes of a year lead to the places of the reference year. joined: see `Geography`."""
        codes = joined.get(year, ())
        if (year, codes) not in self._perimeters:
            communes = self.communes | {self.year: self.now}
            if codes:
                whole = joined_again(communes[year], self.communes[min(self.communes)], codes)
                self._perimeters[year, codes] = Perimeter.between(whole, self.now)
            else:
                self._perimeters[year, codes] = perimeter_from(year, communes, self.year, self.passage)
        return self._perimeters[year, codes]

    def changed_epcis(self, year: int) -> set[str]:
        """Return the EPCIs that are made of other communes than in a year, or in the first that is known after it."""
        return self.perimeter(max(year, min(self.communes))).changed_epcis


def read_frame(root: DataRoot, folders: dict[str, list[RawFolder]]) -> Frame:
    """Return the geography of a data root, from its raw files.

    Raises:
        InputError: with every finding of these files; with none when there is no such source.
    """
    findings: list[Finding] = []

    def first(source: str, clean) -> object:
        try:
            return clean(folders[source][0]) if source in folders else None
        except InputError as error:
            findings.extend(error.findings)
            return None

    communes, epcis = first(GEOGRAPHY, clean_communes), first(GEOGRAPHY, clean_epcis)
    passage = first(PASSAGE, clean_passage)
    zonings = first(DENSITY, clean_density), first(MASSIFS, clean_massifs)
    if findings or not (communes and epcis):
        raise InputError(findings)
    year = read_geography(root).annee
    places = with_zonings(places_of(root, communes[year], epcis[year]), *zonings)
    return Frame(year, communes, epcis, places, passage)


def missing_of_frame(root: DataRoot, folders: dict[str, list[RawFolder]]) -> list[Finding]:
    """Return what is said of the sources without which no commune is known."""
    expected = "cette source : sans elle, aucune commune n'est connue"
    absent = [name for name in FRAME if name not in folders and not (root.raw / name).is_dir()]
    return [Finding(project_path(root.raw / name), None, None, "aucun dossier de ce nom", expected) for name in absent]


def places_of(root: DataRoot, communes: pd.DataFrame, epcis: pd.DataFrame) -> pd.DataFrame:
    """Return every territory of the reference year (see territories.territories), and the secteurs."""
    names = (read_names(root, file) for file in ("departements.csv", "regions.csv"))
    places = territories(communes, epcis, *names, read_geography(root).france)
    return with_secteurs(root, places)


def write_frame(frame: Frame, folder: Path) -> None:
    """Write a geography that was read, for `load_frame`."""
    tables = {PLACES: frame.places, "passage": frame.passage}
    tables |= {
        name: pd.concat([table.assign(year=year) for year, table in by_year.items()])
        for name, by_year in ((COMMUNES, frame.communes), (EPCIS, frame.epcis))
    }
    for name, table in tables.items():
        if table is not None:
            table.rename(columns=str).to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")


def load_frame(folder: Path, year: int) -> Frame:
    """Return the geography that `write_frame` has written. year: the reference year."""
    passage = folder / "passage.parquet"
    codes = pd.read_parquet(passage).rename(columns=int) if passage.is_file() else None
    by_year = (_by_year(folder / f"{name}.parquet") for name in (COMMUNES, EPCIS))
    return Frame(year, *by_year, pd.read_parquet(folder / f"{PLACES}.parquet"), codes)


def _by_year(path: Path) -> dict[int, pd.DataFrame]:
    """Return tables of texts by year, each text held once: most are the same in all years."""
    rows = parquet.read_table(path).to_pandas(strings_to_categorical=True)
    rows = rows.astype(dict.fromkeys(rows.select_dtypes("category"), TEXT))
    return {int(year): part.drop(columns="year").reset_index(drop=True) for year, part in rows.groupby("year")}
