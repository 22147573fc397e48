"""`ctg doctor`: what is installed, fetched, stale, guessed, missing, on one screen, and what would help most."""

import subprocess
import sys

import pandas as pd
import pytest
import yaml
from environment import environment

from ctg_analysis.cli import doctor_command as doctor
from ctg_analysis.core.settings import DEFAULT_EPCI, DataRoot
from ctg_analysis.sources import SOURCES


def lacks(**commands):
    """What is missing, by indicator: the command that gets it, Caf or open data."""
    rows = [
        (name, "Caf" if command.startswith("ctg new") else "Données ouvertes", command)
        for name, command in commands.items()
    ]
    return pd.DataFrame(rows, columns=["indicator", "who", "command"])


@pytest.mark.nightly
def test_one_screen_says_all_of_it_and_three_commands(france):
    command = [sys.executable, "-m", "ctg_analysis", "doctor"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    lines = answer.stdout.splitlines()
    titles = [line[:11].strip() for line in lines if line[:11].strip()]
    assert titles == ["installed", "fetched", "stale", "guessed", "missing", "to mend", "helps most"]
    assert len(lines) <= 24 and max(map(len, lines)) <= 160
    start = titles.index("helps most")
    advice = [line[11:].partition(":")[0] for line in lines[-3:]]
    assert start == len(titles) - 1 and set(advice) <= {
        *(f"ctg {verb} {DEFAULT_EPCI}" for verb in ("new", "build", "fetch --for")),
        "ctg check",
    }
    assert advice[-1] == f"ctg build {DEFAULT_EPCI}"


def test_what_brings_most_indicators_is_advised_first():
    table = lacks(a="ctg new 1", b="ctg new 1", c="ctg fetch x", d="ctg list sources y", e="")
    advised = doctor.advices("1", table)
    assert [(one.command, one.gain) for one in advised] == [
        ("ctg new 1", 2),
        ("ctg fetch --for 1", 1),
        ("ctg build 1", 0),
    ]
    table = lacks(a="ctg new 1", c="ctg fetch x", d="ctg fetch y")
    assert [one.command for one in doctor.advices("1", table)][:2] == ["ctg fetch --for 1", "ctg new 1"]
    assert "2 indicators" in doctor.advices("1", table)[0].brings
    assert [one.command for one in doctor.advices("1", None)] == ["ctg data", "ctg doctor 1"]
    assert [one.command for one in doctor.advices("1", table, mend=True)] == ["ctg check"]
    assert [one.command for one in doctor.advices("1", table[:0])] == ["ctg build 1", "ctg check"]
    assert doctor.missing_of("1", table) == [
        "1: 3 indicators (`ctg list missing 1` names them)",
        "Données ouvertes 2, Caf 1",
    ]


def held(root, source, folder="", **more):
    home = root.raw / source / folder
    home.mkdir(parents=True, exist_ok=True)
    names = ("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence", "couverture")
    said = dict.fromkeys((*names, "secret_arrondi"), "x") | {"id": source, "date_acces": "2020-01-01"} | more
    said["fichiers"] = [{"fichier": "a.csv", "octets": 1, "sha256": "0"}]
    (home / "source.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    (home / "a.csv").write_text("a", encoding="utf-8")


def test_fetched_stale_and_guessed_are_counted(tmp_path):
    root = DataRoot(tmp_path)
    held(root, "finess", "full")
    held(root, "caf_txcouv_pe", "france")
    held(root, "insee_etat_civil")
    assert doctor.fetched(root)[0].startswith("1 open source whole, 2 by an extract that is shipped, ")
    assert doctor.stale(root, current=True) == ["fetched more than 365 days ago: finess"]
    assert "made of other files" in doctor.stale(root, current=False)[0]
    addresses = sum(not one.seen for source in SOURCES.values() for one in source.downloads)
    names = sum(len(source.guesses) for source in SOURCES.values())
    assert doctor.guessed(root)[0].startswith(
        f"{addresses} addresses and {names - len(SOURCES['finess'].guesses)} names in files"
    )


def test_what_must_be_mended_comes_first_with_exit_code_1(tmp_path):
    root = DataRoot(tmp_path / "data")
    held(root, "finess", "full")
    (root.raw / "finess" / "full" / "b.csv").write_text("astray", encoding="utf-8")
    held(root, "caf_txcouv_pe", id="other")
    with environment(CTG_ROOT=tmp_path):
        faults = doctor.faults_of(root)
    assert len(faults) == 2 and "finess/full/b.csv: found a file" in faults[0] and "found 'other'" in faults[1]
    command = [
        sys.executable,
        "-c",
        f"import os; os.environ['CTG_ROOT'] = {str(tmp_path)!r}\n"
        "from ctg_analysis.cli import main; import sys; sys.argv = ['ctg', 'doctor']; main()",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 1 and "helps most ctg check: " in answer.stdout, answer.stderr


def test_packages_of_other_versions_than_the_lock_are_named(tmp_path, monkeypatch):
    with environment(CTG_ROOT=tmp_path):
        (tmp_path / "requirements.lock").write_text(
            "pandas==0.1 \\\n    --hash=sha256:0\nnot-there==1 \\\n    --hash=sha256:0\n"
            "rich==1 ; python_full_version == '3.12.*' \\\n    --hash=sha256:0\n",
            encoding="utf-8",
        )
        assert doctor.locked() == {"pandas": "0.1", "not-there": "1"}
        assert "1 package of other versions than requirements.lock (pandas)" in doctor.installed()[0]
        monkeypatch.setenv("PATH", "")
        assert "no browser to print the PDF with: install Chromium" in doctor.installed()[1]
