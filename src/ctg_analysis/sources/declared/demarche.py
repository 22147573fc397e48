"""What the démarche itself gathers: the consultation of the residents, the tables of the plan and of its follow-up."""

from ctg_analysis.core.model import SecrecyRule, Source

THRESHOLD = 5
SURVEY, PLAN = "enquete_habitants", "suivi_ctg"

SOURCES = (
    Source(
        id=SURVEY,
        label="Enquête auprès des habitants",
        producer="Intercommunalité",
        secrecy=SecrecyRule(THRESHOLD, f"moins de {THRESHOLD} répondants ; rien sous dix répondants concernés"),
        additive=False,
        surveyed=True,
        geography="ensemble de l'intercommunalité",
        licence="réponses hors du dépôt, seuls les résultats sont publiés",
        how_to_get="consultation des habitants à mener (questionnaire.csv, marges.csv, reponses.csv)",
        note=(
            "Réponses redressées sur les marges du recensement. Sauf échantillon tiré au sort, l'intervalle est "
            "indicatif : il dit la précision qu'aurait un tirage de cette taille, non l'erreur de ceux qui n'ont pas "
            "répondu."
        ),
    ),
    Source(
        id=PLAN,
        label="Convention territoriale globale : bilan, plan d'actions et suivi",
        producer="Intercommunalité",
        additive=False,
        geography="ensemble de l'intercommunalité",
        licence="tables de la démarche, publiques",
        how_to_get="tables de la démarche à remplir (bilan_actions.csv, financements.csv, suivi.csv…)",
    ),
)
