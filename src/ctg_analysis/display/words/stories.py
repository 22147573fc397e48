"""The five sentences of a territory, in French: clauses of facts, put together by year."""

import pandas as pd

from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.display.words.texts import capitalised

AGES = ("age_65_plus_share", "age_0_19_share")
SLOTS = (
    ("jobs_per_employed_resident_ratio", "workers_outside_epci_share", "secondary_dwellings_share"),
    (
        "poverty_rate", "poverty_2021_rate", "unemployment_15_64_rate", "living_standard_2021_median",
        "poverty_tenants_rate",
    ),
    (
        "childcare_coverage_rate", "general_practitioner_accessibility_index", "rep_plus_pupils_share",
        "childcare_coverage_eaje_rate", "schools_ips_index", "small_schools_count",
    ),
)  # fmt: skip
BESIDE = {"schools_ips_index": "rep_pupils_share"}  # what is told with another
ALWAYS = "jobs_per_employed_resident_ratio"  # told first, of its slot, whatever its size
RANGES = ("schools_ips_index", "unemployment_15_64_rate", "poverty_2021_rate")
CLAUSES = {
    "age_65_plus_share": "les 65 ans ou plus forment {} de la population",
    "age_0_19_share": "les moins de 20 ans en forment {}",
    "jobs_per_employed_resident_ratio": "le territoire compte {} emplois pour 100 habitants qui travaillent",
    "workers_outside_epci_share": "{} des habitants en emploi travaillent hors du territoire",
    "secondary_dwellings_share": "{} des logements sont des résidences secondaires",
    "poverty_rate": "{} des habitants vivent sous le seuil de pauvreté",
    "poverty_2021_rate": "{} des habitants vivent sous le seuil de pauvreté",
    "unemployment_15_64_rate": "{} des actifs se déclarent au chômage",
    "living_standard_2021_median": "le niveau de vie médian est de {} par an",
    "childcare_coverage_rate": "on compte {} places d'accueil théoriques pour 100 enfants de moins de 3 ans",
    "childcare_coverage_eaje_rate": "les crèches ont {} places théoriques pour 100 enfants de moins de 3 ans",
    "general_practitioner_accessibility_index": "un habitant peut consulter un généraliste {} fois par an",
    "rep_plus_pupils_share": "{} des écoliers sont en REP+",
    "rep_pupils_share": "{} des écoliers sont en REP",
    "schools_ips_index": "l'indice de position sociale des écoles est de {}",
}


def clause(name: str, text: str) -> str:
    """What a fact says: « 27,6 % des actifs se déclarent au chômage »."""
    return CLAUSES[name].format(text)


def growth(period: str, change: float, natural: float | None, lost: tuple[str, float] | None) -> str:
    """Growth or decline, its balances, of which the migratory one is what the other leaves, and what is lost since.

    >>> growth("2018-2023", -0.6, -1.3, ("1936", 0.52)).replace("\\u202f", " ").partition(" : ")[0]
    'Le territoire a perdu 52 % de ses habitants depuis 1936 ; de 2018 à 2023, il en perd 0,6 % par an'
    >>> growth("2018-2023", 1.2, None, None).replace("\\u202f", " ")
    'De 2018 à 2023, le territoire gagne 1,2 % d’habitants par an.'
    >>> growth("2018-2023", 0.0, -1.3, None).replace("\\u202f", " ").partition(" : ")[2]
    'le solde des arrivées et des départs (+1,3 %) compense celui des naissances et des décès (−1,3 %).'
    >>> growth("2018-2023", 0.4, 0.4, None).replace("\\u202f", " ").partition(" : ")[2]
    "+0,4 % par le solde des naissances et des décès, les arrivées et les départs s'équilibrent."
    """
    first, last = period.split("-")
    rounded = round(change, 1)
    pace = percent(abs(rounded), 1)
    moves = f"{'gagne' if rounded > 0 else 'perd'} {pace} d’habitants par an"
    if not rounded:
        moves = "garde sa population"
    text = f"de {first} à {last}, le territoire {moves}"
    if lost:
        again = f"il en {'gagne' if rounded > 0 else 'perd'} {pace} par an" if rounded else "il garde sa population"
        text = f"le territoire a perdu {percent(100 * lost[1])} de ses habitants depuis {lost[0]}"
        text += f" ; de {first} à {last}, {again}"
    if natural is not None:
        text += f" : {_balances(rounded, round(natural, 1))}"
    return f"{capitalised(text)}."


def _balances(change: float, natural: float) -> str:
    """Which balance makes the change, in words that agree with it as it is told."""
    births, moves = "naissances et des décès", "arrivées et des départs"
    told = {births: natural, moves: round(change - natural, 1)}
    if not all(told.values()):
        even = [name.replace(" et des ", " et les ") for name, balance in told.items() if not balance]
        told = [
            f"{percent(balance, 1, signed=True)} par le solde des {name}" for name, balance in told.items() if balance
        ]
        return ", ".join([*told, *(f"les {name} s'équilibrent" for name in even)])
    names = {name: percent(balance, 1, signed=True) for name, balance in told.items()}
    up, down = sorted(told, key=told.get, reverse=True)
    if told[up] * told[down] < 0:
        how = "compense" if not change else "fait plus que compenser" if change > 0 else "ne compense pas"
        return f"le solde des {up} ({names[up]}) {how} celui des {down} ({names[down]})"
    return f"{names[births]} par le solde des {births}, {names[moves]} par celui des {moves}"


def people(census: str, per_100: pd.Series, ages: list[tuple[str, str]]) -> str:
    """The children of 5 to 14 for 100 births of their years, then a remarkable age."""
    told = []
    if len(per_100):
        bounds = " à ".join(dict.fromkeys(number(bound) for bound in (per_100.min(), per_100.max())))
        told.append((census, f"on compte {bounds} enfants de 5 à 14 ans pour 100 naissances de leurs années"))
    return together([*told, *ages][:2])


def tenants(least: str, most: str) -> str:
    """The poverty of tenants by commune."""
    return f"la pauvreté des locataires va de {least} à {most} % selon la commune"


def small_schools(small: int, schools: int) -> str:
    """How many of the schools have fewer than 20 pupils."""
    return f"{number(small)} des {number(schools)} écoles ont moins de 20 élèves"


def together(facts: list[tuple[str, str]]) -> str:
    """Facts of one sentence, their years told once each: « En 2021, … ; en 2023, … »."""
    told, last = [], ""
    for period, text in facts:
        told.append(text if period == last else f"en {period}, {text}")
        last = period
    return f"{capitalised(' ; '.join(told))}." if told else ""
