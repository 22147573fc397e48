"""The yearly follow-up: where each action stands, what was spent, how far its indicators are from their targets.

followup: the table `suivi`: action_id, annee, statut, avancement_pct, faits, valeurs_indicateurs, depense, difficultes,
decision_copil, date. followed: the table `indicateurs_suivi`.
"""

from typing import NamedTuple

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


class Value(NamedTuple):
    """A value of an indicator: when, how much, how it is written when it is observed, what it is, from where, between
    what bounds where its counts are rounded.
    """

    year: int
    value: float
    text: str
    kind: str
    source: str
    low: float = float("nan")
    high: float = float("nan")


def values(followed: pd.DataFrame, followup: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """The values of each indicator over the years, from its baseline to its target.

    observed: columns of NOTHING_OBSERVED: what the observations say of the territory, its bounds where its counts are
    rounded, how it is written; where they know an indicator after its baseline they stand for what the follow-up
    reports, which is then left out. Columns: ind_id, year, value, text (of what is observed; else empty), kind (départ,
    suivi, diagnostic, cible), low, high, part: rises by one at the year the definition changes (`rupture_annee`), and
    where the source of the observations does: values of two parts are never joined.
    """
    reported = _reported(followup)
    known = {name: rows.sort_values("year", kind="stable") for name, rows in observed.groupby("indicateur")}
    rows = []
    for indicator in followed.itertuples(index=False):
        path = _path(indicator, reported.get(indicator.ind_id, []), known.get(indicator.indicateur))
        rows += [
            (indicator.ind_id, *value[:4], value.low, value.high, part)
            for value, part in zip(path, _parts(path, indicator.rupture_annee), strict=True)
        ]
    return pd.DataFrame(rows, columns=["ind_id", "year", "value", "text", "kind", "low", "high", "part"])


def _reported(followup: pd.DataFrame) -> dict[str, list[Value]]:
    by_indicator: dict[str, list[Value]] = {}
    rows = followup[["annee", "valeurs_indicateurs"]].dropna().sort_values("annee", kind="stable")
    for year, pairs in rows.itertuples(index=False):
        for ind_id, value in pairs:
            by_indicator.setdefault(ind_id, []).append(Value(int(year), float(value), "", REPORTED, ""))
    return by_indicator


def _path(indicator, reported: list[Value], observed: pd.DataFrame | None) -> list[Value]:
    """The baseline of an indicator, what was observed since or else reported, its target."""
    start = first_day(indicator.date_reference).year if isinstance(indicator.date_reference, str) else None
    path = (
        [Value(start, float(indicator.valeur_reference), "", BASELINE, "")]
        if start and pd.notna(indicator.valeur_reference)
        else []
    )
    since = observed[observed["year"].gt(start or 0)].itertuples() if observed is not None else ()
    known = [Value(int(row.year), row.value, row.text, OBSERVED, row.source, row.low, row.high) for row in since]
    path += known or reported
    if pd.notna(indicator.cible) and isinstance(indicator.cible_date, str):
        path.append(Value(first_day(indicator.cible_date).year, float(indicator.cible), "", TARGET, ""))
    return path


def _parts(path: list[Value], changed: object) -> list[int]:
    """The part of the series that each value belongs to. changed: the year the definition changes, if any."""
    moves = [value.year for value, before in zip(path, _before(path), strict=True) if before and value.source != before]
    moves += [] if pd.isna(changed) else [int(changed)]
    return [sum(year <= value.year for year in set(moves)) for value in path]


def _before(path: list[Value]) -> list[str]:
    """The source of the value before each observed one; empty without one."""
    sources, last = [], ""
    for value in path:
        sources.append(last if value.source else "")
        last = value.source or last
    return sources


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
