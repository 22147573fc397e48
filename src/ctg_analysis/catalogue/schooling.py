"""Chapter 06, continued: who goes to school, and the social position of schools."""

from functools import partial

from ctg_analysis.catalogue.kinds import ABOVE_COMMUNE
from ctg_analysis.core.model import Count, Indicator, Ratio

_indicator = partial(Indicator, chapter="06")

_SCHOOL_AGES = ("3_5", "6_10", "11_14", "15_17", "18_24")
AT_HOME = "Au recensement, là où habite la personne : un jeune parti vivre ailleurs pour ses études n'y compte plus."
SCHOOLING = (
    *(
        _indicator(
            id=f"enrolled_{ages}_rate",
            domain_ids=("EDU-01",),
            label=f"Taux de scolarisation de {ages.replace('_', ' à ')} ans",
            definition=f"Habitants de {ages.replace('_', ' à ')} ans scolarisés, rapportés à ceux de cet âge.",
            unit="%",
            decimals=1,
            sources=("insee_rp_scolarisation",),
            value=Ratio(f"enrolled_{ages}", f"aged_{ages}"),
            reading=(
                f"En {{period}}, parmi les habitants de {ages.replace('_', ' à ')} ans du territoire, {{value}} sont "
                "scolarisés."
            ),
            chart="comparison",
            levels=ABOVE_COMMUNE,
            caveats=AT_HOME,
            star=True,
            family="schooling",
        )
        for ages in _SCHOOL_AGES
    ),
    _indicator(
        id="enrolled_2_5_rate",
        domain_ids=("EDU-01",),
        label="Taux de scolarisation de 2 à 5 ans",
        definition="Enfants de 2 à 5 ans scolarisés, rapportés à ceux de cet âge.",
        unit="%",
        decimals=1,
        sources=("insee_rp_scolarisation", "insee_rp_base_2022"),
        value=Ratio("enrolled_2_5", "aged_2_5"),
        reading="En {period}, parmi les enfants de 2 à 5 ans du territoire, {value} sont scolarisés.",
        chart="comparison",
        levels=ABOVE_COMMUNE,
        caveats=f"{AT_HOME} L'école est obligatoire de 3 à 5 ans : l'écart vient surtout des enfants de 2 ans.",
    ),
    *(
        _indicator(
            id=f"{kind}_ips_index",
            domain_ids=("EDU-02",),
            label=f"Indice de position sociale des {schools}",
            definition=(
                f"Moyenne simple des indices de position sociale (IPS) des {schools}. L'indice, tiré des professions "
                "des parents, est d'autant plus élevé que le milieu social des élèves est favorisé."
            ),
            unit="points d'indice",
            decimals=1,
            sources=("depp_ips",),
            value=Ratio(f"{kind}_ips_total", f"{kind}_with_ips", per=1, bounded=False),
            persons=(),
            reading=(
                f"À la rentrée {{period}}, l'indice de position sociale des {schools} du territoire est de {{value}} "
                "en moyenne."
            ),
            chart="choropleth",
            caveats="Chaque établissement compte pour un, quel que soit le nombre de ses élèves.",
            star=True,
        )
        for kind, schools in (("schools", "écoles"), ("lower_secondary", "collèges"))
    ),
    *(
        _indicator(
            id=f"{kind}_ips_{band}_count",
            domain_ids=("EDU-02",),
            label=f"{schools.capitalize()} d'indice {words}",
            definition=f"Nombre {of} dont l'indice de position sociale (IPS) est {words}.",
            unit=schools,
            decimals=0,
            sources=("depp_ips",),
            value=Count(f"{kind}_ips_{band}"),
            persons=(),
            reading=f"À la rentrée {{period}}, le territoire compte {{value}} {schools[:-1]}{{s}} d'indice {words}.",
            chart="comparison",
            levels=("commune", *ABOVE_COMMUNE),
            caveats="Un établissement de très petit effectif n'a pas d'indice.",
            star=True,
            family=f"{kind}_ips_spread",
        )
        for kind, schools, of in (("schools", "écoles", "d'écoles"), ("lower_secondary", "collèges", "de collèges"))
        for band, words in (
            ("under_90", "inférieur à 90"),
            ("90_105", "de 90 à moins de 105"),
            ("105_120", "de 105 à moins de 120"),
            ("120_plus", "de 120 ou plus"),
        )
    ),
)
