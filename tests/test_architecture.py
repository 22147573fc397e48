"""The house: packages in the order that the data take, imports that go down only, no circle, files that stay short."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import settings
from ctg_analysis.pipeline.freshness import PAGES

PACKAGE = settings().root / "src" / "ctg_analysis"

# The first knows nothing of the others; each may import those before it.
ORDER = ["model", "raw", "clean", "indicators", "secrecy", "demarche", "pipeline", "display", "show"]
ORDER += ["chapter", "publish", "cli", "__main__"]

# Right of OBSERVATIONS, nothing looks at what lies before the secrecy gate, nor at the answers of persons (rule R6).
AFTER_THE_GATE = {"display", "show", "chapter", "publish", "demarche.demarche"}
AFTER_THE_GATE |= {f"indicators.{name}" for name in ("comparisons", "spread", "peers", "demography", "childcare")}
BEFORE_THE_GATE = {"raw.tables", "clean", "model.facts", "indicators.observe", "indicators.intervals", "secrecy"}
PERSONS = {f"demarche.{name}" for name in ("answers", "questions", "survey", "results")}
PERSONS |= {f"demarche.{name}" for name in ("restricted_files", "commit_check")}


def modules() -> dict[str, Path]:
    """Return the modules of the library by name; a package is its `__init__`."""
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}


@cache
def imports() -> dict[str, set[str]]:
    """Return the modules of the library that each of its modules imports, wherever in it."""
    found = modules()
    graph = {name: set() for name in found}
    for name, path in found.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.ImportFrom():  # none is relative: ruff refuses them
                    named = [f"{node.module}.{alias.name}" for alias in node.names]
                case ast.Import():
                    named = [alias.name for alias in node.names]
                case ast.Call(
                    func=ast.Name("import_module") | ast.Attribute(attr="import_module"), args=[ast.Constant(one), *_]
                ):
                    named = [one]
                case _:
                    continue
            named = [one.removeprefix("ctg_analysis.") for one in named if one.startswith("ctg_analysis.")]
            graph[name] |= {_module(one, found) for one in named} - {name, "__init__"}
    return graph


def _module(name: str, found: dict[str, Path]) -> str:
    """Return the module that a dotted name is, or is a part of."""
    whole = (one for one in (name, f"{name}.__init__") if one in found)
    return next(whole, None) or _module(name.rpartition(".")[0], found)


def backward(graph: dict[str, set[str]]) -> list[str]:
    """Return the imports that go up from a package to one that comes after it."""
    rank = {name: place for place, name in enumerate(ORDER)}
    pairs = [(name, other) for name, others in graph.items() if name != "__init__" for other in others]
    return [f"{name} imports {other}" for name, other in pairs if rank[_top(other)] > rank[_top(name)]]


def _top(name: str) -> str:
    return name.partition(".")[0]


def lies_in(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_each_package_has_its_place_and_imports_go_down_only():
    graph = imports()
    assert {_top(name) for name in graph} - {"__init__"} == set(ORDER)
    assert backward(graph) == []


def test_there_is_no_circle_of_modules():
    TopologicalSorter(imports()).prepare()


def test_nothing_downstream_reads_what_lies_before_the_secrecy_gate():
    closed = BEFORE_THE_GATE | PERSONS
    assert [
        f"{name} imports {other}"
        for name, others in imports().items()
        if lies_in(name, AFTER_THE_GATE)
        for other in others
        if lies_in(other, closed)
    ] == []
    assert {name for name in closed | AFTER_THE_GATE if not any(lies_in(one, {name}) for one in modules())} == set()


def test_a_chapter_needs_the_demarche_only_when_it_tells_it():
    graph = imports()
    own = {name for name in graph if name.startswith("chapter.") and not name.startswith("chapter.demarche")}
    assert {(name, other) for name in own for other in graph[name] if other.startswith("chapter.demarche")} == set()


def test_the_observations_depend_on_no_module_that_only_reads_them():
    assert set(ORDER[ORDER.index("pipeline") + 1 :]) == PAGES


def test_what_is_sorted_on_one_column_leaves_ties_as_they_were():
    """numpy's other sorts leave them in an order that depends on the processor: not the same bytes on two machines."""
    sort, many = re.compile(r"\.(?:sort_values|argsort)\("), re.compile(r"\[|KEY|keys|by\[|columns|list\(")
    found = []
    for path in modules().values():
        text = path.read_text(encoding="utf-8")
        for one in sort.finditer(text):
            asked = text[one.end() : one.end() + 120]
            if not (many.match(asked) or 'kind="stable"' in asked or "**texts.BY_NAME" in asked):
                found.append(f"{path}: {asked}")
    assert found == []


PARTNERS = re.compile(
    r"(^|\.)(private|partner_files|received_forms|empty_forms|\w*restricted|restricted_material)$|private/|accords\.csv"
)


def texts(tree):
    """Every attribute, module, imported name and text of a module."""
    for node in ast.walk(tree):
        for field in ("attr", "module", "name", "value"):
            if isinstance(getattr(node, field, None), str):
                yield getattr(node, field)


def test_r6_nothing_after_the_gate_names_the_folder_of_the_partners():
    """Neither by an import, nor by DataRoot.private, nor by its path."""
    for module, path in modules().items():
        if lies_in(module, AFTER_THE_GATE):
            found = {name for name in texts(ast.parse(path.read_text(encoding="utf-8"))) if PARTNERS.search(name)}
            assert found == set(), module
    for notebook in (settings().root / "notebooks").glob("*.ipynb"):
        text = notebook.read_text(encoding="utf-8")
        assert not re.search(r"\.private\b|private/|partner_files|received_forms|accords\.csv", text), notebook.name


def page():
    return (settings().root / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_page_shows_the_packages_in_the_order_of_their_imports():
    picture = page().split("```")[1]
    assert [line.split()[0] for line in picture.splitlines() if line] == ORDER


def test_each_path_and_indicator_that_the_page_names_is_there():
    paths = re.findall(r"`([\w./]+/[\w.]*)`", page())
    generated = "data/processed/"
    wrong = [
        path
        for path in paths
        if not path.startswith(generated) and not any((home / path).exists() for home in (PACKAGE, settings().root))
    ]
    assert len(paths) > 10 and wrong == []
    walked = set(re.findall(r"`(\w+_rate)`", page()))
    assert walked and walked <= set(CATALOGUE)
