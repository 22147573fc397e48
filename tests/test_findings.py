"""What is said first: of the editorial list, remarkable, beside the right comparator, one a theme (rule R14)."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.chapter import profiles
from ctg_analysis.chapter import territory as opened
from ctg_analysis.chapter.portrait import story
from ctg_analysis.chapter.profiles import findings_of, printed, sides_of
from ctg_analysis.chapter.synthesis import FIGURES, synthesis
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.display import texts
from ctg_analysis.display.standing import EACH
from ctg_analysis.indicators.demography import EQUAL
from ctg_analysis.indicators.findings import ALERT, AMONG, EXTREME, FAR, STRENGTH, TRAIT, differences, findings, sides
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model import catalogue as listed
from ctg_analysis.model.catalogue import CATALOGUE, Essential, essentials, themes
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.indicator import OK, Ratio
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, data_root, settings
from ctg_analysis.model.source import SOURCES

NAN = float("nan")
POOR, OLD, ALONE = (
    "poverty_2021_rate",
    "age_65_plus_share",
    "single_parent_families_share",
)  # what has chosen the peers, what has not
DRAWN = 150  # EPCIs, whose 2 200 findings show a fault of one in 730 ninety-five times in a hundred
SOME = slice(20, None, 41)  # thirty EPCIs and one, spread over the list by SIREN


def rows_of(*rows):
    """Observations as `findings` compares them: indicator, level, value, low, high, p."""
    table = pd.DataFrame(rows, columns=["indicator", "level", "value", "low", "high", "p"])
    return table.assign(status=OK, period="2021", source="insee_etat_civil")


def beside(name, own, low, high, **others):
    return rows_of((name, "epci", own, low, high, NAN), *((name, level, *rest) for level, rest in others.items()))


def spread_like(name, far=NAN, low=NAN, high=NAN):
    keys = {"indicator": [name], "period": "2021", "producer": SOURCES["insee_etat_civil"].producer, "epcis": 1250}
    return pd.DataFrame(keys | {"low_tenth": low, "high_tenth": high, "far": far})


def told(rows, spread=None, **more):
    spread = spread_like("none") if spread is None else spread
    found = findings(rows, differences(rows, CATALOGUE, spread), essentials(), spread, **more)
    return found[["indicator", "level"]].to_numpy().tolist()


def test_a_difference_of_sums_of_rounded_numbers_is_as_large_as_it_is_at_least():
    """9.1 between 8 and 12 beside 13.4: 4.3 by the value, a third of 13.4; 1.4 at least, a tenth.

    Of a count known to one rounding, it is by the value.
    """
    rows = rows_of(
        ("job_seekers_abc_rate", "epci", 9.1, 8.0, 12.0, NAN),
        ("job_seekers_abc_rate", "france", 13.4, 13.3, 13.5, 0.001),
    )
    rows = rows.assign(numerator=[91.0, 134e3], denominator=[1000.0, 1e6], source="dares_demandeurs_emploi")
    several = [rows, rows.assign(low=[7.4, 13.3], high=[11.1, 13.5]), rows.assign(source="insee_etat_civil")]
    found = [differences(table, CATALOGUE, spread_like("none"))["times"].item() for table in several]
    assert found == pytest.approx([1.4 / 1.34, 4.3 / 1.34, 4.3 / 1.34])


def test_france_is_told_first_and_the_peers_silence_nothing():
    away = {"departement": (28.0, NAN, NAN, 0.001), "france": (20.0, NAN, NAN, 0.001)}
    rows = beside(ALONE, 36.0, 35.0, 37.0, peers=(36.0, 30.0, 38.0, NAN), **away)
    assert told(rows) == [[ALONE, "france"]]
    assert told(beside(ALONE, 44.0, 43.0, 45.0, peers=(30.0, 28.0, 34.0, NAN))) == [[ALONE, "peers"]]
    assert told(beside(OLD, 44.0, 43.0, 45.0, peers=(30.0, 28.0, 34.0, NAN))) == []  # which has chosen them


def test_nothing_is_found_of_what_half_the_peers_have_not_either_nor_of_a_zero_that_may_be_a_few():
    none = beside(ALONE, 0.0, NAN, NAN, peers=(5.0, 0.0, 9.0, NAN), france=(20.0, NAN, NAN, NAN))
    assert told(none) == [[ALONE, "france"]]
    assert told(none.assign(value=none["value"].mask(none["level"].eq("peers"), 0.0))) == []
    few = none.assign(high=none["high"].mask(none["level"].eq("epci"), 4.0))
    assert told(few) == [[ALONE, "france"]] and told(few.assign(source="caf_s_ben_epci_f")) == []


def test_what_the_caf_alone_pays_is_in_no_tenth():
    alone = rows_of(("caf_aeeh_beneficiaries_rate", "epci", 0.5, NAN, NAN, NAN))
    tenths = spread_like("caf_aeeh_beneficiaries_rate", low=9.0, high=30.0)
    assert told(alone, tenths) == []


def test_far_is_what_a_third_of_the_epcis_differ_by():
    rows = beside(OLD, 26.0, 25.0, 27.0, france=(20.0, NAN, NAN, 0.001))
    assert told(rows, spread_like(OLD, far=5.0)) == [[OLD, "france"]]
    assert told(rows, spread_like(OLD, far=7.0)) == []
    assert told(rows) == [[OLD, "france"]]  # three tenths, where no spread is known
    assert told(beside(OLD, 26.0, 25.0, 27.0, france=(20.0, NAN, NAN, 0.2)), spread_like(OLD, far=5.0)) == []


def test_a_value_is_as_another_where_its_interval_leaves_out_what_is_much():
    """17 % beside 17.1: three tenths more would be 22.2, and 22.4 is possible; 20.6 is not as far."""
    for low, high, alike in ((12.7, 22.4, False), (13.6, 20.6, True), (NAN, NAN, True)):
        rows = beside(POOR, 17.0, low, high, france=(17.1, NAN, NAN, 0.9))
        assert differences(rows, CATALOGUE, spread_like("none"))["alike"].tolist() == [alike]


def test_of_two_departements_the_words_are_those_of_both_differences():
    """25 beside 19.9 is more, beside 24 a little more: more than in each; where one is not sure, none is told."""
    for last, p, times, alike in ((24.0, 0.001, 0.4, False), (24.0, 0.5, None, None)):
        ours = (OLD, "epci", 25.0, 24.6, 25.4, NAN)
        rows = rows_of(ours, (OLD, "departement", 19.9, NAN, NAN, 0.001), (OLD, "departement", last, NAN, NAN, p))
        found = differences(rows, CATALOGUE, spread_like("none")).round(1)
        assert found[["times", "alike"]].to_numpy().tolist() == ([] if times is None else [[times, alike]])


@pytest.mark.parametrize(("here", "times", "alike"), [(94.8, 3.4, False), (99.0, 1.9, False), (102.0, 0.8, True)])
def test_an_index_whose_zero_means_nothing_is_judged_by_the_spread_of_the_epcis_and_not_by_tenths(here, times, alike):
    """A standard deviation of 8.4, a third of it is large: 94.8 beside 104.2, less than a tenth fewer, is far."""
    rows = beside("schools_ips_index", here, NAN, NAN, france=(104.2, NAN, NAN, NAN))
    found = differences(rows, CATALOGUE, spread_like("schools_ips_index", far=8.4)).iloc[0]
    assert (round(found["times"], 1), found["alike"], found["remarkable"]) == (times, alike, here < 95)
    assert differences(rows, CATALOGUE, spread_like("none"))["alike"].all()  # a tenth, where no spread is known


def test_an_extreme_tenth_is_told_whatever_the_comparators_if_the_whole_interval_is_in_it():
    alone = rows_of((POOR, "epci", 33.0, NAN, NAN, NAN))
    tenths = spread_like(POOR, low=7.3, high=19.8)
    assert told(alone, tenths) == [[POOR, ""]]
    assert told(alone.assign(low=19.0, high=40.0), tenths) == []
    assert told(alone, spread_like(POOR)) == []  # a value that many share


def test_what_moves_or_is_under_its_norm_is_told_without_any_comparator():
    doctors = rows_of(("general_practitioner_accessibility_index", "epci", 2.5, NAN, NAN, NAN))
    name = doctors["indicator"].iloc[0]
    assert told(doctors) == told(doctors, under={name: 0.09}) == []
    assert told(doctors, under={name: 0.34}) == told(doctors, moves={name: -1}) == [[name, ""]]
    assert told(doctors.assign(value=2.4)) == [[name, ""]]


def test_one_difference_that_chance_gives_among_many_is_no_finding():
    """Under 5 % alone; of five tested, one under 5 % is expected in a quarter of territories (Benjamini-Hochberg)."""
    alone = beside(OLD, 36.0, 35.0, 37.0, france=(20.0, NAN, NAN, 0.04))
    names = [one.indicator.id for one in essentials() if isinstance(one.indicator.value, Ratio)]
    many = [name for name in names if name != OLD and not CATALOGUE[name].untested][:4]
    others = [beside(name, 36.0, 35.0, 37.0, france=(20.0, NAN, NAN, 0.5)) for name in many]
    assert told(alone) == [[OLD, "france"]] and len(others) == 4
    assert told(pd.concat([alone, *others])) == []


def test_what_is_counted_whole_needs_no_test_and_what_the_caf_alone_pays_makes_no_finding():
    places, paid = "childcare_coverage_eaje_rate", "caf_aeeh_beneficiaries_rate"
    assert told(beside(places, 10.0, NAN, NAN, peers=(21.9, 19.0, 24.0, NAN))) == [[places, "peers"]]
    assert told(beside(paid, 30.0, NAN, NAN, france=(15.0, NAN, NAN, NAN))) == []
    assert told(beside(paid, 30.0, 25.0, 36.0, peers=(18.4, 17.5, 21.5, NAN))) == []  # how many does the MSA pay?


def test_a_theme_tells_one_fact_and_what_depends_on_ages_comes_last():
    diploma, away = "without_diploma_15_plus_share", {"france": (10.0, NAN, NAN, 0.001)}
    rows = pd.concat([beside(name, 36.0, 35.0, 37.0, **away) for name in (diploma, OLD)])
    assert told(rows) == [[OLD, "france"], [diploma, "france"]]
    single = beside(SINGLE, 36.0, 35.0, 37.0, france=(14.0, NAN, NAN, 0.001))
    assert told(pd.concat([rows, single])) == [[OLD, "france"], [diploma, "france"], [SINGLE, "france"]]
    single.loc[single["level"].eq("france"), EQUAL] = [60.0, 55.0, 65.0]
    assert told(pd.concat([rows, single])) == [[SINGLE, "france"], [OLD, "france"], [diploma, "france"]]
    near, far = {"france": (14.0, NAN, NAN, NAN)}, {"france": (24e3, NAN, NAN, NAN)}
    poor = [beside("poverty_rate", 16.0, NAN, NAN, **near), beside("living_standard_median", 15e3, NAN, NAN, **far)]
    assert told(pd.concat(poor)) == [["living_standard_median", "france"]]


SINGLE = "living_alone_65_plus_share"


def at_equal_ages(raw, *equal, **tenths):
    """The findings, with their sides, of those who live alone beside 31 % in France; fewer would be better."""
    rows = beside(SINGLE, raw, raw - 1, raw + 1, peers=(30.0, 28.0, 32.0, NAN), france=(31.0, NAN, NAN, 0.001))
    rows.loc[rows["level"].eq("france"), EQUAL] = equal or NAN
    judged = {SINGLE: replace(CATALOGUE[SINGLE], direction=-1)}
    spread = spread_like(SINGLE, far=5.0, **tenths)
    gaps = differences(rows, judged, spread)
    found = findings(rows, gaps, [Essential(judged[SINGLE], "Personnes seules", "")], spread)
    return found.assign(side=sides(found, gaps, judged))[["why", "level", "side"]].to_numpy().tolist()


def test_what_is_high_only_because_of_ages_is_no_alert_and_what_only_ages_hide_is_one():
    """40 % beside 31, 32 at equal ages: no finding, nor beside the peers, whose ages are not known; 31 % are 39."""
    assert at_equal_ages(40.0) == [[FAR, "france", ALERT]]
    assert at_equal_ages(40.0, 32.0, 30.0, 34.0) == []
    assert at_equal_ages(31.0, 39.0, 37.0, 41.0) == [[FAR, "france", ALERT]]
    assert at_equal_ages(40.0, 39.0, 30.5, 47.0) == []  # not surely


def test_a_value_of_the_worst_tenth_whose_interval_reaches_the_next_is_among_the_worst():
    rows = beside(SINGLE, 38.5, 37.5, 39.5, peers=(30.0, 28.0, 42.0, NAN), france=(31.0, NAN, NAN, 0.001))
    judged = {SINGLE: replace(CATALOGUE[SINGLE], direction=-1)}
    spread = spread_like(SINGLE, far=10.0, low=20.0, high=38.0)
    gaps = differences(rows, judged, spread)
    found = findings(rows, gaps, [Essential(judged[SINGLE], "Personnes seules", "")], spread)
    assert found[["why", "tenth", "higher"]].to_numpy().tolist() == [[AMONG, 0, True]]
    assert sides(found, gaps, judged).tolist() == [ALERT]


def test_an_extreme_tenth_holds_at_equal_ages_too():
    tenths = {"low": 20.0, "high": 38.0}
    assert at_equal_ages(40.0, **tenths) == [[EXTREME, "france", ALERT]]
    assert at_equal_ages(40.0, 38.0, 37.0, 39.0, **tenths) == [[EXTREME, "france", ALERT]]
    assert at_equal_ages(40.0, 32.0, 31.5, 32.5, **tenths) == []
    assert at_equal_ages(40.0, 24.0, 23.0, 25.0, **tenths) == [[FAR, "france", STRENGTH]]


def test_the_list_names_its_faults(monkeypatch, tmp_path):
    monkeypatch.setattr(type(settings()), "reference", property(lambda _: tmp_path))
    text = "Âges:\n  no_such_share: x\n  births_count: x\n  age_65_plus_share: x\nAutres:\n  age_65_plus_share: x\n"
    (tmp_path / listed.ESSENTIALS).write_text(text + "  poverty_rate: x\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        essentials.__wrapped__()
    lines = str(raised.value).splitlines()
    assert [line.split("ligne ")[1].split(",")[0] for line in lines] == ["2", "3", "5", "6"]


def test_each_of_the_list_has_its_reason_as_a_sentence():
    reasons = [essential.reason for essential in essentials()]
    assert 35 <= len(reasons) <= 70 and len(set(reasons)) == len(reasons)
    assert all(reason.endswith(".") and reason[0].isupper() for reason in reasons)


def test_the_findings_of_the_shipped_territories():
    real, example = (findings_of(open_territory(epci, data_root(epci))) for epci in (DEFAULT_EPCI, EXAMPLE_EPCI))
    first = set(real.loc[real["why"].eq(EXTREME), "indicator"])
    assert {OLD, "secondary_dwellings_share", "natural_change_rate", "unemployment_15_64_rate"} <= first
    assert "population_change_rate" in set(real.loc[real["why"].eq(FAR), "indicator"])
    of_example = example[example["chapter"].eq("04")].set_index("indicator")["higher"]
    assert not of_example["childcare_coverage_eaje_rate"] and of_example["childcare_coverage_childminders_rate"]


STORIES = {
    "200067171": ("9 856 habitants", "a perdu les deux tiers de ses habitants depuis 1876", "0,6 %",
                  "habitant sur trois a 65 ans ou plus", "un logement sur trois est une résidence secondaire"),
    "243500139": ("1,2 %", "habitant sur six a 65 ans ou plus", "133 emplois", "117"),
    "200040251": ("44 emplois", "1,7", "crèches"),
    "249740119": ("33,0 % des habitants vivent sous le seuil", "nettement plus qu’en France (15,3 %)", "43,4 places"),
}  # fmt: skip


BY_DAY, *OF_THE_NIGHT = STORIES


@pytest.mark.parametrize("epci", [BY_DAY, *(pytest.param(one, marks=pytest.mark.nightly) for one in OF_THE_NIGHT)])
def test_the_story_of_a_territory_is_told_by_rule_in_six_themes_each_sentence_of_one_year(epci, france):
    themes = [one.replace("\u202f", " ") for one in story(open_territory(epci, france))]
    assert 2 <= len(themes) <= 6 and all(one.endswith(".") for one in themes)
    assert all(fact in " ".join(themes) for fact in STORIES[epci]), themes
    assert all(len(re.findall(r"\ben 20\d\d", one.lower())) < 2 for one in " ".join(themes).split(". "))


@pytest.mark.nightly
def test_no_synthesis_of_thirty_epcis_has_fewer_than_six_figures_or_repeats_a_theme(france):
    places = pd.read_parquet(france.processed / "territories.parquet")
    epcis = sorted(places.loc[places["level"].eq("epci"), "code"])[SOME]
    assert len(epcis) >= 30
    faults = []
    for epci in epcis:
        territory = open_territory(epci, france)
        shown, found = synthesis(territory), findings_of(territory)
        told = [themes().get(indicator.id, indicator.id) for indicator in shown.figures]
        if not 6 <= len(told) <= FIGURES or len(set(told)) < len(told) or found["theme"].duplicated().any():
            faults.append((epci, told))
        assert set(found["indicator"]) <= {essential.indicator.id for essential in printed(territory)}
    assert not faults


@pytest.fixture
def every(monkeypatch, france):
    """Every EPCI, to be opened fast: of the indicators of the list alone, read once, without the communes."""
    listed = {one.indicator.id: one.indicator for one in essentials()}
    listed |= {name: CATALOGUE[name] for name in ("births_count", "children_0_14_count")}  # see Territory.untold
    table = read_indicators(france.processed, listed, groups=())
    rows = table.groupby("territory").indices

    def read(_, codes, *__):
        return table.iloc[np.concatenate([rows[code] for code in {*codes} & rows.keys()])]

    monkeypatch.setattr(opened, "CATALOGUE", listed)
    monkeypatch.setattr(opened, "read_observations", read)
    places = pd.read_parquet(france.processed / "territories.parquet")
    return sorted(places.loc[places["level"].eq("epci"), "code"])


SAID = re.compile(r"(plus|moins) (qu.*?) \(")  # a direction, and the place that it is said of


def contrary(territory, indicator, side):
    """What is said of a finding that its own figures do not bear: in its sentence, by its side."""
    rows = territory.compared(indicator)
    here, others = rows["value"].iloc[0], rows[1:].set_index("level")
    sentence = profiles.told(territory, indicator)[1]
    for way, place in SAID.findall(sentence):
        for level, row in others.iterrows():
            named = "comparables" if level == "peers" else texts.inside(row["name"])
            named = EACH[level] if others.index.tolist().count(level) > 1 else named
            if place.endswith(named) and (way == "plus") != (here > row["value"]):
                yield sentence
    if side and (side == TRAIT) == bool(indicator.direction):
        yield f"{side}: {sentence}"


@pytest.mark.nightly
def test_sentence_and_side_agree_with_the_figures_of_the_findings_of_epcis_drawn_among_all(every, france):
    faults, told = [], 0
    for epci in np.random.default_rng(36).choice(every, DRAWN, replace=False):
        territory = open_territory(epci, france)
        found = findings_of(territory)
        for name, side in zip(found["indicator"], sides_of(territory, found), strict=True):
            told += 1
            faults += [(epci, name, fault) for fault in contrary(territory, CATALOGUE[name], side)]
    assert told > 12 * DRAWN and not faults, f"{len(faults)} of {told} findings: {faults[:20]}"
