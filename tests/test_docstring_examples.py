"""The examples that docstrings give of formulas hold, and every public formula gives one."""

import doctest
from importlib import import_module
from inspect import getmembers, isfunction

from test_architecture import modules

# Modules of formulas, and what in them is none: it reads, puts tables or matrices together, or goes through steps.
FORMULAS = {
    "core.norms": set(),
    "indicators.census_sample": set(),
    "indicators.childcare_authority": {"read_thresholds"},
    "indicators.comparisons": {"common_periods"},
    "indicators.intervals": set(),
    "indicators.peer_values": {"rows_of_peers"},
    "indicators.peers": {"profiles", "classify", "nearest_of_each", "pairs"},
    "indicators.significance": set(),
    "indicators.simulation": set(),
    "indicators.uncertainty": set(),
    "secrecy.blocks": {"compiled", "to_protect", "inequalities", "sparse_matrix"},
    "secrecy.links": {"together", "blocks_of", "within_reach"},
    "secrecy.primary": {"is_guarded"},
    "secrecy.secondary": {"withheld_before"},
    "secrecy.statements": {"measures", "counted", "measures_of_persons", "statements", "place_of", "sizes"},
    "secrecy.suppression": {"consistent", "sensitive", "search", "show_again", "witnesses", "explore", "nearest_world"},
}


def test_the_examples_of_docstrings_hold():
    named = [name for name, path in modules().items() if ">>> " in path.read_text(encoding="utf-8")]
    results = {name: doctest.testmod(import_module(f"ctg_analysis.{name}")) for name in named}
    assert sum(one.attempted for one in results.values()) > 90
    assert {name: one.failed for name, one in results.items() if one.failed} == {}


def test_every_public_formula_gives_an_example():
    faults = []
    for name, others in FORMULAS.items():
        module = import_module(f"ctg_analysis.{name}")
        public = {one for one, made in getmembers(module, isfunction) if made.__module__ == module.__name__}
        without = {one for one in public if one[0] != "_" and ">>> " not in (getattr(module, one).__doc__ or "")}
        faults += [f"{name}.{one}: {'no example' if one in without else 'has one'}" for one in without ^ others]
    assert faults == []


def test_every_module_of_indicators_and_secrecy_is_known_for_its_formulas_or_has_none():
    none = {"indicators.observations", "indicators.observe", "indicators.years", "secrecy.gate"}
    none |= {"secrecy.adoption", "secrecy.earlier_editions", "indicators.__init__", "secrecy.__init__"}
    here = {name for name in modules() if name.split(".")[0] in ("indicators", "secrecy")}
    assert here == none | FORMULAS.keys() - {"core.norms"}
