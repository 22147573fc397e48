"""The field material of a démarche as the templates of its convention and of its fiches-action read it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from ctg_analysis.chapter.synthesis import MessageText
from ctg_analysis.demarche.columns import ACTIVE, Champ, first_day, last_day
from ctg_analysis.demarche.consistency import active
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.material_files import MaterialFiles
from ctg_analysis.demarche.plan import enjeux_by_action, in_order, of_the_plan
from ctg_analysis.demarche.yaml_documents import Convention
from ctg_analysis.display.quantities import amount
from ctg_analysis.display.texts import capitalised, listed

VALIDATED, VALIDATED_CONSTAT, DRAFT = "validée", "validé", "projet"
NONE, TOTAL, RESULT = "–", "Total", "résultat"
FIELDS = get_args(Champ)
ORDER = [value for name in ("financeur", "nature") for value in TABLES["financements"].columns[name].kind.choices]
BY_WHOM = {
    "commune": "les communes",
    "EPCI": "l'intercommunalité",
    "syndicat": "un syndicat",
    "association": "une association",
}


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
    def years(self) -> list[int]:
        """Return the years of the convention."""
        period = self.convention.periode
        return list(range(first_day(period.debut).year, last_day(period.fin).year + 1))


def lines(table: pd.DataFrame) -> list:
    """Return the rows of a table for a template; what is not known is None."""
    return list(table.astype(object).where(table.notna(), None).itertuples(index=False))


def lists(dossier: Dossier) -> dict[str, object]:
    """Return what the articles and the annexes of a convention list: what the field material says, no more, no less."""
    material, enjeux, followed = dossier.material, dossier.material["enjeux"], dossier.material["indicateurs_suivi"]
    actions = [sheet(row, dossier) for row in lines(dossier.actions)]
    budgets = of_the_plan(material["financements"], material["actions"])
    results = followed["type"].eq(RESULT) & followed["action_id"].isin(dossier.actions["action_id"])
    constats = material["constats"][material["constats"]["statut"].eq(VALIDATED_CONSTAT)]
    return {
        "champs": FIELDS,
        "enjeux": lines(enjeux[enjeux["retenu"].eq(True).fillna(False)]),
        "axes": [_axis(axis, dossier, actions) for axis in lines(material["axes"].sort_values("ordre", kind="stable"))],
        "services": _services(dossier),
        "competences": _competences(dossier),
        "actions": actions,
        "financements": funding(budgets, dossier.years, ["financeur"]),
        "natures": funding(budgets, dossier.years, ["nature"]),
        "instances": lines(material["instances"]),
        "resultats": lines(followed[results]),
        "calendrier": lines(material["calendrier"]),
        "messages": dossier.messages,
        "constats": [{"champ": champ, "lignes": lines(kept)} for champ, kept in constats.groupby("champ", sort=False)],
    }


def sheet(row, dossier: Dossier) -> dict[str, object]:
    """Return an action with all that its fiche says. row: of `Dossier.actions`, see `lines`."""
    material = dossier.material
    served = enjeux_by_action(dossier.actions, material["objectifs"])[row.action_id]
    own, followed = material["financements"], material["indicateurs_suivi"]
    return {
        "action": row,
        "projet": row.statut == DRAFT,
        "pilotes": tuple(filter(None, (row.pilote, *(row.copilotes or ())))),
        "enjeux": list(material["enjeux"].set_index("enjeu_id")["titre"][served]),
        "constats": list(material["constats"].set_index("constat_id")["enonce"][list(row.constat_ids or ())]),
        "financement": funding(own[own["action_id"].eq(row.action_id)], dossier.years, ["financeur", "nature"]),
        "indicateurs": lines(followed[followed["action_id"].eq(row.action_id)]),
    }


def funding(budgets: pd.DataFrame, years: list[int], by: list[str]) -> dict[str, object]:
    """Return what financers bring by year, with the totals of lines and years, and of all; nothing where there is none.

    budgets: columns financeur, annee, nature, montant (euros). by: the columns whose values name a line, in the order
    of the declared values.
    """
    if budgets.empty:
        return {}
    sums = budgets.pivot_table(index=by, columns="annee", values="montant", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=years, fill_value=0.0).sort_index(
        level=by[::-1], key=lambda names: names.map(ORDER.index)
    )
    names = [capitalised(", ".join(line if isinstance(line, tuple) else (line,))) for line in sums.index]
    written = [
        {"nom": name, "montants": [amount(euros) if euros else NONE for euros in (*line, line.sum())]}
        for name, line in zip([*names, TOTAL], [*sums.to_numpy(), sums.sum().to_numpy()], strict=True)
    ]
    return {"colonnes": [*map(str, years), TOTAL], "lignes": written[:-1], "total": written[-1]}


def _axis(axis, dossier: Dossier, sheets: list[dict]) -> dict[str, object]:
    """Return an axis with its objectives, its actions and what these are measured by. sheets: of all actions."""
    objectives, followed = dossier.material["objectifs"], dossier.material["indicateurs_suivi"]
    actions = [one for one in sheets if one["action"].axe_id == axis.axe_id]
    return {
        "numero": axis.ordre,
        "titre": axis.titre,
        "objectifs": list(objectives.loc[objectives["axe_id"].eq(axis.axe_id), "titre"]),
        "actions": actions,
        "indicateurs": lines(followed[followed["action_id"].isin([one["action"].action_id for one in actions])]),
    }


def _services(dossier: Dossier) -> dict[str, object]:
    """Return the services in service by field, with their means: a sum that lacks a part is not known."""
    table = dossier.material["equipements_services"]
    kept = table[table["statut"].eq(ACTIVE)].assign(
        rank=lambda rows: rows["champ"].map(FIELDS.index), lieu=lambda rows: rows["commune"].map(dossier.names)
    )
    kept = kept.sort_values(["rank", "commune", "service_id"], kind="stable")

    def means(rows: pd.DataFrame) -> dict[str, object]:
        sums = rows[["soutien_collectivite_eur", "ps_caf_eur"]].sum(skipna=False)
        return {"lignes": lines(rows), "collectivites": sums.iloc[0], "caf": sums.iloc[1]}

    fields = [{"champ": champ} | means(rows) for champ, rows in kept.groupby("champ", sort=False)]
    return {"champs": fields} | means(kept)


def _competences(dossier: Dossier) -> list[dict[str, str]]:
    """Return who exercises each competence, and where when it is not the same everywhere."""
    rows = dossier.material["competences"]
    rows = rows.sort_values("competence", key=lambda names: names.map(list(names.unique()).index), kind="stable")
    return [
        {
            "competence": competence,
            "par": BY_WHOM[who],
            "ou": "tout le territoire"
            if places.eq(dossier.material.epci).any()
            else listed([dossier.names[code] for code in places]),
        }
        for (competence, who), places in rows.groupby(["competence", "exercee_par"], sort=False)["territoire"]
    ]
