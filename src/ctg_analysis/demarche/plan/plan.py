"""The plan of actions: in their order, in time, by who leads them, and what each still lacks.

actions, axes, objectives, funding, followed: the tables `actions`, `axes`, `objectifs`, `financements` and
`indicateurs_suivi`.
"""

import datetime
from calendar import monthrange

import pandas as pd

from ctg_analysis.demarche.files.consistency import active
from ctg_analysis.demarche.tables.columns import first_day, last_day

RESULT = "résultat"
OF_A_RESULT = ("valeur_reference", "date_reference", "cible", "cible_date", "collecteur")
NEEDS = {
    "pilote": "Pilote",
    "calendrier": "Calendrier",
    "budget": "Budget",
    "financeurs": "Financeurs",
    "resultat": "Indicateur de résultat",
}


def in_order(actions: pd.DataFrame, axes: pd.DataFrame, objectives: pd.DataFrame) -> pd.DataFrame:
    """The actions in the order of their axes and objectives, with the titles of these: axe, objectif."""
    axis = axes.set_index("axe_id")
    objective = objectives.reset_index(drop=True).reset_index(names="place").set_index("obj_id")
    table = actions.assign(
        axe=actions["axe_id"].map(axis["titre"]),
        objectif=actions["obj_id"].map(objective["titre"]),
        _axis=actions["axe_id"].map(axis["ordre"]),
        _objective=actions["obj_id"].map(objective["place"]),
    )
    table = table.sort_values(["_axis", "_objective"], kind="stable", ignore_index=True)
    return table.drop(columns=["_axis", "_objective"])


def in_time(actions: pd.DataFrame) -> pd.DataFrame:
    """When the actions that have dates begin and end, as years: 2024.5 is the first of July 2024.

    Columns: those of the actions, begin, end: an action lasts until the end of the month or of the day it ends in.
    """
    dated = actions.dropna(subset=["calendrier_debut", "calendrier_fin"])
    return dated.assign(
        begin=dated["calendrier_debut"].map(lambda moment: as_year(first_day(moment))),
        end=dated["calendrier_fin"].map(lambda moment: as_year(last_day(moment), after=True)),
    )


def as_year(day: datetime.date, *, after: bool = False) -> float:
    """A day as a number of years, at its beginning or `after` it; each month is a twelfth of a year."""
    length = monthrange(day.year, day.month)[1]
    return day.year + (day.month - 1 + (day.day - 1 + after) / length) / 12


def load(actions: pd.DataFrame, funding: pd.DataFrame) -> pd.DataFrame:
    """What each pilote leads, the most actions first; what was given up weighs on nobody.

    Columns: pilote, actions (ids, in a tuple), count, first (of priority 1), etp, budget (what the financers bring, in
    euros); etp is empty where no action tells it.
    """
    kept = active(actions).dropna(subset=["pilote"])
    brought = funding.groupby("action_id")["montant"].sum()
    kept = kept.assign(brought=kept["action_id"].map(brought).fillna(0.0), first=kept["priorite"].eq(1))
    table = kept.groupby("pilote", sort=False).agg(
        actions=("action_id", tuple),
        count=("action_id", "size"),
        first=("first", "sum"),
        etp=("moyens_humains_etp", lambda cells: cells.sum(min_count=1)),
        budget=("brought", "sum"),
    )
    return table.reset_index().sort_values(["count", "budget"], ascending=False, kind="stable", ignore_index=True)


def completeness(actions: pd.DataFrame, funding: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    """What each action that was not given up has of what it needs: columns action_id, titre, those of NEEDS.

    A budget of 0 needs no financer. A result indicator needs its baseline, its target, their dates and who collects it.
    """
    kept = active(actions).reset_index(drop=True)
    results = followed[followed["type"].eq(RESULT)]
    whole = set(results.loc[results[list(OF_A_RESULT)].notna().all(axis=1), "ind_id"])
    partial = set(results["ind_id"]) - whole
    named = [set(ids or ()) for ids in kept["indicateurs_resultat"]]
    free = kept["budget_fonct"].fillna(0).eq(0) & kept["budget_invest"].fillna(0).eq(0)
    has_budget = kept["budget_fonct"].notna() | kept["budget_invest"].notna()
    return kept[["action_id", "titre"]].assign(
        pilote=kept["pilote"].notna(),
        calendrier=kept["calendrier_debut"].notna() & kept["calendrier_fin"].notna(),
        budget=has_budget,
        financeurs=kept["action_id"].isin(funding["action_id"]) | (has_budget & free),
        resultat=[bool(ids & whole) and not ids & partial for ids in named],
    )


def last_year(rows: pd.DataFrame) -> int:
    """The last year in which an action goes on. rows: see `in_time`."""
    return int(-(-rows["end"].max() // 1)) - 1
