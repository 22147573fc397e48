"""Whether the chain holds: proof, constat, enjeu, axis, action, money, indicators, within the convention."""

import datetime
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.sheet_places import as_shown
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
    "pilote": "une fonction, qui pilote l'action",
    "calendrier_debut": "quand elle commence, tel que 09/2024",
    "calendrier_fin": "quand elle finit, tel que 12/2026",
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
            expected = "une action de la table actions qui le nomme, ou un objectif qui le fait"
            yield Finding(file.place, row.Index, "enjeu_id", f"{row.enjeu_id}, retenu sans action", expected)
        for column in ("motif", "decide_le"):
            if decided and pd.isna(getattr(row, column)):
                expected = "pourquoi et quand le COPIL a décidé"
                yield Finding(file.place, row.Index, column, "une décision qui ne le dit pas", expected)


def _actions(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """What an action lacks: who leads it, when, who pays, how its result is measured."""
    file, followed = tables["actions"], tables["indicateurs_suivi"]
    paid = set(tables["financements"].rows["action_id"])
    results = followed.rows[followed.rows["type"].eq("résultat")]
    for row in active(file.rows).itertuples():
        name = row.action_id
        for column, expected in MUST_HAVE.items():
            if pd.isna(getattr(row, column)):
                yield Finding(file.place, row.Index, column, f"{name}, qui ne le dit pas", expected)
        if pd.isna(row.budget_fonct) and pd.isna(row.budget_invest):
            expected = "un budget en euros, 0 si elle ne coûte rien de plus"
            yield Finding(file.place, row.Index, "budget_fonct", f"{name}, sans budget", expected)
        elif name not in paid and (row.budget_fonct, row.budget_invest) != (0, 0):
            expected = "une ligne par financeur et par année dans financements.csv"
            yield Finding(file.place, row.Index, "action_id", f"{name}, sans financeur", expected)
        named = row.indicateurs_resultat if isinstance(row.indicateurs_resultat, tuple) else ()
        of_it = results[results["ind_id"].isin(named)]
        if of_it.empty:
            expected = "un indicateur de type résultat de indicateurs_suivi.csv"
            yield Finding(
                file.place, row.Index, "indicateurs_resultat", f"{name}, sans indicateur de résultat", expected
            )
        for indicator in of_it.itertuples():
            for column in OF_A_RESULT:
                if pd.isna(getattr(indicator, column)):
                    expected = "sa valeur de départ, sa valeur visée, leurs dates et qui le recueille"
                    fault = f"{indicator.ind_id} de {name}, qui ne le dit pas"
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
                expected = f"{brought:.2f}, ce qu'apportent les financeurs de {row.action_id} dans financements.csv"
                written = "une case vide" if pd.isna(budget) else f"{budget:.2f}"
                yield Finding(file.place, row.Index, column, written, expected)


def _constats(tables: Tables, _: Convention | None) -> Iterator[Finding]:
    """The constats that are rated above what their proofs allow."""
    file = tables["constats"]
    kinds = _supporting(tables["preuves"].rows).groupby("constat_id")["type"].nunique()
    alone = one_interview(tables["preuves"].rows, tables["extraits"].rows)
    for row in file.rows.itertuples():
        count = kinds.get(row.constat_id, 0)
        if row.force_preuve == STRONG and count < KINDS:
            expected = f"{KINDS} au moins dans la table preuves, ou une note plus basse"
            fault = f"{row.constat_id}, noté {STRONG} avec {count} sorte de preuve"
            yield Finding(file.place, row.Index, "force_preuve", fault, expected)
        elif row.constat_id in alone and row.force_preuve > 1:
            expected = "1, ou une autre preuve"
            fault = f"{row.constat_id}, noté {row.force_preuve} sur un seul entretien"
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
                yield Finding(
                    file.place, line, ends, repr(_text(end)), f"une date après {as_shown(_text(begin))}, de {begins}"
                )


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
                expected = f"{total}, la somme de presents_par_type"
                yield Finding(file.place, row.Index, "presents", str(row.presents), expected)


def _outside(tables: Tables, convention: Convention | None) -> Iterator[Finding]:
    """The periods that are not within the years of the convention, the baselines later than its signature."""
    if convention is None:
        return
    begin, end = first_day(convention.periode.debut), last_day(convention.periode.fin)
    expected = f"dans les années de la convention, {begin:%d/%m/%Y} à {end:%d/%m/%Y}"
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
            expected = f"une valeur de départ du {signed:%d/%m/%Y} au plus tard, quand la convention a été validée"
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
