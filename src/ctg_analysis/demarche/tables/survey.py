"""The consultation of the residents: its questions, its answers, the census margins that correct them."""

from typing import Annotated, Literal

from pydantic import Field

from ctg_analysis.demarche.tables.columns import Champ, Day, Filter, Id, Labels, Reference, Row, Text, Whole, YesNo


class Question(Row):
    """A question; its id is the name of its column in the answers."""

    q_id: Id = Field(description="identifiant, qui nomme la colonne des réponses")
    libelle: Text = Field(description="la question, telle qu'elle est posée")
    type: Literal["unique", "multiple", "échelle", "numérique", "ouverte"] = Field(description="sorte de question")
    modalites: Labels | None = Field(
        None, description="code=libellé, séparés par | ; NSP, NC et SR existent toujours et ne s'y écrivent pas"
    )
    filtre: Filter | None = Field(
        None,
        description="posée à qui a donné l'un des codes de chaque question nommée ; vide : à tous",
    )
    champ: Champ | None = Field(None, description="champ de la convention ; vide pour le profil")
    obligatoire: YesNo = Field(description="oui ou non")
    sensible: YesNo = Field(description="oui pour une donnée sensible (santé, handicap), gardée dans un fichier à part")


class Answer(Row):
    """An answer to the questionnaire: these columns, then one for each question that is neither open nor sensitive."""

    rep_id: Id = Field(description="identifiant tiré au hasard, sans lien avec la personne")
    date: Day = Field(description="jour de la réponse")
    mode: Literal["web", "papier", "face-à-face"] = Field(description="comment il a été répondu")
    canal: str = Field(description="par où le questionnaire est venu : école, crèche, courriel de la Caf, marché…")
    secteur: str = Field(description="secteur d'habitation (jamais la commune quand peu de personnes répondent)")


class SensitiveAnswer(Row):
    """The answers to sensitive questions, with explicit consent, apart: these columns, then one for each question."""

    rep_id: Annotated[Id, Reference(("reponses",))] = Field(description="identifiant de la réponse")
    consentement: YesNo = Field(description="oui : consentement explicite recueilli ; sans lui, aucune ligne")


class OpenAnswer(Row):
    """An answer in the respondent's own words: presumed personal until it has been read."""

    rep_id: Annotated[Id, Reference(("reponses",))] = Field(description="identifiant de la réponse")
    q_id: Annotated[Id, Reference(("questionnaire",))] = Field(description="question ouverte")
    texte: str = Field(description="la réponse, telle qu'elle a été écrite")


class CodedAnswer(Row):
    """An open answer once read: cleaned of what could tell who wrote it, and coded."""

    rep_id: Annotated[Id, Reference(("reponses",))] = Field(description="identifiant de la réponse")
    q_id: Annotated[Id, Reference(("questionnaire",))] = Field(description="question ouverte")
    extrait_nettoye: Text = Field(description="extrait, sans nom, lieu précis, ni rien qui désigne quelqu'un")
    theme: Text = Field(description="thème")
    sous_theme: Text | None = Field(None, description="sous-thème")
    tonalite: Literal["positive", "neutre", "négative"] = Field(description="tonalité")
    codeur: Id = Field(description="qui a codé, par une lettre")
    publiable: YesNo = Field(description="oui quand l'extrait peut être cité")


class Margin(Row):
    """How many people or households have a modality of a question, by the census."""

    variable: Id = Field(description="question du profil, ou secteur")
    modalite: str = Field(description="code de la modalité, ou nom du secteur")
    effectif: Whole = Field(description="effectif du recensement, arrondi à l'unité")
    source: Text = Field(description="producteur et fichier")
    millesime: Text = Field(description="millésime")
    champ: Text = Field(description="qui est compté : habitants de 18 ans ou plus, ménages…")
