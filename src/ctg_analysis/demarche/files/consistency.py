"""Whether the chain holds: proof, constat, enjeu, axis, action, money, indicators, within the convention."""

import datetime
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from ctg_analysis.core.errors import Finding
from ctg_analysis.demarche.files.table_files import TableFile
from ctg_analysis.demarche.tables import evidence
from ctg_analysis.demarche.tables.columns import first_day, last_day
from ctg_analysis.demarche.tables.statuses import DROPPED
from ctg_analysis.demarche.tables.yaml_documents import Convention

Tables = Mapping[str, TableFile]

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
    """Each break of the chain; tables: the public ones. What was given up is not held to anything.

    A check waits until each table that it reads can be read whole.
    """
    return [
        finding
        for check, needed in CHECKS.items()
        if not any(tables[name].findings for name in needed)
        for finding in check(tables, convention)
    ]


def one_interview(proofs: pd.DataFrame, extracts: pd.DataFrame) -> set[str]:
    """The constats that rest on one interview alone, which the pages label."""
    proofs = _supporting(proofs)
    speaker = extracts.set_index("extrait_id")["ent_pseudo"]
    heard = proofs[proofs["type"].eq(evidence.INTERVIEW)]
    speakers = heard["ref"].map(speaker).groupby(heard["constat_id"]).nunique()
    kinds = proofs.groupby("constat_id")["type"].nunique()
    alone = speakers.index[speakers.eq(1) & kinds.reindex(speakers.index).eq(1)]
    return set(alone)


def _supporting(proofs: pd.DataFrame) -> pd.DataFrame:
    return proofs[proofs["sens"].eq("appuie")]


def active(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions that were not given up."""
    return actions[actions["statut"].ne(DROPPED)]


def _enjeux(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """The retained enjeux that no action serves, and the decisions without reason or date."""
    file, actions = tables["enjeux"], active(tables["actions"].rows)
    objectives = tables["objectifs"].rows.set_index("obj_id")["enjeux"]
    served = {enjeu for named in actions["enjeu_ids"].dropna() for enjeu in named}
    served |= {enjeu for named in actions["obj_id"].map(objectives).dropna() for enjeu in named}
    for row in file.rows.itertuples():
        decided = not pd.isna(row.retenu)
        if decided and row.retenu and row.enjeu_id not in served and len(tables["actions"].rows):
            expected = "an action in actions.csv that names it, or an objective that does"
            yield Finding(file.place, row.Index, "enjeu_id", f"{row.enjeu_id} retained without action", expected)
        for column in ("motif", "decide_le"):
            if decided and pd.isna(getattr(row, column)):
                expected = "why and when the COPIL decided"
                yield Finding(file.place, row.Index, column, "a decision without it", expected)


def _actions(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """What an action lacks: who leads it, when, who pays, how its result is measured."""
    file, followed = tables["actions"], tables["indicateurs_suivi"]
    paid = set(tables["financements"].rows["action_id"])
    results = followed.rows[followed.rows["type"].eq("résultat")]
    for row in active(file.rows).itertuples():
        name = row.action_id
        for column, expected in MUST_HAVE.items():
            if pd.isna(getattr(row, column)):
                yield Finding(file.place, row.Index, column, f"{name} without it", expected)
        if pd.isna(row.budget_fonct) and pd.isna(row.budget_invest):
            expected = "a budget in euros, 0 when it costs nothing more"
            yield Finding(file.place, row.Index, "budget_fonct", f"{name} without budget", expected)
        elif name not in paid and (row.budget_fonct, row.budget_invest) != (0, 0):
            expected = "a line for each financer and year in financements.csv"
            yield Finding(file.place, row.Index, "action_id", f"{name} without financer", expected)
        named = row.indicateurs_resultat if isinstance(row.indicateurs_resultat, tuple) else ()
        of_it = results[results["ind_id"].isin(named)]
        if of_it.empty:
            expected = "an indicator of type résultat of indicateurs_suivi.csv"
            yield Finding(file.place, row.Index, "indicateurs_resultat", f"{name} without result indicator", expected)
        for indicator in of_it.itertuples():
            for column in OF_A_RESULT:
                if pd.isna(getattr(indicator, column)):
                    expected = "its baseline, its target, their dates and who collects it"
                    fault = f"{indicator.ind_id} of {name} without it"
                    yield Finding(followed.place, indicator.Index, column, fault, expected)


def _budgets(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """The budgets that are not the sum of what the financers bring."""
    file, money = tables["actions"], tables["financements"].rows
    sums = money.groupby(["action_id", "nature"])["montant"].sum()
    for row in active(file.rows).itertuples():
        if row.action_id not in set(money["action_id"]):
            continue
        for column, nature in BUDGETS.items():
            brought, budget = sums.get((row.action_id, nature), 0.0), getattr(row, column)
            if abs(brought - (0.0 if pd.isna(budget) else budget)) > CENT:
                expected = f"{brought:.2f}, what the financers of {row.action_id} bring in financements.csv"
                written = "a blank cell" if pd.isna(budget) else f"{budget:.2f}"
                yield Finding(file.place, row.Index, column, written, expected)


def _constats(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """The constats that are rated above what their proofs allow."""
    file = tables["constats"]
    kinds = _supporting(tables["preuves"].rows).groupby("constat_id")["type"].nunique()
    alone = one_interview(tables["preuves"].rows, tables["extraits"].rows)
    for row in file.rows.itertuples():
        count = kinds.get(row.constat_id, 0)
        if row.force_preuve == STRONG and count < KINDS:
            expected = f"{KINDS} at least in preuves.csv, or a lower rating"
            fault = f"{row.constat_id} rated {STRONG} with {count} kind of proof"
            yield Finding(file.place, row.Index, "force_preuve", fault, expected)
        elif row.constat_id in alone and row.force_preuve > 1:
            expected = "1, or another proof"
            fault = f"{row.constat_id} rated {row.force_preuve} on one interview"
            yield Finding(file.place, row.Index, "force_preuve", fault, expected)


def _orders(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """What ends before it begins."""
    for name, begins, ends in (
        ("calendrier", "debut", "fin"),
        ("actions", "calendrier_debut", "calendrier_fin"),
        ("indicateurs_suivi", "date_reference", "cible_date"),
        ("equipements_services", "agrement_debut", "agrement_fin"),
    ):
        file = tables[name]
        for line, begin, end in file.rows[[begins, ends]].dropna().itertuples():
            if _day(end, last_day) < _day(begin, first_day):
                yield Finding(file.place, line, ends, repr(_text(end)), f"a date after {_text(begin)}, of {begins}")


def _day(moment: str | pd.Timestamp, of: Callable[[str], datetime.date]) -> datetime.date:
    return of(moment) if isinstance(moment, str) else moment.date()


def _text(moment: str | pd.Timestamp) -> str:
    return moment if isinstance(moment, str) else moment.date().isoformat()


def _attendance(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """The meetings where the kinds of people present do not add up to those present."""
    file = tables["ateliers"]
    for row in file.rows.itertuples():
        if isinstance(row.presents_par_type, tuple) and not pd.isna(row.presents):
            total = sum(count for _, count in row.presents_par_type)
            if total != row.presents:
                expected = f"{total}, the sum of presents_par_type"
                yield Finding(file.place, row.Index, "presents", str(row.presents), expected)


def _outside(tables: Tables, convention: Convention | None) -> Iterator[Finding]:
    """The periods that are not within the years of the convention, the baselines later than its signature."""
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
        file = tables[name]
        rows = file.rows[~file.rows["action_id"].isin(dropped)] if "action_id" in file.rows else file.rows
        for column in columns:
            for line, moment in rows[column].dropna().items():
                moment = str(moment)
                if not begin <= first_day(moment) <= last_day(moment) <= end:
                    yield Finding(file.place, int(line), column, repr(moment), expected)
    file, signed = tables["indicateurs_suivi"], convention.validee_le
    kept = file.rows.loc[~file.rows["action_id"].isin(dropped), "date_reference"].dropna()
    for line, moment in kept.items() if signed else ():
        if first_day(moment) > signed:
            expected = f"a baseline of {signed} at the latest, when the convention was validated"
            yield Finding(file.place, int(line), "date_reference", repr(moment), expected)


CHECKS: dict[Callable[[Tables, Convention | None], Iterator[Finding]], tuple[str, ...]] = {
    _enjeux: ("enjeux", "actions", "objectifs"),
    _actions: ("actions", "financements", "indicateurs_suivi"),
    _budgets: ("actions", "financements"),
    _constats: ("constats", "preuves", "extraits"),
    _orders: (),
    _attendance: (),
    _outside: ("actions",),
}
