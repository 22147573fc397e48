"""The need for childcare of the territory, today and in five years, beside the supply and what it could become."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.projections import own_rows, shown_projections
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import OK
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import childcare, childcare_needs, projections
from ctg_analysis.indicators.childcare_need import (
    AGED_55_PLUS,
    AT_WORK,
    NEEDED,
    WISHED,
    Supply,
    grid,
    latest,
    middle,
    offers,
    shares,
    supply_of,
)
from ctg_analysis.indicators.projection import BY_AGE
from ctg_analysis.indicators.simulation import WORKED_OUT_FROM, Missing, Simulation, simulate

YOUNGEST = "0_2"


def childcare_need(territory: Territory, *, places: int, leaving: int) -> Html:
    """The grid of the need and the supply. places, leaving: the change of the supply, as in the simulation."""
    rows = territory.of(set(NEEDED) | set(WORKED_OUT_FROM))
    rows = rows[rows["level"].eq("epci")]
    supply = supply_of(rows)
    if isinstance(supply, Missing):
        lacking = CATALOGUE[supply.indicator]
        return telling(unavailable(territory, lacking, "Besoin d'accueil du jeune enfant"), SHOWN, lacking.id)
    told = rows[rows["indicator"].isin([AT_WORK, WISHED, AGED_55_PLUS]) & rows["status"].eq(OK)]
    older, changed = latest(rows, AGED_55_PLUS), simulate(rows, places=places, leaving=leaving)
    offered = offers(supply, older, changed)
    axes, ahead = [shares(rows, name) for name in (AT_WORK, WISHED)], children_ahead(territory, supply)
    today = grid({supply.period: supply.children}, *axes, offered)
    found = pd.concat([today, grid(ahead, *map(middle, axes), offered)], ignore_index=True)
    cited = source(territory, pd.DataFrame({"source": [*supply.sources, *told["source"]]}))
    change = childcare.change(changed) if isinstance(changed, Simulation) else ""
    return childcare_needs.need(found, supply, set(told["indicator"]), older, change, cited)


def children_ahead(territory: Territory, supply: Supply) -> dict[str, float]:
    """The children under 3 in five years, by the scenarios that may be shown; none where those of today are not known.

    Those that the supply counts grow or fall as those of the census, which are of another definition.
    """
    ahead, now = shown_projections(territory).query("group == @YOUNGEST"), latest(own_rows(territory), BY_AGE[0])
    if not supply.counted or ahead.empty:
        return {}
    ahead = ahead[ahead["year"].eq(ahead["year"].min())]
    names = [f"{row.year}, {projections.NAMES[row.scenario]}" for row in ahead.itertuples(index=False)]
    return dict(zip(names, supply.children * ahead["value"] / now, strict=True))
