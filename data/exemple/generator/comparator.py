"""INSEE's comparateur by commune, the register of social dwellings, minimum incomes by département."""

from pathlib import Path

import numpy as np
import pandas as pd

from generator.census import bases, own_share
from generator.places import COMMUNES, DEPARTEMENTS, MERGED, Commune, Writer, population

SINCE, UNTIL = 2013, 2018  # the two censuses whose births and deaths are told together
WITH_SOCIAL_DWELLINGS = 400  # inhabitants: smaller communes are not in the register, nor has one of them any
HIDDEN = 10  # dwellings: of so many or fewer the register tells the number alone
PARTS = {"loues": 0.92, "vacants": 0.04, "vides": 0.02, "asso": 0.01, "occup_finan": 0.01, "occup_temp": 0.0}


def activity(commune: Commune, people: dict[str, np.ndarray], year: int) -> tuple[float, float, float]:
    """Return the inhabitants of 15 to 64 of a commune, and how many of them are active, and unemployed."""
    everyone = bases(commune, people[commune.code], year)["15_64"]
    active = everyone * own_share(commune, "actifs", 0.68, 0.76)
    return everyone, active, active * own_share(commune, "chômeurs", 0.05, 0.12)


def vital_events(raw: Path) -> dict[str, pd.Series]:
    """Return births and deaths by commune and year, as the civil register has them."""
    tables = {}
    for name, kind in (("NAIS", "births"), ("DECES", "deaths")):
        table = pd.read_csv(
            raw / "insee_etat_civil" / f"DS_ETAT_CIVIL_{name}_COMMUNES_2025.csv", sep=";", dtype={"GEO": str}
        )
        tables[kind] = table.set_index(["GEO", "TIME_PERIOD"])["OBS_VALUE"]
    return tables


def comparator(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write the two editions; that of 2018 is in the communes of 2021, when 99009 was still apart from 99003."""
    events = vital_events(raw)
    older, newer = [], []
    for one in COMMUNES:
        everyone, active, unemployed = activity(one, people, UNTIL)
        homes = bases(one, people[one.code], UNTIL)["households"]
        five = [events[kind].loc[one.code].loc[SINCE : UNTIL - 1].sum() for kind in ("births", "deaths")]
        in_2020, in_2022 = ([events[kind][one.code, year] for kind in ("births", "deaths")] for year in (2020, 2022))
        owners, jobs = homes * own_share(one, "propriétaires", 0.55, 0.85), own_share(one, "emplois", 0.3, 1.6)
        numbers = [population(one, UNTIL), population(one, SINCE), *five, homes, *in_2020, homes, owners]
        older.append((one.code, *numbers, (active - unemployed) * jobs, everyone, unemployed, active))
        newer.append((one.code, *in_2022, *map(round, activity(one, people, 2021))))
    columns = "CODGEO P18_POP P13_POP NAIS1318 DECE1318 P18_MEN NAISD20 DECESD20 P18_RP P18_RP_PROP P18_EMPLT"
    table = pd.DataFrame(older, columns=[*columns.split(), "P18_POP1564", "P18_CHOM1564", "P18_ACT1564"])
    writer = Writer(raw, "insee_comparateur", "Comparateur de territoires", "recensements de 2018 et de 2021")
    writer.write("base_cc_comparateur_2018_exemple.parquet", apart(table).round(6))
    columns = "CODGEO NAISD22 DECESD22 P21_POP1564 P21_ACT1564 P21_CHOM1564"
    writer.write("base_cc_comparateur_2021_exemple.parquet", pd.DataFrame(newer, columns=columns.split()))
    writer.certify()


def apart(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with those of 99009, its share of 99003 by inhabitants, whole numbers staying whole."""
    whole = table.set_index("CODGEO").astype(float)
    holder = next(one for one in COMMUNES if MERGED.code in one.former)
    part = whole.loc[holder.code] * population(MERGED, UNTIL) / population(holder, UNTIL)
    counted = [name for name in whole if name.startswith(("NAIS", "DECE")) or name.endswith("_POP")]
    part[counted] = part[counted].round()
    whole.loc[holder.code] -= part
    whole.loc[MERGED.code] = part
    return whole.sort_index().reset_index()


def social_dwellings(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write the register: no row for a small commune, no detail under eleven dwellings."""
    rows = []
    for one in COMMUNES:
        homes = bases(one, people[one.code], 2021)["households"]
        number = round(homes * own_share(one, "logements sociaux", 0.012, 0.16))
        if one.population < WITH_SOCIAL_DWELLINGS:
            continue
        detail = {name: float("nan") for name in [*PARTS, "tx_vac", "tx_mob"]}
        if number > HIDDEN:
            detail |= {name: float(round(number * share)) for name, share in PARTS.items()}
            detail["loues"] = number - sum(detail[name] for name in PARTS if name != "loues")
            offered = detail["loues"] + detail["vacants"]
            detail["tx_vac"] = round(detail["vacants"] / offered * 100, 4)
            detail["tx_mob"] = round(own_share(one, "mobilité", 4.0, 16.0), 4)
        rows.append((one.code, number, round(number / homes * 100, 2), *detail.values()))
    columns = ["DEPCOM_ARM", "nb_ls", "densite", *(f"nb_{name}" for name in PARTS), "tx_vac", "tx_mob"]
    writer = Writer(raw, "sdes_rpls", "Logements des bailleurs sociaux", "1er janvier 2024")
    writer.write("rpls_communes_2024_exemple.parquet", pd.DataFrame(rows, columns=columns))
    writer.certify()


def minimum_incomes(raw: Path) -> None:
    """Write who received the AAH and the RSA in each département, and in the country, rounded to the hundred."""
    shares = {"aah_allocataires": 0.019, "rsa_allocataires": 0.018, "rsa_population_couverte": 0.037}
    shares["rsa_adultes"] = 0.021
    rows = []
    for year in (2017, 2018, 2019):
        counts = []
        for code in DEPARTEMENTS:
            inside = [one for one in COMMUNES if one.departement == code]
            people = sum(population(one, year) for one in inside)
            counts.append(
                [round(people * share * own_share(inside[0], name, 0.8, 1.2)) for name, share in shares.items()]
            )
            rows.append((code, year, *counts[-1]))
        whole = [round(sum(column), -2) for column in zip(*counts, strict=True)]
        rows += [(code, year, *(whole if code != "DOM" else [0] * len(whole))) for code in ("FM", "DOM", "F")]
    writer = Writer(raw, "drees_minima", "Minima sociaux par département", "fin 2017, 2018 et 2019")
    name = "minima_sociaux_departements_2017-2019_exemple.csv"
    writer.write(name, pd.DataFrame(rows, columns=["code", "annee", *shares]))
    writer.certify()


def barometer(raw: Path) -> None:
    """Write the barometer of public action, a file for each indicator, values and targets in rows of their own."""
    writer = Writer(raw, "ditp_barometre", "Baromètre des résultats de l'action publique", "2023 et 2024", full=True)
    known = {"200": 81.5, "296": 4.6, "297": 5.1, "315": 48.0, "439": 260.0}
    columns = ["indic_id", "enforce_zone_id", "metric_enforce_date", "maille", "indic_va", "indic_vc"]
    for number, value in known.items():
        rows = []
        for rank, place in enumerate([*(f"D{code}" for code in DEPARTEMENTS), "FRANCE"]):
            kind = "NAT" if place == "FRANCE" else "DEPT"
            rows += [
                (f"IND-{number}", place, date, kind, value + rank + part, None)
                for part, date in enumerate(("2023-12-01", "2024-06-01", "2024-09-01"))
            ]
            rows += [(f"IND-{number}", place, "2026-12-31", kind, None, 4)] * (number == "296")
        writer.write(f"ind-{number}.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def write(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write these sources."""
    comparator(raw, people)
    social_dwellings(raw, people)
    minimum_incomes(raw)
    barometer(raw)
