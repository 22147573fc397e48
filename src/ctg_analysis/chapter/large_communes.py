"""What the producer publishes by commune for the large ones only (Coverage.above, Table.large)."""

import pandas as pd

from ctg_analysis.chapter import known
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number
from ctg_analysis.display.words.team import for_team
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, SECRET, Indicator
from ctg_analysis.model.source import SOURCES

FEW = 6  # communes that a sentence may name


def table(territory: Territory, *several: Indicator) -> Html:
    """The communes that are large enough for the producer to publish indicators of them.

    Their values of the first indicator in a sentence when they are few, all beside the territory and its comparators in
    a table, below the size from which the producer gives them where it tells one; a sentence for the team where the
    producer publishes none of them; the box where the files do not say so.
    """
    indicator = several[0]
    above = SOURCES[indicator.sources[0]].coverage.above
    values = known.by_commune(territory, indicator)
    values = values[values["status"].eq(OK)]
    people = known.by_commune(territory, CATALOGUE["population_count"])
    large = people[people["value"].gt(above) & ~people["territory"].isin(values["territory"])] if above else people[:0]
    small = f"de {number(above)} habitants et moins" if above else "trop petites"
    producer = "la Cnaf" if above else "l'Insee"
    unpublished = f"{producer} ne publie pas ce chiffre pour les communes {small}"
    if values.empty and len(large):
        return known.unavailable(
            territory, indicator, f"{indicator.label}, par commune ({texts.listed(list(large['name']))})"
        )
    if values.empty and not above and not territory.has(indicator, SECRET, ["commune"]):
        return known.unavailable(territory, indicator, f"{indicator.label}, par commune")
    named = [name for name in indicator.sources if name in territory.received]
    if values.empty and not named:
        return known.unavailable(territory, indicator, f"{indicator.label}, par commune")
    if values.empty:
        sentence = f"{indicator.label}, par commune : {unpublished}, et le territoire n'en a pas de plus grande."
        told = known.with_source(sentence, known.source(territory, pd.DataFrame({"source": named[:1]})))
        return Html(for_team(told.html))
    period = values["period"].iloc[0]
    each = " ; ".join(f"{row.name} {row.text}" for row in values.itertuples(index=False))
    unit = "" if indicator.unit.startswith("%") else f" ({indicator.unit})"
    sentence = f"{indicator.label}, par commune, en {date_text(period)} : {each}{unit}."
    lacking = f"Valeur non disponible : {', '.join(large['name'])}. " if len(large) else ""
    every = len(values) == len(territory.communes)
    more = lacking if every else f"{lacking}{texts.capitalised(unpublished)}."
    here = territory.places["level"].eq("commune") & territory.places["territory"].isin(values["territory"])
    places = territory.places[here | ~territory.places["level"].isin(["commune", "secteur"])]
    by_indicator = [(other, territory.readable(other)) for other in several]
    columns = [(other, period, rows[rows["period"].eq(period)]) for other, rows in by_indicator]
    cited = known.source(territory, pd.concat([rows for *_, rows in columns]))
    written = tables.places_by_indicator(places, columns, source=cited)
    if len(values) <= FEW:
        return markup.together(markup.reading(texts.typography(sentence), texts.typography(more)), written)
    return markup.together(markup.reading(texts.typography(more), ""), written) if above and more else written
