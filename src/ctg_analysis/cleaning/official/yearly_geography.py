"""Communes, EPCIs, départements and régions, for each year of the official geographic code."""

import re
from collections.abc import Iterable

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import (
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
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT, load
from ctg_analysis.core.norms import norm
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.territories import ARRONDISSEMENT, COMMUNE, MAYOTTE
from ctg_analysis.sources.certificates import RawFolder

COMMUNES = pa.DataFrameSchema(
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

EPCIS = pa.DataFrameSchema(
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
        table = read(folder, name, COMMUNES).rename(columns=names).reindex(columns=columns)
        census = pd.Series(_census(folder, name, "population_epci"), index=table.index)
        census = census.mask(table["departement"].eq(MAYOTTE), _census_of_mayotte())
        return table.assign(total_census=census.where(table["total_population"].notna(), None))

    files = folder.matching("communes_*.parquet")
    return dict(zip(map(_year, files), each(clean, files), strict=True))


def clean_epcis(folder: RawFolder) -> dict[int, pd.DataFrame]:
    """Return the EPCIs of each year. Columns: code, name, kind."""
    names = {"nom": "name", "type": "kind"}
    files = folder.matching("epci_*.parquet")
    tables = each(lambda name: read(folder, name, EPCIS).rename(columns=names)[["code", "name", "kind"]], files)
    return dict(zip(map(_year, files), tables, strict=True))


def _census(folder: RawFolder, name: str, key: str) -> str:
    """Return the year of the census that a column of a file is of, as its certificate says."""
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
