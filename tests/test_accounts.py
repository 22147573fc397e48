"""The accounts of chapters: French that editors write, filled with facts; faults are told with file and line."""

import json
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from french_text import mechanical
from lxml import html
from test_every_epci import SORTS

from ctg_analysis.chapter import accounts
from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.portrait import story
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.display.markup import SHOWN, Html
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import EXAMPLE_EPCI, data_root

CHAPTERS = [f"{number:02d}" for number in range(1, 11)]
JUDGED = re.compile(  # causes and judgments: an account gives figures, the reader concludes
    r"s'explique|en raison de|grâce à|du fait de|entraîne|ainsi|donc|en effet|cependant|toutefois|par ailleurs|"
    r"alarmant|préoccupant|désert|fracture|souffre|pénalis|bénéficie|dynamique|attracti|vieilliss|force est|on observe"
)
BROKEN = re.compile(r" ,|,,|, \.|\(\)|\{|\}| que en | de le | à le |de Aveyron|\bnan\b|\bNone\b|<bound|  ")
FILE = """faits:
  places: {fact}
recit:
  - "{text}"
"""


HARMFUL = {  # a sentence made to harm, what is told of it
    "{% for a in 'aaaa' %}{% for b in 'aaaa' %}x{% endfor %}{% endfor %}": "une balise d'une autre sorte (For)",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}": "une balise d'une autre sorte (Macro)",
    "{% set x = 'a' %}{{ x }}": "une balise d'une autre sorte (Assign)",
    "{{ '%200000000d' % 1 }}": "une balise d'une autre sorte (Mod)",
    "{{ 9 ** 9 ** 9 }}": "une balise d'une autre sorte (Pow)",
    "{{ 'x' ~ 'x' }}": "une balise d'une autre sorte (Concat)",
    "{{ 'x'['ljust'](200000000) }}": "une balise d'une autre sorte (Getitem)",
    "{{ 'x' | center(200000000) }}": "No filter named 'center'",
    "{{ 'x'.ljust(200000000) }}": "trouvé ljust",
    "{{ range(10) }}": "trouvé range",
    "{{ places.face }}": "avec ses parenthèses",
    "{{ places.annee.valeur }}": "un nom de faits devant le point",
    "{{ places.__class__ }}": "trouvé __class__",
    "{{ " + "(" * 700 + "1" + ")" * 700 + " }}": "des parties dans trop de parties",
    "x" * 1501: "une phrase de 1500 lettres au plus",
}
FAILING = {  # what fails as it is filled
    "{{ places.annee if places.valeur / 0 else '' }}": "une division par zéro",
    "{% if places.valeur / 0 %}x{% endif %}": "une division par zéro",
    "{{ 'x' * 200000000 }}": "le signe * ailleurs qu'entre deux nombres",
    "{{ [places.valeur] }}": "list n'est ni un texte ni un fait",
    "{% if places.annee > 3 %}x{% endif %}": "not supported between",
    "{{ places.plus() }}": "missing 1 required positional argument",
}


def prose(seen, chapter):
    title, paragraphs = accounts.account(seen, chapter)
    asked = html.fromstring(f"<div>{accounts.debate(seen, chapter).html}</div>").itertext()
    return " ".join(" ".join([f"{title}.", *paragraphs, *asked]).split())


def faults(text):
    return [*BROKEN.findall(text), *JUDGED.findall(text), *mechanical(text)]


OF_THE_NIGHT = [pytest.param(one, marks=pytest.mark.nightly) for one in ("243500139", "249740119")]


@pytest.mark.parametrize("epci", [EXAMPLE_EPCI, "200067171", *OF_THE_NIGHT])
def test_an_account_is_french_of_less_than_a_page_with_a_year_and_a_comparator(epci):
    seen = open_chapter(epci).territory
    for chapter in CHAPTERS:
        text, (_, paragraphs) = prose(seen, chapter), accounts.account(seen, chapter)
        assert not faults(text) and 40 <= len(" ".join(paragraphs).split()) <= 200, chapter
        assert re.search(r"\b20[12]\d\b", text) and re.search(r"(qu|que|comme|avec)\W", text), chapter


def test_the_first_screen_shows_what_its_title_tells():
    """« Moins de logements sociaux : 3,3 » stood over three other figures; what a title tells already keeps them."""
    three = ["population_change_rate", "age_65_plus_share", "age_0_19_share"]
    seen = open_chapter(EXAMPLE_EPCI).territory
    names = [*three, "natural_change_rate"]
    for chapter, title, shown in (
        ("02", "logements sociaux", [*three[:2], "social_dwellings_rate"]),
        ("09", "clubs sportifs", [*three[:2], "sports_clubs_rate"]),
    ):
        assert title in accounts.account(seen, chapter)[0]
        assert accounts.first_screen(seen, chapter, names, Html("")).about[SHOWN] == shown
    told = ["sports_clubs_rate", *three]
    assert accounts.first_screen(seen, "09", told, Html("")).about[SHOWN] == ["sports_clubs_rate", *three[:2]]


def test_a_rate_is_said_for_as_many_as_it_is_of():
    """« 2,7 pour 1 000 » of what is for 100 would be a false figure: the template says the number that is declared."""
    for written, text in ((one, text) for one in map(accounts.read_account, CHAPTERS) for text in one.recit):
        for short, per in re.findall(r"\{\{ (\w+) \}\}[^{]*? pour (1[  ]000|100 000|100)\b", text):
            assert f"pour {per} " in CATALOGUE[written.faits[short]].unit.replace("\u202f", " "), text


@pytest.mark.parametrize(
    "fact, text, told",
    [
        ("childcare_coverage_rates", "{{ places }} places.", ("2", "childcare_coverage_rates")),
        ("childcare_coverage_rate", "{{ creches }} places.", ("4", "creches")),
        ("childcare_coverage_rate", "{% if places %}places.", ("4", "recit, phrase 1")),
        ("childcare_coverage_rate", "{{ places.inconnu }} places.", ("4", "inconnu")),
        *(("childcare_coverage_rate", text, ("4", told)) for text, told in HARMFUL.items()),
    ],
)
def test_what_is_wrong_with_a_sentence_is_told_with_its_file_and_line(fact, text, told, tmp_path, monkeypatch):
    folder = tmp_path / "recits"
    folder.mkdir()
    (folder / "04.yml").write_text(FILE.format(fact=fact, text=text), encoding="utf-8")
    monkeypatch.setattr(accounts, "settings", lambda: SimpleNamespace(reference=tmp_path))
    accounts.read_account.cache_clear()
    try:
        with pytest.raises(InputError) as error:
            accounts.read_account("04")
    finally:
        accounts.read_account.cache_clear()
    line, what = told
    assert f"04.yml, ligne {line}" in str(error.value)
    assert what in str(error.value)


@pytest.mark.parametrize("text", FAILING)
def test_a_sentence_that_cannot_be_filled_is_told_with_its_file_and_line(text, tmp_path, monkeypatch):
    folder = tmp_path / "recits"
    folder.mkdir()
    written = FILE.format(fact="childcare_coverage_rate", text=text)
    (folder / "04.yml").write_text(written, encoding="utf-8")
    monkeypatch.setattr(accounts, "settings", lambda: SimpleNamespace(reference=tmp_path))
    seen = open_chapter(EXAMPLE_EPCI).territory
    accounts.read_account.cache_clear()
    accounts._told.cache_clear()
    try:
        with pytest.raises(InputError, match=r"04\.yml, ligne 4, colonne recit, phrase 1 : ") as error:
            accounts.account(seen, "04")
    finally:
        accounts.read_account.cache_clear()
        accounts._told.cache_clear()
    assert FAILING[text] in str(error.value) and len(str(error.value).splitlines()) == 1


OTHERS = Path(__file__).with_name("hostile_templates")  # by other hands than those of the product


def test_thirty_accounts_by_other_hands_are_refused_with_their_line_or_harmless(tmp_path, monkeypatch):
    folder, wrong, refused = tmp_path / "recits", {}, 0
    folder.mkdir()
    seen = open_chapter(EXAMPLE_EPCI).territory
    monkeypatch.setattr(accounts, "settings", lambda: SimpleNamespace(reference=tmp_path))
    for name, expected in json.loads((OTHERS / "expected.json").read_text(encoding="utf-8")).items():
        (folder / "03.yml").write_bytes((OTHERS / name).read_bytes())
        accounts.read_account.cache_clear()
        accounts._told.cache_clear()
        began = time.monotonic()
        try:
            accounts.account(seen, "03")
            told = [] if expected["outcome"].endswith("harmless") else ["rien"]
        except InputError as error:
            refused += 1
            lines = [one.line for one in error.findings]
            near = any(one and expected["line"] - 4 <= one <= expected["line"] for one in lines)
            long = any(len(one) > 500 for one in str(error).splitlines())
            told = [] if near and not long else str(error).splitlines()
        if told or time.monotonic() - began > 10:
            wrong[name] = told
    accounts.read_account.cache_clear()
    accounts._told.cache_clear()
    assert wrong == {} and refused >= 28
    assert not any(Path("/tmp").glob("ctg_pwned_*"))


def test_a_fact_that_is_not_known_takes_its_sentence_alone(monkeypatch):
    written = accounts.read_account("04")
    without = written.model_copy(update={"faits": written.faits | {"creches": "unmet_requests_share"}})
    monkeypatch.setattr(accounts, "read_account", lambda _: without)
    text = prose(open_chapter("243500139").territory, "04")
    assert "Les crèches et micro-crèches en comptent" not in text and "places d’accueil théoriques pour 100" in text


@pytest.mark.parametrize(
    "epci, told",
    [
        (
            "200067171",
            "n’est connu que du département : en 2023, 5,2 mois dans l’Aveyron en moyenne, contre 4,8 en France",
        ),
        ("200006682", ": en 2023, 4,2 mois en Côte-d’Or et 4,0 mois en Saône-et-Loire en moyenne, contre"),
        ("200040251", ""),  # Seine-et-Marne, whose delay is not published
    ],
)
def test_what_is_known_of_the_departement_alone_is_told_as_its_own_with_the_target(epci, told):
    text = prose(open_chapter(epci).territory, "08")
    assert (told in text and "l’État vise 4,0 mois au plus fin 2026" in text) if told else "MDPH" not in text


@pytest.mark.slow
@pytest.mark.nightly
def test_accounts_of_epcis_drawn_among_all_are_made_without_a_fault():
    territories = pd.read_parquet(data_root().processed / "territories.parquet")
    drawn = territories.loc[territories["level"].eq("epci"), "code"].sample(8, random_state=18)
    seen = [open_chapter(epci).territory for epci in [*drawn, *SORTS]]
    told = {(one.epci, chapter): prose(one, chapter) for one in seen for chapter in CHAPTERS}
    told |= {(one.epci, "00"): " ".join(story(one)) for one in seen}
    assert {where: found for where, text in told.items() if (found := faults(text))} == {}


def test_what_is_bounded_is_not_said_to_be_unknown_and_who_is_asked_exists(france):
    """At most 5 % are poor in Rosheim, where the Collectivité européenne d'Alsace holds what départements do."""
    territory = open_territory("246700744", france)
    assert "Le diagnostic ne dit pas" not in " ".join(accounts.account(territory, "03")[1])
    assert "à la Collectivité européenne d’Alsace" in " ".join(accounts.account(territory, "04")[1])


@pytest.mark.parametrize("epci, told", [("240600551", True), ("240800821", True), ("200067171", False)])
def test_births_across_the_border_are_no_decline(epci, told, france):
    """Menton beside Monaco, Givet beside Dinant: half of the children under 15 were never counted as born there."""
    territory = open_territory(epci, france)
    text = " ".join([*story(territory), *accounts.account(territory, "01")[1], *accounts.account(territory, "04")[1]])
    assert ("de l’autre côté de la frontière" in text) == told
    assert (
        re.search(r"naissances (?:baissent|est en|dépassent|et décès)|dépassent les naissances", text) is None
    ) == told


def test_two_departements_are_told_together_where_both_are_surely_on_one_side(france):
    """7.5 % are poor in the Ried de Marckolsheim, 13.5 and 13.7 in its départements: nothing was told of it."""
    title, paragraphs = accounts.account(open_territory("200030526", france), "03")
    assert title.endswith("moins qu’en France")
    told = (
        "nettement moins qu’en France (15,3\u202f%) et que dans chacun de ses départements (13,5\u202f% et 13,7\u202f%)"
    )
    assert told in " ".join(paragraphs)
