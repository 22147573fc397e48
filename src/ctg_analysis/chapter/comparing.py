"""An EPCI beside others that somebody chooses: open figures, one period, one producer."""

from collections.abc import Collection
from functools import lru_cache

import pandas as pd

from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import ELSEWHERE, Territory
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html, Table
from ctg_analysis.display.tables import head, signs
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import comparable_rows, last_year
from ctg_analysis.indicators.observations import read_observations
from ctg_analysis.model.indicator import MISSING, OK, Indicator
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import find_epci

NOTE = "Sans test : un écart entre deux EPCI peut tenir au hasard."
ENTRUSTED = "confié par un partenaire pour ce territoire, n'est pas montré d'un autre EPCI"


def compare(territory: Territory, sirens: Collection[str], *indicators: Indicator) -> Html:
    """A table of some indicators, the territory first, then the EPCIs of these SIREN; the box of those unknown here.

    Each indicator is at the period that most of these EPCIs share with the territory, of the same producer.

    Raises:
        UserError: no such EPCI.
    """
    names = {siren: texts.typography(find_epci(territory.territories, siren)["name"]) for siren in sirens}
    names = {territory.epci: texts.typography(territory.row["name"])} | names
    territory.read.update(f"{ELSEWHERE}{siren}" for siren in sirens)
    known = {one: rows for one in indicators if len(rows := _rows(territory, tuple(sirens), one))}
    absent = [unavailable(territory, one, one.label, "epci") for one in indicators if one not in known]
    if not known:
        return markup.together(*absent)
    told = {one: rows.set_index("territory")["text"] for one, rows in known.items()}
    lines = [
        [name, *(texts_of.get(siren, texts.SIGNS[MISSING]) for texts_of in told.values())]
        for siren, name in names.items()
    ]
    heads = [f"{head(one)}, {date_text(rows['period'].iloc[0])}" for one, rows in known.items()]
    header = ["EPCI", *map(texts.typography, heads)]
    entrusted = [texts.uncapitalised(one.label) for one, rows in known.items() if not _is_open(rows).all()]
    kept = f"{texts.capitalised(texts.listed(entrusted))} : {ENTRUSTED}." if entrusted else ""
    note = texts.typography(" ".join(filter(None, [NOTE, kept, signs(lines)])))
    caption = texts.typography(f"{territory.row['name']} et {texts.listed(list(names.values())[1:])}")
    table = markup.table(Table(caption, header, lines, note=note, marked=frozenset({0})))
    cited = source(territory, pd.concat(known.values()))
    return markup.together(table, markup.source(cited), *absent)


def _rows(territory: Territory, sirens: tuple[str, ...], indicator: Indicator) -> pd.DataFrame:
    """The observations of an indicator to set side by side, in words; none where the territory has no value."""
    own = territory.data(indicator)
    own = own[own["level"].eq("epci")]
    others = elsewhere(territory, sirens)
    others = others[others["indicator"].eq(indicator.id)]
    rows = comparable_rows(pd.concat([own, others[_is_open(others)]], ignore_index=True), territory.epci)
    known = rows[rows["status"].eq(OK)]
    periods = known.loc[known["territory"].eq(territory.epci), "period"]
    if periods.empty:
        return rows[:0]
    counts = known["period"].value_counts()
    period = max(periods, key=lambda period: (counts[period], last_year(period), period))
    return territory.in_words(indicator, rows[rows["period"].eq(period)])


def _is_open(rows: pd.DataFrame) -> pd.Series:
    """Which rows are not what partners entrust."""
    return rows["source"].map(lambda name: not SOURCES[name].secrecy.threshold).astype(bool)


@lru_cache(maxsize=1)
def elsewhere(territory: Territory, sirens: tuple[str, ...]) -> pd.DataFrame:
    """The observations of some EPCIs, wherever they are. Columns: those of observations, and name."""
    rows = read_observations(territory.root.processed, sirens)
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    return rows.assign(name=rows["territory"].map(names))
