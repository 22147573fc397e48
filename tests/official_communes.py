"""The INSEE's own lists of communes, which our yearly tables are held to: the official code, EPCI composition."""

import re

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.absences import restore_absent
from ctg_analysis.cleaning.reading import COMMUNE_CODE, DEPARTEMENT_CODE, SIREN, commune_code, one_of, read, text
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.territories import ARRONDISSEMENT, COMMUNE
from ctg_analysis.sources.certificates import RawFolder

KIND = {"COM": COMMUNE, "ARM": ARRONDISSEMENT}
PARTS_OF_COMMUNES = {"COMD", "COMA"}  # delegated and associated communes: no commune any more
OFFICIAL_CODE = r"(?:v_)?commune_?(20\d\d)\.csv"
SHORT_CODE = r"[1-9]\d{3}"  # of the départements 01 to 09
WITHOUT_EPCI = "ZZZZZZZZZ"

COMMUNES = pa.DataFrameSchema(
    {
        "TYPECOM": one_of(set(KIND)),
        "COM": commune_code(),
        "REG": text(r"\d{2}", "un code de région de 2 chiffres"),
        "DEP": text(DEPARTEMENT_CODE, "un code de département, tel que 01, 2A ou 974"),
        "LIBELLE": pa.Column(TEXT),
        "COMPARENT": text(rf"(?:{COMMUNE_CODE})?", "the commune of an arrondissement, or nothing"),
    },
    unique=["COM"],
)


def _once(codes: pd.Series) -> pd.Series:
    return ~codes.str.zfill(5).duplicated(keep=False)


# The one file where a code may have lost its zero: a spreadsheet has read the codes as numbers and "Faux", the name
# of two communes, as the truth value. What is accepted here is restored by `clean_composition`, and nowhere else.
COMPOSITION = pa.DataFrameSchema(
    {
        "COM": pa.Column(
            TEXT,
            [
                pa.Check.str_matches(
                    rf"^(?:{COMMUNE_CODE}|{SHORT_CODE})$", error="a commune code, its zero lost or not"
                ),
                pa.Check(_once, error="a commune that comes once"),
            ],
        ),
        "LIBGEO": pa.Column(TEXT),
        "EPCI": text(rf"{SIREN}|{WITHOUT_EPCI}", f"a SIREN of 9 digits, or {WITHOUT_EPCI}"),
        "DEP": text(rf"{DEPARTEMENT_CODE}|[1-9]", "a département code, its zero lost or not"),
        "REG": text(r"\d{2}|[1-9]", "a région code, its zero lost or not"),
    },
)


def clean_official_code(folder: RawFolder) -> dict[int, pd.DataFrame]:
    """Return the communes and municipal arrondissements of the official geographic code, by year.

    Columns: code, name, kind, departement, region, zone, parent, as in yearly_geography.clean_communes. It says nothing
    of EPCIs, and the overseas collectivities are in a file apart.
    """

    def keep(rows: pd.DataFrame) -> pd.Series:
        kinds = rows["TYPECOM"] if "TYPECOM" in rows else pd.Series("", index=rows.index)
        return ~kinds.isin(PARTS_OF_COMMUNES)

    years = {}
    for name in folder.matching("*commune*.csv"):
        if year := re.fullmatch(OFFICIAL_CODE, name):
            table = read(folder, name, COMMUNES, keep=keep)
            parent = table["COMPARENT"].replace("", None)
            years[int(year[1])] = _places(table, kind=table["TYPECOM"].map(KIND), parent=parent)
    return years


def clean_composition(folder: RawFolder) -> pd.DataFrame:
    """Return the communes of the INSEE's file of EPCI composition, with the zeros that a spreadsheet took away.

    Columns: code, name, kind, departement, region, zone, parent, epci (missing for the four islands that belong to
    none), as in cleaning.yearly_geography.clean_communes. No municipal arrondissement, no overseas collectivity.
    """
    table = read(folder, "EPCI.csv", COMPOSITION)
    widths = {"COM": 5, "DEP": 2, "REG": 2}
    restored = table.assign(**{column: table[column].str.zfill(width) for column, width in widths.items()})
    restored = restored.assign(LIBELLE=restored["LIBGEO"].replace("FAUX", "Faux"))
    return _places(restored, kind=COMMUNE, parent=None).assign(epci=table["EPCI"].replace(WITHOUT_EPCI, None))


def absent_communes(codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Return the communes that are not among the codes, of the EPCIs that have a commune among them."""
    rows = facts(pd.DataFrame({"code": codes.to_numpy(), "value": 1.0}), "", level="commune", period="", measure="")
    return restore_absent(rows, communes)["code"].iloc[len(rows) :]


def _places(table: pd.DataFrame, **columns) -> pd.DataFrame:
    names = {"COM": "code", "LIBELLE": "name", "DEP": "departement", "REG": "region"}
    places = table[list(names)].rename(columns=names).assign(**columns)
    zone = places["departement"].str.startswith("97").map({True: "drom", False: "metro"})
    return places.assign(zone=zone)[["code", "name", "kind", "departement", "region", "zone", "parent"]]
