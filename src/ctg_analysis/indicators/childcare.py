"""Childcare: who owes what, need and supply, scenarios."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from ctg_analysis.model.errors import Finding, InputError, UserError
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.yaml_files import load_yaml

# Which authority organises childcare for children under 3, and what the law asks of it.
#
# Code de l'action sociale et des familles, article L. 214-1-3: every commune is an authority. Those that transferred
# this to their EPCI count together, and the EPCI is their authority. Its duties depend on the number of inhabitants
# counted.

TWO, FOUR, PLAN, HUB = "deux missions", "quatre missions", "schéma pluriannuel", "relais petite enfance"
DUTIES, COUNTED, EXEMPTED = (TWO, FOUR, PLAN, HUB), "population comptée", "dispense du schéma"


class Threshold(BaseModel):
    """A duty of the authorities of more than `seuil` inhabitants, of all where it is « aucun »; date: since when.

    a_verifier: what could not be read in the text itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    obligation: Literal[(*DUTIES, COUNTED, EXEMPTED)]
    seuil: Annotated[int | None, BeforeValidator(lambda written: None if written == "aucun" else written)]
    texte: str
    source: str
    date: datetime.date
    a_verifier: str = ""


def read_thresholds(path: Path) -> dict[str, Threshold]:
    """The thresholds of data/reference/seuils.yml by duty.

    Raises:
        InputError: an entry that lacks something, or names no known duty; a duty without entry.
    """
    thresholds = {entry.obligation: entry for entry in load_yaml(path, list[Threshold]).value}
    absent = [duty for duty in DUTIES if duty not in thresholds]
    if absent:
        expected = f"une entrée pour {', '.join(DUTIES)}"
        raise InputError([Finding(project_path(path), None, "obligation", f"rien pour {', '.join(absent)}", expected)])
    return thresholds


def authorities(answers: pd.DataFrame, epci: str, thresholds: Mapping[str, Threshold]) -> pd.DataFrame:
    """One row per commune, then that of the EPCI, with what the law asks of each.

    Parameters:
        answers: columns territory, transferred (1 or 0; NaN: no answer), population (inhabitants; NaN: unknown), total
            (whether it is the population totale, which the law counts, or the municipal one, a little smaller).
        thresholds: of each duty, see `read_thresholds`.

    Returns:
        Columns territory, authority (whether it organises childcare), low and high (bounds of the population counted,
        the same when all is known), and one per duty (whether the law asks it). A boolean is NA where an answer or a
        population is missing and could change it, or is municipal and a little below the threshold.

    A has transferred its 2 000 inhabitants, B has not, C has not said: the EPCI counts 2 000 or 3 500, at most 3 500.

    >>> from ctg_analysis.model.settings import settings
    >>> answers = {"territory": ["A", "B", "C"], "transferred": [1, 0, None], "population": [2000.0, 900, 1500]}
    >>> answers = pd.DataFrame(answers).assign(total=True)
    >>> table = authorities(answers, "E", read_thresholds(settings().reference / "seuils.yml"))
    >>> table.loc[table["territory"].eq("E"), ["authority", "low", "high", FOUR]].to_numpy().tolist()
    [[True, 2000.0, 3500.0, False]]
    """
    moved = answers["transferred"].map({1: True, 0: False}).astype("boolean")
    own = answers["population"].where(~moved.fillna(False))
    communes = pd.DataFrame(
        {
            "territory": answers["territory"],
            "authority": ~moved,
            "low": own.fillna(0).where(~moved.fillna(False)),
            "high": own.fillna(float("inf")).where(~moved.fillna(False)),
            "total": answers["total"],
        }
    )
    certain, possible = (answers.loc[moved.fillna(unsure), "population"] for unsure in (False, True))
    whole = pd.DataFrame(
        {
            "territory": epci,
            "authority": pd.array([moved.any(skipna=False)], dtype="boolean"),
            "low": certain.fillna(0).sum(),
            "high": possible.fillna(float("inf")).sum(),
            "total": answers.loc[moved.fillna(True), "total"].all(),
        }
    )
    table = pd.concat([communes, whole], ignore_index=True)
    for duty in DUTIES:
        above = thresholds[duty].seuil
        table[duty] = table["authority"] if above is None else table["authority"] & _more_than(above, table)
    return table.drop(columns="total")


def by_population(populations: pd.DataFrame, epci: str, thresholds: Mapping[str, Threshold]) -> pd.DataFrame:
    """One row per commune, as long as it keeps childcare, then that of the EPCI, if all its communes transferred it.

    Parameters:
        populations: columns territory, population and total, see `authorities`.

    Returns:
        The columns of `authorities`, and near (whether a population is so close to a threshold that another census may
        find it on the other side).

    A has 3 400 inhabitants, B 4 000: B is above 3 500, A is 2.9 % below, and both together are 7 400.

    >>> from ctg_analysis.model.settings import settings
    >>> populations = pd.DataFrame({"territory": ["A", "B"], "population": [3400.0, 4000], "total": True})
    >>> table = by_population(populations, "E", read_thresholds(settings().reference / "seuils.yml"))
    >>> table[["territory", "low", FOUR, PLAN, "near"]].to_numpy().tolist()
    [['A', 3400.0, False, False, True], ['B', 4000.0, True, False, False], ['E', 7400.0, True, False, False]]
    """
    kept = authorities(populations.assign(transferred=0.0), epci, thresholds).iloc[:-1]
    moved = authorities(populations.assign(transferred=1.0), epci, thresholds).iloc[-1:]
    table = pd.concat([kept, moved], ignore_index=True)
    above = {thresholds[duty].seuil for duty in DUTIES} - {None}
    margin = norm("near_a_threshold")
    close = [table["low"].between(number * (1 - margin), number * (1 + margin)) for number in above]
    return table.assign(near=pd.concat(close, axis=1).any(axis=1))


def _more_than(above: int, table: pd.DataFrame) -> pd.Series:
    """Whether the population counted is above a threshold; NA when its bounds do not tell.

    The municipal population, smaller than the one that the law counts, does not tell it a little below.
    """
    enough = table["high"].lt(above * (1 - norm("near_a_threshold"))).mask(table["total"], table["high"].le(above))
    result = pd.Series(pd.NA, index=table.index, dtype="boolean")
    return result.mask(table["low"].gt(above), True).mask(enough, False)


# What a change of the childcare supply would make of the coverage rate: a calculation, all else equal, no forecast.
#
# The Cnaf publishes, for the same EPCI and year, the places and the places for 100 children under 3. Together they give
# the number of children that it counts, which it does not publish: the rate before is thus the published one, and the
# rate after is over the same children. Those of the census would be of another date and definition (rule R12).
#
# A childminder who stops takes away the places that the rate counts, which are those for children under 3: the Cnaf's
# places at childminders, over the childminders at work of the same year (form of the PMI). Approved places are more,
# for older children take some: they serve only where the number at work of that year is not known, and are then a
# maximum.

RATE, PLACES, CHILDMINDER_PLACES = "childcare_coverage_rate", "childcare_places_count", "childminder_places_count"
AT_WORK, APPROVED = "active_childminders_count", "places_per_childminder_ratio"
WORKED_OUT_FROM = (RATE, PLACES, CHILDMINDER_PLACES, AT_WORK, APPROVED)


@dataclass(frozen=True)
class Missing:
    """The figure without which nothing can be worked out: its indicator, and the year it is needed for."""

    indicator: str
    period: str


@dataclass(frozen=True)
class PerChildminder:
    """Places that go with a childminder; at_work: those at work that the Cnaf's places are shared by.

    at_work is None for approved places, of the year `period`.
    """

    places: float
    period: str
    source: str
    at_work: float | None = None


@dataclass(frozen=True)
class Simulation:
    """A coverage rate before and after a change of the supply, and all that it was worked out from.

    before, after: places for 100 children under 3, the published ones of the year `period` and those worked out.
    places: published places. children: those that rate and places imply. added, leaving: the change asked for.
    each, there: the places of a childminder and of all of them, where both are known; lost: those that go with the
    childminders who stop; capped: when more were asked for.
    """

    period: str
    before: float
    after: float
    places: float
    children: float
    added: int
    leaving: int
    each: PerChildminder | None
    there: float
    lost: float
    capped: bool
    sources: tuple[str, ...]


def rate_after(before: float, children: float, *, places: float, lost: float) -> float:
    """The coverage rate over the same children with places more and places lost. The page works it out again.

    Of 200 children, 50 places for 100, 10 places more and 6 lost: 4 places, 2 for 100 children.

    >>> rate_after(50.0, 200.0, places=10, lost=6)
    52.0
    """
    return before + (places / children * 100 - lost / children * 100)


def simulate(rows: pd.DataFrame, *, places: int, leaving: int) -> Simulation | Missing:
    """The coverage rate with more places in childcare centres and fewer childminders at work.

    Parameters:
        rows: observations of one territory: columns indicator, period, value, status, source.
        places: added in centres.
        leaving: childminders at work who stop.

    Returns:
        The figure that is missing, where nothing can be worked out.

    Raises:
        UserError: places or leaving is not a whole number, 0 or more.

    100 places, 50 for 100 children: there are 200 children. The 60 places of 20 childminders are 3 each: 10 places more
    and 2 childminders fewer are 4 places, 2 for 100 children.

    >>> values = {RATE: 50.0, PLACES: 100.0, CHILDMINDER_PLACES: 60.0, AT_WORK: 20.0}
    >>> rows = pd.DataFrame({"indicator": values.keys(), "value": values.values(), "period": "2023", "status": OK})
    >>> after = simulate(rows.assign(source="cnaf"), places=10, leaving=2)
    >>> [float(figure) for figure in (after.children, after.lost, after.after)]
    [200.0, 6.0, 52.0]
    """
    for name, number in {"places": places, "leaving": leaving}.items():
        if not isinstance(number, int) or number < 0:
            raise UserError(f"simulation: {name} is {number!r}, expected a whole number, 0 or more")
    known = rows[rows["status"].eq(OK) & (rows["indicator"].ne(RATE) | rows["value"].gt(0))]
    needed = [RATE, PLACES, CHILDMINDER_PLACES] if leaving else [RATE, PLACES]
    period = _common_period(known, needed)
    if isinstance(period, Missing):
        return period
    given = known[known["period"].eq(period)].set_index("indicator")
    each = _per_childminder(known, given, period) if CHILDMINDER_PLACES in given.index else None
    if isinstance(each, Missing):
        if leaving:
            return each
        each = None
    there = given.at[CHILDMINDER_PLACES, "value"] if each else 0.0
    gone = leaving * each.places if each else 0.0
    lost = min(gone, there)
    children = given.at[PLACES, "value"] / given.at[RATE, "value"] * 100
    sources = [*given.loc[needed, "source"], *([each.source] if each and leaving else [])]
    return Simulation(
        period=period,
        before=given.at[RATE, "value"],
        after=rate_after(given.at[RATE, "value"], children, places=places, lost=lost),
        places=given.at[PLACES, "value"],
        children=children,
        added=places,
        leaving=leaving,
        each=each,
        there=there,
        lost=lost,
        capped=gone > there + 1e-9,
        sources=tuple(dict.fromkeys(sources)),
    )


def _common_period(known: pd.DataFrame, needed: list[str]) -> str | Missing:
    """The latest period that has all that is needed, or the first thing that leaves none."""
    periods = {name: set(known.loc[known["indicator"].eq(name), "period"]) for name in needed}
    common = periods[RATE]
    for name in needed:
        common = common & periods[name]
        if not common:
            return Missing(name, max(periods[RATE], default=""))
    return max(common)


def _per_childminder(known: pd.DataFrame, given: pd.DataFrame, period: str) -> PerChildminder | Missing:
    """The places of a childminder: those that the rate counts, else the approved ones of the latest year."""
    at_work = known[known["indicator"].eq(AT_WORK) & known["period"].str[:4].eq(period[:4]) & known["value"].gt(0)]
    if len(at_work):
        row = at_work.iloc[-1]
        return PerChildminder(given.at[CHILDMINDER_PLACES, "value"] / row["value"], period, row["source"], row["value"])
    approved = known[known["indicator"].eq(APPROVED)].sort_values("period", kind="stable")
    if approved.empty:
        return Missing(AT_WORK, period)
    row = approved.iloc[-1]
    return PerChildminder(row["value"], row["period"], row["source"])


# The need for childcare beside the supply, in places for 100 children under 3: what families who work would ask for.
#
# Need: the share of children whose parents all have a job, times the share of those for whom a formal mode is wished.
# Where the census does not tell the parents, the employment rate of the territory stands for them.

PARENTS, EMPLOYED = "children_0_1_all_parents_employed_share", "employment_25_54_rate"
OF_ALL_AGES = "employment_15_64_rate"  # of students too
WISHED = "formal_childcare_wished_share"
NEEDED = (RATE, PARENTS, EMPLOYED, OF_ALL_AGES, WISHED)


class Need(NamedTuple):
    """The rows that a need is worked out from: of the supply, of who works, of what is wished where answers tell it."""

    supply: pd.Series
    at_work: pd.Series
    wished: pd.Series | None


def need_of(rows: pd.DataFrame) -> Need | Missing:
    """The latest supply and need of a territory. rows: observations of it: columns indicator, period, value, status.

    >>> rows = pd.DataFrame({"indicator": [RATE, EMPLOYED], "value": [60.0, 70.0], "period": "2023", "status": OK})
    >>> found = need_of(rows)
    >>> found.at_work["indicator"], needed(70.0, 80), need_of(rows[:1])
    ('employment_25_54_rate', 56.0, Missing(indicator='employment_25_54_rate', period='2023'))
    """
    known = rows[rows["status"].eq(OK)].sort_values("period", kind="stable").groupby("indicator", observed=True)
    latest = {name: own.iloc[-1] for name, own in known}
    if RATE not in latest:
        return Missing(RATE, "")
    at_work = next((latest[name] for name in (PARENTS, EMPLOYED, OF_ALL_AGES) if name in latest), None)
    if at_work is None:
        return Missing(EMPLOYED, latest[RATE]["period"])
    return Need(latest[RATE], at_work, latest.get(WISHED))


def needed(at_work: float, wished: float) -> float:
    """The places needed for 100 children. at_work, wished: the parents who all work, and of these, who wish, in %.

    >>> needed(70, 80)
    56.0
    """
    return at_work * wished / 100
