"""Schools: where they are, their pupils and classes, and their social position index (IPS). DEPP."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.facts import facts
from ctg_analysis.cleaning.reading import COMMUNE_CODE, commune_code, count, read, text
from ctg_analysis.errors import each
from ctg_analysis.sources.certificates import RawFolder

UAI = text(r"\d{7}[A-Z]", "the UAI of a school, such as 0120386E")
START_OF_YEAR = text(r"(20\d\d)(?:-.*)?", "a school year, such as 2022-2023, or the year it begins in")

SOCIAL_POSITION = pa.DataFrameSchema(
    {
        "rentree_scolaire": text(r"20\d\d-20\d\d", "a school year, such as 2022-2023"),
        "uai": UAI,
        "nom": pa.Column(str),
        "code_insee_de_la_commune": commune_code(),
        "secteur": pa.Column(str),
        "ips": count(nullable=True, words={"NS": "secret"}),
        "effectifs": count(required=False, nullable=True),
    },
    unique=["rentree_scolaire", "uai"],
)
# The export of 2022-2023 misspelt its column.
ALIASES = {"nom_de_l_etablissment": "nom", "nom_de_l_etablissement": "nom"}
KINDS = {"*ecoles*": "schools", "*colleges*": "lower_secondary"}

DIRECTORY = pa.DataFrameSchema(
    {
        "identifiant_de_l_etablissement": UAI,
        "type_etablissement": pa.Column(str),
        "statut_public_prive": pa.Column(str),
        "code_commune": text(COMMUNE_CODE + "|", "a commune code"),
        "etat": pa.Column(str),
    }
)
COUNTS = {
    "nombre_total_eleves": "pupils",
    "nombre_total_classes": "classes",
    "nombre_eleves_preelementaire_hors_ulis": "nursery_pupils",
    "nombre_eleves_elementaire_hors_ulis": "primary_pupils",
    "nombre_eleves_ulis": "ulis_pupils",
}
PUPILS = pa.DataFrameSchema(
    {
        "rentree_scolaire": START_OF_YEAR,
        "numero_ecole": UAI,
        "secteur": pa.Column(str),
        **{name: count(nullable=True) for name in COUNTS},
    },
    unique=["rentree_scolaire", "numero_ecole"],
)
SMALL_SCHOOL = 20  # pupils: a school below is followed as threatened
PLACE = ["code", "period"]


def read_social_position(folder: RawFolder, pattern: str) -> pd.DataFrame:
    """Return the index of each school and school year, under the names of the schema."""
    tables = each(lambda name: read(folder, name, SOCIAL_POSITION, aliases=ALIASES), folder.some(pattern))
    return pd.concat(tables, ignore_index=True).drop_duplicates(["rentree_scolaire", "uai"])


def clean_social_position(folder: RawFolder) -> pd.DataFrame:
    """Return, by commune and year of the rentrée, the sum of the indices and the number of schools that have one."""
    rows = []
    tables = each(lambda pattern: read_social_position(folder, pattern), KINDS)
    for kind, table in zip(KINDS.values(), tables, strict=True):
        table = table[table["ips"].notna()].rename(columns={"code_insee_de_la_commune": "code"})
        table = table.assign(period=table["rentree_scolaire"].str[:4])
        sums = table.groupby(PLACE, as_index=False).agg(total=("ips", "sum"), number=("ips", "size"))
        rows.append(sums.assign(value=sums["total"], measure=f"{kind}_ips_total"))
        rows.append(sums.assign(value=sums["number"].astype(float), measure=f"{kind}_with_ips"))
    return facts(pd.concat(rows, ignore_index=True), folder.certificate.id, level="commune")


def _whole(folder: RawFolder, pattern: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    return pd.concat(each(lambda name: read(folder, name, schema), folder.some(pattern)))


def clean_schools(folder: RawFolder) -> pd.DataFrame:
    """Return schools, classes and pupils by commune and year, from the directory and the yearly counts.

    The counts name a school by its UAI (their own commune field holds a postal code): the directory says where it is.
    A school that the directory no longer has cannot be placed: its pupils are left out.
    """
    files = {"*annuaire*.csv": DIRECTORY, "*effectifs*.csv": PUPILS}
    directory, pupils = each(lambda pattern: _whole(folder, pattern, files[pattern]), files)
    directory = directory[directory["code_commune"].ne("")].drop_duplicates("identifiant_de_l_etablissement")
    place = directory.set_index("identifiant_de_l_etablissement")["code_commune"]
    pupils = pupils.assign(code=pupils["numero_ecole"].map(place), period=pupils["rentree_scolaire"].str[:4])
    pupils = pupils[pupils["code"].notna()]
    private = pupils["secteur"].str.upper().str.startswith("PRIV")
    pupils["private_pupils"] = pupils["nombre_total_eleves"].where(private, 0.0)
    pupils["schools"] = 1.0
    pupils["small_schools"] = pupils["nombre_total_eleves"].lt(SMALL_SCHOOL).astype(float)
    measures = COUNTS | {name: name for name in ("private_pupils", "schools", "small_schools")}
    sums = pupils.groupby(PLACE, as_index=False)[list(measures)].sum(min_count=1)
    rows = [sums[PLACE].assign(value=sums[column], measure=measure) for column, measure in measures.items()]
    return facts(pd.concat(rows, ignore_index=True), folder.certificate.id, level="commune")
