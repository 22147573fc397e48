"""The EPCIs of a département side by side: the same figures as read apart, a page, a workbook, the same bytes twice."""

import os

import pandas as pd
import pytest
from accessibility import HEIGHT, NARROWEST, WIDE, violations, with_axe
from in_page import NOTES, REACHABLE
from lxml import html
from same_bytes import compared

from ctg_analysis.chapter import open_side_by_side
from ctg_analysis.model.errors import UserError
from ctg_analysis.publish.build import write_side_by_side
from ctg_analysis.publish.site import is_side_by_side

IDS = ("childcare_coverage_rate", "households_without_car_share")
BARS = ((0, 91), (91, 91), (91, 100))  # of −100, 0 and +10
HEADS = {  # of the columns of a rate, and of what it counts
    "childcare_coverage_rate": ("Places d’accueil pour 100", "Places d’accueil"),
    "unemployment_15_64_rate": ("Chômage", "Chômeurs"),
    "poverty_2021_rate": ("Taux de pauvreté", ""),
    "households_without_car_share": ("Ménages sans voiture", "Ménages sans voiture"),
}


@pytest.fixture(scope="module")
def reunion(france):
    return open_side_by_side("974")


def test_the_figures_of_a_row_are_those_of_the_observations(reunion, france):
    """CINOR, by other code: the newest period that the five EPCIs share."""
    rows = reunion.data(*IDS).query("territory == '249740119'").set_index("indicator")["value"]
    apart = pd.read_parquet(france.processed / "observations.parquet" / "above.parquet")
    apart = apart[apart["territory"].eq("249740119") & apart["indicator"].isin(IDS) & apart["status"].eq("ok")]
    apart = apart.sort_values("period").drop_duplicates("indicator", keep="last").set_index("indicator")["value"]
    assert rows.to_dict() == pytest.approx(apart.to_dict()) and len(rows) == len(IDS)


def test_a_gap_is_told_in_numbers_of_what_the_rate_counts(reunion):
    """Rates of 10, 20 and 40 % of 1 000, 100 and 50: 100 fewer than the median makes, as many, 10 more."""
    codes = list(reunion.names)[:3]
    rows = pd.DataFrame({"territory": codes, "value": [10.0, 20, 40], "denominator": [1000.0, 100, 50]})
    rows = rows.assign(indicator=IDS[1], level="epci", status="ok", per=100, source="insee_rp2022_epci", period="2022")
    shown = html.fromstring(reunion.gaps(rows).html)
    cells = shown.xpath("//tbody/tr/td")
    assert [cell.text for cell in cells] == ["−100", "0", "+10", "nd", "nd"]
    assert [cell.get("style") for cell in cells[:3]] == [f"--from: {low}%; --to: {high}%" for low, high in BARS]


@pytest.mark.nightly
@pytest.mark.parametrize("departement", ["12", "974", "35"])
def test_the_rows_of_a_page_and_the_places_they_lack_by_other_code(france, departement, tmp_path):
    """The values, their median and the gaps to it, in numbers, from the file of the observations and pandas alone."""
    places = pd.read_parquet(france.processed / "territories.parquet").query("level == 'epci'").set_index("code")
    places = places[places["departement"].str.split("|").map(lambda codes: departement in codes)]
    apart = pd.read_parquet(france.processed / "observations.parquet" / "above.parquet")
    apart = apart[apart["territory"].isin(places.index) & apart["status"].isin(["ok", "censored"])]
    apart = apart.assign(
        value=apart["value"].mask(apart["status"].eq("censored"), 5)
    )  # « ≤ 5 % », of the poverty alone
    names = places["name"].str.replace("'", "’")

    def newest(indicator):
        rows = apart[apart["indicator"].eq(indicator)]
        many = rows.value_counts(["period", "source"]).reset_index().sort_values(["count", "period"]).iloc[-1]
        rows = rows[rows["period"].eq(many["period"]) & rows["source"].eq(many["source"])]
        return rows.set_index(rows["territory"].map(names))

    write_side_by_side(list(places.index), departement, tmp_path)
    page = html.parse(str(tmp_path / f"departement-{departement}.html"))
    values, gaps = (_read(table) for table in page.xpath("//main//div[@class='table']/table")[:2])
    for indicator, (head, counted) in HEADS.items():
        rows = newest(indicator)
        column, median = next(values[name] for name in values if name.startswith(head)), rows["value"].median()
        assert column.reindex(rows.index).to_dict() == pytest.approx(rows["value"].to_dict(), abs=0.0501)
        assert column["Médiane de ces EPCI"] == pytest.approx(median, abs=0.0501)
        assert column["Valeur la plus faible"] == pytest.approx(rows["value"].min(), abs=0.0501)
        if not counted:
            continue
        base = newest("births_3_year_count")["value"] if "childcare" in indicator else rows["denominator"]
        expected = ((rows["value"] - median) * base / 100).dropna()
        told = next(gaps[name] for name in gaps if name.startswith(counted)).dropna()
        assert told.to_dict() == pytest.approx(expected.to_dict(), abs=0.501) and len(told) > 4
        if "childcare" in indicator:
            sentence = page.xpath("string(//p[contains(., 'leur médiane')])")
            assert f"environ {-expected[expected.lt(0)].round().sum():_.0f}".replace("_", "\u202f") in sentence


def _read(table):
    """The numbers of a table of a page, by name and head."""
    heads, *lines = ([cell.text_content() for cell in line.xpath("th|td")] for line in table.xpath(".//tr"))
    cells = (
        pd.DataFrame(lines, columns=heads).set_index(heads[0]).replace({"−": "-", ",": ".", r"[\s%≤]": ""}, regex=True)
    )
    return cells.apply(pd.to_numeric, errors="coerce")


@pytest.mark.nightly
def test_the_page_and_the_workbook_hold_every_epci_and_are_the_same_twice(france, reunion, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        out.mkdir()
        assert write_side_by_side(list(reunion.names), "974", out) == "departement-974.html"
    assert is_side_by_side(first, "974") and not is_side_by_side(first, "12")
    os.utime(first / "departement-974.html", (0, 0))  # older than its notebook: an analyst has changed that
    assert not is_side_by_side(first, "974")
    page = html.parse(str(first / "departement-974.html"))
    assert page.xpath("string(//h1)") == "Les 5 intercommunalités de La Réunion côte à côte"
    assert page.xpath("string(//tbody/tr[1]/th)") == next(iter(reunion.names.values()))
    assert {link.get("href") for link in page.xpath("//main//li/a")} == {f"{epci}/index.html" for epci in reunion.names}
    assert not page.xpath("//script") and len(page.xpath("//figure//svg")) == 2
    sheet = pd.read_excel(first / "departement-974.xlsx", engine="calamine")
    gaps = pd.read_excel(first / "departement-974.xlsx", engine="calamine", sheet_name=1)
    assert list(gaps["EPCI"]) == list(reunion.names.values()) and gaps.iloc[:, 1].between(-501, 355).all()
    assert set(sheet) >= {*reunion.names.values(), "La Réunion", "France"} and len(sheet) > 25
    _, differing = compared(first, second)
    assert differing == []


@pytest.mark.nightly
def test_the_page_is_accessible_by_the_keyboard_and_at_320_pixels(browser, reunion, tmp_path):
    name = write_side_by_side(list(reunion.names), "974", tmp_path)
    page = browser.new_page(viewport={"width": NARROWEST, "height": HEIGHT})
    page.goto((tmp_path / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    assert violations(with_axe(page)) == []
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    assert violations(with_axe(page)) == []
    expected = page.evaluate(REACHABLE)
    page.evaluate(NOTES)
    for _ in ("before all", *expected):
        page.keyboard.press("Tab")
    assert [one["rank"] for one in page.evaluate("noted")[1:]] == expected
    page.close()


def test_a_departement_without_epci_and_one_epci_alone_are_refused_in_a_line():
    with pytest.raises(UserError, match="aucun EPCI, attendu un code tel que 01, 2A ou 974"):
        open_side_by_side("99")
    with pytest.raises(UserError, match="expected two at least"):
        open_side_by_side(epcis="200067171")
