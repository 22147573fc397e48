"""Every sort of EPCI has its chapters: the cells run one by one, in this process, and give pages."""

import nbformat
import pytest

from ctg_analysis.publishing.chapters import all_chapters
from ctg_analysis.settings import EXAMPLE_EPCI

SORTS = {
    "200067171": "the reference case",
    EXAMPLE_EPCI: "the invented territory",
    "200054781": "a metropolis with arrondissements (Paris)",
    "200054807": "a metropolis with arrondissements (Marseille)",
    "200066553": "across two départements",
    "200015162": "Corsica",
    "249740119": "La Réunion",
    "200050532": "two communes, in Mayotte, of which nearly nothing is known",
    "200066637": "communes merged and split since 2021",
}


@pytest.mark.slow
@pytest.mark.parametrize("epci", SORTS, ids=SORTS.values())
def test_every_chapter_runs(epci, france, example):
    for chapter in all_chapters():
        names: dict = {}
        for cell in nbformat.read(chapter.path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            if "parameters" in cell.metadata.get("tags", []):
                exec(cell.source, names)
                names["epci"] = epci
                continue
            *statements, last = cell.source.rstrip().splitlines()
            exec("\n".join(statements), names)
            if last.startswith("chapter."):
                html = eval(last, names)._repr_html_()
                assert html and "nan" not in html.replace("financ", "").lower().split(), (chapter.path.name, last)
            else:
                exec(last, names)
