"""What the documents of a démarche are made of, and the small texts that they share."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from ctg_analysis.demarche.files.consistency import active
from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.plan.budget import of_the_plan
from ctg_analysis.demarche.plan.plan import in_order
from ctg_analysis.demarche.tables.columns import Champ, first_day, last_day
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
        signed = self.convention.validee_le if self.convention.statut == VALIDATED else None
        return signed if signed and signed.isoformat() < self.date else None

    @property
    def actions(self) -> pd.DataFrame:
        """Return the actions that were not given up, see `plan.in_order`."""
        return in_order(active(self.material["actions"]), self.material["axes"], self.material["objectifs"])

    @property
    def axes(self) -> pd.DataFrame:
        """Return the axes in their order."""
        return self.material["axes"].sort_values("ordre", kind="stable")

    @property
    def years(self) -> list[int]:
        """Return the years of the convention."""
        period = self.convention.periode
        return list(range(first_day(period.debut).year, last_day(period.fin).year + 1))

    @property
    def services(self) -> pd.DataFrame:
        """Return the equipments and services in service, by field and commune."""
        table = self.material["equipements_services"]
        kept = table[table["statut"].eq(ACTIVE)].assign(rank=lambda rows: rows["champ"].map(FIELDS.index))
        return kept.sort_values(["rank", "commune", "service_id"], kind="stable")

    @property
    def funding(self) -> pd.DataFrame:
        """Return what financers bring to the actions that were not given up."""
        return of_the_plan(self.material["financements"], self.material["actions"])


def cell_text(value: object) -> str:
    """Return what a cell says: its text, its texts one after the other, or that it says nothing."""
    if isinstance(value, tuple):
        return f"{NBSP}; ".join(value) if value else UNKNOWN
    return UNKNOWN if pd.isna(value) else str(value)
