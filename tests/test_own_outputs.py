"""What cells of an analyst's own show on a page: tables, images, Markdown, text; nothing that runs, the same bytes."""

import base64
import re
from urllib.parse import quote

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from IPython.display import Image

from ctg_analysis.chapter.own import MOST_ROWS, frame, picture
from ctg_analysis.display.markup import ABOUT, PAGE, Html
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import settings
from ctg_analysis.publish.own_outputs import (
    ELSEWHERE,
    HEAVIEST,
    NO_LINK,
    NOT_TEXT,
    RUNS,
    TOO_HEAVY,
    UNTOLD,
    WITHOUT_ALT,
    of_cell,
    published,
    rendered,
    sanitised,
)
from ctg_analysis.publish.page import chapter_page

HOSTILE = '<img src="x" onerror="x()"><script>x()</script>'
SOURCE = "Enquête de l'office, 2026"


def cell(*outputs):
    return nbformat.v4.new_code_cell("x", outputs=list(outputs))


def shown(data=None, stream=""):
    if stream:
        return nbformat.v4.new_output("stream", name=stream, text="\x1b[31mun\x1b[0m\n2 %\r<b>\n")
    return nbformat.v4.new_output("display_data", data=data)


def html_of(*outputs):
    """Return the HTML of what a cell shows, and the remarks."""
    made = published([cell(*outputs)])
    return [output.data["text/html"] for output in made.cells[0].outputs], made.remarks


def test_each_kind_of_output_is_published_or_told():
    kinds = {
        "stdout": (shown(stream="stdout"), '<pre class="said" tabindex="0">un\n&lt;b&gt;</pre>', ""),
        "stderr": (shown(stream="stderr"), "", ""),
        "text": (
            shown({"text/plain": "(1, '<b>')"}),
            '<pre class="said" tabindex="0">(1, &#39;&lt;b&gt;&#39;)</pre>',
            "",
        ),
        "object": (shown({"text/plain": "<Axes: >"}), "", ""),
        "markdown": (shown({"text/markdown": f"**Né** : {HOSTILE}"}), "<p><strong>Né</strong>\u00a0: </p>", ELSEWHERE),
        "html": (
            shown({"text/html": f"<h2>Un</h2>{HOSTILE}<p>ok</p>", "text/plain": "x"}),
            "<h2>Un</h2><p>ok</p>",
            RUNS,
        ),
        "drawn": (shown({"text/html": "<div><p id='a'> </p></div><script>x()</script>", "text/plain": "x"}), "", RUNS),
        "plotly": (shown({"application/vnd.plotly.v1+json": {}, "text/html": "<script>x()</script>"}), "", RUNS),
        "latex": (shown({"text/latex": "$x$", "text/plain": "x"}), "", "text/latex that a page"),
        "heavy": (shown({"text/html": "x" * (HEAVIEST + 1)}), "", TOO_HEAVY),
        "image": (
            shown({"image/png": "AAAA", "text/plain": "<Figure>"}),
            '<img src="data:image/png;base64,AAAA" alt="G',
            WITHOUT_ALT,
        ),
        "svg": (shown({"text/html": "<p>a</p><svg><text>b</text></svg>"}), "<p>a</p>", "a drawing within HTML"),
        "long": (nbformat.v4.new_output("stream", name="stdout", text="x" * (HEAVIEST + 1)), "", TOO_HEAVY),
        "ours": (shown({"text/html": "<p>1</p>", ABOUT: {}}), "<p>1</p>", ""),
        "frame": (shown({"text/html": "<table>", PAGE: "<p>page</p>", ABOUT: {"rows": [["a"]]}}), "<p>page</p>", ""),
    }
    faults = []
    for name, (output, html, remark) in kinds.items():
        found, remarks = html_of(output)
        if html not in "".join(found) or bool(html) != bool(found) or bool(remark) != bool(remarks):
            faults.append((name, found, remarks))
        elif remark and remark not in " ".join(remarks):
            faults.append((name, remarks))
        if "onerror" in "".join(found) or "<script" in "".join(found):
            faults.append((name, found))
    assert faults == []


def test_an_image_of_ipython_has_its_own_alternative():
    bundle, metadata = Image(b"\x89PNG", alt="Plan du quartier")._repr_mimebundle_()
    (html,), remarks = html_of(nbformat.v4.new_output("display_data", data=bundle, metadata=metadata))
    assert 'alt="Plan du quartier"' in html and remarks == []


def test_a_value_beside_a_drawing_is_not_on_the_page_and_lines_name_the_cell_of_the_notebook():
    injected = nbformat.v4.new_code_cell("epci = 1", metadata={"tags": ["injected-parameters"]})
    drawn = cell(shown({"text/plain": "[Text(0.5, 0, 'x')]"}), shown({"image/png": "AAAA"}))
    made = published([nbformat.v4.new_markdown_cell("# Un\n\n![plan](plan.png)"), injected, drawn])
    assert len(made.cells[-1].outputs) == 1
    assert made.remarks == [f"cell 1: {ELSEWHERE}", f"cell 2: {WITHOUT_ALT}"]


@pytest.mark.parametrize("words, asked", [("image.png", True), ("", True), ("Plan du quartier", False)])
def test_a_pasted_image_is_asked_for_words_of_its_own(words, asked):
    attached = {"image.png": {"image/png": "AAAA"}}
    pasted = nbformat.v4.new_markdown_cell(f"![{words}](attachment:image.png)", attachments=attached)
    assert published([pasted]).remarks == ([f"cell 1: {UNTOLD}"] if asked else [])
    assert '<img src="data:image/png;base64,AAAA" alt="' in of_cell(pasted).html


@pytest.mark.parametrize("name", ["plan du quartier.png", "Capture d'écran (2).png", "Capture d’écran à 10.22.png"])
def test_a_pasted_image_is_found_by_the_address_that_jupyterlab_gives_it(name):
    address = quote(name, safe=";,/?:@&=+$!*'()#")  # encodeURI
    attached = {name: {"image/png": "AAAA"}}
    pasted = nbformat.v4.new_markdown_cell(f"![Plan](attachment:{address})", attachments=attached)
    assert of_cell(pasted) == ('<p><img src="data:image/png;base64,AAAA" alt="Plan"></p>\n', [])


def test_the_name_of_a_file_is_no_alternative_of_an_output():
    bundle, metadata = Image(b"\x89PNG", alt="plan.PNG")._repr_mimebundle_()
    assert html_of(nbformat.v4.new_output("display_data", data=bundle, metadata=metadata))[1] == [
        f"cell 1: {WITHOUT_ALT}"
    ]
    written = shown({"text/html": '<img src="data:image/png;base64,AAAA" alt="plan.png">'})
    assert html_of(written)[1] == [f"cell 1: {WITHOUT_ALT}"]


def page_of(*cells):
    """Return what a page says between its heads and its foot, and the remarks."""
    about = dict.fromkeys(("territory", "title", "geography", "current"), "") | {"chapters": [], "fictional": False}
    html, _, remarks, _ = chapter_page(nbformat.v4.new_notebook(cells=list(cells)), about)
    return html.partition("<main")[2].partition("</main>")[0], remarks


TEXTS = {
    "a <script>x()</script><b>c</b>": ("a <b>c</b>", NOT_TEXT),
    "<iframe src='https://e.org/'></iframe>\n\nd": ("d", NOT_TEXT),
    "<style>h1{display:none}</style>\n\ne": ("e", NOT_TEXT),
    "<object data='x'>f</object> g": (" g", NOT_TEXT),
    'h <b title=">" onclick=x()>i</b>': ("h <b>i</b>", NOT_TEXT),
    "[j](javascript:x())": ("j", NO_LINK),
    "<a href='java&#9;script:x()'>k</a>": ("k", NO_LINK),
    "[j](//e.org/p)": ("j", NO_LINK),
    "<a href='//e.org'>j</a> <a href=\"/\\e.org\">k</a>": ("<a>j</a> <a>k</a>", NO_LINK),
    "![l](plan.png) m": (" m", ELSEWHERE),
    "<img src='plan.png' alt='n'> o": (" o", ELSEWHERE),
    "<img src='https://example.org/a.png' alt='p'> q": (" q", ELSEWHERE),
    "<svg><script>x()</script></svg> r": (" r", NOT_TEXT),
}


def test_a_text_goes_through_the_gate_and_the_build_names_its_cell():
    faults = []
    for make in (nbformat.v4.new_markdown_cell, nbformat.v4.new_raw_cell):
        for text, (kept, said) in TEXTS.items():
            if make is nbformat.v4.new_raw_cell and "](" in text:
                continue
            made, remarks = page_of(nbformat.v4.new_markdown_cell("# Titre <script>x()</script>"), make(text))
            told = [f"cell 1: {NOT_TEXT}", f"cell 2: {said}"]
            if kept not in made or remarks[:2] != told or "<h1>Titre </h1>" not in made:
                faults.append((text, made, remarks))
            faults += [(text, made) for one in ("x()", "<iframe", "h1{", "<object", "src=") if one in made]
    assert faults == []


TOO_MUCH = {
    "<p>x</p>" * 30_000: "tags that a page does not show: expected 40000 at most, fewer points or rows",
    "x" * (HEAVIEST + 1): TOO_HEAVY,
}


@pytest.mark.parametrize("text", TOO_MUCH, ids=["tags", "heavy"])
def test_html_that_would_take_minutes_is_refused_in_a_line_that_names_its_cell(text):
    for made in (nbformat.v4.new_raw_cell(text), cell(shown({"text/html": text}))):
        page, (line,) = page_of(made)
        assert len(page) < 200 and line.startswith("cell 1: ") and TOO_MUCH[text] in line


def test_attributes_between_single_quotes_are_cleaned_as_the_others():
    image = "<img src='data:image/png;base64,AAAA' alt='Plan du \"quartier\"'>"
    (html,), remarks = html_of(shown({"text/html": image}))
    assert remarks == [] and "alt='Plan du \"quartier\"'" in html
    assert sanitised("<img alt='\" src=\"'>a<b title='c' onclick='x()'>d</b>") == "a<b>d</b>"


def test_what_markdown_writes_stays_and_is_not_told():
    text = (
        "# Un\n\n##### Cinq\n\n- [x] fait\n- [ ] non\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n"
        "`<script>` [a](https://e.org/?a=1&b=2) <details><summary>s</summary>on = 1</details> <!-- <script> -->\n\n"
        "```html\n<img onerror='x()'>\n```\n"
    )
    made, remarks = page_of(nbformat.v4.new_markdown_cell(text))
    assert remarks == []
    for kept in ("<h1>Un</h1>", "<h5>Cinq</h5>", "☑ fait", "☐ non", "<code>&lt;script&gt;</code>", "<details>"):
        assert kept in made, kept
    assert '<a href="https://e.org/?a=1&amp;b=2">a</a>' in made and '<td style="text-align:right">2</td>' in made
    assert '<th style="text-align:left" scope="col">a</th>' in made


def test_the_texts_of_the_chapters_pass_as_they_are():
    """The bytes of the shipped pages are those of their Markdown."""
    for path in sorted((settings().root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        for text in nbformat.read(path, as_version=4).cells:
            if text.cell_type == "markdown":
                assert of_cell(text) == (rendered(text.source, {}), []), (path.name, text.source)


def test_html_of_anybody_runs_loads_and_restyles_nothing_and_its_tables_have_their_frame():
    table = "<table border='1' class='for-team'><thead><tr><th>&nbsp;</th><th>a</th></tr></thead>"
    clean = sanitised(f"<style scoped>.a{{}}</style>{table}<tbody><tr><th>1</th></tr></tbody></table>")
    assert clean.startswith('<div class="table" role="group" aria-label="Tableau" tabindex="0"><table><thead>')
    assert (
        '<th scope="col">Ligne</th><th scope="col">a</th>' in clean
        and '<th scope="row">1</th>' in clean
        and "for-team" not in clean
    )
    hostile = (
        '<a href="javascript:x()">a</a><a href="data:text/html,x">b</a><img src="https://e.org/x.png" alt="c">'
        '<svg onload="x()"><script>x()</script></svg><base href="//e.org"><meta http-equiv="refresh" content="0">'
        '<link rel="stylesheet" href="x"><input autofocus onfocus="x()"></main>'
        '<div id="contenu" style="position:fixed">'
    )
    clean = sanitised(hostile)
    assert not re.search(r"script|href=|src=|on\w+=|style|id=|</?(?:main|meta|base|link|input|svg)", clean), clean
    assert '<a href="https://e.org/">d</a>' in sanitised('<a href="https://e.org/" target="_top">d</a>')


def test_a_frame_is_told_in_french_with_its_index_where_it_says_something():
    rows = pd.DataFrame(
        {
            "commune": ["Le Bourg", HOSTILE],
            "code": ["01001", "2A004"],
            "year": [2023, 2024],
            "part": [12.345, None],
            "nombre": [1240, 3],
            "le": pd.to_datetime(["2026-11-27", None]),
            "oui": [True, False],
        },
        index=[4, 9],
    )
    html = frame(rows, "Titre", SOURCE).html
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", html)
    assert cells[7:14] == ["Le Bourg", "01001", "2023", "12,3", "1\u202f240", "27 novembre 2026", "oui"]
    assert cells[16:] == ["2024", "—", "3", "—", "non"] and "onerror=&#34;x()" in html and "<script>" not in html
    assert "Source\u00a0: Enquête" in html and "<caption><span>Titre</span>" in html
    series = frame(rows.set_index("commune")["nombre"]).html
    assert re.findall(r"<th [^>]*>(.*?)</th>", series)[:3] == ["commune", "nombre", "Le Bourg"]


def test_a_long_frame_says_what_is_left_out_and_no_small_number_becomes_a_zero():
    html = frame(pd.DataFrame(np.arange(100 * 30).reshape(100, 30))).html
    assert html.count("<tr>") == MOST_ROWS + 1
    assert "Seules sont montrées\u00a0: 60 lignes sur 100, 20 colonnes sur 30." in html
    small = frame(pd.DataFrame({"a": ["x", "y", "z"], "p": [0.00001, 0.5, 0.0]})).html
    assert "<td>1,0e−05</td>" in small and "<td>0,5000</td>" in small and "<td>0,0000</td>" in small
    assert frame(pd.DataFrame({"a": []})).html == "<p>Tableau sans ligne.</p>"
    two = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 2023), ("a", 2024)]))
    assert ">a 2023<" in frame(two).html
    assert '<th scope="col">Ligne</th>' in frame(pd.Series([1.5], index=["mean"], name="a")).html


def test_a_picture_has_its_words_and_the_same_bytes_each_time():
    def drawn():
        axes = sns.scatterplot(pd.DataFrame({"x": [1, 2, 3], "y": [3, 1, 2]}), x="x", y="y")
        return picture(None, axes, alt='Nuage de "points"', source=SOURCE, title="Titre")

    before, first = plt.get_fignums(), drawn()
    assert isinstance(first, Html) and first.html == drawn().html and plt.get_fignums() == before
    assert 'alt="Nuage de &#34;points&#34;"' in first.html and '<strong class="title">Titre' in first.html
    content = base64.b64decode(re.search('base64,([^"]+)', first.html)[1])
    assert content.startswith(b"\x89PNG") and b"tEXt" not in content and len(content) < 60_000
    grid = sns.relplot(pd.DataFrame({"x": [1, 2], "y": [3, 1]}), x="x", y="y")
    assert "<img" in picture(None, grid, alt="Nuage", source=SOURCE).html and not plt.get_fignums()


@pytest.mark.parametrize(
    "drawing, alt, source, said",
    [(None, "x", "x", "found NoneType"), (plt, " ", "x", "no text alternative"), (plt, "x", "", "no source")],
)
def test_a_picture_without_its_words_is_told_in_one_line(drawing, alt, source, said):
    with pytest.raises(UserError, match=said) as error:
        picture(None, drawing, alt=alt, source=source)
    assert error.value._render_traceback_() == [str(error.value)] and "\n" not in str(error.value)


def test_an_svg_has_the_same_bytes_each_time():
    def drawn(date, name):
        return shown({"image/svg+xml": f'<svg><metadata>{date}</metadata><g id="{name}"/><use href="#{name}"/></svg>'})

    assert html_of(drawn("a", "p1")) == html_of(drawn("b", "p2"))
