"""Facilities by type: INSEE's base permanente des équipements (BPE)."""

from collections.abc import Iterable

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.official.declared import clean_declared
from ctg_analysis.cleaning.official.melodi import observations_schema, read_melodi
from ctg_analysis.cleaning.reading import commune_code, count, one_of, read, text
from ctg_analysis.core.errors import Finding, InputError, each
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder
from ctg_analysis.sources.facility_types import FACILITY_TYPES, FILE

SCHEMA = observations_schema(
    {
        "FACILITY_TYPE": text(r"[A-Z]\d{3}|", "un type d'équipement, tel que D502"),
        "BPE_MEASURE": one_of({"FACILITIES"}),
    }
)
COVERED_TYPES = pa.DataFrameSchema({"FACILITY_TYPE": text(r"[A-Z]\d{3}|", "un type d'équipement, tel que D502")})
COUNTS_2020 = pa.DataFrameSchema(
    {"CODGEO": commune_code(), "NB_.*": count(regex=True, nullable=True)}, unique=["CODGEO"]
)
COVERED = "types_couverts.csv"
COMPOSITION = "BPE_gammes_equipements*"  # the file that says what the ranges are made of
TYPES, BASKET = FACILITY_TYPES.types, FACILITY_TYPES.basket
RANGE = pa.DataFrameSchema(
    {
        "TYPEQU": text(r"[A-Z]\d{3}", "un type d'équipement, tel que D502"),
        "TYPEQU_REGROUPEMENT": pa.Column(TEXT, nullable=True),
        "GAMME": pa.Column(TEXT, nullable=True),
    }
)


def clean_facilities(folder: RawFolder) -> pd.DataFrame:
    """Return the number of facilities of each kind, and how many services of the basket and of the ranges each has.

    A type that the file covers and a commune lacks is a true 0; a kind with a type that the file does not cover
    is unknown and gives no row, and so is a range. The full file covers all the types. Of the ranges, the file that
    tells their composition gives the types; those that INSEE groups (post office, relay, agency) count for one.

    Raises:
        InputError: a full file without one of the types.
    """
    known = {code for types in (*TYPES.values(), *BASKET.values()) for code in types}
    codes = {"FACILITY_TYPE": known, "BPE_MEASURE": {"FACILITIES"}} if folder.full else None
    tables = each(lambda name: read_melodi(folder, name, SCHEMA, codes), folder.some("DS_BPE*.csv"))
    table = pd.concat(tables, ignore_index=True)
    table = table[table["level"].eq("commune")]
    covered = set(table["FACILITY_TYPE"])
    if folder.full and known - covered:
        raise InputError(_unknown(folder, sorted(known - covered)))
    if folder.matching(COVERED):
        covered = set(read(folder, COVERED, COVERED_TYPES)["FACILITY_TYPE"])
    by_type = table.pivot_table("value", ["code", "period"], "FACILITY_TYPE", aggfunc="sum", fill_value=0.0)
    numbers = {measure: _number(by_type, types) for measure, types in TYPES.items() if covered.issuperset(types)}
    if all(covered.intersection(types) for types in BASKET.values()):
        numbers["basket_services_present"] = _present(by_type, BASKET.values())
        numbers["basket_services"] = pd.Series(float(len(BASKET)), by_type.index)
    for measure, services in _ranges(folder).items():
        if all(covered.issuperset(types) for types in services):
            numbers[f"{measure}_types_present"] = _present(by_type, services)
            numbers[f"{measure}_types"] = pd.Series(float(len(services)), by_type.index)
    long = pd.concat(numbers, names=["measure"]).rename("value").reset_index()
    return facts(long, folder.certificate.id, level="commune")


def clean_facilities_2024(folder: RawFolder) -> pd.DataFrame:
    """Return the facilities of the edition of 2024: its full file is laid out as that of 2025, its extract is not."""
    source = SOURCES["insee_bpe_2024"]
    if not folder.full:
        return clean_declared(source, folder)
    table = clean_facilities(folder)
    return table[table["measure"].isin(source.measures)].reset_index(drop=True)


def clean_facilities_2020(folder: RawFolder) -> pd.DataFrame:
    """Return the number of facilities of each kind by commune in the edition of 2020, which has a column for each type.

    A file for each domain; what no file counts has no row. A 0 is a 0: every commune has its row.
    """
    tables = []
    for name in folder.some("equip-*-com-2020*"):
        table = read(folder, name, COUNTS_2020)
        for measure, types in FACILITY_TYPES.types_2020.items():
            columns = [f"NB_{code}" for code in types]
            if set(columns) <= set(table):
                counted = table[["CODGEO"]].assign(value=table[columns].sum(axis=1, skipna=False), measure=measure)
                tables.append(counted.rename(columns={"CODGEO": "code"}))
    if not tables:
        expected = ", ".join(f"NB_{code}" for types in FACILITY_TYPES.types_2020.values() for code in types)
        raise InputError(
            [Finding(project_path(folder.path), 1, None, "aucune colonne connue", f"l'une de ces valeurs : {expected}")]
        )
    return facts(pd.concat(tables, ignore_index=True), folder.certificate.id, level="commune", period="2020")


def _ranges(folder: RawFolder) -> dict[str, list[tuple[str, ...]]]:
    """Return what each range is made of: services, each with its types; nothing without the file that tells it."""
    rows = [read(folder, name, RANGE) for name in folder.matching(COMPOSITION + ".*")]
    if not rows:
        return {}
    table = pd.concat(rows, ignore_index=True)
    group = table["TYPEQU_REGROUPEMENT"].fillna("").str.strip()
    service = group.where(group.ne(""), table["TYPEQU"])
    return {
        measure: [tuple(types) for _, types in table["TYPEQU"][table["GAMME"].str.strip().eq(words)].groupby(service)]
        for measure, words in FACILITY_TYPES.ranges.items()
    }


def _unknown(folder: RawFolder, types: list[str]) -> list[Finding]:
    """Return what is said of the types that a full file should hold: the next edition may number them otherwise."""
    expected = f"une ligne de ce type, ou son nouveau code dans {project_path(FILE)}"
    path = project_path(folder.path)
    return [Finding(path, None, "FACILITY_TYPE", f"aucune ligne avec {code}", expected) for code in types]


def _number(by_type: pd.DataFrame, types: Iterable[str]) -> pd.Series:
    """Return the number of facilities of some types in each commune and year. by_type: a column for each type."""
    return by_type[by_type.columns.intersection(list(types))].sum(axis=1).astype(float)


def _present(by_type: pd.DataFrame, services: Iterable[Iterable[str]]) -> pd.Series:
    """Return how many services, each of some types, every commune and year has."""
    return sum(_number(by_type, types).gt(0).astype(float) for types in services)
