"""The attacker reads editions of forms filled at random: no count is known to less than its rounding (rules R1, R2).

Two EPCIs with secteurs, one of more than ten communes, and three editions: single counts corrected, secteurs drawn
anew. He is given the interval of each count that a row is made of, wherever it is written and for whomever.
"""

from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
import pytest
from attacker import BASE, BESIDE, CENTRES, EXACT, FORM_OF, LABELS, MADE_OF, OF_EXACT, WITHIN, Attacker, drawn

from ctg_analysis.clean.frame import Frame
from ctg_analysis.model.facts import facts
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline import works

YEAR, OPEN = "2024", {"leisure_staff_elsewhere"}  # in no form
SMALL, LARGE = "200000001", "200000002"
LEVEL = {2: "departement", 5: "commune", 9: "epci"}
COMMUNES = {SMALL: [f"120{n:02}" for n in range(1, 8)], LARGE: [f"121{n:02}" for n in range(1, 22)]}


EVERY = [one for communes in COMMUNES.values() for one in communes]


def places_of(first):
    """Return place → communes. first: how many communes of each EPCI are in the first of two secteurs, 0 without."""
    places = {one: [one] for one in EVERY} | {"12": EVERY}
    for (epci, communes), several in zip(COMMUNES.items(), first, strict=True):
        places |= {f"{epci}-1": communes[:several], f"{epci}-2": communes[several:]} if several else {}
        places[epci] = communes
    return places


def published(counts, places):
    """Return the observations that are published of counts of communes, and the interval of each count of them.

    places: place → communes, as of `places_of`.
    """
    secteur = {one: place for place, communes in places.items() if "-" in place for one in communes}
    epci = {one: place for place, communes in places.items() if LEVEL.get(len(place)) == "epci" for one in communes}
    communes = pd.DataFrame({"code": list(epci), "epci": epci.values(), "secteur": [secteur.get(one) for one in epci]})
    told = dict(kind="commune-actuelle", departement="12", region="76", zone="metro", parent=None, former_codes=None)
    communes = communes.assign(**told).astype({"parent": str, "former_codes": str})
    above = [(place, "secteur" if "-" in place else LEVEL.get(len(place))) for place in places if place not in epci]
    several = pd.concat([communes.assign(level="commune"), pd.DataFrame(above, columns=["code", "level"])])
    asked = [(measure, place) for measure, place in counts if measure not in OPEN]
    asked += [(measure, "12") for measure in dict(asked) if "12" in places]
    lines = [(place, measure, float(sum(counts[measure, one] for one in places[place]))) for measure, place in asked]
    table = pd.DataFrame(lines, columns=["code", "measure", "value"])
    table = table.assign(level=table["code"].str.len().map(LEVEL), period=YEAR, form=table["measure"].map(FORM_OF))
    forms = [(name, facts(one.drop(columns="form"), name)) for name, one in table.groupby("form")]
    seen = []

    def rounded(*arguments):
        seen.append(one := kept(*arguments))
        return one

    kept = works.rounding.rounded
    populations = pd.DataFrame({"code": list(epci), "level": "commune", "status": OK, "period": "2022", "value": 500.0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(works.rounding, "rounded", rounded)
        patch.setattr(works, "read_populations", lambda _: populations)
        frame = Frame(2026, {2026: communes}, {}, several.reset_index(drop=True))
        rows = works.restricted_observations(frame, forms, [], None, SOURCES)
    bounds = pd.concat(seen)
    bounds = bounds.assign(least=bounds["least"].fillna(bounds["value"]), most=bounds["most"].fillna(bounds["value"]))
    known = {(row.measure, row.code): (row.least, row.most) for row in bounds.itertuples()}
    counted = rows[rows["indicator"].isin([f"{one}_count" for one in FORM_OF]) & rows["low"].notna()]
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
        for measure in BESIDE.intersection(one for one, _ in counts)
        for place, communes in places.items()
    }
    return rows, {one: interval for one, interval in known.items() if one in told} | beside


def attack(*editions):
    """Return what who reads some editions finds: how many cells by measure, how many exact, those bounded more tightly
    than told.

    editions: counts, places.
    """
    attacker = Attacker()
    first = editions[0][0]
    for number, (counts, places) in enumerate(editions):
        _, told = published(counts, places)
        measures = [*dict.fromkeys(measure for measure, _ in counts)]
        attacker.reads(measures, told, places, {one for one in counts if counts[one] != first[one]}, number)
    return attacker.finds()


CORRECTED = (
    *("youth_followed", "waiting_children", "holiday_departures", "leisure_under_6", "teenagers_attending"),
    *("approved_childminders", "local_pupils", "board_seats", "caf_p_reference", "pupils_with_plan"),
)


def corrected(counts, seed, measures):
    """Return the counts, one of each of some measures corrected; a part stays within its whole."""
    draw, counts = np.random.default_rng(seed), dict(counts)
    for measure in measures:
        if (measure, EVERY[0]) in counts:
            commune, value = draw.choice(EVERY), int(draw.choice([1, 3, 8, 12, 29]))
            value = max([value, *(counts[part, commune] for part, whole in WITHIN if whole == measure)])
            wholes = (counts[whole, commune] for part, whole in WITHIN if part == measure)
            counts[measure, commune] = min([value, *wholes])
    return counts


def of_forms(counts, *forms):
    return {one: count for one, count in counts.items() if FORM_OF[one[0]] in forms}


def editions(seed, *secteurs, forms=LABELS, measures=CORRECTED):
    """Return so many editions, each after corrections. secteurs: of each, see `places_of`."""
    counts = of_forms(drawn(seed, EVERY), *forms)
    for number, first in enumerate(secteurs):
        yield counts, places_of(first)
        counts = corrected(counts, seed + number, measures)


FEW = ("mission_locale", "enquete_locale_petite_enfance", "senacs_vie_sociale")
# Both EPCIs in two secteurs, which are drawn anew for the third edition; the larger one without, the total of it all.
DIVIDED, ALONE = ((4, 10), (4, 10), (3, 12)), ((4, 0), (4, 0), (3, 0))


@pytest.mark.nightly
@pytest.mark.parametrize(
    "seed, secteurs, forms",
    [*((seed, DIVIDED, FEW) for seed in range(5)), (1, DIVIDED, LABELS)],
)
def test_no_count_of_three_editions_is_known_to_less_than_its_rounding(seed, secteurs, forms):
    cells, found = attack(*editions(seed, *secteurs, forms=forms))
    assert cells.total() > 400 and (cells["exact"], found) == (0, [])


@pytest.mark.nightly
@pytest.mark.slow
def test_r2_a_count_in_a_thousand_at_most_is_known_to_less_beside_the_total_of_more_than_ten():
    """Of the communes of an EPCI without secteurs, where a single count is corrected each time: who knows which sees
    the total move. Of four draws 4 of 9 828 counts, one in a thousand at most 95 times in a hundred, all of the list
    that is corrected.
    """
    several = [attack(*editions(seed, *ALONE, measures=CORRECTED[:1])) for seed in range(4)]
    cells, found = sum((one for one, _ in several), Counter()), [cell for _, one in several for cell in one]
    exact = cells.pop("exact", 0)
    assert exact == 0 and {measure for measure, *_ in found} == {*CORRECTED[:1]}
    assert len(found) * 1000 <= cells.total() and len(found) * 100 <= 5 * cells[CORRECTED[0]], (len(found), cells)


YOUTH = dict(zip(COMMUNES[SMALL], (20, 11, 7, 5, 12, 14, 8), strict=True))  # 77, of whom 34 in the second secteur
# What could be deduced: in which forms, counts of communes, what is corrected afterwards.
DEDUCED = {
    "the count corrected from 8 to 3, from totals": (
        ["mission_locale"],
        {("youth_followed", one): count for one, count in YOUTH.items()},
        {("youth_followed", COMMUNES[SMALL][-1]): 3},
    ),
    "disabled children, from the bonus for their inclusion": (
        ["caf_partenaire_jeunesse_parentalite", "enquete_locale_enfance"],
        {("leisure_disabled_children", "12001"): 3, ("leisure_inclusion_bonus", "12001"): 3}
        | {("leisure_funded", "12001"): 5},
        {},
    ),
    "volunteers, from the seats of inhabitants": (
        ["senacs_vie_sociale"],
        {("volunteers", "12001"): 3, ("inhabitant_seats", "12001"): 3, ("board_seats", "12001"): 12},
        {},
    ),
    "childminders, from the places given to children": (
        ["pmi_assistants_maternels"],
        {("approved_childminders", "12001"): 3, ("active_childminders", "12001"): 3}
        | {("childminder_approved_places", "12001"): 12},
        {},
    ),
    "childminders, from a commune that has five of them and no crèche": (
        ["pmi_assistants_maternels"],
        {("approved_childminders", "12001"): 5, ("active_childminders", "12001"): 5}
        | {("childminder_approved_places", "12001"): 15},
        {},
    ),
    "childminders at work, from those approved, corrected from 15 to 19": (
        ["pmi_assistants_maternels"],
        {("approved_childminders", "12001"): 15, ("active_childminders", "12001"): 15}
        | {("childminder_approved_places", "12001"): 45},
        {("approved_childminders", "12001"): 19},
    ),
    "pupils at the canteen, from all the pupils, corrected from 15 to 19": (
        ["enquete_locale_enfance"],
        {("local_pupils", "12001"): 15, ("pupils_at_canteen", "12001"): 15, ("local_schools", "12001"): 1},
        {("local_pupils", "12001"): 19},
    ),
}


FIRST, *OTHERS = DEDUCED


@pytest.mark.parametrize("what", [FIRST, *(pytest.param(one, marks=pytest.mark.nightly) for one in OTHERS)])
def test_what_other_counts_gave_away_is_no_more_deduced(what):
    forms, said, after = DEDUCED[what]
    nobody = dict.fromkeys(of_forms(drawn(0, EVERY), *forms), 0)
    counts = nobody | {(one, commune): 1 for one, commune in nobody if one in EXACT.difference(CENTRES)} | said
    several = [(counts, places_of((4, 10))), (counts | after, places_of((4, 10)))]
    assert attack(*several)[1] == []


# Of a form, what is within what; communes, and the most of a whole in each, at which an interval ends.
SMALL_FORMS = {
    "pmi_assistants_maternels": ("approved_childminders", "active_childminders", "AB", 9),
    "enquete_locale_enfance": ("local_pupils", "pupils_at_canteen", "AB", 9),
    "senacs_vie_sociale": ("board_seats", "inhabitant_seats", "A", 14),
    "caf_partenaire_familles": ("caf_p_with_children", "caf_p_single_parents", "A", 14),
}


def every_world(whole, part, communes, most):
    """Return all the worlds of an EPCI of so many communes, of so many of a whole in each, and what each publishes.

    Columns: whole and part of each commune; published, one number for all the worlds that publish the same.
    """
    pairs = [(a, b) for a in range(most + 1) for b in range(a + 1)]
    worlds = [*product(pairs, repeat=len(communes))]
    counts, places = {}, {}
    for number, world in enumerate(worlds):
        several = [f"{number:04}{letter}" for letter in communes]
        places |= {f"2{number:08}": several} | {one: [one] for one in several}
        for commune, (a, b) in zip(several, world, strict=True):
            counts |= {(whole, commune): a, (part, commune): b} | {(one, commune): 0 for one in CENTRES}
    rows, _ = published({one: count for one, count in counts.items() if FORM_OF[one[0]] == FORM_OF[whole]}, places)
    is_commune = rows["territory"].str.len().eq(5)
    number = rows["territory"].str[:4].where(is_commune, rows["territory"].str[5:]).astype(int)
    place = rows["territory"].str[4:].where(is_commune, "EPCI")
    columns = ["indicator", "value", "low", "high", "numerator", "denominator", "status"]
    lines = place.str.cat([rows[column].astype(str) for column in columns], sep=" ", na_rep="-")
    text = lines.groupby(number).agg(lambda several: "\n".join(sorted(several)))
    names = [f"{kind} {letter}" for letter in communes for kind in ("whole", "part")]
    table = pd.DataFrame([[count for pair in world for count in pair] for world in worlds], columns=names)
    return table.assign(published=text.reindex(table.index).factorize()[0])


def fewest(told, communes):
    """Return the fewest values that each count has, of the worlds that publish the same. told: columns of counts and
    `published`, of one edition or several.
    """
    totals = {f"{one} of all": sum(told[f"{one} {letter}"] for letter in communes) for one in ("whole", "part")}
    return told.assign(**totals).groupby("published").nunique().min()


@pytest.mark.parametrize("form", [*SMALL_FORMS])
def test_in_all_the_worlds_of_a_small_form_each_count_has_five_values_at_least(form):
    """Of one edition, and of two between which the whole of a commune was corrected."""
    *_, communes, _ = SMALL_FORMS[form]
    worlds = every_world(*SMALL_FORMS[form])
    assert fewest(worlds, communes).min() >= BASE
    both = worlds.merge(worlds, on=[*worlds.columns.drop(["whole A", "published"])], suffixes=("", " then"))
    both = both.assign(published=both["published"] * len(worlds) + both["published then"])
    assert len(both) > len(worlds) and fewest(both.drop(columns="published then"), communes).min() >= BASE


def test_only_what_a_public_list_names_is_told_as_it_is_beside_a_part_that_is_rounded():
    pairs = [(part, whole) for source in SOURCES.values() if source.form for part, whole in source.form.parts()]
    rounded = {
        field.measure for source in SOURCES.values() if source.form for field in source.form.fields if field.is_rounded
    }
    assert {part for part, whole in pairs if part in rounded and whole not in rounded} == OF_EXACT
