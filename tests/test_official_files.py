"""The readers take the official full files as they are; skipped where the folder of full files is absent."""

from pathlib import Path

import pytest

from ctg_analysis.cleaning import health, income, schools
from ctg_analysis.settings import settings
from ctg_analysis.sources.certificates import Certificate, CertifiedFile, RawFolder, read_certificate, sha256

OFFICIAL = settings().root.parent / "shared" / "data" / "official"
pytestmark = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official full files are not beside the project")


def certified(path: Path, source: str) -> RawFolder:
    words = dict.fromkeys(("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence"), "x")
    words |= {"couverture": "x", "secret_arrondi": "x", "date_acces": "2026-11-24"}
    files = [
        CertifiedFile(fichier=file.name, octets=file.stat().st_size, sha256=sha256(file))
        for file in path.iterdir()
        if file.is_file()
    ]
    return RawFolder(path, Certificate(id=source, fichiers=files, **words))


def row(facts, code, measure, period):
    rows = facts[facts["code"].eq(code) & facts["measure"].eq(measure) & facts["period"].eq(period)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def disposable():
    return income.clean_disposable_income(certified(OFFICIAL / "filosofi", "insee_filosofi_2019"))


def test_filosofi_2019_decimal_comma_byte_order_mark_and_levels(disposable):
    assert set(disposable["level"]) == {"commune", "epci", "departement", "france"}
    assert row(disposable, "200067171", "living_standard_median", "2019")["value"] == 19700
    assert row(disposable, "200067171", "living_standard_d1", "2019")["value"] == 11380
    assert row(disposable, "200067171", "living_standard_d9", "2019")["value"] == 34500
    assert row(disposable, "01", "living_standard_decile_ratio", "2019")["value"] == 3.5
    assert row(disposable, "FM", "living_standard_median", "2019")["value"] == 21930


def test_filosofi_2019_a_blank_is_secrecy(disposable):
    assert row(disposable, "01001", "living_standard_median", "2019")["status"] == "ok"
    assert row(disposable, "01001", "living_standard_d1", "2019")["status"] == "secret"
    assert disposable.loc[disposable["status"].ne("ok"), "value"].isna().all()


def test_filosofi_2021_s_is_secrecy_and_nd_is_missing():
    table = income.clean_income_2021(certified(OFFICIAL / "filosofi", "insee_filosofi_2021"))
    assert row(table, "12166", "living_standard_median", "2021")["status"] == "secret"
    assert row(table, "12119", "living_standard_median", "2021")["value"] == 22730
    assert set(table["status"]) == {"ok", "secret", "nd"}


def test_accessibility_workbooks_with_their_title_block():
    table = health.clean_accessibility(certified(OFFICIAL / "apl", "drees_apl"))
    assert set(table["period"]) == {"2022", "2023"} and table["code"].nunique() > 34_900
    assert row(table, "12119", "accessibility_nurse", "2023")["value"] == pytest.approx(112.659)
    assert row(table, "01001", "accessibility_nurse", "2022")["value"] == pytest.approx(118.587)


def test_social_position_whose_column_was_misspelt():
    table = schools.read_social_position(certified(OFFICIAL / "ips", "depp_ips"), "*ecoles*")
    assert len(table) > 30_000 and table["uai"].is_unique
    assert set(table.loc[table["code_insee_de_la_commune"].eq("12118"), "uai"]) == {"0120386E"}


def test_an_extract_and_its_full_file_say_the_same(france, disposable):
    extract = income.clean_disposable_income(read_certificate(france.raw / "insee_filosofi_2019"))
    extract = extract[extract["period"].eq("2019")]
    both = extract.merge(disposable, on=["code", "level", "period", "measure"], suffixes=("", "_full"), how="left")
    assert (
        len(extract) > 100 and both["value"].equals(both["value_full"]) and both["status"].equals(both["status_full"])
    )
