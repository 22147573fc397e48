"""From evidence to priority: what is noted, what proves it, what is at stake."""

from typing import Annotated, Literal

from pydantic import Field

from ctg_analysis.demarche.tables.columns import Champ, Champs, Day, Id, Ids, Mark3, Reference, Row, Text, YesNo

INDICATOR, SURVEY, INTERVIEW, DOCUMENT, WORKSHOP = "indicateur", "enquête", "entretien", "document", "atelier"
JOIN = "+"  # between the parts of a reference: indicator+territory+period, document+page
HIGHER, LOWER, CLOSE, RISING, FALLING, AT_LEAST, AT_MOST = (
    "plus élevé que",
    "plus faible que",
    "proche de",
    "en hausse depuis",
    "en baisse depuis",
    "au moins",
    "au plus",
)


class Constat(Row):
    """A constat: a strength, a weakness, an opportunity or a threat, and how well it is proved."""

    constat_id: Id = Field(description="identifiant")
    champ: Champ = Field(description="champ")
    enonce: Text = Field(description="le constat, en une phrase, sans chiffre : les chiffres viennent des preuves")
    type: Literal["atout", "faiblesse", "opportunité", "menace"] = Field(description="place dans l'AFOM")
    force_preuve: Mark3 = Field(description="1 faible, 2 moyenne, 3 forte : deux sortes de preuves au moins")
    valide_en: Annotated[Id | None, Reference(("ateliers",))] = Field(None, description="réunion qui l'a validé")
    statut: Literal["proposé", "validé", "contesté"] = Field(description="statut")


class Proof(Row):
    """What supports, qualifies or contradicts a constat.

    A proof by an indicator says in `lecture` and `repere` what the figure is held to show, so that the next edition can
    tell whether it still does.
    """

    constat_id: Annotated[Id, Reference(("constats",))] = Field(description="constat")
    type: Literal["indicateur", "enquête", "entretien", "document", "atelier"] = Field(description="sorte de preuve")
    ref: str = Field(
        description="indicateur+territoire+periode, question, extrait, document ou document+page, contribution"
    )
    sens: Literal["appuie", "nuance", "contredit"] = Field(description="ce qu'elle fait du constat")
    lecture: (
        Literal[
            "plus élevé que",
            "plus faible que",
            "proche de",
            "en hausse depuis",
            "en baisse depuis",
            "au moins",
            "au plus",
        ]
        | None
    ) = Field(None, description="pour un indicateur : ce que le chiffre montre")
    repere: str | None = Field(
        None, description="pour un indicateur : code d'un territoire (99, F), période (2018) ou nombre (20)"
    )


class Enjeu(Row):
    """An enjeu, and what the COPIL decided about it, apart from any computed rank."""

    enjeu_id: Id = Field(description="identifiant")
    titre: Text = Field(description="enjeu")
    champ: Champs = Field(description="champs, séparés par |")
    constats: Annotated[Ids, Reference(("constats",))] = Field(description="constats, séparés par |")
    population_concernee: Text | None = Field(None, description="qui est concerné")
    transversal: YesNo = Field(description="oui ou non")
    retenu: YesNo | None = Field(None, description="décision du COPIL : oui ou non ; vide tant qu'elle n'est pas prise")
    motif: Text | None = Field(None, description="motif de la décision")
    decide_le: Day | None = Field(None, description="jour de la décision")
