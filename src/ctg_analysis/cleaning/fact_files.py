"""Facts in files: those of a source in one, from which those of some measures are read without the others."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import and_
from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

from ctg_analysis.core.facts import COLUMNS, STATUS, WORDS, Facts, coded
from ctg_analysis.core.processes import give_memory_back

FILE, MEASURES = "facts.parquet", "measures"
ROWS_TOGETHER = 65_536
TEXT, CODED = arrow.string(), arrow.dictionary(arrow.int32(), arrow.string())
TYPES = dict.fromkeys(COLUMNS, arrow.int64()) | dict.fromkeys(WORDS, CODED)
TYPES |= {"code": TEXT, "value": arrow.float64()}
EMPTY = arrow.schema(TYPES.items()).empty_table()


def write_facts(tables: Iterable[pd.DataFrame], folder: Path) -> None:
    """Write facts, measure by measure: tables of some measures each, in the order of these."""
    measures: list[str] = []
    with parquet.ParquetWriter(folder / FILE, EMPTY.schema, compression="zstd") as file:
        for facts in tables:
            facts = Facts.validate(coded(facts)).sort_values("measure", kind="stable")
            columns = {name: arrow.array(facts[name], from_pandas=True).cast(of) for name, of in TYPES.items()}
            table = arrow.table(columns)
            file.write_table(table, ROWS_TOGETHER)
            measures += facts["measure"].unique().tolist()
        file.add_key_value_metadata({MEASURES: "|".join(measures)})


def measures_of(folder: Path) -> set[str]:
    """Return the measures that the facts of a source are of."""
    return set(parquet.read_metadata(folder / FILE).metadata[MEASURES.encode()].decode().split("|"))


def size_of(folder: Path) -> int:
    """Return the bytes of the facts of a source."""
    return (folder / FILE).stat().st_size


def read_facts(folders: Iterable[Path], **only: Collection[str]) -> pd.DataFrame:
    """Return facts, in the order of the folders.

    Their columns of words are categories, the same for all. only: column → the words to keep.
    """
    kept = [compute.field(name).isin(arrow.array(sorted(words), TEXT)) for name, words in only.items()]
    files = [folder / FILE for folder in folders]
    tables = [parquet.read_table(file, filters=reduce(and_, kept), read_dictionary=["code"]) for file in files]
    table = arrow.concat_tables(table.replace_schema_metadata() for table in tables or [EMPTY]).unify_dictionaries()
    del tables
    facts = table.to_pandas(split_blocks=True, self_destruct=True)
    del table
    facts["status"] = facts["status"].astype(STATUS)
    for name in ("code", "level", "period", "measure", "source"):
        words = facts[name].astype("category")
        facts[name] = words.cat.set_categories(sorted(words.cat.categories.to_numpy(dtype=object)))
    give_memory_back()  # reading takes three times what is read
    return facts
