"""The verbs of a chapter that give an analyst tables and take drawings: `Chapter` has them among its own."""

import sys
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import analyst, asked, comparing, own_figures
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import source as source_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.model import MISSING
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces import own_pieces
from ctg_analysis.display.words.notes import short_sources
from ctg_analysis.indicators.comparisons import newest
from ctg_analysis.sources import SOURCES

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


class Opened(Protocol):
    """What a chapter is to these verbs: a territory."""

    territory: Territory


def data(chapter: Opened, *indicators: str, wide: bool = False) -> pd.DataFrame:
    """The observations of indicators as a plain table: names of the places, label, unit, year and date of each period.

    wide: a row for each place and period, a column of values for each indicator.
    """
    named = [asked.indicator(chapter.territory, name) for name in indicators]
    return analyst.data(chapter.territory, named, wide=wide)


def find(chapter: Opened, words: str) -> pd.DataFrame:
    """The indicators that some words or their synonyms name, with the latest period that is known here."""
    return analyst.find(chapter.territory, words)


def with_own(chapter: Opened, indicator: str, own: own_figures.Own) -> pd.DataFrame:
    """The communes with the latest value of an indicator and the columns of an own table or file beside.

    What of it is left out is said on the standard error, which no page shows.
    """
    named = asked.indicator(chapter.territory, indicator)
    table, left_out = own_figures.with_own(chapter.territory, named, own)
    for line in left_out:
        print(line, file=sys.stderr)
    return table


def peers_table(chapter: Opened) -> pd.DataFrame:
    """The EPCI and its peers, nearest first, with what they were chosen by."""
    return analyst.peers_table(chapter.territory)


def land(chapter: Opened) -> "GeoDataFrame":
    """The communes with their contours: territory, name, geometry."""
    return analyst.land(chapter.territory)


def compare(chapter: Opened, *indicators: str, with_: str | list[str]) -> Html:
    """Some indicators here and in EPCIs of one's choice, at one period. with_: their SIREN."""
    sirens = [with_] if isinstance(with_, str | int) else with_
    named = [asked.indicator(chapter.territory, name) for name in indicators]
    others = [siren for siren in dict.fromkeys(map(str, sirens)) if siren != chapter.territory.epci]
    if not named or not others:
        raise UserError('compare: expected an indicator and another EPCI: compare("births_count", with_="243500139")')
    return telling(comparing.compare(chapter.territory, others, *named), SHOWN, *indicators)


def picture(chapter: Opened, drawing: object, *, alt: str, source: str, title: str = "") -> Html:
    """A drawing of matplotlib or seaborn as a page shows it.

    alt: what it shows, for who does not see it. source: the id of an indicator, whose source is cited, or a text.
    """
    return _citing(chapter, own_pieces.picture(drawing, alt, _cited(chapter, source), title), source)


def framed(chapter: Opened, table: pd.DataFrame, *, title: str, source: str) -> Html:
    """A DataFrame as a page shows it, under a title. source: as for a picture."""
    return _citing(chapter, own_pieces.frame(table, title, _cited(chapter, source)), source)


def described(chapter: Opened) -> str:
    """The territory, what is known of it and what is missing."""
    return analyst.described(chapter.territory)


def _cited(chapter: Opened, source: str) -> Citation:
    """A text; of an indicator, the source of its latest figures here, failing that those that it is declared with."""
    if source not in CATALOGUE:
        return Citation(source)
    rows = chapter.territory.data(CATALOGUE[source])
    rows = rows[rows["status"].ne(MISSING) & rows["source"].isin(chapter.territory.received)]
    if rows.empty:
        return Citation(f"{short_sources([SOURCES[name] for name in CATALOGUE[source].sources])}.")
    return source_of(chapter.territory, rows[rows["period"].eq(newest(rows["period"]))])


def _citing(chapter: Opened, piece: Html, source: str) -> Html:
    """A piece that tells the indicator that its source is named by, so that the chapter defines it."""
    return telling(piece, SHOWN, source) if source in CATALOGUE else piece
