"""Chapter 09, continued: the zones and programmes that help to say where social life is to be supported first."""

from ctg_analysis.core.model import Count, Indicator

CHAPTER = "09"

# Measure: label, what it is, unit, sources, the sentence after "le territoire compte {value}".
_ZONES = {
    "revitalisation_zone": (
        "France ruralités revitalisation (FRR)",
        "Communes classées en zone France ruralités revitalisation (FRR ou FRR+).",
        "communes",
        ("dgcl_frr",),
        "commune{s} en zone France ruralités revitalisation",
    ),
    "priority_neighbourhoods": (
        "Quartiers prioritaires de la politique de la ville (QPV)",
        "Quartiers prioritaires de la politique de la ville (QPV) ; un quartier à cheval sur deux communes compte dans "
        "chacune.",
        "quartiers",
        ("insee_qpv", "anct_zonages"),
        "quartier{s} de la politique de la ville",
    ),
    "small_towns_programme": (
        "Petites villes de demain",
        "Communes lauréates du programme « Petites villes de demain ».",
        "communes",
        ("anct_zonages",),
        "commune{s} du programme « Petites villes de demain »",
    ),
    "villages_programme": (
        "Villages d'avenir",
        "Communes lauréates du programme « Villages d'avenir ».",
        "communes",
        ("anct_zonages",),
        "commune{s} du programme « Villages d'avenir »",
    ),
}
ZONES = tuple(
    Indicator(
        id=f"{measure}_count",
        domain_ids=("AVS-07",),
        chapter=CHAPTER,
        label=label,
        definition=definition,
        unit=unit,
        decimals=0,
        sources=sources,
        value=Count(measure),
        persons=(),
        reading=f"En {{period}}, le territoire compte {{value}} {what}.",
        chart="matrix",
        levels=("commune", "epci"),
        star=True,
        family="zones",
    )
    for measure, (label, definition, unit, sources, what) in _ZONES.items()
)
