"""What no open file holds: forms that the partners of the démarche fill, or surveys of local suppliers.

They are restricted files: counts of persons under 5 are withheld unless the agreement says otherwise (rule R1).
"""

from ctg_analysis.layouts import END_YEAR, EUROS, HOURS, MONTH, PERSONS, PRICE, SCALE, SCORE, YEAR, YES_NO, Field, Form
from ctg_analysis.model import SecrecyRule, Source

THRESHOLD = 5
_RULE = SecrecyRule(threshold=THRESHOLD, reason=f"moins de {THRESHOLD} personnes (convention d'échange de données)")
CAF = "Caf, fichier transmis au titre de la convention"
EPCI = "Intercommunalité, relevé auprès des structures et des communes"
SDJES = "Services départementaux à la jeunesse, à l'engagement et aux sports (SDJES)"


def _partner(
    id_: str,
    producer: str,
    title: str,
    *fields: Field,
    written: str = YEAR,
    breakdowns: dict[str, tuple[str, ...]] | None = None,
) -> Source:
    """Return the source of a form; the file bears the source's name."""
    return Source(
        id=id_,
        label=title,
        producer=producer,
        secrecy=_RULE,
        form=Form(f"{id_}.csv", title, fields, written, breakdowns or {}),
        geography="communes au 1er janvier de l'année de référence",
        licence="fichier restreint, hors du dépôt",
        how_to_get=f"formulaire {id_}.csv à faire remplir",
    )


def _children(column: str, measure: str, label: str, part_of: str = "") -> Field:
    return Field(column, measure, label, PERSONS, part_of)


SOURCES = (
    _partner(
        "caf_partenaire_familles",
        CAF,
        "Foyers allocataires : quotient familial, bas revenus, dépendance aux prestations, enfants couverts",
        Field("foyers_qf_0_400", "caf_p_qf_0_400", "foyers au quotient familial de 0 à 400 €", PERSONS),
        Field("foyers_qf_401_700", "caf_p_qf_401_700", "foyers au quotient familial de 401 à 700 €", PERSONS),
        Field("foyers_qf_701_1000", "caf_p_qf_701_1000", "foyers au quotient familial de 701 à 1 000 €", PERSONS),
        Field("foyers_qf_1001_1500", "caf_p_qf_1001_1500", "foyers au quotient familial de 1 001 à 1 500 €", PERSONS),
        Field("foyers_qf_1501_plus", "caf_p_qf_1501_plus", "foyers au quotient familial de plus de 1 500 €", PERSONS),
        Field("foyers_qf_connu", "caf_p_qf_known", "foyers dont le quotient familial est connu", PERSONS),
        Field("foyers_reference", "caf_p_reference", "foyers de référence pour les ressources", PERSONS),
        Field("foyers_bas_revenus", "caf_p_low_income", "dont foyers à bas revenus", PERSONS, "foyers_reference"),
        Field(
            "foyers_dependance_50",
            "caf_p_dependent_50",
            "dont prestations : 50 % des ressources ou plus",
            PERSONS,
            "foyers_reference",
        ),
        Field(
            "foyers_dependance_100",
            "caf_p_dependent_100",
            "dont prestations : 100 % des ressources",
            PERSONS,
            "foyers_dependance_50",
        ),
        Field("foyers_avec_enfants", "caf_p_with_children", "foyers avec enfant à charge", PERSONS),
        Field(
            "foyers_monoparentaux", "caf_p_single_parents", "dont foyers monoparentaux", PERSONS, "foyers_avec_enfants"
        ),
        _children("enfants_0_2", "caf_p_children_0_2", "enfants couverts de 0 à 2 ans"),
        _children("enfants_3_5", "caf_p_children_3_5", "enfants couverts de 3 à 5 ans"),
        _children("enfants_6_11", "caf_p_children_6_11", "enfants couverts de 6 à 11 ans"),
        _children("enfants_12_15", "caf_p_children_12_15", "enfants couverts de 12 à 15 ans"),
        _children("enfants_16_17", "caf_p_children_16_17", "enfants couverts de 16 et 17 ans"),
        _children("enfants_18_20", "caf_p_children_18_20", "enfants couverts de 18 à 20 ans"),
        breakdowns={
            "caf_p_qf_known": tuple(
                f"caf_p_qf_{bracket}" for bracket in ("0_400", "401_700", "701_1000", "1001_1500", "1501_plus")
            )
        },
    ),
    _partner(
        "msa_familles",
        "Mutualité sociale agricole (MSA), fichier transmis au titre de la convention",
        "Familles du régime agricole : foyers, enfants, prestations, en décembre, avec la définition de la Caf",
        Field("personnes_couvertes", "msa_persons", "personnes couvertes par les foyers allocataires", PERSONS),
        Field(
            "foyers_allocataires",
            "msa_households",
            "foyers qui ont droit à une prestation en décembre",
            PERSONS,
            "personnes_couvertes",
        ),
        Field("foyers_paje", "msa_paje_households", "foyers bénéficiaires de la Paje", PERSONS, "foyers_allocataires"),
        Field("foyers_rsa", "msa_rsa_households", "foyers bénéficiaires du RSA", PERSONS, "foyers_allocataires"),
        Field("beneficiaires_aeeh", "msa_aeeh_beneficiaries", "enfants bénéficiaires de l'AEEH", PERSONS),
        written=MONTH,
    ),
    _partner(
        "pmi_assistants_maternels",
        "Département, service de protection maternelle et infantile (PMI)",
        "Agréments des assistants maternels et places d'accueil autorisées",
        Field("am_agrees", "approved_childminders", "assistants maternels agréés", PERSONS),
        Field("am_en_activite", "active_childminders", "dont en activité", PERSONS, "am_agrees"),
        Field(
            "am_55_ans_et_plus",
            "childminders_55_plus",
            "dont en activité et âgés de 55 ans ou plus",
            PERSONS,
            "am_en_activite",
        ),
        Field("places_am", "childminder_approved_places", "places agréées chez les assistants maternels en activité"),
        Field(
            "places_mam",
            "childminder_house_places",
            "dont places en maison d'assistants maternels",
            part_of="places_am",
        ),
        Field("places_multi_accueil", "multi_care_places", "places en crèche collective ou multi-accueil"),
        Field("places_micro_creche_psu", "micro_psu_places", "places en micro-crèche financée par la PSU"),
        Field("places_micro_creche_paje", "micro_paje_places", "places en micro-crèche financée par la Paje"),
        Field("places_creche_familiale", "family_nursery_places", "places en crèche familiale"),
        Field(
            "communes_sans_accueil",
            "communes_without_childcare",
            "1 si la commune n'a ni EAJE ni assistant maternel actif",
            YES_NO,
        ),
    ),
    _partner(
        "caf_partenaire_petite_enfance",
        CAF,
        "Activité des EAJE et du relais petite enfance",
        Field("eaje_heures_capacite", "eaje_hours_capacity", "capacité théorique des EAJE, en heures", HOURS),
        Field("eaje_heures_realisees", "eaje_hours_attended", "heures de présence des enfants", HOURS),
        Field("eaje_heures_facturees", "eaje_hours_invoiced", "heures facturées aux familles", HOURS),
        Field("eaje_depenses", "eaje_expenses", "dépenses de fonctionnement des EAJE, en euros", EUROS),
        Field("eaje_places", "eaje_funded_places", "places financées"),
        Field("eaje_nombre", "eaje_funded", "nombre d'EAJE financés"),
        Field(
            "eaje_bonus_inclusion",
            "eaje_inclusion_bonus",
            "dont EAJE ayant reçu le bonus inclusion handicap",
            part_of="eaje_nombre",
        ),
        Field(
            "eaje_bonus_mixite",
            "eaje_diversity_bonus",
            "dont EAJE ayant reçu le bonus mixité sociale",
            part_of="eaje_nombre",
        ),
        _children("enfants_accueillis", "eaje_children", "enfants accueillis dans l'année"),
        _children(
            "enfants_aeeh",
            "eaje_disabled_children",
            "dont bénéficiaires de l'AEEH ou en cours de diagnostic",
            "enfants_accueillis",
        ),
        Field("rpe_etp", "childminder_hub_fte", "équivalents temps plein du relais petite enfance"),
        Field("rpe_am_touches", "childminders_using_hub", "assistants maternels ayant fréquenté le relais", PERSONS),
        Field("rpe_am_actifs", "active_childminders", "assistants maternels en activité, vus de la Caf", PERSONS),
    ),
    _partner(
        "enquete_locale_petite_enfance",
        EPCI,
        "Demandes d'accueil et missions du service public de la petite enfance",
        _children(
            "demandes", "childcare_requests", "demandes d'accueil de l'année, sans doubles comptes entre structures"
        ),
        _children("demandes_non_satisfaites", "unmet_requests", "dont demandes restées sans place", "demandes"),
        Field("sppe_recenser", "sppe_census", "1 si la mission « recenser les besoins » est exercée", YES_NO),
        Field("sppe_informer", "sppe_inform", "1 si la mission « informer les familles » est exercée", YES_NO),
        Field("sppe_planifier", "sppe_plan", "1 si la mission « planifier l'offre » est exercée", YES_NO),
        Field("sppe_qualite", "sppe_quality", "1 si la mission « soutenir la qualité » est exercée", YES_NO),
        Field("sppe_transferee", "sppe_transferred", "1 si la commune a transféré la compétence à l'EPCI", YES_NO),
    ),
    _partner(
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
        Field("accueils_jeunes", "youth_centres", "accueils de jeunes déclarés"),
        _children("departs_sejours", "holiday_departures", "départs en séjour"),
        Field("pedt", "pedt_covered", "1 si la commune est couverte par un PEDT", YES_NO),
        Field("pedt_fin", "pedt_end_year", "année de fin du PEDT", END_YEAR),
        Field("plan_mercredi", "wednesday_plan_covered", "1 si la commune est couverte par un plan mercredi", YES_NO),
    ),
    _partner(
        "enquete_locale_enfance",
        EPCI,
        "Accueils périscolaires et de loisirs : offre, fréquentation, tarifs, qualité du plan mercredi",
        Field("ecoles", "local_schools", "écoles de la commune"),
        Field("ecoles_matin", "schools_morning_care", "dont avec un accueil le matin", part_of="ecoles"),
        Field("ecoles_midi", "schools_lunch_care", "dont avec un accueil le midi", part_of="ecoles"),
        Field("ecoles_soir", "schools_evening_care", "dont avec un accueil le soir", part_of="ecoles"),
        Field("ecoles_mercredi", "schools_wednesday_care", "dont avec un accueil le mercredi", part_of="ecoles"),
        _children("eleves", "local_pupils", "élèves de la commune"),
        _children(
            "eleves_couverts", "pupils_with_evening_care", "dont élèves d'une école avec accueil le soir", "eleves"
        ),
        _children("eleves_pedt", "pupils_in_pedt", "dont élèves d'une école couverte par un PEDT", "eleves"),
        _children("eleves_cantine", "pupils_at_canteen", "dont élèves qui déjeunent à la cantine", "eleves"),
        _children(
            "enfants_3_11_accueillis",
            "children_3_11_attending",
            "enfants de 3 à 11 ans accueillis dans l'année, sans doubles comptes",
        ),
        _children(
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
        Field("pm_sites", "wednesday_plan_sites", "nombre de sites évalués"),
        _children(
            "enfants_handicap_accueillis", "leisure_disabled_children", "enfants en situation de handicap accueillis"
        ),
        Field("refus_accueil", "care_refusals", "refus d'accueil liés au handicap"),
    ),
    _partner(
        "caf_partenaire_jeunesse_parentalite",
        CAF,
        "Jeunesse et parentalité : accueils, contrats d'accompagnement, lieux et actions",
        Field("ps_jeunes_etp", "youth_worker_fte", "équivalents temps plein de la prestation de service jeunes"),
        Field("clas_sites", "clas_sites", "lieux d'accompagnement à la scolarité (CLAS)"),
        _children("clas_enfants", "clas_children", "enfants suivis en CLAS"),
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
    ),
    _partner(
        "enquete_locale_parentalite",
        EPCI,
        "Présence des cinq dispositifs de soutien à la parentalité",
        Field("laep", "scheme_laep", "1 si un lieu d'accueil enfants-parents est présent ou itinérant", YES_NO),
        Field("reaap", "scheme_reaap", "1 si une action de soutien à la parentalité a lieu", YES_NO),
        Field("clas", "scheme_clas", "1 si un accompagnement à la scolarité a lieu", YES_NO),
        Field("mediation", "scheme_mediation", "1 si une permanence de médiation familiale a lieu", YES_NO),
        Field("espace_rencontre", "scheme_contact_centre", "1 si un espace de rencontre est ouvert", YES_NO),
    ),
    _partner(
        "dsden_inclusion",
        "Direction des services départementaux de l'éducation nationale (DSDEN)",
        "Élèves en situation de handicap et accompagnants",
        _children("eleves_pps", "pupils_with_plan", "élèves avec un projet personnalisé de scolarisation"),
        _children("eleves_ulis", "pupils_in_ulis", "dont élèves en unité localisée (ULIS)", "eleves_pps"),
        _children(
            "eleves_notifies_aesh",
            "pupils_with_aesh",
            "dont élèves avec une notification d'accompagnement",
            "eleves_pps",
        ),
        Field("aesh_etp", "aesh_fte", "équivalents temps plein d'accompagnants (AESH)"),
    ),
    _partner(
        "mission_locale",
        "Mission locale",
        "Jeunes suivis par la mission locale",
        Field("jeunes_suivis", "youth_followed", "jeunes de 16 à 25 ans suivis dans l'année", PERSONS),
        Field("permanences", "youth_sessions", "demi-journées de permanence par mois"),
    ),
    _partner(
        "senacs_vie_sociale",
        "Caf et fédération des centres sociaux (observatoire Senacs)",
        "Centres sociaux et espaces de vie sociale : agréments, participation, moyens",
        Field("centres_sociaux", "approved_social_centres", "centres sociaux agréés"),
        Field("evs", "approved_local_spaces", "espaces de vie sociale agréés"),
        Field("agrement_fin", "approval_end_year", "année de fin du premier agrément à échoir", END_YEAR),
        Field("zone_couverte", "covered_by_social_space", "1 si la commune est dans une zone d'intervention", YES_NO),
        Field("participants", "social_participants", "participants réguliers", PERSONS),
        Field("benevoles", "volunteers", "bénévoles", PERSONS),
        Field("etp", "social_fte", "équivalents temps plein salariés"),
        Field("sieges_instances", "board_seats", "sièges des instances de décision"),
        Field("sieges_habitants", "inhabitant_seats", "dont sièges d'habitants", part_of="sieges_instances"),
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
        Field("structures_evaluees", "spaces_assessed", "structures évaluées"),
    ),
    _partner(
        "enquete_locale_droits",
        EPCI,
        "Accès aux droits : permanences et médiation numérique",
        Field(
            "permanences_heures",
            "rights_hours",
            "heures de permanence par semaine (France services, Caf, MSA, CPAM...)",
            HOURS,
        ),
        Field("numerique_lieux", "digital_sites", "lieux de médiation numérique"),
        Field("numerique_heures", "digital_hours", "heures de médiation numérique par semaine", HOURS),
        Field("numerique_personnes", "digital_persons", "personnes accompagnées dans l'année", PERSONS),
        Field("rendez_vous_droits", "rights_appointments", "rendez-vous des droits de l'année", PERSONS),
    ),
    Source(
        id="caf_et_msa",
        label="Foyers et personnes allocataires, Caf et MSA",
        producer="Cnaf et MSA",
        secrecy=_RULE,
        sums={
            "households_on_benefit": ("caf_households", "msa_households"),
            "persons_on_benefit": ("caf_persons", "msa_persons"),
            "paje_households": ("caf_paje_households", "msa_paje_households"),
            "rsa_households": ("caf_rsa_households", "msa_rsa_households"),
            "aeeh_beneficiaries": ("caf_aeeh_beneficiaries", "msa_aeeh_beneficiaries"),
        },
        hides="msa_familles",
        additive=False,
        rounding=5,
        geography="EPCI au 1er janvier de l'année suivante",
        licence="fichier restreint, hors du dépôt",
        how_to_get="formulaire msa_familles.csv à faire remplir par la MSA",
        note="Somme d'un nombre de la Caf, arrondi à 5, et d'un nombre exact de la MSA, à la même date.",
    ),
)
