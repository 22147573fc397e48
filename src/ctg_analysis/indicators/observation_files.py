"""OBSERVATIONS in files: one EPCI is read without the others, a group of indicators is written without the others.

    observations.parquet/above.parquet               EPCIs and larger places, of all indicators
                         <group>/200067171.parquet   communes and secteurs of the EPCIs from this one on, up to the
                                                     first one of the next file; before all, those without EPCI

In a file, the rows of an EPCI and those of a territory lie together, in small groups whose statistics tell which EPCIs
and which territories they are of: whoever asks for one reads these only. All files together are one Parquet dataset.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.dataset as dataset
import pyarrow.parquet as parquet

from ctg_analysis.core.model import LEVELS, OK, STATUSES
from ctg_analysis.indicators.observations import COLUMNS, KEY, NUMBERS

FOLDER, ABOVE = "observations.parquet", "above"
LOCAL = ("commune", "secteur")
ROWS_OF_A_FILE = 50_000  # at least, but for the last one: a file more costs its reader a footer
ROWS_TOGETHER = 2048
NONE = "0"  # the name of the file of the communes without EPCI
TEXTS = [*KEY, "status", "source"]
TYPES = dict.fromkeys(COLUMNS, arrow.float64()) | dict.fromkeys(TEXTS, arrow.string()) | {"quality": arrow.int64()}
CODED = dict.fromkeys(TEXTS, "category")  # how the texts of a table are held to be written
EMPTY = arrow.schema([*TYPES.items(), ("epci", arrow.string())]).empty_table()


def checked(observations: pd.DataFrame) -> pd.DataFrame:
    """Return observations as they are written: what `observations.SCHEMA` holds a small table to, of millions of rows.

    Raises:
        ValueError: they are not what every reader takes them for.
    """
    known, values = observations["status"].eq(OK).to_numpy(), observations[NUMBERS].notna().to_numpy()
    faults = {
        "a level or a status that there is not": not (
            {*observations["level"].cat.categories} <= {*LEVELS}
            and {*observations["status"].cat.categories} <= {*STATUSES}
        ),
        "a text that is missing": any((observations[name].cat.codes < 0).any() for name in TEXTS),
        "a value when ok, nothing at all otherwise": (known & ~values[:, NUMBERS.index("value")]).any()
        or (~known & values.any(axis=1)).any(),
        "another quality than 1, 2 or 3": not observations["quality"].between(1, 3).all(),
        "a place twice for one indicator and period": observations.duplicated(KEY).any(),
    }
    if found := [fault for fault, there in faults.items() if there]:
        raise ValueError(f"observations: {', '.join(found)}")
    return observations


def write_observations(observations: pd.DataFrame, epci_of: pd.Series, folder: Path) -> None:
    """Write the observations of a group of indicators.

    Parameters:
        observations: columns of COLUMNS, those of TEXTS as categories.
        epci_of: the EPCI of each commune and secteur, by code; missing for a commune that has none.
        folder: that of the group, empty.
    """
    codes = observations["territory"].cat.categories
    epcis = epci_of.reindex(codes).fillna("").to_numpy(dtype=object)
    rank = np.empty(len(codes), dtype=int)
    rank[pd.DataFrame({"epci": epcis, "code": codes}).sort_values(["epci", "code"]).index] = np.arange(len(codes))
    place = observations["territory"].cat.codes.to_numpy()
    last_first = ["period", "indicator", "level"]
    order = np.lexsort([*(observations[name].cat.codes for name in last_first), rank[place]])
    rows, place = observations.iloc[order], place[order]
    local = rows["level"].isin(LOCAL).to_numpy()
    if not local.all():
        _write(_table(rows[~local], np.array([""]).repeat((~local).sum())), folder / f"{ABOVE}.parquet", ROWS_TOGETHER)
    rows, of_rows = rows[local], epcis[place[local]]
    for epci, first, end in _files_of(of_rows):
        _write(_table(rows[first:end], of_rows[first:end]), folder / f"{epci or NONE}.parquet", ROWS_TOGETHER)


def _files_of(epcis: np.ndarray) -> Iterable[tuple[str, int, int]]:
    """Yield, for rows in the order of their EPCIs, the name, the first row and the end of each file."""
    names, starts = np.unique(epcis.astype(str), return_index=True)
    ends = [*starts[1:], len(epcis)][: len(names)]
    first, name = 0, None
    for epci, end in zip(names, ends, strict=True):
        name = epci if name is None else name
        if end - first >= ROWS_OF_A_FILE or end == len(epcis):
            yield name, first, end
            first, name = end, None


def local_files(group: Path) -> list[Path]:
    """Return the files of communes and secteurs of a group."""
    return sorted(path for path in group.glob("*.parquet") if path.stem != ABOVE)


def join_above(groups: Iterable[Path], processed: Path) -> None:
    """Write the observations of EPCIs and larger places of all groups in one file: those of an EPCI lie together."""
    paths = [path for folder in groups for path in [folder / f"{ABOVE}.parquet"] if path.is_file()]
    table = _rows(paths, None, [*COLUMNS, "epci"])
    table = table.sort_by([(name, "ascending") for name in ("territory", "level", "indicator", "period")])
    _write(table, processed / FOLDER / f"{ABOVE}.parquet", ROWS_TOGETHER)


def _table(rows: pd.DataFrame, epcis: np.ndarray) -> arrow.Table:
    columns = {
        name: _text(rows[name]) if name in TEXTS else arrow.array(rows[name], of, from_pandas=True)
        for name, of in TYPES.items()
    }
    return arrow.table(columns | {"epci": arrow.array(epcis, arrow.string())})


def _write(table: arrow.Table, path: Path, together: int) -> None:
    statistics = ["territory", "epci"]
    parquet.write_table(table, path, row_group_size=together, compression="zstd", write_statistics=statistics)


def _text(column: pd.Series) -> arrow.Array:
    """Return a column of categories as texts."""
    names = arrow.array(column.cat.categories.to_numpy(dtype=object), arrow.string())
    return names.take(arrow.array(column.cat.codes.to_numpy()))


def read_observations(
    processed: Path,
    territories: Collection[str],
    epci: str = "",
    columns: Collection[str] = COLUMNS,
) -> pd.DataFrame:
    """Return the observations of some territories.

    Parameters:
        territories: codes, of any level.
        epci: the only one that the communes and the secteurs among them belong to, when it is known: the files of the
            others are not opened.
    """
    codes = arrow.array(sorted(set(territories)), arrow.string())  # typed: there may be none
    wanted = compute.field("territory").isin(codes)
    above, local = _paths(processed, epci)
    tables = [_rows(above, wanted, columns)]
    if any(map(_is_local, territories)):
        within = wanted & (compute.field("epci") == epci) if epci else wanted
        tables.append(_rows(local, within, columns))
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


def read_all(processed: Path) -> pd.DataFrame:
    """Return all the observations of a data root."""
    return arrow.concat_tables(_rows(paths, None, COLUMNS) for paths in _paths(processed)).to_pandas()


def _is_local(code: str) -> bool:
    """Tell the codes of communes (five characters) and of secteurs (that of their EPCI, a number)."""
    return len(code) == 5 or "-" in code


def _paths(processed: Path, epci: str = "") -> tuple[list[Path], list[Path]]:
    """Return the file of larger places, then those of communes and secteurs: all, or those of an EPCI."""
    local = []
    for group in sorted(path for path in (processed / FOLDER).glob("*") if path.is_dir()):
        names = sorted(path.stem for path in group.glob("*.parquet"))
        rank = bisect_right(names, epci)
        local += [group / f"{name}.parquet" for name in (names[max(rank - 1, 0) : rank] if epci else names)]
    return [path for path in [processed / FOLDER / f"{ABOVE}.parquet"] if path.is_file()], local


def _rows(paths: list[Path], wanted: compute.Expression | None, columns: Collection[str]) -> arrow.Table:
    if not paths:
        return EMPTY.select(columns)
    return dataset.dataset(paths, format="parquet").to_table(columns=list(columns), filter=wanted)


def count(processed: Path) -> int:
    """Return how many observations a data root has."""
    return sum(parquet.read_metadata(path).num_rows for paths in _paths(processed) for path in paths)
