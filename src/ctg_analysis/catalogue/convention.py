"""Chapter 13: what the convention before was, the means of this one and how it is steered, from the field material."""

from functools import partial

from ctg_analysis.core.model import Count, Indicator, Ratio
from ctg_analysis.sources import PLAN

CHAPTER = "13"

_indicator = partial(
    Indicator,
    chapter=CHAPTER,
    decimals=0,
    sources=(PLAN,),
    levels=("epci",),
    chart="comparison",
    persons=(),
    star=True,
)
_former = partial(_indicator, domain_ids=("BIL-01",), unit="%", family="former_actions")
_STATUSES = {
    "done": ("réalisées", "Réalisées"),
    "partly_done": ("réalisées en partie", "Réalisées en partie"),
    "ongoing": ("encore en cours", "En cours"),
    "postponed": ("reportées", "Reportées"),
    "abandoned": ("abandonnées", "Abandonnées"),
}
FORMER = (
    _indicator(
        id="former_actions_count",
        domain_ids=("BIL-01",),
        label="Actions de la convention précédente",
        definition="Actions inscrites dans la convention territoriale globale précédente, abandonnées comprises.",
        unit="actions",
        value=Count("former_actions"),
        reading="La convention précédente, close en {period}, comptait {value} action{s}.",
    ),
    *(
        _former(
            id=f"former_actions_{name}_share",
            label=label,
            definition=f"Part des actions de la convention précédente qui sont {words} à sa fin.",
            value=Ratio(f"former_actions_{name}", "former_actions"),
            reading=f"En {{period}}, {{value}} des actions de la convention précédente sont {words}.",
        )
        for name, (words, label) in _STATUSES.items()
    ),
    *(
        _indicator(
            id=f"former_places_{name}_count",
            domain_ids=("BIL-02",),
            label=f"Places {words} par la convention précédente",
            definition=f"Places d'accueil {words} par les actions de la convention précédente, ajoutées.",
            unit="places",
            value=Count(f"former_places_{name}"),
            reading=f"La convention précédente, close en {{period}}, a {said} {{value}} place{{s}}.",
            family="former_places",
        )
        for name, words, said in (("planned", "prévues", "prévu"), ("created", "créées", "créé"))
    ),
)

_FINANCERS = {
    "caf": ("Caf", "Caf"),  # alone, and in a sentence
    "epci": ("Intercommunalité", "intercommunalité"),
    "communes": ("Communes", "communes"),
    "others": ("Autres financeurs", "autres financeurs"),
}
MONEY = (
    *(
        _indicator(
            id=f"plan_funding_{name}_amount",
            domain_ids=("BIL-03",),
            label=label,
            definition=f"Financement inscrit dans l'année pour les actions de la convention : {named}.",
            unit="euros",
            value=Count(f"plan_funding_{name}"),
            reading=f"En {{period}}, {{value}} euros sont inscrits pour les actions ({named}).",
            caveats="Budget des fiches-action jusqu'à la dernière année suivie : ce n'est pas la dépense.",
            family="plan_funding",
        )
        for name, (label, named) in _FINANCERS.items()
    ),
    _indicator(
        id="plan_spent_amount",
        domain_ids=("BIL-03",),
        label="Dépense des actions de la convention",
        definition="Dépenses de l'année que le suivi des actions de la convention rapporte, ajoutées.",
        unit="euros",
        value=Count("plan_spent"),
        reading="En {period}, le suivi rapporte {value} euros de dépenses pour les actions.",
        chart="trend",
    ),
    *(
        _indicator(
            id=f"services_funding_{name}_amount",
            domain_ids=("BIL-03",),
            label=label,
            definition=f"{label} par an aux équipements et services en service, ajoutés.",
            unit="euros",
            value=Count(f"services_funding_{name}"),
            reading=f"À la signature, en {{period}}, les services reçoivent {{value}} euros par an ({words}).",
            family="services_funding",
        )
        for name, label, words in (
            ("caf", "Prestations de service de la Caf versées", "prestations de service de la Caf"),
            ("local", "Soutiens des collectivités versés", "soutiens des collectivités"),
        )
    ),
)

_FIELDS = {
    "early_childhood": "Petite enfance",
    "childhood_and_youth": "Enfance et jeunesse",
    "education": "Éducation",
    "parenting": "Parentalité",
    "disability": "Handicap",
    "social_life": "Animation de la vie sociale",
    "rights": "Accès aux droits et aux services",
}
MEANS = (
    _indicator(
        id="plan_fte_count",
        domain_ids=("BIL-04",),
        label="Emplois que les actions de la convention demandent",
        definition="Équivalents temps plein inscrits dans les fiches-action de la convention, ajoutés.",
        unit="équivalents temps plein",
        decimals=1,
        value=Count("plan_fte"),
        reading="À la signature, en {period}, les actions demandent {value} {unit}.",
    ),
    *(
        _indicator(
            id=f"services_{name}_fte_count",
            domain_ids=("BIL-04",),
            label=label,
            definition=f"Équivalents temps plein des équipements et services en service, champ : {label.lower()}.",
            unit="équivalents temps plein",
            decimals=1,
            value=Count(f"services_{name}_fte"),
            reading=f"À la signature, en {{period}}, le champ « {label.lower()} » compte {{value}} {{unit}}.",
            family="services_fte",
        )
        for name, label in _FIELDS.items()
    ),
)

STEERING = (
    _indicator(
        id="steering_meetings_held_share",
        domain_ids=("BIL-05",),
        label="Réunions de pilotage qui ont eu lieu",
        definition="Part des réunions de l'année, COPIL et COTECH, qui ont eu lieu ; celles à venir ne comptent pas.",
        unit="%",
        value=Ratio("steering_meetings_held", "steering_meetings"),
        reading="En {period}, part des réunions de pilotage prévues qui ont eu lieu : {value}.",
    ),
    _indicator(
        id="steering_attendance_rate",
        domain_ids=("BIL-05",),
        label="Présence aux réunions de pilotage",
        definition="Personnes présentes aux réunions du COPIL et du COTECH, pour 100 personnes invitées.",
        unit="présents pour 100 invités",
        value=Ratio("steering_present", "steering_invited", bounded=False),
        reading="En {period}, les réunions de pilotage ont compté {value} {unit}.",
    ),
    _indicator(
        id="targets_reached_share",
        domain_ids=("BIL-06",),
        label="Cibles atteintes",
        definition=(
            "Part des indicateurs des actions dont la dernière valeur relevée atteint la cible, parmi ceux qui ont une "
            "valeur de départ, une cible et une valeur relevée."
        ),
        unit="%",
        value=Ratio("targets_reached", "targets_followed"),
        reading="En {period}, {value} des indicateurs suivis ont atteint leur cible.",
        direction=1,
    ),
)

_COMPETENCES = {
    "early_childhood": "petite enfance",
    "school_care": "périscolaire",
    "leisure": "accueil de loisirs",
    "youth": "jeunesse",
    "social_action": "action sociale",
    "transport": "transport",
}
COMPETENCES = tuple(
    _indicator(
        id=f"competence_{name}_count",
        domain_ids=("BIL-08",),
        label=f"{label[0].upper()}{label[1:]}",
        definition=f"Communes où la compétence « {label} » est exercée par l'intercommunalité.",
        unit="communes",
        value=Count(f"competence_{name}"),
        reading=f"En {{period}}, la compétence « {label} » est à l'intercommunalité pour {{value}} commune{{s}}.",
        levels=("commune", "epci"),
        chart="matrix",
        family="competences",
    )
    for name, label in _COMPETENCES.items()
)

INDICATORS = FORMER + MONEY + MEANS + STEERING + COMPETENCES
