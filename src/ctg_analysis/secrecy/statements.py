"""What the rows of the observations say of counts of persons, and which groups of persons they could give away.

A count is that of one measure, one period and one commune. The numerator of a row is a sum of counts over the
communes of its place (and over the years of a mean); so is its denominator. A table of lines holds one line per
row and count of persons in it, with the columns:

- row: number of the row in the observations, negative for a row of an earlier edition;
- territory, level: of the row; measure: what is counted;
- periods, place: tuples of the years and of the communes that are added up;
- value: what they come to.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.forms import Link, within
from ctg_analysis.core.model import NOT_APPLICABLE, OK, SECRET, Count, Indicator, Mean, Rate, Ratio
from ctg_analysis.secrecy.suppression import Block

STATEMENT = ["measure", "periods", "place"]
TOLD = (OK, NOT_APPLICABLE)
COSTS = {"commune": 1, "secteur": 10, "departement": 30}  # of hiding a row: a comparator goes before an EPCI
COST_ABOVE = 100
THINGS = 3  # a row that counts no person costs that many times more: it is hidden for what it says of persons only


class Edition(NamedTuple):
    """What an edition says, and what its places are made of.

    observations: rows of `observations.COLUMNS`. membership: columns territory, level, commune.
    """

    observations: pd.DataFrame
    membership: pd.DataFrame


class Group(NamedTuple):
    """Persons of a measure at a place, over some periods, but for those who are in a part of it (`without`)."""

    measure: str
    periods: tuple[str, ...]
    place: tuple[str, ...]
    without: str = ""


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


def parts_of_wholes(indicators: Iterable[Indicator], persons: Collection[str]) -> list[Link]:
    """Return the links of parts and wholes that shares of persons declare, in a set order."""
    bounded = [one.value for one in indicators if isinstance(one.value, Ratio) and one.value.bounded]
    pairs = {(one.denominator, one.numerator) for one in bounded if {one.numerator, one.denominator} <= set(persons)}
    return [within(*pair) for pair in sorted(pairs)]


def told_of(persons: Collection[str], links: Iterable[Link]) -> set[str]:
    """Return the measures that say something of persons: these, and all that a chain of links joins with them."""
    reached, waiting = set(persons), [set(link.terms) for link in links]
    while near := [terms for terms in waiting if terms & reached]:
        waiting = [terms for terms in waiting if not terms & reached]
        reached = reached.union(*near)
    return reached


def said(
    editions: Sequence[Edition], indicators: dict[str, Indicator], links: Iterable[Link]
) -> tuple[pd.DataFrame, set[str], list[Link]]:
    """Return the lines of the editions (of linked sources, the current one first) that say something of persons, the
    measures of persons, and the links that hold, those of their shares among them.

    Figures of an indicator that is no longer declared cannot be read, and are left out.

    Raises:
        UserError: a place above the commune has no line in the membership of its edition.
    """
    named = set().union(*(one.observations["indicator"] for one in editions))
    declared = [indicators[name] for name in sorted(named & set(indicators))]
    persons = measures_of_persons(declared)
    current, *earlier = (lines(one, indicators).dropna(subset="value") for one in editions)
    former = pd.concat([current[:0], *earlier])
    table = pd.concat([current, former.assign(row=-1 - np.arange(len(former)))], ignore_index=True)
    known = set(table["measure"])
    complete = [link for link in [*parts_of_wholes(declared, persons), *links] if set(link.terms) <= known]
    distinct = list({(*sorted(link.terms.items()), link.communes): link for link in complete}.values())
    return table[table["measure"].isin(told_of(persons, distinct))], persons, distinct


def withheld_before(
    editions: Iterable[Edition], indicators: dict[str, Indicator], persons: Collection[str], links: Iterable[Link]
) -> list[Group]:
    """Return the groups of persons of whom earlier editions have withheld a row, in the places of that time: what is
    shown now is not to give them away either.
    """
    tables = [lines(edition, indicators, (SECRET,)) for edition in editions]
    rows = pd.concat(tables) if tables else pd.DataFrame(columns=STATEMENT)
    groups = dict.fromkeys(groups_of(rows[rows["measure"].isin(persons)]))
    pairs = pairs_of(links, persons)
    parts = (group._replace(measure=whole, without=part) for group in groups for part, whole in pairs)
    return [
        *groups,
        *(
            one
            for one in parts
            if {one._replace(without=""), one._replace(measure=one.without, without="")} <= groups.keys()
        ),
    ]


def lines(edition: Edition, indicators: dict[str, Indicator], told: Collection[str] = TOLD) -> pd.DataFrame:
    """Return what the rows of an edition say of counts, persons or not; `so` says that the denominator is 0.

    told: the status of the rows to read.
    """
    rows = edition.observations
    rows = rows[rows["status"].isin(told) & rows["indicator"].isin(indicators.keys())]
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
    return pd.concat(columns).dropna(subset=["measure"])


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


def linked(table: pd.DataFrame, links: Iterable[Link]) -> Iterator[pd.DataFrame]:
    """Yield the lines that hold together: they share counts or rows, or a link joins their measures somewhere."""
    if table.empty:
        return
    cover = table[["row", *STATEMENT]].explode("periods").explode("place")
    cover["count"] = cover.groupby(STATEMENT).ngroup()
    counts = cover.drop_duplicates("count")
    rows = len(counts) + pd.factorize(cover["row"])[0]
    edges, size = [(cover["count"].to_numpy(), rows)], rows.max() + 1
    for link in links:
        joined = counts[counts["measure"].isin(link.terms)]
        edges.append((joined["count"].to_numpy(), size + joined.groupby(["periods", "place"]).ngroup().to_numpy()))
        size += len(joined)
    start, end = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    _, component = connected_components(sparse.coo_array((np.ones(len(start)), (start, end)), shape=(size, size)))
    of_row = pd.Series(component[rows], index=cover["row"].to_numpy()).groupby(level=0).first()
    for _, block in table.groupby(table["row"].map(of_row)):
        yield block


def within_reach(groups: Sequence[Group], table: pd.DataFrame) -> list[Group]:
    """Return the groups of whom some lines count everybody, period by period and commune by commune."""
    if not groups:
        return []
    cover = table[STATEMENT].explode("periods").explode("place").drop_duplicates()
    counted = set(cover.itertuples(index=False, name=None))
    return [
        group
        for group in groups
        if all(
            (measure, period, commune) in counted
            for measure in filter(None, (group.measure, group.without))
            for period in group.periods
            for commune in group.place
        )
    ]


def sizes_of(table: pd.DataFrame) -> dict[Group, float]:
    """Return what some lines say: the first figure of each measure, periods and place."""
    return {Group(*one): value for one, value in table.groupby(STATEMENT, sort=False)["value"].first().items()}


def compiled(
    table: pd.DataFrame,
    persons: Collection[str],
    links: Sequence[Link],
    withheld: pd.Series,
    threshold: int,
    remainders: Mapping[Group, float] | None = None,
) -> tuple[Block, pd.Index, list[Group]]:
    """Return linked lines as matrices, the rows of the observations that are its cells, and the groups to protect.

    persons: the measures that count persons. withheld: which rows the primary rule hides. remainders: groups to protect
    besides those that the lines speak of. The columns of the matrices are counts of clusters.
    """
    sizes, remainders = sizes_of(table), remainders or {}
    split = clusters({group.place for group in (*sizes, *remainders)})
    counts = [
        Group(one.measure, (period,), part) for one in sizes for period in one.periods for part in split[one.place]
    ]
    columns = {count: number for number, count in enumerate(dict.fromkeys(counts))}
    pairs = pairs_of(links, persons)
    of_persons = [count for count in columns if count.measure in persons]
    unsaid = of_persons + [
        count._replace(measure=whole, without=part)
        for count in of_persons
        for part, whole in pairs
        if count.measure == part and count._replace(measure=whole) in columns
    ]
    known = {group: size for group, size in sizes.items() if group.measure in persons} | differences(sizes, pairs)
    suspects = {
        group: size
        for group, size in (dict.fromkeys(unsaid, np.nan) | remainders | known).items()
        if not (size <= 0 or size >= threshold)
    }

    def matrix(groups: Collection[Group]) -> sparse.csr_array:
        entries = [
            (row, columns[Group(measure, (period,), part)], each)
            for row, group in enumerate(groups)
            for measure, each in ((group.measure, 1.0), (group.without, -1.0))
            if measure
            for period in group.periods
            for part in split[group.place]
        ]
        return sparse_matrix(entries, (len(groups), len(columns)))

    now = table[table["row"].ge(0)]
    rows = now.assign(person=now["measure"].isin(persons)).groupby("row")
    rows = rows.agg(level=("level", "first"), size=("value", "max"), person=("person", "any"))
    costs = rows["level"].map(COSTS).fillna(COST_ABOVE) * (1 + rows["size"] / max(rows["size"].max(), 1) / 2)
    number = {group: place for place, group in enumerate(sizes)}
    shown = rows.index.get_indexer(now["row"]), [number[group] for group in groups_of(now)]
    earlier = set(groups_of(table[table["row"].lt(0)]))
    many = max(size for one, size in sizes.items() if one.measure in persons) + threshold
    bounds, least, presumed = inequalities(links, columns, many)
    block = Block(
        statements=matrix(sizes),
        values=np.array(list(sizes.values())),
        fixed=np.array([group in earlier for group in sizes]),
        bounds=bounds,
        least=least,
        presumed=presumed,
        cells=sparse.csr_array((np.ones(len(now)), shown), shape=(len(rows), len(sizes))),
        costs=costs.where(rows["person"], costs * THINGS).to_numpy(),
        scales=np.array([1 if one.measure in persons else scale(one.measure, links, many) for one in sizes]),
        withheld=withheld.loc[rows.index].to_numpy(),
        groups=matrix(suspects).toarray(),
        certain=~np.isnan(np.array(list(suspects.values()), dtype=float)),
        threshold=threshold,
    )
    return block, rows.index, list(suspects)


def groups_of(table: pd.DataFrame) -> list[Group]:
    """Return the group that each line speaks of."""
    return [Group(*one) for one in table[STATEMENT].itertuples(index=False)]


def pairs_of(links: Iterable[Link], persons: Collection[str]) -> list[tuple[str, str]]:
    """Return the pairs (part, whole) of measures of persons among the links."""
    two = [sorted(link.terms.items(), key=lambda term: term[1]) for link in links if len(link.terms) == 2]
    pairs = {(part, whole) for (part, less), (whole, more) in two if (less, more) == (-1, 1)}
    return sorted(pair for pair in pairs if set(pair) <= set(persons))


def inequalities(
    links: Sequence[Link], columns: dict[Group, int], many: float
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Return the coefficients of the counts in each link, cluster and period, the least that they come to, and which
    of the links are presumed.
    """
    entries, least, presumed = [], [], []
    for link in links:
        terms = {measure: math.copysign(min(abs(each), many), each) for measure, each in link.terms.items()}
        first = next(iter(terms))
        for count in [count for count in columns if count.measure == first]:
            numbers = [columns.get(count._replace(measure=measure)) for measure in terms]
            if None not in numbers:
                entries += [(len(least), number, each) for number, each in zip(numbers, terms.values(), strict=True)]
                least.append(-many * len(count.place) if link.communes else 0.0)
                presumed.append(link.presumed)
    return sparse_matrix(entries, (len(least), len(columns))), np.array(least), np.array(presumed, dtype=bool)


def sparse_matrix(entries: list[tuple[int, int, float]], shape: tuple[int, int]) -> sparse.csr_array:
    """Return a matrix of entries (row, column, value)."""
    row, column, each = np.array(entries, dtype=float).reshape(-1, 3).T
    return sparse.csr_array((each, (row.astype(int), column.astype(int))), shape=shape)


def scale(measure: str, links: Sequence[Link], many: float) -> float:
    """Return how many persons one of what is no person lets come or go: a departure from its count costs as theirs."""
    return max(min(abs(link.terms[measure]), many) for link in links if measure in link.terms)


def remains(shown: dict[Group, float], pairs: list[tuple[str, str]], threshold: int) -> dict[Group, float]:
    """Return what is left of each total that is shown when all that is shown within it is taken away: the persons of
    what is withheld in it together, where they are fewer than the threshold.
    """
    every = shown | differences(shown, pairs)
    alike: dict[tuple, list[Group]] = {}
    for group in every:
        alike.setdefault((group.measure, group.periods, group.without), []).append(group)
    found = {}
    for groups in alike.values():
        groups.sort(key=lambda group: (len(group.place), group.place))
        for whole in groups:
            left, size = set(whole.place), every[whole]
            for part in (part for part in groups if len(part.place) < len(whole.place)):
                if left.issuperset(part.place):
                    left, size = left.difference(part.place), size - every[part]
            if left and 0 < round(size, 6) < threshold:
                found[whole._replace(place=tuple(sorted(left)))] = size
    return found


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
