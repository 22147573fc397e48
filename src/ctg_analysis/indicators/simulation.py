"""What a change of the childcare supply would make of the coverage rate: a calculation, all else equal, no forecast.

The Cnaf publishes, for the same EPCI and year, the places and the places for 100 children under 3. Together they give
the number of children that it counts, which it does not publish: the rate before is thus the published one, and the
rate after is over the same children. Those of the census would be of another date and definition (rule R12).

A childminder who stops takes away the places that the rate counts, which are those for children under 3: the Cnaf's
places at childminders, over the childminders at work of the same year (form of the PMI). Approved places are more, for
older children take some: they serve only where the number at work of that year is not known, and are then a maximum.
"""

from dataclasses import dataclass

import pandas as pd

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.model import OK

RATE, PLACES, CHILDMINDER_PLACES = "childcare_coverage_rate", "childcare_places_count", "childminder_places_count"
AT_WORK, APPROVED = "active_childminders_count", "places_per_childminder_ratio"
IN_CENTRES, AT_CHILDMINDERS = "childcare_coverage_eaje_rate", "childcare_coverage_childminders_rate"
WORKED_OUT_FROM = (RATE, PLACES, CHILDMINDER_PLACES, AT_WORK, APPROVED, IN_CENTRES, AT_CHILDMINDERS)


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
    change: what each component of the rate gains, by indicator.
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
    change: dict[str, float]
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
    change = {IN_CENTRES: places / children * 100, AT_CHILDMINDERS: -lost / children * 100}
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
        change=change,
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
