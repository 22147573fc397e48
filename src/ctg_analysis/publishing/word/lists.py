"""The lists that stand below the articles of a convention: what the field material says, no more and no less."""

from collections.abc import Callable

import pandas as pd

from ctg_analysis.display.words.dates import date_text, span_phrase
from ctg_analysis.display.words.quantities import agreed, quantity
from ctg_analysis.display.words.texts import NBSP, listed
from ctg_analysis.publishing.word.content import Blocks, bullets, table, text, together
from ctg_analysis.publishing.word.dossier import FIELDS, Dossier, cell_text
from ctg_analysis.publishing.word.money import funding_table

RESULT = "résultat"
BY_WHOM = {
    "commune": "les communes",
    "EPCI": "l'intercommunalité",
    "syndicat": "un syndicat",
    "association": "une association",
}


def fields(dossier: Dossier) -> Blocks:
    """Return the fields of action."""
    return bullets(FIELDS)


def enjeux(dossier: Dossier) -> Blocks:
    """Return the enjeux that the COPIL has retained."""
    rows = dossier.material["enjeux"]
    return text("Enjeux :") + bullets(rows.loc[rows["retenu"].eq(True).fillna(False), "titre"])


def axes(dossier: Dossier) -> Blocks:
    """Return each axis with its objectives."""
    objectives = dossier.material["objectifs"]
    return together(
        text(axis.titre, lead=f"Axe {axis.ordre}")
        + bullets(objectives.loc[objectives["axe_id"].eq(axis.axe_id), "titre"])
        for axis in dossier.axes.itertuples()
    )


def services(dossier: Dossier) -> Blocks:
    """Return the names of the services in service."""
    return bullets(f"{row.nom} ({dossier.names[row.commune]})" for row in dossier.services.itertuples())


def competences(dossier: Dossier) -> Blocks:
    """Return who exercises each competence, and where when it is not the same everywhere."""
    rows = dossier.material["competences"]
    rows = rows.sort_values("competence", key=lambda names: names.map(list(names.unique()).index), kind="stable")
    lines = []
    for (competence, who), places in rows.groupby(["competence", "exercee_par"], sort=False)["territoire"]:
        whole = places.eq(dossier.material.epci).any()
        where = "tout le territoire" if whole else listed([dossier.names[code] for code in places])
        lines.append([competence, BY_WHOM[who], where])
    return table("Qui exerce les compétences", ["Compétence", "Exercée par", "Où"], lines)


def actions(dossier: Dossier) -> Blocks:
    """Return the titles of the actions."""
    return text("Actions :") + bullets(f"{row.action_id} – {row.titre}" for row in dossier.actions.itertuples())


def funding(dossier: Dossier) -> Blocks:
    """Return what each financer brings to all the actions."""
    return funding_table("Financement de l'ensemble des actions", dossier.funding, dossier.years, ["financeur"])


def governance(dossier: Dossier) -> Blocks:
    """Return the bodies, with who presides each and how often it meets."""
    rows = dossier.material["instances"].itertuples()
    lines = [[row.instance, row.role, cell_text(row.presidence), cell_text(row.frequence)] for row in rows]
    return table("Instances", ["Instance", "Rôle", "Présidence", "Réunions"], lines)


def results(dossier: Dossier) -> Blocks:
    """Return the result indicators of the actions, each from its baseline to its target."""
    rows = dossier.material["indicateurs_suivi"]
    rows = rows[rows["type"].eq(RESULT) & rows["action_id"].isin(dossier.actions["action_id"])]
    return bullets(
        f"{row.libelle} : de {dated(row.valeur_reference, row.date_reference, row.unite)} "
        f"à {dated(row.cible, row.cible_date, row.unite)}"
        for row in rows.itertuples()
    )


def dated(value: float, moment: str | None, unit: str = "") -> str:
    """Return a value, its unit and its date: « 44 (2023) », « 25,6 % (2023) », « 1 place (2023) »."""
    words = quantity(value)
    if unit and pd.notna(value):
        words = f"{words}{NBSP}{agreed(unit, value)}"
    return f"{words}{NBSP}({date_text(moment)})" if isinstance(moment, str) else words


def calendar(dossier: Dossier) -> Blocks:
    """Return the steps of the démarche."""
    rows = dossier.material["calendrier"].itertuples()
    lines = [[row.etape, span_phrase(row.debut, row.fin) or "date à préciser"] for row in rows]
    return table("Calendrier", ["Étape", "Date"], lines)


LISTS: dict[str, Callable[[Dossier], Blocks]] = {
    "champs": fields,
    "enjeux": enjeux,
    "axes": axes,
    "services": services,
    "competences": competences,
    "actions": actions,
    "financements": funding,
    "gouvernance": governance,
    "indicateurs": results,
    "calendrier": calendar,
}
