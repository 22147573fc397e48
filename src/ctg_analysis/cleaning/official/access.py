"""Driving time from home to the nearest facility of each type: INSEE."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import commune_code, count, read, text
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.territories import COMMUNE
from ctg_analysis.sources.certificates import RawFolder
from ctg_analysis.sources.facility_types import FACILITY_TYPES

NEAR = 20  # minutes: the usual limit of what is said to be near

SCHEMA = pa.DataFrameSchema(
    {
        "depcom": commune_code(),
        "pop": count(),
        "typeeq_id": text(r"[A-Z]\d{3}", "un type d'équipement, tel que D502"),
        "duree": count(nullable=True),
        "idSrc": pa.Column(TEXT),
    }
)


def clean_access_times(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return, by commune and type, inhabitants × minutes, the inhabitants, those within 20 minutes, and medians.

    One row of the file is a place of residence (idSrc) with its population; of the types of one kind the nearest
    counts. A place from which no time is known is left out of numerator and denominator.

    communes: those of the reference year, for the medians, which do not add up (see `_medians`).
    """
    tables = each(lambda name: _nearest(folder, name), folder.some("donnees_*.parquet"))
    nearest = pd.concat(tables, ignore_index=True)
    rows = _by_commune(nearest).assign(level="commune")
    if communes is not None:
        rows = pd.concat([rows, _medians(nearest, communes)], ignore_index=True)
    return facts(rows, folder.certificate.id)


def _nearest(folder: RawFolder, name: str) -> pd.DataFrame:
    """Return the time to the nearest of each kind: columns kind, period, idSrc, depcom, pop, duree."""
    table = read(folder, name, SCHEMA)
    tables = []
    for kind, types in FACILITY_TYPES.reached.items():
        part = table[table["typeeq_id"].isin(types) & table["duree"].notna()]
        nearest = part.sort_values("duree", kind="stable").drop_duplicates(["idSrc", "depcom"])
        tables.append(nearest.assign(kind=kind))
    return pd.concat(tables, ignore_index=True).assign(period=name.split("_")[1])


def _by_commune(nearest: pd.DataFrame) -> pd.DataFrame:
    people, near = nearest["pop"], nearest["duree"].le(NEAR)
    counted = {"minutes": people * nearest["duree"], "population": people, "population_near": people.where(near, 0.0)}
    sums = pd.DataFrame(counted).groupby([nearest[column] for column in ("kind", "period", "depcom")]).sum()
    rows = sums.melt(var_name="measure", ignore_index=False).reset_index().rename(columns={"depcom": "code"})
    return rows.assign(measure=rows["kind"] + "_" + rows["measure"])


def _medians(nearest: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the time that half of the inhabitants do not exceed, by commune and by larger place that is whole.

    A larger place is whole when each of its communes that has inhabitants is in the files.

    communes: columns code, kind, epci, departement, region, population. Measures: `<kind>_median`.
    """
    current = communes[communes["kind"].eq(COMMUNE)].set_index("code")
    inhabited = current[~current["population"].eq(0)]
    tables = [_median_by(nearest, nearest["depcom"]).assign(level="commune")]
    for level in ("epci", "departement", "region"):
        lacking = inhabited.loc[~inhabited.index.isin(nearest["depcom"]), level]
        unit = nearest["depcom"].map(current[level])
        tables.append(_median_by(nearest, unit.mask(unit.isin(lacking))).assign(level=level))
    return pd.concat(tables, ignore_index=True)


def _median_by(nearest: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    """Return the medians weighted by inhabitants of the rows of each unit: the first time that half of them reach."""
    keys = ["kind", "period", "code"]
    rows = nearest.assign(code=unit).dropna(subset="code").sort_values([*keys, "duree"], kind="stable")
    rows = rows[rows["pop"].gt(0)]
    people = rows.groupby(keys)["pop"]
    half = rows[people.cumsum().ge(people.transform("sum") / 2)].drop_duplicates(keys)
    return half.assign(value=half["duree"], measure=half["kind"] + "_median")[["code", "period", "measure", "value"]]
