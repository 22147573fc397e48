"""Priority neighbourhoods (QPV): how many, who lives there, one by one with what is published and the schools inside.

One that lies in several communes counts whole in each, and once in a larger place (an EPCI, a département).
"""

from collections.abc import Sequence

import geopandas
import pandas as pd
import pandera.pandas as pa

from ctg_analysis.clean.official import projected
from ctg_analysis.clean.perimeter import in_communes
from ctg_analysis.clean.school_names import with_small_particles
from ctg_analysis.model.errors import each
from ctg_analysis.model.facts import facts
from ctg_analysis.model.territories import COMMUNE, FRANCE, former_communes, unit_of
from ctg_analysis.raw.certificates import RawFolder
from ctg_analysis.raw.files import TEXT
from ctg_analysis.raw.tables import count, read, text

LIST, OUTLINES, FIGURES, UNCHANGED = "insee_qpv", "anct_qpv_2024", "insee_qpv_2024", "insee_qpv_2015"
SOURCES_READ = (LIST, OUTLINES, FIGURES, UNCHANGED)
NEIGHBOURHOODS = "neighbourhoods.parquet"
YEAR = "2025"  # of the communes of the list, whose neighbourhoods are those of 2024
CENSUS = "2020"  # of the population, in metropolitan France: the carrier does not tell that of overseas
OVERSEAS = r"[A-Z]{2}97.*"  # codes of neighbourhoods
CODE = text(r"[A-Z]{2}\d[\dAB]{2}\d{2,3}[A-Z]?", "le code d'un quartier prioritaire, tel que QN03502M")

MEMBERS = pa.DataFrameSchema({"QP": CODE, "LIB_QP": pa.Column(TEXT), "LIST_COM_2025": pa.Column(TEXT)}, unique=["QP"])
OUTLINE = pa.DataFrameSchema({"code_qp": CODE, "geometry": pa.Column(object)}, unique=["code_qp"])
FIGURE = pa.DataFrameSchema(
    {"codeQPV": CODE, "popMuniQPV": count(nullable=True), "taux_pauvrete_60": count(nullable=True)},
    unique=["codeQPV"],
)
SAME = pa.DataFrameSchema({"code_qp": CODE, "CODGEO": CODE}, unique=["code_qp"])
OF_2015 = pa.DataFrameSchema(
    {"CODGEO": CODE, "TP60": count(nullable=True), "ABC": count(nullable=True)}, unique=["CODGEO"]
)
# What is published of a neighbourhood, by the column of its file; of 2015, where the outline has not changed since.
PUBLISHED = {"popMuniQPV": "population_2020", "taux_pauvrete_60": "poverty_2021"}
OF_UNCHANGED = {"TP60": "poverty_2018", "ABC": "job_seekers_2021"}
COLUMNS = ["epci", "code", "name", "communes", "shared", *PUBLISHED.values(), *OF_UNCHANGED.values()]
COLUMNS += ["schools", "schools_with_ips", "ips", "crs", "geometry"]
FINEST = 10  # metres: what is smaller is left out of an outline
TYPES = {"epci": str, "code": str, "name": str, "communes": str, "shared": bool, "geometry": object}


def clean_neighbourhoods(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the number of neighbourhoods of each commune that has some, and of each larger place.

    communes: of the reference year; without them, no place is known.
    """
    links = _links(_members(folder), communes)
    counts = _once_each(links.assign(value=1.0), communes)
    return facts(counts, folder.certificate.id, period=YEAR, measure="priority_neighbourhoods")


def clean_residents(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return who lives in the neighbourhoods of each commune and larger place, in metropolitan France.

    A commune that has a part of one only is `nd`: the part is not published. The whole of France has no sum, for want
    of overseas. communes: as in `clean_neighbourhoods`.
    """
    members = _members(folder)
    people = _figures(folder).set_index("codeQPV")["popMuniQPV"]
    links = _links(members, communes).assign(value=lambda rows: rows["code_qp"].map(people))
    links = links[~links["code_qp"].str.fullmatch(OVERSEAS)]
    several = links["code_qp"].duplicated(keep=False)
    sums = _once_each(links, communes)
    apart = sums["level"].eq("commune") & sums["code"].isin(links.loc[several, "commune"])
    sums = sums.assign(value=sums["value"].mask(apart | sums["code"].eq(FRANCE)))
    return facts(sums, folder.certificate.id, period=CENSUS, measure="priority_neighbourhood_residents")


def _members(folder: RawFolder) -> pd.DataFrame:
    """Return the list of the neighbourhoods, each with its name and the communes that it lies in."""
    return pd.concat(each(lambda name: read(folder, name, MEMBERS), folder.some("TAG_QPV*.csv")), ignore_index=True)


def _figures(folder: RawFolder) -> pd.DataFrame:
    return pd.concat(each(lambda name: read(folder, name, FIGURE), folder.some("*chiffres*.csv")), ignore_index=True)


def _links(members: pd.DataFrame, communes: pd.DataFrame | None) -> pd.DataFrame:
    """Return the pairs code_qp, commune (of the reference year: a merged one is that which took it in), each once."""
    if communes is None:
        return pd.DataFrame(columns=["code_qp", "commune"], dtype=str)
    rows = members.assign(commune=members["LIST_COM_2025"].str.split(r"\W+", regex=True)).explode("commune")
    codes = in_communes(rows["commune"], communes)
    rows["commune"] = codes.where(codes.isin(communes["code"]), codes.map(former_communes(communes)))
    return rows.rename(columns={"QP": "code_qp"})[["code_qp", "commune"]].dropna().drop_duplicates()


def _once_each(links: pd.DataFrame, communes: pd.DataFrame | None) -> pd.DataFrame:
    """Return the sum of `value` over the neighbourhoods of each place, each counted once: columns code, level, value.

    links: columns code_qp, commune, value.
    """
    if communes is None:
        return pd.DataFrame(columns=["code", "level", "value"])
    own = communes.loc[communes["kind"].eq(COMMUNE), "code"]
    tables = []
    for level, unit in [("commune", pd.Series(own.array, own.array)), *unit_of(communes)]:
        rows = links.assign(code=links["commune"].map(unit), level=level).dropna(subset="code")
        rows = rows.drop_duplicates(["code_qp", "code"])
        tables.append(rows.groupby(["code", "level"], as_index=False)["value"].sum(min_count=1))
    return pd.concat(tables, ignore_index=True)


def neighbourhoods_of(
    folders: dict[str, Sequence[RawFolder]], communes: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Return the neighbourhoods of each EPCI, one by one: columns COLUMNS, by EPCI; none without their list.

    shared: another EPCI has a part of it. population_2020, poverty_2021: of metropolitan France. poverty_2018,
    job_seekers_2021: where the outline is that of 2015. schools: those whose point is inside; ips: the mean index of
    those that have one. geometry: WKB, in metres of `crs`, no finer than a map shows.

    communes: of the reference year. schools: see `establishments.open_schools`.
    """
    if LIST not in folders:
        return pd.DataFrame(columns=COLUMNS).astype(dict.fromkeys(COLUMNS, float) | TYPES)
    members = _members(folders[LIST][0])
    links = _links(members, communes).merge(communes[["code", "epci"]], left_on="commune", right_on="code")
    rows = links.dropna(subset="epci").groupby(["epci", "code_qp"])["commune"].agg("|".join).reset_index()
    rows = rows.rename(columns={"code_qp": "code", "commune": "communes"})
    rows = rows.assign(
        name=rows["code"].map(members.set_index("QP")["LIB_QP"].map(with_small_particles)),
        shared=rows["code"].duplicated(keep=False),
    )
    outlines = _outlines(folders)
    tables = [_published(folders), _schools_inside(outlines, schools), _in_metres(outlines)]
    for table in tables:
        rows = rows.merge(table, on="code", how="left", validate="m:1")
    rows["schools"] = rows["schools"].mask(rows["geometry"].notna() & rows["schools"].isna(), 0.0)
    return rows.reindex(columns=COLUMNS).sort_values(["epci", "code"], ignore_index=True)


def _published(folders: dict[str, Sequence[RawFolder]]) -> pd.DataFrame:
    table = pd.DataFrame(columns=["code", *PUBLISHED.values(), *OF_UNCHANGED.values()])
    if FIGURES in folders:
        table = _figures(folders[FIGURES][0]).rename(columns={"codeQPV": "code"} | PUBLISHED)
        table["population_2020"] = table["population_2020"].mask(table["code"].str.fullmatch(OVERSEAS))
    if UNCHANGED in folders:
        folder = folders[UNCHANGED][0]
        same = pd.concat(each(lambda name: read(folder, name, SAME), folder.some("*inchanges*.csv")))
        then = pd.concat(each(lambda name: read(folder, name, OF_2015), folder.some("*edition*.csv")))
        then = same.merge(then, on="CODGEO", validate="1:1").rename(columns={"code_qp": "code"} | OF_UNCHANGED)
        table = table.merge(then[["code", *OF_UNCHANGED.values()]], on="code", how="outer", validate="1:1")
    return table


def _outlines(folders: dict[str, Sequence[RawFolder]]) -> pd.DataFrame:
    """Return the outlines of the neighbourhoods: columns code, geometry (WKB, WGS84)."""
    if OUTLINES not in folders:
        return pd.DataFrame(columns=["code", "geometry"])
    folder = folders[OUTLINES][0]
    tables = each(lambda name: read(folder, name, OUTLINE), folder.some("*contours*.parquet"))
    return pd.concat(tables, ignore_index=True).rename(columns={"code_qp": "code"})


def _schools_inside(outlines: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return how many schools lie in each outline, and the mean index of those that have one: a row where some do."""
    columns = ["code", "schools", "schools_with_ips", "ips"]
    known = schools.dropna(subset=["longitude", "latitude"])
    if outlines.empty or known.empty:
        return pd.DataFrame(columns=columns)
    shapes = geopandas.GeoDataFrame(
        outlines[["code"]], geometry=geopandas.GeoSeries.from_wkb(outlines["geometry"], crs=4326)
    )
    points = geopandas.GeoDataFrame(
        known[["ips"]], geometry=geopandas.points_from_xy(known["longitude"], known["latitude"], crs=4326)
    )
    inside = points.sjoin(shapes, predicate="within").groupby("code")["ips"]
    table = inside.agg(schools="size", schools_with_ips="count", ips="mean").reset_index()
    return table.astype({"schools": float, "schools_with_ips": float})


def _in_metres(outlines: pd.DataFrame) -> pd.DataFrame:
    """Return the outlines in metres, simplified: columns code, crs, geometry."""
    if outlines.empty:
        return outlines.assign(crs=float("nan"))[["code", "crs", "geometry"]]
    department = outlines["code"].str[2:5].where(outlines["code"].str[2:4].eq("97"), "")
    table = projected(outlines.assign(neighbourhood=outlines["code"], code=department))
    simple = geopandas.GeoSeries.from_wkb(table["geometry"]).simplify(FINEST)
    return pd.DataFrame({"code": table["neighbourhood"], "crs": table["crs"], "geometry": simple.to_wkb()})
