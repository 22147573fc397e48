"""Social position index (IPS) of schools and collèges: DEPP."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import commune_code, count, read, text
from ctg_analysis.sources.certificates import RawFolder

SCHEMA = pa.DataFrameSchema(
    {
        "rentree_scolaire": text(r"20\d\d-20\d\d", "a school year, such as 2022-2023"),
        "uai": text(r"\d{7}[A-Z]", "the UAI of a school, such as 0120386E"),
        "nom": pa.Column(str),
        "code_insee_de_la_commune": commune_code(),
        "secteur": pa.Column(str),
        "ips": count(),
        "effectifs": count(required=False),
    },
    unique=["rentree_scolaire", "uai"],
)
# The export of 2022-2023 misspelt its column.
ALIASES = {"nom_de_l_etablissment": "nom", "nom_de_l_etablissement": "nom"}


def read_social_position(folder: RawFolder, pattern: str) -> pd.DataFrame:
    """Return the index of each school and school year, under the names of the schema."""
    tables = [read(folder, name, SCHEMA, aliases=ALIASES) for name in folder.matching(pattern)]
    return pd.concat(tables, ignore_index=True).drop_duplicates(["rentree_scolaire", "uai"])
