"""Any file whose layout its source declares: cubes of Melodi, tables of places, registers of things."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatch
from functools import partial

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.official.melodi import TOTAL, observations_schema, read_melodi
from ctg_analysis.cleaning.official.periods import of_the_year, period_column, periods, year_of
from ctg_analysis.cleaning.official.several_files import given_twice, with_former
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
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.facts import facts, melt
from ctg_analysis.core.files import TEXT, header_of
from ctg_analysis.core.layouts import ROWS, Cube, Layout, Register, Table
from ctg_analysis.core.model import MISSING, OK, SECRET
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.certificates import RawFolder
from ctg_analysis.sources.declared_sources import declared_at

CODES = {
    "commune": COMMUNE_CODE,
    "epci": SIREN,
    "departement": DEPARTEMENT_CODE,
    "region": r"\d{2}",
    "france": ".*",
}
PLACE = ["code", "level", "period"]
NO_ROW = "no row with "
OVERSEAS = r"9[A-F]"  # how FINESS writes the départements 971 to 976: only their first two digits are in a code


def clean_declared(source: Source, folder: RawFolder) -> pd.DataFrame:
    """Return the facts of every file of a folder that a layout of the source describes.

    Raises:
        InputError: with every finding; for a guessed name or code, it says which line of the declaration to correct.
    """
    tables, former, findings = [], [], []
    for layout in source.layouts:
        for name in folder.matching(layout.files):
            is_former = isinstance(layout, Table) and layout.former and fnmatch(name, layout.former)
            try:
                (former if is_former else tables).append(_read(layout, folder, name))
            except InputError as error:
                findings += [_with_its_line(finding, source) for finding in error.findings]
    if findings:
        raise InputError(dict.fromkeys(findings))  # a file that several layouts read is wrong once
    if not tables + former:
        expected = f"one of {', '.join(dict.fromkeys(layout.files for layout in source.layouts))}"
        raise InputError([Finding(project_path(folder.path), None, None, "no file that is known", expected)])
    for several in filter(None, (tables, former)):
        findings += given_twice(several, folder)
    if findings:
        raise InputError(findings)
    table = facts(with_former(tables, former), source.id)
    doubtful = table["measure"].isin(source.coverage.doubtful) & table["value"].eq(0) & (not folder.full)
    return table.assign(value=table["value"].mask(doubtful), status=table["status"].mask(doubtful, MISSING))


def _read(layout: Layout, folder: RawFolder, name: str) -> pd.DataFrame:
    match layout:
        case Cube():
            return read_cube(layout, folder, name)
        case Table():
            return read_table(layout, folder, name)
        case Register():
            return read_register(layout, folder, name)


def _with_its_line(finding: Finding, source: Source) -> Finding:
    """Return the finding; where it is about a guess, with the line that declares it."""
    words = [*(finding.column or "").split(", "), *finding.found.removeprefix(NO_ROW).split(", ")]
    for guess in sorted(source.guesses):
        if {guess, *guess.split()}.intersection(words):
            expected = f"{finding.expected}; {guess!r} is a guess so far: correct {declared_at(source, guess)}"
            return replace(finding, expected=expected)
    return finding


def read_cube(layout: Cube, folder: RawFolder, name: str) -> pd.DataFrame:
    """Return the measures of a cube: for each, the sum of its codes; a place that lacks one of them is `nd`.

    An extract may hold some measures only; a full file that lacks a code of a measure is an error.
    """
    path = folder.path / name
    asked = sorted({dimension for filters in layout.measures.values() for dimension in filters})
    present = set(header_of(path)[0]).intersection(asked) if path.is_file() else set()
    codes = {
        dimension: {TOTAL}
        | {code for filters in layout.measures.values() for code in filters.get(dimension, "").split()}
        for dimension in asked
    }
    required = asked if folder.full else sorted(present)
    schema = observations_schema({dimension: pa.Column(TEXT) for dimension in required})
    rows = read_melodi(folder, name, schema, codes)
    rows = rows.assign(**{dimension: TOTAL for dimension in asked if dimension not in present})
    rows = rows.astype(dict.fromkeys(asked, "category"))  # each is looked up in them for each measure
    tables, lacking = [], {}
    for measure, filters in layout.measures.items():
        part, wanted, absent = rows, 1, set()
        for dimension in asked:
            chosen = filters.get(dimension, TOTAL).split()
            wanted *= len(chosen)
            absent = absent or {(dimension, code) for code in set(chosen) - set(part[dimension].unique())}
            part = part[part[dimension].isin(chosen)]
        lacking = dict.fromkeys(absent, measure) | lacking
        if len(part):
            tables.append(_summed(part, wanted).assign(measure=measure))
    if folder.full and lacking:
        raise InputError(
            Finding(project_path(path), None, dimension, NO_ROW + code, f"the code of {measure}")
            for (dimension, code), measure in lacking.items()
        )
    if not tables:
        raise InputError([Finding(project_path(path), None, None, "none of the codes", "some measure")])
    return pd.concat(tables, ignore_index=True)


def _summed(rows: pd.DataFrame, wanted: int) -> pd.DataFrame:
    """Return the sum of `wanted` rows by place and period; secret if one is, `nd` if one is missing."""
    sums = rows.assign(known=rows["status"].eq(OK), hidden=rows["status"].eq(SECRET))
    if wanted > 1:
        sums = sums.groupby(PLACE, as_index=False)[["value", "known", "hidden"]].sum()
    complete = sums["known"].eq(wanted)
    status = complete.map({True: OK, False: MISSING}).mask(sums["hidden"].gt(0), SECRET)
    return sums[PLACE].assign(value=sums["value"].round(6).where(complete), status=status)


def read_table(layout: Table, folder: RawFolder, name: str) -> pd.DataFrame:
    """Return the measures of a table of places, as published."""
    year = year_of(folder, name)
    columns = {column.replace("{yy}", year[2:]): measure for column, measure in layout.measures.items()}
    layout = replace(layout, measures=columns)
    there = {column: folder.holds(name, column) for column in (*layout.measures, *_parts_of(layout))}
    if not any(there.values()):
        expected = f"one of {', '.join(there)}"
        raise InputError([Finding(project_path(folder.path / name), 1, None, "no column that is known", expected)])
    numbers = [column for column in there if column not in layout.flags]
    schema = pa.DataFrameSchema(
        {
            layout.code: text(layout.codes or CODES[layout.level], f"the code of a place ({layout.level})"),
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
    rows = read(folder, name, schema, keep=partial(_kept, layout), aliases=dict(layout.aliases))
    findings = _unmatched(rows, layout.where, folder, name)
    for column, pattern in layout.flags.items():
        flagged = _matching(rows, {column: pattern})
        findings += _unmatched(rows[flagged], {column: pattern}, folder, name)
        rows[column] = flagged.astype(float)
    if findings:
        raise InputError(findings)
    present = {column: measure for column, measure in layout.measures.items() if column in rows}
    if layout.large:
        rows = rows[rows[[*present]].notna().any(axis=1)].reset_index(drop=True)
    rows["period"] = periods(layout, rows, year)
    if layout.repeated:
        first = next(iter(present))
        rows = rows.sort_values(first, kind="stable", na_position="first")
        rows = rows.drop_duplicates([layout.code, "period"], keep="last")
    rows = _with_computed(rows, layout)
    present |= {measure: measure for measure in layout.computed if measure in rows}
    if layout.level == "france":
        rows = rows.assign(**{layout.code: layout.france})
    rows, present = _weighted(rows, present, layout.weight)
    source = folder.certificate.id
    return melt(rows, present, source, code=layout.code, level=layout.level, period="period")


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


def _parts_of(layout: Table) -> list[str]:
    """Return the columns that the computed measures of a layout are made of."""
    return [column for formula in layout.computed.values() for column in re.findall(r"\w+", formula)]


def _with_computed(rows: pd.DataFrame, layout: Table) -> pd.DataFrame:
    """Return the rows with a column for each computed measure: missing, or secret, where a part of it is."""
    columns = {}
    for measure, formula in layout.computed.items():
        parts = re.findall(r"\w+", formula)
        if set(parts) <= set(rows.columns):
            columns[measure] = rows.eval(formula)
            words = rows.reindex(columns=[f"{part} status" for part in parts])
            columns[f"{measure} status"] = words.eq(SECRET).any(axis=1).map({True: SECRET})
    return rows.assign(**columns)


def read_register(layout: Register, folder: RawFolder, name: str) -> pd.DataFrame:
    """Return how many things of each kind there are by commune and period; a commune without any has no row."""
    asked = {measure: {*tally.where, tally.of} - {ROWS} for measure, tally in layout.measures.items()}
    measures = {
        measure: tally
        for measure, tally in layout.measures.items()
        if all(folder.holds(name, column) for column in asked[measure])
    }
    columns = {tally.of for tally in measures.values() if tally.of != ROWS}
    filters = {column for tally in measures.values() for column in tally.where}
    code = r"\d{1,3}" if layout.departement else COMMUNE_CODE
    codes = rf"{code}(?:\W+{code})*" if layout.several else code
    departements = text(f"{DEPARTEMENT_CODE}|{OVERSEAS}", "the code of a département")
    schema = pa.DataFrameSchema(
        {
            layout.code: text("|".join(filter(None, [codes, layout.outside])), "the code of a commune"),
            **({layout.departement: departements} if layout.departement else {}),
            **{column: count(nullable=True) for column in columns},
            **{column: pa.Column(TEXT) for column in filters},
        }
    )
    rows = read(folder, name, schema)
    if layout.outside:
        rows = rows[~rows[layout.code].str.fullmatch(layout.outside)]
    rows = rows.assign(code=_codes(layout, rows), level="commune", period=year_of(folder, name))
    rows = rows.explode("code", ignore_index=True)
    tables, findings = [], []
    for measure, tally in measures.items():
        part = rows[_matching(rows, tally.where)]
        findings += _unmatched(part, tally.where, folder, name)
        value = part[tally.of] if tally.of != ROWS else 1.0
        counted = part.assign(value=value).groupby(PLACE, as_index=False)["value"].sum(min_count=1)
        tables.append(counted.assign(measure=measure))
    if findings:
        raise InputError(findings)
    return pd.concat(tables, ignore_index=True)


def _codes(layout: Register, rows: pd.DataFrame) -> pd.Series:
    """Return the codes of communes of each row: one, or a list of them."""
    if layout.several:
        return rows[layout.code].str.split(r"\W+", regex=True)
    if layout.departement:
        first = rows[layout.departement].str.replace(f"^{OVERSEAS}$", "97", regex=True).str[:2]
        return first + rows[layout.code].str.zfill(3)
    return rows[layout.code]


def _unmatched(rows: pd.DataFrame, where: Mapping[str, str], folder: RawFolder, name: str) -> list[Finding]:
    """Return what is said when no row of a full file matches the patterns of a layout; an extract may lack some."""
    if not folder.full or not where or len(rows):
        return []
    path = project_path(folder.path / name)
    return [Finding(path, None, ", ".join(where), NO_ROW + ", ".join(where.values()), "one row at least")]


def _matching(rows: pd.DataFrame, where: Mapping[str, str]) -> pd.Series:
    """Tell the rows whose columns match their patterns entirely; a column that is absent is reported elsewhere."""
    matching = pd.Series(True, index=rows.index)
    for column, pattern in where.items():
        if column in rows:
            matching &= fully_matches(rows[column], rf"{BLANKS}(?:{pattern}){BLANKS}")
    return matching


def _kept(layout: Table, rows: pd.DataFrame) -> pd.Series:
    kept = _matching(rows, layout.where)
    if layout.outside:
        kept &= ~_matching(rows, {layout.code: layout.outside})
    return kept & of_the_year(layout, rows)
