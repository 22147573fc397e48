"""What partners count, held to what is openly counted of the same children, households or places (rule R27)."""

from collections import defaultdict

import pandas as pd

from ctg_analysis.cleaning.partners.received_forms import FORMS
from ctg_analysis.core.forms import PERSONS

HELD_TO = {measure: several for source in FORMS.values() for measure, several in source.form.held_to.items()}
KINDS = {field.measure: field.kind for source in FORMS.values() for field in source.form.fields}
AND = " + "
OPEN = sorted({name for several in HELD_TO.values() for one in several for name in one.split(AND)})
OLDEST = 5  # years between the two counts, at most
OF_PERSONS, OF_PLACES, MORE = 1.5, 2.0, 20  # how many times the open count, and how many more, a count may be
KEY = ["code", "level", "period", "measure"]
FOUND = [*KEY, "low", "whole", "together", "held_to", "year", "high", "most"]


def implausible(told: pd.DataFrame, opened: pd.DataFrame, epci_of: pd.Series) -> pd.DataFrame:
    """Return the counts of partners that cannot be: those of which the least is more than open counts allow.

    A commune is held to its own open count and to that of its EPCI; an EPCI to its own, and so are its communes
    together: where these cannot be, none of them is taken. What is not openly counted holds nothing.

    Parameters:
        told: KEY and low, the least that each count is.
        opened: code, level, period, indicator, and high, the most that each open count is.
        epci_of: the EPCI of each commune.

    Returns:
        Rows of told, columns FOUND. whole: the place that was held to an open count; together: what it has at least;
        held_to, year, high: the open count; most: what that allows.
    """
    known = defaultdict(dict)
    for row in opened.itertuples(index=False):
        known[row.level, row.code, row.indicator][int(row.period[:4])] = row.high
    told = told[told["measure"].isin(HELD_TO)].astype({"level": str})
    told = told.assign(epci=told["code"].map(epci_of).where(told["level"].eq("commune")))
    alone = _beyond(told.assign(whole=told["code"], together=told["low"]), known)
    communes = told[told["epci"].notna()].drop(alone.index, errors="ignore")
    group = ["epci", "period", "measure"]
    sums = communes.groupby(group, as_index=False)["low"].sum()
    sums = sums.assign(code=sums["epci"], level="epci", whole=sums["epci"], together=sums["low"], epci=None)
    wrong = _beyond(sums, known).drop(columns=["low", "level", "epci"]).rename(columns={"code": "epci"})
    return pd.concat([alone[FOUND], communes.merge(wrong, on=group)[FOUND]], ignore_index=True)


def _beyond(told: pd.DataFrame, known: dict) -> pd.DataFrame:
    """Return the rows of which `low` is more than an open count of their place, or of its EPCI, allows."""
    found = [_ceiling(row, known) for row in told.itertuples(index=False)]
    limits = pd.DataFrame(found, columns=["most", "place", "held_to", "year", "high"], index=told.index)
    rows = told.join(limits)
    return rows[rows["low"].gt(rows["most"])].assign(whole=lambda table: table["place"])


def _ceiling(row: tuple, known: dict) -> tuple:
    """Return the least that the open counts of a place and of its EPCI allow, and what it comes from."""
    year, times = int(row.period[:4]), OF_PERSONS if KINDS[row.measure] == PERSONS else OF_PLACES
    places = [(row.level, row.code), *([("epci", row.epci)] if pd.notna(row.epci) else [])]
    limits = []
    for place in places:
        for names in HELD_TO[row.measure]:
            counts = [known.get((*place, name), {}) for name in names.split(AND)]
            years = [one for one in set.intersection(*map(set, counts)) if abs(one - year) <= OLDEST]
            if years:
                then = min(years, key=lambda one: (abs(one - year), one))
                high = sum(count[then] for count in counts)
                limits.append((times * high + MORE, place[1], names, then, high))
                break
    return min(limits, default=(float("inf"), "", "", 0, 0.0))
