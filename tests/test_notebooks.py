"""The chapters: committed empty, one cell of parameters, no logic, no number typed by hand."""

import ast
import re

import nbformat
import pytest
from notebook_files import code_cells, logic

from ctg_analysis.core.notebooks import notebooks

CHAPTERS = notebooks()


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


@pytest.fixture(params=CHAPTERS, ids=[chapter.path.name for chapter in CHAPTERS])
def notebook(request):
    return nbformat.read(request.param.path, as_version=4)


def test_none_is_refused_and_each_bears_the_number_of_its_file():
    said = {one.path.name: nbformat.read(one.path, as_version=4).metadata["ctg"]["chapter"] for one in CHAPTERS}
    assert [one.fault for one in CHAPTERS if one.fault] == []
    assert {name: number for name, number in said.items() if name[:2] != number} == {}


def test_it_is_committed_empty(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))


def test_its_parameters_are_literals_with_a_comment(notebook):
    (cell,) = tagged(notebook, "parameters")
    assert cell is code_cells(notebook)[0]
    for line, statement in zip(cell.source.splitlines(), ast.parse(cell.source).body, strict=True):
        assert isinstance(statement, ast.Assign) and ast.literal_eval(statement.value) is not None
        assert "  # " in line


def test_it_imports_only_our_package(notebook):
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                assert node.module.startswith("ctg_analysis")
            assert not isinstance(node, ast.Import)


def test_it_has_no_logic(notebook):
    assert [found for cell in code_cells(notebook) for found in logic(cell.source)] == []


@pytest.mark.parametrize(
    "source", ["for x in y: x", "if a: b", "a + b", "[x for x in y]", "def f(): pass", "lambda: 1"]
)
def test_logic_is_seen(source):
    assert logic(source)


def test_its_texts_quote_no_number(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", cell.source), cell.source


def test_it_opens_with_a_title_and_a_question(notebook):
    title, _, question = notebook.cells[0].source.partition("\n\n")
    assert title.startswith("# ") and question.endswith("?")
    assert "ctg" in notebook.metadata
