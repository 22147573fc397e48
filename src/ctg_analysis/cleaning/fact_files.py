"""Facts in files: those of a source in one, from which those of some measures are read without the others."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import and_
from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

from ctg_analysis.core.facts import COLUMNS

FILE, MEASURES = "facts.parquet", b"measures"
WORDS = ("code", "level", "period", "measure", "source", "status")
ROWS_TOGETHER = 65_536
TYPES = {name: arrow.string() if name in WORDS else arrow.int64() for name in COLUMNS} | {"value": arrow.float64()}
EMPTY = arrow.schema(TYPES.items()).empty_table()


def write_facts(facts: pd.DataFrame, folder: Path) -> None:
    """Write facts, measure by measure."""
    columns = {name: arrow.array(facts[name], of, from_pandas=True) for name, of in TYPES.items()}
    table = arrow.table(columns)
    table = table.take(compute.array_sort_indices(table["measure"].combine_chunks()))
    measures = "|".join(sorted(table["measure"].unique().to_pylist()))
    table = table.replace_schema_metadata({MEASURES: measures})
    parquet.write_table(table, folder / FILE, row_group_size=ROWS_TOGETHER, compression="zstd")


def measures_of(folder: Path) -> set[str]:
    """Return the measures that the facts of a source are of."""
    return set(parquet.read_schema(folder / FILE).metadata[MEASURES].decode().split("|"))


def read_facts(folders: Iterable[Path], **only: Collection[str]) -> pd.DataFrame:
    """Return facts, in the order of the folders.

    Their columns of words but for the status are categories, the same for all. only: column → the words to keep.
    """
    kept = [compute.field(name).isin(arrow.array(sorted(words), arrow.string())) for name, words in only.items()]
    read = [name for name in WORDS if name != "status"]
    tables = [parquet.read_table(folder / FILE, filters=reduce(and_, kept), read_dictionary=read) for folder in folders]
    table = arrow.concat_tables(table.replace_schema_metadata() for table in tables or [EMPTY]).unify_dictionaries()
    facts = table.to_pandas()
    for name in read:
        words = facts[name].astype("category")
        facts[name] = words.cat.set_categories(sorted(words.cat.categories))
    return facts
