"""Chapter 03: work, commuting, occupations, diplomas, job seekers."""

from ctg_analysis.catalogue.kinds import count, share
from ctg_analysis.core.model import Indicator, Ratio

CHAPTER = "03"
ACTIVITY, JOB_SEEKERS = ("insee_rp_emploi",), ("dares_demandeurs_emploi",)
JOB_SEEKER_LEVELS = ("commune", "epci", "departement", "region", "france")
SAMPLED = "Estimation sur la partie des logements dont les questionnaires sont exploités en entier."

# Each rate: name, numerator, denominator, label, end of the sentence, definition.
RATES = {
    "activity": (
        "active_15_64",
        "population_15_64",
        "Taux d'activité",
        "ont un emploi ou en cherchent un",
        "qui ont un emploi ou se déclarent au chômage",
    ),
    "employment": ("employed_15_64", "population_15_64", "Taux d'emploi", "ont un emploi", "qui ont un emploi"),
}
SEXES = {"women": ("femmes", "Femmes"), "men": ("hommes", "Hommes")}


def _rate(name: str, people: str, sex: str = "", **fields) -> Indicator:
    """Return a rate of activity or of employment of the people of 15 to 64, or of one sex."""
    numerator, denominator, label, says, who = RATES[name]
    return Indicator(
        id=f"{name}_15_64{sex}_rate",
        domain_ids=("EMP-01",),
        chapter=CHAPTER,
        label=f"{label} des {people} de 15 à 64 ans",
        definition=f"{people.capitalize()} de 15 à 64 ans {who}, pour 100 {people} de cet âge, au recensement.",
        unit="%",
        decimals=1,
        sources=ACTIVITY,
        value=Ratio(f"{numerator}{sex}", f"{denominator}{sex}"),
        reading=f"En {{period}}, {{value}} des {people} de 15 à 64 ans du territoire {says}.",
        chart="comparison",
        star=True,
        **fields,
    )


WORK = (
    _rate("activity", "habitants"),
    _rate("employment", "habitants"),
    *(
        _rate(name, people, f"_{sex}", family=f"{name}_by_sex")
        for name in RATES
        for sex, people in (("women", "femmes"), ("men", "hommes"))
    ),
    Indicator(
        id="unemployment_15_64_rate",
        domain_ids=("EMP-01",),
        chapter=CHAPTER,
        label="Taux de chômage des actifs de 15 à 64 ans, au recensement",
        definition=(
            "Habitants de 15 à 64 ans qui se déclarent au chômage, pour 100 actifs de cet âge (avec un emploi ou au "
            "chômage)."
        ),
        unit="%",
        decimals=1,
        sources=ACTIVITY,
        value=Ratio("unemployed_15_64", "active_15_64"),
        reading="En {period}, {value} des actifs de 15 à 64 ans du territoire se déclarent au chômage.",
        chart="comparison",
        caveats=(
            "Chômage déclaré au recensement : ni celui du Bureau international du travail (BIT), ni les inscrits à "
            "France Travail."
        ),
        direction=-1,
    ),
    *(
        share(
            f"children_{first}_{last}_all_parents_employed",
            f"children_{first}_{last}_all_parents_employed",
            f"children_{first}_{last}_by_parents",
            reading=(
                f"enfants de {first} à {last} an{'s' if last > 1 else ''} du territoire vivent avec un ou deux parents "
                "qui ont tous un emploi"
            ),
            domain_ids=("EMP-02",),
            chapter=CHAPTER,
            label=(
                f"Enfants de {first} à {last} an{'s' if last > 1 else ''} dont tous les parents présents ont un emploi"
            ),
            definition=(
                f"Enfants de {first} à {last} an{'s' if last > 1 else ''} révolus qui vivent avec un seul parent ayant "
                "un emploi, ou avec deux parents qui en ont un tous les deux, rapportés aux enfants de cet âge qui "
                "vivent avec un parent ou deux."
            ),
            sources=("insee_rp_familles",),
            caveats=f"Un parent en congé parental peut s'être déclaré en emploi. {note}{SAMPLED}",
            star=True,
        )
        for first, last, note in (
            (0, 1, "Le fichier ne donne pas les moins de 3 ans, mais les moins de 2. "),
            (0, 5, ""),
        )
    ),
)

GROUPS = {
    "farmers": "agriculteurs exploitants",
    "craftsmen": "artisans, commerçants et chefs d'entreprise",
    "executives": "cadres et professions intellectuelles supérieures",
    "intermediate_professions": "professions intermédiaires",
    "clerks": "employés",
    "manual_workers": "ouvriers",
}
OCCUPATIONS = tuple(
    share(
        f"active_{name}",
        f"active_{name}",
        "active_by_occupation",
        reading=f"actifs du territoire se classent parmi les {group}",
        domain_ids=("EMP-03",),
        chapter=CHAPTER,
        label=group[0].upper() + group[1:],
        definition=(
            f"Actifs de 15 à 64 ans, avec un emploi ou au chômage, du groupe socioprofessionnel « {group} », rapportés "
            "aux actifs de cet âge des six groupes."
        ),
        sources=("insee_rp_professions",),
        caveats="Les chômeurs qui n'ont jamais travaillé n'ont pas de groupe et ne sont pas comptés. " + SAMPLED,
        star=True,
        family="occupations",
    )
    for name, group in GROUPS.items()
)

COMMUTING = tuple(
    share(
        name,
        name,
        "workers",
        reading=f"actifs du territoire qui ont un emploi {says}",
        domain_ids=("EMP-06",),
        chapter=CHAPTER,
        label=label,
        definition=(
            f"Habitants de 15 ans ou plus qui ont un emploi et {what}, rapportés aux habitants de cet âge qui ont un "
            "emploi."
        ),
        sources=ACTIVITY,
        **fields,
    )
    for name, label, says, what, fields in (
        (
            "workers_outside_commune",
            "Actifs travaillant hors de leur commune",
            "travaillent hors de leur commune",
            "travaillent dans une autre commune que la leur",
            {
                "chart": "choropleth",
                "star": True,
                "caveats": (
                    "Travailler dans une autre commune du même EPCI (établissement public de coopération "
                    "intercommunale) compte ici comme travailler hors de sa commune."
                ),
            },
        ),
        (
            "workers_outside_departement",
            "Actifs travaillant hors du département",
            "travaillent hors du département",
            "travaillent dans un autre département, outre-mer ou à l'étranger",
            {},
        ),
        (
            "workers_by_car",
            "Actifs allant au travail en voiture",
            "vont travailler en voiture",
            "vont travailler surtout en voiture, en camion ou en fourgonnette",
            {},
        ),
    )
)

OUT_OF_THE_EPCI = (
    share(
        "workers_outside_epci",
        "workers_outside_epci",
        "workers_in_flows",
        reading="actifs du territoire qui ont un emploi travaillent hors de leur EPCI",
        domain_ids=("EMP-06",),
        chapter=CHAPTER,
        label="Actifs travaillant hors de leur EPCI",
        definition=(
            "Habitants de 15 ans ou plus qui ont un emploi et travaillent hors de l'établissement public de "
            "coopération intercommunale (EPCI) où ils habitent, en France ou à l'étranger, rapportés aux habitants de "
            "cet âge qui ont un emploi."
        ),
        sources=("insee_rp_flux",),
        caveats="Ce recensement n'est pas celui des autres parts de ce chapitre : elles ne se soustraient pas. "
        + SAMPLED,
        star=True,
    ),
)

DIPLOMAS = tuple(
    share(
        f"{name}_15_plus",
        f"{name}_15_plus",
        "out_of_school_15_plus",
        reading=f"habitants de 15 ans ou plus du territoire, sortis de l'école, {says}",
        domain_ids=("EMP-08",),
        chapter=CHAPTER,
        label=f"{label}, parmi les 15 ans ou plus sortis de l'école",
        definition=(
            f"Habitants de 15 ans ou plus qui ne sont plus scolarisés et {what}, rapportés à tous les habitants de cet "
            "âge qui ne sont plus scolarisés."
        ),
        sources=("insee_rp_diplomes",),
        family="diplomas",
    )
    for name, label, says, what in (
        (
            "without_diploma",
            "Sans diplôme",
            "n'ont pas de diplôme, ou le seul certificat d'études primaires",
            "n'ont aucun diplôme, ou le seul certificat d'études primaires",
        ),
        (
            "higher_education",
            "Diplômés de l'enseignement supérieur",
            "ont un diplôme de l'enseignement supérieur",
            "ont un diplôme de l'enseignement supérieur, deux ans ou plus après le baccalauréat",
        ),
    )
)

CATEGORIES = (
    (
        "job_seekers_a",
        "Demandeurs d'emploi, catégorie A",
        "tenus de chercher un emploi et sans aucune activité dans le mois (catégorie A)",
        " de catégorie A",
    ),
    (
        "job_seekers_abc",
        "Demandeurs d'emploi, catégories A, B et C",
        "tenus de chercher un emploi, avec ou sans activité dans le mois (catégories A, B et C)",
        "",
    ),
    (
        "job_seekers_abc_under_25",
        "Demandeurs d'emploi de moins de 25 ans, catégories A, B et C",
        "de moins de 25 ans tenus de chercher un emploi, avec ou sans activité dans le mois (catégories A, B et C)",
        " de moins de 25 ans",
    ),
)
JOB_SEEKING = tuple(
    count(
        name,
        name,
        reading=f"demandeur{{s}} d'emploi{says}, en moyenne au quatrième trimestre",
        domain_ids=("EMP-04",),
        chapter=CHAPTER,
        label=label,
        definition=f"Inscrits à France Travail {what}, en moyenne au quatrième trimestre.",
        unit="demandeurs d'emploi",
        sources=JOB_SEEKERS,
        chart="trend",
        levels=JOB_SEEKER_LEVELS,
        caveats=(
            "Nombres de chaque commune arrondis à 5 par la Dares (direction de l'animation de la recherche, des études "
            "et des statistiques) : ceux du territoire en sont des sommes. L'inscription n'est pas le chômage du "
            "recensement."
        ),
        star=name != "job_seekers_abc_under_25",
    )
    for name, label, what, says in CATEGORIES
)

INDICATORS = WORK + OCCUPATIONS + COMMUTING + OUT_OF_THE_EPCI + DIPLOMAS + JOB_SEEKING
