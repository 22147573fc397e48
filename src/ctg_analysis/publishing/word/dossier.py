"""What the documents of a démarche are made of, and the small texts that they share."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from ctg_analysis.demarche.files.consistency import active
from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.tables.columns import Champ
from ctg_analysis.demarche.tables.statuses import ACTIVE
from ctg_analysis.demarche.tables.yaml_documents import Convention
from ctg_analysis.display.pieces.sheets import MessageText
from ctg_analysis.display.words.texts import NBSP

VALIDATED = "validée"
NONE, UNKNOWN = "–", "non renseigné"
FIELDS = get_args(Champ)


@dataclass(frozen=True)
class Dossier:
    """The field material of a territory, the names of its places by code, and what the diagnosis says of it.

    messages: those of the synthèse, in the words of the report. date: of the newest data, ISO.
    """

    material: MaterialFiles
    convention: Convention
    names: Mapping[str, str]
    messages: tuple[MessageText, ...]
    date: str
    fictional: bool

    @property
    def territory(self) -> str:
        """Return the name of the EPCI."""
        return self.names[self.material.epci]

    @property
    def since_signature(self) -> datetime.date | None:
        """Return the day the convention was validated, when its lists and annexes are of a later one."""
        convention = self.convention
        later = (
            convention.statut == VALIDATED and convention.validee_le and convention.validee_le.isoformat() < self.date
        )
        return convention.validee_le if later else None

    @property
    def actions(self) -> pd.DataFrame:
        """Return the actions that were not given up, in the order of their axes and objectives."""
        axes = self.material["axes"].set_index("axe_id")["ordre"]
        objectives = list(self.material["objectifs"]["obj_id"])
        kept = active(self.material["actions"])
        order = kept.assign(axis=kept["axe_id"].map(axes), objective=kept["obj_id"].map(objectives.index))
        return kept.loc[order.sort_values(["axis", "objective"], kind="stable").index]

    @property
    def services(self) -> pd.DataFrame:
        """Return the equipments and services in service, by field and commune."""
        table = self.material["equipements_services"]
        kept = table[table["statut"].eq(ACTIVE)].assign(rank=lambda rows: rows["champ"].map(FIELDS.index))
        return kept.sort_values(["rank", "commune", "service_id"], kind="stable")

    @property
    def funding(self) -> pd.DataFrame:
        """Return what financers bring to the actions that were not given up."""
        table = self.material["financements"]
        return table[table["action_id"].isin(self.actions["action_id"])]


def cell_text(value: object) -> str:
    """Return what a cell says: its text, its texts one after the other, or that it says nothing."""
    if isinstance(value, tuple):
        return f"{NBSP}; ".join(value) if value else UNKNOWN
    return UNKNOWN if pd.isna(value) else str(value)
