"""The pages as a reader gets them: French, self-contained, every chart with its words, nothing undefined."""

import csv
import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from itertools import pairwise

import frictionless
import pandas as pd
import pytest
from lxml import etree
from reader import FIGURE, Text, faults
from shipped_pages import CHAPTERS, PAGES_OF

from ctg_analysis.display.markup import for_readers
from ctg_analysis.display.texts import NARROW, NBSP, date_text
from ctg_analysis.indicators.observations import FOLDER
from ctg_analysis.model.settings import EXAMPLE_EPCI, chosen_chapters
from ctg_analysis.publish.build import build
from ctg_analysis.publish.site import script_policy

pytestmark = pytest.mark.slow

DEFAULT, OTHER, REUNION, PARIS = "200067171", "243500741", "249740119", "200054781"
HEAVIEST = 400_000  # bytes of a page


@pytest.fixture(scope="module")
def others(france, tmp_path_factory):
    """Other territories, for the night."""
    out = tmp_path_factory.mktemp("others")
    built = list(build([OTHER, REUNION, PARIS], chosen_chapters(["01"]), out))
    assert [one.error or one.failed for one in built] == [{}] * 3
    return out


@pytest.fixture(scope="module", params=["shipped", pytest.param("others", marks=pytest.mark.nightly)])
def pages(request):
    """The pages by territory and name, whole, with what a reader sees of them."""
    folder, names = request.getfixturevalue(request.param), PAGES_OF
    if request.param == "others":
        names = dict.fromkeys([OTHER, REUNION, PARIS], ("index.html", "01_territoire.html"))
    read = {(epci, name): (folder / epci / name).read_text(encoding="utf-8") for epci in names for name in names[epci]}
    return {where: (page, Text(page)) for where, page in read.items()}


SAID_OF_THE_PAGE = re.compile("différence|comparables|Cette synthèse|communes \\(")  # its method and its perimeter


def sum_of(script):
    """Return the source that allows a script in a policy (Content Security Policy, level 2)."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def test_they_ask_nothing_of_any_network(pages):
    for where, (page, text) in pages.items():
        assert ("html", {"lang": "fr"}) in text.tags, where
        own = ["page.js", "recherche.js"] if 'id="entrees"' in page else ["page.js"]
        allowed = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; img-src data:; "
        allowed += f"font-src data:; script-src {script_policy(*own)}"
        scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        assert {sum_of(one) for one in scripts} == set(script_policy(*own).split()), where
        assert ("meta", {"http-equiv": "Content-Security-Policy", "content": allowed}) in text.tags, where
        for tag, attributes in text.tags:
            assert tag not in ("link", "iframe", "object") and "src" not in attributes, where
            for name in ("src", "href", "xlink:href", "action"):
                assert not re.match(r"(?:https?:)?//", attributes.get(name) or ""), (where, attributes)
        style = page[page.index("<style>") : page.index("</style>")].replace("url(data:font/woff2", "")
        assert "url(" not in style and "@import" not in style, where


def test_every_chart_has_its_words_and_its_data(pages):
    for where, (page, _) in pages.items():
        own = re.search(r'<p class="territory">(?:<a[^>]*>)?(.*?)<', page)[1]
        for figure in FIGURE.findall(page):
            assert faults(figure, unescape(own)) == [], (where, figure[:400])
            assert re.search(f"Source{NBSP}: (?:<[^>]+>)*[^<]*[A-Za-z]", figure), where
            assert "<table>" in figure and "<caption>" in figure and 'scope="col"' in figure, where
            assert re.search(r'href="donnees/[a-z0-9_]+\.csv"', figure), where


def test_every_drawing_says_what_it_shows(pages):
    """Small ones too, outside of figures: an image, whose words hold a year and figures."""
    for where, (page, _) in pages.items():
        for drawing in re.findall(r"<svg [^>]*>", page):
            label = unescape(re.search(r' aria-label="([^"]*)"', drawing)[1])
            assert 'role="img"' in drawing, (where, label)
            if not label.startswith("Carte de situation"):  # it shows where, and no figure
                assert re.search(r"\b(?:1[89]|20)\d\d\b", label), (where, label)
                assert len(re.findall(r"\d[\d\u202f,]*", label)) > 1, (where, label)


def test_an_alternative_whose_number_is_not_in_the_table_is_seen(shipped):
    """The words below the title and some number stand for no chart; nor does a value that is cut from a longer one."""
    figures = FIGURE.findall((shipped / EXAMPLE_EPCI / "04_petite_enfance.html").read_text(encoding="utf-8"))
    assert len(figures) > 2
    for figure in figures:
        label, said = (
            re.search(pattern, figure, re.DOTALL)[1]
            for pattern in (r' aria-label="([^"]+)"', r'class="subtitle">(.*?)</span>')
        )
        number = next(text for text in ("9,9", "97,31") if text not in figure[figure.index("<table") :])
        other = figure.replace(f' aria-label="{label}"', f' aria-label="Graphique : {said}. Valeur {number}."', 1)
        assert "says no value" in faults(other), said


def test_r19_every_figure_printed_has_its_source(pages):
    """A source line follows each chart, each table of places and each sentence of an indicator."""
    for where, (page, _) in pages.items():
        body = re.sub(r"<details.*?</details>|<div class=\"references\".*?</div>", "", page, flags=re.DOTALL)
        pieces = re.findall(
            r'<(?:p class="(reading|source)">(.*?)</p>|(figure)[ >]|div class="(table)" .*?aria-label="(.*?)")',
            body,
            re.DOTALL,
        )
        pieces = [[text for text in piece if text] for piece in pieces]
        for number, (kind, *words) in enumerate(pieces):
            if kind != "source" and kind != "figure" and not SAID_OF_THE_PAGE.search(words[0]):
                following = pieces[number + 1][0] if number + 1 < len(pieces) else ""
                assert following in ("source", "figure", "table"), (where, words)
        assert sum(piece[0] == "source" for piece in pieces) >= sum(piece[0] == "figure" for piece in pieces), where


def test_r19_the_whole_of_the_sources_is_told_once_a_report(shipped):
    """Those beside charts are short: vintage, licence of the notes and day of extraction stand with the definitions."""
    for epci in (DEFAULT, EXAMPLE_EPCI):
        page = (shipped / epci / "definitions.html").read_text(encoding="utf-8")
        told = re.findall(r'<li class="note">(.*?)</li>', page, re.DOTALL)
        assert len(told) > 20 and all(re.search(r"Extraction du \d\d/\d\d/\d{4}", one) for one in told)
        assert len(set(told)) == len(told)
        assert "Extraction du" not in (shipped / epci / "01_territoire.html").read_text(encoding="utf-8")


def test_an_indicator_is_defined_once_a_report_and_the_line_that_shows_it_leads_there(shipped):
    for epci in (DEFAULT, EXAMPLE_EPCI):
        page = (shipped / epci / "definitions.html").read_text(encoding="utf-8")
        labels = re.findall(r'<dt id="[^"]+">(.*?)</dt>', page)
        assert len(labels) > 100 and len(set(labels)) == len(labels)
        lines = re.findall(
            r'<th scope="row"><a href="definitions.html#([^"]+)"',
            "".join((shipped / epci / name).read_text(encoding="utf-8") for name in CHAPTERS[1:11]),
        )
        assert len(lines) > 50 and [name for name in lines if f'id="{name}"' not in page] == []


def test_they_are_light(pages):
    assert {where: len(page.encode()) for where, (page, _) in pages.items() if len(page.encode()) > HEAVIEST} == {}


@pytest.mark.nightly
def test_the_page_of_130_communes_is_light(others):
    page = (others / PARIS / "01_territoire.html").read_bytes()
    assert page.count(b'class="map"') == 1 and len(page) <= HEAVIEST


def test_its_csv_files_exist(shipped):
    for epci, pages in PAGES_OF.items():
        for name in set(pages) & set(CHAPTERS):
            html = (shipped / epci / name).read_text(encoding="utf-8")
            for path in re.findall(r'href="(donnees/[^"]+)"', html):
                assert (shipped / epci / path).is_file(), path


def test_headings_come_in_order_and_code_is_hidden_until_it_is_asked_for(pages):
    for where, (page, text) in pages.items():
        levels = [int(tag[1]) for tag, _ in text.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1, where
        assert all(after <= before + 1 for before, after in pairwise(levels)), where
        assert "open_chapter" not in for_readers(page), where
        assert page.count('<pre class="code">') > 3 or "open_chapter" not in page, where


def test_what_a_link_of_the_report_leads_to_is_there(shipped):
    for epci, names in PAGES_OF.items():
        pages = {name: (shipped / epci / name).read_text(encoding="utf-8") for name in names}
        bare = {name: re.sub("<svg.*?</svg>", "", html, flags=re.DOTALL) for name, html in pages.items()}
        ids = {name: re.findall(r' id="([^"]+)"', html) for name, html in bare.items()}
        for name, html in pages.items():
            assert len(ids[name]) == len(set(ids[name])), name
            for address in re.findall(r'<a [^>]*href="([^"]+)"', html):
                file, _, place = address.partition("#")
                assert (shipped / epci / file).exists(), address
                assert not place or place in ids[file or name], address


@pytest.mark.nightly
def test_another_epci_builds_with_its_own_figures_and_no_word_of_aubrac(others):
    folder = others / OTHER
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".csv"):
            assert "aubrac" not in path.read_text(encoding="utf-8-sig").lower(), path
    html = (folder / "01_territoire.html").read_text(encoding="utf-8")
    assert html.count('<figure class="map">') == 1
    for first, last in (
        (f"2018{NBSP}: 66{NARROW}478", f"2023{NBSP}: 67{NARROW}666"),  # the population
        (f"2008{NBSP}: 764", f"2023{NBSP}: 502"),  # births
        (f"2008{NBSP}: 698", f"2023{NBSP}: 736"),  # deaths
    ):
        assert re.search(f'aria-label="[^"]*{first}[^"]*{last}', html), first
    assert "Donnée non disponible" in html


def test_the_default_territory_says_its_figures(shipped):
    html = (shipped / DEFAULT / "04_petite_enfance.html").read_text(encoding="utf-8")
    assert "sur 66,0" not in html.partition("L’accueil repose d’abord")[2].partition("</p>")[2]
    assert '<strong class="value">66,0</strong>' in html and "60,9" in html and "hors MSA" in html
    html = (shipped / DEFAULT / "02_familles_logement.html").read_text(encoding="utf-8")
    assert f"≈{NBSP}" in html and "moins de 5" in html
    html = (shipped / DEFAULT / "01_territoire.html").read_text(encoding="utf-8")
    assert f"<strong>9{NARROW}856</strong>" in html
    assert "France hors Mayotte" in html


def test_no_box_is_left_in_the_invented_territory(shipped):
    for path in sorted((shipped / EXAMPLE_EPCI).glob("*.html")):
        boxes = re.findall(r'<div class="unavailable">.*?</div>', path.read_text(encoding="utf-8"), re.DOTALL)
        assert boxes == [], path.name


def test_the_invented_territory_says_so_on_every_page_and_the_real_one_never(shipped):
    for name in ("index.html", "01_territoire.html"):
        assert "Territoire fictif" in (shipped / EXAMPLE_EPCI / name).read_text(encoding="utf-8")
        assert "fictif" not in (shipped / DEFAULT / name).read_text(encoding="utf-8")


def test_csv_files_open_in_a_french_spreadsheet(shipped):
    text = (shipped / DEFAULT / "donnees" / "age_0_19_share.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(text.decode("utf-8-sig").splitlines(), delimiter=";"))
    own = next(row for row in rows if row["code"] == DEFAULT and row["periode"] == "2021")
    assert own["valeur"].startswith("15,78") and own["territoire"] == "CC Aubrac, Carladez et Viadène"


@pytest.mark.parametrize("epci", [DEFAULT, EXAMPLE_EPCI])
def test_a_drawing_has_the_accent_of_its_part_on_a_page_and_plain_colours_in_a_file(shipped, epci):
    files = sorted((shipped / epci / "donnees" / "graphiques").glob("*.svg"))
    for path in files:
        page = (shipped / epci / f"{path.stem.rpartition('_')[0]}.html").read_text(encoding="utf-8")
        drawn = etree.parse(path).getroot()
        assert drawn.get("viewBox") and "var(" not in path.read_text(encoding="utf-8"), path
        assert "var(--accent,#0b4f6c)" in page, path
    assert len(files) > 5


@pytest.mark.nightly
@pytest.mark.parametrize("epci", [DEFAULT, EXAMPLE_EPCI])
def test_the_tables_of_a_report_are_a_data_package(shipped, epci):
    data = shipped / epci / "donnees"
    answer = frictionless.validate(data / "datapackage.json", type="package")
    assert answer.flatten(["name", "message"]) == []
    package = frictionless.Package(data / "datapackage.json")
    there = [*data.glob("*.csv"), *data.glob("graphiques/*.svg")]
    assert {one.path for one in package.resources} == {path.relative_to(data).as_posix() for path in there}
    charts = [etree.parse(path).getroot() for path in there if path.suffix == ".svg"]
    assert len(charts) > 5 and all(chart.get("aria-label") for chart in charts)
    used = {row["source"] for row in package.get_resource("births_count").read_rows() if row["statut"] == "ok"}
    assert used <= {source["name"] for source in package.sources}
    table = pd.read_csv(data / "births_count.csv", sep=";", decimal=",", dtype={"code": str})
    assert table["valeur"].dtype == float and epci in set(table["code"])


def test_provenance_names_inputs_and_versions_and_no_clock(shipped):
    record = json.loads((shipped / DEFAULT / "provenance.json").read_text(encoding="utf-8"))
    assert record["parameters"] == {"epci": DEFAULT, "readers": "public"}
    assert len(record["inputs"]["raw/insee_iris_rp2021/communes_rp2021.parquet"]) == 64
    assert set(record["code"]["packages"]) >= {"papermill", "pandas"}


def test_provenance_tells_no_sum_of_a_private_file(shipped):
    """From the sum of a form with few unknown cells, one could guess them: their names are told, no more."""
    for epci in (DEFAULT, EXAMPLE_EPCI):
        record = json.loads((shipped / epci / "provenance.json").read_text(encoding="utf-8"))
        assert {name.split("/")[0] for name in record["inputs"]} == {"raw", "reference", "library", "lock"}
        assert all(name.startswith(f"private/{epci}/") for name in record["restricted"])
        assert bool(record["restricted"]) is (epci == EXAMPLE_EPCI)


def test_nothing_withheld_is_in_any_file_of_a_report(shipped, example):
    """Scenario 4: the CSV, the pages, their alternative texts and provenance.json hold no withheld figure."""
    observed = pd.read_parquet(example.processed / FOLDER).query("status == 'secret'")
    assert observed["value"].isna().all() and len(observed) > 20
    shown = {}
    data = shipped / EXAMPLE_EPCI / "donnees"
    others = {
        *data.glob("demarche_*.csv"),
        *data.glob("structures*.csv"),
        data / "projection.csv",
        data / "quartiers.csv",
    }
    for path in {*data.glob("*.csv")} - others:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.DictReader(file, delimiter=";"):
                shown[line["code"], line["periode"], line["indicateur"]] = line
    checked = 0
    for row in observed.itertuples():
        line = shown.get((row.territory, row.period, row.indicator))
        if line:
            checked += 1
            assert line["statut"] == "secret" and not line["valeur"], line
            assert not any(line[name] for name in ("numerateur", "denominateur", "borne_basse", "borne_haute")), line
    assert checked > 10
    text = (shipped / EXAMPLE_EPCI / "provenance.json").read_text(encoding="utf-8")
    assert "private" in text and "am_55" not in text


def test_scenario_5_the_coverage_of_the_caf_adviser_is_in_a_file_of_its_own(shipped):
    rows = read_csv(shipped / EXAMPLE_EPCI / "donnees" / "childcare_coverage_rate.csv")
    known = [row for row in rows if row["valeur"]]
    assert {row["niveau"] for row in known} == {"epci", "departement", "region", "france"}
    assert min(row["periode"] for row in known if row["niveau"] == "epci") == "2017"
    assert not any(row["valeur"] for row in rows if row["niveau"] == "commune")  # none under 10 000 inhabitants


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_structures_are_in_a_file_of_their_own_where_they_are_known(shipped):
    rows = read_csv(shipped / EXAMPLE_EPCI / "donnees" / "structures_vie_sociale.csv")
    assert [row["structure"] for row in rows] == ["Centre social du Bourg", "Espace de vie sociale L'Esquisse"]
    assert {(row["territoire"], row["agrement_debut"], row["agrement_fin"]) for row in rows} == {
        ("Bourg-l'Exemple", "2023-01-01", "2026-12-31")
    }
    assert not (shipped / DEFAULT / "donnees" / "structures_vie_sociale.csv").exists()


@pytest.mark.parametrize("epci", [DEFAULT, EXAMPLE_EPCI])
def test_the_pages_of_an_edition_tell_one_date(shipped, epci):
    pages = [path.read_text(encoding="utf-8") for path in (shipped / epci).glob("*.html")]
    dates = [date for page in pages for date in re.findall(r'class="date">(.*?)</p>', page)]
    edition = json.loads((shipped / epci / "provenance.json").read_text(encoding="utf-8"))["date"]
    assert set(dates) == {f"Édition du {date_text(edition)}"} and len(dates) > len(pages) - 4
    assert not any(re.search("[Dd]onnées au ", page) for page in pages)
