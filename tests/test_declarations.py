"""The declarations of the indicators: what is wrong in one is told with its file, its line and what was expected."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from raw_files import told_cases

import ctg_analysis
from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.clean.places import FACILITY_TYPES
from ctg_analysis.demarche.declared_tables import read_tables
from ctg_analysis.model import norms, source
from ctg_analysis.model.catalogue import CATALOGUE, read_themes
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.indicator import Count, Mean
from ctg_analysis.model.settings import NORMS, settings

CASES = told_cases("declarations")
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
      star: true
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
      star: false
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


@pytest.mark.parametrize("before, after, line, words", CASES["theme"])
def test_what_is_wrong_is_one_line_that_says_where_and_what_was_expected(tmp_path, before, after, line, words):
    assert THEME.count(before) >= 1
    with pytest.raises(InputError) as error:
        read(tmp_path, THEME.replace(before, after, 1))
    told = str(error.value).splitlines()
    assert any(f"01_theme.yml, ligne {line}, colonne " in one and words in one for one in told), error.value


def test_an_id_of_another_file_is_refused(tmp_path):
    read(tmp_path, THEME)
    with pytest.raises(
        InputError, match=r"02_theme.yml, ligne 9, colonne births_count : trouvé cet identifiant une seconde fois"
    ):
        read(tmp_path, THEME, "02_theme.yml")


def test_the_basket_of_services_is_told_as_it_is_counted():
    definition, basket = CATALOGUE["basket_services_share"].definition, FACILITY_TYPES.basket
    assert f"parmi {len(basket)} que cherche une famille avec enfants : {', '.join(basket)}. " in definition


PACKAGE = Path(ctg_analysis.__file__).parent
MEETINGS = "demarche/declared/4_meetings.yml"


@pytest.mark.parametrize("file, before, after, words", CASES["shipped"])
def test_what_is_wrong_in_a_file_that_is_shipped_is_told_at_its_line(tmp_path, monkeypatch, file, before, after, words):
    whole = {NORMS: settings().reference / NORMS}.get(file, PACKAGE / file)
    text = whole.read_text(encoding="utf-8")
    path = tmp_path / "data" / "reference" / whole.name
    shutil.copytree(
        whole.parent, path.parent, ignore=lambda _, names: {*names} - {whole.name} if file != MEETINGS else []
    )
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    monkeypatch.setattr(source, "FOLDER", path.parent)
    monkeypatch.setattr(pieces, "METHOD_TEXTS", path)
    monkeypatch.setattr(norms, "settings", lambda: replace(settings(), root=tmp_path))
    monkeypatch.setattr(norms, "norms", norms.norms.__wrapped__)
    read_it = {
        "model/declared/indicators": lambda: read_themes(path.parent),
        "model/declared/sources": source.declared_sources,
        "demarche/declared": lambda: read_tables(path.parent),
        "chapter/demarche": lambda: pieces.definitions("interviews"),
        NORMS: lambda: norms.norm("few_events"),
    }[file.rpartition("/")[0] or file]
    with pytest.raises(InputError) as error:
        read_it()
    line = text.count("\n", 0, text.index(before)) + 1 + after.count("\n")
    place = f", ligne {line}" if "cette norme" not in words else ""
    found = re.compile(rf"{whole.name}{place}, colonne \S*{re.escape(words)}")
    assert any(found.search(told) for told in str(error.value).splitlines()), error.value
