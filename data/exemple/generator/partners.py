"""The forms of the partners for the territory that is shown, with a withheld cell, a blank and an agreement of 11."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from ctg_analysis.layouts import END_YEAR, PRICE, SCALE, SCORE, YES_NO, Field
from ctg_analysis.model import Source
from ctg_analysis.sources.partners import SOURCES
from generator.places import COMMUNES, Commune

EPCI, DEPARTEMENT = "999999999", "99"
YEARS = (2022, 2023, 2024)
# Column → base, share of it in a commune.
CHILDREN, PUPILS, PEOPLE, UNDER_3, YOUTH, HOUSEHOLDS, FAMILIES = "3_11", "3_10", "all", "0_2", "11_17", "foyers", "enf"
SHARES = {
    "foyers_qf_0_400": (HOUSEHOLDS, 0.14),
    "foyers_qf_401_700": (HOUSEHOLDS, 0.2),
    "foyers_qf_701_1000": (HOUSEHOLDS, 0.21),
    "foyers_qf_1001_1500": (HOUSEHOLDS, 0.24),
    "foyers_qf_1501_plus": (HOUSEHOLDS, 0.17),
    "foyers_qf_connu": (HOUSEHOLDS, 0.96),
    "foyers_reference": (HOUSEHOLDS, 0.8),
    "foyers_bas_revenus": (HOUSEHOLDS, 0.24),
    "foyers_dependance_50": (HOUSEHOLDS, 0.15),
    "foyers_dependance_100": (HOUSEHOLDS, 0.08),
    "foyers_avec_enfants": (HOUSEHOLDS, 0.52),
    "foyers_monoparentaux": (HOUSEHOLDS, 0.13),
    "enfants_0_2": (UNDER_3, 0.8),
    "enfants_3_5": (CHILDREN, 0.26),
    "enfants_6_11": (CHILDREN, 0.54),
    "enfants_12_15": (YOUTH, 0.46),
    "enfants_16_17": (YOUTH, 0.2),
    "enfants_18_20": (YOUTH, 0.17),
    "foyers_allocataires": (HOUSEHOLDS, 0.16),
    "personnes_couvertes": (HOUSEHOLDS, 0.38),
    "foyers_paje": (HOUSEHOLDS, 0.02),
    "foyers_rsa": (HOUSEHOLDS, 0.01),
    "beneficiaires_aeeh": (HOUSEHOLDS, 0.006),
    "am_agrees": (UNDER_3, 0.19),
    "am_en_activite": (UNDER_3, 0.15),
    "am_55_ans_et_plus": (UNDER_3, 0.06),
    "places_am": (UNDER_3, 0.5),
    "places_mam": (UNDER_3, 0.06),
    "places_multi_accueil": (UNDER_3, 0.2),
    "places_micro_creche_psu": (UNDER_3, 0.03),
    "places_micro_creche_paje": (UNDER_3, 0.02),
    "places_creche_familiale": (UNDER_3, 0.01),
    "eaje_heures_capacite": (UNDER_3, 640),
    "eaje_heures_realisees": (UNDER_3, 470),
    "eaje_heures_facturees": (UNDER_3, 510),
    "eaje_depenses": (UNDER_3, 4700),
    "eaje_places": (UNDER_3, 0.25),
    "eaje_nombre": (UNDER_3, 0.014),
    "eaje_bonus_inclusion": (UNDER_3, 0.005),
    "eaje_bonus_mixite": (UNDER_3, 0.009),
    "enfants_accueillis": (UNDER_3, 0.4),
    "enfants_aeeh": (UNDER_3, 0.03),
    "rpe_etp": (UNDER_3, 0.006),
    "rpe_am_touches": (UNDER_3, 0.1),
    "rpe_am_actifs": (UNDER_3, 0.15),
    "demandes": (UNDER_3, 0.42),
    "demandes_non_satisfaites": (UNDER_3, 0.11),
    "alsh_places_mercredi": (CHILDREN, 0.12),
    "alsh_places_petites_vacances": (CHILDREN, 0.13),
    "alsh_places_ete": (CHILDREN, 0.16),
    "alsh_jours_ouverture": (CHILDREN, 0.11),
    "animateurs": (CHILDREN, 0.025),
    "animateurs_qualifies": (CHILDREN, 0.014),
    "accueils_jeunes": (YOUTH, 0.003),
    "departs_sejours": (CHILDREN, 0.05),
    "ecoles": (PUPILS, 0.009),
    "ecoles_matin": (PUPILS, 0.008),
    "ecoles_midi": (PUPILS, 0.009),
    "ecoles_soir": (PUPILS, 0.007),
    "ecoles_mercredi": (PUPILS, 0.003),
    "eleves": (PUPILS, 0.93),
    "eleves_couverts": (PUPILS, 0.8),
    "eleves_pedt": (PUPILS, 0.7),
    "eleves_cantine": (PUPILS, 0.62),
    "enfants_3_11_accueillis": (CHILDREN, 0.31),
    "ados_11_17_accueillis": (YOUTH, 0.12),
    "heures_enfants": (CHILDREN, 95),
    "heures_capacite": (CHILDREN, 130),
    "pm_sites": (PUPILS, 0.003),
    "enfants_handicap_accueillis": (CHILDREN, 0.012),
    "refus_accueil": (CHILDREN, 0.009),
    "ps_jeunes_etp": (YOUTH, 0.002),
    "clas_sites": (PUPILS, 0.002),
    "clas_enfants": (PUPILS, 0.04),
    "clas_parents": (PUPILS, 0.02),
    "laep_lieux": (UNDER_3, 0.006),
    "laep_heures": (UNDER_3, 0.9),
    "laep_familles": (UNDER_3, 0.16),
    "familles_moins_6_ans": (UNDER_3, 1.4),
    "reaap_actions": (PUPILS, 0.006),
    "reaap_participants": (PUPILS, 0.09),
    "tisf_familles": (FAMILIES, 0.012),
    "tisf_heures": (FAMILIES, 0.5),
    "vacances_beneficiaires": (FAMILIES, 0.03),
    "vacances_eligibles": (FAMILIES, 0.2),
    "acm_complement_inclusif": (CHILDREN, 0.002),
    "acm_nombre": (CHILDREN, 0.004),
    "eleves_pps": (PUPILS, 0.04),
    "eleves_ulis": (PUPILS, 0.012),
    "eleves_notifies_aesh": (PUPILS, 0.022),
    "aesh_etp": (PUPILS, 0.011),
    "jeunes_suivis": (YOUTH, 0.2),
    "permanences": (YOUTH, 0.008),
    "centres_sociaux": (PEOPLE, 0.0001),
    "evs": (PEOPLE, 0.00018),
    "participants": (PEOPLE, 0.05),
    "benevoles": (PEOPLE, 0.009),
    "etp": (PEOPLE, 0.0011),
    "sieges_instances": (PEOPLE, 0.003),
    "sieges_habitants": (PEOPLE, 0.0018),
    "financement_caf": (PEOPLE, 17),
    "financement_collectivites": (PEOPLE, 14),
    "financement_autres": (PEOPLE, 8),
    "structures_evaluees": (PEOPLE, 0.00028),
    "permanences_heures": (PEOPLE, 0.006),
    "numerique_lieux": (PEOPLE, 0.0005),
    "numerique_heures": (PEOPLE, 0.004),
    "numerique_personnes": (PEOPLE, 0.04),
    "rendez_vous_droits": (PEOPLE, 0.004),
}
SUMS = {"financement_total": ("financement_caf", "financement_collectivites", "financement_autres")}


def _bases(commune: Commune, table: np.ndarray) -> dict[str, float]:
    everyone = float(table.sum())
    return {
        PEOPLE: everyone,
        HOUSEHOLDS: everyone * 0.21,
        FAMILIES: everyone * 0.11,
        UNDER_3: float(table[:, :3].sum()),
        CHILDREN: float(table[:, 3:12].sum()),
        PUPILS: float(table[:, 3:11].sum()),
        YOUTH: float(table[:, 11:18].sum()),
    }


def _value(field: Field, rank: int, known: dict[str, float], row: dict[str, float], year: int) -> float:
    if field.column in SUMS:
        return sum(row[part] for part in SUMS[field.column])
    if field.kind == YES_NO:
        return float((rank * 7 + len(field.column) + year) % 4 != 0)
    if field.kind == END_YEAR:
        return float(2025 + rank % 4)
    if field.kind == PRICE:
        return 6.5 if field.column.endswith("min") else 16.0
    if field.kind == SCALE:
        return 5.0
    if field.kind == SCORE:
        sites = row.get("pm_sites", row.get("structures_evaluees", 1.0))
        return sites * (1 + (len(field.column) + year) % 3)
    base, share = SHARES[field.column]
    exact = known[base] * share * (1 + 0.02 * (year - 2023))
    value = round(exact, 1) if field.column.endswith("etp") else float(round(exact))
    return min(value, row[field.part_of]) if field.part_of else value


def _form(source: Source, people: dict[str, np.ndarray]) -> pd.DataFrame:
    rows = []
    ordered = sorted(source.form.fields, key=lambda field: (field.kind == SCORE, field.column in SUMS))
    for rank, commune in enumerate(commune for commune in COMMUNES if commune.epci == EPCI):
        known = _bases(commune, people[commune.code])
        for year in YEARS:
            row: dict[str, float] = {}
            for field in ordered:
                row[field.column] = _value(field, rank, known, row, year)
            rows.append({"territoire": commune.code, "periode": str(year)} | row)
    table = pd.DataFrame(rows)
    columns = ["territoire", "periode", *(field.column for field in source.form.fields)]
    return table[columns].sort_values(["periode", "territoire"], ignore_index=True)


def write(private: Path, people: dict[str, np.ndarray]) -> None:
    """Write every form of the invented EPCI, and its agreements."""
    folder = private / EPCI
    folder.mkdir(parents=True, exist_ok=True)
    agreements = {}
    for source in SOURCES:
        if not source.form:
            continue
        table = _form(source, people)
        last = table["periode"].eq(str(YEARS[-1]))
        if source.id == "msa_familles":  # one row for the EPCI, as the MSA sends it, and two Decembers
            numbers = [field.column for field in source.form.fields]
            table = table.groupby("periode", as_index=False)[numbers].sum().assign(territoire=EPCI)
            table = table[["territoire", "periode", *numbers]]
            table["periode"] = table["periode"] + "-12"
        if source.id == "enquete_locale_petite_enfance":  # a commune that did not answer
            table.loc[last & table["territoire"].eq("99005"), ["sppe_planifier", "sppe_qualite"]] = np.nan
        if source.id == "enquete_locale_enfance":  # the EPCI has one price list, which no sum of communes gives
            prices = [field.column for field in source.form.fields if field.kind in (PRICE, SCALE)]
            own = table.drop_duplicates("periode")[["periode", *prices]].assign(territoire=EPCI)
            table = pd.concat([table, own], ignore_index=True)
        if source.id == "pmi_assistants_maternels":
            none = table[["am_en_activite", "places_multi_accueil"]].sum(axis=1).eq(0)
            table["communes_sans_accueil"] = none.astype(float)
        table.to_csv(folder / source.form.file, sep=";", decimal=",", index=False, lineterminator="\n")
        agreements[source.id] = {
            "recu_le": "2026-03-02",
            "convention": "convention inventée du 12 janvier 2026, article 4",
            "seuil": 11 if source.id == "mission_locale" else 5,
        }
    text = yaml.safe_dump(agreements, allow_unicode=True, sort_keys=False)
    (folder / "accords.yml").write_text(text, encoding="utf-8")
