"""Write every declared source as the full national files of its producer, figures drawn at random, for measures alone.

    python benchmarks/full_files.py FOLDER [SOURCE]...

FOLDER becomes a data root: the shipped geography and reference, and beside each shipped extract a folder full/ with its
certificate, in the columns and codes that `model/declared/sources/` says, of the communes of the year that it says,
with as
many rows as the producer has. Nothing is written in the project's data. Workbooks are written as CSV.
"""

import datetime
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.csv as arrow_csv
import yaml

from ctg_analysis.clean.frame import FRAME, GEOGRAPHY
from ctg_analysis.clean.layouts import TOTAL
from ctg_analysis.clean.official import AGGREGATES
from ctg_analysis.clean.places import COUNTS, FACILITY_TYPES
from ctg_analysis.model.form import MONTH, QUARTER, Cube, Register, Table
from ctg_analysis.model.settings import DataRoot, data_root
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.model.territories import COMMUNE
from ctg_analysis.raw.folders import CERTIFICATE, FULL, sha256

MOST = 5_000_000  # rows of the largest files of a producer
CENSUSES = ("2012", "2017", "2023")  # the vintages of a file of the census
YEARS = [str(year) for year in range(2013, 2025)]  # those of a file of the Caf, or of the DARES
THINGS = {"rna": 2_000_000, "finess": 100_000, "france_services": 3_000, "annuaire_service_public": 60_000}
LEVELS = {"commune": "COM", "epci": "EPCI", "departement": "DEP", "region": "REG", "france": "FRANCE"}
NAMES = {"dgcl_frr": "zonage_frr.csv", "anct_zonages": "zonages.csv"}  # where no address names the file


class Country:
    """The places of each year, with their inhabitants."""

    def __init__(self, root: DataRoot):
        self._folder = root.raw / GEOGRAPHY
        self.years = sorted(int(path.stem[-4:]) for path in self._folder.glob("communes_*.parquet"))
        self._known: dict[int, dict[str, pd.Series]] = {}

    def places(self, year: int) -> dict[str, pd.Series]:
        """Return the inhabitants by code of the places of each level, in the nearest year that is known."""
        nearest = min(self.years, key=lambda known: abs(known - year))
        if nearest not in self._known:
            table = pd.read_parquet(self._folder / f"communes_{nearest}.parquet")
            table = table[table["type"].eq(COMMUNE) & table["zone"].ne("com")]
            people = table["population_municipale"].fillna(100).clip(lower=1)
            columns = {"commune": "code", "epci": "epci", "departement": "departement", "region": "region"}
            places = {level: people.groupby(table[column]).sum() for level, column in columns.items()}
            self._known[nearest] = places | {"france": pd.Series({"F": people.sum()})}
        return self._known[nearest]


# Extracts, of what another file of the same source has; and sources of a few megabytes whose columns are not drawn.
OTHER_FORMS = {"associations_rna*", "data_es*communes*", "rna_objets*", "acceslibre*communes*", "rp2020_ages_communes*"}
OTHER_FORMS |= {"rp2022_menages_communes_metropole*", "rp2022_voiture_moins15_communes*"}
OTHER_FORMS |= {"FILO2021_ages_menages_EPCI*", "FILO2021_ages_menages_DEP*"}
NOT_DRAWN = {"insee_bpe_2024", "caf_familles", "injep_licences", "insee_rp2020_ages"}


def text_matching(pattern: str) -> str:
    """Return a text that a pattern of the declarations matches.

    >>> text_matching("(?!.*non).*[Mm]ajor.*"), text_matching("A|B"), text_matching(r"0?(?:9|19)\\d{3}")
    ('Major', 'A', '9000')
    """
    plain = re.sub(r"\(\?!.*?\)|\(\?:.*?\)\?|\.\*|\w\?", "", pattern)
    plain = re.sub(r"\(\?:([^|)]*).*?\)", r"\1", plain).split("|")[0]
    plain = re.sub(r"\\d\{(\d)[^}]*\}", lambda digits: "0" * int(digits[1]), plain)
    plain = re.sub(r"\[(.)[^\]]*\]", r"\1", plain).replace("\\", "")
    if not re.fullmatch(pattern, plain):
        raise ValueError(f"no text for the pattern {pattern!r}")
    return plain


def write(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    """Write a CSV as French producers do."""
    options = arrow_csv.WriteOptions(delimiter=";", quoting_style="needed")
    arrow_csv.write_csv(arrow.table(dict(columns)), path, options)


def names_of(source: Source, pattern: str) -> list[str]:
    """Return the names of the files that a layout reads, those that `ctg fetch` gives them first."""
    fetched = [download.name for download in source.downloads if Path(download.name).match(pattern)]
    plain = NAMES.get(source.id) or pattern.replace("*", "2019_" if pattern.startswith("FILO") else "", 1)
    names = fetched or [plain.replace("__", "_").replace("*", "")]
    return [str(Path(name).with_suffix(".csv")) for name in names]


def melodi(path: Path, places: Mapping[str, pd.Series], cells: list[dict[str, str]], periods, draw) -> None:
    """Write a file of Melodi. cells: the combinations of codes of its dimensions, each of all places and periods."""
    dimensions = list(cells[0])
    codes = np.concatenate([places[level].index.to_numpy(dtype=str) for level in LEVELS])
    objects = np.repeat([*LEVELS.values()], [len(places[level]) for level in LEVELS])
    people = np.concatenate([places[level].to_numpy(dtype=float) for level in LEVELS])
    each, rows = len(codes), len(cells) * len(periods)
    shares = np.array([0.5 ** sum(code != TOTAL for code in cell.values()) for cell in cells]).repeat(len(periods))
    values = np.round(shares.repeat(each) * np.tile(people, rows) * draw.uniform(0.5, 1, each * rows), 1)
    columns = {"GEO": np.tile(codes, rows), "GEO_OBJECT": np.tile(objects, rows), "FREQ": np.full(each * rows, "A")}
    columns |= {name: np.array([cell[name] for cell in cells]).repeat(len(periods)).repeat(each) for name in dimensions}
    columns |= {"TIME_PERIOD": np.tile(np.array(periods).repeat(each), len(cells)), "OBS_VALUE": values}
    write(path, columns)


def cells_of(cubes: list[Cube], periods: int, places: int) -> list[dict[str, str]]:
    """Return the combinations of codes that the measures of a file ask for, and others, up to the size of the file."""
    asked = sorted({dimension for cube in cubes for filters in cube.measures.values() for dimension in filters})
    wanted = [
        dict(zip(asked, codes, strict=True))
        for cube in cubes
        for filters in cube.measures.values()
        for codes in product(*(filters.get(dimension, TOTAL).split() for dimension in asked))
    ]
    cells = [dict(cell) for cell in dict.fromkeys(tuple(cell.items()) for cell in wanted)]
    others = max(0, MOST // (periods * places) - len(cells))
    return [cell | {"OTHER": TOTAL} for cell in cells] + [
        cells[number % len(cells)] | {"OTHER": f"X{number}"} for number in range(others)
    ]


def write_cubes(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the files of Melodi of a source."""
    by_file: dict[str, list[Cube]] = {}
    for cube in source.cubes:
        for name in names_of(source, cube.files):
            by_file.setdefault(name, []).append(cube)
    for name, cubes in by_file.items():
        places = country.places(source.geography.cog)
        periods = CENSUSES if name.startswith("DS_RP") else ("2021", "2023")
        cells = cells_of(cubes, len(periods), sum(map(len, places.values())))
        melodi(folder / name, places, cells, periods, draw)


def periods_of(table: Table) -> list[str]:
    """Return the periods of a table, as its producer writes them."""
    if not table.period or re.fullmatch(r"20\d\d", table.period):
        return [""]
    if table.written == MONTH:
        return [f"{year}-12-31" for year in YEARS]
    if table.written == QUARTER:
        return [f"{year}-T{quarter}" for year in YEARS for quarter in range(1, 5)]
    return YEARS[-3:] if table.written == "sheet" else YEARS[-8:]


def write_tables(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the tables of places of a source, those that several layouts read with the columns of all."""
    by_file: dict[str, list[Table]] = {}
    for table in source.tables:
        for name in [] if table.files in OTHER_FORMS else names_of(source, table.files):
            by_file.setdefault(name, []).append(table)
    for name, tables in by_file.items():
        first = tables[0]
        kinds = [dict(kind) for kind in dict.fromkeys(tuple(table.where.items()) for table in tables)]
        kinds = [{column: text_matching(pattern) for column, pattern in kind.items()} for kind in kinds]
        blocks = []
        for period in periods_of(first):
            year = int(period[:4] or 0) + (source.geography.lag or 0) if period else source.geography.cog or 2025
            people = country.places(source.geography.cog or year)[first.level]
            codes = people.index.to_numpy(dtype=str)
            if first.level == "france":
                codes = np.array([first.codes or "France"])
            blocks += [(codes, people.to_numpy(dtype=float), period, kind) for kind in kinds]
        sizes = [len(codes) for codes, *_ in blocks]
        people = np.concatenate([people for _, people, *_ in blocks])
        columns = {first.code: np.concatenate([codes for codes, *_ in blocks])}
        if blocks[0][2] and first.period != first.code:
            aliases = {name: alias for alias, name in first.aliases.items() if alias != "sheet"}
            columns[aliases.get(first.period, first.period)] = np.repeat([period for _, _, period, _ in blocks], sizes)
        elif blocks[0][2]:
            columns[first.period] = np.repeat([period for _, _, period, _ in blocks], sizes)
        columns |= {column: np.repeat([kind[column] for *_, kind in blocks], sizes) for column in kinds[0]}
        year = (re.findall(r"20\d\d", name) or ["2024"])[-1][2:]
        formulas = " ".join(formula for table in tables for formula in table.computed.values())
        asked = [column for table in tables for column in table.measures]
        for column in dict.fromkeys([*asked, *re.findall(r"\w+", formulas)]):
            patterns = {table.flags[column] for table in tables if column in table.flags}
            shown = draw.choice(["", *sorted(map(text_matching, patterns))], len(people)) if patterns else None
            drawn = np.round(people * draw.uniform(0.01, 0.5, len(people)))
            columns[column.replace("{yy}", year)] = drawn if shown is None else shown
        if first.weight:
            columns[text_matching(first.weight)] = people
        for whole, *parts in _differences(tables):
            for part in parts:
                columns[part] = np.round(columns[whole] * draw.uniform(0.01, 0.5, len(people)) / len(parts))
        write(folder / name, columns)


def _differences(tables: list[Table]) -> list[list[str]]:
    """Return the columns of each whole and of the parts that are taken away from it."""
    formulas = [formula for table in tables for formula in table.computed.values()]
    return [formula.split(" - ") for formula in formulas if re.fullmatch(r"\w+(?: - \w+)+", formula)]


def write_registers(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the registers of a source: a row for each thing, in a commune drawn by its inhabitants."""
    for register in source.registers:
        for name in names_of(source, register.files):
            rows = THINGS.get(source.id, 20_000)
            people = country.places(source.geography.cog)["commune"]
            codes = draw.choice(people.index.to_numpy(dtype=str), rows, p=(people / people.sum()).to_numpy())
            write(folder / name, {**_of_register(register, codes), **_tallied(register, rows, draw)})


def _of_register(register: Register, codes: np.ndarray) -> dict[str, np.ndarray]:
    if not register.departement:
        return {register.code: codes}
    overseas = np.char.startswith(codes, "97")
    letters = np.array([f"9{'ABCDEF'[int(code[2]) - 1]}" if code.startswith("97") else code[:2] for code in codes])
    return {register.departement: np.where(overseas, letters, letters), register.code: np.array([c[2:] for c in codes])}


def _tallied(register: Register, rows: int, draw) -> dict[str, np.ndarray]:
    patterns: dict[str, list[str]] = {}
    for tally in register.measures.values():
        for column, pattern in tally.where.items():
            patterns.setdefault(column, []).append(text_matching(pattern))
    sums = {tally.of for tally in register.measures.values() if tally.of != "rows"}
    return {column: draw.choice(texts, rows) for column, texts in patterns.items()} | {
        column: draw.integers(0, 500, rows) for column in sums
    }


def write_ages(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the census by sex and single year of age."""
    places = country.places(source.geography.cog)
    bands = [f"Y{age}T{age + 4}" for age in range(0, 95, 5)]
    single = ["Y0T2", "Y3T5", "Y6T10", "Y11T14", "Y15T17", "Y18T24"]
    ages = [TOTAL, *dict.fromkeys([*single, *(f"Y{age}" for age in range(25, 95)), "Y_GE95"])]
    ages = [TOTAL, *bands, "Y_GE95"] if len(ages) * 3 * 3 * 36_400 > 3 * MOST else ages
    cells = [{"SEX": sex, "AGE": age, "RP_MEASURE": "POP"} for sex in ("F", "M", TOTAL) for age in ages]
    melodi(folder / source.downloads[0].name, places, cells, CENSUSES[1:], draw)


def write_births(source: Source, folder: Path, country: Country, draw) -> None:
    """Write births and deaths, year by year."""
    places = {level: people for level, people in country.places(source.geography.cog).items()}
    for download in source.downloads:
        melodi(folder / download.name, places, [{"EC_MEASURE": "X"}], [*YEARS, "2025"], draw)


def write_facilities(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the facilities of each type, of the communes that have some."""
    people = country.places(source.geography.cog)["commune"]
    known = {code for types in (*FACILITY_TYPES.types.values(), *FACILITY_TYPES.basket.values()) for code in types}
    types = np.array(sorted(known | {f"Z{number:03d}" for number in range(230 - len(known))}))
    there = draw.random((len(types), len(people))) < 0.3
    which, where = np.nonzero(there)
    columns = {"GEO": people.index.to_numpy(dtype=str)[where], "GEO_OBJECT": np.full(len(where), "COM")}
    columns |= {"FACILITY_TYPE": types[which], "BPE_MEASURE": np.full(len(where), "FACILITIES")}
    columns |= {"TIME_PERIOD": np.full(len(where), "2025"), "OBS_VALUE": draw.integers(1, 20, len(where))}
    write(folder / source.downloads[0].name, columns)


def write_flows(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the flows from home to work."""
    people = country.places(source.geography.cog)["commune"]
    codes, rows = people.index.to_numpy(dtype=str), 1_000_000
    columns = {name: draw.choice(codes, rows) for name in ("CODGEO", "DCLT")}
    write(folder / source.downloads[0].name, columns | {"NBFLUX_C22_ACTOCC15P": draw.uniform(1, 90, rows).round(4)})


def write_history(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the population of each commune since 1876."""
    people = country.places(source.geography.cog)["commune"]
    names = [f"PMUN{year}" for year in range(2006, 2024)] + ["PSDC1999", "PSDC1990", "PSDC1982", "PSDC1975", "PSDC1968"]
    names += [f"PTOT{year}" for year in (1954, 1936, 1931, 1926, 1921, 1911, 1906, 1901, 1896, 1891, 1886, 1881, 1876)]
    columns = {name: np.round(people.to_numpy() * draw.uniform(0.8, 1.2, len(people))) for name in names}
    write(folder / "base-pop-historiques-1876-2023.csv", {"CODGEO": people.index.to_numpy(dtype=str), **columns})


def write_schools(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the directory of schools, and their pupils by year."""
    people = country.places(source.geography.cog)["commune"]
    schools, years = 68_000, [f"{year}-{year + 1}" for year in range(2019, 2025)]
    uai = np.array([f"{number:07d}A" for number in range(schools)])
    codes = draw.choice(people.index.to_numpy(dtype=str), schools)
    directory = {"identifiant_de_l_etablissement": uai, "type_etablissement": np.full(schools, "Ecole")}
    directory |= {"statut_public_prive": np.full(schools, "Public"), "code_commune": codes}
    directory |= {"etat": np.full(schools, "OUVERT"), "nombre_d_eleves": draw.integers(5, 900, schools)}
    write(folder / "fr-en-annuaire-education.csv", directory)
    rows = schools * len(years)
    columns = {"rentree_scolaire": np.repeat(years, schools), "numero_ecole": np.tile(uai, len(years))}
    columns |= {"secteur": draw.choice(["PUBLIC", "PRIVE"], rows)}
    columns |= {name: draw.choice(["0", "1"], rows, p=[0.9, 0.1]) for name in ("rep", "rep_plus")}
    numbers = {name: draw.integers(5, 200, rows) for name in COUNTS}
    write(folder / "fr-en-ecoles-effectifs-nb_classes.csv", columns | numbers)


def write_ips(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the social position index of schools, by year."""
    for download in source.downloads:
        schools, years = (32_000 if "ecoles" in download.name else 7_000), ("2022-2023", "2023-2024")
        if "2023" in download.name:
            years = ("2023-2024", "2024-2025")
        people = country.places(2024)["commune"]
        rows = schools * len(years)
        columns = {"rentree_scolaire": np.repeat(years, schools), "nom": np.full(rows, "X")}
        columns |= {"uai": np.tile([f"{number:07d}B" for number in range(schools)], len(years))}
        columns |= {
            "code_insee_de_la_commune": np.tile(draw.choice(people.index.to_numpy(dtype=str), schools), len(years))
        }
        columns |= {"secteur": draw.choice(["public", "privé"], rows), "ips": draw.uniform(60, 150, rows).round(1)}
        write(folder / download.name, columns | {"effectifs": draw.integers(5, 400, rows)})


def write_accounts(source: Source, folder: Path, country: Country, draw) -> None:
    """Write the accounts of the CCAS, by year, and where their seats are."""
    people, count = country.places(source.geography.cog)["commune"], 20_000
    siren = np.array([f"{number:09d}" for number in range(200_000_000, 200_000_000 + count)])
    kinds = [*AGGREGATES, *(f"Agrégat {number}" for number in range(30))]
    rows = count * len(kinds) * 6
    columns = {"exer": np.repeat(YEARS[-6:], rows // 6), "siren": np.tile(np.repeat(siren, len(kinds)), 6)}
    columns |= {"type": np.full(rows, "CCAS"), "type_de_budget": np.full(rows, "Budget principal")}
    columns |= {"agregat": np.tile(kinds, count * 6), "montant": draw.uniform(0, 1e6, rows).round(2)}
    write(folder / "ofgl-base-ccas-cias.csv", columns)
    seats = {"siren": siren, "code_commune": draw.choice(people.index.to_numpy(dtype=str), count, replace=False)}
    write(folder / "rattachement_siren_commune.csv", seats)


BY_HAND = {
    "insee_rp_population": write_ages,
    "insee_etat_civil": write_births,
    "insee_bpe_2025": write_facilities,
    "insee_rp_flux": write_flows,
    "insee_population_historique": write_history,
    "depp_ecoles": write_schools,
    "depp_ips": write_ips,
    "ofgl_ccas": write_accounts,
}


def write_source(source: Source, folder: Path, country: Country) -> bool:
    """Write the full files of a source and their certificate; tell whether it has any."""
    draw = np.random.default_rng(crc32(source.id.encode()))
    folder.mkdir(parents=True)
    if source.id in BY_HAND:
        BY_HAND[source.id](source, folder, country, draw)
    else:
        write_cubes(source, folder, country, draw)
        write_tables(source, folder, country, draw)
        write_registers(source, folder, country, draw)
    certify(source.id, folder)
    return any(folder.glob("*.csv"))


def certify(source: str, folder: Path) -> None:
    """Write the certificate of the files of a folder."""
    words = ("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence", "couverture")
    files = [
        {"fichier": path.name, "octets": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.glob("*.csv"))
    ]
    today = datetime.date(2026, 11, 1).isoformat()
    certificate = dict.fromkeys(words, "tiré au hasard") | {"id": source, "secret_arrondi": "aucun"}
    certificate |= {"date_acces": today, "fichiers": files}
    (folder / CERTIFICATE).write_text(yaml.safe_dump(certificate, allow_unicode=True), encoding="utf-8")


def generate(home: Path, only: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Make a folder a data root with full files; yield the id and the bytes of each source that is written."""
    shipped = data_root()
    if not (home / "reference").is_dir():
        shutil.copytree(shipped.reference, home / "reference")
        shutil.copytree(shipped.raw, home / "raw", ignore=shutil.ignore_patterns(FULL, "demarche", ".*"))
    country = Country(shipped)
    for source in SOURCES.values():
        read = (source.layouts or source.id in BY_HAND) and source.id not in NOT_DRAWN
        folder = home / "raw" / source.id / FULL
        if read and not source.form and source.id not in FRAME and (not only or source.id in only):
            shutil.rmtree(folder, ignore_errors=True)
            if write_source(source, folder, country):
                yield source.id, sum(path.stat().st_size for path in folder.iterdir())
            else:
                shutil.rmtree(folder)


if __name__ == "__main__":
    for name, size in generate(Path(sys.argv[1]).resolve(), tuple(sys.argv[2:])):
        print(f"{name:32} {size / 1e6:8.1f} MB", flush=True)
