"""Children projected by cohorts, worked by hand; what the back test forbids to show; the page of both territories."""

import re
from itertools import pairwise

import pandas as pd
import pytest

from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapter.projections import shown_projections
from ctg_analysis.core.model import OK
from ctg_analysis.core.norms import norm
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI, settings
from ctg_analysis.display.markup import Citation
from ctg_analysis.display.pieces import projections
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.observation_files import read_indicators
from ctg_analysis.indicators.projection import (
    BANDS,
    CENTRAL,
    GROUPS,
    HIGH,
    LOW,
    STAYING,
    UNCHANGED,
    WOMEN,
    WORKED_OUT_FROM,
    ages_of,
    project,
)
from ctg_analysis.indicators.projection_errors import back_test, between, errors, may_be_shown

PAGE = settings().root / "docs" / "projection.md"
BEGIN, END = "<!-- errors -->\n", "<!-- end of errors -->"


def ages(bands, women, groups, territory="A"):
    values = dict(zip(BANDS, bands, strict=True)) | dict(zip(WOMEN, women, strict=True))
    return pd.DataFrame(values | dict(zip(GROUPS, groups, strict=True)), index=pd.Index([territory], name="territory"))


# 2012: 100 children by band, 50 women by band. 2017: 90 under 5, 110 of 5-9 (ratio 1.1), the rest as before.
THEN = ages([100, 100, 100, 100], [50] * 6, [60, 160, 140])
NOW = ages([90, 110, 100, 100], [50] * 6, [54, 166, 140])


def scenario(table, name, horizon):
    rows = table[table["scenario"].eq(name) & table["horizon"].eq(horizon)]
    return rows[list(GROUPS)].iloc[0].round(2).tolist()


def test_the_central_scenario_by_hand():
    """90 children for 200 women: 0.45. +5: 90, 90 x 1.1 = 99, 110 x 1 = 110, 100. 0-2: 0.6 x 90 = 54.
    10 years: 166 - (90 - 54) - 110 = 20 of 100. 3-10: 36 + 99 + 0.2 x 110 = 157. 15-17: 140 - 80 = 60 of 100;
    11-17: 0.8 x 110 + 60 = 148. +10: 90, 99, 99, 110: 54; 36 + 99 + 19.8 = 154.8; 79.2 + 66 = 145.2."""
    found = project(THEN, NOW, 5)
    assert scenario(found, CENTRAL, 5) == [54, 157, 148]
    assert scenario(found, CENTRAL, 10) == [54, 154.8, 145.2]


def test_the_other_scenarios_by_hand():
    """No migration, +5: 90, 90, 110, 100: 54; 36 + 90 + 22 = 148; 88 + 60 = 148.
    Low, +5: women 4 x 50 x 0.973 = 194.6, x 0.45 x 0.89 = 77.94: 46.76; cohorts 90 x 1.073 = 96.57 and 110 x 0.973 =
    107.03: 31.17 + 96.57 + 21.41 = 149.15; 85.62 + 0.6 x 97.3 = 144. High: 205.4 x 0.45 x 1.11 = 102.60: 61.56."""
    found = project(THEN, NOW, 5)
    assert scenario(found, STAYING, 5) == [54, 148, 148]
    assert scenario(found, LOW, 5) == [46.76, 149.15, 144.0]
    assert scenario(found, HIGH, 5)[0] == 61.56


def test_censuses_six_years_apart_are_read_at_five():
    """Under 5, 100 then 90 in six years: 98.33 five years before; 5-9: 110 / 98.33 = 1.1186; +5: 90 x 1.1186 = 100.68.
    10-14, of the 5-9 of five years before, 101.67: 100 / 101.67 = 0.9836, of 110: 108.2; 3-10: 36 + 100.68 + 21.64."""
    assert scenario(project(THEN, NOW, 6), CENTRAL, 5)[1] == 158.32


def later(table, ratio, children):
    """What ages become in five years with one ratio for all cohorts, and so many children per woman of 20 to 39."""
    grown = {band: table[former] * ratio for bands in (BANDS, WOMEN) for former, band in pairwise(bands)}
    women = sum(grown[band] for band in WOMEN[2:])
    youngest = children * women
    parts = {"0_2": 0.6 * youngest, "3_10": 0.4 * youngest + grown["5_9"] + 0.2 * grown["10_14"]}
    parts["11_17"] = 0.8 * grown["10_14"] + 0.6 * grown["15_19"]
    return pd.DataFrame({"0_4": youngest, WOMEN[0]: table[WOMEN[0]], **grown, **parts})


def test_what_keeps_its_ratios_is_foretold_exactly_and_no_change_is_not():
    """Children and women of uneven cohorts, whose ratio is 1.02 and who have 0.5 child each, in three censuses."""
    first = ages([120, 90, 130, 80], [70, 40, 55, 65, 50, 45], [72, 164, 152])
    second = later(first, 1.02, 0.5)
    known = {"2012": first, "2017": second, "2022": later(second, 1.02, 0.5)}
    test = back_test(pd.concat(known, names=["period"]).swaplevel().sort_index())
    median = errors(test)["median"]
    assert median.xs(CENTRAL, level="scenario").max() < 1e-9
    assert min(median.xs(UNCHANGED, level="scenario").min(), median.xs(STAYING, level="scenario").min()) > 0.005


def test_nothing_is_carried_on_from_an_empty_cohort():
    assert project(THEN.assign(**{"0_4": 0.0}), NOW, 5).empty


def observations(territory, period, values):
    rows = pd.DataFrame({"indicator": list(WORKED_OUT_FROM), "value": values})
    return rows.assign(territory=territory, period=period, level="epci", status=OK)


def test_a_census_that_lacks_an_age_is_left_out():
    whole, short = observations("A", "2017", 10.0), observations("A", "2023", 10.0)
    short.loc[0, ["status", "value"]] = ["secret", None]
    assert list(ages_of(pd.concat([whole, short])).index) == [("A", "2017")]


def test_the_back_test_projects_the_census_before_to_the_latest():
    """2012 and 2017 as above; in 2023 54, 160 and 145 are counted. Six years on: central 54; 157 - 2.2 / 5 = 156.56;
    148 - 2.8 / 5 = 147.44. No change: 54, 166, 140: 3.75 % and 3.45 % off, against 2.15 % and 1.68 %."""
    third = NOW.assign(**dict(zip(GROUPS, [54, 160, 145], strict=True)))
    known = pd.concat({"2012": THEN, "2017": NOW, "2023": third}, names=["period"]).swaplevel().sort_index()
    test = back_test(known)
    found = errors(test)["median"].mul(100).round(2)
    assert test[test["scenario"].eq(CENTRAL)].set_index("group")["projected"].round(2).to_dict() == {
        "0_2": 54,
        "3_10": 156.56,
        "11_17": 147.44,
    }
    assert found[[("3_10", CENTRAL), ("3_10", UNCHANGED)]].tolist() == [2.15, 3.75]
    assert found[[("11_17", CENTRAL), ("11_17", UNCHANGED)]].tolist() == [1.68, 3.45]
    assert between(test).to_dict() == {"0_2": 1, "11_17": 1, "3_10": 1}
    assert may_be_shown(errors(test)) == set(), "one EPCI is no test"


def judged(central, staying, unchanged, epcis=30):
    each = {("0_2", CENTRAL): central, ("0_2", STAYING): staying, ("0_2", UNCHANGED): unchanged}
    table = pd.DataFrame(list(each.values()), pd.MultiIndex.from_tuples(each), ["median", "most"])
    return {name for _, name in may_be_shown(table.assign(epcis=epcis))}


def test_a_scenario_worse_than_no_change_is_not_shown():
    assert judged((0.05, 0.12), (0.05, 0.1), (0.06, 0.1)) == {STAYING}, "the errors of nine in ten count too"
    assert judged((0.06, 0.1), (0.07, 0.1), (0.06, 0.1)) == {LOW, CENTRAL, HIGH}, "as good as no change"
    assert judged((0.07, 0.12), (0.07, 0.11), (0.06, 0.1)) == set()
    assert judged((0.05, 0.1), (0.05, 0.1), (0.06, 0.1), epcis=norm("projection_tested_epcis") - 1) == set()


def test_an_age_group_that_is_not_shown_has_a_sentence_and_no_fan():
    counted = pd.DataFrame([[60.0, 160.0, 140.0], [54.0, 166.0, 140.0]], [2012, 2017], list(GROUPS))
    made = project(THEN, NOW, 5)
    made = made.assign(year=2017 + made["horizon"])
    found = pd.DataFrame({"epcis": [30]}, index=pd.MultiIndex.from_tuples([("0_2", CENTRAL)]))
    html = projections.children(counted, made, found, {("3_10", STAYING)}, Citation("Insee.")).html
    assert html.count("<svg") == 1 and "148 enfants de 3 à 10 ans en 2022 si personne n’arrivait" in html
    assert "central" not in html and "Bande claire" not in html
    assert texts.typography("Non projetés : enfants de 0 à 2 ans et jeunes de 11 à 17 ans") in html
    html = projections.children(counted, made.iloc[:0], found, {("3_10", STAYING)}, Citation("Insee.")).html
    assert "<svg" not in html and texts.typography(projections.EMPTY) in html


def test_the_page_of_the_invented_territory_shows_what_passed_and_its_own_back_test(example):
    chapter = open_chapter(EXAMPLE_EPCI)
    html = chapter.projection().html
    assert html.count("<svg") == 3 and html.count("donnees/projection.csv") == 3
    assert texts.typography("2017 projeté à 2023") in html and "Éprouvé sur 15 EPCI" in html
    table = shown_projections(chapter.territory)
    assert set(table["scenario"]) == {LOW, CENTRAL, HIGH}, "no migration did worse than no change"
    assert sorted(set(table["year"])) == [2028, 2033] and set(table["group"]) == set(GROUPS)


def test_a_territory_with_one_census_by_age_gets_the_box_that_says_so(france):
    chapter = open_chapter(DEFAULT_EPCI)
    html = chapter.projection().html
    assert "d’au moins deux recensements à cinq ans d’écart" in html
    assert texts.typography("ici, celui de 2023 seulement, par tranches de cinq ans") in html
    assert "ctg fetch insee_rp_population" in html and "<svg" not in html
    assert shown_projections(chapter.territory).empty


def test_the_children_of_the_reference_case_for_100_births(france):
    """Born from 2013 to 2017: 54 + 76 + 57 + 58 + 71 = 316; 382.9 children of 5 to 9 are counted in 2023: 121."""
    html = open_chapter(DEFAULT_EPCI).since_birth().html
    assert texts.typography("104 enfants de 0 à 4 ans, 121 de 5 à 9 ans et 125 de 10 à 14 ans") in html
    assert re.search(r"5 à 9 ans.*?2013 à 2017.*?>316<.*?>383<.*?>121<", html, re.DOTALL)


def test_a_year_of_births_that_is_not_known_leaves_its_generation_out(example):
    """2014 is missing there: those of 5 to 9 have no line."""
    html = open_chapter(EXAMPLE_EPCI).since_birth().html
    assert "2018 à 2022" in html and "2008 à 2012" in html and "2013" not in html.split("<table")[1]


def test_the_growth_of_epcis_changes_as_the_norm_says(france):
    rows = read_indicators(france.processed, {"population_change_rate"}, groups=())
    rows = rows[rows["level"].eq("epci") & rows["status"].eq(OK)]
    rates = rows.pivot(index="territory", columns="period", values="value")[["2013-2018", "2018-2023"]].dropna()
    growth = ((1 + rates / 100) ** 5 - 1) * 100
    changed = (growth["2018-2023"] - growth["2013-2018"]).abs()
    assert len(changed) == 1250
    assert changed.quantile(0.8) == pytest.approx(norm("projection_migration_points"), abs=0.05)


def test_the_page_of_the_method_has_the_errors_that_are_found(example, france, request):
    lines = [
        "| EPCIs | age group | scenario | error of half | of nine in ten | shown |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, root in {"invented": example, "of France, as shipped": france}.items():
        found = errors(pd.read_parquet(root.processed / "projection_errors.parquet"))
        shown = may_be_shown(found)
        for group, one in found.index if len(found) else []:
            row = found.loc[(group, one)]
            verdict = {UNCHANGED: "rival", LOW: "with central", HIGH: "with central"}.get(one)
            verdict = verdict or ("yes" if (group, one) in shown else "no")
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
