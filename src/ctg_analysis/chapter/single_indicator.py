"""An indicator by itself: its sentence, the chart that it declares, or the box of what is not available."""

from ctg_analysis.chapter import figures, surveyed
from ctg_analysis.chapter.closing import BESIDE_PEERS, telling
from ctg_analysis.chapter.known import on_map, only_commune, source, unavailable, uncompared, withheld
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.model import OK, Count, Indicator, Mean
from ctg_analysis.display import markup
from ctg_analysis.display.drawings import lines
from ctg_analysis.display.markup import Html
from ctg_analysis.display.words import sentences, texts

DRAWN = {
    "trend": figures.trend,
    "circles": figures.communes_map,
    "choropleth": figures.communes_map,
    "comparison": figures.comparison,
    "parts": figures.parts,
    "balance": figures.balance,
    "timeline": figures.timeline,
}


def show(seen: Observed, one: Indicator) -> Html:
    """The sentence and the chart of an indicator, or the box when no place here has it.

    A chart that would say no more than the sentence is left out: one bar alone, a map of zeros, a map of one circle,
    whose commune is named. Several years of the territory alone are drawn as a line.
    """
    if not seen.has(one, OK):
        return reading(seen, one)
    alone = isinstance(one.value, Count | Mean) or seen.compared(one)["status"].eq(OK).sum() == 1
    if one.chart == "comparison" and alone:
        years = [sentences.is_printed(one, row) for row in seen.own(one).itertuples(index=False)]
        long = len(years) >= lines.SHORTEST and all(years)
        return markup.together(_sentence(seen, one), figures.trend(seen, one)) if long else reading(seen, one)
    if one.chart == "circles" and not on_map(seen, one)["value"].any():
        return reading(seen, one)
    only = only_commune(seen, one) if one.chart == "circles" else ""
    if only and len(seen.compared(one)):
        return reading(seen, one, f"Dans une seule commune : {only}.")
    return markup.together(_sentence(seen, one), chart(seen, one))


def reading(seen: Observed, one: Indicator, more: str = "") -> Html:
    """The sentence of an indicator here, the same figure elsewhere and its source; else the box.

    more: what is said below a number of things.
    """
    rows = seen.compared(one)
    sentence = _sentence(seen, one, more)
    return sentence if rows.empty else markup.together(sentence, markup.source(source(seen, rows)))


def chart(seen: Observed, one: Indicator) -> Html:
    """The chart that an indicator declares, or the box when there is nothing to draw.

    Raises:
        UserError: an indicator that is drawn with its family.
    """
    if one.chart not in DRAWN:
        raise UserError(f"{one.id} is drawn with its family: use chapter.{one.chart}()")
    piece = DRAWN[one.chart](seen, one)
    return telling(piece, BESIDE_PEERS, one.id) if one.chart == "comparison" else piece


def _sentence(seen: Observed, one: Indicator, more: str = "") -> Html:
    rows = seen.compared(one)
    if rows.empty:
        secret = withheld(seen, one)
        if secret:
            return markup.reading(texts.typography(secret), "")
        by_commune = seen.has(one, OK)
        return unavailable(seen, one, f"{one.label}, pour l'ensemble du territoire" if by_commune else one.label)
    own, others = rows.iloc[0], rows.iloc[1:]
    text = sentences.sentence(one, own)
    if surveyed.is_surveyed(one):
        return markup.reading(text, surveyed.base(own))
    if isinstance(one.value, Count | Mean):
        return markup.reading(text, texts.typography(more))
    beside = " ".join(filter(None, [sentences.beside(others), uncompared(seen, one)]))
    return telling(markup.reading(text, texts.typography(beside)), BESIDE_PEERS, one.id)
