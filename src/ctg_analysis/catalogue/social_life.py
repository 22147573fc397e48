"""Chapter 09: social life (centres sociaux, espaces de vie sociale, associations); the zones are in `zones`."""

from functools import partial

from ctg_analysis.catalogue.zones import ZONES
from ctg_analysis.model import Count, Indicator, Rate, Ratio

CHAPTER = "09"
FACILITIES = ("insee_bpe_2025",)
SENACS = ("senacs_vie_sociale",)
RNA = ("rna",)
FORM_LEVELS = ("epci", "departement")
SITE_LEVELS = ("commune", *FORM_LEVELS)
BY_SEAT = "Comptés dans la commune où ils ont leur adresse ; ils interviennent souvent au-delà."

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_facility = partial(_indicator, sources=FACILITIES, chart="circles")
_social = partial(_indicator, sources=SENACS, levels=FORM_LEVELS)

SITES = (
    _facility(
        id="social_centres_count",
        domain_ids=("AVS-01",),
        label="Centres sociaux",
        definition="Nombre de centres sociaux (type D506 de la base permanente des équipements).",
        unit="centres sociaux",
        value=Count("social_centres"),
        reading="En {period}, le territoire compte {value} adresse{s} de centre social.",
        caveats=(
            "La base ne dit pas si l'agrément de la Caf court encore, et ne connaît pas les espaces de vie sociale."
        ),
    ),
    _social(
        id="approved_social_centres_count",
        domain_ids=("AVS-01",),
        label="Centres sociaux agréés",
        definition="Nombre de centres sociaux qui ont un agrément de la Caf en cours.",
        unit="centres sociaux",
        value=Count("approved_social_centres"),
        persons=(),
        reading="En {period}, le nombre de centres sociaux agréés sur le territoire est de {value}.",
        chart="circles",
        levels=SITE_LEVELS,
        caveats=BY_SEAT,
    ),
    _social(
        id="approved_local_spaces_count",
        domain_ids=("AVS-01",),
        label="Espaces de vie sociale agréés",
        definition="Nombre d'espaces de vie sociale (EVS) qui ont un agrément de la Caf en cours.",
        unit="espaces de vie sociale",
        value=Count("approved_local_spaces"),
        persons=(),
        reading="En {period}, le territoire compte {value} espace{s} de vie sociale agréé{s}.",
        chart="circles",
        levels=SITE_LEVELS,
        caveats=BY_SEAT,
    ),
    _social(
        id="social_approval_end_year",
        domain_ids=("AVS-01",),
        label="Fin de l'agrément des centres sociaux et des espaces de vie sociale",
        definition="Année où prend fin le premier agrément à échoir parmi les structures de la commune.",
        unit="année",
        value=Count("approval_end_year"),
        persons=(),
        reading="Vu en {period}, le premier agrément à échoir prend fin en {value}.",
        chart="timeline",
        levels=("commune",),
    ),
)

COVERAGE = (
    _social(
        id="communes_in_social_space_count",
        domain_ids=("AVS-02", "AVS-07"),
        label="Communes dans la zone d'intervention d'une structure",
        definition="Communes que couvre la zone déclarée d'un centre social ou d'un espace de vie sociale (EVS).",
        unit="communes",
        value=Count("covered_by_social_space"),
        persons=(),
        reading="En {period}, les zones d'intervention couvrent {value} commune{s} du territoire.",
        chart="trend",
        levels=("epci",),
    ),
    _social(
        id="population_in_social_space_share",
        domain_ids=("AVS-02", "AVS-07"),
        label="Population couverte par une zone d'intervention",
        definition=(
            "Habitants des communes que couvre la zone d'intervention déclarée d'un centre social ou d'un espace de "
            "vie sociale (EVS), rapportés aux habitants de toutes les communes (population municipale)."
        ),
        unit="%",
        decimals=1,
        value=Ratio("population_in_social_space", "population_of_form"),
        persons=(),
        reading=(
            "En {period}, les communes couvertes par une zone d'intervention réunissent {value} des habitants du "
            "territoire."
        ),
        chart="choropleth",
        levels=("commune", "epci"),
        caveats=(
            "Être dans une zone déclarée n'est pas fréquenter la structure. Une commune est couverte tout entière ou "
            "pas du tout."
        ),
        direction=1,
    ),
)

PARTICIPATION = (
    _social(
        id="social_participants_count",
        domain_ids=("AVS-03",),
        label="Participants réguliers",
        definition=(
            "Participants réguliers des centres sociaux et des espaces de vie sociale (EVS) dans l'année, au sens de "
            "l'observatoire Senacs."
        ),
        unit="participants",
        value=Count("social_participants"),
        reading="En {period}, les structures du territoire comptent {value} participant{s} régulier{s}.",
        chart="circles",
        levels=SITE_LEVELS,
        caveats="Qui fréquente deux structures est compté deux fois.",
    ),
    _social(
        id="volunteers_count",
        domain_ids=("AVS-03",),
        label="Bénévoles",
        definition="Bénévoles des centres sociaux et des espaces de vie sociale (EVS) dans l'année.",
        unit="bénévoles",
        value=Count("volunteers"),
        reading="En {period}, les structures du territoire comptent {value} bénévole{s}.",
        chart="circles",
        levels=SITE_LEVELS,
    ),
    _social(
        id="social_fte_count",
        domain_ids=("AVS-03",),
        label="Salariés, en équivalents temps plein",
        definition="Équivalents temps plein (ETP) salariés des centres sociaux et des espaces de vie sociale (EVS).",
        unit="équivalents temps plein",
        decimals=1,
        value=Count("social_fte"),
        persons=(),
        reading="En {period}, les structures du territoire emploient {value} ETP.",
        chart="circles",
        levels=SITE_LEVELS,
    ),
    _social(
        id="volunteers_ratio",
        domain_ids=("AVS-03",),
        label="Bénévoles pour un équivalent temps plein salarié",
        definition=(
            "Bénévoles des centres sociaux et des espaces de vie sociale (EVS), rapportés à leurs équivalents temps "
            "plein (ETP) salariés."
        ),
        unit="bénévoles pour 1 ETP",
        decimals=1,
        value=Ratio("volunteers", "social_fte", per=1, bounded=False),
        persons=("numerator",),
        reading="En {period}, les structures du territoire comptent {value} {unit}.",
        chart="comparison",
    ),
    _social(
        id="inhabitant_seats_share",
        domain_ids=("AVS-04",),
        label="Place des habitants dans les instances",
        definition=(
            "Sièges tenus par des habitants dans les instances de décision des structures (conseil d'administration, "
            "comité d'usagers), rapportés à tous les sièges."
        ),
        unit="%",
        decimals=1,
        value=Ratio("inhabitant_seats", "board_seats"),
        persons=(),
        reading="En {period}, part des sièges des instances du territoire que tiennent des habitants : {value}.",
        chart="comparison",
        caveats="Un siège n'est pas une présence : le formulaire ne donne pas les réunions.",
        direction=1,
    ),
)

FUNDING = (
    _social(
        id="social_funding_amount",
        domain_ids=("AVS-05",),
        label="Financement des centres sociaux et des espaces de vie sociale",
        definition="Produits de l'année de toutes les structures, de quelque origine qu'ils soient, en euros courants.",
        unit="euros",
        value=Count("social_funding"),
        persons=(),
        reading="En {period}, les structures du territoire ont reçu {value} euro{s}.",
        chart="trend",
    ),
)

# Who pays: end of the name of the measure, label, the words after "financements".
_PAYERS = {
    "caf": ("Part de la Caf", "de la Caf"),
    "local": ("Part des collectivités", "des communes et de l'intercommunalité"),
    "other": ("Part des autres ressources", "d'autres origines, ressources propres comprises"),
}
PAYERS = tuple(
    _social(
        id=f"social_funding_{name}_share",
        domain_ids=("AVS-05",),
        label=payer,
        definition=f"Financements {origin}, rapportés à tous les financements des structures dans l'année.",
        unit="%",
        decimals=1,
        value=Ratio(f"social_funding_{name}", "social_funding"),
        persons=(),
        reading=f"En {{period}}, les financements {origin} forment {{value}} de ceux des structures du territoire.",
        chart="comparison",
        family="social_funding",
    )
    for name, (payer, origin) in _PAYERS.items()
)

# The criteria of approval that are scored; the zone d'intervention is the indicator of coverage above.
_CRITERIA = {
    "participation": "participation des habitants",
    "project": "projet social",
    "staff": "personnel qualifié",
    "openness": "ouverture à tous",
    "partnership": "partenariat",
}
CRITERIA = tuple(
    _social(
        id=f"criterion_{name}_score",
        domain_ids=("AVS-06",),
        label=criterion.capitalize(),
        definition=(
            f"Note moyenne des structures pour le critère d'agrément « {criterion} », de 0 (non rempli) à 3 "
            "(rempli) : somme des notes rapportée au nombre de structures évaluées."
        ),
        unit="note sur 3",
        decimals=1,
        value=Ratio(f"criterion_{name}", "spaces_assessed", per=1, bounded=False),
        persons=(),
        reading=(
            f"En {{period}}, la note moyenne des structures du territoire pour le critère « {criterion} » est "
            "de {value} sur 3."
        ),
        chart="comparison",
        caveats="Notes données par la Caf et les structures, à l'appui d'un échange : elles ne valent pas agrément.",
        direction=1,
        family="social_criteria",
    )
    for name, criterion in _CRITERIA.items()
)

AROUND = (
    _indicator(
        id="associations_count",
        domain_ids=("AVS-08",),
        label="Associations",
        definition="Nombre d'associations inscrites au répertoire national des associations et non dissoutes.",
        unit="associations",
        sources=RNA,
        value=Count("associations"),
        reading="En {period}, le territoire compte {value} association{s}.",
        chart="circles",
        star=False,
    ),
    _indicator(
        id="associations_rate",
        domain_ids=("AVS-08",),
        label="Associations pour 1 000 habitants",
        definition=(
            "Associations inscrites au répertoire national des associations et non dissoutes, pour 1 000 habitants "
            "(dernière population municipale connue)."
        ),
        unit="associations pour 1 000 habitants",
        decimals=1,
        sources=RNA,
        value=Rate("associations", per=1000, within=3),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        levels=("epci", "departement", "region", "france"),
        star=False,
    ),
    _facility(
        id="libraries_count",
        domain_ids=("AVS-09",),
        label="Bibliothèques et médiathèques",
        definition="Nombre de bibliothèques (type F307 de la base permanente des équipements).",
        unit="bibliothèques",
        value=Count("libraries"),
        reading="En {period}, le territoire compte {value} bibliothèque{s}.",
        caveats="La base ne donne pas les heures d'ouverture et ne compte pas les lieux itinérants.",
        star=False,
    ),
)

INDICATORS = SITES + COVERAGE + ZONES + PARTICIPATION + FUNDING + PAYERS + CRITERIA + AROUND
