"""Chapter 06: schools and schooling; PEDT and plan mercredi are in `pedt`."""

from functools import partial

from ctg_analysis.catalogue.kinds import ABOVE_COMMUNE
from ctg_analysis.catalogue.pedt import PEDT
from ctg_analysis.catalogue.schooling import SCHOOLING
from ctg_analysis.core.model import PERSONS, Count, Indicator, Rate, Ratio

CHAPTER = "06"
SHARED = ("epci", "departement")
BPE = "La base permanente des équipements ne dit ici ni leur taille, ni leurs heures d'ouverture."

_indicator = partial(Indicator, chapter=CHAPTER)
_school = partial(_indicator, sources=("depp_ecoles",), decimals=0, star=True)

SCHOOLS = (
    _school(
        id="schools_count",
        domain_ids=("ENF-01",),
        label="Écoles",
        definition="Nombre d'écoles maternelles, élémentaires et primaires, publiques et privées.",
        unit="écoles",
        value=Count("schools"),
        persons=(),
        reading="À la rentrée {period}, le territoire compte {value} école{s}.",
        chart="circles",
        caveats="Chaque école d'un regroupement pédagogique compte dans sa commune.",
    ),
    _school(
        id="classes_count",
        domain_ids=("ENF-01",),
        label="Classes",
        definition="Nombre de classes des écoles, publiques et privées.",
        unit="classes",
        value=Count("classes"),
        persons=(),
        reading="À la rentrée {period}, le territoire compte {value} classe{s}.",
        chart="trend",
    ),
    _school(
        id="pupils_count",
        domain_ids=("ENF-01",),
        label="Élèves des écoles",
        definition="Nombre d'élèves des écoles, publiques et privées, comptés où est leur école.",
        unit="élèves",
        value=Count("pupils"),
        reading="À la rentrée {period}, les écoles du territoire comptent {value} élève{s}.",
        chart="trend",
        caveats="Un élève compte dans la commune de son école, pas dans celle où il habite.",
    ),
    *(
        _school(
            id=f"{name}_pupils_count",
            domain_ids=("ENF-01",),
            label=f"Élèves {level}",
            definition=f"Nombre d'élèves {level}, hors unités localisées pour l'inclusion scolaire (Ulis).",
            unit="élèves",
            value=Count(f"{name}_pupils"),
            reading=f"À la rentrée {{period}}, les écoles du territoire comptent {{value}} élève{{s}} {level}.",
            chart="trend",
            family="pupils_by_level",
        )
        for name, level in (("nursery", "de maternelle"), ("primary", "d'élémentaire"))
    ),
    _school(
        id="private_pupils_share",
        domain_ids=("ENF-01",),
        label="Part des élèves dans une école privée",
        definition="Élèves des écoles privées, rapportés à ceux de toutes les écoles.",
        unit="%",
        decimals=1,
        value=Ratio("private_pupils", "pupils"),
        reading="À la rentrée {period}, parmi les élèves des écoles du territoire, {value} sont dans une école privée.",
        chart="comparison",
        levels=ABOVE_COMMUNE,
    ),
    _school(
        id="pupils_per_class_ratio",
        domain_ids=("ENF-02",),
        label="Élèves par classe",
        definition="Élèves des écoles, rapportés au nombre de leurs classes.",
        unit="élèves par classe",
        decimals=1,
        value=Ratio("pupils", "classes", per=1, bounded=False),
        persons=("numerator",),
        reading="À la rentrée {period}, les écoles du territoire ont {value} {unit}.",
        chart="comparison",
        caveats="Une moyenne : des classes plus chargées peuvent s'y cacher.",
    ),
    _school(
        id="grouped_schools_count",
        domain_ids=("ENF-01",),
        label="Écoles en regroupement pédagogique",
        definition=(
            "Nombre d'écoles d'un regroupement pédagogique intercommunal (RPI), où plusieurs communes se partagent les "
            "niveaux ou une même école, d'après l'annuaire de l'éducation."
        ),
        unit="écoles",
        value=Count("grouped_schools"),
        persons=(),
        reading="À la rentrée {period}, le territoire compte {value} école{s} en regroupement pédagogique.",
        chart="circles",
        caveats="L'annuaire ne dit que la situation présente : il n'y a pas de série.",
    ),
    _indicator(
        id="multi_level_classes_share",
        domain_ids=("ENF-02",),
        label="Classes à plusieurs niveaux",
        definition="Classes des écoles qui réunissent plusieurs niveaux, rapportées à toutes les classes.",
        unit="%",
        decimals=1,
        sources=("enquete_locale_enfance",),
        value=Ratio("multi_level_classes", "local_classes"),
        persons=(),
        reading="En {period}, parmi les classes des écoles du territoire, {value} ont plusieurs niveaux.",
        chart="trend",
        levels=("commune", "epci"),
        caveats="Relevé auprès des écoles : aucun fichier ouvert ne le dit.",
        star=True,
    ),
    _school(
        id="ulis_pupils_count",
        domain_ids=("EDU-07",),
        label="Élèves des écoles en Ulis",
        definition="Nombre d'élèves des unités localisées pour l'inclusion scolaire (Ulis) des écoles.",
        unit="élèves",
        value=Count("ulis_pupils"),
        reading="À la rentrée {period}, les écoles du territoire comptent {value} élève{s} en Ulis.",
        chart="trend",
        caveats="Des élèves en situation de handicap sont aussi dans les autres classes.",
    ),
    _school(
        id="small_schools_count",
        domain_ids=("EDU-06",),
        label="Écoles de moins de 20 élèves",
        definition="Nombre d'écoles qui ont moins de 20 élèves, publiques et privées.",
        unit="écoles",
        value=Count("small_schools"),
        persons=(),
        reading="À la rentrée {period}, le territoire compte {value} école{s} de moins de 20 élèves.",
        chart="trend",
        star=False,
    ),
)

# Kinds of facilities: id and measure, label, noun of the sentence.
_SCHOOL_FACILITIES = {
    "nursery_schools": ("Écoles maternelles", "école{s} maternelle{s}"),
    "primary_schools": ("Écoles élémentaires et primaires", "école{s} élémentaire{s} ou primaire{s}"),
    "lower_secondary_schools": ("Collèges", "collège{s}"),
    "upper_secondary_schools": ("Lycées", "lycée{s}"),
}
_CULTURE_AND_SPORT = {
    "cinemas": ("Cinémas", "cinéma{s}"),
    "music_schools": ("Conservatoires", "conservatoire{s}"),
    "sports_halls": ("Salles multisports et gymnases", "salle{s} multisport{s} ou gymnase{s}"),
    "swimming_pools": ("Bassins de natation", "bassin{s} de natation"),
}


def _facility(name: str, label: str, noun: str, **options) -> Indicator:
    return _indicator(
        id=f"{name}_count",
        label=label,
        definition=f"Nombre d'équipements de ce type ({label.lower()}) dans la base permanente des équipements.",
        unit=label.lower(),
        decimals=0,
        sources=("insee_bpe_2025",),
        value=Count(name),
        reading=f"En {{period}}, le territoire compte {{value}} {noun}.",
        chart="circles",
        caveats=BPE,
        **options,
    )


FACILITIES = (
    *(
        _facility(name, *words, domain_ids=("ENF-01",), family="school_facilities")
        for name, words in _SCHOOL_FACILITIES.items()
    ),
    *(
        _facility(name, *words, domain_ids=("EDU-05",), family="culture_and_sport")
        for name, words in _CULTURE_AND_SPORT.items()
    ),
    _indicator(
        id="culture_sport_facilities_rate",
        domain_ids=("EDU-05",),
        label="Équipements de lecture, de culture et de sport",
        definition=(
            "Bibliothèques, cinémas, conservatoires, salles multisports et gymnases, bassins de natation, pour 1 000 "
            "habitants."
        ),
        unit="équipements pour 1 000 habitants",
        decimals=2,
        sources=("insee_bpe_2025",),
        value=Rate("culture_sport_facilities", per=1000, within=3),
        persons=(),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        levels=ABOVE_COMMUNE,
        caveats=f"{BPE} Un bassin compte pour un, comme une bibliothèque.",
    ),
)

_homework = partial(
    _indicator,
    domain_ids=("EDU-04",),
    sources=("caf_partenaire_jeunesse_parentalite",),
    levels=SHARED,
    star=True,
)
HOMEWORK = (
    _homework(
        id="clas_sites_count",
        label="Sites d'accompagnement à la scolarité",
        definition="Sites du contrat local d'accompagnement à la scolarité (CLAS) que finance la Caf.",
        unit="sites",
        decimals=0,
        value=Count("clas_sites"),
        persons=(),
        reading="En {period}, le territoire compte {value} site{s} d'accompagnement à la scolarité.",
        chart="trend",
    ),
    _homework(
        id="clas_children_count",
        label="Enfants suivis en accompagnement à la scolarité",
        definition="Enfants et jeunes suivis dans l'année par un contrat local d'accompagnement à la scolarité (CLAS).",
        unit="enfants",
        decimals=0,
        value=Count("clas_children"),
        reading="En {period}, l'accompagnement à la scolarité suit {value} enfant{s} sur le territoire.",
        chart="trend",
    ),
    _homework(
        id="clas_children_rate",
        label="Enfants suivis en accompagnement à la scolarité, pour 100 habitants de 6 à 17 ans",
        definition=(
            "Enfants et jeunes suivis par un contrat local d'accompagnement à la scolarité (CLAS), pour 100 habitants "
            "de 6 à 17 ans."
        ),
        unit="enfants suivis pour 100 habitants de 6 à 17 ans",
        decimals=1,
        value=Rate("clas_children", per=100, population="population_6_17", within=3, of=PERSONS),
        persons=("numerator",),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        caveats=(
            "Le numérateur est celui de l'année, la population celle du dernier recensement, de trois ans plus ancien "
            "au plus."
        ),
    ),
)

INDICATORS = SCHOOLS + FACILITIES + SCHOOLING + HOMEWORK + PEDT
