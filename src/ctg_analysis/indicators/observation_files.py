"""OBSERVATIONS in files: one EPCI is read without the others, a group of indicators is written without the others.

    observations.parquet/<group>/above.parquet   EPCIs and larger places
                                 12.parquet      communes and secteurs of the EPCIs from the département 12 on, up to
                                                 the next file: whole départements, those of an EPCI together

In a file, the rows of an EPCI and those of a territory lie together, in small groups whose statistics tell which EPCI
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
from ctg_analysis.indicators.observations import COLUMNS, KEY

FOLDER, ABOVE = "observations.parquet", "above"
LOCAL = ("commune", "secteur")
ROWS_OF_A_FILE = 50_000  # at least, but for the last one: a file more costs its reader a footer
ROWS_TOGETHER, ROWS_TOGETHER_ABOVE = 4096, 1024
VALUES = ["numerator", "denominator", "value", "low", "high"]
TEXTS = [*KEY, "status", "source"]
TYPES = dict.fromkeys(COLUMNS, arrow.float64()) | dict.fromkeys(TEXTS, arrow.string()) | {"quality": arrow.int64()}
CODED = dict.fromkeys(TEXTS, "category")  # how the texts of a table are held to be written
EMPTY = arrow.schema(TYPES.items()).empty_table()


def checked(observations: pd.DataFrame) -> pd.DataFrame:
    """Return observations as they are written: what `observations.SCHEMA` holds a small table to, of millions of rows.

    Raises:
        ValueError: they are not what every reader takes them for.
    """
    known, values = observations["status"].eq(OK).to_numpy(), observations[VALUES].notna().to_numpy()
    faults = {
        "a level or a status that there is not": not (
            {*observations["level"].cat.categories} <= {*LEVELS}
            and {*observations["status"].cat.categories} <= {*STATUSES}
        ),
        "a text that is missing": any((observations[name].cat.codes < 0).any() for name in TEXTS),
        "a value when ok, nothing at all otherwise": (known & ~values[:, VALUES.index("value")]).any()
        or (~known & values.any(axis=1)).any(),
        "another quality than 1, 2 or 3": not observations["quality"].between(1, 3).all(),
        "a place twice for one indicator and period": observations.duplicated(KEY).any(),
    }
    if found := [fault for fault, there in faults.items() if there]:
        raise ValueError(f"observations: {', '.join(found)}")
    return observations


def write_observations(observations: pd.DataFrame, homes: pd.DataFrame, folder: Path) -> None:
    """Write the observations of a group of indicators.

    Parameters:
        observations: columns of COLUMNS, those of TEXTS as categories.
        homes: by code, the communes and the secteurs: columns epci, departement (the first one of its EPCI, its own
            without an EPCI).
        folder: that of the group, empty.
    """
    codes = observations["territory"].cat.categories
    places = homes.reindex(codes).reset_index(names="code")
    rank = np.empty(len(codes), dtype=int)
    rank[places.fillna("").sort_values(["departement", "epci", "code"]).index] = np.arange(len(codes))
    place = observations["territory"].cat.codes.to_numpy()
    last_first = ["period", "indicator", "level"]
    order = np.lexsort([*(observations[name].cat.codes for name in last_first), rank[place]])
    rows, place = observations.iloc[order], place[order]
    local = rows["level"].isin(LOCAL).to_numpy()
    above, rows, place = rows[~local], rows[local], place[local]
    if len(above):
        epci = arrow.nulls(len(above), arrow.string())
        _write(above, epci, folder / f"{ABOVE}.parquet", ROWS_TOGETHER_ABOVE)
    for departement, first, end in _files_of(places["departement"].to_numpy()[place]):
        epci = arrow.array(places["epci"], arrow.string(), from_pandas=True).take(arrow.array(place[first:end]))
        _write(rows[first:end], epci, folder / f"{departement}.parquet", ROWS_TOGETHER)


def _files_of(departements: np.ndarray) -> Iterable[tuple[str, int, int]]:
    """Yield, for rows in the order of their départements, the name, the first row and the end of each file."""
    names, starts = np.unique(departements.astype(str), return_index=True)
    ends = [*starts[1:], len(departements)][: len(names)]
    first, name = 0, None
    for departement, end in zip(names, ends, strict=True):
        name = name or departement
        if end - first >= ROWS_OF_A_FILE or end == len(departements):
            yield name, first, end
            first, name = end, None


def _write(rows: pd.DataFrame, epci: arrow.Array, path: Path, together: int) -> None:
    columns = {
        name: _text(rows[name]) if name in TEXTS else arrow.array(rows[name], of, from_pandas=True)
        for name, of in TYPES.items()
    }
    table = arrow.table(columns | {"epci": epci})
    parquet.write_table(
        table, path, row_group_size=together, compression="zstd", write_statistics=["territory", "epci"]
    )


def _text(column: pd.Series) -> arrow.Array:
    """Return a column of categories as texts."""
    names = arrow.array(column.cat.categories.to_numpy(dtype=object), arrow.string())
    return names.take(arrow.array(column.cat.codes.to_numpy()))


def read_observations(
    processed: Path,
    territories: Collection[str],
    epci: pd.Series | None = None,
    columns: Collection[str] = COLUMNS,
) -> pd.DataFrame:
    """Return the observations of some territories.

    Parameters:
        territories: codes, of any level.
        epci: the row of the territories of the only EPCI that the communes and the secteurs among them belong to, when
            it is known: the files of the others are not opened.
    """
    codes = arrow.array(sorted(set(territories)), arrow.string())  # typed: there may be none
    wanted = compute.field("territory").isin(codes)
    above, local = _paths(processed, epci)
    tables = [_rows(above, wanted, columns)]
    if any(map(_is_local, territories)):
        within = wanted if epci is None else wanted & (compute.field("epci") == epci["code"])
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
    return _rows(paths, wanted, COLUMNS).to_pandas()


def read_all(processed: Path) -> pd.DataFrame:
    """Return all the observations of a data root."""
    return arrow.concat_tables(_rows(paths, None, COLUMNS) for paths in _paths(processed)).to_pandas()


def _is_local(code: str) -> bool:
    """Tell the codes of communes (five characters) and of secteurs (that of their EPCI, a number)."""
    return len(code) == 5 or "-" in code


def _paths(processed: Path, epci: pd.Series | None = None) -> tuple[list[Path], list[Path]]:
    """Return the files of larger places, then those of communes and secteurs: all, or those of an EPCI."""
    above, local = [], []
    for group in sorted((processed / FOLDER).glob("*")):
        names = sorted(path.stem for path in group.glob("*.parquet"))
        if ABOVE in names:
            names.remove(ABOVE)
            above.append(group / f"{ABOVE}.parquet")
        if epci is not None:
            rank = bisect_right(names, epci["departement"].split("|")[0])
            names = names[max(rank - 1, 0) : rank]
        local += [group / f"{name}.parquet" for name in names]
    return above, local


def _rows(paths: list[Path], wanted: compute.Expression | None, columns: Collection[str]) -> arrow.Table:
    if not paths:
        return EMPTY.select(columns)
    return dataset.dataset(paths, format="parquet").to_table(columns=list(columns), filter=wanted)


def count(processed: Path) -> int:
    """Return how many observations a data root has."""
    return sum(parquet.read_metadata(path).num_rows for paths in _paths(processed) for path in paths)
