"""What the rows of the observations say of counts of persons, and which groups of persons they could give away.

A count is that of one measure, one period and one commune. The numerator of a row is a sum of counts over the
communes of its place (and over the years of a mean); so is its denominator. A table of lines holds one line per
row and count of persons in it, with the columns:

- row: number of the row in the observations, negative for a row of an earlier edition;
- territory, level: of the row; measure: what is counted;
- periods, place: tuples of the years and of the communes that are added up;
- value: what they come to.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ctg_analysis.errors import UserError
from ctg_analysis.model import NOT_APPLICABLE, OK, Count, Indicator, Mean, Rate, Ratio
from ctg_analysis.suppression import Block

STATEMENT = ["measure", "periods", "place"]
COSTS = {"commune": 1, "secteur": 10, "departement": 30}  # of hiding a row: a comparator goes before an EPCI
COST_ABOVE = 100


class Edition(NamedTuple):
    """What an edition says, and what its places are made of.

    observations: rows of `observations.COLUMNS`. membership: columns territory, level, commune.
    """

    observations: pd.DataFrame
    membership: pd.DataFrame


def measures(indicator: Indicator) -> dict[str, str]:
    """Return the measures that the numerator and the denominator of an indicator add up.

    Empty for figures that a producer computes, and for flows and changes, which may be negative.
    """
    match indicator.value:
        case Count(measure) | Mean(measure, _) | Rate(measure, _):
            return {"numerator": measure}
        case Ratio(numerator, denominator):
            return {"numerator": numerator, "denominator": denominator}
        case _:
            return {}


def counted(indicator: Indicator) -> tuple[str, ...]:
    """Return which of numerator and denominator count persons; the denominator of a mean counts years."""
    return ("numerator",) if isinstance(indicator.value, Mean) and indicator.persons else indicator.persons


def measures_of_persons(indicators: Iterable[Indicator]) -> set[str]:
    """Return the measures that at least one indicator declares to count persons."""
    return {measure for one in indicators for column, measure in measures(one).items() if column in counted(one)}


def parts_of_wholes(indicators: Iterable[Indicator], persons: set[str]) -> list[tuple[str, str]]:
    """Return the pairs (part, whole) of measures of persons, in a set order."""
    bounded = [one.value for one in indicators if isinstance(one.value, Ratio) and one.value.bounded]
    pairs = {(one.numerator, one.denominator) for one in bounded if {one.numerator, one.denominator} <= persons}
    return sorted(pairs)


def said(editions: list[Edition], indicators: dict[str, Indicator]) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Return the lines of the editions (of one source, the current one first), and the pairs part, whole in them.

    Figures of an indicator that is no longer declared cannot be read, and are left out.

    Raises:
        UserError: a place above the commune has no line in the membership of its edition.
    """
    named = set().union(*(one.observations["indicator"] for one in editions))
    declared = [indicators[name] for name in sorted(named & set(indicators))]
    persons = measures_of_persons(declared)
    current, *earlier = (lines(one, indicators) for one in editions)
    former = pd.concat([current[:0], *earlier])
    table = pd.concat([current, former.assign(row=-1 - np.arange(len(former)))], ignore_index=True)
    return table[table["measure"].isin(persons)], parts_of_wholes(declared, persons)


def lines(edition: Edition, indicators: dict[str, Indicator]) -> pd.DataFrame:
    """Return what the rows of an edition say of counts, persons or not; `so` says that the denominator is 0."""
    rows = edition.observations
    rows = rows[rows["status"].isin([OK, NOT_APPLICABLE]) & rows["indicator"].isin(indicators.keys())]
    declared = [indicators[name] for name in rows["indicator"]]
    nothing = rows["status"].eq(NOT_APPLICABLE)
    values = {"numerator": rows["numerator"].mask(nothing), "denominator": rows["denominator"].mask(nothing, 0)}
    rows = rows[["territory", "level"]].assign(
        row=rows.index,
        periods=[years(one, period) for one, period in zip(declared, rows["period"], strict=True)],
        place=places(rows, edition.membership),
    )
    columns = [
        rows.assign(measure=[measures(one).get(column) for one in declared], value=value)
        for column, value in values.items()
    ]
    return pd.concat(columns).dropna(subset=["measure", "value"])


def years(indicator: Indicator, period: str) -> tuple[str, ...]:
    """Return the periods that a row adds up: several for a mean."""
    if not isinstance(indicator.value, Mean):
        return (period,)
    return tuple(str(int(period) - ago) for ago in reversed(range(indicator.value.years)))


def places(rows: pd.DataFrame, membership: pd.DataFrame) -> pd.Series:
    """Return the communes of each row's place, sorted; a commune without a line in `membership` is whole.

    Raises:
        UserError: a territory above the commune has no line in `membership`.
    """
    told = rows[["level", "territory"]].drop_duplicates().merge(membership, on=["level", "territory"])
    composed = told.groupby(["level", "territory"])["commune"].agg(lambda communes: tuple(sorted(set(communes))))
    found = rows[["level", "territory"]].join(composed, on=["level", "territory"])["commune"]
    whole = found.isna() & rows["level"].eq("commune")
    found[whole] = [(commune,) for commune in rows.loc[whole, "territory"]]
    unknown = rows[found.isna()]
    if len(unknown):
        level, territory = unknown[["level", "territory"]].iloc[0]
        raise UserError(f"{level} {territory}: its communes are not known, so its figures cannot pass the secrecy gate")
    return found


def linked(table: pd.DataFrame, pairs: list[tuple[str, str]]) -> Iterator[pd.DataFrame]:
    """Yield the lines that are linked with each other: they share counts, rows, or parts and wholes."""
    if table.empty:
        return
    cover = table[["row", *STATEMENT]].explode("periods").explode("place")
    cover["count"] = cover.groupby(STATEMENT).ngroup()
    counts = cover.drop_duplicates("count")
    rows = len(counts) + pd.factorize(cover["row"])[0]
    edges = [(cover["count"].to_numpy(), rows)]
    for part, whole in pairs:
        both = counts[counts["measure"].eq(part)].merge(
            counts[counts["measure"].eq(whole)], on=["periods", "place"], suffixes=("", "_whole")
        )
        edges.append((both["count"].to_numpy(), both["count_whole"].to_numpy()))
    start, end = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    size = rows.max() + 1
    _, component = connected_components(sparse.coo_array((np.ones(len(start)), (start, end)), shape=(size, size)))
    of_row = pd.Series(component[rows], index=cover["row"].to_numpy()).groupby(level=0).first()
    for _, block in table.groupby(table["row"].map(of_row)):
        yield block


class Group(NamedTuple):
    """Persons of a measure at a place, over some periods, but for those who are in a part of it (`without`)."""

    measure: str
    periods: tuple[str, ...]
    place: tuple[str, ...]
    without: str = ""


def compiled(
    table: pd.DataFrame,
    pairs: list[tuple[str, str]],
    breakdowns: Mapping[str, tuple[str, ...]],
    withheld: pd.Series,
    threshold: int,
) -> tuple[Block, pd.Index, list[Group]]:
    """Return linked lines as matrices, the rows of the observations that are its cells, and the groups to protect.

    breakdowns: whole → the parts that add up to it. withheld: which rows the primary rule hides. The columns of the
    matrices are counts of clusters.
    """
    said = table.groupby(STATEMENT, sort=False)["value"].first()
    sizes = {Group(*statement): value for statement, value in said.items()}
    split = clusters({group.place for group in sizes})
    counts = [
        Group(one.measure, (period,), part) for one in sizes for period in one.periods for part in split[one.place]
    ]
    columns = {count: number for number, count in enumerate(dict.fromkeys(counts))}
    remainders = [
        Group(whole, count.periods, count.place, part)
        for count in columns
        for part, whole in pairs
        if count.measure == part and count._replace(measure=whole) in columns
    ]
    suspects = {
        group: size
        for group, size in (dict.fromkeys([*columns, *remainders], np.nan) | sizes | differences(sizes, pairs)).items()
        if not (size <= 0 or size >= threshold)
    }

    def matrix(groups: Iterable[Group]) -> sparse.csr_array:
        table = sparse.lil_array((len(groups), len(columns)))
        for row, group in enumerate(groups):
            for period in group.periods:
                for part in split[group.place]:
                    table[row, columns[Group(group.measure, (period,), part)]] = 1
                    if group.without:
                        table[row, columns[Group(group.without, (period,), part)]] = -1
        return table.tocsr()

    now = table[table["row"].ge(0)]
    rows = now.groupby("row").agg(level=("level", "first"), size=("value", "max"))
    costs = rows["level"].map(COSTS).fillna(COST_ABOVE) * (1 + rows["size"] / max(rows["size"].max(), 1) / 2)
    shown = rows.index.get_indexer(now["row"]), said.index.get_indexer(pd.MultiIndex.from_frame(now[STATEMENT]))
    earlier = pd.MultiIndex.from_frame(table.loc[table["row"].lt(0), STATEMENT])
    block = Block(
        statements=matrix(sizes),
        values=said.to_numpy(),
        fixed=said.index.isin(earlier),
        remainders=sparse.vstack([matrix(remainders), balances(columns, breakdowns)], format="csr"),
        cells=sparse.csr_array((np.ones(len(now)), shown), shape=(len(rows), len(said))),
        costs=costs.to_numpy(),
        withheld=withheld.loc[rows.index].to_numpy(),
        groups=matrix(suspects).toarray(),
        certain=~np.isnan(np.array(list(suspects.values()), dtype=float)),
        threshold=threshold,
    )
    return block, rows.index, list(suspects)


def balances(columns: dict[Group, int], breakdowns: Mapping[str, tuple[str, ...]]) -> sparse.csr_array:
    """Return the coefficients of whole - parts and of parts - whole, neither of which is ever negative."""
    rows = []
    for whole, parts in breakdowns.items():
        for count, number in columns.items():
            several = [columns.get(count._replace(measure=part)) for part in parts]
            if count.measure == whole and None not in several:
                row = np.zeros(len(columns))
                row[number], row[several] = 1, -1
                rows += [row, -row]
    return sparse.csr_array(np.array(rows).reshape(len(rows), len(columns)))


def clusters(places: set[tuple[str, ...]]) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return what each place is made of: the largest sets of communes that none of the places tells apart."""
    holders: dict[str, list] = {}
    for place in sorted(places):
        for commune in place:
            holders.setdefault(commune, []).append(place)
    alike: dict[tuple, list[str]] = {}
    for commune in sorted(holders):
        alike.setdefault(tuple(holders[commune]), []).append(commune)
    split: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for around, communes in alike.items():
        for place in dict.fromkeys([*around, tuple(communes)]):
            split.setdefault(place, []).append(tuple(communes))
    return split


def differences(sizes: dict[Group, float], pairs: list[tuple[str, str]]) -> dict[Group, float]:
    """Return the counts of the persons of a whole who are not in a part of it, where both are said."""
    return {
        group._replace(measure=whole, without=part): sizes[group._replace(measure=whole)] - size
        for group, size in sizes.items()
        for part, whole in pairs
        if group.measure == part and group._replace(measure=whole) in sizes
    }
