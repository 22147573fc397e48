"""Chapter 09: social life (centres sociaux, espaces de vie sociale, associations); the zones are in `zones`."""

from functools import partial

from ctg_analysis.catalogue.social_spaces import CRITERIA, FUNDING, PARTICIPATION, PAYERS
from ctg_analysis.catalogue.zones import ZONES
from ctg_analysis.core.model import Count, Indicator, Rate, Ratio

CHAPTER = "09"
FACILITIES = ("insee_bpe_2025",)
APPROVALS = ("agrements_vie_sociale",)
SENACS = ("senacs_vie_sociale",)
RNA = ("rna",)
SITE_LEVELS = ("commune", "epci")
BY_SEAT = "Comptés dans la commune où ils ont leur adresse ; ils interviennent souvent au-delà."

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_facility = partial(_indicator, sources=FACILITIES, chart="circles")
_site = partial(_indicator, sources=APPROVALS, levels=SITE_LEVELS, persons=())
_social = partial(_indicator, sources=SENACS)

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
    _site(
        id="approved_social_centres_count",
        domain_ids=("AVS-01",),
        label="Centres sociaux agréés",
        definition="Nombre de centres sociaux qui ont un agrément de la Caf en cours.",
        unit="centres sociaux",
        value=Count("approved_social_centres"),
        reading="En {period}, le nombre de centres sociaux agréés sur le territoire est de {value}.",
        chart="circles",
        caveats=BY_SEAT,
    ),
    _site(
        id="approved_local_spaces_count",
        domain_ids=("AVS-01",),
        label="Espaces de vie sociale agréés",
        definition="Nombre d'espaces de vie sociale (EVS) qui ont un agrément de la Caf en cours.",
        unit="espaces de vie sociale",
        value=Count("approved_local_spaces"),
        reading="En {period}, le territoire compte {value} espace{s} de vie sociale agréé{s}.",
        chart="circles",
        caveats=BY_SEAT,
    ),
    _site(
        id="social_approval_start_year",
        domain_ids=("AVS-01",),
        label="Début de l'agrément des centres sociaux et des espaces de vie sociale",
        definition="Année où a commencé le premier agrément à échoir parmi les structures de la commune.",
        unit="année",
        value=Count("approval_start_year"),
        reading="Vu en {period}, le premier agrément à échoir a commencé en {value}.",
        chart="timeline",
        levels=("commune",),
    ),
    _site(
        id="social_approval_end_year",
        domain_ids=("AVS-01",),
        label="Fin de l'agrément des centres sociaux et des espaces de vie sociale",
        definition="Année où prend fin le premier agrément à échoir parmi les structures de la commune.",
        unit="année",
        value=Count("approval_end_year"),
        reading="Vu en {period}, le premier agrément à échoir prend fin en {value}.",
        chart="timeline",
        levels=("commune",),
    ),
)

MANAGERS = tuple(
    _site(
        id=f"{name}_run_spaces_count",
        domain_ids=("AVS-01",),
        label=label,
        definition=f"Nombre de centres sociaux et d'espaces de vie sociale (EVS) agréés que gère {who}.",
        unit="structures",
        value=Count(f"{name}_run_spaces"),
        reading=f"En {{period}}, le territoire compte {{value}} structure{{s}} que gère {who}.",
        chart="comparison",
        caveats=BY_SEAT,
        family="space_managers",
    )
    for name, label, who in (
        ("association", "Gestion par une association", "une association"),
        ("public", "Gestion publique", "une commune, l'intercommunalité ou un CCAS"),
        ("other", "Autre gestion", "un autre organisme"),
    )
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

INDICATORS = SITES + MANAGERS + COVERAGE + ZONES + PARTICIPATION + FUNDING + PAYERS + CRITERIA + AROUND
