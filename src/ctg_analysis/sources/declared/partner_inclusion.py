"""Forms about disability, social life and access to rights."""

from ctg_analysis.core.layouts import (
    CHOICE,
    DAY,
    DELAY,
    EUROS,
    EVIDENCE,
    GRADE,
    HOURS,
    MINUTES,
    NAME,
    PERSONS,
    YES_NO,
    Field,
    nobody_without,
)
from ctg_analysis.sources.declared.partner_form import CAF, EPCI, children, form

CRITERIA = (
    ("participation", "participation", "participation des habitants"),
    ("projet", "project", "projet social"),
    ("personnel", "staff", "personnel qualifié"),
    ("ouverture", "openness", "ouverture à tous"),
    ("partenariat", "partnership", "partenariat"),
)
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
        links=(nobody_without("pupils_with_aesh", "aesh_fte"),),
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
        links=(nobody_without("inclusion_hub_families", "inclusion_hub_sessions"),),
    ),
    form(
        "agrements_vie_sociale",
        CAF,
        "Centres sociaux et espaces de vie sociale : agréments, structure par structure",
        Field("structure", "site", "nom de la structure", NAME),
        Field("type", "kind", "centre social ou EVS", CHOICE, choices=("centre social", "EVS")),
        Field("gestionnaire", "manager", "nom de l'organisme gestionnaire", NAME),
        Field(
            "gestion",
            "management",
            "association, publique (une commune, l'EPCI ou un CCAS) ou autre",
            CHOICE,
            choices=("association", "publique", "autre"),
        ),
        Field("agrement_debut", "begin", "premier jour de l'agrément", DAY),
        Field("agrement_fin", "end", "dernier jour de l'agrément", DAY),
        *(Field(f"critere_{column}", f"criterion_{name}", label, GRADE) for column, name, label in CRITERIA),
        *(
            Field(f"preuve_{column}", f"criterion_{name}", f"{label} : ce qui appuie la note", EVIDENCE)
            for column, name, label in CRITERIA
        ),
        by_site=("approval_start_year", "approval_end_year"),
    ),
    form(
        "senacs_vie_sociale",
        "Caf et fédération des centres sociaux (observatoire Senacs)",
        "Centres sociaux et espaces de vie sociale : zone d'intervention, participation, moyens",
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
        links=tuple(
            nobody_without(persons, things)
            for persons in ("social_participants", "volunteers")
            for things in (
                "covered_by_social_space",
                "population_in_social_space",
                "social_fte",
                "board_seats",
                "board_meetings",
                "social_funding",
            )
        ),
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
        links=(
            nobody_without("digital_persons", "digital_sites"),
            nobody_without("digital_persons", "digital_hours"),
            nobody_without("rights_appointments", "rights_hours"),
        ),
    ),
)
