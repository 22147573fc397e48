"""The census by theme: cubes in the form of Melodi, at three vintages and every level, whose parts add up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from generator.places import COMMUNES, VINTAGES, Commune, Writer, by_level, drawn, population

DWELLINGS, POPSIZE, ALONE = "DWELLINGS", "DWELLINGS_POPSIZE", "ONEPERS"
Codes = tuple[str, ...]
Values = dict[Codes, float]
EARLIER = 0.012  # by how much households were larger, for each year before 2023


@dataclass(frozen=True)
class Cell:
    """A combination of codes: its share of a base, and by how much that share grows from 2012 to 2023.

    spread: how much the share differs from one commune to the next; 0 is the same everywhere, as are large shares.
    """

    codes: dict[str, str]
    base: str
    share: float
    growth: float = 0.0
    spread: float | None = None

    def share_with(self, tilt: float, year: int) -> float:
        """Return the share in a year, of a commune that leans by so much."""
        spread = self.spread if self.spread is not None else float(self.share < 0.9)
        return self.share * (1 + self.growth * (year - 2012) / 11) * (1 + spread * (tilt - 1))


def _cells(
    dimension: str, base: str, shares: dict[str, float], spread: float | None = None, **codes: str
) -> list[Cell]:
    return [Cell({**codes, dimension: code}, base, share, spread=spread) for code, share in shares.items()]


def _activity() -> list[Cell]:
    """Return people of working age by sex and activity; women are a little less often employed."""
    return [
        Cell(
            {"AGE": age, "EMPSTA_ENQ": code, "SEX": sex},
            base if sex == "_T" else f"{base} {sex}",
            share * (tilt if code in ("1", "2") else 1.0),
        )
        for age, base, shares in (
            ("Y15T64", "15_64", (1.0, 0.66, 0.055, 0.715, 0.1, 0.11, 0.075)),
            ("Y15T24", "15_24", (1.0, 0.31, 0.06, 0.37, 0.0, 0.55, 0.08)),
        )
        for sex, tilt in (("_T", 1.0), ("F", 0.96), ("M", 1.0384))
        for code, share in zip(("_T", "1", "2", "1T2", "31", "33", "35T36"), shares, strict=True)
    ]


CUBES = {
    "insee_rp_logement": {
        "DS_RP_LOGEMENT_PRINC": [
            *(
                Cell({"OCS": code, "TSH": "_T", "CARS": "_T"}, base, 1.0)
                for code, base in (
                    ("_T", "homes"), ("DW_MAIN", "households"), ("DW_SEC_DW_OCC", "second"), ("DW_VAC", "vacant")
                )
            ),
            Cell({"OCS": "DW_MAIN", "TSH": "100", "CARS": "_T"}, "households", 0.8, -0.14),
            *_cells(
                "TSH",
                "households",
                {"211": 0.2, "221": 0.07, "212_222": 0.015, "300": 0.015},
                OCS="DW_MAIN", CARS="_T",
            ),
            *_cells("CARS", "households", {"C0": 0.09, "C1": 0.44, "C_GE2": 0.47}, OCS="DW_MAIN", TSH="_T"),
        ],
    },
    "insee_rp_familles": {
        "DS_RP_FAMILLE_COMP": [
            *_cells(
                "TFN",
                "families",
                {"_T": 1.0, "1": 0.13, "11": 0.03, "12": 0.1, "21": 0.48, "22": 0.39},
                spread=0.4,
                NCH="_T",
            ),
            *_cells(
                "NCH",
                "families",
                {"CH0_Y_LT25": 0.52, "CH1_Y_LT25": 0.2, "CH2_Y_LT25": 0.2, "CH3_Y_LT25": 0.06, "CH_GE4_Y_LT25": 0.02},
                spread=0.4,
                TFN="_T",
            ),
        ],
        "DS_RP_TD_FAMILLE_AGEENF_COMP": [
            cell
            for age, share in (("Y_LT2", 0.32), ("Y2T5", 0.68))
            for cell in _cells(
                "TFN",
                "0_5",
                {
                    code: share * weight
                    for code, weight in {
                        "A111": 0.01, "A112": 0.01, "A121": 0.06, "A122": 0.05,
                        "A221": 0.64, "A222": 0.16, "A223": 0.04, "A224": 0.03,
                    }.items()
                },
                AGE=age,
            )
        ],
    },
    "insee_rp_menages": {
        "DS_RP_MENAGES_COMP": [
            Cell({"RP_MEASURE": DWELLINGS, "TPH": "_T"}, "households", 1.0),
            Cell({"RP_MEASURE": POPSIZE, "TPH": "_T"}, "all", 0.985),
            Cell({"RP_MEASURE": DWELLINGS, "TPH": "11"}, "households", 0.335, 0.1, spread=0.6),
        ],
    },
    "insee_rp_personnes_seules": {
        "DS_RP_MENAGES_PRINC": [
            Cell({"RP_MEASURE": measure, "AGE": age}, base, share)
            for age, base, alone in (("Y65T79", "65_79", 0.24), ("Y_GE80", "80_plus", 0.47))
            for measure, share in ((ALONE, alone), (POPSIZE, 0.93))
        ],
    },
    "insee_rp_emploi": {
        "DS_RP_EMPLOI_LR_PRINC": _activity(),
        "DS_RP_NAVETTES_PRINC": [
            *_cells(
                "WORK_AREA",
                "workers",
                {"_T": 1.0, "10": 0.42, "21": 0.46, "22": 0.07, "23": 0.04, "24T30": 0.01},
                AGE="Y_GE15", EMPSTA_ENQ="1", TRANS="_T",
            ),
            *_cells(
                "TRANS",
                "workers",
                {"1": 0.09, "2": 0.08, "3": 0.01, "4": 0.01, "5": 0.79, "6": 0.02},
                AGE="Y_GE15", EMPSTA_ENQ="1", WORK_AREA="_T",
            ),
        ],
    },
    "insee_rp_professions": {
        "DS_RP_EMPLOI_LR_COMP": _cells(
            "PCS",
            "active",
            {"1": 0.12, "2": 0.08, "3": 0.09, "4": 0.21, "5": 0.28, "6": 0.22},
            AGE="Y15T64", EMPSTA_ENQ="1T2",
        ),
    },
    "insee_rp_diplomes": {
        "DS_RP_DIPLOMES_PRINC": _cells(
            "EDUC",
            "15_plus",
            {
                "001T100_RP": 0.19, "200_RP": 0.05, "300_RP": 0.25, "350T351_RP": 0.17,
                "500_RP": 0.11, "600_RP": 0.08, "700_RP": 0.06,
            },
            AGE="Y_GE15",
        ),
    },
    "insee_rp_scolarisation": {
        "DS_RP_EDUCATION_PRINC": [
            Cell({"AGE": code, "STUD": state}, base if state == "_T" else known, share, spread=spread)
            for code, base, known, enrolled, varied in (
                ("Y2T5", "2_5", "enrolled", 1.0, 0.0), ("Y6T10", "6_10", "6_10", 0.985, 0.08),
                ("Y11T14", "11_14", "11_14", 0.985, 0.08), ("Y15T17", "15_17", "15_17", 0.95, 0.2),
                ("Y18T24", "18_24", "18_24", 0.43, 1.0),
            )
            for state, share, spread in (("_T", 1.0, 0.0), ("1", enrolled, varied))
        ],
        "DS_RP_TD_EDUCATION_PRINC": [
            Cell({"AGE": f"Y{age}"}, f"enrolled_{age}", 1.0) for age in (2, 3, 4, 5)
        ],
        "DS_RP_TD_POPULATION_AGESEX_PRINC": [Cell({"AGE": f"Y{age}"}, f"{age}", 1.0) for age in (2, 3, 4, 5)],
    },
}  # fmt: skip


# Dataset → dimension, the code of the whole, those of its parts: the whole is known, and its parts are fitted to it.
PARTS = {
    "DS_RP_LOGEMENT_PRINC": (
        ("TSH", "_T", "100 211 221 212_222 300"),
        ("CARS", "_T", "C0 C1 C_GE2"),
    ),
    "DS_RP_FAMILLE_COMP": (
        ("TFN", "_T", "1 21 22"),
        ("TFN", "1", "11 12"),
        ("NCH", "_T", "CH0_Y_LT25 CH1_Y_LT25 CH2_Y_LT25 CH3_Y_LT25 CH_GE4_Y_LT25"),
    ),
    "DS_RP_EMPLOI_LR_PRINC": (("EMPSTA_ENQ", "_T", "1 2 31 33 35T36"),),
    "DS_RP_NAVETTES_PRINC": (("WORK_AREA", "_T", "10 21 22 23 24T30"), ("TRANS", "_T", "1 2 3 4 5 6")),
}
# The same, where the whole is what its parts make.
SUMS = {
    "DS_RP_LOGEMENT_PRINC": (("OCS", "_T", "DW_MAIN DW_SEC_DW_OCC DW_VAC"),),
    "DS_RP_EMPLOI_LR_PRINC": (("EMPSTA_ENQ", "1T2", "1 2"), ("SEX", "_T", "F M")),
}
AT_WORK = "DS_RP_EMPLOI_LR_PRINC"


def own_share(commune: Commune, name: str, least: float, most: float) -> float:
    """Return a share of a commune, between two, that is the same in every cube."""
    return least + (most - least) * (crc32(f"{commune.code} {name}".encode()) % 1001) / 1000


def households(commune: Commune, everyone: float, year: int) -> float:
    """Return how many households so many inhabitants make: larger ones where people are young, and formerly."""
    return everyone / (1.9 + commune.young + EARLIER * (2023 - year))


def bases(commune: Commune, table: np.ndarray, year: int) -> dict[str, float]:
    """Return what the shares are shares of, in a commune and a year."""
    change = population(commune, year) / commune.population if commune.population else 0.0

    def aged(first: int, last: int, sexes: slice = slice(2)) -> float:
        return float(table[sexes, first : last + 1].sum()) * change

    everyone = aged(0, 100)
    homes = households(commune, everyone, year)
    at_2 = aged(2, 2) * own_share(commune, "école à 2 ans", 0.06, 0.18)
    enrolled = {2: at_2} | {
        age: aged(age, age) * own_share(commune, f"école à {age} ans", 0.975, 1.0) for age in (3, 4, 5)
    }
    enrolled = {age: round(number, 1) for age, number in enrolled.items()}
    by_sex = {
        f"{first}_{last} {code}": aged(first, last, slice(row, row + 1))
        for first, last in ((15, 64), (15, 24))
        for row, code in enumerate("FM")
    }
    return {
        "all": everyone,
        "households": homes,
        "families": homes * 0.58,
        "0_5": aged(0, 5),
        "2_5": sum(round(aged(age, age), 1) for age in (2, 3, 4, 5)),
        **{f"{age}": aged(age, age) for age in (2, 3, 4, 5)},
        **{f"enrolled_{age}": number for age, number in enrolled.items()},
        "enrolled": sum(enrolled.values()),
        "6_10": aged(6, 10),
        "11_14": aged(11, 14),
        "15_17": aged(15, 17),
        "18_24": aged(18, 24),
        "15_24": aged(15, 24),
        "15_64": aged(15, 64),
        **by_sex,
        "15_plus": aged(15, 100),
        "0_14": aged(0, 14),
        "25_54": aged(25, 54),
        "55_64": aged(55, 64),
        "55_79": aged(55, 79),
        "active": aged(15, 64) * 0.715,
        "workers": aged(15, 64) * 0.67,
        "65_79": aged(65, 79),
        "80_plus": aged(80, 100),
    }


def _families(values: Values, dimensions: list[str], rules: tuple) -> Iterator[tuple[Codes, list[Codes]]]:
    """Yield each whole of some values and its parts, rule by rule."""
    for dimension, whole, parts in rules:
        at = dimensions.index(dimension)
        for codes in [codes for codes in values if codes[at] == whole]:
            family = [(*codes[:at], part, *codes[at + 1 :]) for part in parts.split()]
            if all(part in values for part in family):
                yield codes, family


def add_up(values: Values, dimensions: list[str], dataset: str) -> None:
    """Make the parts of each whole add up to it, in a commune and a year: the largest takes what rounding leaves."""
    for whole, parts in _families(values, dimensions, PARTS.get(dataset, ())):
        largest = max(parts, key=values.get)
        factor = values[whole] / (sum(values[part] for part in parts) or 1.0)
        values.update({part: round(values[part] * factor, 1) for part in parts})
        values[largest] = round(values[largest] + values[whole] - sum(values[part] for part in parts), 1)
    for whole, parts in _families(values, dimensions, SUMS.get(dataset, ())):
        values[whole] = round(sum(values[part] for part in parts), 1)


def cube(
    dataset: str, cells: list[Cell], known: dict[tuple[str, int], dict[str, float]], generator: np.random.Generator
) -> pd.DataFrame:
    """Return the rows of a cube: each cell of each commune varies around its share, then the larger places.

    known: what the shares are shares of, by commune and year.
    """
    dimensions = list(cells[0].codes)
    rows = []
    for commune, own in drawn(generator):
        tilt = own.normal(1.0, 0.06, len(cells)).clip(0.85, 1.15)
        for year in VINTAGES:
            base = known[commune.code, year]
            values = {
                tuple(map(cell.codes.get, dimensions)): round(float(base[cell.base] * cell.share_with(lean, year)), 1)
                for cell, lean in zip(cells, tilt, strict=True)
            }
            add_up(values, dimensions, dataset)
            rows += [[commune.code, *codes, year, value] for codes, value in values.items()]
    table = by_level(
        pd.DataFrame(rows, columns=["code", *dimensions, "TIME_PERIOD", "value"]), [*dimensions, "TIME_PERIOD"]
    )
    table = table.rename(columns={"value": "OBS_VALUE"}).round({"OBS_VALUE": 1}).assign(OBS_STATUS="A")
    if "RP_MEASURE" not in dimensions:
        table["RP_MEASURE"] = "DWELLINGS" if "OCS" in dimensions else "POP"
    return table[
        ["GEO", "GEO_OBJECT", *dict.fromkeys([*dimensions, "RP_MEASURE"]), "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"]
    ]


def at_work(table: pd.DataFrame, code: str, year: int) -> dict[str, float]:
    """Return the active people of a commune and, of 15 or over, those who have a job, as the cube of activity says."""
    rows = table[table["GEO"].eq(code) & table["TIME_PERIOD"].eq(year) & table["AGE"].eq("Y15T64")]
    states = rows[rows["SEX"].eq("_T")].set_index("EMPSTA_ENQ")["OBS_VALUE"]
    return {"active": float(states["1T2"]), "workers": float(states["1"]) * 1.015}


def flows(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write where people work: in their commune, in the largest of its EPCI, in the town, abroad for a few."""
    town = next(commune for commune in COMMUNES if commune.name == "Exempleville")
    rows = []
    for commune in COMMUNES:
        workers = bases(commune, people[commune.code], 2022)["workers"]
        largest = max(
            (one for one in COMMUNES if commune.epci and one.epci == commune.epci),
            key=lambda one: one.population,
            default=commune,
        )
        shares = {commune: 0.42, largest: 0.33 - 0.02 * (crc32(commune.code.encode()) % 7), town: 0.2}
        if len(shares) < 3:
            shares[commune] = 0.6 + 0.02 * (crc32(commune.code.encode()) % 7)
        places = [(one.code, one.name, share) for one, share in shares.items()]
        places.append(("BE001", "Belgique", 1 - sum(shares.values())))
        rows += [
            (commune.code, commune.name, code, name, round(workers * share, 4))
            for code, name, share in places
            if workers
        ]
    writer = Writer(raw, "insee_rp_flux", "Mobilités domicile-travail", "2022")
    columns = ["CODGEO", "LIBGEO", "DCLT", "L_DCLT", "NBFLUX_C22_ACTOCC15P"]
    writer.write("base-flux-mobilite-domicile-lieu-travail-2022.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def beside_homes(raw: Path) -> Callable[[str, float], dict[str, float]]:
    """Return what gives the second homes and the vacant dwellings of a commune, as many to a household as in 2021."""
    table = pd.read_parquet(raw / "insee_iris_rp2021" / "communes_rp2021.parquet").set_index("code")
    main = table["res_principales"].clip(lower=1)
    second, vacant = table["res_secondaires"] / main, table["logements_vacants"] / main

    def of(code: str, homes: float) -> dict[str, float]:
        beside = {"second": homes * float(second[code]), "vacant": homes * float(vacant[code])}
        return beside | {"homes": homes + sum(beside.values())}

    return of


OF_2022 = {  # columns of the files by commune of 2022, by file: the base and the share of it that each is
    "emploi-pop-active": {
        f"P22_{what}{age}": (f"{age[:2]}_{age[2:]}", share)
        for age, working, seeking in (
            ("1564", 0.66, 0.055), ("1524", 0.31, 0.06), ("2554", 0.81, 0.07), ("5564", 0.6, 0.05)
        )
        for what, share in (("POP", 1.0), ("ACTOCC", working), ("CHOM", seeking))
    } | {"P22_EMPLT": ("15_64", 0.6)},
    "logement": {
        "P22_LOG": ("homes", 1.0), "P22_RP": ("households", 1.0), "P22_RSECOCC": ("second", 1.0),
        "P22_LOGVAC": ("vacant", 1.0), "P22_RP_PROP": ("households", 0.7), "P22_RP_LOC": ("households", 0.285),
        "P22_RP_LOCHLMV": ("households", 0.07), "P22_RP_VOIT1P": ("households", 0.91),
    },
    "coupl-fam-men": {
        "C22_MEN": ("households", 1.0), "C22_MENPSEUL": ("households", 0.36), "C22_MENFAMMONO": ("households", 0.075),
        "C22_MENCOUPAENF": ("households", 0.23), "C22_MENCOUPSENF": ("households", 0.3),
        "P22_POP15P": ("15_plus", 1.0), "P22_POP5579": ("55_79", 1.0), "P22_POP80P": ("80_plus", 1.0),
        "P22_POP1524_PSEUL": ("15_24", 0.1), "P22_POP2554_PSEUL": ("25_54", 0.15),
        "P22_POP5579_PSEUL": ("55_79", 0.24), "P22_POP80P_PSEUL": ("80_plus", 0.4),
    },
    "evol-struct-pop": {"P22_POP": ("all", 1.0), "P22_POP0014": ("0_14", 1.0)},
}  # fmt: skip


def of_2022(raw: Path, known: dict[str, dict[str, float]]) -> None:
    """Write the files by commune of the census of 2022. known: what their columns are shares of, by commune."""
    writer = Writer(raw, "insee_rp2022_communes", "Recensement de 2022", "2022")
    for name, columns in OF_2022.items():
        rows = [(code, *(round(base[of] * share, 1) for of, share in columns.values())) for code, base in known.items()]
        writer.write(f"base-cc-{name}-2022.csv", pd.DataFrame(rows, columns=["CODGEO", *columns]))
    writer.certify()


def write(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write every cube of the census, the files of 2022, and the flows."""
    flows(raw, people)
    generator = np.random.default_rng(2023)
    known = {(one.code, year): bases(one, people[one.code], year) for one in COMMUNES for year in VINTAGES}
    empty = beside_homes(raw)
    known = {(code, year): base | empty(code, base["households"]) for (code, year), base in known.items()}
    in_2022 = {one.code: bases(one, people[one.code], 2022) for one in COMMUNES}
    of_2022(raw, {code: base | empty(code, base["households"]) for code, base in in_2022.items()})
    for source, datasets in CUBES.items():
        writer = Writer(raw, source, f"Recensement, {source.removeprefix('insee_rp_')}", "2012, 2017 et 2023")
        for dataset, cells in datasets.items():
            table = cube(dataset, cells, known, generator)
            writer.write(f"{dataset}_2023_data.csv", table)
            if dataset == AT_WORK:
                known = {place: base | at_work(table, *place) for place, base in known.items()}
        writer.certify()
