"""An indicator by itself: its sentence, or the box of what is not available."""

import pandas as pd

from ctg_analysis.chapter import known, surveyed
from ctg_analysis.chapter.known import newer, source, unavailable, uncompared, withheld
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, sentences, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean


def reading(territory: Territory, indicator: Indicator) -> Html:
    """The sentence of an indicator here, the same figure elsewhere and its source; else the box."""
    rows = _told(territory, indicator)
    sentence = _sentence(territory, indicator)
    return sentence if rows.empty else markup.together(sentence, markup.source(source(territory, rows)))


def _told(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The rows that the sentence tells: the latest one of a number of things, else the comparison."""
    compared = territory.compared(indicator)
    number = isinstance(indicator.value, Count | Mean) and len(compared)
    return territory.own(indicator).tail(1) if number else compared


def _sentence(territory: Territory, indicator: Indicator) -> Html:
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
        return markup.reading(text, "")
    among = sentences.beside(others), known.place_among_peers(rows)
    beside = " ".join(filter(None, [*among, uncompared(territory, indicator), newer(territory, indicator)]))
    return markup.reading(text, texts.typography(beside))
