"""L'essentiel and le profil: what they say first, what no test allows, and that nothing else says the same."""

import re
from collections import Counter
from html import unescape

import pandas as pd
import pytest
from reader import FIGURE
from shipped_pages import CHAPTERS

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.display import standing, texts
from ctg_analysis.indicators.findings import FAR, MOVING
from ctg_analysis.indicators.peers import MEDIAN_LABEL
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, SECRET
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI

THEMATIC = [name for name in CHAPTERS if "01" <= name[:2] <= "10"]
ROWS = pd.DataFrame({"level": ["peers", "departement", "france"], "name": [MEDIAN_LABEL, "Aveyron", "France"]})
ROWS = ROWS.assign(text=["15,8", "18,7", "23,5"], value=[15.8, 18.7, 23.5])


def gaps(*each):
    table = pd.DataFrame(each, columns=["level", "higher", "times", "p", "sure", "remarkable"])
    return table.assign(alike=table["times"].lt(1), near=table["times"].lt(0.3), equal=False)


@pytest.mark.parametrize(
    "each, told, levels",
    [
        ([("peers", True, 1.5, None, False, False), ("departement", True, 2, 0.01, True, True)],
         ["▲ plus que dans l’Aveyron"], {"departement"}),
        ([("peers", False, 2, None, True, True), ("france", False, 4, 0.01, True, True)],
         ["▼ moins qu'en France"], {"peers", "france"}),
        # 43.4 places beside 37.5 of the peers and 60.9 of France: both sides are told
        ([("france", False, 3, None, True, True), ("peers", True, 1.6, None, True, True)],
         ["▼ moins qu'en France", "▲ plus que dans les EPCI comparables"], {"peers", "france"}),
        ([("france", False, 1.4, 0.01, True, False)], ["▽ moins qu'en France"], set()),
        ([("france", False, 3, 0.4, False, False)], ["écart non établi"], set()),
        ([("departement", True, 0.4, None, True, False)], ["un peu plus que dans l’Aveyron"], set()),
        # 110 beside 102 in the département is little, beside 95 of the peers it is not, within their quartiles
        ([("departement", True, 0.8, None, True, False), ("peers", True, 1.6, None, False, False)],
         ["proche de l'ordinaire des EPCI comparables"], set()),
    ],
)  # fmt: skip
def test_the_sign_and_the_words_are_those_of_the_test_and_name_the_place(each, told, levels):
    signs, apart = standing.test(ROWS, gaps(*each))
    assert ([" ".join(filter(None, one)) for one in signs], apart) == (told, levels)


def test_what_is_written_as_the_figure_of_the_territory_is_no_contrast():
    own = pd.DataFrame({"level": ["epci"], "name": ["CC"], "text": ["+1,3 %"], "status": "ok"})
    rows = pd.concat([own, ROWS[1:].assign(text=["+1,3 %", "+0,4 %"], status="ok")])
    assert standing.figures(rows, ["departement", "france"]) == "comme dans l’Aveyron, contre +0,4 % en France"
    assert standing.figures(rows, ["france"]) == "contre +0,4 % en France"


def test_a_difference_that_is_sure_is_told_though_rounding_hides_how_large_it_is():
    """20.1 to 21.8 are more than 19.4, by 0.7 points or by 2.4."""
    known = gaps(("france", True, 0.4, 0.01, True, False)).assign(alike=False)
    assert standing.test(ROWS, known)[0] == [("", "plus qu'en France")]
    assert standing.against(OLD, ROWS, known, ["france"]).startswith("plus qu'en France (23,5)")
    unsure = known.assign(sure=False, p=0.4)
    assert standing.test(ROWS, unsure)[0] == [("", "écart non établi")]
    assert standing.against(OLD, ROWS, unsure, ["france"]).startswith("sans que l'écart soit établi avec la France")


UNEMPLOYED, OLD = CATALOGUE["unemployment_15_64_rate"], CATALOGUE["without_diploma_15_plus_share"]


def found(level, tenth=0):
    return pd.Series({"why": FAR, "level": level, "tenth": tenth, "move": -1, "under": 0.0})


def test_a_finding_names_france_first_then_its_comparator_and_the_peers():
    near = gaps(("france", True, 4, 0.001, True, True), ("departement", True, 2, 0.01, True, True))
    near = pd.concat([near, gaps(("peers", True, 0.2, None, False, False))])
    said = standing.beside(UNEMPLOYED, ROWS, near, found("departement", 1))
    assert said == (
        "un taux parmi les plus élevés de France, nettement plus qu'en France (23,5), plus que dans l’Aveyron (18,7), "
        "comme dans les EPCI comparables (médiane : 15,8)"
    )
    alone = standing.beside(OLD, ROWS, near[near["level"].eq("france")], found("france"))
    assert (
        alone == "nettement plus qu'en France (23,5 ; médiane des EPCI comparables : 15,8), sans tenir compte des âges"
    )


def test_what_is_judged_at_equal_ages_says_so_with_its_figure_there():
    """26 % here, 23.5 in France: at equal ages 30 %, or as many as in France."""
    indicator = CATALOGUE["living_alone_65_plus_share"]
    own = {
        "level": "epci",
        "text": "26,0\u202f%",
        "value": 26.0,
        "numerator": 2600,
        "denominator": 10_000.0,
        "status": OK,
    }
    own |= {"indicator": indicator.id, "source": "insee_rp_personnes_seules", "quality": 1, "name": "Ici"}
    own |= {"low": float("nan"), "high": float("nan"), "drawn": False, "period": "2023"}
    rows = pd.concat([pd.DataFrame([own]), ROWS[2:].assign(equal=30.0)])
    higher = gaps(("france", True, 4, 0.001, True, True)).assign(equal=True)
    said = standing.beside(indicator, rows, higher, found("france"))
    assert said == "nettement plus qu'en France (23,5, contre 30,0\u202f% ici à âges égaux)"
    assert standing.test(rows, higher)[0] == [("▲", "plus qu'en France à âges égaux")]
    assert standing.shortly(indicator, rows, higher, found("france"), placed_first=False) == said
    both = pd.concat([higher, gaps(("departement", True, 4, 0.001, True, True)).assign(equal=True)])
    twice = standing.beside(indicator, pd.concat([rows, ROWS[1:2].assign(equal=31.0)]), both, found("departement"))
    assert twice == f"{said} et que dans l’Aveyron (18,7, contre 31,0\u202f% ici)"
    as_many = standing.beside(indicator, rows.assign(equal=26.0), higher, found("france"))
    assert as_many == "nettement plus qu'en France (23,5, à âges égaux)"


def test_what_is_told_for_its_trend_says_which_way():
    moving = pd.Series({"why": MOVING, "level": "", "tenth": 0, "move": 1, "under": 0.0})
    said = standing.beside(UNEMPLOYED, ROWS[1:], gaps(("france", True, 0.4, None, True, False)), moving)
    assert said == "en hausse depuis plusieurs années, un peu plus qu'en France (23,5)"


def test_peers_on_the_other_side_are_told_so_and_alike_ones_together():
    """24.6 % of unemployed beside 30.1 % of the peers and 12.1 % of France: the peers nuance, and silence nothing."""
    both = gaps(("france", True, 9, 0.001, True, True), ("peers", False, 2, None, True, True))
    said = standing.beside(UNEMPLOYED, ROWS, both, found("france"))
    assert said == "nettement plus qu'en France (23,5), mais moins que dans les EPCI comparables (médiane : 15,8)"
    alike = standing.beside(UNEMPLOYED, ROWS, both.assign(higher=True, times=4.0), found("france"))
    assert alike == "nettement plus qu'en France (23,5) et que dans les EPCI comparables (médiane : 15,8)"


@pytest.mark.parametrize(
    ("name", "told"),
    [("Aveyron", "dans l’Aveyron"), ("Meuse", "dans la Meuse"), ("Vendée", "en Vendée"), ("Bretagne", "en Bretagne"),
     ("Hauts-de-France", "dans les Hauts-de-France"), ("La Réunion", "à La Réunion"), ("Occitanie", "en Occitanie"),
     ("Cantal", "dans le Cantal"), ("Île-de-France", "en Île-de-France"), ("France", "en France"),
     ("Ille-et-Vilaine", "en Ille-et-Vilaine"), ("Nouvelle-Aquitaine", "en Nouvelle-Aquitaine")],
)  # fmt: skip
def test_a_place_is_told_with_its_preposition(name, told):
    assert texts.inside(name) == told


def cells(html):
    """The lines of a profile: the label, then the texts of the cells."""
    html = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    lines = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", html, re.DOTALL)
    return [
        [unescape(re.sub(r"\s*<[^>]+>\s*", " ", cell)).strip() for cell in re.split("</t[hd]>", line)[:-1]]
        for line in lines
    ]


def test_what_may_not_be_shown_is_a_line_that_says_so(monkeypatch):
    chapter = open_chapter(EXAMPLE_EPCI)
    rows = chapter.territory.here(CATALOGUE["waiting_children_count"])
    hidden = rows.assign(status=SECRET, text="s", value=float("nan"))
    monkeypatch.setattr(chapter.territory, "here", lambda indicator: hidden)
    html = chapter.profile("waiting_children_count").html
    assert cells(html)[0][1].startswith("s ") and "s = secret statistique" in html


# The pages


def told_above(before, figure):
    """Whether all the values of a drawing stand in the title of its figure or in the sentence before it."""
    sentences = re.findall(r'<p class="reading">(.*?)</p>', before, re.DOTALL)[-1:]
    sentences += re.findall(r'class="title">(.*?)</strong>', figure, re.DOTALL)
    said = unescape(re.sub(r"<[^>]+>", "", " ".join(sentences)))
    cells = re.findall(r"<td[^>]*>(.*?)</td>", figure, re.DOTALL)
    values = Counter(unescape(re.sub(r"<[^>]+>", "", value)) for value in cells)
    whole = {value: len(re.findall(rf"(?<![\d,]){re.escape(value)}(?![\d,])", said)) for value in values}
    return bool(values) and all(whole[value] >= number for value, number in values.items())


@pytest.mark.slow
def test_no_chart_has_all_its_values_in_the_sentence_above_it(shipped):
    faults = []
    for epci in (DEFAULT_EPCI, EXAMPLE_EPCI):
        for name in THEMATIC:
            page = (shipped / epci / name).read_text(encoding="utf-8")
            for figure in FIGURE.finditer(page):
                cell = page[page.rindex('<div class="cell"', 0, figure.start()) : figure.start()]
                if told_above(cell, figure[0]):
                    faults.append((epci, name, re.search(r'class="title">(.*?)</strong>', figure[0])[1]))
    assert faults == []
