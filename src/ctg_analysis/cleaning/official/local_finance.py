"""Accounts of the CCAS: OFGL."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import COMMUNE_CODE, read, text
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT
from ctg_analysis.sources.certificates import RawFolder

ACCOUNTS = pa.DataFrameSchema(
    {
        "exer": text(r"(?:20\d\d)(?:-\d\d-\d\d.*)?", "une année de quatre chiffres"),
        "siren": text(r"\d{9}", "un SIREN de 9 chiffres"),
        "type": pa.Column(TEXT),
        "type_de_budget": pa.Column(TEXT),
        "agregat": pa.Column(TEXT),
        "montant": pa.Column(float, nullable=True),
    }
)
SEATS = pa.DataFrameSchema(
    {
        "siren": text(r"\d{9}", "un SIREN de 9 chiffres"),
        "code_commune": text(f"{COMMUNE_CODE}|", "un code de commune"),
        "etatadministratifetablissement": pa.Column(TEXT, required=False),
    }
)
SIRENE = {"codecommuneetablissement": "code_commune"}
CLOSED = "Fermé"
AGGREGATES = {"Dépenses de fonctionnement": "ccas_operating_expenses", "Dépenses d'intervention": "ccas_aid_expenses"}


def clean_ccas(folder: RawFolder) -> pd.DataFrame:
    """Return the yearly expenses of the CCAS of each commune, in euros, on its main budget.

    The accounts name a CCAS by its SIREN: the file rattachement_siren_commune.csv, taken from Sirene, says where
    its seat is. A commune without account has no row: it may help its inhabitants on its own budget. The budgets of
    its homes and services (budgets annexes) are left out.
    """
    accounts, seats = each(lambda function: function(folder), (_accounts, _seats))
    rows = accounts[accounts["montant"].notna()].merge(seats, on="siren", validate="m:1")
    rows = rows.assign(period=rows["exer"].str[:4], measure=rows["agregat"].map(AGGREGATES))
    sums = rows.groupby(["code", "period", "measure"], as_index=False)["montant"].sum()
    return facts(sums.rename(columns={"montant": "value"}), folder.certificate.id, level="commune")


def _accounts(folder: RawFolder) -> pd.DataFrame:
    names = folder.some("ofgl-base-ccas-cias*.csv")
    return pd.concat(each(lambda name: read(folder, name, ACCOUNTS, keep=_asked), names))


def _asked(rows: pd.DataFrame) -> pd.Series:
    """Tell the rows of the main budget of a CCAS in an aggregate that is kept; all, where a column is absent."""
    wanted = {"type": ["CCAS"], "type_de_budget": ["Budget principal"], "agregat": list(AGGREGATES)}
    return rows[[column for column in wanted if column in rows]].isin(wanted).all(axis=1)


def _seats(folder: RawFolder) -> pd.DataFrame:
    """Return the commune of each CCAS (siren, code): that of its open seat when it has a closed one too."""
    tables = each(lambda name: read(folder, name, SEATS, aliases=SIRENE), folder.some("rattachement*.csv"))
    seats = pd.concat(tables, ignore_index=True).rename(columns={"code_commune": "code"})
    if "etatadministratifetablissement" in seats:
        closed = seats["etatadministratifetablissement"].eq(CLOSED)
        seats = seats.assign(closed=closed).sort_values("closed", kind="stable")
    return seats.loc[seats["code"].ne(""), ["siren", "code"]].drop_duplicates("siren")
