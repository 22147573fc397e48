"""Files that cannot be trusted: one line each, exit code 1, data/processed as it was."""

import hashlib
import io
import shutil
from itertools import zip_longest

import pandas as pd
import pytest
from raw_files import FEW, certify, copied

from ctg_analysis.model.errors import InputError
from ctg_analysis.model.scratch import SCRATCH
from ctg_analysis.pipeline.run import process

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
    "no column of its key": (BIRTHS, without("GEO"), ["ligne 1, colonne GEO : trouvé pas de colonne de ce nom"]),
    "no such column of a cube": (AGES, without("AGE"), ["ligne 1, colonne AGE : trouvé pas de colonne de ce nom"]),
    "no such column of a table": (COVERAGE, without("numepci"), ["colonne numepci : trouvé pas de colonne de ce nom"]),
    "no column of values": (BIRTHS, without("OBS_VALUE"), ["ligne 1, colonne OBS_VALUE : trouvé pas de colonne de ce"]),
    "a number below zero": (BIRTHS, cell(5, 3, "-3"), ["ligne 5, colonne OBS_VALUE : trouvé -3, attendu un nombre"]),
    "a blank": (BIRTHS, cell(7, 3, ""), ["ligne 7 : trouvé aucune valeur, attendu une valeur, sauf si CONF_STATUS"]),
    "no such commune": (BIRTHS, cell(3, 0, "99998"), ["insee_etat_civil : trouvé 99998, attendu des communes"]),
    "more than the whole": (IRIS, more_young_than_people, ["ligne 3, colonne pop_0_19 ", "attendu pop_0_19 au plus"]),
    "another encoding": (APL, lambda content: content.decode().encode("cp1252"), ["ligne 1 : trouvé l'octet 0xe9, a"]),
    "a column twice": (AGES, lines(lambda rows: [f"{row};{row.split(';')[0]}" for row in rows]),
                       ["trouvé cette colonne une seconde fois, attendu chaque colonne une fois"]),
    "an empty file": (AGES, lambda content: b"", ["ligne 1 : trouvé un fichier vide"]),
    "fewer rows than told": (AGES, lines(lambda rows: rows[:100]), ["trouvé 99 lignes, attendu "]),
    "cut within a line": (AGES, lambda content: content[: content.rindex(b";")], ["cases, attendu 8, comme dans l'e"]),
    "a cut Parquet": (IRIS, lambda content: content[:900], ["trouvé un fichier coupé, ou d'une autre sorte, attendu "]),
    "a month in words": ("caf_s_ben_com_f/s_ben_com_f.csv", cell(2, 0, "décembre"), ["trouvé « décembre »"]),
}  # fmt: skip


def rounds():
    """Faults of as many files as there are at once: deriving the data takes its time."""
    of_files = {file: [name for name, one in SPOILT.items() if one[0] == file] for file, *_ in SPOILT.values()}
    return [[name for name in some if name] for some in zip_longest(*of_files.values())]


FIRST, *OTHERS = rounds()


@pytest.mark.parametrize("faults", [FIRST, *(pytest.param(one, marks=pytest.mark.nightly) for one in OTHERS)])
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
    again = "une seconde fois, attendu une clé qui ne vient qu'une fois"
    assert any("ligne 2, colonne GEO" in line and again in line for line in told)


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
    assert BIRTHS.split("/")[1] in line and f"trouvé sha256 {found}, attendu sha256 " in line


def test_an_absent_file_and_an_absent_certificate(root):
    (root.raw / BIRTHS).unlink()
    (line,) = findings(root)
    assert "trouvé aucun fichier" in line
    (root.raw / "contours" / "source.yml").unlink()
    form = root.private / "999999999" / "mission_locale.csv"
    form.parent.mkdir(parents=True)
    form.write_text("territoire;periode\nTotal;hier\n", encoding="utf-8")  # which stops nothing, and is not the cause
    certificate, file = findings(root)  # one does not hide the other
    assert "contours/source.yml : trouvé aucun certificat" in certificate and "trouvé aucun fichier" in file
