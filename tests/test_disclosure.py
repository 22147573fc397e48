"""The attacker: who knows all that two editions print tries to work out what they withhold (R1, R2, scenario 4).

The attack is written from the printed tables alone and shares no code with the gate: one unknown per measure, commune
and year; what is printed of them; no count below 0; no part above its whole. Linear programming gives the range that
this leaves to a group of persons. The gate holds when that range contains [0, threshold - 1] for every group that
counts from 1 to threshold - 1.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from attacker import THRESHOLD, Attacker
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.datasets import SecrecyRule, Source
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.forms import nobody_without, within
from ctg_analysis.core.model import MISSING, NOT_APPLICABLE, OK, SECRET, Count, Indicator, Mean, Published, Rate, Ratio
from ctg_analysis.processing.conclusion import exposure_notes
from ctg_analysis.secrecy.blocks import compiled
from ctg_analysis.secrecy.gate import VALUES, telling, withhold, withhold_beside
from ctg_analysis.secrecy.primary import primary
from ctg_analysis.secrecy.statements import Edition, Group, Statement
from ctg_analysis.secrecy.suppression import DOWN, UP, Aim, Block, consistent, show_again
from ctg_analysis.sources import SOURCES as DECLARED

NAN = float("nan")
SOURCES = {
    "pmi": Source(id="pmi", label="PMI", producer="P", secrecy=SecrecyRule(threshold=THRESHOLD)),
    "open": Source(id="open", label="Ouvert", producer="P"),
}


def indicator(name, value, source="pmi", **options):
    words = {"label": "L", "definition": "D.", "unit": "", "reading": "{period} {value}.", "chart": "trend"}
    return Indicator(name, ("X",), "04", **words, decimals=0, sources=(source,), value=value, **options)


INDICATORS = {
    one.id: one
    for one in (
        indicator("older_share", Ratio("older", "all")),
        indicator("trained_share", Ratio("trained", "all")),
        indicator("all_count", Count("all")),
        indicator("older_count", Count("older")),
        indicator("older_mean", Mean("older", 3)),
        indicator("crowding_rate", Ratio("all", "homes", bounded=False)),
        indicator("homes_count", Count("homes")),
        indicator("open_count", Count("all"), source="open"),
    )
}
# What a reader of the report knows each indicator to be: its numerator, its denominator, the years it adds up.
MEANING = {
    "older_share": ("older", "all", 1),
    "trained_share": ("trained", "all", 1),
    "all_count": ("all", None, 1),
    "older_count": ("older", None, 1),
    "older_mean": ("older", None, 3),
    "crowding_rate": ("all", "homes", 1),
    "homes_count": ("homes", None, 1),
}
PARTS = {"older": "all", "trained": "all"}
PERSONS = {"all", "older", "trained"}


# ---------------------------------------------------------------------------------------------- tables to protect


def counted(measure, place, years, counts):
    return float(sum(counts[measure, year, commune] for commune in place for year in years))


def printed(counts, places, periods, names):
    """Return the observations before the gate, from counts by (measure, year, commune)."""
    rows = []
    for (level, territory), period, name in product(places, periods, names):
        top, bottom, length = MEANING[name]
        years = [str(int(period) - ago) for ago in range(length)]
        numerator = counted(top, places[level, territory], years, counts)
        denominator = counted(bottom, places[level, territory], years, counts) if bottom else float("nan")
        denominator = float(length) if length > 1 else denominator
        divisor = denominator if bottom or length > 1 else 1
        status, value = (OK, numerator / divisor) if divisor else (NOT_APPLICABLE, float("nan"))
        rows.append((territory, level, period, name, numerator, denominator, value, status))
    columns = ["territory", "level", "period", "indicator", "numerator", "denominator", "value", "status"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(low=float("nan"), high=float("nan"), quality=1, source="pmi")


def membership(places):
    rows = [(territory, level, commune) for (level, territory), place in places.items() for commune in place]
    return pd.DataFrame(rows, columns=["territory", "level", "commune"])


def alone(communes):
    return {("commune", commune): [commune] for commune in communes}


def gate(table, places, published=()):
    return withhold(table, INDICATORS, SOURCES, membership(places), published)


def with_primary_rule_only(table):
    hidden = primary(table, INDICATORS, SOURCES)
    shown = table.copy()
    shown.loc[hidden, "status"] = SECRET
    shown.loc[hidden, VALUES] = float("nan")
    return shown


def hidden_rows(table):
    rows = table[table["status"].eq(SECRET)]
    return set(zip(rows["territory"], rows["indicator"], strict=True))


# --------------------------------------------------------------------------------------------------- the attacker


def attacker_of(*editions):
    """Return the attacker who has read the rows printed in some editions."""
    attacker = Attacker(PARTS)
    for table, places in editions:
        attacker.reads(table, places, MEANING)
    return attacker


def small_groups(counts, places, periods, names):
    """Return every group of 1 to threshold - 1 persons in the truth: (measure, place, years, without)."""
    groups = set()
    for place, period, name in product(places.values(), periods, names):
        top, bottom, length = MEANING[name]
        years = tuple(str(int(period) - ago) for ago in range(length))
        for measure, without in [(top, None), (bottom, None), (bottom, top)]:
            if measure:
                size = counted(measure, place, years, counts)
                size -= counted(without, place, years, counts) if without else 0
                if 1 <= size < THRESHOLD:
                    groups.add((measure, tuple(place), years, without))
    return sorted(groups, key=str)


# ------------------------------------------------------------------- two editions, two perimeters, two indicators

COMMUNES = "ABCDEFGHIJ"
NOW = alone(COMMUNES) | {("secteur", "nord"): "ABCDE", ("secteur", "sud"): "FGHIJ", ("epci", "cc"): COMMUNES}
BEFORE = alone("ABCDEFGHIJK") | {
    ("secteur", "nord"): "ABCDE",
    ("secteur", "sud"): "FGHIJK",
    ("epci", "cc"): "ABCDEFGHIJK",
}
FIGURES = {
    ("all", "2022"): [60, 45, 30, 22, 12, 80, 41, 25, 14, 9, 26],
    ("older", "2022"): [20, 3, 12, 8, 6, 25, 15, 9, 0, 2, 3],
    ("trained", "2022"): [30, 20, 9, 11, 12, 78, 20, 12, 7, 0, 13],
    ("all", "2023"): [62, 44, 31, 20, 13, 79, 43, 24, 15, 8],
    ("older", "2023"): [22, 5, 11, 4, 7, 27, 16, 8, 1, 0],
    ("trained", "2023"): [31, 22, 10, 10, 9, 40, 21, 13, 8, 6],
}
COUNTS = {
    (measure, year, commune): figure
    for (measure, year), figures in FIGURES.items()
    for commune, figure in zip("ABCDEFGHIJK", figures, strict=False)
}
SHARES = ["older_share", "trained_share"]
FIRST = printed(COUNTS, BEFORE, ["2022"], SHARES)
SECOND = printed(COUNTS, NOW, ["2022", "2023"], SHARES)
VICTIMS = sorted(
    {*small_groups(COUNTS, BEFORE, ["2022"], SHARES), *small_groups(COUNTS, NOW, ["2022", "2023"], SHARES)}, key=str
)


@pytest.fixture(scope="module")
def first():
    return gate(FIRST, BEFORE)


@pytest.fixture(scope="module")
def second(first):
    return gate(SECOND, NOW, [Edition(first.observations, membership(BEFORE))])


@pytest.mark.parametrize("whole", [False, True], ids=["real numbers", "whole numbers"])
def test_r2_nothing_withheld_can_be_found_out_from_two_editions_and_two_perimeters(first, second, whole):
    attacker = attacker_of((first.observations, BEFORE), (second.observations, NOW))
    assert attacker.finds_out(VICTIMS, whole=whole) == []
    assert first.exposed.empty and second.exposed.empty


def test_r2_the_same_attack_finds_every_victim_where_only_the_primary_rule_is_applied():
    attacker = attacker_of((with_primary_rule_only(FIRST), BEFORE), (with_primary_rule_only(SECOND), NOW))
    assert len(VICTIMS) == 8
    assert attacker.finds_out(VICTIMS) == VICTIMS


def test_an_edition_that_ignores_the_earlier_one_gives_away_the_commune_that_left(first):
    """K left between the two editions: the total before, less the total now, is its 3 persons."""
    forgetful = gate(SECOND, NOW).observations
    found = attacker_of((first.observations, BEFORE), (forgetful, NOW)).finds_out(VICTIMS)
    assert ("older", ("K",), ("2022",), None) in found


def test_the_two_editions_keep_most_of_what_they_could_show(first, second):
    """Of 80 rows the primary rule hides 11; 10 more are enough here."""
    assert with_primary_rule_only(FIRST)["status"].eq(SECRET).sum() == 4
    assert first.observations["status"].eq(SECRET).sum() <= 6
    assert with_primary_rule_only(SECOND)["status"].eq(SECRET).sum() == 7
    assert second.observations["status"].eq(SECRET).sum() <= 15


def test_every_row_withheld_is_empty_and_no_row_is_lost(second):
    table = second.observations
    assert len(table) == len(SECOND)
    assert table.loc[table["status"].ne(OK), VALUES].isna().all(axis=None)
    shown = table["status"].eq(OK)
    pd.testing.assert_frame_equal(table[shown], SECOND[shown])


# ------------------------------------------------------------------------------------------------- random tables


@st.composite
def tables(draw):
    """Return counts, places, periods and names of a small table: up to 6 communes, perhaps two secteurs."""
    communes = "ABCDEF"[: draw(st.integers(2, 6))]
    names = draw(st.sampled_from([["all_count"], ["older_share"], ["older_share", "all_count"], SHARES]))
    counts = {}
    for commune in communes:
        whole = draw(st.integers(0, 40))
        counts["all", "2022", commune] = whole
        counts["older", "2022", commune] = draw(st.integers(0, whole))
        counts["trained", "2022", commune] = draw(st.integers(0, whole))
    places = alone(communes) | {("epci", "cc"): communes}
    if len(communes) > 3 and draw(st.booleans()):
        places |= {("secteur", "nord"): communes[:2], ("secteur", "sud"): communes[2:]}
    return counts, places, ["2022"], names


@settings(max_examples=6 * settings.default.max_examples)
@given(tables())
def test_nothing_withheld_can_be_found_out_whatever_the_table(table):
    counts, places, periods, names = table
    shown = gate(printed(counts, places, periods, names), places)
    victims = small_groups(counts, places, periods, names)
    attacker = attacker_of((shown.observations, places))
    assert attacker.finds_out(victims) == []
    assert attacker.counts_together(PERSONS) == []
    assert shown.exposed.empty


@settings(max_examples=25)
@given(tables())
def test_nothing_more_is_withheld_than_needed(table):
    """Each row that the secondary rule hides, shown again, gives somebody away.

    Not so of every table: of 120 drawn, one had a share hidden for nothing, among four communes of 0 to 5.
    """
    counts, places, periods, names = table
    before = printed(counts, places, periods, names)
    shown = gate(before, places).observations
    victims = small_groups(counts, places, periods, names)
    for row in shown.index[shown["status"].eq(SECRET) & ~primary(before, INDICATORS, SOURCES)]:
        bolder = shown.copy()
        bolder.loc[row] = before.loc[row]
        attacker = attacker_of((bolder, places))
        assert attacker.finds_out(victims) or attacker.counts_together(PERSONS)


# --------------------------------------------------------------------------------------------- hand-worked cases


def of_all(*figures):
    """Return one count for each of the communes A, B, C..."""
    return {("all", "2022", commune): figure for commune, figure in zip(COMMUNES, figures, strict=False)}


def of_parts(*figures):
    """Return counts of `older` among `all` for each of the communes A, B, C..."""
    counts = {}
    for commune, (part, whole) in zip(COMMUNES, figures, strict=False):
        counts |= {("older", "2022", commune): part, ("all", "2022", commune): whole}
    return counts


FOUR = alone("ABCD") | {("epci", "cc"): "ABCD"}
TWO_SECTEURS = FOUR | {("secteur", "nord"): "AB", ("secteur", "sud"): "CD"}


@pytest.mark.parametrize(
    "counts, places, hidden",
    [
        pytest.param(of_all(7, 20, 30, 40), FOUR, "", id="nothing sensitive, nothing hidden"),
        pytest.param(of_all(0, 20, 30, 40), FOUR, "", id="nobody is no secret"),
        pytest.param(of_all(3, 20, 30, 40), FOUR, "A B", id="the smallest other commune"),
        pytest.param(of_all(3, 0, 30, 40), FOUR, "A C", id="a second cell of 0 would leave [0, 3]"),
        pytest.param(of_all(3, 2, 30, 40), FOUR, "A B", id="two secrets of sum 5 protect each other"),
        pytest.param(of_all(3, 1, 30, 40), FOUR, "A B C", id="two secrets of sum 4 are four persons, known to be so"),
        pytest.param(of_all(4, 0, 30, 40), FOUR, "A C", id="nor are four persons and nobody enough"),
        pytest.param(of_all(3, 0, 0, 0), FOUR, "A cc", id="a total that is the secret"),
        pytest.param(of_all(3, 20, 30, 40), TWO_SECTEURS, "A B", id="within the secteur, whose total stays"),
        pytest.param(of_all(3, 0, 20, 30), TWO_SECTEURS, "A nord sud C", id="the secteur is the secret too"),
        pytest.param(of_parts((17, 20), (30, 60), (40, 90), (50, 99)), FOUR, "A B", id="those who are not in the part"),
        pytest.param(of_parts((8, 16), (0, 6), (19, 19), (2, 4)), FOUR, "A D", id="what was hidden in vain comes back"),
    ],
)
def test_the_smallest_set_is_hidden(counts, places, hidden):
    name = "older_share" if ("older", "2022", "A") in counts else "all_count"
    before = printed(counts, places, ["2022"], [name])
    shown = gate(before, places).observations
    assert {territory for territory, _ in hidden_rows(shown)} == set(hidden.split())
    assert attacker_of((shown, places)).finds_out(small_groups(counts, places, ["2022"], [name])) == []


# A département of two EPCIs, one of three, and one of which the partners count one EPCI only; the others give totals.
OF_TWO = alone("AB") | {("epci", "cc"): "AB", ("epci", "ca"): "CD", ("departement", "dp"): "ABCD"}
OF_THREE = alone("AB") | {
    ("epci", "cc"): "AB",
    ("epci", "ca"): "CD",
    ("epci", "cu"): "EF",
    ("departement", "dp"): "ABCDEF",
}
OF_ONE = alone("AB") | {("epci", "cc"): "AB", ("departement", "dp"): "ABCD"}


@pytest.mark.parametrize(
    "counts, places, victim, hidden",
    [
        pytest.param(of_all(20, 30, 3, 0), OF_TWO, ("CD", None), "ca dp", id="less one EPCI"),
        pytest.param(of_all(20, 30, 1, 2, 40, 50), OF_THREE, ("CD", None), "ca dp", id="less a pair of EPCIs"),
        pytest.param(of_all(20, 30, 1, 2), OF_ONE, ("CD", None), "dp", id="what is left is nobody's row"),
        pytest.param(of_all(2, 1, 40, 50), OF_TWO, ("AB", None), "A B cc dp", id="the EPCI that is shown"),
        pytest.param(
            of_parts((9, 20), (8, 30), (1, 40), (2, 50)), OF_TWO, ("CD", None), "ca dp", id="a part, less one EPCI"
        ),
        pytest.param(
            of_parts((9, 20), (8, 30), (39, 40), (48, 50)), OF_TWO, ("CD", "older"), "ca dp", id="who is not in it"
        ),
    ],
)
def test_r2_no_epci_is_what_others_leave_of_their_departement(counts, places, victim, hidden):
    shares = ("older", "2022", "A") in counts
    before = printed(counts, places, ["2022"], ["older_share" if shares else "all_count"])
    communes, without = victim
    group = ("older" if shares and not without else "all", tuple(communes), ("2022",), without)
    assert attacker_of((with_primary_rule_only(before), places)).finds_out([group]) == [group]
    shown = gate(before, places).observations
    assert {territory for territory, _ in hidden_rows(shown)} == set(hidden.split())
    assert attacker_of((shown, places)).finds_out([group]) == []


def test_a_part_that_fills_a_whole_that_stays_known_protects_nobody():
    """2 of B's 60 are a secret; the 9 of A's 9 could only go down, so C, of 90, is hidden beside B."""
    counts = of_parts((9, 9), (2, 60), (40, 90), (50, 99))
    shown = gate(printed(counts, FOUR, ["2022"], ["older_share", "all_count"]), FOUR).observations
    assert hidden_rows(shown) == {("B", "older_share"), ("C", "older_share")}


def test_one_more_row_is_enough_where_the_first_way_found_takes_two():
    """B has 3 of 51 and D 3 of 4: with the count of B hidden too, what the one loses the other gains."""
    counts = of_parts((46, 53), (3, 51), (14, 56), (3, 4), (22, 36))
    places = alone("ABCDE") | {("epci", "cc"): "ABCDE"}
    before = printed(counts, places, ["2022"], ["older_share", "all_count"])
    hidden = hidden_rows(gate(before, places).observations)
    assert hidden - hidden_rows(with_primary_rule_only(before)) == {("B", "all_count")}


def test_parts_and_wholes_are_held_together_even_in_years_without_a_share():
    """The same figures without their share in 2022: that `older` is a part of `all` is known from 2021."""
    counts = of_parts((9, 9), (2, 60), (40, 90), (50, 99))
    counts |= {(measure, "2021", commune): 50 * (1 + (measure == "all")) for measure, _, commune in counts}
    table = pd.concat(
        [
            printed(counts, FOUR, ["2021"], ["older_share"]),
            printed(counts, FOUR, ["2022"], ["older_count", "all_count"]),
        ],
        ignore_index=True,
    )
    assert hidden_rows(gate(table, FOUR).observations) == {("B", "older_count"), ("C", "older_count")}


def test_those_who_are_not_in_the_part_are_guarded_at_every_level():
    """1 in A and 3 in B are not in the part: the 4 of the EPCI would be its count of all, less that of the part."""
    counts = of_parts((10, 11), (20, 23), (30, 30), (40, 40))
    table = printed(counts, FOUR, ["2022"], ["older_share", "older_count", "all_count"])
    victim = [("all", tuple("ABCD"), ("2022",), "older")]
    assert attacker_of((gate(table, FOUR).observations, FOUR)).finds_out(victim) == []
    assert attacker_of((with_primary_rule_only(table), FOUR)).finds_out(victim) == victim


def test_what_is_not_a_part_may_exceed_what_it_is_divided_by():
    """20 persons in the 10 homes of B: no part of them, so nothing forbids 23, and B protects the 3 of A."""
    counts = of_all(3, 20, 21, 40)
    counts |= {("homes", "2022", name): homes for name, homes in zip("ABCD", (10, 10, 60, 60), strict=True)}
    shown = gate(printed(counts, FOUR, ["2022"], ["crowding_rate", "homes_count"]), FOUR).observations
    assert hidden_rows(shown) == {("A", "crowding_rate"), ("B", "crowding_rate")}


def test_the_dearest_of_the_hidden_cells_is_shown_again_first():
    """All of four communes and their total are hidden; the 3 of the first need the second and no more."""
    cells = sparse.eye_array(5, format="csr")
    counts, each = np.array([3.0, 20, 30, 40]), np.eye(4)
    block = Block(
        statements=sparse.csr_array(np.vstack([each, np.ones(4)])),
        values=np.append(counts, counts.sum()),
        fixed=np.zeros(5, dtype=bool),
        bounds=sparse.csr_array((0, 4)),
        least=np.zeros(0),
        presumed=np.zeros(0, dtype=bool),
        cells=cells,
        costs=np.array([1, 1.1, 1.2, 1.3, 150]),
        scales=np.ones(5),
        withheld=np.array([True, False, False, False, False]),
        groups=each[:1],
        certain=np.array([True]),
        threshold=THRESHOLD,
    )
    hidden = show_again(block, np.ones(5, dtype=bool), [Aim(0, DOWN, 0), Aim(0, UP, 4)], counts[np.newaxis])
    assert hidden.tolist() == [True, True, False, False, False]


def test_figures_suspend_a_presumed_link_that_they_contradict_and_are_doubted_beside_a_definition():
    """5 persons and no site: nobody without a site is no more than presumed; 5 are no part of 0 by definition."""
    said = [
        Statement(row, "commune", "pmi", Group(measure, ("2023",), ("A",)), count)
        for row, (measure, count) in enumerate((("persons", 5.0), ("sites", 0.0)))
    ]
    for link, kept in ((nobody_without("persons", "sites"), True), (within("sites", "persons"), False)):
        block, *_ = compiled(said, {"persons"}, [link], np.zeros(2, dtype=bool), THRESHOLD, {})
        agreed, _ = consistent(block)
        assert agreed.departs(np.array([[5.0, 0.0]])).any() != kept
        assert np.isinf(agreed.least).tolist() == [kept]


def test_a_count_is_withheld_in_each_row_that_shows_it():
    """The 3 of A stand in its count and under its share, which itself would show 0 of 3."""
    counts = of_parts((0, 3), (30, 60), (40, 90), (50, 99))
    shown = gate(printed(counts, FOUR, ["2022"], ["older_share", "all_count"]), FOUR).observations
    assert {("A", "older_share"), ("A", "all_count")} <= hidden_rows(shown)


def test_a_mean_gives_back_the_sum_of_its_years():
    """2 + 9 + 8: with the mean of three years and two of the years, the third is found; the mean or a year must go."""
    counts = {("older", str(year), "A"): figure for year, figure in zip((2020, 2021, 2022), (2, 9, 8), strict=True)}
    counts |= {("all", str(year), "A"): 50 for year in (2020, 2021, 2022)}
    table = pd.concat(
        [
            printed(counts, alone("A"), ["2020", "2021", "2022"], ["older_share"]),
            printed(counts, alone("A"), ["2022"], ["older_mean"]),
        ],
        ignore_index=True,
    )
    shown = gate(table, alone("A")).observations
    victim = [("older", ("A",), ("2020",), None)]
    assert shown["status"].eq(SECRET).sum() == 2
    assert attacker_of((shown, alone("A"))).finds_out(victim) == []
    assert attacker_of((with_primary_rule_only(table), alone("A"))).finds_out(victim) == victim


def test_a_place_without_anybody_says_so_and_that_is_known():
    """`so` tells that A has nobody, so A cannot hide the 3 of B."""
    counts = of_parts((0, 0), (3, 60), (40, 90), (50, 99))
    shown = gate(printed(counts, FOUR, ["2022"], ["older_share"]), FOUR).observations.set_index("territory")
    assert shown["status"].to_dict() == {"A": NOT_APPLICABLE, "B": SECRET, "C": SECRET, "D": OK, "cc": OK}


def test_so_is_withheld_where_it_tells_who_is_left():
    """Of 43 older persons, C has at most its 40 inhabitants: A without anybody would leave 3 at least to B."""
    places = alone("ABC") | {("epci", "cc"): "ABC"}
    counts = of_parts((0, 0), (3, 60), (40, 40))
    rows = (alone("ABC"), "older_share"), (alone("C"), "all_count"), ({("epci", "cc"): "ABC"}, "older_count")
    table = pd.concat([printed(counts, where, ["2022"], [name]) for where, name in rows], ignore_index=True)
    shown = gate(table, places).observations
    assert hidden_rows(shown) == {("A", "older_share"), ("B", "older_share"), ("C", "older_share")}
    assert attacker_of((shown, places)).finds_out([("older", ("B",), ("2022",), None)]) == []


def test_a_commune_that_is_not_known_is_found_as_what_is_left_of_a_total():
    """The partner gives a total of 60 and all communes but A: 60 - 57 = 3."""
    table = printed(of_all(3, 7, 20, 30), FOUR, ["2022"], ["all_count"])
    table.loc[table["territory"].eq("A"), "status"] = MISSING
    table.loc[table["territory"].eq("A"), VALUES] = float("nan")
    victim = [("all", ("A",), ("2022",), None)]
    shown = gate(table, FOUR).observations
    assert hidden_rows(shown) == {("B", "all_count")}
    assert attacker_of((shown, FOUR)).finds_out(victim) == []


def test_what_was_printed_before_cannot_be_hidden_and_is_said():
    """The threshold came after the first edition: A's 3 are known, and B's 2 with them, for the total was printed."""
    before = printed(of_all(3, 2, 20, 30), FOUR, ["2022"], ["all_count"])
    earlier = Edition(before[before["territory"].ne("B")], membership(FOUR))
    shown, exposed = gate(before, FOUR, [earlier])
    assert hidden_rows(shown) == {("A", "all_count"), ("B", "all_count")}
    assert exposed["communes"].tolist() == ["A", "B"]
    assert exposed["measure"].tolist() == ["all", "all"]
    first, _ = exposure_notes(exposed)
    assert "gives away a group of all, 2022, in A: " in first and "withdraw that edition" in first
    assert not {"2", "3", "2.0", "3.0"} & set(exposed.astype(str).to_numpy().ravel())


def test_the_cells_that_the_earlier_edition_showed_protect_nothing_in_this_one():
    """The smallest other commune, B, was printed last year: it is C that is hidden beside A."""
    before = printed(of_all(3, 20, 30, 40), FOUR, ["2022"], ["all_count"])
    earlier = before.assign(status=before["status"].where(before["territory"].isin(["B", "D"]), MISSING))
    shown = gate(before, FOUR, [Edition(earlier, membership(FOUR))]).observations
    assert hidden_rows(shown) == {("A", "all_count"), ("C", "all_count")}


def test_what_is_published_of_these_observations_changes_nothing_of_them(first, second):
    """Beside other secteurs, where persons are withheld since, where a cell that would protect was shown.

    What each edition showed counts as it did; the edition that comes of them, published in its turn, does not.
    """
    few = printed(of_all(3, 20, 30, 40), FOUR, ["2022"], ["all_count"])
    two = few.assign(status=few["status"].where(few["territory"].isin(["B", "D"]), MISSING))
    members = membership(FOUR)
    scenes = [
        (SECOND, NOW, [Edition(first.observations, membership(BEFORE))], second),
        *((few, FOUR, [one], gate(few, FOUR, [one])) for one in (Edition(few, members), Edition(two, members))),
    ]
    for table, places, before, beside_all in scenes:
        told = table, INDICATORS, SOURCES, membership(places)
        once = withhold_beside(*told, before)
        pd.testing.assert_frame_equal(once.observations, beside_all.observations)
        again = withhold_beside(*told, [*before, Edition(once.observations, membership(places))])
        pd.testing.assert_frame_equal(again.observations, once.observations)
        pd.testing.assert_frame_equal(again.exposed, once.exposed)


def test_another_source_of_the_earlier_edition_is_another_figure():
    before = printed(of_all(3, 20, 30, 40), FOUR, ["2022"], ["all_count"])
    earlier = before.assign(source="open")
    shown, exposed = gate(before, FOUR, [Edition(earlier, membership(FOUR))])
    assert hidden_rows(shown) == {("A", "all_count"), ("B", "all_count")}
    assert exposed.empty


def test_a_place_without_anybody_in_an_earlier_edition_is_known_to_have_nobody():
    """46 of the 50 are C's, and A had nobody (`so`): 4 are left to B. Were A not known, B could be nobody."""
    places = alone("ABC") | {("epci", "cc"): "ABC"}
    counts = of_parts((0, 0), (2, 4), (20, 46))
    earlier = with_primary_rule_only(printed(counts, places, ["2022"], ["older_share"]))
    earlier.loc[earlier["status"].ne(OK), VALUES] = float("nan")
    before = printed(counts, places, ["2022"], ["all_count"])
    before = before[before["territory"].eq("B")]
    _, exposed = gate(before, places, [Edition(earlier, membership(places))])
    assert "B" in set(exposed.loc[exposed["without"].eq("") & exposed["measure"].eq("all"), "communes"])
    unsaid = earlier[earlier["territory"].ne("A")]
    _, exposed = gate(before, places, [Edition(unsaid, membership(places))])
    assert "B" not in set(exposed.loc[exposed["without"].eq("") & exposed["measure"].eq("all"), "communes"])


def test_a_cell_shown_before_is_taken_as_known_even_where_it_was_revised():
    """B was said to be 21 and is 20: it was never a secret, so C is hidden beside A."""
    earlier = printed(of_all(3, 21, 30, 40), FOUR, ["2022"], ["all_count"])
    earlier["status"] = earlier["status"].where(earlier["territory"].eq("B"), MISSING)
    before = printed(of_all(3, 20, 33, 40), FOUR, ["2022"], ["all_count"])
    shown, exposed = gate(before, FOUR, [Edition(earlier, membership(FOUR))])
    assert hidden_rows(shown) == {("A", "all_count"), ("C", "all_count")}
    assert exposed.empty


def earlier_total(total):
    """Return an edition that showed the total of ABCDK, and 6 for K."""
    places = alone("ABCDK") | {("epci", "cc"): "ABCDK"}
    table = printed(of_all(3, 2, 30, 40) | {("all", "2022", "K"): 6}, places, ["2022"], ["all_count"])
    table["status"] = table["status"].where(table["territory"].isin(["K", "cc"]), MISSING)
    table.loc[table["territory"].eq("cc"), ["numerator", "value"]] = total
    return Edition(table, membership(places))


@pytest.mark.parametrize("total", [81, 80, 83], ids=["the same", "revised since", "revised otherwise"])
def test_the_attacker_goes_by_the_figures_of_this_edition_where_the_earlier_one_contradicts_them(total):
    """A has 3 and B 2 of the 75: they protect each other, whatever the total was said to be before."""
    before = printed(of_all(3, 2, 30, 40), FOUR, ["2022"], ["all_count"])
    shown, exposed = gate(before, FOUR, [earlier_total(total)])
    assert hidden_rows(shown) == {("A", "all_count"), ("B", "all_count")}
    assert exposed.empty


@pytest.mark.parametrize("total, hidden", [(75, "A B"), (76, "A B"), (74, "A B C")])
def test_a_total_that_is_not_the_sum_is_what_the_attacker_subtracts_from(total, hidden):
    """A has 3, B has 2. The producer prints 74 for 75: who subtracts C and D is left with 4 for both."""
    before = printed(of_all(3, 2, 30, 40), FOUR, ["2022"], ["all_count"])
    before.loc[before["territory"].eq("cc"), ["numerator", "value"]] = total
    shown = gate(before, FOUR).observations
    assert {territory for territory, _ in hidden_rows(shown)} == set(hidden.split())
    assert (
        attacker_of((shown, FOUR)).finds_out([("all", ("A",), ("2022",), None), ("all", ("B",), ("2022",), None)]) == []
    )


def test_a_merged_commune_is_told_in_the_communes_it_was_made_of():
    """AB was A and B: the earlier edition showed B's 20, so the 3 of A are in AB's 23, which cannot be shown."""
    earlier = printed(of_all(3, 20, 30, 40), alone("ABCD"), ["2022"], ["all_count"])
    earlier["status"] = earlier["status"].mask(earlier["territory"].eq("A"), SECRET)
    places = {("commune", "AB"): "AB", ("commune", "C"): "C", ("commune", "D"): "D", ("epci", "cc"): "ABCD"}
    table = printed(of_all(3, 20, 30, 40), places, ["2022"], ["all_count"])
    shown = gate(table, places, [Edition(earlier, membership(alone("ABCD")))]).observations
    assert ("AB", "all_count") in hidden_rows(shown)
    assert attacker_of((earlier, alone("ABCD")), (shown, places)).finds_out([("all", ("A",), ("2022",), None)]) == []


def restricted(value, **options):
    """Return the status of one row of the guarded source: 3 out of 90, or a figure of which that is not known."""
    one = indicator("x_rate", value, **options)
    row = {"territory": "A", "level": "commune", "period": "2022", "indicator": "x_rate", "status": OK, "source": "pmi"}
    known = {} if isinstance(value, Published) else {"numerator": 3.0, "denominator": 90.0}
    table = pd.DataFrame([dict.fromkeys(VALUES, float("nan")) | row | known | {"value": 3.3}])
    return withhold(table, {"x_rate": one}, SOURCES, membership({})).observations["status"].item()


def test_what_an_indicator_reveals_depends_on_its_kind():
    assert restricted(Rate("older")) == SECRET
    assert restricted(Ratio("older", "all")) == SECRET
    assert restricted(Ratio("hours", "all"), persons=("denominator",)) == OK
    assert restricted(Mean("older", 90)) == SECRET
    assert restricted(Mean("hours", 90), persons=()) == OK
    assert restricted(Published("median")) == SECRET, "the count behind it cannot be checked"
    assert restricted(Published("hours"), persons=()) == OK


def test_a_mean_of_three_years_is_not_taken_for_three_persons():
    counts = {("older", str(year), "A"): 30 for year in (2020, 2021, 2022)}
    table = printed(counts, alone("A"), ["2022"], ["older_mean"])
    assert gate(table, alone("A")).observations["status"].tolist() == [OK]


def test_an_open_source_is_left_as_it_is_and_needs_no_membership():
    table = printed(of_all(3, 2, 20, 30), FOUR, ["2022"], ["all_count"]).assign(source="open")
    shown, exposed = withhold(table, INDICATORS, SOURCES, membership({}))
    pd.testing.assert_frame_equal(shown, table)
    assert exposed.empty


def test_a_total_whose_communes_are_not_said_stops_in_one_line():
    table = printed(of_all(3, 2, 20, 30), FOUR, ["2022"], ["all_count"])
    with pytest.raises(UserError, match="epci cc: its communes are not known"):
        withhold(table, INDICATORS, SOURCES, membership({}))


def test_a_part_is_not_worked_out_from_a_whole_and_its_other_parts():
    """Brackets that add up to their whole: hiding one alone would give it away (rule R2)."""
    source = DECLARED["caf_partenaire_familles"]
    brackets = ("0_400", "401_700", "701_1000", "1001_1500", "1501_plus")
    names = {bracket: f"caf_p_qf_{bracket}_share" for bracket in brackets}
    counts = dict(zip(brackets, (40, 3, 60, 70, 80), strict=True))
    indicators = {
        name: Indicator(
            id=name,
            domain_ids=("REV-05",),
            chapter="03",
            label=name,
            definition=name,
            unit="%",
            decimals=1,
            sources=(source.id,),
            value=Ratio(f"caf_p_qf_{bracket}", "caf_p_qf_known"),
            reading="{value}",
            chart="comparison",
        )
        for bracket, name in names.items()
    }
    rows = pd.DataFrame(
        [
            {
                "territory": "99001",
                "level": "commune",
                "period": "2024",
                "indicator": names[bracket],
                "numerator": count,
            }
            for bracket, count in counts.items()
        ]
    ).assign(denominator=float(sum(counts.values())), low=float("nan"), high=float("nan"), status=OK, quality=1)
    rows = rows.assign(value=rows["numerator"] / rows["denominator"] * 100, source=source.id)
    places = pd.DataFrame({"territory": ["99001"], "level": ["commune"], "commune": ["99001"]})
    told = withhold(rows, indicators, {source.id: source}, places).observations
    hidden = set(told.loc[told["status"].eq(SECRET), "indicator"])
    assert names["401_700"] in hidden and 2 <= len(hidden) <= 3
    apart = replace(source, form=replace(source.form, breakdowns={}))
    alone = withhold(rows, indicators, {source.id: apart}, places).observations
    assert set(alone.loc[alone["status"].eq(SECRET), "indicator"]) == {names["401_700"]}


# ------------------------------------------------------------- both regimes: what the open figure of the Caf leaves

REGIMES = {
    "caf_et_msa": replace(DECLARED["caf_et_msa"], secrecy=SecrecyRule(threshold=THRESHOLD)),
    "msa_familles": DECLARED["msa_familles"],
    "caf_s_ben_epci_f": DECLARED["caf_s_ben_epci_f"],
}
PLACES_OF_REGIMES = {("departement", "99"): "ABCD", ("epci", "un"): "AB", ("epci", "deux"): "CD"} | alone("ABCD")
CAF_HAS = {("99", "all"): 900, ("un", "all"): 400, ("deux", "all"): 500}
CAF_HAS |= {("99", "part"): 90, ("un", "part"): 45, ("deux", "part"): 45}
CAF_HAS |= {("99", "aeeh"): 60, ("un", "aeeh"): 20, ("deux", "aeeh"): 40}


def regimes(msa, communes=()):
    """Return rows of the Caf, of the sums, and of the MSA's own AEEH, as the catalogue declares them.

    msa: (place, "all" for households, "part" for those with Paje, "aeeh") → the MSA's count. communes: its AEEH there.
    """
    names = {
        "all": ("caf_households_count", "households_on_benefit_count"),
        "part": ("caf_paje_households_count", "paje_households_count"),
        "aeeh": ("caf_aeeh_beneficiaries_count", "aeeh_beneficiaries_count"),
    }
    rows = []
    for (place, what), count in msa.items():
        level = "departement" if place == "99" else "epci"
        rows.append((place, level, names[what][0], CAF_HAS[place, what], "caf_s_ben_epci_f"))
        rows.append((place, level, names[what][1], CAF_HAS[place, what] + count, "caf_et_msa"))
    rows += [(place, "commune", "msa_aeeh_beneficiaries_count", count, "msa_familles") for place, count in communes]
    table = pd.DataFrame(rows, columns=["territory", "level", "indicator", "numerator", "source"])
    table = table.astype({"numerator": float}).assign(value=table["numerator"].astype(float), denominator=float("nan"))
    return table.assign(low=float("nan"), high=float("nan"), period="2024-12", status=OK, quality=1)


def told_of_the_msa(table):
    """Return what an attacker reads: the sum less the Caf's open figure is the MSA's, (place, what) → count."""
    what = {"households_on_benefit_count": "all", "paje_households_count": "part", "aeeh_beneficiaries_count": "aeeh"}
    shown = table[table["status"].eq(OK)]
    sums = shown[shown["source"].eq("caf_et_msa")]
    return {
        (row["territory"], what[row["indicator"]]): row["numerator"] - CAF_HAS[row["territory"], what[row["indicator"]]]
        for row in sums.to_dict("records")
    }


def gate_of_regimes(table):
    return withhold(table, CATALOGUE, REGIMES, membership(PLACES_OF_REGIMES)).observations


def test_the_sum_of_both_regimes_hides_a_small_part_of_the_msa_and_what_would_give_it_away():
    """3 of the MSA in `un`: its sum is hidden, and that of `deux` or of the département with it."""
    table = regimes({("un", "all"): 3, ("deux", "all"): 40, ("99", "all"): 43})
    shown = gate_of_regimes(table)
    known = told_of_the_msa(shown)
    assert len(known) == 1 and ("un", "all") not in known
    caf = shown[shown["source"].eq("caf_s_ben_epci_f")]
    assert caf["status"].eq(OK).all() and len(caf) == 3
    assert (
        len(told_of_the_msa(gate_of_regimes(regimes({("un", "all"): 5, ("deux", "all"): 40, ("99", "all"): 45})))) == 3
    )
    assert (
        len(told_of_the_msa(gate_of_regimes(regimes({("un", "all"): 0, ("deux", "all"): 40, ("99", "all"): 40})))) == 3
    )


def test_the_sum_of_both_regimes_does_not_say_who_is_left_of_the_msa():
    """40 households of the MSA, 38 with Paje: 2 without. One of the two sums goes."""
    shown = gate_of_regimes(regimes({("un", "all"): 40, ("un", "part"): 38}))
    assert len(told_of_the_msa(shown)) == 1


def test_the_sum_of_both_regimes_does_not_open_a_commune_of_the_msa():
    """A has 3 children, B 20: the total of the MSA is hidden nowhere but in the sum, 43 - 20 - 20 = 3."""
    table = regimes({("un", "aeeh"): 23}, [("A", 3), ("B", 20)])
    shown = gate_of_regimes(table)
    assert ("A", "msa_aeeh_beneficiaries_count") in hidden_rows(shown)
    communes = shown[shown["source"].eq("msa_familles")].set_index("territory")["numerator"].to_dict()
    attacker = Attacker(PARTS)
    for place, count in communes.items():
        if count == count:
            attacker.learn("aeeh", [place], ["2024"], count)
    for _, count in told_of_the_msa(shown).items():
        attacker.learn("aeeh", ["A", "B"], ["2024"], count)
    assert attacker.finds_out([("aeeh", ("A",), ("2024",), None)]) == []


def test_a_rate_of_both_regimes_tells_as_much_as_their_number():
    table = regimes({("un", "aeeh"): 3})
    table.loc[table["source"].eq("caf_et_msa"), ["indicator", "denominator"]] = ["aeeh_beneficiaries_rate", 2000.0]
    assert hidden_rows(gate_of_regimes(table)) == {("un", "aeeh_beneficiaries_rate")}


def test_a_sum_whose_open_part_is_not_known_is_withheld():
    table = regimes({("un", "all"): 40})
    assert len(told_of_the_msa(gate_of_regimes(table))) == 1
    assert told_of_the_msa(gate_of_regimes(table[table["source"].eq("caf_et_msa")])) == {}


def test_every_sum_has_its_open_part_in_the_catalogue_at_its_levels():
    for whole, (open_part, _) in DECLARED["caf_et_msa"].addition.sums.items():
        counts = [one for one in CATALOGUE.values() if one.value == Count(open_part)]
        assert any({"epci", "departement"} <= set(one.levels) for one in counts), whole


def test_a_yes_or_no_that_tells_whether_there_is_anybody_is_withheld_with_their_number():
    """Childminders at work: A 3, B 12, C 30, D none, 45 in all; no crèche. PE-11 would say who of A and D has none."""
    counts = {"A": (3.0, 0.0), "B": (12.0, 0.0), "C": (30.0, 0.0), "D": (0.0, 1.0), "E": (45.0, 1.0)}
    lines = [
        {"territory": place, "level": "epci" if place == "E" else "commune", "period": "2025", "indicator": name,
         "numerator": value, "denominator": NAN, "value": value, "low": NAN, "high": NAN, "status": OK, "quality": 1,
         "source": "pmi_assistants_maternels", "denominator_period": ""}
        for place, values in counts.items()
        for name, value in zip(("active_childminders_count", "communes_without_childcare_count"), values, strict=True)
    ]  # fmt: skip
    members = pd.DataFrame({"territory": "E", "level": "epci", "commune": list("ABCD")})
    table = withhold(pd.DataFrame(lines), dict(CATALOGUE), dict(DECLARED), members).observations
    status = table.set_index(["indicator", "territory"])["status"]
    working, without = status["active_childminders_count"], status["communes_without_childcare_count"]
    assert (
        working["A"] == SECRET
        and list(working[working.eq(SECRET)].index) == list(without[without.eq(SECRET)].index)[:-1]
    )
    assert without["E"] == SECRET and OK in set(without)


def test_an_answer_that_nobody_has_sent_is_missing_where_the_count_beside_is_withheld():
    """A has 3 childminders at work, withheld; of A it was not said whether there is a way of care."""
    lines = [
        ("active_childminders_count", 3.0, OK),
        ("communes_without_childcare_count", NAN, MISSING),
    ]
    table = pd.DataFrame(lines, columns=["indicator", "numerator", "status"]).assign(
        territory="A", level="commune", period="2025", denominator=NAN, low=NAN, high=NAN, quality=1,
        source="pmi_assistants_maternels",
    ).assign(value=lambda rows: rows["numerator"])  # fmt: skip
    shown = withhold(table, dict(CATALOGUE), dict(DECLARED), membership({})).observations
    assert shown["status"].tolist() == [SECRET, MISSING]


def test_the_end_of_a_pedt_is_withheld_where_it_is_withheld_that_there_is_one():
    """A has one until 2027, B none, so that its end does not apply; of C both are shown."""
    lines = [
        ("A", "pedt_covered_count", 1.0), ("A", "pedt_end_year", 2027.0),
        ("B", "pedt_covered_count", 0.0), ("B", "pedt_end_year", NAN),
        ("C", "pedt_covered_count", 1.0), ("C", "pedt_end_year", 2026.0),
    ]  # fmt: skip
    table = pd.DataFrame(lines, columns=["territory", "indicator", "numerator"]).assign(level="commune", period="2025")
    hidden = table["indicator"].eq("pedt_covered_count") & table["territory"].ne("C")
    told = table[telling(table, hidden, dict(CATALOGUE), dict(DECLARED), membership({}))]
    assert told[["territory", "indicator"]].to_numpy().tolist() == [["A", "pedt_end_year"], ["B", "pedt_end_year"]]


def test_what_one_partner_counts_is_not_told_by_another():
    """A joins B and C, whose 28 and 30 childminders were printed: the total tells A's 3, and the Caf has it too."""
    childminders = {"A": 3.0, "B": 28.0, "C": 30.0}

    def lines(places, of_the_caf):
        members = [(place, "commune", (place,)) for place in places] + [("E", "epci", tuple(places))]
        rows = []
        for place, level, communes in members:
            count = sum(childminders[one] for one in communes)
            told = [("active_childminders_count", count, NAN, "pmi_assistants_maternels")]
            if of_the_caf and level == "epci":
                told.append(("childminder_hub_fte_rate", 1.5, count, "caf_partenaire_petite_enfance"))
            rows += [
                {"territory": place, "level": level, "period": "2025", "indicator": name, "numerator": top,
                 "denominator": bottom, "value": 1.0, "low": NAN, "high": NAN, "status": OK, "quality": 1,
                 "source": source, "denominator_period": ""}
                for name, top, bottom, source in told
            ]  # fmt: skip
        communes = pd.DataFrame({"territory": "E", "level": "epci", "commune": list(places)})
        return pd.DataFrame(rows), communes

    before, now = Edition(*lines("BC", of_the_caf=False)), lines("ABC", of_the_caf=True)
    table = withhold(now[0], dict(CATALOGUE), dict(DECLARED), now[1], [before]).observations
    hidden = table[table["status"].eq(SECRET)]
    assert set(zip(hidden["territory"], hidden["source"], strict=True)) == {
        ("A", "pmi_assistants_maternels"),
        ("E", "pmi_assistants_maternels"),
        ("E", "caf_partenaire_petite_enfance"),
    }
