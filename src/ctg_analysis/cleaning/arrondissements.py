"""Paris, Lyon and Marseille as one commune each, however a file gives them: never counted twice."""

import pandas as pd

from ctg_analysis.cleaning.sums import KEY, sum_up
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.facts import alike
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.core.territories import arrondissement_parents


def whole_communes(facts: pd.DataFrame, source: Source, parents: pd.Series) -> pd.DataFrame:
    """Return the facts with Paris, Lyon and Marseille as one commune each.

    Where a source gives arrondissements only, for a period and a measure, they are summed, and left out if its figures
    cannot be added up; where it gives the commune, they are dropped.
    """
    is_part = facts["level"].eq("commune") & facts["code"].isin(parents.index)
    parts, whole = facts[is_part], facts[~is_part]
    parts = parts.assign(code=parts["code"].map(parents))
    given = whole.loc[whole["level"].eq("commune") & whole["code"].isin(parents), ["code", *KEY]]
    series = pd.MultiIndex.from_frame(parts[["code", *KEY]].astype(str))
    parts = parts[~series.isin(pd.MultiIndex.from_frame(given.astype(str)))]
    if parts.empty or not source.totals.additive:
        return whole
    summed = sum_up(parts, source, parents.value_counts())
    return pd.concat([whole, summed], ignore_index=True)


def in_communes(codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Return codes of communes, that of its commune in the place of each arrondissement's."""
    parents = arrondissement_parents(communes)
    parts = codes.isin(parents.index)
    return codes.where(~parts, codes[parts].map(parents)) if parts.any() else codes


def added_arrondissements(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of a list with what stands under an arrondissement and under its commune added up.

    Where one of them is without a value, so is the commune.
    """
    place = in_communes(facts["code"], communes)
    ours = facts["level"].eq("commune") & place.isin(arrondissement_parents(communes))
    parts = facts[ours].assign(code=place, unknown=facts["status"].ne(OK))
    sums = parts.groupby(["code", *KEY], as_index=False, observed=True)
    whole = sums[["value", "unknown", "parts", "few"]].sum()
    known = whole["unknown"].eq(0)
    whole = whole.assign(
        level="commune", value=whole["value"].where(known), status=known.map({True: OK, False: MISSING})
    )
    return pd.concat([facts[~ours], alike(whole, facts)], ignore_index=True)
