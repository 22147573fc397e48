"""Chapter 10: access to rights and services, digital networks; times of access and health are in `access`."""

from functools import partial

from ctg_analysis.catalogue.access import ACCESS
from ctg_analysis.core.model import Count, Indicator, Ratio
from ctg_analysis.sources.facility_types import FACILITY_TYPES

CHAPTER = "10"
BASKET = FACILITY_TYPES.basket
FACILITIES = ("insee_bpe_2025",)
DIRECTORY = ("annuaire_service_public",)
LOCAL = ("enquete_locale_droits",)
ACCOUNTS = ("ofgl_ccas",)
FORM_LEVELS = ("commune", "epci", "departement")

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_facility = partial(_indicator, sources=FACILITIES, chart="circles")
_local = partial(_indicator, sources=LOCAL, chart="circles", levels=FORM_LEVELS)
_account = partial(_indicator, sources=ACCOUNTS, unit="euros", chart="circles", levels=("commune",), persons=())

COUNTERS = (
    _indicator(
        id="france_services_count",
        domain_ids=("DRO-01",),
        label="Structures France services",
        definition="Nombre de structures labellisées France services.",
        unit="structures",
        sources=("france_services",),
        value=Count("france_services"),
        reading="En {period}, le territoire compte {value} structure{s} France services.",
        chart="circles",
    ),
    _local(
        id="rights_hours_count",
        domain_ids=("DRO-01",),
        label="Heures de permanence par semaine",
        definition=(
            "Heures de permanence par semaine des organismes qui ouvrent des droits : France services, Caf, Mutualité "
            "sociale agricole (MSA), caisse primaire d'assurance maladie (CPAM) et autres, ajoutées."
        ),
        unit="heures par semaine",
        value=Count("rights_hours"),
        persons=(),
        reading="En {period}, le territoire offre {value} heure{s} de permanence par semaine.",
        direction=1,
    ),
)

# Counters of the directory: beginning of the name of the measure, whose they are, the same without acronym.
_COUNTERS = {
    "caf": ("de la Caf", "de la caisse d'allocations familiales (Caf)"),
    "msa": ("de la MSA", "de la Mutualité sociale agricole (MSA)"),
    "health_insurance": ("de la CPAM", "de la caisse primaire d'assurance maladie (CPAM)"),
    "job_centre": ("de France Travail", "de France Travail"),
}
DIRECTORY_COUNTERS = tuple(
    _indicator(
        id=f"{name}_counters_count",
        domain_ids=("DRO-01",),
        label=f"Accueils {whose}",
        definition=f"Nombre d'accueils {at_length} à l'annuaire de l'administration.",
        unit="accueils",
        sources=DIRECTORY,
        value=Count(f"{name}_counters"),
        reading=f"En {{period}}, le territoire compte {{value}} accueil{{s}} {whose}.",
        chart="circles",
        caveats="L'annuaire ne dit pas les permanences tenues ailleurs.",
        family="counters",
    )
    for name, (whose, at_length) in _COUNTERS.items()
)

SERVICES = (
    _facility(
        id="basket_services_share",
        domain_ids=("DRO-02",),
        label="Services de la vie courante présents dans la commune",
        definition=(
            f"Services présents, parmi {len(BASKET)} que cherche une famille avec enfants : {', '.join(BASKET)}. Pour "
            f"plusieurs communes : services présents de toutes, rapportés à {len(BASKET)} par commune."
        ),
        unit="%",
        value=Ratio("basket_services_present", "basket_services"),
        persons=(),
        reading="En {period}, les communes du territoire ont en moyenne {value} des services du panier.",
        chart="comparison",
        caveats=(
            "Panier choisi pour ce diagnostic, et non gamme d'équipements de l'INSEE. Chaque commune compte pour une, "
            "quelle que soit sa population ; un service absent peut être tout proche, dans la commune voisine."
        ),
    ),
    *(
        _facility(
            id=f"{name}_range_share",
            domain_ids=("DRO-02",),
            label=f"Équipements de la gamme {words}",
            definition=(
                f"Types d'équipements présents, parmi ceux de la gamme {words} de l'INSEE, qui groupe certains types "
                "(les écoles, les points postaux) en un seul. Pour plusieurs communes : types présents de toutes, "
                "rapportés à ceux de la gamme par commune."
            ),
            unit="%",
            value=Ratio(f"{name}_types_present", f"{name}_types"),
            persons=(),
            reading="En {period}, les communes du territoire ont en moyenne {value} des types de cette gamme.",
            chart="comparison",
            caveats="Chaque commune compte pour une. Un type présent l'est quel que soit le nombre d'équipements.",
            family="facility_ranges",
        )
        for name, words in (("proximity", "de proximité"), ("intermediate", "intermédiaire"), ("higher", "supérieure"))
    ),
    _facility(
        id="general_practitioners_count",
        domain_ids=("DRO-02",),
        label="Médecins généralistes",
        definition="Nombre de médecins généralistes installés (type D265 de la base permanente des équipements).",
        unit="médecins généralistes",
        value=Count("general_practitioners"),
        reading="En {period}, le territoire compte {value} médecin{s} généraliste{s}.",
        caveats="Un lieu d'exercice n'est pas un temps de présence : qui exerce en deux communes compte dans chacune.",
        star=False,
    ),
    _facility(
        id="pharmacies_count",
        domain_ids=("DRO-02",),
        label="Pharmacies",
        definition="Nombre de pharmacies (type D307 de la base permanente des équipements).",
        unit="pharmacies",
        value=Count("pharmacies"),
        reading="En {period}, le territoire compte {value} pharmacie{s}.",
        star=False,
    ),
    _facility(
        id="health_centres_count",
        domain_ids=("DRO-02",),
        label="Maisons et centres de santé",
        definition=(
            "Nombre de maisons de santé pluridisciplinaires et de centres de santé (types D113 et D108 de la base "
            "permanente des équipements)."
        ),
        unit="maisons et centres",
        value=Count("health_centres"),
        reading="En {period}, le territoire compte {value} adresse{s} de maison ou de centre de santé.",
        star=False,
    ),
)

DIGITAL = (
    _indicator(
        id="fibre_premises_share",
        domain_ids=("DRO-06",),
        label="Locaux raccordables à la fibre",
        definition="Logements et locaux professionnels raccordables à la fibre optique, rapportés à tous les locaux.",
        unit="%",
        decimals=1,
        sources=("anct_fibre",),
        value=Ratio("fibre_premises", "premises"),
        persons=(),
        reading="En {period}, {value} des locaux du territoire sont raccordables à la fibre.",
        chart="choropleth",
        caveats="Un local raccordable n'est pas un local abonné.",
        direction=1,
    ),
    _local(
        id="mobile_4g_share",
        domain_ids=("DRO-06",),
        label="Locaux couverts en 4G",
        definition=(
            "Logements et locaux professionnels couverts en 4G à l'intérieur par un opérateur au moins, relevés sur la "
            "carte de l'Arcep, rapportés à tous les locaux."
        ),
        unit="%",
        decimals=1,
        value=Ratio("mobile_premises", "local_premises"),
        persons=(),
        reading="En {period}, {value} des locaux du territoire sont couverts en 4G.",
        caveats="Couverture simulée par les opérateurs : la réception réelle peut être moindre.",
        chart="choropleth",
        direction=1,
    ),
    _local(
        id="digital_sites_count",
        domain_ids=("DRO-07",),
        label="Lieux de médiation numérique",
        definition="Lieux où un conseiller aide les habitants dans leurs démarches et leurs usages numériques.",
        unit="lieux",
        value=Count("digital_sites"),
        persons=(),
        reading="En {period}, le territoire compte {value} adresse{s} de médiation numérique.",
    ),
    _local(
        id="digital_hours_count",
        domain_ids=("DRO-07",),
        label="Heures de médiation numérique par semaine",
        definition="Heures par semaine où un conseiller numérique reçoit les habitants, ajoutées.",
        unit="heures par semaine",
        value=Count("digital_hours"),
        persons=(),
        reading="En {period}, le territoire offre {value} heure{s} de médiation numérique par semaine.",
        direction=1,
    ),
    _local(
        id="digital_persons_count",
        domain_ids=("DRO-07",),
        label="Personnes accompagnées dans leurs démarches numériques",
        definition="Personnes que les lieux de médiation numérique ont accompagnées dans l'année.",
        unit="personnes",
        value=Count("digital_persons"),
        reading="En {period}, les lieux de médiation numérique du territoire ont accompagné {value} personne{s}.",
        caveats="Qui va en deux lieux est compté deux fois.",
    ),
)

AID = (
    _local(
        id="rights_appointments_count",
        domain_ids=("DRO-09",),
        label="Rendez-vous des droits",
        definition="Rendez-vous des droits tenus dans l'année : un point sur toutes les prestations d'un foyer.",
        unit="rendez-vous",
        value=Count("rights_appointments"),
        reading="En {period}, le territoire compte {value} rendez-vous des droits.",
        star=False,
    ),
    _account(
        id="ccas_aid_expenses_amount",
        domain_ids=("DRO-09",),
        label="Aides versées par les CCAS",
        definition=(
            "Dépenses d'intervention de l'année des centres communaux d'action sociale (CCAS), en euros courants : les "
            "aides qu'ils versent."
        ),
        value=Count("ccas_aid_expenses"),
        reading="En {period}, les CCAS du territoire ont versé {value} euro{s} d'aides.",
        caveats="Le dernier exercice peut être provisoire.",
        star=False,
    ),
    _account(
        id="ccas_operating_expenses_amount",
        domain_ids=("DRO-09",),
        label="Dépenses de fonctionnement des CCAS",
        definition=(
            "Dépenses de fonctionnement de l'année des centres communaux d'action sociale (CCAS), en euros courants."
        ),
        value=Count("ccas_operating_expenses"),
        reading="En {period}, les CCAS du territoire ont dépensé {value} euro{s} pour fonctionner.",
        caveats="Le dernier exercice peut être provisoire.",
        star=False,
    ),
)

INDICATORS = COUNTERS + DIRECTORY_COUNTERS + SERVICES + ACCESS + DIGITAL + AID
