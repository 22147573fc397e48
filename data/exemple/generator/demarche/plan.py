"""The plan of actions: what each costs and who pays, what it is measured by, two years of follow-up, the CTG before."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ctg_analysis.model.source import SOURCES
from generator.demarche.tables import Folder, rows_of, texts
from generator.places import COMMUNES

REFERENCE_YEAR, FOLLOWED, END = 2023, (2024, 2025), 2027
RUNNING, INVESTMENT = "fonctionnement", "investissement"
MEANS, DONE, RESULT = "moyens", "réalisation", "résultat"
LETTER = {MEANS: "M", DONE: "R", RESULT: "T"}
COMMUNE_CODES = {commune.code for commune in COMMUNES}

Rows = list[dict[str, Any]]


def write(public: Folder, forms: Path, generator: np.random.Generator) -> None:
    """Write the strategy and its follow-up; forms: the folder of the partners' forms, that baselines are read from."""
    said = texts("plan")
    public.write("axes", rows_of("axes", said["axes"]))
    public.write(
        "objectifs",
        rows_of("objectifs", said["objectifs"], ["obj_id", "axe_id", "titre", "enjeux", "public", "echeance"]),
    )
    axis = {one[0]: one[1] for one in said["objectifs"]}
    enjeux = {one[0]: one[3] for one in said["objectifs"]}
    actions, money, followed, follow_up = [], [], [], []
    for one in said["actions"]:
        paid = funding(one)
        money += paid
        indicators = [_indicator(one, rank, values, forms) for rank, values in enumerate(one["indicateurs"], start=1)]
        followed += indicators
        actions.append(_action(one, axis[one["obj"]], enjeux[one["obj"]], paid, indicators))
        follow_up += _follow_up(one, paid, indicators, forms, generator)
    public.write("actions", actions)
    public.write("financements", money)
    public.write("indicateurs_suivi", followed)
    public.write("suivi", follow_up)
    columns = [
        "axe",
        "intitule",
        "prevu",
        "realise",
        "unite",
        "cout_prevu",
        "cout_realise",
        "statut",
        "ecart",
        "explication",
        "suite",
        "preuve",
    ]
    former = rows_of("bilan_actions", said["bilan"], columns)
    public.write("bilan_actions", [{"action_id": f"B{rank:02d}", **one} for rank, one in enumerate(former, start=1)])


def funding(one: dict[str, Any]) -> Rows:
    """Return what each financer brings by year, in hundreds of euros; the first takes what the rounding leaves."""
    rows: Rows = []
    if "annuel" not in one:
        return rows
    begin, end = (int(str(one[name])[:4]) for name in ("debut", "fin"))
    begin = one.get("debut_fonct", begin)
    for year in range(begin, end + 1):
        months = 13 - int(str(one["debut"])[5:7]) if str(year) == str(one["debut"])[:4] else 12
        months = min(months, int(str(one["fin"])[5:7])) if str(year) == str(one["fin"])[:4] else months
        rows += _shared(one["id"], year, RUNNING, round(one["annuel"] * months / 12, -2), one["parts"])
    if one["investissement"]:
        year = one.get("annee_invest", int(str(one["debut"])[:4]))
        rows += _shared(one["id"], year, INVESTMENT, float(one["investissement"]), one["parts_invest"])
    return rows


def _shared(action: str, year: int, nature: str, amount: float, parts: dict[str, float]) -> Rows:
    first, *others = parts
    given = {name: float(round(amount * parts[name], -2)) for name in others}
    given = {first: float(amount - sum(given.values())), **given}
    return [
        {"action_id": action, "financeur": name, "annee": year, "nature": nature, "montant": value}
        for name, value in given.items()
        if value
    ]


def _total(paid: Rows, nature: str) -> float:
    return sum(one["montant"] for one in paid if one["nature"] == nature)


def _action(one: dict[str, Any], axis: str, enjeux: list[str], paid: Rows, indicators: Rows) -> dict[str, Any]:
    status = one.get("statut", "validée")
    named = {kind: [row["ind_id"] for row in indicators if row["type"] in kinds]
             for kind, kinds in ((DONE, (DONE, MEANS)), (RESULT, (RESULT,)))}  # fmt: skip
    return {
        "action_id": one["id"], "titre": one["titre"], "axe_id": axis, "obj_id": one["obj"], "enjeu_ids": enjeux,
        "constat_ids": one["constats"], "description": one["description"], "etapes": one["etapes"],
        "public_cible": one["public"], "territoire": one["lieu"], "pilote": one["pilote"],
        "copilotes": one.get("copilotes"),
        "partenaires": one["partenaires"], "pilote_caf": one.get("pilote_caf", "conseillère territoriale"),
        "calendrier_debut": one["debut"], "calendrier_fin": one["fin"], "jalons": one["etapes"][-1:],
        "budget_fonct": _total(paid, RUNNING) if paid else None,
        "budget_invest": _total(paid, INVESTMENT) if paid else None,
        "moyens_humains_etp": one.get("etp"), "dispositifs_caf": one.get("caf") or None,
        "lien_pedt": one.get("pedt", "non"),
        "lien_sppe": one.get("sppe", "non"), "indicateurs_realisation": named[DONE] or None,
        "indicateurs_resultat": named[RESULT] or None, "modalites_evaluation": "relevé annuel, bilan à mi-parcours",
        "priorite": one["priorite"], "statut": status, "risques": one.get("risques"), "version": 2,
        "valide_le": "2024-06-27" if status == "validée" else None,
    }  # fmt: skip


def _indicator(one: dict[str, Any], rank: int, values: list, forms: Path) -> dict[str, Any]:
    kind, label, unit, reference, target = values[:5]
    read = isinstance(reference, dict)
    break_in = values[6] if len(values) > 6 else None
    return {
        "ind_id": f"{one['id']}-{LETTER[kind]}{rank}", "action_id": one["id"], "type": kind, "libelle": label,
        "unite": unit,
        "formule": _formula(reference) if read else None, "indicateur": reference.get("indicateur") if read else None,
        "valeur_reference": value_of(forms, reference, REFERENCE_YEAR) if read else float(reference),
        "date_reference": str(REFERENCE_YEAR), "cible": float(target), "cible_date": str(one["fin"])[:4],
        "source": "formulaires des partenaires" if read else "relevé du pilote", "collecteur": one["pilote"],
        "frequence": "annuelle", "rupture_annee": break_in,
    }  # fmt: skip


def _formula(reference: dict[str, Any]) -> str:
    over = f" / {reference['sur']}" if "sur" in reference else ""
    return f"{reference['colonne']}{over} ({reference['fichier']})"


def value_of(forms: Path, reference: dict[str, Any], year: int) -> float:
    """Return the sum of a column of a form over the communes, or a share of two of them, in %; as it may be told: a
    multiple of 5 where persons are counted, a whole number of %.
    """
    form = pd.read_csv(forms / f"{reference['fichier']}.csv", sep=";", decimal=",", dtype={"territoire": str})
    form = form[form["territoire"].isin(COMMUNE_CODES) & form["periode"].astype(str).str[:4].eq(str(year))]
    total = form[reference["colonne"]].sum()
    if "sur" in reference:
        return float(round(total / form[reference["sur"]].sum() * 100))
    fields = {field.column: field for field in SOURCES[reference["fichier"]].form.fields}
    return float(total // 5 * 5 if fields[reference["colonne"]].is_rounded else total)


def _follow_up(one: dict[str, Any], paid: Rows, indicators: Rows, forms: Path, generator: np.random.Generator) -> Rows:
    rows: Rows = []
    for rank, year in enumerate(FOLLOWED):
        if one["statuts"][rank] == "abandonnée" and not paid:
            spent = None
        else:
            planned = sum(row["montant"] for row in paid if row["annee"] == year)
            pace = {"non démarrée": 0.0, "retardée": 0.35}.get(
                one["statuts"][rank], float(generator.uniform(0.8, 1.05))
            )
            spent = float(round(planned * pace, -2))
        values = {}
        for row, said in zip(indicators, one["indicateurs"], strict=True):
            if isinstance(said[3], dict):
                if year == FOLLOWED[0]:  # the forms of the year after have not come
                    values[row["ind_id"]] = value_of(forms, said[3], year)
            else:
                values[row["ind_id"]] = float(said[5][rank])
        rows.append(
            {"action_id": one["id"], "annee": year, "statut": one["statuts"][rank],
             "avancement_pct": one["avancement"][rank],
             "faits": one["faits"][rank], "valeurs_indicateurs": values or None, "depense": spent,
             "difficultes": one.get("difficultes", [None, None])[rank],
             "decision_copil": one.get("decisions", [None, None])[rank],
             "date": f"{year + 1}-02-0{3 + rank}"}
        )  # fmt: skip
    return rows
