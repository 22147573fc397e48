"""A raw table held to its schema: every problem at once, each with its line."""

import math
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.compute as compute
from pandera.errors import SchemaErrors

from ctg_analysis.model.errors import MOST, Finding, InputError, counted
from ctg_analysis.model.habits import number_text, quote
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.yaml_files import BIDIRECTIONAL, TURNED_ROUND
from ctg_analysis.raw import files
from ctg_analysis.raw.certificates import RawFolder, integrity

Filled = Path | files.Sheet  # a CSV file, or a sheet of a workbook
# How browsers, Windows, macOS, Linux and mail name a copy: caf (1), caf - Copie, caf copie, caf (copie), Copie de caf.
COPY = re.compile(r"copie de (?P<after>.+)|(?P<before>.+?)(?: ?-? ?\(?copie\)?)?(?: ?\(\d+\))?", re.IGNORECASE)


def tables_in(folder: Path, tables: Collection[files.Headings]) -> files.FilledTables:
    """The tables that a folder holds, each in `<name>.csv` or in a sheet of any workbook there.

    One that is filled in several of them is a finding: nothing tells which is the right one. One that is empty in a
    place and filled in another is the filled one; empty everywhere, it is the sheet, where people look for it.
    """
    found: dict[str, list[Filled]] = {}
    for table in tables:
        path = folder / f"{table.name}.csv"
        if path.is_file():
            found[table.name] = [path]
    findings: list[Finding] = []
    unread: dict[str, Finding] = {}
    for path in files.workbooks_in(folder):
        if original := _copied(path):
            expected = f"un seul des deux : garder le bon sous le nom {original}, supprimer l'autre"
            findings.append(Finding(project_path(path), None, None, f"une copie de {original}", expected))
            continue
        try:
            workbook = files.read_workbook(path, tables)
        except InputError as error:
            findings += error.findings
            unread = dict.fromkeys((table.name for table in tables), error.findings[0]) | unread
            continue
        findings += workbook.findings
        unread |= workbook.unread
        for name, sheet in workbook.tables.items():
            found.setdefault(name, []).append(sheet)
    kept = _one_of_each(found)
    return files.FilledTables(kept.tables, findings + kept.findings, unread | kept.unread)


def _one_of_each(found: dict[str, list[Filled]]) -> files.FilledTables:
    """The table of each name that is filled; those filled in several places are findings.

    Two files that give the same tables are one finding.
    """
    tables: dict[str, Filled] = {}
    unread: dict[str, Finding] = {}
    twice: dict[tuple[Path, Path], list[Finding]] = {}
    for name, several in found.items():
        filled = [table for table in several if is_filled(table)]
        tables[name] = filled[0] if filled else several[-1]
        for other in filled[1:]:
            said = f"une table que donne aussi {files.place_of(filled[0])}"
            unread[name] = Finding(files.place_of(other), None, None, said, files.ONE_FILE)
            twice.setdefault((_file(filled[0]), _file(other)), []).append(unread[name])
    findings: list[Finding] = []
    for (first, second), alike in twice.items():
        said = f"{len(alike)} tables que donne aussi {first.name}"
        expected = "un seul des deux : garder le bon, retirer l'autre"
        both = Finding(project_path(second), None, None, said, expected)
        findings += [both] if len(alike) > 1 else alike
    return files.FilledTables(tables, findings, unread)


def _file(table: Filled) -> Path:
    return table.path if isinstance(table, files.Sheet) else table


def _copied(path: Path) -> str:
    """The name of the file beside a workbook of which it is a copy by its own name; nothing of another."""
    match = COPY.fullmatch(path.stem)
    original = path.with_name(f"{match['before'] or match['after']}{path.suffix}") if match else path
    return original.name if original != path and original.is_file() else ""


def is_filled(table: Filled) -> bool:
    """Whether a table holds anything below its header, be it what cannot be read."""
    if isinstance(table, files.Sheet):
        return len(table.texts) > 0
    with table.open("rb") as file:
        file.readline()
        return any(line.strip(b" ;,\t\r\n") for line in file)


def load_filled(
    table: Filled, choose: files.Choose, most: float = math.inf, *, footer: re.Pattern = files.FOOTER
) -> pd.DataFrame:
    """The cells of a table as texts without spaces around; index: the line of the file, or the row of the sheet.

    choose: header → the columns to read. Columns without a name are left out when nothing is in them. most: rows.
    footer: what a line of a file that is no row begins with; what is known of a sheet tells it.

    Raises:
        InputError: as `files.load` does; cells below a blank heading; too many rows.
    """
    place = files.place_of(table)
    if isinstance(table, files.Sheet):
        chosen = choose(list(table.texts.columns))
        if len(table.texts) > most:
            raise InputError([Finding(place, None, None, f"plus de {most} lignes", f"{most} au plus")])
        return table.texts.loc[:, chosen].apply(lambda cells: cells.str.strip())

    def keep(rows: pd.DataFrame) -> pd.Series:
        nameless = rows.loc[:, [not name.strip() for name in rows.columns]].ne("").any(axis=1)
        if nameless.any():
            raise InputError([Finding(place, int(nameless.idxmax()), None, *files.NO_CODE)])
        return rows.ne("").any(axis=1)

    def named(header: list[str]) -> list[str]:
        return choose([name for name in header if name.strip()])

    texts = files.load(table, named, keep, most=most, footer=footer)
    return texts.apply(lambda cells: cells.str.strip())


A_NUMBER = r"^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+,\d*|,\d+)$"
LARGEST = 1e13  # no count of France is larger, not even in euros
# A commune: five characters, two of them the département. "1001" has lost its zero.
COMMUNE_CODE = r"(?:0[1-9]|[1-8]\d|9[0-589]|2[AB]|97|98)\d{3}"
DEPARTEMENT_CODE = r"(?:0[1-9]|[1-8]\d|9[0-589]|2[AB]|97\d|98\d)"
SIREN = r"\d{9}"
A_YEAR = r"(?:18|19|20)\d\d"

BLANKS = "[\\s\u00a0\u202f]*"
LOOKAHEAD = "(?!"  # which the expressions of Arrow do not have
COLUMN_TWICE = "cette colonne une seconde fois", "chaque colonne une fois"
OWN_COLUMNS = "les seules colonnes de `ctg new` : supprimer celle-ci"
AT_MOST = " au plus égal à "  # between a part and its whole
BLANK, NO_VALUE, A_VALUE = "une case vide", "aucune valeur", "une valeur"


def commune_code() -> pa.Column:
    """Return the schema of a column of commune codes."""
    return text(COMMUNE_CODE, "un code de commune de 5 caractères, tel que 01001")


def text(pattern: str, expected: str, **options) -> pa.Column:
    """Return the schema of a text column whose values match a pattern entirely."""

    return pa.Column(files.TEXT, pa.Check(lambda column: fully_matches(column, pattern), error=expected), **options)


def fully_matches(texts: pd.Series, pattern: str) -> pd.Series:
    """Tell the texts, or the numbers as texts, that a pattern matches entirely."""
    texts = texts if isinstance(texts.dtype, pd.StringDtype) else texts.astype(str)
    if LOOKAHEAD in pattern:
        return texts.str.fullmatch(pattern)
    values = arrow.array(texts.array, arrow.string(), from_pandas=True)
    matching = compute.match_substring_regex(values, rf"\A(?:{pattern})\z")
    return pd.Series(matching.fill_null(False).to_numpy(zero_copy_only=False), index=texts.index)


def is_day(texts: pd.Series) -> pd.Series:
    """Tell the texts that are a day of this century, written as 2026-03-02."""
    written = texts.str.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}")
    return written & pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce").notna()


def one_of(values: set[str], **options) -> pa.Column:
    """Return the schema of a text column with a closed list of values."""
    expected = f"l'une de ces valeurs : {', '.join(sorted(values))}"
    return pa.Column(files.TEXT, pa.Check.isin(values, error=expected), **options)


def count(words: dict[str, str] | None = None, *, signed: bool = False, **options) -> pa.Column:
    """Return the schema of a column of counts: numbers, 0 or more.

    words: what the producer writes in the place of a number → the status that it means ("s" → secret). signed: they
    may be below 0.
    """
    nullable = options.pop("nullable", bool(words))
    checks = [] if signed else [pa.Check.ge(0, error="un nombre, 0 ou plus")]
    return pa.Column(float, checks, nullable=nullable, metadata=words, **options)


def year() -> pa.Column:
    """Return the schema of a column of years, kept as text: a period."""
    return text(A_YEAR, "une année de quatre chiffres")


def at_most(part: str, whole: str) -> pa.Check:
    """Return the check that a part does not exceed its whole, in each row."""
    return pa.Check(
        lambda table: ~(_numbers(table[part]) > _numbers(table[whole])),
        error=f"{part}{AT_MOST}{whole}",
        ignore_na=False,
    )


def _numbers(column: pd.Series) -> pd.Series:
    """Return texts as numbers, with a point or a comma; what is no number, or larger than any, is missing.

    1e5 is one, for R writes a hundred thousand so; 1,5e3 is not.
    """
    if column.dtype.kind not in "iuf":
        texts = compute.ascii_trim_whitespace(arrow.array(column.astype(str), arrow.string(), from_pandas=True))
        plain = compute.if_else(compute.match_substring_regex(texts, A_NUMBER), texts, None)
        numbers = compute.cast(compute.replace_substring(plain, ",", "."), arrow.float64())
        column = pd.Series(numbers.to_numpy(zero_copy_only=False), index=column.index)
    numbers = column.astype(float)
    return numbers.where(numbers.abs().lt(LARGEST))


def read(
    folder: RawFolder,
    name: str,
    schema: pa.DataFrameSchema,
    *,
    aliases: dict[str, str] | None = None,
    keep: files.Keep | None = None,
) -> pd.DataFrame:
    """Return a raw file as a table that satisfies its schema, or raise InputError with every finding.

    The bytes must be those of the certificate. When they are not, the rows are checked all the same, so that
    a person sees what changed as well as that something did.

    aliases: names that other vintages give to columns → the names of the schema. keep: rows, under the names of the
    schema → which to keep.
    """
    path, aliases = folder.path / name, aliases or {}
    sift = keep and (lambda rows: keep(rows.rename(columns=aliases)))
    findings = integrity(folder, name)
    if not path.is_file():
        raise InputError(findings)
    try:
        table = files.load(path, lambda header: _wanted(header, schema, aliases, path), sift).rename(columns=aliases)
        rows, expected = table.attrs[files.ROWS], folder.entry(name).lignes
        if expected is not None and not folder.full and rows != expected:
            findings.append(Finding(project_path(path), None, None, f"{rows} lignes", f"{expected} lignes"))
        table = validate(table, schema, path)
    except InputError as error:
        findings += error.findings
    if findings:
        raise InputError(findings)
    return table.reset_index(drop=True)


def _wanted(header: list[str], schema: pa.DataFrameSchema, aliases: dict[str, str], path: Path) -> list[str]:
    """Return the columns of the header that the schema knows, under any of their names; each of them once."""
    exact = {name for name, column in schema.columns.items() if not column.regex} | set(aliases)
    patterns = [name for name, column in schema.columns.items() if column.regex]
    wanted = [name for name in header if name in exact or any(re.fullmatch(pattern, name) for pattern in patterns)]
    again = pd.Series([aliases.get(name, name) for name in wanted], dtype=object)
    findings = [Finding(project_path(path), 1, name, *COLUMN_TWICE) for name in again[again.duplicated()].unique()]
    if findings:
        raise InputError(findings)
    return wanted


def validate(table: pd.DataFrame, schema: pa.DataFrameSchema, path: Filled) -> pd.DataFrame:
    """Return the table with the schema's types, or raise InputError with a finding for each bad cell (`checked`)."""
    typed, findings = checked(table, schema, path)
    if findings:
        raise InputError(findings)
    return typed


def checked(table: pd.DataFrame, schema: pa.DataFrameSchema, path: Filled) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table with the schema's types, and a finding for each bad cell; that of no number is missing.

    A blank cell of a number is a missing value, which the schema accepts or not. A word that stands for a status
    (`words` of `count`) is a missing value too, and its status goes in the column "<name> status". Of what is no
    number, the description of its column in the schema says what is expected.

    Raises:
        InputError: a column is not there.
    """
    if absent := _absent_columns(table, schema):
        raise InputError(missing_columns(path, absent))
    typed, findings, not_numbers = table.copy(deep=False), [], set()
    for name, column in _number_columns(table, schema).items():
        cells, words = table[name], column.metadata or {}
        typed[name] = _numbers(cells)
        if words:
            typed[f"{name} status"] = cells.map(words).mask(cells.isna(), words.get(""))
            cells = cells.mask(cells.isin(list(words)), "")
        wrong = typed[name].isna() & cells.notna() & cells.ne("")
        if wrong.any():
            not_numbers |= set(table.index[wrong])
            findings += wrong_cells(table.loc[wrong, name], path, column.description or "un nombre")
    try:
        schema.validate(typed, lazy=True, inplace=True)
    except SchemaErrors as errors:
        key = ", ".join(schema.unique or [])
        cases = errors.failure_cases
        of_rows = cases["schema_context"].eq("DataFrameSchema")  # one case for each column of the row
        cases = cases.assign(check=cases["check"].astype(str), place=cases["column"].mask(of_rows, ""))
        no_value = of_rows & ~cases["check"].str.contains(f"uniqueness|{AT_MOST}") | cases["check"].eq("not_nullable")
        cases = cases[~(no_value & cases["index"].isin(not_numbers))].drop_duplicates(["check", "place", "index"])
        for _, alike in cases.groupby(["check", "place"], dropna=False, sort=False):
            rows = alike.head(MOST + 1).to_dict("records")
            findings += counted(range(len(alike)), lambda at, rows=rows: _finding(rows[at], table, path, key))
    return typed, [*set(findings)]


def _absent_columns(table: pd.DataFrame, schema: pa.DataFrameSchema) -> list[str]:
    """The columns that a schema requires, by name or by pattern, and that a table has not."""
    absent = []
    for name, column in schema.columns.items():
        is_there = name in table
        if column.regex:
            is_there |= any(re.fullmatch(name, one) for one in table.columns)
        if column.required and not is_there:
            absent.append(name)
    return absent


def wrong_cells(cells: pd.Series, path: Filled, expected: str) -> list[Finding]:
    """Return what is said of some cells of a column, indexed by their lines."""
    file, column = files.place_of(path), str(cells.name)
    return counted(cells.index, lambda line: Finding(file, int(line), column, _found(cells[line]), expected))


def quote_originals(findings: list[Finding], read: pd.DataFrame, path: Filled) -> list[Finding]:
    """Return the findings about a table, what a person has typed in a cell quoted in the place of what was read there.

    read: the cells, indexed by their lines.
    """
    if not findings:
        return []
    original = load_filled(path, lambda header: [name for name in dict.fromkeys(header) if name in read])
    return [quote_original(one, read, original) for one in findings]


def quote_original(finding: Finding, read: pd.DataFrame, original: pd.DataFrame) -> Finding:
    """Return a finding that quotes a cell with what a person has typed in it. read, original: the same cells."""
    line, column = finding.line, finding.column
    if line not in read.index or column not in original or not read.at[line, column]:
        return finding
    return replace(finding, found=finding.found.replace(quote(read.at[line, column]), quote(original.at[line, column])))


def turned_round(texts: pd.DataFrame, path: Filled) -> list[Finding]:
    """Return the cells of a table, indexed by its lines, that read otherwise than they are written."""
    file = files.place_of(path)
    return [
        Finding(file, int(line), column, *TURNED_ROUND)
        for column in texts
        for line, cell in texts[column].items()
        if BIDIRECTIONAL.search(cell)
    ]


def missing_columns(path: Filled, names: list[str]) -> list[Finding]:
    """Return what is said of columns that a file should have."""
    in_sheet = "ce code dans cette ligne, sous le titre de sa colonne : l'y écrire"
    expected = in_sheet if isinstance(path, files.Sheet) else "cette colonne parmi les titres"
    return [Finding(files.place_of(path), 1, name, "pas de colonne de ce nom", expected) for name in names]


def wrong_columns(path: Filled, columns: Collection[str], header: Collection[str]) -> list[Finding]:
    """Return what is said of the columns that a table lacks and of those that it should not have.

    Where one that is not known stands in the place of one that is lacking, its code was changed: that is one finding.

    columns: in the order in which `ctg new` writes them.
    """
    place, lacking = files.place_of(path), [name for name in columns if name not in header]
    pairs = zip(header, columns, strict=False)
    changed = {found: name for found, name in pairs if found not in columns and name in lacking}
    put_back = "le code de cette colonne : l'écrire dans cette case, tel que `ctg new` l'écrit"
    return [
        *missing_columns(path, [name for name in lacking if name not in changed.values()]),
        *(Finding(place, 1, found, quote(found), f"{quote(name)}, {put_back}") for found, name in changed.items()),
        *(
            Finding(place, 1, name, "une colonne qui n'est pas de cette table", OWN_COLUMNS)
            for name in dict.fromkeys(header)
            if name not in columns and name not in changed
        ),
    ]


def no_headings(table: Filled) -> Finding:
    """Return what is said of a table of which the first line names no column."""
    return Finding(files.place_of(table), 1, None, *files.NO_HEADINGS)


def _number_columns(table: pd.DataFrame, schema: pa.DataFrameSchema) -> dict[str, pa.Column]:
    """Return the schema of each column of numbers of a table, which names it or has a pattern of its name."""
    found = {}
    for pattern, column in schema.columns.items():
        if str(column.dtype) == "float64":
            names = [name for name in table if name == pattern or (column.regex and re.fullmatch(pattern, name))]
            found = dict.fromkeys(names, column) | found
    return {name: found[name] for name in table if name in found}


def _finding(case: dict, table: pd.DataFrame, path: Filled, key: str) -> Finding:
    file, check, column = files.place_of(path), str(case["check"]), str(case["column"])
    line = None if pd.isna(case["index"]) else int(case["index"])
    if check == "not_nullable":
        return Finding(file, line, column, BLANK, A_VALUE)
    if "uniqueness" in check:
        again = ", ".join(str(table.at[line, name]) for name in key.split(", "))
        return Finding(file, line, key, f"{again} une seconde fois", "une clé qui ne vient qu'une fois")
    if AT_MOST in check:
        part, whole = check.split(AT_MOST)
        some, of = (number_text(float(str(table.at[line, name]).replace(",", "."))) for name in (part, whole))
        return Finding(file, line, part, f"{some} pour {of}", check)
    if case["schema_context"] == "DataFrameSchema":
        return Finding(file, line, None, NO_VALUE, check)
    case = case["failure_case"]
    return Finding(file, line, column, _found(case), check)


def _found(cell: str | float) -> str:
    return number_text(cell) if isinstance(cell, float) else quote(cell) if cell else BLANK
