"""kill -9 at random moments over the commands that write: whole sets only, and nothing left after the next command.

The convention and fetches die at each moment in turn in their own tests. `make nightly` kills each once; `make kills`
sixty times in all (--kills 60), and verifies each report.
"""

import os
import random

import pytest
from browser import NONE_FOUND
from killing import (
    BUILD,
    Trial,
    commands,
    editions_are_whole,
    forget,
    is_as_built_elsewhere,
    many_editions,
    project,
    retell,
    small_project,
    sums,
    tables_are_whole,
)

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.publish.pdf import browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
]

WORKS = ("build", "data", "documents", "gc")
MOMENTS = 5  # at which SIGTERM ends a command
MANY = 6  # kills of each work from which each report is verified, not only the last one


@pytest.fixture(scope="module")
def times(request):
    """How many times each work is killed."""
    return max(1, request.config.getoption("--kills") // len(WORKS))


@pytest.fixture(scope="module")
def at_home(tmp_path_factory, example):
    """What runs the commands on the project of the invented territory, its report built, of one chapter."""
    root = project(tmp_path_factory.mktemp("kills"))
    with commands(root) as ctg:
        ctg.run(*BUILD)
        yield ctg


def killed(trial: Trial, took: float, times: int, verified: bool = False) -> None:
    """Kill a command at so many random moments of the time that it takes; look, run it again to its end, look again.

    verified: whether the report is built again elsewhere at the end, or each time when there are many.
    """
    chance = random.Random(trial.arguments[0])
    for number in range(times):
        trial.change(number)
        moment = chance.uniform(0, took)
        trial.commands.run(*trial.arguments, moment=moment)
        try:
            trial.look()
            trial.commands.run(*trial.arguments)
            trial.look()
            assert trial.commands.left() == []
            if verified and (number == times - 1 or times >= MANY):
                is_as_built_elsewhere(trial.commands)
        except BaseException as error:
            error.add_note(f"ctg {' '.join(trial.arguments)}, killed after {moment:.3f} s of {took:.3f} s")
            raise


def test_build(at_home, times):
    """Two versions of a chapter in turn."""
    out = at_home.root / "reports"
    trial = Trial(at_home, BUILD, lambda: editions_are_whole(out), lambda number: retell(at_home.root, number))
    trial.change(1)
    killed(trial, at_home.run(*BUILD), times, verified=True)


def terminated(trial: Trial, took: float, stands: str) -> None:
    """End a command by SIGTERM at five moments of the time that it takes; look at once, then run it again.

    Half of them at least end it: the others come when it has ended by itself.
    """
    codes, told = [], []
    for number in range(MOMENTS):
        trial.change(number)
        moment = 0.05 + (took - 0.05) * (number + 0.5) / MOMENTS
        code, lines = trial.commands.terminated(*trial.arguments, moment=moment)
        assert trial.commands.left() == []
        trial.look()
        codes.append(code)
        assert code == 0 or (code == 143 and lines[-1].startswith("interrompu : ce qui est là est entier")), lines
        told += [line for line in lines[:-1] if stands in line]
        took = min(took, trial.commands.run(*trial.arguments))
        trial.look()
    assert codes.count(143) >= MOMENTS // 2 and told, codes


def test_sigterm_ends_a_build_and_nothing_is_left(at_home):
    look, change = lambda: editions_are_whole(at_home.root / "reports"), lambda number: retell(at_home.root, number)
    trial = Trial(at_home, BUILD, look, change)
    trial.change(1)
    terminated(trial, at_home.run(*BUILD), "les autres restent comme ils étaient")


def test_sigterm_ends_the_data_stage_and_nothing_is_left(tmp_path, example):
    root = small_project(tmp_path, example)
    with commands(root) as ctg:
        took = ctg.run("data")
        trial = Trial(ctg, ("data",), lambda: tables_are_whole(root), lambda number: forget(root))
        terminated(trial, took, "as they were")


def test_documents(at_home, times, monkeypatch):
    """Each document is the one that an undisturbed command writes, or is not there yet."""
    try:
        browser()
    except UserError:
        pytest.skip(NONE_FOUND)
    home = at_home.root / "reports" / "documents" / EXAMPLE_EPCI
    took = at_home.run("documents", EXAMPLE_EPCI)
    whole = sums(home)
    assert len(whole) == 3

    def look():
        assert sums(home).items() <= whole.items()

    def remove(number):
        for path in home.iterdir():
            path.unlink()

    killed(Trial(at_home, ("documents", EXAMPLE_EPCI), look, remove), took, times)
    assert sums(home) == whole


def test_gc(at_home, times):
    out = at_home.root / "reports"
    at_home.run(*BUILD)  # of the templates of now
    trial = Trial(at_home, ("gc", "--keep", "2"), lambda: editions_are_whole(out), lambda number: many_editions(out, 8))
    many_editions(out, 8)
    killed(trial, at_home.run(*trial.arguments), times, verified=True)


def test_data(tmp_path, example, times):
    root = small_project(tmp_path, example)
    with commands(root) as ctg:
        killed(Trial(ctg, ("data",), lambda: tables_are_whole(root)), ctg.run("data"), times)
