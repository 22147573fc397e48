"""`ctg data` with the official full files in the place where `ctg fetch` puts them, beside the extracts."""

import shutil

import pytest
import yaml
from official_folder import OFFICIAL, certified

from ctg_analysis.clean.frame import FRAME
from ctg_analysis.indicators.observations import read_all
from ctg_analysis.model.settings import DataRoot, data_root
from ctg_analysis.pipeline.check_raw import check_root
from ctg_analysis.pipeline.run import process
from ctg_analysis.raw.folders import CERTIFICATE

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official full files are not beside the project"),
]
SETS = {
    "insee_filosofi_2019": "filosofi/FILO2019_*.csv",
    "insee_filosofi_2021": "filosofi/cc_filosofi_2021_COM.csv",
    "depp_ips": "ips/*.csv",
    "drees_apl": "apl/*.xlsx",
    "insee_composition": "composition/EPCI.csv",
    "insee_cog": "composition/commune_2021.csv",
}
AUBRAC, MUROLS = "200067171", "12166"


def put_in_place(raw, source, pattern):
    """The files and their certificate, as `ctg fetch` leaves them."""
    full = raw / source / "full"
    full.mkdir(parents=True)
    for path in OFFICIAL.glob(pattern):
        shutil.copyfile(path, full / path.name)
    certificate = certified(full, source).certificate.model_dump()
    (full / CERTIFICATE).write_text(yaml.safe_dump(certificate, allow_unicode=True))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    home = tmp_path_factory.mktemp("data")
    shipped = data_root()
    for source in (*FRAME, *SETS):
        if (shipped.raw / source).is_dir():
            shutil.copytree(shipped.raw / source, home / "raw" / source, ignore=shutil.ignore_patterns("full"))
    shutil.copytree(shipped.reference, home / "reference")
    for source, pattern in SETS.items():
        put_in_place(home / "raw", source, pattern)
    return DataRoot(home)


@pytest.fixture(scope="module")
def observations(root):
    process(root)
    return read_all(root.processed)


def value(observations, territory, indicator, period):
    rows = observations[observations["territory"].eq(territory) & observations["indicator"].eq(indicator)]
    (row,) = rows[rows["period"].eq(period)].to_dict("records")
    return row["value"] if row["status"] == "ok" else row["status"]


MEDIAN = "living_standard_until_2019_median"


def test_the_full_files_pass_the_check(root):
    assert [str(finding) for finding in check_root(root)] == []


def test_any_epci_speaks_and_murols_stays_as_a_secret(observations):
    assert value(observations, AUBRAC, MEDIAN, "2019") == 19700
    assert value(observations, AUBRAC, "living_standard_d1_amount", "2019") == 11380
    assert value(observations, "243500741", MEDIAN, "2019") == 20460
    medians = observations[observations["indicator"].eq(MEDIAN) & observations["period"].eq("2019")]
    assert medians["level"].value_counts()["epci"] > 1_200 and medians["level"].value_counts()["commune"] > 34_000
    assert value(observations, MUROLS, MEDIAN, "2019") == value(observations, MUROLS, "poverty_2021_rate", "2021")
    assert value(observations, MUROLS, MEDIAN, "2019") == "secret"


def test_communes_older_than_our_tables_lead_to_those_that_hold_them(observations):
    """Four communes of the file merged, or changed their code, on 1 January 2021; no passage table is needed."""
    assert value(observations, "16233", MEDIAN, "2019") == "nd"  # Mosnac took Saint-Simeux in: no sum of medians
    assert value(observations, "53249", MEDIAN, "2019") == "nd"
    assert value(observations, "27676", MEDIAN, "2019") == 24850  # Les Trois Lacs bore the code again later


def test_the_years_that_only_the_extract_has_are_kept(observations, france):
    assert value(observations, AUBRAC, MEDIAN, "2016") == 18749
    shipped = read_all(france.processed)
    shipped = shipped[shipped["source"].isin(SETS)]
    key = ["territory", "level", "period", "indicator"]
    both = shipped.merge(observations, on=key, how="left", suffixes=("", "_full"))
    told = both[both["status"].eq("ok")]
    assert len(both) == len(shipped) and told["value"].equals(told["value_full"])


def test_what_only_full_files_give(observations):
    assert value(observations, "12", "nurse_accessibility_index", "2023") == pytest.approx(186.1, abs=0.05)
    assert value(observations, "12", "schools_ips_index", "2022") == pytest.approx(104.4, abs=0.05)
    assert value(observations, "F", "lower_secondary_ips_index", "2022") == pytest.approx(104.1, abs=0.05)
