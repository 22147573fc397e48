"""The files of docs/scheduling are ones that their schedulers take, and call a command that exists."""

import re
import shlex
import shutil
import subprocess

import pytest
import typer.main
import yaml

from ctg_analysis.cli import app
from ctg_analysis.model.settings import settings
from ctg_analysis.publish.editions import HOME, JOURNAL

FOLDER = settings().root / "docs" / "scheduling"
CALL = re.compile(r"\.venv/bin/(ctg [^\"\n]*)")
FILES = sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".timer")])
def test_each_calls_the_command_with_arguments_that_it_takes(name):
    calls = CALL.findall((FOLDER / name).read_text(encoding="utf-8"))
    assert len(calls) == 1
    _, command, *arguments = shlex.split(calls[0])
    group = typer.main.get_command(app)
    name, known, rest = group.resolve_command(group.make_context("ctg", [command]), [command, *arguments])
    given = known.make_context(name, rest).params["epcis"]
    assert list(given) == ["200067171"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_units_are_ones_that_systemd_takes(tmp_path):
    for name in ("ctg-build.service", "ctg-build.timer"):
        text = (FOLDER / name).read_text(encoding="utf-8").replace("/srv/ctg_analysis/.venv/bin/ctg", "/bin/true")
        (tmp_path / name).write_text(text.replace("User=ctg\n", ""), encoding="utf-8")
    units = [tmp_path / "ctg-build.service", tmp_path / "ctg-build.timer"]
    answer = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    said = [line for line in answer.stderr.splitlines() if "ctg-build" in line]
    assert answer.returncode == 0 and said == [], answer.stderr


def test_another_build_at_work_is_no_failure_of_the_unit():
    text = (FOLDER / "ctg-build.service").read_text(encoding="utf-8")
    assert re.findall(r"^SuccessExitStatus=(.*)$", text, re.M) == ["3"]


def test_the_pipelines_are_yaml_with_their_steps():
    actions = yaml.safe_load((FOLDER / "github-actions.yml").read_text(encoding="utf-8"))
    steps = actions["jobs"]["build"]["steps"]
    assert actions[True]["schedule"] and next(step["run"] for step in steps if "run" in step) == "make setup"
    used = {step["uses"]: step for step in steps if "uses" in step}
    restored, saved = (used[f"actions/cache/{name}@v4"] for name in ("restore", "save"))
    assert restored["with"]["key"] == saved["with"]["key"] and saved["with"]["path"] == "reports"
    assert steps.index(saved) > next(n for n, step in enumerate(steps) if "ctg build" in step.get("run", ""))
    kept = used["actions/upload-artifact@v4"]
    assert saved["if"] == kept["if"] == "always()" and kept["with"]["path"] == "reports/"
    assert HOME.startswith(".") and JOURNAL.startswith(".") and kept["with"]["include-hidden-files"] is True
    gitlab = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text(encoding="utf-8"))["diagnosis"]
    assert gitlab["script"][0] == "make setup" and gitlab["allow_failure"] == {"exit_codes": [2]}
    assert gitlab["cache"]["when"] == gitlab["artifacts"]["when"] == "always"
    assert gitlab["cache"]["paths"] == gitlab["artifacts"]["paths"] == ["reports/"]
