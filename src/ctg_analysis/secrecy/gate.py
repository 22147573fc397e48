"""The gate: what may not be shown is emptied here, before anything is drawn, written or said."""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import OK, SECRET, Count, Indicator
from ctg_analysis.secrecy.links import links_of, together
from ctg_analysis.secrecy.primary import is_guarded, primary
from ctg_analysis.secrecy.secondary import secondary
from ctg_analysis.secrecy.statements import PUBLISHED, Edition, measures, statements
from ctg_analysis.secrecy.subtraction import subtracted

VALUES = ["numerator", "denominator", "value", "low", "high"]
EXPOSED = ["source", "measure", "without", "period", "communes"]
COMPARED = ["territory", "level", "period", "indicator", "source", "status", "numerator", "denominator"]


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
    """The observations with the primary (R1) and the secondary (R2) rule applied.

    The secondary rule goes source by source, but for those that count the same persons: what one hides, another would
    tell. A row that is not `ok` carries no value, numerator or denominator.

    Parameters:
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
    editions = [Edition(guarded, membership)]
    editions += [Edition(subtracted(rows, indicators, sources)[0], places) for rows, places in published]
    current, *before = (statements(edition, declared, guarded["source"].unique()) for edition in editions)
    former = [statement for edition in before for statement in edition]
    named = pd.concat([edition.observations[["source", "indicator"]] for edition in editions]).drop_duplicates()
    named = named[named["indicator"].isin(declared.keys())]
    links = links_of(sources)
    exposed = []
    for names in together(guarded, declared, links):
        more, groups = secondary(
            [statement for statement in current if statement.source in names],
            [statement for statement in former if statement.source in names],
            hidden.to_numpy(),
            [declared[name] for name in named.loc[named["source"].isin(names), "indicator"].unique()],
            links,
            max(sources[name].secrecy.threshold for name in names),
        )
        hidden[more] = True
        joined = "+".join(names)
        exposed += [
            (joined, group.measure, group.without, "+".join(group.periods), "|".join(group.place)) for group in groups
        ]
    hidden |= telling(table, hidden, indicators, sources, membership)
    table.loc[hidden & table["status"].isin(PUBLISHED), "status"] = SECRET  # what nobody has sent is missing
    return Gate(emptied(table), pd.DataFrame(exposed, columns=EXPOSED, dtype=str))


def emptied(observations: pd.DataFrame) -> pd.DataFrame:
    """The observations, without value, numerator or denominator where they are not `ok`.

    It is all that the gate does to those of which no source is restricted.

    >>> rows = pd.DataFrame({"status": ["ok", "nd"], **dict.fromkeys(VALUES, 1.0)})
    >>> emptied(rows)["value"].tolist()
    [1.0, nan]
    """
    shown = observations["status"].eq(OK)
    return observations.assign(**{name: observations[name].where(shown) for name in VALUES})


def read_beside(
    indicators: dict[str, Indicator], sources: dict[str, Source], published: Sequence[Edition] = ()
) -> set[str]:
    """The indicators of which the gate reads the open rows, though it withholds none of them.

    Those that are subtracted from a sum of which a part is restricted (`Source.addition`), and those that an edition
    shows: the places of these sums and of that edition are enough.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> from ctg_analysis.sources import SOURCES
    >>> "caf_households_count" in read_beside(CATALOGUE, SOURCES), "births_count" in read_beside(CATALOGUE, SOURCES)
    (True, False)
    """
    opened = {Count(part) for both in sources.values() if both.addition for part, _ in both.addition.sums.values()}
    subtracted_from = {indicator.id for indicator in indicators.values() if indicator.value in opened}
    return subtracted_from.union(*(edition.observations["indicator"] for edition in published))


def withhold_beside(
    observations: pd.DataFrame,
    indicators: dict[str, Indicator],
    sources: dict[str, Source],
    membership: pd.DataFrame,
    published: Sequence[Edition],
) -> Gate:
    """What `withhold` does beside all that has been published.

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
    known = [not repeats(most, edition) for edition in published]
    while True:
        gate = withhold(table, indicators, sources, membership, list(compress(published, known)))
        now = Edition(gate.observations, membership)
        betrayed = (not (counts or repeats(now, edition)) for counts, edition in zip(known, published, strict=True))
        more = next((number for number, lost in enumerate(betrayed) if lost), None)
        if more is None:
            return gate
        known[more] = True


def repeats(edition: Edition, earlier: Edition) -> bool:
    """Whether an edition says all that an earlier one says, and of the same communes what that one withholds."""
    rows = earlier.observations[COMPARED].astype(dict.fromkeys(COMPARED[:-2], str))
    beside = edition.observations
    beside = beside.loc[beside["source"].isin(rows["source"]), COMPARED].astype(dict.fromkeys(COMPARED[:-2], str))
    printed = rows[rows["status"].ne(SECRET)]
    if len(printed.merge(beside.drop_duplicates())) < len(printed):
        return False
    places = rows[["territory", "level"]].drop_duplicates()
    made_of = [each.membership.merge(places)[["territory", "level", "commune"]] for each in (edition, earlier)]
    now, before = (set(table.itertuples(index=False, name=None)) for table in made_of)
    return now == before


def telling(
    table: pd.DataFrame,
    hidden: pd.Series,
    indicators: dict[str, Indicator],
    sources: dict[str, Source],
    membership: pd.DataFrame,
) -> pd.Series:
    """Which rows tell something of a count that is withheld (Form.tells).

    Those of the communes where it is, and of the larger places that hold one: their number of « yes » would tell it.
    """
    tells, names = pd.Series(False, index=table.index), table["indicator"].unique()
    for form in (source.form for source in sources.values() if source.form):
        for answer, persons in form.tells.items():
            rows = table[table["indicator"].isin([name for name in names if indicators[name].value == Count(answer)])]
            if rows.empty:
                continue
            counts = {name for name in names if persons in measures(indicators[name]).values()}
            withheld = table[hidden & table["indicator"].isin(counts) & table["level"].eq("commune")]
            secret = set(zip(withheld["territory"], withheld["period"], strict=True))
            tells[rows.index] |= _holds_one(rows, secret, membership)
    return tells


def _holds_one(rows: pd.DataFrame, secret: set[tuple[str, str]], membership: pd.DataFrame) -> pd.Series:
    """Whether, for each row, a commune of its place is in `secret` at its period."""
    each = rows[["territory", "level", "period"]].reset_index()
    communes = each[each["level"].eq("commune")].assign(commune=each["territory"])
    each = pd.concat([communes, each[each["level"].ne("commune")].merge(membership, on=["territory", "level"])])
    there = np.array([place in secret for place in zip(each["commune"], each["period"], strict=True)], dtype=bool)
    return pd.Series(there).groupby(each["index"].to_numpy()).any().reindex(rows.index, fill_value=False)
