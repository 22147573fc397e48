"""Scratch folders of commands that were killed, and folders that take the place of others."""

import ctypes
import os
import sys
from pathlib import Path

import pytest

from ctg_analysis.demarche import empty_forms
from ctg_analysis.model import scratch as module
from ctg_analysis.model.scratch import SCRATCH, alone, put_in_place, restore, scratch, sweep, temporary
from ctg_analysis.model.settings import DataRoot

EPCI, OTHER = "200067171", "243500139"


def test_what_a_killed_command_left_at_work_does_not_write_in_the_scratch_folder_of_the_next_one(tmp_path):
    left = tmp_path / SCRATCH / f"{EPCI}-x" / "fresh"
    left.mkdir(parents=True)
    with alone(tmp_path, EPCI, ""), scratch(tmp_path, EPCI) as folder:
        assert folder.is_dir() and folder != left.parent and not left.exists()
    assert not folder.exists()


def test_what_killed_commands_left_goes_with_the_next_one_but_not_what_others_work_in(tmp_path):
    for name in (EPCI, OTHER):
        (tmp_path / SCRATCH / f"{name}-x").mkdir(parents=True)
    with alone(tmp_path, OTHER, ""):
        sweep(tmp_path)
        assert [path.name for path in (tmp_path / SCRATCH).iterdir()] == [f"{OTHER}-x"]
    sweep(tmp_path)
    assert list((tmp_path / SCRATCH).iterdir()) == []


def test_a_temporary_folder_goes_with_the_scratch_folder_that_it_was_made_for_and_no_other_link_is_followed(tmp_path):
    left, mine = tmp_path / SCRATCH / f"{EPCI}-x", tmp_path / "mine"
    for folder in (left / "fresh", mine):
        folder.mkdir(parents=True)
    (left / "fresh" / f"{module.ELSEWHERE}mine").symlink_to(mine)
    with temporary(left) as folder:
        assert folder.is_dir() and len(str(folder / "org.chromium.Chromium.xxxxxx" / "SingletonSocket")) < 100
        sweep(tmp_path)
        assert not folder.exists() and not left.exists() and mine.exists()


@pytest.mark.parametrize("dies_at", [None, *range(4)])
def test_a_folder_takes_the_place_of_another_where_they_cannot_be_exchanged(tmp_path, monkeypatch, dies_at):
    fresh, folder = tmp_path / "fresh", tmp_path / "folder"
    for one in (fresh, folder):
        one.mkdir()
        (one / "file").write_text(one.name)
    rename, calls = type(tmp_path).rename, iter(range(9))

    def dying(self, target):
        if next(calls) == dies_at:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(module, "_exchanged", lambda *_: False)
    with monkeypatch.context() as patched:
        patched.setattr(type(tmp_path), "rename", dying)
        try:
            put_in_place(fresh, folder)
        except KeyboardInterrupt:
            restore(folder)
    assert (folder / "file").read_text() == ("folder" if dies_at in (0, 1) else "fresh")


def test_a_folder_takes_the_place_of_another_or_its_own(tmp_path):
    fresh, folder = tmp_path / "fresh", tmp_path / "folder"
    fresh.mkdir()
    put_in_place(fresh, folder)
    assert folder.is_dir() and not fresh.exists()
    fresh.mkdir()
    (fresh / "file").touch()
    put_in_place(fresh, folder)
    assert (folder / "file").exists() and list(fresh.iterdir()) == []


def test_one_operation_exchanges_two_folders_where_the_disk_has_it(tmp_path, monkeypatch):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / folder.name).touch()
    here, exchange = -100, 2  # of renameat2(2)
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if renameat2 is None or renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange):
        pytest.skip("this disk exchanges no folders")
    monkeypatch.setattr(Path, "rename", None)
    put_in_place(one, other)
    assert (one / "one").exists() and (other / "other").exists()


def test_a_form_that_a_killed_command_has_begun_is_written_by_the_next_one(tmp_path, monkeypatch):
    """A file that is there is left as it is: half a form would stay for good."""

    def new(folder):
        root = DataRoot(folder)
        empty_forms.write_forms(EPCI, "x", root.private / EPCI)
        empty_forms.write_tables(root, EPCI, "x")
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder): path.read_bytes().replace(str(folder).encode(), b"") for path in files}

    whole, write_bytes = new(tmp_path / "whole"), type(tmp_path).write_bytes
    for dies_at in (0, len(whole) - 1):
        calls = iter(range(len(whole)))

        def dying(self, content, calls=calls, dies_at=dies_at):
            if next(calls) == dies_at:
                write_bytes(self, content[: len(content) // 2])
                raise KeyboardInterrupt
            return write_bytes(self, content)

        folder = tmp_path / str(dies_at)
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(type(tmp_path), "write_bytes", dying)
            new(folder)
        assert new(folder) == whole, dies_at
