"""Files that cannot be trusted: one line each, exit code 1, data/processed as it was."""

import hashlib
import re
import shutil

import pytest
import yaml
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


@pytest.fixture
def root(tmp_path, example):
    """A copy of a few sources of the invented territory, that a test may spoil."""
    return copied(example, tmp_path / "exemple")


@pytest.fixture
def with_others(root, example):
    """A function that puts other sources beside them, for the tests that spoil these: it takes time to read them."""

    def copy(*files):
        for source in {file.partition("/")[0] for file in files} - FEW:
            shutil.copytree(example.raw / source, root.raw / source)

    return copy


def spoil(root, file, change, encoding="utf-8"):
    path = root.raw / file
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_bytes(("\n".join(change(lines)) + "\n").encode(encoding))
    certify(path)


def findings(root):
    before = {path: path.read_bytes() for path in root.processed.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as error:
        process(root)
    assert {path: path.read_bytes() for path in root.processed.rglob("*") if path.is_file()} == before
    assert not list((root.path / SCRATCH).glob("*"))
    assert str(error.value).count("\n") == len(error.value.findings) - 1
    return [str(finding) for finding in error.value.findings]


def replace(line, column, text):
    def change(lines):
        cells = lines[line - 1].split(";")
        cells[column] = text
        return [*lines[: line - 1], ";".join(cells), *lines[line:]]

    return change


@pytest.mark.parametrize(
    "file, column",
    [
        (BIRTHS, "GEO"),
        (AGES, "AGE"),
        ("caf_txcouv_pe/txcouv_pe_epci.csv", "numepci"),
    ],
)
def test_a_missing_column_of_the_key(root, with_others, file, column):
    with_others(file)

    def without(lines):
        place = lines[0].split(";").index(column)
        return [";".join(cell for k, cell in enumerate(line.split(";")) if k != place) for line in lines]

    spoil(root, file, without)
    (line,) = findings(root)
    assert f"ligne 1, colonne {column} : trouvé pas de colonne de ce nom" in line


def test_a_missing_column(root):
    spoil(root, BIRTHS, lambda lines: [line.rpartition(";")[0] for line in lines])
    (line,) = findings(root)
    assert "ligne 1, colonne OBS_VALUE : trouvé pas de colonne de ce nom" in line


def test_a_repeated_key(root):
    spoil(root, BIRTHS, lambda lines: [*lines[:-1], lines[1]])
    lines = findings(root)
    assert any(
        "ligne 2, colonne GEO" in line and "une seconde fois, attendu une clé qui ne vient qu'une fois" in line
        for line in lines
    )


def test_a_negative_count(root):
    spoil(root, BIRTHS, replace(5, 3, "-3"))
    (line,) = findings(root)
    assert "DS_ETAT_CIVIL_NAIS_COMMUNES_2025.csv, ligne 5, colonne OBS_VALUE" in line
    assert "attendu un nombre, 0 ou plus" in line


def test_a_word_in_the_place_of_a_number_and_a_blank(root):
    spoil(root, BIRTHS, lambda lines: replace(7, 3, "")(replace(5, 3, "beaucoup")(lines)))
    first, second = findings(root)
    assert "ligne 5, colonne OBS_VALUE : trouvé 'beaucoup', attendu un nombre" in first
    assert "ligne 7 : trouvé aucune valeur, attendu une valeur, sauf si CONF_STATUS est C ou OBS_STATUS est O" in second


def test_a_number_without_end_and_a_column_that_comes_twice(root, with_others):
    with_others(AGES)
    spoil(root, BIRTHS, replace(5, 3, "1e400"))
    spoil(root, AGES, lambda lines: [f"{line};{line.split(';')[0]}" for line in lines])
    again = (root.raw / AGES).read_text(encoding="utf-8").partition(";")[0]
    assert findings(root) == [
        f"{root.raw}/{BIRTHS}, ligne 5, colonne OBS_VALUE : trouvé '1e400', attendu un nombre",
        f"{root.raw}/{AGES}, ligne 1, colonne {again} : trouvé cette colonne une seconde fois, "
        "attendu chaque colonne une fois",
    ]


def test_a_header_without_names(root):
    spoil(root, BIRTHS, lambda lines: [";" * lines[0].count(";") + " ", *lines[1:]])
    assert all(", ligne 1, colonne " in one and "trouvé pas de colonne de ce nom" in one for one in findings(root))


def test_a_date_of_access_that_is_none(root, with_others):
    with_others("drees_apl")
    certificate = root.raw / "drees_apl" / "source.yml"
    text = yaml.safe_load(certificate.read_text(encoding="utf-8")) | {"date_acces": "24/11/2026"}
    certificate.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    line = certificate.read_text(encoding="utf-8").splitlines().index("date_acces: 24/11/2026") + 1
    (said,) = check_root(root)
    assert str(said).startswith(
        f"{certificate}, ligne {line}, colonne date_acces : trouvé '24/11/2026', attendu une date qui existe"
    )


def test_a_code_that_has_lost_its_zero(root):
    spoil(root, BIRTHS, replace(3, 0, "1001"))
    (line,) = findings(root)
    assert (
        "ligne 3, colonne GEO : trouvé '1001'" in line
        and "attendu le code d'un lieu : commune, département, région, EPCI, F ou FM" in line
    )


def test_a_code_that_no_commune_bears(root):
    spoil(root, BIRTHS, lambda lines: replace(3, 0, "99998")(lines))
    (line,) = findings(root)
    assert "raw/insee_etat_civil : trouvé 99998, attendu des communes de 2026" in line


def test_one_bad_root_leaves_them_all_as_they_were(root, example, tmp_path):
    good = copied(example, tmp_path / "other")
    before = (good.processed / "manifest.json").read_bytes()
    spoil(root, BIRTHS, replace(5, 3, "-3"))
    with pytest.raises(InputError):
        process(good, root)
    assert (good.processed / "manifest.json").read_bytes() == before  # it would tell the sources left out


def test_a_value_over_its_denominator(root, with_others):
    with_others(IRIS)
    import pandas as pd

    path = root.raw / IRIS
    table = pd.read_parquet(path)
    table.loc[2, "pop_0_19"] = table.loc[2, "pop"] + 1
    table.to_parquet(path, index=False)
    certify(path)
    (line,) = findings(root)
    assert "ligne 3, colonne pop_0_19" in line and "attendu pop_0_19 au plus égal à pop" in line


def test_a_wrong_encoding(root, with_others):
    with_others("drees_apl")
    spoil(root, "drees_apl/apl_generalistes.csv", lambda lines: lines, encoding="cp1252")
    lines = findings(root)
    assert any(
        "apl_generalistes.csv, ligne 1 : trouvé l'octet 0xe9, attendu un texte en UTF-8" in line for line in lines
    )


def test_a_bad_byte_in_a_line_cut_short_is_told_in_one_line_and_nothing_else(root, with_others):
    with_others(AGES)
    path = root.raw / AGES
    lines = path.read_bytes().count(b"\n")
    path.write_bytes(path.read_bytes() + b"\xe9;1\n")
    certify(path)
    (line,) = [str(finding) for finding in check_root(root)]
    assert "\n" not in line and f"ligne {lines + 1} : trouvé l'octet 0xe9, attendu un texte en UTF-8" in line


def test_a_truncated_csv(root, with_others):
    with_others(AGES)
    path = root.raw / AGES
    lines = path.read_bytes().splitlines(keepends=True)
    half = len(lines) // 2
    path.write_bytes(b"".join(lines[:half]) + lines[half][: lines[half].rindex(b";")])
    lines = findings(root)
    assert any("trouvé sha256" in line for line in lines)
    assert any("cases, attendu 8, comme dans l'en-tête" in line for line in lines), lines


def test_a_csv_that_stops_between_two_lines(root, with_others):
    with_others(AGES)
    spoil(root, AGES, lambda lines: lines[:100])
    (line,) = findings(root)
    assert re.search(r"trouvé 99 lignes, attendu \d{5} lignes", line)


def test_a_line_too_long_and_an_empty_file(root, with_others):
    with_others(AGES)
    spoil(root, BIRTHS, lambda lines: [*lines[:3], lines[3] + ";1", *lines[4:]])
    (root.raw / AGES).write_bytes(b"")
    certify(root.raw / AGES)
    first, second = findings(root)
    assert "ligne 4 : trouvé 5 cases, attendu 4, comme dans l'en-tête" in first
    assert "ligne 1 : trouvé un fichier vide" in second


def test_a_truncated_parquet(root, with_others):
    with_others(IRIS)
    path = root.raw / IRIS
    path.write_bytes(path.read_bytes()[:900])
    certify(path)
    (line,) = findings(root)
    assert "trouvé un fichier coupé, ou d'une autre sorte, attendu un fichier Parquet entier" in line


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
    certificate, file = findings(root)  # one does not hide the other
    assert "contours/source.yml : trouvé aucun certificat" in certificate and "trouvé aucun fichier" in file


def test_all_problems_of_all_files_come_at_once(root, with_others):
    with_others(AGES, "caf_s_ben_com_f")
    spoil(root, BIRTHS, replace(5, 3, "-3"))
    spoil(root, AGES, replace(9, 3, "Y5-9"))
    spoil(root, "caf_s_ben_com_f/s_ben_com_f.csv", replace(2, 0, "décembre"))
    assert len(findings(root)) == 3


def test_check_says_the_same_and_writes_nothing(root, with_others):
    with_others("insee_bpe_2025")
    spoil(root, BIRTHS, replace(5, 3, "-3"))
    (root.raw / "insee_bpe_2025" / "notes.txt").write_text("?", encoding="utf-8")
    lines = [str(finding) for finding in check_root(root)]
    assert len(lines) == 2
    assert "notes.txt : trouvé un fichier sans certificat" in lines[1] + lines[0]


def test_the_command_exits_with_1_and_no_traceback(root):
    spoil(root, BIRTHS, replace(5, 3, "-3"))
    answer = CliRunner().invoke(app, ["check", str(root.path)])
    assert answer.exit_code == 1 and isinstance(answer.exception, SystemExit)
    assert answer.stderr.startswith("1 défaut : 1 dans les données")
    assert len(answer.stdout.splitlines()) == 1 and "ligne 5, colonne OBS_VALUE" in answer.stdout
