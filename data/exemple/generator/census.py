"""The census by theme: cubes in the form of Melodi, at three vintages and every level."""

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from generator.places import COMMUNES, VINTAGES, Commune, Writer, by_level, drawn, population

DWELLINGS, POPSIZE, ALONE = "DWELLINGS", "DWELLINGS_POPSIZE", "ONEPERS"


@dataclass(frozen=True)
class Cell:
    """A combination of codes: its share of a base, and by how much that share grows from 2012 to 2023.

    steady: the share is the same everywhere.
    """

    codes: dict[str, str]
    base: str
    share: float
    growth: float = 0.0
    steady: bool = False


def _cells(dimension: str, base: str, shares: dict[str, float], growth: float = 0.0, **codes: str) -> list[Cell]:
    return [Cell({**codes, dimension: code}, base, share, growth) for code, share in shares.items()]


def _activity() -> list[Cell]:
    """Return people of working age by sex and activity; women are a little less often employed."""
    cells = []
    for age, base, states in (
        ("Y15T64", "15_64", {"_T": 1.0, "1": 0.66, "2": 0.055, "1T2": 0.715, "31": 0.1, "33": 0.11, "35T36": 0.075}),
        ("Y15T24", "15_24", {"_T": 1.0, "1": 0.31, "2": 0.06, "1T2": 0.37, "31": 0.0, "33": 0.55, "35T36": 0.08}),
    ):
        for sex, weight, tilt in (("_T", 1.0, 1.0), ("F", 0.49, 0.96), ("M", 0.51, 1.0384)):
            for code, share in states.items():
                cells.append(
                    Cell(
                        {"AGE": age, "EMPSTA_ENQ": code, "SEX": sex},
                        base,
                        weight * share * (tilt if code != "_T" else 1),
                    )
                )
    return cells


CUBES = {
    "insee_rp_logement": {
        "DS_RP_LOGEMENT_PRINC": [
            *_cells(
                "OCS",
                "homes",
                {"_T": 1.0, "DW_MAIN": 0.66, "DW_SEC_DW_OCC": 0.23, "DW_VAC": 0.11},
                0.05,
                TSH="_T",
                CARS="_T",
            ),
            *_cells(
                "TSH",
                "homes",
                {"100": 0.46, "211": 0.13, "221": 0.05, "212_222": 0.01, "300": 0.01},
                OCS="DW_MAIN",
                CARS="_T",
            ),
            *_cells("CARS", "homes", {"C0": 0.06, "C1": 0.29, "C_GE2": 0.31}, OCS="DW_MAIN", TSH="_T"),
        ],
    },
    "insee_rp_familles": {
        "DS_RP_FAMILLE_COMP": [
            *_cells("TFN", "families", {"_T": 1.0, "1": 0.13, "11": 0.03, "12": 0.1, "21": 0.48, "22": 0.39}, NCH="_T"),
            *_cells(
                "NCH",
                "families",
                {"CH0_Y_LT25": 0.52, "CH1_Y_LT25": 0.2, "CH2_Y_LT25": 0.2, "CH3_Y_LT25": 0.06, "CH_GE4_Y_LT25": 0.02},
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
            Cell({"RP_MEASURE": POPSIZE, "TPH": "_T"}, "households", 2.12, -0.1),
            Cell({"RP_MEASURE": DWELLINGS, "TPH": "11"}, "households", 0.36, 0.1),
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
            Cell({"AGE": code, "STUD": state}, base, 1.0 if state == "_T" else enrolled)
            for code, base, enrolled in (
                ("Y2T5", "2_5", 0.78), ("Y6T10", "6_10", 0.98), ("Y11T14", "11_14", 0.985),
                ("Y15T17", "15_17", 0.95), ("Y18T24", "18_24", 0.43),
            )
            for state in ("_T", "1")
        ],
        "DS_RP_TD_EDUCATION_PRINC": _cells("AGE", "2_5", {"Y2": 0.03, "Y3": 0.21, "Y4": 0.215, "Y5": 0.215}),
        "DS_RP_TD_POPULATION_AGESEX_PRINC": [
            Cell({"AGE": f"Y{age}"}, "2_5", 0.25, steady=True) for age in (2, 3, 4, 5)
        ],
    },
}  # fmt: skip


def bases(commune: Commune, table: np.ndarray, year: int) -> dict[str, float]:
    """Return what the shares are shares of, in a commune and a year."""
    change = population(commune, year) / commune.population if commune.population else 0.0

    def aged(first: int, last: int) -> float:
        return float(table[:, first : last + 1].sum()) * change

    everyone = aged(0, 100)
    return {
        "homes": everyone / 1.38,
        "households": everyone / 2.12,
        "families": everyone * 0.28,
        "0_5": aged(0, 5),
        "2_5": aged(2, 5),
        "6_10": aged(6, 10),
        "11_14": aged(11, 14),
        "15_17": aged(15, 17),
        "18_24": aged(18, 24),
        "15_24": aged(15, 24),
        "15_64": aged(15, 64),
        "15_plus": aged(15, 100),
        "active": aged(15, 64) * 0.715,
        "workers": aged(15, 64) * 0.67,
        "65_79": aged(65, 79),
        "80_plus": aged(80, 100),
    }


def cube(cells: list[Cell], people: dict[str, np.ndarray], generator: np.random.Generator) -> pd.DataFrame:
    """Return the rows of a cube: each cell of each commune varies around its share, then the larger places."""
    dimensions = list(cells[0].codes)
    rows = []
    for commune, own in drawn(generator):
        tilt = own.normal(1.0, 0.06, len(cells)).clip(0.85, 1.15)
        for year in VINTAGES:
            known = bases(commune, people[commune.code], year)
            for number, cell in enumerate(cells):
                grown = 1 + cell.growth * (year - 2012) / 11
                exact = (
                    known[cell.base] * cell.share * grown * (1.0 if cell.steady or cell.share >= 0.9 else tilt[number])
                )
                codes = [cell.codes[dimension] for dimension in dimensions]
                rows.append([commune.code, *codes, year, float(round(exact, 1))])
    table = by_level(
        pd.DataFrame(rows, columns=["code", *dimensions, "TIME_PERIOD", "value"]), [*dimensions, "TIME_PERIOD"]
    )
    table = table.rename(columns={"value": "OBS_VALUE"}).round({"OBS_VALUE": 1}).assign(OBS_STATUS="A")
    if "RP_MEASURE" not in dimensions:
        table["RP_MEASURE"] = "DWELLINGS" if "OCS" in dimensions else "POP"
    return table[
        ["GEO", "GEO_OBJECT", *dict.fromkeys([*dimensions, "RP_MEASURE"]), "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"]
    ]


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


def write(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write every cube of the census, and the flows."""
    flows(raw, people)
    generator = np.random.default_rng(2023)
    for source, datasets in CUBES.items():
        writer = Writer(raw, source, f"Recensement, {source.removeprefix('insee_rp_')}", "2012, 2017 et 2023")
        for dataset, cells in datasets.items():
            writer.write(f"{dataset}_2023_data.csv", cube(cells, people, generator))
        writer.certify()
