"""What the script of the pages does: my commune, values on demand, tables that sort, by pointer and by keyboard."""

import csv
import re
from itertools import product

import pandas as pd
import pytest
from accessibility import HEIGHT, PHONE, WIDE, violations, with_axe
from in_page import CONTRASTS
from shipped_pages import CHAPTERS, PAGES_OF, SHIPPED

from ctg_analysis.chapter import childcare
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import NBSP, typography
from ctg_analysis.indicators.childcare import AT_WORK, CHILDMINDER_PLACES, PLACES, RATE, simulate
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.publish.site import script

pytestmark = pytest.mark.slow

LARGEST = 12_000  # bytes of the script
LEAST_CONTRAST = 4.5
CHILDCARE, SHEETS = "04_petite_enfance.html", "17_fiche_commune.html"
BY_DAY = [CHILDCARE]
FIRST, SECOND = "#ma-commune option:nth-child(2)", "#ma-commune option:nth-child(3)"


def each(names):
    return [name if name in BY_DAY else pytest.param(name, marks=pytest.mark.nightly) for name in names]


@pytest.fixture
def tab(browser):
    """A tab with a store of its own, and the errors that it told."""
    context = browser.new_context(viewport={"width": WIDE, "height": HEIGHT})
    page = context.new_page()
    page.errors, page.asked = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    assert page.errors == [] and [url for url in page.asked if not url.startswith("file://")] == []
    context.close()


def opened(tab, shipped, name, epci=EXAMPLE_EPCI, query=""):
    tab.goto((shipped / epci / name).resolve().as_uri() + query)
    tab.evaluate("document.querySelectorAll('details.all').forEach(one => one.open = true)")
    return tab


def chosen(page, option=FIRST):
    """Choose a commune by the keyboard; return its code and its name."""
    code, name = page.eval_on_selector(option, "one => [one.value, one.text]")
    page.locator("#ma-commune").focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    assert page.locator("#ma-commune").input_value() == code
    return code, name


def test_the_script_is_small():
    assert len(script("page.js").encode()) <= LARGEST


@pytest.mark.nightly
def test_without_script_nothing_of_it_is_on_the_page(shipped, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((shipped / EXAMPLE_EPCI / CHILDCARE).resolve().as_uri())
    assert not page.get_by_label("Ma commune").is_visible()
    assert page.locator("figure svg title").count() > 20  # of the marks: the browser shows them by itself
    context.close()


def test_a_commune_chosen_by_the_keyboard_is_in_evidence_and_its_sheet_one_link_away(tab, shipped):
    page = opened(tab, shipped, CHILDCARE)
    code, name = chosen(page)
    assert page.locator("tr.mine").count() > 0 and page.locator("g.mine").count() > 0
    assert set(page.locator("tr.mine > th").all_inner_texts()) <= {name, ""}
    readouts = [text for text in page.locator(".readout").all_inner_texts() if text]
    assert readouts and all(text.startswith(f"{name}{NBSP}: ") for text in readouts)
    assert re.fullmatch(r"En évidence\s: \d+ dessins? et \d+ lignes?\.", page.locator("#ma-commune-dite").inner_text())
    page.get_by_role("link", name="sa fiche").click()
    page.wait_for_url(f"**/{SHEETS}*#commune-{code}")
    assert page.locator(".sheet.mine h2").inner_text() == name


@pytest.mark.nightly
def test_the_commune_is_kept_from_page_to_page_from_a_file_with_or_without_a_store(tab, shipped):
    for before in ("", "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})"):
        if before:
            tab.add_init_script(before)
        page = opened(tab, shipped, CHILDCARE, query="?commune=")
        code, _ = chosen(page, SECOND)
        page.locator("a[rel=next]").click()
        page.wait_for_url("**/05_*")
        assert page.locator("#ma-commune").input_value() == code
        page.get_by_role("searchbox").fill("crèche")
        page.keyboard.press("Enter")
        page.wait_for_url("**/recherche.html?q=*")
        assert page.locator("#ma-commune").input_value() == code
        page.locator("#trouve a").first.click()
        page.wait_for_url("**/0*#*")
        assert page.locator("#ma-commune").input_value() == code


def test_a_commune_that_a_note_says_to_have_nothing_is_in_evidence_there(tab, shipped):
    page = opened(tab, shipped, "08_handicap.html", DEFAULT_EPCI)
    note = page.locator("[data-zeros]").first
    name = note.get_attribute("data-zeros").split("|")[0]
    page.locator("#ma-commune").select_option(name)
    table = note.locator("xpath=..")
    assert page.locator(".note.mine").count() == 1 and table.locator("tr.mine").count() == 0
    assert table.locator("th", has_text="Laguiole").count() == 1  # it has some
    lines = page.locator("tr.mine").count() + 1
    assert f" {lines} lignes." in page.locator("#ma-commune-dite").inner_text()


@pytest.mark.nightly
def test_a_commune_that_is_not_there_is_none(tab, shipped):
    page = opened(tab, shipped, CHILDCARE, query="?commune=00000")
    assert page.locator("#ma-commune").input_value() == "" and page.locator(".mine").count() == 0


@pytest.mark.parametrize("name", each(CHAPTERS))
def test_the_keyboard_reads_every_value_of_every_drawing(tab, shipped, name):
    """The slider of a drawing goes through all that has a title in it, and tells each to a screen reader."""
    page = opened(tab, shipped, name)
    for drawing in page.locator(".drawing:has(> input)").all():
        if not drawing.is_visible():
            continue
        titles = set(drawing.locator("svg title").all_text_contents())
        slider = drawing.locator("input")
        slider.focus()
        page.keyboard.press("Home")
        read = []
        for _ in range(int(slider.get_attribute("max")) + 1):
            read.append(drawing.locator(".readout").inner_text())
            assert slider.get_attribute("aria-valuetext") == read[-1]
            assert drawing.locator("g.read").count() >= 1
            page.keyboard.press("ArrowRight")
        assert set(read) == titles and len(read) == len(titles)
        page.keyboard.press("Escape")
        assert drawing.locator(".readout").inner_text() == "" and drawing.locator("g.read").count() == 0


@pytest.mark.nightly
def test_the_comparator_of_a_profile_is_chosen_by_the_keyboard_with_its_test(tab, shipped):
    page = opened(tab, shipped, CHILDCARE)
    row = page.locator(".profile tbody tr:has([data-comparator=departement]:not(:empty))").first
    before = page.locator(".profile").all_inner_texts()
    choice = page.get_by_label("Comparé à")
    choice.focus()
    page.keyboard.type("Exemple")
    page.keyboard.press("Enter")
    assert choice.input_value() == "departement"
    cell = row.locator("[data-comparator=departement]")
    others = page.locator(".profile [data-comparator]:not([data-comparator=departement])")
    assert cell.is_visible() and not any(one.is_visible() for one in others.all())
    assert row.locator(".test").inner_text() == cell.get_attribute("data-test") != ""
    choice.select_option("")
    assert page.locator(".profile").all_inner_texts() == before


def test_the_small_drawings_of_a_profile_are_read_above_it(tab, shipped):
    page = opened(tab, shipped, CHILDCARE)
    cell = page.locator(".profile td:has(> .reader)").last
    cell.locator(".reader").focus()
    page.keyboard.press("End")
    read = [text for text in page.locator(".choice .readout").all_inner_texts() if text]
    assert len(read) == 1 and read[0] in cell.locator("svg title").all_text_contents()


def test_the_pointer_and_the_finger_read_the_commune_they_are_on(shipped, browser):
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHT}, has_touch=True)
    page = context.new_page()
    page.goto((shipped / DEFAULT_EPCI / "01_territoire.html").resolve().as_uri())
    drawing = page.locator("figure.map .drawing").first
    marks = drawing.locator("svg g:has(> title)")
    title = marks.nth(4).locator("title").text_content()
    drawing.scroll_into_view_if_needed()
    for act in (page.mouse.move, page.touchscreen.tap):
        box = marks.nth(4).bounding_box()
        act(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert drawing.locator(".readout").inner_text() == title
        page.keyboard.press("Escape")
    context.close()


@pytest.mark.parametrize("name", each(CHAPTERS))
@pytest.mark.parametrize("epci", [EXAMPLE_EPCI, pytest.param(DEFAULT_EPCI, marks=pytest.mark.nightly)])
def test_every_commune_of_a_map_is_identified(tab, shipped, epci, name):
    if name not in PAGES_OF[epci]:
        pytest.skip("its démarche tells nothing of it yet")
    page = opened(tab, shipped, name, epci)
    communes = set(page.locator("#ma-commune option:not(:first-child)").all_text_contents())
    with (shipped / epci / "donnees" / "structures.csv").open(encoding="utf-8-sig", newline="") as file:
        structures = {typography(line["structure"]) for line in csv.DictReader(file, delimiter=";")}
    for figure in page.locator("figure.map").all():
        named = {title.partition(f"{NBSP}: ")[0] for title in figure.locator("svg title").all_text_contents()}
        without = re.findall(r"Sans contour sur la carte\s: ([^.]*)\.", " ".join(figure.all_inner_texts()))
        assert named <= communes | structures and all(name in " ".join(without) for name in communes - named)


TABLE = """<div class="table"><table>
<thead><tr><th scope="col">Commune</th><th scope="col">Valeur</th></tr></thead>
<tbody>{rows}<tr class="marked"><th scope="row">Ensemble</th><td>1</td></tr></tbody></table></div>"""


def sorted_cells(page, values, presses=1):
    """Return the cells of a column in the order that so many presses of the button of its header give."""
    rows = "".join(f'<tr><th scope="row">C{rank}</th><td>{text}</td></tr>' for rank, text in enumerate(values))
    page.set_content(f"<main>{TABLE.format(rows=rows)}</main><script>{script('page.js')}</script>")
    button = page.get_by_role("button", name="Valeur")
    for _ in range(presses):
        button.focus()
        page.keyboard.press("Enter")
    return page.locator("td").all_inner_texts(), page.locator("th").nth(1).get_attribute("aria-sort")


@pytest.mark.parametrize(
    "values, order",
    [
        (["9,5", "1\u202f234,5", "nd", "12", "s", "\u22123"], ["\u22123", "9,5", "12", "1\u202f234,5", "nd", "s"]),
        (["21\u202f%", "≤ 5 %", "4 sur 16", "−0,5\u202f%"], ["−0,5\u202f%", "≤ 5 %", "21\u202f%", "4 sur 16"]),
        (["1,08 M€", "443 000 €", "–", "25 k€"], ["25 k€", "443 000 €", "1,08 M€", "–"]),
        (["01/02/2027", "15/01/2026", "31/12/2025"], ["31/12/2025", "15/01/2026", "01/02/2027"]),
        (["≈ 45", "entre 10 et 20", "moins de 20"], ["entre 10 et 20", "≈ 45", "moins de 20"]),
        (["non", "Évitable", "éclair", "oui"], ["éclair", "Évitable", "non", "oui"]),
    ],
)  # fmt: skip
@pytest.mark.nightly
def test_tables_sort_as_french_counts_and_spells(tab, values, order):
    """What is not known comes last both ways; totals and comparators stay; a third press gives the order back."""
    ways = [sorted_cells(tab, values, presses) for presses in (1, 2, 3)]
    by_way = {way: cells for cells, way in ways}
    assert set(by_way) == {"ascending", "descending", None}
    unknown = [text for text in values if text in ("nd", "s", "–", "moins de 20")]
    known = [text for text in order if text not in unknown]
    assert by_way["ascending"] == [*known, *unknown, "1"] and by_way["descending"] == [*known[::-1], *unknown, "1"]
    assert by_way[None] == [*values, "1"]


@pytest.mark.nightly
@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_with_a_commune_chosen_and_a_table_sorted(tab, shipped, name, width, scheme):
    page = opened(tab, shipped, name)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": HEIGHT})
    chosen(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for button in page.locator("button.sort").all()[:3]:
        button.click()
    page.locator(".reader").first.focus() if page.locator(".reader").count() else None
    assert page.evaluate(CONTRASTS, LEAST_CONTRAST) == []
    assert violations(with_axe(page)) == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", SHIPPED)
def test_axe_finds_nothing_without_script(shipped, browser, name):
    """The page as it is written: its own script is refused, that of axe is not."""
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHT}, bypass_csp=True)
    page = context.new_page()
    html = (shipped / EXAMPLE_EPCI / name).read_text(encoding="utf-8")
    page.set_content(html.replace(f"<script>{script('page.js')}</script>", ""))
    assert violations(with_axe(page)) == []
    context.close()


def test_the_sliders_of_the_simulator_stand_in_the_place_of_the_scenario_but_on_paper(tab, shipped):
    page = opened(tab, shipped, CHILDCARE)
    simulator, scenario = page.locator(".simulator").first, page.locator(".scenario").first
    assert simulator.is_visible() and not scenario.is_visible()
    places, result = simulator.get_by_role("slider", name="Places de plus en EAJE"), simulator.locator("output")
    assert result.get_attribute("aria-live") == "polite"
    before = result.inner_text()
    places.focus()
    page.keyboard.press("ArrowRight")
    assert int(places.input_value()) == int(places.get_attribute("value")) + 1 and result.inner_text() != before
    page.emulate_media(media="print")
    assert scenario.is_visible() and not simulator.is_visible()


WORKED_OUT = """([places, leaving, most]) => {
  const [first, second] = document.querySelectorAll(".simulator input");
  for (const [input, value] of [[first, places], [second, leaving]]) {
    input.max = most;
    input.value = value;
  }
  first.dispatchEvent(new Event("input", {bubbles: true}));
  return document.querySelector(".simulator output").textContent;
}"""


@pytest.mark.nightly
@pytest.mark.parametrize("rate, places, at_childminders, at_work", [(60, 180, 120, 50), (12.8, 1433, 1433, 611)])
def test_the_page_works_out_what_the_library_does(tab, rate, places, at_childminders, at_work):
    """All that the sliders allow, and more departures than there are childminders: the same words to the last digit."""
    known = {RATE: rate, PLACES: places, CHILDMINDER_PLACES: at_childminders, AT_WORK: at_work}
    rows = pd.DataFrame({"indicator": known.keys(), "value": [*map(float, known.values())], "period": "2023"})
    rows = rows.assign(status="ok", source="cnaf")
    first = simulate(rows, places=0, leaving=1)
    html = childcare.simulator(CATALOGUE[RATE], first, "Cnaf.").html
    tab.set_content(f"<main>{html}</main><script>{script('page.js')}</script>")
    faults = []
    for added, leaving in product(range(0, 120, 7), range(1, at_work + 40, max(1, at_work // 12))):
        after = simulate(rows, places=added, leaving=leaving).after
        expected = tab.locator(".simulator").get_attribute("data-text").replace("{}", number(after, 1))
        found = tab.evaluate(WORKED_OUT, [added, leaving, 9999])
        faults += [(added, leaving, expected, found)] if found != expected else []
    assert faults == []


def test_paper_has_nothing_of_the_script(tab, shipped):
    page = opened(tab, shipped, CHILDCARE)
    chosen(page)
    page.emulate_media(media="print")
    for gone in (".mine-of", ".readout", ".reader"):
        assert not any(one.is_visible() for one in page.locator(gone).all())
