"""Whether the chain holds: proof, constat, enjeu, axis, action, money, indicators, within the convention."""

import datetime
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from ctg_analysis.core.errors import Finding
from ctg_analysis.demarche.files.reading import Read
from ctg_analysis.demarche.tables import evidence, plan
from ctg_analysis.demarche.tables.columns import first_day, last_day
from ctg_analysis.demarche.tables.documents import Convention

Tables = Mapping[str, Read]

STRONG, KINDS = 3, 2  # a constat rated 3 rests on at least two kinds of proof
CENT = 0.005
BUDGETS = {"budget_fonct": "fonctionnement", "budget_invest": "investissement"}
MUST_HAVE = {
    "pilote": "one function that leads the action",
    "calendrier_debut": "when it begins, such as 2024-09",
    "calendrier_fin": "when it ends, such as 2026-12",
}
OF_A_RESULT = ("valeur_reference", "date_reference", "cible", "cible_date", "collecteur")


def inconsistencies(tables: Tables, convention: Convention | None = None) -> list[Finding]:
    """Return each break of the chain; tables: the public ones. What was given up is not held to anything.

    A check waits until each table that it reads can be read whole.
    """
    return [
        finding
        for check, needed in CHECKS.items()
        if not any(tables[name].findings for name in needed)
        for finding in check(tables, convention)
    ]


def one_interview(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return the constats that rest on one interview alone, which the pages label.

    tables: constats, preuves and extraits.
    """
    proofs = _supporting(tables["preuves"])
    speaker = tables["extraits"].set_index("extrait_id")["ent_pseudo"]
    heard = proofs[proofs["type"].eq(evidence.INTERVIEW)]
    speakers = heard["ref"].map(speaker).groupby(heard["constat_id"]).nunique()
    kinds = proofs.groupby("constat_id")["type"].nunique()
    alone = speakers.index[speakers.eq(1) & kinds.reindex(speakers.index).eq(1)]
    return set(alone)


def _supporting(proofs: pd.DataFrame) -> pd.DataFrame:
    return proofs[proofs["sens"].eq("appuie")]


def active(actions: pd.DataFrame) -> pd.DataFrame:
    """Return the actions that were not given up."""
    return actions[actions["statut"].ne(plan.DROPPED)]


def _enjeux(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """Yield the retained enjeux that no action serves, and the decisions without reason or date."""
    read, actions = tables["enjeux"], active(tables["actions"].rows)
    objectives = tables["objectifs"].rows.set_index("obj_id")["enjeux"]
    served = {one for named in actions["enjeu_ids"].dropna() for one in named}
    served |= {one for named in actions["obj_id"].map(objectives).dropna() for one in named}
    for row in read.rows.itertuples():
        decided = not pd.isna(row.retenu)
        if decided and row.retenu and row.enjeu_id not in served and len(tables["actions"].rows):
            expected = "an action in actions.csv that names it, or an objective that does"
            yield Finding(read.shown, row.Index, "enjeu_id", f"{row.enjeu_id} retained without action", expected)
        for column in ("motif", "decide_le"):
            if decided and pd.isna(getattr(row, column)):
                expected = "why and when the COPIL decided"
                yield Finding(read.shown, row.Index, column, "a decision without it", expected)


def _actions(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """Yield what an action lacks: who leads it, when, who pays, how its result is measured."""
    read, followed = tables["actions"], tables["indicateurs_suivi"]
    paid = set(tables["financements"].rows["action_id"])
    results = followed.rows[followed.rows["type"].eq("résultat")]
    for row in active(read.rows).itertuples():
        name = row.action_id
        for column, expected in MUST_HAVE.items():
            if pd.isna(getattr(row, column)):
                yield Finding(read.shown, row.Index, column, f"{name} without it", expected)
        if pd.isna(row.budget_fonct) and pd.isna(row.budget_invest):
            expected = "a budget in euros, 0 when it costs nothing more"
            yield Finding(read.shown, row.Index, "budget_fonct", f"{name} without budget", expected)
        elif name not in paid and (row.budget_fonct, row.budget_invest) != (0, 0):
            expected = "a line for each financer and year in financements.csv"
            yield Finding(read.shown, row.Index, "action_id", f"{name} without financer", expected)
        named = row.indicateurs_resultat if isinstance(row.indicateurs_resultat, tuple) else ()
        of_it = results[results["ind_id"].isin(named)]
        if of_it.empty:
            expected = "an indicator of type résultat of indicateurs_suivi.csv"
            yield Finding(read.shown, row.Index, "indicateurs_resultat", f"{name} without result indicator", expected)
        for indicator in of_it.itertuples():
            for column in OF_A_RESULT:
                if pd.isna(getattr(indicator, column)):
                    expected = "its baseline, its target, their dates and who collects it"
                    found = f"{indicator.ind_id} of {name} without it"
                    yield Finding(followed.shown, indicator.Index, column, found, expected)


def _budgets(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """Yield the budgets that are not the sum of what the financers bring."""
    read, money = tables["actions"], tables["financements"].rows
    sums = money.groupby(["action_id", "nature"])["montant"].sum()
    for row in active(read.rows).itertuples():
        if row.action_id not in set(money["action_id"]):
            continue
        for column, nature in BUDGETS.items():
            brought, budget = sums.get((row.action_id, nature), 0.0), getattr(row, column)
            if abs(brought - (0.0 if pd.isna(budget) else budget)) > CENT:
                expected = f"{brought:.2f}, what the financers of {row.action_id} bring in financements.csv"
                found = "a blank cell" if pd.isna(budget) else f"{budget:.2f}"
                yield Finding(read.shown, row.Index, column, found, expected)


def _constats(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """Yield the constats that are rated above what their proofs allow."""
    read = tables["constats"]
    kinds = _supporting(tables["preuves"].rows).groupby("constat_id")["type"].nunique()
    alone = one_interview({name: tables[name].rows for name in ("constats", "preuves", "extraits")})
    for row in read.rows.itertuples():
        count = kinds.get(row.constat_id, 0)
        if row.force_preuve == STRONG and count < KINDS:
            expected = f"{KINDS} at least in preuves.csv, or a lower rating"
            found = f"{row.constat_id} rated {STRONG} with {count} kind of proof"
            yield Finding(read.shown, row.Index, "force_preuve", found, expected)
        elif row.constat_id in alone and row.force_preuve > 1:
            expected = "1, or another proof"
            found = f"{row.constat_id} rated {row.force_preuve} on one interview"
            yield Finding(read.shown, row.Index, "force_preuve", found, expected)


def _orders(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """Yield what ends before it begins."""
    for name, begins, ends in (
        ("calendrier", "debut", "fin"),
        ("actions", "calendrier_debut", "calendrier_fin"),
        ("indicateurs_suivi", "date_reference", "cible_date"),
        ("equipements_services", "agrement_debut", "agrement_fin"),
    ):
        read = tables[name]
        for line, begin, end in read.rows[[begins, ends]].dropna().itertuples():
            if _day(end, last_day) < _day(begin, first_day):
                yield Finding(read.shown, line, ends, repr(_text(end)), f"a date after {_text(begin)}, of {begins}")


def _day(moment: str | pd.Timestamp, of: Callable[[str], datetime.date]) -> datetime.date:
    return of(moment) if isinstance(moment, str) else moment.date()


def _text(moment: str | pd.Timestamp) -> str:
    return moment if isinstance(moment, str) else moment.date().isoformat()


def _attendance(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """Yield the meetings where the kinds of people present do not add up to those present."""
    read = tables["ateliers"]
    for row in read.rows.itertuples():
        if isinstance(row.presents_par_type, tuple) and not pd.isna(row.presents):
            told = sum(count for _, count in row.presents_par_type)
            if told != row.presents:
                expected = f"{told}, the sum of presents_par_type"
                yield Finding(read.shown, row.Index, "presents", str(row.presents), expected)


def _outside(tables: Tables, convention: Convention | None) -> Iterator[Finding]:
    """Yield the periods that are not within the years of the convention, the baselines later than its signature."""
    if convention is None:
        return
    begin, end = first_day(convention.periode.debut), last_day(convention.periode.fin)
    expected = f"within the convention, {convention.periode.debut} to {convention.periode.fin}"
    dropped = set(tables["actions"].rows["action_id"]) - set(active(tables["actions"].rows)["action_id"])
    for name, columns in (
        ("actions", ("calendrier_debut", "calendrier_fin")),
        ("financements", ("annee",)),
        ("suivi", ("annee",)),
        ("objectifs", ("echeance",)),
        ("indicateurs_suivi", ("cible_date",)),
    ):
        read = tables[name]
        rows = read.rows[~read.rows["action_id"].isin(dropped)] if "action_id" in read.rows else read.rows
        for column in columns:
            for line, moment in rows[column].dropna().items():
                moment = str(moment)
                if not begin <= first_day(moment) <= last_day(moment) <= end:
                    yield Finding(read.shown, int(line), column, repr(moment), expected)
    read, signed = tables["indicateurs_suivi"], convention.validee_le
    kept = read.rows.loc[~read.rows["action_id"].isin(dropped), "date_reference"].dropna()
    for line, moment in kept.items() if signed else ():
        if first_day(moment) > signed:
            expected = f"a baseline of {signed} at the latest, when the convention was validated"
            yield Finding(read.shown, int(line), "date_reference", repr(moment), expected)


CHECKS: dict[Callable[[Tables, Convention | None], Iterator[Finding]], tuple[str, ...]] = {
    _enjeux: ("enjeux", "actions", "objectifs"),
    _actions: ("actions", "financements", "indicateurs_suivi"),
    _budgets: ("actions", "financements"),
    _constats: ("constats", "preuves", "extraits"),
    _orders: (),
    _attendance: (),
    _outside: ("actions",),
}
