"""The synthèse and the sheets of the communes: what was observed of a territory, chosen and put in words."""

from dataclasses import replace

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import known, synthesis
from ctg_analysis.chapter.small_communes import ESTIMATE, with_estimates
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import MISSING, OK, Indicator
from ctg_analysis.core.notebooks import ChapterNotebook, notebooks
from ctg_analysis.display import markup
from ctg_analysis.display.drawings import bars
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import sheets
from ctg_analysis.display.words import messages as titles
from ctg_analysis.display.words import sentences, texts
from ctg_analysis.display.words.commune_types import type_sentence
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.indicators.comparisons import latest_period
from ctg_analysis.indicators.trends import trend_of


def messages(territory: Territory) -> list[sheets.MessageText]:
    """The messages of the synthèse in words; none of a chapter whose notebook tells no title."""
    chapters = {notebook.number: notebook for notebook in notebooks() if notebook.title}
    chosen = synthesis.messages(territory)
    return [_in_words(territory, message, chapters) for message in chosen if message.indicator.chapter in chapters]


def _in_words(
    territory: Territory, message: synthesis.Message, chapters: dict[str, ChapterNotebook]
) -> sheets.MessageText:
    indicator = message.indicator
    chapter = chapters[indicator.chapter]
    rows, comparison, drawing = COMPARED.get(message.kind, _beside)(territory, indicator)
    cited = known.source(territory, rows, series=message.kind == synthesis.CHANGE)
    return sheets.MessageText(
        theme=texts.typography(chapter.title),
        sentence=sentences.sentence(indicator, rows.iloc[0]),
        comparison=texts.typography(comparison),
        drawing=drawing,
        source=replace(cited, text=texts.typography(f"Source : {cited}")),
        page=chapter.page,
        anchor=indicator.id,
        label=texts.typography(indicator.label),
    )


def _beside(territory: Territory, indicator: Indicator) -> tuple[pd.DataFrame, str, str]:
    """The rows of a message on the territory beside larger ones, the words, the bars."""
    rows = territory.compared(indicator, with_peers=False)
    drawn = rows[rows["status"].eq(OK)]
    values = " ; ".join(f"{name} {text}" for name, text in zip(drawn["name"], drawn["text"], strict=True))
    alt = texts.typography(f"{indicator.label}, {date_text(rows['period'].iloc[0])} : {values}.")
    stands = titles.standing(rows) or titles.level(indicator, rows)
    more = known.newer(territory, indicator)
    words = f"{stands}. {more.removesuffix('.')}" if more else stands
    return rows, words, markup.described(bars.comparison(drawn), alt)


def _over_time(territory: Territory, indicator: Indicator) -> tuple[pd.DataFrame, str, str]:
    """The rows of a message on the territory over the years, the latest first, the words, the line."""
    rows = territory.own(indicator)
    return rows[::-1], titles.trend(indicator, rows, trend_of(rows, indicator)), sheets.history(rows, indicator.label)


def _in_communes(territory: Territory, indicator: Indicator) -> tuple[pd.DataFrame, str, str]:
    """The rows of a message on the communes where something is, the words, a square for each."""
    rows, communes = territory.own(indicator).tail(1), synthesis.communes_concerned(territory, indicator)
    some, whole = int(communes["value"].gt(0).sum()), len(communes)
    concerned = "commune concernée" if some == 1 else "communes concernées"
    alt = f"{indicator.label}, {date_text(rows['period'].iloc[0])} : {some} {concerned} sur {whole}."
    return (
        rows,
        titles.concerned(indicator, communes),
        markup.described(sheets.some_of(some, whole), texts.typography(alt)),
    )


COMPARED = {synthesis.CHANGE: _over_time, synthesis.COMMUNES: _in_communes}


def communes(territory: Territory, *indicators: Indicator) -> Html:
    """One sheet for each commune; an indicator that no commune has is left out."""
    columns = []
    for indicator in indicators:
        rows = territory.readable(indicator)
        period = latest_period(rows[rows["level"].eq("commune")])
        if period:
            columns.append((indicator, period, rows[rows["period"].eq(period)]))
    with_cells = [(indicator, period, _cells(indicator, rows)) for indicator, period, rows in columns]
    past = territory.readable(CATALOGUE["historical_population_count"])
    written = [_sheet(place, with_cells, past, territory.epci) for place in territory.communes.itertuples(index=False)]
    source = known.source(territory, pd.concat([rows for *_, rows in columns]))
    return sheets.sheets(written, ["Indicateur", "Commune", "Ensemble", "Période"], source)


def _cells(indicator: Indicator, rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The text of each place, with the estimate of a commune whose share is not reliable."""
    cells = dict(zip(zip(rows["level"], rows["territory"], strict=True), rows["text"], strict=True))
    communes = with_estimates(indicator, rows[rows["level"].eq("commune")])
    communes = communes[communes["estimate"].notna()]
    return cells | {
        ("commune", row.territory): f"{row.text} ; {texts.uncapitalised(ESTIMATE)} : {_estimate(row)}"
        for row in communes.itertuples(index=False)
    }


def _sheet(place, columns: list, past: pd.DataFrame, epci: str) -> sheets.Sheet:
    unknown = texts.SIGNS[MISSING]
    lines = [
        [
            _labelled(indicator),
            cells.get(("commune", place.code), unknown),
            cells.get(("epci", epci), unknown),
            date_text(period),
        ]
        for indicator, period, cells in columns
    ]
    own = past[past["territory"].eq(place.code) & past["status"].eq(OK)].sort_values("period", kind="stable")
    first, people, _, period = lines[0]
    lead = texts.typography(f"{first} : {people} ({period}). {type_sentence(place.density, place.massif)}".strip())
    written = [[texts.typography(text) for text in line] for line in lines]
    return sheets.Sheet(place.code, texts.typography(place.name), lead, sheets.history(own, "Population"), written)


def _labelled(indicator: Indicator) -> str:
    """The label of an indicator, and its unit where the value does not show it."""
    return indicator.label if indicator.unit.startswith("%") else texts.with_unit(indicator.label, indicator.unit)


def _estimate(row: tuple) -> str:
    """The estimate of a cell, with its counts where the cell does not give them."""
    return row.estimate_text.partition(", pour ")[0] if " sur " in row.text else row.estimate_text
