"""Chapter 04, continued: requests for childcare, communes without any, and who organises it."""

from functools import partial

from ctg_analysis.catalogue.kinds import count, share
from ctg_analysis.core.model import Count, Indicator, Ratio

CHAPTER = "04"
# The months: end of the name of the measure → the same in a sentence.
MONTHS = {
    "january": "de janvier",
    "february": "de février",
    "march": "de mars",
    "april": "d'avril",
    "may": "de mai",
    "june": "de juin",
    "july": "de juillet",
    "august": "d'août",
    "september": "de septembre",
    "october": "d'octobre",
    "november": "de novembre",
    "december": "de décembre",
}
LOCAL = ("enquete_locale_petite_enfance",)

REQUESTS = (
    count(
        "childcare_requests",
        "childcare_requests",
        reading="demande{s} d'accueil dans l'année",
        domain_ids=("PE-10",),
        chapter=CHAPTER,
        label="Demandes d'accueil",
        definition="Demandes d'accueil de l'année ; celle qu'une famille fait à plusieurs structures compte pour une.",
        unit="demandes",
        sources=LOCAL,
        chart="trend",
        levels=("commune", "epci"),
        caveats="Une famille qui a renoncé à demander n'est pas comptée.",
        star=True,
    ),
    share(
        "unmet_requests",
        "unmet_requests",
        "childcare_requests",
        reading="demandes d'accueil du territoire n'ont pas reçu de place",
        domain_ids=("PE-10",),
        chapter=CHAPTER,
        label="Demandes d'accueil non satisfaites",
        definition="Demandes sans réponse positive en commission, sans doubles comptes, rapportées aux demandes.",
        sources=LOCAL,
        chart="trend",
        levels=("epci",),
        caveats="Une famille qui a renoncé à demander n'est pas comptée.",
        direction=-1,
        star=True,
    ),
)

WAITING = (
    Indicator(
        id="met_requests_wait_mean",
        domain_ids=("PE-10",),
        chapter=CHAPTER,
        label="Attente avant l'entrée, pour les demandes pourvues",
        definition=(
            "Semaines entre la demande et l'entrée de l'enfant, ajoutées puis rapportées aux demandes qui ont reçu une "
            "place."
        ),
        unit="semaines",
        decimals=1,
        sources=LOCAL,
        value=Ratio("wait_weeks", "met_requests", per=1, bounded=False),
        persons=("denominator",),
        reading="En {period}, une demande pourvue a attendu en moyenne {value} semaine{s} sur le territoire.",
        chart="trend",
        levels=("epci",),
        caveats="Une demande faite tôt attend longtemps sans que la famille ait manqué de place.",
        direction=-1,
        star=True,
    ),
    count(
        "waiting_children",
        "waiting_children",
        reading="enfant{s} sur liste d'attente au 31 décembre",
        domain_ids=("PE-10",),
        chapter=CHAPTER,
        label="Enfants sur liste d'attente",
        definition="Enfants inscrits sur la liste d'attente au 31 décembre, une fois chacun.",
        unit="enfants",
        sources=LOCAL,
        chart="trend",
        levels=("commune", "epci"),
        direction=-1,
        star=True,
    ),
    *(
        count(
            f"childcare_requests_{name}",
            f"requests_{name}",
            reading=f"demande{{s}} d'accueil {words}",
            domain_ids=("PE-10",),
            chapter=CHAPTER,
            label=f"Demandes {words}",
            definition=f"Demandes d'accueil {words}, sans doubles comptes entre structures.",
            unit="demandes",
            sources=LOCAL,
            chart="comparison",
            levels=("epci",),
            caveats="Un mois de moins de cinq demandes est couvert par le secret.",
            star=True,
            family="requests_by_month",
        )
        for name, words in MONTHS.items()
    ),
)

WITHOUT = (
    count(
        "communes_without_childcare",
        "communes_without_childcare",
        reading="commune{s} sans aucun mode d'accueil formel",
        domain_ids=("PE-11",),
        chapter=CHAPTER,
        label="Communes sans aucun mode d'accueil formel",
        definition=(
            "Communes sans établissement d'accueil du jeune enfant (EAJE) ni assistant maternel en activité, d'après "
            "le Département (protection maternelle et infantile, PMI)."
        ),
        unit="communes",
        sources=("pmi_assistants_maternels",),
        chart="matrix",
        levels=("commune", "epci"),
        caveats="Une famille peut trouver une place dans une commune voisine.",
        direction=-1,
        star=True,
        family="without_childcare",
        persons=(),
    ),
)

_sppe = partial(
    Indicator,
    domain_ids=("PE-16",),
    chapter=CHAPTER,
    unit="communes",
    decimals=0,
    sources=LOCAL,
    persons=(),
    chart="matrix",
    levels=("commune", "epci"),
    star=True,
    family="sppe_missions",
)
# The four missions of the authority that organises childcare (article L. 214-1-3 du code de l'action sociale).
_MISSIONS = {
    "census": ("recenser les besoins", "recenser les besoins des enfants de moins de 3 ans et l'offre d'accueil"),
    "inform": ("informer les familles", "informer et accompagner les familles"),
    "plan": ("planifier l'offre", "planifier le développement des modes d'accueil"),
    "quality": ("soutenir la qualité", "soutenir la qualité des modes d'accueil"),
}
MISSIONS = (
    *(
        _sppe(
            id=f"sppe_{name}_count",
            label=f"Mission exercée : {short}",
            definition=(
                f"Communes où est exercée la mission « {mission} » du service public de la petite enfance (article "
                "L. 214-1-3 du code de l'action sociale et des familles), par la commune ou par l'intercommunalité."
            ),
            value=Count(f"sppe_{name}"),
            reading=f"En {{period}}, la mission « {short} » est exercée dans {{value}} commune{{s}} du territoire.",
        )
        for name, (short, mission) in _MISSIONS.items()
    ),
    _sppe(
        id="sppe_transferred_count",
        label="Compétence transférée à l'intercommunalité",
        definition=(
            "Communes qui ont transféré à l'intercommunalité leurs compétences d'autorité organisatrice de l'accueil "
            "du jeune enfant (article L. 214-1-3 du code de l'action sociale et des familles)."
        ),
        value=Count("sppe_transferred"),
        reading="En {period}, la compétence est transférée à l'intercommunalité par {value} commune{s} du territoire.",
        caveats="Le relevé ne dit pas lesquelles des quatre missions sont transférées.",
    ),
)

AUTHORITY = REQUESTS + WAITING + WITHOUT + MISSIONS
