"""Texts, tables and charts: the rules of honesty about small numbers (R4, R10), hostile labels."""

import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import assume, example, given
from hypothesis import strategies as st
from matplotlib.patches import Rectangle, StepPatch
from shown import family, trend

from ctg_analysis.chapter import figures as figures_
from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.demography import ages
from ctg_analysis.chapter.known import source, uncompared
from ctg_analysis.chapter.territory import Territory, name_of_place, with_one_france
from ctg_analysis.display import markup, sentences, tables, texts
from ctg_analysis.display.drawing import BAND, SEQUENTIAL, plain
from ctg_analysis.display.markup import for_readers
from ctg_analysis.display.quantities import singular
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.data_files import spreadsheet_safe
from ctg_analysis.publish.page import chapter_page
from ctg_analysis.show import charts as drawn
from ctg_analysis.show import maps
from ctg_analysis.show.finish import NOT_FROM_ZERO, finish
from ctg_analysis.show.layout import begin
from ctg_analysis.show.maps import class_bounds, classes_of, ranks_of
from ctg_analysis.show.marks import tell_marks
from ctg_analysis.show.svg import svg
from ctg_analysis.show.theme import theme

NAN = float("nan")


def row(**columns):
    blank = {
        "numerator": NAN,
        "denominator": NAN,
        "low": NAN,
        "high": NAN,
        "status": "ok",
        "level": "epci",
        "quality": 1,
        "source": "insee_rp_population",
        "denominator_period": "",
    }
    return SimpleNamespace(**{**blank, "value": NAN, "period": "2021", **columns})


@pytest.mark.parametrize(
    "indicator, observation, expected",
    [
        ("population_count", row(value=12345), "12\u202f345"),
        ("age_0_19_share", row(value=15.78, numerator=1579, denominator=10004), "15,8\u202f%"),
        ("age_0_19_share", row(value=15.78, numerator=50, denominator=317), "16\u202f%"),
        ("age_0_19_share", row(value=25, numerator=3, denominator=12), "3 sur 12"),
        ("age_0_19_share", row(value=0.43, numerator=3, denominator=696), "moins de 1\u202f%"),
        ("age_0_19_share", row(value=0, numerator=0, denominator=696), "0\u202f%"),
        ("age_0_19_share", row(value=99.96, numerator=2499, denominator=2500), "plus de 99,9\u202f%"),
        ("leisure_coverage_summer_rate", row(value=50, numerator=6, denominator=12), "6 pour 12"),
        ("aesh_fte_rate", row(value=30.8, numerator=2.46, denominator=8), "2,5 pour 8"),
        ("leisure_coverage_summer_rate", row(value=50, numerator=10, denominator=20), "50,0"),
        ("pupils_per_class_ratio", row(value=15, numerator=15, denominator=1), "15,0"),
        ("age_0_19_share", row(status="secret"), "s"),
        ("age_0_19_share", row(status="nd"), "nd"),
        ("age_0_19_share", row(status="so"), "–"),
        ("population_change_rate", row(value=-0.58), "\u22120,6\u202f%"),
        ("population_change_rate", row(value=0.79), "+0,8\u202f%"),
        ("population_change_rate", row(value=-0.02), "0,0\u202f%"),
        ("caf_households_count", row(value=50, low=48, high=54, source="caf_s_ben_com_f"), "≈\u00a050"),
        ("caf_households_count", row(value=0, low=0, high=4, source="caf_s_ben_com_f"), "moins de 5 (arrondi)"),
        ("caf_households_count", row(value=0, low=0, high=40, level="peers", source="caf_s_ben_com_f"), "≈\u00a00"),
        ("childcare_coverage_rate", row(value=104.5, source="caf_txcouv_pe"), "104,5"),
        ("social_dwellings_mobility_rate", row(value=41.2, denominator=17, source="sdes_rpls"), "moins de 20"),
        ("social_dwellings_mobility_rate", row(value=41.2, denominator=20, source="sdes_rpls"), "41\u202f%"),
        ("social_dwellings_mobility_rate", row(value=41.2, denominator=1000, source="sdes_rpls"), "41,2\u202f%"),
    ],
)
def test_a_value_as_a_reader_sees_it(indicator, observation, expected):
    assert sentences.value_text(CATALOGUE[indicator], observation) == expected


def test_a_sentence_with_its_interval_and_its_plural():
    one = CATALOGUE["eaje_facilities_count"]
    assert sentences.sentence(one, row(value=1)).startswith("En 2021, le territoire compte 1 établissement d’accueil")
    assert "2 établissements" in sentences.sentence(one, row(value=2))
    housing, few = CATALOGUE["social_dwellings_rate"], {"source": "sdes_rpls", "numerator": 100, "denominator": 5054}
    assert "compte 2,0 logements sociaux" in sentences.sentence(housing, row(value=1.979, **few))
    assert "compte 1,9 logement social" in sentences.sentence(housing, row(value=1.94, **few))
    rate = row(value=5.31, numerator=52, denominator=9856, low=3.94, high=6.92, source="insee_etat_civil")
    said = sentences.sentence(CATALOGUE["birth_rate"], rate)
    assert said.endswith(" ; intervalle à 95\u202f% : 3,9 à 6,9).".replace(" :", "\u00a0:").replace(" ;", "\u202f;"))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Source : INSEE ; état", "Source\u00a0: INSEE\u202f; état"),
        ("l'an « hors MSA »", "l’an «\u00a0hors MSA\u00a0»"),
        ("10 000 habitants ?", "10\u202f000 habitants\u202f?"),
        ("à 10 km au plus", "à 10\u00a0km au plus"),
        ("de 7 h 30 à 18 h, 2 heures", "de 7\u00a0h\u00a030 à 18\u00a0h, 2 heures"),
    ],
)
def test_typography(text, expected):
    assert texts.typography(text) == expected


def test_a_label_with_markup_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    table = markup.table(markup.Table(evil, ["a", evil], [[evil, evil]]))
    figure = markup.figure(
        "<svg ></svg>", file="x.csv", kind="chart", title=evil, subtitle=evil, alt=f'"{evil}', note=evil,
        source=evil, data=markup.Table(evil, ["a"], [[evil]]),
    )  # fmt: skip
    page = {"territory": evil, "title": evil, "chapters": [], "current": "", "fictional": False, "geography": evil}
    whole = chapter_page(nbformat.v4.new_notebook(), page).html
    for html in (table.html, figure.html, markup.reading(evil, evil).html, whole):
        assert "<script>alert" not in html


def test_a_chart_without_alternative_or_source_is_refused():
    words = {
        "file": "x.csv",
        "kind": "chart",
        "title": "T",
        "subtitle": "S",
        "note": "",
        "data": markup.Table("c", ["a"], []),
    }
    with pytest.raises(ValueError, match="text alternative"):
        markup.figure("<svg ></svg>", alt=" ", source="INSEE", **words)
    with pytest.raises(ValueError, match="source"):
        markup.figure("<svg ></svg>", alt="Barres", source="", **words)


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@x", "\t=1"])
def test_no_text_of_a_csv_is_a_formula(text):
    assert spreadsheet_safe(text) == f"'{text}"
    assert spreadsheet_safe("L'Ébauche") == "L'Ébauche"


def squares(*values):
    """Return as many square communes in a row, and their observations."""
    names = [f"C{number}" for number in range(len(values))]
    shapes = [shapely.box(n, 0, n + 1, 1) for n in range(len(names))]
    land = GeoDataFrame({"territory": names, "name": names, "own": True}, geometry=shapes)
    land = land.assign(epci="E", epci_name="EPCI", population=100.0)
    rows = pd.DataFrame({"territory": names, "name": names, "value": values, "status": "ok", "shown": True})
    rows = rows.assign(level="commune", period="2022", indicator="secondary_dwellings_share", estimate=NAN)
    return land, rows.assign(text=[str(value) for value in values])


def rates(land, rows):
    return svg(maps.rates(land, rows).figure)


def test_the_area_of_a_circle_is_in_proportion_of_the_count():
    ax = maps.counts(*squares(100.0, 25.0, 0.0))
    assert list(ax.collections[-1].get_sizes() ** 0.5 / 2) == [maps.RADIUS, maps.RADIUS / 2]
    assert re.findall("<title>(.*?)</title>", svg(ax.figure)) == [
        *(f"C{n}\u00a0: {value}" for n, value in enumerate((100.0, 25.0, 0.0))),
        *("C0\u00a0: 100.0", "C1\u00a0: 25.0"),
    ]


def test_each_commune_of_a_map_has_the_shade_of_its_class():
    drawing = plain(rates(*squares(10.0, 20.0, 30.0, 40.0, 50.0)))
    shades = re.findall('<title>.*?</title><path [^>]*fill="(#\\w+)"', drawing)
    assert shades[0] == SEQUENTIAL[0] and shades[3:] == [SEQUENTIAL[-1]] * 2 and len(set(shades)) == 4
    legend = re.findall('<path [^>]*fill="(#\\w+)"', drawing.rpartition("</title>")[2])
    assert [one for one in legend if one in shades][1:] == list(dict.fromkeys(shades))  # after the last commune


def test_what_a_map_cannot_show_is_hatched_and_said():
    land, rows = squares(10.0, 20.0, 30.0)
    whole = rates(land, rows)
    rows.loc[1, "shown"] = False
    drawing = rates(land, rows)
    assert "<pattern" in drawing and maps.HIDDEN in drawing and drawing.count('fill="url(#') == 2
    assert "<title>C1\u00a0: 20.0</title>" in drawing
    assert "<pattern" not in whole and maps.HIDDEN not in whole


def test_what_a_producer_only_bounds_is_not_hatched_and_has_its_words():
    land, rows = squares(10.0, 20.0, 30.0)
    rows.loc[1, ["shown", "status", "text"]] = False, "censored", "≤ 5 %"
    drawing = rates(land, rows)
    assert "<pattern" not in drawing and maps.HIDDEN not in drawing and ">≤ 5\u202f%</text>" in drawing


@pytest.mark.nightly
def test_a_map_is_drawn_of_the_rows_of_an_analyst_and_is_light(france):
    """The same bytes twice; what may not be written is not shaded; the place of the territory is in the legend."""
    chapter = open_chapter("200067171")
    rows = chapter.data("households_without_car_share")
    rows = rows[rows["period"].eq(rows["period"].max())]
    drawing = rates(chapter.land, rows)
    assert drawing == rates(chapter.land, rows) and len(drawing.encode()) < 60_000
    assert maps.ESTIMATED in drawing and f"{maps.WHOLE}\u00a0: " in drawing
    assert chapter.figure(maps.rates(chapter.land, rows), rows).html.count(drawing.partition(">")[2]) == 1
    large = open_chapter("200067106")
    assert len(rates(large.land, large.data("population_change_rate")).encode()) < 140_000


def yearly(years, values, **more):
    table = {"period": [*map(str, years)], "year": years, "value": values, "level": "epci", "status": "ok"}
    table |= {"indicator": "births_count", "source": "insee_etat_civil"}
    return pd.DataFrame(table | {"text": [f"{one:g}" for one in values], "low": np.nan, "high": np.nan} | more)


def test_a_line_does_not_cross_a_date_whose_value_is_missing():
    theme()
    rows = yearly([2018, 2019, 2020, 2021, 2022, 2023], [1.0, 2, 3, np.nan, 4, 5])
    line = plain(svg(rows.plot("year", "value", legend=False).figure))
    assert re.search(r'd="([^"]*)" fill="none" stroke="#0b4f6c"', line)[1].count("M") == 2


ROUNDED_BY_THE_CAF = {
    name for name, source in SOURCES.items() if source.precision.rounding and source.producer == "Cnaf"
}


def test_r18_caf_charts_say_that_the_msa_is_missing_and_counts_rounded():
    shown = [one for one in CATALOGUE.values() if ROUNDED_BY_THE_CAF.intersection(one.sources)]
    without = [one.id for one in shown if "hors MSA" not in one.label or "hors MSA" not in one.caveats]
    assert without + [one.id for one in shown if "arrondis à 5" not in one.caveats] == []
    assert [name for name in sorted(ROUNDED_BY_THE_CAF) if "hors MSA" not in SOURCES[name].label] == []
    assert {name for one in shown for name in one.sources} >= ROUNDED_BY_THE_CAF and ROUNDED_BY_THE_CAF


@pytest.mark.parametrize(
    "observation, said",
    [
        (row(value=5, low=3, high=7), "(arrondi : 3 à 7)"),
        (row(value=5, low=3, high=9), "(arrondi, au plus proche ou vers le bas : 3 à 9)"),
        (row(value=5, low=5, high=9), "(arrondi vers le bas : 5 à 9)"),
        (row(value=30, low=23, high=37), "entre 23 et 37 foyers : (somme de nombres arrondis, bornes à 95 %)"),
        (
            row(value=30, low=23, high=53),
            "entre 23 et 53 foyers : (somme de nombres arrondis, au plus proche ou vers le bas, bornes à 95 %)",
        ),
        (
            row(value=30, low=38, high=53),
            "entre 38 et 53 foyers : (somme de nombres arrondis vers le bas, bornes à 95 %)",
        ),
        (row(value=5, low=0, high=12), "entre 0 et 12 foyers : (somme de nombres arrondis, bornes à 95 %)"),
    ],
)
def test_r3_a_sentence_says_of_what_the_interval_of_a_rounded_count_is(observation, said):
    observation.source, observation.period = "caf_rsa_type", "2024-12"
    text = sentences.sentence(CATALOGUE["caf_rsa_increased_households_count"], observation)
    assert [texts.typography(part) in text for part in said.split(" : (")] == [True] * len(said.split(" : ("))


@pytest.mark.parametrize(
    "told, said",
    [
        # 28 to 122 of 982 to 1 050 in all: sums of what communes round, 2.67 % to 12.42 %, without decimals under 1 000
        (row(value=4.0201, numerator=40, denominator=995, low=2.6667, high=12.4236), "entre 3 et 12 %"),
        # one published count over another, each known to 4: 36 of 999 to 44 of 991
        (row(value=4.0201, numerator=40, denominator=995, low=3600 / 999, high=4400 / 991), "4 %"),
        (row(value=4.0201, numerator=40, denominator=1000, low=3600 / 1004, high=4400 / 996), "4,0 %"),
        # a sum so large that both bounds are written alike
        (row(value=5.9, numerator=590000, denominator=10**7, low=5.88, high=5.94), "5,9 %"),
    ],
)
def test_r3_a_share_of_a_sum_of_rounded_counts_is_told_by_its_bounds(told, said):
    told.source, told.period = "caf_s_ben_com_f", "2024-12"
    rsa = CATALOGUE["caf_rsa_households_share"]
    assert sentences.value_text(rsa, told) == texts.typography(said)
    summed = "somme de nombres arrondis" in sentences.sentence(rsa, told)
    assert summed == (told.numerator > 1000 or said.startswith("entre"))
    assert bool(sentences.interval_text(rsa, told)) != summed


@pytest.mark.parametrize("level, said", [("epci", "entre 5 et 16 %"), ("departement", "9 %")])
def test_r3_a_share_of_a_published_sum_of_rounded_counts_is_told_by_its_bounds(level, said):
    """Households on Paje of an EPCI are two rounded counts; those of a département are exact."""
    told = row(value=9.0909, numerator=10, denominator=110, low=4.61, high=16.17)
    told.source, told.period, told.level = "caf_familles", "2023-12", level
    assert sentences.value_text(CATALOGUE["caf_paje_single_parent_share"], told) == texts.typography(said)


@pytest.mark.parametrize(
    "indicator, source, told, value, said",
    [
        (
            "aesh_fte_rate",
            "dsden_inclusion",
            row(value=52.35, numerator=8.9, denominator=15, low=46.84, high=59.33),
            "8,9 pour ≈ 15",
            "8,9 ETP pour ≈ 15 élèves notifiés",
        ),
        (
            "pupils_at_canteen_share",
            "enquete_locale_enfance",
            row(value=63.16, numerator=10, denominator=19, low=52.63, high=73.68),
            "≈ 10 sur ≈ 19",
            "≈ 10 sur ≈ 19 déjeunent à la cantine",
        ),
        # 90 to 202 of 713, then 145 to 149: persons, whose rate is a proportion
        (
            "youth_followed_rate",
            "mission_locale",
            row(value=20.48, numerator=146, denominator=713, low=10.38, high=31.75),
            "entre 10 et 32",
            "entre 10 et 32 jeunes suivis pour 100 jeunes de 16 à 25 ans (somme de nombres arrondis, bornes à 95 %)",
        ),
        # an agreement that asks for more than five
        (
            "youth_followed_count",
            "mission_locale",
            row(value=97, low=90, high=104),
            "entre 90 et 104",
            "(nombre arrondi)",
        ),
    ],
)
def test_r1_of_what_a_figure_is_made_of_only_persons_are_told_rounded(indicator, source, told, value, said):
    told.source, told.period = source, "2024"
    assert sentences.value_text(CATALOGUE[indicator], told) == texts.typography(value).replace("≈ ", "≈\u00a0")
    written = sentences.sentence(CATALOGUE[indicator], told).replace("\u00a0", " ").replace("\u202f", " ")
    assert said in written


class Consultation:
    """A démarche of which the only question has so many respondents."""

    def __init__(self, least, most):
        self.bounds = {"base_least": least, "base_most": most}

    def table(self, name):
        return pd.DataFrame([{"q_id": "renoncement", **self.bounds}])


@pytest.mark.parametrize(
    "bounds, said",
    [((280, 288), "280 à 288 répondants concernés."), ((25, 33), "25 à 33 répondants concernés, peu")],
)
def test_r1_the_base_of_a_surveyed_share_is_told_by_its_bounds(bounds, said):
    asked = pd.Series({"indicator": "gave_up_right_share"})
    assert said in surveyed.base(Consultation(*bounds), asked).replace("\u00a0", " ")


@given(st.lists(st.floats(0, 1e6), min_size=4, max_size=60), st.sampled_from([0, 1]))
@example([10.3, 10.7, 10.8, 10.9, 11.2, 12.0], 0)
@example([0.0, 0.0, 0.0, 0.1], 1)
def test_the_classes_of_a_map_are_at_most_five_round_and_none_is_empty(values, digits):
    values = pd.Series(values).round(digits)
    assume(values.nunique() > 1)
    bounds = class_bounds(values, diverging=False, digits=digits)
    held = np.bincount(ranks_of(values, bounds, digits), minlength=len(bounds) + 1)
    assert bounds == sorted(set(bounds)) and 1 <= len(bounds) <= 4
    assert (held > 0).all()


def test_the_classes_of_a_map_have_the_same_decimals():
    land, rows = squares(0.0, 100.0)
    two = rates(land, rows.assign(text=["0\u202f%", "100,0\u202f%"]))
    assert ">100\u202f%</text>" in two and ">100,0" not in two
    five = rates(land, rows.assign(value=[-3.1, 0.2], indicator="population_change_rate"))
    assert ">moins de \u22122,5\u202f%<" in five and ">\u22120,5 à +0,5\u202f%<" in five
    assert five.count('fill="url(#') == 3  # a commune, two classes of the legend: told from rises without colours


def test_a_norm_is_a_bound_of_the_classes_of_its_map():
    doctors, values = CATALOGUE["general_practitioner_accessibility_index"], [1.3, 1.9, 2.4, 2.6, 3.1, 4.2, 5.3]
    known = pd.DataFrame({"value": values, "text": [f"{value}".replace(".", ",") for value in values]})
    bounds, words = classes_of(known, doctors)
    assert 2.5 in bounds and "2,5" in " ".join(words) and bounds == sorted(bounds)


def test_an_age_that_lacks_makes_no_pyramid(example, monkeypatch):
    territory = open_chapter(EXAMPLE_EPCI).territory
    assert ages(territory)["value"].sum() == pytest.approx(100)
    with pytest.raises(UserError, match="found level 'pays', expected one of departement, epci, france, region"):
        ages(territory, "pays")
    assert list(ages(territory, "departement")["level"].unique()) == ["epci", "departement"]
    of = territory.of
    monkeypatch.setattr(territory, "of", lambda ids: of(ids).query("indicator != 'men_0_4_count'"))
    rows = ages(territory, "departement")
    assert rows["value"].isna().all() and not drawn.pyramid(rows).patches


def test_the_outline_of_a_pyramid_is_the_other_territory():
    theme()
    own = pd.DataFrame({"age": list("abab"), "sex": ["Hommes"] * 2 + ["Femmes"] * 2, "value": [1.0, 2, 3, 4]})
    own = own.assign(territory="200067171", place="ici")
    outline = own.assign(value=own["value"] + 4, territory="12", place="Aveyron")
    ax = drawn.pyramid(pd.concat([own, outline]))
    bars, outlines = ([one for one in ax.patches if isinstance(one, kind)] for kind in (Rectangle, StepPatch))
    assert [bar.get_width() for bar in bars] == [-2, -1, 4, 3]  # the oldest first, men then women
    assert [list(outline.get_data().values) for outline in outlines] == [[-6, -5], [8, 7]]
    assert "b, femmes\u00a0: 4,0\u202f% (Aveyron\u00a0: 8,0\u202f%)" in svg(ax.figure)


@pytest.mark.nightly
@pytest.mark.parametrize("territory", ["200067171", "999999999"])
def test_r12_what_is_compared_is_of_one_period_and_one_producer(territory, france, example):
    seen = open_chapter(territory).territory
    checked = 0
    for one in CATALOGUE.values():
        rows = seen.compared(one)
        rows = rows[rows["status"].eq("ok")]
        checked += len(rows) > 1
        assert rows["period"].nunique() <= 1, one.id
        assert len({SOURCES[name].producer for name in rows["source"]}) <= 1, one.id
    assert checked > 20


@pytest.mark.parametrize(
    "name, after",
    [("Aveyron", "de l’Aveyron"), ("Cantal", "du Cantal"), ("Hérault", "de l’Hérault"), ("Lozère", "de la Lozère"),
     ("Hautes-Alpes", "des Hautes-Alpes"), ("La Réunion", "de La Réunion"),
     ("France hors Mayotte", "de la France hors Mayotte"),
     ("Exemple", "d’Exemple"), ("Val-d’Oise", "du Val-d’Oise"), ("Côtes-d’Armor", "des Côtes-d’Armor")],
)  # fmt: skip
def test_a_place_after_de(name, after):
    assert texts.of(name) == after


def test_a_line_of_sums_is_in_the_band_of_its_bounds_and_its_two_ends_are_written():
    """« entre 367 et 435 »: a sum of numbers that the Caf rounds; of one number, rounded to 5, there is no band."""
    theme()
    values = np.arange(380.0, 390)
    text = [f"entre {n} et {n + 68}" for n in range(10)]
    of_the_caf = {"indicator": "caf_households_count", "source": CATALOGUE["caf_households_count"].sources[0]}
    rows = yearly(list(range(2015, 2025)), values, low=values - 13, high=values + 55, text=text, **of_the_caf)
    rows = rows.assign(date=pd.NaT, label="Foyers", place="ici", territory="200067171")
    ax = rows.plot("year", "value", marker="o", legend=False)
    ax.fill_between(rows["year"], rows["low"], rows["high"], color=BAND)
    finish(ax.figure, rows, tell_marks(ax.figure, rows, GeoDataFrame()))
    drawing = svg(ax.figure)
    assert re.findall(r"<text[^>]*>(entre [^<]+)</text>", drawing) == ["entre 0 et 68", "entre 9 et 77"]
    assert f'fill="{BAND}"' in plain(drawing)


def by_commune(indicator: str, **cells: tuple[str, str]) -> tables.Column:
    rows = pd.DataFrame([{"name": name, "text": text, "status": status} for name, (text, status) in cells.items()])
    level = ["epci" if name == "Ici" else "commune" for name in rows["name"]]
    return CATALOGUE[indicator], "2025", rows.assign(level=level, territory=rows["name"], interval="", value=1.0)


def test_a_table_leaves_out_the_communes_that_have_nothing_where_they_are_several():
    places = pd.DataFrame({"name": ["A", "B", "C", "D", "Ici"], "level": ["commune"] * 4 + ["epci"]})
    places = places.assign(territory=places["name"])
    cited, none = "x", ("0", "ok")
    counts = by_commune("schools_count", A=("2", "ok"), B=none, C=none, D=none, Ici=("2", "ok"))
    rates = by_commune("pupils_per_class_ratio", A=("17,4", "ok"), **dict.fromkeys("BCD", ("–", "sans_objet")))
    html = tables.places_by_indicator(places, [counts, rates], source=cited).html
    assert re.findall('scope="row">([^<]*)', html) == ["A", "Ici"]
    assert '<p class="note" data-zeros="B|C|D">' in html and "0 dans les 3 autres communes." in html
    empty = by_commune("schools_count", **dict.fromkeys("ABCD", none))
    html = tables.places_by_indicator(places[:4], [empty], source=cited).html
    assert "<table" not in html and "Écoles, 2025\u00a0: 0 dans les 4 communes." in html
    for other in (("s", "secret"), ("nd", "nd"), ("moins de 5 (arrondi)", "ok")):
        counts = by_commune("schools_count", A=("2", "ok"), B=none, C=other, D=other, Ici=("2", "ok"))
        html = tables.places_by_indicator(places, [counts], source=cited).html
        assert re.findall('scope="row">([^<]*)', html) == ["A", "B", "C", "D", "Ici"]


def test_a_table_of_what_is_there_leaves_out_the_communes_that_have_nothing_where_they_are_several():
    places = pd.DataFrame({"name": ["A", "B", "C", "Ici"], "level": ["commune"] * 3 + ["epci"]})
    places, none = places.assign(territory=places["name"]), ("0", "ok")
    zone = by_commune("scheme_laep_count", A=("1", "ok"), B=none, C=none, Ici=("1", "ok"))
    rows = zone[2].assign(value=zone[2]["text"].astype(float))
    html = tables.places_by_indicator(places, [(*zone[:2], rows)], source="x").html
    assert re.findall('scope="row">([^<]*)', html) == ["A", "Ici"] and "<td>oui</td>" in html
    assert 'data-zeros="B|C"' in html and "0 dans les 2 autres communes." in html


def test_a_column_that_no_commune_has_a_value_of_is_told_below_its_table():
    places = pd.DataFrame({"name": ["A", "B", "Ici"], "level": ["commune", "commune", "epci"]})
    places, cited = places.assign(territory=places["name"]), "x"
    schools = by_commune("schools_count", A=("2", "ok"), B=("1", "ok"), Ici=("3", "ok"))
    secret = by_commune("poverty_2021_rate", A=("s", "secret"), B=("s", "secret"), Ici=("18,9 %", "ok"))
    html = tables.places_by_indicator(places, [schools, secret], source=cited).html
    assert html.count('<th scope="col"') == 2 and "s = secret" not in html
    told = "Secret statistique dans chaque commune : taux de pauvreté en 2021 (Ici 18,9 %)."
    assert texts.typography(told) in html
    alone = tables.places_by_indicator(places, [secret], source=cited).html
    assert re.findall('scope="row">([^<]*)', alone) == ["Ici"] and "dans chaque commune." in alone


def test_a_commune_of_which_a_part_is_in_a_zone_is_not_counted_among_those_that_are(france):
    """Saint-Denis de La Réunion: « Classée FRR partiellement »."""
    html = re.sub(r"\s", " ", open_chapter("249740119").table("revitalisation_zone_count", "schools_count").html)
    assert re.search(r'scope="row">Saint-Denis</th><td[^>]*>en partie<', html), html
    assert "0 commune sur 3, et 3 en partie" in html


def test_an_epci_without_lycee_says_so_once(france):
    chapter = open_chapter("200067171")
    html = for_readers(family(chapter, "school_facilities").html)
    assert html.count("Aucun lycée, d’après l’annuaire de l’éducation.") == 1 and "Sans valeur" not in html
    boxes = [chapter.map("upper_secondary_schools_count"), chapter.profile("upper_secondary_ips_index")]
    assert [box.html for box in boxes] == ["", ""]
    assert "non disponible" in open_chapter("243500139").map("upper_secondary_schools_count").html


def test_the_map_of_a_median_is_of_a_year_that_the_territory_has_too(france):
    """Communes of 2023 beside a territory of 2021 (20 400 €) were all richer than the whole."""
    chapter = open_chapter("200067171")
    html = chapter.map("living_standard_median", "living_standard_2021_median").html
    assert "2021" in html and "20\u202f400" in html and "26\u202f100" not in html
    sheets = chapter.communes("living_standard_median", "living_standard_2021_median").html
    assert re.search(r"Niveau de vie médian en 2021</th>(<td[^>]*>[^<]*</td>)+<td[^>]*>20\s400\s€</td>", sheets)


def test_a_table_tells_la_reunion_once_and_one_france():
    places = pd.DataFrame({"level": ["epci", "departement", "region", "france"], "territory": ["1", "974", "04", "F"]})
    places = places.assign(name=["Ici", "La Réunion", "La Réunion", "France"])
    columns = {"status": "ok", "text": ["1 %", "2 %"], "territory": ["1", "974"], "level": ["epci", "departement"]}
    here = pd.DataFrame(columns).assign(name=["Ici", "La Réunion"])
    metropolitan = {
        "level": "france",
        "territory": "FM",
        "status": "ok",
        "text": "3 %",
        "name": "France métropolitaine",
    }
    rows = pd.concat([here, pd.DataFrame([metropolitan])]).assign(indicator="age_0_19_share", period="2021", value=1.0)
    shares = [(CATALOGUE[name], "2021", with_one_france(rows)) for name in ("age_0_19_share", "age_65_plus_share")]
    html = tables.places_by_indicator(places, shares, source="x").html
    assert html.count("La Réunion") == 1 and '<th scope="row">France métropolitaine' in html
    assert "Valeurs non disponibles" not in html
    shares[1] = (*shares[1][:2], shares[1][2].replace("France métropolitaine", "France hors Mayotte"))
    html = tables.places_by_indicator(places, shares, source="x").html
    assert '<th scope="row">France</th>' in html and "France hors Mayotte pour part des 65 ans ou plus" in html


def test_what_a_departement_has_is_not_said_to_be_lacking_of_the_region_that_it_is(france):
    territory, indicator = Territory("249740119", france), CATALOGUE["living_standard_until_2019_median"]
    rows = territory.against(indicator)
    assert set(rows.loc[rows["name"].eq("La Réunion") & rows["status"].eq("ok"), "level"]) == {"departement"}
    assert "La Réunion" not in uncompared(territory, indicator)


@pytest.mark.parametrize(
    "indicator, source, territory, name",
    [
        ("birth_rate", "insee_etat_civil", "F", "France hors Mayotte"),
        ("natural_change_rate", "insee_etat_civil", "F", "France hors Mayotte"),
        ("births_count", "insee_etat_civil", "F", "France"),
        ("population_count", "etalab_decoupage", "F", "France hors Mayotte"),
        ("birth_rate", "insee_etat_civil", "FM", "France"),
    ],
)
def test_a_rate_of_france_says_that_its_population_is_without_mayotte(indicator, source, territory, name):
    figure = SimpleNamespace(
        source=source, territory=territory, status="ok", name="France", level="france", period="2024"
    )
    assert name_of_place(CATALOGUE[indicator], figure, {}, {}) == name


def test_a_departement_that_is_a_region_too_is_said_once():
    rows = pd.DataFrame({"name": ["La Réunion"] * 2, "text": ["+0,8 %"] * 2, "status": ["ok"] * 2})
    rows = rows.assign(level=["departement", "region"], interval="")
    assert sentences.beside(rows) == "Pour comparer : La Réunion +0,8 %."
    assert sentences.beside(rows.assign(status="nd")) == ""


@pytest.mark.parametrize(
    "unit, one",
    [("places pour 100 enfants", "place pour 100 enfants"), ("fois le premier décile", "fois le premier décile"),
     ("jeunes suivis pour 100 jeunes de 16 à 25 ans", "jeune suivi pour 100 jeunes de 16 à 25 ans"),
     ("habitants de 65 ans ou plus pour 100 jeunes", "habitant de 65 ans ou plus pour 100 jeunes"),
     ("lieux", "lieu"), ("centres sociaux", "centre social"), ("ménages fiscaux", "ménage fiscal"), ("prix", "prix"),
     ("rendez-vous par an", "rendez-vous par an"), ("sages-femmes", "sage-femme"), ("relais", "relais"),
     ("bureaux", "bureau"), ("lieux d’accueil", "lieu d’accueil"), ("places en crèches", "place en crèches")],
)  # fmt: skip
def test_a_unit_after_less_than_two(unit, one):
    assert singular(unit) == one


@pytest.mark.parametrize(
    "values, begins",
    [([10_623, 9_856], 8_179.71), ([100, 60], 54), ([30, 30], 23.1), ([83, 40], 0), ([0, 0], 0), ([-0.6, 0.2], -0.6)],
)
def test_a_line_far_from_zero_begins_near_it_and_a_small_change_stays_small(values, begins):
    rows = pd.DataFrame({"value": map(float, values), "text": ["a", "b"]})
    assert begin(rows) == pytest.approx(begins)
    assert begin(rows.assign(text="a")) == min(0, *values)  # values that are written alike


def test_a_chart_says_that_its_axis_does_not_begin_at_zero(france):
    chapter, said = open_chapter("200067171"), texts.typography(NOT_FROM_ZERO)
    assert said in trend(chapter, "population_count").html
    assert said not in trend(chapter, "historical_population_count").html


def test_what_is_told_of_few_has_its_comparators_on_a_scale_that_they_name():
    """« 8,9 pour 17, contre 53,6 » reads as if there were six times fewer: there are 52 for 100."""
    indicator = CATALOGUE["aesh_fte_rate"]
    here, there = {"value": 52.4, "numerator": 8.9}, {"value": 53.6, "numerator": 536, "denominator": 1000}
    for text, of, said in (("8,9 pour 17", 17, "53,6 pour 100"), ("52,4", 170, "53,6")):
        rows = pd.DataFrame([here | {"denominator": of, "text": text}, there | {"text": "53,6"}])
        assert sentences.on_one_scale(indicator, rows)["text"].tolist() == [text, said]
    assert sentences.on_one_scale(indicator, rows[:0]).empty


def test_no_decimals_in_an_interval_on_a_small_base():
    columns = {"value": 12.0, "numerator": 33, "denominator": 275, "low": 8.1, "high": 18.7}
    assert sentences.interval_text(CATALOGUE["age_0_19_share"], row(**columns)) == "8 à 19"
    assert sentences.interval_text(CATALOGUE["age_0_19_share"], row(**{**columns, "denominator": 12})) == ""


@pytest.mark.parametrize(
    "name, figures, said",
    [
        ("caf_low_income_households_share", {"numerator": 497, "denominator": 1655}, "497 foyers sur 1 655"),
        ("childminders_55_plus_share", {"numerator": 1, "denominator": 47}, "1 assistant maternel sur 47"),
        ("unemployment_15_64_rate", {"numerator": 208.6, "denominator": 4077.4}, "209 actifs sur 4 077"),
        ("not_in_work_or_studies_15_24_share", {"numerator": 106, "denominator": 761}, "106 jeunes sur 761"),
        ("unemployment_15_64_rate", {"numerator": 25_502, "denominator": 227_699, "low": 11.0, "high": 11.4},
         "environ 25 500 actifs sur 227 700"),
        ("without_diploma_15_plus_share", {"numerator": 1_250, "denominator": 10_050},
         "environ 1 300 habitants sur 10 100"),
        ("large_families_share", {"numerator": 63, "denominator": 497, "source": "insee_rp_familles"},
         "environ 60 familles sur 500"),
        ("age_65_plus_share", {"numerator": 3_629.4, "denominator": 9_855.4}, "3 629 habitants"),
        ("birth_rate", {"numerator": 52, "denominator": 9856}, "52 naissances pour 9 856 habitants"),
        ("youth_followed_rate", {"numerator": 148, "denominator": 713}, "148 jeunes sur 713"),
        ("youth_followed_rate", {"numerator": 148, "denominator": 713, "denominator_period": "2021"},
         "148 jeunes sur 713 en 2021"),
        ("social_dwellings_rate", {"numerator": 29_666, "denominator": 89_745, "denominator_period": "2021"},
         "29 666 logements sociaux pour environ 89 700 ménages en 2021"),
        ("social_dwellings_rate", {"numerator": 1_129, "denominator": 14_831, "drawn": False},
         "1 129 logements sociaux pour 14 831 ménages"),
        ("caf_coverage_rate", {"numerator": 2190, "denominator": 9856, "source": "caf_s_ben_epci_f"}, ""),
        ("age_0_19_share", {"numerator": 3, "denominator": 12}, ""),  # they are the value already
        ("age_0_19_share", {"numerator": NAN, "denominator": NAN}, ""),
        ("age_0_19_share", {"numerator": NAN, "denominator": NAN, "status": "secret"}, ""),
        ("feeling_lonely_share", {"numerator": 30, "denominator": 90, "source": "enquete_habitants"}, ""),
        ("pupils_per_class_ratio", {"numerator": 779, "denominator": 36}, ""),
        ("population_count", {"numerator": NAN, "denominator": NAN}, ""),
    ],
)  # fmt: skip
def test_a_share_or_a_rate_stands_with_the_counts_that_it_is_made_of(name, figures, said):
    figure = row(**{"value": 30.0, "low": NAN, "high": NAN, **figures})
    told = texts.typography(sentences.counts_text(CATALOGUE[name], figure))
    assert told.replace("\u202f", " ").replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    "name, source, value, bounds, said",
    [
        ("households_count", "insee_iris_rp2021", 224_734.0, (NAN, NAN), "224 700"),
        ("households_count", "insee_rp_logement", 4_812.7, (NAN, NAN), "4 813"),
        ("families_count", "insee_rp_familles", 2_749.0, (2_600.4, 2_904.1), "2 700"),
        ("births_count", "insee_comparateur", 12_345.0, (NAN, NAN), "12 345"),
        ("population_count", "insee_comparateur", 467_853.0, (NAN, NAN), "467 853"),
    ],
)  # fmt: skip
def test_r7_a_count_of_a_sample_is_not_written_to_the_unit(name, source, value, bounds, said):
    """Rule R7: the census reads 40 % of the addresses of a large commune, a fifth of the long forms of the others."""
    figure = row(value=value, source=source, period="2021", low=bounds[0], high=bounds[1], denominator=NAN)
    plain = lambda text: text.replace("\u202f", " ").replace("\u00a0", " ")  # noqa: E731
    assert plain(sentences.value_text(CATALOGUE[name], figure)) == said
    sampled = said not in ("4 813", "12 345", "467 853")
    assert (f"environ {said} " in plain(sentences.sentence(CATALOGUE[name], figure))) == sampled
    if name == "families_count":
        assert plain(sentences.interval_text(CATALOGUE[name], figure)) == "2 600 à 2 900"


@pytest.mark.parametrize("drawn, said", [(True, "3 900"), (False, "3 913")])
def test_r7_a_count_is_that_of_a_sample_by_its_place_and_not_by_its_size(drawn, said):
    """3 913 elders among 34 343 are known by a sample; as many in an EPCI without a large commune are counted."""
    plain = lambda text: text.replace("\u202f", " ").replace("\u00a0", " ")  # noqa: E731
    figures = {"source": "insee_iris_rp2021", "period": "2021", "low": NAN, "high": NAN, "drawn": drawn}
    assert (
        plain(sentences.value_text(CATALOGUE["age_65_plus_count"], row(value=3_913.0, denominator=NAN, **figures)))
        == said
    )
    share = row(value=36.3, numerator=3_913.0, denominator=10_780.0, **figures)
    assert plain(sentences.counts_text(CATALOGUE["age_65_plus_share"], share)).startswith("environ") == drawn


def test_r10_a_rate_for_a_hundred_on_fewer_than_twenty_is_told_as_counts():
    figure = row(value=50.0, numerator=6, denominator=12, source="enquete_locale_enfance", period="2024")
    said = sentences.sentence(CATALOGUE["leisure_coverage_summer_rate"], figure).replace("\u00a0", " ")
    assert "6 places pour 12 enfants de 3 à 11 ans" in said and "100" not in said
    assert not sentences.is_printed(CATALOGUE["leisure_coverage_summer_rate"], figure)


def test_none_is_said_in_words_and_of_the_right_gender():
    counted = re.compile(r"\b(?:compt(?:e|ent|ait)|offre|suit) \{value\} ([\w-]+)")
    things = {match[1] for one in CATALOGUE.values() for match in counted.finditer(one.reading)}
    masculine = {
        "accueil", "assistant", "bassin", "bénéficiaire", "bénévole", "centre", "cinéma", "collège", "commerce",
        "conservatoire", "couple", "demandeur", "dispositif", "décès", "départ", "enfant", "espace", "foyer",
        "habitant", "homme", "jeune", "logement", "lycée", "ménage", "médecin", "participant", "professionnel",
        "quartier", "relais",
        "rendez-vous", "site", "élève", "équivalent", "établissement", "ETP", "logements", "ménages",
    }  # fmt: skip
    assert things <= masculine | texts.FEMININE
    gare = row(value=0, source="insee_bpe_2020", period="2020")
    said = sentences.sentence(CATALOGUE["train_stations_count"], gare)
    assert said == "En 2020, le territoire ne compte aucune gare de voyageurs."


def test_a_table_has_no_column_of_nd_and_says_which_it_would_have_been(france):
    chapter = open_chapter("200067171")
    html = chapter.table("france_services_count", "children_3_11_count").html
    assert html.count('scope="col"') == 2 and "Donnée non disponible" in html and 'class="source"' in html
    assert 'class="unavailable"' in chapter.table("children_3_11_count").html


@pytest.mark.nightly
def test_members_of_a_family_are_told_at_the_date_that_they_share(france):
    """« Allocation de rentrée d'abord », where family allowances are more, but have a newer value besides."""
    seen = Territory("200067171", france)
    for name in TITLES:
        own = figures_.members(seen, name).query("level == 'epci' and value.notna()")
        shared = own["period"].mode()
        for row in own[~own["period"].isin(shared)].itertuples():
            assert not set(seen.own(CATALOGUE[row.indicator])["period"]) & set(shared), (name, row.indicator)


def test_a_source_that_tells_nothing_of_what_is_shown_is_not_cited(france):
    seen = Territory("243500139", france)
    rows = seen.own(CATALOGUE["owner_dwellings_share"]).tail(1)
    more = rows.assign(source="depp_ips", status="nd")
    assert source(seen, pd.concat([rows, more])) == source(seen, rows)
