"""Chapter 10, continued: times of access to services, potential access to health professionals."""

from functools import partial

from ctg_analysis.core.model import Indicator, Published, Ratio

CHAPTER = "10"
TIMES = ("insee_acces",)
ACCESSIBILITY = ("drees_apl",)
BY_COMMUNE = (
    "Pour plusieurs communes : moyenne de leurs indices pondérée par leurs habitants ; la DREES pondère par une "
    "population standardisée selon l'âge, l'écart est faible."
)

_indicator = partial(Indicator, chapter=CHAPTER, star=True)

# What is reached: beginning of the names of the measures, its short name, what it is, codes besides DRO-03.
_REACHED = {
    "school": ("école", "une école", ()),
    "childcare_centre": ("crèche", "un établissement d'accueil du jeune enfant", ("PE-13",)),
    "leisure_centre": ("accueil de loisirs", "un accueil de loisirs", ()),
    "general_practitioner": ("médecin généraliste", "un médecin généraliste", ()),
    "france_services": ("France services", "une structure France services", ("DRO-01",)),
    "social_centre": ("centre social", "un centre social", ("AVS-02", "AVS-07")),
    "family_mediation": ("médiation familiale", "un lieu de médiation familiale", ("PAR-04",)),
    "disabled_children_facility": (
        "services du handicap",
        "un établissement ou service pour enfants handicapés",
        ("HAN-05",),
    ),
}


def _time(kind: str, short: str, thing: str, domain_ids: tuple[str, ...]) -> Indicator:
    return _indicator(
        id=f"{kind}_time",
        domain_ids=("DRO-03", *domain_ids),
        label=f"Temps moyen : {short}",
        definition=(
            "Minutes de trajet en voiture, en heures creuses, du lieu de résidence jusqu'à l'adresse la plus proche "
            f"({thing}) : somme des minutes de chaque habitant, rapportée au nombre d'habitants."
        ),
        unit="minutes",
        decimals=1,
        sources=TIMES,
        value=Ratio(f"{kind}_minutes", f"{kind}_population", per=1, bounded=False),
        persons=("denominator",),
        reading=f"En {{period}}, un habitant du territoire est en moyenne à {{value}} minute{{s}} d'{thing}.",
        chart="choropleth",
        caveats="Moyenne, que quelques trajets longs relèvent. Les lieux d'où aucun temps n'est connu ne comptent pas.",
        direction=-1,
        family="access_times",
    )


def _median(kind: str, short: str, thing: str, domain_ids: tuple[str, ...]) -> Indicator:
    return _indicator(
        id=f"{kind}_median_time",
        domain_ids=("DRO-03", *domain_ids),
        label=f"Temps médian : {short}",
        definition=(
            "Minutes de trajet en voiture, en heures creuses, que la moitié des habitants ne dépasse pas jusqu'à "
            f"l'adresse la plus proche ({thing})."
        ),
        unit="minutes",
        decimals=1,
        sources=TIMES,
        value=Published(f"{kind}_median"),
        reading=f"En {{period}}, la moitié des habitants du territoire est à {{value}} minute{{s}} au plus d'{thing}.",
        chart="choropleth",
        levels=("commune", "epci", "departement", "region"),
        caveats="Une médiane ne se déduit pas de celles des communes. Un lieu sans temps connu n'y compte pas.",
        direction=-1,
        family="access_medians",
    )


def _near(kind: str, short: str, thing: str, domain_ids: tuple[str, ...]) -> Indicator:
    return _indicator(
        id=f"{kind}_near_share",
        domain_ids=("DRO-03", *domain_ids),
        label=f"À vingt minutes : {short}",
        definition=(
            f"Habitants à vingt minutes au plus d'{thing}, en voiture et en heures creuses, rapportés à ceux dont le "
            "temps de trajet est connu."
        ),
        unit="%",
        decimals=1,
        sources=TIMES,
        value=Ratio(f"{kind}_population_near", f"{kind}_population"),
        reading=f"En {{period}}, {{value}} des habitants du territoire sont à vingt minutes au plus d'{thing}.",
        chart="choropleth",
        caveats="Les lieux d'où aucun temps n'est connu ne comptent pas.",
        direction=1,
        family="access_near",
    )


TIMES_AND_SHARES = tuple(make(kind, *what) for make in (_time, _median, _near) for kind, what in _REACHED.items())

CARE = (
    _indicator(
        id="general_practitioner_accessibility_index",
        domain_ids=("DRO-04",),
        label="Accessibilité aux médecins généralistes",
        definition=(
            "Accessibilité potentielle localisée (APL) : consultations de médecine générale accessibles par an et par "
            "habitant, selon l'offre de la commune et de ses voisines, l'activité des médecins et l'âge des habitants."
        ),
        unit="consultations par an et par habitant",
        decimals=1,
        sources=ACCESSIBILITY,
        value=Ratio("accessibility_gp_total", "accessibility_gp_inhabitants", per=1, bounded=False),
        reading="En {period}, l'offre de médecins généralistes permet {value} {unit} du territoire.",
        chart="choropleth",
        caveats=f"La DREES parle de sous-densité à 2,5 consultations ou moins. {BY_COMMUNE}",
        direction=1,
    ),
)

# Other professions: end of the name of the measure, who they are.
_PROFESSIONS = {
    "nurse": "infirmiers",
    "midwife": "sages-femmes",
    "physiotherapist": "masseurs-kinésithérapeutes",
    "dentist": "chirurgiens-dentistes",
}
PROFESSIONS = tuple(
    _indicator(
        id=f"{name}_accessibility_index",
        domain_ids=("DRO-04",),
        label=f"Accessibilité aux {who}",
        definition=(
            f"Accessibilité potentielle localisée (APL) aux {who} : équivalents temps plein accessibles pour 100 000 "
            "habitants, selon l'offre de la commune et de ses voisines et l'âge des habitants."
        ),
        unit="équivalents temps plein pour 100 000 habitants",
        decimals=0,
        sources=ACCESSIBILITY,
        value=Ratio(f"accessibility_{name}_total", f"accessibility_{name}_inhabitants", per=1, bounded=False),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="choropleth",
        caveats=BY_COMMUNE,
        direction=1,
        family="care_accessibility",
    )
    for name, who in _PROFESSIONS.items()
)

ACCESS = TIMES_AND_SHARES + CARE + PROFESSIONS
