"""What a démarche has gathered, as chapters read it.

Nothing here is a person's answer, nor was said by someone who could be known: see `results.results`.
"""

from functools import cache
from hashlib import sha256

import pandas as pd

from ctg_analysis.demarche.columns import INTERVIEW, READERS
from ctg_analysis.demarche.declared_tables import OBSERVATIONS, RECEIVED, RESULTS, empty, restored
from ctg_analysis.model.settings import MATERIAL, DataRoot, settings
from ctg_analysis.raw.folders import read_unread

EXTRACTS, PROOFS = "extraits", "preuves"
OF_PERSONS = RESULTS.keys() - {OBSERVATIONS, RECEIVED}


class Demarche:
    """The tables of a démarche by name: those of the field material, and those worked out of it.

    Which names, which columns: `demarche.declared_tables`. Tables of the material are as `MaterialFiles` has them.
    """

    def __init__(self, epci: str, root: DataRoot):
        self.epci, self.root = epci, root
        self.folder = root.processed_demarche(epci)
        self.table = cache(self._table)

    @property
    def unread(self) -> str:
        """Where it could not be read, and so was left out; nothing when it was read."""
        return read_unread(self.root, self.epci).get(MATERIAL, "")

    def _table(self, name: str) -> pd.DataFrame:
        path = self.folder / f"{name}.parquet"
        table = restored(name, pd.read_parquet(path)) if path.is_file() else empty(name)
        if name == EXTRACTS:
            return table[table["niveau_diffusion"].isin(READERS[settings().readers])]
        if name == PROOFS:
            hidden = table["type"].eq(INTERVIEW) & ~table["ref"].isin(self.table(EXTRACTS)["extrait_id"])
            return table.assign(ref=table["ref"].mask(hidden, ""))
        return table

    def sum(self, *, of_persons: bool = False) -> bytes:
        """The SHA-256 of all its tables: what tells it reads it again when they have changed.

        of_persons: of what is told of persons' answers, of what they said and of their votes alone.
        """
        files = sorted(path for path in self.folder.glob("*.parquet") if not of_persons or path.stem in OF_PERSONS)
        return sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).digest()
