"""Childcare: which authority organises it, commune by commune, and what a change of its supply would make of it."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.figures import labelled_parts
from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import OK, Indicator
from ctg_analysis.core.settings import data_root
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import childcare
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.indicators.childcare_authority import authorities, read_thresholds
from ctg_analysis.indicators.simulation import WORKED_OUT_FROM, Missing, simulate


def childcare_authority(seen: Observed, one: Indicator, people: Indicator) -> Html:
    """Which authority organises childcare in each commune, and what the law asks of it."""
    transferred, inhabitants = by_commune(seen, one), by_commune(seen, people)
    if transferred.empty:
        return unavailable(seen, one, f"{one.label}, par commune")
    population = transferred["territory"].map(inhabitants.set_index("territory")["value"])
    counted = inhabitants["period"].max()
    answers = transferred.assign(transferred=transferred["value"], population=population, counted=counted)
    thresholds = read_thresholds(data_root().reference / "seuils.yml")
    duties = authorities(answers, seen.epci, thresholds)
    cited = source(seen, pd.concat([transferred, inhabitants]))
    return childcare.authority(answers, duties, seen.territory["name"], thresholds, cited)


def simulation(seen: Observed, one: Indicator, *, places: int, leaving: int) -> Html:
    """What more places in childcare centres and fewer childminders would make of the coverage rate."""
    rows = seen.of(WORKED_OUT_FROM)
    result = simulate(rows[rows["level"].eq("epci")], places=places, leaving=leaving)
    if isinstance(result, Missing):
        lacking = CATALOGUE[result.indicator]
        year = f" ({date_text(result.period)})" if result.period else ""
        what = f"Simulation, faute de : {texts.uncapitalised(lacking.label)}{year}"
        return telling(unavailable(seen, lacking, what), SHOWN, lacking.id)
    parts = labelled_parts(seen, one)
    parts = parts[parts["level"].eq("epci") & parts["period"].eq(result.period) & parts["status"].eq(OK)]
    return childcare.simulation(one, result, parts, source(seen, pd.DataFrame({"source": result.sources})))
