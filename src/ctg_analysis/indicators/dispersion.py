"""The dispersion of shares between communes: the unit of a test is the commune, not the inhabitant (rule R14).

The inhabitants of a commune are alike: what their share varies by from one commune to the next is more than chance
among so many. It is measured on the communes of the comparator, by the correlation of two inhabitants of a commune,
and written in each observation as a design effect: how many times the variance of independent draws its share has.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import EVENTS, OK, AnnualFlow, AnnualResidual, Indicator, Rate, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.core.territories import unit_of_places
from ctg_analysis.indicators.census_sample import worth_of_one

LARGER = ("departement", "region", "france")  # whose communes tell how far two are apart: the first that has enough
SERIES = ["level", "territory", "indicator"]
KEY = [*SERIES, "period"]
WHOLE = 0.9  # of a denominator: the communes that are known make up so much of a place, or tell nothing of it


class Sums(NamedTuple):
    """What is added up of communes, y of n in each: how many, and the sums of n, n², y, y² / n, y / n, (y / n)², 1 / n,
    worth, worth x n; worth: how many times the variance of a full count one that is counted has."""

    communes: pd.Series
    n: pd.Series
    nn: pd.Series
    y: pd.Series
    yy: pd.Series
    r: pd.Series
    rr: pd.Series
    inverse: pd.Series
    worth: pd.Series
    worth_n: pd.Series


def is_between_communes(indicator: Indicator) -> bool:
    """Whether the communes tell how sure a difference is: shares of persons, dwellings, premises; rates of events.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> [is_between_communes(CATALOGUE[name]) for name in ("age_65_plus_share", "births_count", "school_near_share")]
    [True, False, False]
    """
    return not indicator.untested and (is_proportion(indicator.value) or is_of_events(indicator) or is_flow(indicator))


def is_of_events(indicator: Indicator) -> bool:
    """Whether an indicator is a rate of events, any number of which may befall one person."""
    return isinstance(indicator.value, Rate) and indicator.value.of == EVENTS


def is_flow(indicator: Indicator) -> bool:
    """Whether an indicator is a balance of events over person-years."""
    return isinstance(indicator.value, AnnualFlow | AnnualResidual)


def with_dispersion(
    observed: pd.DataFrame,
    indicators: Iterable[Indicator],
    places: pd.DataFrame,
    sources: Mapping[str, Source],
    fractions: pd.DataFrame | None,
) -> pd.DataFrame:
    """The observations with the dispersion of each share: its variance over that of as many independent draws.

    Of a share p of n in communes that hold the parts h of it, two inhabitants of a commune being correlated by r,
    the variance is p (1 - p) (w (1 - r) / n + r Σh²): the dispersion is w (1 - r) + r n Σh². The correlation is that of
    the communes of the département, of the région or of France, the first of which `dispersion_communes` or more are
    known; else of the territory itself. Rates of events have the same, their variance being the rate; a balance over
    person-years has the whole variance, there being no other measure of chance. Nothing where no commune is known.

    Parameters:
        observed: observations, their words as categories; those of the communes are open.
        indicators: those observed. places: the territories.
        fractions: of the dwellings drawn, see `intervals.coded_fractions`; None when no source is sampled.

    Source: Williams (1982), Applied Statistics 31, 144-148, model II; Kish (1965), Survey Sampling, chapter 5.
    """
    tested = {indicator.id: indicator for indicator in indicators if is_between_communes(indicator)}
    rows = observed[observed["indicator"].isin(tested) & observed["status"].eq(OK) & observed["denominator"].gt(0)]
    communes = rows[rows["level"].eq("commune")]
    if communes.empty:
        return observed
    units = unit_of_places(places)
    sums = _of_known(_sums(communes, units, worth_of_one(communes, tested, sources, fractions)), rows)
    sums = sums.assign(**_measured(sums, tested))
    dispersion = _dispersions(rows, sums, units, _concentrations(places, units))
    return observed.assign(dispersion=dispersion.reindex(observed.index))


def correlation(sums: Sums, variance: pd.Series) -> pd.Series:
    """The correlation of two inhabitants of a commune, from Pearson's X² of the communes about the share of all.

    X² is expected to be Σ(1 - n / N) (w (1 - r) + r n). That a GLM of statsmodels divides by its degrees of freedom is
    the dispersion of quasi-likelihood.

    Parameters:
        sums: of the communes. variance: of one inhabitant, p (1 - p) of a share.

    Three communes of 100 with 10, 20 and 30: X² = 200 / (100 x 0.16) = 12.5, 2 are expected of independent draws,
    200 of communes that are all or nothing: (12.5 - 2) / (200 - 2).

    >>> n, y = pd.Series([100.0] * 3), pd.Series([10.0, 20, 30])
    >>> three = Sums(*map(pd.Series, added(y, n, n * 0 + 1).sum().to_frame().to_numpy()))
    >>> correlation(three, pd.Series([0.16])).round(6).item()
    0.05303
    """
    scatter = (sums.yy - sums.y**2 / sums.n) / variance
    alone, together = sums.worth - sums.worth_n / sums.n, sums.n - sums.nn / sums.n
    apart = (together - alone).where(together > alone)
    return ((scatter - alone) / apart).clip(0, 1)


def added(y: pd.Series, n: pd.Series, worth: pd.Series) -> pd.DataFrame:
    """What each commune adds to `Sums`: y of n, each worth so many.

    >>> added(pd.Series([10.0]), pd.Series([100.0]), pd.Series([1.0])).iloc[0].tolist()
    [1.0, 100.0, 10000.0, 10.0, 1.0, 0.1, 0.010000000000000002, 0.01, 1.0, 100.0]
    """
    columns = (n * 0 + 1, n, n**2, y, y**2 / n, y / n, (y / n) ** 2, 1 / n, worth, worth * n)
    return pd.DataFrame(dict(zip(Sums._fields, columns, strict=True)))


def chance_between_communes(
    difference: pd.Series,
    variance: pd.Series,
    base: pd.Series,
    dispersion: pd.Series,
    other_base: pd.Series,
    other_dispersion: pd.Series,
) -> pd.Series:
    """The two-sided p of a difference to a larger place, were the communes of one like those of its rest.

    The rest of the larger place has the variance that both leave it.

    Parameters:
        difference: between the two shares (0 to 1), the first being a part of the second.
        variance: of one inhabitant, p (1 - p) of a share.
        base, other_base: how many the shares are of. dispersion, other_dispersion: see `with_dispersion`.

    30 % of 1 000 are 20 % and 1 / 0.9 of 9 points above the rest of 10 000; with 20 times the variance of draws on both
    sides, z = 0.1 / 0.9 / √(0.16 x (20 / 1 000 + 20 / 9 000)).

    >>> one = [pd.Series([number]) for number in (0.1, 0.16, 1000.0, 20.0, 10_000.0, 20.0)]
    >>> chance_between_communes(*one).round(4).item(), round(2 * float(ndtr(-0.1 / 0.9 / (0.16 * 0.2 / 9) ** 0.5)), 4)
    (0.0624, 0.0624)
    """
    rest = (other_base - base).where(other_base > base)
    left = (other_dispersion * other_base - dispersion * base) / rest
    left = left.where(left > 0, other_dispersion)
    error = np.sqrt((variance * (dispersion / base + left / rest)).where(lambda number: number > 0))
    return pd.Series(2 * ndtr(-(difference * other_base / rest).abs() / error), index=difference.index)


def _sums(communes: pd.DataFrame, units: list[tuple[str, pd.Series]], worth: pd.Series) -> pd.DataFrame:
    """The sums of communes by place of each level, indicator and period; a commune is a place too."""
    table = added(communes["numerator"], communes["denominator"], worth)
    table = table.assign(indicator=communes["indicator"], period=communes["period"])
    codes = communes["territory"].cat
    tables = [table.assign(level="commune", territory=communes["territory"].astype(object))]
    for level, of in units:
        place = pd.Categorical(codes.categories.map(of))
        ranks = np.append(place.codes, -1)[codes.codes]
        inside = table.assign(territory=pd.Categorical.from_codes(ranks, place.categories))[ranks >= 0]
        sums = inside.groupby(["territory", "indicator", "period"], observed=True, as_index=False).sum()
        tables.append(sums.assign(level=level))
    return pd.concat([each.astype(dict.fromkeys(KEY, object)) for each in tables], ignore_index=True)


def _of_known(sums: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The sums of places whose communes that are known make up nearly all of it."""
    whole = rows[[*KEY, "denominator"]].astype(dict.fromkeys(KEY, object))
    both = sums.merge(whole, on=KEY, how="inner", validate="1:1")
    return both[both["n"].ge(WHOLE * both["denominator"])].drop(columns="denominator")


def _measured(sums: pd.DataFrame, tested: dict[str, Indicator]) -> dict[str, pd.Series]:
    """The correlation, the concentration and the worth of each place, and the variance of one where none is known."""
    share = sums["y"] / sums["n"]
    flow = sums["indicator"].map({name: is_flow(one) for name, one in tested.items()}).astype(bool)
    events = sums["indicator"].map({name: is_of_events(one) for name, one in tested.items()}).astype(bool)
    variance = (share * (1 - share)).where(~events, share).mask(flow, _variance_of_flows(sums[flow]))
    pieces = Sums(*(sums[name] for name in Sums._fields))
    return {
        "correlation": correlation(pieces, variance.where(variance > 0)),
        "concentration": sums["nn"] / sums["n"] ** 2,
        "unit": sums["worth_n"] / sums["n"],
        "variance": variance.where(flow, 1.0),
    }


def _variance_of_flows(sums: pd.DataFrame) -> pd.Series:
    """The variance of the balance of one person-year: what the scatter of small communes has more than that of large.

    Two sums of squares about the rate of all, weighted by n and not weighted, set against v and v r for each period of
    the largest place.
    """
    rate = sums["y"] / sums["n"]
    weighted = sums["yy"] - sums["y"] ** 2 / sums["n"]
    plain = sums["rr"] - 2 * rate * sums["r"] + sums["communes"] * rate**2
    together = sums["n"] - sums["nn"] / sums["n"]
    found = (weighted * sums["communes"] - plain * together) / (
        (sums["communes"] - 1) * sums["communes"] - sums["inverse"] * together
    )
    largest = sums.assign(found=found).sort_values("communes").drop_duplicates(["indicator", "period"], keep="last")
    by_period = largest.set_index(["indicator", "period"])["found"].clip(lower=0)
    return pd.Series(
        by_period.reindex(pd.MultiIndex.from_frame(sums[["indicator", "period"]])).to_numpy(), index=sums.index
    )


def _concentrations(places: pd.DataFrame, units: list[tuple[str, pd.Series]]) -> pd.Series:
    """The sum of the squared parts that communes have in the inhabitants of each place, by level and territory."""
    inhabitants = places[places["level"].eq("commune")].set_index("code")["total_population"].astype(float)
    tables = []
    for level, of in units:
        known = pd.DataFrame({"territory": of, "n": inhabitants}).dropna()
        sums = known.assign(nn=known["n"] ** 2).groupby("territory").sum()
        tables.append((sums["nn"] / sums["n"] ** 2).rename("found").reset_index().assign(level=level))
    return pd.concat(tables).set_index(["level", "territory"])["found"]


def _dispersions(
    rows: pd.DataFrame, sums: pd.DataFrame, units: list[tuple[str, pd.Series]], inhabitants: pd.Series
) -> pd.Series:
    """The dispersion of the observations of places and communes, by their index."""
    keys = rows[KEY].astype(dict.fromkeys(KEY, object))
    by_period = sums.sort_values("period", kind="stable")
    same, newest = by_period.set_index(KEY), by_period.drop_duplicates(SERIES, keep="last").set_index(SERIES)
    known = _reindexed(same, keys[KEY]).fillna(_reindexed(newest, keys[SERIES]))
    of_inhabitants = inhabitants.reindex(pd.MultiIndex.from_frame(keys[["level", "territory"]])).to_numpy()
    concentration = known["concentration"].fillna(pd.Series(of_inhabitants, keys.index))
    concentration = concentration.mask(keys["level"].eq("commune"), 1.0)
    enough = by_period[by_period["communes"].ge(norm("dispersion_communes"))]
    alike = _alike(keys, enough.drop_duplicates(SERIES, keep="last").set_index(SERIES), units)
    between = alike["correlation"] * concentration * rows["denominator"]
    return alike["variance"] * (known["unit"].fillna(1.0) * (1 - alike["correlation"]) + between)


MEASURED = ["correlation", "concentration", "unit", "variance"]


def _reindexed(measured: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    return measured[MEASURED].reindex(pd.MultiIndex.from_frame(keys)).set_axis(keys.index)


def _alike(keys: pd.DataFrame, enough: pd.DataFrame, units: list[tuple[str, pd.Series]]) -> pd.DataFrame:
    """The correlation and the variance that hold for each observation, from the first place that has enough communes.

    Its département, région, France when it lies in one of each; itself; else what is usual in the EPCIs that are known.
    """
    found = pd.DataFrame(np.nan, index=keys.index, columns=MEASURED)
    above = _above(units)
    for level in LARGER:
        there = above[level].reindex(pd.MultiIndex.from_frame(keys[["level", "territory"]])).to_numpy()
        place = keys.assign(level=level, territory=there)[SERIES]
        found = found.fillna(_reindexed(enough, place))
    found = found.fillna(_reindexed(enough, keys[SERIES]))
    epcis = enough[enough.index.get_level_values("level") == "epci"]
    usual = epcis[MEASURED].groupby("indicator").median()
    return found.fillna(usual.reindex(keys["indicator"]).set_axis(keys.index))


def _above(units: list[tuple[str, pd.Series]]) -> dict[str, pd.Series]:
    """For each of LARGER, the place that a place lies in, alone, or is, by level and territory."""
    larger = dict(units[::-1])  # the whole of France stands before the metropolitan one
    codes = pd.Series(larger["france"].index, larger["france"].index)
    within = {}
    for name in LARGER:
        tables = []
        for level, of in [("commune", codes), *units]:
            pairs = pd.DataFrame({"territory": of, "larger": larger[name]}).dropna().drop_duplicates()
            tables.append(pairs.drop_duplicates("territory", keep=False).assign(level=level))
        within[name] = pd.concat(tables).set_index(["level", "territory"])["larger"]
    return within
