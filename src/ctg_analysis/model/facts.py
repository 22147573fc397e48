"""FACTS: the tidy table that every cleaning function returns, one row per place, period, measure and source."""

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ctg_analysis.model.indicator import LEVELS, MISSING, OK, STATUSES

WORDS = ("level", "period", "measure", "source", "status")  # few, and each in many rows
LEVEL, STATUS = pd.CategoricalDtype(LEVELS), pd.CategoricalDtype(STATUSES)
TYPES = {"level": LEVEL, "value": float, "status": STATUS}


# A fact: a figure of a producer, or what it says in the place of it.
# parts: how many figures of the producer were added up, whose roundings add up too. few: how many of them are 0, or are
# withheld and counted as 1, the least that they are: each may hold more, and none holds less. No part: a figure that is
# exact in a source that rounds others.
Facts = pa.DataFrameSchema(
    {
        "code": pa.Column(),
        "level": pa.Column(checks=pa.Check.isin(LEVELS)),
        "period": pa.Column(),
        "measure": pa.Column(),
        "value": pa.Column(float, nullable=True),
        "status": pa.Column(checks=pa.Check.isin(STATUSES)),
        "source": pa.Column(),
        "parts": pa.Column(int, pa.Check.ge(0), coerce=True),
        "few": pa.Column(int, pa.Check.ge(0), coerce=True),
    },
    checks=pa.Check(
        lambda facts: facts["status"].eq(OK) == facts["value"].notna(), error="a value when ok, none otherwise"
    ),
    unique=["code", "level", "period", "measure", "source"],
    strict=True,
    ordered=True,
)
COLUMNS = [*Facts.columns]


def facts(table: pd.DataFrame, source: str, *, level: str = "", **columns) -> pd.DataFrame:
    """Return a table of facts; `level` and `columns` complete or replace those of `table`.

    A value that is absent gets the status `nd` where the table has no status of its own. `write_facts`
    holds them to `Facts`.
    """
    table = table.assign(source=source, **columns)
    if level:
        table["level"] = everywhere(level, LEVEL, table)
    known = everywhere(OK, STATUS, table).mask(table["value"].isna(), MISSING)
    table["status"] = table["status"].astype(STATUS).fillna(known) if "status" in table else known
    for name, alone in {"parts": 1, "few": 0}.items():
        table[name] = table[name].fillna(alone) if name in table else alone
    return table[COLUMNS].astype(TYPES)


def everywhere(word: str, words: pd.CategoricalDtype, table: pd.DataFrame) -> pd.Series:
    """Return a word for each row of a table: held once, where texts would be held for each of them."""
    codes = np.full(len(table), words.categories.get_loc(word))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=words), table.index)


def coded(table: pd.DataFrame) -> pd.DataFrame:
    """Return facts with all their words as categories."""
    return table.astype(dict.fromkeys(WORDS, "category") | {"level": LEVEL, "status": STATUS})


def alike(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return rows made of some facts as facts whose words are held as theirs, which can be put below them."""
    return rows[COLUMNS].astype(table.dtypes[[*WORDS]].to_dict())


def melt(
    table: pd.DataFrame, measures: dict[str, str], source: str, *, code: str, level: str, period: str
) -> pd.DataFrame:
    """Return the facts of a table that has one column per measure; `period` is a column or a constant.

    A column "<name> status" beside a measure says what stands in the place of its missing values.
    """
    place = pd.DataFrame({"code": table[code], "period": table.get(period, period)})
    rows = pd.concat([place] * len(measures), ignore_index=True)
    rows["value"] = pd.concat([table[column] for column in measures], ignore_index=True)
    rows["measure"] = pd.Series([*measures.values()]).repeat(len(table)).reset_index(drop=True)
    if any(f"{column} status" in table for column in measures):
        words = [table.get(f"{column} status", pd.Series(index=table.index, dtype=str)) for column in measures]
        rows["status"] = pd.concat(words, ignore_index=True)
    return facts(rows, source, level=level)
