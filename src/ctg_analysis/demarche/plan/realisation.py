"""What became of the actions of a convention: done, not done, at what cost.

actions: the columns of `bilan_actions`: action_id, axe, intitule, prevu, realise, unite, cout_prevu, cout_realise,
statut, ecart, explication, suite. The actions of the convention under way come in the same columns, see
`tracking.as_bilan`, so that both bilans are read alike.
"""

from collections.abc import Sequence

import pandas as pd

STATUSES = ("réalisée", "partielle", "en cours", "reportée", "abandonnée")
ALL = "Ensemble"


def by_axis(actions: pd.DataFrame, statuses: Sequence[str] = STATUSES) -> pd.DataFrame:
    """How many actions of each axis have each status: every status has its column, 0 where none has it.

    Index: the axes in their order, then `Ensemble`. Columns: the statuses, then `total`.
    """
    table = pd.crosstab(actions["axe"], actions["statut"])
    table = table.reindex(index=actions["axe"].unique(), columns=list(statuses), fill_value=0)
    table.loc[ALL] = table.sum()
    return table.assign(total=table.sum(axis=1)).rename_axis(index=None, columns=None).astype(int)


def quantities(actions: pd.DataFrame) -> pd.DataFrame:
    """What was planned and what was done, action by action, where both are known.

    Columns: action_id, intitule, unite, prevu, realise, part (done of what was planned, 1 when all of it).
    """
    known = actions.dropna(subset=["prevu", "realise"])
    known = known[known["prevu"].gt(0)]
    table = known[["action_id", "intitule", "unite", "prevu", "realise"]].reset_index(drop=True)
    return table.assign(part=table["realise"] / table["prevu"])


def costs(actions: pd.DataFrame) -> pd.DataFrame:
    """What was to be spent and what was, by axis, over the actions of which both are known.

    Index: the axes in their order, then `Ensemble`. Columns: planned, spent (euros), known (actions counted), actions.
    """
    both = actions["cout_prevu"].notna() & actions["cout_realise"].notna()
    counted = actions.assign(
        planned=actions["cout_prevu"].where(both, 0.0), spent=actions["cout_realise"].where(both, 0.0), known=both
    )
    by_axis_ = counted.groupby("axe", sort=False)
    table = by_axis_[["planned", "spent", "known"]].sum().assign(actions=by_axis_.size())
    table.loc[ALL] = table.sum()
    return table.rename_axis(index=None).astype({"known": int, "actions": int})
