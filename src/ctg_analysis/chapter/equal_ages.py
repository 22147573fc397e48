"""Indicators at equal ages: counted, crude and standardised side by side, against the places beside the territory."""

import pandas as pd

from ctg_analysis.chapter.by_indicator import each_row
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import equal_age_texts, texts
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Indicator


def table(territory: Territory, *indicators: Indicator) -> Html:
    """The indicators at equal ages, one line for each place whose rates by age are known; else the box.

    The box is that of the first of the counts by age that is missing.

    Raises:
        UserError: an indicator that is declared without ages.
    """
    lines, used, boxes, first = [], [], [], ""
    for indicator in indicators:
        title = f"{indicator.label}, à structure d'âge égale"
        if not indicator.strata:
            raise UserError(
                f"{indicator.id}: its declaration gives no strata, the ages by which it would be set beside"
            )
        rows = territory.compared(indicator, with_peers=False)
        rows = rows[rows["status"].eq(OK)]
        standards = rows[rows["equal"].notna()]
        if standards.empty:
            lacking = indicator if rows.empty else CATALOGUE[_lacking(territory, indicator)]
            boxes.append(unavailable(territory, lacking, title, "epci"))
            continue
        found = [equal_age_texts.of_row(indicator, rows.iloc[0], row) for row in each_row(standards)]
        lines += [equal_age_texts.line(indicator, line) for line in found]
        first = first or equal_age_texts.sentence(indicator, found[0])
        used += [rows, *(territory.data(CATALOGUE[stratum.of]).query("status == @OK") for stratum in indicator.strata)]
    if not lines:
        return markup.together(*boxes)
    listed = tables.listed(
        pd.DataFrame(lines, columns=equal_age_texts.HEADER), equal_age_texts.CAPTION, note=equal_age_texts.NOTE
    )
    cited = markup.source(source(territory, pd.concat(used)))
    return markup.together(markup.reading(texts.typography(first), ""), listed, cited, *boxes)


def _lacking(territory: Territory, indicator: Indicator) -> str:
    """The id of the first count by age that is not known: of the people here, else of what is counted elsewhere."""
    among = [name for stratum in indicator.strata for name in stratum.among]
    return next((name for name in among if territory.own(CATALOGUE[name]).empty), indicator.strata[0].of)
