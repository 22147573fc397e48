"""Chapter 05: childhood (3 to 11); youth is in `youth`."""

from functools import partial

from ctg_analysis.catalogue.youth import YOUTH
from ctg_analysis.core.model import PERSONS, PLACES, Count, Indicator, Rate, Ratio

CHAPTER = "05"
ABOVE_COMMUNE = ("epci", "departement", "region", "france")
SHARED = ("epci", "departement")
LOCAL = ("commune", "epci")
PLACES_NOT_CHILDREN = (
    "Des places, et non des enfants accueillis. Les enfants passent les limites des communes, et parfois celles du "
    "territoire."
)
OF_TWO_YEARS = (
    "Le numérateur est celui de l'année, la population celle du dernier recensement, de trois ans plus ancien au plus."
)
IN_OFFICE = "Relevé auprès des structures, sans doubles comptes entre elles."

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_survey = partial(_indicator, sources=("enquete_locale_enfance",))
_declared = partial(_indicator, sources=("sdjes_accueils",))

# The ages of school and of leisure: id, ages, measure, noun, names in the field's list.
_AGES = (
    ("children_3_11", "3 à 11 ans", "population_3_11", "enfants", ("DEM-06",)),
    ("youth_11_17", "11 à 17 ans", "population_11_17", "jeunes", ("DEM-06", "JEU-01")),
)
AGES = tuple(
    _indicator(
        id=f"{name}_count",
        domain_ids=domain_ids,
        label=f"{noun.capitalize()} de {ages}",
        definition=f"Nombre d'habitants de {ages} révolus.",
        unit=noun,
        sources=("insee_rp_population",),
        value=Count(measure),
        reading=f"En {{period}}, le territoire compte {{value}} {noun[:-1]}{{s}} de {ages}.",
        chart="circles",
        caveats="Les 11 ans comptent dans les deux groupes, celui des enfants et celui des jeunes.",
        family="school_age_count",
    )
    for name, ages, measure, noun, domain_ids in _AGES
) + tuple(
    _indicator(
        id=f"{name}_share",
        domain_ids=domain_ids,
        label=f"Part des {ages}",
        definition=f"Habitants de {ages}, rapportés à l'ensemble des habitants.",
        unit="%",
        decimals=1,
        sources=("insee_rp_population",),
        value=Ratio(measure, "population_all_ages"),
        reading=f"En {{period}}, les {ages} forment {{value}} de la population du territoire.",
        chart="comparison",
        levels=ABOVE_COMMUNE,
        family="school_age_share",
    )
    for name, ages, measure, _, domain_ids in _AGES
)

_TIMES = {"morning": "le matin", "lunch": "le midi", "evening": "le soir", "wednesday": "le mercredi"}
AROUND_SCHOOL = (
    *(
        _survey(
            id=f"schools_{time}_care_share",
            domain_ids=("ENF-03",),
            label=f"Écoles avec un accueil {when}",
            definition=f"Écoles dont les élèves ont un accueil périscolaire {when}, rapportées à toutes les écoles.",
            unit="%",
            decimals=1,
            value=Ratio(f"schools_{time}_care", "local_schools"),
            persons=(),
            reading=f"En {{period}}, parmi les écoles du territoire, {{value}} ont un accueil périscolaire {when}.",
            chart="matrix",
            levels=LOCAL,
            caveats="Une école compte pour une, quel que soit le nombre de ses élèves.",
            family="school_care",
        )
        for time, when in _TIMES.items()
    ),
    _survey(
        id="pupils_with_evening_care_share",
        domain_ids=("ENF-03",),
        label="Élèves d'une école avec un accueil le soir",
        definition="Élèves des écoles qui ont un accueil périscolaire le soir, rapportés à tous les élèves.",
        unit="%",
        decimals=1,
        value=Ratio("pupils_with_evening_care", "local_pupils"),
        reading="En {period}, parmi les élèves du territoire, {value} sont dans une école qui a un accueil le soir.",
        chart="trend",
        levels=LOCAL,
        caveats="Des élèves qui ont cet accueil dans leur école, et non des élèves qui y vont.",
        direction=1,
    ),
    _survey(
        id="pupils_at_canteen_share",
        domain_ids=("ENF-12",),
        label="Élèves qui déjeunent à la cantine",
        definition="Élèves qui déjeunent à la cantine de leur école, rapportés à tous les élèves.",
        unit="%",
        decimals=1,
        value=Ratio("pupils_at_canteen", "local_pupils"),
        reading="En {period}, parmi les élèves du territoire, {value} déjeunent à la cantine.",
        chart="trend",
        levels=LOCAL,
        star=False,
    ),
)

_WHEN = {"wednesday": "le mercredi", "short_holidays": "aux petites vacances", "summer": "en été"}
LEISURE_CENTRES = (
    _indicator(
        id="leisure_centres_count",
        domain_ids=("ENF-04",),
        label="Accueils de loisirs",
        definition="Nombre d'accueils de loisirs sans hébergement (type D505 de la base permanente des équipements).",
        unit="accueils",
        sources=("insee_bpe_2025",),
        value=Count("leisure_centres"),
        reading="En {period}, le territoire compte {value} accueil{s} de loisirs.",
        chart="circles",
        caveats="Un accueil n'est pas une place : la base ne dit ici ni les capacités, ni les jours d'ouverture.",
    ),
    *(
        _declared(
            id=f"leisure_places_{name}_count",
            domain_ids=("ENF-04",),
            label=f"Places d'accueil de loisirs {when}",
            definition=f"Places des accueils de loisirs déclarés aux services de l'État, {when}.",
            unit="places",
            value=Count(f"leisure_places_{name}"),
            persons=(),
            reading=f"En {{period}}, le territoire compte {{value}} place{{s}} d'accueil de loisirs {when}.",
            chart="circles",
            levels=("commune", *SHARED),
            caveats=PLACES_NOT_CHILDREN,
            direction=1,
            family="leisure_places",
        )
        for name, when in _WHEN.items()
    ),
    *(
        _declared(
            id=f"leisure_coverage_{name}_rate",
            domain_ids=("ENF-05",),
            label=f"Taux de couverture des accueils de loisirs {when}",
            definition=f"Places des accueils de loisirs déclarés, {when}, pour 100 enfants de 3 à 11 ans.",
            unit="places pour 100 enfants de 3 à 11 ans",
            decimals=1,
            value=Rate(f"leisure_places_{name}", per=100, population="population_3_11", within=3, of=PLACES),
            persons=(),
            reading=f"En {{period}}, le territoire offre {when} {{value}} {{unit}}.",
            chart="comparison",
            levels=SHARED,
            caveats=f"{PLACES_NOT_CHILDREN} Le taux peut dépasser 100. {OF_TWO_YEARS}",
            direction=1,
        )
        for name, when in _WHEN.items()
    ),
    _declared(
        id="leisure_open_days_count",
        domain_ids=("ENF-04",),
        label="Jours d'ouverture des accueils de loisirs",
        definition="Jours d'ouverture des accueils de loisirs dans l'année, ajoutés d'un accueil à l'autre.",
        unit="jours",
        value=Count("leisure_open_days"),
        persons=(),
        reading="En {period}, les accueils de loisirs du territoire totalisent {value} jour{s} d'ouverture.",
        chart="trend",
        levels=SHARED,
        caveats="Deux accueils ouverts le même jour comptent pour deux.",
    ),
    _declared(
        id="leisure_qualified_staff_share",
        domain_ids=("ENF-08",),
        label="Animateurs qualifiés",
        definition=(
            "Animateurs qui ont le brevet d'aptitude aux fonctions d'animateur (BAFA) ou davantage, rapportés aux "
            "animateurs déclarés."
        ),
        unit="%",
        decimals=1,
        value=Ratio("leisure_qualified_staff", "leisure_staff"),
        reading="En {period}, parmi les animateurs déclarés du territoire, {value} sont qualifiés.",
        chart="comparison",
        levels=SHARED,
        direction=1,
    ),
)

_AGES_OF_CARE = (("under_6", "moins de 6 ans"), ("6_plus", "6 ans ou plus"))
STAFFING = tuple(
    _declared(
        id=f"leisure_children_per_staff_{name}_ratio",
        domain_ids=("ENF-08",),
        label=f"Enfants de {ages} par animateur",
        definition=(
            f"Enfants de {ages} présents un jour ordinaire de vacances dans les accueils de loisirs déclarés, "
            "rapportés aux animateurs qui les encadrent ce jour-là."
        ),
        unit="enfants par animateur",
        decimals=1,
        value=Ratio(f"leisure_{name}", f"leisure_staff_{name}", per=1, bounded=False),
        reading=f"En {{period}}, un animateur du territoire encadre en moyenne {{value}} enfant{{s}} de {ages}.",
        chart="comparison",
        levels=SHARED,
        caveats="Une moyenne sous la norme n'établit pas que chaque accueil la respecte.",
        direction=-1,
    )
    for name, ages in _AGES_OF_CARE
)

ATTENDANCE = (
    _survey(
        id="children_3_11_attending_rate",
        domain_ids=("ENF-06",),
        label="Enfants de 3 à 11 ans accueillis",
        definition="Enfants accueillis dans l'année par les accueils de loisirs, pour 100 enfants de 3 à 11 ans.",
        unit="enfants accueillis pour 100 enfants de 3 à 11 ans",
        decimals=1,
        value=Rate("children_3_11_attending", per=100, population="population_3_11", within=3, of=PERSONS),
        persons=("numerator",),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="trend",
        levels=("epci",),
        caveats=f"{IN_OFFICE} Des enfants venus d'ailleurs peuvent être comptés. {OF_TWO_YEARS}",
    ),
    _survey(
        id="leisure_child_hours_count",
        domain_ids=("ENF-06",),
        label="Heures-enfant des accueils de loisirs",
        definition="Heures de présence de tous les enfants, ajoutées sur l'année.",
        unit="heures-enfant",
        value=Count("leisure_child_hours"),
        persons=(),
        reading="En {period}, les accueils de loisirs du territoire comptent {value} heure{s}-enfant.",
        chart="trend",
        levels=("epci",),
    ),
    _survey(
        id="leisure_occupancy_rate",
        domain_ids=("ENF-06",),
        label="Taux d'occupation des accueils de loisirs",
        definition="Heures-enfant réalisées, rapportées à la capacité en heures (places par heures d'ouverture).",
        unit="%",
        decimals=1,
        value=Ratio("leisure_child_hours", "leisure_hours_capacity", bounded=False),
        persons=(),
        reading="En {period}, les accueils de loisirs du territoire sont occupés à {value}.",
        chart="trend",
        levels=("epci",),
    ),
    _declared(
        id="holiday_departures_count",
        domain_ids=("ENF-13",),
        label="Départs en séjour",
        definition="Départs d'enfants et de jeunes en séjour de vacances déclaré, dans l'année.",
        unit="départs",
        value=Count("holiday_departures"),
        reading="En {period}, le territoire compte {value} départ{s} en séjour.",
        chart="trend",
        levels=SHARED,
        caveats="Un enfant parti deux fois compte pour deux départs.",
        star=False,
    ),
)

_FEE = (
    "Le tarif de l'ensemble du territoire ne se calcule pas à partir de ceux des communes : il n'est donné que s'il "
    "a été relevé."
)
_ENDS = {"min": ("le plus bas", "le moins"), "max": ("le plus haut", "le plus")}
FEES = (
    *(
        _survey(
            id=f"leisure_fee_{end}_amount",
            domain_ids=("ENF-07",),
            label=f"Tarif à la journée {rank}",
            definition=f"Prix d'une journée d'accueil de loisirs pour la famille qui paie {little}.",
            unit="euros",
            decimals=2,
            value=Count(f"leisure_fee_{end}"),
            persons=(),
            reading=f"En {{period}}, le tarif à la journée {rank} du territoire est de {{value}} euro{{s}}.",
            chart="comparison",
            levels=LOCAL,
            caveats=_FEE,
        )
        for end, (rank, little) in _ENDS.items()
    ),
    _survey(
        id="leisure_fee_brackets_count",
        domain_ids=("ENF-07",),
        label="Tranches de quotient familial du tarif",
        definition="Nombre de tranches de quotient familial entre lesquelles le tarif change.",
        unit="tranches",
        value=Count("leisure_fee_brackets"),
        persons=(),
        reading="En {period}, le tarif des accueils de loisirs du territoire a {value} tranche{s}.",
        chart="comparison",
        levels=LOCAL,
        caveats=_FEE,
    ),
)

INDICATORS = AGES + AROUND_SCHOOL + LEISURE_CENTRES + STAFFING + ATTENDANCE + FEES + YOUTH
