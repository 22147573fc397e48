"""Chapter 01: who lives here, and how the population changes."""

from ctg_analysis.core.model import AnnualChange, AnnualFlow, AnnualResidual, Count, Indicator, Mean, Rate, Ratio

CHAPTER = "01"
POPULATION_SOURCES = ("insee_iris_rp2021", "etalab_decoupage", "insee_population_historique")
AGE_SOURCES = ("insee_rp_population", "insee_iris_rp2021")
DETAILED_AGES = ("insee_rp_population",)
VITAL = ("insee_etat_civil",)
DWELLINGS = ("insee_iris_rp2021", "insee_rp_logement")
ABOVE_COMMUNE = ("epci", "departement", "region", "france")

FIVE_YEARS = "Deux recensements se comparent à cinq ans d'écart au moins : plus proches, ils partagent des enquêtes."

ISLANDS = (
    "Là où la population de la première date manque pour les communes qui ne sont d'aucun EPCI (quatre îles : "
    "Île-de-Bréhat, Île-de-Sein, Ouessant et L'Île-d'Yeu), leur département, leur région et la France, hors Mayotte, "
    "sont comparés sans elles, aux deux dates."
)

SIZE = (
    Indicator(
        id="population_count",
        domain_ids=("DEM-01",),
        chapter=CHAPTER,
        label="Population municipale",
        definition=(
            "Nombre de personnes qui ont leur résidence habituelle sur le territoire, au 1er janvier de l'année "
            "du recensement."
        ),
        unit="habitants",
        decimals=0,
        sources=POPULATION_SOURCES,
        value=Count("population"),
        reading="En {period}, le territoire compte {value} habitant{s}.",
        chart="circles",
        star=True,
    ),
    Indicator(
        id="population_change_rate",
        domain_ids=("DEM-02",),
        chapter=CHAPTER,
        label="Évolution annuelle moyenne de la population",
        definition=(
            "Taux constant qui, répété chaque année, fait passer de la population de la première date à celle de la "
            "seconde."
        ),
        unit="% par an",
        decimals=1,
        sources=("etalab_decoupage", "insee_population_historique"),
        value=AnnualChange(years=5),
        reading="Entre {period}, la population du territoire a varié de {value} par an en moyenne.",
        chart="balance",
        parts=("natural_change_rate", "migratory_change_rate"),
        caveats=(
            f"{FIVE_YEARS} L'ensemble est un taux composé : il s'écarte un peu de la somme de ses deux parts. {ISLANDS}"
        ),
        star=True,
    ),
    Indicator(
        id="natural_change_rate",
        domain_ids=("DEM-03",),
        chapter=CHAPTER,
        label="Évolution due au solde naturel",
        definition=(
            "Naissances moins décès, de la première date incluse à la seconde exclue, par an, rapportées à la moyenne "
            "des deux populations."
        ),
        unit="% par an",
        decimals=1,
        sources=VITAL,
        value=AnnualFlow("natural_balance", years=5),
        reading="Entre {period}, les naissances moins les décès pèsent {value} par an sur le territoire.",
        chart="comparison",
        caveats=ISLANDS,
        star=True,
    ),
    Indicator(
        id="migratory_change_rate",
        domain_ids=("DEM-04",),
        chapter=CHAPTER,
        label="Évolution due au solde migratoire apparent",
        definition=(
            "Ce que le solde naturel n'explique pas de l'évolution de la population : arrivées moins départs, par an, "
            "rapportées à la moyenne des deux populations."
        ),
        unit="% par an",
        decimals=1,
        sources=VITAL,
        value=AnnualResidual("natural_balance", years=5),
        reading="Entre {period}, les arrivées moins les départs pèsent {value} par an sur le territoire.",
        chart="comparison",
        caveats=(
            "« Apparent », car il absorbe toutes les erreurs de comparaison entre deux recensements. "
            f"{FIVE_YEARS} {ISLANDS}"
        ),
        star=True,
    ),
    Indicator(
        id="historical_population_count",
        domain_ids=("DEM-01",),
        chapter=CHAPTER,
        label="Population depuis 1876",
        definition=(
            "Population totale jusqu'en 1954, sans doubles comptes de 1968 à 1999, municipale ensuite, à périmètre "
            "constant."
        ),
        unit="habitants",
        decimals=0,
        sources=("insee_population_historique",),
        value=Count("historical_population"),
        reading="En {period}, le territoire comptait {value} habitant{s}.",
        chart="trend",
        caveats="Trois définitions de la population se suivent : les ruptures sont petites au regard du siècle.",
        levels=("commune", *ABOVE_COMMUNE),
    ),
)

AGES = (
    Indicator(
        id="age_0_19_count",
        domain_ids=("DEM-07",),
        chapter=CHAPTER,
        label="Habitants de moins de 20 ans",
        definition="Nombre d'habitants de 0 à 19 ans révolus.",
        unit="habitants",
        decimals=0,
        sources=AGE_SOURCES,
        value=Count("population_0_19"),
        reading="En {period}, le territoire compte {value} habitant{s} de moins de 20 ans.",
        chart="circles",
    ),
    Indicator(
        id="age_0_19_share",
        domain_ids=("DEM-07",),
        chapter=CHAPTER,
        label="Part des moins de 20 ans",
        definition="Habitants de 0 à 19 ans, rapportés à l'ensemble des habitants.",
        unit="%",
        decimals=1,
        sources=AGE_SOURCES,
        value=Ratio("population_0_19", "population_all_ages"),
        reading="En {period}, les moins de 20 ans forment {value} de la population du territoire.",
        chart="comparison",
    ),
    Indicator(
        id="age_65_plus_count",
        domain_ids=("DEM-07",),
        chapter=CHAPTER,
        label="Habitants de 65 ans ou plus",
        definition="Nombre d'habitants de 65 ans révolus ou plus.",
        unit="habitants",
        decimals=0,
        sources=AGE_SOURCES,
        value=Count("population_65_plus"),
        reading="En {period}, le territoire compte {value} habitant{s} de 65 ans ou plus.",
        chart="circles",
    ),
    Indicator(
        id="age_65_plus_share",
        domain_ids=("DEM-07",),
        chapter=CHAPTER,
        label="Part des 65 ans ou plus",
        definition="Habitants de 65 ans ou plus, rapportés à l'ensemble des habitants.",
        unit="%",
        decimals=1,
        sources=AGE_SOURCES,
        value=Ratio("population_65_plus", "population_all_ages"),
        reading="En {period}, les 65 ans ou plus forment {value} de la population du territoire.",
        chart="comparison",
    ),
    Indicator(
        id="youth_index",
        domain_ids=("DEM-07",),
        chapter=CHAPTER,
        label="Indice de jeunesse",
        definition=(
            "Habitants de moins de 20 ans pour 1 habitant de 60 ans ou plus. D'autres publications prennent 65 ans : "
            "elles ne se comparent pas à celle-ci."
        ),
        unit="jeunes pour 1 habitant de 60 ans ou plus",
        decimals=2,
        sources=DETAILED_AGES,
        value=Ratio("population_0_19", "population_60_plus", per=1, bounded=False),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        star=True,
    ),
    Indicator(
        id="ageing_index",
        domain_ids=("DEM-07",),
        chapter=CHAPTER,
        label="Indice de vieillissement",
        definition="Habitants de 65 ans ou plus pour 100 habitants de moins de 20 ans.",
        unit="habitants de 65 ans ou plus pour 100 jeunes",
        decimals=0,
        sources=AGE_SOURCES,
        value=Ratio("population_65_plus", "population_0_19", bounded=False),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
    ),
)

# Bands of childhood: id, ages as written, measure, the two words of the label.
CHILDHOOD = (
    ("children_0_2", "0 à 2 ans", "population_0_2", "Enfants"),
    ("children_3_5", "3 à 5 ans", "population_3_5", "Enfants"),
    ("children_6_10", "6 à 10 ans", "population_6_10", "Enfants"),
    ("children_11_14", "11 à 14 ans", "population_11_14", "Enfants"),
    ("youth_15_17", "15 à 17 ans", "population_15_17", "Jeunes"),
    ("youth_18_24", "18 à 24 ans", "population_18_24", "Jeunes"),
)


def _childhood_count(name: str, ages: str, measure: str, word: str) -> Indicator:
    return Indicator(
        id=f"{name}_count",
        domain_ids=("DEM-06",),
        chapter=CHAPTER,
        label=f"{word} de {ages}",
        definition=f"Nombre d'habitants de {ages} révolus.",
        unit=word.lower(),
        decimals=0,
        sources=DETAILED_AGES,
        value=Count(measure),
        reading=f"En {{period}}, le territoire compte {{value}} {word.lower()[:-1]}{{s}} de {ages}.",
        chart="circles",
        star=True,
        family="childhood_count",
    )


def _childhood_share(name: str, ages: str, measure: str, word: str) -> Indicator:
    return Indicator(
        id=f"{name}_share",
        domain_ids=("DEM-06",),
        chapter=CHAPTER,
        label=f"Part des {ages}",
        definition=f"Habitants de {ages}, rapportés à l'ensemble des habitants.",
        unit="%",
        decimals=1,
        sources=DETAILED_AGES,
        value=Ratio(measure, "population_all_ages"),
        reading=f"En {{period}}, les {ages} forment {{value}} de la population du territoire.",
        chart="comparison",
        levels=ABOVE_COMMUNE,
        star=True,
        family="childhood_share",
    )


PYRAMID_BANDS = [(f"{age}_{age + 4}", f"{age} à {age + 4} ans") for age in range(0, 95, 5)]
PYRAMID_BANDS.append(("95_plus", "95 ans ou plus"))
PYRAMID_SEXES = {"women": "Femmes", "men": "Hommes"}


def _pyramid_count(sex: str, band: str, ages: str) -> Indicator:
    people = PYRAMID_SEXES[sex]
    return Indicator(
        id=f"{sex}_{band}_count",
        domain_ids=("DEM-05",),
        chapter=CHAPTER,
        label=f"{people} de {ages}",
        definition=f"Nombre de {people.lower()} de {ages}.",
        unit=people.lower(),
        decimals=0,
        sources=DETAILED_AGES,
        value=Count(f"{sex}_{band}"),
        reading=f"En {{period}}, le territoire compte {{value}} {people.lower()[:-1]}{{s}} de {ages}.",
        chart="pyramid",
        levels=ABOVE_COMMUNE,
        star=True,
        family="pyramid",
    )


PYRAMID = tuple(_pyramid_count(sex, band, ages) for sex in PYRAMID_SEXES for band, ages in PYRAMID_BANDS)
CHILDREN = tuple(make(*band) for make in (_childhood_count, _childhood_share) for band in CHILDHOOD)

RENEWAL = (
    Indicator(
        id="births_count",
        domain_ids=("DEM-08",),
        chapter=CHAPTER,
        label="Naissances domiciliées",
        definition="Enfants nés vivants dans l'année, comptés dans la commune où habite leur mère.",
        unit="naissances",
        decimals=0,
        sources=VITAL,
        value=Count("births"),
        reading="En {period}, le territoire compte {value} naissance{s} domiciliée{s}.",
        chart="trend",
        parts=("births_3_year_mean_count",),
        levels=ABOVE_COMMUNE,
        star=True,
    ),
    Indicator(
        id="births_3_year_mean_count",
        domain_ids=("DEM-08",),
        chapter=CHAPTER,
        label="Naissances par an, en moyenne sur trois ans",
        definition="Moyenne des naissances domiciliées de l'année et des deux précédentes.",
        unit="naissances par an",
        decimals=1,
        sources=VITAL,
        value=Mean("births", years=3),
        reading="En {period} et les deux années d'avant, le territoire compte {value} naissance{s} par an en moyenne.",
        chart="circles",
        caveats="Une année seule ne dit rien d'une petite commune : la moyenne sur trois ans lisse le hasard.",
        star=True,
    ),
    Indicator(
        id="deaths_count",
        domain_ids=("DEM-03",),
        chapter=CHAPTER,
        label="Décès domiciliés",
        definition="Décès de l'année, comptés dans la commune où habitait la personne.",
        unit="décès",
        decimals=0,
        sources=VITAL,
        value=Count("deaths"),
        reading="En {period}, le territoire compte {value} décès.",
        chart="trend",
        levels=ABOVE_COMMUNE,
    ),
    Indicator(
        id="birth_rate",
        domain_ids=("DEM-09",),
        chapter=CHAPTER,
        label="Taux de natalité",
        definition="Naissances domiciliées de l'année pour 1 000 habitants (population municipale de l'année).",
        unit="naissances pour 1 000 habitants",
        decimals=1,
        sources=VITAL,
        value=Rate("births"),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        levels=ABOVE_COMMUNE,
        caveats="L'intervalle dit ce que le hasard d'une année laisse ouvert.",
    ),
)

HOMES = (
    Indicator(
        id="dwellings_count",
        domain_ids=("DEM-13",),
        chapter=CHAPTER,
        label="Logements",
        definition="Résidences principales, résidences secondaires, logements occasionnels et logements vacants.",
        unit="logements",
        decimals=0,
        sources=DWELLINGS,
        value=Count("dwellings"),
        reading="En {period}, le territoire compte {value} logement{s}.",
        chart="circles",
    ),
    Indicator(
        id="secondary_dwellings_count",
        domain_ids=("DEM-13",),
        chapter=CHAPTER,
        label="Résidences secondaires",
        definition="Résidences secondaires et logements occasionnels.",
        unit="logements",
        decimals=0,
        sources=DWELLINGS,
        value=Count("secondary_dwellings"),
        reading="En {period}, le territoire compte {value} résidence{s} secondaire{s}.",
        chart="circles",
    ),
    Indicator(
        id="secondary_dwellings_share",
        domain_ids=("DEM-13",),
        chapter=CHAPTER,
        label="Part des résidences secondaires",
        definition="Résidences secondaires et logements occasionnels, rapportés à l'ensemble des logements.",
        unit="%",
        decimals=1,
        sources=DWELLINGS,
        value=Ratio("secondary_dwellings", "dwellings"),
        reading="En {period}, les résidences secondaires forment {value} des logements du territoire.",
        chart="choropleth",
    ),
)

INDICATORS = SIZE + AGES + CHILDREN + PYRAMID + RENEWAL + HOMES
