"""The files of observations: one EPCI is read without the others, and what is written is read again as it was."""

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from pandera.errors import SchemaError

from ctg_analysis.indicators import observations
from ctg_analysis.indicators.observations import (
    CODED,
    FOLDER,
    Observations,
    count,
    join_above,
    read_indicators,
    read_observations,
    write_observations,
)

DEPARTEMENTS = ["12", "2A", "48", "974"]
EPCIS = {"100000001": "12", "100000002": "12", "100000003": "2A", "100000004": "48", "100000005": "974"}


def row(territory, level, indicator="a", period="2023", value=1.0):
    return (territory, level, period, indicator, value, np.nan, value, np.nan, np.nan, "ok", 1, "s", "")


@pytest.fixture
def processed(tmp_path, monkeypatch):
    """Five EPCIs of ten communes each, one across two départements, an island without EPCI, two groups."""
    monkeypatch.setattr(observations, "ROWS_TOGETHER", 10)
    members = {
        epci: [
            f"{home}{number:03d}" if len(home) == 2 else f"{home}{number:02d}" for number in range(start, start + 10)
        ]
        for start, (epci, home) in zip(range(1, 60, 10), EPCIS.items(), strict=False)
    }
    members["100000002"] = [*members["100000002"][:5], "48900", "48901"]
    epci_of = pd.Series({code: epci for epci, codes in members.items() for code in [*codes, f"{epci}-1"]})
    epci_of = pd.concat([epci_of, pd.Series({"29083": None})])
    folders = []
    for group, indicators in {"one-1": ["a", "b"], "two-1": ["c"]}.items():
        rows = [
            row(code, "secteur" if "-" in code else "commune", name) for code in epci_of.index for name in indicators
        ]
        rows += [row(code, "epci", name) for code in EPCIS for name in indicators]
        rows += [row(code, "departement", name) for code in DEPARTEMENTS for name in indicators]
        rows += [row("F", "france", name) for name in indicators]
        table = pd.DataFrame(rows, columns=observations.COLUMNS)
        folders.append(tmp_path / FOLDER / group)
        folders[-1].mkdir(parents=True)
        write_observations(table.sample(frac=1, random_state=1).astype(CODED), epci_of, folders[-1])
    join_above(folders, tmp_path)
    for folder in folders:
        (folder / "above.parquet").unlink()
    return tmp_path


def test_what_is_written_is_read_again(processed):
    table = pd.read_parquet(processed / FOLDER)  # any reader of Parquet opens the folder as one dataset
    assert len(table) == count(processed) == 3 * (10 * 4 + 7 + 5 + 1 + 5 + 4 + 1)
    assert not table.duplicated(observations.KEY).any() and table["value"].eq(1).all()


def test_one_epci_is_read_with_its_communes_wherever_they_lie(processed):
    codes = [f"12{number:03d}" for number in range(11, 16)] + ["48900", "48901", "100000002-1", "100000002", "12", "F"]
    read, whole = read_observations(processed, codes, "100000002"), pd.read_parquet(processed / FOLDER)
    whole = whole.loc[whole["territory"].isin(codes), observations.COLUMNS]
    key = observations.KEY
    pd.testing.assert_frame_equal(read.sort_values(key, ignore_index=True), whole.sort_values(key, ignore_index=True))
    assert set(read["territory"]) == set(codes) and len(read) == 3 * len(codes)


def test_the_rows_of_an_epci_lie_together_and_say_so(processed):
    for path in (processed / FOLDER).glob("*/communes.parquet"):
        file = parquet.ParquetFile(path)
        epcis = file.read(["epci"])["epci"].to_pandas()
        assert epcis.is_monotonic_increasing and file.num_row_groups > 2
        place = file.schema_arrow.names.index("epci")
        groups = [file.metadata.row_group(rank).column(place).statistics for rank in range(file.num_row_groups)]
        assert sum(one.min <= "100000004" <= one.max for one in groups) < len(groups)


def test_some_indicators_are_read_alone(processed):
    assert set(read_indicators(processed, {"c"}, ["two-1"])["indicator"]) == {"c"}
    few = read_indicators(processed, {"a", "b"}, ["one-1"], {"100000001"})
    assert few[["territory", "indicator"]].to_numpy().tolist() == [["100000001", "a"], ["100000001", "b"]]
    assert len(read_observations(processed, [])) == 0


@pytest.mark.parametrize(
    ("column", "wrong", "told"),
    [
        ("value", np.nan, "a value when ok"),
        ("level", "canton", "isin"),
        ("status", "nd", "bounds at most otherwise"),
        ("quality", 4, "isin"),
        ("source", None, "null values"),
        ("territory", "12001", "not unique"),
    ],
)
def test_what_no_reader_expects_is_not_written(tmp_path, column, wrong, told):
    table = pd.DataFrame([row("12001", "commune"), row("12002", "commune")], columns=observations.COLUMNS)
    assert len(Observations.validate(table.astype(CODED))) == 2
    table[column] = table[column].astype(object)
    table.loc[1, column] = wrong
    types = CODED | ({column: {"value": float, "quality": int}[column]} if column in ("value", "quality") else {})
    with pytest.raises(SchemaError, match=told):
        write_observations(table.astype(types), pd.Series(dtype=str), tmp_path)
    assert not [*tmp_path.iterdir()]
