"""What counts say of each other: parts and wholes, the links of forms, and what holds together by them."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.forms import Link, within
from ctg_analysis.core.model import OK, Indicator, Ratio
from ctg_analysis.secrecy.statements import ROW, Group, Statement, measures, measures_of_persons
from ctg_analysis.secrecy.subtraction import subtracted


def parts_of_wholes(indicators: Iterable[Indicator], persons: Collection[str]) -> list[Link]:
    """The links of parts and wholes that shares of persons declare, in a set order.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> share = CATALOGUE["childminders_55_plus_share"]
    >>> [dict(link.terms) for link in parts_of_wholes([share], measures(share).values())]
    [{'active_childminders': 1, 'childminders_55_plus': -1}]
    """
    ratios = [
        indicator.value for indicator in indicators if isinstance(indicator.value, Ratio) and indicator.value.bounded
    ]
    pairs = {
        (ratio.denominator, ratio.numerator) for ratio in ratios if {ratio.numerator, ratio.denominator} <= set(persons)
    }
    return [within(*pair) for pair in sorted(pairs)]


def pairs_of(links: Iterable[Link], persons: Collection[str]) -> list[tuple[str, str]]:
    """The pairs (part, whole) of measures of persons among the links.

    >>> pairs_of([within("all", "older"), within("all", "women", "men")], {"all", "older", "women", "men"})
    [('older', 'all')]
    """
    two = [sorted(link.terms.items(), key=lambda term: term[1]) for link in links if len(link.terms) == 2]
    pairs = {(part, whole) for (part, less), (whole, more) in two if (less, more) == (-1, 1)}
    return sorted(pair for pair in pairs if set(pair) <= set(persons))


def differences(sizes: Mapping[Group, float], pairs: Sequence[tuple[str, str]]) -> dict[Group, float]:
    """The sizes of the groups of a whole who are not in a part of it, where both are said.

    >>> differences({Group("older", ("2023",), ("A",)): 8, Group("all", ("2023",), ("A",)): 20}, [("older", "all")])
    {Group(measure='all', periods=('2023',), place=('A',), without='older'): 12}
    """
    return {
        group._replace(measure=whole, without=part): sizes[group._replace(measure=whole)] - size
        for group, size in sizes.items()
        for part, whole in pairs
        if group.measure == part and group._replace(measure=whole) in sizes
    }


def informative(persons: Collection[str], links: Iterable[Link]) -> set[str]:
    """The measures that say something of persons: these, and all that a chain of links joins with them.

    >>> sorted(informative({"older"}, [within("all", "older"), within("everybody", "all"), within("homes", "flats")]))
    ['all', 'everybody', 'older']
    """
    reached, waiting = set(persons), [set(link.terms) for link in links]
    while near := [terms for terms in waiting if terms & reached]:
        waiting = [terms for terms in waiting if not terms & reached]
        reached = reached.union(*near)
    return reached


def together(rows: pd.DataFrame, indicators: Mapping[str, Indicator], links: Sequence[Link]) -> list[list[str]]:
    """The sources of some rows, in one list those of which one counts what says something of the persons of another.

    Parameters:
        rows: columns source, indicator.
        links: of all forms.
    """
    linked = set().union(*(link.terms for link in links))
    lists: list[tuple[set[str], set[str]]] = []
    for source, names in rows.groupby("source")["indicator"].unique().items():
        declared = [indicators[name] for name in names]
        joined = {source}
        measured = linked.intersection(measure for indicator in declared for measure in measures(indicator).values())
        measured |= informative(measures_of_persons(declared), links)
        for other in [other for other in lists if other[1] & measured]:
            joined, measured = joined | other[0], measured | other[1]
            lists.remove(other)
        lists.append((joined, measured))
    return [sorted(joined) for joined, _ in lists]


def links_of(sources: Mapping[str, Source]) -> list[Link]:
    """The links that forms declare between what they count.

    >>> from ctg_analysis.sources import SOURCES
    >>> dict(links_of({"form": SOURCES["senacs_vie_sociale"]})[0].terms)
    {'board_seats': 1, 'inhabitant_seats': -1}
    """
    forms = [source.form for source in sources.values() if source.form]
    return [link for form in forms for link in (*form.wholes, *form.links)]


def linked_sources(indicators: Mapping[str, Indicator], sources: Mapping[str, Source]) -> list[list[str]]:
    """The sources that are withheld in part, in one list those that say something of the persons of each other.

    Whatever a list shows says nothing of what another hides: each can pass the gate without the others.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> from ctg_analysis.sources import SOURCES
    >>> [names for names in linked_sources(CATALOGUE, SOURCES) if "msa_familles" in names]
    [['caf_et_msa', 'msa_familles']]
    """
    asked = [
        (source, indicator.id)
        for indicator in indicators.values()
        for source in indicator.sources
        if sources[source].withholds
    ]
    rows = pd.DataFrame(asked, columns=["source", "indicator"]).assign(status=OK).reindex(columns=ROW)
    read, declared = subtracted(rows, indicators, sources)
    lists = together(read, declared, links_of(sources))
    return [sorted({*names, *rows.loc[read["source"].isin(names), "source"]}) for names in lists]


def blocks_of(statements: Sequence[Statement], links: Sequence[Link]) -> list[list[Statement]]:
    """The statements that hold together: they share counts or rows, or a link joins their measures somewhere."""
    from scipy import sparse  # both heavy, and not needed to know which sources are linked
    from scipy.sparse.csgraph import connected_components

    if not statements:
        return []
    counts = {statement.group: list(_counts(statement.group)) for statement in statements}
    nodes: dict[Hashable, int] = {count: number for number, count in enumerate(sorted(set().union(*counts.values())))}
    edges = [(count, group) for group, several in counts.items() for count in several]
    edges += [(statement.group, statement.row) for statement in statements]
    edges += [
        (count, (rank, *count[1:])) for rank, link in enumerate(links) for count in nodes if count[0] in link.terms
    ]
    start, end = np.array([[nodes.setdefault(node, len(nodes)) for node in edge] for edge in edges]).T
    graph = sparse.coo_array((np.ones(len(edges)), (start, end)), shape=(len(nodes), len(nodes)))
    number, component = connected_components(graph, directed=False)
    blocks: list[list[Statement]] = [[] for _ in range(number)]
    for statement in statements:
        blocks[component[nodes[statement.row]]].append(statement)
    return [block for block in blocks if block]


def _counts(group: Group) -> Iterator[tuple[str, str, str]]:
    return product([group.measure], group.periods, group.place)


def within_reach(groups: Sequence[Group], statements: Iterable[Statement]) -> list[Group]:
    """The groups of whom some statements count everybody, period by period and commune by commune."""
    if not groups:
        return []
    counts = set().union(*map(_counts, {statement.group for statement in statements}))
    return [
        group
        for group in groups
        if counts.issuperset(_counts(group))
        and (not group.without or counts.issuperset(_counts(group._replace(measure=group.without))))
    ]
