"""What the partners of the invented EPCI know: shares of what the census counts, and what there is in which commune."""

BOURG, ROCHE, MODELE, ESSAI, MAQUETTES, PONT = "99002", "99003", "99004", "99005", "99006", "99007"
YEARS = (2022, 2023, 2024)

# What a share is a share of.
CHILDREN, PUPILS, PEOPLE, UNDER_3, YOUTH, HOUSEHOLDS, FAMILIES = "3_11", "3_10", "all", "0_2", "11_17", "foyers", "enf"

# Column → base, share of it, commune by commune: what follows where people live.
AT_HOME = {
    "foyers_qf_0_400": (HOUSEHOLDS, 0.14),
    "foyers_qf_401_700": (HOUSEHOLDS, 0.2),
    "foyers_qf_701_1000": (HOUSEHOLDS, 0.21),
    "foyers_qf_1001_1500": (HOUSEHOLDS, 0.24),
    "foyers_qf_1501_plus": (HOUSEHOLDS, 0.17),
    "foyers_qf_connu": (HOUSEHOLDS, 0.96),
    "foyers_reference": (HOUSEHOLDS, 0.8),
    "foyers_bas_revenus": (HOUSEHOLDS, 0.24),
    "foyers_dependance_50": (HOUSEHOLDS, 0.15),
    "foyers_dependance_100": (HOUSEHOLDS, 0.08),
    "foyers_avec_enfants": (HOUSEHOLDS, 0.52),
    "foyers_monoparentaux": (HOUSEHOLDS, 0.13),
    "personnes_rsa": (HOUSEHOLDS, 0.107),
    "personnes_prime_activite": (HOUSEHOLDS, 0.43),
    "enfants_0_2": (UNDER_3, 0.8),
    "enfants_3_5": (CHILDREN, 0.26),
    "enfants_6_11": (CHILDREN, 0.54),
    "enfants_12_15": (YOUTH, 0.46),
    "enfants_16_17": (YOUTH, 0.2),
    "enfants_18_20": (YOUTH, 0.17),
    "foyers_allocataires": (HOUSEHOLDS, 0.16),
    "personnes_couvertes": (HOUSEHOLDS, 0.38),
    "foyers_paje": (HOUSEHOLDS, 0.02),
    "foyers_rsa": (HOUSEHOLDS, 0.01),
    "beneficiaires_aeeh": (HOUSEHOLDS, 0.006),
    "am_agrees": (UNDER_3, 0.19),
    "am_en_activite": (UNDER_3, 0.15),
    "am_55_ans_et_plus": (UNDER_3, 0.06),
    "places_am": (UNDER_3, 0.5),
    "places_mam": (UNDER_3, 0.06),
    "rpe_am_touches": (UNDER_3, 0.1),
    "rpe_am_actifs": (UNDER_3, 0.15),
    "demandes": (UNDER_3, 0.42),
    "demandes_non_satisfaites": (UNDER_3, 0.11),
    "demandes_pourvues": (UNDER_3, 0.27),
    "semaines_attente": (UNDER_3, 3.5),
    "liste_attente": (UNDER_3, 0.09),
    "departs_sejours": (CHILDREN, 0.05),
    "enfants_3_11_accueillis": (CHILDREN, 0.31),
    "ados_11_17_accueillis": (YOUTH, 0.12),
    "enfants_handicap_accueillis": (CHILDREN, 0.012),
    "refus_accueil": (CHILDREN, 0.009),
    "clas_enfants": (PUPILS, 0.04),
    "clas_parents": (PUPILS, 0.02),
    "laep_familles": (UNDER_3, 0.16),
    "familles_moins_6_ans": (UNDER_3, 1.4),
    "reaap_participants": (PUPILS, 0.09),
    "tisf_familles": (FAMILIES, 0.012),
    "tisf_heures": (FAMILIES, 0.5),
    "vacances_beneficiaires": (FAMILIES, 0.03),
    "vacances_eligibles": (FAMILIES, 0.2),
    "eleves_pps": (PUPILS, 0.04),
    "eleves_ulis": (PUPILS, 0.012),
    "eleves_notifies_aesh": (PUPILS, 0.022),
    "aesh_etp": (PUPILS, 0.011),
    "jeunes_suivis": (YOUTH, 0.2),
    "permanences": (YOUTH, 0.008),
    "permanences_heures": (PEOPLE, 0.006),
    "numerique_personnes": (PEOPLE, 0.04),
    "rendez_vous_droits": (PEOPLE, 0.004),
    "locaux": (PEOPLE, 0.625),
}

# Column → base, share of it: what a few communes have for all, counted where it is.
FOR_ALL = {
    (BOURG,): {
        "places_multi_accueil": (UNDER_3, 0.1266),
        "places_micro_creche_psu": (UNDER_3, 0.0195),
        "places_micro_creche_paje": (UNDER_3, 0.013),
        "places_creche_familiale": (UNDER_3, 0.0065),
        "eaje_heures_capacite": (UNDER_3, 403),
        "eaje_heures_realisees": (UNDER_3, 296),
        "eaje_heures_facturees": (UNDER_3, 321),
        "eaje_depenses": (UNDER_3, 2960),
        "eaje_places": (UNDER_3, 0.156),
        "enfants_accueillis": (UNDER_3, 0.2533),
        "enfants_aeeh": (UNDER_3, 0.0195),
        "rpe_etp": (UNDER_3, 0.006),
        "laep_heures": (UNDER_3, 0.9),
        "ps_jeunes_etp": (YOUTH, 0.002),
        "participants": (PEOPLE, 0.05),
        "benevoles": (PEOPLE, 0.009),
        "etp": (PEOPLE, 0.0011),
        "sieges_instances": (PEOPLE, 0.003),
        "sieges_habitants": (PEOPLE, 0.0018),
        "financement_caf": (PEOPLE, 17),
        "financement_collectivites": (PEOPLE, 14),
        "financement_autres": (PEOPLE, 8),
    },
    (BOURG, ROCHE, MODELE, PONT): {
        "alsh_places_mercredi": (CHILDREN, 0.12),
        "alsh_places_petites_vacances": (CHILDREN, 0.13),
        "alsh_places_ete": (CHILDREN, 0.16),
        "animateurs": (CHILDREN, 0.025),
        "animateurs_qualifies": (CHILDREN, 0.014),
        "enfants_moins_6_ans": (CHILDREN, 0.045),
        "animateurs_moins_6_ans": (CHILDREN, 0.0061),
        "enfants_6_ans_plus": (CHILDREN, 0.095),
        "animateurs_6_ans_plus": (CHILDREN, 0.0084),
        "heures_enfants": (CHILDREN, 95),
        "heures_capacite": (CHILDREN, 130),
    },
}

# Column → commune → number, in every year.
COUNTS = {
    "eaje_nombre": {BOURG: 3},
    "eaje_bonus_inclusion": {BOURG: 1},
    "eaje_bonus_mixite": {BOURG: 2},
    "eaje_jours_ouverture": {BOURG: 654},
    "eaje_heures_semaine": {BOURG: 157},
    "rpe_permanences": {BOURG: 8, ROCHE: 2, ESSAI: 1, PONT: 2},
    "accueils_jeunes": {BOURG: 1},
    "alsh_jours_ouverture": {BOURG: 128, ROCHE: 122, MODELE: 120, PONT: 124},
    "alsh_ados": {BOURG: 1, ROCHE: 1},
    "accueils_jeunes_heures": {BOURG: 780},
    "promeneurs_du_net": {BOURG: 2},
    "clas_sites": {BOURG: 1},
    "laep_lieux": {BOURG: 1},
    "reaap_actions": {BOURG: 3, ROCHE: 1, PONT: 1},
    "espaces_rencontre": {},
    "acm_nombre": {BOURG: 1, ROCHE: 1, MODELE: 1, PONT: 1},
    "acm_complement_inclusif": {BOURG: 1},
    "laep": {BOURG: 1},
    "laep_itinerant": {},
    "reaap": {BOURG: 1, ROCHE: 1, PONT: 1},
    "reaap_itinerant": {ROCHE: 1, PONT: 1},
    "clas": {BOURG: 1},
    "clas_itinerant": {},
    "mediation": {BOURG: 1, ROCHE: 1},
    "mediation_itinerant": {BOURG: 1, ROCHE: 1},
    "espace_rencontre": {},
    "espace_rencontre_itinerant": {},
    "pole_permanences": {BOURG: 1},
    "reunions_instances": {BOURG: 9},
    "numerique_lieux": {BOURG: 1, ROCHE: 1},
    "numerique_heures": {BOURG: 30, ROCHE: 8},
}

# Column → year → commune → number; a commune that is not named has none, or no date.
ALL_FIVE = (BOURG, ROCHE, MODELE, MAQUETTES, PONT)
SOCIAL_SPACE = {2022: (BOURG,), 2023: (BOURG, ROCHE, MODELE), 2024: ALL_FIVE}
CONTRACTS = {2022: (BOURG,), 2023: (BOURG, ROCHE), 2024: ALL_FIVE}
WEDNESDAY = {2022: (), 2023: (BOURG, ROCHE), 2024: ALL_FIVE}
BY_YEAR = {
    "zone_couverte": {year: dict.fromkeys(communes, 1) for year, communes in SOCIAL_SPACE.items()},
    "pedt": {year: dict.fromkeys(communes, 1) for year, communes in CONTRACTS.items()},
    "plan_mercredi": {year: dict.fromkeys(communes, 1) for year, communes in WEDNESDAY.items()},
    "pm_sites": {2022: {}, 2023: {BOURG: 2, ROCHE: 1}, 2024: {BOURG: 2, ROCHE: 1, MODELE: 1, PONT: 1}},
}
# A PEDT lasts three years, from September to September; three communes joined with one of their own in 2024.
DATES = {
    "pedt_fin": {2022: {BOURG: 2023}, 2023: {BOURG: 2026, ROCHE: 2026},
                 2024: {BOURG: 2026, ROCHE: 2026, MODELE: 2027, MAQUETTES: 2027, PONT: 2027}},
}  # fmt: skip

# Notes of 2024, added up by commune: two sites in the Bourg. The year before, one less each.
SCORES = {
    "pm_complementarite": {BOURG: 5, ROCHE: 2, MODELE: 1, PONT: 2},
    "pm_inclusion": {BOURG: 3, ROCHE: 1, MODELE: 1, PONT: 2},
    "pm_territoire": {BOURG: 5, ROCHE: 2, MODELE: 2, PONT: 3},
    "pm_activites": {BOURG: 4, ROCHE: 2, MODELE: 1, PONT: 2},
}
WORDS = {
    "preuve_complementarite": {
        BOURG: "Une réunion par trimestre entre l'école et l'accueil ; même règle de vie dans la cour.",
        ROCHE: "Le directeur de l'accueil vient au conseil d'école.",
        MODELE: "Pas encore de rencontre avec l'école.",
        PONT: "Un cahier de liaison, une réunion de rentrée.",
    },
    "preuve_inclusion": {
        BOURG: "Deux animateurs formés ; tarif selon le quotient familial ; un local sans accès de plain-pied.",
        ROCHE: "Pas de formation à l'accueil d'un enfant en situation de handicap.",
        MODELE: "Aucune demande reçue, aucune formation suivie.",
        PONT: "Local accessible, un animateur formé.",
    },
    "preuve_territoire": {
        BOURG: "Sorties à la médiathèque et chez des producteurs ; six associations associées.",
        ROCHE: "Un projet avec le club de lecture.",
        MODELE: "Jardin partagé avec la commune.",
        PONT: "Programme construit avec quatre associations et le musée.",
    },
    "preuve_activites": {
        BOURG: "Programme par cycle de six semaines, affiché ; bilan avec les enfants.",
        ROCHE: "Deux activités au choix chaque mercredi.",
        MODELE: "Une seule activité, faute d'animateurs.",
        PONT: "Trois activités au choix, un bilan en fin d'année.",
    },
}

# Centres sociaux and EVS: one approval after another, and the scores of 2024; the year before, one less each.
APPROVALS = (("2019-01-01", "2022-12-31"), ("2023-01-01", "2026-12-31"))
SPACES = (
    {
        "territoire": BOURG,
        "structure": "Centre social du Bourg",
        "type": "centre social",
        "gestionnaire": "association du centre social",
        "gestion": "association",
        "critere_participation": 3,
        "critere_projet": 2,
        "critere_personnel": 3,
        "critere_ouverture": 2,
        "critere_partenariat": 2,
        "preuve_participation": "Comité d'usagers à chaque saison ; un habitant sur deux au conseil.",
        "preuve_projet": "Projet social voté en 2022, relu à mi-parcours.",
        "preuve_personnel": "Direction diplômée ; référente familles en formation.",
        "preuve_ouverture": "Accueil sans inscription trois demi-journées par semaine ; peu d'adolescents.",
        "preuve_partenariat": "Conventions avec le CCAS et la médiathèque ; aucune avec le collège.",
    },
    {
        "territoire": BOURG,
        "structure": "Espace de vie sociale L'Esquisse",
        "type": "EVS",
        "gestionnaire": "association L'Esquisse",
        "gestion": "association",
        "critere_participation": 2,
        "critere_projet": 2,
        "critere_personnel": 2,
        "critere_ouverture": 2,
        "critere_partenariat": 1,
        "preuve_participation": "Réunion des habitants deux fois par an, ouverte à tous.",
        "preuve_projet": "Projet social voté en 2022, à mettre à jour.",
        "preuve_personnel": "Animatrice diplômée, à mi-temps.",
        "preuve_ouverture": "Ouvert du mercredi au samedi, sans inscription.",
        "preuve_partenariat": "Aucune convention ; prêt de salle par la commune.",
    },
)

# Of the EPCI as a whole, by year: what no sum of communes gives.
OF_THE_EPCI = {
    "enquete_locale_enfance": {"tarif_jour_min": (6.5,) * 3, "tarif_jour_max": (16.0,) * 3, "tranches_qf": (5,) * 3},
    "caf_partenaire_jeunesse_parentalite": {"espace_rencontre_minutes": (53,) * 3},
    "services_handicap": {
        "pole_familles": (14, 17, 21),
        "pole_minutes": (41,) * 3,
        "attente_camsp": (8, 9, 9.5),
        "attente_sessad": (14, 15, 17),
        "attente_ime": (24, 26, 28),
    },
}
# Of the département, which holds the EPCI and a larger town: the partners that send its figures as well.
OF_ALL_THE_DEPARTEMENT = (
    "caf_partenaire_familles",
    "msa_familles",
    "pmi_assistants_maternels",
    "caf_partenaire_petite_enfance",
    "sdjes_accueils",
    "caf_partenaire_jeunesse_parentalite",
    "dsden_inclusion",
    "services_handicap",
    "senacs_vie_sociale",
)
# How much more or less of it an inhabitant of the town has than one of the EPCI, where it is not about the same: more
# centres and fewer childminders, younger ones; few farmers; lower incomes; fewer volunteers.
BESIDE = {
    2.1: (
        "places_multi_accueil places_micro_creche_psu places_micro_creche_paje places_creche_familiale "
        "eaje_heures_capacite eaje_heures_realisees eaje_heures_facturees eaje_depenses eaje_places eaje_nombre "
        "eaje_jours_ouverture eaje_heures_semaine eaje_bonus_inclusion eaje_bonus_mixite enfants_accueillis "
        "enfants_aeeh"
    ),
    0.7: "am_agrees am_en_activite places_am places_mam rpe_am_touches rpe_am_actifs benevoles",
    0.55: "am_55_ans_et_plus",
    0.3: "personnes_couvertes foyers_allocataires foyers_paje foyers_rsa beneficiaires_aeeh",
    1.25: "foyers_qf_0_400 foyers_bas_revenus foyers_dependance_50 foyers_dependance_100 eleves_ulis personnes_rsa",
    0.85: "foyers_qf_1501_plus",
}
BESIDE_ONLY = {"espaces_rencontre": 1.0}  # what there is in the town and not in the EPCI
OF_THE_DEPARTEMENT = {
    "services_handicap": {"attente_camsp": (7, 7.5, 8), "attente_sessad": (15, 15, 16), "attente_ime": (20, 22, 25)},
}
PRICES = {"tarif_jour_min": 6.5, "tarif_jour_max": 16.0, "tranches_qf": 5.0}
MINUTES = {"espace_rencontre_minutes": 46, "pole_minutes": 34}  # from the Bourg; elsewhere a little more
MOBILE = {"99001": 0.62, BOURG: 1.0, ROCHE: 0.97, MODELE: 0.95, ESSAI: 0.8, MAQUETTES: 0.71, PONT: 0.98, "99008": 0.77}
MONTHS = (10, 8, 9, 9, 8, 8, 5, 5, 13, 9, 8, 8)  # of 100 requests, from January to December
