"""The first screen of a chapter: its answer, three figures beside what they are compared with, a map, its account."""

import pandas as pd

from ctg_analysis.chapter import accounts
from ctg_analysis.chapter.by_indicator import each_row
from ctg_analysis.chapter.profiles import is_compared, is_told
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import sentences, standing
from ctg_analysis.display.drawings.in_cells import ruler
from ctg_analysis.display.markup import MISSING, SHOWN, Html, telling
from ctg_analysis.display.pieces import profile as pieces
from ctg_analysis.display.pieces.profile import Drawn, LargeFigure
from ctg_analysis.display.texts import capitalised, date_text, uncapitalised, unit_text
from ctg_analysis.indicators.peers import chooses_peers
from ctg_analysis.indicators.trends import trend_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator

FIGURES = 3
SIGNS = {"peers": "○", "france": "│"}  # as they are drawn


def first_screen(territory: Territory, chapter: str, rows: pd.DataFrame, land: Html) -> Html:
    """What a chapter says first.

    chapter: its number. rows: of `data`; its first three indicators that have a value here are the figures, in its
    order. land: the map, of `Chapter.map`.
    """
    known = [CATALOGUE[name] for name in rows["indicator"].unique() if _is_written(territory, CATALOGUE[name])]
    figures = [large_figure(territory, one) for one in known[:FIGURES]]
    answer, account = accounts.account(territory, chapter)
    if account and not answer:  # the first sentence is the answer, where nothing is remarkable
        answer, account = account[0].removesuffix("."), account[1:]
    findings = accounts.untold(territory, chapter)
    piece = pieces.first_screen(answer, figures, land.html, account, findings)
    about = {what: told for what, told in land.about.items() if what != MISSING}
    names = [one.name for one in figures]
    return telling(Html(piece.html, about), SHOWN, *names)


def _is_written(territory: Territory, indicator: Indicator) -> bool:
    own = territory.own(indicator)
    return len(own) > 0 and sentences.is_printed(indicator, each_row(own[-1:])[0])


def large_figure(territory: Territory, indicator: Indicator) -> LargeFigure:
    """A figure at the period of its comparison, a number of things at its latest. indicator: known here."""
    own = territory.own(indicator)
    rows = territory.compared(indicator) if is_compared(indicator) else own[-1:]
    rows = rows[rows["status"].eq(OK)] if len(rows) else own[-1:]
    here = rows.iloc[0]
    beside = rows[rows["level"].isin(SIGNS)].drop_duplicates("level")
    beside = beside[beside["level"].ne("peers")] if chooses_peers(indicator) else beside
    beside = beside.sort_values("level", ascending=False, kind="stable")  # the peers first
    others = [(SIGNS[row.level], row.name, row.text) for row in each_row(beside)]
    drawing = None
    if others:
        alt = " ; ".join(
            [
                f"{indicator.label}, {date_text(here['period'])} : {here['text']}",
                *(f"{name} : {text}" for _, name, text in others),
            ]
        )
        drawing = Drawn(ruler(here["value"], dict(beside[["level", "value"]].to_numpy())), alt)
    found = trend_of(own, indicator)
    moves = bool(found and found.is_established and found.hangs_on is None)
    way = f"{capitalised(standing.way(found))} : {standing.with_bounds(indicator, own, found)}" if moves else ""
    unit = "" if is_told(indicator) else uncapitalised(unit_text(indicator.unit))
    label = indicator.label.replace(" (hors MSA)", "") if territory.is_overseas else indicator.label
    return LargeFigure(indicator.id, label, date_text(here["period"]), here["text"], unit, drawing, others, way)
