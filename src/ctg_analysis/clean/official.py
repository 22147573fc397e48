"""Official files that no layout describes: population, births, commuting, accounts, barometer, contours."""

import re

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ctg_analysis.clean.layouts import observations_schema, read_melodi
from ctg_analysis.model.errors import each
from ctg_analysis.model.facts import LEVEL, facts
from ctg_analysis.model.norms import BOUNDS
from ctg_analysis.model.settings import broken
from ctg_analysis.model.territories import FRANCE, arrondissement_parents, former_communes
from ctg_analysis.raw.certificates import RawFolder
from ctg_analysis.raw.files import TEXT, once_each
from ctg_analysis.raw.tables import COMMUNE_CODE, DEPARTEMENT_CODE, commune_code, count, one_of, read, text

OPEN_ENDED = 200  # upper bound of the last age band

# Age bands that the indicators use, named after their first and last ages.
CHILDREN = ["0_2", "3_5", "6_10", "11_14", "15_17", "0_4", "5_9", "10_14", "15_19", "0_19", "3_11", "6_17", "11_17"]
ADULTS = ["18_24", "15_24", "15_64", "16_25", "20_64", "60_plus", "65_plus"]
BANDS = [*CHILDREN, *ADULTS, "0_14", "80_plus", "all_ages"]
PYRAMID_BANDS = [*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95_plus"]
SEXES = {"F": "women", "M": "men"}
MOTHERS = "20_39"  # the women of these ages have nearly all the births
AT_YEAR_END = f"women_{MOTHERS}_at_year_end"

AGE = r"Y\d{1,2}|Y\d{1,2}T\d{1,2}|Y_GE\d{2,3}"

AGESEX = observations_schema(
    {
        "SEX": one_of({"F", "M", "_T"}),
        "AGE": text(AGE + "|_T", "le code d'un âge, tel que Y0, Y0T4 ou Y_GE95"),
        "RP_MEASURE": one_of({"POP"}),
    }
)

HISTORIC = pa.DataFrameSchema(
    {"CODGEO": commune_code(), r"^(?:PMUN|PSDC|PTOT)(?:18|19|20)\d\d$": count(regex=True)}, unique=["CODGEO"]
)


def clean_historic_population(folder: RawFolder) -> pd.DataFrame:
    """Return the population of communes since 1876, and the population municipale of recent years."""
    rows = []
    for table in each(lambda name: read(folder, name, HISTORIC), folder.some("base-pop-historiques*")):
        columns = [column for column in table if re.fullmatch(r"P(?:MUN|SDC|TOT)\d{4}", column)]
        long = table.melt(id_vars="CODGEO", value_vars=columns, var_name="column").rename(columns={"CODGEO": "code"})
        long["period"] = long["column"].str[-4:]
        rows.append(long.assign(measure="historical_population"))
        rows.append(long[long["column"].str.startswith("PMUN")].assign(measure="population"))
    return facts(pd.concat(rows, ignore_index=True), "insee_population_historique", level="commune")


def clean_age_sex(folder: RawFolder) -> pd.DataFrame:
    """Return population by age band, and by sex and five-year band; single years and bands are read alike.

    A band that the ages of the file do not tile exactly is left out, never estimated. The women who may be mothers are
    those of the end of the year before: they are set beside its births, and beside those of the next one.
    """
    table = pd.concat(each(lambda name: read_melodi(folder, name, AGESEX), folder.some("*.csv")), ignore_index=True)
    table = table[table["SEX"].isin(SEXES) & table["AGE"].ne("_T")]
    bounds = {age: _bounds(age) for age in table["AGE"].unique()}
    ages = pd.DataFrame(table["AGE"].map(bounds).tolist(), columns=["first", "last"], index=table.index)
    places = table.groupby(["code", "level", "period"])
    table = table.join(ages).assign(place=places.ngroup())
    rows = []
    for name in BANDS:
        rows.append(_band(table, *_ages(name)).assign(measure=f"population_{name}"))
    rows.append(_band(table, 0, OPEN_ENDED).assign(measure="population"))
    for sex, word in SEXES.items():
        part = table[table["SEX"] == sex]
        for name in PYRAMID_BANDS:
            rows.append(_band(part, *_ages(name)).assign(measure=f"{word}_{name}"))
    rows.append(_band(table[table["SEX"] == "F"], *_ages(MOTHERS)).assign(measure=AT_YEAR_END))
    known = places.size().index.to_frame(index=False).astype({"level": LEVEL})
    del table, ages  # half of all that is held
    rows = pd.concat(rows, ignore_index=True).join(known, on="place")
    year_before = (rows["period"].astype(int) - 1).astype(str)
    rows["period"] = rows["period"].mask(rows["measure"].eq(AT_YEAR_END), year_before)
    return facts(rows, "insee_rp_population")


def _ages(band: str) -> tuple[int, int]:
    """Return the first and last age of a band: 0_2 → 0, 2; 60_plus → 60, open-ended."""
    if band == "all_ages":
        return 0, OPEN_ENDED
    first, last = band.split("_")
    return int(first), OPEN_ENDED if last == "plus" else int(last)


def _bounds(age: str) -> tuple[int, int]:
    """Return the first and last age of a code: Y7 → 7, 7; Y5T9 → 5, 9; Y_GE95 → 95, open-ended."""
    numbers = [int(number) for number in re.findall(r"\d+", age)]
    return numbers[0], OPEN_ENDED if age.startswith("Y_GE") else numbers[-1]


def _band(table: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the population of an age band by place, of no place when the ages of the table do not tile the band."""
    inside = table[table["first"].ge(first) & table["last"].le(last)]
    bands = inside[["first", "last"]].drop_duplicates()
    covered = (bands["last"] - bands["first"] + 1).sum()
    inside = inside if covered == last - first + 1 else inside.iloc[:0]
    return inside.groupby("place")["value"].sum(skipna=False).round(6).reset_index()


EVENTS_SCHEMA = observations_schema({})
PLACE = ["code", "level"]
AFTER = 10_000  # more than any year
STOOD_FOR = 3  # ages: the births of so many years stand for the children of 0, 1 and 2


def clean_vital_statistics(folder: RawFolder) -> pd.DataFrame:
    """Return births, deaths, both together, their difference, the natural balance, and the births of three years.

    The births of three years are of the last of them.
    """
    place = [*PLACE, "period"]
    patterns = ("DS_ETAT_CIVIL_NAIS*", "DS_ETAT_CIVIL_DECES*")
    births, deaths = each(lambda pattern: _read(folder, pattern), patterns)
    both = births.merge(deaths, on=place, validate="1:1", suffixes=("_births", "_deaths"))
    measures = {
        "births": births,
        "deaths": deaths,
        "natural_balance": both[place].assign(value=both["value_births"] - both["value_deaths"]),
        "vital_events": both[place].assign(value=both["value_births"] + both["value_deaths"]),
        "births_3_years": of_years(births, STOOD_FOR),
    }
    rows = [table.assign(measure=measure) for measure, table in measures.items()]
    return facts(pd.concat(rows, ignore_index=True), "insee_etat_civil")


def of_years(births: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the births of each year and those before it, `years` in all; missing when those of one of them are.

    A place has no row for a year before which one is not in the file.
    """
    year = once_each(births["period"], lambda periods: periods.astype(int))
    at = pd.Index(births.groupby(PLACE, observed=True).ngroup() * AFTER + year)
    rows = np.stack([at.get_indexer(at - ago) for ago in range(years)])
    of_all = births[[*PLACE, "period"]].assign(value=births["value"].to_numpy()[rows].sum(axis=0))
    return of_all[(rows >= 0).all(axis=0)]


def _read(folder: RawFolder, pattern: str) -> pd.DataFrame:
    tables = each(lambda name: read_melodi(folder, name, EVENTS_SCHEMA), folder.some(pattern))
    return pd.concat(tables, ignore_index=True)[["code", "level", "period", "value"]]


ACTIVITY = pa.DataFrameSchema(
    {
        "age": pa.Column(TEXT),
        **{name: count() for name in ("P22_ACTOCC", "P22_CHOM", "P22_POP")},
    },
    unique=["age"],
)
ACTIVITY_AGES = {
    "15_24": ["15 à 19 ans", "20 à 24 ans"],
    "25_54": ["25 à 39 ans", "40 à 54 ans"],
    "55_64": ["55 à 64 ans"],
    "15_64": ["15 à 19 ans", "20 à 24 ans", "25 à 39 ans", "40 à 54 ans", "55 à 64 ans"],
}


def clean_activity_of_france(folder: RawFolder) -> pd.DataFrame:
    """Return the employed, the unemployed, the active and the population of France by age, at the census of 2022.

    The ages of the file are added up to those that EPCIs are known by.

    Raises:
        InputError: a file that lacks an age.
    """
    (name,) = folder.some("rp2022_activite_france*")
    table = read(folder, name, ACTIVITY).set_index("age")
    absent = [age for ages in ACTIVITY_AGES.values() for age in ages if age not in table.index]
    if absent:
        raise broken(folder.path / name, None, "âge sans ligne", ", ".join(absent))
    sums = pd.DataFrame({band: table.loc[ages].sum() for band, ages in ACTIVITY_AGES.items()})
    employed, unemployed, people = (sums.loc[column] for column in ("P22_ACTOCC", "P22_CHOM", "P22_POP"))
    kinds = {"employed": employed, "unemployed": unemployed, "active": employed + unemployed, "population": people}
    values = {f"{kind}_{band}": value for kind, by_age in kinds.items() for band, value in by_age.items()}
    rows = pd.DataFrame({"measure": [*values], "value": [*values.values()], "code": FRANCE, "period": "2022"})
    return facts(rows, folder.certificate.id, level="france")


FLOWS = "base-flux-mobilite-domicile-lieu-travail-*.csv"
WORKERS = r"NBFLUX_C\d\d_ACTOCC15P"  # of 15 years or more; the two digits are the vintage

FLOWS_SCHEMA = pa.DataFrameSchema({"CODGEO": commune_code(), "DCLT": pa.Column(TEXT), WORKERS: count(regex=True)})


def clean_flows(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return, by commune of residence, the workers of the flows and those whose work lies outside its EPCI.

    communes: those of the reference year (code, kind, epci, parent, former_codes), whose EPCIs count. A commune without
    EPCI is counted as one of its own; who works abroad works outside. Without `communes`, the workers only.
    """
    tables = each(lambda name: _by_residence(folder, name, communes), folder.some(FLOWS))
    return facts(pd.concat(tables, ignore_index=True), folder.certificate.id, level="commune")


def _by_residence(folder: RawFolder, name: str, communes: pd.DataFrame | None) -> pd.DataFrame:
    rows = read(folder, name, FLOWS_SCHEMA)
    column = next(name for name in rows if re.fullmatch(WORKERS, name))
    counted = {"workers_in_flows": rows[column]}
    if communes is not None:
        own = communes.set_index("code")["epci"]  # the EPCI, else itself, of each commune and of what it holds
        units = own.fillna(own.index.to_series()).to_dict()
        holders = {**former_communes(communes), **arrondissement_parents(communes)}
        units |= {code: units[holder] for code, holder in holders.items() if holder in units}
        home, work = (rows[code].map(units).fillna(rows[code]) for code in ("CODGEO", "DCLT"))
        counted["workers_outside_epci"] = rows[column].where(home.ne(work), 0.0)
    sums = pd.DataFrame(counted).groupby(rows["CODGEO"]).sum()
    long = sums.reset_index(names="code").melt("code", var_name="measure", value_name="value")
    return long.assign(period=re.search(r"20\d\d", name)[0])


ACCOUNTS = pa.DataFrameSchema(
    {
        "exer": text(r"(?:20\d\d)(?:-\d\d-\d\d.*)?", "une année de quatre chiffres"),
        "siren": text(r"\d{9}", "un SIREN de 9 chiffres"),
        "type": pa.Column(TEXT),
        "type_de_budget": pa.Column(TEXT),
        "agregat": pa.Column(TEXT),
        "montant": pa.Column(float, nullable=True),
    }
)
SEATS = pa.DataFrameSchema(
    {
        "siren": text(r"\d{9}", "un SIREN de 9 chiffres"),
        "code_commune": text(f"{COMMUNE_CODE}|", "un code de commune"),
        "etatadministratifetablissement": pa.Column(TEXT, required=False),
    }
)
SIRENE = {"codecommuneetablissement": "code_commune"}
CLOSED = "Fermé"
AGGREGATES = {"Dépenses de fonctionnement": "ccas_operating_expenses", "Dépenses d'intervention": "ccas_aid_expenses"}


def clean_ccas(folder: RawFolder) -> pd.DataFrame:
    """Return the yearly expenses of the CCAS of each commune, in euros, on its main budget.

    The accounts name a CCAS by its SIREN: the file rattachement_siren_commune.csv, taken from Sirene, says where
    its seat is. A commune without account has no row: it may help its inhabitants on its own budget. The budgets of
    its homes and services (budgets annexes) are left out.
    """
    wanted = {"type": ["CCAS"], "type_de_budget": ["Budget principal"], "agregat": list(AGGREGATES)}

    def asked(rows: pd.DataFrame) -> pd.Series:
        return rows[[column for column in wanted if column in rows]].isin(wanted).all(axis=1)

    def read_accounts(folder: RawFolder) -> pd.DataFrame:
        names = folder.some("ofgl-base-ccas-cias*.csv")
        return pd.concat(each(lambda name: read(folder, name, ACCOUNTS, keep=asked), names))

    accounts, seats = each(lambda function: function(folder), (read_accounts, _seats))
    rows = accounts[accounts["montant"].notna()].merge(seats, on="siren", validate="m:1")
    rows = rows.assign(period=rows["exer"].str[:4], measure=rows["agregat"].map(AGGREGATES))
    sums = rows.groupby(["code", "period", "measure"], as_index=False)["montant"].sum()
    return facts(sums.rename(columns={"montant": "value"}), folder.certificate.id, level="commune")


def _seats(folder: RawFolder) -> pd.DataFrame:
    """Return the commune of each CCAS (siren, code): that of its open seat when it has a closed one too."""
    tables = each(lambda name: read(folder, name, SEATS, aliases=SIRENE), folder.some("rattachement*.csv"))
    seats = pd.concat(tables, ignore_index=True).rename(columns={"code_commune": "code"})
    if "etatadministratifetablissement" in seats:
        closed = seats["etatadministratifetablissement"].eq(CLOSED)
        seats = seats.assign(closed=closed).sort_values("closed", kind="stable")
    return seats.loc[seats["code"].ne(""), ["siren", "code"]].drop_duplicates("siren")


VALUE, TARGET = "indic_va", "indic_vc"
MEASURES = {
    "IND-200": "culture_pass_share",
    "IND-296": "mdph_request_months",
    "IND-297": "aah_request_months",
    "IND-315": "ulis_units",
    "IND-439": "civic_service_volunteers",
}
IN_FRANCE, IN_DEPARTEMENT = "FRANCE", f"D(?:{DEPARTEMENT_CODE})"
BAROMETER_SCHEMA = pa.DataFrameSchema(
    {
        "indic_id": pa.Column(TEXT),
        "enforce_zone_id": text(rf"{IN_FRANCE}|{IN_DEPARTEMENT}|R\w+", "FRANCE, D12 ou R76"),
        "metric_enforce_date": text(r"20\d\d-\d\d-\d\d", "une date, telle que 2024-09-01"),
        **{name: count(nullable=True, required=False) for name in (VALUE, TARGET)},
    }
)


def clean_barometer(folder: RawFolder) -> pd.DataFrame:
    """Return values and targets of départements and France: of the dates of a year, the latest that has one."""

    def asked(rows: pd.DataFrame) -> pd.Series:
        return rows["indic_id"].isin([*MEASURES]) & ~rows["enforce_zone_id"].astype(str).str.startswith("R")

    tables = each(lambda name: read(folder, name, BAROMETER_SCHEMA, keep=asked), folder.some("*"))
    rows = pd.concat(tables, ignore_index=True)
    place = rows["enforce_zone_id"]
    rows = rows.assign(
        code=place.str.removeprefix("D").mask(place.eq(IN_FRANCE), FRANCE),
        level=place.eq(IN_FRANCE).map({True: "france", False: "departement"}),
        period=rows["metric_enforce_date"].str[:4],
        measure=rows["indic_id"].map(MEASURES),
    )
    values = [
        rows.assign(value=rows[column], measure=rows["measure"] + suffix)
        for column, suffix in ((VALUE, ""), (TARGET, "_target"))
        if column in rows
    ]
    rows = pd.concat(values, ignore_index=True)
    rows = rows.dropna(subset="value").sort_values("metric_enforce_date", kind="stable")
    rows = rows.drop_duplicates(["measure", "level", "code", "period"], keep="last")
    return facts(rows[["code", "level", "period", "measure", "value"]], folder.certificate.id)


CONTOURS_SCHEMA = pa.DataFrameSchema({"code": commune_code(), "geometry": pa.Column(object)}, unique=["code"])
LAMBERT_93 = 2154
OVERSEAS = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}  # décret 2000-1276, modified in 2019


def clean_contours(folder: RawFolder) -> pd.DataFrame:
    """Return the polygons of the communes, as WKB in WGS84. Columns: code, geometry."""
    tables = each(lambda name: read(folder, name, CONTOURS_SCHEMA)[["code", "geometry"]], folder.matching("*.parquet"))
    return pd.concat(tables, ignore_index=True)


def projected(contours: pd.DataFrame) -> pd.DataFrame:
    """Return the polygons in whole metres, with their bounds. Columns added: crs (EPSG), west, south, east, north.

    They come along a curve of Hilbert, neighbours together: a part of the country is read without the rest.
    """
    import geopandas

    along = geopandas.GeoSeries.from_wkb(contours["geometry"]).hilbert_distance().sort_values(kind="stable")
    systems = contours["code"].str[:3].map(OVERSEAS).fillna(LAMBERT_93).astype(int)
    tables = []
    for system, rows in contours.groupby(systems):
        shapes = geopandas.GeoSeries.from_wkb(rows["geometry"], crs=4326).to_crs(system).transform(np.round)
        bounds = shapes.bounds.set_axis(BOUNDS, axis=1)
        tables.append(rows.assign(geometry=shapes.to_wkb(), crs=system).join(bounds))
    return pd.concat(tables).loc[along.index].reset_index(drop=True)


def extents(contours: pd.DataFrame) -> pd.DataFrame:
    """Return the bounds of each EPCI. contours: see `projected`. Columns: epci, crs, west, south, east, north.

    >>> rows = pd.DataFrame({"epci": "E", "crs": 2154, "west": [1.0, 2], "south": 3.0, "east": [4.0, 5], "north": 6.0})
    >>> extents(rows)[["west", "east"]].to_numpy().tolist()
    [[1.0, 5.0]]
    """
    bounds = {"crs": "first", "west": "min", "south": "min", "east": "max", "north": "max"}
    return contours.groupby("epci", as_index=False).agg(bounds)
