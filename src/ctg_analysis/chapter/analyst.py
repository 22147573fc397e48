"""What an analyst asks of a territory: indicators by their ids or by words, plain tables."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

import pandas as pd

from ctg_analysis.chapter.missing import missing
from ctg_analysis.chapter.territory import ENTRUSTED, Territory, with_one_france
from ctg_analysis.demarche.columns import last_day
from ctg_analysis.display.notes import meanings, stems
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.sentences import sums_of_rounded
from ctg_analysis.display.texts import alphabetical, typography
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.observations import read_indicators, read_observations
from ctg_analysis.indicators.peers import VARIABLES
from ctg_analysis.model.catalogue import CATALOGUE, declared_indicator
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import MISSING, OK, Indicator, measures_of
from ctg_analysis.model.source import SOURCES, declared_at
from ctg_analysis.model.territories import find_epci
from ctg_analysis.pipeline.lineage import functions_of, observer, populations_under

FAMILIES = dict.fromkeys(one.family for one in CATALOGUE.values() if one.family)
PLACE, WHEN = ["territory", "level", "name", "period"], ["year", "date"]  # what a row of a wide table is about
EVERYWHERE = ["territory", "name", "population", "period", "year", "value", "low", "high", "status", "source"]
TIDY = ["indicator", "label", "level", "place", "territory", "period", "year", "value", "low", "high", "text", "unit"]
TIDY += ["status", "source"]
COUNTRY = "France"
CHOSEN = "chosen"  # the level of EPCIs of one's choice, among those of the places beside
CLOSE = 3  # words, partners
WORD = re.compile(r"[^\W\d_]{4,}")


def indicator_of(name: str) -> Indicator:
    """An indicator by its id.

    Raises:
        UserError: no indicator has this id; says which ones are close to it.
    """
    if not isinstance(name, str) or name not in CATALOGUE:
        raise UserError(f'no indicator {name!r}: {_did_you_mean(name, CATALOGUE)}chapter.find("WORD") finds their ids')
    return CATALOGUE[name]


def family_of(name: str) -> list[Indicator]:
    """The indicators of a family, by its name.

    Raises:
        UserError: no family has this name; says which ones are close to it.
    """
    members = [one for one in CATALOGUE.values() if name and one.family == name]
    if not members:
        raise UserError(f'no family {name!r}: {_did_you_mean(name, FAMILIES)}chapter.find("WORD") finds them')
    return members


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """« did you mean births_count, birth_rate? »; nothing when none is close."""
    close = get_close_matches(str(name), list(known), 3)
    return f"did you mean {', '.join(close)}? " if close else ""


def find(territory: Territory, words: str) -> pd.DataFrame:
    """The indicators whose id, label or definition has all these words or their synonyms (data/reference).

    Accents, capitals, plural and feminine are indifferent. Columns: indicator, family (see `members`), label, unit,
    latest (the latest period at which the territory or a commune has a value).

    Raises:
        UserError: nothing is found; says which words are close to them.
    """
    here = territory.observations
    known = here[here["status"].eq(OK) & here["level"].isin(["epci", "commune"])]
    latest = known.groupby("indicator", observed=True)["period"].max()
    asked = meanings(words)
    texts_of = {one: " ".join(stems(f"{one.id} {one.label} {one.definition}")) for one in CATALOGUE.values()}
    rows = [
        (indicator.id, indicator.family, indicator.label, indicator.unit, latest.get(indicator.id, ""))
        for indicator, text in texts_of.items()
        if any(all(word in text for word in question) for question in asked)
    ]
    if not rows:
        raise UserError(f"no indicator with {words!r}: {_close(words)}expected words of a label or of a definition")
    return pd.DataFrame(rows, columns=["indicator", "family", "label", "unit", "latest"])


def _close(words: str) -> str:
    """« did you mean crèche? »; nothing when no word of a label is close."""
    known = {alphabetical(word): word for one in CATALOGUE.values() for word in WORD.findall(one.label.lower())}
    unknown = [word for word in map(alphabetical, words.split()) if word not in known]
    close = [known[found] for word in unknown for found in get_close_matches(word, known, CLOSE)]
    return f"did you mean {', '.join(dict.fromkeys(close))}? " if close else ""


def how(territory: Territory, name: str) -> pd.DataFrame:
    """How an indicator is made, from its declaration to the columns of the files, a step a row; its values: see `data`.

    Columns: step (value, source, measure, population, function), what, where: the file and the line that declare or
    define it (a measure has one for each sort of file), the folder of data/raw of a source. A population is what a rate
    or a change is over; functions stand in the order in which they run.
    """
    indicator = indicator_of(name)
    value = ", ".join(f"{field} = {text!r}" for field, text in vars(indicator.value).items() if text or text is False)
    steps = [("value", value, declared_indicator(name))]
    for source in (SOURCES[one] for one in indicator.sources):
        had = territory.received.get(source.id)
        steps.append(("source", f"{source.label}{f', had {had}' if had else ''}", f"data/raw/{source.id}"))
        measures = measures_of(indicator.value)
        means = {one for one in source.totals.per_inhabitant if f"{one}_total" in measures}
        named = sorted(measures | means)
        steps += [("measure", measure, where) for measure in named for where in declared_at(source, measure)]
        steps += [("function", *place) for place in functions_of(source, means=bool(means))]
    steps += [("population", *place) for place in populations_under(indicator.value)]
    return pd.DataFrame([*steps, ("function", *observer())], columns=["step", "what", "where"])


def chosen(territory: Territory, with_: str | int | Iterable[str]) -> dict[str, str]:
    """The names of EPCIs of one's choice, by SIREN, the territory left out. with_: their SIREN, or official names.

    Raises:
        UserError: no such EPCI.
    """
    epcis = territory.territories[territory.territories["level"].eq("epci")]
    by_name = dict(zip(epcis["name"].map(alphabetical), epcis["code"], strict=True))
    asked = [with_] if isinstance(with_, str | int) else with_
    sirens = sorted({str(by_name.get(alphabetical(str(one)), one)) for one in asked} - {territory.epci})
    names = {one: typography(find_epci(epcis, one)["name"]) for one in sirens}
    territory.chosen.update(names)
    return names


@lru_cache(maxsize=1)
def elsewhere(territory: Territory, sirens: tuple[str, ...]) -> pd.DataFrame:
    """The observations of some EPCIs, wherever they are. Columns: those of observations, name, summed."""
    rows = read_observations(territory.root.processed, sirens)
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    return rows.assign(name=rows["territory"].map(names), summed=sums_of_rounded(rows))


def data(
    territory: Territory, *indicators: str, wide: bool = False, with_: str | int | Iterable[str] = ()
) -> pd.DataFrame:
    """The observations of some indicators: a row for each place and period, or a column for each indicator.

    Columns: those of TIDY, then those of `tidy`. France is one place all along a series. wide: columns of PLACE and
    WHEN, then a column of values for each indicator, none filled; why one is missing is in the other form alone. with_:
    other EPCIs to add, by SIREN or official name: their open data, under the level CHOSEN.

    Raises:
        UserError: no indicator, no such EPCI.
    """
    several = list(dict.fromkeys(indicator_of(name) for name in indicators))
    if not several:
        raise UserError('no indicator: expected their ids, such as chapter.data("population_count")')
    rows = pd.concat([territory.readable(one) for one in several] + of_chosen(territory, several, with_))
    rows = rows.assign(label=rows["indicator"].map({one.id: one.label for one in several}))
    rows = tidy(with_one_france(rows).reset_index(drop=True))
    if not wide:
        return rows
    values = rows.pivot(index=PLACE, columns="indicator", values="value")[[one.id for one in several]]
    dated = _dated(values.reset_index().rename_axis(columns=None))
    return dated[[*PLACE, *WHEN, *values.columns]]


def of_chosen(
    territory: Territory, indicators: Iterable[Indicator], with_: str | int | Iterable[str]
) -> list[pd.DataFrame]:
    """The open data of some indicators in EPCIs of one's choice, in words, of the level CHOSEN: see `data`."""
    others = chosen(territory, with_)
    if not others:
        return []
    rows = elsewhere(territory, tuple(others))
    rows = rows[rows["level"].eq("epci") & ~rows["source"].isin(ENTRUSTED)]
    told = [territory.in_words(rows[rows["indicator"].eq(one.id)]) for one in indicators]
    return [table.assign(level=CHOSEN) for table in told]


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    """Observations in words, with a label, under the columns of TIDY, then their others.

    place: the name of the territory, « France » whatever is counted in it, which name tells (« France hors Mayotte »).
    year, date: the last ones of the period, missing where it is. text, interval: the value and its bounds as a reader
    sees them.
    """
    place = rows["name"].mask(rows["level"].eq("france"), COUNTRY)
    dated = _dated(rows.assign(place=place, unit=rows["indicator"].map(lambda name: CATALOGUE[name].unit)))
    dated = dated[[*TIDY, *(name for name in dated if name not in TIDY)]]
    dated.attrs["indicators"] = list(dated["indicator"].unique())  # what no row is left of is still known
    return dated


def computed(
    rows: pd.DataFrame, value: pd.Series, label: str | pd.Series, unit: str = "", decimals: int = 0
) -> pd.DataFrame:
    """Rows with the values that an analyst has computed of them, under a label, with their texts and without bounds.

    >>> rows = pd.DataFrame({"value": [80.0, 60.0], "label": "Naissances", "text": ["80", "60"], "status": "ok"})
    >>> computed(rows, 100 * rows["value"] / 80, "Naissances, 100 en 2014")["text"].tolist()
    ['100', '75']
    """
    value = pd.Series(value, rows.index, dtype=float)
    write = percent if unit == "%" else number
    texts = ["" if pd.isna(one) else write(one, decimals) for one in value]
    status = rows["status"].mask(value.isna() & rows["status"].eq(OK), MISSING)
    bounds = {name: float("nan") for name in ("low", "high") if name in rows}
    bounds |= {"interval": ""} if "interval" in rows else {}
    return rows.assign(value=value, text=texts, label=label, unit=unit, status=status, computed=True, **bounds)


def everywhere(territory: Territory, name: str) -> pd.DataFrame:
    """An indicator in every EPCI of France, at every period; without what partners entrust.

    Columns: territory (its SIREN), name, population (its inhabitants at their last period), period, year, value, low,
    high, status (that of `data`: a value is missing where it is not « ok »), source.
    """
    indicator, people = indicator_of(name), indicator_of("population_count")
    rows = read_indicators(territory.root.processed, [indicator.id, people.id], groups=())
    rows = rows[rows["level"].eq("epci") & ~rows["source"].isin(ENTRUSTED)]
    counted = rows[rows["indicator"].eq(people.id) & rows["status"].eq(OK)].sort_values("period", kind="stable")
    counted = counted.drop_duplicates("territory", keep="last").set_index("territory")["value"]
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    rows = rows[rows["indicator"].eq(indicator.id)].sort_values(["territory", "period"], ignore_index=True)
    code = rows["territory"]
    rows = _dated(rows.assign(name=code.map(names).map(typography), population=code.map(counted)))
    return rows[EVERYWHERE]


def _dated(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the year and the date of their period; none where it is not known, the year being then nullable."""
    periods = [period for period in rows["period"].unique() if period]
    years = rows["period"].map({period: last_year(period) for period in periods})
    dates = pd.to_datetime(rows["period"].map({period: _end(period) for period in periods}))
    return rows.assign(year=years.astype("Int64" if years.isna().any() else int), date=dates)


def _end(period: str) -> pd.Timestamp:
    """The last day of a period.

    >>> [str(_end(period).date()) for period in ("2023", "2018-2023", "2024-02", "2024-03-01")]
    ['2023-12-31', '2023-12-31', '2024-02-29', '2024-03-01']
    """
    years = len(period) == len("2018-2023") and period[5:].isdigit()
    return pd.Timestamp(last_day(period[5:] if years else period))


def peers_table(territory: Territory) -> pd.DataFrame:
    """The EPCI, then its peers, nearest first: epci, name, distance, then the variables that they were chosen by.

    attrs["periods"]: the period of each variable that has one, the same for all EPCIs, and not always the latest.
    """
    peers = territory.peers.peers
    own = pd.DataFrame({"peer": [territory.epci], "distance": [0.0]})
    rows = pd.concat([own, peers[["peer", "distance"]]], ignore_index=True).rename(columns={"peer": "epci"})
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    variables = territory.profiles[[name for name in territory.profiles if not name.startswith("class_")]]
    rows.insert(1, "name", rows["epci"].map(names))
    table = rows.merge(variables.reset_index(), on="epci", how="left", validate="1:1")
    periods = territory.vintages["period"]
    dated = {name: variable.indicator for name, variable in VARIABLES.items() if variable.indicator in periods}
    table.attrs["periods"] = {name: periods[indicator] for name, indicator in dated.items()}
    return table


def described(territory: Territory) -> str:
    """What is known of a territory and what is missing, in a few lines."""
    here = territory.observations
    known = here[here["status"].eq(OK) & here["level"].isin(["epci", "commune"])]
    lacking = missing(territory)
    lacking = lacking[lacking["indicator"].isin(CATALOGUE)]
    most = lacking.drop_duplicates(["indicator", "who"])["who"].value_counts()[:CLOSE]
    whom = ", ".join(f"{who} {count}" for who, count in most.items())
    used = sorted(set(known["source"]) & territory.received.keys())
    days = sorted(territory.received[name] for name in used)
    periods = sorted(known["period"].map(last_year))
    fictional = ", invented" if territory.root.fictional else ""
    count, communes = known["indicator"].nunique(), len(territory.communes)
    lines = [
        f"{territory.row['name']} ({territory.epci}{fictional}): {communes} commune{'s' * (communes > 1)},"
        f" geography of {territory.year}",
        f"known: {count} of {len(CATALOGUE)} indicators, from {periods[0]} to {periods[-1]}; {len(used)} sources, had"
        f" from {days[0]} to {days[-1]}"
        if count
        else f"known: none of {len(CATALOGUE)} indicators",
        f"missing: {lacking['indicator'].nunique()} indicators (asked of {whom}): `ctg list missing {territory.epci}`"
        if whom
        else "missing: nothing",
    ]
    return "\n".join(lines)
