"""What `ctg data` keeps: the groups of indicators, what is made again when an input has changed."""

import re
import shutil

import pandas as pd
import pytest
from raw_files import certify, copied

from ctg_analysis.indicators.observations import FOLDER
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.run import process
from ctg_analysis.pipeline.works import RESTRICTED, groups
from ctg_analysis.raw.folders import CACHE


def test_each_indicator_is_in_one_group_and_the_restricted_ones_are_in_theirs():
    named = groups(CATALOGUE.values(), SOURCES)
    ids = [indicator.id for group in named.values() for indicator in group]
    assert sorted(ids) == sorted(CATALOGUE)
    apart = {indicator.id for indicator in named[RESTRICTED]}
    assert apart == {one.id for one in CATALOGUE.values() if any(SOURCES[name].withholds for name in one.sources)}


@pytest.fixture
def few(example, tmp_path):
    root = copied(example, tmp_path / "exemple", "anct_fibre")
    shutil.rmtree(root.path / CACHE, ignore_errors=True)
    return root


def made(root):
    """Return the works that `ctg data` does, as they are told."""
    seen = []
    process(root, progress=lambda stage, done, works, name: seen.append(f"{stage} {name}") if name else None)
    return sorted(seen)


@pytest.mark.nightly
def test_only_what_has_changed_is_made_again(few):
    first = made(few)
    assert {
        "facts anct_fibre",
        "facts insee_etat_civil",
        "observations anct_fibre-1",
        "geography etalab_decoupage",
    } <= {*first}
    ends = ["tables tables"]
    assert {*first} >= {"material démarches", *ends}
    assert made(few) == []
    before = pd.read_parquet(few.processed / FOLDER)
    (path,) = (few.raw / "anct_fibre").glob("*.csv")
    with path.with_name("source.yml").open("a", encoding="utf-8") as certificate:
        certificate.write("# read again\n")
    assert made(few) == sorted([*ends, "facts anct_fibre"])  # the same facts: nothing is observed again
    pd.testing.assert_frame_equal(pd.read_parquet(few.processed / FOLDER), before)
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    certify(path)
    text = path.with_name("source.yml").read_text(encoding="utf-8")
    lines = int(re.search(r"lignes: (\d+)", text)[1])
    path.with_name("source.yml").write_text(text.replace(f"lignes: {lines}", f"lignes: {lines - 1}"), encoding="utf-8")
    assert made(few) == sorted([*ends, "facts anct_fibre", "observations anct_fibre-1"])
    assert len(pd.read_parquet(few.processed / FOLDER)) != len(before) or not pd.read_parquet(
        few.processed / FOLDER
    ).equals(before)


@pytest.mark.nightly
def test_what_was_made_before_the_command_ended_is_kept(few):
    """A command that is stopped in the middle, here by a file that cannot be trusted."""
    (path,) = (few.raw / "anct_fibre").glob("*.csv")
    whole = path.read_bytes()
    there = {file: file.read_bytes() for file in few.processed.rglob("*") if file.is_file()}
    path.write_bytes(whole + b"99001;x\n")
    with pytest.raises(InputError):
        process(few)
    assert {file: file.read_bytes() for file in few.processed.rglob("*") if file.is_file()} == there
    path.write_bytes(whole)
    assert "facts insee_etat_civil" not in made(few)


@pytest.mark.nightly
def test_an_entry_that_is_damaged_is_made_again_and_none_is_made_from_a_restricted_file(few):
    process(few)
    names = {path.parent.name for path in (few.path / CACHE).rglob("*.parquet")}
    assert names and not any(RESTRICTED in name for name in names)
    before = pd.read_parquet(few.processed / FOLDER)
    (entry,) = (few.path / CACHE / "facts").glob("anct_fibre-*")
    table = entry / "facts.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    assert "facts anct_fibre" in made(few)
    pd.testing.assert_frame_equal(pd.read_parquet(few.processed / FOLDER), before)
