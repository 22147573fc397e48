"""The synthèse and the sheets of the communes: scenarios 7 and 8 of the field."""

import re

import pandas as pd
import pytest

from ctg_analysis import summaries, synthesis
from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import open_chapter
from ctg_analysis.display import glossary, spine, texts
from ctg_analysis.display.texts import SIGNS
from ctg_analysis.model import OK, Ratio
from ctg_analysis.settings import DEFAULT_EPCI, EXAMPLE_EPCI

NAN = float("nan")
ACRONYM = r"\b[A-ZÉ]{2,}[A-Za-zé]*\b|\b(?:Caf|Cnaf|Dares|Ulis|Filosofi)\b"


def rows_of(*rows):
    """Return a table as comparisons.tested gives it, with these columns."""
    return pd.DataFrame(rows, columns=["indicator", "level", "value", "p"]).assign(status=OK)


def test_gaps_come_by_direction_then_by_size_and_to_the_first_place_that_a_test_allows():
    table = rows_of(
        ("fibre_premises_share", "epci", 90.0, NAN), ("fibre_premises_share", "departement", 80.0, 0.001),
        ("households_without_car_share", "epci", 4.0, NAN), ("households_without_car_share", "departement", 8.0, NAN),
        ("households_without_car_share", "france", 16.0, 0.001),
        ("workers_outside_commune_share", "epci", 60.0, NAN), ("workers_outside_commune_share", "region", 50.0, 0.2),
    )  # fmt: skip
    names = ["fibre_premises_share", "households_without_car_share", "workers_outside_commune_share"]
    gaps = synthesis.tested_gaps(table, [CATALOGUE[name] for name in names])
    assert list(gaps["indicator"]) == names  # the only one with a direction, then 4 to 16, then 60 to 50
    assert gaps["size"].tolist() == pytest.approx([0.1178, 1.3863, 0.1823], abs=1e-4)
    assert list(gaps["level"]) == ["departement", "france", "region"]


def test_what_is_nil_or_unknown_here_makes_no_message():
    table = rows_of(
        ("schools_count", "epci", 0.0, NAN), ("schools_count", "france", 5.0, NAN), ("pupils_count", "epci", 3.0, NAN)
    )
    table.loc[len(table)] = ["classes_count", "epci", NAN, NAN, "nd"]
    assert synthesis.places_known(table) == {"pupils_count": 1}


@pytest.mark.parametrize("epci", [DEFAULT_EPCI, EXAMPLE_EPCI])
def test_scenario_7_at_most_ten_messages_each_a_number_tested_words_and_a_proof(epci, france, example):
    chapter = open_chapter(epci)
    said = summaries.messages(chapter.seen)
    assert 5 <= len(said) <= synthesis.MOST and len({one.page for one in said}) == len(said)
    for message in said:
        rows = chapter.seen.compared(CATALOGUE[message.anchor], with_peers=False)
        assert rows["text"].iloc[0] in message.sentence
        if "plus" in message.comparison:
            assert rows.loc[rows["word"].notna(), "p"].min() < 0.05
        assert "Source" in message.source and message.anchor in CATALOGUE
    html = chapter.messages().html + chapter.meanings().html
    outside = " ".join(
        re.findall(r">([^<]+)<", re.sub(r"<svg.*?</svg>|<button.*?</button>", "", html, flags=re.DOTALL))
    )
    unknown = set(re.findall(ACRONYM, outside)) - set(glossary.terms()) - {"II"}
    assert not unknown
    opened, meant = (
        set(re.findall(r'popovertarget="([^"]+)"', html)),
        set(re.findall(r'popover class="meaning" id="([^"]+)"', html)),
    )
    assert opened and opened == meant


def test_every_acronym_of_the_catalogue_is_in_the_glossary():
    said = " ".join(
        f"{one.label} {one.reading} {one.definition} {one.caveats} {one.unit}" for one in CATALOGUE.values()
    )
    assert not set(re.findall(ACRONYM, said)) - set(glossary.terms())


def test_a_term_opens_where_it_stands_and_hostile_words_stay_words():
    html = str(glossary.opened("La Caf et <b>Cafétéria</b>"))
    assert html.count("<button") == 1 and "&lt;b&gt;Cafétéria" in html


def test_the_overview_marks_what_tests_say_without_colours():
    columns = ["label", "own_text", "reference_text", "gap", "low", "high", "word"]
    lines = [("A", "1", "2", 0.1, NAN, NAN, None), ("B", "1", "2", 0.1, -0.1, 0.2, "proche de")]
    lines += [("C", "1", "2", 0.1, NAN, NAN, "plus élevée que"), ("D", "1", "2", -0.9, NAN, NAN, "plus faible que")]
    drawing = spine.spine(pd.DataFrame(lines, columns=columns), "France", "ici")
    assert drawing.count("<circle") == 1 and drawing.count('width="8"') == 1
    up, down = re.findall(r'd="M[\d.]+ ([\d.]+)h11L[\d.]+ ([\d.]+)z"', drawing)
    assert float(up[1]) < float(up[0]) and float(down[1]) > float(down[0])
    assert "‹" in drawing  # a gap beyond the edge says so


def test_scenario_8_the_sheet_of_a_small_commune_is_honest(example):
    """Hautefictive has 92 inhabitants: counts, no percentage on fewer than 20, no weak share, no rank."""
    chapter = open_chapter(EXAMPLE_EPCI)
    names = ["population_count", "secondary_dwellings_share", "activity_15_64_rate", "active_childminders_count"]
    names += [one.id for one in CATALOGUE.values() if "commune" in one.levels and isinstance(one.value, Ratio)]
    html = chapter.communes(*dict.fromkeys(names)).html
    sheets = dict(re.findall(r'<section class="sheet" id="commune-(\d{5})">(.*?)</section>', html, flags=re.DOTALL))
    assert sorted(sheets) == sorted(chapter.seen.communes["code"])
    assert not re.search(r"\brang\b|classement|\b\d+e sur\b", html)
    smallest = chapter.seen.communes.set_index("code").index[chapter.seen.communes["name"].eq("Hautefictive")][0]
    rows = chapter.observations
    rows = rows[rows["territory"].eq(smallest) & rows["indicator"].isin(names) & rows["status"].eq(OK)]
    shares = {one.id for one in CATALOGUE.values() if isinstance(one.value, Ratio) and one.value.bounded}
    few = rows[rows["denominator"].lt(texts.SMALLEST_BASE) & rows["indicator"].isin(shares)]
    few = few.sort_values("period").drop_duplicates("indicator", keep="last")
    cells = dict(re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', sheets[smallest]))
    assert len(few) and not all(texts.is_weak(row) for row in few.itertuples())
    for row in few.itertuples():
        expected = texts.WEAK if texts.is_weak(row) else f"{row.numerator:.0f} sur {row.denominator:.0f}"
        assert cells[texts.typography(CATALOGUE[row.indicator].label)] == expected
    signs = {text for sheet in sheets.values() for text in re.findall(r"<td>([^<]+)</td>", sheet)}
    assert SIGNS["secret"] in signs
