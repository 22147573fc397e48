"""What the command says and ends with: 2 is kept for what was published with chapters that failed."""

import signal
import subprocess
import sys

import pytest

from ctg_analysis import cli
from ctg_analysis.cli import demarche_commands
from ctg_analysis.model.errors import Busy, UserError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.publish.editions import Built, lines_of
from ctg_analysis.publish.site import wanted

EPCI = "200067171"
STAND = "rapports faits ou à jour : 1 sur 2 ; les autres restent comme ils étaient"


@pytest.fixture
def told(monkeypatch, capsys, tmp_path):
    """What runs the command with arguments, and returns its exit code and the lines of what it says."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ctg", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code or 0, capsys.readouterr().err.splitlines()

    monkeypatch.chdir(tmp_path)
    return run


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["build", "--job", "2"], "--job"),
        (["build", "--jobs", "0"], "--jobs"),
        (["gc"], "--keep"),
        (["bild"], "bild"),
        (["build", "--out", "file"], "file"),
    ],
)
def test_a_wrong_use_is_one_line_and_ends_with_1(told, tmp_path, arguments, word):
    (tmp_path / "file").touch()
    code, (line,) = told(*arguments)
    assert code == 1 and line.startswith("ctg") and word in line


def test_a_part_without_territory_is_said_and_is_no_failure(told, tmp_path):
    code, (line,) = told("build", EPCI, "--shard", "2/2", "--out", "reports")
    assert code == 0 and line.startswith("--shard 2/2: no territory") and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ([{"published": True}, {"error": Busy("b")}], 0),
        ([{"published": True, "faults": "a fault"}, {"error": Busy("b")}], 2),
        ([{"published": True}, {"error": UserError("e")}, {"error": Busy("b")}], 1),
        ([{}, {"error": Busy("b")}], 3),  # the first was up to date
        ([{"error": Busy("b")}], 3),
    ],
)
def test_3_is_kept_for_who_did_nothing(told, tmp_path, monkeypatch, reports, code):
    """Of two runs that overlap, each leaves to the other what that one is at."""
    built = [Built(EPCI, tmp_path / EPCI, **one) for one in reports]
    monkeypatch.setattr("ctg_analysis.cli.build_commands.build_reports", lambda *_, **__: iter(built))
    monkeypatch.setattr("ctg_analysis.cli.build_commands.write_list", lambda out: None)
    assert told("build", EPCI, "200066637", "--out", str(tmp_path))[0] == code


def test_a_folder_with_a_space_is_quoted_in_the_command_that_follows(told, tmp_path, monkeypatch):
    monkeypatch.setattr("ctg_analysis.cli.build_commands.write_project", lambda folder: None)
    code, (line,) = told("init", "le projet")
    assert code == 0 and line.startswith("le projet : prêt ; la suite : cd 'le projet', puis ctg build")


def test_help_and_what_a_command_raises_end_as_they_did(told):
    assert told("--help")[0] == 0
    assert {told(name, "--help")[0] for name in [*NAMED, "data", "init", "gc", "new-chapter", "check", "fetch"]} == {0}
    lists = "epci, indicators, sources, chapters, missing, coverage"
    assert told("list", "epcis") == (1, [f"ctg list epcis : attendu l'un de : {lists}"])


def test_a_folder_that_cannot_be_written_is_one_line_and_ends_with_1(told, tmp_path):
    (tmp_path / "file").touch()
    place = str(tmp_path / "file" / "reports")
    assert told("build", EPCI, "--out", place) == (1, [f"{place}: Not a directory"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["123456789"], "« 123456789 » : aucun de ce SIREN ni de ce nom"),
        (["12345"], "EPCI « 12345 » : attendu un SIREN de 9 chiffres"),
        (["--chapters", "99"], "aucun chapitre 99 : attendu parmi 00, 01, 02"),
    ],
)
def test_an_unknown_epci_or_chapter_is_one_line_and_ends_with_1(told, france, arguments, said):
    code, (line,) = told("build", "--out", "reports", *arguments)
    assert code == 1 and said in line


def test_an_epci_that_comes_twice_is_built_once():
    """The second time it would be refused, since it is being built."""
    assert wanted([EPCI, "243500139", EPCI], every=False, departement="") == [EPCI, "243500139"]


def test_what_failed_is_not_said_to_be_up_to_date(tmp_path):
    built = Built(EPCI, tmp_path / EPCI, published=True, failed={"08": UserError("notebooks/08.ipynb, cell 5: no")})
    first, second, third = lines_of(built)
    assert first.endswith("index.html : 0 chapitre refait")
    assert second == f"{EPCI} : notebooks/08.ipynb, cell 5: no : la page n'est pas de cette édition"
    assert "sauf si son processus a été arrêté" in third
    built.why = "les données ou les formulaires"
    built.ran, built.failed = ["07"], {}
    assert lines_of(built)[0].endswith(" : 1 chapitre refait (07.html) ; ont changé : les données ou les formulaires")
    built.why = ""
    assert lines_of(built) == [f"{tmp_path / EPCI}/index.html : 1 chapitre refait (07.html)"]
    built.ran = []
    assert lines_of(built) == [f"{tmp_path / EPCI}/index.html : à jour"]


NAMED = {
    "build": [],
    "documents": [],
    "convention": [],
    "flash": [],
    "answers": ["export.csv"],
    "purge": ["--delete"],
    "observations": [],
    "new": [],
}


@pytest.mark.parametrize("epci", ["../../x", "../x", "/tmp", "x", "", "20006717", "200067171/../200067171"])
def test_what_is_no_siren_is_refused_before_anything_is_looked_for(told, tmp_path, monkeypatch, epci):
    monkeypatch.setattr(demarche_commands, "data_root", lambda *_: DataRoot(tmp_path / "data"))  # not ours
    (tmp_path / "export.csv").write_text("id\n", encoding="utf-8")
    expected = f"EPCI {quote(epci)} : attendu un SIREN de 9 chiffres, `ctg list epci MOT` le trouve"
    said = {name: told(name, epci, *more) for name, more in NAMED.items()}
    assert said == dict.fromkeys(NAMED, (1, [expected]))
    assert [path.name for path in tmp_path.iterdir()] == ["export.csv"]


def test_answers_of_an_epci_that_there_is_not_are_refused(told, tmp_path, example):
    (tmp_path / "export.csv").write_text("id\n", encoding="utf-8")
    code, (line,) = told("answers", "999999912", "export.csv")
    assert code == 1 and line.startswith("EPCI « 999999912 » : aucun de ce SIREN ni de ce nom")
    assert not (example.private / "999999912").exists()


def test_ctrl_c_says_what_stands_and_ends_with_130(told, tmp_path, monkeypatch):
    """In a build, in the data stage, in a fetch, in any other command."""

    def stop(*_, **__):
        raise KeyboardInterrupt

    def one_then_stop(*_, **__):
        yield Built(EPCI, tmp_path / EPCI)
        raise KeyboardInterrupt

    last = "interrompu : ce qui est là est entier ; relancer la commande, elle reprend où elle en était"
    monkeypatch.setattr("ctg_analysis.cli.build_commands.build_reports", one_then_stop)
    monkeypatch.setattr("ctg_analysis.cli.build_commands.process", stop)
    monkeypatch.setattr("ctg_analysis.cli.download_commands.fetch_each", stop)
    monkeypatch.setattr("ctg_analysis.cli.demarche_commands.ensure", stop)
    code, lines = told("build", EPCI, "200066637", "--out", str(tmp_path))
    assert code == 130 and lines[-2:] == [STAND, last]
    code, lines = told("data")
    kept = "data/processed and data/exemple/processed: as they were; the works that are done are kept"
    assert code == 130 and lines == [kept, last]
    code, lines = told("fetch", "rna")
    assert code == 130
    assert [line.replace("\u00a0", " ") for line in lines] == [
        "téléchargé : 0 sur 1 source ; ce qui est venu des autres est gardé pour la prochaine fois",
        last,
    ]
    assert told("new", EPCI) == (130, [last])


def test_sigterm_ends_a_command_as_ctrl_c_does_with_143(told, tmp_path, monkeypatch):
    def one_then_stop(*_, **__):
        yield Built(EPCI, tmp_path / EPCI)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(cli, "terminated", False)
    monkeypatch.setattr("ctg_analysis.cli.build_commands.build_reports", one_then_stop)
    code, lines = told("build", EPCI, "200066637", "--out", str(tmp_path))
    last = "interrompu : ce qui est là est entier ; relancer la commande, elle reprend où elle en était"
    assert code == 143 and lines[-2:] == [STAND, last]


WORKS_INTERRUPTED = """
import os, signal, time
from ctg_analysis.pipeline import run as side_by_side
side_by_side.cores = lambda: 2
with side_by_side.processes() as pool:
    for both in [pool.submit(time.sleep, 1), pool.submit(time.sleep, 1)]:
        both.result()  # both have begun: a process that is being made has no word yet on what ends it
    pool.submit(time.sleep, 600)  # one has a work, the other waits for one
    time.sleep(1)
    os.killpg(0, signal.SIGINT)
    time.sleep(600)
"""


@pytest.mark.nightly
def test_the_processes_that_ctrl_c_reaches_too_end_without_a_word():
    answer = subprocess.run(
        [sys.executable, "-c", WORKS_INTERRUPTED],
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert answer.stderr.count("Traceback") == 1 and "ForkProcess" not in answer.stderr  # that of this script
