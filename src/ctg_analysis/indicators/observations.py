"""OBSERVATIONS: the one table that everything shown is read from, and its files."""

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.dataset as dataset
import pyarrow.parquet as parquet

from ctg_analysis.model.indicator import CENSORED, LEVELS, MISSING, OK, STATUSES, Indicator
from ctg_analysis.model.source import SOURCES

KEY = ["territory", "level", "period", "indicator"]
NUMBERS = ["numerator", "denominator", "value", "low", "high"]  # none of them where nothing is known
BOUNDS = ["low", "high"]  # of what is censored too


def _empty_when_withheld(table: pd.DataFrame) -> pd.Series:
    """Tell the rows that hold the numbers of their status, and no others."""
    known = table["status"].eq(OK)
    empty = table[NUMBERS].drop(columns=BOUNDS).isna().all(axis=1)
    unbounded = table[BOUNDS].isna().all(axis=1) | table["status"].eq(CENSORED)
    return (known & table["value"].notna()) | (~known & empty & unbounded)


# What is known of an indicator at a place in a period; texts may be held as categories.
#
# denominator_period: that of a population of another period than the figure, over which it is counted; else nothing.
Observations = pa.DataFrameSchema(
    {
        "territory": pa.Column(),
        "level": pa.Column(checks=pa.Check.isin(LEVELS)),
        "period": pa.Column(),
        "indicator": pa.Column(),
        **{name: pa.Column(float, nullable=True) for name in NUMBERS},
        "status": pa.Column(checks=pa.Check.isin(STATUSES)),
        "quality": pa.Column(int, pa.Check.isin([1, 2, 3])),
        "source": pa.Column(),
        "denominator_period": pa.Column(),
    },
    checks=pa.Check(_empty_when_withheld, error="a value when ok, bounds at most otherwise"),
    unique=KEY,
    strict=True,
    ordered=True,
)
COLUMNS = [*Observations.columns]


def emptied(observations: pd.DataFrame) -> pd.DataFrame:
    """The observations, without numbers where they are not `ok`; what is censored keeps its bounds.

    >>> rows = pd.DataFrame({"status": ["ok", "nd", "censored"], **dict.fromkeys(NUMBERS, 1.0)})
    >>> emptied(rows)["value"].tolist(), emptied(rows)["high"].tolist()
    ([1.0, nan, nan], [1.0, nan, 1.0])
    """
    shown = observations["status"].eq(OK)
    bounded = shown | observations["status"].eq(CENSORED)
    return observations.assign(
        **{name: observations[name].where(bounded if name in BOUNDS else shown) for name in NUMBERS}
    )


def complete(observations: pd.DataFrame, territories: pd.DataFrame, indicators: Iterable[Indicator]) -> pd.DataFrame:
    """One row per territory, indicator and period of that indicator: a place never disappears.

    An indicator has rows at the levels it may be shown at; one that no source feeds has the period "". A row that is
    added has the status `nd`; where the producer publishes large communes only, none is added for a commune or a
    secteur.

    Parameters:
        territories: columns territory, level.
    """
    periods = observations[["indicator", "period"]].drop_duplicates()
    fed = set(periods["indicator"])
    declared = pd.DataFrame(
        [
            (indicator.id, level, indicator.sources[0], _is_of_large_communes(indicator))
            for indicator in indicators
            for level in indicator.shown_at
        ],
        columns=["indicator", "level", "preferred", "large"],
    )
    absent = pd.DataFrame({"indicator": sorted(set(declared["indicator"]) - fed), "period": ""}, dtype=str)
    periods = declared.merge(pd.concat([periods, absent]), on="indicator", how="inner")
    table = (
        territories[["territory", "level"]]
        .merge(periods, on="level", how="inner")
        .merge(observations, on=KEY, how="left", validate="1:1")
    )
    added = table["status"].isna()
    small = added & table["level"].isin(["commune", "secteur"]) & table["large"]
    table, added = table[~small].reset_index(drop=True), added[~small].reset_index(drop=True)
    table["source"] = table["source"].where(~added, table["preferred"])
    table["status"] = table["status"].where(~added, MISSING)
    table["quality"] = table["quality"].fillna(1).astype(int)
    table["denominator_period"] = table["denominator_period"].fillna("")
    return table[COLUMNS].sort_values(KEY, ignore_index=True)


def _is_of_large_communes(indicator: Indicator) -> bool:
    """Whether the producer publishes it of large communes only (Coverage.above, Table.large)."""
    source = SOURCES[indicator.sources[0]]
    return source.coverage.above > 0 or getattr(indicator.value, "measure", "") in source.of_large_communes


# OBSERVATIONS in files: one EPCI is read without the others, a group of indicators is written without the others.
#
#     observations.parquet/above.parquet             EPCIs and larger places, of all indicators
#                          <group>/communes.parquet  communes and secteurs, EPCI by EPCI; before all, those without EPCI
#
# In a file, the rows of an EPCI and those of a territory lie together, in groups whose statistics tell which EPCIs and
# which territories they are of: whoever asks for one reads these only. All files together are one Parquet dataset.

FOLDER, ABOVE, COMMUNES = "observations.parquet", "above.parquet", "communes.parquet"
LOCAL = ("commune", "secteur")
ROWS_TOGETHER = 8192  # larger groups are read in vain, smaller ones cost all readers a line of the footer
ROWS_ABOVE = 4096  # in the file of larger places
FEW = 64  # words
TEXTS = [*KEY, "status", "source", "denominator_period"]
TYPES = dict.fromkeys(COLUMNS, arrow.float64()) | dict.fromkeys(TEXTS, arrow.string()) | {"quality": arrow.int64()}
CODED = dict.fromkeys(TEXTS, "category")  # how the texts of a table are held to be written
ARROW_SCHEMA = arrow.schema([*TYPES.items(), ("epci", arrow.string())])


def write_observations(observations: pd.DataFrame, epci_of: pd.Series, folder: Path) -> None:
    """Write the observations of a group of indicators.

    Parameters:
        observations: see `Observations`, those of TEXTS as categories.
        epci_of: the EPCI of each commune and secteur, by code; missing for a commune that has none.
        folder: that of the group, empty.

    Raises:
        SchemaError: they are not what every reader takes them for.
    """
    Observations.validate(observations, inplace=True)
    codes = epci_of.reindex(observations["territory"].cat.categories).fillna("")
    epcis = pd.Categorical(codes, ["", *sorted({*codes} - {""})])
    number = epcis.codes[observations["territory"].cat.codes]
    last_first = ["period", "indicator", "level", "territory"]
    order = np.lexsort([*(observations[name].cat.codes for name in last_first), number])
    local = observations["level"].isin(LOCAL).to_numpy()[order]
    for file, rows in ((ABOVE, order[~local]), (COMMUNES, order[local])):
        if len(rows):
            table = _table(observations.iloc[rows], pd.Categorical.from_codes(number[rows], epcis.categories))
            _write(table, folder / file, ROWS_TOGETHER)


def join_above(groups: Iterable[Path], processed: Path) -> None:
    """Write the observations of EPCIs and larger places of all groups in one file: those of an EPCI lie together."""
    paths = [path for folder in groups for path in [folder / ABOVE] if path.is_file()]
    table = _rows(paths, None, [*COLUMNS, "epci"])
    table = table.sort_by([(name, "ascending") for name in ("territory", "level", "indicator", "period")])
    _write(table, processed / FOLDER / ABOVE, ROWS_ABOVE)


def _table(rows: pd.DataFrame, epcis: pd.Categorical) -> arrow.Table:
    columns = {
        name: _text(rows[name].array) if name in TEXTS else arrow.array(rows[name], of, from_pandas=True)
        for name, of in TYPES.items()
    }
    return arrow.table(columns | {"epci": _text(epcis)})


def _write(table: arrow.Table, path: Path, together: int) -> None:
    figures = [name for name, of in TYPES.items() if of == arrow.float64()]
    parquet.write_table(
        table,
        path,
        row_group_size=together,
        compression="zstd",
        write_statistics=["territory", "epci"],
        store_schema=False,  # the words are texts
        use_dictionary=[name for name in table.column_names if name not in figures],
        column_encoding=dict.fromkeys(figures, "BYTE_STREAM_SPLIT"),
    )


def _text(words: pd.Categorical) -> arrow.Array:
    """Return words as texts: where they are few, as the numbers of those that Parquet writes in their place."""
    names = arrow.array(words.categories.to_numpy(dtype=object), arrow.string())
    numbers = arrow.array(words.codes)
    return arrow.DictionaryArray.from_arrays(numbers, names) if len(names) < FEW else names.take(numbers)


def read_observations(processed: Path, territories: Collection[str], epci: str = "") -> pd.DataFrame:
    """Return the observations of some territories.

    Parameters:
        territories: codes, of any level.
        epci: the one that the communes and the secteurs among them belong to, where there are some.
    """
    codes = arrow.array(sorted(set(territories)), arrow.string())  # typed: there may be none
    above, local = _paths(processed)
    larger = arrow.array(sorted({code for code in territories if not _is_local(code)}), arrow.string())
    tables = [_rows(above, compute.field("territory").isin(larger), COLUMNS)]
    if any(map(_is_local, territories)):  # no statistics of row groups answer for a long list of codes
        rows = _rows(local, compute.field("epci") == epci, COLUMNS)
        tables.append(rows.filter(compute.is_in(rows["territory"], codes)))
    return arrow.concat_tables(tables).to_pandas()


def read_indicators(
    processed: Path, indicators: Collection[str], groups: Collection[str], territories: Collection[str] | None = None
) -> pd.DataFrame:
    """Return the observations of some indicators.

    Parameters:
        groups: those that hold them.
        territories: codes, of all of them when there is none.
    """
    wanted = compute.field("indicator").isin(arrow.array(sorted(indicators), arrow.string()))
    if territories is not None:
        wanted &= compute.field("territory").isin(arrow.array(sorted(territories), arrow.string()))
    paths = [path for name in groups for path in sorted((processed / FOLDER / name).glob("*.parquet"))]
    paths += _paths(processed)[0]
    return _rows(paths, wanted, COLUMNS).to_pandas()


def read_groups(folders: Iterable[Path], indicators: Collection[str], columns: Collection[str]) -> pd.DataFrame:
    """Return columns of the observations of some indicators, from groups as they are kept; words are categories."""
    wanted = compute.field("indicator").isin(arrow.array(sorted(indicators), arrow.string()))
    table = _rows([path for folder in folders for path in sorted(folder.glob("*.parquet"))], wanted, columns)
    return table.to_pandas(categories=[name for name in columns if name in TEXTS])


def _is_local(code: str) -> bool:
    """Tell the codes of communes (five characters) and of secteurs (that of their EPCI, a number)."""
    return len(code) == 5 or "-" in code


def _paths(processed: Path) -> tuple[list[Path], list[Path]]:
    """Return the file of larger places, then those of communes and secteurs."""
    above = processed / FOLDER / ABOVE
    return [above] if above.is_file() else [], sorted((processed / FOLDER).glob(f"*/{COMMUNES}"))


def _rows(paths: list[Path], wanted: compute.Expression | None, columns: Collection[str]) -> arrow.Table:
    if not paths:
        return ARROW_SCHEMA.empty_table().select(columns)
    return dataset.dataset(paths, schema=ARROW_SCHEMA, format="parquet").to_table(columns=list(columns), filter=wanted)


def count(processed: Path) -> int:
    """Return how many observations a data root has."""
    return sum(parquet.read_metadata(path).num_rows for paths in _paths(processed) for path in paths)
