"""The pages in a browser: accessible (WCAG 2.2 AA), by the keyboard alone, at 320 pixels, from a file, without network.

They skip where no Chromium is found. `.ci/run` installs one and sets CTG_BROWSER=required: there, they fail instead.
"""

import io
import re

import pikepdf
import pytest
from accessibility import HEIGHT, NARROWEST, PHONE, WIDE, violations, with_axe
from in_page import CONTRASTS, FOCUSED, NOTES, REACHABLE
from shipped_pages import BESIDE, CHAPTERS, PAGES_OF, SHIPPED

from ctg_analysis.display.markup import for_readers
from ctg_analysis.display.notes import terms_in
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI

pytestmark = pytest.mark.slow

ONE_OF_EACH = [*BESIDE, "00_synthese.html", "04_petite_enfance.html", "17_fiche_commune.html"]  # a page of each kind
LEAST_CONTRAST = 4.5


def each(names):
    """Return names of pages: one of each kind, the others for the night."""
    return [name if name in ONE_OF_EACH else pytest.param(name, marks=pytest.mark.nightly) for name in names]


@pytest.fixture(scope="module")
def tab(browser):
    """The one tab of these tests, with the addresses that it asked for and the errors that it told."""
    page = browser.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page


def opened(tab, shipped, epci, name, width=WIDE, scheme="light"):
    tab.asked.clear()
    tab.errors.clear()
    tab.emulate_media(media="null", color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": HEIGHT})
    tab.goto((shipped / epci / name).resolve().as_uri())
    return tab


@pytest.fixture(scope="module", params=[pytest.param(DEFAULT_EPCI, marks=pytest.mark.nightly), EXAMPLE_EPCI])
def epci(request):
    return request.param


def of_its_report(name, epci):
    if name not in PAGES_OF[epci]:
        pytest.skip("its démarche tells nothing of it yet")


@pytest.fixture(scope="module", params=each(SHIPPED))
def page(request, tab, shipped, epci):
    """A page of a shipped report, opened from its file."""
    of_its_report(request.param, epci)
    return opened(tab, shipped, epci, request.param)


# The order of the tests is that of what they do to the page that they share.


def test_a_page_opens_from_its_file_asks_for_nothing_else_and_fits_in_320_pixels(page):
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    assert page.asked == [page.url] and page.url.startswith("file://")
    assert page.errors == []


def test_a_text_in_a_chart_is_told_from_what_is_behind_it(page):
    """Contrast of each text of the drawings with the marks drawn before it, the colour of the paper behind all."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRASTS, LEAST_CONTRAST) == [], scheme


@pytest.mark.nightly
def test_axe_finds_nothing_on_a_wide_screen_nor_on_a_phone_with_all_that_folds_unfolded(page):
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    assert violations(with_axe(page)) == []
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_axe_finds_nothing_in_dark(tab, shipped, name):
    page = opened(tab, shipped, EXAMPLE_EPCI, name, scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert violations(with_axe(page)) == []


def test_axe_would_find_a_fault(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, "index.html")
    page.evaluate("document.querySelector('.lead').style.color = '#aaa'")
    assert [one.split(":")[0] for one in violations(with_axe(page))] == ["color-contrast"]


def test_a_pale_text_in_a_chart_is_seen(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, "04_petite_enfance.html")
    page.evaluate("document.querySelector('figure svg text').style.fill = '#aaa'")
    assert len(page.evaluate(CONTRASTS, LEAST_CONTRAST)) == 1


@pytest.mark.nightly
@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", each(SHIPPED))
def test_the_keyboard_alone_reaches_everything_in_order_and_shows_where_it_is(tab, shipped, name, width):
    page = opened(tab, shipped, EXAMPLE_EPCI, name, width)
    expected = page.evaluate(REACHABLE)
    page.evaluate(NOTES)
    for _ in ("before all", *expected):
        page.keyboard.press("Tab")
    _, *reached = page.evaluate("noted")
    assert [one["rank"] for one in reached] == expected
    assert [one for one in reached if not one["seen"]] == []
    assert page.evaluate(FOCUSED)["rank"] != expected[-1]  # no trap at the last one


def test_the_skip_link_leads_to_the_content(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, "04_petite_enfance.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_data_of_a_chart_unfold_by_the_keyboard(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, "04_petite_enfance.html")
    assert not page.locator("figure table").first.is_visible()
    page.locator("figure summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure table").first.is_visible()


@pytest.mark.parametrize("name", each([name for name in CHAPTERS if "11" <= name[:2] <= "16"]))
def test_the_table_of_contents_stays_in_sight_on_a_wide_screen(tab, shipped, name):
    page = opened(tab, shipped, EXAMPLE_EPCI, name)
    links = page.locator(".contents.wide li:not(.for-team) a")
    assert links.count() == sum(one.is_visible() for one in page.locator("main h2").all()) > 2
    last = links.last
    last.click()
    assert page.locator("main h2").last.bounding_box()["y"] < HEIGHT and last.bounding_box()["y"] >= 0
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    assert not last.is_visible() and page.locator(".contents.narrow summary").is_visible()


@pytest.mark.parametrize("name", each([name for name in CHAPTERS if "01" <= name[:2] <= "10"]))
@pytest.mark.parametrize("epci", [DEFAULT_EPCI, EXAMPLE_EPCI])
def test_the_first_screen_holds_the_answer_three_figures_and_a_map(tab, shipped, epci, name):
    """At 1280 x 900, by position."""
    opened(tab, shipped, epci, name)
    tab.set_viewport_size({"width": 1280, "height": 900})
    bottoms = "nodes => nodes.map(node => node.getBoundingClientRect().bottom)"
    answer, figures, drawn = (
        tab.eval_on_selector_all(one, bottoms) for one in (".answer", ".large li", ".land .drawing > svg")
    )
    assert (len(answer), len(figures), len(drawn)) == (1, 3, 1)
    assert max(*answer, *figures, *drawn) <= 900


@pytest.mark.nightly
def test_chapters_lead_to_each_other(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, CHAPTERS[0])
    seen = [CHAPTERS[0]]
    while page.locator("a[rel=next]").count():
        with page.expect_navigation():
            page.locator("a[rel=next]").click()
        seen.append(page.url.rpartition("/")[2])
    assert seen == CHAPTERS
    with page.expect_navigation():
        page.locator("a[rel=prev]").click()
    assert page.url.endswith(CHAPTERS[-2])


def test_paper_is_white_and_keeps_what_is_read(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, "04_petite_enfance.html", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for gone in ("nav", "form", "details:not(.all) > summary", "#equipe"):
        assert not any(one.is_visible() for one in page.locator(gone).all())
    for kept in (".territory", "h1", ".banner", "figure svg", ".printed"):
        assert page.locator(kept).first.is_visible()


def test_a_heading_that_comes_again_on_paper_has_all_its_words(tab, shipped):
    """Chromium draws no box of a button there: those that sort, those that open a meaning have none on paper."""
    page = opened(tab, shipped, DEFAULT_EPCI, "04_petite_enfance.html")
    page.emulate_media(media="print")
    displays = "buttons => [...new Set(buttons.map(button => getComputedStyle(button).display))]"
    assert page.eval_on_selector_all("thead button", displays) == ["contents"]


def test_a_chapter_prints_on_a4_with_its_running_title(tab, shipped):
    page = opened(tab, shipped, EXAMPLE_EPCI, "04_petite_enfance.html")
    pdf = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    sizes = set(re.findall(rb"/MediaBox \[0 0 (\d+)[\d.]* (\d+)[\d.]*\]", pdf))
    assert sizes == {(b"594", b"841")} and b"/StructTreeRoot" in pdf and b"/Outlines" in pdf
    running = re.findall(r"@page \{(.*?)\}\s*<", page.content(), re.DOTALL)[-1]
    assert all(words in running for words in ("CC des Monts d’Exemple", "Petite enfance", "territoire fictif"))


def test_each_commune_has_one_sheet_of_a4(tab, shipped, epci):
    page = opened(tab, shipped, epci, "17_fiche_commune.html")
    communes = page.locator("main h2").count()
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True, tagged=True, outline=True))) as printed:
        numbers = {sheet.objgen: number for number, sheet in enumerate(printed.pages, start=1)}
        with printed.open_outline() as outline:
            sheets = [numbers[one.destination[0].objgen] for one in outline.root[0].children]
        assert communes + 1 <= len(printed.pages) <= communes + 2  # the footer may come after the last one
    assert sheets == list(range(2, communes + 2))


def test_the_search_of_the_index_finds_by_the_keyboard(tab, shipped):
    page = opened(tab, shipped, DEFAULT_EPCI, "index.html")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("TAUX de couvertures")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche.html?q=*")
    assert re.fullmatch(r"\d+ résultats\.", page.locator("#compte").inner_text())
    assert "ouverture" in page.locator("#trouve a").first.inner_text()
    page.locator("#q").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/0*_*.html#*")
    assert page.locator(f"[id='{page.url.partition('#')[2]}']").bounding_box()["y"] < HEIGHT


@pytest.mark.parametrize(
    "words, kind, title",
    [
        ("petite enfance", "Chapitre", "Petite enfance"),
        ("éLeVe allophone", None, None),
        ("saint chely", "Commune", "Saint-Chély-d’Aubrac"),
        ("12119", "Commune", "Laguiole"),
        ("taux de couverture", "Indicateur", "Taux de couverture de l’accueil du jeune enfant"),
        ("l'accueil jeune enfant taux", "Indicateur", "Taux de couverture de l’accueil du jeune enfant"),
        ("pyramide", "Partie de chapitre", "La pyramide des âges"),
        ("coeur", None, None),
        ("<script>", None, None),
    ],
)
def test_the_search_finds(tab, shipped, words, kind, title):
    page = opened(tab, shipped, DEFAULT_EPCI, "recherche.html")
    page.locator("#q").fill(words)
    if kind is None:
        assert page.locator("#compte").inner_text() == "Aucun résultat."
        return
    first = page.locator("#trouve li").first
    assert first.locator("a").inner_text() == title and first.locator("span").inner_text().startswith(kind)


def results(page, words: str) -> list[str]:
    """Return the titles that the search of a page finds."""
    page.locator("#q").fill(words)
    return page.locator("#trouve a").all_inner_texts()


@pytest.mark.parametrize(
    "words, others",
    [("creche", "CRÈCHES"), ("assistante maternelle", "assistants maternels"), ("centre social", "centres sociaux"),
     ("famille nombreuse", "familles nombreuses"), ("lieu", "lieux"), ("actif", "actives")],
)  # fmt: skip
def test_accents_capitals_plural_and_feminine_find_the_same(tab, shipped, words, others):
    page = opened(tab, shipped, EXAMPLE_EPCI, "recherche.html")
    assert results(page, words) == results(page, others) != []


@pytest.mark.parametrize(
    "words, title",
    [("assistante maternelle", "un assistant maternel"), ("nounou", "un assistant maternel"),
     ("garderie", "périscolaire"), ("logement social", "Locataires d’un logement HLM"), ("cantine", "cantine"),
     ("crèche", "en EAJE"), ("bébés", "Petite enfance"), ("ALSH", "accueils de loisirs")],
)  # fmt: skip
def test_the_words_of_readers_find_what_they_look_for(tab, shipped, epci, words, title):
    found = results(opened(tab, shipped, epci, "recherche.html"), words)
    assert any(title in one for one in found[:10]), found[:10]


@pytest.mark.nightly
def test_every_acronym_that_stands_on_a_page_is_found(tab, shipped, epci):
    pages = [path.read_text(encoding="utf-8") for path in (shipped / epci).glob("[01][0-9]_*.html")]
    said = terms_in(
        re.sub(r"<[^>]+>", " ", for_readers(page.partition("<main")[2].partition("</main>")[0])) for page in pages
    )
    page = opened(tab, shipped, epci, "recherche.html")
    assert {"RSA", "QPV", "FRR", "EAJE"} <= {*said}
    assert [term for term in said if not results(page, term)] == []
    assert "La décision du COPIL" in results(page, "comité de pilotage") or epci == DEFAULT_EPCI


def test_what_has_a_value_tells_it_and_comes_before_what_waits(tab, shipped):
    page = opened(tab, shipped, DEFAULT_EPCI, "recherche.html")
    page.locator("#q").fill("enfants")
    kinds = page.locator("#trouve span").all_inner_texts()
    waits = ["en attente" in kind for kind in kinds]
    assert waits == sorted(waits) and len(page.locator("#trouve strong").all()) > 5
    page.locator("#q").fill("taux de couverture")
    assert page.locator("#trouve strong").first.inner_text().startswith("66,0 places")


@pytest.mark.parametrize("name", ["04_petite_enfance.html", pytest.param("13_bilan.html", marks=pytest.mark.nightly)])
def test_a_term_opens_on_its_meaning_by_the_keyboard_and_closes(tab, shipped, name):
    page = opened(tab, shipped, EXAMPLE_EPCI, name)
    with_axe(page)
    for term in [one for one in page.locator("button.term").all() if one.is_visible()][:5]:
        place = f"[id='{term.get_attribute('popovertarget')}']"
        meaning = page.locator(place)
        assert not meaning.is_visible()
        term.focus()
        page.keyboard.press("Enter")
        assert meaning.is_visible() and meaning.inner_text().startswith(term.inner_text())
        above, below = sorted((term.bounding_box(), meaning.bounding_box()), key=lambda box: box["y"])
        assert 0 <= below["y"] - above["y"] - above["height"] < 16  # beside the term, over none of its words
        assert violations(page, place) == []
        page.keyboard.press("Escape")
        assert not meaning.is_visible()
