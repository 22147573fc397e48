"""Any file whose layout its source declares: cubes of Melodi, tables of places, registers of things."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatch

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.official.melodi import TOTAL, observations_schema, read_melodi
from ctg_analysis.cleaning.official.periods import year_of
from ctg_analysis.cleaning.official.several_files import SERIES, given_twice, with_former
from ctg_analysis.cleaning.official.tables_of_places import NO_ROW, matching, read_tables, unmatched
from ctg_analysis.cleaning.reading import (
    COMMUNE_CODE,
    DEPARTEMENT_CODE,
    count,
    read,
    text,
)
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT, header_of
from ctg_analysis.core.layouts import Cube, Layout, Register, Table
from ctg_analysis.core.model import MISSING, OK, SECRET
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.certificates import RawFolder
from ctg_analysis.sources.declared_sources import declared_at

PLACE = ["code", "level", "period"]
OVERSEAS = r"9[A-F]"  # how FINESS writes the départements 971 to 976: only their first two digits are in a code


def clean_declared(source: Source, folder: RawFolder) -> pd.DataFrame:
    """Return the facts of every file of a folder that a layout of the source describes.

    Raises:
        InputError: with every finding; for a guessed name or code, it says which line of the declaration to correct.
    """
    tables, former, findings = [], [], []
    for layouts in _read_together(source.layouts):
        layout = layouts[0]
        for name in folder.matching(layout.files):
            is_former = isinstance(layout, Table) and layout.former and fnmatch(name, layout.former)
            try:
                (former if is_former else tables).extend(_read(layouts, folder, name))
            except InputError as error:
                findings += [_with_its_line(finding, source) for finding in error.findings]
    if findings:
        raise InputError(dict.fromkeys(findings))  # a file that several layouts read is wrong once
    if not tables + former:
        expected = f"l'une de ces valeurs : {', '.join(dict.fromkeys(layout.files for layout in source.layouts))}"
        raise InputError([Finding(project_path(folder.path), None, None, "aucun fichier connu", expected)])
    for several in filter(None, (tables, former)):
        findings += given_twice(several, folder)
    if findings:
        raise InputError(findings)
    table = with_exact(facts(with_former(tables, former), source.id), source.precision.rounding)
    doubtful = table["measure"].isin(source.coverage.doubtful) & table["value"].eq(0) & (not folder.full)
    return table.assign(value=table["value"].mask(doubtful), status=table["status"].mask(doubtful, MISSING))


def with_exact(table: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return facts of a source that rounds to a step, those of series that it does not round without a rounding.

    A series of which some figure is no multiple of the step is exact, but for its zeros, which may be withheld.
    """
    if not step:
        return table
    exact = table["value"].mod(step).gt(0).groupby([table[name] for name in SERIES], observed=True).transform("any")
    return table.assign(parts=table["parts"].mask(exact & table["value"].gt(0), 0))


def _read_together(layouts: Iterable[Layout]) -> list[list[Layout]]:
    """Return the layouts in their order, those together that are of other rows of the same files: read once for all."""

    def rest(layout: Layout) -> Layout:
        by_rows = isinstance(layout, Table) and layout.where
        return replace(layout, where=[*layout.where], measures=[*layout.measures]) if by_rows else layout

    groups: list[list[Layout]] = []
    for layout in layouts:
        if groups and rest(groups[-1][0]) == rest(layout):
            groups[-1].append(layout)
        else:
            groups.append([layout])
    return groups


def _read(layouts: Sequence[Layout], folder: RawFolder, name: str) -> list[pd.DataFrame]:
    match layouts[0]:
        case Cube():
            return [read_cube(layouts[0], folder, name)]
        case Table():
            return read_tables(layouts, folder, name)
        case Register():
            return [read_register(layouts[0], folder, name)]


def _with_its_line(finding: Finding, source: Source) -> Finding:
    """Return the finding; where it is about a guess, with the line that declares it."""
    words = [*(finding.column or "").split(", "), *finding.found.removeprefix(NO_ROW).split(", ")]
    for guess in sorted(source.guesses):
        if {guess, *guess.split()}.intersection(words):
            place = declared_at(source, guess)
            expected = f"{finding.expected} ; {guess!r} n'est encore qu'une supposition : corriger {place}"
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
            Finding(project_path(path), None, dimension, NO_ROW + code, f"le code de {measure}")
            for (dimension, code), measure in lacking.items()
        )
    if not tables:
        raise InputError([Finding(project_path(path), None, None, "aucun des codes", "une mesure")])
    return pd.concat(tables, ignore_index=True)


def _summed(rows: pd.DataFrame, wanted: int) -> pd.DataFrame:
    """Return the sum of `wanted` rows by place and period; secret if one is, `nd` if one is missing."""
    sums = rows.assign(known=rows["status"].eq(OK), hidden=rows["status"].eq(SECRET))
    if wanted > 1:
        sums = sums.groupby(PLACE, as_index=False)[["value", "known", "hidden"]].sum()
    complete = sums["known"].eq(wanted)
    status = complete.map({True: OK, False: MISSING}).mask(sums["hidden"].gt(0), SECRET)
    return sums[PLACE].assign(value=sums["value"].round(6).where(complete), status=status)


def read_register(layout: Register, folder: RawFolder, name: str) -> pd.DataFrame:
    """Return how many things of each kind there are by commune and period; a commune without any has no row."""
    asked = {measure: {*tally.where, *tally.columns} for measure, tally in layout.measures.items()}
    measures = {
        measure: tally
        for measure, tally in layout.measures.items()
        if all(folder.holds(name, column) for column in asked[measure])
    }
    columns = {column for tally in measures.values() for column in tally.columns}
    filters = {column for tally in measures.values() for column in tally.where}
    code = r"\d{1,3}" if layout.departement else COMMUNE_CODE
    codes = rf"{code}(?:\W+{code})*" if layout.several else code
    departements = text(f"{DEPARTEMENT_CODE}|{OVERSEAS}", "le code d'un département")
    schema = pa.DataFrameSchema(
        {
            layout.code: text("|".join(filter(None, [codes, layout.outside])), "le code d'une commune"),
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
        part = rows[matching(rows, tally.where)]
        findings += unmatched(part, tally.where, folder, name)
        value = part[tally.columns].sum(axis=1, skipna=False) if tally.columns else 1.0
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
