"""Tables of observations."""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral

import pandas as pd

from ctg_analysis.display import markup, quantities, sentences, texts
from ctg_analysis.display.markup import Html, Table
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.observations import LOCAL
from ctg_analysis.indicators.peers import MEDIAN_LABEL
from ctg_analysis.indicators.spread import ALL_EPCIS
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, OK, SECRET, Count, Indicator, Mean

YES, NO, ITINERANT, PARTLY = "oui", "non", "itinérant", "en partie"
PARTLY_CLASSED = "revitalisation_zone_count"  # its part is not among the communes that it counts
HIDDEN, UNKNOWN, POINTLESS = (texts.SIGNS[status] for status in (SECRET, MISSING, NOT_APPLICABLE))
SHADED_FROM = 6  # communes with a value, and values that differ
NO_VALUE = {HIDDEN, UNKNOWN}
WITHHELD = {
    frozenset({HIDDEN}): "Secret statistique",
    frozenset({UNKNOWN}): "Non disponible",
    frozenset(NO_VALUE): "Secret ou non disponible",
}
Column = tuple[Indicator, str, pd.DataFrame]  # indicator, period, readable rows of that period


@dataclass(frozen=True)
class Listing:
    """The table behind a chart: a header and lines of texts."""

    header: list[str]
    lines: list[list[str]]

    def beside(self, label: str, cells: list[str]) -> "Listing":
        """Return the listing with one more column."""
        lines = [[*line, cell] for line, cell in zip(self.lines, cells, strict=True)]
        return Listing([*self.header, label], lines)


def listing(indicator: Indicator, rows: pd.DataFrame, *, over_years: bool) -> Listing:
    """Return the table of a chart: one line per territory or per period, with interval if any.

    rows: readable observations (see chapter).
    """
    heads = [date_text(period) for period in rows["period"]] if over_years else list(rows["name"])
    lines = [[head, text] for head, text in zip(heads, rows["text"], strict=True)]
    table = Listing(["Période" if over_years else "Territoire", indicator.label], lines)
    if rows["interval"].ne("").any():
        table = table.beside("Intervalle", list(rows["interval"]))
    if "estimate_text" in rows and rows["estimate_text"].ne("").any():
        table = table.beside("Estimation lissée", [text or POINTLESS for text in rows["estimate_text"]])
    return table


def family_listing(known: list[Indicator], compared: dict[str, pd.DataFrame], own: str) -> Listing:
    """Return the table of a family: one line per member, one column per territory that has a value of one."""
    rows = {member.id: compared[member.id] for member in known}
    beside = {name: table[table["status"].ne(MISSING)].iloc[1:] for name, table in rows.items()}
    named = {name: table["name"].mask(table["level"].eq("peers"), MEDIAN_LABEL) for name, table in beside.items()}
    places = list(dict.fromkeys(name for member in known for name in named[member.id]))
    lines = []
    for member in known:
        texts_of = dict(zip(named[member.id], beside[member.id]["text"], strict=True))
        lines.append(
            [member.label, compared[member.id]["text"].iloc[0], *(texts_of.get(place, "nd") for place in places)]
        )
    return Listing(["Indicateur", own, *places], lines)


def signs(lines: list[list[str]]) -> str:
    """Return what the signs that stand in a table mean."""
    cells = {text for line in lines for text in line[1:]}
    cells |= {"≈" for cell in cells if cell.startswith("≈")}
    words = [f"{sign} = {word}" for sign, word in texts.SIGN_WORDS.items() if sign in cells]
    return " ; ".join(words) + ("." if words else "")


def head(indicator: Indicator) -> str:
    """Return the head of the column of an indicator: its label, and its unit unless the values show it."""
    shown = indicator.unit in ("%", "habitants")
    return indicator.label if shown else texts.with_unit(indicator.label, indicator.unit)


def places_by_indicator(places: pd.DataFrame, columns: list[Column], *, source: str) -> Html:
    """Return places in rows, the communes first, and indicators in columns, each at its own period.

    A place of a level at which none of them is shown has no row; a larger one that has none of the
    values is named below rather than given one. La Réunion, a département and a région, has one row.
    An indicator that no commune has a value of is told below, and so are the communes, where they are several, that
    have nothing of what is counted.
    """
    shown = {ALL_EPCIS, *(level for indicator, *_ in columns for level in indicator.shown_at)}
    places = places[places["level"].isin(shown)]
    places, columns, withheld = _of_communes(places, columns)
    zeros = _zeros(places, columns)
    cells = _cells(places, columns).drop(zeros.index)
    places = places.drop(zeros.index)
    local = int(places["level"].eq("commune").sum())
    larger = places["level"].isin(["departement", "region", "france", ALL_EPCIS])
    wide = _once(cells[larger].to_numpy().tolist())
    without = [line[0] for line in wide if set(line[1:]) == {"nd"}]
    lines = [*cells[~larger].to_numpy().tolist(), *(line for line in wide if line[0] not in without)]
    unknown = f"Valeurs non disponibles : {', '.join(without)}." if without else ""
    others = f"0 dans les {len(zeros)} {'autres ' if local else ''}communes." if len(zeros) else ""
    period = _common_period(columns)
    when = f", {date_text(period)}" if period else ""
    caption = f"{'Par commune' if local else 'Autour du territoire'}{when}"
    told = [signs(lines), others, withheld, unknown, _several_frances(columns)]
    note = " ".join(filter(None, told))
    if not lines:
        labels = texts.capitalised(texts.listed([texts.uncapitalised(one.label) for one, *_ in columns]))
        told = markup.reading(f"{labels}{when} : 0 dans les {len(zeros)} communes.", "")
        return markup.together(told, markup.source(source))
    marked, shades = frozenset(range(local, len(lines))), _shades(places[places["level"].eq("commune")], columns)
    header, zeros = ["Territoire", *_heads(columns)], tuple(zeros)
    content = Table(caption, header, lines, note, marked, zeros=zeros, shades=shades)
    return markup.together(markup.table(content), markup.source(source))


def _common_period(columns: list[Column]) -> str:
    """The period of all the columns that have one; nothing where they have several."""
    periods = {period for _, period, _ in columns if period}
    return periods.pop() if len(periods) == 1 else ""


def _heads(columns: list[Column]) -> list[str]:
    """The heads of columns, with their periods where these differ."""
    common = _common_period(columns)
    heads = []
    for indicator, period, _ in columns:
        label = head(indicator)
        heads.append(label if common or not period else f"{label}, {date_text(period)}")
    return heads


def _several_frances(columns: list[Column]) -> str:
    """The sentence on which France each column speaks of; nothing where all speak of the same."""
    each = frances((indicator, rows) for indicator, _, rows in columns)
    told = [f"{name} pour {texts.listed(labels)}" for name, labels in each.items()]
    return f"{' ; '.join(told)}." if len(told) > 1 else ""


def _shades(communes: pd.DataFrame, columns: list[Column]) -> dict[tuple[int, int], int]:
    """Return the third, 1 to 3, that the value of each commune is in, by row and column: of rates that six have."""
    shades = {}
    for number, (indicator, _, rows) in enumerate(columns, 1):
        known = rows[rows["level"].eq("commune") & rows["status"].eq(OK)].set_index("territory")["value"]
        if isinstance(indicator.value, Count | Mean) or len(known) < SHADED_FROM or known.nunique() < SHADED_FROM:
            continue
        thirds = (known.rank(pct=True) * 3).clip(upper=2.99).astype(int) + 1
        shades |= {(row, number): thirds[code] for row, code in enumerate(communes["territory"]) if code in thirds}
    return shades


def _of_communes(places: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column], str]:
    """Return the places and the columns without those in which no commune has a value, and what these say elsewhere.

    Where no column is left, the larger places stand alone in all of them.
    """
    near = places["level"].isin(LOCAL)
    kept, told = [], {}
    for column in columns:
        cells = _cells(places, [column])
        here = frozenset(cells.loc[near, 1])
        if not here or here - NO_VALUE:
            kept.append(column)
            continue
        beside = dict.fromkeys(map(" ".join, cells[~near & ~cells[1].isin(NO_VALUE)].to_numpy()))
        label = texts.uncapitalised(column[0].label)
        told.setdefault(WITHHELD[here], []).append(f"{label} ({', '.join(beside)})" if beside else label)
    if told and not kept:
        return places[~near], columns, " ".join(f"{why} dans chaque commune." for why in told)
    return places, kept, " ".join(f"{why} dans chaque commune : {' ; '.join(each)}." for why, each in told.items())


def _zeros(places: pd.DataFrame, columns: list[Column]) -> pd.Series:
    """Return the names of the communes of which every count is exactly 0, where they are several."""

    def cell(_: Indicator, row) -> str:  # a published 0 that stands for a few has a text of its own
        is_zero = row.status == OK and row.text == "0" and not getattr(row, "interval", "")
        return "" if is_zero else row.text

    cells, communes = _cells(places, columns, cell), places["level"].eq("commune")
    values = cells.drop(columns=0)
    names = cells.loc[communes & values.eq("").any(axis=1) & values.isin(["", POINTLESS]).all(axis=1), 0]
    return names if len(names) > 1 else names[:0]


def _told(indicator: Indicator, row, communes: int) -> str:
    """Return what a cell says; of what is counted in communes, yes or no, and how many of those of the territory."""
    if indicator.unit != "communes" or row.status != OK or row.level not in ("commune", "epci"):
        return row.text
    apart, partly = getattr(row, "part", 0), indicator.id == PARTLY_CLASSED
    if row.level == "commune":
        return (PARTLY if partly else ITINERANT) if apart == 1 else YES if row.value else NO
    several = "s" if row.value > 1 else ""
    whole = f"{row.value:.0f} commune{several} sur {communes}"
    more = f", et {apart:.0f} {PARTLY}" if partly else f", dont {apart:.0f} en itinérance"
    return whole + more if apart > 0 else whole


def _once(lines: list[list[str]]) -> list[list[str]]:
    """Return lines with those of one name put together, where none says another thing than the other."""
    told: dict[str, list[str]] = {}
    apart = []
    for line in lines:
        pairs = list(zip(told.setdefault(line[0], line), line, strict=True))
        if all(one == other or "nd" in (one, other) for one, other in pairs):
            told[line[0]] = [other if one == "nd" else one for one, other in pairs]
        else:
            apart.append(line)
    return [*told.values(), *apart]


def frances(columns: Iterable[tuple[Indicator, pd.DataFrame]]) -> dict[str, list[str]]:
    """Return the labels of indicators by the France that their rows speak of."""
    labels: dict[str, list[str]] = {}
    for indicator, rows in columns:
        for name in rows.loc[rows["level"].eq("france") & rows["status"].eq(OK), "name"]:
            labels.setdefault(name, []).append(texts.uncapitalised(indicator.label))
    return labels


def _cells(places: pd.DataFrame, columns: list[Column], cell=None) -> pd.DataFrame:
    """Return the name of each place, as its columns all tell it, and what its cell of each column says."""
    communes = int(places["level"].eq("commune").sum())
    cell = cell or (lambda indicator, row: _told(indicator, row, communes))
    names: dict[tuple[str, str], set[str]] = {}
    cells = []
    for indicator, _, rows in columns:
        each = sentences.each_row(rows)
        cells.append({(row.level, row.territory): cell(indicator, row) for row in each})
        for row in each:
            if row.status == OK:
                names.setdefault((row.level, row.territory), set()).add(row.name)
    lines = []
    for place in places.itertuples(index=False):
        key = (place.level, place.territory)
        told = names.get(key, set())  # « France hors Mayotte »
        lines.append([*(told if len(told) == 1 else [place.name]), *(column.get(key, "nd") for column in cells)])
    return pd.DataFrame(lines, places.index, range(1 + len(columns)), dtype=object)


def listed(rows: pd.DataFrame, caption: str, marked: frozenset[int] = frozenset(), note: str = "") -> Html:
    """Return a table as it is, its numbers written as French does. marked: numbers of the rows to set apart."""
    lines = [
        [quantities.number(value) if isinstance(value, Integral) else str(value) for value in row]
        for row in rows.itertuples(index=False)
    ]
    columns = enumerate(zip(*lines, strict=True))
    of_words = frozenset(rank for rank, cells in columns if rank and not any(map(str.isdigit, "".join(cells))))
    note = " ".join(filter(None, [signs(lines), note]))
    return markup.table(Table(caption, list(rows.columns), lines, note, marked, left=of_words))
