"""The convention, the info flashes, the edition of the synthèse, how residents were asked: the YAML of a démarche."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ctg_analysis.demarche.columns import Champ, Code, Day, Id, Link, Moment, Row, Text, Whole, some

Generated = Literal[
    "champs",
    "enjeux",
    "axes",
    "services",
    "competences",
    "actions",
    "financements",
    "gouvernance",
    "indicateurs",
    "calendrier",
]


class Consultation(Row):
    """How the residents were asked, which their answers do not tell (rules R20 and R22).

    plan: only a probability sample has a margin of error. envoyes: questionnaires sent or handed out, none for an open
    link; commences, termines: answers begun, and sent to the end.
    """

    plan: Literal["volontaires", "quotas", "probabiliste"]
    envoyes: Whole | None = None
    commences: Whole | None = None
    termines: Whole | None = None
    diffusion: Text | None = None


class Period(Row):
    """The years of a convention."""

    debut: Moment
    fin: Moment


class Party(Row):
    """A signatory. Who signs for it is public: the only person whose name may be written here."""

    nom: Text
    representant: str | None = None
    qualite: Text | None = None
    deliberation_no: str | None = None
    deliberation_date: Day | None = None


class Article(Row):
    """An article; champs_auto: the lists that are generated below its text."""

    no: Whole
    titre: Text
    texte_md: Text | None = None
    champs_auto: tuple[Generated, ...] = ()


class Annex(Row):
    """An annex; contenu: what it is made of."""

    no: Whole
    titre: Text
    contenu: Literal["diagnostic", "services", "plan d'actions", "pilotage", "évaluation", "délibérations"]


class Convention(Row):
    """The convention: a project until it is validated.

    Source of the order of its articles and annexes: the model of the Cnaf, to be checked against that of the Caf.
    """

    statut: Literal["projet", "validée"]
    version: Id
    validee_le: Day | None = None
    intitule: Text
    periode: Period
    parties: Annotated[tuple[Party, ...], AfterValidator(some)]
    vu: tuple[Text, ...] = ()
    preambule: Text | None = None
    articles: Annotated[tuple[Article, ...], AfterValidator(some)]
    annexes: tuple[Annex, ...] = ()


class Editorial(Row):
    """Some words of an élu, who signs them."""

    auteur: str
    texte: Text


class KeyFigure(Row):
    """A figure, told by its observation: it is never typed."""

    indicateur: Id
    territoire: Code
    periode: Moment


class Rewritten(Row):
    """What the team says of an indicator in the place of the sentence of the rule."""

    indicateur: Id
    texte: Text


class Signature(Row):
    """Who has read the synthèse again, a body or an élu, and when."""

    par: str
    le: Day


class SynthesisEdition(Row):
    """What the team changes of the synthèse that the rule proposes.

    chiffres, atouts, alertes: indicators to put first, in this order; the rule adds its own after them.
    """

    chiffres: Annotated[tuple[Id, ...], Field(max_length=12)] = ()
    atouts: Annotated[tuple[Id, ...], Field(max_length=3)] = ()
    alertes: Annotated[tuple[Id, ...], Field(max_length=3)] = ()
    phrases: tuple[Rewritten, ...] = ()
    mot: Text | None = None
    signature: Signature | None = None


class NextDate(Row):
    """A date to come."""

    date: Moment
    texte: Text


class TakePart(Row):
    """How to take part: an address of the web, a contact that names nobody."""

    lien: Link | None = None
    contact: str | None = None


class InfoFlash(Row):
    """An issue of the info flash; its calendar is that of `calendrier`, seen from its date."""

    numero: Whole
    date: Moment
    titre: Text
    edito: Editorial | None = None
    qu_est_ce_que_la_ctg: Text
    champs: Annotated[tuple[Champ, ...], AfterValidator(some)]
    phase_en_cours: Literal["diagnostic partagé", "stratégie", "convention et suivi"]
    chiffres_cles: tuple[KeyFigure, ...] = Field(default=(), max_length=6)
    paroles: tuple[Id, ...] = Field(default=(), max_length=3)
    prochaines_dates: tuple[NextDate, ...] = ()
    participer: TakePart | None = None
    logos: tuple[Link, ...] = ()
    mentions: Text | None = None
