"""The simulator of a coverage rate: sliders of which the page works out the result, in the place of one scenario."""

import math
from dataclasses import replace

from markupsafe import Markup

from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.childcare import Simulation
from ctg_analysis.model.indicator import Indicator

RESULT = "{}"  # where the page writes the rate that it works out


def simulator(indicator: Indicator, asked: Simulation, *, scenario: Html, basis: str, source: Citation) -> Html:
    """Return the sliders of a simulation and the scenario that stands in their place without script and on paper.

    indicator: of the rate. asked: where the sliders stand first. basis: what it is worked out from.
    """
    half = math.ceil(asked.places / 20) * 10  # of the places that there are
    sliders = [("Places de plus en EAJE", asked.added, max(half, 2 * asked.added))]
    if asked.each:
        most = max(math.ceil(asked.there / asked.each.places), asked.leaving)
        sliders.append(("Assistants maternels de moins", asked.leaving, most))
    text = texts.typography(
        f"Le taux de couverture de {date_text(asked.period)} passerait de {number(asked.before, 1)} à {RESULT} "
        f"{indicator.unit}."
    )
    filled = markup.piece(
        "simulator.html.j2",
        asked=asked,
        sliders=sliders,
        text=text,
        result=text.replace(RESULT, number(asked.after, 1)),
        basis=basis,
        source=Markup(markup.source(source).html),
        scenario=Markup(scenario.html),
    )
    return replace(filled, about=scenario.about)
