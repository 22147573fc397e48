"""Opening a raw file and holding it to its schema: every problem at once, each with its line."""

import codecs
import csv
import re
from io import BytesIO
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from pandera.errors import SchemaErrors

from ctg_analysis.errors import Finding, InputError
from ctg_analysis.settings import project_path
from ctg_analysis.sources.certificates import RawFolder, integrity

# A commune: five characters, two of them the département. "1001" has lost its zero.
COMMUNE_CODE = r"(?:0[1-9]|[1-8]\d|9[0-589]|2[AB]|97|98)\d{3}"
DEPARTEMENT_CODE = r"(?:0[1-9]|[1-8]\d|9[0-589]|2[AB]|97\d|98\d)"
SIREN = r"\d{9}"

MAXIMUM_BYTES = 1_000_000_000
BLANK, A_VALUE = "a blank cell", "a value"
FIRST_LINE = {".csv": 2, ".parquet": 1}  # line of the first row as a person counts


def commune_code() -> pa.Column:
    """Return the schema of a column of commune codes."""
    return text(COMMUNE_CODE, "a commune code of 5 characters, such as 01001 or 2A004")


def text(pattern: str, expected: str, **options) -> pa.Column:
    """Return the schema of a text column whose values match a pattern entirely."""
    return pa.Column(str, pa.Check.str_matches(f"^(?:{pattern})$", error=expected), **options)


def one_of(values: set[str], **options) -> pa.Column:
    """Return the schema of a text column with a closed list of values."""
    return pa.Column(str, pa.Check.isin(values, error=f"one of {', '.join(sorted(values))}"), **options)


def count(**options) -> pa.Column:
    """Return the schema of a column of counts: numbers, 0 or more."""
    return pa.Column(float, pa.Check.ge(0, error="a count of 0 or more"), **options)


def year() -> pa.Column:
    """Return the schema of a column of years, kept as text: a period."""
    return text(r"(?:18|19|20)\d\d", "a year of four digits")


def at_most(part: str, whole: str) -> pa.Check:
    """Return the check that a part does not exceed its whole, in each row."""
    return pa.Check(
        lambda table: ~(_numbers(table[part]) > _numbers(table[whole])),
        error=f"{part} at most {whole}",
        ignore_na=False,
    )


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce")


def read(folder: RawFolder, name: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return a raw file as a table that satisfies its schema, or raise InputError with every finding.

    The bytes must be those of the certificate. When they are not, the rows are checked all the same, so that
    a person sees what changed as well as that something did.
    """
    path = folder.path / name
    findings = integrity(folder, name)
    if not path.is_file():
        raise InputError(findings)
    try:
        table = validate(_load(path), schema, path)
        expected = folder.entry(name).lignes
        if expected is not None and len(table) != expected:
            findings.append(Finding(project_path(path), None, None, f"{len(table)} rows", f"{expected} rows"))
    except InputError as error:
        findings += error.findings
    if findings:
        raise InputError(findings)
    return table


def _load(path: Path) -> pd.DataFrame:
    if path.stat().st_size > MAXIMUM_BYTES:
        raise InputError([Finding(project_path(path), None, None, "more than 1 GB", "a smaller file")])
    if path.suffix == ".parquet":
        return _load_parquet(path)
    return _load_csv(path)


def _load_parquet(path: Path) -> pd.DataFrame:
    try:
        return parquet.read_table(path).to_pandas()
    except (arrow.ArrowInvalid, OSError) as error:
        raise InputError(
            [Finding(project_path(path), None, None, "a truncated or foreign file", "a whole Parquet file")]
        ) from error


def _load_csv(path: Path) -> pd.DataFrame:
    """Read every cell as text; the index is the line number less two."""
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    shown = project_path(path)
    try:
        header = next(csv.reader([content.decode("utf-8").partition("\n")[0]], delimiter=";"), [])
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02x}"
        raise InputError([Finding(shown, line, None, found, "text in UTF-8")]) from error
    if not header:
        raise InputError([Finding(shown, 1, None, "an empty file", "a header and rows")])
    ragged: list[arrow_csv.InvalidRow] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    table = arrow_csv.read_csv(
        BytesIO(content),
        read_options=arrow_csv.ReadOptions(use_threads=False),  # line numbers are known without threads only
        parse_options=arrow_csv.ParseOptions(
            delimiter=";", newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: arrow.string() for name in header}, strings_can_be_null=False
        ),
    ).to_pandas()
    if ragged:
        raise InputError(
            Finding(shown, row.number, None, f"{row.actual_columns} cells", f"{row.expected_columns}, as in the header")
            for row in ragged
        )
    blank_lines = table.eq("").all(axis=1)
    return table[~blank_lines]


def validate(table: pd.DataFrame, schema: pa.DataFrameSchema, path: Path) -> pd.DataFrame:
    """Return the table with the schema's types, or raise InputError with a finding for each bad cell.

    A blank cell of a number is a missing value, which the schema accepts or not.
    """
    numbers = _number_columns(table, schema)
    typed = table.assign(**{name: pd.to_numeric(table[name], errors="coerce").astype(float) for name in numbers})
    findings = {
        Finding(project_path(path), _line(path, row), name, repr(table.at[row, name]), "a number")
        for name in numbers
        for row in table.index[typed[name].isna() & table[name].notna() & table[name].ne("")]
    }
    try:
        schema.validate(typed, lazy=True)
    except SchemaErrors as errors:
        key = ", ".join(schema.unique or [])
        cases = errors.failure_cases.to_dict("records")
        findings |= {_finding(case, table, path, key) for case in cases} - _blank_of(findings)
    if findings:
        raise InputError(findings)
    return typed


def _number_columns(table: pd.DataFrame, schema: pa.DataFrameSchema) -> list[str]:
    names = [name for name, column in schema.columns.items() if str(column.dtype) == "float64"]
    exact = {name for name in names if name in table.columns}
    patterns = [name for name in names if schema.columns[name].regex]
    return [column for column in table if column in exact or any(re.fullmatch(p, column) for p in patterns)]


def _blank_of(findings: set[Finding]) -> set[Finding]:
    """Return what the schema says again of cells that are not numbers: that they are blank."""
    return {Finding(one.path, one.line, one.column, BLANK, A_VALUE) for one in findings}


def _line(path: Path, row: int) -> int:
    return int(row) + FIRST_LINE[path.suffix]


def _finding(case: dict, table: pd.DataFrame, path: Path, key: str) -> Finding:
    shown, check, column = project_path(path), str(case["check"]), str(case["column"])
    if check == "column_in_dataframe":
        return Finding(shown, 1, str(case["failure_case"]), "no such column", "this column in the header")
    row = None if pd.isna(case["index"]) else int(case["index"])
    line = None if row is None else _line(path, row)
    if check == "not_nullable":
        return Finding(shown, line, column, BLANK, A_VALUE)
    if "uniqueness" in check:
        again = ", ".join(str(table.at[row, name]) for name in key.split(", "))
        return Finding(shown, line, key, f"{again} again", "a key that comes once")
    if " at most " in check:
        part, whole = check.split(" at most ")
        return Finding(shown, line, part, f"{table.at[row, part]} of {table.at[row, whole]}", check)
    return Finding(shown, line, column, repr(case["failure_case"]), check)
