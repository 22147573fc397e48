"""Health, services, job seekers, networks, zones, local accounts, access times."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from generator import facilities, incomes
from generator.caf import rounded
from generator.places import COMMUNES, Writer, drawn

# Job seekers by sex and age, of those of a commune.
SEEKERS = (
    ("Femmes", "Moins de 25 ans", 0.075), ("Femmes", "De 25 à 49 ans", 0.3), ("Femmes", "50 ans et plus", 0.13),
    ("Hommes", "Moins de 25 ans", 0.085), ("Hommes", "De 25 à 49 ans", 0.28), ("Hommes", "50 ans et plus", 0.13),
)  # fmt: skip
NEIGHBOURHOODS = {"99002": "Les Mésanges"}  # of a town that is not large
ROAD, EDGE = 1.7, 60  # minutes: for one kilometre; to the country around, which has every facility


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
            ("500", 2500),
        ):
            rows += [(commune.code[2:], commune.code[:2], category)] * (commune.population // size)
    rows = [(f"{number:09d}", f"Établissement {number}", *row) for number, row in enumerate(rows, start=1)]
    writer = Writer(raw, "finess", "Établissements sanitaires et sociaux", "2026", full=True)
    columns = ["nofinesset", "rs", "commune", "departement", "categetab"]
    writer.write("finess_etablissements.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def local_services(raw: Path, generator: np.random.Generator) -> None:
    """Write counters, associations, job seekers, fibre, zones, accounts of the CCAS."""
    big = [commune for commune in COMMUNES if commune.population > 4000]
    writer = Writer(raw, "france_services", "Structures France services", "2026", full=True)
    rows = [(commune.code, commune.name, f"France services de {commune.name}") for commune in big]
    table = pd.DataFrame(rows, columns=["insee_com", "lib_com", "lib_fs"])
    formats = ("Fixe", "Fixe_antenne(s)", "Multisites", "Itinérante", "Bus_équivalent")
    table = table.assign(format_fs=[formats[rank % len(formats)] for rank in range(len(table))])
    writer.write("liste_france_services.csv", table)
    writer.certify()
    writer = Writer(raw, "annuaire_service_public", "Services locaux", "2026", full=True)
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
    writer = Writer(raw, "rna", "Associations", "2026", full=True)
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
                for sex, age, share in SEEKERS:
                    rows.append((f"{year}-{quarter}", commune.code, sex, age, "ABC", rounded(number * share)))
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
    rows = [(c.code, int(3000 < c.population < 20000), int(c.population < 1500)) for c in COMMUNES]
    writer.write("zonages.csv", pd.DataFrame(rows, columns=["insee_com", "pvd", "va"]))
    writer.certify()
    writer = Writer(raw, "dgcl_frr", "Zonage France ruralités revitalisation", "2025")
    column = "Classement FRR et FRR+ au 10 juillet 2025"
    rows = [
        (c.code, "FRR+" if c.population < 300 else "FRR socle" if c.population < 7000 else "Non classée")
        for c in COMMUNES
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


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two points (degrees), as the crow flies."""
    along = math.cos(math.radians((one[1] + other[1]) / 2))
    return 111.2 * math.hypot((one[0] - other[0]) * along, one[1] - other[1])


def access(raw: Path, where: dict[str, tuple[float, float]]) -> None:
    """Write driving times from two places of each commune, its centre and its hamlets, to the nearest facility.

    where: the centre of each commune. A commune that the base of facilities gives one to is a few minutes from it.
    """
    kinds = ("D502", "C108", "D505", "D506", "D507", "A128", "D265", "D602")
    base = pd.read_csv(raw / "insee_bpe_2025" / "DS_BPE_2025.csv", sep=";", dtype={"GEO": str})
    having = {kind: base.loc[base["FACILITY_TYPE"].eq(kind), "GEO"].tolist() for kind in kinds}
    rows = []
    for commune, own in drawn(np.random.default_rng([41, 1])):
        for place, (least, most) in enumerate(((0.5, 3.0), (3.0, 7.0)), start=1) if commune.population else ():
            for kind in kinds:
                road = ROAD * min(kilometres(where[commune.code], where[code]) for code in having[kind])
                minutes = round(min(road, EDGE) + float(own.uniform(least, most)), 1)
                rows.append((f"{commune.code}-{place}", commune.code, commune.population / 2, kind, minutes))
    writer = Writer(raw, "insee_acces", "Temps d'accès aux équipements", "2025")
    columns = ["idSrc", "depcom", "pop", "typeeq_id", "duree"]
    writer.write("donnees_2025_reg99.parquet", pd.DataFrame(rows, columns=columns))
    writer.certify()


def neighbourhoods(raw: Path, where: dict[str, tuple[float, float]]) -> None:
    """Write the priority neighbourhoods: lists, outlines around the centre of their commune, figures."""
    towns = [commune for commune in COMMUNES if commune.population > 40000 or commune.code in NEIGHBOURHOODS]
    rows = [(f"QN{c.code}", NEIGHBOURHOODS.get(c.code, f"Quartier De {c.name}"), c.code) for c in towns]
    members = pd.DataFrame(rows, columns=["QP", "LIB_QP", "LIST_COM_2025"])
    writer = Writer(raw, "insee_qpv", "Quartiers prioritaires", "2025")
    writer.write("TAG_QPV2024_2025.csv", members)
    writer.certify()
    writer = Writer(raw, "insee_qpv_2024", "Population et pauvreté des quartiers prioritaires", "2020 et 2021")
    writer.write("TAG_QPV2024_2025.csv", members)
    rows = [(f"QN{c.code}", c.population // 6, 40 + rank) for rank, c in enumerate(towns)]
    writer.write("qpv_2024_chiffres.csv", pd.DataFrame(rows, columns=["codeQPV", "popMuniQPV", "taux_pauvrete_60"]))
    writer.certify()
    writer = Writer(raw, "anct_qpv_2024", "Contours des quartiers prioritaires", "2024")
    around = [shapely.to_wkb(shapely.Point(where[c.code]).buffer(0.008, quad_segs=2)) for c in towns]
    outlines = pd.DataFrame({"code_qp": members["QP"], "geometry": around})
    writer.write("qpv_2024_contours.parquet", outlines)
    writer.certify()


def write(raw: Path, people: dict[str, np.ndarray], where: dict[str, tuple[float, float]]) -> None:
    """Write all these sources; where: the centre of each commune."""
    generator = np.random.default_rng(41)
    facilities.write(raw, people, where)
    incomes.income(raw, people, generator)
    health(raw, generator)
    local_services(raw, generator)
    access(raw, where)
    neighbourhoods(raw, where)
