"""data/processed that has lost or changed a table is known by its sums, and made again by the next command."""

import shutil

import material_files
import pytest
from raw_files import copied

from ctg_analysis.indicators.observations import FOLDER
from ctg_analysis.model.scratch import SCRATCH
from ctg_analysis.model.settings import MATERIAL, DataRoot
from ctg_analysis.pipeline import run
from ctg_analysis.pipeline.derivation import README
from ctg_analysis.pipeline.freshness import MANIFEST, damaged_tables, is_stale, is_whole, made_from, write_manifest
from ctg_analysis.pipeline.run import ensure, process


def halved(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def emptied(path):
    path.write_bytes(b"")


def deleted(path):
    path.unlink()


@pytest.mark.nightly
def test_each_table_that_is_missing_cut_or_changed_is_known(example, tmp_path):
    folder = tmp_path / "processed"
    shutil.copytree(example.processed, folder)
    (folder / ".DS_Store").touch()  # what a file manager leaves changes nothing, nor does the line of a clone
    assert is_whole(folder) and is_whole(folder / MATERIAL)
    no_tables = {".DS_Store", README}
    paths = sorted(path for path in folder.rglob("*.*") if path.is_file() and path.name not in no_tables)
    assert len(paths) > 50
    unseen = []
    for path in paths:
        home, content = (folder / MATERIAL if MATERIAL in path.relative_to(folder).parts else folder), path.read_bytes()
        for damage in (halved, flipped, emptied, deleted):
            if (path.name, damage) != (MANIFEST, flipped):  # a letter of a name, or of what it was made from
                damage(path)
                unseen += [f"{path}: {damage.__name__}"] if is_whole(home) else []
        path.write_bytes(content)
        assert is_whole(home)
    assert unseen == []


@pytest.mark.nightly
def test_what_is_damaged_is_made_again_and_what_a_killed_command_left_is_removed(example, tmp_path, capsys):
    root = copied(example, tmp_path / "exemple")
    process(root)
    good = {path: path.read_bytes() for path in root.processed.rglob("*") if path.is_file()}
    halved(next((root.processed / FOLDER).rglob("*.parquet")))
    left = root.path / SCRATCH / "processed-x"
    left.mkdir()
    assert is_stale(root)
    ensure(root)
    assert capsys.readouterr().err.count("abîmé ou absent, refait") == 1
    assert {path: path.read_bytes() for path in root.processed.rglob("*") if path.is_file()} == good
    left.mkdir()
    ensure(root)  # also when there is nothing to do
    assert not is_stale(root) and not left.exists()


@pytest.mark.parametrize("content", ["null", "[]", '{"made_from": [], "tables": {}}', '{"a": 1}', "1"])
def test_a_manifest_of_another_shape_is_damaged(tmp_path, content):
    root = DataRoot(tmp_path)
    root.processed.mkdir()
    (root.processed / "territories.parquet").touch()
    (root.processed / MANIFEST).write_text(content, encoding="utf-8")
    assert not made_from(root) and not is_whole(root.processed)
    assert damaged_tables(root.processed) in ([MANIFEST], ["territories.parquet"])


def test_what_is_damaged_or_takes_long_is_told_in_one_line_each(tmp_path, capsys):
    root = DataRoot(tmp_path)
    run.tell_damage(root.processed)  # the first time there is nothing
    root.processed.mkdir()
    (root.processed / "territories.parquet").write_bytes(b"whole")
    write_manifest(root.processed, {})
    run.tell_damage(root.processed)
    assert capsys.readouterr().err == ""
    halved(root.processed / "territories.parquet")
    run.tell_damage(root.processed)
    announce = run.announcement(root)
    for done in range(3):
        announce("facts", done, run.LONG, "rna")
    run.announcement(root)("facts", 0, run.LONG - 1, "")
    damage, long = capsys.readouterr().err.splitlines()
    assert damage == f"{root.processed} : territories.parquet : abîmé ou absent, refait"
    assert long.startswith(f"{root.processed} : fait d'abord à partir des fichiers, une minute")


@pytest.mark.nightly
def test_the_checks_do_not_read_a_damaged_table(example, tmp_path):
    root = material_files.copy_of(example, tmp_path)
    known = material_files.said(root)
    halved(root.processed / "territories.parquet")
    assert material_files.said(root) == known == []
