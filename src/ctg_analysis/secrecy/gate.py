"""The gate: what may not be shown is emptied here, before anything is drawn, written or said."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.forms import Link
from ctg_analysis.core.model import OK, SECRET, Count, Indicator
from ctg_analysis.secrecy.statements import (
    TOLD,
    Edition,
    Group,
    compiled,
    counted,
    linked,
    measures,
    measures_of_persons,
    pairs_of,
    remains,
    said,
    sizes_of,
    told_of,
    withheld_before,
    within_reach,
)
from ctg_analysis.secrecy.suppression import consistent, protect

VALUES = ["numerator", "denominator", "value", "low", "high"]
EXPOSED = ["source", "measure", "without", "period", "communes"]
SAID = ["territory", "level", "period", "indicator", "source", "status", "numerator", "denominator"]


class Gate(NamedTuple):
    """What may be shown, and the groups of persons that earlier editions give away whatever is hidden now.

    exposed: columns source (several are joined by +), measure, without (the part of the measure that the group is not
    in, or nothing), period, communes (separated by |).
    """

    observations: pd.DataFrame
    exposed: pd.DataFrame


def withhold(
    observations: pd.DataFrame,
    indicators: dict[str, Indicator],
    sources: dict[str, Source],
    membership: pd.DataFrame,
    published: Sequence[Edition] = (),
) -> Gate:
    """Return the observations with the primary (R1) and the secondary (R2) rule applied.

    The secondary rule goes source by source, but for those that count the same persons: what one hides, another would
    tell. A row that is not `ok` carries no value, numerator or denominator.

    membership: columns territory, level, commune: what each place is made of. A commune may be left out; one that
    others have merged into is made of these, so that editions before and after are told in the same communes.
    published: earlier editions, whose figures are known for good.

    Raises:
        UserError: `membership` does not say what a place above the commune is made of.
    """
    table = observations.reset_index(drop=True)
    read, declared = subtracted(table, indicators, sources)
    guarded = read[is_guarded(read, sources)]
    hidden = primary(read, declared, sources)
    before = [Edition(subtracted(shown, indicators, sources)[0], places) for shown, places in published]
    exposed = []
    links = {name: (*source.form.wholes, *source.form.links) for name, source in sources.items() if source.form}
    for names in together(guarded, declared, links):
        rows = guarded[guarded["source"].isin(names)]
        earlier = [Edition(shown[shown["source"].isin(names)], places) for shown, places in before]
        more, groups = secondary(
            Edition(rows, membership),
            hidden,
            declared,
            [link for several in links.values() for link in several],
            max(sources[name].secrecy.threshold for name in names),
            earlier,
        )
        hidden[more] = True
        told = "+".join(names)
        exposed += [(told, one.measure, one.without, "+".join(one.periods), "|".join(one.place)) for one in groups]
    hidden |= telling(table, hidden, indicators, sources, membership)
    table.loc[hidden & table["status"].isin(TOLD), "status"] = SECRET  # what nobody has sent is missing
    table.loc[table["status"].ne(OK), VALUES] = float("nan")
    return Gate(table, pd.DataFrame(exposed, columns=EXPOSED, dtype=str))


def withhold_beside(
    observations: pd.DataFrame,
    indicators: dict[str, Indicator],
    sources: dict[str, Source],
    membership: pd.DataFrame,
    published: Sequence[Edition],
) -> Gate:
    """Return what `withhold` does beside all that has been published.

    An edition of which all is shown again adds nothing, and is left out: what is published changes nothing of what was
    worked out, and the same observations come of the same inputs before and after. Known from the start are those that
    show what is not observed any more, or what the primary rule withholds; the others, one by one in their order, when
    something of them would not be shown.

    Raises:
        UserError: as `withhold` does.
    """
    if not published:
        return withhold(observations, indicators, sources, membership)
    table = observations.reset_index(drop=True)
    read, declared = subtracted(table, indicators, sources)
    most = Edition(table[~primary(read, declared, sources)], membership)
    known = [not repeats(most, one) for one in published]
    while True:
        gate = withhold(table, indicators, sources, membership, list(compress(published, known)))
        shown = Edition(gate.observations, membership)
        betrayed = (not (told or repeats(shown, one)) for told, one in zip(known, published, strict=True))
        more = next((number for number, found in enumerate(betrayed) if found), None)
        if more is None:
            return gate
        known[more] = True


def repeats(edition: Edition, earlier: Edition) -> bool:
    """Tell whether an edition says all that an earlier one says, and of the same communes what that one withholds."""
    rows = earlier.observations[SAID].astype(dict.fromkeys(SAID[:-2], str))
    beside = edition.observations
    beside = beside.loc[beside["source"].isin(rows["source"]), SAID].astype(dict.fromkeys(SAID[:-2], str))
    told = rows[rows["status"].ne(SECRET)]
    if len(told.merge(beside.drop_duplicates())) < len(told):
        return False
    places = rows[["territory", "level"]].drop_duplicates()
    made_of = [one.membership.merge(places)[["territory", "level", "commune"]] for one in (edition, earlier)]
    one, other = (set(table.itertuples(index=False, name=None)) for table in made_of)
    return one == other


def telling(
    table: pd.DataFrame,
    hidden: pd.Series,
    indicators: dict[str, Indicator],
    sources: dict[str, Source],
    membership: pd.DataFrame,
) -> pd.Series:
    """Return which rows tell something of a count that is withheld (Form.tells).

    Those of the communes where it is, and of the larger places that hold one: their number of « yes » would tell it.
    """
    found = pd.Series(False, index=table.index)
    for form in (source.form for source in sources.values() if source.form):
        for answer, persons in form.tells.items():
            said = {name for name in table["indicator"].unique() if persons in measures(indicators[name]).values()}
            withheld = table[hidden & table["indicator"].isin(said) & table["level"].eq("commune")]
            secret = set(zip(withheld["territory"], withheld["period"], strict=True))
            answers = {name for name in table["indicator"].unique() if indicators[name].value == Count(answer)}
            rows = table[table["indicator"].isin(answers)]
            found[rows.index] |= _holds_one(rows, secret, membership)
    return found


def _holds_one(rows: pd.DataFrame, secret: set[tuple[str, str]], membership: pd.DataFrame) -> pd.Series:
    """Return, for each row, whether a commune of its place is in `secret` at its period."""
    each = rows[["territory", "level", "period"]].reset_index()
    communes = each[each["level"].eq("commune")].assign(commune=each["territory"])
    each = pd.concat([communes, each[each["level"].ne("commune")].merge(membership, on=["territory", "level"])])
    there = np.array([place in secret for place in zip(each["commune"], each["period"], strict=True)], dtype=bool)
    return pd.Series(there).groupby(each["index"].to_numpy()).any().reindex(rows.index, fill_value=False)


def subtracted(
    table: pd.DataFrame, indicators: dict[str, Indicator], sources: dict[str, Source]
) -> tuple[pd.DataFrame, dict[str, Indicator]]:
    """Return the rows and the declarations as they are read by who subtracts from a sum what is open in it (R2, R18).

    The row of a sum then speaks of the part that is not open, and belongs to the source of that part.
    """
    read, declared = table.copy(), dict(indicators)
    for both in (source for source in sources.values() if source.addition):
        parts = {whole: hidden for whole, (_, hidden) in both.addition.sums.items()}
        for one in (one for one in indicators.values() if both.id in one.sources):
            rows = read["indicator"].eq(one.id) & read["source"].eq(both.id) & read["status"].eq(OK)
            for column, measure in measures(one).items():
                if measure in both.addition.sums:
                    read.loc[rows, column] -= _open_counts(
                        read[rows], table, both.addition.sums[measure][0], indicators
                    )
            read.loc[rows, "source"] = both.addition.hides
            value = {name: parts.get(said, said) for name, said in vars(one.value).items()}
            declared[one.id] = replace(one, value=replace(one.value, **value))
    return read, declared


def _open_counts(rows: pd.DataFrame, table: pd.DataFrame, measure: str, indicators: dict[str, Indicator]) -> pd.Series:
    """Return what a table says of a measure in the place and at the period of each row."""
    key = ["territory", "level", "period"]
    names = [one.id for one in indicators.values() if one.value == Count(measure)]
    known = table[table["indicator"].isin(names) & table["status"].eq(OK)].drop_duplicates(key)
    return rows[key].join(known.set_index(key)["numerator"], on=key)["numerator"]


def is_guarded(table: pd.DataFrame, sources: dict[str, Source]) -> pd.Series:
    """Return which rows come from a source with a threshold."""
    return table["source"].map({name: source.secrecy.threshold for name, source in sources.items()}).gt(0)


def primary(table: pd.DataFrame, indicators: dict[str, Indicator], sources: dict[str, Source]) -> pd.Series:
    """Return which rows the primary rule withholds (rule R1).

    Those in which a count of persons, or the difference of two, lies from 1 to threshold - 1; and those in which no
    count can be read, so that the rule cannot be checked, unless the indicator says that it counts no persons.
    """
    hidden = pd.Series(False, index=table.index)
    guarded = table[is_guarded(table, sources) & table["status"].eq(OK)]
    for (name, source), rows in guarded.groupby(["indicator", "source"]):
        persons = counted(indicators[name])
        read = [column for column in measures(indicators[name]) if column in persons]
        unread = rows[read].isna().any(axis=1) if read else bool(persons)
        hidden[rows.index] = unread | too_few(rows, persons, sources[source].secrecy.threshold)
    return hidden


def too_few(rows: pd.DataFrame, persons: tuple[str, ...], threshold: int) -> pd.Series:
    """Return which rows let a group of persons smaller than the threshold be seen.

    persons: the columns that count persons; when both do, their difference is a group too.
    """
    groups = [rows[column] for column in persons]
    if len(groups) == 2:
        groups.append(rows["denominator"] - rows["numerator"])
    small = [group.gt(0) & group.lt(threshold) for group in groups]
    return pd.concat(small, axis=1).any(axis=1) if small else pd.Series(False, index=rows.index)


def together(
    guarded: pd.DataFrame, indicators: dict[str, Indicator], links: dict[str, tuple[Link, ...]]
) -> list[list[str]]:
    """Return the sources of the rows; in one list those of which one counts what says something of the persons of
    another. links: of each form.
    """
    groups: list[tuple[set[str], set[str]]] = []
    every = [link for several in links.values() for link in several]
    for source, rows in guarded.groupby("source"):
        declared = [indicators[name] for name in rows["indicator"].unique()]
        near = told_of(measures_of_persons(declared), every)
        counts = {measure for one in declared for measure in measures(one).values()}
        groups.append(({source}, near | counts & set().union(*(link.terms for link in every))))
    return _joined(groups)


def _joined(groups: list[tuple[set[str], set[str]]]) -> list[list[str]]:
    """Return the names of groups (names, measures); those that have a measure in common, in one list."""
    lists: list[tuple[set[str], set[str]]] = []
    for names, measured in groups:
        for one in [one for one in lists if one[1] & measured]:
            names, measured = names | one[0], measured | one[1]
            lists.remove(one)
        lists.append((names, measured))
    return [sorted(names) for names, _ in lists]


def secondary(
    current: Edition,
    hidden: pd.Series,
    indicators: dict[str, Indicator],
    links: Sequence[Link],
    threshold: int,
    earlier: Sequence[Edition],
) -> tuple[list[int], list[Group]]:
    """Return the rows of some sources to withhold, and the groups of persons that stay exposed all the same (rule R2).

    What is withheld of a total never comes to fewer persons than the threshold together: where it does, they are a
    group to protect too. hidden: which rows the primary rule withholds. links: what counts say of each other.
    """
    table, persons, links = said([current, *earlier], indicators, links)
    former = withheld_before(earlier, indicators, persons, links)
    rows, exposed = [], []
    for lines in linked(table, links):
        more, groups = _block(lines, persons, links, hidden, threshold, former)
        rows += more
        exposed += groups
    return rows, exposed


def _block(
    lines: pd.DataFrame,
    persons: set[str],
    links: list[Link],
    hidden: pd.Series,
    threshold: int,
    former: list[Group],
) -> tuple[list[int], list[Group]]:
    """Return what `secondary` does of lines that hold together. former: groups that earlier editions have withheld."""
    together = dict.fromkeys(within_reach(former, lines), float("nan"))
    while True:
        block, cells, groups = compiled(lines, persons, links, hidden, threshold, together)
        block, worlds = consistent(block)
        withheld, bare = protect(block, worlds)
        agreed = dict(zip(sizes_of(lines), block.values, strict=True))
        shown = sizes_of(lines[lines["measure"].isin(persons) & ~lines["row"].isin(cells[withheld])])
        more = remains({group: agreed[group] for group in shown}, pairs_of(links, persons), threshold)
        if more.keys() <= set(groups):
            return list(cells[withheld]), [group for group, known in zip(groups, bare, strict=True) if known]
        together |= more
