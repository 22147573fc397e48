"""The same bytes from two clones of one commit: by another user, in another folder, time zone and locale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from same_bytes import compared

from ctg_analysis.model.settings import EXAMPLE_EPCI, settings

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

CHAPTERS = "01,04,08"
NOBODY = 65534
ELSEWHERE = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": "/nowhere", "LOGNAME": "nobody"}


def clone_of(home: Path, processed: Path) -> Path:
    """Return a clone of the commit that the project is at, with the data derived already, if they still hold."""
    source = settings().root
    if subprocess.run(["git", "-C", source, "rev-parse", "HEAD"], capture_output=True, check=False).returncode:
        pytest.skip("no git repository here, so no commit to clone")
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", source, home], check=True)
    shutil.copytree(processed, home / "data" / "exemple" / "processed")
    return home


def ctg(home: Path, *arguments: str, user: tuple[str, ...] = (), **environment: str) -> str:
    """Run the command on a clone; return what it says."""
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": str(home / "src"), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [*user, sys.executable, "-m", "ctg_analysis", *arguments]
    answer = subprocess.run(command, cwd=home, env=told, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stderr


@pytest.fixture(scope="module")
def clones(tmp_path_factory, example):
    """Two clones with their reports: here as it is, and in a folder with another name, elsewhere in the world."""
    home = tmp_path_factory.mktemp("clones")
    one, other = (clone_of(home / name, example.processed) for name in ("un", "un autre dossier, ailleurs – é"))
    ctg(one, "build", EXAMPLE_EPCI, "--chapters", CHAPTERS)
    ctg(other, "build", EXAMPLE_EPCI, "--chapters", CHAPTERS, "--jobs", "1", **ELSEWHERE)
    return one, other


def test_two_clones_of_one_commit_give_the_same_bytes(clones):
    reports = [clone / "reports" / EXAMPLE_EPCI for clone in clones]
    count, differences = compared(*reports)
    assert differences == [] and count > 100
    assert reports[0].resolve().name == reports[1].resolve().name
    text = (reports[0] / "provenance.json").read_text(encoding="utf-8")
    commit = subprocess.run(["git", "-C", clones[0], "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert f'"commit": "{commit.stdout.strip()}"' in text and str(clones[0]) not in text


def test_another_user_gets_the_same_bytes(clones):
    """The other user owns the clone and its report; an interpreter that lies in a closed folder may be read there."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if not shutil.which("setpriv"):
        pytest.skip("setpriv (util-linux) is not installed")
    own = f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"
    user = "setpriv", *own, "--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"
    trial = subprocess.run(
        [*user, sys.executable, "-c", "import os; print(os.geteuid())"], capture_output=True, text=True
    )
    if trial.returncode:
        pytest.skip(f"no process of another user here: {trial.stderr.strip().splitlines()[-1]}")
    assert trial.stdout == f"{NOBODY}\n"
    home = clones[1]
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    for path in home.parents:
        if path.stat().st_mode & 0o007 == 0:
            path.chmod(0o711)
        if path.name.startswith("pytest-of-"):
            break
    ctg(home, "build", EXAMPLE_EPCI, "--chapters", CHAPTERS, "--out", "others", user=user, **ELSEWHERE)
    assert compared(clones[0] / "reports" / EXAMPLE_EPCI, home / "others" / EXAMPLE_EPCI)[1] == []
