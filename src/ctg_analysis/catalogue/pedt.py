"""Chapter 06, second part: the projet éducatif de territoire (PEDT) and the plan mercredi that completes it."""

from functools import partial

from ctg_analysis.core.model import Count, Indicator, Ratio

_indicator = partial(Indicator, chapter="06", levels=("commune", "epci"), star=True)
_declared = partial(_indicator, domain_ids=("ENF-09",), decimals=0, sources=("sdjes_accueils",), persons=())

_CONTRACTS = {
    "pedt": ("projet éducatif de territoire (PEDT)", "le contrat de la collectivité avec les services de l'État"),
    "wednesday_plan": ("Plan mercredi", "la convention sur la qualité de l'accueil du mercredi, qui complète un PEDT"),
}
CONTRACTS = (
    *(
        _declared(
            id=f"{name}_covered_count",
            label=f"Communes couvertes par un {contract}",
            definition=f"Communes couvertes par un {contract}, {what}.",
            unit="communes",
            value=Count(f"{name}_covered"),
            reading=f"En {{period}}, le territoire compte {{value}} commune{{s}} couverte{{s}} par un {contract}.",
            chart="matrix",
            family="pedt_coverage",
        )
        for name, (contract, what) in _CONTRACTS.items()
    ),
    _declared(
        id="pedt_end_year",
        label="Année de fin du projet éducatif de territoire (PEDT)",
        definition="Année où s'achève le projet éducatif de territoire (PEDT) de la commune.",
        unit="année",
        value=Count("pedt_end_year"),
        reading="D'après le relevé de {period}, le projet éducatif du territoire s'achève en {value}.",
        chart="timeline",
        caveats=(
            "Un PEDT dure trois ans, de septembre à septembre : son calendrier n'est pas celui de la convention "
            "territoriale globale."
        ),
    ),
    _indicator(
        id="pupils_in_pedt_share",
        domain_ids=("ENF-09",),
        label="Élèves dont l'école est couverte par un projet éducatif de territoire (PEDT)",
        definition=(
            "Élèves des écoles couvertes par un projet éducatif de territoire (PEDT), rapportés à tous les élèves."
        ),
        unit="%",
        decimals=1,
        sources=("enquete_locale_enfance",),
        value=Ratio("pupils_in_pedt", "local_pupils"),
        reading=(
            "En {period}, parmi les élèves du territoire, {value} sont dans une école couverte par un projet éducatif "
            "de territoire."
        ),
        chart="trend",
    ),
)

# The four axes of the charter of the plan mercredi (data/reference/pedt.yml): measure, label, axis.
_AXES = {
    "times": ("Complémentarité des temps", "complémentarité des temps familiaux, scolaires et périscolaires"),
    "inclusion": ("Inclusion et accessibilité", "inclusion et accessibilité de tous les enfants"),
    "territory": ("Inscription dans le territoire", "inscription sur le territoire, avec ses acteurs"),
    "activities": ("Activités riches et variées", "activités riches et variées"),
}
QUALITY = tuple(
    _indicator(
        id=f"wednesday_plan_{axis}_score",
        domain_ids=("ENF-10",),
        label=label,
        definition=(
            f"Notes de 0 à 3 données à l'axe « {words} » de la charte qualité du Plan mercredi, ajoutées et "
            "rapportées au nombre de sites évalués."
        ),
        unit="note moyenne, de 0 à 3",
        decimals=1,
        sources=("enquete_locale_enfance",),
        value=Ratio(f"wednesday_plan_{axis}", "wednesday_plan_sites", per=1, bounded=False),
        persons=(),
        reading=f"En {{period}}, la note moyenne du territoire pour l'axe « {words} » est de {{value}} sur 3.",
        chart="comparison",
        caveats="Note que les sites se donnent eux-mêmes : elle ne se compare pas d'un territoire à l'autre.",
        family="wednesday_plan_quality",
    )
    for axis, (label, words) in _AXES.items()
)

PEDT = CONTRACTS + QUALITY
