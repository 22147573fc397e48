"""Interviews and meetings: who was heard, what they said once made anonymous, what was shared and voted."""

from typing import Annotated, Literal

from pydantic import Field

from ctg_analysis.demarche.tables.columns import (
    Champ,
    Champs,
    Counts,
    Day,
    Id,
    Mark5,
    Moment,
    Reference,
    Row,
    Text,
    TypeActeur,
    Whole,
    YesNo,
)


class Actor(Row):
    """A person who takes part: never in git."""

    acteur_id: Id = Field(description="identifiant")
    organisation: str = Field(description="organisation")
    type: TypeActeur = Field(description="sorte d'acteur")
    champ: Champs | None = Field(None, description="champs, séparés par |")
    territoire: str | None = Field(None, description="commune ou secteur")
    contact: str | None = Field(None, description="nom, courriel, téléphone")
    consentement: YesNo = Field(description="oui quand la personne accepte d'être recontactée")


class Interview(Row):
    """An interview: who, when, how, and when what identifies the person is to be deleted. Never in git."""

    ent_id: Id = Field(description="identifiant")
    ent_pseudo: Id = Field(description="pseudonyme qu'en donnent les extraits")
    acteur_id: Annotated[Id | None, Reference(("acteurs",))] = Field(None, description="personne entendue")
    date: Day = Field(description="jour de l'entretien")
    mode: Literal["présentiel", "téléphone", "visio"] = Field(description="comment")
    duree_min: Whole = Field(description="durée, en minutes")
    enqueteur: str = Field(description="qui a mené l'entretien")
    grille_version: str = Field(description="version de la grille")
    consentement: Literal["oral", "écrit"] = Field(description="comment le consentement a été donné")
    enregistrement: str | None = Field(None, description="nom du fichier, dans le dossier enregistrements/")
    suppression_prevue_le: Day = Field(description="jour où la ligne et l'enregistrement sont supprimés")


class GuideQuestion(Row):
    """A question of the interview guide."""

    rubrique: Literal[
        "mission et public",
        "état de l'offre",
        "besoins non couverts",
        "coopérations",
        "freins et leviers",
        "priorités",
        "attentes vis-à-vis de la CTG",
    ] = Field(description="rubrique")
    question: Text = Field(description="question")
    relance: Text | None = Field(None, description="relance")
    champ: Champ | None = Field(None, description="champ ; vide quand elle est posée à tous")


class CodebookEntry(Row):
    """A code for extracts: what it means, what it takes in and leaves out."""

    code: Id = Field(description="code")
    theme: Text = Field(description="thème")
    sous_theme: Text | None = Field(None, description="sous-thème")
    definition: Text = Field(description="ce que le code veut dire")
    exemple: Text | None = Field(None, description="exemple")
    inclusion: Text | None = Field(None, description="ce qu'il comprend")
    exclusion: Text | None = Field(None, description="ce qu'il ne comprend pas, et le code à prendre")
    version: Id = Field(description="version du livret de codes où il est entré")


class Extract(Row):
    """What was said in an interview, anonymous and coded."""

    extrait_id: Id = Field(description="identifiant")
    ent_pseudo: Annotated[Id, Reference(("entretiens",), "ent_pseudo")] = Field(description="pseudonyme de l'entretien")
    type_acteur: TypeActeur = Field(description="sorte d'acteur, sans plus de détail")
    champ: Champ = Field(description="champ")
    code: Annotated[Id, Reference(("codebook",))] = Field(description="code")
    texte_anonymise: Text = Field(description="extrait, sans rien qui désigne quelqu'un")
    tonalite: Literal["atout", "faiblesse", "besoin", "proposition"] = Field(description="tonalité")
    territoire: Text | None = Field(None, description="secteur ou EPCI, jamais plus précis")
    niveau_diffusion: Literal["public", "copil", "interne"] = Field(description="qui peut le lire")
    relu_par: Text | None = Field(None, description="fonction de qui l'a relu : nécessaire avant toute diffusion")
    double_codage: Annotated[Id | None, Reference(("codebook",))] = Field(
        None, description="code donné par le second codeur ; vide quand il n'y en a pas eu"
    )


class Workshop(Row):
    """A meeting: seminar, thematic meeting, session of a working group, restitution."""

    atelier_id: Id = Field(description="identifiant")
    type: Literal["séminaire", "rencontre thématique", "groupe de travail", "restitution"] = Field(description="sorte")
    numero_seance: Whole = Field(description="numéro de la séance : 1, puis 2")
    champ: Champs | None = Field(None, description="champs, séparés par | ; vide quand c'est tous")
    date: Moment = Field(description="jour")
    lieu: Text | None = Field(None, description="lieu, sans numéro de rue")
    animateur: Text | None = Field(None, description="fonction de qui anime")
    invites: Whole | None = Field(None, description="personnes invitées")
    presents: Whole | None = Field(None, description="personnes présentes")
    presents_par_type: Counts | None = Field(
        None, description="élu=5|association=7 ; leur somme est celle des présents"
    )


class Contribution(Row):
    """What was said in a meeting."""

    contrib_id: Id = Field(description="identifiant")
    atelier_id: Annotated[Id, Reference(("ateliers",))] = Field(description="réunion")
    type: Literal["constat", "besoin", "idée", "désaccord"] = Field(description="sorte")
    texte: Text = Field(description="ce qui a été dit")
    champ: Champ = Field(description="champ")
    table: Text | None = Field(None, description="table de travail")
    lien_constat: Annotated[Id | None, Reference(("constats",))] = Field(None, description="constat qu'elle éclaire")


class Vote(Row):
    """What one ballot gives to one object: points, a rank, marks; nothing tells whose ballot it is."""

    atelier_id: Annotated[Id, Reference(("ateliers",))] = Field(description="réunion où l'on a voté")
    bulletin: Id = Field(description="numéro du bulletin dans la réunion, tiré au hasard")
    objet_id: Annotated[Id, Reference(("enjeux", "constats"))] = Field(description="enjeu, ou constat")
    type_votant: TypeActeur = Field(description="sorte d'acteur")
    points: Whole | None = Field(None, description="points (gommettes) ; 0 quand il n'en a pas donné")
    rang: Whole | None = Field(None, description="rang, s'il en a été demandé un")
    importance_1_5: Mark5 | None = Field(None, description="importance, de 1 à 5")
    urgence_1_5: Mark5 | None = Field(None, description="urgence, de 1 à 5")
    faisabilite_1_5: Mark5 | None = Field(None, description="faisabilité, de 1 à 5")
