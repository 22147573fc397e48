"""What the peers of an EPCI have: medians, quartiles and what is missing, worked by hand."""

import math

import pandas as pd

from ctg_analysis.indicators.observations import COLUMNS, Observations
from ctg_analysis.indicators.peers import rows_of_peers

CENSUS, VITAL, CAF = "insee_rp_logement", "insee_etat_civil", "caf_txcouv_pe"  # the first two are of one producer


def row(territory, value, indicator="some_share", period="2021", **columns):
    usual = {
        "level": "epci",
        "status": "nd" if math.isnan(value) else "ok",
        "quality": 1,
        "source": CENSUS,
        "denominator_period": "",
    }
    blank = dict.fromkeys(["numerator", "denominator", "low", "high"], math.nan)
    return {"territory": territory, "value": value, "indicator": indicator, "period": period} | blank | usual | columns


def observed(*rows):
    return pd.DataFrame(list(rows))[COLUMNS]


TEN = pd.DataFrame({"territory": "A", "peer": list("BCDEFGHIJK"), "distance": range(10)})
KNOWN = [row(peer, value) for peer, value in zip("BCDEFG", [10.0, 40, 20, 60, 30, 50], strict=True)]
OTHERS = [
    row("H", math.nan, status="secret"),
    row("I", math.nan),
    row("J", 99, source=CAF),  # another producer: not comparable
    row("K", 99, period="2020"),
    row("K", 99, denominator_period="2019"),  # over the population of another year
    row("Z", 99),  # not a peer
    row("B", 99, level="commune"),
]


def test_no_median_of_fewer_than_five_values_nor_of_less_than_half_of_the_peers():
    def median(known, asked):
        rows = observed(row("A", 7), *[row(f"p{number}", number) for number in range(known)])
        group = pd.DataFrame({"territory": "A", "peer": [f"p{number}" for number in range(asked)]})
        return rows_of_peers(rows, group, "some_share")["value"].item()

    assert median(5, 10) == 2 and median(5, 5) == 2 and median(6, 12) == 2.5
    assert math.isnan(median(4, 4)) and math.isnan(median(4, 10)) and math.isnan(median(5, 11))


def test_the_median_is_that_of_the_values_not_a_rate_of_the_whole():
    sizes = [(1, 10), (2, 10), (3, 10), (4, 10), (9_000, 10_000)]
    rows = [
        row(peer, top / bottom * 100, numerator=float(top), denominator=float(bottom))
        for peer, (top, bottom) in zip("BCDEF", sizes, strict=True)
    ]
    own = row("A", 50.0)
    found = rows_of_peers(observed(own, *rows), TEN.head(5), "some_share").iloc[0]
    assert found["value"] == 30  # pooled, it would be 9 010 / 10 040, near 90
    assert math.isnan(found["numerator"]) and math.isnan(found["denominator"])


def test_the_rows_of_the_peers_are_observations():
    own = [row("A", 7), row("A", math.nan, period="2020", status="secret"), row("A", 8, period="2019", source=CAF)]
    none = pd.DataFrame({"territory": ["M"], "peer": [None], "distance": [math.nan]})
    table = observed(*own, row("M", 3), *KNOWN, *OTHERS)
    found = rows_of_peers(table, pd.concat([TEN, none]), "some_share")
    Observations.validate(found.drop(columns=["known", "peers"]))
    assert set(found["level"]) == {"peers"} and set(found["indicator"]) == {"some_share"}
    shown = found.set_index(["territory", "period", "source"])[["value", "low", "high", "status", "quality"]]
    # 10 20 30 40 50 60: the median lies halfway from 30 to 40, the first quartile a quarter of the way from 20 to 30
    assert shown.loc[("A", "2021", CENSUS)].tolist() == [35, 22.5, 47.5, "ok", 2]  # 2: four peers have no value
    assert shown["quality"].drop(("A", "2021", CENSUS)).tolist() == [1, 1, 1]
    assert shown["status"].drop(("A", "2021", CENSUS)).to_dict() == {
        ("A", "2019", CAF): "nd", ("A", "2020", CENSUS): "nd", ("M", "2021", CENSUS): "nd"
    }  # fmt: skip


def test_the_quality_is_the_worst_of_the_values_used():
    def quality(*others):
        table = observed(row("A", 7), *KNOWN[:5], *others)
        return rows_of_peers(table, TEN.head(5 + len(others)), "some_share")["quality"].tolist()

    assert quality() == [1]
    assert quality(row("G", 1, quality=2)) == [2]
    assert quality(row("G", 1, quality=3)) == [3]
    assert quality(row("G", math.nan, quality=3)) == [2]


def test_another_source_of_the_same_producer_is_compared():
    peers = [row(peer, value, source=VITAL) for peer, value in zip("BCDEF", [10.0, 20, 30, 40, 50], strict=True)]
    found = rows_of_peers(observed(row("A", 7), *peers), TEN.head(5), "some_share")
    assert found[["value", "source"]].to_numpy().tolist() == [[30, CENSUS]]
    other = [one | {"source": CAF} for one in peers]
    assert rows_of_peers(observed(row("A", 7), *other), TEN.head(5), "some_share")["status"].tolist() == ["nd"]


def test_nothing_is_said_of_an_indicator_that_the_epci_has_no_row_of():
    assert rows_of_peers(observed(*KNOWN), TEN, "some_share").empty
