"""Chapter 09, continued: who takes part in the spaces of social life, who pays, the criteria of approval."""

from functools import partial

from ctg_analysis.core.model import Count, Indicator, Ratio

FORM_LEVELS = ("epci", "departement")
SITE_LEVELS = ("commune", *FORM_LEVELS)

_social = partial(Indicator, chapter="09", decimals=0, star=True, sources=("senacs_vie_sociale",), levels=FORM_LEVELS)

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
        caveats="Un siège n'est pas une présence.",
        direction=1,
    ),
    _social(
        id="board_meetings_count",
        domain_ids=("AVS-04",),
        label="Réunions des instances",
        definition=(
            "Réunions que les instances de décision des structures (conseil d'administration, comité d'usagers) ont "
            "tenues dans l'année."
        ),
        unit="réunions",
        value=Count("board_meetings"),
        persons=(),
        reading="En {period}, les instances des structures du territoire se sont réunies {value} fois.",
        chart="trend",
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
    "other": ("Part des autres ressources", "d'autres origines (ressources propres comprises)"),
}
PAYERS = tuple(
    _social(
        id=f"social_funding_{name}_share",
        domain_ids=("AVS-05",),
        label=payer,
        definition=f"Financements {origin}, rapportés à tous les financements des structures dans l'année.",
        unit="%",
        decimals=1,
        value=Ratio(f"social_funding_{name}", "social_funding", amounts=True),
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
        sources=("agrements_vie_sociale",),
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
        levels=("commune", "epci"),
        caveats="Notes données par la Caf et les structures, à l'appui d'un échange : elles ne valent pas agrément.",
        direction=1,
        family="social_criteria",
    )
    for name, criterion in _CRITERIA.items()
)
