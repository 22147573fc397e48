"""The territory in five sentences at most: growth or decline first, then people, work, incomes, services, by rule."""

import pandas as pd

from ctg_analysis.chapter.essential import findings_of
from ctg_analysis.chapter.projections import children_since_birth
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.words import standing, stories
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.display.words.texts import typography
from ctg_analysis.indicators.findings import BESIDE
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK

GROWTH = ("population_change_rate", "natural_change_rate")
LOST = 0.48, 1 / 3  # of the inhabitants, since the last year of which so many are gone: near half, a third
MOST = 3  # facts of a sentence
SMALL, LEAST = 2, 0.1  # times the share of France, and of the schools: small ones that are told
ARRIVALS, DEPARTURES = 110, 90  # children for 100 births of their years: families come, families leave


def story(territory: Territory) -> list[str]:
    """The sentences, each of one theme; a theme of which nothing is remarkable has none."""
    told = [_growth(territory), _people(territory)]
    told += [stories.together(_facts(territory, names)[:MOST]) for names in stories.SLOTS]
    return [typography(sentence) for sentence in told if sentence]


def _growth(territory: Territory) -> str:
    """How fast the inhabitants change, by which balances, and what is left of the most that they were."""
    change, natural = (territory.own(CATALOGUE[name]).set_index("period")["value"] for name in GROWTH)
    if change.empty:
        return ""
    period = max(change.index)
    past = pd.concat([territory.own(CATALOGUE[name]) for name in ("historical_population_count", "population_count")])
    inhabitants = past.drop_duplicates("period").set_index("period")["value"].sort_index()
    gone = 1 - inhabitants.iloc[-1] / inhabitants
    lost = next(((one.index[-1], one.iloc[-1]) for part in LOST if len(one := gone[gone.ge(part)])), None)
    return stories.growth(period, change[period], natural.get(period), lost)


def _people(territory: Territory) -> str:
    """The children for 100 births of their years, and the ages that are remarkable."""
    found, census = children_since_birth(territory)
    grown = found[found["ages"].ne("0_4")]["per_100"] if len(found) else pd.Series(dtype=float)
    ages = _facts(territory, stories.AGES)
    if len(grown) and not (grown.gt(ARRIVALS).all() or grown.lt(DEPARTURES).all()):
        grown = grown[:0]
    return stories.people(census, grown, ages)


def _facts(territory: Territory, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The remarkable facts among some indicators, those beside France or in a tenth first: their years and clauses."""
    found = findings_of(territory).set_index("indicator")
    told = [name for name in names if name in found.index and territory.compared(CATALOGUE[name])["value"].iloc[0]]
    told.sort(key=lambda name: found.loc[name, "why"] == BESIDE)
    facts = []
    for name in told:
        rows = territory.compared(CATALOGUE[name])
        period, text = rows["period"].iloc[0], rows["text"].iloc[0]
        beside = standing.shortly(CATALOGUE[name], rows, territory.gaps(CATALOGUE[name]), found.loc[name])
        facts.append(
            (period, f"{stories.clause(name, text)}{_range(territory, name, period)}{', ' * bool(beside)}{beside}")
        )
        if name in stories.BESIDE and (more := _plain(territory, stories.BESIDE[name])):
            facts.append(more)
    if stories.ALWAYS in names and stories.ALWAYS not in told and (jobs := _plain(territory, stories.ALWAYS)):
        facts = [jobs, *facts]
    if "poverty_tenants_rate" in names and "poverty_tenants_rate" in territory.inequality.index:
        row = territory.inequality.loc["poverty_tenants_rate"]
        facts.append((row["period"], stories.tenants(number(row["least"]), number(row["most"]))))
    if "small_schools_count" in names and (schools := _small_schools(territory)):
        facts.append(schools)
    return facts


def _range(territory: Territory, name: str, period: str) -> str:
    """« (de 3 à 9 % selon la commune) », of the same period; nothing where it is not worked out."""
    rows = territory.inequality[territory.inequality["period"].eq(period)]
    if name not in rows.index or name not in stories.RANGES or pd.isna(rows.loc[name, "least"]):
        return ""
    written = percent if CATALOGUE[name].unit == "%" else number
    return f" (de {number(rows.loc[name, 'least'])} à {written(rows.loc[name, 'most'])} selon la commune)"


def _plain(territory: Territory, name: str) -> tuple[str, str] | None:
    """A fact that is told beside another, whatever its size; nothing where it is none."""
    rows = territory.compared(CATALOGUE[name])
    if rows.empty or not rows["value"].iloc[0] > 0:
        return None
    beside = standing.against(CATALOGUE[name], rows, territory.gaps(CATALOGUE[name]), ["france"])
    return rows["period"].iloc[0], f"{stories.clause(name, rows['text'].iloc[0])}{', ' * bool(beside)}{beside}"


def _small_schools(territory: Territory) -> tuple[str, str] | None:
    """How many of the schools are small, where they are twice the part that they are in France."""
    rows = territory.of(["small_schools_count", "schools_count"])
    rows = rows[rows["status"].eq(OK) & rows["level"].isin(["epci", "france"])]
    period = rows.loc[rows["level"].eq("epci"), "period"].max()
    rows = rows[rows["period"].eq(period)].drop_duplicates(["indicator", "level"])
    counts = rows.set_index(["level", "indicator"])["value"].unstack().reindex(["epci", "france"])
    counts = counts.reindex(columns=["small_schools_count", "schools_count"])
    share = counts["small_schools_count"] / counts["schools_count"]
    if counts.loc["epci", "small_schools_count"] < 2 or not share["epci"] >= max(SMALL * share["france"], LEAST):
        return None
    return period, stories.small_schools(*map(int, counts.loc["epci"]))
