"""Births less deaths by commune, with what chance leaves open and what a home for the elderly adds to deaths."""

import pandas as pd

from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import number
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.demography import far_more_deaths
from ctg_analysis.model.indicator import OK, Indicator

HEADER = ["Commune", "Naissances", "Décès", "Solde naturel", "Intervalle à 95 %", "Ce qu'on peut en dire"]
CHANCE = "écart que le hasard peut expliquer"
MORE, FEWER = "plus de naissances que de décès", "plus de décès que de naissances"
HOME = (
    "« De loin » : les décès y dépassent tant les naissances, pour une commune de cette taille, que s'y trouve le plus "
    "souvent un établissement pour personnes âgées, dont les résidents viennent d'ailleurs ; le solde naturel y dit "
    "peu des autres habitants"
)
INTERVAL = "Intervalle : ce que le hasard laisse ouvert d'un tel nombre de naissances et de décès."


def table(territory: Territory, balance: Indicator, events: Indicator, homes: Indicator) -> Html:
    """The natural balance of the communes over five years, in persons.

    balance: the difference, with its interval. events: births and deaths together. homes: those that a register knows.
    """
    rows = by_commune(territory, balance)
    both = territory.data(events)
    both = both[both["level"].eq("commune") & both["status"].eq(OK)].set_index(["territory", "period"])["numerator"]
    registered = by_commune(territory, homes)
    registered = registered[registered["status"].eq(OK)]
    known = registered.set_index("territory")["value"]
    rows = rows.assign(events=both.reindex(pd.MultiIndex.from_frame(rows[["territory", "period"]])).to_numpy())
    rows = rows[rows["status"].eq(OK) & rows["events"].notna()].reset_index(drop=True)
    if rows.empty:
        return unavailable(territory, balance, f"{balance.label}, par commune")
    years = last_year(rows["period"].iloc[0]) - int(rows["period"].iloc[0][:4])
    births, deaths = (rows["events"] + rows["numerator"]) / 2, (rows["events"] - rows["numerator"]) / 2
    far = far_more_deaths(births, deaths, rows["denominator"], years)
    bounds = [(rows[name] * rows["denominator"] / 100).round() for name in ("low", "high")]  # judged as they are read
    cells = {
        "name": rows["name"],
        "births": births.map(number),
        "deaths": deaths.map(number),
        "balance": [number(value, signed=True) for value in rows["numerator"]],
        "interval": [
            f"{number(low, signed=True)} à {number(high, signed=True)}" for low, high in zip(*bounds, strict=True)
        ],
        "words": [_words(*row) for row in zip(*bounds, far, rows["territory"].map(known), strict=True)],
    }
    begin, end = rows["period"].iloc[0][:4], last_year(rows["period"].iloc[0]) - 1
    note = f"{INTERVAL} {_of_homes(rows['name'][far], rows['territory'][far].map(known))}".strip()
    listed = pd.DataFrame(cells).set_axis(HEADER, axis="columns")
    caption = f"Naissances et décès par commune, {begin}-{end}"
    cited = source(territory, pd.concat([rows, registered]) if far.any() else rows)
    return markup.together(tables.listed(listed, caption, note=note), markup.source(cited))


def _words(low: float, high: float, is_far: bool, homes: float) -> str:
    told = MORE if low > 0 else FEWER if high < 0 else CHANCE
    if not is_far:
        return told
    return f"{told}, de loin ; un EHPAD" if homes > 0 else f"{told}, de loin"


def _of_homes(names: pd.Series, homes: pd.Series) -> str:
    """What is said of the communes whose deaths far exceed births: a home that FINESS knows, or one to look for."""
    if names.empty:
        return ""
    confirmed, others = list(names[homes.gt(0)]), list(names[~homes.gt(0)])
    told = [f"{_at(confirmed)}, FINESS en connaît un"] if confirmed else []
    told += [f"{_at(others)}, c'est à vérifier"] if others else []
    return f"{HOME} : {' ; '.join(told)}."


def _at(names: list[str]) -> str:
    """The names of communes after « à »: « à Sauzon et au Palais »."""
    return texts.listed([texts.to(name) for name in names])
