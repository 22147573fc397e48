"""Chapter 04, continued: childminders, their ages and places, and the relais petite enfance that supports them."""

from functools import partial

from ctg_analysis.catalogue.kinds import count, share
from ctg_analysis.core.model import Count, Indicator, Ratio

CHAPTER = "04"
PMI, CAF_FORM = ("pmi_assistants_maternels",), ("caf_partenaire_petite_enfance",)
WITH_COMMUNES, FORM_LEVELS = ("commune", "epci", "departement"), ("epci", "departement")
BY_PMI = " D'après le Département (protection maternelle et infantile, PMI)."
AT_HOME = "Une place agréée n'est pas un enfant accueilli, et peut l'être par un enfant de 3 ans ou plus."

_counted = partial(count, chapter=CHAPTER, sources=PMI, chart="circles", levels=WITH_COMMUNES)

CHILDMINDERS = (
    _counted(
        "approved_childminders",
        "approved_childminders",
        reading="assistant{s} maternel{s} agréé{s}",
        domain_ids=("PE-07",),
        label="Assistants maternels agréés",
        definition="Assistants maternels qui ont un agrément, qu'ils accueillent des enfants ou non." + BY_PMI,
        unit="assistants maternels",
        star=True,
    ),
    _counted(
        "active_childminders",
        "active_childminders",
        reading="assistant{s} maternel{s} en activité",
        domain_ids=("PE-07",),
        label="Assistants maternels en activité",
        definition="Assistants maternels agréés qui accueillent au moins un enfant." + BY_PMI,
        unit="assistants maternels",
        star=True,
    ),
    share(
        "active_childminders",
        "active_childminders",
        "approved_childminders",
        reading="assistants maternels agréés du territoire sont en activité",
        domain_ids=("PE-07",),
        chapter=CHAPTER,
        label="Assistants maternels en activité parmi les agréés",
        definition="Assistants maternels qui accueillent au moins un enfant, rapportés à tous ceux qui sont agréés.",
        sources=PMI,
        levels=FORM_LEVELS,
    ),
    share(
        "childminders_55_plus",
        "childminders_55_plus",
        "active_childminders",
        reading="assistants maternels en activité du territoire ont 55 ans ou plus",
        domain_ids=("PE-08",),
        chapter=CHAPTER,
        label="Assistants maternels de 55 ans ou plus",
        definition="Assistants maternels en activité âgés de 55 ans ou plus, rapportés à tous ceux en activité.",
        sources=PMI,
        levels=FORM_LEVELS,
        caveats="L'âge ne dit pas la date du départ : certains continuent, d'autres s'arrêtent avant.",
        direction=-1,
        star=True,
    ),
)

# A commune's places would give away how many childminders work there, when these are withheld.
_places = partial(
    count, chapter=CHAPTER, unit="places", sources=PMI, chart="trend", levels=FORM_LEVELS, persons=(), star=True
)
PLACES = (
    _places(
        "childminder_approved_places",
        "childminder_approved_places",
        reading="place{s} agréée{s} chez les assistants maternels en activité",
        domain_ids=("PE-07",),
        label="Places agréées chez les assistants maternels en activité",
        definition="Enfants que les assistants maternels en activité ont le droit d'accueillir en même temps." + BY_PMI,
        caveats=AT_HOME,
    ),
    _places(
        "childminder_house_places",
        "childminder_house_places",
        reading="place{s} en maison d'assistants maternels",
        domain_ids=("PE-03",),
        label="Places en maison d'assistants maternels",
        definition=(
            "Places agréées chez les assistants maternels en activité qui exercent à plusieurs, dans une maison "
            "d'assistants maternels (MAM)." + BY_PMI
        ),
        caveats="Comprises dans les places agréées chez les assistants maternels : elles ne s'y ajoutent pas.",
    ),
    Indicator(
        id="places_per_childminder_ratio",
        domain_ids=("PE-07",),
        chapter=CHAPTER,
        label="Places agréées par assistant maternel en activité",
        definition="Places agréées chez les assistants maternels en activité, rapportées à leur nombre.",
        unit="places par assistant maternel",
        decimals=1,
        sources=PMI,
        value=Ratio("childminder_approved_places", "active_childminders", per=1, bounded=False),
        persons=("denominator",),
        reading="En {period}, un assistant maternel en activité du territoire a en moyenne {value} place{s}.",
        chart="comparison",
        levels=FORM_LEVELS,
        caveats=AT_HOME,
        star=True,
    ),
)

_hub = partial(Indicator, chapter=CHAPTER, domain_ids=("PE-12",), sources=CAF_FORM, levels=FORM_LEVELS, star=True)

HUBS = (
    count(
        "childminder_hubs",
        "childminder_hubs",
        reading="relais petite enfance",
        domain_ids=("PE-12",),
        chapter=CHAPTER,
        label="Relais petite enfance",
        definition="Nombre de relais petite enfance (type D504 de la base permanente des équipements).",
        unit="relais",
        sources=("insee_bpe_2025",),
        chart="circles",
        caveats="Un relais peut intervenir dans d'autres communes que celle de son adresse.",
    ),
    _hub(
        id="childminder_hub_fte_count",
        label="Équivalents temps plein des relais petite enfance",
        definition="Équivalents temps plein (ETP) des relais petite enfance que finance la Caf.",
        unit="équivalents temps plein",
        decimals=1,
        value=Count("childminder_hub_fte"),
        persons=(),
        reading="En {period}, le territoire compte {value} équivalent{s} temps plein de relais petite enfance.",
        chart="trend",
    ),
    _hub(
        id="childminder_hub_sessions_count",
        label="Permanences du relais petite enfance",
        definition="Demi-journées de permanence que les relais petite enfance tiennent chaque mois.",
        unit="demi-journées par mois",
        decimals=0,
        value=Count("hub_sessions"),
        persons=(),
        reading="En {period}, le relais tient sur le territoire {value} demi-journée{s} de permanence par mois.",
        chart="circles",
        levels=WITH_COMMUNES,
        direction=1,
    ),
    _hub(
        id="childminder_hub_fte_rate",
        label="Moyens du relais petite enfance",
        definition=(
            "Équivalents temps plein (ETP) du relais petite enfance pour 100 assistants maternels en activité, vus de "
            "la Caf."
        ),
        unit="ETP pour 100 assistants maternels",
        decimals=2,
        value=Ratio("childminder_hub_fte", "active_childminders", bounded=False),
        persons=("denominator",),
        reading="En {period}, le relais du territoire compte {value} {unit}.",
        chart="comparison",
        direction=1,
    ),
    _hub(
        id="childminder_hub_reach_rate",
        label="Assistants maternels qui fréquentent le relais petite enfance",
        definition=(
            "Assistants maternels qui ont fréquenté le relais petite enfance dans l'année, pour 100 assistants "
            "maternels en activité, vus de la Caf."
        ),
        unit="assistants maternels pour 100 en activité",
        decimals=1,
        value=Ratio("childminders_using_hub", "active_childminders", bounded=False),
        reading="En {period}, le relais du territoire a reçu {value} {unit}.",
        chart="comparison",
        caveats=(
            "Ceux qui ont fréquenté le relais n'étaient pas tous en activité à la date du compte : le taux peut "
            "dépasser 100."
        ),
        direction=1,
    ),
)
