"""Geography, population, births and deaths, contours: the frame of the invented territory."""

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
import yaml

from generator.census import households
from generator.places import (
    AROUND,
    COMMUNES,
    DEPARTEMENTS,
    EPCIS,
    MERGED,
    REGIONS,
    VINTAGES,
    YEARS,
    Commune,
    Writer,
    ages,
    by_level,
    drawn,
    population,
)

MOUNTAIN = ("999999999", "999999989", "999999987")  # EPCIs of the one massif


def geography(raw: Path) -> None:
    """Write the communes and EPCIs of each year: 99009 joined 99003 in the course of 2021."""
    writer = Writer(raw, "etalab_decoupage", "Communes et EPCI", "2021 à 2026")
    vintages = {2021: (2019, 2018), 2022: (2020, 2019), 2023: (2020, 2020), 2024: (2022, 2021)}
    for year in YEARS:
        recent, older = vintages.get(year, (2023, 2022))
        present = [*COMMUNES, MERGED] if year == 2021 else COMMUNES
        rows = []
        for commune in present:
            numbers = [population(commune, census) for census in (recent, older)]
            if year == 2021 and commune.code == "99003":
                numbers = [n - population(MERGED, census) for n, census in zip(numbers, (recent, older), strict=True)]
            rows.append(
                {
                    "code": commune.code,
                    "nom": commune.name,
                    "type": "commune-actuelle",
                    "departement": commune.departement,
                    "region": commune.region,
                    "zone": "metro",
                    "epci": commune.epci,
                    "commune_parente": None,
                    "population_municipale": numbers[0],
                    "population_municipale_epci": numbers[1] if commune.epci else None,
                    "anciens_codes": "|".join(commune.former) if commune.former and year > 2021 else None,
                }
            )
        table = pd.DataFrame(rows).astype(
            {"population_municipale": "Int32", "population_municipale_epci": "Int32", "epci": str, "anciens_codes": str}
        )
        said = {"population_municipale": f"RP {recent}", "population_epci": f"RP {older}"}
        writer.write(f"communes_{year}.parquet", table.astype({"commune_parente": str}), **said)
    for year in YEARS:
        table = pd.DataFrame(
            [
                {"code": code, "nom": name, "type": kind, "nb_communes": sum(c.epci == code for c in COMMUNES)}
                for code, (name, kind) in EPCIS.items()
            ]
        )
        writer.write(f"epci_{year}.parquet", table)
    writer.certify()


def zonings(raw: Path) -> None:
    """Write the grid of density, by the size of the communes, and the communes of the one massif."""
    writer = Writer(raw, "insee_densite", "Grille communale de densité à sept niveaux", "2025")
    bounds = (0, 500, 2000, 10_000, 50_000, np.inf)
    labels = ["Rural à habitat très dispersé", "Rural à habitat dispersé", "Bourgs ruraux"]
    labels += ["Centres urbains intermédiaires", "Grands centres urbains"]
    classes = pd.cut([commune.population for commune in COMMUNES], bounds, right=False, labels=labels).astype(str)
    table = pd.DataFrame({"CODGEO": [commune.code for commune in COMMUNES], "LIBDENS": classes})
    writer.write("grille_densite_7_niveaux_2025.csv", table)
    writer.certify()
    writer = Writer(raw, "anct_massifs", "Communes d'un massif de montagne", "2026")
    inside = [commune.code for commune in COMMUNES if commune.epci in MOUNTAIN]
    writer.write("massifs.csv", pd.DataFrame({"insee_com": inside, "lib_massif": "Massif des Monts d'Exemple"}))
    writer.certify()


def census(raw: Path, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Write population by age and sex, large age groups, dwellings, history; return the ages by commune."""
    people = {commune.code: ages(commune, own) for commune, own in drawn(generator)}
    rows = [
        {
            "code": commune.code,
            "SEX": sex,
            "AGE": "Y_GE100" if age == 100 else f"Y{age}",
            "TIME_PERIOD": year,
            "value": float(table[row, age]),
        }
        for commune in COMMUNES
        for year in VINTAGES
        for table in [younger(people[commune.code], commune, year)]
        for row, sex in enumerate("FM")
        for age in range(101)
    ]
    melodi = {"RP_MEASURE": "POP", "OBS_STATUS": "A"}
    table = by_level(pd.DataFrame(rows), ["SEX", "AGE", "TIME_PERIOD"]).assign(**melodi)
    table = table.rename(columns={"value": "OBS_VALUE"}).round({"OBS_VALUE": 1})
    writer = Writer(raw, "insee_rp_population", "Population par sexe et âge", "2012, 2017 et 2023")
    columns = ["GEO", "GEO_OBJECT", "SEX", "AGE", "RP_MEASURE", "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"]
    writer.write("DS_RP_TD_POPULATION_AGESEX_PRINC_2023.csv", table[columns])
    writer.certify()

    groups = []
    for commune, own in drawn(generator):
        total, then = population(commune, 2021), younger(people[commune.code], commune, 2021)
        young, old = round(float(then[:, :20].sum())), round(float(then[:, 65:].sum()))
        main = round(households(commune, total, 2021))
        second = round(main * own.uniform(0.05, 0.6))
        vacant = round(main * own.uniform(0.05, 0.15))
        groups.append(
            (commune.code, 1, total, young, total - young - old, old, main + second + vacant, main, second, vacant)
        )
    names = "code nb_iris pop pop_0_19 pop_20_64 pop_65p logements res_principales res_secondaires logements_vacants"
    writer = Writer(raw, "insee_iris_rp2021", "Population par grand groupe d'âge et logements", "2021")
    writer.write("communes_rp2021.parquet", pd.DataFrame(groups, columns=names.split()))
    writer.certify()

    history = pd.DataFrame({"CODGEO": [c.code for c in COMMUNES], "LIBGEO": [c.name for c in COMMUNES]})
    for column, year in [
        *((f"PMUN{y}", y) for y in (2023, 2020, 2015, 2010)),
        *((f"PSDC{y}", y) for y in (1999, 1968)),
        ("PTOT1936", 1936),
        ("PTOT1876", 1876),
    ]:
        decline = (2023 - year) * 0.004 if year < 1999 else 0
        history[column] = [round(population(c, max(year, 1999)) * (1 + decline)) for c in COMMUNES]
    writer = Writer(raw, "insee_population_historique", "Populations communales", "1876-2023")
    writer.write("base-pop-historiques-1876-2023.csv", history)
    writer.certify()
    return people


def younger(people: np.ndarray, commune: Commune, year: int) -> np.ndarray:
    """Return the inhabitants by sex and age at an earlier census: as many as there were, a little younger."""
    weights = people * (1 - 0.004 * (2023 - year) * (np.arange(101) - 45) / 45)
    total = weights.sum()
    return weights * (population(commune, year) / total if total else 0.0) if year < 2023 else people


def vital_statistics(raw: Path, generator: np.random.Generator) -> None:
    """Write births and deaths; the row of Les Maquettes in 2014 is missing, as rows are in real life."""
    writer = Writer(raw, "insee_etat_civil", "Naissances et décès", "2008-2025")
    for name, rate in (("NAIS", 0.0098), ("DECES", 0.0112)):
        rows = [
            (commune.code, "COM", year, int(own.poisson(max(population(commune, year), 0) * rate)))
            for commune, own in drawn(generator)
            for year in range(2008, 2026)
            if not (commune.code == "99006" and year == 2014)
        ]
        table = pd.DataFrame(rows, columns=["GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE"])
        writer.write(f"DS_ETAT_CIVIL_{name}_COMMUNES_2025.csv", table)
    writer.certify()


def contours(raw: Path, generator: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Write polygons that share their borders, the cells around random points of each EPCI; return their centres."""
    rows, where, apart = [], {}, generator.spawn(1)[0]
    for rank, epci in enumerate([*EPCIS, None]):
        communes = [commune for commune in COMMUNES if commune.epci == epci]
        frame = shapely.box(rank * 0.4, 45.0, rank * 0.4 + 0.34, 45.3)
        own = apart if communes[0] in AROUND else generator
        points = shapely.points(own.uniform((rank * 0.4 + 0.03, 45.03), (rank * 0.4 + 0.31, 45.27), (len(communes), 2)))
        cells = (
            shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=frame).geoms
            if len(communes) > 1
            else [frame]
        )
        for commune, point in zip(communes, points, strict=True):
            cell = next(cell for cell in cells if cell.intersects(point)).intersection(frame)
            where[commune.code] = (cell.centroid.x, cell.centroid.y)
            if commune.has_contour:
                rows.append(
                    {
                        "code": commune.code,
                        "nom": commune.name,
                        "geometry": shapely.to_wkb(shapely.set_precision(cell, 1e-5)),
                    }
                )
    writer = Writer(raw, "contours", "Contours des communes", "2026")
    writer.write("communes.parquet", pd.DataFrame(rows))
    writer.certify()
    return where


def reference(folder: Path) -> None:
    """Write the small tables of data/exemple/reference."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, entries in (("departements.csv", DEPARTEMENTS), ("regions.csv", REGIONS)):
        lines = ["code;nom;de", *(f"{code};{label};{after}" for code, (label, after) in entries.items())]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    country = {"F": "Pays d'Exemple", "FM": "Pays d'Exemple métropolitain"}
    text = {"annee": 2026, "note": "Communes et EPCI inventés, au 1er janvier 2026.", "france": country}
    (folder / "geographie.yml").write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False), encoding="utf-8")
    convention = {"999999999": {"debut": 2024, "fin": 2027, "source": "convention inventée de la démarche"}}
    text = yaml.safe_dump(convention, allow_unicode=True, sort_keys=False)
    (folder / "conventions.yml").write_text(text, encoding="utf-8")
    secteurs = {"99001": "Haut Pays", "99005": "Haut Pays", "99006": "Haut Pays", "99008": "Haut Pays"}
    secteurs |= {code: "Bas Pays" for code in ("99002", "99003", "99004", "99007")}
    lines = ["commune;secteur", *(f"{code};{name}" for code, name in sorted(secteurs.items()))]
    (folder / "secteurs").mkdir(exist_ok=True)
    (folder / "secteurs" / "999999999.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
