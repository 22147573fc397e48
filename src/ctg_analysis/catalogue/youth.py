"""Chapter 05, second part: youth (11 to 25)."""

from functools import partial

from ctg_analysis.core.model import PERSONS, Count, Indicator, Rate, Ratio

CHAPTER = "05"
ABOVE_COMMUNE = ("epci", "departement", "region", "france")
SHARED = ("epci", "departement")
EACH = ("commune", *SHARED)
OF_TWO_YEARS = (
    "Le numérateur est celui de l'année, la population celle du dernier recensement, de trois ans plus ancien au plus."
)
AT_THE_CENSUS = "Au recensement, où chacun déclare sa situation ; un étudiant qui travaille est en emploi."

_indicator = partial(Indicator, chapter=CHAPTER)
_followed = partial(_indicator, sources=("mission_locale",), star=True)
_funded = partial(
    _indicator,
    domain_ids=("JEU-03",),
    decimals=0,
    sources=("caf_partenaire_jeunesse_parentalite",),
    persons=(),
    star=True,
)
_census = partial(_indicator, sources=("insee_rp_emploi",), unit="%", decimals=1, levels=ABOVE_COMMUNE)

SUPPLY = (
    _indicator(
        id="youth_centres_count",
        domain_ids=("JEU-03",),
        label="Accueils de jeunes",
        definition="Nombre d'accueils de jeunes déclarés aux services de l'État.",
        unit="accueils",
        decimals=0,
        sources=("sdjes_accueils",),
        value=Count("youth_centres"),
        persons=(),
        reading="En {period}, le territoire compte {value} accueil{s} de jeunes.",
        chart="circles",
        levels=EACH,
        star=True,
    ),
    _indicator(
        id="youth_worker_fte_count",
        domain_ids=("JEU-03",),
        label="Postes de la prestation de service jeunes",
        definition=(
            "Postes d'animation auprès des jeunes que finance la prestation de service jeunes de la Caf, en "
            "équivalents temps plein."
        ),
        unit="équivalents temps plein",
        decimals=1,
        sources=("caf_partenaire_jeunesse_parentalite",),
        value=Count("youth_worker_fte"),
        persons=(),
        reading="En {period}, la Caf finance sur le territoire {value} équivalent{s} temps plein auprès des jeunes.",
        chart="trend",
        levels=SHARED,
        star=True,
    ),
    _funded(
        id="teen_leisure_sites_count",
        label="Accueils de loisirs pour adolescents",
        definition="Accueils de loisirs qui ont un groupe d'adolescents et que la Caf finance dans l'année.",
        unit="accueils",
        value=Count("teen_leisure_sites"),
        reading="En {period}, le territoire compte {value} accueil{s} de loisirs pour adolescents.",
        chart="circles",
        levels=EACH,
    ),
    _funded(
        id="youth_opening_hours_count",
        label="Heures d'ouverture aux jeunes",
        definition="Heures d'ouverture dans l'année de tous les accueils pour les 11 à 17 ans, ajoutées.",
        unit="heures",
        value=Count("youth_opening_hours"),
        reading="En {period}, les accueils du territoire ont ouvert aux jeunes {value} heure{s}.",
        chart="trend",
        levels=SHARED,
        direction=1,
    ),
    _funded(
        id="online_youth_workers_count",
        label="Promeneurs du net",
        definition=(
            "Professionnels de la jeunesse du réseau « Promeneurs du net », présents en ligne auprès des jeunes avec "
            "l'accord de la Caf."
        ),
        unit="professionnels",
        value=Count("online_youth_workers"),
        reading="En {period}, le territoire compte {value} professionnel{s} du réseau « Promeneurs du net ».",
        chart="trend",
        levels=SHARED,
    ),
    _indicator(
        id="teenagers_attending_rate",
        domain_ids=("JEU-04",),
        label="Taux de couverture des jeunes de 11 à 17 ans",
        definition="Jeunes de 11 à 17 ans accueillis dans l'année par une structure, pour 100 jeunes de cet âge.",
        unit="jeunes accueillis pour 100 jeunes de 11 à 17 ans",
        decimals=1,
        sources=("enquete_locale_enfance",),
        value=Rate("teenagers_attending", per=100, population="population_11_17", within=3, of=PERSONS),
        persons=("numerator",),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="trend",
        levels=("epci",),
        caveats=(
            "Relevé auprès des structures, sans doubles comptes entre elles. Des jeunes venus d'ailleurs peuvent être "
            f"comptés. {OF_TWO_YEARS}"
        ),
        direction=1,
        star=True,
    ),
)

FOLLOWED = (
    _followed(
        id="youth_followed_count",
        domain_ids=("JEU-05",),
        label="Jeunes suivis par la mission locale",
        definition="Jeunes de 16 à 25 ans suivis dans l'année par la mission locale.",
        unit="jeunes",
        decimals=0,
        value=Count("youth_followed"),
        reading="En {period}, la mission locale suit {value} jeune{s} du territoire.",
        chart="trend",
        levels=EACH,
    ),
    _followed(
        id="youth_followed_rate",
        domain_ids=("JEU-05",),
        label="Jeunes suivis par la mission locale, pour 100 jeunes",
        definition="Jeunes suivis dans l'année par la mission locale, pour 100 jeunes de 16 à 25 ans.",
        unit="jeunes suivis pour 100 jeunes de 16 à 25 ans",
        decimals=1,
        value=Rate("youth_followed", per=100, population="population_16_25", within=3, of=PERSONS),
        persons=("numerator",),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        levels=SHARED,
        caveats=OF_TWO_YEARS,
    ),
    _indicator(
        id="youth_job_centres_count",
        domain_ids=("JEU-05",),
        label="Lieux d'accueil de la mission locale",
        definition="Adresses de mission locale dans l'annuaire de l'administration.",
        unit="lieux",
        decimals=0,
        sources=("annuaire_service_public",),
        value=Count("youth_job_centres"),
        persons=(),
        reading="En {period}, le territoire compte {value} adresse{s} de mission locale.",
        chart="circles",
        caveats="L'annuaire ne compte pas les permanences.",
    ),
    _followed(
        id="youth_sessions_count",
        domain_ids=("JEU-05",),
        label="Permanences de la mission locale",
        definition="Demi-journées par mois où la mission locale reçoit.",
        unit="demi-journées par mois",
        decimals=0,
        value=Count("youth_sessions"),
        persons=(),
        reading="En {period}, la mission locale reçoit {value} demi-journée{s} par mois sur le territoire.",
        chart="circles",
        levels=EACH,
    ),
)

WORK_AND_STUDIES = (
    _census(
        id="not_in_work_or_studies_15_24_share",
        domain_ids=("JEU-02",),
        label="Part des 15 à 24 ans ni en emploi ni en études",
        definition=(
            "Habitants de 15 à 24 ans au chômage, ou inactifs qui ne sont ni élèves ni étudiants ni retraités, "
            "rapportés aux habitants de cet âge."
        ),
        value=Ratio("not_in_work_or_studies_15_24", "population_15_24"),
        reading="En {period}, parmi les 15 à 24 ans du territoire, {value} ne sont ni en emploi ni en études.",
        chart="comparison",
        caveats=(
            f"{AT_THE_CENSUS} Le recensement ne voit pas les formations, et un élève qui se déclare au chômage est "
            "compté ici : ce n'est pas exactement la part des jeunes « ni en emploi, ni en études, ni en formation »."
        ),
        direction=-1,
        star=True,
    ),
    _census(
        id="employment_15_24_rate",
        domain_ids=("JEU-06",),
        label="Taux d'emploi des 15 à 24 ans",
        definition="Habitants de 15 à 24 ans qui ont un emploi, rapportés aux habitants de cet âge.",
        value=Ratio("employed_15_24", "population_15_24"),
        reading="En {period}, parmi les 15 à 24 ans du territoire, {value} ont un emploi.",
        chart="comparison",
        caveats=f"{AT_THE_CENSUS} Les élèves et les étudiants sont au dénominateur.",
    ),
    _census(
        id="unemployment_15_24_rate",
        domain_ids=("JEU-06",),
        label="Taux de chômage des 15 à 24 ans",
        definition="Habitants de 15 à 24 ans au chômage, rapportés aux actifs de cet âge (en emploi ou au chômage).",
        value=Ratio("unemployed_15_24", "active_15_24"),
        reading="En {period}, parmi les actifs de 15 à 24 ans du territoire, {value} sont au chômage.",
        chart="comparison",
        caveats=f"{AT_THE_CENSUS} Les élèves et les étudiants sans emploi ne sont pas des actifs.",
        direction=-1,
    ),
)

YOUTH = SUPPLY + FOLLOWED + WORK_AND_STUDIES
