"""Every sort of EPCI has its chapters: their cells run one by one, in this process, and give pages.

The two shipped territories are built as pages by test_pages.
"""

import ast
import re

import nbformat
import pytest

from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.model.settings import chosen_chapters
from ctg_analysis.publish.tasks import sum_of_data

SORTS = {
    "200054781": "a metropolis with arrondissements (Paris)",
    "200066553": "across two départements",
    "200015162": "Corsica",
    "249740119": "La Réunion",
    "200050532": "two communes, in Mayotte, of which nearly nothing is known",
    "200066637": "communes merged and split since 2021",
}
LEAST = "200050532"  # that of which least is known: by day, two of its chapters


def run(source: str, names: dict) -> object:
    """Run a cell; return the value of its last line, as Jupyter would show it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("epci", "numbers"),
    [
        pytest.param(LEAST, ["00", "04"], id="the least known"),
        *(pytest.param(epci, [], id=sort, marks=pytest.mark.nightly) for epci, sort in SORTS.items()),
    ],
)
def test_every_chapter_runs(epci, numbers, france):
    seen = open_territory(epci, france)
    displayed: list = []
    for file in chosen_chapters(numbers):
        names, said = {"display": lambda *shown: displayed.extend(shown)}, ""
        for cell in nbformat.read(file.path, as_version=4).cells:
            if cell.cell_type == "code":
                shown = run(cell.source, names)
                names["epci"] = epci  # after the cell of the parameters
                for piece in (*displayed, *([] if shown is None else [shown])):
                    text = re.sub(r"<[^>]*>", " ", piece.html)
                    said += text.strip()
                    assert not re.search(r"\b(?:nan|None|inf)\b", text), (file.path.name, cell.source)
                displayed.clear()
        assert said or file.number > "10"  # without material, the chapters of a démarche are silent
    assert len(sum_of_data(seen)) == 64
