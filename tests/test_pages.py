"""The pages as a reader gets them: French, self-contained, every chart with its words, nothing undefined."""

import csv
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from ctg_analysis.build import build
from ctg_analysis.chapters import all_chapters, chosen_chapters
from ctg_analysis.display.texts import NARROW, NBSP
from ctg_analysis.settings import EXAMPLE_EPCI

pytestmark = pytest.mark.slow

SIREN = re.compile(r"\d{9}")  # an identifier is not a number: it has no thousands
DEFAULT, OTHER, REUNION, PARIS = "200067171", "243500741", "249740119", "200054781"
HEAVIEST = 400_000  # bytes of a page


@pytest.fixture(scope="session")
def reports(tmp_path_factory, france, example):
    out = tmp_path_factory.mktemp("reports")
    built = list(build([DEFAULT, EXAMPLE_EPCI], chosen_chapters([]), out))
    built += build([OTHER, REUNION, PARIS], chosen_chapters(["01"]), out)
    assert [one.error or one.failed for one in built] == [{}] * 5
    return out


SHIPPED = ["index.html", *(chapter.path.with_suffix(".html").name for chapter in all_chapters())]
PAGES = ["index.html", "01_territoire.html"]


@pytest.fixture(
    params=[(epci, page) for epci in (DEFAULT, EXAMPLE_EPCI) for page in SHIPPED]
    + [(epci, page) for epci in (OTHER, REUNION) for page in PAGES],
    ids="/".join,
)
def page(request, reports):
    epci, name = request.param
    return (reports / epci / name).read_text(encoding="utf-8")


SAID_OF_THE_PAGE = re.compile("différence|comparables|Écarts notables|communes \\(")  # its method and its perimeter


class Text(HTMLParser):
    """What a reader sees and hears: texts, and alternatives of images."""

    def __init__(self, html):
        super().__init__()
        self.pieces, self.hidden, self.tags = [], 0, []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.hidden += tag in ("style", "script", "code")
        self.pieces += [text for name, text in attributes if name in ("aria-label", "alt", "title")]

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "script", "code")

    def handle_data(self, data):
        if not self.hidden:
            self.pieces.append(data)


def test_it_is_french_and_asks_nothing_of_any_network(page):
    text = Text(page)
    assert ("html", {"lang": "fr"}) in text.tags
    for tag, attributes in text.tags:
        assert tag not in ("script", "link", "iframe", "object")
        for name in ("src", "href", "xlink:href"):
            assert not re.match(r"(?:https?:)?//", attributes.get(name) or ""), attributes
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style and "@import" not in style


def test_every_chart_has_its_words_and_its_data(page):
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    for figure in figures:
        label = re.search(r'<svg [^>]*aria-label="([^"]+)"', figure)[1]
        assert re.search(r'<svg [^>]*role="img"', figure)
        assert len(label) > 30 and re.search(r"\d|nd", label)
        assert f"Source{NBSP}: " in figure and re.search(
            "[Gg]éographie au 01/01/2026|Valeurs publiées par le producteur", figure
        )
        assert re.search(r'class="subtitle">[^<]*\d{4}', figure)
        assert "<table>" in figure and "<caption>" in figure and 'scope="col"' in figure
        assert re.search(r'href="donnees/[a-z0-9_]+\.csv"', figure)


def test_r19_every_figure_printed_has_its_source_vintage_geography_and_date(page):
    """A source line follows each chart, each table of places and each sentence of an indicator."""
    body = re.sub(r"<details.*?</details>|<div class=\"references\".*?</div>", "", page, flags=re.DOTALL)
    pieces = re.findall(
        r'<(?:p class="(reading|source)">(.*?)</p>|(figure)[ >]|div class="(table)" .*?aria-label="(.*?)")',
        body,
        re.DOTALL,
    )
    pieces = [[text for text in piece if text] for piece in pieces]
    for number, (kind, *words) in enumerate(pieces):
        if kind == "source":
            assert re.search(r"extraction du \d\d/\d\d/\d{4}", words[0]), words
            assert re.search("[Gg]éographie au 01/01/2026|Valeurs publiées par le producteur", words[0]), words
        elif kind != "figure" and not SAID_OF_THE_PAGE.search(words[0]):
            following = pieces[number + 1][0] if number + 1 < len(pieces) else ""
            assert following in ("source", "figure", "table"), words
    assert sum(piece[0] == "source" for piece in pieces) >= sum(piece[0] == "figure" for piece in pieces)


def test_it_is_light(page):
    assert len(page.encode()) <= HEAVIEST


def test_a_page_with_130_communes_is_light(reports):
    page = (reports / PARIS / "01_territoire.html").read_bytes()
    assert page.count(b'class="map"') == 3 and len(page) <= HEAVIEST


def test_its_csv_files_exist(reports):
    for epci in (DEFAULT, EXAMPLE_EPCI):
        for name in SHIPPED[1:]:
            html = (reports / epci / name).read_text(encoding="utf-8")
            for path in re.findall(r'href="(donnees/[^"]+)"', html):
                assert (reports / epci / path).is_file(), path


def test_nothing_undefined_is_shown(page):
    for piece in Text(page).pieces:
        assert not re.search(r"\b(?:nan|None|NaN|inf|null|undefined)\b", piece), piece


def test_its_typography_is_french(page):
    for piece in (re.sub(r"https?://\S+", "", piece) for piece in Text(page).pieces):
        assert not re.search(r"\w [:;?!%»]|« ", piece), piece
        assert "'" not in piece, piece
        assert not re.search(r"\d\.\d(?!\.)", piece.replace("Licence Ouverte 2.0", "").replace("L. 214", "")), piece
        assert not re.search(r"(?<![\d/])\d{5,}(?![\d])", piece) or SIREN.fullmatch(piece), piece


def test_headings_come_in_order(page):
    levels = [int(tag[1]) for tag, _ in Text(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_code_is_hidden(page):
    assert "open_chapter" not in page and "chapter.show" not in page


def test_another_epci_builds_with_its_own_figures_and_no_word_of_aubrac(reports):
    folder = reports / OTHER
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".csv"):
            assert "aubrac" not in path.read_text(encoding="utf-8-sig").lower(), path
    html = (folder / "01_territoire.html").read_text(encoding="utf-8")
    assert html.count("<figure") >= 8 and 'class="map"' in html
    assert "Donnée non disponible" in html


def test_the_default_territory_says_its_figures(reports):
    html = (reports / DEFAULT / "04_petite_enfance.html").read_text(encoding="utf-8")
    assert "le territoire offre 66,0 places pour 100 enfants de moins de 3 ans" in html
    assert "France 60,9" in html and "hors MSA" in html and f"≈{NBSP}" in html and "moins de 5" in html
    html = (reports / DEFAULT / "01_territoire.html").read_text(encoding="utf-8")
    assert f"le territoire compte 9{NARROW}856 habitants" in html
    assert "France hors Mayotte" in html


def test_a_box_names_the_source_and_the_command(reports):
    html = (reports / DEFAULT / "04_petite_enfance.html").read_text(encoding="utf-8")
    boxes = re.findall(r'<div class="unavailable">.*?</div>', html, re.DOTALL)
    assert len(boxes) >= 8
    for box in boxes:
        assert re.search(r"<code>ctg (?:fetch|list sources|new) [a-z0-9_]+</code>", box)


def test_no_box_is_left_in_the_invented_territory(reports):
    for path in sorted((reports / EXAMPLE_EPCI).glob("*.html")):
        boxes = re.findall(r'<div class="unavailable">.*?</div>', path.read_text(encoding="utf-8"), re.DOTALL)
        assert boxes == [], path.name


def test_the_invented_territory_says_so_on_every_page_and_the_real_one_never(reports):
    for name in PAGES:
        assert "Territoire fictif" in (reports / EXAMPLE_EPCI / name).read_text(encoding="utf-8")
        assert "fictif" not in (reports / DEFAULT / name).read_text(encoding="utf-8")


def test_csv_files_open_in_a_french_spreadsheet(reports):
    text = (reports / DEFAULT / "donnees" / "age_0_19_share.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(text.decode("utf-8-sig").splitlines(), delimiter=";"))
    own = next(row for row in rows if row["code"] == DEFAULT and row["periode"] == "2021")
    assert own["valeur"].startswith("15,78") and own["territoire"] == "CC Aubrac, Carladez et Viadène"


def test_provenance_names_inputs_and_versions_and_no_clock(reports):
    record = json.loads((reports / DEFAULT / "provenance.json").read_text(encoding="utf-8"))
    assert record["parameters"] == {"epci": DEFAULT}
    assert len(record["inputs"]["raw/insee_iris_rp2021/communes_rp2021.parquet"]) == 64
    assert set(record["code"]["packages"]) >= {"papermill", "pandas"}


def test_the_command_says_an_unknown_epci_or_chapter_in_one_line(tmp_path):
    for arguments, said in (
        (["123456789"], "'123456789' is not an EPCI"),
        (["12345"], "found '12345', expected a SIREN of 9 digits"),
        (["--chapters", "99"], "no chapter 99: expected among 01, 02, 03"),
    ):
        command = [sys.executable, "-m", "ctg_analysis", "build", "--out", str(tmp_path), *arguments]
        answer = subprocess.run(command, capture_output=True, text=True)
        assert answer.returncode == 1 and said in answer.stderr
        assert len(answer.stderr.strip().splitlines()) == 1


def test_nothing_withheld_is_in_any_file_of_a_report(reports, example):
    """Scenario 4: the CSV, the pages, their alternative texts and provenance.json hold no withheld figure."""
    observed = pd.read_parquet(example.processed / "observations.parquet").query("status == 'secret'")
    assert observed["value"].isna().all() and len(observed) > 50
    shown = {}
    for path in (reports / EXAMPLE_EPCI / "donnees").glob("*.csv"):
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
    assert checked > 50
    text = (reports / EXAMPLE_EPCI / "provenance.json").read_text(encoding="utf-8")
    assert "private" in text and "am_55" not in text


def test_scenario_5_the_page_of_the_caf_adviser(reports):
    text = " ".join(Text((reports / EXAMPLE_EPCI / "04_petite_enfance.html").read_text(encoding="utf-8")).pieces)
    for said in (
        "Places d’accueil théoriques",  # the definition of the Cnaf
        "68,4",
        "Accueil chez un assistant maternel",
        "École maternelle à 2 ans",
        "moins de 10",
        "55 ans ou plus",
        "sans doubles comptes",
        f"3{NARROW}500",
        f"10{NARROW}000",
        "hors MSA",
    ):
        assert said in text, said
    rows = re.findall(r"<tr[^>]*>.*?</tr>", text)
    assert not any("99001" in row for row in rows)


def test_the_secteurs_of_a_table_have_their_sums(reports):
    """Two secteurs in the invented territory: what adds up by commune is added up there, not told as unavailable."""
    page = (reports / EXAMPLE_EPCI / "10_acces_droits.html").read_text(encoding="utf-8")
    rows = re.findall(r"<th scope=\"row\">(?:Bas|Haut) Pays</th>(.*?)</tr>", page)
    assert rows and any("nd" not in re.sub(r"<[^>]+>", " ", row).split() for row in rows)
