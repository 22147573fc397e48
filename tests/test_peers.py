"""Who resembles an EPCI (rules R11 and R12): worked by hand on invented ones, then on all those of France."""

import math
import re
import statistics

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.chapter import known as closing
from ctg_analysis.chapter.chapter import Chapter
from ctg_analysis.clean.facts import certified_folders
from ctg_analysis.clean.frame import clean_epcis
from ctg_analysis.display.texts import typography
from ctg_analysis.indicators import peers
from ctg_analysis.indicators.comparisons import producer
from ctg_analysis.indicators.observations import Observations, read_indicators
from ctg_analysis.indicators.peers import (
    CITIES,
    KINDS,
    METROPOLITAN,
    OVERSEAS,
    VARIABLES,
    chooses_peers,
    classify,
    density_of_epcis,
    profiles,
    rows_of_peers,
    vintages,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import Count, Mean
from ctg_analysis.model.norms import read_geography
from ctg_analysis.model.settings import settings
from ctg_analysis.model.source import PLAN, SURVEY
from ctg_analysis.pipeline.works import groups_of

OF_THE_NIGHT = ["243500139", "249740119"]
AUBRAC, GRAND_PARIS, PETITE_TERRE, EXAMPLE = "200067171", "200054781", "200050532", "999999999"

# x has mean 5 and variance 70/6, y has mean 2.5 and standard deviation 1.5.
SIX = pd.DataFrame({"x": [0.0, 2, 4, 6, 8, 10], "y": [1.0, 1, 1, 4, 4, 4]}, index=list("ABCDEF"))
ALIKE = {"zone": METROPOLITAN, "kind": KINDS["CC"], "size": 0, "density": ""}


def classes_of(table, **columns):
    return pd.DataFrame(ALIKE | columns, index=table.index)


def ranked(group):
    return list(group.peers["peer"])


def test_distances_worked_by_hand():
    group = peers.nearest(SIX, "A", classes_of(SIX), k=5)
    assert ranked(group) == ["B", "C", "D", "E", "F"]
    # y differs by two standard deviations from D on: 2² = 4
    by_hand = [math.sqrt(x * x / (70 / 6) + y) for x, y in [(2, 0), (4, 0), (6, 4), (8, 4), (10, 4)]]
    assert list(group.peers["distance"]) == pytest.approx(by_hand, abs=1e-8)
    assert by_hand[0] == pytest.approx(0.5855, abs=1e-4) and by_hand[2] == pytest.approx(2.6619, abs=1e-4)
    assert (group.variables, group.lacking, group.step, group.candidates) == (("x", "y"), (), 0, 5)


def test_populations_and_communes_are_compared_by_their_ratios():
    table = pd.DataFrame({"population": [1e3, 1e4, 5e4, 1e5]}, index=list("ABCD"))
    group = peers.nearest(table, "B", classes_of(table), k=3)
    # log 5, then log 10 twice; in inhabitants, A would be the nearest
    assert ranked(group) == ["C", "A", "D"]
    logs = [3, 4, 4 + math.log10(5), 5]
    assert group.peers["distance"][0] == pytest.approx(math.log10(5) / statistics.pstdev(logs), abs=1e-8)


def test_a_tie_goes_to_the_smaller_siren_whatever_the_order_of_the_rows():
    table = SIX[["x"]].rename(index=dict(zip("ABCDEF", "FCBEAD", strict=True)))
    group = peers.nearest(table, "B", classes_of(table), k=4)  # x = 4: C and E at 2, A and F at 4
    assert ranked(group) == ["C", "E", "A", "F"]
    assert group.peers["distance"].duplicated().sum() == 2


def test_a_tie_holds_where_the_arithmetic_of_floats_does_not():
    table = pd.DataFrame({"x": [0.1 + 0.2, 0.2, 0.4 - 0.3, 0.7]}, index=list("ABCD"))
    assert abs(table["x"]["A"] - 0.2) != abs(table["x"]["C"] - 0.2)
    assert ranked(peers.nearest(table, "B", classes_of(table), k=3)) == ["A", "C", "D"]


def test_an_epci_has_peers_by_the_variables_that_are_known_for_it_and_for_most_of_its_zone():
    table = SIX.assign(y=[1.0, np.nan, 1, 4, 4, 4])
    group = peers.nearest(table, "B", classes_of(table), k=3)
    assert ranked(group) == ["A", "C", "D"]  # x alone: 2, 2, 4
    assert (group.variables, group.lacking, group.candidates) == (("x",), ("y",), 5)
    assert "B" not in ranked(peers.nearest(table, "A", classes_of(table), k=5))  # whose y is unknown
    rare = SIX.assign(y=[1.0, 4, np.nan, np.nan, np.nan, np.nan])
    group = peers.nearest(rare, "A", classes_of(rare), k=2)
    assert ranked(group) == ["B", "C"] and group.lacking == ("y",)


def test_an_epci_of_which_less_than_half_of_the_variables_are_known_has_no_peers():
    table = SIX.assign(y=[1.0, np.nan, 1, 4, 4, 4], z=[1.0, np.nan, 2, 3, 4, 5])
    group = peers.nearest(table, "B", classes_of(table), k=3)
    assert group.peers.empty and group.lacking == ("y", "z") and group.candidates == 0


def test_what_most_of_a_zone_lacks_counts_in_the_other_one():
    """Two zones of three: y is known everywhere in the first, nowhere in the second."""
    table = SIX.assign(y=[1.0, 4, 1, np.nan, np.nan, np.nan])
    classes = classes_of(table, zone=[METROPOLITAN] * 3 + [OVERSEAS] * 3)
    groups = peers.nearest_of_each(table, "AD", classes, k=2)
    assert [ranked(group) for group in groups] == [["C", "B"], ["E", "F"]]
    assert [group.variables for group in groups] == [("x", "y"), ("x",)]


def test_a_variable_that_is_the_same_everywhere_changes_nothing():
    table = SIX.assign(z=0.1)
    pd.testing.assert_frame_equal(
        peers.nearest(table, "A", classes_of(table)).peers, peers.nearest(SIX, "A", classes_of(SIX)).peers
    )
    alone = peers.nearest(SIX.head(1), "A", classes_of(SIX.head(1)))
    assert alone.peers.empty and alone.lacking == ()


def test_an_unknown_epci_is_said_in_one_line():
    with pytest.raises(UserError, match=r"^epci 'Z' has no profile, expected an EPCI"):
        peers.nearest(SIX, "Z", classes_of(SIX))


# A: a CC of the smallest band, rural. Each of the others leaves A's class in one more way than the one before.
WIDER = {
    "zone": [METROPOLITAN] * 7 + [OVERSEAS],
    "kind": [KINDS[kind] for kind in ("CC", "CC", "CC", "CA", "CA", "CA", "CC", "CC")],
    "size": [0, 0, 1, 0, 1, 2, 2, 0],
    "density": ["rural", "rural", "rural", "rural", "urbain", "urbain", "rural", "rural"],
}
EIGHT = pd.DataFrame({"x": [0.0, 7, 6, 5, 4, 3, 2, 1]}, index=list("ABCDEFGH"))


@pytest.mark.parametrize(
    ("k", "step", "members"),
    [(1, 0, "BC"), (2, 0, "BC"), (3, 1, "BCD"), (4, 2, "BCDE"), (5, 3, "BCDEFG"), (6, 3, "BCDEFG"), (7, 3, "BCDEFG")],
)
def test_a_small_class_is_widened_in_the_stated_order_and_never_across_the_sea(k, step, members):
    group = peers.nearest(EIGHT, "A", classes_of(EIGHT, **WIDER), k=k)
    assert group.step == step and group.candidates == len(members)
    assert set(ranked(group)) == set(members if k >= len(members) else sorted(members, reverse=True)[:k])


def test_the_class_is_counted_without_those_that_lack_a_variable():
    table = EIGHT.assign(x=EIGHT["x"].where(EIGHT.index != "B"))
    group = peers.nearest(table, "A", classes_of(table, **WIDER), k=2)
    assert ranked(group) == ["D", "C"] and (group.step, group.candidates) == (1, 2)


def test_classes():
    table = pd.DataFrame({"population": [14_999, 15_000, 49_999, 50_000, 250_000, np.nan]}, index=list("ABCDEF"))
    zones = ["metro"] * 4 + ["drom"] * 2  # from F to A
    territories = pd.DataFrame(
        {"code": list("FEDCBAA"), "level": ["epci"] * 6 + ["commune"], "zone": [*zones, "metro"]}
    )
    epcis = pd.DataFrame({"code": list("ABCDEF"), "kind": ["CC", "CA", "CU", "METRO", "MET69", "CC"]})
    found = classify(table, territories, epcis, density=pd.Series({"A": "rural", "C": "rural"}))
    assert list(found["size"].fillna(-1)) == [0, 1, 1, 2, 3, -1]
    assert list(found["zone"]) == [OVERSEAS] * 2 + [METROPOLITAN] * 4
    assert list(found["kind"].map({words: word for word, words in KINDS.items()})) == [
        *["CC", "CA", "MET69", "MET69", "MET69", "CC"]
    ]
    assert list(found["density"]) == ["", "", "rural", "", "", ""]  # A is overseas
    assert set(classify(table, territories, epcis)["density"]) == {""}


def row(territory, value, indicator, period="2021", level="epci", source="census"):
    status = "nd" if math.isnan(value) else "ok"
    columns = {"territory": territory, "level": level, "period": period, "indicator": indicator}
    return columns | {"value": value, "status": status, "source": source}


def test_one_vintage_for_all_the_one_that_most_epcis_have_then_the_latest():
    share = "age_65_plus_share"
    rows = [row(epci, 20, share, "2021", source="iris") for epci in "ABC"]
    rows += [row(epci, 19, share, "2020", source="older") for epci in "ABC"]
    rows += [row("A", 21, share, "2023"), row("B", 21, share, "2023"), row("C", math.nan, share, "2023")]
    found = vintages(pd.DataFrame(rows))
    assert found.to_dict("index") == {share: {"period": "2021", "source": "iris"}}


def places_of(*rows):
    """Return territories: code, level, epci, density, massif, zone."""
    return pd.DataFrame(rows, columns=["code", "level", "epci", "density", "massif", "zone"])


PLACES = places_of(
    ("A", "epci", None, None, "Massif du Jura", "metro"),
    ("B", "epci", None, None, None, "metro"),
    ("A1", "commune", "A", "Petites villes", "Massif du Jura", "metro"),
    ("A2", "commune", "A", "Bourgs ruraux", None, "metro"),
    ("A3", "commune", "A", "Rural à habitat dispersé", None, "metro"),
    ("B1", "commune", "B", "Grands centres urbains", None, "metro"),
    ("B2", "commune", "B", None, None, "metro"),
)
COUNTED = {"A": 1000, "B": 500, "A1": 450, "A2": 250, "A3": 300, "B1": 400}  # B2 is not known


def counted():
    levels = {place: "epci" if len(place) == 1 else "commune" for place in COUNTED}
    rows = [row(place, count, "population_count", level=levels[place]) for place, count in COUNTED.items()]
    return pd.DataFrame([*rows, row("A", 30, "age_65_plus_share"), row("B", math.nan, "age_65_plus_share")])


def test_a_profile_worked_by_hand():
    found = profiles(counted(), PLACES)
    assert list(found.columns) == list(VARIABLES)
    assert found.loc["A", ["population", "communes", "massif_share"]].tolist() == [1000, 3, 45]
    assert math.isnan(found.loc["B", "massif_share"])  # nobody knows how many live in B2
    assert found["age_65_plus_share"].fillna(-1).tolist() == [30, -1]
    assert found["population_change_rate"].isna().all()  # no EPCI has it


def test_no_massif_is_known_without_the_list_nor_overseas():
    without = PLACES.assign(massif=None)
    assert profiles(counted(), without)["massif_share"].isna().all()
    overseas = PLACES.assign(zone=["metro", "drom", *["metro"] * 3, *["drom"] * 2])
    assert profiles(counted(), overseas)["massif_share"].fillna(-1).tolist() == [45, -1]


def test_the_density_of_an_epci_is_the_class_where_most_of_its_inhabitants_live():
    """A: 450 in a small town, 250 + 300 in two rural classes. B: 400 in a large centre, the class of B2 is unknown."""
    found = density_of_epcis(counted(), PLACES)
    assert found.to_dict() == {"A": "rural", "B": "urbain dense"}
    assert density_of_epcis(counted(), PLACES.assign(density=None)).empty


def test_the_density_of_an_epci_is_not_that_of_most_of_its_communes():
    """A: 600 inhabitants in one small town, 300 in two rural communes."""
    rows = [row("A", 900, "population_count")]
    rows += [
        row(code, people, "population_count", level="commune")
        for code, people in (("A1", 600), ("A2", 100), ("A3", 200))
    ]
    assert density_of_epcis(pd.DataFrame(rows), PLACES).to_dict() == {"A": "urbain intermédiaire"}


def test_what_chooses_the_peers_and_what_does_not():
    choose = ["historical_population_count", "migratory_change_rate", "natural_change_rate", "youth_index"]
    choose += ["ageing_index", "children_0_2_share", "poverty_rate", "social_benefits_income_rate"]
    choose += [variable.indicator for variable in VARIABLES.values() if variable.indicator]
    assert [name for name in choose if not chooses_peers(CATALOGUE[name])] == []
    others = ["birth_rate", "childcare_coverage_rate", "births_3_year_mean_count"]
    assert [name for name in others if chooses_peers(CATALOGUE[name])] == []


@pytest.mark.parametrize("epci", [AUBRAC, *(pytest.param(one, marks=pytest.mark.nightly) for one in OF_THE_NIGHT)])
def test_every_median_is_of_the_list_that_the_page_prints_and_what_chooses_it_is_told_and_not_judged(epci, france):
    chapter = Chapter(epci, france)
    seen, page = chapter.territory, chapter.peers().html
    names = seen.territories.query("level == 'epci'").set_index("code")["name"]
    printed = {code for code, name in names.items() if f">{typography(name)}<" in page} - {epci}
    assert len(printed) == 10
    others = read_indicators(france.processed, CATALOGUE, (), printed).query("level == 'epci' and status == 'ok'")
    choosing = 0
    for one in CATALOGUE.values():
        rows = seen.compared(one)
        median = rows[rows["level"].eq("peers")]
        if median.empty:
            continue
        at = median.iloc[0]
        some = others[others["indicator"].eq(one.id) & others["period"].eq(at["period"])]
        some = some[some["territory"].isin(printed) & some["source"].map(producer).eq(producer(at["source"]))]
        assert at["value"] == pytest.approx(some["value"].median()), one.id
        if chooses_peers(one):
            choosing += 1
            assert "critère de leur choix" in at["name"] and "peers" not in set(seen.gaps(one)["level"]), one.id
    assert choosing > 5


def test_one_table_of_pairs_keeps_the_epcis_without_peers():
    table = SIX.assign(y=[1.0, np.nan, 1, 4, 4, 4], z=[1.0, np.nan, 1, 4, 4, 4])
    found = peers.pairs(peers.nearest_of_each(table, ["B", "A"], classes_of(table), k=2))
    assert found["territory"].tolist() == ["B", "A", "A"]
    assert found["peer"].isna().tolist() == [True, False, False] and found["peer"].tolist()[1:] == ["C", "D"]


DATED = pd.DataFrame({"period": {"population_count": "2023", "age_65_plus_share": "2021"}})


def group_of(**columns):
    table = pd.DataFrame({"population": [9e3, 1e4, 2e4], "age_65_plus_share": [30.0, 31, 22]}, index=list("ABC"))
    k = columns.pop("k", 1)
    return peers.nearest(table, "A", classes_of(table, **columns), k=k)


def test_peers_farther_than_two_epcis_at_random_are_said_not_to_resemble():
    """Two variables: two EPCIs at random are root(4) = 2 apart. A and B are close, C is far from both."""
    assert closing.FAR not in closing.peers_sentence(group_of(), DATED)
    table = pd.DataFrame({"population": [1e3, 1e4, 1e4], "age_65_plus_share": [10.0, 30, 31]}, index=list("CAB"))
    assert closing.FAR in closing.peers_sentence(peers.nearest(table, "C", classes_of(table), k=2), DATED)


def test_the_sentence_says_how_the_class_was_widened():
    text = closing.peers_sentence(group_of(k=2, size=[0, 0, 2]), DATED)
    assert text.endswith(
        "part des 65 ans ou plus en 2021 ; la classe de départ, trop peu nombreuse, a été élargie à toutes les "
        "catégories d'EPCI, puis à toutes les tailles."
    )
    assert "tous les autres EPCI à fiscalité propre de France métropolitaine dont les données sont connues" in text


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"size": 1}, "métropolitaine de moins de 250 000 habitants dont"),
        ({"size": 2}, "métropolitaine de 15 000 habitants ou plus dont"),
        ({"size": 3}, "métropolitaine de 50 000 habitants ou plus dont"),
        ({"k": 2, "size": [0, 0, 2]}, "EPCI à fiscalité propre de France métropolitaine dont"),
        ({"density": "rural"}, "habitants de densité « rural » dont"),
        ({"k": 2, "density": ["rural", "rural", ""]}, "catégories d'EPCI, puis à toutes les classes de densité."),
        ({"zone": OVERSEAS}, "communautés de communes d'outre-mer de moins"),
    ],
)
def test_the_sentence_names_the_class(columns, words):
    assert typography(words) in typography(closing.peers_sentence(group_of(**columns), DATED))


def test_the_sentence_says_what_does_not_count_for_want_of_data():
    table = pd.DataFrame({"population": [9e3, 1e4, 2e4], "age_65_plus_share": [np.nan, 31, 22]}, index=list("ABC"))
    table = table.assign(living_standard=[2e4, 2e4, 1e4])
    text = closing.peers_sentence(peers.nearest(table, "A", classes_of(table), k=1), DATED)
    assert "de même poids : population en 2023 (logarithme), niveau de vie médian ; n'entre pas dans le choix" in text
    assert text.endswith(
        "faute d'être connu pour ce territoire ou pour la plupart des EPCI de la même zone : part des 65 ans ou plus "
        "en 2021."
    )


def test_the_sentence_says_why_there_are_no_peers():
    table = SIX.rename(columns={"x": "communes", "y": "age_65_plus_share"}).assign(communes=1.0, living_standard=np.nan)
    lacking = table.assign(age_65_plus_share=np.nan)
    assert closing.peers_sentence(peers.nearest(lacking, "A", classes_of(lacking)), DATED) == (
        "Aucun EPCI comparable, faute de données pour ce territoire : part des 65 ans ou plus en 2021, niveau de vie "
        "médian."
    )
    alone = peers.nearest(SIX.head(1), "A", classes_of(SIX.head(1)))
    assert closing.peers_sentence(alone, DATED) == (
        "Aucun EPCI comparable : il n'y en a pas d'autre dont les données sont connues."
    )


def read(root):
    """Return observations, territories, profiles and classes of a data root."""
    names = {"population_count", *(one.indicator for one in VARIABLES.values() if one.indicator)}
    observations = read_indicators(root.processed, names, groups_of(["population_count"]))
    territories = pd.read_parquet(root.processed / "territories.parquet")
    epcis = clean_epcis(certified_folders(root)[0]["etalab_decoupage"][0])[read_geography(root).annee]
    table, density = (of(observations, territories) for of in (profiles, density_of_epcis))
    return observations, territories, table, classify(table, territories, epcis, density)


@pytest.fixture(scope="module")
def real(france):
    return read(france)


def test_the_distances_are_those_of_a_second_computation(real):
    _, _, table, classes = real
    logs = [name for name, variable in VARIABLES.items() if variable.log]
    every = table.assign(**{name: table[name].map(math.log) for name in logs}).dropna(axis="columns", how="all")
    spread = {name: statistics.pstdev(every[name].dropna()) for name in every}
    known = every.dropna().to_dict("index")
    own, near = classes.loc[AUBRAC], classes["size"].sub(classes.at[AUBRAC, "size"]).abs().le(1)
    near &= classes["zone"].eq(own["zone"]) & classes["kind"].eq(own["kind"]) & classes["density"].eq(own["density"])
    alike = [epci for epci in known if near[epci] and epci != AUBRAC]
    centre = known[AUBRAC]
    away = {
        epci: math.sqrt(sum(((known[epci][name] - centre[name]) / spread[name]) ** 2 for name in every))
        for epci in alike
    }
    nearest = sorted(away, key=away.get)[:10]
    group = peers.nearest(table, AUBRAC, classes)
    assert ranked(group) == nearest and group.candidates == len(alike)
    assert list(group.peers["distance"]) == pytest.approx([away[epci] for epci in nearest], abs=1e-8)


def test_the_lists_of_the_page_are_those_of_the_data(real):
    _, territories, table, classes = real
    page = (settings().root / "docs" / "peers.md").read_text(encoding="utf-8")
    names_of = territories[territories["level"].eq("epci")].set_index("code")["name"]
    lines = re.findall(r"^\| (\d{9}) \| [^|]+ \| ([^|]+) \| ([\d.]+) to ([\d.]+) \|$", page, re.MULTILINE)
    assert len(lines) == 7
    for siren, names, first, last in lines:
        group = peers.nearest(table, siren, classes)
        assert ", ".join(group.peers["peer"].map(names_of)) == names, siren
        ends = f"{group.peers['distance'].iloc[0]:.1f}", f"{group.peers['distance'].iloc[-1]:.1f}"
        assert ends == (first, last), siren


def test_the_stored_profiles_are_of_the_latest_year_that_is_known_of_most(real, france):
    """They are made from words held as categories, which sort as they appear in the files, not as years."""
    observations, _, table, _ = real
    stored, dated = (pd.read_parquet(france.processed / f"{name}.parquet") for name in ("profiles", "vintages"))
    pd.testing.assert_frame_equal(stored.set_index("epci")[list(table)], table)
    known = observations[observations["level"].eq("epci") & observations["status"].eq("ok")]
    counts = known.groupby(["indicator", "period"]).size()
    for one in dated.itertuples():
        of_most = counts[one.indicator][lambda several: several.eq(several.max())]
        assert one.period == of_most.index.max(), one.indicator
    assert dated.set_index("indicator")["period"]["population_count"] == "2023"


def test_every_epci_of_france_has_ten_peers_of_its_zone(real):
    _, places, table, classes = real
    territories = places[places["level"].eq("epci")].set_index("code")["departement"]
    never = {name for name in table if table[name].isna().all()}
    groups = peers.nearest_of_each(table, table.index, classes)
    assert [group.epci for group in groups] == list(table.index) and len(groups) > 1200
    for group in groups:
        in_mayotte = territories.loc[group.epci] == "976"
        assert len(group.peers) == (0 if in_mayotte else 10) and group.epci not in ranked(group)
        assert set(group.lacking) <= (set(table) if in_mayotte else never | {"living_standard", "massif_share"})
        assert classes.loc[ranked(group), "zone"].eq(classes.loc[group.epci, "zone"]).all()
        assert group.peers["distance"].is_monotonic_increasing and group.peers["peer"].is_unique


@pytest.mark.nightly
def test_the_peers_do_not_depend_on_the_order_of_the_rows(real):
    observations, territories, table, classes = real
    mixed = profiles(observations.sample(frac=1, random_state=1), territories.sample(frac=1, random_state=2)).sample(
        frac=1, random_state=3
    )
    pd.testing.assert_frame_equal(mixed.sort_index(), table)
    before = peers.pairs(peers.nearest_of_each(table, table.index, classes))
    after = peers.pairs(peers.nearest_of_each(mixed, table.index, classes.sample(frac=1, random_state=4)))
    pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_overseas_the_capital_and_mayotte(real):
    observations, territories, table, classes = real
    overseas = set(territories.loc[territories["level"].eq("epci") & territories["zone"].eq("drom"), "code"])
    assert len(overseas) == 23
    assert set(ranked(peers.nearest(table, "249730052", classes))) <= overseas  # CC de l'Est Guyanais
    nord = peers.nearest(table, "249740119", classes)  # CINOR
    assert {"living_standard", "massif_share"} <= set(nord.lacking)
    assert {"249740101", "249740077", "249740093", "249740085"} <= set(ranked(nord))  # the rest of La Réunion
    capital = peers.nearest(table, GRAND_PARIS, classes)
    assert len(capital.peers) == 10 and set(classes.loc[ranked(capital), "kind"]) == {CITIES}
    mayotte = peers.nearest(table, PETITE_TERRE, classes)
    assert mayotte.peers.empty and "age_65_plus_share" in mayotte.lacking
    assert rows_of_peers(observations, peers.pairs([mayotte]), "population_count")["status"].tolist() == ["nd"]


def test_the_peers_have_the_source_of_the_territory(real):
    observations, _, table, classes = real
    group = peers.nearest(table, AUBRAC, classes)
    found = rows_of_peers(observations, peers.pairs([group]), "age_65_plus_share")
    Observations.validate(found.drop(columns=["known", "peers"]))
    own = observations[observations["territory"].eq(AUBRAC) & observations["indicator"].eq("age_65_plus_share")]
    assert found[["period", "source"]].to_numpy().tolist() == sorted(own[["period", "source"]].to_numpy().tolist())
    at = found[found["status"].eq("ok")].iloc[0]
    of_peers = observations[
        observations["territory"].isin(ranked(group))
        & observations["indicator"].eq("age_65_plus_share")
        & observations["period"].eq(at["period"])
    ]
    assert at["value"] == pytest.approx(statistics.median(of_peers["value"]))
    assert at["low"] <= at["value"] <= at["high"]


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("epci", [EXAMPLE, PETITE_TERRE, AUBRAC, "200066553"])
def test_r11_each_of_the_four_comparators_is_told_or_its_absence_with_a_reason(epci, request):
    """All indicators that compare, of the invented EPCI, the reference one, one of two départements, one of Mayotte."""
    chapter = Chapter(epci, request.getfixturevalue("example" if epci == EXAMPLE else "france"))
    seen = chapter.territory
    names = [typography(name) for name in seen.beside["name"].iloc[1:]]
    assert len(names) == (4 if epci == "200066553" else 3)
    for one in CATALOGUE.values():
        rows = seen.compared(one)
        if rows.empty or isinstance(one.value, Count | Mean) or rows["source"].iloc[0] in (SURVEY, PLAN):
            continue  # unknown, a number of things, what residents answered here, or a convention, of one territory
        words = re.sub("<[^>]*>", " ", chapter.reading(one.id).html)
        told = words.partition("Pour comparer\u00a0: ")[2].partition(".")[0]
        alone = "ces données ne décrivent que le territoire" in words
        lacking = re.findall("Sans valeur de même source et de même période\u00a0: ([^.\u202f]*)", words)
        for name in names:
            drawn = any(part.startswith((f"{name} ", "France ")) for part in told.split("\u202f; ") if name in part)
            assert drawn + alone + (name in ", ".join(lacking).split(", ")) == 1, (one.id, name, words)
        median = bool(re.search(r"médiane de.{1,12} EPCI comparables", told))
        peers_told = [median, alone, "rop peu d’EPCI comparables" in words]
        assert sum([*peers_told, "Aucun EPCI comparable." in words]) == 1, (one.id, words)
