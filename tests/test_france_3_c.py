"""Sport, associations, entrances, the insured, exams: the traps of their extracts, and the full files read alike."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from raw_files import received, told_cases, values

from ctg_analysis.chapter.territory import name_of_place
from ctg_analysis.clean.facts import CLEANERS, certified_folders, facts_of_source, with_absent
from ctg_analysis.clean.frame import read_frame
from ctg_analysis.clean.layouts import clean_declared
from ctg_analysis.clean.perimeter import Perimeter, of_departements, to_reference
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import data_root, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.raw.certificates import read_certificate

pytestmark = pytest.mark.nightly

LOST = ["12218", "14581", "27676", "49126", "69114"]  # their codes have changed
WITHOUT_SUM = ["200040574", "200060010", "200069524", "200089456", "241200641"]
APART = ["15141", "15031", "15035", "15047", "15171", "60054", "60694", "85084", "85165", "85212"]  # split since 2021
WHOLE = {"200066637": "15141", "246000582": "60054", "200071918": "85084"}  # the row that still holds the others
BY_COMMUNE = ("injep_licences", "data_es", "pass_sport", "rna_objets", "acceslibre")


@pytest.fixture(scope="module")
def shipped():
    """A function that returns the facts of a source of data/raw: value by level, code, measure and period."""
    folders, _ = certified_folders(data_root())
    frame = read_frame(data_root(), folders)
    known: dict[str, pd.Series] = {}

    def of(source):
        if source not in known:
            own = {name: folders[name] for name in (source, "etalab_decoupage")}
            facts = pd.concat(facts_of_source(source, own, frame))
            facts = facts.astype({name: str for name in ("level", "code", "measure", "period")})
            known[source] = facts.set_index(["level", "code", "measure", "period"])["value"].sort_index()
        return known[source]

    return of


@pytest.mark.parametrize("source", BY_COMMUNE)
def test_a_commune_that_the_carrier_has_lost_is_unknown_and_so_is_its_epci_but_not_france(shipped, source):
    facts = shipped(source)
    for level, codes in (("commune", LOST), ("epci", WITHOUT_SUM)):
        there = facts.loc[level]
        assert there[there.index.get_level_values("code").isin(codes)].isna().all(), level
        assert set(codes) <= set(there.index.get_level_values("code"))
    assert facts.loc["france", "F"].notna().all()


@pytest.mark.parametrize("source", BY_COMMUNE)
def test_communes_that_the_carrier_still_holds_joined_are_unknown_and_their_epcis_are_whole(shipped, source):
    facts = shipped(source)
    there = facts.loc["commune"]
    assert there[there.index.get_level_values("code").isin(APART)].isna().all()
    assert facts.loc["epci"].loc[[*WHOLE]].notna().all()


def test_the_carrier_holds_them_joined(shipped):
    """Insured persons: 1 217 for the 824 inhabitants of 15141. Families of the Caf: the sum is what the EPCI has."""
    folder = data_root().raw
    insured = pd.read_parquet(folder / "cnam_fragilites/france/fragilites_communes_2024_extrait.parquet")
    assert insured.set_index("code").loc[[*WHOLE.values()], "rg_pop"].tolist() == [1217, 820, 8767]
    households, published = shipped("caf_s_ben_com_f"), shipped("caf_s_ben_epci_f")
    for epci in WHOLE:
        series = ("epci", epci, "caf_households", "2023-12")
        assert abs(households[series] - published[series]) <= 10, epci


def test_a_commune_merged_in_2025_has_its_family_quotients_and_an_epci_changed_in_2024_has_none(shipped):
    facts = shipped("caf_quotient_familial")
    assert facts["commune", "93066", "caf_qf_under_400", "2023-12"] == 9890  # Saint-Denis, with Pierrefitte
    assert facts["epci", "200069193", "caf_qf_under_400", "2023-12"] > 0
    assert pd.isna(facts["epci", "246600415", "caf_qf_under_400", "2023-12"])


def test_the_passes_of_2024_are_not_read_nor_the_marks_before_2024(shipped):
    assert set(shipped("pass_sport").index.get_level_values("period")) == {"2022", "2023"}
    assert set(shipped("depp_ivac").index.get_level_values("period")) == {"2024"}


def test_licences_are_unknown_in_mayotte_and_objects_in_alsace_moselle(shipped):
    licences, objects = shipped("injep_licences"), shipped("rna_objets")
    assert licences["commune", "97601", "licences_under_20", "2022"] != 0
    assert ("departement", "57", "sport_associations", "2025") not in objects.index
    row = SimpleNamespace(source="rna_objets", period="2025", territory="F", name="France", status="ok", level="france")
    names = {"57": "Moselle", "67": "Bas-Rhin", "68": "Haut-Rhin"}
    told = name_of_place(CATALOGUE["sport_associations_share"], row, {}, names)
    assert told == "France hors Moselle, Bas-Rhin, Haut-Rhin et cinq communes"
    row.source = "injep_licences"
    assert name_of_place(CATALOGUE["girls_sport_licences_share"], row, {}, {}).startswith("France hors Mayotte")


def test_the_insured_are_those_of_the_producer_without_the_addresses_of_management(shipped):
    """Ternois has 63 000 of them; a sum of masked communes is no total."""
    facts = shipped("cnam_fragilites")
    for level, code in (("epci", "200069672"), ("departement", "80"), ("commune", "80810")):
        assert code not in facts.loc[level].index.get_level_values("code")
    assert facts["epci", "200067171", "general_scheme", "2024"] == 6301
    assert (
        pd.isna(facts["region", "32", "general_scheme", "2024"])
        and facts["france", "F", "general_scheme", "2024"] > 6e7
    )
    assert facts["commune", "01002", "without_doctor_16_plus", "2024"] == 17
    communes = facts.loc["commune"]
    assert not communes.eq(0).any()  # a blank is none or less than 10, and no zero


def test_an_epci_without_college_has_no_result_and_one_without_site_has_none_of_them(shipped):
    exams, sites = shipped("depp_ivac"), shipped("depp_medico_social")
    assert exams["epci", "243500139", "exam_candidates", "2024"] == 4774
    assert SOURCES["depp_ivac"].coverage.leaves_out
    assert sites["epci", "200067171", "medico_social_schooling_sites", "2025"] == 0
    assert sites["epci", "243500139", "medico_social_schooling_sites", "2025"] == 18


def test_regions_and_france_are_summed_from_departements_where_the_producer_gives_these():
    now = pd.DataFrame({"code": ["01001", "02001", "80001"], "departement": ["01", "02", "80"]})
    now = now.assign(kind="commune-actuelle", region=["84", "32", "32"], epci="A", parent=None, zone="metro")
    now = now.assign(former_codes=None)
    rows = pd.DataFrame({"code": ["01", "02"], "value": [10.0, 5.0], "status": "ok", "parts": 1, "few": 0})
    rows = rows.assign(level="departement", period="2024", measure="m", source="cnam_fragilites")
    found = values(of_departements(rows, SOURCES["cnam_fragilites"], Perimeter.between(now, now)))
    assert found["84", "2024", "m"] == 10 and found["32", "2024", "m"] == "nd"  # 80 is left out: Somme
    assert found["F", "2024", "m"] == 15
    unknown = rows.assign(value=rows["value"].where(rows["code"].ne("02")), status=["ok", "nd"])
    found = values(of_departements(unknown, SOURCES["cnam_fragilites"], Perimeter.between(now, now)))
    assert found["84", "2024", "m"] == 10 and found["F", "2024", "m"] == "nd"


FULL = told_cases("full_files")
UNSEEN = ["caf_bas_revenus", "caf_familles", "cnam_fragilites", "pass_sport"]  # as docs/getting_data.md says
BY_COMMUNE_ALONE = {"employment_15_64_rate", "jobs_per_employed"}  # which the Insee's files by commune make anew


def figures(facts, codes):
    keys = ["level", "code", "period", "measure"]
    rows = facts.loc[facts["code"].isin(codes), [*keys, "value", "status"]].astype(
        dict.fromkeys([*keys, "status"], str)
    )
    return rows.set_index(keys).sort_index()


@pytest.mark.parametrize("source", [*FULL, *UNSEEN])
def test_the_full_file_of_the_producer_gives_what_the_extract_gives(tmp_path, source):
    """In the layout of its producer; where that was seen nowhere, in the columns of the extract."""
    extract = read_certificate(data_root().raw / source / "france")
    files = {one.fichier: (extract.path / one.fichier).read_bytes() for one in extract.certificate.fichiers}
    told = FULL.get(source, {"files": files})
    folder = received(tmp_path, told["files"], full=True, vintage=extract.certificate.vintage)
    if source == "insee_rp2022_epci":  # no file of the Insee: communes, which are added up
        now = pd.DataFrame(
            {"code": ["12223"], "epci": "200067171", "departement": "12", "region": "76", "parent": None}
        )
        now = now.assign(kind="commune-actuelle", zone="metro", former_codes=None)
        facts = CLEANERS["insee_rp2022_communes"](folder)
        facts = to_reference(facts, SOURCES["insee_rp2022_communes"], Perimeter.between(now, now))
    else:
        facts = CLEANERS[source](folder)
    found = figures(facts, facts["code"])
    known = figures(CLEANERS[source](extract), facts["code"])
    both = found.index.intersection(known.index)
    absent = {*known.index.get_level_values("measure")} - {*both.get_level_values("measure")}
    # its shares of households are of two decimals, over a base that is 0.2 % off
    assert absent == (BY_COMMUNE_ALONE if source == "insee_rp2022_epci" else set())
    assert_frame_equal(found.loc[both], known.loc[both], rtol=3e-3 if absent else 1e-6)
    values = found["value"].droplevel(["level", "period"])
    assert [values[code, measure].max() for code, measure, _ in told.get("more", [])] == [
        one[2] for one in told.get("more", [])
    ]


def test_the_page_on_data_names_each_source_of_the_whole_country_and_each_licence_to_confirm():
    text = (settings().root / "docs" / "getting_data.md").read_text(encoding="utf-8").partition("## Next year")[2]
    table, _, licences = text.partition("**Licences")
    whole = {folder.parent.name for folder in data_root().raw.glob("*/france")}
    assert whole - set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)))) == set()
    certificates_ = [*data_root().raw.glob("*/source.yml"), *data_root().raw.glob("*/france/source.yml")]
    doubted = {one.relative_to(data_root().raw).parts[0] for one in certificates_
               if re.search(r"^licence:.*à confirmer", one.read_text(encoding="utf-8"), re.MULTILINE)}  # fmt: skip
    assert set(re.findall(r"`(\w+)`", licences)) == doubted


def test_in_a_full_list_a_commune_without_a_licence_has_none(tmp_path):
    texts = FULL["injep_licences"]["files"]
    source = SOURCES["injep_licences"]
    now = pd.DataFrame({"code": ["01125", "01003", "97601"], "departement": ["01", "01", "976"], "zone": "metro"})
    now = now.assign(kind="commune-actuelle", region="84", epci="A", parent=None, former_codes=None)
    facts = clean_declared(source, received(tmp_path, texts, full=True))
    whole = with_absent(facts[facts["code"].isin(now["code"])], source, now, now)
    found = values(to_reference(whole, source, Perimeter.between(now, now)))
    assert found["01003", "2022", "licences_under_20"] == 0 and ("97601", "2022", "licences_under_20") not in found
    assert found["F", "2022", "licences_under_20"] == 68
