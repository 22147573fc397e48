"""An indicator by itself: its sentence, the chart that it declares, or the box of what is not available."""

import pandas as pd

from ctg_analysis.chapter import closing, figures, surveyed
from ctg_analysis.chapter.known import newer, on_map, only_commune, source, unavailable, uncompared, withheld
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, sentences, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean

COMPARISON = "comparison"  # what is best told beside other places: in the profile
DRAWN = {
    "trend": figures.trend,
    "circles": figures.communes_map,
    "choropleth": figures.communes_map,
    "parts": figures.parts,
}


def show(territory: Territory, indicator: Indicator) -> Html:
    """The sentence and the chart of an indicator, or the box when no place here has it.

    A chart that would say no more than the sentence is left out: the bars of the comparison, a map of zeros, a map of
    one circle, whose commune is named, years without a trend.

    Raises:
        UserError: an indicator that is drawn with its family.
    """
    if not territory.has(indicator, OK) or indicator.chart == COMPARISON:
        return reading(territory, indicator)
    if indicator.chart == "circles" and not on_map(territory, indicator)["value"].any():
        return reading(territory, indicator)
    only = only_commune(territory, indicator) if indicator.chart == "circles" else ""
    if only and len(territory.compared(indicator)):
        return reading(territory, indicator, f"Dans une seule commune : {only}.")
    if indicator.chart not in DRAWN:
        raise UserError(f"{indicator.id} is drawn with its family: use chapter.{indicator.chart}()")
    drawn = DRAWN[indicator.chart](territory, indicator)
    said = reading if markup.MISSING in drawn.about or not drawn.html else _sentence  # else the chart has its source
    return markup.together(said(territory, indicator), drawn)


def reading(territory: Territory, indicator: Indicator, more: str = "") -> Html:
    """The sentence of an indicator here, the same figure elsewhere and its source; else the box.

    more: what is said below a number of things.
    """
    rows = _told(territory, indicator)
    sentence = _sentence(territory, indicator, more)
    return sentence if rows.empty else markup.together(sentence, markup.source(source(territory, rows)))


def _told(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The rows that the sentence tells: the latest one of a number of things, else the comparison."""
    compared = territory.compared(indicator)
    number = isinstance(indicator.value, Count | Mean) and len(compared)
    return territory.own(indicator).tail(1) if number else compared


def _sentence(territory: Territory, indicator: Indicator, more: str = "") -> Html:
    rows = territory.compared(indicator)
    if rows.empty:
        secret = withheld(territory, indicator)
        if secret:
            return markup.reading(texts.typography(secret), "")
        by_commune = territory.has(indicator, OK)
        return unavailable(
            territory, indicator, f"{indicator.label}, pour l'ensemble du territoire" if by_commune else indicator.label
        )
    own, others = _told(territory, indicator).iloc[0], rows.iloc[1:]
    text = sentences.sentence(indicator, own)
    if surveyed.is_surveyed(indicator):
        return markup.reading(text, surveyed.base(own))
    if isinstance(indicator.value, Count | Mean):
        return markup.reading(text, texts.typography(more))
    among = sentences.beside(others), closing.place_among_peers(rows)
    beside = " ".join(filter(None, [*among, uncompared(territory, indicator), newer(territory, indicator)]))
    return markup.reading(text, texts.typography(beside))
