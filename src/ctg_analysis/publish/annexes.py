"""The lists and annexes of a convention, from the field material."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from ctg_analysis.demarche.columns import ACTIVE, Champ, first_day, last_day
from ctg_analysis.demarche.consistency import active
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.material_files import MaterialFiles
from ctg_analysis.demarche.plan import in_order, of_the_plan
from ctg_analysis.demarche.yaml_documents import Convention
from ctg_analysis.display.pieces.sheets import MessageText
from ctg_analysis.display.words.dates import date_text, span_phrase
from ctg_analysis.display.words.quantities import agreed, amount, quantity
from ctg_analysis.display.words.texts import NBSP, capitalised, listed
from ctg_analysis.publish.word import REMARK, SECTION, SUBSECTION, Blocks, bullets, facts, table, text, together

# What the documents of a démarche are made of, and the small texts that they share.

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


# What financers bring, by year, as a table whose totals are the sums of its lines.

TOTAL = "Total"
ORDER = [value for name in ("financeur", "nature") for value in TABLES["financements"].columns[name].kind.choices]


def funding_table(caption: str, funding: pd.DataFrame, years: list[int], by: list[str]) -> Blocks:
    """Return amounts by line and year, with the totals of both. by: the columns whose values name a line.

    funding: columns financeur, annee, nature, montant (euros). The lines are in the order of the declared values.
    """
    sums = funding.pivot_table(index=by, columns="annee", values="montant", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=years, fill_value=0.0).sort_index(
        level=by[::-1], key=lambda names: names.map(ORDER.index)
    )
    names = [capitalised(", ".join(line if isinstance(line, tuple) else (line,))) for line in sums.index]
    amounts = [*sums.to_numpy(), sums.sum().to_numpy()]
    rows = [
        [name, *(amount(euros) if euros else NONE for euros in (*line, line.sum()))]
        for name, line in zip([*names, TOTAL], amounts, strict=True)
    ]
    header = ["Financeur" if "financeur" in by else "Nature", *map(str, years), TOTAL]
    return table(f"{caption}, en euros", header, rows, total=True)


# The lists that stand below the articles of a convention: what the field material says, no more and no less.

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


def service_names(dossier: Dossier) -> Blocks:
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
    "services": service_names,
    "competences": competences,
    "actions": actions,
    "financements": funding,
    "gouvernance": governance,
    "indicateurs": results,
    "calendrier": calendar,
}


# The annexes of a convention: the services in service, the actions that were not given up, and nothing else.

VALIDATED_ACTION, DRAFT = "validé", "projet"


def diagnosis(dossier: Dossier) -> Blocks:
    """Return the messages of the synthèse, word for word, then the constats that were validated."""
    messages = together(
        text(message.theme, SUBSECTION)
        + text(f"{message.sentence} {message.comparison}".strip())
        + text(f"Source : {message.source}", "Caption")
        for message in dossier.messages
    )
    rows = dossier.material["constats"]
    rows = rows[rows["statut"].eq(VALIDATED_ACTION)]
    shared = together(
        text(capitalised(champ), SUBSECTION)
        + bullets(f"{capitalised(row.type)} : {row.enonce}" for row in kept.itertuples())
        for champ, kept in rows.groupby("champ", sort=False)
    )
    signed = dossier.since_signature
    later = (
        "La convention a été validée le {} : les chiffres, les listes et les annexes de ce document sont ceux du {}, "
        "et non ceux du texte signé, qui seul fait foi."
    )
    opening = f"Les chiffres sont ceux du diagnostic, tel qu'il est au {date_text(dossier.date)}."
    return (
        text("Ce que disent les chiffres", SECTION)
        + text(opening)
        + (text(later.format(date_text(signed), date_text(dossier.date)), REMARK) if signed else [])
        + (messages or text("Aucun chiffre n'est encore disponible."))
        + text("Ce que les partenaires constatent ensemble", SECTION)
        + (shared or text("Aucun constat n'est encore validé."))
    )


def services(dossier: Dossier) -> Blocks:
    """Return the equipments and services in service, field by field, then their number and their means by field."""
    header = ["Service", "Sorte", "Gestionnaire", "Commune", "Places", "Collectivités, € par an", "Caf, € par an"]
    rows = dossier.services
    parts, sums = [], []
    for champ in dict.fromkeys(rows["champ"]):
        kept = rows[rows["champ"].eq(champ)]
        lines = [
            [
                row.nom,
                row.type,
                row.gestionnaire,
                dossier.names[row.commune],
                NONE if pd.isna(row.capacite) else quantity(row.capacite),
                amount(row.soutien_collectivite_eur),
                amount(row.ps_caf_eur),
            ]
            for row in kept.itertuples()
        ]
        parts.append(text(capitalised(champ), SECTION) + table(f"Services en service : {champ}", header, lines))
        sums.append([capitalised(champ), str(len(kept)), *_means(kept)])
    if not parts:
        return text("Aucun service en service n'est renseigné.")
    sums.append([TOTAL, str(len(rows)), *_means(rows)])
    caption = "Services en service et moyens, par champ"
    header = ["Champ", "Services", "Collectivités, € par an", "Caf, € par an"]
    return together(parts) + text("Ensemble", SECTION) + table(caption, header, sums, total=True)


def _means(rows: pd.DataFrame) -> list[str]:
    """Return both sums; one that lacks a part is not known."""
    return [amount(rows[name].sum(skipna=False)) for name in ("soutien_collectivite_eur", "ps_caf_eur")]


def plan(dossier: Dossier) -> Blocks:
    """Return the actions and their means: a table of all, the whole financing, then each action by axis."""
    budget = dossier.funding.groupby("action_id")["montant"].sum()
    lines = [
        [
            row.action_id,
            row.titre,
            cell_text(row.pilote),
            span_phrase(row.calendrier_debut, row.calendrier_fin),
            amount(budget.get(row.action_id, 0.0)),
        ]
        for row in dossier.actions.itertuples()
    ]
    parts = [
        text("Vue d'ensemble", SECTION),
        table("Actions de la convention", ["N°", "Action", "Pilote", "Calendrier", "Budget, en euros"], lines),
        funding(dossier),
        funding_table("Fonctionnement et investissement", dossier.funding, dossier.years, ["nature"]),
    ]
    for axis in dossier.axes.itertuples():
        kept = dossier.actions[dossier.actions["axe_id"].eq(axis.axe_id)]
        parts.append(text(f"Axe {axis.ordre} – {axis.titre}", SECTION))
        parts += [_action(row, dossier) for row in kept.itertuples()]
    return together(parts)


def _action(row, dossier: Dossier) -> Blocks:
    leads = [row.pilote, *(row.copilotes if isinstance(row.copilotes, tuple) else ())]
    short = {
        "Objectif": row.objectif,
        "Public": cell_text(row.public_cible),
        "Territoire": cell_text(row.territoire),
        "Pilote": cell_text(tuple(name for name in leads if isinstance(name, str))),
        "Partenaires": cell_text(row.partenaires),
        "Calendrier": span_phrase(row.calendrier_debut, row.calendrier_fin),
        "Étapes": cell_text(row.etapes),
    }
    title = f"{row.action_id} – {row.titre}" + (" (projet)" if row.statut == DRAFT else "")
    described = text(title, SUBSECTION) + text(cell_text(row.description))
    return described + facts(short) + means(row, dossier)


def means(row, dossier: Dossier) -> Blocks:
    """Return what financers bring to an action, by year, and who works on it."""
    own = dossier.funding[dossier.funding["action_id"].eq(row.action_id)]
    staff = row.moyens_humains_etp
    people = facts({"Emplois (ETP)": UNKNOWN if pd.isna(staff) else quantity(staff)})
    if own.empty:
        return people + text("Cette action ne demande pas de financement.")
    return people + funding_table(f"{row.action_id} : financement", own, dossier.years, ["financeur", "nature"])


def steering(dossier: Dossier) -> Blocks:
    """Return the bodies of the governance."""
    rows = dossier.material["instances"]
    return together(
        text(row.instance if row.instance == row.type else f"{row.instance} ({row.type})", SECTION)
        + text(row.role)
        + facts(
            ({"Champs": cell_text(row.champ)} if isinstance(row.champ, tuple) else {})
            | {
                "Composition": cell_text(row.composition),
                "Présidence": cell_text(row.presidence),
                "Réunions": cell_text(row.frequence),
                "Secrétariat": cell_text(row.secretariat),
            }
        )
        for row in rows.itertuples()
    ) or text("Aucune instance n'est renseignée.")


def evaluation(dossier: Dossier) -> Blocks:
    """Return what the actions are measured by, axis by axis."""
    header = ["Action", "Indicateur", "Sorte", "Départ", "Cible", "Relevé par", "Fréquence"]
    followed = dossier.material["indicateurs_suivi"]
    parts = []
    for axis in dossier.axes.itertuples():
        kept = dossier.actions.loc[dossier.actions["axe_id"].eq(axis.axe_id), "action_id"]
        rows = followed[followed["action_id"].isin(kept)]
        lines = [
            [
                row.action_id,
                row.libelle if row.unite.casefold() in row.libelle.casefold() else f"{row.libelle} ({row.unite})",
                row.type,
                dated(row.valeur_reference, row.date_reference),
                dated(row.cible, row.cible_date),
                cell_text(row.collecteur),
                cell_text(row.frequence),
            ]
            for row in rows.itertuples()
        ]
        title = f"Axe {axis.ordre} – {axis.titre}"
        parts.append(text(title, SECTION) + table(f"Indicateurs de l'axe {axis.ordre}", header, lines))
    return together(parts) or text("Aucun indicateur n'est renseigné.")


def deliberations(dossier: Dossier) -> Blocks:
    """Return the deliberation of each signatory; which ones are to be joined."""
    lines = [
        [party.nom, party.deliberation_no or "à joindre", date_text(party.deliberation_date) or "à préciser"]
        for party in dossier.convention.parties
    ]
    lead = text("Les délibérations sont jointes à la convention par chaque signataire.", REMARK)
    return lead + table("Délibérations des signataires", ["Signataire", "Numéro", "Date"], lines)


ANNEXES: dict[str, Callable[[Dossier], Blocks]] = {
    "diagnostic": diagnosis,
    "services": services,
    "plan d'actions": plan,
    "pilotage": steering,
    "évaluation": evaluation,
    "délibérations": deliberations,
}
