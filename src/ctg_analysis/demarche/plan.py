"""The plan of actions: in order, in money, in time, from proof to action, and its yearly follow-up."""

import datetime
from calendar import monthrange
from collections.abc import Sequence

import pandas as pd

from ctg_analysis.demarche.columns import DROPPED, first_day, last_day
from ctg_analysis.demarche.consistency import CENT, OF_A_RESULT, active
from ctg_analysis.demarche.declared_tables import TABLES

# The plan of actions: in their order, in time, by who leads them, and what each still lacks.
# actions, axes, objectives, funding, followed: the tables `actions`, `axes`, `objectifs`, `financements` and
# `indicateurs_suivi`.

RESULT = "résultat"
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
    )
    ranks = {"axe_id": axis["ordre"], "obj_id": objective["place"]}
    return table.sort_values([*ranks], key=lambda ids: ids.map(ranks[ids.name]), kind="stable", ignore_index=True)


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


# The money of the plan: by financer and year, and whether the budgets are what the financers bring.
# funding: the table `financements`: action_id, financeur, annee, nature, montant (euros). actions: the table `actions`.

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

    Columns: action_id, titre, budget, brought (euros, both natures), agrees: the two natures taken apart.
    """
    kept = active(actions).reset_index(drop=True)
    brought = funding.pivot_table(index="action_id", columns="nature", values="montant", aggfunc="sum")
    brought = brought.reindex(index=kept["action_id"], columns=["fonctionnement", "investissement"]).fillna(0.0)
    budget = kept[["budget_fonct", "budget_invest"]].astype(float).fillna(0.0)
    apart = brought.to_numpy() - budget.to_numpy()
    return kept[["action_id", "titre"]].assign(
        budget=budget.sum(axis=1), brought=brought.sum(axis=1).to_numpy(), agrees=(abs(apart) <= CENT).all(axis=1)
    )


DONE, UNDER_WAY, TO_COME = "faite", "en cours", "à venir"
PLANNED, NO_DATE = "prévue", "date à préciser"  # for a day that is past, of which nobody says that it was done


def as_of(steps: pd.DataFrame, moment: str) -> pd.Series:
    """Where each step of `calendrier` is at the end of a day, a month or a year.

    What the table says itself comes first; then its dates, a month being that of all its days: they tell what was
    planned, never that it was done; a step without date is « date à préciser ».
    """
    day = last_day(moment)
    return pd.Series([_status(row, day) for row in steps.itertuples()], index=steps.index, dtype=str)


def _status(step, day: datetime.date) -> str:
    if isinstance(step.statut, str):
        return step.statut
    if not isinstance(step.debut, str):
        return NO_DATE
    ends = step.fin if isinstance(step.fin, str) else step.debut
    if last_day(ends) <= day:
        return PLANNED
    return UNDER_WAY if first_day(step.debut) <= day else TO_COME


def naming(table: pd.DataFrame, column: str) -> dict[str, list[str]]:
    """Each id that a column of several names → the ids, in the first column, of the rows that name it."""
    return table.explode(column).groupby(column, sort=False)[table.columns[0]].agg(list).to_dict()


def enjeux_by_action(actions: pd.DataFrame, objectives: pd.DataFrame) -> dict[str, list[str]]:
    """Action_id → the enjeux that it serves: those that it names, then those of its objective."""
    served = objectives.set_index("obj_id")["enjeux"]
    return {
        action: list(dict.fromkeys([*(named or ()), *served.get(objective, ())]))
        for action, named, objective in zip(actions["action_id"], actions["enjeu_ids"], actions["obj_id"], strict=True)
    }


def actions_by_enjeu(actions: pd.DataFrame, objectives: pd.DataFrame) -> dict[str, list[str]]:
    """Enjeu_id → the actions that serve it, those that were given up too."""
    served = enjeux_by_action(actions, objectives)
    return naming(pd.DataFrame({"action": served.keys(), "enjeux": served.values()}, dtype=object), "enjeux")


def coverage(enjeux: pd.DataFrame, actions: pd.DataFrame, objectives: pd.DataFrame) -> pd.DataFrame:
    """Which actions serve each retained enjeu; what was given up serves nothing.

    Columns: enjeu_id, titre, actions (ids, in a tuple), covered.
    """
    serving = actions_by_enjeu(active(actions), objectives)
    retained = enjeux[enjeux["retenu"].fillna(False).astype(bool)].reset_index(drop=True)
    by_enjeu = [tuple(serving.get(enjeu, ())) for enjeu in retained["enjeu_id"]]
    return retained[["enjeu_id", "titre"]].assign(actions=by_enjeu, covered=[bool(ids) for ids in by_enjeu])


# actions: the columns of `bilan_actions`: action_id, axe, intitule, prevu, realise, unite, cout_prevu, cout_realise,
# statut, ecart, explication, suite. The actions of the convention under way come in the same columns, see
# `as_bilan`, so that both bilans are read alike.

PAST_STATUSES = ("réalisée", "partielle", "en cours", "reportée", "abandonnée")
ALL = "Ensemble"


def by_axis(actions: pd.DataFrame, statuses: Sequence[str] = PAST_STATUSES) -> pd.DataFrame:
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


# The yearly follow-up: where each action stands, what was spent, how far its indicators are from their targets.
# followup: the table `suivi`: action_id, annee, statut, avancement_pct, faits, valeurs_indicateurs, depense,
# difficultes, decision_copil, date. followed: the table `indicateurs_suivi`.

YEARLY_STATUSES = ("réalisée", "en cours", "modifiée", "retardée", "non démarrée", "abandonnée")
BASELINE, REPORTED, OBSERVED, TARGET = "départ", "suivi", "diagnostic", "cible"
OUTPUT = "réalisation"
STOPPED, TO_DECIDE = "arrêter", "à décider"
NOTHING_OBSERVED = pd.DataFrame(columns=["indicateur", "year", "value", "low", "high", "text", "source"])


def latest(followup: pd.DataFrame) -> pd.DataFrame:
    """The last line of each action."""
    return followup.sort_values("annee", kind="stable").drop_duplicates("action_id", keep="last")


def status_by_year(followup: pd.DataFrame) -> pd.DataFrame:
    """The status of each action at the end of each year: index action_id, one column per year."""
    return followup.pivot(index="action_id", columns="annee", values="statut").rename_axis(columns=None)


def money(funding: pd.DataFrame, followup: pd.DataFrame) -> pd.DataFrame:
    """What was to be spent and what was, for each year that was followed.

    funding: that of the plan. Columns: year, planned, spent (euros, NaN when no action tells it), told (actions whose
    spending is known), actions (those that are followed that year).
    """
    by_year = followup.groupby("annee")["depense"]
    spent = by_year.sum(min_count=1).astype(float)
    planned = funding.groupby("annee")["montant"].sum().reindex(spent.index).fillna(0.0)
    table = pd.DataFrame({"planned": planned, "spent": spent, "told": by_year.count(), "actions": by_year.size()})
    return table.rename_axis("year").reset_index().astype({"year": int})


def values(followed: pd.DataFrame, followup: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """The values of each indicator over the years, from its baseline to its target.

    observed: columns of NOTHING_OBSERVED: what the observations say of the territory, its bounds where its counts are
    rounded, how it is written; where they know an indicator after its baseline they stand for what the follow-up
    reports, which is then left out. Columns: ind_id, year, value, text (of what is observed; else empty), kind (départ,
    suivi, diagnostic, cible), low, high, part: rises by one at the year the definition changes (`rupture_annee`), and
    where the source of the observations does: values of two parts are never joined.
    """
    own = followed[["ind_id", "indicateur", "rupture_annee"]]
    first, last = followed["date_reference"].map(_year), followed["cible_date"].map(_year)
    start = own.assign(year=first, value=followed["valeur_reference"], kind=BASELINE).dropna(subset=["year", "value"])
    target = own.assign(year=last, value=followed["cible"], kind=TARGET).dropna(subset=["year", "value"])
    seen = own.assign(since=first.fillna(0)).merge(observed, on="indicateur").assign(kind=OBSERVED)
    seen = seen[seen["year"].gt(seen["since"])].sort_values("year", kind="stable")
    written = followup[["annee", "valeurs_indicateurs"]].dropna().sort_values("annee", kind="stable")
    pairs = [(name, year, value) for year, several in written.itertuples(index=False) for name, value in several]
    reported = pd.DataFrame(pairs, columns=["ind_id", "year", "value"]).assign(kind=REPORTED)
    reported = own.merge(reported[~reported["ind_id"].isin(seen["ind_id"])], on="ind_id")
    paths = dict(list(pd.concat([start, seen, reported, target], ignore_index=True).groupby("ind_id")))
    parts = [_in_parts(paths[name]) for name in own["ind_id"] if name in paths]
    columns = ["ind_id", "year", "value", "text", "kind", "low", "high", "part"]
    if not parts:
        return pd.DataFrame(columns=columns)
    rows = pd.concat(parts, ignore_index=True).astype({"year": int, "value": float})
    return rows.assign(text=rows["text"].fillna(""))[columns]


def _year(moment: object) -> float:
    return first_day(moment).year if isinstance(moment, str) else float("nan")


def _in_parts(path: pd.DataFrame) -> pd.DataFrame:
    sources = path["source"].dropna()
    changes = path.loc[sources.index[sources.ne(sources.shift()) & sources.shift().notna()], "year"]
    cuts = {*changes, *path["rupture_annee"].dropna()}
    return path.assign(part=[sum(cut <= year for cut in cuts) for year in path["year"]])


def gaps(followed: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The baseline, the latest value and the target of each indicator that has a baseline or a target.

    table: see `values`. Columns: ind_id, baseline, baseline_year, now, now_year, target, target_year; kind and text of
    the latest value (empty without one); way: the part of the way from baseline to target that is done, 1 when it is
    reached, negative when it went the other way; NaN without the three, across a change of definition, which `broken`
    tells, or where the bounds of a value disagree, which `unsure` tells; due: the part that would be done at the date
    of the latest value, at an even pace.
    """
    first, last = (table[table["kind"].eq(kind)].set_index("ind_id") for kind in (BASELINE, TARGET))
    between = table[table["kind"].isin([REPORTED, OBSERVED])].sort_values("year", kind="stable")
    now = between.drop_duplicates("ind_id", keep="last").set_index("ind_id")
    ids = pd.Index(followed["ind_id"])
    ids = ids[ids.isin(first.index.union(last.index))]
    ends = pd.DataFrame(index=ids)
    for name, part in (("baseline", first), ("now", now), ("target", last)):
        ends[name], ends[f"{name}_year"] = part["value"].reindex(ids), part["year"].reindex(ids)
    parts = pd.concat([part["part"].reindex(ids) for part in (first, now, last)], axis=1)
    broken = parts.nunique(axis=1).gt(1)
    distance = (ends["target"] - ends["baseline"]).replace(0, float("nan"))
    ways = {name: (now[name].reindex(ids) - ends["baseline"]) / distance for name in ("value", "low", "high")}
    stands = {name: way.ge(1).astype(int) - way.lt(0) for name, way in ways.items()}
    unsure = now["low"].reindex(ids).notna() & stands["low"].ne(stands["high"])
    way = ways["value"].mask(broken | unsure)
    years = (ends["target_year"] - ends["baseline_year"]).replace(0, float("nan"))
    due = ((ends["now_year"] - ends["baseline_year"]) / years).clip(upper=1).where(way.notna())
    kind, text = (now[name].reindex(ids).fillna("") for name in ("kind", "text"))
    return ends.assign(kind=kind, text=text, way=way, due=due, broken=broken, unsure=unsure).reset_index(names="ind_id")


def as_bilan(
    actions: pd.DataFrame, followed: pd.DataFrame, funding: pd.DataFrame, followup: pd.DataFrame
) -> pd.DataFrame:
    """The actions under way in the columns of `bilan_actions`, as the follow-up has them at its last year.

    actions: with the title of their axis in `axe`, see `in_order`. prevu, realise: the target and the last value
    of the first output indicator. cout_prevu: up to the last year that is followed, like what was spent (rule R12).
    Without a line of follow-up an action is « non démarrée ». What becomes of an action is for the final evaluation to
    decide, but of those that were given up.
    """
    last = latest(followup).set_index("action_id")
    due = funding[funding["annee"].le(followup["annee"].max())]
    ids = actions["action_id"]
    outputs = followed[followed["type"].eq(OUTPUT)].drop_duplicates("action_id").set_index("action_id")
    reached = gaps(followed, values(followed, followup, NOTHING_OBSERVED)).set_index("ind_id")["now"]
    status = ids.map(last["statut"]).fillna("non démarrée").mask(actions["statut"].eq(DROPPED), DROPPED)
    return pd.DataFrame(
        {
            "action_id": ids,
            "axe": actions["axe"],
            "intitule": actions["titre"],
            "prevu": ids.map(outputs["cible"]),
            "realise": ids.map(outputs["ind_id"]).map(reached),
            "unite": ids.map(outputs["unite"]),
            "cout_prevu": ids.map(due.groupby("action_id")["montant"].sum()),
            "cout_realise": ids.map(followup.groupby("action_id")["depense"].sum(min_count=1)),
            "statut": status,
            "ecart": ids.map(last["difficultes"]),
            "explication": None,
            "suite": status.eq(DROPPED).map({True: STOPPED, False: TO_DECIDE}),
            "preuve": None,
        }
    ).reset_index(drop=True)
