"""The gate: what may not be shown is emptied here, before anything is drawn, written or said."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import OK, SECRET, Count, Indicator
from ctg_analysis.secrecy.links import together
from ctg_analysis.secrecy.primary import is_guarded, primary
from ctg_analysis.secrecy.secondary import secondary
from ctg_analysis.secrecy.statements import PUBLISHED, Edition, measures, statements

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
    """The observations with the primary (R1) and the secondary (R2) rule applied.

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
    editions = [Edition(guarded, membership)]
    editions += [Edition(subtracted(rows, indicators, sources)[0], places) for rows, places in published]
    said, *before = (statements(one, declared, guarded["source"].unique()) for one in editions)
    former = [one for edition in before for one in edition]
    named = pd.concat([one.observations[["source", "indicator"]] for one in editions]).drop_duplicates()
    named = named[named["indicator"].isin(declared.keys())]
    links = [link for source in sources.values() if source.form for link in (*source.form.wholes, *source.form.links)]
    exposed = []
    for names in together(guarded, declared, links):
        more, groups = secondary(
            [one for one in said if one.source in names],
            [one for one in former if one.source in names],
            hidden.to_numpy(),
            [declared[name] for name in named.loc[named["source"].isin(names), "indicator"].unique()],
            links,
            max(sources[name].secrecy.threshold for name in names),
        )
        hidden[more] = True
        joined = "+".join(names)
        exposed += [(joined, one.measure, one.without, "+".join(one.periods), "|".join(one.place)) for one in groups]
    hidden |= telling(table, hidden, indicators, sources, membership)
    table.loc[hidden & table["status"].isin(PUBLISHED), "status"] = SECRET  # what nobody has sent is missing
    table.loc[table["status"].ne(OK), VALUES] = float("nan")
    return Gate(table, pd.DataFrame(exposed, columns=EXPOSED, dtype=str))


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
    """Whether an edition says all that an earlier one says, and of the same communes what that one withholds."""
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
    """Which rows tell something of a count that is withheld (Form.tells).

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
    """Whether, for each row, a commune of its place is in `secret` at its period."""
    each = rows[["territory", "level", "period"]].reset_index()
    communes = each[each["level"].eq("commune")].assign(commune=each["territory"])
    each = pd.concat([communes, each[each["level"].ne("commune")].merge(membership, on=["territory", "level"])])
    there = np.array([place in secret for place in zip(each["commune"], each["period"], strict=True)], dtype=bool)
    return pd.Series(there).groupby(each["index"].to_numpy()).any().reindex(rows.index, fill_value=False)


def subtracted(
    table: pd.DataFrame, indicators: dict[str, Indicator], sources: dict[str, Source]
) -> tuple[pd.DataFrame, dict[str, Indicator]]:
    """The rows and the declarations as they are read by who subtracts from a sum what is open in it (R2, R18).

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
    """What a table says of a measure in the place and at the period of each row."""
    key = ["territory", "level", "period"]
    names = [one.id for one in indicators.values() if one.value == Count(measure)]
    known = table[table["indicator"].isin(names) & table["status"].eq(OK)].drop_duplicates(key)
    return rows[key].join(known.set_index(key)["numerator"], on=key)["numerator"]
