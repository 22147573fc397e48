"""The commit in the record of an edition: without git, and in a clone that belongs to another user."""

import os
import re
import subprocess
from dataclasses import replace

import pytest

from ctg_analysis.model.settings import settings
from ctg_analysis.publish import site

NOBODY = 65534


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A repository with one commit, and nothing set about any in the configuration of the user."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    git = ("git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.fr")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message=one"], check=True)
    monkeypatch.setattr(site, "settings", lambda: replace(settings(), root=tmp_path))
    return tmp_path


def test_the_commit_is_told_whoever_owns_the_clone(clone):
    commit = site.git_commit()
    assert re.fullmatch(r"[0-9a-f]{40}", commit)
    if os.geteuid() == 0:  # who alone can give a folder to another user
        for path in (clone, *clone.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    assert site.git_commit() == commit


def test_outside_a_repository_and_without_git_it_is_empty(clone, monkeypatch):
    monkeypatch.setattr(site, "settings", lambda: replace(settings(), root=clone.parent))
    assert site.git_commit() == ""
    monkeypatch.setenv("PATH", str(clone))
    assert site.git_commit() == ""
