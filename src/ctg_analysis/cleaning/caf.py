"""Open data of the Caf: households on benefit, and childcare coverage and places."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.facts import facts, melt
from ctg_analysis.cleaning.reading import COMMUNE_CODE, DEPARTEMENT_CODE, SIREN, count, read, text, year
from ctg_analysis.sources.certificates import RawFolder

UNLOCATED = r"XX|XXX|\d{2}XXX|"  # rows that belong to no place: dropped
ABROAD = "99"  # the same, among the codes of communes

HOUSEHOLD_MEASURES = {
    "indfoy_ndur": "caf_households",
    "indfoy_ndurpaje": "caf_paje_households",
}

# Suffix of the columns at each level: the column of the place, its codes, our level.
LEVELS = {
    "epci": ("numepci", f"{SIREN}|{UNLOCATED}", "epci"),
    "dep": ("numdep", f"{DEPARTEMENT_CODE}|{UNLOCATED}", "departement"),
    "nat": ("national", ".*", "france"),
}

COVERAGE = {
    "txcouv": "childcare_coverage",
    "txcouv_eaje": "childcare_coverage_eaje",
    "txcouv_am_ind": "childcare_coverage_childminders",
    "txcouv_prescol": "childcare_coverage_preschool",
    "txcouv_gad_ind": "childcare_coverage_at_home",
}
PLACES = {"pl_eaje": "eaje_places"}


def clean_households_by_commune(folder: RawFolder) -> pd.DataFrame:
    """Return the households on benefit of each commune in December, rounded to 5 by the Caf, without the MSA."""
    return _households(folder, "numcomdo", f"{COMMUNE_CODE}|{ABROAD}|{UNLOCATED}", "commune")


def clean_households_by_epci(folder: RawFolder) -> pd.DataFrame:
    """Return the households on benefit of each EPCI in December, rounded to 5 by the Caf, without the MSA."""
    return _households(folder, "numepci", f"{SIREN}|{UNLOCATED}", "epci")


def _households(folder: RawFolder, column: str, codes: str, level: str) -> pd.DataFrame:
    schema = pa.DataFrameSchema(
        {
            "dtreffre": text(r"20\d\d-12", "a December, such as 2024-12"),
            column: text(codes, f"the code of a place ({level})"),
            **{name: count() for name in HOUSEHOLD_MEASURES},
        },
        unique=["dtreffre", column],
    )
    table = pd.concat([read(folder, name, schema) for name in folder.matching("*.csv")], ignore_index=True)
    table = table[~table[column].str.fullmatch(f"{ABROAD}|{UNLOCATED}")]
    return melt(table, HOUSEHOLD_MEASURES, folder.certificate.id, code=column, level=level, period="dtreffre")


def clean_coverage(folder: RawFolder) -> pd.DataFrame:
    """Return childcare coverage, in theoretical places for 100 children under 3, as published at each level."""
    return _by_level(folder, "txcouv_pe", COVERAGE)


def clean_places(folder: RawFolder) -> pd.DataFrame:
    """Return the places offered to children under 3, as published at each level."""
    return _by_level(folder, "nbpla_pe", PLACES)


def _by_level(folder: RawFolder, dataset: str, stems: dict[str, str]) -> pd.DataFrame:
    rows = []
    for suffix, (column, codes, level) in LEVELS.items():
        measures = {f"{stem}_{suffix}": measure for stem, measure in stems.items()}
        schema = pa.DataFrameSchema(
            {
                "annee": year(),
                column: text(codes, "the code of a place"),
                **{name: count(nullable=True) for name in measures},
            },
            unique=["annee", column],
        )
        for name in folder.matching(f"{dataset}_{suffix}*.csv"):
            table = read(folder, name, schema)
            table = table[~table[column].str.fullmatch(UNLOCATED)]
            if level == "france":
                table = table.assign(**{column: "F"})
            rows.append(melt(table, measures, folder.certificate.id, code=column, level=level, period="annee"))
    return facts(pd.concat(rows, ignore_index=True), folder.certificate.id)
