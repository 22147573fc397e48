"""Forms about children, youth and parents: leisure, school hours, schemes, who is followed."""

from ctg_analysis.core.layouts import (
    CALENDAR_YEAR,
    EVIDENCE,
    HOURS,
    MINUTES,
    PERSONS,
    PRICE,
    SCALE,
    SCORE,
    YES_NO,
    Field,
    apart,
    at_most,
    everybody_with,
    nobody_without,
)
from ctg_analysis.sources.declared.partner_form import CAF, EPCI, SDJES, children, form

FORMS = (
    form(
        "sdjes_accueils",
        SDJES,
        "Accueils collectifs de mineurs déclarés, PEDT et plans mercredi",
        Field("alsh_places_mercredi", "leisure_places_wednesday", "places d'accueil de loisirs, mercredi"),
        Field("alsh_places_petites_vacances", "leisure_places_short_holidays", "places, petites vacances"),
        Field("alsh_places_ete", "leisure_places_summer", "places, été"),
        Field(
            "alsh_jours_ouverture",
            "leisure_open_days",
            "jours d'ouverture dans l'année, ajoutés d'un accueil à l'autre",
        ),
        Field("animateurs", "leisure_staff", "animateurs déclarés", PERSONS),
        Field(
            "animateurs_qualifies", "leisure_qualified_staff", "dont qualifiés (BAFA ou plus)", PERSONS, "animateurs"
        ),
        children("enfants_moins_6_ans", "leisure_under_6", "enfants de moins de 6 ans présents un jour de vacances"),
        Field(
            "animateurs_moins_6_ans",
            "leisure_staff_under_6",
            "animateurs qui encadrent ce jour-là les moins de 6 ans",
            PERSONS,
            "animateurs",
        ),
        children("enfants_6_ans_plus", "leisure_6_plus", "enfants de 6 ans ou plus présents un jour de vacances"),
        Field(
            "animateurs_6_ans_plus",
            "leisure_staff_6_plus",
            "animateurs qui encadrent ce jour-là les 6 ans ou plus",
            PERSONS,
            "animateurs",
        ),
        Field("accueils_jeunes", "youth_centres", "accueils de jeunes déclarés"),
        children("departs_sejours", "holiday_departures", "départs en séjour"),
        Field("pedt", "pedt_covered", "1 si la commune est couverte par un PEDT", YES_NO),
        Field("pedt_fin", "pedt_end_year", "année de fin du PEDT", CALENDAR_YEAR, about=("pedt",)),
        Field("plan_mercredi", "wednesday_plan_covered", "1 si la commune est couverte par un plan mercredi", YES_NO),
        links=(
            apart("leisure_staff", "leisure_staff_under_6", "leisure_staff_6_plus"),
            *(
                nobody_without(persons, *things)
                for persons in ("leisure_staff", "leisure_under_6", "leisure_6_plus")
                for things in (
                    ("leisure_open_days",),
                    ("leisure_places_wednesday", "leisure_places_short_holidays", "leisure_places_summer"),
                )
            ),
        ),
        tells={"pedt_end_year": "pedt_covered"},
    ),
    form(
        "enquete_locale_enfance",
        EPCI,
        "Accueils périscolaires et de loisirs : offre, fréquentation, tarifs, qualité du plan mercredi",
        Field("ecoles", "local_schools", "écoles de la commune"),
        Field("ecoles_matin", "schools_morning_care", "dont avec un accueil le matin", part_of="ecoles"),
        Field("ecoles_midi", "schools_lunch_care", "dont avec un accueil le midi", part_of="ecoles"),
        Field("ecoles_soir", "schools_evening_care", "dont avec un accueil le soir", part_of="ecoles"),
        Field("ecoles_mercredi", "schools_wednesday_care", "dont avec un accueil le mercredi", part_of="ecoles"),
        Field("classes", "local_classes", "classes des écoles de la commune"),
        Field("classes_multi_niveaux", "multi_level_classes", "dont classes à plusieurs niveaux", part_of="classes"),
        children("eleves", "local_pupils", "élèves de la commune"),
        children(
            "eleves_couverts", "pupils_with_evening_care", "dont élèves d'une école avec accueil le soir", "eleves"
        ),
        children("eleves_pedt", "pupils_in_pedt", "dont élèves d'une école couverte par un PEDT", "eleves"),
        children("eleves_cantine", "pupils_at_canteen", "dont élèves qui déjeunent à la cantine", "eleves"),
        children(
            "enfants_3_11_accueillis",
            "children_3_11_attending",
            "enfants de 3 à 11 ans accueillis dans l'année, sans doubles comptes",
        ),
        children(
            "ados_11_17_accueillis",
            "teenagers_attending",
            "jeunes de 11 à 17 ans accueillis dans l'année, sans doubles comptes",
        ),
        Field("heures_enfants", "leisure_child_hours", "heures-enfant réalisées", HOURS),
        Field(
            "heures_capacite",
            "leisure_hours_capacity",
            "capacité en heures-enfant (places × heures d'ouverture)",
            HOURS,
        ),
        Field("tarif_jour_min", "leisure_fee_min", "tarif à la journée le plus bas, en euros", PRICE),
        Field("tarif_jour_max", "leisure_fee_max", "tarif à la journée le plus haut, en euros", PRICE),
        Field("tranches_qf", "leisure_fee_brackets", "nombre de tranches de quotient familial", SCALE),
        Field(
            "pm_complementarite",
            "wednesday_plan_times",
            "plan mercredi, articulation des temps : notes de 0 à 3, ajoutées",
            SCORE,
        ),
        Field(
            "pm_inclusion",
            "wednesday_plan_inclusion",
            "plan mercredi, inclusion et accessibilité : notes de 0 à 3, ajoutées",
            SCORE,
        ),
        Field(
            "pm_territoire",
            "wednesday_plan_territory",
            "plan mercredi, mise en valeur du territoire : notes de 0 à 3, ajoutées",
            SCORE,
        ),
        Field(
            "pm_activites",
            "wednesday_plan_activities",
            "plan mercredi, qualité des activités : notes de 0 à 3, ajoutées",
            SCORE,
        ),
        *(
            Field(
                f"preuve_{column}",
                f"wednesday_plan_{axis}",
                f"plan mercredi, {label} : ce qui appuie la note",
                EVIDENCE,
            )
            for column, axis, label in (
                ("complementarite", "times", "articulation des temps"),
                ("inclusion", "inclusion", "inclusion et accessibilité"),
                ("territoire", "territory", "mise en valeur du territoire"),
                ("activites", "activities", "qualité des activités"),
            )
        ),
        Field("pm_sites", "wednesday_plan_sites", "nombre de sites évalués"),
        children(
            "enfants_handicap_accueillis", "leisure_disabled_children", "enfants en situation de handicap accueillis"
        ),
        Field("refus_accueil", "care_refusals", "refus d'accueil liés au handicap"),
        links=(
            nobody_without("local_pupils", "local_schools"),
            nobody_without("local_pupils", "local_classes"),
            nobody_without("pupils_with_evening_care", "schools_evening_care"),
            everybody_with("pupils_with_evening_care", "local_pupils", "schools_evening_care", "local_schools"),
            nobody_without("pupils_at_canteen", "schools_lunch_care"),
            nobody_without("pupils_in_pedt", "pedt_covered"),
            everybody_with("pupils_in_pedt", "local_pupils", "pedt_covered"),
            *(
                nobody_without(persons, things)
                for persons in ("children_3_11_attending", "teenagers_attending", "leisure_disabled_children")
                for things in ("leisure_child_hours", "leisure_hours_capacity")
            ),
        ),
    ),
    form(
        "caf_partenaire_jeunesse_parentalite",
        CAF,
        "Jeunesse et parentalité : accueils, contrats d'accompagnement, lieux et actions",
        Field("ps_jeunes_etp", "youth_worker_fte", "équivalents temps plein de la prestation de service jeunes"),
        Field("alsh_ados", "teen_leisure_sites", "accueils de loisirs qui ont un groupe d'adolescents"),
        Field("accueils_jeunes_heures", "youth_opening_hours", "heures d'ouverture aux jeunes dans l'année", HOURS),
        Field("promeneurs_du_net", "online_youth_workers", "professionnels du réseau « Promeneurs du net »"),
        Field("clas_sites", "clas_sites", "lieux d'accompagnement à la scolarité (CLAS)"),
        children("clas_enfants", "clas_children", "enfants suivis en CLAS"),
        Field("clas_parents", "clas_parents", "parents ayant participé au volet parents du CLAS", PERSONS),
        Field("laep_lieux", "laep_places", "lieux d'accueil enfants-parents (LAEP)"),
        Field("laep_heures", "laep_hours", "heures d'ouverture des LAEP dans l'année", HOURS),
        Field("laep_familles", "laep_families", "familles différentes reçues en LAEP", PERSONS),
        Field(
            "familles_moins_6_ans",
            "families_under_6",
            "familles allocataires avec un enfant de moins de 6 ans",
            PERSONS,
        ),
        Field("espaces_rencontre", "contact_centres", "espaces de rencontre entre parents et enfants"),
        Field(
            "espace_rencontre_minutes",
            "contact_centre_minutes",
            "minutes en voiture jusqu'à l'espace de rencontre le plus proche",
            MINUTES,
        ),
        Field("reaap_actions", "parenting_actions", "actions financées de soutien à la parentalité"),
        Field("reaap_participants", "parenting_participants", "parents participants", PERSONS),
        Field("tisf_familles", "home_help_families", "familles aidées à domicile (TISF, AVS)", PERSONS),
        Field("tisf_heures", "home_help_hours", "heures d'aide à domicile", HOURS),
        Field(
            "vacances_beneficiaires", "holiday_help_families", "familles parties avec une aide aux vacances", PERSONS
        ),
        Field("vacances_eligibles", "holiday_help_eligible", "familles qui y ont droit", PERSONS),
        Field(
            "acm_complement_inclusif",
            "leisure_inclusion_bonus",
            "accueils de loisirs ayant reçu le complément inclusif",
        ),
        Field("acm_nombre", "leisure_funded", "accueils de loisirs financés"),
        links=(
            nobody_without("clas_children", "clas_sites"),
            nobody_without("clas_children", "scheme_clas"),
            nobody_without("clas_parents", "clas_sites"),
            nobody_without("clas_parents", "scheme_clas"),
            nobody_without("laep_families", "laep_places"),
            nobody_without("laep_families", "laep_hours"),
            nobody_without("laep_families", "scheme_laep"),
            nobody_without("parenting_participants", "parenting_actions"),
            nobody_without("parenting_participants", "scheme_reaap"),
            at_most("home_help_families", "home_help_hours"),
        ),
    ),
    form(
        "enquete_locale_parentalite",
        EPCI,
        "Présence des cinq dispositifs de soutien à la parentalité",
        *(
            field
            for name, measure, what in (
                ("laep", "scheme_laep", "un lieu d'accueil enfants-parents est présent, à demeure ou itinérant"),
                ("reaap", "scheme_reaap", "une action de soutien à la parentalité a lieu, même itinérante"),
                ("clas", "scheme_clas", "un accompagnement à la scolarité a lieu, même itinérant"),
                ("mediation", "scheme_mediation", "une permanence de médiation familiale a lieu, même itinérante"),
                ("espace_rencontre", "scheme_contact_centre", "un espace de rencontre est ouvert, même itinérant"),
            )
            for field in (
                Field(name, measure, f"1 si {what}", YES_NO),
                Field(f"{name}_itinerant", f"{measure}_itinerant", "1 s'il est seulement itinérant", YES_NO, name),
            )
        ),
    ),
    form(
        "mission_locale",
        "Mission locale",
        "Jeunes suivis par la mission locale",
        Field("jeunes_suivis", "youth_followed", "jeunes de 16 à 25 ans suivis dans l'année", PERSONS),
        Field("permanences", "youth_sessions", "demi-journées de permanence par mois"),
    ),
)
