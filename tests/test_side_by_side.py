"""The EPCIs of a département side by side: the same figures as read apart, a page, a workbook, the same bytes twice."""

import pandas as pd
import pytest
from lxml import html
from same_bytes import compared

from ctg_analysis.chapter import open_side_by_side
from ctg_analysis.model.errors import UserError
from ctg_analysis.publish.build import write_side_by_side

IDS = ("childcare_coverage_rate", "households_without_car_share")


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
    rows = rows.assign(
        indicator="households_without_car_share", level="epci", status="ok", per=100, source="insee_rp2022_epci"
    )
    shown = html.fromstring(reunion.gaps(rows, {IDS[1]: "ménages"}).html)
    cells = [line.xpath("string(td[1])") for line in shown.xpath("//tbody/tr")]
    assert cells == ["−100", "0", "+10", "nd", "nd"]


@pytest.mark.slow
def test_the_page_and_the_workbook_hold_every_epci_and_are_the_same_twice(france, reunion, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        out.mkdir()
        assert write_side_by_side(list(reunion.names), "974", out) == "departement-974.html"
    page = html.parse(str(first / "departement-974.html"))
    assert page.xpath("string(//tbody/tr[1]/th)") == next(iter(reunion.names.values()))
    assert {link.get("href") for link in page.xpath("//main//li/a")} == {f"{epci}/index.html" for epci in reunion.names}
    assert not page.xpath("//script") and len(page.xpath("//figure//svg")) == 2
    sheet = pd.read_excel(first / "departement-974.xlsx", engine="calamine")
    assert set(sheet) >= {*reunion.names.values(), "La Réunion", "France"} and len(sheet) > 25
    _, differing = compared(first, second)
    assert differing == []


def test_a_departement_without_epci_and_one_epci_alone_are_refused_in_a_line():
    with pytest.raises(UserError, match="aucun EPCI, attendu un code tel que 01, 2A ou 974"):
        open_side_by_side("99")
    with pytest.raises(UserError, match="expected two at least"):
        open_side_by_side(epcis="200067171")
