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
from ctg_analysis.indicators.census_sample import worth_of_one
from ctg_analysis.indicators.members import LARGER, Members

WHOLE = 0.9  # of a denominator: the communes that are known make up so much of a place, or tell nothing of it


class Sums(NamedTuple):
    """What is added up of communes, y of n in each: how many, and the sums of n, n², y, y² / n, y / n, (y / n)², 1 / n,
    worth, worth x n; worth: how many times the variance of a full count one that is counted has."""

    communes: np.ndarray
    n: np.ndarray
    nn: np.ndarray
    y: np.ndarray
    yy: np.ndarray
    r: np.ndarray
    rr: np.ndarray
    inverse: np.ndarray
    worth: np.ndarray
    worth_n: np.ndarray


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
    members: Members,
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
        observed: columns code, level, period, indicator, source, status, numerator, denominator; open at all levels.
        indicators: those observed. members: see `members.members_of`.
        fractions: of the dwellings drawn, see `intervals.coded_fractions`; None when no source is sampled.

    Source: Williams (1982), Applied Statistics 31, 144-148, model II; Kish (1965), Survey Sampling, chapter 5.
    """
    tested = {indicator.id: indicator for indicator in indicators if is_between_communes(indicator)}
    observed = observed.reset_index(drop=True)
    rows = observed[observed["indicator"].isin(tested) & observed["status"].eq(OK) & observed["denominator"].gt(0)]
    communes = rows["level"].eq("commune").to_numpy()
    if not communes.any():
        return observed
    names, periods = [*tested], sorted(rows["period"].astype(str).unique())
    of = Keys(
        members.of(rows),
        rows["indicator"].map({name: rank for rank, name in enumerate(names)}).to_numpy(dtype=int),
        rows["period"].astype(str).map({period: rank for rank, period in enumerate(periods)}).to_numpy(dtype=int),
    )
    worth = worth_of_one(rows[communes], tested, sources, fractions).to_numpy()
    shape = (len(members.concentrations), len(names), len(periods))
    sums = _sums(rows, of, communes, worth, members, shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        measured = _measured(sums, [tested[name] for name in names])
        for known in measured.values():
            known[~_is_whole(rows, of, communes, sums.n)] = np.nan
        found = _dispersions(rows, of, communes, worth, measured, sums, members)
    return observed.assign(dispersion=found)


def correlation(sums: Sums, variance: np.ndarray) -> np.ndarray:
    """The correlation of two inhabitants of a commune, from Pearson's X² of the communes about the share of all.

    X² is expected to be Σ(1 - n / N) (w (1 - r) + r n). That a GLM of statsmodels divides by its degrees of freedom is
    the dispersion of quasi-likelihood.

    Parameters:
        sums: of the communes. variance: of one inhabitant, p (1 - p) of a share.

    Three communes of 100 with 10, 20 and 30: X² = 200 / (100 x 0.16) = 12.5, 2 are expected of independent draws,
    200 of communes that are all or nothing: (12.5 - 2) / (200 - 2).

    >>> n, y = np.array([100.0] * 3), np.array([10.0, 20, 30])
    >>> three = Sums(*(each.sum(keepdims=True) for each in added(y, n, np.ones(3))))
    >>> correlation(three, np.array([0.16])).round(6).item()
    0.05303
    """
    scatter = (sums.yy - sums.y**2 / sums.n) / variance
    alone, together = sums.worth - sums.worth_n / sums.n, sums.n - sums.nn / sums.n
    apart = np.where(together > alone, together - alone, np.nan)
    return np.clip((scatter - alone) / apart, 0, 1)


def added(y: np.ndarray, n: np.ndarray, worth: np.ndarray) -> Sums:
    """What each commune adds to `Sums`: y of n, each worth so many.

    >>> [each.item() for each in added(np.array([10.0]), np.array([100.0]), np.array([1.0]))]
    [1.0, 100.0, 10000.0, 10.0, 1.0, 0.1, 0.010000000000000002, 0.01, 1.0, 100.0]
    """
    return Sums(np.ones_like(n), n, n**2, y, y**2 / n, y / n, (y / n) ** 2, 1 / n, worth, worth * n)


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


class Keys(NamedTuple):
    """What observations are of: the ranks of the place, of the indicator, of the period."""

    place: np.ndarray
    indicator: np.ndarray
    period: np.ndarray

    def where(self, kept: np.ndarray) -> "Keys":
        """Those of some observations."""
        return Keys(*(each[kept] for each in self))


def _sums(
    rows: pd.DataFrame, of: Keys, communes: np.ndarray, worth: np.ndarray, members: Members, shape: tuple[int, int, int]
) -> Sums:
    """The sums of communes by larger place, indicator and period."""
    here, numbers = of.where(communes), rows.loc[communes, ["numerator", "denominator"]].to_numpy(dtype=float)
    each, totals = added(numbers[:, 0], numbers[:, 1], worth), np.zeros((len(Sums._fields), np.prod(shape)))
    for _, unit in members.units:
        place = np.where(here.place < 0, -1, unit[here.place])
        inside = place >= 0
        key = np.ravel_multi_index((place[inside], here.indicator[inside], here.period[inside]), shape)
        for rank, column in enumerate(each):
            totals[rank] += np.bincount(key, column[inside], totals.shape[1])
    totals[:, totals[0] == 0] = np.nan
    return Sums(*(total.reshape(shape) for total in totals))


def _is_whole(rows: pd.DataFrame, of: Keys, communes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether the communes that are known make up nearly all of each place, by its own denominator."""
    larger = ~communes & (of.place >= 0)
    whole = np.full(known.shape, np.nan)
    whole[tuple(of.where(larger))] = rows.loc[larger, "denominator"]
    return known >= WHOLE * whole


def _measured(sums: Sums, indicators: list[Indicator]) -> dict[str, np.ndarray]:
    """The correlation, the concentration and the worth of each place, and the variance of one where none is known."""
    share = sums.y / sums.n
    flow, events = (np.array([kind(one) for one in indicators])[:, None] for kind in (is_flow, is_of_events))
    of_flows = np.broadcast_to(_variance_of_flows(sums), share.shape)
    variance = np.where(flow, of_flows, np.where(events, share, share * (1 - share)))
    return {
        "correlation": correlation(sums, np.where(variance > 0, variance, np.nan)),
        "concentration": sums.nn / sums.n**2,
        "unit": sums.worth_n / sums.n,
        "variance": np.where(flow, of_flows, 1.0),
    }


def _variance_of_flows(sums: Sums) -> np.ndarray:
    """The variance of the balance of one person-year: what the scatter of small communes has more than that of large.

    Two sums of squares about the rate of all, weighted by n and not weighted, set against v and v r, in the place that
    has the most communes, for each indicator and period.
    """
    largest = np.argmax(np.nan_to_num(sums.communes), axis=0)
    of = Sums(*(np.take_along_axis(each, largest[None], axis=0) for each in sums))
    rate = of.y / of.n
    weighted = of.yy - of.y**2 / of.n
    plain = of.rr - 2 * rate * of.r + of.communes * rate**2
    together = of.n - of.nn / of.n
    known = (of.communes - 1) * of.communes - of.inverse * together
    return np.clip((weighted * of.communes - plain * together) / known, 0, None)


def _dispersions(
    rows: pd.DataFrame,
    of: Keys,
    communes: np.ndarray,
    worth: np.ndarray,
    measured: dict[str, np.ndarray],
    sums: Sums,
    members: Members,
) -> pd.Series:
    """The dispersion of the observations of places and communes, by their index."""
    larger = of._replace(place=np.where(communes, 0, of.place))
    concentration, unit = (
        _first(measured[name][tuple(larger)], _newest(measured[name])[larger.place, larger.indicator])
        for name in ("concentration", "unit")
    )
    concentration = np.where(communes, 1.0, _first(concentration, members.concentrations[larger.place]))
    unit = _first(unit, np.ones(len(rows)))
    unit[communes] = worth
    enough = sums.communes >= norm("dispersion_communes")
    alike = [_newest(np.where(enough, measured[name], np.nan)) for name in ("correlation", "variance")]
    r, variance = (_alike(each, of, communes, members) for each in alike)
    between = r * concentration * rows["denominator"].to_numpy()
    return pd.Series(np.where(of.place < 0, np.nan, variance * (unit * (1 - r) + between)), rows.index)


def _alike(known: np.ndarray, of: Keys, communes: np.ndarray, members: Members) -> np.ndarray:
    """What holds for each observation, from the first place that has enough communes.

    Its département, région, France when it lies in one of each; itself; else what is usual in the EPCIs that are known.
    """
    within, found = dict(members.units[::-1]), np.full(len(of.place), np.nan)
    commune, place = np.where(communes, of.place, 0), np.where(communes, 0, of.place)
    for level in LARGER:
        larger = np.where(communes, within[level][commune], members.above[level][place])
        found = _first(found, np.where(larger < 0, np.nan, known[larger, of.indicator]))
    found = _first(found, np.where(communes, np.nan, known[place, of.indicator]))
    first, codes = members.ranks["epci"]
    usual = pd.DataFrame(known[first : first + len(codes)]).median().to_numpy()
    return _first(found, usual[of.indicator])


def _newest(known: np.ndarray) -> np.ndarray:
    """What is known at the latest period that has it."""
    return (
        pd.DataFrame(known.reshape(-1, known.shape[-1])).ffill(axis=1).iloc[:, -1].to_numpy().reshape(known.shape[:-1])
    )


def _first(known: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(known), other, known)
