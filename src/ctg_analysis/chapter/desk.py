"""The verbs of a chapter that set figures of an analyst's choice beside, and show drawings and tables of their own."""

import sys

import pandas as pd
from matplotlib.axes import Axes

from ctg_analysis.chapter import asked, comparing, own_figures
from ctg_analysis.chapter.known import source as source_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import SHOWN, Citation, Html, telling
from ctg_analysis.display.notes import short_sources
from ctg_analysis.display.pieces import own_pieces
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import newest
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import MISSING
from ctg_analysis.model.source import SOURCES
from ctg_analysis.show.figure import drawn
from ctg_analysis.show.svg import svg

TOLD = 12  # values of a chart that its alternative tells; the table has them all


def with_own(territory: Territory, indicator: str, own: own_figures.Own) -> pd.DataFrame:
    """The communes with the latest value of an indicator and the columns of an own table or file beside.

    What of it is left out is said on the standard error, which no page shows.
    """
    named = asked.indicator(territory, indicator)
    table, left_out = own_figures.with_own(territory, named, own)
    for line in left_out:
        print(line, file=sys.stderr)
    return table


def compare(territory: Territory, *indicators: str, with_: str | list[str]) -> Html:
    """Some indicators here and in EPCIs of one's choice, at one period. with_: their SIREN."""
    sirens = [with_] if isinstance(with_, str | int) else with_
    named = [asked.indicator(territory, name) for name in indicators]
    others = [siren for siren in dict.fromkeys(map(str, sirens)) if siren != territory.epci]
    if not named or not others:
        raise UserError('compare: expected an indicator and another EPCI: compare("births_count", with_="243500139")')
    return telling(comparing.compare(territory, others, *named), SHOWN, *indicators)


def figure(territory: Territory, ax: Axes, rows: pd.DataFrame, *, title: str) -> Html:
    """Axes of matplotlib or seaborn as a page shows them: French numbers, a word for each mark, source and rows.

    rows: what is drawn, of `data` or `members`; nothing where none has a value. title: what one sees (French).

    Raises:
        UserError: no title; rows of something else.
    """
    lacking = {"indicator", "name", "period", "value", "text", "source"} - set(rows)
    if lacking or not title.strip():
        what = f"no column {', '.join(sorted(lacking))} in the rows" if lacking else "no title"
        raise UserError(f'figure: {what}: expected chapter.figure(ax, rows of chapter.data(…), title="what one sees")')
    known, drawing = rows[rows["value"].notna()], svg(drawn(ax, rows).figure)
    if known.empty:
        return Html("", why="Aucune valeur à dessiner.")
    indicators = [asked.indicator(territory, name) for name in known["indicator"].unique()]
    label = dict.fromkeys(known["indicator"], "") if len(indicators) < 2 else {one.id: one.label for one in indicators}
    lines = [
        [", ".join(filter(None, [row.name, label[row.indicator]])), date_text(row.period), row.text]
        for row in known.itertuples(index=False)
    ]
    said = " ; ".join(f"{name} ({when}) {text}" for name, when, text in lines[:TOLD])
    more = f" ; et {len(lines) - TOLD} autres valeurs, dans le tableau" if len(lines) > TOLD else ""
    unit = texts.with_unit(indicators[0].label, indicators[0].unit)
    subtitle = unit if len(indicators) < 2 else texts.listed([texts.uncapitalised(one.label) for one in indicators])
    piece = markup.figure(
        drawing,
        file=indicators[0].file_name if len(indicators) < 2 else "",
        kind="chart",
        title=title,
        subtitle=subtitle,
        alt=f"{title} : {said}{more}.",
        source=source_of(territory, known),
        note="",
        data=markup.Table(title, ["Territoire", "Période", "Valeur"], lines),
    )
    return telling(piece, SHOWN, *(one.id for one in indicators))


def picture(territory: Territory, drawing: object, *, alt: str, source: str, title: str = "") -> Html:
    """A drawing of matplotlib or seaborn as a page shows it.

    alt: what it shows, for who does not see it. source: the id of an indicator, whose source is cited, or a text.
    """
    return _citing(own_pieces.picture(drawing, alt, _cited(territory, source), title), source)


def framed(territory: Territory, table: pd.DataFrame, *, title: str, source: str) -> Html:
    """A DataFrame as a page shows it, under a title. source: as for a picture."""
    return _citing(own_pieces.frame(table, title, _cited(territory, source)), source)


def _cited(territory: Territory, source: str) -> Citation:
    """A text; of an indicator, the source of its latest figures here, failing that those that it is declared with."""
    if source not in CATALOGUE:
        return Citation(source)
    rows = territory.data(CATALOGUE[source])
    rows = rows[rows["status"].ne(MISSING) & rows["source"].isin(territory.received)]
    if rows.empty:
        return Citation(f"{short_sources([SOURCES[name] for name in CATALOGUE[source].sources])}.")
    return source_of(territory, rows[rows["period"].eq(newest(rows["period"]))])


def _citing(piece: Html, source: str) -> Html:
    """A piece that tells the indicator that its source is named by, so that the chapter defines it."""
    return telling(piece, SHOWN, source) if source in CATALOGUE else piece
