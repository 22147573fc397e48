"""Two worlds whose restricted counts fall in the same intervals are told by the same bytes (rule R1)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacker import BASE, EXACT, SUMS, drawn
from test_attack import EVERY, FEW, of_forms, places_of, published

from ctg_analysis.model.settings import EXAMPLE_EPCI, settings

PLACES = places_of((4, 12))


def within_intervals(counts, draw, places):
    """Return other counts, each of the same interval, and so are their totals: those of a measure of an EPCI that would
    move stay, with what they are the sum of.
    """
    epcis = {one: place for place, communes in places.items() if len(place) == 9 for one in communes}
    _, told = published(counts, places)
    other = {
        one: count if one[0] in EXACT else count // BASE * BASE + int(draw.integers(BASE))
        for one, count in counts.items()
    }
    while moved := _differences(told, published(other, places)[1]):
        moves = {
            (one, epci)
            for measure, place in moved
            for one in (measure, *(part for whole, parts in SUMS if whole == measure for part in parts))
            for epci in ([epcis.get(place, place[:9])] if len(place) > 2 else epcis.values())
        }
        other = {one: counts[one] if (one[0], epcis[one[1]]) in moves else count for one, count in other.items()}
    return other


def _differences(told, then):
    return [one for one in told if told[one] != then[one]]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.nightly)])
def test_observations_depend_on_intervals_alone(seed):
    counts, draw = of_forms(drawn(seed, EVERY), *FEW), np.random.default_rng(seed)
    other = within_intervals(counts, draw, PLACES)
    assert sum(counts[one] != other[one] for one in counts) > 50
    told, intervals = published(counts, PLACES)
    then, same = published(other, PLACES)
    assert intervals == same
    pd.testing.assert_frame_equal(told, then, check_exact=True)
    moved = other | {("youth_followed", EVERY[0]): other["youth_followed", EVERY[0]] + BASE}
    assert not published(moved, PLACES)[0].equals(told)


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_five_hundred_pairs_of_worlds_are_told_alike(seed):
    """Of an EPCI of three communes each, of every form."""
    places = {}
    for number in range(500):
        communes = [f"{number:04}{letter}" for letter in "ABC"]
        places |= {f"2{number:08}": communes} | {one: [one] for one in communes}
    counts = drawn(seed, [one for one in places if len(one) == 5])
    other = within_intervals(counts, np.random.default_rng(seed), places)
    assert len({commune[:4] for (_, commune), count in counts.items() if other[_, commune] != count}) == 500
    pd.testing.assert_frame_equal(published(counts, places)[0], published(other, places)[0], check_exact=True)


# Columns of the forms of the invented territory: shown by commune, so that totals are sums of intervals; not shown by
# commune, so that a person may move from one to the other.
SHOWN = {
    "mission_locale": ["jeunes_suivis"],
    "enquete_locale_droits": ["numerique_personnes", "rendez_vous_droits"],
    "enquete_locale_petite_enfance": ["liste_attente"],
    "senacs_vie_sociale": ["participants"],
}
MOVED = {
    "caf_partenaire_jeunesse_parentalite": ["clas_enfants", "clas_parents", "reaap_participants"],
    "enquete_locale_enfance": ["enfants_handicap_accueillis", "ados_11_17_accueillis"],
    "sdjes_accueils": ["departs_sejours"],
    "caf_partenaire_familles": ["personnes_rsa", "enfants_6_11"],
}


def change(folder, draw):
    """Change counts of the forms within their intervals."""
    for form in SHOWN | MOVED:
        path = folder / f"{form}.csv"
        table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
        for column in SHOWN.get(form, ()):
            mine = table["territoire"].str.len().eq(5) & table[column].str.fullmatch(r"\d+(,0)?")
            counts = table.loc[mine, column].str.replace(",0", "").astype(int)
            table.loc[mine, column] = (counts // BASE * BASE + draw.integers(0, BASE, len(counts))).astype(str)
        for column in MOVED.get(form, ()):
            for _, rows in table[table["territoire"].str.len().eq(5)].groupby("periode"):
                counts = pd.to_numeric(rows[column].str.replace(",", "."), errors="coerce").dropna()
                giver, taker = draw.choice(counts.index[counts.gt(0)]), draw.choice(counts.index)
                table.loc[giver, column] = str(int(counts[giver]) - 1)
                table.loc[taker, column] = str(int(counts[taker]) + (0 if giver == taker else 1))
        path.write_text(table.to_csv(sep=";", index=False, lineterminator="\n"), encoding="utf-8")


def change_one(folder):
    """Change a count of a commune to the next interval, of fifteen there."""
    path = folder / "mission_locale.csv"
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    last = table.index[table["territoire"].str.len().eq(5) & table["jeunes_suivis"].ne("")][-1]
    table.loc[last, "jeunes_suivis"] = str(int(table.loc[last, "jeunes_suivis"].replace(",0", "")) + 15)
    path.write_text(table.to_csv(sep=";", index=False, lineterminator="\n"), encoding="utf-8")


PAIRS = 3
PROCESS = "from ctg_analysis.model import settings; from ctg_analysis.pipeline.run import process\n"
PROCESS += "process(settings.data_root(settings.EXAMPLE_EPCI))"


def project(home, example):
    """Make a project of the invented territory alone; return its data."""
    for path in settings().root.iterdir():
        if path.name not in ("data", "reports", ".git"):
            (home / path.name).symlink_to(path)
    root = home / "data" / "exemple"
    shutil.copytree(example.path, root)
    (home / "data" / "reference").symlink_to(settings().reference)
    return root


@pytest.fixture(scope="module")
def world(tmp_path_factory, example):
    """What publishes all there is of the invented territory, its forms changed; returns the bytes by file.

    Not `whole`: data/processed alone, of which all else is made.
    """
    home = tmp_path_factory.mktemp("world")
    root = project(home, example)
    forms = {path: path.read_bytes() for path in (root / "private" / EXAMPLE_EPCI).glob("*.csv")}

    def made(changed=lambda folder: None, whole=True):
        for path, content in forms.items():
            path.write_bytes(content)
        changed(root / "private" / EXAMPLE_EPCI)
        shutil.rmtree(home / "reports", ignore_errors=True)
        said, ctg = {}, Path(sys.executable).with_name("ctg")
        several = {name: [ctg, name, EXAMPLE_EPCI] for name in ("build", "observations", "convention")}
        for name, command in several.items() if whole else [("data", [sys.executable, "-c", PROCESS])]:
            ran = subprocess.run(command, cwd=home, env=os.environ | {"CTG_ROOT": str(home)}, capture_output=True)
            assert ran.returncode == 0, ran.stderr.decode()
            said[name] = ran.stdout
        files = [*(home / "reports").rglob("*"), *(root / "processed").rglob("*")]
        return said | {
            str(path.relative_to(home)): path.read_bytes()
            for path in files
            if path.is_file()
            and path.name != "manifest.json"  # the sums of all inputs, by which they are known to change
        }

    return made


@pytest.mark.nightly
@pytest.mark.slow
def test_all_that_is_published_depends_on_intervals_alone(world):
    """Pages, CSV, Parquet, search, convention, data/processed."""
    told, then = world(), world(lambda folder: change(folder, np.random.default_rng(0)))
    assert then.keys() == told.keys() and [name for name in told if then[name] != told[name]] == []


@pytest.mark.nightly
@pytest.mark.slow
def test_the_observations_of_a_territory_depend_on_intervals_alone(world):
    """What `ctg data` writes, of pairs more than whole reports can be made of, and of one that is an interval apart."""
    told = world(whole=False)

    def differ(changed):
        then = world(changed, whole=False)
        assert then.keys() == told.keys()
        return [name for name in told if then[name] != told[name]]

    for seed in range(1, PAIRS):
        assert differ(lambda folder, seed=seed: change(folder, np.random.default_rng(seed))) == [], seed
    assert any("observations.parquet" in name for name in differ(change_one))
