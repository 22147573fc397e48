"""Tables of places: one row for each, one column or one set of rows for each measure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import or_

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.official.periods import of_the_year, period_column, periods, year_of
from ctg_analysis.cleaning.reading import (
    BLANKS,
    COMMUNE_CODE,
    DEPARTEMENT_CODE,
    SIREN,
    count,
    fully_matches,
    read,
    text,
)
from ctg_analysis.core.errors import Finding, InputError, each
from ctg_analysis.core.facts import melt
from ctg_analysis.core.files import TEXT, once_each
from ctg_analysis.core.layouts import Table
from ctg_analysis.core.model import SECRET
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.certificates import RawFolder

CODES = {
    "commune": COMMUNE_CODE,
    "epci": SIREN,
    "departement": DEPARTEMENT_CODE,
    "region": r"\d{2}",
    "france": ".*",
}
NO_ROW = "aucune ligne avec "
NAME = r"[A-Za-z_]\w*"  # of a column, in a formula


def read_tables(layouts: Sequence[Table], folder: RawFolder, name: str) -> list[pd.DataFrame]:
    """Return the measures of tables of places, as published: those of layouts of other rows of one file."""
    year = year_of(folder, name)
    layouts = [
        replace(one, measures={key.replace("{yy}", year[2:]): of for key, of in one.measures.items()})
        for one in layouts
    ]
    rows = _rows(layouts, folder, name)

    def measures(one: Table) -> pd.DataFrame:
        return _of_table(one, rows[matching(rows, one.where)].reset_index(drop=True), folder, name)

    return each(measures, layouts)


def _rows(layouts: Sequence[Table], folder: RawFolder, name: str) -> pd.DataFrame:
    """Return the rows of a file that some of the layouts ask for."""
    layout = layouts[0]
    parts = [column for formula in layout.computed.values() for column in re.findall(NAME, formula)]
    there = {column: folder.holds(name, column) for column in (*layout.measures, *parts)}
    if not any(there.values()):
        expected = f"l'une de ces valeurs : {', '.join(there)}"
        raise InputError([Finding(project_path(folder.path / name), 1, None, "aucune colonne connue", expected)])
    numbers = [column for column in there if column not in layout.flags]
    schema = pa.DataFrameSchema(
        {
            layout.code: text(layout.codes or CODES[layout.level], f"le code d'un lieu ({layout.level})"),
            **period_column(layout),
            **{column: pa.Column(TEXT) for column in layout.where},
            **{
                column: count(words=layout.words, nullable=True, required=there[column], signed=column in layout.signed)
                for column in numbers
            },
            **{column: pa.Column(TEXT) for column in layout.flags},
            **({layout.weight: count(regex=True, nullable=True, required=False)} if layout.weight else {}),
        },
        unique=None if layout.repeated else [layout.code, *period_column(layout), *layout.where],
    )
    rows = read(folder, name, schema, keep=partial(_kept, layouts), aliases=dict(layout.aliases))
    for other in folder.matching(layout.beside) if layout.beside else ():
        more = [column for column in there if column not in rows and folder.holds(other, column)]
        schema = pa.DataFrameSchema({layout.code: pa.Column(TEXT)} | {column: count(nullable=True) for column in more})
        rows = rows.merge(read(folder, other, schema), on=layout.code, how="left", validate="m:1")
    return _coded(rows, layout.where)


def _of_table(layout: Table, rows: pd.DataFrame, folder: RawFolder, name: str) -> pd.DataFrame:
    """Return the measures of a layout, from its rows."""
    findings = unmatched(rows, layout.where, folder, name)
    for column, pattern in layout.flags.items():
        flagged = matching(rows, {column: pattern})
        findings += unmatched(rows[flagged], {column: pattern}, folder, name)
        rows = rows.assign(**{column: flagged.astype(float)})
    if findings:
        raise InputError(findings)
    present = {column: measure for column, measure in layout.measures.items() if column in rows}
    if layout.large:
        rows = rows[rows[[*present]].notna().any(axis=1)].reset_index(drop=True)
    rows = rows.assign(period=periods(layout, rows, year_of(folder, name)))
    if layout.repeated:
        first = next(iter(present))
        rows = rows.sort_values(first, kind="stable", na_position="first")
        rows = rows.drop_duplicates([layout.code, "period"], keep="last")
    rows = _with_computed(rows, layout)
    present |= {measure: measure for measure in layout.computed if measure in rows}
    if layout.level == "france":
        rows = rows.assign(**{layout.code: layout.france})
    rows, present = _weighted(rows, present, layout.weight)
    table = melt(rows, present, folder.certificate.id, code=layout.code, level=layout.level, period="period")
    several = {present[column]: parts for column, parts in layout.parts.items() if column in present}
    return table.assign(parts=table["measure"].map(several).fillna(1).astype(int)) if several else table


def _weighted(rows: pd.DataFrame, measures: dict[str, str], weight: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the rows with each index times its weight, and the measures that these are, where a file has the weight.

    weight: pattern of its columns; each sheet of a workbook may name its own, after the year of its inhabitants.
    """
    columns = [column for column in rows if weight and re.fullmatch(weight, column)]
    if not columns:
        return rows, measures
    people = rows[columns].bfill(axis=1).iloc[:, 0]
    totals = {f"{measure}_total": rows[column] * people for column, measure in measures.items()}
    inhabitants = {f"{measure}_inhabitants": people.where(rows[column].notna()) for column, measure in measures.items()}
    added = totals | inhabitants
    return rows.assign(**added), {name: name for name in added}


def _with_computed(rows: pd.DataFrame, layout: Table) -> pd.DataFrame:
    """Return the rows with a column for each computed measure: missing, or secret, where a part of it is."""
    columns = {}
    for measure, formula in layout.computed.items():
        parts = re.findall(NAME, formula)
        if set(parts) <= set(rows.columns):
            columns[measure] = rows.eval(formula)
            words = rows.reindex(columns=[f"{part} status" for part in parts])
            columns[f"{measure} status"] = words.eq(SECRET).any(axis=1).map({True: SECRET})
    return rows.assign(**columns)


def unmatched(rows: pd.DataFrame, where: Mapping[str, str], folder: RawFolder, name: str) -> list[Finding]:
    """Return what is said when no row of a full file matches the patterns of a layout; an extract may lack some."""
    if not folder.full or not where or len(rows):
        return []
    path = project_path(folder.path / name)
    return [Finding(path, None, ", ".join(where), NO_ROW + ", ".join(where.values()), "une ligne au moins")]


def matching(rows: pd.DataFrame, where: Mapping[str, str]) -> pd.Series:
    """Tell the rows whose columns match their patterns entirely; a column that is absent is reported elsewhere."""
    every = pd.Series(True, index=rows.index)
    for column, pattern in where.items():
        if column in rows:
            whole = rf"{BLANKS}(?:{pattern}){BLANKS}"
            every &= once_each(rows[column], lambda texts, whole=whole: fully_matches(texts, whole))
    return every


def _coded(rows: pd.DataFrame, where: Iterable[str]) -> pd.DataFrame:
    """Return the rows with the columns of filters as categories: each is looked up in them for each layout."""
    return rows.astype({column: "category" for column in where if column in rows})


def _kept(layouts: Sequence[Table], rows: pd.DataFrame) -> pd.Series:
    layout, coded = layouts[0], _coded(rows, layouts[0].where)
    kept = reduce(or_, (matching(coded, one.where) for one in layouts))
    if layout.outside:
        kept &= ~matching(rows, {layout.code: layout.outside})
    return kept & of_the_year(layout, rows)
