"""Who organises childcare: the population counted and the duties of the law, worked by hand."""

from types import SimpleNamespace

import pandas as pd
from reader import rows_of

from ctg_analysis.chapter import childcare
from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.display import texts
from ctg_analysis.indicators.childcare import DUTIES, FOUR, PLAN, authorities, by_population, read_thresholds
from ctg_analysis.model.settings import data_root

NAN = float("nan")
OVER = [3302, 1063]  # communes of more than 3 500 inhabitants (population totale), of more than 10 000
THRESHOLDS = {
    name: SimpleNamespace(seuil=above) for name, above in zip(DUTIES, (None, 3500, 10000, 10000), strict=True)
}


def answers(*rows, total=True):
    table = pd.DataFrame(rows, columns=["territory", "transferred", "population"]).astype({"transferred": float})
    return table.assign(total=total)


def duties_of(table, territory):
    row = table.set_index("territory").loc[territory]
    return [None if pd.isna(row[name]) else bool(row[name]) for name in DUTIES]


def test_the_thresholds_are_those_of_the_law():
    """CASF, L. 214-1-3: more than 3 500 inhabitants, more than 10 000; the relais from 1 January 2026."""
    found = read_thresholds(data_root().reference / "seuils.yml")
    assert [found[name].seuil for name in DUTIES] == [None, 3500, 10000, 10000]
    assert [found[name].date.isoformat() for name in DUTIES] == ["2025-01-01"] * 3 + ["2026-01-01"]
    assert all(one.source and one.texte.endswith(".") for one in found.values())


def test_a_commune_that_kept_it_counts_its_own_inhabitants():
    """`More than`: 3 500 is not above 3 500, 10 000 is not above 10 000."""
    kept = answers(("A", 0, 90), ("B", 0, 3500), ("C", 0, 3501), ("D", 0, 10000), ("E", 0, 10001))
    table = authorities(kept, "T", THRESHOLDS)
    assert duties_of(table, "A") == duties_of(table, "B") == [True, False, False, False]
    assert duties_of(table, "C") == duties_of(table, "D") == [True, True, False, False]
    assert duties_of(table, "E") == [True, True, True, True]


def test_those_that_transferred_count_together_and_the_others_do_not():
    """A 6 000 + B 4 100 = 10 100, above 10 000, although neither is above 10 000 alone; C, who kept it, has 900.

    With C it would be 11 000, with A alone 6 000.
    """
    table = authorities(answers(("A", 1, 6000), ("B", 1, 4100), ("C", 0, 900)), "T", THRESHOLDS)
    whole = table.set_index("territory").loc["T"]
    assert whole["low"] == whole["high"] == 10100
    assert duties_of(table, "T") == [True, True, True, True]
    assert duties_of(table, "A") == [False, False, False, False]  # the EPCI is their authority
    assert duties_of(table, "C") == [True, False, False, False]


def test_an_epci_to_which_nothing_was_transferred_is_no_authority():
    table = authorities(answers(("A", 0, 6000), ("B", 0, 5000)), "T", THRESHOLDS)
    assert duties_of(table, "T") == [False, False, False, False]
    assert not table["authority"].iloc[-1]


def test_a_missing_answer_is_not_filled():
    """A 3 500 transferred, B 600 did not answer: from 3 500 to 4 100, so the four missions (above 3 500) are not known.

    The plan is known: 4 100 is not above 10 000. With C (9 000) silent instead, from 3 000 to 12 000: not known either.
    """
    table = authorities(answers(("A", 1, 3500), ("B", NAN, 600)), "T", THRESHOLDS)
    whole = table.set_index("territory").loc["T"]
    assert (whole["low"], whole["high"]) == (3500, 4100)
    assert duties_of(table, "T") == [True, None, False, False]
    assert pd.isna(table["authority"].iloc[1]) and duties_of(table, "B")[0] is None
    table = authorities(answers(("A", 1, 3000), ("C", NAN, 9000)), "T", THRESHOLDS)
    assert duties_of(table, "T") == [True, None, None, None]


def test_an_unknown_population_is_not_zero():
    """B transferred and its inhabitants are unknown: at least the 3 600 of A, above 3 500; no upper bound.

    C kept it: the two first missions fall on it whatever its size, the others are not known.
    """
    table = authorities(answers(("A", 1, 3600), ("B", 1, NAN), ("C", 0, NAN)), "T", THRESHOLDS)
    whole = table.set_index("territory").loc["T"]
    assert whole["low"] == 3600 and whole["high"] == float("inf")
    assert duties_of(table, "T") == [True, True, None, None]
    assert duties_of(table, "C") == [True, None, None, None]


def shown(*rows):
    told = answers(*[row[:3] for row in rows]).assign(name=[row[0] for row in rows], period="2025", census="2022")
    thresholds = read_thresholds(data_root().reference / "seuils.yml")
    html = childcare.authority(told, authorities(told, "T", thresholds), "CC de T", thresholds, "Relevé.").html
    return html, {line[0]: line[1:] for line in rows_of(html)}


def test_the_table_and_the_sentence():
    html, table = shown(("A", 1, 6000), ("B", 1, 4100), ("C", 0, 900), ("D", NAN, 50))
    assert table["A"] == ["transférée", "–", "–", "–", "–"]
    assert table["C"] == ["conservée", "900", "recenser et informer", "non", "non"]
    assert table["D"] == ["nd"] * 5
    assert table["CC de T"] == ["reçue", "au moins 10\u202f100", "les quatre", "oui", "oui"]
    assert "Schéma pluriannuel, depuis le 01/01/2025" in html and "Relais petite enfance, depuis le 01/01/2026" in html
    text = texts.typography(
        "D'après le relevé de 2025, 2 des 4 communes ont transféré l'accueil du jeune enfant à l'intercommunalité."
    )
    assert text in html.replace("&#39;", "'")
    assert texts.typography("Sans réponse : D.") in html


def test_an_epci_that_received_nothing():
    html, table = shown(("A", 0, 900), ("B", 0, 4000))
    assert table["CC de T"] == ["–"] * 5
    assert table["B"] == ["conservée", "4\u202f000", "les quatre", "non", "non"]
    assert "aucune des 2 communes ne dit avoir transféré" in html and "Sans réponse" not in html


def by_size(*rows, total=True):
    """Return the piece of communes of which nobody knows who transferred, and the cells of its table by line."""
    people = pd.DataFrame(rows, columns=["territory", "population"]).assign(census="2023", total=total)
    thresholds = read_thresholds(data_root().reference / "seuils.yml")
    duties = by_population(people, "T", thresholds)
    html = childcare.population_duties(
        people.assign(name=people["territory"]), duties, "CC de T", thresholds, "Insee."
    ).html
    return html.replace("&#39;", "’"), {line[0]: line[1:] for line in rows_of(html)}


def test_population_alone_tells_which_commune_passes_which_threshold():
    """B, 3 501, passes 3 500 and A, 3 500, does not; D passes 10 000. All: 3 500 + 3 501 + 120 + 10 001 = 17 122."""
    html, table = by_size(("A", 3500), ("B", 3501), ("C", 120), ("D", 10001))
    assert list(table)[1:] == ["D", "B", "Chacune des 2 autres communes", "CC de T, si toutes transfèrent"]
    assert table["D"] == ["10\u202f001", "les quatre", "oui", "oui"]
    assert table["B"] == ["3\u202f501", "les quatre", "non", "non"]
    assert table["Chacune des 2 autres communes"] == ["120 à 3\u202f500", "recenser et informer", "non", "non"]
    assert table["CC de T, si toutes transfèrent"] == ["17\u202f122", "les quatre", "oui", "oui"]
    text = (
        "de 2023, 2 des 4 communes ont plus de 3 500 habitants, dont une plus de 10 000. Tant qu'une commune garde la "
        "compétence, la loi lui demande de recenser et d'informer ; au-dessus de 3 500 habitants, les quatre missions."
    )
    assert texts.typography(text) in html
    assert (
        texts.typography("2 des 3 communes ont plus de 3 500 habitants, et même plus de 10 000")
        in by_size(("A", 10001), ("B", 10001), ("C", 120))[0]
    )
    close = "Tout près d'un seuil, qu'un autre recensement peut faire passer : A, B et D."
    assert texts.typography(close) in html


def test_small_communes_alone_are_asked_less_than_all_together():
    """3 325 is 5 % below 3 500 and near it; 3 324 is told as it is. 3 325 + 3 324 = 6 649: the four missions."""
    html, table = by_size(("A", 3325), ("B", 3324))
    assert table["Chacune des 2 communes"] == ["3\u202f324 à 3\u202f325", "recenser et informer", "non", "non"]
    assert table["CC de T, si toutes transfèrent"] == ["6\u202f649", "les quatre", "non", "non"]
    assert texts.typography("aucune des 2 communes n'a plus de 3 500 habitants") in html
    assert texts.typography("faire passer : A.") in html


def test_a_municipal_population_near_a_threshold_does_not_tell_that_the_law_asks_nothing():
    """The law counts the population totale: 3 325 and 9 928 municipal inhabitants, within 5 %, may pass; 3 324 not.

    3 325 + 3 324 + 3 279 = 9 928: the plan is to be verified, the four missions are certain.
    """
    html, table = by_size(("A", 3325), ("B", 3324), ("C", 3279), total=False)
    assert table["A"] == ["3\u202f325", "à vérifier sur la population totale", "non", "non"]
    assert table["Chacune des 2 autres communes"][1:] == ["recenser et informer", "non", "non"]
    unsure = ["à vérifier sur la population totale"] * 2
    assert table["CC de T, si toutes transfèrent"] == ["9\u202f928", "les quatre", *unsure]
    assert texts.typography("D'après la population municipale, recensement de 2023,") in html
    whole = authorities(answers(("A", 1, 9928), total=False), "T", THRESHOLDS)
    assert duties_of(whole, "T") == [True, True, None, None]
    assert duties_of(authorities(answers(("A", 1, 10142)), "T", THRESHOLDS), "T") == [True] * 4


def test_an_unknown_population_passes_no_threshold_and_fails_none():
    html, table = by_size(("A", NAN), ("B", 4000))
    assert table["A"] == ["nd"] * 4 and table["CC de T, si toutes transfèrent"] == [
        "au moins 4\u202f000",
        "les quatre",
        "nd",
        "nd",
    ]
    assert texts.typography("une des 2 communes a plus de 3 500 habitants.") in html


def test_communes_over_each_threshold_in_france(france):
    """As many as the file has by their population totale; Mayotte is among them, the collectivities are not."""
    listed = pd.read_parquet(france.raw / "etalab_decoupage/communes_2026.parquet")
    listed = listed[listed["type"].eq("commune-actuelle") & listed["zone"].ne("com")]
    places = pd.read_parquet(france.processed / "territories.parquet")
    places = places[places["level"].eq("commune") & places["zone"].ne("com")]
    assert set(places.loc[places["departement"].ne("976"), "total_census"].dropna()) == {"2022"}
    people = places.rename(columns={"code": "territory"}).assign(population=places["total_population"], total=True)
    duties = by_population(people, "F", read_thresholds(france.reference / "seuils.yml")).iloc[:-1]
    counts = [int(duties[duty].fillna(False).sum()) for duty in (FOUR, PLAN)]
    sizes = listed["population_totale_epci"]
    assert counts == [int(sizes.gt(3500).sum()), int(sizes.gt(10000).sum())] == OVER


def test_the_epcis_that_only_their_population_totale_brings_over_10_000(france):
    """8 EPCIs: at most 10 000 municipal inhabitants in 2023, more than 10 000 in all in 2022, as their file says."""
    listed = pd.read_parquet(france.raw / "etalab_decoupage/epci_2026.parquet").set_index("code")
    communes = pd.read_parquet(france.raw / "etalab_decoupage/communes_2026.parquet")
    communes = communes[communes["type"].eq("commune-actuelle")]
    places = pd.read_parquet(france.processed / "territories.parquet").dropna(subset=["epci"])
    total = places[places["level"].eq("commune")].groupby("epci")["total_population"].sum()
    assert total.sort_index().eq(listed["population_totale"].sort_index()).all()
    municipal = communes.groupby("epci")["population_municipale"].sum().reindex(total.index)
    assert (total.gt(10000) & municipal.le(10000)).sum() == 8 and total["200067171"] == 10142


def test_a_territory_without_answers_is_told_what_its_population_asks_and_has_the_box(france):
    """The 21 communes of Aubrac, Carladez et Viadène, 10 142 inhabitants in all in 2022, 9 928 of them municipal."""
    html = open_chapter("200067171").childcare_authority().html
    assert texts.typography("aucune des 21 communes n'a plus de 3 500 habitants") in html.replace("&#39;", "’")
    assert {line[0]: line[1:] for line in rows_of(html)}["CC Aubrac, Carladez et Viadène, si toutes transfèrent"] == [
        "10\u202f142", "les quatre", "oui", "oui"
    ]  # fmt: skip
    assert texts.typography("population totale, recensement de 2022") in html
    assert texts.typography("faire passer : CC Aubrac, Carladez et Viadène, si toutes transfèrent.") in html
    assert "unavailable" in html and "enquete_locale_petite_enfance" in html
