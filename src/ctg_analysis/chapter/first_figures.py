"""The six figures of the first page of a report, each with its series."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ctg_analysis.chapter.profiles import small_series
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.notes import short_sources
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.display.titles import counted
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import Indicator
from ctg_analysis.model.settings import settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import load_yaml

FIGURES = 6


@dataclass(frozen=True)
class FirstFigure:
    """A figure of the first page. chapter: the number of the one that proves it. since: its first value, and drawing:
    its years, where they make a series.
    """

    indicator: str
    chapter: str
    label: str
    value: str
    period: str
    source: str
    since: str
    drawing: str


def first_figures(territory: Territory) -> list[FirstFigure]:
    """The first figures of data/reference/accueil.yml that have a value here."""
    return [_figure(territory, indicator) for indicator in islice(_known(territory), FIGURES)]


def _known(territory: Territory) -> Iterator[Indicator]:
    """The first indicator of each theme that has a value."""
    themes = load_yaml(settings().reference / "accueil.yml", dict[str, dict[str, str]]).value
    for names in themes.values():
        known = [CATALOGUE[name] for name in names if len(territory.own(CATALOGUE[name]))]
        yield from known[:1]


def _figure(territory: Territory, indicator: Indicator) -> FirstFigure:
    rows = territory.own(indicator)
    first, last, series = rows.iloc[0], rows.iloc[-1], small_series(indicator, rows)
    return FirstFigure(
        indicator.id,
        indicator.chapter,
        typography(indicator.label),
        typography(counted(indicator, last)),
        date_text(last["period"]),
        typography(short_sources([SOURCES[last["source"]]])),
        typography(f"{first['text']} en {date_text(first['period'])}") if series else "",
        series.__html__() if series else "",
    )
