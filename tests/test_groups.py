"""What `ctg data` keeps: the groups of indicators, what is made again when an input has changed, what the gate says."""

import os
import re
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest
from raw_files import certify, copied

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.model import OK, Count
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.indicators.observation_files import read_all
from ctg_analysis.indicators.observations import NUMBERS
from ctg_analysis.processing import restricted
from ctg_analysis.processing.derivation import Derivation
from ctg_analysis.processing.freshness import inputs
from ctg_analysis.processing.groups import RESTRICTED, groups
from ctg_analysis.processing.linked_sources import restricted_lists
from ctg_analysis.processing.run import forget_all, process
from ctg_analysis.secrecy.gate import emptied, withhold_beside
from ctg_analysis.secrecy.statements import Edition
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.known_sums import CACHE

KEY = ["territory", "level", "period", "indicator"]


def test_each_indicator_is_in_one_group_and_the_restricted_ones_are_in_theirs():
    named = groups(CATALOGUE.values(), SOURCES)
    ids = [indicator.id for group in named.values() for indicator in group]
    assert sorted(ids) == sorted(CATALOGUE)
    apart = {indicator.id for indicator in named[RESTRICTED]}
    assert apart == {one.id for one in CATALOGUE.values() if any(SOURCES[name].withholds for name in one.sources)}
    assert all(len(one.sources) == 1 for one in named[RESTRICTED])  # so that it goes through the gate with one list
    listed = [name for names in restricted_lists() for name in names]
    assert sorted(listed) == sorted({name for one in named[RESTRICTED] for name in one.sources})


@pytest.fixture(scope="module")
def asked(example, tmp_path_factory):
    """What the gate was asked of the restricted group of the invented territory, some linked sources after the others,
    and all that was observed there.
    """
    root = DataRoot(tmp_path_factory.mktemp("data") / "exemple")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("processed", "published"))
    told = []

    def listening(*arguments):
        told.append(arguments)
        return withhold_beside(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restricted, "withhold_beside", listening)
        patch.setattr(os, "sched_getaffinity", lambda _: {0})  # in this process, which listens
        process(root)
    *_, sources, members, _ = told[0]
    everything = read_all(root.processed)
    of_forms = {one.id for one in groups(CATALOGUE.values(), SOURCES)[RESTRICTED]}
    return SimpleNamespace(
        root=root,
        group=pd.concat([observed for observed, *_ in told], ignore_index=True),
        rest=(CATALOGUE, sources, members),
        restricted=of_forms,
        open=everything[~everything["indicator"].isin(of_forms)],
        written=everything[everything["indicator"].isin(of_forms)],
    )


def in_order(rows):
    return rows.astype(dict.fromkeys([*KEY, "status", "source"], str)).sort_values(KEY, ignore_index=True)


def of_all_and_of_the_group(asked, published):
    """Return what the gate says when it is given all the observations, and when it is given those it reads alone."""
    of_group = asked.group[asked.group["indicator"].isin(asked.restricted)]
    whole = withhold_beside(pd.concat([of_group, asked.open], ignore_index=True), *asked.rest, published)
    part = withhold_beside(asked.group, *asked.rest, published)
    return whole, part


@pytest.mark.nightly
def test_the_gate_says_of_the_restricted_group_what_it_says_of_all(asked):
    whole, part = of_all_and_of_the_group(asked, ())
    mine = whole.observations["indicator"].isin(asked.restricted)
    expected = in_order(whole.observations[mine])
    same = part.observations["indicator"].isin(asked.restricted)
    pd.testing.assert_frame_equal(in_order(part.observations[same]), expected, check_exact=True)
    pd.testing.assert_frame_equal(in_order(asked.written), expected, check_exact=True, check_dtype=False)
    pd.testing.assert_frame_equal(in_order(whole.observations[~mine]), in_order(asked.open), check_exact=True)
    assert expected["status"].eq("secret").sum() > 100


@pytest.mark.nightly
def test_linked_sources_say_alone_what_they_say_among_all(asked):
    """`ctg check` works out those that an edited form is linked with, and no other."""
    for names in restricted_lists():
        alone = Derivation(asked.root, inputs(asked.root), None, asked.root.processed).restricted(names)
        expected = asked.written[asked.written["source"].isin(names)]
        pd.testing.assert_frame_equal(in_order(alone), in_order(expected), check_exact=True, check_dtype=False)


@pytest.mark.nightly
def test_so_it_does_beside_an_earlier_edition_that_tells_more(asked):
    """The edition shows what is withheld now, and sums of both regimes of which the open part was another."""
    rows = asked.group.copy()
    shown = rows["status"].eq(OK) & rows["source"].isin(
        [name for name, one in SOURCES.items() if one.secrecy.threshold]
    )
    sums = {Count(part) for one in SOURCES.values() if one.addition for part, _ in one.addition.sums.values()}
    opened = rows["indicator"].map(lambda name: CATALOGUE[name].value in sums)
    rows.loc[opened, NUMBERS] += 1.0
    published = [Edition(rows[shown | opened], asked.rest[2])]
    whole, part = of_all_and_of_the_group(asked, published)
    pd.testing.assert_frame_equal(part.exposed, whole.exposed)
    assert len(part.exposed) > 0
    kept = [table.observations[table.observations["indicator"].isin(asked.restricted)] for table in (whole, part)]
    pd.testing.assert_frame_equal(*map(in_order, kept), check_exact=True)


@pytest.mark.nightly
def test_what_the_gate_leaves_of_open_rows_is_what_it_would(asked):
    some = asked.open.head(2_000)
    gated = withhold_beside(some, *asked.rest, ()).observations
    pd.testing.assert_frame_equal(in_order(gated), in_order(emptied(some)), check_exact=True)


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
    before = read_all(few.processed)
    (path,) = (few.raw / "anct_fibre").glob("*.csv")
    with path.with_name("source.yml").open("a", encoding="utf-8") as certificate:
        certificate.write("# read again\n")
    assert made(few) == sorted([*ends, "facts anct_fibre"])  # the same facts: nothing is observed again
    pd.testing.assert_frame_equal(read_all(few.processed), before)
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    certify(path)
    text = path.with_name("source.yml").read_text(encoding="utf-8")
    lines = int(re.search(r"lignes: (\d+)", text)[1])
    path.with_name("source.yml").write_text(text.replace(f"lignes: {lines}", f"lignes: {lines - 1}"), encoding="utf-8")
    assert made(few) == sorted([*ends, "facts anct_fibre", "observations anct_fibre-1"])
    assert len(read_all(few.processed)) != len(before) or not read_all(few.processed).equals(before)


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


def test_an_entry_that_is_damaged_is_made_again(few):
    process(few)
    before = read_all(few.processed)
    (entry,) = (few.path / CACHE / "facts").glob("anct_fibre-*")
    table = entry / "facts.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    assert "facts anct_fibre" in made(few)
    pd.testing.assert_frame_equal(read_all(few.processed), before)


def test_no_entry_is_made_from_a_restricted_file(few):
    process(few)
    names = {path.parent.name for path in (few.path / CACHE).rglob("*.parquet")}
    assert names and not any(RESTRICTED in name for name in names)
    before = read_all(few.processed)
    assert forget_all(few) > 100_000 and not (few.path / CACHE).exists()
    pd.testing.assert_frame_equal(read_all(few.processed), before)  # the tables stay
