"""Childcare: which authority organises it, commune by commune, and what a change of its supply would make of it."""

import pandas as pd

from ctg_analysis.chapter.figures import labelled_parts
from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import SHOWN, Citation, Html, telling
from ctg_analysis.display.pieces import childcare, childcare_needs, simulator
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.childcare import (
    NEEDED,
    WORKED_OUT_FROM,
    Missing,
    Simulation,
    authorities,
    by_population,
    need_of,
    read_thresholds,
    simulate,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import data_root
from ctg_analysis.show import charts as show
from ctg_analysis.show.svg import svg


def childcare_authority(territory: Territory, indicator: Indicator, people: Indicator) -> Html:
    """Which authority organises childcare in each commune, and what the law asks of it.

    Where no commune has told whether it transferred: what its population alone would have the law ask of it.
    """
    transferred, inhabitants = by_commune(territory, indicator), by_commune(territory, people)
    thresholds = read_thresholds(data_root().reference / "seuils.yml")
    if transferred.empty:
        populations = _counted(territory, inhabitants)
        duties = by_population(populations, territory.epci, thresholds)
        cited = source(territory, inhabitants)
        table = childcare.by_population(populations, duties, territory.row["name"], thresholds, cited)
        return markup.together(table, unavailable(territory, indicator, f"{indicator.label}, par commune"))
    counted = _counted(territory, inhabitants)[["territory", "population", "total", "census"]]
    answers = transferred.assign(transferred=transferred["value"]).merge(counted, on="territory", how="left")
    duties = authorities(answers, territory.epci, thresholds)
    cited = source(territory, pd.concat([transferred, inhabitants]))
    return childcare.authority(answers, duties, territory.row["name"], thresholds, cited)


def _counted(territory: Territory, inhabitants: pd.DataFrame) -> pd.DataFrame:
    """The population totale of each commune, which the law counts, the municipal one where it is not known.

    inhabitants: observations of the municipal population. Columns: theirs, then population, total (whether it is the
    population totale), census (its year).
    """
    places = territory.communes.set_index("code").loc[inhabitants["territory"]].reset_index()
    total, own = places["total_population"].astype(float), inhabitants.reset_index(drop=True)
    census = places["total_census"].fillna(own["period"])
    return own.assign(population=total.fillna(own["value"]), total=total.notna(), census=census)


def simulation(territory: Territory, indicator: Indicator, *, places: int, leaving: int) -> Html:
    """What more places in childcare centres and fewer childminders would make of the coverage rate."""
    rows = territory.of(WORKED_OUT_FROM)
    result = simulate(rows[rows["level"].eq("epci")], places=places, leaving=leaving)
    if isinstance(result, Missing):
        lacking = CATALOGUE[result.indicator]
        year = f" ({date_text(result.period)})" if result.period else ""
        what = f"Simulation, faute du chiffre « {texts.uncapitalised(texts.titled(lacking.label))} »{year}"
        return telling(unavailable(territory, lacking, what), SHOWN, lacking.id)
    parts = labelled_parts(territory, indicator)
    parts = parts[parts["level"].eq("epci") & parts["period"].eq(result.period) & parts["status"].eq(OK)]
    cited = source(territory, pd.DataFrame({"source": result.sources}))
    scenario = _simulated(indicator, result, parts, cited)
    return simulator.simulator(indicator, result, scenario=scenario, basis=childcare.basis(result), source=cited)


def _simulated(indicator: Indicator, result: Simulation, parts: pd.DataFrame, cited: Citation) -> Html:
    """The sentence and the chart of a simulation. parts: the published components of the rate, each named in `part`."""
    names = [f"Publié, {date_text(result.period)}", "Avec le changement"]
    changed = (parts["value"] + parts["indicator"].map(result.change).fillna(0)).clip(lower=0)
    totals = pd.DataFrame({"name": names, "level": "epci", "value": [result.before, result.after]})
    shares = pd.concat([parts.assign(name=names[0]), parts.assign(name=names[1], value=changed)])
    shares, totals = (rows.assign(text=[number(value, 1) for value in rows["value"]]) for rows in (shares, totals))
    data = tables.Listing(["Situation", indicator.label], totals[["name", "text"]].to_numpy().tolist())
    for label, rows in shares.groupby("part", sort=False):
        data = data.beside(label, list(rows["text"]))
    places = [result.places, result.places + result.added - result.lost]
    chart = tables.chart(
        indicator,
        svg(show.parts(shares, totals).figure),
        data.beside("Places", list(map(number, places))),
        when=date_text(result.period),
        source=cited,
        title="Taux de couverture, avant et après un changement du nombre de places",
        message=f"De {number(result.before, 1)} à {number(result.after, 1)} {indicator.unit}",
    )
    return markup.together(markup.reading(childcare.simulation_sentence(indicator, result), ""), chart)


def childcare_need(territory: Territory) -> Html:
    """The places that the families who work would ask for, beside those that there are."""
    rows = territory.of(NEEDED)
    found = need_of(rows[rows["level"].eq("epci")])
    if isinstance(found, Missing):
        lacking = CATALOGUE[found.indicator]
        return telling(unavailable(territory, lacking, "Besoin d'accueil du jeune enfant"), SHOWN, lacking.id)
    cited = source(territory, pd.DataFrame([row for row in found if row is not None]))
    return telling(childcare_needs.need(found, cited), SHOWN, *(row["indicator"] for row in found if row is not None))
