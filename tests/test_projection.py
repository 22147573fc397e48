"""Children projected by cohorts, worked by hand; what the back test forbids to show; the page of both territories."""

import pandas as pd
import pytest

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.demography import EMPTY, children, shown_projections
from ctg_analysis.display import texts
from ctg_analysis.indicators.demography import (
    BANDS,
    FALLING,
    GROUPS,
    HELD,
    PEOPLE,
    RIVAL,
    SCENARIOS,
    WOMEN,
    WORKED_OUT_FROM,
    ages_of,
    back_test,
    children_ahead,
    errors,
    fertility_changes,
    may_be_shown,
    project,
    total_fertility,
)
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import DEFAULT_EPCI, settings

PAGE = settings().root / "docs" / "projection.md"
BEGIN, END = "<!-- errors -->\n", "<!-- end of errors -->"


def ages(bands, women, groups, territory="A", people=1000.0):
    values = {PEOPLE: people} | dict(zip(BANDS, bands, strict=True)) | dict(zip(WOMEN, women, strict=True))
    return pd.DataFrame(values | dict(zip(GROUPS, groups, strict=True)), index=pd.Index([territory], name="territory"))


# 2012: 100 children by band, 50 women by band. 2017: 90 under 5, 110 of 5-9 (ratio 1.1), the rest as before.
THEN = ages([100, 100, 100, 100], [50] * 6, [60, 160, 140])
NOW = ages([90, 110, 100, 100], [50] * 6, [54, 166, 140])


def scenario(table, name, horizon):
    rows = table[table["scenario"].eq(name) & table["horizon"].eq(horizon)]
    return rows[list(GROUPS)].iloc[0].round(2).tolist()


AS_BEFORE = {HELD: [1.0, 1.0]}


def test_a_projection_by_hand():
    """90 children for 200 women: 0.45. +5: 90, 90 x 1.1 = 99, 110 x 1 = 110, 100. 0-2: 0.6 x 90 = 54.
    10 years: 166 - (90 - 54) - 110 = 20 of 100. 3-10: 36 + 99 + 0.2 x 110 = 157. 15-17: 140 - 80 = 60 of 100;
    11-17: 0.8 x 110 + 60 = 148. +10: 90, 99, 99, 110: 54; 36 + 99 + 19.8 = 154.8; 79.2 + 66 = 145.2."""
    found = project(THEN, NOW, 5, AS_BEFORE)
    assert scenario(found, HELD, 5) == [54, 157, 148]
    assert scenario(found, HELD, 10) == [54, 154.8, 145.2]


def test_fewer_children_per_woman_are_fewer_of_0_2_and_later_of_3_10():
    """+5: 0.8 x 90 = 72 of 0-4: 43.2; 28.8 + 99 + 22 = 149.8. +10: 0.7 x 90 = 63: 37.8; 25.2 + 79.2 + 19.8 = 124.2."""
    found = project(THEN, NOW, 5, {FALLING: [0.8, 0.7]})
    assert scenario(found, FALLING, 5) == [43.2, 149.8, 148] and scenario(found, FALLING, 10) == [37.8, 124.2, 145.2]


def test_the_fertility_of_a_projection_is_that_of_the_latest_year_and_no_mean_of_years_before():
    """1.82 children per woman from 2018 to 2022, 1.55 in 2025: never above, and lower where the decline goes on."""
    told = total_fertility()
    assert told[list(range(2018, 2023))].mean() == pytest.approx(1.82, abs=0.005)
    held, falling = (fertility_changes(2023, scenario) for scenario in SCENARIOS)
    assert held[1] == pytest.approx(told[2025] / told[list(range(2018, 2023))].mean()) == pytest.approx(0.85, abs=0.005)
    assert held[0] > held[1] > falling[1] and falling[0] < held[0]
    assert fertility_changes(2017, HELD, known=2016)[0] == pytest.approx(told[2016] / told[[2014, 2015, 2016]].mean())


def test_censuses_six_years_apart_are_read_at_five():
    """Under 5, 100 then 90 in six years: 98.33 five years before; 5-9: 110 / 98.33 = 1.1186; +5: 90 x 1.1186 = 100.68.
    10-14, of the 5-9 of five years before, 101.67: 100 / 101.67 = 0.9836, of 110: 108.2; 3-10: 36 + 100.68 + 21.64."""
    assert scenario(project(THEN, NOW, 6, AS_BEFORE), HELD, 5)[1] == 158.32


def test_nothing_is_carried_on_from_an_empty_cohort():
    assert project(THEN.assign(**{"0_4": 0.0}), NOW, 5, AS_BEFORE).empty


def observations(territory, period, values):
    rows = pd.DataFrame({"indicator": list(WORKED_OUT_FROM), "value": values})
    return rows.assign(territory=territory, period=period, level="epci", status=OK)


def test_a_census_that_lacks_an_age_is_left_out():
    whole, short = observations("A", "2017", 10.0), observations("A", "2023", 10.0)
    short.loc[0, ["status", "value"]] = ["secret", None]
    assert list(ages_of(pd.concat([whole, short])).index) == [("A", "2017")]


def test_the_back_test_projects_the_census_before_to_the_latest_beside_its_rival():
    """2012 and 2017 as above; in 2023 54, 160 and 145 are counted. Six years on, with 2016 for 2014 to 2016 (0.98):
    3-10 and 11-17 as by hand, read between the horizons. The population as in 2017, of 1 000 in 2012: the rival follows
    the share of the children, 160 then 166 in five years: 166 x 1.0375^1.2 = 173.5, 8.4 % off."""
    third = NOW.assign(**dict(zip(GROUPS, [54, 160, 145], strict=True)))
    known = pd.concat({"2012": THEN, "2017": NOW, "2023": third}, names=["period"]).swaplevel().sort_index()
    test = back_test(known)
    found = errors(test)["median"].mul(100).round(1)
    assert found[[("11_17", HELD), ("3_10", RIVAL)]].tolist() == [1.7, 8.4]
    made = test[test["scenario"].eq(HELD)].set_index("group")["projected"]
    assert 52 < made["0_2"] < 54 and 155 < made["3_10"] < 156.56
    assert may_be_shown(errors(test)) == set(), "one EPCI is no test"


def judged(held, rival, epcis=30):
    each = {("0_2", HELD): held, ("0_2", RIVAL): rival}
    table = pd.DataFrame(list(each.values()), pd.MultiIndex.from_tuples(each), ["median", "most"])
    return may_be_shown(table.assign(epcis=epcis))


def test_a_projection_that_does_not_beat_its_rival_is_not_shown():
    assert judged((0.05, 0.09), (0.06, 0.1)) == {"0_2"}
    assert judged((0.05, 0.12), (0.06, 0.1)) == set(), "the errors of nine in ten count too"
    assert judged((0.06, 0.1), (0.06, 0.1)) == set(), "as good is no better"
    assert judged((0.05, 0.09), (0.06, 0.1), epcis=norm("projection_tested_epcis") - 1) == set()


def test_an_age_group_that_is_not_shown_has_a_sentence_and_no_line():
    counted = pd.DataFrame([[60.0, 160.0, 140.0], [54.0, 166.0, 140.0]], [2012, 2017], list(GROUPS))
    made = project(THEN, NOW, 5, {HELD: [1.0, 1.0], FALLING: [0.8, 0.7]})
    made = made.assign(year=2017 + made["horizon"])
    found = pd.DataFrame({"epcis": [30]}, index=pd.MultiIndex.from_tuples([("0_2", HELD)]))
    html = children(counted, made, found, {"3_10", "11_17"}, "Insee.").html
    assert html.count("<svg") == 2
    assert texts.typography("157 ou 150 enfants de 3 à 10 ans en 2022, après 166 en 2017") in html
    assert texts.typography("148 jeunes de 11 à 17 ans en 2022, après 140 en 2017") in html, "all are born"
    assert texts.typography("Non projetés : enfants de 0 à 2 ans") in html
    html = children(counted, made.iloc[:0], found, {"3_10"}, "Insee.").html
    assert "<svg" not in html and texts.typography(EMPTY) in html


def test_a_territory_with_one_census_by_age_gets_the_box_that_says_so(france):
    chapter = open_chapter(DEFAULT_EPCI)
    html = chapter.projection().html
    assert "d’au moins deux recensements à cinq ans d’écart" in html
    assert texts.typography("ici, celui de 2023 seulement, par tranches d'âge") in html
    assert "ctg fetch insee_rp_population" in html and "<svg" not in html
    assert shown_projections(chapter.territory).empty


def test_births_are_counted_up_to_nursery_school(france):
    """Births of 2022 to 2025: 58, 52, 59, 60. Under 3 in 2026: 52 + 59 + 60 = 171; entering in 2028: those of 2025."""
    births = pd.Series({2021: 60.0, 2022: 58.0, 2023: 52.0, 2024: 59.0, 2025: 60.0})
    found = children_ahead(births).set_index("year")
    assert found["under_3"].dropna().to_dict() == {2024: 170, 2025: 169, 2026: 171}
    assert found["entering"].dropna().to_dict() == {2024: 60, 2025: 58, 2026: 52, 2027: 59, 2028: 60}
    html = open_chapter(DEFAULT_EPCI).projection().html
    assert texts.typography("52 à la rentrée 2026, 59 à la rentrée 2027 et 60 à la rentrée 2028") in html


def test_the_page_of_the_method_has_the_errors_that_are_found(example, france, request):
    lines = [
        "| EPCIs | age group | projection | error of half | of nine in ten | shown |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, root in {"invented": example, "of France, as shipped": france}.items():
        found = errors(pd.read_parquet(root.processed / "projection_errors.parquet"))
        shown = may_be_shown(found)
        for group, one in found.index if len(found) else []:
            row = found.loc[(group, one)]
            verdict = "rival" if one == RIVAL else "yes" if group in shown else "no"
            cells = [f"{row['epcis']:.0f} {name}", group.replace("_", "-"), one]
            lines.append(f"| {' | '.join(cells)} | {row['median']:.1%} | {row['most']:.1%} | {verdict} |")
        if found.empty:
            lines.append(f"| 0 {name} | none | | | | |")
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    written = before + BEGIN + "\n" + "\n".join(lines) + "\n\n" + END + rest.split(END)[1]
    if request.config.getoption("--rewrite-golden"):
        PAGE.write_text(written, encoding="utf-8")
    assert text == written or request.config.getoption("--rewrite-golden")
