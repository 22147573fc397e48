"""The synthèse and the sheets of the communes: scenarios 7 and 8 of the field."""

import re
from html import unescape

import pandas as pd
import pytest
from lxml.etree import strip_elements
from lxml.html import fromstring, tostring
from pptx import Presentation

from ctg_analysis.chapter import synthesis
from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.known import on_map
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.demarche.consistency import of_synthesis
from ctg_analysis.demarche.declared_tables import PUBLIC, columns_of, restored
from ctg_analysis.demarche.table_files import read_table
from ctg_analysis.display import notes, sentences, texts
from ctg_analysis.display.markup import for_readers
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.findings import ALERT, BESIDE, EXTREME, FAR, MOVING, SHORT, STRENGTH, TRAIT, sides
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Ratio
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, data_root
from ctg_analysis.publish import documents

NOT_ACRONYMS = {"II", "III", "LISEZMOI", "HABITANTS", "GT", "ED", "EJ", "FI", "PE", "VD"}  # numerals, a file, names
ACRONYM = r"\b[A-ZÉ]{2,}[A-Za-zé]*\b|\b(?:Caf|Cnaf|Dares|Insee|Paje|Ulis|Filosofi)\b"


NURSERIES, ALL, JOBS = "childcare_coverage_eaje_rate", "childcare_coverage_rate", "unemployment_15_64_rate"
DOCTORS, WITHOUT = "general_practitioner_accessibility_index", "adults_without_doctor_rate"
ENTRANCES = "level_entrance_share"


@pytest.mark.parametrize(
    ("indicator", "found", "france", "side"),
    [
        (NURSERIES, {"why": FAR, "higher": False}, {NURSERIES: False}, ALERT),
        (NURSERIES, {"why": FAR, "higher": True}, {NURSERIES: True, ALL: True}, STRENGTH),
        (NURSERIES, {"why": FAR, "higher": True}, {NURSERIES: True, ALL: False}, ""),  # the whole contradicts it
        (JOBS, {"why": EXTREME, "tenth": 1, "level": ""}, {}, ALERT),  # whatever the peers and France
        (JOBS, {"why": EXTREME, "tenth": -1, "level": ""}, {JOBS: False}, STRENGTH),
        (JOBS, {"why": MOVING, "move": 1, "level": ""}, {}, ALERT),
        (JOBS, {"why": FAR, "higher": False, "move": 1}, {JOBS: False}, ALERT),  # low, and rising
        (JOBS, {"why": BESIDE, "higher": False, "level": "peers"}, {}, ""),
        (DOCTORS, {"why": SHORT, "level": "", "under": 0.3}, {DOCTORS: False}, ALERT),
        (DOCTORS, {"why": FAR, "higher": True}, {DOCTORS: True}, STRENGTH),
        (DOCTORS, {"why": FAR, "higher": True}, {DOCTORS: True, WITHOUT: False}, STRENGTH),
        (DOCTORS, {"why": FAR, "higher": True}, {DOCTORS: True, WITHOUT: True}, ""),  # near, and of fewer people
        (WITHOUT, {"why": FAR, "higher": True}, {DOCTORS: True, WITHOUT: True}, ALERT),
        (DOCTORS, {"why": FAR, "higher": True, "under": 0.09}, {DOCTORS: True}, ""),  # a commune is under the norm
        (DOCTORS, {"why": FAR, "higher": True, "under": 0.34}, {DOCTORS: True}, ALERT),
        (DOCTORS, {"why": BESIDE, "higher": True, "level": "departement"}, {DOCTORS: False}, ""),
        (ENTRANCES, {"why": FAR, "higher": True}, {ENTRANCES: True}, STRENGTH),
        (ENTRANCES, {"why": FAR, "higher": False}, {ENTRANCES: False}, ALERT),
        ("age_65_plus_share", {"why": EXTREME, "tenth": 1}, {"age_65_plus_share": True}, TRAIT),
    ],
)
def test_a_side_needs_a_direction_and_what_france_the_whole_and_the_norm_do_not_contradict(
    indicator, found, france, side
):
    usual = {"indicator": indicator, "level": "france", "higher": True, "tenth": 0, "move": 0, "under": 0.0}
    gaps = pd.DataFrame(
        [(name, "france", higher) for name, higher in france.items()], columns=["indicator", "level", "higher"]
    )
    assert sides(pd.DataFrame([usual | found]), gaps, CATALOGUE).item() == side


@pytest.fixture
def edited(monkeypatch, example):
    """The synthèse of the invented territory, as a team edits it: rows of its sheet."""

    def with_edition(*rows):
        padded = [(*row, *[None] * (5 - len(row))) for row in rows]
        table = restored("synthese", pd.DataFrame(padded, columns=columns_of("synthese"), dtype=object))
        territory = open_chapter(EXAMPLE_EPCI).territory
        of = territory.demarche.table
        monkeypatch.setattr(territory.demarche, "table", lambda name: table if name == "synthese" else of(name))
        return territory

    return with_edition


def test_a_team_reorders_and_rewrites_and_what_it_wrote_is_marked(edited):
    by_rule = synthesis.synthesis(edited())
    last = by_rule.alerts[-1].id
    seen = edited(("alerte", last), ("alerte", "age_65_plus_share"), ("chiffre", "poverty_rate"), PHRASE)
    changed = synthesis.synthesis(seen)
    assert changed.alerts[0].id == last and {*by_rule.alerts} < {*changed.alerts}
    assert changed.alerts[1].id == "age_65_plus_share" and changed.figures[0].id == "poverty_rate"
    assert changed.by_team == {
        "age_65_plus_share"
    }  # an alert that the rule had not; the order alone is no choice of side
    html = synthesis.messages_shown(seen).html
    assert html.count("Phrase de l’équipe") == 1 == html.count("Choix de l’équipe") and "Trop peu de crèches." in html
    assert "16,0" in html  # the figure stays beside the sentence of the team


PHRASE = "phrase", "childcare_coverage_eaje_rate", "Trop peu de crèches."


def test_an_indicator_without_value_here_is_refused_in_one_line(edited):
    said = r"« Synthèse », ou synthese.csv, colonne indicateur : trouvé « gave_up_right_share_of_none »"
    with pytest.raises(UserError, match=said):
        synthesis.synthesis(edited(("atout", "gave_up_right_share_of_none")))


def test_the_team_signs_and_a_signature_older_than_the_data_says_so(edited):
    signed = "signature", None, None, "Comité technique"
    assert (
        "Relu par\u00a0: Comité technique, le 25 novembre 2026." in synthesis.team(edited((*signed, "2026-11-25"))).html
    )
    older = synthesis.team(edited((*signed, "2024-07-05"))).html
    assert "le 5 juillet 2024\u202f; les chiffres sont du 24 novembre 2026, après cette relecture." in older
    assert synthesis.team(edited()).html == ""


def test_what_a_team_writes_wrongly_is_told_by_file_and_line(tmp_path):
    path = tmp_path / "synthese.csv"
    rows = ["place;indicateur;texte;par;le", "atout;poverty_rate;;;", "atout;poverty_rate;;;", "atout;;;;"]
    rows += ["phrase;births_count;Peu.;;", "mot;;;;", "signature;;;Le comité;x"]
    path.write_text("\n".join(rows), encoding="utf-8")
    file = read_table(path, PUBLIC["synthese"])
    told = [str(fault).partition("ligne ")[2] for fault in (*file.findings, *of_synthesis(file))]
    assert told == [
        "3, colonne place, indicateur : trouvé « atout poverty_rate » une seconde fois, attendu une clé qui ne vient "
        "qu'une fois : en donner une autre à cette ligne, ou la supprimer",
        "7, colonne le : trouvé « x », attendu une date, telle que 19/01/2023",
        "4, colonne indicateur : trouvé une case vide, attendu ce qui fait la ligne atout",
        "5, colonne indicateur : trouvé « births_count », attendu un indicateur de data/reference/essentiel.yml",
        "6, colonne texte : trouvé une case vide, attendu ce qui fait la ligne mot",
    ]


def figures(text: str) -> set[str]:
    """Return the numbers of a text, without its years."""
    return {one for one in re.findall(r"\d[\d,\u202f]*", text) if not re.fullmatch(r"20\d\d,?", one)}


def words_of(html):
    return unescape(re.sub(r"<[^>]+>", " ", html))


HELD = {
    DEFAULT_EPCI: {
        "age_65_plus_share": ("qu’en France", "comparables", "parmi les plus élevées"),
        "living_standard_2021_median": ("qu’en France", "comparables"),
        "natural_change_rate": ("en France", "comparables"),
        "unemployment_15_64_rate": ("5,1", "11,7", "9,8"),
    },
    EXAMPLE_EPCI: {"childcare_coverage_eaje_rate": ("16,0", "27,9", "21,9")},
}


@pytest.mark.parametrize("epci", [pytest.param(DEFAULT_EPCI, marks=pytest.mark.nightly), EXAMPLE_EPCI])
def test_scenario_7_what_the_synthese_holds_is_compared_and_proved(epci, france, example):
    chapter = open_chapter(epci)
    said = {message.anchor: message for message in synthesis.messages(chapter.territory)}
    table = chapter.key_figures()
    shown = table.about["indicators"]
    assert len(shown) == synthesis.FIGURES and 3 <= len(said) <= synthesis.IN_ALL
    for name, words in HELD[epci].items():
        assert all(word in said[name].sentence + said[name].comparison for word in words), name
    for message in said.values():
        assert message.comparison and message.source and message.page
    if epci == DEFAULT_EPCI:  # the rate of 2022, which is compared, and that of 2023
        cited = said["unemployment_15_64_rate"].source
        assert "recensement de la population 2023" in cited and "recensement de la population 2022" in cited
    plain = words_of(chapter.messages().html + table.html)
    assert not re.search(r"euclid|centrées|écart-type|Benjamini|Poisson", plain)
    assert not re.search(r"(?<![\d,\u202f])[01] (?:lieux|\w{3,}s|\w+aux)\b", plain)


OF_THE_NIGHT = (EXAMPLE_EPCI, "243500139", "249740119", "200066116")
EPCIS = [DEFAULT_EPCI, *(pytest.param(one, marks=pytest.mark.nightly) for one in OF_THE_NIGHT)]


@pytest.mark.parametrize("epci", EPCIS)
def test_a_title_its_chart_its_map_and_its_words_are_of_one_year(epci, france, example, tmp_path, monkeypatch):
    territory = open_territory(epci, data_root(epci))
    for message in synthesis.messages(territory):
        indicator = CATALOGUE[message.anchor]
        own = territory.compared(indicator).iloc[0]
        assert message.places[0] == (own["name"], own["value"], own["text"])
        sentence = message.comparison if message.by_team == "phrase" else message.sentence
        assert sentence.startswith(sentences.statement(indicator, own).removesuffix(".")), sentence
        assert message.label.count(date_text(own["period"])) == 1
    monkeypatch.setattr(documents, "MAPS_ON_SLIDES", 0)
    documents.write_deck(territory, "2026-11-26", tmp_path / "deck.pptx")
    slides = Presentation(str(tmp_path / "deck.pptx")).slides
    charts = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    for frame, message in zip(charts, synthesis.messages(territory), strict=True):
        plot, (_, value, text) = frame.chart.plots[0], message.places[0]
        decimals = plot._element.xpath(".//c:val//c:formatCode")[0].text.partition(".")[2].count("0")
        assert number(value, decimals) == re.sub(r"[+\s]*%?$|^\+", "", text).replace("\u00a0€", "")
        alternative = frame._element.xpath(".//p:cNvPr/@descr")[0]
        assert not re.search(r"\d\.\d", alternative) and all(text in alternative for *_, text in message.places)
        assert message.label in alternative and frame.chart.chart_title.text_frame.text == message.label
    said = {message.anchor: message.sentence for message in synthesis.messages(territory)}
    for indicator in documents.mapped(territory, 4):
        (period,) = {*on_map(territory, indicator)["period"]}
        assert period == territory.compared(indicator)["period"].iloc[0]
        assert all(year in said.get(indicator.id, period) for year in period.split("-")), said[indicator.id]


@pytest.mark.slow
def test_every_acronym_of_a_chapter_opens_on_its_meaning(shipped, france):
    """In what each chapter tells its readers, folds, drawings and links apart; EPCIs, such as CINOR, are names."""
    places = pd.read_parquet(france.processed / "territories.parquet")
    named = re.findall(ACRONYM, "\n".join(places.loc[places["level"].eq("epci"), "name"]))
    not_acronyms = NOT_ACRONYMS | (set(named) - set(notes.terms()))
    for path in sorted(shipped.glob("[0-9]*/[01]*.html")):
        html = path.read_text(encoding="utf-8")
        opened = set(re.findall(r'popovertarget="([^"]+)"', html))
        meant = re.findall(r'<div popover class="meaning" id="([^"]+)" role="note">', html)
        assert sorted(opened) == sorted(meant), path
        body = for_readers(re.search(r"<main.*?</main>", html, re.DOTALL)[0])
        page = fromstring(body)
        for meaning in page.find_class("meaning"):
            meaning.drop_tree()
        strip_elements(page, "svg", "pre", "code", "details", "dt", "h1", "a", with_tail=False)
        body = tostring(page, encoding="unicode")
        body = re.sub(r"\b(C[ACU])\W[A-Z]{2,}\b", r"\1", body)  # « CA CAP Excellence » is a name
        used = set(re.findall(ACRONYM, unescape(re.sub(r"<[^>]+>", "\n", body))))
        assert not used - set(notes.terms()) - not_acronyms, path
        assert {notes.name_of(term) for term in used - not_acronyms} <= opened, path
    table = (shipped / EXAMPLE_EPCI / "13_bilan.html").read_text(encoding="utf-8")
    assert re.search(r">Équipements et services<.*?>MAM</button>", table, re.DOTALL)


def test_every_acronym_of_the_catalogue_is_in_the_glossary():
    said = " ".join(
        f"{one.label} {one.reading} {one.definition} {one.caveats} {one.unit}" for one in CATALOGUE.values()
    )
    assert not set(re.findall(ACRONYM, said)) - set(notes.terms())


def test_a_term_opens_at_its_first_use_under_each_heading():
    body = '<h2 id="EAJE">La Caf</h2><p>Caf, Cafétéria</p><h3>Caf</h3><p title="MSA">Caf</p>'
    html = notes.with_meanings(body)
    assert html.count("<button") == 2 == html.count('popovertarget="terme-Caf"') and html.count("<div popover") == 1
    assert html.startswith('<h2 id="EAJE">La <button') and "<p>Caf, Cafétéria</p>" in html and 'title="MSA"' in html
    assert notes.terms_in(["Ulis, ULIS, RSA"]) == notes.terms_in(["ULIS, RSA, Ulis"]) == ["RSA", "ULIS", "Ulis"]
    html = notes.with_meanings("<p>l’AEEH (PMI), la Caf</p>")
    assert [re.sub("<[^>]+>", "", one) for one in re.findall(r'unbroken">(.*?)</span>', html)] == ["’AEEH", "(PMI),"]
    assert notes.with_meanings("Caf (").startswith("<button")


@pytest.mark.parametrize("tag", ["svg", "details", "pre", "code", "a", "button", "label", "dt", "h1"])
def test_a_term_is_left_alone_in_what_is_drawn_folded_or_a_link(tag):
    body = f'<{tag} class="x"><b>Caf</b></{tag}>'
    assert notes.with_meanings(body) == body and "<button" in notes.with_meanings(body + "<p>Caf</p>")


def test_scenario_8_the_sheet_of_a_small_commune_is_honest(example):
    """Hautefictive has 92 inhabitants: counts, no percentage on fewer than 20, no weak share, no rank."""
    chapter = open_chapter(EXAMPLE_EPCI)
    names = ["population_count", "secondary_dwellings_share", "activity_15_64_rate", "active_childminders_count"]
    names += [one.id for one in CATALOGUE.values() if "commune" in one.levels and isinstance(one.value, Ratio)]
    html = chapter.communes(*dict.fromkeys(names)).html
    by_commune = dict(re.findall(r'<section class="sheet" id="commune-(\d{5})">(.*?)</section>', html, flags=re.DOTALL))
    assert sorted(by_commune) == sorted(chapter.territory.communes["code"])
    assert not re.search(r"\brang\b|classement|\b\d+e sur\b", html)
    for sheet in by_commune.values():
        lead, alternative = re.search(
            r'class="reading">(.*?)</p>.*?<svg role="img" aria-label="(Population\u00a0: [^"]+)"', sheet, re.DOTALL
        ).groups()
        assert figures(alternative) & figures(lead)
    smallest = chapter.territory.communes.set_index("code").index[
        chapter.territory.communes["name"].eq("Hautefictive")
    ][0]
    rows = chapter.observations
    rows = rows[rows["territory"].eq(smallest) & rows["indicator"].isin(names) & rows["status"].eq(OK)]
    shares = {one.id for one in CATALOGUE.values() if isinstance(one.value, Ratio) and one.value.bounded}
    few = rows[rows["denominator"].lt(sentences.SMALLEST_BASE) & rows["indicator"].isin(shares)]
    few = few.sort_values("period").drop_duplicates("indicator", keep="last")
    cells = dict(re.findall(r'<th scope="row">([^<]+?)(?:, \d{4})?</th><td>([^<]+)</td>', by_commune[smallest]))
    assert len(few) and not all(sentences.is_weak(row) for row in few.itertuples())
    for row in few.itertuples():
        expected = texts.WEAK if sentences.is_weak(row) else f"{row.numerator:.0f} sur {row.denominator:.0f}"
        told, *estimate = cells[texts.typography(CATALOGUE[row.indicator].label)].split("\u202f; ")
        assert told == expected and all(text.startswith("estimation lissée") for text in estimate)
    signs = {text for sheet in by_commune.values() for text in re.findall(r"<td>([^<]+)</td>", sheet)}
    assert any(text.startswith("moins de") for text in signs)
