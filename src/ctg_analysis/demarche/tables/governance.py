"""Who does what, with whom and when: services, competences, bodies, meetings, calendar."""

from typing import Annotated, Literal

from pydantic import Field

from ctg_analysis.demarche.tables.columns import (
    Amount,
    Champ,
    Champs,
    Code,
    Codes,
    Day,
    Id,
    Moment,
    Number,
    Reference,
    Row,
    Text,
    Texts,
    Whole,
)

ACTIVE = "en service"


class Service(Row):
    """An equipment or a service; those in service make the annex of the convention."""

    service_id: Id = Field(description="identifiant")
    nom: Text = Field(description="nom")
    type: Literal[
        "EAJE",
        "MAM",
        "RPE",
        "LAEP",
        "accueil de loisirs",
        "accueil périscolaire",
        "accueil de jeunes",
        "centre social",
        "EVS",
        "ludothèque",
        "France services",
        "point numérique",
        "autre",
    ] = Field(description="sorte")
    champ: Champ = Field(description="champ")
    gestionnaire: Text = Field(description="organisation qui le gère")
    statut_juridique: Literal["commune", "EPCI", "syndicat", "association", "entreprise", "autre"] = Field(
        description="nature du gestionnaire"
    )
    commune: Code = Field(description="code de la commune")
    x: Number | None = Field(None, description="longitude, en degrés")
    y: Number | None = Field(None, description="latitude, en degrés")
    zone_intervention: Codes | None = Field(None, description="codes des communes servies, séparés par |")
    capacite: Amount | None = Field(None, description="places")
    ouverture: Text | None = Field(None, description="jours et heures d'ouverture")
    agrement_debut: Day | None = Field(None, description="début de l'agrément")
    agrement_fin: Day | None = Field(None, description="fin de l'agrément")
    financeurs: Texts | None = Field(None, description="financeurs, séparés par |")
    soutien_collectivite_eur: Amount | None = Field(None, description="soutien annuel des collectivités, en euros")
    ps_caf_eur: Amount | None = Field(None, description="prestation de service annuelle de la Caf, en euros")
    etp: Amount | None = Field(None, description="équivalents temps plein")
    source: Text | None = Field(None, description="source")
    statut: Literal["en service", "en projet", "fermé"] = Field(description="statut")


class Competence(Row):
    """Who exercises a competence in a place."""

    territoire: Code = Field(description="code de la commune ou de l'EPCI")
    competence: Literal[
        "petite enfance", "périscolaire", "accueil de loisirs", "jeunesse", "action sociale", "transport"
    ] = Field(description="compétence")
    exercee_par: Literal["commune", "EPCI", "syndicat", "association"] = Field(description="qui l'exerce")
    depuis: Moment | None = Field(None, description="depuis quand")


class Body(Row):
    """A body of the governance."""

    instance: Id = Field(description="identifiant : COPIL, COTECH, GT-parentalite…")
    type: Literal["COPIL", "COTECH", "groupe thématique", "comité habitants"] = Field(description="sorte")
    champ: Champs | None = Field(None, description="champs d'un groupe thématique, séparés par |")
    role: Text = Field(description="rôle")
    composition: Texts = Field(description="organisations ou fonctions, séparées par |")
    presidence: Text | None = Field(None, description="fonction")
    frequence: Text | None = Field(None, description="fréquence")
    secretariat: Text | None = Field(None, description="fonction")


class Meeting(Row):
    """A meeting of a body; planned, as long as nobody was present."""

    instance: Annotated[Id, Reference(("instances",))] = Field(description="instance")
    date: Day = Field(description="jour")
    invites: Whole | None = Field(None, description="personnes invitées")
    presents: Whole | None = Field(None, description="personnes présentes ; vide tant qu'elle n'a pas eu lieu")
    decisions: Texts | None = Field(None, description="décisions, séparées par |")


class Step(Row):
    """A step of the démarche."""

    etape: Text = Field(description="étape")
    phase: Literal["diagnostic partagé", "stratégie", "convention et suivi"] = Field(description="phase")
    debut: Moment | None = Field(None, description="jour ou mois ; vide tant qu'il n'est pas fixé")
    fin: Moment | None = Field(None, description="jour ou mois ; vide quand l'étape tient en un jour ou un mois")
    livrable: Text | None = Field(None, description="ce qui en sort")
    responsable: Text | None = Field(None, description="fonction ou organisation")
    statut: Literal["faite", "en cours", "à venir"] | None = Field(
        None, description="vide : il se déduit des dates et de celle de l'info flash"
    )
