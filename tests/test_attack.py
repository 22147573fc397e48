"""The attacker reads editions of forms filled at random: no count is known to less than its rounding (rules R1, R2).

Two EPCIs with secteurs, one of more than ten communes, and three editions: single counts corrected, secteurs drawn
anew. He is given the interval of each count that a row is made of, wherever it is written and for whomever.
"""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from attacker import BASE, BESIDE, EXACT, FORM_OF, MADE_OF, WITHIN, WITHOUT, Attacker, drawn

from ctg_analysis.cleaning.frame import Frame
from ctg_analysis.core.facts import facts
from ctg_analysis.core.model import OK
from ctg_analysis.processing import restricted
from ctg_analysis.sources import SOURCES

YEAR, OPEN = "2024", {"pupils_count", "leisure_staff_elsewhere"}  # in no form
SMALL, LARGE = "200000001", "200000002"
COMMUNES = {SMALL: [f"120{n:02}" for n in range(1, 8)], LARGE: [f"121{n:02}" for n in range(1, 22)]}


EVERY = [one for communes in COMMUNES.values() for one in communes]


def places_of(first):
    """Return place → communes. first: how many communes of each EPCI are in the first of its two secteurs."""
    places = {one: [one] for communes in COMMUNES.values() for one in communes}
    for (epci, communes), several in zip(COMMUNES.items(), first, strict=True):
        places |= {f"{epci}-1": communes[:several], f"{epci}-2": communes[several:], epci: communes}
    return {place: communes for place, communes in places.items() if communes}


def published(counts, places, populations):
    """Return what is published of the counts of communes: the observations, and the interval of each count of them."""
    secteur = {one: place for place, communes in places.items() if "-" in place for one in communes}
    epci = {one: place for place in COMMUNES for one in places[place]}
    communes = pd.DataFrame({"code": list(epci), "epci": epci.values(), "secteur": [secteur.get(one) for one in epci]})
    told = dict(kind="commune-actuelle", departement="12", region="76", zone="metro", parent=None, former_codes=None)
    communes = communes.assign(**told).astype({"parent": str, "former_codes": str})
    above = [(place, "secteur" if "-" in place else "epci") for place in places if place not in epci]
    several = pd.concat([communes.assign(level="commune"), pd.DataFrame(above, columns=["code", "level"])])
    rows = [(commune, measure, float(value)) for (measure, commune), value in counts.items() if measure not in OPEN]
    table = pd.DataFrame(rows, columns=["code", "measure", "value"])
    table = table.assign(level="commune", period=YEAR, form=table["measure"].map(FORM_OF))
    forms = [(name, facts(one.drop(columns="form"), name)) for name, one in table.groupby("form")]
    seen = []

    def rounded(*arguments):
        seen.append(one := kept(*arguments))
        return one

    kept = restricted.rounded
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restricted, "rounded", rounded)
        patch.setattr(restricted, "read_populations", lambda _: populations)
        frame = Frame(2026, {2026: communes}, {}, several.reset_index(drop=True))
        rows = restricted.restricted_observations(frame, forms, [], None, SOURCES)
    bounds = pd.concat(seen)
    bounds = bounds.assign(least=bounds["least"].fillna(bounds["value"]), most=bounds["most"].fillna(bounds["value"]))
    known = {(row.measure, row.code): (row.least, row.most) for row in bounds.itertuples()}
    counted = rows[rows["indicator"].isin([f"{one}_count" for one in FORM_OF]) & rows["low"].notna()]
    assert len(counted) > 200  # what is printed of counts is what the attacker is given
    assert [
        row for row in counted.itertuples() if known[row.indicator[:-6], row.territory] != (row.low, row.high)
    ] == []
    told = {
        (measure, row.territory)
        for row in rows.itertuples()
        for measure in MADE_OF.get(row.indicator, row.indicator.removesuffix("_count")).split()
    }
    beside = {
        (measure, place): (float(sum(counts[measure, one] for one in communes)),) * 2
        for measure in BESIDE
        for place, communes in places.items()
    }
    return {one: interval for one, interval in known.items() if one in told} | beside


def attack(*editions):
    """Return what who reads some editions finds: how many cells, how many exact, those bounded more tightly than told.

    editions: counts, places. What a column that is told as it is says by itself (nobody without a site, three bonuses
    of three crèches at most) is told.
    """
    attacker = Attacker()
    populations = pd.DataFrame({"code": EVERY, "level": "commune", "status": OK})
    first, told = editions[0][0], {}
    for number, (counts, places) in enumerate(editions):
        intervals = published(counts, places, populations.assign(period="2022", value=500.0))
        attacker.reads(intervals, places, {one for one in counts if counts[one] != first[one]}, number)
        told |= intervals
    cells, found = Counter(), []
    for measure, place, (low, high), (least, most) in attacker.ranges():
        exact = [told.get((whole, place), (0, BASE))[1] for part, whole in WITHIN if part == measure and whole in EXACT]
        exact += [told.get((site, place), (1, 1))[1] * BASE for persons, site in WITHOUT if persons == measure]
        high = min(high, *(one for one in exact if one < BASE - 1), np.inf)
        cells["all"] += 1
        cells["exact"] += least == most and low < high
        if most - least < BASE - 1 and (low, high) != (least, most):
            found.append((measure, place, (low, high), (least, most)))
    return cells, found


def test_no_count_of_an_edition_is_known_to_less_than_its_rounding():
    cells, found = attack((drawn(1, EVERY), places_of((4, 10))))
    assert cells["all"] > 1000 and (cells["exact"], found) == (0, [])
