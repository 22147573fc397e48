"""The annexes of a convention: the services in service, the actions that were not given up, and nothing else."""

from collections.abc import Callable

import pandas as pd

from ctg_analysis.display.words.dates import date_text, span_phrase
from ctg_analysis.display.words.quantities import amount, quantity
from ctg_analysis.display.words.texts import capitalised
from ctg_analysis.publishing.word.content import (
    REMARK,
    SECTION,
    SUBSECTION,
    Blocks,
    bullets,
    facts,
    table,
    text,
    together,
)
from ctg_analysis.publishing.word.dossier import NONE, UNKNOWN, Dossier, cell_text
from ctg_analysis.publishing.word.lists import dated
from ctg_analysis.publishing.word.lists import funding as whole_funding
from ctg_analysis.publishing.word.money import TOTAL, funding_table

VALIDATED, DRAFT = "validé", "projet"


def diagnosis(dossier: Dossier) -> Blocks:
    """Return the messages of the synthèse, word for word, then the constats that were validated."""
    messages = together(
        text(message.theme, SUBSECTION)
        + text(f"{message.sentence} {message.comparison}".strip())
        + text(f"Source : {message.source}", "Caption")
        for message in dossier.messages
    )
    rows = dossier.material["constats"]
    rows = rows[rows["statut"].eq(VALIDATED)]
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
        whole_funding(dossier),
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
