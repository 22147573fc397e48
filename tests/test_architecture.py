"""The data go one way: a module imports only from those upstream of it, and stays short."""

import ast
import re
from pathlib import Path

import pytest

from ctg_analysis.settings import settings
from ctg_analysis.staleness import PAGES

PACKAGE = settings().root / "src" / "ctg_analysis"

# Upstream first. A module may import those above it, and its neighbours in the same package.
ORDER = [
    "errors",
    "locks",
    "scratch",
    "placing",
    "personal_data",
    "layouts",
    "model",
    "settings",
    "chapters",
    "territories",
    "plain_text",
    "sources",
    "cleaning",
    "catalogue",
    "uncertainty",
    "census_sample",
    "significance",
    "perimeter",
    "raw_data",
    "private",
    "templates",
    "assumptions",
    "intervals",
    "indicators",
    "suppression",
    "statements",
    "secrecy",
    "observations",
    "field",
    "peers",
    "peer_values",
    "published",
    "evidence",
    "derivation",
    "checking",
    "staleness",
    "processing",
    "comparisons",
    "proofs",
    "material_check",
    "demarche",
    "childcare_authority",
    "simulation",
    "display",
    "proved",
    "observed",
    "synthesis",
    "analyst",
    "surveyed",
    "figures",
    "funnels",
    "large_communes",
    "assessments",
    "spaces",
    "summaries",
    "chapter",
    "shown",
    "consultation",
    "interviews",
    "meetings",
    "proof_words",
    "action_sheets",
    "governance",
    "bilan",
    "enjeux",
    "strategy",
    "followup",
    "publishing",
    "build",
    "verification",
    "documents",
    "distributed",
    "listing",
    "cli",
    "__main__",
]

# Right of OBSERVATIONS, nothing may look at what lies before the secrecy gate.
BEFORE_THE_GATE = {
    "evidence",
    "perimeter",
    "raw_data",
    "private",
    "intervals",
    "indicators",
    "suppression",
    "statements",
    "secrecy",
}
AFTER_THE_GATE = {
    "comparisons",
    "peers",
    "peer_values",
    "display",
    "figures",
    "synthesis",
    "summaries",
    "chapter",
    "publishing",
}
AFTER_THE_GATE |= {
    "build",
    "action_sheets",
    "bilan",
    "enjeux",
    "followup",
    "governance",
    "proof_words",
    "proved",
    "shown",
    "strategy",
}
AFTER_THE_GATE |= {"consultation", "interviews", "meetings", "surveyed"}
AFTER_THE_GATE |= {"assessments", "funnels", "spaces"}
AFTER_THE_GATE |= {"analyst", "childcare_authority", "demarche", "documents", "simulation"}
FACTS = {"ctg_analysis.cleaning.facts", "ctg_analysis.cleaning.reading"}
# Answers of persons: what is shown of them is worked out before the gate (rule R6).
SURVEY = ("answers", "crossings", "exports", "gated", "intake", "measured", "questions", "response", "survey", "voices")
RESTRICTED = ("restricted", "results", "retention", "commit_check")
PERSONS = {f"ctg_analysis.field.{name}" for name in (*SURVEY, *RESTRICTED)}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def layer(name: str) -> str:
    return name.removeprefix("ctg_analysis").lstrip(".").split(".")[0]


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ctg_analysis"):
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.startswith("ctg_analysis")}
    return {name for name in names if layer(name)}


def backward(path: Path, names: set[str]) -> set[str]:
    own = layer_of(path)
    return {name for name in names if ORDER.index(layer(name)) > ORDER.index(own)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_upstream_only(path):
    if path == PACKAGE / "__init__.py":
        return
    assert backward(path, imported(path)) == set()


def test_nothing_downstream_reads_what_lies_before_the_secrecy_gate():
    for path in modules():
        if layer_of(path) in AFTER_THE_GATE:
            names = imported(path)
            assert {layer(name) for name in names} & BEFORE_THE_GATE == set(), path
            assert names & (FACTS | PERSONS) == set(), path


def test_a_backward_import_is_seen():
    assert backward(PACKAGE / "settings.py", {"ctg_analysis.chapter"}) == {"ctg_analysis.chapter"}


def test_the_observations_depend_on_no_module_that_only_reads_them():
    needed, found = ["processing"], set()
    while needed:
        name = needed.pop()
        found.add(name)
        paths = [path for path in modules() if layer_of(path) == name]
        needed += sorted({layer(one) for path in paths for one in imported(path)} - found)
    assert found & PAGES == set() and found | PAGES | {"__init__"} >= {layer_of(path) for path in modules()}


def test_every_module_has_its_place_in_the_order():
    found = {layer_of(path) for path in modules()} - {"__init__"}
    assert found == set(ORDER)


def test_files_stay_short():
    long = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_what_is_sorted_on_one_column_leaves_ties_as_they_were():
    """numpy's other sorts leave them in an order that depends on the processor: not the same bytes on two machines."""
    sort, many = re.compile(r"\.(?:sort_values|argsort)\("), re.compile(r"\[|KEY|keys|by\[|columns|list\(")
    found = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        for one in sort.finditer(text):
            asked = text[one.end() : one.end() + 120]
            if not (many.match(asked) or 'kind="stable"' in asked or "by_name" in asked):
                found.append(f"{path}: {asked}")
    assert found == []
