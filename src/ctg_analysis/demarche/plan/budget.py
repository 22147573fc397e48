"""The money of the plan: by financer and year, and whether the budgets are what the financers bring.

funding: the table `financements`: action_id, financeur, annee, nature, montant (euros). actions: the table `actions`.
"""

import pandas as pd

from ctg_analysis.demarche.files.consistency import CENT, active
from ctg_analysis.demarche.tables import TABLES

FINANCERS = list(TABLES["financements"].columns["financeur"].kind.choices)
TOTAL = "Total"


def of_the_plan(funding: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """The funding of the actions that were not given up."""
    return funding[funding["action_id"].isin(active(actions)["action_id"])]


def by_financer(funding: pd.DataFrame) -> pd.DataFrame:
    """The euros by financer and year, with both totals, which are the same sum seen from two sides.

    Index: financers in the order of the convention, then `Total`. Columns: years, then `Total`.
    """
    table = funding.pivot_table(index="financeur", columns="annee", values="montant", aggfunc="sum", fill_value=0.0)
    table = table.reindex([name for name in FINANCERS if name in table.index]).rename_axis(index=None, columns=None)
    table.loc[TOTAL] = table.sum()
    return table.assign(**{TOTAL: table.sum(axis=1)})


def reconciliation(actions: pd.DataFrame, funding: pd.DataFrame) -> pd.DataFrame:
    """The budget of each action that was not given up beside what its financers bring: they should be the same.

    Columns: action_id, titre, budget, brought (euros, both natures), gap: what the financers bring beyond it, over the
    two natures taken apart, so that one does not make up for the other; agrees.
    """
    kept = active(actions).reset_index(drop=True)
    brought = funding.pivot_table(index="action_id", columns="nature", values="montant", aggfunc="sum")
    brought = brought.reindex(index=kept["action_id"], columns=["fonctionnement", "investissement"]).fillna(0.0)
    budget = kept[["budget_fonct", "budget_invest"]].astype(float).fillna(0.0)
    apart = brought.to_numpy() - budget.to_numpy()
    return kept[["action_id", "titre"]].assign(
        budget=budget.sum(axis=1),
        brought=brought.sum(axis=1).to_numpy(),
        gap=apart.sum(axis=1),
        agrees=(abs(apart) <= CENT).all(axis=1),
    )
