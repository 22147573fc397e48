"""The chapters: committed empty, one cell of parameters, no cleaning, no number typed by hand, cells to change."""

import ast
import re
from html import unescape

import nbformat
import pytest
import seaborn as sns
from notebook_files import code_cells, faults

from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import EXAMPLE_EPCI, notebooks

CHAPTERS = notebooks()
LONGEST = 10  # lines of a cell
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


def bars_reversed(rows):
    return sns.barplot(rows, x="value", y="label", order=rows["label"].unique()[::-1])


def lines(rows):
    return sns.lineplot(
        rows, x="year" if rows["year"].notna().any() else "label", y="value", hue="label", errorbar=None
    )


FIGURE = re.compile(r"(\w+)\.figure\(")


def with_figures(chapters):
    """The name and the cells of code, after their parameters, of the chapters of themes and of the démarche."""
    for name, notebook in chapters.items():
        if "01" <= name[:2] <= "16":
            yield name, [cell.source for cell in code_cells(notebook)[1:]]


def run(*cells):
    names = {"epci": EXAMPLE_EPCI, "display": lambda *pieces: None}
    for source in cells:
        exec(source, names)
    return names


def chapter_of(source, names):
    return names[FIGURE.search(source)[1]]


# What an analyst makes of the rows of a cell: lines kept, then drawn otherwise.
CHANGES = {
    "bars in another order": ("level == 'epci'", bars_reversed),
    "lines": ("value.notna()", lines),
    "boxes": ("level != 'france'", lambda rows: sns.boxplot(rows, x="value", y="label")),
    "strip": ("level != 'peers'", lambda rows: sns.stripplot(rows, x="value", y="label", hue="level", jitter=False)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_cell_of_each_theme_is_an_analysts_to_change(chapters, example, change, capsys):
    """It runs changed: fewer rows, another kind of chart, and draws; each mark tells its row."""
    kept, draw = CHANGES[change]
    for name, (setup, *cells) in with_figures(chapters):
        invited = next(source for source in cells if source.startswith("# À vous"))
        names = run(setup, invited)
        rows = names["rows"].query(kept)
        if change == "bars in another order":
            rows = rows.drop_duplicates("label", keep="last")
        shown = chapter_of(invited, names).figure(draw(rows), rows, title="Un autre dessin")
        assert shown.html.count("<svg") == 1, name
        told = {unescape(one).rpartition(": ")[2] for one in re.findall("<title>(.*?)</title>", shown.html)}
        assert told <= set(rows["text"]), name
    assert capsys.readouterr().err == ""


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


def test_they_clean_nothing_and_their_words_compare_nothing(chapters):
    cells = [(name, cell) for name, notebook in chapters.items() for cell in code_cells(notebook)]
    assert [(name, found) for name, cell in cells for found in faults(cell.source)] == []
    wrong = 'rows["value"].fillna(0)', 'chapter.figure(ax, rows, title="Plus que 12 %")', "def f():\n    pass"
    assert [len(faults(one)) for one in wrong] == [1, 1, 1]


def test_a_cell_has_ten_lines_at_most(chapters):
    cells = [(name, cell.source) for name, notebook in chapters.items() for cell in code_cells(notebook)]
    assert [one for one in cells if len(one[1].splitlines()) > LONGEST] == []


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


def test_what_their_charts_draw_is_in_their_tables(chapters, example, capsys):
    """A value that is drawn and that no row has is told to the analyst: the chapters have none."""
    drawn = 0
    for _, (setup, *cells) in with_figures(chapters):
        for source in (one for one in cells if FIGURE.search(one)):
            run(setup, source)
            drawn += 1
    assert capsys.readouterr().err == "" and drawn > 60, drawn
