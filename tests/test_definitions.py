"""What is defined: once a report, on its own page, which the chapters lead to."""

from nbformat.v4 import new_code_cell, new_output

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.display import markup
from ctg_analysis.display.markup import ABOUT, Html
from ctg_analysis.display.words import notes
from ctg_analysis.publishing.pages.definitions import definitions, moved, told

ABOUT_PAGE = {"title": "Petite enfance", "current": "04_petite_enfance.html"}


def cell(*pieces):
    return new_code_cell(outputs=[new_output("display_data", piece._repr_mimebundle_()) for piece in pieces])


def defining(*names):
    return markup.definitions(notes.definitions(CATALOGUE[name] for name in names))


def method(label, part=""):
    return markup.definitions([{"label": label, "definition": "Un test.", "caveats": "", "part": part}])


def test_a_chapter_leads_to_each_part_of_the_page_once():
    both = defining("childcare_coverage_rate", "births_count")
    cells = [cell(Html("<p>1</p>")), cell(both), cell(method("Tests", notes.METHOD)), cell(both), cell(method("Ici"))]
    shown = ["".join(output.data["text/html"] for output in one.outputs) for one in moved(cells, ABOUT_PAGE)]
    assert shown[0] == "<p>1</p>" and shown[2] == shown[3] == "" and "<dl" not in "".join(shown[:4])
    assert "<dt>Ici</dt>" in shown[4]
    assert 'href="definitions.html#petite-enfance">Petite enfance</a>, <a href="definitions.html">Autres' in shown[1]
    assert "definitions.html#methode-de-tout-le-diagnostic" in shown[1]
    assert cells[1].outputs[0].data[ABOUT] == moved(cells, ABOUT_PAGE)[1].outputs[0].data[ABOUT]


def test_each_entry_stands_once_under_its_chapter_then_the_sources_then_the_method():
    shown = Html("<p>1</p>", {"indicators": ["births_count", "childcare_coverage_rate", "deaths_count"]})
    chapters = [
        {"title": "Territoire", "page": "01_t.html", "contents": told([cell(shown, method("Tests", notes.METHOD))])},
        {"title": "Bilan", "page": "13_b.html", "contents": told([cell(shown, method("Tests", notes.METHOD))])},
        {"title": "Enjeux", "page": "14_e.html", "contents": told([cell(method("Un enjeu"))])},  # stays there
        {"title": "Ancien", "page": "15_s.html", "contents": {}},
    ]
    sources = {"births_count": ["Producteur, b."], "childcare_coverage_rate": ["Autre, c.", "Producteur, b."]}
    body, sections = definitions(chapters, sources)
    assert [one.title for one in sections] == ["Territoire", "Les sources", notes.METHOD]
    assert body.count('id="births_count"') == body.count("<dt>Tests</dt>") == body.count("Producteur, b.") == 1
    assert "deaths_count" not in body  # of which nothing is known here
    assert body.index("Autre, c.") < body.index("Producteur, b.") < body.index("<dt>Tests</dt>")


def test_a_member_that_its_label_tells_is_named_and_another_one_defined():
    bands = notes.definition(*(CATALOGUE[f"{name}_count"] for name in ("children_5_9", "children_10_14")))
    assert bands["definition"].endswith("De même\u00a0: enfants de 10 à 14 ans.")
    benefits = notes.definition(CATALOGUE["caf_rsa_households_count"], CATALOGUE["caf_housing_households_count"])
    assert "De même" not in benefits["definition"] and "qui réduit le loyer" in benefits["definition"]
