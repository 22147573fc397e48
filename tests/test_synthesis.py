"""The synthèse and the sheets of the communes: scenarios 7 and 8 of the field."""

import re
from html import unescape

import pandas as pd
import pytest

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import open_chapter, summaries, synthesis
from ctg_analysis.core.model import OK, Count, Mean, Ratio
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.display.drawings import spine
from ctg_analysis.display.pieces.sheets import meanings
from ctg_analysis.display.words import glossary, sentences, texts
from ctg_analysis.display.words.texts import SIGNS

NAN = float("nan")
NOT_ACRONYMS = {"II", "III", "LISEZMOI", "HABITANTS", "GT", "ED", "EJ", "FI", "PE", "VD"}  # numerals, a file, names
ACRONYM = r"\b[A-ZÉ]{2,}[A-Za-zé]*\b|\b(?:Caf|Cnaf|Dares|Insee|Paje|Ulis|Filosofi)\b"


def rows_of(*rows):
    """Return a table as comparisons.tested gives it, with these columns."""
    return pd.DataFrame(rows, columns=["indicator", "level", "value", "p"]).assign(status=OK, matters=True)


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
    table.loc[len(table)] = ["classes_count", "epci", NAN, NAN, "nd", False]
    assert synthesis.places_known(table) == {"pupils_count": 1}


class Seen:
    """A territory of three communes as synthesis reads it: values here, in France, by commune, over the years."""

    def __init__(self, *rows):
        columns = ["indicator", "level", "period", "value", "p", "low", "high", "denominator"]
        table = pd.DataFrame(rows, columns=columns).assign(status=OK, source="depp_ecoles", quality=1, matters=True)
        self.table = table.assign(numerator=NAN)
        local, last = self.table["level"].eq("commune"), self.table["period"].eq("2024")
        self.tested = self.table[~local & last]

    def compared(self, one, *, with_peers=True):
        return self.tested[self.tested["indicator"].eq(one.id)]

    def tested_among(self, indicators):
        return self.tested[self.tested["indicator"].isin([one.id for one in indicators])]

    def own(self, one):
        return self.table[self.table["indicator"].eq(one.id) & self.table["level"].eq("epci")].sort_values("period")

    def data(self, one):
        return self.table[self.table["indicator"].eq(one.id)]


def row(name, level, value, *, period="2024", p=NAN, low=NAN, high=NAN, denominator=5000):
    return (name, level, period, value, p, low, high, denominator)


def over_years(name, *values):
    periods = [str(2025 - len(values) + rank) for rank in range(len(values))]
    return [row(name, "epci", value, period=when) for when, value in zip(periods, values, strict=True)]


def kinds(*rows):
    return [(one.indicator.id, one.kind) for one in synthesis.messages(Seen(*rows))]


def test_a_number_of_things_is_never_set_beside_that_of_a_larger_place():
    here, beyond = row("social_centres_count", "epci", 1), row("social_centres_count", "france", 36, p=0.0001)
    assert kinds(here, beyond) == []
    rate = [row("leisure_centre_near_share", "epci", 50.0), row("leisure_centre_near_share", "france", 60.0)]
    assert kinds(here, beyond, *rate) == [("leisure_centre_near_share", synthesis.LEVEL)]


def test_a_gap_comes_before_a_level_a_change_and_communes_and_only_where_it_is_notable():
    def theme(p):
        share = [row("fibre_premises_share", "epci", 80.0), row("fibre_premises_share", "departement", 90.0, p=p)]
        time = [row("school_time", "epci", 4.0), row("school_time", "departement", 3.0)]
        return kinds(*time, *over_years("france_services_count", *FALLING), *share)

    assert theme(0.001) == [("fibre_premises_share", synthesis.GAP)]
    assert [kind for _, kind in theme(0.2)] == [synthesis.LEVEL]


FALLING = tuple(round(400 * 0.96**year) for year in range(10))
NOISY = (209, 153, 188, 188, 204, 175, 172, 190, 199, 174, 177, 175, 207, 190, 190, 194, 181, 166)


@pytest.mark.parametrize(
    "values, told",
    [(FALLING, True), (FALLING[:7], True), (FALLING[:5], False), (NOISY, False), ((30, 35, 40), False),
     ((400, 401, 402, 403, 404, 405, 406, 407), False), ((0, *FALLING), False),
     ((*FALLING[::-1], *FALLING[:3]), False)],
)  # fmt: skip
def test_a_change_is_a_trend_that_its_years_establish_and_large(values, told):
    """Too few years, ends far apart by chance, two points, less than a tenth, from nothing, just turned."""
    assert (kinds(*over_years("schools_count", *values)) == [("schools_count", synthesis.CHANGE)]) == told


def test_a_gap_is_notable_among_all_those_that_were_tested():
    """Benjamini and Hochberg: 0.04 is notable alone, and no more beside a test that finds nothing."""
    share = [row("fibre_premises_share", "epci", 80.0), row("fibre_premises_share", "departement", 90.0, p=0.04)]
    cars = [
        row("households_without_car_share", "epci", 8.0),
        row("households_without_car_share", "departement", 8.1, p=0.9),
    ]
    assert ("fibre_premises_share", synthesis.GAP) in kinds(*share)
    assert synthesis.GAP not in [kind for _, kind in kinds(*share, *cars)]


def test_a_gap_that_is_small_or_was_the_other_way_round_is_no_message():
    share = [row("fibre_premises_share", "epci", 80.0), row("fibre_premises_share", "departement", 90.0, p=0.001)]
    seen = Seen(*share)
    assert [one.kind for one in synthesis.messages(seen)] == [synthesis.GAP]
    seen.tested = seen.tested.assign(matters=False)
    assert synthesis.GAP not in [one.kind for one in synthesis.messages(seen)]


@pytest.mark.parametrize("values, told", [((0, 2, 1), True), ((0, 0, 0), False), ((1, 2, 1), False), ((0, 3), False)])
def test_communes_are_told_of_where_some_have_it_and_others_not(values, told):
    rows = [row("schools_count", "commune", value) for value in values]
    found = kinds(row("schools_count", "epci", sum(values) or 1), *rows)
    assert found == ([("schools_count", synthesis.COMMUNES)] if told else [])
    seen = Seen(row("schools_count", "epci", 3), *rows)
    seen.table.loc[seen.table.index[-1], "status"] = "nd"
    assert not len(synthesis.communes_concerned(seen, CATALOGUE["schools_count"]))


def figures(text: str) -> set[str]:
    """Return the numbers of a text, without its years."""
    return {one for one in re.findall(r"\d[\d,\u202f]*", text) if not re.fullmatch(r"20\d\d,?", one)}


@pytest.mark.parametrize("epci", [DEFAULT_EPCI, EXAMPLE_EPCI])
def test_scenario_7_at_most_ten_messages_each_a_number_a_comparison_a_chart_and_a_proof(epci, france, example):
    chapter = open_chapter(epci)
    said = summaries.messages(chapter.territory)
    assert 5 <= len(said) <= synthesis.MOST and len({one.page for one in said}) == len(said)
    for message in said:
        one = CATALOGUE[message.anchor]
        rows = chapter.territory.compared(one, with_peers=False)
        numbers = [*rows["text"].iloc[:1], *chapter.territory.own(one)["text"].iloc[-1:]]
        assert any(text in message.sentence for text in numbers)
        alternative = unescape(re.search(r'^<svg role="img" aria-label="([^"]+)"', message.drawing)[1])
        assert alternative.startswith(texts.typography(one.label)) and not re.search(
            r"(?<!\d)[01] communes", alternative
        )
        assert message.comparison and figures(alternative) & figures(message.sentence + message.comparison)
        if "plus" in message.comparison:
            assert rows.loc[rows["word"].notna(), "p"].min() < 0.05
        if isinstance(one.value, Count | Mean):
            told = (message.comparison + message.drawing).replace(texts.typography(one.label), "")  # France services
            assert not any(name in told for name in rows["name"].iloc[1:])
        assert "Source" in message.source.text
    plain = re.sub(r"<[^>]+>", " ", chapter.messages().html + meanings([chapter.messages().html]).html)
    assert not re.search(r"euclid|centrées|écart-type|Benjamini|Poisson", plain)
    assert not re.search(r"(?<![\d,\u202f])[01] (?:lieux|\w{3,}s|\w+aux)\b", plain)


@pytest.mark.slow
def test_every_acronym_of_a_chapter_opens_on_its_meaning(shipped, france):
    """In the text of each chapter, what folds, drawings and links apart; names of EPCIs, such as CINOR, are names."""
    places = pd.read_parquet(france.processed / "territories.parquet")
    named = re.findall(ACRONYM, "\n".join(places.loc[places["level"].eq("epci"), "name"]))
    not_acronyms = NOT_ACRONYMS | (set(named) - set(glossary.terms()))
    for path in sorted(shipped.glob("[0-9]*/[01]*.html")):
        html = path.read_text(encoding="utf-8")
        opened = set(re.findall(r'popovertarget="([^"]+)"', html))
        meant = re.findall(r'<div popover class="meaning" id="([^"]+)" role="note">', html)
        assert sorted(opened) == sorted(meant), path
        body = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
        body = re.sub(r"<(svg|pre|code|details|dt|h1|a)\b.*?</\1>", "", body, flags=re.DOTALL)
        body = re.sub(r"\b(C[ACU])\W[A-Z]{2,}\b", r"\1", body)  # « CA CAP Excellence » is a name
        used = set(re.findall(ACRONYM, unescape(re.sub(r"<[^>]+>", "\n", body))))
        assert not used - set(glossary.terms()) - not_acronyms, path
        assert {glossary.name_of(term) for term in used - not_acronyms} <= opened, path
    table = (shipped / EXAMPLE_EPCI / "13_bilan.html").read_text(encoding="utf-8")
    assert re.search(r">Équipements et services<.*?>MAM</button>", table, re.DOTALL)


def test_every_acronym_of_the_catalogue_is_in_the_glossary():
    said = " ".join(
        f"{one.label} {one.reading} {one.definition} {one.caveats} {one.unit}" for one in CATALOGUE.values()
    )
    assert not set(re.findall(ACRONYM, said)) - set(glossary.terms())


def test_a_term_opens_at_its_first_use_under_each_heading():
    body = "<h2 id='EAJE'>La Caf</h2><p>Caf, Cafétéria</p><h3>Caf</h3><p title='MSA'>Caf</p>"
    html = glossary.with_meanings(body)
    assert html.count("<button") == 2 == html.count('popovertarget="terme-Caf"') and html.count("<div popover") == 1
    assert html.startswith("<h2 id='EAJE'>La <button") and "<p>Caf, Cafétéria</p>" in html and "title='MSA'" in html
    assert glossary.terms_in(["Ulis, ULIS, RSA"]) == glossary.terms_in(["ULIS, RSA, Ulis"]) == ["RSA", "ULIS", "Ulis"]
    html = glossary.with_meanings("<p>l’AEEH (PMI), la Caf</p>")
    assert [re.sub("<[^>]+>", "", one) for one in re.findall(r'unbroken">(.*?)</span>', html)] == ["’AEEH", "(PMI),"]
    assert glossary.with_meanings("Caf (").startswith("<button")


@pytest.mark.parametrize("tag", ["svg", "details", "pre", "code", "a", "button", "dt", "h1"])
def test_a_term_is_left_alone_in_what_is_drawn_folded_or_a_link(tag):
    body = f"<{tag} class='x'><b>Caf</b></{tag}>"
    assert glossary.with_meanings(body) == body and "<button" in glossary.with_meanings(body + "<p>Caf</p>")


def test_a_term_of_the_sources_opens_once_in_a_page():
    source = '<p class="source">Source : Caf.</p>'
    html = glossary.with_meanings(f"<h2>Un</h2>{source}<p>La Caf.</p><h2>Deux</h2>{source}<p>La Caf.</p>{source}")
    assert html.count('popovertarget="terme-Caf"') == 2
    second = html.partition("Deux")[2].partition("<div popover")[0]
    assert second.count("<button") == 1 and second.index("<p>La ") < second.index("<button")


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
    assert sorted(sheets) == sorted(chapter.territory.communes["code"])
    assert not re.search(r"\brang\b|classement|\b\d+e sur\b", html)
    for sheet in sheets.values():
        lead, alternative = re.search(
            r'class="reading">(.*?)</p>.*?<svg role="img" aria-label="([^"]+)"', sheet, re.DOTALL
        ).groups()
        assert alternative.startswith("Population\u00a0: ") and figures(alternative) & figures(lead)
    smallest = chapter.territory.communes.set_index("code").index[
        chapter.territory.communes["name"].eq("Hautefictive")
    ][0]
    rows = chapter.observations
    rows = rows[rows["territory"].eq(smallest) & rows["indicator"].isin(names) & rows["status"].eq(OK)]
    shares = {one.id for one in CATALOGUE.values() if isinstance(one.value, Ratio) and one.value.bounded}
    few = rows[rows["denominator"].lt(sentences.SMALLEST_BASE) & rows["indicator"].isin(shares)]
    few = few.sort_values("period").drop_duplicates("indicator", keep="last")
    cells = dict(re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', sheets[smallest]))
    assert len(few) and not all(sentences.is_weak(row) for row in few.itertuples())
    for row in few.itertuples():
        expected = texts.WEAK if sentences.is_weak(row) else f"{row.numerator:.0f} sur {row.denominator:.0f}"
        told, *estimate = cells[texts.typography(CATALOGUE[row.indicator].label)].split("\u202f; ")
        assert told == expected and all(text.startswith("estimation lissée") for text in estimate)
    signs = {text for sheet in sheets.values() for text in re.findall(r"<td>([^<]+)</td>", sheet)}
    assert SIGNS["secret"] in signs
