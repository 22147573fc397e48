"""The chapters: committed empty, one cell of parameters, no logic, no number typed by hand."""

import ast
import re

import nbformat
import pytest
from notebook_files import code_cells, logic

from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import EXAMPLE_EPCI, notebooks

CHAPTERS = notebooks()
IMPORTED = {"ctg_analysis", "matplotlib", "pandas", "seaborn"}


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


@pytest.fixture(scope="module")
def chapters():
    """The notebooks by the names of their files."""
    return {one.path.name: nbformat.read(one.path, as_version=4) for one in CHAPTERS}


def test_none_is_refused_and_each_bears_the_number_of_its_file(chapters):
    said = {name: notebook.metadata["ctg"]["chapter"] for name, notebook in chapters.items()}
    assert [one.fault for one in CHAPTERS if one.fault] == []
    assert {name: number for name, number in said.items() if name[:2] != number} == {}


def test_they_are_committed_empty(chapters):
    cells = [(name, cell) for name, notebook in chapters.items() for cell in code_cells(notebook)]
    assert [name for name, cell in cells if cell.outputs or cell.execution_count is not None] == []


def test_their_parameters_are_literals_with_a_comment(chapters):
    faults = []
    for name, notebook in chapters.items():
        (cell,) = tagged(notebook, "parameters")
        faults += [f"{name}: cells before the parameters"] * (cell is not code_cells(notebook)[0])
        for line, statement in zip(cell.source.splitlines(), ast.parse(cell.source).body, strict=True):
            literal = isinstance(statement, ast.Assign) and ast.literal_eval(statement.value) is not None
            faults += [f"{name}: {line}"] * (not literal or "  # " not in line)
    assert faults == []


def test_they_import_our_package_and_what_draws(chapters):
    faults = []
    for name, notebook in chapters.items():
        for node in (node for cell in code_cells(notebook) for node in ast.walk(ast.parse(cell.source))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                faults += [f"{name}: {one}" for one in names if one.partition(".")[0] not in IMPORTED]
    assert faults == []


def test_a_cell_of_each_theme_is_an_analysts_to_change(chapters, example):
    """It runs changed: another kind of chart, another indicator, and draws."""
    for number in range(1, 11):
        (name,) = (one for one in chapters if one.startswith(f"{number:02d}_"))
        setup, *cells = (cell.source for cell in code_cells(chapters[name])[1:])
        invited = next(source for source in cells if source.startswith("# À vous"))
        changed = invited.replace("charts.compare", "charts.bars")
        changed = re.sub(r'data\("[a-z_]+"\)', 'data("population_count")', changed)
        *lines, last = ast.parse(changed).body
        names = {"epci": EXAMPLE_EPCI}
        exec(setup, names)
        exec(compile(ast.Module(lines, []), name, "exec"), names)
        shown = eval(compile(ast.Expression(last.value), name, "eval"), names)
        assert changed != invited and shown.html.count("<svg") == 1, name


def test_none_has_a_list_of_more_than_eight_ids(chapters):
    """Longer ones are declared once, in data/reference/chapitres.yml."""
    cells = [(name, ast.parse(cell.source)) for name, notebook in chapters.items() for cell in code_cells(notebook)]
    several = [
        (name, [one.value for one in ast.iter_child_nodes(node) if isinstance(one, ast.Constant)])
        for name, tree in cells
        for node in ast.walk(tree)
        if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Call)
    ]
    ids = [(name, [one for one in values if one in CATALOGUE]) for name, values in several]
    assert [name for name, found in ids if len(found) > 8] == [] and any(len(found) > 4 for _, found in ids)


def test_they_have_no_logic(chapters):
    cells = [(name, cell) for name, notebook in chapters.items() for cell in code_cells(notebook)]
    assert [(name, found) for name, cell in cells for found in logic(cell.source)] == []


def test_their_texts_quote_no_number(chapters):
    cells = [(name, cell) for name, notebook in chapters.items() for cell in notebook.cells]
    texts = [(name, cell.source) for name, cell in cells if cell.cell_type == "markdown"]
    assert [one for one in texts if re.search(r"\d", one[1])] == []


def test_they_open_with_a_title_and_a_question(chapters):
    faults = []
    for name, notebook in chapters.items():
        title, _, question = notebook.cells[0].source.partition("\n\n")
        faults += [name] * (not title.startswith("# ") or not question.endswith("?"))
    assert faults == []
