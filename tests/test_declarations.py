"""The declarations of the indicators: what is wrong in one is told with its file, its line and what was expected."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import ctg_analysis
from ctg_analysis.chapter.demarche import demarche_chapter
from ctg_analysis.clean.places import FACILITY_TYPES
from ctg_analysis.demarche.declared_tables import read_tables
from ctg_analysis.model import norms, source
from ctg_analysis.model.catalogue import CATALOGUE, read_themes
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.indicator import Count, Mean
from ctg_analysis.model.settings import NORMS, settings

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
    ("label: Naissances", "labels: Naissances", 11, "labels : trouvé 'Naissances', attendu aucune clé de ce nom"),
    ("      label: Naissances\n", "", 9, "births_count.label : trouvé rien, attendu une valeur"),
    ("sources: insee_etat_civil", "sources: insee_etatcivil", 13, "trouvé 'insee_etatcivil', attendu l'identifiant"),
    ("decimals: 0", "decimals: zero", 5, "defaults.decimals : trouvé 'zero', attendu un nombre entier"),
    ("chart: trend", "chart: pie", 16, "chart : trouvé 'pie', attendu l'une de ces valeurs : 'comparison', 'trend'"),
    ("[commune, epci]", "[commune, canton]", 30, "attendu l'une de ces valeurs : 'commune', 'secteur', 'epci'"),
    ("persons: none", "persons: children", 21, "attendu l'une de ces valeurs : 'numerator', 'denominator'"),
    ("kind: count", "kind: counts", 14, "'measure': 'births'}, attendu un genre (kind) parmi 'count', 'mean', 'ratio'"),
    (
        "kind: count, measure: births",
        "kind: count, measure: births, per: 1",
        14,
        "per : trouvé '1', attendu aucune clé de ce nom",
    ),
    ("{kind: count, measure: births}", "births", 14, "value : trouvé 'births', attendu son genre (kind), puis ses"),
    ("kind: count, measure", "measure", 14, "value : trouvé {'measure': 'births'}, attendu son genre (kind), puis"),
    ("kind: count, measure", "kind: ratio, numerator", 14, "value.denominator : trouvé rien, attendu une valeur"),
    ("  chart: trend", "  family: others\n      chart: trend", 16, "family : trouvé 'others', attendu aucune clé de"),
    ("years: 3", "years: trois", 27, "value.years : trouvé 'trois', attendu un nombre entier"),
    ("{chance} {chance}", "{chances}", 17, "attendu à la place de {chances}, l'un des textes de ce fichier : chance"),
    (
        "    deaths_count:",
        "    births_count:",
        23,
        "births_count : trouvé cet identifiant une seconde fois, attendu un identifiant à",
    ),
    (
        "  unit: naissances",
        "  unit: naissances\n  unit: autres",
        7,
        "trouvé cette clé une seconde fois, attendu chaque clé une fois",
    ),
]


@pytest.mark.parametrize("before, after, line, words", WRONG)
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
POPULATION, YOUTH = "model/declared/indicators/01a_population.yml", "model/declared/indicators/05c_youth.yml"
CAF, MEETINGS = "model/declared/sources/caf.yml", "demarche/declared/4_meetings.yml"
METHOD = "chapter/demarche/method_texts.yml"
READING = "En {period}, le territoire compte {value} habitant{s}."
WORDS = "attendu entre accolades, les mots qui y seront mis : "
# A file that is shipped, what is written in it in the place of what (the first time that it stands there), the finding,
# in the line of the damage.
DAMAGES = [
    (CAF, 'outside: "|XXX?"', 'outside: "((("', "tables.1.outside : trouvé '(((', attendu une expression régulière"),
    (
        CAF,
        "level: epci",
        "level: canton",
        "tables.1.level : trouvé 'canton', attendu l'une de ces valeurs : 'commune', 'epci', 'dep",
    ),
    (CAF, "lag: 1}", "lag: 999999999999}", "geography.lag : trouvé '999999999999', attendu 50 au plus"),
    (
        CAF,
        "- id: caf_nbpla_pe",
        "- id: caf_txcouv_pe",
        "id : trouvé 'caf_txcouv_pe' une seconde fois, attendu un identifiant à",
    ),
    (
        MEETINGS,
        "name: contributions",
        "name: ateliers",
        "name : trouvé 'ateliers' une seconde fois, attendu un nom à elle seule",
    ),
    (NORMS, "few_events:", "rare_events:", "few_events : trouvé rien, attendu cette norme"),
    (NORMS, "valeur: 15000", "valeur: 1e400", "epci_population.valeur : trouvé '1e400', attendu un nombre fini"),
    (NORMS, "valeur: 15000", "valeur: -4", "epci_population.valeur : trouvé '-4', attendu plus de 0"),
    (
        NORMS,
        'date: "2015-08-07"',
        'date: "7 août"',
        "epci_population.date : trouvé '7 août', attendu une année ou un jour, tels que 2014 ou 2014-01-27",
    ),
    (
        POPULATION,
        READING,
        "En {valeur}.",
        f"reading : trouvé 'En {{valeur}}.', {WORDS}{{period}}, {{value}}, {{unit}}, {{s}}",
    ),
    (POPULATION, READING, "En {period}, {value", f"reading : trouvé 'En {{period}}, {{value', {WORDS}{{period}}"),
    (POPULATION, READING, "En {period}.", "reading : trouvé 'En {period}.', attendu un texte avec {value}"),
    (POPULATION, "decimals: 0", f"decimals: {'9' * 20}", f"decimals : trouvé '{'9' * 20}', attendu 6 au plus"),
    (POPULATION, "decimals: 0", "decimals: -3", "decimals : trouvé '-3', attendu 0 ou plus"),
    (POPULATION, "decimals: 0", "decimals: 400", "decimals : trouvé '400', attendu 6 au plus"),
    (POPULATION, 'chapter: "01"', 'chapter: "1"', "defaults.chapter : trouvé '1', attendu un texte de la forme"),
    (POPULATION, "groups:", "groups:\n-", "groups : trouvé un élément vide, attendu une valeur"),
    (
        YOUTH,
        "measure: youth_centres}",
        "measure: clubs}",
        "value : trouvé 'clubs', attendu une mesure que donne l'une de ses sources",
    ),
    (
        METHOD,
        "Redressement",
        "Un {nope}",
        f"consultation.0.label : trouvé 'Un {{nope}}', {WORDS}{{drawn}}, {{overlooked}}",
    ),
    (METHOD, "  definition:", "  definitions:", 'consultation.0.definitions : trouvé "Chaque réponse'),
    (METHOD, "interviews:", "entretiens:", "entretiens : trouvé [{'label': "),
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
    monkeypatch.setattr(source, "FOLDER", path.parent)
    monkeypatch.setattr(demarche_chapter, "METHOD_TEXTS", path)
    monkeypatch.setattr(norms, "settings", lambda: replace(settings(), root=tmp_path))
    monkeypatch.setattr(norms, "norms", norms.norms.__wrapped__)
    read_it = {
        "model/declared/indicators": lambda: read_themes(path.parent),
        "model/declared/sources": source.declared_sources,
        "demarche/declared": lambda: read_tables(path.parent),
        "chapter/demarche": lambda: demarche_chapter.definitions("interviews"),
        NORMS: lambda: norms.norm("few_events"),
    }[file.rpartition("/")[0] or file]
    with pytest.raises(InputError) as error:
        read_it()
    line = text.count("\n", 0, text.index(before)) + 1 + after.count("\n")
    place = f", ligne {line}" if "cette norme" not in words else ""
    found = re.compile(rf"{whole.name}{place}, colonne \S*{re.escape(words)}")
    assert any(found.search(told) for told in str(error.value).splitlines()), error.value
