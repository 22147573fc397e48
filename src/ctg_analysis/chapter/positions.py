"""The EPCI among those of its département and among its peers: open figures, one period, one producer."""

from functools import lru_cache

import pandas as pd

from ctg_analysis.chapter.by_indicator import each_row
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.drawings.strip import Strip, strips
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import charts
from ctg_analysis.display.words import comparable, sentences, texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.indicators.comparisons import producer
from ctg_analysis.indicators.peers import ABOVE, BELOW, HIGHEST, LOWEST, MIDDLE, Position, chooses_peers, position_in
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean
from ctg_analysis.model.source import SOURCES

FILE = "positions.csv"
PEERS = "EPCI comparables"
SEVERAL = 3  # départements: they are not named one by one
WORDS = {
    HIGHEST: "dans le quart le plus élevé",
    LOWEST: "dans le quart le plus faible",
    MIDDLE: "dans la moitié centrale",
    ABOVE: "au-dessus du troisième quartile sans que l'écart soit établi, parmi les valeurs",
    BELOW: "au-dessous du premier quartile sans que l'écart soit établi, parmi les valeurs",
}
NOTE = (
    "Losange : le territoire. Ronds : les autres EPCI. Bande : la moitié centrale d'entre eux, du premier au troisième "
    "quartile ; trait : leur médiane. Plus élevé ne veut dire ni mieux ni moins bien."
)
TOO_FEW = "Où moins de cinq EPCI ont une valeur de même source et de même période, ni bande ni médiane."


def groups_of(territory: Territory, indicator: Indicator) -> dict[str, list[str]]:
    """The groups that an EPCI is placed in, each with the SIREN of its others: its département(s), its peers.

    Among its peers, it is not placed by what has chosen them.
    """
    departements = territory.beside.loc[territory.beside["level"].eq("departement"), "name"]
    peers = [] if chooses_peers(indicator) else list(territory.peers.peers["peer"])
    named = " et ".join(texts.of(name) for name in departements) if len(departements) < SEVERAL else "des départements"
    return {name: codes for name, codes in ((f"EPCI {named}", territory.near), (PEERS, peers)) if codes}


@lru_cache(maxsize=1)
def all_beside(territory: Territory) -> pd.DataFrame:
    """The observations of other EPCIs that the territory's may stand among: its period, its producer, open figures.

    Of every indicator that the territory has a value of, but numbers of things, and what partners entrust. Columns:
    those of observations, and name.
    """
    rows = territory.around[territory.around["status"].eq(OK) & territory.around["level"].eq("epci")]
    rows = rows[rows["period"].eq(rows["indicator"].map(territory.periods))]
    placed = {name for name in territory.periods if not isinstance(CATALOGUE[name].value, Count | Mean)}
    entrusted = {name for name, source in SOURCES.items() if source.secrecy.threshold}
    rows = rows[rows["indicator"].isin(placed) & ~rows["source"].isin(entrusted)]
    own = rows[rows["territory"].eq(territory.epci)].set_index("indicator")["source"].map(producer)
    rows = rows[rows["source"].map(producer).eq(rows["indicator"].map(own)) & rows["territory"].ne(territory.epci)]
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    return rows.assign(name=rows["territory"].map(names))


def positions(territory: Territory, indicator: Indicator) -> dict[str, tuple[pd.DataFrame, Position | None]]:
    """By group, the observations of its EPCIs and the place of the territory among them; no group without any.

    What a strip of any size is drawn from, that of a page or of a line of a table.
    """
    own, rows = territory.compared(indicator), all_beside(territory)
    rows = rows[rows["indicator"].eq(indicator.id)].sort_values("name", **texts.BY_NAME)
    groups = {name: rows[rows["territory"].isin(codes)] for name, codes in groups_of(territory, indicator).items()}
    return {name: (some, position_in(own.iloc[0], some["value"])) for name, some in groups.items() if len(some)}


def position(territory: Territory, indicator: Indicator) -> Html:
    """The strips of an indicator: the territory among the EPCIs of its département, and among its peers.

    Raises:
        UserError: a number of things, which says how large an EPCI is.
    """
    if isinstance(indicator.value, Count | Mean):
        raise UserError(f"{indicator.id} is a number of things: an EPCI is placed among others by a share or a rate")
    places = positions(territory, indicator)
    if not places:
        return unavailable(territory, indicator, f"{indicator.label}, place parmi les EPCI")
    own = territory.compared(indicator).iloc[0]
    groups = [
        Strip(
            f"{name} ({len(rows)})",
            rows["value"].tolist(),
            *(place[1:] if place else ()),
            others=told_of(indicator, rows),
        )
        for name, (rows, place) in places.items()
    ]
    lines = [[territory.row["name"], own["text"], "le territoire"], *_lines(indicator, places)]
    lacking = [
        f"{name}, {len(codes) - len(places[name][0])} sur {len(codes)}"
        for name, codes in groups_of(territory, indicator).items()
        if name in places and len(codes) > len(places[name][0])
    ]
    unknown = f"Sans valeur de même source et de même période : {' ; '.join(lacking)}." if lacking else ""
    chooses = comparable.CHOOSING if chooses_peers(indicator) else ""
    few = TOO_FEW if any(place is None for _, place in places.values()) else ""
    return charts.chart(
        indicator,
        strips(groups, own["value"], own["text"], indicator.decimals),
        charts.Listing(["EPCI", indicator.label, "Groupe"], lines),
        when=date_text(own["period"]),
        source=source(territory, territory.compared(indicator)[:1]),
        note=" ".join(filter(None, [NOTE, few, unknown, chooses])),
        message=_message(indicator, own["text"], places),
        file=FILE,
    )


def told_of(indicator: Indicator, rows: pd.DataFrame) -> list[tuple[str, str]]:
    """The name and the value of each EPCI, as a reader sees them."""
    return [(texts.typography(row.name), sentences.value_text(indicator, row)) for row in each_row(rows)]


def _lines(indicator: Indicator, places: dict[str, tuple[pd.DataFrame, Position | None]]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name, (rows, _) in places.items():
        for code in rows["territory"]:
            groups.setdefault(code, []).append(name)
    rows = pd.concat([rows for rows, _ in places.values()]).drop_duplicates("territory")
    rows = rows.sort_values("name", **texts.BY_NAME)
    return [
        [row.name, sentences.value_text(indicator, row), ", ".join(groups[row.territory])] for row in each_row(rows)
    ]


def _message(indicator: Indicator, text: str, places: dict[str, tuple[pd.DataFrame, Position | None]]) -> str:
    """« Part des 65 ans ou plus : 36,4 %, dans le quart le plus élevé des EPCI de l'Aveyron »."""
    told: dict[str, list[str]] = {}
    for name, (_, place) in places.items():
        if place:
            told.setdefault(WORDS[place.place], []).append(f"des {name}")
    if not told:
        return ""
    clauses = " ; ".join(f"{words} {texts.listed(names)}" for words, names in told.items())
    return f"{texts.headed(indicator.label)} {text}, {clauses}"
