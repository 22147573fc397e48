"""The same bytes from two clones of one commit: in another folder, time zone and locale."""

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
ELSEWHERE = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": "/nowhere", "LOGNAME": "nobody"}


def clone_of(home: Path, processed: Path) -> Path:
    """Return a clone of the commit that the project is at, with the data derived already, if they still hold."""
    source = settings().root
    if subprocess.run(["git", "-C", source, "rev-parse", "HEAD"], capture_output=True, check=False).returncode:
        pytest.skip("no git repository here, so no commit to clone")
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", source, home], check=True)
    shutil.copytree(processed, home / "data" / "exemple" / "processed")
    return home


def ctg(home: Path, *arguments: str, **environment: str) -> str:
    """Run the command on a clone; return what it says."""
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": str(home / "src"), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, "-m", "ctg_analysis", *arguments]
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


@pytest.mark.skipif(not Path("/usr/share/i18n/locales/tr_TR").is_file(), reason="no definition of the locale of Turkey")
def test_letters_are_as_far_apart_under_any_locale(tmp_path):
    """Turkish sets « moins » otherwise: what is drawn was a tenth of a pixel elsewhere."""
    compiled = ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(tmp_path / "tr_TR.UTF-8")]
    subprocess.run(compiled, check=True, capture_output=True)
    asked = (
        "from matplotlib.font_manager import FontProperties; from matplotlib.textpath import text_to_path;"
        "from ctg_analysis.show.theme import theme; theme();"
        "print(text_to_path.get_text_width_height_descent('moins de 18', FontProperties(size=11.5), False))"
    )
    widths = []
    for locale in ("C", "tr_TR.UTF-8"):
        environment = os.environ | {"LC_ALL": locale, "LOCPATH": str(tmp_path)}
        ran = subprocess.run([sys.executable, "-c", asked], env=environment, check=True, capture_output=True)
        widths.append(ran.stdout)
    assert widths[0] == widths[1]
