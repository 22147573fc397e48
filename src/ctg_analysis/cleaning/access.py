"""Driving time from home to the nearest facility of each type: INSEE."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.facts import facts
from ctg_analysis.cleaning.reading import commune_code, count, read, text
from ctg_analysis.errors import each
from ctg_analysis.sources.certificates import RawFolder

TYPES = {
    "childcare_centre": ("D502",),
    "school": ("C107", "C108", "C109"),
    "leisure_centre": ("D505",),
    "social_centre": ("D506",),
    "family_mediation": ("D507",),
    "france_services": ("A128",),
    "general_practitioner": ("D265",),
    "disabled_children_facility": ("D601", "D602"),
}
NEAR = 20  # minutes: the usual limit of what is said to be near

SCHEMA = pa.DataFrameSchema(
    {
        "depcom": commune_code(),
        "pop": count(),
        "typeeq_id": text(r"[A-Z]\d{3}", "a facility type, such as D502"),
        "duree": count(nullable=True),
        "idSrc": pa.Column(str),
    }
)


def clean_access_times(folder: RawFolder) -> pd.DataFrame:
    """Return, by commune and type, inhabitants × minutes, the inhabitants, and those within 20 minutes.

    One row of the file is a place of residence (idSrc) with its population; of the types of one kind the nearest
    counts. A place from which no time is known is left out of numerator and denominator.
    """
    tables = each(lambda name: _by_commune(folder, name), folder.some("donnees_*.parquet"))
    return facts(pd.concat(tables, ignore_index=True), folder.certificate.id, level="commune")


def _by_commune(folder: RawFolder, name: str) -> pd.DataFrame:
    tables = []
    table = read(folder, name, SCHEMA)
    period = name.split("_")[1]
    for kind, types in TYPES.items():
        part = table[table["typeeq_id"].isin(types) & table["duree"].notna()]
        nearest = part.sort_values("duree").drop_duplicates(["idSrc", "depcom"])
        nearest = nearest.assign(
            minutes=nearest["pop"] * nearest["duree"],
            near=nearest["pop"].where(nearest["duree"].le(NEAR), 0.0),
        )
        sums = nearest.groupby("depcom", as_index=False)[["minutes", "pop", "near"]].sum()
        for column, measure in {"minutes": "minutes", "pop": "population", "near": "population_near"}.items():
            rows = sums[["depcom"]].rename(columns={"depcom": "code"})
            tables.append(rows.assign(value=sums[column], measure=f"{kind}_{measure}", period=period))
    return pd.concat(tables, ignore_index=True)
