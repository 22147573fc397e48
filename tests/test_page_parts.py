"""What a page is made of besides its cells: boxes put together, ids, sections, the index of the search."""

import json
import re
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html, Table, for_readers
from ctg_analysis.display.texts import typography
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.publish.contents import Section, contents, index, with_sections
from ctg_analysis.publish.own_outputs import published
from ctg_analysis.publish.page import for_team_alone, merged, placed, without_law_alone
from ctg_analysis.publish.site import css_text


def cell(html, source="chapter.reading()"):
    return showing(Html(html), source)


def showing(piece, source="chapter.reading()"):
    outputs = [new_output("execute_result", piece._repr_mimebundle_())] if piece.html else []
    return new_code_cell(source, outputs=outputs)


def test_what_shows_nothing_says_why_in_the_notebook_and_not_on_the_page():
    silent = Html("", {"indicators": ["births_count"]}, why="Aucune évolution établie.")._repr_mimebundle_()
    assert silent["text/plain"] == "Aucune évolution établie." and "text/html" not in silent
    assert Html("<p>1</p>")._repr_mimebundle_()["text/html"] == "<p>1</p>"
    page = published([new_code_cell("x", outputs=[new_output("execute_result", silent)])])
    assert "Aucune" not in "".join(out.data.get("text/html", "") for out in page.cells[0].outputs)


def missing(what, label="Caf, activité des EAJE"):
    return markup.unavailable(
        what, [{"label": label, "how": "formulaire à faire remplir", "command": "ctg new 200067171"}]
    )


def box(*what):
    return showing(missing(*what))


def html(cells):
    return ["".join(one["data"]["text/html"] for one in cell.get("outputs", [])) for cell in cells]


def test_boxes_that_follow_each_other_become_one_with_an_entry_for_each_source():
    shown = html(merged([box("taux d’occupation."), box("places.", "PMI"), box("prix de revient."), cell("<figure>")]))
    assert shown[1:] == ["", "", "<figure>"]
    assert shown[0].count('class="unavailable"') == 1
    assert "Données non disponibles\u00a0:</strong> taux d’occupation\u202f; prix de revient.</p>" in shown[0]
    assert "Donnée non disponible\u00a0:</strong> places.</p>" in shown[0]
    assert shown[0].count("formulaire à faire remplir") == 2


def test_what_only_repeats_for_the_communes_or_the_years_is_said_once():
    shown = html(
        merged([box("demandes."), box("demandes, par commune."), box("demandes, évolution."), box("a, par commune.")])
    )
    assert "</strong> demandes\u202f; a, par commune.</p>" in shown[0]


def test_the_boxes_of_one_cell_become_one_and_the_place_of_the_communes_is_told_once():
    (shown,) = html(merged([showing(markup.together(missing("a, pour l’ensemble du territoire."), missing("a.")))]))
    assert shown.count("</strong> a.</p>") == 1 == shown.count('class="unavailable"') == shown.count("formulaire")


@pytest.mark.parametrize("between", [cell("<figure>"), new_markdown_cell("## Un titre"), cell("")])
def test_what_stands_between_two_boxes_keeps_them_apart(between):
    cells = [cell("<p>a figure</p>"), box("a."), between, box("b.")]
    assert merged(cells) == cells


def title_and(*cells):
    return [new_markdown_cell("# Un titre"), *cells]


def test_a_section_that_shows_nothing_is_for_the_team_and_its_subsections_count():
    silent = new_output("execute_result", Html("", why="Aucun constat établi.")._repr_mimebundle_())
    cells = title_and(
        new_markdown_cell("## Rien"),
        *merged([box("a."), box("b.")]),
        new_markdown_cell("Une suite."),
        new_markdown_cell("## Plus bas"),
        *merged([box("c.")]),
        new_markdown_cell("### Un chiffre"),
        cell("<figure>"),
        new_markdown_cell("### Pas de chiffre"),
        new_code_cell("chapter.large_communes()", outputs=[silent]),
    )
    alone = for_team_alone(cells)
    assert [one.source for one, hidden in zip(cells, alone, strict=True) if hidden and one.cell_type == "markdown"] == [
        "## Rien",
        "### Pas de chiffre",
    ]
    assert [hidden for one, hidden in zip(cells, alone, strict=True) if one.cell_type == "code"] == [1, 1, 1, 0, 1]


def test_a_section_that_shows_the_law_alone_is_for_the_team():
    read = {"texte": "Un animateur pour huit.", "source": "Article R. 227-15", "date": "2017-01-03"}
    law = showing(markup.references([read, read | {"a_verifier": "le nombre"}]))
    cells = title_and(
        new_markdown_cell("## La loi seule"), law, box("a."), new_markdown_cell("## Et un chiffre"), law, cell("<p>12")
    )
    cells = without_law_alone(cells)
    assert for_team_alone(cells) == [False, True, True, True, False, False, False]
    first, *_, last = [shown for shown in html(cells) if "huit" in shown]
    assert for_readers(first) == "" and first.count("huit") == 2 and for_readers(last).count("huit") == 1


def test_what_an_analyst_writes_stays_where_no_verb_is_asked_anything():
    printed = new_code_cell("print(1)", outputs=[new_output("stream", name="stdout", text="1")])
    both = new_markdown_cell("## Mes mots\n\nUn texte.\n\n## Rien")
    cells = title_and(new_markdown_cell("## Une note\n\nUn texte."), printed, both, box("a."))
    assert for_team_alone(cells) == [False, False, True, False, True]


def test_an_indicator_has_its_place_where_it_is_shown_with_the_fewest_others():
    cells = placed(
        [
            cell("", 'chapter.table("births_count", "deaths_count")'),
            cell("", 'chapter.reading("births_count")'),
            cell("", 'chapter.data("births_count")'),
            cell("", 'chapter.simulation(places=12, label="births")'),
        ]
    )
    assert [one.metadata.page.ids for one in cells] == [["deaths_count"], ["births_count"], [], []]


def test_sections_have_ids_of_their_own():
    body, sections = with_sections(
        "<h2>L’été &amp; l’œuvre</h2><h2>Méthode</h2><h2>Méthode</h2><h2>Contenu</h2><h2>…</h2>"
    )
    assert [one.id for one in sections] == ["l-ete-l-uvre", "methode", "methode-2", "contenu-2", "section"]
    assert sections[0].title == "L’été & l’œuvre" and '<h2 id="methode-2">Méthode</h2>' in body


def test_a_name_does_not_end_the_style_that_it_stands_in():
    assert css_text('a"b\\c</style>\n') == '"a\\22 b\\5c c\\3c /style>\\a "'


def test_a_commune_leads_to_its_own_sheet_or_to_the_table_that_has_them_all():
    communes = {"12001": "Abc", "12002": "D’Ef"}
    rows = Table("Les communes", ["Territoire", "Valeur"], [["Abc", "1"], ["D’Ef", "2"], ["CC", "3"]])
    figure = markup.figure(
        "<svg >", file="", kind="chart", title="A", subtitle="", alt="A", source="S", note="", data=rows
    )
    meaning = {name: typography(CATALOGUE[name].definition) for name in CATALOGUE}
    cells = [
        showing(figure, 'chapter.reading("births_count")'),
        showing(markup.table(rows), 'chapter.table("deaths_count", "population_count")'),
        showing(markup.Html("<section></section>", {markup.SHEETS: ["12002"]}), "chapter.sheets()"),
    ]
    cells = placed(cells)
    cells[1].metadata.page.labels = ["B", "C & D"]
    told = [
        Section("d-ef", "D’Ef", text="RSA"),
        Section("g", "G", text="50 foyers ont un HLM"),
        Section("h", "H", False),
    ]
    held = contents(cells, told, communes)
    chapters = [{"page": "01.html", "title": "T", "question": "Q ?", "contents": json.loads(json.dumps(held))}]
    chapters.append({"page": "02.html", "title": "</script>", "question": "", "contents": {}})
    text = index(chapters, communes, {"births_count": "12 (2024)", "population_count": "par commune, 2023"})
    assert "<" not in text
    assert json.loads(text) == [
        ["Chapitre", "T", "", "01.html", "Q ?", "", ""],
        ["Chapitre", "</script>", "", "02.html", "", "", ""],
        ["Indicateur", "Naissances domiciliées", "T", "01.html#births_count", meaning["births_count"], "12 (2024)", ""],
        ["Indicateur", "C & D", "T", "01.html#deaths_count", meaning["population_count"], "par commune, 2023", ""],
        ["Commune", "Abc", "", "01.html#deaths_count", "12001", "", ""],
        ["Commune", "D’Ef", "", "01.html#commune-12002", "12002", "", ""],
        ["Partie de chapitre", "D’Ef", "T", "01.html#d-ef", "", "", ""],
        ["Partie de chapitre", "G", "T", "01.html#g", "", "", "a foyers habitation hlm loyer modere ont un"],
        ["Indicateur en attente de données", "B", "T", "manques.html", meaning["deaths_count"], "", ""],
    ]


SIGHTS = {  # sight of colours and what light becomes with it: Machado, Oliveira and Fernandes (2009), severity 1
    "usual": np.eye(3),
    "without red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "without green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "without blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def light(colour):
    """The red, green and blue light of a colour of a page, from 0 to 1 (sRGB)."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(lights):
    """The coordinates of light in CIELAB, where a distance of 10 is seen at a glance."""
    x, y, z = np.cbrt(TO_XYZ @ np.clip(lights, 0.001, 1) / [0.9505, 1, 1.0888])
    return np.array([116 * y, 500 * (x - y), 200 * (y - z)])


def test_the_accent_of_each_part_is_legible_and_told_from_the_others_whatever_the_sight_of_colours():
    style = files("ctg_analysis.publish").joinpath("templates/style.css").read_text(encoding="utf-8")
    accents, papers, tints = (re.findall(rf"--{name}: (#\w+)", style) for name in ("accent", "paper", "tint"))
    assert len(accents) == 8  # four on light paper, then four on dark
    for colours, grounds in ((accents[:4], ["#ffffff", tints[0]]), (accents[4:], [papers[1], tints[1]])):
        for ground in grounds:
            *lights, behind = (TO_XYZ[1] @ light(colour) + 0.05 for colour in (*colours, ground))
            assert min(max(one / behind, behind / one) for one in lights) > 5, ground
        for sight, becomes in SIGHTS.items():
            seen = [lab(np.array(becomes) @ light(colour)) for colour in colours]
            assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 12, sight
