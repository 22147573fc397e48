"""The declarations of the indicators: what is wrong in one is told with its file, its line and what was expected."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import ctg_analysis
from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.catalogue.themes import read_themes
from ctg_analysis.chapter.demarche import demarche_chapter
from ctg_analysis.core import norms
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.model import Count, Mean
from ctg_analysis.core.settings import NORMS, settings
from ctg_analysis.demarche.tables.declared_tables import read_tables
from ctg_analysis.sources import declared_sources
from ctg_analysis.sources.facility_types import FACILITY_TYPES

THEME = """\
texts:
  chance: Le hasard d'une année compte.
defaults:
  chapter: "01"
  decimals: 0
  unit: naissances
groups:
- indicators:
    births_count:
      domain_ids: DEM-08
      label: Naissances
      definition: Enfants nés vivants dans l'année.
      sources: insee_etat_civil
      value: {kind: count, measure: births}
      reading: En {period}, {value} naissance{s}.
      chart: trend
      caveats: "{chance} {chance}"
- family: others
  title: Autres
  scale: [non, oui]
  defaults: {domain_ids: [DEM-03, DEM-09], persons: none}
  indicators:
    deaths_count:
      label: "Décès : tous"
      definition: Décès de l'année.
      sources: insee_etat_civil
      value: {kind: mean, measure: deaths, years: 3}
      reading: En {period}, {value} décès.
      chart: circles
      levels: [commune, epci]
"""


def read(folder, text, name="01_theme.yml"):
    (folder / name).write_text(text, encoding="utf-8")
    return read_themes(folder)


def test_a_theme_gives_its_indicators_with_what_they_share(tmp_path):
    catalogue, families = read(tmp_path, THEME)
    births, deaths = catalogue.values()
    assert (births.id, births.chapter, births.unit, births.decimals) == ("births_count", "01", "naissances", 0)
    assert births.caveats == "Le hasard d'une année compte. Le hasard d'une année compte."
    assert births.sources == ("insee_etat_civil",) and births.persons == ("numerator", "denominator")
    assert deaths.domain_ids == ("DEM-03", "DEM-09") and deaths.persons == () and deaths.family == "others"
    assert (births.value, deaths.value) == (Count("births"), Mean("deaths", years=3))
    assert {name: (one.title, one.scale) for name, one in families.items()} == {"others": ("Autres", ("non", "oui"))}


# What is written in the place of what, the line that is named, what the finding says.
WRONG = [
    ("label: Naissances", "labels: Naissances", 11, "labels: found 'Naissances', expected no such key"),
    ("      label: Naissances\n", "", 9, "births_count.label: found nothing, expected a value"),
    ("sources: insee_etat_civil", "sources: insee_etatcivil", 13, "found 'insee_etatcivil', expected the id of a"),
    ("decimals: 0", "decimals: zero", 5, "defaults.decimals: found 'zero', expected a valid integer"),
    ("chart: trend", "chart: pie", 16, "chart: found 'pie', expected one of 'comparison', 'trend', 'parts'"),
    ("[commune, epci]", "[commune, canton]", 30, "expected one of 'commune', 'secteur', 'epci'"),
    ("persons: none", "persons: children", 21, "expected one of 'numerator', 'denominator'"),
    ("kind: count", "kind: counts", 14, "'measure': 'births'}, expected a kind among 'count', 'mean', 'ratio', 'rate'"),
    (
        "kind: count, measure: births",
        "kind: count, measure: births, per: 1",
        14,
        "per: found '1', expected no such key",
    ),
    ("{kind: count, measure: births}", "births", 14, "value: found 'births', expected its kind, then its fields"),
    ("kind: count, measure", "measure", 14, "value: found {'measure': 'births'}, expected its kind, then its fields"),
    ("kind: count, measure", "kind: ratio, numerator", 14, "value.denominator: found nothing, expected a value"),
    ("  chart: trend", "  family: others\n      chart: trend", 16, "family: found 'others', expected no such key"),
    ("years: 3", "years: trois", 27, "value.years: found 'trois', expected a valid integer"),
    ("{chance} {chance}", "{chances}", 17, "expected for {chances}, one of the texts of this file: chance"),
    ("    deaths_count:", "    births_count:", 23, "births_count: found this id again, expected an id of its own"),
    ("  unit: naissances", "  unit: naissances\n  unit: autres", 7, "found this key again, expected each key once"),
]


@pytest.mark.parametrize("before, after, line, words", WRONG)
def test_what_is_wrong_is_one_line_that_says_where_and_what_was_expected(tmp_path, before, after, line, words):
    assert THEME.count(before) >= 1
    with pytest.raises(InputError) as error:
        read(tmp_path, THEME.replace(before, after, 1))
    told = str(error.value).splitlines()
    assert any(f"01_theme.yml, line {line}, column " in one and words in one for one in told), error.value


def test_an_id_of_another_file_is_refused(tmp_path):
    read(tmp_path, THEME)
    with pytest.raises(InputError, match=r"02_theme.yml, line 9, column births_count: found this id again"):
        read(tmp_path, THEME, "02_theme.yml")


def test_the_basket_of_services_is_told_as_it_is_counted():
    definition, basket = CATALOGUE["basket_services_share"].definition, FACILITY_TYPES.basket
    assert f"parmi {len(basket)} que cherche une famille avec enfants : {', '.join(basket)}. " in definition


PACKAGE = Path(ctg_analysis.__file__).parent
POPULATION, YOUTH = "catalogue/declared/01a_population.yml", "catalogue/declared/05c_youth.yml"
CAF, MEETINGS = "sources/declared/caf.yml", "demarche/tables/declared/4_meetings.yml"
METHOD = "chapter/demarche/method_texts.yml"
READING = "En {period}, le territoire compte {value} habitant{s}."
WORDS = "expected between braces the words that are put there: "
# A file that is shipped, what is written in it in the place of what (the first time that it stands there), the finding,
# in the line of the damage.
DAMAGES = [
    (CAF, 'outside: "|XXX?"', 'outside: "((("', "tables.1.outside: found '(((', expected a regular expression"),
    (CAF, "level: epci", "level: canton", "tables.1.level: found 'canton', expected one of 'commune', 'epci', 'dep"),
    (CAF, "lag: 1}", "lag: 999999999999}", "geography.lag: found '999999999999', expected less than or equal to 50"),
    (CAF, "- id: caf_nbpla_pe", "- id: caf_txcouv_pe", "id: found 'caf_txcouv_pe' again, expected an id of its own"),
    (MEETINGS, "name: contributions", "name: ateliers", "name: found 'ateliers' again, expected a name of its own"),
    (NORMS, "few_events:", "rare_events:", "few_events: found nothing, expected this norm"),
    (NORMS, "valeur: 15000", "valeur: 1e400", "epci_population.valeur: found '1e400', expected a finite number"),
    (NORMS, "valeur: 15000", "valeur: -4", "epci_population.valeur: found '-4', expected greater than 0"),
    (NORMS, 'date: "2015-08-07"', 'date: "7 août"', "epci_population.date: found '7 août', expected a year or a day"),
    (
        POPULATION,
        READING,
        "En {valeur}.",
        f"reading: found 'En {{valeur}}.', {WORDS}{{period}}, {{value}}, {{unit}}, {{s}}",
    ),
    (POPULATION, READING, "En {period}, {value", f"reading: found 'En {{period}}, {{value', {WORDS}{{period}}"),
    (POPULATION, READING, "En {period}.", "reading: found 'En {period}.', expected a text with {value}"),
    (POPULATION, "decimals: 0", f"decimals: {'9' * 20}", f"decimals: found '{'9' * 20}', expected less than or equal"),
    (POPULATION, "decimals: 0", "decimals: -3", "decimals: found '-3', expected greater than or equal to 0"),
    (POPULATION, "decimals: 0", "decimals: 400", "decimals: found '400', expected less than or equal to 6"),
    (POPULATION, 'chapter: "01"', 'chapter: "1"', "defaults.chapter: found '1', expected String should match pattern"),
    (POPULATION, "groups:", "groups:\n-", "groups: found an empty item, expected a value"),
    (
        YOUTH,
        "measure: youth_centres}",
        "measure: clubs}",
        "value: found 'clubs', expected a measure that one of its sources",
    ),
    (
        METHOD,
        "Redressement",
        "Un {nope}",
        f"consultation.0.label: found 'Un {{nope}}', {WORDS}{{drawn}}, {{overlooked}}",
    ),
    (METHOD, "  definition:", "  definitions:", 'consultation.0.definitions: found "Chaque réponse'),
    (METHOD, "interviews:", "entretiens:", "entretiens: found [{'label': "),
]


@pytest.mark.parametrize("file, before, after, words", DAMAGES)
def test_what_is_wrong_in_a_file_that_is_shipped_is_told_at_its_line(tmp_path, monkeypatch, file, before, after, words):
    whole = {NORMS: settings().reference / NORMS}.get(file, PACKAGE / file)
    text = whole.read_text(encoding="utf-8")
    path = tmp_path / "data" / "reference" / whole.name
    shutil.copytree(
        whole.parent, path.parent, ignore=lambda _, names: {*names} - {whole.name} if file != MEETINGS else []
    )
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    monkeypatch.setattr(declared_sources, "FOLDER", path.parent)
    monkeypatch.setattr(demarche_chapter, "METHOD_TEXTS", path)
    monkeypatch.setattr(norms, "settings", lambda: replace(settings(), root=tmp_path))
    monkeypatch.setattr(norms, "norms", norms.norms.__wrapped__)
    read_it = {
        "catalogue": lambda: read_themes(path.parent),
        "sources": declared_sources.declared_sources,
        "demarche": lambda: read_tables(path.parent),
        "chapter": lambda: demarche_chapter.definitions("interviews"),
        NORMS: lambda: norms.norm("few_events"),
    }[file.partition("/")[0]]
    with pytest.raises(InputError) as error:
        read_it()
    line = text.count("\n", 0, text.index(before)) + 1 + after.count("\n")
    place = f", line {line}" if "this norm" not in words else ""
    found = re.compile(rf"{whole.name}{place}, column \S*{re.escape(words)}")
    assert any(found.search(told) for told in str(error.value).splitlines()), error.value
