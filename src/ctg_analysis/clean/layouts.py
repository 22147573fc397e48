"""Files whose layout their source declares: cubes of Melodi, tables of places, registers of things."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from functools import partial, reduce
from operator import or_

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.model.errors import Finding, InputError, each
from ctg_analysis.model.facts import LEVEL, STATUS, everywhere, facts, melt
from ctg_analysis.model.form import (
    DECEMBER,
    MONTH,
    QUARTER,
    SHEET,
    YEAR,
    Cube,
    Layout,
    Register,
    Structures,
    Table,
    Tally,
)
from ctg_analysis.model.habits import quote
from ctg_analysis.model.indicator import MISSING, OK, SECRET
from ctg_analysis.model.settings import broken, project_path
from ctg_analysis.model.source import Source, declared_at
from ctg_analysis.raw.certificates import SERIES, RawFolder, given_twice, with_former
from ctg_analysis.raw.files import ROWS, TEXT, header_of, once_each
from ctg_analysis.raw.tables import (
    BLANKS,
    COMMUNE_CODE,
    DEPARTEMENT_CODE,
    SIREN,
    at_most,
    count,
    fully_matches,
    one_of,
    read,
    text,
    year,
)

# How a period is written, what a person expects there, and the period that it becomes: the groups, joined by "-".
PERIODS = {
    YEAR: (r"(20\d\d)(?:-\d\d-\d\d.*)?", "une année de quatre chiffres"),
    SHEET: (r"(?:APL )?(20\d\d)", "une année de quatre chiffres, ou une feuille du nom de son année"),
    MONTH: (r"(20\d\d)-?(\d\d)(?:-\d\d.*)?", "un mois, tel que 2024-12 ou 202412"),
    DECEMBER: (r"(20\d\d)", "une année de quatre chiffres"),
    QUARTER: (r"(20\d\d)-?T[1-4]", "un trimestre, tel que 2024-T4"),
}
KEPT = {MONTH: r"20\d\d-?12(?:-\d\d.*)?", QUARTER: r"20\d\d-?T4"}  # of months December, of quarters the last


def period_column(layout: Table) -> dict[str, pa.Column]:
    """Return the schema of the column of the period; nothing when the layout or the file tells it."""
    if not layout.period or _is_year(layout.period):
        return {}
    form, expected = PERIODS[layout.written]
    return {layout.period: text(form, expected)}


def of_the_year(layout: Table, rows: pd.DataFrame) -> pd.Series:
    """Tell the rows that stand for their year: of months December, of quarters the last; all, of other periods."""
    if layout.written not in KEPT or layout.period not in rows:
        return pd.Series(True, index=rows.index)
    form, _ = PERIODS[layout.written]
    return once_each(  # a wrong one is told later
        rows[layout.period].astype(str),
        lambda texts: texts.str.fullmatch(KEPT[layout.written]) | ~texts.str.fullmatch(form),
    )


def periods(layout: Table, rows: pd.DataFrame, year: str) -> pd.Series | str:
    """Return the period of each row: its column's, or the year of the layout, or that of the file."""
    if _is_year(layout.period) or not layout.period:
        return layout.period or year
    form, _ = PERIODS[layout.written]

    def period(texts: pd.Series) -> pd.Series:
        groups = texts.str.extract(f"^{form}$")
        if layout.written == DECEMBER:
            return groups[0] + "-12"
        return groups.iloc[:, 0].str.cat(groups.iloc[:, 1:], sep="-") if groups.shape[1] > 1 else groups.iloc[:, 0]

    return once_each(rows[layout.period], period)


def year_of(folder: RawFolder, name: str) -> str:
    """Return the last year in the name of a file, else in its vintage, else in the date it was had."""
    words = (name, folder.certificate.vintage, str(folder.certificate.date_acces))
    return next(years[-1] for word in words if (years := re.findall(r"20\d\d", word)))


def _is_year(period: str) -> bool:
    return bool(re.fullmatch(r"20\d\d(?:-20\d\d)?", period))


# Files of INSEE's Melodi: one row per place, period and combination of dimensions.
# The extracts and the full national files are read alike: of a full file, only the levels that we know, and the
# rows where every dimension that nobody asks for is at its total.

LEVEL_OF = {
    "COM": "commune",
    "ARM": "commune",
    "EPCI": "epci",
    "DEP": "departement",
    "REG": "region",
    "FRANCE": "france",
}
TOTAL = "_T"
SECRET_CODE = "C"  # of CONF_STATUS
MISSING_CODE, ELSEWHERE_CODE = "O", "K"  # of OBS_STATUS; K: its figures are in the commune it was merged into
A_VALUE = "une valeur, sauf si CONF_STATUS est C ou OBS_STATUS est O"

# Columns that are no dimension: what is left must be at its total.
PLAIN = {"GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "FREQ", "EC_MEASURE"}
PLAIN |= {"RP_MEASURE", "OBS_STATUS_FR", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE_LABEL"}
PLAIN |= {"UNIT_MEASURE", "UNIT_MULT", "DECIMALS"}


def observations_schema(dimensions: dict[str, pa.Column]) -> pa.DataFrameSchema:
    """Return the schema of a Melodi file with these dimensions besides place and period."""
    place = f"{COMMUNE_CODE}|{DEPARTEMENT_CODE}|{SIREN}|FM?"
    return pa.DataFrameSchema(
        {
            "GEO": text(place, "le code d'un lieu : commune, département, région, EPCI, F ou FM"),
            "GEO_OBJECT": one_of(set(LEVEL_OF)),
            "TIME_PERIOD": year(),
            "OBS_VALUE": count(nullable=True),
            "OBS_STATUS": pa.Column(TEXT, required=False),
            "CONF_STATUS": pa.Column(TEXT, required=False),
            **dimensions,
        },
        checks=pa.Check(_value_or_reason, error=A_VALUE, ignore_na=False),
        unique=["GEO", "GEO_OBJECT", "TIME_PERIOD", *dimensions],
    )


def _value_or_reason(table: pd.DataFrame) -> pd.Series:
    if "OBS_VALUE" not in table:
        return pd.Series(True, index=table.index)
    return table["OBS_VALUE"].notna() | _is(table, "CONF_STATUS", SECRET_CODE) | _is(table, "OBS_STATUS", MISSING_CODE)


def _is(table: pd.DataFrame, column: str, code: str) -> pd.Series:
    return table[column].eq(code) if column in table else pd.Series(False, index=table.index)


def read_melodi(
    folder: RawFolder, name: str, schema: pa.DataFrameSchema, codes: Mapping[str, set[str]] | None = None
) -> pd.DataFrame:
    """Return a Melodi file with the columns code, level, period, value, status and its dimensions.

    codes: dimension → the codes of the rows to keep; all of them by default.
    """

    without_total: set[str] | None = None

    def keep(rows: pd.DataFrame) -> pd.Series:
        nonlocal without_total
        known = ~_is(rows, "OBS_STATUS", ELSEWHERE_CODE)
        # A full file has other zonings, which are left out; an extract has none, and a wrong code there is an error.
        if folder.full and "GEO_OBJECT" in rows:
            known &= rows["GEO_OBJECT"].isin(LEVEL_OF)
        others = set(rows.columns) - set(schema.columns) - PLAIN - {""}
        without_total = others if without_total is None else without_total
        for dimension in others:
            at_total = rows[dimension].eq(TOTAL)
            known &= at_total
            without_total = without_total - {dimension} if at_total.any() else without_total
        for dimension, wanted in (codes or {}).items():
            if dimension in rows:
                known &= rows[dimension].isin(wanted)
        return known

    names = {"GEO": "code", "TIME_PERIOD": "period", "OBS_VALUE": "value"}
    table = read(folder, name, schema, keep=keep).rename(columns=names)
    if without_total:
        expected = f"le total {TOTAL} d'une dimension que rien ne demande, ou son nom dans PLAIN (clean/layouts.py)"
        path = project_path(folder.path / name)
        raise InputError(
            [Finding(path, 1, dimension, f"aucune ligne avec {TOTAL}", expected) for dimension in without_total]
        )
    if table.empty and table.attrs.get(ROWS):
        expected = f"des lignes des niveaux {', '.join(LEVEL_OF)}"
        raise broken(folder.path / name, None, "aucune ligne connue", expected)
    status = everywhere(OK, STATUS, table).mask(table["value"].isna(), MISSING)
    status = status.mask(_is(table, "CONF_STATUS", SECRET_CODE), SECRET)
    level = once_each(table["GEO_OBJECT"], lambda objects: objects.map(LEVEL_OF).astype(LEVEL))
    return table.assign(level=level, status=status)


CODES = {"commune": COMMUNE_CODE, "epci": SIREN, "departement": DEPARTEMENT_CODE, "region": r"\d{2}", "france": ".*"}
NO_ROW = "aucune ligne avec "
NAME = r"[A-Za-z_]\w*"  # of a column, in a formula


def read_tables(layouts: Sequence[Table], folder: RawFolder, name: str) -> list[pd.DataFrame]:
    """Return the measures of tables of places, as published: those of layouts of other rows of one file."""
    year = year_of(folder, name)

    def named(columns: Mapping) -> dict:
        return {column.replace("{yy}", year[2:]): of for column, of in columns.items()}

    layouts = [replace(one, measures=named(one.measures), parts=named(one.parts)) for one in layouts]
    rows = _rows(layouts, folder, name)

    def measures(one: Table) -> pd.DataFrame:
        return _of_table(one, rows[matching(rows, one.where)].reset_index(drop=True), folder, name)

    return each(measures, layouts)


def _rows(layouts: Sequence[Table], folder: RawFolder, name: str) -> pd.DataFrame:
    """The rows of a file that a layout takes, with the columns of the files beside it."""
    layout = layouts[0]
    parts = [column for formula in layout.computed.values() for column in re.findall(NAME, formula)]
    there = {column: folder.holds(name, column) for column in (*layout.measures, *parts)}
    if not any(there.values()):
        expected = f"l'une de ces valeurs : {', '.join(there)}"
        raise broken(folder.path / name, 1, "aucune colonne connue", expected)
    schema = _schema(layout, there)
    rows = read(folder, name, schema, keep=partial(_kept, layouts), aliases=dict(layout.aliases))
    for other in folder.matching(layout.beside) if layout.beside else ():
        more = [column for column in there if column not in rows and folder.holds(other, column)]
        schema = pa.DataFrameSchema({layout.code: pa.Column(TEXT)} | {column: count(nullable=True) for column in more})
        rows = rows.merge(read(folder, other, schema), on=layout.code, how="left", validate="m:1")
    return _coded(rows, layout.where)


def _schema(layout: Table, there: Mapping[str, bool]) -> pa.DataFrameSchema:
    """The schema of a file. there: the columns of its measures, and whether it has them."""

    def number(column: str) -> pa.Column:
        signed = column in layout.signed
        return count(words=layout.words, nullable=True, required=there[column], signed=signed)

    code = text(layout.codes or CODES[layout.level], f"le code d'un lieu ({layout.level})")
    columns = {layout.code: code, **period_column(layout)}
    columns |= {column: pa.Column(TEXT) for column in layout.where}
    columns |= {column: number(column) for column in there if column not in layout.flags}
    columns |= {column: pa.Column(TEXT) for column in layout.flags}
    if layout.weight:
        columns[layout.weight] = count(regex=True, nullable=True, required=False)
    return pa.DataFrameSchema(
        columns,
        checks=[at_most(part, whole) for part, whole in layout.within.items()],
        unique=None if layout.repeated else [layout.code, *period_column(layout), *layout.where],
    )


def _of_table(layout: Table, rows: pd.DataFrame, folder: RawFolder, name: str) -> pd.DataFrame:
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


PLACE = ["code", "level", "period"]
OVERSEAS = r"9[A-F]"  # how FINESS writes the départements 971 to 976: only their first two digits are in a code


def clean_declared(source: Source, folder: RawFolder) -> pd.DataFrame:
    """Return the facts of every file of a folder that a layout of the source describes.

    Raises:
        InputError: with every finding; for a guessed name or code, it says which line of the declaration to correct.
    """
    tables, former, complements, findings = [], [], [], []
    for layouts in _read_together(source.layouts):
        layout = layouts[0]
        for name in folder.matching(layout.files):
            is_former = isinstance(layout, Table) and layout.former and fnmatch(name, layout.former)
            try:
                kept = former if is_former else complements if getattr(layout, "complement", False) else tables
                kept.extend(_read(layouts, folder, name))
            except InputError as error:
                findings += [_with_its_line(finding, source) for finding in error.findings]
    if findings:
        raise InputError(dict.fromkeys(findings))  # a file that several layouts read is wrong once
    if not tables + former:
        expected = f"l'une de ces valeurs : {', '.join(dict.fromkeys(layout.files for layout in source.layouts))}"
        raise broken(folder.path, None, "aucun fichier connu", expected)
    for several in filter(None, (tables, former)):
        findings += given_twice(several, folder)
    if findings:
        raise InputError(findings)
    table = completed(facts(with_former(tables, former), source.id), complements)
    table = with_exact(table, source.precision.rounding)
    doubtful = table["measure"].isin(source.coverage.doubtful) & table["value"].eq(0) & (not folder.full)
    return table.assign(value=table["value"].mask(doubtful), status=table["status"].mask(doubtful, MISSING))


def completed(table: pd.DataFrame, complements: list[pd.DataFrame]) -> pd.DataFrame:
    """Return facts with those of complements where they have no figure."""
    if not complements:
        return table
    every = pd.concat([table, *complements], ignore_index=True)
    known_first = every.sort_values("status", key=lambda status: status.ne(OK), kind="stable")
    return known_first.drop_duplicates(["code", *SERIES]).sort_index(ignore_index=True)


def with_exact(table: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return facts of a source that rounds to a step, those of series that it does not round without a rounding.

    A series of which some figure is no multiple of the step is exact, but for its zeros, which may be withheld.
    """
    if not step:
        return table
    exact = table["value"].mod(step).gt(0).groupby([table[name] for name in SERIES], observed=True).transform("any")
    return table.assign(parts=table["parts"].mask(exact & table["value"].gt(0), 0))


def _read_together(layouts: Iterable[Layout]) -> list[list[Layout]]:
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
            place = next(iter(declared_at(source, guess)), "")
            expected = f"{finding.expected} ; {quote(guess)} n'est encore qu'une supposition : corriger {place}"
            return replace(finding, expected=expected)
    return finding


def read_cube(layout: Cube, folder: RawFolder, name: str) -> pd.DataFrame:
    """Return the measures of a cube: for each, the sum of its codes; a place that lacks one of them is `nd`.

    An extract may hold some measures only; a full file that lacks a code of a measure is an error.
    """
    path, codes = folder.path / name, _codes_asked(layout)
    asked = list(codes)
    present = set(header_of(path)[0]).intersection(asked) if path.is_file() else set()
    required = asked if folder.full else sorted(present)
    schema = observations_schema({dimension: pa.Column(TEXT) for dimension in required})
    rows = read_melodi(folder, name, schema, codes)
    rows = rows.assign(**{dimension: TOTAL for dimension in asked if dimension not in present})
    rows = rows.astype(dict.fromkeys(asked, "category"))  # each is looked up in them for each measure
    tables, lacking = [], {}
    for measure, filters in layout.measures.items():
        chosen = {dimension: filters.get(dimension, TOTAL).split() for dimension in asked}
        part, absent = _of_codes(rows, chosen)
        lacking = dict.fromkeys(absent, measure) | lacking
        if len(part):
            wanted = math.prod(map(len, chosen.values()))
            tables.append(_summed(part, wanted).assign(measure=measure))
    if folder.full and lacking:
        raise InputError(
            Finding(project_path(path), None, dimension, NO_ROW + code, f"le code de {measure}")
            for (dimension, code), measure in lacking.items()
        )
    if not tables:
        raise broken(path, None, "aucun des codes", "une mesure")
    return pd.concat(tables, ignore_index=True)


def _codes_asked(layout: Cube) -> dict[str, set[str]]:
    """The codes that the measures of a cube ask for, by dimension, each with its total."""
    codes: dict[str, set[str]] = {}
    for filters in layout.measures.values():
        for dimension, several in filters.items():
            codes.setdefault(dimension, {TOTAL}).update(several.split())
    return dict(sorted(codes.items()))


def _of_codes(
    rows: pd.DataFrame,
    chosen: Mapping[str, list[str]],
) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """The rows of some codes, and the codes without one, of the first dimension that lacks any."""
    absent: set[tuple[str, str]] = set()
    for dimension, codes in chosen.items():
        unknown = set(codes) - set(rows[dimension].unique())
        absent = absent or {(dimension, code) for code in unknown}
        rows = rows[rows[dimension].isin(codes)]
    return rows, absent


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
    rows = read(folder, name, _register_schema(layout, measures.values()))
    if layout.outside:
        rows = rows[~rows[layout.code].str.fullmatch(layout.outside)]
    rows = rows.assign(code=codes_of(layout, rows), level="commune", period=year_of(folder, name))
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


def _register_schema(layout: Register, tallies: Iterable[Tally]) -> pa.DataFrameSchema:
    """The schema of a register. tallies: those that its columns allow."""
    code = r"\d{1,3}" if layout.departement else COMMUNE_CODE
    known = "|".join(filter(None, [code, layout.outside]))
    columns = {layout.code: text(known, "le code d'une commune")}
    if layout.departement:
        departements = text(f"{DEPARTEMENT_CODE}|{OVERSEAS}", "le code d'un département")
        columns[layout.departement] = departements
    for tally in tallies:
        columns |= {column: count(nullable=True) for column in tally.columns}
    for tally in tallies:
        columns |= {column: pa.Column(TEXT) for column in tally.where}
    return pa.DataFrameSchema(columns)


def codes_of(layout: Register | Structures, rows: pd.DataFrame) -> pd.Series:
    """Return the code of the commune of each thing."""
    if layout.departement:
        first = rows[layout.departement].str.replace(f"^{OVERSEAS}$", "97", regex=True).str[:2]
        return first + rows[layout.code].str.zfill(3)
    return rows[layout.code]
