"""The tables of a démarche: one model each, the columns of its file in their order."""

from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.demarche.tables import evidence, governance, interviews, plan, survey
from ctg_analysis.demarche.tables.columns import Row


@dataclass(frozen=True)
class Table:
    """A table: its file is <name>.csv. key: columns whose values come once. title: what it is, in French.

    private: holds personal data, lives in data/private/<siren>/demarche/ and never in git.
    """

    name: str
    row: type[Row]
    key: tuple[str, ...]
    title: str
    private: bool = False

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return str(Path(self.name).with_suffix(".csv"))

    @property
    def columns(self) -> list[str]:
        """Return the columns in the order of the file."""
        return list(self.row.model_fields)


TABLES = {
    table.name: table
    for table in (
        Table("calendrier", governance.Step, ("etape",), "Étapes de la démarche"),
        Table("documents", plan.Document, ("doc_id",), "Documents analysés"),
        Table("equipements_services", governance.Service, ("service_id",), "Équipements et services"),
        Table("competences", governance.Competence, ("territoire", "competence"), "Qui exerce quelle compétence"),
        Table("bilan_actions", plan.FormerAction, ("action_id",), "Bilan des actions de la convention précédente"),
        Table("questionnaire", survey.Question, ("q_id",), "Questions de la consultation des habitants"),
        Table("marges", survey.Margin, ("variable", "modalite"), "Marges du recensement, pour le redressement"),
        Table("grille", interviews.GuideQuestion, ("rubrique", "question"), "Grille d'entretien"),
        Table("codebook", interviews.CodebookEntry, ("code",), "Livret de codes des entretiens"),
        Table("extraits", interviews.Extract, ("extrait_id",), "Extraits d'entretiens, anonymes et codés"),
        Table("ateliers", interviews.Workshop, ("atelier_id",), "Séminaires, rencontres, groupes de travail"),
        Table("contributions", interviews.Contribution, ("contrib_id",), "Ce qui s'y est dit"),
        Table(
            "votes", interviews.Vote, ("atelier_id", "bulletin", "objet_id"), "Votes, un bulletin et un objet par ligne"
        ),
        Table("constats", evidence.Constat, ("constat_id",), "Constats"),
        Table("preuves", evidence.Proof, ("constat_id", "type", "ref"), "Preuves des constats"),
        Table("enjeux", evidence.Enjeu, ("enjeu_id",), "Enjeux, et décision du COPIL"),
        Table("axes", plan.Axis, ("axe_id",), "Axes de la convention"),
        Table("objectifs", plan.Objective, ("obj_id",), "Objectifs des axes"),
        Table("actions", plan.Action, ("action_id",), "Fiches-action"),
        Table("financements", plan.Funding, ("action_id", "financeur", "annee", "nature"), "Financements des actions"),
        Table("indicateurs_suivi", plan.FollowedIndicator, ("ind_id",), "Indicateurs des actions"),
        Table("suivi", plan.FollowUp, ("action_id", "annee"), "Suivi annuel des actions"),
        Table("instances", governance.Body, ("instance",), "Instances de la gouvernance"),
        Table("reunions", governance.Meeting, ("instance", "date"), "Réunions des instances"),
        Table("acteurs", interviews.Actor, ("acteur_id",), "Personnes qui prennent part à la démarche", private=True),
        Table("entretiens", interviews.Interview, ("ent_id",), "Entretiens menés", private=True),
        Table("reponses", survey.Answer, ("rep_id",), "Réponses des habitants", private=True),
        Table("reponses_sensibles", survey.SensitiveAnswer, ("rep_id",), "Réponses sensibles, à part", private=True),
        Table("reponses_ouvertes", survey.OpenAnswer, ("rep_id", "q_id"), "Réponses ouvertes, brutes", private=True),
        Table(
            "ouvertes_codees",
            survey.CodedAnswer,
            ("rep_id", "q_id", "theme"),
            "Réponses ouvertes, codées",
            private=True,
        ),
    )
}
PUBLIC = {name: table for name, table in TABLES.items() if not table.private}
RESTRICTED = {name: table for name, table in TABLES.items() if table.private}
