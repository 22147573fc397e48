"""Forms about disability, social life and access to rights."""

from ctg_analysis.layouts import CALENDAR_YEAR, DELAY, EUROS, EVIDENCE, HOURS, MINUTES, PERSONS, SCORE, YES_NO, Field
from ctg_analysis.sources.partner_form import EPCI, children, form

SPACES = ("centres_sociaux", "evs")
FORMS = (
    form(
        "dsden_inclusion",
        "Direction des services départementaux de l'éducation nationale (DSDEN)",
        "Élèves en situation de handicap et accompagnants",
        children("eleves_pps", "pupils_with_plan", "élèves avec un projet personnalisé de scolarisation"),
        children("eleves_ulis", "pupils_in_ulis", "dont élèves en unité localisée (ULIS)", "eleves_pps"),
        children(
            "eleves_notifies_aesh",
            "pupils_with_aesh",
            "dont élèves avec une notification d'accompagnement",
            "eleves_pps",
        ),
        Field("aesh_etp", "aesh_fte", "équivalents temps plein d'accompagnants (AESH)"),
    ),
    form(
        "services_handicap",
        "Pôle ressources handicap, Maison départementale des personnes handicapées (MDPH)",
        "Pôle ressources handicap, attente dans les services pour enfants handicapés",
        Field("pole_permanences", "inclusion_hub_sessions", "demi-journées de permanence du pôle ressources par mois"),
        Field("pole_familles", "inclusion_hub_families", "familles que le pôle a accompagnées dans l'année", PERSONS),
        Field("pole_minutes", "inclusion_hub_minutes", "minutes en voiture jusqu'au pôle le plus proche", MINUTES),
        Field("attente_camsp", "camsp_wait", "attente moyenne avant l'entrée au CAMSP le plus proche", DELAY),
        Field("attente_sessad", "sessad_wait", "attente moyenne avant l'entrée au SESSAD le plus proche", DELAY),
        Field("attente_ime", "ime_wait", "attente moyenne avant l'entrée à l'IME le plus proche", DELAY),
    ),
    form(
        "senacs_vie_sociale",
        "Caf et fédération des centres sociaux (observatoire Senacs)",
        "Centres sociaux et espaces de vie sociale : agréments, participation, moyens",
        Field("centres_sociaux", "approved_social_centres", "centres sociaux agréés"),
        Field("evs", "approved_local_spaces", "espaces de vie sociale agréés"),
        Field(
            "agrement_debut",
            "approval_start_year",
            "année de début du premier agrément à échoir",
            CALENDAR_YEAR,
            about=SPACES,
        ),
        Field(
            "agrement_fin",
            "approval_end_year",
            "année de fin du premier agrément à échoir",
            CALENDAR_YEAR,
            about=SPACES,
        ),
        Field("gestion_associative", "association_run_spaces", "structures gérées par une association"),
        Field("gestion_publique", "public_run_spaces", "structures gérées par une commune, l'EPCI ou un CCAS"),
        Field("gestion_autre", "other_run_spaces", "structures gérées par un autre organisme"),
        Field("zone_couverte", "covered_by_social_space", "1 si la commune est dans une zone d'intervention", YES_NO),
        Field("participants", "social_participants", "participants réguliers", PERSONS),
        Field("benevoles", "volunteers", "bénévoles", PERSONS),
        Field("etp", "social_fte", "équivalents temps plein salariés"),
        Field("sieges_instances", "board_seats", "sièges des instances de décision"),
        Field("sieges_habitants", "inhabitant_seats", "dont sièges d'habitants", part_of="sieges_instances"),
        Field("reunions_instances", "board_meetings", "réunions des instances de décision dans l'année"),
        Field("financement_caf", "social_funding_caf", "financement de la Caf, en euros", EUROS),
        Field(
            "financement_collectivites",
            "social_funding_local",
            "financement des communes et de l'EPCI, en euros",
            EUROS,
        ),
        Field(
            "financement_autres", "social_funding_other", "autres financements et ressources propres, en euros", EUROS
        ),
        Field("financement_total", "social_funding", "financement total, en euros", EUROS),
        Field(
            "critere_participation",
            "criterion_participation",
            "participation des habitants : notes de 0 à 3, ajoutées",
            SCORE,
        ),
        Field("critere_projet", "criterion_project", "projet social : notes de 0 à 3, ajoutées", SCORE),
        Field("critere_personnel", "criterion_staff", "personnel qualifié : notes de 0 à 3, ajoutées", SCORE),
        Field("critere_ouverture", "criterion_openness", "ouverture à tous : notes de 0 à 3, ajoutées", SCORE),
        Field("critere_partenariat", "criterion_partnership", "partenariat : notes de 0 à 3, ajoutées", SCORE),
        *(
            Field(f"preuve_{column}", f"criterion_{criterion}", f"{label} : ce qui appuie la note", EVIDENCE)
            for column, criterion, label in (
                ("participation", "participation", "participation des habitants"),
                ("projet", "project", "projet social"),
                ("personnel", "staff", "personnel qualifié"),
                ("ouverture", "openness", "ouverture à tous"),
                ("partenariat", "partnership", "partenariat"),
            )
        ),
        Field("structures_evaluees", "spaces_assessed", "structures évaluées"),
    ),
    form(
        "enquete_locale_droits",
        EPCI,
        "Accès aux droits : permanences, médiation numérique, couverture mobile",
        Field(
            "permanences_heures",
            "rights_hours",
            "heures de permanence par semaine (France services, Caf, MSA, CPAM...)",
            HOURS,
        ),
        Field("numerique_lieux", "digital_sites", "lieux de médiation numérique"),
        Field("numerique_heures", "digital_hours", "heures de médiation numérique par semaine", HOURS),
        Field("numerique_personnes", "digital_persons", "personnes accompagnées dans l'année", PERSONS),
        Field("locaux", "local_premises", "logements et locaux professionnels de la commune"),
        Field(
            "locaux_4g",
            "mobile_premises",
            "dont couverts en 4G par un opérateur au moins, à l'intérieur (carte de l'Arcep)",
            part_of="locaux",
        ),
        Field("rendez_vous_droits", "rights_appointments", "rendez-vous des droits de l'année", PERSONS),
    ),
)
