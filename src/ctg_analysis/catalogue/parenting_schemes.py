"""Chapter 07, continued: in which communes the five schemes that the Caf funds are present."""

from functools import partial

from ctg_analysis.core.model import Count, Indicator

_indicator = partial(Indicator, chapter="07", decimals=0, star=True)

# The five schemes that the Caf funds: name of the measure, name of the scheme, what it offers.
_SCHEMES = {
    "laep": ("Lieu d'accueil enfants-parents (LAEP)", "un lieu où parents et jeunes enfants viennent ensemble"),
    "reaap": (
        "Réseau d'écoute, d'appui et d'accompagnement des parents (REAAP)",
        "une action de soutien à la parentalité",
    ),
    "clas": (
        "Contrat local d'accompagnement à la scolarité (CLAS)",
        "un accompagnement à la scolarité, avec les parents",
    ),
    "mediation": ("Médiation familiale", "une permanence de médiation dans les conflits et les séparations"),
    "contact_centre": ("Espace de rencontre", "un lieu où un enfant voit un parent avec lequel il ne vit pas"),
}
SCHEMES = tuple(
    _indicator(
        id=f"scheme_{name}_count",
        domain_ids=("PAR-05",),
        label=scheme,
        definition=f"Communes où le dispositif est présent, à demeure ou de façon itinérante : {offer}.",
        unit="communes",
        sources=("enquete_locale_parentalite",),
        value=Count(f"scheme_{name}"),
        persons=(),
        reading=f"En {{period}}, le dispositif « {scheme} » est présent dans {{value}} commune{{s}} du territoire.",
        chart="matrix",
        levels=("commune", "epci"),
        caveats="Les habitants d'une commune peuvent se rendre dans une autre.",
        family="parenting_schemes",
        parts=(f"scheme_{name}_itinerant_count",),
    )
    for name, (scheme, offer) in _SCHEMES.items()
)
ITINERANT = tuple(
    _indicator(
        id=f"scheme_{name}_itinerant_count",
        domain_ids=("PAR-05",),
        label=f"{scheme}, de façon itinérante seulement",
        definition=f"Communes où le dispositif n'est présent que de façon itinérante : {offer}.",
        unit="communes",
        sources=("enquete_locale_parentalite",),
        value=Count(f"scheme_{name}_itinerant"),
        persons=(),
        reading=f"En {{period}}, le dispositif « {scheme} » n'est qu'itinérant dans {{value}} commune{{s}}.",
        chart="matrix",
        levels=("commune", "epci"),
        caveats="Comprises dans les communes où le dispositif est présent : elles ne s'y ajoutent pas.",
        family="itinerant_schemes",
    )
    for name, (scheme, offer) in _SCHEMES.items()
)
