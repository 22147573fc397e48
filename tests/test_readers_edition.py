"""What a reader meets: no command, no box, no section without a figure; the team's switch shows them all."""

import re
from zipfile import ZipFile

import pytest
from reader import Text, said_twice
from shipped_pages import PAGES_OF

from ctg_analysis.chapter.missing import completeness
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.display.markup import TEAM, for_readers
from ctg_analysis.display.texts import typography
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, all_chapters
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.build import build
from ctg_analysis.publish.documents import joined, write_parcel
from ctg_analysis.publish.editions import lines_of, record
from ctg_analysis.raw.files import read_workbook, rows_of
from ctg_analysis.raw.form_workbooks import headings

pytestmark = pytest.mark.slow

RENNES, BELLE_ILE = "243500139", "245600465"
SECTIONS = re.compile(r'<h2 id="([^"]*)">(.*?)(?=<h2 id=|</main>)', re.DOTALL)
TABLES = re.compile(r"<table.*?</table>", re.DOTALL)
FOR_THE_TEAM = re.compile(r"\bctg |\bnd[ \u00a0\u202f]:|[Dd]onnées? non disponible|n’a pas encore de matière")
LAW = re.compile(r'<div class="references">.*?</div>', re.DOTALL)  # its figures are not of the territory
OF_WORDS = {"Définitions et sources", "À débattre", "Méthode", "Glossaire"}  # sections that explain, and count nothing
FIGURES = re.compile(r"\d|≈|oui|non")


def faults(html: str) -> list[str]:
    """Return what a page has that no reader should meet: commands, boxes, sections and tables without a figure."""
    seen = for_readers(html)
    found = FOR_THE_TEAM.findall(" ".join(Text(seen).pieces)) + re.findall('unavailable"|<code>ctg', seen)
    for name, section in SECTIONS.findall(LAW.sub("", seen)):
        title, _, content = section.partition("</h2>")
        if title not in OF_WORDS and not FIGURES.search(" ".join(Text(content).pieces)):
            found.append(f"section {name}")
    cells = {table: re.findall(r"<td[^>]*>(.*?)</td>", table, re.DOTALL) for table in TABLES.findall(seen)}
    return found + [table[:200] for table, values in cells.items() if not any(map(has_a_value, values))]


def has_a_value(cell: str) -> bool:
    return cell.strip() not in ("", "nd", "s", "–")


def chapters(folder):
    return sorted(folder.glob("[0-9][0-9]_*.html"))


def sentences_told_twice(folder):
    twice = {page.name: said_twice(page.read_text(encoding="utf-8")) for page in folder.glob("*.html")}
    return {name: some for name, some in twice.items() if some}


def test_the_rule_finds_what_it_looks_for():
    box = "<p>ctg new</p>"
    table = "<table><tr><th>a</th><td>nd</td></tr></table>"
    assert len(faults(f'<main><h2 id="a">Rien</h2><p>mots</p>{table}{box}</main>')) == 3
    assert faults('<main><h2 id="a">Rien</h2><div class="references">12 enfants</div></main>') == ["section a"]
    assert faults(f'<main>{TEAM[0]}<h2 id="a">Rien</h2>{box}{TEAM[1]}<h2 id="b">A</h2><p>12 places</p></main>') == []


@pytest.mark.parametrize("epci", PAGES_OF)
def test_no_reader_meets_a_command_a_box_or_an_empty_section(epci, shipped):
    pages = [shipped / epci / "index.html", shipped / epci / "manques.html", *chapters(shipped / epci)]
    found = {page.name: faults(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: some for name, some in found.items() if some} == {}


@pytest.mark.parametrize("epci", PAGES_OF)
def test_no_sentence_of_more_than_ten_words_stands_twice_on_a_page(epci, shipped):
    assert sentences_told_twice(shipped / epci) == {}


@pytest.mark.nightly
@pytest.mark.parametrize("epci", [RENNES, BELLE_ILE])
def test_no_reader_of_a_large_or_of_a_small_territory_does_either(tmp_path, france, epci):
    (built,) = build([epci], all_chapters(), tmp_path)
    assert not built.exit_code, lines_of(built)
    found = {page.name: faults(page.read_text(encoding="utf-8")) for page in sorted(built.place.glob("*.html"))}
    beside = ("guide.html", "accessibilite.html", "recherche.html", "definitions.html")
    assert {name: some for name, some in found.items() if some and name not in beside} == {}
    assert sentences_told_twice(built.place) == {}
    territory = open_territory(epci, france)
    few = {f"{number:02}" for number in range(1, 11) if completeness(territory, f"{number:02}")[0] < 5}
    asking = {page.name[:2]: page.read_text(encoding="utf-8") for page in chapters(built.place)}
    asking = {number: html.partition('id="a-transmettre"')[2] for number, html in asking.items()}
    assert {number for number, html in asking.items() if html} == few and "07" in few
    files = {name for html in asking.values() for name in re.findall(r'href="(demandes/[^"]+)" download', html)}
    assert len(files) >= 4 and all((built.place / name).is_file() for name in files)


def test_documents_hold_nothing_that_is_for_the_team(shipped, tmp_path):
    edition = (shipped / DEFAULT_EPCI).resolve()
    page = joined(edition, [path.name for path in chapters(edition)], "Diagnostic partagé")
    assert TEAM[0] not in page and not FOR_THE_TEAM.search(page) and "open_chapter" not in page
    write_parcel(edition, tmp_path / "envoi.zip")
    with ZipFile(tmp_path / "envoi.zip") as parcel:
        pages = [parcel.read(name).decode() for name in parcel.namelist() if name.endswith(".html")]
    assert len(pages) > 10 and not any(TEAM[0] in html or 'id="equipe"' in html for html in pages)


def test_a_chapter_that_has_nothing_to_tell_has_no_page_and_is_named_on_the_index(shipped):
    silent = [stem for stem, entry in record(shipped / DEFAULT_EPCI)["chapters"].items() if entry["silent"]]
    assert [stem[:2] for stem in silent] == ["11", "12", "13", "14", "15", "16"]
    assert not any((shipped / DEFAULT_EPCI / f"{stem}.html").exists() for stem in silent)
    index = (shipped / DEFAULT_EPCI / "index.html").read_text(encoding="utf-8")
    seen = for_readers(index)
    assert seen.count("Rien n’a encore été transmis") == 1 and "Enjeux et priorités" in seen
    assert "ctg new" in index and "enjeux.csv" in index
    assert not any(entry["silent"] for entry in record(shipped / EXAMPLE_EPCI)["chapters"].values())


def test_what_is_missing_is_asked_by_the_workbook_of_each_partner_first(shipped):
    edition = shipped / DEFAULT_EPCI
    page = (edition / "manques.html").read_text(encoding="utf-8")
    forms = [source for source in SOURCES.values() if source.form and f">{source.form_file}</a>" in page]
    assert len(forms) > 10
    for source in forms:
        assert f"<p>Feuille «\u00a0{typography(source.form.sheet)}\u00a0» du classeur, ou " in page
        assert f'<a href="demandes/{source.form_workbook}" download>' in page
        read = read_workbook(edition / "demandes" / source.form_workbook, [headings(source)])
        assert source.id in read.tables and "12119 Laguiole" in str(
            rows_of(edition / "demandes" / source.form_workbook)
        )


@pytest.mark.nightly
def test_the_switch_shows_what_is_for_the_team(shipped, browser):
    page = browser.new_page()
    for name in ("04_petite_enfance.html", "index.html", "manques.html"):
        page.goto((shipped / DEFAULT_EPCI / name).resolve().as_uri())
        for_team = page.locator(".for-team:has(code)")
        assert for_team.count() > 0 and not any(one.is_visible() for one in for_team.all()), name
        page.locator("#equipe").check()
        page.evaluate("document.querySelectorAll('details.all').forEach(one => one.open = true)")
        assert all(one.is_visible() for one in for_team.all()), name
        page.emulate_media(media="print")
        assert not any(one.is_visible() for one in for_team.all()), name
        page.emulate_media(media="screen")
    page.close()
