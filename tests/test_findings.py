"""What is said first: of the editorial list, established, large enough, against the right comparator, one a theme."""

import re

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.catalogue import essentials as listed
from ctg_analysis.catalogue.essentials import essentials, themes
from ctg_analysis.chapter import profiles
from ctg_analysis.chapter import territory as opened
from ctg_analysis.chapter.essential import findings_of, printed
from ctg_analysis.chapter.synthesis import FIGURES, sides_of, synthesis
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.model import OK
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI, data_root, settings
from ctg_analysis.display.words import standing, texts
from ctg_analysis.indicators.dispersion import is_between_communes
from ctg_analysis.indicators.findings import differences, findings
from ctg_analysis.indicators.observation_files import read_indicators
from ctg_analysis.indicators.peer_profiles import chooses_peers
from ctg_analysis.indicators.strengths import ALERT, STRENGTH, TRAIT

NAN = float("nan")
OLD, ALONE = "age_65_plus_share", "single_parent_families_share"  # what has chosen the peers, what has not
MOST = 12  # figures of a synthèse
PARTS = 4  # of the list, which several processes may share
SOME = slice(20, None, 41)  # thirty EPCIs and one, spread over the list by SIREN


def rows_of(*rows):
    """Observations as `findings` compares them: indicator, level, value, low, high, p."""
    columns = ["indicator", "level", "value", "low", "high", "p"]
    return pd.DataFrame(rows, columns=columns).assign(status=OK, matters=True)


def beside(name, own, low, high, **others):
    return rows_of((name, "epci", own, low, high, NAN), *((name, level, *rest) for level, rest in others.items()))


def told(rows):
    return findings(rows, essentials())[["indicator", "level"]].to_numpy().tolist()


def test_the_first_comparator_that_the_territory_differs_from_is_told():
    apart = {"departement": (28.0, NAN, NAN, 0.001), "france": (20.0, NAN, NAN, 0.001)}
    peers = beside(ALONE, 36.0, 35.0, 37.0, peers=(30.0, 28.0, 34.0, NAN), **apart)
    assert told(peers) == [[ALONE, "peers"]]
    inside = beside(ALONE, 36.0, 35.0, 37.0, peers=(34.0, 30.0, 36.5, NAN), **apart)  # an interval across the quartile
    assert told(inside) == [[ALONE, "departement"]]
    assert findings(peers, essentials())["apart"].tolist() == [3]


def test_what_chooses_the_peers_is_no_finding_against_them():
    rows = (30.0, 28.0, 34.0, NAN)
    assert told(beside(ALONE, 36.0, 35.0, 37.0, peers=rows)) == [[ALONE, "peers"]]
    assert told(beside(OLD, 36.0, 35.0, 37.0, peers=rows)) == []


def test_what_is_not_sure_not_large_or_was_not_there_before_is_no_finding():
    sure = {"departement": (28.0, NAN, NAN, 0.001)}
    assert told(beside(OLD, 36.0, 35.0, 37.0, **sure)) == [[OLD, "departement"]]
    assert told(beside(OLD, 36.0, 35.0, 37.0, departement=(28.0, NAN, NAN, 0.2))) == []
    assert told(beside(OLD, 36.0, 35.0, 37.0, departement=(28.0, NAN, NAN, NAN))) == []  # nothing tests it here
    assert told(beside(OLD, 30.0, 29.9, 30.1, departement=(28.0, NAN, NAN, 0.001))) == []  # a fifteenth
    assert told(beside(ALONE, 36.0, NAN, NAN, peers=(30.0, 28.0, 34.0, NAN))) == []  # no interval to be beyond
    assert told(beside(OLD, 36.0, 35.0, 37.0, **sure).assign(matters=False)) == []
    assert told(beside("youth_index", 2.0, 1.9, 2.1, departement=(1.0, NAN, NAN, 0.001))) == []  # not in the list


def test_one_difference_that_chance_gives_among_many_is_no_finding():
    """Under 5 % alone; of five tested, one under 5 % is expected in a quarter of territories (Benjamini-Hochberg)."""
    alone = beside(OLD, 36.0, 35.0, 37.0, departement=(28.0, NAN, NAN, 0.04))
    tested = (one.indicator for one in essentials() if is_between_communes(one.indicator))
    many = [indicator.id for indicator in tested if indicator.id != OLD][:4]
    others = [beside(name, 36.0, 35.0, 37.0, departement=(28.0, NAN, NAN, 0.5)) for name in many]
    assert told(alone) == [[OLD, "departement"]] and len(others) == 4
    assert told(pd.concat([alone, *others])) == []


def test_what_is_counted_whole_needs_no_test_and_what_the_caf_alone_pays_makes_no_finding():
    places, paid = "childcare_coverage_eaje_rate", "caf_aeeh_beneficiaries_rate"
    assert told(beside(places, 16.0, NAN, NAN, peers=(21.9, 19.0, 24.0, NAN), departement=(29.6, NAN, NAN, NAN))) == [
        [places, "peers"]
    ]
    assert told(beside(paid, 30.0, NAN, NAN, departement=(15.0, NAN, NAN, NAN))) == []
    assert told(beside(paid, 30.0, 25.0, 36.0, peers=(18.4, 17.5, 21.5, NAN))) == []  # how many does the MSA pay?


def test_what_has_an_interval_is_not_counted_whole():
    """2.6 persons a household, of one form in five: 2.3 to 2.9, beside 2.2."""
    rows = beside("household_size_mean", 2.6, 2.3, 2.9, departement=(2.2, NAN, NAN, NAN), peers=(2.2, 2.1, 2.4, NAN))
    assert differences(rows, CATALOGUE)["sure"].tolist() == [False, False]
    assert differences(rows.assign(low=NAN, high=NAN), CATALOGUE)["sure"].tolist() == [True, False]


def test_a_theme_tells_its_first_difference_and_findings_come_by_comparators_then_by_size():
    nurseries = beside("childcare_coverage_eaje_rate", 30.0, NAN, NAN, departement=(10.0, NAN, NAN, NAN))
    all_modes = beside("childcare_coverage_rate", 90.0, NAN, NAN, departement=(10.0, NAN, NAN, NAN))
    doctors = beside(
        "general_practitioner_accessibility_index", 3.0, NAN, NAN,
        departement=(4.0, NAN, NAN, NAN), france=(4.1, NAN, NAN, NAN),
    )  # fmt: skip
    assert told(pd.concat([all_modes, nurseries, doctors])) == [
        ["general_practitioner_accessibility_index", "departement"],
        ["childcare_coverage_eaje_rate", "departement"],
    ]


def test_the_list_names_its_faults(monkeypatch, tmp_path):
    monkeypatch.setattr(type(settings()), "reference", property(lambda _: tmp_path))
    text = "Âges:\n  no_such_share: x\n  births_count: x\n  age_65_plus_share: x\nAutres:\n  age_65_plus_share: x\n"
    (tmp_path / listed.ESSENTIALS).write_text(text + "  poverty_rate: x\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        essentials.__wrapped__()
    lines = str(raised.value).splitlines()
    assert [line.split("line ")[1].split(",")[0] for line in lines] == ["2", "3", "5", "6"]


def test_each_of_the_list_has_its_reason_as_a_sentence():
    reasons = [essential.reason for essential in essentials()]
    assert 35 <= len(reasons) <= 50 and len(set(reasons)) == len(reasons)
    assert all(reason.endswith(".") and reason[0].isupper() for reason in reasons)


def test_the_findings_of_the_shipped_territories():
    real, example = (findings_of(open_territory(epci, data_root(epci))) for epci in (DEFAULT_EPCI, EXAMPLE_EPCI))
    first = dict(zip(real["indicator"][:MOST], real["level"], strict=False))
    assert {"age_65_plus_share", "secondary_dwellings_share", "natural_change_rate"} <= set(first)
    assert real.loc[real["chapter"].eq("01"), "indicator"][:3].tolist() == [
        "secondary_dwellings_share", "natural_change_rate", "age_65_plus_share",
    ]  # fmt: skip
    childcare = real[real["chapter"].eq("04")].set_index("indicator")["level"]
    assert childcare["childcare_coverage_eaje_rate"] == "departement"
    assert childcare["childcare_coverage_childminders_rate"] == "peers"
    of_example = example[example["chapter"].eq("04")]
    assert of_example["indicator"].iloc[0] == "childcare_coverage_eaje_rate" and not of_example["higher"].iloc[0]
    assert "childcare_coverage_rate" not in set(example["indicator"])


@pytest.mark.nightly
def test_no_synthesis_of_thirty_epcis_has_fewer_than_six_figures_or_repeats_a_theme(france):
    places = pd.read_parquet(france.processed / "territories.parquet")
    epcis = sorted(places.loc[places["level"].eq("epci"), "code"])[SOME]
    assert len(epcis) >= 30
    faults = []
    for epci in epcis:
        territory = open_territory(epci, france)
        shown, found = synthesis(territory), findings_of(territory)
        told = [themes()[indicator.id] for indicator in shown.figures]
        if not 6 <= len(told) <= FIGURES or len(set(told)) < len(told) or found["theme"].duplicated().any():
            faults.append((epci, told))
        assert set(found["indicator"]) <= {essential.indicator.id for essential in printed(territory)}
    assert not faults


@pytest.fixture
def every(monkeypatch, france):
    """Every EPCI, to be opened fast: of the indicators of the list alone, read once, without the communes."""
    listed = {one.indicator.id: one.indicator for one in essentials()}
    table = read_indicators(france.processed, listed, groups=())
    rows = table.groupby("territory").indices

    def read(_, codes, *__):
        return table.iloc[np.concatenate([rows[code] for code in {*codes} & rows.keys()])]

    monkeypatch.setattr(opened, "CATALOGUE", listed)
    monkeypatch.setattr(opened, "read_observations", read)
    places = pd.read_parquet(france.processed / "territories.parquet")
    return sorted(places.loc[places["level"].eq("epci"), "code"])


SAID = re.compile(r"au-dess(us|ous) (.*?)(?=, mais |\s;|$)")  # a direction, and the places that it is said of


def contrary(territory, found, side):
    """What is said of a finding that its own figures do not bear: in its sentence, by a sign, by its class."""
    indicator = CATALOGUE[found.indicator]
    rows = territory.compared(indicator)
    here, others = rows["value"].iloc[0], rows[1:].set_index("level")
    places = ["des EPCI comparables" if level == "peers" else texts.of(name) for level, name in others["name"].items()]
    above = dict(zip(places, here > others["value"], strict=True))
    sentence, signs = profiles.told(territory, indicator)[1], standing.test(rows, territory.gaps(indicator))[0]
    for sign, text in [("", sentence), *signs]:
        told = [
            (way == "us", higher)
            for way, named in SAID.findall(text)
            for place, higher in above.items()
            if place in named
        ]
        if any(way != higher for way, higher in told) or (sign and {way for way, _ in told} != {sign in "▲△"}):
            yield f"{sign} {text}"
    level, higher = found.level, here > others["value"][found.level]
    if others["text"][level] not in sentence.partition(", mais ")[0] or higher != found.higher:
        yield f"against {level}: {sentence}"
    if side not in (TRAIT, STRENGTH if higher == (indicator.direction > 0) else ALERT):
        yield f"{side}: {sentence}"
    if level == "peers" and chooses_peers(indicator):
        yield f"judged against those that it chooses: {sentence}"


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_sentence_sign_and_class_agree_with_the_figures_of_every_finding_of_france(part, every, france):
    faults, told = [], 0
    for epci in every[part::PARTS]:
        territory = open_territory(epci, france)
        found = findings_of(territory)
        for one, side in zip(found.itertuples(), sides_of(territory, found), strict=True):
            told += 1
            faults += [(epci, one.indicator, fault) for fault in contrary(territory, one, side)]
    assert told > 4 * len(every) / PARTS and not faults, f"{len(faults)} of {told} findings: {faults[:20]}"
