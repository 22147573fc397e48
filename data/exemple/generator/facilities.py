"""Facilities by type, and schools with their pupils, which count the same schools."""

from pathlib import Path

import numpy as np
import pandas as pd

from generator.places import COMMUNES, MERGED, Commune, Writer

# What each range is made of, one word for each service: the types that INSEE groups are joined.
RANGES = {
    "Gamme de proximité": "C107+C108+C109 D265 D281 D307 D279 B207 B201+B202 A206+A207+A208 F307 F113 F121 F111 D505",
    "Gamme intermédiaire": "B105 C201 D277 D278 D502 D504 D113 F101 A128",
    "Gamme supérieure": "C301+C302+C303 F303 F305 D108 D506 D602 D604",
}
ONCE = "A128"  # one in a town, as the list of France services says
GROUPED = {"99005": "RPI 99-01", "99006": "RPI 99-01"}  # two villages share their school children


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
        "B207": 1000, "B201": 1800, "B202": 900, "B105": 7000, "A206": 6000, "A207": 1100, "A208": 1500, "A128": 4001,
        "D509": 9000, "D106": 40000, "D107": 40000, "D109": 15000, "E107": 90000, "E108": 18000, "E109": 6000,
    }  # fmt: skip
    rows = [
        (commune.code, "COM", kind[0], kind[:2], kind, "FACILITIES", 2025, counted)
        for kind, size in sizes.items()
        for commune in COMMUNES
        if commune.population >= size
        for counted in (1 if kind == ONCE else commune.population // size,)
    ]
    for kind, least in (("F113", 250), ("D505", 600)):
        rows += [
            (commune.code, "COM", kind[0], kind[:2], kind, "FACILITIES", 2025, 1)
            for commune in COMMUNES
            if least <= commune.population < sizes[kind]
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
    ranges = [
        (kind, service.replace("+", "_") if "+" in service else "", words)
        for words, services in RANGES.items()
        for service in services.split()
        for kind in service.split("+")
    ]
    columns = ["TYPEQU", "TYPEQU_REGROUPEMENT", "GAMME"]
    writer.write("BPE_gammes_equipements_2025.csv", pd.DataFrame(ranges, columns=columns))
    writer.certify()
    rows = [(one.code, one.population // 1500, one.population // 5000) for one in COMMUNES]
    writer = Writer(raw, "insee_bpe_2024_domaines", "Équipements, sous-domaines", "2024")
    writer.write("bpe_2024_sous_domaines_communes.csv", pd.DataFrame(rows, columns=["CODGEO", "nb_D5", "nb_D6"]))
    writer.certify()


def facilities_2020(raw: Path) -> None:
    """Write the edition of 2020: a file for each domain, a column for each type, codes and communes of the time."""
    sizes = {  # inhabitants for one of them
        "sante": {"D106": 40000, "D107": 40000, "D108": 40000, "D109": 15000, "D113": 12000, "D307": 2500},
        "commerce": {"B101": 40000, "B102": 6000, "B201": 2000, "B202": 800},
        "transp": {"E107": 90000, "E108": 18000, "E109": 6000},
    }
    names = {"sante": "equip-serv-sante", "commerce": "equip-serv-commerce", "transp": "equip-tour-transp"}
    writer = Writer(raw, "insee_bpe_2020", "Équipements", "2020")
    for domain, types in sizes.items():
        rows = [(one.code, *(one.population // size for size in types.values())) for one in (*COMMUNES, MERGED)]
        table = pd.DataFrame(rows, columns=["CODGEO", *(f"NB_{code}" for code in types)])
        writer.write(f"{names[domain]}-com-2020.csv", table)
    writer.certify()


def networks(commune: Commune, rank: int) -> tuple[int, int]:
    """Return whether a school is in REP, and in REP+: some of those of the larger communes."""
    return int(commune.population > 5500 and rank % 5 == 0), int(commune.population > 15000 and rank % 5 == 1)


def _points(codes: pd.Series, centres: dict[str, tuple[float, float]]) -> dict[str, pd.Series]:
    """Return the longitude and the latitude of each school, ever further from the centre of its commune."""
    aside = codes.groupby(codes).cumcount() * 0.003
    return {
        name: (codes.map({code: centre[side] for code, centre in centres.items()}) + aside).round(5)
        for side, name in enumerate(("longitude", "latitude"))
    }


def schools(raw: Path, people: dict[str, np.ndarray], centres: dict[str, tuple[float, float]]) -> None:
    """Write a directory of schools, collèges and lycées, ten years of pupils, and social position indices."""
    directory, counts, indices, colleges, lycees = [], [], [], [], []
    number = upper = 0
    for commune in COMMUNES:
        children = int(people[commune.code][:, 3:11].sum())
        where = commune.departement.zfill(3), commune.name.upper()
        for rank in range(schools_of(commune, people)):
            number += 1
            uai, private = f"099{number:04d}A", rank % 3 == 2
            sector = "PRIVE" if private else "PUBLIC"
            status = "Privé" if private else "Public"
            grouped = (0, GROUPED.get(commune.code, ""))
            directory.append((uai, f"École {number}", "Ecole", status, commune.code, "OUVERT", *grouped, ""))
            share = children / max(1, children // 160)
            for year in range(2015, 2026):
                pupils = round(share * (1 - 0.006 * (year - 2023)))
                nursery = round(pupils * 0.37)
                ulis = 6 if pupils > 140 and not private else 0
                split = nursery, pupils - nursery - ulis, ulis
                classes = max(1, round(pupils / 22))
                counts.append((year, *where, uai, sector, *networks(commune, rank), pupils, classes, *split))
            if pupils >= 20:
                indices.append(
                    (
                        "2024-2025",
                        uai,
                        f"École {number}",
                        commune.code,
                        sector.lower(),
                        round(88 + (number * 7) % 31, 1),
                        round(pupils * 0.8),
                    )
                )
        for _ in range(commune.population // 6000):
            number += 1
            uai = f"099{number:04d}C"
            size, spread = 300 + number * 13 % 250, round(24 + number * 3 % 11, 1)
            directory.append((uai, f"Collège {number}", "Collège", "Public", commune.code, "OUVERT", 0, "", size))
            section = f"099{number:04d}S", f"Section {number}", "Collège", "Public", commune.code, "OUVERT", 0, "", ""
            directory += [section] if number % 2 else []  # a line of its own, whose pupils the collège counts
            colleges.append(
                (
                    "2025-2026",
                    uai,
                    f"Collège {number}",
                    commune.code,
                    "public",
                    round(90 + (number * 5) % 25, 1),
                    spread,
                    size,
                )
            )
        for _ in range(commune.population // 15000 or commune.population // 6000):
            upper += 1
            uai, name = f"098{upper:04d}L", f"Lycée {upper}"
            size = 500 + upper * 37 % 400
            directory.append((uai, name, "Lycée", "Public", commune.code, "OUVERT", 0, "", size))
            index = round(85 + upper * 9 % 35, 1)
            lycees.append(("2025-2026", uai, name, commune.code, "public", index))
    for year in range(2015, 2020):  # closed since: the directory no longer has it
        pupils = 2035 - year
        counts.append((year, "099", "L'EBAUCHE", "0999999Z", "PUBLIC", 0, 0, pupils, 1, 6, pupils - 6, 0))
    writer = Writer(raw, "depp_ecoles", "Annuaire de l'éducation et effectifs", "rentrées 2015 à 2025")
    columns = (
        "identifiant_de_l_etablissement nom_etablissement type_etablissement statut_public_prive code_commune etat "
        "rpi_concentre rpi_disperse nombre_d_eleves"
    )
    table = pd.DataFrame(directory, columns=columns.split())
    writer.write("fr-en-annuaire-education.csv", table.assign(**_points(table["code_commune"], centres)))
    columns = (
        "rentree_scolaire code_departement commune numero_ecole secteur rep rep_plus nombre_total_eleves "
        "nombre_total_classes "
        "nombre_eleves_preelementaire_hors_ulis nombre_eleves_elementaire_hors_ulis nombre_eleves_ulis"
    )
    writer.write("fr-en-ecoles-effectifs-nb_classes.csv", pd.DataFrame(counts, columns=columns.split()))
    writer.certify()
    columns = ["rentree_scolaire", "uai", "nom_de_l_etablissement", "code_insee_de_la_commune", "secteur", "ips"]
    writer = Writer(raw, "depp_ips", "Indice de position sociale", "2024-2025", full=True)
    writer.write("fr-en-ips-ecoles-ap2022_exemple.csv", pd.DataFrame(indices, columns=[*columns, "effectifs"]))
    spread = [*columns, "ecart_type_de_l_ips", "effectifs"]
    writer.write("fr-en-ips-colleges-ap2023_exemple.csv", pd.DataFrame(colleges, columns=spread))
    columns = [*columns[:-1], "ips_ensemble_gt_pro"]
    writer.write("fr-en-ips-lycees-ap2022_exemple.csv", pd.DataFrame(lycees, columns=columns))
    writer.certify()


def write(raw: Path, people: dict[str, np.ndarray], centres: dict[str, tuple[float, float]]) -> None:
    """Write facilities and schools. centres: of the communes, longitude and latitude."""
    facilities(raw, people)
    facilities_2020(raw)
    schools(raw, people, centres)
