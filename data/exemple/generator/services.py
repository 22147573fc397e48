"""Income, schools, health, services, job seekers, networks, zones, local accounts, access times."""

from pathlib import Path

import numpy as np
import pandas as pd

from generator.caf import rounded
from generator.places import AROUND, COMMUNES, DEPARTEMENTS, EPCIS, NEIGHBOURS, Commune, Writer, drawn

SMALL = 120  # inhabitants: below, income is not published


def _size(commune: Commune) -> int:
    return commune.population


def schools_of(commune: Commune, people: dict[str, np.ndarray]) -> int:
    """Return how many schools a commune has: one for 160 children, one at least from 8 children."""
    children = int(people[commune.code][:, 3:11].sum())
    return max(1, children // 160) if children >= 8 else 0


def facilities(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write the facilities of every type that the indicators know, more of them in larger communes."""
    sizes = {  # inhabitants for one of them
        "D502": 2000, "D503": 6000, "D504": 5000, "D505": 6000, "D506": 6000, "D507": 30000, "D115": 25000,
        "C201": 6000, "C301": 15000, "C302": 40000, "C303": 40000,
        "F307": 1200, "F303": 15000, "F305": 12000, "F121": 3000, "F101": 9000, "F113": 900, "F111": 2000,
        "D601": 30000, "D602": 30000, "D603": 25000, "D604": 25000, "D605": 35000, "D606": 20000,
        "D265": 1100, "D281": 700, "D277": 2500, "D279": 1000, "D278": 6000, "D307": 2600, "D113": 9000, "D108": 40000,
        "B207": 1000, "B201": 1800, "B202": 900, "B105": 7000, "A206": 6000, "A207": 1100, "A208": 1500, "A128": 5500,
        "D509": 9000,
    }  # fmt: skip
    rows = [
        (commune.code, "COM", kind[0], kind[:2], kind, "FACILITIES", 2025, _size(commune) // size)
        for kind, size in sizes.items()
        for commune in COMMUNES
        if _size(commune) >= size
    ]
    for kind, least in (("F113", 250), ("D505", 600)):
        rows += [
            (commune.code, "COM", kind[0], kind[:2], kind, "FACILITIES", 2025, 1)
            for commune in COMMUNES
            if least <= _size(commune) < sizes[kind]
        ]
    for commune in COMMUNES:  # as many schools as the ministry counts: from three, one has the youngest only
        number = schools_of(commune, people)
        apart = {"C107": 1, "C109": 1} if number >= 3 else {}
        by_kind = {"C107": apart.get("C107", 0), "C108": number - sum(apart.values()), "C109": apart.get("C109", 0)}
        rows += [
            (commune.code, "COM", "C", "C1", kind, "FACILITIES", 2025, some) for kind, some in by_kind.items() if some
        ]
    columns = "GEO GEO_OBJECT FACILITY_DOM FACILITY_SDOM FACILITY_TYPE BPE_MEASURE TIME_PERIOD OBS_VALUE"
    writer = Writer(raw, "insee_bpe_2025", "Équipements", "2025")
    writer.write("DS_BPE_2025.csv", pd.DataFrame(rows, columns=columns.split()))
    types = sorted([*sizes, "C107", "C108", "C109"])
    writer.write("types_couverts.csv", pd.DataFrame({"FACILITY_TYPE": types}))
    writer.certify()


def income(raw: Path, generator: np.random.Generator) -> None:
    """Write income as three generations of files did: blanks, the letter s, CONF_STATUS; a rate of 5 at the floor."""
    places = [("COM", commune.code, commune.population) for commune in COMMUNES]
    places += [("EPCI", epci, 20000) for epci in EPCIS] + [("DEP", code, 60000) for code in DEPARTEMENTS]
    places += [("METROPOLE", "1", 200000)]
    others = {commune.code for commune in AROUND} | {siren for siren, *_ in NEIGHBOURS}
    apart = generator.spawn(1)[0]
    draws = {code: apart if code in others else generator for _, code, _ in places}
    median = {code: round(float(draws[code].normal(21500, 1500)), -1) for _, code, _ in places}
    deciles = {1: 0.56, 2: 0.7, 3: 0.81, 4: 0.9, 6: 1.1, 7: 1.22, 8: 1.39, 9: 1.72}  # of the median
    writer = Writer(raw, "insee_filosofi_2019", "Revenu disponible", "2017 et 2019")
    for year in ("17", "19"):
        for suffix in ("COM", "EPCI", "DEP", "METROPOLE"):
            lines = []
            for level, code, size in places:
                if level != suffix or (suffix == "COM" and size < SMALL):
                    continue
                value = median[code] * (0.96 if year == "17" else 1.0)
                spread = [*(f"{value * ratio:.0f}" for ratio in deciles.values()), "3,1", "5,2"]
                spread = spread if size >= 1000 else [""] * len(spread)
                lines.append((code, round(size / 2.1), f"{value:.0f}", *spread))
            header = [
                "CODGEO",
                f"NBMEN{year}",
                f"Q2{year}",
                *(f"D{one}{year}" for one in deciles),
                "RD",
                f"PPSOC{year}",
            ]
            writer.write(f"FILO20{year}_DISP_{suffix}_exemple.csv", pd.DataFrame(lines, columns=header))
    writer.certify()
    lines = []
    for level, code, size in places:
        if level == "COM":
            rate = (
                ["5" if code == "99004" else f"{draws[code].uniform(8, 17):.0f}", "3,0"]
                if size >= 2000 or code == "99004"
                else ["s", "s"]
            )
            lines.append((code, round(size / 2.1), f"{median[code] * 1.04:.0f}" if size >= SMALL else "s", *rate))
    writer = Writer(raw, "insee_filosofi_2021", "Niveau de vie et pauvreté", "2021")
    columns = ["CODGEO", "NBMENFISC21", "MED21", "TP6021", "RD21"]
    writer.write("cc_filosofi_2021_COM_exemple.csv", pd.DataFrame(lines, columns=columns))
    writer.certify()
    lines = []
    objects = {"COM": "COM", "EPCI": "EPCI", "DEP": "DEP", "METROPOLE": "FRANCE"}
    for level, code, size in places:
        geo = "F" if level == "METROPOLE" else code
        for measure, value, least in (
            ("MED_SL", median[code] * 1.18, SMALL),
            ("PR_MD60", float(draws[code].uniform(9, 16)), 2000),
        ):
            hidden = size < least
            shown = "" if hidden else f"{value:.0f}" if measure == "MED_SL" else f"{value:.1f}"
            lines.append((geo, objects[level], measure, 2023, "C" if hidden else "F", "A", shown))
    columns = "GEO GEO_OBJECT FILOSOFI_MEASURE TIME_PERIOD CONF_STATUS OBS_STATUS OBS_VALUE"
    writer = Writer(raw, "insee_filosofi_2023", "Niveau de vie et pauvreté", "2023")
    writer.write("DS_FILOSOFI_CC_2023.csv", pd.DataFrame(lines, columns=columns.split()))
    writer.certify()


def schools(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write a directory of schools, ten years of pupils, and social position indices."""
    directory, counts, indices, colleges = [], [], [], []
    number = 0
    for commune in COMMUNES:
        children = int(people[commune.code][:, 3:11].sum())
        where = commune.departement.zfill(3), commune.name.upper()
        for rank in range(schools_of(commune, people)):
            number += 1
            uai, private = f"099{number:04d}A", rank % 3 == 2
            sector = "PRIVE" if private else "PUBLIC"
            directory.append(
                (uai, f"École {number}", "Ecole", "Privé" if private else "Public", commune.code, "OUVERT")
            )
            share = children / max(1, children // 160)
            for year in range(2015, 2026):
                pupils = round(share * (1 - 0.006 * (year - 2023)))
                nursery = round(pupils * 0.37)
                ulis = 6 if pupils > 140 and not private else 0
                split = nursery, pupils - nursery - ulis, ulis
                counts.append((year, *where, uai, sector, pupils, max(1, round(pupils / 22)), *split))
            if pupils >= 20:
                indices.append(
                    (
                        "2024-2025",
                        uai,
                        f"École {number}",
                        commune.code,
                        sector.lower(),
                        round(88 + (number * 7) % 31, 1),
                    )
                )
        for _ in range(commune.population // 6000):
            number += 1
            uai = f"099{number:04d}C"
            directory.append((uai, f"Collège {number}", "Collège", "Public", commune.code, "OUVERT"))
            colleges.append(
                ("2025-2026", uai, f"Collège {number}", commune.code, "public", round(90 + (number * 5) % 25, 1))
            )
    for year in range(2015, 2020):  # closed since: the directory no longer has it
        pupils = 2035 - year
        counts.append((year, "099", "L'EBAUCHE", "0999999Z", "PUBLIC", pupils, 1, 6, pupils - 6, 0))
    writer = Writer(raw, "depp_ecoles", "Annuaire de l'éducation et effectifs", "rentrées 2015 à 2025")
    columns = (
        "identifiant_de_l_etablissement nom_etablissement type_etablissement statut_public_prive code_commune etat"
    )
    writer.write("fr-en-annuaire-education.csv", pd.DataFrame(directory, columns=columns.split()))
    columns = (
        "rentree_scolaire code_departement commune numero_ecole secteur nombre_total_eleves nombre_total_classes "
        "nombre_eleves_preelementaire_hors_ulis nombre_eleves_elementaire_hors_ulis nombre_eleves_ulis"
    )
    writer.write("fr-en-ecoles-effectifs-nb_classes.csv", pd.DataFrame(counts, columns=columns.split()))
    writer.certify()
    columns = ["rentree_scolaire", "uai", "nom_de_l_etablissement", "code_insee_de_la_commune", "secteur", "ips"]
    writer = Writer(raw, "depp_ips", "Indice de position sociale", "2024-2025")
    writer.write("fr-en-ips-ecoles-ap2022_exemple.csv", pd.DataFrame(indices, columns=columns))
    writer.write("fr-en-ips-colleges-ap2023_exemple.csv", pd.DataFrame(colleges, columns=columns))
    writer.certify()


def health(raw: Path, generator: np.random.Generator) -> None:
    """Write access to health professionals and establishments."""
    writer = Writer(raw, "drees_apl", "Accessibilité potentielle localisée", "2022 et 2023")
    professions = {
        "generalistes": ("APL aux médecins généralistes", 3.1),
        "infirmiers": ("APL aux infirmières", 140.0),
        "kinesitherapeutes": ("APL aux masseurs-kinésithérapeutes", 95.0),
        "sages_femmes": ("APL aux sages-femmes", 17.0),
        "chirurgiens_dentistes": ("APL aux chirurgiens-dentistes", 55.0),
    }
    for name, (column, mean) in professions.items():
        rows = [
            (year, commune.code, commune.name, round(mean * float(own.uniform(0.6, 1.3)), 3))
            for year in (2022, 2023)
            for commune, own in drawn(generator)
        ]
        header = ["Millésime", "Code commune INSEE", "Commune", column]
        writer.write(f"apl_{name}.csv", pd.DataFrame(rows, columns=header))
    writer.certify()
    rows = []
    for commune in COMMUNES:
        for category, size in (
            ("182", 9000),
            ("183", 20000),
            ("186", 40000),
            ("189", 15000),
            ("190", 18000),
            ("223", 5500),
        ):
            rows += [(commune.code[2:], commune.code[:2], category)] * (commune.population // size)
    rows = [(f"{number:09d}", f"Établissement {number}", *row) for number, row in enumerate(rows, start=1)]
    writer = Writer(raw, "finess", "Établissements sanitaires et sociaux", "2026")
    columns = ["nofinesset", "rs", "commune", "departement", "categetab"]
    writer.write("finess_etablissements.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def local_services(raw: Path, generator: np.random.Generator) -> None:
    """Write counters, associations, job seekers, fibre, zones, accounts of the CCAS."""
    big = [commune for commune in COMMUNES if commune.population > 4000]
    writer = Writer(raw, "france_services", "Structures France services", "2026")
    rows = [(commune.code, commune.name, f"France services de {commune.name}") for commune in big]
    writer.write("liste_france_services.csv", pd.DataFrame(rows, columns=["insee_com", "lib_com", "lib_fs"]))
    writer.certify()
    writer = Writer(raw, "annuaire_service_public", "Services locaux", "2026")
    rows = [
        (commune.code, f'[{{"type_service_local": "{kind}"}}]')
        for kind, least in (
            ("caf", 5000),
            ("msa", 6000),
            ("cpam", 9000),
            ("france_travail", 9000),
            ("mission_locale", 18000),
        )
        for commune in COMMUNES
        if commune.population > least
    ]
    writer.write("api-lannuaire-administration.csv", pd.DataFrame(rows, columns=["code_insee_commune", "pivot"]))
    writer.certify()
    writer = Writer(raw, "rna", "Associations", "2026")
    rows = [
        (f"W{commune.code}{number:04d}", commune.code, "D" if number % 9 == 0 else "A")
        for commune in COMMUNES
        for number in range(commune.population // 70)
    ]
    writer.write("waldec.csv", pd.DataFrame(rows, columns=["id", "adrs_codeinsee", "position"]))
    writer.certify()
    rows = []
    for commune, own in drawn(generator):
        for year in range(2015, 2025):
            number = commune.population * 0.05 * (1 - 0.02 * (year - 2015)) * float(own.uniform(0.9, 1.1))
            for quarter in ("T2", "T4"):
                for age, category, share in (
                    ("Total", "ABC", 1.0),
                    ("Total", "A", 0.6),
                    ("Moins de 25 ans", "ABC", 0.16),
                ):
                    rows.append((f"{year}-{quarter}", commune.code, "Total", age, category, rounded(number * share)))
    columns = ["date", "code_commune", "sexe", "tranche_d_age", "categorie", "nombre_de_demandeurs_d_emploi"]
    writer = Writer(raw, "dares_demandeurs_emploi", "Demandeurs d'emploi", "2015 à 2024")
    writer.write("dares_defm_communales-brutes.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()
    writer = Writer(raw, "anct_fibre", "Déploiement de la fibre", "2026 T2")
    rows = [
        (c.code, round(c.population / 1.6), round(c.population / 1.6 * float(own.uniform(0.6, 0.99))))
        for c, own in drawn(generator)
    ]
    writer.write("ftth-cu.csv", pd.DataFrame(rows, columns=["insee_com", "locaux_arcep", "locaux_ftth"]))
    writer.certify()
    writer = Writer(raw, "anct_zonages", "Programmes et zonages", "2026")
    rows = [
        (c.code, int(3000 < c.population < 20000), int(c.population < 1500), int(c.population > 40000))
        for c in COMMUNES
    ]
    writer.write("zonages.csv", pd.DataFrame(rows, columns=["insee_com", "pvd", "va", "nb_qpv_2024"]))
    writer.certify()
    writer = Writer(raw, "insee_qpv", "Quartiers prioritaires", "2025")
    rows = [(f"QN{c.code}", f"Quartier de {c.name}", c.code) for c in COMMUNES if c.population > 40000]
    writer.write("TAG_QPV2024_2025.csv", pd.DataFrame(rows, columns=["QP", "LIB_QP", "LIST_COM_2025"]))
    writer.certify()
    writer = Writer(raw, "dgcl_frr", "Zonage France ruralités revitalisation", "2025")
    column = "Classement FRR et FRR+ au 10 juillet 2025"
    rows = [
        (c.code, "FRR+" if c.population < 300 else "FRR" if c.population < 7000 else "Non classée") for c in COMMUNES
    ]
    writer.write("zonage_frr.csv", pd.DataFrame(rows, columns=["CODGEO", column]))
    writer.certify()
    writer = Writer(raw, "ofgl_ccas", "Comptes des CCAS", "2020 à 2025")
    rows, seats = [], []
    for rank, commune in enumerate(big):
        siren = f"26990{rank:04d}"
        seats.append((siren, commune.code))
        for year in range(2020, 2026):
            for item, euros in (("Dépenses de fonctionnement", 14), ("Dépenses d'intervention", 3)):
                rows.append(
                    (year, siren, "CCAS", f"CCAS {commune.name}", "Budget principal", item, commune.population * euros)
                )
    columns = ["exer", "siren", "type", "nom_ccas", "type_de_budget", "agregat", "montant"]
    writer.write("ofgl-base-ccas-cias.csv", pd.DataFrame(rows, columns=columns))
    writer.write("rattachement_siren_commune.csv", pd.DataFrame(seats, columns=["siren", "code_commune"]))
    writer.certify()


def access(raw: Path, generator: np.random.Generator) -> None:
    """Write driving times from two places of residence of each commune."""
    kinds = ("D502", "C108", "D505", "D506", "D507", "A128", "D265", "D602")
    rows = [
        (
            f"{commune.code}-{place}",
            commune.code,
            commune.population / 2,
            kind,
            round(float(own.uniform(0, 34)), 1),
        )
        for commune, own in drawn(generator)
        if commune.population
        for place in (1, 2)
        for kind in kinds
    ]
    writer = Writer(raw, "insee_acces", "Temps d'accès aux équipements", "2025")
    columns = ["idSrc", "depcom", "pop", "typeeq_id", "duree"]
    writer.write("donnees_2025_reg99.parquet", pd.DataFrame(rows, columns=columns))
    writer.certify()


def write(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write all these sources."""
    generator = np.random.default_rng(41)
    facilities(raw, people)
    income(raw, generator)
    schools(raw, people)
    health(raw, generator)
    local_services(raw, generator)
    access(raw, generator)
