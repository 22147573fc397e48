"""The chain from proof to action holds, and each break is named (DOMAIN, scenario 12)."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from material_files import add, change, copy_of, line_of, places_of

from ctg_analysis.chapter.demarche.enjeux import open_enjeux, proofs_of
from ctg_analysis.demarche.material_files import read_material
from ctg_analysis.demarche.proof_checks import exact_baselines, no_longer
from ctg_analysis.indicators.observations import FOLDER
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, settings


@pytest.fixture
def root(tmp_path, example):
    return copy_of(example, tmp_path)


ACTION = 5  # line of F04


@pytest.mark.nightly
def test_scenario_12_the_build_fails_and_names_each_break_also_when_nothing_is_to_be_made(example, tmp_path):
    """An enjeu without action, an action without pilote, a budget that does not reconcile, a proof no longer true."""
    shutil.copytree(example.path, tmp_path / "data" / "exemple")
    public = DataRoot(tmp_path / "data" / "exemple").material(EXAMPLE_EPCI)
    for action in ("F06", "F07"):
        change(public / "actions.csv", line_of(public / "actions.csv", "action_id", action), "statut", "abandonnée")
    change(public / "actions.csv", ACTION, "pilote", "")
    change(public / "actions.csv", ACTION, "budget_fonct", "99000")
    change(public / "preuves.csv", line_of(public / "preuves.csv", "constat_id", "C04"), "lecture", "plus élevé que")
    here = settings().root
    for name in ("notebooks", "docs", "data/reference", "requirements.lock"):
        (tmp_path / name).symlink_to(here / name)
    command = [sys.executable, "-m", "ctg_analysis"]
    options = {"env": os.environ | {"CTG_ROOT": str(tmp_path)}, "capture_output": True, "text": True}
    broken = ["E03, retenu sans action", "rien pour F04", "trouvé 99 000, attendu 22 500"]
    broken.append("trouvé « plus élevé que » (ici ")  # a person who fills tables reads French
    for state in ("2 chapitres refaits", "à jour"):
        answer = subprocess.run([*command, "build", EXAMPLE_EPCI, "--chapters", "14,15"], **options)
        assert answer.returncode == 2 and state in answer.stderr, answer.stderr
        assert all(answer.stderr.count(one) == 1 for one in broken), answer.stderr
    answer = subprocess.run([*command, "convention", EXAMPLE_EPCI], **options)
    assert answer.returncode == 1 and all(answer.stderr.count(one) == 1 for one in broken)


@pytest.fixture(scope="module")
def known(example):
    observations = pd.read_parquet(example.processed / FOLDER)
    return observations, places_of(example)


def proofs_said(public, known):
    """What is said of the proofs, read alone."""
    alone = public.with_name("alone")
    alone.mkdir()
    shutil.copy(public / "preuves.csv", alone)
    proofs = read_material(alone).tables["preuves"]
    return [str(one).split("preuves.csv, ")[1] for one in no_longer(proofs, *known, EXAMPLE_EPCI)]


def test_the_proofs_of_the_example_hold(public, known):
    assert proofs_said(public, known) == []


NO_MORE = {
    "the contrary": (
        "C04",
        "lecture",
        "plus élevé que",
        "trouvé « plus élevé que » (ici 77,7 % en 2025, département 96,3 %), attendu « plus faible que », sans test",
    ),
    "not significant": ("C19", "lecture", "plus élevé que", "attendu « proche de », au test de la règle R14, p = "),
    "below the number": ("C02", "repere", "60", "colonne lecture : trouvé « au moins » 60 (ici de 13,9 à 100,0"),
    "no such comparator": (
        "C04",
        "repere",
        "commune",
        "trouvé « commune », attendu l'une de ces valeurs : département",
    ),
    "no value of it": (
        "C04",
        "ref",
        "leisure_occupancy_rate+999999999+2024",
        "trouvé aucune valeur de département en 2024",
    ),
    "no such period": (
        "C07",
        "ref",
        "age_0_19_share+999999999+1999",
        "trouvé aucune valeur de age_0_19_share+999999999+1999",
    ),
}


@pytest.mark.parametrize(("constat", "column", "value", "told"), NO_MORE.values(), ids=NO_MORE)
def test_a_proof_that_the_observations_do_not_bear_is_named(public, known, constat, column, value, told):
    number = line_of(public / "preuves.csv", "constat_id", constat)
    change(public / "preuves.csv", number, column, value)
    (line,) = proofs_said(public, known)
    assert line.startswith(f"ligne {number}, colonne ") and told in line


def test_a_baseline_to_the_unit_of_a_count_that_is_published_rounded_is_named(public, known):
    """The convention would print what the pages round: 386 persons, where they tell from 370 to 402."""
    said = lambda: [str(one) for one in exact_baselines(read_material(public).tables[table], known[0], EXAMPLE_EPCI)]  # noqa: E731
    table = "indicateurs_suivi"
    assert said() == []
    number = line_of(public / f"{table}.csv", "ind_id", "F16-T2")
    change(public / f"{table}.csv", number, "valeur_reference", "386")
    (line,) = said()
    assert f"ligne {number}, colonne valeur_reference" in line and "un multiple de 5" in line


def test_a_proof_whose_observation_is_gone_is_named(public, known):
    observations, places = known
    less = observations[observations["indicator"].ne("care_refusals_count")]
    (line,) = proofs_said(public, (less, places))
    assert "colonne ref : trouvé aucune valeur de care_refusals_count+999999999+2024" in line


def test_a_change_since_a_period_is_held_to_its_sign_and_to_chance(public, known):
    """That of owners falls; that of young children too, but on a few hundred, by no more than chance explains."""
    observations, places = known
    own = observations[observations["territory"].eq(EXAMPLE_EPCI) & observations["level"].eq("epci")]
    values = own.set_index(["indicator", "period"])["value"]
    cells = {"constat_id": "C07", "type": "indicateur", "sens": "nuance", "repere": "2012"}
    lines = {}
    for name, reading in (
        ("owner_dwellings_share", "en baisse depuis"),
        ("children_0_2_share", "en baisse depuis"),
        ("owner_dwellings_share", "en hausse depuis"),
    ):
        assert values[name, "2023"] < values[name, "2012"]
        period = "2023" if len(lines) < 2 else "2017"
        lines[name, reading] = add(
            public / "preuves.csv", **cells, ref=f"{name}+{EXAMPLE_EPCI}+{period}", lecture=reading
        )
    chance, contrary = proofs_said(public, (observations, places))
    number = lines["children_0_2_share", "en baisse depuis"]
    assert chance.startswith(f"ligne {number}, colonne lecture : trouvé « en baisse depuis » 2012")
    number = lines["owner_dwellings_share", "en hausse depuis"]
    assert contrary.startswith(f"ligne {number}, colonne lecture : trouvé « en hausse depuis » 2012")


def test_a_trend_is_that_of_its_years_not_of_the_first_and_the_last(public, known):
    """Births: fewer in 2025 than in 2008, by a fifth, without any trend; job seekers fall year after year."""
    observations, places = known
    own = observations[observations["territory"].eq(EXAMPLE_EPCI) & observations["level"].eq("epci")]
    values = own.set_index(["indicator", "period"])["value"]
    assert values["births_count", "2025"] < values["births_count", "2008"]
    cells = {"constat_id": "C07", "type": "indicateur", "sens": "nuance", "lecture": "en baisse depuis"}
    path = public / "preuves.csv"
    number = add(path, **cells, ref=f"births_count+{EXAMPLE_EPCI}+2025", repere="2008")
    add(path, **cells, ref=f"job_seekers_a_count+{EXAMPLE_EPCI}+2024", repere="2015")
    (told,) = proofs_said(public, (observations, places))
    assert told.startswith(f"ligne {number}, colonne lecture : trouvé « en baisse depuis » 2008")


def test_what_is_counted_whole_differs_without_a_test(example):
    """98.0 % within twenty minutes, 99.7 % in the département: each commune is wholly within, or wholly beyond."""
    said = [proof["text"] for proof in proofs_of(open_enjeux(EXAMPLE_EPCI), "C05")]
    assert any("98,0" in text and text.endswith("plus faible que le département (99,7\u202f%)") for text in said), said
