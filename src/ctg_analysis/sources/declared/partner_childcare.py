"""Forms about childcare: childminders, centres, the relais petite enfance, requests, who organises it."""

from ctg_analysis.core.layouts import EUROS, HOURS, PERSONS, YES_NO, Field, apart, at_least, at_most, nobody_without
from ctg_analysis.sources.declared.partner_form import CAF, EPCI, children, form

# The months: end of the name of the measure → end of the name of the column, the same in a sentence.
MONTHS = {
    "january": ("janvier", "de janvier"),
    "february": ("fevrier", "de février"),
    "march": ("mars", "de mars"),
    "april": ("avril", "d'avril"),
    "may": ("mai", "de mai"),
    "june": ("juin", "de juin"),
    "july": ("juillet", "de juillet"),
    "august": ("aout", "d'août"),
    "september": ("septembre", "de septembre"),
    "october": ("octobre", "d'octobre"),
    "november": ("novembre", "de novembre"),
    "december": ("decembre", "de décembre"),
}

FORMS = (
    form(
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
        links=(
            at_most("active_childminders", "childminder_approved_places"),
            at_least("active_childminders", "childminder_approved_places", 4),  # article L. 421-4 du CASF
        ),
        tells={"communes_without_childcare": "active_childminders"},
    ),
    form(
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
            "eaje_jours_ouverture",
            "eaje_open_days",
            "jours d'ouverture dans l'année, ajoutés d'un EAJE à l'autre",
        ),
        Field(
            "eaje_heures_semaine",
            "eaje_weekly_hours",
            "heures d'ouverture par semaine, ajoutées d'un EAJE à l'autre",
            HOURS,
        ),
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
        children("enfants_accueillis", "eaje_children", "enfants accueillis dans l'année"),
        children(
            "enfants_aeeh",
            "eaje_disabled_children",
            "dont bénéficiaires de l'AEEH ou en cours de diagnostic",
            "enfants_accueillis",
        ),
        Field("rpe_etp", "childminder_hub_fte", "équivalents temps plein du relais petite enfance"),
        Field("rpe_permanences", "hub_sessions", "demi-journées de permanence du relais par mois"),
        Field("rpe_am_touches", "childminders_using_hub", "assistants maternels ayant fréquenté le relais", PERSONS),
        Field("rpe_am_actifs", "active_childminders", "assistants maternels en activité, vus de la Caf", PERSONS),
        links=(
            *(
                nobody_without("eaje_children", things)
                for things in (
                    "eaje_hours_capacity",
                    "eaje_hours_attended",
                    "eaje_hours_invoiced",
                    "eaje_expenses",
                    "eaje_funded_places",
                    "eaje_funded",
                    "eaje_open_days",
                    "eaje_weekly_hours",
                )
            ),
            nobody_without("eaje_disabled_children", "eaje_inclusion_bonus"),
            at_least("eaje_disabled_children", "eaje_inclusion_bonus"),
            nobody_without("childminders_using_hub", "childminder_hub_fte"),
            nobody_without("childminders_using_hub", "hub_sessions"),
        ),
    ),
    form(
        "enquete_locale_petite_enfance",
        EPCI,
        "Demandes d'accueil, attente et missions du service public de la petite enfance",
        children(
            "demandes", "childcare_requests", "demandes d'accueil de l'année, sans doubles comptes entre structures"
        ),
        children("demandes_non_satisfaites", "unmet_requests", "dont demandes restées sans place", "demandes"),
        children("demandes_pourvues", "met_requests", "dont demandes qui ont reçu une place", "demandes"),
        Field(
            "semaines_attente",
            "wait_weeks",
            "semaines entre la demande et l'entrée, ajoutées pour les demandes pourvues",
        ),
        children("liste_attente", "waiting_children", "enfants inscrits sur la liste d'attente au 31 décembre"),
        *(
            children(f"demandes_{month}", f"requests_{name}", f"dont demandes {words}", "demandes")
            for name, (month, words) in MONTHS.items()
        ),
        Field("sppe_recenser", "sppe_census", "1 si la mission « recenser les besoins » est exercée", YES_NO),
        Field("sppe_informer", "sppe_inform", "1 si la mission « informer les familles » est exercée", YES_NO),
        Field("sppe_planifier", "sppe_plan", "1 si la mission « planifier l'offre » est exercée", YES_NO),
        Field("sppe_qualite", "sppe_quality", "1 si la mission « soutenir la qualité » est exercée", YES_NO),
        Field("sppe_transferee", "sppe_transferred", "1 si la commune a transféré la compétence à l'EPCI", YES_NO),
        breakdowns={"childcare_requests": tuple(f"requests_{name}" for name in MONTHS)},
        links=(apart("childcare_requests", "met_requests", "unmet_requests"),),
    ),
)
