"""A disk that is full: one line that names the folder, nothing published, nothing left behind."""

import errno
import os

import pytest
from notebook_files import write_notebook

from ctg_analysis.model import settings
from ctg_analysis.model.errors import FullError, room_in
from ctg_analysis.model.scratch import SCRATCH
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, Settings, chosen_chapters
from ctg_analysis.pipeline import run
from ctg_analysis.publish import build as build_
from ctg_analysis.publish.build import build
from ctg_analysis.publish.editions import latest, lines_of

FULL = "plus de place sur le disque ; en libérer, puis relancer la commande"
OWN = "from ctg_analysis.chapter import open_chapter\nopen_chapter(epci).peers()"
FILLS = f"""
import pathlib

def full(*_, **__):
    raise OSError({errno.ENOSPC}, "")

pathlib.Path.write_text = full"""


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_folder_is_named_and_no_other_error_is_taken_for_it(tmp_path):
    with pytest.raises(FullError) as error, room_in(tmp_path):
        full()
    assert str(error.value) == f"{tmp_path} : {FULL}" and error.value.exit_code == 1
    with pytest.raises(PermissionError), room_in(tmp_path):
        raise PermissionError(errno.EACCES, "no", "file")


def test_a_file_on_another_disk_names_its_own_folder(tmp_path):
    """That of /proc is always another one."""
    with pytest.raises(FullError) as error, room_in(tmp_path / "reports"):
        raise OSError(errno.ENOSPC, "", "/proc/ctg/pages.sock")
    assert str(error.value) == f"/proc/ctg : {FULL}"
    with pytest.raises(FullError) as error, room_in(tmp_path / "reports"):
        raise OSError(errno.ENOSPC, "", str(tmp_path / ".scratch" / "a" / "page.html"))
    assert str(error.value) == f"{tmp_path / 'reports'} : {FULL}"


def test_the_data_stage_names_data_processed_and_leaves_it_as_it_was(tmp_path, monkeypatch):
    root = DataRoot(tmp_path)
    root.processed.mkdir()
    (root.processed / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("pandas.read_parquet", lambda path: None)
    monkeypatch.setattr("ctg_analysis.pipeline.works.write_material", full)
    (root.raw / "demarche").mkdir(parents=True)
    with pytest.raises(FullError, match="processed : plus de place"):
        run.process_material(root)
    assert [path.name for path in root.processed.iterdir()] == ["manifest.json"]
    assert not list(root.path.glob(".processed-*"))


@pytest.mark.nightly
def test_a_build_names_its_folder_and_keeps_the_edition_before(tmp_path, monkeypatch, example):
    """Once where it publishes, once in a chapter: what it kept from the edition before would be dated for nothing."""
    (tmp_path / "data").symlink_to(settings.settings().root / "data")
    monkeypatch.setattr(settings, "settings", lambda: Settings(root=tmp_path))
    (tmp_path / "notebooks").mkdir()
    path, out = tmp_path / "notebooks" / "18_a.ipynb", tmp_path / "reports"

    def built(*cells):
        write_notebook(path, *cells)
        (one,) = build([EXAMPLE_EPCI], chosen_chapters([]), out)
        return one

    assert built(OWN).exit_code == 0
    before = latest(out, EXAMPLE_EPCI)
    one = built(OWN, FILLS)
    assert (one.exit_code, lines_of(one)) == (1, [f"{out} : {FULL}"])
    monkeypatch.setattr(build_.editions, "write_record", full)
    one = built(OWN, OWN)
    assert (one.exit_code, lines_of(one)) == (1, [f"{out} : {FULL}"])
    assert latest(out, EXAMPLE_EPCI) == before and not list((out / SCRATCH).iterdir())
