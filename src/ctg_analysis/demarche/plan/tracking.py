"""The yearly follow-up: where each action stands, what was spent, how far its indicators are from their targets.

followup: the table `suivi`: action_id, annee, statut, avancement_pct, faits, valeurs_indicateurs, depense, difficultes,
decision_copil, date. followed: the table `indicateurs_suivi`.
"""

import pandas as pd

from ctg_analysis.demarche.tables.columns import first_day

STATUSES = ("réalisée", "en cours", "modifiée", "retardée", "non démarrée", "abandonnée")
BASELINE, REPORTED, OBSERVED, TARGET = "départ", "suivi", "diagnostic", "cible"
OUTPUT = "réalisation"
STOPPED, TO_DECIDE = "arrêter", "à décider"
DROPPED = "abandonnée"
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
    by_year = followup.groupby("annee")
    spent = by_year["depense"].sum(min_count=1).astype(float)
    planned = funding.groupby("annee")["montant"].sum().reindex(spent.index).fillna(0.0)
    return pd.DataFrame(
        {
            "year": spent.index.astype(int),
            "planned": planned.to_numpy(),
            "spent": spent.to_numpy(),
            "told": by_year["depense"].count().to_numpy(),
            "actions": by_year.size().to_numpy(),
        }
    )


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
    """The values of an indicator with the part of the series that each belongs to."""
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

    actions: with the title of their axis in `axe`, see `plan.in_order`. prevu, realise: the target and the last value
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
            "explication": ids.map(last["decision_copil"]),
            "suite": status.eq(DROPPED).map({True: STOPPED, False: TO_DECIDE}),
            "preuve": None,
        }
    ).reset_index(drop=True)
