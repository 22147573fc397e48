"""Figures of parts added up, where their source allows it and where none is missing."""

import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.facts import alike
from ctg_analysis.core.model import MISSING, OK, SECRET

KEY = ["source", "period", "measure"]
ADDED = ["value", "known", "parts", "few"]  # known: whether there is a figure
OLDEST = 3  # years: a population may be that much older than what is counted over it


class NotAdditiveError(ValueError):
    """A total was asked of figures that only their producer can add up."""


def sum_up(facts: pd.DataFrame, source: Source, expected: pd.Series) -> pd.DataFrame:
    """Return the sums of facts by unit, period and measure, as facts of communes.

    expected: how many parts each unit must have; a unit that lacks one, or has one without a value, is `nd`, unless its
    source is a list (see datasets.Totals): then it is the sum of the parts with a value. What is withheld below a known
    number (`Totals.withheld_below`) counts as 1, the least that it is (rule R3).

    Raises:
        NotAdditiveError: the source's figures cannot be added up (a rate, a median).
    """
    grouped = addends(facts, source).groupby(["code", *KEY], as_index=False, observed=True)
    return finish(grouped[ADDED].sum(), source, expected, facts)


def addends(facts: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return facts with what is added up of each: ADDED.

    Raises:
        NotAdditiveError: as `sum_up` does.
    """
    if not source.totals.additive:
        raise NotAdditiveError(f"{source.id}: these figures cannot be added up, ask the producer for the total")
    known, alone = facts["status"].eq(OK), facts["parts"].eq(1)
    withheld = facts["status"].eq(SECRET) & bool(source.totals.withheld_below)
    few = facts["few"].mask(alone, (withheld | facts["value"].eq(0)).astype(int))
    return facts.assign(value=facts["value"].mask(withheld, 1.0), known=known | withheld, few=few)


def finish(sums: pd.DataFrame, source: Source, expected: pd.Series, facts: pd.DataFrame) -> pd.DataFrame:
    """Return sums of ADDED by unit (`code`), period and measure as facts like those that they are of."""
    complete = sums["known"].gt(0) if source.totals.listed else sums["known"].eq(sums["code"].map(expected))
    sums["value"] = sums["value"].round(6).where(complete)
    sums["status"] = complete.map({True: OK, False: MISSING})
    return alike(sums.assign(level="commune"), facts)


def with_inhabitants(facts: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return facts with the inhabitants of their places: the latest count of the year or before, OLDEST years at most.

    populations: of a place and year, the first counts. A fact of which no population is known is `nd`.
    """
    known = populations[populations["status"].eq(OK)]
    known = known.assign(year=known["period"].astype(int), inhabitants=known["value"])
    known = known.sort_values("year", kind="stable")
    known = known.drop_duplicates(["code", "year"])[["code", "year", "inhabitants"]].astype({"code": object})
    rows = facts.astype({"code": object}).assign(year=facts["period"].str[:4].astype(int))
    rows = pd.merge_asof(rows.sort_values("year", kind="stable"), known, on="year", by="code", tolerance=OLDEST)
    return rows.assign(status=rows["status"].mask(rows["status"].eq(OK) & rows["inhabitants"].isna(), MISSING))
