"""Make the invented territory: every raw file of data/exemple, from a seed.

    python data/exemple/generate.py [FOLDER]

Four invented EPCIs in three invented départements. The one that is shown, 999999999, holds on purpose what
real data do to a diagnosis: a commune of 90 inhabitants, a merger in 2021, a missing year, counts rounded to 5,
a coverage rate above 100, a commune without inhabitants, one without contour, one without EPCI.
"""

import hashlib
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
import yaml

SEED = 20230119
YEARS = range(2021, 2027)


@dataclass
class Commune:
    """An invented commune: population in 2023, yearly change, share of the under 20s."""

    code: str
    name: str
    population: int
    change: float
    young: float
    departement: str = "99"
    region: str = "99"
    epci: str | None = "999999999"
    former: list[str] = field(default_factory=list)
    has_contour: bool = True


COMMUNES = [
    Commune("99001", "Hautefictive", 92, -0.015, 0.13),
    Commune("99002", "Bourg-l'Exemple", 6012, 0.004, 0.22),
    Commune("99003", "Roche-Inventée", 1184, -0.004, 0.19, former=["99009"]),
    Commune("99004", "Saint-Modèle", 655, 0.009, 0.26),
    Commune("99005", "Val-d'Essai", 431, -0.011, 0.15),
    Commune("99006", "Les Maquettes", 287, -0.002, 0.17),
    Commune("99007", "Pont-du-Schéma", 843, 0.002, 0.21),
    Commune("99008", "L'Ébauche", 158, -0.02, 0.11, has_contour=False),
    Commune("99101", "Exempleville", 41250, 0.003, 0.24, epci="999999998"),
    Commune("99102", "Fausse-Rive", 5230, 0.007, 0.25, epci="999999998"),
    Commune("99103", "Les Prototypes", 2110, 0.006, 0.25, epci="999999998"),
    Commune("99104", "Mont-Brouillon", 780, -0.001, 0.2, epci="999999998"),
    Commune("98001", "Fiction-le-Grand", 18400, -0.002, 0.22, "98", "99", "999999997"),
    Commune("98002", "Fiction-le-Petit", 1020, -0.006, 0.19, "98", "99", "999999997"),
    Commune("98003", "Nulle-Part", 0, 0.0, 0.2, "98", "99", "999999997"),
    Commune("98004", "Île-du-Conte", 310, -0.003, 0.14, "98", "99", None),
    Commune("98101", "Ailleurs", 96000, 0.008, 0.26, "980", "98", "999999996"),
    Commune("98102", "Autre-Part", 8800, 0.005, 0.24, "980", "98", "999999996"),
]
MERGED = Commune("99009", "Roche-Basse", 301, -0.004, 0.18)
EPCIS = {
    "999999999": ("CC des Monts d'Exemple", "CC"),
    "999999998": ("CA du Val d'Exemple", "CA"),
    "999999997": ("CC du Pays de Fiction", "CC"),
    "999999996": ("CA de l'Ailleurs", "CA"),
}
DEPARTEMENTS = {"99": "Exemple", "98": "Fiction", "980": "Ailleurs"}
REGIONS = {"99": "Région d'Exemple", "98": "Région d'Ailleurs"}


def population(commune: Commune, year: int) -> int:
    """Return the population of a commune in a year."""
    return round(commune.population * (1 + commune.change) ** (year - 2023))


def ages(commune: Commune, generator: np.random.Generator) -> np.ndarray:
    """Return the inhabitants of 2023 by sex (rows: women, men) and age from 0 to 100."""
    years = np.arange(101)
    weights = np.where(years < 20, commune.young / 20, 0.0)
    adult = np.exp(-(((years - 54) / 30) ** 2)) * (years >= 20)
    weights = weights + adult / adult.sum() * (1 - commune.young)
    both = np.stack([weights * (0.98 + years / 400), weights * (1.02 - years / 400)])
    return generator.multinomial(commune.population, (both / both.sum()).ravel()).reshape(2, 101)


def by_level(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return rows of communes (columns code, keys, value) followed by those of départements, régions and France."""
    place = {commune.code: commune for commune in COMMUNES}
    levels = [rows.assign(GEO=rows["code"], GEO_OBJECT="COM")]
    for level, code_of in (
        ("DEP", lambda code: place[code].departement),
        ("REG", lambda code: place[code].region),
        ("FRANCE", lambda code: "F"),
    ):
        summed = rows.assign(GEO=rows["code"].map(code_of)).groupby(["GEO", *keys], as_index=False, sort=False)
        levels.append(summed["value"].sum().assign(GEO_OBJECT=level))
    return pd.concat(levels, ignore_index=True)


class Writer:
    """Writes the files of a source and, at the end, its certificate."""

    def __init__(self, raw: Path, source: str, title: str, vintage: str):
        self.folder = raw / source
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate = {
            "id": source,
            "titre": f"{title} (territoire fictif)",
            "producteur": "ctg_analysis, données inventées",
            "jeu_de_donnees": "data/exemple/generate.py",
            "millesime": vintage,
            "geographie": "communes inventées",
            "licence": "MIT",
            "date_acces": "2026-11-24",
            "couverture": "18 communes inventées",
            "secret_arrondi": "comme le fichier officiel du même nom",
            "reserves": ["Tout est inventé : aucune de ces valeurs ne décrit un lieu réel."],
            "fichiers": [],
        }

    def write(self, name: str, table: pd.DataFrame, **said) -> None:
        """Write a table, as CSV or Parquet by its name."""
        path = self.folder / name
        if path.suffix == ".parquet":
            table.to_parquet(path, index=False, compression="zstd")
        else:
            table.to_csv(path, sep=";", index=False, lineterminator="\n")
        content = path.read_bytes()
        self.certificate["fichiers"].append(
            {
                "fichier": name,
                "lignes": len(table),
                **said,
                "octets": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )

    def certify(self) -> None:
        """Write source.yml."""
        text = yaml.safe_dump(self.certificate, allow_unicode=True, sort_keys=False)
        (self.folder / "source.yml").write_text(text, encoding="utf-8")


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


def census(raw: Path, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Write population by age and sex, large age groups, dwellings, history; return the ages by commune."""
    people = {commune.code: ages(commune, generator) for commune in COMMUNES}
    rows = [
        {"code": code, "SEX": sex, "AGE": "Y_GE100" if age == 100 else f"Y{age}", "value": int(table[row, age])}
        for code, table in people.items()
        for row, sex in enumerate("FM")
        for age in range(101)
    ]
    melodi = {"RP_MEASURE": "POP", "TIME_PERIOD": 2023, "OBS_STATUS": "A"}
    table = by_level(pd.DataFrame(rows), ["SEX", "AGE"]).assign(**melodi).rename(columns={"value": "OBS_VALUE"})
    writer = Writer(raw, "insee_rp_population", "Population par sexe et âge", "2023")
    columns = ["GEO", "GEO_OBJECT", "SEX", "AGE", "RP_MEASURE", "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"]
    writer.write("DS_RP_TD_POPULATION_AGESEX_PRINC_2023.csv", table[columns])
    writer.certify()

    homes, groups = [], []
    for commune in COMMUNES:
        total = population(commune, 2021)
        young, old = round(total * commune.young), round(total * (0.42 - commune.young / 2))
        main = round(total / 2.1)
        second = round(main * generator.uniform(0.05, 0.6))
        vacant = round(main * generator.uniform(0.05, 0.15))
        groups.append(
            (commune.code, 1, total, young, total - young - old, old, main + second + vacant, main, second, vacant)
        )
        homes += [(commune.code, "_T", main + second + vacant + 2), (commune.code, "DW_MAIN", main)]
        homes += [(commune.code, "DW_SEC_DW_OCC", second + 2), (commune.code, "DW_VAC", vacant)]
    names = "code nb_iris pop pop_0_19 pop_20_64 pop_65p logements res_principales res_secondaires logements_vacants"
    writer = Writer(raw, "insee_iris_rp2021", "Population par grand groupe d'âge et logements", "2021")
    writer.write("communes_rp2021.parquet", pd.DataFrame(groups, columns=names.split()))
    writer.certify()

    table = by_level(pd.DataFrame(homes, columns=["code", "OCS", "value"]), ["OCS"]).rename(
        columns={"value": "OBS_VALUE"}
    )
    table = table.assign(TSH="_T", RP_MEASURE="DWELLINGS", TIME_PERIOD=2023, OBS_STATUS="A")
    writer = Writer(raw, "insee_rp_logement", "Logements par catégorie", "2023")
    columns = ["GEO", "GEO_OBJECT", "OCS", "TSH", "RP_MEASURE", "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"]
    writer.write("DS_RP_LOGEMENT_PRINC_2023.csv", table[columns])
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


def vital_statistics(raw: Path, generator: np.random.Generator) -> None:
    """Write births and deaths; the row of Les Maquettes in 2014 is missing, as rows are in real life."""
    writer = Writer(raw, "insee_etat_civil", "Naissances et décès", "2008-2025")
    for name, rate in (("NAIS", 0.0098), ("DECES", 0.0112)):
        rows = [
            (commune.code, "COM", year, int(generator.poisson(max(population(commune, year), 0) * rate)))
            for commune in COMMUNES
            for year in range(2008, 2026)
            if not (commune.code == "99006" and year == 2014)
        ]
        table = pd.DataFrame(rows, columns=["GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE"])
        writer.write(f"DS_ETAT_CIVIL_{name}_COMMUNES_2025.csv", table)
    writer.certify()


def facilities(raw: Path) -> None:
    """Write the facilities of two types that the file covers; one commune has none of either."""
    places = {"D502": {"99002": 2, "99004": 1, "99101": 9, "98001": 4, "98101": 20}, "D504": {"99002": 1, "99101": 2}}
    labels = {
        "D502": "Établissement d’accueil du jeune enfant",
        "D504": "Relais petite enfance",
        "F307": "Bibliothèque",
    }
    places["F307"] = {commune.code: 1 for commune in COMMUNES if commune.population}
    rows = [
        (code, "COM", kind[0], kind[:2], kind, "FACILITIES", 2025, number, labels[kind])
        for kind, communes in places.items()
        for code, number in communes.items()
    ]
    columns = (
        "GEO GEO_OBJECT FACILITY_DOM FACILITY_SDOM FACILITY_TYPE BPE_MEASURE TIME_PERIOD OBS_VALUE FACILITY_TYPE_LABEL"
    )
    writer = Writer(raw, "insee_bpe_2025", "Équipements", "2025")
    writer.write("DS_BPE_2025.csv", pd.DataFrame(rows, columns=columns.split()))
    writer.write(
        "types_couverts.csv",
        pd.DataFrame({"FACILITY_TYPE": list(labels), "FACILITY_TYPE_LABEL": list(labels.values())}),
    )
    writer.certify()


def households(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write the households on benefit, rounded to 5, with a row that belongs to no commune."""
    rows = []
    for year in range(2020, 2025):
        for commune in COMMUNES:
            under_3 = people[commune.code][:, :3].sum()
            exact = [commune.population * 0.21, commune.population * 0.48, under_3 * 0.7]
            counts = [int(5 * np.floor(number * (1 + 0.01 * (year - 2024)) / 5 + 0.5)) for number in exact]
            rows.append((f"{year}-12", commune.code, commune.name, *counts))
        rows.append((f"{year}-12", "XX", "Non localisé", 45, 110, 5))
    columns = ["dtreffre", "numcomdo", "nomcom", "indfoy_ndur", "indnbp_ndur", "indfoy_ndurpaje"]
    writer = Writer(raw, "caf_s_ben_com_f", "Foyers allocataires par commune", "décembre 2020 à 2024")
    writer.write("s_ben_com_f.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()
    rows = []
    for year, (epci, (name, _)) in ((year, item) for year in range(2020, 2025) for item in EPCIS.items()):
        members = [commune for commune in COMMUNES if commune.epci == epci]
        total = sum(commune.population for commune in members)
        under_3 = sum(people[commune.code][:, :3].sum() for commune in members)
        exact = [number * (1 + 0.01 * (year - 2024)) for number in (total * 0.21, total * 0.48, under_3 * 0.7)]
        rows.append((f"{year}-12", epci, name, *(int(5 * np.floor(number / 5 + 0.5)) for number in exact)))
    columns[1:3] = ["numepci", "nomepci"]
    writer = Writer(raw, "caf_s_ben_epci_f", "Foyers allocataires par EPCI", "décembre 2020 à 2024")
    writer.write("s_ben_epci_f.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def childcare(raw: Path) -> None:
    """Write coverage and places by EPCI, département and country; one rate is above 100, one part is blank."""
    rates = {
        "999999999": (68.4, 24.1, 41.3, 1.9, 1.1),
        "999999998": (61.2, 30.4, 26.0, 2.6, 2.2),
        "999999997": (104.5, 41.0, 60.2, 3.3, None),
        "999999996": (57.9, 28.8, 24.1, 2.4, 2.6),
        "XX": (195.8, 90.0, 100.0, 3.0, 2.8),
    }
    stems = ["txcouv", "txcouv_eaje", "txcouv_am_ind", "txcouv_prescol", "txcouv_gad_ind"]
    writer = Writer(raw, "caf_txcouv_pe", "Taux de couverture de l'accueil du jeune enfant", "2023")
    table = pd.DataFrame(
        [(2023, code, *values) for code, values in rates.items()],
        columns=["annee", "numepci", *(f"{s}_epci" for s in stems)],
    )
    writer.write("txcouv_pe_epci.csv", table)
    table = pd.DataFrame(
        [(2023, "99", 62.0, 29.6, 27.9, 2.5, 2.0), (2023, "98", 96.1, 38.2, 54.0, 3.1, 0.8)],
        columns=["annee", "numdep", *(f"{s}_dep" for s in stems)],
    )
    writer.write("txcouv_pe_dep.csv", table)
    table = pd.DataFrame(
        [(2023, "Pays d'Exemple", 60.3, 27.9, 27.5, 2.5, 2.4)],
        columns=["annee", "national", *(f"{s}_nat" for s in stems)],
    )
    writer.write("txcouv_pe_nat.csv", table)
    writer.certify()
    places = {
        "999999999": (64, 66, 71),
        "999999998": (410, 418, 431),
        "999999997": (188, 190, 190),
        "999999996": (905, 930, 948),
    }
    writer = Writer(raw, "caf_nbpla_pe", "Places offertes aux enfants de moins de 3 ans", "2021 à 2023")
    rows = [
        (year, code, count)
        for code, counts in places.items()
        for year, count in zip((2021, 2022, 2023), counts, strict=True)
    ]
    writer.write("nbpla_pe_epci.csv", pd.DataFrame(rows, columns=["annee", "numepci", "pl_eaje_epci"]))
    rows = [(2023, "99", 502), (2023, "98", 190)]
    writer.write("nbpla_pe_dep.csv", pd.DataFrame(rows, columns=["annee", "numdep", "pl_eaje_dep"]))
    writer.certify()


def contours(raw: Path, generator: np.random.Generator) -> None:
    """Write polygons that share their borders: the cells around random points of each EPCI."""
    rows = []
    for rank, epci in enumerate([*EPCIS, None]):
        communes = [commune for commune in COMMUNES if commune.epci == epci]
        frame = shapely.box(rank * 0.4, 45.0, rank * 0.4 + 0.34, 45.3)
        points = shapely.points(
            generator.uniform((rank * 0.4 + 0.03, 45.03), (rank * 0.4 + 0.31, 45.27), (len(communes), 2))
        )
        cells = (
            shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=frame).geoms
            if len(communes) > 1
            else [frame]
        )
        for commune, point in zip(communes, points, strict=True):
            cell = next(cell for cell in cells if cell.intersects(point)).intersection(frame)
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


def reference(folder: Path) -> None:
    """Write the small tables of data/exemple/reference."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, entries in (("departements.csv", DEPARTEMENTS), ("regions.csv", REGIONS)):
        lines = ["code;nom", *(f"{code};{label}" for code, label in entries.items())]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = {"annee": 2026, "note": "Communes et EPCI inventés, au 1er janvier 2026.", "france": {"F": "Pays d'Exemple"}}
    (folder / "geographie.yml").write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False), encoding="utf-8")


def generate(folder: Path) -> None:
    """Write the whole of the invented territory under a folder."""
    generator = np.random.default_rng(SEED)
    raw = folder / "raw"
    reference(folder / "reference")
    geography(raw)
    people = census(raw, generator)
    vital_statistics(raw, generator)
    facilities(raw)
    households(raw, people)
    childcare(raw)
    contours(raw, generator)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
