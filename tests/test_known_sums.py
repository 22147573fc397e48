"""A file that has not changed is not read again, one that has is."""

import os

from ctg_analysis.raw import folders
from ctg_analysis.raw.folders import CACHE, KnownSums, sha256, sum_of


def test_a_sum_is_remembered_until_the_file_changes(tmp_path, monkeypatch):
    (tmp_path / CACHE).mkdir()
    path = tmp_path / "file"
    path.write_bytes(b"one")
    os.utime(path, ns=(10**18, 10**18))
    sums = KnownSums(tmp_path)
    first = sums.of(path)
    assert first == sha256(path)
    sums.save()
    monkeypatch.setattr(folders, "sha256", lambda path: "read")
    assert KnownSums(tmp_path).of(path) == first
    os.utime(path, ns=(10**18, 10**18 + 1))
    assert KnownSums(tmp_path).of(path) == "read"
    path.write_bytes(b"three")
    os.utime(path, ns=(10**18, 10**18))
    assert KnownSums(tmp_path).of(path) == "read"


def test_a_file_that_has_just_changed_is_not_remembered(tmp_path):
    """It may change again within the same moment of the disk's clock."""
    (tmp_path / CACHE).mkdir()
    path = tmp_path / "file"
    path.write_bytes(b"one")
    sums = KnownSums(tmp_path)
    state = path.stat()
    sums.of(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert sums.of(path) == sha256(path)


def test_what_is_damaged_or_gone_is_forgotten(tmp_path):
    (tmp_path / CACHE).mkdir()
    path = tmp_path / "file"
    path.write_bytes(b"x")
    for text in ("", "[]", "{"):
        (tmp_path / CACHE / folders.SUMS).write_text(text)
        assert KnownSums(tmp_path).of(path) == sum_of(path) == sha256(path)
