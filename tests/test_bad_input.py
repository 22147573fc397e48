"""Files that cannot be trusted: one line each, exit code 1, data/processed as it was."""

import hashlib
import io
import shutil
from itertools import zip_longest

import pandas as pd
import pytest
from raw_files import FEW, certify, copied
from typer.testing import CliRunner

from ctg_analysis.cli import app
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.scratch import SCRATCH
from ctg_analysis.processing.check_raw import check_root
from ctg_analysis.processing.run import process

BIRTHS = "insee_etat_civil/DS_ETAT_CIVIL_NAIS_COMMUNES_2025.csv"
AGES = "insee_rp_population/DS_RP_TD_POPULATION_AGESEX_PRINC_2023.csv"
IRIS = "insee_iris_rp2021/communes_rp2021.parquet"
APL = "drees_apl/apl_generalistes.csv"
COVERAGE = "caf_txcouv_pe/txcouv_pe_epci.csv"


@pytest.fixture
def root(tmp_path, example):
    """A copy of a few sources of the invented territory, that a test may spoil."""
    return copied(example, tmp_path / "exemple")


def spoil(root, example, file, change):
    """Change the bytes of a file, of a source that is put beside the few where it is not among them."""
    source = file.partition("/")[0]
    if source not in FEW and not (root.raw / source).exists():
        shutil.copytree(example.raw / source, root.raw / source)
    path = root.raw / file
    path.write_bytes(change(path.read_bytes()))
    certify(path)


def lines(change):
    """Return what changes the lines of a text."""
    return lambda content: ("\n".join(change(content.decode().splitlines())) + "\n").encode()


def cell(line, column, text):
    def change(rows):
        cells = rows[line - 1].split(";")
        cells[column] = text
        return [*rows[: line - 1], ";".join(cells), *rows[line:]]

    return lines(change)


def without(column):
    def change(rows):
        place = rows[0].split(";").index(column)
        return [";".join(cell for k, cell in enumerate(row.split(";")) if k != place) for row in rows]

    return lines(change)


def more_young_than_people(content):
    table = pd.read_parquet(io.BytesIO(content))
    table.loc[2, "pop_0_19"] = table.loc[2, "pop"] + 1
    return table.to_parquet(index=False)


def findings(root):
    before = {path: path.read_bytes() for path in root.processed.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as error:
        process(root)
    assert {path: path.read_bytes() for path in root.processed.rglob("*") if path.is_file()} == before
    assert not list((root.path / SCRATCH).glob("*"))
    assert str(error.value).count("\n") == len(error.value.findings) - 1
    return [str(finding) for finding in error.value.findings]


SPOILT = {  # a fault: the file, how it is spoilt, what is said of it
    "no column of its key": (BIRTHS, without("GEO"), ["line 1, column GEO: found no such column"]),
    "no such column of a cube": (AGES, without("AGE"), ["line 1, column AGE: found no such column"]),
    "no such column of a table": (COVERAGE, without("numepci"), ["line 1, column numepci: found no such column"]),
    "no column of values": (BIRTHS, without("OBS_VALUE"), ["line 1, column OBS_VALUE: found no such column"]),
    "a number below zero": (BIRTHS, cell(5, 3, "-3"), ["line 5, column OBS_VALUE: found -3, expected a count of 0 or"]),
    "a word for a number": (BIRTHS, cell(5, 3, "beaucoup"), ["line 5, column OBS_VALUE: found 'beaucoup', expected a"]),
    "a number without end": (BIRTHS, cell(5, 3, "1e400"), ["line 5, column OBS_VALUE: found '1e400', expected a num"]),
    "a blank": (BIRTHS, cell(7, 3, ""), ["line 7: found no value, expected a value, unless CONF_STATUS is C or OBS_"]),
    "a code without its zero": (BIRTHS, cell(3, 0, "1001"), ["line 3, column GEO: found '1001', expected a place"]),
    "no such commune": (BIRTHS, cell(3, 0, "99998"), ["insee_etat_civil: found 99998, expected communes of 2026"]),
    "more than the whole": (IRIS, more_young_than_people, ["line 3, column pop_0_19", "expected pop_0_19 at most pop"]),
    "another encoding": (APL, lambda content: content.decode().encode("cp1252"), ["line 1: found the byte 0xe9, exp"]),
    "a column twice": (AGES, lines(lambda rows: [f"{row};{row.split(';')[0]}" for row in rows]),
                       ["found this column again, expected each column once"]),
    "a line too long": (BIRTHS, lines(lambda rows: [*rows[:3], rows[3] + ";1", *rows[4:]]),
                        ["line 4: found 5 cells, expected 4, as in the header"]),
    "an empty file": (AGES, lambda content: b"", ["line 1: found an empty file"]),
    "fewer rows than told": (AGES, lines(lambda rows: rows[:100]), ["found 99 rows, expected "]),
    "cut within a line": (AGES, lambda content: content[: content.rindex(b";")], ["cells, expected 8, as in the hea"]),
    "a cut Parquet": (IRIS, lambda content: content[:900], ["found a truncated or foreign file, expected a whole Par"]),
    "bytes that are no text": (AGES, lambda content: content + b"\xe9;1\n", ["found the byte 0xe9, expected text"]),
    "a month in words": ("caf_s_ben_com_f/s_ben_com_f.csv", cell(2, 0, "décembre"), ["found 'décembre'"]),
}  # fmt: skip


def rounds():
    """Faults of as many files as there are at once: deriving the data takes its time."""
    of_files = {file: [name for name, one in SPOILT.items() if one[0] == file] for file, *_ in SPOILT.values()}
    return [[name for name in some if name] for some in zip_longest(*of_files.values())]


@pytest.mark.parametrize("faults", rounds(), ids=", ".join)
def test_each_file_that_cannot_be_trusted_is_one_line(root, example, faults):
    for fault in faults:
        spoil(root, example, *SPOILT[fault][:2])
    told = findings(root)
    for fault in faults:
        file, _, said = SPOILT[fault]
        own = [line for line in told if file.partition("/")[0] in line]
        assert len(own) == 1 and all(part in own[0] for part in said), (fault, told)
    assert len(told) == len(faults)


def test_rows_that_come_twice_are_told_each(root, example):
    spoil(root, example, BIRTHS, lines(lambda rows: [*rows[:-1], rows[1]]))
    told = findings(root)
    assert any("line 2, column GEO" in line and "again, expected a key that comes once" in line for line in told)


def test_one_bad_root_leaves_them_all_as_they_were(root, example, tmp_path):
    good = copied(example, tmp_path / "other")
    before = (good.processed / "manifest.json").read_bytes()
    spoil(root, example, BIRTHS, cell(5, 3, "-3"))
    with pytest.raises(InputError):
        process(good, root)
    assert (good.processed / "manifest.json").read_bytes() == before  # it would tell the sources left out


def test_a_file_that_changed(root):
    path = root.raw / BIRTHS
    path.write_bytes(path.read_bytes() + b"\n")
    (line,) = findings(root)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert BIRTHS.split("/")[1] in line and f"found sha256 {found}, expected sha256 " in line


def test_an_absent_file_and_an_absent_certificate(root):
    (root.raw / BIRTHS).unlink()
    (line,) = findings(root)
    assert "found no file" in line
    (root.raw / "contours" / "source.yml").unlink()
    certificate, file = findings(root)  # one does not hide the other
    assert "contours/source.yml: found no certificate" in certificate and "found no file" in file


def test_check_tells_the_problems_of_all_files_at_once_and_exits_with_1(root, example):
    spoil(root, example, BIRTHS, cell(5, 3, "-3"))
    spoil(root, example, AGES, cell(9, 3, "Y5-9"))
    (root.raw / "insee_rp_population" / "notes.txt").write_text("?", encoding="utf-8")
    assert len(check_root(root)) == 3
    answer = CliRunner().invoke(app, ["check", str(root.path)])
    assert answer.exit_code == 1 and isinstance(answer.exception, SystemExit)
    assert answer.stderr.startswith("3 défauts : 3 dans les données")
    assert len(answer.stdout.splitlines()) == 3 and "ligne 5, colonne OBS_VALUE" in answer.stdout
