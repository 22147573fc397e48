"""The strategy and its follow-up: axes, objectives, actions, money, indicators, and the bilan of the CTG before."""

from typing import Annotated, Literal

from pydantic import Field

from ctg_analysis.demarche.tables.columns import (
    Amount,
    Champs,
    Day,
    Id,
    Ids,
    Link,
    Mark3,
    Moment,
    Number,
    Percent,
    Reference,
    Row,
    Text,
    Texts,
    Values,
    Whole,
    Year,
    YesNo,
)

VALID, DROPPED = "validée", "abandonnée"


class Axis(Row):
    """An axis of the convention."""

    axe_id: Id = Field(description="identifiant")
    titre: Text = Field(description="titre")
    ordre: Whole = Field(description="rang dans la convention")


class Objective(Row):
    """An objective of an axis."""

    obj_id: Id = Field(description="identifiant")
    axe_id: Annotated[Id, Reference(("axes",))] = Field(description="axe")
    titre: Text = Field(description="titre")
    enjeux: Annotated[Ids, Reference(("enjeux",))] = Field(description="enjeux, séparés par |")
    public: Text | None = Field(None, description="public")
    echeance: Moment | None = Field(None, description="échéance")


class Action(Row):
    """An action; one line makes one fiche-action. Its money by financer and year is in `financements`."""

    action_id: Id = Field(description="identifiant")
    titre: Text = Field(description="titre")
    axe_id: Annotated[Id, Reference(("axes",))] = Field(description="axe")
    obj_id: Annotated[Id, Reference(("objectifs",))] = Field(description="objectif")
    enjeu_ids: Annotated[Ids | None, Reference(("enjeux",))] = Field(None, description="enjeux, séparés par |")
    constat_ids: Annotated[Ids | None, Reference(("constats",))] = Field(None, description="constats, séparés par |")
    contexte: Text | None = Field(None, description="contexte")
    description: Text | None = Field(None, description="ce qui sera fait")
    etapes: Texts | None = Field(None, description="étapes, séparées par |")
    public_cible: Text | None = Field(None, description="public visé")
    territoire: Text | None = Field(None, description="EPCI, secteur ou communes")
    pilote: Text | None = Field(None, description="une fonction, jamais un nom ; une seule")
    copilotes: Texts | None = Field(None, description="fonctions, séparées par |")
    partenaires: Texts | None = Field(None, description="organisations, séparées par |")
    pilote_caf: Text | None = Field(None, description="fonction, à la Caf")
    calendrier_debut: Moment | None = Field(None, description="début")
    calendrier_fin: Moment | None = Field(None, description="fin")
    jalons: Texts | None = Field(None, description="jalons, séparés par |")
    budget_fonct: Amount | None = Field(None, description="budget de fonctionnement, toutes années, en euros")
    budget_invest: Amount | None = Field(None, description="budget d'investissement, toutes années, en euros")
    moyens_humains_etp: Amount | None = Field(None, description="équivalents temps plein")
    dispositifs_caf: Texts | None = Field(None, description="dispositifs de la Caf, séparés par |")
    lien_pedt: YesNo | None = Field(None, description="oui quand l'action est dans le PEDT")
    lien_sppe: YesNo | None = Field(None, description="oui quand elle relève du service public de la petite enfance")
    indicateurs_realisation: Annotated[Ids | None, Reference(("indicateurs_suivi",))] = Field(
        None, description="indicateurs de réalisation, séparés par |"
    )
    indicateurs_resultat: Annotated[Ids | None, Reference(("indicateurs_suivi",))] = Field(
        None, description="indicateurs de résultat, séparés par |"
    )
    modalites_evaluation: Text | None = Field(None, description="comment elle sera évaluée")
    priorite: Mark3 = Field(description="1, 2 ou 3")
    statut: Literal["projet", "validée", "abandonnée"] = Field(description="statut de la fiche")
    risques: Text | None = Field(None, description="risques")
    version: Whole = Field(description="numéro de version de la fiche")
    valide_le: Day | None = Field(None, description="jour de la validation")


class Funding(Row):
    """What a financer brings to an action in a year."""

    action_id: Annotated[Id, Reference(("actions",))] = Field(description="action")
    financeur: Literal["Caf", "MSA", "EPCI", "communes", "Département", "Région", "État", "usagers", "autres"] = Field(
        description="financeur"
    )
    annee: Year = Field(description="année")
    nature: Literal["fonctionnement", "investissement"] = Field(description="nature de la dépense")
    montant: Amount = Field(description="montant, en euros")


class FollowedIndicator(Row):
    """What an action is measured by."""

    ind_id: Id = Field(description="identifiant, le même d'une année à l'autre")
    action_id: Annotated[Id, Reference(("actions",))] = Field(description="action")
    type: Literal["moyens", "réalisation", "résultat", "impact"] = Field(description="sorte")
    libelle: Text = Field(description="ce qui est mesuré")
    formule: Text | None = Field(None, description="comment le chiffre est obtenu")
    indicateur: Id | None = Field(
        None, description="indicateur du diagnostic (ctg list indicators), quand c'en est un : il est alors recalculé"
    )
    unite: Text = Field(description="unité")
    valeur_reference: Number | None = Field(None, description="valeur de départ")
    date_reference: Moment | None = Field(None, description="date de la valeur de départ")
    cible: Number | None = Field(None, description="valeur visée")
    cible_date: Moment | None = Field(None, description="échéance de la valeur visée")
    source: Text | None = Field(None, description="source")
    collecteur: Text | None = Field(None, description="fonction de qui recueille le chiffre")
    frequence: Literal["mensuelle", "trimestrielle", "semestrielle", "annuelle", "unique"] | None = Field(
        None, description="fréquence"
    )
    rupture_annee: Year | None = Field(None, description="année où la définition a changé : la série n'est pas reliée")


class FollowUp(Row):
    """Where an action stands at the end of a year."""

    action_id: Annotated[Id, Reference(("actions",))] = Field(description="action")
    annee: Year = Field(description="année")
    statut: Literal["non démarrée", "en cours", "réalisée", "retardée", "modifiée", "abandonnée"] = Field(
        description="statut à la fin de l'année"
    )
    avancement_pct: Percent | None = Field(None, description="avancement, de 0 à 100")
    faits: Text | None = Field(None, description="ce qui a été fait")
    valeurs_indicateurs: Values | None = Field(None, description="indicateur=valeur, séparés par |")
    depense: Amount | None = Field(None, description="dépense de l'année, en euros")
    difficultes: Text | None = Field(None, description="difficultés")
    decision_copil: Text | None = Field(None, description="décision du COPIL")
    date: Day = Field(description="jour où la ligne a été écrite")


class FormerAction(Row):
    """An action of the CTG before: what was planned, what was done, what becomes of it."""

    action_id: Id = Field(description="identifiant, celui de la convention précédente")
    axe: Text = Field(description="axe")
    intitule: Text = Field(description="intitulé")
    prevu: Number | None = Field(None, description="quantité prévue")
    realise: Number | None = Field(None, description="quantité réalisée")
    unite: Text | None = Field(None, description="unité des deux quantités : places, ateliers par an…")
    cout_prevu: Amount | None = Field(None, description="coût prévu, en euros")
    cout_realise: Amount | None = Field(None, description="coût réel, en euros")
    statut: Literal["réalisée", "partielle", "en cours", "reportée", "abandonnée"] = Field(description="statut")
    ecart: Text | None = Field(None, description="ce qui diffère de ce qui était prévu")
    explication: Text | None = Field(None, description="pourquoi")
    suite: Literal["poursuivre", "adapter", "arrêter"] = Field(description="ce que la nouvelle convention en fait")
    preuve: Annotated[Ids | None, Reference(("documents",))] = Field(None, description="documents, séparés par |")


class Document(Row):
    """A document that was analysed."""

    doc_id: Id = Field(description="identifiant")
    titre: Text = Field(description="titre")
    auteur: Text = Field(description="organisation qui l'a écrit")
    date: Moment = Field(description="date")
    type: Literal["bilan", "projet", "schéma", "délibération", "étude"] = Field(description="sorte")
    champ: Champs | None = Field(None, description="champs, séparés par | ; vide quand c'est tous")
    resume: Text | None = Field(None, description="résumé")
    constats_extraits: Annotated[Ids | None, Reference(("constats",))] = Field(
        None, description="constats qui en viennent, séparés par |"
    )
    page: Whole | None = Field(None, description="page")
    lien: Link | None = Field(None, description="adresse ou fichier")
