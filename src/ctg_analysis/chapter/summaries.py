"""The synthèse and the sheets of the communes: what was observed of a territory, chosen and put in words."""

from dataclasses import replace

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import known, synthesis
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import MISSING, OK, Indicator
from ctg_analysis.core.notebooks import ChapterNotebook, notebooks
from ctg_analysis.display import markup
from ctg_analysis.display.drawings import bars
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import sheets
from ctg_analysis.display.words import messages as titles
from ctg_analysis.display.words import sentences, texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.indicators.comparisons import latest_period


def messages(seen: Observed) -> list[sheets.MessageText]:
    """Return the messages of the synthèse in words; none of a chapter whose notebook tells no title."""
    chapters = {one.number: one for one in notebooks() if one.title}
    told = synthesis.messages(seen)
    return [_said(seen, message, chapters) for message in told if message.indicator.chapter in chapters]


def _said(seen: Observed, message: synthesis.Message, chapters: dict[str, ChapterNotebook]) -> sheets.MessageText:
    one = message.indicator
    chapter = chapters[one.chapter]
    rows, comparison, drawing = COMPARED.get(message.kind, _beside)(seen, one)
    cited = known.source(seen, rows, series=message.kind == synthesis.CHANGE)
    return sheets.MessageText(
        theme=texts.typography(chapter.title),
        sentence=sentences.sentence(one, rows.iloc[0]),
        comparison=texts.typography(comparison),
        drawing=drawing,
        source=replace(cited, text=texts.typography(f"Source : {cited}")),
        page=chapter.page,
        anchor=one.id,
        label=texts.typography(one.label),
    )


def _beside(seen: Observed, one: Indicator) -> tuple[pd.DataFrame, str, str]:
    """Return the rows of a message on the territory beside larger ones, the words, the bars."""
    rows = seen.compared(one, with_peers=False)
    drawn = rows[rows["status"].eq(OK)]
    values = " ; ".join(f"{name} {text}" for name, text in zip(drawn["name"], drawn["text"], strict=True))
    alt = texts.typography(f"{one.label}, {date_text(rows['period'].iloc[0])} : {values}.")
    return rows, titles.standing(rows) or titles.level(one, rows), markup.described(bars.comparison(drawn), alt)


def _over_time(seen: Observed, one: Indicator) -> tuple[pd.DataFrame, str, str]:
    """Return the rows of a message on the territory over the years, the latest first, the words, the line."""
    rows = seen.own(one)
    return rows[::-1], titles.trend(one, rows), sheets.history(rows, one.label)


def _in_communes(seen: Observed, one: Indicator) -> tuple[pd.DataFrame, str, str]:
    """Return the rows of a message on the communes where something is, the words, a square for each."""
    rows, communes = seen.compared(one, with_peers=False), synthesis.communes_concerned(seen, one)
    some, whole = int(communes["value"].gt(0).sum()), len(communes)
    concerned = "commune concernée" if some == 1 else "communes concernées"
    said = f"{one.label}, {date_text(rows['period'].iloc[0])} : {some} {concerned} sur {whole}."
    return rows, titles.concerned(one, communes), markup.described(sheets.some_of(some, whole), texts.typography(said))


COMPARED = {synthesis.CHANGE: _over_time, synthesis.COMMUNES: _in_communes}


def communes(seen: Observed, *indicators: Indicator) -> Html:
    """Return one sheet for each commune; an indicator that no commune has is left out."""
    columns = []
    for one in indicators:
        rows = seen.readable(one)
        period = latest_period(rows[rows["level"].eq("commune")])
        if period:
            columns.append((one, period, rows[rows["period"].eq(period)]))
    found = [(one, period, _cells(rows)) for one, period, rows in columns]
    past = seen.readable(CATALOGUE["historical_population_count"])
    written = [_sheet(place, found, past, seen.epci) for place in seen.communes.itertuples(index=False)]
    source = known.source(seen, pd.concat([rows for *_, rows in columns]))
    return sheets.sheets(written, ["Indicateur", "Commune", "Ensemble", "Période"], source)


def _cells(rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    return dict(zip(zip(rows["level"], rows["territory"], strict=True), rows["text"], strict=True))


def _sheet(place, found: list, past: pd.DataFrame, epci: str) -> sheets.Sheet:
    unknown = texts.SIGNS[MISSING]
    lines = [
        [
            _labelled(one),
            cells.get(("commune", place.code), unknown),
            cells.get(("epci", epci), unknown),
            date_text(period),
        ]
        for one, period, cells in found
    ]
    own = past[past["territory"].eq(place.code) & past["status"].eq(OK)].sort_values("period", kind="stable")
    first, people, _, period = lines[0]
    lead = texts.typography(f"{first} : {people} ({period}).")
    written = [[texts.typography(text) for text in line] for line in lines]
    return sheets.Sheet(place.code, texts.typography(place.name), lead, sheets.history(own, "Population"), written)


def _labelled(one: Indicator) -> str:
    """Return the label of an indicator, and its unit where the value does not show it."""
    return one.label if one.unit.startswith("%") else texts.with_unit(one.label, one.unit)
