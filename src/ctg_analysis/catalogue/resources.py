"""Chapter 03: standard of living and poverty; benefits and work are in `income_support` and `employment`.

Filosofi has three definitions that are never drawn together: up to 2019, 2021, and since 2023 ("Filosofi 2").
"""

from ctg_analysis.catalogue import employment, income_support
from ctg_analysis.catalogue.kinds import count
from ctg_analysis.core.model import Indicator, Published

CHAPTER = "03"
UNTIL_2019, IN_2021, SINCE_2023 = ("insee_filosofi_2019",), ("insee_filosofi_2021",), ("insee_filosofi_2023",)
DISPOSABLE_LEVELS = ("commune", "epci", "departement", "france")
COMMUNES = ("commune",)

STANDARD = (
    "Le niveau de vie est le revenu d'un ménage, impôts déduits et prestations ajoutées, divisé par son nombre "
    "d'unités de consommation : 1 pour le premier adulte, 0,5 pour les autres personnes de 14 ans ou plus, 0,3 pour "
    "les plus jeunes."
)
MEDIAN = "Niveau de vie au-dessous duquel vit la moitié de la population. " + STANDARD
DECILES = (
    "Niveau de vie au-dessus duquel vivent les 10 % les plus aisés (neuvième décile), divisé par celui au-dessous "
    "duquel vivent les 10 % les plus modestes (premier décile). " + STANDARD
)
POVERTY = (
    "Personnes dont le niveau de vie est inférieur à 60 % de la médiane nationale, pour 100 personnes des ménages "
    "fiscaux. " + STANDARD
)
UNLIKE = {
    UNTIL_2019: "Série close en 2019 : elle ne se compare ni à 2021, ni aux années à partir de 2023.",
    IN_2021: "Année 2021 seule : elle ne se compare ni à 2019 et avant, ni aux années à partir de 2023.",
    SINCE_2023: "Série nouvelle (« Filosofi 2 ») : elle ne se compare ni à 2021, ni à 2019 et avant.",
}
NO_SUM = " Une médiane ne se déduit pas de celles des communes."
FLOOR = 5  # %: the Insee publishes any smaller poverty rate as this one
AT_LEAST = f" L'Insee publie « {FLOOR} % » pour tout taux inférieur : lire « {FLOOR} % ou moins »."


def _published(id_: str, measure: str, series: tuple[str, ...], *, caveats: str = "", **fields) -> Indicator:
    """Return a figure of one series of Filosofi, as the Insee publishes it."""
    return Indicator(
        id=id_,
        chapter=CHAPTER,
        sources=series,
        value=Published(measure),
        caveats=UNLIKE[series] + caveats,
        **fields,
    )


def _median(id_: str, series: tuple[str, ...], years: str, **fields) -> Indicator:
    return _published(
        id_,
        "living_standard_median",
        series,
        caveats=NO_SUM,
        domain_ids=("REV-01",),
        label=f"Niveau de vie médian{years}",
        definition=MEDIAN,
        unit="euros par an",
        decimals=0,
        reading="En {period}, le niveau de vie médian des habitants du territoire est de {value} euros par an.",
        direction=1,
        star=True,
        **fields,
    )


def _poverty(id_: str, series: tuple[str, ...], years: str, **fields) -> Indicator:
    return _published(
        id_,
        "poverty_rate",
        series,
        caveats=AT_LEAST,
        domain_ids=("REV-02",),
        label=f"Taux de pauvreté{years}",
        definition=POVERTY,
        unit="%",
        decimals=1,
        reading="En {period}, {value} des habitants du territoire vivent sous le seuil de pauvreté.",
        direction=-1,
        star=True,
        floor=FLOOR,
        **fields,
    )


def _decile_ratio(id_: str, series: tuple[str, ...], years: str, **fields) -> Indicator:
    return _published(
        id_,
        "living_standard_decile_ratio",
        series,
        domain_ids=("REV-04",),
        label=f"Niveaux de vie, rapport des plus aisés aux plus modestes (D9/D1){years}",
        definition=DECILES,
        unit="fois le premier décile",
        decimals=1,
        reading="En {period}, le neuvième décile de niveau de vie du territoire vaut {value} {unit}.",
        star=True,
        **fields,
    )


INCOME = (
    _median("living_standard_median", SINCE_2023, "", chart="choropleth"),
    _median("living_standard_2021_median", IN_2021, " en 2021", chart="choropleth", levels=COMMUNES),
    _median("living_standard_until_2019_median", UNTIL_2019, " jusqu'en 2019", chart="trend", levels=DISPOSABLE_LEVELS),
    _poverty("poverty_rate", SINCE_2023, "", chart="comparison"),
    _poverty("poverty_2021_rate", IN_2021, " en 2021", chart="choropleth", levels=COMMUNES),
    _decile_ratio(
        "living_standard_decile_until_2019_ratio",
        UNTIL_2019,
        " jusqu'en 2019",
        chart="comparison",
        levels=DISPOSABLE_LEVELS,
    ),
    _decile_ratio("living_standard_decile_2021_ratio", IN_2021, " en 2021", chart="choropleth", levels=COMMUNES),
    *(
        _published(
            f"living_standard_d{decile}_amount",
            f"living_standard_d{decile}",
            UNTIL_2019,
            domain_ids=("REV-04",),
            label=f"{rank} décile de niveau de vie (D{decile})",
            definition=(
                f"Niveau de vie {'au-dessous' if side == 'inférieur' else 'au-dessus'} duquel vivent les {percent} % "
                f"d'habitants {people}, de 2016 à 2019. Le cinquième décile est la médiane. {STANDARD}"
            ),
            unit="euros par an",
            decimals=0,
            reading=(
                f"En {{period}}, les {percent} % d'habitants {people} du territoire ont un niveau de vie {side} à "
                "{value} euros par an."
            ),
            chart="comparison",
            levels=DISPOSABLE_LEVELS,
            family="living_standard_deciles",
        )
        for decile, rank, people, side in (
            (1, "Premier", "les plus modestes", "inférieur"),
            (2, "Deuxième", "les plus modestes", "inférieur"),
            (3, "Troisième", "les plus modestes", "inférieur"),
            (4, "Quatrième", "les plus modestes", "inférieur"),
            (6, "Sixième", "les plus aisés", "supérieur"),
            (7, "Septième", "les plus aisés", "supérieur"),
            (8, "Huitième", "les plus aisés", "supérieur"),
            (9, "Neuvième", "les plus aisés", "supérieur"),
        )
        for percent in (decile * 10 if side == "inférieur" else 100 - decile * 10,)
    ),
    _published(
        "social_benefits_income_rate",
        "social_benefits_income_rate",
        UNTIL_2019,
        domain_ids=("REV-09",),
        label="Part des prestations sociales dans le revenu, jusqu'en 2019",
        definition=(
            "Prestations familiales, minima sociaux et aides au logement, pour 100 euros du revenu disponible des "
            "ménages fiscaux du territoire."
        ),
        unit="%",
        decimals=1,
        reading="En {period}, les prestations sociales forment {value} du revenu disponible des ménages du territoire.",
        chart="comparison",
        levels=DISPOSABLE_LEVELS,
        caveats=" Les pensions de retraite et les indemnités de chômage n'en font pas partie.",
    ),
    count(
        "tax_households",
        "tax_households",
        reading="ménages fiscaux",
        domain_ids=("REV-01",),
        chapter=CHAPTER,
        label="Ménages fiscaux, jusqu'en 2019",
        definition=(
            "Ménages que décrivent les niveaux de vie : ceux d'une déclaration de revenus et d'un logement ordinaire, "
            "hors communautés."
        ),
        unit="ménages fiscaux",
        sources=UNTIL_2019,
        chart="circles",
        levels=DISPOSABLE_LEVELS,
        caveats="Une commune de moins de 50 ménages fiscaux n'a pas de niveau de vie publié.",
    ),
)

INDICATORS = INCOME + income_support.INDICATORS + employment.INDICATORS
