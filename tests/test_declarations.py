"""The declarations of the indicators: what is wrong in one is told with its file, its line and what was expected."""

import pytest

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.catalogue.themes import KINDS, read_themes, read_value
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.model import AnnualChange, Count, Mean, Published, Rate, Ratio
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
      value: {count: births}
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
      value: {mean: deaths, years: 3}
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
    ("      label: Naissances\n", "", 9, "births_count.label: found nothing, expected a value, here or under defaults"),
    ("sources: insee_etat_civil", "sources: insee_etatcivil", 13, "found 'insee_etatcivil', expected the id of a"),
    ("decimals: 0", "decimals: zero", 5, "defaults.decimals: found 'zero', expected a valid integer"),
    ("chart: trend", "chart: pie", 16, "chart: found 'pie', expected one of 'comparison', 'trend', 'parts'"),
    ("[commune, epci]", "[commune, canton]", 30, "expected one of 'commune', 'secteur', 'epci'"),
    ("persons: none", "persons: children", 21, "expected one of 'numerator', 'denominator'"),
    ("{count: births}", "{counts: births}", 14, "expected one of count, mean, ratio, rate"),
    ("{count: births}", "{count: births, per: 1}", 14, "expected beside count, only nothing"),
    ("{count: births}", "births", 14, "expected one of count, mean, ratio, rate"),
    ("{count: births}", "{ratio: births}", 14, "expected denominator: "),
    ("years: 3", "years: trois", 27, "expected years: "),
    ("{chance} {chance}", "{chances}", 17, "found {chances}, expected one of the texts of this file: chance"),
    ("    deaths_count:", "    births_count:", 23, "births_count: found this id again, expected an id of its own"),
    ("  unit: naissances", "  unit: naissances\n  unit: autres", 7, "found this key again, expected each key once"),
]


@pytest.mark.parametrize("before, after, line, words", WRONG)
def test_what_is_wrong_is_one_line_that_says_where_and_what_was_expected(tmp_path, before, after, line, words):
    assert THEME.count(before) >= 1
    with pytest.raises(InputError) as error:
        read(tmp_path, THEME.replace(before, after, 1))
    first = str(error.value).splitlines()[0]
    assert f"01_theme.yml, line {line}, column " in first and words in first, error.value


def test_an_id_of_another_file_is_refused(tmp_path):
    read(tmp_path, THEME)
    with pytest.raises(InputError, match=r"02_theme.yml, line 9, column births_count: found this id again"):
        read(tmp_path, THEME, "02_theme.yml")


def test_every_kind_of_value_is_written_by_its_name():
    assert read_value({"ratio": ["a", "b"], "per": "1", "bounded": "false"}) == Ratio("a", "b", per=1, bounded=False)
    assert read_value({"rate": "a", "of": "persons"}) == Rate("a", of="persons")
    assert read_value({"published": "a"}) == Published("a")
    assert read_value({"annual_change": "5"}) == AnnualChange(5)
    assert {type(one.value) for one in CATALOGUE.values()} == set(KINDS.values())


def test_the_basket_of_services_is_told_as_it_is_counted():
    definition, basket = CATALOGUE["basket_services_share"].definition, FACILITY_TYPES.basket
    assert f"parmi {len(basket)} que cherche une famille avec enfants : {', '.join(basket)}. " in definition
