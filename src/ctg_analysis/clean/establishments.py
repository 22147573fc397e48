"""Schools and medico-social sites one by one: name, place, sector, level, pupils, priority education, index."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ctg_analysis.clean.places import KINDS, LYCEES, PUPILS, UAI, read_social_position
from ctg_analysis.clean.school_names import in_french_case, spellings
from ctg_analysis.model.errors import each
from ctg_analysis.raw.certificates import RawFolder
from ctg_analysis.raw.files import TEXT
from ctg_analysis.raw.tables import count, read

SCHOOLS, POSITIONS, MEDICO_SOCIAL = "depp_ecoles", "depp_ips", "depp_medico_social"
SOURCES_READ = (SCHOOLS, POSITIONS, MEDICO_SOCIAL)
ESTABLISHMENTS = "establishments.parquet"
NAMES = ("*noms*", "*annuaire*")  # files with the names and the points: an extract has them apart
ID = "identifiant_de_l_etablissement"
POINT = ["longitude", "latitude"]

NAMED = pa.DataFrameSchema(
    {
        ID: UAI,
        "nom_etablissement": pa.Column(TEXT, required=False, nullable=True),
        **{name: count(nullable=True, required=False, signed=True) for name in POINT},
    }
)
DIRECTORY = pa.DataFrameSchema(
    {
        ID: UAI,
        "statut_public_prive": pa.Column(TEXT),
        "ecole_maternelle": count(nullable=True, required=False),
        "ecole_elementaire": count(nullable=True, required=False),
    }
)
COUNTS = PUPILS.select_columns(
    ["rentree_scolaire", "numero_ecole", "secteur", "rep", "rep_plus", "nombre_total_classes", "nombre_total_eleves"]
)
LEVELS = {(1.0, 0.0): "maternelle", (0.0, 1.0): "élémentaire", (1.0, 1.0): "primaire"}
TEXTS = ["name", "sector", "level", "network", "pupils_period", "ips_period"]
NUMBERS = [*POINT, "pupils", "classes", "ips"]
COLUMNS = ["id", *TEXTS, *NUMBERS]
Folders = Mapping[str, Sequence[RawFolder]]


def establishments_of(folders: Folders) -> pd.DataFrame:
    """Return what is published of each establishment of the directory of education, by its UAI: columns COLUMNS.

    name: as the directory writes it, in the case of French (see `in_french_case`). sector: public or privé. level: of
    the pupils of a school. network: REP, REP+ or none. pupils, classes: of schools, at the latest rentrée
    (pupils_period). ips: the social position index of ips_period.
    """
    tables = [_named(folders), _of_directory(folders), _pupils(folders), _positions(folders.get(POSITIONS, ()))]
    table = pd.DataFrame({"id": pd.Series(dtype=str)})
    for one in tables:
        table = table.merge(one, on="id", how="outer", validate="1:1")
    table = table.reindex(columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))
    return table.assign(**{name: table[name].fillna("").astype(str) for name in TEXTS})


def open_schools(establishments: pd.DataFrame) -> pd.DataFrame:
    """Return the schools that have pupils at the latest rentrée."""
    return establishments[establishments["pupils_period"].ne("")]


def _read(folders: Folders, source: str, pattern: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return the files of a pattern: the full ones of a source where there are some, without what an extract lacks."""
    several = folders.get(source, ())
    chosen = [folder for folder in several if folder.full] or several
    pairs = [(folder, name) for folder in chosen for name in folder.matching(pattern)]

    def read_one(pair: tuple[RawFolder, str]) -> pd.DataFrame:
        folder, name = pair
        lacking = [one for one in schema.columns if not folder.holds(name, one)]
        return read(folder, name, schema.remove_columns(lacking))

    return pd.concat([pd.DataFrame(columns=[*schema.columns]), *each(read_one, pairs)], ignore_index=True)


def _named(folders: Folders) -> pd.DataFrame:
    tables = [_read(folders, source, pattern, NAMED) for source in (SCHOOLS, MEDICO_SOCIAL) for pattern in NAMES]
    rows = pd.concat(tables, ignore_index=True).rename(columns={ID: "id", "nom_etablissement": "name"})
    rows = rows.dropna(subset="name").drop_duplicates("id")
    usual = spellings(rows["name"])
    return rows.assign(name=[in_french_case(name, usual) for name in rows["name"]])[["id", "name", *POINT]]


def _of_directory(folders: Folders) -> pd.DataFrame:
    tables = [_read(folders, source, "*annuaire*", DIRECTORY) for source in (SCHOOLS, MEDICO_SOCIAL)]
    rows = pd.concat(tables, ignore_index=True).drop_duplicates(ID)
    flags = zip(rows["ecole_maternelle"], rows["ecole_elementaire"], strict=True)
    sector = rows["statut_public_prive"].map({"Public": "public", "Privé": "privé"})
    return pd.DataFrame({"id": rows[ID], "sector": sector, "level": [LEVELS.get(pair, "") for pair in flags]})


def _pupils(folders: Folders) -> pd.DataFrame:
    rows = _read(folders, SCHOOLS, "*effectifs*", COUNTS)
    rows = rows.assign(pupils_period=rows["rentree_scolaire"].astype(str).str[:4])
    rows = rows[rows["pupils_period"].eq(rows["pupils_period"].max())].drop_duplicates("numero_ecole")
    network = np.select([rows["rep_plus"].eq(1), rows["rep"].eq(1)], ["REP+", "REP"], "")
    columns = {"numero_ecole": "id", "nombre_total_eleves": "pupils", "nombre_total_classes": "classes"}
    rows = rows.rename(columns=columns).assign(network=network)
    return rows[["id", "pupils_period", "pupils", "classes", "network"]]


def _positions(folders: Sequence[RawFolder]) -> pd.DataFrame:
    patterns = [*KINDS, *LYCEES]
    tables = [
        read_social_position(folder, pattern) for folder in folders for pattern in patterns if folder.matching(pattern)
    ]
    rows = pd.concat([pd.DataFrame(columns=["rentree_scolaire", "uai", "ips"]), *tables], ignore_index=True)
    rows = rows.dropna(subset="ips").sort_values("rentree_scolaire", kind="stable").drop_duplicates("uai", keep="last")
    return rows.rename(columns={"uai": "id", "rentree_scolaire": "ips_period"})[["id", "ips_period", "ips"]]
